"""Older people in results: households whose mobility is impaired, and houses that come free."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from wohnlib.assess import Assessment
from wohnlib.inputs_segments import SegmentInputs
from wohnlib.model import draws as draw_model
from wohnlib.model import older as model
from wohnlib.scenario import Assumption
from wohnlib.steps.draws import PEOPLE_GROUPS
from wohnlib.steps.households import OLD_SENIOR_AGE, SENIOR_AGE
from wohnlib.steps.segments import Segments

Array = NDArray[np.float64]
FAMILY = 2  # position of the size from which a household is called a family: three people
EZFH_SEGMENTS = 2  # the first two segments are houses


@dataclass(frozen=True)
class StepFree:
    """Households 65+ whose mobility is impaired and dwellings that fit them; each (area, year)."""

    households: Array  # with a member of 65 or more
    impaired: Array
    reached: Array  # suitable dwellings in which they live (area,)
    gap: Array
    gap_low: Array  # all three assumptions at the end of their range that gives less
    gap_high: Array
    conversion: Array
    newbuild: Array
    drawn: Array  # (draw, area) gap at the horizon, over draws of the households and of all three assumptions


def step_free(
    result: Assessment, figures: SegmentInputs, suitable: Array | None = None, occupied: Array | None = None
) -> StepFree | None:
    """Return need and gap of dwellings without steps; None where the census's households with seniors lack.

    Households with seniors = those of the census, moved on with people 65+ counted in shares of their
    households. `suitable` (area,) dwellings and `occupied` (area,), the share of them in which those live who
    need them, are local figures, NaN where a unit has none: national shares count there (red).
    """
    if figures.with_seniors is None:
        return None
    assumed, path = result.scenario.older, result.households
    per_person = (path.member_rate / path.mean_size[:, None, None, :]).sum(-1)  # (area, year, age)
    old = (path.people[0] * per_person)[..., SENIOR_AGE:].sum(-1)
    households = figures.with_seniors[:, None] * old / old[:, :1]
    none = np.full(len(households), np.nan)
    local, used = (none if x is None else x for x in (suitable, occupied))

    def lived_in(share: float, reached: float) -> Array:
        stock = np.where(np.isnan(local), result.inputs.dwellings * share, local)
        return stock * np.where(np.isnan(used), reached, used)

    def gap(rate: float, share: float, reached: float) -> Array:
        need = model.mobility_need(households[..., None], rate)
        return model.step_free_gap(need, lived_in(share, reached)[:, None], 1.0)

    rate, share, reach = assumed.mobility_rate, assumed.step_free_share, assumed.step_free_reached
    (r0, r1), (s0, s1), (m0, m1) = span_of(rate), span_of(share), span_of(reach)
    middle = gap(rate.value, share.value, reach.value)
    conversion, newbuild = model.split_gap(middle, assumed.newbuild_share.value)
    return StepFree(
        households, households * rate.value, lived_in(share.value, reach.value), middle,
        gap(r0, s1, m1), gap(r1, s0, m0), conversion, newbuild,
        _drawn_gap(result, households[:, -1], local, used),
    )  # fmt: skip


def _drawn_gap(result: Assessment, households: Array, local: Array, used: Array) -> Array:
    """Return the gap at the horizon in every draw (draw, area); households (area,) move with people 65+ of the draw.

    The assumptions are drawn evenly between their ends, the same for all units.
    """
    assumed, draws = result.scenario.older, result.draws
    seed = result.scenario.uncertainty.seed.value
    rate, share, reach = (
        uniform(getattr(assumed, name), seed, f"older:{name}", draws.count)[:, None]
        for name in ("mobility_rate", "step_free_share", "step_free_reached")
    )
    old = draws.people[:, :, -1, PEOPLE_GROUPS.index(SENIOR_AGE) :].sum(-1)
    middle = old.mean(0)
    need = households * np.divide(old, middle, out=np.ones_like(old), where=middle > 0) * rate
    stock = np.where(np.isnan(local), result.inputs.dwellings * share, local)
    return model.step_free_gap(need, stock * np.where(np.isnan(used), reach, used), 1.0)


def span_of(item: Assumption[float]) -> tuple[float, float]:
    """Return the ends of an assumption's range; twice its value if it has none."""
    return item.range or (item.value, item.value)


@dataclass(frozen=True)
class Houses:
    """Houses with one or two older people and what comes free, means over the years to the horizon."""

    held: Array  # (area, 2) by one, by two people 75+, at the base date
    per_year: Array  # (area, 3) death, care, smaller
    drawn: Array  # (draw, area) per year, all reasons
    families: Array  # (area,) houses new families look for per year
    families_drawn: Array  # (draw, area)


def houses_free(found: Segments) -> Houses:
    """Return houses held by people 75+ and their expected release per year, with draws of the assumptions."""
    result, assumed = found.result, found.result.scenario
    houses = _houses(found)  # (area, 2, age)
    years = round(float(result.time.elapsed[-1]))
    first = max(0, OLD_SENIOR_AGE - years)  # younger people do not reach 75 by the horizon
    death = _death(result, years)[:, first:]
    reachable = houses[..., first:]
    care, smaller = assumed.older.care_moves, assumed.segments.moves_to_smaller
    middle = model.release_by_year(reachable, death, care.value, smaller.value, years, OLD_SENIOR_AGE - first)
    per_year = np.stack([p.mean(-1) for p in (middle.death, middle.care, middle.smaller)], axis=-1)
    families = _families(result)
    count, seed = assumed.uncertainty.draws.value, assumed.uncertainty.seed.value
    decade = np.arange(1, years + 1)[:, None] / 10
    spread = assumed.uncertainty.mortality_spread.value
    shock = draw_model.normals(seed, "mortality", count, 1)  # (draw, 1), the same as in the population
    factor = 1 + spread * decade[:, :, None] * shock[None]  # (year, draw, 1)
    drawn = model.release_by_year(
        reachable[None], np.minimum(death[:, None] * factor, 1)[:, :, None],
        uniform(care, seed, "houses:care", count)[:, None, None],
        uniform(smaller, seed, "houses:smaller", count)[:, None, None], years, OLD_SENIOR_AGE - first,
    ).total.sum(-1)  # fmt: skip
    noise = np.stack(
        [draw_model.normals(seed, f"houses:{k}", count, 1)[:, 0] for k in result.inputs.areas.keys], 1
    )
    drawn = np.maximum(drawn + np.sqrt(drawn) * noise, 0) / years  # chance in small numbers: Poisson
    duration = uniform(assumed.older.family_years, seed, "houses:family", count)
    return Houses(
        held=houses[..., OLD_SENIOR_AGE:].sum(-1),
        per_year=per_year,
        drawn=drawn,
        families=model.family_demand(families, assumed.older.family_years.value),
        families_drawn=families / duration[:, None],
    )


def _houses(found: Segments) -> Array:
    """Return dwellings in EZFH of one- and two-person households by age of a member (area, 2, age)."""
    path, result = found.result.households, found.result
    per_person = path.member_rate[:, 0] / path.mean_size[:, None, :] * result.stock.kappa[:, None, None]
    by_age = path.people[0, :, 0, :, None] * per_person  # (area, age, size)
    in_houses = found.preference[:, found.figures.class_of_age, :, :EZFH_SEGMENTS].sum(-1)
    return np.moveaxis((by_age * in_houses)[..., :2], -1, 1)


def _death(result: Assessment, years: int) -> Array:
    """Return the chance to die within a year (year, age), both sexes together."""
    pop = result.population.pop_count[0, :, 0].sum(0)  # (sex, age)
    weight = np.divide(pop, pop.sum(0), out=np.full_like(pop, 0.5), where=pop.sum(0) > 0)
    survival = result.population.rates.survival[:, :, 1:]
    return 1 - (survival * weight).sum(1)[np.minimum(np.arange(years), len(survival) - 1)]


def _families(result: Assessment) -> Array:
    """Return houses of households of three and more (area,), mean of base date and horizon."""
    counts = result.households.household_count[0][:, [0, -1], FAMILY:].mean(1)  # (area, size)
    return result.stock.kappa * (counts * result.stock.occupancy[:, FAMILY:, 0]).sum(-1)


def uniform(item: Assumption[float], seed: int, name: str, count: int) -> Array:
    """Return draws between the ends of an assumption's range (draw,)."""
    low, high = span_of(item)
    return low + (high - low) * ndtr(draw_model.normals(seed, name, count, 1)[:, 0])
