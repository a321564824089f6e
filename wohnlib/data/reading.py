"""Reading one raw file as text, with the faults that keep it from being a table at all."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from wohnlib.data.register import Resource
from wohnlib.errors import Fault, fault


@dataclass(frozen=True)
class RawTable:
    """A raw table as text; `rows` holds for each row the line an editor shows."""

    table: pd.DataFrame
    rows: list[int]
    faults: list[Fault]


def read_raw(content: bytes, resource: Resource) -> RawTable:
    """Return the bytes of a file as a table of text, with its faults of form."""
    nothing = pd.DataFrame(columns=list(resource.columns), dtype=str)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        return RawTable(
            nothing, [], [fault("raw_encoding", file=resource.file, row=row, byte=error.start + 1)]
        )
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    if len(header) == 1 and ";" in header[0] and len(resource.fields) > 1:
        return RawTable(nothing, [], [fault("raw_delimiter", file=resource.file, row=1, found=header[0])])
    lines, rows, faults = [], [], []
    for line in reader:
        if not line:
            continue
        if len(line) != len(header):
            found = str(len(line))
            row = reader.line_num
            faults.append(
                fault("raw_row_width", file=resource.file, row=row, found=found, expected=len(header))
            )
            continue
        lines.append(line)
        rows.append(reader.line_num)
    if not lines and not faults:
        return RawTable(nothing, [], [fault("raw_empty", file=resource.file)])
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        return RawTable(
            nothing, [], [fault("raw_column_twice", file=resource.file, row=1, column=n) for n in twice]
        )
    return RawTable(pd.DataFrame(lines, columns=header, dtype=object), rows, faults)


def read_file(path: Path) -> bytes | None:
    """Return the bytes of a file, nothing if it is not there."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
