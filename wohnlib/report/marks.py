"""What the kinds of figure share: text at a point, names of rows and lines, years, unit and key above the axes."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wohnlib.report import figure as f
from wohnlib.words import number

_KEY = 16.0  # points per line of a key
_UNIT = 11.0  # points per further line of the unit
_EDGE = 2.0  # points kept free at the left, for letters that reach out of their place
_NAME_SHARE = 0.5  # of a wide figure that names at its left may take at most
_LEAST_BETWEEN_YEARS = 29.0  # points from the middle of one year's number to the next
_NARROW_ROW = 36.0  # points per row with the name above the bar


def write(
    axes: Axes, x: float, y: float, text: str, offset: tuple[float, float] = (0, 0), align: str = "left",
    colour: str = f.INK, size: float = f.SIZE, weight: str = "normal", vertical: str = "center",
    system: str = "data", ground: bool = False,
) -> None:  # fmt: skip
    """Write text at a point of the data (or of another system), moved by an offset in points.

    `ground` lays white under it, where lines would run through the letters.
    """
    axes.annotate(
        text, (x, y), xycoords=system, xytext=offset, textcoords="offset points", ha=align, va=vertical,
        color=colour, fontsize=size, fontweight=weight, annotation_clip=False, linespacing=1.25,
        bbox={"facecolor": f.PAPER, "edgecolor": "none", "pad": 0.8} if ground else None,
    )  # fmt: skip


def axes_width(axes: Axes) -> float:
    """Return the width of axes in points."""
    return float(axes.get_position().width * f.size(axes.figure)[0])


@dataclass(frozen=True)
class Rows:
    """Rows with a name each: at the left of the bar, or above it where the figure is narrow."""

    names: list[str]
    left: float  # points kept free for names
    step: float  # points per row
    centre: float  # of the bar within its row, in rows
    high: float  # of the bar, in rows
    above: bool

    def name(
        self, axes: Axes, place: int, x: float, before: float = 0.0, weight: str = "normal",
        ground: bool = False,
    ) -> None:  # fmt: skip
        """Write a name; `before` are points between the names and the left end of the axes."""
        y = place - 0.22 if self.above else place
        write(axes, x, y, self.names[place], (_EDGE - self.left - before, 0), weight=weight, ground=ground)


def rows(narrow: bool, names: Sequence[str], step: float = 22.0, gap: float = 8.0) -> Rows:
    """Return how rows of a figure are laid out; names too long for their place are cut."""
    if narrow:
        short = [f.fit(n, f.points(True) - 8, bold=True) for n in names]
        return Rows(short, 4.0, _NARROW_ROW, 0.16, 0.40, True)
    short = [f.fit(n, f.points(False) * _NAME_SHARE, bold=True) for n in names]
    return Rows(short, f.widest(short, bold=True) + gap, step, 0.0, 0.66, False)


@dataclass(frozen=True)
class Lanes:
    """Axes with one line per row over a scale of values, names at the left or above."""

    figure: Figure
    axes: Axes
    rows: Rows
    start: float  # value at the left end of the axes
    before: float  # points between the names and the left end
    narrow: bool

    @property
    def left(self) -> float:
        """Points from the left edge of the figure to the axes."""
        return self.rows.left + self.before

    def height(self, place: int) -> float:
        """Return where the marks of a row stand."""
        return place + self.rows.centre

    def name(self, place: int, weight: str = "normal") -> None:
        """Write the name of a row."""
        self.rows.name(self.axes, place, self.start, self.before, weight, self.narrow)


def lanes(
    narrow: bool, rows: Rows, above: float, steps: Sequence[float], spec: str, lang: str, *, labels: float = 0.0
) -> Lanes:  # fmt: skip
    """Return axes for rows below `above` points of head; `labels`: points that text beside the marks may take."""
    edge = max(f.text_width(number(steps[-1], spec, lang), f.SMALL) / 2 + 8, labels)
    before = edge if narrow else 0.0
    fig = f.new_figure(len(rows.names) * rows.step + above + 28, narrow)
    axes = f.new_axes(fig, rows.left + before, edge, 20, 8 + above)
    axes.set_xlim(steps[0], steps[-1])
    axes.set_ylim(len(rows.names) - 0.5, -0.5)
    axes.set_yticks([])
    f.value_axis(axes, steps, spec, lang, horizontal=True)
    shown = _apart(steps, axes_width(axes), spec, lang)
    axes.set_xticks(shown, labels=[number(v, spec, lang) for v in shown])
    return Lanes(fig, axes, rows, steps[0], before, narrow)


def _apart(steps: Sequence[float], width: float, spec: str, lang: str) -> list[float]:
    """Return the steps to be labelled, counted from zero, so that numbers stand apart on `width` points."""
    needed = f.widest([number(v, spec, lang) for v in steps], f.SMALL) + 8
    every = max(1, -int(-needed * (len(steps) - 1) // width))
    first = min(range(len(steps)), key=lambda k: abs(steps[k]))
    return [v for k, v in enumerate(steps) if (k - first) % every == 0]


@dataclass(frozen=True)
class Head:
    """What stands above the axes: the unit of the numbers, and the key broken into lines that fit."""

    unit: str
    lines: list[list[tuple[str, str, str, float]]]  # sign, colour, name, points to the next entry

    @property
    def height(self) -> float:
        """Points the unit and the key take."""
        unit = _KEY + _UNIT * self.unit.count("\n") if self.unit else 0.0
        return unit + _KEY * len(self.lines)

    def draw(self, axes: Axes, shift: float, lift: float) -> None:
        """Write the key and above it the unit, `shift` points left of the axes, `lift` above them."""
        for up, line in enumerate(reversed(self.lines)):
            across = _EDGE - shift
            for sign, colour, name, step in line:
                y = lift + up * _KEY
                _above(axes, sign, (across, y), colour, f.SIZE)
                if name:
                    _above(axes, name, (across + _sign_room(sign), y), f.INK, f.SIZE)
                across += step
        if self.unit:
            _above(axes, self.unit, (_EDGE - shift, lift + _KEY * len(self.lines)), f.MUTED, f.SMALL)


def head(
    narrow: bool, unit: str, names: Sequence[str] = (), fills: Sequence[str] = (), signs: Sequence[str] = ()
) -> Head:
    """Return unit and key in lines no wider than the figure; a sign without a name belongs to the next."""
    free = f.points(narrow) - 12
    signs = signs or ["\N{BLACK SQUARE}"] * len(names)
    lines: list[list[tuple[str, str, str, float]]] = []
    used, alone = 0.0, False
    for text, fill, sign in zip(names, fills, signs, strict=True):
        name = f.fit(text, free - 20)
        step = 8.0 if not name else f.text_width(name) + _sign_room(sign) + 14
        if not lines or (used + step - 14 > free and not alone):
            lines.append([])
            used = 0.0
        lines[-1].append((sign, fill, name, step))
        used, alone = used + step, not name
    return Head(f.wrap(unit, free, f.SMALL) if unit else "", lines)


def _sign_room(sign: str) -> float:
    """Return the points from the start of a sign to its name: dashes and dots are wider than a square."""
    return 12.0 if len(sign) == 1 else 16.0


def _above(axes: Axes, text: str, offset: tuple[float, float], colour: str, size: float) -> None:
    write(axes, 0, 1, text, offset, "left", colour, size, vertical="bottom", system="axes fraction")


def end_labels(axes: Axes, x: float, labels: Sequence[tuple[float, str, str, str]]) -> None:
    """Write labels (height, text, colour, weight) beside the end of lines, moved apart where they would touch."""
    low, high = axes.get_ylim()
    per_point = (high - low) / (axes.get_position().height * f.size(axes.figure)[1])
    deepest = max(text.count("\n") + 1 for _, text, _, _ in labels)
    moved = f.apart([y for y, *_ in labels], (f.SIZE * 1.3 * deepest + 3) * per_point)
    for (_, text, colour, weight), y in zip(labels, moved, strict=True):
        write(axes, x, y, text, (8, 0), "left", colour, weight=weight)


def thinned(years: list[int], per_year: float) -> list[int]:
    """Return first and last year and those between whose numbers do not touch."""
    kept = years[:1]
    for year in years[1:-1]:
        if min(year - kept[-1], years[-1] - year) * per_year >= _LEAST_BETWEEN_YEARS:
            kept.append(year)
    return kept + years[-1:] if years[-1] != years[0] else kept
