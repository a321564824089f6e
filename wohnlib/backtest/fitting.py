"""Slopes of later growth on past growth: least absolute deviations, slopes that vary with size.

Slopes common to all sizes are a median regression (`statsmodels` QuantReg). Slopes by size are tied to them by a
ridge, which QuantReg does not offer; `lad` is the same estimator with a ridge and gives the same slopes without one.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.regression.quantile_regression import QuantReg
from statsmodels.tools.sm_exceptions import IterationLimitWarning

from wohnlib.backtest.settings import number, numbers

Array = NDArray[np.float64]
BY_SIZE = ("L", "K", "m", "S", "T")  # features whose slope varies with size
LAGS = ("K2", "L2")  # of the period before, one slope for all; m2 varies with size
COVARIATES: tuple[tuple[str, ...], ...] = ((), ("old",), ("dK", "dm"), ("old", "dK", "dm"))


def hats(persons: Array) -> Array:
    """Return piecewise linear weights (area, knot) over the logarithm of size; rows sum to 1."""
    knots = np.log(numbers("size_knots"))
    return np.array([np.interp(np.log(persons), knots, row) for row in np.eye(len(knots))]).T


def lad(X: Array, y: Array, weight: Array, ridge: Array, target: Array) -> Array:
    """Return slopes of least absolute deviations with a ridge towards `target`, by reweighted least squares.

    X (row, column), y and weight (row,), ridge and target (column,); columns are scaled by their weighted size.
    """
    weight = weight / weight.sum()
    scale = np.sqrt((X**2 * weight[:, None]).sum(0))
    scale[scale == 0] = 1
    X, aim = X / scale, target * scale
    rest = y - X @ aim
    slopes = aim
    for _ in range(int(number("fit_steps"))):
        w = weight / np.maximum(np.abs(rest), number("residual_floor"))
        weighted = X * w[:, None]
        slopes = aim + np.linalg.solve(weighted.T @ X + np.diag(ridge * w.sum()), weighted.T @ (y - X @ aim))
        rest = y - X @ slopes
    return slopes / scale


def design(features: pd.DataFrame, common: tuple[str, ...], by_size: tuple[str, ...]) -> Array:
    """Return columns (area, column): one for each common feature, then one per knot for the others."""
    weights = hats(features["size"].to_numpy())
    parts = [features[list(common)].to_numpy(), *(features[[n]].to_numpy() * weights for n in by_size)]
    return np.hstack(parts)


@dataclass(frozen=True)
class Member:
    """One set of features with its slopes (common, then knot by knot) and the diagnostics of the median regression."""

    common: tuple[str, ...]
    by_size: tuple[str, ...]
    slopes: Array
    first: Array  # slopes common to all sizes, in the order common, by_size
    n: int  # Gemeinden in all windows
    pseudo_r2: float  # Koenker, Machado (1999): 1 − weighted absolute residuals ÷ those around the median
    errors: Array  # standard errors of `first`, Gemeinden of a Land taken as one cluster
    settled: bool  # the median regression came to rest before its last step

    @property
    def name(self) -> str:
        """What it knows beyond past growth: nothing (plain), old, men, and before for the earlier period."""
        extras = [n for n, f in (("old", "old"), ("men", "dm"), ("before", LAGS[0])) if f in self.common]
        return "_".join(extras) or "plain"

    @property
    def common_slopes(self) -> dict[str, float]:
        """Slopes of the first step, one for all sizes, by feature."""
        return dict(zip((*self.common, *self.by_size), map(float, self.first), strict=True))

    @property
    def common_errors(self) -> dict[str, float]:
        """Standard errors of these slopes, by feature."""
        return dict(zip((*self.common, *self.by_size), map(float, self.errors), strict=True))

    def growth(self, state: pd.DataFrame) -> Array:
        """Return growth relative to the nation (area,), % a year; half of the drift of the size class goes on."""
        made = design(state, self.common, self.by_size) @ self.slopes
        return made + number("class_drift") * state["C"].to_numpy()


Kind = tuple[tuple[str, ...], tuple[str, ...]]  # features with one slope, features with slopes by size


def kinds(windows: Sequence[pd.DataFrame]) -> list[Kind]:
    """Return the sets of features that can be fitted: with the earlier period only where two windows know one."""
    lagged = sum("m2" in w for w in windows) > 1
    return [
        (covariates + (LAGS if lags else ()), BY_SIZE + (("m2",) if lags else ()))
        for lags in ((False, True) if lagged else (False,))
        for covariates in COVARIATES
    ]


def fit(windows: Sequence[pd.DataFrame], kind: Kind) -> Member:
    """Return a member fitted on the past windows that know its features.

    Each window has a drift of its own by size, which is thrown away. First one slope for all sizes, then slopes
    by size, tied to it.
    """
    common, by_size = kind
    used = [f[f["ok"]] for f in windows if {*common, *by_size} <= set(f)]
    k, c, m, n = len(numbers("size_knots")), len(common), len(by_size), len(used)
    rows = []
    for place, table in enumerate(used):
        drift = np.zeros((len(table), k * n))
        drift[:, k * place : k * (place + 1)] = hats(table["size"].to_numpy())
        rows.append(np.hstack([design(table, common, by_size), drift]))
    X, y = np.vstack(rows), np.concatenate([t["y"].to_numpy() for t in used])
    w = np.concatenate([weights_of(t) for t in used])
    summed = [X[:, c + k * j : c + k * (j + 1)].sum(1, keepdims=True) for j in range(m)]
    found = median_regression(np.hstack([X[:, :c], *summed, X[:, c + k * m :]]), y, w)
    first = np.asarray(found.params)
    lands = np.concatenate([t.index.astype(str).str[:2] for t in used])
    errors = clustered_errors(found, lands)[: c + m]
    target = np.concatenate([first[:c], np.repeat(first[c : c + m], k), np.zeros(k * n)])
    ridge = number("ridge")
    ridges = np.concatenate([np.full(c, ridge), np.full(k * m, number("tie")), np.full(k * n, ridge)])
    slopes = lad(X, y, w, ridges, target)[: c + k * m]
    settled = found.iterations < int(number("fit_most"))
    return Member(common, by_size, slopes, first[: c + m], len(y), float(found.prsquared), errors, settled)


def weights_of(table: pd.DataFrame) -> Array:
    """Return the weight of each Gemeinde by its size class; they sum to 1 in a window."""
    weight = np.array(numbers("class_weights"))[np.digitize(table["size"], numbers("class_edges"))]
    return np.asarray(weight / weight.sum())


def median_regression(
    X: Array, y: Array, weight: Array, tolerance: float | None = None, most: int | None = None
) -> Any:
    """Return the weighted median regression of statsmodels; |w(y − Xb)| = w|y − Xb|, so rows are scaled.

    Steps go on until slopes move by less than `tolerance`, `most` of them at most (default: the settings of the
    back-test); `iterations` of the result tells whether it settled before.
    """
    scale = weight / weight.mean()
    tolerance = number("fit_tolerance") if tolerance is None else tolerance
    most = int(number("fit_most")) if most is None else most
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IterationLimitWarning)
        return QuantReg(y * scale, X * scale[:, None]).fit(q=0.5, p_tol=tolerance, max_iter=most)


def clustered_errors(found: Any, clusters: Any) -> Array:
    """Return standard errors (column,) of a median regression whose rows within a cluster go together.

    √diag(D⁻¹ M D⁻¹)·√(G ÷ (G − 1)); M = Σ over the G clusters of s·sᵀ, s = Σ x·(½ − [rest < 0]);
    D = Σ x·xᵀ·[|rest| < h] ÷ 2h with the bandwidth h of statsmodels. Few clusters: rather too small; of
    one cluster alone nothing is known (not a number).
    Parente, Santos Silva (2016), Journal of Econometric Methods 5 (1), 1-15.
    """
    X, rest, h = found.model.exog, np.asarray(found.resid), float(found.bandwidth)
    _, place = np.unique(np.asarray(clusters), return_inverse=True)
    count = int(place.max()) + 1
    if count == 1:
        return np.full(X.shape[1], np.nan)
    scores = np.zeros((count, X.shape[1]))
    np.add.at(scores, place, X * (0.5 - (rest < 0))[:, None])
    near = X[np.abs(rest) < h]
    root = np.linalg.pinv(near.T @ near / (2 * h)) @ scores.T
    return np.asarray(np.sqrt((root**2).sum(axis=1) * count / (count - 1)))


def mean_of(members: Sequence[Member], weight: Array, states: Sequence[pd.DataFrame]) -> Array:
    """Return the weighted mean of the members (area,), each the plain mean over the states of the base it knows."""
    made = []
    for member in members:
        knows = [s for s in states if {*member.common, *member.by_size} <= set(s)]
        made.append(np.mean([member.growth(s) for s in knows], axis=0) if knows else None)
    there = np.array([m is not None for m in made])
    share = np.asarray(weight)[there]
    share = share / share.sum() if share.sum() > 0 else np.full(len(share), 1 / len(share))
    return np.asarray(np.column_stack([m for m in made if m is not None]) @ share)
