"""Need over the range of each assumption, and differences split by assumption: sums recomputed independently."""

from itertools import permutations

import numpy as np
import pytest

from wohnlib import session
from wohnlib.assess import assess
from wohnlib.errors import InputError
from wohnlib.reassess import reassess
from wohnlib.scenario_tools import with_values
from wohnlib.sensitivity import (
    ALL,
    LIGHT,
    MOVING,
    OTHER,
    Bar,
    light_of,
    signed_need,
    split,
    split_text,
    to_build,
    tornado,
    widest,
)

LOWER = (
    "migration.national_target", "dwellings.reserve.ezfh", "dwellings.reserve.mfh", "dwellings.loss_rate.ezfh",
    "dwellings.loss_rate.mfh", "dwellings.unusable_vacancy",
)  # fmt: skip


@pytest.fixture(scope="module")
def few(assessments):
    """The four assessments with few draws, made once and kept for all that follows."""
    made = {name: light_of(result) for name, result in assessments.items()}
    assert all(result.draws.count == LIGHT for result in made.values())
    return made


@pytest.fixture(scope="module")
def base(few):
    return few["base"]


@pytest.fixture(scope="module")
def bars(base):
    return {bar.name: bar for bar in tornado(base)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mortality.improvement_per_year", 0.004),
        ("migration.national_target", 150000.0),
        ("households.one_person_trend_share", 0.25),
        ("dwellings.backlog_share", 0.005),
        ("dwellings.incomings_base", 0.02),
        ("building.completions_mfh_share", 0.2),
        ("land.density.mfh", 50.0),
    ],
)
def test_a_second_assessment_equals_one_made_from_scratch(base, name, value):
    other = with_values(base.scenario, {name: value})
    again, fresh = reassess(base, other), assess(base.inputs, other)
    assert np.array_equal(again.need.lines, fresh.need.lines)
    assert np.array_equal(again.draws.signed, fresh.draws.signed)
    assert np.array_equal(again.printed.to_build, fresh.printed.to_build)
    assert np.array_equal(again.printed.households, fresh.printed.households)
    assert again.scenario == other


def test_a_second_assessment_of_the_same_scenario_changes_nothing(base):
    assert np.array_equal(reassess(base, base.scenario).need.lines, base.need.lines)


def test_there_is_one_bar_for_every_assumption_with_a_range(base, bars):
    ranged = [n for n, a in base.scenario.assumptions() if a.range is not None]
    assert list(bars) == [n for n in ranged if n.split(".")[0] in MOVING]
    assert {"migration.national_target", "dwellings.backlog_share"} <= set(bars)


@pytest.mark.parametrize("name", ["migration.national_target", "dwellings.loss_rate.mfh"])
def test_the_ends_of_a_bar_are_what_the_scenario_gives(base, bars, name):
    low, high = dict(base.scenario.assumptions())[name].range
    for value, found in ((low, bars[name].low), (high, bars[name].high)):
        fresh = assess(base.inputs, with_values(base.scenario, {name: value}))
        exact = fresh.printed.to_build[:, -1].sum(-1)
        assert np.array_equal(found, exact)


def test_few_draws_give_nearly_the_differences_of_all(assessments, few):
    name, value = "migration.national_target", 150000.0
    changes = [
        to_build(reassess(r, with_values(r.scenario, {name: value}))) - to_build(r)
        for r in (assessments["base"], few["base"])
    ]
    assert abs(changes[0].sum() - changes[1].sum()) <= 0.05 * abs(changes[0].sum())


def test_an_end_that_contradicts_the_figures_is_left_out(bars):
    bar = bars["households.institutional_under_65"]
    assert bar.high is None
    assert bar.low is not None
    assert bar.ends()[1] is None


def test_assumptions_outside_the_parts_that_reach_need_move_nothing(base):
    others = [
        (n, a.range) for n, a in base.scenario.assumptions()
        if a.range is not None and n.split(".")[0] not in (*MOVING, "uncertainty")
    ]  # fmt: skip
    assert others
    for name, ends in others:
        for end in ends:
            again = reassess(base, with_values(base.scenario, {name: end}))
            assert np.array_equal(to_build(again), to_build(base)), name


def test_the_width_of_a_bar_counts_the_scenarios_own_value():
    bar = Bar("x", np.array([10, 5]), np.array([12, 5]), np.array([11, 9]))
    assert (bar.width(0), bar.width(1), bar.width()) == (2, 4, 5)
    assert Bar("x", np.array([10]), None, np.array([4])).width() == 6


def test_the_widest_bars_come_first_and_idle_ones_not_at_all(bars):
    for area in (None, 0, 7):
        found = widest(list(bars.values()), area, 8)
        widths = [b.width(area) for b in found]
        assert widths == sorted(widths, reverse=True)
        assert all(widths)
        assert widths[0] == max(b.width(area) for b in bars.values())


@pytest.mark.parametrize("name", ["lower", "upper", "status_quo"])
@pytest.mark.parametrize("quantity", [to_build, signed_need])
def test_the_parts_sum_to_the_difference_for_every_unit(few, base, name, quantity):
    found = split(base, few[name], quantity)
    assert np.array_equal(found.before, quantity(base))
    assert np.array_equal(found.after, quantity(few[name]))
    assert np.array_equal(found.before + sum(found.parts.values()), found.after)


def test_the_parts_are_named_after_the_assumptions_that_differ(few, base):
    assert tuple(split(base, few["lower"]).parts) == LOWER


def test_where_two_assumptions_act_on_each_other_a_part_is_the_mean_over_all_orders(base):
    values = {"migration.national_target": 150000.0, "dwellings.reserve.mfh": 0.04}
    after = assess(base.inputs, with_values(base.scenario, values))
    found = split(base, after, signed_need)
    parts = dict.fromkeys(values, 0.0)
    for order in permutations(values):
        seen = signed_need(base)
        for k, name in enumerate(order):
            chosen = {n: values[n] for n in order[: k + 1]}
            now = signed_need(assess(base.inputs, with_values(base.scenario, chosen)))
            parts[name] = parts[name] + (now - seen) / 2
            seen = now
    for name, part in parts.items():
        assert np.abs(found.parts[name] - part).max() < 1


def test_another_horizon_is_a_part_of_its_own(base):
    after = assess(base.inputs, with_values(base.scenario.at_horizon(2035), {"dwellings.reserve.mfh": 0.04}))
    found = split(base, after)
    assert set(found.parts) == {"dwellings.reserve.mfh", OTHER}
    assert np.array_equal(found.before + sum(found.parts.values()), found.after)
    assert "Zieljahr oder Beginn" in split_text(base, after)


def test_equal_scenarios_have_no_parts(base):
    assert split(base, base).parts == {}
    assert split_text(base, base) == ""


def test_a_name_that_is_no_assumption_is_refused(base):
    with pytest.raises(InputError, match="unfug"):
        with_values(base.scenario, {"migration.unfug": 1.0})


@pytest.mark.parametrize("name", ["as_of_2022", "window"])
def test_assumptions_that_only_go_together_are_one_part_and_the_sum_still_holds(base, name):
    """A day of knowledge has other figures; both ends of a window of five years move at once."""
    if name == "window":
        ends = {"migration.profile_start": "2015-01-01", "migration.profile_end": "2020-01-01"}
        after = reassess(base, with_values(base.scenario, ends))
    else:
        after = light_of(session.open_assessment(scenario=name))
    found = split(base, after)
    assert list(found.parts) == [ALL]
    np.testing.assert_array_equal(found.before + found.parts[ALL], found.after)
    text = split_text(base, after)
    assert "zusammen" in text and "zwei Reihenfolgen" not in text
