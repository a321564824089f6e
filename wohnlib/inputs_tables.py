"""Parts of long tables as arrays; a cell that is missing is named."""

from typing import Any

import numpy as np
import pandas as pd

from wohnlib.errors import InputError, fault
from wohnlib.inputs_figures import AGES, SEXES, Array, Figures
from wohnlib.model.draws import ErrorTable


def matrix(
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


def by_sex_age(
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


def check_groups(groups: pd.DataFrame) -> None:
    """Refuse age groups of the census that leave a gap or do not end open."""
    bounds = groups[["age_from", "age_to"]].drop_duplicates().sort_values("age_from").to_numpy(float)
    gaps = bounds[1:, 0][bounds[:-1, 1] + 1 != bounds[1:, 0]]
    file = "data/raw/census_population.csv"
    if len(gaps) or not np.isnan(bounds[-1, 1]):
        missing = f"{gaps[0]:.0f}" if len(gaps) else f"{bounds[-1, 1] + 1:.0f}"
        raise InputError([fault("figure_missing", file=file, column="age_from", found=missing)])


def age_tables(table: pd.DataFrame, key: str, ages: int) -> dict[int, Array]:
    """Return (sex, age group) by year from the table of five-year groups of one area."""
    part = table[table["ags"] == key]
    return Figures(
        "population_age5",
        {int(str(day)[:4]): by_sex_age("population_age5", rows, ages) for day, rows in part.groupby("date")},
    )


def per_year(name: str, table: pd.DataFrame, item: str) -> dict[int, float]:
    """Return the values of one item by year."""
    rows = table[(table["item"] == item) & table["value"].notna()]
    return Figures(name, {int(y): float(v) for y, v in zip(rows["year"], rows["value"], strict=True)})


def periods(table: pd.DataFrame) -> "pd.Series[str]":
    """Return the period of each row as text, such as 2020-2022."""
    return table["period_from"].astype(int).astype(str) + "-" + table["period_to"].astype(int).astype(str)


def local_growth(table: pd.DataFrame, keys: tuple[str, ...]) -> Array | None:
    """Return each unit's expected growth relative to its region, or None where the table has not all of them."""
    wanted = table.set_index("ags")["growth_vs_kreis"].reindex(list(keys))
    return None if wanted.isna().any() else np.asarray(wanted.to_numpy(float)) / 100


def error_tables(table: pd.DataFrame) -> dict[str, ErrorTable]:
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


def latest(table: pd.DataFrame) -> dict[str, float]:
    """Return the value of the latest year of each item."""
    rows = table.sort_values("year")
    return {str(i): float(v) for i, v in zip(rows["item"], rows["value"], strict=True)}


def jobs(table: pd.DataFrame, keys: tuple[str, ...]) -> Array | None:
    """Return employees at their place of work by unit, or None where one is not known."""
    found = {key: latest(table[table["ags"] == key]).get("jobs") for key in keys}
    if any(v is None for v in found.values()):
        return None
    return np.array([found[key] for key in keys], dtype=float)


def by_single_age(table: pd.DataFrame) -> Array:
    """Return shares by single year of age from groups with `age_from`; the last group is open."""
    ordered = table.sort_values("age_from")
    lower = ordered["age_from"].to_numpy(float)
    at = np.searchsorted(lower, np.arange(AGES), side="right") - 1
    return np.asarray(ordered["share"].to_numpy(float)[at])


def upper_ages(table: pd.DataFrame) -> Array:
    """Return the upper ages of the groups; the open group is as wide as the others."""
    ordered = table.drop_duplicates("age_from").sort_values("age_from")
    lower = ordered["age_from"].to_numpy(float)
    width = float(np.diff(lower).min())
    return np.asarray(ordered["age_to"].astype(float).fillna(lower[-1] + width - 1).to_numpy(float))
