"""Counts of all 10,786 municipalities of Germany at the census, as arrays (delivered files, read only)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib import paths
from wohnlib.model import quotas
from wohnlib.model.quotas import Array

FILES = (
    "germany/zensus2022_households_all_levels.csv",
    "germany/zensus2022_population_age_all_levels.csv",
    "germany/zensus2022_buildings_all_levels.csv",
    "germany/zensus2022_dwellings_vacancy_tenure_rent_gemeinden.csv",
    "germany/eurostat_population_age5_sex_kreise_2014_2022.csv.gz",
    "germany/eurostat_population_singleyear_sex_kreise_20190101.csv.gz",
    "germany/population_total_gemeinden_1990_2021.csv.gz",
    "germany/bbsr_reference_population_svb_workplace_gemeinden_2020_2022.csv",
)
GROUPS = ("0_2", "3_5", "6_9", "10_15", "16_18", "19_24", "25_39", "40_59", "60_66", "67_74", "75_plus")
GROUP_FROM = (0, 3, 6, 10, 16, 19, 25, 40, 60, 67, 75)
SIZE_COLUMNS = ("size_1", "size_2", "size_3", "size_4", "size_5", "size_6plus")
_NUTS = {"DEB1C": "07135", "DEB1D": "07140"}  # Kreise without a key in the delivery
_MERGED = {"16056": "16063"}  # Eisenach joined the Wartburgkreis in 2021
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


def _table(name: str, **kwargs: Any) -> pd.DataFrame:
    keys = dict.fromkeys(("ags", "ars", "nuts", "level", "sex", "age"), str)
    return pd.read_csv(paths.shared() / "germany" / name, dtype=keys, **kwargs)


def _municipal(name: str) -> pd.DataFrame:
    table = _table(name)
    table = table[table.level == "gemeinde"].set_index("ags").sort_index()
    return table.drop(columns=["ars", "name", "level"]).fillna(0.0)


def _kreis_single_years() -> tuple[pd.Index, Array]:
    """Return the Kreise and their persons by single year of age on 1 January 2022, (Kreis, 101)."""
    five = _table("eurostat_population_age5_sex_kreise_2014_2022.csv.gz")
    five = five[(five.year == 2022) & (five.sex == "T") & (five.level == "kreis")]
    five = five[~five.age.isin(["TOTAL", "Y_GE85"])]
    one = _table("eurostat_population_singleyear_sex_kreise_20190101.csv.gz")
    one = one[(one.sex == "T") & (one.age != "TOTAL")]
    wide = []
    for table in (five, one):
        key = table.ags.fillna(table.nuts.map(_NUTS)).replace(_MERGED)
        first = table.age_from.astype(int)
        wide.append(table.assign(key=key, first=first).pivot_table("value", "key", "first", "sum"))
    older = wide[1].loc[wide[0].index].to_numpy(float)
    return wide[0].index, quotas.single_years(wide[0].to_numpy(float), older, _YEARS_BACK)


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
    hh = _municipal("zensus2022_households_all_levels.csv")
    age = _municipal("zensus2022_population_age_all_levels.csv").loc[hh.index]
    kreise, single = _kreis_single_years()
    pattern = single[kreise.get_indexer(hh.index.str[:5])]
    counts = age[[f"age_{g}" for g in GROUPS]].to_numpy(float)
    population = quotas.to_five_years(counts, GROUP_FROM, pattern)
    private = population * (1.0 - institutional())
    size = hh[list(SIZE_COLUMNS)].to_numpy(float)
    rest = private.sum() - (size[:, :5] * np.arange(1, 6)).sum()
    total = age.pop_total.to_numpy(float)
    dwellings, one_two = _dwellings(hh.index)
    return Germany(
        ags=hh.index.to_numpy(str),
        total=total,
        population=population,
        private=private,
        size=size,
        senior=hh[["senior_only", "senior_and_younger"]].to_numpy(float),
        dwellings=dwellings,
        one_two=one_two,
        controls=_controls(hh.index, total, age.pop_foreign.to_numpy(float)),
        mean_6plus=float(rest / size[:, 5].sum()),
    )


def _controls(ags: pd.Index, total: Array, foreign: Array) -> Array:
    """Return what stands for urbanity and is neither a household nor a dwelling figure, (area, 4)."""
    area = _table("population_total_gemeinden_1990_2021.csv.gz")
    area = area[area.year == area.year.max()].drop_duplicates("ags").set_index("ags").area_km2.reindex(ags)
    jobs = _table("bbsr_reference_population_svb_workplace_gemeinden_2020_2022.csv")
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


def _dwellings(ags: pd.Index) -> tuple[Array, Array]:
    """Return dwellings and the share of them in buildings with one or two, at most 1, each (area,)."""
    buildings = _municipal("zensus2022_buildings_all_levels.csv").loc[ags]
    table = _table("zensus2022_dwellings_vacancy_tenure_rent_gemeinden.csv").set_index("ags")
    total = table.total_dwellings_census22.reindex(ags).fillna(0.0).to_numpy(float)
    in_small = (buildings.with_dwellings_1 + 2.0 * buildings.with_dwellings_2).to_numpy(float)
    return total, np.asarray(np.minimum(in_small / np.maximum(total, 1.0), 1.0))
