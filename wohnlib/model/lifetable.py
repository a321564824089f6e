"""Life tables, complete and abridged, from rates or probabilities of death."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import MOST_DEATHS, Array, numbers, one_of, wrong

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
# Andreev and Kingkade (2015), Demographic Research 33(13), table 3; Human Mortality Database, protocol 6.
_ANDREEV_KINGKADE_M = {
    "F": ((0.01724, 0.14903, -2.05527), (0.06891, 0.04667, 3.88089), (np.inf, 0.31411, 0.0)),
    "M": ((0.02300, 0.14929, -1.99545), (0.08307, 0.02832, 3.26021), (np.inf, 0.29915, 0.0)),
}
_KEYFITZ_M = ((np.inf, 0.07, 1.7),)  # Keyfitz (1970): a0 = 0.07 + 1.7 m0, both sexes


_RULES = ("constant_force", "reed_merrell", "greville")
_REED_MERRELL = 0.008  # Reed and Merrell (1939), American Journal of Hygiene 30
_GREVILLE_FROM = 15.0  # years; below it United Nations (1982, Model Life Tables) keep n/2


class LifeTable(NamedTuple):
    """Columns of a life table, each (..., age); the last group is open unless `open_end="year"`."""

    mx: Array  # deaths per person-year
    ax: Array  # years lived in the group by those who die there
    qx: Array  # probability of dying in the group
    px: Array
    lx: Array  # survivors at the exact age, radix at birth
    dx: Array
    Lx: Array  # person-years in the group
    Tx: Array  # person-years from here on
    ex: Array  # life expectancy in years


def life_table(
    qx: ArrayLike | None = None,
    mx: ArrayLike | None = None,
    *,
    width: ArrayLike = 1.0,
    ax: ArrayLike | str = "half",
    a0: ArrayLike | str | None = None,
    sex: str | tuple[str, ...] = ("F", "M"),
    radix: float = 100_000.0,
    open_end: str = "rate",
    e_open: ArrayLike | None = None,
) -> LifeTable:
    """Build a life table from probabilities or rates of death, complete or abridged.

    `q = n·m/(1 + (n-a)·m)`, `L = n·l' + a·d`, `e = T/l`.

    Parameters
    ----------
    qx, mx : (..., age), exactly one of them; the last entry is the open group.
    width : years per group, one number or (age,); the last does not count unless `open_end="year"`.
    ax : "half" (n/2), (..., age) given, "cubic" (from the deaths around, a cubic spline of l; the first two
        and the last but one groups keep n/2 or `a0`'s), "constant_force" (q = 1 - exp(-n·m)), or, from mx only,
        "reed_merrell" (q = 1 - exp(-n·m - 0.008·n³·m²)) and "greville" (`n/2 - n²/12·(m - ln(m₊/m₋)/(2n))` where
        the groups on both sides are as wide, from age 15 on; else n/2, as United Nations 1982).
    a0 : first group: years given, or "coale_demeny" (sets 4a1 too if the second group has 4 years),
        "andreev_kingkade" or "keyfitz".
    sex : of the axis before age, or of all; the first two rules depend on it ("B" = mean of both).
    radix : births.
    open_end : "rate": e = 1/m, from qx as with a constant q, n·(1/q - 1/2), or, where q = 1 is printed for the
        open group, its `ax`; "die_out": everybody dies within the last group; "given": `e_open` years; "year": the
        last entry is an ordinary group and `e_open` is the life expectancy at its start (Destatis: ages to 100,
        calculated beyond).
    e_open : (...) years at the start of the last group.

    Raises
    ------
    ValueError : names the argument, what was found and what was expected.

    Notes
    -----
    The tables of Destatis (12621-0001) come out with `open_end="year"`, their e100, and a0 = 0.13 to 0.15,
    by sex and period; all other ages have a = 1/2. Their e100 comes from ages beyond 100 not published.

    References
    ----------
    Preston, Heuveline, Guillot (2001), Demography, chapter 3.
    """
    one_of("open_end", open_end, ("rate", "die_out", "given", "year"))
    if (qx is None) == (mx is None):
        raise wrong("qx", "both or neither of qx and mx", "exactly one of them")
    if (e_open is None) == (open_end in ("given", "year")):
        raise wrong("e_open", e_open, 'years with open_end="given" or "year", else None')
    rate = mx is not None
    given: ArrayLike = mx if mx is not None else qx  # type: ignore[assignment]
    high, unit = (MOST_DEATHS, " deaths per person-year, not per 1,000") if rate else (1.0, "")
    name = "mx" if rate else "qx"
    values = numbers(name, given, (None,), axes="(..., age)", low=0, high=high, unit=unit)
    n = np.broadcast_to(numbers("width", width, check=False), values.shape[-1:]).copy()
    if not (n[:-1] > 0).all():
        raise wrong("width", n.tolist(), "positive years")
    if open_end == "year" and not np.isfinite(n[-1]):
        raise wrong("width", "an endless last group with open_end='year'", "its years, or open_end='given'")
    if not np.isfinite(n[-1]):
        n[-1] = n[-2] if len(n) > 1 else 1.0
    a = _ax(values, rate, n, ax, a0, sex)
    q = _to_qx(values, n, a) if rate else values
    if isinstance(ax, str) and ax == "cubic":
        for _ in range(20):
            a = _cubic(q, n, a)
            q = _to_qx(values, n, a) if rate else values
    return _columns(values, rate, q, n, a, radix, open_end, e_open)


def _to_qx(m: Array, n: Array, a: Array) -> Array:
    return np.minimum(n * m / (1 + (n - a) * m), 1.0)


def _columns(
    values: Array,
    rate: bool,
    q: Array,
    n: Array,
    a: Array,
    radix: float,
    open_end: str,
    e_open: ArrayLike | None,
) -> LifeTable:
    """Derive all columns from probabilities and ax; close the table."""
    q, a = q.copy(), np.broadcast_to(a, q.shape).copy()
    last_q, last = q[..., -1].copy(), values[..., -1]
    if open_end != "year":
        q[..., -1] = 1.0
    p = 1 - q
    l = np.concatenate([np.ones_like(p[..., :1]), np.cumprod(p[..., :-1], axis=-1)], axis=-1) * radix
    d = l * q
    big_l = n * (l - d) + a * d
    if open_end == "rate":
        base = last if rate else last_q
        if (base <= 0).any():
            raise wrong(
                "mx" if rate else "qx", "0 in the open group", "a positive value, or another open_end"
            )
        # everybody dies in the open group (q = 1, as books print it): what they live there is its ax
        e = 1 / base if rate else np.where(base < 1, n[-1] * (1 / base - 0.5), a[..., -1])
    elif open_end == "die_out":
        e = a[..., -1]
    else:
        e = np.broadcast_to(numbers("e_open", e_open, low=0), l.shape[:-1])  # type: ignore[arg-type]
    tail = l[..., -1] * e
    if open_end == "year":
        upto = np.cumsum(big_l[..., -2::-1], axis=-1)[..., ::-1]
    else:
        big_l[..., -1] = tail
        a[..., -1] = e
        upto = np.cumsum(big_l[..., -2::-1], axis=-1)[..., ::-1]
    t = np.concatenate([upto + tail[..., None], tail[..., None]], axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        m = np.where(big_l > 0, d / big_l, 0.0)
        expect = np.where(l > 0, t / l, 0.0)
    expect[..., -1] = e
    return LifeTable(m, a, q, p, l, d, big_l, t, expect)


def _line(x: Array, pieces: tuple[tuple[float, float, float], ...]) -> Array:
    """Return the piecewise line (up to, intercept, slope) at x."""
    conditions = [x < top for top, _, _ in pieces]
    return np.select(conditions, [a + b * x for _, a, b in pieces])


def _ax(
    values: Array,
    rate: bool,
    n: Array,
    ax: ArrayLike | str,
    a0: ArrayLike | str | None,
    sex: str | tuple[str, ...],
) -> Array:
    """Return years lived in a group by those who die there."""
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
    one_of("a0", a0, ("coale_demeny", "andreev_kingkade", "keyfitz"))
    first = values[..., 0]
    for index, one in _by_sex(values, sex):
        both = [_young(first[index], rate, a0, s) for s in ("FM" if one == "B" else one)]
        a[(*index, 0)] = sum(pair[0] for pair in both) / len(both)
        if a0 == "coale_demeny" and len(n) > 1 and n[1] == 4:
            a[(*index, 1)] = sum(pair[1] for pair in both) / len(both)
    return a


def _by_rule(values: Array, rate: bool, n: Array, rule: str, half: Array) -> Array:
    """Return ax from a rule that gives q by m; n/2 where it says nothing (no deaths, the open group)."""
    if not rate and rule != "constant_force":
        raise wrong("ax", f"{rule!r} with qx", "mx")
    with np.errstate(divide="ignore", invalid="ignore"):
        m = values if rate else -np.log1p(-values) / n
        if rule == "greville":
            a, at = half.copy(), np.flatnonzero((n[1:-2] == n[:-3]) & (n[1:-2] == n[2:-1])) + 1
            at = at[np.cumsum(n)[at - 1] >= _GREVILLE_FROM]
            slope = np.log(m[..., at + 1] / m[..., at - 1]) / (2 * n[at])
            a[..., at] = n[at] / 2 - n[at] ** 2 / 12 * (m[..., at] - slope)
        else:
            more = _REED_MERRELL * n**3 * m**2 if rule == "reed_merrell" else 0.0
            a = n + 1 / m + n / np.expm1(-n * m - more)
    a[..., -1] = half[..., -1]
    return np.where(np.isfinite(a) & (m > 0), a, half)


def _young(x: Array, rate: bool, rule: str, sex: str) -> tuple[Array, Array]:
    """Return a0 and 4a1 (where the rule has one) from m0 or q0."""
    if rule == "coale_demeny":
        rules = (_COALE_DEMENY_M if rate else _COALE_DEMENY_Q)[sex]
        return _line(x, rules[0]), _line(x, rules[1])
    pieces = _ANDREEV_KINGKADE_M[sex] if rule == "andreev_kingkade" else _KEYFITZ_M
    a0 = _line(x, pieces) if rate else _from_qx(x, pieces)
    return a0, a0


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


def _cubic(q: Array, n: Array, a: Array) -> Array:
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
