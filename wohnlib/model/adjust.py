"""Figures with both signs brought to a given sum."""

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, numbers, wrong


def plus_minus(values: ArrayLike, total: ArrayLike) -> Array:
    """Scale net figures by age to a total: gains by one factor, losses by another (plus-minus method).

    `x' = x·(A + D)/A` for gains and `x·(A - D)/A` for losses, A = Σ|x|, D = total - Σx: both sides take a share
    of the difference in proportion to their size.

    Parameters
    ----------
    values : (..., item), net migrants by age, say; sexes together: reshape to one axis first.
    total : (...) wanted sums.

    Raises
    ------
    ValueError : if nothing can be scaled, or the total is so far away that figures would change their sign.

    References
    ----------
    Siegel and Swanson (2004), The Methods and Materials of Demography, appendix C; Smith, Tayman, Swanson (2013),
    chapter 10.
    """
    x = numbers("values", values, (None,), axes="(..., item)")
    gap = numbers("total", total) - x.sum(axis=-1)
    size = np.abs(x).sum(axis=-1)
    if (np.abs(gap) > size).any():
        raise wrong(
            "total",
            f"{np.max(np.abs(gap)):g} away from the sum",
            "at most the sum of the sizes of the values",
        )
    share = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)[..., None]
    scaled: Array = x * np.where(x > 0, 1 + share, 1 - share)
    return scaled
