"""Cost by areas, units and draws: how straight the lines are, and one picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure


class Line(NamedTuple):
    """Costs measured at several sizes."""

    title: str
    name: str  # of the x axis
    x: Sequence[float]
    y: Sequence[float]
    unit: str = "ms"


def linear(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Return intercept and slope of the line through the points."""
    slope, intercept = np.polyfit(np.asarray(x, float), np.asarray(y, float), 1)
    return float(intercept), float(slope)


def off_line(x: Sequence[float], y: Sequence[float]) -> float:
    """Return how far a point is off the straight line through all at most, % of the largest cost."""
    intercept, slope = linear(x, y)
    rest = np.asarray(y, float) - intercept - slope * np.asarray(x, float)
    return float(np.abs(rest).max() / max(y) * 100)


def each(x: Sequence[float], y: Sequence[float]) -> float:
    """Return the cost of one at the largest size relative to that at the smallest; above 1: more than linear."""
    return (y[-1] / x[-1]) / (y[0] / x[0])


def draw(lines: Sequence[Line], out: Path) -> None:
    """Write one panel a line, points measured and the straight line through them, as SVG."""
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cost"}):
        _panels(lines, out)


def _panels(lines: Sequence[Line], out: Path) -> None:
    figure = Figure(figsize=(3.4 * len(lines), 3.0), layout="constrained")
    FigureCanvasSVG(figure)
    for axes, line in zip(figure.subplots(1, len(lines), squeeze=False)[0], lines, strict=True):
        intercept, slope = linear(line.x, line.y)
        ends = np.array([0, max(line.x)])
        axes.plot(ends, intercept + slope * ends, color="#888888", linewidth=1)
        axes.plot(line.x, line.y, "o", color="#0b5394")
        axes.set(title=line.title, xlabel=line.name, ylabel=line.unit, xlim=(0, None), ylim=(0, None))
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, metadata={"Date": None})
