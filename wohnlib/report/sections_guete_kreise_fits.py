"""Fold of the page on how accurate forecasts were: what the estimates for the Kreise say of themselves."""

import pandas as pd

from wohnlib.backtest.kreise import GOAL_WINDOW, WINDOWS, name
from wohnlib.backtest.kreise_fits import FILTER, FITS
from wohnlib.data.tables import load
from wohnlib.forecast.asof import CENSUS_DAY
from wohnlib.forecast.kreise_totals import COLUMNS
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.words import Words

THEN = next(w[0] for w in WINDOWS if name(w) == GOAL_WINDOW[0])
NOW = CENSUS_DAY.year


def estimates_fold(words: Words) -> Block:
    """Slopes of the growth of totals with standard errors, and how far tables were from what the filter expected."""
    fits, seen = load(FITS), load(FILTER)
    seen = seen[seen["start_year"] == NOW]
    worst = seen.loc[seen["within_80"].idxmin()]
    text = words("guete_kreise.filter_text", year=str(int(worst["table_year"])), within=worst["within_80"])
    now = fits[fits["start_year"] == NOW]
    return page.folded(
        words("guete_kreise.fits_fold"), page.paragraph(words("guete_kreise.fits_text", of=len(now))),
        _slopes(now, words("guete_kreise.fits_table_now"), words),
        _slopes(fits[fits["start_year"] == THEN], words("guete_kreise.fits_table_then", year=str(THEN)), words),
        page.paragraph(text), _filter(seen, words),
    )  # fmt: skip


def _slopes(fits: pd.DataFrame, caption: str, words: Words) -> Block:
    rows = []
    for row in fits.to_dict("records"):
        member = ", ".join(words(f"guete.member_{part}") for part in str(row["member"]).split("_"))
        cells = [
            "" if pd.isna(row[f"slope_{c}"])
            else words("guete.fits_slope", value=row[f"slope_{c}"], error=row[f"se_{c}"])
            for c in COLUMNS
        ]  # fmt: skip
        spans = ", ".join(str(row["windows"]).replace("-", "–").split())
        rows.append(
            [member, spans, words.number(row["n"], "int"), words.number(row["pseudo_r2"], "dec2"), *cells]
        )
    columns = [words("guete.fits_member"), words("guete_kreise.fits_windows"), words("guete_kreise.fits_n")]
    columns += [words("guete.fits_r2"), *(words(f"guete.feature_{c}") for c in COLUMNS)]
    return page.table(
        columns, rows, caption=caption, numeric=[False, False] + [True] * (len(columns) - 2),
        notes=[settled(fits, words)],
    )  # fmt: skip


def settled(fits: pd.DataFrame, words: Words) -> str:
    """Say whether the median regressions of a table came to rest."""
    rest, of = int(fits["settled"].sum()), len(fits)
    return (
        words("guete.fits_settled_all") if rest == of
        else words("guete.fits_settled_some", n=of - rest, of=of)
    )  # fmt: skip


def _filter(seen: pd.DataFrame, words: Words) -> Block:
    specs = {"mean": "signed2", "mean_square": "dec2", "within_80": "dec1", "again": "signed2"}
    rows = [
        [
            str(row["table_year"]), words.number(row["n"], "int"),
            *("" if pd.isna(row[c]) else words.number(row[c], spec) for c, spec in specs.items()),
        ]
        for row in seen.to_dict("records")
    ]  # fmt: skip
    names = ("filter_year", "col_n", "filter_mean", "filter_square", "filter_within", "filter_again")
    return page.table(
        [words(f"guete_kreise.{n}") for n in names], rows, caption=words("guete_kreise.filter_table")
    )
