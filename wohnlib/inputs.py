"""From the processed tables to the arrays that the model takes: the only place where the two meet.

Axes: area (planning units in the order of their keys), sex (F, M), age, group (11 census age groups),
size (1, 2, 3, 4, 5, 6+), class (dwellings in the building: 1, 2, 3-6, 7-12, 13+).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.areas import Areas, readable
from wohnlib.data.tables import load, published_by, register
from wohnlib.errors import InputError, fault
from wohnlib.local import EMPTY, Local, load_local
from wohnlib.model.draws import ErrorTable

if TYPE_CHECKING:
    from wohnlib.inputs_segments import SegmentInputs

Array = NDArray[np.float64]
K = TypeVar("K")
V = TypeVar("V")
AGES = 101
SEXES = ("F", "M")
SIZES = ("size_1", "size_2", "size_3", "size_4", "size_5", "size_6plus")
CLASSES = ("1", "2", "3_6", "7_12", "13plus")
AREA_CLASSES = (
    "under_40", "40_59", "60_79", "80_99", "100_119", "120_139", "140_159", "160_179", "180_199", "200_plus",
)  # fmt: skip
AREA_CLASSES_SMALL = 2  # the first two floor-area classes lie below 60 square metres
NATION = "00"
TABLES = {
    "institutional": "institutional_profile",
    "member_rate": "household_member_rates",
    "type_preference": "household_type_preference",
    "errors": "forecast_errors",
    "local_growth": "local_growth",
    "tenure": "tenure_preference",
    "tenure_by_type": "tenure_by_type",
}  # tables of a scenario unless it names others


class Figures(dict[K, V]):
    """Figures by year or period; one that is not in the table is a fault that names table and year."""

    def __init__(self, table: str, values: Mapping[K, V]) -> None:
        super().__init__(values)
        self.table = table

    def __missing__(self, key: K) -> V:
        shown = " ".join(key) if isinstance(key, tuple) else key
        raise InputError([fault("figure_missing", file=f"data/raw/{self.table}.csv", found=shown)])


@dataclass(frozen=True)
class Inputs:
    """All figures that one run needs, as arrays; nothing here is estimated."""

    areas: Areas
    census_date: str  # ISO date of the census that is the base
    # population
    pop_total: Array  # (area,) census
    pop_sex: Array  # (area, sex) census
    pop_group: Array  # (area, group) census
    group_from: Array  # (group,) lower ages of the census age groups
    kreis_pop_total: float
    kreis_pop_sex: Array  # (sex,)
    kreis_pop_group: Array  # (group,)
    kreis_age1: Array  # (sex, age) single years, 1 January of `kreis_age1_year`
    kreis_age1_year: int
    kreis_age5: dict[int, Array]  # 1 January of year -> (sex, 19)
    age5_from: Array  # (19,)
    kreis_births: dict[int, float]
    kreis_net_migration: dict[int, float]
    series_total: dict[int, Array]  # 31 December of year -> (area,)
    series_basis: dict[int, str]  # census on which that year stands
    # rates
    qx: dict[str, Array]  # period -> (sex, age)
    life_expectancy: dict[tuple[str, str], Array]  # (key, period) -> (sex,) at birth
    fertility_share: dict[
        int, Array
    ]  # first year of the period -> (7,) shares of the TFR by age 15-19 ... 45-49
    fertility_total: dict[int, float]
    nation_net_migration: dict[int, float]
    care_share: float  # people in need of care per inhabitant
    care_in_homes: float  # share of them who live in homes
    institutional_profile: Array  # (age,)
    # households
    households: Array  # (area, 6) census
    household_total: Array  # (area,) census, published
    senior_only: Array  # (area,) census
    kreis_household_total: float
    member_rate: Array  # (group19, 5)
    member_from: Array
    member_to: Array
    senior_links: dict[str, float]
    type_preference: Array  # (size 5, type)
    one_person_share_2011: float
    one_person_share_2022: float
    # dwellings
    dwellings: Array  # (area,) census
    vacancy_rate: Array  # (area,) share
    holiday_delivered: Array  # (area,) residual, may be negative
    floor_area: Array  # (area, 10)
    rented: Array  # (area,)
    rent: Array  # (area,) net cold rent, euro per square metre and month
    buildings: Array  # (area, class)
    kreis_dwellings: float
    kreis_class: Array  # (class,) dwellings by size of building
    kreis_vacant: float
    kreis_holiday: float
    kreis_floor_area: Array
    kreis_rent: float
    completions: dict[int, float]  # year -> dwellings in the Kreis
    jobs: Array | None  # (area,) employees at their place of work; None: not published by then
    commuting: dict[str, float]  # Kreis: employees who live there, far_share (150 km and more)
    local_growth: (
        Array | None
    )  # (area,) expected growth relative to the region, per year; None: not estimated
    forecast_errors: dict[str, ErrorTable]  # part (nation, kreis, own) -> half widths by size and years
    published_figures: pd.DataFrame
    segments: "SegmentInputs | None" = (
        None  # tenure and what the segments need; None: not there for the region
    )
    local: Local = EMPTY  # what the municipalities have brought


def areas_of(region: str, table: pd.DataFrame) -> Areas:
    """Return the planning units of a region from the table of areas."""
    known = sorted(table.loc[table["level"] == "unit", "region"].unique())
    if region not in known:
        raise InputError([fault("region_unknown", found=region, known=", ".join(known))])
    units = table[(table["level"] == "unit") & (table["region"] == region)].sort_values("ags")
    members = table[(table["level"] == "gemeinde") & (table["region"] == region)]
    kreis = table[(table["level"] == "kreis") & (table["ags"] == region)].iloc[0]
    return Areas(
        region=region,
        region_name=readable(str(kreis["name"])),
        keys=tuple(units["ags"]),
        names=tuple(readable(n) for n in units["name"]),
        short_names=tuple(readable(n) for n in units["short_name"]),
        kinds=tuple(units["kind"]),
        members=dict(zip(members["ags"], members["unit"], strict=True)),
    )


def _matrix(
    name: str, table: pd.DataFrame, rows: tuple[str, ...], column: str, items: tuple[Any, ...]
) -> Array:
    """Return (area, item) from a long table; every cell must be there, or the missing ones are named."""
    wide = table[table["ags"].isin(rows) & table[column].isin(items)].pivot(
        index="ags", columns=column, values="value"
    )
    cells = np.asarray(wide.reindex(index=list(rows), columns=list(items)).to_numpy(float))
    lacking = [(rows[i], items[j]) for i, j in np.argwhere(np.isnan(cells))]
    if lacking:
        file = f"data/raw/{name}.csv"
        raise InputError(
            [fault("figure_missing", file=file, column=column, found=f"{k} {i}") for k, i in lacking]
        )
    return cells


def _by_sex_age(
    name: str, table: pd.DataFrame, ages: int, column: str = "age_from", value: str = "value"
) -> Array:
    """Return (sex, age) from rows of one area and date, which must hold `ages` ages of both sexes."""
    part = table[table["sex"].isin(SEXES)]
    wide = part.pivot(index="sex", columns=column, values=value).sort_index(axis=1)
    cells = np.asarray(wide.reindex(list(SEXES)).to_numpy(float))
    if cells.shape[1] != ages or np.isnan(cells).any():
        found = f"{cells.shape[1] - int(np.isnan(cells).any(0).sum())}"
        file = f"data/raw/{name}.csv"
        raise InputError([fault("ages_missing", file=file, found=found, expected=ages, rows=_rows(table))])
    return cells


def _rows(table: pd.DataFrame) -> str:
    """Return what identifies the rows of a part of a table: the columns that hold one value only."""
    alike = [
        str(table[c].iloc[0]) for c in ("ags", "date", "period") if c in table and len(set(table[c])) == 1
    ]
    return " ".join(alike)


def _check_groups(groups: pd.DataFrame) -> None:
    """Refuse age groups of the census that leave a gap or do not end open."""
    bounds = groups[["age_from", "age_to"]].drop_duplicates().sort_values("age_from").to_numpy(float)
    gaps = bounds[1:, 0][bounds[:-1, 1] + 1 != bounds[1:, 0]]
    file = "data/raw/census_population.csv"
    if len(gaps) or not np.isnan(bounds[-1, 1]):
        missing = f"{gaps[0]:.0f}" if len(gaps) else f"{bounds[-1, 1] + 1:.0f}"
        raise InputError([fault("figure_missing", file=file, column="age_from", found=missing)])


def _age_tables(table: pd.DataFrame, key: str, ages: int) -> dict[int, Array]:
    part = table[table["ags"] == key]
    return Figures(
        "population_age5",
        {int(str(day)[:4]): _by_sex_age("population_age5", rows, ages) for day, rows in part.groupby("date")},
    )


def _per_year(name: str, table: pd.DataFrame, item: str) -> dict[int, float]:
    rows = table[(table["item"] == item) & table["value"].notna()]
    return Figures(name, {int(y): float(v) for y, v in zip(rows["year"], rows["value"], strict=True)})


def read(
    region: str = "03251", tables: Mapping[str, str] = TABLES, as_of: str | None = None, base_date: str = ""
) -> Inputs:
    """Return the inputs of a region from `data/processed`; figures that are not there are named.

    `tables` names the tables of estimates and assumptions by age that a scenario chooses. With `as_of` (ISO
    date) only what was published by that day is read, and the figures of `base_date` itself.
    """

    def get(name: str) -> pd.DataFrame:
        return load(name) if as_of is None else published_by(load(name), register()[name], as_of, base_date)

    try:
        found = _read(region, tables, get)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        reason = str(error).strip("'\"").splitlines()[0] if str(error) else type(error).__name__
        raise InputError([fault("tables_incomplete", found=reason)]) from error
    holes = [f.name for f in fields(found) if _has_holes(getattr(found, f.name))]
    if holes:
        raise InputError([fault("tables_incomplete", found=", ".join(holes))])
    keys = (*found.areas.keys, region)
    stock = dict(zip(keys, (*found.dwellings, found.dwellings.sum()), strict=True))
    people = dict(zip(keys, (*found.pop_total, found.pop_total.sum()), strict=True))
    local = load_local(found.areas, stock=stock, people=people).until(as_of)
    return replace(found, local=local, segments=_segments(found.areas, tables, get))


def _segments(
    areas: Areas, tables: Mapping[str, str], get: Callable[[str], pd.DataFrame]
) -> "SegmentInputs | None":
    """Return the figures on tenure and what else the segments need."""
    from wohnlib.inputs_segments import read as read_segments  # it builds on this module

    return read_segments(areas, tables["tenure"], tables["tenure_by_type"], get)


def _has_holes(value: object) -> bool:
    parts = value.values() if isinstance(value, dict) else (value,)
    return any(
        bool(np.isnan(np.asarray(p, dtype=float)).any())
        for p in parts
        if isinstance(p, float) or (isinstance(p, np.ndarray) and p.dtype.kind == "f")
    )


def _read(region: str, tables: Mapping[str, str], load: Callable[[str], pd.DataFrame]) -> Inputs:
    areas = areas_of(region, load("areas"))
    keys = areas.keys
    both = (*keys, region)

    pop = load("census_population")
    census_date = str(pop["date"].max())
    groups = pop[(pop["sex"] == "T") & ~((pop["age_from"] == 0) & pop["age_to"].isna())]
    group_from = np.sort(groups["age_from"].unique()).astype(float)
    _check_groups(groups)
    by_group = _matrix("census_population", groups, both, "age_from", tuple(group_from))
    totals = pop[(pop["age_from"] == 0) & pop["age_to"].isna()]
    by_sex = _matrix("census_population", totals, both, "sex", ("T", *SEXES))

    age5 = load("population_age5")
    age5_from = np.sort(age5["age_from"].unique()).astype(float)
    age1 = load("population_age1")
    age1 = age1[age1["ags"] == region]
    births_deaths = load("births_deaths_migration")
    births_deaths = births_deaths[births_deaths["ags"] == region]
    series = load("population_series")
    series = series[(series["sex"] == "T") & series["ags"].isin(keys)]
    series = series.assign(year=series["date"].astype(str).str[:4].astype(int))

    lifetable = load("lifetable")
    lifetable = lifetable.assign(period=_period(lifetable))
    expectancy = load("life_expectancy")
    expectancy = expectancy[expectancy["age"] == 0].assign(period=_period)
    fertility = load("fertility_age")
    tfr = load("fertility_total")
    migration = load("net_migration")
    care = load("care")
    care = care[care["ags"] == region].set_index("item")
    profile = load(tables["institutional"])

    households = load("census_households")
    rates = load(tables["member_rate"])
    links = load("senior_household_links")
    preference = load(tables["type_preference"])
    sizes_2011 = load("household_sizes_2011")
    nation_2011 = sizes_2011[sizes_2011["ags"] == NATION].set_index("size")["value"]

    dwellings = load("census_dwellings")
    at_unit = dwellings[dwellings["ags"].isin(both)]
    buildings = load("census_buildings")
    work = load("work")
    completions = load("completions")
    completions = completions[completions["ags"] == region]

    def dwelling_item(item: str) -> Array:
        return _matrix("census_dwellings", at_unit, keys, "item", (item,))[:, 0]

    def kreis_item(item: str) -> float:
        return float(_matrix("census_dwellings", at_unit, (region,), "item", (item,))[0, 0])

    size_table = _matrix("census_households", households, both, "item", SIZES)
    nation_sizes = _matrix("census_households", households, (NATION,), "item", ("size_1", "total"))[0]
    floor_items = tuple(f"area_{c}" for c in AREA_CLASSES)
    member = rates.pivot(index="age_from", columns="size", values="share").sort_index()
    by_type = preference.pivot(index="size", columns="type", values="share")
    size_order = [str(s) for s in ("1", "2", "3", "4", "5plus")]

    return Inputs(
        areas=areas,
        census_date=census_date,
        pop_total=by_sex[:-1, 0],
        pop_sex=by_sex[:-1, 1:],
        pop_group=by_group[:-1],
        group_from=group_from,
        kreis_pop_total=float(by_sex[-1, 0]),
        kreis_pop_sex=by_sex[-1, 1:],
        kreis_pop_group=by_group[-1],
        kreis_age1=_by_sex_age("population_age1", age1, AGES),
        kreis_age1_year=int(str(age1["date"].iloc[0])[:4]),
        kreis_age5=_age_tables(age5, region, len(age5_from)),
        age5_from=age5_from,
        kreis_births=_per_year("births_deaths_migration", births_deaths, "births"),
        kreis_net_migration=_per_year("births_deaths_migration", births_deaths, "net_migration"),
        series_total={
            int(y): _matrix("population_series", rows, keys, "sex", ("T",))[:, 0]
            for y, rows in series[series["date"] != census_date].groupby("year")
        },
        series_basis={int(y): str(rows["basis"].iloc[0]) for y, rows in series.groupby("year")},
        qx=Figures(
            "lifetable",
            {
                str(p): _by_sex_age("lifetable", rows, AGES, "age", "qx")
                for p, rows in lifetable.groupby("period")
            },
        ),
        life_expectancy=Figures(
            "life_expectancy",
            {
                (str(k), str(p)): np.asarray(rows.set_index("sex").loc[list(SEXES), "ex"].to_numpy(float))
                for (k, p), rows in expectancy.groupby(["ags", "period"])
            },
        ),
        fertility_share=Figures(
            "fertility_age",
            {
                int(y): np.asarray(rows.sort_values("age_from")["share"].to_numpy(float))
                for y, rows in fertility.groupby("period_from")
            },
        ),
        fertility_total=Figures(
            "fertility_total", {int(y): float(v) for y, v in zip(tfr["year"], tfr["tfr"], strict=True)}
        ),
        nation_net_migration=Figures(
            "net_migration",
            {int(y): float(v) for y, v in zip(migration["year"], migration["value"], strict=True)},
        ),
        care_share=float(care.loc["in_need_of_care_share", "value"]),
        care_in_homes=float(care.loc["in_homes_share", "value"]),
        institutional_profile=_profile(profile),
        households=size_table[:-1],
        household_total=_matrix("census_households", households, keys, "item", ("total",))[:, 0],
        senior_only=_matrix("census_households", households, keys, "item", ("senior_only",))[:, 0],
        kreis_household_total=float(
            _matrix("census_households", households, (region,), "item", ("total",))[0, 0]
        ),
        member_rate=np.asarray(member[size_order].to_numpy(float)),
        member_from=member.index.to_numpy(float),
        member_to=_member_to(rates),
        senior_links={str(i): float(v) for i, v in zip(links["item"], links["value"], strict=True)},
        type_preference=np.asarray(by_type.loc[size_order, ["ezfh", "mfh"]].to_numpy(float)),
        one_person_share_2011=float(nation_2011["1"] / nation_2011["total"]),
        one_person_share_2022=float(nation_sizes[0] / nation_sizes[1]),
        dwellings=dwelling_item("total"),
        vacancy_rate=dwelling_item("vacancy_rate") / 100,
        holiday_delivered=dwelling_item("holiday_derived"),
        floor_area=_matrix("census_dwellings", at_unit, keys, "item", floor_items),
        rented=dwelling_item("rented"),
        rent=dwelling_item("rent_net_cold"),
        buildings=_matrix(
            "census_buildings", buildings, keys, "item", tuple(f"with_dwellings_{c}" for c in CLASSES)
        ),
        kreis_dwellings=kreis_item("total"),
        kreis_class=_matrix(
            "census_dwellings", at_unit, (region,), "item", tuple(f"in_buildings_{c}" for c in CLASSES)
        )[0],
        kreis_vacant=kreis_item("vacant"),
        kreis_holiday=kreis_item("holiday"),
        kreis_floor_area=_matrix("census_dwellings", at_unit, (region,), "item", floor_items)[0],
        kreis_rent=kreis_item("rent_net_cold"),
        completions=_per_year("completions", completions, "dwellings"),
        jobs=_jobs(work, keys),
        commuting=_latest(work[work["ags"] == region]),
        local_growth=_local_growth(load(tables["local_growth"]), keys),
        forecast_errors=_errors(load(tables["errors"])),
        published_figures=load("published_figures"),
    )


def _period(table: pd.DataFrame) -> "pd.Series[str]":
    return table["period_from"].astype(int).astype(str) + "-" + table["period_to"].astype(int).astype(str)


def _local_growth(table: pd.DataFrame, keys: tuple[str, ...]) -> Array | None:
    """Return each unit's expected growth relative to its region, or None where the table has not all of them."""
    wanted = table.set_index("ags")["growth_vs_kreis"].reindex(list(keys))
    return None if wanted.isna().any() else np.asarray(wanted.to_numpy(float)) / 100


def _errors(table: pd.DataFrame) -> dict[str, ErrorTable]:
    """Return the half widths of past forecasts' errors by part, size of the area and years ahead."""
    out: dict[str, ErrorTable] = Figures("forecast_errors", {})
    for part, rows in table.groupby("part"):
        wide = rows.pivot(index="persons", columns="years", values="half_width_80").sort_index()
        out[str(part)] = ErrorTable(
            np.maximum(wide.index.to_numpy(float), 1.0),
            wide.columns.to_numpy(float),
            wide.to_numpy(float),
            float(rows["ratio_95_80"].median()),
        )
    return out


def _latest(table: pd.DataFrame) -> dict[str, float]:
    """Return the value of the latest year of each item."""
    rows = table.sort_values("year")
    return {str(i): float(v) for i, v in zip(rows["item"], rows["value"], strict=True)}


def _jobs(table: pd.DataFrame, keys: tuple[str, ...]) -> Array | None:
    found = {key: _latest(table[table["ags"] == key]).get("jobs") for key in keys}
    if any(v is None for v in found.values()):
        return None
    return np.array([found[key] for key in keys], dtype=float)


def _profile(table: pd.DataFrame) -> Array:
    """Return shares by single year of age from groups with `age_from`; the last group is open."""
    ordered = table.sort_values("age_from")
    lower = ordered["age_from"].to_numpy(float)
    at = np.searchsorted(lower, np.arange(AGES), side="right") - 1
    return np.asarray(ordered["share"].to_numpy(float)[at])


def _member_to(table: pd.DataFrame) -> Array:
    """Return the upper ages of the groups; the open group is as wide as the others."""
    ordered = table.drop_duplicates("age_from").sort_values("age_from")
    lower = ordered["age_from"].to_numpy(float)
    width = float(np.diff(lower).min())
    return np.asarray(ordered["age_to"].astype(float).fillna(lower[-1] + width - 1).to_numpy(float))
