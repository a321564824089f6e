"""Survival ratios for a projection, and mortality moved to a life expectancy or along a trend."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, numbers, one_of, wrong
from wohnlib.model.lifetable import LifeTable, life_table

_RADIX = 100_000.0  # births of printed tables
_FEWEST_ALIVE = 0.2  # of the births in the first group; fewer, and the table has another radix
_ALIKE = 0.1  # relative difference up to which widths found from printed columns are the same
_FEW = 0.001  # of the births; with fewer survivors printed columns do not tell the width
_ROUNDING = 0.01  # by which ratios of rounded person-years may exceed 1
_ITERATIONS = 200  # of the search for a factor, far more than it needs


class Scaled(NamedTuple):
    """Mortality moved to a life expectancy."""

    qx: Array  # (..., age)
    factor: Array  # (...): on the hazard, on the odds of q, or exp(2 alpha) of the logit of l
    e_open: Array  # (...): life expectancy of the open group that goes with it, in years


def survival_ratios(
    qx: ArrayLike | LifeTable | None = None,
    *,
    lx: ArrayLike | None = None,
    Lx: ArrayLike | None = None,
    Tx: ArrayLike | None = None,
    radix: float | None = None,
    width: ArrayLike = 1.0,
    kind: str = "midyear",
    open_group: str = "pooled",
    group: int = 1,
    ages: int | None = None,
    a0: ArrayLike | str | None = None,
    e_open: ArrayLike | None = None,
    sex: str | tuple[str, ...] = ("F", "M"),
) -> Array:
    """Return survival ratios in the layout of `project_step` from columns of a life table.

    "midyear", population in completed ages: `s[0] = L0/(n·l0)`, `s[i] = L[i]/L[i-1]`; open group "pooled":
    `T[o]/T[o-1]` entered twice, "separate": `L[o]/L[o-1]` and `(T[o]-L[o])/T[o]`. "exact", cohorts at exact
    ages: `s[0]` as before, `s[i] = l[i]/l[i-1]`, the open group `1 - q` or, without qx, as before.

    Parameters
    ----------
    qx : (..., age) alone: the table is built here, with `a0`, `sex` and `e_open` as in `life_table` (without
        `e_open` the last q is constant from there on; q = 1: all die within one group). Or a `LifeTable`, whose columns are then used.
    lx, Lx, Tx : (..., age) columns; Lx is needed, Tx if the last Lx covers one group only. With Tx left out
        the last Lx is that of the open group.
    radix : l0 if lx is not given (default 100,000 with Lx alone).
    width : years per table group; (1, 4, 5, …) joins the first two groups. A `LifeTable` knows its own.
    group : table groups per population group (5: single years to 5-year groups).
    ages : number of population groups; default: as many as the table gives, its last being open.

    Returns
    -------
    (..., ages + 1)
    """
    one_of("kind", kind, ("midyear", "exact"))
    one_of("open_group", open_group, ("pooled", "separate"))
    if isinstance(qx, LifeTable):
        table, qx = qx, None
        lx, Lx, width = table.lx, table.Lx, _widths(table)
        if (table.Tx[..., -1] > table.Lx[..., -1] * (1 + 1e-12)).any():
            Tx = table.Tx  # the last Lx covers one group only
    if (qx is None) == (Lx is None):
        raise wrong(
            "qx", "both or neither of qx and Lx", "exactly one of them (from lx alone: qx = 1 - l[i+1]/l[i])"
        )
    if qx is not None:
        q = numbers("qx", qx, (None,), axes="(..., age)", low=0, high=1)
        years = np.atleast_1d(np.asarray(width, dtype=np.float64))
        closed = bool(np.isfinite(years[-1]))
        if e_open is None and not closed and (q[..., -1] == 1).any():
            raise wrong(
                "e_open", "none, with q = 1 in the open group", "the years lived by those who reach it"
            )
        if e_open is None:
            e_open = years[-1 if closed else -2] * (1 / np.maximum(q[..., -1], 1e-12) - 0.5)
        end = "year" if closed else "given"
        built = life_table(q, width=width, a0=a0, sex=sex, radix=1.0, open_end=end, e_open=e_open)
        big_l, t = built.Lx, built.Tx
        l: Array | None = built.lx
        l0: Array = np.ones(())
    else:
        big_l = numbers("Lx", Lx, (None,), axes="(..., age)", low=0)  # type: ignore[arg-type]
        t = (
            numbers("Tx", Tx, big_l.shape[-1:], axes="(..., age)", low=0)
            if Tx is not None
            else np.cumsum(big_l[..., ::-1], axis=-1)[..., ::-1]
        )
        # else the last Lx is that of the open group
        closed = bool((t[..., -1] > big_l[..., -1] * (1 + 1e-9)).any())
        l = None if lx is None else numbers("lx", lx, big_l.shape[-1:], axes="(..., age)", low=0)
        l0 = np.asarray(_RADIX if radix is None else radix) if l is None else l[..., 0]
    n = np.broadcast_to(numbers("width", width, check=False), big_l.shape[-1:])
    if len(n) > 2 and n[0] == 1 and n[1] == 4:
        big_l, t = _join(big_l, np.add), np.delete(t, 1, axis=-1)
        l = None if l is None else np.delete(l, 1, axis=-1)
        n = np.concatenate([[5.0], n[2:]])
    if (np.abs(n[:-1] - n[0]) > _ALIKE * n[0]).any():
        raise wrong("width", n.tolist(), "groups of one width, of which the first may be 0 and 1-4")
    if qx is None and l is None and radix is None:
        alive = big_l[..., 0] / (n[0] * _RADIX)
        if (alive > 1).any() or (alive < _FEWEST_ALIVE).any():
            raise wrong(
                "radix", "none, with Lx that do not fit 100,000 births", "the births behind Lx, or lx"
            )
    if kind == "exact" and l is None:
        raise wrong("lx", None, "survivors at exact ages with kind='exact'")
    return _ratios(l, big_l, t, l0, float(n[0]), closed, kind, open_group, group, ages)


def _join(column: Array, how: np.ufunc) -> Array:
    return np.concatenate([how(column[..., :1], column[..., 1:2]), column[..., 2:]], axis=-1)


def _ratios(
    l: Array | None,
    big_l: Array,
    t: Array,
    l0: Array,
    n: float,
    closed: bool,
    kind: str,
    open_group: str,
    group: int,
    ages: int | None,
) -> Array:
    """Return the ratios from complete columns; `closed`: the last Lx covers one group only."""
    most = (big_l.shape[-1] - 1) // group + 1
    count = most if ages is None else ages
    if not 2 <= count <= most:
        raise wrong("ages", ages, f"2 to {most} groups, which is what the life table gives")
    o = (count - 1) * group
    lower = big_l[..., :o].reshape(*big_l.shape[:-1], count - 1, group).sum(axis=-1)
    out = np.empty((*big_l.shape[:-1], count + 1))
    out[..., 0] = lower[..., 0] / (n * group * l0)
    if kind == "exact":
        assert l is not None
        out[..., 1:count] = _over(l[..., group : o + 1 : group], l[..., 0:o:group])
    else:
        out[..., 1 : count - 1] = _over(lower[..., 1:], lower[..., :-1])
    first_years = big_l[..., o : o + group].sum(axis=-1)
    has_first = o + group < big_l.shape[-1] or (o + group == big_l.shape[-1] and closed)
    pooled = _over(t[..., o], t[..., o - group])
    if open_group == "separate" or kind == "exact":
        if not has_first:
            if kind == "exact":
                out[..., count] = pooled
                return _at_most_one(out)
            raise wrong(
                "open_group",
                "'separate' with the last Lx covering the open group",
                "Tx given and the last Lx of one group, or fewer ages",
            )
        if kind != "exact":
            out[..., count - 1] = _over(first_years, lower[..., -1])
        out[..., count] = _over(t[..., o] - first_years, t[..., o])
    else:
        out[..., count - 1] = out[..., count] = pooled
    return _at_most_one(out)


def _widths(table: LifeTable) -> Array:
    """Return the years of each group of a table, from `L = n·l' + a·d`; an open last one as that before it."""
    left = table.lx - table.dx
    with np.errstate(divide="ignore", invalid="ignore"):
        n = np.where(
            left > _FEW * table.lx[..., :1], np.round((table.Lx - table.ax * table.dx) / left, 2), np.nan
        )
    n = n.reshape(-1, n.shape[-1])[0]
    known = np.flatnonzero(np.isfinite(n))
    if not known.size:
        return np.ones_like(n)
    return np.asarray(n[known[np.clip(np.searchsorted(known, np.arange(len(n)), "right") - 1, 0, None)]])


def _at_most_one(ratio: Array) -> Array:
    """Return ratios up to 1; what lies above by more than rounding comes from groups of other widths."""
    if (ratio > 1 + _ROUNDING).any():
        raise wrong(
            "Lx",
            f"a survival ratio of {ratio.max():.4g}",
            "columns of groups of one width, and `width`, their years",
        )
    return np.minimum(ratio, 1.0)


def _over(a: Array, b: Array) -> Array:
    """Return a/b, 0 where nobody is left."""
    return np.divide(a, b, out=np.zeros(np.broadcast_shapes(a.shape, b.shape)), where=b > 0)


def scale_to_life_expectancy(
    qx: ArrayLike,
    e0_target: ArrayLike,
    *,
    method: str = "hazard",
    width: ArrayLike = 1.0,
    ax: ArrayLike | str = "half",
    a0: ArrayLike | str | None = None,
    e_open: ArrayLike | None = None,
    sex: str | tuple[str, ...] = ("F", "M"),
    tol: float = 1e-10,
) -> Scaled:
    """Move mortality so that life expectancy at birth is `e0_target`, to `tol` years.

    "hazard": `q' = 1 - (1-q)^k` (all hazards, that is m under a constant force, times k); "odds":
    `logit q' = logit q + log k`; "brass": `logit l' = logit l + α`, k = exp(2α) (Brass 1971, β = 1).
    The open group moves likewise (constant q that gives `e_open`, default the last q, or the last of given `ax`
    where q = 1 is printed for it).

    Parameters
    ----------
    qx : (..., age)
    e0_target : (...) years, broadcast against the leading axes.
    width, ax, a0, sex : see `life_table`.
    """
    one_of("method", method, ("hazard", "odds", "brass"))
    q = numbers("qx", qx, (None,), axes="(..., age)", low=0, high=1)
    target = numbers("e0_target", e0_target, low=0)
    lead = np.broadcast_shapes(q.shape[:-1], target.shape)
    n = float(np.broadcast_to(numbers("width", width, check=False), q.shape[-1:])[-1])
    n = n if np.isfinite(n) else 5.0
    if e_open is None and not isinstance(ax, str) and (q[..., -1] == 1).all():
        e_open = np.asarray(ax, dtype=np.float64)[..., -1]
    q_open = q[..., -1] if e_open is None else 1 / (numbers("e_open", e_open, low=0) / n + 0.5)
    if not ((q_open > 0) & (q_open < 1)).all():
        raise wrong("qx", "0 or 1 in the open group", "e_open, or a value between 0 and 1")
    q = np.broadcast_to(q, (*lead, q.shape[-1]))
    q_open = np.broadcast_to(q_open, lead)

    def moved(log_k: Array) -> tuple[Array, Array]:
        both = _move(np.concatenate([q, q_open[..., None]], axis=-1), log_k[..., None], method)
        return both[..., :-1], n * (1 / both[..., -1] - 0.5)

    def gap(log_k: Array) -> Array:
        new, e = moved(log_k)
        table = life_table(new, width=width, ax=ax, a0=a0, sex=sex, radix=1.0, open_end="given", e_open=e)
        return table.ex[..., 0] - target

    log_k = _root(gap, np.broadcast_to(np.zeros(()), lead), tol)
    new, e = moved(log_k)
    return Scaled(new, np.exp(log_k), e)


def _move(q: Array, log_k: Array, method: str) -> Array:
    """Return q moved by factor k; the last entry is the constant q of the open group."""
    k = np.exp(log_k)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if method == "hazard":
            return np.where(q < 1, -np.expm1(k * np.log1p(-np.minimum(q, 1.0))), 1.0)
        if method == "odds":
            return k * q / (1 - q + k * q)
        l = np.cumprod(1 - q[..., :-1], axis=-1)
        new_l = np.concatenate([np.ones_like(l[..., :1]), l / (l + k * (1 - l))], axis=-1)
        new_q = np.where(new_l[..., :-1] > 0, 1 - new_l[..., 1:] / new_l[..., :-1], 1.0)
    return np.concatenate([new_q, -np.expm1(k * np.log1p(-q[..., -1:]))], axis=-1)


def _root(gap: Callable[[Array], Array], start: Array, tol: float) -> Array:
    """Return the root of a falling function, by element: bracket, then regula falsi (Illinois)."""
    low, high = start - 1.0, start + 1.0
    for _ in range(6):
        g_low, g_high = gap(low), gap(high)
        low, high = np.where(g_low < 0, low - 3.0, low), np.where(g_high > 0, high + 3.0, high)
    g_low, g_high = gap(low), gap(high)
    if (g_low < 0).any() or (g_high > 0).any():
        raise wrong("e0_target", "a life expectancy out of reach", "one that a common factor can give")
    side = np.zeros(start.shape, dtype=int)
    mid = start
    for _ in range(_ITERATIONS):
        spread = g_low - g_high
        mid = np.where(
            spread > 0, (low * -g_high + high * g_low) / np.where(spread > 0, spread, 1), (low + high) / 2
        )
        g = gap(mid)
        if np.abs(g).max(initial=0.0) <= tol:
            return mid
        up = g > 0
        g_high = np.where(up & (side == 1), g_high / 2, g_high)
        g_low = np.where(~up & (side == -1), g_low / 2, g_low)
        low, g_low = np.where(up, mid, low), np.where(up, g, g_low)
        high, g_high = np.where(up, high, mid), np.where(up, g_high, g)
        side = np.where(up, 1, -1)
    raise wrong("tol", tol, "a tolerance that floating point can reach")


def improve(qx: ArrayLike, rate_per_year: ArrayLike, years: ArrayLike | None = None) -> Array:
    """Return mortality after a yearly decline: `q(t) = q·(1 - r)^t`, at most 1.

    Parameters
    ----------
    qx : (..., age)
    rate_per_year : r, broadcast against qx; 0.01 = one per cent a year (of an exponential decline ρ: 1 - exp(-ρ)).
        Without `years` its first axis is the year: (year,), (year, age) or (year, ..., age), the rates of the first
        year, the second and so on, `q(t) = q·Π(1 - r(s))`.
    years : one number, or (year,): then the result has a first axis year.

    Returns
    -------
    (..., age) or (year, ..., age)
    """
    q = numbers("qx", qx, (None,), axes="(..., age)", low=0, high=1)
    rate = numbers("rate_per_year", rate_per_year, high=1)
    if years is None:
        if not 1 <= rate.ndim <= q.ndim + 1:
            raise wrong("rate_per_year", f"shape {rate.shape}", "a first axis year, or `years`")
        own = rate.reshape(len(rate), *(1,) * (q.ndim + 1 - rate.ndim), *rate.shape[1:])
        path: Array = np.minimum(q * np.cumprod(1 - own, axis=0), 1.0)
        return path
    t = numbers("years", years)
    if t.ndim > 1:
        raise wrong("years", f"shape {t.shape}", "one number or one axis")
    base = np.broadcast_to(1 - rate, np.broadcast_shapes(q.shape, rate.shape))
    return np.minimum(q * base ** t.reshape(t.shape + (1,) * (base.ndim if t.ndim else 0)), 1.0)
