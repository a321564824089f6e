"""Read the alliance's file: its names and lines, and everything that is wrong with it, in German."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wohnlib.alliance.forms import KEY
from wohnlib.areas import Areas
from wohnlib.errors import Fault, InputError, fault
from wohnlib.strict_yaml import Lines, parse, row_of
from wohnlib.words import Words


def parsed(path: Path, file: str) -> tuple[Any, Lines]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError([fault("alliance_encoding", file=file)]) from None
    return parse(
        text, file, empty="alliance_empty", twice="alliance_twice", syntax="alliance_syntax", shown=_field
    )


def form_faults(error: ValidationError, lines: Lines, file: str) -> Iterator[Fault]:
    for item in error.errors():
        way = tuple(str(p) for p in item["loc"] if p != "[key]")
        name, row = _field(way), row_of(lines, way)
        if item["type"] == "extra_forbidden":
            yield fault("alliance_unknown", file=file, row=row, found=name)
        elif item["type"] == "missing":
            yield fault("alliance_lacks", file=file, row=row, column=name)
        elif item["type"] == "literal_error":
            allowed = str(item.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
            yield fault(
                "alliance_choice", file=file, row=row, column=name, found=item["input"], allowed=allowed
            )
        else:
            found = item["input"] if not isinstance(item["input"], (dict, list)) else None
            yield fault("alliance_value", file=file, row=row, column=name, found=found)


def _field(way: tuple[str, ...]) -> str:
    """Return a place in the file as people count: `targets, Eintrag 2, year`."""
    words = Words("de")
    return ", ".join(words("alliance.entry", n=int(p) + 1) if p.isdigit() else p for p in way)


def _entries(data: Any, name: str) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """Yield (way, entry) of a list of the file, as far as it has the expected form."""
    rows = data.get(name)
    for k, item in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(item, dict):
            yield (name, str(k)), item


def _texts(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def key_faults(data: Any, areas: Areas, lines: Lines, file: str) -> Iterator[Fault]:
    """Yield keys and names that the file does not know; what has no valid form is told by the model."""
    yield from _wrong_units(data, areas, lines, file)
    names = [m["name"] for _, m in _entries(data, "members") if isinstance(m.get("name"), str)]
    for way, member in _entries(data, "members"):
        if member.get("kind") == "municipality" and member.get("ags") is None:
            yield fault("alliance_no_key", file=file, row=row_of(lines, way), column=_field((*way, "ags")))
    for way, target in _entries(data, "targets"):
        for who in _texts(target.get("who")):
            if names and who not in names:
                here, known = (*way, "who"), ", ".join(sorted(names))
                yield fault(
                    "alliance_who",
                    file=file,
                    row=row_of(lines, here),
                    column=_field(here),
                    found=who,
                    known=known,
                )
    shares = data.get("distribution")
    if isinstance(shares, dict) and shares and not any(shares.values()):
        yield fault(
            "alliance_no_weight", file=file, row=row_of(lines, ("distribution",)), column="distribution"
        )


def _wrong_units(data: Any, areas: Areas, lines: Lines, file: str) -> Iterator[Fault]:
    """Yield keys that are no units of the region, and units that stand twice in one sub-region."""
    for name in ("members", "targets"):
        for way, item in _entries(data, name):
            key, here = item.get("ags"), (*way, "ags")
            if _is_key(key) and key != areas.region:
                yield from _placed(areas.faults_of(key), lines, here, file)
    for way, part in _entries(data, "subregions"):
        keys = _texts(part.get("units"))
        for n, key in enumerate(keys):
            if _is_key(key):
                yield from _placed(areas.faults_of(key), lines, (*way, "units", str(n)), file)
        twice = (*way, "units")
        for key in sorted({k for k in keys if keys.count(k) > 1}):
            yield fault(
                "alliance_unit_twice", file=file, row=row_of(lines, way), column=_field(twice), found=key
            )


def _is_key(key: Any) -> bool:
    return isinstance(key, str) and bool(re.fullmatch(KEY, key))


def _placed(found: list[Fault], lines: Lines, way: tuple[str, ...], file: str) -> Iterator[Fault]:
    for item in found:
        yield replace(item, file=file, row=row_of(lines, way), column=_field(way))
