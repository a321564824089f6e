"""Opening a file that a municipality brings: CSV or XLSX, as rows of cells with their places.

Nothing is interpreted here and nothing is left out: what cannot be taken is a fault with its place.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wohnlib.errors import Fault, fault
from wohnlib.local.kinds import norm
from wohnlib.paths import shown
from wohnlib.words import Words

BYTES_AT_MOST = 20_000_000
UNPACKED_AT_MOST = 200_000_000  # an XLSX is a packed file; a small one may unpack to any size
ROWS_AT_MOST = 100_000
COLUMNS_AT_MOST = 200
GERMAN = "äöüÄÖÜßéèáàâêëçñôîï²³€§°„“”‚‘’–—…«»×·½¼µ"  # beyond ASCII in a file saved as Windows-1252
DATA, META, NOTES, LISTS = (f"localsheet.{n}" for n in ("data", "meta", "notes", "lists"))


class Formula(str):
    """A cell that holds a formula instead of a value."""

    __slots__ = ()


class Broken(str):
    """A cell that holds an error of the spreadsheet, such as #REF!."""

    __slots__ = ()


@dataclass
class Sheet:
    """The cells of one file as they stand there."""

    file: str
    kind_of_file: str  # csv or xlsx
    decimal: str  # decimal mark of its text
    header: list[Any] = field(default_factory=list)
    header_row: int = 1
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    meta: dict[str, tuple[Any, int]] = field(default_factory=dict)  # label in one form -> value, row
    faults: list[Fault] = field(default_factory=list)
    meta_sheet: str = ""  # name of the sheet with date and office, empty if they stand above the table

    def place(self, row: int, column: int, name: str) -> dict[str, Any]:
        """Return the place of a cell for a fault: row, heading and, in a spreadsheet, the cell's name."""
        cell = f"{letters(column)}{row}"
        return {"file": self.file, "row": row, "column": f"{name} ({cell})" if name else cell}

    def meta_place(self, label: str, row: int | None) -> dict[str, Any]:
        """Return the place of date, office or example: in a spreadsheet on their own sheet."""
        if row is None:
            return {"file": self.file, "column": label}
        cell = f"{self.meta_sheet}!B{row}" if self.meta_sheet else f"B{row}"
        return {"file": self.file, "row": row, "column": f"{label} ({cell})"}


@dataclass(frozen=True)
class Cells:
    """Where the columns of a file stand, kept beside its rows, so that later checks can still name a cell."""

    file: str
    columns: Mapping[str, int]  # name of a field -> position

    def place(self, row: int, label: str, *fields: str) -> dict[str, Any]:
        """Return the place of the first of some fields that the file has; of the row's first cell if none."""
        column = next((self.columns[f] for f in fields if f in self.columns), 0)
        return {"file": self.file, "row": row, "column": f"{label} ({letters(column)}{row})"}


def letters(column: int) -> str:
    """Return the name of a column counted from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def open_sheet(path: Path) -> Sheet:
    """Return the cells of a CSV or XLSX file; a file that cannot be opened has faults and no rows."""
    file = shown(path)
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= BYTES_AT_MOST else b""
    except OSError:
        return Sheet(file, "csv", ".", faults=[fault("local_unreadable", file=file)])
    if size > BYTES_AT_MOST:
        limit = BYTES_AT_MOST // 1_000_000
        return Sheet(file, "csv", ".", faults=[fault("local_huge", file=file, found=f"{size}", limit=limit)])
    return _xlsx(content, file) if path.suffix.lower() == ".xlsx" else _csv(content, file)


# -- CSV -------------------------------------------------------------------------------------------------


def _csv(content: bytes, file: str) -> Sheet:
    text = _text(content)
    if isinstance(text, int):
        return Sheet(file, "csv", ".", faults=[fault("local_encoding", file=file, row=text)])
    mark = _delimiter(text)
    sheet = Sheet(file, "csv", "." if mark == "," else ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        _fill(sheet, _csv_lines(reader))
    except csv.Error:
        sheet.faults.append(fault("local_quotes", file=file, row=reader.line_num))
    return sheet


def _text(content: bytes) -> str | int:
    """Return the text of a CSV, or the row that cannot be read.

    UTF-8, with or without its mark; else Windows-1252, in which German spreadsheets save CSV, if what is not
    plain then is a letter or sign of German text.
    """
    bad = content.find(b"\0")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = error.start if bad < 0 else min(bad, error.start)
        text = content.decode("cp1252", errors="replace")
        if bad == error.start and {c for c in text if not c.isascii()} <= set(GERMAN):
            bad = -1
    return text if bad < 0 else content[:bad].count(b"\n") + 1


def _delimiter(text: str) -> str:
    """Return the mark between the cells of the heading: the first line that is no remark decides."""
    line = next((x for x in text.splitlines() if x.strip() and not x.lstrip('"').startswith("#")), "")
    return max((";", ",", "\t"), key=line.count)


def _csv_lines(reader: Any) -> Iterator[tuple[int, list[Any]]]:
    for cells in reader:
        yield reader.line_num, [c.strip() for c in cells]


def _fill(sheet: Sheet, lines: Iterator[tuple[int, list[Any]]]) -> None:
    """Sort the lines of a CSV: remarks with date and office first, then the heading, then the rows."""
    for row, cells in lines:
        filled = [c for c in cells if c != ""]
        if not filled:
            continue
        if not sheet.header and str(filled[0]).startswith("#"):
            label, _, rest = str(filled[0]).lstrip("# ").partition(":")
            value = rest.strip() or (filled[1] if len(filled) > 1 else "")
            sheet.meta.setdefault(norm(label), (value, row))
        elif not sheet.header:
            sheet.header, sheet.header_row = cells, row
        else:
            sheet.rows.append((row, cells))
            if len(sheet.rows) > ROWS_AT_MOST:
                sheet.faults.append(fault("local_rows", file=sheet.file, row=row, limit=ROWS_AT_MOST))
                return


# -- XLSX ------------------------------------------------------------------------------------------------


def _xlsx(content: bytes, file: str) -> Sheet:
    sheet = Sheet(file, "xlsx", ",")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(i.file_size for i in packed.infolist())
        if unpacked > UNPACKED_AT_MOST:
            limit = UNPACKED_AT_MOST // 1_000_000
            sheet.faults.append(fault("local_huge", file=file, found=f"{unpacked}", limit=limit))
            return sheet
        book = _book(content)
    except Exception:  # noqa: BLE001  the library raises whatever the broken part of the file led to
        sheet.faults.append(fault("local_not_xlsx", file=file))
        return sheet
    try:
        _fill_book(sheet, book)
    except Exception:  # noqa: BLE001  sheets are parsed as they are read
        sheet.rows.clear()
        sheet.faults.append(fault("local_not_xlsx", file=file))
    finally:
        book.close()
    return sheet


def _book(content: bytes) -> Any:
    import warnings

    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about drop-down lists of newer spreadsheets, which hold no data
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)


def _fill_book(sheet: Sheet, book: Any) -> None:
    words = Words("de")
    names = {key: words(key) for key in (DATA, META, NOTES, LISTS)}
    by_name = {norm(ws.title): ws for ws in book.worksheets}
    for title, ws in by_name.items():
        if title not in {norm(n) for n in names.values()} and next(_filled(ws), None):
            sheet.faults.append(fault("local_sheet_extra", file=sheet.file, found=ws.title, name=names[DATA]))
    data = by_name.get(norm(names[DATA]))
    if data is None and len(book.worksheets) == 1:
        lines = list(_filled(book.worksheets[0]))
        if lines and str(next((c for c in lines[0][1] if c != ""), "")).startswith("#"):
            sheet.faults.clear()  # a CSV form saved as XLSX: all of it on one sheet
            _fill(sheet, iter(lines))
            return
    if data is None:
        found = ", ".join(ws.title for ws in book.worksheets)
        sheet.faults.append(fault("local_sheet_missing", file=sheet.file, found=found, name=names[DATA]))
        return
    meta, sheet.meta_sheet = by_name.get(norm(names[META])), names[META]
    for row, cells in _filled(meta) if meta is not None else ():
        if isinstance(cells[0], str) and cells[0]:
            sheet.meta.setdefault(norm(cells[0]), (cells[1] if len(cells) > 1 else "", row))
    for row, cells in _filled(data):
        if not sheet.header:
            sheet.header, sheet.header_row = cells, row
            continue
        sheet.rows.append((row, cells))
        if len(sheet.rows) > ROWS_AT_MOST:
            sheet.faults.append(fault("local_rows", file=sheet.file, row=row, limit=ROWS_AT_MOST))
            return


def _filled(ws: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of a sheet that hold anything; the size that the file states of itself is not believed."""
    ws.reset_dimensions()
    for place, row in enumerate(ws.iter_rows(), start=1):
        cells = [_cell(c) for c in row]
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            number = next((c.row for c in row if c.value is not None), place)
            yield number, cells


def _cell(cell: Any) -> Any:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Formula(str(getattr(value, "text", value)))
    if cell.data_type == "e":
        return Broken(str(value))
    if isinstance(value, dt.datetime):
        return value.date()
    return value.strip() if isinstance(value, str) else value
