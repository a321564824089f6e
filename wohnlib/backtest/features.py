"""Past growth of every Gemeinde taken apart: Land, Kreis, size class, own part, surroundings (% a year)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from wohnlib.backtest.asof import Known, link
from wohnlib.backtest.fitting import BY_SIZE, lad
from wohnlib.backtest.settings import Period, Start, moment, number, numbers

Array = NDArray[np.float64]
_AREAS_AT_ONCE = 1000  # whose surroundings are sought together


def size_class(persons: Array) -> NDArray[np.int64]:
    """Return the size class 0 … 4 of each number of persons."""
    return np.digitize(persons, numbers("class_edges"))


class Base:
    """All Gemeinden of one base date with their past; arrays over the Gemeinden (area,)."""

    def __init__(self, known: Known, base: int) -> None:
        chain = link({y: t for y, t in known.totals.items() if y <= base}, base)
        self.keys = chain.index
        self.persons = self._series(known, chain, "pop_total")
        self.men = self._series(known, chain, "pop_male")
        self.size: Array = self.persons[base].to_numpy()
        self.kreis, self.land = self.keys.str[:5], self.keys.str[:2]
        self.size_class = size_class(self.size)
        places = self._places(known)
        self.near = surroundings(places, number("reach_near"), self.size)
        self.far = surroundings(places, number("reach_far"), self.size)
        self.old = self._old(known, base)

    def _series(self, known: Known, chain: pd.DataFrame, column: str) -> pd.DataFrame:
        return pd.DataFrame(
            {y: known.totals[int(y)][column].reindex(k.to_numpy()).to_numpy() for y, k in chain.items()},
            index=self.keys,
        )

    def _places(self, known: Known) -> Array:
        """Return x and y in km; keys that the map does not hold get the middle of the keys that begin alike.

        Where no key of a Land is on the map (Saxony before its reform of 2008), the middle of the Land.
        """
        places = known.places.reindex(self.keys)
        for digits in range(7, 1, -1):
            places = places.fillna(places.groupby(self.keys.str[:digits]).transform("mean"))
        of_land = known.places.groupby(known.places.index.str[:2]).mean().reindex(self.land)
        return places.fillna(of_land.set_axis(self.keys)).to_numpy()

    def _old(self, known: Known, base: int) -> Array:
        """Return the share of people 65+ of the Kreis, centred and divided by its deviation, clipped."""
        newest = int(known.old.index.get_level_values(0).max())
        year = max(int(number("old_first")), min(base - int(number("old_delay")), newest))
        shares = known.old.xs(year)
        value = shares.reindex(self.kreis).to_numpy()
        of_land = shares.groupby(shares.index.str[:2]).mean().reindex(self.land).to_numpy()
        value = np.where(np.isfinite(value), value, of_land)
        limit = number("clip_old")
        return ((value - np.average(value, weights=self.size)) / value.std()).clip(-limit, limit)

    def growth(self, period: Period) -> pd.DataFrame:
        """Return the features of one period (from, to), a row a Gemeinde.

        L Land − nation, K Kreis − Land, C mean of the size class, m own − Kreis − C, S m of the near, T growth of the
        wider surroundings − Kreis, dK and dm rise of the share of men (points), old, size (persons).
        """
        first, last = period
        weight = self.size
        growth = (
            np.log(self.persons[last] / self.persons[first]).to_numpy() / (moment(last) - moment(first)) * 100
        )
        nation = np.nansum(growth * weight) / weight[np.isfinite(growth)].sum()
        growth = (growth - nation).clip(-number("clip_growth"), number("clip_growth"))
        land, kreis = group_mean(growth, weight, self.land), group_mean(growth, weight, self.kreis)
        kreis = np.where(np.isfinite(kreis), kreis, land)
        cut = number("clip_class")
        by_class = pd.Series(growth - kreis).groupby(self.size_class)
        classes = by_class.transform(lambda v: v.clip(-cut, cut).mean()).to_numpy()
        own = growth - kreis - classes
        men_kreis, men_own = self._men(period)
        limit = number("clip_own")
        return pd.DataFrame({
            "L": np.nan_to_num(land), "K": np.nan_to_num(kreis - land), "C": classes,
            "m": np.nan_to_num(own).clip(-limit, limit), "S": around(self.near, own),
            "T": around(self.far, np.nan_to_num(growth)) - np.nan_to_num(kreis),
            "dK": men_kreis, "dm": men_own, "old": self.old, "size": weight,
        }, index=self.keys)  # fmt: skip

    def _men(self, period: Period) -> tuple[Array, Array]:
        """Return the rise of the share of men in percentage points against the nation: Kreis, own − Kreis.

        A sharp rise marks barracks, prisons and first reception of refugees, which later fall again.
        """
        share = {y: self.men[y] / self.persons[y] for y in period}
        limit = number("clip_men")
        rise = ((share[period[1]] - share[period[0]]) * 100).fillna(0).clip(-limit, limit).to_numpy()
        rise = rise - np.average(rise, weights=self.size)
        kreis = group_mean(rise, self.size, self.kreis)
        return kreis, rise - kreis

    def over_break(self, start: Start) -> pd.DataFrame:
        """Return the features of a period broken by a census, as expected values given both sides.

        z = ρ z_last + κ (z_broken − ρ z_last − shift): ρ and the spread of a change from period to period come from
        the two periods before; what the broken period scatters beyond it is error of the census correction.
        """
        assert start.broken is not None
        first, last, broken = (self.growth(p) for p in (start.before, start.last, start.broken))
        out = last.copy()
        alone = (pd.Series(1, self.keys).groupby(self.kreis).transform("size") == 1).to_numpy().astype(int)
        for name in BY_SIZE:
            groups = {"L": np.zeros(len(self.keys), int), "K": alone}.get(name, self.size_class)
            for group in np.unique(groups):
                rows = groups == group
                once = rows & ~self._repeated(name)
                x0, x1, x2 = (f[name].to_numpy()[once] for f in (first, last, broken))
                rho = persistence(x0, x1)
                change = x2 - rho * x1
                scatter = _spread(change)  # 0 where a group has one value only, such as a single Land
                kappa = min(1.0, (_spread(x1 - rho * x0) / scatter) ** 2) if scatter else 0.0
                here = rho * last[name].to_numpy()[rows]
                there = broken[name].to_numpy()[rows]
                out.loc[rows, name] = here + kappa * (there - here - np.median(change))
        return out

    def _repeated(self, name: str) -> NDArray[np.bool_]:
        """Return which rows repeat the value of their Land or Kreis."""
        keys = {"L": self.land, "K": self.kreis}.get(name)
        return np.zeros(len(self.keys), bool) if keys is None else np.asarray(keys.duplicated())


def persistence(before: Array, last: Array) -> float:
    """Return the slope, at most 1, of a period's values on those of the period before (least absolute)."""
    one = np.ones(len(last))
    ridge = np.array([number("persistence_ridge")])
    slope = lad(before[:, None], last - np.median(last), one, ridge, np.zeros(1))
    return min(1.0, float(slope[0]))


def _spread(values: Array) -> float:
    """Return the median absolute deviation in units of a normal standard deviation."""
    return number("normal_mad") * float(np.median(np.abs(values - np.median(values))))


def group_mean(value: Array, weight: Array, key: pd.Index) -> Array:
    """Return the weighted mean of each row's group; rows without a value do not count."""
    there = np.isfinite(value)
    table = pd.DataFrame({"v": np.where(there, value * weight, 0), "w": np.where(there, weight, 0)})
    sums = table.groupby(key).transform("sum")
    return (sums["v"] / sums["w"].where(sums["w"] > 0)).to_numpy()


def surroundings(places: Array, reach: float, weight: Array) -> sparse.csr_matrix:
    """Return weights (area, area) persons × exp(−distance/reach), without the area itself; km.

    Made some areas at a time: lists of all pairs take several times the memory of the matrix.
    """
    tree, parts = cKDTree(places), []
    for first in range(0, len(places), _AREAS_AT_ONCE):
        some = cKDTree(places[first : first + _AREAS_AT_ONCE])
        near = some.sparse_distance_matrix(tree, number("reach_cut") * reach, output_type="coo_matrix")
        other = near.row + first != near.col
        row, col = near.row[other], near.col[other]
        value = np.exp(-near.data[other] / reach) * weight[col]
        parts.append(sparse.csr_matrix((value, (row, col)), shape=near.shape))
    return sparse.vstack(parts, format="csr")


def around(matrix: sparse.csr_matrix, value: Array) -> Array:
    """Return the weighted mean of the surroundings; 0 where there are none with a value."""
    there = np.isfinite(value)
    total = matrix @ there.astype(float)
    summed = matrix @ np.where(there, value, 0)
    return np.where(total > 0, summed / np.where(total > 0, total, 1), 0)
