"""Figures of uncertainty: a fan over the years, and one line per unit from the lower to the upper bound."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from wohnlib.report import figure as f
from wohnlib.report import marks as m
from wohnlib.report.picture import twice
from wohnlib.words import number

Values = Sequence[float]
Band = tuple[str, Values, Values]  # name, lower and upper bound over the years
_MM = 72 / 25.4  # points
_LABEL = 125.0  # points that a name at the end of a line may take
_DASHES = ((0, (1.2, 1.6)), (0, (5, 2)))  # of the lines beside: dotted, dashed
_SIGNS = ("\N{MIDDLE DOT}\N{MIDDLE DOT}\N{MIDDLE DOT}", "- -")
_SQUARE, _LINE = "\N{BLACK SQUARE}", "\N{EM DASH}"


@twice
def fan(
    narrow: bool, years: Sequence[int], middle: tuple[str, Values], bands: Sequence[Band], *,
    beside: Mapping[str, Values] | None = None, spec: str = "int", unit: str = "", from_zero: bool = False,
    ticks: Sequence[int] = (), height_mm: float = 90.0, lang: str = "de",
) -> bytes:  # fmt: skip
    """Return a line within nested bands, the widest given first, and up to two thin lines of scenarios beside.

    Bands are named in a key above; lines are named at their ends, if narrow in the key too.
    """
    lines = {middle[0]: middle[1], **(beside or {})}
    pieces = [*(np.asarray(v, float) for v in lines.values()), *(np.asarray(b, float) for _, *b in bands)]
    low, high = float(min(v.min() for v in pieces)), float(max(v.max() for v in pieces))
    steps = f.steps_of(0.0 if from_zero else low, high)
    last = {name: number(v[-1], spec, lang) for name, v in lines.items()}
    ends = {n: text if narrow else f.wrap(f"{n} {text}", _LABEL) for n, text in last.items()}
    head = m.head(narrow, unit, *_key(narrow, list(lines), [name for name, *_ in bands]))
    left = f.widest([number(v, spec, lang) for v in steps], f.SMALL) + 8
    right = f.widest([t for text in ends.values() for t in text.split("\n")], bold=True) + 12
    fig = f.new_figure(height_mm * _MM * (0.8 if narrow else 1.0) + head.height, narrow)
    axes = f.new_axes(fig, left, right, 20, 10 + head.height)
    axes.set_xlim(years[0], years[-1])
    axes.set_ylim(steps[0], steps[-1])
    f.value_axis(axes, steps, spec, lang)
    shown = m.thinned(list(ticks or years), m.axes_width(axes) / max(years[-1] - years[0], 1))
    axes.set_xticks(shown, labels=[str(y) for y in shown])
    for (_, under, over), fill in zip(bands, f.FAN, strict=False):
        axes.fill_between(list(years), under, over, color=fill, linewidth=0, zorder=0.4)
    for values, dashes in zip((beside or {}).values(), _DASHES, strict=False):
        axes.plot(list(years), values, color=f.INK, linewidth=0.9, linestyle=dashes, clip_on=False)
    axes.plot(list(years), middle[1], color=f.NEED, linewidth=2.2, clip_on=False)
    axes.plot([years[-1]], [middle[1][-1]], "o", color=f.NEED, markersize=4.5, clip_on=False)
    fills = [f.NEED, *[f.INK] * 2]
    m.end_labels(axes, years[-1], [
        (float(v[-1]), ends[n], fill, "bold" if n == middle[0] else "normal")
        for (n, v), fill in zip(lines.items(), fills, strict=False)
    ])  # fmt: skip
    head.draw(axes, left, 10)
    return f.svg(fig)


def _key(narrow: bool, lines: list[str], bands: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return names, colours and signs of the key: bands always, lines where no name stands at their end."""
    names, fills = list(reversed(bands)), list(reversed(f.FAN[: len(bands)]))
    signs = [_SQUARE] * len(bands)
    if narrow:
        names, fills = [*lines, *names], [f.NEED, *[f.INK] * (len(lines) - 1), *fills]
        signs = [_LINE, *_SIGNS[: len(lines) - 1], *signs]
    return names, fills, signs


@twice
def ranges(
    narrow: bool, names: Sequence[str], middle: Values, low: Values, high: Values, *,
    labels: tuple[str, str], groups: Sequence[int] = (), spec: str = "int", unit: str = "", lang: str = "de",
) -> bytes:  # fmt: skip
    """Return a bar from the lower to the upper bound for every row, with a mark at its middle value.

    `labels` name the mark and the bar; `groups` (one number a row) sets groups of rows apart by a line.
    """
    steps = f.steps_of(min(0.0, *low), max(0.0, *high), 4 if narrow else 6)
    rows = m.rows(narrow, names, 24.0, gap=14.0)
    head = m.head(narrow, unit, list(labels), [f.NEED, f.FAN[1]], ["\N{BLACK CIRCLE}", _SQUARE])
    lanes = m.lanes(narrow, rows, head.height, steps, spec, lang)
    axes = lanes.axes
    for place, value in enumerate(middle):
        y = lanes.height(place)
        axes.barh(y, high[place] - low[place], left=low[place], height=rows.high * 0.75, color=f.FAN[1])
        lanes.name(place)
        text = number(value, spec, lang)
        m.write(axes, value, y, text, (6, 0), "left", f.INK, f.SMALL, weight="bold")
    at = [lanes.height(place) for place in range(len(names))]
    axes.plot(list(middle), at, "o", color=f.NEED, markersize=6.5, clip_on=False, zorder=3)
    _between(axes, groups, -lanes.left)
    head.draw(axes, lanes.left, 8)
    return f.svg(lanes.figure)


def _between(axes: Axes, groups: Sequence[int], start: float) -> None:
    """Draw a line between the last row of a group and the first of the next, from the names to the end."""
    left = start / m.axes_width(axes)
    for place in range(1, len(groups)):
        if groups[place] != groups[place - 1]:
            axes.plot([left, 1.0], [place - 0.5] * 2, transform=axes.get_yaxis_transform(), color=f.MUTED,
                      linewidth=0.9, linestyle=(0, (3, 2)), clip_on=False)  # fmt: skip
