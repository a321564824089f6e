"""What a run rested on and what came of it, as one text file that two runs can be compared by.

A manifest holds the checksums of every input, the versions of the programs, the whole scenario, the seed and
the results of every unit; neither a time nor a path of a machine. The same state gives the same bytes.
"""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wohnlib import __version__, paths
from wohnlib.assess import Assessment
from wohnlib.errors import Fault, InputError, fault
from wohnlib.scenario import Scenario

NAME = "manifest.json"
EARLIER = "manifest_earlier.json"  # the last manifest of the same folder that says something else
FORMAT = 1
PACKAGES = ("numpy", "pandas", "scipy")  # whose versions could move a result
_METHOD = ("model", "steps", "data", "local", "scenario")  # parts of the package that compute; the rest shows
_METHOD_FILES = ("assess.py", "inputs*.py", "strict_yaml.py")
RESULTS = ("to_build_ezfh", "to_build_mfh", "need_ezfh", "need_mfh", "surplus_ezfh", "surplus_mfh",
           "people", "households")  # fmt: skip
Manifest = Mapping[str, Any]


def manifest_of(result: Assessment) -> dict[str, Any]:
    """Return the manifest of a result; results are whole numbers at the horizon, by unit."""
    scenario = result.scenario
    return {
        "format": FORMAT,
        "region": result.inputs.areas.region,
        "scenario": scenario.model_dump(mode="json"),
        "seed": seed_of(scenario),
        "versions": {"wohnlib": __version__, "python": _python(), **{p: version(p) for p in PACKAGES}},
        "method": method_checksum(),
        "inputs": input_checksums(result.inputs.areas.region, result.inputs.areas.keys),
        "results": results_of(result),
    }


def results_of(result: Assessment) -> dict[str, dict[str, int]]:
    """Return the whole numbers of every unit at the horizon, named as in `RESULTS`."""
    printed = result.printed
    columns = [
        *printed.to_build[:, -1].T, *printed.signed[:, -1].T, *printed.surplus[:, -1].T,
        printed.pop[:, -1].sum((1, 2)), printed.households[:, -1].sum(1),
    ]  # fmt: skip
    return {
        key: {name: int(column[g]) for name, column in zip(RESULTS, columns, strict=True)}
        for g, key in enumerate(result.inputs.areas.keys)
    }


def seed_of(scenario: Scenario) -> int | None:
    """Return the seed of the draws, if the scenario draws at all."""
    found = dict(scenario.assumptions()).get("uncertainty.seed")
    return None if found is None else int(found.value)


def _python() -> str:
    return ".".join(platform.python_version_tuple()[:2])


def method_checksum() -> str:
    """Return one checksum of all modules that compute."""
    package = Path(__file__).resolve().parent
    files = [p for part in _METHOD for p in (package / part).rglob("*.py")]
    files += [p for name in _METHOD_FILES for p in package.glob(name)]
    return _checksum((p.relative_to(package).as_posix(), p.read_bytes()) for p in sorted(files))


def input_checksums(region: str, keys: Iterable[str]) -> dict[str, str]:
    """Return the checksums of all tables of figures and of the files the municipalities brought."""
    folders = [paths.raw(), *(paths.home() / "data" / "local" / key for key in (region, *keys))]
    files = [p for folder in folders if folder.is_dir() for p in folder.rglob("*") if _is_table(p)]
    return {paths.shown(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(files)}


def _is_table(path: Path) -> bool:
    return path.is_file() and path.suffix in (".csv", ".xlsx", ".yaml") and path.name[0] not in ".~"


def _checksum(items: Iterable[tuple[str, bytes]]) -> str:
    total = hashlib.sha256()
    for name, content in items:
        total.update(name.encode() + b"\0" + content.replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()


def as_text(manifest: Manifest) -> str:
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_all(places: Iterable[Path]) -> list[dict[str, Any]]:
    """Return the manifests of several runs; all faults at once."""
    found: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for place in places:
        try:
            found.append(read(place))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


def read(path: Path, named: str = "") -> dict[str, Any]:
    """Return the manifest in a file, or in a folder of reports; one that is none is an `InputError`.

    Faults name the path as it was given, or as `named` says.
    """
    file = named or path.as_posix()
    if not path.exists():
        raise InputError([fault("manifest_nowhere", file=file)])
    path = path / NAME if path.is_dir() else path
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError([fault("manifest_missing", file=file)]) from None
    except ValueError:
        raise InputError([fault("manifest_broken", file=file)]) from None
    parts = ("region", "scenario", "versions", "method", "inputs", "results")
    if not isinstance(found, dict) or found.get("format") != FORMAT or any(p not in found for p in parts):
        raise InputError([fault("manifest_broken", file=file)])
    return found


def earlier_text(folder: Path, text: str) -> str | None:
    """Return what the manifest of the run before this one says; None if there was none.

    A run that says the same as the last keeps the one before it, so that a repeated run changes nothing.
    """
    try:
        last = (folder / NAME).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    if last != text:
        return last
    try:
        return (folder / EARLIER).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
