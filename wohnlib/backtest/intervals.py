"""How restless the time before a base was: spread of past growth by size of the area, known at the base.

Errors of past forecasts came from times more or less restless than the one before the base. Widths lean on both: an
error is divided by (spread before its own base ÷ spread before the base of the forecast)^share.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.asof import link
from wohnlib.backtest.features import group_mean
from wohnlib.backtest.settings import Period, number, numbers

Array = NDArray[np.float64]


def smooth_quantiles(
    size: Array, value: Array, weight: Array, middles: Array, shares: tuple[float, ...]
) -> Array:
    """Return weighted quantiles (middle, share) of values (row,) near each size: normal kernel over log size."""
    order = np.argsort(value, kind="stable")
    ranked, away, weight = value[order], np.log(size[order]), weight[order]
    out = np.empty((len(middles), len(shares)))
    for place, middle in enumerate(middles):
        near = np.exp(-0.5 * ((away - np.log(middle)) / number("width_band")) ** 2)
        below = np.cumsum(near * weight)
        out[place] = [ranked[np.searchsorted(below, share * below[-1])] for share in shares]
    return out


@dataclass(frozen=True)
class Spread:
    """80 % quantiles (size,) of the amount of past growth: Kreis against nation, Gemeinde against its Kreis."""

    years: int
    sizes: Mapping[str, Array]  # part (kreis, own) -> persons
    level: Mapping[str, Array]

    def at(self, part: str, size: Array, power: float) -> Array:
        """Return the spread (area,) of one year, by size; spreads grow with years^power."""
        found = np.interp(np.log(size), np.log(self.sizes[part]), np.log(self.level[part]))
        return np.asarray(np.exp(found) / self.years**power)


def spread(totals: Mapping[int, pd.DataFrame], base: int, period: Period) -> Spread:
    """Return the spread of the logarithmic growth of a period, on the areas of the base."""
    first, last = period
    chain = link({y: totals[y] for y in {first, last, base}}, base)
    before, after = (
        totals[y]["pop_total"].reindex(chain[y].to_numpy()).to_numpy(float) for y in (first, last)
    )
    size, kreis = totals[base]["pop_total"].reindex(chain.index).to_numpy(float), chain.index.str[:5]
    growth = np.log(after / before)
    there = np.isfinite(growth)
    of_kreis = group_mean(growth, size, kreis)
    alone = (pd.Series(1, kreis).groupby(level=0).transform("size") == 1).to_numpy()
    nation = np.average(growth[there], weights=size[there])
    kreise = pd.DataFrame({"size": size, "value": np.abs(of_kreis - nation)}).groupby(kreis)
    kreise = kreise.agg({"size": "sum", "value": "first"}).dropna()
    rows = there & ~alone
    values = {
        "kreis": (kreise["size"].to_numpy(), kreise["value"].to_numpy()),
        "own": (size[rows], np.abs(growth - of_kreis)[rows]),
    }
    sizes = {"kreis": np.array(numbers("width_sizes_kreis")), "own": np.array(numbers("width_sizes"))}
    level = {
        part: smooth_quantiles(s, v, np.ones(len(s)), sizes[part], (number("interval"),))[:, 0]
        for part, (s, v) in values.items()
    }
    return Spread(last - first, sizes, level)
