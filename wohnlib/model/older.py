"""Older people: dwellings without steps, houses that come free, the chain of moves after one new dwelling.

Rates are per year unless said otherwise; arrays broadcast (draw, area, year, age). Counts are households or
dwellings. Nothing here is added to need: it says for whom and which dwellings (overlay).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def mobility_need(households: Array | float, rate: Array | float) -> Array:
    """Return Σ_a HH[a]·r_a over the last axis: households 65+ with a member whose mobility is impaired.

    One number of households with one rate gives their product; households by size are summed first. Example:
    1,000 households at 0.27: 270.
    """
    impaired = np.asarray(np.asarray(households, dtype=float) * rate)
    return np.asarray(impaired.sum(-1)) if impaired.ndim else impaired


def fit_profile(profile: Array, households: Array, mean: float) -> Array:
    """Return `profile` (age,) scaled so that its mean, weighted with `households` (age,), is `mean`.

    Rates stay at or below 1; what this cuts off is not shared out.
    """
    profile, households = np.asarray(profile, dtype=float), np.asarray(households, dtype=float)
    weighted = float((profile * households).sum() / households.sum())
    return np.minimum(profile * mean / weighted, 1.0)


def step_free_gap(need: Array | float, stock: Array | float, reached: float) -> Array:
    """Return the gap in dwellings without steps max(0, need − stock·μ).

    `need` = impaired households (`mobility_need`), `stock` = suitable dwellings (a count: dwellings × share),
    μ = `reached` = share of these in which people live who need them, 0 to 1. Example: 1,000 households with
    people 65+ at 0.27, 200 suitable dwellings, μ 0.45: 270 − 90 = 180.
    """
    return np.maximum(np.asarray(need, float) - np.asarray(stock, float) * reached, 0)


def split_gap(gap: Array, newbuild_share: float) -> tuple[Array, Array]:
    """Return (conversion, new building): gap·(1 − s) and gap·s, s = `newbuild_share`, 0 to 1."""
    gap = np.asarray(gap, dtype=float)
    return gap * (1 - newbuild_share), gap * newbuild_share


@dataclass(frozen=True)
class Released:
    """Houses that come free in a span, by the reason that ends the household in them."""

    death: Array
    care: Array
    smaller: Array

    @property
    def total(self) -> Array:
        return self.death + self.care + self.smaller


def release_by_year(
    houses: Array, death: Array, care: Array | float, smaller: Array | float, years: int, from_age: int
) -> Released:
    """Return the houses released per year (..., year) by their older households, by reason.

    `houses` (..., 2, age): houses of one and of two people of an age, at the start; `death` (age,) or
    (year, ..., age): chance to die within a year; `care`, `smaller` numbers or (..., 1). In a year a house of one comes free with the death of the
    person, a move to care or to a smaller dwelling (in that order); in a house of two, who die
    independently, with both deaths, with a move to care of the second when one has died, or with a move of
    both; one death leaves a house of one. Ages move on by one each year; only releases from `from_age` on
    are counted.
    """
    ages = houses.shape[-1]
    counted = np.arange(ages) >= from_age
    one, two = houses[..., 0, :].astype(float), houses[..., 1, :].astype(float)
    parts: list[list[Array]] = [[], [], []]
    for year in range(years):
        q = death[year] if death.ndim > 1 else death
        lost = (
            one * q + two * q**2,
            one * (1 - q) * care,
            (one * (1 - q) * (1 - care) + two * (1 - q) ** 2) * smaller,
        )
        left_one = one * (1 - q) * (1 - care) * (1 - smaller) + two * 2 * q * (1 - q)
        left_two = two * (1 - q) ** 2 * (1 - smaller)
        for part, value in zip(parts, lost, strict=True):
            part.append((value * counted).sum(-1))
        one, two = _older(left_one), _older(left_two)
    return Released(*(np.stack(p, axis=-1) for p in parts))


def _older(households: Array) -> Array:
    """Return households one year older; the last age is open."""
    moved = np.zeros_like(households)
    moved[..., 1:] = households[..., :-1]
    moved[..., -1] += households[..., -1]
    return moved


def family_demand(families: Array, years_as_family: float) -> Array:
    """Return houses that new families look for per year: families in houses / years a family stays one.

    In a steady state one in `years_as_family` households of three and more is new each year, while as many
    stop being one as children leave, mostly without leaving the house.
    """
    return families / years_as_family


@dataclass(frozen=True)
class Chain:
    """What new small dwellings set free, in dwellings."""

    houses: float
    flats: float


def chain_of_moves(new_dwellings: float, from_house: float, next_link: float) -> Chain:
    """Return the dwellings set free by `new_dwellings`: houses n·s, then n·s·c flats of those who move in.

    s = `from_house`, share of the new dwellings taken by someone who leaves a house empty; c = `next_link`,
    share of these houses taken by a household that leaves a flat in the same place.
    """
    houses = new_dwellings * from_house
    return Chain(houses, houses * next_link)
