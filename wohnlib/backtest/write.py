"""Write the tables of the back-test with their descriptors; the same input gives the same bytes."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib.backtest.delivered import FILES
from wohnlib.backtest.run import MEAN, MODES
from wohnlib.backtest.settings import CLASSES, FORMER_UNITS, METHODS, SETTINGS, WINDOWS
from wohnlib.words import Words

COMMAND = "wohnlib backtest"
PUBLISHED = "2022-10-31"  # of the last figure that is judged with, the directory of 31.12.2021
KEYS = {
    "backtest_totals": ["window", "mode", "size_class", "method"],
    "backtest_totals_units": ["window", "mode", "ags", "method"],
}
_ENUMS: dict[str, list[str]] = {
    "window": [w.name for w in WINDOWS],
    "mode": list(MODES),
    "size_class": [*CLASSES, "all", MEAN],
    "method": list(METHODS),
}
_PERSONS = ("n", "rmse", "base", "forecast", "came", "low", "high")
_SIGNED = ("malpe", "error")
_TEXTS = ("goals_met", "goals_missed")
_DIGITS = 4


def unit_keys(raw: Path) -> dict[str, str]:
    """Return the planning unit of every Gemeinde of the workbook, of merged ones too."""
    areas = pd.read_csv(raw / "areas.csv", dtype=str, keep_default_na=False)
    rows = areas[(areas["ags"].str.len() == len(next(iter(FORMER_UNITS)))) & (areas["unit"] != "")]
    return dict(zip(rows["ags"], rows["unit"], strict=True)) | FORMER_UNITS


def as_text(table: pd.DataFrame, name: str) -> str:
    """Return a table as CSV: persons whole, per cents with four decimals, sorted by its key."""
    table = table.copy()
    for column in table.select_dtypes("number"):
        values = table[column]
        table[column] = values.round().astype("Int64") if column in _PERSONS else values.round(_DIGITS)
    order = table.sort_values(KEYS[name], kind="stable")
    return str(order.to_csv(index=False, lineterminator="\n"))


def _field(name: str, words: Words) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "description": words(f"rawcolumn.backtest_{name}")}
    if name in _ENUMS:
        return {**entry, "type": "string", "constraints": {"required": True, "enum": _ENUMS[name]}}
    if name == "ags":
        return {**entry, "type": "string", "constraints": {"required": True}}
    if name in _TEXTS:
        return {**entry, "type": "string"}
    kind = "integer" if name in _PERSONS else "number"
    unit = "areas" if name == "n" else "persons" if name in _PERSONS else "percent_error"
    signed = {"signed": True} if name in _SIGNED else {}
    return {**entry, "type": kind, "unit": "ratio" if name == "error_ratio" else unit, **signed}


def describe(name: str, text: str, words: Words) -> dict[str, Any]:
    """Return the descriptor of a table from its text."""
    columns = text.partition("\n")[0].split(",")
    schema: dict[str, Any] = {
        "fields": [_field(c, words) for c in columns], "missingValues": [""], "primaryKey": KEYS[name],
    }  # fmt: skip
    if "ags" in columns:
        schema["foreignKeys"] = [{"fields": "ags", "reference": {"resource": "areas", "fields": "ags"}}]
    return {
        "name": name,
        "path": f"derived/{name}.csv",
        "title": words(f"rawtable.{name}"),
        "description": words(f"rawnote.{name}"),
        "encoding": "utf-8",
        "format": "csv",
        "schema": schema,
        "office": words("rawoffice.backtest"),
        "tableCode": words("rawtable.backtest_code"),
        "terms": {"name": words("rawterms.backtest"), "attribution": words("rawattribution.backtest")},
        "gebietsstand": "2021-12-31",
        "referenceDate": "2021-12-31",
        "published": PUBLISHED,
        "publishedField": None,
        "sources": [{"path": f} for f in FILES],
        "estimated": True,
        "rating": "amber",
        "sha256": sha256(text.encode("utf-8")).hexdigest(),
        "command": COMMAND,
        "diagnostics": {
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
        described = json.dumps(describe(name, text, words), ensure_ascii=False, indent=1) + "\n"
        (folder / f"{name}.descriptor.json").write_bytes(described.encode("utf-8"))
    return list(tables)
