"""Write the estimated tables and the descriptors beside them; the same input gives the same bytes."""

import re
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib import files
from wohnlib.data.derived import Derived, Origin, descriptor_file, write_derived
from wohnlib.data.germany import FILES
from wohnlib.words import Words

COMMAND = "python -m wohnlib.data.estimate_households"
CENSUS_DAY = "2022-05-15"
PUBLISHED = "2024-06-25"
ASSUMED = ("institutional_profile", "household_shape_prior")
KEYS = {
    "household_member_rates": ["age_from", "size"],
    "household_member_rates_by_place_size": ["place_size", "age_from", "size"],
    "senior_household_links": ["item"],
    "household_type_preference": ["size", "type"],
    "institutional_profile": ["age_from"],
    "household_shape_prior": ["age_from", "kind"],
}
_AGE = {"type": "integer", "unit": "years"}
_TEXT = {"type": "string", "constraints": {"required": True}}
FIELDS: dict[str, dict[str, Any]] = {
    "age_from": {**_AGE, "constraints": {"required": True, "minimum": 0, "maximum": 120}},
    "age_to": {**_AGE, "constraints": {"maximum": 120}},
    "size": {**_TEXT, "constraints": {"required": True, "enum": ["1", "2", "3", "4", "5plus"]}},
    "kind": {**_TEXT, "constraints": {"required": True, "enum": ["1", "2", "3", "4", "5plus", "2mixed"]}},
    "type": {**_TEXT, "constraints": {"required": True, "enum": ["ezfh", "mfh"]}},
    "place_size": {**_TEXT, "constraints": {"required": True, "enum": ["unter_50000", "ab_50000"]}},
    "share": {
        "type": "number",
        "unit": "share",
        "constraints": {"required": True, "minimum": 0, "maximum": 1},
    },
    "item": _TEXT,
    "value": {"type": "number", "unitField": "unit", "constraints": {"required": True, "minimum": 0}},
    "unit": _TEXT,
    "note": {"type": "string"},
}


def _note(item: str, words: Words) -> str:
    """Return the words of one link; an item may end in a class of municipality or an age."""
    age = re.fullmatch(r"(.+)_age_(\d+)", item)
    if age:
        return words("quotaitem.for_age", text=words(f"quotaitem.{age[1]}"), age=age[2])
    for place_size in FIELDS["place_size"]["constraints"]["enum"]:
        if item.endswith(f"_{place_size}"):
            text = words(f"quotaitem.{item.removesuffix(f'_{place_size}')}")
            return words("quotaitem.for_class", text=text, place_size=words(f"quotaitem.{place_size}"))
    return words("quotaitem.for_all", text=words(f"quotaitem.{item}"))


def estimated_origin(words: Words, command: str, rating: str = "amber") -> Origin:
    """Return the origin of tables that are estimated from Zensus 2022."""
    return Origin(
        office=words("quotasource.office"),
        table_code=words("quotasource.table"),
        terms=words("quotasource.terms"),
        attribution=words("quotasource.attribution"),
        day=CENSUS_DAY,
        published=PUBLISHED,
        rating=rating,
        command=command,
    )


def assumed_origin(words: Words) -> Origin:
    """Return the origin of tables that are assumptions of our own; they have no command."""
    return Origin(
        office=words("quotasource.assumption"),
        table_code="",
        terms=words("quotasource.terms_own"),
        attribution=words("quotasource.attribution_own"),
        day=CENSUS_DAY,
        published=PUBLISHED,
        rating="red",
    )


def described(name: str, text: str, diagnostics: dict[str, Any] | None, words: Words) -> Derived:
    """Return a table with what its descriptor says, from its text; diagnostics None: an assumption."""
    columns = text.partition("\n")[0].split(",")
    assumed = diagnostics is None
    return Derived(
        name,
        text,
        title=words(f"quotatable.{name}"),
        note=words(f"quotanote.{name}"),
        fields=[{"name": c, "description": words(f"quotacolumn.{c}"), **FIELDS[c]} for c in columns],
        key=KEYS[name],
        origin=assumed_origin(words) if assumed else estimated_origin(words, COMMAND),
        sources=() if assumed else FILES,
        diagnostics=diagnostics or {},
    )


def write_all(tables: dict[str, pd.DataFrame], diagnostics: dict[str, Any], raw: Path) -> None:
    """Write the tables to `raw`/derived and a descriptor beside each table and each assumption."""
    words = Words()
    made = []
    for name, table in tables.items():
        if "item" in table:
            table = table.assign(note=[_note(i, words) for i in table["item"]])  # noqa: PLW2901
        made.append(described(name, table.to_csv(index=False, lineterminator="\n"), diagnostics, words))
    write_derived(raw, made)
    folder = raw / "assumptions"
    own = [n for n in ASSUMED if (folder / f"{n}.csv").exists()]
    texts = {n: (folder / f"{n}.csv").read_bytes().decode("utf-8") for n in own}
    beside = [descriptor_file(described(n, t, None, words), folder.name) for n, t in texts.items()]
    if beside:
        files.put(folder, dict(beside))
