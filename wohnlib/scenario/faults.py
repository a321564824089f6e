"""What can be wrong with a scenario: the form of its file, values against each other, its name."""

import re
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from wohnlib.errors import Fault, fault
from wohnlib.scenario.assumptions import Scenario
from wohnlib.scenario.values import LAST_YEAR
from wohnlib.strict_yaml import Lines, row_of


def own_faults(scenario: Scenario, lines: Lines, shown: str, stem: str) -> list[Fault]:
    """Return what the values of a scenario say against each other, its file and its name."""
    faults = beyond_range(scenario, lines, shown) + out_of_order(scenario, lines, shown)
    if scenario.name != stem:
        faults.append(fault("scenario_file_name", file=shown, row=lines.get(("name",)), found=scenario.name))
    if scenario.horizon_year < scenario.start_year:
        row = lines.get(("horizon_year",)) or lines.get(("start_year",))
        faults.append(
            fault("horizon", file=shown, row=row, found=scenario.horizon_year, first=scenario.start_year,
                  last=LAST_YEAR)
        )  # fmt: skip
    return faults


_IN_ORDER = (
    ("fertility.kreis_first_year", "fertility.kreis_last_year"),
    ("migration.share_first_year", "migration.share_last_year"),
    ("migration.local_first_year", "migration.local_last_year"),
    ("migration.profile_start", "migration.profile_end"),
)  # the first of each pair must lie before, or for the first two not after, the second


def out_of_order(scenario: Scenario, lines: Lines, shown: str) -> list[Fault]:
    """Return pairs of years or days that stand in the wrong order."""
    values = {name: item.value for name, item in scenario.assumptions()}
    faults = []
    for number, (first, last) in enumerate(_IN_ORDER):
        good = values[first] <= values[last] if number < 2 else values[first] < values[last]
        if not good:
            row = row_of(lines, (*first.split("."), "value")) or row_of(lines, (*last.split("."), "value"))
            faults.append(
                fault(
                    "scenario_order",
                    file=shown,
                    row=row,
                    column=first,
                    found=values[first],
                    last=values[last],
                )
            )
    return faults


def beyond_range(scenario: Scenario, lines: Lines, shown: str) -> list[Fault]:
    """A value outside its own stated range is a slip, not an assumption."""
    faults = []
    for name, item in scenario.assumptions():
        if item.range is not None and not item.range[0] <= item.value <= item.range[1]:
            row = row_of(lines, (*name.split("."), "value"))
            low, high = item.range
            if low > high:
                found = f"{low:g} … {high:g}"
                faults.append(fault("scenario_range_order", file=shown, row=row, column=name, found=found))
                continue
            faults.append(
                fault(
                    "scenario_range", file=shown, row=row, column=name, found=item.value, low=low, high=high
                )
            )
    return faults


_LIMITS = {
    "less_than_equal": "scenario_at_most",
    "less_than": "scenario_below",
    "greater_than_equal": "scenario_at_least",
    "greater_than": "scenario_above",
}


def form_faults(error: ValidationError, lines: Lines, shown: str) -> list[Fault]:
    """Return what is wrong with the form of a file: each value that its type refuses, with its line."""
    faults = []
    for item in error.errors():
        path = tuple(str(p) for p in item["loc"])
        row = row_of(lines, path)
        name, found, kind, limits = ".".join(path), item.get("input"), item["type"], item.get("ctx") or {}
        if kind == "extra_forbidden":
            near = get_close_matches(path[-1], _allowed(path[:-1]), n=3, cutoff=0.5) or _allowed(path[:-1])
            faults.append(fault("scenario_unknown", file=shown, row=row, found=name, near=", ".join(near)))
        elif kind == "missing":
            faults.append(fault("scenario_lacks", file=shown, row=row, column=name))
        elif kind in _LIMITS:
            limit = next(iter(limits.values()))
            code = _LIMITS[kind]
            faults.append(fault(code, file=shown, row=row, column=name, found=found, limit=f"{limit:g}"))
        elif isinstance(found, str) and re.fullmatch(r"[-+]?[\d.]*,\d+", found):
            mended = found.replace(".", "").replace(",", ".")
            faults.append(
                fault("scenario_comma", file=shown, row=row, column=name, found=found, mended=mended)
            )
        elif kind in ("float_type", "finite_number", "int_type", "int_from_float"):
            code = "scenario_number" if kind in ("float_type", "finite_number") else "scenario_whole"
            faults.append(fault(code, file=shown, row=row, column=name, found=found))
        elif kind == "literal_error" and path[-1] == "rating":
            faults.append(fault("scenario_rating", file=shown, row=row, column=name, found=found))
        elif kind == "literal_error":
            allowed = str(limits.get("expected", "")).replace("'", "").replace(" or ", ", ")
            faults.append(
                fault("scenario_choice", file=shown, row=row, column=name, found=found, allowed=allowed)
            )
        elif kind == "string_too_short":
            faults.append(fault("scenario_no_text", file=shown, row=row, column=name))
        else:
            faults.append(fault("scenario_value", file=shown, row=row, column=name, found=found))
    return faults


def _allowed(path: tuple[str, ...]) -> list[str]:
    """Return the names that may stand at a place of a scenario file."""
    model: Any = Scenario
    for part in path:
        model = model.model_fields[part].annotation
    return list(model.model_fields)
