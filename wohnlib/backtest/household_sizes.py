"""Households by size in the Kreise, 2011 and 2022: what two simple expectations from 2011 would have missed.

Reported without a goal: both censuses count households differently, and a large part of the change is method.
"""

from typing import Any

import numpy as np
import pandas as pd

from wohnlib.backtest import measures
from wohnlib.backtest.households_data import Array
from wohnlib.backtest.households_settings import QUANTITIES
from wohnlib.data.germany_sources import MERGED, SOURCES
from wohnlib.data.germany_tables import read_tables, rows_of
from wohnlib.data.tables import load

TABLES = ("sizes_2011", "stock_by_age")
SIZE_FILES = tuple(SOURCES[name].file for name in TABLES)
EXPECTATIONS = ("same_shares", "age_effect")
YEARS = (2014, 2022)  # 1 January; the first age table of the Kreise on the base of Zensus 2011
_SUMS = ("TOTAL", "Y_GE85")
_SIZES = QUANTITIES[1:]


def household_sizes(households: Array, ags: pd.Index) -> pd.DataFrame:
    """Return by size and expectation: shares of Germany in % and errors over the Kreise; n Kreise.

    same_shares: the sizes of 2011; age_effect: these, moved by the change of the age structure at constant member
    rates, H_n·Σ_a P[a,2022]·m[a,n] / Σ_a P[a,2014]·m[a,n]. Both are brought to the true number of 2022.
    """
    came = pd.DataFrame(households[:, 1:], index=ags.str[:5]).groupby(level=0).sum()
    tables = read_tables(*TABLES)
    before = rows_of("sizes_2011", _sizes_2011(tables["sizes_2011"]), came.index).to_numpy()
    moved = before * _age_effect(tables["stock_by_age"], came.index)
    now = came.to_numpy()
    rows: list[dict[str, Any]] = []
    for name, shape in zip(EXPECTATIONS, (before, moved), strict=True):
        expected = shape / shape.sum(axis=1, keepdims=True) * now.sum(axis=1, keepdims=True)
        for i, size in enumerate(_SIZES):
            values = measures.point_measures(expected[:, i], now[:, i])
            rows.append({
                "size": size, "method": name, "share_2011": 100 * before[:, i].sum() / before.sum(),
                "share_2022": 100 * now[:, i].sum() / now.sum(),
                "share_expected": 100 * expected[:, i].sum() / expected.sum(),
                **{m: values[m] for m in ("n", "median_ape", "mape", "malpe")},
            })  # fmt: skip
    return pd.DataFrame(rows)


def _sizes_2011(table: pd.DataFrame) -> pd.DataFrame:
    """Return households by size of the Kreise of which every size is there."""
    key = table["ags"].replace(MERGED)
    wide = table.assign(ags=key).pivot_table("value", "ags", "size", "sum")
    wide = wide.reindex(columns=["1", "2", "3", "4", "5", "6plus"]).dropna()
    wide["5plus"] = wide["5"] + wide["6plus"]
    return wide[["1", "2", "3", "4", "5plus"]]


def _age_effect(table: pd.DataFrame, kreise: pd.Index) -> Array:
    """Return by Kreis and size the households at constant member rates, last date over first, (Kreis, 5)."""
    rates = load("household_member_rates").astype({"share": float})
    wide = rates.pivot_table("share", "age_from", "size")[["1", "2", "3", "4", "5plus"]]
    here = (table["level"] == "kreis") & (table["sex"] == "T") & ~table["age"].isin(_SUMS)
    table = table[here & table["year"].isin(YEARS)]
    key = table["ags"].replace(MERGED)
    ages = table.assign(key=key).pivot_table("value", ["year", "key"], "age_from", "sum")
    ages = ages.reindex(columns=wide.index).dropna()
    every = rows_of("stock_by_age", ages, pd.MultiIndex.from_product([YEARS, kreise]))
    first, last = (every.loc[y].to_numpy() @ wide.to_numpy() for y in YEARS)
    return np.asarray(last / first)
