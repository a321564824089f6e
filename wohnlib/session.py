"""From a region and the name of a scenario to an assessment: tables made ready, read, computed."""

from collections.abc import Sequence
from functools import cache

import pandas as pd

from wohnlib import paths
from wohnlib import scenario as scenarios
from wohnlib.areas import Areas
from wohnlib.assess import Assessment, assess
from wohnlib.errors import InputError
from wohnlib.inputs import TABLES, Inputs, areas_of
from wohnlib.inputs import read as read_inputs
from wohnlib.words import Words


def ready() -> None:
    """Bring `data/processed` up to date; does nothing if the raw tables have not changed."""
    from wohnlib.data.manifest import is_current

    if not is_current():
        from wohnlib.data.prepare import prepare

        prepare()


def check_keys(region: str, keys: Sequence[object]) -> None:
    """Refuse keys that are no planning units of a region, before anything is written."""
    if not keys:
        return
    try:
        table = pd.read_csv(paths.raw() / "areas.csv", dtype=str, keep_default_na=False)
        areas = areas_of(region, table)
    except (OSError, ValueError, KeyError):
        return  # a broken table is reported as a whole by `prepare`
    faults = [f for key in keys for f in areas.faults_of(key)]
    if faults:
        raise InputError(faults)


def areas_named(region: str) -> Areas:
    """Return the planning units of a region from the raw table, which is there even if another table is broken."""
    ready()
    return areas_of(region, pd.read_csv(paths.raw() / "areas.csv", dtype=str, keep_default_na=False))


@cache
def inputs(
    region: str, tables: tuple[tuple[str, str], ...] = tuple(TABLES.items()),
    as_of: str | None = None, base_date: str = "",
) -> Inputs:  # fmt: skip
    """Return the inputs of a region, read once for each choice of tables and day of knowledge."""
    ready()
    return read_inputs(region, dict(tables), as_of, base_date)


def open_assessment(
    region: str = "03251", scenario: str = "base", horizon_year: int | None = None, lang: str = "de"
) -> Assessment:
    """Return the assessment of all units of a region under a scenario, up to a horizon year."""
    Words(lang)  # refuses languages that are not there
    chosen = scenarios.load(scenario).at_horizon(horizon_year)
    return assess(inputs_of(chosen, region), chosen.model_copy(update={"region": region}))


def tables_of(scenario: scenarios.Scenario) -> tuple[tuple[str, str], ...]:
    """Return the tables of estimates and assumptions that a scenario names, in one order."""
    named = scenario.households
    chosen = {
        "institutional": named.institutional_table.value,
        "member_rate": named.member_rate_table.value,
        "type_preference": named.type_preference_table.value,
        "local_growth": scenario.migration.local_growth_table.value,
        "tenure": scenario.segments.tenure_table.value,
        "tenure_by_type": scenario.segments.tenure_by_type_table.value,
        "errors": scenario.uncertainty.errors_table.value,
    }
    return tuple({**TABLES, **chosen}.items())


def inputs_of(scenario: scenarios.Scenario, region: str) -> Inputs:
    """Return the inputs of a region with the tables that a scenario names."""
    tables = tables_of(scenario)
    if scenario.as_of is None:
        return inputs(region, tables)
    return inputs(region, tables, scenario.as_of, scenario.base_date)
