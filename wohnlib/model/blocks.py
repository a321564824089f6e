"""All areas carried through all years by the compiled step (`kernel`), for the usual conventions.

The same arithmetic as `cohorts.run_step`. Anything out of the ordinary (a value that must be reported, a convention
not listed in `fits`) is left to the general step, which says what is wrong.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.checks import MOST_BIRTHS, Array
from wohnlib.model.conventions import Rules
from wohnlib.model.fitting import control_to
from wohnlib.model.years import Yearly

_PARTS = {"half": (0.5, 0.5), "start": (1.0, 0.0), "end": (0.0, 1.0)}  # of migrants at the start, at the end


class _Rows(NamedTuple):
    """An argument as it was given, and which of its rows holds for each area: nothing is copied for many areas."""

    values: Array  # (year or 1, row, ...)
    at: NDArray[np.int64]  # (area,)


def fits(rules: Rules) -> bool:
    """Return whether `run_all` knows these conventions (steps of one age width, migrants by age then)."""
    return (
        rules.mig_timing in ("half", "start", "end")
        and rules.mig_age == "period"
        and rules.mig_base == "start"
        and rules.births_from in ("mean", "start", "end")
        and rules.births_mig in ("stock", "all")
        and rules.decimals is None
        and rules.births_decimals is None
        and rules.interval == rules.age_width
    )


def run_all(
    result: tuple[Array, Array, Array, Array, Array],
    first: int,
    arguments: dict[str, Yearly],
    targets: Array | None,
    axes: tuple[int, ...],
    rules: Rules,
    check: bool,
) -> bool:
    """Project from year `first` on; return False, with nothing promised, where the general step is needed.

    Parameters
    ----------
    result : population (year + 1, ..., sex, age), contiguous and filled up to `first`; births, deaths, migrants
        and what the control added (year, ..., sex).
    arguments : the arguments by year.
    """
    from wohnlib.model.kernel import carry  # numba is only loaded where areas are carried

    pops, births, deaths, moved, added = result
    years, (*lead, sexes, ages) = len(births), pops.shape[1:]
    if ages < 2 or (check and not _migrants_allowed(arguments)):
        return False
    flat = (
        pops.reshape(years + 1, -1, sexes, ages),
        *(part.reshape(years, -1, sexes) for part in (births, deaths, moved)),
    )
    counts, rates = _flows(arguments, rules)
    rated, none = rates is not None, (np.zeros((sexes, ages)), False, 2)
    given = (
        (arguments["surv_ratio"], 2), (arguments["fert_rate"], 1), (counts or none, 2), (rates or none, 2),
        (_shares(arguments, rules), 1),
    )  # fmt: skip
    rows = [part for item, tail in given for part in _rows(item, lead, tail)]
    early, late = (part * rules.interval / rules.mig_span for part in _PARTS[str(rules.mig_timing)])
    at_start, at_end = float(rules.births_from != "end"), float(rules.births_from != "start")
    of_moves = early * at_start if rules.births_mig == "all" else 0.0
    rest = (
        rated, early, late, at_start, of_moves, at_end, MOST_BIRTHS, check, rules.negative == "keep"
    )  # fmt: skip
    if targets is None:
        added[first:] = 0
        return bool(carry(*flat, first, years, *rows, *rest))
    for year in range(first, years):
        if not carry(*flat, year, year + 1, *rows, *rest):
            return False
        end = pops[year + 1]
        after = end.sum(-1)
        end[...] = control_to(end, targets[year], axes)
        np.subtract(end.sum(-1), after, out=added[year])
    return True


def _rows(item: Yearly, lead: list[int], tail: int) -> _Rows:
    """Return an argument with a year axis and one axis of rows, and the row of each area."""
    value, varies, _ = item
    value = value if varies else value[None]
    lengths = value.ndim - tail
    if 0 in value.strides[:lengths]:  # broadcast by whoever called: once is enough
        value = value[tuple(slice(0, 1) if step == 0 else slice(None) for step in value.strides[:lengths])]
    own, areas = value.shape[1:lengths], math.prod(lead)
    count = math.prod(own)
    if count == areas:
        at = np.arange(areas)
    elif count == 1:
        at = np.zeros(areas, dtype=np.int64)
    else:
        at = np.broadcast_to(np.arange(count).reshape(own), lead).reshape(-1)
    return _Rows(np.ascontiguousarray(value).reshape(len(value), -1, *value.shape[lengths:]), at)


def _flows(arguments: dict[str, Yearly], rules: Rules) -> tuple[Yearly | None, Yearly | None]:
    """Return migrants as counts and as rates on the people at the start."""
    net, arrivals, leaving = (arguments.get(n) for n in ("mig_net_count", "mig_in_count", "mig_out_rate"))
    counts = net if rules.mig_kind == "count" else None
    rates = net if rules.mig_kind == "rate" else None
    if leaving is not None:
        away: Yearly = -leaving[0], *leaving[1:]
        rates = away if rates is None else _sum(rates, away)
    if arrivals is not None:
        counts = arrivals if counts is None else _sum(counts, arrivals)
    return counts, rates


def _sum(one: Yearly, other: Yearly) -> Yearly:
    """Return the sum of two arguments, each with or without years and leading axes."""
    varies, axes = one[1] or other[1], max(one[0].ndim - one[1], other[0].ndim - other[1])
    parts = []
    for value, has_years, _ in (one, other):
        years = value.shape[:1] if has_years else (1,)
        rest = value.shape[1:] if has_years else value.shape
        parts.append(value.reshape(*years, *(1,) * (axes - len(rest)), *rest))
    total = parts[0] + parts[1]
    return (total if varies else total[0]), varies, axes


def _shares(arguments: dict[str, Yearly], rules: Rules) -> Yearly:
    """Return the births of each sex per birth and year counted from both ends or one (..., sex)."""
    share, varies = rules.share_female, False
    if "sex_ratio_birth" in arguments:
        ratio, varies, _ = arguments["sex_ratio_birth"]
        share = 1 / (1 + ratio)
    exposed = rules.interval * (0.5 if rules.births_from == "mean" else 1.0)
    sexes = np.empty((*share.shape, 1 if rules.one_sex else 2))
    sexes[..., 0] = share * exposed
    sexes[..., 1:] = ((1 - share) * exposed)[..., None]
    return sexes, varies, sexes.ndim - varies


def _migrants_allowed(arguments: dict[str, Yearly]) -> bool:
    """Return whether immigrants, rates of leaving and the sex ratio of births lie where they must."""
    limits = {"mig_in_count": np.inf, "mig_out_rate": np.inf, "sex_ratio_birth": 3.0}
    return all(
        bool(((arguments[name][0] >= 0) & (arguments[name][0] <= most)).all())
        for name, most in limits.items()
        if name in arguments
    )
