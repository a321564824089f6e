"""A run with a day of knowledge uses nothing that was published later but the figures of the base date itself."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from wohnlib import inputs as inputs_module
from wohnlib import session
from wohnlib.assess import assess
from wohnlib.data.tables import TIMELESS, load, published_by, register
from wohnlib.errors import InputError
from wohnlib.forecast.learned import widths_known
from wohnlib.inputs import Inputs
from wohnlib.scenario import load as load_scenario

DAY, CENSUS = "2022-05-15", "2022-05-15"
TABLES = dict(inputs_module.TABLES)


def later_changed(name: str) -> pd.DataFrame:
    """Return a table in which every number published after the day, and not of the census, is another."""
    table, resource = load(name).copy(), register()[name]
    if name in TIMELESS or resource.reference_date == CENSUS:
        return table
    if name == "forecast_errors_asof":
        late = (table["until"] > 2018).to_numpy()  # the directory of 2021 came in October 2022
    elif resource.published is not None:
        late = np.full(len(table), resource.published > DAY)
    else:
        late = (table["published"] > DAY).to_numpy()
        if "date" in table:
            late = late & (table["date"] != CENSUS).to_numpy()
    numbers = [c for c in ("value", "qx", "ex", "tfr", "growth_vs_kreis", "half_width_80") if c in table]
    for column in numbers:
        table[column] = np.where(late, table[column] * 1.01, table[column])
    return table


def test_changing_every_later_figure_leaves_an_assessment_as_of_a_day_unchanged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.ready()
    scenario = load_scenario("as_of_2022").at_horizon(2030)
    before = assess(inputs_module.read("03251", TABLES, DAY, CENSUS), scenario)
    monkeypatch.setattr(inputs_module, "load", later_changed)
    after = assess(inputs_module.read("03251", TABLES, DAY, CENSUS), scenario)
    np.testing.assert_array_equal(before.population.pop_count, after.population.pop_count)
    np.testing.assert_array_equal(before.households.household_count, after.households.household_count)
    np.testing.assert_array_equal(before.need.lines, after.need.lines)
    np.testing.assert_array_equal(before.draws.signed, after.draws.signed)


def test_the_same_change_moves_a_run_for_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: without a day of knowledge the changed figures matter."""
    session.ready()
    scenario = load_scenario("base").at_horizon(2030)
    before = assess(inputs_module.read("03251", TABLES), scenario)
    monkeypatch.setattr(inputs_module, "load", later_changed)
    after = assess(inputs_module.read("03251", TABLES), scenario)
    assert (before.population.pop_count != after.population.pop_count).any()


def known() -> Inputs:
    session.ready()
    return inputs_module.read("03251", TABLES, DAY, CENSUS)


def test_later_tables_are_not_there_and_a_scenario_that_wants_them_is_refused() -> None:
    tables = known()
    assert max(tables.kreis_age5) == 2020  # 1 January 2021 was published in June 2022
    assert "2018-2020" in tables.qx and "2022-2024" not in tables.qx
    assert max(tables.nation_net_migration) == 2020
    assert tables.local_growth is None and not tables.completions
    with pytest.raises(InputError) as error:
        assess(tables, load_scenario("base").model_copy(update={"as_of": DAY}))
    assert "mortality.lifetable_period" in error.value.text()


def test_the_census_of_the_base_date_is_there_although_published_later() -> None:
    tables, today = known(), session.inputs("03251")
    for name in ("pop_total", "pop_group", "household_total", "dwellings"):
        np.testing.assert_array_equal(getattr(tables, name), getattr(today, name))
    assert {f.name for f in fields(tables)} == {f.name for f in fields(today)}


def test_a_table_without_dates_of_publication_by_row_passes_or_is_empty_as_a_whole() -> None:
    care = published_by(load("care"), register()["care"], DAY, CENSUS)
    assert len(care) == len(load("care"))
    assert published_by(load("care"), register()["care"], "2019-01-01", CENSUS).empty


def test_draws_of_a_run_as_of_a_day_have_the_widths_that_could_be_learned_by_then() -> None:
    asof = load("forecast_errors_asof")
    asof = asof[(asof["until"] == 2018) & (asof["part"] == "own")].sort_values("persons")
    tables, today = known(), session.inputs("03251")
    widths = tables.forecast_errors["own"]
    np.testing.assert_allclose(widths.half_width[:, 0], asof["half_width_80"])
    assert set(tables.forecast_errors) == {"nation", "kreis", "own", "own_sum"}
    assert (widths.half_width != today.forecast_errors["own"].half_width).any()
    result = session.open_assessment(scenario="as_of_2022", horizon_year=2030)
    assert result.draws.count == 1000 and (result.draws.unit_half_width[:, 1:] > 0).all()


def test_widths_of_a_day_are_those_of_the_newest_directory_published_by_then() -> None:
    asof = load("forecast_errors_asof")
    for day, until in (
        ("2018-10-30", 2009),
        ("2018-10-31", 2017),
        ("2022-10-30", 2018),
        ("2022-10-31", 2021),
    ):
        here = asof[(asof["until"] == until) & (asof["part"] == "kreis") & (asof["persons"] == 200000)]
        made = widths_known(asof, day)
        one = made[(made["part"] == "kreis") & (made["persons"] == 200000)].set_index("years")[
            "half_width_80"
        ]
        assert one[1] == here["half_width_80"].iloc[0]
        assert one[4] == pytest.approx(one[1] * 4 ** here["power"].iloc[0])
    assert widths_known(asof, "2000-01-01").empty
