"""Check the raw tables and write `data/processed` from them; nothing is written unless everything is good."""

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from wohnlib import files, paths
from wohnlib.data.manifest import FORMAT, MANIFEST, digest, digests, is_current
from wohnlib.data.reading import RawTable, read_file, read_raw
from wohnlib.data.register import DESCRIPTOR, Register, Resource, load_register
from wohnlib.errors import Fault, InputError, fault


def known_areas(table: pd.DataFrame) -> dict[str, str]:
    """Return the keys of the areas table with their names."""
    if not {"ags", "name"} <= set(table):
        return {}
    return dict(zip(table["ags"], table["name"], strict=True))


def read_tables(raw: Path, register: Register) -> tuple[dict[str, RawTable], list[Fault]]:
    """Read every registered file as text; faults: missing file, changed checksum."""
    tables: dict[str, RawTable] = {}
    faults: list[Fault] = []
    for resource in register:
        content = read_file(raw / resource.path)
        if content is None:
            faults.append(fault("raw_missing", file=resource.file))
            continue
        if digest(content) != resource.sha256:
            faults.append(fault("raw_checksum", file=resource.file))
        tables[resource.name] = read_raw(content, resource)
    return tables, faults


def check_raw(raw: Path | None = None) -> tuple[Register, dict[str, RawTable]]:
    """Check all raw files and return them as text; raise InputError with every fault of every file."""
    from wohnlib.data.schemas import check_table

    raw = raw or paths.raw()
    register = load_register(raw)
    tables, faults = read_tables(raw, register)
    known: Mapping[str, str] = known_areas(tables["areas"].table) if "areas" in tables else {}
    for name, table in tables.items():
        faults += check_table(table, register[name], known or None)
    if faults:
        raise InputError(faults)
    return register, tables


def typed(table: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """Return a checked table of text with its types, sorted by its key."""
    out = {}
    for field in resource.fields:
        cells = table[field.name]
        if field.numeric:
            cells = cells.map(lambda text: float("nan") if text in resource.missing_values else float(text))
            whole = field.type == "integer" and cells.notna().all()
            cells = cells.astype("int64" if whole else "float64")
        out[field.name] = cells
    frame = pd.DataFrame(out)
    return frame.sort_values(list(resource.primary_key), kind="stable") if resource.primary_key else frame


def as_csv(table: pd.DataFrame, resource: Resource) -> bytes:
    """Return a typed table as bytes: whole numbers without a fraction, LF, UTF-8."""
    table = table.copy()
    for field in resource.fields:
        if field.type == "integer" and table[field.name].dtype == "float64":
            table[field.name] = table[field.name].astype("Int64")
    return str(table.to_csv(index=False, lineterminator="\n")).encode("utf-8")


def prepare(raw: Path | None = None, processed: Path | None = None, force: bool = False) -> Path:
    """Write `data/processed` from `data/raw` and return it; do nothing when it is current."""
    raw, processed = raw or paths.raw(), processed or paths.processed()
    if not force and is_current(raw, processed):
        return processed
    register, tables = check_raw(raw)
    made = {
        f"{name}.csv": as_csv(typed(tables[name].table, register[name]), register[name])
        for name in register.names
    }
    names = [DESCRIPTOR, *(resource.path for resource in register)]
    manifest = {
        "format": FORMAT,
        "raw": digests(raw, names),
        "processed": {name: digest(content) for name, content in made.items()},
    }
    _move_in({**made, MANIFEST: json.dumps(manifest, indent=1, sort_keys=True) + "\n"}, processed)
    return processed


def _move_in(contents: dict[str, str | bytes], processed: Path) -> None:
    """Move files into `processed`, the manifest last; drop tables of old. In between the old manifest fits no more."""
    processed.mkdir(parents=True, exist_ok=True)
    files.put(processed, contents)
    for old in processed.glob("*.csv"):
        if old.name not in contents:
            old.unlink()
