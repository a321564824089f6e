"""A projection over several intervals."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.blocks import fits, run_all
from wohnlib.model.checks import Array, broadcast, numbers, wrong
from wohnlib.model.conventions import Rules, make_rules
from wohnlib.model.fitting import control_to
from wohnlib.model.step import project_step
from wohnlib.model.years import TAIL, Yearly, agreed_steps, by_year, part, targets_of


class Projection(NamedTuple):
    """A projection over several intervals; `pop_count` starts with the base population."""

    pop_count: Array  # (..., year + 1, sex, age)
    births: Array  # (..., year, sex)
    deaths: Array  # (..., year, sex)
    mig_net_count: Array  # (..., year, sex)
    control_count: Array  # (..., year, sex): what scaling to the control added


_YEAR_AXES = (-3, -2, -2, -2, -2)


def project(
    pop_count: ArrayLike,
    surv_ratio: ArrayLike,
    fert_rate: ArrayLike,
    mig_net_count: ArrayLike | None = None,
    *,
    steps: int | None = None,
    control: ArrayLike | None = None,
    control_axes: tuple[int, ...] | None = None,
    block_bytes: int = 1_200_000,
    out: Projection | None = None,
    **step_options: Any,
) -> Projection:
    """Repeat `project_step`; arguments with one axis more than they need vary by year (first axis).

    Parameters
    ----------
    pop_count : (..., sex, age) at the base date; it must hold every leading axis of the result (length 1
        will do), since an axis beyond it is read as the year.
    surv_ratio, fert_rate, mig_net_count : (..., sex, age + 1), (..., age), (..., sex, age), each for all
        steps or with a first axis year; likewise fert_rate_end, mig_in_count, mig_out_rate, sex_ratio_birth
        and interval (a sequence) among the options.
    steps : number of steps; default: the length of the year axis.
    control : totals to which the population is scaled after each step: (year, ...) without the
        axes named in `control_axes`.
    control_axes : axes of `pop_count` over which the control sums: (-2, -1) = totals over sex and age
        (default if the control has that shape), () = every cell, (0,) = the sum of areas by sex and age.
    block_bytes : size of a block of areas that goes through all steps before the next, where the step that
        takes any convention is used (speed only).
    out : the result of an earlier call with the same shapes, to be overwritten (saves memory and time).
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
        ("fert_rate_end", lead + 1),
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
    shape = (*broadcast(pop.shape[:-2], shapes), *pop.shape[-2:])
    pop = pop if pop.shape == shape else np.broadcast_to(pop, shape)
    targets, axes = targets_of(control, control_axes, pop.shape, steps)
    result = _grid(pop, steps, out)
    result.pop_count[0] = pop
    apart = lead > 0 and not (targets is not None and 0 in {a % pop.ndim for a in axes})
    size = max(1, block_bytes * len(pop) // max(pop.nbytes, 1)) if apart else len(pop)
    rows = [slice(i, i + size) for i in range(0, len(pop), size)] if apart else [slice(None)]

    def general(years: range) -> None:
        try:
            for block in rows:
                _run_steps(years, yearly, targets, axes, block, result, step_options)
        except ValueError:
            if len(rows) > 1:  # say where it is among all areas, not in the block
                _run_steps(years, yearly, targets, axes, slice(None), result, step_options)
            raise

    plain = _plain_from(pop, yearly, step_options)
    if plain is None or not steps:
        general(range(steps))
    else:
        first, rules = plain
        arguments = {name: item for name, item in yearly.items() if name != "interval"}
        if first:
            general(range(first))
        if not run_all(result, first, arguments, targets, axes, rules, step_options.get("check", True)):
            general(range(first, steps))
    return _by_area(result)


def _grid(pop: Array, steps: int, out: Projection | None) -> Projection:
    """Return arrays with the year first, those of `out` if they have the right shape."""
    shapes = [(steps + 1, *pop.shape)] + [(steps, *pop.shape[:-1])] * 4
    if out is None:
        return Projection(*(np.empty(shape) for shape in shapes))
    grid = Projection(*(_year_to(array, at, 0) for array, at in zip(out, _YEAR_AXES, strict=True)))
    for name, array, shape in zip(Projection._fields, grid, shapes, strict=True):
        if array.shape != shape or array.dtype != np.float64 or not array.flags.c_contiguous:
            raise wrong(f"out.{name}", f"shape {array.shape}", f"{shape}, from an earlier call of `project`")
    return grid


def _by_area(grid: Projection) -> Projection:
    """Return views with the areas first, the year before sex."""
    return Projection(*(_year_to(array, 0, at) for array, at in zip(grid, _YEAR_AXES, strict=True)))


def _year_to(array: Array, at: int, to: int) -> Array:
    """Return a view with the axis `at` at `to`; as `np.moveaxis`, which takes longer than a small projection."""
    return array.transpose(_moved(array.ndim, at, to))


@cache
def _moved(axes: int, at: int, to: int) -> tuple[int, ...]:
    """Return the order of axes in which the axis `at` stands at `to`."""
    order = list(range(axes))
    year = order.pop(at)
    order.insert(to if to >= 0 else axes + to, year)
    return tuple(order)


def _plain_from(pop: Array, yearly: dict[str, Yearly], options: dict[str, Any]) -> tuple[int, Rules] | None:
    """Return the year from which `blocks.run_all` can take over, and the conventions; None: it cannot."""
    named = {**(project_step.__kwdefaults__ or {}), **options}
    rules = make_rules(
        pop.shape[-2], named["age_width"], None, named["sex_ratio_birth"],
        *(named[name] for name in Rules._fields[4:]),
    )  # fmt: skip
    tails = {name: pop.shape[-tail:] if tail else () for name, tail in TAIL.items() if tail is not None}
    tails |= {"surv_ratio": (pop.shape[-2], pop.shape[-1] + 1), "fert_rate": pop.shape[-1:]}
    for name, tail in tails.items():
        if name in yearly and yearly[name][0].shape[yearly[name][0].ndim - len(tail) :] != tail:
            return None  # a wrong shape: the general step names it
    first = 0
    if "interval" in yearly:
        value, varies, _ = yearly["interval"]
        short = (
            np.flatnonzero(value != rules.age_width)
            if varies
            else np.array([] if value == rules.age_width else [0])
        )
        first = int(short[-1]) + 1 if short.size else 0
        if short.size and not varies:
            return None
    return (first, rules) if fits(rules) and "fert_rate_end" not in yearly else None


def _run_steps(
    years: range,
    yearly: dict[str, Yearly],
    targets: Array | None,
    axes: tuple[int, ...],
    rows: slice,
    result: Projection,
    options: dict[str, Any],
) -> None:
    """Repeat `project_step` for `years` and the areas `rows`, any convention; few areas stay in the cache."""
    whole = result.pop_count.ndim == 3  # no leading axis
    out = result if whole else Projection(*(array[:, rows] for array in result))
    mine = {name: (part(item, rows), *item[1:]) for name, item in yearly.items()}
    if targets is not None and not whole and rows != slice(None):
        targets = targets[:, rows]
    for year in years:
        now: dict[str, Any] = {n: value[year] if varies else value for n, (value, varies, _) in mine.items()}
        try:
            step = project_step(out.pop_count[year], **now, **options)
        except ValueError as error:
            raise ValueError(f"{error} (step {year})") from None
        pop = step.pop_count
        if targets is not None:
            pop = control_to(pop, targets[year], axes)
        out.pop_count[year + 1] = pop
        out.births[year], out.deaths[year] = step.births, step.deaths
        out.mig_net_count[year] = step.mig_net_count
        out.control_count[year] = 0 if targets is None else pop.sum(-1) - step.pop_count.sum(-1)
