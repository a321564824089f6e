"""Steps 1 and 2: base population of every unit, then the projection controlled to the Landkreis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.errors import InputError, fault
from wohnlib.inputs import AGES, Inputs
from wohnlib.model.base import fit_sex_age, group_matrix, scale_groups
from wohnlib.model.fertility import rates_from_total, single_year_shares
from wohnlib.model.mortality import improve, life_table, scale_to_life_expectancy, survival_ratios
from wohnlib.model.population import project_step
from wohnlib.model.rates import (
    area_migration,
    arrival_shape,
    child_woman_level,
    local_intensity,
    migration_at_level,
    national_path,
    old_age_factor,
    share_of_nation,
    spread_cohort_migration,
)
from wohnlib.scenario import Scenario
from wohnlib.steps.time import Time

Array = NDArray[np.float64]
FIRST_FERTILE_AGE = 15  # lower age of the first group of the fertility table
CHILD_AGES = 6  # the census age groups 0-2 and 3-5
INFANT_A0 = 0.13  # years lived by those who die in their first year, as in Destatis table 12621-0001


@dataclass(frozen=True)
class Rates:
    """What moves the population; all published figures behind it stand in `Inputs`."""

    survival: Array  # (year, sex, age + 1)
    fertility: Array  # (year, age) of the region, births per woman and year
    fertility_level: Array  # (area,) relative to the region
    profile: Array  # (sex, age) net migration of the region per year in the window
    shape: Array  # (sex, age) sums to 1: ages of those who come
    level: Array  # (year,) net migration of the region per year
    intensity: Array  # (area,) own net migration rate beyond the region's
    nation_level: Array  # (year,) national net migration
    nation_share: float
    old_age_factor: float
    fertility_factor: float  # region relative to Germany
    life_expectancy: Array  # (year, sex) at birth


@dataclass(frozen=True)
class PopulationPath:
    """Population by area, year, sex and age with its components; a draw axis of length 1 leads."""

    pop_count: Array  # (draw, area, year, sex, age), year 0 = base date
    births: Array  # (draw, area, year): in the step that ends at that position, 0 at position 0
    deaths: Array
    net_migration: Array  # the adjustment to the region included
    rates: Rates


def kreis_seed(inputs: Inputs, scenario: Scenario) -> Array:
    """Return the region's population by sex and single age (sex, age) at the census date.

    Eurostat's single years of 2019 are moved along by cohort to the last 5-year table before the census,
    scaled to it, aged to the census date and fitted to the region's 11 census age groups and two sexes.
    """
    survival = _survival(inputs.qx[scenario.migration.profile_lifetable_period.value])
    no_births = np.zeros(AGES)
    age5_groups = group_matrix(inputs.age5_from, AGES)
    last = max(y for y in inputs.kreis_age5 if y <= scenario.base_year)
    pop = _widen(inputs.kreis_age1)

    def one_year(pop: Array, year: int) -> Array:
        pop = project_step(pop, survival, no_births).pop_count
        births = inputs.kreis_births[
            min(year, max(inputs.kreis_births))
        ]  # the census scales the youngest anyway
        pop[:, 0] = births * _sex_shares(scenario) * survival[:, 0]
        return pop

    for year in range(inputs.kreis_age1_year, last):
        pop = one_year(pop, year)
    pop = scale_groups(pop, inputs.kreis_age5[last], age5_groups)
    for year in range(last, scenario.base_year):
        pop = one_year(pop, year)
    day = np.datetime64(scenario.base_date) - np.datetime64(f"{scenario.base_year}-01-01")
    to_census = day.astype(int) / 365
    born = pop[:, 0] * to_census
    pop = project_step(pop, survival, no_births, interval=to_census).pop_count
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


def estimate_rates(inputs: Inputs, scenario: Scenario, time: Time, base: Array) -> Rates:
    """Return all rates of the projection."""
    fertility, migration = scenario.fertility, scenario.migration
    old_age, residual = _residual(inputs, scenario)
    survival, expectancy = _survival_path(inputs, scenario, time, old_age)
    germany = np.array([_nation_fertility(inputs, scenario, y) for y in time.years])
    factor = _fertility_factor(inputs, scenario)
    regional = germany * factor * fertility.total_scale.value
    level_of_area = child_woman_level(
        children=base[:, :, :CHILD_AGES].sum((1, 2)),
        women=base[:, 0],
        fert_rate=regional[0],
        children_all=float(base[:, :, :CHILD_AGES].sum()),
        women_all=base[:, 0].sum(0),
        lag=CHILD_AGES / 2,
        shrinkage=fertility.local_shrinkage_children.value,
    )
    profile = spread_cohort_migration(residual, _window_years(scenario), 5, AGES)
    nation = national_path(
        inputs.nation_net_migration,
        time.years,
        migration.national_target.value,
        migration.national_target_year.value,
    )
    share = share_of_nation(
        inputs.kreis_net_migration, inputs.nation_net_migration,
        migration.share_first_year.value, migration.share_last_year.value,
    )  # fmt: skip
    step = project_step(base, survival[1], regional[1] * level_of_area[:, None],
                        sex_ratio_birth=fertility.sex_ratio_birth.value)  # fmt: skip
    natural = (step.births - step.deaths).sum(-1) / base.sum((1, 2))
    return Rates(
        survival=survival,
        fertility=regional,
        fertility_level=level_of_area,
        profile=profile,
        shape=arrival_shape(profile),
        level=nation * share,
        intensity=_intensity(inputs, scenario, natural, base.sum((1, 2))),
        nation_level=nation,
        nation_share=share,
        old_age_factor=old_age,
        fertility_factor=factor,
        life_expectancy=expectancy,
    )


def _intensity(inputs: Inputs, scenario: Scenario, natural: Array, people: Array) -> Array:
    """Return each unit's own net migration rate beyond the region's (area,): expected growth less natural change.

    The expected growth is that of the back-tested method where it was estimated, else the unit's own past
    growth, of which a part persists.
    """
    migration = scenario.migration
    if inputs.local_growth is not None:
        return local_intensity(inputs.local_growth, natural, people, migration.local_growth_weight.value, 0.0)
    first, last = migration.local_first_year.value, migration.local_last_year.value
    growth = np.log(inputs.series_total[last] / inputs.series_total[first]) / (last - first)
    persistence, shrinkage = migration.local_persistence.value, migration.local_shrinkage_people.value
    return local_intensity(growth, natural, people, persistence, shrinkage)


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


# -- parts -----------------------------------------------------------------------------------------------


def _widen(single: Array) -> Array:
    """Return (sex, 101) from a table whose open group may start earlier and then keeps its people there."""
    out = np.zeros((single.shape[0], AGES))
    out[:, : single.shape[1]] = single
    return out


def _sex_shares(scenario: Scenario) -> Array:
    ratio = scenario.fertility.sex_ratio_birth.value
    return np.array([1.0, ratio]) / (1 + ratio)


def _survival(qx: Array) -> Array:
    """Return survival ratios (sex, age + 1) between the ends of two years, from a complete life table."""
    return survival_ratios(qx, ages=AGES, a0=INFANT_A0)


def _land_table(inputs: Inputs, scenario: Scenario, period: str, land_period: str) -> Array:
    """Return Germany's life table (sex, age) scaled to stand as far from Germany as the Land's at birth."""
    land = scenario.region[:2]
    gap = inputs.life_expectancy[land, land_period] - inputs.life_expectancy["00", land_period]
    qx = inputs.qx[period]
    target = life_table(qx=qx, a0=INFANT_A0).ex[:, 0] + gap
    return scale_to_life_expectancy(qx, target, a0=INFANT_A0).qx


def _survival_path(inputs: Inputs, scenario: Scenario, time: Time, old_age: float) -> tuple[Array, Array]:
    """Return survival (year, sex, age + 1) and life expectancy at birth (year, sex).

    The national table is scaled so that its life expectancy stands as far from Germany's as the Land's,
    mortality from 75 on is scaled by the region's factor, then it falls by a constant share a year.
    """
    mortality = scenario.mortality
    period = mortality.lifetable_period.value
    qx = _land_table(inputs, scenario, period, mortality.land_period.value)
    qx = np.where(np.arange(AGES) > scenario.migration.profile_last_age.value, 1 - (1 - qx) ** old_age, qx)
    centre = sum(int(y) for y in period.split("-")) / 2
    ratios, expectancy = [], []
    for year in time.years:
        table = improve(qx, mortality.improvement_per_year.value, float(max(0.0, year - centre)))
        ratios.append(_survival(table))
        expectancy.append(life_table(qx=table, a0=INFANT_A0).ex[:, 0])
    return np.stack(ratios), np.stack(expectancy)


def _window_years(scenario: Scenario) -> int:
    return int(scenario.migration.profile_end.value[:4]) - int(scenario.migration.profile_start.value[:4])


def _residual(inputs: Inputs, scenario: Scenario) -> tuple[float, Array]:
    """Return the old-age factor and the net migration of the window by cohort (sex, group at the end)."""
    migration = scenario.migration
    start, end = int(migration.profile_start.value[:4]), int(migration.profile_end.value[:4])
    period = migration.profile_lifetable_period.value
    qx = _land_table(inputs, scenario, period, period)
    ratio = survival_ratios(qx, group=5, ages=len(inputs.age5_from), a0=INFANT_A0)
    births = sum(inputs.kreis_births[y] for y in range(start, end)) * _sex_shares(scenario)
    began = np.concatenate([births[:, None], inputs.kreis_age5[start]], axis=1)
    alive = began * ratio
    began = np.concatenate([began[:, :-2], began[:, -2:].sum(1, keepdims=True)], axis=1)
    alive = np.concatenate([alive[:, :-2], alive[:, -2:].sum(1, keepdims=True)], axis=1)
    observed = inputs.kreis_age5[end]
    old = int(np.searchsorted(inputs.age5_from, migration.profile_last_age.value + 1))
    factor = old_age_factor(alive, observed, began, old)
    residual = observed - alive
    residual[:, old:] = 0
    return factor, residual


def _nation_fertility(inputs: Inputs, scenario: Scenario, year: int) -> Array:
    """Return Germany's births per woman by single age (age,) in `year`: TFR × age pattern of its period."""
    at = min(year, scenario.fertility.constant_from_year.value)
    tfr = inputs.fertility_total[min(at, max(inputs.fertility_total))]
    start = max(y for y in inputs.fertility_share if y <= at)
    share = single_year_shares(inputs.fertility_share[start], first_age=FIRST_FERTILE_AGE, ages=AGES)
    return rates_from_total(tfr, share)


def _fertility_factor(inputs: Inputs, scenario: Scenario) -> float:
    """Return births recorded in the region ÷ births that Germany's rates would give its women."""
    groups = group_matrix(inputs.age5_from, AGES)
    recorded = expected = 0.0
    for year in range(
        scenario.fertility.kreis_first_year.value, scenario.fertility.kreis_last_year.value + 1
    ):
        women = (inputs.kreis_age5[year][0] + inputs.kreis_age5[year + 1][0]) / 2
        rate = _nation_fertility(inputs, scenario, year)
        mean_rate = rate @ groups / groups.sum(0)
        recorded += inputs.kreis_births[year]
        expected += float(women @ mean_rate)
    return recorded / expected
