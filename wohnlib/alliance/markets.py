"""Types of market with their certainty: which type holds in how many draws, so that no false line is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.alliance.settings import MARKET_CHANGE, MARKET_LIKELY, MARKET_SURE
from wohnlib.assess import Assessment
from wohnlib.model.draws import interval
from wohnlib.regions import MARKETS, market_type

Array = NDArray[np.float64]
VERDICTS = (*(f"sure_{k}" for k in MARKETS), *(f"likely_{k}" for k in MARKETS), "open")


@dataclass(frozen=True)
class Market:
    """The type of market of one unit and how sure it is."""

    kind: str  # of the printed means
    shares: Mapping[str, float]  # type -> share of the draws in which it holds; they sum to 1
    verdict: str  # one of VERDICTS: sure_<type>, likely_<type> or open
    change: float  # relative change of the printed number of households up to the horizon
    interval: tuple[float, float]  # 80 % of the same change
    peak: int  # position on the year axis at which the printed number is highest


def verdict_of(shares: Mapping[str, float]) -> str:
    """Return what may be said of a unit: the most frequent type as sure or likely, or that it is open.

    sure: the type holds in at least `MARKET_SURE` of the draws; likely: in at least `MARKET_LIKELY`; open: in
    less, so that two units on either side of a line between types are not told apart by chance.
    """
    kind = max(MARKETS, key=lambda k: shares[k])
    share = round(shares[kind], 9)
    if share >= MARKET_SURE.value:
        return f"sure_{kind}"
    return f"likely_{kind}" if share >= MARKET_LIKELY.value else "open"


def shares_of(paths: Array, peak: int, threshold: float = MARKET_CHANGE.value) -> dict[str, float]:
    """Return the share of draws (draw, year) in which each type of market holds.

    Single draws go up and down from year to year, so that almost any path has a peak of its own; the year of
    the peak is therefore that of the mean, the same for all draws.
    """
    kinds = [market_type(row, threshold) for row in paths[:, [0, peak, -1]].tolist()]
    return {kind: kinds.count(kind) / len(kinds) for kind in MARKETS}


def markets(result: Assessment) -> list[Market]:
    """Return the type of market of every unit with its certainty, from printed households and their draws."""
    printed = result.printed.households.sum(-1)
    drawn = result.draws.households.sum(-1)
    return [_market(printed[g].astype(float), drawn[:, g]) for g in range(len(printed))]


def _market(course: Array, paths: Array) -> Market:
    peak = int(course.argmax())
    shares = shares_of(paths, peak)
    low, high = interval(paths[:, -1] / paths[:, 0] - 1)
    change = float(course[-1] / course[0] - 1)
    bounds = (min(float(low), change), max(float(high), change))
    return Market(market_type(course.tolist()), shares, verdict_of(shares), change, bounds, peak)
