"""Life tables, complete and abridged, from rates or probabilities of death."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.ax_rules import cubic, years_lived
from wohnlib.model.checks import MOST_DEATHS, Array, numbers, one_of, wrong


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
    lx: ArrayLike | None = None,
    width: ArrayLike = 1.0,
    ax: ArrayLike | str = "half",
    a0: ArrayLike | str | None = None,
    q0: ArrayLike | None = None,
    sex: str | tuple[str, ...] = ("F", "M"),
    radix: float = 100_000.0,
    open_end: str = "rate",
    e_open: ArrayLike | None = None,
) -> LifeTable:
    """Build a life table from probabilities or rates of death, or from survivors, complete or abridged.

    `q = n·m/(1 + (n-a)·m)`, `L = n·l' + a·d`, `e = T/l`.

    Parameters
    ----------
    qx, mx, lx : (..., age), exactly one of them; the last entry is the open group. From `lx` (of `brass_logit`, say):
        q = 1 - l[i+1]/l[i], q = 1 in the open group, the first entry is the radix.
    width : years per group, one number or (age,); the last does not count unless `open_end="year"`.
    ax : "half" (n/2), (..., age) given, "cubic" (from the deaths around, a cubic spline of l; the first two
        and the last but one groups keep n/2 or `a0`'s), "constant_force" (q = 1 - exp(-n·m)), or, from mx only,
        "reed_merrell" (q = 1 - exp(-n·m - 0.008·n³·m²)) and "greville" (`n/2 - n²/12·(m - ln(m₊/m₋)/(2n))` where
        the groups on both sides are as wide, or the next one is open, from age 15 on; else n/2, as United
        Nations 1982).
    a0 : first group: years given, or a rule: "coale_demeny" (family West; "coale_demeny_north", "_east", "_south"),
        "andreev_kingkade", "keyfitz". A second group of 4 years gets its 4a1 with it: of the family, of West, 1.5.
    q0 : (...) probability of dying in the first group where it is known by itself, beside `mx`: deaths of infants
        per live birth. Rules for a0 then go by it.
    sex : of the axis before age, or of all; all rules but "keyfitz" depend on it ("B" = mean of both).
    radix : births; not with `lx`.
    open_end : "rate": e = 1/m, from qx as with a constant q, n·(1/q - 1/2), or, where q = 1 is printed for the
        open group, its `ax` (give the life expectancy printed there as the last of it, or as `e_open` with "given";
        half a year in single years to the last age of all); "die_out": everybody dies within the last group; "given": `e_open` years;
        "year": the last entry is an ordinary group and `e_open` is the life expectancy at its start (Destatis: ages
        to 100, calculated beyond).
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
    if (qx is not None) + (mx is not None) + (lx is not None) != 1:
        raise wrong("qx", "none or several of qx, mx and lx", "exactly one of them")
    if (e_open is None) == (open_end in ("given", "year")):
        raise wrong("e_open", e_open, 'years with open_end="given" or "year", else None')
    rate = mx is not None
    births: Array = np.asarray(float(radix))
    if lx is not None:
        qx, births = _from_lx(lx)
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
        if not rate and open_end == "rate" and isinstance(ax, str) and (values[..., -1] == 1).any():
            expected = "the years lived there, as the last of `ax` or with open_end='given'"
            raise wrong("e_open", "none, with q = 1 in an endless last group", expected)
        n[-1] = n[-2] if len(n) > 1 else 1.0
    infant = None
    if q0 is not None:
        if not rate:
            raise wrong("q0", "q0 with qx", "it among qx, or mx")
        infant = np.broadcast_to(numbers("q0", q0, low=0, high=1), values.shape[:-1])
    a = years_lived(values, rate, n, ax, a0, sex, infant)
    q = _to_qx(values, n, a, infant) if rate else values
    if isinstance(ax, str) and ax == "cubic":
        for _ in range(20):
            a = cubic(q, n, a)
            q = _to_qx(values, n, a, infant) if rate else values
    return _columns(values, rate, q, n, a, births, open_end, e_open)


def _from_lx(lx: ArrayLike) -> tuple[Array, Array]:
    """Return probabilities of death, 1 in the last group, and the radix (..., 1)."""
    l = numbers("lx", lx, (None,), axes="(..., age)", low=0)
    if (l[..., 1:] > l[..., :-1]).any() or not (l[..., :1] > 0).all():
        raise wrong(
            "lx", "more survivors than at the age before, or none at first", "survivors that do not rise"
        )
    q = np.ones_like(l)
    q[..., :-1] = 1 - np.divide(l[..., 1:], l[..., :-1], out=np.zeros_like(l[..., 1:]), where=l[..., :-1] > 0)
    return q, l[..., :1]


def _to_qx(m: Array, n: Array, a: Array, infant: Array | None) -> Array:
    q: Array = np.minimum(n * m / (1 + (n - a) * m), 1.0)
    if infant is not None:
        q[..., 0] = infant
    return q


def _columns(
    values: Array,
    rate: bool,
    q: Array,
    n: Array,
    a: Array,
    radix: Array,
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
