"""Arguments of a projection that vary by year: which do, for how long, and the rows of one block of areas."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, numbers, wrong

# Axes that each argument has beside the leading ones; the interval has none at all.
TAIL = {
    "surv_ratio": 2,
    "fert_rate": 1,
    "fert_rate_end": 1,
    "mig_net_count": 2,
    "mig_in_count": 2,
    "mig_out_rate": 2,
    "sex_ratio_birth": 0,
    "interval": None,
}
Yearly = tuple[Array, bool, int]  # value, whether its first axis is the year, axes without the year


def part(item: Yearly, rows: slice) -> Array:
    """Return the rows of the first leading axis, if the array has it and it is not of length 1."""
    value, varies, own = item
    axis = 1 if varies else 0
    if own == 0 or value.ndim < own + axis or value.shape[axis] == 1:
        return value
    return value[:, rows] if varies else value[rows]


def by_year(name: str, value: Any, own: int) -> Yearly:
    """Return an argument, whether its first axis is the year, and its axes without it."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim > own + 1:
        raise wrong(name, f"shape {array.shape}", f"at most {own + 1} axes, the first of them the year")
    return array, array.ndim == own + 1, own


def agreed_steps(steps: int | None, yearly: dict[str, Yearly]) -> int:
    """Return the number of steps that all arguments by year agree on."""
    lengths = {name: len(value) for name, (value, varies, _) in yearly.items() if varies}
    if steps is None:
        if not lengths:
            raise wrong("steps", None, "the number of steps, since no argument varies by year")
        steps = next(iter(lengths.values()))
    for name, length in lengths.items():
        if length != steps:
            raise wrong(name, f"{length} years", f"{steps} years, one per step")
    return steps


def targets_of(
    control: ArrayLike | None,
    axes: tuple[int, ...] | None,
    shape: Sequence[int],
    steps: int,
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
    summed = {a % len(shape) for a in axes}
    needed = (steps, *(n for i, n in enumerate(shape) if i not in summed))
    if array.shape != needed:
        raise wrong("control", f"shape {array.shape}", f"shape {needed}, years and the axes not in {axes}")
    return array, axes
