"""The map of the Landkreis: real boundaries, coloured by a rate, each unit a link with its name on it.

Plate carrée around the middle of the Landkreis (x = λ·cos φ₀, y = φ), which at this size is off by less than
the width of a line. The picture is written by `map.svg.j2` with presentation attributes only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count, pairwise
from math import cos, hypot, radians

import numpy as np
from numpy.typing import NDArray

from wohnlib.data import tables
from wohnlib.report import figure as f
from wohnlib.report.exporter import render_part
from wohnlib.report.page import Block, clean
from wohnlib.report.page import name as name_of
from wohnlib.words import Words

Array = NDArray[np.float64]
Rings = list[Array]  # each (point, 2), x to the right, y downwards
# Light to dark; the text on each has at least 4.5 : 1. The legend takes them from the style sheet.
FILLS = ("#dbe9eb", "#b5d5d9", "#7fb5bd", "#2b768c", "#0b4257")
WIDTH = 560.0  # units of the picture; one unit is at most one pixel on a screen
EDGE = 4.0
SIZE, SIZE_NUMBER = 12.5, 27.0  # height of names; of the numbers that stand for them on a phone
_LINE = 1.22
_SMALLEST = 10.0
_LEAST_ROOM = 0.95  # share of the room for the smallest size below which a label is left out
_STEP = 5.0  # grid on which places for labels are tried
_CLASSES = len(FILLS)


@dataclass(frozen=True)
class Unit:
    """What the map says about one unit; `value` is a whole number, as it is printed."""

    key: str
    name: str
    href: str | None  # None: there is no report yet
    value: int
    text: str  # name of the link, for screen readers and as tooltip


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


def project(
    rings: Mapping[str, Rings], width: float = WIDTH, edge: float = EDGE
) -> tuple[dict[str, Rings], float]:
    """Return the rings in units of the picture, and its height."""
    points = np.concatenate([ring for many in rings.values() for ring in many])
    west, south = points.min(0)
    east, north = points.max(0)
    narrow = cos(radians((south + north) / 2))
    scale = (width - 2 * edge) / ((east - west) * narrow)
    placed = {
        key: [np.column_stack([(r[:, 0] - west) * narrow, north - r[:, 1]]) * scale + edge for r in many]
        for key, many in rings.items()
    }
    return placed, float((north - south) * scale + 2 * edge)


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


def inside(points: Array, rings: Rings) -> NDArray[np.bool_]:
    """Return which points lie in an area (even–odd rule)."""
    x, y = points[:, 0, None], points[:, 1, None]
    crossings = np.zeros(len(points), int)
    for ring in rings:
        (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
        spans = (y0 > y) != (y1 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            cut = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
        crossings += (spans & (x < cut)).sum(1)
    return crossings % 2 == 1


def place(rings: Rings, width: float, height: float) -> tuple[float, float, float]:
    """Return (x, y, room): where a box of a width and height fits best, and by which factor it could grow.

    Distances to the border are measured so that the box is a square of half side 1 (Chebyshev); the place
    with the largest distance is the pole of inaccessibility for that shape of box.
    """
    outline = np.concatenate([_dense(ring) for ring in rings])
    low, high = outline.min(0), outline.max(0)
    xs, ys = np.arange(low[0], high[0], _STEP), np.arange(low[1], high[1], _STEP)
    grid = np.array([(x, y) for x in xs for y in ys])
    grid = grid[inside(grid, rings)]
    away = np.abs(grid[:, None, :] - outline[None]) / (width / 2, height / 2)
    room = away.max(2).min(1)
    best = int(room.argmax())
    return float(grid[best, 0]), float(grid[best, 1]), float(room[best])


def _dense(ring: Array) -> Array:
    """Return points along a ring, at most two units apart."""
    pieces = []
    for a, b in pairwise(ring):
        number = max(1, int(np.ceil(hypot(*(b - a)) / 2)))
        pieces.append(a + (b - a) * np.linspace(0, 1, number, endpoint=False)[:, None])
    return np.concatenate(pieces)


def label(rings: Rings, name: str, value: str) -> tuple[tuple[str, ...], tuple[float, float], float]:
    """Return the lines of a label, its middle and its size: the way of breaking the name that has most room.

    There are no lines if even so the label would be wider or higher than its area.
    """
    tries = []
    for lines in _breaks(name):
        wide = max(f.widest(lines, SIZE, bold=True), f.text_width(value, SIZE))
        x, y, room = place(rings, wide + 4, (len(lines) + 1) * SIZE * _LINE + 2)
        tries.append((min(room, 1.0), -len(lines), (*lines, value), (x, y)))
    room, _, shown, at = max(tries)
    if room * SIZE < _SMALLEST * _LEAST_ROOM:
        return (), at, SIZE
    return shown, at, max(_SMALLEST, round(SIZE * room, 1))


_Outline = tuple[tuple[tuple[int, ...], bytes], ...]


@lru_cache(maxsize=512)
def _label(outline: _Outline, name: str, value: str) -> tuple[tuple[str, ...], tuple[float, float], float]:
    """Return the label of an area as `label` does; values with as many digits stand in the same place."""
    if value != (widest := re.sub(r"\d", "8", value)):
        lines, at, size = _label(outline, name, widest)
        return (*lines[:-1], value) if lines else (), at, size
    return label(_rings(outline), name, value)


@lru_cache(maxsize=512)
def _place(outline: _Outline, width: float, height: float) -> tuple[float, float, float]:
    return place(_rings(outline), width, height)


def _rings(outline: _Outline) -> Rings:
    return [np.frombuffer(points).reshape(shape) for shape, points in outline]


def _breaks(name: str) -> list[list[str]]:
    """Return a name on one line and, at each space or hyphen, on two."""
    found = [[name]]
    for at, char in enumerate(name[:-1]):
        if char == " ":
            found.append([name[:at], name[at + 1 :]])
        elif char == "-":
            found.append([name[: at + 1], name[at + 1 :]])
    return found


def _path(rings: Rings) -> str:
    parts = []
    for ring in rings:
        points = [f"{x:.1f} {y:.1f}" for x, y in ring[:-1]]
        parts.append("M" + "L".join(points) + "z")
    return "".join(parts)


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
        outline = tuple((ring.shape, ring.tobytes()) for ring in own)
        lines, at, size = _label(outline, unit.name, value)
        x, y, _ = _place(outline, f.text_width(str(number), SIZE_NUMBER, bold=True), SIZE_NUMBER)
        fill = FILLS[scale[class_of(unit.value, bounds)]]
        shapes.append(Shape(unit, number, _path(own), fill, f.on_fill(fill), lines, value, at, size, (x, y)))
    keys = [
        (step, words("map.class", low=low, high=high - 1) if high - low > 1 else words.number(low, "int"))
        for step, low, high in zip(scale, bounds, bounds[1:], strict=False)
    ]
    before, hint, after = source.partition(words("page.map_hint"))
    return render_part(
        "map.html.j2", words=words, shapes=shapes, keys=keys, title=clean(title), legend=legend,
        before=before, hint=hint if any(u.href for u in units) else "", after=after,
        partly=any(not s.lines for s in shapes),
        width=WIDTH, height=round(height, 1), size=SIZE, size_number=SIZE_NUMBER, line=_LINE,
        fonts=f.FONTS, description=_description(units, words) if description is None else clean(description),
        mark=mark,
    )  # fmt: skip


def extremes(units: Sequence[Unit], words: Words) -> dict[str, object]:
    """Return lowest and highest value with the names of all units that have it."""
    low, high = min(u.value for u in units), max(u.value for u in units)

    def named(value: int) -> str:
        names = [u.name for u in units if u.value == value]
        return ", ".join(names[:-1]) + words("headline.and") + names[-1] if len(names) > 1 else names[0]

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
