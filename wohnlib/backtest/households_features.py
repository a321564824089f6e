"""Features of a Gemeinde for the number of households: age, marital status, origin, place, growth; no households."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from wohnlib.backtest.households_data import Array, People
from wohnlib.backtest.households_settings import Variant, number, numbers

GROUPS = ("0_2", "3_5", "6_9", "10_15", "16_18", "19_24", "25_39", "40_59", "60_66", "67_74", "75_plus")
MARITAL = ("single", "married", "widowed", "divorced", "other")
ORIGIN = ("foreign", "immigrant", "descendant", "one_parent")
GROWTH = ((2013, 2021), (2005, 2009), (1997, 2005))  # no period crosses a census
_MEN_YEARS = (2013, 2021)
_NO_SPREAD = 1e-9  # of the largest value: rounding only
_CHUNKS = 20  # parts of the table of distances, which is never held as a whole
# Features that only enter as they are; the others may also enter squared.
PLAIN = (
    *(f"growth_{a}_{b}" for a, b in GROWTH),
    "men_change",
    *(f"access_{int(r)}" for r in numbers("reach_access")),
)
# All features in their order; the first age group and the first marital status are what the others count against.
NAMES = (
    *(f"age_{n}" for n in GROUPS[1:]),
    *(f"marital_{n}" for n in MARITAL[1:]),
    "men",
    *ORIGIN,
    "log_persons",
    "log_density",
    "jobs",
    *PLAIN,
)


def features(people: People) -> pd.DataFrame:
    """Return a row a Gemeinde and a column a feature; unknown values are the median of the known ones.

    Shares of age groups (first left out), marital status (single left out), men and origin; logarithm of persons and
    of density; jobs per person; past growth in % a year; change of the share of men; logarithm of the persons around,
    weighted by exp(−distance/reach).
    """
    total = np.maximum(people.total, 1.0)
    columns: dict[str, Array] = {}
    for names, counts in ((GROUPS, people.age), (MARITAL, people.marital)):
        shares = counts / np.where(counts.sum(axis=1) > 0, counts.sum(axis=1), np.nan)[:, None]
        prefix = "age" if names is GROUPS else "marital"
        columns |= {f"{prefix}_{n}": shares[:, i] for i, n in enumerate(names) if i}
    columns["men"] = people.men / total
    columns |= {n: people.origin[:, i] / total for i, n in enumerate(ORIGIN)}
    area = people.past["area_km2"].bfill(axis=1).iloc[:, -1].to_numpy(float)
    columns |= {
        "log_persons": np.log(total),
        "log_density": np.log(total / area),
        "jobs": people.jobs / total,
    }
    columns |= _past(people)
    around = _access(people)
    columns |= {f"access_{int(r)}": around[:, i] for i, r in enumerate(numbers("reach_access"))}
    table = pd.DataFrame(columns, index=people.ags)
    return table.fillna(table.median())


def _past(people: People) -> dict[str, Array]:
    """Return growth of past periods without a change of area, and the change of the share of men."""
    past, limit, found = people.past, number("growth_clip"), {}
    for first, last in GROWTH:
        growth = np.log(past["pop_total", last] / past["pop_total", first]) / (last - first) * 100
        moved = np.log(past["area_km2", last] / past["area_km2", first]).abs() > number("same_area")
        found[f"growth_{first}_{last}"] = growth.mask(moved).clip(-limit, limit).to_numpy(float)
    share = {y: past["pop_male", y] / past["pop_total", y] for y in _MEN_YEARS}
    change = (share[_MEN_YEARS[1]] - share[_MEN_YEARS[0]]).clip(-number("men_clip"), number("men_clip"))
    return {**found, "men_change": change.fillna(0.0).to_numpy(float)}


def _access(people: People) -> Array:
    """Return log Σ persons · exp(−distance/reach) over all Gemeinden, the own one included, (area, reach)."""
    sums = []
    for some in np.array_split(people.places, _CHUNKS):
        distance = cdist(some, people.places)
        sums.append(np.column_stack([np.exp(distance / -r) @ people.total for r in numbers("reach_access")]))
    return np.asarray(np.log(np.maximum(np.concatenate(sums), 1.0)))


def used(table: pd.DataFrame, variant: Variant) -> list[str]:
    """Return the features that a variant uses."""
    return [c for c in table if variant.marital or not c.startswith("marital_")]


def scale_of(table: pd.DataFrame, rows: NDArray[np.bool_]) -> pd.DataFrame:
    """Return mean and deviation of every feature over some Gemeinden; 1 where a feature does not vary."""
    some = table[rows]
    spread = some.std(ddof=0)
    varies = spread > _NO_SPREAD * some.abs().max()
    return pd.DataFrame({"mean": some.mean(), "deviation": spread.where(varies, 1.0)})


def terms(table: pd.DataFrame, scale: pd.DataFrame, variant: Variant) -> pd.DataFrame:
    """Return the columns of the regression: 1, each feature in deviations (clipped), its square where wanted."""
    names, limit = used(table, variant), number("clip")
    scaled = (table[names] - scale["mean"][names]) / scale["deviation"][names]
    scaled = scaled.clip(-limit, limit)
    squared = [n for n in names if n not in PLAIN] if variant.squares else []
    squares = (scaled[squared] ** 2).add_suffix("_squared")
    ones = pd.DataFrame({"constant": 1.0}, index=table.index)
    return pd.concat([ones, scaled, squares], axis=1)
