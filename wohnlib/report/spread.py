"""How sure a printed number is: its joint draws, and bounds rounded so that the number lies within them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.draws import interval

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
LEVELS = (0.95, 0.8, 0.5)  # of the bands of a fan, the widest first
LEVEL = 0.8  # of the interval beside every headline
SURE = 0.9  # share of the draws in which one of two values is larger, from which on it is called larger
STEPS = ((1_000, 10), (10_000, 50))  # a bound below the first number is rounded to the second
STEP_ABOVE = 100


def step_of(value: float) -> int:
    """Return the step to which a bound of this size is rounded: 10, from 1,000 on 50, from 10,000 on 100."""
    return next((step for below, step in STEPS if abs(value) < below), STEP_ABOVE)


def rounded(low: float, high: float, shown: float | None = None) -> tuple[int, int]:
    """Return the bounds of an interval as they are printed: rounded outwards, around the printed number.

    Both bounds move away from each other to the next step (`step_of`), so that what is printed covers what
    was computed. If the number printed beside them still lies outside (a mean of very skew draws may), the
    bound moves out to it. An interval without width stays as it is.
    """
    if shown is not None:
        low, high = min(low, shown), max(high, shown)
    low, high = round(low, 6), round(high, 6)  # 499.9999999 is 500
    if low == high:
        return round(low), round(high)
    down, up = step_of(low), step_of(high)
    return math.floor(low / down) * down, math.ceil(high / up) * up


@dataclass(frozen=True)
class Spread:
    """One quantity of one area over the years: its draws, and the numbers that are printed for it."""

    draws: Array  # (draw, year), summed over areas, types or sizes within each draw
    shown: Whole  # (year,) the printed mean

    def interval(self, position: int = -1, level: float = LEVEL) -> tuple[int, int]:
        """Return the printed bounds at a position of the year axis; narrow ones may leave the mean out."""
        low, high = interval(self.draws[:, position], level)
        shown = float(self.shown[position]) if level >= LEVEL else None
        return rounded(float(low), float(high), shown)

    def band(self, level: float) -> tuple[Array, Array]:
        """Return the bounds of all years (year,), not rounded, for a figure."""
        return interval(self.draws, level)

    def bounds(self, position: int, levels: Sequence[float] = LEVELS) -> list[int]:
        """Return all printed bounds at a position, rising: lower ones from wide to narrow, then upper ones."""
        pairs = [self.interval(position, level) for level in levels]
        return [low for low, _ in pairs] + [high for _, high in reversed(pairs)]

    @property
    def certain(self) -> bool:
        """Return whether all draws agree at the horizon, so that there is no interval to print."""
        return bool(np.ptp(self.draws[:, -1]) < 1e-9)


def groups_of(draws: Array, order: Sequence[int]) -> list[int]:
    """Return the group (0, 1, …) of every place of an order, so that no order is told that is not sure.

    draws (draw, area); `order` holds areas from the largest mean to the smallest. A group begins with the
    largest area not yet in one; the next ones belong to it as long as the first is not larger than they are
    in at least `SURE` of the draws, which are the same for both: shared errors count for neither.
    """
    found: list[int] = []
    first = -1
    for area in order:
        if first < 0 or (draws[:, first] > draws[:, area]).mean() >= SURE:
            first = area
            found.append(found[-1] + 1 if found else 0)
        else:
            found.append(found[-1])
    return found


def ranks_of(draws: Array, order: Sequence[int]) -> list[tuple[int, int]]:
    """Return the 80 % interval of the rank of every area of an order, which its own place lies within.

    The rank in a draw is 1 + the number of areas with more; Goldstein and Spiegelhalter (1996, Journal of
    the Royal Statistical Society A 159, 385–443) show why league tables need such intervals.
    """
    mine = draws[:, list(order)]
    rank = 1 + (mine[:, None, :] > mine[:, :, None]).sum(2)
    low, high = np.quantile(rank, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0, method="inverted_cdf")
    return [
        (min(int(a), place), max(int(b), place))
        for place, (a, b) in enumerate(zip(low, high, strict=True), start=1)
    ]
