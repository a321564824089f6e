"""The ground of all figures: a canvas, a palette, direct labels, and SVG that is the same everywhere.

A figure is drawn without pyplot on axes at fixed places, written with text as text, and then tidied: no
date, no ids that nothing refers to, coordinates with two decimals. Sizes are in millimetres and points.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from functools import cache
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

from wohnlib.words import number

# Colours by meaning. Every pair that meets in one figure differs in lightness as well as in hue, so that it
# holds for colour-blind readers and on a grey printer; lines and text reach 4.5 : 1 on white.
INK = "#1c252c"
MUTED = "#5b6770"
GRID = "#d5dad8"
PAPER = "#ffffff"
BASE = "#7a8790"
NEED = "#0b5a73"
SURPLUS = "#a65a06"
EZFH = "#5fa8a0"
MFH = "#1f3a5f"
FEMALE = "#b57fb3"
MALE = "#2f6d8c"
RANGE = "#c9dce2"
FAN = ("#dfebee", "#b5d2da", "#82b1c0")  # bands of 95, 80 and 50 %: darker where more draws run
PLUS = "#0b5a73"
MINUS = "#a65a06"
_TEXT_COLOURS = {
    EZFH: "#22736b",
    BASE: "#55616b",
    RANGE: "#3f6472",
    FEMALE: "#84498a",
}  # darker where the fill is light
_SERIES = (NEED, SURPLUS, MFH, EZFH, FEMALE, BASE)

FONT = "DejaVu Sans"
FONTS = "'DejaVu Sans', Verdana, Arial, sans-serif"
SIZE = 9.0  # points
SMALL = 8.0
WIDTH_MM = 160.0
NARROW_MM = 84.0  # on a phone 320 px wide one point is then 1.2 px
SLACK = 1.15  # other fonts of the list run up to 15 % wider than the one measured
SVG_AT_MOST = 16_384  # bytes
_POINTS_PER_MM = 72 / 25.4
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
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
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FAMILY = re.compile(r"font-family: ?[^;]+;?")
_UNTURNED = re.compile(r"rotate\(-?0 [^)]*\)\Z")
_FONT_STYLE = re.compile(r"font: (?:(\w+) )?([\d.]+)px [^;]+;?")


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


def text_width(text: str, size: float = SIZE, bold: bool = False) -> float:
    """Return the width of a text in points as it may at most be, whichever font of the list is used."""
    return sum(_advance(char, bold) for char in text) * size * SLACK


@cache
def _font(bold: bool) -> FT2Font:
    font = FT2Font(findfont(FontProperties(family=[FONT], weight="bold" if bold else "normal")))
    font.set_size(100, 72)
    return font


@cache
def _advance(char: str, bold: bool) -> float:
    """Return the width of one character as a share of the font size."""
    return float(_font(bold).load_char(ord(char)).linearHoriAdvance) / 65536 / 100


def widest(texts: Sequence[str], size: float = SIZE, bold: bool = False) -> float:
    """Return the width of the widest text in points."""
    return max((text_width(t, size, bold) for t in texts), default=0.0)


def wrap(text: str, at_most: float, size: float = SIZE) -> str:
    """Return a label broken into lines of at most `at_most` points, at spaces only; longer words are cut."""
    lines: list[str] = []
    for word in (fit(w, at_most * SLACK, size) for w in text.split(" ")):
        if lines and text_width(f"{lines[-1]} {word}", size) <= at_most:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def fit(text: str, at_most: float, size: float = SIZE, bold: bool = False) -> str:
    """Return a label cut with an ellipsis if it is wider than `at_most` points."""
    if text_width(text, size, bold) <= at_most:
        return text
    while text and text_width(f"{text}…", size, bold) > at_most:
        text = text[:-1]
    return f"{text.rstrip()}…"


def text_colour(fill: str) -> str:
    """Return the colour in which text belonging to a fill can be read on white."""
    return _TEXT_COLOURS.get(fill, fill)


def on_fill(fill: str) -> str:
    """Return white or ink, whichever reads better on a fill."""
    return PAPER if contrast(PAPER, fill) >= contrast(INK, fill) else INK


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours `#rrggbb` (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(count: int) -> list[str]:
    """Return colours for up to six series without a meaning of their own."""
    if count > len(_SERIES):
        raise ValueError("more than six series cannot be told apart")
    return list(_SERIES[:count])


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
    return _tidy(buffer.getvalue())


def _tidy(source: bytes) -> bytes:
    """Drop ids, metadata, empty groups and superfluous decimals from a matplotlib SVG."""
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    root = ET.fromstring(source)
    used = set(re.findall(r"#([\w-]+)", source.decode("utf-8")))
    for child in [c for c in root if c.tag == f"{{{_SVG}}}metadata"]:
        root.remove(child)
    _unwrap(root, used)
    for name in ("width", "height", "viewBox"):
        root.set(name, _LONG_NUMBER.sub(_short, root.attrib[name]))
    root.attrib.pop("version", None)
    root.set("font-family", FONTS)
    text = ET.tostring(root, encoding="unicode")
    text = re.sub(r">\s+<", "><", text).replace(" />", "/>")
    text = re.sub(r' d="([^"]*)"', lambda m: f' d="{_short_path(m[1])}"', text)
    for place, name in enumerate(dict.fromkeys(re.findall(r' id="([\w-]+)"', text))):
        text = re.sub(rf'(id="|#){name}\b', rf"\g<1>i{place}", text)
    return text.encode("utf-8")


def _short_path(path: str) -> str:
    """Write a path of straight lines with the commands for level and upright strokes."""
    words = path.split()
    if set(words) & set("CQSTAHV") or not words or words[0] != "M":
        return path
    parts: list[str] = []
    x = y = ""
    at = 0
    while at < len(words):
        command = words[at]
        if command == "z":
            parts.append("z")
            at += 1
            continue
        to_x, to_y = words[at + 1], words[at + 2]
        at += 3
        if command == "M":
            parts.append(f"M{to_x} {to_y}")
        elif to_x == x and to_y != y:
            parts.append(f"V{to_y}")
        elif to_y == y and to_x != x:
            parts.append(f"H{to_x}")
        elif to_x != x:
            parts.append(f"L{to_x} {to_y}")
        x, y = to_x, to_y
    return "".join(parts)


def _unwrap(node: ET.Element, used: set[str]) -> None:
    """Shorten attributes and lift the children of groups that say nothing, in place."""
    kept: list[ET.Element] = []
    for child in node:
        if child.get("id") and child.get("id") not in used:
            del child.attrib["id"]
        for name, value in child.attrib.items():
            child.set(name, _LONG_NUMBER.sub(_short, " ".join(value.split())))
        if _UNTURNED.match(child.get("transform", "")):
            del child.attrib["transform"]
        if "style" in child.attrib:
            child.set("style", _short_style(child.attrib["style"]))
        _unwrap(child, used)
        group = child.tag == f"{{{_SVG}}}g"
        if group and not child.attrib:
            kept.extend(child)
        elif not (group and len(child) == 0):
            kept.append(child)
    node[:] = kept


def _short_style(style: str) -> str:
    style = _FONT_STYLE.sub(
        lambda m: f"font-size:{m[2]}px;" + (f"font-weight:{m[1]};" if m[1] else ""), style
    )
    style = _FAMILY.sub("", style)
    return style.replace(": ", ":").replace("; ", ";").strip("; ")


def _short(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
