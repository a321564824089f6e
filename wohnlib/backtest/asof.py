"""What was known at a base date, by the day of publication; the base date's own total is the base.

Allowed at the base 31.12.b: directories of Gemeinden published by then, and that of the base date itself. A growth
rate that ends at the base date uses the base figure and nothing later. INKAR of year y from the end of y+2;
recorded births, deaths and migration of the nation of years up to b−2. The map is geography, no figure.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from wohnlib.backtest.delivered import Delivered
from wohnlib.backtest.settings import number
from wohnlib.data import published


@dataclass(frozen=True)
class Known:
    """What a forecast from a base may use; same shapes as `Delivered`."""

    base: int
    totals: dict[int, pd.DataFrame]
    old: pd.Series
    nation: pd.DataFrame
    places: pd.DataFrame

    def total(self, year: int) -> float:
        """Persons in all Gemeinden at the end of a year."""
        return float(self.totals[year]["pop_total"].sum())


def known(everything: Delivered, base: int) -> Known:
    """Return what was published by 31 December of the base year, and the total of that day as the base."""
    today = f"{base}-12-31"
    totals = {
        y: t for y, t in everything.totals.items() if y == base or published.gvisys(f"{y}-12-31") <= today
    }
    old_years = everything.old.index.get_level_values(0)
    old = everything.old[[published.inkar(int(y)) <= today for y in old_years]]
    last = base - int(number("path_delay"))
    nation = everything.nation[
        [published.wpp_recorded(int(y)) <= today and y <= last for y in everything.nation.index]
    ]
    return Known(base, totals, old, nation, with_former(everything.places, totals, base))


def with_former(places: pd.DataFrame, totals: dict[int, pd.DataFrame], base: int) -> pd.DataFrame:
    """Give keys that were changed before the base the place of the key they have at the base."""
    chain = link(totals, base)
    for year in chain.columns[1:]:
        former = places.reindex(chain.index).set_axis(chain[year].to_numpy())
        places = places.combine_first(former[former.index.notna()].dropna())
    return places


def link(totals: dict[int, pd.DataFrame], anchor: int) -> pd.DataFrame:
    """Return the keys (Gemeinde of `anchor`, year) that its Gemeinden had at every earlier date.

    The same key if its area is the same within 1 %, else the one Gemeinde of the Land with the same name and area.
    """
    now = totals[anchor]
    key = pd.Series(now.index, now.index, dtype=object)
    out = {anchor: key}
    for year in sorted((y for y in totals if y < anchor), reverse=True):
        old, key = totals[year], key.copy()
        before = old["area_km2"].reindex(key.to_numpy()).to_numpy()
        key[~_same(before, now["area_km2"].to_numpy())] = np.nan
        lost = key.index[key.isna()]
        left = pd.DataFrame({"ags": lost, "land": lost.str[:2], "plain": now["plain"][lost].to_numpy(),
                             "area": now["area_km2"][lost].to_numpy()})  # fmt: skip
        right = pd.DataFrame({"former": old.index, "land": old.index.str[:2], "plain": old["plain"].to_numpy(),
                              "before": old["area_km2"].to_numpy()})  # fmt: skip
        pairs = left.merge(right[~right["former"].isin(set(key.dropna()))], on=["land", "plain"])
        pairs = pairs[_same(pairs["before"].to_numpy(), pairs["area"].to_numpy())]
        pairs = pairs.drop_duplicates("ags", keep=False).drop_duplicates("former", keep=False)
        key[pairs["ags"].to_numpy()] = pairs["former"].to_numpy()
        out[year] = key
    return pd.DataFrame(out)


def _same(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return where two areas differ by at most 1 % of the smaller; unknown areas differ."""
    return np.maximum(one, other) / np.minimum(one, other) <= 1 + number("same_area")
