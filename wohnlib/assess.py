"""The method on one screen: official figures and a scenario in, a needs assessment of all units out.

    base population -> projection -> private households -> households by size
      -> dwellings in demand -> required stock -> need by line -> need, surplus, land, what remains

Every step is a function of arrays with named axes (draw, area, year, sex, age, size, type, line). The run
without shocks has a draw axis of length 1; `Assessment.draws` holds the joint draws around it, from which
new-build need, surplus and all intervals are read. Formulas and sources: METHODS.md.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wohnlib.inputs import Inputs
from wohnlib.model import need as model
from wohnlib.model.rounding import round_keep_total
from wohnlib.scenario import Scenario
from wohnlib.steps import draws
from wohnlib.steps.checks import check_inputs, not_reportable
from wohnlib.steps.dwellings import NeedPath, StockBase, project_need, stock_base, without
from wohnlib.steps.households import HouseholdPath, project_households
from wohnlib.steps.own_figures import with_own_people
from wohnlib.steps.population import (
    PopulationPath,
    base_population,
    estimate_rates,
    project_population,
)
from wohnlib.steps.time import Time, time_axis

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


def assess(inputs: Inputs, scenario: Scenario) -> "Assessment":
    """Return the needs assessment of all planning units of the region at once."""
    check_inputs(inputs, scenario)
    time = time_axis(scenario)
    base = base_population(inputs, scenario)  # 1
    rates = estimate_rates(inputs, scenario, time, base)
    population = project_population(base, rates, scenario, time)  # 2
    population = with_own_people(inputs, scenario, time, population)
    households = project_households(inputs, scenario, time, population.pop_count)  # 3, 4, 13
    stock = stock_base(inputs, scenario, households)  # 5, 10
    need = project_need(inputs, scenario, time, households, stock)  # 5 to 9, 15
    need = without(need, [inputs.areas[key] for key in not_reportable(inputs)])
    return Assessment(inputs, scenario, time, population, households, stock, need)


@dataclass(frozen=True)
class Assessment:
    """All results of one run; the Kreis is the sum of its units. Printed whole numbers: `printed`."""

    inputs: Inputs
    scenario: Scenario
    time: Time
    population: PopulationPath
    households: HouseholdPath
    stock: StockBase
    need: NeedPath

    @cached_property
    def draws(self) -> draws.Draws:
        """Return joint draws of the whole chain, made once when first asked for (step 14)."""
        return draws.draw(
            self.inputs, self.scenario, self.time, self.population, self.households, self.stock, self.need
        )

    @cached_property
    def deducted(self) -> Array:
        """Dwellings that need not be built any more (area, type): completed, and most of those permitted."""
        return self.need.deducted(self.scenario.building.permits_weight.value)

    @cached_property
    def printed(self) -> "Printed":
        """Return the leaf cells as whole numbers, from which every printed sum is formed."""
        return Printed.of(self)


@dataclass(frozen=True)
class Printed:
    """Whole numbers by leaf: each unit's cells sum to its rounded total, units sum to the Kreis."""

    pop: Whole  # (area, year, sex, age)
    households: Whole  # (area, year, size)
    alone: Whole  # (area, year, 3): living alone, of these 65+, of these 75+
    lines: Whole  # (area, year, type, line)
    completed: Whole  # (area, type) completed, and most of those permitted
    stock: Whole  # (area, type, use)
    newbuild: Whole  # (area, year, type) mean over the draws of N⁺, cumulative

    @classmethod
    def of(cls, result: "Assessment") -> "Printed":
        alone = result.households.living_alone[0]
        one_person = round_keep_total(result.households.household_count.mean(0))
        rounded = np.floor(alone + 0.5).astype(np.int64)
        rounded[..., 0] = one_person[..., 0]
        lines = round_keep_total(result.need.lines.mean(0), axis=(2, 3))
        return cls(
            pop=round_keep_total(result.population.pop_count.mean(0), axis=(2, 3)),
            households=one_person,
            alone=rounded,
            lines=lines,
            completed=round_keep_total(result.deducted, axis=(0, 1)),
            stock=_whole_stock(result.stock.by_use),
            newbuild=_whole_newbuild(result.draws.newbuild.mean(0), lines.sum(-1)),
        )

    @property
    def signed(self) -> Whole:
        """Signed need (area, year, type)."""
        return self.lines.sum(-1)

    @property
    def surplus(self) -> Whole:
        """Surplus (area, year, type): new-build need less signed need."""
        return self.newbuild - self.signed

    @property
    def to_build(self) -> Whole:
        """New-build need that remains after completions, cumulative, never negative (area, year, type)."""
        return np.maximum(self.newbuild - self.completed[:, None, :], 0)


def _whole_newbuild(mean: Array, signed: Whole) -> Whole:
    """Return new-build need (area, year, type) as whole numbers, never below that of the printed signed need."""
    whole = np.floor(mean + 0.5).astype(np.int64)
    return np.maximum.accumulate(np.maximum(whole, model.newbuild_need(signed)), axis=-2)


def _whole_stock(by_use: Array) -> Whole:
    """Return the stock (area, type, use) as whole numbers that keep each unit's and each use's total."""
    uses = round_keep_total(by_use.sum(1)[:, 1:], axis=0)  # vacant and holiday dwellings sum to the Kreis's
    units = np.floor(by_use.sum((1, 2)) + 0.5).astype(np.int64)
    wanted = np.concatenate([(units - uses.sum(1))[:, None], uses], axis=1)
    scaled = by_use * (wanted / by_use.sum(1))[:, None, :]
    return round_keep_total(np.nan_to_num(scaled), axis=1)
