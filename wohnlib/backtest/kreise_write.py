"""Write the tables of the back-test of Kreise with their descriptors; the same input gives the same bytes."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib import paths
from wohnlib.backtest import kreise, kreise_fits, kreise_near, kreise_widths
from wohnlib.backtest.write import COMMAND, unit_keys
from wohnlib.data.derived import Derived, csv_text, from_catalogue, settings_used, write_derived
from wohnlib.forecast.kreise_data import FILES, Delivered, read
from wohnlib.forecast.kreise_errors import PARTS, TABLE
from wohnlib.forecast.kreise_estimate import SPREADS
from wohnlib.forecast.kreise_settings import AGE_FROM, SETTINGS
from wohnlib.words import Words

LAST_DAY = "2022-01-01"
PUBLISHED = "2023-06-30"  # of the last table that is judged with, 1 January 2022
KEYS = {
    "backtest_kreise": ["window", "mode", "part", "method"],
    "backtest_kreise_own": ["window", "ags", "sex", "age_from"],
    kreise_near.TABLE_NEAR: ["start", "widths", "begin", "years", "part"],
    kreise_fits.FITS: ["start_year", "member"],
    kreise_fits.FILTER: ["start_year", "table_year"],
    TABLE: ["until", "part", "age_from", "persons", "years"],
}
_ENUMS: dict[str, Sequence[str]] = {
    "window": [kreise.name(w) for w in kreise.WINDOWS],
    "mode": kreise.MODES,
    "method": kreise.METHODS,
    "sex": ("T", "F", "M"),
    "start": PARTS,
    "widths": kreise_near.WIDTHS,
}
_WHOLE = (
    "n",
    "rmse",
    "base",
    "forecast",
    "came",
    "low",
    "high",
    "persons",
    "years",
    "age_from",
    "until",
    "begin",
    "start_year",
    "table_year",
)
_UNITS = {
    "n": "areas",
    "years": "years",
    "until": "year",
    "begin": "year",
    "age_from": "years",
    "start_year": "year",
    "table_year": "year",
    **dict.fromkeys(("error_ratio", "pseudo_r2", "settled", "mean", "mean_square", "again"), "ratio"),
    "half_80": "log",
}
_DIGITS = {"half_80": 5, "": 3}


def tables(everything: Delivered, own: Sequence[str], learned: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return all tables by name; own: keys of the Kreise whose ages are kept one by one; learned: widths of totals."""
    made = kreise_widths.trials(everything)
    near = kreise_near.near(everything, made, learned)
    return {
        **kreise.run(everything, own),
        kreise_near.TABLE_NEAR: near,
        **kreise_fits.tables(everything),
        TABLE: kreise_widths.error_table(made),
    }


def write_kreise(raw: Path, own: Sequence[str]) -> list[str]:
    """Read the delivered files, write tables and descriptors to `raw`/derived, return the names of the tables."""
    words = Words("de")
    learned = pd.read_csv(raw / "derived" / "forecast_errors_asof.csv")
    made = tables(read(), own, learned)
    return write_derived(raw, [described(n, as_text(t, n), words) for n, t in made.items()])


def as_text(table: pd.DataFrame, name: str) -> str:
    """Return a table as CSV: persons whole, others rounded, sorted by its key."""
    return csv_text(table, digits=_DIGITS, whole=_WHOLE, key=KEYS[name])


def described(name: str, text: str, words: Words) -> Derived:
    """Return a table with what its descriptor says, from its text."""
    return from_catalogue(
        words, "kreise", name, text, field=lambda c: _field(name, c, words), key=KEYS[name],
        day=LAST_DAY, published=PUBLISHED, command=COMMAND, sources=FILES,
        diagnostics={"settings": settings_used(SETTINGS), "spreads": asdict(SPREADS)}, ours=False,
    )  # fmt: skip


def _field(table: str, name: str, words: Words) -> dict[str, Any]:
    kind, _, feature = name.partition("_")
    if kind in ("slope", "se"):
        described = words(f"rawcolumn.backtest_{kind}", feature=words(f"guete.feature_{feature}"))
        signed = {"signed": True} if kind == "slope" else {}
        return {"name": name, "description": described, "type": "number", "unit": "ratio", **signed}
    entry: dict[str, Any] = {"name": name, "description": words(f"rawcolumn.kreise_{name}")}
    if name in ("member", "windows"):
        return {**entry, "type": "string", "constraints": {"required": True}}
    if name == "part":
        allowed = {TABLE: PARTS, kreise_near.TABLE_NEAR: kreise_near.PARTS}.get(table, kreise.PARTS)
        return {**entry, "type": "string", "constraints": {"required": True, "enum": list(allowed)}}
    if name in _ENUMS:
        return {**entry, "type": "string", "constraints": {"required": True, "enum": list(_ENUMS[name])}}
    if name == "ags":
        return {**entry, "type": "string", "constraints": {"required": True, "pattern": r"\d{5}"}}
    if name == "age_from":
        return {**entry, "type": "integer", "unit": "years", "constraints": {"maximum": max(AGE_FROM)}}
    kind = "integer" if name in _WHOLE else "number"
    unit = _UNITS.get(name, "persons" if name in _WHOLE else "percent_error")
    signed = {"signed": True} if name in ("malpe", "error", "mean", "again") else {}
    return {**entry, "type": kind, "unit": unit, **signed}


def main() -> None:
    """Write only the tables of the Kreise; those of the totals must be there (`wohnlib backtest` writes both)."""
    units = unit_keys(paths.raw())
    print("\n".join(write_kreise(paths.raw(), sorted({key[:5] for key in units}))))


if __name__ == "__main__":
    main()
