"""Stock by type and use: margins are met, and households at the base date fill exactly what is occupied."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wohnlib.model.dwellings import occupancy, rake, spread, stock_by_class, stock_by_use

seeds = st.integers(0, 2**32 - 1)


def test_rake_by_hand():
    # a flat seed gives the product of the shares: 100·0.3·0.6 = 18
    cells = rake(np.ones((2, 2)), np.array([30.0, 70]), np.array([60.0, 40]))
    assert cells == pytest.approx(np.array([[18, 12], [42, 28]]))


def test_rake_keeps_rows_and_scales_columns_to_them():
    # columns sum to 50 and count for their shares only
    cells = rake(np.ones((2, 2)), np.array([30.0, 70]), np.array([30.0, 20]))
    assert cells.sum(1) == pytest.approx([30, 70])
    assert cells.sum(0) == pytest.approx([60, 40])


@settings(deadline=None, max_examples=50)
@given(seeds)
def test_rake_meets_both_margins_of_every_table_and_keeps_the_odds(number):
    rng = np.random.default_rng(number)
    seed, rows, columns = rng.uniform(0.1, 5, (6, 4, 3)), rng.uniform(1, 9, (6, 4)), rng.uniform(1, 9, (6, 3))
    cells = rake(seed, rows, columns)
    assert cells.sum(2) == pytest.approx(rows, rel=1e-9)
    assert cells.sum(1) == pytest.approx(columns * (rows.sum(1) / columns.sum(1))[:, None], rel=1e-9)
    odds = cells[:, 1:, 1:] * cells[:, :1, :1] / (cells[:, 1:, :1] * cells[:, :1, 1:])
    assert odds == pytest.approx(
        seed[:, 1:, 1:] * seed[:, :1, :1] / (seed[:, 1:, :1] * seed[:, :1, 1:]), rel=1e-9
    )


def test_rake_refuses_a_row_whose_cells_are_all_zero():
    with pytest.raises(ValueError, match="only zeros"):
        rake(np.array([[0.0, 0], [1, 1]]), np.array([5.0, 5]), np.array([5.0, 5]))


def test_spread_ignores_negative_shares():
    assert spread(10, np.array([1.0, -5, 3])).tolist() == [2.5, 0, 7.5]


def test_stock_by_class_by_hand():
    # region: 100 dwellings in 100 houses, 100 in 20 blocks (5 each); seed rows 50+0 and 50+100 fit already
    by_class = stock_by_class(np.array([50.0, 150]), np.array([[50.0, 0], [50, 20]]), np.array([100.0, 100]))
    assert by_class == pytest.approx(np.array([[50, 0], [50, 100]]))


@settings(deadline=None, max_examples=25)
@given(seeds)
def test_stock_by_class_keeps_each_area_and_the_classes_of_the_region(number):
    rng = np.random.default_rng(number)
    total, buildings = rng.uniform(100, 1000, 5), rng.integers(1, 300, (5, 4)).astype(float)
    classes = rng.uniform(100, 1000, 4)
    by_class = stock_by_class(total, buildings, classes)
    assert by_class.sum(1) == pytest.approx(total, rel=1e-9)
    assert by_class.sum(0) == pytest.approx(classes * total.sum() / classes.sum(), rel=1e-9)


def test_vacancy_by_type_by_hand():
    # 100 occupied and 3 vacant houses, 50 and 3 flats: 3/50 is twice 3/100, as the ratio says; no holiday
    by_use = stock_by_use(np.array([[103.0, 53]]), np.array([[150.0, 6, 0]]), np.array([1.0, 2, 1]))
    assert by_use[0] == pytest.approx(np.array([[100, 3, 0], [50, 3, 0]]))


@settings(deadline=None, max_examples=25)
@given(seeds)
def test_uses_by_type_add_up_to_types_and_to_uses(number):
    rng = np.random.default_rng(number)
    by_type = rng.uniform(100, 1000, (5, 2))
    share = np.array([0.95, 0.04, 0.01])
    by_use = by_type.sum(1)[:, None] * share
    cells = stock_by_use(by_type, by_use, np.array([1.0, 1.5, 0.7]))
    assert cells.sum(2) == pytest.approx(by_type, rel=1e-9)
    assert cells.sum(1) == pytest.approx(by_use, rel=1e-9)
    assert (cells[:, 1, 1] / cells[:, 1, 0]) / (cells[:, 0, 1] / cells[:, 0, 0]) == pytest.approx(
        np.full(5, 1.5), rel=1e-9
    )


def test_occupancy_equals_the_preference_where_it_fits():
    # 10 small and 10 large households, 10 dwellings of each type: the preference fills them exactly
    preference = np.array([[0.25, 0.75], [0.75, 0.25]])
    shares = occupancy(np.array([[10.0, 10]]), np.array([[10.0, 10]]), preference)
    assert shares[0] == pytest.approx(preference)


@settings(deadline=None, max_examples=50)
@given(seeds)
def test_base_demand_equals_occupancy(number):
    rng = np.random.default_rng(number)
    counts, occupied = rng.uniform(50, 500, (4, 5)), rng.uniform(200, 900, (4, 2))
    shares = occupancy(counts, occupied, rng.uniform(0.1, 0.9, (5, 2)))
    assert shares.sum(2) == pytest.approx(np.ones((4, 5)))
    kappa = occupied.sum(1) / counts.sum(1)
    demand = kappa[:, None] * np.einsum("gn,gnb->gb", counts, shares)
    assert demand == pytest.approx(occupied, rel=1e-9)
