"""What must hold for every population, rate and convention."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import wohnlib
from wohnlib.model.population import (
    control_to,
    fit_margins,
    hamilton_perry,
    leslie_matrix,
    project,
    project_leslie,
    project_step,
    residual_migration,
)

AGES = 6
TIMINGS = [
    (t, a)
    for t, a in itertools.product(("half", "start", "end", "mid"), ("period", "cohort"))
    if (t, a) != ("mid", "period")
]

# The same examples on every machine, and no clock: a slow machine is no fault.
steady = settings(deadline=None, derandomize=True, max_examples=60)


def floats(low, high):
    return st.floats(low, high, allow_subnormal=False)


def case(seed, areas=3, ages=AGES, sexes=2):
    """Return a population of some areas with rates and small migration."""
    random = np.random.default_rng(seed)
    pop = random.uniform(50, 1000, (areas, sexes, ages))
    surv = random.uniform(0.6, 1, (areas, sexes, ages + 1))
    fert = random.uniform(0, 0.2, (areas, ages))
    fert[:, 0] = 0
    return pop, surv, fert, random.uniform(-15, 15, (areas, sexes, ages))


@steady
@given(arrays(float, (2, AGES), elements=floats(0, 1e6)), floats(1, 10))
def test_without_births_deaths_and_migrants_cohorts_only_move_on(pop, width):
    step = project_step(pop, np.ones((2, AGES + 1)), np.zeros(AGES), age_width=width)
    expected = np.concatenate([np.zeros((2, 1)), pop[:, :-1]], axis=1)
    expected[:, -1] += pop[:, -1]
    assert (step.pop_count == expected).all()
    assert (step.births == 0).all()
    np.testing.assert_allclose(step.deaths, 0, atol=1e-9 * max(1, pop.sum()))


@pytest.mark.parametrize(("timing", "age"), TIMINGS)
@pytest.mark.parametrize("kind", ["count", "rate"])
@pytest.mark.parametrize("base", ["start", "survived", "mean"])
@pytest.mark.parametrize("interval", [1.0, 0.63])
def test_the_balance_closes_with_deaths_counted_from_the_cohorts(timing, age, kind, base, interval):
    pop, surv, fert, mig = case(1)
    mig = mig / 1000 if kind == "rate" else mig
    step = project_step(
        pop, surv, fert, mig, mig_timing=timing, mig_age=age, mig_kind=kind, mig_base=base, interval=interval
    )
    total = pop.sum(axis=-1) + step.births - step.deaths + step.mig_net_count
    np.testing.assert_allclose(step.pop_count.sum(axis=-1), total, rtol=1e-9)
    assert (step.deaths > 0).all()
    if kind == "count":
        np.testing.assert_allclose(step.mig_net_count, mig.sum(axis=-1) * interval, rtol=1e-9, atol=1e-9)


@steady
@given(st.integers(0, 10_000), floats(0.05, 1))
def test_deaths_are_those_of_everybody_exposed(seed, fraction):
    pop, surv, fert, mig = case(seed)
    step = project_step(pop, surv, fert, mig, mig_timing="half", interval=fraction)
    power = surv**fraction
    exposed = pop + mig * fraction / 2
    dead = (exposed * (1 - power[..., 1:])).sum(axis=-1) + step.births * (1 - power[..., 0])
    np.testing.assert_allclose(step.deaths, dead, rtol=1e-9)


@steady
@given(st.integers(0, 10_000), floats(0.1, 0.9))
def test_two_parts_of_an_interval_come_close_to_the_whole(seed, fraction):
    pop, surv, fert, mig = case(seed, ages=40)
    pop = np.cumsum(pop, axis=-1)[..., ::-1] / 10  # ages must be smooth: groups are taken as even
    surv = 1 - (1 - surv) / 20
    whole = project_step(pop, surv, fert, mig / 50)
    first = project_step(pop, surv, fert, mig / 50, interval=fraction)
    second = project_step(first.pop_count, surv, fert, mig / 50, interval=1 - fraction)
    total = second.pop_count.sum(axis=(-1, -2))
    np.testing.assert_allclose(total, whole.pop_count.sum(axis=(-1, -2)), rtol=0.02)
    for part in ("births", "mig_net_count"):
        np.testing.assert_allclose(
            getattr(first, part) + getattr(second, part), getattr(whole, part), rtol=0.06, atol=0.5
        )


@steady
@given(st.integers(0, 10_000))
def test_with_equal_rates_the_sum_of_areas_is_the_projection_of_the_sum(seed):
    pop, surv, fert, mig = case(seed)
    apart = project(pop, surv[:1], fert[:1], mig, steps=4, negative="keep")
    joint = project(pop.sum(axis=0), surv[0], fert[0], mig.sum(axis=0), steps=4, negative="keep")
    for a, b in zip(apart, joint, strict=True):
        np.testing.assert_allclose(a.sum(axis=0), b, rtol=1e-9, atol=1e-7)


@steady
@given(st.integers(0, 10_000))
def test_an_area_alone_is_the_area_among_others(seed):
    pop, surv, fert, mig = case(seed)
    joint = project(pop, surv, fert, mig, steps=3, negative="keep")
    alone = project(pop[1], surv[1], fert[1], mig[1], steps=3, negative="keep")
    for a, b in zip(joint, alone, strict=True):
        assert (a[1] == b).all()


def test_blocks_of_areas_change_nothing_and_a_fault_is_placed_among_all_areas():
    pop, surv, fert, mig = case(11, areas=9)
    surv = np.stack([surv, surv * 0.9])
    options = {
        "control": np.full((2, 9), 3000.0),
        "sex_ratio_birth": np.full((2, 9), 1.06),
        "interval": [0.5, 1],
    }
    whole = project(pop, surv, fert, mig[:1], block_bytes=10**9, **options)
    for size in (1, 4 * pop[0].nbytes):  # one area at a time; two blocks of four and one of a single area
        for a, b in zip(project(pop, surv, fert, mig[:1], block_bytes=size, **options), whole, strict=True):
            assert (a == b).all()
    surv[1, 7, 1, 3] = 1.5
    with pytest.raises(ValueError, match=r"surv_ratio: found 1.5 at \[7, 1, 3\], .* \(step 1\)"):
        project(pop, surv, fert, block_bytes=1)


def test_no_years_and_no_areas_are_projections_too():
    pop, surv, fert, mig = case(3)
    for none in (project(pop, surv, fert, mig, steps=0), project(pop, surv[None][:0], fert, mig)):
        assert np.array_equal(none.pop_count[:, 0], pop) and none.pop_count.shape == (3, 1, 2, AGES)
        assert none.births.shape == none.control_count.shape == (3, 0, 2)
    nobody = project(pop[:0], surv[:0], fert[:0], mig[:0], steps=2)
    assert nobody.pop_count.shape == (0, 3, 2, AGES)


def usual_forms():
    """Return one case in the forms arrays come in: lists, whole numbers, other widths, orders and strides."""
    whole = [np.round(x) if np.max(x) > 1 else x for x in case(11)]
    twice = [np.repeat(x, 2, axis=-1)[..., ::2] for x in whole]
    turned = [np.ascontiguousarray(x[..., ::-1])[..., ::-1] for x in whole]
    locked = [x.copy() for x in whole]
    for x in locked:
        x.flags.writeable = False
    yield "lists", [x.tolist() for x in whole]
    yield "whole numbers", [whole[0].astype(int), *whole[1:3], whole[3].astype(np.int32)]
    yield "columns first", [np.asfortranarray(x) for x in whole]
    yield "every second", twice
    yield "backwards", turned
    yield "read only", locked
    yield "other byte order", [x.astype(">f8") for x in whole]


@pytest.mark.parametrize("form", list(usual_forms()), ids=lambda form: form[0])
def test_the_form_of_the_arrays_changes_nothing(form):
    plain = [np.round(x) if np.max(x) > 1 else x for x in case(11)]
    want, found = project(*plain, steps=3), project(*form[1], steps=3)
    assert all(np.array_equal(a, b) for a, b in zip(want, found, strict=True))


def test_a_folder_that_cannot_be_written_only_costs_the_compiling(tmp_path):
    """Neither beside the package nor at home is there a place for what was compiled."""
    package = tmp_path / "wohnlib"
    shutil.copytree(Path(wohnlib.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "model" / "__pycache__").write_text("no folder")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import numpy as np, wohnlib\n"
        "from wohnlib.model.population import project\n"
        "assert wohnlib.__file__.startswith(sys.argv[1])\n"
        "print(project(np.full((2, 3), 100.0), np.full((2, 4), 0.9), np.zeros(3), steps=1).pop_count[-1].sum())"
    )
    nowhere = str(tmp_path / "file" / "home")
    (tmp_path / "file").write_text("no folder")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HOME", "XDG", "NUMBA", "PYTHONPATH"))}
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, str(tmp_path)], env={**kept, "HOME": nowhere}, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == pytest.approx(2 * 3 * 100 * 0.9)


def test_leading_axes_broadcast_and_years_vary():
    pop, surv, fert, mig = case(3)
    years = project(
        pop[None],
        np.stack([surv[None], surv[None] * 0.9]),
        fert,
        np.stack([mig[None]] * 2),
        sex_ratio_birth=1.06,
        interval=[0.63, 1.0],
    )
    assert years.pop_count.shape == (1, 3, 3, 2, AGES)
    assert years.births.shape == (1, 3, 2, 2)
    first = project_step(pop, surv, fert, mig, interval=0.63, sex_ratio_birth=1.06)
    second = project_step(first.pop_count, surv * 0.9, fert, mig, sex_ratio_birth=1.06)
    np.testing.assert_allclose(years.pop_count[0, :, 2], second.pop_count, rtol=1e-13)
    draws = project(pop[None], np.broadcast_to(surv[None], (4, 1, 3, 2, AGES + 1)), fert)
    assert draws.pop_count.shape == (1, 3, 5, 2, AGES)  # an axis beyond those of pop_count is the year
    many = project(np.repeat(pop[None], 4, axis=0), surv, fert, steps=1)
    assert many.pop_count.shape == (4, 3, 2, 2, AGES)


@pytest.mark.parametrize("axes", [(-2, -1), (), (0,)])
def test_a_control_is_met_and_what_it_added_is_told(axes):
    pop, surv, fert, mig = case(4)
    free = project(pop, surv, fert, mig, steps=3)
    later = np.moveaxis(free.pop_count[:, 1:], 1, 0)
    target = later.sum(axis=tuple(a % 3 + 1 for a in axes)) * 1.01
    result = project(pop, surv, fert, mig, steps=3, control=target, control_axes=axes)
    got = np.moveaxis(result.pop_count[:, 1:], 1, 0).sum(axis=tuple(a % 3 + 1 for a in axes))
    np.testing.assert_allclose(got, target, rtol=1e-12)
    change = np.diff(result.pop_count.sum(axis=-1), axis=1)
    parts = result.births - result.deaths + result.mig_net_count + result.control_count
    np.testing.assert_allclose(change, parts, rtol=1e-9, atol=1e-6)


def test_the_control_finds_its_axes_by_its_shape():
    pop, surv, fert, _ = case(4)
    totals = np.full((2, 3), 5000.0)
    np.testing.assert_allclose(
        project(pop, surv, fert, steps=2, control=totals).pop_count[:, 1:].sum(axis=(-1, -2)),
        5000,
        rtol=1e-12,
    )
    cells = np.full((2, 3, 2, AGES), 7.0)
    assert (project(pop, surv, fert, steps=2, control=cells).pop_count[:, 1:] == 7).all()


@steady
@given(arrays(float, (3, 4), elements=floats(0, 1000)), st.sampled_from([0, 1, (0, 1)]))
def test_scaling_meets_totals_and_keeps_zeros(pop, axis):
    total = pop.sum(axis=axis) * 1.7
    scaled = control_to(pop, total, axis)
    np.testing.assert_allclose(scaled.sum(axis=axis), total, rtol=1e-12, atol=1e-300)
    assert ((scaled == 0) == (pop == 0)).all()


def test_a_total_that_meets_only_zeros_is_named():
    with pytest.raises(
        ValueError, match=r"pop_count: found only zeros where total is positive, at \[1\] \(1 in all\)"
    ):
        control_to([[1.0, 2], [0, 0]], [3.0, 4], 1)


@steady
@given(
    arrays(float, (4, 3, 5), elements=floats(1, 10)),
    arrays(float, (4, 3, 5), elements=floats(1, 10)),
    floats(0.001, 1000),
)
def test_fitting_meets_all_margins_and_ignores_the_scale_of_the_seed(seed, truth, scale):
    margins = (((0, 1), truth.sum(axis=2)), ((0, 2), truth.sum(axis=1)), ((2, 1), truth.sum(axis=0).T))
    fitted = fit_margins(seed, *margins)
    for axis in range(3):
        np.testing.assert_allclose(fitted.sum(axis=axis), truth.sum(axis=axis), rtol=1e-9)
    np.testing.assert_allclose(fit_margins(seed * scale, *margins), fitted, rtol=1e-9)


def test_fitting_keeps_what_fits_and_the_odds_of_the_seed():
    seed = np.array([[10.0, 20], [30, 40]])
    np.testing.assert_allclose(fit_margins(seed, (0, [30, 70]), (1, [40, 60])), seed, rtol=1e-12)
    fitted = fit_margins(seed, (0, [50, 50]), (1, [20, 80]))
    assert fitted[0, 0] * fitted[1, 1] / fitted[0, 1] / fitted[1, 0] == pytest.approx(10 * 40 / 20 / 30)


def test_fitting_keeps_structural_zeros_and_empty_margins():
    fitted = fit_margins([[0.0, 2, 1], [3, 4, 1], [1, 1, 1]], (0, [5, 10, 0]), (1, [6, 9, 0]))
    assert fitted[0, 0] == 0
    np.testing.assert_allclose(fitted.sum(axis=1), [5, 10, 0], rtol=1e-9)
    np.testing.assert_allclose(fitted.sum(axis=0), [6, 9, 0], rtol=1e-9)


@pytest.mark.parametrize(
    ("margins", "words"),
    [
        (
            ((0, [1, 2]), (1, [1, 3])),
            r"margins\[1\]: found a total of 4 at \[\], expected 3, the total of margins\[0\]",
        ),
        (
            ((0, [1, 2, 3]),),
            r"margins\[0\]: found shape \(3,\), expected shape \(2,\), axes \(0,\) of the seed",
        ),
        (((0, [1, float("inf")]),), r"margins\[0\]: found inf"),
        (((2, [1, 2]),), r"axis: found 2, expected an axis of an array with 2 axes"),
    ],
)
def test_margins_that_cannot_be_are_named(margins, words):
    with pytest.raises(ValueError, match=words):
        fit_margins(np.ones((2, 2)), *margins)


def test_zeros_that_contradict_the_margins_are_named():
    with pytest.raises(ValueError, match="seed: found only zeros where"):
        fit_margins([[0.0, 0], [1, 1]], (0, [1, 2]), (1, [1, 2]))
    with pytest.raises(ValueError, match="zeros of the seed may contradict"):
        fit_margins([[1.0, 0], [0, 1]], (0, [1, 2]), (1, [2, 1]))


@pytest.mark.parametrize("timing", ["end", "half", "start"])
def test_residual_migrants_lead_back_to_the_later_count(timing):
    pop, surv, fert, mig = case(6)
    later = project_step(pop, surv, fert, mig)
    residual = residual_migration(pop, later.pop_count, surv, later.births, timing=timing)
    again = project_step(pop, surv, fert, residual, mig_timing=timing, mig_age="cohort", births_from="start")
    first = again.pop_count[..., 0] - (again.births - later.births) * surv[..., 0]
    np.testing.assert_allclose(again.pop_count[..., 1:], later.pop_count[..., 1:], rtol=1e-12)
    np.testing.assert_allclose(first, later.pop_count[..., 0], rtol=1e-12)


@steady
@given(st.integers(0, 10_000), st.sampled_from(["mean", "start", "end"]))
def test_the_leslie_matrix_is_the_step_for_women(seed, births_from):
    pop, surv, fert, _ = case(seed, sexes=1)
    matrix = leslie_matrix(surv[:, 0], fert, age_width=5, births_from=births_from)
    path = project_leslie(pop[:, 0], matrix, steps=3)
    steps = project(pop, surv, fert, steps=3, age_width=5, births_from=births_from)
    np.testing.assert_allclose(path, steps.pop_count[:, :, 0], rtol=1e-10)


def test_cohort_change_ratios_of_an_unchanging_rate_repeat_the_projection():
    pop, surv, _, _ = case(8, areas=1, ages=10)
    path = project(pop, surv, np.zeros((1, 10)), steps=2, control=None)
    ahead = hamilton_perry(pop, path.pop_count[:, 1], women=((3, 9),))
    np.testing.assert_allclose(ahead[:, 1, :, 1:-1], path.pop_count[:, 2, :, 1:-1], rtol=1e-12)


@pytest.mark.parametrize("negative", ["raise", "zero", "keep"])
def test_more_emigrants_than_people(negative):
    arguments = ([[10.0, 10], [10, 10]], np.ones((2, 3)), [0, 0], [[0.0, -50], [0, 0]])
    if negative == "raise":
        with pytest.raises(
            ValueError, match=r"mig_net_count: found emigrants that leave -30 persons at \[0, 1\]"
        ):
            project_step(*arguments, mig_timing="end")
        return
    step = project_step(*arguments, mig_timing="end", negative=negative)
    assert step.pop_count[0, 1] == (0 if negative == "zero" else -30)
    assert step.mig_net_count[0] == (-20 if negative == "zero" else -50)
    assert step.deaths[0] == 0


POP, SURV, FERT, MIG = case(9)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            (POP, SURV[..., 1:], FERT),
            r"surv_ratio: found shape \(3, 2, 6\), expected shape \(\.\.\., 2, 7\) = \(\.\.\., sex, age \+ 1\)",
        ),
        ((POP, SURV, FERT[..., 1:]), r"fert_rate: found shape \(3, 5\), expected shape \(\.\.\., 6\)"),
        (
            (POP, SURV, FERT, MIG[:, :1]),
            r"mig_net_count: found shape \(3, 1, 6\), expected shape \(\.\.\., 2, 6\)",
        ),
        (
            (POP, SURV[:2], FERT),
            r"surv_ratio: found leading axes \(2,\), expected leading axes that fit \(3,\)",
        ),
        (
            (POP, -SURV, FERT),
            r"surv_ratio: found -[01]\.?\d* at \[\d, \d, \d\], expected values of at least 0",
        ),
        (
            (POP, SURV + 0.5, FERT),
            r"surv_ratio: found 1\.\d+ at \[\d, \d, \d\], expected values of at most 1",
        ),
        (
            (POP * np.nan, SURV, FERT),
            r"pop_count: found nan at \[0, 0, 0\] \(36 in all\), expected finite numbers",
        ),
        ((-POP, SURV, FERT), r"pop_count: found -\d+"),
        ((POP, SURV, -FERT), r"fert_rate: found -0\.\d+"),
        (
            (POP[0, 0], SURV, FERT),
            r"pop_count: found shape \(6,\), expected shape \(\.\.\., any, any\) .*; for one sex add an axis",
        ),
        ((np.ones((3, 6)), SURV, FERT), r"pop_count: found 3 sexes, expected a sex axis of length 1"),
    ],
)
def test_wrong_arrays_are_named_with_what_was_found_and_expected(arguments, words):
    with pytest.raises(ValueError, match=words):
        project_step(*arguments)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mig_timing": "middle"}, "mig_timing: found 'middle', expected one of 'half'"),
        ({"mig_timing": "mid"}, "mig_timing: found 'mid' with mig_age='period'"),
        ({"interval": 1.5}, "interval: found 1.5, expected years above 0 and at most age_width = 1"),
        ({"age_width": 0}, "age_width: found 0"),
        ({"sex_ratio_birth": 105}, r"sex_ratio_birth: found 105 at \[\], expected values of at most 3"),
        ({"births_from": "middle"}, "births_from: found 'middle'"),
    ],
)
def test_wrong_options_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        project_step(POP, SURV, FERT, MIG, **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "steps: found None, expected the number of steps"),
        (
            {"steps": 3, "sex_ratio_birth": np.full((2, 3), 1.05)},
            "sex_ratio_birth: found 2 years, expected 3 years",
        ),
        ({"steps": 2, "control": np.ones(3)}, r"control: found shape \(3,\)"),
        ({"steps": 2, "interval": [[1.0]]}, r"interval: found shape \(1, 1\), expected at most 1 axes"),
    ],
)
def test_wrong_paths_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        project(POP, SURV, FERT, **options)
