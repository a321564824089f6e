"""Fit of household member rates and of the building type by household size to all municipalities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.data.germany import Germany
from wohnlib.model import quotas
from wohnlib.model.quotas import Array

Rows = NDArray[np.bool_]
CLASSES = ("unter_50000", "ab_50000")


@dataclass(frozen=True)
class Settings:
    """Choices of the estimate; each can be questioned, so each has a name, a unit and a reason."""

    smooth: float = 100.0  # weight of bends of the deviation from the prior shape; errors are flat in it
    pull: float = 10.0  # weight of the deviation itself; the same
    noise_persons: float = 5_000.0  # persons at which census noise equals the spread between places
    smallest: int = 200  # persons; smaller municipalities are mostly noise and enter the balances only
    widest_gap: float = 0.15  # |persons in households / household population − 1|; above: homes or camps
    city_from: int = 50_000  # persons; municipalities from this size and below it have rates of their own
    seniors_per_mixed: float = 1.4  # seniors per household of 3+ with seniors and younger people; red
    seniors_three: float = 0.0005  # senior-only households of 3+ per person in households; red


def balances(g: Germany, rows: Rows, s: Settings) -> tuple[Array, Array]:
    """Return age shares (19,) and the seven counts per person in households (7,) of a set of areas."""
    share = g.private[rows].sum(axis=0)
    persons = g.persons[rows].sum(axis=0)
    target = np.concatenate([persons, g.senior[rows].sum(axis=0)]) / persons.sum()
    target[5] -= s.seniors_three
    return share / share.sum(), target


def usable(g: Germany, s: Settings) -> Rows:
    """Return which municipalities are large enough and without a large institution."""
    gap = np.abs(g.persons.sum(axis=1) / np.maximum(g.private.sum(axis=1), 1.0) - 1.0)
    return np.asarray((g.total >= s.smallest) & (gap < s.widest_gap))


def class_of(g: Germany, s: Settings) -> NDArray[np.int64]:
    return (g.total >= s.city_from).astype(np.int64)


def weights(g: Germany, rows: Rows, s: Settings) -> Array:
    """Return weights with mean 1: inverse of spread between places plus census noise per person."""
    weight = 1.0 / (1.0 / s.noise_persons + 1.0 / g.total[rows])
    return np.asarray(weight / weight.mean())


def fit(g: Germany, s: Settings, prior: Array, rows: Rows | None = None) -> Array:
    """Return member rates by class of municipality, (class, age, kind), from the areas in `rows`."""
    rows = np.ones(len(g.total), dtype=bool) if rows is None else rows
    f = quotas.equations(s.seniors_per_mixed)
    share, target = balances(g, rows, s)
    start = quotas.tilt(prior, share, f[:5], target[:5])
    found = []
    for c in range(len(CLASSES)):
        member = rows & (class_of(g, s) == c)
        share, target = balances(g, member, s)
        near = quotas.tilt(start, share, f[:5], target[:5])
        xx, xy = _moments(g, member & usable(g, s), s)
        found.append(quotas.fit_rates(xx, xy, f, share, target, near, smooth=s.smooth, pull=s.pull))
    return np.stack(found)


def _moments(g: Germany, rows: Rows, s: Settings) -> tuple[Array, Array]:
    """Return the moments of age and household shares within Kreise, less what the controls explain."""
    private, persons = g.private[rows], g.persons[rows]
    y = np.column_stack([persons, g.senior[rows]]) / persons.sum(axis=1, keepdims=True)
    x = private / private.sum(axis=1, keepdims=True)
    weight = weights(g, rows, s)
    both = quotas.within(np.column_stack([x, y]), _kreis(g, rows), weight, g.controls[rows])
    return quotas.moments(both[:, : x.shape[1]], both[:, x.shape[1] :], weight)


def _kreis(g: Germany, rows: Rows) -> NDArray[np.int64]:
    return np.asarray(np.unique(g.kreis[rows], return_inverse=True)[1])


def national(g: Germany, s: Settings, rates: Array) -> Array:
    """Return the mean of the classes' rates, weighted by their persons of each age, (age, kind)."""
    people = np.stack([g.private[class_of(g, s) == c].sum(axis=0) for c in range(len(CLASSES))])
    return np.asarray((people[:, :, None] * rates).sum(axis=0) / people.sum(axis=0)[:, None])


def type_preference(g: Germany, s: Settings) -> Array:
    """Return the share of households of each size in buildings with one or two dwellings, (5,)."""
    rows = usable(g, s)
    sizes = g.by_size
    shares = sizes[rows] / sizes[rows].sum(axis=1, keepdims=True)
    ages = g.private[rows] / g.private[rows].sum(axis=1, keepdims=True)
    controls = np.column_stack([g.controls[rows], ages[:, 1:]])
    both = np.column_stack([shares, g.one_two[rows]])
    weight = weights(g, rows, s)
    left = quotas.within(both, _kreis(g, rows), weight, controls)
    slope = quotas.composition_slope(left[:, :5], left[:, 5], weight)
    all_sizes = sizes.sum(axis=0) / sizes.sum()
    return quotas.share_by_size(slope, all_sizes, float(g.one_two @ g.dwellings / g.dwellings.sum()))
