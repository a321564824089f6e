"""Scenario files written for people: a new file to fill in, and a set of values saved as a scenario."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from wohnlib import paths
from wohnlib import scenario as scenarios
from wohnlib.errors import InputError, fault
from wohnlib.scenario import Assumption, Scenario
from wohnlib.scenario_tools import differences
from wohnlib.words import Words

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}\Z")
_INDENT = "  "


def new(name: str, based_on: str = "base", *, title: str | None = None, date: str) -> Path:
    """Write a new scenario file that says how to fill it in, and return its path.

    A scenario that holds overrides only lends its overrides; the new file then builds on what that one
    builds on. `date` (ISO) enters the lines that are prepared for filling in.
    """
    path = _free(name)
    source = scenarios.load(based_on)
    base = source if source.based_on is None else scenarios.load(source.based_on)
    changed = {d.name: d.after for d in differences(base, source)}
    words = Words("de")
    shown = title or name.replace("_", " ").capitalize()
    text = _head(name, base, shown, words("scenario.new_description", base=source.title))
    text += "".join(f"# {line}\n" for line in words("scenario.new_how").split("|"))
    path.write_text(text + _catalogue(base, changed, date, words), encoding="utf-8", newline="\n")
    scenarios.load(name)
    return path


def save(
    name: str, base: Scenario, values: Mapping[str, Any], *, title: str, description: str, source: str, date: str
) -> Path:  # fmt: skip
    """Write those values that differ from the base as a scenario of their own and return the file's path.

    Values outside the range stated in the base widen the range that the new file states.

    Raises
    ------
    InputError
        If the name cannot be used, is taken, or a value is not of the form the scenario expects.
    """
    path = _free(name)
    known = dict(base.assumptions())
    unknown = [key for key in values if key not in known]
    if unknown:
        near = ", ".join(sorted(known)[:3])
        raise InputError([fault("scenario_unknown", found=key, near=near) for key in unknown])
    items = {
        key: _changed(known[key], value, source, date)
        for key, value in values.items()
        if value != known[key].value
    }
    under = base if base.based_on is None else scenarios.load(base.based_on)
    own = {d.name: d.after for d in differences(under, base)} | items
    own = {n: own[n] for n in known if n in own}  # in the order of the file, so that sections stand once
    text = _head(name, under, title, description) + _blocks(own, {n: a.range for n, a in under.assumptions()})
    path.write_text(text, encoding="utf-8", newline="\n")
    try:
        scenarios.load(name)
    except InputError:
        path.unlink()
        raise
    return path


def _changed(item: Assumption[Any], value: Any, source: str, date: str) -> Assumption[Any]:
    if isinstance(item.value, float) and type(value) is int:
        value = float(value)
    span = item.range
    if span is not None:
        span = (min(span[0], value), max(span[1], value))
    update = {"value": value, "source": source, "date": date, "rating": "red", "range": span}
    return item.model_copy(update=update)


def _free(name: str) -> Path:
    if not _NAME.match(name):
        raise InputError([fault("scenario_new_name", found=name)])
    path = paths.scenarios() / f"{name}.yaml"
    if path.exists():
        raise InputError([fault("scenario_exists", file=paths.shown(path))])
    return path


def _head(name: str, base: Scenario, title: str, description: str) -> str:
    words = Words("de")
    return (
        f"# {words('scenario.new_comment', base=base.name)}\nname: {name}\nbased_on: {base.name}\n"
        f"title: {_scalar(title)}\ndescription: {_scalar(description)}\n"
    )


def _blocks(items: Mapping[str, Assumption[Any]], ranges: Mapping[str, Any] | None = None) -> str:
    """Return assumptions as YAML: section, name and, of each, what a changed value must say anew."""
    lines: list[str] = []
    open_at: list[str] = []
    for name, item in items.items():
        way = name.split(".")
        lines += _headings(open_at, way)
        open_at = way
        inner = _INDENT * len(way)
        lines.append(f"{inner}value: {_scalar(item.value)}")
        lines.append(f"{inner}source: {_scalar(item.source)}")
        lines.append(f"{inner}date: {_scalar(item.date)}")
        lines.append(f"{inner}rating: {item.rating}")
        if item.range is not None and ranges is not None and item.range != ranges.get(name):
            lines.append(f"{inner}range: [{_scalar(item.range[0])}, {_scalar(item.range[1])}]")
    return "".join(f"{line}\n" for line in lines)


def _headings(before: list[str], way: list[str]) -> list[str]:
    same = 0
    while same < min(len(before), len(way)) - 1 and before[same] == way[same]:
        same += 1
    return [f"{_INDENT * depth}{way[depth]}:" for depth in range(same, len(way))]


def _catalogue(base: Scenario, changed: Mapping[str, Assumption[Any]], date: str, words: Words) -> str:
    """Return every assumption with a range or a choice: what is changed as it holds, all others as comments."""
    lines: list[str] = []
    open_at: list[str] = []
    for name, item in base.assumptions():
        choices = _choices(name)
        if item.range is None and not choices and name not in changed:
            continue
        way = name.split(".")
        headings = _headings(open_at, way)
        open_at = way
        for depth, heading in enumerate(headings, start=len(way) - len(headings) + 1):
            over = ".".join(way[:depth])
            holds = any(n == over or n.startswith(f"{over}.") for n in changed)
            note = f"  # {item.note}" if depth == len(way) else ""
            lines.append(f"{'' if holds else '# '}{heading}{note}")
        own = changed.get(name)
        shown = own or item
        unit = shown.unit
        if shown.range is not None:
            low, high = (_scalar(v) for v in shown.range)
            unit = words("scenario.new_range", unit=unit, low=low, high=high)
        if choices:
            unit = words("scenario.new_choice", unit=unit, list=", ".join(choices))
        mark, inner = ("" if own else "# "), _INDENT * len(way)
        source = own.source if own else words("scenario.new_source")
        lines.append(f"{mark}{inner}value: {_scalar(shown.value)}  # {unit}")
        lines.append(f"{mark}{inner}source: {_scalar(source)}")
        lines.append(f"{mark}{inner}date: {_scalar(own.date if own else date)}")
        lines.append(f"{mark}{inner}rating: {own.rating if own else 'red'}")
        if own is not None and own.range is not None:
            lines.append(f"{inner}range: [{_scalar(own.range[0])}, {_scalar(own.range[1])}]")
    return "".join(f"{line}\n" for line in lines)


def _choices(name: str) -> tuple[str, ...]:
    """Return what an assumption may be if it is a choice between words, else nothing."""
    model: Any = Scenario
    for part in name.split("."):
        model = model.model_fields[part].annotation
    return tuple(str(v) for v in get_args(model.model_fields["value"].annotation) if isinstance(v, str))


def _scalar(value: Any) -> str:
    """Return a value as our strict YAML reads it back: numbers with a point, text in quotes."""
    if isinstance(value, bool) or value is None:
        raise TypeError(f"no value of a scenario: {value!r}")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = format(Decimal(repr(value)), "f")
        return text if "." in text else f"{text}.0"
    kept = "".join(c if c.isprintable() else " " for c in str(value))
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'
