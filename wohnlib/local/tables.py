"""From the cells of one file to a typed table; every fault with file, row, heading and cell."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib.areas import Areas
from wohnlib.errors import Fault, fault
from wohnlib.local.cells import Wrong, as_written, date_of, value_of
from wohnlib.local.kinds import Field, Kind, choice_label, norm
from wohnlib.local.rules import Context, check_finished, check_rows, check_table
from wohnlib.local.sheets import Cells, Sheet, open_sheet
from wohnlib.words import Words

ROW = "_row"  # the row of the file, kept beside the values
AT = "_at"  # and where its columns stand, so that a later check can name the cell


@dataclass(frozen=True)
class LocalFile:
    """Where a table of a municipality comes from: what reports name beside its figures."""

    kind: str
    file: str
    folder: str  # key of the unit or of the region
    date: str  # ISO
    office: str
    example: bool
    rows: int


def read_table(
    path: Path, kind: Kind, areas: Areas, folder: str, today: dt.date | None = None
) -> tuple[pd.DataFrame, LocalFile, list[Fault]]:
    """Return the table of one file, what is known about the file, and everything that is wrong with it.

    Columns as in `kind`, keys and choices as text (choices by their code), numbers as float, an optional
    number that was left empty as NaN; `folder` is the key of the unit or region whose folder holds the file.
    Figures that are not invented may not be dated later than `today`, if it is given.
    """
    words = Words("de")
    sheet = open_sheet(path)
    faults = list(sheet.faults)
    nothing = _frame(kind, [])
    if faults and not sheet.rows:
        return nothing, LocalFile(kind.name, sheet.file, folder, "", "", False, 0), faults
    about = _about(sheet, kind, folder, words, faults, today)
    places = _header(sheet, kind, folder in areas.keys, words, faults)
    if places is None:
        return nothing, about, faults
    if not sheet.rows:
        faults.append(fault("local_empty", file=sheet.file))
        return nothing, about, faults
    rows, before = [], len(faults)
    for number, cells in sheet.rows:
        row = _row(sheet, number, cells, places, kind, areas, folder, words, faults)
        if row is not None:
            rows.append(row)
    table = _frame(kind, rows)
    if table.empty and len(faults) == before:
        faults.append(fault("local_empty", file=sheet.file))
    faults += _duplicates(table, kind, sheet, places, words)
    at = Context(kind, sheet, places, words)
    faults += check_rows(table, at)
    faults += check_finished(table, at, about.date)
    if not faults:
        faults += check_table(table, at)
    where = Cells(sheet.file, places)
    return table.assign(**{AT: [where] * len(table)}), replace(about, rows=len(table)), faults


def _frame(kind: Kind, rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*kind.columns, ROW])
    for field in kind.fields:
        table[field.name] = table[field.name].astype(float if field.numeric else object)
    return table


def _about(
    sheet: Sheet, kind: Kind, folder: str, words: Words, faults: list[Fault], today: dt.date | None = None
) -> LocalFile:
    """Return date, responsible office and whether the data are invented; each must stand in the file."""
    found: dict[str, tuple[Any, dict[str, Any]]] = {}
    for name in ("date", "office", "example"):
        label = words(f"localmeta.{name}")
        value, row = sheet.meta.get(norm(label), ("", None))
        place = sheet.meta_place(label, row)
        if value == "" and name != "example":
            faults.append(fault("local_meta", **place, label=label))
        found[name] = (value, place)
    value, place = found["date"]
    day = date_of(value)
    if value != "" and day is None:
        faults.append(fault("local_meta_date", **place, found=value))
    value, place = found["example"]
    answers = {"": False, "nein": False, "ja": True}
    if norm(str(value)) not in answers:
        faults.append(fault("local_meta_example", **place, found=value))
    office = " ".join(str(found["office"][0]).split())[:200]
    example = answers.get(norm(str(value)), True)
    if isinstance(day, dt.date) and today is not None and day > today and not example:
        shown = words.dates(day.isoformat())
        faults.append(fault("local_meta_future", **found["date"][1], found=shown))
    stated = day.isoformat() if isinstance(day, dt.date) else ""
    return LocalFile(kind.name, sheet.file, folder, stated, office, example, 0)


def _header(
    sheet: Sheet, kind: Kind, of_unit: bool, words: Words, faults: list[Fault]
) -> dict[str, int] | None:
    """Return the position of each column; the key may be left out in the folder of a unit."""
    if not sheet.header:
        faults.append(fault("local_empty", file=sheet.file))
        return None
    known = kind.by_heading(words)
    places: dict[str, int] = {}
    broken = False
    for column, heading in enumerate(sheet.header):
        at = {**sheet.place(sheet.header_row, column, str(heading)), "found": str(heading)}
        field = known.get(norm(str(heading))) if heading != "" else None
        if field is None:
            if heading != "":
                near = _near(norm(str(heading)), kind, words)
                faults.append(fault("local_column_unknown", **at, near=near))
                broken = True
        elif field.name in places:
            faults.append(fault("local_column_twice", **at))
            broken = True
        else:
            places[field.name] = column
    for field in kind.fields:
        needed = field.required and not (field.name == "ags" and of_unit)
        if needed and field.name not in places:
            label = kind.label(field, words)
            faults.append(fault("local_column_missing", file=sheet.file, row=sheet.header_row, column=label))
            broken = True
    return None if broken else places


def _near(heading: str, kind: Kind, words: Words) -> str:
    from difflib import get_close_matches

    labels = {norm(kind.label(f, words)): kind.label(f, words) for f in kind.fields}
    near = get_close_matches(heading, labels, n=2, cutoff=0.5)
    return ", ".join(labels[n] for n in near) or ", ".join(labels.values())


def _row(
    sheet: Sheet, number: int, cells: list[Any], places: dict[str, int], kind: Kind, areas: Areas, folder: str,
    words: Words, faults: list[Fault],
) -> dict[str, Any] | None:  # fmt: skip
    """Return one row as values; a row of a prepared form that was left empty is none."""
    faults += [
        fault("local_beyond", **sheet.place(number, c, ""), found=cell)
        for c, cell in enumerate(cells)
        if cell != "" and c not in places.values()
    ]
    at = {name: cells[c] if c < len(cells) else "" for name, c in places.items()}
    given = [n for n, cell in at.items() if cell != "" and n not in kind.key]
    if not given and kind.prepared and all(at.get(n, "") != "" for n in kind.key if n != "ags"):
        return None
    row: dict[str, Any] = {ROW: number}
    for field in kind.fields:
        name, column = kind.label(field, words), places.get(field.name)
        cell = at.get(field.name, "")
        place = (
            sheet.place(number, column, name) if column is not None else {"file": sheet.file, "row": number}
        )
        if field.form == "key":
            row[field.name] = _key(cell, kind, areas, folder, place, faults)
            continue
        try:
            row[field.name] = value_of(
                cell, field, sheet.decimal, choices(field, words), sheet.kind_of_file == "xlsx"
            )
        except Wrong as wrong:
            values = dict(wrong.values)
            if wrong.code == "local_choice":
                values = {
                    "allowed": ", ".join(choice_label(c, words) for c in field.choices),
                }
            faults.append(fault(wrong.code, **place, found=as_written(cell), **values))
            row[field.name] = None
        if row[field.name] is None and not field.numeric:
            row[field.name] = ""
    return row


def choices(field: Field, words: Words) -> dict[str, str]:
    """Return what may be written in a column of choices: the German label or the code."""
    return {norm(c): c for c in field.choices} | {norm(choice_label(c, words)): c for c in field.choices}


def _key(cell: Any, kind: Kind, areas: Areas, folder: str, place: dict[str, Any], faults: list[Fault]) -> str:
    """Return the key of a row; empty means the unit whose folder the file is in."""
    if cell == "" and folder in areas.keys:
        return folder
    if cell == "":
        faults.append(fault("local_value_missing", **place))
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if kind.region_rows and cell == areas.region == folder:
        return str(cell)
    found = areas.faults_of(str(cell) if isinstance(cell, int) else cell)
    if found:
        faults.extend(
            replace(f, file=place["file"], row=place["row"], column=place.get("column")) for f in found
        )
        return ""
    if folder in areas.keys and cell != folder:
        faults.append(fault("local_key_folder", **place, found=cell, folder=folder))
        return ""
    return str(cell)


def _duplicates(
    table: pd.DataFrame, kind: Kind, sheet: Sheet, places: dict[str, int], words: Words
) -> Iterable[Fault]:
    seen: dict[tuple[str, ...], int] = {}
    for row in table.to_dict("records"):
        values = tuple(str(row[c]).casefold() for c in kind.key)
        lacking = any(v == "" and kind.field(c).required for c, v in zip(kind.key, values, strict=True))
        if lacking or "nan" in values:
            continue  # named already
        first = seen.setdefault(values, row[ROW])
        if first != row[ROW]:
            named = kind.key[-1] if kind.key[-1] in places else next(iter(places))
            label = kind.label(kind.field(named), words)
            place = sheet.place(row[ROW], places[named], label)
            yield fault("local_duplicate", **place, found=key_text(row, kind, words), first=first)


def key_text(row: Any, kind: Kind, words: Words) -> str:
    """Return the cells that make up the key of a row as one text, as a person would write them."""
    return ", ".join(_cell_text(row[n], kind.field(n), words) for n in kind.key)


def _cell_text(value: Any, field: Field, words: Words) -> str:
    if field.choices and value in field.choices:
        return choice_label(value, words)
    return f"{value:g}" if isinstance(value, float) else str(value)
