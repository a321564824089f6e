"""Older people: need without steps, houses that come free, chain of moves, each by hand."""

import numpy as np
import pytest

from wohnlib.model import older as m


def test_mobility_need_by_hand():
    assert m.mobility_need(np.array([100.0, 50]), 0.27) == pytest.approx(40.5)
    assert m.mobility_need(np.array([100.0, 50]), np.array([0.1, 0.6])) == pytest.approx(40)


def test_the_gap_without_steps_from_plain_numbers():
    # 5,000 dwellings, 2.8 % suitable, 45 % of them reached: 63; 1,000 households at 27 %: 270
    need = m.mobility_need(1000, 0.27)
    assert float(need) == pytest.approx(270)
    assert float(m.step_free_gap(need, 5000 * 0.028, 0.45)) == pytest.approx(207)


def test_a_profile_by_age_keeps_the_mean():
    households = np.array([500.0, 300, 200])
    rates = m.fit_profile(np.array([0.14, 0.3, 0.6]), households, 0.27)
    assert (rates * households).sum() / 1000 == pytest.approx(0.27)
    assert rates[1] / rates[0] == pytest.approx(0.3 / 0.14)


def test_barrier_free_gap_by_hand():
    # 270 households, 200 dwellings of which 45 % are used by those who need them: 270 − 90
    assert m.step_free_gap(270.0, 200.0, 0.45) == pytest.approx(180)
    assert m.step_free_gap(50.0, 200.0, 0.45) == 0  # a surplus is no negative gap
    conversion, new = m.split_gap(np.array(180.0), 0.3)
    assert (float(conversion), float(new)) == pytest.approx((126, 54))


def test_release_of_one_person_houses_by_hand():
    # 100 houses, death 10 %, care 5 % of the living, smaller 2 % of the rest: 10 + 4.5 + 1.71
    houses = np.zeros((2, 3))
    houses[0, 1] = 100
    freed = m.release_by_year(houses, np.full(3, 0.1), 0.05, 0.02, years=1, from_age=1)
    assert (freed.death[0], freed.care[0], freed.smaller[0]) == pytest.approx((10, 4.5, 1.71))
    assert freed.total[0] == pytest.approx(16.21)


def test_release_of_two_person_houses_by_hand():
    # 100 houses of two, death 10 %, no moves: year 1 one house (both die); 18 become houses of one, 81 stay
    # year 2: 18·0.1 + 81·0.01 = 2.61
    houses = np.zeros((2, 4))
    houses[1, 0] = 100
    freed = m.release_by_year(houses, np.full(4, 0.1), 0.0, 0.0, years=2, from_age=0)
    assert freed.total == pytest.approx([1, 2.61])


def test_releases_count_from_the_age_reached():
    houses = np.zeros((2, 3))
    houses[0, 0] = 100
    freed = m.release_by_year(houses, np.full(3, 0.1), 0.0, 0.0, years=2, from_age=1)
    assert freed.total == pytest.approx([0, 9])


def test_every_house_comes_free_in_the_end_and_none_twice():
    rng = np.random.default_rng(2)
    houses = rng.uniform(0, 20, (3, 2, 40))
    freed = m.release_by_year(houses, np.full(40, 0.2), 0.03, 0.02, years=200, from_age=0)
    assert freed.total.sum(-1) == pytest.approx(houses.sum((1, 2)))
    assert min(freed.death.min(), freed.care.min(), freed.smaller.min()) >= 0


def test_mortality_may_change_from_year_to_year():
    houses = np.zeros((2, 3))
    houses[0, 0] = 100
    death = np.array([[0.1] * 3, [0.0] * 3])
    assert m.release_by_year(houses, death, 0.0, 0.0, 2, 0).total == pytest.approx([10, 0])


def test_family_demand_and_chain_by_hand():
    assert m.family_demand(np.array(440.0), 22) == pytest.approx(20)
    chain = m.chain_of_moves(100, from_house=0.5, next_link=0.6)
    assert (chain.houses, chain.flats) == pytest.approx((50, 30))
