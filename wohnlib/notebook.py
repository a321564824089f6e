"""What the notebooks import: opens a report from the notebook's own parameters, and refuses wrong ones."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from wohnlib import paths
from wohnlib.assess import Assessment
from wohnlib.errors import InputError, fault
from wohnlib.inputs import census_limits
from wohnlib.local import load_local
from wohnlib.report.bedarf import Bedarf, bedarf_of
from wohnlib.report.buendnis import Buendnis, buendnis_of
from wohnlib.report.guete import Guete, guete_of
from wohnlib.report.incomings import IncomingsPage, incomings_page_of
from wohnlib.scenario import load as load_scenario
from wohnlib.session import inputs, open_assessment
from wohnlib.steps.checks import not_reportable
from wohnlib.words import Words

PARAMETERS = ("ags", "scenario", "horizon_year", "lang")
ALLIANCE_PARAMETERS = ("region", "scenario", "horizon_year", "lang", "earlier")
INCOMINGS_PARAMETERS = ("ags", "scenario", "lang", "folder")
QUALITY_PARAMETERS = ("region", "lang")
BASE = "base"
RANGE = ("lower", "upper")  # scenarios that stand beside every result
_IPYTHON = ("In", "Out", "get_ipython", "exit", "quit", "open")


def open_report(
    ags: object, scenario: str, horizon_year: int, lang: str, given: Mapping[str, Any] | None = None
) -> Bedarf:
    """Return the report of a planning unit (or of the Landkreis, with its 5-digit key).

    `given` is the notebook's `globals()`: a name in it that is no parameter was misspelled or injected by
    mistake, which papermill itself only warns about.
    """
    if given is not None:
        _refuse_unknown(given)
    words = Words(lang)
    chosen = load_scenario(scenario).at_horizon(horizon_year)
    region = _region(ags, chosen.region)
    if ags != region:
        ags = inputs(region).areas.check(ags)
    result = open_assessment(region, scenario, horizon_year, lang)
    _refuse_not_reportable(result, str(ags))
    span = tuple(open_assessment(region, name, horizon_year, lang) for name in RANGE)
    return bedarf_of(result, span, str(ags), words.lang, base_of(result))


def open_alliance(
    region: str, scenario: str, horizon_year: int, lang: str, earlier: str = "",
    given: Mapping[str, Any] | None = None,
) -> Buendnis:  # fmt: skip
    """Return the report on all planning units of a region (the key of a Landkreis, 5 digits as text).

    `earlier` is the manifest of a run to compare with, as a path from the workbook; "" compares with none.
    """
    if given is not None:
        _refuse_unknown(given, ALLIANCE_PARAMETERS)
    result = open_assessment(region, scenario, horizon_year, lang)
    span = tuple(open_assessment(region, name, horizon_year, lang) for name in RANGE)
    return replace(buendnis_of(result, span, lang, base_of(result)), earlier=earlier)


def base_of(result: Assessment) -> Assessment | None:
    """Return the base for the same region and horizon; None if the result is the base itself."""
    scenario = result.scenario
    if scenario.name == BASE:
        return None
    return open_assessment(result.inputs.areas.region, BASE, scenario.horizon_year)


def open_incomings(
    ags: object, scenario: str, lang: str, folder: str = "", given: Mapping[str, Any] | None = None
) -> IncomingsPage:
    """Return the result of a survey of companies of one unit.

    `folder` holds local figures as `data/local` does, seen from the workbook; "" means `data/local`. Invented
    figures are shown and marked; they never enter need.
    """
    if given is not None:
        _refuse_unknown(given, INCOMINGS_PARAMETERS)
    region = _region(ags, load_scenario(scenario).region)
    key = inputs(region).areas.check(ags)
    result = open_assessment(region, scenario, None, lang)
    _refuse_not_reportable(result, key)
    if folder and not (paths.home() / folder).is_dir():
        raise InputError([fault("local_no_folder", found=folder)])
    limits, areas = census_limits(result.inputs), result.inputs.areas
    local = None
    if folder:
        place = paths.home() / folder
        local = load_local(areas, place, stock=limits["stock"], people=limits["people"])
    return incomings_page_of(result, key, lang, local)


def open_workshop(
    ags: object, scenario: str, horizon_year: int, lang: str, given: Mapping[str, Any] | None = None
) -> Any:
    """Return the sliders for a planning unit; without a front end for widgets they show the base result."""
    from wohnlib.workshop import Room
    from wohnlib.workshop_view import Workshop

    if given is not None:
        _refuse_unknown(given)
    words = Words(lang)
    result = open_assessment(load_scenario(scenario).region, scenario, horizon_year, lang)
    key = result.inputs.areas.check(ags)
    _refuse_not_reportable(result, key)
    room = Room(result, key)
    room.warm()
    return Workshop(room, words)


def _refuse_not_reportable(result: Assessment, key: str) -> None:
    """Refuse the report of a unit whose dwellings cannot be reported; those of the others are made."""
    found = not_reportable(result.inputs)
    if key in found:
        raise InputError([found[key]])


def open_guete(region: str, lang: str, given: Mapping[str, Any] | None = None) -> Guete:
    """Return the page on how accurate forecasts of totals were, with the record of a region's own units."""
    if given is not None:
        _refuse_unknown(given, QUALITY_PARAMETERS)
    return guete_of(region, lang)


def _region(ags: object, default: str) -> str:
    """Return the Kreis in whose tables a key is looked up; the scenario's own if the key names none."""
    if isinstance(ags, str) and len(ags) in (5, 8) and ags.isdigit():
        try:
            inputs(ags[:5])
        except InputError:
            return default
        return ags[:5]
    return default


def _refuse_unknown(given: Mapping[str, Any], parameters: Sequence[str] = PARAMETERS) -> None:
    unknown = [
        name
        for name, value in given.items()
        if not name.startswith("_")
        and name not in (*parameters, *_IPYTHON)
        and not isinstance(value, ModuleType)
        and not callable(value)
    ]
    if unknown:
        known = ", ".join(parameters)
        raise InputError([fault("parameter_unknown", found=name, known=known) for name in unknown])
