"""Section of the report on all units: where is still to be built, how sure that is, and which order is not."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.report import page
from wohnlib.report.fan import ranges
from wohnlib.report.page import Block
from wohnlib.report.sections_buendnis import short_types
from wohnlib.report.spread import SURE, Spread, groups_of, ranks_of, rounded

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def ranking_section(report: "Buendnis") -> Block:
    """Where dwellings are still to be built, with 80 % intervals, groups instead of a false order, surplus."""
    words, year = report.words, report.year
    spreads = [v.spread("build") for v in report.views]
    total = np.array([int(s.shown[-1]) for s in spreads])
    order = sorted(report.order(total), key=lambda g: not report.views[g].reportable)
    known = [g for g in order if report.views[g].reportable]
    draws = np.stack([s.draws[:, -1] for s in spreads], axis=1)
    groups, ranks = groups_of(draws, known), ranks_of(draws, known)
    bounds = [spreads[g].interval() for g in known]
    picture = ranges(
        [report.names[g] for g in known], [float(total[g]) for g in known],
        [float(low) for low, _ in bounds], [float(high) for _, high in bounds],
        labels=(words("fan.col_mean"), words("sure.col_range")), groups=groups,
        unit=words("all.ranking_unit", year=year), lang=words.lang,
    )  # fmt: skip
    listed = ", ".join(
        words("all.ranking_item", name=report.names[g], value=total[g], low=low, high=high)
        for g, (low, high) in zip(known, bounds, strict=True)
    )
    return page.section(
        "wo", words("all.ranking_title"),
        page.figure(picture, words("all.ranking_alt", year=year, list=listed, total=int(total.sum())),
                    _half_sentence(report, total, order), words("all.ranking_note"),
                    table=_table(report, spreads, order, dict(zip(known, groups, strict=True)),
                                 dict(zip(known, ranks, strict=True)))),
        page.paragraph(words("all.ranking_text", share=round(10 * SURE), groups=_named(report, known, groups))),
        page.paragraph(_joint(report, spreads)),
        *_surplus(report),
        page.folded(words("all.scenarios_fold"), _scenarios(report, order)),
    )  # fmt: skip


def _table(
    report: "Buendnis", spreads: list[Spread], order: list[int], groups: dict[int, int],
    ranks: dict[int, tuple[int, int]],
) -> Block:  # fmt: skip
    """Return what remains by type with its interval, the interval of the rank and the group of every unit."""
    words, units = report.words, range(len(report.views))
    build = report.each(lambda v: v.to_build[-1])

    def interval(spread: Spread) -> str:
        low, high = spread.interval()
        return words("sure.cell", low=low, high=high)

    rank = [words("sure.cell", low=ranks[g][0], high=ranks[g][1]) if g in ranks else "" for g in units]
    texts = {
        words("sure.col_range"): ([interval(s) for s in spreads], interval(report.kreis.view.spread("build"))),
        words("all.col_rank"): (rank, None),
        words("all.col_group"): ([LETTERS[groups[g]] if g in groups else "" for g in units], None),
        **report.base_texts(lambda v: int(v.to_build[-1].sum())),
    }  # fmt: skip
    return report.table(
        [*short_types(report), words("all.col_total")], np.column_stack([build, build.sum(1)]), ["int"] * 3,
        words("all.ranking_table", year=report.year), order, [words("all.ranking_table_note")], texts=texts,
        need=True,
    )  # fmt: skip


def _named(report: "Buendnis", known: list[int], groups: list[int]) -> str:
    """Return the groups with their units: "A: Stuhr, Weyhe und Syke; B: …"."""
    members: dict[int, list[str]] = {}
    for g, group in zip(known, groups, strict=True):
        members.setdefault(group, []).append(report.names[g])
    return "; ".join(
        report.words("all.group", letter=LETTERS[k], names=report.list(names)) for k, names in members.items()
    )


def _joint(report: "Buendnis", spreads: list[Spread]) -> str:
    """Return the interval of the Landkreis beside the sum of the bounds of its units, and why they differ."""
    low, high = report.kreis.view.spread("build").interval()
    sides = np.array([np.quantile(s.draws[:, -1], [0.1, 0.9]) for s in spreads]).sum(0)
    sum_low, sum_high = rounded(*sides)
    return report.words("all.joint", low=low, high=high, sum_low=sum_low, sum_high=sum_high)


def _scenarios(report: "Buendnis", order: list[int]) -> Block:
    """Return what remains in every unit under the scenarios, each with its own 80 % interval."""
    from wohnlib.report.view import View

    words, kreis = report.words, report.kreis
    middle = [v for v in (kreis.base_view, kreis.view) if v is not None]
    results = {
        v.result.scenario.name: v.result for v in (kreis.range_views[0], *middle, kreis.range_views[1])
    }
    columns, numbers, texts = [], [], {}
    for result in results.values():
        title = page.name(result.scenario.title)
        views = [View(result, v.key, words) for v in report.views]
        bounds = [v.spread("build").interval() for v in (*views, View(result, kreis.view.key, words))]
        cells = [words("sure.cell", low=low, high=high) for low, high in bounds]
        columns.append(title)
        numbers.append([int(v.to_build[-1].sum()) for v in views])
        texts[words("all.col_range_of", title=title)] = (cells[:-1], cells[-1])
    return report.table(
        columns, np.array(numbers).T, ["int"] * len(columns), words("all.scenarios_table", year=report.year),
        order, [words("sure.scenarios_text")], texts=texts, need=True,
    )  # fmt: skip


def _surplus(report: "Buendnis") -> list[Block]:
    """Return what becomes superfluous again, by unit and type; never netted with need elsewhere."""
    words = report.words
    surplus = report.each(lambda v: v.surplus[-1])
    text = report.kreis.surplus_text()
    if not text:
        return []
    numbers = np.column_stack([surplus, surplus.sum(1)])
    bounds = [v.spread("surplus").interval() for v in (*report.views, report.kreis.view)]
    cells = [words("sure.cell", low=low, high=high) for low, high in bounds]
    table = report.table(
        [*short_types(report), words("all.col_total")], numbers, ["int"] * 3,
        words("all.surplus_table", year=report.year), report.order(numbers[:, -1]), need=True,
        texts={words("sure.col_range"): (cells[:-1], cells[-1])},
    )  # fmt: skip
    return [page.paragraph(text), page.folded(words("all.surplus_fold"), table)]


def _half_sentence(report: "Buendnis", total: np.ndarray, order: list[int]) -> str:
    """Return how few units make up at least half of what remains."""
    words, whole = report.words, int(total.sum())
    if whole == 0:
        return words("all.ranking_figure_none", year=report.year)
    reached = np.cumsum(total[order])
    few = int(np.argmax(2 * reached >= whole)) + 1
    names = report.list([report.names[g] for g in order[:few]])
    key = "one" if few == 1 else "some"
    return words(f"all.ranking_figure_{key}", n=few, names=names, part=int(reached[few - 1]), total=whole)
