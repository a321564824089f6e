"""From the processed tables to the arrays that the model takes: the only place where the two meet.

Axes: area (planning units in the order of their keys), sex (F, M), age, group (11 census age groups),
size (1, 2, 3, 4, 5, 6+), class (dwellings in the building: 1, 2, 3-6, 7-12, 13+).
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace

import numpy as np
import pandas as pd

from wohnlib import inputs_region
from wohnlib.areas import Areas, readable
from wohnlib.data.tables import load, published_by, register
from wohnlib.errors import InputError, fault
from wohnlib.inputs_figures import (
    AGES,
    AREA_CLASSES,
    AREA_CLASSES_SMALL,
    CLASSES,
    NATION,
    SEXES,
    SIZES,
    TABLES,
    Figures,
    Inputs,
)
from wohnlib.inputs_segments import SegmentInputs
from wohnlib.inputs_segments import read as read_segments
from wohnlib.local import load_local

__all__ = [
    "AGES",
    "AREA_CLASSES",
    "AREA_CLASSES_SMALL",
    "CLASSES",
    "NATION",
    "SEXES",
    "SIZES",
    "TABLES",
    "Figures",
    "Inputs",
    "areas_of",
    "census_limits",
    "read",
]


def areas_of(region: str, table: pd.DataFrame) -> Areas:
    """Return the planning units of a region from the table of areas."""
    known = sorted(table.loc[table["level"] == "unit", "region"].unique())
    if region not in known:
        raise InputError([fault("region_unknown", found=region, known=", ".join(known))])
    units = table[(table["level"] == "unit") & (table["region"] == region)].sort_values("ags")
    members = table[(table["level"] == "gemeinde") & (table["region"] == region)]
    kreis = table[(table["level"] == "kreis") & (table["ags"] == region)].iloc[0]
    return Areas(
        region=region,
        region_name=readable(str(kreis["name"])),
        keys=tuple(units["ags"]),
        names=tuple(readable(n) for n in units["name"]),
        short_names=tuple(readable(n) for n in units["short_name"]),
        kinds=tuple(units["kind"]),
        members=dict(zip(members["ags"], members["unit"], strict=True)),
    )


def read(
    region: str = "03251", tables: Mapping[str, str] = TABLES, as_of: str | None = None, base_date: str = ""
) -> Inputs:
    """Return the inputs of a region from `data/processed`; figures that are not there are named.

    `tables` names the tables of estimates and assumptions by age that a scenario chooses. With `as_of` (ISO
    date) only what was published by that day is read, and the figures of `base_date` itself.
    """

    def get(name: str) -> pd.DataFrame:
        if as_of is None:
            return load(name)
        if name == TABLES["errors"]:
            return _widths(as_of, base_date)
        return published_by(load(name), register()[name], as_of, base_date)

    try:
        found = _read(region, tables, get)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        reason = str(error).strip("'\"").splitlines()[0] if str(error) else type(error).__name__
        raise InputError([fault("tables_incomplete", found=reason)]) from error
    holes = [f.name for f in fields(found) if _has_holes(getattr(found, f.name))]
    if holes:
        raise InputError([fault("tables_incomplete", found=", ".join(holes))])
    limits = census_limits(found)
    local = load_local(found.areas, stock=limits["stock"], people=limits["people"]).until(as_of)
    return replace(found, local=local, segments=_segments(found.areas, tables, get))


def _widths(as_of: str, base_date: str) -> pd.DataFrame:
    """Return the half widths of past forecasts' errors as they could be learned by a day."""
    from wohnlib.forecast.learned import widths_known  # the estimators are loaded only here

    name = TABLES["errors"]
    table = published_by(load(name), register()[name], as_of, base_date)
    return widths_known(load(f"{name}_asof"), as_of) if table.empty else table


def census_limits(found: Inputs) -> dict[str, dict[str, float]]:
    """Return dwellings and people of the census by key, which a municipality's own figures must fit."""
    keys = (*found.areas.keys, found.areas.region)
    return {
        name: dict(zip(keys, (*map(float, values), float(values.sum())), strict=True))
        for name, values in (("stock", found.dwellings), ("people", found.pop_total))
    }


def _segments(
    areas: Areas, tables: Mapping[str, str], get: Callable[[str], pd.DataFrame]
) -> SegmentInputs | None:
    """Return the figures on tenure and what else the segments need."""
    return read_segments(areas, tables["tenure"], tables["tenure_by_type"], get)


def _has_holes(value: object) -> bool:
    parts = value.values() if isinstance(value, dict) else (value,)
    return any(
        bool(np.isnan(np.asarray(p, dtype=float)).any())
        for p in parts
        if isinstance(p, float) or (isinstance(p, np.ndarray) and p.dtype.kind == "f")
    )


def _read(region: str, tables: Mapping[str, str], load: Callable[[str], pd.DataFrame]) -> Inputs:
    areas = areas_of(region, load("areas"))
    keys = areas.keys
    return Inputs(
        areas=areas,
        **inputs_region.population(region, keys, load, tables),
        **inputs_region.rates(region, load, tables),
        **inputs_region.households(region, keys, load, tables),
        **inputs_region.dwellings(region, keys, load),
    )
