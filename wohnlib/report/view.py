"""One unit, or the Kreis as the sum of its units, in the whole numbers that are printed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment
from wohnlib.model import need as model
from wohnlib.words import Words

Whole = NDArray[np.int64]
AGE_GROUPS = (0, 6, 18, 25, 40, 60, 75)  # lower ages of the groups that reports show


@dataclass(frozen=True)
class View:
    """Results of one area; `key` names a unit or the region."""

    result: Assessment
    key: str
    words: Words

    @property
    def index(self) -> int | None:
        areas = self.result.inputs.areas
        return None if self.key == areas.region else areas[self.key]

    def of(self, array: NDArray) -> NDArray:  # type: ignore[type-arg]
        """Return this area's part of an array whose first axis is area."""
        return array.sum(0) if self.index is None else array[self.index]

    @property
    def name(self) -> str:
        areas = self.result.inputs.areas
        if self.index is None:
            return self.words("unit.kreis", name=areas.region_name.removeprefix("Landkreis ").strip())
        kind, short = areas.kinds[self.index], areas.short_names[self.index]
        return self.words("unit.samtgemeinde", name=short) if kind == "Samtgemeinde" else short

    @property
    def place(self) -> str:
        """Return the area with its preposition: in Bassum, in der Samtgemeinde Siedenburg, im Landkreis."""
        if self.index is None:
            return self.words("headline.place_kreis", name=self.name)
        areas = self.result.inputs.areas
        if areas.kinds[self.index] == "Samtgemeinde":
            return self.words("headline.place_samtgemeinde", name=self.name)
        city = areas.names[self.index].endswith(", Stadt")
        return self.words("headline.place_city" if city else "headline.place_municipality", name=self.name)

    @property
    def year(self) -> int:
        return self.result.time.horizon_year

    @property
    def years(self) -> list[int]:
        """Years of the year axis for tables and lines: the base date counts as the base year's start."""
        return list(self.result.time.years)

    @property
    def pop(self) -> Whole:
        """Population (year,) whole."""
        return self.of(self.result.printed.pop).sum((-2, -1))

    def pop_groups(self, position: int) -> Whole:
        """Population in the age groups of `AGE_GROUPS` at a position of the year axis."""
        by_age = self.of(self.result.printed.pop)[position].sum(0)
        return np.add.reduceat(by_age, AGE_GROUPS)

    @property
    def households(self) -> Whole:
        """Households by size (year, size)."""
        return self.of(self.result.printed.households)

    @property
    def alone(self) -> Whole:
        """People living alone: all, 65+, 75+ (year, 3)."""
        return self.of(self.result.printed.alone)

    @property
    def lines(self) -> Whole:
        """Signed need (type, line) at the horizon."""
        return self.of(self.result.printed.lines)[-1]

    @property
    def newbuild(self) -> Whole:
        """New-build need, cumulative (year, type)."""
        return self.of(self.result.printed.newbuild)

    @property
    def surplus(self) -> Whole:
        return self.of(self.result.printed.surplus)

    @property
    def completed(self) -> Whole:
        return self.of(self.result.printed.completed)

    @property
    def to_build(self) -> Whole:
        """New dwellings still to come, cumulative (year, type)."""
        return self.of(self.result.printed.to_build)

    @property
    def land_tenths(self) -> Whole:
        """Building land for what is still to be built, in tenths of a hectare (type,); units sum to the Kreis."""
        assumed = self.result.scenario.land
        hectares = model.land(
            self.result.printed.to_build[:, -1].astype(float),
            np.array([assumed.density.ezfh.value, assumed.density.mfh.value]),
            np.array([assumed.infill_share.ezfh.value, assumed.infill_share.mfh.value]),
        )
        return self.of(np.floor(10 * hectares + 0.5).astype(np.int64))

    def left_if_continued(self) -> tuple[int, int]:
        """Return (dwellings built in the years without figures, what is left) at the pace of the known years."""
        need, time = self.result.need, self.result.time
        if not need.known_years:
            return 0, int(self.to_build[-1].sum())
        missing = sum(time.first_interval if y == time.base_date.year else 1.0 for y in need.unknown_years)
        known = sum(time.first_interval if y == time.base_date.year else 1.0 for y in need.known_years)
        factor = missing / known
        built = self.result.printed.completed * factor
        left = np.maximum(self.result.printed.newbuild[:, -1] - self.result.printed.completed - built, 0)
        return round(float(self.of(built).sum())), round(float(self.of(left).sum()))

    @property
    def small_dwellings(self) -> int:
        from wohnlib.inputs import AREA_CLASSES_SMALL

        return int(self.of(self.result.inputs.floor_area)[:AREA_CLASSES_SMALL].sum())

    @property
    def dwellings(self) -> int:
        return int(self.of(self.result.inputs.dwellings))
