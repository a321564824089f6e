"""The conventions of a projection step, checked, and the flows of migrants they apply to."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wohnlib.model.checks import Array, numbers, one_of, wrong

Flow = tuple[str, Array, str, float]  # name, array, "count" or "rate", sign


class Rules(NamedTuple):
    """The conventions of one step, checked."""

    age_width: float
    interval: float
    share_female: Array  # (...) of births; with one sex everything that is counted
    one_sex: bool
    mig_timing: str | tuple[str, str]  # a pair where immigrants and emigrants differ
    mig_kind: str
    mig_age: str
    mig_base: str
    mig_span: float
    births_from: str
    births_mig: str
    negative: str
    decimals: int | None
    births_decimals: int | None


def make_rules(
    sexes: int,
    age_width: float,
    interval: float | None,
    sex_ratio_birth: ArrayLike,
    mig_timing: str | tuple[str, str],
    mig_kind: str,
    mig_age: str,
    mig_base: str,
    mig_span: float | None,
    births_from: str,
    births_mig: str,
    negative: str,
    decimals: int | None,
    births_decimals: int | None,
) -> Rules:
    if sexes not in (1, 2):
        raise wrong("pop_count", f"{sexes} sexes", "a sex axis of length 1 (female) or 2 (female, male)")
    mig_timing, both = _make_timing(mig_timing)
    one_of("mig_kind", mig_kind, ("count", "rate"))
    one_of("mig_age", mig_age, ("period", "cohort"))
    one_of("mig_base", mig_base, ("start", "survived", "mean"))
    one_of("births_from", births_from, ("mean", "start", "end", "survived", "cohort"))
    one_of("births_mig", births_mig, ("stock", "all", "split", "none"))
    one_of("negative", negative, ("raise", "keep", "zero"))
    if "mid" in both and mig_age != "cohort":
        raise wrong("mig_timing", "'mid' with mig_age='period'", "mig_age='cohort'")
    if not age_width > 0:
        raise wrong("age_width", age_width, "a positive number of years")
    span = age_width if interval is None else float(interval)
    if not 0 < span <= age_width:
        raise wrong(
            "interval",
            interval,
            f"years above 0 and at most age_width = {age_width:g}, or a whole multiple of it",
        )
    if mig_span is not None and not mig_span > 0:
        raise wrong("mig_span", mig_span, "a positive number of years")
    ratio = numbers("sex_ratio_birth", sex_ratio_birth, low=0, high=3)
    return Rules(
        float(age_width),
        span,
        1 / (1 + ratio),
        sexes == 1,
        mig_timing,
        mig_kind,
        mig_age,
        mig_base,
        float(mig_span or age_width),
        births_from,
        births_mig,
        negative,
        decimals,
        births_decimals,
    )


def _make_timing(
    mig_timing: str | tuple[str, str],
) -> tuple[str | tuple[str, str], tuple[str, str]]:
    """Return the timing as it is kept, one word where it is the same for both, and that of both."""
    if isinstance(mig_timing, str):
        pair = (mig_timing, mig_timing)
    elif len(mig_timing) == 2:
        pair = (mig_timing[0], mig_timing[1])
    else:
        raise wrong("mig_timing", mig_timing, "one timing, or two: of immigrants and of emigrants")
    for one in pair:
        one_of("mig_timing", one, ("half", "start", "end", "mid"))
    return (pair[0] if pair[0] == pair[1] else pair), pair


def make_flows(
    net: ArrayLike | None,
    mig_in: ArrayLike | None,
    mig_out: ArrayLike | None,
    sexes: int,
    ages: int,
    rules: Rules,
    check: bool,
) -> list[Flow]:
    """Return the migration arguments given as (name, array, kind, sign)."""
    given = [
        ("mig_net_count", net, rules.mig_kind, 1.0),
        ("mig_in_count", mig_in, "count", 1.0),
        ("mig_out_rate", mig_out, "rate", -1.0),
    ]
    flows = []
    for name, value, kind, sign in given:
        if value is None:
            continue
        last = np.shape(value)[-1:]
        tail = ages + 1 if rules.mig_age == "cohort" and last == (ages + 1,) else ages
        low = None if name == "mig_net_count" else 0
        array = numbers(name, value, (sexes, tail), axes="(..., sex, age)", low=low, check=check)
        flows.append((name, array, kind, sign))
    return flows
