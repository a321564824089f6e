"""From one cell to its value, or to what is wrong with it."""

import datetime as dt
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from wohnlib.local.kinds import Field, norm
from wohnlib.local.sheets import Broken, Formula

TEXT_AT_MOST = 200
_DIGITS = re.compile(r"\d+")
_MINUS = re.compile(r"[-\u2212\u2013]\s*(\d[\d.,]*)")
_THOUSANDS = re.compile(r"\d{1,3}([.,' \u00a0\u202f])\d{3}(\1\d{3})*([.,]\d+)?")
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")

Found = tuple[str, dict[str, Any]]  # code of a fault and its values


class Wrong(Exception):
    """A cell that cannot be taken: code of the fault and what its text needs."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def value_of(cell: Any, field: Field, decimal: str, choices: Mapping[str, str], typed: bool) -> Any:
    """Return the value of a cell: float, text or the code of a choice; None if it is empty and may be.

    `decimal` is the decimal mark of the file's text, `choices` maps what may be written to the code,
    `typed` tells a spreadsheet, whose cells hold numbers, from text. Raises `Wrong`.
    """
    if isinstance(cell, Formula):
        raise Wrong("local_formula")
    if isinstance(cell, Broken):
        raise Wrong("local_cell_error")
    if cell == "" or cell is None:
        if field.required:
            raise Wrong("local_value_missing")
        return None
    if field.numeric:
        number = _number(cell, field, decimal, typed)
        _within(number, field)
        return number
    if field.form == "choice":
        return _choice(cell, choices)
    return _text(cell)


def _number(cell: Any, field: Field, decimal: str, typed: bool) -> float:
    if isinstance(cell, bool):
        raise Wrong("local_not_number")
    if isinstance(cell, (int, float)):
        return float(cell)
    if isinstance(cell, (dt.date, dt.time)):
        raise Wrong("local_date_as_number")
    text = str(cell)
    if minus := _MINUS.fullmatch(text):
        if field.limits[0] is not None:
            raise Wrong("local_negative")
        return -_number(minus[1], field, decimal, typed)
    if _DIGITS.fullmatch(text) and text.isascii():
        return float(text)
    return _decimal(text, decimal, typed)


def _decimal(text: str, decimal: str, typed: bool) -> float:
    """Return a number with decimals; swapped marks, marks of thousands and units are named."""
    other = "." if decimal == "," else ","
    if text.endswith("%"):
        raise Wrong("local_percent")
    right = re.fullmatch(rf"\d+{re.escape(decimal)}\d+", text)
    wrong = re.fullmatch(rf"\d+{re.escape(other)}\d+", text)
    if typed and (right or wrong):
        raise Wrong("local_number_text")
    if right:
        return float(text.replace(decimal, "."))
    if _THOUSANDS.fullmatch(text):
        if wrong:  # 1.234 may be either
            raise Wrong(
                "local_mark_or_thousands", plain=text.replace(other, ""), mended=text.replace(other, decimal)
            )
        raise Wrong("local_thousands")
    if wrong:
        raise Wrong("local_mark", mended=text.replace(other, decimal), mark=decimal)
    raise Wrong("local_not_number")


def _within(number: float, field: Field) -> None:
    if field.form in ("whole", "year", "month") and not number.is_integer():
        raise Wrong("local_not_whole")
    low, high = field.limits
    if low == 0 and number < 0:
        raise Wrong("local_negative")
    if low is not None and number < low:
        raise Wrong("local_low", limit=f"{low:g}")
    if high is not None and number > high:
        raise Wrong("local_share" if field.form == "share" else "local_high", limit=f"{high:.10g}")


def _choice(cell: Any, choices: Mapping[str, str]) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    written = norm(str(cell))
    if written in choices:
        return choices[written]
    near = get_close_matches(written, choices, n=1, cutoff=0.6)
    raise Wrong("local_choice", near=near[0] if near else "")


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell)
    if any(not c.isprintable() for c in text):
        raise Wrong("local_characters")
    if len(text) > TEXT_AT_MOST:
        raise Wrong("local_text_long", limit=TEXT_AT_MOST)
    return text


def as_written(cell: Any) -> str | None:
    """Return a cell as a German spreadsheet shows it: 5,5, WAHR, 30.09.2026; None if it is empty."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, bool):
        return "WAHR" if cell else "FALSCH"
    if isinstance(cell, float):
        return f"{cell:.15g}".replace(".", ",")
    if isinstance(cell, dt.date):
        return cell.strftime("%d.%m.%Y")
    return str(cell)


def date_of(value: Any) -> dt.date | None:
    """Return a day written 2026-09-30, 30.09.2026 or 30.09.26, or a date of a spreadsheet; None if it is none."""
    if isinstance(value, dt.date):
        return value
    text = str(value).strip()
    german = _GERMAN_DATE.fullmatch(text)
    try:
        found = (
            dt.date(int(german[3]) + 2000 * (len(german[3]) == 2), int(german[2]), int(german[1]))
            if german
            else dt.date.fromisoformat(text)
        )
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None
