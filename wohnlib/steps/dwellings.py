"""Steps 5 to 11 and 15: stock by type, need by line, need and surplus, land, what remains."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wohnlib.inputs import Inputs
from wohnlib.model import need as model
from wohnlib.model.dwellings import occupancy, spread, stock_by_class, stock_by_use
from wohnlib.scenario import Scenario, Types
from wohnlib.steps.backlog import lacking
from wohnlib.steps.completions import built_since
from wohnlib.steps.households import HouseholdPath
from wohnlib.steps.incomings import added_incomings, base_incomings
from wohnlib.steps.time import Time

Array = NDArray[np.float64]
EZFH_CLASSES = 2  # buildings with 1 or 2 dwellings; all larger ones are MFH


@dataclass(frozen=True)
class StockBase:
    """The stock at the base date, and how households of each size are spread over the types (estimated)."""

    by_class: Array  # (area, class) dwellings by size of the building
    by_use: Array  # (area, type, use): occupied, vacant, holiday
    stock: model.Stock
    kappa: Array  # (area,)
    occupancy: Array  # (area, size, type)
    unknown: Array  # (area,) households without a main-residence household: upper bound O_0 − H_0


@dataclass(frozen=True)
class NeedPath:
    """Need by area, year and type; a draw axis of length 1 leads. All counts are dwellings."""

    resident: Array  # (draw, area, year, type) κH
    incomings: Array  # (area, year, type) M
    second_homes: Array  # (area, year, type) Z
    backlog: Array  # (area, year, type) N
    required: Array  # (draw, area, year, type) S*
    loss_per_year: Array  # (area, type) L
    lines: Array  # (draw, area, year, type, line) signed
    completed: Array  # (area, type) since the base date, known years only
    permitted: Array  # (area, type), local input
    known_years: tuple[int, ...]  # years whose completions are subtracted
    unknown_years: tuple[int, ...]  # years between base date and start year without a figure
    own_years: tuple[tuple[int, ...], ...] = ()  # by unit: years of which its own figures are subtracted
    backlog_base: Array = field(default_factory=lambda: np.zeros(0))  # (area,) N, once it is all there

    @property
    def signed(self) -> Array:
        """Signed need B (draw, area, year, type)."""
        return self.lines.sum(-1)

    @property
    def newbuild(self) -> Array:
        """New-build need N⁺, cumulative (draw, area, year, type)."""
        return model.newbuild_need(self.signed)

    @property
    def surplus(self) -> Array:
        return model.surplus(self.signed)

    def deducted(self, permits_weight: float) -> Array:
        """Dwellings that need not be built any more (area, type): completed, and most of those permitted."""
        return self.completed + permits_weight * self.permitted


def stock_uses(inputs: Inputs) -> Array:
    """Return dwellings by use (area, use): vacancy and holiday dwellings raked to the Kreis, the rest occupied."""
    vacant = spread(inputs.kreis_vacant, inputs.vacancy_rate * inputs.dwellings)
    holiday = spread(inputs.kreis_holiday, inputs.holiday_delivered)
    return np.stack([inputs.dwellings - vacant - holiday, vacant, holiday], axis=1)


def stock_base(inputs: Inputs, scenario: Scenario, households: HouseholdPath) -> StockBase:
    """Return the stock by type and use: raked to each unit's dwellings and to the Kreis's classes and uses."""
    assumed = scenario.dwellings
    by_class = stock_by_class(inputs.dwellings, inputs.buildings, inputs.kreis_class)
    by_type = np.stack([by_class[:, :EZFH_CLASSES].sum(1), by_class[:, EZFH_CLASSES:].sum(1)], axis=1)
    uses = stock_uses(inputs)
    ratio = np.array([1.0, assumed.vacancy_ratio_mfh.value, assumed.holiday_ratio_mfh.value])
    by_use = stock_by_use(by_type, uses, ratio)
    occupied = uses[:, 0]
    counts = households.household_count[0, :, 0]
    bound = np.maximum(occupied - counts.sum(1), 0)
    incomings = base_incomings(inputs, scenario, bound)
    in_mfh = np.minimum(incomings * assumed.incomings_mfh_share.value, by_use[:, 1, 0])
    by_incomings = np.stack([incomings - in_mfh, in_mfh], axis=1)
    stock = model.Stock(
        total=by_type,
        vacant=by_use[:, :, 1],
        unusable=by_use[:, :, 1] * assumed.unusable_vacancy.value,
        holiday=by_use[:, :, 2],
        incomings=by_incomings,
    )
    return StockBase(
        by_class=by_class,
        by_use=by_use,
        stock=stock,
        kappa=model.kappa(occupied, incomings, counts.sum(1)),
        occupancy=occupancy(counts, by_use[:, :, 0] - by_incomings, inputs.type_preference),
        unknown=bound,
    )


def project_need(
    inputs: Inputs, scenario: Scenario, time: Time, households: HouseholdPath, base: StockBase
) -> NeedPath:
    """Return need by type and line for every unit and year."""
    assumed, stock, elapsed = scenario.dwellings, base.stock, time.elapsed
    resident = resident_demand(inputs, scenario, time, households, base)
    growth = elapsed[None, :, None] * inputs.dwellings[:, None, None]
    incomings = stock.incomings[:, None, :] + growth * (
        assumed.incomings_change_per_year.value * _by_type(assumed.incomings_mfh_share.value)
    )
    added = added_incomings(inputs, scenario, time, stock.incomings.sum(1), base.unknown)
    incomings = incomings + added[:, :, None] * _by_type(assumed.incomings_mfh_share.value)
    # a unit without holiday dwellings would get new ones in the types that it has
    seed = np.where(stock.holiday.sum(1, keepdims=True) > 0, stock.holiday, stock.total)
    holiday_by_type = seed / seed.sum(1, keepdims=True)
    second_homes = stock.holiday[:, None, :] + growth * (
        assumed.second_homes_change_per_year.value * holiday_by_type[:, None, :]
    )
    backlog_base = lacking(inputs, scenario, households.total[0, :, 0])
    backlog = model.backlog(
        backlog_base[:, None] * _by_type(assumed.backlog_mfh_share.value),
        elapsed,
        assumed.backlog_years.value,
    )
    reserve = _values(assumed.reserve)
    loss = model.losses(stock, _values(assumed.loss_rate), assumed.loss_on_unusable.value)
    incomings, second_homes = np.maximum(incomings, 0), np.maximum(second_homes, 0)
    built = built_since(inputs, scenario, time, stock.total)
    return NeedPath(
        resident=resident,
        incomings=incomings,
        second_homes=second_homes,
        backlog=backlog,
        required=model.required_stock(resident, incomings, second_homes, backlog, reserve),
        loss_per_year=loss,
        lines=model.need_lines(resident, incomings, second_homes, backlog, stock, reserve, loss, elapsed),
        completed=built.completed,
        permitted=built.permitted,
        known_years=built.known,
        unknown_years=built.unknown,
        own_years=built.own_years,
        backlog_base=backlog_base,
    )


def resident_demand(
    inputs: Inputs, scenario: Scenario, time: Time, households: HouseholdPath, base: StockBase
) -> Array:
    """Return κH by type (draw, area, year, type): by household size, older people staying where their cohort lives.

    Without figures on tenure for the region, by household size alone.
    """
    by_size = model.demand(base.kappa, households.household_count, base.occupancy)
    if inputs.segments is None:
        return by_size
    from wohnlib.steps.staying import staying_demand  # it builds on this module

    stays = staying_demand(inputs, scenario, time, households, base, inputs.segments)
    # rounding errors of either calibration must not become need: the sum over types and the base date keep
    stays = stays * (by_size.sum(-1) / stays.sum(-1))[..., None]
    return stays - stays[..., :1, :] + by_size[..., :1, :]


def without(need: NeedPath, units: list[int]) -> NeedPath:
    """Return the need with nothing in the lines of `units`, whose dwellings cannot be reported."""
    if not units:
        return need
    lines, completed, permitted = need.lines.copy(), need.completed.copy(), need.permitted.copy()
    lines[:, units], completed[units], permitted[units] = 0, 0, 0
    return replace(need, lines=lines, completed=completed, permitted=permitted)


def _by_type(mfh_share: float) -> Array:
    return np.array([1 - mfh_share, mfh_share])


def _values(types: Types[float]) -> Array:
    return np.array([types.ezfh.value, types.mfh.value])
