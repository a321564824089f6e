"""Forms in which textbooks and offices set out a projection, each by hand or against the general step."""

import itertools

import numpy as np
import pytest

from wohnlib.model.mortality import life_table, survival_ratios
from wohnlib.model.population import (
    child_woman_ratios,
    cohort_change_ratios,
    hamilton_perry,
    project,
    project_step,
)

AGES = 6


def case(seed=1, areas=5, years=3, ages=AGES):
    """Return a population of some areas, and rates and migrants that vary by year and area."""
    random = np.random.default_rng(seed)
    pop = random.uniform(200, 1000, (areas, 2, ages))
    surv = random.uniform(0.6, 1, (years, areas, 2, ages + 1))
    fert = random.uniform(0, 0.2, (years, areas, ages))
    fert[..., 0] = fert[..., -1] = 0
    return pop, surv, fert, random.uniform(-15, 15, (years, areas, 2, ages))


def by_steps(pop, surv, fert, mig, **options):
    """Return what repeated single steps give."""
    path = [pop]
    flows = []
    for year in range(len(surv)):
        step = project_step(path[-1], surv[year], fert[year], None if mig is None else mig[year], **options)
        path.append(step.pop_count)
        flows.append(step[1:])
    return np.stack(path, axis=1), *(np.stack(part, axis=1) for part in zip(*flows, strict=True))


@pytest.mark.parametrize("timing", ["half", "start", "end"])
@pytest.mark.parametrize("kind", ["count", "rate"])
@pytest.mark.parametrize(
    ("births_from", "births_mig"), list(itertools.product(("mean", "start", "end"), ("stock", "all")))
)
def test_the_fast_path_is_the_repeated_step(timing, kind, births_from, births_mig):
    pop, surv, fert, mig = case()
    options = {
        "mig_timing": timing, "mig_kind": kind, "births_from": births_from, "births_mig": births_mig,
        "age_width": 5, "mig_span": 1,
    }  # fmt: skip
    mig = mig / 1000 if kind == "rate" else mig / 5
    slow = by_steps(pop, surv, fert, mig, **options)
    for a, b in zip(project(pop, surv, fert, mig, **options), slow, strict=False):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-9)


@pytest.mark.parametrize("sexes", [1, 2])
def test_the_fast_path_takes_in_and_out_one_sex_and_no_migration(sexes):
    pop, surv, fert, mig = (array[..., :sexes, :] if array.ndim > 3 else array for array in case(2))
    pop = pop[:, :sexes]
    inward, outward = np.abs(mig), np.abs(mig) / 500
    result = project(pop, surv, fert, mig_in_count=inward, mig_out_rate=outward, sex_ratio_birth=1.06)
    now = pop
    for year in range(3):
        step = project_step(
            now, surv[year], fert[year], mig_in_count=inward[year], mig_out_rate=outward[year],
            sex_ratio_birth=1.06,
        )  # fmt: skip
        now = step.pop_count
        np.testing.assert_allclose(result.pop_count[:, year + 1], now, rtol=1e-12)
        for name in ("births", "deaths", "mig_net_count"):
            np.testing.assert_allclose(
                getattr(result, name)[:, year], getattr(step, name), rtol=1e-9, atol=1e-9
            )
    closed = project(pop, surv, fert)
    for a, b in zip(closed, by_steps(pop, surv, fert, None), strict=False):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-9)
    assert (closed.mig_net_count == 0).all()


@pytest.mark.parametrize("kind", ["count", "rate"])
@pytest.mark.parametrize("births_mig", ["stock", "all"])
def test_the_fast_path_takes_births_at_every_age_and_arguments_of_any_extent(kind, births_mig):
    random = np.random.default_rng(9)
    draws, areas, years = 4, 3, 3
    pop = random.uniform(200, 1000, (2, AGES, areas, draws)).transpose(3, 2, 0, 1)  # memory in another order
    surv = np.broadcast_to(
        random.uniform(0.6, 1, (years, 1, areas, 2, AGES + 1)), (years, draws, areas, 2, AGES + 1)
    )
    fert = random.uniform(0.01, 0.1, (AGES,))
    mig = random.uniform(-0.01, 0.01, (areas, 1, AGES)) * (1 if kind == "rate" else 300)
    mig = np.broadcast_to(mig, (areas, 2, AGES))
    arrivals = random.uniform(0, 5, (years, draws, 1, 2, AGES))
    ratio = random.uniform(1, 1.1, (years, draws, areas))
    options = {"mig_kind": kind, "births_mig": births_mig}
    result = project(pop, surv, fert, mig, mig_in_count=arrivals, sex_ratio_birth=ratio, **options)
    now = pop
    for year in range(years):
        step = project_step(
            now, surv[year], fert, mig, mig_in_count=arrivals[year], sex_ratio_birth=ratio[year], **options
        )
        now = step.pop_count
        np.testing.assert_allclose(result.pop_count[:, :, year + 1], now, rtol=1e-12)
        for name in ("births", "deaths", "mig_net_count"):
            np.testing.assert_allclose(
                getattr(result, name)[:, :, year], getattr(step, name), rtol=1e-9, atol=1e-9
            )


def test_a_result_can_be_written_over_and_a_foreign_one_is_refused():
    pop, surv, fert, mig = case(3)
    expected = project(pop, surv, fert, mig)
    store = project(pop * 2, surv, fert, mig)
    again = project(pop, surv, fert, mig, out=store)
    for a, b, c in zip(again, expected, store, strict=True):
        assert (a == b).all()
        assert np.shares_memory(a, c)
    with pytest.raises(
        ValueError, match=r"out\.pop_count: found shape \(4, 2, 2, 6\), expected \(4, 5, 2, 6"
    ):
        project(pop, surv, fert, mig, out=project(pop[:2], surv[:, :2], fert[:, :2]))


@pytest.mark.parametrize(
    ("name", "place", "value", "words"),
    [
        ("surv_ratio", (1, 3, 0, 2), 1.5, r"surv_ratio: found 1.5 at \[3, 0, 2\].*\(step 1\)"),
        ("surv_ratio", (2, 0, 1, 0), -0.1, r"surv_ratio: found -0.1 at \[0, 1, 0\].*\(step 2\)"),
        ("fert_rate", (1, 4, 5), -0.1, r"fert_rate: found -0.1 at \[4, 5\].*\(step 1\)"),
        ("fert_rate", (1, 4, 2), np.inf, r"fert_rate: found inf at \[4, 2\].*\(step 1\)"),
        ("mig_net_count", (0, 2, 1, 3), np.nan, r"mig_net_count: found nan at \[2, 1, 3\].*\(step 0\)"),
        ("mig_net_count", (1, 2, 1, 3), -9e3, r"emigrants that leave -\d+\.?\d* persons at \[2, 1, [34]\]"),
    ],
)
def test_the_fast_path_leaves_no_wrong_value_unsaid(name, place, value, words):
    pop, surv, fert, mig = case(4)
    arguments = {"surv_ratio": surv, "fert_rate": fert, "mig_net_count": mig}
    arguments[name][place] = value
    with pytest.raises(ValueError, match=words):
        project(pop, **arguments)


def test_a_negative_base_and_a_sex_ratio_in_per_cent_are_named():
    pop, surv, fert, _ = case(5)
    with pytest.raises(ValueError, match="sex_ratio_birth: found 105"):
        project(pop, surv, fert, sex_ratio_birth=[[1.05], [105], [1.05]])
    pop[1, 0, 2] = -1
    with pytest.raises(ValueError, match=r"pop_count: found -1 at \[1, 0, 2\]"):
        project(pop, surv, fert)


def test_fertility_that_differs_at_both_ends_weighs_each_end_with_its_own_rate():
    pop, surv, late = np.array([[100.0, 200, 300]]), np.array([[1, 0.9, 0.8, 0.5]]), [0, 0.06, 0]
    step = project_step(pop, surv, [0, 0.1, 0], fert_rate_end=late, age_width=5, sex_ratio_birth=0)
    assert step.births[0] == pytest.approx(5 * (0.1 * 200 + 0.06 * 90) / 2, rel=1e-14)
    ends = project_step(
        pop, surv, [0, 0.1, 0], fert_rate_end=late, age_width=5, sex_ratio_birth=0, births_from="end"
    )
    assert ends.births[0] == pytest.approx(5 * 0.06 * 90, rel=1e-14)
    years = np.array([[0, 0.1, 0], [0, 0.06, 0], [0, 0.02, 0]])
    path = project(
        pop, surv, years[:2], fert_rate_end=years[1:], age_width=5, sex_ratio_birth=0
    )  # rates at the three dates
    assert path.births[0, 0] == step.births[0]
    assert path.births[1, 0] == pytest.approx(
        5 * (0.06 * path.pop_count[1, 0, 1] + 0.02 * path.pop_count[2, 0, 1]) / 2, rel=1e-14
    )


def test_births_of_each_age_of_mother_are_rounded_before_they_are_summed():
    pop, surv = np.array([[10.0, 11, 13, 0]]), np.ones((1, 5))
    options = {"births_from": "start", "sex_ratio_birth": 0}
    assert project_step(pop, surv, [0, 0.05, 0.05, 0], **options).births[0] == pytest.approx(1.2)
    rounded = project_step(pop, surv, [0, 0.05, 0.05, 0], births_decimals=0, **options)
    assert rounded.births[0] == 2  # 0.55 and 0.65
    assert rounded.pop_count[0, 0] == 2


def test_a_step_of_two_age_widths_is_two_steps():
    pop, surv, fert, mig = case(6)
    arguments = (surv[0], fert[0], mig[0])
    first = project_step(pop, *arguments, age_width=5)
    second = project_step(first.pop_count, *arguments, age_width=5)
    both = project_step(pop, *arguments, age_width=5, interval=10)
    np.testing.assert_array_equal(both.pop_count, second.pop_count)
    np.testing.assert_array_equal(both.births, first.births + second.births)
    np.testing.assert_array_equal(both.deaths, first.deaths + second.deaths)
    later = project_step(pop, surv[0], fert[0], fert_rate_end=fert[0] * 0.8, age_width=5, interval=10)
    one = project_step(pop, surv[0], fert[0], fert_rate_end=fert[0] * 0.9, age_width=5)
    two = project_step(one.pop_count, surv[0], fert[0] * 0.9, fert_rate_end=fert[0] * 0.8, age_width=5)
    np.testing.assert_allclose(later.pop_count, two.pop_count, rtol=1e-12)


def test_a_life_table_gives_its_survival_as_it_is():
    m = np.array([0.01, 0.0005, 0.0004, 0.001, 0.05])
    width = [1, 4, 5, 5, np.inf]
    table = life_table(mx=m, width=width, a0=0.1)
    expected = survival_ratios(Lx=table.Lx, lx=table.lx, width=width)
    np.testing.assert_array_equal(survival_ratios(table, width=width), expected)
    closed = life_table([0.01, 0.002, 0.05, 0.3], a0=0.1, open_end="year", e_open=2.0)
    np.testing.assert_allclose(
        survival_ratios(closed, open_group="separate"),
        survival_ratios([0.01, 0.002, 0.05, 0.3], a0=0.1, e_open=2.0, open_group="separate"),
        rtol=1e-14,
    )


# Two counts 5 years apart, three groups, both sexes; children per woman of the second group.
EARLY = np.array([[[100.0, 80, 50], [110, 90, 40]]])
LATE = np.array([[[90.0, 120, 60], [99, 100, 70]]])
WOMEN = {"women": ((1, 2),)}


def test_cohort_change_ratios_and_child_woman_ratios_by_hand():
    ratio = cohort_change_ratios(EARLY, LATE)
    np.testing.assert_allclose(ratio[0], [[1.2, 60 / 130], [100 / 110, 70 / 130]], rtol=1e-14)
    assert cohort_change_ratios(EARLY, LATE, kind="difference")[0].tolist() == [[20, -70], [-10, -60]]
    assert cohort_change_ratios(EARLY, LATE, cap=(0.5, 1.1))[0, 0].tolist() == [1.1, 0.5]
    np.testing.assert_allclose(child_woman_ratios(LATE, **WOMEN)[0], [[90 / 120], [99 / 120]], rtol=1e-14)


def test_hamilton_perry_with_ratios_differences_and_the_blend_of_both():
    by_ratio = hamilton_perry(EARLY, LATE, **WOMEN)[0, 1]
    women = 90 * 1.2
    np.testing.assert_allclose(by_ratio[0], [women * 0.75, women, 180 * 60 / 130], rtol=1e-14)
    by_difference = hamilton_perry(EARLY, LATE, method="difference", **WOMEN)[0, 1]
    np.testing.assert_allclose(by_difference[0], [110 * 0.75, 110, 110], rtol=1e-14)
    shrunk = LATE / 2
    both = hamilton_perry(
        np.concatenate([EARLY, EARLY]), np.concatenate([LATE, shrunk]), method="blend", **WOMEN
    )
    np.testing.assert_allclose(both[0, 1], by_difference, rtol=1e-14)  # this area grew
    np.testing.assert_allclose(both[1], hamilton_perry(EARLY, shrunk, **WOMEN)[0], rtol=1e-14)


def test_hamilton_perry_with_given_ratios_by_step_and_totals():
    ratios = np.stack([np.full((2, 2), 0.9), np.full((2, 2), 0.8)])  # (step, sex, age - 1), all areas alike
    path = hamilton_perry(None, LATE, change_ratio=ratios[:, None], child_woman_ratio=[[0.5], [0.6]], **WOMEN)
    assert path.shape == (1, 3, 2, 3)
    np.testing.assert_allclose(path[0, 1, 0], [0.5 * 81, 81, 162], rtol=1e-14)
    assert path[0, 2, 1, 1] == pytest.approx(0.8 * 0.6 * 81)
    totals = hamilton_perry(EARLY, LATE, control=[[600.0], [700.0]], **WOMEN)
    np.testing.assert_allclose(totals.sum(axis=(-1, -2))[0, 1:], [600, 700], rtol=1e-12)


def test_a_cohort_that_nobody_was_in_takes_the_ratio_of_the_larger_area():
    early = EARLY.copy()
    early[0, 0, 0] = 0
    with pytest.raises(ValueError, match=r"pop_early: found 0 persons .*`fallback`"):
        hamilton_perry(early, LATE, **WOMEN)
    ratio = cohort_change_ratios(early, LATE, fallback=np.full((2, 2), 0.95))
    assert ratio[0, 0, 0] == 0.95
    assert ratio[0, 1, 0] == 100 / 110


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lag": 3}, "lag: found 3, expected a number of groups from 1 to 2"),
        ({"women": ((1, 9),)}, "women: found groups 1 to 9, expected first < end of the 3 age groups"),
        ({"method": "mean"}, "method: found 'mean', expected one of 'ratio', 'difference', 'blend'"),
        ({"change_ratio": np.ones((2, 3))}, r"change_ratio: found shape \(2, 3\), expected shape"),
        ({"control": np.ones((1, 4))}, r"control: found shape \(1, 4\), expected shape \(1, 1\), years"),
    ],
)
def test_wrong_arguments_of_hamilton_perry_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        hamilton_perry(EARLY, LATE, **WOMEN | options)
