"""The time axis: position 0 is the base date, position k is 31 December of the k-th year from then on."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.scenario import Scenario


@dataclass(frozen=True)
class Time:
    """Dates of the year axis of every result."""

    base_date: dt.date
    horizon_year: int

    @property
    def years(self) -> range:
        """Years whose 31 December is a position; the first step is shorter than a year."""
        return range(self.base_date.year, self.horizon_year + 1)

    @property
    def dates(self) -> tuple[dt.date, ...]:
        return (self.base_date, *(dt.date(y, 12, 31) for y in self.years))

    @property
    def elapsed(self) -> NDArray[np.float64]:
        """Years since the base date (year,); position 0 is 0."""
        rest = self.first_interval
        return np.array([0.0, *(rest + k for k in range(len(self.years)))])

    @property
    def first_interval(self) -> float:
        """Length of the first step in years: from the base date to the end of its year."""
        return (dt.date(self.base_date.year, 12, 31) - self.base_date).days / 365

    def position(self, year: int) -> int:
        """Return the position of 31 December of `year`."""
        return year - self.base_date.year + 1

    def period_ends(self, start_year: int) -> list[int]:
        """Return the years that close a period: the year before `start_year`, then every fifth, the horizon."""
        ends = [start_year - 1, *(y for y in range(start_year, self.horizon_year) if y % 5 == 0)]
        return [*ends, self.horizon_year]


def time_axis(scenario: Scenario) -> Time:
    return Time(dt.date.fromisoformat(scenario.base_date), scenario.horizon_year)
