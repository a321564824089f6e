"""How wide text in a figure is, whichever font a reader has: labels are broken and cut by it."""

from collections.abc import Sequence
from functools import cache

from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

FONT = "DejaVu Sans"
FONTS = "'DejaVu Sans', Verdana, Arial, sans-serif"
SIZE = 9.0  # points
SMALL = 8.0
SLACK = 1.15  # other fonts of the list run up to 15 % wider than the one measured


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
