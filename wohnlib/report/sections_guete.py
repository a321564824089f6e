"""Sections of the page on how accurate forecasts were: the region's own record, and every number of the method."""

from collections.abc import Sequence

from wohnlib.backtest.settings import SETTINGS, WINDOWS
from wohnlib.report import page
from wohnlib.report.guete import FAR, MODES, Guete
from wohnlib.report.page import Block
from wohnlib.words import Words

_CLOSE = 5.0  # % counted as close in the sentence on the own units


def own_section(report: Guete) -> Block:
    """The record of the region's own planning units."""
    words = report.words
    kreis = report.areas.region_name.removeprefix("Landkreis ").strip()
    place = words("headline.place_kreis", name=words("unit.kreis", name=kreis))
    title = words("guete.own_title", place=place)
    mine = report.units[(report.units["method"] == "own") & report.units["ags"].isin(report.areas.keys)]
    if mine.empty:
        return page.section("eigene", title, page.paragraph(words("guete.own_none")))
    far = mine[(mine["window"] == FAR[0]) & (mine["mode"] == FAR[1])]
    hit = (far["came"] >= far["low"]) & (far["came"] <= far["high"])
    text = words(
        "guete.own_text", n=int((far["error"].abs() <= _CLOSE).sum()), of=len(far), hit=int(hit.sum())
    )
    return page.section("eigene", title, page.paragraph(text), *(_own_table(report, mode) for mode in MODES))


def _own_table(report: Guete, mode: str) -> Block:
    """Errors of all units and of the Kreis in all windows, in one mode."""
    words, table = report.words, report.units
    here = table[(table["method"] == "own") & (table["mode"] == mode)]
    errors = {(str(r["window"]), str(r["ags"])): float(r["error"]) for r in here.to_dict("records")}
    keys: Sequence[str] = (*report.areas.keys, report.areas.region)
    rows = [
        [
            words("guete.own_sum") if key == report.areas.region else report.areas.short_name(key),
            *(words.number(errors[w.name, key], "signed1") for w in WINDOWS),
        ]
        for key in keys
    ]  # fmt: skip
    columns = [words("guete.own_col", first=w.base, last=w.target) for w in WINDOWS]
    return page.table(
        [words("guete.own_col_unit"), *columns], rows, total=True,
        caption=words("guete.own_table", mode=report.mode(mode)),
        notes=[words("guete.own_note")], numeric=[False] + [True] * len(columns),
    )  # fmt: skip


def method_section(report: Guete) -> Block:
    """How it was computed, with every number."""
    words = report.words
    dates = "; ".join(
        words("guete.method_dates", window=report.span(w), dates=", ".join(map(str, w.dates)))
        for w in WINDOWS
    )
    rows: list[list[str | Block]] = [
        [
            words(f"guete.set_{name}"), "; ".join(plain(v, words) for v in item.value),
            words(f"guete.unit_{item.unit}"), words(f"guete.origin_{item.origin}"),
            page.rating(item.rating, lang=words.lang),
        ]
        for name, item in SETTINGS.items()
    ]  # fmt: skip
    columns = [words(f"guete.method_col_{c}") for c in ("what", "value", "unit", "origin", "rating")]
    table = page.table(
        columns, rows, caption=words("guete.method_table"), numeric=[False, True, False, False, False]
    )
    return page.section(
        "verfahren", words("guete.method_title"), page.paragraph(words("guete.method_text")),
        page.paragraph(words("guete.method_set", list=dates)),
        page.folded(words("guete.method_fold"), table),
    )  # fmt: skip


def plain(value: float, words: Words) -> str:
    """Return a number with the digits it needs."""
    digits = len(f"{value:.9f}".rstrip("0").partition(".")[2])
    grouped = abs(value) < 1900 or abs(value) > 2100 or digits
    return words.number(value, f"dec{digits}" if digits else "int") if grouped else str(int(value))
