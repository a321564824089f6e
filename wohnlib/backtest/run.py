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
from wohnlib.backtest.measures import evaluated
from wohnlib.backtest.rules import simple_rules
from wohnlib.backtest.settings import CLASSES, METHODS, OWN, RULES, WINDOWS, Window, goals
from wohnlib.backtest.totals import Forecast, forecast
from wohnlib.forecast.errors import Shape, at_size, shapes_until

Array = NDArray[np.float64]
MODES = ("A", "B")  # A: given the true national total; B: with our own national path
MEASURES = (
    "n", "mape", "median_ape", "malpe", "mape_r", "wmape", "rmse", "within_5", "within_10", "coverage_80",
    "interval_score", "error_ratio",
)  # fmt: skip
MEAN = "mean_from_5000"  # row that holds the mean error ratio of the classes from 5,000 people


REPORTS = 2021  # base of the growth that the reports use
SLOPES = ("L", "K", "m", "S", "T", "old", "dK", "dm", "L2", "K2", "m2")


def run(
    everything: Delivered,
    units: Mapping[str, str],
    widths: pd.DataFrame,
    windows: Sequence[Window] = WINDOWS,
    made: dict[int, Forecast] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the tables `backtest_totals` (errors by class), `_units`, `_fits` and `_gemeinden` (errors by area).

    units: key of a Gemeinde -> key of its planning unit; widths: the table `forecast_errors_asof`, of which each base
    takes what could be learned by then; forecasts of one base are made once and kept in `made`; of those already
    there the base of the reports joins `_fits`.
    """
    made = {} if made is None else made
    classes, own, areas = [], [], []
    for window in windows:
        if window.base not in made:
            made[window.base] = forecast(known(everything, window.base), tried=True)
        until = max(int(u) for u in widths["until"].unique() if u <= window.base)
        judged = Judged(everything, made[window.base], window, shapes_until(widths, until))
        for mode in MODES:
            classes.append(judged.by_class(mode))
            own.append(judged.by_unit(mode, units))
            areas.append(judged.by_area(mode))
    return {
        "backtest_totals": pd.concat(classes),
        "backtest_totals_units": pd.concat(own),
        "backtest_totals_fits": fits(
            {b: made[b] for b in ({w.base for w in windows} | {REPORTS}) & set(made)}
        ),
        "backtest_totals_gemeinden": pd.concat(areas),
    }


def fits(made: Mapping[int, Forecast]) -> pd.DataFrame:
    """Return weight, error in left-out past windows, n, pseudo-R² and slopes with errors of every member, by base."""
    rows = []
    for base, one in sorted(made.items()):
        chosen = one.mean.chosen
        for place, member in enumerate(one.mean.members):
            rows.append({
                "base": base, "member": member.name, "windows": " ".join(one.learned_from), "n": member.n,
                "pseudo_r2": member.pseudo_r2, "loss": one.mean.loss[place], "weight": one.mean.weights[place],
                "learned": one.mean.learned[place],
                "chosen": chosen[place], "settled": float(member.settled),
                **{f"slope_{n}": v for n, v in member.common_slopes.items()},
                **{f"se_{n}": v for n, v in member.common_errors.items()},
            })  # fmt: skip
    names = ["base", "member", "windows", "n", "pseudo_r2", "loss", "weight", "learned", "chosen", "settled"]
    names += [f"{kind}_{n}" for kind in ("slope", "se") for n in SLOPES]
    return pd.DataFrame(rows).reindex(columns=names)


class Judged:
    """The forecasts of one window beside what came; arrays (area,) over the Gemeinden of the base."""

    def __init__(
        self, everything: Delivered, made: Forecast, window: Window, shapes: Mapping[str, Shape]
    ) -> None:
        self.window, self.made, self.shapes = window, made, shapes
        self.years = window.target - window.base
        self.size = made.base.size
        self.kreis = made.base.keys.str[:5]
        target = everything.totals[window.target]
        self.total = float(target["pop_total"].sum())
        self.came: Array = target["pop_total"].reindex(made.base.keys).to_numpy(float)
        self.target = target["pop_total"]
        self.evaluated = evaluated(everything.totals, made.base.keys, window.dates)
        self.rules = simple_rules(made.base.persons, window.base, window.rule, self.years)

    def half(self, mode: str, kreis_size: Array, size: Array | None = None, part: str = "own") -> Array:
        """Return half widths of the 80 % interval of the logarithm: Kreis, own part, and in mode B the nation.

        size: persons of the areas, nothing for Kreise; part: own (Gemeinde) or own_sum (several together).
        """
        parts = [at_size(self.shapes["kreis"], kreis_size, self.years)]
        if size is not None:
            parts.append(at_size(self.shapes[part], size, self.years))
        if mode == "B":
            parts.append(np.full(len(kreis_size), self.shapes["nation"].at(self.years)[0]))
        return np.asarray(np.sqrt(np.sum(np.square(parts), axis=0)))

    def half_of_all(self, mode: str) -> Array:
        """Return half widths (area,) of all Gemeinden; a Kreis of one Gemeinde has no own part."""
        sums = pd.Series(self.size, self.kreis).groupby(level=0)
        of_kreis = sums.transform("sum").to_numpy(float)
        alone = sums.transform("size").to_numpy() == 1
        return np.where(alone, self.half(mode, of_kreis), self.half(mode, of_kreis, self.size.astype(float)))

    def persons(self, method: str, mode: str) -> Array:
        """Return the persons of a method; in mode A every method gives the true national total."""
        if method in OWN:
            return self.made.persons(self.years, self.total if mode == "A" else None, method)
        value = self.rules[method]
        return value * self.total / value.sum() if mode == "A" else value

    def by_class(self, mode: str) -> pd.DataFrame:
        """Return measures by size class and method, with error ratios and goals."""
        size, width = size_class(self.size), np.exp(self.half_of_all(mode))
        rows: list[dict[str, Any]] = []
        for place, name in enumerate((*CLASSES, "all")):
            here = self.evaluated & ((size == place) | (name == "all"))
            found = {
                m: measures.point_measures(self.persons(m, mode)[here], self.came[here]) for m in METHODS
            }
            own, wide = self.persons("own", mode)[here], width[here]
            found["own"] |= measures.interval_measures(own / wide, own * wide, self.came[here])
            best = min(found[m]["median_ape"] for m in RULES)
            for method in OWN:
                found[method]["error_ratio"] = found[method]["median_ape"] / best
            rows += [{"size_class": name, "method": m, **values} for m, values in found.items()]
        for method in OWN:
            ratios = [
                r["error_ratio"] for r in rows if r["method"] == method and r["size_class"] in CLASSES[2:]
            ]
            rows.append({"size_class": MEAN, "method": method, "error_ratio": float(np.mean(ratios))})
        table = pd.DataFrame(rows).reindex(columns=["size_class", "method", *MEASURES])
        table.insert(0, "window", self.window.name)
        table.insert(1, "mode", mode)
        return with_goals(table)

    def by_area(self, mode: str) -> pd.DataFrame:
        """Return the error in per cent of what came of every evaluated Gemeinde, one column for each method."""
        here = self.evaluated
        errors = {m: 100 * (self.persons(m, mode)[here] / self.came[here] - 1) for m in METHODS}
        places = {"window": self.window.name, "mode": mode, "ags": self.made.base.keys[here]}
        return pd.DataFrame(places | errors)

    def by_unit(self, mode: str, units: Mapping[str, str]) -> pd.DataFrame:
        """Return forecasts and errors of planning units (sums of their Gemeinden) and of their Kreis, by method.

        The interval is that of `wohnlib forecast`: a sum of several Gemeinden has an own part of its own.
        """
        keys = self.made.base.keys
        unit = pd.Series([units.get(k) for k in keys], keys)
        came = self.target.groupby([units.get(k) for k in self.target.index]).sum()
        base = pd.Series(self.size, keys).groupby(unit).agg(["sum", "size"])
        inside = {k: base.index.str[:5] == k for k in sorted({key[:5] for key in base.index})}
        of_kreis = pd.Series(self.size, self.kreis).groupby(level=0).sum()
        rows = []
        for method in METHODS:
            sums = pd.Series(self.persons(method, mode), keys).groupby(unit).sum()
            for key, (size, count) in base.iterrows():
                row = {"ags": key, "base": size, "forecast": sums[key], "came": came[key]}
                part = "own" if count == 1 else "own_sum"
                half = self.half(mode, of_kreis[[key[:5]]].to_numpy(float), np.array([float(size)]), part)
                rows.append(row | self._bounds(method, sums[key], half))
            for kreis, here in inside.items():
                total = sums[here].sum()
                row = {"ags": kreis, "base": base["sum"][here].sum(), "forecast": total,
                       "came": came[sums.index[here]].sum()}  # fmt: skip
                half = self.half(mode, of_kreis[[kreis]].to_numpy(float))
                rows.append(row | self._bounds(method, total, half))
        table = pd.DataFrame(rows)
        table["error"] = 100 * (table["forecast"] / table["came"] - 1)
        table.insert(0, "window", self.window.name)
        table.insert(1, "mode", mode)
        return table

    @staticmethod
    def _bounds(method: str, persons: float, half: Array) -> dict[str, Any]:
        """Return the method and, for the own one, the bounds of the interval."""
        if method != "own":
            return {"method": method}
        wide = float(np.exp(half[0]))
        return {"method": method, "low": persons / wide, "high": persons * wide}


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
