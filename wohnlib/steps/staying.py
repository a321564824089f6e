"""Step 10: who lives in which segment at the base date, and older people who stay where their cohort lives."""

import numpy as np
from numpy.typing import NDArray

from wohnlib.inputs import Inputs
from wohnlib.inputs_segments import SegmentInputs
from wohnlib.model import segments as model
from wohnlib.model.dwellings import spread
from wohnlib.scenario import Scenario
from wohnlib.steps.dwellings import StockBase
from wohnlib.steps.households import HouseholdPath
from wohnlib.steps.time import Time

Array = NDArray[np.float64]


def occupied(inputs: Inputs, base: StockBase, figures: SegmentInputs) -> Array:
    """Return dwellings of households at the base date by segment (area, segment): type raked with the rented ones.

    The census counts vacant dwellings apart; `figures.rented` are raked to the Kreis.
    """
    by_type = base.by_use[:, :, 0] - base.stock.incomings
    rented = spread(figures.kreis_rented, figures.rented * (inputs.dwellings > 0))
    return model.occupied_by_segment(by_type, rented, figures.tenure_by_type)


def preferences(
    households: HouseholdPath, base: StockBase, figures: SegmentInputs, occupied_now: Array
) -> Array:
    """Return preferences (area, class, size, segment) with which demand at the base date equals occupancy."""
    per_person = model.household_weights(households.member_rate[:, :1], households.mean_size, base.kappa)[
        :, 0
    ]
    by_age = households.people[0, :, 0, :, None] * per_person  # (area, age, size) dwellings
    member = np.eye(len(figures.tenure_preference))[figures.class_of_age]  # (age, class)
    cells = np.einsum("gan,ac->gcn", by_age, member)
    return model.calibrate(cells, figures.tenure_preference, occupied_now)


def weights(
    scenario: Scenario,
    time: Time,
    households: HouseholdPath,
    base: StockBase,
    figures: SegmentInputs,
    preference: Array,
) -> tuple[Array, Array]:
    """Return dwellings per person (area, year, age, segment): constant preferences, and older people staying."""
    assumed = scenario.segments
    per_person = model.household_weights(households.member_rate, households.mean_size, base.kappa)
    plain = model.stock_weights(per_person, preference, figures.class_of_age)
    stays = model.persistent_weights(
        plain, time.elapsed, assumed.stay_age.value, assumed.moves_to_smaller.value
    )
    return plain, stays


def staying_demand(
    inputs: Inputs,
    scenario: Scenario,
    time: Time,
    households: HouseholdPath,
    base: StockBase,
    figures: SegmentInputs,
) -> Array:
    """Return κH by type (draw, area, year, type) with older people staying: stock preferences, cohort persistence.

    Equals the demand by household size at the base date, and in the sum over types at all times.
    """
    preference = preferences(households, base, figures, occupied(inputs, base, figures))
    _, stays = weights(scenario, time, households, base, figures, preference)
    return model.to_types(model.segment_demand(households.people, stays))
