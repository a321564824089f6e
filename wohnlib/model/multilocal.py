"""People who live here part of the time (Incomings) or leave part of the time (Outgoings), as arrays.

Three routes lead to the number of multilocal people, independent of each other: a survey of companies,
commuters by distance, registers. They are shown as a range and never added. From people to dwellings and
to the path M_t of which only M_t − M_0 enters need. All arguments go by keyword; scalars, lists and arrays
are taken alike. Formulas: METHODS.md, multilocal people.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wohnlib.model.checks import numbers, wrong
from wohnlib.model.company_survey import (
    NonResponse,
    RatioEstimate,
    answers_needed,
    merged_strata,
    nonresponse,
    planned_half_width,
    quantile,
    ratio_estimate,
    residual_sd,
)

__all__ = [
    "NonResponse", "RatioEstimate", "Seasonal", "Spread", "answers_needed", "base_dwellings", "calibrated_d50",
    "commuter_weight", "dwellings_path", "dwellings_wanted", "merged_strata", "multilocal_commuters",
    "multilocal_employees", "multilocal_registered", "multilocal_students", "nonresponse", "outgoings_bound",
    "planned_half_width", "quantile", "ratio_estimate", "residual_sd", "rotation", "route_range",
    "seasonal_staff",
]  # fmt: skip
Array = NDArray[np.float64]
DAYS_PER_WEEK = 7
MONTHS = 12


class Spread(NamedTuple):
    """The range over routes (or assumptions); never a sum."""

    low: float
    median: float
    high: float


class Seasonal(NamedTuple):
    """Seasonal staff over the months of a year, people; beds come before dwellings."""

    peak: float
    peak_month: int  # 1 … 12
    mean: float
    beds_lacking: float  # in the peak month, beyond the beds that are there
    dwellings: float  # for those who are there on average and find no bed


# -- route 2: commuters ----------------------------------------------------------------------------------


def commuter_weight(*, distance: ArrayLike, d50: float = 150.0, s: float = 30.0) -> Array:
    """Return the share of commuters over a distance who stay overnight: w = 1/(1 + exp(−(d − d50)/s)).

    `distance`, `d50` (half of them stay) and `s` (steepness) in kilometres.
    """
    if s <= 0:
        raise wrong("s", s, "a positive number of kilometres")
    d = numbers("distance", distance, low=0)
    return np.asarray(1 / (1 + np.exp(-np.clip((d - d50) / s, -700, 700))))


def multilocal_commuters(
    *, commuters: ArrayLike, distance: ArrayLike, d50: float = 150.0, s: float = 30.0
) -> Array:
    """Return M̂_d = Σ_o C[o→d]·w(distance), people who stay overnight at each destination.

    `commuters` (origin,) or (origin, destination), employees; `distance` in kilometres, of the same shape.
    """
    c = numbers("commuters", commuters, low=0)
    weight = commuter_weight(distance=distance, d50=d50, s=s)
    if c.shape != weight.shape:
        raise wrong("distance", weight.shape, f"the shape of commuters {c.shape}")
    return np.asarray((c * weight).sum(0) if c.ndim else c * weight)


def calibrated_d50(
    *, commuters: ArrayLike, distance: ArrayLike, employees: float | None = None, share: float = 0.01,
    s: float = 30.0,
) -> float:  # fmt: skip
    """Return the d50 in kilometres at which Σ C·w(d) over all pairs is `share` of all employees.

    `commuters`, `distance` (any equal shape) hold the matrix of the whole country; `employees` = all
    employees, default Σ C (then the matrix holds those who work where they live, too). Found by halving.
    """
    c, d = numbers("commuters", commuters, low=0), numbers("distance", distance, low=0)
    if c.shape != d.shape:
        raise wrong("distance", d.shape, f"the shape of commuters {c.shape}")
    wanted = share * (float(c.sum()) if employees is None else employees)
    low, high = float(d.min()) - 100 * s, float(d.max()) + 100 * s

    def total(d50: float) -> float:
        return float((c * commuter_weight(distance=d, d50=d50, s=s)).sum())

    if not total(high) <= wanted <= total(low) or wanted <= 0:
        raise wrong("share", share, f"between 0 and {total(low) / max(wanted / share, 1e-9):.4g}")
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if total(middle) > wanted else (low, middle)
    return (low + high) / 2


def multilocal_employees(*, employees: ArrayLike, propensity: ArrayLike) -> Array:
    """Return M̂ = employees at the place of work × propensity (share), people; rough, where no matrix is there."""
    share = numbers("propensity", propensity, low=0, high=1)
    return np.asarray(numbers("employees", employees, low=0) * share)


# -- route 3: registers ----------------------------------------------------------------------------------


def multilocal_registered(
    *, secondary_residences: ArrayLike = np.nan, second_home_tax: ArrayLike = np.nan,
    under_registration: ArrayLike = 1.0, at_parents: ArrayLike = 0.0,
) -> Array:  # fmt: skip
    """Return M̂ = max(registered − at parents, taxed)·u, people; both count the same people, so never their sum.

    `secondary_residences` registered; `at_parents` of these: students and children registered at their
    parents'; `second_home_tax` payers; `under_registration` u ≥ 1, people per registered person. NaN =
    not known; both not known gives NaN.
    """
    u = numbers("under_registration", under_registration, low=1)
    side, taxed = (np.asarray(v, float) for v in (secondary_residences, second_home_tax))
    if (side < 0).any() or (taxed < 0).any() or (np.asarray(at_parents) > side).any():
        raise wrong("secondary_residences", side, "numbers from 0, at least those at their parents'")
    return np.asarray(np.fmax(side - numbers("at_parents", at_parents, low=0), taxed) * u)


def multilocal_students(*, places: ArrayLike, not_with_parents: ArrayLike, presence: ArrayLike) -> Array:
    """Return students who live here part of the week: places × share not with parents × weekly presence."""
    share = numbers("not_with_parents", not_with_parents, low=0, high=1)
    return np.asarray(numbers("places", places, low=0) * share * numbers("presence", presence, low=0, high=1))


def seasonal_staff(*, staff: ArrayLike, beds: ArrayLike = 0.0, persons_per_dwelling: float = 1.0) -> Seasonal:
    """Return peak and mean of seasonal staff (12,) by month, and what they need: beds before dwellings.

    beds lacking = max_t max(0, staff_t − beds_t); dwellings = max(0, mean of staff − mean of beds)/o. The
    peak never calls for dwellings. `beds` (12,) or one number for all months.
    """
    people = numbers("staff", staff, (MONTHS,), axes="month", low=0)
    there = np.broadcast_to(numbers("beds", beds, low=0), people.shape)
    o = float(numbers("persons_per_dwelling", persons_per_dwelling, low=1))
    if people.ndim != 1:
        raise wrong("staff", people.shape, "12 months")
    peak, mean = float(people.max()), float(people.mean())
    lacking = float(np.maximum(people - there, 0).max())
    return Seasonal(peak, int(people.argmax()) + 1, mean, lacking, max(0.0, mean - float(there.mean())) / o)


# -- from people to dwellings, and over time -------------------------------------------------------------


def rotation(*, nights: ArrayLike, managed: bool, nights_available: float = DAYS_PER_WEEK) -> Array:
    """Return φ = nights used ÷ nights available, at most 1; 1 unless the units are managed and shared."""
    used = numbers("nights", nights, low=0, high=nights_available)
    return np.asarray(used / nights_available) if managed else np.ones_like(used)


def dwellings_wanted(
    *, persons: ArrayLike, own_unit_share: ArrayLike, already_counted: ArrayLike = 0.0,
    persons_per_dwelling: ArrayLike = 1.0, rotation: ArrayLike = 1.0,
) -> Array:  # fmt: skip
    """Return M_wanted = M̂·α·(1−β)·φ/o in dwellings; no reserve, which is added with the required stock.

    `persons` M̂; `own_unit_share` α want a small unit of their own; `already_counted` β are households of
    the census already; `rotation` φ (see `rotation`); `persons_per_dwelling` o ≥ 1.
    """
    alpha = numbers("own_unit_share", own_unit_share, low=0, high=1)
    beta = numbers("already_counted", already_counted, low=0, high=1)
    phi = numbers("rotation", rotation, low=0, high=1)
    people = np.asarray(persons, float)  # may hold NaN: a route without data
    return np.asarray(
        people * alpha * (1 - beta) * phi / numbers("persons_per_dwelling", persons_per_dwelling, low=1)
    )


def base_dwellings(*, used: ArrayLike, occupied: ArrayLike, households: ArrayLike) -> Array:
    """Return M_0, dwellings used by Incomings at the base date, within 0 … max(0, O_0 − H_0)."""
    bound = np.maximum(np.asarray(occupied, float) - np.asarray(households, float), 0)
    return np.minimum(numbers("used", used, low=0), bound)


def dwellings_path(
    *, base: ArrayLike, wanted: ArrayLike, elapsed: ArrayLike, years: float, free_offer: ArrayLike = 0.0,
    jobs_growth: ArrayLike = 0.0,
) -> Array:  # fmt: skip
    """Return M_t (..., year) = M_0 + max(M_wanted − M_0 − free, 0)·min(1, t/τ) + M_wanted·g·t, at least 0.

    `base` M_0, `wanted` M_wanted, `free_offer` suitable units that stand free (...,), dwellings; `elapsed`
    t (year,) and `years` τ in years; `jobs_growth` g, change of jobs per year as a share.
    """
    m0, target, free, growth = (
        np.asarray(v, float)[..., None] for v in (base, wanted, free_offer, jobs_growth)
    )
    t = numbers("elapsed", elapsed, (None,), low=0)
    if years <= 0:
        raise wrong("years", years, "a positive number of years")
    rise = np.maximum(target - m0 - free, 0) * np.minimum(1.0, t / years)
    return np.asarray(np.maximum(m0 + rise + target * growth * t, 0))


def route_range(*, routes: ArrayLike) -> Spread | None:
    """Return lowest, median and highest of the routes (route,); NaN = a route without data; None if all are."""
    values = np.asarray(routes, float).ravel()
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    return Spread(float(known.min()), float(np.median(known)), float(known.max()))


def outgoings_bound(*, employees: ArrayLike, far_share: ArrayLike) -> Array:
    """Return the upper bound of dwellings under-used on working days: employees living here × share working far.

    `employees` at the place of residence; `far_share` of them whose place of work is 150 km or more away.
    They stay households of this place; each is at most one dwelling.
    """
    return np.asarray(numbers("employees", employees, low=0) * numbers("far_share", far_share, low=0, high=1))
