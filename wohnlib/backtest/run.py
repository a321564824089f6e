"""Back-test of totals: forecasts as of each base date, judged by what came; returns tables, writes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest import measures
from wohnlib.backtest.asof import known
from wohnlib.backtest.delivered import Delivered
from wohnlib.backtest.features import size_class
from wohnlib.backtest.rules import simple_rules
from wohnlib.backtest.settings import CLASSES, METHODS, RULES, WINDOWS, Window, goals, number
from wohnlib.backtest.totals import Forecast, forecast

Array = NDArray[np.float64]
MODES = ("A", "B")  # A: given the true national total; B: with our own national path
MEASURES = (
    "n", "mape", "median_ape", "malpe", "mape_r", "wmape", "rmse", "within_5", "within_10", "coverage_80",
    "interval_score", "error_ratio",
)  # fmt: skip
MEAN = "mean_from_5000"  # row that holds the mean error ratio of the classes from 5,000 people


def run(
    everything: Delivered,
    units: Mapping[str, str],
    windows: Sequence[Window] = WINDOWS,
    made: dict[int, Forecast] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the tables `backtest_totals` (errors by class) and `backtest_totals_units` (planning units).

    units: key of a Gemeinde -> key of its planning unit; forecasts of one base are made once and kept in `made`.
    """
    made = {} if made is None else made
    classes, own = [], []
    for window in windows:
        if window.base not in made:
            made[window.base] = forecast(known(everything, window.base))
        judged = Judged(everything, made[window.base], window)
        for mode in MODES:
            classes.append(judged.by_class(mode))
            own.append(judged.by_unit(mode, units))
    return {"backtest_totals": pd.concat(classes), "backtest_totals_units": pd.concat(own)}


class Judged:
    """The forecasts of one window beside what came; arrays (area,) over the Gemeinden of the base."""

    def __init__(self, everything: Delivered, made: Forecast, window: Window) -> None:
        self.window, self.made = window, made
        self.years = window.target - window.base
        self.size = made.base.size
        target = everything.totals[window.target]
        self.total = float(target["pop_total"].sum())
        self.came: Array = target["pop_total"].reindex(made.base.keys).to_numpy(float)
        self.target = target["pop_total"]
        self.evaluated = evaluated(everything.totals, made.base.keys, window.dates)
        self.rules = simple_rules(made.base.persons, window.base, window.rule, self.years)

    def persons(self, method: str, mode: str) -> Array:
        """Return the persons of a method; in mode A every method gives the true national total."""
        if method == "own":
            return self.made.persons(self.years, self.total if mode == "A" else None)
        value = self.rules[method]
        return value * self.total / value.sum() if mode == "A" else value

    def by_class(self, mode: str) -> pd.DataFrame:
        """Return measures by size class and method, with error ratios and goals."""
        size = size_class(self.size)
        rows: list[dict[str, Any]] = []
        for place, name in enumerate((*CLASSES, "all")):
            here = self.evaluated & ((size == place) | (name == "all"))
            found = {
                m: measures.point_measures(self.persons(m, mode)[here], self.came[here]) for m in METHODS
            }
            width = np.exp(self.made.half_width(self.years)[here])
            own = self.persons("own", mode)[here]
            found["own"] |= measures.interval_measures(own / width, own * width, self.came[here])
            best = min(found[m]["median_ape"] for m in RULES)
            found["own"]["error_ratio"] = found["own"]["median_ape"] / best
            rows += [{"size_class": name, "method": m, **values} for m, values in found.items()]
        large = [r["error_ratio"] for r in rows if r["method"] == "own" and r["size_class"] in CLASSES[2:]]
        rows.append({"size_class": MEAN, "method": "own", "error_ratio": float(np.mean(large))})
        table = pd.DataFrame(rows).reindex(columns=["size_class", "method", *MEASURES])
        table.insert(0, "window", self.window.name)
        table.insert(1, "mode", mode)
        return with_goals(table)

    def by_unit(self, mode: str, units: Mapping[str, str]) -> pd.DataFrame:
        """Return forecasts and errors of planning units (sums of their Gemeinden) and of their Kreis, by method.

        The interval of the own method is that of a Gemeinde of the unit's size, and empty for the Kreis.
        """
        keys = self.made.base.keys
        unit = pd.Series([units.get(k) for k in keys], keys)
        came = self.target.groupby([units.get(k) for k in self.target.index]).sum()
        width = self.made.half_width_at
        rows = []
        for method in METHODS:
            sums = pd.Series(self.persons(method, mode), keys).groupby(unit).sum()
            base = pd.Series(self.size, keys).groupby(unit).sum()
            for key in sums.index:
                row = {
                    "ags": key,
                    "method": method,
                    "base": base[key],
                    "forecast": sums[key],
                    "came": came[key],
                }
                if method == "own":
                    half = float(np.exp(width(np.array([base[key]]), self.years))[0])
                    row |= {"low": sums[key] / half, "high": sums[key] * half}
                rows.append(row)
            for kreis in sorted({k[:5] for k in sums.index}):
                inside = sums.index.str[:5] == kreis
                rows.append({"ags": kreis, "method": method, "base": base[inside].sum(),
                             "forecast": sums[inside].sum(), "came": came[sums.index[inside]].sum()})  # fmt: skip
        table = pd.DataFrame(rows)
        table["error"] = 100 * (table["forecast"] / table["came"] - 1)
        table.insert(0, "window", self.window.name)
        table.insert(1, "mode", mode)
        return table


def evaluated(totals: Mapping[int, pd.DataFrame], keys: pd.Index, dates: Sequence[int]) -> NDArray[np.bool_]:
    """Return which Gemeinden are judged: the key stands at every date, areas differ by at most 1 % between any two."""
    area = pd.DataFrame({y: totals[y]["area_km2"].reindex(keys) for y in dates})
    same = area.max(axis=1) / area.min(axis=1) <= 1 + number("same_area")
    return np.asarray(area.notna().all(axis=1) & same)


def with_goals(table: pd.DataFrame) -> pd.DataFrame:
    """Return the measures with the names of the goals met and missed, rows of the own method only."""
    met, missed = [], []
    every = goals()
    for row in table.to_dict("records"):
        mine = [
            g for g in every
            if row["method"] == "own" and (g.window, g.mode, g.size) == (row["window"], row["mode"], row["size_class"])
        ]  # fmt: skip
        met.append(" ".join(g.measure for g in mine if g.met(row[g.measure])))
        missed.append(" ".join(g.measure for g in mine if not g.met(row[g.measure])))
    return table.assign(goals_met=met, goals_missed=missed)
