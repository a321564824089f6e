"""Overlap: inclusion and exclusion against counted sets, bounds, the form of the French tool by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wohnlib.model import overlap as m


def test_bounds_by_hand():
    assert m.union_bounds([120, 80, 50]) == (120, 250)
    assert m.union_bounds([120, 80, 50], everyone=200) == (120, 200)
    assert m.union_bounds([]) == (0, 0)


def test_union_by_hand():
    # 100 + 60 + 40 − 20 − 10 − 5 + 5
    shared = {(0, 1): 20, (0, 2): 10, (1, 2): 5, (0, 1, 2): 5}
    assert m.union([100, 60, 40], shared) == 170


@given(st.lists(st.sets(st.integers(0, 30)), min_size=1, max_size=4))
def test_union_of_real_sets(sets):
    from itertools import combinations

    shared = {
        key: float(len(set.intersection(*(sets[i] for i in key))))
        for size in range(2, len(sets) + 1)
        for key in combinations(range(len(sets)), size)
    }
    needs = [float(len(s)) for s in sets]
    found = m.union(needs, shared)
    assert found == pytest.approx(len(set.union(*sets)))
    low, high = m.union_bounds(needs)
    assert low <= found <= high


def test_more_in_common_than_there_is_is_refused():
    with pytest.raises(ValueError, match="cannot share"):
        m.union([100, 60], {(0, 1): 70})


def test_sets_that_cannot_be_are_refused():
    # A shares 10 with B and 10 with C, B and C share none: A alone would be 15 − 10 − 10 = −5
    with pytest.raises(ValueError, match="exactly the needs \\(0,\\)"):
        m.union([15, 10, 10], {(0, 1): 10, (0, 2): 10})
    # the common ones of all three, 5, leave 15 − 10 − 10 + 5 = 0 with A alone: possible, 15 in all
    assert m.union([15, 10, 10], {(0, 1): 10, (0, 2): 10, (1, 2): 5, (0, 1, 2): 5}) == 15


@pytest.mark.parametrize("key", [(1, 0), (0, 0), (0,), (0, 2), ()])
def test_keys_name_two_or_more_needs_in_rising_order(key):
    with pytest.raises(ValueError, match="rising order"):
        m.union([10, 10], {key: 2})


@pytest.mark.parametrize("ratio", [-0.1, 1.1, float("nan")])
def test_ratios_outside_nought_to_one_are_refused(ratio):
    with pytest.raises(ValueError, match="between 0 and 1"):
        m.without_overlap([10, 20], {(0, 1): ratio})
    with pytest.raises(ValueError, match="between 0 and 1"):
        m.without_overlap([10, 20], {}, (0, ratio))


@pytest.mark.parametrize("pair", [(1, 0), (0, 0), (0, 2), (0,)])
def test_a_ratio_the_wrong_way_round_is_refused_rather_than_passed_over(pair):
    with pytest.raises(ValueError, match="rising order"):
        m.without_overlap([100, 60], {pair: 0.25})


def test_three_groups_of_backlog_by_hand():
    # 6 homeless, 25 sheltered, 60 overcrowded, 40 % of the sheltered overcrowded: 6 + 25 + 50
    assert m.without_overlap([6, 25, 60], {(1, 2): 0.4}).tolist() == [6, 25, 50]


def test_ratios_give_common_households():
    assert m.shared_by_ratio([100, 60], {(0, 1): 0.25}) == {(0, 1): 25}
    assert m.shared_by_ratio([100, 20], {(0, 1): 0.5}) == {(0, 1): 20}  # never more than the smaller need


def test_net_needs_by_hand():
    # as in Otelo: overcrowding = (1 − 0.1)·(400 − 0.2·50 − 0.05·300 − 0.1·200) = 0.9·355
    needs = [50, 300, 200, 400]
    net = m.without_overlap(needs, {(0, 3): 0.2, (1, 3): 0.05, (2, 3): 0.1}, (0, 0, 0, 0.1))
    assert net == pytest.approx([50, 300, 200, 319.5])


def test_overlap_changes_the_result_and_never_below_zero():
    assert m.without_overlap([100, 60], {}).sum() == 160
    assert m.without_overlap([100, 60], {(0, 1): 0.25}).sum() == 135
    assert m.without_overlap([100, 20], {(0, 1): 0.5}).tolist() == [100, 0]
    assert isinstance(m.without_overlap([1], {}), np.ndarray)
