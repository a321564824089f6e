"""Step 10: demand by segment (building type × tenure), with preferences by age and size of the household.

Segments: dwellings owned or rented, in houses with 1 or 2 dwellings (EZFH) or in larger ones (MFH).
Arrays: draw, area, year, age (single years), class (classes of age), size, type, segment. An age counts
households by their members: each member of a household of n stands for 1/n of it. All counts are dwellings.
"""

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.dwellings import rake
from wohnlib.model.need import Stock

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
SEGMENTS = ("ezfh_own", "ezfh_rent", "mfh_own", "mfh_rent")
TENURES = ("own", "rent")
_TYPES = len(SEGMENTS) // len(TENURES)


def combine_odds(by_size: Array, by_age: Array, mean: float) -> Array:
    """Return the share (class, size) whose odds are odds(size)·odds(age)/odds(mean).

    `by_size` (size,) is the share at average age, `by_age` (class,) at average size, `mean` that of all;
    all lie strictly between 0 and 1.
    """
    odds = _odds(by_age)[:, None] * _odds(by_size)[None, :] / _odds(np.asarray(mean))
    return np.asarray(odds / (1 + odds))


def _odds(share: Array) -> Array:
    return np.asarray(share / (1 - share))


def segment_shares(ezfh: Array, own: Array, start: Array) -> Array:
    """Return shares by segment (..., segment) with the given shares of EZFH and of owners (...).

    `start` (type, tenure) holds the link between type and tenure; raking keeps its odds ratio.
    """
    seed = np.broadcast_to(start, (*ezfh.shape, *start.shape))
    table = rake(seed, np.stack([ezfh, 1 - ezfh], -1), np.stack([own, 1 - own], -1))
    return table.reshape(*ezfh.shape, -1)


def occupied_by_segment(by_type: Array, rented: Array, start: Array) -> Array:
    """Return occupied dwellings (area, segment) from those by type (area, type) and the rented (area,)."""
    total = by_type.sum(-1)
    tenure = np.stack([total - np.minimum(rented, total), np.minimum(rented, total)], -1)
    table = rake(start[None] * by_type[:, :, None], by_type, tenure)
    return table.reshape(len(by_type), -1)


def calibrate(households: Array, preference: Array, occupied: Array) -> Array:
    """Return preferences (area, class, size, segment) with which base-year demand equals occupancy.

    households (area, class, size) in dwellings (κ included), preference (class, size, segment), occupied
    (area, segment). Iterative proportional fitting keeps the preference's odds ratios; classes without
    households keep the preference as it is.
    """
    areas, segments = occupied.shape
    rows = households.reshape(areas, -1)
    seed = rows[:, :, None] * preference.reshape(1, -1, segments)
    cells = rake(seed, rows, occupied)
    shape = (areas, *preference.shape)
    given = np.broadcast_to(preference, shape)
    total = households[..., None]
    return np.divide(cells.reshape(shape), total, out=given.copy(), where=total > 0)


def household_weights(member_rate: Array, mean_size: Array, kappa: Array) -> Array:
    """Return dwellings per person (area, year, age, size): κ·m[a, n]/n̄_n.

    member_rate (area, year, age, size), mean_size (area, size), kappa (area,).
    """
    return member_rate / mean_size[:, None, None, :] * kappa[:, None, None, None]


def stock_weights(per_person: Array, preference: Array, class_of_age: NDArray[np.int64]) -> Array:
    """Return dwellings by segment per person (area, year, age, segment) under constant preferences.

    per_person (area, year, age, size), preference (area, class, size, segment), class_of_age (age,).
    """
    return np.einsum("gtan,gans->gtas", per_person, preference[:, class_of_age])


def persistent_weights(weights: Array, elapsed: Array, stay_age: int, moves_per_year: float) -> Array:
    """Return weights (area, year, age, segment) in which people from `stay_age` on stay where they live.

    Those of age a at t take the segments that their cohort had at the base date, at age max(a − t,
    `stay_age`), as far as they have not moved: w' = (1 − p)·w + p·w.sum·c, p = (1 − `moves_per_year`)^t,
    c = the cohort's shares of segments. Households per person, and so their number, stay the same.
    """
    ages = np.arange(weights.shape[2])
    out = weights.copy()
    total = weights.sum(-1, keepdims=True)
    start = np.divide(weights[:, 0], total[:, 0], out=np.zeros_like(weights[:, 0]), where=total[:, 0] > 0)
    for t, years in enumerate(elapsed):
        then = np.maximum(ages - int(years + 0.5), stay_age)
        stays = np.where(ages >= stay_age, (1 - moves_per_year) ** years, 0.0)[:, None]
        out[:, t] = (1 - stays) * weights[:, t] + stays * total[:, t] * start[:, np.minimum(then, ages[-1])]
    return out


def segment_demand(people: Array, weights: Array) -> Array:
    """Return dwellings in demand (draw, area, year, segment) from people (draw, area, year, age)."""
    return np.einsum("dgta,gtas->dgts", people, weights)


def to_types(values: Array, axis: int = -1) -> Array:
    """Return the sums over tenure of an axis of segments."""
    moved = np.moveaxis(values, axis, -1)
    sums = moved.reshape(*moved.shape[:-1], _TYPES, len(TENURES)).sum(-1)
    return np.moveaxis(sums, -1, axis)


def scale_to_types(demand: Array, by_type: Array) -> Array:
    """Return `demand` (..., segment) with the types of `by_type` (..., type) and its own tenures within."""
    own = to_types(demand)
    factor = np.divide(by_type, own, out=np.zeros_like(own), where=own > 0)
    return demand * np.repeat(factor, len(TENURES), axis=-1)


def spread_uses(by_type: Array, occupied: Array, ratio_rent: float) -> Array:
    """Return dwellings of a use by segment (area, segment), the odds in rented ones `ratio_rent` times owned.

    by_type (area, type) in that use, occupied (area, segment). U_s = U_b·w_s·O_s/Σ_b w·O.
    """
    weight = occupied * np.tile([1.0, ratio_rent], _TYPES)
    return scale_to_types(weight, by_type)


def stock_by_segment(
    stock: Stock, occupied: Array, vacancy_ratio_rent: float, incomings_rent: float, holiday_rent: float = 0.0
) -> Stock:
    """Return the stock by segment: each field (area, segment), sums over tenure as in `stock`.

    `occupied` (area, segment) are households' dwellings without those of Incomings; a share
    `incomings_rent` of these and `holiday_rent` of holiday dwellings counts as rented.
    """
    vacant = spread_uses(stock.vacant, occupied, vacancy_ratio_rent)
    rate = np.divide(stock.unusable, stock.vacant, out=np.zeros_like(stock.vacant), where=stock.vacant > 0)
    incomings = by_tenure(stock.incomings, incomings_rent)
    holiday = by_tenure(stock.holiday, holiday_rent)
    return Stock(
        total=occupied + vacant + incomings + holiday,
        vacant=vacant,
        unusable=vacant * np.repeat(rate, len(TENURES), axis=-1),
        holiday=holiday,
        incomings=incomings,
    )


def by_tenure(by_type: Array, rent_share: float) -> Array:
    """Return (..., segment) from (..., type), a share `rent_share` of each type being rented."""
    both = np.stack([by_type * (1 - rent_share), by_type * rent_share], -1)
    return both.reshape(*by_type.shape[:-1], -1)


def newbuild_preference(growth: Array, ezfh_share: float) -> Array:
    """Return the growth line (..., type) with `ezfh_share` of a growth in EZFH; a decline stays as it is."""
    total = growth.sum(-1, keepdims=True)
    return np.where(total > 0, total * np.array([ezfh_share, 1 - ezfh_share]), growth)


def round_to(values: Array, totals: Whole) -> Whole:
    """Return whole numbers (..., k) near `values` whose sums over the last axis are `totals` (...).

    What is missing is spread evenly over the cells, then the largest remainders are raised by one. To keep the
    rounded sum of the values themselves, use `wohnlib.model.rounding.round_keep_total`.
    """
    values, totals = np.asarray(values, dtype=float), np.asarray(totals)
    gap = (totals - values.sum(-1))[..., None] / values.shape[-1]
    moved = np.round(values + gap, 6)
    floor = np.floor(moved)
    missing = totals - floor.sum(-1).astype(np.int64)
    rank = np.argsort(np.argsort(-(moved - floor), axis=-1, kind="stable"), axis=-1, kind="stable")
    return floor.astype(np.int64) + (rank < missing[..., None])
