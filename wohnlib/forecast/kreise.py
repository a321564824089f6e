"""Forecast of all Kreise by five-year age group and sex, from what was known at a date: the method on one screen.

The nation goes on by cohort components; each Kreis keeps its ratio to the nation along its cohorts, with the lasting
gains by age that its own tables of several years show; its total follows the growth that slopes of earlier windows
give; births follow its women at its own level. Arrays: Kreis (400), date, sex (F, M), group (0-4 … 90+).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wohnlib.forecast import kreise_data
from wohnlib.forecast.asof import Allowed
from wohnlib.forecast.kreise_base import adjusted_totals, census_table, moved_on, yearly_tables
from wohnlib.forecast.kreise_data import KreisKnown
from wohnlib.forecast.kreise_errors import NORMAL_80, Widths, kreis_errors
from wohnlib.forecast.kreise_estimate import SPREADS
from wohnlib.forecast.kreise_nation import GROUPS, Nation, fit_nation, project_nation
from wohnlib.forecast.kreise_relative import Moves, Spreads, State, follow, moves
from wohnlib.forecast.kreise_settings import AGE_FROM, number
from wohnlib.forecast.kreise_totals import Growth, fit_growth, years_that_count
from wohnlib.model.base import scale_groups

__all__ = [
    "AGE_FROM",
    "KreisFit",
    "KreisKnown",
    "Widths",
    "fit_kreise",
    "half_widths",
    "known_kreise",
    "kreis_errors",
    "national_response",
    "project_kreise",
]
Array = NDArray[np.float64]
LAST_DATE = date(2060, 12, 31)
DAYS = 365.25


@dataclass(frozen=True)
class KreisFit:
    """What moves the Kreise on; base_count (Kreis, sex, group), base_single (Kreis, sex, age)."""

    keys: tuple[str, ...]
    base: date
    base_count: Array
    base_single: Array
    nation: Nation
    growth: Growth
    values: dict[int, Array]  # years since the first table -> group ratios (38, Kreis)
    share: Array  # (Kreis,) of the nation
    groups: tuple[NDArray[np.int64], ...]  # Kreise of like size
    spreads: Spreads
    from_census: bool  # the base is fitted to the age groups of the census


def known_kreise(
    as_of: date, base: date, delivered: kreise_data.Delivered | None = None, *, to_base: bool = False
) -> KreisKnown:
    """Return what may be used as of a date for a forecast from a base (1 January, 31 December or the census day).

    to_base: the yearly tables between the last published one and the base may be used too (see `asof.Allowed`).
    """
    return kreise_data.known(delivered or kreise_data.read(), Allowed(as_of, base, to_base))


def fit_kreise(known: KreisKnown, spreads: Spreads = SPREADS) -> KreisFit:
    """Return the nation, growth of totals, ratios of the tables and the base table of all Kreise."""
    nation = fit_nation(known)
    newest = known.stock[nation.last]
    share = newest.sum((1, 2)) / newest.sum()
    values = {
        y - nation.first: (t / t.sum(0) / share[:, None, None]).reshape(len(share), -1).T
        for y, t in known.stock.items()
    }
    groups = tuple(np.array_split(np.argsort(share, kind="stable"), int(number("size_groups"))))
    empty = np.zeros((0, 0, 0))
    growth = fit_growth(known)
    fit = KreisFit(
        known.keys, known.base, empty, empty, nation, growth, values, share, groups, spreads,
        from_census=known.census is not None,
    )  # fmt: skip
    path = Path(fit, known.base_year + 1)
    if known.census is not None:
        single = census_table(path.tables[-2:], part_of_year(known.base), known.census)
        count = single @ GROUPS
    else:
        count = known.stock[known.base_year]
        single = scale_groups(path.tables[-2], count, GROUPS)
    return replace(fit, base_count=count, base_single=single)


class Path:
    """Ratios and tables of all Kreise from the year before a base on, if nothing of the base were known."""

    def __init__(self, fit: KreisFit, last: int) -> None:
        self.fit, self.first = fit, fit.nation.first
        self.nation = project_nation(fit.nation, last)  # (year, sex, age)
        steps = last - self.first
        self.moves: Moves = moves(
            self.nation, fit.nation.survival, fit.nation.fertility, fit.nation.shock, fit.nation.arrivals
        )
        followed = [
            follow(
                fit.spreads, self.moves, {t: v[:, g] for t, v in fit.values.items()},
                float(np.median(fit.share[g])), steps,
            )
            for g in fit.groups
        ]  # fmt: skip
        self.states: list[list[State]] = [f[0] for f in followed]
        self.misses: list[dict[int, Array]] = [f[2] for f in followed]  # of a group, (38, Kreis) by year

    @cached_property
    def tables(self) -> Array:
        """Persons (year, Kreis, sex, age) from the first year."""
        return yearly_tables(self.states, self.fit.groups, self.fit.share, self.nation)

    def response(self, year: int) -> Array:
        """Return how a person more in a Kreis is spread over its cells (Kreis, sex, group); sums to 1."""
        people = self.nation[year - self.first].ravel()
        out = np.empty((len(self.fit.share), 2, len(AGE_FROM)))
        for states, group in zip(self.states, self.fit.groups, strict=True):
            with_total = people * (states[year - self.first].rr @ people)
            out[group] = (with_total / with_total.sum()).reshape(2, -1) @ GROUPS
        return out

    def spread(self, year: int) -> Array:
        """Return the standard deviation of the logarithm of cells relative to the nation (Kreis, sex, group)."""
        at = year - self.first
        weights = self.moves.weights[at]
        out = np.empty((len(self.fit.share), 2, len(AGE_FROM)))
        for states, group in zip(self.states, self.fit.groups, strict=True):
            variance = np.einsum("gs,st,gt->g", weights, states[at].rr, weights)
            ratio = np.maximum(weights @ states[at].ratio, number("smallest_ratio"))
            out[group] = (np.sqrt(variance)[:, None] / ratio).T.reshape(-1, 2, len(AGE_FROM))
        return out


def half_widths(fit: KreisFit, day: date) -> tuple[Array, Array]:
    """Return half widths of 80 % intervals of logarithms, cells (Kreis, sex, group) and totals (Kreis,), as of the base.

    Cells: spread of the state space, normal; totals: quantile of what earlier windows left unexplained × years. Both
    relative to the nation, from nothing later than the base.
    """
    share = number("interval")
    cells = NORMAL_80 * Path(fit, day.year).spread(day.year)
    years = years_that_count((day - fit.base).days / DAYS)
    error = np.abs(fit.growth.past_error - np.median(fit.growth.past_error))
    totals = np.full(len(fit.keys), float(np.quantile(error, share)) * years / 100)
    return cells, totals


def national_response(fit: KreisFit, day: date) -> Array:
    """Return by how much cells change where the nation's total changes by a share (sex, group): 1 would be evenly.

    More or fewer people come and go than expected from the base on, at the ages of net migration; they grow older and
    have children as all do. `∂ log N[x,a] / ∂ log N`, at the 1 January after the day.
    """
    start, last = fit.base.year, max(day.year + (part_of_year(day) > 0), fit.base.year + 1)
    path = project_nation(fit.nation, start)
    from_base = replace(fit.nation, last=start, pop_count=path)
    more = replace(from_base, level=from_base.level + number("response_step") * float(path[-1].sum()))
    one, other = (project_nation(n, last)[last - fit.nation.first] for n in (from_base, more))
    change = np.log((other @ GROUPS) / (one @ GROUPS))
    return np.asarray(change / np.log(other.sum() / one.sum()))


def project_kreise(
    fit: KreisFit,
    dates: Sequence[date],
    national_total: Mapping[date, float] | None = None,
    kreis_total: Mapping[date, Array] | None = None,
) -> Array:
    """Return persons (Kreis, date, sex, group); between yearly steps interpolated on the logarithm.

    national_total: all Kreise are scaled to it; kreis_total: totals (Kreis,) of another forecast, instead of our own.
    """
    dates = [_named(fit, d) for d in dates]
    if national_total is not None:
        national_total = {_named(fit, d): total for d, total in national_total.items()}
    if kreis_total is not None:
        kreis_total = {_named(fit, d): totals for d, totals in kreis_total.items()}
    if min(dates) < fit.base or max(dates) > LAST_DATE:
        raise ValueError(f"dates {min(dates)} to {max(dates)}: expected {fit.base} to {LAST_DATE}")
    last = max(max(dates).year + 1, fit.base.year + 1)
    path = Path(fit, last)
    start = fit.base.year - path.first
    nodes, single = [fit.base_count], fit.base_single
    for t in range(start, last - path.first):
        fraction = 1 - part_of_year(fit.base) if t == start else 1.0
        single = moved_on(single, path.tables[t], path.tables[t + 1], fit.nation.fertility, fraction)
        nodes.append(single @ GROUPS)
    out = [_at(fit, path, np.array(nodes), d, national_total, kreis_total) for d in dates]
    return np.stack(out, axis=1)


def _named(fit: KreisFit, day: date) -> date:
    """Return a day as the forecast names it: the 31 December before a base on 1 January is that base."""
    return fit.base if kreise_data.first_of_january(day) == fit.base else day


def part_of_year(day: date) -> float:
    """Return the part of the year that is over."""
    return (day - date(day.year, 1, 1)).days / DAYS


def _at(
    fit: KreisFit, path: Path, nodes: Array, day: date,
    national_total: Mapping[date, float] | None, kreis_total: Mapping[date, Array] | None,
) -> Array:  # fmt: skip
    """Return the table (Kreis, sex, group) of a day, brought to its total."""
    if day == fit.base:
        table = nodes[0]
    else:
        step = day.year - fit.base.year
        begin = fit.base if step == 0 else date(day.year, 1, 1)
        part = (day - begin).days / (date(day.year + 1, 1, 1) - begin).days
        table = np.exp((1 - part) * np.log(nodes[step]) + part * np.log(nodes[step + 1]))
        total = table.sum()
        if kreis_total is not None:
            wanted = np.asarray(kreis_total[day], dtype=float)
        else:
            years = years_that_count((day - fit.base).days / DAYS)
            wanted = fit.base_count.sum((1, 2)) * np.exp(fit.growth.relative * years / 100)
            wanted = wanted * total / wanted.sum()
        table = adjusted_totals(table, wanted, path.response(day.year + (part > 0)))
    if national_total is not None:
        table = table * national_total[day] / table.sum()
    return np.asarray(table)
