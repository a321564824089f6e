"""Write the tables of the back-test of Kreise with their descriptors; the same input gives the same bytes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib.backtest import kreise
from wohnlib.backtest.write import COMMAND
from wohnlib.forecast.kreise_data import FILES, Delivered, read
from wohnlib.forecast.kreise_errors import PARTS, TABLE
from wohnlib.forecast.kreise_estimate import SPREADS
from wohnlib.forecast.kreise_settings import AGE_FROM, SETTINGS
from wohnlib.words import Words

PUBLISHED = "2023-06-30"  # of the last table that is judged with, 1 January 2022
KEYS = {
    "backtest_kreise": ["window", "mode", "part", "method"],
    "backtest_kreise_own": ["window", "ags", "sex", "age_from"],
    TABLE: ["until", "part", "age_from", "persons", "years"],
}
_ENUMS: dict[str, Sequence[str]] = {
    "window": [kreise.name(w) for w in kreise.WINDOWS],
    "mode": kreise.MODES,
    "method": kreise.METHODS,
    "sex": ("T", "F", "M"),
}
_WHOLE = ("n", "rmse", "base", "forecast", "came", "low", "high", "persons", "years", "age_from", "until")
_UNITS = {
    "n": "areas",
    "years": "years",
    "until": "year",
    "age_from": "years",
    "error_ratio": "ratio",
    "sd": "log",
    "half_80": "log",
}
_DIGITS = {"sd": 5, "half_80": 5}
_USUAL_DIGITS = 3


def tables(everything: Delivered, own: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return all tables by name; own: keys of the Kreise whose ages are kept one by one."""
    return {**kreise.run(everything, own), TABLE: kreise.error_table(everything)}


def write_kreise(raw: Path, own: Sequence[str]) -> list[str]:
    """Read the delivered files, write tables and descriptors to `raw`/derived, return the names of the tables."""
    words, folder = Words("de"), raw / "derived"
    folder.mkdir(parents=True, exist_ok=True)
    made = tables(read(), own)
    for name, table in made.items():
        text = as_text(table, name)
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))
        described = json.dumps(describe(name, text, words), ensure_ascii=False, indent=1) + "\n"
        (folder / f"{name}.descriptor.json").write_bytes(described.encode("utf-8"))
    return list(made)


def as_text(table: pd.DataFrame, name: str) -> str:
    """Return a table as CSV: persons whole, others rounded, sorted by its key."""
    table = table.sort_values(KEYS[name], kind="stable")
    for column in table.select_dtypes("number"):
        digits = _DIGITS.get(column, _USUAL_DIGITS)
        whole = column in _WHOLE
        table[column] = table[column].round().astype("Int64") if whole else table[column].round(digits)
    return str(table.to_csv(index=False, lineterminator="\n"))


def describe(name: str, text: str, words: Words) -> dict[str, Any]:
    """Return the descriptor of a table from its text."""
    columns = text.partition("\n")[0].split(",")
    schema = {
        "fields": [_field(name, c, words) for c in columns],
        "missingValues": [""],
        "primaryKey": KEYS[name],
    }
    settings: Mapping[str, Any] = {
        k: {"value": list(s.value), "unit": s.unit, "origin": s.origin, "rating": s.rating}
        for k, s in SETTINGS.items()
    }
    return {
        "name": name,
        "path": f"derived/{name}.csv",
        "title": words(f"rawtable.{name}"),
        "description": words(f"rawnote.{name}"),
        "encoding": "utf-8",
        "format": "csv",
        "schema": schema,
        "office": words("rawoffice.kreise"),
        "tableCode": words("rawtable.kreise_code"),
        "terms": {"name": words("rawterms.kreise"), "attribution": words("rawattribution.kreise")},
        "gebietsstand": "2022-01-01",
        "referenceDate": "2022-01-01",
        "published": PUBLISHED,
        "publishedField": None,
        "sources": [{"path": f} for f in FILES],
        "estimated": True,
        "rating": "amber",
        "sha256": sha256(text.encode("utf-8")).hexdigest(),
        "command": COMMAND,
        "diagnostics": {"settings": settings, "spreads": asdict(SPREADS)},
    }


def _field(table: str, name: str, words: Words) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "description": words(f"rawcolumn.kreise_{name}")}
    if name == "part":
        allowed = PARTS if table == TABLE else kreise.PARTS
        return {**entry, "type": "string", "constraints": {"required": True, "enum": list(allowed)}}
    if name in _ENUMS:
        return {**entry, "type": "string", "constraints": {"required": True, "enum": list(_ENUMS[name])}}
    if name == "ags":
        return {**entry, "type": "string", "constraints": {"required": True, "pattern": r"\d{5}"}}
    if name == "age_from":
        return {**entry, "type": "integer", "unit": "years", "constraints": {"maximum": max(AGE_FROM)}}
    kind = "integer" if name in _WHOLE else "number"
    unit = _UNITS.get(name, "persons" if name in _WHOLE else "percent_error")
    signed = {"signed": True} if name in ("malpe", "error") else {}
    return {**entry, "type": kind, "unit": unit, **signed}
