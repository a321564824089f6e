"""Data that cannot be right, or that lack what others have: one message, or a result without holes."""

import re
from dataclasses import replace

import numpy as np
import pytest

from wohnlib import inputs
from wohnlib.assess import assess
from wohnlib.data import tables
from wohnlib.errors import InputError
from wohnlib.model.rates import spread_cohort_migration
from wohnlib.report.index import index_page


@pytest.fixture(scope="module")
def base(assessments):
    return assessments["base"]


def with_value(scenario, group, name, value):
    part = getattr(scenario, group)
    item = getattr(part, name).model_copy(update={"value": value})
    return scenario.model_copy(update={group: part.model_copy(update={name: item})})


def test_a_unit_without_holiday_dwellings_has_a_need(base):
    holiday = base.inputs.holiday_delivered.copy()
    holiday[2] = -3
    scenario = with_value(base.scenario, "dwellings", "second_homes_change_per_year", 0.001)
    result = assess(replace(base.inputs, holiday_delivered=holiday), scenario)
    assert np.isfinite(result.need.lines).all()
    grown = (result.need.second_homes[2, -1] - result.need.second_homes[2, 0]).sum()
    assert grown == pytest.approx(0.001 * base.inputs.dwellings[2] * result.time.elapsed[-1])


def test_of_the_base_year_only_completions_after_the_census_count(base):
    completions = {**base.inputs.completions, 2022: 730.0}
    result = assess(replace(base.inputs, completions=completions), base.scenario)
    assert result.need.completed.sum() == pytest.approx(744 + 730 * 230 / 365)
    assert result.need.known_years == (2022, 2023)


def test_permits_reduce_what_is_still_to_be_built_by_their_weight(base):
    permitted = np.full((15, 2), 10.0)
    need = replace(base.need, permitted=permitted)
    assert need.deducted(0.9) - base.need.completed == pytest.approx(np.full((15, 2), 9.0))
    printed = replace(base, need=need).printed
    assert printed.completed.sum() == 744 + 270


def test_another_base_date_than_the_census_is_refused(base):
    scenario = base.scenario.model_copy(update={"base_date": "2021-12-31"})
    with pytest.raises(InputError, match="2022-05-15"):
        assess(base.inputs, scenario)


def test_a_unit_without_people_is_named(base):
    groups = base.inputs.pop_group.copy()
    groups[3] = 0
    with pytest.raises(InputError, match="Sulingen"):
        assess(replace(base.inputs, pop_group=groups), base.scenario)


def test_senior_households_that_cannot_be_are_named(base):
    seniors = base.inputs.senior_only.copy()
    seniors[0] *= 3
    with pytest.raises(InputError, match="Bassum"):
        assess(replace(base.inputs, senior_only=seniors), base.scenario)


def test_households_of_six_with_fewer_than_six_people_are_refused(base):
    households = base.inputs.households.copy()
    households[:, 5] *= 2
    with pytest.raises(InputError, match="6 und mehr Personen"):
        assess(replace(base.inputs, households=households), base.scenario)


def test_printed_stock_keeps_the_uses_of_the_kreis_and_the_dwellings_of_each_unit(base):
    stock = base.printed.stock
    assert stock.sum((0, 1)).tolist() == [101121, 4038, 934]
    assert (stock.sum((1, 2)) == base.inputs.dwellings).all()
    assert np.abs(stock - base.stock.by_use).max() < 1.5


def test_migrants_of_a_cohort_are_spread_as_a_triangle_and_children_below_their_age():
    out = spread_cohort_migration(np.array([[0.0, 0, 50, 0, 0]]), 5, 5, 25)[0]
    assert out.sum() == pytest.approx(10)
    assert out[5:15] == pytest.approx(out[5:15][::-1], rel=1e-6)  # ages 5 to 14, symmetric about 10
    assert out[9] == out.max() or out[10] == out.max()
    # P(9 <= age < 10) = (5² − 4²)/50 = 9/50
    assert out[9] == pytest.approx(10 * 9 / 50, rel=1e-4)
    young = spread_cohort_migration(np.array([[50.0, 0, 0, 0, 0]]), 5, 5, 25)[0]
    # age at the end u even on 0 to 5, age at the move even on 0 to u: P(age < 1) = (1 + ln 5)/5
    assert young[0] == pytest.approx(10 * (1 + np.log(5)) / 5, rel=1e-3)
    assert young[5:].sum() == 0 and young.sum() == pytest.approx(10)


def test_a_migration_window_of_other_than_five_years_is_refused(base):
    scenario = with_value(base.scenario, "migration", "profile_start", "2018-01-01")
    with pytest.raises(InputError, match="genau fünf Jahren"):
        assess(base.inputs, scenario)


def test_a_last_age_inside_an_age_group_is_refused(base):
    scenario = with_value(base.scenario, "migration", "profile_last_age", 76)
    with pytest.raises(InputError, match="Fünfjahresgruppe"):
        assess(base.inputs, scenario)


def test_growth_is_not_taken_across_a_census(base):
    scenario = with_value(base.scenario, "migration", "local_first_year", 2009)
    with pytest.raises(InputError, match="wechselt die Volkszählung"):
        assess(base.inputs, scenario)


def test_no_child_lives_alone(base):
    rates = base.households.member_rate
    assert (rates[..., :15, 0] == 0).all()
    assert rates.sum(-1) == pytest.approx(np.ones(rates.shape[:-1]), abs=1e-8)


@pytest.mark.parametrize(
    ("table", "column", "value", "named"),
    [
        ("census_population", "age_from", 75, ("census_population", "75")),
        ("census_dwellings", "item", "vacancy_rate", ("census_dwellings", "vacancy_rate")),
        ("census_households", "item", "senior_only", ("census_households", "senior_only")),
        ("population_age1", "age_from", 40, ("population_age1", "101")),
        ("lifetable", "age", 40, ("lifetable", "101")),
        ("births_deaths_migration", "year", 2018, ("births_deaths_migration", "2018")),
        ("net_migration", "year", 2015, ("net_migration", "2015")),
        ("fertility_total", "year", 2035, ("fertility_total", "2035")),
        ("care", "item", "in_homes_share", ("in_homes_share",)),
        ("household_sizes_2011", "size", "1", ("Tabellen",)),
    ],
)
def test_rows_that_are_missing_are_named(base, monkeypatch, table, column, value, named):
    def without(name):
        found = tables.load(name)
        return found[found[column] != value] if name == table else found

    monkeypatch.setattr(inputs, "load", without)
    with pytest.raises(InputError) as error:
        assess(inputs.read("03251"), base.scenario)
    assert all(word in error.value.text() for word in named), error.value.text()


def test_the_entry_page_says_which_unit_cannot_be_reported(base):
    dwellings = base.inputs.dwellings.copy()
    dwellings[3] -= 500  # Sulingen: fewer occupied dwellings than households
    result = assess(replace(base.inputs, dwellings=dwellings), base.scenario)
    page = index_page(result, (result, result), "de")
    row = re.search(r"<tr[^>]*><th[^>]*>(?:<a[^>]*>)?Sulingen.*?</tr>", page, re.DOTALL)
    assert row is not None and row[0].count("nicht ausweisbar") == 6
    assert page.count("nicht ausweisbar") == 6
