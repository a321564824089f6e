"""One catalogue of all words that people read; templates live in `wohnlib/catalogue/<lang>/*.toml`.

A template is a Python format string. Its format specs are those of a German report, not of Python:

    {n:int}      1.234          {n:dec1}    1.234,5        {n:pct1}   12,3 %  (n is a share)
    {n:signed}   +1.234 / −12   {n:signed1} +1,2           {n:pp1}    +1,2 Prozentpunkte (n is a share)
    {n:year}     2040           {d:date}    15.05.2022     {d:day}    15. Mai
    {x}          the text as it is
"""

import datetime as dt
import string
import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

LANGUAGES = ("de",)
_FOLDER = Path(__file__).resolve().parent / "catalogue"
_MINUS = "\N{MINUS SIGN}"
_DATES = {"date": "dd.MM.yyyy", "day": "d. MMMM"}
NBSP = "\N{NO-BREAK SPACE}"


@cache
def _templates(lang: str) -> Mapping[str, str]:
    """Return all templates of a language, keyed `section.name`; a key that stands twice is an error."""
    found: dict[str, str] = {}
    for path in sorted((_FOLDER / lang).glob("*.toml")):
        for section, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for name, text in entries.items():
                key = f"{section}.{name}"
                if key in found:
                    raise KeyError(f"{key} stands twice in the catalogue '{lang}'")
                found[key] = text
    return found


class _Formatter(string.Formatter):
    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: Any, format_spec: str) -> str:
        if not format_spec:
            return str(value)
        if format_spec == "year":
            return str(int(value))
        if format_spec in _DATES:
            day = dt.date.fromisoformat(value) if isinstance(value, str) else value
            return str(format_date(day, _DATES[format_spec], locale=self.lang))
        return number(value, format_spec, self.lang)


def number(value: float, spec: str, lang: str = "de") -> str:
    """Format one number; `spec` is one of int, decN, pctN, signed, signedN, ppN."""
    kind = spec.rstrip("0123456789")
    digits = int(spec[len(kind) :] or 0)
    if kind not in ("int", "dec", "pct", "signed", "pp"):
        raise ValueError(f"unknown number format '{spec}'")
    exact = Decimal(repr(float(value)))
    if not exact.is_finite():
        raise ValueError(f"not a number that can be printed: {value}")
    exact *= 100 if kind in ("pct", "pp") else 1
    amount = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = str(format_decimal(abs(amount), format=pattern, locale=lang))
    if amount < 0:
        text = _MINUS + text
    elif kind in ("signed", "pp") and amount > 0:
        text = "+" + text
    if kind == "pct":
        text += NBSP + "%"
    elif kind == "pp":
        text += NBSP + "Prozentpunkte"
    return text


class Words:
    """The words of one language: `words("need.title", n=12)` looks a template up and fills it."""

    def __init__(self, lang: str = "de") -> None:
        if lang not in LANGUAGES:
            from wohnlib.errors import InputError, fault

            raise InputError([fault("lang", found=lang, allowed=", ".join(LANGUAGES))])
        self.lang = lang
        self._format = _Formatter(lang)

    def __call__(self, key: str, /, **values: Any) -> str:
        return self._format.vformat(_templates(self.lang)[key], (), values)

    def __contains__(self, key: str) -> bool:
        return key in _templates(self.lang)

    def count(self, key: str, /, n: float) -> str:
        """Return a number with its noun in the right form: `key_one` for 1, `key_many` otherwise."""
        return self(f"{key}_{'one' if n == 1 else 'many'}", n=n)

    def dates(self, text: str) -> str:
        """Return an ISO date, a year or a range of them (`a/b`) as people write it."""
        parts = [self._format.format_field(p, "date") if p.count("-") == 2 else p for p in text.split("/")]
        return self("common.from_to", first=parts[0], last=parts[-1]) if len(parts) == 2 else parts[0]

    def number(self, value: float, spec: str) -> str:
        return number(value, spec, self.lang)

    def keys(self) -> tuple[str, ...]:
        return tuple(_templates(self.lang))
