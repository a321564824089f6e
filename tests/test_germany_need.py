"""The need of all Gemeinden: base and paths are kept, empty cells do no harm, another process computes the same."""

import pickle
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import chain
from wohnlib import scenario as scenarios
from wohnlib.assess import assess
from wohnlib.forecast import germany_need
from wohnlib.forecast.germany_base import KreisBase, Shared, _member_rates
from wohnlib.model.base import group_matrix
from wohnlib.model.mortality import survival_ratios
from wohnlib.session import inputs_of
from wohnlib.steps import draws
from wohnlib.steps.households import FIRST_ALONE, one_person_change
from wohnlib.steps.time import time_axis

AGES, AGE_FROM, CENSUS = 91, np.arange(0, 95, 5.0), np.array([0, 3, 6, 10, 16, 19, 25, 40, 60, 67, 75.0])


@pytest.fixture(scope="module")
def shared():
    scenario = scenarios.load("base").at_horizon(2030)
    few = scenario.uncertainty.draws.model_copy(update={"value": 20})
    scenario = scenario.model_copy(
        update={"uncertainty": scenario.uncertainty.model_copy(update={"draws": few})}
    )
    inputs, time = inputs_of(scenario, "03251"), time_axis(scenario)
    fertility = np.zeros(AGES)
    fertility[20:40] = 0.07
    shape = np.zeros((2, AGES))
    shape[:, 20:30] = 0.05
    survival = survival_ratios(inputs.qx["2022-2024"], ages=AGES, a0=0.13)
    return Shared(
        inputs=inputs, scenario=scenario, time=time,
        survival=np.broadcast_to(survival, (len(time.years), *survival.shape)), fertility=fertility, shape=shape,
        member_rate=_member_rates(AGES), institutional=inputs.institutional_profile[:AGES],
        trend=one_person_change(inputs, scenario, time), mean_6plus=7.0, census_from=CENSUS, age_from=AGE_FROM,
    )  # fmt: skip


@pytest.fixture(scope="module")
def kreis(shared):
    """The units of the region as if they were Gemeinden, and one of 40 people with empty cells."""
    inputs, years = shared.inputs, len(shared.time.dates)
    small_group = np.array([0, 0, 3, 0, 0, 0, 10, 17, 0, 0, 10.0])
    total = np.append(inputs.pop_total, 40.0)
    seed = inputs.kreis_age1[:, :AGES] + 1
    growth = np.linspace(1, 1.05, years)
    totals = total[:, None] * growth
    path = (seed @ group_matrix(AGE_FROM, AGES)) / seed.sum() * totals.sum(0)[:, None, None]
    group = np.vstack([inputs.pop_group, small_group])
    households = inputs.households * (inputs.household_total / inputs.households.sum(1))[:, None]
    return KreisBase(
        key="03251", name="Kreis", keys=(*inputs.areas.keys, "03251999"), names=(*inputs.areas.names, "Klein"),
        seed=seed, pattern=group.sum(0) / group.sum(), path=path, totals=totals, total=total,
        sex=np.vstack([inputs.pop_sex, [40, 0]]), group=group,
        households=np.vstack([households, [4, 8, 3, 2, 0, 0]]), senior_only=np.append(inputs.senior_only, 0.0),
        dwellings=np.append(inputs.dwellings, 12.0), one_two=np.append(np.full(15, 0.8), 1.0),
        vacancy=np.append(inputs.vacancy_rate, 0.0), care=0.01,
    )  # fmt: skip


def test_base_and_totals_are_kept_and_need_is_told_where_it_can_be(shared, kreis):
    rows = germany_need.need_of_kreis(shared, kreis)
    columns = dict(zip(germany_need.COLUMNS, zip(*rows, strict=True), strict=True))
    assert columns["ags"] == kreis.keys
    np.testing.assert_allclose(columns["persons_base"], kreis.total, atol=0.06)
    np.testing.assert_allclose(columns["persons"], kreis.totals[:, -1], atol=0.06)
    np.testing.assert_allclose(columns["households_base"], kreis.households.sum(1), atol=0.06)
    assert columns["reportable"][-1] is np.False_  # 17 households in 12 dwellings
    assert rows[-1][6:11] == (None,) * 5
    told = np.array([row[6:11] for row in rows if row[-1]], dtype=float)
    assert len(told) >= 14
    assert np.isfinite(told).all()
    ezfh, mfh, mean, low, high = told.T
    assert (mean >= np.maximum(ezfh, 0) + np.maximum(mfh, 0) - 0.15).all()  # rounded
    assert ((low <= mean) & (mean <= high)).all()


def test_the_path_of_the_kreis_is_met_by_sex_and_age_where_gemeinden_grow_alike(shared, kreis):
    alike = replace(kreis, totals=kreis.total[:, None] * kreis.totals.sum(0) / kreis.total.sum())
    pop = germany_need.population(shared, alike)
    np.testing.assert_allclose(pop.sum((2, 3)), alike.totals, rtol=1e-9)
    cells = pop[:, -1].sum(0) @ group_matrix(AGE_FROM, AGES)
    np.testing.assert_allclose(cells, alike.path[-1], rtol=0.02)


def test_a_gemeinde_with_empty_cells_keeps_its_households_by_size(shared, kreis):
    made = germany_need.households_of(shared, kreis, germany_need.population(shared, kreis))
    assert np.isfinite(made.household_count).all()
    np.testing.assert_allclose(made.household_count[0, -1, 0], [4, 8, 3, 2, 0], atol=0.02)
    assert (made.member_rate[:, :, :FIRST_ALONE, 0] == 0).all()


def test_another_process_and_other_chunks_give_the_same(shared, kreis):
    again = pickle.loads(pickle.dumps(shared))
    assert again.scenario == shared.scenario
    rows = germany_need.need_of_kreis(shared, kreis)
    assert germany_need.need_of_kreis(again, kreis) == rows
    alone = list(germany_need.batch(shared, [kreis, kreis], jobs=1))
    assert alone[0].rows == [*rows, *rows]
    assert alone[0].memory > 0


def test_draws_of_a_few_gemeinden_at_a_time_are_those_of_the_whole_kreis(shared, kreis, monkeypatch):
    monkeypatch.setattr(germany_need, "_AREAS_AT_ONCE", 100)
    whole = germany_need.need_of_kreis(shared, kreis)
    monkeypatch.setattr(germany_need, "_AREAS_AT_ONCE", 3)
    assert germany_need.need_of_kreis(shared, kreis) == whole


def test_draws_a_few_areas_at_a_time_are_those_of_the_assessment():
    few = chain.with_draws(scenarios.load("base").at_horizon(2030), 6)
    made = assess(inputs_of(few, "03251"), few)
    parts = list(
        draws.household_draws(
            made.inputs, made.scenario, made.time, made.population, made.households, at_once=4
        )
    )
    assert [part.start for part, _ in parts] == [0, 4, 8, 12]
    counts = np.concatenate([counts for _, counts in parts], axis=1)
    np.testing.assert_allclose(counts, made.draws.households, rtol=1e-12)


def test_memory_does_not_grow_with_the_number_of_kreise(shared, kreis, monkeypatch):
    monkeypatch.setattr(germany_need, "_AT_ONCE", 1)

    def peak(count):
        tracemalloc.start()
        try:
            done = sum(len(part.rows) for part in germany_need.batch(shared, [kreis] * count, jobs=1))
            return done, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)
    few, more = peak(1), peak(4)
    assert more[0] == 4 * few[0] == 64
    assert more[1] < 1.05 * few[1]


def test_memory_of_draws_does_not_grow_with_the_gemeinden_of_a_kreis(shared, monkeypatch):
    held = []

    def one(course, shocks, readings, by_formation):
        held.append(len(course.pop_count))
        return np.ones((shocks.growth.shape[0], *readings.shape[:3]))

    monkeypatch.setattr(draws.model, "propagate", one)
    few = chain.with_draws(scenarios.load("base").at_horizon(2030), 2)
    made = assess(inputs_of(few, "03251"), few)
    held.clear()
    for _ in draws.household_draws(
        made.inputs, made.scenario, made.time, made.population, made.households, at_once=6
    ):
        pass
    assert held == [6, 6, 3]
