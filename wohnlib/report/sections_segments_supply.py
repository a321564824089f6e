"""Sections of the report on supply: losses, vacancy, and what potentials take of the building land."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.inputs_segments import BUILT_CLASSES, MONTHS, REASONS
from wohnlib.model import supply as model
from wohnlib.model.need import LINES
from wohnlib.model.rounding import round_keep_total
from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.page import Block
from wohnlib.report.segment_cells import ints, only_line, positions, with_tenure
from wohnlib.report.view import View
from wohnlib.segments import Parts, parts_of
from wohnlib.steps.segment_local import OWNERS, Potential

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

REPLACEMENT = LINES.index("replacement")
GROUPS = (("old", 0, 2), ("fifties", 2, 4), ("seventies", 4, 6), ("nineties", 6, 8), ("new", 8, 10))


@with_tenure("bestand-verliert", "supply.title")
def supply_section(report: "Bedarf") -> Block:
    """Dwellings lost by year built, and vacancy by how long it lasts."""
    view, words, year = report.view, report.words, report.view.year
    parts = parts_of(view.result)
    if parts.losses_by_age is None or parts.built is None:
        return only_line("bestand-verliert", words("supply.title"), words("supply.missing"))
    assert GROUPS[-1][2] == len(BUILT_CLASSES)
    lost = view.of(parts.losses_by_age)
    stock = view.of(round_keep_total(np.nan_to_num(parts.built)))  # a unit's classes give its dwellings
    labels = [words(f"supply.built_{g}") for g, _, _ in GROUPS]
    losses = _rounded(
        np.array([lost[a:b].sum() for _, a, b in GROUPS]), int(view.lines[:, REPLACEMENT].sum())
    )
    dwellings = [int(stock[a:b].sum()) for _, a, b in GROUPS]
    picture = charts.bars(
        labels, losses.tolist(), unit=words("supply.unit", year=year), colour=f.MINUS, lang=words.lang
    )
    rows = [[n, *ints(report, (d, v))] for n, d, v in zip(labels, dwellings, losses, strict=True)]
    rows.append([words("common.total"), *ints(report, (sum(dwellings), losses.sum()))])
    table = page.table(
        [words("supply.col_built"), words("supply.col_stock"), words("supply.col_lost", year=year)], rows,
        caption=words("supply.table"), notes=[words("supply.note")], total=True,
    )  # fmt: skip
    total = float(losses.sum())
    share = float(losses[0]) / total if total else 0.0
    blocks = [
        page.figure(
            picture,
            words("supply.alt", year=year, list="; ".join(
                words("supply.item", name=n, value=v) for n, v in zip(labels, losses, strict=True))),
            words("supply.figure", place=view.place, year=year, n=words.count("common.dwellings", int(view.lines[:, REPLACEMENT].sum())), share=share),
            table=table,
        ),
        page.paragraph(_by_type(report)),
        page.paragraph(_removals(report, parts)),
        _vacancy(report, parts),
    ]  # fmt: skip
    return page.section("bestand-verliert", words("supply.title"), *blocks)


def _rounded(values: np.ndarray, total: int) -> np.ndarray:
    """Return values as whole numbers that sum to the printed total."""
    return round_keep_total(values * total / values.sum()) if values.sum() else values.astype(int)


def _by_type(report: "Bedarf") -> str:
    view, words = report.view, report.words
    replaced = view.lines[:, REPLACEMENT]
    return words("supply.by_type", ezfh=int(replaced[0]), mfh=int(replaced[1]))


def _removals(report: "Bedarf", parts: Parts) -> str:
    """Return planned demolition and conversion, from local figures only."""
    words = report.words
    given = [parts.local.removals[g] for g in positions(report.view)]
    if any(g is None for g in given):
        return words("supply.removals_missing")
    sums = {k: sum((g or {}).get(k, 0) for g in given) for k in ("demolition", "to_other", "to_housing")}
    return words("supply.removals", **sums)


def _vacancy(report: "Bedarf", parts: Parts) -> Block:
    """The vacant dwellings by how long they have been empty: usable and not."""
    view, words = report.view, report.words
    if parts.vacant_printed is None:
        return page.paragraph(words("supply.vacancy_missing"))
    months = view.of(parts.vacant_printed)
    rows = [[words(f"supply.months_{m}"), *ints(report, [n])] for m, n in zip(MONTHS, months, strict=True)]
    rows.append([words("common.total"), *ints(report, [months.sum()])])
    reasons = parts.figures.vacant_reason
    notes = [] if reasons is None else [
        words("supply.vacancy_note", **dict(zip(REASONS, map(int, reasons), strict=True)))
    ]  # fmt: skip
    table = page.table([words("supply.col_months"), words("common.dwellings")], rows,
                       caption=words("supply.vacancy_table"), notes=notes, total=True)  # fmt: skip
    text = words("supply.vacancy", place=view.place, n=words.count("common.dwellings", int(months.sum())),
                 long=int(months[-1]), usable=int(months[:-1].sum()))  # fmt: skip
    return page.join(page.paragraph(text), page.folded(words("supply.vacancy_table"), table))


@with_tenure("potenziale", "supply.pot_title")
def potentials_section(report: "Bedarf") -> Block:
    """What of the need is met by vacant houses, conversions and gaps, and the land that is left to find."""
    view, words, year = report.view, report.words, report.view.year
    parts, at = parts_of(view.result), positions(report.view)
    given = potentials_of(view)
    if not given:
        return only_line("potenziale", words("supply.pot_title"), words("supply.pot_missing"))
    used = {
        k: sum(float(u.used[k].sum()) for g in at if (u := parts.used[g]) is not None) for k in model.KINDS
    }
    on_land, rest = on_land_and_rest(parts, at)
    labels = [words(f"supply.pot_{k}") for k in (*model.KINDS, "land", "rest")]
    values = [*used.values(), float(on_land.sum()), float(rest.sum())]
    there = [*(sum(float(p.dwellings[k].sum()) for p in given) for k in model.KINDS),
             sum(float(p.on_land.sum()) for p in given)]  # fmt: skip
    rows: list[list[str | None]] = [
        [n, *(ints(report, [t]) if t is not None else [None]), *ints(report, [v])]
        for n, t, v in zip(labels, [*there, None], values, strict=True)
    ]
    total = int(view.of(view.result.printed.to_build)[-1].sum())
    rows.append([words("rest.row_rest"), None, *ints(report, [total])])
    picture = charts.bars(labels, values, unit=words("supply.pot_unit", year=year), lang=words.lang)
    columns = [words("small.col_what"), words("supply.pot_col_there"), words("supply.pot_col_used")]
    listed = "; ".join(words("supply.item", name=n, value=v) for n, v in zip(labels, values, strict=True))
    return page.section(
        "potenziale", words("supply.pot_title"),
        page.figure(
            picture, words("supply.pot_alt", list=listed), _land_title(report, parts),
            table=page.table(columns, rows, caption=words("supply.pot_table"), notes=[words("supply.pot_note")],
                             numeric=[False, True, True], total=True),
        ),
        page.paragraph(_found_text(report, parts, rest, len(given))),
        _owners(report, given),
    )  # fmt: skip


def potentials_of(view: View) -> list[Potential]:
    """Return the potentials that the units of this area entered; none without figures on tenure."""
    if view.result.inputs.segments is None:
        return []
    found = parts_of(view.result).local.potentials
    return [p for g in positions(view) if (p := found[g]) is not None]


def on_land_and_rest(parts: Parts, at: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return what of the rest goes on building land that is there, and on land still to find; both (type,)."""
    on_land, rest = np.zeros(2), np.zeros(2)
    for g in at:
        used, own = parts.used[g], parts.local.potentials[g]
        left = parts.result.printed.to_build[g, -1] if used is None else used.left_to_build
        there = np.zeros(2) if own is None else np.minimum(left, own.on_land)
        on_land, rest = on_land + there, rest + left - there
    return on_land, rest


def to_find(parts: Parts, rest: np.ndarray) -> float:
    """Return the hectares still to be found for dwellings (type,) that no land that is there takes."""
    density = parts.result.scenario.land.density
    return float((rest / np.array([density.ezfh.value, density.mfh.value])).sum())


def _land_title(report: "Bedarf", parts: Parts) -> str:
    """Return the land needed before and after potentials, or that they change nothing."""
    at = positions(report.view)
    before, after = (float(x[at].sum()) / 10 for x in (parts.land_tenths, parts.land_left_tenths))
    key = "pot_figure" if after < before else "pot_figure_same"
    return report.words(f"supply.{key}", before=before, after=after, place=report.view.place)


def _found_text(report: "Bedarf", parts: Parts, rest: np.ndarray, known: int) -> str:
    """Return the land still to be found, from how many units the figures are, and what the municipality owns."""
    view, words = report.view, report.words
    hectares = to_find(parts, rest)
    municipal = sum(p.municipal for g in positions(view) if (p := parts.local.potentials[g]) is not None)
    texts = [words("supply.pot_find" if rest.sum() else "supply.pot_find_none", ha=hectares)]
    if municipal:
        texts.append(words("supply.pot_municipal", municipal=municipal))
    if view.index is None:
        texts.append(words("supply.pot_known", known=known, all=len(positions(view))))
    return " ".join(texts)


def _owners(report: "Bedarf", given: list[Potential]) -> Block:
    """The dwellings entered by who owns the house or the land, folded."""
    words = report.words
    sums = {o: sum(p.owners.get(o, 0.0) for p in given) for o in OWNERS}
    rows = [[words(f"supply.owner_{o or 'none'}"), *ints(report, [n])] for o, n in sums.items() if n]
    rows.append([words("common.total"), *ints(report, [sum(sums.values())])])
    caption = words("supply.owner_table")
    columns = [words("supply.owner_col"), words("common.dwellings")]
    return page.folded(caption, page.table(columns, rows, caption=caption, total=True))
