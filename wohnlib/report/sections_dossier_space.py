"""Sections of the dossier across borders: sub-regions, surplus beside need, sharing out by keys, commuters."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wohnlib.alliance.agreement import keys_of_distribution, subregions
from wohnlib.data import tables
from wohnlib.regions import Distribution, Part, distribute, overlap, parts_of
from wohnlib.report import page
from wohnlib.report.bedarf import about
from wohnlib.report.page import Block
from wohnlib.report.spread import rounded

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

TYPES = ("ezfh", "mfh")
MOST_LISTED = 3  # places of work that a row of the table of commuters names


# -- sub-regions -------------------------------------------------------------------------------------------


def subregion_section(report: "Buendnis") -> Block:
    """Sums of sub-regions with the interval of their summed draws; nothing if none is named."""
    words, result = report.words, report.kreis.view.result
    groups = subregions(report.work.alliance, result.inputs.areas)
    if not groups:
        return page.section("teilraeume", words("subregions.title"), page.paragraph(words("subregions.none")))
    parts = parts_of(result, groups, words("subregions.rest"))
    apart = not overlap(groups)
    rows = [_part_row(report, part) for part in parts]
    if apart:
        rows.append(_whole_row(report))
    names = ("name", "people", "households", "ezfh", "mfh", "build")
    columns = [*(words(f"subregions.col_{c}") for c in names), words("sure.col_range")]
    table = page.table(
        columns, rows, caption=words("subregions.table", year=report.year), total=apart,
        numeric=[False, *[True] * 6], notes=[words("subregions.note")],
    )  # fmt: skip
    areas = result.inputs.areas
    listed = page.bullets(
        words(
            "subregions.units", name=part.name, units=report.list([areas.short_names[g] for g in part.units])
        )
        for part in parts
    )
    text = words("subregions.sums" if apart else "subregions.overlap")
    return page.section("teilraeume", words("subregions.title"), listed, table, page.paragraph(text))


def _part_row(report: "Buendnis", part: Part) -> list[str | Block | None]:
    words, build = report.words, int(part.to_build.sum())
    low, high = rounded(*part.interval, build)
    return [
        part.name, words.number(part.people[1] - part.people[0], "signed"),
        words.number(part.households[1] - part.households[0], "signed"),
        *(words.number(int(n), "int") for n in part.to_build), words.number(build, "int"),
        words("sure.cell", low=low, high=high),
    ]  # fmt: skip


def _whole_row(report: "Buendnis") -> list[str | Block | None]:
    words, view = report.words, report.kreis.view
    low, high = view.spread("build").interval()
    households = view.households.sum(-1)
    return [
        words("all.sum"), words.number(int(view.pop[-1] - view.pop[0]), "signed"),
        words.number(int(households[-1] - households[0]), "signed"),
        *(words.number(int(n), "int") for n in view.to_build[-1]), words.number(int(view.to_build[-1].sum()), "int"),
        words("sure.cell", low=low, high=high),
    ]  # fmt: skip


# -- surplus beside need -----------------------------------------------------------------------------------


def beside_section(report: "Buendnis") -> Block:
    """Where one unit's surplus meets a neighbour's need of the same type; never netted."""
    words, names = report.words, report.kreis.view.result.inputs.areas.short_names
    found = report.work.meetings
    if not found:
        return page.section(
            "nachbarn", words("beside.title"), page.paragraph(words("beside.none", year=report.year))
        )
    rows = [
        [names[m.spare], words(f"common.type_{TYPES[m.type]}_short"), words.number(m.surplus, "int"), names[m.wanting],
         words.number(m.need, "int")]
        for m in found
    ]  # fmt: skip
    columns = [words(f"beside.col_{c}") for c in ("spare", "type", "surplus", "wanting", "need")]
    spare = report.list(list(dict.fromkeys(names[m.spare] for m in found)))
    key = "text_one" if len({m.spare for m in found}) == 1 else "text_some"
    return page.section(
        "nachbarn", words("beside.title"),
        page.paragraph(words(f"beside.{key}", names=spare, year=report.year)),
        page.table(columns, rows, caption=words("beside.table", year=report.year), numeric=[False, False, True, False, True]),
        page.paragraph(words("beside.note")),
    )  # fmt: skip


# -- sharing out -------------------------------------------------------------------------------------------


def distribution_section(report: "Buendnis") -> Block:
    """The dwellings of the Landkreis shared out by keys; the sum of each type is kept."""
    words, result = report.words, report.kreis.view.result
    local = result.inputs.local
    potentials: pd.DataFrame = local.table("potentials", examples=report.work.example)
    keys = keys_of_distribution(report.work.alliance)
    found = distribute(result, keys, potentials)
    if not found.own.sum():
        return page.section(
            "verteilung", words("sharing.title"), page.paragraph(words("sharing.none", year=report.year))
        )
    numbers = np.column_stack([found.own.sum(1), found.agreed, found.agreed.sum(1), found.difference.sum(1)])
    columns = [words(f"sharing.col_{c}") for c in ("own", "ezfh", "mfh", "agreed", "difference")]
    table = report.table(
        columns, numbers, ["int", "int", "int", "int", "signed"], words("sharing.table", year=report.year),
        report.order(found.agreed.sum(1)), [words("sharing.note")], need=True,
    )  # fmt: skip
    listed = page.bullets(
        words(f"sharing.key_{k}", weight=w, source=keys[k].source) for k, w in found.weights.items()
    )
    return page.section(
        "verteilung", words("sharing.title"), page.paragraph(words("sharing.text")), listed,
        *_unused(report, found), page.paragraph(_sharing_sentence(report, found)), table,
    )  # fmt: skip


def _unused(report: "Buendnis", found: Distribution) -> list[Block]:
    return [page.paragraph(report.words(f"sharing.unused_{k}")) for k in found.unused]


def _sharing_sentence(report: "Buendnis", found: Distribution) -> str:
    """Return which units the keys give most beyond and below their own need, if any."""
    words, change = report.words, found.difference.sum(1)
    if not change.any():
        return words("sharing.same")
    ends = report.extremes(change)
    return words("sharing.ends", **ends)


# -- commuters ---------------------------------------------------------------------------------------------


def commuter_section(report: "Buendnis") -> Block:
    """Ties of work: by unit where a matrix was brought, else the Landkreis's employees alone."""
    words, result = report.words, report.kreis.view.result
    matrix: pd.DataFrame = result.inputs.local.table("commuters", examples=report.work.example)
    if matrix.empty:
        return page.section("pendler", words("commuters.title"), *_kreis_commuters(report))
    rows = []
    for key, part in matrix.groupby("ags", sort=True):
        ordered = part.sort_values(["employees", "origin"], ascending=[False, True])
        places = [
            words("commuters.item", name=str(r.origin), n=int(r.employees)) for r in ordered.head(MOST_LISTED).itertuples()
        ]  # fmt: skip
        name = result.inputs.areas.short_name(str(key))
        rows.append([name, words.number(int(part["employees"].sum()), "int"), report.list(places)])
    columns = [words(f"commuters.col_{c}") for c in ("unit", "total", "origins")]
    table = page.table(columns, rows, caption=words("commuters.table"), numeric=[False, True, False])
    return page.section("pendler", words("commuters.title"), page.paragraph(words("commuters.local")), table)


def _kreis_commuters(report: "Buendnis") -> list[Block]:
    """Return what official figures say on work in the Landkreis: employees, those who work far away, jobs."""
    words, result = report.words, report.kreis.view.result
    table = tables.load("work")
    own = table[table["ags"] == result.inputs.areas.region]
    known = {str(r.item): (float(r.value), int(r.year)) for r in own.itertuples()}
    blocks = []
    if {"employees", "far_share"} <= set(known):
        (n, year), (share, _) = known["employees"], known["far_share"]
        blocks.append(
            page.paragraph(words("commuters.kreis", n=n, year=year, share=share, far=about(int(share * n))))
        )
    jobs = table[(table["item"] == "jobs") & table["ags"].isin(result.inputs.areas.keys)]
    if not jobs.empty:
        last = jobs[jobs["year"] == jobs["year"].max()].set_index("ags")["value"]
        rate = np.array([float(last.get(v.key, np.nan)) / v.pop[0] * 100 for v in report.views])
        known_at = np.flatnonzero(~np.isnan(rate))
        order = sorted(known_at, key=lambda g: (-rate[g], report.names[g]))
        rows = [
            [
                report.names[g],
                words.number(float(last[report.views[g].key]), "int"),
                words.number(float(rate[g]), "dec0"),
            ]
            for g in order
        ]
        columns = [words("index.col_unit"), words("commuters.col_jobs"), words("commuters.col_rate")]
        blocks.append(
            page.table(columns, rows, caption=words("commuters.jobs_table", year=int(jobs["year"].max())))
        )
    return [*blocks, page.paragraph(words("commuters.none"))]
