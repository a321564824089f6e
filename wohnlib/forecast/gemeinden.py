"""Totals of all Gemeinden, planning units and Kreise at any dates, with intervals, from what was known at a date."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.asof import Known
from wohnlib.backtest.settings import number
from wohnlib.backtest.totals import forecast
from wohnlib.data.germany_sources import FORMER
from wohnlib.forecast.asof import Allowed
from wohnlib.forecast.errors import Shape, at_size, shapes_of
from wohnlib.forecast.nation import moment, nation_path, persons_at, reach
from wohnlib.scenario import Scenario

Array = NDArray[np.float64]
# path of the nation -> keys of Kreise, persons as a multiple of the base (Kreis, date)
KreisGrowth = Callable[[Mapping[date, float]], tuple[Sequence[str], Array]]


@dataclass(frozen=True)
class Totals:
    """Persons at dates and half widths of the 80 % interval of their logarithm, by part; arrays (area, date)."""

    keys: pd.Index
    kreise: pd.Index
    dates: tuple[date, ...]
    gemeinde: Array
    kreis: Array
    gemeinde_half: Array
    kreis_half: Array
    nation: Array  # (date,)
    nation_half: Array  # (date,)
    size: Array  # (Gemeinde,) persons at the base date

    @property
    def kreis_size(self) -> "pd.Series[float]":
        """Persons of each Kreis at the base date."""
        return pd.Series(self.size, self.kreis_of).groupby(level=0).sum()

    @property
    def kreis_of(self) -> pd.Index:
        """Kreis of each Gemeinde."""
        return kreis_of(self.keys)


def kreis_of(keys: pd.Index) -> pd.Index:
    """Return the Kreis (of 2022) of each key of a Gemeinde."""
    own = keys.str[:5]
    return pd.Index([FORMER.get(k, k) for k in own])


def totals(
    known: Known,
    allowed: Allowed,
    days: Sequence[date],
    learned: pd.DataFrame,
    cohort: KreisGrowth | None = None,
    scenario: Scenario | None = None,
) -> Totals:
    """Return the totals at dates from the base date on.

    Growth of each Gemeinde relative to the nation from the back-tested method; Kreise are the geometric mean of their
    Gemeinden's sum and of the cohort method's total (`cohort`: the path of the nation -> persons as a multiple of the
    base), brought to the path of the nation; then the Gemeinden are scaled to their Kreis. learned: the table
    `forecast_errors_asof`.
    """
    path = nation_path(known, allowed, scenario)
    made = forecast(known)
    years = np.array([moment(d) - path.base for d in days])
    nation = persons_at(path, days)
    size, kreis = made.base.size, kreis_of(made.base.keys)
    raw = size[:, None] * np.exp(made.growth[:, None] * reach(years) / 100)
    raw *= nation / raw.sum(0)
    sums = pd.DataFrame(raw).groupby(kreis).sum()
    kreis_size = pd.Series(size).groupby(kreis).sum()
    kreise = pd.DataFrame(_combined(sums, kreis_size.to_numpy(float), days, nation, cohort), sums.index)
    gemeinde = raw * (kreise / sums).loc[kreis].to_numpy()
    shapes = shapes_of(learned, allowed)
    half_nation = np.array([shapes["nation"].at(path.unknown(moment(d)))[0] for d in days])
    half_kreis = _half(shapes["kreis"], kreis_size.to_numpy(float), years)
    of_kreis = pd.DataFrame(half_kreis, kreis_size.index).loc[kreis].to_numpy()
    alone = pd.Series(1, kreis).groupby(level=0).size().loc[kreis].to_numpy() == 1
    own = np.where(alone[:, None], 0.0, _half(shapes["own"], size, years))
    return Totals(
        made.base.keys, sums.index, tuple(days), gemeinde, kreise.to_numpy(),
        quadrature(own, of_kreis, half_nation), quadrature(half_kreis, half_nation), nation, half_nation,
        size,
    )  # fmt: skip


def _combined(
    sums: pd.DataFrame, size: Array, days: Sequence[date], nation: Array, cohort: KreisGrowth | None
) -> Array:
    """Return the totals of the Kreise (Kreis, date): weighted geometric mean of both methods on the nation's path."""
    own = sums.to_numpy()
    if cohort is None:
        return own
    keys, growth = cohort(dict(zip(days, nation, strict=True)))
    there = pd.DataFrame(growth, list(keys)).reindex(sums.index).to_numpy() * size[:, None]
    weight = number("cohort_weight")
    both = np.where(np.isfinite(there), own ** (1 - weight) * there**weight, own)
    return np.asarray(both * nation / both.sum(0))


def unit_totals(
    made: Totals, units: Mapping[str, str], learned: pd.DataFrame, allowed: Allowed
) -> pd.DataFrame:
    """Return totals of planning units (sums of their Gemeinden): key, date, persons, half; a row a unit and date."""
    shapes = shapes_of(learned, allowed)
    unit = pd.Series([units.get(k) for k in made.keys], made.keys)
    base = moment(allowed.base)
    rows = []
    for key, inside in unit.dropna().groupby(unit.dropna()):
        where = made.keys.get_indexer(inside.index)
        persons = made.gemeinde[where].sum(0)
        if len(where) == 1:
            half = made.gemeinde_half[where[0]]
        else:
            years = np.array([moment(d) - base for d in made.dates])
            kreis = made.kreise.get_loc(FORMER.get(str(key)[:5], str(key)[:5]))
            own = _half(shapes["own_sum"], made.size[where].sum(keepdims=True), years)[0]
            half = quadrature(own, made.kreis_half[kreis])
        rows += [(key, d, p, h) for d, p, h in zip(made.dates, persons, half, strict=True)]
    return pd.DataFrame(rows, columns=["key", "date", "median", "half"])


def _half(shape: Shape, size: Array, years: Array) -> Array:
    """Return half widths (area, date)."""
    return np.column_stack([at_size(shape, size, float(y)) for y in years])


def quadrature(*parts: Array) -> Array:
    """Return the half width of a sum of independent parts."""
    return np.asarray(np.sqrt(sum(np.square(p) for p in parts)))
