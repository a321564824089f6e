"""One to four years ahead: how far off the forecast of Kreise was, beside simple rules, and what its intervals held.

Intervals of cells are learned from other starts (`others`), as the forecast from the census day takes them (`shipped`),
or are those of the file itself as of 31.12.2017 and 31.12.2018 (`file`). What they hold is counted three times: given
the true total of the nation, without its part of the width (`given`); as it came, which is one error of the nation a
window (`held`); and with each error that our path of the nation made from earlier starts in turn (`history`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.kreise_rules import RULES, simple_rules
from wohnlib.backtest.kreise_widths import CENSUS, FIRST_CENSUS_UNTIL, TABLE, Trial, learn
from wohnlib.backtest.settings import number
from wohnlib.forecast.asof import Allowed
from wohnlib.forecast.errors import national_errors, national_shape, shapes_of
from wohnlib.forecast.kreise_data import Delivered
from wohnlib.forecast.kreise_errors import Widths
from wohnlib.forecast.kreise_settings import AGE_FROM
from wohnlib.forecast.table import Request, make

Array = NDArray[np.float64]
GROUPS = {
    "age_00_19": (0, 15),
    "age_20_29": (20, 25),
    "age_30_64": (30, 60),
    "age_65_79": (65, 75),
    "age_80": (80, 90),
}
TABLE_NEAR = "backtest_kreise_near"
PARTS = ("cells", *GROUPS, "totals")
OTHERS, SHIPPED, FILE = WIDTHS = ("others", "shipped", "file")
HELD = ("given", "held", "history")
HISTORY_UNTIL = 2016  # last year whose recorded flows a forecast of the end of 2018 may know
FARTHEST = 4  # years ahead
_EXACT = 1e-9  # per cent: a rule that is the base itself
FILES = (2018, 2019)  # 1 January after the days that the file is made as of


@dataclass(frozen=True)
class Interval:
    """Errors of cells or totals less the part of the nation, and half widths; last axis flat, arrays broadcast."""

    error: Array
    total: float
    own: Array
    response: Array
    nation: float

    def held(self, history: Array) -> dict[str, Array]:
        """Return what lies inside (share of shocks), see HELD."""
        half = np.hypot(self.own, self.response * self.nation)
        inside = [np.abs(self.error + self.response * x) <= half for x in (self.total, *history)]
        return {
            "given": (np.abs(self.error) <= self.own).astype(float),
            "held": inside[0].astype(float),
            "history": np.mean(inside[1:], axis=0),
        }


def near(everything: Delivered, made: Sequence[Trial], learned: pd.DataFrame) -> pd.DataFrame:
    """Return `backtest_kreise_near`: a row a kind of start, widths, start, years ahead and part.

    made: trials of all starts; learned: the table `forecast_errors_asof`.
    """
    shocks = national_errors(everything.totals, HISTORY_UNTIL)
    rows = [r for one in made for r in _trial_rows(everything, one, made, shocks)]
    for one in made:
        if one.part == TABLE and one.base in FILES:
            rows += _file_rows(everything, one, made, learned, shocks)
    columns = ["start", "widths", "begin", "years", "part", "n", "own", *RULES, "error_ratio", *HELD]
    return pd.DataFrame(rows).reindex(columns=columns)


def _trial_rows(
    everything: Delivered, one: Trial, made: Sequence[Trial], shocks: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return errors beside those of the simple rules, and what intervals of cells held."""
    same = [t for t in made if t.part == one.part]
    others = Widths(learn([t for t in same if t.base != one.base]))
    shipped = Widths(learn(same, FIRST_CENSUS_UNTIL)) if one.part == CENSUS else None
    shape = national_shape(national_errors(everything.totals, one.base - 1 - int(number("path_delay"))))
    rows = []
    for i, years in enumerate(one.years):
        if years > FARTHEST or (years == 0 and one.part == TABLE):
            continue
        error, total = one.missed(i)
        history = _after(shocks, years)
        nation = float(shape.at(years)[0])
        tables = {"own": one.made[i], **rules_of(everything, one, years)}
        point = {p: point_errors(tables, one.came[i], p) for p in PARTS}
        named = {"start": one.part, "begin": one.base, "years": years}
        for name, widths in {OTHERS: others, SHIPPED: shipped}.items():
            if widths is None or (name == SHIPPED and one.base + years <= FIRST_CENSUS_UNTIL):
                continue
            if (one.part, 0, 0) not in widths.curves:
                continue
            own = half_of(widths, one, years)
            inside = Interval(error, total, own, one.response[i], nation).held(history)
            rows += [
                {**named, "widths": name, "part": part, **point[part], **_means(inside, part)}
                for part in PARTS
            ]
    return rows


def _file_rows(
    everything: Delivered, one: Trial, made: Sequence[Trial], learned: pd.DataFrame, shocks: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return what the intervals of the file held, as it is made with what could be learned by its day."""
    allowed = Allowed(date(one.base - 1, 12, 31), date(one.base, 1, 1))
    days = tuple(date(one.base - 1 + y, 12, 31) for y in one.years if 0 < y <= FARTHEST)
    widths = Widths(learn([t for t in made if t.part == TABLE], one.base))
    table = make(everything.totals, one.known, allowed, Request(days, "kreis"), learned, widths=widths)
    shape = shapes_of(learned, allowed)["nation"]
    rows = []
    for years, day in enumerate(days, start=1):
        here = table[table["date"] == day.isoformat()].set_index(["key", "sex", "age_from"])
        cells, totals = _arrays(here, one.known.keys)
        came = one.came[years]
        total = float(np.log(came.sum() / cells[0].sum()))
        nation, history = float(shape.at(years)[0]), _after(shocks, years)
        named = {"start": TABLE, "widths": FILE, "begin": one.base, "years": years}
        tables = {"own": cells[0], **rules_of(everything, one, years)}
        for parts, (median, high), truth, response in (
            (PARTS[:-1], cells, came, one.response[years]),
            (PARTS[-1:], totals, came.sum((1, 2)), np.ones(1)),
        ):
            own = np.sqrt(np.maximum(np.log(high / median) ** 2 - (response * nation) ** 2, 0))
            error = np.log(truth / median) - response * total
            inside = Interval(error, total, own, response, nation).held(history)
            rows += [
                {**named, "part": p, **point_errors(tables, came, p), **_means(inside, p)} for p in parts
            ]
    return rows


def _arrays(table: pd.DataFrame, keys: Sequence[str]) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return median and upper end of cells (Kreis, sex, age) and of totals (Kreis,)."""
    cells = pd.MultiIndex.from_product([keys, ["F", "M"], AGE_FROM])
    sums = pd.MultiIndex.from_product([keys, ["T"], [0]])
    of = [table[c].astype(float) for c in ("median", "q90")]
    median, high = (v.reindex(cells).to_numpy().reshape(len(keys), 2, len(AGE_FROM)) for v in of)
    median_sum, high_sum = (v.reindex(sums).to_numpy() for v in of)
    return (median, high), (median_sum, high_sum)


def half_of(widths: Widths, one: Trial, years: int) -> Array:
    """Return half widths of cells (Kreis, 1, age) without the part of the nation."""
    edges = np.array([widths.edge(p) for p in one.persons])
    census = one.part == CENSUS
    by_edge = {e: [widths.at(a, years, e, census=census) for a in AGE_FROM] for e in np.unique(edges)}
    return np.array([by_edge[e] for e in edges])[:, None]


def _after(shocks: pd.DataFrame, years: int) -> Array:
    """Return the log errors of our path of the nation after some years, from all earlier starts."""
    return np.zeros(1) if years == 0 else shocks.loc[shocks["years"] == years, "error"].to_numpy()


def rules_of(everything: Delivered, one: Trial, years: int) -> dict[str, Array]:
    """Return the simple rules from the same base table; they know every yearly table that the forecast knows.

    From a table they know also those of the two years before it, which were not out yet.
    """
    last = one.base if one.part == TABLE else one.base - 2
    stock = {y: t for y, t in everything.stock.items() if y <= last}
    return simple_rules(stock, one.base, one.base + years, one.came_at_base)


def point_errors(tables: Mapping[str, Array], came: Array, part: str) -> dict[str, float]:
    """Return n, medians of absolute errors (%) of a part by method, and the error ratio of the own one."""
    truth = part_of(came, part)
    median = {m: float(np.median(100 * np.abs(part_of(t, part) / truth - 1))) for m, t in tables.items()}
    best = min(median[m] for m in RULES)
    return {"n": truth.size, **median, "error_ratio": median["own"] / best if best > _EXACT else np.nan}


def part_of(table: Array, part: str) -> Array:
    """Return the cells of a part, flat, or the totals of the Kreise."""
    if table.ndim == 1:
        return table
    if part == PARTS[-1]:
        return np.asarray(table.sum((1, 2)))
    if part == PARTS[0]:
        return table.ravel()
    first, last = (AGE_FROM.index(a) for a in GROUPS[part])
    return table[:, :, first : last + 1].ravel()


def _means(inside: Mapping[str, Array], part: str) -> dict[str, float]:
    """Return the shares held in %, none for totals where only cells have intervals."""
    if part == PARTS[-1] and inside["held"].ndim > 1:
        return {}
    return {name: 100 * float(part_of(v, part).mean()) for name, v in inside.items()}
