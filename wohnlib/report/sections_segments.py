"""Sections of the report on segments: owned or rented, in houses or flats; small dwellings; floor area."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.model import floor_area as floor_model
from wohnlib.model.need import LINES
from wohnlib.model.segments import SEGMENTS
from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.page import Block
from wohnlib.report.sections_stand import small_share
from wohnlib.report.segment_cells import between, ints, one, only_line, positions, whole, with_tenure
from wohnlib.report.view import View
from wohnlib.segments import Parts, largest_gaps, parts_of
from wohnlib.steps.segments import VARIANTS

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf, Cell

FIRST_STARTER, LAST_STARTER = 18, 29  # ages of those who live alone for the first time
SAME = 0.5  # dwellings; a variant nearer than this to the report's own need is that
EQUAL = 1e-6  # dwellings; a unit without growth has the same need under both
REPLACEMENT = LINES.index("replacement")
SMALL, LARGE = 2, 4  # positions of the floor-area classes from 60 and from 100 square metres


def names(report: "Bedarf") -> list[str]:
    return [report.words(f"seg.name_{s}") for s in SEGMENTS]


@with_tenure("teilmaerkte", "seg.title")
def segments_section(report: "Bedarf") -> Block:
    """Demand, supply, need and surplus by type and tenure, with the interval of new-build need."""
    view, words, year = report.view, report.words, report.view.year
    parts = parts_of(view.result)
    found = parts.segments
    need, over = view.of(found.newbuild[:, -1]), view.of(parts.surplus)
    left = view.of(parts.to_build)
    low, high = found.interval(view.index)
    picture = charts.grouped_bars(
        names(report), {words("seg.col_left"): left.tolist(), words("seg.surplus"): over.tolist()},
        colours=[f.NEED, f.RANGE], unit=words("seg.unit", year=year), lang=words.lang,
    )  # fmt: skip
    items = "; ".join(
        words("seg.alt_item", name=n, left=a, over=b)
        for n, a, b in zip(names(report), left, over, strict=True)
    )
    lines = view.of(found.printed_lines[:, -1])  # (segment, line)
    signed = lines.sum(-1)
    before = whole(view, found.stock.total - found.stock.vacant)
    supply = whole(view, found.stock.total - found.stock.unusable) - lines[:, REPLACEMENT]
    demand = supply + signed  # with the reserve, so that demand less supply is signed need
    rows: list[list[Cell]] = [
        [n, *ints(report, (before[k], demand[k], supply[k])), *ints(report, [signed[k]], "signed"),
         *ints(report, [need[k]]), between(report, low[k], high[k]), *ints(report, (over[k], left[k]))]
        for k, n in enumerate(names(report))
    ]  # fmt: skip
    rows.append([words("common.total"), *ints(report, (before.sum(), demand.sum(), supply.sum())),
                 *ints(report, [signed.sum()], "signed"), *ints(report, [need.sum()]), "",
                 *ints(report, (over.sum(), left.sum()))])  # fmt: skip
    columns = [words(f"seg.col_{c}", year=year) for c in (
        "segment", "before", "later", "supply", "signed", "newbuild", "interval", "surplus", "left")]  # fmt: skip
    columns += report.base_column(words("seg.newbuild"))
    rows = report.with_base(rows, _newbuild_of)
    notes = [words("seg.note"), words("seg.note_demand"),
             words("seg.note_mean", draws=view.result.draws.count), words("seg.left_note")]  # fmt: skip
    table = page.table(
        columns, rows, caption=words("seg.table"), notes=notes, total=True,
        numeric=[False] + [True] * (len(columns) - 1),
    )  # fmt: skip
    return page.section(
        "teilmaerkte", words("seg.title"),
        page.figure(picture, words("seg.alt", year=year, list=items), _headline(report), table=table),
        page.paragraph(words("seg.text", age=view.result.scenario.segments.stay_age.value)),
        _variants(report, parts),
    )  # fmt: skip


def _newbuild_of(view: View) -> list[int]:
    """Return new-build need by segment at the horizon, closed by its sum."""
    found = view.of(parts_of(view.result).segments.newbuild[:, -1])
    return [*map(int, found), int(found.sum())]


def gap_text(report: "Bedarf") -> str:
    """Return the three largest gaps and the largest surplus by segment as sentences; nothing if there are none.

    Gaps are what is needed up to the peak, the surplus is what is left of it at the horizon; never netted.
    """
    view, words = report.view, report.words
    gaps, over = largest_gaps(view.result, view.index)
    parts = []
    if gaps:
        shown = [words(f"seg.of_{g.segment}", n=words.count("common.dwellings", g.dwellings)) for g in gaps]
        text = shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + words("headline.and") + shown[-1]
        parts.append(words("seg.gaps_one" if len(shown) == 1 else "seg.gaps", year=view.year, list=text))
    if over is not None:
        text = words(f"seg.of_{over.segment}", n=words.count("common.dwellings", over.dwellings))
        parts.append(words("seg.over", year=view.year, what=text))
    return " ".join(parts)


def _headline(report: "Bedarf") -> str:
    view, words = report.view, report.words
    gaps, _ = largest_gaps(view.result, view.index, 1)
    if not gaps:
        return words("seg.figure_none", place=view.place, year=view.year)
    what = words(f"seg.of_{gaps[0].segment}", n=words.count("common.dwellings", gaps[0].dwellings))
    return words("seg.figure", place=view.place, year=view.year, what=what)


def _variants(report: "Bedarf", parts: Parts) -> Block:
    """The need by type under three views of who moves into which type."""
    view, words, year = report.view, report.words, report.view.year
    rows = []
    own, printed = view.result.need.signed[0, :, -1], view.result.printed.lines[:, -1].sum(-1)
    for name in VARIANTS:
        values = parts.segments.variants[name][:, -1]
        same = np.abs(values - own).max(-1, keepdims=True) < EQUAL  # as printed where nothing differs
        ezfh, mfh = view.of(np.where(same, printed, np.floor(values + 0.5).astype(np.int64)))
        label = words(f"seg.variant_{name}")
        if np.abs(values - own).max() < SAME:
            label = words("seg.variant_own", name=label)
            ezfh, mfh = view.lines.sum(1)
        rows.append([label, *ints(report, (ezfh, mfh, ezfh + mfh), "signed")])
    columns = [
        words("seg.col_variant"),
        *(words(f"common.type_{b}_short") for b in ("ezfh", "mfh")),
        words("common.total"),
    ]
    share = view.result.scenario.segments.newbuild_ezfh_share.value
    return page.join(
        page.table(columns, rows, caption=words("seg.variants", year=year), numeric=[False, True, True, True],
                   notes=[words("seg.variants_note", share=share, rest=1 - share)]),
    )  # fmt: skip


@with_tenure("kleine-wohnungen", "small.title")
def small_section(report: "Bedarf") -> Block:
    """One-person households by age, starters and Incomings against small dwellings and their turnover."""
    view, words, year, result = report.view, report.words, report.view.year, report.view.result
    figures = parts_of(result).figures
    if figures.floor_area is None:
        return only_line("kleine-wohnungen", words("small.title"), words("seg.small_missing"))
    path = result.households
    alone = path.people[0] * path.member_rate[..., 0]  # (area, year, age)
    young = whole(view, alone[..., FIRST_STARTER : LAST_STARTER + 1].sum(-1))[[0, -1]]
    printed = view.alone[[0, -1]]
    rows_by_age = [young, printed[:, 0] - printed[:, 1] - young, printed[:, 1] - printed[:, 2], printed[:, 2]]
    labels = [words(f"seg.alone_{a}") for a in ("young", "middle", "old", "oldest")]
    small = one(view, figures.floor_area[:, :SMALL].sum(1))
    picture = charts.stacked_bars(
        [words("seg.alone_at", year=view.result.time.base_date.year), words("seg.alone_at", year=year),
         words("seg.row_small")],
        {n: [int(a), int(b), 0] for n, (a, b) in zip(labels, rows_by_age, strict=True)}
        | {words("seg.row_small"): [0, 0, small]},
        unit=words("seg.alone_unit"), lang=words.lang,
    )  # fmt: skip
    tiny = one(view, figures.floor_area[:, 0])
    turnover = result.scenario.segments.small_turnover.value
    change = int(printed[1, 0] - printed[0, 0])
    years = float(result.time.elapsed[-1])
    bound = one(view, result.stock.unknown)
    incomings = one(view, result.need.incomings[:, -1].sum(-1) - result.need.incomings[:, 0].sum(-1))
    items = "; ".join(words("seg.alone_item", name=n, first=a, last=b)
                      for n, (a, b) in zip(labels, rows_by_age, strict=True))  # fmt: skip
    rows: list[list[str | None]] = [
        [n, *ints(report, (a, b)), *ints(report, [b - a], "signed")]
        for n, (a, b) in zip(labels, rows_by_age, strict=True)
    ]
    rows.append([words("seg.alone_all"), *ints(report, printed[:, 0]), *ints(report, [change], "signed")])
    rows += [
        [words("seg.row_small"), *ints(report, [small]), None, None],
        [words("seg.row_tiny"), *ints(report, [tiny]), None, None],
        [words("seg.row_turnover", share=turnover), *ints(report, [small * turnover]), None, None],
        [words("seg.row_incomings"), *ints(report, [bound]), None, *ints(report, [incomings], "signed")],
    ]
    columns = [words("small.col_what"), words("common.base"), f"31.12.{year}", words("people.col_change")]
    table = page.table(columns, rows, caption=words("small.table"),
                       notes=[words("small.note"), words("seg.incomings_note")])  # fmt: skip
    key = "small_up" if change > 0 else "small_down" if change < 0 else "small_same"
    text = words(
        f"seg.{key}", year=year, change=words.count("seg.alone_n", abs(change)), place=view.place,
        per_year=abs(change) / years, free=small * turnover, share=turnover,
    )  # fmt: skip
    title = words("small.figure", households=int(printed[0, 0]), place=view.place, dwellings=small)
    kreis = small_share(View(result, result.inputs.areas.region, words))
    return page.section(
        "kleine-wohnungen", words("small.title"),
        page.figure(picture, words("seg.alone_alt", year=year, list=items, small=small), title, table=table),
        page.paragraph(text),
        *([] if view.index is None else [page.paragraph(
            words("small.share_small", share=small_share(view), place=view.place, kreis=kreis))]),
        page.paragraph(words("small.text")),
    )  # fmt: skip


@with_tenure("wohnflaeche", "seg.floor_title")
def floor_section(report: "Bedarf") -> Block:
    """Floor area of dwellings beside household sizes; the additional need as bounds from the margins."""
    view, words, year, result = report.view, report.words, report.view.year, report.view.result
    parts = parts_of(result)
    if parts.figures.floor_area is None:
        return only_line("wohnflaeche", words("seg.floor_title"), words("seg.floor_missing"))
    classes = floor_model.three_classes(parts.figures.floor_area, SMALL, LARGE)  # (area, 3)
    counts = result.households.household_count[0][:, [0, -1]]  # (area, 2, size)
    bounds, narrow, given = _floor_bounds(report, parts, classes, counts)
    shown = whole(view, classes)
    sizes = view.households[0]
    groups = [int(sizes[0]), int(sizes[1]), int(sizes[2:].sum())]
    labels = [words(f"seg.floor_{c}") for c in ("small", "middle", "large")]
    people = [words(f"seg.people_{n}") for n in ("1", "2", "3")]
    picture = charts.bars(
        [*labels, *people], [*shown.astype(float), *map(float, groups)], highlight=labels,
        unit=words("small.unit"), lang=words.lang,
    )  # fmt: skip
    title = words("seg.floor_figure", place=view.place, large=shown[2] / shown.sum(),
                  few=(groups[0] + groups[1]) / sum(groups))  # fmt: skip
    rows: list[list[str | None]] = []
    for k, name in enumerate(labels):
        cell = [name, *ints(report, [shown[k]]), _bounds_cell(report, bounds[k]),
                _bounds_cell(report, narrow[k]) if narrow[k] else None]  # fmt: skip
        rows.append([*cell, *ints(report, [given[k]], "signed")] if given is not None else cell)
    columns = [words("seg.floor_col_class"), words("seg.floor_col_stock"), words("seg.floor_col_bounds", year=year),
               words("seg.floor_col_narrow", year=year)]  # fmt: skip
    if given is not None:
        columns.append(words("seg.floor_col_table", year=year))
    table = page.table(columns, rows, caption=words("seg.floor_table"), notes=[words("seg.floor_note")],
                       numeric=[False] + [True] * (len(columns) - 1))  # fmt: skip
    alt = words("seg.floor_alt", small=int(shown[0]), middle=int(shown[1]), large=int(shown[2]),
                n1=groups[0], n2=groups[1], n3=groups[2])  # fmt: skip
    text = words("seg.floor_text_table" if given is not None else "seg.floor_text")
    return page.section("wohnflaeche", words("seg.floor_title"), page.figure(picture, alt, title, table=table),
                        page.paragraph(text))  # fmt: skip


Bounds = tuple[float, float]


def _floor_bounds(
    report: "Bedarf", parts: Parts, classes: np.ndarray, counts: np.ndarray
) -> tuple[list[Bounds], list[Bounds | None], list[int] | None]:
    """Return bounds of the additional dwellings by class (pure, narrowed) and, with a user's table, the values."""
    kappa = report.view.result.stock.kappa
    pure: list[Bounds] = [(0.0, 0.0)] * 3
    narrow: list[Bounds | None] = [(0.0, 0.0), None, (0.0, 0.0)]
    at = positions(report.view)
    tables = [parts.local.floor[g] for g in at]
    given = [0, 0, 0]
    for g, table in zip(at, tables, strict=True):
        rows, growth = kappa[g] * counts[g, 0], counts[g, 1] / counts[g, 0]
        columns = classes[g] * rows.sum() / classes[g].sum()
        for k in range(3):
            pure[k] = _add(pure[k], floor_model.change_bounds(growth, rows, columns[k]))
        narrow[0] = _add(narrow[0], floor_model.monotone_bounds(growth, rows, columns[0]))
        narrow[2] = _add(narrow[2], floor_model.monotone_bounds(growth[::-1], rows[::-1], columns[2]))
        if table is not None:
            change = floor_model.class_change(floor_model.calibrate_table(table, rows, columns), growth)
            given = [a + int(np.floor(b + 0.5)) for a, b in zip(given, change, strict=True)]
    return pure, narrow, None if any(t is None for t in tables) else given


def _add(first: Bounds | None, second: Bounds) -> Bounds:
    low, high = first or (0.0, 0.0)
    return low + second[0], high + second[1]


def _bounds_cell(report: "Bedarf", bounds: Bounds | None) -> str:
    low, high = bounds or (0.0, 0.0)
    return between(report, np.floor(low), np.ceil(high), "signed")
