"""Read what a forecast of the Kreise by age and sex needs, and hand out what was published by a date.

Arrays: Kreis (400, Gebietsstand of Zensus 2022), sex (F, M), age group (0-4 … 85-89, 90+). What may be used as of a
date is decided by `forecast.asof.Allowed` alone.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib import paths
from wohnlib.backtest import delivered
from wohnlib.backtest.asof import Known
from wohnlib.data.germany_sources import CENSUS_AGES, MERGED, SOURCES
from wohnlib.data.germany_tables import read_tables, rows_of
from wohnlib.errors import InputError, fault
from wohnlib.forecast.asof import Allowed
from wohnlib.forecast.kreise_settings import AGE_FROM, FIRST_BASE, SINGLE

Array = NDArray[np.float64]
TABLES = ("stock_by_age", "single_ages", "census", "life", "fertility")
FILES = (*(SOURCES[name].file for name in TABLES), *delivered.FILES)
CENSUS_FROM = (0, 3, 6, 10, 16, 19, 25, 40, 60, 67, 75)


@dataclass(frozen=True)
class CensusKreise:
    """Zensus 2022 by Kreis: persons (Kreis,), by sex (Kreis, 2), by 11 age groups (Kreis, 11)."""

    total: Array
    sex: Array
    group: Array


@dataclass(frozen=True)
class Delivered:
    """Everything delivered; nothing of it may reach a forecast except through `known`.

    stock: 1 January of a year -> (Kreis, sex, group); single: likewise the nation (sex, age 0 … 90+); qx: period of a
    life table -> (sex, age 0 … 100); nation: births, deaths, migration in 1,000 by year; mothers: year -> share of the
    TFR by 7 age groups; totals: directories of Gemeinden and INKAR (see `backtest.delivered`).
    """

    keys: tuple[str, ...]
    stock: dict[int, Array]
    single: dict[int, Array]
    census: CensusKreise
    qx: dict[str, Array]
    nation: pd.DataFrame
    mothers: pd.DataFrame
    totals: delivered.Delivered


@dataclass(frozen=True)
class KreisKnown:
    """What a forecast may use; shapes as in `Delivered`, figures published later are not in it."""

    as_of: date
    base: date
    keys: tuple[str, ...]
    stock: dict[int, Array]
    single: dict[int, Array]
    census: CensusKreise | None
    qx: dict[str, Array]
    nation: pd.DataFrame
    mothers: pd.DataFrame
    totals: Known

    @property
    def base_year(self) -> int:
        """The last 1 January not after the base."""
        return self.base.year


def read() -> Delivered:
    """Return the delivered files; raise InputError with every file that is not there."""
    folder = paths.shared()
    missing = [fault("delivery_missing", file=name) for name in FILES if not (folder / name).exists()]
    if missing:
        raise InputError(missing)
    totals = delivered.read()
    tables = read_tables(*TABLES)
    keys, stock = _stock(tables["stock_by_age"])
    life = tables["life"].pivot(index=["period", "sex"], columns="age", values="qx")
    periods = life.index.unique("period")
    life = rows_of("life", life.dropna(), pd.MultiIndex.from_product([periods, ["F", "M"]]))
    qx = {str(period): life.loc[period].to_numpy(float) for period in periods}
    mothers = tables["fertility"].pivot(index="year", columns="age", values="pasfr")
    mothers = rows_of("fertility", mothers.dropna(), mothers.index) / 100
    single, census = _single(tables["single_ages"]), _census(tables["census"], keys)
    return Delivered(keys, stock, single, census, qx, totals.nation, mothers, totals)


def _stock(table: pd.DataFrame) -> tuple[tuple[str, ...], dict[int, Array]]:
    """Return the keys and the Eurostat tables by year; raise InputError where a cell of a Kreis lacks."""
    table = table[(table["level"] == "kreis") & table["sex"].isin(["F", "M"])]
    table = table[~table["age"].isin(["TOTAL", "Y_GE85"])]
    key = table["ags"].replace(MERGED)
    table = table.assign(ags=key, age_from=table["age_from"].astype(int))
    keys = sorted(key.unique())
    cells = pd.MultiIndex.from_product([keys, ["F", "M"], AGE_FROM])
    out = {}
    for year, part in table.groupby("year"):
        sums = part.groupby(["ags", "sex", "age_from"])[["value"]].sum()
        out[int(year)] = (
            rows_of("stock_by_age", sums, cells).to_numpy(float).reshape(len(keys), 2, len(AGE_FROM))
        )
    return tuple(keys), out


def _single(table: pd.DataFrame) -> dict[int, Array]:
    """Return the nation (sex, age) from the Eurostat table by single year of age, by year.

    By Kreis that table is an estimate: within five years of age its shares are those of larger areas.
    """
    table = table[table["sex"].isin(["F", "M"]) & (table["age"] != "TOTAL")]
    age = table["age_from"].astype(int).clip(upper=SINGLE - 1)
    sums = table.assign(age_from=age).groupby(["year", "sex", "age_from"])[["value"]].sum()
    years = table["year"].unique()
    cells = pd.MultiIndex.from_product([years, ["F", "M"], range(SINGLE)])
    sums = rows_of("single_ages", sums, cells)
    return {int(y): sums.loc[y].to_numpy(float).reshape(2, SINGLE) for y in years}


def _census(table: pd.DataFrame, keys: tuple[str, ...]) -> CensusKreise:
    table = rows_of("census", table[table["level"] == "kreis"].set_index("ags"), list(keys))
    groups = table[list(CENSUS_AGES)].fillna(0).to_numpy(float)
    sexes = table[["pop_female", "pop_male"]].to_numpy(float)
    return CensusKreise(table["pop_total"].to_numpy(float), sexes, groups)


def first_of_january(base: date) -> date:
    """Return a base date as the forecast names it: 31.12. is the next 1 January, others stay."""
    return base + timedelta(days=1) if (base.month, base.day) == (12, 31) else base


def known(everything: Delivered, allowed: Allowed) -> KreisKnown:
    """Return what may be used for a forecast from the base; raise InputError where the base is no possible one."""
    base = first_of_january(allowed.base)
    last = max(everything.stock)
    there = (base.month, base.day) == (1, 1) and FIRST_BASE <= base.year <= last
    if not allowed.census and not there:
        raise InputError([fault("kreise_base", found=base.isoformat(), first=FIRST_BASE, last=last)])
    stock = {y: t for y, t in everything.stock.items() if allowed.eurostat(y) and y <= base.year}
    single = {y: t for y, t in everything.single.items() if allowed.single_ages() and y in stock}
    qx = {p: t for p, t in everything.qx.items() if allowed.life_table(int(p[-4:]))}
    years, mothers = (
        [y for y in table.index if allowed.wpp_recorded(int(y))]
        for table in (everything.nation, everything.mothers)
    )
    return KreisKnown(
        allowed.as_of, base, everything.keys, stock, single, everything.census if allowed.census else None, qx,
        everything.nation.loc[years], everything.mothers.loc[mothers], _totals(everything.totals, allowed),
    )  # fmt: skip


def _totals(everything: delivered.Delivered, allowed: Allowed) -> Known:
    """Return the directories of Gemeinden and the shares 65+ that were published; no base total is needed."""
    totals = {y: t for y, t in everything.totals.items() if allowed.directory_out(y)}
    years = everything.old.index.get_level_values(0)
    old = everything.old[[allowed.inkar(int(y)) for y in years]]
    nothing = everything.nation.iloc[:0]
    return Known(max(totals), totals, old, nothing, everything.places)


def changed_after(everything: Delivered, allowed: KreisKnown, factor: float) -> Delivered:
    """Return the delivery with every figure that `allowed` does not hold multiplied at random (a test of leakage).

    Each figure has its own factor around `factor`: one for all would leave shares and relative growth as they are.
    """
    random = np.random.default_rng(1)

    def changed(values: Any, power: float = 1.0) -> Any:
        return values * factor ** (power * random.uniform(0.5, 1.5, np.shape(values)))

    stock = {y: t if y in allowed.stock else changed(t) for y, t in everything.stock.items()}
    qx = {p: t if p in allowed.qx else changed(t, -1) for p, t in everything.qx.items()}
    single = {y: t if y in allowed.single else changed(t) for y, t in everything.single.items()}
    nation, mothers = everything.nation.copy(), everything.mothers.copy()
    for table, known in ((nation, allowed.nation), (mothers, allowed.mothers)):
        later = ~table.index.isin(known.index)
        table.loc[later] = changed(table.loc[later])
    census = everything.census
    if allowed.census is None:
        census = CensusKreise(changed(census.total), changed(census.sex), changed(census.group))
    known_totals, rest = allowed.totals, everything.totals
    totals = {
        y: t if y in known_totals.totals else t.assign(pop_total=changed(t["pop_total"]))
        for y, t in rest.totals.items()
    }
    old = rest.old.copy()
    later = ~old.index.isin(known_totals.old.index)
    old[later] = changed(old[later])
    return Delivered(
        everything.keys, stock, single, census, qx, nation, mothers, replace(rest, totals=totals, old=old)
    )
