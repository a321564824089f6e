"""How far forecasts of Kreise were off relative to the nation, by age group, size of the Kreis and years ahead.

The shipped table is written by `wohnlib backtest` from all windows of 1 January 2017 to 2022 (`backtest.kreise`). An
error is log(what came ÷ forecast), the forecast scaled to the true number of people of the nation.
"""

from functools import cache

import numpy as np
import pandas as pd

from wohnlib import paths
from wohnlib.backtest.settings import number as shared_number

TABLE = "kreise_errors"
PARTS = ("cell", "total", "census")
NORMAL_80 = 1.2816  # half width of the 80 % interval of a normal distribution in standard deviations


def kreis_errors(until: int | None = None) -> pd.DataFrame:
    """Return the table: until, part, age_from (empty for totals), persons (lower edge of size), years, n, sd, half_80.

    until: only windows that ended by 1 January of that year (the newest table a forecast may know), default all.
    part cell: by age group, total: all ages, census: base table of a census day, by age group.
    persons 0 = all Kreise; half_80: the forecast times exp(±half_80) covers 80 % of what came.
    """
    table = _table(str(paths.raw() / "derived" / f"{TABLE}.csv"))
    newest = int(table["until"].max())
    return table[table["until"] == min(until or newest, newest)].copy()


@cache
def _table(path: str) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"age_from": "Int64"})


def half_width(
    part: str,
    age_from: int | None,
    years: float,
    persons: float | None = None,
    until: int | None = None,
    *,
    census: bool = False,
) -> float:
    """Return the half width of the 80 % interval of the logarithm relative to the nation.

    Between the years of the table on a straight line, below one year with their square root, behind the last year with
    a power of them; persons: people of the Kreis at the base, without it the width over all Kreise; until: as in
    `kreis_errors`; census: the base is fitted to the age groups of the census, whose error is added in quadrature.
    Raises ValueError where nothing could be learned by then or the row is unknown.
    """
    value = _ahead(*_curve(part, age_from, _edge(persons), until), years)
    if not census or age_from is None:
        return value
    base = _curve("census", age_from, _edge(persons), until)[1][0]
    return float(np.hypot(value, base))


@cache
def _edges() -> tuple[int, ...]:
    return tuple(sorted(int(e) for e in kreis_errors()["persons"].unique()))


def _edge(persons: float | None) -> int:
    """Return the row of the size: 0 for all Kreise, else the largest lower edge not above it."""
    edges = _edges()
    return 0 if persons is None else max((e for e in edges[1:] if e <= persons), default=edges[1])


@cache
def _curve(
    part: str, age_from: int | None, persons: int, until: int | None
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the years and half widths of one part, age group and size."""
    table = kreis_errors(until)
    age = table["age_from"].isna() if age_from is None else (table["age_from"] == age_from).fillna(False)
    rows = table[(table["part"] == part) & age & (table["persons"] == persons)].sort_values("years")
    if rows.empty:
        raise ValueError(f"part {part!r}, age_from {age_from!r}, until {until!r}: expected a row of {TABLE}")
    widest = np.maximum.accumulate(rows["half_80"].to_numpy(float))
    return tuple(rows["years"].astype(float)), tuple(float(v) for v in widest)


def _ahead(at: tuple[float, ...], value: tuple[float, ...], years: float) -> float:
    if years <= at[0]:
        return float(value[0] * (years / at[0]) ** 0.5)
    if years >= at[-1]:
        return float(value[-1] * (years / at[-1]) ** shared_number("width_power"))
    return float(np.interp(years, at, value))
