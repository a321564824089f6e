"""Step 10 in full: demand, supply and gap by segment (type × tenure), with the variants of preferences."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment
from wohnlib.inputs_segments import SegmentInputs
from wohnlib.model import draws as draw_model
from wohnlib.model import need as need_model
from wohnlib.model import segments as model
from wohnlib.steps import staying
from wohnlib.steps.draws import read_draws

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
VARIANTS = ("size", "stay", "newbuild")  # by size only · older people stay · growth as new-build preferences


@dataclass(frozen=True)
class Segments:
    """Need by segment; types sum to those of the assessment. A draw axis of length 1 leads."""

    result: Assessment
    figures: SegmentInputs
    preference: Array  # (area, class of age, size, segment), calibrated
    stock: need_model.Stock  # each (area, segment)
    weights: Array  # (area, year, age, segment) dwellings per person, older people staying
    plain: Array  # (area, year, age, segment) dwellings per person, constant preferences
    lines: Array  # (draw, area, year, segment, line) signed
    variants: dict[str, Array]  # variant -> signed need by type (area, year, type)

    @property
    def signed(self) -> Array:
        return self.lines.sum(-1)

    @cached_property
    def printed_lines(self) -> Whole:
        """Whole numbers (area, year, segment, line) whose sums over tenure are the printed lines by type."""
        lines = self.lines.mean(0)
        pairs = lines.reshape(*lines.shape[:2], 2, 2, lines.shape[-1])
        whole = model.round_to(np.moveaxis(pairs, 3, -1), self.result.printed.lines)
        return np.moveaxis(whole, -1, 3).reshape(lines.shape)

    @cached_property
    def drawn(self) -> Array:
        """Signed need of every draw (draw, area, year, segment); sums over tenure are the draws by type."""
        return _drawn(self)

    @cached_property
    def newbuild(self) -> Whole:
        """New-build need by segment, cumulative: mean over the draws of N⁺ (area, year, segment), whole."""
        mean = need_model.newbuild_need(self.drawn).mean(0)
        signed = self.printed_lines.sum(-1)
        whole = np.floor(mean + 0.5).astype(np.int64)
        return np.maximum.accumulate(np.maximum(whole, need_model.newbuild_need(signed)), axis=-2)

    @property
    def surplus(self) -> Whole:
        """Surplus by segment (area, year, segment)."""
        return self.newbuild - self.printed_lines.sum(-1)

    def interval(self, area: int | None, position: int = -1) -> tuple[Array, Array]:
        """Return the 80 % interval of new-build need at a position, by segment (segment,); None sums the units."""
        drawn = need_model.newbuild_need(self.drawn)[:, :, position]
        return draw_model.interval(drawn.sum(1) if area is None else drawn[:, area])


def segments_of(result: Assessment, figures: SegmentInputs) -> Segments:
    """Return the need by segment of all units."""
    assumed, base, path = result.scenario.segments, result.stock, result.households
    occupied = staying.occupied(result.inputs, base, figures)
    stock = model.stock_by_segment(
        base.stock, occupied, assumed.vacancy_ratio_rent.value, assumed.incomings_rent_share.value
    )
    preference = staying.preferences(path, base, figures, occupied)
    plain, stays = staying.weights(result.scenario, result.time, path, base, figures, preference)
    by_type = result.need.resident
    resident = model.scale_to_types(model.segment_demand(result.households.people, stays), by_type)
    return Segments(
        result, figures, preference, stock, stays, plain,
        lines=_lines(result, stock, resident, _reported(result)),
        variants=_variants(result, stays),
    )  # fmt: skip


def _lines(result: Assessment, stock: need_model.Stock, resident: Array, reported: Array) -> Array:
    """Return signed need (draw, area, year, segment, line) from the same parts as need by type."""
    need, assumed = result.need, result.scenario.segments
    reserve = np.repeat(
        [result.scenario.dwellings.reserve.ezfh.value, result.scenario.dwellings.reserve.mfh.value], 2
    )
    loss_rate = np.divide(
        need.loss_per_year, result.stock.stock.total - result.stock.stock.unusable,
        out=np.zeros_like(need.loss_per_year), where=result.stock.stock.total > 0,
    )  # fmt: skip
    lines = need_model.need_lines(
        resident,
        model.by_tenure(need.incomings, assumed.incomings_rent_share.value),
        model.by_tenure(need.second_homes, 0.0),
        model.by_tenure(need.backlog, assumed.backlog_rent_share.value),
        stock, reserve, np.repeat(loss_rate, 2, axis=-1) * (stock.total - stock.unusable), result.time.elapsed,
    )  # fmt: skip
    return lines * reported[:, None, None, None]


def _reported(result: Assessment) -> Array:
    """Return 1 for units whose need can be reported, else 0 (area,)."""
    return (np.abs(result.need.lines).sum((0, 2, 3, 4)) > 0).astype(float)


def _variants(result: Assessment, stays: Array) -> dict[str, Array]:
    """Return signed need by type (area, year, type) under each variant of preferences."""
    signed, need, path = result.need.signed[0], result.need, result.households
    reserve = np.array(
        [result.scenario.dwellings.reserve.ezfh.value, result.scenario.dwellings.reserve.mfh.value]
    )
    reported = _reported(result)[:, None, None]
    by_size = need_model.demand(result.stock.kappa, path.household_count, result.stock.occupancy)[0]
    staying_on = model.to_types(model.segment_demand(path.people, stays))[0]
    growth = need.lines[0, ..., 0]
    share = result.scenario.segments.newbuild_ezfh_share.value
    as_built = need.resident[0] + model.newbuild_preference(growth, share) - growth
    return {
        name: (signed + (resident - need.resident[0]) / (1 - reserve)) * reported
        for name, resident in zip(VARIANTS, (by_size, staying_on, as_built), strict=True)
    }


def _drawn(found: Segments) -> Array:
    """Return signed need of every draw: tenures of the draw's own people, scaled to the draw's types."""
    result = found.result
    reserve = np.array(
        [result.scenario.dwellings.reserve.ezfh.value, result.scenario.dwellings.reserve.mfh.value]
    )
    path = result.households
    readings = np.moveaxis(found.weights * path.private[..., None], -1, 2)
    read = read_draws(
        result.inputs, result.scenario, result.time, result.population, readings, np.zeros_like(readings)
    )
    drawn = result.draws
    by_type = result.need.resident + (drawn.signed - result.need.signed) * (1 - reserve)
    own = draw_model.recentred(read, model.segment_demand(path.people, found.weights)[0])
    resident = model.scale_to_types(own, by_type)
    central = found.signed - _demand_part(found, model.scale_to_types(
        model.segment_demand(path.people, found.weights), result.need.resident))  # fmt: skip
    signed = central + _demand_part(found, resident)
    moved = draw_model.recentred(signed, found.signed[0])
    gap = (drawn.signed - model.to_types(moved)) / 2  # curvature of the scaling: nearly nothing
    return (moved + np.repeat(gap, 2, axis=-1)) * _reported(result)[:, None, None]


def _demand_part(found: Segments, resident: Array) -> Array:
    """Return the part of signed need that depends on demand: κH/(1 − ρ)."""
    reserve = found.result.scenario.dwellings.reserve
    return resident / (1 - np.repeat([reserve.ezfh.value, reserve.mfh.value], 2))
