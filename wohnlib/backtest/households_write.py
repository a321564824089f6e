"""Write the tables on households with their descriptors; the same input gives the same bytes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib.backtest.household_sizes import EXPECTATIONS, SIZE_FILES
from wohnlib.backtest.households_data import FILES, HOUSEHOLDS
from wohnlib.backtest.households_predict import KREIS, TERM
from wohnlib.backtest.households_settings import METHODS, QUANTITIES, SETTINGS, SHUFFLED, SIZE_CLASSES
from wohnlib.data.derived import Derived, csv_text, from_catalogue, settings_used, write_derived
from wohnlib.words import Words

COMMAND = "python -m wohnlib.backtest.households"
CENSUS_DAY = "2022-05-15"
PUBLISHED = "2024-06-25"
KEYS = {
    "backtest_households": ["quantity", "size_class", "method"],
    "backtest_household_sizes": ["size", "method"],
    "household_model": ["kind", "name"],
}
_SOURCES = dict.fromkeys(KEYS, FILES) | {"backtest_household_sizes": (HOUSEHOLDS, *SIZE_FILES)}
_ENUMS: dict[tuple[str, str], tuple[str, ...]] = {
    ("backtest_households", "quantity"): QUANTITIES,
    ("backtest_households", "size_class"): SIZE_CLASSES,
    ("backtest_households", "method"): (*METHODS, *SHUFFLED),
    ("backtest_household_sizes", "size"): QUANTITIES[1:],
    ("backtest_household_sizes", "method"): EXPECTATIONS,
    ("household_model", "kind"): (TERM, KREIS),
}
_TEXTS = ("goals_met", "goals_missed")
_WHOLE = ("n",)
_DIGITS = {"backtest_households": 4, "backtest_household_sizes": 4, "household_model": 6}
_UNITS = {"n": "areas", "rmse": "households", "mean": "feature", "deviation": "feature"}


def as_text(table: pd.DataFrame, name: str) -> str:
    """Return a table as CSV: counts of areas whole, other numbers rounded, in the order of the table."""
    return csv_text(table, digits=_DIGITS[name], whole=_WHOLE)


def _field(table: str, name: str, words: Words) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "description": words(f"rawcolumn.households_{name}")}
    if (table, name) in _ENUMS:
        return {**entry, "type": "string",
                "constraints": {"required": True, "enum": list(_ENUMS[table, name])}}  # fmt: skip
    if name == "name":
        return {**entry, "type": "string", "constraints": {"required": True}}
    if name in _TEXTS:
        return {**entry, "type": "string"}
    if name in _WHOLE:
        return {**entry, "type": "integer", "unit": _UNITS[name]}
    if table == "household_model":
        return {
            **entry,
            "type": "number",
            "unit": _UNITS.get(name, "log"),
            "signed": True,
        }
    signed = {"signed": True} if name == "malpe" else {}
    unit = "percent" if name.startswith("share") else _UNITS.get(name, "percent_error")
    return {**entry, "type": "number", "unit": unit, **signed}


def described(name: str, table: pd.DataFrame, words: Words) -> Derived:
    """Return a table with what its descriptor says; `attrs["diagnostics"]` goes into the descriptor."""
    return from_catalogue(
        words, "households", name, as_text(table, name), field=lambda c: _field(name, c, words), key=KEYS[name],
        day=CENSUS_DAY, published=PUBLISHED, command=COMMAND, sources=_SOURCES[name],
        diagnostics={**table.attrs.get("diagnostics", {}), "settings": settings_used(SETTINGS)},
    )  # fmt: skip


def write(tables: Mapping[str, pd.DataFrame], raw: Path) -> list[str]:
    """Write the tables and their descriptors to `raw`/derived; return their names."""
    words = Words("de")
    return write_derived(raw, [described(name, table, words) for name, table in tables.items()])
