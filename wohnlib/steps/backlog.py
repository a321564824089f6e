"""Backlog N: households that lack a dwelling of their own, from local figures, each counted once.

The census cannot show them. Where a unit has counted them, its figures enter need; elsewhere the scenario's share
of households does (0 in the base scenario). Invented (example) data never enter.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.inputs import Inputs
from wohnlib.local import Local
from wohnlib.model import overlap as model
from wohnlib.scenario import Scenario

Array = NDArray[np.float64]
GROUPS = ("homeless", "sheltered", "concealed", "overcrowded")  # in this order overlaps are taken off
OVERCROWDED = GROUPS.index("overcrowded")


@dataclass(frozen=True)
class Backlog:
    """Households of one unit that lack a dwelling of their own, by group (`GROUPS`)."""

    counts: Array  # (group,) as brought, 0 where a group is not given
    net: Array  # (group,) without those of an earlier group: each household once
    dwellings: float  # that enter need: of the overcrowded only the part that needs one more
    stated: bool  # whether overlaps were brought; without them the groups overlap fully

    @property
    def households(self) -> float:
        return float(self.net.sum())

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the households if the groups overlap fully, and if they do not overlap."""
        return model.union_bounds(list(self.counts))


def backlog_of(local: Local, key: str, overcrowded_new: float) -> Backlog | None:
    """Return the backlog of one unit; None if it brought none.

    Overlaps that were brought are taken off once, pairs not named share nothing. Without any, the groups are
    taken to overlap fully, so that no household can be needed twice. `overcrowded_new` is the share of
    overcrowded households that need one more dwelling: who moves leaves one.
    """
    counts = group_counts(local, key)
    if not counts:
        return None
    values = np.array([float(counts.get(g, 0)) for g in GROUPS])
    stated = not local.table("backlog_overlap", key).empty
    if stated:
        ratios = {(GROUPS.index(a), GROUPS.index(b)): s for (a, b), s in overlaps(local, key).items()}
        net = model.without_overlap(list(values), ratios)
    else:
        net = np.diff(np.maximum.accumulate(values), prepend=0.0)
    weight = np.ones(len(GROUPS))
    weight[OVERCROWDED] = overcrowded_new
    return Backlog(values, net, float((net * weight).sum()), stated)


def group_counts(local: Local, key: str) -> dict[str, int]:
    """Return the households of each group that a unit brought."""
    rows = local.table("backlog", key)
    return {str(k): int(n) for k, n in zip(rows["kind"], rows["households"], strict=True)}


def overlaps(local: Local, key: str) -> Mapping[tuple[str, str], float]:
    """Return the share of an earlier group that is in a later one, too: s, or s·N_later / N_earlier if turned."""
    rows = local.table("backlog_overlap", key)
    counts = group_counts(local, key)
    found: dict[tuple[str, str], float] = {}
    for a, b, share in zip(rows["kind_a"], rows["kind_b"], rows["share"], strict=True):
        pair = (str(a), str(b))
        if GROUPS.index(a) < GROUPS.index(b):
            found[pair] = float(share)
        elif counts.get(pair[1]):
            found[pair[1], pair[0]] = min(1.0, float(share) * counts.get(pair[0], 0) / counts[pair[1]])
    return found


def lacking(inputs: Inputs, scenario: Scenario, household_count: Array) -> Array:
    """Return N (area,) in dwellings: a unit's own figure, else the scenario's share of its households (area,)."""
    assumed = scenario.dwellings
    base = np.asarray(assumed.backlog_share.value * household_count)
    for place, key in enumerate(inputs.areas.keys):
        own = backlog_of(inputs.local, key, assumed.backlog_overcrowded_new.value)
        if own is not None:
            base[place] = own.dwellings
    return base
