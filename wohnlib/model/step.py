"""One step of a cohort-component projection: the arguments checked, then `cohorts.run_step`."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import SURVIVAL, Array, births_per_woman, broadcast, numbers
from wohnlib.model.cohorts import Step, run_step
from wohnlib.model.conventions import make_flows, make_rules


def project_step(
    pop_count: ArrayLike,
    surv_ratio: ArrayLike,
    fert_rate: ArrayLike,
    mig_net_count: ArrayLike | None = None,
    *,
    mig_in_count: ArrayLike | None = None,
    mig_out_rate: ArrayLike | None = None,
    fert_rate_end: ArrayLike | None = None,
    age_width: float = 1.0,
    interval: float | None = None,
    sex_ratio_birth: ArrayLike = 1.05,
    mig_timing: str | tuple[str, str] = "half",
    mig_kind: str = "count",
    mig_age: str = "period",
    mig_base: str = "start",
    mig_span: float | None = None,
    births_from: str = "mean",
    births_mig: str = "stock",
    negative: str = "raise",
    decimals: int | None = None,
    births_decimals: int | None = None,
    check: bool = True,
) -> Step:
    """Move a population over one interval: survive, add births, add migrants.

    `P[i](t+n) = (P[i-1](t) + M⁰[i-1])·s[i] + M¹[i]`, the open group takes two terms;
    `B = n·Σ F[i]·(P_f[i](t) + P_f[i](t+n))/2`; deaths = start + births + migrants - end.

    Parameters
    ----------
    pop_count : (..., sex, age) persons at the start; a sex axis of length 1 holds females only.
    surv_ratio : (..., sex, age + 1) survival over one age width; a pooled ratio for the two groups that
        form the open one (`T_open / T_(open-1)`) is entered twice.
    fert_rate : (..., age) births per woman and year, all ages.
    mig_net_count : (..., sex, age) net migrants (or net rates, `mig_kind`); with `mig_age="cohort"` also
        (..., sex, age + 1), laid out as `surv_ratio`.
    mig_in_count, mig_out_rate : immigrants as counts, emigrants as rates on the population at risk.
    fert_rate_end : (..., age) rates at the end of the interval if they differ from those at its start
        (`fert_rate`): `B = n·Σ (F_0[i]·P_f[i](t) + F_1[i]·P_f[i](t+n))/2`; "end" and "survived" use them alone.
    age_width : years per age group.
    interval : years of the step, default `age_width`. If shorter, the fraction f moves on to the next group
        and survival is taken to the power f. A multiple of `age_width` (10 years with 5-year groups) is so
        many steps of one age width, `fert_rate_end` being approached evenly.
    sex_ratio_birth : (...) male per female births (of a share g of girls: (1 - g)/g). 0: `fert_rate` counts
        daughters only.
    mig_timing : "half" (half at the start, half at the end), "start", "end", or "mid" (in the middle,
        exposed to the root of the survival ratio; needs `mig_age="cohort"`); or a pair of these, ("end", "start"):
        the first for counts and net rates, the second for `mig_out_rate`.
    mig_kind : "count" or "rate" (net rate on the population at risk).
    mig_age : age by which migrants are labelled: "period" (age when moving: the half at the start moves
        on to the next group) or "cohort" (age at the end; first group = children born in the interval).
    mig_base : population at risk of rates: "start", "survived" (without migration) or "mean" of both.
        "period" takes it at the same age, "cohort" follows the cohort from its start.
    mig_span : years that the migration counts or rates cover, default `age_width`; scaled to `interval`.
    births_from : women at risk: "mean" of start and end, "start", "end", "survived" (the survivors of the
        start, by age at the end) or "cohort" (mean of a cohort's start and end, rates by age at the end).
    births_mig : migrants among the women at risk: "stock" (none at the start, all at the end), "all"
        (those of the start at the start, too), "split" (those of the start only) or "none".
    negative : a population below zero: "raise", "keep" or "zero" (fewer emigrants are counted).
    decimals : round births and population of the step, half up (textbooks that work by hand).
    births_decimals : round the births of each age of mother, half up, before they are summed.
    check : whether to test values (shapes are always tested).

    Raises
    ------
    ValueError : names the argument, what was found and what was expected.

    References
    ----------
    Preston, Heuveline, Guillot (2001), Demography, chapter 6; Smith, Tayman, Swanson (2013), chapter 7.
    """
    times = _times(interval, age_width)
    if times > 1:
        given = {
            name: value for name, value in locals().items() if name not in ("interval", "times", "pop_count")
        }
        return _repeat(pop_count, times, given)
    pop = numbers(
        "pop_count",
        pop_count,
        (None, None),
        axes="(..., sex, age)",
        low=0 if negative != "keep" else None,
        check=check,
    )
    sexes, ages = pop.shape[-2:]
    rules = make_rules(
        sexes,
        age_width,
        interval,
        sex_ratio_birth,
        mig_timing,
        mig_kind,
        mig_age,
        mig_base,
        mig_span,
        births_from,
        births_mig,
        negative,
        decimals,
        births_decimals,
    )
    surv = numbers("surv_ratio", surv_ratio, (sexes, ages + 1), axes=SURVIVAL, low=0, high=1, check=check)
    fert = births_per_woman("fert_rate", fert_rate, (ages,), check=check)
    late = fert
    if fert_rate_end is not None:
        late = births_per_woman("fert_rate_end", fert_rate_end, (ages,), check=check)
    flows = make_flows(mig_net_count, mig_in_count, mig_out_rate, sexes, ages, rules, check)
    shapes = {
        "surv_ratio": surv.shape[:-2],
        "fert_rate": fert.shape[:-1],
        "fert_rate_end": late.shape[:-1],
        "sex_ratio_birth": rules.share_female.shape,
    }
    shapes |= {name: array.shape[:-2] for name, array, _, _ in flows}
    lead = broadcast(pop.shape[:-2], shapes)
    return run_step(np.broadcast_to(pop, (*lead, sexes, ages)), surv, (fert, late), flows, rules)


def _times(interval: float | None, age_width: float) -> int:
    """Return how many age widths an interval holds; 1 if that is no whole number above 1."""
    times = 1.0 if interval is None or not age_width > 0 else float(interval) / age_width
    return round(times) if times > 1 and abs(times - round(times)) < 1e-9 else 1


def _repeat(pop_count: ArrayLike, times: int, arguments: dict[str, Any]) -> Step:
    """Return `times` steps of one age width as one."""
    first, last = arguments.pop("fert_rate"), arguments.pop("fert_rate_end")
    flows: list[Array] | None = None
    for number in range(times):
        rates = [first, None]
        if last is not None:
            start, change = np.asarray(first, dtype=np.float64), np.subtract(last, first)
            rates = [start + change * number / times, start + change * (number + 1) / times]
        step = project_step(pop_count, fert_rate=rates[0], fert_rate_end=rates[1], **arguments)
        pop_count = step.pop_count
        flows = list(step[1:]) if flows is None else [a + b for a, b in zip(flows, step[1:], strict=True)]
    assert flows is not None
    return Step(step.pop_count, *flows)
