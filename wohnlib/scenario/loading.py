"""Read scenarios: a complete one, or one that is laid over the scenario it names."""

from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wohnlib import paths, strict_yaml
from wohnlib.errors import InputError, fault
from wohnlib.scenario.assumptions import Scenario
from wohnlib.scenario.faults import form_faults, own_faults
from wohnlib.strict_yaml import Lines


def names() -> list[str]:
    """Return the names of all scenario files, base first."""
    found = sorted(p.stem for p in paths.scenarios().glob("*.yaml"))
    return sorted(found, key=lambda n: (n != "base", n))


def load(name: str = "base") -> Scenario:
    """Return the scenario `name` of the folder `scenarios/`, complete and checked."""
    if name not in names():
        near = get_close_matches(str(name), names(), n=3, cutoff=0.4) or names()
        raise InputError([fault("scenario_name", found=name, near=", ".join(near))])
    return load_file(paths.scenarios() / f"{name}.yaml")


def load_file(path: Path) -> Scenario:
    """Return the scenario in `path`; a file with `based_on` is laid over the scenario it names."""
    data, lines = read(path)
    base = data.get("based_on")
    if base is not None:
        if not isinstance(base, str) or base == path.stem or base not in names():
            near = ", ".join(n for n in names() if n != path.stem)
            raise InputError(
                [
                    fault(
                        "scenario_base",
                        file=paths.shown(path),
                        row=lines.get(("based_on",)),
                        found=base,
                        near=near,
                    )
                ]
            )
        load_file(paths.scenarios() / f"{base}.yaml")  # its own faults are named as its own
        under, _ = read(paths.scenarios() / f"{base}.yaml")
        if under.get("based_on") is not None:
            raise InputError([fault("scenario_chain", file=paths.shown(path), found=base)])
        data = overlay(under, data)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise InputError(form_faults(error, lines, paths.shown(path))) from None
    faults = own_faults(scenario, lines, paths.shown(path), path.stem)
    if faults:
        raise InputError(faults)
    return scenario


def overlay(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return `under` with the entries of `over` laid upon it, level by level."""
    merged = dict(under)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = overlay(merged[key], value)
        else:
            merged[key] = value
    return merged


def read(path: Path) -> tuple[dict[str, Any], Lines]:
    """Return a YAML file as nested dicts and the line of every name."""
    shown = paths.shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise InputError([fault("scenario_missing", file=shown)]) from None
    except UnicodeDecodeError:
        raise InputError([fault("scenario_encoding", file=shown)]) from None
    return _parse(text, shown)


@lru_cache(maxsize=32)
def _parse(text: str, shown: str) -> tuple[dict[str, Any], Lines]:
    """Return the text of a YAML file as nested dicts and the line of every name; nobody changes them."""
    return strict_yaml.parse(
        text, shown, empty="scenario_empty", twice="scenario_twice", syntax="scenario_syntax"
    )
