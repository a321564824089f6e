"""Kreise by age and sex: what may be known, the arithmetic of cohorts and ratios, the published record."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from wohnlib import paths
from wohnlib.backtest import kreise as judged
from wohnlib.backtest.fitting import median_regression
from wohnlib.backtest.kreise_rules import cohort_ratios, single_ages, to_groups
from wohnlib.errors import InputError
from wohnlib.forecast import kreise_data
from wohnlib.forecast.asof import CENSUS_DAY
from wohnlib.forecast.kreise import AGE_FROM, fit_kreise, half_widths, known_kreise, project_kreise
from wohnlib.forecast.kreise_base import adjusted_totals, moved_on
from wohnlib.forecast.kreise_estimate import SPREADS, pack, unpack
from wohnlib.forecast.kreise_relative import State
from wohnlib.forecast.kreise_settings import SETTINGS, SINGLE
from wohnlib.forecast.kreise_totals import CLOSE, MOST, years_that_count

BASE, TARGET = date(2017, 1, 1), date(2022, 1, 1)


@pytest.fixture(scope="module")
def fitted(everything):
    return fit_kreise(known_kreise(BASE, BASE, everything, to_base=True))


@pytest.fixture(scope="module")
def census(everything):
    day = CENSUS_DAY
    return fit_kreise(known_kreise(day, day, everything))


def record(part, measure="median_ape", window="2017-2022", mode="B", method="own"):
    table = pd.read_csv(paths.raw() / "derived" / "backtest_kreise.csv")
    here = (table["window"] == window) & (table["mode"] == mode) & (table["method"] == method)
    return float(table[here & (table["part"] == part)].iloc[0][measure])


def test_a_median_regression_tells_whether_it_settled_and_warns_nobody():
    x = np.arange(200.0) / 10
    noise = np.random.default_rng(5).normal(0, 0.1, len(x))
    X, y = np.column_stack([np.ones_like(x), x]), 3 + 2 * x + np.where(np.arange(200) % 50 == 7, 40.0, noise)
    found = median_regression(X, y, np.ones(200), CLOSE, MOST)
    np.testing.assert_allclose(found.params, [3, 2], atol=0.1)  # the four far values do not matter
    assert found.iterations < MOST
    assert median_regression(X, y, np.ones(200), CLOSE, 2).iterations == 2


# -- what may be known -----------------------------------------------------------------------------------


@pytest.mark.shared
def test_a_base_knows_published_tables_and_its_own(everything):
    known = known_kreise(BASE, BASE, everything)
    assert sorted(known.stock) == [2014, 2015, 2017]
    assert max(known.qx) == "2013-2015"
    assert known.census is None
    assert not known.single
    assert max(known.totals.totals) == 2013
    assert known.nation.index.max() == 2014


@pytest.mark.shared
def test_the_census_base_knows_the_census_and_nothing_published_later(everything):
    known = known_kreise(CENSUS_DAY, CENSUS_DAY, everything)
    assert max(known.stock) == 2020
    assert known.census is not None
    assert max(known.qx) == "2018-2020"
    assert known.nation.index.max() == 2020
    assert len(known.keys) == 400
    assert {"07135", "07140", "16063"} <= set(known.keys)
    assert "16056" not in known.keys


@pytest.mark.shared
def test_the_thirty_first_of_december_is_the_next_first_of_january(everything):
    one, other = (known_kreise(BASE, day, everything) for day in (date(2016, 12, 31), BASE))
    assert one.base == other.base
    assert sorted(one.stock) == sorted(other.stock)


@pytest.mark.shared
def test_an_impossible_base_is_refused_with_the_bases_there_are(everything):
    with pytest.raises(InputError, match=r"15\.05\.2022"):
        known_kreise(BASE, date(2017, 7, 1), everything)


@pytest.mark.shared
def test_figures_published_later_change_no_bit_of_forecast_and_interval(everything, fitted):
    allowed = known_kreise(BASE, BASE, everything, to_base=True)
    changed = kreise_data.changed_after(everything, allowed, 1.37)
    assert changed.stock[2022].sum() != everything.stock[2022].sum()
    again = fit_kreise(known_kreise(BASE, BASE, changed, to_base=True))
    assert np.array_equal(project_kreise(again, [TARGET]), project_kreise(fitted, [TARGET]))
    for one, other in zip(half_widths(again, TARGET), half_widths(fitted, TARGET), strict=True):
        assert np.array_equal(one, other)


# -- the forecast ----------------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_base_date_gives_the_base_table(everything, fitted, census):
    assert np.array_equal(project_kreise(fitted, [BASE])[:, 0], everything.stock[2017])
    at_census = project_kreise(census, [CENSUS_DAY])[:, 0]
    assert np.allclose(at_census.sum((1, 2)), everything.census.total)
    wanted = everything.census.sex * (everything.census.total / everything.census.sex.sum(1))[:, None]
    assert np.allclose(at_census.sum(2), wanted, rtol=1e-6)


@pytest.mark.shared
def test_national_and_kreis_totals_are_kept(fitted):
    days = [date(2018, 7, 1), TARGET]
    nation = {days[0]: 82.6e6, days[1]: 83.2e6}
    table = project_kreise(fitted, days, nation)
    assert np.allclose(table.sum((0, 2, 3)), list(nation.values()))
    totals = {d: fitted.base_count.sum((1, 2)) * np.linspace(0.97, 1.03, 400) for d in days}
    table = project_kreise(fitted, days, kreis_total=totals)
    assert np.allclose(table.sum((2, 3)).T, list(totals.values()))


@pytest.mark.shared
def test_a_far_date_stays_plausible(census):
    table = project_kreise(census, [date(2045, 12, 31)])[:, 0]
    growth = table.sum((1, 2)) / census.base_count.sum((1, 2))
    assert table.min() > 0
    assert growth.min() > 0.7
    assert growth.max() < 1.3


@pytest.mark.shared
def test_a_date_before_the_base_is_refused(fitted):
    with pytest.raises(ValueError, match="2016-12-30"):
        project_kreise(fitted, [date(2016, 12, 30)])


@pytest.mark.shared
def test_the_published_record_is_recomputed(everything, fitted):
    table = project_kreise(fitted, [TARGET])[:, 0]
    error = 100 * np.abs(table / everything.stock[2022] - 1)
    assert np.median(error) == pytest.approx(record("cells"), abs=0.002)
    assert np.median(error[:, :, AGE_FROM.index(80) :]) == pytest.approx(record("cells_80"), abs=0.002)


# -- arithmetic ------------------------------------------------------------------------------------------


def test_observing_a_state_equals_conditioning_a_normal_distribution():
    rng = np.random.default_rng(1)
    n = 5
    root = rng.normal(size=(2 * n, 2 * n))
    full = root @ root.T
    state = State(np.ones((n, 2)), np.zeros((n, 2)), full[:n, :n], full[:n, n:], full[n:, n:])
    weights, value, noise = rng.normal(size=(3, n)), rng.normal(size=(3, 2)), 0.3
    after, _, misses = state.seen(weights, value, noise)
    wide = np.hstack([weights, np.zeros((3, n))])
    gain = full @ wide.T @ np.linalg.inv(wide @ full @ wide.T + noise * np.eye(3))
    mean = np.vstack([state.ratio, state.gain]) + gain @ (value - weights @ state.ratio)
    assert np.allclose(np.vstack([after.ratio, after.gain]), mean)
    spread = np.sqrt(np.diag(wide @ full @ wide.T) + noise)
    assert np.allclose(misses, (value - weights @ state.ratio) / spread[:, None])
    left = full - gain @ wide @ full
    assert np.allclose(after.rr, left[:n, :n])
    assert np.allclose(after.rg, left[:n, n:])
    assert np.allclose(after.gg, left[n:, n:])


def test_a_table_follows_the_path_it_stands_on():
    rng = np.random.default_rng(2)
    before, after = rng.uniform(50, 150, (2, 3, 2, SINGLE))
    fertility = np.where((np.arange(SINGLE) > 15) & (np.arange(SINGLE) < 45), 0.05, 0.0)
    assert np.allclose(moved_on(before, before, after, fertility, 1.0), after)
    twice = moved_on(2 * before, before, after, fertility, 1.0)
    assert np.allclose(twice, 2 * after)


def test_totals_wanted_are_met_where_the_response_says():
    table = np.full((1, 2, len(AGE_FROM)), 100.0)
    response = np.zeros_like(table)
    response[0, :, 4:6] = 0.25
    more = adjusted_totals(table, np.array([table.sum() + 40]), response)
    assert more.sum() == pytest.approx(table.sum() + 40)
    assert np.allclose(more[0, :, 4:6], 110)
    assert np.allclose(more[0, :, 10:], 100)


def test_growth_is_damped_behind_the_longest_window():
    reach = SETTINGS["growth_reach"].value[0]
    assert years_that_count(5) == 5
    assert years_that_count(reach) == reach
    assert reach + 1 > years_that_count(reach + 1) > reach + 0.9
    assert years_that_count(100) < reach + 10


def test_spreads_survive_packing():
    again = unpack(pack(SPREADS))
    assert np.allclose(pack(again), pack(SPREADS))


def test_single_ages_add_up_to_their_groups():
    groups = np.linspace(400, 900, len(AGE_FROM))[None]
    assert np.allclose(to_groups(single_ages(groups)), groups)


def test_cohort_ratios_leave_a_population_that_did_not_change():
    table = np.broadcast_to(np.linspace(900, 400, len(AGE_FROM)), (2, 2, len(AGE_FROM)))
    made = cohort_ratios(dict.fromkeys((2014, 2015, 2016), table), 2016, 2019)
    assert np.allclose(made, table, rtol=0.03)


# -- the record ------------------------------------------------------------------------------------------


def test_the_goals_of_the_task_are_met_in_the_published_record():
    for part, goal in judged.GOALS.items():
        assert record(part) <= goal
        assert record(part, method="own_published") <= goal


def test_no_change_gives_the_error_the_task_states():
    assert record("cells", method="constant") == pytest.approx(10.2, abs=0.05)


def test_every_part_but_the_totals_beats_the_simple_rules_clearly():
    for window in ("2017-2022", "2018-2022"):
        for part in ("cells", "cells_80"):
            assert record(part, "error_ratio", window) < 0.6
        assert record("totals", "error_ratio", window) < 1
