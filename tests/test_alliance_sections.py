"""The dossier, empty and filled: tables add up, ids stand once, every sentence is true for the units it names."""

import re
from html import unescape
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from wohnlib.alliance.agreement import read_alliance
from wohnlib.alliance.markets import markets
from wohnlib.alliance.segment_need import segment_needs
from wohnlib.alliance.state import state_of
from wohnlib.assess import assess
from wohnlib.local.store import load_local
from wohnlib.notebook import RANGE
from wohnlib.regions import MARKETS
from wohnlib.report import map as district
from wohnlib.report import sections_commuters
from wohnlib.report.buendnis import buendnis_of
from wohnlib.report.sections_dossier import overview_sentences
from wohnlib.report.sections_dossier_change import beside_base, scenario_section
from wohnlib.report.sections_maps import MAPS, in_class, map_interval, map_values
from wohnlib.report.sections_market import change_text
from wohnlib.report.view import View
from wohnlib.segments import parts_of
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
    sentences = overview_sentences(report, markets(result))
    spare = next(s for s in sentences if "ist der Überhang" in s)
    unclear = next(s for s in sentences if "nicht sicher" in s)
    for g, name in enumerate(report.names):
        more = result.printed.surplus[g, -1].sum() > result.printed.to_build[g, -1].sum()
        assert (name in spare) == more, name
        drawn = np.quantile(report.views[g].spread("build").draws[:, -1], 0.1)
        assert (name in unclear) == (report.views[g].spread("build").interval()[0] == 0) == (drawn < 10), name


@pytest.mark.parametrize(
    ("change", "printed"),
    [
        (0.01492, "1,49"),
        (0.01527, "1,53"),
        (-0.0149, "\N{MINUS SIGN}1,49"),
        (0.0301, "3,0"),
        (-0.036, "\N{MINUS SIGN}3,6"),
    ],
)
def test_a_change_near_the_limit_of_a_type_of_market_has_a_second_decimal(change, printed):
    """Otherwise 1.5 % would stand beside two types of market."""
    assert change_text(change, Words()) == f"{printed}\N{NO-BREAK SPACE}%"


def test_the_type_of_market_is_said_only_as_far_as_the_draws_go(report):
    """Recomputed here: ends of the draws, and the peak of the mean as the year of a change of trend."""
    result = report.kreis.view.result
    first, *_ = tables(report.markets())
    shown = {row[0]: row[1:] for row in first[1:]}
    drawn, printed = result.draws.households.sum(-1), result.printed.households.sum(-1)
    open_ones = 0
    for g, name in enumerate(report.names):
        top = printed[g].argmax()
        start, peak, end = (drawn[:, g, t] for t in (0, top, -1))
        turn = (peak / start - 1 >= 0.015) & (1 - end / np.maximum(np.maximum(start, peak), end) >= 0.015)
        share = {
            "wachsend": (~turn & (end / start - 1 >= 0.015)).mean(), "Trendwechsel": turn.mean(),
            "schrumpfend": (~turn & (end / start - 1 <= -0.015)).mean(),
        }  # fmt: skip
        kind = max(share, key=share.get)
        said = kind if share[kind] >= 0.8 else f"eher {kind}" if share[kind] >= 0.67 else "offen"
        assert shown[name][0] == said, (name, share)
        open_ones += said == "offen"
        low, high = np.quantile(end / start - 1, [0.1, 0.9])
        a, b = (value(t.removesuffix("\xa0%")) for t in shown[name][3].split(" bis "))
        assert a <= 100 * low + 1e-6 and b >= 100 * high - 1e-6 and b - a <= 100 * (high - low) + 0.2 + 1e-6
    assert f"Bei {open_ones} Planungseinheiten ist die Marktart offen." in plain(report.markets())
    assert [row[0] for row in first[1:] if row[1] == "offen"] == sorted(
        row[0] for row in first[1:] if row[1] == "offen"
    ), "no order among those that cannot be told apart"


def test_draws_of_every_unit_hold_one_type_each(report):
    for market in markets(report.kreis.view.result):
        assert list(market.shares) == list(MARKETS) and sum(market.shares.values()) == pytest.approx(1)
        assert market.interval[0] <= market.change <= market.interval[1]


def test_maps_of_forecasts_have_an_interval_for_every_value_and_say_whose_colour_is_sure(report):
    shown = {t[0][3]: t for t in tables(report.maps()) if "Farbklasse" in t[0]}
    assert shown and sum("Farbklasse" in t[0] for t in tables(report.maps())) == 3
    for name in ("need", "surplus", "old"):
        for view in report.views:
            low, high = map_interval(view, name)
            assert low <= map_values(view, name) <= high
    weyhe = report.views[report.names.index("Weyhe")]
    draws = weyhe.spread("build").draws[:, -1] * 1000 / weyhe.dwellings
    low, high = np.quantile(draws, [0.1, 0.9])
    assert map_interval(weyhe, "need") == (int(np.floor(low)), int(np.ceil(high)))
    assert plain(report.maps()).count("Stand vom 15.05.2022") == 2


@pytest.mark.parametrize(
    ("values", "bounds", "sure"),
    [
        ([10, 30], [(0, 19), (20, 39)], [True, True]),
        ([10, 30], [(0, 20), (19, 39)], [False, False]),
        ([5, 5], [(5, 5), (4, 6)], [True, False]),
    ],
)
def test_a_colour_is_sure_if_the_whole_interval_lies_in_its_class(values, bounds, sure):
    assert district.class_bounds([10, 30])[0] <= 10
    found = in_class(values, bounds)
    classes = district.class_bounds(values)
    for value_, (low, high), good in zip(values, bounds, found, strict=True):
        at = district.class_of(value_, classes)
        assert good == all(district.class_of(v, classes) == at for v in (low, high))
    if values == [5, 5]:
        assert found == sure


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
    alone = result.printed.alone[:, :, 0]
    more = np.maximum(alone[:, result.time.position(2030)] - alone[:, 0], 0).sum()
    assert (rows[2][0], value(rows[2][3])) == ("Klein (Wohnungen unter 60 m², Landkreis)", more)
    assert "die Zunahme der Einpersonenhaushalte seit 2022" in plain(filled.targets())
    assert "2 sind mit den gemeldeten Projekten zu erreichen" in plain(filled.targets())


def test_projects_are_counted_by_status_and_type(filled):
    covered = filled.work.coverage
    assert covered.dwellings.sum() == 60 + 400 + 90 + 10
    share = f"{filled.words.number(covered.share(), 'pct0')} dessen, was bis 2040 noch zu bauen ist"
    text = plain(filled.projects())
    assert share in text
    _, *rows = next(t for t in tables(filled.projects()) if t[0][0] == "Stand" and len(t[0]) == 6)
    assert rows[-1] == ["zusammen", "412", "148", "58", "12", "108"]


def test_every_project_is_listed_with_place_status_year_and_dwellings(filled):
    rows = next(t for t in tables(filled.projects()) if t[0][0] == "Projekt")
    assert rows[0] == ["Projekt", "Ort", "Stand", "fertig", "Wohnungen", "klein", "preisgeb.", "stufenlos"]
    assert rows[1:] == [
        ["Schule (Gemeinde)", "Siedenburg", "Idee", "2035", "10", "8", "–", "8"],
        ["Am Markt (Kreiswohnbau)", "Syke", "im Bau", "2028", "60", "20", "12", "60"],
        ["Feldweg (privat)", "Syke", "Planung", "2030", "400", "–", "–", "–"],
        ["Bahnhof (Gemeinde)", "Weyhe", "Genehmigung", "2026", "90", "30", "–", "40"],
    ]


def test_segments_are_covered_by_weighted_projects_by_unit(filled, report):
    found = segment_needs(filled.kreis.view.result, filled.work.coverage)
    assert list(found) == ["small", "price_bound", "step_free"]
    at = {n: filled.names.index(n) for n in ("Syke", "Weyhe", "Siedenburg")}
    weights = {"permit": 0.9, "building": 1.0, "idea": 0.1}
    assert found["small"].projects[at["Syke"]] == 20
    assert found["step_free"].projects[at["Weyhe"]] == 40 * weights["permit"]
    assert found["step_free"].projects[at["Siedenburg"]] == 1  # 0.8 of an idea
    assert found["price_bound"].projects.sum() == 12
    for item in found.values():
        assert (item.low <= item.need).all() and (item.need <= item.high).all()
        assert (item.left == np.maximum(item.need - item.projects, 0)).all()
        low, high = item.together
        assert low <= item.need.sum() <= high and item.low.sum() <= low and high <= item.high.sum() + 15
    gap = parts_of(filled.kreis.view.result).step_free
    low, high = np.quantile(gap.drawn, [0.1, 0.9], axis=0)
    assert (found["step_free"].low == np.minimum(np.floor(low), found["step_free"].need)).all()
    assert (found["step_free"].high == np.maximum(np.ceil(high), found["step_free"].need)).all()
    empty = segment_needs(report.kreis.view.result, report.work.coverage)
    assert all(item.projects.sum() == 0 for item in empty.values())
    assert (empty["step_free"].left == empty["step_free"].need).all()
    assert plain(report.projects()).count("davon durch Projekte gedeckt 0") == 3


def test_completions_stand_beside_the_need_of_their_unit(filled):
    table = next(t for t in tables(filled.pace()) if t[0][0] == "Planungseinheit")
    (row,) = table[1:]
    assert (row[0], row[2:]) == ("Syke", ["50", "10"])
    need = filled.kreis.view.result.printed.newbuild[4, -1].sum() / filled.kreis.view.result.time.elapsed[-1]
    assert row[1] == filled.words.number(float(need), "dec1")


def test_a_matrix_of_commuters_is_shown_by_place_of_work(filled, report):
    rows = next(t for t in tables(filled.commuters()) if t[0][0] == "Arbeitsort" and len(t[0]) == 5)
    assert rows[1] == ["Syke", "1.900", "950", "2.850", "Weyhe (1.200), Bremen (900) und Bassum (700)"]
    assert "Wer zwischen welchen Gemeinden pendelt, liegt nicht vor" in plain(report.commuters())


def test_the_partners_of_the_kreis_sum_to_all_who_commute(report):
    text = plain(report.commuters())
    rows = next(t for t in tables(report.commuters()) if t[0][0] == "Arbeitsort")
    numbers = [value(row[1].removeprefix("rund ")) for row in rows[1:]]
    assert abs(sum(numbers[:-1]) - numbers[-1]) <= 50, "the others are rounded to a hundred"
    assert rows[1][0] == "Bremen" and numbers[0] == max(numbers[:-1])
    assert "rund 40.400 Menschen zur Arbeit aus dem Landkreis hinaus und rund 22.600 herein" in text
    assert "Woher die Einpendelnden kommen, liegt nicht vor, nur ihre Zahl." in text
    assert "Bundesagentur für Arbeit, Pendleratlas 2017" in text


def test_another_landkreis_is_told_which_table_it_needs(report):
    areas = SimpleNamespace(region="03252")
    result = SimpleNamespace(inputs=SimpleNamespace(areas=areas))
    other = SimpleNamespace(words=report.words, kreis=SimpleNamespace(view=SimpleNamespace(result=result)))
    (block,) = sections_commuters._partners(other)
    assert "Bundesagentur für Arbeit" in plain(block) and "data/raw/commuters.csv" in plain(block)


def test_who_lives_and_works_in_one_unit_is_no_commuter_of_the_matrix(report):
    matrix = pd.DataFrame(
        [("Syke", "03251041", 500), ("Weyhe", "03251041", 30), ("Bremen", "03251041", 20), ("weyhe ", "03251047", 9)],
        columns=["origin", "ags", "employees"],
    )  # fmt: skip
    (block,) = sections_commuters._matrix(report, matrix)
    ((_, *rows),) = tables(block)
    assert rows == [["Syke", "30", "20", "50", "Weyhe (30) und Bremen (20)"]]


@pytest.mark.parametrize(("name", "word"), [("lower", "weniger"), ("upper", "mehr")])
def test_another_scenario_stands_beside_the_base_split_by_assumption(few, name, word):
    made = buendnis_of(few[name], tuple(few[n] for n in RANGE), "de")
    block = scenario_section(made)
    assert f"Wohnungen {word} als die Basis" in plain(block)
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
    assert f"ergibt {view.place}" in plain(block)
