"""Step 10, segments: preferences, calibration, older people who stay, whole numbers that keep totals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wohnlib.model import segments as m
from wohnlib.model.need import Stock, need_lines
from wohnlib.model.rounding import round_keep_total

START = np.array([[0.4, 0.1], [0.1, 0.4]])  # odds ratio (4/1)/(1/4) = 16


def test_odds_multiply_by_hand():
    # odds 1/4 (share 0.2) by size, 3 (0.75) by age, 1 (0.5) of all: 0.25·3/1 = 0.75, share 0.75/1.75
    share = m.combine_odds(np.array([0.2, 0.5]), np.array([0.75, 0.5]), 0.5)
    assert share == pytest.approx(np.array([[0.75 / 1.75, 0.75], [0.2, 0.5]]))


def test_segment_shares_keep_both_margins_and_the_odds_ratio():
    cells = m.segment_shares(np.array([[0.3, 0.6]]), np.array([[0.25, 0.7]]), START)
    assert cells[0, :, :2].sum(-1) == pytest.approx([0.3, 0.6])  # EZFH
    assert cells[0, :, 0::2].sum(-1) == pytest.approx([0.25, 0.7])  # owners
    a, b, c, d = cells[0, 1]
    assert a * d / (b * c) == pytest.approx(16)


def test_segment_shares_of_the_start_are_the_start():
    assert m.segment_shares(np.array([0.5]), np.array([0.5]), START)[0] == pytest.approx([0.4, 0.1, 0.1, 0.4])


def test_occupied_dwellings_keep_types_and_rented_ones():
    cells = m.occupied_by_segment(np.array([[700.0, 300]]), np.array([400.0]), START)
    assert cells[0, :2].sum() == pytest.approx(700)
    assert cells[0, 1::2].sum() == pytest.approx(400)


def test_base_year_demand_equals_occupancy():
    rng = np.random.default_rng(1)
    households = rng.uniform(0, 50, (3, 2, 5))
    households[:, 0, 0] = 0  # no child lives alone
    preference = rng.dirichlet(np.ones(4), (2, 5))
    occupied = rng.dirichlet(np.ones(4), 3) * households.sum((1, 2))[:, None]
    found = m.calibrate(households, preference, occupied)
    assert np.einsum("gcn,gcns->gs", households, found) == pytest.approx(occupied)
    assert found.sum(-1) == pytest.approx(np.ones((3, 2, 5)))
    assert found[:, 0, 0] == pytest.approx(np.broadcast_to(preference[0, 0], (3, 4)))


def test_weights_by_hand():
    # of people aged 0, half live alone, half in twos; κ 1.1: 0.5/1·1.1 = 0.55 and 0.5/2·1.1 = 0.275
    per = m.household_weights(np.array([[[[0.5, 0.5]]]]), np.array([[1.0, 2.0]]), np.array([1.1]))
    assert per[0, 0, 0] == pytest.approx([0.55, 0.275])
    preference = np.array([[[[1.0, 0, 0, 0], [0, 0, 0, 1.0]]]])  # singles own houses, couples rent flats
    weights = m.stock_weights(per, preference, np.array([0]))
    assert weights[0, 0, 0] == pytest.approx([0.55, 0, 0, 0.275])
    assert m.segment_demand(np.array([[[[20.0]]]]), weights)[0, 0, 0] == pytest.approx([11, 0, 0, 5.5])


def persistence_case() -> np.ndarray:
    # three ages, constant preferences: age 0 lives in segment 0, ages 1 and 2 half in 0, half in 3
    weights = np.zeros((1, 2, 3, 4))
    weights[0, :, 0, 0] = 1
    weights[0, :, 1:, 0] = weights[0, :, 1:, 3] = 0.25
    return weights


def test_cohorts_that_stay_take_their_segments_along():
    # one year on, who was 1 is 2 and lives as those of 1 did; who was 0 is 1, but staying begins at 1
    out = m.persistent_weights(persistence_case(), np.array([0.0, 1.0]), stay_age=1, moves_per_year=0.0)
    assert out[0, 1, 2].tolist() == [0.25, 0, 0, 0.25]
    younger = m.persistent_weights(persistence_case(), np.array([0.0, 1.0]), stay_age=0, moves_per_year=0.0)
    assert younger[0, 1, 1].tolist() == [
        0.5,
        0,
        0,
        0,
    ]  # all in segment 0 as at age 0, households per person 0.5
    half = m.persistent_weights(persistence_case(), np.array([0.0, 1.0]), stay_age=0, moves_per_year=0.5)
    assert half[0, 1, 1] == pytest.approx([0.375, 0, 0, 0.125])


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(0, 6), st.floats(0, 1))
def test_staying_changes_neither_the_base_year_nor_the_number_of_households(seed, age, moves):
    weights = np.random.default_rng(seed).uniform(0, 1, (2, 3, 7, 4))
    out = m.persistent_weights(weights, np.array([0.0, 0.6, 2.6]), age, moves)
    assert out[:, 0] == pytest.approx(weights[:, 0])
    assert out.sum(-1) == pytest.approx(weights.sum(-1))
    assert out.min() >= 0


def test_tenures_are_scaled_to_the_types():
    demand = m.scale_to_types(np.array([[30.0, 10, 5, 15]]), np.array([[80.0, 10]]))
    assert demand[0].tolist() == [60, 20, 2.5, 7.5]
    assert m.to_types(demand)[0].tolist() == [80, 10]


def test_vacancy_by_tenure_by_hand():
    # 40 owned, 10 rented, odds 2: weights 40 and 20 of 60; 12 vacant: 8 and 4
    assert m.spread_uses(np.array([[12.0, 0]]), np.array([[40.0, 10, 0, 0]]), 2.0)[0].tolist() == [8, 4, 0, 0]


def test_stock_and_need_by_segment_sum_to_those_by_type():
    rng = np.random.default_rng(3)
    total = rng.uniform(500, 900, (2, 2))
    stock = Stock(total, 0.05 * total, 0.02 * total, 0.01 * total, 0.01 * total)
    occupied_type = total - stock.vacant - stock.holiday - stock.incomings
    occupied = m.by_tenure(occupied_type, 0.3)
    by_segment = m.stock_by_segment(stock, occupied, 1.5, 1.0)
    for name in ("total", "vacant", "unusable", "holiday", "incomings"):
        assert m.to_types(getattr(by_segment, name)) == pytest.approx(getattr(stock, name)), name
    growth = rng.uniform(0.9, 1.2, (2, 4, 4))
    growth[:, 0] = 1
    resident = (occupied[:, None] * growth)[None]
    zero = np.zeros((2, 4, 2))
    moving = [stock.incomings[:, None] + zero, stock.holiday[:, None] + zero, zero]
    rho, elapsed = np.array([0.015, 0.03]), np.arange(4.0)
    loss = np.array([0.001, 0.003]) * (stock.total - stock.unusable)
    by_type = need_lines(m.to_types(resident), *moving, stock, rho, loss, elapsed)
    lines = need_lines(
        resident, *(m.by_tenure(x, r) for x, r in zip(moving, (1.0, 0.0, 0.8), strict=True)), by_segment,
        np.repeat(rho, 2), np.repeat([0.001, 0.003], 2) * (by_segment.total - by_segment.unusable), elapsed,
    )  # fmt: skip
    assert m.to_types(lines, axis=-2) == pytest.approx(by_type)
    assert lines[0, :, 0, :, 0] == pytest.approx(
        np.zeros((2, 4))
    )  # no need from preferences at the base date


def test_new_build_preference_shares_a_growth_and_leaves_a_decline():
    growth = np.array([[50.0, 150], [-30, 10]])
    assert m.newbuild_preference(growth, 0.39).tolist() == [[78, 122], [-30, 10]]


def test_round_to_by_hand():
    # 1.4 + 1.4 = 2.8 is printed as 3: 1.5 and 1.5 after the gap is spread, the first is raised
    assert m.round_to(np.array([1.4, 1.4]), np.array(3)).tolist() == [2, 1]
    assert m.round_to(np.array([-2.6, 1.2]), np.array(-1)).tolist() == [-2, 1]


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1))
def test_whole_numbers_keep_printed_totals(seed):
    values = np.random.default_rng(seed).normal(0, 50, (4, 3, 2))
    totals = round_keep_total(values.sum(-1), axis=(0, 1))
    whole = m.round_to(values, totals)
    assert (whole.sum(-1) == totals).all()
    assert np.abs(whole - values).max() < 2
