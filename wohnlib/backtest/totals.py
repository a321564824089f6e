"""A forecast of the total of every Gemeinde, made from what was known at a base date and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.asof import Known
from wohnlib.backtest.averaging import Mean, fitted
from wohnlib.backtest.features import Base
from wohnlib.backtest.settings import CENSUS_2022, CROSSED, LATE, PAST, Past, Period, number, start_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Forecast:
    """Growth of all Gemeinden of a base date; arrays (area,)."""

    base: Base
    growth: Array  # % a year, relative to the nation: plain mean of the members
    others: Mapping[str, Array]  # the same with learned weights, and of the one member best in past windows
    national: float  # own path of the nation, % a year
    mean: Mean
    learned_from: tuple[str, ...]  # past windows the slopes come from

    def persons(self, years: float, total: float | None = None, method: str = "own") -> Array:
        """Return persons after some years; all Gemeinden are scaled to `total` or to the own national path."""
        if total is None:
            total = float(self.base.size.sum()) * float(np.exp(self.national * years / 100))
        return level(self.base.size, self.others.get(method, self.growth), years, total)


def level(size: Array, growth: Array, years: float, total: float) -> Array:
    """Return persons = size × exp(growth × years / 100), scaled to a total."""
    value = size * np.exp(growth * years / 100)
    return value * total / value.sum()


def forecast(known: Known, tried: bool = False) -> Forecast:
    """Fit on the windows that ended by the base date and return the forecast from it.

    tried: also learn weights of the members, and the one that was best, from left-out past windows (takes longer).
    """
    past = [p for p in (*PAST, *LATE) if p.target <= known.base and p.target in known.totals]
    tables = [window(known, Base(known, p.base), p) for p in past]  # one at a time, for memory
    base = Base(known, known.base)
    start = start_of(known.base, max(y for y in known.totals if y != CENSUS_2022))
    states = [lagged(base.growth(start.last), base.growth(start.before))]
    if start.broken:
        states.append(lagged(base.over_break(start), base.growth(start.last)))
    return _forecast(base, past, tables, states, national_growth(known, start.last), tried)


def crossed(known: Known) -> dict[int, Forecast]:
    """Return forecasts from the two bases before which no window had ended, by base.

    Each takes its slopes from the other's window; both ended by the base of `known`, so their errors may be learned
    from there. They serve for nothing else; their national path is not made.
    """
    past = [p for p in PAST if p.base in CROSSED]
    assert all(p.target <= known.base for p in past)
    bases = {p.base: Base(known, p.base) for p in past}
    tables = {p.base: window(known, bases[p.base], p) for p in past}
    found = {}
    for own in past:
        others = [p for p in past if p.base != own.base]
        found[own.base] = _forecast(
            bases[own.base], others, [tables[p.base] for p in others], [tables[own.base]], float("nan")
        )
    return found


def _forecast(
    base: Base, past: Sequence[Past], tables: list[pd.DataFrame], states: list[pd.DataFrame], national: float,
    tried: bool = False,
) -> Forecast:  # fmt: skip
    mean = fitted(tables, tried)
    others = {"learned": mean.growth(states, mean.learned), "chosen": mean.growth(states, mean.chosen)}
    names = tuple(p.name for p in past)
    return Forecast(base, mean.growth(states), others if tried else {}, national, mean, names)


def lagged(table: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return features with those of the earlier period beside them, as K2, L2, m2."""
    return table.assign(**{f"{name}2": earlier[name].to_numpy() for name in ("L", "K", "m")})


def window(known: Known, base: Base, past: Past) -> pd.DataFrame:
    """Return features at the base of a past window with what came (y, % a year relative to the nation).

    `ok` marks Gemeinden whose key and area (±1 %) are the same at the target; only they are learned from.
    """
    table, years = base.growth(past.last), past.target - past.base
    if past.before:
        table = lagged(table, base.growth(past.before))
    later = known.totals[past.target].reindex(base.keys)
    ratio = later["area_km2"] / known.totals[past.base]["area_km2"]
    ok = (later["pop_total"] > 0) & ((ratio - 1).abs() <= number("same_area"))
    y = np.log(later["pop_total"] / table["size"]) / years * 100
    return table.assign(later=later["pop_total"], ok=ok, y=y - np.average(y[ok], weights=table["size"][ok]))


def national_growth(known: Known, last: Period) -> float:
    """Return our own path of the nation, % a year, from what was known at the base."""
    first, end = last
    growth = np.log(known.total(end) / known.total(first)) / (end - first) * 100
    return path_growth(known.nation, known.base, float(growth), known.total(known.base))


def path_growth(nation: pd.DataFrame, base: int, last: float, persons: float) -> float:
    """Return the growth of the nation, % a year: the mean of two simple paths.

    Half of the last known growth (`last`, % a year); recent natural change plus mean net migration since 1991
    (UN WPP 2024, recorded values in 1,000 up to two years before the base).
    """
    damped = number("path_damping") * last
    newest = base - int(number("path_delay"))
    recent = nation.loc[newest - int(number("path_births_years")) + 1 : newest]
    natural = (recent["births"] - recent["deaths"]).mean()
    migration = nation.loc[int(number("path_migration_from")) : newest, "migration"].mean()
    longrun = (natural + migration) * 1000 / persons * 100
    return float((damped + longrun) / 2)
