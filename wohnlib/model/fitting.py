"""Scaling of counts to given totals: one set of totals, or several by iterative proportional fitting."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, numbers, wrong


def control_to(pop_count: ArrayLike, total: ArrayLike, axis: int | Sequence[int] = (-2, -1)) -> Array:
    """Scale counts so that their sums over `axis` equal `total`; cells that are zero stay zero.

    `P'[i] = P[i]·T / Σ P`. `total` has the shape of the sums (`axis` left out); `axis=()` sets each cell.

    Raises
    ------
    ValueError : a positive total meets only zeros, a negative count, or the shapes do not fit.
    """
    pop = numbers("pop_count", pop_count, low=0)
    axes = _axes((axis,) if isinstance(axis, int | np.integer) else tuple(axis), pop.ndim)
    target = numbers("total", total, low=0)
    sums = pop.sum(axis=axes)
    if target.shape != sums.shape:
        raise wrong("total", f"shape {target.shape}", f"shape {sums.shape}, the sums over axes {axes}")
    empty = (sums == 0) & (target > 0)
    if empty.any():
        raise wrong(
            "pop_count",
            f"only zeros where total is positive, at {np.argwhere(empty)[0].tolist()} "
            f"({int(empty.sum())} in all)",
            "a positive count in every group that has a total",
        )
    if not axes:
        return target.copy()
    factor = np.divide(target, sums, out=np.zeros_like(sums), where=sums > 0)
    scaled: Array = pop * np.expand_dims(factor, axes)
    return scaled


def _axes(axis: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    """Return axes counted from the front, sorted."""
    for a in axis:
        if not -ndim <= a < ndim:
            raise wrong("axis", a, f"an axis of an array with {ndim} axes")
    axes = tuple(sorted(a % ndim for a in axis))
    if len(set(axes)) != len(axes):
        raise wrong("axis", axis, "each axis once")
    return axes


def fit_margins(
    seed: ArrayLike,
    *margins: tuple[int | Sequence[int], ArrayLike],
    tol: float = 1e-12,
    max_iter: int = 1000,
    agree: float = 1e-9,
) -> Array:
    """Fit a table to margins by iterative proportional fitting; structural zeros stay zero.

    Each margin is `(axes, totals)`: the axes that are kept and their totals, whose axes follow in the order
    named. Axes held by every margin (areas, say) are a batch and are fitted in one pass.

    Parameters
    ----------
    seed : counts of any shape, not negative; only its ratios matter.
    tol : largest relative deviation of a margin at which to stop.
    max_iter : rounds before giving up.
    agree : largest relative difference of totals that two margins may have in common.

    Raises
    ------
    ValueError : totals contradict each other, a positive total meets only zeros, or no convergence.

    References
    ----------
    Deming and Stephan (1940), Annals of Mathematical Statistics 11(4).
    """
    table = numbers("seed", seed, low=0).copy()
    wanted = [_margin(number, margin, table) for number, margin in enumerate(margins)]
    _contradictions(wanted, table.ndim, agree)
    top = table.max(initial=0.0)
    if top > 0:
        table /= top
    deviation = np.inf
    for _ in range(max_iter):
        deviation = 0.0
        for others, totals in wanted:
            sums = table.sum(axis=others, keepdims=True)
            deviation = max(deviation, _deviation(sums, totals))
            table *= np.divide(totals, sums, out=np.zeros_like(sums), where=sums > 0)
        if deviation <= tol:
            return table
    left = max((_deviation(table.sum(axis=o, keepdims=True), t) for o, t in wanted), default=0.0)
    if left <= max(tol, agree):
        return table
    raise wrong(
        "margins",
        f"a relative deviation of {left:.3g} after {max_iter} rounds",
        f"at most {max(tol, agree):g}; zeros of the seed may contradict the totals",
    )


def _margin(
    number: int, margin: tuple[int | Sequence[int], ArrayLike], table: Array
) -> tuple[tuple[int, ...], Array]:
    """Return the axes to sum over and the totals, shaped so that they broadcast against the table."""
    kept, value = margin
    order = (kept,) if isinstance(kept, int | np.integer) else tuple(kept)
    axes = _axes(order, table.ndim)
    totals = numbers(f"margins[{number}]", value, low=0)
    front = [a % table.ndim for a in order]
    want = tuple(table.shape[a] for a in front)
    if totals.shape != want:
        raise wrong(
            f"margins[{number}]", f"shape {totals.shape}", f"shape {want}, axes {tuple(order)} of the seed"
        )
    totals = np.transpose(totals, np.argsort(front)) if totals.ndim > 1 else totals
    others = tuple(a for a in range(table.ndim) if a not in axes)
    totals = np.expand_dims(totals, others)
    empty = (table.sum(axis=others, keepdims=True) == 0) & (totals > 0)
    if empty.any():
        raise wrong(
            "seed",
            f"only zeros where margins[{number}] is positive, at "
            f"{np.argwhere(empty)[0][list(axes)].tolist()} ({int(empty.sum())} in all)",
            "a positive cell in every group that has a total",
        )
    return others, totals


def _contradictions(wanted: list[tuple[tuple[int, ...], Array]], ndim: int, agree: float) -> None:
    """Raise if two margins disagree about the totals that both imply."""
    for i, (others_i, totals_i) in enumerate(wanted):
        for j, (others_j, totals_j) in enumerate(wanted[:i]):
            both = tuple(a for a in range(ndim) if a in others_i or a in others_j)
            a, b = totals_i.sum(axis=both), totals_j.sum(axis=both)
            gap = np.abs(a - b)
            bad = gap > agree * np.maximum(a, b)
            if bad.any():
                at = tuple(np.argwhere(bad)[0])
                raise wrong(
                    f"margins[{i}]",
                    f"a total of {a[at]:.12g} at {[int(k) for k in at]}",
                    f"{b[at]:.12g}, the total of margins[{j}]",
                )


def _deviation(sums: Array, totals: Array) -> float:
    """Return the largest relative deviation of sums from totals."""
    return float(np.max(np.abs(sums - totals) / np.where(totals > 0, totals, 1.0), initial=0.0))
