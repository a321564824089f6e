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


def relational_gompertz(cumulated: ArrayLike, alpha: ArrayLike, beta: ArrayLike = 1.0) -> Array:
    """Return cumulated fertility in relation to a standard: `Y(x) = α + β·Y_s(x)`, `Y = -ln(-ln F)`.

    Parameters
    ----------
    cumulated : (..., age) share of the total rate reached by exact age in the standard, 0 to 1.
    alpha : (...) above 0: earlier births than in the standard.
    beta : (...) above 1: closer together.

    Returns
    -------
    (..., age) shares reached; rates by age group: `np.diff(shares) * tfr / width`.

    References
    ----------
    Brass (1978), Population Projections for Planning and Policy; Booth (1984), Population Studies 38(3).
    """
    standard = numbers("cumulated", cumulated, (None,), axes="(..., age)", low=0, high=1)
    if (np.diff(standard, axis=-1) < 0).any():
        raise wrong("cumulated", "shares that fall with age", "shares of the total rate reached by exact age")
    a, b = numbers("alpha", alpha)[..., None], numbers("beta", beta)[..., None]
    inner = (standard > 0) & (standard < 1)
    left = -np.log(np.where(inner, standard, 0.5))  # e^(-Y)
    related: Array = np.where(inner, np.exp(-np.exp(-a) * left**b), standard)
    return related


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
    a1: ArrayLike,
    alpha1: ArrayLike,
    a2: ArrayLike,
    alpha2: ArrayLike,
    mu2: ArrayLike,
    lambda2: ArrayLike,
    c: ArrayLike = 0.0,
    *,
    a3: ArrayLike = 0.0,
    alpha3: ArrayLike = 0.0,
    mu3: ArrayLike = 0.0,
    lambda3: ArrayLike = 0.0,
    a4: ArrayLike = 0.0,
    lambda4: ArrayLike = 0.0,
) -> Array:
    """Return the model migration schedule of Rogers and Castro at the given ages.

    `m(x) = a1·e^(-α1·x) + a2·e^(-α2(x-μ2) - e^(-λ2(x-μ2))) + a3·e^(-α3(x-μ3) - e^(-λ3(x-μ3))) + a4·e^(λ4·x) + c`:
    7 parameters (childhood, working ages, constant), 11 with the retirement peak (index 3), 9 or 13 with the
    rise at old age (index 4).

    Parameters
    ----------
    age : (age,) exact or completed ages in years; one number will do.
    a1, alpha1, … : (...) one number each, or arrays (a schedule per sex or area) that broadcast against each other.

    Returns
    -------
    (..., age) rates; `scale_to_total` brings them to a gross migraproduction rate.

    References
    ----------
    Rogers and Castro (1981), Model Migration Schedules, IIASA RR-81-30, equation 3.
    """
    x = numbers("age", age, low=0)

    def each(**named: ArrayLike) -> list[Array]:
        """Return parameters with an axis for age, if there is one, behind their own."""
        arrays = [numbers(name, value) for name, value in named.items()]
        return [array[..., None] if array.ndim and x.ndim else array for array in arrays]

    young, steep, floor, old, upward = each(a1=a1, alpha1=alpha1, c=c, a4=a4, lambda4=lambda4)
    curve = young * np.exp(-steep * x) + floor
    for height, fall, peak, rise in (
        each(a2=a2, alpha2=alpha2, mu2=mu2, lambda2=lambda2),
        each(a3=a3, alpha3=alpha3, mu3=mu3, lambda3=lambda3),
    ):
        if height.any():
            curve = curve + height * np.exp(-fall * (x - peak) - np.exp(-rise * (x - peak)))
    if old.any():
        curve = curve + old * np.exp(upward * x)
    return np.asarray(curve, dtype=np.float64)
