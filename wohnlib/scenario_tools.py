"""Scenarios as people use them: change values, compare two files, check one file for all its faults at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from wohnlib import paths
from wohnlib import scenario as scenarios
from wohnlib.errors import Fault, InputError, fault
from wohnlib.scenario import Assumption, Scenario
from wohnlib.words import Words

GENERAL = (
    "region",
    "base_date",
    "as_of",
    "start_year",
    "horizon_year",
)  # what a scenario says beside its assumptions
_OWN = ("name", "based_on", "title", "description")
_ROUNDS = 50  # how often a file is mended and read again; each round finds at least one further fault


@dataclass(frozen=True)
class Difference:
    """One assumption that two scenarios answer differently."""

    name: str  # dotted, as in the file
    before: Assumption[Any]
    after: Assumption[Any]


def with_values(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return the scenario with other values of the assumptions named (dotted), all else unchanged.

    Raises
    ------
    InputError
        With one fault for every name that is no assumption.
    """
    known = dict(scenario.assumptions())
    unknown = [name for name in values if name not in known]
    if unknown:
        near = ", ".join(sorted(known)[:3])
        raise InputError([fault("scenario_unknown", found=name, near=near) for name in unknown])
    changed: Any = scenario
    for name, value in values.items():
        changed = _put(changed, name.split("."), known[name].model_copy(update={"value": value}))
    return changed


def with_assumptions(scenario: Scenario, items: Mapping[str, Assumption[Any]]) -> Scenario:
    """Return the scenario with whole assumptions (value, source, range) put in place of its own."""
    changed: Any = scenario
    for name, item in items.items():
        changed = _put(changed, name.split("."), item)
    return changed


def _put(model: BaseModel, way: list[str], item: Assumption[Any]) -> BaseModel:
    inner = item if len(way) == 1 else _put(getattr(model, way[0]), way[1:], item)
    return model.model_copy(update={way[0]: inner})


def differences(before: Scenario, after: Scenario) -> list[Difference]:
    """Return the assumptions whose values differ, in the order of the file."""
    other = dict(after.assumptions())
    return [Difference(n, item, other[n]) for n, item in before.assumptions() if item.value != other[n].value]


# -- values as people write them ---------------------------------------------------------------------------


def value_text(value: Any, unit: str, words: Words) -> str:
    """Return a value with its unit: shares in per cent, years and dates as they are written."""
    if isinstance(value, str):
        parts = value.split("-")
        if len(parts) == 3:
            return f"{parts[2]}.{parts[1]}.{parts[0]}"
        return "–".join(parts)
    if unit == "Jahr":
        return str(value)
    if unit.startswith("Anteil"):
        text = words.number(value, f"pct{_digits(100 * value)}")
        return text if unit == "Anteil" else words("scenario.value_of", value=text, unit=unit)
    text = words.number(value, f"dec{_digits(value)}")
    if unit.startswith(("Faktor", "Verhältnis")):
        return words("scenario.value_of", value=text, unit=unit)
    return words("scenario.value_unit", value=text, unit=unit)


def short_name(name: str, note: str, words: Words) -> str:
    """Return a name of an assumption that stands on its own, else its note."""
    key = f"effect.{name.replace('.', '_')}"
    return words(key) if key in words else note


def change_text(item: Difference, words: Words) -> str:
    """Return by how much a value changes, or nothing where there is nothing to subtract."""
    unit, first, last = item.before.unit, item.before.value, item.after.value
    if isinstance(first, str) or isinstance(last, str):
        return ""
    if unit == "Jahr":
        key = "years_one" if abs(last - first) == 1 else "years_many"
        return words(f"scenario.{key}", change=last - first)
    if unit.startswith("Anteil"):
        points = round(100 * (last - first), 6)
        return (
            words("scenario.point", n=points)
            if abs(points) == 1
            else words.number(last - first, f"pp{_digits(points)}")
        )
    return words.number(last - first, f"signed{_digits(last - first)}")


def _digits(value: float) -> int:
    """Return how many decimals (at most 4) show a value without loss."""
    return next((d for d in range(4) if np.isclose(value, round(value, d), rtol=1e-9, atol=1e-9)), 4)


def diff_text(before: Scenario, after: Scenario) -> str:
    """Return as text in which values two scenarios differ, with units, sources and ratings."""
    words = Words("de")
    lines = [
        words("scenario.diff_title", before=before.title, old=before.name, after=after.title, new=after.name)
    ]
    for name in GENERAL:
        first, last = getattr(before, name), getattr(after, name)
        if first != last:
            lines += ["", words(f"scenario.general_{name}"), f"  {name}"]
            lines += [f"  {s.name}: {_general(v)}" for s, v in ((before, first), (after, last))]
    found = differences(before, after)
    for item in found:
        lines += ["", item.before.note, f"  {item.name}"]
        for s, a in ((before, item.before), (after, item.after)):
            value = words(
                "scenario.diff_value", name=s.name, value=value_text(a.value, a.unit, words), source=a.source,
                rating=words(f"page.rating_{a.rating}"),
            )  # fmt: skip
            lines.append(f"    {value}")
        if change := change_text(item, words):
            lines.append(f"    {words('scenario.diff_change', change=change)}")
    if len(lines) == 1:
        return "\n".join((lines[0], words("scenario.diff_none")))
    return "\n".join([*lines, "", words("scenario.diff_count", n=len(found), of=len(before.assumptions()))])


def _general(value: Any) -> str:
    text = str(value)
    return ".".join(reversed(text.split("-"))) if text.count("-") == 2 else text


# -- one file, all its faults ------------------------------------------------------------------------------


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
    data, lines = scenarios._read(path)  # noqa: SLF001
    under = _under(data)
    if (
        under is None
    ):  # a complete scenario, or `based_on` itself is wrong: one reading says what there is to say
        return _checked(_against_tables(scenarios.load_file(path), lines, file, []), None)
    faults: list[Fault] = []
    merged = scenarios._overlay(under, data)  # noqa: SLF001
    for _ in range(_ROUNDS):
        try:
            scenario = Scenario.model_validate(merged)
            break
        except ValidationError as error:
            faults += scenarios._faults(error, lines, file)  # noqa: SLF001
            for item in error.errors():
                _mend(merged, under, [str(p) for p in item["loc"]])
    else:
        raise InputError(faults)
    faults += scenarios._beyond_range(scenario, lines, file)  # noqa: SLF001
    faults += scenarios._out_of_order(scenario, lines, file)  # noqa: SLF001
    if scenario.name != path.stem and not any(f.column == "name" for f in faults):
        faults.append(fault("scenario_file_name", file=file, row=lines.get(("name",)), found=scenario.name))
    if scenario.horizon_year < scenario.start_year:
        row = lines.get(("horizon_year",)) or lines.get(("start_year",))
        faults.append(fault("horizon", file=file, row=row, found=scenario.horizon_year,
                            first=scenario.start_year, last=scenarios.LAST_YEAR))  # fmt: skip
    return _checked(_against_tables(scenario, lines, file, faults), Scenario.model_validate(under))


def _under(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the entries of the scenario a file builds on, if that is sound and one it may build on."""
    base = data.get("based_on")
    if not isinstance(base, str) or base not in scenarios.names() or base == data.get("name"):
        return None
    under, _ = scenarios._read(paths.scenarios() / f"{base}.yaml")  # noqa: SLF001
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


def _against_tables(
    scenario: Scenario, lines: dict[tuple[str, ...], int], file: str, faults: list[Fault]
) -> Scenario:
    """Compare the scenario's years, periods and tables with the figures; raise everything that was found."""
    from wohnlib.session import inputs_of
    from wohnlib.steps.checks import check_inputs

    try:
        check_inputs(inputs_of(scenario, scenario.region), scenario)
    except InputError as error:
        known = {f.column for f in faults if f.column}
        for item in error.faults:
            way = tuple((item.column or "").split("."))
            row = scenarios._row(lines, (*way, "value")) or item.row  # noqa: SLF001
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
