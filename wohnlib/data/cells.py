"""What can be wrong with one cell of a raw table: the first fault of a text, by the field's description."""

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from typing import Any

from wohnlib.data.register import Field
from wohnlib.words import Words

MISSING_WORDS = frozenset({"nan", "na", "n/a", "null", "none"})
RANGE_BY_UNIT: dict[str, tuple[float | None, float | None]] = {
    "share": (0, 1),
    "probability": (0, 1),
    "rate": (0, 1),
    "percent": (0, 100),
}
WHOLE_UNITS = frozenset({"persons", "households", "dwellings", "buildings"})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_KEY_LENGTHS = (8, 5, 2)
_NEAR = 3

Found = tuple[str, dict[str, Any]]


def cell_fault(
    text: str, field: Field, missing: tuple[str, ...], known: Mapping[str, str] | None
) -> Found | None:
    """Return code and values of the first fault of a cell, or nothing; `known` maps area keys to names."""
    if text in missing or text.strip().lower() in MISSING_WORDS:
        allowed = text in missing and not field.required
        return None if allowed else ("raw_value_missing", {})
    if field.numeric:
        return _number_fault(text, field)
    if field.type == "date":
        return None if _is_date(text) else ("raw_date", {})
    if field.enum and text not in field.enum:
        return "raw_enum", {"allowed": ", ".join(field.enum)}
    return _key_fault(text, field, known)


def _number_fault(text: str, field: Field) -> Found | None:
    if _COMMA.fullmatch(text):
        return "raw_decimal_comma", {"right": text.replace(".", "").replace(",", ".")}
    if not _NUMBER.fullmatch(text):
        return "raw_not_number", {}
    if field.type == "integer" and not float(text).is_integer():
        return "raw_not_integer", {}
    return range_fault(float(text), field, field.unit, signed=field.signed or bool(field.signed_items))


def range_fault(value: float, field: Field, unit: str, signed: bool) -> Found | None:
    """Return the fault of a number outside the range of its unit or its field."""
    if field.name == "value" and unit in WHOLE_UNITS and not float(value).is_integer():
        return "raw_not_integer", {}
    unit_low, unit_high = RANGE_BY_UNIT.get(unit, (None, None))
    low = field.minimum if field.minimum is not None else unit_low
    high = field.maximum if field.maximum is not None else unit_high
    if low is None and not signed:
        low = 0
    if low == 0 and value < 0:
        return "raw_negative", {}
    if low is not None and value < low:
        return "raw_below", {"limit": low}
    if high is not None and value > high:
        return ("raw_above_one", {}) if high == 1 else ("raw_above", {"limit": high})
    return None


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _key_fault(text: str, field: Field, known: Mapping[str, str] | None) -> Found | None:
    fits = re.fullmatch(field.pattern, text) is not None if field.pattern else True
    if known is not None and text in known:
        return None
    if field.pattern and text.isdigit():
        right = "0" + text
        possible = right in known if known is not None else len(right) in _KEY_LENGTHS
        if possible and re.fullmatch(field.pattern, right):
            return "raw_lost_zero", {"right": right}
    if not fits:
        return "raw_pattern", {"form": _form(field)}
    if known is not None:
        return "raw_unknown_key", {"near": ", ".join(nearest(text, known))}
    return None


def _form(field: Field) -> str:
    words = Words()
    digits = re.fullmatch(r"\\d\{(\d+)\}", field.pattern)
    if digits:
        return words("rawform.digits", digits=digits[1])
    return words("rawform.key") if field.name == "ags" else words("rawform.other", pattern=field.pattern)


def nearest(text: str, known: Mapping[str, str]) -> list[str]:
    """Return up to three areas whose key or name is nearest, as 'key name'."""
    by_name = {name.lower(): key for key, name in known.items()}
    keys = difflib.get_close_matches(text, known, n=_NEAR, cutoff=0.5)
    keys += [by_name[n] for n in difflib.get_close_matches(text.lower(), by_name, n=_NEAR, cutoff=0.5)]
    keys = list(dict.fromkeys(keys)) or sorted(known)
    return [f"{key} {known[key]}" for key in keys[:_NEAR]]
