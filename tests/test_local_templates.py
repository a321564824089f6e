"""The forms for a municipality: complete, in German, with lists to choose from, and readable when filled."""

import io
import math
from pathlib import Path

import openpyxl
import pytest
from local_region import AREAS, UNIT

from wohnlib.errors import InputError
from wohnlib.local import KINDS, load_local, read_table
from wohnlib.local.kinds import choice_label
from wohnlib.local.templates import csv_form, prepared_rows, write_templates, xlsx_form
from wohnlib.words import Words

WORDS = Words("de")
EXAMPLES = Path(__file__).resolve().parent / "local_examples"


def book(kind: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx_form(KINDS[kind], UNIT, WORDS)))


@pytest.fixture(scope="module")
def local():
    return load_local(AREAS, EXAMPLES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_explains_each_column_and_offers_its_choices(kind):
    form = book(kind)
    assert [s.title for s in form] == ["Daten", "Angaben", "Hinweise", "Listen"]
    assert form["Listen"].sheet_state == "hidden"
    notes = "\n".join(str(row[0].value) for row in form["Hinweise"])
    for field in KINDS[kind].fields:
        assert f"Spalte „{KINDS[kind].label(field, WORDS)}“" in notes
    rules = {str(r.sqref).split(":")[0][:-1]: r for r in form["Daten"].data_validations.dataValidation}
    for place, field in enumerate(KINDS[kind].fields):
        letter = "ABCDEFGHIJKLMNOP"[place]
        if field.choices:
            assert rules[letter].type == "list"
            listed = [c.value for c in form["Listen"][letter] if c.value]
            assert listed == [choice_label(c, WORDS) for c in field.choices]
        elif field.numeric:
            assert rules[letter].type in ("whole", "decimal")
        else:
            assert form["Daten"].column_dimensions[letter].number_format == "@"  # keys keep their zero
    assert form["Daten"]["A1"].comment.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_filled_spreadsheet_gives_the_example_back(kind, local, tmp_path):
    wanted = local.table(kind, UNIT, examples=True)
    form = book(kind)
    data = form["Daten"]
    data.delete_rows(2, 600)
    for row in wanted.to_dict("records"):
        cells = []
        for field in KINDS[kind].fields:
            value = row[field.name]
            empty = value == "" or (field.numeric and math.isnan(value))
            cells.append(None if empty else choice_label(value, WORDS) if field.choices else value)
        data.append(cells)
    form["Angaben"]["B1"], form["Angaben"]["B2"] = "30.09.2026", "Bauamt"
    path = tmp_path / f"{kind}.xlsx"
    form.save(path)
    found, about, faults = read_table(path, KINDS[kind], AREAS, UNIT)
    assert faults == [] and about.example is False
    assert found[list(KINDS[kind].columns)].equals(wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_lacks_date_office_and_content_only(kind, tmp_path):
    for ending, content in (
        ("csv", csv_form(KINDS[kind], UNIT, WORDS)),
        ("xlsx", xlsx_form(KINDS[kind], UNIT, WORDS)),
    ):
        path = tmp_path / f"{kind}.{ending}"
        path.write_bytes(content)
        faults = read_table(path, KINDS[kind], AREAS, UNIT)[2]
        assert [f.code for f in faults] == ["local_meta", "local_meta", "local_empty"]


def test_the_same_form_has_the_same_bytes():
    assert xlsx_form(KINDS["survey"], UNIT, WORDS) == xlsx_form(KINDS["survey"], UNIT, WORDS)


def test_prepared_rows_hold_all_combinations():
    assert len(prepared_rows(KINDS["floor_area"], UNIT, WORDS)) == 15
    assert [r[1] for r in prepared_rows(KINDS["seasonal"], UNIT, WORDS)] == [str(m) for m in range(1, 13)]
    assert [r[2] for r in prepared_rows(KINDS["frame"], UNIT, WORDS)] == ["alle Branchen"] * 4
    assert prepared_rows(KINDS["survey"], UNIT, WORDS) == []


def test_forms_are_written_with_a_letter_and_never_over_others(tmp_path):
    files = write_templates(["survey", "frame"], UNIT, tmp_path / "neu")
    assert sorted(f.name for f in files) == [
        "anschreiben.txt", "frame.csv", "frame.xlsx", "survey.csv", "survey.xlsx",
    ]  # fmt: skip
    letter = (tmp_path / "neu" / "anschreiben.txt").read_text(encoding="utf-8")
    assert "Auch die Antwort „niemand“ hilft uns" in letter and "freiwillig" in letter
    with pytest.raises(InputError, match="die Datei gibt es schon; sie wird nicht überschrieben"):
        write_templates(["survey"], UNIT, tmp_path / "neu")
    with pytest.raises(InputError, match=r"dieses Formular gibt es nicht\. Möglich sind: survey, frame"):
        write_templates(["umfrage"], UNIT, tmp_path / "anders")
    assert not (tmp_path / "anders").exists()


def test_all_forms_are_written_where_the_readme_says(tmp_path, monkeypatch):
    monkeypatch.setenv("WOHNLIB_HOME", str(tmp_path))
    files = write_templates(key=UNIT)
    assert {f.parent for f in files} == {tmp_path / "formulare" / UNIT}
    assert len(files) == 2 * len(KINDS) + 1
