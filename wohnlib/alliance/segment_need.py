"""Need of small, price-bound and step-free dwellings by unit, beside what projects bring; overlays on need."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.alliance.coverage import EXTRA, Coverage
from wohnlib.assess import Assessment
from wohnlib.model.draws import interval
from wohnlib.segments import parts_of

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class SegmentNeed:
    """What is lacking of one segment by the horizon and what projects bring, whole dwellings (area,).

    small: one-person households more than at the base date, a hint at need, not a count of dwellings;
    price_bound: the gap of affordable dwellings; step_free: that of dwellings without steps. They overlap with
    each other and with the need by type and are never added.
    """

    segment: str  # one of EXTRA
    need: Whole
    low: Whole
    high: Whole
    projects: Whole  # weighted by status

    @property
    def left(self) -> Whole:
        """Dwellings that projects do not bring (area,), never negative."""
        return np.maximum(self.need - self.projects, 0)


def segment_needs(result: Assessment, covered: Coverage) -> dict[str, SegmentNeed]:
    """Return the segments for which there are figures, in the order of `EXTRA`."""
    found = {"small": _alone(result), **_gaps(result)}
    out = {}
    for k, name in enumerate(EXTRA):
        if name in found:
            need, low, high = (_whole(v) for v in found[name])
            out[name] = SegmentNeed(name, need, low, high, covered.extra_under_way[:, k])
    return out


def _alone(result: Assessment) -> tuple[Array, Array, Array]:
    """Return how many more people live alone at the horizon, with the 80 % interval; not below zero."""
    printed = result.printed.alone[:, :, 0].astype(float)
    drawn = result.draws.living_alone[..., 0]
    low, high = interval(drawn[:, :, -1] - drawn[:, :, 0])
    change = printed[:, -1] - printed[:, 0]
    bounds = np.minimum(low, change), np.maximum(high, change)
    return np.maximum(change, 0), np.maximum(bounds[0], 0), np.maximum(bounds[1], 0)


def _gaps(result: Assessment) -> dict[str, tuple[Array, Array, Array]]:
    """Return the gaps at the horizon, each with both ends of the range of its assumptions."""
    if result.inputs.segments is None:
        return {}
    parts = parts_of(result)
    found = {"price_bound": parts.affordable, "step_free": parts.step_free}
    return {
        name: (g.gap[:, -1], g.gap_low[:, -1], g.gap_high[:, -1])
        for name, g in found.items()
        if g is not None
    }


def _whole(values: Array) -> Whole:
    return np.floor(np.nan_to_num(values) + 0.5).astype(np.int64)
