"""Checks of arrays given to the model: a wrong shape or value is a programmer's error and named at once."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
SURVIVAL = "(..., sex, age + 1): births to the first group, each group to the next, the open group to itself"
MOST_BIRTHS = 50.0  # a woman and year; above it rates are per 1,000
MOST_DEATHS = 20.0  # a person-year; above it rates are per 1,000


def wrong(name: str, found: object, expected: str) -> ValueError:
    """Build the error that names the argument, what was found and what was expected."""
    return ValueError(f"{name}: found {found}, expected {expected}")


def one_of(name: str, value: object, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise wrong(name, repr(value), "one of " + ", ".join(repr(a) for a in allowed))


def numbers(
    name: str,
    value: ArrayLike,
    tail: tuple[int | None, ...] = (),
    *,
    axes: str = "",
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
    check: bool = True,
) -> Array:
    """Return `value` as float array after checking its last axes (None = any length), finiteness and range.

    `unit` is said of a value that is too high.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise wrong(name, repr(value)[:60], "numbers, in rows of equal length") from None
    shape = array.shape[array.ndim - len(tail) :] if array.ndim >= len(tail) else None
    if shape is None or any(want not in (None, have) for want, have in zip(tail, shape, strict=True)):
        want = ", ".join(["..."] + ["any" if n is None else str(n) for n in tail])
        hint = "; for one sex add an axis: x[None]" if "sex" in axes and array.ndim == len(tail) - 1 else ""
        raise wrong(name, f"shape {array.shape}", f"shape ({want})" + (f" = {axes}" if axes else "") + hint)
    if check and array.size:
        _values(name, array, low, high, unit)
    return array


def _values(name: str, array: Array, low: float | None, high: float | None, unit: str) -> None:
    if array.ndim:
        least, most = float(array.min()), float(array.max())  # both are NaN if any value is
    else:
        least = most = array.item()  # a single number is met at every projection, and quicker so
    if not (math.isfinite(least) and math.isfinite(most)):
        bad = np.argwhere(~np.isfinite(array))
        raise wrong(name, f"{array[tuple(bad[0])]} at {_at(bad[0])} ({len(bad)} in all)", "finite numbers")
    if low is not None and least < low:
        raise wrong(
            name, f"{least:.6g} at {_at(np.argwhere(array == least)[0])}", f"values of at least {low:g}"
        )
    if high is not None and most > high:
        raise wrong(
            name, f"{most:.6g} at {_at(np.argwhere(array == most)[0])}", f"values of at most {high:g}{unit}"
        )


def _at(index: Sequence[int] | NDArray[np.intp]) -> str:
    return "[" + ", ".join(str(int(i)) for i in index) + "]"


def broadcast(first: tuple[int, ...], names: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the common leading shape; an argument whose leading axes do not fit is named."""
    lead = first
    for name, shape in names.items():
        if shape in (lead, ()):
            continue  # the usual case, without a call
        try:
            lead = np.broadcast_shapes(lead, shape)
        except ValueError:
            raise wrong(name, f"leading axes {shape}", f"leading axes that fit {lead}") from None
    return lead


def births_per_woman(
    name: str, value: ArrayLike, tail: tuple[int | None, ...], *, check: bool = True
) -> Array:
    """Return fertility rates (..., age) after checking them; those per 1,000 women are named."""
    unit = " births per woman and year, not per 1,000"
    return numbers(name, value, tail, axes="(..., age)", low=0, high=MOST_BIRTHS, unit=unit, check=check)
