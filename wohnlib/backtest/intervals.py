"""Half widths of intervals by size and horizon, from errors of a past window that ended by the base date."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.settings import number, numbers

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PastErrors:
    """Log errors of a past window, with the size at its base (persons) and its length (years)."""

    size: Array
    error: Array
    years: int


def half_width(past: PastErrors, size: Array, years: float) -> Array:
    """Return the half width (area,) of the log error of the interval, by size at the base and years ahead.

    A quantile of the absolute errors around the median of their class, smooth over log size (normal kernel), times
    (years / years of the past window)^power.
    """
    classes = np.digitize(past.size, numbers("class_edges"))
    error = np.abs(past.error - pd.Series(past.error).groupby(classes).transform("median").to_numpy())
    order = np.argsort(error)
    ranked, log_size = error[order], np.log(past.size[order])
    grid, out = np.log(numbers("width_sizes")), []
    for middle in grid:
        below = np.cumsum(np.exp(-0.5 * ((log_size - middle) / number("width_band")) ** 2))
        out.append(np.log(ranked[np.searchsorted(below, number("interval") * below[-1])]))
    return np.exp(np.interp(np.log(size), grid, out)) * (years / past.years) ** number("width_power")
