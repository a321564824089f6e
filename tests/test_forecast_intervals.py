"""Intervals of the forecast of Kreise by age and sex: what they are learned from, what they add up to, what they held."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from wohnlib import paths
from wohnlib import scenario as scenarios
from wohnlib.backtest import kreise_near
from wohnlib.backtest.kreise_widths import CENSUS, SIZES, TABLE, learn, trial
from wohnlib.backtest.settings import number
from wohnlib.forecast import asof, kreise_data, table
from wohnlib.forecast.asof import CENSUS_DAY, Allowed, available
from wohnlib.forecast.kreise import (
    AGE_FROM,
    Widths,
    fit_kreise,
    known_kreise,
    kreis_errors,
    national_response,
)
from wohnlib.forecast.kreise_errors import FIRST_UNTIL
from wohnlib.forecast.kreise_estimate import FIRST_DAY, known_before
from wohnlib.forecast.kreise_nation import GROUPS, project_nation

NEWEST = 2020  # 1 January of the newest table by age that was out on the census day
DAYS = (CENSUS_DAY, date(2023, 12, 31), date(2024, 12, 31))
KREIS = "03251"


@pytest.fixture(scope="module")
def census(everything):
    return fit_kreise(known_kreise(CENSUS_DAY, CENSUS_DAY, everything))


def near(**wanted):
    found = pd.read_csv(paths.raw() / "derived" / f"{kreise_near.TABLE_NEAR}.csv")
    for column, value in wanted.items():
        found = found[found[column] == value]
    return found


# -- what is learned from ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trials(everything):
    """The starts of the longest windows known on the census day, with every figure that was published later changed."""
    changed = kreise_data.changed_after(everything, known_kreise(CENSUS_DAY, CENSUS_DAY, everything), 1.7)
    assert changed.stock[NEWEST + 1].sum() != everything.stock[NEWEST + 1].sum()
    return [trial(changed, start, part) for part, start in ((CENSUS, 2018), (TABLE, 2017))]


@pytest.mark.shared
def test_widths_of_the_census_day_come_out_again_where_everything_later_is_changed(trials):
    shipped = kreis_errors(NEWEST)
    for one in trials:
        longest = NEWEST - one.base
        again = learn([one], NEWEST)
        again = again[again["years"] == longest].set_index(["age_from", "persons"])
        stored = shipped[(shipped["part"] == one.part) & (shipped["years"] == longest)]
        stored = stored.set_index(["age_from", "persons"]).reindex(again.index)
        assert len(again) == len(AGE_FROM) * (1 + len(SIZES))
        assert np.array_equal(stored["n"], again["n"])
        assert stored["half_80"].to_numpy() == pytest.approx(again["half_80"].to_numpy(), abs=2e-5)


def test_widths_learned_by_an_earlier_date_hold_no_later_window():
    early = kreis_errors(NEWEST)
    assert set(early.loc[early["part"] == TABLE, "years"]) == {1, 2, 3}
    assert set(early.loc[early["part"] == CENSUS, "years"]) == {0, 1, 2}
    assert (early["until"] == NEWEST).all()
    with pytest.raises(ValueError, match="expected a row of kreise_errors"):
        Widths(kreis_errors(2018)).at(90, 1, census=True)


@pytest.mark.parametrize(
    ("day", "until"),
    [
        ("2017-12-31", 2018),
        ("2018-12-31", 2019),
        ("2021-12-31", 2020),
        ("2022-05-15", 2020),
        ("2026-11-22", 2022),
    ],
)
def test_widths_are_learned_from_published_tables_as_soon_as_there_is_a_window_of_them(day, until):
    allowed = available(date.fromisoformat(day))
    tables = [y for y in range(2014, 2023) if allowed.eurostat(y)]
    assert allowed.ages_learned(tables, FIRST_UNTIL) == until


@pytest.mark.shared
def test_spreads_are_estimated_on_tables_that_were_out_before_any_forecast():
    used = known_before()
    only_published = Allowed(FIRST_DAY, date(2012, 12, 31))
    assert sorted(used.stock) == [2014, 2015, 2016]
    assert all(only_published.eurostat(y) for y in used.stock)
    assert not only_published.eurostat(2017)


def test_a_first_of_january_is_the_day_before_and_tables_to_the_base_must_be_asked_for():
    one, other = Allowed(date(2019, 1, 1), date(2019, 1, 1)), Allowed(date(2019, 1, 1), date(2018, 12, 31))
    assert one == other
    assert one.eurostat(2019) and not one.eurostat(2018) and one.eurostat(2017)
    assert Allowed(one.as_of, one.base, to_base=True).eurostat(2018)
    assert not Allowed(one.as_of, one.base, to_base=True).eurostat(2020)
    assert one.directory(2018) and not one.directory_out(2018)


@pytest.mark.shared
def test_a_start_like_the_census_knows_no_table_of_the_base_nor_of_the_year_before(trials, everything):
    one, base = trials[0], everything.stock[2018]
    assert sorted(one.known.stock) == [2014, 2015, 2016]
    assert one.known.census.group.shape == (400, 11)
    assert np.allclose(one.known.census.group.sum(1), base.sum((1, 2)))
    assert np.allclose(one.came_at_base.sum(2), base.sum(2), rtol=1e-6)
    assert not np.allclose(one.came_at_base, base, rtol=1e-3)


# -- arithmetic --------------------------------------------------------------------------------------------


def test_widths_grow_with_time_and_shrink_with_size():
    widths = Widths(kreis_errors())
    for is_census in (False, True):
        row = [widths.at(90, years, census=is_census) for years in (0, 0.5, 1, 2.5, 5, 10)]
        assert row == sorted(row)
    assert widths.at(50, 0) == 0 < widths.at(50, 0, census=True)
    assert widths.at(25, 2, 500_000) < widths.at(25, 2, 60_000)
    assert widths.at(25, 1, census=True) > widths.at(25, 1)


def test_squares_of_widths_lie_on_a_line_and_only_what_came_later_grows_on():
    rows = [("census", 0, p, y, 10, h) for p in (0, 1) for y, h in ((0, 0.3), (1, 0.4), (2, 0.5))]
    widths = Widths(pd.DataFrame(rows, columns=["part", "age_from", "persons", "years", "n", "half_80"]))
    assert widths.at(0, 1.5, census=True) ** 2 == pytest.approx((0.16 + 0.25) / 2)
    power = 2 * number("width_power")
    assert widths.at(0, 4, census=True) ** 2 == pytest.approx(0.09 + 0.16 * 2**power)


@pytest.mark.shared
def test_an_error_of_the_nation_is_spread_over_ages_as_migration_is(census):
    response = national_response(census, DAYS[1])
    path = project_nation(census.nation, 2024)[2024 - census.nation.first] @ GROUPS
    assert np.average(response, weights=path) == pytest.approx(1, abs=0.01)
    assert response[:, AGE_FROM.index(20)].min() > 2
    assert np.abs(response[:, AGE_FROM.index(75) :]).max() < 0.2


@pytest.fixture(scope="module")
def made(everything):
    allowed = available(CENSUS_DAY)
    delivered = asof.read_all().only(("03",))
    learned = pd.read_csv(paths.raw() / "derived" / "forecast_errors_asof.csv")
    known = known_kreise(allowed.as_of, allowed.base, everything)
    return table.make(delivered, known, allowed, table.Request(DAYS, "kreis"), learned, scenarios.load())


@pytest.mark.shared
def test_the_file_holds_cells_with_their_own_part_and_that_of_the_nation_once(made, census):
    from wohnlib.forecast.errors import shapes_of
    from wohnlib.forecast.nation import moment

    here = made[(made["key"] == KREIS) & (made["sex"] == "F")].assign(
        half=lambda t: np.log(t["q90"] / t["median"])
    )
    learned = pd.read_csv(paths.raw() / "derived" / "forecast_errors_asof.csv")
    nation = shapes_of(learned, available(CENSUS_DAY))["nation"]
    widths = Widths(kreis_errors(NEWEST))
    for day in DAYS:
        years = moment(day) - moment(CENSUS_DAY)
        own = np.array([widths.at(a, years, 217_000, census=True) for a in AGE_FROM])
        shared = national_response(census, day)[0] * (nation.at(years)[0] if years else 0)
        found = here[here["date"] == day.isoformat()]["half"].to_numpy()
        assert found == pytest.approx(np.hypot(own, shared), abs=2e-4)


@pytest.mark.shared
def test_on_the_census_day_totals_are_facts_and_ages_are_estimates(made):
    base = made[made["date"] == CENSUS_DAY.isoformat()]
    totals, cells = base[base["sex"] == "T"], base[base["sex"] != "T"]
    assert (totals["q10"] == totals["median"]).all() and (totals["q90"] == totals["median"]).all()
    assert (cells["q10"] < cells["median"]).all() and (cells["median"] < cells["q90"]).all()
    sums = cells.groupby("key")["median"].sum()
    assert sums.to_numpy() == pytest.approx(totals.set_index("key")["median"].reindex(sums.index), abs=0.5)


# -- what they held ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [1, 2, 3])
def test_intervals_hold_about_four_in_five_over_past_shocks_of_the_nation(years):
    for start in (TABLE, CENSUS):
        cells = near(start=start, widths="others", years=years, part="cells")
        assert 77 <= cells["history"].mean() <= 83
        assert 77 <= cells["given"].mean() <= 83
    totals = near(widths="file", years=years, part="totals")
    assert 75 <= totals["history"].mean() <= 85


def test_the_widths_of_the_census_day_hold_in_windows_that_ended_later():
    later = near(start=CENSUS, widths="shipped")
    cells = later[(later["part"] == "cells") & later["years"].isin([1, 2, 3])]
    assert len(cells) == 6 and cells["history"].between(76, 86).all()
    assert (later["begin"] + later["years"] > NEWEST).all()


def test_every_age_beats_the_simple_rules_two_and_three_years_ahead():
    for start in (TABLE, CENSUS):
        for years in (2, 3):
            found = near(start=start, widths="others", years=years).groupby("part")["error_ratio"].mean()
            assert found["cells"] < 0.4
            assert found.drop("totals").max() < 1
