"""One writer for all tables of `data/raw/derived`: each table with its descriptor, written whole or not at all."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from wohnlib import files
from wohnlib.words import Words

FOLDER = "derived"
# what a column of keys refers to
AREAS = {"fields": "ags", "reference": {"resource": "areas", "fields": "ags"}}


class Questionable(Protocol):
    """A number, or a row of numbers, that someone could question."""

    @property
    def value(self) -> tuple[float, ...]: ...
    @property
    def unit(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def rating(self) -> str: ...


@dataclass(frozen=True)
class Origin:
    """Where the figures of a table come from, of what day they are and how sure they are."""

    office: str
    table_code: str
    terms: str
    attribution: str
    day: str  # of the figures and of the boundaries, ISO
    published: str  # day on which the last of the figures that went in was published, ISO
    rating: str = "amber"
    command: str | None = None  # None: written by hand, an assumption


@dataclass(frozen=True)
class Derived:
    """A table to be written: its text as CSV and all that its descriptor says.

    fields: one entry for each column of the text, in order: name, description, type, unit, constraints.
    """

    name: str
    text: str
    title: str
    note: str
    fields: Sequence[Mapping[str, Any]]
    key: Sequence[str]
    origin: Origin
    sources: Sequence[str] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    ours: bool = True  # keys (`ags`) are areas of the workbook; False: of other regions too


def from_catalogue(
    words: Words, source: str, name: str, text: str, *,
    field: Callable[[str], Mapping[str, Any]], key: Sequence[str], day: str, published: str, command: str,
    sources: Sequence[str], diagnostics: Mapping[str, Any], ours: bool = True,
) -> Derived:  # fmt: skip
    """Return a table whose title and note the catalogue keeps under its name, and whose origin under `source`.

    field: returns the entry of a column; the others as in `Derived` and `Origin`.
    """
    return Derived(
        name,
        text,
        title=words(f"rawtable.{name}"),
        note=words(f"rawnote.{name}"),
        fields=[field(column) for column in text.partition("\n")[0].split(",")],
        key=key,
        origin=Origin(
            office=words(f"rawoffice.{source}"),
            table_code=words(f"rawtable.{source}_code"),
            terms=words(f"rawterms.{source}"),
            attribution=words(f"rawattribution.{source}"),
            day=day,
            published=published,
            command=command,
        ),
        sources=sources,
        diagnostics=diagnostics,
        ours=ours,
    )


def csv_text(
    table: pd.DataFrame,
    *,
    digits: int | Mapping[str, int],
    whole: Sequence[str] = (),
    key: Sequence[str] = (),
) -> str:
    """Return a table as CSV: columns named in `whole` as whole numbers, other numbers rounded, sorted by `key`.

    digits: decimals of all columns, or by column with "" for those that are not named.
    """
    table = table.sort_values(list(key), kind="stable") if key else table.copy()
    by_column = {"": digits} if isinstance(digits, int) else digits
    for column in table.select_dtypes("number"):
        values = table[column]
        decimals = by_column.get(str(column), by_column[""])
        table[column] = values.round().astype("Int64") if column in whole else values.round(decimals)
    return str(table.to_csv(index=False, lineterminator="\n"))


def settings_used(settings: Mapping[str, Questionable]) -> dict[str, Any]:
    """Return settings as they stand in a descriptor: value, unit, origin and rating of each."""
    return {
        name: {"value": list(s.value), "unit": s.unit, "origin": s.origin, "rating": s.rating}
        for name, s in settings.items()
    }


def describe(table: Derived, folder: str = FOLDER) -> dict[str, Any]:
    """Return the descriptor of a table that lies in `folder` of the raw data.

    Raises ValueError where fields and columns differ or the key is no column.
    """
    columns = table.text.partition("\n")[0].split(",")
    if [f["name"] for f in table.fields] != columns or not set(table.key) <= set(columns):
        raise ValueError(f"{table.name}: fields or key do not fit the columns {columns}")
    schema: dict[str, Any] = {
        "fields": [{"name": f["name"], "description": f["description"], **f} for f in table.fields],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if "ags" in columns and table.ours:
        schema["foreignKeys"] = [AREAS]
    origin = table.origin
    entry = {
        "name": table.name,
        "path": f"{folder}/{table.name}.csv",
        "title": table.title,
        "description": table.note,
        "encoding": "utf-8",
        "format": "csv",
        "schema": schema,
        "office": origin.office,
        "tableCode": origin.table_code,
        "terms": {"name": origin.terms, "attribution": origin.attribution},
        "gebietsstand": origin.day,
        "referenceDate": origin.day,
        "published": origin.published,
        "publishedField": None,
        "sources": [{"path": path} for path in table.sources],
        "estimated": True,
        "rating": origin.rating,
        "sha256": sha256(table.text.encode("utf-8")).hexdigest(),
    }
    if origin.command is None:
        return entry
    return {**entry, "command": origin.command, "diagnostics": dict(table.diagnostics)}


def descriptor_file(table: Derived, folder: str = FOLDER) -> tuple[str, bytes]:
    """Return name and content of the file that stands beside a table."""
    text = json.dumps(describe(table, folder), ensure_ascii=False, indent=1) + "\n"
    return f"{table.name}.descriptor.json", text.encode("utf-8")


def write_derived(raw: Path, tables: Iterable[Derived]) -> list[str]:
    """Write tables and descriptors to `raw`/derived and return the names of the tables.

    All files are complete before the first of them is put in its place: a fault leaves what was there before.
    """
    contents: dict[str, str | bytes] = {}
    names = []
    for table in tables:
        contents[f"{table.name}.csv"] = table.text
        name, content = descriptor_file(table)
        contents[name] = content
        names.append(table.name)
    folder = raw / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    files.put(folder, contents)
    return names
