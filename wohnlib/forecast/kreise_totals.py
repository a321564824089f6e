"""Growth of the total of every Kreis relative to the nation, with slopes learned on windows that ended by the base.

Later growth (% a year, relative to the nation) is regressed on the last known growth of the Land and of the Kreis
beside it, the share of people 65 and older, the rise of the share of men (a mark of refugees' reception) and the
growth of the period before: least absolute deviations (statsmodels QuantReg), plain mean over eight sets of columns.
Windows: 1994-2002, 1997-2005, 2002-2009, 2005-2009 from the directory of Gemeinden; from the tables by age those of
at least three years that are known beside the last growth of at least three years.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.asof import Known, link
from wohnlib.backtest.features import group_mean
from wohnlib.backtest.fitting import clustered_errors, median_regression
from wohnlib.backtest.settings import PAST, Past, Period, moment
from wohnlib.backtest.settings import number as shared_number
from wohnlib.data.germany_sources import FORMER
from wohnlib.forecast.kreise_data import KreisKnown
from wohnlib.forecast.kreise_settings import AGE_FROM, number

MOST, CLOSE = 1000, 1e-6  # steps of a median regression, and when it has settled: as statsmodels sets them
Array = NDArray[np.float64]
SETS: tuple[tuple[str, ...], ...] = ((), ("old",), ("dK",), ("old", "dK"))
LAGS = ("L2", "K2")
COLUMNS = ("L", "K", "old", "dK", *LAGS)
BEFORE: Period = (2005, 2009)  # growth before the last, of Kreise of today
SHORTEST = 3  # years of a growth that is used
_OLD = AGE_FROM.index(65)


@dataclass(frozen=True)
class Growth:
    """Growth relative to the nation (Kreis,), % a year, and the slopes behind it by set of columns."""

    relative: Array
    slopes: pd.DataFrame  # by set; se_: standard errors, settled: came to rest before the last step
    windows: tuple[str, ...]
    past_error: Array  # what the windows learned from left unexplained, % a year
    past_years: Array
    past_size: Array


def fit_growth(known: KreisKnown) -> Growth:
    """Return the expected growth of every Kreis."""
    windows = [(f"{p.base}-{p.target}", _past(known.totals, p), p.target - p.base) for p in PAST
               if p.target in known.totals.totals]  # fmt: skip
    years = sorted(known.stock)
    late = [y for y in years if y >= years[0] + SHORTEST and y + SHORTEST <= years[-1]]
    if late:
        base = late[-1]
        table = _state(known, [y for y in years if y <= base])
        table["y"] = _relative(known.stock[base], known.stock[years[-1]], years[-1] - base)
        windows.append((f"{base}-{years[-1]}", table, years[-1] - base))
    state = _state(known, years)
    members, slopes, errors = [], [], []
    for lags in ((), LAGS):
        used = [(n, t) for n, t, _ in windows if set(lags) <= set(t)]
        for extra in SETS:
            columns = ["L", "K", *extra, *lags]
            rows = pd.concat([t for _, t in used])
            drift = np.repeat(np.eye(len(used)), [len(t) for _, t in used], axis=0)
            free = np.hstack([rows[columns].to_numpy(), drift])
            found = median_regression(free, rows["y"].to_numpy(), np.ones(len(rows)), CLOSE, MOST)
            slope = found.params[: len(columns)]
            spread = clustered_errors(found, rows.index.str[:2])
            members.append(state[columns].to_numpy() @ slope)
            slopes.append({"set": " ".join(columns), "rows": len(rows), **dict(zip(columns, slope, strict=True)),
                           **{f"se_{c}": e for c, e in zip(columns, spread, strict=False)},
                           "windows": " ".join(n for n, _ in used),
                           "pseudo_r2": found.prsquared, "settled": found.iterations < MOST})  # fmt: skip
            errors.append(pd.Series(rows["y"].to_numpy() - found.fittedvalues))
    newest = [t for _, t, _ in windows if "K2" in t]
    sizes = pd.concat(newest)["size"].to_numpy()
    length = np.repeat([y for _, t, y in windows if "K2" in t], [len(t) for t in newest])
    mean = np.mean(members, axis=0)
    weight = state["size"].to_numpy()
    return Growth(
        mean - np.average(mean, weights=weight), pd.DataFrame(slopes), tuple(n for n, _, _ in windows),
        np.mean([e.to_numpy() for e in errors[len(SETS) :]], axis=0), length, sizes,
    )  # fmt: skip


def years_that_count(years: float) -> float:
    """Return years of relative growth: all within the longest window learned on, damped behind it."""
    reach, damping = number("growth_reach"), number("growth_damping")
    return float(min(years, reach) + (1 - damping ** max(years - reach, 0)) / -np.log(damping))


def _state(known: KreisKnown, years: list[int]) -> pd.DataFrame:
    """Return the features at the last of the years of the tables by age."""
    last = years[-1]
    first = min(y for y in years if y >= last - int(number("last_years")))
    then, now = known.stock[first], known.stock[last]
    weight = now.sum((1, 2))
    growth = _relative(then, now, last - first)
    land = pd.Index([k[:2] for k in known.keys])
    of_land = group_mean(growth, weight, land)
    men = (now[:, 1].sum(-1) / weight - then[:, 1].sum(-1) / then.sum((1, 2))) * 100
    before = _before(known, weight)
    land_before = group_mean(before, weight, land)
    return pd.DataFrame({
        "L": of_land, "K": growth - of_land, "dK": _centred(men, weight, "clip_men"),
        "old": _standard(now[:, :, _OLD:].sum((1, 2)) / weight, weight),
        "L2": land_before, "K2": before - land_before, "size": weight,
    }, index=list(known.keys))  # fmt: skip


def _before(known: KreisKnown, weight: Array) -> Array:
    """Return the growth of the period before (Kreis,), of the Gemeinden of the newest directory by Kreis of today."""
    totals = known.totals
    first, last = _sums(totals, max(totals.totals), BEFORE)
    keys = pd.Index(first.index).map(lambda k: FORMER.get(k, k))
    sums = pd.DataFrame({"first": first.to_numpy(), "last": last.to_numpy()}).groupby(keys).sum()
    growth = np.log(sums["last"] / sums["first"]).reindex(list(known.keys)) / _length(BEFORE) * 100
    return _centred(growth.fillna(growth.median()).to_numpy(), weight, "clip_growth")


def _past(known: Known, past: Past) -> pd.DataFrame:
    """Return features and later growth y of the Kreise of a past window; only those that kept nine tenths of people."""
    first, last = _sums(known, past.base, past.last)
    men_first, men_last = _sums(known, past.base, past.last, "pop_male")
    here = known.totals[past.base]
    later = known.totals[past.target].reindex(here.index)
    ratio = later["area_km2"] / here["area_km2"]
    same = ((ratio - 1).abs() <= shared_number("same_area")) & (later["pop_total"] > 0)
    kreis = here.index.str[:5]
    size = here["pop_total"].groupby(kreis).sum()
    kept = here["pop_total"].where(same).groupby(kreis).sum()
    grown = (
        np.log(later["pop_total"].where(same).groupby(kreis).sum() / kept) / (past.target - past.base) * 100
    )
    weight = size.to_numpy(float)
    growth = (np.log(last / first) / _length(past.last) * 100).reindex(size.index)
    there = growth.notna().to_numpy() & (kept / size > number("same_cover")).to_numpy()
    land = size.index.str[:2]
    growth_here = _centred(growth.fillna(growth.median()).to_numpy(), weight, "clip_growth")
    of_land = group_mean(growth_here, weight, land)
    men = ((men_last / last - men_first / first) * 100).reindex(size.index).fillna(0).to_numpy()
    table = pd.DataFrame({
        "L": of_land, "K": growth_here - of_land, "dK": _centred(men, weight, "clip_men"),
        "old": _old(known, size, past.base), "size": weight,
    }, index=size.index)  # fmt: skip
    if past.before:
        b0, b1 = _sums(known, past.base, past.before)
        before = (np.log(b1 / b0) / _length(past.before) * 100).reindex(size.index)
        there &= before.notna().to_numpy()
        values = _centred(before.fillna(before.median()).to_numpy(), weight, "clip_growth")
        table["L2"] = group_mean(values, weight, land)
        table["K2"] = values - table["L2"].to_numpy()
    y = grown.to_numpy()
    table["y"] = y - np.average(y[there], weights=weight[there])
    return table[there]


def _sums(known: Known, base: int, period: Period, column: str = "pop_total") -> tuple[pd.Series, pd.Series]:
    """Return persons at both ends of a period by Kreis of the base, over Gemeinden that can be followed."""
    chain = link({y: t for y, t in known.totals.items() if y <= base}, base)
    values = pd.DataFrame(
        {y: known.totals[y][column].reindex(chain[y].to_numpy()).to_numpy() for y in period}, chain.index
    )
    values = values[values.notna().all(axis=1)]
    sums = values.groupby(values.index.str[:5]).sum()
    return sums[period[0]], sums[period[1]]


def _old(known: Known, size: pd.Series, base: int) -> Array:
    """Return the share 65+ of Kreise known at a base, standardised; where it is missing that of the Land."""
    newest = int(known.old.index.get_level_values(0).max())
    year = max(int(shared_number("old_first")), min(base - int(shared_number("old_delay")), newest))
    shares = known.old.xs(year)
    value = shares.reindex(size.index)
    of_land = shares.groupby(shares.index.str[:2]).mean().reindex(size.index.str[:2]).to_numpy()
    return _standard(value.where(value.notna(), of_land).to_numpy(float), size.to_numpy(float))


def _length(period: Period) -> float:
    return float(moment(period[1]) - moment(period[0]))


def _relative(then: Array, now: Array, years: float) -> Array:
    growth = np.log(now.sum((1, 2)) / then.sum((1, 2))) / years * 100
    return _centred(growth, now.sum((1, 2)), "clip_growth")


def _centred(value: Array, weight: Array, limit: str) -> Array:
    bound = number(limit) if limit == "clip_growth" else shared_number(limit)
    return np.asarray((value - np.average(value, weights=weight)).clip(-bound, bound))


def _standard(value: Array, weight: Array) -> Array:
    bound = shared_number("clip_old")
    return np.asarray(((value - np.average(value, weights=weight)) / value.std()).clip(-bound, bound))
