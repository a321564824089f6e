"""Where things stand on the map: boundaries in units of the picture, and the best place for a label in each."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from math import cos, hypot, radians

import numpy as np
from numpy.typing import NDArray

from wohnlib.report import figure as f

Array = NDArray[np.float64]
Rings = list[Array]  # each (point, 2), x to the right, y downwards
WIDTH = 560.0  # units of the picture; one unit is at most one pixel on a screen
EDGE = 4.0
SIZE, SIZE_NUMBER = 12.5, 27.0  # height of names; of the numbers that stand for them on a phone
LINE = 1.22
_SMALLEST = 10.0
_LEAST_ROOM = 0.95  # share of the room for the smallest size below which a label is left out
_STEP = 5.0  # grid on which places for labels are tried


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
        x, y, room = place(rings, wide + 4, (len(lines) + 1) * SIZE * LINE + 2)
        tries.append((min(room, 1.0), -len(lines), (*lines, value), (x, y)))
    room, _, shown, at = max(tries)
    if room * SIZE < _SMALLEST * _LEAST_ROOM:
        return (), at, SIZE
    return shown, at, max(_SMALLEST, round(SIZE * room, 1))


Outline = tuple[tuple[tuple[int, ...], bytes], ...]  # rings that can be remembered: shape and bytes of each


@lru_cache(maxsize=512)
def label_of(outline: Outline, name: str, value: str) -> tuple[tuple[str, ...], tuple[float, float], float]:
    """Return the label of an area as `label` does; values with as many digits stand in the same place."""
    if value != (widest := re.sub(r"\d", "8", value)):
        lines, at, size = label_of(outline, name, widest)
        return (*lines[:-1], value) if lines else (), at, size
    return label(_rings(outline), name, value)


@lru_cache(maxsize=512)
def place_of(outline: Outline, width: float, height: float) -> tuple[float, float, float]:
    """Return where a box fits best in an area, as `place` does."""
    return place(_rings(outline), width, height)


def _rings(outline: Outline) -> Rings:
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


def path_of(rings: Rings) -> str:
    """Return rings as the path of an SVG."""
    parts = []
    for ring in rings:
        points = [f"{x:.1f} {y:.1f}" for x, y in ring[:-1]]
        parts.append("M" + "L".join(points) + "z")
    return "".join(parts)


def outline_of(rings: Rings) -> Outline:
    """Return rings in a form that can be remembered."""
    return tuple((ring.shape, ring.tobytes()) for ring in rings)
