"""The map of the Landkreis: real boundaries, coloured by a rate, each unit a link with its name on it.

Plate carrée around the middle of the Landkreis (x = λ·cos φ₀, y = φ), which at this size is off by less than
the width of a line. The picture is written by `map.svg.j2` with presentation attributes only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from wohnlib.areas import in_places
from wohnlib.data import tables
from wohnlib.report import figure as f
from wohnlib.report.exporter import render_part
from wohnlib.report.map_places import (
    LINE,
    SIZE,
    SIZE_NUMBER,
    WIDTH,
    Rings,
    inside,
    label,
    label_of,
    outline_of,
    path_of,
    place,
    place_of,
    project,
)
from wohnlib.report.page import Block, clean
from wohnlib.report.page import name as name_of
from wohnlib.words import Words

__all__ = [
    "FILLS",
    "WIDTH",
    "Shape",
    "Unit",
    "boundaries",
    "class_bounds",
    "class_of",
    "district_map",
    "extremes",
    "inside",
    "label",
    "place",
    "project",
    "steps",
]

# Light to dark; the text on each has at least 4.5 : 1. The legend takes them from the style sheet.
FILLS = ("#dbe9eb", "#b5d5d9", "#7fb5bd", "#2b768c", "#0b4257")
_CLASSES = len(FILLS)


@dataclass(frozen=True)
class Unit:
    """What the map says about one unit; `value` is a whole number, as it is printed."""

    key: str
    name: str
    href: str | None  # None: there is no report yet
    value: int
    text: str  # name of the link, for screen readers and as tooltip
    place: str = ""  # the name with its preposition; without it "in" stands before the name


@dataclass(frozen=True)
class Shape:
    """A unit as it is drawn: its path, its lines of text and where they stand."""

    unit: Unit
    number: int
    path: str
    fill: str
    ink: str
    lines: tuple[str, ...]  # name and value; none where they would not fit
    value: str
    at: tuple[float, float]
    size: float
    number_at: tuple[float, float]


def boundaries(keys: Sequence[str]) -> dict[str, Rings]:
    """Return the rings of the units in degrees (lon, lat)."""
    table = tables.load("boundaries")
    table = table[table["ags"].isin(keys)]
    found: dict[str, Rings] = {}
    for (key, _, _), ring in table.groupby(["ags", "part", "ring"], sort=True):
        found.setdefault(str(key), []).append(ring[["lon", "lat"]].to_numpy(float))
    return found


def class_bounds(values: Sequence[int]) -> list[int]:
    """Return at most six round whole bounds of classes [b₀,b₁), [b₁,b₂) … of equal width over all values."""
    low, high = min(values), max(values)
    for step in _round_steps():
        first, last = low // step, high // step + 1
        if last - first <= _CLASSES:
            return [step * k for k in range(first, last + 1)]
    raise AssertionError("steps have no end")


def _round_steps() -> Iterator[int]:
    yield from (1, 2, 5)
    for power in count(1):
        yield from (10**power, 2 * 10**power, 25 * 10 ** (power - 1), 5 * 10**power)


def class_of(value: int, bounds: Sequence[int]) -> int:
    return int(np.searchsorted(bounds, value, side="right")) - 1


def steps(number: int) -> list[int]:
    """Return `number` places on the scale of colours, from light to dark, spread over it."""
    return [1] if number == 1 else [round(k * (_CLASSES - 1) / (number - 1)) for k in range(number)]


def district_map(
    units: Sequence[Unit],
    words: Words,
    *,
    title: str,
    legend: str,
    source: str,
    rings: Mapping[str, Rings] | None = None,
    mark: str = "karte",
    description: str | None = None,
) -> Block:
    """Return the map of all units with its legend, its source and, for phones, the key to its numbers.

    `mark` begins the ids of the map and must differ between the maps of a page; `description` says the map in
    words, by default that of dwellings still to be built.
    """
    placed, height = project(rings or boundaries([u.key for u in units]))
    bounds = class_bounds([u.value for u in units])
    scale = steps(len(bounds) - 1)
    unlinked = words("page.map_to_report")
    units = [
        replace(u, name=name_of(u.name), text=clean(u.text if u.href else u.text.removesuffix(unlinked)))
        for u in units
    ]
    shapes = []
    for number, unit in enumerate(units, start=1):
        own = placed[unit.key]
        value = words.number(unit.value, "int")
        outline = outline_of(own)
        lines, at, size = label_of(outline, unit.name, value)
        x, y, _ = place_of(outline, f.text_width(str(number), SIZE_NUMBER, bold=True), SIZE_NUMBER)
        fill = FILLS[scale[class_of(unit.value, bounds)]]
        shapes.append(
            Shape(unit, number, path_of(own), fill, f.on_fill(fill), lines, value, at, size, (x, y))
        )
    keys = [
        (step, words("map.class", low=low, high=high - 1) if high - low > 1 else words.number(low, "int"))
        for step, low, high in zip(scale, bounds, bounds[1:], strict=False)
    ]
    before, hint, after = source.partition(words("page.map_hint"))
    return render_part(
        "map.html.j2", words=words, shapes=shapes, keys=keys, title=clean(title), legend=legend,
        before=before, hint=hint if any(u.href for u in units) else "", after=after,
        partly=any(not s.lines for s in shapes),
        width=WIDTH, height=round(height, 1), size=SIZE, size_number=SIZE_NUMBER, line=LINE,
        fonts=f.FONTS, description=_description(units, words) if description is None else clean(description),
        mark=mark,
    )  # fmt: skip


def extremes(units: Sequence[Unit], words: Words) -> dict[str, object]:
    """Return lowest and highest value with the places ("in …") of all units that have it."""
    low, high = min(u.value for u in units), max(u.value for u in units)

    def named(value: int) -> str:
        found = [u.place or words("inplace.plain", name=u.name) for u in units if u.value == value]
        return in_places(found, words)

    return {"low": low, "lowest": named(low), "high": high, "highest": named(high)}


def _description(units: Sequence[Unit], words: Words) -> str:
    ends = extremes(units, words)
    same = ends["low"] == ends["high"]
    text = (
        words("map.description_same", n=len(units), value=ends["low"])
        if same
        else words("map.description", n=len(units), **ends)
    )
    return text if all(u.href for u in units) else text.removesuffix(words("page.map_all_linked"))
