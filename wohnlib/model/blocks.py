"""A block of areas carried through all years with few passes over memory, for the usual conventions.

The same arithmetic as `cohorts.run_step`, on one flat buffer that stays in the cache and is changed in place:
moving on by one age group is to begin one cell earlier in the flattened (..., sex, age), after which the first
and last groups are put right. Where half of the migrants move at each end, the buffer holds twice the people. Anything out of the ordinary (a value that must be
reported, a convention not listed in `fits`) is left to the general step, which says what is wrong.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.checks import MOST_BIRTHS, Array
from wohnlib.model.conventions import Rules
from wohnlib.model.fitting import control_to
from wohnlib.model.years import Yearly

# Bit patterns of numbers from 0 to 1 (or to the largest finite one), read as unsigned integers, are those up
# to that of 1: one pass finds what is negative, above 1, infinite or not a number.
_BITS_OF_ONE = np.float64(1).view(np.uint64)
_BITS_OF_INFINITY = np.float64(np.inf).view(np.uint64)
_BITS_OF_MOST_BIRTHS = np.float64(MOST_BIRTHS).view(np.uint64)
_SMALL = 8_000_000  # bytes of arguments that are looked through at once for all years
_FOLD = 8  # rows joined when maxima by age are sought
_FLOWS = {"mig_net_count": 1.0, "mig_in_count": 1.0, "mig_out_rate": -1.0}


class Work(NamedTuple):
    """Buffers of one block of areas, used again by the next: fetching fresh memory costs more than to compute."""

    people: Array  # flat: a block's population times `scale`, and a cell for every year
    moves: Array  # (..., sex, age)
    ones: Array  # (age,)
    parts: Array  # (age,) 1 / scale
    scale: float  # 2 where half of the migrants move at each end, so that they need no halving; else 1

    @classmethod
    def of(cls, cell: tuple[int, ...], years: int, rules: Rules) -> "Work":
        """Return buffers for blocks of the shape `cell` (..., sex, age)."""
        scale = 2.0 if rules.mig_timing == "half" else 1.0
        ones, people = np.ones(cell[-1]), np.empty(math.prod(cell) + years)
        return cls(people, np.empty(cell), ones, ones / scale, scale)

    def cut(self, areas: int) -> "Work":
        """Return the buffers for a block of fewer areas."""
        return self._replace(moves=self.moves[:areas])

    def at(self, cell: tuple[int, ...], left: int) -> Array:
        """Return the population when `left` years are left: each year it begins one cell earlier."""
        size = math.prod(cell)
        return self.people[left : left + size].reshape(cell)


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


@np.errstate(invalid="ignore", over="ignore")  # what is not finite goes to the general step, which names it
def run_block(
    result: tuple[Array, Array, Array, Array, Array],
    first: int,
    arguments: dict[str, Yearly],
    targets: Array | None,
    axes: tuple[int, ...],
    rules: Rules,
    check: bool,
    work: Work | None = None,
) -> bool:
    """Project from year `first` on; return False, with nothing promised, where the general step is needed.

    Parameters
    ----------
    result : population (year + 1, ..., sex, age), contiguous within a year and filled up to `first`; births,
        deaths, migrants and what the control added (year, ..., sex).
    arguments : the arguments by year, cut to the areas of the block.
    work : buffers of this or a larger block.
    """
    pops, births, deaths, moved, added = result
    every = {name: value for name, (value, _, _) in arguments.items()}
    fixed = {name: value for name, (value, varies, _) in arguments.items() if not varies}
    yearly = [(name, value) for name, (value, varies, _) in arguments.items() if varies]
    cell, years = pops.shape[1:], len(births)
    work = Work.of(cell, years, rules) if work is None else work
    sums, pop = np.empty(pops.shape[:-1]), work.at(cell, years - first)
    np.vecdot(pops[first], work.ones, out=sums[first])
    if cell[-1] < 2 or _below(pops[first], rules):
        return False
    np.multiply(pops[first], work.scale, out=pop)
    small = max(value.nbytes for value in every.values()) <= _SMALL
    ages = _fertile(every["fert_rate"]) if small else None
    if small and (ages is None or (check and not _allowed(every))):
        return False
    sexes = _sexes(rules.share_female, rules)
    exposed = rules.interval / work.scale * (0.5 if rules.births_from == "mean" else 1.0)
    for year in range(first, years):
        now = {**fixed, **{name: value[year] for name, value in yearly}}
        surv, fert = now["surv_ratio"], now["fert_rate"]
        if not small:
            ages = _fertile(fert)
        if ages is None:
            return False
        total: Any = 0.0
        if rules.births_from != "end" and rules.births_mig != "all":
            total = np.vecdot(pop[..., 0, ages], fert[..., ages])
        moves = _migrants(now, pop, work.moves, rules)
        if moves is None:
            moved[year] = 0
        else:
            np.vecdot(moves, work.ones, out=moved[year])
            if rules.mig_timing != "end":
                np.add(pop, moves, out=pop)
        if rules.births_from != "end" and rules.births_mig == "all":
            total = np.vecdot(pop[..., 0, ages], fert[..., ages])
        np.multiply(pop, surv[..., 1:], out=pop)
        if check and not small and not _allowed(now):  # now that they are in the cache
            return False
        pop = _move_on(pop, moves if rules.mig_timing != "start" else None, work.at(cell, years - year - 1))
        if rules.births_from != "start":
            total = total + np.vecdot(pop[..., 0, ages], fert[..., ages])
        if "sex_ratio_birth" in now:
            sexes = _sexes(1 / (1 + now["sex_ratio_birth"]), rules)
        np.multiply(total[..., None], sexes * exposed, out=births[year])
        pop[..., 0] += births[year] * surv[..., 0] * work.scale
        after = np.vecdot(pop, work.parts, out=sums[year + 1])
        if _below(pop, rules):
            return False
        end = np.multiply(pop, 1 / work.scale, out=pops[year + 1])
        if targets is not None:
            end[...] = control_to(end, targets[year], axes)
            np.subtract(np.vecdot(end, work.ones), after, out=added[year])
            after += added[year]
            np.multiply(end, work.scale, out=pop)
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
    """Return the ages at which there are births; None if a rate is negative, not finite or far too high."""
    ages = fert.shape[-1]
    rows = _FOLD * ages if fert.flags.c_contiguous and fert.size % (_FOLD * ages) == 0 else ages
    bits: NDArray[np.uint64] = fert.view(np.uint64).reshape(-1, rows)
    top = np.maximum.reduce(np.maximum.reduce(bits, axis=0).reshape(-1, ages), axis=0)
    some = np.flatnonzero(top)
    if not some.size:
        return slice(0, 0)
    if top.max() > _BITS_OF_MOST_BIRTHS:
        return None
    return slice(int(some[0]), int(some[-1]) + 1)


def _migrants(now: dict[str, Array], pop: Array, out: Array, rules: Rules) -> Array | None:
    """Return the migrants of each time of the step, times the scale of `pop`: all, though half move at each end."""
    factor = rules.interval / rules.mig_span
    share = 0.5 if rules.mig_timing == "half" else 1.0  # of rates on twice the population
    total: Array | None = None
    for name, sign in _FLOWS.items():
        if name not in now:
            continue
        value, more = now[name], factor * sign
        if name == "mig_out_rate" or (name == "mig_net_count" and rules.mig_kind == "rate"):
            value, more = np.multiply(value, pop, out=out if total is None else None), more * share
        if more != 1:
            value = np.multiply(value, more, out=out if total is None else None)
        total = value if total is None else np.add(total, value, out=out)
    return total if total is None or total.shape == pop.shape else np.broadcast_to(total, pop.shape)


def _move_on(alive: Array, moves: Array | None, end: Array) -> Array:
    """Return the survivors one group on, with migrants, without the newborn.

    `end` begins one cell before `alive` in the same memory, which moves everyone one group on by itself; the
    first and the open groups are put right.
    """
    alive[..., -2] += alive[..., -1]
    if moves is None:
        end[..., 0] = 0
    else:
        row = alive.reshape(-1)[:-1]
        np.add(row, moves.reshape(-1)[1:], out=row)
        end[..., 0] = moves[..., 0]
    return end


def _sexes(share: Array, rules: Rules) -> Array:
    """Return the shares of births by sex (..., sex) from that of girls."""
    return share[..., None] if rules.one_sex else np.stack([share, 1 - share], axis=-1)
