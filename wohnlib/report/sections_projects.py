"""Section of the dossier on projects: need by unit and segment that they cover, all projects by name, weights."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wohnlib.alliance.coverage import EXTRA
from wohnlib.alliance.segment_need import SegmentNeed
from wohnlib.alliance.settings import STATUS
from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.page import Block
from wohnlib.report.spread import rounded

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

TYPES = ("ezfh", "mfh")
PARTS = ("need", "built", "under_way", "gap", "beyond")


def projects_section(report: "Buendnis") -> Block:
    """Need by unit and type: built, under way, still open; by segment; projects by name and status; weights."""
    words, state, year = report.words, report.work, report.year
    covered = state.coverage
    title = words("projects.title")
    if state.projects.empty:
        n = int(covered.gap.sum())
        key = "none" if n else "none_needed"
        return page.section(
            "projekte", title, page.paragraph(words(f"projects.{key}", n=n, year=year)), *_segments(report),
            _weights(report),
        )  # fmt: skip
    order = report.order(covered.gap.sum(1))
    picture = charts.stacked_bars(
        [report.names[g] for g in order],
        {words(f"projects.{k}"): v.sum(1)[order].tolist() for k, v in _bars(report).items()},
        colours=[f.BASE, f.NEED, f.SURPLUS], unit=words("projects.unit", year=year), lang=words.lang,
    )  # fmt: skip
    message = words("projects.figure", share=covered.share(), gap=int(covered.gap.sum()), year=year)
    listed = ", ".join(
        words("projects.alt_item", name=report.names[g], built=int(covered.built[g].sum()),
              way=int(_bars(report)["under_way"][g].sum()), gap=int(covered.gap[g].sum()))
        for g in order
    )  # fmt: skip
    tables = page.join(*(_coverage_table(report, order, b) for b in range(len(TYPES))))
    return page.section(
        "projekte", title,
        page.figure(picture, words("projects.alt", year=year, list=listed), message, table=tables),
        page.paragraph(words("projects.text")), *_segments(report),
        page.heading(words("projects.list_title"), 3), _list(report), _status_table(report), _weights(report),
    )  # fmt: skip


def _bars(report: "Buendnis") -> dict[str, np.ndarray]:
    covered = report.work.coverage
    return {
        "built": covered.built,
        "under_way": np.minimum(covered.under_way, covered.open),
        "gap": covered.gap,
    }


def _coverage_table(report: "Buendnis", order: list[int], b: int) -> Block:
    """Return need of one type and what covers it, of all units."""
    words, covered = report.words, report.work.coverage
    numbers = np.column_stack([getattr(covered, part)[:, b] for part in PARTS])
    columns = [words(f"projects.col_{part}") for part in PARTS]
    caption = words("projects.table", year=report.year, type=words(f"common.type_{TYPES[b]}"))
    return report.table(columns, numbers, ["int"] * len(PARTS), caption, order, need=True)


# -- small, price-bound, step-free -------------------------------------------------------------------------


def _segments(report: "Buendnis") -> list[Block]:
    """Return what lacks of each segment by unit with its range, what projects bring and what is left."""
    words = report.words
    found = report.work.segments
    blocks = [
        page.heading(words("projects.segments_title"), 3),
        page.paragraph(words("projects.segments_text")),
    ]
    for name in EXTRA:
        if name in found:
            blocks.append(_segment_table(report, found[name]))
        else:
            blocks.append(page.paragraph(words(f"projects.no_{name}")))
    return blocks


def _segment_table(report: "Buendnis", found: SegmentNeed) -> Block:
    words, name = report.words, found.segment
    columns = [words(f"projects.need_{name}"), words("projects.col_under_way"), words("projects.col_left")]
    bounds = [*zip(found.low.tolist(), found.high.tolist(), strict=True), found.together]
    if name == "small":  # rounded as in the units' reports; the gaps stand there as they are
        bounds = [rounded(low, high) for low, high in bounds]
    ranges = [words("sure.cell", low=a, high=b) if a < b else words.number(a, "int") for a, b in bounds]
    texts = {words("projects.range"): (ranges[:-1], ranges[-1])}
    table = report.table(
        columns, np.column_stack([found.need, found.projects, found.left]), ["int"] * 3,
        words(f"projects.segment_{name}", year=report.year), report.order(found.left),
        notes=[words(f"projects.note_{name}")], texts=texts,
    )  # fmt: skip
    total, way = int(found.need.sum()), int(np.minimum(found.projects, found.need).sum())
    summary = words("projects.segment_sum", segment=words(f"projects.name_{name}"), need=total, way=way)
    return page.folded(summary, table)


# -- projects by name --------------------------------------------------------------------------------------


def _list(report: "Buendnis") -> Block:
    """Return all projects with place, owner, status, year and dwellings, by unit and year."""
    words, areas, year = report.words, report.kreis.view.result.inputs.areas, report.year
    table = report.work.projects.reindex(
        columns=["ags", "project", "owner", "status", "year", *TYPES, *EXTRA]
    )
    table = table.assign(unit=[areas.short_name(str(k)) for k in table["ags"]])
    rows: list[list[str | Block | None]] = []
    for r in table.sort_values(["unit", "year", "project"]).to_dict("records"):
        who = "" if pd.isna(r["owner"]) or not str(r["owner"]).strip() else str(r["owner"]).strip()
        name = words("projects.named", name=r["project"], who=who) if who else str(r["project"])
        late = words("projects.late") if r["year"] > year else ""
        total = sum(0 if pd.isna(r[b]) else int(r[b]) for b in TYPES)
        rows.append([
            name, r["unit"], words(f"agenda.status_{r['status']}"), f"{int(r['year'])}{late}", words.number(total, "int"),
            *(None if pd.isna(r[e]) else words.number(int(r[e]), "int") for e in EXTRA),
        ])  # fmt: skip
    columns = [
        *(words(f"projects.col_{c}") for c in ("project", "place", "status", "year", "dwellings")),
        *(words(f"projects.short_{e}") for e in EXTRA),
    ]
    notes = [words("projects.list_note")]
    if any(r["year"] > year for r in table.to_dict("records")):
        notes.append(words("projects.late_note", year=year))
    return page.table(
        columns, rows, caption=words("projects.list_table"), numeric=[False, False, False, *[True] * 5], notes=notes,
    )  # fmt: skip


def _status_table(report: "Buendnis") -> Block:
    """Return dwellings of all projects by status; small, price-bound and step-free ones are parts of them."""
    words, covered = report.words, report.work.coverage
    rows: list[list[str | Block | None]] = []
    for s, status in enumerate(STATUS):
        cells = [*covered.dwellings[:, :, s].sum(0), *covered.extra[:, :, s].sum(0)]
        rows.append([words(f"agenda.status_{status}"), *(words.number(int(n), "int") for n in cells)])
    total = [*covered.dwellings.sum((0, 2)), *covered.extra.sum((0, 2))]
    rows.append([words("common.total"), *(words.number(int(n), "int") for n in total)])
    columns = [words("projects.col_status"), *(words(f"common.type_{b}_short") for b in TYPES),
               *(words(f"projects.of_{e}") for e in EXTRA)]  # fmt: skip
    return page.table(
        columns, rows, caption=words("projects.status_table", year=report.year), total=True,
        numeric=[False, *[True] * 5],
    )  # fmt: skip


def _weights(report: "Buendnis") -> Block:
    words = report.words
    rows: list[list[str | Block | None]] = [
        [words(f"agenda.status_{s}"), words.number(a.value, "pct0"),
         None if a.range is None else words("assumptions.range", low=words.number(a.range[0], "pct0"), high=words.number(a.range[1], "pct0")),
         a.source, page.rating(a.rating)]
        for s, a in report.work.weights.items()
    ]  # fmt: skip
    columns = [words(f"projects.col_{c}") for c in ("status", "weight", "range", "source", "rating")]
    table = page.table(
        columns, rows, caption=words("projects.weights_table"), numeric=[False, True, True, False, False]
    )
    return page.folded(words("projects.weights_fold"), table)
