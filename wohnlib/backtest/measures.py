"""How far a forecast was off: measures of errors and intervals, all in per cent unless said otherwise.

f forecast, y what came, e = f/y − 1. Sources: Tayman, Swanson (1999), Population Research and Policy Review 18;
Swanson, Tayman, Barr (2000), Demography 37 (MAPE-R); Gneiting, Raftery (2007), JASA 102, eq. 43 (interval score).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from wohnlib.backtest.settings import number

Array = NDArray[np.float64]


def point_measures(forecast: Array, came: Array) -> dict[str, float]:
    """Return n, MAPE, median APE, MALPE, MAPE-R, weighted MAPE, RMSE (persons) and shares within 5 and 10 %."""
    error = 100 * (forecast / came - 1)
    size = np.abs(error)
    return {
        "n": float(len(error)),
        "mape": float(size.mean()),
        "median_ape": float(np.median(size)),
        "malpe": float(error.mean()),
        "mape_r": mape_r(size),
        "wmape": float(100 * np.abs(forecast - came).sum() / came.sum()),
        "rmse": float(np.sqrt(((forecast - came) ** 2).mean())),
        "within_5": float(100 * (np.abs(forecast - came) <= 0.05 * came).mean()),
        "within_10": float(100 * (np.abs(forecast - came) <= 0.1 * came).mean()),
    }


def mape_r(size: Array) -> float:
    """Return the mean of absolute errors (%) taken after the Box-Cox transformation that makes them symmetric.

    t = (|e|^λ − 1)/λ with λ by maximum likelihood, MAPE-R = (λ mean(t) + 1)^(1/λ); λ = 0 is the geometric mean.
    """
    positive = np.maximum(size, number("smallest_error"))
    if np.ptp(positive) == 0:
        return float(positive[0])
    changed, power = stats.boxcox(positive)
    middle = changed.mean()
    return float(np.exp(middle) if power == 0 else (power * middle + 1) ** (1 / power))


def interval_measures(low: Array, high: Array, came: Array) -> dict[str, float]:
    """Return coverage and interval score; the score is the mean over areas in % of what came, lower is better.

    score = (high − low) + 2/α · (miss below or above), α = 1 − nominal coverage.
    """
    alpha = 1 - number("interval")
    miss = np.maximum(low - came, 0) + np.maximum(came - high, 0)
    score = (high - low + 2 / alpha * miss) / came
    return {
        "coverage_80": float(100 * (miss == 0).mean()),
        "interval_score": float(100 * score.mean()),
    }


def evaluated(totals: Mapping[int, pd.DataFrame], keys: pd.Index, dates: Sequence[int]) -> NDArray[np.bool_]:
    """Return which Gemeinden are judged: the key stands at every date, areas differ by at most 1 % between any two."""
    area = pd.DataFrame({y: totals[y]["area_km2"].reindex(keys) for y in dates})
    same = area.max(axis=1) / area.min(axis=1) <= 1 + number("same_area")
    return np.asarray(area.notna().all(axis=1) & same)
