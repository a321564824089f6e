"""What the notebooks import: opens a report from the notebook's own parameters, and refuses wrong ones."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from wohnlib.assess import Assessment
from wohnlib.errors import InputError, fault
from wohnlib.report.bedarf import Bedarf, bedarf_of
from wohnlib.report.buendnis import Buendnis, buendnis_of
from wohnlib.report.guete import Guete, guete_of
from wohnlib.scenario import load as load_scenario
from wohnlib.session import inputs, open_assessment
from wohnlib.steps.checks import not_reportable
from wohnlib.words import Words

PARAMETERS = ("ags", "scenario", "horizon_year", "lang")
ALLIANCE_PARAMETERS = ("region", "scenario", "horizon_year", "lang")
QUALITY_PARAMETERS = ("region", "lang")
RANGE = ("lower", "upper")  # scenarios whose results span the "Spannweite der Annahmen"
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
    return bedarf_of(result, span, str(ags), words.lang)


def open_alliance(
    region: str, scenario: str, horizon_year: int, lang: str, given: Mapping[str, Any] | None = None
) -> Buendnis:
    """Return the report on all planning units of a region (the key of a Landkreis, 5 digits as text)."""
    if given is not None:
        _refuse_unknown(given, ALLIANCE_PARAMETERS)
    result = open_assessment(region, scenario, horizon_year, lang)
    span = tuple(open_assessment(region, name, horizon_year, lang) for name in RANGE)
    return buendnis_of(result, span, lang)


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
