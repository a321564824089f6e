"""Rates that move the population: paths, shares, residuals and local levels, worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wohnlib.model.rates import (
    area_migration,
    arrival_shape,
    child_woman_level,
    local_intensity,
    migration_at_level,
    national_path,
    old_age_factor,
    share_of_nation,
    spread_cohort_migration,
)

seeds = st.integers(0, 2**32 - 1)


def test_national_path_is_recorded_then_straight_then_constant():
    # from 300 in 2021 to 100 in 2025: 50 less every year, then 100
    path = national_path({2020: 120.0, 2021: 300.0}, range(2020, 2029), 100.0, 2025)
    assert path.tolist() == [120, 300, 250, 200, 150, 100, 100, 100, 100]


def test_national_path_never_replaces_recorded_years():
    # a target year inside the record: the record stands, the target holds afterwards
    path = national_path({2020: 1.0, 2021: 2.0, 2022: 3.0}, range(2020, 2025), 9.0, 2021)
    assert path.tolist() == [1, 2, 3, 9, 9]


def test_share_of_nation_is_sums_over_sums():
    # (10 + 40) / (100 + 900) = 0.05, not the mean of 0.1 and 0.044; years outside do not count
    local, nation = {1: 10.0, 2: 40.0, 3: 999.0}, {1: 100.0, 2: 900.0, 3: 1.0}
    assert share_of_nation(local, nation, 1, 2) == 0.05


def test_old_age_factor_two_where_survival_is_squared():
    # of 100 and 200 half and a fifth should live; 25 + 8 do: 0.5² and 0.2²
    began, expected = np.array([[7.0, 100], [7, 200]]), np.array([[3.0, 50], [3, 40]])
    observed = np.array([[99.0, 25], [99, 8]])
    assert old_age_factor(expected, observed, began, 1) == pytest.approx(2, abs=1e-9)


def test_old_age_factor_is_one_without_a_residual():
    began, expected = np.array([[100.0, 80, 60], [100, 80, 60]]), np.array([[90.0, 60, 30], [85, 50, 20]])
    assert old_age_factor(expected, expected, began, 1) == pytest.approx(1, abs=1e-9)


def test_more_survivors_than_expected_mean_a_factor_below_one():
    began, expected = np.array([[100.0], [100]]), np.array([[50.0], [40]])
    assert old_age_factor(expected, expected * 1.1, began, 0) < 1


def test_cohort_migrants_are_spread_over_the_ages_they_passed():
    # aged 20-24 at the end, moved within 5 years: ages 15 to 24, a triangle with its top at 20 years:
    # exact weights 0.02, 0.06, 0.10, 0.14, 0.18 and back
    out = spread_cohort_migration(np.array([[0.0, 0, 0, 0, 500, 0]]), 5, 5, 40)[0]
    assert out.sum() == pytest.approx(100)  # 500 in 5 years
    assert np.flatnonzero(out).tolist() == list(range(15, 25))
    triangle = [2, 6, 10, 14, 18, 18, 14, 10, 6, 2]
    assert out[15:25] == pytest.approx(triangle, abs=1.1)  # ten parts of a year


@given(seeds)
@settings(deadline=None, max_examples=25)
def test_spreading_keeps_each_sex_total(number):
    residual = np.random.default_rng(number).normal(0, 100, (2, 19))
    out = spread_cohort_migration(residual, 5, 5, 101)
    assert out.shape == (2, 101)
    assert out.sum(1) * 5 == pytest.approx(residual.sum(1), abs=1e-9)


def test_migrants_of_the_first_and_last_group_stay_inside_the_age_axis():
    out = spread_cohort_migration(np.array([[50.0, 0, 0, 70]]), 5, 5, 20)[0]
    assert out[:5].sum() == pytest.approx(10) and out[10:].sum() == pytest.approx(14)


def test_child_woman_level_shrinks_small_areas_towards_one():
    # 100 women each at the only fertile age; 10 and 20 children: ratios 0.1 and 0.2 against 0.15
    # relative 2/3 and 4/3; weights 10/20 and 20/30: 1/2·2/3 + 1/2 = 5/6, 2/3·4/3 + 1/3 = 11/9
    women = np.array([[0.0, 100, 0], [0, 100, 0]])
    level = child_woman_level(
        np.array([10.0, 20]), women, np.array([0.0, 0.1, 0]), 30.0, women.sum(0), lag=0, shrinkage=10
    )
    assert level == pytest.approx([5 / 6, 11 / 9])


def test_child_woman_level_looks_at_women_who_are_older_now():
    # births at age 1, children three... here one year old: their mothers are 2 now, age 1 does not count
    women = np.array([[50.0, 1, 100, 0], [50, 999, 100, 0]])
    level = child_woman_level(
        np.array([10.0, 10]), women, np.array([0.0, 0.1, 0, 0]), 20.0, women.sum(0), lag=1, shrinkage=0
    )
    assert level == pytest.approx([1, 1])


def test_local_intensity_by_hand():
    # rates 0.02 and 0, people 300 and 100: mean 0.015; weights 0.5·300/400 and 0.5·100/200
    # d = 0.375·0.005 = 0.001875, 0.25·(−0.015) = −0.00375; their mean 0.00046875 is taken off
    d = local_intensity(np.array([0.03, 0.0]), np.array([0.01, 0.0]), np.array([300.0, 100]), 0.5, 100)
    assert d == pytest.approx([0.00140625, -0.00421875])


@settings(deadline=None)
@given(seeds)
def test_local_intensity_moves_nobody_in_sum_and_vanishes_without_persistence(number):
    rng = np.random.default_rng(number)
    growth, natural, people = rng.normal(0, 0.02, 9), rng.normal(0, 0.01, 9), rng.uniform(100, 5e4, 9)
    d = local_intensity(growth, natural, people, 0.4, 3000)
    assert abs((d * people).sum()) < 1e-9 * people.sum()
    assert np.abs(local_intensity(growth, natural, people, 0.0, 3000)).max() < 1e-18


def test_arrival_shape_is_the_gain_scaled_to_one():
    assert arrival_shape(np.array([[3.0, -1], [1, 0]])).tolist() == [[0.75, 0], [0.25, 0]]


def test_migration_at_level_adds_people_at_the_ages_of_arrival():
    profile = np.array([[3.0, -1], [1, 0]])  # sum 3
    moved = migration_at_level(profile, 7.0, arrival_shape(profile))  # 4 more: 3 and 1
    assert moved.tolist() == [[6, -1], [2, 0]]
    assert migration_at_level(profile, 3.0, arrival_shape(profile)).tolist() == profile.tolist()


def test_area_migration_by_hand():
    # region: 8 women of the first age; areas hold 1/4 and 3/4 of them; nobody at the second age: halves
    # own: intensity 0.03·10 = 0.3 and −0.01·30 = −0.3 at the first age
    pop = np.array([[[10.0, 0]], [[30.0, 0]]])
    moved = area_migration(np.array([[8.0, 2]]), pop, np.array([0.03, -0.01]), np.array([[1.0, 0]]))
    assert moved[:, 0] == pytest.approx(np.array([[2.3, 1], [5.7, 1]]))


@settings(deadline=None)
@given(seeds)
def test_area_migration_sums_to_the_region(number):
    rng = np.random.default_rng(number)
    pop, region = rng.uniform(0, 50, (6, 2, 11)), rng.normal(0, 10, (2, 11))
    people = pop.sum((1, 2))
    d = local_intensity(rng.normal(0, 0.02, 6), np.zeros(6), people, 0.5, 100)
    shape = arrival_shape(np.abs(region))
    assert area_migration(region, pop, d, shape).sum(0) == pytest.approx(region, abs=1e-9)
