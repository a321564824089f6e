"""The dossier, empty and filled: tables add up, ids stand once, every sentence is true for the units it names."""

import re
from html import unescape

import numpy as np
import pytest

from wohnlib.alliance.agreement import read_alliance
from wohnlib.alliance.state import state_of
from wohnlib.assess import assess
from wohnlib.local.store import load_local
from wohnlib.notebook import RANGE
from wohnlib.regions import market_types
from wohnlib.report import map as district
from wohnlib.report.buendnis import buendnis_of
from wohnlib.report.sections_dossier import MAPS, map_values, overview_sentences
from wohnlib.report.sections_dossier_change import beside_base, scenario_section
from wohnlib.report.view import View
from wohnlib.sensitivity import light_of
from wohnlib.words import Words

SECTIONS = (
    "agenda", "overview", "maps", "markets", "alike", "subregions", "beside", "sharing", "commuters", "members",
    "projects", "targets", "pace", "scenario", "changes",
)  # fmt: skip
ALLIANCE = """name: "Bündnis"
date: "2027-03-01"
members:
  - {name: "Stadt Syke", kind: municipality, ags: "03251041", role: "Gastgeberin"}
  - {name: "Kreiswohnbau", kind: company, task: "baut"}
meetings:
  - date: "2027-01-20"
    topic: "Auftakt"
    decisions:
      - {text: "Projekte melden", who: "Stadt Syke", until: "2027-02-15"}
  - {date: "2027-05-10", topic: "Ziele"}
guiding: ["Jede Gemeinde baut, was dem Ganzen fehlt."]
targets:
  - {name: "Alle", segment: all, dwellings: 300, year: 2030, who: ["Kreiswohnbau"]}
  - {name: "Klein", segment: small, dwellings: 20, year: 2030}
"""
PROJECTS = """#Stand,2026-10-01
#Stelle,Bauamt
#Beispiel,nein
ags,project,owner,status,year,ezfh,mfh,small,price_bound,step_free,note
03251041,Am Markt,Kreiswohnbau,building,2028,0,60,20,12,60,
03251041,Feldweg,privat,plan,2030,400,0,,,,
03251047,Bahnhof,Gemeinde,permit,2026,10,80,30,,40,
03251407,Schule,Gemeinde,idea,2035,2,8,8,,8,
"""
COMPLETIONS = """#Stand,2026-10-01
#Stelle,Bauamt
#Beispiel,nein
ags,year,completed_ezfh,completed_mfh
03251041,2024,20,30
03251041,2025,10,0
"""
COMMUTERS = """#Stand,2026-10-01
#Stelle,Arbeitsagentur
#Beispiel,nein
origin,ags,employees,distance
Bremen,03251041,900,20
Weyhe,03251041,1200,10
Nienburg,03251041,50,40
Bassum,03251041,700,12
"""


@pytest.fixture(scope="module")
def few(assessments):
    return {name: light_of(result) for name, result in assessments.items()}


@pytest.fixture(scope="module")
def report(few):
    return buendnis_of(few["base"], tuple(few[n] for n in RANGE), "de")


@pytest.fixture(scope="module")
def filled(few, tmp_path_factory):
    folder = tmp_path_factory.mktemp("local")
    home = folder / "03251"
    home.mkdir()
    for name, text in (("projects", PROJECTS), ("completions", COMPLETIONS), ("commuters", COMMUTERS)):
        (home / f"{name}.csv").write_text(text, encoding="utf-8")
    (home / "alliance.yaml").write_text(ALLIANCE, encoding="utf-8")
    base = few["base"]
    import dataclasses

    inputs = dataclasses.replace(base.inputs, local=load_local(base.inputs.areas, folder))
    result = assess(inputs, base.scenario)
    made = buendnis_of(result, tuple(few[n] for n in RANGE), "de")
    vars(made)["work"] = state_of(result, made.words, read_alliance(inputs.areas, home / "alliance.yaml"))
    return made


def plain(block):
    html = re.sub(r"<svg.*?</svg>", "", block.html, flags=re.DOTALL)
    html = re.sub(r"</(?:tr|li|p|h\d|figcaption)>", "\n", html)
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"</t[dh]>", "|", html)))


def value(text):
    return float(text.replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-"))


def tables(block):
    found = []
    for table in re.findall(r"<table>.*?</table>", block.html, re.DOTALL):
        rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        found.append(
            [[unescape(re.sub(r"<[^>]+>", "", c)) for c in re.findall(r"<t[hd].*?</t[hd]>", r)] for r in rows]
        )
    return found


@pytest.mark.parametrize("which", ["report", "filled"])
@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_stands_and_its_sums_hold(request, which, name):
    block = getattr(request.getfixturevalue(which), name)()
    assert block.html.count("<section") == 1
    for head, *rows in tables(block):
        assert all(len(row) == len(head) for row in rows)
        if rows[-1][0] != "Landkreis (Summe)":
            continue
        for column, title in enumerate(head):
            numbers = [row[column] for row in rows if re.fullmatch(r"[+\u2212]?[\d.]+", row[column])]
            if column and len(numbers) == len(rows):
                assert sum(value(n) for n in numbers[:-1]) == value(numbers[-1]), (name, title)


def test_ids_stand_once_on_the_page(report):
    html = "".join(getattr(report, name)().html for name in SECTIONS)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for name in MAPS:
        assert f'aria-labelledby="karte-{name}-titel" aria-describedby="karte-{name}-text"' in html
    assert {
        x for many in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html) for x in many.split()
    } <= set(ids)


def test_a_map_alone_keeps_the_ids_it_had(report):
    areas = report.kreis.view.result.inputs.areas
    units = [district.Unit(k, areas.short_name(k), None, n, areas.name(k)) for n, k in enumerate(areas.keys)]
    html = district.district_map(units, report.words, title="T", legend="L", source="S").html
    assert 'aria-labelledby="karte-titel"' in html


def test_maps_show_what_their_words_say(report):
    for g, view in enumerate(report.views):
        result = view.result
        build, dwellings = result.printed.to_build[g, -1].sum(), result.inputs.dwellings[g]
        assert map_values(view, "need") == int(1000 * build / dwellings + 0.5)
        people = result.printed.pop[g][:, :, 75:].sum((1, 2))
        assert map_values(view, "old") == int(np.floor(100 * (people[-1] / people[0] - 1) + 0.5))
        assert 0 <= map_values(view, "bound") < 100
        assert map_values(view, "surplus") >= 0 < map_values(view, "small")


def test_the_sentences_of_the_overview_are_true_for_the_units_they_name(report):
    result = report.kreis.view.result
    sentences = overview_sentences(report, market_types(result))
    spare = next(s for s in sentences if "übersteigt der Überhang" in s)
    unclear = next(s for s in sentences if "nicht sicher" in s)
    for g, name in enumerate(report.names):
        more = result.printed.surplus[g, -1].sum() > result.printed.newbuild[g, -1].sum()
        assert (name in spare) == more, name
        assert (name in unclear) == (report.views[g].spread("build").interval()[0] == 0), name


def test_the_number_of_each_type_of_market_is_said(report):
    kinds = market_types(report.kreis.view.result)
    text = plain(report.markets())
    for kind, said in (("growing", "wachsend"), ("stable", "stabil"), ("shrinking", "schrumpfend")):
        assert f"{kinds.count(kind)} {said}" in text
    for name, kind in zip(report.names, kinds, strict=True):
        assert f"{name}|{report.words(f'market.{kind}')}|" in text


def test_a_first_meeting_has_an_agenda_from_official_figures(report):
    text = plain(report.agenda())
    assert "noch nicht getroffen" in text and "Bündnis gründen:" in text and "Zahlen beschaffen:" in text
    assert "Projekte sind noch nicht gemeldet" in plain(report.projects())
    assert "alliance.yaml" in plain(report.members())


def test_a_later_meeting_has_its_day_its_open_points_and_its_targets(filled):
    text = plain(filled.agenda())
    assert "Nächste Sitzung: 10.05.2027, Thema: Ziele." in text
    assert "Eine Vereinbarung ist noch offen: Projekte melden (Stadt Syke, bis 15.02.2027)." in text
    assert "Bahnhof in Weyhe (2026, Stand: Genehmigung)" in text
    assert "Für „Klein“ ist noch niemand benannt." in text
    assert "Sitzung am 20.01.2027: Auftakt" in plain(filled.members())
    # 60 in building + 0.5 * 400 planned + 0.9 * 90 permitted = 341
    rows = tables(filled.targets())[0]
    assert rows[1] == [
        "Alle (alle Wohnungen, Landkreis; Kreiswohnbau)",
        "300",
        "2030",
        rows[1][3],
        "0",
        "341",
        "0",
    ]
    result = filled.kreis.view.result
    assert value(rows[1][3]) == result.printed.to_build[:, result.time.position(2030)].sum()
    assert (rows[2][0], rows[2][3]) == ("Klein (Wohnungen unter 60 m², Landkreis)", "–")
    assert "2 sind mit den gemeldeten Projekten zu erreichen" in plain(filled.targets())


def test_projects_are_counted_by_status_and_type(filled):
    covered = filled.work.coverage
    assert covered.dwellings.sum() == 60 + 400 + 90 + 10
    share = f"{filled.words.number(covered.share(), 'pct0')} dessen, was bis 2040 noch zu bauen ist"
    text = plain(filled.projects())
    assert share in text
    _, *rows = next(t for t in tables(filled.projects()) if t[0][0] == "Stand" and len(t[0]) == 6)
    assert rows[-1] == ["zusammen", "412", "148", "58", "12", "108"]


def test_completions_stand_beside_the_need_of_their_unit(filled):
    table = next(t for t in tables(filled.pace()) if t[0][0] == "Planungseinheit")
    (row,) = table[1:]
    assert (row[0], row[2:]) == ("Syke", ["50", "10"])
    need = filled.kreis.view.result.printed.newbuild[4, -1].sum() / filled.kreis.view.result.time.elapsed[-1]
    assert row[1] == filled.words.number(float(need), "dec1")


def test_a_matrix_of_commuters_is_shown_by_place_of_work(filled, report):
    assert tables(filled.commuters())[0][1] == [
        "Syke",
        "2.850",
        "Weyhe (1.200), Bremen (900) und Bassum (700)",
    ]
    assert "Wer zwischen welchen Gemeinden pendelt, liegt nicht vor" in plain(report.commuters())


@pytest.mark.parametrize(("name", "word"), [("lower", "weniger"), ("upper", "mehr")])
def test_another_scenario_stands_beside_the_base_split_by_assumption(few, name, word):
    made = buendnis_of(few[name], tuple(few[n] for n in RANGE), "de")
    block = scenario_section(made)
    assert f"Wohnungen {word} zu bauen als in der Basis" in plain(block)
    first, units = tables(block)
    numbers = [value(row[3]) for row in first[1:]]
    assert sum(numbers[:-1]) == numbers[-1] == made.kreis.view.to_build[-1].sum()
    assert value(units[-1][1]) == numbers[0]


def test_the_base_says_that_it_is_the_base(report):
    assert "Dieser Bericht rechnet mit der Basis" in plain(report.scenario())


@pytest.mark.parametrize("key", ["03251407", "03251047", "03251401"])
def test_a_unit_stands_beside_its_base_and_its_parts_sum(few, key):
    view = View(few["lower"], key, Words("de"))
    block = beside_base(view)
    (table,) = tables(block)
    numbers = [value(row[3]) for row in table[1:]]
    assert sum(numbers[:-1]) == numbers[-1] == view.to_build[-1].sum()
    assert f"sind {view.place} bis 2040" in plain(block)
