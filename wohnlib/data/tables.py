"""The processed tables as data frames, typed as the register says; keys are text."""

import difflib
from functools import lru_cache
from pathlib import Path

import pandas as pd

from wohnlib import paths
from wohnlib.data.register import DESCRIPTOR, Register, Resource, load_register
from wohnlib.errors import InputError, fault

TIMELESS = ("areas", "boundaries", "corrections", "institutional_profile", "household_shape_prior")


@lru_cache(maxsize=8)
def _register(folder: Path, stamp: int) -> Register:  # noqa: ARG001 - a changed file is read anew
    return load_register(folder)


def register() -> Register:
    """Return the register of `data/raw`, read once."""
    folder = paths.raw()
    path = folder / DESCRIPTOR
    return _register(folder, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=128)
def _read(path: Path, stamp: int, resource: Resource) -> pd.DataFrame:  # noqa: ARG001
    numeric = [f.name for f in resource.fields if f.numeric]
    table = pd.read_csv(
        path,
        dtype={f.name: "float64" if f.numeric else str for f in resource.fields},
        keep_default_na=False,
        na_values={name: [""] for name in numeric},
        encoding="utf-8",
    )
    whole = [f.name for f in resource.fields if f.type == "integer" and table[f.name].notna().all()]
    return table.astype(dict.fromkeys(whole, "int64"))


def load(name: str) -> pd.DataFrame:
    """Return a processed table: keys and dates as text, integers int64 (float64 where empty), numbers float64."""
    known = register()
    if name not in known:
        near = ", ".join(difflib.get_close_matches(name, known.names, n=3, cutoff=0.3)) or ", ".join(
            known.names
        )
        raise InputError([fault("table_unknown", found=name, near=near)])
    path = paths.processed() / f"{name}.csv"
    if not path.exists():
        raise InputError([fault("processed_missing", file=f"data/processed/{name}.csv")])
    return _read(path, path.stat().st_mtime_ns, known[name]).copy(deep=False)


def published_by(table: pd.DataFrame, resource: Resource, as_of: str, base_date: str) -> pd.DataFrame:
    """Return the rows of a table that were published by a day (ISO date).

    Figures of the base date itself stay: they are the base of a forecast, and nothing else. So do tables that
    hold no figure of a time (names, borders, assumptions of ours, which carry their own date).
    """
    if resource.published is not None:
        keep = (
            resource.published <= as_of or resource.reference_date == base_date or resource.name in TIMELESS
        )
        return table if keep else table.iloc[:0]
    known = table["published"] <= as_of
    if "date" in table:
        known |= table["date"] == base_date
    return table[known]
