"""Figures that compare all units: small multiples on one scale, and dots on one line per unit."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from wohnlib.report import figure as f
from wohnlib.report import marks as m
from wohnlib.report.picture import twice
from wohnlib.words import number

Values = Sequence[float]
_COLUMNS, _COLUMNS_NARROW = 4, 2
_PANEL = 86.0  # points from one row of panels to the next
_POINTS = 12  # of a line, which keeps the file small
_TITLE = 26.0  # of these for the name, on one line or two


@twice
def small_multiples(
    narrow: bool, years: Sequence[int], panels: Mapping[str, Values], compare: tuple[str, Values], *,
    bands: Mapping[str, tuple[Values, Values]] | None = None, band_label: str = "", spec: str = "dec1",
    unit: str = "", base: float = 100.0, lang: str = "de",
) -> bytes:  # fmt: skip
    """Return one small panel a unit, all with the same axes; the pale line of `compare` stands in each.

    `bands` (lower and upper bound a unit) lie behind the lines.
    """
    ranges = bands or {}
    every = [*(v for many in (*panels.values(), *(b for pair in ranges.values() for b in pair)) for v in many),
             *compare[1]]  # fmt: skip
    columns = _COLUMNS_NARROW if narrow else _COLUMNS
    rows = -(-len(panels) // columns)
    keyed = [(compare[0], f.BASE, "- -"), *([(band_label, f.FAN[1], "\N{BLACK SQUARE}")] if ranges else [])]
    head = m.head(narrow, unit, *zip(*keyed, strict=True))
    top, bottom = head.height + 6, 18.0
    fig = f.new_figure(top + bottom + rows * _PANEL, narrow)
    full_width, full_height = f.size(fig)
    width = (full_width - 8) / columns
    last_width = f.widest([number(v[-1], spec, lang) for v in panels.values()], f.SMALL, bold=True)
    for place, (name, values) in enumerate(panels.items()):
        row, column = divmod(place, columns)
        over, left = top + row * _PANEL + _TITLE, 4 + column * width
        right = full_width - left - width + last_width + 10
        axes = f.new_axes(fig, left, right, full_height - over - (_PANEL - _TITLE - 10), over)
        axes.set_xlim(years[0], years[-1])
        axes.set_ylim(min(every), max(every))
        axes.set_xticks([])
        axes.set_yticks([])
        axes.patch.set_visible(False)
        if name in ranges:
            _behind(axes, years, *ranges[name])
        axes.plot([years[0], years[-1]], [base] * 2, color=f.GRID, linewidth=0.8, clip_on=False)
        _pale(axes, years, compare[1])
        few = _few(years, _POINTS)
        axes.plot(
            [years[k] for k in few], [values[k] for k in few], color=f.NEED, linewidth=1.8, clip_on=False
        )
        title = "\n".join(_two_lines(name, width - 8))
        m.write(axes, 0, 1, title, (0, 4), size=f.SMALL, weight="bold", vertical="bottom",
                system="axes fraction")  # fmt: skip
        m.write(axes, years[-1], values[-1], number(values[-1], spec, lang), (4, 0), size=f.SMALL,
                colour=f.NEED, weight="bold")  # fmt: skip
        if row == rows - 1:  # the last row alone says which years the panels span
            m.write(axes, 0, 0, f"{years[0]}–{years[-1]}", (0, -6), "left", f.MUTED, f.SMALL, vertical="top",
                    system="axes fraction")  # fmt: skip
        if place == 0:
            head.draw(axes, 2, _TITLE + 2)
    return f.svg(fig)


def _pale(axes: Axes, years: Sequence[int], values: Values) -> None:
    """Draw the line of comparison through a few years only, which keeps the file small."""
    few = _few(years)
    axes.plot([years[k] for k in few], [values[k] for k in few], color=f.BASE, linewidth=1.0,
              linestyle=(0, (2, 1.5)), clip_on=False)  # fmt: skip


def _behind(axes: Axes, years: Sequence[int], low: Values, high: Values) -> None:
    """Draw a band through a few years behind the lines."""
    few = _few(years)
    axes.fill([years[k] for k in (*few, *reversed(few))],
              [*(low[k] for k in few), *(high[k] for k in reversed(few))], color=f.FAN[1], linewidth=0,
              zorder=0.2, clip_on=False)  # fmt: skip


def _few(years: Sequence[int], points: int = 6) -> list[int]:
    """Return evenly spaced positions, about as many as asked for, and the last."""
    return sorted({*range(0, len(years), max(1, round(len(years) / (points - 1)))), len(years) - 1})


def _two_lines(name: str, width: float) -> list[str]:
    """Return a name on at most two lines, each cut to the width."""
    found = f.wrap(name, width / 1.1, f.SMALL).split("\n")
    lines = found if len(found) <= 2 else [found[0], " ".join(found[1:])]
    return [f.fit(line, width, f.SMALL, bold=True) for line in lines]


@twice
def dots(
    narrow: bool, names: Sequence[str], series: Mapping[str, Values], *, colours: Sequence[str],
    spec: str = "pct1", unit: str = "", strong: Sequence[str] = (), ends: str = "", lang: str = "de",
) -> bytes:  # fmt: skip
    """Return one line per unit with a mark for each series, on one scale.

    `ends` is the format in which the lowest and the highest value of a line are printed beside it; without it
    all values stand in the table only.
    """
    every = [v for many in series.values() for v in many]
    steps = f.steps_of(min(0.0, *every), max(0.0, *every), 5 if narrow else 6)
    rows = m.rows(narrow, names, gap=14.0)
    head = m.head(narrow, unit, list(series), colours, "●■◆"[: len(series)])
    labels = f.widest([number(v, ends, lang) for v in every], f.SMALL, bold=True) + 9 if ends else 0.0
    lanes = m.lanes(narrow, rows, head.height, steps, spec, lang, labels=labels)
    axes = lanes.axes
    columns = list(series.values())
    for place, name in enumerate(names):
        found = [many[place] for many in columns]
        y = lanes.height(place)
        axes.plot([min(found), max(found)], [y, y], color=f.RANGE, linewidth=2.5, zorder=1)
        if ends:
            _ends(axes, y, dict(zip(found, colours, strict=True)), ends, lang)
        lanes.name(place, "bold" if name in strong else "normal")
    at = [lanes.height(place) for place in range(len(names))]
    for mark, many, colour in zip("osD", columns, colours, strict=False):
        axes.plot(many, at, mark, color=colour, markersize=6.5, clip_on=False, zorder=3)
    head.draw(axes, lanes.left, 8)
    return f.svg(lanes.figure)


def _ends(axes: Axes, y: float, found: Mapping[float, str], spec: str, lang: str) -> None:
    """Print the lowest value at the left of its mark and the highest at the right, each in its colour."""
    sides = [(max(found), 7, "left"), *([(min(found), -7, "right")] if len(found) > 1 else [])]
    for value, shift, align in sides:
        m.write(axes, value, y, number(value, spec, lang), (shift, 0), align, found[value], f.SMALL,
                weight="bold", ground=True)  # fmt: skip
