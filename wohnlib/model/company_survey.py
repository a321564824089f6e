"""Multilocal staff from a survey of companies: stratified ratio estimate, non-response, size of the sample.

Public names are also those of `wohnlib.model.multilocal`. All arguments go by keyword. Formulas: METHODS.md.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

from wohnlib.model.checks import numbers, wrong

Array = NDArray[np.float64]


class RatioEstimate(NamedTuple):
    """What a company survey says, stratum by stratum; people, companies and employees are counts."""

    total: float  # M̂ = Σ_h E_h·R_h
    variance: float  # Σ_h N_h²·(1−n_h/N_h)·s²_h/n_h
    ratio: Array  # (stratum,) R_h = Σm/Σe
    stratum_total: Array  # (stratum,) E_h·R_h
    stratum_variance: Array  # (stratum,)
    residual_variance: Array  # (stratum,) s²_h = Σ(m−R_h·e)²/(n_h−1)
    answers: Array  # (stratum,) n_h
    degrees: float  # degrees of freedom: answers less strata

    @property
    def standard_error(self) -> float:
        """Return √Var(M̂) in people."""
        return float(np.sqrt(self.variance))

    def interval(self, *, level: float = 0.95, degrees: float | None = None) -> tuple[float, float]:
        """Return the interval M̂ ± t·√Var(M̂) in people, never below 0, with t of Student's distribution.

        `degrees` of freedom: answers less strata unless given; `np.inf`: the normal distribution (1.96 for 0.95).
        """
        freedom = self.degrees if degrees is None else degrees
        half = quantile(level=level, degrees=freedom) * self.standard_error if self.variance else 0.0
        return max(0.0, self.total - half), self.total + half


class NonResponse(NamedTuple):
    """Multilocal people under three assumptions about companies that were asked and did not answer."""

    counted: float  # named in the answers, nothing expanded
    low: float  # those who did not answer have none
    mid: float  # they have as many per employee as those who did: M̂
    high: float  # they have `ratio_high` times as many per employee


def quantile(*, level: float, degrees: float = np.inf) -> float:
    """Return t for a two-sided interval of probability `level` (0.95 gives 1.96 for many degrees of freedom)."""
    if not 0 < level < 1:
        raise wrong("level", level, "a probability between 0 and 1, such as 0.95")
    p = 0.5 + level / 2
    return float(ndtri(p) if np.isinf(degrees) else stdtrit(max(degrees, 1.0), p))


def ratio_estimate(
    *, multilocal: ArrayLike, employees: ArrayLike, stratum: ArrayLike | None = None,
    companies_total: ArrayLike, employees_total: ArrayLike,
) -> RatioEstimate:  # fmt: skip
    """Return the stratified ratio estimate of multilocal staff, with finite-population correction.

    M̂ = Σ_h E_h·R_h, R_h = Σ_i m_i / Σ_i e_i over the answers of stratum h;
    Var = Σ_h N_h²·(1−n_h/N_h)·s²_h/n_h, s²_h = Σ_i (m_i − R_h·e_i)²/(n_h−1).

    Parameters
    ----------
    multilocal : m_i (company,), people with a second home for work, of each company that answered
    employees : e_i (company,), its employees at this place
    stratum : (company,) whole numbers 0, 1, …: the position in the next two; None = one stratum
    companies_total : N_h (stratum,), companies of the municipality, all of them
    employees_total : E_h (stratum,), their employees

    Raises
    ------
    ValueError
        If a stratum has no answer, or one answer of several companies (its variance is unknown: merge it
        with a neighbour, see `merged_strata`), or more answers or employees than the totals say.

    Source: W. G. Cochran, Sampling Techniques, 3rd ed. 1977, ch. 6 (separate ratio estimator).
    """
    m, e, h, big_n, big_e = _survey(multilocal, employees, stratum, companies_total, employees_total)
    strata = len(big_n)
    n, staff, people = (np.bincount(h, w, strata).astype(float) for w in (np.ones_like(m), e, m))
    _fitting(n, staff, big_n, big_e)
    ratio = people / staff
    squares = np.bincount(h, (m - ratio[h] * e) ** 2, strata)
    complete = n == big_n
    s2 = np.where(n > 1, squares / np.maximum(n - 1, 1), 0.0)
    variance = np.where(complete, 0.0, big_n**2 * (1 - n / big_n) * s2 / n)
    total = big_e * ratio
    return RatioEstimate(
        float(total.sum()), float(variance.sum()), ratio, total, variance, s2, n, float(n.sum() - strata)
    )


def _survey(
    multilocal: ArrayLike, employees: ArrayLike, stratum: ArrayLike | None, companies_total: ArrayLike,
    employees_total: ArrayLike,
) -> tuple[Array, Array, NDArray[np.intp], Array, Array]:  # fmt: skip
    m = np.atleast_1d(numbers("multilocal", multilocal, low=0))
    e = np.atleast_1d(numbers("employees", employees, (), low=0))
    big_n = np.atleast_1d(numbers("companies_total", companies_total, low=0))
    big_e = np.atleast_1d(numbers("employees_total", employees_total, low=0))
    place = np.zeros(m.shape) if stratum is None else np.atleast_1d(numbers("stratum", stratum, low=0))
    if not m.shape == e.shape == place.shape or m.ndim != 1:
        raise wrong("multilocal, employees, stratum", f"{m.shape}, {e.shape}, {place.shape}", "equal lengths")
    if big_n.shape != big_e.shape or big_n.ndim != 1:
        raise wrong(
            "companies_total, employees_total", f"{big_n.shape}, {big_e.shape}", "one value a stratum"
        )
    if (place != np.floor(place)).any() or (place >= len(big_n)).any():
        raise wrong("stratum", place.max(), f"whole numbers from 0 to {len(big_n) - 1}")
    if (m > e).any():
        raise wrong("multilocal", f"{m[m > e][0]:g} at {int(np.argmax(m > e))}", "at most the employees")
    return m, e, place.astype(np.intp), big_n, big_e


def _fitting(answers: Array, staff: Array, companies_total: Array, employees_total: Array) -> None:
    for name, bad, expected in (
        ("stratum", (answers == 0) | (staff == 0), "answers with employees in every stratum; merge strata"),
        ("companies_total", answers > companies_total, "at least as many companies as answered"),
        ("employees_total", staff > employees_total, "at least the employees of those that answered"),
        ("stratum", (answers == 1) & (companies_total > 1), "two answers or more, or all; merge strata"),
    ):
        if bad.any():
            at = int(np.argmax(bad))
            raise wrong(name, f"stratum {at} with {answers[at]:g} answers, {staff[at]:g} employees", expected)


def merged_strata(*, answers: ArrayLike, companies_total: ArrayLike, least: int = 2) -> NDArray[np.intp]:
    """Return for each stratum the merged stratum it belongs to (stratum,), numbered 0, 1, … in order.

    A stratum with fewer than `least` answers that is not complete joins the one before it (the first one:
    the one after it), so that each has a ratio and a variance. Strata stand in order of company size.
    """
    n = np.atleast_1d(numbers("answers", answers, low=0))
    big_n = np.atleast_1d(numbers("companies_total", companies_total, low=0))
    groups: list[list[int]] = []

    def lacking(group: list[int]) -> bool:
        return n[group].sum() < min(least, big_n[group].sum())

    for place in range(len(n)):
        if groups and (lacking([place]) or lacking(groups[-1])):
            groups[-1].append(place)
        else:
            groups.append([place])
    found = np.empty(len(n), np.intp)
    for number, group in enumerate(groups):
        found[group] = number
    return found


def nonresponse(
    *, multilocal: ArrayLike, employees: ArrayLike, stratum: ArrayLike | None = None,
    employees_total: ArrayLike, employees_asked: ArrayLike | None = None, ratio_high: float = 1.5,
) -> NonResponse:  # fmt: skip
    """Return multilocal people if companies that did not answer have none (low), as many (mid), more (high).

    M(k) = Σ_h E_h·R_h·(r_h + k·(1−r_h)), r_h = Σ_i e_i / A_h, with k = 0, 1 and `ratio_high`; never more
    than E_h. A_h = `employees_asked`, employees of the companies that were asked; None: all were asked
    (A_h = E_h), and low is then exactly what the answers name, Σ_i m_i. Other arguments: `ratio_estimate`.
    """
    many = np.ones(np.shape(np.atleast_1d(np.asarray(employees_total))))  # their number does not enter here
    m, e, h, _, big_e = _survey(multilocal, employees, stratum, many, employees_total)
    asked = big_e if employees_asked is None else np.atleast_1d(numbers("employees_asked", employees_asked))
    staff, people = (np.bincount(h, w, len(big_e)) for w in (e, m))
    if asked.shape != big_e.shape or (asked < staff).any() or (asked > big_e).any() or (staff == 0).any():
        raise wrong("employees_asked", asked, "from the employees of those that answered to employees_total")
    ratio, share = people / staff, staff / asked

    def total(factor: float) -> float:
        return float(np.minimum(big_e * ratio * (share + factor * (1 - share)), big_e).sum())

    return NonResponse(float(m.sum()), total(0.0), total(1.0), total(ratio_high))


def residual_sd(*, mean_employees: ArrayLike, share: ArrayLike, clustering: ArrayLike = 1.0) -> Array:
    """Return the standard deviation of m − R·e to plan with, before a survey: √(ē·p·(1−p)·c), people.

    ē = `mean_employees` of a company, p = expected `share` of multilocal staff, c = `clustering`, variance
    compared with independent people (1 = independent; more where they gather in few companies).
    """
    p = numbers("share", share, low=0, high=1)
    mean = numbers("mean_employees", mean_employees, low=0)
    return np.asarray(np.sqrt(mean * p * (1 - p) * numbers("clustering", clustering, low=0)))


def planned_half_width(
    *, answers: ArrayLike, companies: ArrayLike, residual_sd: ArrayLike, level: float = 0.95
) -> Array:
    """Return half the width of the interval of M̂ in people that `answers` of `companies` will give.

    w = z·N·√((1−n/N)·s²/n), s = `residual_sd` (people per company). No answers: infinite.
    """
    n, big_n = numbers("answers", answers, low=0), numbers("companies", companies, low=0)
    sd = numbers("residual_sd", residual_sd, low=0)
    if (n > big_n).any():
        raise wrong("answers", n.max(), "at most the number of companies")
    with np.errstate(divide="ignore", invalid="ignore"):
        half = quantile(level=level) * big_n * np.sqrt((1 - n / big_n) / n) * sd
    return np.asarray(np.where(n > 0, half, np.inf))


def answers_needed(
    *, half_width: ArrayLike, companies: ArrayLike, residual_sd: ArrayLike, level: float = 0.95
) -> Array:
    """Return how many answers give an interval of M̂ ± `half_width` people: n = N²z²s²/(w² + N·z²s²), rounded up."""
    big_n, w = numbers("companies", companies, low=0), numbers("half_width", half_width, low=0)
    square = (quantile(level=level) * numbers("residual_sd", residual_sd, low=0)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = big_n**2 * square / (w**2 + big_n * square)
    return np.asarray(np.ceil(np.nan_to_num(needed) - 1e-9))
