"""Write our own tables of `data/raw` from the delivered files: `python -m wohnlib.data.intake`.

The delivered files themselves are never copied; faults in them are corrected from `data/raw/corrections.csv`.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib import files, paths
from wohnlib.data import intake_census, intake_geo, intake_social, intake_time, intake_work
from wohnlib.data.delivery import CORRECTION_COLUMNS, Delivery, read_text
from wohnlib.data.resources import SPECS, Spec
from wohnlib.errors import InputError, fault
from wohnlib.words import Words

REGION = "03251"
LOCAL_FOLDERS = {"03251": "diepholz"}  # folder of the delivered files of one region
ATTACHED = ("derived", "assumptions")  # tables that others write, with a descriptor beside them
DESCRIPTOR = "datapackage.json"
Builder = Callable[[Delivery], pd.DataFrame]
MODULES = (intake_census, intake_time, intake_social, intake_work, intake_geo)
BUILDERS: dict[str, Builder] = {
    spec.name: next(getattr(module, spec.name) for module in MODULES if hasattr(module, spec.name))
    for spec in SPECS
    if spec.name != "corrections"
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_table(table: pd.DataFrame, path: Path, spec: Spec) -> None:
    """Write a table with the declared columns, sorted by its key, numbers by size, text by code point."""
    fields = {f["name"]: f for f in spec.fields()}
    table = table[list(fields)]
    key = pd.DataFrame(
        {
            name: pd.to_numeric(table[name])
            if fields[name]["type"] == "integer"
            else table[name].astype(object)
            for name in spec.key.split()
        }
    )
    order = key.sort_values(list(key), kind="stable", na_position="last").index
    text = table.loc[order].to_csv(index=False, lineterminator="\n")
    path.write_bytes(text.encode("utf-8"))


def describe(spec: Spec, path: Path, words: Words) -> dict[str, Any]:
    """Return the descriptor of one table, with its words."""

    def meaning(name: str) -> str:
        own = f"rawcolumn.{spec.name}_{name}"
        return words(own if own in words else f"rawcolumn.{name}")

    fields = [{**f, "description": meaning(f["name"])} for f in spec.fields()]
    return {
        "name": spec.name,
        "path": path.name,
        "title": words(f"rawtable.{spec.name}"),
        "description": words(f"rawnote.{spec.name}") if f"rawnote.{spec.name}" in words else "",
        "encoding": "utf-8",
        "format": "csv",
        "schema": {
            "fields": fields,
            "missingValues": [""],
            "primaryKey": spec.key.split(),
            "foreignKeys": spec.foreign_keys(),
        },
        "office": words(f"rawoffice.{spec.office}"),
        "tableCode": spec.table,
        "terms": {
            "name": words(f"rawterms.{spec.terms}"),
            "attribution": words(f"rawattribution.{spec.office}"),
        },
        "gebietsstand": spec.gebietsstand,
        "referenceDate": spec.reference,
        "published": spec.published,
        "publishedField": None if spec.published else "published",
        "sources": [{"path": name} for name in spec.files],
        "sha256": sha256(path),
    }


def attached(out: Path) -> list[dict[str, Any]]:
    """Return the descriptors that stand beside tables of others, each with the table's present checksum."""
    found = []
    for folder in ATTACHED:
        for fragment in sorted((out / folder).glob("*.descriptor.json")):
            entry = json.loads(fragment.read_text(encoding="utf-8"))
            table = fragment.with_name(fragment.name.replace(".descriptor.json", ".csv"))
            if table.exists():
                found.append({**entry, "path": f"{folder}/{table.name}", "sha256": sha256(table)})
    return found


def write_descriptor(out: Path) -> None:
    """Write `datapackage.json` for the tables that lie in `out`."""
    words = Words()
    entries = [describe(spec, out / f"{spec.name}.csv", words) for spec in SPECS] + attached(out)
    package = {"name": "wohnlib-raw", "title": words("rawtable.package"), "profile": "tabular-data-package"}
    text = json.dumps({**package, "resources": entries}, ensure_ascii=False, indent=1) + "\n"
    files.put(out, {DESCRIPTOR: text})


def intake(region: str = REGION, out: Path | None = None, folder: Path | None = None) -> Path:
    """Write all tables of `region` and their descriptor to `out` (default `data/raw`)."""
    out = out or paths.raw()
    folder = folder or paths.shared()
    if region not in LOCAL_FOLDERS:
        raise InputError([fault("delivery_region", found=region, allowed=", ".join(LOCAL_FOLDERS))])
    if not folder.exists():
        raise InputError([fault("delivery_folder", file=folder.name)])
    corrections = out / "corrections.csv"
    if not corrections.exists() or tuple(read_text(corrections).columns) != CORRECTION_COLUMNS:
        raise InputError(
            [fault("corrections_form", file="corrections.csv", columns=", ".join(CORRECTION_COLUMNS))]
        )
    delivery = Delivery(folder, corrections, region, LOCAL_FOLDERS[region])
    tables = {name: build(delivery) for name, build in BUILDERS.items()}
    delivery.check_corrections()
    for spec in SPECS:
        if spec.name in tables:
            write_table(tables[spec.name], out / f"{spec.name}.csv", spec)
    write_descriptor(out)
    return out


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m wohnlib.data.intake")
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--register-only", action="store_true", help="nur datapackage.json neu schreiben")
    options = parser.parse_args(argv)
    try:
        if options.register_only:
            write_descriptor(paths.raw())
        else:
            intake(options.region)
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
