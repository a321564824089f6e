"""Section of the report on this unit's own record: how far off forecasts from earlier dates would have been."""

from typing import TYPE_CHECKING

import pandas as pd

from wohnlib.backtest.settings import WINDOWS, Window
from wohnlib.report import figure as f
from wohnlib.report import page, panels
from wohnlib.report.page import Block
from wohnlib.words import Words

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

MODES = ("B", "A")  # B: with our own path of the nation, as in the report; A: given its true total
RULE = "damped"  # the simple rule beside it: half of the last growth


def record_section(report: "Bedarf") -> Block:
    """How far off the method would have been here, window by window, beside a simple rule."""
    from wohnlib.data.tables import load

    return record(load("backtest_totals_units"), report.view.key, report.view.place, report.words)


def record(units: pd.DataFrame, key: str, place: str, words: Words) -> Block:
    """Return the section of one unit from the table of the back-test; `key` names a unit or its Kreis."""
    title = words("record.title", place=place)
    mine = units[units["ags"] == key].set_index(["window", "mode", "method"])
    windows = [w for w in WINDOWS if (w.name, MODES[0], "own") in mine.index]
    if not windows:
        return page.section("rueckschau", title, page.paragraph(words("record.none")))
    errors = {m: [float(mine.loc[(w.name, MODES[0], m), "error"]) for w in windows] for m in ("own", RULE)}
    size = {name: sum(map(abs, many)) / len(many) for name, many in errors.items()}
    inside = [
        _inside(mine.loc[(w.name, MODES[1], "own")]) for w in windows
    ]  # widths are relative to the nation
    text = words(
        "record.text", of=len(windows), own=size["own"], rule=size[RULE],
        worst=max(errors["own"], key=abs), verdict=words(f"record.{_verdict(size['own'], size[RULE])}"),
    )  # fmt: skip
    if None not in inside:
        text += " " + words("record.held", n=sum(map(bool, inside)), of=len(windows))
    return page.section(
        "rueckschau", title, page.paragraph(text), _figure(windows, errors, mine, place, words),
        page.paragraph(words("record.scope")),
    )  # fmt: skip


def _verdict(own: float, rule: float) -> str:
    """Return which of the two was nearer; alike where they are printed alike."""
    shown = (round(own, 1), round(rule, 1))
    return "alike" if shown[0] == shown[1] else "better" if shown[0] < shown[1] else "worse"


def _inside(row: "pd.Series[float]") -> bool | None:
    """Return whether what came lies in the interval; nothing where there is none."""
    return None if pd.isna(row["low"]) else bool(row["low"] <= row["came"] <= row["high"])


def _span(window: Window, words: Words) -> str:
    return words("record.window", first=window.base, last=window.target)


def _figure(
    windows: list[Window], errors: dict[str, list[float]], mine: pd.DataFrame, place: str, words: Words
) -> Block:
    names = [_span(w, words) for w in windows]
    series = {words("record.own"): errors["own"], words("record.rule"): errors[RULE]}
    picture = panels.dots(
        names, series, colours=(f.NEED, f.SURPLUS), spec="signed1", unit=words("record.unit"),
        ends="signed1", lang=words.lang,
    )  # fmt: skip
    items = "; ".join(
        words("record.item", name=n, own=o, rule=r)
        for n, o, r in zip(names, errors["own"], errors[RULE], strict=True)
    )
    return page.figure(
        picture, words("record.alt", place=place, list=items), words("record.figure"), words("record.note"),
        table=_table(windows, mine, words),
    )  # fmt: skip


def _table(windows: list[Window], mine: pd.DataFrame, words: Words) -> Block:
    """Return forecast and what came of every window, without and with the true total of the nation."""
    rows = []
    for mode in MODES:
        for window in windows:
            own, rule = (mine.loc[(window.name, mode, m)] for m in ("own", RULE))
            inside = _inside(own)
            held = words(
                "record.no_interval" if inside is None else "record.inside" if inside else "record.outside"
            )
            rows.append([
                words(f"record.row_{mode}", window=_span(window, words)),
                *(words.number(own[c], "int") for c in ("base", "forecast", "came")),
                words.number(own["error"], "signed1"), words.number(rule["error"], "signed1"), held,
            ])  # fmt: skip
    names = ("window", "base", "forecast", "came", "error", "rule", "inside")
    columns = [words(f"record.col_{n}") for n in names]
    numeric = [False, True, True, True, True, True, False]
    return page.table(columns, rows, caption=words("record.table"), numeric=numeric)
