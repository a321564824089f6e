"""Households by size: homes, quotas, calibration to the census and the exact decomposition of change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wohnlib.model.households import (
    calibrate_rates,
    decompose,
    household_count,
    institutional_rates,
    interpolate_rates,
    mean_size_6plus,
    mean_sizes,
    one_person_trend,
    with_one_person_trend,
)

seeds = st.integers(0, 2**32 - 1)


def shares(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return rates of the given shape whose last axis sums to 1."""
    cells = rng.uniform(0.1, 1, shape)
    return cells / cells.sum(-1, keepdims=True)


def test_people_in_homes_are_met_by_scaling_the_profile():
    # 100 people each at 65 and 66, profile 0.1 and 0.2: 30 expected, 15 wanted: half the profile
    profile = np.zeros(67)
    profile[65:] = 0.1, 0.2
    q = institutional_rates(np.full(67, 100.0), profile, 0.002, 15)
    assert q[65:] == pytest.approx([0.05, 0.1])
    assert (q[:65] == 0.002).all()


def test_rates_of_homes_never_exceed_one():
    profile = np.zeros(67)
    profile[65:] = 0.1, 0.2
    assert institutional_rates(np.full(67, 10.0), profile, 0.0, 1000).max() == 1


def test_no_old_people_means_no_rates_of_homes():
    pop = np.where(np.arange(67) < 65, 10.0, 0.0)
    profile = np.where(np.arange(67) < 65, 0.0, 0.1)
    assert institutional_rates(pop, profile, 0.01, 5)[65:].tolist() == [0, 0]


def test_interpolated_rates_meet_the_middle_of_each_group():
    # groups 0-4 and 5-9, middles 2.5 and 7.5; age 4 (4.5 on average) has gone 2/5 of the way
    rates = interpolate_rates(np.array([[1.0, 0], [0, 1]]), np.array([0.0, 5]), np.array([4.0, 9]), 12)
    assert rates[:, 0] == pytest.approx([1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0, 0, 0, 0, 0])
    assert rates.sum(1) == pytest.approx(np.ones(12))


def test_mean_size_of_large_households_closes_the_balance():
    # 10 + 20 + 15 + 20 + 10 = 75 people in households of 1 to 5, 14 left for 2 households
    assert mean_size_6plus(89, np.array([10.0, 10, 5, 5, 2, 2])) == 7


def test_mean_sizes_joins_five_and_six_plus():
    # (3·5 + 1·7) / 4 = 5.5
    sizes = mean_sizes(np.array([[9.0, 9, 9, 9, 3, 1], [1, 1, 1, 1, 1, 0]]), 7.0)
    assert sizes.tolist() == [[1, 2, 3, 4, 5.5], [1, 2, 3, 4, 5]]


def test_calibration_by_hand():
    # 10 young, none of them alone, 10 old; people in households of 1, 2, 3: 4, 8, 8. Seniors only: 6, all
    # partners old: alone + pairs/2 = 6 with 4 alone gives 4 old in pairs, 2 in threes; the young are the rest
    rates, left = calibrate_rates(
        np.array([[10.0, 10]]), np.array([[0, 0.5, 0.5], [0.2, 0.7, 0.1]]), np.array([[4.0, 8, 8]]),
        np.array([6.0]), 1.0, 0.0, age_senior=1,
    )  # fmt: skip
    assert rates[0] == pytest.approx(np.array([[0, 0.4, 0.6], [0.4, 0.4, 0.2]]), abs=1e-8)
    assert left == pytest.approx([0], abs=1e-8)


def test_calibration_tells_what_it_could_not_meet():
    # 12 senior-only households cannot be made of 10 old people
    _, left = calibrate_rates(
        np.array([[10.0, 10]]), np.array([[0, 0.5, 0.5], [0.2, 0.7, 0.1]]), np.array([[4.0, 8, 8]]),
        np.array([12.0]), 1.0, 0.0, age_senior=1,
    )  # fmt: skip
    assert left[0] > 0.1


@settings(deadline=None, max_examples=15)
@given(seeds)
def test_calibrated_rates_reproduce_sizes_and_senior_households(number):
    rng = np.random.default_rng(number)
    areas, ages, senior, partner, other = 3, 12, 8, 0.8, 0.01
    people, true = rng.uniform(50, 100, (areas, ages)), shares(rng, areas, ages, 5)
    cells = people[:, :, None] * true
    sizes = np.array([1, 2, 3, 4, 5.5])
    persons = cells.sum(1)
    alone, pairs = cells[:, senior:, 0].sum(1), cells[:, senior:, 1].sum(1)
    senior_only = (alone + pairs * partner / 2) * (1 + other)
    rates, left = calibrate_rates(people, shares(rng, ages, 5), persons, senior_only, partner, other, senior)
    assert (rates >= 0).all()
    assert rates.sum(2) == pytest.approx(np.ones((areas, ages)), abs=1e-7)
    assert household_count(people, rates, sizes) == pytest.approx(persons / sizes, rel=1e-12)
    found = people[:, :, None] * rates
    linked = found[:, senior:, 0].sum(1) + found[:, senior:, 1].sum(1) * partner / 2
    assert linked * (1 + other) == pytest.approx(senior_only, rel=1e-6)
    assert (left < 1e-6).all()


@settings(deadline=None, max_examples=10)
@given(seeds)
def test_rates_that_fit_already_are_not_changed(number):
    rng = np.random.default_rng(number)
    people, true = rng.uniform(50, 100, (1, 12)), shares(rng, 12, 5)
    cells = people[:, :, None] * true
    senior_only = cells[:, 8:, 0].sum(1) + cells[:, 8:, 1].sum(1) / 2
    rates, _ = calibrate_rates(people, true, cells.sum(1), senior_only, 1.0, 0.0, 8)
    assert rates[0] == pytest.approx(true, abs=1e-12)


def test_one_person_trend_is_the_area_under_a_falling_line():
    # 1 % a year in 2020, none from 2030: 5 years give 0.01·(5 − 25/20) = 0.0375, all 10 give 0.05
    path = one_person_trend(np.array([2019.0, 2020, 2025, 2030, 2050]), 2020, 2030, 0.01)
    assert path == pytest.approx([0, 0, 0.0375, 0.05, 0.05])


def test_growth_of_one_person_households_is_taken_from_the_others_in_proportion():
    # 0.4 grows by half to 0.6; the rest of 0.6 shrinks to 0.4, each size by a third
    rates = with_one_person_trend(np.array([[0.4, 0.3, 0.3]]), np.array([0, 0.5, 9.0]))
    assert rates.shape == (3, 1, 3)
    assert rates[:, 0] == pytest.approx(np.array([[0.4, 0.3, 0.3], [0.6, 0.2, 0.2], [1, 0, 0]]))


@settings(deadline=None)
@given(seeds)
def test_one_person_trend_keeps_the_sum_of_shares(number):
    rng = np.random.default_rng(number)
    rates = shares(rng, 3, 7, 5)
    rates[0, 0] = 1, 0, 0, 0, 0
    moved = with_one_person_trend(rates, rng.uniform(0, 3, 4))
    assert moved.shape == (3, 4, 7, 5) and (moved >= 0).all()
    assert moved.sum(-1) == pytest.approx(np.ones((3, 4, 7)))


def test_household_count_by_hand():
    # 10 people alone, 20 half alone and half in pairs: 10 + 10 households of one, 10/2 of two
    counts = household_count(np.array([10.0, 20]), np.array([[1, 0], [0.5, 0.5]]), np.array([1.0, 2]))
    assert counts.tolist() == [20, 5]


def test_decomposition_by_hand():
    # 100 people half and half, 0.2 and 0.6 households each: 40. 200 people all at the second age: 120.
    # people: 100 more × mean rate (0.4 + 0.6)/2 = 50; structure: 0.2 more × mean people 150 = 30
    rates = np.array([[0.2], [0.6]])
    parts = decompose(np.array([50.0, 50]), np.array([0.0, 200]), rates, rates, np.array([1.0]))
    assert parts == pytest.approx([50, 30, 0])


@settings(deadline=None)
@given(seeds)
def test_decomposition_is_exact_symmetric_and_names_the_right_cause(number):
    rng = np.random.default_rng(number)
    before, after = rng.uniform(1, 100, (2, 4, 9))
    rates_0, rates_t, sizes = shares(rng, 9, 5), shares(rng, 9, 5), np.array([1, 2, 3, 4, 5.4])
    change = household_count(after, rates_t, sizes).sum(-1) - household_count(before, rates_0, sizes).sum(-1)
    parts = decompose(before, after, rates_0, rates_t, sizes)
    assert parts.shape == (4, 3)
    assert parts.sum(-1) == pytest.approx(change, rel=1e-9, abs=1e-9)
    assert decompose(after, before, rates_t, rates_0, sizes) == pytest.approx(-parts, abs=1e-9)
    only_size = decompose(before, before * 1.3, rates_0, rates_0, sizes)
    assert only_size[:, 1:] == pytest.approx(np.zeros((4, 2)), abs=1e-9)
    only_rates = decompose(before, before, rates_0, rates_t, sizes)
    assert only_rates[:, :2] == pytest.approx(np.zeros((4, 2)), abs=1e-9)
