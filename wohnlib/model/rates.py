"""Steps 1 and 2: the rates that move the population: fertility level, net migration by age and area.

Arrays: area, year, sex (F, M), age (single years 0..100+). Counts are persons, rates per person and year.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def national_path(recorded: dict[int, float], years: range, target: float, target_year: int) -> Array:
    """Return national net migration (year,): recorded values, then linear from the last to the target.

    After `target_year` the target is kept. Persons per year.
    """
    last = max(recorded)
    points = {**recorded}
    if target_year > last:
        points[target_year] = target
    known = sorted(points)
    path = np.interp(np.array(years, dtype=float), known, [points[y] for y in known])
    return np.where(np.array(years) > max(target_year, last), target, path)


def share_of_nation(local: dict[int, float], nation: dict[int, float], first: int, last: int) -> float:
    """Return the area's share of national net migration over the years `first` to `last`, sums over sums."""
    years = range(first, last + 1)
    return sum(local[y] for y in years) / sum(nation[y] for y in years)


def old_age_factor(expected: Array, observed: Array, began: Array, first_group: int) -> float:
    """Return the factor on the force of mortality at old ages that explains their residual.

    `expected` and `observed` (sex, group) at the end of the window, `began` (sex, group) the same cohorts at
    its start. Solves Σ began·(expected/began)^k = Σ observed over the groups from `first_group` on, by
    bisection: a residual at these ages is an error of mortality, not migration.
    """
    start, survived = began[:, first_group:], (expected / began)[:, first_group:]
    total = observed[:, first_group:].sum()
    low, high = 0.2, 5.0
    for _ in range(200):
        middle = (low + high) / 2
        if (start * survived**middle).sum() > total:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def spread_cohort_migration(residual: Array, years: float, width: int, ages: int) -> Array:
    """Return net migration per year by single age (sex, age) from the residual by cohort (sex, group).

    A cohort that ends in the group [A, A+5) moved, over 5 years, at ages A−5 to A+5; each of its migrants
    had an age that is spread over these years as a triangle (the sum of age at the end and time since the
    move). The total is kept; ages below 0 are counted at 0, above the last age in the open group.
    """
    out = np.zeros((residual.shape[0], ages))
    steps = 10  # parts of a year in the numerical spread
    at_end = (np.arange(width * steps) + 0.5) / steps
    since = (np.arange(int(years) * steps) + 0.5) / steps
    offset = np.floor(at_end[:, None] - since[None, :]).astype(int).ravel()
    for group in range(residual.shape[1]):
        age = np.clip(group * width + offset, 0, ages - 1)
        weight = np.bincount(age, minlength=ages) / len(age)
        out += residual[:, group, None] * weight / years
    return out


def child_woman_level(
    children: Array, women: Array, fert_rate: Array, children_all: float, women_all: Array,
    lag: float, shrinkage: float,
) -> Array:  # fmt: skip
    """Return the fertility level of each area relative to the region, from child-woman ratios.

    c_g = w·r_g + (1−w), r_g = (children per expected children of the area) / (the same for the region),
    w = children / (children + `shrinkage`). Expected children weight the women (area, age), who were
    `lag` years younger at the births, with `fert_rate` (age,).
    """
    moved = np.interp(np.arange(len(fert_rate)) - lag, np.arange(len(fert_rate)), fert_rate)
    ratio = (children / (women @ moved)) / (children_all / float(women_all @ moved))
    weight = children / (children + shrinkage)
    return weight * ratio + (1 - weight)


def local_intensity(
    growth: Array, natural: Array, pop_total: Array, persistence: float, shrinkage: float
) -> Array:
    """Return each area's net migration rate beyond the region's (area,), per person and year.

    d_g = w_g·(m_g − m̄), m_g = growth_g − natural_g (yearly rates), m̄ the mean weighted with people,
    w_g = `persistence`·people / (people + `shrinkage`); then moved so that Σ people·d = 0.
    """
    rate = growth - natural
    mean = float((rate * pop_total).sum() / pop_total.sum())
    weight = persistence * pop_total / (pop_total + shrinkage)
    d = weight * (rate - mean)
    return d - (d * pop_total).sum() / pop_total.sum()


def migration_at_level(profile: Array, level: float, shape: Array) -> Array:
    """Return the profile (sex, age) moved to a total of `level`: profile + (level − Σ profile)·shape.

    `shape` (sex, age) sums to 1: the ages at which more or fewer people come when the level changes.
    """
    return profile + (level - profile.sum()) * shape


def arrival_shape(profile: Array) -> Array:
    """Return the part of a net profile that is gain, scaled to sum to 1: the ages of those who come."""
    gain = np.maximum(profile, 0)
    return gain / gain.sum()


def area_migration(region_migration: Array, pop_count: Array, intensity: Array, shape: Array) -> Array:
    """Return net migration by area (area, sex, age).

    The region's counts are spread by the area's share of the people of that age and sex, then moved by
    the area's own intensity × its people, at the ages of `shape`.
    """
    total = pop_count.sum(0)
    share = np.divide(pop_count, total, out=np.full_like(pop_count, 1 / len(pop_count)), where=total > 0)
    own = (intensity * pop_count.sum((1, 2)))[:, None, None] * shape
    return region_migration * share + own
