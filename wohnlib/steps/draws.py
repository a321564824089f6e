"""Step 14: how sure the results are: joint draws of the whole chain from population to need.

The widths of the errors in population come from back-tests (`derived/forecast_errors.csv`): of the nation,
of the region in the nation and of each unit in the region, by size and years ahead. Every draw holds all
units at once and is centred on the run without shocks, so that sums keep and intervals of sums are right.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.inputs import Inputs
from wohnlib.model import draws as model
from wohnlib.model import need as need_model
from wohnlib.scenario import Scenario
from wohnlib.steps.dwellings import NeedPath, StockBase
from wohnlib.steps.households import OLD_SENIOR_AGE, SENIOR_AGE, HouseholdPath
from wohnlib.steps.population import PopulationPath
from wohnlib.steps.time import Time

Array = NDArray[np.float64]
PEOPLE_GROUPS = (0, 18, 30, 65, 75, 85)  # lower ages of the groups of people that are kept of every draw
SIZES = 5  # households of 1, 2, 3, 4, 5 and more


@dataclass(frozen=True)
class Draws:
    """Results of every draw; the first axis is the draw. Position 0 of the year axis is the base date."""

    people: Array  # (draw, area, year, group): lower ages `PEOPLE_GROUPS`
    households: Array  # (draw, area, year, size)
    living_alone: Array  # (draw, area, year, 3): all ages, 65+, 75+
    signed: Array  # (draw, area, year, type) signed need B
    unit_half_width: Array  # (area, year) 80 % half width of a unit's own part, log
    region_half_width: Array  # (year,) of the region in the nation, log
    nation_half_width: Array  # (year,) of the nation, log

    @property
    def count(self) -> int:
        return len(self.people)

    @property
    def newbuild(self) -> Array:
        """New-build need N⁺ of every draw, cumulative (draw, area, year, type)."""
        return need_model.newbuild_need(self.signed)

    @property
    def surplus(self) -> Array:
        return need_model.surplus(self.signed)

    def to_build(self, deducted: Array) -> Array:
        """New-build need of every draw that remains after what was deducted (area, type), never negative."""
        return np.maximum(self.newbuild - deducted[:, None, :], 0)


def draw(
    inputs: Inputs, scenario: Scenario, time: Time,
    population: PopulationPath, households: HouseholdPath, stock: StockBase, need: NeedPath,
) -> Draws:  # fmt: skip
    """Return the draws of a scenario around its run without shocks."""
    base = population.pop_count[0, :, 0].sum((1, 2))
    widths = half_widths(inputs, base, time.elapsed[1:])
    readings, lever = _readings(households)
    read = read_draws(inputs, scenario, time, population, readings, lever)
    groups = len(PEOPLE_GROUPS)
    people = model.recentred(read[..., :groups], _people(population.pop_count[0]))
    counts = model.recentred(read[..., groups : groups + SIZES], households.household_count[0])
    alone = model.recentred(read[..., groups + SIZES :], households.living_alone[0])
    signed = signed_need(scenario, households, stock, need, counts)
    return Draws(people, counts, alone, signed, widths[2], widths[1][0], widths[0][0])


def signed_need(
    scenario: Scenario, households: HouseholdPath, stock: StockBase, need: NeedPath, counts: Array
) -> Array:
    """Return signed need of every draw (draw, area, year, type) from its households (draw, area, year, size)."""
    reserve = np.array([scenario.dwellings.reserve.ezfh.value, scenario.dwellings.reserve.mfh.value])
    reported = np.abs(need.lines).sum((0, 2, 3, 4)) > 0  # units whose need cannot be reported stay at zero
    reported = reported[:, None, None]
    per_household = stock.kappa[:, None, None] * stock.occupancy / (1 - reserve)  # (area, size, type)
    per_household = np.where(reported, per_household, 0.0)
    fixed = np.where(reported, need.signed, 0.0) - households.household_count @ per_household
    signed = counts @ per_household
    return np.add(signed, fixed, out=signed)


def read_draws(
    inputs: Inputs, scenario: Scenario, time: Time, population: PopulationPath, readings: Array, by_formation: Array
) -> Array:  # fmt: skip
    """Return sums over ages of the people of every draw (draw, area, year, item), whatever is asked for.

    readings (area, year, item, age) weight the people of both sexes; `by_formation` (same shape) is their
    change per relative change of the share living alone, zeros if there is none. Same draws at every call.
    """
    course, shocks = _course_and_shocks(inputs, scenario, time, population)
    return model.propagate(course, shocks, readings, by_formation)


def household_draws(
    inputs: Inputs, scenario: Scenario, time: Time, population: PopulationPath, households: HouseholdPath, at_once: int
) -> Iterator[tuple[slice, Array]]:  # fmt: skip
    """Yield households by size of every draw (draw, area, year, size) as `draw` has them, a few areas at a time.

    The shocks are those of all areas; what follows from them is held for `at_once` areas only.
    """
    course, shocks = _course_and_shocks(inputs, scenario, time, population)
    middle = households.household_count[0]
    for first in range(0, len(middle), at_once):
        part = slice(first, first + at_once)
        some = course._replace(pop_count=course.pop_count[part], fertility=course.fertility[part])
        own = shocks._replace(growth=shocks.growth[:, part])
        read = model.propagate(some, own, *_by_size(households, part))
        yield part, model.recentred(read, middle[part])


def _course_and_shocks(
    inputs: Inputs, scenario: Scenario, time: Time, population: PopulationPath
) -> tuple[model.Course, model.Shocks]:
    rates = population.rates
    course = model.Course(
        pop_count=population.pop_count[0],
        survival=rates.survival,
        fertility=rates.fertility * rates.fertility_level[:, None, None],
        shape=rates.shape,
        sex_ratio_birth=scenario.fertility.sex_ratio_birth.value,
    )
    persons = course.pop_count[:, 0].sum((1, 2))
    widths = half_widths(inputs, persons, time.elapsed[1:])
    return course, draw_shocks(inputs, scenario, time.elapsed[1:], persons, widths, model.response(course))


def half_widths(inputs: Inputs, persons: Array, elapsed: Array) -> tuple[Array, Array, Array]:
    """Return the 80 % half widths of log errors: nation (1, year), region (1, year), units (area, year).

    Units that are sums of Gemeinden (Samtgemeinden) have widths of such sums.
    """
    table = inputs.forecast_errors
    whole = np.array([persons.sum()])
    units = np.where(
        _is_sum(inputs)[:, None], table["own_sum"].at(persons, elapsed), table["own"].at(persons, elapsed)
    )
    return table["nation"].at(whole, elapsed), table["kreis"].at(whole, elapsed), units


def _is_sum(inputs: Inputs) -> NDArray[np.bool_]:
    members = Counter(inputs.areas.members.values())
    return np.array([members[key] > 1 for key in inputs.areas.keys])


def draw_shocks(
    inputs: Inputs, scenario: Scenario, elapsed: Array, persons: Array, widths: tuple[Array, Array, Array],
    response: Array,
) -> model.Shocks:  # fmt: skip
    """Return the shocks of every draw: three parts of migration, mortality, fertility, household formation.

    `response` (area, year) is the deviation of an area's total per accumulated shock of migration: those who
    come have children and age; the shocks are divided by it so that totals have the widths of past errors.
    """
    assumed = scenario.uncertainty
    count, seed = assumed.draws.value, assumed.seed.value
    table, steps = inputs.forecast_errors, len(elapsed)

    def course(part: str, name: str, half_width: Array) -> Array:
        freedom = model.degrees_of_freedom(round(table[part].tail, 3))
        normal = (
            model.normals(seed, name, count, steps) * model.tail_factor(seed, name, count, freedom)[:, None]
        )
        return model.error_paths(half_width, elapsed, assumed.persistence.value, normal, freedom)

    weight = persons / persons.sum()
    wide = model.centred_scale(widths[2], weight)
    own = np.stack([course("own", key, wide[g]) for g, key in enumerate(inputs.areas.keys)], axis=1)
    own -= np.einsum("dgt,g->dt", own, weight)[:, None, :]
    shared = course("nation", "nation", widths[0][0]) + course("kreis", inputs.areas.region, widths[1][0])
    growth = np.diff((own + shared[:, None, :]) / response, axis=-1, prepend=0.0)
    decade = elapsed / 10

    def factor(name: str, spread: float, at: Array) -> Array:
        return model.normals(seed, name, count, 1) * spread * at

    return model.Shocks(
        growth=growth,
        mortality=factor("mortality", assumed.mortality_spread.value, decade),
        fertility=factor("fertility", assumed.fertility_spread.value, np.minimum(decade, 1.0)),
        formation=factor("formation", assumed.formation_spread.value, decade),
    )


def _people(pop_count: Array) -> Array:
    """Return people by group (area, year, group) from (area, year, sex, age)."""
    return np.add.reduceat(pop_count.sum(2), PEOPLE_GROUPS, axis=-1)


def _readings(households: HouseholdPath) -> tuple[Array, Array]:
    """Return what is read from the people by age (area, year, item, age), and its change with living alone.

    Items: people by group, households by size, people living alone (all, 65+, 75+).
    """
    areas, years, ages, _ = households.member_rate.shape
    age = np.arange(ages)
    starts = np.array(PEOPLE_GROUPS)
    member = (np.searchsorted(starts, age, side="right") - 1 == np.arange(len(starts))[:, None]).astype(float)
    groups = np.broadcast_to(member, (areas, years, *member.shape))
    by_size, by_change = _by_size(households)
    from_age = (age >= np.array([0, SENIOR_AGE, OLD_SENIOR_AGE])[:, None]).astype(float)
    alone = by_size[:, :, :1] * from_age
    readings = np.concatenate([groups, by_size, alone], axis=2)
    return readings, np.concatenate([np.zeros_like(groups), by_change, alone], axis=2)


def _by_size(households: HouseholdPath, part: slice = slice(None)) -> tuple[Array, Array]:
    """Return households by size per person (area, year, size, age) and their change with living alone."""
    rate = households.member_rate[part]
    one = households.private[part][..., None] * rate / households.mean_size[part][:, None, None, :]
    rest = rate.sum(-1) - rate[..., 0]
    ratio = np.divide(rate[..., 0], rest, out=np.zeros_like(rest), where=rest > 0)
    change = -one * ratio[..., None]
    change[..., 0] = one[..., 0]
    return np.moveaxis(one, -1, 2), np.moveaxis(change, -1, 2)
