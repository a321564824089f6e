"""Check one file of a scenario for all its faults at once, and say what is worth a second look."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wohnlib import paths
from wohnlib import scenario as scenarios
from wohnlib.errors import Fault, InputError
from wohnlib.scenario import Scenario
from wohnlib.scenario.faults import form_faults, own_faults
from wohnlib.scenario.loading import overlay, read
from wohnlib.scenario_tools import differences
from wohnlib.strict_yaml import Lines, row_of
from wohnlib.words import Words

_NAME = "scenario_file_name"
_ROUNDS = 50  # how often a file is mended and read again; each round finds at least one further fault


@dataclass(frozen=True)
class Checked:
    """What came of checking a file: its scenario if it is sound, and remarks that are no faults."""

    scenario: Scenario
    changed: int  # assumptions whose values differ from the base
    remarks: tuple[str, ...]


def find(name: str) -> Path:
    """Return the file that a name or a path means: a scenario's name first, else a path."""
    return paths.scenarios() / f"{name}.yaml" if name in scenarios.names() else Path(name)


def check(name: str) -> Checked:
    """Return the scenario in a file (or of a name) with remarks; all faults of the file are raised at once.

    A wrong value is noted, put right with the base's and the file is read again, so that a first fault does
    not hide the next; years and tables are compared with the tables of figures at the end.
    """
    path = find(name)
    file = paths.shown(path)
    data, lines = read(path)
    under = _under(data)
    if (
        under is None
    ):  # a complete scenario, or `based_on` itself is wrong: one reading says what there is to say
        return _checked(_against_tables(scenarios.load_file(path), lines, file, []), None)
    faults: list[Fault] = []
    merged = overlay(under, data)
    for _ in range(_ROUNDS):
        try:
            scenario = Scenario.model_validate(merged)
            break
        except ValidationError as error:
            faults += form_faults(error, lines, file)
            for item in error.errors():
                _mend(merged, under, [str(p) for p in item["loc"]])
    else:
        raise InputError(faults)
    known = {f.column for f in faults}
    faults += [
        f for f in own_faults(scenario, lines, file, path.stem) if f.code != _NAME or "name" not in known
    ]
    return _checked(_against_tables(scenario, lines, file, faults), Scenario.model_validate(under))


def _under(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the entries of the scenario a file builds on, if that is sound and one it may build on."""
    base = data.get("based_on")
    if not isinstance(base, str) or base not in scenarios.names() or base == data.get("name"):
        return None
    under, _ = read(paths.scenarios() / f"{base}.yaml")
    try:
        Scenario.model_validate(under)
    except ValidationError:
        return None  # overrides only, or faulty itself: loading the file says so
    return under


def _mend(data: dict[str, Any], under: Mapping[str, Any], way: list[str]) -> None:
    """Put the base's value where a fault was found, or take away what does not belong there."""
    for part in way[:-1]:
        inner, below = data.get(part), under.get(part)
        if not isinstance(inner, dict) or not isinstance(below, dict):
            way = way[: way.index(part) + 1]
            break
        data[part] = inner = dict(inner)
        data, under = inner, below
    if way[-1] in under:
        data[way[-1]] = under[way[-1]]
    elif way[-1] in data:
        del data[way[-1]]
    else:  # nothing to put there: text that every scenario must have of its own
        data[way[-1]] = "x"


def _against_tables(scenario: Scenario, lines: Lines, file: str, faults: list[Fault]) -> Scenario:
    """Compare the scenario's years, periods and tables with the figures; raise everything that was found."""
    from wohnlib.session import inputs_of
    from wohnlib.steps.checks import check_inputs

    try:
        check_inputs(inputs_of(scenario, scenario.region), scenario)
    except InputError as error:
        known = {f.column for f in faults if f.column}
        for item in error.faults:
            way = tuple((item.column or "").split("."))
            row = row_of(lines, (*way, "value")) or item.row
            if item.column not in known:
                faults = [*faults, replace(item, file=item.file or file, row=row)]
    if faults:
        once = [f for k, f in enumerate(faults) if f not in faults[:k]]
        raise InputError(sorted(once, key=lambda f: f.row or 0))
    return scenario


def _checked(scenario: Scenario, base: Scenario | None) -> Checked:
    """Return a sound scenario with remarks: values as in the base, values whose source is still the base's."""
    words = Words("de")
    if base is None:
        return Checked(scenario, 0, ())
    found = differences(base, scenario)
    remarks = [
        words("scenario.remark_source", name=d.name, note=d.after.note)
        for d in found
        if d.after.source == d.before.source
    ]
    same = {d.name for d in found}
    other = dict(scenario.assumptions())
    remarks += [
        words("scenario.remark_same", name=name, base=base.name)
        for name, item in base.assumptions()
        if name not in same and item != other[name]
    ]
    return Checked(scenario, len(found), tuple(remarks))


def check_text(name: str) -> str:
    """Return as text what a check found when nothing is wrong."""
    words = Words("de")
    done = check(name)
    key = "check_complete" if done.scenario.based_on is None else "check_good"
    first = words(
        f"scenario.{key}", file=paths.shown(find(name)), title=done.scenario.title, base=done.scenario.based_on,
        changed=words.count("scenario.changed", done.changed),
    )  # fmt: skip
    return "\n".join((first, *(f"- {remark}" for remark in done.remarks)))
