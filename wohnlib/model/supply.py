"""Supply: losses by year built, vacancy by duration, potentials that take the place of building land.

Arrays: area, type, built (class of the year of construction). All counts are dwellings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.dwellings import rake

Array = NDArray[np.float64]
KINDS = ("leerstand", "umbau", "bauluecke")  # used in this order, before building land


def losses_by_age(losses: Array, stock: Array, weight: Array) -> Array:
    """Return losses (..., built) that sum to `losses` (...), each class in proportion to weight·stock.

    stock (..., built) dwellings by year built, weight (built,): risk relative to that of the others.
    """
    risk = stock * weight
    total = risk.sum(-1, keepdims=True)
    return losses[..., None] * np.divide(risk, total, out=np.zeros_like(risk), where=total > 0)


def dwellings_by_age(buildings: Array, dwellings: Array, class_total: Array) -> Array:
    """Return dwellings by year built (area, built), raked to each unit's dwellings and the Kreis's classes.

    Seed = buildings (area, built) × the Kreis's dwellings per building of that class.
    """
    sums = buildings.sum(0)
    per_building = np.divide(class_total, sums, out=np.zeros_like(sums), where=sums > 0)
    return rake(buildings * per_building, dwellings, class_total)


@dataclass(frozen=True)
class Potentials:
    """What of the need is met without new building land, by kind and type (dwellings), and the land left (ha)."""

    used: dict[str, Array]  # kind -> (type,)
    left_to_build: Array  # (type,) on building land
    hectares: Array  # (type,)


def land_after_potentials(
    to_build: Array, potentials: Mapping[str, Array], density: Array, infill_share: Array,
    kinds: Sequence[str] = KINDS,
) -> Potentials:  # fmt: skip
    """Return how far potentials meet `to_build` (type,), reuse before green fields, and the land for the rest.

    Kinds (`leerstand` vacant houses, `umbau` conversions, `bauluecke` gaps; dwellings (type,) each) are used in
    the given order, each at most up to what is left; ha = rest·(1 − infill)/density, density in dwellings per
    hectare of gross building land, infill a share from 0 to 1. With potentials given, the assumed infill share is
    not counted on top: pass 0 for it. Example: 100 houses, 20 vacant, 30 gaps, 10 per ha: 5 ha. Raises ValueError
    for negative dwellings, a density not above 0 or an infill share outside 0 to 1.
    """
    left = np.asarray(to_build, dtype=float).copy()
    density, infill = np.asarray(density, dtype=float), np.asarray(infill_share, dtype=float)
    if (left < 0).any() or any((np.asarray(v) < 0).any() for v in potentials.values()):
        raise ValueError("dwellings must not be negative")
    if (density <= 0).any() or (infill < 0).any() or (infill > 1).any():
        raise ValueError("density must be above 0 and the infill share between 0 and 1")
    used = {}
    for kind in kinds:
        used[kind] = np.minimum(left, potentials.get(kind, np.zeros_like(left)))
        left = left - used[kind]
    return Potentials(used, left, left * (1 - infill) / density)
