"""Our own path of the nation's population: recorded change as far as known, then the two simple paths or a scenario."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.asof import Known
from wohnlib.backtest.settings import CENSUS_2022, number
from wohnlib.backtest.totals import path_growth
from wohnlib.forecast.asof import Allowed
from wohnlib.scenario import LAST_YEAR, Scenario

Array = NDArray[np.float64]


def reach(years: Array) -> Array:
    """Return the years that growth goes on for: all of them up to the longest window learned from, then less.

    n + φ(1 − φ^(t−n))/(1 − φ): each year beyond n counts less by a factor φ (Gardner, McKenzie 1985, damped trend).
    """
    longest, factor = number("width_longest"), number("growth_damping")
    beyond = np.maximum(years - longest, 0)
    return np.asarray(np.minimum(years, longest) + factor * (1 - factor**beyond) / (1 - factor))


def moment(day: date) -> float:
    """Return a date as years; 31.12.y is y, days between count evenly."""
    days = (date(day.year, 12, 31) - date(day.year - 1, 12, 31)).days
    return day.year - 1 + (day - date(day.year - 1, 12, 31)).days / days


@dataclass(frozen=True)
class Nation:
    """Persons of the nation over time, and how far from the base it is recorded (years)."""

    base: float  # moment of the base date
    persons: float
    change: "pd.Series[float]"  # persons added in a calendar year, recorded or assumed, from the base year on
    last: int  # last year with a recorded or assumed change
    recorded: int  # last recorded year
    growth: float  # % a year after the last year

    def at(self, when: float) -> float:
        """Return persons at a moment: the changes of the years up to it, then growth, damped beyond eight years."""
        first = int(np.floor(self.base)) + 1
        total = self.persons
        for year in range(first, self.last + 1):
            total += self.change[year] * max(0.0, min(when, year) - max(self.base, year - 1))
        ahead = np.array([max(0.0, when - max(self.last, self.base))])
        return float(total * np.exp(self.growth * reach(ahead)[0] / 100))

    def unknown(self, when: float) -> float:
        """Return the years up to a moment that are not recorded."""
        return max(0.0, when - max(self.base, float(self.recorded)))


def nation_path(known: Known, allowed: Allowed, scenario: Scenario | None = None) -> Nation:
    """Return the path of the nation from the base date.

    Recorded births, deaths and net migration as far as they may be used; then, where the assumption on migration was
    set by the as-of date, net migration on a straight line to its target with the mean natural change of the last
    years; else the mean of half of the last growth and of natural change with mean migration, as in the back-test.
    """
    base, persons = moment(allowed.base), known.total(known.base)
    change = (known.nation["births"] - known.nation["deaths"] + known.nation["migration"]) * 1000
    recorded = int(known.nation.index.max())
    start = max(recorded, int(np.floor(base)))
    if (
        scenario is not None
        and recorded > base
        and allowed.assumption(scenario.migration.national_target.date)
    ):
        assumed = _towards_target(known.nation, recorded, scenario)
        return Nation(base, persons, pd.concat([change, assumed]), int(assumed.index.max()), recorded, 0.0)
    growth = _growth(known, recorded, base, persons)
    return Nation(base, persons, change, start, min(start, recorded), growth)


def _growth(known: Known, recorded: int, base: float, persons: float) -> float:
    """Return the growth after what is recorded, % a year; the last growth ends at the newest directory."""
    years = sorted(y for y in known.totals if y != CENSUS_2022)
    first, last = (years[-2], years[-1]) if years[-1] - years[-2] > 1 else (years[-3], years[-1])
    grown = float(np.log(known.total(last) / known.total(first))) / (last - first) * 100
    newest = max(known.base, recorded + int(number("path_delay"))) if recorded > base else known.base
    return path_growth(known.nation, newest, grown, persons)


def _towards_target(nation: pd.DataFrame, recorded: int, scenario: Scenario) -> "pd.Series[float]":
    """Return the assumed change of each year (persons) from the last recorded one to the scenario's last year."""
    recent = nation.loc[recorded - int(number("path_births_years")) + 1 : recorded]
    natural = float((recent["births"] - recent["deaths"]).mean()) * 1000
    goal, when = scenario.migration.national_target.value, scenario.migration.national_target_year.value
    years = np.arange(recorded + 1, LAST_YEAR + 1)
    line = np.interp(
        years, [recorded, max(when, recorded + 1)], [nation.loc[recorded, "migration"] * 1000, goal]
    )
    return pd.Series(line + natural, index=years)


def persons_at(path: Nation, days: Sequence[date]) -> Array:
    """Return persons of the nation at dates."""
    return np.array([path.at(moment(d)) for d in days])
