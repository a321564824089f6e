"""What the need of all Gemeinden rests on: national rates once, and for every Kreis its Gemeinden's base and paths."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wohnlib import scenario as scenarios
from wohnlib.data import germany, tables
from wohnlib.data.germany_sources import CENSUS_AGES, MERGED
from wohnlib.data.germany_tables import read_tables, rows_of
from wohnlib.forecast.asof import available, known, read_all
from wohnlib.forecast.cli import cohorts
from wohnlib.forecast.gemeinden import totals
from wohnlib.forecast.kreise import AGE_FROM, fit_kreise, project_kreise
from wohnlib.inputs import Inputs
from wohnlib.model.households import interpolate_rates
from wohnlib.model.mortality import improve, survival_ratios
from wohnlib.model.rates import arrival_shape
from wohnlib.scenario import Scenario
from wohnlib.session import inputs_of
from wohnlib.steps.households import FIRST_ALONE, one_person_change
from wohnlib.steps.population import INFANT_A0
from wohnlib.steps.time import Time, time_axis

Array = NDArray[np.float64]
PLACE_SIZES = ("unter_50000", "ab_50000")
LARGE = 50_000  # persons from which the member rates of larger places hold


@dataclass(frozen=True)
class Shared:
    """What all Kreise share; ages are single years to 89 and 90 and over."""

    inputs: Inputs  # tables of rates and errors; its areas are replaced
    scenario: Scenario
    time: Time
    survival: Array  # (year, sex, age + 1)
    fertility: Array  # (age,)
    shape: Array  # (sex, age) of those who come or stay away, sums to 1
    member_rate: Array  # (place size, age, size)
    institutional: Array  # (age,) profile
    trend: Array  # (year,) change of the share living alone
    mean_6plus: float
    census_from: Array  # (group,) lower ages of the census
    age_from: Array  # (19,) lower ages of the paths of the Kreise

    @property
    def ages(self) -> int:
        return len(self.fertility)

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs: it reads the tables itself, and checks the scenario anew."""
        state = {k: v for k, v in vars(self).items() if k not in ("inputs", "scenario")}
        return {**state, "scenario": self.scenario.model_dump(mode="json")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        scenario = Scenario.model_validate(state["scenario"])
        vars(self).update(state, scenario=scenario, inputs=inputs_of(scenario, scenario.region))


@dataclass(frozen=True)
class KreisBase:
    """A Kreis with its Gemeinden at the census and their paths."""

    key: str
    name: str
    keys: tuple[str, ...]
    names: tuple[str, ...]
    seed: Array  # (sex, age) of the Kreis
    pattern: Array  # (group,) shares of the census groups in the Kreis
    path: Array  # (year, sex, 19)
    totals: Array  # (area, year)
    total: Array  # (area,) census
    sex: Array  # (area, 2)
    group: Array  # (area, 11)
    households: Array  # (area, 6), scaled to the published total
    senior_only: Array  # (area,)
    dwellings: Array  # (area,)
    one_two: Array  # (area,) share of dwellings in buildings with one or two
    vacancy: Array  # (area,) share of dwellings
    care: float  # people in homes per inhabitant

    @property
    def large(self) -> NDArray[np.bool_]:
        return self.total >= LARGE


def national(
    draws: int, horizon_year: int = 2040, today: date | None = None
) -> tuple[Shared, list[KreisBase]]:
    """Return what all Kreise share and the Kreise, from the delivered files, as of today under the base scenario."""
    scenario = scenarios.load("base").at_horizon(horizon_year)
    count = scenario.uncertainty.draws.model_copy(update={"value": draws})
    scenario = scenario.model_copy(
        update={"uncertainty": scenario.uncertainty.model_copy(update={"draws": count})}
    )
    time, inputs = time_axis(scenario), inputs_of(scenario, scenario.region)
    allowed = available(today or date.today())  # noqa: DTZ011 - a day has no time zone
    cohort = cohorts(allowed)
    assert cohort is not None
    fit = fit_kreise(cohort)

    def growth(nation: Mapping[date, float]) -> tuple[tuple[str, ...], Array]:
        return fit.keys, project_kreise(fit, time.dates, nation).sum((2, 3)) / fit.base_count.sum((1, 2))[
            :, None
        ]

    made = totals(
        known(read_all(), allowed), allowed, time.dates, tables.load("forecast_errors_asof"), growth, scenario
    )
    order = made.kreise.get_indexer(list(fit.keys))
    path = project_kreise(
        fit, time.dates, kreis_total={day: made.kreis[order, i] for i, day in enumerate(time.dates)}
    )
    count_2022 = germany.read()
    if tuple(made.keys) != tuple(count_2022.ags):
        raise ValueError("keys: the census and the forecast hold different Gemeinden")
    nation = fit.nation
    survival = np.stack([
        survival_ratios(
            improve(nation.qx, scenario.mortality.improvement_per_year.value, max(0.0, y + 0.5 - nation.table_middle)),
            ages=nation.pop_count.shape[-1], a0=INFANT_A0,
        )
        for y in time.years
    ])  # fmt: skip
    ages = nation.pop_count.shape[-1]
    shared = Shared(
        inputs=inputs, scenario=scenario, time=time, survival=survival, fertility=nation.fertility,
        shape=arrival_shape(nation.shape), member_rate=_member_rates(ages),
        institutional=inputs.institutional_profile[:ages],
        trend=one_person_change(inputs, scenario, time), mean_6plus=count_2022.mean_6plus,
        census_from=np.array(germany.GROUP_FROM, dtype=float), age_from=np.array(AGE_FROM, dtype=float),
    )  # fmt: skip
    return shared, _kreise(count_2022, fit.keys, fit.base_single, path, made.gemeinde)


def _member_rates(ages: int) -> Array:
    """Return member rates (place size, age, size) by single year."""
    table = tables.load("household_member_rates_by_place_size")
    rates = []
    for size in PLACE_SIZES:
        part = table[table["place_size"] == size]
        wide = part.pivot(index="age_from", columns="size", values="share").sort_index()
        first = wide.index.to_numpy(float)
        last = part.drop_duplicates("age_from").sort_values("age_from")["age_to"].fillna(first[-1] + 4)
        rates.append(interpolate_rates(wide.to_numpy(float), first, last.to_numpy(float), ages, FIRST_ALONE))
    return np.stack(rates)


def _kreise(
    counted: germany.Germany, keys: tuple[str, ...], seeds: Array, path: Array, persons: Array
) -> list[KreisBase]:
    """Return the Kreise with their Gemeinden; empty cells of the census take the pattern of the Kreis."""
    delivered = read_tables("census", "households", "dwellings")
    census = delivered["census"]
    gemeinde = rows_of("census", census[census["level"] == "gemeinde"].set_index("ags"), counted.ags)
    names = census.drop_duplicates("ags").set_index("ags")["name"]
    sex = np.nan_to_num(gemeinde[["pop_female", "pop_male"]].to_numpy(float))
    group = np.nan_to_num(gemeinde[list(CENSUS_AGES)].to_numpy(float))
    homes, flats = (germany.municipal(n, delivered[n], counted.ags) for n in ("households", "dwellings"))
    published = homes["households_total"].to_numpy(float)
    sizes = counted.size.sum(1)
    households = counted.size * np.divide(published, sizes, out=np.ones_like(sizes), where=sizes > 0)[:, None]
    vacancy = flats["vacancy_rate_census22"].to_numpy(float) / 100
    care = (
        tables.load("care")
        .pivot(index="ags", columns="item", values="value")
        .groupby(lambda k: MERGED.get(k, k))
        .mean()
    )
    in_homes = care["in_need_of_care_share"] * care["in_homes_share"]
    kreis, out = counted.kreis, []
    for at, key in enumerate(keys):
        rows = np.flatnonzero(kreis == key)
        pattern = group[rows].sum(0) / group[rows].sum()
        dwellings = counted.dwellings[rows]
        rate = vacancy[rows]
        known_rate = np.isfinite(rate)
        mean = float(np.average(rate[known_rate], weights=dwellings[known_rate])) if known_rate.any() else 0.0
        out.append(KreisBase(
            key=key, name=str(names[key]), keys=tuple(counted.ags[rows]), names=tuple(gemeinde["name"].iloc[rows]),
            seed=seeds[at], pattern=pattern, path=path[at], totals=persons[rows], total=counted.total[rows],
            sex=sex[rows], group=group[rows], households=households[rows], senior_only=counted.senior[rows, 0],
            dwellings=dwellings, one_two=counted.one_two[rows], vacancy=np.where(known_rate, rate, mean),
            care=float(in_homes.get(key, in_homes.mean())),
        ))  # fmt: skip
    return out
