"""Sections of the dossier across borders: sub-regions, surplus beside need, sharing out by keys."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wohnlib.alliance.agenda import first_upper
from wohnlib.alliance.agreement import keys_of_distribution, subregions
from wohnlib.regions import Distribution, Part, distribute, overlap, parts_of
from wohnlib.report import page
from wohnlib.report.page import Block

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

TYPES = ("ezfh", "mfh")


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
    change = [_change_row(report, part) for part in parts]
    if apart:
        rows.append(_whole_row(report))
        change.append(_whole_change(report))
    columns = [
        *(words(f"subregions.col_{c}") for c in ("name", "ezfh", "mfh", "build")), words("sure.col_range"),
    ]  # fmt: skip
    table = page.table(
        columns, rows, caption=words("subregions.table", year=report.year), total=apart,
        numeric=[False, *[True] * 4], notes=[words("subregions.note")],
    )  # fmt: skip
    people = page.table(
        [words(f"subregions.col_{c}") for c in ("name", "people", "households", "surplus", "range")], change, total=apart,
        caption=words("subregions.people_table", year=report.year), numeric=[False, *[True] * 4],
    )  # fmt: skip
    areas = result.inputs.areas
    listed = page.bullets(
        words(
            "subregions.units", name=part.name, units=report.list([areas.short_names[g] for g in part.units])
        )
        for part in parts
    )
    text = words("subregions.sums" if apart else "subregions.overlap")
    return page.section("teilraeume", words("subregions.title"), listed, table, people, page.paragraph(text))


def _part_row(report: "Buendnis", part: Part) -> list[str | Block | None]:
    words, build = report.words, int(part.to_build.sum())
    low, high = part.interval
    return [
        part.name, *(words.number(int(n), "int") for n in part.to_build), words.number(build, "int"),
        words("sure.cell", low=low, high=high),
    ]  # fmt: skip


def _change_row(report: "Buendnis", part: Part) -> list[str | Block | None]:
    words = report.words
    ends = (part.people, part.households)
    low, high = part.surplus_spread.interval()
    return [
        part.name, *(words.number(last - first, "signed") for first, last in ends),
        words.number(int(part.surplus.sum()), "int"), words("sure.cell", low=low, high=high),
    ]  # fmt: skip


def _whole_row(report: "Buendnis") -> list[str | Block | None]:
    words, view = report.words, report.kreis.view
    low, high = view.spread("build").interval()
    return [
        words("all.sum"), *(words.number(int(n), "int") for n in view.to_build[-1]),
        words.number(int(view.to_build[-1].sum()), "int"), words("sure.cell", low=low, high=high),
    ]  # fmt: skip


def _whole_change(report: "Buendnis") -> list[str | Block | None]:
    words, view = report.words, report.kreis.view
    households = view.households.sum(-1)
    ends = ((view.pop[0], view.pop[-1]), (households[0], households[-1]))
    low, high = view.spread("surplus").interval()
    return [
        words("all.sum"), *(words.number(int(last - first), "signed") for first, last in ends),
        words.number(int(view.surplus[-1].sum()), "int"), words("sure.cell", low=low, high=high),
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
    spare = first_upper(report.where(dict.fromkeys(m.spare for m in found)))
    return page.section(
        "nachbarn", words("beside.title"),
        page.paragraph(words("beside.text", places=spare, year=report.year)),
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
    numbers = np.column_stack([found.own.sum(1), found.agreed.sum(1), found.agreed, found.difference.sum(1)])
    columns = [words(f"sharing.col_{c}") for c in ("own", "agreed", "ezfh", "mfh", "difference")]
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
