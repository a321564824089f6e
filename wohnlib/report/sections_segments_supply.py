"""Sections of the report on supply: losses, vacancy, potentials, and what follows from the gaps."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.inputs_segments import BUILT_CLASSES, MONTHS, REASONS
from wohnlib.model import levers as lever_model
from wohnlib.model import supply as model
from wohnlib.model.need import LINES
from wohnlib.model.segments import SEGMENTS
from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.page import Block
from wohnlib.report.sections_segments_older import freed_text
from wohnlib.report.segment_cells import ints, only_line, positions, whole
from wohnlib.segments import Parts, parts_of
from wohnlib.steps.segment_local import Potential

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

OLD = 2  # position of people aged 75 and more among those living alone
REPLACEMENT = LINES.index("replacement")
GROUPS = (("old", 0, 2), ("fifties", 2, 4), ("seventies", 4, 6), ("nineties", 6, 8), ("new", 8, 10))


def supply_section(report: "Bedarf") -> Block:
    """Dwellings lost by year built, and vacancy by how long it lasts."""
    view, words, year = report.view, report.words, report.view.year
    parts = parts_of(view.result)
    if parts.losses_by_age is None or parts.built is None:
        return only_line("bestand-verliert", words("supply.title"), words("supply.missing"))
    assert GROUPS[-1][2] == len(BUILT_CLASSES)
    lost = view.of(parts.losses_by_age)
    stock = whole(view, parts.built)
    labels = [words(f"supply.built_{g}") for g, _, _ in GROUPS]
    losses = np.array([lost[a:b].sum() for _, a, b in GROUPS])
    dwellings = [int(stock[a:b].sum()) for _, a, b in GROUPS]
    picture = charts.bars(
        labels, losses.tolist(), unit=words("supply.unit", year=year), colour=f.MINUS, lang=words.lang
    )
    rows = [[n, *ints(report, (d, v))] for n, d, v in zip(labels, dwellings, losses, strict=True)]
    table = page.table(
        [words("supply.col_built"), words("supply.col_stock"), words("supply.col_lost", year=year)], rows,
        caption=words("supply.table"), notes=[words("supply.note")],
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


def potentials_section(report: "Bedarf") -> Block:
    """What of the need is met by vacant houses, conversions and gaps, and the land that is left to find."""
    view, words, year = report.view, report.words, report.view.year
    parts = parts_of(view.result)
    given = [parts.local.potentials[g] for g in positions(view)]
    known = [
        (g, Potential({}, np.zeros(2), 0.0) if p is None else p)
        for g, p in zip(positions(view), given, strict=True)
    ]
    count = sum(p is not None for p in given)
    if not count:
        return only_line("potenziale", words("supply.pot_title"), words("supply.pot_missing"))
    land = view.result.scenario.land
    density = np.array([land.density.ezfh.value, land.density.mfh.value])
    used = dict.fromkeys(model.KINDS, 0.0)
    before = hectares = on_land = rest = 0.0
    for g, p in known:
        to_build = view.result.printed.to_build[g, -1].astype(float)
        left = model.land_after_potentials(to_build, p.dwellings, density, np.zeros(2))
        before += float((to_build / density).sum())
        for kind in model.KINDS:
            used[kind] += float(left.used[kind].sum())
        hectares += float(left.hectares.sum())
        on_land += float(np.minimum(left.left_to_build, p.on_land).sum())
        rest += float(np.maximum(left.left_to_build - p.on_land, 0).sum())
    labels = [
        *(words(f"supply.pot_{k}") for k in model.KINDS),
        words("supply.pot_land"),
        words("supply.pot_rest"),
    ]
    values = [*used.values(), on_land, rest]
    there = [*(sum(float(p.dwellings[k].sum()) for p in given if p is not None) for k in model.KINDS),
             sum(float(p.on_land.sum()) for _, p in known), None]  # fmt: skip
    rows = [[n, *(None if t is None else words.number(t, "int") for t in [t]), *ints(report, [v])]
            for n, t, v in zip(labels, there, values, strict=True)]  # fmt: skip
    picture = charts.bars(labels, values, unit=words("supply.pot_unit", year=year), lang=words.lang)
    columns = [words("small.col_what"), words("supply.pot_col_there"), words("supply.pot_col_used")]
    municipal = sum(p.municipal for _, p in known)
    return page.section(
        "potenziale", words("supply.pot_title"),
        page.figure(
            picture,
            words("supply.pot_alt", list="; ".join(words("supply.item", name=n, value=v) for n, v in zip(labels, values, strict=True))),
            words("supply.pot_figure", before=before, after=hectares),
            table=page.table(columns, rows, caption=words("supply.pot_table"), notes=[words("supply.pot_note")],
                             numeric=[False, True, True]),
        ),
        page.paragraph(words("supply.pot_text_unit" if len(given) == 1 else "supply.pot_text",
                             municipal=municipal, known=count, all=len(given))),
    )  # fmt: skip


def follows_section(report: "Bedarf") -> Block:
    """From gaps to levers, by rules that stand in the code and are tested."""
    view, words, year = report.view, report.words, report.view.year
    parts = parts_of(view.result)
    gaps = parts.gaps(view.index)
    left = view.of(parts.to_build)
    labels = [words(f"seg.name_{s}") for s in SEGMENTS]
    picture = charts.bars(
        labels, left.astype(float).tolist(), unit=words("follows.unit", year=year), lang=words.lang
    )
    found = lever_model.levers(gaps)
    n = words.count
    values = {
        "rent_flats": n("common.dwellings", gaps.rent_mfh), "own_flats": n("common.dwellings", gaps.own_mfh),
        "building_land": words.number(gaps.hectares, "dec1"), "no_new_areas": n("common.dwellings", gaps.surplus_ezfh),
        "reuse_vacant": n("common.dwellings", gaps.long_vacant), "use_potentials": n("common.dwellings", gaps.potentials),
        "potentials_table": words.number(gaps.hectares, "dec1"), "step_free": n("common.dwellings", gaps.step_free),
        "older_move": freed_text(report), "price_bound": n("common.dwellings", gaps.affordable),
        "extend_binding": n("common.dwellings", gaps.bound_ending), "renew_old": words.number(gaps.old_stock_share, "pct0"),
    }  # fmt: skip
    if not found:
        return only_line("folgerungen", words("follows.title"), words("follows.none"))
    rows = [
        [
            words(f"follows.name_{k}"),
            words(f"follows.why_{k}", n=values[k], year=year),
            words(f"follows.do_{k}"),
        ]
        for k in found
    ]
    columns = [words(f"follows.col_{c}") for c in ("lever", "why", "do")]
    table = page.table(
        columns, rows, caption=words("follows.table"), numeric=[False] * 3, notes=[words("follows.note")]
    )
    alt = words(
        "follows.alt",
        list="; ".join(words("supply.item", name=a, value=b) for a, b in zip(labels, left, strict=True)),
    )
    title = words(
        "follows.figure", place=view.place, year=year, n=words.count("common.dwellings", int(left.sum()))
    )
    return page.section("folgerungen", words("follows.title"), page.figure(picture, alt, title),
                        page.paragraph(_for_builders(report, gaps)), page.paragraph(words("follows.text")),
                        table)  # fmt: skip


def _for_builders(report: "Bedarf", gaps: lever_model.Gaps) -> str:
    """Return which dwellings a housing company should plan, in sentences that stand only where they hold."""
    view, words = report.view, report.words
    count = words.count
    parts = [words("follows.rent" if gaps.rent_mfh else "follows.rent_none", year=view.year,
                   n=count("common.dwellings", gaps.rent_mfh))]  # fmt: skip
    older = int(view.alone[-1, OLD] - view.alone[0, OLD])
    if gaps.rent_mfh >= lever_model.WORTH and older > 0:
        parts.append(words("follows.small", n=older, year=view.year))
    if gaps.rent_mfh >= lever_model.WORTH and gaps.affordable:
        parts.append(words("follows.bound", n=count("follows.households", gaps.affordable)))
    return " ".join(parts)
