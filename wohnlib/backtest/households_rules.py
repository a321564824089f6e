"""Simple rules for the number of households by size, which the own method has to beat; fitted on training Gemeinden."""

import numpy as np
from scipy.optimize import nnls

from wohnlib.backtest.households_data import Array, People
from wohnlib.backtest.households_settings import number

_CHILDREN = 4  # age groups below 16, whose persons head no household


def simple_rules(people: People, households: Array, rows: Array) -> dict[str, Array]:
    """Return the households of every Gemeinde by rule, (area, quantity); only `rows` are looked at.

    constant: households per person of all; headship: non-negative rates by 11 age groups; ridge: regression of
    households per person on the shares of the age groups.
    """
    persons = np.maximum(people.total, 1.0)
    groups = people.age.sum(axis=1, keepdims=True)
    shares = people.age / np.where(groups > 0, groups, 1.0)
    per_person = households[rows] / persons[rows, None]
    constant = households[rows].sum(axis=0) / persons[rows].sum()
    return {
        "constant": persons[:, None] * constant,
        "headship": persons[:, None] * _headship(shares, per_person, rows),
        "ridge": persons[:, None] * _ridge(shares, per_person, rows),
    }


def _headship(shares: Array, per_person: Array, rows: Array) -> Array:
    """Return households per person from rates r ≥ 0: minimise Σ (H/P − Σ_a share_a·r_a)²; none below 16."""
    adult = shares[:, _CHILDREN:]
    return np.column_stack([adult @ nnls(adult[rows], y)[0] for y in per_person.T])


def _ridge(shares: Array, per_person: Array, rows: Array) -> Array:
    """Return households per person from a ridge regression on the shares in deviations."""
    scaled = (shares - shares[rows].mean(axis=0)) / shares[rows].std(axis=0)
    x, middle = scaled[rows], per_person.mean(axis=0)
    inner = x.T @ x + number("rule_ridge") * len(x) * np.eye(x.shape[1])
    return np.asarray(middle + scaled @ np.linalg.solve(inner, x.T @ (per_person - middle)))
