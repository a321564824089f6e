"""All figures that one run needs, by name and axis; where they come from says `inputs`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.areas import Areas
from wohnlib.errors import InputError, fault
from wohnlib.local import EMPTY, Local
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
