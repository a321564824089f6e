"""Step 1: base population by single year of age and sex, fitted to what the census publishes.

Arrays: area, sex (F, M), age (single years 0..100+). All counts are persons.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def group_matrix(lower_ages: Array, ages: int) -> Array:
    """Return the (age, group) matrix of ones that sums single years to groups given by their lower ages."""
    group_of_age = np.searchsorted(lower_ages, np.arange(ages), side="right") - 1
    return np.eye(len(lower_ages))[group_of_age]


def scale_groups(single: Array, group_total: Array, groups: Array) -> Array:
    """Return `single` (..., age) scaled so that its age groups equal `group_total` (..., group)."""
    sums = single @ groups
    factor = np.divide(group_total, sums, out=np.zeros_like(sums), where=sums > 0)
    return single * (factor @ groups.T)


def fit_sex_age(
    seed: Array, sex_total: Array, group_total: Array, total: Array, groups: Array, rounds: int = 500
) -> Array:
    """Return counts (area, sex, age) with the pattern of `seed` and the published margins of each area.

    Iterative proportional fitting (Deming and Stephan 1940). The published parts of a census table are
    perturbed and do not add up to the published total; the total (area,) is kept exactly, its two sexes
    (area, sex) and age groups (area, group) are first scaled to it.
    """
    sex_total = sex_total * (total / sex_total.sum(-1))[:, None]
    group_total = group_total * (total / group_total.sum(-1))[:, None]
    pop = np.broadcast_to(seed, (len(total), *seed.shape)).copy()
    for _ in range(rounds):
        before = pop
        both = scale_groups(pop.sum(1), group_total, groups)
        pop = pop * np.divide(both, pop.sum(1), out=np.zeros_like(both), where=pop.sum(1) > 0)[:, None, :]
        pop = pop * (sex_total / pop.sum(2))[:, :, None]
        if np.abs(pop - before).max() < 1e-12 * pop.max():
            break
    return pop * (total / pop.sum((1, 2)))[:, None, None]
