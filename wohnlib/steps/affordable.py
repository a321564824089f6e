"""Affordable dwellings in results: households with little money against cheap and price-bound dwellings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment
from wohnlib.inputs_segments import RENT_UPPER, SegmentInputs
from wohnlib.model import affordable as model
from wohnlib.steps.households import SENIOR_AGE
from wohnlib.steps.older import uniform

Array = NDArray[np.float64]
KINDS = ("sgb2", "old_age", "housing_benefit")


@dataclass(frozen=True)
class Affordable:
    """Tenants with little money and dwellings for them; (area,) or (area, year)."""

    recipients: Array  # (area, kind) tenant households at the base date
    demand: Array  # (area, year) the same, moved on with the number of households
    cheap: Array  # (area,) rented below the limit, without binding
    bound: Array  # (area, year) price-bound
    bound_is_local: NDArray[np.bool_]  # (area,)
    gap: Array  # (area, year)
    gap_low: Array
    gap_high: Array
    drawn: Array  # (draw, area) gap at the horizon, over draws of the households and of who lives in cheap dwellings


def affordable(
    result: Assessment, figures: SegmentInputs, bound_ends: Sequence[Mapping[int, int] | None] = (),
    local: Array | None = None,
) -> Affordable | None:  # fmt: skip
    """Return demand, supply and gap; None where recipients or rent classes lack.

    `bound_ends` are local: by unit the price-bound dwellings by the year in which the binding ends; None
    where a unit has none: the Kreis's figure is spread by recipients there and stays as it is. `local`
    (area, kind) are recipients' households of a unit's own, NaN where it has none.
    """
    if figures.in_communities is None or figures.rent_class is None:
        return None
    assumed = result.scenario.affordable
    recipients = _recipients(result, figures)
    if local is not None:
        recipients = np.where(np.isnan(local), recipients, local * renting_shares(result, figures))
    everyone = result.households.total[0]
    demand = recipients.sum(1)[:, None] * everyone / everyone[:, :1]
    ends = list(bound_ends) or [None] * len(recipients)
    spread = _spread_bound(assumed.bound_stock.value, recipients[:, 0], ends)
    years = [result.time.base_date.year - 1, *result.time.years]  # position 0: before any binding ends
    bound = np.array([
        [float(n) if e is None else model.bound_left(float(sum(e.values())), dict(e), y) for y in years]
        for n, e in zip(spread, ends, strict=True)
    ])  # fmt: skip
    below = model.below_rent(figures.rent_class, np.array(RENT_UPPER), assumed.rent_limit.value)
    cheap = np.maximum(below - bound[:, 0], 0)
    reach = assumed.cheap_reached
    low, high = reach.range or (reach.value, reach.value)
    middle, least, most = (
        model.affordable_gap(demand, cheap[:, None], r, bound) for r in (reach.value, high, low)
    )
    return Affordable(
        recipients, demand, cheap, bound, np.array([e is not None for e in ends]), middle, least, most,
        _drawn_gap(result, demand[:, -1], cheap, bound[:, -1]),
    )  # fmt: skip


def renting_shares(result: Assessment, figures: SegmentInputs) -> Array:
    """Return the share of recipients' households that rent (kind,): an assumption, the Kreis's for housing benefit."""
    renting = result.scenario.affordable.recipients_renting.value
    tenants = figures.kreis_benefits.get("housing_benefit_tenants", 100.0) / 100
    return np.array([renting, renting, tenants])


def _spread_bound(total: float, recipients: Array, ends: Sequence[Mapping[int, int] | None]) -> Array:
    """Return the Kreis's price-bound dwellings, less those of the units' own lists, spread over the other units."""
    others = np.array([e is None for e in ends]) & (recipients > 0)
    if not others.any():
        return np.zeros(len(recipients))
    rest = max(total - sum(sum(e.values()) for e in ends if e is not None), 0.0)
    return model.spread_by_recipients(rest, np.where(others, recipients, 0.0))


def _drawn_gap(result: Assessment, demand: Array, cheap: Array, bound: Array) -> Array:
    """Return the gap at the horizon in every draw (draw, area); demand moves with the households of the draw.

    The share of cheap dwellings in which these households live is drawn evenly, the same for all units.
    """
    draws, item = result.draws, result.scenario.affordable.cheap_reached
    reach = uniform(item, result.scenario.uncertainty.seed.value, "affordable:cheap_reached", draws.count)
    everyone = draws.households[:, :, -1].sum(-1)
    return model.affordable_gap(demand * everyone / everyone.mean(0), reach[:, None] * cheap, 1.0, bound)


def _recipients(result: Assessment, figures: SegmentInputs) -> Array:
    """Return tenant households with benefits (area, kind): those of the Kreis alone spread by the others."""
    assumed, benefits = result.scenario.affordable, figures.kreis_benefits
    pop = result.population.pop_count[0, :, 0].sum(1)  # (area, age)
    renting = assumed.recipients_renting.value
    rate = figures.in_communities
    people = (np.zeros(len(pop)) if rate is None else rate) * pop.sum(1)
    sgb2 = model.households_of(people, assumed.persons_per_community.value) * renting
    old = pop[:, SENIOR_AGE:].sum() * benefits.get("old_age_support", 0.0) / 100
    old_households = float(model.households_of(old, assumed.persons_per_old_age_support.value)) * renting
    benefit = (
        result.inputs.kreis_household_total * benefits.get("housing_benefit", 0.0) / 1000
        * benefits.get("housing_benefit_tenants", 0.0) / 100
    )  # fmt: skip
    return np.stack(
        [sgb2, *(model.spread_by_recipients(total, people) for total in (old_households, benefit))], axis=1
    )
