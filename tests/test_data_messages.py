"""Each mistake in a raw file gets its own German message, all faults of a file at once, and nothing is written."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wohnlib import paths
from wohnlib.data import tables
from wohnlib.data.prepare import is_current, prepare
from wohnlib.data.register import load_register
from wohnlib.errors import InputError

Edit = Callable[[str], str]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Return a copy of data/raw that may be broken."""
    folder = tmp_path / "raw"
    register = load_register()
    for name in ["datapackage.json", *(r.path for r in register)]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(paths.raw() / name, folder / name)
    return folder


def edit(raw: Path, name: str, change: Edit, register: bool = True) -> None:
    """Change a raw file; `register` writes its new checksum so that only the content is at fault."""
    path = raw / name
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the change must change something"
    path.write_bytes(after.encode("utf-8"))
    if register:
        restamp(raw, name)


def restamp(raw: Path, name: str) -> None:
    descriptor = raw / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    entry = next(r for r in package["resources"] if r["path"] == name)
    entry["sha256"] = hashlib.sha256((raw / name).read_bytes()).hexdigest()
    descriptor.write_text(json.dumps(package), encoding="utf-8")


def swap(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new, 1)


def row_of(raw: Path, name: str, start: str) -> int:
    """Return the line an editor shows for the first row that starts so."""
    lines = (raw / name).read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, start=1) if line.startswith(start))


def refused(raw: Path) -> InputError:
    """Prepare into a fresh folder, which must fail and leave nothing behind."""
    processed = raw.parent / "processed"
    processed.mkdir(exist_ok=True)
    (processed / "areas.csv").write_text("bisher", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        prepare(raw, processed)
    assert {p.name: p.read_text(encoding="utf-8") for p in processed.iterdir()} == {"areas.csv": "bisher"}
    assert not list(raw.parent.rglob(".wohnlib-*"))
    assert not is_current(raw, processed)
    return caught.value


TEENS = "03251,2022-05-15,T,16,18,6339"
CASES: dict[str, tuple[str, Edit, list[str]]] = {
    "missing column": (
        "care.csv",
        swap("ags,year,item,unit,value", "ags,year,item,unit,wert"),
        ["Feld „value“", "sie fehlt; vorhanden sind: ags, year, item, unit, wert", "Kopfzeile prüfen"],
    ),
    "unexpected column": (
        "completions.csv",
        lambda text: "\n".join(f"{line},x" for line in text.splitlines()) + "\n",
        ["Feld „x“", "nicht verzeichnet", "datapackage.json"],
    ),
    "column twice": (
        "completions.csv",
        swap("ags,year", "ags,ags"),
        ["Feld „ags“", "zweimal in der Kopfzeile"],
    ),
    "decimal comma": (
        "census_population.csv",
        swap(TEENS, TEENS.replace("6339", '"6339,5"')),
        ["Feld „value“", "gefunden „6339,5“", "Dezimalkomma", "Bitte „6339.5“ schreiben"],
    ),
    "lost zero": (
        "census_population.csv",
        swap("03251407,2022-05-15,T,16,18", "3251407,2022-05-15,T,16,18"),
        ["Feld „ags“", "gefunden „3251407“", "führende Null", "„03251407“", "als Text formatieren"],
    ),
    "lost zero of a Kreis that is no area": (
        "care.csv",
        swap("01001,2017,in_homes_share", "1001,2017,in_homes_share"),
        ["gefunden „1001“", "führende Null", "„01001“"],
    ),
    "lost zero in areas": (
        "areas.csv",
        swap("03251407,032515407,", "3251407,032515407,"),
        ["gefunden „3251407“", "führende Null", "„03251407“"],
    ),
    "unknown key": (
        "census_households.csv",
        swap("03251407,2022-05-15,size_1,", "03251470,2022-05-15,size_1,"),
        ["gefunden „03251470“", "Schlüssel aus areas.csv", "03251407 Samtgemeinde Siedenburg"],
    ),
    "name instead of key": (
        "census_households.csv",
        swap("03251041,2022-05-15,size_1,", "Syke Stadt,2022-05-15,size_1,"),
        ["gefunden „Syke Stadt“", "Amtlichen Gemeindeschlüssel mit 8 Ziffern"],
    ),
    "negative count": (
        "census_population.csv",
        swap(TEENS, TEENS.replace("6339", "-6339")),
        ["gefunden „-6339“", "mindestens 0", "Vorzeichen"],
    ),
    "negative births": (
        "births_deaths_migration.csv",
        swap("03251,2000,births,2031", "03251,2000,births,-2031"),
        ["gefunden „-2031“", "mindestens 0"],
    ),
    "rate above one": (
        "lifetable.csv",
        swap("F,0,0.0030912266", "F,0,3.0912266"),
        ["Feld „qx“", "gefunden „3.0912266“", "zwischen 0 und 1", "durch 100 teilen"],
    ),
    "share above one by the row's unit": (
        "care.csv",
        swap("01001,2017,in_homes_share,share,0.301", "01001,2017,in_homes_share,share,30.1"),
        ["Zeile 2", "Feld „value“", "gefunden „30.1“", "zwischen 0 und 1"],
    ),
    "percent above hundred": (
        "census_dwellings.csv",
        swap("03251007,2022-05-15,vacancy_rate,percent,4", "03251007,2022-05-15,vacancy_rate,percent,400"),
        ["gefunden „400“", "höchstens 100"],
    ),
    "text instead of a number": (
        "census_population.csv",
        swap(TEENS, TEENS.replace("6339", "etwa 6000")),
        ["gefunden „etwa 6000“", "erwartet eine Zahl, gefunden wurde Text", "ohne Tausenderpunkt"],
    ),
    "fraction of a person": (
        "census_population.csv",
        swap(TEENS, TEENS.replace("6339", "6339.5")),
        ["gefunden „6339.5“", "ganze Zahl"],
    ),
    "NaN": (
        "census_population.csv",
        swap(TEENS, TEENS.replace("6339", "NaN")),
        ["gefunden „NaN“", "als fehlend gekennzeichnet", "ganze Zeile weglassen"],
    ),
    "empty field": (
        "census_population.csv",
        swap(TEENS, TEENS.replace("6339", "")),
        ["Feld „value“", "das Feld ist leer"],
    ),
    "date in German form": (
        "net_migration.csv",
        swap(",2001-12-31", ",31.12.2001"),
        ["Feld „published“", "gefunden „31.12.2001“", "JJJJ-MM-TT"],
    ),
    "unknown sex": (
        "census_population.csv",
        swap("03251,2022-05-15,F,", "03251,2022-05-15,W,"),
        ["gefunden „W“", "einen der Werte T, F, M"],
    ),
    "too few cells": (
        "census_population.csv",
        swap(TEENS, "03251,2022-05-15,T,16,18"),
        ["gefunden „5“", "6 Spalten"],
    ),
    "semicolons": (
        "completions.csv",
        lambda text: text.replace(",", ";"),
        ["Zeile 1", "erwartet Kommas", "nicht mit Semikolon"],
    ),
    "empty file": ("completions.csv", lambda text: "", ["completions.csv", "die Datei ist leer"]),
    "header only": ("completions.csv", lambda text: text.splitlines()[0] + "\n", ["die Datei ist leer"]),
}


# A renamed column is both missing and unexpected; a key lost in areas.csv is missed by every table that uses it.
MANIFOLD = ("missing column", "lost zero in areas")


def only(raw: Path, *names: str) -> None:
    """Leave only these tables in the register, so that a case does not check all the others again."""
    descriptor = raw / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if r["path"] in names]
    descriptor.write_text(json.dumps(package), encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_gives_one_message_with_file_and_advice(raw: Path, case: str) -> None:
    name, change, expected = CASES[case]
    only(raw, "areas.csv", name, "census_population.csv")
    edit(raw, name, change)
    error = refused(raw)
    assert f"data/raw/{name}" in str(error)
    for words in expected:
        assert words in str(error)
    assert error.exit_code == 2
    assert len(error.faults) == 1 or case in MANIFOLD


def test_the_row_is_the_one_an_editor_shows(raw: Path) -> None:
    row = row_of(raw, "census_population.csv", TEENS)
    edit(raw, "census_population.csv", swap(TEENS, TEENS.replace("6339", "-1")))
    assert f"Zeile {row}, Feld „value“" in str(refused(raw))


def test_a_missing_file_is_named(raw: Path) -> None:
    (raw / "lifetable.csv").unlink()
    message = str(refused(raw))
    assert "data/raw/lifetable.csv: erwartet die Datei, sie fehlt" in message
    assert "wiederherstellen" in message


def test_a_changed_checksum_is_named_even_if_the_content_is_good(raw: Path) -> None:
    edit(raw, "census_population.csv", swap(TEENS, TEENS.replace("6339", "6340")), register=False)
    error = refused(raw)
    assert len(error.faults) == 1
    assert "census_population.csv: die Prüfsumme weicht vom Verzeichnis" in str(error)
    assert "--register-only" in str(error)


def test_a_missing_register_is_named(raw: Path) -> None:
    (raw / "datapackage.json").unlink()
    assert "data/raw/datapackage.json: erwartet das Verzeichnis der Ausgangsdaten" in str(refused(raw))


def test_bytes_that_are_no_utf8_are_named_with_their_row(raw: Path) -> None:
    path = raw / "areas.csv"
    content = path.read_bytes()
    path.write_bytes(content.replace("Lemförde".encode(), "Lemförde".encode("latin-1"), 1))
    restamp(raw, "areas.csv")
    row = content[: content.index("Lemförde".encode())].count(b"\n") + 1
    message = str(refused(raw))
    assert f"data/raw/areas.csv, Zeile {row}: erwartet Text in UTF-8" in message
    assert "CSV UTF-8" in message


def test_a_duplicate_names_both_rows(raw: Path) -> None:
    name = "completions.csv"
    edit(raw, name, lambda text: text + text.splitlines()[1] + "\n")
    message = str(refused(raw))
    assert f"data/raw/{name}, Zeile 4: der Schlüssel (ags 03251, year 2023, item buildings)" in message
    assert "steht schon in Zeile 2" in message


def test_all_faults_of_a_file_come_at_once_in_the_order_of_rows(raw: Path) -> None:
    def several(text: str) -> str:
        text = text.replace("03251,2022-05-15,F,0,,110337", '03251,2022-05-15,F,0,,"110337,0"', 1)
        text = text.replace(TEENS, TEENS.replace("6339", "-1"), 1)
        return text.replace("03251407,2022-05-15,T,16,18", "3251407,2022-05-15,T,16,18", 1)

    edit(raw, "census_population.csv", several, register=False)
    faults = refused(raw).faults
    assert [f.code for f in faults] == ["raw_checksum", "raw_decimal_comma", "raw_negative", "raw_lost_zero"]
    rows = [f.row for f in faults[1:]]
    assert rows == sorted(rows)


def test_net_migration_may_be_negative(raw: Path) -> None:
    text = (raw / "births_deaths_migration.csv").read_text(encoding="utf-8")
    assert ",net_migration,-" in text
    prepare(raw, raw.parent / "processed")


def test_an_unprepared_table_says_what_to_do(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (raw.parent / "data").mkdir()
    raw.rename(raw.parent / "data" / "raw")
    monkeypatch.setenv("WOHNLIB_HOME", str(raw.parent))
    with pytest.raises(InputError, match="wohnlib prepare"):
        tables.load("areas")


def test_a_misspelled_table_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(InputError, match="census_population"):
        tables.load("census_popluation")
