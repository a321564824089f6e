"""The whole chain with draws: one unit, all units of the region, and cost by the number of draws and areas."""

from dataclasses import dataclass, replace
from functools import partial
from time import process_time

import numpy as np

from benchmarks.measure import best, in_turn, median
from wohnlib import scenario as scenarios
from wohnlib.areas import Areas
from wohnlib.assess import Assessment, assess
from wohnlib.inputs import Inputs
from wohnlib.scenario import Scenario
from wohnlib.session import inputs_of
from wohnlib.steps import draws
from wohnlib.steps.dwellings import project_need, stock_base
from wohnlib.steps.households import project_households
from wohnlib.steps.population import Rates, base_population, estimate_rates, project_population
from wohnlib.steps.time import time_axis


def with_draws(scenario: Scenario, count: int) -> Scenario:
    """Return the scenario with another number of draws."""
    number = scenario.uncertainty.draws.model_copy(update={"value": count})
    return scenario.model_copy(
        update={"uncertainty": scenario.uncertainty.model_copy(update={"draws": number})}
    )


def prepared(horizon_year: int = 2040, region: str = "03251") -> tuple[Inputs, Scenario]:
    """Return the figures and the scenario of the region, read before anything is timed."""
    scenario = scenarios.load("base").at_horizon(horizon_year).model_copy(update={"region": region})
    return inputs_of(scenario, region), scenario


def whole(inputs: Inputs, scenario: Scenario) -> np.ndarray:
    """Compute everything for all units, from figures to the 80 % interval of new-build need."""
    made = assess(inputs, scenario).draws
    return np.quantile(made.newbuild[:, :, -1].sum(-1), [0.1, 0.9], axis=0)


def cut(inputs: Inputs, units: list[int]) -> Inputs:
    """Return the inputs of some units of the region; the figures of the region stay."""
    count, old = len(inputs.areas), inputs.areas

    def rows(value: object) -> object:
        if isinstance(value, np.ndarray) and value.ndim and len(value) == count:
            return value[units]
        return value

    areas = Areas(
        old.region, old.region_name, *(tuple(part[g] for g in units) for part in
        (old.keys, old.names, old.short_names, old.kinds)), old.members,
    )  # fmt: skip
    fields = {name: rows(value) for name, value in vars(inputs).items()}
    if inputs.segments is not None:
        parts = {name: rows(value) for name, value in vars(inputs.segments).items()}
        fields["segments"] = replace(inputs.segments, **parts)
    series = {year: rows(value) for year, value in inputs.series_total.items()}
    return replace(inputs, **{**fields, "areas": areas, "series_total": series})


@dataclass(frozen=True)
class Unit:
    """Some units with the rates of their region, which do not depend on the units computed."""

    inputs: Inputs
    scenario: Scenario
    rates: Rates

    def run(self) -> np.ndarray:
        """Compute base population, projection, households, stock, need and all draws; return the interval."""
        inputs, scenario, time = self.inputs, self.scenario, time_axis(self.scenario)
        people = project_population(base_population(inputs, scenario), self.rates, scenario, time)
        households = project_households(inputs, scenario, time, people.pop_count)
        stock = stock_base(inputs, scenario, households)
        need = project_need(inputs, scenario, time, households, stock)
        made = draws.draw(inputs, scenario, time, people, households, stock, need)
        return np.quantile(made.newbuild[:, :, -1].sum(-1), [0.1, 0.9], axis=0)


def some_units(inputs: Inputs, scenario: Scenario, units: list[int]) -> Unit:
    """Return the units ready to be computed on their own."""
    time = time_axis(scenario)
    rates = estimate_rates(inputs, scenario, time, base_population(inputs, scenario))
    rates = replace(rates, fertility_level=rates.fertility_level[units], intensity=rates.intensity[units])
    return Unit(cut(inputs, units), scenario, rates)


def compare(draw_count: int = 1000, rounds: int = 7) -> dict[str, float]:
    """Return the time of one unit and of all units of the region, milliseconds."""
    inputs, scenario = prepared()
    scenario = with_draws(scenario, draw_count)
    unit = some_units(inputs, scenario, [0])
    calls = {
        "one unit": unit.run,
        "all units": lambda: whole(inputs, scenario),
        "all units without draws": lambda: assess(inputs, scenario),
    }
    timings = in_turn(calls, rounds)
    found = {}
    for name in calls:
        found[f"{name}: best, ms"] = best(timings, name) * 1e3
        found[f"{name}: median, ms"] = median(timings, name) * 1e3
    return found


def by_draws(counts: tuple[int, ...], rounds: int = 5) -> list[float]:
    """Return the time of the draws of all units for several numbers of draws, milliseconds of the processor."""
    inputs, scenario = prepared()
    made = assess(inputs, scenario)
    calls = {str(n): partial(_draws, made, n) for n in counts}
    timings = in_turn(calls, rounds, process_time)
    return [best(timings, str(n)) * 1e3 for n in counts]


def by_units(counts: tuple[int, ...], draw_count: int = 1000, rounds: int = 5) -> list[float]:
    """Return the time of the whole chain for several numbers of units, milliseconds of the processor."""
    inputs, scenario = prepared()
    scenario = with_draws(scenario, draw_count)
    calls = {str(n): some_units(inputs, scenario, list(range(n))).run for n in counts}
    timings = in_turn(calls, rounds, process_time)
    return [best(timings, str(n)) * 1e3 for n in counts]


def _draws(made: Assessment, count: int) -> draws.Draws:
    scenario = with_draws(made.scenario, count)
    return draws.draw(
        made.inputs, scenario, made.time, made.population, made.households, made.stock, made.need
    )
