"""The register of raw tables, `datapackage.json`, as typed objects: fields, units, office, terms, dates, checksum."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wohnlib import paths
from wohnlib.errors import InputError, fault

DESCRIPTOR = "datapackage.json"


@dataclass(frozen=True)
class Field:
    """One column: `type` is string, date, integer or number; `unit_field` names the column that holds the unit."""

    name: str
    type: str
    description: str = ""
    unit: str = ""
    unit_field: str = ""
    signed: bool = False
    signed_items: tuple[str, ...] = ()
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    enum: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        return self.type in ("integer", "number")


@dataclass(frozen=True)
class Resource:
    """One table with its columns, key and origin; `published` is empty where a column says it by row."""

    name: str
    path: str
    title: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    area_reference: str
    missing_values: tuple[str, ...]
    office: str
    table_code: str
    terms: str
    attribution: str
    gebietsstand: str
    reference_date: str
    published: str | None
    sha256: str
    description: str = ""
    more: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.fields)

    @property
    def file(self) -> str:
        """Return the file as messages show it."""
        return f"data/raw/{self.path}"


@dataclass(frozen=True)
class Register:
    """All tables of `data/raw`, by name in the order of the descriptor."""

    title: str
    resources: dict[str, Resource]

    def __getitem__(self, name: str) -> Resource:
        return self.resources[name]

    def __contains__(self, name: str) -> bool:
        return name in self.resources

    def __iter__(self) -> Any:
        return iter(self.resources.values())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.resources)


def _field(entry: dict[str, Any]) -> Field:
    limits = entry.get("constraints", {})
    return Field(
        name=entry["name"],
        type=entry.get("type", "string"),
        description=entry.get("description", ""),
        unit=entry.get("unit") or "",
        unit_field=entry.get("unitField", ""),
        signed=bool(entry.get("signed", False)),
        signed_items=tuple(entry.get("signedItems", ())),
        required=bool(limits.get("required", False)),
        minimum=limits.get("minimum"),
        maximum=limits.get("maximum"),
        pattern=limits.get("pattern", ""),
        enum=tuple(str(v) for v in limits.get("enum", ())),
    )


def _resource(entry: dict[str, Any]) -> Resource:
    schema = entry["schema"]
    key = schema.get("primaryKey", [])
    terms = entry.get("terms", {})
    references = [r["fields"] for r in schema.get("foreignKeys", ()) if r["reference"]["resource"] == "areas"]
    return Resource(
        name=entry["name"],
        path=entry["path"],
        title=entry.get("title", entry["name"]),
        description=entry.get("description", ""),
        fields=tuple(_field(f) for f in schema["fields"]),
        primary_key=(key,) if isinstance(key, str) else tuple(key),
        area_reference=references[0] if references else "",
        missing_values=tuple(schema.get("missingValues", [""])),
        office=entry.get("office", ""),
        table_code=entry.get("tableCode", ""),
        terms=terms if isinstance(terms, str) else terms.get("name", ""),
        attribution="" if isinstance(terms, str) else terms.get("attribution", ""),
        gebietsstand=entry.get("gebietsstand", ""),
        reference_date=entry.get("referenceDate", ""),
        published=entry.get("published"),
        sha256=entry["sha256"],
        more=entry,
    )


def load_register(folder: Path | None = None) -> Register:
    """Return the register of a folder of raw tables (default `data/raw`); raise InputError without one."""
    path = (folder or paths.raw()) / DESCRIPTOR
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        resources = [_resource(entry) for entry in package["resources"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError([fault("raw_no_register", file=f"data/raw/{DESCRIPTOR}")]) from error
    return Register(package.get("title", ""), {r.name: r for r in resources})
