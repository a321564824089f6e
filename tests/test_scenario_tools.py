"""Scenarios made, compared and checked: files that load again, values with units, all faults at once."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from wohnlib import paths, scenario, session
from wohnlib.cli import cli, main
from wohnlib.errors import InputError
from wohnlib.scenario_check import check, check_text
from wohnlib.scenario_tools import diff_text, differences, value_text, with_values
from wohnlib.scenario_write import new, save
from wohnlib.words import NBSP, Words

DAY = "2026-11-22"
MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook of its own with the delivered scenarios and the real figures."""
    tables = session.inputs("03251")
    shutil.copytree(paths.scenarios(), tmp_path / "scenarios")
    monkeypatch.setenv("WOHNLIB_HOME", str(tmp_path))
    monkeypatch.setattr(session, "inputs", lambda *_: tables)
    return tmp_path


def write(home: Path, name: str, body: str) -> str:
    text = f'name: {name}\nbased_on: base\ntitle: "T"\ndescription: "D"\n{body}'
    (home / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return name


# -- new ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["base", "upper"])
def test_a_new_scenario_has_the_values_of_the_one_it_is_made_from(home, source):
    new("eigenes", source, date=DAY)
    made = scenario.load("eigenes")
    assert made.based_on == "base"
    assert differences(scenario.load(source), made) == []
    assert check("eigenes").changed == len(differences(scenario.load("base"), scenario.load(source)))


@pytest.mark.parametrize("source", ["base", "status_quo"])
def test_every_line_offered_for_change_may_be_taken_over_as_it_stands(home, source):
    path = new("eigenes", source, date=DAY)
    text = path.read_text(encoding="utf-8")
    head, how, rest = re.split(r"(?m)^(# Zum Ändern.*\n# .*\n# .*\n)", text)
    path.write_text(head + how + re.sub(r"(?m)^# ", "", rest), encoding="utf-8")
    made = scenario.load("eigenes")
    assert differences(scenario.load(source), made) == []
    ranged = [n for n, a in scenario.load("base").assumptions() if a.range is not None]
    assert len(re.findall(r"(?m)^ +value:", path.read_text(encoding="utf-8"))) >= len(ranged) > 30


def test_a_new_scenario_never_overwrites_and_refuses_names_that_are_no_file_names(home):
    with pytest.raises(InputError, match=r"scenarios/lower.yaml.*gibt es schon"):
        new("lower", date=DAY)
    for name in ("Neu", "mehr zuzug", "../x", "1a", "", "a" * 32):
        with pytest.raises(InputError, match="kleinen Buchstaben"):
            new(name, date=DAY)
    with pytest.raises(InputError, match="Vorhanden: base"):
        new("eigenes", "gibtsnicht", date=DAY)


# -- save --------------------------------------------------------------------------------------------------


def test_saved_values_load_again_as_they_were_set(home):
    values = {
        "migration.national_target": 200000.0, "dwellings.reserve.mfh": 0.035, "migration.national_target_year": 2030,
        "mortality.improvement_per_year": 1e-05, "dwellings.backlog_share": 0.0,
    }  # fmt: skip
    save(
        "sitzung",
        scenario.load("base"),
        values,
        title='Sitzung "A"',
        description="x: y # z",
        source="Rat",
        date=DAY,
    )
    made = scenario.load("sitzung")
    found = dict(made.assumptions())
    assert {n: found[n].value for n in values} == values
    assert made.title == 'Sitzung "A"'
    assert {d.name for d in differences(scenario.load("base"), made)} == set(values) - {
        "dwellings.backlog_share"
    }
    assert found["mortality.improvement_per_year"].range == (1e-05, 0.014)
    assert found["dwellings.reserve.mfh"].source == "Rat"
    assert check("sitzung").remarks == ()


def test_values_saved_on_top_of_a_file_of_overrides_keep_its_overrides(home):
    base = scenario.load("lower")
    save("sitzung", base, {"land.density.mfh": 50.0}, title="S", description="d", source="Rat", date=DAY)
    made = scenario.load("sitzung")
    assert made.based_on == "base"
    assert {d.name for d in differences(base, made)} == {"land.density.mfh"}


def test_a_value_of_the_wrong_kind_is_not_saved(home):
    for values in (
        {"migration.national_target_year": 2030.5},
        {"dwellings.reserve.mfh": 1.5},
        {"nichts.da": 1.0},
    ):
        with pytest.raises(InputError):
            save("sitzung", scenario.load("base"), values, title="S", description="d", source="Rat", date=DAY)
        assert not (home / "scenarios" / "sitzung.yaml").exists()


# -- diff --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.015, "Anteil am benötigten Bestand", f"1,5{NBSP}% (Anteil am benötigten Bestand)"),
        (0.0006, "Anteil je Jahr", f"0,06{NBSP}% (Anteil je Jahr)"),
        (0.4, "Anteil", f"40{NBSP}%"),
        (250000.0, "Personen je Jahr", "250.000 Personen je Jahr"),
        (2033, "Jahr", "2033"),
        (0.95, "Faktor je Jahr", "0,95 (Faktor je Jahr)"),
        ("2022-05-15", "Datum", "15.05.2022"),
        ("2022-2024", "Zeitraum", "2022–2024"),
        ("institutional_profile", "Tabelle", "institutional_profile"),
    ],
)
def test_values_are_written_with_their_units(value, unit, text):
    assert value_text(value, unit, Words("de")) == text


def test_the_difference_of_two_scenarios_names_value_unit_source_and_change():
    text = diff_text(scenario.load("base"), scenario.load("lower"))
    assert "base: 250.000 Personen je Jahr; Quelle: Setzung nach der Methodenbeschreibung" in text
    assert "lower: 150.000 Personen je Jahr; Quelle: unterer Wert der Methodenbeschreibung; Güte: rot" in text
    assert f"Unterschied: {MINUS}100.000" in text
    assert f"Unterschied: {MINUS}1 Prozentpunkt\n" in text
    assert f"Unterschied: {MINUS}0,5{NBSP}Prozentpunkte" in text
    assert re.search(r"\n6 von \d+ Annahmen unterscheiden sich\.$", text)


def test_a_scenario_does_not_differ_from_itself():
    base = scenario.load("base")
    assert "dieselben Annahmen" in diff_text(base, base)


def test_years_and_horizons_that_differ_are_named():
    base = scenario.load("base")
    other = with_values(base.at_horizon(2045), {"migration.national_target_year": 2034})
    text = diff_text(base, other)
    assert "Zieljahr\n  horizon_year\n  base: 2040\n  base: 2045" in text
    assert "Unterschied: +1 Jahr\n" in text


# -- check -------------------------------------------------------------------------------------------------


def test_all_faults_of_a_file_are_named_at_once_even_those_that_others_would_hide(home):
    body = """migration:
  national_traget:
    value: 1.0
  national_target:
    value: 900000.0
  local_persistence:
    value: 1,5
  share_first_year:
    value: 2013
  share_last_year:
    value: 2012
fertility:
  constant_from_year:
    value: 2099
dwellings: 5
"""
    with pytest.raises(InputError) as caught:
        check(write(home, "viele", body))
    found = {(f.row, f.code) for f in caught.value.faults}
    assert found == {
        (6, "scenario_unknown"), (9, "scenario_range"), (11, "scenario_comma"), (13, "scenario_order"),
        (18, "not_in_tables"), (19, "scenario_value"),
    }  # fmt: skip
    assert all(f.file == "scenarios/viele.yaml" for f in caught.value.faults)


def test_a_sound_file_is_told_how_many_assumptions_it_changes(home):
    name = write(home, "gut", 'migration:\n  national_target:\n    value: 300000.0\n    source: "Rat"\n')
    assert check_text(name) == (
        "scenarios/gut.yaml: in Ordnung. „T“ beruht auf „base“ und weicht in einer Annahme davon ab."
    )
    assert "ist ein vollständiges Szenario" in check_text("base")


def test_a_changed_value_with_the_old_source_and_an_idle_entry_are_remarked(home):
    body = 'migration:\n  national_target:\n    value: 300000.0\n  local_damping:\n    value: 0.9\n    date: "2026-01-01"\n'
    text = check_text(write(home, "bemerkt", body))
    assert "migration.national_target: Der Wert ist geändert, die Quelle ist noch" in text
    assert "migration.local_damping: Der Wert ist derselbe wie in „base“" in text


def test_a_file_outside_the_folder_of_scenarios_may_be_checked(home, tmp_path):
    write(home, "fern", "")
    path = tmp_path / "fern.yaml"
    shutil.move(home / "scenarios" / "fern.yaml", path)
    assert check(str(path)).scenario.name == "fern"
    with pytest.raises(InputError, match="die Szenariodatei fehlt"):
        check("gibtsnicht")


@pytest.mark.parametrize("name", ["many_faults", "misspelled_section", "based_on_unknown", "tabs", "empty"])
def test_broken_files_give_at_least_the_faults_that_loading_gives(home, name):
    shutil.copy(Path(__file__).parent / "broken" / f"{name}.yaml", home / "scenarios" / f"{name}.yaml")
    with pytest.raises(InputError) as loaded:
        scenario.load(name)
    with pytest.raises(InputError) as checked:
        check(name)
    assert {f.text() for f in loaded.value.faults} <= {f.text() for f in checked.value.faults}


# -- the command -------------------------------------------------------------------------------------------


def test_the_commands_speak_german_and_end_with_the_right_code(home, capsys):
    done = CliRunner().invoke(cli, ["scenario", "new", "mehr_zuzug", "--title", "Mehr Zuzug"])
    assert done.exit_code == 0
    assert "Angelegt: scenarios/mehr_zuzug.yaml" in done.output
    assert "in Ordnung" in CliRunner().invoke(cli, ["scenario", "check", "mehr_zuzug"]).output
    assert "dieselben Annahmen" in CliRunner().invoke(cli, ["scenario", "diff", "base", "mehr_zuzug"]).output
    with pytest.raises(SystemExit) as ended:
        main(["scenario", "new", "mehr_zuzug"])
    assert ended.value.code == 2
    assert "gibt es schon" in capsys.readouterr().err


def test_the_difference_in_need_is_split_so_that_it_sums():
    done = CliRunner().invoke(cli, ["scenario", "diff", "base", "lower", "--area", "03251407"])
    rows = re.findall(r"(?m)^  \S.*?  +([+\u2212]?[\d.]+)$", done.output.split("Was das in der", 1)[1])
    numbers = [int(r.replace(".", "").replace(MINUS, "-")) for r in rows]
    assert len(numbers) == 8
    assert sum(numbers[:-1]) == numbers[-1]
