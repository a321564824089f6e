"""Cohorts of the Kreise relative to those of the nation: a state space followed by a Kalman filter.

Ratio of a Kreis by sex and age r = (its share of the nation's people of that age) ÷ (its share of all people). Along
a cohort `r[a+1](t+1) = r[a](t) + d[a+1] + e[a+1](t)`: d lasting relative gain by age (moves, mortality), e that of one
year. Newborn follow the ratio of the women who bear them, plus a lasting and a yearly part. Observed are the ratios of
five-year groups. All Kreise share the spreads, so that small and large ones are drawn to the nation by what the
data allow. State: F 0 … 90+, M 0 … 90+. References: Durbin, Koopman (2012), Time Series Analysis by State Space Methods,
chapter 4; Wilson (2015), Population Space and Place 21 (growth relative to the nation in cohorts of small areas).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from wohnlib.forecast.kreise_nation import GROUPS
from wohnlib.forecast.kreise_settings import SINGLE, number, numbers

Array = NDArray[np.float64]
CELLS = 2 * SINGLE
ROOT3 = 3**0.5
_NEWBORN = np.array([0, SINGLE])
TO_GROUPS = np.kron(np.eye(2), GROUPS.T)  # (38, state)


@dataclass(frozen=True)
class Spreads:
    """Standard deviations and reaches of the parts, estimated by likelihood; ratios, reaches in years of age.

    *_knots by age at `age_knots`, as logarithms; both_sexes: correlation of the sexes at the start, in lasting and in
    yearly gains.
    """

    start: tuple[float, float]  # broad, narrow
    start_reach: tuple[float, float, float, float]  # broad young, rest; narrow young, rest
    lasting_knots: tuple[float, ...]
    yearly_knots: tuple[float, ...]
    gain_reach: tuple[float, float]  # young, rest
    births: tuple[float, float]  # lasting, yearly
    observed: float
    both_sexes: tuple[float, float, float]
    refugees: float  # spread of the intake of refugees, share of an even intake


@dataclass(frozen=True)
class Moves:
    """What moves the ratios: yearly transitions (state, state), places of the shock years, people by cell."""

    transition: list[sparse.csr_array]
    weights: Array  # (year, 38, state) group ratios from single ages
    shock: NDArray[np.bool_]  # (year,) of the years observed
    arrivals: Array  # (state,)
    nation: Array  # (year, state) persons
    survival: Array  # (state,) to this age


@dataclass
class State:
    """Means (state, Kreis) of ratio and lasting gain, and their covariances."""

    ratio: Array
    gain: Array
    rr: Array
    rg: Array
    gg: Array

    def ahead(self, transition: sparse.csr_array, noise: Array) -> "State":
        """Return the state a year later."""
        rg = transition @ self.rg
        rr = transition @ (transition @ self.rr).T
        moved = rg + rg.T
        return State(
            transition @ self.ratio + self.gain, self.gain, rr.T + moved + self.gg + noise,
            rg + self.gg, self.gg,
        )  # fmt: skip

    def seen(self, weights: Array, value: Array, noise: float) -> tuple["State", float, Array]:
        """Return the state after observing `weights @ ratio` = value (38, Kreis), its log likelihood, and the misses.

        misses (38, Kreis): value − expected value, in expected standard deviations.
        """
        hr = weights @ self.rr
        s = hr @ weights.T
        s[np.diag_indices(len(s))] += noise
        miss = value - weights @ self.ratio
        root = np.linalg.cholesky(s)
        white = np.linalg.solve(root, np.column_stack([miss, hr, weights @ self.rg]))
        n, k = miss.shape[1], len(self.rr)
        z, a, b = white[:, :n], white[:, n : n + k], white[:, n + k :]
        likelihood = -0.5 * float((z**2).sum()) - n * float(np.log(np.diag(root)).sum())
        after = State(
            self.ratio + a.T @ z, self.gain + b.T @ z, self.rr - a.T @ a, self.rg - a.T @ b, self.gg - b.T @ b
        )
        return after, likelihood, miss / np.sqrt(np.diag(s))[:, None]


def moves(
    nation: Array, survival: Array, fertility: Array, shock: NDArray[np.bool_], arrivals: Array
) -> Moves:
    """Return how ratios move, from the nation (year, sex, age) observed and projected."""
    flat = nation.reshape(len(nation), CELLS)
    weights = TO_GROUPS[None] * flat[:, None]
    weights = weights / weights.sum(-1, keepdims=True)
    return Moves(
        [_transition(n, survival, fertility) for n in nation[:-1]], weights, shock, arrivals.ravel(), flat,
        survival[:, :SINGLE].ravel(),
    )  # fmt: skip


def _transition(nation: Array, survival: Array, fertility: Array) -> sparse.csr_array:
    """Return F with r(t+1) = F r(t): cohorts move up, the open group mixes, newborn follow the mothers."""
    out = np.zeros((CELLS, CELLS))
    births = fertility * nation[0]
    for sex in range(2):
        o = sex * SINGLE
        out[o + np.arange(1, SINGLE), o + np.arange(SINGLE - 1)] = 1
        alive = nation[sex, -2:] * survival[sex, -2:]
        out[o + SINGLE - 1, o + SINGLE - 2 : o + SINGLE] = alive / alive.sum()
        out[o, :SINGLE] = births / births.sum()
    return sparse.csr_array(out)


def _reach(young: float, rest: float) -> Array:
    """Return the correlation by age, Matérn 3/2, over ages that count more where people are young."""
    low, high = numbers("young")
    age = np.arange(SINGLE) + 0.5
    place = np.cumsum(1 / np.where((age > low) & (age < high), young, rest))
    away = np.abs(place[:, None] - place)
    return np.asarray((1 + ROOT3 * away) * np.exp(-ROOT3 * away))


def _sexes(part: Array, both: float) -> Array:
    return np.kron(np.array([[1, both], [both, 1]]), part)


def _by_age(knots: tuple[float, ...]) -> Array:
    return np.asarray(np.exp(np.interp(np.arange(SINGLE) + 0.5, numbers("age_knots"), knots)))


def covariances(spreads: Spreads) -> tuple[Array, Array, Array]:
    """Return covariances (state, state): ratios of the first year, lasting gains, gains of one year."""
    young, rest, near, far = spreads.start_reach
    both = spreads.both_sexes
    start = spreads.start[0] ** 2 * _reach(young, rest) + spreads.start[1] ** 2 * _reach(near, far)
    first = _sexes(start, both[0]) + number("level_spread") ** 2
    reach = _reach(*spreads.gain_reach)
    parts = []
    for knots, together, births in zip(
        (spreads.lasting_knots, spreads.yearly_knots), both[1:], spreads.births, strict=True
    ):
        size = _by_age(knots)
        part = _sexes(reach * size[:, None] * size, together)
        part[np.ix_(_NEWBORN, _NEWBORN)] += births**2
        parts.append(part)
    return first, parts[0], parts[1]


def chance(m: Moves, year: int, share: float, *, alive: bool) -> Array:
    """Return the variance of ratios by chance: 1 ÷ people of the cell, for survival the share dying of it."""
    people = np.maximum(m.nation[min(year, len(m.nation) - 1)] * share, 1.0)
    return np.asarray((1 - m.survival if alive else 1.0) / people)


def follow(
    spreads: Spreads, m: Moves, values: Mapping[int, Array], share: float, last: int
) -> tuple[list[State], float, dict[int, Array]]:
    """Return the states of a group of Kreise year by year up to `last`, the log likelihood, and misses by year observed.

    values: year -> group ratios (38, Kreis); share: of a typical Kreis of the group in the nation.
    """
    first, lasting, yearly = covariances(spreads)
    count = next(iter(values.values())).shape[1]
    start = first + np.diag(chance(m, 0, share, alive=False))
    state = State(np.ones((CELLS, count)), np.zeros((CELLS, count)), start, np.zeros_like(start), lasting)
    refugees = np.outer(m.arrivals, m.arrivals) * spreads.refugees**2
    path, total, misses = [], 0.0, {}
    for year in range(last + 1):
        if year:
            noise = yearly + np.diag(chance(m, year, share, alive=True))
            noise[_NEWBORN, _NEWBORN] += chance(m, year, share, alive=False)[_NEWBORN]
            if year <= len(m.shock) and m.shock[year - 1]:
                noise = noise + refugees
            state = state.ahead(m.transition[year - 1], noise)
        if year in values:
            state, likelihood, misses[year] = state.seen(m.weights[year], values[year], spreads.observed**2)
            total += likelihood
        path.append(state)
    return path, total, misses
