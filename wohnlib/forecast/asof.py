"""What a forecast may use at a date: the one place where the forecasts decide it, source by source.

Everything counts from the day of its publication (`wohnlib.data.published`); in addition the figures of the base date
itself may be the base, and only that. Recorded values of UN WPP 2024 up to two years before the base count as
published at the end of the following year, all others from July 2024. The map is geography, no figure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from wohnlib.backtest.asof import Known, with_former
from wohnlib.backtest.delivered import Delivered, plain_names, read
from wohnlib.backtest.settings import CENSUS_2022, MORE_STARTS, STARTS, number
from wohnlib.data import published
from wohnlib.data.germany_tables import read_tables
from wohnlib.errors import InputError, fault

CENSUS_DAY = date(2022, 5, 15)
FIRST_BASE = 2013
SINGLE_AGES = "2021-12-31"  # Eurostat table by single year of age, base of EUROPOP2019; the day is not known
BASES = tuple(sorted({y for y in STARTS if y >= FIRST_BASE} | {b for b, _ in MORE_STARTS if b >= FIRST_BASE}))


@dataclass(frozen=True)
class Allowed:
    """Which years of each source may be used, and the base date.

    A base on 1 January is the 31 December before it. to_base: the tables by age between the last published one and the
    base may be used too (the back-test of Kreise that the task sets is "fitted on 2014 to the base").
    """

    as_of: date
    base: date
    to_base: bool = False

    def __post_init__(self) -> None:
        if (self.base.month, self.base.day) == (1, 1):
            object.__setattr__(self, "base", self.base - timedelta(days=1))

    @property
    def census(self) -> bool:
        """The base is the census of 15.05.2022."""
        return self.base == CENSUS_DAY

    @property
    def base_year(self) -> int:
        """The base as the back-test names it: the year of 31.12., 2022 for the census."""
        return CENSUS_2022 if self.census else self.base.year

    def directory(self, year: int) -> bool:
        """Population of 31.12. of a year in the directory of Gemeinden."""
        return (not self.census and year == self.base.year) or self.directory_out(year)

    def directory_out(self, year: int) -> bool:
        """The same, published by the date: what may be learned from, not only started from."""
        return self._out(published.gvisys(f"{year}-12-31"))

    def inkar(self, year: int) -> bool:
        """INKAR value of a year."""
        return self._out(published.inkar(year))

    def wpp(self, year: int) -> bool:
        """Births, deaths and net migration of the nation in UN WPP 2024."""
        return self.wpp_recorded(year) or self._out(published.WPP_2024)

    def wpp_recorded(self, year: int) -> bool:
        """Recorded values of UN WPP 2024 up to two years before the base."""
        recorded = year <= self.base_year - int(number("path_delay"))
        return recorded and self._out(published.wpp_recorded(year))

    def eurostat(self, year: int) -> bool:
        """Population by age and sex of 1 January of a year; that of a base 31.12. is the table of the next day."""
        first_of_january = 0 if self.census else self.base.year + 1
        own = year == first_of_january or (self.to_base and year < first_of_january)
        return own or self.eurostat_out(year)

    def eurostat_out(self, year: int) -> bool:
        """The same, published by the date."""
        return self._out(published.eurostat_stock(year))

    def ages_learned(self, years: Iterable[int], first: int) -> int:
        """Return the newest 1 January at which windows by age that widths are learned from may have ended.

        years: of the tables by age that may be used; that is the newest one published. Before there was a window of
        published tables (`first`: end of the first window there is) it is the base date, as the task allows.
        """
        newest = max((y for y in years if self.eurostat_out(y)), default=first - 1)
        return newest if newest >= first else max(years)

    def single_ages(self) -> bool:
        """Population by single year of age and sex of 1 January 2019."""
        return self._out(SINGLE_AGES)

    def life_table(self, last_year: int) -> bool:
        """Life table of Destatis, by its last year."""
        return self._out(published.life_table(last_year))

    def assumption(self, dated: str) -> bool:
        """An assumption of a scenario, by the date it was set."""
        return self._out(dated)

    def learned(self, until: int) -> bool:
        """Errors of past windows of which the last ended on 31.12. of a year; the base date's own total counts."""
        return self.directory(until)

    def _out(self, day: str) -> bool:
        return day <= self.as_of.isoformat()


def available(as_of: date, base: date | None = None) -> Allowed:
    """Return what may be used at a date; without `base` the latest base date there is.

    Raises InputError where the date comes before the first base date, or the base after the date.
    """
    dates = [d for d in base_dates() if d <= as_of]
    if not dates or (base is not None and base not in dates):
        first, found = base_dates()[0], base if dates else as_of
        raise InputError([fault("forecast_as_of", found=found, first=f"{first:%d.%m.%Y}")])
    return Allowed(as_of, base or dates[-1])


def base_dates() -> list[date]:
    """Return all dates a forecast can start from."""
    return [CENSUS_DAY if y == CENSUS_2022 else date(y, 12, 31) for y in BASES]


def known(everything: Delivered, allowed: Allowed) -> Known:
    """Return the delivered figures that may be used; the total of the base date stands under the base year."""
    base = allowed.base_year
    totals = {y: t for y, t in everything.totals.items() if y != CENSUS_2022 and allowed.directory(y)}
    if allowed.census:
        totals[base] = with_areas(everything.totals[CENSUS_2022], totals[max(totals)])
    old = everything.old[[allowed.inkar(int(y)) for y in everything.old.index.get_level_values(0)]]
    nation = everything.nation[[allowed.wpp(int(y)) for y in everything.nation.index]]
    return Known(base, totals, old, nation, with_former(everything.places, totals, base))


def with_areas(census: pd.DataFrame, directory: pd.DataFrame) -> pd.DataFrame:
    """Return the census table with the areas (km²) of the newest directory known.

    A key whose number of persons differs too much between the two is taken for another area and has no past.
    """
    before = directory.reindex(census.index)
    change = (census["pop_total"] / before["pop_total"] - 1).abs()
    same = change <= number("same_persons")
    return census.assign(area_km2=before["area_km2"].where(same))


def read_all() -> Delivered:
    """Return the delivered files with the census of 15.05.2022 beside the directories of Gemeinden."""
    everything = read()
    table = read_tables("census")["census"]
    table = table[table["level"] == "gemeinde"].set_index("ags").sort_index()
    table = table.assign(plain=plain_names(table["name"]))[["name", "pop_total", "pop_male", "plain"]]
    return replace(everything, totals={**everything.totals, CENSUS_2022: table})
