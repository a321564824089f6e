"""Slopes of later growth on past growth: least absolute deviations, slopes that vary with size."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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


def fit(windows: list[pd.DataFrame], common: tuple[str, ...], by_size: tuple[str, ...]) -> Array:
    """Return slopes (common, then knot by knot) fitted on past windows.

    Each window has a drift of its own by size, which is thrown away. First one slope for all sizes, then slopes
    by size, tied to it.
    """
    used = [f[f["ok"]] for f in windows]
    k, c, m, n = len(numbers("size_knots")), len(common), len(by_size), len(windows)
    rows, weights = [], []
    edges, class_weights = numbers("class_edges"), np.array(numbers("class_weights"))
    for place, table in enumerate(used):
        size = table["size"].to_numpy()
        drift = np.zeros((len(table), k * n))
        drift[:, k * place : k * (place + 1)] = hats(size)
        rows.append(np.hstack([design(table, common, by_size), drift]))
        weight = class_weights[np.digitize(size, edges)]
        weights.append(weight / weight.sum())
    X, y, w = np.vstack(rows), np.concatenate([t["y"].to_numpy() for t in used]), np.concatenate(weights)
    summed = [X[:, c + k * j : c + k * (j + 1)].sum(1, keepdims=True) for j in range(m)]
    one = np.hstack([X[:, :c], *summed, X[:, c + k * m :]])
    ridge = number("ridge")
    first = lad(one, y, w, np.full(one.shape[1], ridge), np.zeros(one.shape[1]))
    target = np.concatenate([first[:c], np.repeat(first[c : c + m], k), np.zeros(k * n)])
    ridges = np.concatenate([np.full(c, ridge), np.full(k * m, number("tie")), np.full(k * n, ridge)])
    return lad(X, y, w, ridges, target)[: c + k * m]


def relative(
    state: pd.DataFrame, slopes: Array, common: tuple[str, ...], by_size: tuple[str, ...]
) -> Array:  # fmt: skip
    """Return growth relative to the nation (area,), % a year; half of the drift of the size class goes on."""
    return design(state, common, by_size) @ slopes + number("class_drift") * state["C"].to_numpy()


def mean_of_members(windows: list[pd.DataFrame], states: list[pd.DataFrame]) -> Array:
    """Return the plain mean over sets of covariates × with and without the earlier period × states of the base.

    Tables that know an earlier period hold the column m2; only they enter members with lags.
    """
    out = []
    for lags in (False, True):
        past = [w for w in windows if not lags or "m2" in w]
        if not past:
            continue
        for covariates in COVARIATES:
            common = covariates + (LAGS if lags else ())
            by_size = BY_SIZE + (("m2",) if lags else ())
            slopes = fit(past, common, by_size)
            out += [relative(s, slopes, common, by_size) for s in states if not lags or "m2" in s]
    return np.mean(out, axis=0)
