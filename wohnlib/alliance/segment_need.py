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
    each other and with the need by type and are never added. low and high are the 80 % interval of every unit,
    as its report prints it; `together` that of the sum, from summed draws.
    """

    segment: str  # one of EXTRA
    need: Whole
    low: Whole
    high: Whole
    projects: Whole  # weighted by status
    together: tuple[int, int] = (0, 0)

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
            mean, drawn = found[name]
            need = _whole(np.maximum(mean, 0))
            low, high = _bounds(mean, drawn)
            first, last = _bounds(need.sum(keepdims=True), np.maximum(drawn, 0).sum(1, keepdims=True))
            out[name] = SegmentNeed(
                name, need, low, high, covered.extra_under_way[:, k], (int(first[0]), int(last[0]))
            )
    return out


def lacking(result: Assessment, segment: str, at: int) -> Whole | None:
    """Return what lacks of one of `EXTRA` at a position of the time axis (area,), counted as in `SegmentNeed`."""
    if segment == "small":
        alone = result.printed.alone[:, :, 0].astype(float)
        return _whole(np.maximum(alone[:, at] - alone[:, 0], 0))
    if result.inputs.segments is None:
        return None
    parts = parts_of(result)
    found = {"price_bound": parts.affordable, "step_free": parts.step_free}[segment]
    return None if found is None else _whole(np.maximum(found.gap[:, at], 0))


def _alone(result: Assessment) -> tuple[Array, Array]:
    """Return how many more people live alone at the horizon (area,), and its draws (draw, area)."""
    printed, drawn = result.printed.alone[:, :, 0].astype(float), result.draws.living_alone[..., 0]
    return printed[:, -1] - printed[:, 0], drawn[:, :, -1] - drawn[:, :, 0]


def _gaps(result: Assessment) -> dict[str, tuple[Array, Array]]:
    """Return the gaps at the horizon (area,), and their draws (draw, area), assumptions drawn with them."""
    if result.inputs.segments is None:
        return {}
    parts = parts_of(result)
    found = {"price_bound": parts.affordable, "step_free": parts.step_free}
    return {n: (g.gap[:, -1], np.nan_to_num(g.drawn)) for n, g in found.items() if g is not None}


def _bounds(mean: Array, drawn: Array) -> tuple[Whole, Whole]:
    """Return the 80 % interval of draws (draw, area), not below zero, outwards; it holds the printed mean."""
    low, high = interval(drawn)
    shown = _whole(mean)
    first, last = np.minimum(np.floor(low), shown), np.maximum(np.ceil(high), shown)
    return _whole(np.maximum(first, 0)), _whole(np.maximum(last, 0))


def _whole(values: Array) -> Whole:
    return np.floor(np.nan_to_num(values) + 0.5).astype(np.int64)
