"""The kinds of figure a report uses, each a function of numbers and words that returns a `Picture`.

Text comes in finished (titles of axes, names of series); numbers are formatted here. Every figure has fixed
axes and direct labels instead of a legend box wherever there is room. Each is drawn twice: `narrow` (which
the caller does not give) is the form for phones, with names above the bars and a key above the lines.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from wohnlib.report import figure as f
from wohnlib.report import marks as m
from wohnlib.report.picture import twice
from wohnlib.words import number

Values = Sequence[float]
_MM = 72 / 25.4  # points
_BAR = 16.0  # points per bar of a group, where they lie


def _bare(axes: Axes, low: float, high: float, rows: float) -> None:
    axes.set_xlim(low, high if high > low else low + 1)
    axes.set_ylim(rows, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])


@twice
def bars(
    narrow: bool, names: Sequence[str], values: Values, *, spec: str = "int", colour: str = f.NEED,
    highlight: Sequence[str] = (), unit: str = "", lang: str = "de",
) -> bytes:  # fmt: skip
    """Return horizontal bars with their values written at the end; names in `highlight` stand out."""
    labels = [number(v, spec, lang) for v in values]
    rows, head = m.rows(narrow, names), m.head(narrow, unit)
    low, high = min(0.0, *values), max(0.0, *values)
    room = f.widest(labels, bold=True) + 10
    before = room if low < 0 else 0.0
    fig = f.new_figure(len(names) * rows.step + head.height + 8, narrow)
    axes = f.new_axes(fig, rows.left + before, room, 4, 4 + head.height)
    _bare(axes, low, high, len(names) - 0.5)
    for place, (name, value, label) in enumerate(zip(names, values, labels, strict=True)):
        fill = colour if not highlight or name in highlight else f.RANGE
        axes.barh(place + rows.centre, value, height=rows.high, color=fill, clip_on=False)
        strong = "bold" if name in highlight else "normal"
        rows.name(axes, place, low, before, strong)
        _end(axes, value, place + rows.centre, label, value >= 0, f.INK, strong)
    _zero(axes, rows, len(names), narrow)
    head.draw(axes, rows.left + before, 8)
    return f.svg(fig)


@twice
def stacked_bars(
    narrow: bool, names: Sequence[str], parts: Mapping[str, Values], *,
    colours: Sequence[str] | None = None, spec: str = "int", unit: str = "", totals: bool = True,
    lang: str = "de",
) -> bytes:  # fmt: skip
    """Return horizontal bars made of parts (all ≥ 0), with a key above and the sum at the end."""
    fills = list(colours or f.colours(len(parts)))
    matrix = np.array([list(v) for v in parts.values()], float)
    if (matrix < 0).any():
        raise ValueError("parts of a stacked bar must not be negative; use grouped_bars")
    sums = matrix.sum(axis=0)
    ends = [number(s, spec, lang) for s in sums]
    rows, head = m.rows(narrow, names, 26.0), m.head(narrow, unit, list(parts), fills)
    fig = f.new_figure(len(names) * rows.step + head.height + 16, narrow)
    axes = f.new_axes(fig, rows.left, f.widest(ends, bold=True) + 10, 4, 14 + head.height)
    _bare(axes, 0, max(float(sums.max()), 1e-9), len(names) - 0.5)
    scale = m.axes_width(axes) / axes.get_xlim()[1]
    at, start = np.arange(len(names)) + rows.centre, np.zeros(len(names))
    for row, fill in zip(matrix, fills, strict=True):
        axes.barh(at, row, left=start, height=rows.high, color=fill, edgecolor=f.PAPER, linewidth=0.8)
        for place, value in enumerate(row):
            label = number(value, spec, lang)
            if f.text_width(label, f.SMALL) + 6 <= value * scale:
                m.write(axes, start[place] + value / 2, at[place], label, (0, 0), "center", f.on_fill(fill),
                        f.SMALL)  # fmt: skip
        start = start + row
    for place in range(len(names)):
        rows.name(axes, place, 0)
        if totals:
            _end(axes, sums[place], at[place], ends[place], True, f.INK)
    head.draw(axes, rows.left, 12)
    return f.svg(fig)


@twice
def grouped_bars(
    narrow: bool, names: Sequence[str], groups: Mapping[str, Values], *,
    colours: Sequence[str] | None = None, spec: str = "int", unit: str = "", lang: str = "de",
) -> bytes:  # fmt: skip
    """Return bars side by side with their values on them, upright or, if narrow, lying; they may be negative."""
    fills = list(colours or f.colours(len(groups)))
    matrix = np.array([list(v) for v in groups.values()], float)
    head = m.head(narrow, unit, list(groups), fills)
    draw = _lying if narrow else _upright
    return draw(names, matrix, fills, head, spec, lang)


def _upright(
    names: Sequence[str], matrix: np.ndarray, fills: list[str], head: m.Head, spec: str, lang: str
) -> bytes:
    fig = f.new_figure(85.0 * _MM + head.height)
    axes = f.new_axes(fig, 4, 4, 34, 24 + head.height)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(min(0.0, float(matrix.min())), max(0.0, float(matrix.max())) or 1.0)
    axes.set_xticks([])
    axes.set_yticks([])
    broad, each = 0.72 / len(matrix), m.axes_width(axes) / len(names)
    wide = f.widest([number(v, spec, lang) for v in matrix.ravel()])
    size = f.SIZE if wide <= each * broad * 1.15 else f.SMALL - 1  # one size for all labels of a figure
    for index, (row, fill) in enumerate(zip(matrix, fills, strict=True)):
        places = np.arange(len(names)) + (index - (len(matrix) - 1) / 2) * broad
        axes.bar(places, row, width=broad * 0.92, color=fill, clip_on=False)
        for x, value in zip(places, row, strict=True):
            up = value >= 0
            m.write(axes, x, value, number(value, spec, lang), (0, 3 if up else -3), "center",
                    f.text_colour(fill), size, vertical="bottom" if up else "top")  # fmt: skip
    axes.axhline(0, color=f.MUTED, linewidth=0.9, clip_on=False)
    deep = 14 if (matrix < 0).any() else 4
    for place, name in enumerate(names):
        text = f.wrap(name, each - 6)
        m.write(axes, place, axes.get_ylim()[0], text, (0, -deep), "center", vertical="top")
    head.draw(axes, 4, 24)
    return f.svg(fig)


def _lying(
    names: Sequence[str], matrix: np.ndarray, fills: list[str], head: m.Head, spec: str, lang: str
) -> bytes:
    labels = [[number(v, spec, lang) for v in row] for row in matrix]
    low, high = min(0.0, float(matrix.min())), max(0.0, float(matrix.max()))
    room = f.widest([t for row in labels for t in row], bold=True) + 10
    before = room if low < 0 else 0.0
    block = 15 + _BAR * len(matrix) + 9  # points: name, bars, gap
    fig = f.new_figure(len(names) * block + head.height + 14, True)
    axes = f.new_axes(fig, 4 + before, room, 2, 12 + head.height)
    _bare(axes, low, high, len(names) * block)
    axes.set_ylim(len(names) * block, 0)
    for place, name in enumerate(names):
        top = place * block
        text = f.fit(name, f.points(True) - 8)
        m.write(axes, low, top + 7, text, (-before, 0))
        for index, fill in enumerate(fills):
            value, y = float(matrix[index, place]), top + 15 + _BAR * (index + 0.5)
            axes.barh(y, value, height=_BAR - 2, color=fill, clip_on=False)
            _end(axes, value, y, labels[index][place], value >= 0, f.text_colour(fill), "normal")
    head.draw(axes, 4 + before, 10)
    return f.svg(fig)


@twice
def waterfall(
    narrow: bool, steps: Sequence[tuple[str, float]], total: str, *, spec: str = "signed",
    total_spec: str = "int", unit: str = "", colours: tuple[str, str, str] = (f.PLUS, f.MINUS, f.MFH),
    lang: str = "de",
) -> bytes:  # fmt: skip
    """Return signed steps one below the other, from zero to their sum, which stands in the last row."""
    amounts = [float(v) for _, v in steps]
    after = np.cumsum(amounts)
    starts = [0.0, *after[:-1].tolist(), 0.0]
    values = [*amounts, float(after[-1])]
    labels = [number(v, spec, lang) for v in amounts] + [number(values[-1], total_spec, lang)]
    rows, head = m.rows(narrow, [name for name, _ in steps] + [total], 24.0), m.head(narrow, unit)
    room = f.widest(labels, bold=True) + 10
    low, high = float(min(0.0, *after)), float(max(0.0, *after))
    fig = f.new_figure(len(values) * rows.step + head.height + 10, narrow)
    ends = [s + v for s, v in zip(starts, values, strict=True) if v < 0]
    free = 0.15 if not narrow else 0.4  # share of the axes in which a label left of its bar has room
    before = room if ends and min(ends) - low < free * (high - low) else 0.0
    axes = f.new_axes(fig, rows.left + before, room, 4, 6 + head.height)
    _bare(axes, low, high, len(values) - 0.5)
    _zero(axes, rows, len(values), narrow)
    for place, (start, value, label) in enumerate(zip(starts, values, labels, strict=True)):
        last = place == len(steps)
        fill = colours[2] if last else colours[0] if value >= 0 else colours[1]
        y = place + rows.centre
        axes.barh(y, value, left=start, height=rows.high, color=fill, clip_on=False)
        rows.name(axes, place, low, before, "bold" if last else "normal")
        _end(axes, start + value, y, label, value >= 0, f.text_colour(fill))
        if not last and not narrow:
            axes.plot([after[place]] * 2, [place + 0.33, place + 0.67], color=f.MUTED, linewidth=0.8)
    head.draw(axes, rows.left + before, 8)
    return f.svg(fig)


@twice
def pyramid(
    narrow: bool, female: Values, male: Values, *, labels: tuple[str, str], age_label: str, unit: str = "",
    outline: tuple[Values, Values] | None = None, outline_label: str = "", fill_label: str = "",
    height_mm: float = 100.0, lang: str = "de",
) -> bytes:  # fmt: skip
    """Return a population pyramid by single year of age as filled steps: men left, women right.

    `outline` (female, male) is drawn as a line over it, for another year.
    """
    both = [np.asarray(female, float), np.asarray(male, float)]
    lined = [np.asarray(v, float) for v in outline] if outline else []
    high = max(float(v.max()) for v in (*both, *lined))
    values = f.steps_of(0.0, high, 2 if narrow else 3)
    square, line = "\N{BLACK SQUARE}", "\N{EM DASH}"
    keyed = ["", fill_label, outline_label] if outline_label or fill_label else []
    fills, signs = [f.MALE, f.FEMALE, f.INK], [square, square, line]
    head = m.head(narrow, unit, keyed, fills[: len(keyed)], signs[: len(keyed)])
    fig = f.new_figure(height_mm * _MM + (head.height if narrow else 0), narrow)
    axes = f.new_axes(fig, 34, 20, 20, 24 + head.height)
    ages, top = np.arange(len(both[0]) + 1), len(both[0])
    axes.set_xlim(-values[-1], values[-1])
    axes.set_ylim(0, top)
    ticks = [-v for v in reversed(values[1:])] + values
    f.value_axis(axes, ticks, "int", lang, horizontal=True)
    axes.set_xticks(ticks, labels=[number(abs(v), "int", lang) for v in ticks])
    axes.set_yticks(range(0, top, 10))
    for sign, points, fill in ((1, both[0], f.FEMALE), (-1, both[1], f.MALE)):
        axes.stairs(sign * points, ages, orientation="horizontal", fill=True, color=fill, linewidth=0)
    for sign, points in zip((1, -1), lined, strict=False):
        axes.stairs(sign * points, ages, orientation="horizontal", color=f.INK, linewidth=1.1)
    for x, text, colour, align in (
        (values[-1], labels[0], f.text_colour(f.FEMALE), "right"),
        (-values[-1], labels[1], f.MALE, "left"),
    ):
        m.write(axes, x, top, text, (0, 6), align, colour, weight="bold", vertical="bottom")
    m.write(axes, -values[-1], top, age_label, (-34, 6), "left", f.MUTED, f.SMALL, vertical="bottom")
    head.draw(axes, 34, 24)
    return f.svg(fig)


def _zero(axes: Axes, rows: m.Rows, number_of_rows: int, narrow: bool) -> None:
    """Draw the line at zero; between names above the bars it is broken."""
    if not narrow:
        axes.axvline(0, color=f.MUTED, linewidth=0.9, clip_on=False)
        return
    half = rows.high / 2 + 0.06
    at = [place + rows.centre for place in range(number_of_rows)]
    axes.vlines([0] * len(at), [y - half for y in at], [y + half for y in at], color=f.MUTED, linewidth=0.9,
                clip_on=False)  # fmt: skip


def _end(
    axes: Axes, x: float, y: float, text: str, right: bool, colour: str, weight: str = "bold"
) -> None:  # fmt: skip
    """Write a value behind the end of a lying bar."""
    m.write(axes, x, y, text, (4 if right else -4, 0), "left" if right else "right", colour, weight=weight)
