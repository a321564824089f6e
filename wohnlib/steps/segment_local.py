"""What municipalities brought for the segments, as arrays in the order of the units; None or NaN where nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment
from wohnlib.model.supply import KINDS
from wohnlib.steps.backlog import Backlog, backlog_of, overlaps

Array = NDArray[np.float64]
TYPES = ("ezfh", "mfh")
SIZES = ("1", "2", "3", "4", "5plus")
FLOOR = ("under_60", "60_99", "from_100")
_POTENTIALS = {"vacant": KINDS[0], "conversion": KINDS[1], "gap": KINDS[2]}
OWNERS = ("municipality", "company_owner", "private", "other", "")  # of potentials; "" = not named
BENEFITS = ("sgb2", "basic_old_age", "housing_benefit")  # in the order of `affordable.KINDS`


@dataclass(frozen=True)
class Potential:
    """Potentials of one unit: dwellings by kind and type, hectares of building land, who owns them."""

    dwellings: dict[str, Array]  # kind of `model.supply.KINDS` -> (type,)
    on_land: Array  # (type,) dwellings on building land that is there
    owners: dict[str, float]  # dwellings by owner (`OWNERS`), not named as ""

    @property
    def municipal(self) -> float:
        return self.owners.get("municipality", 0.0)


@dataclass(frozen=True)
class SegmentLocal:
    """Local figures by unit, in the order of the units."""

    suitable: Array  # (area,) dwellings without steps, NaN where none are given
    reached: Array  # (area,) share of them in which those live who need them, NaN where not given
    recipients: (
        Array  # (area, 3) households with SGB II, old-age support, housing benefit, NaN where not given
    )
    bound_ends: tuple[dict[int, int] | None, ...]
    potentials: tuple[Potential | None, ...]
    removals: tuple[dict[str, int] | None, ...]  # kind -> dwellings from the base date to the horizon
    floor: tuple[Array | None, ...]  # (size, class)
    income: tuple[dict[str, float] | None, ...]
    backlog: tuple[Backlog | None, ...]
    overlap: tuple[Mapping[tuple[str, str], float], ...]  # groups -> share of the first in the second


def segment_local(result: Assessment) -> SegmentLocal:
    """Return the local figures; tables that nobody brought leave None."""
    keys = result.inputs.areas.keys
    moving = result.scenario.dwellings.backlog_overcrowded_new.value
    return SegmentLocal(
        suitable=np.array([_total(result, "step_free", k) for k in keys]),
        reached=np.array([_reached(result, k) for k in keys]),
        recipients=np.array([_recipients(result, k) for k in keys]),
        bound_ends=tuple(_ends(result, k) for k in keys),
        potentials=tuple(_potential(result, k) for k in keys),
        removals=tuple(_removals(result, k) for k in keys),
        floor=tuple(_floor(result, k) for k in keys),
        income=tuple(_income(result, k) for k in keys),
        backlog=tuple(backlog_of(result.inputs.local, k, moving) for k in keys),
        overlap=tuple(overlaps(result.inputs.local, k) for k in keys),
    )


def _total(result: Assessment, kind: str, key: str) -> float:
    rows = result.inputs.local.table(kind, key)
    return float(rows["dwellings"].sum()) if len(rows) else float("nan")


def _reached(result: Assessment, key: str) -> float:
    rows = result.inputs.local.table("step_free", key)
    rows = rows[rows["occupied_share"].notna() & (rows["dwellings"] > 0)]
    total = float(rows["dwellings"].sum())
    return float((rows["dwellings"] * rows["occupied_share"]).sum()) / total if total else float("nan")


def _recipients(result: Assessment, key: str) -> list[float]:
    rows = result.inputs.local.table("benefits", key)
    found = {str(k): float(n) for k, n in zip(rows["kind"], rows["households"], strict=True)}
    return [found.get(k, float("nan")) for k in BENEFITS]


def _ends(result: Assessment, key: str) -> dict[int, int] | None:
    rows = result.inputs.local.table("price_bound", key)
    if rows.empty:
        return None
    sums = rows.groupby("end_year")["dwellings"].sum()
    return {int(y): int(n) for y, n in sums.items()}


def _potential(result: Assessment, key: str) -> Potential | None:
    rows = result.inputs.local.table("potentials", key)
    rows = rows[~(rows["from_year"] > result.time.horizon_year)]
    if rows.empty:
        return None

    def by_type(kind: str) -> Array:
        of = rows[rows["kind"] == kind]
        return np.array([float(of.loc[of["type"] == t, "dwellings"].sum()) for t in TYPES])

    owners = {str(k): float(n) for k, n in rows.groupby("owner")["dwellings"].sum().items()}
    return Potential({ours: by_type(kind) for kind, ours in _POTENTIALS.items()}, by_type("land"), owners)


def _removals(result: Assessment, key: str) -> dict[str, int] | None:
    rows = result.inputs.local.table("removals", key)
    rows = rows[(rows["year"] >= result.time.base_date.year) & (rows["year"] <= result.time.horizon_year)]
    if rows.empty:
        return None
    sums = rows.groupby("kind")["dwellings"].sum()
    return {str(k): int(n) for k, n in sums.items()}


def _floor(result: Assessment, key: str) -> Array | None:
    rows = result.inputs.local.table("floor_area", key)
    if rows.empty:
        return None
    wide = rows.pivot(index="persons", columns="area", values="households")
    cells = np.asarray(wide.reindex(index=list(SIZES), columns=list(FLOOR)).to_numpy(float))
    return None if np.isnan(cells).any() else cells


def _income(result: Assessment, key: str) -> dict[str, float] | None:
    rows = result.inputs.local.table("income", key)
    found = {str(i): float(v) for i, v in zip(rows["item"], rows["value"], strict=True)}
    return found if {"net_median", "sigma", "rent_new", "burden"} <= set(found) else None
