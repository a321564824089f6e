"""One writer for the tables of `data/raw/derived`: whole files, uniform descriptors, nothing half-written."""

import ast
import json
import os
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

import wohnlib
from wohnlib import paths
from wohnlib.data import derived
from wohnlib.data.derived import Derived, Origin, csv_text, write_derived

ORIGIN = Origin(
    office="Amt für Beispiele",
    table_code="B-1",
    terms="frei",
    attribution="Amt für Beispiele",
    day="2022-05-15",
    published="2024-06-25",
    command="python -m beispiel",
)
AREAS = set(pd.read_csv(paths.raw() / "areas.csv", dtype=str)["ags"])
SHIPPED = sorted((paths.raw() / "derived").glob("*.csv"))


def a_table(name: str = "beispiel", **changes) -> Derived:
    fields = [
        {"name": "ags", "type": "string", "description": "Schlüssel"},
        {"name": "value", "type": "number", "unit": "persons", "description": "Wert"},
    ]
    whole = {
        "text": "ags,value\n03251007,1.5\n",
        "title": "Beispiel",
        "note": "Ein Beispiel.",
        "fields": fields,
        "key": ["ags"],
        "origin": ORIGIN,
        "sources": ["amt/beispiel.csv"],
        "diagnostics": {"r": 0.5},
    }
    return Derived(name, **{**whole, **changes})


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_table_and_descriptor_stand_side_by_side(tmp_path):
    assert write_derived(tmp_path, [a_table(), a_table("zweite")]) == ["beispiel", "zweite"]
    assert sorted(contents(tmp_path / "derived")) == [
        "beispiel.csv", "beispiel.descriptor.json", "zweite.csv", "zweite.descriptor.json",
    ]  # fmt: skip
    text = (tmp_path / "derived" / "beispiel.csv").read_bytes()
    entry = json.loads((tmp_path / "derived" / "beispiel.descriptor.json").read_text(encoding="utf-8"))
    assert text == b"ags,value\n03251007,1.5\n"
    assert entry["sha256"] == sha256(text).hexdigest()
    assert entry["path"] == "derived/beispiel.csv"
    assert entry["sources"] == [{"path": "amt/beispiel.csv"}]
    assert entry["schema"]["foreignKeys"][0]["reference"]["resource"] == "areas"
    assert list(entry["schema"]["fields"][0]) == ["name", "description", "type"]
    assert (entry["command"], entry["diagnostics"]) == ("python -m beispiel", {"r": 0.5})


def test_keys_of_other_regions_refer_to_no_table():
    assert "foreignKeys" not in derived.describe(a_table(ours=False))["schema"]


def test_a_fault_in_the_last_table_leaves_all_that_was_there(tmp_path):
    write_derived(tmp_path, [a_table()])
    before = contents(tmp_path / "derived")
    changed = a_table(text="ags,value\n03251007,2.5\n")
    with pytest.raises(ValueError, match="zweite: fields or key"):
        write_derived(tmp_path, [changed, a_table("zweite", text="ags\n03251007\n")])
    with pytest.raises(TypeError):
        write_derived(tmp_path, [changed, a_table("zweite", diagnostics={"x": object()})])
    assert contents(tmp_path / "derived") == before


def test_a_disk_that_fills_up_leaves_nothing_half_written(tmp_path, monkeypatch):
    write_derived(tmp_path, [a_table()])
    before = contents(tmp_path / "derived")
    written = []

    def write_bytes(path: Path, content: bytes) -> None:
        if written:
            raise OSError(28, "No space left on device")
        written.append(path)
        with path.open("wb") as file:
            file.write(content)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    with pytest.raises(OSError, match="No space"):
        write_derived(tmp_path, [a_table(text="ags,value\n03251007,2.5\n")])
    monkeypatch.undo()
    assert contents(tmp_path / "derived") == before


def test_files_are_moved_in_only_after_all_are_complete(tmp_path, monkeypatch):
    seen = []
    move = os.replace

    def replace(source: Path, target: Path) -> None:
        seen.append(sorted(p.name for p in Path(source).parent.iterdir()))
        move(source, target)

    monkeypatch.setattr(os, "replace", replace)
    write_derived(tmp_path, [a_table()])
    assert seen == [["beispiel.csv", "beispiel.descriptor.json"], ["beispiel.descriptor.json"]]


def test_an_assumption_has_neither_command_nor_diagnostics():
    origin = Origin("", "", "", "", "2022-05-15", "2024-06-25", rating="red")
    entry = derived.describe(a_table(origin=origin), "assumptions")
    assert "command" not in entry and "diagnostics" not in entry
    assert (entry["path"], entry["rating"]) == ("assumptions/beispiel.csv", "red")


@pytest.mark.parametrize("key", [["ags", "year"], ["unit"]])
def test_a_key_that_is_no_column_is_refused(key):
    with pytest.raises(ValueError, match="beispiel: fields or key do not fit"):
        derived.describe(a_table(key=key))


def test_text_of_a_table_is_rounded_and_sorted():
    table = pd.DataFrame({"name": ["b", "a"], "n": [2.6, float("nan")], "x": [1 / 3, 2.0], "y": [2 / 3, 1.0]})
    text = csv_text(table, digits={"": 2, "y": 4}, whole=("n",), key=["name"])
    assert text == "name,n,x,y\na,,2.0,1.0\nb,3,0.33,0.6667\n"
    assert csv_text(table, digits=1).splitlines()[1] == "b,2.6,0.3,0.7"
    assert table["n"].iloc[0] == 2.6


@pytest.mark.parametrize("path", SHIPPED, ids=[p.stem for p in SHIPPED])
def test_descriptors_of_shipped_tables_have_one_form(path):
    described = path.with_name(f"{path.stem}.descriptor.json").read_bytes()
    entry = json.loads(described)
    assert list(entry) == list(derived.describe(a_table()))
    assert entry["sha256"] == sha256(path.read_bytes()).hexdigest()
    columns = list(pd.read_csv(path, nrows=1, dtype=str))
    assert [f["name"] for f in entry["schema"]["fields"]] == columns
    assert all(list(f)[:2] == ["name", "description"] for f in entry["schema"]["fields"])
    keys = pd.read_csv(path, dtype=str).get("ags", pd.Series(dtype=str))
    assert ("foreignKeys" in entry["schema"]) == ("ags" in columns and keys.isin(AREAS).all())
    assert described == (json.dumps(entry, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def test_only_this_writer_names_the_descriptor_files():
    """Another module that puts a descriptor beside a table would be a second writer."""
    package = Path(wohnlib.__file__).parent
    named = set()
    for path in package.rglob("*.py"):
        texts = (n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                 if isinstance(n, ast.Constant) and isinstance(n.value, str))  # fmt: skip
        if any(".descriptor.json" in t for t in texts):
            named.add(path.relative_to(package).as_posix())
    assert named == {"data/derived.py", "data/intake.py"}  # intake reads them
