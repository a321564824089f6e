"""Colours of all figures by meaning, and which of them can be read on which."""

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
SERIES = (NEED, SURPLUS, MFH, EZFH, FEMALE, BASE)


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
    if count > len(SERIES):
        raise ValueError("more than six series cannot be told apart")
    return list(SERIES[:count])
