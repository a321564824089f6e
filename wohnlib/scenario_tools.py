"""Scenarios as people use them: change values, compare two; values as people write them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel

from wohnlib.errors import InputError, fault
from wohnlib.scenario import Assumption, Scenario
from wohnlib.words import Words

GENERAL = (
    "region",
    "base_date",
    "as_of",
    "start_year",
    "horizon_year",
)  # what a scenario says beside its assumptions


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
    if unit == "Wahl":
        return words(f"choice.{value}")
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
