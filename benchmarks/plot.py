"""Cost by areas and by draws as one picture."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

Line = tuple[str, str, Sequence[float], Sequence[float]]  # title, name of the x axis, x, milliseconds


def linear(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Return intercept and slope of the line through the points."""
    slope, intercept = np.polyfit(np.asarray(x, float), np.asarray(y, float), 1)
    return float(intercept), float(slope)


def draw(lines: Sequence[Line], out: Path) -> None:
    """Write one panel a line, points measured and the straight line through them, as SVG."""
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cost"}):
        _panels(lines, out)


def _panels(lines: Sequence[Line], out: Path) -> None:
    figure = Figure(figsize=(3.4 * len(lines), 3.0), layout="constrained")
    FigureCanvasSVG(figure)
    for axes, (title, name, x, y) in zip(
        figure.subplots(1, len(lines), squeeze=False)[0], lines, strict=True
    ):
        intercept, slope = linear(x, y)
        ends = np.array([0, max(x)])
        axes.plot(ends, intercept + slope * ends, color="#888888", linewidth=1)
        axes.plot(x, y, "o", color="#0b5394")
        axes.set(title=title, xlabel=name, ylabel="ms", xlim=(0, None), ylim=(0, None))
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, metadata={"Date": None})
