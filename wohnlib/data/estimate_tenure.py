"""Write the tables on owners and renters: `python -m wohnlib.data.estimate_tenure` (needs the delivered files)."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from wohnlib import paths
from wohnlib.data import germany, tenure_fit
from wohnlib.data.derived import Derived, write_derived
from wohnlib.data.estimate_households_write import estimated_origin
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


def described(name: str, table: pd.DataFrame, found: dict[str, Any], words: Words) -> Derived:
    """Return a table with what its descriptor says."""
    return Derived(
        name,
        table.to_csv(index=False, lineterminator="\n"),
        title=words(f"rawtable.{name}"),
        note=words(f"rawnote.{name}"),
        fields=[{"name": c, "description": words(f"rawcolumn.tenure_{c}"), **FIELDS[c]} for c in table],
        key=KEYS[name],
        origin=estimated_origin(words, COMMAND, "red"),
        sources=germany.FILES,
        diagnostics=found,
    )


def write(raw: Path) -> None:
    """Estimate and write the tables with descriptors to `raw`/derived; the same input gives the same bytes."""
    g = germany.read()
    found = tenure_fit.fit(g)
    figures, words = diagnostics(g, found), Words("de")
    write_derived(raw, [described(n, t, figures, words) for n, t in tables(found).items()])


def main() -> int:
    if not paths.shared().exists():
        missing = InputError([fault("delivery_folder", file=paths.shared().name)])
        print(missing, file=sys.stderr)
        return missing.exit_code
    try:
        write(paths.raw())
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
