"""Step 14: joint random draws of population and households around a projection without shocks.

Axes inside this module: area, year, sex, age, and the draw axis last, so that it is contiguous; `Readings`
give the draw axis first, as everywhere else. A draw is one possible course of everything at once, so that
the interval of a sum is read from the sums of the draws.
"""

from functools import cache
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special
from threadpoolctl import ThreadpoolController

Array = NDArray[np.float64]
QUANTILE_80 = 0.9  # upper bound of the central 80 % interval
BLOCK = 256  # draws computed together, so that one area and year stay in the processor's cache


class ErrorTable(NamedTuple):
    """Half widths of the 80 % interval of a log error by size of the area and years ahead, from back-tests."""

    persons: Array  # (size,) ascending
    years: Array  # (horizon,) ascending
    half_width: Array  # (size, horizon)
    tail: float  # half width of the 95 % interval / that of the 80 % interval; 1.53 for a normal error

    def at(self, persons: Array, elapsed: Array) -> Array:
        """Return half widths (area, year), linear between the points of the table in all three logarithms."""
        years = np.log(np.maximum(elapsed, 1e-9))
        log_width = np.log(np.maximum(self.half_width, 1e-12))
        known = np.log(self.years)
        slope = (log_width[:, 1] - log_width[:, 0]) / (known[1] - known[0]) if len(known) > 1 else 0.5
        below = np.minimum(years - known[0], 0)[None, :] * np.asarray(slope).reshape(-1, 1)
        by_year = np.array([np.interp(years, known, row) for row in log_width]) + below
        size = np.log(self.persons)
        wanted = np.log(np.maximum(persons, 1.0))
        return np.exp(np.array([np.interp(wanted, size, column) for column in by_year.T])).T


class Shocks(NamedTuple):
    """What differs from draw to draw; year k is the step that ends at position k + 1."""

    growth: Array  # (draw, area, year) people who come or stay away, per inhabitant
    mortality: Array  # (draw, year) relative deviation of the probabilities of dying
    fertility: Array  # (draw, year) relative deviation of births per woman
    formation: Array  # (draw, year) relative deviation of the share living alone, at the end of the step


class Course(NamedTuple):
    """A projection without shocks and the rates behind it."""

    pop_count: Array  # (area, year + 1, sex, age)
    survival: Array  # (year, sex, age + 1)
    fertility: Array  # (area, year, age)
    shape: Array  # (sex, age), sums to 1: ages of those who come or stay away
    sex_ratio_birth: float


@cache
def _blas() -> ThreadpoolController:
    """Return what limits the threads of linear algebra: the products here are too small to share out."""
    return ThreadpoolController()


def normals(seed: int, name: str, draws: int, steps: int) -> Array:
    """Return standard normal numbers (draw, step) of a stream of its own; every second draw mirrors the one before.

    The same seed and name give the same numbers, whatever else is drawn, and more draws continue the same
    list: common random numbers for all scenarios and regions. Mirrored (antithetic) pairs keep means exact.
    """
    key = int.from_bytes(sha256(f"{seed}:{name}".encode()).digest()[:16], "big")
    stream = np.random.Generator(np.random.Philox(key=key))
    half = stream.standard_normal(((draws + 1) // 2, steps))
    return np.stack([half, -half], axis=1).reshape(-1, steps)[:draws]


def tail_factor(seed: int, name: str, draws: int, freedom: float) -> Array:
    """Return factors (draw,) that turn normal draws into draws of Student's t; 1 without end of `freedom`.

    √(ν/χ²_ν), the same for both draws of a mirrored pair.
    """
    if not np.isfinite(freedom):
        return np.ones(draws)
    chi = special.chdtri(freedom, special.ndtr(normals(seed, f"{name}:tail", draws, 1)[::2, 0]))
    return np.repeat(np.sqrt(freedom / chi), 2)[:draws]


@cache
def degrees_of_freedom(tail: float) -> float:
    """Return the ν of Student's t whose 95 % and 80 % intervals stand in the ratio `tail`; inf if normal or less."""
    grid = np.geomspace(1.5, 200, 400)
    ratio = special.stdtrit(grid, 0.975) / special.stdtrit(grid, QUANTILE_80)
    return float("inf") if tail <= ratio[-1] else float(np.interp(-tail, -ratio, grid))


def error_paths(half_width: Array, elapsed: Array, persistence: float, normal: Array, tail: float) -> Array:
    """Return courses of an error (draw, year) whose 80 % interval is ±`half_width` (year,) in every year.

    Errors of two years t < s are correlated by ρ + (1−ρ)·√(t/s): ρ = `persistence` is the share of a
    deviation that keeps its direction (1: a straight fan), the rest is a random walk. `normal` (draw, year)
    from `normals` already carries the tail; `tail` is the ν of Student's t, inf for a normal error.
    """
    early, late = np.minimum.outer(elapsed, elapsed), np.maximum.outer(elapsed, elapsed)
    correlation = persistence + (1 - persistence) * np.sqrt(early / late)
    factor = np.linalg.cholesky(correlation + 1e-10 * np.eye(len(elapsed)))
    upper = special.ndtri(QUANTILE_80) if np.isinf(tail) else special.stdtrit(tail, QUANTILE_80)
    return np.asarray((normal @ factor.T) * (half_width / upper))


def centred_scale(half_width: Array, weight: Array) -> Array:
    """Return widths (area, year) that the areas' own errors need so that they have `half_width` once centred.

    Errors of shares in a region sum to zero with the areas' `weight` (area,) in it; centring takes away
    1 − 2w + Σw² of the variance, which is given back here. Areas with half of the region or more stay.
    """
    square, spread = half_width**2, 1 - 2 * weight[:, None]
    fits = (weight < 0.5)[:, None]
    part = np.where(fits, weight[:, None] ** 2 / np.where(fits, spread, 1.0), 0.0)
    common = (part * square).sum(0) / (1 + part.sum(0))
    return np.sqrt(np.where(fits, np.maximum(square - common, 0) / np.where(fits, spread, 1.0), square))


def propagate(course: Course, shocks: Shocks, readings: Array, by_formation: Array) -> Array:
    """Return readings (draw, area, year + 1, item) of the population under the shocks.

    Every step ages the people with survival 1 − (1−s)(1+m), adds births of the mean of the women at both
    ends × (1+f), adds what the course without shocks gains beyond that (its migration and controls), and
    adds `growth` × people of the course at the ages of `shape`; nobody falls below zero. Without shocks it
    returns the course itself. readings (area, year + 1, item, age) are sums over ages of both sexes,
    `by_formation` (same shape) is their change per relative change of the share living alone.
    The first, short step takes shocks of growth only.
    """
    with _blas().limit(limits=1, user_api="blas"):
        return _propagate(course, shocks, readings, by_formation)


def _propagate(course: Course, shocks: Shocks, readings: Array, by_formation: Array) -> Array:
    areas, positions, sexes, ages = course.pop_count.shape
    draws, items = shocks.growth.shape[0], readings.shape[2]
    out = np.empty((draws, areas, positions, items))
    out[:, :, 0] = np.einsum("gia,ga->gi", readings[:, 0], course.pop_count[:, 0].sum(1))
    levers = np.flatnonzero(by_formation.any(axis=(0, 1, 3)))  # items that the share living alone moves
    lever = np.concatenate([readings, by_formation[:, :, levers]], axis=2)
    persons = course.pop_count.sum((2, 3))
    gain, fates = _gains(course), _fates(course.survival)
    for start in range(0, draws, BLOCK):
        part = slice(start, min(start + BLOCK, draws))
        width = part.stop - part.start
        pop = [np.repeat(course.pop_count[g, 0][..., None], width, axis=-1) for g in range(areas)]
        fresh, work = np.empty((sexes, ages, width)), np.empty((sexes, ages, width))
        coming, dying = np.ones((2, width)), np.ones((2, width))
        alive, both = np.empty((sexes, ages, width)), np.empty((ages, width))
        for k in range(positions - 1):
            np.add(shocks.mortality[part, k], 1, out=dying[1])
            np.matmul(fates[k], dying, out=alive.reshape(-1, width))
            births = 1 + shocks.fertility[part, k]
            for g in range(areas):
                np.multiply(shocks.growth[part, g, k], persons[g, k], out=coming[0])
                np.matmul(gain[g, k], coming, out=fresh.reshape(-1, width))
                if k > 0:
                    _age(pop[g], alive, course, course.fertility[g, k] / 2, k, births, fresh, work)
                np.maximum(fresh, 0, out=fresh)
                pop[g], fresh = fresh, pop[g]
                read = lever[g, k + 1] @ np.add(pop[g][0], pop[g][1], out=both)
                read[levers] += shocks.formation[part, k] * read[items:]
                out[part, g, k + 1] = read[:items].T
    return out


def response(course: Course, size: float = 1e-4) -> Array:
    """Return the relative deviation of each area's total per accumulated shock of migration (area, year).

    Measured with one small shock that grows evenly: above 1 where those who come have children here.
    """
    steps = course.pop_count.shape[1] - 1
    persons = course.pop_count.sum((2, 3))
    rest, half = _beyond(course), course.fertility / 2
    pop, total = course.pop_count[:, 0], np.empty((len(persons), steps))
    for k in range(steps):
        end = rest[:, k] + course.shape * (persons[:, k] * size)[:, None, None]
        if k > 0:
            end += _aged(pop, course.survival[k])
            born = ((pop[:, 0] + end[:, 0]) * half[:, k]).sum(-1)
            end[..., 0] += _sex_shares(course) * course.survival[k, :, 0] * born[:, None]
        pop = np.maximum(end, 0)
        total[:, k] = pop.sum((1, 2))
    return np.asarray((total / persons[:, 1:] - 1) / (size * np.arange(1, steps + 1)))


def _fates(survival: Array) -> Array:
    """Return (year, sex x age, 2): times (1, 1 + m) the survival 1 - (1-s)(1+m) of those already born."""
    dying = 1 - survival[..., 1:].reshape(len(survival), -1)
    return np.stack([np.ones_like(dying), -dying], axis=-1)


def _age(
    pop: Array, alive: Array, course: Course, half_rate: Array, k: int, births: Array, out: Array, work: Array
) -> None:  # fmt: skip
    """Add to `out`, the arrivals (sex, age, draw), those of the year before who are alive and the newborn."""
    np.multiply(pop, alive, out=work)
    out[:, 1:] += work[:, :-1]
    out[:, -1] += work[:, -1]
    ages = slice(*(np.flatnonzero(half_rate)[[0, -1]] + (0, 1))) if half_rate.any() else slice(0)
    born = (half_rate[ages] @ pop[0, ages] + half_rate[ages] @ out[0, ages]) * births
    out[:, 0] += (_sex_shares(course) * course.survival[k, :, 0])[:, None] * born


def _aged(pop: Array, survival: Array) -> Array:
    """Return the people (..., sex, age) who are alive a year later, one age on, without the newborn."""
    alive = pop * survival[..., 1:]
    end = np.zeros_like(alive)
    end[..., 1:] = alive[..., :-1]
    end[..., -1] += alive[..., -1]
    return end


def _gains(course: Course) -> Array:
    """Return (area, year, sex x age, 2): ages of those who come per person, and what the course gains beyond."""
    rest = _beyond(course)
    flat = rest.reshape(*rest.shape[:2], -1)
    return np.stack([np.broadcast_to(course.shape.reshape(-1), flat.shape), flat], axis=-1)


def _beyond(course: Course) -> Array:
    """Return what the course gains in each step beyond ageing and births (area, year, sex, age)."""
    pop, survival = course.pop_count, course.survival[1:]
    rest = np.array(pop[:, 1:])  # the short first step counts as given
    born = (course.fertility[:, 1:] * (pop[:, 1:-1, 0] + pop[:, 2:, 0])).sum(-1) / 2
    rest[:, 1:] -= _aged(pop[:, 1:-1], survival)
    rest[:, 1:, :, 0] -= _sex_shares(course) * survival[..., 0] * born[..., None]
    return rest


def _sex_shares(course: Course) -> Array:
    ratio = course.sex_ratio_birth
    return np.array([1.0, ratio]) / (1 + ratio)


def recentred(values: Array, middle: Array) -> Array:
    """Return draws (draw, ...) moved so that their mean is the course without shocks, `middle` (...).

    Mirrored draws differ from it by curvature and by cut-off below zero only; the move is a control variate.
    """
    return np.add(values, middle - values.mean(0))


def interval(values: Array, level: float = 0.8) -> tuple[Array, Array]:
    """Return the bounds of the central interval over the draw axis: quantiles (1−level)/2 and (1+level)/2."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
