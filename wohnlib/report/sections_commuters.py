"""Section of the dossier on ties of work: the Kreis and its partners, by unit where a matrix was brought, jobs."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wohnlib.data import tables
from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.headline import about
from wohnlib.report.page import Block

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

MOST_LISTED = 3  # places of origin that a row of the table of a matrix names
ALL = "total"


def commuter_section(report: "Buendnis") -> Block:
    """Ties of work: by unit from a matrix, of the Kreis with its partners, jobs; what is missing is said."""
    words = report.words
    matrix: pd.DataFrame = report.kreis.view.result.inputs.local.table(
        "commuters", examples=report.work.example
    )
    units = [page.paragraph(words("commuters.no_matrix"))] if matrix.empty else _matrix(report, matrix)
    blocks = [*_far(report), *_partners(report), page.heading(words("commuters.units_title"), 3), *units]
    return page.section("pendler", words("commuters.title"), *blocks, *_jobs(report))


# -- the Kreis ---------------------------------------------------------------------------------------------


def _partners(report: "Buendnis") -> list[Block]:
    """Return the partners of the Kreis in both directions, or one line on what would be needed."""
    words, region = report.words, report.kreis.view.result.inputs.areas.region
    table = tables.load("commuters")
    own = table[table["ags"] == region]
    if own.empty:
        return [page.paragraph(words("commuters.no_kreis"))]
    own = own[own["year"] == own["year"].max()]
    year = int(own["year"].max())
    totals = {str(r.direction): int(r.value) for r in own[own["partner"] == ALL].itertuples()}
    blocks = [page.paragraph(words("commuters.balance", year=year, out=totals["out"], into=totals["in"],
                                   more=words(f"commuters.more_{'out' if totals['out'] > totals['in'] else 'in'}"),
                                   n=about(abs(totals["out"] - totals["in"]))))] if len(totals) == 2 else []  # fmt: skip
    for direction in ("out", "in"):
        rows = own[(own["direction"] == direction) & (own["partner"] != ALL)]
        blocks += (
            [page.paragraph(words(f"commuters.no_{direction}"))]
            if rows.empty
            else [_partner_figure(report, rows, direction, year, totals.get(direction))]
        )
    return blocks


def _partner_figure(
    report: "Buendnis", rows: pd.DataFrame, direction: str, year: int, total: int | None
) -> Block:
    """Return the partners in one direction as bars and as a table with their share of all."""
    words = report.words
    ordered = rows.sort_values(["value", "partner"], ascending=[False, True])
    names, values = [str(n) for n in ordered["partner_name"]], [int(v) for v in ordered["value"]]
    whole = total or sum(values)
    cells: list[list[str | Block | None]] = [
        [n, words.number(v, "int"), words.number(v / whole, "pct1")]
        for n, v in zip(names, values, strict=True)
    ]
    rest = whole - sum(values)
    if rest > 0:
        cells.append(
            [
                words("commuters.rest"),
                words("commuters.about", n=about(rest)),
                words.number(rest / whole, "pct1"),
            ]
        )
    cells.append([words("common.total"), words.number(whole, "int"), words.number(1.0, "pct1")])
    columns = [words(f"commuters.col_{c}") for c in (f"partner_{direction}", direction, "share")]
    table = page.table(
        columns, cells, caption=words(f"commuters.table_{direction}", year=year), total=True,
        numeric=[False, True, True], notes=[words("commuters.source", year=year)],
    )  # fmt: skip
    picture = charts.bars(
        names, values, colour=f.NEED, unit=words(f"commuters.unit_{direction}", year=year), lang=words.lang
    )
    listed = ", ".join(words("commuters.alt_item", name=n, n=v) for n, v in zip(names, values, strict=True))
    title = words(f"commuters.figure_{direction}", name=names[0], n=values[0], share=values[0] / whole)
    return page.figure(
        picture, words(f"commuters.alt_{direction}", year=year, list=listed), title, table=table
    )


def _far(report: "Buendnis") -> list[Block]:
    """Return how many employees live in the Kreis and how many of them work far away."""
    words, table = report.words, tables.load("work")
    own = table[table["ags"] == report.kreis.view.result.inputs.areas.region]
    known = {str(r.item): (float(r.value), int(r.year)) for r in own.itertuples()}
    if not {"employees", "far_share"} <= set(known):
        return []
    (n, year), (share, _) = known["employees"], known["far_share"]
    return [page.paragraph(words("commuters.kreis", n=n, year=year, share=share, far=about(int(share * n))))]


# -- units -------------------------------------------------------------------------------------------------


def _matrix(report: "Buendnis", matrix: pd.DataFrame) -> list[Block]:
    """Return who comes to work into each unit: from other units of the region, from elsewhere, from where most."""
    words, areas = report.words, report.kreis.view.result.inputs.areas
    known = {
        n.casefold(): k
        for names in (areas.names, areas.short_names)
        for n, k in zip(names, areas.keys, strict=True)
    }
    table = matrix.assign(home=[known.get(str(o).strip().casefold(), "") for o in matrix["origin"]])
    table = table[table["home"] != table["ags"]]  # who lives and works in the same unit does not commute
    groups = {str(k): part for k, part in table.groupby("ags", sort=True)}
    if not groups:
        return [page.paragraph(words("commuters.no_matrix"))]
    order = sorted(groups, key=lambda k: (-int(groups[k]["employees"].sum()), areas.short_name(k)))
    inner = {k: int(groups[k].loc[groups[k]["home"] != "", "employees"].sum()) for k in order}
    outer = {k: int(groups[k]["employees"].sum()) - inner[k] for k in order}
    names = [areas.short_name(k) for k in order]
    picture = charts.stacked_bars(
        names, {words("commuters.inner"): [inner[k] for k in order], words("commuters.outer"): [outer[k] for k in order]},
        colours=[f.NEED, f.BASE], unit=words("commuters.matrix_unit"), lang=words.lang,
    )  # fmt: skip
    rows = [
        [areas.short_name(k), words.number(inner[k], "int"), words.number(outer[k], "int"),
         words.number(inner[k] + outer[k], "int"), _origins(report, groups[k])]
        for k in order
    ]  # fmt: skip
    columns = [words(f"commuters.col_{c}") for c in ("unit", "inner", "outer", "total", "origins")]
    shown = page.table(
        columns, rows, caption=words("commuters.matrix_table"), numeric=[False, True, True, True, False],
        notes=[words("commuters.matrix_note")],
    )  # fmt: skip
    listed = ", ".join(
        words("commuters.alt_item", name=areas.short_name(k), n=inner[k] + outer[k]) for k in order
    )
    title = words("commuters.matrix_figure", n=sum(inner.values()) + sum(outer.values()), inner=sum(inner.values()),
                  units=words.count("commuters.units", len(order)))  # fmt: skip
    return [page.figure(picture, words("commuters.matrix_alt", list=listed), title, table=shown)]


def _origins(report: "Buendnis", part: pd.DataFrame) -> str:
    ordered = part.sort_values(["employees", "origin"], ascending=[False, True]).head(MOST_LISTED)
    return report.list(
        [report.words("commuters.item", name=str(r.origin), n=int(r.employees)) for r in ordered.itertuples()]
    )


def _jobs(report: "Buendnis") -> list[Block]:
    """Return the number of jobs in every unit, and per 100 inhabitants."""
    words, table = report.words, tables.load("work")
    jobs = table[(table["item"] == "jobs") & table["ags"].isin(report.kreis.view.result.inputs.areas.keys)]
    if jobs.empty:
        return []
    last = jobs[jobs["year"] == jobs["year"].max()].set_index("ags")["value"]
    rate = np.array([float(last.get(v.key, np.nan)) / v.pop[0] * 100 for v in report.views])
    order = sorted(np.flatnonzero(~np.isnan(rate)), key=lambda g: (-rate[g], report.names[g]))
    rows = [
        [report.names[g], words.number(float(last[report.views[g].key]), "int"), words.number(float(rate[g]), "dec0")]
        for g in order
    ]  # fmt: skip
    columns = [words("index.col_unit"), words("commuters.col_jobs"), words("commuters.col_rate")]
    return [page.table(columns, rows, caption=words("commuters.jobs_table", year=int(jobs["year"].max())))]
