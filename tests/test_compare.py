"""Manifests and the comparison of two runs: same state same bytes, parts that sum, causes told apart."""

import copy
import json
import re
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from wohnlib import manifest as manifests
from wohnlib import paths
from wohnlib.assess import assess
from wohnlib.cli import cli
from wohnlib.compare import DATA, METHOD, TOGETHER, compare
from wohnlib.compare_read import scenario_of
from wohnlib.compare_text import changes, compare_text, part_name, summary
from wohnlib.errors import InputError
from wohnlib.scenario_tools import with_values
from wohnlib.sensitivity import light_of
from wohnlib.words import Words

WORDS = Words("de")


@pytest.fixture(scope="module")
def base(assessments):
    return light_of(assessments["base"])


@pytest.fixture(scope="module")
def new(base):
    return manifests.manifest_of(base)


def other(manifest, **changes):
    return {**copy.deepcopy(manifest), **changes}


def sums(found):
    return np.array_equal(found.before + sum(found.parts.values(), np.zeros_like(found.before)), found.after)


def moved(manifest, by, key="03251041"):
    """Return the manifest with other results of one unit."""
    out = copy.deepcopy(manifest)
    out["results"][key]["to_build_mfh"] += by
    return out


# -- the manifest ------------------------------------------------------------------------------------------


def test_the_same_state_gives_the_same_bytes_without_time_or_path(base, new):
    text = manifests.as_text(new)
    again = assess(base.inputs, base.scenario)
    assert manifests.as_text(manifests.manifest_of(again)) == text
    assert json.loads(text) == new
    for word in (str(paths.home()), str(paths.home()) + "/", "\\"):
        assert word not in text
    assert not re.search(r"\d{2}:\d{2}", text)


def test_the_manifest_holds_inputs_versions_scenario_seed_and_results(base, new):
    assert new["inputs"]["data/raw/census_dwellings.csv"]
    assert all(re.fullmatch(r"[0-9a-f]{64}", v) for v in new["inputs"].values())
    assert {"wohnlib", "python", "numpy"} <= set(new["versions"])
    assert new["seed"] == base.scenario.uncertainty.seed.value
    assert scenario_of(new, new) == base.scenario
    assert set(new["results"]) == set(base.inputs.areas.keys)
    total = sum(r["to_build_ezfh"] + r["to_build_mfh"] for r in new["results"].values())
    assert total == int(base.printed.to_build[:, -1].sum())
    assert sum(r["need_ezfh"] for r in new["results"].values()) == int(base.printed.signed[:, -1, 0].sum())


def test_every_changed_file_of_figures_changes_the_manifest(tmp_path, monkeypatch):
    for part in ("raw/areas.csv", "local/03251/alliance.yaml", "local/03251041/projects.csv"):
        path = tmp_path / "data" / part
        path.parent.mkdir(parents=True)
        path.write_text("a\n")
    (tmp_path / "data" / "local" / "03251041" / "~$projects.xlsx").write_text("lock")
    monkeypatch.setenv("WOHNLIB_HOME", str(tmp_path))
    first = manifests.input_checksums("03251", ["03251041"])
    assert sorted(first) == [
        "data/local/03251/alliance.yaml", "data/local/03251041/projects.csv", "data/raw/areas.csv",
    ]  # fmt: skip
    (tmp_path / "data" / "raw" / "areas.csv").write_text("b\n")
    second = manifests.input_checksums("03251", ["03251041"])
    assert {n for n in first if first[n] != second[n]} == {"data/raw/areas.csv"}


def test_a_repeated_run_keeps_the_run_before_it(tmp_path):
    assert manifests.earlier_text(tmp_path, "a") is None
    (tmp_path / manifests.NAME).write_text("a")
    assert manifests.earlier_text(tmp_path, "a") is None
    assert manifests.earlier_text(tmp_path, "b") == "a"
    (tmp_path / manifests.EARLIER).write_text("a")
    (tmp_path / manifests.NAME).write_text("b")
    assert manifests.earlier_text(tmp_path, "b") == "a"
    assert manifests.earlier_text(tmp_path, "c") == "b"


def test_what_is_no_manifest_is_refused(tmp_path):
    with pytest.raises(InputError, match="kein Verzeichnis eines Laufs"):
        manifests.read(tmp_path)
    for text in ("{", "[]", "{}", '{"format": 1}', '{"format": 99}'):
        (tmp_path / manifests.NAME).write_text(text)
        with pytest.raises(InputError, match="kein lesbares Verzeichnis"):
            manifests.read(tmp_path)


# -- the comparison ----------------------------------------------------------------------------------------


def test_nothing_changed(new):
    found = compare(new, new)
    assert found.unchanged
    assert found.parts == {}
    assert summary(found, WORDS).startswith("Gegenüber dem früheren Lauf hat sich nichts geändert")


@pytest.mark.parametrize(
    ("change", "part"),
    [({"method": "0" * 64}, METHOD), ({"inputs": {"data/raw/areas.csv": "0"}}, DATA)],
)
def test_a_single_kind_of_change_is_the_cause(new, change, part):
    old = moved(other(new, **change), 40)
    found = compare(old, new)
    assert {n: int(v.sum()) for n, v in found.parts.items()} == {part: -40}
    assert sums(found)
    assert "40 weniger als beim früheren Lauf" in summary(found, WORDS)


def test_other_versions_of_programs_count_as_method(new):
    old = moved(other(new, versions={**new["versions"], "numpy": "1.0"}), -7)
    found = compare(old, new)
    assert {n: int(v.sum()) for n, v in found.parts.items()} == {METHOD: 7}
    assert any("numpy bisher 1.0" in line for line in changes(found, WORDS))


def test_other_assumptions_are_told_apart_and_sum(base, new):
    values = {"migration.national_target": 200000.0, "dwellings.reserve.mfh": 0.025}
    old = manifests.manifest_of(assess(base.inputs, with_values(base.scenario, values)))
    found = compare(old, new)
    assert set(found.parts) == set(values)
    assert sums(found)
    assert sum(int(v.sum()) for v in found.parts.values()) == int((found.after - found.before).sum()) > 0
    text = compare_text(found, {})
    assert "Personen je Jahr: bisher 200.000" not in text
    assert "bisher 200.000 Personen je Jahr, jetzt 250.000 Personen je Jahr" in text


def test_data_and_assumptions_together_are_told_apart(base, new):
    old = manifests.manifest_of(
        assess(base.inputs, with_values(base.scenario, {"dwellings.reserve.mfh": 0.025}))
    )
    old = moved(other(old, inputs={**old["inputs"], "data/raw/areas.csv": "0"}), 12)
    found = compare(old, new)
    assert set(found.parts) == {DATA, "dwellings.reserve.mfh"}
    assert int(found.parts[DATA].sum()) == -12
    assert sums(found)


def test_method_and_data_together_need_the_earlier_tables(base, new, tmp_path):
    old = moved(other(new, method="0" * 64, inputs={"data/raw/areas.csv": "0"}), 5)
    unsplit = compare(old, new)
    assert set(unsplit.parts) == {TOGETHER}
    assert part_name(TOGETHER, unsplit, WORDS) == "Daten und Verfahren zusammen (nicht zu trennen)"
    shutil.copytree(paths.raw(), tmp_path / "data" / "raw")
    completions = tmp_path / "data" / "raw" / "completions.csv"
    assert completions.exists()
    found = compare(old, new, tmp_path / "data")
    # the copied tables are today's, so all of the difference is the method's
    assert {n: int(v.sum()) for n, v in found.parts.items()} == {METHOD: -5}
    assert sums(found)


def test_a_later_run_that_is_not_of_today_is_not_split(base, new):
    old = manifests.manifest_of(
        assess(base.inputs, with_values(base.scenario, {"dwellings.reserve.mfh": 0.025}))
    )
    found = compare(old, moved(new, 9))
    assert set(found.parts) == {TOGETHER}
    assert sums(found)
    assert part_name(TOGETHER, found, WORDS) == "Annahmen (nicht weiter aufzuteilen)"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({}, "ohne erkennbare Ursache"),
        ({"inputs": {}}, "Daten und Annahmen zusammen (nicht zu trennen)"),
        ({"method": "0" * 64}, "Annahmen und Verfahren zusammen (nicht zu trennen)"),
        ({"inputs": {}, "method": "0" * 64}, "Daten, Annahmen und Verfahren zusammen (nicht zu trennen)"),
    ],
)
def test_only_what_changed_is_said_to_be_inseparable(base, new, changed, name):
    """The later run is not of today, so that nothing is split; without any change the sum was altered by hand."""
    values = {"dwellings.reserve.mfh": 0.025} if changed else {}
    old = manifests.manifest_of(assess(base.inputs, with_values(base.scenario, values)))
    found = compare(other(old, **changed), moved(new, 9))
    assert set(found.parts) == {TOGETHER}
    assert part_name(TOGETHER, found, WORDS) == name


def test_assumptions_with_parts_of_their_own_are_not_named_again(base, new):
    old = manifests.manifest_of(
        assess(base.inputs, with_values(base.scenario, {"dwellings.reserve.mfh": 0.025}))
    )
    old = moved(other(old, method="0" * 64, inputs={}), 5)
    found = compare(old, new)
    assert set(found.parts) == {TOGETHER, "dwellings.reserve.mfh"}
    assert part_name(TOGETHER, found, WORDS) == "Daten und Verfahren zusammen (nicht zu trennen)"


def test_assumptions_that_the_earlier_program_did_not_know_take_todays_values(new):
    old = copy.deepcopy(new)
    del old["scenario"]["uncertainty"]
    old["scenario"]["dwellings"]["was_dropped"] = {"value": 1.0}
    old["method"] = "0" * 64
    assert scenario_of(old, new) == scenario_of(new, new)
    assert compare(moved(old, 3), new).parts.keys() == {METHOD}


def test_runs_of_other_units_are_refused(new):
    old = copy.deepcopy(new)
    del old["results"]["03251041"]
    with pytest.raises(InputError, match="verschiedenen Landkreisen oder Planungseinheiten"):
        compare(old, new)


def test_units_move_against_each_other_without_moving_the_sum(new):
    old = moved(moved(other(new, method="0" * 64), 4), -4, "03251407")
    text = summary(compare(old, new), WORDS)
    assert "bleiben es zusammen" in text
    assert "in einzelnen Planungseinheiten" in text


def test_the_command_prints_a_table_that_adds_up(new, tmp_path):
    for name, content in (("alt", moved(other(new, method="0" * 64), -30)), ("neu", new)):
        (tmp_path / name).mkdir()
        (tmp_path / name / manifests.NAME).write_text(manifests.as_text(content), encoding="utf-8")
    done = CliRunner().invoke(cli, ["compare", str(tmp_path / "alt"), str(tmp_path / "neu")])
    assert done.exit_code == 0, done.output
    rows = re.findall(r"(?m)^  (?:vorher|Verfahren \(Programm\)|jetzt) +([+\u2212\d.]+)$", done.output)
    before, method, after = (int(r.replace(".", "").replace("\u2212", "-")) for r in rows)
    assert (before + method, method) == (after, 30)
    assert "Syke" in done.output


def test_a_wrong_path_is_named_as_it_was_given_and_both_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leer").mkdir()
    (tmp_path / "kaputt").mkdir()
    (tmp_path / "kaputt" / "manifest.json").write_text("{", encoding="utf-8")
    done = CliRunner().invoke(cli, ["compare", "tief/gibtsnicht", "leer"])
    text = done.output + str(done.exception or "")
    assert done.exit_code != 0
    assert "- tief/gibtsnicht: diesen Ordner oder diese Datei gibt es nicht" in text
    assert "- leer: in diesem Ordner liegt kein Verzeichnis eines Laufs (manifest.json)" in text
    with pytest.raises(InputError, match="kein lesbares Verzeichnis"):
        manifests.read(tmp_path / "kaputt")
    with pytest.raises(InputError) as caught:  # a page names no folder of the machine
        manifests.read(tmp_path / "gibtsnicht", "reports/manifest_earlier.json")
    assert str(tmp_path) not in caught.value.text() and "reports/manifest_earlier.json" in caught.value.text()
