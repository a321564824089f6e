"""The calculation of one unit's need line by line, so that a sceptic can follow it with a pocket calculator."""

from wohnlib.assess import Assessment
from wohnlib.errors import InputError
from wohnlib.explain_dwellings import demand_lines, need_lines, remaining_lines, stock_lines
from wohnlib.explain_people import households_lines, people_lines, time_lines
from wohnlib.report.view import View
from wohnlib.steps.checks import not_reportable
from wohnlib.words import Words

_PARTS = (time_lines, people_lines, households_lines, demand_lines, stock_lines, need_lines, remaining_lines)


def explain_need(result: Assessment, ags: str) -> str:
    """Return the need of a unit at the horizon, from people to remaining dwellings, with every input."""
    words = Words("de")
    key = result.inputs.areas.check(ags)
    if key in (found := not_reportable(result.inputs)):
        raise InputError([found[key]])
    view = View(result, key, words)
    lines = [
        words("explain.title", place=view.place, key=key, year=view.year),
        words("explain.scenario", title=result.scenario.title, name=result.scenario.name),
        words("explain.how"),
        words("explain.central", draws=result.draws.count),
        "",
    ]
    for part in _PARTS:
        lines += [*part(view), ""]
    return "\n".join(lines).rstrip()
