"""What a comparison of two runs reads: the manifests' results, scenarios, tables and programs, earlier tables."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from wohnlib import manifest as manifests
from wohnlib.assess import Assessment, assess
from wohnlib.errors import InputError, fault
from wohnlib.manifest import Manifest
from wohnlib.scenario import Scenario

Whole = NDArray[np.int64]


def totals(manifest: Manifest, keys: Sequence[str]) -> Whole:
    """Return the dwellings still to be built of every unit (area,), as a manifest holds them."""
    rows = [manifest["results"][k] for k in keys]
    return np.array([r["to_build_ezfh"] + r["to_build_mfh"] for r in rows], dtype=np.int64)


def printed(result: Assessment) -> Whole:
    """Return the dwellings still to be built of every unit (area,), as reports print them."""
    return result.printed.to_build[:, -1].sum(-1)


def scenario_of(manifest: Manifest, fallback: Manifest) -> Scenario:
    """Return the scenario that a manifest holds.

    Assumptions that came into the method later have the values of `fallback`; those that left it are dropped.
    """
    known = _fitted(manifest["scenario"], fallback["scenario"])
    try:
        return Scenario.model_validate(known)
    except ValidationError:
        raise InputError([fault("manifest_broken", file=manifests.NAME)]) from None


def _fitted(data: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    if "value" in like:
        return dict(data) if "value" in data else dict(like)
    out = {}
    for key, other in like.items():
        own = data.get(key, other)
        out[key] = _fitted(own, other) if isinstance(own, dict) and isinstance(other, dict) else own
    return out


def with_earlier_data(scenario: Scenario, folder: Path | None) -> Whole | None:
    """Return what a scenario gives with today's method and the earlier tables, if that can be computed."""
    if folder is None:
        return None
    from wohnlib import session
    from wohnlib.data.prepare import prepare

    with _workbook_of(folder):
        try:
            prepare(force=True)
            session.inputs.cache_clear()
            return printed(assess(session.inputs_of(scenario, scenario.region), scenario))
        except (InputError, OSError):
            return None
        finally:
            session.inputs.cache_clear()


@contextmanager
def _workbook_of(data: Path) -> Iterator[None]:
    """Let the workbook be one that holds a copy of this folder `data`, for as long as the block runs."""
    before = os.environ.get("WOHNLIB_HOME")
    with tempfile.TemporaryDirectory(prefix="wohnlib-") as name:
        for part in ("raw", "local"):
            if (data / part).is_dir():
                shutil.copytree(data / part, Path(name) / "data" / part)
        os.environ["WOHNLIB_HOME"] = name
        try:
            yield
        finally:
            if before is None:
                del os.environ["WOHNLIB_HOME"]
            else:
                os.environ["WOHNLIB_HOME"] = before


def tables(old: Manifest, new: Manifest) -> tuple[tuple[str, str], ...]:
    """Return which files of input differ, as (new | gone | changed, file)."""
    before, after = old["inputs"], new["inputs"]
    kinds = {
        n: "new" if n not in before else "gone" if n not in after else "changed" for n in {*before, *after}
    }
    return tuple((kinds[n], n) for n in sorted(kinds) if before.get(n) != after.get(n))


def programs(old: Manifest, new: Manifest) -> tuple[tuple[str, str, str], ...]:
    """Return which programs differ, as (name, version before, version after)."""
    before, after = old["versions"], new["versions"]
    names = sorted({*before, *after})
    return tuple((n, before.get(n, ""), after.get(n, "")) for n in names if before.get(n) != after.get(n))
