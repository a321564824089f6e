"""Sections of the report on older people: dwellings without steps, and houses that come free."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.model import older as model
from wohnlib.model.rounding import round_keep_total
from wohnlib.report import charts, page
from wohnlib.report.page import Block
from wohnlib.report.segment_cells import (
    between,
    drawn,
    ints,
    likely,
    only_line,
    positions,
    spec_of,
    whole,
    with_tenure,
)
from wohnlib.report.view import View
from wohnlib.segments import parts_of
from wohnlib.steps.own_figures import NURSING, own_homes, places_by_year

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf


@with_tenure("barrierearm", "older.title")
def older_section(report: "Bedarf") -> Block:
    """Households of older people whose mobility is impaired, and dwellings that fit them."""
    view, words, year = report.view, report.words, report.view.year
    parts = parts_of(view.result)
    found = parts.step_free
    if found is None:
        return only_line("barrierearm", words("older.title"), words("older.missing"))
    local, assumed = _local(report), view.result.scenario.older
    rows_of = [
        ("households", found.households), ("impaired", found.impaired),
        ("reached", np.broadcast_to(found.reached[:, None], found.gap.shape)), ("gap", found.gap),
        ("conversion", found.conversion), ("newbuild", found.newbuild),
    ]  # fmt: skip
    cells = {name: whole(view, values[:, [0, -1]]) for name, values in rows_of}
    cells["newbuild"] = cells["gap"] - cells["conversion"]
    alone = view.alone[[0, -1]]
    labels = [words(f"older.row_{n}") for n in ("households", "impaired", "reached", "gap")]
    values = [float(cells[n][1]) for n in ("households", "impaired", "reached", "gap")]
    picture = charts.bars(
        labels, values, highlight=[labels[3]], unit=words("older.unit", year=year), lang=words.lang
    )
    rows: list[list[str | None]] = [
        [words("older.row_alone65"), *ints(report, alone[:, 1]), None],
        [words("older.row_alone75"), *ints(report, alone[:, 2]), None],
    ]
    for name, _ in rows_of:
        span = likely(report, int(cells["gap"][1]), found.drawn) if name == "gap" else None
        rows.append([words(f"older.row_{name}"), *ints(report, cells[name]), span])
    columns = [words("small.col_what"), words("common.base"), f"31.12.{year}", words("older.col_range")]
    table = page.table(columns, rows, caption=words("older.table"), numeric=[False, True, True, True],
                       notes=[words("older.note_local") if local else words(
                           "older.note", rate=assumed.mobility_rate.value, share=assumed.step_free_share.value,
                           reached=assumed.step_free_reached.value), words("older.note_range")])  # fmt: skip
    gap = int(cells["gap"][1])
    title = words("older.figure" if gap else "older.figure_none", place=view.place, year=year,
                  gap=words.count("common.dwellings", gap))  # fmt: skip
    alt = words("older.alt", year=year, households=values[0], impaired=values[1], reached=values[2], gap=gap)
    text = words("older.text", rate=assumed.mobility_rate.value, conversion=words.count("common.dwellings", int(cells["conversion"][1])),
                 newbuild=words.count("common.dwellings", int(cells["newbuild"][1])), year=year)  # fmt: skip
    left = int(view.to_build[-1].sum())
    if cells["newbuild"][1] > left:
        text = f"{text} {words('older.more_conversion', left=left)}"
    return page.section(
        "barrierearm", words("older.title"), page.figure(picture, alt, title, table=table),
        page.paragraph(text), *_homes(report, gap), page.paragraph(words("older.overlay")),
    )  # fmt: skip


def _homes(report: "Bedarf", gap: int) -> list[Block]:
    """Return what the planned places of the units' own table mean: for the gap, and for the households."""
    view, words, result = report.view, report.words, report.view.result
    rows = result.inputs.local.table("senior_homes", None if view.index is None else view.key)
    if rows.empty:
        return []
    nursing = rows["kind"] == NURSING
    care, other = (places_by_year(rows[k], result.time) for k in (nursing, ~nursing))
    texts = []
    more = int(other[-1] - other[0])
    if more > 0 and gap:
        texts.append(words("older.homes_other", n=words.count("older.places", more), year=view.year,
                           share=min(1.0, more / gap)))  # fmt: skip
    change = int(care[-1] - care[0])
    if change and own_homes(result.inputs, result.scenario):
        key = "homes_more" if change > 0 else "homes_less"
        texts.append(words(f"older.{key}", n=words.count("older.places", abs(change)), year=view.year))
    return [page.paragraph(" ".join(texts))] if texts else []


def _local(report: "Bedarf") -> bool:
    suitable = parts_of(report.view.result).local.suitable
    return not bool(np.isnan(suitable[positions(report.view)]).any())


@with_tenure("freie-haeuser", "older.free_title")
def houses_section(report: "Bedarf") -> Block:
    """Houses that older people leave each year against the houses that families look for; chain of moves."""
    view, words, year = report.view, report.words, report.view.year
    found = parts_of(view.result).houses
    values, spec = freed_printed(view)
    freed, families = values[3:]
    low, high = np.quantile(drawn(view, found.drawn), [0.1, 0.9])
    family_low, family_high = np.quantile(drawn(view, found.families_drawn), [0.1, 0.9])
    labels = [words(f"older.free_{n}") for n in ("death", "care", "smaller", "total", "families")]
    picture = charts.bars(labels, values, spec=spec, highlight=labels[3:], unit=words("older.free_unit"),
                          lang=words.lang)  # fmt: skip
    rows: list[list[str | None]] = [
        [n, *ints(report, [v], spec), None] for n, v in zip(labels, values, strict=True)
    ]
    rows[3][2] = between(report, low, high, spec)
    rows[4][2] = between(report, family_low, family_high, spec)
    columns = [words("small.col_what"), words("older.free_col"), words("older.free_col_range")]
    table = page.table(columns, rows, caption=words("older.free_table", year=year), notes=[words("older.free_note")],
                       numeric=[False, True, True])  # fmt: skip
    held = whole(view, found.held)
    share = freed / families if families else 0.0
    key = "more" if share > 1.05 else "even" if share > 0.95 else "less"
    title = words("older.free_figure", place=view.place, freed=words.number(freed, spec),
                  families=words.number(families, spec))  # fmt: skip
    alt = words("older.free_alt", list="; ".join(
        words("older.free_item", name=n, value=words.number(v, spec)) for n, v in zip(labels, values, strict=True)))  # fmt: skip
    return page.section(
        "freie-haeuser", words("older.free_title"), page.figure(picture, alt, title, table=table),
        page.paragraph(words("older.free_text", one=int(held[0]), two=int(held[1]), place=view.place,
                             freed=words.number(freed, spec))
                       + " " + words(f"older.free_{key}", share=share)),
        *_chain(report),
    )  # fmt: skip


def freed_printed(view: View) -> tuple[list[float], str]:
    """Return houses a year as printed (death, care, smaller, together, families) and their format.

    The parts are rounded so that they add up to the printed sum.
    """
    found = parts_of(view.result).houses
    freed, families = view.of(found.per_year), float(view.of(found.families))
    spec = spec_of([float(freed.sum()), families])
    scale = 10 if spec == "dec1" else 1
    parts = round_keep_total(scale * freed)
    whole_families = int(np.floor(scale * families + 0.5))
    return [int(n) / scale for n in (*parts, parts.sum(), whole_families)], spec


def freed_text(report: "Bedarf") -> str:
    """Return the houses that come free a year, as the section prints them."""
    values, spec = freed_printed(report.view)
    return report.words.number(values[3], spec)


def _chain(report: "Bedarf") -> list[Block]:
    """Return what new small dwellings set free, with the assumption named; nothing if switched off."""
    assumed = report.view.result.scenario.older
    count = assumed.chain_dwellings.value
    if not count:
        return []
    chain = model.chain_of_moves(count, assumed.chain_from_house.value, assumed.chain_next.value)
    text = report.words("older.chain", n=count, houses=chain.houses, flats=chain.flats,
                        from_house=assumed.chain_from_house.value, next=assumed.chain_next.value)  # fmt: skip
    return [page.paragraph(text)]
