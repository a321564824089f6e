"""Generalised least squares with a smooth surface over space: y = Xβ + u(place) + e.

Cov u = Σ_j s_j·exp(−distance/r_j), Var e = v·(1 + n0/persons), raised where the first pass finds e beyond c
deviations (Huber's weights: homes, prisons and camps pull less). y is the logarithm of households per person.
Source: Cressie (1993), Statistics for Spatial Data, section 3.4 (universal kriging); Huber (1981), section 7.8.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.spatial.distance import cdist
from statsmodels.regression.linear_model import RegressionResults

from wohnlib.backtest.households_settings import number, numbers

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Coefficients by quantity and what the surface needs; `first` is the regression of the first quantity."""

    beta: Array  # (term, quantity)
    weights: Array  # (area, quantity): covariance⁻¹ · residual
    places: Array  # (area, 2) km
    surface: bool
    noise: Array  # (area,) variance of e, raised where it is an outlier
    first: RegressionResults

    def around(self, places: Array) -> Array:
        """Return the surface at some places, (area, quantity); 0 without a surface."""
        if not self.surface:
            return np.zeros((len(places), self.beta.shape[1]))
        return np.asarray(covariance(places, self.places) @ self.weights)

    def predict(self, terms: Array, places: Array) -> Array:
        """Return Xβ + u, (area, quantity)."""
        return terms @ self.beta + self.around(places)


def covariance(some: Array, others: Array) -> Array:
    """Return Σ_j s_j·exp(−distance/r_j) between places in km."""
    distance = cdist(some, others)
    parts = zip(numbers("surface_variance"), numbers("surface_reach"), strict=True)
    return np.asarray(sum(s * np.exp(-distance / r) for s, r in parts))


def noise_of(persons: Array) -> Array:
    """Return the variance of e by size of the Gemeinde."""
    return np.asarray(number("noise_variance") * (1.0 + number("noise_persons") / persons))


def fit(terms: Array, y: Array, places: Array, persons: Array, surface: bool) -> Fit:
    """Return the fit of y (area, quantity) on terms (area, term); outliers are judged by the first quantity."""
    plain = noise_of(persons)
    smooth = covariance(places, places) if surface else None
    raised = np.ones(len(y))
    for _ in range(int(number("robust_passes"))):
        noise = plain * raised
        whitened, solve = _whitener(noise, smooth)
        x, target = whitened(terms), whitened(y)
        first = sm.OLS(target[:, 0], x).fit()
        beta = np.column_stack([first.params, *(sm.OLS(t, x).fit().params for t in target.T[1:])])
        weights = solve(y - terms @ beta)
        own = plain * raised * weights[:, 0]  # what is left to e after the surface
        raised = np.maximum(1.0, np.abs(own) / (number("robust") * np.sqrt(plain)))
    return Fit(beta, weights, places, surface, noise, first)


def _whitener(
    noise: Array, smooth: Array | None
) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """Return two functions: L⁻¹·a and (L·Lᵀ)⁻¹·a for the covariance L·Lᵀ = smooth + diag(noise)."""
    if smooth is None:
        return lambda a: a / np.sqrt(noise)[:, None], lambda a: a / noise[:, None]
    whole = smooth.copy()
    whole[np.diag_indices_from(whole)] += noise
    lower = cholesky(whole, lower=True, overwrite_a=True, check_finite=False)
    return (
        lambda a: solve_triangular(lower, a, lower=True, check_finite=False),
        lambda a: cho_solve((lower, True), a, check_finite=False),
    )
