"""Simple forecasts of Kreise by age and sex to compare with: no change, lines through totals, yearly cohort ratios.

Arrays: Kreis, sex, group (0-4 … 90+). Source of the cohort ratios: Hamilton, Perry (1962), Social Forces 41; here by
year, between single ages interpolated by a spline through the cumulated groups.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from wohnlib.backtest.settings import number

Array = NDArray[np.float64]
RULES = ("constant", "linear", "damped", "hamilton_perry")
OLDEST = 101  # end of the open group when it is interpolated
_MOTHERS = slice(3, 9)  # women of 15 to 44
_LEAST = 0.01  # persons in a single age


def simple_rules(
    stock: Mapping[int, Array], base: int, target: int, now: Array | None = None
) -> dict[str, Array]:
    """Return the forecasts of all rules from the tables of the first year to the base; now: table of the base.

    Without a table of the base among the yearly ones growth ends at the newest: none is taken across a break.
    """
    first, now = min(stock), stock[base] if now is None else now
    total, last = now.sum((1, 2), keepdims=True), max(y for y in stock if y <= base)
    yearly = (stock[last] - stock[first]).sum((1, 2), keepdims=True) / (last - first)
    years = target - base
    return {
        "constant": now,
        "linear": now * (1 + yearly * years / total),
        "damped": now * (1 + number("rule_damping") * yearly * years / total),
        "hamilton_perry": cohort_ratios(stock, base, target, now),
    }


def single_ages(groups: Array) -> Array:
    """Return persons by single age (…, 101) with the sums of groups (…, 19)."""
    edges = np.append(np.arange(0, 91, 5), OLDEST)
    summed = np.concatenate([np.zeros((*groups.shape[:-1], 1)), groups.cumsum(-1)], axis=-1)
    spline = CubicSpline(edges, summed, axis=-1, bc_type="natural")
    return np.asarray(np.maximum(np.diff(spline(np.arange(OLDEST + 1)), axis=-1), _LEAST))


def to_groups(single: Array) -> Array:
    """Return the sums of single ages (…, 101) by group (…, 19)."""
    young = single[..., :90].reshape(*single.shape[:-1], 18, 5).sum(-1)
    return np.concatenate([young, single[..., 90:].sum(-1, keepdims=True)], axis=-1)


def cohort_ratios(stock: Mapping[int, Array], base: int, target: int, now: Array | None = None) -> Array:
    """Return the forecast by yearly cohort ratios of the years known; children by their number per woman."""
    tables = np.array([stock[y] for y in sorted(stock) if y <= base])
    single = single_ages(tables)
    aged = to_groups(_older(single[:-1]))
    ratio = tables[1:].sum(0) / np.maximum(aged.sum(0), _LEAST)
    ratio[..., 0] = single[1:, ..., 1:5].sum((0, -1)) / single[:-1, ..., :4].sum((0, -1))  # ages 1 to 4
    by_age = np.concatenate(
        [np.repeat(ratio[..., :18], 5, -1), np.repeat(ratio[..., 18:], OLDEST - 90, -1)], -1
    )
    children = (tables[..., 0] / tables[:, :, :1, _MOTHERS].sum(-1)).mean(0)
    now = single[-1] if now is None else single_ages(now)
    for _ in range(base, target):
        now = _older(now) * by_age
        women = to_groups(now)[:, :1, _MOTHERS].sum(-1)
        now[..., 0] = np.maximum(children * women - now[..., 1:5].sum(-1), _LEAST)
    return to_groups(now)


def _older(single: Array) -> Array:
    out = np.zeros_like(single)
    out[..., 1:] = single[..., :-1]
    out[..., -1] += single[..., -1]
    return out
