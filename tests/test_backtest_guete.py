"""The page on how accurate forecasts were: its numbers are those of the tables, every missed goal is named."""

import re
from html import unescape

import pytest

from wohnlib.backtest.run import REPORTS, SLOPES
from wohnlib.backtest.settings import CLASSES, LEARNED_FROM, OWN, RULES, WINDOWS, goals
from wohnlib.data.tables import register
from wohnlib.errors import InputError
from wohnlib.notebook import open_guete
from wohnlib.report.guete import _TRIED, FAR, MEAN, NEAR, WORST
from wohnlib.report.sections_guete_intervals import judged, pooled
from wohnlib.words import Words, number

SECTIONS = (
    "headline", "sizes", "windows", "missed", "intervals", "variants", "kreise", "households", "own", "limits",
    "method",
)  # fmt: skip


@pytest.fixture(scope="module")
def report():
    return open_guete("03251", "de")


@pytest.fixture(scope="module")
def pages(report):
    return {name: getattr(report, name)().html for name in SECTIONS}


def text(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_the_headline_gives_the_errors_of_the_tables(report, pages):
    shown = text(pages["headline"])
    for place in (FAR, NEAR):
        for size in (CLASSES[0], CLASSES[1], CLASSES[4]):
            assert number(report.value(place, size, "median_ape"), "dec1") + " %" in shown
    for place, size, measure in (
        (FAR, "all", "within_10"),
        (NEAR, "all", "within_10"),
        (FAR, "all", "coverage_80"),
    ):
        assert number(report.value(place, size, measure), "dec1") in shown
    assert Words("de")("guete.not_used") in shown
    assert shown.count(Words("de")("guete.title")) == 1 and pages["headline"].count("<h1") == 1


def test_what_the_sentences_say_holds_in_the_tables(report):
    large = CLASSES[4]
    assert report.value(WORST, large, "error_ratio") > 1
    assert all(report.value(FAR, size, "error_ratio") < 1 for size in CLASSES)
    assert all(report.value(FAR, size, "error_ratio") > 0.95 for size in CLASSES[:2])  # only just better
    for base in ("2005-2009", "2013-2017", "2013-2021"):
        assert report.value((base, "B"), MEAN, "error_ratio") > 1
    assert 0.89 < report.value(FAR, MEAN, "error_ratio") <= 0.90


def test_measures_of_the_table_agree_with_each_other(report):
    own = report.totals[report.totals["method"] == "own"]
    for row in own[own["size_class"].isin(CLASSES)].to_dict("records"):
        place = (row["window"], row["mode"])
        best = min(report.value(place, row["size_class"], "median_ape", rule) for rule in RULES)
        assert row["error_ratio"] == pytest.approx(row["median_ape"] / best, abs=2e-4)
        assert row["median_ape"] <= row["mape"] and row["within_5"] <= row["within_10"]
    for window in WINDOWS:
        for mode in ("A", "B"):
            place = (window.name, mode)
            parts = [report.value(place, size, "n") for size in CLASSES]
            assert sum(parts) == report.value(place, "all", "n") > 8000
            ratios = [report.value(place, size, "error_ratio") for size in CLASSES[2:]]
            assert report.value(place, MEAN, "error_ratio") == pytest.approx(sum(ratios) / 3, abs=2e-4)


def test_every_goal_is_judged_and_every_missed_one_is_named(report, pages):
    words, shown = Words("de"), text(pages["missed"])
    missed = [g for g in goals() if not g.met(report.value((g.window, g.mode), g.size, g.measure))]
    stored = {
        (r["window"], r["mode"], r["size_class"], m)
        for r in report.totals.to_dict("records") for m in str(r["goals_missed"]).split()
    }  # fmt: skip
    assert stored == {(g.window, g.mode, g.size, g.measure) for g in missed}
    assert f"Von {len(goals())} vorab gesetzten Zielen sind {len(goals()) - len(missed)} erreicht" in shown
    for goal in missed:
        place = (goal.window, goal.mode)
        size = words("guete.goals_all" if goal.size == "all" else f"guete.class_{goal.size}")
        spec = {"malpe": "signed2", "coverage_80": "dec1"}[goal.measure]  # the two kinds that are missed
        aim = words("guete.goals_between", low=number(goal.low, spec), high=number(goal.high, spec))
        assert f"{words(f'guete.measure_{goal.measure}')} ({aim}): " in shown
        assert f"{number(report.value(place, goal.size, goal.measure), spec)} ({size})" in shown


def test_bias_and_coverage_that_miss_their_goals_say_what_was_tried_and_what_is_best(report, pages):
    words, shown = Words("de"), text(pages["missed"])
    assert all(text(words(key)) in shown for key in _TRIED) and len(_TRIED) >= 3
    bias = [g for g in goals() if g.measure == "malpe"]
    met = sum(g.met(report.value((g.window, g.mode), g.size, g.measure)) for g in bias)
    assert f"erreicht {met} von {len(bias)} Zielen zur Verzerrung" in shown
    held = [report.value((w.name, "A"), "all", "coverage_80") for w in WINDOWS]
    wide, narrow = sum(h > 83 for h in held), sum(h < 77 for h in held)
    assert wide and narrow and words("guete.goals_factor", wide=wide, narrow=narrow) in shown
    tried = text(pages["intervals"]).split(words("guete.widths_tried_title"))[1]
    assert all(
        word in tried for word in ("Nur der letzte lange Zeitraum", "Alle beendeten Zeiträume", "zur Hälfte")
    )


def test_the_page_says_that_nothing_beyond_eight_years_is_tested(pages):
    assert max(w.target - w.base for w in WINDOWS) == 8
    assert Words("de")("guete.limit_years") in text(pages["limits"])
    assert "Weiter als acht Jahre voraus" in Words("de")("record.scope")


def test_every_window_stands_twice_with_its_number_of_places(report, pages):
    assert pages["windows"].count("<h3") == 2 * len(WINDOWS)
    shown = text(pages["windows"])
    for window in WINDOWS:
        assert number(report.value((window.name, "A"), "all", "n"), "int") in shown


def test_the_own_record_holds_all_units_and_the_kreis(report, pages):
    shown = text(pages["own"])
    assert all(report.areas.short_name(key) in shown for key in report.areas.keys)
    own = report.units[(report.units["method"] == "own")]
    for place in (FAR, NEAR):
        here = own[(own["window"] == place[0]) & (own["mode"] == place[1])]
        assert set(here["ags"]) == {*report.areas.keys, "03251"}
        units = here[here["ags"] != "03251"]
        assert abs(units["came"].sum() - float(here[here["ags"] == "03251"]["came"].iloc[0])) < 1
        for error in here["error"]:
            assert number(error, "signed1") in shown


def test_limits_and_method_say_what_is_missing_and_show_every_number(report, pages):
    words = Words("de")
    for key in ("limit_need", "limit_age", "limit_households", "limit_chosen"):
        assert words(f"guete.{key}") in text(pages["limits"])
    assert number(report.value(FAR, MEAN, "error_ratio"), "dec4") in text(pages["limits"])
    assert text(pages["method"]).count("durch Versuche gewählt") > 10


def test_a_parameter_that_is_none_and_an_unknown_region_are_refused():
    with pytest.raises(InputError):
        open_guete("03251", "de", given={"scenario": "base"})
    with pytest.raises(InputError):
        open_guete("99999", "de")


def test_all_that_is_worse_than_a_simple_rule_stands_at_the_top(report, pages):
    shown = text(pages["headline"])
    for window in WINDOWS:
        for mode in ("A", "B"):
            ratios = [report.value((window.name, mode), size, "error_ratio") for size in CLASSES]
            place = f"{report.span(window)}, {report.mode(mode)}: "
            assert (place in shown) == (max(ratios) > 1)
            if max(ratios) > 1:
                assert f"bis {number(100 * (max(ratios) - 1), 'dec1')} % größer" in shown
    assert f"{len(goals())} vorab gesetzten Zielen" in shown


def test_coverage_is_shown_by_window_pooled_and_in_sample(report, pages):
    shown = text(pages["intervals"])
    for window in WINDOWS:
        for mode in ("A", "B"):
            assert number(report.value((window.name, mode), "all", "coverage_80"), "dec1") in shown
    counts = [report.value((w.name, "A"), "all", "n") for w in WINDOWS]
    held = [report.value((w.name, "A"), "all", "coverage_80") for w in WINDOWS]
    together = sum(n * h for n, h in zip(counts, held, strict=True)) / sum(counts)
    assert number(together, "dec1") in shown and 77 <= together <= 83
    assert all(74 <= pooled(report, size) <= 86 for size in CLASSES)
    sample = register()["forecast_errors"].more["diagnostics"]["coverage_80_in_sample"]
    mean = sum(row["all"] for row in sample.values()) / len(sample)
    assert len(sample) == len(LEARNED_FROM) and number(mean, "dec1") in shown


def test_equal_weights_stand_beside_what_past_windows_would_have_chosen(report, pages):
    shown = text(pages["variants"])
    for method in OWN:
        met, count, missed = judged(report, method)
        assert count == sum(g.measure != "coverage_80" for g in goals()) and missed and met < count
        assert f": {met} von {count} erreicht" in shown
        assert number(report.value(FAR, MEAN, "error_ratio", method), "dec3") in shown
    fits = report.fits
    assert set(fits["base"]) == {w.base for w in WINDOWS} | {REPORTS}
    for _, part in fits.groupby("base"):
        assert part["weight"].sum() == pytest.approx(1) and part["weight"].nunique() == 1
        assert part["learned"].sum() == pytest.approx(1, abs=1e-3) and part["chosen"].sum() == 1
        assert (part["n"] > 20000).all() and part["pseudo_r2"].between(0.1, 0.4).all()
        cells = [
            f"{number(r['slope_m'], 'signed2')} ± {number(r['se_m'], 'dec3')}"
            for r in part.to_dict("records")
        ]
        assert all(cell in shown for cell in cells) and part["se_m"].between(0.001, 0.1).all()
    for name in SLOPES:  # every slope with its standard error
        assert (fits[f"se_{name}"].notna() == fits[f"slope_{name}"].notna()).all()
    assert ("kamen bis zur höchsten Zahl" in shown) == bool((fits["settled"] == 0).any())
