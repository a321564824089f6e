"""Section of the page on how accurate forecasts were: households computed from persons, in Kreise left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from wohnlib.backtest.household_sizes import EXPECTATIONS
from wohnlib.backtest.households_settings import (
    GOAL_CLASS,
    GOALS,
    METHODS,
    QUANTITIES,
    RULES,
    SETTINGS,
    SHUFFLED,
    number,
)  # fmt: skip
from wohnlib.backtest.settings import CLASSES
from wohnlib.data.tables import load
from wohnlib.report import figure, page, panels
from wohnlib.report.page import Block
from wohnlib.report.sections_guete import plain
from wohnlib.report.sections_guete_household_model import estimates_fold
from wohnlib.words import Words

OWN, WITHOUT = METHODS[:2]
TOTAL, ONE = QUANTITIES[:2]
_MEASURES = {
    "n": "int", "median_ape": "dec2", "mape": "dec2", "mape_r": "dec2", "malpe": "signed2", "wmape": "dec2",
    "rmse": "int", "within_5": "dec1", "within_10": "dec1",
}  # fmt: skip


@dataclass(frozen=True)
class Record:
    """Errors by quantity, class and method, and the comparison of both censuses."""

    errors: pd.DataFrame
    sizes: pd.DataFrame

    def value(self, size_class: str, measure: str, method: str = OWN, quantity: str = TOTAL) -> float:
        table = self.errors
        here = (table["quantity"] == quantity) & (table["size_class"] == size_class)
        return float(table[here & (table["method"] == method)].iloc[0][measure])

    def best(self, size_class: str) -> float:
        """Return the lowest median error among the simple rules."""
        return min(self.value(size_class, "median_ape", rule) for rule in RULES)

    def census(self, size: str, column: str, method: str = EXPECTATIONS[0]) -> float:
        table = self.sizes
        return float(table[(table["size"] == size) & (table["method"] == method)].iloc[0][column])


def record() -> Record:
    """Return the shipped tables of the back-test of households."""
    return Record(load("backtest_households"), load("backtest_household_sizes"))


def households_section(words: Words) -> Block:
    """How well the number of households follows from persons: answer, figure, table, and more behind two folds."""
    found = record()
    say = _Say(words)
    return page.section(
        "haushalte", say("title"), page.paragraph(_answer(found, say)), _figure(found, say),
        page.paragraph(_text(found, say)),
        page.folded(
            say("fold"), _measures(found, say), _sizes(found, say), page.paragraph(_census(found, say)), _census_table(found, say),
            page.paragraph(say("chosen")), _settings(say),
        ),
        estimates_fold(words),
    )  # fmt: skip


@dataclass(frozen=True)
class _Say:
    words: Words

    def __call__(self, key: str, **values: object) -> str:
        return self.words(f"guete_households.{key}", **values)

    def per_cent(self, values: Sequence[float], spec: str = "dec2") -> list[str]:
        return [self.words.number(v, spec) for v in values]


def _answer(found: Record, say: _Say) -> str:
    errors = {m: found.value(GOAL_CLASS, m) for m in GOALS}
    met = all(errors[m] <= limit for m, limit in GOALS.items())
    return say(
        "answer_met" if met else "answer_missed", median=errors["median_ape"], mean=errors["mape"],
        goal_median=GOALS["median_ape"], goal_mean=GOALS["mape"],
    )  # fmt: skip


def _text(found: Record, say: _Say) -> str:
    shuffled = [found.value(GOAL_CLASS, "median_ape", m) for m in (OWN, *SHUFFLED)]
    return say(
        "text", without_median=found.value(GOAL_CLASS, "median_ape", WITHOUT),
        without_mean=found.value(GOAL_CLASS, "mape", WITHOUT), low=min(shuffled), high=max(shuffled),
        close=found.value(GOAL_CLASS, "within_5"),
    )  # fmt: skip


def _figure(found: Record, say: _Say) -> Block:
    own = [found.value(size, "median_ape") for size in CLASSES]
    best = [found.best(size) for size in CLASSES]
    names = [say.words(f"guete.class_{size}") for size in CLASSES]
    items = [say("item", name=n, own=o, best=b) for n, o, b in zip(names, own, best, strict=True)]
    better = sum(o < b for o, b in zip(own, best, strict=True))
    title = say("figure") if better == len(CLASSES) else say("figure_some", n=better, of=len(CLASSES))
    svg = panels.dots(
        names, {say("method_own"): own, say("best_rule"): best}, colours=(figure.NEED, figure.SURPLUS),
        spec="dec0", unit=say("unit"), ends="dec1", lang=say.words.lang,
    )  # fmt: skip
    alt = say("alt", list="; ".join(items))
    note = say("note", fit_from=number("fit_from"))
    return page.figure(svg, alt, title, note, _by_class(found, say), lang=say.words.lang)


def _by_class(found: Record, say: _Say) -> Block:
    rows = [
        [
            say("class_5000_20000") if size == GOAL_CLASS else say.words(f"guete.class_{size}"),
            say.words.number(found.value(size, "n"), "int"),
            *say.per_cent([*(found.value(size, "median_ape", m) for m in METHODS), found.value(size, "mape")]),
        ]
        for size in (*CLASSES, GOAL_CLASS)
    ]  # fmt: skip
    columns = [say("col_class"), say("col_n"), *(say(f"method_{m}") for m in METHODS), say("col_mean")]
    return page.table(columns, rows, caption=say("table"), total=True)


def _measures(found: Record, say: _Say) -> Block:
    """Every measure of the own method by size class, and its median against that of the best simple rule."""
    number = say.words.number
    rows = [
        [
            say(f"class_{size}") if size in (GOAL_CLASS, "all") else say.words(f"guete.class_{size}"),
            *(number(found.value(size, m), spec) for m, spec in _MEASURES.items()),
            number(found.value(size, "median_ape") / found.best(size), "dec2"),
        ]
        for size in (*CLASSES, "all", GOAL_CLASS)
    ]  # fmt: skip
    columns = [say("col_class"), *(say(f"col_{m}") for m in (*_MEASURES, "error_ratio"))]
    return page.table(columns, rows, caption=say("measures_table"), notes=[say("measures_note")])


def _sizes(found: Record, say: _Say) -> Block:
    rows = [
        [say(f"size_{q}"), *say.per_cent([found.value(GOAL_CLASS, "median_ape", m, q) for m in METHODS])]
        for q in (*QUANTITIES[1:], TOTAL)
    ]
    columns = [say("sizes_col"), *(say(f"method_{m}") for m in METHODS)]
    return page.table(columns, rows, caption=say("sizes_table"), total=True)


def _census(found: Record, say: _Say) -> str:
    return say(
        "census_text", before=found.census(ONE, "share_2011"), after=found.census(ONE, "share_2022"),
        expected=found.census(ONE, "share_expected", EXPECTATIONS[1]),
    )  # fmt: skip


def _census_table(found: Record, say: _Say) -> Block:
    age = EXPECTATIONS[1]
    rows = [
        [say(f"size_{q}"), *say.per_cent([
            found.census(q, "share_2011"), found.census(q, "share_2022"), found.census(q, "share_expected", age),
            found.census(q, "median_ape"), found.census(q, "median_ape", age),
        ], "dec1")]
        for q in QUANTITIES[1:]
    ]  # fmt: skip
    columns = [
        say("sizes_col"),
        *(say(f"census_col_{c}") for c in ("before", "after", "expected", "same", "age")),
    ]
    return page.table(columns, rows, caption=say("census_table", n=found.census(ONE, "n")))


def _settings(say: _Say) -> Block:
    """Every number of the method with unit, origin and rating."""
    words = say.words
    rows: list[list[str | Block]] = [
        [
            say(f"set_{name}"), "; ".join(plain(v, words) for v in item.value), say(f"unit_{item.unit}"),
            say(f"origin_{item.origin}"), page.rating(item.rating, lang=words.lang),
        ]
        for name, item in SETTINGS.items()
    ]  # fmt: skip
    columns = [words(f"guete.method_col_{c}") for c in ("what", "value", "unit", "origin", "rating")]
    numeric = [False, True, False, False, False]
    return page.table(columns, rows, caption=say("method_table"), numeric=numeric)
