"""How far forecasts of Kreise were off by age group, size of the Kreis and years ahead, and the intervals from it.

The shipped table is written by `wohnlib backtest` (`backtest.kreise_widths`). An error is log(what came ÷ forecast) of a
cell, less what the error of the nation's total explains: a person more in the nation is spread over the ages as its
migration is (`kreise.national_response`). That part comes back with the interval of the nation, exactly once:
`half² = own² + (response × half of the nation)²`. What else went wrong for the nation at an age (births, mortality,
cohorts within a group) is in the errors of the cells.
"""

from functools import cache

import numpy as np
import pandas as pd

from wohnlib import paths
from wohnlib.backtest.settings import number as shared_number

TABLE = "kreise_errors"
PARTS = ("table", "census")  # base: a table of 1 January, or the census with its 11 age groups
FIRST_UNTIL = 2018  # 1 January at which the first window ended
NORMAL_80 = 1.2816  # half width of the 80 % interval of a normal distribution in standard deviations


def kreis_errors(until: int | None = None) -> pd.DataFrame:
    """Return the table: until, part, age_from, persons (lower edge of size), years, n, half_80.

    until: only windows that ended by 1 January of that year (the newest table a forecast may know), default all.
    part: table or census, what the forecast started from; years 0: the base itself, with the census only.
    persons 0 = all Kreise; half_80: the forecast times exp(±half_80) covers 80 % of what came.
    """
    table = _table(str(paths.raw() / "derived" / f"{TABLE}.csv"))
    newest = int(table["until"].max())
    return table[table["until"] == min(until or newest, newest)].copy()


@cache
def _table(path: str) -> pd.DataFrame:
    return pd.read_csv(path)


class Widths:
    """Half widths of cells, learned from one table of errors (`kreis_errors`)."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.edges = tuple(sorted(int(e) for e in table["persons"].unique()))
        self.curves: dict[tuple[str, int, int], tuple[tuple[float, ...], tuple[float, ...]]] = {}
        ordered = table.sort_values("years", kind="stable")
        for (part, age, persons), rows in ordered.groupby(["part", "age_from", "persons"]):
            widest = np.maximum.accumulate(rows["half_80"].to_numpy(float))
            years = rows["years"].to_numpy(float)
            if years[0] > 0:  # a table is the base itself
                years, widest = np.append(0.0, years), np.append(0.0, widest)
            self.curves[str(part), int(age), int(persons)] = tuple(years), tuple(float(w) for w in widest)

    def at(self, age_from: int, years: float, persons: float | None = None, *, census: bool = False) -> float:
        """Return the half width of the 80 % interval of the logarithm of a cell, without the part of the nation.

        Squares are interpolated on a straight line between the years of the table; behind its last year that part of
        them that came since the base grows with the general power of widths. persons: people of the Kreis at the base,
        without it all Kreise; census: the base is fitted to the age groups of the census.
        Raises ValueError where nothing could be learned for the age group.
        """
        part = PARTS[int(census)]
        key = part, age_from, 0 if persons is None else self.edge(persons)
        if key not in self.curves:
            raise ValueError(f"part {part!r}, age_from {age_from!r}: expected a row of {TABLE}")
        when, width = self.curves[key]
        square = np.square(width)
        if years <= when[-1]:
            return float(np.sqrt(np.interp(years, when, square)))
        if when[-1] == 0:
            raise ValueError(
                f"part {part!r}, age_from {age_from!r}: expected years after the base in {TABLE}"
            )
        since = (square[-1] - square[0]) * (years / when[-1]) ** (2 * shared_number("width_power"))
        return float(np.sqrt(square[0] + since))

    def edge(self, persons: float) -> int:
        """Return the row of the size of a Kreis: the largest lower edge not above it."""
        return max((e for e in self.edges[1:] if e <= persons), default=self.edges[1])
