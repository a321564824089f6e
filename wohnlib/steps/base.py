"""Step 1: base population of every unit at the census date, by sex and single year of age."""

import numpy as np
from numpy.typing import NDArray

from wohnlib.errors import InputError, fault
from wohnlib.inputs import AGES, Inputs
from wohnlib.model.base import fit_sex_age, group_matrix, scale_groups
from wohnlib.model.mortality import survival_ratios
from wohnlib.model.population import project_step
from wohnlib.scenario import Scenario

Array = NDArray[np.float64]
INFANT_A0 = 0.13  # years lived by those who die in their first year, as in Destatis table 12621-0001


def kreis_seed(inputs: Inputs, scenario: Scenario) -> Array:
    """Return the region's population by sex and single age (sex, age) at the census date.

    Eurostat's single years of 2019 are moved along by cohort to the last 5-year table before the census,
    scaled to it, aged to the census date and fitted to the region's 11 census age groups and two sexes.
    """
    kept = survival(inputs.qx[scenario.migration.profile_lifetable_period.value])
    no_births = np.zeros(AGES)
    age5_groups = group_matrix(inputs.age5_from, AGES)
    last = max(y for y in inputs.kreis_age5 if y <= scenario.base_year)
    pop = _widen(inputs.kreis_age1)

    def one_year(pop: Array, year: int) -> Array:
        pop = project_step(pop, kept, no_births).pop_count
        births = inputs.kreis_births[
            min(year, max(inputs.kreis_births))
        ]  # the census scales the youngest anyway
        pop[:, 0] = births * sex_shares(scenario) * kept[:, 0]
        return pop

    for year in range(inputs.kreis_age1_year, last):
        pop = one_year(pop, year)
    pop = scale_groups(pop, inputs.kreis_age5[last], age5_groups)
    for year in range(last, scenario.base_year):
        pop = one_year(pop, year)
    day = np.datetime64(scenario.base_date) - np.datetime64(f"{scenario.base_year}-01-01")
    to_census = day.astype(int) / 365
    born = pop[:, 0] * to_census
    pop = project_step(pop, kept, no_births, interval=to_census).pop_count
    pop[:, 0] += born
    census_groups = group_matrix(inputs.group_from, AGES)
    return fit_sex_age(
        pop,
        inputs.kreis_pop_sex[None],
        inputs.kreis_pop_group[None],
        np.array([inputs.kreis_pop_total]),
        census_groups,
    )[0]


def base_population(inputs: Inputs, scenario: Scenario) -> Array:
    """Return the base population (area, sex, age): the region's pattern fitted to each unit's census."""
    empty = (inputs.pop_total <= 0) | (inputs.pop_group.sum(1) <= 0) | (inputs.pop_sex <= 0).any(1)
    if empty.any():
        raise InputError([fault("area_empty", unit=inputs.areas.names[g]) for g in np.flatnonzero(empty)])
    return fit_sex_age(
        kreis_seed(inputs, scenario),
        inputs.pop_sex,
        inputs.pop_group,
        inputs.pop_total,
        group_matrix(inputs.group_from, AGES),
    )


# -- parts -----------------------------------------------------------------------------------------------


def _widen(single: Array) -> Array:
    """Return (sex, 101) from a table whose open group may start earlier and then keeps its people there."""
    out = np.zeros((single.shape[0], AGES))
    out[:, : single.shape[1]] = single
    return out


def sex_shares(scenario: Scenario) -> Array:
    """Return the shares of girls and boys among those born (sex,)."""
    ratio = scenario.fertility.sex_ratio_birth.value
    return np.array([1.0, ratio]) / (1 + ratio)


def survival(qx: Array) -> Array:
    """Return survival ratios (sex, age + 1) between the ends of two years, from a complete life table."""
    return survival_ratios(qx, ages=AGES, a0=INFANT_A0)
