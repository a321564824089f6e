"""Forms for a municipality: each table as CSV and as XLSX with drop-down lists and German instructions."""

import csv
import io
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from wohnlib import paths
from wohnlib.errors import InputError, fault
from wohnlib.local.kinds import ALL, KINDS, SIZE_CLASSES, Field, Kind, choice_label
from wohnlib.local.sheets import DATA, LISTS, META, NOTES, letters
from wohnlib.words import Words

REGION_DIGITS = 5  # of the key of a Landkreis
ROWS = 300  # rows of a form that carry drop-down lists
_WIDTH = 24
_META = ("date", "office", "example")


def write_templates(
    kinds: Sequence[str] = (), key: str = "", out: Path | None = None, lang: str = "de"
) -> list[Path]:
    """Write forms and return their files; nothing that exists is overwritten.

    `kinds`: names of `KINDS`, none means all; `key`: the unit (or region) whose form it is; `out`: folder, by
    default `formulare/<key>`. Filled forms go to `data/local/<key>`.
    """
    unknown = [k for k in kinds if k not in KINDS]
    if unknown:
        known = ", ".join(KINDS)
        raise InputError([fault("local_template_kind", found=k, known=known) for k in unknown])
    folder = out or paths.home() / "formulare" / key
    chosen = [KINDS[k] for k in kinds or KINDS]
    files = [folder / f"{kind.name}{ending}" for kind in chosen for ending in (".csv", ".xlsx")]
    there = [fault("local_template_exists", file=paths.shown(f)) for f in files if f.exists()]
    if there:
        raise InputError(there)
    folder.mkdir(parents=True, exist_ok=True)
    words = Words(lang)
    for kind in chosen:
        (folder / f"{kind.name}.csv").write_bytes(csv_form(kind, key, words))
        (folder / f"{kind.name}.xlsx").write_bytes(xlsx_form(kind, key, words))
    letter = folder / "anschreiben.txt"
    if "survey" in {k.name for k in chosen} and not letter.exists():
        letter.write_text(words("localletter.text"), encoding="utf-8")
        files.append(letter)
    return files


def prepared_rows(kind: Kind, key: str, words: Words) -> list[list[str]]:
    """Return the rows that a form brings: all combinations of the choices that make up its key."""
    if not kind.prepared:
        return []
    parts = []
    for name in kind.key:
        field = kind.field(name)
        if field.form == "key":
            parts.append([key])
        elif field.form == "month":
            parts.append([str(m) for m in range(1, 13)])
        elif kind.name == "frame":
            codes = SIZE_CLASSES if name == "size_class" else (ALL,)
            parts.append([choice_label(c, words) for c in codes])
        else:
            parts.append([choice_label(c, words) for c in field.choices])
    places = [kind.columns.index(n) for n in kind.key]
    rows = []
    for cells in product(*parts):
        row = [""] * len(kind.columns)
        for place, cell in zip(places, cells, strict=True):
            row[place] = cell
        rows.append(row)
    return rows


def csv_form(kind: Kind, key: str, words: Words) -> bytes:
    """Return the form as CSV with semicolons and UTF-8 mark, as a German spreadsheet opens it."""
    text = io.StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for name in _META:
        out.writerow([f"#{words(f'localmeta.{name}')}", ""])
    for line in _instructions(kind, words):
        out.writerow([f"#{words('localform.note')}", line])
    out.writerow([kind.label(f, words) for f in kind.fields])
    # a spreadsheet takes the leading zero off a key in a CSV; in the folder of a unit it may stay empty
    out.writerows(prepared_rows(kind, key if len(key) == REGION_DIGITS else "", words))
    return text.getvalue().encode("utf-8-sig")


def _instructions(kind: Kind, words: Words) -> list[str]:
    lines = [
        words("localform.title", title=words(f"localkind.{kind.name}")),
        words("localform.use", use=words(f"localfor.{kind.name}")),
        words("localform.file", name=kind.name),
    ]
    if kind.prepared:
        lines.append(words("localform.prepared"))
    lines += [words(f"localmeta.{n}") + ": " + words(f"localmeta.{n}_hint") for n in _META]
    return lines + [_describe(kind, field, words) for field in kind.fields]


def _describe(kind: Kind, field: Field, words: Words) -> str:
    """Return one sentence on a column: what goes in, whether it must be filled."""
    parts = [kind.hint(field, words)]
    if field.choices:
        listed = ", ".join(choice_label(c, words) for c in field.choices)
        parts.append(words("localform.choices", list=listed))
    elif field.numeric:
        parts.append(words(f"localform.{field.form}"))
    if not field.required:
        parts.append(words("localform.optional"))
    label = kind.label(field, words)
    return words(
        "localform.column", label=label, text="; ".join(p for p in parts if p) or words("localform.text")
    )


# -- XLSX ------------------------------------------------------------------------------------------------


def xlsx_form(kind: Kind, key: str, words: Words) -> bytes:
    """Return the form as XLSX: instructions, date and office, the table with drop-down lists."""
    import openpyxl
    from openpyxl.styles import Alignment

    book = openpyxl.Workbook()
    data = book.active
    data.title = words(DATA)
    meta, notes, lists = (book.create_sheet(words(n)) for n in (META, NOTES, LISTS))
    lists.sheet_state = "hidden"
    for name in _META:
        meta.append([words(f"localmeta.{name}"), "", words(f"localmeta.{name}_hint")])
    for column, width in zip("ABC", (16, 40, 70), strict=True):
        meta.column_dimensions[column].width = width
    _answers(meta, words)
    for line in _instructions(kind, words):
        notes.append([line])
    notes.column_dimensions["A"].width = 110
    for row in notes.iter_rows():
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    _table(data, lists, kind, key, words)
    book.properties.creator = "wohnlib"
    return _saved(book)


def _answers(meta: Any, words: Words) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type="list", formula1='"nein,ja"', allow_blank=True)
    meta.add_data_validation(rule)
    rule.add("B3")
    meta["B3"] = words("localform.no")


def _table(data: Any, lists: Any, kind: Kind, key: str, words: Words) -> None:
    """Fill the sheet of data: headings with hints, prepared rows, formats, drop-down lists and limits."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    data.append([kind.label(f, words) for f in kind.fields])
    for row in prepared_rows(kind, key, words):
        data.append(
            [int(c) if kind.fields[i].form == "month" and c else c or None for i, c in enumerate(row)]
        )
    for place, field in enumerate(kind.fields):
        letter = letters(place)
        head = data[f"{letter}1"]
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        head.fill = PatternFill("solid", fgColor="DCE8EB" if field.required else "F0F0F0")
        head.comment = Comment(_describe(kind, field, words), "wohnlib", width=360, height=120)
        data.column_dimensions[letter].width = _WIDTH
        form = "@" if not field.numeric else "0" if field.form != "number" else "General"
        data.column_dimensions[letter].number_format = form
        for cell in data[letter][1:]:
            cell.number_format = form
        rule = _rule(field, place, lists, words)
        if rule is not None:
            data.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{ROWS + 1}")
    data.freeze_panes = "A2"
    data.print_title_rows = "1:1"
    for sheet in data.parent.worksheets:  # on paper: all columns on one page
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    data.print_options.gridLines = True


def _rule(field: Field, place: int, lists: Any, words: Words) -> Any:
    """Return the drop-down list or the limits of a column; what breaks them is refused on entry."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if field.choices:
        labels = [choice_label(c, words) for c in field.choices]
        letter = letters(place)
        for number, label in enumerate(labels, start=1):
            lists[f"{letter}{number}"] = label
        source = f"'{lists.title}'!${letter}$1:${letter}${len(labels)}"
        rule = DataValidation(type="list", formula1=source, allow_blank=True)
        rule.error = words("localform.refused_list")
    elif field.numeric:
        low, high = field.limits
        whole = field.form in ("whole", "year", "month")
        rule = DataValidation(
            type="whole" if whole else "decimal", operator="between", formula1=f"{low or 0:g}",
            formula2=f"{high:.10g}", allow_blank=True,
        )  # fmt: skip
        rule.error = words("localform.refused_number", low=f"{low or 0:g}", high=f"{high:.10g}")
    else:
        return None
    rule.showErrorMessage = True
    rule.errorTitle = words("localform.refused")
    return rule


def _saved(book: Any) -> bytes:
    """Return the workbook as bytes that do not depend on the day they are written."""
    import datetime as dt
    import zipfile

    day = dt.datetime(2026, 1, 1)  # noqa: DTZ001  the format knows no time zone
    book.properties.created = book.properties.modified = day
    packed = io.BytesIO()
    book.save(packed)
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item.filename)
            if item.filename == "docProps/core.xml":
                content = _without_time(content)
            new.writestr(zipfile.ZipInfo(item.filename, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _without_time(core: bytes) -> bytes:
    import re

    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", core)
