"""Write the tables on households with their descriptors; the same input gives the same bytes."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib.backtest.household_sizes import EXPECTATIONS, SIZE_FILES
from wohnlib.backtest.households_data import FILES, HOUSEHOLDS
from wohnlib.backtest.households_predict import KREIS, TERM
from wohnlib.backtest.households_settings import METHODS, QUANTITIES, SETTINGS, SHUFFLED, SIZE_CLASSES
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
    table = table.copy()
    for column in table.select_dtypes("number"):
        values = table[column]
        table[column] = values.round().astype("Int64") if column in _WHOLE else values.round(_DIGITS[name])
    return str(table.to_csv(index=False, lineterminator="\n"))


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


def describe(name: str, text: str, diagnostics: dict[str, Any], words: Words) -> dict[str, Any]:
    """Return the descriptor of a table from its text."""
    columns = text.partition("\n")[0].split(",")
    return {
        "name": name,
        "path": f"derived/{name}.csv",
        "title": words(f"rawtable.{name}"),
        "description": words(f"rawnote.{name}"),
        "encoding": "utf-8",
        "format": "csv",
        "schema": {
            "fields": [_field(name, c, words) for c in columns],
            "missingValues": [""],
            "primaryKey": KEYS[name],
        },
        "office": words("rawoffice.households"),
        "tableCode": words("rawtable.households_code"),
        "terms": {"name": words("rawterms.households"), "attribution": words("rawattribution.households")},
        "gebietsstand": CENSUS_DAY,
        "referenceDate": CENSUS_DAY,
        "published": PUBLISHED,
        "publishedField": None,
        "sources": [{"path": f} for f in _SOURCES[name]],
        "estimated": True,
        "rating": "amber",
        "sha256": sha256(text.encode("utf-8")).hexdigest(),
        "command": COMMAND,
        "diagnostics": {
            **diagnostics,
            "settings": {k: {"value": list(s.value), "unit": s.unit, "origin": s.origin, "rating": s.rating}
                         for k, s in SETTINGS.items()},
        },
    }  # fmt: skip


def write(tables: Mapping[str, pd.DataFrame], raw: Path) -> list[str]:
    """Write the tables and their descriptors to `raw`/derived; return their names."""
    words, folder = Words("de"), raw / "derived"
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        text = as_text(table, name)
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))
        entry = describe(name, text, dict(table.attrs.get("diagnostics", {})), words)
        described = json.dumps(entry, ensure_ascii=False, indent=1) + "\n"
        (folder / f"{name}.descriptor.json").write_bytes(described.encode("utf-8"))
    return list(tables)
