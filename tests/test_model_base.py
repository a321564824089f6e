"""Base population: published totals are kept, the pattern of the seed survives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wohnlib.model.base import fit_sex_age, group_matrix, scale_groups

seeds = st.integers(0, 2**32 - 1)


def test_group_matrix_puts_each_age_into_one_group():
    # groups 0-2, 3-5, 6 and over; ages 0..7
    groups = group_matrix(np.array([0, 3, 6]), 8)
    assert groups.T.tolist() == [[1, 1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 1, 1]]


def test_scale_groups_changes_level_and_keeps_pattern_within_groups():
    # sums 4 and 4 become 8 and 2: factors 2 and 1/2
    scaled = scale_groups(np.array([1.0, 3, 2, 2]), np.array([8.0, 2]), group_matrix(np.array([0, 2]), 4))
    assert scaled.tolist() == [2, 6, 1, 1]


def test_scale_groups_works_on_leading_axes():
    single = np.ones((3, 2, 4))
    total = np.arange(12.0).reshape(3, 2, 2)
    groups = group_matrix(np.array([0, 2]), 4)
    assert scale_groups(single, total, groups) @ groups == pytest.approx(total)


def test_flat_seed_gives_the_product_of_the_shares():
    # 40 women, 60 men; 30 in the first of two groups of 2 ages: women there 100·0.4·0.3/2 = 6 per age
    pop = fit_sex_age(
        np.ones((2, 4)), np.array([[40.0, 60]]), np.array([[30.0, 70]]), np.array([100.0]),
        group_matrix(np.array([0, 2]), 4),
    )  # fmt: skip
    assert pop[0] == pytest.approx(np.array([[6, 6, 14, 14], [9, 9, 21, 21]]))


def test_published_total_wins_over_perturbed_parts():
    # sexes sum to 102, groups to 98, the total is 100: parts are scaled, 51:51 stays one to one
    pop = fit_sex_age(
        np.ones((2, 4)), np.array([[51.0, 51]]), np.array([[49.0, 49]]), np.array([100.0]),
        group_matrix(np.array([0, 2]), 4),
    )  # fmt: skip
    assert pop.sum() == pytest.approx(100, abs=1e-12)
    assert pop[0].sum(1) == pytest.approx([50, 50])


@settings(deadline=None, max_examples=50)
@given(seeds)
def test_margins_hold_and_the_odds_of_the_seed_are_kept(number):
    rng = np.random.default_rng(number)
    areas, lower = 4, np.array([0, 3, 6, 10])
    groups = group_matrix(lower, 14)
    seed = rng.uniform(0.5, 2, (2, 14))
    sexes, ages = rng.uniform(50, 100, (areas, 2)), rng.uniform(20, 100, (areas, 4))
    total = rng.uniform(100, 300, areas)
    pop = fit_sex_age(seed, sexes, ages, total, groups)
    assert pop.sum((1, 2)) == pytest.approx(total, rel=1e-12)
    assert pop.sum(2) == pytest.approx(sexes * (total / sexes.sum(1))[:, None], rel=1e-9)
    assert pop.sum(1) @ groups == pytest.approx(ages * (total / ages.sum(1))[:, None], rel=1e-9)
    # sex ratio at age a against age a + 1 as in the seed: IPF scales sexes and groups, nothing else
    odds = (pop[:, 0, 1:] * pop[:, 1, :-1]) / (pop[:, 1, 1:] * pop[:, 0, :-1])
    expected = (seed[0, 1:] * seed[1, :-1]) / (seed[1, 1:] * seed[0, :-1])
    assert odds == pytest.approx(np.broadcast_to(expected, odds.shape), rel=1e-9)
