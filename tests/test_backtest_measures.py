"""Measures, simple rules, goals and interval widths of the back-test, worked by hand."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import wohnlib
from wohnlib.backtest import measures
from wohnlib.backtest.averaging import Mean, best_weights, fitted
from wohnlib.backtest.fitting import BY_SIZE, clustered_errors, lad, median_regression
from wohnlib.backtest.intervals import smooth_quantiles, spread
from wohnlib.backtest.measures import evaluated, interval_measures, mape_r, point_measures
from wohnlib.backtest.rules import simple_rules
from wohnlib.backtest.run import with_goals
from wohnlib.backtest.settings import CLASSES, SETTINGS, goals
from wohnlib.words import Words

FOLDER = Path(wohnlib.__file__).parent / "backtest"
FITTING = {
    "setting",
    "settings",
    "delivered",
    "asof",
    "features",
    "fitting",
    "averaging",
    "intervals",
    "totals",
}


def test_point_measures_of_four_places():
    came = np.array([100.0, 200.0, 400.0, 1000.0])
    made = np.array([104.0, 190.0, 440.0, 880.0])  # errors +4, −5, +10, −12 %
    found = point_measures(made, came)
    assert found["n"] == 4
    assert found["mape"] == pytest.approx((4 + 5 + 10 + 12) / 4)
    assert found["median_ape"] == pytest.approx(7.5)
    assert found["malpe"] == pytest.approx((4 - 5 + 10 - 12) / 4)
    assert found["wmape"] == pytest.approx(100 * (4 + 10 + 40 + 120) / 1700)
    assert found["rmse"] == pytest.approx(np.sqrt((16 + 100 + 1600 + 14400) / 4))
    assert found["within_5"] == 50 and found["within_10"] == pytest.approx(75)


def test_mape_r_lies_where_the_symmetric_distribution_has_its_mean(monkeypatch):
    sizes = np.array([1.0, 4.0, 16.0])
    monkeypatch.setattr(measures.stats, "boxcox", lambda v: (np.log(v), 0.0))
    assert mape_r(sizes) == pytest.approx(4)  # λ = 0: the geometric mean
    monkeypatch.setattr(measures.stats, "boxcox", lambda v: ((v**0.5 - 1) / 0.5, 0.5))
    assert mape_r(sizes) == pytest.approx(((1 + 2 + 4) / 3) ** 2)  # λ = ½: squared mean of the roots


def test_mape_r_of_equal_errors_is_that_error_and_of_outliers_below_the_mean():
    assert mape_r(np.full(5, 3.0)) == 3.0
    sizes = np.array([0.0, 1.0, 1.2, 0.8, 1.1, 0.9, 60.0])
    assert mape_r(sizes) < sizes.mean()


def test_coverage_and_interval_score_by_hand():
    low, high, came = np.array([90.0, 90.0, 90.0]), np.array([110.0] * 3), np.array([100.0, 80.0, 125.0])
    found = interval_measures(low, high, came)
    assert found["coverage_80"] == pytest.approx(100 / 3)
    # α = 0.2: 20, 20 + 10 · 10, 20 + 10 · 15, each over what came
    assert found["interval_score"] == pytest.approx(100 * np.mean([20 / 100, 120 / 80, 170 / 125]))


def test_simple_rules_by_hand():
    persons = pd.DataFrame(
        {2002: [100.0, 300.0, np.nan], 2009: [114.0, 300.0, 50.0], 2013: [120.0, 310.0, 60.0]},
        index=["03251001", "03251002", "03252001"],
    )
    made = simple_rules(persons, 2013, (2002, 2009), 8)
    kreis, nation = 414 / 400 - 1, 414 / 400 - 1  # the third has no earlier figure: the nation's change
    assert made["constant"].tolist() == [120, 310, 60]
    assert made["linear"] == pytest.approx(
        [120 * (1 + 0.14 * 8 / 7), 310, 60 * (1 + nation * 8 / 7)], abs=1e-9
    )
    assert made["damped"][0] == pytest.approx(120 * (1 + 0.07 * 8 / 7))
    assert made["share"] == pytest.approx([v * (1 + kreis * 8 / 7) for v in (120, 310, 60)])
    assert made["share_damped"][1] == pytest.approx(310 * (1 + kreis / 2 * 8 / 7))


def test_a_place_is_judged_if_its_key_stands_at_every_date_and_its_area_is_the_same():
    area = {
        2013: pd.Series({"a": 100.0, "b": 100.0, "c": 100.0, "d": 100.0}),
        2017: pd.Series({"a": 101.0, "b": 101.0, "c": 101.1}),
        2021: pd.Series({"a": 100.5, "b": 99.9, "c": 100.0, "d": 100.0}),
    }
    totals = {y: pd.DataFrame({"area_km2": a}) for y, a in area.items()}
    judged = evaluated(totals, totals[2013].index, (2013, 2017, 2021))
    assert judged.tolist() == [True, False, False, False]  # b: 99.9 and 101 differ by more than 1 %


def test_a_smooth_quantile_is_the_quantile_of_values_of_that_size():
    size = np.r_[np.full(1000, 300.0), np.full(1000, 30000.0)]
    value = np.r_[np.linspace(0, 10, 1000), np.linspace(0, 1, 1000)]
    found = smooth_quantiles(size, value, np.ones(2000), np.array([300.0, 30000.0]), (0.5, 0.8))
    assert found == pytest.approx(np.array([[5, 8], [0.5, 0.8]]), abs=0.01)


def test_the_spread_of_past_growth_is_that_of_gemeinden_in_their_kreis_and_of_kreise():
    """Two Kreise of four equal Gemeinden: Kreise grow by 2 and 0 %, Gemeinden by 3 points more or less."""
    keys = [f"0325{k}00{i}" for k in (1, 2) for i in range(1, 5)]
    growth = np.array([0.05, -0.01, 0.05, -0.01, 0.03, -0.03, 0.03, -0.03])
    start = pd.DataFrame({"pop_total": 7000.0, "area_km2": 10.0, "plain": keys}, index=keys)
    later = start.assign(pop_total=7000 * np.exp(growth))
    found = spread({2013: start, 2017: later}, 2017, (2013, 2017))
    assert found.years == 4
    assert found.at("own", np.array([7000.0]), 0.0)[0] == pytest.approx(0.03, rel=0.05)
    assert found.at("kreis", np.array([28000.0]), 0.5)[0] == pytest.approx(0.01 / 2, rel=0.05)


def test_our_regression_without_a_tie_is_the_median_regression_of_statsmodels():
    noise = np.random.default_rng(3)
    X = np.column_stack([np.ones(4000), noise.normal(size=(4000, 3))])
    y = X @ np.array([0.2, 0.8, -0.4, 0.1]) + noise.laplace(size=4000)
    weight = noise.uniform(0.5, 2, 4000)
    own = lad(X, y, weight, np.full(4, 1e-8), np.zeros(4))
    found = median_regression(X, y, weight)
    assert own == pytest.approx(found.params, abs=0.01)
    assert 0.2 < found.prsquared < 0.4
    tied = lad(X, y, weight, np.full(4, 1e3), np.full(4, 0.5))
    assert tied == pytest.approx(np.full(4, 0.5), abs=0.01)  # a strong tie wins


def test_standard_errors_are_those_of_many_samples_also_where_rows_go_together():
    """40 clusters of 25 rows with a common shock and one column of their own; 200 samples made anew."""
    noise = np.random.default_rng(8)
    clusters = np.repeat(np.arange(40), 25)
    slopes, errors, alone = [], [], []
    for _ in range(200):
        X = np.column_stack([np.ones(1000), noise.normal(size=40)[clusters], noise.normal(size=1000)])
        y = X @ np.array([0.2, 0.8, -0.4]) + noise.normal(size=40)[clusters] + noise.normal(size=1000)
        found = median_regression(X, y, np.ones(1000))
        slopes.append(found.params)
        errors.append(clustered_errors(found, clusters))
        alone.append(found.bse)
    true = np.std(slopes, axis=0)
    assert np.mean(errors, axis=0) == pytest.approx(true, rel=0.15)
    assert np.mean(alone, axis=0)[1] < 0.5 * true[1]  # rows taken as independent
    assert np.isnan(clustered_errors(found, np.zeros(1000))).all()  # one cluster says nothing


def test_learned_weights_find_the_member_that_was_right_and_sum_to_one():
    noise = np.random.default_rng(5)
    came = noise.normal(size=3000)
    made = np.column_stack([came + noise.normal(size=3000), came + noise.normal(scale=0.1, size=3000), -came])
    found = best_weights(made, came, np.ones(3000))
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    assert found[1] > 0.9
    truth = best_weights(np.column_stack([2 * came, 0 * came]), came, np.ones(3000))
    assert truth == pytest.approx([0.5, 0.5], abs=1e-3)


def test_the_mean_has_equal_weights_and_the_best_member_of_past_windows_is_only_named():
    none = Mean((), np.array([0.2, 0.8]), np.array([0.5, 0.4]))
    assert none.chosen.tolist() == [0, 1]
    unknown = Mean((), np.array([0.5, 0.5]), np.array([np.nan, np.nan]))
    assert unknown.chosen.tolist() == [1, 0]
    noise = np.random.default_rng(1)
    names = [*BY_SIZE, "C", "old", "dK", "dm"]
    windows = []
    for _ in range(2):
        table = pd.DataFrame(noise.normal(size=(600, len(names))), columns=names)
        table = table.assign(size=noise.uniform(300, 60000, 600), ok=True)
        windows.append(
            table.assign(y=0.6 * table["m"] + 0.2 * table["K"] + noise.normal(scale=0.1, size=600))
        )
    mean = fitted(windows, tried=True)
    assert mean.weights.tolist() == [0.25] * 4 and np.isfinite(mean.loss).all()
    assert mean.members[0].common_slopes["m"] == pytest.approx(0.6, abs=0.05)
    assert mean.members[0].n == 1200 and mean.members[0].name == "plain"


def test_goals_are_those_of_the_task_and_judged_on_the_own_method_only():
    every = goals()
    assert len(every) == 4 + 4 + 4 + 2 * 4 + 4 * (5 + 1 + 5)
    assert len({(g.window, g.mode, g.size, g.measure) for g in every}) == len(every)
    row = dict.fromkeys(("median_ape", "within_10", "error_ratio", "malpe", "coverage_80"), np.nan)
    here = {"window": "2013-2021", "mode": "A", "size_class": CLASSES[4]}
    good = {**here, **row, "method": "own", "median_ape": 1.60, "within_10": 99.0, "error_ratio": 0.951,
            "malpe": -0.71, "coverage_80": 86.0}  # fmt: skip
    judged = with_goals(pd.DataFrame([good, {**good, "method": "linear"}]))
    assert set(judged["goals_met"][0].split()) == {"median_ape", "within_10", "coverage_80"}
    assert set(judged["goals_missed"][0].split()) == {"error_ratio", "malpe"}
    assert judged["goals_met"][1] == "" and judged["goals_missed"][1] == ""


def test_fitting_knows_nothing_of_judging():
    files = {p.stem: p for p in FOLDER.glob("*.py")}
    assert set(files) >= FITTING
    for name in FITTING:
        tree = ast.parse(files[name].read_text(encoding="utf-8"))
        found = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        own = {m.split(".")[2] for m in found if m.startswith("wohnlib.backtest.")}
        assert own <= FITTING, name


def test_every_number_has_a_unit_an_origin_a_rating_and_words():
    words = Words("de")
    for name, item in SETTINGS.items():
        assert item.rating in ("red", "amber", "green") and item.value
        for key in (f"guete.set_{name}", f"guete.unit_{item.unit}", f"guete.origin_{item.origin}"):
            assert key in words, key


def test_no_number_stands_bare_in_the_fit():
    """Numbers that shape a forecast come from the settings; 0, 1, 100 and powers of formulas may stand."""
    plain = {0, 1, 2, 100, 0.5, -0.5, 1000, -1}
    for name in ("features", "fitting", "averaging", "intervals", "totals", "rules", "measures"):
        tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
        found = {
            n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) in (int, float)
        }
        assert found - plain <= {5, 7, 0.05, 0.1}, name  # digits of keys, 5 and 10 % of the measures
