"""Sections of the report on all units: when, people, households, the old, small dwellings, land."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from wohnlib.model import need as model
from wohnlib.model.rounding import round_keep_total
from wohnlib.report import charts, page, panels
from wohnlib.report import figure as f
from wohnlib.report.page import Block
from wohnlib.report.sections_fan import fan_figure
from wohnlib.report.sections_segments_supply import potentials_of
from wohnlib.report.spread import LEVEL
from wohnlib.segments import parts_of

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

TYPES = ("ezfh", "mfh")


def types_of(report: "Buendnis") -> list[str]:
    return [report.words(f"common.type_{b}") for b in TYPES]


def short_types(report: "Buendnis") -> list[str]:
    return [report.words(f"common.type_{b}_short") for b in TYPES]


def items_of(report: "Buendnis", key: str, values: np.ndarray, order: list[int]) -> str:
    return ", ".join(report.words(key, name=report.names[g], value=values[g]) for g in order)


def _periods(report: "Buendnis") -> tuple[list[str], list[int]]:
    """Return the names of the periods and the positions on the year axis that close them."""
    result, words = report.kreis.view.result, report.words
    ends = result.time.period_ends(result.scenario.start_year)
    names = [words("types.until", last=ends[0])]
    for before, last in pairwise(ends):
        key = "common.single" if before + 1 == last else "common.period"
        names.append(words(key, first=before + 1, last=last))
    return names, [result.time.position(y) for y in ends]


def when_section(report: "Buendnis") -> Block:
    """What remains to be built by period: the Kreis as a figure, the units as a table."""
    words = report.words
    names, at = _periods(report)
    build = report.each(lambda v: v.to_build)  # (area, year, type), never falls
    parts = model.periods(build, at, axis=1)
    whole = parts.sum(0)
    picture = charts.grouped_bars(
        names, {name: whole[:, b].tolist() for b, name in enumerate(types_of(report))},
        colours=[f.EZFH, f.MFH], unit=words("all.when_unit"), lang=words.lang,
    )  # fmt: skip
    total, early = int(whole.sum()), int(whole[0].sum())
    last = report.kreis.view.result.scenario.start_year - 1
    key = "none" if not total else "all" if early == total else "some" if early else "later"
    title = words(f"all.when_figure_{key}", total=total, early=early, last=last, year=report.year)
    alt = "; ".join(
        words("types.alt_item", period=n, ezfh=int(row[0]), mfh=int(row[1]))
        for n, row in zip(names, whole, strict=True)
    )
    numbers = np.column_stack([parts.sum(2), parts.sum((1, 2))])
    order = report.order(numbers[:, -1])
    table = report.table(
        [*names, words("all.col_total")], numbers, ["int"] * numbers.shape[1], words("all.when_table"), order,
        need=True,
    )  # fmt: skip
    return page.section(
        "wann", words("all.when_title"),
        page.figure(picture, words("all.when_alt", list=alt), title, table=table),
        fan_figure(report.kreis, "build", _range_title(report, "build"), from_zero=True),
        page.paragraph(words("all.when_text", last=last)),
    )  # fmt: skip


def people_section(report: "Buendnis") -> Block:
    """Population of all units on one scale, 2022 = 100."""
    words, year = report.words, report.year
    people = report.each(lambda v: v.pop)
    years = [report.kreis.view.result.time.base_date.year, *report.kreis.view.result.time.years[1:]]
    at = [0, *range(2, people.shape[1])]  # the base date, then every 31 December from the next year on
    whole = people.sum(0)
    share = people / people[:, :1] * 100
    order = report.order(share[:, -1])
    bands = {}
    for g in order:
        low, high = (bound[at] / people[g, 0] * 100 for bound in report.views[g].spread("people").band(LEVEL))
        bands[report.names[g]] = low.tolist(), high.tolist()
    picture = panels.small_multiples(
        years, {report.names[g]: share[g, at].tolist() for g in order},
        (report.kreis.view.name, (whole / whole[0] * 100)[at].tolist()), bands=bands,
        band_label=words("sure.col_range"), unit=words("all.people_unit"), lang=words.lang,
    )  # fmt: skip
    first, last = people[:, 0], people[:, -1]
    title = words("all.sentence", text=report.counted("people", report.directions(first, last)), year=year)
    alt = words(
        "all.people_alt", year=year, list=items_of(report, "all.item1", share[:, -1], order),
        kreis=float(whole[-1] / whole[0] * 100),
    )  # fmt: skip
    table = _change_table(report, first, last, words("all.people_table"), order, "people")
    return page.section(
        "menschen", words("all.people_title"),
        page.figure(picture, alt, title, table=table),
        fan_figure(report.kreis, "people", _range_title(report, "people")),
    )  # fmt: skip


def _range_title(report: "Buendnis", name: str) -> str:
    """Return what a fan of the Kreis says: the printed mean at the horizon and its 80 % interval."""
    spread = report.kreis.view.spread(name)
    low, high = spread.interval()
    n = int(spread.shown[-1])
    return report.words(
        f"all.fan_{name}", year=report.year, kreis=report.kreis.view.name, n=n, low=low, high=high
    )


def _change_table(
    report: "Buendnis", first: np.ndarray, last: np.ndarray, caption: str, order: list[int], name: str
) -> Block:
    words = report.words
    share, whole = 100 * (last / first - 1), 100 * float(last.sum() / first.sum() - 1)
    rates = {words("all.col_change_share"): (share, whole, "signed1")}
    numbers = np.column_stack([first, last, last - first])
    columns = [words("common.base"), f"31.12.{report.year}", words("people.col_change")]
    cells = [words("sure.cell", low=low, high=high)
             for low, high in (v.spread(name).interval() for v in (*report.views, report.kreis.view))]  # fmt: skip
    texts = {words("sure.col_range"): (cells[:-1], cells[-1])}
    return report.table(columns, numbers, ["int", "int", "signed"], caption, order, rates=rates, texts=texts)


def households_section(report: "Buendnis") -> Block:
    """Why the number of households changes: people against ageing, in per cent of the households of 2022."""
    words, year = report.words, report.year
    counts = report.each(lambda v: v.households.sum(-1))
    first, change = counts[:, 0], counts[:, -1] - counts[:, 0]
    effects = np.array([
        _whole(v.of(v.result.households.effects[0])[-1], int(c)) for v, c in zip(report.views, change, strict=True)
    ])  # fmt: skip
    share = effects / first[:, None]
    order = report.order(change / first)
    names = [words("households.why_people"), words("households.why_age")]
    picture = panels.dots(
        [report.names[g] for g in order], {n: share[order, k].tolist() for k, n in enumerate(names)},
        colours=[f.NEED, f.SURPLUS], spec="pct0", unit=words("all.households_unit"), lang=words.lang,
    )  # fmt: skip
    rises = [int((effects[:, k] > 0).sum()) for k in (0, 1)]
    title = words(
        "all.households_figure",
        of=len(report.views),
        age=_number(report, rises[1]),
        people=_number(report, rises[0]),
    )
    listed = "; ".join(
        words("all.households_item", name=report.names[g], people=float(share[g, 0]), age=float(share[g, 1]))
        for g in order
    )
    numbers = np.column_stack([first, change, effects])
    kinds = [words(f"households.why_{k}") for k in ("people", "age", "formation")]
    columns = [words("all.col_households"), words("people.col_change"), *kinds]
    table = report.table(
        columns, numbers, ["int", *["signed"] * 4], words("all.households_table"), order,
        notes=[words("all.households_note")],
    )  # fmt: skip
    return page.section(
        "haushalte", words("all.households_title"),
        page.figure(picture, words("all.households_alt", year=year, list=listed), title, table=table),
        fan_figure(report.kreis, "households", _range_title(report, "households")),
        page.paragraph(words("households.why_text")),
    )  # fmt: skip


def _number(report: "Buendnis", n: int) -> str:
    return report.words("all.no_unit") if n == 0 else report.words.number(n, "int")


def _whole(values: np.ndarray, total: int) -> np.ndarray:
    """Return values as whole numbers with a given sum that lies within rounding of theirs."""
    moved = values.astype(float).copy()
    moved[int(np.abs(values).argmax())] += total - values.sum()
    return round_keep_total(moved)


def old_section(report: "Buendnis") -> Block:
    """People aged 75 and over: change in per cent."""
    words, year = report.words, report.year
    groups = report.each(lambda v: np.array([v.pop_groups(0)[-1], v.pop_groups(-1)[-1]]))
    first, last = groups[:, 0], groups[:, 1]
    change = last / first - 1
    order = report.order(change)
    kreis = report.kreis.view.name
    whole = float(last.sum() / first.sum() - 1)
    names = [*(report.names[g] for g in order), kreis]
    picture = charts.bars(
        names, [*change[order].tolist(), whole], spec="pct1", highlight=[kreis], unit=words("all.old_unit"),
        lang=words.lang,
    )  # fmt: skip
    text = report.counted("old", report.directions(first, last))
    title = words("all.sentence", text=text, year=year)
    alt = words("all.old_alt", year=year, kreis=whole, list=items_of(report, "all.item_pct", change, order))
    table = _change_table(report, first, last, words("all.old_table"), order, "old")
    return page.section("aeltere", words("all.old_title"), page.figure(picture, alt, title, table=table))


def small_section(report: "Buendnis") -> Block:
    """One-person households beside dwellings below 60 square metres, as shares; no gap is read from it."""
    words, year = report.words, report.year
    small = report.each(lambda v: v.small_dwellings)
    alone = report.each(lambda v: v.alone[[0, -1], 0])
    households, dwellings = report.each(lambda v: v.households[0].sum()), report.each(lambda v: v.dwellings)
    shares = np.column_stack([alone[:, 0] / households, small / dwellings])
    order = report.order(shares[:, 0])
    names = [words("all.small_alone"), words("all.small_dwellings")]
    picture = panels.dots(
        [report.names[g] for g in order], {n: shares[order, k].tolist() for k, n in enumerate(names)},
        colours=[f.NEED, f.SURPLUS], spec="pct0", unit=words("all.small_unit"), lang=words.lang,
    )  # fmt: skip
    more = int((alone[:, 0] > small).sum())
    key = "all" if more == len(report.views) else "none" if more == 0 else "some"
    title = words(
        f"all.small_figure_{key}",
        n=more,
        of=len(report.views),
        alone=int(alone[:, 0].sum()),
        small=int(small.sum()),
    )
    listed = "; ".join(
        words("all.small_item", name=report.names[g], alone=float(shares[g, 0]), small=float(shares[g, 1]))
        for g in order
    )
    numbers = np.column_stack([small, alone, alone[:, 1] - alone[:, 0]])
    columns = [
        words("small.bar_small"), words("all.col_alone"), words("all.col_alone_later", year=year),
        words("people.col_change"),
    ]  # fmt: skip
    table = report.table(columns, numbers, ["int", "int", "int", "signed"], words("all.small_table"), order)
    return page.section(
        "kleine-wohnungen", words("all.small_title"),
        page.figure(picture, words("all.small_alt", list=listed), title, table=table),
        page.paragraph(words("small.text")),
    )  # fmt: skip


def land_section(report: "Buendnis") -> Block:
    """Building land for what remains."""
    words, year = report.words, report.year
    land = report.land_tenths() / 10
    total = land.sum(1)
    order = report.order(total)
    ends = report.extremes(total)
    picture = charts.stacked_bars(
        [report.names[g] for g in order],
        {name: land[order, b].tolist() for b, name in enumerate(types_of(report))},
        colours=[f.EZFH, f.MFH], spec="dec1", unit=words("all.land_unit"), lang=words.lang,
    )  # fmt: skip
    cells = [words("sure.cell", low=low, high=high)
             for low, high in (v.land_interval() for v in (*report.views, report.kreis.view))]  # fmt: skip
    texts = {words("sure.col_range"): (cells[:-1], cells[-1])}
    whole = float(total.sum())
    title = words("all.land_figure" if whole else "all.land_figure_none", ha=whole, year=year, **ends)
    alt = words("all.land_alt", year=year, ha=whole, list=items_of(report, "all.item1", total, order))
    known = potentials_of(report.kreis.view)
    left = parts_of(report.kreis.view.result).land_left_tenths.sum(1) / 10 if known else total
    more = [(words("all.land_after"), left)] if known else []
    table = report.table(
        [*short_types(report), words("all.col_total"), *(n for n, _ in more)],
        np.column_stack([land, total, *(v for _, v in more)]), ["dec1"] * (3 + len(more)),
        words("all.land_table"), order, texts=texts, need=True,
        arrange=[0, 1, 2, 4, 3] if known else None,  # the interval stays beside the land it belongs to
    )  # fmt: skip
    bounds = report.kreis.view.land_interval()
    assumed = report.kreis.view.result.scenario.land
    infill = assumed.infill_share.ezfh.value + assumed.infill_share.mfh.value
    text = words(
        "all.land_text_infill" if infill > 0 else "all.land_text",
        ezfh=assumed.density.ezfh.value, mfh=assumed.density.mfh.value,
    )  # fmt: skip
    return page.section(
        "bauland",
        words("all.land_title"),
        page.figure(picture, alt, title, table=table),
        page.paragraph(f"{text} {words('land.range', low=bounds[0], high=bounds[1])}"),
        *([page.paragraph(words("all.land_left", ha=float(left.sum()), known=len(known), of=len(left)))]
          if known else []),
    )  # fmt: skip
