"""Section of the report on needs that overlap, and on the backlog that municipalities counted themselves."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.model import overlap as overlap_model
from wohnlib.model.need import LINES
from wohnlib.report import charts, page
from wohnlib.report.page import Block
from wohnlib.report.segment_cells import ints, one, only_line, positions, with_tenure
from wohnlib.segments import Parts, parts_of
from wohnlib.steps.backlog import OVERCROWDED, Backlog

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf


@with_tenure("ueberschneidung", "overlap.title")
def overlap_section(report: "Bedarf") -> Block:
    """Needs that the same household can have: bounds of full and no overlap; backlog net of overlap if entered."""
    view, words, year = report.view, report.words, report.view.year
    parts = parts_of(view.result)
    needs = {}
    if parts.step_free is not None:
        needs["step_free"] = one(view, parts.step_free.gap[:, -1])
    if parts.affordable is not None:
        needs["affordable"] = one(view, parts.affordable.gap[:, -1])
    backlog = [b for b in _backlog(report, parts) if b is not None]
    if backlog:
        needs["backlog"] = whole_number(sum(b.households for b in backlog))
    low, high = overlap_model.union_bounds([float(n) for n in needs.values()])
    if low == high:
        text = f"{_no_overlap(report, needs)} {backlog_text(report)}"
        return only_line("ueberschneidung", words("overlap.title"), text)
    labels = [
        *(words(f"overlap.row_{n}") for n in needs),
        words("overlap.row_full"),
        words("overlap.row_none"),
    ]
    values = [*(float(n) for n in needs.values()), low, high]
    picture = charts.bars(
        labels, values, highlight=labels[-2:], unit=words("overlap.unit", year=year), lang=words.lang
    )
    rows = [[n, *ints(report, [v])] for n, v in zip(labels, values, strict=True)]
    table = page.table(
        [words("small.col_what"), words("common.households")], rows, caption=words("overlap.table")
    )
    alt = words(
        "overlap.alt",
        list="; ".join(words("overlap.item", name=n, value=v) for n, v in zip(labels, values, strict=True)),
    )
    blocks = [page.figure(picture, alt, words("overlap.figure", low=low, high=high, place=view.place), table=table),
              page.paragraph(words("overlap.text")),
              page.paragraph(words("overlap.text_backlog" if backlog else "overlap.text_overlay")),
              page.paragraph(backlog_text(report))]  # fmt: skip
    return page.section("ueberschneidung", words("overlap.title"), *blocks)


def _no_overlap(report: "Bedarf", needs: dict[str, int]) -> str:
    """Return the line for at most one need above zero, which can overlap with no other."""
    view, words = report.view, report.words
    found = [(name, n) for name, n in needs.items() if n > 0]
    if not found:
        return words("overlap.none", place=view.place, year=view.year)
    name, n = found[0]
    return words("overlap.single", place=view.place, year=view.year, what=words(f"overlap.row_{name}"), n=n)


def _backlog(report: "Bedarf", parts: Parts) -> list[Backlog | None]:
    return [parts.local.backlog[g] for g in positions(report.view)]


def backlog_text(report: "Bedarf") -> str:
    """Return the local backlog, what was taken off so that no household counts twice, and what enters need.

    Without local figures, which forms to fill in.
    """
    view, words, parts = report.view, report.words, parts_of(report.view.result)
    at = [g for g, b in zip(positions(view), _backlog(report, parts), strict=True) if b is not None]
    given = [b for b in _backlog(report, parts) if b is not None]
    if not given:
        return words("overlap.backlog_missing")
    low, high = (sum(b.bounds[k] for b in given) for k in (0, 1))
    once = whole_number(sum(b.households for b in given))
    number = words.count("overlap.households", once)
    if any(b.stated for b in given):
        total = whole_number(sum(float(b.counts.sum()) for b in given))
        text = words(
            "overlap.backlog", total=words.count("overlap.households", total), off=total - once, net=number
        )
    elif low < high:
        text = words("overlap.backlog_bounds", low=number, high=whole_number(high))
    else:
        text = words("overlap.backlog_one", n=number)
    printed = int(view.result.printed.lines[at, -1][..., LINES.index("backlog")].sum())
    number_in = whole_number(float(view.result.need.backlog[at, -1].sum()))
    enters = words("overlap.enters" if number_in == printed else "overlap.enters_rounded", year=view.year,
                   n=words.count("common.dwellings", number_in), printed=printed)  # fmt: skip
    if any(b.net[OVERCROWDED] > 0 for b in given):
        share = view.result.scenario.dwellings.backlog_overcrowded_new.value
        enters = f"{enters} {words('overlap.overcrowded', share=share)}"
    if view.index is None:
        enters = f"{enters} {words('overlap.known', known=len(given), all=len(positions(view)))}"
    return f"{text} {enters}"


def has_backlog(report: "Bedarf") -> bool:
    """Return whether local figures on backlog enter the need of this area."""
    result = report.view.result
    if result.inputs.segments is None:
        return False
    return any(b is not None for b in _backlog(report, parts_of(result)))


def whole_number(value: float) -> int:
    return int(np.floor(value + 0.5))
