"""Floor area: bounds from the margins by hand and against all tables of a small case; a user's table."""

from itertools import product

import numpy as np
import pytest

from wohnlib.model import floor_area as m


def test_frechet_bounds_by_hand():
    # 60 small and 40 large households, 70 small and 30 large dwellings: at least 30 small in small, at most 60
    low, high = m.frechet_bounds(np.array([60.0, 40]), np.array([70.0, 30]))
    assert low.tolist() == [[30, 0], [10, 0]]
    assert high.tolist() == [[60, 30], [40, 30]]


def test_columns_are_scaled_to_the_rows_first():
    low, high = m.frechet_bounds(np.array([60.0, 40]), np.array([140.0, 60]))
    assert (low[0, 0], high[0, 0]) == (30, 60)


def test_change_bounds_by_hand():
    # one-person households +20 %, larger −10 %; 100 and 100 of them, 50 small dwellings
    # least: the 50 hold larger households: −5; greatest: single ones: +10
    assert m.change_bounds(np.array([1.2, 0.9]), np.array([100.0, 100]), 50) == pytest.approx((-5, 10))


def test_an_assumption_narrows_the_bounds():
    # the share in small dwellings does not rise with size: at the least it is 25 % in both sizes: 5 − 2.5
    low, high = m.monotone_bounds(np.array([1.2, 0.9]), np.array([100.0, 100]), 50)
    assert (low, high) == pytest.approx((2.5, 10))


def test_both_bounds_hold_for_every_table_and_are_reached():
    rows, growth, column = np.array([3.0, 4, 2]), np.array([1.3, 0.8, 1.1]), 5
    tables = [np.array(x) for x in product(range(4), range(5), range(3)) if sum(x) == column]
    changes = [float(((growth - 1) * x).sum()) for x in tables]
    assert m.change_bounds(growth, rows, column) == pytest.approx((min(changes), max(changes)))
    fine = np.linspace(0, 1, 101)
    falling = [
        float(((growth - 1) * rows * (a, b, c)).sum())
        for a in fine for b in fine if b <= a
        for c in [(column - 3 * a - 4 * b) / 2] if 0 <= c <= b
    ]  # fmt: skip
    low, high = m.monotone_bounds(growth, rows, column)
    assert min(falling) == pytest.approx(low, abs=0.02)
    assert max(falling) == pytest.approx(high, abs=0.02)
    assert low <= min(falling) + 1e-9
    assert high >= max(falling) - 1e-9


@pytest.mark.parametrize("column", [0.0, 9.0])
def test_an_empty_and_a_full_class_have_one_value(column):
    growth, rows = np.array([1.2, 0.9]), np.array([4.0, 5])
    low, high = m.monotone_bounds(growth, rows, column)
    assert low == pytest.approx(high)
    assert low == pytest.approx(column / 9 * 0.3)


def test_a_column_beyond_the_rows_is_refused():
    with pytest.raises(ValueError, match="column is 10"):
        m.monotone_bounds(np.array([1.0]), np.array([4.0]), 10)


def test_a_users_table_is_fitted_to_the_units_margins_and_decides_the_change():
    table = np.array([[40.0, 10], [10, 40]])  # odds ratio 16
    fitted = m.calibrate_table(table, np.array([120.0, 80]), np.array([100.0, 100]))
    assert fitted.sum(1) == pytest.approx([120, 80])
    assert fitted.sum(0) == pytest.approx([100, 100])
    assert fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0]) == pytest.approx(16)
    change = m.class_change(fitted, np.array([1.5, 1.0]))
    assert change == pytest.approx(fitted[0] * 0.5)
    low, high = m.change_bounds(np.array([1.5, 1.0]), np.array([120.0, 80]), 100)
    assert low <= change[0] <= high


def test_classes_below_60_to_100_and_above():
    assert m.three_classes(np.arange(1.0, 11), 2, 4).tolist() == [3, 7, 45]
