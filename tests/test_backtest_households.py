"""Households computed from persons: a Kreis left out never speaks for itself; rules, fit and shipped tables hold."""

import json
import re
from html import unescape

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from wohnlib import paths
from wohnlib.backtest import households as back
from wohnlib.backtest.household_sizes import EXPECTATIONS, household_sizes
from wohnlib.backtest.households_data import FILES, People
from wohnlib.backtest.households_features import NAMES
from wohnlib.backtest.households_fit import covariance, fit, noise_of
from wohnlib.backtest.households_model import germany, to_counts
from wohnlib.backtest.households_predict import model_table, predict_households
from wohnlib.backtest.households_rules import simple_rules
from wohnlib.backtest.households_settings import (
    CLASSES_OF,
    GOAL_CLASS,
    GOALS,
    METHODS,
    QUANTITIES,
    RULES,
    SETTINGS,
    SHUFFLED,
    VARIANTS,
    Variant,
)
from wohnlib.data.tables import load
from wohnlib.report.sections_guete_household_model import estimates_fold, model
from wohnlib.report.sections_guete_households import households_section, record
from wohnlib.words import Words, number

KREISE, EACH = 15, 8


@pytest.fixture(scope="module")
def small():
    """Return made-up figures of 15 Kreise with 8 Gemeinden each; households follow age and marital status."""
    draw = np.random.default_rng(7)
    ags = pd.Index([f"{land:02d}{k:03d}{i:03d}" for land in (1, 2, 3) for k in range(5) for i in range(EACH)])
    total = np.exp(draw.normal(8.9, 0.8, len(ags))).round()
    age = draw.dirichlet(np.array([3, 3, 4, 6, 3, 6, 17, 29, 11, 9, 11]) * 8.0, len(ags)) * total[:, None]
    marital = draw.dirichlet(np.array([42, 44, 7, 6, 1]) * 6.0, len(ags)) * total[:, None]
    years = {1997: 0.98, 2005: 1.0, 2009: 0.99, 2013: 0.97, 2021: 1.0}
    past = {(c, y): total * f * s * draw.normal(1, 0.01, len(ags))
            for y, f in years.items() for c, s in (("pop_total", 1.0), ("pop_male", 0.5))}  # fmt: skip
    area = total / draw.uniform(50, 500, len(ags))
    past |= {("area_km2", y): area for y in years}
    people = People(
        ags=ags, total=total, men=total * draw.normal(0.5, 0.01, len(ags)), age=age, marital=marital,
        origin=draw.uniform(0.02, 0.1, (len(ags), 4)) * total[:, None], jobs=draw.uniform(0.1, 0.5, len(ags)) * total,
        past=pd.DataFrame(past, index=ags), places=draw.uniform(0, 200, (len(ags), 2)),
    )  # fmt: skip
    sizes = (age @ draw.uniform(0.02, 0.25, (11, 5)) + 0.1 * marital[:, 3:4]) * np.exp(
        draw.normal(0, 0.02, (len(ags), 5))
    )
    return germany(people, np.column_stack([sizes.sum(axis=1), sizes]))


def changed(g, rows):
    other = g.households.copy()
    other[rows] *= np.random.default_rng(3).uniform(0.3, 3.0, (int(rows.sum()), 1))
    return germany(g.people, other)


@pytest.mark.parametrize("variant", [*VARIANTS, Variant(squares=True, surface=True, marital=False)])
def test_households_of_a_kreis_left_out_never_change_its_own_figures(small, variant):
    fold = back.folds(small)
    chosen = dict.fromkeys(range(5), variant)
    before = back.left_out(small, fold, chosen)
    after = back.left_out(changed(small, fold == 2), fold, chosen)
    assert np.array_equal(before[fold == 2], after[fold == 2])
    assert not np.isclose(before[fold != 2], after[fold != 2]).any(axis=1).all()


def test_neither_the_choice_of_a_variant_nor_a_rule_sees_the_kreise_left_out(small):
    fold = back.folds(small)
    other = changed(small, fold == 1)
    assert back.choose(small, fold != 1, VARIANTS[:3]) == back.choose(other, fold != 1, VARIANTS[:3])
    for rule, made in simple_rules(small.people, small.households, fold != 1).items():
        again = simple_rules(other.people, other.households, fold != 1)[rule]
        assert np.array_equal(made[fold == 1], again[fold == 1])


def test_features_and_their_scale_need_no_household_figure(small):
    other = changed(small, np.ones(len(small.households), dtype=bool))
    pd.testing.assert_frame_equal(small.table, other.table)
    pd.testing.assert_frame_equal(small.scale, other.scale)
    assert not any("household" in c or "dwelling" in c for c in small.table)


def test_whole_kreise_are_left_out_and_every_kreis_once(small):
    for fold in (back.folds(small), back.folds(small, seed=1)):
        table = pd.DataFrame({"kreis": small.people.kreis, "fold": fold})
        assert len(table.drop_duplicates()) == KREISE
        assert sorted(table["fold"].unique()) == [0, 1, 2, 3, 4]
    assert not np.array_equal(back.folds(small), back.folds(small, seed=1))


def test_the_fit_is_generalised_least_squares_as_statsmodels_has_it():
    draw = np.random.default_rng(1)
    x = np.column_stack([np.ones(40), draw.normal(size=40)])
    places, persons = draw.uniform(0, 100, (40, 2)), draw.uniform(2000, 20000, 40)
    y = (x @ [-0.8, 0.05] + draw.normal(0, 0.004, 40))[:, None]  # no outliers: nothing is held back
    found = fit(x, y, places, persons, surface=True)
    sigma = covariance(places, places) + np.diag(noise_of(persons))
    right = sm.GLS(y[:, 0], x, sigma=sigma).fit()
    assert found.beta[:, 0] == pytest.approx(right.params, abs=1e-10)
    assert found.first.bse == pytest.approx(right.bse, rel=1e-8)


def test_the_surface_is_the_conditional_mean_and_outliers_pull_less():
    places, persons, x = np.array([[0.0, 0], [0, 10], [0, 60]]), np.full(3, 6000.0), np.zeros((3, 1)) + 1e-9
    y = np.array([[0.01], [0.02], [-0.01]])
    found = fit(x, y, places, persons, surface=True)
    s = lambda d: 2e-4 * (np.exp(-d / 15) + np.exp(-d / 80))  # noqa: E731
    cov = (
        np.array([[s(0), s(10), s(60)], [s(10), s(0), s(50)], [s(60), s(50), s(0)]])
        + np.eye(3) * 4.84e-4 * 1.5
    )
    rest = y[:, 0] - x[:, 0] * found.beta[0, 0]
    by_hand = np.array([s(5), s(5), s(55)]) @ np.linalg.solve(cov, rest)
    assert found.around(np.array([[0.0, 5.0]]))[0, 0] == pytest.approx(by_hand, rel=1e-9)
    draw = np.random.default_rng(2)
    x, many = np.ones((50, 1)), draw.normal(0, 0.02, (50, 1))
    many[0] = -0.6  # a prison
    robust = fit(x, many, np.zeros((50, 2)), np.full(50, 5000.0), surface=False)
    assert abs(robust.beta[0, 0] - many[1:].mean()) < 0.4 * abs(many.mean() - many[1:].mean())


def test_sizes_add_up_to_the_total_and_an_empty_place_has_no_households():
    made = to_counts(np.log([[0.5, 0.2, 0.2, 0.1, 0.05, 0.05]] * 2), np.array([1000.0, 0.0]))
    assert made[0] == pytest.approx([500, 500 / 3, 500 / 3, 250 / 3, 125 / 3, 125 / 3])
    assert (made[1] == 0).all()


def test_rules_are_what_they_say(small):
    rates = np.array([0, 0, 0, 0, 0.02, 0.2, 0.55, 0.55, 0.6, 0.65, 0.7])
    exact = np.repeat((small.people.age @ rates)[:, None], 6, axis=1)
    rows = np.arange(len(exact)) % 2 == 0
    made = simple_rules(small.people, exact, rows)
    assert made["headship"] == pytest.approx(exact, rel=1e-6)
    constant = exact[rows].sum(axis=0) / small.people.total[rows].sum()
    assert made["constant"] == pytest.approx(small.people.total[:, None] * constant)
    assert made["ridge"][rows].sum() == pytest.approx(exact[rows].sum(), rel=0.01)


def test_measures_by_hand(small):
    g = small.only(("01",))
    persons = g.people.total
    right = dict.fromkeys(METHODS, g.households * 1.0)
    right["own"] = g.households * np.where(np.arange(len(persons)) % 2, 1.06, 0.98)[:, None]
    table = back.errors_table(g, right).set_index(["quantity", "size_class", "method"])
    row = table.loc[("size_3", "all", "own")]
    assert row["n"] == 40 and row["mape"] == pytest.approx(4.0) and row["malpe"] == pytest.approx(2.0)
    assert row["median_ape"] == pytest.approx(4.0) and row["within_5"] == pytest.approx(50.0)
    goal = table.loc[("total", GOAL_CLASS, "own")]
    assert goal["n"] == ((persons >= 5000) & (persons <= 20000)).sum()
    assert set(f"{goal['goals_met']} {goal['goals_missed']}".split()) == set(GOALS)
    assert table.loc[("total", "all", "headship"), "mape"] == pytest.approx(0, abs=1e-9)


def test_the_shipped_form_of_a_model_predicts_what_the_fit_does(small):
    model = model_table(small, VARIANTS[3])
    persons = pd.Series(small.people.total, small.people.ags)
    made = predict_households(small.table, persons, model)
    assert list(made.columns) == list(QUANTITIES)
    assert made[list(QUANTITIES[1:])].sum(axis=1).to_numpy() == pytest.approx(made["total"].to_numpy())
    off = np.abs(made["total"].to_numpy() / small.households[:, 0] - 1)
    assert np.median(off) < 0.03
    unknown = predict_households(small.table.rename(lambda k: f"{k[:2]}999{k[5:]}"), persons.rename(
        lambda k: f"{k[:2]}999{k[5:]}"), model)  # fmt: skip
    assert unknown["total"].to_numpy() == pytest.approx(made["total"].to_numpy(), rel=0.05)


# -- what is shipped ------------------------------------------------------------------------------------------


def test_the_goals_are_judged_by_the_shipped_figures():
    table = load("backtest_households").set_index(["quantity", "size_class", "method"])
    own = table.loc[("total", GOAL_CLASS, "own")]
    assert {m for m, v in GOALS.items() if own[m] <= v} == set(own["goals_met"].split())
    assert own["goals_missed"] == "" and own["n"] == 2221
    for size in CLASSES_OF:
        best = min(table.loc[("total", size, rule), "median_ape"] for rule in RULES)
        assert table.loc[("total", size, "own"), "median_ape"] < best
    shuffled = [table.loc[("total", GOAL_CLASS, m), "median_ape"] for m in SHUFFLED]
    assert max(shuffled) < GOALS["median_ape"] and max(shuffled) - min(shuffled) < 0.2


def test_the_section_says_what_the_tables_say():
    words, found = Words("de"), record()
    block = households_section(words).html
    shown = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", block)))
    assert words("guete_households.title") in shown and block.count("<h2") == 1
    for measure in GOALS:
        assert number(found.value(GOAL_CLASS, measure), "dec1") in shown
    for size in CLASSES_OF:
        for method in METHODS:
            assert number(found.value(size, "median_ape", method), "dec2") in shown
    assert number(found.census("size_1", "share_expected", EXPECTATIONS[1]), "dec1") in shown
    assert all(words(f"guete_households.set_{name}") in shown for name in SETTINGS)


def test_the_fold_shows_every_feature_with_its_effect_and_every_diagnostic():
    words, here = Words("de"), model()
    block = estimates_fold(words).html
    shown = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", block)))
    assert set(here.terms.index) == {
        "constant",
        *NAMES,
        *(f"{n}_squared" for n in NAMES if f"{n}_squared" in here.terms.index),
    }
    for name in NAMES:
        assert (
            f"{words(f'guete_households.feature_{name}')} {number(shown_mean(here, name), 'dec2')}" in shown
        )
    for _, term in here.terms.drop("constant").iterrows():
        effect = f"{number(100 * term['total'], 'signed2')} ± {number(100 * term['total_se'], 'dec2')}"
        assert effect in shown
    assert number(here.found["r_squared_with_surface"], "dec2") in shown
    assert 15 < here.between < 25 and f"{number(here.between, 'dec0')} so viel von der Varianz" in shown
    assert number(np.exp(-here.terms.loc["constant", "total"]), "dec2") in shown


def shown_mean(here, name):
    return here.terms.loc[name, "mean"] * (1 if name.startswith(("log", "jobs", "growth", "access")) else 100)


def test_the_order_of_features_is_that_of_the_table(small):
    assert list(small.table.columns) == list(NAMES)


def test_the_diagnostics_say_how_much_the_features_and_the_surface_explain(small):
    found = model_table(small, VARIANTS[-1]).attrs["diagnostics"]
    assert 0 < found["r_squared_features"] <= found["r_squared_with_surface"] <= 1
    spread = np.log(small.households[small.large, 0] / small.people.total[small.large]).std()
    for part in ("features", "with_surface"):
        rest = found[f"residual_percent_{part}"] / 100
        assert 1 - (rest / spread) ** 2 == pytest.approx(found[f"r_squared_{part}"], abs=0.01)


def delivered():
    missing = [f for f in FILES if not (paths.shared() / f).exists()]
    if missing:
        pytest.skip(f"needs the delivered files: {missing[0]} is not there")


@pytest.fixture(scope="module")
def everything():
    delivered()
    return back.read()


@pytest.mark.shared
def test_a_fixed_sample_comes_out_as_shipped(everything):
    shipped = load("backtest_households").set_index(["quantity", "size_class", "method"])
    fold = back.folds(everything)
    here = back.of_class(everything, GOAL_CLASS)
    made = np.zeros_like(everything.households)
    for k in range(5):
        rows = simple_rules(everything.people, everything.households, (fold != k) & everything.large)
        made[fold == k] = rows["ridge"][fold == k]
    for i in (0, 1, 4):
        values = back.measures.point_measures(made[here, i], everything.households[here, i])
        for measure in ("n", "median_ape", "mape", "malpe"):
            right = shipped.loc[(QUANTITIES[i], GOAL_CLASS, "ridge"), measure]
            assert values[measure] == pytest.approx(right, abs=0.002)
    path = paths.raw() / "derived" / "backtest_households.descriptor.json"
    sample = json.loads(path.read_text(encoding="utf-8"))["diagnostics"]["sample"]
    for measure, value in back.sample(everything).items():
        assert value == pytest.approx(sample[measure], abs=0.002)


@pytest.mark.shared
def test_the_shipped_model_gives_households_of_all_gemeinden(everything):
    made = predict_households(everything.table, pd.Series(everything.people.total, everything.people.ags))
    assert len(made) == 10786 and (made.to_numpy() >= 0).all()
    assert made["total"].sum() == pytest.approx(everything.households[:, 0].sum(), rel=0.005)
    here = back.of_class(everything, GOAL_CLASS)
    off = np.abs(made["total"].to_numpy()[here] / everything.households[here, 0] - 1)
    assert np.median(off) < GOALS["median_ape"] / 100
    assert everything.table.notna().all().all()


@pytest.mark.shared
def test_the_comparison_of_both_censuses_comes_out_as_shipped(everything):
    made = (
        household_sizes(everything.households, everything.people.ags)
        .set_index(["size", "method"])
        .sort_index()
    )
    shipped = load("backtest_household_sizes").set_index(["size", "method"]).sort_index()
    columns = ["share_2011", "share_2022", "share_expected", "median_ape", "malpe", "n"]
    assert made[columns].to_numpy() == pytest.approx(shipped[columns].to_numpy(float), abs=1e-4)
    one = shipped.loc[("size_1", EXPECTATIONS[0])]
    assert round(one["share_2011"], 1) == 37.2 and round(one["share_2022"], 1) == 43.4
