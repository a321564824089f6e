"""Whole numbers keep their sum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from wohnlib.model.rounding import round_keep_total

tables = arrays(
    np.float64, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=st.floats(-1e5, 1e5, width=32)
)


def half_away(total: np.ndarray) -> np.ndarray:
    """Round halves away from zero; sums are cleaned to six decimals first, as the function says."""
    clean = np.round(total, 6)
    return np.sign(clean) * np.floor(np.abs(clean) + 0.5)


def test_largest_remainders_are_raised():
    # 1.6 + 2.3 + 3.6 = 7.5 becomes 8: floors 1, 2, 3 and two more for 0.6 and 0.6
    assert round_keep_total(np.array([1.6, 2.3, 3.6])).tolist() == [2, 2, 4]


def test_ties_go_to_the_first():
    # 3 × 1.5 = 4.5 becomes 5: two of three equal remainders are raised
    assert round_keep_total(np.array([1.5, 1.5, 1.5])).tolist() == [2, 2, 1]


def test_negative_numbers_and_halves_of_the_sum():
    # −0.25 − 0.25 = −0.5 becomes −1: floors −1, −1, one is raised to 0
    assert round_keep_total(np.array([-0.25, -0.25])).tolist() == [0, -1]
    # 2.5 − 3.7 = −1.2 becomes −1: floors 2 and −4, the larger remainder 0.5 is raised
    assert round_keep_total(np.array([2.5, -3.7])).tolist() == [3, -4]


def test_dust_of_floating_point_does_not_move_a_unit():
    assert round_keep_total(np.array([2.9999999999, 1.0000000001, 0.1 + 0.2 - 0.3])).tolist() == [3, 1, 0]


def test_several_axes_share_one_total():
    # rows belong together: 0.4·4 = 1.6 becomes 2 over both axes, the first two cells are raised
    assert round_keep_total(np.full((2, 2), 0.4), axis=(0, 1)).tolist() == [[1, 1], [0, 0]]
    # row by row 0.8 becomes 1
    assert round_keep_total(np.full((2, 2), 0.4), axis=1).tolist() == [[1, 0], [1, 0]]


@settings(deadline=None)
@given(tables, st.data())
def test_totals_are_kept_and_errors_stay_below_one(values, data):
    axes = data.draw(st.lists(st.integers(0, values.ndim - 1), min_size=1, unique=True).map(tuple))
    whole = round_keep_total(values, axis=axes)
    assert whole.shape == values.shape and whole.dtype == np.int64
    assert (whole.sum(axis=axes) == half_away(values.sum(axis=axes))).all()
    assert np.abs(whole - values).max() < 1 + 1e-6


@settings(deadline=None)
@given(arrays(np.int64, (3, 4), elements=st.integers(-1000, 1000)))
def test_whole_numbers_are_left_alone(values):
    assert (round_keep_total(values.astype(float)) == values).all()


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_negative_axes_count_from_the_end(values):
    array = np.array(values)[None, :]
    assert (round_keep_total(array, axis=-1) == round_keep_total(array, axis=1)).all()


def test_rounding_twice_changes_nothing():
    once = round_keep_total(np.array([0.2, 0.5, 1.7, -3.3]))
    assert (round_keep_total(once.astype(float)) == once).all()
    assert once.sum() == pytest.approx(-1)
