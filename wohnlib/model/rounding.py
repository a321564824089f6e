"""Whole numbers that keep their sum: only leaf cells are rounded, every printed sum is formed from them."""

import numpy as np
from numpy.typing import NDArray


def round_keep_total(values: NDArray[np.float64], axis: int | tuple[int, ...] = -1) -> NDArray[np.int64]:
    """Return `values` as integers whose sum over `axis` is the rounded sum of `values`.

    Largest-remainder method (Hare-Niemeyer): each cell is rounded down, then the cells with the largest
    remainder are raised by one until the sum is reached; ties go to the first cell. Halves of the sum are
    rounded away from zero. Shape and sign are kept; the error of a cell is below 1.
    """
    array = np.asarray(values, dtype=float)
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    axes = tuple(sorted(a % array.ndim for a in axes))
    moved = np.moveaxis(array, axes, range(array.ndim - len(axes), array.ndim))
    lead = moved.shape[: array.ndim - len(axes)]
    flat = moved.reshape(*lead, -1)
    # sums and remainders are cleaned of floating-point dust, so that 2.9999999999 counts as 3
    total = np.round(flat.sum(-1), 6)
    target = (np.sign(total) * np.floor(np.abs(total) + 0.5)).astype(np.int64)
    clean = np.round(flat, 6)
    floor = np.floor(clean)
    missing = target - floor.sum(-1).astype(np.int64)
    order = np.argsort(-(clean - floor), axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1, kind="stable")
    whole = floor.astype(np.int64) + (rank < missing[..., None])
    return np.moveaxis(whole.reshape(moved.shape), range(array.ndim - len(axes), array.ndim), axes)
