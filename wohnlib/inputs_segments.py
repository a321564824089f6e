"""Figures that only the segments need (tenure, rents, year built, vacancy by duration, recipients), as arrays.

A figure that a region does not have is None, and what needs it is left out of the reports with a word on
which table to order. Axes: area, class (of rent, of floor area, of year built), size, segment.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.areas import Areas
from wohnlib.data.tables import load
from wohnlib.inputs_figures import AGES, AREA_CLASSES

Array = NDArray[np.float64]
SIZES = ("1", "2", "3", "4", "5plus")
RENT_UPPER = (4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0, np.inf)
RENT_CLASSES = (
    "under_4", "4_6", "6_8", "8_10", "10_12", "12_14", "14_16", "16_18", "18_20", "20_plus",
)  # fmt: skip
BUILT_CLASSES = (
    "before_1919", "1919_1949", "1950_1959", "1960_1969", "1970_1979", "1980_1989", "1990_1999", "2000_2009",
    "2010_2015", "2016_and_later",
)  # fmt: skip
BUILT_OLD, BUILT_MIDDLE = 2, 5  # the first two classes lie before 1950, the next three before 1980
MONTHS = ("under_3", "3_5", "6_11", "12plus")
REASONS = ("available_in_3_months", "construction", "demolition", "sale", "own_use", "other")


@dataclass(frozen=True)
class SegmentInputs:
    """Figures of one region; `None` where the region has none."""

    tenure_preference: Array  # (class of age, size, segment) shares
    class_of_age: NDArray[np.int64]  # (age,)
    tenure_by_type: Array  # (type, tenure) shares of all dwellings
    rented: Array  # (area,) rented dwellings, census
    kreis_rented: float
    floor_area: Array | None  # (area, 10)
    rent_class: Array | None  # (area, 10) rented dwellings by net cold rent
    built: Array | None  # (area, 10) buildings by year built
    kreis_built: Array | None  # (10,) dwellings by year built
    vacant_months: Array | None  # (4,) of the Kreis
    vacant_reason: Array | None  # (6,) of the Kreis
    with_seniors: Array | None  # (area,) households with a member of 65 or more
    in_communities: Array | None  # (area,) people with SGB II per inhabitant, latest year
    kreis_benefits: dict[str, float]  # latest value of each benefit of the Kreis, as delivered
    benefits_year: int | None


def read(
    areas: Areas, preference: str, by_type: str, load: Callable[[str], pd.DataFrame] = load
) -> SegmentInputs | None:
    """Return the figures of a region; `preference` and `by_type` name the tables of estimates.

    None where the census's rented dwellings lack: need is then by household size alone, and the sections on
    segments are one line each that names the table. `load` returns a table by name, all of it or what was published by a day.
    """
    pref, first = _preference(load(preference))
    link = load(by_type).pivot(index="type", columns="tenure", values="share")
    dwellings, buildings = load("census_dwellings"), load("census_buildings")
    keys, region = areas.keys, (areas.region,)
    social = load("social_benefits")
    social = social[social["ags"].isin((*keys, areas.region))]
    in_communities = social[social["item"] == "in_communities"]
    year = int(in_communities["year"].max()) if len(in_communities) else None
    recent = social.sort_values("year").drop_duplicates(["ags", "item"], keep="last")
    kreis_rented = _rows(dwellings, region, ("rented",))
    rented = _rows(dwellings, keys, ("rented",))
    if rented is None or kreis_rented is None:
        return None
    return SegmentInputs(
        tenure_preference=pref,
        class_of_age=np.searchsorted(first, np.arange(AGES), side="right") - 1,
        tenure_by_type=np.asarray(link.loc[["ezfh", "mfh"], ["own", "rent"]].to_numpy(float)),
        rented=rented[:, 0],
        kreis_rented=float(kreis_rented[0, 0]),
        floor_area=_rows(dwellings, keys, tuple(f"area_{c}" for c in AREA_CLASSES)),
        rent_class=_rows(dwellings, keys, tuple(f"rentclass_{c}" for c in RENT_CLASSES)),
        built=_rows(buildings, keys, tuple(f"built_{c}" for c in BUILT_CLASSES)),
        kreis_built=_one(_rows(dwellings, region, tuple(f"built_{c}" for c in BUILT_CLASSES))),
        vacant_months=_one(_rows(dwellings, region, tuple(f"vacant_months_{m}" for m in MONTHS))),
        vacant_reason=_one(_rows(dwellings, region, tuple(f"vacant_reason_{r}" for r in REASONS))),
        with_seniors=_sum(_rows(load("census_households"), keys, ("senior_only", "senior_and_younger"))),
        in_communities=_recipients(in_communities[in_communities["year"] == year], keys),
        kreis_benefits={
            str(i): float(v)
            for i, v in recent.loc[recent["ags"] == areas.region, ["item", "value"]].itertuples(index=False)
        },
        benefits_year=year,
    )


def _preference(table: pd.DataFrame) -> tuple[Array, Array]:
    """Return shares (class, size, segment) and the first age of each class."""
    ages = np.sort(table["age_from"].unique())
    wide = table.assign(segment=table["type"] + "_" + table["tenure"]).pivot(
        index=["age_from", "size"], columns="segment", values="share"
    )
    order = pd.MultiIndex.from_product([ages, SIZES])
    cells = wide.loc[order, ["ezfh_own", "ezfh_rent", "mfh_own", "mfh_rent"]].to_numpy(float)
    return np.asarray(cells.reshape(len(ages), len(SIZES), -1)), ages.astype(float)


def _rows(table: pd.DataFrame, keys: tuple[str, ...], items: tuple[str, ...]) -> Array | None:
    """Return (area, item), or None if a cell is missing."""
    wide = table[table["ags"].isin(keys) & table["item"].isin(items)].pivot(
        index="ags", columns="item", values="value"
    )
    cells = np.asarray(wide.reindex(index=list(keys), columns=list(items)).to_numpy(float))
    return None if np.isnan(cells).any() else cells


def _one(rows: Array | None) -> Array | None:
    return None if rows is None else np.asarray(rows[0])


def _sum(rows: Array | None) -> Array | None:
    return None if rows is None else np.asarray(rows.sum(1))


def _recipients(rows: pd.DataFrame, keys: tuple[str, ...]) -> Array | None:
    """Return people in households with SGB II per inhabitant (area,)."""
    values = rows.set_index("ags")["value"].reindex(list(keys)).to_numpy(float) / 1000
    return None if np.isnan(values).any() else np.asarray(values)
