"""Need covered by projects: what is built, what is under way (weighted by status), what is still open.

Need is the new-build need since the base date by unit and type. It splits into what is finished already (as
the run deducts it), what projects will add, and the gap. A project counts once: finished ones only for years
whose completions the run does not know, permitted ones and those in building only beyond the permits that the
run has deducted for the unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.alliance.settings import STATUS
from wohnlib.assess import Assessment
from wohnlib.scenario import Assumption

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
TYPES = ("ezfh", "mfh")
EXTRA = ("small", "price_bound", "step_free")  # parts of a project's dwellings, never added to its types
_PERMITTED = ("permit", "building")


@dataclass(frozen=True)
class Coverage:
    """Need and what covers it, whole dwellings (area, type): need = built + under way + gap − beyond."""

    need: Whole  # new-build need since the base date
    built: Whole  # finished (and permitted, if the run knows permits), as the run deducts it, up to the need
    under_way: Whole  # from projects, weighted by status
    dwellings: Whole  # (area, type, status) of projects that end by the horizon, unweighted
    extra: Whole  # (area, item, status) of these small, price-bound, step-free
    extra_under_way: Whole  # (area, item) the same weighted by status; what is done counts in full

    @property
    def gap(self) -> Whole:
        """Dwellings that neither are built nor come from projects (area, type), never negative."""
        return np.maximum(self.need - self.built - self.under_way, 0)

    @property
    def beyond(self) -> Whole:
        """Dwellings of projects beyond the need of their type (area, type), never negative."""
        return np.maximum(self.built + self.under_way - self.need, 0)

    @property
    def open(self) -> Whole:
        """Need that was not met when the projects were counted (area, type)."""
        return self.need - self.built

    def share(self, area: int | None = None) -> float:
        """Return the share of what was open that projects cover, by type no more than all; 1 if nothing was open."""
        at = slice(None) if area is None else area
        wanted = self.open[at].sum()
        return float(np.minimum(self.under_way[at], self.open[at]).sum() / wanted) if wanted else 1.0


def coverage(
    result: Assessment, projects: pd.DataFrame, weights: Mapping[str, Assumption[float]]
) -> Coverage:
    """Return how projects cover need at the horizon, by unit and type.

    projects: rows with ags, status, year, ezfh, mfh and, if given, small, price_bound, step_free; projects
    that end after the horizon do not count.
    """
    areas, year = result.inputs.areas, result.time.horizon_year
    need = result.printed.newbuild[:, -1]
    built = np.minimum(result.printed.completed, need)
    rows = projects[projects["year"] <= year]
    counts = _counted(rows, areas.keys, TYPES)
    extra = _counted(rows, areas.keys, EXTRA)
    late = rows[~((rows["status"] == "done") & _deducted(result, rows))]
    new = _counted(late, areas.keys, TYPES)
    weight = np.array([weights[s].value for s in STATUS])
    weighted = new * weight
    at = [STATUS.index(s) for s in _PERMITTED]
    permits = result.need.permitted * result.scenario.building.permits_weight.value
    permitted = np.maximum(weighted[..., at].sum(-1) - permits, 0)
    rest = weighted.sum(-1) - weighted[..., at].sum(-1)
    return Coverage(
        need, built, _whole(permitted + rest), counts.astype(np.int64), extra.astype(np.int64),
        _whole((extra * weight).sum(-1)),
    )  # fmt: skip


def _deducted(result: Assessment, rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which projects would be finished in a year whose completions the run has deducted, or before."""
    need, areas, base_year = result.need, result.inputs.areas, result.time.base_date.year
    own = need.own_years or ((),) * len(areas)
    known = {key: {*need.known_years, *years} for key, years in zip(areas.keys, own, strict=True)}
    return np.array([
        year < base_year or int(year) in known[key] for key, year in zip(rows["ags"], rows["year"], strict=True)
    ], dtype=bool)  # fmt: skip


def _counted(rows: pd.DataFrame, keys: tuple[str, ...], items: tuple[str, ...]) -> Array:
    """Return dwellings (area, item, status) of projects."""
    known = rows.reindex(columns=["ags", "status", *items])
    sums = known.astype(dict.fromkeys(items, float)).groupby(["ags", "status"])[list(items)].sum()
    index = pd.MultiIndex.from_product([keys, STATUS])
    wide = sums.reindex(index, fill_value=0.0).to_numpy(float)
    return np.asarray(wide.reshape(len(keys), len(STATUS), len(items)).transpose(0, 2, 1))


def _whole(values: Array) -> Whole:
    return np.floor(values + 0.5).astype(np.int64)
