"""The benchmarks run on tiny sizes and compute the same as what they are compared with; nothing is timed."""

import os

import numpy as np
import pandas as pd
import pytest
import two_processes

from benchmarks import __main__ as runner
from benchmarks import chain, engine, germany, measure, plot
from wohnlib import paths
from wohnlib.assess import assess
from wohnlib.memory import peak_memory
from wohnlib.model.population import project


def test_the_bytes_of_the_yardstick_are_those_of_inputs_and_outputs():
    case = engine.make_case(3, 2)
    result = project(case.pop, case.surv, case.fert, case.mig)
    arrays = (case.pop, case.surv, case.fert, case.mig, *result)
    assert case.bytes == sum(array.nbytes for array in arrays)
    assert {array.dtype for array in arrays} == {np.dtype(float)}


def test_the_version_with_pandas_gives_what_the_engine_gives():
    case = engine.make_case(4, 3)
    fast = project(case.pop, case.surv, case.fert, case.mig, sex_ratio_birth=engine.SEX_RATIO)
    slow = engine.with_pandas(case).to_numpy().reshape(case.pop.shape)
    np.testing.assert_allclose(fast.pop_count[:, -1], slow, rtol=1e-11)


def test_the_engine_is_compared_and_every_goal_is_one_that_is_printed(capsys):
    found = engine.compare(8, rounds=1, years=2)
    assert found["projection: ratio of the best"] > 0
    assert "projection: ratio of the best" in runner.GOALS
    runner.show("title", found)
    assert "goal <= 4" in capsys.readouterr().out


def test_calls_are_measured_in_turn_after_a_warm_up():
    order = []
    found = measure.in_turn({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b"] * 3
    assert [len(v) for v in found.values()] == [2, 2]
    ticks = iter(range(0, 100, 3))
    assert measure.in_turn({"a": lambda: None}, 2, lambda: float(next(ticks))) == {"a": [3.0, 3.0]}
    assert measure.paired_ratio({"x": [1.0, 4.0], "y": [2.0, 2.0]}, "x", "y") == 1.25


def test_some_units_on_their_own_are_the_same_units_without_draws():
    inputs, scenario = chain.prepared()
    unit = chain.some_units(inputs, chain.with_draws(scenario, 4), [2, 3])
    assert unit.inputs.areas.keys == inputs.areas.keys[2:4]
    assert unit.inputs.pop_group.shape == (2, 11)
    assert unit.inputs.kreis_pop_group.shape == (11,)
    assert unit.run().shape == (2, 2)
    assert chain.whole(inputs, chain.with_draws(scenario, 4)).shape == (2, 15)


def test_the_number_of_draws_is_the_one_asked_for():
    inputs, scenario = chain.prepared()
    assert assess(inputs, chain.with_draws(scenario, 6)).draws.count == 6


def test_the_picture_of_costs_is_written_with_its_line(tmp_path):
    assert plot.linear([1, 2, 3], [5, 7, 9]) == pytest.approx((3, 2))
    plot.draw([plot.Line("title", "areas", (1, 2), (5.0, 7.0))], tmp_path / "new" / "cost.svg")
    assert (tmp_path / "new" / "cost.svg").read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_costs_are_measured_at_every_size():
    assert np.all(np.array(engine.by_areas((2, 5), rounds=1, years=2)) > 0)
    assert np.all(np.array(chain.by_draws((2, 4), rounds=1)) > 0)


def test_how_straight_a_line_is_is_told_with_its_goals(tmp_path, capsys):
    assert plot.off_line([1, 2, 3], [5, 7, 9]) == pytest.approx(0, abs=1e-9)
    assert plot.off_line([1, 2, 3], [0, 3, 0]) == pytest.approx(200 / 3)  # line y = 1, largest cost 3
    assert plot.each([1, 4], [2, 8]) == 1
    assert plot.each([1, 4], [2, 16]) == 2
    runner.straight([plot.Line("title", "areas", (1, 2, 3), (5.0, 7.0, 9.0))], tmp_path / "cost.svg")
    printed = capsys.readouterr().out
    assert "Cost by areas, title (ms): 1: 5  2: 7  3: 9" in printed
    assert "goal <= 1.1" in printed
    assert (tmp_path / "cost.svg").exists()


def test_a_call_alone_does_not_count_the_memory_of_what_came_before_and_ends():
    large = np.ones(60_000_000)
    process, memory, made = measure.alone(two_processes.run)
    assert process != os.getpid()
    assert made == 2
    assert peak_memory() > large.nbytes
    assert memory < large.nbytes


def test_memory_and_time_are_told_at_quarters_of_the_areas():
    points = tuple(
        germany.Point(100 * n, 2.0 * n, 3.0 * n, 10**6 * (300 + 10 * n), 10**6 * 200)
        for n in (1, 2, 3, 4, 5, 6, 7, 8)
    )
    made = germany.Run(60.0, 10**9, points, jobs=2)
    told = germany.growth(made)
    assert told["after 25% of the areas: Gemeinden"] == 200
    assert told["after 50%: worst worker at most, MB"] == 340
    assert told["after 100%: computed s per 1,000 areas"] == 30
    assert told["worker: MB more per 1,000 areas"] == pytest.approx(100)
    assert told["worker: memory at all / at a quarter"] == pytest.approx(380 / 320)
    assert told["collecting process: at all / at a quarter"] == 1
    whole = germany.found(made)
    assert whole["memory of all processes at most, GB"] == pytest.approx(1 + 2 * 0.38)
    assert whole["in all, minutes"] == pytest.approx((60 + 16) / 60)
    assert set(runner.GOALS) > {
        "worker: memory at all / at a quarter", "collecting process: at all / at a quarter", "in all, minutes",
        "memory of all processes at most, GB",
    }  # fmt: skip
    areas, seconds = germany.by_areas(made)
    assert areas[-1] == 800
    assert plot.off_line(areas, seconds) == pytest.approx(0, abs=1e-9)


def test_every_goal_of_memory_is_one_that_is_printed():
    made = germany.Run(1.0, 1, (germany.Point(4, 1.0, 1.0, 1, 1),), jobs=1)
    printed = {*germany.growth(made), *germany.found(made)}
    goals = {name for name in runner.GOALS if "memory" in name or "collecting" in name or "minutes" in name}
    assert goals <= printed
    assert len(goals) == 4


def test_parts_that_do_not_exist_are_refused():
    with pytest.raises(SystemExit):
        runner.main(["speed"])


@pytest.mark.shared
@pytest.mark.skipif(not paths.shared().is_dir(), reason="the folder of delivered files is not there")
def test_all_gemeinden_are_there_for_the_batch():
    from wohnlib.data.germany import municipal
    from wohnlib.data.germany_tables import read_tables

    keys = pd.Index(["01001000", "03251001"])
    table = municipal("dwellings", read_tables("dwellings")["dwellings"], keys)
    assert list(table.index) == list(keys)
    assert (table["total_dwellings_census22"] > 0).all()
