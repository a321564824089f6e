"""Step 15: what has been built since the base date and what is permitted, from the units and from the Kreis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wohnlib.inputs import Inputs
from wohnlib.scenario import Scenario
from wohnlib.steps.time import Time

Array = NDArray[np.float64]
TYPES = ("ezfh", "mfh")


@dataclass(frozen=True)
class Built:
    """Dwellings completed since the base date and those permitted and not finished, both (area, type)."""

    completed: Array
    permitted: Array
    known: tuple[int, ...]  # years of which the Kreis's figure or those of all units are there
    unknown: tuple[int, ...]
    own_years: tuple[tuple[int, ...], ...]  # by unit: years of which its own figure is there


def built_since(inputs: Inputs, scenario: Scenario, time: Time, stock: Array) -> Built:
    """Return completions since the base date: a unit's own figures, else its share of the Kreis's by stock.

    Of the base year the part after the base date counts, evenly over the year. What the units' own figures
    leave of the Kreis's is spread over the others in proportion to their stock (area, type).
    """
    years = range(scenario.base_year, scenario.start_year)
    mfh = scenario.building.completions_mfh_share.value
    by_type = np.array([1 - mfh, mfh])
    since = {scenario.base_year: time.first_interval}
    own = _own(inputs, years)
    known = tuple(y for y in years if y in inputs.completions or _all(own, y))
    total = sum(inputs.completions[y] * since.get(y, 1.0) for y in known if not _any(own, y))
    completed = stock / stock.sum(0) * (total * by_type)
    for year in (y for y in years if _any(own, y)):
        completed = completed + since.get(year, 1.0) * _mixed(
            own, year, inputs.completions.get(year, 0.0) * by_type, stock
        )
    return Built(
        completed=completed,
        permitted=_permitted(inputs, scenario),
        known=known,
        unknown=tuple(y for y in years if y not in known),
        own_years=tuple(tuple(sorted(found)) for found in own),
    )


def _own(inputs: Inputs, years: range) -> list[dict[int, Array]]:
    """Return for each unit its completions by year (type,)."""
    out = []
    for key in inputs.areas.keys:
        table = inputs.local.table("completions", key)
        rows = table.to_dict("records") if len(table) else []
        out.append({
            int(r["year"]): np.array([r[f"completed_{t}"] for t in TYPES]) for r in rows if int(r["year"]) in years
        })  # fmt: skip
    return out


def _any(own: list[dict[int, Array]], year: int) -> bool:
    return any(year in found for found in own)


def _all(own: list[dict[int, Array]], year: int) -> bool:
    return all(year in found for found in own)


def _mixed(own: list[dict[int, Array]], year: int, kreis: Array, stock: Array) -> Array:
    """Return completions of one year (area, type): own figures, the rest of the Kreis's spread by stock."""
    out = np.zeros_like(stock)
    lacking = np.array([year not in found for found in own])
    for place, found in enumerate(own):
        out[place] = found.get(year, 0.0)
    if lacking.any():
        rest = np.maximum(kreis - out.sum(0), 0)
        out[lacking] = stock[lacking] / stock[lacking].sum(0) * rest
    return out


def _permitted(inputs: Inputs, scenario: Scenario) -> Array:
    """Return dwellings permitted and not finished (area, type): the latest count, less what was finished since."""
    out = np.zeros((len(inputs.areas), len(TYPES)))
    for place, key in enumerate(inputs.areas.keys):
        rows = inputs.local.table("completions", key)
        if rows.empty:
            continue
        rows = rows[rows["year"] < scenario.start_year].sort_values("year")
        for column, kind in enumerate(TYPES):
            counted = rows[rows[f"open_{kind}"].notna()]
            if len(counted):
                latest = counted.iloc[-1]
                later = rows.loc[rows["year"] > latest["year"], f"completed_{kind}"].sum()
                out[place, column] = max(0.0, float(latest[f"open_{kind}"]) - float(later))
    return out
