"""Reproduction of a population from fertility by age and person-years: the rates of textbooks, Lotka's r."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, births_per_woman, numbers, wrong

_STEPS = 100  # of Newton's method, far more than it needs
_EXACT = 1e-13  # of r, per year


class Reproduction(NamedTuple):
    """Measures of reproduction, each (...)."""

    total: Array  # total fertility rate, children per woman; of rates of daughters: gross
    gross: Array  # daughters per woman who lives through all ages
    net: Array  # daughters per newborn girl
    mean_age: Array  # years, mean age of mothers in the stationary population
    growth: Array  # intrinsic rate of growth r per year (Lotka)
    generation: Array  # years, ln(net)/r, the length of a generation; mean age where r = 0
    mean_age_stable: Array  # years, mean age of mothers in the stable population


def reproduction(
    fert_rate: ArrayLike,
    Lx: ArrayLike,
    *,
    width: float = 1.0,
    first_age: float = 0.0,
    sex_ratio_birth: ArrayLike = 1.05,
    radix: float = 100_000.0,
) -> Reproduction:
    """Return gross and net reproduction, mean ages and the intrinsic rate of growth.

    `GRR = n·φ·Σ F`, `NRR = φ·Σ F·L/l0`, `φ·Σ exp(-r·(x + n/2))·F·L/l0 = 1` with φ the share of girls.

    Parameters
    ----------
    fert_rate : (..., age) births per woman and year.
    Lx : (..., age) person-years of women in the same groups; both may cover the fertile ages alone.
    width : years per group.
    first_age : age at which the first group begins (15, if both begin with the group 15-19).
    sex_ratio_birth : (...) male per female births; 0: rates of daughters (maternity rates).
    radix : births behind Lx; 1 if Lx are years per newborn.

    Raises
    ------
    ValueError : names the argument; nobody is born, or Lx do not fit the radix.

    References
    ----------
    Preston, Heuveline, Guillot (2001), Demography, sections 5.5 and 7.3, box 7.1.
    """
    rate = births_per_woman("fert_rate", fert_rate, (None,))
    years = numbers("Lx", Lx, rate.shape[-1:], axes="(..., age)", low=0) / numbers("radix", radix)
    if not width > 0:
        raise wrong("width", width, "positive years")
    if (years[..., :-1] > width * (1 + 1e-9)).any():
        raise wrong("radix", f"{radix:g}, with Lx above width·radix", "the births behind Lx")
    girls = rate / (1 + numbers("sex_ratio_birth", sex_ratio_birth, low=0, high=3))[..., None]
    age = first_age + width * (np.arange(rate.shape[-1]) + 0.5)
    net_rate = girls * years
    net = net_rate.sum(axis=-1)
    if not (net > 0).all():
        raise wrong("fert_rate", "no births", "rates above 0 at ages with person-years")
    mean_age = (age * net_rate).sum(axis=-1) / net
    r = np.log(net) / mean_age
    for _ in range(_STEPS):
        weight = np.exp(-r[..., None] * age) * net_rate
        change = (weight.sum(axis=-1) - 1) / (age * weight).sum(axis=-1)
        r = r + change
        if np.abs(change).max(initial=0.0) <= _EXACT:
            break
    weight = np.exp(-r[..., None] * age) * net_rate
    stable = (age * weight).sum(axis=-1) / weight.sum(axis=-1)
    even = np.abs(r) < _EXACT
    generation = np.where(even, mean_age, np.log(net) / np.where(even, 1.0, r))
    total = width * rate.sum(axis=-1)
    gross = width * girls.sum(axis=-1)
    return Reproduction(total + 0 * net, gross + 0 * net, net, mean_age, r, generation, stable)
