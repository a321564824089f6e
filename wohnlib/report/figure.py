"""The ground of all figures: a canvas, axes and scales; palette, lettering and SVG stand in modules of their own.

A figure is drawn without pyplot on axes at fixed places, written with text as text, and then tidied: no
date, no ids that nothing refers to, coordinates with two decimals. Sizes are in millimetres and points.
"""

import io
from collections.abc import Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure, SubFigure

from wohnlib.report.lettering import FONT, FONTS, SIZE, SLACK, SMALL, fit, text_width, widest, wrap
from wohnlib.report.palette import (
    BASE,
    EZFH,
    FAN,
    FEMALE,
    GRID,
    INK,
    MALE,
    MFH,
    MINUS,
    MUTED,
    NEED,
    PAPER,
    PLUS,
    RANGE,
    SERIES,
    SURPLUS,
    colours,
    contrast,
    on_fill,
    text_colour,
)
from wohnlib.report.svg import tidy
from wohnlib.words import number

__all__ = [
    "BASE", "EZFH", "FAN", "FEMALE", "FONT", "FONTS", "GRID", "INK", "MALE", "MFH", "MINUS", "MUTED",
    "NARROW_MM", "NEED", "PAPER", "PLUS", "RANGE", "SERIES", "SIZE", "SLACK", "SMALL", "SURPLUS",
    "SVG_AT_MOST", "WIDTH_MM", "apart", "colours", "contrast", "fit", "new_axes", "new_figure",
    "on_fill", "points", "size", "steps_of", "svg", "text_colour", "text_width", "value_axis", "widest",
    "wrap",
]  # fmt: skip

WIDTH_MM = 160.0
NARROW_MM = 84.0  # on a phone 320 px wide one point is then 1.2 px
SVG_AT_MOST = 16_384  # bytes
_POINTS_PER_MM = 72 / 25.4
_STYLE: dict[Any, Any] = {
    "font.family": [FONT],
    "font.size": SIZE,
    "svg.fonttype": "none",
    "svg.hashsalt": "wohnlib",
    "path.simplify": False,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.labelcolor": MUTED,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "axes.unicode_minus": True,
    "text.parse_math": False,
}


def points(narrow: bool) -> float:
    """Return the width of a figure in points."""
    return (NARROW_MM if narrow else WIDTH_MM) * _POINTS_PER_MM


def new_figure(height: float, narrow: bool = False) -> Figure:
    """Return an empty figure of a height in points; the reader's own matplotlib settings do not count."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(_STYLE)
    figure = Figure(figsize=(points(narrow) / 72, height / 72), facecolor=PAPER)
    FigureCanvasSVG(figure)
    return figure


def new_axes(figure: Figure, left: float, right: float, bottom: float, top: float) -> Axes:
    """Return axes at fixed distances (points) from the figure's edges, without a frame."""
    width, height = size(figure)
    box = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    axes = figure.add_axes(box)
    axes.set_facecolor("none")
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, labelsize=SMALL, pad=4)
    axes.set_axisbelow(True)
    return axes


def size(figure: Figure | SubFigure) -> tuple[float, float]:
    """Return width and height in points."""
    inches = figure.get_figure(root=True).get_size_inches()
    return float(inches[0]) * 72, float(inches[1]) * 72


def steps_of(low: float, high: float, about: int = 5) -> list[float]:
    """Return round values from at most `low` to at least `high`, about as many as asked for."""
    span = max(high - low, 1e-9)
    unit = 10.0 ** len(str(int(span))) / 1000 if span >= 1 else 0.001
    while True:
        for factor in (1, 2, 5):
            step = unit * factor
            if span / step <= about:
                first, last = int(low // step), -int(-high // step)
                last = max(last, first + 1)
                return [round(step * k, 9) for k in range(first, last + 1)]
        unit *= 10


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Return places moved as little as needed so that neighbours stand at least `gap` apart."""
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    groups: list[tuple[float, list[int]]] = []
    for index in order:
        centre, members = places[index], [index]
        while groups and centre - groups[-1][0] < gap * (len(members) + len(groups[-1][1])) / 2:
            before, others = groups.pop()
            members = others + members
            centre = (before * len(others) + centre * (len(members) - len(others))) / len(members)
        groups.append((centre, members))
    moved = [0.0] * len(places)
    for centre, members in groups:
        for rank, index in enumerate(members):
            moved[index] = centre + gap * (rank - (len(members) - 1) / 2)
    return moved


def value_axis(axes: Axes, values: Sequence[float], spec: str, lang: str, horizontal: bool = False) -> None:
    """Draw quiet grid lines and German numbers at the given values; zero is drawn stronger."""
    labels = [number(v, spec, lang) for v in values]
    axis = axes.xaxis if horizontal else axes.yaxis
    axis.set_ticks(list(values), labels=labels)
    for value in values:
        strong = value == 0
        line = axes.axvline if horizontal else axes.axhline
        line(
            value,
            color=MUTED if strong else GRID,
            linewidth=0.9 if strong else 0.6,
            zorder=0.5,
            clip_on=False,
        )


def svg(figure: Figure) -> bytes:
    """Return the figure as SVG, tidied; the bytes depend on the figure alone."""
    buffer = io.BytesIO()
    matplotlib.rcParams.update(_STYLE)
    figure.savefig(buffer, format="svg", facecolor=PAPER, metadata={"Date": None, "Creator": None})
    return tidy(buffer.getvalue())
