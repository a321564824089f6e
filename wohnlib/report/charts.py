"""The kinds of figure a report uses, each a function of numbers and words that returns SVG.

Text comes in finished (titles of axes, names of series); numbers are formatted here. Every figure has fixed
axes and direct labels instead of a legend box wherever there is room.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from wohnlib.report import figure as f
from wohnlib.words import number

Values = Sequence[float]
_ROW = 22.0  # points per horizontal bar
_KEY = 16.0  # points per line of a key
_GAP = 5.0


def bars(
    names: Sequence[str], values: Values, *, spec: str = "int", colour: str = f.NEED,
    highlight: Sequence[str] = (), unit: str = "", lang: str = "de",
) -> bytes:  # fmt: skip
    """Return horizontal bars with their values written at the end; names in `highlight` stand out."""
    labels = [number(v, spec, lang) for v in values]
    left = f.widest(names, bold=True) + 8
    low, high = min(0.0, *values), max(0.0, *values)
    room = f.widest(labels, bold=True) + 10
    fig = f.new_figure((len(names) * _ROW + (_KEY if unit else 0) + 8) / 72 * 25.4)
    axes = f.new_axes(fig, left + (room if low < 0 else 0), room, 4, 4 + (_KEY if unit else 0))
    axes.set_xlim(low, high if high > low else low + 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    for place, (name, value, label) in enumerate(zip(names, values, labels, strict=True)):
        fill = colour if not highlight or name in highlight else f.RANGE
        axes.barh(place, value, height=0.66, color=fill, clip_on=False)
        strong = "bold" if name in highlight else "normal"
        _at(axes, low, place, name, (-left - (room if low < 0 else 0), 0), "left", weight=strong)
        side = 1 if value >= 0 else -1
        _at(axes, value, place, label, (4 * side, 0), "left" if side > 0 else "right", weight=strong)
    axes.axvline(0, color=f.MUTED, linewidth=0.9, clip_on=False)
    if unit:
        _above(axes, unit, -left - (room if low < 0 else 0))
    return f.svg(fig)


def lines(
    years: Sequence[int], series: Mapping[str, Values], *, band: tuple[Values, Values] | None = None,
    band_label: str = "", colours: Sequence[str] | None = None, spec: str = "int", unit: str = "",
    from_zero: bool = False, ticks: Sequence[int] | None = None, height_mm: float = 85.0,
    dashed: Sequence[str] = (), lang: str = "de",
) -> bytes:  # fmt: skip
    """Return lines over years, labelled at their ends with name and last value; `band` is a pale range."""
    fills = list(colours or f.colours(len(series)))
    ends = {name: f"{name} {number(v[-1], spec, lang)}" for name, v in series.items()}
    pieces = [np.asarray(v, float) for v in (*series.values(), *(band or ()))]
    low, high = float(min(map(np.nanmin, pieces))), float(max(map(np.nanmax, pieces)))
    values = f.steps_of(0.0 if from_zero else low, high)
    limit = 125.0
    names = {name: f.wrap(text, limit) for name, text in ends.items()}
    texts = [
        *(line for t in names.values() for line in t.split("\n")),
        *f.wrap(band_label, limit).split("\n"),
    ]
    left = f.widest([number(v, spec, lang) for v in values], f.SMALL) + 8
    fig = f.new_figure(height_mm)
    axes = f.new_axes(fig, left, f.widest(texts, bold=True) + 12, 20, 8 + (_KEY if unit else 0))
    axes.set_xlim(years[0], years[-1])
    axes.set_ylim(values[0], values[-1])
    f.value_axis(axes, values, spec, lang)
    marks = list(ticks or _year_ticks(years))
    axes.set_xticks(marks, labels=[str(y) for y in marks])
    labels = [
        (float(v[-1]), names[n], f.text_colour(c)) for (n, v), c in zip(series.items(), fills, strict=True)
    ]
    if band:
        axes.fill_between(list(years), *band, color=f.RANGE, linewidth=0, zorder=0.4)
        if band_label:
            middle = float(band[0][-1] + (band[1][-1] - band[0][-1]) * 0.85)
            labels.append((middle, f.wrap(band_label, limit), f.text_colour(f.RANGE)))
    for (name, points), fill in zip(series.items(), fills, strict=True):
        style = (0, (4, 2)) if name in dashed else "-"
        axes.plot(list(years), points, color=fill, linewidth=2.0, linestyle=style, clip_on=False)
        axes.plot([years[-1]], [points[-1]], "o", color=fill, markersize=4.5, clip_on=False)
    _end_labels(axes, years[-1], labels)
    if unit:
        _above(axes, unit, -left)
    return f.svg(fig)


def stacked_bars(
    names: Sequence[str], parts: Mapping[str, Values], *, colours: Sequence[str] | None = None,
    spec: str = "int", unit: str = "", totals: bool = True, lang: str = "de",
) -> bytes:  # fmt: skip
    """Return horizontal bars made of parts (all ≥ 0), with a key above and the sum at the end."""
    fills = list(colours or f.colours(len(parts)))
    matrix = np.array([list(v) for v in parts.values()], float)
    if (matrix < 0).any():
        raise ValueError("parts of a stacked bar must not be negative; use grouped_bars")
    sums = matrix.sum(axis=0)
    ends = [number(s, spec, lang) for s in sums]
    left = f.widest(names, bold=True) + 8
    fig = f.new_figure((len(names) * (_ROW + 4) + _KEY * 1.5 + (_KEY if unit else 0) + 8) / 72 * 25.4)
    axes = f.new_axes(fig, left, f.widest(ends, bold=True) + 10, 4, 6 + _KEY * 1.5 + (_KEY if unit else 0))
    axes.set_xlim(0, max(float(sums.max()), 1e-9))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    scale = _width(axes) / axes.get_xlim()[1]
    start = np.zeros(len(names))
    for row, fill in zip(matrix, fills, strict=True):
        axes.barh(
            range(len(names)), row, left=start, height=0.68, color=fill, edgecolor=f.PAPER, linewidth=0.8
        )
        for place, value in enumerate(row):
            label = number(value, spec, lang)
            if f.text_width(label, f.SMALL) + 6 <= value * scale:
                _at(axes, start[place] + value / 2, place, label, (0, 0), "center", f.on_fill(fill), f.SMALL)
        start = start + row
    for place, name in enumerate(names):
        _at(axes, 0, place, name, (1 - left, 0), "left")
        if totals:
            _at(axes, sums[place], place, ends[place], (4, 0), "left", weight="bold")
    _key(axes, list(parts), fills, left, unit)
    return f.svg(fig)


def grouped_bars(
    names: Sequence[str], groups: Mapping[str, Values], *, colours: Sequence[str] | None = None,
    spec: str = "int", unit: str = "", lang: str = "de",
) -> bytes:  # fmt: skip
    """Return upright bars side by side, with their values written on them; values may be negative."""
    fills = list(colours or f.colours(len(groups)))
    matrix = np.array([list(v) for v in groups.values()], float)
    fig = f.new_figure(85.0 + (6 if unit else 0))
    axes = f.new_axes(fig, 4, 4, 34, 16 + _KEY * 1.5 + (_KEY if unit else 0))
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(min(0.0, float(matrix.min())), max(0.0, float(matrix.max())) or 1.0)
    axes.set_xticks([])
    axes.set_yticks([])
    broad = 0.72 / len(groups)
    room = _width(axes) / len(names) * broad
    wide = f.widest([number(v, spec, lang) for v in matrix.ravel()])
    size = f.SIZE if wide <= room * 1.15 else f.SMALL - 1  # one size for all labels of a figure
    for index, (row, fill) in enumerate(zip(matrix, fills, strict=True)):
        places = np.arange(len(names)) + (index - (len(groups) - 1) / 2) * broad
        axes.bar(places, row, width=broad * 0.92, color=fill, clip_on=False)
        for x, value in zip(places, row, strict=True):
            label = number(value, spec, lang)
            up = value >= 0
            _at(axes, x, value, label, (0, 3 if up else -3), "center", f.text_colour(fill), size,
                vertical="bottom" if up else "top")  # fmt: skip
    axes.axhline(0, color=f.MUTED, linewidth=0.9, clip_on=False)
    deep = 14 if (matrix < 0).any() else 4
    for place, name in enumerate(names):
        text = f.wrap(name, _width(axes) / len(names) - 6)
        _at(axes, place, axes.get_ylim()[0], text, (0, -deep), "center", vertical="top")
    _key(axes, list(groups), fills, 4, unit, lift=24.0)
    return f.svg(fig)


def waterfall(
    steps: Sequence[tuple[str, float]], total: str, *, spec: str = "signed", total_spec: str = "int",
    unit: str = "", colours: tuple[str, str, str] = (f.PLUS, f.MINUS, f.MFH), lang: str = "de",
) -> bytes:  # fmt: skip
    """Return signed steps one below the other, from zero to their sum, which stands in the last row."""
    amounts = [float(v) for _, v in steps]
    after = np.cumsum(amounts)
    before = np.concatenate([[0.0], after[:-1]])
    names = [name for name, _ in steps] + [total]
    labels = [number(v, spec, lang) for v in amounts] + [number(float(after[-1]), total_spec, lang)]
    left = f.widest(names, bold=True) + 8
    room = f.widest(labels, bold=True) + 10
    low, high = float(min(0.0, *after)), float(max(0.0, *after))
    fig = f.new_figure((len(names) * (_ROW + 2) + (_KEY if unit else 0) + 10) / 72 * 25.4)
    ends = [float(e) for e, v in zip(after, amounts, strict=True) if v < 0]
    before_low = room if ends and min(ends) - low < 0.15 * (high - low) else 0.0
    axes = f.new_axes(fig, left + before_low, room, 4, 6 + (_KEY if unit else 0))
    axes.set_xlim(low, high if high > low else low + 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.axvline(0, color=f.MUTED, linewidth=0.9, clip_on=False)
    for place, name in enumerate(names):
        last = place == len(steps)
        start, value = (0.0, float(after[-1])) if last else (float(before[place]), amounts[place])
        fill = colours[2] if last else colours[0] if value >= 0 else colours[1]
        axes.barh(place, value, left=start, height=0.66, color=fill, clip_on=False)
        weight = "bold" if last else "normal"
        _at(axes, low, place, name, (-left - before_low, 0), "left", weight=weight)
        side = 1 if value >= 0 else -1
        _at(axes, start + value, place, labels[place], (4 * side, 0), "left" if side > 0 else "right",
            f.text_colour(fill), weight="bold")  # fmt: skip
        if not last:
            axes.plot([after[place]] * 2, [place + 0.33, place + 0.67], color=f.MUTED, linewidth=0.8)
    if unit:
        _above(axes, unit, -left - before_low)
    return f.svg(fig)


def pyramid(
    female: Values, male: Values, *, labels: tuple[str, str], age_label: str, unit: str = "",
    outline: tuple[Values, Values] | None = None, outline_label: str = "", fill_label: str = "",
    height_mm: float = 110.0, lang: str = "de",
) -> bytes:  # fmt: skip
    """Return a population pyramid by single year of age as filled steps: men left, women right.

    `outline` (female, male) is drawn as a line over it, for another year.
    """
    both = [np.asarray(female, float), np.asarray(male, float)]
    lined = [np.asarray(v, float) for v in outline] if outline else []
    high = max(float(v.max()) for v in (*both, *lined))
    values = f.steps_of(0.0, high, 3)
    fig = f.new_figure(height_mm)
    keyed = bool(outline_label or fill_label)
    axes = f.new_axes(fig, 34, 20, 20, 22 + (_KEY if unit else 0) + (_KEY * 1.3 if keyed else 0))
    ages = np.arange(len(both[0]) + 1)
    axes.set_xlim(-values[-1], values[-1])
    axes.set_ylim(0, len(both[0]))
    marks = [-v for v in reversed(values[1:])] + values
    f.value_axis(axes, marks, "int", lang, horizontal=True)
    axes.set_xticks(marks, labels=[number(abs(v), "int", lang) for v in marks])
    axes.set_yticks(range(0, len(both[0]), 10))
    for sign, points, fill in ((1, both[0], f.FEMALE), (-1, both[1], f.MALE)):
        axes.stairs(sign * points, ages, orientation="horizontal", fill=True, color=fill, linewidth=0)
    for sign, points in zip((1, -1), lined, strict=False):
        axes.stairs(sign * points, ages, orientation="horizontal", color=f.INK, linewidth=1.1)
    top = len(both[0])
    _at(
        axes,
        values[-1],
        top,
        labels[0],
        (0, 6),
        "right",
        f.text_colour(f.FEMALE),
        weight="bold",
        vertical="bottom",
    )
    _at(axes, -values[-1], top, labels[1], (0, 6), "left", f.MALE, weight="bold", vertical="bottom")
    _at(axes, -values[-1], top, age_label, (-34, 6), "left", f.MUTED, f.SMALL, vertical="bottom")
    if keyed:
        _key(axes, ["", fill_label, outline_label], [f.MALE, f.FEMALE, f.INK], 34, unit, lift=24.0, line=True)
    elif unit:
        _above(axes, unit, -34, 24)
    return f.svg(fig)


def _at(
    axes: Axes, x: float, y: float, text: str, offset: tuple[float, float], align: str,
    colour: str = f.INK, size: float = f.SIZE, weight: str = "normal", vertical: str = "center",
) -> None:  # fmt: skip
    """Write text at a data point, moved by an offset in points."""
    axes.annotate(
        text, (x, y), xytext=offset, textcoords="offset points", ha=align, va=vertical, color=colour,
        fontsize=size, fontweight=weight, annotation_clip=False, linespacing=1.25,
    )  # fmt: skip


def _above(axes: Axes, text: str, shift: float = 0.0, lift: float = 8.0) -> None:
    """Write the unit of a figure above its axes, at the left."""
    axes.annotate(
        text, (0, 1), xycoords="axes fraction", xytext=(shift, lift), textcoords="offset points",
        ha="left", va="bottom", color=f.MUTED, fontsize=f.SMALL, annotation_clip=False,
    )  # fmt: skip


def _key(
    axes: Axes, names: Sequence[str], fills: Sequence[str], shift: float, unit: str,
    lift: float = 12.0, line: bool = False,
) -> None:  # fmt: skip
    """Write a key above the axes: a small square (the last one a line, if asked for) and a name each."""
    place = -shift
    for index, (name, fill) in enumerate(zip(names, fills, strict=True)):
        sign = "\N{EM DASH}" if line and index == len(names) - 1 else "\N{BLACK SQUARE}"
        pieces = ((sign, fill, 12.0 if name else 8.0), (name, f.INK, f.text_width(name) + 14))
        for text, colour, step in pieces[: 2 if name else 1]:
            axes.annotate(
                text, (0, 1), xycoords="axes fraction", xytext=(place, lift), textcoords="offset points",
                ha="left", va="bottom", color=colour, fontsize=f.SIZE, annotation_clip=False,
            )  # fmt: skip
            place += step
    if unit:
        _above(axes, unit, -shift, lift + _KEY)


def _end_labels(axes: Axes, x: float, labels: Sequence[tuple[float, str, str]]) -> None:
    """Write labels beside the end of lines, moved apart where they would touch."""
    low, high = axes.get_ylim()
    per_point = (high - low) / (axes.get_position().height * f.size(axes.figure)[1])
    deepest = max(text.count("\n") + 1 for _, text, _ in labels)
    moved = f.apart([y for y, _, _ in labels], (f.SIZE * 1.3 * deepest + 3) * per_point)
    for (_, text, colour), y in zip(labels, moved, strict=True):
        _at(axes, x, y, text, (8, 0), "left", colour, weight="bold")


def _width(axes: Axes) -> float:
    return float(axes.get_position().width * f.size(axes.figure)[0])


def _year_ticks(years: Sequence[int]) -> list[int]:
    """Return first and last year and the round years between, none closer than half a step to an end."""
    first, last = years[0], years[-1]
    step = 5 if last - first <= 25 else 10
    inner = [
        y for y in range(first + 1, last) if y % step == 0 and y - first > step / 2 and last - y > step / 2
    ]
    return [first, *inner, last]
