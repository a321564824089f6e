"""Sections of the report on people and households."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from wohnlib.model.rounding import round_keep_total
from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.page import Block
from wohnlib.report.sections_fan import fan_figure, shown_positions
from wohnlib.report.sections_projection import replaced
from wohnlib.report.view import AGE_GROUPS

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf, Cell

FLAT = 0.002  # effects below this share of the households are called small


def people_section(report: "Bedarf") -> Block:
    """How many people live here until the horizon, and how old they are."""
    view, words = report.view, report.words
    pop, year = view.pop, view.year
    first, last, peak = int(pop[0]), int(pop[-1]), int(pop.max())
    at_peak = view.years[max(int(pop.argmax()) - 1, 0)]
    turns = peak > 1.005 * max(first, last) and view.years[0] < at_peak < year
    if turns:
        share = (last - first) / first
        key = "level" if abs(share) < 0.005 else "above" if share > 0 else "below"
        against = words(f"people.{key}", share=abs(share))
        title = words("people.figure_turn", place=view.place, peak=at_peak, year=year, against=against)
    else:
        title = words("people.figure", place=view.place, trend=report.trend(first, last))
    births, deaths, net = _flows(report)
    total = [int(x.sum()) for x in (births, deaths, net)]
    key = "moves_even" if abs(total[2]) < 0.005 * first else "moves_in" if total[2] > 0 else "moves_out"
    text = words("people.text", year=year, births=total[0], deaths=total[1],
                 migration_text=words(f"people.{key}", n=abs(total[2])))  # fmt: skip
    return page.section(
        "menschen", words("people.title"),
        fan_figure(report, "people", title, _people_table(report, births, deaths, net)),
        page.paragraph(report.sure_text("people", last)),
        page.paragraph(text),
        _ages_figure(report),
        page.paragraph(words("people.replaced" if replaced(view) else "people.own")),
    )  # fmt: skip


def _flows(report: "Bedarf") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return births, deaths and net migration (year,) as whole numbers that give the printed population."""
    path, view = report.view.result.population, report.view
    births, deaths = (
        np.diff(np.floor(view.of(x.mean(0)).cumsum() + 0.5), prepend=0).astype(int)
        for x in (path.births, path.deaths)
    )  # rounded so that a sum over years is the rounded sum
    change = np.diff(view.pop, prepend=view.pop[0])
    return births, deaths, change - births + deaths


def _people_table(report: "Bedarf", births: np.ndarray, deaths: np.ndarray, net: np.ndarray) -> Block:
    view, words, time = report.view, report.words, report.view.result.time
    at = shown_positions(time.years)
    rows: list[list[Cell]] = []
    before = 0
    for k in at:
        label = words("common.base") if k == 0 else f"31.12.{time.years[k - 1]}"
        flows = [None] * 3 if k == 0 else [
            words.number(int(x[before + 1 : k + 1].sum()), s)
            for x, s in ((births, "int"), (deaths, "int"), (net, "signed"))
        ]  # fmt: skip
        rows.append([label, words.number(int(view.pop[k]), "int"), *flows])
        before = k
    columns = [words(f"people.col_{c}") for c in ("date", "people", "births", "deaths", "migration")]
    columns += report.base_column(words("people.col_people"))
    rows = report.with_base(rows, lambda v: (int(v.pop[k]) for k in at))
    return page.table(columns, rows, caption=words("people.table"), notes=[words("people.table_note")])


def age_names(report: "Bedarf") -> list[str]:
    words = report.words
    names = [words("people.age_group", first=a, last=b - 1) for a, b in pairwise(AGE_GROUPS)]
    return [*names, words("people.age_open", first=AGE_GROUPS[-1])]


def _ages_figure(report: "Bedarf") -> Block:
    view, words, year = report.view, report.words, report.view.year
    first, last = view.pop_groups(0), view.pop_groups(-1)
    names = age_names(report)
    diff = int(last[-1] - first[-1])
    key = "more" if diff > 0 else "less" if diff < 0 else "same"
    title = words(f"people.ages_figure_{key}", year=year, place=view.place, n=int(last[-1]), diff=abs(diff))
    picture = charts.grouped_bars(
        [n.replace(" Jahre", "") for n in names], {words("common.today"): first.tolist(), str(year): last.tolist()},
        colours=[f.BASE, f.NEED], unit=words("people.ages_unit"), lang=words.lang,
    )  # fmt: skip
    items = "; ".join(
        words("people.ages_item", name=n, first=a, last=b) for n, a, b in zip(names, first, last, strict=True)
    )
    rows = report.with_base(
        change_rows(report, names, first, last), lambda v: (*v.pop_groups(-1), v.pop_groups(-1).sum())
    )
    columns = change_columns(report, "people.col_age") + report.base_column(f"31.12.{year}")
    table = page.table(columns, rows, caption=words("people.ages_table"), total=True)
    note = report.sure_text("old", int(last[-1]))
    return page.figure(picture, words("people.ages_alt", year=year, list=items), title, note, table=table)


def change_columns(report: "Bedarf", first: str) -> list[str]:
    words = report.words
    return [words(first), words("common.base"), f"31.12.{report.view.year}", words("people.col_change")]


def change_rows(report: "Bedarf", names: list[str], first: np.ndarray, last: np.ndarray) -> list[list[str]]:
    """Return rows name, before, after, change, closed by their sum."""
    words = report.words
    cells = [*zip(names, first, last, strict=True), (words("common.total"), first.sum(), last.sum())]
    return [
        [n, words.number(a, "int"), words.number(b, "int"), words.number(int(b) - int(a), "signed")]
        for n, a, b in cells
    ]


def households_section(report: "Bedarf") -> Block:
    """How many households there will be, and why their number changes although people may not."""
    view, words, year = report.view, report.words, report.view.year
    counts = view.households
    names = [words(f"households.size_{n}") for n in range(1, 6)]
    first, last = counts[0], counts[-1]
    change = last - first
    small, large = int(change[:2].sum()), int(change[2:].sum())
    title = words("households.figure", place=view.place, year=year, small=small, large=large)
    picture = charts.grouped_bars(
        names, {words("common.today"): first.tolist(), str(year): last.tolist()}, colours=[f.BASE, f.NEED],
        unit=words("common.households"), lang=words.lang,
    )  # fmt: skip
    items = "; ".join(
        words("households.item", name=n, first=a, last=b) for n, a, b in zip(names, first, last, strict=True)
    )
    ranges = [report.range_cell(f"size_{n}") for n in range(1, 6)] + [report.range_cell("households")]
    rows = report.with_base(
        [[*row, cell] for row, cell in zip(change_rows(report, names, first, last), ranges, strict=True)],
        lambda v: (*v.households[-1], v.households[-1].sum()),
    )
    columns = [
        *change_columns(report, "households.col_size"), words("sure.col_range"), *report.base_column(f"31.12.{year}")
    ]  # fmt: skip
    table = page.table(
        columns, rows, caption=words("households.table"), notes=[words("households.census")], total=True,
        numeric=[False] + [True] * (len(columns) - 1),
    )  # fmt: skip
    before, after = int(first.sum()), int(last.sum())
    fan_title = words("households.fan", place=view.place, trend=report.trend(before, after))
    people = view.of(view.result.households.people[0].sum(-1))
    mean = people / view.of(view.result.households.total[0])
    same = "mean_same" if words.number(mean[0], "dec2") == words.number(mean[-1], "dec2") else "mean"
    ages = view.of(view.result.households.effects[0])[-1, 1] > 0
    return page.section(
        "haushalte", words("households.title"),
        fan_figure(report, "households", fan_title),
        page.paragraph(report.sure_text("households", after)),
        page.figure(picture, words("households.alt", year=year, list=items, first=int(first.sum()), last=int(last.sum())), title, table=table),
        page.paragraph(words(f"households.{same}", first=mean[0], last=mean[-1], year=year)),
        _why_figure(report),
        page.paragraph(words("households.why_text" if ages else "households.why_text_flat")),
    )  # fmt: skip


def _why_figure(report: "Bedarf") -> Block:
    view, words, year = report.view, report.words, report.view.year
    counts = view.households.sum(-1)
    effects = view.of(view.result.households.effects[0])[-1]
    whole = _to_total(effects, int(counts[-1] - counts[0]))
    kinds = ("people", "age", "formation")
    if np.abs(whole[:2]).max() < FLAT * counts[0]:
        key = "why_flat"
    else:
        signs = ["up" if v > 0 else "down" if v < 0 else "zero" for v in whole[:2]]
        key = f"why_{signs[0]}_{signs[1]}"
    title = words(f"households.{key}", people=int(whole[0]), age=int(whole[1]))
    names = [words(f"households.why_{k}") for k in kinds]
    picture = charts.waterfall(
        list(zip(names, whole.tolist(), strict=True)), words("households.why_total"), total_spec="signed",
        unit=words("common.households"), lang=words.lang,
    )  # fmt: skip
    people, age, formation = (int(x) for x in whole)
    alt = words(
        "households.why_alt", year=year, people=people, age=age, formation=formation, total=int(whole.sum())
    )
    rows = [[n, words.number(int(v), "signed")] for n, v in zip(names, whole, strict=True)]
    rows.append([words("common.total"), words.number(int(whole.sum()), "signed")])
    columns = [words("households.col_reason"), words("people.col_change")]
    return page.figure(
        picture,
        alt,
        title,
        table=page.table(columns, rows, caption=words("households.why_table"), total=True),
    )


def _to_total(values: np.ndarray, total: int) -> np.ndarray:
    """Return values as whole numbers with a given sum that lies within rounding of theirs."""
    rest = total - values.sum()
    largest = int(np.abs(values).argmax())
    moved = values.astype(float).copy()
    moved[largest] += rest
    return round_keep_total(moved)
