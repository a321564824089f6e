"""Lines of the calculation that `explain` prints: one figure with its name and formula, and titles of parts."""

from wohnlib.words import Words

TYPES = ("ezfh", "mfh")
SIZES = 5


def row(words: Words, name: str, value: float, spec: str, formula: str = "") -> str:
    """Return one figure: name, number and what it follows from."""
    number = words.number(value, spec)
    return f"  {name:<58}{number:>16}" + (f"   {formula}" if formula else "")


def head(words: Words, number: int, key: str) -> list[str]:
    """Return the title of a part, underlined."""
    title = f"{number}. {words(f'explain.{key}')}"
    return [title, "-" * len(title)]
