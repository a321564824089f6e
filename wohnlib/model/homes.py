"""People in homes where a municipality names its places: capacity in place of the region's share."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
OLD = 65


def residents(places: Array, occupied: float) -> Array:
    """Return people in homes (year,) from places (year,) and the share of them that is occupied."""
    return places * occupied


def home_rates(pop_count: Array, profile: Array, under_65: float, people_in_homes: Array) -> Array:
    """Return the share of people in homes by age (year, age) that puts `people_in_homes` (year,) aged 65+ there.

    q[t,a] = `under_65` below 65; above, the age `profile` (age,) × R_t / Σ_{a>=65} pop_count[t,a]·profile[a], at
    most 1. pop_count (year, age). The age profile is the region's; only the number is the municipality's own.
    """
    old = np.arange(len(profile)) >= OLD
    expected = (pop_count * profile)[..., old].sum(-1)
    factor = np.divide(people_in_homes, expected, out=np.zeros_like(expected), where=expected > 0)
    return np.where(old, np.minimum(profile * factor[..., None], 1.0), under_65)
