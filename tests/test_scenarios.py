"""Scenario files: the four that are delivered, and one broken file per mistake with the words it causes."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from wohnlib import paths, scenario
from wohnlib.errors import InputError

BROKEN = Path(__file__).parent / "broken"
DELIVERED = ("base", "lower", "status_quo", "upper")
OWN = ("name", "based_on", "title", "description")  # what an override file says about itself
# file -> (line or None, parts of the message)
WORDS: dict[str, tuple[int | None, tuple[str, ...]]] = {
    "misspelled_field": (6, ("„migration.national_traget“", "gibt es im Szenario nicht", "national_target")),
    "misspelled_part": (7, ("„migration.national_target.vlaue“", "gibt es im Szenario nicht", "value")),
    "misspelled_section": (5, ("„wohnungen“", "gibt es im Szenario nicht")),
    "wrong_type": (7, ("„viel“", "erwartet eine Zahl", "ohne Anführungszeichen")),
    "wrong_type_year": (7, ("„2033.5“", "erwartet eine ganze Zahl")),
    "quoted_number": (7, ("„0.4“", "erwartet eine Zahl", "ohne Anführungszeichen")),
    "truth_value": (7, ("dwellings.unusable_vacancy.value", "erwartet eine Zahl")),
    "decimal_comma": (8, ("„0,002“", "Dezimalpunkt", "„0.002“")),
    "rate_above_one": (7, ("„51“", "erwartet höchstens 1", "zwischen 0 und 1")),
    "negative": (7, ("„-3.0“", "erwartet mindestens 0")),
    "zero_factor": (7, ("„0.0“", "erwartet mehr als 0")),
    "outside_range": (7, ("„500000.0“", "Spanne von 150000.0 bis 350000.0")),
    "missing_value": (8, ("land.density.ezfh.value", "erwartet eine Zahl")),
    "unknown_rating": (7, ("„orange“", "green, amber oder red")),
    "key_twice": (12, ("„migration“", "zweimal")),
    "based_on_unknown": (2, ("„bsae“", "„based_on“", "base")),
    "based_on_self": (2, ("„based_on_self“", "eines anderen vorhandenen Szenarios")),
    "based_on_chain": (None, ("„lower“", "das selbst auf keinem anderen beruht")),
    "not_utf8": (None, ("nicht als UTF-8 gespeichert",)),
    "utf16": (None, ("nicht als UTF-8 gespeichert",)),
    "empty": (None, ("die Datei ist leer",)),
    "only_comment": (None, ("die Datei ist leer",)),
    "a_list": (None, ("erwartet eine Liste von Annahmen",)),
    "tabs": (6, ("kein gültiges YAML", "Einrückung")),
    "unclosed_quote": (6, ("kein gültiges YAML",)),
    "two_documents": (5, ("kein gültiges YAML",)),
    "foreign_tag": (5, ("kein gültiges YAML",)),
    "control_character": (None, ("kein gültiges YAML",)),
    "other_name": (1, ("„anders“", "den Namen der Datei")),
    "horizon_before_start": (6, ("„2029“", "Zieljahr von 2030 bis 2060")),
    "horizon_too_late": (5, ("„2061“", "höchstens 2060")),
    "key_as_number": (5, ("„3251“",)),
    "key_unquoted": (5, ("„01001000“",)),
    "no_such_day": (7, ("„2017-02-30“",)),
    "infinite": (7, ("national_target.value",)),
    "range_reversed": (6, ("migration.national_target",)),
    "names_itself": (None, ("scenarios/names_itself.yaml",)),
    "reserve_of_all": (8, ("dwellings.reserve.ezfh.value",)),
    "no_source": (7, ("migration.national_target.source",)),
}  # fmt: skip
# mistakes that show only against the tables, when an assessment is opened
AGAINST_TABLES = {
    "period_without_table": "„1900-1902“",
    "years_reversed": "migration.share_",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook of its own that holds the delivered scenarios."""
    shutil.copytree(paths.scenarios(), tmp_path / "scenarios")
    monkeypatch.setenv("WOHNLIB_HOME", str(tmp_path))
    return tmp_path


def faults_of(home: Path, name: str) -> InputError:
    shutil.copy(BROKEN / f"{name}.yaml", home / "scenarios" / f"{name}.yaml")
    with pytest.raises(InputError) as caught:
        scenario.load(name)
    return caught.value


def flat(data: dict[str, Any], before: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    out: dict[tuple[str, ...], Any] = {}
    for key, value in data.items():
        out |= flat(value, (*before, key)) if isinstance(value, dict) else {(*before, key): value}
    return out


def plain(name: str) -> dict[tuple[str, ...], Any]:
    return flat(yaml.safe_load((paths.scenarios() / f"{name}.yaml").read_text(encoding="utf-8")))


def test_the_four_delivered_scenarios_load_and_base_comes_first() -> None:
    assert scenario.names()[0] == "base"
    assert set(DELIVERED) <= set(scenario.names())
    for name in DELIVERED:
        loaded = scenario.load(name)
        assert (loaded.name, loaded.base_date, loaded.horizon_year) == (name, "2022-05-15", 2040)


@pytest.mark.parametrize("name", [n for n in DELIVERED if n != "base"])
def test_an_override_file_holds_nothing_that_equals_the_base(name: str) -> None:
    base, own = plain("base"), plain(name)
    same = [".".join(k) for k, v in own.items() if k[0] not in OWN and base.get(k, object()) == v]
    assert same == []
    assert len(own) < len(base) / 4


@pytest.mark.parametrize("name", DELIVERED)
def test_every_assumption_has_unit_source_date_rating_and_note(name: str) -> None:
    items = scenario.load(name).assumptions()
    assert len(items) > 40
    for where, item in items:
        assert item.unit.strip() and item.source.strip() and item.note.strip(), where
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", item.date), where
        assert item.rating in ("red", "amber", "green"), where
        if item.range is not None:
            assert item.range[0] < item.range[1], where
    assert len({item.note for _, item in items}) == len(items), "two assumptions are described alike"


def test_a_changed_value_does_not_keep_the_source_of_the_base() -> None:
    base = dict(scenario.load("base").assumptions())
    for name in DELIVERED[1:]:
        for where, item in scenario.load(name).assumptions():
            if item.value != base[where].value:
                assert item.source != base[where].source, f"{name}: {where}"


def test_the_range_scenarios_stay_within_the_ranges_of_the_base() -> None:
    base = dict(scenario.load("base").assumptions())
    for name in ("lower", "upper"):
        for where, item in scenario.load(name).assumptions():
            if base[where].range is not None:
                assert base[where].range[0] <= item.value <= base[where].range[1], f"{name}: {where}"


@pytest.mark.parametrize("name", sorted(WORDS))
def test_each_mistake_gives_one_german_message_with_its_line(home: Path, name: str) -> None:
    row, parts = WORDS[name]
    error = faults_of(home, name)
    text = error.text()
    assert len(error.faults) == 1, text
    assert text.startswith(f"scenarios/{name}.yaml"), text
    for part in parts:
        assert part in text, text
    if row is not None:
        assert f", Zeile {row}" in text, text
    assert str(home) not in text and "Traceback" not in text


def test_every_broken_file_is_tested() -> None:
    tested = {*WORDS, *AGAINST_TABLES, "many_faults", "incomplete"}
    assert {p.stem for p in BROKEN.glob("*.yaml")} == tested


@pytest.mark.parametrize("name", sorted(AGAINST_TABLES))
def test_years_that_no_table_covers_are_named_before_anything_is_computed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wohnlib import session

    tables = session.inputs("03251")
    shutil.copytree(paths.scenarios(), tmp_path / "scenarios")
    shutil.copy(BROKEN / f"{name}.yaml", tmp_path / "scenarios")
    monkeypatch.setenv("WOHNLIB_HOME", str(tmp_path))
    monkeypatch.setattr(session, "inputs", lambda _region, _tables: tables)
    with pytest.raises(InputError, match=AGAINST_TABLES[name]):
        session.open_assessment(scenario=name)


def test_all_faults_of_a_file_come_at_once_in_a_list(home: Path) -> None:
    error = faults_of(home, "many_faults")
    rows = sorted(f.row or 0 for f in error.faults)
    assert rows == [5, 7, 10, 11, 15]
    lines = error.text().splitlines()
    assert len(lines) == 5 and all(line.startswith("- scenarios/many_faults.yaml, Zeile ") for line in lines)


def test_a_file_without_based_on_must_be_complete(home: Path) -> None:
    error = faults_of(home, "incomplete")
    assert {f.code for f in error.faults} == {"scenario_lacks"}
    assert {"region", "base_date", "start_year", "migration", "land"} <= {f.column for f in error.faults}
    assert "diese Angabe fehlt" in error.text()


def test_a_fault_of_the_base_is_laid_at_its_own_file(home: Path) -> None:
    path = home / "scenarios" / "base.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("value: 0.51\n", "value: 51\n", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        scenario.load("status_quo")
    assert caught.value.text().startswith("scenarios/base.yaml, Zeile "), caught.value.text()


@pytest.mark.parametrize("text", ["01001000", "NO", "12:30", "0x1F", "1_000", "2022-05-15", "on", "Yes"])
def test_plain_text_keeps_its_form(home: Path, text: str) -> None:
    body = f"name: form\nbased_on: base\ntitle: {text}\ndescription: x\n"
    (home / "scenarios" / "form.yaml").write_text(body, encoding="utf-8")
    assert scenario.load("form").title == text


def test_a_byte_order_mark_does_no_harm(home: Path) -> None:
    body = "\ufeffname: bom\nbased_on: base\ntitle: x\ndescription: x\n"
    (home / "scenarios" / "bom.yaml").write_text(body, encoding="utf-8")
    assert scenario.load("bom").name == "bom"


def test_a_huge_file_gives_a_short_message(home: Path) -> None:
    lines = "".join(f"  wert_{i}:\n    value: {i}\n" for i in range(3000))
    body = f'name: huge\nbased_on: base\ntitle: x\ndescription: "{"x" * 900}"\nmigration:\n{lines}'
    (home / "scenarios" / "huge.yaml").write_text(body, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        scenario.load("huge")
    text = caught.value.text()
    assert len(caught.value.faults) == 3000
    assert text.splitlines()[-1] == "- … und 2980 weitere Fehler in derselben Eingabe."
    assert len(text) < 10_000


def test_deep_nesting_is_refused_and_not_a_crash(home: Path) -> None:
    body = "name: deep\nbased_on: base\ntitle: x\ndescription: x\nland: " + "{a: " * 2000 + "1" + "}" * 2000
    (home / "scenarios" / "deep.yaml").write_text(body, encoding="utf-8")
    with pytest.raises(InputError):
        scenario.load("deep")


def test_an_unknown_scenario_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InputError, match=r"„bsae“.*Vorhanden: base"):
        scenario.load("bsae")
    for name in ("../scenarios/base", "base.yaml", "", "BASE", "c:\\base", "a\x00b"):
        with pytest.raises(InputError, match="Vorhanden"):
            scenario.load(name)


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (2022, "nach dem Basisjahr 2022"),
        (1066, "nach dem Basisjahr 2022"),
        (2026, "von 2027 bis 2060"),
        (2061, "von 2027 bis 2060"),
        (True, "ganze Zahl von 2027 bis 2060"),
        ("2040", "ganze Zahl von 2027 bis 2060"),
        (2040.0, "ganze Zahl von 2027 bis 2060"),
    ],
)
def test_a_horizon_that_cannot_be_computed_is_refused(year: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        scenario.load("base").at_horizon(year)


def test_every_horizon_from_the_start_year_on_is_taken() -> None:
    base = scenario.load("base")
    assert base.at_horizon(None).horizon_year == 2040
    assert [base.at_horizon(y).horizon_year for y in (2027, 2060)] == [2027, 2060]
    assert base.horizon_year == 2040
