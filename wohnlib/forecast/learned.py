"""Write what the back-test taught: widths of intervals and expected local growth, with descriptors."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib.backtest.asof import known
from wohnlib.backtest.delivered import BIRTHS, FILES, MIGRATION, TOTALS, Delivered
from wohnlib.backtest.settings import LEARNED_FROM, SETTINGS, number
from wohnlib.backtest.totals import Forecast, forecast
from wohnlib.data.germany_tables import read_tables
from wohnlib.forecast import errors
from wohnlib.forecast.growth import local_growth
from wohnlib.words import Words

COMMAND = "wohnlib backtest"
YEARS = (1, 2, 4, 8, 12, 16, 20, 25, 30)
UNTIL = (2009, 2017, 2018, 2021)  # years in which windows end; an as-of forecast takes the latest it may know
BASE = 2021  # of the expected local growth
KEYS = {
    "forecast_errors": ["part", "persons", "years"],
    "forecast_errors_asof": ["until", "part", "persons"],
    "local_growth": ["ags"],
}
_UNITS = {"persons": "persons", "years": "years", "until": "year", "power": "exponent"}
_SOURCES = {
    "forecast_errors": (TOTALS, BIRTHS, MIGRATION),
    "forecast_errors_asof": (TOTALS, BIRTHS, MIGRATION),
}
_DIGITS = 5


def learned_tables(
    everything: Delivered, units: Mapping[str, str], made: Mapping[int, Forecast] | None = None
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the tables by name and the diagnostics: coverage of the intervals by window and size class."""
    past = past_forecasts(everything, made)
    verband = verbaende()
    asof = []
    for until in UNTIL:
        windows = errors.window_errors(everything, past, verband, until)
        known_flows = until - int(number("path_delay"))  # what a base of that year may know of the nation
        asof.append(
            shape_table(errors.shapes(windows, errors.national_errors(everything, known_flows)), until)
        )
    found = errors.shapes(windows, errors.national_errors(everything, UNTIL[-1]))
    held = errors.coverage(windows, found).round(1)
    tables = {
        "forecast_errors": as_table(found, YEARS),
        "forecast_errors_asof": pd.concat(asof),
        "local_growth": local_growth(forecast(known(everything, BASE)), units),
    }
    held.columns = [str(c) for c in held.columns]
    return tables, {"coverage_80_mode_A": held.to_dict("index"), "windows": [list(w) for w in LEARNED_FROM]}


def past_forecasts(everything: Delivered, made: Mapping[int, Forecast] | None = None) -> dict[int, Forecast]:
    """Return the forecasts as of the bases that widths are learned from; those in `made` are taken over."""
    ready = dict(made or {})
    return {b: ready.get(b) or forecast(known(everything, b)) for b in sorted({b for b, _ in LEARNED_FROM})}


def as_table(found: Mapping[str, errors.Shape], years: Sequence[float]) -> pd.DataFrame:
    """Return half widths by part, size and years as a table."""
    rows = []
    for part, shape in found.items():
        for ahead in years:
            for size, half in zip(shape.sizes, shape.half, strict=True):
                width = half[1] * errors.stretch(ahead, shape.power)
                rows.append((part, size, ahead, width, half[2] / half[1], half[0] / half[1]))
    names = ["part", "persons", "years", "half_width_80", "ratio_95_80", "ratio_50_80"]
    return pd.DataFrame(rows, columns=names)


def shape_table(found: Mapping[str, errors.Shape], until: int) -> pd.DataFrame:
    """Return the shapes as a table: half widths after one year and the power of time, learned until a year."""
    rows = [
        (until, part, size, half[1], half[2] / half[1], half[0] / half[1], shape.power)
        for part, shape in found.items()
        for size, half in zip(shape.sizes, shape.half, strict=True)
    ]
    names = ["until", "part", "persons", "half_width_80", "ratio_95_80", "ratio_50_80", "power"]
    return pd.DataFrame(rows, columns=names)


def verbaende() -> dict[str, str]:
    """Return the key of the Gemeindeverband (first 9 digits of ARS) of every Gemeinde, newest directory last."""
    table = read_tables("directory")["directory"]
    table = table[table["ars"] != ""].sort_values("year", kind="stable")
    return dict(zip(table["ags"], table["ars"].str[:9], strict=True))


def write_learned(tables: Mapping[str, pd.DataFrame], diagnostics: Mapping[str, Any], raw: Path) -> list[str]:
    """Write the tables and their descriptors to `raw`/derived; return their names."""
    words, folder = Words("de"), raw / "derived"
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        whole = {c: "int64" for c in ("persons", "years", "until") if c in table}
        ordered = table.astype(whole).round(_DIGITS).sort_values(KEYS[name], kind="stable")
        text = ordered.to_csv(index=False, lineterminator="\n")
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))
        described = _describe(name, text, words, diagnostics)
        (folder / f"{name}.descriptor.json").write_bytes(
            (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
        )
    return list(tables)


def _describe(name: str, text: str, words: Words, diagnostics: Mapping[str, Any]) -> dict[str, Any]:
    columns = text.partition("\n")[0].split(",")
    schema: dict[str, Any] = {
        "fields": [_field(name, c, words) for c in columns], "missingValues": [""], "primaryKey": KEYS[name],
    }  # fmt: skip
    if "ags" in columns:
        schema["foreignKeys"] = [{"fields": "ags", "reference": {"resource": "areas", "fields": "ags"}}]
    used = {k: {"value": list(s.value), "unit": s.unit, "origin": s.origin, "rating": s.rating}
            for k, s in SETTINGS.items() if k.startswith(("width", "path", "normal"))}  # fmt: skip
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
        "published": "2022-10-31",
        "publishedField": None,
        "sources": [{"path": f} for f in _SOURCES.get(name, FILES)],
        "estimated": True,
        "rating": "amber",
        "sha256": sha256(text.encode("utf-8")).hexdigest(),
        "command": COMMAND,
        "diagnostics": {"settings": used, **(diagnostics if name == "forecast_errors" else {})},
    }


def _field(table: str, name: str, words: Words) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "description": words(f"rawcolumn.{table}_{name}")}
    if name == "part":
        return {**entry, "type": "string", "constraints": {"required": True, "enum": list(errors.PARTS)}}
    if name == "ags":
        return {**entry, "type": "string", "constraints": {"required": True}}
    if table == "local_growth":
        return {**entry, "type": "number", "unit": "percent_year", "signed": True}
    kind = "integer" if name in ("persons", "years", "until") else "number"
    unit = _UNITS.get(name, "ratio" if name.startswith("ratio") else "log")
    return {**entry, "type": kind, "unit": unit}
