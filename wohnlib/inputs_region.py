"""The figures of one region, read from the processed tables part by part."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from wohnlib.inputs_figures import AGES, AREA_CLASSES, CLASSES, NATION, SEXES, SIZES, Array, Figures
from wohnlib.inputs_tables import (
    age_tables,
    by_sex_age,
    by_single_age,
    check_groups,
    error_tables,
    jobs,
    latest,
    local_growth,
    matrix,
    per_year,
    periods,
    upper_ages,
)

Load = Callable[[str], pd.DataFrame]


def population(region: str, keys: tuple[str, ...], load: Load, tables: Mapping[str, str]) -> dict[str, Any]:
    """Return the people of the census and of earlier years, and what is expected of their growth."""
    both = (*keys, region)
    pop = load("census_population")
    census_date = str(pop["date"].max())
    groups = pop[(pop["sex"] == "T") & ~((pop["age_from"] == 0) & pop["age_to"].isna())]
    group_from = np.sort(groups["age_from"].unique()).astype(float)
    check_groups(groups)
    by_group = matrix("census_population", groups, both, "age_from", tuple(group_from))
    totals = pop[(pop["age_from"] == 0) & pop["age_to"].isna()]
    by_sex = matrix("census_population", totals, both, "sex", ("T", *SEXES))
    age5 = load("population_age5")
    age5_from = np.sort(age5["age_from"].unique()).astype(float)
    age1 = load("population_age1")
    age1 = age1[age1["ags"] == region]
    births_deaths = load("births_deaths_migration")
    births_deaths = births_deaths[births_deaths["ags"] == region]
    series = load("population_series")
    series = series[(series["sex"] == "T") & series["ags"].isin(keys)]
    series = series.assign(year=series["date"].astype(str).str[:4].astype(int))
    return {
        "census_date": census_date,
        "pop_total": by_sex[:-1, 0],
        "pop_sex": by_sex[:-1, 1:],
        "pop_group": by_group[:-1],
        "group_from": group_from,
        "kreis_pop_total": float(by_sex[-1, 0]),
        "kreis_pop_sex": by_sex[-1, 1:],
        "kreis_pop_group": by_group[-1],
        "kreis_age1": by_sex_age("population_age1", age1, AGES),
        "kreis_age1_year": int(str(age1["date"].iloc[0])[:4]),
        "kreis_age5": age_tables(age5, region, len(age5_from)),
        "age5_from": age5_from,
        "kreis_births": per_year("births_deaths_migration", births_deaths, "births"),
        "kreis_net_migration": per_year("births_deaths_migration", births_deaths, "net_migration"),
        "series_total": {
            int(y): matrix("population_series", rows, keys, "sex", ("T",))[:, 0]
            for y, rows in series[series["date"] != census_date].groupby("year")
        },
        "series_basis": {int(y): str(rows["basis"].iloc[0]) for y, rows in series.groupby("year")},
        "local_growth": local_growth(load(tables["local_growth"]), keys),
    }


def rates(region: str, load: Load, tables: Mapping[str, str]) -> dict[str, Any]:
    """Return survival, fertility, migration of the nation, care and errors of past forecasts."""
    lifetable = load("lifetable")
    lifetable = lifetable.assign(period=periods(lifetable))
    expectancy = load("life_expectancy")
    expectancy = expectancy[expectancy["age"] == 0].assign(period=periods)
    fertility = load("fertility_age")
    tfr = load("fertility_total")
    migration = load("net_migration")
    care = load("care")
    care = care[care["ags"] == region].set_index("item")
    profile = load(tables["institutional"])
    return {
        "qx": Figures(
            "lifetable",
            {
                str(p): by_sex_age("lifetable", rows, AGES, "age", "qx")
                for p, rows in lifetable.groupby("period")
            },
        ),
        "life_expectancy": Figures(
            "life_expectancy",
            {
                (str(k), str(p)): np.asarray(rows.set_index("sex").loc[list(SEXES), "ex"].to_numpy(float))
                for (k, p), rows in expectancy.groupby(["ags", "period"])
            },
        ),
        "fertility_share": Figures(
            "fertility_age",
            {
                int(y): np.asarray(rows.sort_values("age_from")["share"].to_numpy(float))
                for y, rows in fertility.groupby("period_from")
            },
        ),
        "fertility_total": Figures(
            "fertility_total", {int(y): float(v) for y, v in zip(tfr["year"], tfr["tfr"], strict=True)}
        ),
        "nation_net_migration": Figures(
            "net_migration",
            {int(y): float(v) for y, v in zip(migration["year"], migration["value"], strict=True)},
        ),
        "care_share": float(care.loc["in_need_of_care_share", "value"]),
        "care_in_homes": float(care.loc["in_homes_share", "value"]),
        "institutional_profile": by_single_age(profile),
        "forecast_errors": error_tables(load(tables["errors"])),
    }


def households(region: str, keys: tuple[str, ...], load: Load, tables: Mapping[str, str]) -> dict[str, Any]:
    """Return private households and how people of each age live in them."""
    both = (*keys, region)
    households = load("census_households")
    rates = load(tables["member_rate"])
    links = load("senior_household_links")
    preference = load(tables["type_preference"])
    sizes_2011 = load("household_sizes_2011")
    nation_2011 = sizes_2011[sizes_2011["ags"] == NATION].set_index("size")["value"]
    size_table = matrix("census_households", households, both, "item", SIZES)
    nation_sizes = matrix("census_households", households, (NATION,), "item", ("size_1", "total"))[0]
    member = rates.pivot(index="age_from", columns="size", values="share").sort_index()
    by_type = preference.pivot(index="size", columns="type", values="share")
    size_order = [str(s) for s in ("1", "2", "3", "4", "5plus")]
    return {
        "households": size_table[:-1],
        "household_total": matrix("census_households", households, keys, "item", ("total",))[:, 0],
        "senior_only": matrix("census_households", households, keys, "item", ("senior_only",))[:, 0],
        "kreis_household_total": float(
            matrix("census_households", households, (region,), "item", ("total",))[0, 0]
        ),
        "member_rate": np.asarray(member[size_order].to_numpy(float)),
        "member_from": member.index.to_numpy(float),
        "member_to": upper_ages(rates),
        "senior_links": {str(i): float(v) for i, v in zip(links["item"], links["value"], strict=True)},
        "type_preference": np.asarray(by_type.loc[size_order, ["ezfh", "mfh"]].to_numpy(float)),
        "one_person_share_2011": float(nation_2011["1"] / nation_2011["total"]),
        "one_person_share_2022": float(nation_sizes[0] / nation_sizes[1]),
    }


def dwellings(region: str, keys: tuple[str, ...], load: Load) -> dict[str, Any]:
    """Return dwellings, buildings, rents, completions and jobs."""
    both = (*keys, region)
    dwellings = load("census_dwellings")
    at_unit = dwellings[dwellings["ags"].isin(both)]
    buildings = load("census_buildings")
    work = load("work")
    completions = load("completions")
    completions = completions[completions["ags"] == region]

    def dwelling_item(item: str) -> Array:
        return matrix("census_dwellings", at_unit, keys, "item", (item,))[:, 0]

    def kreis_item(item: str) -> float:
        return float(matrix("census_dwellings", at_unit, (region,), "item", (item,))[0, 0])

    floor_items = tuple(f"area_{c}" for c in AREA_CLASSES)
    return {
        "dwellings": dwelling_item("total"),
        "vacancy_rate": dwelling_item("vacancy_rate") / 100,
        "holiday_delivered": dwelling_item("holiday_derived"),
        "floor_area": matrix("census_dwellings", at_unit, keys, "item", floor_items),
        "rented": dwelling_item("rented"),
        "rent": dwelling_item("rent_net_cold"),
        "buildings": matrix(
            "census_buildings", buildings, keys, "item", tuple(f"with_dwellings_{c}" for c in CLASSES)
        ),
        "kreis_dwellings": kreis_item("total"),
        "kreis_class": matrix(
            "census_dwellings", at_unit, (region,), "item", tuple(f"in_buildings_{c}" for c in CLASSES)
        )[0],
        "kreis_vacant": kreis_item("vacant"),
        "kreis_holiday": kreis_item("holiday"),
        "kreis_floor_area": matrix("census_dwellings", at_unit, (region,), "item", floor_items)[0],
        "kreis_rent": kreis_item("rent_net_cold"),
        "completions": per_year("completions", completions, "dwellings"),
        "jobs": jobs(work, keys),
        "commuting": latest(work[work["ags"] == region]),
        "published_figures": load("published_figures"),
    }
