"""Projection by Leslie matrices, births by age of mother, migration as a residual of two counts."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import SURVIVAL, Array, births_per_woman, broadcast, numbers, one_of, wrong

_MOST = 3.0  # of a census survival ratio; above it percentages were given


class StablePopulation(NamedTuple):
    """What a population becomes if its matrix never changes."""

    growth: Array  # (...) factor per step; ln(growth)/years is the intrinsic rate of growth
    share: Array  # (..., age) stable age structure, sums to 1
    reproductive_value: Array  # (..., age) relative to the first group


def leslie_matrix(
    surv_ratio: ArrayLike,
    fert_rate: ArrayLike | None = None,
    *,
    first_row: ArrayLike | None = None,
    age_width: float = 1.0,
    sex_ratio_birth: ArrayLike = 1.05,
    births_from: str = "mean",
) -> Array:
    """Return the matrix that moves a female population over one age width.

    First row `n·φ·s[0]·(F[j] + s[j+1]·F[j+1])/2` with φ the share of girls, the last group being open;
    `births_from="start"`: `n·φ·s[0]·F[j]`; "end": `n·φ·s[0]·s[j+1]·F[j+1]`.

    Parameters
    ----------
    surv_ratio : (..., age + 1) of females, laid out as in `project_step`; with `first_row` also (..., age - 1),
        the entries below the diagonal alone: nobody stays in the last group.
    fert_rate : (..., age) births per woman and year.
    first_row : (..., age) in place of `fert_rate`: daughters alive at the end per woman at the start
        (Leslie form); s[0] and the sex ratio are then not used.
    age_width : years per group.
    sex_ratio_birth : (...) male per female births; 0: rates of daughters (maternity rates).

    References
    ----------
    Leslie (1945), Biometrika 33(3); Preston, Heuveline, Guillot (2001), section 6.4.
    """
    one_of("births_from", births_from, ("mean", "start", "end"))
    if (fert_rate is None) == (first_row is None):
        raise wrong("fert_rate", "both or neither of fert_rate and first_row", "exactly one of them")
    name = "fert_rate" if first_row is None else "first_row"
    if first_row is None:
        rate = births_per_woman(name, fert_rate, (None,))  # type: ignore[arg-type]
    else:
        rate = numbers(name, first_row, (None,), axes="(..., age)", low=0)
    ages = rate.shape[-1]
    if first_row is not None and np.shape(surv_ratio)[-1:] == (ages - 1,):
        ends = np.ones((*np.shape(surv_ratio)[:-1], 1))
        surv_ratio = np.concatenate([ends, np.asarray(surv_ratio, float), 0 * ends], axis=-1)
    surv = numbers("surv_ratio", surv_ratio, (ages + 1,), axes=SURVIVAL.replace("sex, ", ""), low=0, high=1)
    ratio = numbers("sex_ratio_birth", sex_ratio_birth, low=0, high=3)
    lead = broadcast(surv.shape[:-1], {name: rate.shape[:-1], "sex_ratio_birth": ratio.shape})
    matrix = np.zeros((*lead, ages, ages))
    young = np.arange(ages - 1)
    matrix[..., young + 1, young] = surv[..., 1:-1]
    matrix[..., -1, -1] += surv[..., -1]
    row = rate
    if first_row is None:
        later = np.einsum("...i,...ij->...j", rate, matrix)
        part = {"mean": (rate + later) / 2, "start": rate, "end": later}[births_from]
        row = part * (age_width / (1 + ratio) * surv[..., 0])[..., None]
    matrix[..., 0, :] += row
    return matrix


def project_leslie(pop_count: ArrayLike, matrix: ArrayLike, *, steps: int | None = None) -> Array:
    """Multiply a population repeatedly by a matrix: `P(t+1) = A·P(t)`.

    Parameters
    ----------
    pop_count : (..., age) at the base date.
    matrix : (..., age, age) constant, or with a first axis step, one axis more than the population needs.
    steps : number of steps; default: the length of the step axis.

    Returns
    -------
    (..., step + 1, age), the base first.
    """
    pop = numbers("pop_count", pop_count, (None,), axes="(..., age)")
    ages = pop.shape[-1]
    array = numbers("matrix", matrix, (ages, ages), axes="(..., age, age)")
    varies = array.ndim == pop.ndim + 2
    if array.ndim > pop.ndim + 2:
        raise wrong(
            "matrix", f"shape {array.shape}", f"at most {pop.ndim + 2} axes, the first of them the step"
        )
    count = len(array) if varies and steps is None else steps
    if count is None or (varies and count != len(array)):
        raise wrong("steps", steps, "the number of steps, equal to the first axis of matrix if that varies")
    path = [pop]
    for step in range(count):
        path.append(np.einsum("...ij,...j->...i", array[step] if varies else array, path[-1]))
    path[0] = np.broadcast_to(pop, path[-1].shape)
    return np.stack(path, axis=-2)


def stable_population(matrix: ArrayLike) -> StablePopulation:
    """Return growth, age structure and reproductive value that a projection matrix leads to in the long run.

    The eigenvalue of largest real part λ with `A·w = λ·w` and `v·A = λ·v`; ages after the last fertile one have
    a reproductive value of 0.

    Parameters
    ----------
    matrix : (..., age, age), from `leslie_matrix`.

    References
    ----------
    Keyfitz and Caswell (2005), Applied Mathematical Demography, chapter 7; Caswell (2001), chapter 4.
    """
    array = numbers("matrix", matrix, (None, None), axes="(..., age, age)", low=0)
    if array.shape[-1] != array.shape[-2]:
        raise wrong("matrix", f"shape {array.shape}", "a square matrix")
    values, right = _leading(array)
    _, left = _leading(np.swapaxes(array, -1, -2))
    share: Array = right / right.sum(axis=-1, keepdims=True) + 0.0
    first = left[..., :1]
    value = np.divide(left, first, out=np.zeros_like(left), where=first != 0) + 0.0  # + 0.0: no -0.0
    return StablePopulation(values, share, value)


def _leading(array: Array) -> tuple[Array, Array]:
    """Return the eigenvalue of largest real part and its vector."""
    values, vectors = np.linalg.eig(array)
    at = values.real.argmax(axis=-1)
    value = np.take_along_axis(values.real, at[..., None], axis=-1)[..., 0]
    return value, np.take_along_axis(vectors, at[..., None, None], axis=-1)[..., 0].real


def births_by_mother(
    pop_start: ArrayLike,
    pop_end: ArrayLike,
    fert_rate: ArrayLike,
    *,
    interval: float = 1.0,
    births_from: str = "mean",
) -> Array:
    """Return the births of an interval by age of mother: `n·F[i]·(P_f[i](t) + P_f[i](t+n))/2`.

    Parameters
    ----------
    pop_start, pop_end : (..., age) women.
    fert_rate : (..., age) births per woman and year.
    births_from : "mean", "start", "end", or "cohort" (mean of a cohort's start and end; by age at the end).
    """
    one_of("births_from", births_from, ("mean", "start", "end", "cohort"))
    rate = births_per_woman("fert_rate", fert_rate, (None,))
    early = numbers("pop_start", pop_start, rate.shape[-1:], axes="(..., age)", low=0)
    late = numbers("pop_end", pop_end, rate.shape[-1:], axes="(..., age)", low=0)
    if births_from == "cohort":
        moved = np.zeros_like(early)
        moved[..., 1:] = early[..., :-1]
        moved[..., -1] += early[..., -1]
        early = moved
    women = {"start": early, "end": late}.get(births_from, (early + late) / 2)
    births: Array = interval * women * rate
    return births


def residual_migration(
    pop_start: ArrayLike,
    pop_end: ArrayLike,
    surv_ratio: ArrayLike,
    births: ArrayLike | None = None,
    *,
    timing: str = "end",
    lag: int = 1,
) -> Array:
    """Return net migration as the residual of two counts, by cohort, labelled by age at the end.

    Forward (`timing="end"`): `M[i] = P[i](t+n) - s[i]·P[i-1](t)`; "start" (reverse): the same over s[i];
    "half": `2·residual/(1+s)`, which `project_step(mig_age="cohort", mig_timing="half")` turns back into
    the later count (one age width later); "average": the mean of forward and reverse.

    Parameters
    ----------
    pop_start, pop_end : (..., sex, age), counted `lag` age widths apart. The later count may have `lag` groups more
        (60 and over becomes 70 and over).
    surv_ratio : (..., sex, age + 1) over one age width, laid out as in `project_step`; or, with a longer lag,
        (..., sex, lag + age) over the whole interval: [k] from birth to group k for the youngest `lag` groups,
        then by age at the start. Without births also (..., sex, age) over the whole interval, by age at the start.
        Census survival ratios may lie above 1.
    births : (..., sex) live births of the interval; with a longer lag (..., sex, lag), the latest first. None: not
        known, then the youngest `lag` groups of the result are NaN.
    lag : 1 (5-year groups counted 5 years apart, single ages one year apart) or more (2: 10 years apart).

    Returns
    -------
    (..., sex, age), by age at the end; errors of mortality and of the counts are part of it, above all at old ages.

    References
    ----------
    Siegel and Hamilton (1952), JASA 47; Preston, Heuveline, Guillot (2001), section 10.5.
    """
    one_of("timing", timing, ("end", "start", "half", "average"))
    start = numbers("pop_start", pop_start, (None, None), axes="(..., sex, age)", low=0)
    sexes, ages = start.shape[-2:]
    if not 1 <= lag < ages:
        raise wrong("lag", lag, f"a number of groups from 1 to {ages - 1}")
    longer = lag if np.shape(pop_end)[-1:] == (ages + lag,) else 0
    end = numbers("pop_end", pop_end, (sexes, ages + longer), axes="(..., sex, age)", low=0)
    surv = _cohort_survival(surv_ratio, sexes, ages, lag, births is None)
    if births is None:
        born = np.zeros((sexes, lag))
    elif lag > 1:
        born = numbers("births", births, (sexes, lag), axes="(..., sex, lag)", low=0)
    else:
        born = numbers("births", births, (sexes,), axes="(..., sex)", low=0)[..., None]
    ages += longer  # the cohorts stay as many: none of them is pooled then
    lead = broadcast(start.shape[:-2], {"surv_ratio": surv.shape[:-2], "births": born.shape[:-2]})
    began = np.concatenate(
        [np.broadcast_to(born, (*lead, sexes, lag)), np.broadcast_to(start, (*lead, *start.shape[-2:]))],
        axis=-1,
    )
    alive = began * surv
    began, alive = _pool(began, ages), _pool(alive, ages)
    residual: Array = end - alive
    if births is None:
        residual[..., :lag] = np.nan
    if timing == "end":
        return residual
    pooled = _pool_ratio(alive, began, surv)
    if timing != "half" and (pooled <= 0).any():
        raise wrong("surv_ratio", "0", f"positive survival, since timing={timing!r} divides by it")
    return (
        residual
        * {
            "start": 1 / np.where(pooled > 0, pooled, 1),
            "half": 2 / (1 + pooled),
            "average": (1 + 1 / np.where(pooled > 0, pooled, 1)) / 2,
        }[timing]
    )


def _cohort_survival(surv_ratio: ArrayLike, sexes: int, ages: int, lag: int, no_births: bool) -> Array:
    """Return the survival of each cohort over the whole interval: (..., sex, lag + age), births first."""
    last = np.shape(surv_ratio)[-1:]
    if no_births and last == (ages,):
        by_age = numbers("surv_ratio", surv_ratio, (sexes, ages), axes="(..., sex, age)", low=0, high=_MOST)
        return np.concatenate([np.ones((*by_age.shape[:-1], lag)), by_age], axis=-1)
    whole = lag > 1 and last == (lag + ages,)
    tail = (sexes, lag + ages if whole else ages + 1)
    surv = numbers("surv_ratio", surv_ratio, tail, axes=SURVIVAL, low=0, high=_MOST)
    return surv if whole else _over_lag(surv, lag)


def _over_lag(surv: Array, lag: int) -> Array:
    """Return the survival of each cohort (births, latest first, then ages) over `lag` age widths."""
    oldest = surv.shape[-1] - 1
    born = np.cumprod(surv[..., :lag], axis=-1)
    at = np.minimum(np.arange(1, oldest + 1)[:, None] + np.arange(lag), oldest)
    return np.concatenate([born, surv[..., at].prod(axis=-1)], axis=-1)


def _pool(cohorts: Array, ages: int) -> Array:
    """Return (..., age) cohorts by age at the end: all from the last group on form the open one."""
    last = cohorts[..., ages - 1 :].sum(axis=-1, keepdims=True)
    return np.concatenate([cohorts[..., : ages - 1], last], axis=-1)


def _pool_ratio(alive: Array, began: Array, surv: Array) -> Array:
    """Return the survival ratio of cohorts; one without members takes the ratio given for it."""
    given = np.broadcast_to(surv[..., : began.shape[-1]], began.shape)
    return np.divide(alive, began, out=given.copy(), where=began > 0)
