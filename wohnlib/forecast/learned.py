"""Write what the back-test taught: widths of intervals and expected local growth, with descriptors."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib.backtest.asof import known
from wohnlib.backtest.delivered import BIRTHS, FILES, MIGRATION, TOTALS, Delivered
from wohnlib.backtest.settings import CROSSED, LEARNED_FROM, PAST, SETTINGS, WINDOWS
from wohnlib.backtest.totals import Forecast, crossed, forecast
from wohnlib.data import published
from wohnlib.data.derived import Derived, csv_text, from_catalogue, settings_used, write_derived
from wohnlib.data.germany_tables import read_tables
from wohnlib.forecast import errors
from wohnlib.forecast.growth import local_growth
from wohnlib.words import Words

COMMAND = "wohnlib backtest"
YEARS = (1, 2, 4, 8, 12, 16, 20, 25, 30)
# year by whose end windows ended -> base whose recent spread the widths lean on; a forecast takes the latest it may know
UNTIL = {2005: 2005, 2009: 2013, 2017: 2017, 2018: 2018, 2021: 2021}
BASE = 2021  # of the expected local growth
KEYS = {
    "forecast_errors": ["part", "persons", "years"],
    "forecast_errors_asof": ["until", "part", "persons"],
    "local_growth": ["ags"],
}
LAST_DAY = "2021-12-31"
PUBLISHED = "2022-10-31"  # of the last figure that is learned from, the directory of 31.12.2021
_WHOLE = ("persons", "years", "until")
_UNITS = {"persons": "persons", "years": "years", "until": "year", "power": "exponent"}
_SOURCES = {
    "forecast_errors": (TOTALS, BIRTHS, MIGRATION),
    "forecast_errors_asof": (TOTALS, BIRTHS, MIGRATION),
}
_DIGITS = 5
_ALONE = "0000"  # in place of a Gemeindeverband


def learned_tables(
    everything: Delivered, units: Mapping[str, str], made: Mapping[int, Forecast] | None = None
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the tables by name and the diagnostics: how often intervals held in the windows they are learned from."""
    past = past_forecasts(everything, made)
    directory = read_tables("directory")["directory"]
    asof, recent = [], {}
    for until, base in UNTIL.items():
        found = errors.learn_widths(everything, past, verbaende(directory, until), until, base)
        asof.append(shape_table(found.shapes, until))
        recent[str(until)] = {str(k): round(v, 3) for k, v in errors.scores_of_recent(found).items()}
    held = errors.coverage(found.at_base, found.shapes).round(1)
    tables = {
        "forecast_errors": as_table(found.shapes, YEARS),
        "forecast_errors_asof": pd.concat(asof).round(_DIGITS),
        "local_growth": local_growth(past[BASE], units),
    }
    held.columns = [str(c) for c in held.columns]
    diagnostics = {
        "coverage_80_in_sample": held.to_dict("index"),
        "recent_spread_scores": recent,
        "windows": [list(w) for w in LEARNED_FROM],
    }
    return tables, diagnostics


def past_forecasts(everything: Delivered, made: Mapping[int, Forecast] | None = None) -> dict[int, Forecast]:
    """Return the forecasts as of the bases that widths are learned from, and of BASE; those in `made` are taken over."""
    ready = dict(made or {})
    if not set(CROSSED) <= set(ready):
        ready |= crossed(known(everything, max(p.target for p in PAST if p.base in CROSSED)))
    judged = {w.base for w in WINDOWS}
    for base in sorted({BASE, *(b for b, _ in LEARNED_FROM)}):
        if base not in ready:
            ready[base] = forecast(known(everything, base), tried=base in judged)
    return ready


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


def widths_known(table: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Return the half widths that could be learned by a day (ISO date), in the form of `forecast_errors`.

    table: `forecast_errors_asof`. Taken are the windows that had ended when the newest directory of Gemeinden was
    published; no rows where none had.
    """
    there = [int(y) for y in table["until"].unique() if published.gvisys(f"{int(y)}-12-31") <= as_of]
    return as_table(errors.shapes_until(table, max(there)) if there else {}, YEARS)


def verbaende(directory: pd.DataFrame, until: int) -> dict[str, str]:
    """Return the key of the Gemeindeverband (first 9 digits of ARS) of every Gemeinde as known at the end of a year.

    directory: the delivered table; of each Gemeinde the newest directory up to 31.12. of `until` counts. Up to 2005
    all Gemeinden of a Kreis that are in no Verband share the number 0000; they have none ("").
    """
    table = directory[(directory["ars"] != "") & (directory["year"] <= until)]
    table = table.sort_values("year", kind="stable")
    key = table["ars"].str[:9].where(table["ars"].str[5:9] != _ALONE, "")
    return dict(zip(table["ags"], key, strict=True))


def write_learned(tables: Mapping[str, pd.DataFrame], diagnostics: Mapping[str, Any], raw: Path) -> list[str]:
    """Write the tables and their descriptors to `raw`/derived; return their names."""
    words = Words("de")
    return write_derived(raw, [_described(n, t, words, diagnostics) for n, t in tables.items()])


def _described(name: str, table: pd.DataFrame, words: Words, diagnostics: Mapping[str, Any]) -> Derived:
    used = {k: s for k, s in SETTINGS.items() if k.startswith(("width", "path", "normal"))}
    held = diagnostics if name == "forecast_errors" else {}
    text = csv_text(table, digits=_DIGITS, whole=_WHOLE, key=KEYS[name])
    return from_catalogue(
        words, "backtest", name, text, field=lambda c: _field(name, c, words), key=KEYS[name],
        day=LAST_DAY, published=PUBLISHED, command=COMMAND, sources=_SOURCES.get(name, FILES),
        diagnostics={"settings": settings_used(used), **held},
    )  # fmt: skip


def _field(table: str, name: str, words: Words) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "description": words(f"rawcolumn.{table}_{name}")}
    if name == "part":
        return {**entry, "type": "string", "constraints": {"required": True, "enum": list(errors.PARTS)}}
    if name == "ags":
        return {**entry, "type": "string", "constraints": {"required": True}}
    if table == "local_growth":
        return {**entry, "type": "number", "unit": "percent_year", "signed": True}
    kind = "integer" if name in _WHOLE else "number"
    unit = _UNITS.get(name, "ratio" if name.startswith("ratio") else "log")
    return {**entry, "type": kind, "unit": unit}
