"""Counts of all 10,786 municipalities of Germany at the census, as arrays (delivered files, read only)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib import paths
from wohnlib.data.germany_sources import CENSUS_AGES, MERGED, SIZES, SOURCES
from wohnlib.data.germany_tables import read_tables, rows_of
from wohnlib.model import quotas
from wohnlib.model.quotas import Array

TABLES = (
    "households", "census", "buildings", "dwellings", "stock_by_age", "single_ages", "directory", "jobs",
)  # fmt: skip
FILES = tuple(SOURCES[name].file for name in TABLES)
GROUP_FROM = (0, 3, 6, 10, 16, 19, 25, 40, 60, 67, 75)
_YEARS_BACK = 3  # single years of 1 January 2019 for the five-year groups of 1 January 2022


@dataclass(frozen=True)
class Germany:
    """Counts by municipality; arrays begin with the area axis."""

    ags: NDArray[np.str_]
    total: Array  # (area,) persons
    population: Array  # (area, 19) persons
    private: Array  # (area, 19) persons in private households
    size: Array  # (area, 6) households of 1 … 5, 6 and more
    senior: Array  # (area, 2) households of seniors only, of seniors and younger people
    dwellings: Array  # (area,) dwellings
    one_two: Array  # (area,) share of dwellings in buildings with one or two dwellings
    controls: Array  # (area, 4) log density, log persons, share of foreigners, jobs per person
    mean_6plus: float

    @property
    def kreis(self) -> NDArray[np.str_]:
        return np.asarray([a[:5] for a in self.ags])

    @property
    def by_size(self) -> Array:
        """Households of 1, 2, 3, 4, 5 and more, (area, 5)."""
        return np.column_stack([self.size[:, :4], self.size[:, 4:].sum(axis=1)])

    @property
    def persons(self) -> Array:
        """Persons in households of 1, 2, 3, 4, 5 and more, (area, 5)."""
        n = self.size * np.array([1, 2, 3, 4, 5, self.mean_6plus])
        return np.column_stack([n[:, :4], n[:, 4:].sum(axis=1)])

    def mean_5plus(self, rows: NDArray[np.bool_] | None = None) -> float:
        keep = slice(None) if rows is None else rows
        return float(self.persons[keep, 4].sum() / self.by_size[keep, 4].sum())


def municipal(name: str, table: pd.DataFrame, keys: pd.Index | None = None) -> pd.DataFrame:
    """Return the rows of Gemeinden of a delivered table, sorted or in the order of `keys`."""
    if "level" in table:
        table = table[table["level"] == "gemeinde"]
    table = table.set_index("ags").drop(columns=["ars", "name", "level"], errors="ignore")
    return table.sort_index() if keys is None else rows_of(name, table, keys)


def _kreis_single_years(tables: dict[str, pd.DataFrame], kreise: pd.Index) -> Array:
    """Return the persons of the Kreise by single year of age on 1 January 2022, (Kreis, 101)."""
    five, one = tables["stock_by_age"], tables["single_ages"]
    five = five[(five.year == 2022) & (five.sex == "T") & (five.level == "kreis")]
    five = five[~five.age.isin(["TOTAL", "Y_GE85"])]
    one = one[(one.sex == "T") & (one.age != "TOTAL")]
    wide = []
    for name, table, ages in (("stock_by_age", five, quotas.AGE_FROM), ("single_ages", one, range(101))):
        rows = table.assign(key=table.ags.replace(MERGED), first=table.age_from.astype(int))
        found = rows.pivot_table("value", "key", "first", "sum").reindex(columns=list(ages)).dropna()
        wide.append(rows_of(name, found, kreise).to_numpy(float))
    return quotas.single_years(wide[0], wide[1], _YEARS_BACK)


def institutional(path: Path | None = None) -> Array:
    """Return the share of persons outside private households by five-year age group, (19,)."""
    table = pd.read_csv(path or paths.raw() / "assumptions" / "institutional_profile.csv")
    row = np.searchsorted(table.age_from.to_numpy(), quotas.AGE_FROM, side="right") - 1
    return np.asarray(table.share.to_numpy(float)[row])


def prior_shape(path: Path | None = None) -> Array:
    """Return the assumed shape of the member rates, (age, kind)."""
    file = path or paths.raw() / "assumptions" / "household_shape_prior.csv"
    table = pd.read_csv(file, dtype={"kind": str}).set_index(["age_from", "kind"])
    order = pd.MultiIndex.from_product([quotas.AGE_FROM, quotas.KINDS])
    return np.asarray(table.share.loc[order].to_numpy(float)).reshape(len(quotas.AGE_FROM), -1)


def read() -> Germany:
    """Read the municipal tables of Zensus 2022 and what belongs to them; empty cells count as 0."""
    tables = read_tables(*TABLES)
    hh = municipal("households", tables["households"])
    age = municipal("census", tables["census"], hh.index).fillna(0.0)
    kreise = pd.Index(hh.index.str[:5].unique())
    pattern = _kreis_single_years(tables, kreise)[kreise.get_indexer(hh.index.str[:5])]
    counts = age[list(CENSUS_AGES)].to_numpy(float)
    population = quotas.to_five_years(counts, GROUP_FROM, pattern)
    private = population * (1.0 - institutional())
    size = hh[list(SIZES)].to_numpy(float)
    rest = private.sum() - (size[:, :5] * np.arange(1, 6)).sum()
    total = age.pop_total.to_numpy(float)
    dwellings, one_two = _dwellings(tables, hh.index)
    return Germany(
        ags=hh.index.to_numpy(str),
        total=total,
        population=population,
        private=private,
        size=size,
        senior=hh[["senior_only", "senior_and_younger"]].to_numpy(float),
        dwellings=dwellings,
        one_two=one_two,
        controls=_controls(tables, hh.index, total, age.pop_foreign.to_numpy(float)),
        mean_6plus=float(rest / size[:, 5].sum()),
    )


def _controls(tables: dict[str, pd.DataFrame], ags: pd.Index, total: Array, foreign: Array) -> Array:
    """Return what stands for urbanity and is neither a household nor a dwelling figure, (area, 4)."""
    area, jobs = tables["directory"], tables["jobs"]
    area = area[area.year == area.year.max()].drop_duplicates("ags").set_index("ags").area_km2.reindex(ags)
    jobs = jobs.dropna(subset=["employed_at_workplace_svb"])
    jobs = jobs[jobs.year == jobs.year.max()].set_index("ags").employed_at_workplace_svb.reindex(ags)
    people = np.maximum(total, 1.0)
    per_person = jobs / people
    return np.column_stack(
        [
            np.log(people / area.fillna(area.median()).to_numpy(float)),
            np.log(people),
            foreign / people,
            per_person.fillna(per_person.median()).to_numpy(float),
        ]
    )


def _dwellings(tables: dict[str, pd.DataFrame], ags: pd.Index) -> tuple[Array, Array]:
    """Return dwellings and the share of them in buildings with one or two, at most 1, each (area,)."""
    buildings = municipal("buildings", tables["buildings"], ags).fillna(0.0)
    table = municipal("dwellings", tables["dwellings"], ags)
    total = table.total_dwellings_census22.to_numpy(float)
    in_small = (buildings.with_dwellings_1 + 2.0 * buildings.with_dwellings_2).to_numpy(float)
    return total, np.asarray(np.minimum(in_small / np.maximum(total, 1.0), 1.0))
