"""Steps 5 to 9, 11 and 15: dwellings in demand, required stock, need, surplus, land, what remains.

Arrays: draw, area, year, type (EZFH, MFH), line. t = years since the base date. All counts are dwellings.
Signed need B is the only quantity that adds up over types, areas and periods.
"""

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = TypeVar("Counts", bound=NDArray[Any])  # floats of the model or whole numbers that are printed
LINES = ("households", "incomings", "second_homes", "backlog", "replacement", "reserve")


class Stock(NamedTuple):
    """The stock at the base date by building type: each (area, type)."""

    total: Array  # S_0
    vacant: Array  # V_0
    unusable: Array  # U_0, part of V_0
    holiday: Array  # Z_0
    incomings: Array  # M_0, part of the occupied dwellings


def kappa(occupied: Array, incomings: Array, household_count: Array) -> Array:
    """Return κ = (O_0 − M_0)/H_0 (area,): occupied dwellings of residents per household; may exceed 1."""
    return (occupied - incomings) / household_count


def demand(kappa_area: Array, household_count: Array, occupancy: Array) -> Array:
    """Return κH by type (draw, area, year, type) from households by size (draw, area, year, size)."""
    return np.asarray(household_count @ (kappa_area[:, None, None] * occupancy))


def backlog(base: Array, elapsed: Array, years: float) -> Array:
    """Return N_t = N·min(1, t/τ) (area, year, type) from N (area, type) and t (year,)."""
    return base[:, None, :] * np.minimum(1.0, elapsed / years)[None, :, None]


def losses(stock: Stock, loss_rate: Array, on_unusable: float) -> Array:
    """Return the losses of usable stock per year L = (1−λ)·r_b·W_b,0 (area, type), linear on the base."""
    return (1 - on_unusable) * loss_rate * (stock.total - stock.unusable)


def need_lines(
    resident: Array, incomings: Array, second_homes: Array, backlog_t: Array, stock: Stock,
    reserve: Array, loss_per_year: Array, elapsed: Array,
) -> Array:  # fmt: skip
    """Return the signed need by line (draw, area, year, type, line); lines as in `LINES`.

    households κ(H_t−H_0) · incomings M_t−M_0 · second homes Z_t−Z_0 · backlog N_t · replacement t·L ·
    reserve ρ/(1−ρ)·(κH_t+M_t+N_t) − (V_0−U_0). `resident` = κH (draw, area, year, type), year 0 = base
    date; incomings M, second_homes Z, backlog N (area, year, type); reserve ρ (type,) as a share of the
    required stock. The sum over lines is B_t = S*_t − W_0 + t·L.
    """
    shape = resident.shape
    usable_vacancy = (stock.vacant - stock.unusable)[:, None, :]
    in_use = resident + incomings + backlog_t
    lines = (
        resident - resident[..., :1, :],
        np.broadcast_to(incomings - stock.incomings[:, None, :], shape),
        np.broadcast_to(second_homes - stock.holiday[:, None, :], shape),
        np.broadcast_to(backlog_t, shape),
        np.broadcast_to(elapsed[:, None] * loss_per_year[:, None, :], shape),
        reserve / (1 - reserve) * in_use - usable_vacancy,
    )
    return np.stack(lines, axis=-1)


def required_stock(
    resident: Array, incomings: Array, second_homes: Array, backlog_t: Array, reserve: Array
) -> Array:
    """Return S*_t by type = (κH + M + N)/(1−ρ) + Z (draw, area, year, type)."""
    return (resident + incomings + backlog_t) / (1 - reserve) + second_homes


def newbuild_need(signed: Counts) -> Counts:
    """Return N⁺_b(T) = max(0, max_{t<=T} B_b(t)), cumulative, for signed need (..., year, type)."""
    return np.maximum.accumulate(np.maximum(signed, 0), axis=-2)  # type: ignore[return-value]


def surplus(signed: Counts) -> Counts:
    """Return the surplus N⁺_b(T) − B_b(T) >= 0 for signed need (..., year, type)."""
    return newbuild_need(signed) - signed


def remaining(signed_or_newbuild: Array, built: Array, permitted: Array, permits_weight: float) -> Array:
    """Return need (..., area, year, type) less completions since the base date and permits not yet built.

    built, permitted (area, type); `permits_weight` is the share of permitted dwellings that is built.
    """
    return signed_or_newbuild - (built + permits_weight * permitted)[:, None, :]


def land(newbuild: Array, density: Array, infill_share: Array) -> Array:
    """Return building land in hectares by type: N⁺_b·(1−infill share_b)/density_b (dwellings per ha).

    Example: 300 houses, 30 % of them in gaps, 15 per hectare: 14 ha. A density not above 0 or a share outside 0 to 1
    raises ValueError.
    """
    density, infill = np.asarray(density, dtype=float), np.asarray(infill_share, dtype=float)
    if not ((density > 0).all() and (infill >= 0).all() and (infill <= 1).all()):
        raise ValueError("density must be above 0 and the infill share between 0 and 1")
    return np.asarray(newbuild, dtype=float) * (1 - infill) / density


def periods(cumulative: Counts, ends: list[int], axis: int) -> Counts:
    """Return what is added in each period, from values that are cumulative since the base date.

    `ends` are the positions at which the periods close; the first period begins with the base date, so that
    it holds what was needed at once, and the periods sum to the value at the last end.
    """
    return np.diff(np.take(cumulative, ends, axis=axis), axis=axis, prepend=0)  # type: ignore[return-value]
