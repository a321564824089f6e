"""Read what the back-test of households needs: counts of Zensus 2022 by Gemeinde, past totals, jobs, map.

Figures of persons and figures of households are kept apart: features see the persons only.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib import paths
from wohnlib.backtest import delivered
from wohnlib.data.germany import municipal
from wohnlib.data.germany_sources import OFFICE_AGES, OFFICE_MARITAL, OFFICE_ORIGIN, SIZES, SOURCES
from wohnlib.data.germany_tables import read_tables
from wohnlib.errors import InputError, fault

Array = NDArray[np.float64]
DEMOGRAPHY, HOUSEHOLDS, JOBS = (SOURCES[name].file for name in ("demography", "households", "jobs"))
FILES = (DEMOGRAPHY, HOUSEHOLDS, JOBS, delivered.TOTALS, delivered.MAP)
_LEVEL = "Gemeinde"


@dataclass(frozen=True)
class People:
    """Figures of persons by Gemeinde, sorted by key; none of them counts households or dwellings.

    age: 11 groups; marital: single, married, widowed, divorced, not stated; origin: foreigners, immigrants, their
    descendants, one parent immigrated; past: persons, men and km² by (column, year); places: x, y in km.
    """

    ags: pd.Index
    total: Array  # (area,) persons
    men: Array  # (area,)
    age: Array  # (area, 11)
    marital: Array  # (area, 5)
    origin: Array  # (area, 4)
    jobs: Array  # (area,) employees at the place of work, NaN where unknown
    past: pd.DataFrame
    places: Array  # (area, 2)

    @property
    def kreis(self) -> NDArray[np.str_]:
        return self.ags.str[:5].to_numpy(str)


def read_people() -> People:
    """Return the figures of persons; raise InputError with every file that is not there."""
    _all_there()
    tables = read_tables("demography", "jobs")
    table = tables["demography"]
    table = table[table["Regionalebene"] == _LEVEL]
    table = table.set_index(table["_RS"].str[:5] + table["_RS"].str[9:]).sort_index()
    total, men = (table[c].to_numpy(float) for c in ("0_Insgesamt_", "GESCHLECHT__1"))
    jobs = tables["jobs"].dropna(subset=["employed_at_workplace_svb"])
    newest = jobs[jobs["year"] == jobs["year"].max()].set_index("ags")["employed_at_workplace_svb"]
    everything = delivered.read()
    past = {
        (column, year): totals[column].reindex(table.index)
        for year, totals in everything.totals.items() for column in ("pop_total", "pop_male", "area_km2")
    }  # fmt: skip
    places = everything.places.reindex(table.index)
    for digits in range(7, 1, -1):
        places = places.fillna(everything.places.groupby(everything.places.index.str[:digits]).mean()
                               .reindex(table.index.str[:digits]).set_axis(table.index))  # fmt: skip
    return People(
        ags=table.index, total=total, men=men, age=_counts(table, OFFICE_AGES),
        marital=_counts(table, OFFICE_MARITAL), origin=_counts(table, OFFICE_ORIGIN),
        jobs=newest.reindex(table.index).to_numpy(float), past=pd.DataFrame(past), places=places.to_numpy(float),
    )  # fmt: skip


def read_households(ags: pd.Index) -> Array:
    """Return households by Gemeinde, (area, 6): the published total, then 1, 2, 3, 4, 5 and more persons."""
    table = municipal("households", read_tables("households")["households"], ags)
    sizes = table[list(SIZES)].to_numpy(float)
    total = table["households_total"].to_numpy(float)
    return np.column_stack([total, sizes[:, :4], sizes[:, 4:].sum(axis=1)])


def _all_there() -> None:
    folder = paths.shared()
    missing = [fault("delivery_missing", file=f) for f in FILES if not (folder / f).exists()]
    if missing:
        raise InputError(missing)


def _counts(table: pd.DataFrame, columns: tuple[str, ...]) -> Array:
    """Return cells of the census (area, column); a dash and what the office keeps secret count as 0."""
    return table[list(columns)].fillna(0.0).to_numpy(float)
