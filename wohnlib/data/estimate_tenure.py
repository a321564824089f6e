"""Write the tables on owners and renters: `python -m wohnlib.data.estimate_tenure` (needs the delivered files)."""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from wohnlib import paths
from wohnlib.data import germany, tenure_fit
from wohnlib.data.estimate_households_write import CENSUS_DAY, PUBLISHED
from wohnlib.errors import InputError, fault
from wohnlib.model import quotas
from wohnlib.model.segments import SEGMENTS
from wohnlib.words import Words

COMMAND = "python -m wohnlib.data.estimate_tenure"
KEYS = {"tenure_preference": ["age_from", "size", "type", "tenure"], "tenure_by_type": ["type", "tenure"]}
_TEXT = {"type": "string", "constraints": {"required": True}}
FIELDS: dict[str, dict[str, Any]] = {
    "age_from": {"type": "integer", "unit": "years", "constraints": {"required": True, "maximum": 120}},
    "age_to": {"type": "integer", "unit": "years", "constraints": {"maximum": 120}},
    "size": {**_TEXT, "constraints": {"required": True, "enum": list(quotas.SIZES)}},
    "type": {**_TEXT, "constraints": {"required": True, "enum": ["ezfh", "mfh"]}},
    "tenure": {**_TEXT, "constraints": {"required": True, "enum": ["own", "rent"]}},
    "share": {
        "type": "number",
        "unit": "share",
        "constraints": {"required": True, "minimum": 0, "maximum": 1},
    },
}


def tables(found: tenure_fit.Fit) -> dict[str, pd.DataFrame]:
    """Return the two tables in the order of their keys; shares of a household sum to 1."""
    ages = tenure_fit.AGE_FROM
    flat = quotas.rounded(found.preference.reshape(-1, len(SEGMENTS)))
    rows = []
    for (c, n), shares in zip(np.ndindex(len(ages), len(quotas.SIZES)), flat, strict=True):
        to: int | str = ages[c + 1] - 1 if c + 1 < len(ages) else ""
        for segment, share in zip(SEGMENTS, shares, strict=True):
            rows.append((ages[c], to, quotas.SIZES[n], *segment.split("_"), f"{share:.5f}"))
    whole = quotas.rounded(found.by_type.reshape(1, -1))[0]
    return {
        "tenure_preference": pd.DataFrame(rows, columns=list(FIELDS)),
        "tenure_by_type": pd.DataFrame(
            [(*s.split("_"), f"{v:.5f}") for s, v in zip(SEGMENTS, whole, strict=True)],
            columns=["type", "tenure", "share"],
        ),
    }


def diagnostics(g: germany.Germany, found: tenure_fit.Fit) -> dict[str, Any]:
    """Return what shows how good the estimate is."""
    rates = pd.read_csv(paths.raw() / "derived" / "household_member_rates.csv", dtype={"size": str})
    wide = rates.pivot(index="age_from", columns="size", values="share")[list(quotas.SIZES)].to_numpy(float)
    size = np.array([1.0, 2.0, 3.0, 4.0, g.mean_5plus()])
    own, ezfh = found.by_type[:, 0].sum(), found.by_type[0].sum()
    return {
        "municipalities": len(g.total),
        "municipalities_in_the_fit": int(found.rows.sum()),
        "share_ezfh": round(float(ezfh), 4),
        "share_owners": round(float(own), 4),
        "owners_in_ezfh": round(float(found.by_type[0, 0] / ezfh), 4),
        "owners_in_mfh": round(float(found.by_type[1, 0] / (1 - ezfh)), 4),
        "ezfh_by_size": [round(float(v), 3) for v in found.size[0]],
        "owners_by_size": [round(float(v), 3) for v in found.size[1]],
        "ezfh_by_age": [round(float(v), 3) for v in found.age[0]],
        "owners_by_age": [round(float(v), 3) for v in found.age[1]],
        "owner_share_by_age_and_size_alone": tenure_fit.explained(g, found, wide, size),
    }


def describe(name: str, text: str, found: dict[str, Any], words: Words) -> dict[str, Any]:
    """Return the descriptor of a table from its text."""
    columns = text.partition("\n")[0].split(",")
    return {
        "name": name,
        "path": f"derived/{name}.csv",
        "title": words(f"rawtable.{name}"),
        "description": words(f"rawnote.{name}"),
        "encoding": "utf-8",
        "format": "csv",
        "schema": {
            "fields": [
                {"name": c, **FIELDS[c], "description": words(f"rawcolumn.tenure_{c}")} for c in columns
            ],
            "missingValues": [""],
            "primaryKey": KEYS[name],
        },
        "office": words("quotasource.office"),
        "tableCode": words("quotasource.table"),
        "terms": {"name": words("quotasource.terms"), "attribution": words("quotasource.attribution")},
        "gebietsstand": CENSUS_DAY,
        "referenceDate": CENSUS_DAY,
        "published": PUBLISHED,
        "publishedField": None,
        "sources": [{"path": f} for f in germany.FILES],
        "estimated": True,
        "rating": "red",
        "sha256": sha256(text.encode("utf-8")).hexdigest(),
        "command": COMMAND,
        "diagnostics": found,
    }


def write(folder: Path) -> None:
    """Estimate and write the tables with their descriptors to `folder`; the same input gives the same bytes."""
    g = germany.read()
    found = tenure_fit.fit(g)
    figures, words = diagnostics(g, found), Words("de")
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables(found).items():
        text = table.to_csv(index=False, lineterminator="\n")
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))
        entry = json.dumps(describe(name, text, figures, words), ensure_ascii=False, indent=1) + "\n"
        (folder / f"{name}.descriptor.json").write_bytes(entry.encode("utf-8"))


def main() -> int:
    if not paths.shared().exists():
        missing = InputError([fault("delivery_folder", file=paths.shared().name)])
        print(missing, file=sys.stderr)
        return missing.exit_code
    write(paths.raw() / "derived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
