"""What a municipality knows better: its own projection in place of ours, its own homes for older people.

Only figures that are no examples enter, and only if the scenario says so; without files nothing changes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.errors import Fault, InputError, fault
from wohnlib.inputs import Inputs
from wohnlib.local.rules import PROJECTED
from wohnlib.model.homes import home_rates, residents
from wohnlib.model.households import with_one_person_trend
from wohnlib.model.own_projection import fill_region, living_alone_change, own_ratio
from wohnlib.scenario import Scenario
from wohnlib.steps.population import PopulationPath
from wohnlib.steps.time import Time

Array = NDArray[np.float64]
NURSING = "nursing"  # the kind of home whose residents live in no household of their own


# -- own projection ----------------------------------------------------------------------------------------


def replaces(inputs: Inputs, scenario: Scenario, item: str = "") -> bool:
    """Return whether an own projection takes the place of ours (of people, of households, of either)."""
    if scenario.population.own_projection.value == "beside":
        return False
    rows = inputs.local.table("projection")
    return not rows.empty if not item else bool(rows[item].notna().any())


def own_path(inputs: Inputs, scenario: Scenario, time: Time, item: str, ours: Array) -> Array:
    """Return people or households (area, year) where own projections replace ours (area, year).

    A unit's own figures count before those of the region, which are spread over the other units by our shares.
    """
    growth = scenario.population.own_projection.value == "replace_growth"
    keys = inputs.areas.keys
    given = np.stack([_given(inputs, time, item, key) for key in keys])
    path = ours * own_ratio(given, ours, time.elapsed, growth_only=growth)
    whole = _given(inputs, time, item, inputs.areas.region)
    if np.isnan(whole).all():
        return path
    sums = ours.sum(0)
    region = sums * own_ratio(whole, sums, time.elapsed, growth_only=growth)
    has_own = np.asarray(~np.isnan(given).all(1))
    found = fill_region(region, path, ours, has_own)
    faults = _sum_faults(inputs, time, item, region, path, ours, has_own)
    if faults:
        raise InputError(faults)
    return found


def _given(inputs: Inputs, time: Time, item: str, key: str) -> Array:
    """Return the figures of one unit or of the region at the positions of our years (year,), NaN between them."""
    out = np.full(len(time.elapsed), np.nan)
    for row in inputs.local.table("projection", key).to_dict("records"):
        if int(row["year"]) in time.years:
            out[time.position(int(row["year"]))] = row[item]
    return out


def _sum_faults(
    inputs: Inputs, time: Time, item: str, region: Array, path: Array, ours: Array, has_own: NDArray[np.bool_]
) -> list[Fault]:
    """Return what the units' own figures and those of the region say against each other."""
    sums = path[has_own].sum(0)
    rest = ours[~has_own].sum(0)
    if len(rest) and (~has_own).any():
        wrong = (region - sums < rest / PROJECTED) | (region - sums > rest * PROJECTED)
    else:
        wrong = np.abs(region - sums) > 0.5 * len(ours) + 1e-6 * region
    if not wrong.any():
        return []
    at = int(np.flatnonzero(wrong)[0])
    place = place_of(inputs, inputs.areas.region, time, at, item)
    return [fault("local_projection_sum", **place, found=f"{region[at]:.0f}", units=f"{sums[at]:.0f}",
                  rest=f"{rest[at] if (~has_own).any() else 0:.0f}", year=time.dates[at].year)]  # fmt: skip


def place_of(inputs: Inputs, key: str, time: Time, at: int, item: str) -> dict[str, Any]:
    """Return the cell of the projection that stands for a position: of its year or of the next one given."""
    table = inputs.local.tables.get("projection", pd.DataFrame())
    rows = table[(table["ags"] == key) & table[item].notna()].sort_values("year") if len(table) else table
    if rows.empty:
        return {}
    later = rows[rows["year"] >= time.dates[at].year]
    return inputs.local.place("projection", (later if len(later) else rows.iloc[-1:]).iloc[0], item)


def with_own_people(inputs: Inputs, scenario: Scenario, time: Time, ours: PopulationPath) -> PopulationPath:
    """Return the projection with the totals of own projections; ages and sexes within a year stay ours.

    Births and deaths follow the number of people, the balance of moves is what is left.
    """
    if not replaces(inputs, scenario, "population"):
        return ours
    before = ours.pop_count.sum((0, 3, 4)) / len(ours.pop_count)
    factor = own_path(inputs, scenario, time, "population", before) / before
    pop = ours.pop_count * factor[None, :, :, None, None]
    mean = factor.copy()
    mean[:, 1:] = (factor[:, 1:] + factor[:, :-1]) / 2
    births, deaths = ours.births * mean, ours.deaths * mean
    net = np.diff(pop.sum((3, 4)), axis=-1, prepend=pop[:, :, :1].sum((3, 4))) - births + deaths
    return replace(ours, pop_count=pop, births=births, deaths=deaths, net_migration=net)


def with_own_households(
    inputs: Inputs, scenario: Scenario, time: Time, people: Array, members: Array, sizes: Array
) -> Array:
    """Return member rates (area, year, age, size) that give the households of own projections.

    More households of the same people: more of them live alone. people (area, year, age), sizes (area, size).
    """
    if not replaces(inputs, scenario, "households"):
        return members
    mean = np.broadcast_to(sizes[:, None, :], (*members.shape[:2], members.shape[-1]))
    ours = (np.einsum("gta,gtan->gtn", people, members) / mean).sum(-1)
    wanted = own_path(inputs, scenario, time, "households", ours)
    moved = np.abs(wanted / ours - 1) > 1e-12
    change = np.where(moved, living_alone_change(people, members, mean, wanted), 0.0)
    faults = []
    for g in range(len(members)):
        lost = np.flatnonzero(np.isnan(change[g]))
        if len(lost):
            key, at = inputs.areas.keys[g], int(lost[0])
            place = place_of(inputs, key, time, at, "households") or place_of(
                inputs, inputs.areas.region, time, at, "households"
            )
            faults.append(fault("local_projection_households", **place, found=f"{wanted[g, at]:.0f}",
                                unit=inputs.areas.short_names[g], people=f"{people[g, at].sum():.0f}",
                                year=time.dates[at].year))  # fmt: skip
    if faults:
        raise InputError(faults)
    out = members.copy()
    for g, t in np.argwhere(moved):
        out[g, t] = with_one_person_trend(members[g, t], change[g, t : t + 1])[0]
    return out


# -- homes for older people ----------------------------------------------------------------------------------


def places_by_year(rows: pd.DataFrame, time: Time) -> Array:
    """Return places at every position (year,): a home counts from the end of its first year to before its last.

    Position 0, the base date, takes what was there at the end of the year before it.
    """
    ends = np.array([time.years[0] - 1, *time.years], dtype=float)
    start = rows["from_year"].fillna(-np.inf).to_numpy(float)[:, None]
    end = rows["until_year"].fillna(np.inf).to_numpy(float)[:, None]
    there = (start <= ends) & (ends < end)
    return np.asarray((rows["places"].to_numpy(float)[:, None] * there).sum(0))


def own_homes(inputs: Inputs, scenario: Scenario) -> Mapping[int, pd.DataFrame]:
    """Return the nursing homes of the units that named theirs, by position; none if the scenario leaves them out."""
    if scenario.households.own_homes.value != "replace":
        return {}
    out = {}
    for place, key in enumerate(inputs.areas.keys):
        rows = inputs.local.table("senior_homes", key)
        rows = rows[rows["kind"] == NURSING]
        if not rows.empty:
            out[place] = rows
    return out


def own_home_rates(
    inputs: Inputs, scenario: Scenario, time: Time, people: Array, region_rate: Array
) -> Array | None:
    """Return shares of people in homes (area, year, age) where units named their homes; None if none did.

    people (area, year, age); region_rate (age,) is what the other units keep.
    """
    own = own_homes(inputs, scenario)
    if not own:
        return None
    rates = np.broadcast_to(region_rate, people.shape).copy()
    assumed = scenario.households
    for place, rows in own.items():
        in_homes = residents(places_by_year(rows, time), assumed.own_homes_occupied.value)
        rates[place] = home_rates(
            people[place], inputs.institutional_profile, assumed.institutional_under_65.value, in_homes
        )
    return rates
