"""The benchmarks run on tiny sizes and compute the same as what they are compared with; nothing is timed."""

import numpy as np
import pytest

from benchmarks import __main__ as runner
from benchmarks import chain, engine, measure, plot
from wohnlib import paths
from wohnlib.assess import assess
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
    plot.draw([("title", "areas", (1, 2), (5.0, 7.0))], tmp_path / "new" / "cost.svg")
    assert (tmp_path / "new" / "cost.svg").read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_parts_that_do_not_exist_are_refused():
    with pytest.raises(SystemExit):
        runner.main(["speed"])


@pytest.mark.shared
@pytest.mark.skipif(not paths.shared().is_dir(), reason="the folder of delivered files is not there")
def test_all_gemeinden_are_there_for_the_batch():
    from wohnlib.data import germany
    from wohnlib.forecast.germany_base import gemeinde_table

    keys = np.array(["01001000", "03251001"])
    table = gemeinde_table(germany.FILES[3], keys)
    assert list(table.index) == list(keys)
    assert (table["total_dwellings_census22"] > 0).all()
