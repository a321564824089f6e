"""Step 2, estimation: survival, fertility and migration of every unit and year."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.inputs import AGES, Inputs
from wohnlib.model.base import group_matrix
from wohnlib.model.fertility import rates_from_total, single_year_shares
from wohnlib.model.mortality import improve, life_table, scale_to_life_expectancy, survival_ratios
from wohnlib.model.population import project_step
from wohnlib.model.rates import (
    arrival_shape,
    child_woman_level,
    local_intensity,
    national_path,
    old_age_factor,
    share_of_nation,
    spread_cohort_migration,
)
from wohnlib.scenario import Scenario
from wohnlib.steps.base import INFANT_A0, sex_shares, survival
from wohnlib.steps.time import Time

Array = NDArray[np.float64]
FIRST_FERTILE_AGE = 15  # lower age of the first group of the fertility table
CHILD_AGES = 6  # the census age groups 0-2 and 3-5


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


def estimate_without_growth(inputs: Inputs, scenario: Scenario, time: Time, base: Array) -> Rates:
    """Return all rates of the projection; expected growth of the units is met but roughly (see `population`)."""
    fertility, migration = scenario.fertility, scenario.migration
    old_age, residual = _residual(inputs, scenario)
    kept, expectancy = _survival_path(inputs, scenario, time, old_age)
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
    step = project_step(base, kept[1], regional[1] * level_of_area[:, None],
                        sex_ratio_birth=fertility.sex_ratio_birth.value)  # fmt: skip
    natural = (step.births - step.deaths).sum(-1) / base.sum((1, 2))
    return Rates(
        survival=kept,
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
        return local_intensity(inputs.local_growth, natural, people, 1.0, 0.0)
    first, last = migration.local_first_year.value, migration.local_last_year.value
    growth = np.log(inputs.series_total[last] / inputs.series_total[first]) / (last - first)
    persistence, shrinkage = migration.local_persistence.value, migration.local_shrinkage_people.value
    return local_intensity(growth, natural, people, persistence, shrinkage)


# -- parts -----------------------------------------------------------------------------------------------


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
        ratios.append(survival(table))
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
    births = sum(inputs.kreis_births[y] for y in range(start, end)) * sex_shares(scenario)
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
