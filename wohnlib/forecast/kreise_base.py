"""Tables of Kreise by single year: from ratios, fitted to the census, moved on a year, brought to totals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wohnlib.forecast.kreise_data import CENSUS_FROM, CensusKreise
from wohnlib.forecast.kreise_relative import State
from wohnlib.forecast.kreise_settings import SINGLE, number
from wohnlib.model.base import fit_sex_age, group_matrix

Array = NDArray[np.float64]
_ROUNDS = 4
_LIMITS = (0.5, 2.0)  # by which a cell may change in one round of bringing totals in


def yearly_tables(
    states: Sequence[Sequence[State]], groups: Sequence[NDArray[np.int64]], share: Array, nation: Array
) -> Array:
    """Return persons (year, Kreis, sex, age): ratio × share × nation, the sum over Kreise that of the nation."""
    years = len(nation)
    out = np.empty((years, len(share), 2, SINGLE))
    for path, group in zip(states, groups, strict=True):
        ratio = np.stack([s.ratio.T for s in path]).reshape(years, len(group), 2, SINGLE)
        out[:, group] = np.maximum(ratio, number("smallest_ratio")) * share[group, None, None]
    out *= nation[:, None]
    return np.asarray(out * (nation / out.sum(1))[:, None])


def census_table(around: Array, part: float, census: CensusKreise) -> Array:
    """Return the base table (Kreis, sex, age) of the census day, from the tables of the 1 January before and after.

    Interpolated on the logarithm, then fitted to the total, the sexes and the 11 age groups of every Kreis.
    """
    seed = np.exp((1 - part) * np.log(around[0]) + part * np.log(around[1]))
    groups = group_matrix(np.array(CENSUS_FROM), SINGLE)
    fitted = [
        fit_sex_age(one, census.sex[[i]], census.group[[i]], census.total[[i]], groups)
        for i, one in enumerate(seed)
    ]
    return np.concatenate(fitted)


def moved_on(single: Array, before: Array, after: Array, fertility: Array, fraction: float) -> Array:
    """Return a table (Kreis, sex, age) a part of a year later, by the ratios of cohorts of a path of tables.

    `P[a+1] = P[a]·c[a+1]`, c = after[a+1] / before[a]; the open group takes two terms; newborn per expected birth.
    Within a year the fraction f moves up and c is taken to the power f.
    """
    ratio = np.ones_like(single)  # the newborn have none
    ratio[..., 1:] = after[..., 1:] / before[..., :-1]
    pooled = after[..., -1] / (before[..., -2] + before[..., -1])
    ratio[..., -1] = pooled
    change = ratio**fraction
    new = np.empty_like(single)
    new[..., 1:] = fraction * single[..., :-1] * change[..., 1:]
    new[..., 1:-1] += (1 - fraction) * single[..., 1:-1] * change[..., 2:]
    new[..., -1] += single[..., -1] * change[..., -1]
    children = after[..., 0] / (before[:, 0] @ fertility)[:, None]
    new[..., 0] = fraction * children * (single[:, 0] @ fertility)[:, None]
    new[..., 0] += (1 - fraction) * single[..., 0] * change[..., 1]
    return new


def adjusted_totals(table: Array, wanted: Array, response: Array) -> Array:
    """Return a table (Kreis, sex, group) with the totals wanted (Kreis,).

    What is missing goes to the cells as `response` (sums to 1 in each Kreis) says, each within limits; the rest of it,
    which the limits hold back, evenly.
    """
    out = table
    for _ in range(_ROUNDS):
        missing = (wanted - out.sum((1, 2)))[:, None, None] * response
        out = out * np.clip(1 + missing / out, *_LIMITS)
    return np.asarray(out * (wanted / out.sum((1, 2)))[:, None, None])
