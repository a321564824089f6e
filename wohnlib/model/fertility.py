"""Fertility by age of mother: from a total rate, from 5-year to single years, and as a model schedule."""

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, numbers, wrong


def rates_from_total(tfr: ArrayLike, share: ArrayLike, width: ArrayLike = 1.0) -> Array:
    """Return births per woman and year by age: `F[i] = TFR·share[i]/n[i]`.

    Parameters
    ----------
    tfr : (...) children per woman.
    share : (..., age) share of the total rate by age group; sums to 1 (percentages: divide by 100 first).
    width : years per group, one number or (age,).
    """
    total = numbers("tfr", tfr, low=0)
    part = numbers("share", share, (None,), axes="(..., age)", low=0, high=1)
    if np.abs(part.sum(axis=-1) - 1).max(initial=0.0) > 1e-6:
        raise wrong("share", f"a sum of {part.sum(axis=-1).flat[0]:.9g}", "shares that sum to 1")
    years = numbers("width", width)
    if not (years > 0).all():
        raise wrong("width", years.tolist(), "positive years")
    rates: Array = total[..., None] * part / years
    return rates


def scale_to_total(fert_rate: ArrayLike, tfr: ArrayLike, width: ArrayLike = 1.0) -> Array:
    """Scale rates by age to a total rate: `F'[i] = F[i]·TFR/Σ n·F`; the pattern by age stays.

    Parameters
    ----------
    fert_rate : (..., age) births per woman and year, or any pattern by age (printed shares that sum to 0.999).
    tfr : (...) children per woman; (year,) with a pattern (age,) gives (year, age).
    width : years per group, one number or (age,).
    """
    rate = numbers("fert_rate", fert_rate, (None,), axes="(..., age)", low=0)
    total = numbers("tfr", tfr, low=0)
    have = (rate * numbers("width", width)).sum(axis=-1)
    if not (have > 0).all():
        raise wrong("fert_rate", "rates that sum to 0", "a pattern by age")
    scaled: Array = rate * (total / have)[..., None]
    return scaled


def single_year_shares(
    share5: ArrayLike,
    *,
    first_age: int = 15,
    group: int = 5,
    ages: int | None = None,
    smooth: float = 1e-6,
) -> Array:
    """Spread shares by age group over single years, smoothly, not negative, each group's sum kept.

    Minimises the sum of squared second differences of the single-year curve under the groups' sums, the
    curve being 0 one year before the first and after the last group; single years below zero are then set
    to 0 in turn and the rest solved again (active set), so that every sum holds to rounding.

    Parameters
    ----------
    share5 : (..., group) shares or rates·years of consecutive groups.
    first_age : age at which the first group begins.
    group : years per group.
    ages : length of the result's age axis (ages 0 to ages - 1); default: up to the last group's end.
    smooth : weight of the squared values themselves beside the differences, makes the solution unique.

    Returns
    -------
    (..., age)
    """
    shares = numbers("share5", share5, (None,), axes="(..., group)", low=0)
    end = first_age + group * shares.shape[-1]
    length = end if ages is None else ages
    if length < end:
        raise wrong("ages", ages, f"at least {end}, the end of the last group")
    flat = shares.reshape(-1, shares.shape[-1])
    out = np.zeros((len(flat), length))
    out[:, first_age:end] = [_spread(row, group, smooth) for row in flat]
    return out.reshape(*shares.shape[:-1], length)


def _spread(sums: Array, group: int, smooth: float) -> Array:
    """Return the smoothest curve with these sums that is nowhere negative."""
    n = len(sums) * group
    bend = np.diff(np.eye(n + 2), n=2, axis=0)[:, 1:-1]
    hessian = bend.T @ bend + smooth * np.eye(n)
    owner = np.repeat(np.arange(len(sums)), group)
    free = np.repeat(sums > 0, group)
    while True:
        curve = np.zeros(n)
        index = np.flatnonzero(free)
        used = np.unique(owner[index])
        constraint = (owner[index][None, :] == used[:, None]).astype(float)
        zero = np.zeros((len(used), len(used)))
        system = np.block([[hessian[np.ix_(index, index)], constraint.T], [constraint, zero]])
        right = np.concatenate([np.zeros(len(index)), sums[used]])
        curve[index] = np.linalg.solve(system, right)[: len(index)] if len(index) else 0.0
        below = curve < 0
        if not below.any():
            break
        free &= ~below
    have = np.bincount(owner, weights=curve, minlength=len(sums))
    factor = np.divide(sums, have, out=np.zeros_like(have), where=have > 0)
    spread: Array = curve * factor[owner]
    return spread


def rogers_castro(
    age: ArrayLike,
    a1: float,
    alpha1: float,
    a2: float,
    alpha2: float,
    mu2: float,
    lambda2: float,
    c: float = 0.0,
    *,
    a3: float = 0.0,
    alpha3: float = 0.0,
    mu3: float = 0.0,
    lambda3: float = 0.0,
    a4: float = 0.0,
    lambda4: float = 0.0,
) -> Array:
    """Return the model migration schedule of Rogers and Castro at the given ages.

    `m(x) = a1·e^(-α1·x) + a2·e^(-α2(x-μ2) - e^(-λ2(x-μ2))) + a3·e^(-α3(x-μ3) - e^(-λ3(x-μ3))) + a4·e^(λ4·x) + c`:
    7 parameters (childhood, working ages, constant), 11 with the retirement peak (index 3), 9 or 13 with the
    rise at old age (index 4).

    Parameters
    ----------
    age : (...) exact or completed ages in years.

    References
    ----------
    Rogers and Castro (1981), Model Migration Schedules, IIASA RR-81-30, equation 3.
    """
    x = numbers("age", age, low=0)
    curve = a1 * np.exp(-alpha1 * x) + c
    for height, fall, peak, rise in ((a2, alpha2, mu2, lambda2), (a3, alpha3, mu3, lambda3)):
        if height:
            curve = curve + height * np.exp(-fall * (x - peak) - np.exp(-rise * (x - peak)))
    if a4:
        curve = curve + a4 * np.exp(lambda4 * x)
    return np.asarray(curve, dtype=np.float64)
