"""Write the tables of the back-test with their descriptors; the same input gives the same bytes."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib import files
from wohnlib.backtest.delivered import FILES
from wohnlib.backtest.run import MEAN, MODES
from wohnlib.backtest.settings import CLASSES, FORMER_UNITS, METHODS, SETTINGS, WINDOWS
from wohnlib.data.derived import (
    FOLDER,
    Derived,
    csv_text,
    from_catalogue,
    settings_used,
    write_derived,
)
from wohnlib.words import Words

COMMAND = "wohnlib backtest"
LAST_DAY = "2021-12-31"
PUBLISHED = "2022-10-31"  # of the last figure that is judged with, the directory of 31.12.2021
KEYS = {
    "backtest_totals": ["window", "mode", "size_class", "method"],
    "backtest_totals_units": ["window", "mode", "ags", "method"],
    "backtest_totals_fits": ["base", "member"],
    "backtest_totals_gemeinden": ["window", "mode", "ags"],
}
BY_AREA = "backtest_totals_gemeinden"  # for researchers; packed, no table of the workbook
_ENUMS: dict[str, list[str]] = {
    "window": [w.name for w in WINDOWS],
    "mode": list(MODES),
    "size_class": [*CLASSES, "all", MEAN],
    "method": list(METHODS),
}
_PERSONS = ("n", "rmse", "base", "forecast", "came", "low", "high")
_SIGNED = ("malpe", "error")
_TEXTS = ("goals_met", "goals_missed", "windows")
_RATIOS = ("error_ratio", "pseudo_r2", "weight", "learned", "chosen")
_FITS = "backtest_totals_fits"
_DIGITS = 4


def unit_keys(raw: Path) -> dict[str, str]:
    """Return the planning unit of every Gemeinde of the workbook, of merged ones too."""
    areas = pd.read_csv(raw / "areas.csv", dtype=str, keep_default_na=False)
    rows = areas[(areas["ags"].str.len() == len(next(iter(FORMER_UNITS)))) & (areas["unit"] != "")]
    return dict(zip(rows["ags"], rows["unit"], strict=True)) | FORMER_UNITS


def as_text(table: pd.DataFrame, name: str) -> str:
    """Return a table as CSV: persons whole, per cents with four decimals (by Gemeinde one), sorted by its key."""
    return csv_text(table, digits=1 if name == BY_AREA else _DIGITS, whole=_PERSONS, key=KEYS[name])


def _field(table: str, name: str, words: Words) -> dict[str, Any]:
    if table == _FITS:
        return _fit_field(name, words)
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
    return {**entry, "type": kind, "unit": "ratio" if name in _RATIOS else unit, **signed}


def _fit_field(name: str, words: Words) -> dict[str, Any]:
    """Return the entry of a column of the table of fits."""
    kind, _, feature = name.partition("_")
    if kind in ("slope", "se"):
        described = words(f"rawcolumn.backtest_{kind}", feature=words(f"guete.feature_{feature}"))
        signed = {"signed": True} if kind == "slope" else {}
        return {"name": name, "description": described, "type": "number", "unit": "ratio", **signed}
    entry: dict[str, Any] = {"name": name, "description": words(f"rawcolumn.backtest_fits_{name}")}
    if name in ("member", "windows"):
        return {**entry, "type": "string", "constraints": {"required": True}}
    if name == "loss":
        return {**entry, "type": "number", "unit": "percent_year"}
    kind = "integer" if name in ("base", "n") else "number"
    return {**entry, "type": kind, "unit": {"base": "year", "n": "areas"}.get(name, "ratio")}


def described(name: str, text: str, words: Words) -> Derived:
    """Return a table with what its descriptor says, from its text."""
    return from_catalogue(
        words, "backtest", name, text, field=lambda c: _field(name, c, words), key=KEYS[name],
        day=LAST_DAY, published=PUBLISHED, command=COMMAND, sources=FILES,
        diagnostics={"settings": settings_used(SETTINGS)},
    )  # fmt: skip


def write(tables: Mapping[str, pd.DataFrame], raw: Path) -> list[str]:
    """Write the tables and their descriptors to `raw`/derived; return their names."""
    words = Words("de")
    names = write_derived(
        raw, [described(n, as_text(t, n), words) for n, t in tables.items() if n != BY_AREA]
    )
    if BY_AREA not in tables:
        return names
    packed = gzip.compress(as_text(tables[BY_AREA], BY_AREA).encode(), mtime=0)
    files.put(raw / FOLDER, {f"{BY_AREA}.csv.gz": packed})
    return [*names, BY_AREA]
