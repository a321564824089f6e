"""Figures that compare all units: small multiples on one scale, and dots on one line per unit."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from wohnlib.report import figure as f
from wohnlib.words import number

Values = Sequence[float]
_ROW = 22.0
_COLUMNS = 4
_PANEL = 72.0  # points from one row of panels to the next


def small_multiples(
    years: Sequence[int], panels: Mapping[str, Values], compare: tuple[str, Values], *, spec: str = "dec1",
    unit: str = "", base: float = 100.0, lang: str = "de",
) -> bytes:  # fmt: skip
    """Return one small panel a unit, all with the same axes; the pale line of `compare` stands in each."""
    every = [*(v for many in panels.values() for v in many), *compare[1]]
    low, high = min(every), max(every)
    rows = -(-len(panels) // _COLUMNS)
    top, bottom, between = 34.0, 16.0, 30.0
    fig = f.new_figure((top + bottom + rows * _PANEL) / 72 * 25.4)
    full_width, full_height = f.size(fig)
    width = (full_width - 8) / _COLUMNS
    few = sorted(
        {*range(0, len(years), 4), len(years) - 1}
    )  # a pale line needs no more, and keeps the file small
    for place, (name, values) in enumerate(panels.items()):
        row, column = divmod(place, _COLUMNS)
        over = top + row * _PANEL + between - 8
        last = number(values[-1], spec, lang)
        left = 4 + column * width
        right = full_width - left - width + f.text_width("100,0", f.SMALL, bold=True) + 8
        axes = f.new_axes(fig, left, right, full_height - over - (_PANEL - between), over)
        axes.set_xlim(years[0], years[-1])
        axes.set_ylim(low, high)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.axhline(base, color=f.GRID, linewidth=0.8)
        axes.plot(
            [years[k] for k in few],
            [compare[1][k] for k in few],
            color=f.BASE,
            linewidth=1.0,
            linestyle=(0, (2, 1.5)),
            clip_on=False,
        )
        axes.plot(years, values, color=f.NEED, linewidth=1.8, clip_on=False)
        title = f.wrap(name, width - 6, f.SMALL)
        _text(axes, (0, 1), "axes fraction", title, (0, 5), size=f.SMALL, weight="bold", vertical="bottom")
        _text(axes, (years[-1], values[-1]), "data", last, (4, 0), size=f.SMALL, colour=f.NEED, weight="bold")
        if row == rows - 1 or place + _COLUMNS >= len(panels):
            _text(
                axes,
                (0, 0),
                "axes fraction",
                f"{years[0]}–{years[-1]}",
                (0, -6),
                f.MUTED,
                f.SMALL,
                vertical="top",
            )
    _text(axes, (4, full_height - 4), "figure points", unit, (0, 0), f.MUTED, f.SMALL, vertical="top")
    _text(axes, (4, full_height - 17), "figure points", f"- - - {compare[0]}", (0, 0), f.text_colour(f.BASE), f.SMALL,
          vertical="top")  # fmt: skip
    return f.svg(fig)


def dots(
    names: Sequence[str], series: Mapping[str, Values], *, colours: Sequence[str], spec: str = "pct1",
    unit: str = "", strong: Sequence[str] = (), lang: str = "de",
) -> bytes:  # fmt: skip
    """Return one line per unit with a mark for each series, on one scale; values are given in the table."""
    every = [v for many in series.values() for v in many]
    steps = f.steps_of(min(0.0, *every), max(0.0, *every), 6)
    left = f.widest(names, f.SIZE, bold=True) + 14
    top = 24.0 + (14 if unit else 0)
    fig = f.new_figure((len(names) * _ROW + top + 20) / 72 * 25.4)
    axes = f.new_axes(fig, left, f.text_width(number(steps[-1], spec, lang), f.SMALL) / 2 + 8, 20, top)
    axes.set_xlim(steps[0], steps[-1])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks([])
    f.value_axis(axes, steps, spec, lang, horizontal=True)
    columns = list(series.values())
    for place, name in enumerate(names):
        ends = [many[place] for many in columns]
        axes.plot([min(ends), max(ends)], [place, place], color=f.RANGE, linewidth=2.5, zorder=1)
        weight = "bold" if name in strong else "normal"
        _text(axes, (steps[0], place), "data", name, (1 - left, 0), weight=weight)
    across = 0.0
    for mark, sign, (name, many), colour in zip("osD", "●■◆", series.items(), colours, strict=False):
        axes.plot(many, range(len(names)), mark, color=colour, markersize=6.5, clip_on=False, zorder=3)
        _text(axes, (0, 1), "axes fraction", sign, (-left + across, 12), colour)
        _text(axes, (0, 1), "axes fraction", name, (12 - left + across, 12), f.text_colour(colour))
        across += f.text_width(name) + 26
    if unit:
        _text(axes, (0, 1), "axes fraction", unit, (-left, 28), f.MUTED, f.SMALL)
    return f.svg(fig)


def _text(
    axes: Axes, at: tuple[float, float], system: str, text: str, shift: tuple[float, float],
    colour: str = f.INK, size: float = f.SIZE, weight: str = "normal", vertical: str = "center",
) -> None:  # fmt: skip
    axes.annotate(
        text, at, xycoords=system, xytext=shift, textcoords="offset points", ha="left", va=vertical,
        color=colour, fontsize=size, fontweight=weight, annotation_clip=False, linespacing=1.15,
    )  # fmt: skip
