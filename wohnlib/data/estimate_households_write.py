"""Write the estimated tables and the descriptors beside them; the same input gives the same bytes."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

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


def describe(path: Path, diagnostics: dict[str, Any] | None, words: Words) -> dict[str, Any]:
    """Return the descriptor of a table that lies at `path`; assumptions have no command and no diagnostics."""
    name, assumed = path.stem, path.stem in ASSUMED
    columns = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
    own = "_own" if assumed else ""
    entry = {
        "name": name,
        "path": f"{path.parent.name}/{path.name}",
        "title": words(f"quotatable.{name}"),
        "description": words(f"quotanote.{name}"),
        "encoding": "utf-8",
        "format": "csv",
        "schema": {
            "fields": [{"name": c, **FIELDS[c], "description": words(f"quotacolumn.{c}")} for c in columns],
            "missingValues": [""],
            "primaryKey": KEYS[name],
        },
        "office": words("quotasource.assumption" if assumed else "quotasource.office"),
        "tableCode": "" if assumed else words("quotasource.table"),
        "terms": {
            "name": words(f"quotasource.terms{own}"),
            "attribution": words(f"quotasource.attribution{own}"),
        },
        "gebietsstand": CENSUS_DAY,
        "referenceDate": CENSUS_DAY,
        "published": PUBLISHED,
        "publishedField": None,
        "sources": [] if assumed else [{"path": f} for f in FILES],
        "estimated": True,
        "rating": "red" if assumed else "amber",
        "sha256": sha256(path.read_bytes()).hexdigest(),
    }
    return entry if assumed else {**entry, "command": COMMAND, "diagnostics": diagnostics or {}}


def write_all(tables: dict[str, pd.DataFrame], diagnostics: dict[str, Any], raw: Path) -> None:
    """Write the tables to `raw`/derived and a descriptor beside each table and each assumption."""
    words = Words()
    folder = raw / "derived"
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        if "item" in table:
            table = table.assign(note=[_note(i, words) for i in table["item"]])  # noqa: PLW2901
        text = table.to_csv(index=False, lineterminator="\n")
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))
        _write_descriptor(folder / f"{name}.csv", diagnostics, words)
    for name in ASSUMED:
        path = raw / "assumptions" / f"{name}.csv"
        if path.exists():
            _write_descriptor(path, None, words)


def _write_descriptor(path: Path, diagnostics: dict[str, Any] | None, words: Words) -> None:
    text = json.dumps(describe(path, diagnostics, words), ensure_ascii=False, indent=1) + "\n"
    path.with_name(f"{path.stem}.descriptor.json").write_bytes(text.encode("utf-8"))
