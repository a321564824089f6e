"""Cohort-component projection of a population by sex and age, for any number of areas and draws at once.

Arrays are plain; the last axes are sex (0 = female) and age, any axes before them (draw, area) are kept.
Every convention on which textbooks and offices differ is an argument. The ratios of survival have one
entry more than there are ages: [0] from the births of the interval to the first group, [i] from group i-1
to group i, [-1] from the open group to itself.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, broadcast, numbers
from wohnlib.model.cohorts import Step, run_step
from wohnlib.model.conventions import make_flows, make_rules
from wohnlib.model.fitting import control_to, fit_margins
from wohnlib.model.matrices import (
    births_by_mother,
    hamilton_perry,
    leslie_matrix,
    project_leslie,
    residual_migration,
)
from wohnlib.model.years import TAIL, Yearly, agreed_steps, by_year, part, targets_of

__all__ = [
    "Projection",
    "Step",
    "births_by_mother",
    "control_to",
    "fit_margins",
    "hamilton_perry",
    "leslie_matrix",
    "project",
    "project_leslie",
    "project_step",
    "residual_migration",
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
    pop = numbers(
        "pop_count",
        pop_count,
        (None, None),
        axes="(..., sex, age)",
        low=0 if negative != "keep" else None,
        check=check,
    )
    sexes, ages = pop.shape[-2:]
    rules = make_rules(
        sexes,
        age_width,
        interval,
        sex_ratio_birth,
        mig_timing,
        mig_kind,
        mig_age,
        mig_base,
        mig_span,
        births_from,
        births_mig,
        negative,
        decimals,
    )
    surv = numbers(
        "surv_ratio", surv_ratio, (sexes, ages + 1), axes="(..., sex, age + 1)", low=0, high=1, check=check
    )
    fert = numbers("fert_rate", fert_rate, (ages,), axes="(..., age)", low=0, check=check)
    flows = make_flows(mig_net_count, mig_in_count, mig_out_rate, sexes, ages, rules, check)
    shapes = {
        "surv_ratio": surv.shape[:-2],
        "fert_rate": fert.shape[:-1],
        "sex_ratio_birth": rules.share_female.shape,
    }
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
    block_bytes: int = 400_000,
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
    block_bytes : size of a block of areas that goes through all steps before the next (speed only).
    step_options : see `project_step`.

    Returns
    -------
    Projection : (..., year + 1, sex, age) with the base first; births, deaths, migrants (..., year, sex).
    """
    pop = numbers("pop_count", pop_count, (None, None), axes="(..., sex, age)", check=False)
    lead = pop.ndim - 2
    series = {
        "surv_ratio": (surv_ratio, lead + 2),
        "fert_rate": (fert_rate, lead + 1),
        "mig_net_count": (mig_net_count, lead + 2),
    }
    for name, own in (
        ("mig_in_count", lead + 2),
        ("mig_out_rate", lead + 2),
        ("sex_ratio_birth", lead),
        ("interval", 0),
    ):
        if name in step_options:
            series[name] = (step_options.pop(name), own)
    yearly = {name: by_year(name, value, own) for name, (value, own) in series.items() if value is not None}
    steps = agreed_steps(steps, yearly)
    shapes = {
        name: value.shape[1 if varies else 0 :][: -tail or None]
        for name, (value, varies, _) in yearly.items()
        if (tail := TAIL[name]) is not None
    }
    pop = np.broadcast_to(pop, (*broadcast(pop.shape[:-2], shapes), *pop.shape[-2:]))
    targets, axes = targets_of(control, control_axes, pop.shape, steps)
    apart = lead > 0 and not (targets is not None and 0 in {a % pop.ndim for a in axes})
    size = max(1, block_bytes * len(pop) // max(pop.nbytes, 1)) if apart else len(pop)
    rows = [slice(i, i + size) for i in range(0, len(pop), size)] if apart else [slice(None)]
    result = _empty(pop, steps)
    try:
        for block in rows:
            _run(pop, yearly, targets, axes, block, result, step_options)
    except ValueError:
        if len(rows) > 1:  # say where it is among all areas, not in the block
            _run(pop, yearly, targets, axes, slice(None), result, step_options)
        raise
    return result


def _empty(pop: Array, steps: int) -> Projection:
    lead, cell = pop.shape[:-2], pop.shape[-2:]
    flows = [np.empty((*lead, steps, cell[0])) for _ in range(4)]
    return Projection(np.empty((*lead, steps + 1, *cell)), *flows)


def _run(
    pop_count: Array,
    yearly: dict[str, Yearly],
    targets: Array | None,
    axes: tuple[int, ...],
    rows: slice,
    result: Projection,
    options: dict[str, Any],
) -> None:
    """Project the areas `rows` through all steps into `result`; few enough areas stay in the cache."""
    whole = pop_count.ndim == 2  # no leading axis
    out = result if whole else Projection(*(array[rows] for array in result))
    pop = pop_count if whole else pop_count[rows]
    mine = {name: (part(item, rows), item[1]) for name, item in yearly.items()}
    out.pop_count[..., 0, :, :] = pop
    for year in range(out.births.shape[-2]):
        now: dict[str, Any] = {
            name: value[year] if varies else value for name, (value, varies) in mine.items()
        }
        try:
            step = project_step(pop, **now, **options)
        except ValueError as error:
            raise ValueError(f"{error} (step {year})") from None
        pop = step.pop_count
        if targets is not None:
            pop = control_to(
                pop, targets[year] if whole or rows == slice(None) else targets[year][rows], axes
            )
        out.pop_count[..., year + 1, :, :] = pop
        out.births[..., year, :], out.deaths[..., year, :] = step.births, step.deaths
        out.mig_net_count[..., year, :] = step.mig_net_count
        out.control_count[..., year, :] = 0 if targets is None else pop.sum(-1) - step.pop_count.sum(-1)
