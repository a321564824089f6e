"""Multilocal people: every formula against a case worked by hand, and what must hold for any numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from wohnlib.model import multilocal as ml

# Two strata. Small: 3 of 20 companies answered, 15 of 100 employees. Large: both companies answered.
ANSWERS = {"multilocal": [1, 0, 2, 10, 5], "employees": [5, 4, 6, 100, 150], "stratum": [0, 0, 0, 1, 1]}
FRAME = {"companies_total": [20, 2], "employees_total": [100, 250]}


def test_the_stratified_ratio_estimate_by_hand():
    found = ml.ratio_estimate(**ANSWERS, **FRAME)
    # R = 3/15 and 15/250; M = 100 · 0.2 + 250 · 0.06 = 35
    assert_allclose(found.ratio, [0.2, 0.06])
    assert_allclose(found.stratum_total, [20, 15])
    assert found.total == pytest.approx(35)
    # residuals 0, −0.8, 0.8: s² = 1.28/2; variance 20² · (1 − 3/20) · 0.64/3; the complete stratum adds none
    assert_allclose(found.residual_variance[0], 0.64)
    assert_allclose(found.stratum_variance, [400 * 0.85 * 0.64 / 3, 0])
    assert found.standard_error == pytest.approx(np.sqrt(72.53333333))
    # 5 answers − 2 strata = 3 degrees of freedom, t = 3.1824 (Student, table)
    assert found.interval(level=0.95) == pytest.approx((35 - 3.182446 * 8.516650, 35 + 3.182446 * 8.516650))


def test_the_interval_by_students_t_or_by_the_normal_distribution():
    # strata: 7/100 of 500 and 48/600 of 800 employees; variance 100·0.8·1.28/2 + 16·0.25·84/3
    found = ml.ratio_estimate(
        multilocal=[2, 5, 10, 30, 8], employees=[40, 60, 150, 250, 200], stratum=[0, 0, 1, 1, 1],
        companies_total=[10, 4], employees_total=[500, 800],
    )  # fmt: skip
    assert found.total == pytest.approx(99) and found.variance == pytest.approx(163.2)
    assert found.interval()[1] == pytest.approx(99 + 3.1824463 * 163.2**0.5)  # 3 degrees of freedom
    assert found.interval(degrees=np.inf)[1] == pytest.approx(99 + 1.9599640 * 163.2**0.5)


def test_one_stratum_may_be_given_as_plain_numbers():
    found = ml.ratio_estimate(multilocal=3, employees=15, companies_total=1, employees_total=15)
    assert found.total == pytest.approx(3) and found.variance == 0 and found.interval() == (3, 3)


def test_companies_that_did_not_answer_by_hand():
    found = ml.nonresponse(**ANSWERS, employees_total=[100, 250], ratio_high=1.5)
    assert found.counted == 18 and found.low == pytest.approx(18)  # all were asked: low is what was named
    assert found.mid == pytest.approx(35)
    assert found.high == pytest.approx(20 * (0.15 + 1.5 * 0.85) + 15)


def test_only_those_asked_can_fail_to_answer():
    found = ml.nonresponse(**ANSWERS, employees_total=[100, 250], employees_asked=[50, 250])
    assert found.low == pytest.approx(
        100 * 0.2 * 15 / 50 + 15
    )  # half of the small were asked, 30 % of them answered


def test_strata_without_a_variance_join_their_neighbour():
    assert ml.merged_strata(answers=[0, 5, 1, 2], companies_total=[9, 20, 5, 2]).tolist() == [0, 0, 0, 1]
    assert ml.merged_strata(answers=[4, 1, 1], companies_total=[9, 1, 3]).tolist() == [0, 1, 1]
    assert ml.merged_strata(answers=[3, 3], companies_total=[9, 9]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stratum": [0, 0, 0, 0, 0]}, "stratum: found stratum 1 with 0 answers"),
        (
            {"stratum": [0, 0, 0, 0, 1], "employees_total": [300, 300]},
            "two answers or more, or all; merge strata",
        ),
        ({"stratum": [0, 0, 0, 1, 2]}, "whole numbers from 0 to 1"),
        ({"companies_total": [2, 2]}, "at least as many companies as answered"),
        ({"employees_total": [14, 250]}, "at least the employees of those that answered"),
        ({"multilocal": [6, 0, 2, 10, 5]}, "at most the employees"),
        ({"multilocal": [-1, 0, 2, 10, 5]}, "values of at least 0"),
        ({"employees": [5, 4]}, "equal lengths"),
    ],
)
def test_what_cannot_be_estimated_is_named(change, words):
    with pytest.raises(ValueError, match="found") as error:
        ml.ratio_estimate(**{**ANSWERS, **FRAME, **change})
    assert words in str(error.value)


def test_the_planned_width_by_hand():
    half = ml.planned_half_width(answers=25, companies=100, residual_sd=2.0)
    assert half == pytest.approx(1.959964 * 100 * np.sqrt(0.75 * 4 / 25))
    assert ml.planned_half_width(answers=100, companies=100, residual_sd=2.0) == 0
    assert np.isinf(ml.planned_half_width(answers=0, companies=100, residual_sd=2.0))
    assert ml.answers_needed(half_width=half, companies=100, residual_sd=2.0) == 25
    assert ml.residual_sd(mean_employees=20, share=0.02, clustering=3) == pytest.approx(np.sqrt(1.176))


def test_commuter_weights_by_hand():
    assert_allclose(ml.commuter_weight(distance=[120, 150, 180]), [0.26894142, 0.5, 0.73105858])
    found = ml.multilocal_commuters(commuters=[100, 200, 50], distance=[120, 150, 180])
    assert found == pytest.approx(26.894142 + 100 + 36.552929)
    matrix = ml.multilocal_commuters(commuters=[[100, 0], [200, 10]], distance=[[120, 150], [150, 180]])
    assert_allclose(matrix, [126.894142, 7.3105858])


def test_the_distance_function_is_calibrated_to_the_country():
    # one pair with 1,000 commuters at 150 km: half of them stay if d50 is 150 km
    d50 = ml.calibrated_d50(commuters=[1000, 9000], distance=[150, 0], employees=50_000, share=0.01, s=1.0)
    assert d50 == pytest.approx(150, abs=1e-6)
    c, d = np.array([500.0, 300.0, 9000.0]), np.array([80.0, 400.0, 3.0])
    found = ml.calibrated_d50(commuters=c, distance=d, share=0.02)
    assert ml.multilocal_commuters(commuters=c, distance=d, d50=found) == pytest.approx(0.02 * 9800)


def test_more_multilocals_than_commuters_cannot_be_calibrated():
    with pytest.raises(ValueError, match="share"):
        ml.calibrated_d50(commuters=[10], distance=[300], employees=5000, share=0.01)


def test_registers_count_the_same_people_once():
    known = ml.multilocal_registered(
        secondary_residences=300, at_parents=60, second_home_tax=200, under_registration=1.25
    )
    assert known == pytest.approx(300)  # max(300 − 60, 200) · 1.25
    assert ml.multilocal_registered(second_home_tax=80) == 80
    assert np.isnan(ml.multilocal_registered())
    with pytest.raises(ValueError, match="under_registration"):
        ml.multilocal_registered(secondary_residences=1, under_registration=0.9)


def test_students_and_seasonal_staff_by_hand():
    assert ml.multilocal_students(places=500, not_with_parents=0.6, presence=0.8) == pytest.approx(240)
    staff = [0, 0, 10, 40, 120, 60, 10, 0, 0, 0, 0, 0]
    found = ml.seasonal_staff(staff=staff, beds=15, persons_per_dwelling=2)
    assert found == (120, 5, 20, 105, 2.5)  # beds for the peak; dwellings for (20 − 15)/2
    assert ml.seasonal_staff(staff=staff, beds=200)[3:] == (0, 0)
    assert ml.multilocal_employees(employees=5000, propensity=0.0102) == pytest.approx(51)
    assert ml.outgoings_bound(employees=10_000, far_share=0.038) == pytest.approx(380)


def test_from_people_to_dwellings_by_hand():
    phi = ml.rotation(nights=4, managed=True)
    assert phi == pytest.approx(4 / 7) and ml.rotation(nights=4, managed=False) == 1
    wanted = ml.dwellings_wanted(
        persons=100, own_unit_share=0.39, already_counted=0.1, persons_per_dwelling=1.2, rotation=phi
    )
    assert wanted == pytest.approx(100 * 0.39 * 0.9 * (4 / 7) / 1.2)
    assert ml.dwellings_wanted(persons=[100, 200], own_unit_share=0.39).tolist() == [39, 78]


def test_the_path_of_dwellings_by_hand():
    path = {"base": 10, "wanted": 30, "free_offer": 5, "elapsed": [0, 5, 10, 20], "years": 10.0}
    assert ml.dwellings_path(**path).tolist() == [10, 17.5, 25, 25]
    assert_allclose(ml.dwellings_path(**path, jobs_growth=0.01), [10, 19, 28, 31])
    assert ml.dwellings_path(**{**path, "wanted": 3}).tolist() == [10, 10, 10, 10]  # none moves out
    areas = ml.dwellings_path(base=[10, 0], wanted=[30, 8], elapsed=[0, 10], years=10)
    assert areas.tolist() == [[10, 30], [0, 8]]


def test_the_base_stays_within_the_dwellings_without_a_household():
    found = ml.base_dwellings(used=[50, 50, 50], occupied=[1000, 1020, 990], households=[900, 1000, 1000])
    assert found.tolist() == [50, 20, 0]


def test_routes_are_a_range_and_never_a_sum():
    assert ml.route_range(routes=[40, np.nan, 100]) == (40, 70, 100)
    assert ml.route_range(routes=[40, 90, 100]) == (40, 90, 100)
    assert ml.route_range(routes=[np.nan, np.nan]) is None


counts = st.integers(0, 50)


@given(st.lists(st.tuples(counts, counts), min_size=2, max_size=12), st.integers(0, 40))
def test_the_estimate_lies_between_none_and_all_and_scales(pairs, others):
    m = np.array([min(p) for p in pairs], float)
    e = np.array([max(p) + 1 for p in pairs], float)
    total = {"companies_total": len(m) + others, "employees_total": e.sum() + 7 * others}
    found = ml.ratio_estimate(multilocal=m, employees=e, **total)
    assert 0 <= found.total <= total["employees_total"] + 1e-9 and found.variance >= 0
    if not others:
        assert found.total == pytest.approx(m.sum()) and found.variance == 0
    spread = ml.nonresponse(multilocal=m, employees=e, employees_total=total["employees_total"])
    assert spread.counted <= spread.low + 1e-9 <= spread.mid + 2e-9 <= spread.high + 3e-9
    assert spread.mid == pytest.approx(found.total)
    order = np.random.default_rng(1).permutation(len(m))
    again = ml.ratio_estimate(multilocal=m[order], employees=e[order], **total)
    assert again.total == pytest.approx(found.total) and again.variance == pytest.approx(found.variance)


@given(st.lists(st.floats(0, 800), min_size=1, max_size=9))
def test_weights_grow_with_distance(distances):
    weights = ml.commuter_weight(distance=np.sort(distances))
    assert ((weights >= 0) & (weights <= 1)).all() and (np.diff(weights) >= 0).all()


@given(st.integers(2, 400), st.floats(0.1, 30))
def test_more_answers_never_widen_the_interval(companies, sd):
    width = ml.planned_half_width(answers=np.arange(1, companies + 1), companies=companies, residual_sd=sd)
    assert (np.diff(width) <= 1e-9).all()
    n = ml.answers_needed(half_width=width, companies=companies, residual_sd=sd)
    assert (n <= np.arange(1, companies + 1)).all()


@given(st.floats(0, 500), st.floats(0, 500), st.floats(0, 50))
def test_the_path_starts_at_the_base_and_never_falls_without_growth(base, wanted, free):
    path = ml.dwellings_path(base=base, wanted=wanted, free_offer=free, elapsed=[0, 3, 12], years=8)
    assert path[0] == base and (np.diff(path) >= 0).all()
    assert path[-1] <= max(base, wanted) * (1 + 1e-12)  # but for rounding
