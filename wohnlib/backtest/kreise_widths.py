"""Trials of the forecast of Kreise as it is delivered, from five starts, and the widths of intervals learned from them.

Two kinds of start: `table`, a table of 1 January with all age groups, and `census`, as on 15.05.2022: of the base only
people, sexes and 11 age groups are known, and the newest table by age is two years old.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.forecast.kreise import (
    AGE_FROM,
    KreisKnown,
    fit_kreise,
    known_kreise,
    national_response,
    project_kreise,
)
from wohnlib.forecast.kreise_data import CENSUS_FROM, CensusKreise, Delivered
from wohnlib.forecast.kreise_errors import PARTS
from wohnlib.forecast.kreise_settings import SINGLE
from wohnlib.model.base import group_matrix

Array = NDArray[np.float64]
TABLE, CENSUS = PARTS
STARTS = (2017, 2018, 2019, 2020, 2021)
FEWEST_TABLES = (
    3  # before a start of the census kind: two show one change, lasting gains cannot be told from chance
)
LAST = 2022  # newest 1 January that forecasts are judged by
FIRST_CENSUS_UNTIL = 2020  # nobody starts from the census of 2022 knowing less
SIZES = (1, 100_000, 200_000, 400_000)  # persons of the Kreis, lower edges
SHARE = 0.8


@dataclass(frozen=True)
class Trial:
    """A forecast from 1 January of `base` beside what came; tables (year, Kreis, sex, group), years ahead (year,)."""

    part: str
    base: int
    years: tuple[int, ...]
    known: KreisKnown
    made: Array
    came: Array
    response: Array  # (year, sex, group), see `national_response`

    @property
    def persons(self) -> Array:
        """People of the Kreise at the start (Kreis,)."""
        return np.asarray(self.came_at_base.sum((1, 2)))

    @property
    def came_at_base(self) -> Array:
        """The table of the start (Kreis, sex, group): of a census start as it is estimated."""
        return np.asarray(self.made[0])

    def missed(self, i: int) -> tuple[Array, float]:
        """Return log errors of cells less the part of the nation's total (Kreis, sex, group), and that of the total."""
        total = float(np.log(self.came[i].sum() / self.made[i].sum()))
        return np.log(self.came[i] / self.made[i]) - self.response[i] * total, total


def trial(everything: Delivered, base: int, part: str = TABLE) -> Trial | None:
    """Return the forecast from 1 January of a year for it and all later ones; none where too few tables are known."""
    day = date(base, 1, 1)
    known = known_kreise(day, day, everything)
    if part == CENSUS:
        known = like_census(known)
        if len(known.stock) < FEWEST_TABLES:
            return None
    fit = fit_kreise(known)
    days = [date(y, 1, 1) for y in range(base, LAST + 1)]
    made = np.moveaxis(project_kreise(fit, days), 1, 0)
    came = np.array([everything.stock[d.year] for d in days])
    response = np.array([national_response(fit, d) for d in days])
    return Trial(part, base, tuple(range(len(days))), known, made, came, response)


def trials(everything: Delivered, starts: Sequence[int] = STARTS) -> list[Trial]:
    """Return the trials of both kinds."""
    made = [trial(everything, base, part) for part in PARTS for base in starts]
    return [t for t in made if t is not None]


def like_census(known: KreisKnown) -> KreisKnown:
    """Return the same with the table of the base cut down to people, sexes and 11 age groups of every Kreis."""
    truth = fit_kreise(known)
    groups = truth.base_single.sum(1) @ group_matrix(np.array(CENSUS_FROM), SINGLE)
    census = CensusKreise(truth.base_count.sum((1, 2)), truth.base_count.sum(2), groups)
    stock = {y: t for y, t in known.stock.items() if y != known.base_year}
    return replace(known, stock=stock, census=census)


def learn(made: Sequence[Trial], until: int = LAST) -> pd.DataFrame:
    """Return the widths of cells by part, age, size and years ahead, from windows that ended by 1 January `until`.

    half_80: quantile of the absolute errors of all starts together, women and men, `Trial.missed`.
    """
    rows = []
    for part in PARTS:
        errors = [
            (years, one.persons, np.abs(one.missed(i)[0]))
            for one in made
            for i, years in enumerate(one.years)
            if one.part == part and one.base + years <= until and (years or part == CENSUS)
        ]
        for years in sorted({y for y, _, _ in errors}):
            size = np.concatenate([p for y, p, _ in errors if y == years])
            error = np.concatenate([e for y, _, e in errors if y == years])
            classes = np.array(SIZES)[np.digitize(size, SIZES) - 1]
            for edge in (0, *SIZES):
                here = error if edge == 0 else error[classes == edge]
                half = np.quantile(here, SHARE, axis=(0, 1))
                rows += [
                    (part, age, edge, years, here[:, :, a].size, half[a]) for a, age in enumerate(AGE_FROM)
                ]
    return pd.DataFrame(rows, columns=["part", "age_from", "persons", "years", "n", "half_80"])


def error_table(made: Sequence[Trial]) -> pd.DataFrame:
    """Return `kreise_errors`: the widths as they could be learned by each year (`until`, 1 January)."""
    parts = []
    for until in range(min(t.base for t in made) + 1, LAST + 1):
        table = learn(made, until)
        if until < FIRST_CENSUS_UNTIL:
            table = table[table["part"] == TABLE]
        parts.append(table.assign(until=until))
    out = pd.concat(parts, ignore_index=True)
    return out[["until", *[c for c in out if c != "until"]]]
