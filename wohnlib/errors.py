"""What can go wrong with input, as data that carries file, row, column, what was found and what to do.

The words stand in the catalogue: a fault code `x` has the templates `fault.x` (what was expected) and
`advice.x` (what to do). All faults of one input are raised together, as one `InputError`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

EXIT_INPUT = 2
_SHOWN_AT_MOST = 20
_FOUND_AT_MOST = 80
_VALUE_AT_MOST = 400


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with an input."""

    code: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    found: str | None = None
    values: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """Return the fault as German text: place, what was found, what was expected, what to do."""
        from wohnlib.words import Words

        words = Words("de")
        values = {
            "found": _short(self.found),
            **{k: _short(v, _VALUE_AT_MOST) for k, v in self.values.items()},
        }
        place = [words("place.file", file=_short(self.file))] if self.file else []
        if self.row is not None:
            place.append(words("place.row", row=self.row))
        if self.column is not None:
            place.append(words("place.column", column=_short(self.column)))
        parts = []
        if self.found is not None:
            parts.append(words("place.found", found=values["found"]))
        parts.append(words(f"fault.{self.code}", **values))
        head = ", ".join(place)
        body = ", ".join(parts)
        advice = words(f"advice.{self.code}", **values)
        return f"{head}: {body}. {advice}" if head else f"{body[:1].upper()}{body[1:]}. {advice}"


def _short(value: Any, at_most: int = _FOUND_AT_MOST) -> str:
    """Return a value as one printable line: control characters replaced, long text cut."""
    text = "" if value is None else str(value)
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= at_most else text[: at_most - 1] + "…"


def fault(
    code: str,
    *,
    file: str | None = None,
    row: int | None = None,
    column: str | None = None,
    found: object = None,
    **values: Any,
) -> Fault:
    """Build a fault; `row` counts as an editor does, the header row being row 1."""
    return Fault(code, file, row, column, None if found is None else str(found), values)


class InputError(Exception):
    """Input that cannot be used; carries every fault that was found, prints one German message."""

    exit_code = EXIT_INPUT

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.text())

    def text(self) -> str:
        from wohnlib.words import Words

        lines = [f.text() for f in self.faults[:_SHOWN_AT_MOST]]
        rest = len(self.faults) - len(lines)
        if rest > 0:
            lines.append(Words("de")("place.more", n=rest))
        return lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)
