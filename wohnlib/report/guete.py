"""How accurate forecasts of totals were: the page on the back-test; each method returns one section.

It reads the tables of the back-test only, never the delivered files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import pandas as pd

from wohnlib.areas import Areas
from wohnlib.backtest.settings import CLASSES, RULES, WINDOWS, Goal, Window, goals
from wohnlib.report import figure, page, panels
from wohnlib.report.page import Block
from wohnlib.words import Words

FAR, NEAR = ("2013-2021", "A"), ("2017-2021", "B")  # what the headline speaks of
WORST = ("2013-2021", "B")
HALF = ("2013-2017", "A")  # the same base as FAR, half the time
MODES = ("A", "B")
MEAN = "mean_from_5000"
_ERRORS = {
    "median_ape": "dec2", "mape": "dec2", "mape_r": "dec2", "malpe": "signed2", "wmape": "dec2", "rmse": "int",
}  # fmt: skip
_HITS = {
    "within_5": "dec1", "within_10": "dec1", "coverage_80": "dec1", "interval_score": "dec1",
    "error_ratio": "dec3",
}  # fmt: skip


_GOAL_SPEC = {
    "median_ape": "dec2", "within_10": "dec1", "error_ratio": "dec3", "malpe": "signed2", "coverage_80": "dec1",
}  # fmt: skip
_TRIED = ("guete.tried_full", "guete.tried_none", "guete.tried_error", "guete.tried_break")


@dataclass(frozen=True)
class Guete:
    """The tables of the back-test, and the areas of the region whose own record is shown."""

    totals: pd.DataFrame
    units: pd.DataFrame
    areas: Areas
    words: Words
    fits: pd.DataFrame

    # -- sections, in the order of the page --------------------------------------------------------------

    def headline(self) -> Block:
        """The answer in two sentences, three key figures and what it does not say."""
        words = self.words
        names = {"large": CLASSES[-1], "small": CLASSES[1], "least": CLASSES[0]}
        errors = {
            f"{when}_{name}": self.value(place, size, "median_ape")
            for when, place in (("far", FAR), ("near", NEAR)) for name, size in names.items()
        }  # fmt: skip
        from wohnlib.report.sections_guete_intervals import behind

        worst = words(
            "guete.worst", large=self.value(WORST, CLASSES[-1], "median_ape"),
            cover=self.value(WORST, CLASSES[-1], "coverage_80"),
        )  # fmt: skip
        return page.join(
            page.heading(words("guete.title"), 1),
            page.lead(words("guete.answer", **errors)),
            self._keyfigures(),
            page.callout("caution", words("guete.not_used")),
            page.paragraph(words("guete.behind", of=len(goals()), n=self.met())),
            page.bullets(behind(self)),
            page.paragraph(worst),
        )

    def sizes(self) -> Block:
        """Median error by size of the municipality beside the best simple rule."""
        words = self.words
        own = [self.value(FAR, size, "median_ape") for size in CLASSES]
        best = [self.best(FAR, size)[1] for size in CLASSES]
        names = [words(f"guete.class_{size}") for size in CLASSES]
        better = sum(o < b for o, b in zip(own, best, strict=True))
        title = (
            words("guete.size_figure") if better == len(CLASSES)
            else words("guete.size_figure_some", n=better, of=len(CLASSES))
        )  # fmt: skip
        items = [
            words("guete.size_item", name=n, own=o, best=b) for n, o, b in zip(names, own, best, strict=True)
        ]
        series = {words("guete.method_own"): own, words("guete.best_rule"): best}
        svg = panels.dots(
            names, series, colours=(figure.NEED, figure.SURPLUS), spec="dec0",
            unit=words("guete.size_unit"), ends="dec1", lang=words.lang,
        )  # fmt: skip
        rows = [self._by_method(FAR, size) for size in CLASSES]
        columns = [words("guete.col_class"), words("guete.col_n"), *self._method_names()]
        table = page.table(columns, rows, caption=words("guete.size_table"))
        alt = words("guete.size_alt", list="; ".join(items))
        grown = [self.value(FAR, s, "median_ape") / self.value(HALF, s, "median_ape") for s in CLASSES]
        text = words("guete.size_text", low=min(grown), high=max(grown))
        return page.section(
            "groesse", words("guete.size_title"), page.paragraph(text),
            page.figure(svg, alt, title, words("guete.size_note"), table, lang=words.lang),
        )  # fmt: skip

    def windows(self) -> Block:
        """All measures, window by window and mode by mode, with the goals met and missed."""
        words = self.words
        blocks = [page.paragraph(words("guete.windows_text"))]
        for window in WINDOWS:
            for mode in MODES:
                place = (window.name, mode)
                title = words("guete.windows_figures", window=self.span(window), mode=self.mode(mode))
                blocks += [page.heading(title, 3), page.paragraph(self._goals_sentence(place))]
                fold = words("guete.windows_fold", title=title)
                blocks.append(page.folded(fold, *self._tables(place, title)))
        blocks.append(page.paragraph(words("guete.windows_note"), "anmerkung"))
        return page.section("zeitraeume", words("guete.windows_title"), *blocks)

    def missed(self) -> Block:
        """The goals that are missed, and what was tried against it."""
        words = self.words
        items = []
        for window in WINDOWS:
            for mode in MODES:
                missed = self._missed((window.name, mode))
                if missed:
                    items.append(
                        words("guete.goals_item", window=self.span(window), mode=self.mode(mode), list=missed)
                    )
        return page.section(
            "ziele", words("guete.goals_title"),
            page.paragraph(words("guete.goals_text", of=len(goals()), n=self.met())), page.bullets(items),
            page.paragraph(words("guete.goals_others")),
            page.heading(words("guete.goals_tried_title"), 3), page.bullets(words(key) for key in _TRIED),
            page.paragraph(self._best_bias()), page.paragraph(self._about_coverage()),
            page.paragraph(words("guete.goals_path")),
        )  # fmt: skip

    def _best_bias(self) -> str:
        """Return how many goals on bias are met, beside those of the ways that were tried."""
        bias = [g for g in goals() if g.measure == "malpe"]
        met = sum(g.met(self.value((g.window, g.mode), g.size, g.measure)) for g in bias)
        return self.words("guete.goals_best", n=met, of=len(bias))

    def _about_coverage(self) -> str:
        """Return where the tries on widths stand, and that no common factor helps where windows miss on both sides."""
        every = [g for g in goals() if g.measure == "coverage_80" and g.size == "all"]
        held = [(g, self.value((g.window, g.mode), g.size, g.measure)) for g in every]
        wide, narrow = sum(v > g.high for g, v in held), sum(v < g.low for g, v in held)
        texts = [self.words("guete.goals_cover")]
        if wide and narrow:
            texts.append(self.words("guete.goals_factor", wide=wide, narrow=narrow))
        return " ".join(texts)

    def met(self) -> int:
        """Return how many goals are met."""
        return sum(len(str(cell).split()) for cell in self.totals["goals_met"])

    def intervals(self) -> Block:
        from wohnlib.report.sections_guete_intervals import intervals_section

        return intervals_section(self)

    def variants(self) -> Block:
        from wohnlib.report.sections_guete_intervals import variants_section

        return variants_section(self)

    def own(self) -> Block:
        from wohnlib.report.sections_guete import own_section

        return own_section(self)

    def households(self) -> Block:
        from wohnlib.report.sections_guete_households import households_section

        return households_section(self.words)

    def kreise(self) -> Block:
        from wohnlib.report.sections_guete_kreise import kreise_section

        return kreise_section(self.words, self.areas)

    def limits(self) -> Block:
        """What this back-test does not show."""
        words = self.words
        ratio = self.value(FAR, MEAN, "error_ratio")
        texts = [
            words("guete.limit_need"), words("guete.limit_years"), words("guete.limit_age"),
            words("guete.limit_households"),
            words("guete.limit_chosen"), words("guete.limit_ratio", ratio=ratio, strict=self._strict()),
            words("guete.limit_one"),
        ]  # fmt: skip
        return page.section("grenzen", words("guete.limits_title"), page.bullets(texts))

    def method(self) -> Block:
        from wohnlib.report.sections_guete import method_section

        return method_section(self)

    # -- what the sections share -------------------------------------------------------------------------

    def row(self, place: tuple[str, str], size: str, method: str = "own") -> "pd.Series[Any]":
        table = self.totals
        here = (table["window"] == place[0]) & (table["mode"] == place[1])
        return table[here & (table["size_class"] == size) & (table["method"] == method)].iloc[0]

    def value(self, place: tuple[str, str], size: str, measure: str, method: str = "own") -> float:
        """Return one measure of a window and mode, (window, mode) = place."""
        return float(self.row(place, size, method)[measure])

    def best(self, place: tuple[str, str], size: str) -> tuple[str, float]:
        """Return the simple rule with the lowest median error, and that error."""
        found = {rule: self.value(place, size, "median_ape", rule) for rule in RULES}
        name = min(found, key=lambda rule: found[rule])
        return name, found[name]

    def _strict(self) -> float:
        """Return the mean ratio of the classes from 5,000 if the stricter rule counted too."""
        ratios = [
            self.value(FAR, size, "median_ape")
            / min(self.best(FAR, size)[1], self.value(FAR, size, "median_ape", "share_damped"))
            for size in CLASSES[2:]
        ]
        return sum(ratios) / len(ratios)

    def span(self, window: Window) -> str:
        return self.words("guete.window", first=window.base, last=window.target)

    def mode(self, mode: str) -> str:
        return self.words(f"guete.mode_{mode}")

    def _method_names(self) -> list[str]:
        return [self.words(f"guete.method_{m}") for m in ("own", *RULES, "share_damped")]

    def _keyfigures(self) -> Block:
        from wohnlib.report.sections_guete_intervals import pooled

        words = self.words
        outside = [
            w for w in WINDOWS
            if "coverage_80" in str(self.row((w.name, "A"), "all")["goals_missed"]).split()
        ]  # fmt: skip
        return page.keyfigures([
            (words("guete.percent", value=self.value(FAR, "all", "within_10")), words("guete.key_within"),
             words("guete.key_within_note", near=self.value(NEAR, "all", "within_10"))),
            (words("guete.percent", value=self.value(FAR, "all", "coverage_80")), words("guete.key_cover"),
             words("guete.key_cover_note", near=self.value(NEAR, "all", "coverage_80"), missed=len(outside),
                   of=len(WINDOWS), pooled=pooled(self, "all"))),
            (words("guete.whole_percent", value=100 * self.value(FAR, MEAN, "error_ratio")),
             words("guete.key_ratio"),
             words("guete.key_ratio_note", near=100 * self.value(NEAR, MEAN, "error_ratio"))),
        ])  # fmt: skip

    def _by_method(self, place: tuple[str, str], size: str) -> list[str]:
        words = self.words
        values = [self.value(place, size, "median_ape", m) for m in ("own", *RULES, "share_damped")]
        count = words.number(self.value(place, size, "n"), "int")
        return [words(f"guete.class_{size}"), count, *(words.number(v, "dec2") for v in values)]

    def _tables(self, place: tuple[str, str], title: str) -> list[Block]:
        errors, hits = (f"{self.words(f'guete.windows_{kind}')}: {title}" for kind in ("errors", "hits"))
        return [
            self._measures(place, errors, _ERRORS), self._measures(place, hits, _HITS), self._rules(place, title),
        ]  # fmt: skip

    def _measures(self, place: tuple[str, str], caption: str, specs: Mapping[str, str]) -> Block:
        words = self.words
        rows = [
            [
                words(f"guete.class_{size}"), words.number(self.value(place, size, "n"), "int"),
                *(words.number(self.value(place, size, m), spec) for m, spec in specs.items()),
            ]
            for size in (*CLASSES, "all")
        ]  # fmt: skip
        columns = [words("guete.col_class"), words("guete.col_n"), *(words(f"guete.col_{m}") for m in specs)]
        return page.table(columns, rows, caption=caption, total=True)

    def _rules(self, place: tuple[str, str], title: str) -> Block:
        words = self.words
        columns = [words("guete.col_class"), words("guete.col_n"), *self._method_names()]
        rows = [self._by_method(place, size) for size in (*CLASSES, "all")]
        return page.table(columns, rows, caption=f"{words('guete.windows_rules')}: {title}", total=True)

    def _goals_sentence(self, place: tuple[str, str]) -> str:
        words = self.words
        every = [g for g in goals() if (g.window, g.mode) == place]
        missed = [g for g in every if not g.met(self.value(place, g.size, g.measure))]
        if not every:
            return words("guete.windows_goals_none")
        if not missed:
            return words("guete.windows_goals_all", of=len(every))
        return words(
            "guete.windows_goals_some", n=len(every) - len(missed), of=len(every), list=self._missed(place)
        )

    def _missed(self, place: tuple[str, str]) -> str:
        """Return the missed goals of a window and mode: measure, goal, and what was reached in each class."""
        words = self.words
        found: dict[str, list[str]] = {}
        for goal in goals():
            value = self.value(place, goal.size, goal.measure)
            if (goal.window, goal.mode) == place and not goal.met(value):
                size = words("guete.goals_all" if goal.size == "all" else f"guete.class_{goal.size}")
                shown = words.number(value, _GOAL_SPEC[goal.measure])
                aim = words(f"guete.measure_{goal.measure}") + f" ({self._aim(goal)})"
                found.setdefault(aim, []).append(words("guete.goals_value", size=size, value=shown))
        return "; ".join(
            words("guete.windows_missed", measure=m, classes="; ".join(c)) for m, c in found.items()
        )

    def _aim(self, goal: Goal) -> str:
        """Return a goal in words: at most, at least, or between two values."""
        spec = _GOAL_SPEC[goal.measure]
        low, high = (self.words.number(v, spec) if isfinite(v) else "" for v in (goal.low, goal.high))
        return self.words(
            f"guete.goals_{'between' if low and high else 'least' if low else 'most'}", low=low, high=high
        )


def guete_of(region: str, lang: str) -> Guete:
    """Return the page's object: the published tables of the back-test and the region's areas."""
    from wohnlib.data.tables import load
    from wohnlib.errors import InputError, fault
    from wohnlib.session import inputs

    areas = inputs(region).areas
    names = ("backtest_totals", "backtest_totals_units", "backtest_totals_fits")
    tables = {name: load(name) for name in names}
    empty = [fault("backtest_table", file=f"data/raw/derived/{n}.csv") for n, t in tables.items() if t.empty]
    if empty:
        raise InputError(empty)
    return Guete(tables[names[0]], tables[names[1]], areas, Words(lang), tables[names[2]])
