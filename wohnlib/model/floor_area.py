"""Step 10, floor area: what can be said of household size × floor area from the two margins alone.

Arrays: size (1, 2, 3, 4, 5 and more), class of floor area. Without a delivered table of both the cells are
bounded (Fréchet 1951), not estimated; with a user's table they are calibrated to the unit's margins.
"""

from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.dwellings import rake

Array = NDArray[np.float64]


def frechet_bounds(rows: Array, columns: Array) -> tuple[Array, Array]:
    """Return the least and the greatest possible cells (row, column) of a table with these margins.

    max(0, r + c − N) <= x <= min(r, c); `columns` are first scaled to the sum N of `rows`.
    """
    columns = columns * rows.sum() / columns.sum()
    low = np.maximum(rows[:, None] + columns[None, :] - rows.sum(), 0)
    return low, np.minimum(rows[:, None], columns[None, :])


def change_bounds(growth: Array, rows: Array, column: float) -> tuple[float, float]:
    """Return the bounds of the additional dwellings of one class if each size keeps its (unknown) share.

    With x_n of the `rows` (size,) in the class, Σ x = `column`, the addition is Σ (growth_n − 1)·x_n;
    `growth` (size,) = households later per household today. The least fills the class with the sizes that
    grow least (Fréchet bounds over all tables with these margins), the greatest with those that grow most.
    """
    order = np.argsort(growth, kind="stable")
    return _filled(growth, rows, column, order), _filled(growth, rows, column, order[::-1])


def _filled(growth: Array, rows: Array, column: float, order: NDArray[np.int64]) -> float:
    before = np.concatenate([[0.0], rows[order].cumsum()])
    taken = np.clip(column - before[:-1], 0, rows[order])
    return float((taken * (growth[order] - 1)).sum())


def monotone_bounds(growth: Array, rows: Array, column: float) -> tuple[float, float]:
    """Return the bounds as `change_bounds`, if the share in the class never rises with the rows' order.

    Stated assumption that narrows: of smaller households at least as large a share lives in the class. For a
    class of large dwellings give the rows in reverse. The extremes are mixtures of two step functions
    (1 for the first k sizes, 0 after), of which all pairs are tried.
    """
    if not 0 <= column <= rows.sum() * (1 + 1e-12):
        raise ValueError(f"column is {column}; expected 0 to {rows.sum()}, the sum of the rows")
    ends = np.concatenate([[0.0], rows.cumsum()])
    values = np.concatenate([[0.0], (rows * (growth - 1)).cumsum()])
    found = []
    for j, k in combinations_with_replacement(range(len(ends)), 2):
        if ends[j] <= column <= ends[k] * (1 + 1e-12):
            span = ends[k] - ends[j]
            part = (column - ends[j]) / span if span > 0 else 0.0
            found.append(values[j] + part * (values[k] - values[j]))
    return float(min(found)), float(max(found))


def calibrate_table(table: Array, rows: Array, columns: Array) -> Array:
    """Return a user's table (size, class) raked to the unit's households by size and dwellings by class.

    Iterative proportional fitting (Deming and Stephan 1940): the odds ratios of `table` stay; `columns` are
    scaled to the sum of `rows`. A margin over cells that are all zero raises ValueError.
    """
    return rake(table, rows, columns)


def class_change(table: Array, growth: Array) -> Array:
    """Return the additional dwellings by class (class,) if each size keeps its shares: Σ_n (growth_n − 1)·x_n."""
    return (growth - 1) @ table


def three_classes(areas: Array, small: int, large: int) -> Array:
    """Return (..., 3) from classes of floor area: below position `small`, up to `large`, the rest."""
    parts = (areas[..., :small], areas[..., small:large], areas[..., large:])
    return np.stack([p.sum(-1) for p in parts], axis=-1)
