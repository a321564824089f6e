"""From a region and the name of a scenario to an assessment: tables made ready, read, computed."""

from functools import cache

from wohnlib import scenario as scenarios
from wohnlib.assess import Assessment, assess
from wohnlib.inputs import Inputs
from wohnlib.inputs import read as read_inputs
from wohnlib.words import Words


def ready() -> None:
    """Bring `data/processed` up to date; does nothing if the raw tables have not changed."""
    from wohnlib.data.manifest import is_current

    if not is_current():
        from wohnlib.data.prepare import prepare

        prepare()


@cache
def inputs(region: str) -> Inputs:
    ready()
    return read_inputs(region)


def open_assessment(
    region: str = "03251", scenario: str = "base", horizon_year: int | None = None, lang: str = "de"
) -> Assessment:
    """Return the assessment of all units of a region under a scenario, up to a horizon year."""
    Words(lang)  # refuses languages that are not there
    chosen = scenarios.load(scenario).at_horizon(horizon_year)
    return assess(inputs(region), chosen.model_copy(update={"region": region}))
