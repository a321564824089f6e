"""A number of a method that someone could question, and how tables of such numbers are asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One number (or one row of numbers) with its unit, where it comes from and how sure it is."""

    value: tuple[float, ...]
    unit: str
    origin: str
    rating: str


def setting(unit: str, origin: str, rating: str, *value: float) -> Setting:
    """Return a setting; the values come last, so that a table of them reads in columns."""
    return Setting(value, unit, origin, rating)


def lookups(
    settings: Mapping[str, Setting],
) -> tuple[Callable[[str], float], Callable[[str], tuple[float, ...]]]:
    """Return two functions that look a name up: for settings that are one number, and for rows of numbers."""

    def number(name: str) -> float:
        (value,) = settings[name].value
        return value

    def numbers(name: str) -> tuple[float, ...]:
        return settings[name].value

    return number, numbers
