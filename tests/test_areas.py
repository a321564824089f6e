"""Keys that people type, and names that become file names."""

import re

import pytest

from wohnlib.areas import Areas, in_place, slug
from wohnlib.errors import InputError
from wohnlib.inputs import read
from wohnlib.run.jobs import Job, check_jobs
from wohnlib.session import inputs
from wohnlib.words import Words

KEYS = (
    "03251007", "03251012", "03251037", "03251040", "03251041", "03251042", "03251044", "03251047",
    "03251401", "03251402", "03251403", "03251404", "03251405", "03251406", "03251407",
)  # fmt: skip
HOSTILE = [
    "", " ", "...", "../../etc/passwd", "..\\..\\boot", "/", "C:\\Windows", "<script>alert(1)</script>", "&amp;",
    '"><img src=x>', "\u202egnp.exe", "\u200f\u200e", "\ufeff", "a\x00b", "\x1b[31mrot", "a\nb", "\ud800", "😀" * 50,
    "x" * 10_000, "ä" * 10_000, "-", "_", "CON", "nul", "COM1", "aux.html", "%2e%2e%2f", "~root", "$HOME", "`id`",
    "東京", "Łódź", "Straße", "ﬃ", "①", "İstanbul", "e\u0301", "-rf", "--help", "name.", "name ",
]  # fmt: skip


@pytest.fixture(scope="module")
def areas() -> Areas:
    return inputs("03251").areas


def small(name: str = "Ort", key: str = "03251007") -> Areas:
    return Areas("03251", "Landkreis Probe", (key,), (name,), (name,), ("Stadt",))


def test_the_region_has_its_fifteen_units_in_the_order_of_their_keys(areas: Areas) -> None:
    assert areas.keys == KEYS
    assert (areas.region, areas.region_name, len(areas)) == ("03251", "Landkreis Diepholz", 15)
    assert set(areas.members.values()) == {k for k in KEYS if k[5] == "4"}
    assert not set(areas.members) & set(KEYS)


def test_names_become_readable_file_names(areas: Areas) -> None:
    stems = [areas.stem(k) for k in areas.keys]
    assert areas.stem("03251407") == "03251407_siedenburg"
    assert areas.stem("03251401") == "03251401_altes-amt-lemfoerde"
    assert areas.stem("03251406") == "03251406_schwafoerden"
    assert len(set(stems)) == 15
    assert slug("Große Ötzer Übersicht") == "grosse-oetzer-uebersicht"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_path_or_nothing(name: str) -> None:
    part = slug(name)
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", part)
    assert len(part) <= 40
    stem = small(name).stem("03251007")
    assert re.fullmatch(r"03251007_[a-z0-9-]+", stem)
    check_jobs([Job("03251007", part, __file__, {}, "Titel")])  # type: ignore[arg-type]


def test_each_unit_is_found_by_its_key(areas: Areas) -> None:
    for key in KEYS:
        assert areas.check(key) == key
        assert areas.faults_of(key) == []


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("03251408", "03251407 Siedenburg"),
        ("0325100", "03251007 Bassum"),
        ("Stur", "03251037 Stuhr"),
        ("siedenburg", "03251407 Siedenburg"),
        ("LEMFOERDE", "03251401 Altes Amt Lemförde"),
        ("Lemförde", "03251401 Altes Amt Lemförde"),
        ("Bruchhausen", "03251403 Bruchhausen-Vilsen"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest_names(areas: Areas, typed: str, near: str) -> None:
    with pytest.raises(InputError) as caught:
        areas.check(typed)
    text = caught.value.text()
    assert text.startswith(f"Gefunden „{typed}“, diesen Schlüssel gibt es in der Region 03251 nicht")
    assert near in text
    assert len(re.findall(r"03251\d{3} ", text)) <= 4


@pytest.mark.parametrize("typed", [3251407, "3251407", " 3251407 "])
def test_a_key_that_lost_its_zero_is_named_with_the_zero(areas: Areas, typed: object) -> None:
    with pytest.raises(InputError) as caught:
        areas.check(typed)
    text = caught.value.text()
    assert "führende Null verloren" in text and "„03251407“" in text
    assert ("-r ags 03251407" in text) == isinstance(typed, int)


def test_a_member_municipality_is_answered_with_its_unit(areas: Areas) -> None:
    for member, unit in areas.members.items():
        with pytest.raises(InputError, match=f"Mitgliedsgemeinde von .*„{unit}“"):
            areas.check(member)


@pytest.mark.parametrize(
    "key", ["", None, True, 3.5, [], "0" * 10_000, "<b>", "\u202e03251407", "03251407\n"]
)
def test_whatever_is_typed_gives_one_short_printable_line(areas: Areas, key: object) -> None:
    found = areas.faults_of(key)
    assert len(found) == 1
    text = found[0].text()
    assert text.isprintable() and len(text) < 600 and "area_" not in text


def test_a_region_without_tables_is_refused_with_those_there_are() -> None:
    for region in ("03252", "3251", "", "Diepholz", "00"):
        with pytest.raises(InputError, match="keine Tabellen vor; vorhanden: 03251"):
            read(region)


@pytest.mark.parametrize(
    ("name", "kind", "official", "place"),
    [
        ("Weyhe", "Einheitsgemeinde", "Weyhe", "in Weyhe"),
        ("Bruchhausen-Vilsen", "Samtgemeinde", "Samtgemeinde Bruchhausen-Vilsen", "in Bruchhausen-Vilsen"),
        ("Altes Amt Lemförde", "Samtgemeinde", "Samtgemeinde Altes Amt Lemförde", "im Alten Amt Lemförde"),
        ("Bad Zwischenahn", "Einheitsgemeinde", "Bad Zwischenahn", "in Bad Zwischenahn"),
        ("Land Hadeln", "Samtgemeinde", "Samtgemeinde Land Hadeln", "in der Samtgemeinde Land Hadeln"),
        ("Hohe Börde", "Einheitsgemeinde", "Hohe Börde", "in der Gemeinde Hohe Börde"),
        ("Neu Isenburg", "Einheitsgemeinde", "Neu Isenburg, Stadt", "in der Stadt Neu Isenburg"),
        ("Hohe Heide", "Gemeindeverband", "Hohe Heide", "im Gemeindeverband Hohe Heide"),
    ],
)
def test_a_place_stands_with_the_preposition_that_is_right_for_its_name(name, kind, official, place):
    assert in_place(name, kind, official, Words("de")) == place


def test_places_are_enumerated_with_each_preposition_where_it_changes(areas: Areas) -> None:
    words = Words("de")
    at = {name: areas.short_names.index(name) for name in ("Syke", "Weyhe", "Rehden", "Altes Amt Lemförde")}
    syke, weyhe, rehden, lemfoerde = at.values()
    assert areas.where([syke], words) == "in Syke"
    assert areas.where([syke, weyhe, rehden], words) == "in Syke, Weyhe und Rehden"
    assert areas.where([lemfoerde, syke], words) == "im Alten Amt Lemförde und in Syke"
    assert (
        areas.where([syke, weyhe, lemfoerde, rehden], words, ["1", "2", "3", "4"])
        == "in Syke (1), Weyhe (2), im Alten Amt Lemförde (3) und in Rehden (4)"
    )


def test_no_name_with_a_declined_part_stands_behind_a_bare_in() -> None:
    """All templates that put a place into a sentence take the phrase, never "in" and a name."""
    words = Words("de")
    pattern = re.compile(r"\b[Ii]n \{(name|names|unit|highest|lowest|items)\}")
    from wohnlib.words import _templates

    bad = [key for key, text in _templates("de").items() if pattern.search(text) and key != "inplace.plain"]
    assert bad == [] and words("inplace.plain", name="Weyhe") == "in Weyhe"
