"""The arithmetic of one projection step on checked arrays: survive, add births, place migrants."""

from typing import NamedTuple

import numpy as np

from wohnlib.model.checks import Array, wrong
from wohnlib.model.conventions import Flow, Rules


class Step(NamedTuple):
    """One interval of a projection; leading axes are those of the arguments."""

    pop_count: Array  # (..., sex, age) at the end of the interval
    births: Array  # (..., sex) live births in the interval
    deaths: Array  # (..., sex) deaths in the interval, those of migrants and newborn included
    mig_net_count: Array  # (..., sex) net migrants counted


class _Moves(NamedTuple):
    """Net migrants of one step: `start` by age then, `end` by age at the end, shares of births apart."""

    start: Array | float
    end: Array | float
    newborn: Array | float  # (..., sex) as counts, beside the births, exposed to their survival
    newborn_end: Array | float  # (..., sex) as counts in the first group at the end
    newborn_rate: Array | float  # (..., sex) per birth, beside the births, exposed to their survival
    newborn_rate_end: Array | float  # (..., sex) per birth, in the first group at the end
    counted: Array | float  # (..., sex) all of them when they move
    counted_rate: Array | float  # (..., sex) the same per birth


def run_step(pop: Array, surv: Array, fert: tuple[Array, Array], flows: list[Flow], rules: Rules) -> Step:
    """One step on checked arrays; `fert` are the rates at the start and at the end of the interval."""
    fraction = rules.interval / rules.age_width
    if fraction < 1:
        surv = surv**fraction
    moves = _moves(pop, surv, flows, rules) if flows else None
    start = pop if moves is None else np.asarray(pop + moves.start)
    end = _age(start * surv[..., 1:], fraction)
    births = _births(pop, start, end, surv, fert, moves, rules)
    share = rules.share_female[..., None]
    by_sex = births[..., None] * (share if rules.one_sex else np.concatenate([share, 1 - share], axis=-1))
    if rules.decimals is not None:
        by_sex = _round(by_sex, rules.decimals)
    moved: Array | float = 0.0
    newborn = by_sex
    if moves is not None:
        early = moves.newborn + by_sex * moves.newborn_rate
        newborn = by_sex + early
        late = moves.newborn_end + by_sex * moves.newborn_rate_end
        end += moves.end
        end[..., 0] += late
        moved = moves.counted + by_sex * moves.counted_rate
    end[..., 0] += newborn * surv[..., 0]
    moved = moved + _settle(end, rules)
    if rules.decimals is not None:
        end = _round(end, rules.decimals)
    mig = np.broadcast_to(moved, end.shape[:-1]).copy()
    deaths = pop.sum(axis=-1) + by_sex + mig - end.sum(axis=-1)
    return Step(end, np.broadcast_to(by_sex, end.shape[:-1]).copy(), deaths, mig)


def _round(values: Array, decimals: int) -> Array:
    """Round half up, as by hand."""
    scale = 10.0**decimals
    rounded: Array = np.floor(values * scale + 0.5) / scale
    return rounded


def _age(alive: Array, fraction: float) -> Array:
    """Return survivors (by age at the start) by age at the end, without the newborn."""
    end = np.empty_like(alive)
    end[..., 0] = 0
    end[..., 1:] = alive[..., :-1]
    if fraction < 1:
        end *= fraction
        end[..., :-1] += (1 - fraction) * alive[..., :-1]
    end[..., -1] += alive[..., -1]
    return end


def _births(
    pop: Array,
    start: Array,
    end: Array,
    surv: Array,
    fert: tuple[Array, Array],
    moves: _Moves | None,
    rules: Rules,
) -> Array:
    """Return the live births of the interval, both sexes; the newborn bear no children yet."""
    some = np.zeros(pop.shape[-1], dtype=bool)
    for rate in fert:
        some |= (rate > 0).reshape(-1, rate.shape[-1]).any(axis=0)
    if not some.any():
        return np.zeros(end.shape[:-2])
    low, high = int(some.argmax()), len(some) - int(some[::-1].argmax())  # the ages at which there are births
    early = (start if rules.births_mig in ("all", "split") else pop)[..., 0, :]
    late = end[..., 0, low:high]
    if moves is not None and rules.births_mig == "none":
        late = _age(pop[..., 0, :] * surv[..., 0, 1:], rules.interval / rules.age_width)[..., low:high]
    if moves is not None and rules.births_mig in ("stock", "all") and rules.births_from != "survived":
        late = late + (moves.end[..., 0, low:high] if isinstance(moves.end, np.ndarray) else moves.end)
    early = (_age(early, 1.0) if rules.births_from == "cohort" else early)[..., low:high]
    at_start, at_end = (rate[..., low:high] for rate in fert)
    if rules.births_from == "start":
        return _sum_births(early, at_start, rules)
    if rules.births_from in ("end", "survived"):
        return _sum_births(late, at_end, rules)
    if fert[0] is fert[1]:
        return _sum_births((early + late) / 2, at_start, rules)
    return _sum_births(1.0, (early * at_start + late * at_end) / 2, rules)


def _sum_births(women: Array | float, rate: Array, rules: Rules) -> Array:
    """Return births over all ages of mothers, rounded age by age if that is asked for."""
    if rules.births_decimals is None:
        births: Array = (
            np.einsum("...a,...a->...", women, rate) * rules.interval
            if np.ndim(women)
            else rate.sum(axis=-1) * rules.interval
        )
        return births
    return _round(women * rate * rules.interval, rules.births_decimals).sum(axis=-1)


def _settle(end: Array, rules: Rules) -> Array | float:
    """Deal with cells below zero in place; return what was added to migration."""
    if rules.negative == "keep" or not (end < 0).any():
        return 0.0
    if rules.negative == "raise":
        where = np.argwhere(end < 0)
        raise wrong(
            "mig_net_count",
            f"emigrants that leave {end[tuple(where[0])]:.6g} persons at "
            f"{where[0].tolist()} ({len(where)} cells)",
            "at most the people there (or negative='zero')",
        )
    below = np.minimum(end, 0)
    end -= below
    added: Array = -below.sum(axis=-1)
    return added


def _moves(pop: Array, surv: Array, flows: list[Flow], rules: Rules) -> _Moves:
    """Return the sum of all flows of migrants, placed in time and age."""
    parts = [
        _place(pop, surv, array, kind, sign, _timing(name, rules), rules) for name, array, kind, sign in flows
    ]
    total = parts[0]
    for part in parts[1:]:
        total = _Moves._make(a + b for a, b in zip(total, part, strict=True))
    return total


def _timing(name: str, rules: Rules) -> str:
    """Return when the migrants of an argument move."""
    timing = rules.mig_timing
    return timing if isinstance(timing, str) else timing[1 if name == "mig_out_rate" else 0]


def _place(pop: Array, surv: Array, mig: Array, kind: str, sign: float, timing: str, rules: Rules) -> _Moves:
    """Turn one flow into counts and place it at the start and the end of the interval."""
    fraction = rules.interval / rules.age_width
    scale = sign * rules.interval / rules.mig_span
    if scale != 1:
        mig = mig * scale
    early = {"start": 1.0, "half": 0.5, "end": 0.0, "mid": 0.0}[timing]
    if rules.mig_age == "period":
        per_birth: Array | float = 0.0
        if kind == "rate":
            mig, per_birth = _at_risk_by_age(pop, surv, mig, fraction, rules.mig_base)
        part = 0.5 * mig if early == 0.5 else mig
        return _Moves(
            part if early else 0.0,
            part if early < 1 else 0.0,
            0.0,
            0.0,
            early * per_birth,
            (1 - early) * per_birth,
            mig.sum(axis=-1),
            per_birth,
        )
    newborn: Array | float
    if kind == "rate":
        mig, newborn, per_birth = _at_risk_by_cohort(pop, surv, mig, rules.mig_base)
    else:
        mig, newborn, per_birth = *_by_start_group(pop, mig), 0.0
    late = 1 - early
    if timing == "mid":
        root = np.sqrt(surv)
        return _Moves(
            0.0,
            _age(mig * root[..., 1:], fraction),
            0.0,
            newborn * root[..., 0],
            0.0,
            per_birth * root[..., 0],
            mig.sum(axis=-1) + newborn,
            per_birth,
        )
    return _Moves(
        early * mig if early else 0.0,
        late * _age(mig, fraction) if late else 0.0,
        early * newborn,
        late * newborn,
        early * per_birth,
        late * per_birth,
        mig.sum(axis=-1) + newborn,
        per_birth,
    )


def _at_risk_by_age(
    pop: Array, surv: Array, rate: Array, fraction: float, base: str
) -> tuple[Array, Array | float]:
    """Return migrants by age from rates at the same age, and those per birth in the first group."""
    if base == "start":
        return rate * pop, 0.0
    survived = _age(pop * surv[..., 1:], fraction)
    if base == "survived":
        return rate * survived, rate[..., 0] * surv[..., 0]
    return rate * (pop + survived) / 2, rate[..., 0] * surv[..., 0] / 2


def _at_risk_by_cohort(pop: Array, surv: Array, rate: Array, base: str) -> tuple[Array, Array | float, Array]:
    """Return migrants by group at the start from rates of cohorts, none outright, and those per birth."""
    if rate.shape[-1] == pop.shape[-1]:
        rate = np.concatenate([rate, rate[..., -1:]], axis=-1)
    weight = {"start": np.ones_like(surv), "survived": surv, "mean": (1 + surv) / 2}[base]
    rate = rate * weight
    return rate[..., 1:] * pop, 0.0, rate[..., 0]


def _by_start_group(pop: Array, count: Array) -> tuple[Array, Array]:
    """Return migrants counted by age at the end as (by group at the start, born in the interval)."""
    if count.shape[-1] == pop.shape[-1] + 1:
        return count[..., 1:], count[..., 0]
    if pop.shape[-1] == 1:
        raise wrong(
            "mig_net_count", f"shape {count.shape}", "shape (..., sex, age + 1) if there is one group only"
        )
    last = pop[..., -2:]
    total = last.sum(axis=-1, keepdims=True)
    share = np.divide(last, total, out=np.full_like(last, 0.5), where=total > 0)
    return np.concatenate([count[..., 1:-1] + 0 * share[..., :1], count[..., -1:] * share], axis=-1), count[
        ..., 0
    ]
