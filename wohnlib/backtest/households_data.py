"""Read what the back-test of households needs: counts of Zensus 2022 by Gemeinde, past totals, jobs, map.

Figures of persons and figures of households are kept apart: features see the persons only.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib import paths
from wohnlib.backtest import delivered
from wohnlib.errors import InputError, fault

Array = NDArray[np.float64]
DEMOGRAPHY = "official/zensus2022_Regionaltabelle_Demografie.csv"
HOUSEHOLDS = "germany/zensus2022_households_all_levels.csv"
JOBS = "germany/bbsr_reference_population_svb_workplace_gemeinden_2020_2022.csv"
FILES = (DEMOGRAPHY, HOUSEHOLDS, JOBS, delivered.TOTALS, delivered.MAP)
_SIZES = ("size_1", "size_2", "size_3", "size_4", "size_5", "size_6plus")
_AGES = [f"Alter_infr__{i:02d}" for i in range(1, 12)]
_MARITAL = [f"FAMSTND_KURZ__{i}" for i in range(1, 6)]
_ORIGIN = ["Staatsange_kurz__2", *(f"Einwanderungserf_ausf__{i}" for i in (21, 22, 3))]
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
    folder = _folder()
    table = pd.read_csv(folder / DEMOGRAPHY, sep=";", dtype=str, encoding="utf-8-sig")
    table = table[table["Regionalebene"] == _LEVEL]
    table = table.set_index(table["_RS"].str[:5] + table["_RS"].str[9:]).sort_index()
    total, men = (_counts(table[[c]])[:, 0] for c in ("0_Insgesamt_", "GESCHLECHT__1"))
    jobs = pd.read_csv(folder / JOBS, dtype={"ags": str}).dropna(subset=["employed_at_workplace_svb"])
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
        ags=table.index, total=total, men=men, age=_counts(table[_AGES]), marital=_counts(table[_MARITAL]),
        origin=_counts(table[_ORIGIN]), jobs=newest.reindex(table.index).to_numpy(float),
        past=pd.DataFrame(past), places=places.to_numpy(float),
    )  # fmt: skip


def read_households(ags: pd.Index) -> Array:
    """Return households by Gemeinde, (area, 6): the published total, then 1, 2, 3, 4, 5 and more persons."""
    table = pd.read_csv(_folder() / HOUSEHOLDS, dtype={"ags": str, "ars": str})
    table = table[table["level"] == "gemeinde"].set_index("ags").reindex(ags).fillna(0.0)
    sizes = table[list(_SIZES)].to_numpy(float)
    total = table["households_total"].to_numpy(float)
    return np.column_stack([total, sizes[:, :4], sizes[:, 4:].sum(axis=1)])


def _folder() -> Path:
    folder = paths.shared()
    missing = [fault("delivery_missing", file=f) for f in FILES if not (folder / f).exists()]
    if missing:
        raise InputError(missing)
    return folder


def _counts(table: pd.DataFrame) -> Array:
    """Return census cells as numbers; brackets mean unreliable, a dash is zero, suppressed cells count as 0."""
    text = table.apply(lambda column: column.str.strip("() ").str.replace("–", "0"))
    return text.apply(pd.to_numeric, errors="coerce").fillna(0.0).to_numpy(float)
