"""Steps 3, 4 and 13: people in private households, households by size, why their number changes.

Arrays: draw, area, year, age (single years) or age group, size (1, 2, 3, 4, 5 and more).
"""

from itertools import permutations, product
from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SIZES = 5


def institutional_rates(pop_count: Array, profile: Array, under_65: float, residents_65plus: float) -> Array:
    """Return the share of people in homes by age (age,), scaled to the number that lives in homes.

    q[a] = `under_65` below 65; above, the age `profile` times the factor that gives `residents_65plus`
    people in homes in `pop_count` (age,). Rates stay at or below 1; people beyond that are not placed.
    """
    ages = np.arange(len(profile))
    old = ages >= 65
    expected = float((pop_count * profile)[old].sum())
    factor = residents_65plus / expected if expected > 0 else 0.0
    return np.where(old, np.minimum(profile * factor, 1.0), under_65)


def interpolate_rates(
    group_rate: Array, group_from: Array, group_to: Array, ages: int, first_alone: int = 0
) -> Array:
    """Return rates by single year (age, size) from rates by age group (group, size).

    Linear between the middles of the groups, constant beyond the first and last middle; every age is a
    mixture of two groups, so that its shares still sum to 1. Nobody below the age `first_alone` lives
    alone; the other sizes of that age take the share in proportion.
    """
    middle = (group_from + group_to + 1) / 2
    at = np.arange(ages) + 0.5
    rates = np.stack([np.interp(at, middle, group_rate[:, n]) for n in range(group_rate.shape[1])], axis=-1)
    total = rates[:first_alone].sum(1, keepdims=True)
    rates[:first_alone, 0] = 0
    rates[:first_alone] *= total / rates[:first_alone].sum(1, keepdims=True)
    return rates


def mean_size_6plus(people: float, households: Array) -> float:
    """Return the mean size of households of 6 and more that closes the balance of people in households.

    `people` = people in private households, `households` (6,) = households of 1, 2, 3, 4, 5, 6 and more.
    """
    return float((people - (households[:5] * np.arange(1, 6)).sum()) / households[5])


def mean_sizes(households: Array, size_6plus: float) -> Array:
    """Return the mean size (area, size) of the classes 1, 2, 3, 4, 5+ from households (area, 6)."""
    five_plus = (5 * households[:, 4] + size_6plus * households[:, 5]) / (households[:, 4] + households[:, 5])
    fixed = np.broadcast_to(np.arange(1.0, 5.0), (len(households), 4))
    return np.concatenate([fixed, five_plus[:, None]], axis=1)


def calibrate_rates(
    people: Array,
    rates: Array,
    persons_by_size: Array,
    senior_only: Array,
    partner_senior: float,
    other_senior: float,
    age_senior: int = 65,
    rounds: int = 5000,
    tol: float = 1e-11,
) -> tuple[Array, Array]:
    """Return member rates (area, age, size) that reproduce the census households, and what is left open.

    Iterative scaling of X[a,n] = people[a]·rates[a,n] to three margins in turn: households of only
    seniors, S = (1 + `other_senior`)·Σ_{a>=65} (X[a,1] + X[a,2]·`partner_senior`/2) = `senior_only`
    (area,), each cell to the power of its weight in S; people by age (rows); people in households of
    size n (columns, `persons_by_size` = n̄_n·H_n), closed last. people (area, age), rates (age, size).
    The second result (area,) is the largest relative deviation of any margin at the end; people and
    `persons_by_size` must have the same sum.
    """
    weight = (1 + other_senior) * np.array([1.0, partner_senior / 2])
    power = weight / weight.max()
    cells = people[:, :, None] * rates
    for _ in range(rounds):
        before = cells
        cells = cells.copy()
        factor = senior_only / (cells[:, age_senior:, :2].sum(1) @ weight)
        cells[:, age_senior:, :2] *= factor[:, None, None] ** power
        cells *= (people / cells.sum(2))[:, :, None]
        cells *= (persons_by_size / cells.sum(1))[:, None, :]
        if np.abs(cells - before).max() < tol * cells.max():
            break
    open_rows = np.abs(cells.sum(2) / people - 1).max(1)
    open_seniors = np.abs(cells[:, age_senior:, :2].sum(1) @ weight / senior_only - 1)
    return cells / people[:, :, None], np.maximum(open_rows, open_seniors)


def with_one_person_trend(rates: Array, change: Array) -> Array:
    """Return member rates (..., year, age, size) in which the one-person rate grows by `change` (year,).

    m[a,1]·(1 + change), at most 1; the other sizes of that age shrink in proportion, so that shares sum to
    what they summed to before.
    """
    total = rates.sum(-1)[..., None, :]
    one = np.minimum(rates[..., None, :, 0] * (1 + change[:, None]), total)
    rest_before = total - rates[..., None, :, 0]
    rest = np.divide(total - one, rest_before, out=np.zeros_like(one), where=rest_before > 0)
    out = rates[..., None, :, :] * rest[..., None]
    out[..., 0] = one
    return out


def one_person_trend(years: Array, base: float, end: float, growth_per_year: float) -> Array:
    """Return the cumulative relative change of the one-person rate at each of `years` (year,).

    Starts with `growth_per_year` at `base` and fades linearly to none at `end`: the area under that line.
    """
    span = max(end - base, 1e-9)
    elapsed = np.clip(years - base, 0, span)
    return growth_per_year * (elapsed - elapsed**2 / (2 * span))


def household_count(people: Array, rates: Array, mean_size: Array) -> Array:
    """Return households by size H[..., n] = Σ_a people[..., a]·rates[..., a, n] / n̄_n."""
    return np.einsum("...a,...an->...n", people, rates) / mean_size


def decompose(people_0: Array, people_t: Array, rates_0: Array, rates_t: Array, mean_size: Array) -> Array:
    """Return the change of households split into (population size, age structure, household formation).

    Exact: each effect is the mean over the 3! orders in which the factors can change (Shapley value; Das
    Gupta 1978). people (..., age), rates (..., age, size), mean_size (..., size); result (..., 3) sums to
    H_t − H_0.
    """
    size = (people_0.sum(-1), people_t.sum(-1))
    shape = tuple(p / p.sum(-1, keepdims=True) for p in (people_0, people_t))
    rate = (rates_0, rates_t)

    def households(state: tuple[int, ...]) -> Array:
        people = size[state[0]][..., None] * shape[state[1]]
        return household_count(people, rate[state[2]], mean_size).sum(-1)

    value: dict[tuple[int, ...], Array] = {at: households(at) for at in product((0, 1), repeat=3)}
    effect = [np.zeros_like(value[1, 1, 1]) for _ in range(3)]
    for order in permutations(range(3)):
        state: tuple[int, ...] = (0, 0, 0)
        for factor in order:
            changed = (*state[:factor], 1, *state[factor + 1 :])
            effect[factor] += value[changed] - value[state]
            state = changed
    return np.stack(effect, axis=-1) / factorial(3)
