"""Steps 3, 4 and 13: private households' population, households by size, decomposition of their change."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.errors import InputError, fault
from wohnlib.inputs import AGES, Inputs
from wohnlib.model.households import (
    calibrate_rates,
    decompose,
    household_count,
    institutional_rates,
    interpolate_rates,
    mean_size_6plus,
    mean_sizes,
    one_person_trend,
    with_one_person_trend,
)
from wohnlib.scenario import Scenario
from wohnlib.steps.own_figures import own_home_rates, with_own_households
from wohnlib.steps.time import Time

Array = NDArray[np.float64]
CENSUS_BEFORE = 2011  # year of the census with which household sizes are compared
FIRST_ALONE = 15  # no child below this age lives alone
SENIOR_AGE = 65
SIZE_6PLUS = (6.0, 12.0)  # a mean size of the largest households outside this range is a fault of the data
FITTED = 1e-6  # largest relative deviation of a margin that counts as met
OLD_SENIOR_AGE = 75
PARTNER = "partner_senior_share"  # share of people 65+ in two-person households whose partner is 65+, too
OTHER = "other_senior_households"  # senior-only households of 3 and more per such household of 1 or 2


@dataclass(frozen=True)
class HouseholdPath:
    """Households by area, year and size with what they are made of; a draw axis of length 1 leads."""

    institutional_rate: Array  # (age,)
    balance: Array  # (area,) people in census households per person of our estimate
    people: Array  # (draw, area, year, age) in private households
    member_rate: Array  # (area, year, age, size)
    mean_size: Array  # (area, size)
    household_count: Array  # (draw, area, year, size)
    living_alone: Array  # (draw, area, year, 3): all ages, 65+, 75+
    effects: Array  # (draw, area, year, 3): population size, age structure, household formation
    mean_size_6plus: float
    own_homes: Array | None = None  # (area, year, age) shares in homes where units named theirs

    @property
    def in_homes(self) -> Array:
        """Share of people in homes: (age,), or (area, year, age) where units named their homes."""
        return self.institutional_rate if self.own_homes is None else self.own_homes

    @property
    def private(self) -> Array:
        """People in census households per person (area, year or 1, age)."""
        return (1 - self.in_homes) * self.balance[:, None, None]

    @property
    def total(self) -> Array:
        """Households (draw, area, year)."""
        return self.household_count.sum(-1)


def project_households(inputs: Inputs, scenario: Scenario, time: Time, pop_count: Array) -> HouseholdPath:
    """Return households by size for every unit and year; base-year households equal the census exactly.

    The published total of households is kept; its sizes are scaled to it (cells are perturbed).
    """
    base = pop_count[0, :, 0].sum(1)
    region = base.sum(0)
    in_homes = region.sum() * inputs.care_share * inputs.care_in_homes
    in_homes *= scenario.households.institutional_scale.value
    q = institutional_rates(
        region, inputs.institutional_profile, scenario.households.institutional_under_65.value, in_homes
    )
    households = inputs.households * (inputs.household_total / inputs.households.sum(1))[:, None]
    size_6plus = mean_size_6plus(float((region * (1 - q)).sum()), households.sum(0))
    if not SIZE_6PLUS[0] <= size_6plus <= SIZE_6PLUS[1]:
        raise InputError([fault("household_balance", size=round(size_6plus, 2))])
    sizes = mean_sizes(households, size_6plus)
    by_class = np.concatenate([households[:, :4], households[:, 4:].sum(1, keepdims=True)], axis=1)
    persons = by_class * sizes
    own = own_home_rates(inputs, scenario, time, pop_count[0].sum(2), q)
    private = 1 - (q if own is None else own)
    private_0 = private if own is None else private[:, 0]
    balance = persons.sum(1) / (base * private_0).sum(1)
    start = interpolate_rates(inputs.member_rate, inputs.member_from, inputs.member_to, AGES, FIRST_ALONE)
    rates, left = calibrate_rates(
        base * private_0 * balance[:, None],
        start,
        persons,
        inputs.senior_only,
        inputs.senior_links[PARTNER],
        inputs.senior_links[OTHER],
        SENIOR_AGE,
    )
    faults = [fault("household_fit", unit=inputs.areas.names[g]) for g in np.flatnonzero(left > FITTED)]
    if faults:
        raise InputError(faults)
    members = with_one_person_trend(rates, one_person_change(inputs, scenario, time))
    people = pop_count.sum(3) * private * balance[:, None, None]
    members = with_own_households(inputs, scenario, time, people[0], members, sizes)
    counts = household_count(people, members, sizes[:, None, :])
    alone = people * members[..., 0]
    living_alone = np.stack(
        [alone.sum(-1), alone[..., SENIOR_AGE:].sum(-1), alone[..., OLD_SENIOR_AGE:].sum(-1)], axis=-1
    )
    effects = decompose(people[:, :, :1], people, members[:, :1], members, sizes[:, None, :])
    return HouseholdPath(q, balance, people, members, sizes, counts, living_alone, effects, size_6plus, own)


def one_person_change(inputs: Inputs, scenario: Scenario, time: Time) -> Array:
    """Return the relative change of the one-person rate (year,): a share of the census change 2011 to 2022."""
    base = time.base_date.year + (time.base_date.timetuple().tm_yday - 1) / 365
    observed = (inputs.one_person_share_2022 / inputs.one_person_share_2011 - 1) / (
        time.base_date.year - CENSUS_BEFORE
    )
    growth = scenario.households.one_person_trend_share.value * observed
    return one_person_trend(base + time.elapsed, base, scenario.households.one_person_trend_end.value, growth)
