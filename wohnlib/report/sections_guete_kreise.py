"""Section of the page on how accurate forecasts were: Kreise by five-year age group and sex."""

from dataclasses import dataclass

import pandas as pd

from wohnlib.areas import Areas
from wohnlib.backtest.kreise import GOAL_WINDOW, GOALS, METHODS, MODES, WINDOWS, name
from wohnlib.backtest.kreise_near import TABLE_NEAR
from wohnlib.data.tables import load
from wohnlib.forecast.kreise_settings import AGE_FROM, SETTINGS
from wohnlib.report import figure, page, panels
from wohnlib.report import sections_guete_kreise_near as near
from wohnlib.report.page import Block
from wohnlib.report.sections_guete import plain
from wohnlib.report.sections_guete_kreise_fits import estimates_fold
from wohnlib.words import Words

PARTS = ("cells", "cells_80", "totals")
OWN, PUBLISHED_ONLY, HAMILTON_PERRY = METHODS[0], METHODS[1], METHODS[-1]
SHORT = (name(WINDOWS[1]), "B")
_SURVIVORS = 75  # age from which the group is that was forecast worse than its neighbours
_ANCHOR = "alter"
_ERRORS = {
    "n": "int", "median_ape": "dec2", "mape": "dec2", "mape_r": "dec2", "malpe": "signed2", "wmape": "dec2",
    "rmse": "int",
}  # fmt: skip
_HITS = {
    "within_5": "dec1", "within_10": "dec1", "coverage_80": "dec1", "interval_score": "dec1",
    "error_ratio": "dec2",
}  # fmt: skip
_SHARP = ("age_00", "age_20", "age_25", "age_90")  # ages that the usual title of the figure names


@dataclass(frozen=True)
class Record:
    """Errors by part and method, and the forecasts of single Kreise."""

    errors: pd.DataFrame
    kreise: pd.DataFrame
    near: pd.DataFrame
    words: Words

    def value(
        self, part: str, measure: str, method: str = OWN, place: tuple[str, str] = GOAL_WINDOW
    ) -> float:
        """Return one measure; place = (window, mode)."""
        table = self.errors
        here = (table["window"] == place[0]) & (table["mode"] == place[1]) & (table["method"] == method)
        return float(table[here & (table["part"] == part)].iloc[0][measure])

    def say(self, key: str, **values: object) -> str:
        return self.words(f"guete_kreise.{key}", **values)

    def age(self, age: int) -> str:
        if age == AGE_FROM[-1]:
            return self.say("age_open", first=age)
        return self.say("age", first=age, last=AGE_FROM[AGE_FROM.index(age) + 1] - 1)


def kreise_section(words: Words, areas: Areas) -> Block:
    """How well the age of the people of Kreise was forecast: answer, figure, table, own record, limits."""
    found = Record(load("backtest_kreise"), load("backtest_kreise_own"), load(TABLE_NEAR), words)
    blocks = [
        page.paragraph(_answer(found)), _figure(found), page.paragraph(_text(found)),
        *([page.paragraph(weak)] if (weak := _weak_age(found)) else []),
        *_own(found, areas), page.paragraph(_known(found)), page.paragraph(near.skill(found)),
        page.paragraph(near.cover(found)), near.held(found, near.CENSUS),
        page.folded(found.say("fold"), near.held(found, near.TABLE),
                    *(near.ratios(found, s) for s in (near.CENSUS, near.TABLE)),
                    *(table for w in WINDOWS for m in MODES for table in _measures(found, w, m)),
                    page.paragraph(f"{found.words('guete.windows_note')} {found.say('measures_note')}", "anmerkung"),
                    page.paragraph(found.say("cover_five")), page.paragraph(found.say("tried")), _settings(found)),
        estimates_fold(words),
    ]  # fmt: skip
    return page.section(_ANCHOR, found.say("title"), *blocks)


def _settings(found: Record) -> Block:
    """Return every number of the method with its unit, origin and rating."""
    rows: list[list[str | Block]] = [
        [
            found.say(f"set_{key}"), "; ".join(plain(v, found.words) for v in item.value), found.say(f"unit_{item.unit}"),
            found.say(f"origin_{item.origin}"), page.rating(item.rating, lang=found.words.lang),
        ]
        for key, item in SETTINGS.items()
    ]  # fmt: skip
    columns = [found.words(f"guete.method_col_{c}") for c in ("what", "value", "unit", "origin", "rating")]
    return page.table(
        columns, rows, caption=found.say("set_table"), numeric=[False, True, False, False, False]
    )


def _answer(found: Record) -> str:
    errors = {p: found.value(p, "median_ape") for p in PARTS}
    missed = [found.say(f"part_{p}") for p in PARTS if errors[p] > GOALS[p]]
    return found.say(
        "answer_missed" if missed else "answer_met", cells=errors["cells"], old=errors["cells_80"],
        totals=errors["totals"], goal_cells=GOALS["cells"], goal_old=GOALS["cells_80"],
        goal_totals=GOALS["totals"], missed=", ".join(missed),
    )  # fmt: skip


def _by_age(found: Record, method: str = OWN) -> dict[int, float]:
    return {a: found.value(f"age_{a:02d}", "median_ape", method) for a in AGE_FROM}


def _figure(found: Record) -> Block:
    own, other = _by_age(found), _by_age(found, HAMILTON_PERRY)
    names = [found.age(a) for a in AGE_FROM]
    items = [
        found.say("item", name=n, own=own[a], other=other[a]) for n, a in zip(names, AGE_FROM, strict=True)
    ]
    worst = sorted(own, key=lambda a: -own[a])[: len(_SHARP)]
    title = found.say("figure" if {f"age_{a:02d}" for a in worst} == set(_SHARP) else "figure_plain")
    svg = panels.dots(
        names, {found.say("method_own"): list(own.values()), found.say("method_hamilton_perry"): list(other.values())},
        colours=(figure.NEED, figure.SURPLUS), spec="dec0", unit=found.say("unit"), lang=found.words.lang,
    )  # fmt: skip
    rows = [
        [n, *(found.words.number(v, "dec2") for v in (own[a], other[a]))]
        for n, a in zip(names, AGE_FROM, strict=True)
    ]
    columns = [found.say("col_age"), found.say("method_own"), found.say("method_hamilton_perry")]
    table = page.table(columns, rows, caption=found.say("unit"))
    alt = found.say("alt", list="; ".join(items))
    return page.figure(svg, alt, title, found.say("note"), table, lang=found.words.lang)


def _text(found: Record) -> str:
    own = _by_age(found)
    order = sorted(own, key=lambda a: own[a])
    worst, second, best = order[-1], order[-2], order[0]
    return found.say(
        "text", n=found.value("cells", "n"), mean=found.value("cells", "mape"),
        worst=found.age(worst), worst_value=own[worst], second=found.age(second), second_value=own[second],
        best=found.age(best), best_value=own[best], short=found.value("cells", "median_ape", place=SHORT),
    )  # fmt: skip


def _own(found: Record, areas: Areas) -> list[Block]:
    """Return the record of the region's own Kreis, nothing where the table does not hold it."""
    table = found.kreise
    mine = table[(table["ags"] == areas.region) & (table["window"] == GOAL_WINDOW[0])]
    cells, total = mine[mine["sex"] != "T"], mine[mine["sex"] == "T"]
    if cells.empty or total.empty:
        return []
    row = total.iloc[0]
    text = found.say(
        "own", kreis=areas.region_name, first=WINDOWS[0][0], last=WINDOWS[0][1], base=row["base"],
        forecast=row["forecast"], came=row["came"], error=row["error"], n=len(cells),
        cells=float(cells["error"].abs().median()),
    )  # fmt: skip
    return [page.paragraph(text)]


def _weak_age(found: Record) -> str:
    """Say where a group of old age was forecast worse than its neighbours, and why; nothing where it was not."""
    at = AGE_FROM.index(_SURVIVORS)
    here, *beside = (found.value(f"age_{AGE_FROM[i]:02d}", "median_ape") for i in (at, at - 1, at + 1))
    bias = found.value(f"age_{_SURVIVORS:02d}", "malpe")
    if here <= max(beside) or bias <= 0:
        return ""
    return found.say(
        "weak_age",
        first=_SURVIVORS,
        last=AGE_FROM[at + 1] - 1,
        value=here,
        below=beside[0],
        above=beside[1],
        bias=bias,
    )


def _known(found: Record) -> str:
    names = dict(zip(PARTS, ("cells", "old", "totals"), strict=True))
    return found.say(
        "known", **{key: found.value(p, "median_ape", PUBLISHED_ONLY) for p, key in names.items()}
    )


def _measures(found: Record, window: tuple[int, int], mode: str) -> list[Block]:
    """Return two tables of a window and mode with every measure: errors, then hits and comparison."""
    place = (name(window), mode)
    words, span = found.words, found.say("window", first=window[0], last=window[1])
    blocks = []
    for kind, specs in (("errors", _ERRORS), ("hits", _HITS)):
        rows = [
            [
                found.say(f"part_{part}"), found.say(f"method_{method}"),
                *(_cell(found.value(part, m, method, place), spec, words) for m, spec in specs.items()),
            ]
            for part in PARTS for method in METHODS
        ]  # fmt: skip
        columns = [found.say(f"col_{c}") for c in ("part", "method", *specs)]
        caption = found.say(f"table_{kind}", window=span, mode=words(f"guete.mode_{mode}"))
        notes = [_structure(found, place)] if kind == "hits" else []
        numeric = [False, False] + [True] * len(specs)
        blocks.append(page.table(columns, rows, caption=caption, notes=notes, numeric=numeric))
    return blocks


def _cell(value: float, spec: str, words: Words) -> str:
    return words.number(value, spec) if pd.notna(value) else "–"


def _structure(found: Record, place: tuple[str, str]) -> str:
    own, constant = (found.value("cells", "structure_error", m, place) for m in (OWN, "constant"))
    return found.say("structure", own=own, constant=constant)
