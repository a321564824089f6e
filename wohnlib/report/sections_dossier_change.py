"""Sections of the dossier on what moves the result: assumptions, another scenario, the run before this one."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wohnlib import manifest, paths
from wohnlib.compare import compare
from wohnlib.compare_text import changes, part_name, summary
from wohnlib.errors import InputError
from wohnlib.report import figure as f
from wohnlib.report import page, panels
from wohnlib.report.page import Block
from wohnlib.report.view import View
from wohnlib.scenario_tools import differences, short_name, value_text
from wohnlib.sensitivity import ALL, LIGHT, Bar, split, split_name, tornado, widest
from wohnlib.session import open_assessment

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

SHOWN = 10  # assumptions in the figure; the table names all that move something
BASE = "base"


# -- each assumption over its range ------------------------------------------------------------------------


def sensitivity_section(report: "Buendnis") -> Block:
    """How far the dwellings still to be built move when one assumption takes the ends of its range."""
    words, result, year = report.words, report.kreis.view.result, report.year
    bars = tornado(result)
    every = widest(bars, None, len(bars))
    title = words("sensitivity.title")
    if not every:
        return page.section("wirkung", title, page.paragraph(words("sensitivity.none")))
    notes = {name: short_name(name, item.note, words) for name, item in result.scenario.assumptions()}
    own = int(every[0].base.sum())
    shown = every[:SHOWN]
    ends = {
        words(f"sensitivity.{end}"): [
            float((own if v is None else v) - own) for v in (b.ends()[k] for b in shown)
        ]
        for k, end in enumerate(("low", "high"))
    }
    picture = panels.dots(
        [notes[b.name] for b in shown], ends, colours=[f.SURPLUS, f.NEED], spec="signed",
        unit=words("sensitivity.unit", year=year), lang=words.lang,
    )  # fmt: skip
    listed = "; ".join(
        words("sensitivity.alt_item", note=notes[b.name], text=_ends_text(report, b, own)) for b in shown
    )
    first = shown[0]
    values = [own, *(v for v in first.ends() if v is not None)]
    kind = "up" if min(values) == own else "down" if max(values) == own else "both"
    message = words(
        f"sensitivity.figure_{kind}", note=notes[first.name], low=min(values), high=max(values), own=own
    )
    idle = [notes[b.name] for b in bars if not b.width()]
    more = [page.paragraph(words("sensitivity.idle", names="; ".join(idle)))] if idle else []
    return page.section(
        "wirkung", title,
        page.figure(picture, words("sensitivity.alt", year=year, list=listed), message, words("sensitivity.note", own=own),
                    table=_bar_table(report, every, own)),
        page.paragraph(words("sensitivity.text", n=LIGHT)), *more,
    )  # fmt: skip


def _ends_text(report: "Buendnis", bar: Bar, own: int) -> str:
    low, high = (
        report.words("sensitivity.cannot") if v is None else report.words.number(v - own, "signed")
        for v in bar.ends()
    )
    return report.words("sensitivity.ends", low=low, high=high)


def _bar_table(report: "Buendnis", bars: list[Bar], own: int) -> Block:
    words, scenario = report.words, report.kreis.view.result.scenario
    items = dict(scenario.assumptions())
    rows: list[list[str | Block | None]] = []
    for bar in bars:
        item = items[bar.name]
        assert item.range is not None
        low, high = (value_text(v, item.unit, words) for v in item.range)
        rows.append([
            short_name(bar.name, item.note, words), value_text(item.value, item.unit, words), low, high,
            *(words("sensitivity.cannot") if v is None else words.number(v - own, "signed") for v in bar.ends()),
        ])  # fmt: skip
    columns = [
        words(f"sensitivity.col_{c}") for c in ("name", "value", "low", "high", "with_low", "with_high")
    ]
    return page.table(
        columns, rows, caption=words("sensitivity.table", year=report.year, own=own),
        numeric=[False, False, False, False, True, True],
    )  # fmt: skip


# -- base and scenario side by side ------------------------------------------------------------------------


def scenario_section(report: "Buendnis") -> Block:
    """The base beside this scenario for the Landkreis, split by assumption, and for every unit."""
    return beside_base(report.kreis.view, report, report.kreis.base_view)


def beside_base(view: View, report: "Buendnis | None" = None, base: View | None = None) -> Block:
    """Return the base beside a scenario for one area, the difference split by assumption; sums are exact."""
    words, after = view.words, view.result
    title = words("besidebase.title")
    if after.scenario.name == BASE:
        return page.section("szenario", title, page.paragraph(words("besidebase.is_base")))
    before = base.result if base else open_assessment(after.inputs.areas.region, BASE, view.year, words.lang)
    found = split(before, after)
    changed = {d.name: d for d in differences(before.scenario, after.scenario)}
    if not found.parts:
        text = words("besidebase.same", title=after.scenario.title)
        return page.section("szenario", title, page.paragraph(text))

    def number(values: NDArray[np.int64], spec: str) -> str:
        return words.number(int(view.of(values)), spec)

    rows: list[list[str | Block | None]] = [
        [words("besidebase.base"), None, None, number(found.before, "int")]
    ]
    for name, part in found.parts.items():
        values: list[str | None] = [None, None]
        note = split_name(name, changed[name].before.note if name in changed else "", words)
        if name in changed:
            values = [value_text(a.value, a.unit, words) for a in (changed[name].before, changed[name].after)]
        rows.append([note, *values, number(part, "signed")])
    rows.append([after.scenario.title, None, None, number(found.after, "int")])
    columns = [words(f"besidebase.col_{c}") for c in ("name", "base", "own", "build")]
    change = int(view.of(found.after - found.before))
    key = "more" if change > 0 else "less" if change < 0 else "equal"
    text = words(
        f"besidebase.{key}",
        title=after.scenario.title,
        change=words.count("common.dwellings", abs(change)),
        year=view.year,
        place=view.place,
    )
    table = page.table(
        columns, rows, caption=words("besidebase.table", year=view.year), total=True,
        numeric=[False, False, False, True], notes=[] if ALL in found.parts else [words("split.note")],
    )  # fmt: skip
    units = []
    if report is not None:
        units = [page.folded(words("besidebase.units_fold"), _units_table(report, found.before, found.after))]
    return page.section("szenario", title, page.paragraph(text), table, *units)


def _units_table(report: "Buendnis", before: NDArray[np.int64], after: NDArray[np.int64]) -> Block:
    words = report.words
    numbers = np.column_stack([before, after, after - before])
    columns = [words("besidebase.base"), report.kreis.view.result.scenario.title, words("people.col_change")]
    return report.table(
        columns, numbers, ["int", "int", "signed"], words("besidebase.units_table", year=report.year),
        report.order(after), need=True,
    )  # fmt: skip


# -- the run before this one -------------------------------------------------------------------------------


def changes_section(report: "Buendnis") -> Block:
    """What changed since the last run, and why, in numbers that sum to the difference."""
    words, result = report.words, report.kreis.view.result
    title = words("changes.title")
    if not report.earlier:
        return page.section("aenderungen", title, page.paragraph(words("changes.first")))
    try:
        found = compare(
            manifest.read(paths.home() / report.earlier, report.earlier), manifest.manifest_of(result)
        )
    except InputError as error:
        return page.section(
            "aenderungen", title, page.paragraph(words("changes.cannot", reason=error.text()))
        )
    blocks: list[Block] = [page.paragraph(summary(found, words))]
    listed = changes(found, words)
    if listed:
        blocks.append(page.folded(words("compare.what"), page.bullets(listed)))
    if found.parts:
        rows: list[list[str | Block | None]] = [
            [words("compare.before"), words.number(int(found.before.sum()), "int")]
        ]
        rows += [
            [part_name(n, found, words), words.number(int(v.sum()), "signed")] for n, v in found.parts.items()
        ]
        rows.append([words("compare.after"), words.number(int(found.after.sum()), "int")])
        blocks.append(page.table([words("changes.col_cause"), words("changes.col_build")], rows, total=True,
                                 caption=words("changes.table", year=report.year), numeric=[False, True]))  # fmt: skip
        groups = found.grouped()
        numbers = np.column_stack([found.before, *groups.values(), found.after])
        columns = [words(f"compare.{c}") for c in ("before", *(f"short_{g}" for g in groups), "after")]
        units = report.table(columns, numbers, ["int", *["signed"] * len(groups), "int"],
                             words("changes.units_table", year=report.year), report.order(found.after), need=True)  # fmt: skip
        blocks.append(page.folded(words("changes.units_fold"), units))
    return page.section("aenderungen", title, *blocks)
