"""Step 2: the projection of all units, controlled to the Landkreis."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wohnlib.inputs import Inputs
from wohnlib.model.cohorts import Step
from wohnlib.model.population import project_step
from wohnlib.model.rates import area_migration, centred, migration_at_level
from wohnlib.scenario import Scenario
from wohnlib.steps.base import INFANT_A0, base_population, kreis_seed
from wohnlib.steps.rates import Rates, estimate_without_growth
from wohnlib.steps.time import Time

__all__ = [
    "INFANT_A0",
    "PopulationPath",
    "Rates",
    "base_population",
    "estimate_rates",
    "kreis_seed",
    "project_population",
]

Array = NDArray[np.float64]
_YEARS = 8  # the longest window of the back-test
_ROUNDS = 3  # of bringing the units onto their expected growth; what is left is below 0.001 % a year


@dataclass(frozen=True)
class PopulationPath:
    """Population by area, year, sex and age with its components; a draw axis of length 1 leads."""

    pop_count: Array  # (draw, area, year, sex, age), year 0 = base date
    births: Array  # (draw, area, year): in the step that ends at that position, 0 at position 0
    deaths: Array
    net_migration: Array  # the adjustment to the region included
    rates: Rates


def estimate_rates(inputs: Inputs, scenario: Scenario, time: Time, base: Array) -> Rates:
    """Return all rates of the projection; units grow against their region as the back-tested method expects."""
    rates = estimate_without_growth(inputs, scenario, time, base)
    if inputs.local_growth is None:
        return rates
    intensity = _on_growth(inputs.local_growth, base, rates, scenario.fertility.sex_ratio_birth.value)
    return replace(rates, intensity=scenario.migration.local_growth_weight.value * intensity)


def _on_growth(growth: Array, base: Array, rates: Rates, ratio: float) -> Array:
    """Return the intensity (area,) under which the units grow against their region by `growth` a year.

    The first intensity takes natural change and the region's migration as equal shares; ages of those who come,
    their children and ageing move growth by up to 0.1 % a year. The projection itself, with the rates of the
    first full year and the region's mean migration, tells by how much, and the intensity is moved by that.
    """
    people = base.sum((1, 2))
    intensity = rates.intensity
    for _ in range(_ROUNDS):
        pop, region = base, base.sum(0)
        for _ in range(_YEARS):
            by_area = area_migration(rates.profile, pop, intensity, rates.shape)
            pop, region, _ = _advance(pop, region, rates, 1, rates.profile, by_area, 1.0, ratio)
        grown = np.log(pop.sum((1, 2)) / people) / _YEARS
        intensity = intensity + centred(growth - grown, people)
    return intensity


def _advance(
    pop: Array,
    region: Array,
    rates: Rates,
    year: int,
    migration: Array,
    by_area: Array,
    interval: float,
    ratio: float,
) -> tuple[Array, Array, Step]:
    """Return units and region one step on, units scaled to the region by sex and age, and the units' own step."""
    region = project_step(
        region, rates.survival[year], rates.fertility[year], migration, interval=interval, sex_ratio_birth=ratio,
        negative="zero",
    ).pop_count  # fmt: skip
    step = project_step(
        pop, rates.survival[year], rates.fertility[year] * rates.fertility_level[:, None], by_area,
        interval=interval, sex_ratio_birth=ratio, negative="zero",
    )  # fmt: skip
    sums = step.pop_count.sum(0)
    after = step.pop_count * np.divide(region, sums, out=np.ones_like(sums), where=sums > 0)
    return after, after.sum(0), step  # the same counts, so that rounding errors do not add up over the years


def project_population(base: Array, rates: Rates, scenario: Scenario, time: Time) -> PopulationPath:
    """Return the projection of all units, controlled in every year to the region's own projection."""
    region = base.sum(0)
    pop = base
    path, flows = [base], [np.zeros((3, len(base)))]
    damping, steady = scenario.migration.local_damping.value, scenario.migration.local_steady_years.value
    ratio = scenario.fertility.sex_ratio_birth.value
    for k, _ in enumerate(time.years):
        interval = time.first_interval if k == 0 else 1.0
        migration = migration_at_level(rates.profile, rates.level[k], rates.shape)
        intensity = rates.intensity * damping ** max(0.0, time.elapsed[k] - steady)
        by_area = area_migration(migration, pop, intensity, rates.shape)
        after, region, step = _advance(pop, region, rates, k, migration, by_area, interval, ratio)
        births, deaths = step.births.sum(-1), step.deaths.sum(-1)
        net = after.sum((1, 2)) - pop.sum((1, 2)) - births + deaths
        pop = after
        path.append(pop)
        flows.append(np.stack([births, deaths, net]))
    births, deaths, net = np.stack(flows, axis=-1)[:, None]
    return PopulationPath(np.stack(path, axis=1)[None], births, deaths, net, rates)
