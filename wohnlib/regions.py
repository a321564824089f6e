"""Units side by side: sub-regions that sum, types of market, the most alike, neighbours, sharing out by keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.alliance.settings import CENTRAL_PLACES, CENTRAL_WEIGHT, MARKET_CHANGE, NOTICEABLE, PEERS
from wohnlib.assess import Assessment
from wohnlib.data import tables
from wohnlib.model.rounding import round_keep_total
from wohnlib.report.spread import Spread
from wohnlib.scenario import Assumption

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
MARKETS = ("growing", "trend_change", "stable", "shrinking")
SENIORS = 65
TYPES = ("ezfh", "mfh")


# -- sub-regions -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A group of units seen as one: sums of the printed whole numbers, intervals of the summed draws."""

    name: str
    units: tuple[int, ...]  # positions on the area axis
    people: tuple[int, int]  # base date, horizon
    households: tuple[int, int]
    to_build: Whole  # (type,)
    surplus: Whole  # (type,)
    build_spread: Spread  # draws and printed sums of the dwellings still to be built, all types
    surplus_spread: Spread

    @property
    def interval(self) -> tuple[int, int]:
        """Return the 80 % interval of the dwellings still to be built, as printed: around the printed sum."""
        return self.build_spread.interval()


def parts_of(result: Assessment, groups: Mapping[str, Sequence[str]], rest: str) -> list[Part]:
    """Return the groups and, if units are left over, a last part `rest` with them.

    Groups may overlap; only if they do not do the parts sum to the region.
    """
    areas = result.inputs.areas
    named = {name: tuple(areas[k] for k in keys) for name, keys in groups.items()}
    left = tuple(g for g in range(len(areas)) if not any(g in units for units in named.values()))
    if left and named:
        named[rest] = left
    return [part_of(result, name, units) for name, units in named.items()]


def part_of(result: Assessment, name: str, units: Sequence[int]) -> Part:
    """Return the sums of some units; the interval is read from their draws together (joint draws)."""
    at, printed = list(units), result.printed
    drawn = result.draws.to_build(result.deducted)[:, at].sum((1, 3)), result.draws.surplus[:, at].sum((1, 3))
    shown = printed.to_build[at].sum((0, 2)), printed.surplus[at].sum((0, 2))
    people = printed.pop[at].sum((0, 2, 3))
    households = printed.households[at].sum((0, 2))
    return Part(
        name, tuple(units), (int(people[0]), int(people[-1])), (int(households[0]), int(households[-1])),
        printed.to_build[at, -1].sum(0), printed.surplus[at, -1].sum(0),
        Spread(drawn[0], shown[0]), Spread(drawn[1], shown[1]),
    )  # fmt: skip


def overlap(groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the keys of units that stand in more than one group."""
    every = [k for keys in groups.values() for k in keys]
    return sorted({k for k in every if every.count(k) > 1})


# -- types of market ---------------------------------------------------------------------------------------


def market_type(households: Sequence[float], threshold: float = MARKET_CHANGE.value) -> str:
    """Return the type of market that a course of the number of households means.

    With h the relative change since the base date and the peak the highest number of the course:
    trend_change: first up by at least the threshold, then down by at least the threshold from the peak;
    growing: h ≥ threshold; shrinking: h ≤ −threshold; stable: everything else. The first that fits holds.
    """
    first, last, peak = households[0], households[-1], max(households)
    change = round(last / first - 1, 9)  # 1.015 − 1 is 0.015, not a little less
    if round(peak / first - 1, 9) >= threshold and round(1 - last / peak, 9) >= threshold:
        return "trend_change"
    if change >= threshold:
        return "growing"
    return "shrinking" if change <= -threshold else "stable"


# -- the most alike ----------------------------------------------------------------------------------------

FEATURES = ("size", "seniors", "alone", "houses", "rent")


def features(result: Assessment) -> Array:
    """Return what units are compared by (area, feature): ln households, shares of people 65+, of one-person
    households, of dwellings in houses with 1 or 2 dwellings, and net rent per square metre (census).
    """
    printed, inputs = result.printed, result.inputs
    people, households = printed.pop[:, 0].sum(1), printed.households[:, 0]
    return np.column_stack([
        np.log(households.sum(1)),
        people[:, SENIORS:].sum(1) / people.sum(1),
        households[:, 0] / households.sum(1),
        result.stock.by_use[:, 0].sum(-1) / result.stock.by_use.sum((1, 2)),
        inputs.rent,
    ])  # fmt: skip


def peers(result: Assessment, number: int = PEERS.value) -> list[list[int]]:
    """Return for every unit the positions of the units most like it, the most alike first.

    Features are put on one scale (z-scores over the region's units); distance is Euclidean.
    """
    values = features(result)
    spread = values.std(0)
    scaled = (values - values.mean(0)) / np.where(spread > 0, spread, 1.0)
    away = np.sqrt(((scaled[:, None] - scaled[None]) ** 2).sum(-1))
    np.fill_diagonal(away, np.inf)
    return [[int(k) for k in np.argsort(row, kind="stable")[:number]] for row in away]


# -- neighbours --------------------------------------------------------------------------------------------


def neighbours(keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the units that share a border with each unit; borders of neighbours share their points."""
    table = tables.load("boundaries")
    table = table[table["ags"].isin(keys)]
    edges: dict[tuple[tuple[float, float], tuple[float, float]], set[str]] = {}
    for (key, _, _), ring in table.groupby(["ags", "part", "ring"], sort=True):
        points = [(float(x), float(y)) for x, y in zip(ring["lon"], ring["lat"], strict=True)]
        for a, b in pairwise(points):
            edges.setdefault((min(a, b), max(a, b)), set()).add(str(key))
    found: dict[str, set[str]] = {k: set() for k in keys}
    for owners in edges.values():
        for key in owners:
            found[key] |= owners - {key}
    return {k: tuple(sorted(v)) for k, v in found.items()}


@dataclass(frozen=True)
class Meeting:
    """Dwellings of a type that one unit will have to spare beside a neighbour that needs such dwellings."""

    spare: int  # position of the unit with the surplus
    wanting: int  # position of the neighbour
    type: int  # 0 houses with 1 or 2 dwellings, 1 houses with 3 or more
    surplus: int
    need: int


def surplus_meets_need(result: Assessment, least: int = NOTICEABLE.value) -> list[Meeting]:
    """Return where one unit's surplus meets a neighbour's need of the same type, the largest surplus first.

    A unit has dwellings to spare if its surplus at the horizon exceeds what it needs anew by at least `least`
    dwellings (signed need ≤ −least); a neighbour is in need if `least` or more are still to be built there.
    Nothing is netted: dwellings do not move.
    """
    areas, printed = result.inputs.areas, result.printed
    signed, build = printed.signed[:, -1], printed.to_build[:, -1]
    beside = neighbours(areas.keys)
    found = [
        Meeting(g, areas[other], b, int(printed.surplus[g, -1, b]), int(build[areas[other], b]))
        for g, key in enumerate(areas.keys)
        for b in range(len(TYPES))
        if signed[g, b] <= -least
        for other in beside[key]
        if build[areas[other], b] >= least and signed[areas[other], b] > 0
    ]
    return sorted(found, key=lambda m: (-m.surplus, m.spare, m.type, -m.need))


# -- sharing out -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Distribution:
    """The region's dwellings shared out by keys; whole numbers that keep the sum of each type."""

    own: Whole  # (area, type) what each unit needs by the calculation
    agreed: Whole  # (area, type) what the keys give it
    shares: Mapping[str, Array]  # key -> (area,) share of the sum, for the keys that could be used
    weights: Mapping[str, float]  # key -> weight, of the keys that could be used, summing to 1
    unused: tuple[str, ...]  # keys with a weight for which there are no figures

    @property
    def difference(self) -> Whole:
        return self.agreed - self.own


def distribute(
    result: Assessment, keys: Mapping[str, Assumption[float]], potentials: pd.DataFrame | None = None
) -> Distribution:
    """Return the dwellings still to be built in the region, shared out between its units by keys.

    agreed_g = total · Σ_k w_k · s_kg with Σ_k w_k = 1 and Σ_g s_kg = 1; own need: each unit's share of the
    need of the type; central places: households, those of units with a Mittelzentrum counted
    `CENTRAL_WEIGHT` times; capacity: dwellings of the potentials that municipalities have named. A key
    without figures drops out and the others take its weight.
    """
    areas = result.inputs.areas
    own = result.printed.to_build[:, -1]
    shares: dict[str, Array] = {}
    total = own.sum()
    shares["own_need"] = own.sum(1) / total if total else np.full(len(areas), 1 / len(areas))
    central = CENTRAL_PLACES.get(areas.region)
    if central is not None:
        factor = np.array([CENTRAL_WEIGHT.value if k in central.value else 1.0 for k in areas.keys])
        weighted = result.printed.households[:, 0].sum(1) * factor
        shares["central_places"] = weighted / weighted.sum()
    if potentials is not None and not potentials.empty:
        by_unit = potentials.groupby("ags")["dwellings"].sum()
        capacity = np.array([float(by_unit.get(k, 0.0)) for k in areas.keys])
        if capacity.sum() > 0:
            shares["capacity"] = capacity / capacity.sum()
    wanted = {k: a.value for k, a in keys.items() if a.value > 0}
    used = {k: v for k, v in wanted.items() if k in shares} or {"own_need": 1.0}
    weights = {k: v / sum(used.values()) for k, v in used.items()}
    by_type = np.zeros(own.shape)
    for k, weight in weights.items():
        share = _own_share(own) if k == "own_need" else np.repeat(shares[k][:, None], own.shape[1], axis=1)
        by_type += weight * share * own.sum(0)
    return Distribution(
        own, round_keep_total(by_type, axis=0), {k: shares[k] for k in weights}, weights,
        tuple(k for k in wanted if k not in shares),
    )  # fmt: skip


def _own_share(own: Whole) -> Array:
    total = own.sum(0)
    return np.divide(own, total, out=np.full(own.shape, 1 / len(own)), where=total > 0)
