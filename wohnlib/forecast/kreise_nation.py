"""Germany by single year of age and sex, from yearly tables of five-year groups, and its projection.

Single years are found by following cohorts: unknown are the first year's single ages, births and net migration by
year and age; known are the groups of every table, recorded births and survival; what is left open is smooth. The
projection is by cohort components with constant migration by age. Arrays: year, sex (F, M), age (0 … 89, 90+).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.settings import number as shared_number
from wohnlib.forecast.kreise_data import KreisKnown
from wohnlib.forecast.kreise_settings import AGE_FROM, SINGLE, number, numbers
from wohnlib.model.base import group_matrix
from wohnlib.model.fertility import single_year_shares
from wohnlib.model.mortality import improve, survival_ratios
from wohnlib.model.population import project_step

Array = NDArray[np.float64]
GROUPS = group_matrix(np.array(AGE_FROM), SINGLE)  # (age, group)
FIRST_MOTHERS = 15


@dataclass(frozen=True)
class Nation:
    """The nation in the years observed and how it goes on; counts are persons."""

    first: int  # 1 January of the first year
    last: int  # 1 January of the last table that is known
    pop_count: Array  # (year, sex, age) from `first` to `last`
    migration: Array  # (year, sex, age) in the years between
    shock: NDArray[np.bool_]  # (year,) years of refugees among them
    qx: Array  # (sex, age 0 … 100), old ages scaled to what was observed
    survival: Array  # (sex, age + 1) of the life table, scaled like qx
    table_middle: float  # moment the life table stands for
    fertility: Array  # (age,) births per woman and year
    level: float  # net migration a year that goes on
    shape: Array  # (sex, age) sums to 1

    @property
    def arrivals(self) -> Array:
        """Return what years of refugees brought beyond the other years, per person (sex, age)."""
        here = self.pop_count[:-1]
        regular = self.migration[~self.shock].mean(0) if (~self.shock).any() else 0.0
        if not self.shock.any():
            return np.zeros(here.shape[1:])
        beyond = (self.migration - regular) / here
        out = np.array(beyond[self.shock].mean(0))
        out[:, int(number("old_first")) :] = 0
        return out


def sexes_at_birth() -> Array:
    """Return the shares of girls and boys among births."""
    boys = number("boys_per_girl")
    return np.array([1, boys]) / (1 + boys)


def fit_nation(known: KreisKnown) -> Nation:
    """Return the nation as far as it is known and the rates that move it on."""
    years = sorted(known.stock)
    first, last = years[0], years[-1]
    period = max(known.qx)
    middle = (int(period[:4]) + int(period[-4:]) + 1) / 2
    qx = np.nan_to_num(known.qx[period], nan=1.0)
    survival = _survival(qx)
    tables = {y: known.stock[y].sum(0) for y in years}
    fits = [
        _follow(_one(tables, x), _one(known.single, x), survival[x], sexes_at_birth()[x], known.nation)
        for x in range(2)
    ]
    pop = np.stack([f[0] for f in fits], axis=1)
    migration = np.stack([f[1] for f in fits], axis=1)
    qx = _observed_mortality(pop, migration, survival, qx)
    sums = migration.sum((1, 2))
    shock = sums > number("shock") * np.median(sums)
    fertility = _fertility(known, pop, fits[0][2] + fits[1][2])
    shape = migration[~shock].sum(0)
    shape[:, int(number("old_first")) :] = 0
    recent = sums[-int(number("recent_years")) :].mean()
    longrun = known.nation.loc[int(shared_number("path_migration_from")) :, "migration"].mean() * 1000
    damping = shared_number("path_damping")
    return Nation(
        first, last, pop, migration, shock, qx, _survival(qx), middle, fertility,
        float((damping * recent + longrun) / 2), shape / shape.sum(),
    )  # fmt: skip


def project_nation(nation: Nation, last: int) -> Array:
    """Return the nation (year, sex, age) from the first table to 1 January of `last`, by cohort components."""
    path = [*nation.pop_count]
    for year in range(nation.last, last):
        qx = improve(nation.qx, number("improvement"), year + 0.5 - nation.table_middle)
        step = project_step(
            path[-1], _survival(qx), nation.fertility, nation.level * nation.shape,
            sex_ratio_birth=number("boys_per_girl"), negative="zero",
        )  # fmt: skip
        path.append(step.pop_count)
    return np.array(path)


def _survival(qx: Array) -> Array:
    return np.asarray(survival_ratios(qx, ages=SINGLE, a0=number("infant_years")))


def _one(tables: Mapping[int, Array], sex: int) -> dict[int, Array]:
    return {year: table[sex] for year, table in tables.items()}


def _follow(
    tables: Mapping[int, Array],
    singles: Mapping[int, Array],
    survival: Array,
    share: float,
    nation: pd.DataFrame,
) -> tuple[Array, Array, Array]:
    """Return single ages (year, age), migration (year, age) and births (year,) of one sex, by least squares."""
    first, steps = min(tables), max(tables) - min(tables)
    maps = _cohort_maps(steps, survival)
    width = maps.shape[-1]
    births = nation["births"] * 1000 * share
    prior = _cohort_sizes(first, births, survival)
    rows: list[Array] = []
    aims: list[Array] = []

    def add(row: Array, aim: Array | Sequence[float], spread: Array | float) -> None:
        scale = np.broadcast_to(spread, len(row))
        rows.append(row / scale[:, None])
        aims.append(np.asarray(aim) / scale)

    mean = np.mean([t.mean() for t in tables.values()])
    for year, table in tables.items():
        add(GROUPS.T @ maps[year - first], table, number("fit_group") * mean)
    for year, table in singles.items():
        add(maps[year - first], table, number("fit_group") * mean)
    bend = np.diff(np.eye(SINGLE), 2, axis=0)
    known_from = first - int(number("first_recorded_births"))
    open_cohort = np.arange(2, SINGLE) >= known_from - 1
    spread = np.where(open_cohort, number("fit_cohort_old"), number("fit_cohort_births"))
    block = np.zeros((SINGLE - 3, width))
    block[:, :SINGLE] = (bend / prior)[:-1]  # the open group is no cohort
    add(block, np.zeros(SINGLE - 3), spread[:-1])
    newest = int(births.index.max())
    for t in range(steps):
        year = min(first + t, newest)
        sure = number("fit_births_known" if first + t <= newest else "fit_births_open")
        add(np.eye(width)[[SINGLE + t]], [births[year]], births[year] * sure)
        moved = slice(SINGLE + steps + t * SINGLE, SINGLE + steps + (t + 1) * SINGLE)
        smooth = np.zeros((SINGLE - 2, width))
        smooth[:, moved] = bend / prior
        smooth[0, moved.start : moved.start + 3] = (
            np.array([2, -1, 0]) / prior[0]
        )  # newborn: half a year to move
        add(smooth, np.zeros(SINGLE - 2), number("fit_migration_bend"))
        small = np.zeros((SINGLE, width))
        small[:, moved] = np.eye(SINGLE)
        young = np.arange(SINGLE) < int(number("old_first"))
        size = np.where(young, number("fit_migration_young"), number("fit_migration_old"))
        add(small, np.zeros(SINGLE), prior * size)
    found = np.linalg.lstsq(np.concatenate(rows), np.concatenate(aims), rcond=None)[0]
    return maps @ found, found[SINGLE + steps :].reshape(steps, SINGLE), found[SINGLE : SINGLE + steps]


def _cohort_maps(steps: int, survival: Array) -> Array:
    """Return the map (year, age, unknown) from first ages, births and migration to the ages of each year."""
    width = SINGLE + steps + steps * SINGLE
    now = np.zeros((SINGLE, width))
    now[:, :SINGLE] = np.eye(SINGLE)
    out = [now]
    for t in range(steps):
        then = np.zeros((SINGLE, width))
        then[1:] = survival[1:SINGLE, None] * now[:-1]
        then[-1] += survival[SINGLE] * now[-1]
        then[0, SINGLE + t] = survival[0]
        then[np.arange(SINGLE), SINGLE + steps + t * SINGLE + np.arange(SINGLE)] += 1
        out.append(then)
        now = then
    return np.array(out)


def _cohort_sizes(first: int, births: pd.Series, survival: Array) -> Array:
    """Return births × survivors by age on 1 January, as a scale for smoothness; unknown births are the oldest known."""
    alive = np.cumprod(survival[:SINGLE])
    alive[-1] *= 1 / (1 - survival[SINGLE])
    begin, end = int(number("first_recorded_births")), int(births.index.max())
    born = [births[min(max(first - 1 - age, begin), end)] for age in range(SINGLE)]
    return np.asarray(np.asarray(born) * alive)


def _observed_mortality(pop: Array, migration: Array, survival: Array, qx: Array) -> Array:
    """Return qx (sex, age) with old ages scaled by deaths observed ÷ deaths of the table, in two age groups.

    A residual at old ages is an error of mortality: deaths observed = deaths of the table − residual.
    """
    old, top = int(number("old_first")), SINGLE - 1
    low, high = numbers("old_factor_range")
    out = qx.copy()
    for sex in range(2):
        dying = pop[:-1, sex] * (1 - survival[sex, 1:])
        for ages, to, ages_qx in (
            (slice(old - 1, top - 1), slice(old, top), slice(old, top)),
            (slice(top - 1, None), slice(top, None), slice(top, None)),
        ):
            factor = 1 - migration[:, sex, to].sum() / dying[:, ages].sum()
            out[sex, ages_qx] = 1 - (1 - qx[sex, ages_qx]) ** float(np.clip(factor, low, high))
    return out


def _fertility(known: KreisKnown, pop: Array, births: Array) -> Array:
    """Return births per woman by age: the newest recorded pattern at the level of the last births."""
    pattern = known.mothers.loc[known.mothers.index.max()].to_numpy(float)
    share = single_year_shares(pattern, first_age=FIRST_MOTHERS, ages=SINGLE)
    women = (pop[:-1, 0] + pop[1:, 0]) / 2
    count = int(number("births_years"))
    return np.asarray(share * births[-count:].sum() / (women[-count:] @ share).sum())
