"""Affordable and price-bound dwellings: an overlay on need, never an addend.

Arrays broadcast over (draw, area, year). Euro per month or per square metre and month; shares 0 to 1.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]


def lognormal_share(limit: Array | float, median: Array | float, sigma: Array | float) -> Array:
    """Return the share with an income below `limit`: Φ((ln limit − ln median)/σ); 0 for a limit of 0.

    Incomes are log-normal with the given median (not the mean; same unit as `limit`, such as euro net a month)
    and σ = standard deviation of ln income; who has a mean or a Gini coefficient finds them with
    `lognormal_median` and `lognormal_sigma`. Example: limit 3,000, median 2,000, σ 0.5: Φ(0.811) = 0.791.
    A median or σ that is not positive, or a negative limit, raises ValueError.
    """
    limit, median, sigma = (np.asarray(v, dtype=float) for v in (limit, median, sigma))
    if (median <= 0).any() or (sigma <= 0).any() or (limit < 0).any():
        raise ValueError("median and sigma must be positive, limits not negative")
    with np.errstate(divide="ignore"):
        return np.asarray(ndtr((np.log(limit) - np.log(median)) / sigma))


def lognormal_sigma(gini: Array | float) -> Array:
    """Return σ of ln income from a Gini coefficient between 0 and 1: σ = √2·Φ⁻¹((1 + G)/2).

    Aitchison and Brown 1957, The Lognormal Distribution, section 11.4. Example: G = 0.3 gives σ = 0.545.
    """
    gini = np.asarray(gini, dtype=float)
    if (gini <= 0).any() or (gini >= 1).any():
        raise ValueError("a Gini coefficient must lie between 0 and 1")
    return np.asarray(np.sqrt(2) * ndtri((1 + gini) / 2))


def lognormal_median(mean: Array | float, sigma: Array | float) -> Array:
    """Return the median of log-normal incomes from their mean: mean·exp(−σ²/2)."""
    return np.asarray(np.asarray(mean, dtype=float) * np.exp(-(np.asarray(sigma, dtype=float) ** 2) / 2))


def tenure_split(costs: Array, burden: float, median: Array | float, sigma: Array | float) -> Array:
    """Return the shares of households by the dearest tenure they can pay (..., tenure + 1), cheapest first.

    `costs` (..., tenure) are monthly costs in rising order; a tenure can be paid if costs <= `burden`·income, that
    is from an income of costs/`burden` on; median and σ of income (...), as in `lognormal_share`. The first share can
    pay none of them (help with housing costs), the last can pay the dearest. Sums to 1. Example: costs 600 and
    900, burden 0.3, median 2,000, σ 0.5: 50 % can pay neither, 29.1 % the first only, 20.9 % both. A burden
    outside (0, 1] or falling costs raise ValueError.
    """
    costs = np.atleast_1d(np.asarray(costs, dtype=float))
    if not 0 < burden <= 1 or (np.diff(costs) < 0).any():
        raise ValueError("burden must lie in (0, 1] and costs must not fall")
    median, sigma = (np.asarray(v, dtype=float)[..., None] for v in (median, sigma))
    below = lognormal_share(costs / burden, median, sigma)
    return np.diff(below, prepend=0.0, append=1.0, axis=-1)


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
    that holds the limit counts in proportion, the open one wholly once the limit is 1 above its lower edge.
    """
    classes, upper = np.asarray(classes, dtype=float), np.asarray(upper, dtype=float)
    lower = np.concatenate([[0.0], upper[:-1]])
    width = np.where(np.isfinite(upper), upper - lower, 1.0)
    return np.asarray(classes @ np.clip((limit - lower) / width, 0, 1))


def affordable_gap(
    demand: Array | float, cheap: Array | float, reached: Array | float, bound: Array | float
) -> Array:
    """Return max(0, demand − μ·cheap − bound): households in need less what is there for them.

    `demand` households; `cheap` dwellings below the limit without binding; μ = `reached` = share of those in
    which such households live, 0 to 1; `bound` = price-bound dwellings. Example: 300 − 0.4·500 − 60 = 40.
    """
    demand, cheap, bound = (np.asarray(v, dtype=float) for v in (demand, cheap, bound))
    return np.maximum(demand - reached * cheap - bound, 0)


def bound_left(stock: float, ends: dict[int, int], year: int) -> float:
    """Return the price-bound dwellings left at the end of `year`: stock − all whose binding ends by then."""
    return max(stock - sum(n for end, n in ends.items() if end <= year), 0.0)
