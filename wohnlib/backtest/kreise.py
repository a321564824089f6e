"""Back-test of Kreise by five-year age group and sex: forecasts as of a base, judged by the tables of later years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest import measures
from wohnlib.backtest.kreise_rules import RULES, simple_rules
from wohnlib.backtest.settings import number
from wohnlib.forecast.errors import national_errors, national_shape
from wohnlib.forecast.kreise import (
    AGE_FROM,
    KreisFit,
    fit_kreise,
    half_widths,
    known_kreise,
    national_response,
    project_kreise,
)
from wohnlib.forecast.kreise_data import Delivered

Array = NDArray[np.float64]
MODES = ("A", "B")  # A: given the true number of people of the nation; B: with our own path
METHODS = ("own", "own_published", *RULES)
PARTS = ("cells", "cells_80", "totals", *(f"age_{a:02d}" for a in AGE_FROM))
TARGET = 2022
WINDOWS = ((2017, TARGET), (2018, TARGET))
GOALS = {"cells": 2.7, "cells_80": 2.8, "totals": 1.1}  # median of absolute errors, 2017 to 2022, mode B
GOAL_WINDOW = ("2017-2022", "B")
MEASURES = (
    "n", "mape", "median_ape", "malpe", "mape_r", "wmape", "rmse", "within_5", "within_10", "structure_error",
    "coverage_80", "interval_score", "error_ratio",
)  # fmt: skip
_OLD = AGE_FROM.index(80)


def name(window: tuple[int, int]) -> str:
    """Return the name of a window, by its two 1 January."""
    return f"{window[0]}-{window[1]}"


def fitted(everything: Delivered, base: int, *, to_base: bool = True) -> KreisFit:
    """Return the fit as of 1 January of a base; to_base: with the yearly tables from 2014 to the base."""
    day = date(base, 1, 1)
    return fit_kreise(known_kreise(day, day, everything, to_base=to_base))


@dataclass(frozen=True)
class Judged:
    """All forecasts of one window beside what came; tables (Kreis, sex, group)."""

    window: tuple[int, int]
    fit: KreisFit
    made: dict[str, Array]
    came: Array
    half_cells: Array  # given the nation
    half_totals: Array
    nation: float  # half width of the nation's total
    response: Array  # of cells to it (sex, group), see `national_response`

    def half(self, mode: str) -> tuple[Array, Array]:
        """Return half widths of cells and totals; in mode B with the part of the nation."""
        nation = self.nation if mode == "B" else 0.0
        return np.hypot(self.half_cells, self.response * nation), np.hypot(self.half_totals, nation)

    def table(self, method: str, mode: str) -> Array:
        """Return the forecast of a method; in mode A scaled to the true number of people of the nation."""
        table = self.made[method]
        return table * self.came.sum() / table.sum() if mode == "A" else table


def judge(everything: Delivered, window: tuple[int, int]) -> Judged:
    """Return the forecasts of a window by all methods."""
    base, target = window
    day = date(target, 1, 1)
    fit = fitted(everything, base)
    published = fitted(everything, base, to_base=False)
    before = {y: t for y, t in everything.stock.items() if y <= base}
    made = {
        "own": project_kreise(fit, [day])[:, 0],
        "own_published": project_kreise(published, [day])[:, 0],
        **simple_rules(before, base, target),
    }
    shape = national_shape(national_errors(everything.totals, base - 1 - int(number("path_delay"))))
    nation = float(shape.at(target - base)[0])
    half = half_widths(fit, day)
    return Judged(window, fit, made, everything.stock[target], *half, nation, national_response(fit, day))


def run(
    everything: Delivered, own: Sequence[str], windows: Sequence[tuple[int, int]] = WINDOWS
) -> dict[str, pd.DataFrame]:
    """Return `backtest_kreise` (errors by part and method) and `backtest_kreise_own` (by Kreis; cells of `own`)."""
    judged = [judge(everything, w) for w in windows]
    classes = [by_part(j, mode) for j in judged for mode in MODES]
    single = [by_kreis(j, own) for j in judged]
    return {"backtest_kreise": pd.concat(classes), "backtest_kreise_own": pd.concat(single)}


def parts(table: Array) -> dict[str, Array]:
    """Return the values of each part, flat."""
    by_age = {f"age_{a:02d}": table[:, :, i].ravel() for i, a in enumerate(AGE_FROM)}
    old, total = table[:, :, _OLD:], table.sum((1, 2))
    return {"cells": table.ravel(), "cells_80": old.ravel(), "totals": total, **by_age}


def by_part(judged: Judged, mode: str) -> pd.DataFrame:
    """Return measures by part and method with error ratios and goals; intervals of the own method."""
    came = parts(judged.came)
    cells, totals = judged.half(mode)
    half = parts(cells) | {"totals": totals}
    tables = {m: judged.table(m, mode) for m in METHODS}
    flat = {m: parts(t) for m, t in tables.items()}
    rows: list[dict[str, Any]] = []
    for part in PARTS:
        found = {m: measures.point_measures(flat[m][part], came[part]) for m in METHODS}
        best = min(found[m]["median_ape"] for m in RULES)
        width, value = np.exp(half[part]), flat["own"][part]
        found["own"] |= measures.interval_measures(value / width, value * width, came[part])
        for method in METHODS:
            if part == "cells":
                found[method]["structure_error"] = structure_error(tables[method], judged.came)
            if method not in RULES:
                found[method]["error_ratio"] = found[method]["median_ape"] / best
            rows.append({"part": part, "method": method, **found[method]})
    table = pd.DataFrame(rows).reindex(columns=["part", "method", *MEASURES])
    table.insert(0, "window", name(judged.window))
    table.insert(1, "mode", mode)
    goal = [
        GOALS.get(p) if (name(judged.window), mode) == GOAL_WINDOW and m == "own" else None
        for p, m in zip(table["part"], table["method"], strict=True)
    ]
    return table.assign(goal=pd.array(goal, dtype="Float64"))


def structure_error(forecast: Array, came: Array) -> float:
    """Return the mean over Kreise of half the sum of differences of shares by age and sex, %."""
    shares = [t / t.sum((1, 2), keepdims=True) for t in (forecast, came)]
    return float(50 * np.abs(shares[0] - shares[1]).sum((1, 2)).mean())


def by_kreis(judged: Judged, own: Sequence[str]) -> pd.DataFrame:
    """Return forecast, what came, error and interval of the total of every Kreis and of the cells of `own`, mode B."""
    keys = judged.fit.keys
    tables = judged.fit.base_count, judged.table("own", "B"), judged.came
    half_cells, half_totals = judged.half("B")
    rows = [_row(k, "T", 0, [t[i].sum() for t in tables], half_totals[i]) for i, k in enumerate(keys)]
    for key in own:
        i = keys.index(key)
        for x, sex in enumerate(("F", "M")):
            rows += [
                _row(key, sex, age, [t[i, x, a] for t in tables], half_cells[i, x, a])
                for a, age in enumerate(AGE_FROM)
            ]
    table = pd.DataFrame(rows)
    table.insert(0, "window", name(judged.window))
    return table


def _row(key: str, sex: str, age: int, persons: Sequence[float], half: float) -> dict[str, Any]:
    base, made, came = persons
    return {
        "ags": key, "sex": sex, "age_from": age, "base": base, "forecast": made, "came": came,
        "low": made * np.exp(-half), "high": made * np.exp(half), "error": 100 * (made / came - 1),
    }  # fmt: skip
