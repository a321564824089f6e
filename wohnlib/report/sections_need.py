"""Sections of the report on dwellings: need by line, by type and period, small dwellings, what remains."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wohnlib.model import need as model
from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.page import Block
from wohnlib.report.sections_segments_overlap import backlog_text, has_backlog
from wohnlib.report.view import View

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf, Cell

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
    # the line that moves need most in the direction of its total
    largest = int((by_line if total >= 0 else -by_line).argmax())
    flat = not shown or np.abs(by_line).max() < FLAT * view.dwellings
    title = (
        words("need.figure_flat", place=view.place, year=year)
        if flat
        else words(
            "need.figure",
            largest=names[largest],
            value=int(by_line[largest]),
            total=total,
            place=view.place,
            year=year,
        )
    )
    steps = [(names[k], float(by_line[k])) for k in shown] or [(names[0], 0.0)]
    picture = charts.waterfall(
        steps, words("need.total"), total_spec="signed", unit=words("need.unit", year=year), lang=words.lang
    )
    items = ", ".join(words("need.item", name=n, value=v) for n, v in steps)
    rows: list[list[Cell]] = [
        [
            names[k],
            *(words.number(int(lines[b, k]), "signed") for b in range(2)),
            words.number(int(by_line[k]), "signed"),
        ]
        for k in range(len(names))
    ]
    sums = [*lines.sum(1), total]
    rows.append([words("need.total"), *(words.number(int(s), "signed") for s in sums)])
    rows = report.with_base(rows, lambda v: (*v.lines.sum(0), v.lines.sum()), "signed")
    columns = [words("need.col_line"), *(words(f"common.type_{b}") for b in TYPES), words("common.total"),
               *report.base_column(words("common.total"))]  # fmt: skip
    table = page.table(columns, rows, caption=words("need.table"), total=True)
    blocks = [page.figure(picture, words("need.alt", year=year, list=items, total=total), title, table=table),
              page.paragraph(words("need.text", year=year))]  # fmt: skip
    households = view.households.sum(-1)
    change = int(households[-1] - households[0])
    if by_line[0] != change:
        blocks.append(page.paragraph(words("need.kappa_note", change=change)))
    blocks.append(page.paragraph(_bridge(report, total)))
    if not by_line[1:4].any():
        blocks.append(page.paragraph(words("need.zero_lines")))
    if has_backlog(report):
        blocks.append(page.paragraph(backlog_text(report)))
    bound = int(np.floor(view.of(view.result.stock.unknown) + 0.5))
    if bound:
        blocks.append(page.paragraph(words("need.bound", n=bound, place=view.place)))
    return page.section("bedarf", words("need.title"), *blocks)


def _bridge(report: "Bedarf", total: int) -> str:
    """Return how signed need, new dwellings, surplus, completions and what is left go together."""
    view, words = report.view, report.words
    new, surplus = int(view.newbuild[-1].sum()), int(view.surplus[-1].sum())
    values = {
        "total": total, "year": view.year, "new": words.number(new, "int"),
        "surplus": words.number(surplus, "int"), "built": words.number(int(view.completed.sum()), "int"),
        "left": words.number(int(view.to_build[-1].sum()), "int"), "sure": "",
    }  # fmt: skip
    spread = view.spread("signed")
    if not spread.certain:
        low, high = spread.interval()
        values["sure"] = f" {words('sure.signed', low=low, high=high)}"
    return words("need.bridge" if surplus else "need.bridge_no_surplus", **values)


def _line_names(report: "Bedarf") -> list[str]:
    return [report.words(f"need.line_{line}") for line in model.LINES]


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
    rows: list[list[Cell]] = [
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
    for key, total_of in (("need", _newbuild), ("surplus", _surplus)):
        columns += report.base_column(words(f"types.base_{key}"))
        rows = report.with_base(rows, partial(_by_period, at=at, values=total_of))
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


def _newbuild(view: View) -> NDArray[np.int64]:
    return view.newbuild.sum(1)


def _surplus(view: View) -> NDArray[np.int64]:
    return view.surplus.sum(1)


def _by_period(view: View, at: list[int], values: Callable[[View], NDArray[np.int64]]) -> list[int]:
    """Return a cumulative quantity by period, closed by its sum."""
    found = model.periods(values(view), at, axis=0)
    return [*map(int, found), int(found.sum())]


def _stock_table(report: "Bedarf") -> Block:
    view, words = report.view, report.words
    stock = view.of(view.result.printed.stock)
    rows = [
        [words(f"common.type_{b}"), *(words.number(int(v), "int") for v in stock[i]),
         words.number(int(stock[i].sum()), "int")]
        for i, b in enumerate(TYPES)
    ]  # fmt: skip
    rows.append([words("common.total"), *(words.number(int(v), "int") for v in [*stock.sum(0), stock.sum()])])
    columns = [words("common.dwellings"), *(words(f"types.use_{u}") for u in USES), words("common.total")]
    return page.folded(
        words("types.stock_table"), page.table(columns, rows, caption=words("types.stock_table"), total=True)
    )
