"""One unit, or the Kreis as the sum of its units, in the whole numbers that are printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment
from wohnlib.model import need as model
from wohnlib.model.draws import interval
from wohnlib.report.spread import LEVEL, Spread, rounded
from wohnlib.steps.checks import not_reportable
from wohnlib.steps.draws import PEOPLE_GROUPS
from wohnlib.words import Words

Whole = NDArray[np.int64]
AGE_GROUPS = (0, 6, 18, 25, 40, 60, 75)  # lower ages of the groups that reports show
TYPES = ("ezfh", "mfh")
OLD = 75  # age from which people are called old; a group of the draws begins there


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
    def own_years(self) -> tuple[int, ...]:
        """Years of which the unit's own completions are subtracted; none for the region."""
        need = self.result.need
        return need.own_years[self.index] if self.index is not None and need.own_years else ()

    @property
    def known_years(self) -> tuple[int, ...]:
        """Years whose completions are subtracted: the unit's own, else those of the Kreis."""
        return tuple(sorted({*self.result.need.known_years, *self.own_years}))

    @property
    def unknown_years(self) -> tuple[int, ...]:
        return tuple(y for y in self.result.need.unknown_years if y not in self.own_years)

    @property
    def built(self) -> Whole:
        """Dwellings completed since the base date (type,): what is subtracted less the permitted part of it."""
        permitted = self.of(self.result.need.permitted)
        if not permitted.any():
            return self.completed
        return np.minimum(
            np.floor(self.of(self.result.need.completed) + 0.5).astype(np.int64), self.completed
        )

    @property
    def completed(self) -> Whole:
        return self.of(self.result.printed.completed)

    @property
    def to_build(self) -> Whole:
        """New dwellings still to come, cumulative (year, type)."""
        return self.of(self.result.printed.to_build)

    @property
    def reportable(self) -> bool:
        """Return whether this area's dwellings and need can be reported."""
        return self.key not in not_reportable(self.result.inputs)

    def spread(self, name: str) -> Spread:
        """Return draws and printed numbers of a quantity: the sum within every draw, then the interval.

        Names: people, old (75+), households, size_1 to size_5, alone, alone65, alone75; signed, newbuild,
        surplus and build, each also with _ezfh or _mfh at its end.
        """
        if name.startswith(("signed", "newbuild", "surplus", "build")):
            return self._need_spread(*name.split("_"))
        draws = self.result.draws
        if name == "people":
            return Spread(self._drawn(draws.people).sum(-1), self.pop)
        if name == "old":
            first = PEOPLE_GROUPS.index(OLD)
            shown = self.of(self.result.printed.pop)[..., OLD:].sum((-2, -1))
            return Spread(self._drawn(draws.people[..., first:]).sum(-1), shown)
        if name == "households":
            return Spread(self._drawn(draws.households).sum(-1), self.households.sum(-1))
        if name.startswith("size_"):
            size = int(name[-1]) - 1
            return Spread(self._drawn(draws.households[..., size]), self.households[:, size])
        who = ("alone", "alone65", "alone75").index(name)
        return Spread(self._drawn(draws.living_alone[..., who]), self.alone[:, who])

    def change_interval(self, name: str) -> tuple[int, int]:
        """Return the printed 80 % interval of the change of a quantity since the base date, as in the draws."""
        spread = self.spread(name)
        low, high = interval(spread.draws[:, -1] - spread.draws[:, 0])
        return rounded(float(low), float(high), float(spread.shown[-1] - spread.shown[0]))

    def _drawn(self, array: NDArray) -> NDArray:  # type: ignore[type-arg]
        """Return this area's part of draws (draw, area, …)."""
        return array.sum(1) if self.index is None else array[:, self.index]

    def _need_spread(self, name: str, kind: str | None = None) -> Spread:
        """Return new-build need, surplus or what remains, of one type or of both."""
        at = slice(None) if self.index is None else slice(self.index, self.index + 1)
        types = slice(None) if kind is None else slice(TYPES.index(kind), TYPES.index(kind) + 1)
        signed = self.result.draws.signed[:, at, :, types]
        newbuild = model.newbuild_need(signed)
        if name == "build":
            draws = np.maximum(newbuild - self.result.deducted[at, None, types], 0)
            shown = self.to_build
        elif name == "signed":
            draws, shown = signed, self.of(self.result.printed.signed)
        else:
            draws, shown = (
                (newbuild, self.newbuild) if name == "newbuild" else (newbuild - signed, self.surplus)
            )
        return Spread(draws.sum((1, 3)), shown[:, types].sum(1))

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

    def _pace(self) -> NDArray[np.float64]:
        """Return years without figures per year with figures of every unit (area,)."""
        time = self.result.time
        need, keys = self.result.need, self.result.inputs.areas.keys

        def length(years: Sequence[int]) -> float:
            return sum(time.first_interval if y == time.base_date.year else 1.0 for y in years)

        out = np.zeros(len(keys))
        for place, own in enumerate(need.own_years or ((),) * len(keys)):
            known = {*need.known_years, *own}
            missing = [y for y in need.unknown_years if y not in own]
            out[place] = length(missing) / length(sorted(known)) if known else 0.0
        return out

    def land_interval(self) -> tuple[int, int]:
        """Return the 80 % interval of building land in whole hectares, around the printed number."""
        assumed = self.result.scenario.land
        hectares = sum(
            model.land(
                self.spread(f"build_{b}").draws[:, -1], getattr(assumed.density, b).value,
                getattr(assumed.infill_share, b).value,
            )
            for b in TYPES
        )  # fmt: skip
        low, high = np.quantile(hectares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        shown = float(self.land_tenths.sum()) / 10
        return floor(min(low, shown)), ceil(max(high, shown))

    def left_if_continued(self) -> tuple[int, int]:
        """Return (dwellings built in the years without figures, what is left) at the pace of the known years."""
        if not self.known_years:
            return 0, int(self.to_build[-1].sum())
        printed = self.result.printed
        built = printed.completed * self._pace()[:, None]
        permitted = self.result.need.permitted
        if permitted.any():  # what is permitted already is finished first
            finished = self.result.need.completed * self._pace()[:, None]
            built = np.maximum(finished - (self.result.deducted - self.result.need.completed), 0)
        left = np.maximum(printed.newbuild[:, -1] - printed.completed - built, 0)
        return round(float(self.of(built).sum())), round(float(self.of(left).sum()))

    @property
    def small_dwellings(self) -> int:
        from wohnlib.inputs import AREA_CLASSES_SMALL

        return int(self.of(self.result.inputs.floor_area)[:AREA_CLASSES_SMALL].sum())

    @property
    def dwellings(self) -> int:
        return int(self.of(self.result.inputs.dwellings))
