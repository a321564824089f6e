"""The one door for the delivered tables of all of Germany: every table, every kind of fault, one German message."""

import ast
import gzip
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from wohnlib import paths
from wohnlib.backtest import delivered, household_sizes, households_data
from wohnlib.data import germany, germany_tables, tenure_fit
from wohnlib.data.germany_sources import SOURCES
from wohnlib.errors import InputError

NAMES = sorted(SOURCES)
KEYED = [n for n in NAMES if SOURCES[n].key]
READING = {
    "read_csv",
    "read_table",
    "read_fwf",
    "read_text",
    "open",
    "genfromtxt",
    "loadtxt",
    "reader",
    "DictReader",
}
DOORS = {
    "data/germany_tables.py",  # Germany
    "data/intake.py",  # the region: hands the folder to Delivery
    "data/estimate_tenure.py",  # asks only if the folder is there
}


@pytest.fixture(scope="module")
def cut():
    """Return a few delivered rows of every table as text: two of each level, with and without a key."""
    tables = {}
    for name, source in SOURCES.items():
        path = paths.shared() / source.file
        head = pd.read_csv(
            path, sep=source.separator, dtype=str, keep_default_na=False, encoding="utf-8-sig", nrows=1800
        )
        kinds = [c for c in (source.level, "sex") if c in head]
        kept = (
            head.groupby([*kinds, head[source.key] == ""], sort=False).head(2) if source.key else head.head(8)
        )
        tables[name] = kept.reset_index(drop=True)
    return tables


@pytest.fixture
def deliver(tmp_path, monkeypatch):
    """Return a function that writes a table into an empty folder of deliveries, as it was delivered."""
    monkeypatch.setenv("WOHNLIB_SHARED", str(tmp_path))

    def write(name: str, table: pd.DataFrame) -> Path:
        source = SOURCES[name]
        path = tmp_path / source.file
        path.parent.mkdir(exist_ok=True)
        table.to_csv(path, sep=source.separator, index=False, encoding="utf-8-sig")
        return path

    return write


def faults_of(*names):
    with pytest.raises(InputError) as error:
        germany_tables.read_tables(*names)
    return error.value.faults, error.value.text()


def changed(table, row, column, value):
    table = table.copy()
    table.loc[row, column] = value
    return table


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_a_table_as_delivered_is_read_with_keys_as_text_and_numbers(name, cut, deliver):
    deliver(name, cut[name])
    source, table = SOURCES[name], germany_tables.read_tables(name)[name]
    assert len(table) == len(cut[name])
    assert all(pd.api.types.is_numeric_dtype(table[c]) for c in source.numbers)
    if source.key:
        there = cut[name][source.key] != ""
        assert there.any() and (table[source.key][there] == cut[name][source.key][there]).all()


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_every_missing_column_is_named(name, cut, deliver):
    source = SOURCES[name]
    for column in (source.key, *source.texts, *source.numbers):
        if column:
            deliver(name, cut[name].drop(columns=column))
            found, text = faults_of(name)
            assert [(f.code, f.file, f.column) for f in found] == [("germany_column", source.file, column)]
            assert f"„{column}“: diese Spalte fehlt" in text


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["viele", "inf", "1,5", "True"])
def test_every_cell_that_is_no_number_is_named_with_its_line(name, value, cut, deliver):
    source, last = SOURCES[name], len(cut[name]) - 1
    deliver(name, changed(cut[name], last, list(source.numbers), value))
    found, _ = faults_of(name)
    assert [(f.code, f.file, f.row, f.column, f.found) for f in found] == [
        ("germany_number", source.file, last + 2, column, value) for column in source.numbers
    ]
    words = f"{source.file}, Zeile {last + 2}, Feld „{source.numbers[0]}“: gefunden „{value}“, erwartet wird eine Zahl."
    assert found[0].text().startswith(words)


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_a_cell_is_empty_or_below_zero_only_where_it_may_be(name, cut, deliver):
    source = SOURCES[name]
    deliver(name, changed(cut[name], 1, list(source.numbers), "-7"))
    never = [c for c in source.numbers if c not in source.below_zero]
    found, _ = faults_of(name)
    assert [(f.code, f.row, f.column) for f in found] == [("germany_negative", 3, c) for c in never]
    deliver(name, changed(cut[name], 1, list(source.numbers), "." if source.signs else ""))
    always = [c for c in source.numbers if c not in source.may_be_empty]
    found = faults_of(name)[0] if always else germany_tables.read_tables(name) and []
    assert [(f.code, f.row, f.column) for f in found] == [("germany_number", 3, c) for c in always]


@pytest.mark.shared
@pytest.mark.parametrize("name", KEYED)
def test_every_key_that_lost_its_zero_is_named_with_its_line(name, cut, deliver):
    source, keys = SOURCES[name], cut[name][SOURCES[name].key]
    rows = keys.index[keys.str.startswith("0")]
    assert len(rows)
    for row in rows:
        deliver(name, changed(cut[name], row, source.key, keys[row][1:]))
        found, text = faults_of(name)
        assert [(f.code, f.row, f.column, f.found) for f in found] == [
            ("germany_key", row + 2, source.key, keys[row][1:])
        ]
        assert f"aus {len(keys[row])} Ziffern" in text and "führende Null" in text


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_a_cut_a_shifted_and_a_missing_file_are_told(name, cut, deliver):
    path = deliver(name, cut[name].head(0))
    assert [f.code for f in faults_of(name)[0]] == ["germany_empty"]
    path.write_bytes(b"")
    assert [f.code for f in faults_of(name)[0]] == ["germany_unreadable"]
    text = cut[name].to_csv(index=False, sep=SOURCES[name].separator).encode()
    more = b"\n".join(line + (b",7;7" if i else b"") for i, line in enumerate(text.splitlines()))
    if path.suffix == ".gz":
        contents = [gzip.compress(text)[:-20], text, gzip.compress(more)]
    else:
        contents = [b"\xff\xfe\x00" + text, more]
    for content in contents:
        path.write_bytes(content)
        found, words = faults_of(name)
        assert [f.code for f in found] == ["germany_unreadable"] and SOURCES[name].file in words
    path.unlink()
    assert [f.code for f in faults_of(name)[0]] == ["delivery_missing"]


@pytest.mark.shared
@pytest.mark.parametrize("name", [n for n in NAMES if SOURCES[n].once])
def test_a_row_that_stands_twice_is_named(name, cut, deliver):
    source, table = SOURCES[name], cut[name]
    last = table[table[source.key] != ""].tail(1) if source.key else table.tail(1)
    deliver(name, pd.concat([table, last]))
    assert [(f.code, f.row) for f in faults_of(name)[0]] == [("germany_twice", len(table) + 2)]


@pytest.mark.shared
@pytest.mark.parametrize("name", [n for n in NAMES if SOURCES[n].level])
def test_an_unknown_level_is_named(name, cut, deliver):
    deliver(name, changed(cut[name], 1, SOURCES[name].level, "Dorf"))
    assert [(f.code, f.row, f.found) for f in faults_of(name)[0]] == [("germany_level", 3, "Dorf")]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["stock_by_age", "single_ages"])
def test_a_kreis_without_a_key_gets_it_by_its_nuts_key_or_is_named(name, cut, deliver):
    row = cut[name].index[cut[name]["ags"] != ""][0]
    table = changed(cut[name], row, "ags", "")
    deliver(name, changed(table, row, "nuts", "DEB1C"))
    assert germany_tables.read_tables(name)[name].loc[row, "ags"] == "07135"
    deliver(name, table)
    assert [(f.code, f.row) for f in faults_of(name)[0]] == [("germany_key", row + 2)]


@pytest.mark.shared
def test_the_signs_of_the_office_are_read_as_the_office_means_them(cut, deliver):
    column, table = "FAMSTND_KURZ__5", cut["demography"].copy()
    table.loc[:4, column] = ["12", "(7)", "–", "/", "."]
    deliver("demography", table)
    cells = germany_tables.read_tables("demography")["demography"][[column]]
    assert households_data._counts(cells, (column,))[:5, 0].tolist() == [12, 7, 0, 0, 0]


@pytest.mark.shared
def test_all_faults_of_all_tables_come_in_one_message(cut, deliver):
    deliver("jobs", changed(cut["jobs"], 0, "year", "neulich"))
    deliver("buildings", cut["buildings"].drop(columns="with_dwellings_1"))
    found, text = faults_of("jobs", "census", "buildings")
    assert [f.code for f in found] == ["germany_number", "delivery_missing", "germany_column"]
    assert text.count("\n- ") == 2


# -- those who read ---------------------------------------------------------------------------------------------


@pytest.fixture
def broken(tmp_path, monkeypatch, cut):
    """Return a function that puts a changed table into a folder that else holds what was delivered."""
    here = paths.shared().resolve()
    for folder in ("germany", "official", "geo"):
        (tmp_path / folder).mkdir()
        for file in (here / folder).iterdir():
            (tmp_path / folder / file.name).symlink_to(file)
    monkeypatch.setenv("WOHNLIB_SHARED", str(tmp_path))

    def put(name: str) -> None:
        path = tmp_path / SOURCES[name].file
        path.unlink()
        cut[name].to_csv(path, sep=SOURCES[name].separator, index=False)

    return put


@pytest.mark.shared
def test_tables_of_which_most_rows_are_gone_are_not_read_silently(broken):
    keys = pd.Index(["01001000", "16077055"])
    for name in ("dwellings", "census", "sizes_2011"):
        broken(name)
    census = germany_tables.read_tables("census")["census"]
    readers = {
        "dwellings": lambda: tenure_fit.owner_rates(keys.to_numpy(str)),
        "census": lambda: germany.municipal("census", census, keys),
        "sizes_2011": lambda: household_sizes.household_sizes(
            pd.DataFrame(1.0, keys, range(6)).to_numpy(), keys
        ),
    }
    for name, reader in readers.items():
        with pytest.raises(InputError) as error:
            reader()
        assert {f.code for f in error.value.faults} == {"germany_row"}
        assert SOURCES[name].file in error.value.text() and "fehlt eine Zeile" in error.value.text()


def test_a_map_that_cannot_be_read_is_named(tmp_path):
    for content in (b"no archive", b""):
        (tmp_path / "map.zip").write_bytes(content)
        with pytest.raises(InputError, match=r"VG250_GEM_simplified\.zip: erwartet die Karte"):
            delivered._places(tmp_path / "map.zip")
    with zipfile.ZipFile(tmp_path / "map.zip", "w") as archive:
        archive.writestr("VG250_GEM.dbf", b"\x03" * 40)
    with pytest.raises(InputError, match="erwartet die Karte"):
        delivered._places(tmp_path / "map.zip")


@pytest.mark.shared
def test_whoever_reads_germany_comes_through_the_door(monkeypatch):
    seen = []
    read_csv = pd.read_csv

    def watched(path, *args, **kwargs):
        if Path(path).resolve().is_relative_to(paths.shared().resolve()):
            seen.append((Path(path).name, sys._getframe(1).f_globals["__name__"]))
        return read_csv(path, *args, **kwargs)

    monkeypatch.setattr(pd, "read_csv", watched)
    counted = germany.read()
    tenure_fit.owner_rates(counted.ags)
    tenure_fit.census_groups(counted)
    households = households_data.read_households(pd.Index(counted.ags))
    household_sizes.household_sizes(households, pd.Index(counted.ags))
    assert {Path(f).name for f in (*germany.FILES, *household_sizes.SIZE_FILES)} == {file for file, _ in seen}
    assert {module for _, module in seen} == {"wohnlib.data.germany_tables"}


def test_no_other_module_that_knows_the_folder_reads_a_table():
    package = Path(germany_tables.__file__).parents[1]
    found = set()
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "shared" not in text:
            continue
        nodes = list(ast.walk(ast.parse(text)))
        attributes = {ast.unparse(n) for n in nodes if isinstance(n, ast.Attribute)}
        named = {n.id for n in nodes if isinstance(n, ast.Name)} | {a.rsplit(".", 1)[-1] for a in attributes}
        taken = {f"{n.module}.{a.name}" for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names}
        if {"paths.shared", "wohnlib.paths.shared"} & (attributes | taken) and READING & named:
            found.add(path.relative_to(package).as_posix())
    assert found == DOORS
