"""Estimate from all Gemeinden who owns and who rents, by size and age of the household and type of building."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.data import household_fit
from wohnlib.data.germany import Germany, municipal
from wohnlib.data.germany_sources import CENSUS_AGES
from wohnlib.data.germany_tables import read_tables
from wohnlib.model import quotas
from wohnlib.model.quotas import Array
from wohnlib.model.segments import combine_odds, segment_shares

AGE_FROM = (0, 19, 25, 40, 60, 67, 75)  # classes of age: the census groups, children as one
CHILDREN = 4  # census groups below 19, whose share says where their parents live: no effect of their own
NEAR_ZERO = 0.02  # shares are kept this far from 0 and 1, so that raking can move them


@dataclass(frozen=True)
class Fit:
    """Shares estimated for Germany; all are shares of households."""

    by_type: Array  # (type, tenure), sums to 1
    size: Array  # (2, size): in EZFH, owners, at average age
    age: Array  # (2, class): in EZFH, owners, at average size
    preference: Array  # (class, size, segment)
    owner_rate: Array  # (area,) as published, NaN where none
    rows: household_fit.Rows  # municipalities in the fit


def owner_rates(ags: NDArray[np.str_]) -> Array:
    """Return the published share of owner-occupied dwellings of every Gemeinde (area,); above 1 counts as none."""
    table = municipal("dwellings", read_tables("dwellings")["dwellings"], ags)
    share = table.share_owner_occupied_census22.to_numpy(float) / 100
    return np.where(share <= 1, share, np.nan)


def fit(g: Germany, s: household_fit.Settings | None = None) -> Fit:
    """Return the preferences of Germany from differences between Gemeinden of the same Kreis.

    Links of type and tenure: slope of the owner share on the share of dwellings in EZFH. By size and by age:
    the slope of a place's composition on either share, turned round (Bayes), ages or sizes held constant;
    both effects multiply as odds. Density, size, foreigners and jobs are held constant throughout.
    """
    s = s or household_fit.Settings()
    own = owner_rates(g.ags)
    rows = household_fit.usable(g, s) & ~np.isnan(own)
    weight, kreis = household_fit.weights(g, rows, s), _kreis(g, rows)
    sizes = g.by_size[rows] / g.by_size[rows].sum(1, keepdims=True)
    groups = census_groups(g)
    ages = groups[rows] / groups[rows].sum(1, keepdims=True)
    five = g.private[rows] / g.private[rows].sum(1, keepdims=True)
    known = ~np.isnan(own)
    means = [
        float(g.one_two @ g.dwellings / g.dwellings.sum()),
        float(own[known] @ g.dwellings[known] / g.dwellings[known].sum()),
    ]
    all_sizes, all_ages = g.by_size.sum(0) / g.by_size.sum(), groups.sum(0) / groups.sum()
    by_size, by_age = [], []
    for share, mean in zip((g.one_two[rows], own[rows]), means, strict=True):
        by_size.append(
            _composition(sizes, share, mean, all_sizes, kreis, weight, [g.controls[rows], five[:, 1:]])
        )
        by_age.append(
            _composition(ages, share, mean, all_ages, kreis, weight, [g.controls[rows], sizes[:, 1:]])
        )
    link = _link(g.one_two[rows], own[rows], kreis, weight, g.controls[rows])
    by_type = _two_by_two(means, link)
    size, age = np.array(by_size), np.array([_classes(a, m) for a, m in zip(by_age, means, strict=True)])
    ezfh, owned = (combine_odds(size[k], age[k], means[k]) for k in range(2))
    return Fit(by_type, size, age, segment_shares(ezfh, owned, by_type), own, rows)


def census_groups(g: Germany) -> Array:
    """Return people by the 11 age groups of the census (area, group)."""
    table = municipal("census", read_tables("census")["census"], g.ags).fillna(0.0)
    return np.asarray(table[list(CENSUS_AGES)].to_numpy(float))


def _kreis(g: Germany, rows: household_fit.Rows) -> NDArray[np.int64]:
    return np.asarray(np.unique(g.kreis[rows], return_inverse=True)[1])


def _composition(
    shares: Array, of: Array, mean: float, everywhere: Array, kreis: NDArray[np.int64], weight: Array,
    controls: list[Array],
) -> Array:  # fmt: skip
    """Return the share of each part of a composition that lives in what `of` is the share of."""
    both = quotas.within(np.column_stack([shares, of]), kreis, weight, np.column_stack(controls))
    slope = quotas.composition_slope(both[:, :-1], both[:, -1], weight)
    return np.clip(quotas.share_by_size(slope, everywhere, mean), NEAR_ZERO, 1 - NEAR_ZERO)


def _classes(by_group: Array, mean: float) -> Array:
    """Return shares by class of age from those by census group; children have that of all."""
    return np.concatenate([[mean], by_group[CHILDREN + 1 :]])


def _link(one_two: Array, own: Array, kreis: NDArray[np.int64], weight: Array, controls: Array) -> float:
    """Return by how much the owner share rises with the share in EZFH: owners there less owners in MFH."""
    both = quotas.within(np.column_stack([one_two, own]), kreis, weight, controls)
    weighted = weight * both[:, 0]
    return float(weighted @ both[:, 1] / (weighted @ both[:, 0]))


def _two_by_two(means: list[float], link: float) -> Array:
    """Return shares (type, tenure) with the given means of EZFH and owners and the given link."""
    ezfh, own = means
    in_ezfh = min(own + (1 - ezfh) * link, 1 - NEAR_ZERO)
    in_mfh = max((own - ezfh * in_ezfh) / (1 - ezfh), NEAR_ZERO)
    return np.array([
        [ezfh * in_ezfh, ezfh * (1 - in_ezfh)],
        [(1 - ezfh) * in_mfh, (1 - ezfh) * (1 - in_mfh)],
    ])  # fmt: skip


def explained(g: Germany, found: Fit, member_rate: Array, mean_size: Array) -> dict[str, float]:
    """Return how far household sizes alone tell owner shares apart within Kreise: slope and R² of real on expected.

    Expected = a place's households by size × owners by size, at the nation's mix of ages. A slope of 1 would
    mean that all differences come from who lives there; what is above 1 comes from the place itself.
    """
    class_of = np.searchsorted(AGE_FROM, np.array(quotas.AGE_FROM), side="right") - 1
    owned = found.preference[..., [0, 2]].sum(-1)[class_of]
    households = g.private.sum(0)[:, None] * member_rate / mean_size  # (age, size) of the nation
    by_size = (households * owned).sum(0) / households.sum(0)
    expected = g.by_size @ by_size / np.maximum(g.by_size.sum(1), 1.0)
    rows = found.rows
    weight = household_fit.weights(g, rows, household_fit.Settings())
    kreis = _kreis(g, rows)
    nothing = np.random.default_rng(1).normal(size=(int(rows.sum()), 1))
    both = quotas.within(np.column_stack([expected[rows], found.owner_rate[rows]]), kreis, weight, nothing)
    cross, square = weight * both[:, 0] @ both[:, 1], weight * both[:, 0] @ both[:, 0]
    total = weight * both[:, 1] @ both[:, 1]
    return {
        "slope": round(float(cross / square), 3),
        "r2_within_kreise": round(float(cross**2 / square / total), 3),
    }
