"""Expected growth of the planning units of a region relative to their Kreis, as the reports use it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from wohnlib.backtest.totals import Forecast

PERIOD = (2017, 2021)  # of the past growth shown beside the expected one


def local_growth(made: Forecast, units: Mapping[str, str]) -> pd.DataFrame:
    """Return the expected growth of planning units and their Kreise with what it rests on, % a year.

    growth_vs_kreis: unit − Kreis; kreis_vs_nation: Kreis − Germany; past_*: the same of 2017 to 2021; near: mean own
    part of the growth of the near surroundings; far: growth of the wider surroundings − Kreis. Means of the
    Gemeinden by persons at the base. units: key of a Gemeinde -> key of its planning unit.
    """
    base = made.base
    features = base.growth(PERIOD)
    first, last = (base.persons[y].to_numpy(float) for y in PERIOD)
    table = pd.DataFrame({
        "kreis": base.keys.str[:5], "unit": [units.get(k, "") for k in base.keys], "size": base.size,
        "expected": made.growth - float(np.average(made.growth, weights=base.size)),
        "first": first, "last": last, "near": features["S"].to_numpy(), "far": features["T"].to_numpy(),
    })  # fmt: skip
    nation = _past(table)
    mine = table[table["kreis"].isin({k[:5] for k in units.values()})]
    rows = []
    for kreis, inside in mine.groupby("kreis"):
        expected, past = _mean(inside, "expected"), _past(inside)
        common = {"kreis_vs_nation": expected, "past_kreis_vs_nation": past - nation}
        zero = dict.fromkeys(("growth_vs_kreis", "past_vs_kreis", "near", "far"), 0.0)
        rows.append({"ags": kreis, **zero, **common})
        for unit, part in inside[inside["unit"] != ""].groupby("unit"):
            own = {"growth_vs_kreis": _mean(part, "expected") - expected, "past_vs_kreis": _past(part) - past}
            rows.append(
                {"ags": unit, **own, "near": _mean(part, "near"), "far": _mean(part, "far"), **common}
            )
    names = [
        "ags",
        "growth_vs_kreis",
        "kreis_vs_nation",
        "past_vs_kreis",
        "past_kreis_vs_nation",
        "near",
        "far",
    ]
    return pd.DataFrame(rows)[names]


def _mean(table: pd.DataFrame, column: str) -> float:
    return float(np.average(table[column], weights=table["size"]))


def _past(table: pd.DataFrame) -> float:
    """Return the yearly growth of the sum of the Gemeinden in the past period, %."""
    there = table.dropna(subset=["first", "last"])
    return float(np.log(there["last"].sum() / there["first"].sum()) / (PERIOD[1] - PERIOD[0]) * 100)
