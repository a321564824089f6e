"""The alliance's own file: read strictly, every fault with its line, nothing needed to begin."""

import re

import pytest

from wohnlib import session
from wohnlib.alliance.agreement import (
    check_alliance,
    keys_of_distribution,
    read_alliance,
    subregions,
    weights,
)
from wohnlib.alliance.settings import KEYS, STATUS, WEIGHTS
from wohnlib.errors import InputError

GOOD = """# Stand nach der zweiten Sitzung
name: "Bündnis für Wohnen"
date: "2027-03-01"
members:
  - name: "Gemeinde Weyhe"
    kind: municipality
    ags: "03251047"
    role: "Gastgeberin"
    task: "Flächen melden"
  - name: "Kreiswohnbau"
    kind: company
meetings:
  - date: "2027-01-20"
    topic: "Auftakt"
    decisions:
      - text: "Projekte melden"
        who: "Gemeinde Weyhe"
        until: "2027-02-15"
      - text: "Geschäftsordnung"
        done: true
  - date: "2027-05-10"
    topic: "Ziele"
guiding:
  - "Jede Gemeinde baut, was dem Ganzen fehlt."
targets:
  - name: "Kleine Wohnungen"
    segment: small
    dwellings: 120
    year: 2030
    who: ["Kreiswohnbau"]
  - name: "Weyhe baut Geschosswohnungen"
    segment: mfh
    dwellings: 200
    year: 2035
    ags: "03251047"
subregions:
  - name: "Norden"
    units: ["03251047", "03251037", "03251041"]
weights:
  plan: 0.4
distribution:
  own_need: 0.7
  capacity: 0.3
"""


@pytest.fixture(scope="module")
def areas():
    return session.inputs("03251").areas


def read(areas, tmp_path, text):
    path = tmp_path / "alliance.yaml"
    path.write_text(text, encoding="utf-8")
    return read_alliance(areas, path)


def test_no_file_is_no_alliance_yet(areas, tmp_path):
    assert read_alliance(areas, tmp_path / "alliance.yaml") is None


def test_a_name_and_a_day_are_enough(areas, tmp_path):
    found = read(areas, tmp_path, 'name: "B"\ndate: "2027-01-01"\n')
    assert (found.members, found.targets, found.next_meeting()) == ([], [], None)
    assert found.open_decisions() == []


def test_a_filled_file_is_read_as_it_stands(areas, tmp_path):
    found = read(areas, tmp_path, GOOD)
    assert [m.name for m in found.members] == ["Gemeinde Weyhe", "Kreiswohnbau"]
    assert found.next_meeting().topic == "Ziele"
    assert [(m.topic, d.text) for m, d in found.open_decisions()] == [("Auftakt", "Projekte melden")]
    assert subregions(found, areas) == {"Norden": ("03251047", "03251037", "03251041")}
    assert [t.segment for t in found.targets] == ["small", "mfh"]


def test_weights_are_the_alliances_own_where_it_says_so(areas, tmp_path, assessments):
    scenario = assessments["base"].scenario
    own = weights(read(areas, tmp_path, GOOD), scenario)
    assert list(own) == list(STATUS)
    assert (own["plan"].value, own["plan"].source) == (0.4, "Bündnis für Wohnen")
    assert own["permit"].value == scenario.building.permits_weight.value
    assert own["idea"] == WEIGHTS["idea"]
    assert weights(None, scenario)["plan"] == WEIGHTS["plan"]
    keys = keys_of_distribution(read(areas, tmp_path, GOOD))
    assert {k: a.value for k, a in keys.items()} == {"own_need": 0.7, "central_places": 0.0, "capacity": 0.3}
    assert keys_of_distribution(None) == KEYS


@pytest.mark.parametrize(
    ("old", "new", "row", "words"),
    [
        ('date: "2027-03-01"', "date: 2027-03-32", 3, "nicht die erwartete Form"),
        ("    kind: municipality", "    kind: gemeinde", 6, "municipality, district, company"),
        ("    role:", "    rolle:", 8, "diese Angabe gibt es nicht"),
        ('ags: "03251047"\n    role', 'ags: "03251999"\n    role', 7, "gibt es in der Region 03251 nicht"),
        (
            'ags: "03251047"\n    role',
            'ags: "03251021"\n    role',
            7,
            "Mitgliedsgemeinde von Samtgemeinde Kirchdorf",
        ),
        ("    dwellings: 120", "    dwellings: 0", 28, "nicht die erwartete Form"),
        ("    dwellings: 120", '    dwellings: "120"', 28, "nicht die erwartete Form"),
        ("    segment: small", "    segment: klein", 27, "all, ezfh, mfh, small"),
        ('who: ["Kreiswohnbau"]', 'who: ["Kreiswohnbauten"]', 30, "kein Mitglied des Bündnisses"),
        ('"03251037", "03251041"', '"03251037", "03251037"', 37, "zweimal im selben Teilraum"),
        ("  plan: 0.4", "  plan: 1.4", 40, "nicht die erwartete Form"),
        ("  plan: 0.4", "  planung: 0.4", 40, "erwartet eines von"),
        ("  own_need: 0.7\n  capacity: 0.3", "  own_need: 0.0", 41, "braucht ein Gewicht über null"),
        ('    ags: "03251047"\n    role', "    role", 5, "Gemeinde fehlt ihr Schlüssel"),
        ('name: "Bündnis für Wohnen"\n', "", None, "diese Angabe fehlt"),
        ("guiding:", "members:", 23, "steht zweimal"),
        ("meetings:", "meetings", 13, "kein gültiges YAML"),
    ],
)
def test_each_fault_is_named_with_its_line(areas, tmp_path, old, new, row, words):
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        read(areas, tmp_path, GOOD.replace(old, new, 1))
    assert len(caught.value.faults) == 1, caught.value.text()
    assert caught.value.faults[0].row == row, caught.value.text()
    assert re.search(words, caught.value.text()), caught.value.text()


def test_all_faults_come_at_once(areas, tmp_path):
    text = (
        GOOD.replace("kind: company", "kind: firma")
        .replace("year: 2030", "year: bald")
        .replace('topic: "Ziele"', 'titel: "Z"')
        .replace('"03251037", "03251041"', '"03251037", "03251999"')
    )
    path = tmp_path / "alliance.yaml"
    path.write_text(text, encoding="utf-8")
    found = check_alliance(areas, path)
    assert [f.row for f in found] == [11, 22, 29, 38], "in the order of the lines"
    assert "Feld „targets, Eintrag 1, year“" in found[2].text()
    with pytest.raises(InputError) as caught:
        read_alliance(areas, path)
    assert list(caught.value.faults) == found


def test_the_check_says_nothing_of_a_good_file_or_none(areas, tmp_path):
    path = tmp_path / "alliance.yaml"
    assert check_alliance(areas, path) == []
    path.write_text(GOOD, encoding="utf-8")
    assert check_alliance(areas, path) == []


@pytest.mark.parametrize(
    "text", ["members: 3\n", "members: [1, {name: 2}]\n", "subregions: {a: 1}\ntargets:\n"]
)
def test_a_file_of_another_form_gives_faults_not_a_crash(areas, tmp_path, text):
    path = tmp_path / "alliance.yaml"
    path.write_text('name: "B"\ndate: "2027-01-01"\n' + text, encoding="utf-8")
    found = check_alliance(areas, path)
    assert found and all(f.text() and f.row and f.column for f in found)


@pytest.mark.parametrize("text", ["", "# nur ein Kommentar\n", "- a\n- b\n", "Text\n"])
def test_an_empty_file_says_what_is_expected(areas, tmp_path, text):
    with pytest.raises(InputError, match="Angaben des Bündnisses"):
        read(areas, tmp_path, text)


def test_a_file_in_another_encoding_is_named(areas, tmp_path):
    (tmp_path / "alliance.yaml").write_bytes('name: "Bündnis"\n'.encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_alliance(areas, tmp_path / "alliance.yaml")
