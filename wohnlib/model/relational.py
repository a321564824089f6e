"""Mortality set out in relation to a standard: Brass's logit system, and the Lee-Carter form of a path."""

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, numbers, wrong


def brass_logit(
    lx: ArrayLike, alpha: ArrayLike, beta: ArrayLike = 1.0, *, radix: float | None = None
) -> Array:
    """Return survivors in relation to a standard: `Y(x) = α + β·Y_s(x)`, `Y = ½·ln((1 - l)/l)`.

    Parameters
    ----------
    lx : (..., age) survivors of the standard; its first entry is the radix unless `radix` is given (a standard
        that is printed from age 1 on).
    alpha : (...) level, above 0: higher mortality than in the standard.
    beta : (...) above 1: more of it at old than at young ages.

    Returns
    -------
    (..., age) survivors with the same radix, for `life_table(lx=…)`; ages where nobody or everybody is alive stay so.

    References
    ----------
    Brass (1971), On the scale of mortality; United Nations (1983), Manual X, chapter I.
    """
    standard = numbers("lx", lx, (None,), axes="(..., age)", low=0)
    births = standard[..., :1] if radix is None else np.asarray(float(radix))
    share = standard / births
    if (share > 1).any():
        raise wrong("lx", f"{standard.max():g} survivors", f"at most the radix {float(births.max()):g}")
    a, b = numbers("alpha", alpha), numbers("beta", beta)
    inner = (share > 0) & (share < 1)
    odds = np.divide(1 - share, share, out=np.ones_like(share), where=inner)  # e^(2Y)
    moved = 1 / (1 + np.exp(2 * a)[..., None] * odds ** b[..., None])
    survivors: Array = np.where(inner, moved, share) * births
    return survivors


def lee_carter(ax: ArrayLike, bx: ArrayLike, kt: ArrayLike) -> Array:
    """Return death rates by year: `m(x, t) = exp(a(x) + b(x)·k(t))`.

    Parameters
    ----------
    ax : (..., age) mean logarithms of the death rates (`np.log(mx)` to start from a table).
    bx : (..., age) how strongly each age follows the index.
    kt : (year,) index of mortality.

    Returns
    -------
    (year, ..., age) death rates, for `life_table(mx=…)`.

    References
    ----------
    Lee and Carter (1992), JASA 87(419), equation 1.
    """
    level = numbers("ax", ax, (None,), axes="(..., age)")
    slope = numbers("bx", bx, level.shape[-1:], axes="(..., age)")
    index = numbers("kt", kt)
    if index.ndim != 1:
        raise wrong("kt", f"shape {index.shape}", "one axis, the year")
    base = np.broadcast_to(slope, np.broadcast_shapes(level.shape, slope.shape))
    rates: Array = np.exp(level + base * index.reshape(-1, *(1,) * base.ndim))
    return rates
