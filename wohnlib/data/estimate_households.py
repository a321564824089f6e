"""Estimate household member rates from all municipalities of Zensus 2022.

Command: `python -m wohnlib.data.estimate_households` (reads `paths.shared()`, writes `data/raw/derived/`).
"""

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from wohnlib import paths
from wohnlib.data import germany
from wohnlib.data.estimate_households_write import write_all
from wohnlib.data.germany import Germany
from wohnlib.data.household_fit import (
    CLASSES,
    Rows,
    Settings,
    class_of,
    fit,
    national,
    type_preference,
    usable,
)
from wohnlib.errors import InputError, fault
from wohnlib.model import quotas
from wohnlib.model.quotas import Array

FOLDS = 5
TESTED = (5_000, 20_000)  # persons; municipalities in which errors are measured


def predicted(g: Germany, s: Settings, rates: Array, rows: Rows) -> Array:
    """Return households by size (area, 5) from age structure and class alone; mean sizes from `rows`."""
    out = np.zeros((len(g.total), 5))
    for c in range(len(CLASSES)):
        member = class_of(g, s) == c
        size = np.array([1.0, 2.0, 3.0, 4.0, g.mean_5plus(rows & member)])
        out[member] = quotas.households(g.private[member], quotas.by_size(rates[c]), size)
    return out


def cross_validated(g: Germany, s: Settings, prior: Array) -> dict[str, Any]:
    """Return absolute errors in per cent, Kreise left out in turn, by age structure alone."""
    _, kreis = np.unique(g.kreis, return_inverse=True)
    out = np.zeros((len(g.total), 5))
    for k in range(FOLDS):
        left_out = kreis % FOLDS == k
        out[left_out] = predicted(g, s, fit(g, s, prior, ~left_out), ~left_out)[left_out]
    tested = _tested(g)
    real = g.by_size
    return {
        "municipalities": int(tested.sum()),
        "all_sizes": _errors(out[tested].sum(axis=1), real[tested].sum(axis=1)),
        **{f"size_{n}": _errors(out[tested, i], real[tested, i]) for i, n in enumerate(quotas.SIZES)},
    }


def _tested(g: Germany) -> Rows:
    return np.asarray((g.total >= TESTED[0]) & (g.total <= TESTED[1]))


def senior_check(g: Germany, s: Settings, rates: Array) -> dict[str, float]:
    """Return errors in per cent of senior-only households after a calibration to household sizes only."""
    f = quotas.equations(s.seniors_per_mixed)
    rows = np.flatnonzero(_tested(g) & usable(g, s))
    out = np.zeros(len(rows))
    for k, i in enumerate(rows):
        share, everyone = g.private[i] / g.private[i].sum(), g.persons[i].sum()
        m = quotas.tilt(rates[class_of(g, s)[i]], share, f[:5], g.persons[i] / everyone)
        out[k] = everyone * (np.einsum("a,ac,ac->", share, f[5], m) + s.seniors_three)
    return _errors(out, g.senior[rows, 0])


def _errors(estimate: Array, real: Array) -> dict[str, float]:
    off = 100.0 * np.abs(estimate / real - 1.0)
    bias = 100.0 * (estimate.sum() / real.sum() - 1.0)
    return {
        k: round(float(v), 2) for k, v in (("median", np.median(off)), ("mean", off.mean()), ("bias", bias))
    }


def diagnostics(g: Germany, s: Settings, prior: Array, rates: Array, mean: Array) -> dict[str, Any]:
    """Return what the estimate was made of, how well it balances and how far it misses unseen Kreise."""
    sizes = g.by_size.sum(axis=0)
    back = quotas.households(
        g.private.sum(axis=0), quotas.by_size(mean), np.array([1.0, 2.0, 3.0, 4.0, g.mean_5plus()])
    )
    old = g.private.sum(axis=0)[quotas.FIRST_SENIOR :]
    return {
        "settings": dataclasses.asdict(s),
        "municipalities": len(g.total),
        "municipalities_in_the_fit": int(usable(g, s).sum()),
        "persons_in_private_households": round(float(g.private.sum())),
        "mean_size_6plus": round(g.mean_6plus, 4),
        "mean_size_5plus": round(g.mean_5plus(), 4),
        "living_alone_65plus": round(float(old @ mean[quotas.FIRST_SENIOR :, 0] / old.sum()), 4),
        "national_households_off_percent": [round(float(v), 3) for v in 100.0 * (back / sizes - 1.0)],
        "cross_validation_5000_20000_percent": cross_validated(g, s, prior),
        "senior_only_5000_20000_percent": senior_check(g, s, rates),
    }


def links(g: Germany, s: Settings, rates: Array, mean: Array) -> list[tuple[str, float, str]]:
    """Return what ties senior-only households to the rates: (item, value, unit)."""
    old = slice(quotas.FIRST_SENIOR, None)
    per = [("", mean, np.ones(len(g.total), dtype=bool))]
    per += [(f"_{name}", rates[c], class_of(g, s) == c) for c, name in enumerate(CLASSES)]
    found = []
    for suffix, m, rows in per:
        people = g.private[rows].sum(axis=0)
        same, mixed = people[old] @ m[old, 1], people[old] @ m[old, 5]
        simple = people[old] @ m[old, 0] + same / 2
        three = s.seniors_three * g.persons[rows].sum()
        found.append((f"partner_senior_share{suffix}", float(same / (same + mixed)), "share"))
        found.append((f"other_senior_households{suffix}", float(three / simple), "households per household"))
        found.append((f"mean_size_5plus{suffix}", g.mean_5plus(rows), "persons per household"))
    ratio = mean[old, 1] / (mean[old, 1] + mean[old, 5])
    for age, value in zip(quotas.AGE_FROM[old], ratio, strict=True):
        found.append((f"partner_senior_share_age_{age}", float(value), "share"))
    found.append(("mean_size_6plus", g.mean_6plus, "persons per household"))
    found.append(("seniors_per_mixed_household", s.seniors_per_mixed, "persons per household"))
    return found


def _rate_rows(rates: Array) -> pd.DataFrame:
    share = quotas.rounded(quotas.by_size(rates))
    first = np.repeat(quotas.AGE_FROM, len(quotas.SIZES))
    last = [str(a + 4) if a < quotas.AGE_FROM[-1] else "" for a in first]
    size = np.tile(quotas.SIZES, len(quotas.AGE_FROM))
    text = [f"{v:.{quotas.DIGITS}f}" for v in share.ravel()]
    return pd.DataFrame({"age_from": first, "age_to": last, "size": size, "share": text})


def estimate(s: Settings | None = None) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the tables by name, with numbers as they are written, and the diagnostics."""
    s = s or Settings()
    g, prior = germany.read(), germany.prior_shape()
    rates = fit(g, s, prior)
    mean = national(g, s, rates)
    classes = [_rate_rows(r).assign(place_size=c) for r, c in zip(rates, CLASSES, strict=True)]
    prefer = np.rint(type_preference(g, s) * 10**quotas.DIGITS) / 10**quotas.DIGITS
    both = np.column_stack([prefer, 1.0 - prefer]).ravel()
    tables = {
        "household_member_rates": _rate_rows(mean),
        "household_member_rates_by_place_size": pd.concat(classes)[
            ["place_size", "age_from", "age_to", "size", "share"]
        ],
        "senior_household_links": pd.DataFrame(
            [(i, f"{v:.{quotas.DIGITS}f}", u) for i, v, u in links(g, s, rates, mean)],
            columns=["item", "value", "unit"],
        ),
        "household_type_preference": pd.DataFrame(
            {
                "size": np.repeat(quotas.SIZES, 2),
                "type": ["ezfh", "mfh"] * len(quotas.SIZES),
                "share": [f"{v:.{quotas.DIGITS}f}" for v in both],
            }
        ),
    }
    return tables, diagnostics(g, s, prior, rates, mean)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m wohnlib.data.estimate_households")
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args(argv)
    if not paths.shared().is_dir():
        print(InputError([fault("quotas_no_delivery", file=paths.shared().name)]), file=sys.stderr)
        return InputError.exit_code
    try:
        tables, found = estimate()
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    write_all(tables, found, options.out or paths.raw())
    return 0


if __name__ == "__main__":
    sys.exit(main())
