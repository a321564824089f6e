"""Affordable and price-bound dwellings: an overlay on need, never an addend.

Arrays broadcast over (draw, area, year). Euro per month or per square metre and month; shares 0 to 1.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]


def lognormal_share(limit: Array | float, median: Array | float, sigma: Array | float) -> Array:
    """Return the share with an income below `limit`: Φ((ln limit − ln median)/σ); 0 for a limit of 0.

    Incomes are log-normal with the given median (same unit as `limit`) and σ = standard deviation of ln
    income. A median or σ that is not positive raises ValueError.
    """
    limit, median, sigma = (np.asarray(v, dtype=float) for v in (limit, median, sigma))
    if (median <= 0).any() or (sigma <= 0).any() or (limit < 0).any():
        raise ValueError("median and sigma must be positive, limits not negative")
    with np.errstate(divide="ignore"):
        return np.asarray(ndtr((np.log(limit) - np.log(median)) / sigma))


def tenure_split(costs: Array, burden: float, median: float, sigma: float) -> Array:
    """Return the shares of households by the dearest tenure they can pay (tenure + 1,), cheapest first.

    `costs` (tenure,) are monthly costs in rising order; a tenure can be paid if costs <= `burden`·income.
    The first share can pay none of them (help with housing costs), the last can pay the dearest. Sums to 1.
    """
    costs = np.asarray(costs, dtype=float)
    if not 0 < burden <= 1 or (np.diff(costs) < 0).any():
        raise ValueError("burden must lie in (0, 1] and costs must not fall")
    below = lognormal_share(costs / burden, median, sigma)
    return np.diff(below, prepend=0.0, append=1.0)


def households_of(persons: Array | float, persons_per_household: float) -> Array:
    """Return households from recipients: persons / persons per household."""
    return np.asarray(persons, float) / persons_per_household


def spread_by_recipients(total: float, recipients: Array) -> Array:
    """Return a figure of the Kreis spread over units in proportion to their recipients (area,)."""
    positive = np.maximum(recipients, 0)
    if positive.sum() <= 0:
        raise ValueError("no unit has recipients to spread by")
    return total * positive / positive.sum()


def below_rent(classes: Array, upper: Array, limit: float) -> Array:
    """Return dwellings with a rent below `limit` (...) from rent classes (..., class).

    `upper` (class,) are the classes' upper edges in rising order (the last is open, given as inf); the class
    that holds the limit counts in proportion.
    """
    lower = np.concatenate([[0.0], upper[:-1]])
    width = np.where(np.isfinite(upper), upper - lower, 1.0)
    return np.asarray(classes @ np.clip((limit - lower) / width, 0, 1))


def affordable_gap(demand: Array, cheap: Array, reached: float, bound: Array) -> Array:
    """Return max(0, demand − μ·cheap − bound): households in need less what is there for them.

    μ = `reached` = share of cheap free-market dwellings in which they live; `bound` = price-bound dwellings.
    """
    return np.maximum(demand - reached * cheap - bound, 0)


def bound_left(stock: float, ends: dict[int, int], year: int) -> float:
    """Return the price-bound dwellings left at the end of `year`: stock − all whose binding ends by then."""
    return max(stock - sum(n for end, n in ends.items() if end <= year), 0.0)
