"""How far off past forecasts were, as half widths of intervals by part, size of the area and years ahead.

The error of the total of an area is taken apart: `nation` (our own path against what came), `kreis` (the Kreis
relative to the nation), `own` (the share of a Gemeinde in its Kreis), `own_sum` (the share of a Samtgemeinde, the sum
of its Gemeinden). The parts are independent in good approximation, so their half widths add in quadrature. Errors of
restless times are brought to the restlessness before the base, by half (`wohnlib.backtest.intervals`). The back-test
is judged with the same function, allowed only the windows that ended by the base.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.delivered import Delivered
from wohnlib.backtest.intervals import Spread, smooth_quantiles, spread
from wohnlib.backtest.measures import evaluated
from wohnlib.backtest.settings import LEARNED_FROM, number, numbers, recent
from wohnlib.backtest.totals import Forecast, level, path_growth
from wohnlib.forecast.asof import Allowed

Array = NDArray[np.float64]
PARTS = ("nation", "kreis", "own", "own_sum")
_SHARES = (0.5, 0.8, 0.95)
_SIZES = {"kreis": "width_sizes_kreis", "own": "width_sizes", "own_sum": "width_sizes_sum"}


@dataclass(frozen=True)
class Windows:
    """Errors of past forecasts: a row an area and window (window, base, years, size, kreis, own, own_sum, total)."""

    areas: pd.DataFrame
    kreise: pd.DataFrame
    verbaende: pd.DataFrame


def window_errors(
    everything: Delivered, made: Mapping[int, Forecast], verband: Mapping[str, str], until: int
) -> Windows:
    """Return the log errors (what came / forecast) of all windows that ended by 31.12. of `until`.

    Every forecast is given the true national total; verband: key of a Gemeinde -> key of its Gemeindeverband.
    """
    areas, kreise, sums = [], [], []
    for base, target in LEARNED_FROM:
        if target > until:
            continue
        table = _window(everything, made[base], base, target)
        named = {"window": f"{base}-{target}", "base": base, "years": target - base}
        kreis = _log_error(table.groupby("kreis").sum(numeric_only=True))
        table["kreis_error"] = kreis["error"].reindex(table["kreis"]).to_numpy()
        table["kreis_size"] = table.groupby("kreis")["size"].transform("sum")
        table["alone"] = table.groupby("kreis")["size"].transform("size") == 1
        table["own"] = table["error"] - table["kreis_error"]
        table["verband"] = [verband.get(k, "") for k in table.index]
        several = table[(table["verband"] != "") & table["verband"].duplicated(keep=False)]
        joint = several.groupby(["verband", "kreis"])[["size", "made", "came"]].sum().reset_index("kreis")
        joint = _log_error(joint)
        joint["kreis_size"] = kreis["size"].reindex(joint["kreis"]).to_numpy()
        joint["own_sum"] = joint["error"] - kreis["error"].reindex(joint["kreis"]).to_numpy()
        areas.append(table.assign(**named))
        kreise.append(kreis.assign(**named))
        sums.append(joint.assign(**named))
    return Windows(pd.concat(areas), pd.concat(kreise), pd.concat(sums))


def _window(everything: Delivered, made: Forecast, base: int, target: int) -> pd.DataFrame:
    """Return size, forecast and what came of the Gemeinden that can be judged, with the true national total."""
    keys = made.base.keys
    ok = evaluated(everything.totals, keys, (base, target))
    came = everything.totals[target]["pop_total"].reindex(keys).to_numpy(float)
    value = level(made.base.size, made.growth, target - base, 1.0)
    table = pd.DataFrame(
        {"kreis": keys.str[:5], "size": made.base.size, "made": value, "came": came}, index=keys
    )[ok]
    table["made"] *= table["came"].sum() / table["made"].sum()
    return _log_error(table)


def _log_error(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(error=np.log(table["came"] / table["made"]))


def national_errors(everything: Delivered, until: int) -> pd.DataFrame:
    """Return log errors of our own path of the nation (base, years, error), bases and targets every year.

    Recorded births, deaths and migration (UN WPP 2024) make the series of totals, so that no census break counts as
    error; the path of each base uses recorded values up to two years before it, as the forecasts do.
    """
    flows = everything.nation.loc[:until]
    change = (flows["births"] - flows["deaths"] + flows["migration"]) * 1000
    anchor = max(y for y in everything.totals if y <= until)
    total = float(everything.totals[anchor]["pop_total"].sum())
    persons = total + change.cumsum() - change.cumsum()[anchor]
    span = int(number("path_last_years"))
    first = int(number("path_migration_from") + number("path_delay")) + 1
    rows = []
    for base in range(first, until):
        last = float(np.log(persons[base] / persons[base - span])) / span * 100
        growth = path_growth(flows, base, last, float(persons[base]))
        for target in range(base + 1, until + 1):
            error = float(np.log(persons[target] / persons[base])) - growth * (target - base) / 100
            rows.append((base, target - base, error))
    return pd.DataFrame(rows, columns=["base", "years", "error"])


@dataclass(frozen=True)
class Shape:
    """Half widths of one part after one year: sizes (grid,), half widths 50, 80, 95 % (grid, 3), powers of time."""

    sizes: Array
    half: Array
    power: float

    def at(self, years: float) -> Array:
        """Return the half width of the 80 % interval (grid,) after some years."""
        return self.half[:, 1] * stretch(years, self.power)


def stretch(years: float, power: float) -> float:
    """Return years^power up to the longest window learned from, the general power of widths beyond it."""
    longest = number("width_longest")
    if years <= longest:
        return float(years**power)
    return float(longest**power * (years / longest) ** number("width_power"))


def learn(errors: pd.DataFrame, column: str, part: str) -> Shape:
    """Return the shape of the half widths of a part from the errors of past windows.

    |error| / years^power, pooled with equal weight a base date; quantiles smooth over log size (normal kernel).
    """
    power = time_power(errors, column)
    sizes = np.array(numbers(_SIZES[part]))
    scaled = np.abs(errors[column].to_numpy()) / errors["years"].to_numpy(float) ** power
    return Shape(sizes, near_sizes(errors, scaled, sizes, _SHARES), power)


def near_sizes(errors: pd.DataFrame, value: Array, sizes: Array, shares: tuple[float, ...]) -> Array:
    """Return the quantiles (size, share) of values near sizes, equal weight a base date."""
    weight = 1.0 / errors.groupby("base")["years"].transform("size").to_numpy(float)
    return smooth_quantiles(errors["size"].to_numpy(float), value, weight, sizes, shares)


def time_power(errors: pd.DataFrame, column: str) -> float:
    """Return the power of time that the 80 % quantiles of the windows show, a level for each third of sizes."""
    third = pd.qcut(errors["size"], 3, labels=False)
    keys = [errors["window"], errors["years"], third.rename("third")]
    found = errors[column].abs().groupby(keys).quantile(number("interval")).reset_index()
    levels = (found["third"].to_numpy()[:, None] == np.arange(3)).astype(float)
    design = np.column_stack([levels, np.log(found["years"])])
    slope = np.linalg.lstsq(design, np.log(found[column].to_numpy()), rcond=None)[0][-1]
    low, high = numbers("width_power_range")
    return float(np.clip(slope, low, high))


def national_shape(errors: pd.DataFrame) -> Shape:
    """Return the half widths of the nation after one year: root mean squares by horizon, normal quantiles."""
    near = errors[errors["years"] <= number("width_longest")]
    rms = np.sqrt((near["error"] ** 2).groupby(near["years"]).mean())
    slope, level_ = np.polyfit(np.log(rms.index.to_numpy(float)), np.log(rms.to_numpy()), 1)
    low, high = numbers("width_power_range")
    quantiles = np.array(numbers("normal_quantiles"))
    return Shape(np.zeros(1), np.exp(level_) * quantiles[None, :], float(np.clip(slope, low, high)))


@dataclass(frozen=True)
class Learned:
    """Shapes of every part, the errors as they came and brought to the base they serve, and the spreads used."""

    shapes: dict[str, Shape]
    windows: Windows
    at_base: Windows
    spreads: dict[int, Spread]


def learn_widths(
    everything: Delivered, made: Mapping[int, Forecast], verband: Mapping[str, str], until: int, base: int
) -> Learned:
    """Return the widths for a forecast from `base`, from the windows that ended by 31.12. of `until`.

    The national part knows flows up to the years that a base of `until` may know. Nothing after `base` is read.
    """
    windows = window_errors(everything, made, verband, until)
    bases = {*windows.areas["base"].unique(), base}
    spreads = {int(b): spread(everything.totals, int(b), recent(int(b))) for b in bases}
    nation = national_errors(everything, until - int(number("path_delay")))
    moved = at_base(windows, spreads, base, number("width_recent"))
    return Learned(shapes(moved, nation), windows, moved, spreads)


def at_base(windows: Windows, spreads: Mapping[int, Spread], base: int, share: float) -> Windows:
    """Return the errors as they would have been with the spread before `base`: × (spread there ÷ own spread)^share."""
    several = windows.areas[~windows.areas["alone"]]
    power = {"own": time_power(several, "own"), "kreis": time_power(windows.kreise, "error")}

    def factor(table: pd.DataFrame, part: str, size: str) -> Array:
        out = np.empty(len(table))
        for before in table["base"].unique():
            here = (table["base"] == before).to_numpy()
            persons = table[size].to_numpy(float)[here]
            there, own = (spreads[int(b)].at(part, persons, power[part]) for b in (base, before))
            out[here] = (there / own) ** share
        return out

    areas, kreise, sums = windows.areas, windows.kreise, windows.verbaende
    areas = areas.assign(own=areas["own"] * factor(areas, "own", "size"),
                         kreis_error=areas["kreis_error"] * factor(areas, "kreis", "kreis_size"))  # fmt: skip
    of_kreis = (sums["error"] - sums["own_sum"]) * factor(sums, "kreis", "kreis_size")
    sums = sums.assign(own_sum=sums["own_sum"] * factor(sums, "own", "size"))
    return Windows(
        areas.assign(error=areas["own"] + areas["kreis_error"]),
        kreise.assign(error=kreise["error"] * factor(kreise, "kreis", "size")),
        sums.assign(error=sums["own_sum"] + of_kreis),
    )


def scores_of_recent(learned: Learned) -> dict[float, float]:
    """Return the interval score of left-out bases for several shares of recent spread, lower is better.

    Each base in turn is given widths learned from the others; score = 2 half + 2/α · miss of the log error of the
    total (Gneiting, Raftery 2007, eq. 43), % ÷ years^power, mean of the bases.
    """
    windows, scores = learned.windows, {}
    for share in numbers("width_recent_tries"):
        found = []
        for base in windows.areas["base"].unique():
            others = Windows(
                *(t[t["base"] != base] for t in (windows.areas, windows.kreise, windows.verbaende))
            )
            parts = shapes(at_base(others, learned.spreads, int(base), share))
            own = windows.areas[windows.areas["base"] == base]
            found.append(np.mean([_score(part, parts, float(y)) for y, part in own.groupby("years")]))
        scores[share] = float(np.mean(found))
    return scores


def _score(table: pd.DataFrame, found: Mapping[str, Shape], years: float) -> float:
    half = total_half(table, found, years)
    miss = np.maximum(np.abs(table["error"].to_numpy()) - half, 0)
    score = 2 * half + 2 / (1 - number("interval")) * miss
    return float(100 * score.mean() / years ** number("width_power"))


def total_half(table: pd.DataFrame, found: Mapping[str, Shape], years: float) -> Array:
    """Return the half width (area,) of the total of a Gemeinde given the true nation; its Kreis and its own part."""
    own = at_size(found["own"], table["size"].to_numpy(float), years)
    kreis = at_size(found["kreis"], table["kreis_size"].to_numpy(float), years)
    return np.asarray(np.hypot(kreis, np.where(table["alone"], 0.0, own)))


def shapes(windows: Windows, nation: pd.DataFrame | None = None) -> dict[str, Shape]:
    """Return the shape of every part, in the order of PARTS; without errors of the nation only of Gemeinden."""
    several = windows.areas[~windows.areas["alone"]]
    kreis = learn(windows.kreise, "error", "kreis")
    own = {"kreis": kreis, "own": calibrated(learn(several, "own", "own"), kreis, several)}
    if nation is None:
        return own
    sums = calibrated(learn(windows.verbaende, "own_sum", "own_sum"), kreis, windows.verbaende)
    return {"nation": national_shape(nation), **own, "own_sum": sums}


def calibrated(own: Shape, kreis: Shape, errors: pd.DataFrame) -> Shape:
    """Return the own part so that the interval of the total, both parts in quadrature, covers the nominal share.

    An error e of a total is covered if the own part is at least c = √(e² − kreis²)/own times as wide; the factor at a
    size is the quantile of c there.
    """
    size, moved = errors["size"].to_numpy(float), np.empty((2, len(errors)))
    for years in errors["years"].unique():
        here = (errors["years"] == years).to_numpy()
        moved[0, here] = at_size(own, size[here], float(years))
        moved[1, here] = at_size(kreis, errors["kreis_size"].to_numpy(float)[here], float(years))
    beyond = np.maximum(errors["error"].to_numpy() ** 2 - moved[1] ** 2, 0)
    needed = np.sqrt(beyond) / moved[0]
    factor = near_sizes(errors, needed, own.sizes, (number("interval"),))
    low, high = numbers("width_factor_range")
    return Shape(own.sizes, own.half * np.clip(factor, low, high), own.power)


def coverage(windows: Windows, found: Mapping[str, Shape]) -> pd.DataFrame:
    """Return how often the 80 % interval of the total of a Gemeinde held, % by window and size class (mode A)."""
    inside = []
    for years, part in windows.areas.groupby("years"):
        held = np.abs(part["error"].to_numpy()) <= total_half(part, found, float(years))
        inside.append(pd.Series(held, part.index).to_frame("inside")
                      .assign(window=part["window"], size=part["size"]))  # fmt: skip
    every = pd.concat(inside)
    every["size_class"] = np.digitize(every["size"], numbers("class_edges"))
    by_class = every.groupby(["window", "size_class"])["inside"].mean().unstack()
    by_class["all"] = every.groupby("window")["inside"].mean()
    return 100 * by_class


def at_size(shape: Shape, size: Array, years: float) -> Array:
    """Return half widths (area,) of areas of any size; none at the base date itself."""
    if years <= 0:
        return np.zeros(len(size))
    return np.asarray(np.exp(np.interp(np.log(size), np.log(shape.sizes), np.log(shape.at(years)))))


def shapes_of(table: pd.DataFrame, allowed: Allowed) -> dict[str, Shape]:
    """Return the shapes learned from the windows that had ended and were published by the as-of date."""
    return shapes_until(table, max(int(y) for y in table["until"].unique() if allowed.learned(int(y))))


def shapes_until(table: pd.DataFrame, until: int) -> dict[str, Shape]:
    """Return the shapes learned from the windows that ended by 31.12. of a year, from `forecast_errors_asof`."""
    found = {}
    ordered = table[table["until"] == until].sort_values("persons")
    for part, rows in ordered.groupby("part"):
        middle = rows["half_width_80"].to_numpy(float)
        half = np.column_stack([middle * rows["ratio_50_80"], middle, middle * rows["ratio_95_80"]])
        found[str(part)] = Shape(rows["persons"].to_numpy(float), half, float(rows["power"].iloc[0]))
    return found
