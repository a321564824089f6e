"""A block of areas carried through all years with few passes over memory, for the usual conventions.

The same arithmetic as `cohorts.run_step`, on flat buffers that stay in the cache: moving on by one age group
is a shift by one cell of the flattened (..., sex, age), after which the first and last groups are put right.
Results are written straight into the arrays by year. Anything out of the ordinary (a value that must be
reported, a convention not listed in `fits`) is left to the general step, which says what is wrong.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.checks import Array
from wohnlib.model.conventions import Rules
from wohnlib.model.fitting import control_to
from wohnlib.model.years import Yearly

# Bit patterns of numbers from 0 to 1 (or to the largest finite one), read as unsigned integers, are those up
# to that of 1: one pass finds what is negative, above 1, infinite or not a number.
_BITS_OF_ONE = np.float64(1).view(np.uint64)
_BITS_OF_INFINITY = np.float64(np.inf).view(np.uint64)
_SMALL = 8_000_000  # bytes of arguments that are looked through at once for all years
_FOLD = 8  # rows joined when maxima by age are sought
_FLOWS = {"mig_net_count": 1.0, "mig_in_count": 1.0, "mig_out_rate": -1.0}


def fits(rules: Rules) -> bool:
    """Return whether `run_block` knows these conventions (steps of one age width, migrants by age then)."""
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


def run_block(
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
    result : population (year + 1, ..., sex, age), contiguous within a year and filled up to `first`; births,
        deaths, migrants and what the control added (year, ..., sex).
    arguments : the arguments by year, cut to the areas of the block.
    """
    pops, births, deaths, moved, added = result
    cell = pops.shape[1:]
    ones, weight = np.ones(cell[-1]), np.full(cell[-1], 2.0 if rules.mig_timing == "half" else 1.0)
    spare, alive, ratio = np.empty(cell), np.empty(cell), np.empty(cell)
    sums, pop = np.empty(pops.shape[:-1]), pops[first]
    np.vecdot(pop, ones, out=sums[first])
    if _below(pop, rules):
        return False
    small = max(value.nbytes for value, _, _ in arguments.values()) <= _SMALL
    every = {name: value for name, (value, _, _) in arguments.items()}
    ages = _fertile(every["fert_rate"]) if small else None
    if small and (ages is None or (check and not _allowed(every))):
        return False
    for year in range(first, len(births)):
        now = {name: value[year] if varies else value for name, (value, varies, _) in arguments.items()}
        surv, fert, end = now["surv_ratio"], now["fert_rate"], pops[year + 1]
        if not small:
            ages = _fertile(fert)
            if check and not _allowed(now):
                return False
        if ages is None:
            return False
        np.copyto(ratio, surv[..., 1:])  # contiguous, so that the product runs over one long row
        moves = _migrants(now, pop, spare, alive, rules)
        start = pop
        if moves is None:
            moved[year] = 0
        else:
            np.vecdot(moves, weight, out=moved[year])
            if rules.mig_timing != "end":
                start = np.add(pop, moves, out=alive)
        early = start if rules.births_mig == "all" else pop
        total: Any = 0.0
        if rules.births_from != "end":
            total = np.vecdot(early[..., 0, ages], fert[..., ages])
        np.multiply(start, ratio, out=alive)
        _move_on(alive, moves if rules.mig_timing != "start" else None, end)
        if rules.births_from != "start":
            total = total + np.vecdot(end[..., 0, ages], fert[..., ages])
        total = total * (rules.interval * (0.5 if rules.births_from == "mean" else 1.0))
        _add_newborn(total, now.get("sex_ratio_birth"), surv[..., 0], rules, births[year], end[..., 0])
        after = np.vecdot(end, ones, out=sums[year + 1])
        if _below(end, rules):
            return False
        if targets is not None:
            end[...] = control_to(end, targets[year], axes)
            np.subtract(np.vecdot(end, ones), after, out=added[year])
            after += added[year]
        pop = end
    if targets is None:
        added[first:] = 0
    dead = np.subtract(sums[first:-1], sums[first + 1 :], out=deaths[first:])
    for part in (births, moved, added):
        dead += part[first:]
    return bool(np.isfinite(dead).all())


def _below(pop: Array, rules: Rules) -> bool:
    return rules.negative != "keep" and bool(np.minimum.reduce(pop, axis=None, initial=0.0) < 0)


def _allowed(now: dict[str, Array]) -> bool:
    """Return whether survival lies between 0 and 1 and no other argument is below 0 that must not be."""
    if np.maximum.reduce(now["surv_ratio"].view(np.uint64), axis=None) > _BITS_OF_ONE:
        return False
    ratio = now.get("sex_ratio_birth")
    if ratio is not None and not ((ratio >= 0) & (ratio <= 3)).all():
        return False
    return all(
        np.maximum.reduce(now[name].view(np.uint64), axis=None) < _BITS_OF_INFINITY
        for name in ("mig_in_count", "mig_out_rate")
        if name in now
    )


def _fertile(fert: Array) -> slice | None:
    """Return the ages at which there are births; None if a rate is negative or not finite."""
    ages = fert.shape[-1]
    rows = _FOLD * ages if fert.flags.c_contiguous and fert.size % (_FOLD * ages) == 0 else ages
    bits: NDArray[np.uint64] = fert.view(np.uint64).reshape(-1, rows)
    top = np.maximum.reduce(np.maximum.reduce(bits, axis=0).reshape(-1, ages), axis=0)
    some = np.flatnonzero(top)
    if not some.size:
        return slice(0, 0)
    if top.max() >= _BITS_OF_INFINITY:
        return None
    return slice(int(some[0]), int(some[-1]) + 1)


def _migrants(now: dict[str, Array], pop: Array, out: Array, spare: Array, rules: Rules) -> Array | None:
    """Return the migrants who move at each time of the step (half of them, if half at each end)."""
    factor = rules.interval / rules.mig_span * (0.5 if rules.mig_timing == "half" else 1.0)
    total: Array | None = None
    for name, sign in _FLOWS.items():
        if name not in now:
            continue
        value = now[name]
        rate = name == "mig_out_rate" or (name == "mig_net_count" and rules.mig_kind == "rate")
        into = out if total is None else spare
        if rate:
            np.multiply(value, pop, out=into)
            if factor * sign != 1:
                into *= factor * sign
        else:
            np.multiply(value, factor, out=into)
        total = into if total is None else np.add(total, into, out=total)
    return total


def _move_on(alive: Array, moves: Array | None, end: Array) -> None:
    """Write survivors one group on, with migrants, without the newborn; (..., sex, age) are one flat row."""
    flat, to = alive.reshape(-1), end.reshape(-1)
    if moves is None:
        to[1:] = flat[:-1]
        end[..., 0] = 0
    else:
        np.add(flat[:-1], moves.reshape(-1)[1:], out=to[1:])
        end[..., 0] = moves[..., 0]
    end[..., -1] += alive[..., -1]


def _add_newborn(
    total: Array, ratio: Array | None, surv: Array, rules: Rules, births: Array, youngest: Array
) -> None:
    """Divide births by sex and add those who survive to the first group."""
    share = rules.share_female if ratio is None else 1 / (1 + ratio)
    np.multiply(total, share, out=births[..., 0])
    if not rules.one_sex:
        np.subtract(total, births[..., 0], out=births[..., 1])
    np.add(youngest, births * surv, out=youngest)
