"""Projection by cohort change ratios of two counts (Hamilton-Perry method), for areas without rates."""

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, numbers, one_of, wrong
from wohnlib.model.fitting import control_to
from wohnlib.model.years import agreed_steps, by_year, targets_of

_AXES = "(..., sex, age)"
_WOMEN = ((3, 9), (4, 10))  # 15 to 44 and 20 to 49 in 5-year groups


def cohort_change_ratios(
    pop_early: ArrayLike,
    pop_late: ArrayLike,
    *,
    lag: int = 1,
    kind: str = "ratio",
    cap: tuple[float, float] | None = None,
    fallback: ArrayLike | None = None,
) -> Array:
    """Return what became of each cohort between two counts: `P_late[i]/P_early[i-lag]` or the difference.

    Parameters
    ----------
    pop_early, pop_late : (..., sex, age), counted `lag` age widths apart; the last group is open and is set
        against all groups that reach it.
    lag : 1 (5-year groups counted 5 years apart, single ages one year apart) or more (2: 10 years apart).
    kind : "ratio" or "difference" (cohort change differences, persons).
    cap : least and greatest ratio allowed.
    fallback : (..., sex, age - lag) ratios for cohorts that nobody was in at the early count, those of a
        larger area, say; without it such a cohort is an error if the later count has somebody.

    Returns
    -------
    (..., sex, age - lag), for the groups lag, lag + 1, …

    References
    ----------
    Hamilton and Perry (1962), Social Forces 41(2); Smith, Tayman, Swanson (2013), section 7.7.
    """
    one_of("kind", kind, ("ratio", "difference"))
    late = numbers("pop_late", pop_late, (None, None), axes=_AXES, low=0)
    _check_lag(lag, late.shape[-1])
    early = _reach(numbers("pop_early", pop_early, late.shape[-2:], axes=_AXES, low=0), lag)
    if kind == "difference":
        return late[..., lag:] - early
    instead = None
    if fallback is not None:
        instead = numbers("fallback", fallback, early.shape[-2:], axes="(..., sex, age - lag)", low=0)
    ratio = _ratio(late[..., lag:], early, instead)
    return ratio if cap is None else np.clip(ratio, *cap)


def child_woman_ratios(
    pop_count: ArrayLike, *, lag: int = 1, women: tuple[tuple[int, int], ...] = _WOMEN
) -> Array:
    """Return the children by sex in each of the `lag` youngest groups per woman of the ages named.

    Parameters
    ----------
    pop_count : (..., sex, age); index 0 = female.
    women : per young group the women it is set against, as (first, end) group; default: in 5-year groups
        15 to 44 for the first, 20 to 49 for the second. Single years: ((15, 50),).

    Returns
    -------
    (..., sex, lag); summed over sex the usual child-woman ratio.
    """
    pop = numbers("pop_count", pop_count, (None, None), axes=_AXES, low=0)
    _check_lag(lag, pop.shape[-1])
    ranges = _check_women(women, lag, pop.shape[-1])
    ratios = [_ratio(pop[..., k], pop[..., :1, a:b].sum(axis=-1), None) for k, (a, b) in enumerate(ranges)]
    return np.stack(ratios, axis=-1)


def hamilton_perry(
    pop_early: ArrayLike | None,
    pop_late: ArrayLike,
    *,
    steps: int | None = None,
    lag: int = 1,
    child_woman_ratio: ArrayLike | None = None,
    women: tuple[tuple[int, int], ...] = _WOMEN,
    change_ratio: ArrayLike | None = None,
    method: str = "ratio",
    cap: tuple[float, float] | None = None,
    fallback: ArrayLike | None = None,
    control: ArrayLike | None = None,
    control_axes: tuple[int, ...] | None = None,
) -> Array:
    """Project by cohort change ratios of two counts (Hamilton-Perry method).

    `P[i](t+lag) = CCR[i]·P[i-lag](t)`, the youngest groups by children per woman of the step's end.

    Parameters
    ----------
    pop_early, pop_late : (..., sex, age), counted `lag` age widths apart; index 0 = female. The early count
        may be None if `change_ratio` is given.
    steps : number of steps of `lag` age widths; default: that of the arguments by step, else 1.
    child_woman_ratio : (..., sex, lag), or with a first axis step; default: that of the later count.
    change_ratio : (..., sex, age - lag), or with a first axis step, in place of the ratios of the two counts
        (a mean of several intervals, or those of a larger area).
    method : "ratio"; "difference": `P[i](t+lag) = P[i-lag](t) + CCD[i]`, at least 0; "blend": differences
        where an area's population grew between the two counts, ratios where it did not (Hauer 2019).
    cap, fallback : see `cohort_change_ratios`.
    control, control_axes : totals by step to which each step is scaled, as in `project`.

    Returns
    -------
    (..., step + 1, sex, age), the later count first.

    References
    ----------
    Hamilton and Perry (1962), Social Forces 41(2); Smith, Tayman, Swanson (2013), section 7.7; Hauer (2019),
    Scientific Data 6; Wilson and Grossman (2022), Journal of Population Research 39.
    """
    one_of("method", method, ("ratio", "difference", "blend"))
    late = numbers("pop_late", pop_late, (None, None), axes=_AXES, low=0)
    _check_lag(lag, late.shape[-1])
    ranges = _check_women(women, lag, late.shape[-1])
    if pop_early is None and (change_ratio is None or method != "ratio"):
        raise wrong("pop_early", None, "an early count, or change_ratio with method='ratio'")
    factor, added = _changes(pop_early, late, lag, change_ratio, method, cap, fallback)
    child = child_woman_ratios(late, lag=lag, women=women) if child_woman_ratio is None else child_woman_ratio
    yearly = {
        "change_ratio": by_year("change_ratio", factor, late.ndim),
        "child_woman_ratio": by_year("child_woman_ratio", child, late.ndim),
    }
    for name, last in (("change_ratio", late.shape[-1] - lag), ("child_woman_ratio", lag)):
        numbers(name, yearly[name][0], (late.shape[-2], last), axes=f"(..., sex, {last})", low=0)
    if steps is None and not any(varies for _, varies, _ in yearly.values()):
        steps = 1 if control is None else len(np.asarray(control))
    count = agreed_steps(steps, yearly)
    lead = [value.shape[1 if varies else 0 : -2] for value, varies, _ in yearly.values()]
    now = np.broadcast_to(late, (*np.broadcast_shapes(late.shape[:-2], *lead), *late.shape[-2:]))
    targets, axes = targets_of(control, control_axes, now.shape, count)
    path = np.empty((count + 1, *now.shape))
    path[0] = now
    for step in range(count):
        change, ratio = (value[step] if varies else value for value, varies, _ in yearly.values())
        following = path[step + 1]
        following[..., lag:] = np.maximum(change * _reach(path[step], lag) + added, 0.0)
        for k in range(lag - 1, -1, -1):
            first, end = ranges[k]
            following[..., k] = ratio[..., k] * following[..., :1, first:end].sum(axis=-1)
        if targets is not None:
            following[...] = control_to(following, targets[step], axes)
    return np.moveaxis(path, 0, -3)


def _changes(
    pop_early: ArrayLike | None,
    late: Array,
    lag: int,
    change_ratio: ArrayLike | None,
    method: str,
    cap: tuple[float, float] | None,
    fallback: ArrayLike | None,
) -> tuple[Array, Array | float]:
    """Return the factor and the addend of each cohort."""
    if change_ratio is not None:
        given = np.asarray(change_ratio, dtype=np.float64)
        return (given if cap is None else np.clip(given, *cap)), 0.0
    assert pop_early is not None
    early = numbers("pop_early", pop_early, late.shape[-2:], axes=_AXES, low=0)
    added = cohort_change_ratios(early, late, lag=lag, kind="difference")
    if method == "difference":
        return np.ones_like(added), added
    ratio = cohort_change_ratios(early, late, lag=lag, cap=cap, fallback=fallback)
    if method == "ratio":
        return ratio, 0.0
    grew = late.sum(axis=(-2, -1), keepdims=True) > early.sum(axis=(-2, -1), keepdims=True)
    return np.where(grew, 1.0, ratio), np.where(grew, added, 0.0)


def _check_lag(lag: int, ages: int) -> None:
    if not 1 <= lag < ages:
        raise wrong("lag", lag, f"a number of groups from 1 to {ages - 1}")


def _check_women(women: tuple[tuple[int, int], ...], lag: int, ages: int) -> tuple[tuple[int, int], ...]:
    if len(women) < lag:
        raise wrong("women", f"{len(women)} ranges", f"one for each of the {lag} youngest groups")
    for first, end in women[:lag]:
        if not 0 < first < end <= ages:
            raise wrong("women", f"groups {first} to {end}", f"first < end of the {ages} age groups")
    return tuple(women[:lag])


def _reach(pop: Array, lag: int) -> Array:
    """Return the persons who reach group lag, lag + 1, …; the last of these groups is open."""
    moved = pop[..., :-lag].copy()
    moved[..., -1] += pop[..., -lag:].sum(axis=-1)
    return moved


def _ratio(above: Array, below: Array, instead: Array | None) -> Array:
    """Return above/below, `instead` where below is 0 (0 if nobody is above either)."""
    shape = np.broadcast_shapes(above.shape, below.shape, () if instead is None else instead.shape)
    below = np.broadcast_to(below, shape)
    if instead is not None:
        return np.divide(above, below, out=np.broadcast_to(instead, shape).copy(), where=below > 0)
    bad = (below == 0) & (above > 0)
    if bad.any():
        raise wrong(
            "pop_early",
            f"0 persons at {np.argwhere(bad)[0].tolist()} where later there are some",
            "a positive count in every cohort that has survivors, or `fallback`",
        )
    return np.divide(above, below, out=np.zeros(shape), where=below > 0)
