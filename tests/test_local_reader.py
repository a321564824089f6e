"""What a municipality brings is read completely or refused: every fault with file, row, heading and cell."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from local_region import AREAS, OTHER, REGION, UNIT

from wohnlib.errors import InputError
from wohnlib.local import EMPTY, KINDS, load_local, read_table
from wohnlib.local import sheets as sheets_of
from wohnlib.local.kinds import norm
from wohnlib.local.sheets import letters

EXAMPLES = Path(__file__).resolve().parent / "local_examples"
META = {"Stand": "30.09.2026", "Stelle": "Bauamt"}
YEARS = (
    "Gemeindeschlüssel",
    "Jahr",
    "fertig in Häusern mit 1 oder 2 Wohnungen",
    "fertig in Häusern ab 3 Wohnungen",
)


def csv_file(
    folder: Path, kind: str, *lines: str, meta: dict[str, str] = META, mark: str = ";", text: str = ""
) -> Path:
    path = folder / f"{kind}.csv"
    head = [f"#{k}{mark}{v}" for k, v in meta.items()]
    path.write_text(text + "\n".join([*head, *lines]) + "\n", encoding="utf-8")
    return path


def xlsx_file(
    folder: Path, kind: str, rows: list[list[object]], meta: dict[str, object] = META, **extra: object
) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Daten"
    for row in rows:
        book.active.append(row)
    about = book.create_sheet("Angaben")
    for label, value in meta.items():
        about.append([label, value])
    for title, cell in extra.items():
        book.create_sheet(title)["B2"] = cell
    path = folder / f"{kind}.xlsx"
    book.save(path)
    return path


def messages(path: Path, kind: str, folder: str = UNIT) -> list[str]:
    return [f.text() for f in read_table(path, KINDS[kind], AREAS, folder)[2]]


def message(path: Path, kind: str, folder: str = UNIT) -> str:
    found = messages(path, kind, folder)
    assert len(found) == 1, found
    return found[0]


# -- sound files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [";", ","])
def test_a_german_and_an_english_csv_give_the_same_table(tmp_path, mark):
    share = "0,35" if mark == ";" else "0.35"
    path = csv_file(
        tmp_path, "step_free", mark.join(["ags", "Art", "Wohnungen", "Anteil der Zielgruppe"]),
        mark.join([UNIT, "stufenlos erreichbar", "210", share]), mark.join([UNIT, "wheelchair", "14", ""]), mark=mark,
    )  # fmt: skip
    table, about, faults = read_table(path, KINDS["step_free"], AREAS, UNIT)
    assert faults == []
    assert table["kind"].tolist() == ["step_free", "wheelchair"]
    assert table["occupied_share"].tolist()[0] == 0.35 and np.isnan(table["occupied_share"].tolist()[1])
    assert (about.date, about.office, about.example, about.rows) == ("2026-09-30", "Bauamt", False, 2)


def test_a_spreadsheet_gives_the_same_table_as_a_csv(tmp_path):
    path = xlsx_file(tmp_path, "completions", [list(YEARS), [UNIT, 2023, 26, 18], [], [None, 2024, 17.0, "22"]],
                     {"Stand": dt.date(2025, 12, 31), "Stelle": "Bauamt", "Beispiel": "ja"})  # fmt: skip
    table, about, faults = read_table(path, KINDS["completions"], AREAS, UNIT)
    assert faults == []
    assert table["ags"].tolist() == [UNIT, UNIT]  # an empty key means the unit of the folder
    assert table["completed_mfh"].tolist() == [18, 22] and np.isnan(table["open_mfh"]).all()
    assert (about.date, about.example) == ("2025-12-31", True)


def test_a_form_that_a_spreadsheet_saved_as_csv_is_read(tmp_path):
    lines = (";".join([*YEARS, ""]), f"{UNIT};2023;26;18;", ";;;;", f"{UNIT};2024;17;22;")
    path = csv_file(
        tmp_path, "completions", *lines, text="\ufeff", meta={"Stand": "2025-12-31;;;", "Stelle": "Bauamt;;;"}
    )
    table, _, faults = read_table(path, KINDS["completions"], AREAS, UNIT)
    assert faults == [] and table["year"].tolist() == [2023, 2024]


def test_all_examples_are_sound_and_marked_and_left_out_unless_asked_for():
    local = load_local(AREAS, EXAMPLES)
    assert {f.kind for f in local.files} == set(KINDS)
    assert all(f.example and f.office.endswith("(erfunden)") for f in local.files)
    for kind in KINDS:
        assert local.is_example(kind) and not local.has(kind) and local.table(kind).empty
        assert not local.table(kind, UNIT, examples=True).empty
    assert local.value("registers", UNIT, "student_places", examples=True) == 400
    assert np.isnan(local.value("registers", UNIT, "student_places"))
    assert local.until("2026-01-31").has("completions", examples=True)
    assert not local.until("2026-01-31").has("survey", examples=True)


def test_prepared_rows_that_stay_empty_say_that_nothing_is_known(tmp_path):
    path = csv_file(
        tmp_path, "registers", "ags;Angabe;Wert", f"{UNIT};Ferienwohnungen;", f"{UNIT};Studienplätze;0"
    )
    table, _, faults = read_table(path, KINDS["registers"], AREAS, UNIT)
    assert faults == [] and table["item"].tolist() == ["student_places"]


def test_no_folder_is_no_data(tmp_path):
    assert load_local(AREAS, tmp_path / "absent") is EMPTY
    (tmp_path / "README.md").write_text("x")
    (tmp_path / REGION).mkdir()
    (tmp_path / REGION / "alliance.yaml").write_text("x")
    (tmp_path / REGION / "~$survey.xlsx").write_text("x")
    (tmp_path / "03252").mkdir()
    found = load_local(AREAS, tmp_path)
    assert found.files == () and found.table("projects").columns.tolist() == list(KINDS["projects"].columns)


# -- broken files: one fault each, with its place --------------------------------------------------------

HEAD = ";".join(YEARS)
CELLS = {
    "12.5": "unklar|expected",
    "1.234": "unklar, ob der Punkt oder das Komma Tausender oder Nachkommastellen trennt. Bitte „1234“ für Tausender oder „1,234“",
    "1.234,5": "erwartet eine Zahl ohne Trennzeichen zwischen den Tausendern",
    "1 234": "erwartet eine Zahl ohne Trennzeichen zwischen den Tausendern",
    "-3": "gefunden „-3“, erwartet eine Zahl von mindestens 0. Bitte das Vorzeichen prüfen",
    "−3": "erwartet eine Zahl von mindestens 0",
    "2,5": "erwartet eine ganze Zahl",
    "24 WE": "erwartet eine Zahl. Bitte nur Ziffern schreiben, ohne Einheit",
    "k. A.": "erwartet eine Zahl",
    "": "erwartet einen Wert, das Feld ist leer. Bitte den Wert eintragen; ist nichts vorhanden, 0",
    "99999999": "erwartet höchstens 10000000",
    "²": "erwartet eine Zahl",
}
CELLS["12.5"] = "erwartet „,“ vor den Nachkommastellen. Bitte „12,5“ schreiben. In Dateien mit Semikolon"


@pytest.mark.parametrize("cell", CELLS)
def test_a_number_that_cannot_be_one_is_named_with_its_cell(tmp_path, cell):
    path = csv_file(tmp_path, "completions", HEAD, f"{UNIT};2022;1;2", f"{UNIT};2023;26;{cell}")
    text = message(path, "completions")
    assert text.startswith("completions.csv, Zeile 5, Feld „fertig in Häusern ab 3 Wohnungen (D5)“: ")
    assert CELLS[cell] in text
    assert cell == "" or f"gefunden „{cell}“" in text


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('"12,5"', "erwartet „.“ vor den Nachkommastellen. Bitte „12.5“ schreiben"),
        ('"1,234"', "unklar, ob der Punkt oder das Komma"),
        ("12.5", "erwartet eine ganze Zahl"),
    ],
)
def test_swapped_marks_in_a_csv_with_commas(tmp_path, cell, words):
    path = csv_file(tmp_path, "completions", HEAD.replace(";", ","), f"{UNIT},2023,26,{cell}", mark=",")
    assert words in message(path, "completions")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("=B2*2", "in der Zelle steht eine Formel. Bitte die Zelle kopieren und als Wert einfügen"),
        ("#REF!", "in der Zelle steht ein Fehler der Tabellenkalkulation"),
        ("12,5", "die Zahl ist als Text gespeichert"),
        (12.5, "erwartet eine ganze Zahl"),
        (-4, "erwartet eine Zahl von mindestens 0"),
        (True, "erwartet eine Zahl"),
        (dt.date(2023, 1, 1), "die Zelle ist als Datum formatiert"),
        ("viele", "erwartet eine Zahl"),
        (None, "das Feld ist leer"),
    ],
)
def test_a_cell_of_a_spreadsheet_is_named(tmp_path, cell, words):
    path = xlsx_file(tmp_path, "completions", [list(YEARS), [UNIT, 2023, 26, cell]])
    text = message(path, "completions")
    assert text.startswith("completions.xlsx, Zeile 2, Feld „fertig in Häusern ab 3 Wohnungen (D2)“: ")
    assert words in text


@pytest.mark.parametrize(
    ("key", "folder", "words"),
    [
        (
            "3251012",
            UNIT,
            "der Schlüssel hat seine führende Null verloren; gemeint ist vermutlich „03251012“",
        ),
        ("03251004", REGION, "Schlüssel einer Mitgliedsgemeinde von Siedenburg"),
        ("03259999", REGION, "diesen Schlüssel gibt es in der Region 03251 nicht"),
        (OTHER, UNIT, "erwartet den Schlüssel 03251012, in dessen Ordner die Datei liegt"),
        ("", REGION, "das Feld ist leer"),
        (REGION, REGION, "diesen Schlüssel gibt es in der Region 03251 nicht"),
    ],
)
def test_a_key_that_is_wrong_is_named(tmp_path, key, folder, words):
    text = message(csv_file(tmp_path, "completions", HEAD, f"{key};2023;1;2"), "completions", folder)
    assert words in text and "Zeile 4" in text and "(A4)" in text


def test_a_key_that_a_spreadsheet_made_a_number_is_named(tmp_path):
    path = xlsx_file(tmp_path, "completions", [list(YEARS), [3251012, 2023, 26, 18]])
    assert "führende Null verloren" in message(path, "completions")


def test_an_own_projection_may_speak_of_the_whole_region(tmp_path):
    path = csv_file(tmp_path, "projection", "ags;Jahr;Einwohner", f"{REGION};2030;220000")
    assert messages(path, "projection", REGION) == []


HEADINGS = {
    HEAD.replace("Jahr", "Jhar"): ("Feld „Jhar (B3)“: gefunden „Jhar“, diese Spalte gibt es im Formular nicht; am nächsten liegt: Jahr", "diese Spalte fehlt"),
    HEAD + ";Bemerkung": ("gefunden „Bemerkung“, diese Spalte gibt es im Formular nicht",),
    HEAD + ";Jahr": ("gefunden „Jahr“, diese Spalte steht zweimal da",),
    ";".join(YEARS[:3]): ("Feld „fertig in Häusern ab 3 Wohnungen“: diese Spalte fehlt",),
}  # fmt: skip


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_that_are_wrong_are_named(tmp_path, heading):
    found = messages(csv_file(tmp_path, "completions", heading, f"{UNIT};2023;1;2"), "completions")
    assert len(found) == len(HEADINGS[heading])
    for text, words in zip(found, HEADINGS[heading], strict=True):
        assert words in text and text.startswith("completions.csv, Zeile 3")


def test_what_stands_beside_the_table_is_not_dropped(tmp_path):
    path = csv_file(tmp_path, "completions", HEAD, f"{UNIT};2023;1;2;vorläufig")
    assert (
        "Feld „E4“: gefunden „vorläufig“, dieser Eintrag steht in einer Spalte ohne Überschrift"
        in message(path, "completions")
    )


def test_rows_that_stand_twice_are_named(tmp_path):
    path = csv_file(tmp_path, "completions", HEAD, f"{UNIT};2023;1;2", f"{UNIT};2024;1;2", f"{UNIT};2023;3;4")
    assert (
        "Zeile 6, Feld „Jahr (B6)“: gefunden „03251012, 2023“, dieser Eintrag steht schon in Zeile 4"
        in message(path, "completions")
    )
    path = csv_file(tmp_path, "commuters", "Herkunft;Gemeindeschlüssel des Arbeitsorts;Beschäftigte;Entfernung in km",
                    f"Bremen;{UNIT};10;68", f"BREMEN ;{UNIT};12;68")  # fmt: skip
    assert "steht schon in Zeile 4" in message(path, "commuters")


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        ({"Stelle": "Bauamt"}, "die Angabe „Stand“ fehlt"),
        ({"Stand": "30.09.2026"}, "die Angabe „Stelle“ fehlt"),
        (
            {"Stand": "September 2026", "Stelle": "x"},
            "gefunden „September 2026“, erwartet ein Datum der Form 30.09.2026",
        ),
        ({"Stand": "31.02.2026", "Stelle": "x"}, "erwartet ein Datum"),
        ({**META, "Beispiel": "vielleicht"}, "erwartet „ja“ oder „nein“"),
    ],
)
def test_date_and_office_must_stand_in_the_file(tmp_path, meta, words):
    text = message(csv_file(tmp_path, "completions", HEAD, f"{UNIT};2023;1;2", meta=meta), "completions")
    assert words in text


def test_empty_files_are_named(tmp_path):
    path = tmp_path / "completions.csv"
    for content in (
        "",
        "\n\n",
        f"#Stand;2026-01-01\n#Stelle;x\n{HEAD}\n",
        f"#Stand;2026-01-01\n#Stelle;x\n{HEAD}\n;;;\n",
    ):
        path.write_text(content, encoding="utf-8")
        assert any("mindestens eine ausgefüllte Zeile" in m for m in messages(path, "completions"))
    empty = csv_file(tmp_path, "registers", "ags;Angabe;Wert", f"{UNIT};Ferienwohnungen;")
    assert "mindestens eine ausgefüllte Zeile" in message(empty, "registers")


def test_files_that_are_none_are_named(tmp_path):
    path = tmp_path / "completions.csv"
    path.write_bytes("#Stand;2026\nGemeindeschlüssel".encode("mac_roman"))
    assert message(path, "completions").startswith("completions.csv, Zeile 2: erwartet Text in UTF-8")
    path.write_bytes("ags;Jahr\n".encode("utf-16"))
    assert "erwartet Text in UTF-8" in message(path, "completions")
    path.write_bytes(b"ags;Jahr\n\0;1\n")
    assert "erwartet Text in UTF-8" in message(path, "completions")
    path.write_text(f'#Stand;2026-01-01\n#Stelle;x\n{HEAD}\n{UNIT};2023;"1;2\n', encoding="utf-8")
    assert any("Anführungszeichen" in m for m in messages(path, "completions"))
    sheet = tmp_path / "completions.xlsx"
    for content in (b"", b"PK\3\4 broken", b"\xd0\xcf\x11\xe0old"):
        sheet.write_bytes(content)
        assert "keine lesbare Excel-Datei" in message(sheet, "completions")


def test_what_german_spreadsheets_save_is_read(tmp_path):
    """CSV in Windows-1252 or with tabs, years of two digits, a CSV form saved as XLSX with one sheet."""
    years = ";2023;40;60"
    text = f"#Stand;30.09.26\n#Stelle;Büro für Größe\n{HEAD}\n{years}\n"
    path = tmp_path / "completions.csv"
    for content in (
        text.encode("cp1252"), text.encode("utf-8-sig"), text.replace(";", "\t").encode(),
        text.replace("\n", ";;\r\n").encode("cp1252"), f'"{text[:6]}"{text[6:]}'.encode("cp1252"),
    ):  # fmt: skip
        path.write_bytes(content)
        table, about, faults = read_table(path, KINDS["completions"], AREAS, UNIT)
        assert not faults and table["completed_mfh"].tolist() == [60], content
        assert (about.date, about.office) == ("2026-09-30", "Büro für Größe")
    rows = [line.split(";") for line in text.splitlines()[:3]]
    rows[0][1] = dt.date(2026, 9, 30)
    book = openpyxl.Workbook()
    for row in (*rows, [None, 2023, 40, 60], [], [None] * 4):
        book.active.append(row)
    book.active.title = "completions"
    book.save(tmp_path / "completions.xlsx")
    table, about, faults = read_table(tmp_path / "completions.xlsx", KINDS["completions"], AREAS, UNIT)
    assert not faults and table["completed_ezfh"].tolist() == [40] and about.date == "2026-09-30"


def test_huge_files_are_refused_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets_of, "BYTES_AT_MOST", 1_000_000)
    path = tmp_path / "completions.csv"
    path.write_bytes(b"x" * 1_000_001)
    assert "die Datei ist zu groß; erwartet höchstens 1 Megabyte" in message(path, "completions")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    monkeypatch.setattr(sheets_of, "UNPACKED_AT_MOST", 2_000_000)
    bomb = tmp_path / "completions.xlsx"
    bomb.write_bytes(packed.getvalue())
    assert "die Datei ist zu groß" in message(bomb, "completions")


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets_of, "ROWS_AT_MOST", 3)
    rows = [[UNIT, y, 1, 1] for y in range(2020, 2025)]
    assert any(
        "mehr als 3 Zeilen" in m
        for m in messages(xlsx_file(tmp_path, "completions", [list(YEARS), *rows]), "completions")
    )
    lines = [";".join(str(c) for c in r) for r in rows]
    assert any(
        "mehr als 3 Zeilen" in m
        for m in messages(csv_file(tmp_path, "completions", HEAD, *lines), "completions")
    )


def test_sheets_that_nobody_reads_are_named(tmp_path):
    rows = [list(YEARS), [UNIT, 2023, 26, 18]]
    text = message(xlsx_file(tmp_path, "completions", rows, Tabelle2="vergessen"), "completions")
    assert (
        "gefunden „Tabelle2“, dieses Tabellenblatt enthält Einträge, die niemand liest; gelesen wird nur „Daten“"
        in text
    )
    book = openpyxl.Workbook()
    book.save(tmp_path / "completions.xlsx")
    assert "erwartet ein Tabellenblatt „Daten“" in messages(tmp_path / "completions.xlsx", "completions")[0]


def test_a_spreadsheet_that_understates_its_size_is_read_to_the_end(tmp_path):
    path = xlsx_file(tmp_path, "completions", [list(YEARS), [UNIT, 2023, 26, 18], [UNIT, 2024, 1, 2]])
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            content = old.read(item.filename)
            if item.filename == "xl/worksheets/sheet1.xml":
                assert b'<dimension ref="A1:D3"' in content
                content = content.replace(b'<dimension ref="A1:D3"', b'<dimension ref="A1:B2"')
            new.writestr(item, content)
    path.write_bytes(out.getvalue())
    table, _, faults = read_table(path, KINDS["completions"], AREAS, UNIT)
    assert faults == [] and len(table) == 2


# -- what contradicts itself -----------------------------------------------------------------------------

SURVEY = (
    "ags;Betrieb;Größenklasse;Branche;Beschäftigte;davon mit zweitem Wohnort;davon suchen eine kleine Wohnung"
)
FRAME = "ags;Größenklasse;Branche;Betriebe;Beschäftigte"
RULES = {
    ("survey", SURVEY, f"{UNIT};A;1 bis 9 Beschäftigte;Bau;5;6;0"): "(F4)“: gefunden „6“, erwartet höchstens 5 (so viel wie „Beschäftigte“)",
    ("survey", SURVEY, f"{UNIT};A;1 bis 9 Beschäftigte;Bau;5;2;3"): "(G4)“: gefunden „3“, erwartet höchstens 2 (so viel wie „davon mit zweitem Wohnort“)",
    ("survey", SURVEY, f"{UNIT};A;1 bis 9 Beschäftigte;Bau;50;2;1"): "(E4)“: gefunden „50“, passt nicht zur Größenklasse „1 bis 9 Beschäftigte“",
    ("survey", SURVEY, f"{UNIT};A;klein;Bau;5;2;1"): "(C4)“: gefunden „klein“, erwartet einen dieser Einträge: 1 bis 9 Beschäftigte, 10 bis 49",
    ("survey", SURVEY, f"{UNIT};A;1 bis 9 Beschäftigte;Bau;0;0;0"): "(E4)“: gefunden „0“, erwartet mindestens 1",
    ("survey", SURVEY + ";25 bis 39 m²;40 bis 59 m²", f"{UNIT};A;1 bis 9 Beschäftigte;Bau;5;2;1;1;1"): "(H4)“: gefunden „2“, erwartet höchstens 1 (so viel wie „davon suchen eine kleine Wohnung“)",
    ("frame", FRAME, f"{UNIT};10 bis 49 Beschäftigte;alle Branchen;10;80"): "10 Betriebe der Größenklasse „10 bis 49 Beschäftigte“ haben zusammen 100 bis 490 Beschäftigte",
    ("projection", "ags;Jahr;Einwohner;Haushalte", f"{UNIT};2030;;"): "erwartet Einwohner oder Haushalte, beide Felder sind leer",
    ("projects", "ags;Projekt;Träger;Stand des Projekts;Jahr;ezfh;mfh", f"{UNIT};A;B;Idee;2028;0;0"): "gefunden „A“, das Projekt hat keine Wohnungen",
    ("projects", "ags;Projekt;Träger;Stand des Projekts;Jahr;ezfh;mfh;davon unter 60 m²", f"{UNIT};A;B;Idee;2028;1;2;4"): "(H4)“: gefunden „4“, erwartet höchstens 3",
    ("backlog_overlap", "ags;Gruppe A;Gruppe B;Anteil von A auch in B", f"{UNIT};wohnungslos;wohnungslos;0,5"): "erwartet zwei verschiedene Gruppen",
    ("backlog_overlap", "ags;Gruppe A;Gruppe B;Anteil von A auch in B", f"{UNIT};wohnungslos;untergebracht;35"): "erwartet einen Anteil zwischen 0 und 1. Bitte 0,35 statt 35 schreiben",
    ("backlog_overlap", "ags;Gruppe A;Gruppe B;Anteil von A auch in B", f"{UNIT};wohnungslos;untergebracht;35 %"): "erwartet eine Zahl ohne Prozentzeichen",
    ("seasonal", "ags;Monat;Saisonkräfte", f"{UNIT};13;5"): "erwartet höchstens 12",
    ("seasonal", "ags;Monat;Saisonkräfte", f"{UNIT};12;5"): "gefunden „1“, für 03251012 erwartet 12 ausgefüllte Zeilen",
    ("floor_area", "ags;Personen im Haushalt;Wohnfläche;Haushalte", f"{UNIT};1 Person;unter 60 m²;5"): "für 03251012 erwartet 15 ausgefüllte Zeilen",
    ("senior_homes", "ags;Name;Art;Plätze;ab Jahr;bis Jahr", f"{UNIT};A;Pflegeheim;50;2030;2025"): "erwartet höchstens 2025 (so viel wie „bis Jahr“)",
    ("price_bound", "ags;Jahr des Bindungsendes;Wohnungen", f"{UNIT};1900;5"): "erwartet mindestens 2000",
    ("price_bound", "ags;Jahr des Bindungsendes;Wohnungen;Förderweg", f"{UNIT};2030;5;{'x' * 201}"): "der Text hat mehr als 200 Zeichen",
    ("price_bound", "ags;Jahr des Bindungsendes;Wohnungen;Förderweg", f"{UNIT};2030;5;a\u200bb"): "unsichtbare Zeichen",
}  # fmt: skip


@pytest.mark.parametrize("case", RULES, ids=lambda c: RULES[c][:50])
def test_what_contradicts_itself_is_named(tmp_path, case):
    kind, heading, row = case
    assert RULES[case] in message(csv_file(tmp_path, kind, heading, row), kind)


def test_nothing_is_finished_after_the_day_of_the_figures(tmp_path):
    assert messages(csv_file(tmp_path, "completions", HEAD, f"{UNIT};2026;1;2"), "completions") == []
    found = message(csv_file(tmp_path, "completions", HEAD, f"{UNIT};2027;1;2"), "completions")
    assert (
        "Feld „Jahr (B4)“: gefunden „2027“, dieses Jahr liegt nach dem Stand der Datei (30.09.2026)" in found
    )
    project = "ags;Projekt;Träger;Stand des Projekts;Jahr;ezfh;mfh"
    assert messages(csv_file(tmp_path, "projects", project, f"{UNIT};A;B;Idee;2029;1;2"), "projects") == []
    found = message(csv_file(tmp_path, "projects", project, f"{UNIT};A;B;fertig;2029;1;2"), "projects")
    assert "(E4)“: gefunden „2029“, dieses Jahr liegt nach dem Stand" in found


def test_a_cell_without_value_is_not_the_same_as_another_one(tmp_path):
    rows = [list(x) for x in (YEARS, (UNIT, 2023, 1, 2))]
    rows[0] = ["ags", "Projekt", "Träger", "Stand des Projekts", "Jahr", "ezfh", "mfh"]
    rows[1:] = [[UNIT, name, "B", "Idee", 2029, 1, 2] for name in ("=A1", "=A2")]
    found = messages(xlsx_file(tmp_path, "projects", rows), "projects")
    assert len(found) == 2 and all("in der Zelle steht eine Formel" in m for m in found)


@pytest.mark.parametrize(
    ("cell", "shown"), [(5.5, "5,5"), (True, "WAHR"), (dt.date(2026, 1, 5), "05.01.2026"), ("ca. 4", "ca. 4")]
)
def test_what_was_found_is_shown_as_the_spreadsheet_shows_it(tmp_path, cell, shown):
    found = message(xlsx_file(tmp_path, "completions", [list(YEARS), [UNIT, 2023, cell, 2]]), "completions")
    assert f"(C2)“: gefunden „{shown}“" in found


def test_a_file_or_folder_with_a_wrong_name_is_told_what_to_do(tmp_path):
    home = store(tmp_path, frame=(FRAME, f"{UNIT};1 bis 9 Beschäftigte;alle Branchen;10;50"))
    (home / UNIT / "registers.xls").write_bytes(b"old")
    member, name = next(iter(AREAS.members)), AREAS.short_names[AREAS[UNIT]]
    for folder in (member, name, "03215047"):
        (home / folder).mkdir()
    with pytest.raises(InputError) as error:
        load_local(AREAS, home)
    text = error.value.text()
    assert "registers.xls: erwartet eine Datei der Form .xlsx oder .csv" in text
    assert f"Bitte die Zahlen der ganzen Planungseinheit in den Ordner {AREAS.members[member]} legen" in text
    assert (
        f"gefunden „{name}“, erwartet einen Ordner" in text and f"am nächsten liegen: {UNIT}. Bitte" in text
    )
    assert "03215047" not in text  # may be another region's


def test_folders_of_other_regions_are_named_as_not_read(tmp_path):
    home = store(tmp_path, frame=(FRAME, f"{UNIT};1 bis 9 Beschäftigte;alle Branchen;10;50"))
    (home / "03215047").mkdir()
    assert [Path(p).name for p in load_local(AREAS, home).skipped] == ["03215047"]


def test_parts_of_a_register_may_not_exceed_it(tmp_path):
    lines = (
        "ags;Angabe;Wert",
        f"{UNIT};Nebenwohnsitze im Melderegister;10",
        f"{UNIT};davon bei den Eltern gemeldet;12",
    )
    assert "für 03251012 sind mehr Nebenwohnsitze bei den Eltern gemeldet" in message(
        csv_file(tmp_path, "registers", *lines), "registers"
    )


OVERLAP = "ags;Gruppe A;Gruppe B;Anteil von A auch in B"
INCOME = {
    "mittleres Nettoeinkommen der Haushalte, Euro im Monat": "2900",
    "Streuung der Einkommen (Standardabweichung des Logarithmus)": "0,6",
    "Warmmiete einer neuen Wohnung, Euro im Monat": "980",
    "Warmmiete einer geförderten Wohnung, Euro im Monat": "620",
    "tragbarer Anteil der Miete am Einkommen (0 bis 1)": "0,3",
}  # fmt: skip
MEDIAN, SIGMA, NEW, SUBSIDISED, BURDEN = INCOME


def test_a_pair_of_groups_may_stand_in_either_order_but_only_once(tmp_path):
    lines = (OVERLAP, f"{UNIT};wohnungslos;untergebracht;0,5", f"{UNIT};untergebracht;wohnungslos;0,2")
    found = message(csv_file(tmp_path, "backlog_overlap", *lines), "backlog_overlap")
    assert "Zeile 5, Feld „Gruppe A (B5)“: gefunden „untergebracht, wohnungslos“" in found
    assert "steht umgekehrt schon in Zeile 4. Bitte eine der beiden Zeilen löschen" in found
    assert messages(csv_file(tmp_path, "backlog_overlap", lines[0], lines[2]), "backlog_overlap") == []


@pytest.mark.parametrize(
    ("item", "value", "words"),
    [
        (BURDEN, "30", "(C8)“: gefunden „30“, für „tragbarer Anteil der Miete am Einkommen (0 bis 1)“ erwartet eine Zahl über 0 bis 1"),
        (BURDEN, "0", "(C8)“: gefunden „0“, für „tragbarer"),
        (SIGMA, "2,5", "(C5)“: gefunden „2.5“, für „Streuung der Einkommen"),
        (SIGMA, "0", "erwartet eine Zahl über 0 bis 2"),
        (MEDIAN, "0", "(C4)“: gefunden „0“, für „mittleres Nettoeinkommen"),
        (NEW, "0", "erwartet eine Zahl über 0. Bitte den Wert und seine Einheit prüfen"),
        (SUBSIDISED, "1200", "(C7)“: gefunden „1200“, erwartet höchstens 980 (so viel wie „Warmmiete einer neuen"),
        (SIGMA, None, "(B7)“: für 03251012 fehlt: Streuung der Einkommen"),
        (SUBSIDISED, None, "fehlt: Warmmiete einer geförderten Wohnung, Euro im Monat. Bitte alle fünf Angaben"),
    ],
)  # fmt: skip
def test_incomes_are_complete_and_possible(tmp_path, item, value, words):
    given = {**INCOME, item: value}
    lines = [f"{UNIT};{i};{v}" for i, v in given.items() if v is not None]
    found = messages(csv_file(tmp_path, "income", "ags;Angabe;Wert", *lines), "income")
    assert any(words in f for f in found), found
    whole = [f"{UNIT};{i};{v}" for i, v in INCOME.items()]
    assert messages(csv_file(tmp_path, "income", "ags;Angabe;Wert", *whole), "income") == []


STEPFREE = "ags;Art;Wohnungen"
SOUND = {
    "completions": (HEAD, f"{UNIT};2023;40;60"),
    "price_bound": ("ags;Jahr des Bindungsendes;Wohnungen", f"{UNIT};2030;600", f"{UNIT};2035;400"),
    "step_free": (STEPFREE, f"{UNIT};stufenlos erreichbar;1000"),
    "projection": ("ags;Jahr;Einwohner;Haushalte", f"{UNIT};2030;6000;3000", f"{UNIT};2040;667;"),
    "removals": (
        "ags;Jahr;Art;Gebäudeart;Wohnungen",
        f"{UNIT};2027;Abriss;Haus ab 3 Wohnungen;600",
        f"{UNIT};2028;Umnutzung zu anderem;Haus ab 3 Wohnungen;400",
        f"{UNIT};2028;Umnutzung zu Wohnungen;Haus ab 3 Wohnungen;50",
    ),
    "registers": (
        "ags;Angabe;Wert",
        f"{UNIT};Nebenwohnsitze im Melderegister;2000",
        f"{UNIT};Ferienwohnungen;1000",
    ),
}


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("completions", ("40;60", "41;60"), "Zeile 4, Feld „fertig in Häusern mit 1 oder 2 Wohnungen (C4)“: gefunden „101“, so viele fertiggestellte Wohnungen in einem Jahr sind nicht glaubhaft; erwartet höchstens 100"),
        ("price_bound", ("2035;400", "2035;401"), "Zeile 5, Feld „Wohnungen (C5)“: gefunden „1001“, zusammen mehr Wohnungen"),
        ("step_free", ("1000", "1001"), "gefunden „1001“, zusammen mehr Wohnungen, als es im Zensus gibt; erwartet höchstens 1000"),
        ("removals", ("anderem;Haus ab 3 Wohnungen;400", "anderem;Haus ab 3 Wohnungen;401"), "Zeile 5, Feld „Wohnungen (E5)“: gefunden „1001“, zusammen mehr Wohnungen"),
        ("registers", (";2000", ";2001"), "Zeile 4, Feld „Wert (C4)“: gefunden „2001“, für „Nebenwohnsitze im Melderegister“ erwartet höchstens 2000, so viele Menschen"),
        ("registers", (";1000", ";1001"), "Zeile 5, Feld „Wert (C5)“: gefunden „1001“, für „Ferienwohnungen“ erwartet höchstens 1000, so viele Wohnungen"),
        ("projection", ("6000;3000", "6001;3000"), "gefunden „6001“, erwartet 667 bis 6000 Einwohner"),
        ("projection", ("667", "666"), "Zeile 5, Feld „Einwohner (C5)“: gefunden „666“"),
        ("projection", ("6000;3000", "6000;3001"), "Zeile 4, Feld „Haushalte (D4)“: gefunden „3001“, erwartet 333 bis 3000 Haushalte"),
        ("projection", ("6000;3000", "6000;6001"), "(D4)“: gefunden „6001“, erwartet höchstens 6000 (so viel wie „Einwohner“)"),
    ],
)  # fmt: skip
def test_figures_that_the_census_rules_out_are_named(tmp_path, kind, change, words):
    limits = {"stock": {UNIT: 1000}, "people": {UNIT: 2000}}
    sound, wrong = tmp_path / "sound", tmp_path / "wrong"
    sound.mkdir()
    wrong.mkdir()
    assert load_local(AREAS, store(sound, **SOUND), **limits).has(kind)
    broken = {**SOUND, kind: tuple(x.replace(*change) for x in SOUND[kind])}
    with pytest.raises(InputError) as error:
        load_local(AREAS, store(wrong, **broken), **limits)
    assert len(error.value.faults) == 1 and words in error.value.text()


def test_figures_of_the_future_are_refused(tmp_path):
    home = store(tmp_path, completions=SOUND["completions"])
    assert load_local(AREAS, home, today=dt.date(2026, 9, 30)).has("completions")
    with pytest.raises(InputError) as error:
        load_local(AREAS, home, today=dt.date(2026, 9, 29))
    assert (
        "Zeile 1, Feld „Stand (B1)“: gefunden „30.09.2026“, der Stand liegt in der Zukunft"
        in error.value.text()
    )


def store(tmp_path: Path, **files: tuple[str, ...]) -> Path:
    (tmp_path / UNIT).mkdir()
    for kind, lines in files.items():
        csv_file(tmp_path / UNIT, kind, *lines)
    return tmp_path


ANSWER = f"{UNIT};A;1 bis 9 Beschäftigte;Bau;5;1;1"


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (None, "für 03251012 gibt es Antworten, aber keine Liste aller Betriebe (frame)"),
        (
            "10 bis 49 Beschäftigte;alle Branchen;10;200",
            "diese Größenklasse und Branche steht nicht in der Liste aller Betriebe",
        ),
        ("1 bis 9 Beschäftigte;Handel und Verkehr;10;50", "gefunden „1 bis 9 Beschäftigte, Bau“"),
        ("1 bis 9 Beschäftigte;Bau;1;4", "nennen die Antworten 5, mehr als hier steht"),
    ],
)
def test_answers_must_fit_the_list_of_companies(tmp_path, frame, words):
    files = {"survey": (SURVEY, ANSWER)}
    if frame:
        files["frame"] = (FRAME, f"{UNIT};{frame}")
    with pytest.raises(InputError) as error:
        load_local(AREAS, store(tmp_path, **files))
    assert words in error.value.text()


def test_all_faults_of_all_files_come_at_once(tmp_path):
    home = store(tmp_path, completions=(HEAD, f"{UNIT};2023;x;y"), projects=("ags;Projekt", f"{UNIT};A"))
    (home / UNIT / "umfrage.csv").write_text("x")
    (home / UNIT / "bilder").mkdir()
    (home / "survey.csv").write_text("x")
    (home / "3251012").mkdir()
    (home / "Diepholz").mkdir()
    xlsx_file(home / UNIT, "completions", [list(YEARS), [UNIT, 2023, 1, 2]])
    with pytest.raises(InputError) as error:
        load_local(AREAS, home)
    text = "\n".join(f.text() for f in error.value.faults)
    for words in (
        "umfrage.csv: diese Datei kennt das Programm nicht", "bilder: diese Datei kennt das Programm nicht",
        "survey.csv: hier liegen nur Ordner", "gefunden „3251012“, erwartet einen Ordner mit dem Schlüssel",
        "gefunden „Diepholz“, erwartet einen Ordner", "dieselbe Tabelle liegt auch als completions.csv da",
        "gefunden „x“, erwartet eine Zahl", "gefunden „y“, erwartet eine Zahl", "Feld „Träger“: diese Spalte fehlt",
    ):  # fmt: skip
        assert words in text, words


def test_a_row_in_the_folder_of_the_region_and_of_the_unit_is_named(tmp_path):
    home = store(tmp_path, completions=(HEAD, f"{UNIT};2023;1;2"))
    (home / REGION).mkdir()
    csv_file(home / REGION, "completions", HEAD, f"{UNIT};2023;1;2", f"{OTHER};2023;1;2")
    with pytest.raises(InputError, match="dieser Eintrag steht auch in"):
        load_local(AREAS, home)


@pytest.mark.parametrize(
    ("kind", "head", "of_unit", "of_region"),
    [
        ("backlog_overlap", "ags;Gruppe A;Gruppe B;Anteil von A auch in B", "wohnungslos;untergebracht;0,5", "untergebracht;wohnungslos;0,4"),
        ("completions", HEAD, "2023;40;60", "2024;10;20"),
        ("projects", "ags;Projekt;Träger;Stand des Projekts;Jahr;Wohnungen in Häusern mit 1 oder 2 Wohnungen;Wohnungen in Häusern ab 3 Wohnungen", "Am Bahnhof;GmbH;Idee;2027;0;12", "Bahnhofsquartier;GmbH;Idee;2027;0;12"),
        ("price_bound", "ags;Jahr des Bindungsendes;Wohnungen", "2030;40", "2035;10"),
    ],
)  # fmt: skip
def test_a_table_of_a_unit_lies_in_one_folder(tmp_path, kind, head, of_unit, of_region):
    """Otherwise pairs given both ways, parts of a sum or one project under two names would count twice."""
    home = store(tmp_path, **{kind: (head, f"{UNIT};{of_unit}")})
    (home / REGION).mkdir()
    csv_file(home / REGION, kind, head, f"{UNIT};{of_region}")
    with pytest.raises(InputError) as error:
        load_local(AREAS, home)
    assert len(error.value.faults) == 1
    assert re.search(
        rf"{kind}.csv, Zeile 4, Feld „.*4\)“: gefunden „{UNIT}“, für diese Gemeinde liegt dieselbe Tabelle auch als",
        error.value.text(),
    )


def test_the_same_row_in_other_letters_is_the_same_row(tmp_path):
    head = "ags;Name;Art;Plätze"
    home = store(tmp_path, senior_homes=(head, f"{UNIT};Haus am Park;Pflegeheim;86"))
    (home / REGION).mkdir()
    csv_file(home / REGION, "senior_homes", head, f"{UNIT};HAUS AM PARK;Pflegeheim;86")
    with pytest.raises(InputError, match="dieser Eintrag steht auch in"):
        load_local(AREAS, home)


def test_region_and_units_may_both_bring_a_projection(tmp_path):
    head = "ags;Jahr;Einwohner"
    home = store(tmp_path, projection=(head, f"{UNIT};2030;18000"))
    (home / REGION).mkdir()
    csv_file(home / REGION, "projection", head, f"{REGION};2030;220000")
    assert len(load_local(AREAS, home).table("projection")) == 2


def test_one_gemeinde_of_a_unit_cannot_bring_a_projection(tmp_path):
    path = csv_file(tmp_path, "projection", "ags;Jahr;Einwohner", "03251004;2030;1000")
    text = message(path, "projection", REGION)
    assert "(A4)“: gefunden „03251004“" in text and "03251407" in text


def test_the_files_of_a_unit_are_its_own_and_those_of_the_region_that_speak_of_it(tmp_path):
    home = store(tmp_path, completions=(HEAD, f"{UNIT};2023;1;2"))
    (home / REGION).mkdir()
    csv_file(home / REGION, "completions", HEAD, f"{OTHER};2023;1;2")
    local = load_local(AREAS, home)
    assert [f.folder for f in local.files_of(UNIT)] == [UNIT]
    assert [f.folder for f in local.files_of(OTHER)] == [REGION]
    assert len(local.table("completions")) == 2 and len(local.table("completions", OTHER)) == 1
    assert local.files_of(UNIT, ("survey",)) == ()


def test_returned_forms_may_lie_in_a_folder_one_for_each_company(tmp_path):
    home = store(tmp_path, frame=(FRAME, f"{UNIT};1 bis 9 Beschäftigte;alle Branchen;10;50"))
    forms = home / UNIT / "survey"
    forms.mkdir()
    for name in ("A", "B"):
        csv_file(
            forms,
            name,
            SURVEY,
            ANSWER.replace(";A;", f";{name};"),
            meta={**META, "Stelle": f"Betrieb {name}"},
        )
    local = load_local(AREAS, home)
    assert len(local.table("survey", UNIT)) == 2
    assert [(f.kind, f.office, f.rows) for f in local.files] == [
        ("frame", "Bauamt", 1), ("survey", "2 zurückgesandte Formulare", 2),
    ]  # fmt: skip
    csv_file(forms, "C", SURVEY, ANSWER)
    (forms / "notiz.docx").write_text("x")
    with pytest.raises(InputError) as error:
        load_local(AREAS, home)
    assert (
        "C.csv, Zeile 4, Feld „Betrieb (B4)“: gefunden „03251012, A“, dieser Eintrag steht auch in A.csv, Zeile 4"
        in error.value.text()
    )
    assert "notiz.docx: erwartet eine Datei der Form .xlsx oder .csv" in error.value.text()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12))
def test_any_text_in_a_cell_is_a_number_or_a_fault(tmp_path_factory, text):
    import csv

    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow([UNIT, "2023", "1", text])
    path = tmp_path_factory.mktemp("x") / "completions.csv"
    path.write_bytes(
        f"#Stand;2026-01-01\n#Stelle;x\n{HEAD}\n{out.getvalue()}".encode("utf-8", "surrogatepass")
    )
    table, _, faults = read_table(path, KINDS["completions"], AREAS, UNIT)
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and float(plain) <= 10_000_000:
        assert faults == [] and table["completed_mfh"].tolist() == [float(plain)]
    else:
        assert faults and all(f.text() for f in faults)


def test_headings_are_understood_in_any_spelling():
    assert norm(" Größen-Klasse ") == norm("groessen klasse") == "groessen_klasse"
    assert norm("25 bis 39 m²") == "25_bis_39_m2"
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
