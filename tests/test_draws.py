"""Joint draws: the course without shocks is kept, widths are met, sums of draws give intervals of sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wohnlib.model import draws
from wohnlib.session import open_assessment
from wohnlib.steps import draws as step

AGES, YEARS = 4, 3


def course(areas: int = 1) -> draws.Course:
    """Two sexes, four ages, one short step and two whole years, with what migration and controls added."""
    rng = np.random.default_rng(7)
    pop = rng.uniform(50, 100, (areas, YEARS + 1, 2, AGES))
    survival = np.broadcast_to(np.array([0.99, 0.98, 0.97, 0.9, 0.5]), (YEARS, 2, AGES + 1))
    fertility = np.broadcast_to(np.array([0.0, 0.2, 0.1, 0.0]), (areas, YEARS, AGES))
    shape = np.full((2, AGES), 1 / (2 * AGES))
    return draws.Course(pop, survival, fertility, shape, 1.05)


def shocks(count: int, areas: int = 1, **given_values: np.ndarray) -> draws.Shocks:
    zero = {
        "growth": np.zeros((count, areas, YEARS)),
        **{name: np.zeros((count, YEARS)) for name in ("mortality", "fertility", "formation")},
    }
    return draws.Shocks(**{**zero, **given_values})


def everyone(areas: int = 1) -> np.ndarray:
    """Readings of every age on its own (area, year, item, age)."""
    return np.broadcast_to(np.eye(AGES), (areas, YEARS + 1, AGES, AGES))


def run(given_shocks: draws.Shocks, areas: int = 1, lever: np.ndarray | None = None) -> np.ndarray:
    read = everyone(areas)
    return draws.propagate(course(areas), given_shocks, read, np.zeros_like(read) if lever is None else lever)


def test_without_shocks_every_draw_is_the_course_itself() -> None:
    read = run(shocks(3, 2), 2)
    np.testing.assert_allclose(read, np.broadcast_to(course(2).pop_count.sum(2), read.shape), atol=1e-11)


def test_ten_per_cent_more_deaths_by_hand() -> None:
    mortality = np.zeros((1, YEARS))
    mortality[:, 1] = 0.1
    read = run(shocks(1, mortality=mortality))[0, 0]
    before = course().pop_count[0, 1]
    more = 0.1 * (before[:, 0] * 0.02).sum()  # aged 0 at the start, 1 at the end: q = 1 − 0.98
    assert read[2, 1] == pytest.approx(course().pop_count[0, 2, :, 1].sum() - more)
    open_group = 0.1 * (before[:, 2] * 0.1 + before[:, 3] * 0.5).sum()
    assert read[2, 3] == pytest.approx(course().pop_count[0, 2, :, 3].sum() - open_group)


def test_ten_per_cent_more_births_by_hand() -> None:
    fertility = np.zeros((1, YEARS))
    fertility[:, 1] = 0.1
    read = run(shocks(1, fertility=fertility))[0, 0]
    women = (course().pop_count[0, 1, 0] + course().pop_count[0, 2, 0]) / 2
    born = 0.2 * women[1] + 0.1 * women[2]
    assert read[2, 0] == pytest.approx(course().pop_count[0, 2, :, 0].sum() + 0.1 * born * 0.99)


def test_arrivals_come_at_the_ages_of_the_shape_and_are_a_share_of_the_people() -> None:
    growth = np.zeros((1, 1, YEARS))
    growth[0, 0, 2] = 0.08
    read = run(shocks(1, growth=growth))[0, 0]
    people = course().pop_count[0, 2].sum()
    without = course().pop_count[0, 3].sum(0)
    np.testing.assert_allclose(read[3][1:], without[1:] + 0.08 * people / AGES)
    more_women = 0.08 * people / (2 * AGES) / 2  # half of them counts at the end of the year
    np.testing.assert_allclose(read[3][0], without[0] + 0.08 * people / AGES + more_women * 0.3 * 0.99)


def test_living_alone_changes_readings_by_their_lever_only() -> None:
    lever = np.broadcast_to(np.eye(AGES)[:1] * 2, (1, YEARS + 1, AGES, AGES))
    formation = np.array([[0.0, 0.1, 0.2]])
    read = run(shocks(1, formation=formation), lever=lever)[0, 0]
    people = course().pop_count[0].sum(1)
    np.testing.assert_allclose(read[3] - people[3], 0.2 * 2 * people[3, 0])
    np.testing.assert_allclose(read[1], people[1])


def test_nobody_falls_below_zero() -> None:
    growth = np.full((2, 1, YEARS), -5.0)
    assert run(shocks(2, growth=growth)).min() >= 0


@given(st.integers(0, 2**32), st.integers(2, 50), st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_normal_numbers_mirror_in_pairs_and_more_draws_continue_the_same_list(
    seed: int, count: int, steps: int
) -> None:
    few, many = draws.normals(seed, "a", 2 * count, steps), draws.normals(seed, "a", 4 * count, steps)
    np.testing.assert_array_equal(few, many[: 2 * count])
    np.testing.assert_array_equal(few[::2], -few[1::2])
    assert (draws.normals(seed, "b", 2 * count, steps) != few).any()


@pytest.mark.parametrize("tail", [1.0, 1.75, 2.2])
@pytest.mark.parametrize("persistence", [0.0, 0.5, 1.0])
def test_four_of_five_errors_stay_within_the_half_width_in_every_year(
    tail: float, persistence: float
) -> None:
    count, elapsed = 20_000, np.array([0.6, 1.6, 5.6, 18.6])
    wanted = 0.02 * elapsed**0.7
    freedom = draws.degrees_of_freedom(tail)
    normal = draws.normals(1, "x", count, 4) * draws.tail_factor(1, "x", count, freedom)[:, None]
    paths = draws.error_paths(wanted, elapsed, persistence, normal, freedom)
    np.testing.assert_allclose((np.abs(paths) <= wanted).mean(0), 0.8, atol=0.01)


def test_wider_tails_are_those_asked_for() -> None:
    count = 40_000
    freedom = draws.degrees_of_freedom(1.8)
    drawn = draws.normals(3, "t", count, 1)[:, 0] * draws.tail_factor(3, "t", count, freedom)
    low, high = np.quantile(np.abs(drawn), [0.8, 0.95])
    assert high / low == pytest.approx(1.8, rel=0.03)


def test_centred_errors_keep_their_widths_and_cancel_in_the_region() -> None:
    weight = np.array([0.4, 0.3, 0.2, 0.1])
    wanted = np.array([[0.02], [0.03], [0.04], [0.06]])
    scale = draws.centred_scale(wanted, weight)[:, 0]
    raw = np.random.default_rng(1).standard_normal((200_000, 4)) * scale
    own = raw - (raw @ weight)[:, None]
    np.testing.assert_allclose(own @ weight, 0, atol=1e-12)
    np.testing.assert_allclose(own.std(0), wanted[:, 0], rtol=0.02)


def test_width_table_is_read_between_its_points_and_grows_with_the_years() -> None:
    table = draws.ErrorTable(
        np.array([1000.0, 10_000.0]), np.array([1.0, 4.0]), np.array([[0.04, 0.08], [0.02, 0.04]]), 1.5
    )
    wide = table.at(np.array([1000.0, 3162.2776, 10_000.0, 1e6]), np.array([0.25, 1.0, 2.0, 4.0]))
    np.testing.assert_allclose(wide[:, 1], [0.04, 0.04 / 2**0.5, 0.02, 0.02], rtol=1e-6)
    np.testing.assert_allclose(wide[0], [0.02, 0.04, 0.04 * 2**0.5, 0.08], rtol=1e-6)


def test_draws_of_the_region_keep_means_widths_and_sums() -> None:
    result = open_assessment()
    made = result.draws
    np.testing.assert_allclose(made.signed.mean(0), result.need.signed[0], atol=1e-6)
    np.testing.assert_allclose(made.households.mean(0), result.households.household_count[0], atol=1e-6)
    people = made.people.sum(-1)
    np.testing.assert_allclose(people.mean(0), result.population.pop_count[0].sum((2, 3)), atol=1e-6)
    np.testing.assert_array_equal(
        made.people[:, :, 0], np.broadcast_to(made.people[0, :, 0], made.people[:, :, 0].shape)
    )
    low, high = draws.interval(people)
    sum_low, sum_high = draws.interval(people.sum(1))
    assert ((sum_high - sum_low)[1:] < (high - low).sum(0)[1:]).all()
    assert (np.diff(sum_high - sum_low) > 0).all()
    assert made.newbuild.min() >= 0 and made.surplus.min() >= 0
    assert (made.newbuild.mean(0) >= result.need.newbuild[0] - 1e-6).all()


def test_population_intervals_have_the_width_of_past_errors() -> None:
    result = open_assessment()
    made, at = result.draws, result.time.position(2030)
    people = made.people.sum(-1)
    low, high = draws.interval(np.log(people[:, :, at] / people[:, :, 0]))
    parts = (made.unit_half_width[:, at - 1], made.region_half_width[at - 1], made.nation_half_width[at - 1])
    together = np.sqrt(sum(p**2 for p in parts))
    # mortality and fertility come on top, tails of sums are lighter than those of the parts
    np.testing.assert_allclose((high - low) / 2, together, rtol=0.2)


def test_moving_away_from_the_course_is_what_curvature_explains() -> None:
    """Before they are centred, draws of need miss the run without shocks by far less than they scatter."""
    result = open_assessment()
    readings, lever = step._readings(result.households)
    raw = step.read_draws(result.inputs, result.scenario, result.time, result.population, readings, lever)
    counts = raw[..., len(step.PEOPLE_GROUPS) :][..., : step.SIZES].sum(-1)
    moved = np.abs(counts.mean(0) - result.households.total[0])[:, 1:]
    assert (moved <= 0.06 * counts.std(0)[:, 1:] + 0.5).all()


def test_same_seed_same_draws_whatever_the_scenario_and_another_seed_others() -> None:
    base, upper = open_assessment(), open_assessment(scenario="upper")
    one, two = (r.draws.people.sum((1, 3))[:, -1] for r in (base, upper))
    assert np.corrcoef(one, two)[0, 1] > 0.99
    changed = base.scenario.uncertainty.model_copy(
        update={"seed": base.scenario.uncertainty.seed.model_copy(update={"value": 1})}
    )
    other = step.draw(
        base.inputs, base.scenario.model_copy(update={"uncertainty": changed}), base.time, base.population,
        base.households, base.stock, base.need,
    )  # fmt: skip
    assert np.corrcoef(one, other.people.sum((1, 3))[:, -1])[0, 1] < 0.2
