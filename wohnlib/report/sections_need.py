"""Sections of the report on dwellings: need by line, by type and period, small dwellings, what remains."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.model import need as model
from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.page import Block

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

TYPES = ("ezfh", "mfh")
USES = ("occupied", "vacant", "holiday")
FLAT = 0.001  # need below this share of the stock is called "nahezu null"


def need_section(report: "Bedarf") -> Block:
    """The waterfall of need: signed lines from zero to their sum."""
    view, words, year = report.view, report.words, report.view.year
    lines = view.lines
    by_line = lines.sum(0)
    names = _line_names(report)
    total = int(by_line.sum())
    shown = [k for k in range(len(names)) if by_line[k] != 0]
    largest = names[int(np.abs(by_line).argmax())]
    flat = not shown or np.abs(by_line).max() < FLAT * view.dwellings
    title = (
        words("need.figure_flat", place=view.place, year=year)
        if flat
        else words("need.figure", largest=largest, place=view.place, year=year)
    )
    steps = [(names[k], float(by_line[k])) for k in shown] or [(names[0], 0.0)]
    picture = charts.waterfall(
        steps, words("need.total"), total_spec="signed", unit=words("need.unit", year=year), lang=words.lang
    )
    items = ", ".join(words("need.item", name=n, value=v) for n, v in steps)
    rows = [
        [
            names[k],
            *(words.number(int(lines[b, k]), "signed") for b in range(2)),
            words.number(int(by_line[k]), "signed"),
        ]
        for k in range(len(names))
    ]
    sums = [*lines.sum(1), total]
    rows.append([words("need.total"), *(words.number(int(s), "signed") for s in sums)])
    columns = [words("need.col_line"), *(words(f"common.type_{b}") for b in TYPES), words("common.total")]
    table = page.table(columns, rows, caption=words("need.table"), total=True)
    blocks = [page.figure(picture, words("need.alt", year=year, list=items, total=total), title, table=table),
              page.paragraph(words("need.text", year=year))]  # fmt: skip
    if not by_line[1:4].any():
        blocks.append(page.paragraph(words("need.zero_lines")))
    bound = int(np.floor(view.of(view.result.stock.unknown) + 0.5))
    if bound:
        blocks.append(page.paragraph(words("need.bound", n=bound, place=view.place)))
    return page.section("bedarf", words("need.title"), *blocks)


def _line_names(report: "Bedarf") -> list[str]:
    names = [report.words(f"need.line_{line}") for line in model.LINES]
    if report.view.lines[:, -1].sum() < 0:
        names[-1] = report.words("need.line_reserve_less")
    return names


def _periods(report: "Bedarf") -> tuple[list[str], list[int]]:
    """Return the names of the periods and the positions on the year axis that close them."""
    time, words = report.view.result.time, report.words
    ends = time.period_ends(report.view.result.scenario.start_year)
    names, first = [], None
    for last in ends:
        if first is None:
            names.append(words("types.until", last=last))
        else:
            names.append(words("common.single" if first == last else "common.period", first=first, last=last))
        first = last + 1
    return names, [time.position(y) for y in ends]


def types_section(report: "Bedarf") -> Block:
    """New-build need and surplus by building type and period; never netted."""
    view, words, year = report.view, report.words, report.view.year
    names, at = _periods(report)
    need = model.periods(view.newbuild, at, axis=0)
    surplus = model.periods(view.surplus, at, axis=0)
    total = view.newbuild[-1]
    counts = {b: words.count("common.dwellings", int(total[i])) for i, b in enumerate(TYPES)}
    title = words("types.figure_need", year=year, **counts)
    picture = charts.grouped_bars(
        names, {words(f"common.type_{b}"): need[:, i].tolist() for i, b in enumerate(TYPES)},
        colours=[f.EZFH, f.MFH], unit=words("types.unit"), lang=words.lang,
    )  # fmt: skip
    items = "; ".join(
        words("types.alt_item", period=n, ezfh=int(row[0]), mfh=int(row[1]))
        for n, row in zip(names, need, strict=True)
    )
    sums = [*need.sum(0), *surplus.sum(0)]
    rows = [
        [n, *(words.number(int(v), "int") for v in a), *(words.number(int(v), "int") for v in s)]
        for n, a, s in zip(names, need, surplus, strict=True)
    ]
    rows.append([words("common.total"), *(words.number(int(v), "int") for v in sums)])
    short = [words(f"common.type_{b}_short") for b in TYPES]
    columns = [
        words("types.col_period"),
        *(words("types.col_need", type=t) for t in short),
        *(words("types.col_surplus", type=t) for t in short),
    ]
    table = page.table(
        columns, rows, caption=words("types.table"), notes=[words("types.surplus_note")], total=True
    )
    return page.section(
        "gebaeudearten", words("types.title"),
        page.figure(picture, words("types.figure_alt", list=items), title, table=table),
        *([page.paragraph(report.surplus_text())] if report.surplus_text() else []),
        page.paragraph(words("types.estimated")),
        _stock_table(report),
    )  # fmt: skip


def _stock_table(report: "Bedarf") -> Block:
    view, words = report.view, report.words
    stock = view.of(view.result.printed.stock)
    rows = [
        [words(f"common.type_{b}"), *(words.number(int(v), "int") for v in stock[i]),
         words.number(int(stock[i].sum()), "int")]
        for i, b in enumerate(TYPES)
    ]  # fmt: skip
    rows.append([words("common.total"), *(words.number(int(v), "int") for v in [*stock.sum(0), stock.sum()])])
    columns = ["", *(words(f"types.use_{u}") for u in USES), words("common.total")]
    columns[0] = words("common.dwellings")
    return page.folded(
        words("types.stock_table"), page.table(columns, rows, caption=words("types.stock_table"), total=True)
    )


def small_section(report: "Bedarf") -> Block:
    """Small dwellings and people living alone, the facts side by side."""
    view, words, year = report.view, report.words, report.view.year
    alone, alone_t = view.alone[0], view.alone[-1]
    small = view.small_dwellings
    names = [words(f"small.bar_{n}") for n in ("small", "alone", "alone65", "alone75")]
    picture = charts.bars(
        names,
        [float(small), *alone.astype(float)],
        highlight=[names[0]],
        unit=words("common.today"),
        lang=words.lang,
    )
    values = dict(zip(("alone", "alone65", "alone75"), (int(v) for v in alone), strict=True))
    later = dict(zip(("alone_t", "alone65_t", "alone75_t"), (int(v) for v in alone_t), strict=True))
    alt = words("small.alt", small=small, year=year, **values, **later)
    title = words("small.figure", households=int(alone[0]), place=view.place, dwellings=small)
    rows: list[list[str | None]] = [[names[0], words.number(small, "int"), None, None]]
    rows += [
        [n, words.number(int(a), "int"), words.number(int(b), "int"), words.number(int(b) - int(a), "signed")]
        for n, a, b in zip(names[1:], alone, alone_t, strict=True)
    ]
    columns = [words("small.col_what"), words("common.base"), f"31.12.{year}", words("people.col_change")]
    table = page.table(columns, rows, caption=words("small.table"), notes=[words("small.note")])
    inputs = view.result.inputs
    kreis = inputs.kreis_floor_area[:2].sum() / inputs.kreis_floor_area.sum()
    return page.section(
        "kleine-wohnungen", words("small.title"),
        page.figure(picture, alt, title, table=table),
        page.paragraph(words("small.share_small", share=small / view.dwellings, place=view.place, kreis=kreis)),
        page.paragraph(words("small.text")),
    )  # fmt: skip


def rest_section(report: "Bedarf") -> Block:
    """What has been built since the base date, what remains per year, and the land it takes."""
    view, words, year = report.view, report.words, report.view.year
    rest, start = view.to_build, view.result.scenario.start_year
    total = int(rest[-1].sum())
    place = view.place[:1].upper() + view.place[1:]
    title = words(
        "rest.figure" if total else "rest.figure_none", place=view.place, place_cap=place, year=year,
        total=words.count("common.dwellings", total),
    )  # fmt: skip
    time = view.result.time
    at = [time.position(y) for y in range(start - 1, year + 1)]
    years = list(range(start - 1, year + 1))
    picture = charts.lines(
        years,
        {words(f"common.type_{b}"): rest[at, i].tolist() for i, b in enumerate(TYPES)},
        colours=[f.EZFH, f.MFH], from_zero=True, unit=words("rest.unit"), lang=words.lang,
    )  # fmt: skip
    marks = [y for y in years if y % 5 == 0 or y == year]
    items = ", ".join(words("rest.alt_item", year=y, n=int(rest[time.position(y)].sum())) for y in marks)
    hectares = land_of(report)
    assumed = view.result.scenario.land
    infill = assumed.infill_share.ezfh.value + assumed.infill_share.mfh.value
    key = "land_none" if hectares.sum() < 0.05 else "land_text_infill" if infill > 0 else "land_text"
    text = words(
        f"rest.{key}", ha=float(np.round(hectares, 1).sum()), ezfh=assumed.density.ezfh.value,
        mfh=assumed.density.mfh.value,
    )  # fmt: skip
    return page.section(
        "bleibt", words("rest.title"),
        page.figure(picture, words("rest.alt", list=items), title, table=_rest_table(report, hectares)),
        page.paragraph(report.built_text()),
        page.paragraph(text),
    )  # fmt: skip


def land_of(report: "Bedarf") -> np.ndarray:
    """Return the land for what is still to be built, in hectares by type."""
    assumed = report.view.result.scenario.land
    density = np.array([assumed.density.ezfh.value, assumed.density.mfh.value])
    infill = np.array([assumed.infill_share.ezfh.value, assumed.infill_share.mfh.value])
    return model.land(report.view.to_build[-1], density, infill)


def _rest_table(report: "Bedarf", hectares: np.ndarray) -> Block:
    view, words, year = report.view, report.words, report.view.year
    scenario = view.result.scenario
    need, built, rest = view.newbuild[-1], view.completed, view.to_build[-1]
    span = year - scenario.start_year + 1
    known = report.known_years() or words("rest.not_given")

    def whole(values: np.ndarray, spec: str = "int") -> list[str]:
        return [words.number(v, spec) for v in (*values, values.sum())]

    given = words("rest.not_given")
    rows = [
        [words("rest.row_need", year=year), *whole(need)],
        [words("rest.row_built", known=known), *whole(built)],
        [words("rest.row_permitted"), given, given, given],
        [words("rest.row_rest"), *whole(rest)],
        [words("rest.row_rate", start=scenario.start_year), *whole(np.round(rest / span, 1), "dec1")],
        [words("rest.row_land"), *whole(np.round(hectares, 1), "dec1")],
    ]
    columns = [words("rest.col_what"), *(words(f"common.type_{b}") for b in TYPES), words("common.total")]
    return page.table(
        columns, rows, caption=words("rest.table"), notes=[words("rest.signed_note")],
        numeric=[False, True, True, True],
    )  # fmt: skip
