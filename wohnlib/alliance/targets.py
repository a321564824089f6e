"""Targets of the alliance against need and against progress."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from wohnlib.alliance.coverage import EXTRA
from wohnlib.alliance.forms import Alliance, Target
from wohnlib.alliance.segment_need import lacking
from wohnlib.assess import Assessment
from wohnlib.scenario import Assumption

TYPES = ("ezfh", "mfh")


@dataclass(frozen=True)
class Progress:
    """One target with what is done towards it and what is needed in its place."""

    target: Target
    done: int  # dwellings of finished projects that end by the target's year
    under_way: int  # of projects not finished, weighted by status
    need: int | None  # dwellings still to be built by the target's year; None where need has no such segment
    gap: int | None = None  # what lacks of small, price-bound or step-free ones then; not part of need

    @property
    def expected(self) -> int:
        return self.done + self.under_way

    @property
    def missing(self) -> int:
        """Dwellings of the target that no project stands for."""
        return max(self.target.dwellings - self.expected, 0)

    @property
    def state(self) -> str:
        """Return reached, on_course or behind."""
        if self.done >= self.target.dwellings:
            return "reached"
        return "on_course" if self.missing == 0 else "behind"


def progress(
    result: Assessment, alliance: Alliance, projects: pd.DataFrame, weights: Mapping[str, Assumption[float]]
) -> list[Progress]:
    """Return every target with its progress, in the order of the file."""
    return [_progress(result, target, projects, weights) for target in alliance.targets]


def _progress(
    result: Assessment, target: Target, projects: pd.DataFrame, weights: Mapping[str, Assumption[float]]
) -> Progress:
    rows = projects[projects["year"] <= target.year]
    if target.ags is not None and target.ags != result.inputs.areas.region:
        rows = rows[rows["ags"] == target.ags]
    dwellings = dwellings_of(rows, target.segment)
    is_done = rows["status"] == "done"
    weight = rows["status"].map({s: a.value for s, a in weights.items()}).astype(float)
    under_way = float((dwellings * weight)[~is_done].sum())
    return Progress(
        target, int(dwellings[is_done].sum()), int(under_way + 0.5), need_of(result, target), gap_of(result, target)
    )  # fmt: skip


def dwellings_of(rows: pd.DataFrame, segment: str) -> "pd.Series[float]":
    """Return the dwellings of each project that belong to a segment."""
    if segment == "all":
        return rows[list(TYPES)].astype(float).fillna(0).sum(axis=1)
    return rows[segment].astype(float).fillna(0)


def need_of(result: Assessment, target: Target) -> int | None:
    """Return the dwellings still to be built at the end of the target's year (or at the horizon, if sooner)."""
    at = _position(result, target)
    if target.segment not in ("all", *TYPES) or at is None:
        return None
    build = result.printed.to_build[_place(result, target), at]
    return int(build.sum() if target.segment == "all" else build[:, TYPES.index(target.segment)].sum())


def gap_of(result: Assessment, target: Target) -> int | None:
    """Return what lacks of small, price-bound or step-free dwellings at the same time, as `SegmentNeed` counts it."""
    at = _position(result, target)
    if target.segment not in EXTRA or at is None:
        return None
    found = lacking(result, target.segment, at)
    return None if found is None else int(found[_place(result, target)].sum())


def _position(result: Assessment, target: Target) -> int | None:
    """Return the position of the target's year, at most that of the horizon; None before the base date."""
    time = result.time
    return None if target.year < time.base_date.year else time.position(min(target.year, time.horizon_year))


def _place(result: Assessment, target: Target) -> list[int]:
    """Return the units the target is for, by position."""
    areas = result.inputs.areas
    whole = target.ags is None or target.ags == areas.region
    return list(range(len(areas.keys))) if whole else [areas[str(target.ags)]]
