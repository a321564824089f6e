"""In the room: what one unit's need becomes when an assumption changes, answered while the slider moves.

The chain is the same as in `assess`, without repeating what an assumption does not reach: rates are kept for
each set of assumptions on births and deaths, households by age for each set on living together, and every draw
keeps its relative deviation from the run without shocks. `Room.exact` gives the full assessment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment
from wohnlib.model.draws import interval
from wohnlib.model.households import household_count
from wohnlib.model.need import demand, newbuild_need
from wohnlib.model.rates import national_path
from wohnlib.model.rounding import round_keep_total
from wohnlib.reassess import reassess
from wohnlib.scenario import Scenario
from wohnlib.scenario_tools import with_values
from wohnlib.steps.dwellings import project_need, stock_base
from wohnlib.steps.households import HouseholdPath, project_households
from wohnlib.steps.own_figures import with_own_people
from wohnlib.steps.population import PopulationPath, Rates, estimate_rates, project_population

Array = NDArray[np.float64]
SLIDERS = (
    "migration.national_target", "migration.national_target_year", "fertility.total_scale",
    "mortality.improvement_per_year", "households.one_person_trend_share", "dwellings.reserve.ezfh",
    "dwellings.reserve.mfh", "dwellings.loss_rate.ezfh", "dwellings.loss_rate.mfh", "dwellings.unusable_vacancy",
    "dwellings.backlog_share", "dwellings.incomings_change_per_year", "dwellings.second_homes_change_per_year",
)  # fmt: skip
STEPS = 10  # steps of a slider over its range


@dataclass(frozen=True)
class Answer:
    """What a set of values means for one unit at the horizon."""

    to_build: Array  # (type,) mean over draws
    surplus: Array  # (type,)
    interval: tuple[float, float]  # 80 % of the dwellings still to be built, both types together
    people: float
    households: float
    course: Array  # (year,) mean of the dwellings still to be built, both types

    @property
    def total(self) -> float:
        return float(self.to_build.sum())


class Room:
    """One unit and everything that can be kept between two answers."""

    def __init__(self, result: Assessment, key: str) -> None:
        """Take a result and the key of a unit; answers have all draws of the result."""
        self.base = result
        self.key = result.inputs.areas.check(key)
        self._rates: dict[str, Rates] = {}
        self._paths: dict[str, HouseholdPath] = {}

    @property
    def index(self) -> int:
        return self.base.inputs.areas[self.key]

    def other(self, key: str) -> "Room":
        """Return the room of another unit; what was kept stays."""
        room = Room.__new__(Room)
        room.base, room.key = self.base, self.base.inputs.areas.check(key)
        room._rates, room._paths = self._rates, self._paths  # noqa: SLF001
        return room

    @cached_property
    def deviation(self) -> Array:
        """Households of every draw relative to the run without shocks (draw, year, size), for the unit."""
        central = self.base.households.household_count[0, self.index]
        return self.base.draws.households[:, self.index] / np.maximum(central, 1e-9)

    def warm(self) -> None:
        """Compute beforehand what the sliders on births, deaths and living together will ask for."""
        for name in SLIDERS[2:5]:
            for value in positions(self.base.scenario, name):
                self.answer({name: value})

    # -- answers ---------------------------------------------------------------------------------------------

    def answer(self, values: Mapping[str, Any]) -> Answer:
        """Return the answer of the unit to a set of values (dotted names); an empty set gives the base."""
        scenario = with_values(self.base.scenario, values)
        population = self._population(scenario)
        households = self._households(scenario, population)
        g, inputs, time = self.index, self.base.inputs, self.base.time
        stock = stock_base(inputs, scenario, households)
        need = project_need(inputs, scenario, time, households, stock)
        central = households.household_count[0, g]
        extra = demand(
            stock.kappa[[g]], (central * (self.deviation - 1))[:, None], stock.occupancy[[g]]
        )  # (draw, 1, year, type)
        reserve = np.array([scenario.dwellings.reserve.ezfh.value, scenario.dwellings.reserve.mfh.value])
        signed = need.signed[0, g] + extra[:, 0] / (1 - reserve)
        if not self._reportable:
            signed = np.zeros_like(signed)
        new = newbuild_need(signed)
        deducted = need.deducted(scenario.building.permits_weight.value)[g]
        build = np.maximum(new - deducted, 0)
        low, high = interval(build[:, -1].sum(-1))
        mean = np.maximum(new.mean(0) - deducted, 0)  # as printed: the mean need less what was built
        return Answer(
            to_build=mean[-1], surplus=(new - signed)[:, -1].mean(0), interval=(float(low), float(high)),
            people=float(population.pop_count[0, g, -1].sum()), households=float(central[-1].sum()),
            course=mean.sum(-1),
        )  # fmt: skip

    def exact(self, values: Mapping[str, Any]) -> Assessment:
        """Return the full assessment of a set of values, of all units."""
        return reassess(self.base, with_values(self.base.scenario, values))

    @cached_property
    def _reportable(self) -> bool:
        return bool(np.abs(self.base.need.lines[:, self.index]).sum() > 0)

    # -- what is kept ----------------------------------------------------------------------------------------

    def _population(self, scenario: Scenario) -> PopulationPath:
        base = self.base
        parts = ("mortality", "fertility", "migration", "population")
        if all(getattr(scenario, p) == getattr(base.scenario, p) for p in parts):
            return base.population
        start = base.population.pop_count[0, :, 0]
        ours = project_population(start, self._rates_of(scenario, start), scenario, base.time)
        return with_own_people(base.inputs, scenario, base.time, ours)

    def _rates_of(self, scenario: Scenario, start: Array) -> Rates:
        """Return the rates; the path of national migration, which nothing else rests on, is put in anew."""
        inputs, time, migration = self.base.inputs, self.base.time, scenario.migration
        own = {f"migration.{n}": getattr(self.base.scenario.migration, n).value
               for n in ("national_target", "national_target_year")}  # fmt: skip
        plain = with_values(scenario, own)
        name = "|".join(getattr(plain, p).model_dump_json() for p in ("mortality", "fertility", "migration"))
        if name not in self._rates:
            self._rates[name] = estimate_rates(inputs, plain, time, start)
        rates = self._rates[name]
        nation = national_path(
            inputs.nation_net_migration,
            time.years,
            migration.national_target.value,
            migration.national_target_year.value,
        )
        return replace(rates, level=nation * rates.nation_share, nation_level=nation)

    def _households(self, scenario: Scenario, population: PopulationPath) -> HouseholdPath:
        base = self.base
        if scenario.households == base.scenario.households:
            path = base.households
        else:
            name = scenario.households.model_dump_json()
            if name not in self._paths:
                count = base.population.pop_count
                self._paths[name] = project_households(base.inputs, scenario, base.time, count)
            path = self._paths[name]
        if population is base.population:
            return path
        people = population.pop_count.sum(3) * path.private
        counts = household_count(people, path.member_rate, path.mean_size[:, None, :])
        return replace(path, people=people, household_count=counts)


def positions(scenario: Scenario, name: str) -> list[Any]:
    """Return the values a slider offers: even steps over the range, the scenario's own value among them."""
    item = dict(scenario.assumptions())[name]
    assert item.range is not None
    low, high = item.range
    if isinstance(item.value, int):
        return sorted({*range(low, high + 1), item.value})
    return sorted({*(round(low + (high - low) * k / STEPS, 10) for k in range(STEPS + 1)), item.value})


def split_answer(room: Room, values: Mapping[str, Any]) -> dict[str, int]:
    """Return what each changed value adds to the dwellings still to be built; whole numbers that sum.

    Mean of two orders of change, as in `wohnlib.sensitivity.split`.
    """
    names = list(values)
    parts = np.zeros(len(names))
    for order in (names, names[::-1]):
        seen = room.answer({}).total
        for k, name in enumerate(order):
            now = room.answer({n: values[n] for n in order[: k + 1]}).total
            parts[names.index(name)] += (now - seen) / 2
            seen = now
    whole = round_keep_total(parts) if names else np.zeros(0, dtype=np.int64)
    return {name: int(n) for name, n in zip(names, whole, strict=True)}
