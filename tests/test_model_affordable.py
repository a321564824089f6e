"""Affordable dwellings: log-normal incomes against the published normal table, rents, gap, bindings."""

import numpy as np
import pytest

from wohnlib.model import affordable as m


def test_lognormal_share_by_hand():
    # at the median half earn less; at median·exp(σ) 84.13 %, at median/exp(2σ) 2.28 % (table of the normal)
    assert m.lognormal_share(2000.0, 2000.0, 0.5) == pytest.approx(0.5)
    assert m.lognormal_share(2000 * np.exp(0.5), 2000.0, 0.5) == pytest.approx(0.8413, abs=5e-5)
    assert m.lognormal_share(2000 / np.exp(1.0), 2000.0, 0.5) == pytest.approx(0.0228, abs=5e-5)
    assert m.lognormal_share(0.0, 2000.0, 0.5) == 0


def test_tenure_split_by_hand():
    # 600 and 900 a month at 30 % of income need 2,000 and 3,000; median 2,000, σ 0.5:
    # Φ(0) = 0.5 can pay none; Φ(ln 1.5/0.5 = 0.8109) = 0.7913
    shares = m.tenure_split(np.array([600.0, 900]), 0.3, 2000.0, 0.5)
    assert shares == pytest.approx([0.5, 0.2913, 0.2087], abs=5e-5)
    assert shares.sum() == pytest.approx(1)


def test_sigma_and_median_from_what_statistics_publish():
    # Φ⁻¹(0.65) = 0.38532, times √2 = 0.54493; 2,500·exp(−0.54493²/2) = 2,155.1
    sigma = m.lognormal_sigma(0.3)
    assert sigma == pytest.approx(0.54493, abs=5e-6)
    assert m.lognormal_median(2500, sigma) == pytest.approx(2155.1, abs=0.05)
    for wrong in (0.0, 1.0, -0.2):
        with pytest.raises(ValueError, match="Gini"):
            m.lognormal_sigma(wrong)


def test_the_gini_of_drawn_incomes_is_the_one_that_sigma_came_from():
    incomes = np.sort(
        np.exp(float(m.lognormal_sigma(0.3)) * np.random.default_rng(5).standard_normal(200_000))
    )
    rank = np.arange(1, len(incomes) + 1)
    assert 2 * (rank * incomes).sum() / (len(incomes) * incomes.sum()) - 1 == pytest.approx(0.3, abs=0.005)


def test_three_tenures_by_hand():
    # 450, 600 and 900 at 30 %: incomes 1,500, 2,000, 3,000; median 2,000, σ 0.5:
    # Φ(ln 0.75/0.5 = −0.5754) = 0.2825, Φ(0) = 0.5, Φ(0.8109) = 0.7913
    shares = m.tenure_split([450, 600, 900], 0.3, 2000, 0.5)
    assert shares == pytest.approx([0.2825, 0.2175, 0.2913, 0.2087], abs=1e-4)


@pytest.mark.parametrize(
    "wrong", [{"burden": 0.0}, {"median": 0.0}, {"sigma": -1.0}, {"costs": [900.0, 600]}]
)
def test_tenure_split_refuses_what_cannot_be(wrong):
    values = {"costs": [600.0, 900], "burden": 0.3, "median": 2000.0, "sigma": 0.5} | wrong
    with pytest.raises(ValueError, match=r"burden|positive"):
        m.tenure_split(np.array(values["costs"]), values["burden"], values["median"], values["sigma"])


def test_tenures_by_area_follow_each_areas_incomes():
    each = [m.tenure_split(np.array([600.0, 900]), 0.3, median, 0.5) for median in (2000, 2500, 3000)]
    np.testing.assert_allclose(m.tenure_split([600, 900], 0.3, np.array([2000, 2500, 3000]), 0.5), each)
    by_cost = m.tenure_split([[600, 900], [500, 700]], 0.3, [2000, 2500], 0.5)
    np.testing.assert_allclose(by_cost[1], m.tenure_split([500, 700], 0.3, 2500, 0.5))
    assert m.tenure_split(600, 0.3, 2000, 0.5).tolist() == [0.5, 0.5]


def test_recipients_by_hand():
    assert m.households_of(210, 2.1) == pytest.approx(100)
    spread = m.spread_by_recipients(440, np.array([300.0, 100, 0]))
    assert spread.tolist() == [330, 110, 0]
    with pytest.raises(ValueError, match="recipients"):
        m.spread_by_recipients(440, np.zeros(2))


def test_rents_below_a_limit_by_hand():
    upper = np.array([4.0, 6, 8, np.inf])
    classes = np.array([10.0, 20, 40, 5])
    assert m.below_rent(classes, upper, 6) == 30
    assert m.below_rent(classes, upper, 7) == 50  # half of the class 6 to 8
    assert m.below_rent(np.array([classes, 2 * classes]), upper, 4).tolist() == [10, 20]


def test_gap_by_hand():
    # 300 households, 500 cheap dwellings reached by 40 %, 60 price-bound: 300 − 200 − 60
    assert m.affordable_gap(np.array(300.0), np.array(500.0), 0.4, np.array(60.0)) == pytest.approx(40)
    assert m.affordable_gap(np.array(100.0), np.array(500.0), 0.4, np.array(60.0)) == 0


def test_bindings_that_end():
    ends = {2026: 100, 2035: 200, 2050: 50}
    assert m.bound_left(400, ends, 2040) == 100
    assert m.bound_left(250, ends, 2040) == 0
    assert m.bound_left(400, {}, 2040) == 400
