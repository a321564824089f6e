"""A municipality's own projection in place of ours: its level by year, our ages and widths around it.

Arrays: area, year, age (single years), size (1, 2, 3, 4, 5 and more). Position 0 of the year axis is the base
date, which nothing changes: the base is the census, not a register.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ROUNDS = 200
_WIDEST = 1e6  # no share of people living alone grows by more than this factor


def own_ratio(own: Array, ours: Array, elapsed: Array, *, growth_only: bool = False) -> Array:
    """Return an own projection ÷ ours (..., year): 1 at the base date, linear between its years, then constant.

    own (..., year) people or households, NaN where a year is not given; ours likewise, without gaps; elapsed
    (year,) years since the base date. With `growth_only` ratios are divided by that of the first year given, so
    that only what the own projection expects after it counts, not its level. Nothing given: 1 everywhere.
    """
    ratio = np.where(np.isnan(own), np.nan, own / ours)
    flat = ratio.reshape(-1, ratio.shape[-1]).copy()
    for row in flat:
        given = np.flatnonzero(~np.isnan(row[1:])) + 1
        first = row[given[0]] if growth_only and len(given) else 1.0
        row[:] = np.interp(elapsed, [0.0, *elapsed[given]], [1.0, *(row[given] / first)])
    return flat.reshape(ratio.shape)


def fill_region(region: Array, own: Array, ours: Array, has_own: NDArray[np.bool_]) -> Array:
    """Return paths (area, year) that sum to a region's own path (year,): areas without their own take the rest.

    own (area, year) of the areas with `has_own` (area,) is kept; the others keep their shares in `ours`
    (area, year) and are scaled by (region − Σ own)/Σ ours. All have their own: nothing is left to scale.
    """
    rest = region - own[has_own].sum(0)
    others = ours[~has_own]
    out = own.copy()
    if len(others):
        out[~has_own] = others * (rest / others.sum(0))
    return out


def living_alone_change(people: Array, rates: Array, mean_size: Array, households: Array) -> Array:
    """Return the relative change c (...,) of the rate of living alone that gives a number of households.

    people (..., age), rates (..., age, size) share of persons by size of their household, mean_size (..., size),
    households (...,) wanted. m[a,1]·(1 + c), at most all of that age; the other sizes shrink in proportion, so
    that everybody still has a place: fewer people per household, not more people. Solved by halving; NaN where
    no share of living alone gives that number.
    """
    total = rates.sum(-1)
    one = rates[..., 0]
    weight = people[..., None] * rates[..., 1:] / mean_size[..., None, 1:]
    in_larger = np.divide(weight.sum(-1), total - one, out=np.zeros_like(one), where=total > one)

    def count(change: Array) -> Array:
        alone = np.minimum(one * (1 + change[..., None]), total)
        found: Array = (people * alone / mean_size[..., None, 0] + in_larger * (total - alone)).sum(-1)
        return found

    low, high = np.full_like(households, -1.0), np.full_like(households, _WIDEST)
    reached = (count(low) <= households) & (households <= count(high))
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        above = count(middle) > households
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(reached, (low + high) / 2, np.nan)
