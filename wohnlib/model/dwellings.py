"""Steps 5 and 10: the stock by building type and use at the base date, and who lives in which type.

Building types: EZFH (houses with 1 or 2 dwellings), MFH (3 or more). Uses: occupied, vacant, holiday.
Arrays: area, type, class, use, size. All counts are dwellings.
"""

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.fitting import fit_margins

Array = NDArray[np.float64]
TYPES = ("ezfh", "mfh")
USES = ("occupied", "vacant", "holiday")


def rake(seed: Array, rows: Array, columns: Array) -> Array:
    """Return (..., row, column) with the pattern of `seed` and the sums `rows` (..., row), `columns`.

    Iterative proportional fitting. `columns` (..., column) are first scaled to the sum of `rows`, which is
    kept exactly. A positive sum over cells that are all zero raises ValueError.
    """
    columns = columns * (rows.sum(-1) / columns.sum(-1))[..., None]
    lead = tuple(range(rows.ndim - 1))
    row, column = len(lead), len(lead) + 1
    return fit_margins(seed, ((*lead, column), columns), ((*lead, row), rows), max_iter=5000)


def spread(total: float, shares: Array) -> Array:
    """Return `total` spread over the areas in proportion to non-negative `shares` (area,)."""
    positive = np.maximum(shares, 0)
    return total * positive / positive.sum()


def stock_by_class(dwelling_count: Array, buildings: Array, class_total: Array) -> Array:
    """Return dwellings (area, class) by size class of the building.

    Seed = buildings (area, class) × the region's dwellings per building of that class, raked to each
    area's dwellings (area,) and to the region's classes (class,).
    """
    per_building = np.divide(
        class_total, buildings.sum(0), out=np.zeros_like(class_total), where=buildings.sum(0) > 0
    )
    return rake(buildings * per_building, dwelling_count, class_total)


def stock_by_use(by_type: Array, by_use: Array, ratio_mfh: Array) -> Array:
    """Return dwellings (area, type, use); by_type (area, type), by_use (area, use).

    In the seed the odds of a use are `ratio_mfh` (use,) times as high in MFH as in EZFH; raking to both
    margins keeps these odds ratios.
    """
    seed = np.stack([np.ones_like(ratio_mfh), ratio_mfh])[None] * by_type[:, :, None]
    return rake(seed, by_type, by_use)


def occupancy(households: Array, occupied_by_type: Array, preference: Array) -> Array:
    """Return the share of households of each size that live in each type (area, size, type).

    Seed = households (area, size) × `preference` (size, type), raked so that base-year demand equals the
    dwellings occupied by households (area, type); demand by size is households times the area's κ.
    """
    kappa = occupied_by_type.sum(-1) / households.sum(-1)
    cells = rake(households[:, :, None] * preference, households * kappa[:, None], occupied_by_type)
    return cells / cells.sum(-1, keepdims=True)
