"""Years lived in a group by those who die there: rules of books and offices, for `lifetable.life_table`."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, numbers, one_of, wrong

# a0 and 4a1 as lines in m0 or q0 by sex: (up to, intercept, slope) in rising order.
# Coale, Demeny, Vaughan (1983), model West: in m0 as in Preston, Heuveline, Guillot (2001), table 3.3.
_COALE_DEMENY_M = {
    "F": (((0.107, 0.053, 2.800), (np.inf, 0.350, 0.0)), ((0.107, 1.522, -1.518), (np.inf, 1.361, 0.0))),
    "M": (((0.107, 0.045, 2.684), (np.inf, 0.330, 0.0)), ((0.107, 1.651, -2.816), (np.inf, 1.352, 0.0))),
}
_COALE_DEMENY_Q = {
    "F": (((0.1, 0.050, 3.000), (np.inf, 0.350, 0.0)), ((0.1, 1.524, -1.627), (np.inf, 1.361, 0.0))),
    "M": (((0.1, 0.0425, 2.875), (np.inf, 0.330, 0.0)), ((0.1, 1.653, -3.013), (np.inf, 1.352, 0.0))),
}
# The other families, in q0 alone: United Nations (1983), Manual X, table 164; 4a1 as in the Census Bureau's LTPOPDTH.
_FAMILIES_Q = {
    "north": {
        "F": (((0.1, 0.050, 3.000), (np.inf, 0.350, 0.0)), ((0.1, 1.733, -1.627), (np.inf, 1.570, 0.0))),
        "M": (((0.1, 0.0425, 2.875), (np.inf, 0.330, 0.0)), ((0.1, 1.859, -3.013), (np.inf, 1.558, 0.0))),
    },
    "east": {
        "F": (((0.1, 0.010, 3.000), (np.inf, 0.310, 0.0)), ((0.1, 1.487, -1.627), (np.inf, 1.324, 0.0))),
        "M": (((0.1, 0.0025, 2.875), (np.inf, 0.290, 0.0)), ((0.1, 1.614, -3.013), (np.inf, 1.313, 0.0))),
    },
    "south": {
        "F": (((0.1, 0.050, 3.000), (np.inf, 0.350, 0.0)), ((0.1, 1.402, -1.627), (np.inf, 1.239, 0.0))),
        "M": (((0.1, 0.0425, 2.875), (np.inf, 0.330, 0.0)), ((0.1, 1.541, -3.013), (np.inf, 1.240, 0.0))),
    },
}
# Andreev and Kingkade (2015), Demographic Research 33(13), table 3; Human Mortality Database, protocol 6.
_ANDREEV_KINGKADE_M = {
    "F": ((0.01724, 0.14903, -2.05527), (0.06891, 0.04667, 3.88089), (np.inf, 0.31411, 0.0)),
    "M": ((0.02300, 0.14929, -1.99545), (0.08307, 0.02832, 3.26021), (np.inf, 0.29915, 0.0)),
}
_KEYFITZ_M = ((np.inf, 0.07, 1.7),)  # Keyfitz (1970): a0 = 0.07 + 1.7 m0, both sexes
_KEYFITZ_1_4 = 1.5  # years, Keyfitz and Flieger (1990), World Population Growth and Aging

_A0_RULES = (
    *("coale_demeny", *(f"coale_demeny_{family}" for family in _FAMILIES_Q)),
    *("andreev_kingkade", "keyfitz"),
)

_RULES = ("constant_force", "reed_merrell", "greville")
_REED_MERRELL = 0.008  # Reed and Merrell (1939), American Journal of Hygiene 30
_GREVILLE_FROM = 15.0  # years; below it United Nations (1982, Model Life Tables) keep n/2


def _line(x: Array, pieces: tuple[tuple[float, float, float], ...]) -> Array:
    """Return the piecewise line (up to, intercept, slope) at x."""
    conditions = [x < top for top, _, _ in pieces]
    return np.select(conditions, [a + b * x for _, a, b in pieces])


def years_lived(
    values: Array,
    rate: bool,
    n: Array,
    ax: ArrayLike | str,
    a0: ArrayLike | str | None,
    sex: str | tuple[str, ...],
    infant: Array | None,
) -> Array:
    """Return years lived in a group by those who die there; `infant`: q of the first group beside rates."""
    if isinstance(ax, str):
        one_of("ax", ax, ("half", "cubic", *_RULES))
        a = np.broadcast_to(n / 2, values.shape).copy()
        if ax in _RULES:
            a = _by_rule(values, rate, n, ax, a)
    else:
        a = np.broadcast_to(
            numbers("ax", ax, values.shape[-1:], axes="(..., age)", low=0), values.shape
        ).copy()
    if a0 is None:
        return a
    if not isinstance(a0, str):
        a[..., 0] = numbers("a0", a0, low=0)
        return a
    one_of("a0", a0, _A0_RULES)
    first = values[..., 0] if infant is None else infant
    for index, one in _by_sex(values, "B" if a0 == "keyfitz" else sex):
        both = [_young(first[index], rate and infant is None, a0, s) for s in ("FM" if one == "B" else one)]
        a[(*index, 0)] = sum(pair[0] for pair in both) / len(both)
        if len(n) > 1 and n[1] == 4 and (isinstance(ax, str) or a0.startswith("coale_demeny")):
            a[(*index, 1)] = sum(pair[1] for pair in both) / len(both)
    return a


def _by_rule(values: Array, rate: bool, n: Array, rule: str, half: Array) -> Array:
    """Return ax from a rule that gives q by m; n/2 where it says nothing (no deaths, the open group)."""
    if not rate and rule != "constant_force":
        raise wrong("ax", f"{rule!r} with qx", "mx")
    with np.errstate(divide="ignore", invalid="ignore"):
        m = values if rate else -np.log1p(-values) / n
        if rule == "greville":
            wide = np.append(n[:-1], n[-2:-1])  # the open group counts as wide as the one before it
            a, at = half.copy(), np.flatnonzero((wide[1:-1] == wide[:-2]) & (wide[1:-1] == wide[2:])) + 1
            at = at[np.cumsum(n)[at - 1] >= _GREVILLE_FROM]
            slope = np.log(m[..., at + 1] / m[..., at - 1]) / (2 * n[at])
            a[..., at] = n[at] / 2 - n[at] ** 2 / 12 * (m[..., at] - slope)
        else:
            more = _REED_MERRELL * n**3 * m**2 if rule == "reed_merrell" else 0.0
            a = n + 1 / m + n / np.expm1(-n * m - more)
    a[..., -1] = half[..., -1]
    return np.where(np.isfinite(a) & (m > 0), a, half)


def _young(x: Array, rate: bool, rule: str, sex: str) -> tuple[Array, Array]:
    """Return a0 and 4a1 from m0 or q0."""
    if rule.startswith("coale_demeny_"):
        lines = _FAMILIES_Q[rule.removeprefix("coale_demeny_")][sex]
        q = _to_q0(x, lines[0]) if rate else x
        return _line(q, lines[0]), _line(q, lines[1])
    west = (_COALE_DEMENY_M if rate else _COALE_DEMENY_Q)[sex]
    if rule == "coale_demeny":
        return _line(x, west[0]), _line(x, west[1])
    pieces = _ANDREEV_KINGKADE_M[sex] if rule == "andreev_kingkade" else _KEYFITZ_M
    a0 = _line(x, pieces) if rate else _from_qx(x, pieces)
    return a0, np.full_like(a0, _KEYFITZ_1_4) if rule == "keyfitz" else _line(x, west[1])


def _by_sex(values: Array, sex: str | tuple[str, ...]) -> list[tuple[tuple[Any, ...], str]]:
    """Return index tuples of the leading axes and the sex each belongs to."""
    sexes = (sex,) if isinstance(sex, str) else tuple(sex)
    for one in sexes:
        one_of("sex", one, ("F", "M", "B"))
    if len(sexes) == 1:
        return [((Ellipsis,), sexes[0])]
    if values.ndim < 2 or values.shape[-2] != len(sexes):
        raise wrong(
            "sex", f"{sexes} for shape {values.shape}", "one sex, or one per entry of the axis before age"
        )
    return [((Ellipsis, i), one) for i, one in enumerate(sexes)]


def _from_qx(q: Array, pieces: tuple[tuple[float, float, float], ...]) -> Array:
    """Return a0 from q0 where the rule is in m0: m = q/(1 - (1-a)·q), iterated."""
    a = np.full_like(q, 0.1)
    for _ in range(50):
        a = _line(q / (1 - (1 - a) * q), pieces)
    return a


def _to_q0(m: Array, pieces: tuple[tuple[float, float, float], ...]) -> Array:
    """Return q0 from m0 where the rule is in q0: q = m/(1 + (1-a)·m), iterated."""
    q = m
    for _ in range(50):
        q = m / (1 + (1 - _line(q, pieces)) * m)
    return q


def cubic(q: Array, n: Array, a: Array) -> Array:
    """Return ax of inner groups from deaths around: `(-n/24·d[-1] + n/2·d + n/24·d[+1])/d` (groups alike)."""
    l = np.concatenate([np.ones_like(q[..., :1]), np.cumprod(1 - q[..., :-1], axis=-1)], axis=-1)
    d = l * q
    new = a.copy()
    alike = np.zeros(len(n), dtype=bool)
    alike[2:-2] = (n[1:-3] == n[2:-2]) & (n[3:-1] == n[2:-2])
    i = np.flatnonzero(alike)
    if i.size:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = n[i] / 2 + n[i] / 24 * (d[..., i + 1] - d[..., i - 1]) / d[..., i]
        new[..., i] = np.where(d[..., i] > 0, value, a[..., i])
    return new
