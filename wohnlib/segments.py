"""The segments of one assessment, computed once when first asked for and kept with it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment
from wohnlib.inputs_segments import BUILT_MIDDLE, BUILT_OLD, SegmentInputs
from wohnlib.model import levers as lever_model
from wohnlib.model import need as need_model
from wohnlib.model import segments as model
from wohnlib.model import supply as supply_model
from wohnlib.model.draws import interval
from wohnlib.model.dwellings import spread
from wohnlib.steps.affordable import Affordable, affordable
from wohnlib.steps.older import Houses, StepFree, houses_free, step_free
from wohnlib.steps.segment_local import SegmentLocal, segment_local
from wohnlib.steps.segments import Segments, segments_of

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
_KEPT = "_segment_parts"


@dataclass(frozen=True)
class Parts:
    """All that is known of the segments of one assessment; see the steps for the meaning of each part."""

    result: Assessment

    @property
    def figures(self) -> SegmentInputs:
        found = self.result.inputs.segments
        assert found is not None, "the segments of a region need its figures on tenure"
        return found

    @cached_property
    def local(self) -> SegmentLocal:
        return segment_local(self.result)

    @cached_property
    def segments(self) -> Segments:
        return segments_of(self.result, self.figures)

    @cached_property
    def step_free(self) -> StepFree | None:
        return step_free(self.result, self.figures, self.local.suitable, self.local.reached)

    @cached_property
    def houses(self) -> Houses:
        return houses_free(self.segments)

    @cached_property
    def affordable(self) -> Affordable | None:
        return affordable(self.result, self.figures, self.local.bound_ends, self.local.recipients)

    @cached_property
    def to_build(self) -> Whole:
        """Dwellings still to build by segment (area, segment): those of each type, shared by the segments' need.

        A dwelling can change from rented to owned, so the printed number of the type stands; tenures sum to it.
        """
        need = self.segments.newbuild[:, -1].reshape(-1, 2, 2).astype(float)
        stock = self.segments.stock.total.reshape(-1, 2, 2)
        weight = np.where(need.sum(-1, keepdims=True) > 0, need, stock)
        left = self.result.printed.to_build[:, -1]
        return model.round_to(weight / weight.sum(-1, keepdims=True) * left[..., None], left).reshape(
            len(need), -1
        )

    @cached_property
    def to_build_drawn(self) -> Array:
        """Dwellings still to build by segment in every draw (draw, area, segment).

        Those of each type, shared by the segments' need of that draw; where it has none, as the printed numbers.
        """
        need = need_model.newbuild_need(self.segments.drawn)[:, :, -1]
        pairs = need.reshape(*need.shape[:2], 2, 2)
        printed = self.to_build.reshape(-1, 2, 2)
        some = np.where(
            printed.sum(-1, keepdims=True) > 0, printed, self.segments.stock.total.reshape(-1, 2, 2)
        )
        weight = np.where(pairs.sum(-1, keepdims=True) > 0, pairs, some)
        left = np.maximum(
            need_model.newbuild_need(self.result.draws.signed)[:, :, -1] - self.result.deducted, 0
        )
        shared = left[..., None] * weight / np.maximum(weight.sum(-1, keepdims=True), 1e-9)
        return np.asarray(shared.reshape(need.shape))

    @cached_property
    def surplus(self) -> Whole:
        """Surplus by segment at the horizon (area, segment)."""
        return self.segments.surplus[:, -1]

    @cached_property
    def losses_by_age(self) -> Array | None:
        """Dwellings lost from the base date to the horizon (area, class of year built); None without figures."""
        built = self.built
        if built is None:
            return None
        assumed = self.result.scenario.supply
        weight = np.full(built.shape[1], assumed.loss_weight_young.value)
        weight[:BUILT_MIDDLE] = assumed.loss_weight_middle.value
        weight[:BUILT_OLD] = assumed.loss_weight_old.value
        total = self.result.need.loss_per_year.sum(1) * float(self.result.time.elapsed[-1])
        return supply_model.losses_by_age(total, built, weight)

    @cached_property
    def built(self) -> Array | None:
        """Dwellings by year built (area, class), raked; None without figures."""
        figures = self.figures
        if figures.built is None or figures.kreis_built is None:
            return None
        return supply_model.dwellings_by_age(figures.built, self.result.inputs.dwellings, figures.kreis_built)

    @cached_property
    def vacant_months(self) -> Array | None:
        """Vacant dwellings by how long (area, class): the Kreis's pattern on each unit's vacancy; or None."""
        months = self.figures.vacant_months
        if months is None:
            return None
        vacant = self.result.stock.by_use[:, :, 1].sum(1)
        return np.stack([spread(float(n), vacant) for n in months], axis=1)

    @cached_property
    def vacant_printed(self) -> Whole | None:
        """Whole numbers of vacant dwellings by how long, which sum to each unit's printed vacancy; or None."""
        if self.vacant_months is None:
            return None
        return model.round_to(self.vacant_months, self.result.printed.stock[:, :, 1].sum(1))

    @property
    def land_tenths(self) -> Whole:
        """Building land in tenths of a hectare (area, type), if no potentials are used; as the section on land."""
        land = self.result.scenario.land
        hectares = need_model.land(
            self.result.printed.to_build[:, -1].astype(float),
            np.array([land.density.ezfh.value, land.density.mfh.value]),
            np.array([land.infill_share.ezfh.value, land.infill_share.mfh.value]),
        )
        return np.floor(10 * hectares + 0.5).astype(np.int64)

    @cached_property
    def used(self) -> tuple[supply_model.Potentials | None, ...]:
        """By unit, what its own potentials meet of what is still to build, and the land left; None without any."""
        land = self.result.scenario.land
        density = np.array([land.density.ezfh.value, land.density.mfh.value])
        to_build = self.result.printed.to_build[:, -1].astype(float)
        return tuple(
            None if p is None else supply_model.land_after_potentials(n, p.dwellings, density, np.zeros(2))
            for n, p in zip(to_build, self.local.potentials, strict=True)
        )

    @property
    def land_left_tenths(self) -> Whole:
        """Building land in tenths of a hectare (area, type) after the potentials of the units that entered any.

        The infill that the scenario assumes is not counted on top of them; land never grows by potentials.
        """
        found = self.land_tenths
        for g, used in enumerate(self.used):
            if used is not None:
                found[g] = np.minimum(found[g], np.floor(10 * used.hectares + 0.5).astype(np.int64))
        return found

    def land_left_interval(self, area: int | None) -> tuple[int, int]:
        """Return the 80 % interval of land after potentials in whole hectares, of a unit or (None) of all.

        In every draw each unit's potentials are taken off what is still to build; then the units are summed.
        """
        at, land = slice(None) if area is None else slice(area, area + 1), self.result.scenario.land
        density = np.array([land.density.ezfh.value, land.density.mfh.value])
        infill = np.array([land.infill_share.ezfh.value, land.infill_share.mfh.value])
        newbuild = need_model.newbuild_need(self.result.draws.signed[:, at])[:, :, -1]
        to_build = np.maximum(newbuild - self.result.deducted[at], 0)  # (draw, area, type)
        met = np.array([
            np.zeros(2) if p is None else sum(p.dwellings.values(), np.zeros(2)) for p in self.local.potentials[at]
        ])  # fmt: skip
        least = np.where(
            met.sum(1, keepdims=True) > 0, 0.0, infill
        )  # no assumed infill on top of entered ones
        after = np.maximum(to_build - met, 0) * (1 - least) / density
        hectares = np.minimum(after, need_model.land(to_build, density, infill)).sum((1, 2))
        low, high = (float(v) for v in interval(hectares))
        shown = float(self.land_left_tenths[at].sum()) / 10
        return int(np.floor(min(low, shown))), int(np.ceil(max(high, shown)))

    def gaps(self, area: int | None) -> lever_model.Gaps:
        """Return the printed numbers from which the levers follow, of one unit or (None) of the region."""
        at = slice(None) if area is None else slice(area, area + 1)
        own_e, rent_e, own_m, rent_m = (int(n) for n in self.to_build[at].sum(0))
        over = self.result.printed.surplus[at, -1].sum(0)
        potentials = [p for p in self.local.potentials[at] if p is not None]
        return lever_model.Gaps(
            own_ezfh=own_e, rent_ezfh=rent_e, own_mfh=own_m, rent_mfh=rent_m,
            surplus_ezfh=int(over[0]), surplus_mfh=int(over[1]),
            step_free=0 if self.step_free is None else whole(self.step_free.gap[at, -1]),
            freed_per_year=float(self.houses.per_year[at].sum()),
            family_per_year=float(self.houses.families[at].sum()),
            affordable=0 if self.affordable is None else whole(self.affordable.gap[at, -1]),
            bound_ending=sum(
                n for ends in self.local.bound_ends[at] for y, n in (ends or {}).items()
                if y <= self.result.time.horizon_year
            ),
            long_vacant=0 if self.vacant_printed is None else int(self.vacant_printed[at, -1].sum()),
            hectares=float(self.land_left_tenths[at].sum() / 10),
            potentials=sum(int(sum(v.sum() for v in p.dwellings.values())) for p in potentials),
            old_stock_share=0.0 if self.built is None else float(
                self.built[at, :BUILT_OLD].sum() / self.built[at].sum()
            ),
        )  # fmt: skip


def whole(values: Array) -> int:
    """Return the sum of the units' whole numbers, as it is printed."""
    return int(np.floor(values + 0.5).sum())


def parts_of(result: Assessment) -> Parts:
    """Return the segments of an assessment; made once and kept with it, as its draws are."""
    kept = result.__dict__.get(_KEPT)
    if kept is None:
        kept = result.__dict__[_KEPT] = Parts(result)
    return kept


@dataclass(frozen=True)
class Gap:
    """One number of the headline: a segment and its dwellings."""

    segment: str
    dwellings: int


def largest_gaps(result: Assessment, area: int | None, count: int = 3) -> tuple[list[Gap], Gap | None]:
    """Return the largest gaps by segment, largest first, and the largest surplus (None if there is none).

    `area` is the position of a unit, None the region. Gaps are dwellings still to build by the horizon,
    after completions; a surplus is what is left over at the horizon. Neither is netted against the other.
    Without figures on tenure there is nothing to name.
    """
    if result.inputs.segments is None:
        return [], None
    parts = parts_of(result)
    at = slice(None) if area is None else slice(area, area + 1)
    to_build = dict(zip(model.SEGMENTS, (int(n) for n in parts.to_build[at].sum(0)), strict=True))
    over = dict(zip(model.SEGMENTS, (int(n) for n in parts.surplus[at].sum(0)), strict=True))
    gaps = [Gap(name, n) for name, n in lever_model.largest(to_build, count)]
    most = lever_model.largest(over, 1)
    return gaps, Gap(*most[0]) if most else None
