"""The mean of several sets of features, and what past windows say of them: each is forecast with slopes of the others.

The mean has equal weights, which need no choice. Learned weights and the one set that was best in past windows are
tried beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

from wohnlib.backtest.fitting import Kind, Member, fit, kinds, mean_of, weights_of
from wohnlib.backtest.settings import number

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Mean:
    """Members fitted on all past windows; what was learned about them in left-out windows, if it was tried."""

    members: tuple[Member, ...]
    learned: Array  # (member,) weights that would have been best in left-out windows; equal where none was left out
    loss: (
        Array  # (member,) weighted mean absolute error in % a year; not a number where no window was left out
    )

    @property
    def weights(self) -> Array:
        """Weights used: equal."""
        return np.full(len(self.loss), 1 / len(self.loss))

    @property
    def chosen(self) -> Array:
        """Weights of the one member that was nearest in left-out windows; the plainest where none was left out."""
        best = 0 if np.isnan(self.loss).any() else int(np.argmin(self.loss))
        return np.asarray(np.arange(len(self.loss)) == best, float)

    def growth(self, states: Sequence[pd.DataFrame], weights: Array | None = None) -> Array:
        """Return growth relative to the nation (area,), % a year; `weights` instead of equal ones."""
        return mean_of(self.members, self.weights if weights is None else weights, states)


def fitted(windows: Sequence[pd.DataFrame], tried: bool) -> Mean:
    """Return all members fitted on the windows; if tried, with what left-out windows say about them.

    Learned weights minimise the mean absolute error of the weighted mean, none below 0, sum 1 (Bates, Granger 1969;
    with absolute errors as in the fit).
    """
    every = kinds(windows)
    members = tuple(fit(windows, kind) for kind in every)
    equal, unknown = np.full(len(every), 1 / len(every)), np.full(len(every), np.nan)
    if not tried:
        return Mean(members, equal, unknown)
    made, came, weight = left_out(windows, every)
    if not len(came):
        return Mean(members, equal, unknown)
    loss = np.average(np.abs(made - came[:, None]), axis=0, weights=weight)
    return Mean(members, best_weights(made, came, weight), loss)


def left_out(windows: Sequence[pd.DataFrame], every: Sequence[Kind]) -> tuple[Array, Array, Array]:
    """Return forecasts (row, member), what came and weights (row,) of windows that know all features, each left out."""
    needed = {name for common, by_size in every for name in (*common, *by_size)}
    made, came, weight = [np.empty((0, len(every)))], [np.empty(0)], [np.empty(0)]
    for place, table in enumerate(windows):
        others = [w for i, w in enumerate(windows) if i != place]
        if not needed <= set(table) or not others:
            continue
        rows = table[table["ok"]]
        found = np.column_stack([fit(others, kind).growth(rows) for kind in every])
        made.append(found - np.average(found, axis=0, weights=rows["size"]))
        came.append(rows["y"].to_numpy(float))
        weight.append(weights_of(rows))
    return np.vstack(made), np.concatenate(came), np.concatenate(weight)


def best_weights(made: Array, came: Array, weight: Array) -> Array:
    """Return weights (member,) ≥ 0 with sum 1 that minimise the weighted mean of |came − made·weights|."""
    count, share = made.shape[1], weight / weight.sum()

    def loss(part: Array) -> tuple[float, Array]:
        rest = came - made @ part
        return float(share @ np.abs(rest)), -(share * np.sign(rest)) @ made

    found = minimize(
        loss, np.full(count, 1 / count), jac=True, method="SLSQP", bounds=[(0, 1)] * count, tol=number("weights_tolerance"),
        constraints={"type": "eq", "fun": lambda part: part.sum() - 1, "jac": lambda _: np.ones(count)},
    )  # fmt: skip
    clipped = np.clip(found.x, 0, 1)
    return np.asarray(clipped / clipped.sum())
