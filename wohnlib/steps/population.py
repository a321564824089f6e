"""Step 2: the projection of all units, controlled to the Landkreis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.population import project_step
from wohnlib.model.rates import area_migration, migration_at_level
from wohnlib.scenario import Scenario
from wohnlib.steps.base import INFANT_A0, base_population, kreis_seed
from wohnlib.steps.rates import Rates, estimate_rates
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


@dataclass(frozen=True)
class PopulationPath:
    """Population by area, year, sex and age with its components; a draw axis of length 1 leads."""

    pop_count: Array  # (draw, area, year, sex, age), year 0 = base date
    births: Array  # (draw, area, year): in the step that ends at that position, 0 at position 0
    deaths: Array
    net_migration: Array  # the adjustment to the region included
    rates: Rates


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
        region = project_step(
            region, rates.survival[k], rates.fertility[k], migration, interval=interval, sex_ratio_birth=ratio,
            negative="zero",
        ).pop_count  # fmt: skip
        step = project_step(
            pop, rates.survival[k], rates.fertility[k] * rates.fertility_level[:, None], by_area,
            interval=interval, sex_ratio_birth=ratio, negative="zero",
        )  # fmt: skip
        sums = step.pop_count.sum(0)
        after = step.pop_count * np.divide(region, sums, out=np.ones_like(sums), where=sums > 0)
        region = after.sum(0)  # the same counts, so that rounding errors do not add up over the years
        births, deaths = step.births.sum(-1), step.deaths.sum(-1)
        net = after.sum((1, 2)) - pop.sum((1, 2)) - births + deaths
        pop = after
        path.append(pop)
        flows.append(np.stack([births, deaths, net]))
    births, deaths, net = np.stack(flows, axis=-1)[:, None]
    return PopulationPath(np.stack(path, axis=1)[None], births, deaths, net, rates)
