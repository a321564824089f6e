"""Sections of the report on what to do next and on how far the result moves with its assumptions."""

from math import floor
from typing import TYPE_CHECKING

import numpy as np

from wohnlib.model import levers as lever_model
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.sections_segments_supply import on_land_and_rest, potentials_of, to_find
from wohnlib.report.segment_cells import positions
from wohnlib.report.view import View
from wohnlib.segments import parts_of

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf, Cell

OLD = 2  # position of people aged 75 and more among those living alone
NOTICEABLE = 0.1  # a mean surplus below this share of the dwellings still to be built is not named here
RESULTS = (
    "build", "build_ezfh", "build_mfh", "newbuild", "surplus", "people", "old", "households", "alone65", "alone75",
)  # fmt: skip


def next_section(report: "Bedarf") -> Block:
    """What to do next, by rule: each line stands only where its condition holds."""
    view, words = report.view, report.words
    items = []
    if view.unknown_years:
        items.append(words("next.completions", unknown=report.unknown_years()))
    land = _land(report)
    items += land
    named = land[:1] == [_no_areas(report)]
    for name, n, left in zip(("ezfh", "mfh"), view.surplus[-1], view.to_build[-1], strict=True):
        worth = max(lever_model.WORTH, NOTICEABLE * left)
        if left > 0 and n >= worth and not (named and name == "ezfh"):
            count = words.count("common.dwellings", int(n))
            items.append(words(f"next.surplus_{name}", n=count, year=view.year))
    first, last = int(view.alone[0, OLD]), int(view.alone[-1, OLD])
    if last > first:
        items.append(
            words("next.old", first=first, last=last, year=view.year, sure=report.range_text("alone75"))
        )
    empty = _long_vacant(view)
    if empty > 0:
        items.append(words("next.vacancy", n=words.count("common.dwellings", empty)))
    return page.section("naechste-schritte", words("next.title"), page.bullets(items))


def _land(report: "Bedarf") -> list[str]:
    """Return what to do about building land, as the levers say; nothing below the dwellings worth a line."""
    view, words = report.view, report.words
    hectares = view.land_tenths.sum() / 10
    if int(view.to_build[-1].sum()) < lever_model.WORTH or not hectares:
        return []
    if view.result.inputs.segments is None:
        return [words("next.land", ha=hectares)]
    parts = parts_of(view.result)
    gaps = parts.gaps(view.index)
    found = lever_model.levers(gaps)
    if "no_new_areas" in found:
        return [_no_areas(report)]
    if not gaps.hectares:
        return [words("follows.next_no_land")]
    there, rest = on_land_and_rest(parts, positions(view))
    if there.sum():
        find = floor(10 * to_find(parts, rest) + 0.5) / 10
        return [words("follows.next_land_there" if find else "follows.next_land_enough", ha=find)]
    if gaps.potentials:
        return [words("follows.next_land_left", ha=gaps.hectares)]
    return [words("follows.next_steps" if "land_in_steps" in found else "next.land", ha=gaps.hectares)]


def _no_areas(report: "Bedarf") -> str:
    over = report.words.count("common.dwellings", int(report.view.surplus[-1, 0]))
    return report.words("follows.next_no_areas", n=over, year=report.view.year)


def _long_vacant(view: View) -> int:
    """Return dwellings vacant for twelve months or more, as the section on vacancy prints them."""
    known = view.result.inputs.segments is not None
    printed = parts_of(view.result).vacant_printed if known else None
    if printed is not None:
        return int(view.of(printed)[-1])
    return int(np.floor(view.of(view.result.stock.stock.unusable).sum() + 0.5))


def sure_section(report: "Bedarf") -> Block:
    """How sure the main results are: their 80 % intervals, then what changes with other assumptions."""
    words, year = report.words, report.view.year
    rows: list[list[Cell]] = []
    for name in RESULTS:
        spread = report.view.spread(name)
        low, high = spread.interval()
        mean = words.number(int(spread.shown[-1]), "int")
        rows.append([words(f"sure.{name}"), mean, words("sure.cell", low=low, high=high)])
    rows = report.with_base(rows, lambda v: (int(v.spread(n).shown[-1]) for n in RESULTS))
    low, high = report.view.land_interval()
    hectares = words.number(report.view.land_tenths.sum() / 10, "dec1")
    land: list[Cell] = [words(_land_name(report.view)), hectares, words("sure.cell", low=low, high=high)]
    rows += report.with_base([land], lambda v: [v.land_tenths.sum() / 10], "dec1")
    if _meets(report.view):
        low, high = parts_of(report.view.result).land_left_interval(report.view.index)
        after: list[Cell] = [words("sure.land_after"), words.number(_land_left(report.view), "dec1"),
                             words("sure.cell", low=low, high=high)]  # fmt: skip
        rows += report.with_base([after], lambda v: [_land_left(v)], "dec1")
    columns = [words("sure.col_what"), words("fan.col_mean"), words("sure.col_range"), *report.base_column()]
    draws = report.view.result.draws.count
    return page.section(
        "sicherheit", words("sure.title"),
        page.paragraph([page.strong(words("sure.what")), f" {words('sure.how', draws=draws)}"]),
        page.table(columns, rows, caption=words("sure.table", year=year),
                   numeric=[False] + [True] * (len(columns) - 1)),
        page.paragraph(words("sure.without")),
        page.heading(words("sure.scenarios_title"), 3),
        page.paragraph(f"{words('sure.scenarios_text')} {words('sure.scenarios_brackets')}"),
        _scenarios(report),
    )  # fmt: skip


def _land_name(view: View) -> str:
    return "sure.land_before" if _meets(view) else "sure.land"


def _meets(view: View) -> bool:
    """Return whether vacant houses, conversions or gaps were entered; land that is there is land all the same."""
    return any(n.sum() > 0 for p in potentials_of(view) for n in p.dwellings.values())


def _land_left(view: View) -> float:
    return float(view.of(parts_of(view.result).land_left_tenths).sum()) / 10


def _scenarios(report: "Bedarf") -> Block:
    """Return the results of the scenarios side by side, each with its own 80 % interval."""
    words = report.words
    lower, upper = report.range_views
    middle = [v for v in (report.base_view, report.view) if v is not None]
    views = list({v.result.scenario.name: v for v in (lower, *middle, upper)}.values())

    def cell(view: View, name: str) -> str:
        spread = view.spread(name)
        low, high = spread.interval()
        return words("sure.both", n=int(spread.shown[-1]), low=low, high=high)

    rows = [[words(f"sure.{n}"), *(cell(v, n) for v in views)] for n in RESULTS]
    land = [
        words("sure.both_land", n=v.land_tenths.sum() / 10, low=low, high=high)
        for v, (low, high) in ((v, v.land_interval()) for v in views)
    ]
    rows.append([words(_land_name(report.view)), *land])
    columns = [words("sure.col_what"), *(page.name(v.result.scenario.title) for v in views)]
    return page.table(
        columns, rows, caption=words("sure.scenarios_table", year=report.view.year),
        notes=[words("sure.scenarios_note")], numeric=[False] + [True] * len(views),
    )  # fmt: skip
