"""Cohort-component projection of a population by sex and age, for any number of areas and draws at once.

Arrays are plain; the last axes are sex (0 = female) and age, any axes before them (draw, area) are kept.
Every convention on which textbooks and offices differ is an argument. The ratios of survival have one
entry more than there are ages: [0] from the births of the interval to the first group, [i] from group i-1
to group i, [-1] from the open group to itself.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, broadcast, numbers, wrong
from wohnlib.model.cohorts import Step, make_flows, make_rules, run_step
from wohnlib.model.fitting import control_to, fit_margins
from wohnlib.model.matrices import (
    births_by_mother,
    hamilton_perry,
    leslie_matrix,
    project_leslie,
    residual_migration,
)

__all__ = [
    "Projection", "Step", "births_by_mother", "control_to", "fit_margins", "hamilton_perry", "leslie_matrix",
    "project", "project_leslie", "project_step", "residual_migration",
]


class Projection(NamedTuple):
    """A projection over several intervals; `pop_count` starts with the base population."""

    pop_count: Array  # (..., year + 1, sex, age)
    births: Array  # (..., year, sex)
    deaths: Array  # (..., year, sex)
    mig_net_count: Array  # (..., year, sex)
    control_count: Array  # (..., year, sex): what scaling to the control added


def project_step(
    pop_count: ArrayLike,
    surv_ratio: ArrayLike,
    fert_rate: ArrayLike,
    mig_net_count: ArrayLike | None = None,
    *,
    mig_in_count: ArrayLike | None = None,
    mig_out_rate: ArrayLike | None = None,
    age_width: float = 1.0,
    interval: float | None = None,
    sex_ratio_birth: ArrayLike = 1.05,
    mig_timing: str = "half",
    mig_kind: str = "count",
    mig_age: str = "period",
    mig_base: str = "start",
    mig_span: float | None = None,
    births_from: str = "mean",
    births_mig: str = "stock",
    negative: str = "raise",
    decimals: int | None = None,
    check: bool = True,
) -> Step:
    """Move a population over one interval: survive, add births, add migrants.

    `P[i](t+n) = (P[i-1](t) + M⁰[i-1])·s[i] + M¹[i]`, the open group takes two terms;
    `B = n·Σ F[i]·(P_f[i](t) + P_f[i](t+n))/2`; deaths = start + births + migrants - end.

    Parameters
    ----------
    pop_count : (..., sex, age) persons at the start; a sex axis of length 1 holds females only.
    surv_ratio : (..., sex, age + 1) survival over one age width; a pooled ratio for the two groups that
        form the open one (`T_open / T_(open-1)`) is entered twice.
    fert_rate : (..., age) births per woman and year, all ages.
    mig_net_count : (..., sex, age) net migrants (or net rates, `mig_kind`); with `mig_age="cohort"` also
        (..., sex, age + 1), laid out as `surv_ratio`.
    mig_in_count, mig_out_rate : immigrants as counts, emigrants as rates on the population at risk.
    age_width : years per age group.
    interval : years of the step, at most `age_width` (default). If shorter, the fraction f moves on to the
        next group and survival is taken to the power f.
    sex_ratio_birth : (...) male per female births. 0: `fert_rate` counts daughters only.
    mig_timing : "half" (half at the start, half at the end), "start", "end", or "mid" (in the middle,
        exposed to the root of the survival ratio; needs `mig_age="cohort"`).
    mig_kind : "count" or "rate" (net rate on the population at risk).
    mig_age : age by which migrants are labelled: "period" (age when moving: the half at the start moves
        on to the next group) or "cohort" (age at the end; first group = children born in the interval).
    mig_base : population at risk of rates: "start", "survived" (without migration) or "mean" of both.
        "period" takes it at the same age, "cohort" follows the cohort from its start.
    mig_span : years that the migration counts or rates cover, default `age_width`; scaled to `interval`.
    births_from : women at risk: "mean" of start and end, "start", "end", "survived" (the survivors of the
        start, by age at the end) or "cohort" (mean of a cohort's start and end, rates by age at the end).
    births_mig : migrants among the women at risk: "stock" (none at the start, all at the end), "all"
        (those of the start at the start, too), "split" (those of the start only) or "none".
    negative : a population below zero: "raise", "keep" or "zero" (fewer emigrants are counted).
    decimals : round births and population of the step, half up (textbooks that work by hand).
    check : whether to test values (shapes are always tested).

    Raises
    ------
    ValueError : names the argument, what was found and what was expected.

    References
    ----------
    Preston, Heuveline, Guillot (2001), Demography, chapter 6; Smith, Tayman, Swanson (2013), chapter 7.
    """
    pop = numbers("pop_count", pop_count, (None, None), axes="(..., sex, age)", low=0 if negative != "keep"
                  else None, check=check)
    sexes, ages = pop.shape[-2:]
    rules = make_rules(sexes, age_width, interval, sex_ratio_birth, mig_timing, mig_kind, mig_age, mig_base, mig_span,
                   births_from, births_mig, negative, decimals)
    surv = numbers("surv_ratio", surv_ratio, (sexes, ages + 1), axes="(..., sex, age + 1)", low=0, high=1,
                   check=check)
    fert = numbers("fert_rate", fert_rate, (ages,), axes="(..., age)", low=0, check=check)
    flows = make_flows(mig_net_count, mig_in_count, mig_out_rate, sexes, ages, rules, check)
    shapes = {"surv_ratio": surv.shape[:-2], "fert_rate": fert.shape[:-1], "sex_ratio_birth": rules.share_female.shape}
    shapes |= {name: array.shape[:-2] for name, array, _, _ in flows}
    lead = broadcast(pop.shape[:-2], shapes)
    return run_step(np.broadcast_to(pop, (*lead, sexes, ages)), surv, fert, flows, rules)


def project(
    pop_count: ArrayLike,
    surv_ratio: ArrayLike,
    fert_rate: ArrayLike,
    mig_net_count: ArrayLike | None = None,
    *,
    steps: int | None = None,
    control: ArrayLike | None = None,
    control_axes: tuple[int, ...] | None = None,
    **step_options: Any,
) -> Projection:
    """Repeat `project_step`; arguments with one axis more than they need vary by year (first axis).

    Parameters
    ----------
    pop_count : (..., sex, age) at the base date; it must hold every leading axis of the result (length 1
        will do), since an axis beyond it is read as the year.
    surv_ratio, fert_rate, mig_net_count : (..., sex, age + 1), (..., age), (..., sex, age), each for all
        steps or with a first axis year; likewise mig_in_count, mig_out_rate, sex_ratio_birth and interval
        (a sequence) among the options.
    steps : number of steps; default: the length of the year axis.
    control : totals to which the population is scaled after each step: (year, ...) without the
        axes named in `control_axes`.
    control_axes : axes of `pop_count` over which the control sums: (-2, -1) = totals over sex and age
        (default if the control has that shape), () = every cell, (0,) = the sum of areas by sex and age.
    step_options : see `project_step`.

    Returns
    -------
    Projection : (..., year + 1, sex, age) with the base first; births, deaths, migrants (..., year, sex).
    """
    pop = numbers("pop_count", pop_count, (None, None), axes="(..., sex, age)", check=False)
    lead = pop.ndim - 2
    series = {"surv_ratio": (surv_ratio, lead + 2), "fert_rate": (fert_rate, lead + 1),
              "mig_net_count": (mig_net_count, lead + 2)}
    for name, own in (("mig_in_count", lead + 2), ("mig_out_rate", lead + 2), ("sex_ratio_birth", lead),
                      ("interval", 0)):
        if name in step_options:
            series[name] = (step_options.pop(name), own)
    yearly = {name: _by_year(name, value, own) for name, (value, own) in series.items() if value is not None}
    steps = _steps(steps, yearly)
    targets, axes = _targets(control, control_axes, pop.shape, steps)
    results, adjusted = [], []
    for year in range(steps):
        now = {name: value[year] if varies else value for name, (value, varies) in yearly.items()}
        step = project_step(pop, **now, **step_options)
        pop = step.pop_count
        if targets is not None:
            pop = control_to(pop, targets[year], axes)
        adjusted.append(pop.sum(axis=-1) - step.pop_count.sum(axis=-1))
        results.append(step._replace(pop_count=pop))
    base = np.broadcast_to(np.asarray(pop_count, dtype=np.float64), pop.shape)
    return Projection(
        np.stack([base, *(r.pop_count for r in results)], axis=-3), np.stack([r.births for r in results], axis=-2),
        np.stack([r.deaths for r in results], axis=-2), np.stack([r.mig_net_count for r in results], axis=-2),
        np.stack(adjusted, axis=-2),
    )


def _by_year(name: str, value: Any, own: int) -> tuple[Any, bool]:
    """Return an argument and whether its first axis is the year."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim > own + 1:
        raise wrong(name, f"shape {array.shape}", f"at most {own + 1} axes, the first of them the year")
    if array.ndim == own + 1:
        return array, True
    return (float(array) if name == "interval" else array), False


def _steps(steps: int | None, yearly: dict[str, tuple[Any, bool]]) -> int:
    """Return the number of steps that all arguments by year agree on."""
    lengths = {name: len(value) for name, (value, varies) in yearly.items() if varies}
    if steps is None:
        if not lengths:
            raise wrong("steps", None, "the number of steps, since no argument varies by year")
        steps = next(iter(lengths.values()))
    for name, length in lengths.items():
        if length != steps:
            raise wrong(name, f"{length} years", f"{steps} years, one per step")
    return steps


def _targets(
    control: ArrayLike | None, axes: tuple[int, ...] | None, shape: Sequence[int], steps: int,
) -> tuple[Array | None, tuple[int, ...]]:
    """Return the control totals by year and the axes of the population over which they sum."""
    if control is None:
        return None, ()
    array = numbers("control", control, low=0)
    if axes is None:
        axes = (-2, -1) if array.ndim == len(shape) - 1 else ()
    want = len(shape) + 1 - len(axes)
    if array.ndim != want or len(array) != steps:
        raise wrong("control", f"shape {array.shape}", f"{want} axes, the first of them {steps} years")
    return array, axes
