"""Sections on segments: true for every unit, one line where figures lack, other numbers where local ones are."""

import html
import re
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from wohnlib.assess import Assessment
from wohnlib.local import Local
from wohnlib.model.segments import SEGMENTS
from wohnlib.report import charts
from wohnlib.report.bedarf import Bedarf, bedarf_of
from wohnlib.report.sections_segments_older import freed_printed
from wohnlib.segments import parts_of
from wohnlib.session import open_assessment

UNIT = "03251407"
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="10pt" viewBox="0 0 10 10"></svg>'
SECTIONS = (
    "segments", "small", "floor", "older", "houses", "affordable", "overlap", "supply", "potentials", "follows",
)  # fmt: skip
CASES = (("base", 2040), ("lower", 2060))
UGLY = {
    "nan": r"\bnan\b|∞|\binf\b",
    "None": r"\bNone\b",
    "a field that was not filled": r"[{}]",
    "two spaces": r"  ",
    "minus zero": r"−0(?![,\d.])",
    "a hyphen for a minus sign": r"(?<![\w–])-\d",
    "a decimal point": r"(?<![\d.])\d+\.\d{1,2}(?![\d.])(?!\d)",
    "one of many": r"(?<![\d.,–+−/] )(?<![\d.,–+−/])\b1 (?:Wohnungen|Haushalte|Menschen|Einpersonenhaushalte)\b",
    "a range of one number": r"von (\d[\d.]*) bis \1(?![\d.])|mindestens (\d[\d.]*) und höchstens \2(?![\d.])",
}


def text_of(source: str) -> str:
    source = re.sub(r'<img[^>]*alt="([^"]*)"[^>]*>', r"\n\1\n", source)
    source = re.sub(r"</?(?:b|strong|em|a|span|abbr)\b[^>]*>", "", source)
    lines = re.sub(r"<[^>]+>", "\n", source).splitlines()
    return "\n".join(html.unescape(x).strip() for x in lines if x.strip())


@cache
def result(scenario: str = "base", horizon: int = 2040) -> Assessment:
    return open_assessment(scenario=scenario, horizon_year=horizon)


@pytest.fixture(autouse=True)
def no_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("bars", "grouped_bars"):
        monkeypatch.setattr(charts, name, lambda *_, **__: DOT)


@dataclass(frozen=True)
class Case:
    report: Bedarf
    texts: dict[str, str]


def read(run: Assessment, key: str, *sections: str) -> Case:
    report = bedarf_of(run, (run, run), key, "de")
    return Case(report, {s: text_of(getattr(report, s)().html) for s in sections or SECTIONS})


@cache
def everywhere() -> tuple[Case, ...]:
    """All sections of all units, read once; drawings are left out."""
    return tuple(
        read(run, key)
        for run in (result(*case) for case in CASES)
        for key in (*run.inputs.areas.keys, run.inputs.areas.region)
    )


def with_local(**tables: list[dict[str, object]]) -> Assessment:
    """Return the base run with local tables of the unit."""
    found = {
        k: pd.DataFrame([{"ags": UNIT, **row, "_example": False, "_file": f"{k}.csv"} for row in rows])
        for k, rows in tables.items()
    }
    return again(inputs=replace(result().inputs, local=Local(found)))


def again(**changed: object) -> Assessment:
    """Return the base run with its own draws, so that they are not made anew, and other parts."""
    run = replace(result(), **changed)  # type: ignore[arg-type]
    run.__dict__.update(draws=result().draws, printed=result().printed)
    return run


def number(text: str) -> int:
    return int(text.replace(".", ""))


def test_no_section_reads_badly_in_any_unit():
    found = [
        f"{c.report.view.key} {section} {name}: {line[:120]}"
        for c in everywhere() for section, text in c.texts.items() for line in text.splitlines()
        for name, pattern in UGLY.items() if re.search(pattern, line)
    ]  # fmt: skip
    assert found == []


def test_titles_say_what_the_cells_say():
    for case in everywhere():
        view = case.report.view
        left = view.of(parts_of(view.result).to_build)
        said = re.search(
            r"Die größte Lücke .*? bis \d{4}: (?:(\d[\d.]*) Wohnungen|1 Wohnung) ", case.texts["segments"]
        )
        if left.max():
            assert said, view.key
            assert number(said[1] or "1") == left.max(), view.key
        else:
            assert "In keinem Teilmarkt fehlen" in case.texts["segments"]
        assert f"{left.sum():,}".replace(",", ".") in case.texts["follows"].split("nach Teilmärkten")[0]


def test_levers_stand_only_where_their_reason_holds():
    for case in everywhere():
        view, text = case.report.view, case.texts["follows"]
        gaps = parts_of(view.result).gaps(view.index)
        assert ("Mietwohnungen bauen lassen" in text) == (gaps.rent_mfh >= 10)
        no_new = gaps.surplus_ezfh >= 10 and gaps.surplus_ezfh >= gaps.own_ezfh + gaps.rent_ezfh
        assert ("Keine neuen Gebiete für Häuser" in text) == no_new
        assert not (no_new and "Flächen sichern" in text)


def test_shrinking_units_are_told_not_to_open_new_areas():
    texts = {k: read(result(), k, "follows").texts["follows"] for k in ("03251406", UNIT)}
    assert all("Keine neuen Gebiete für Häuser" in t for t in texts.values())


def test_houses_that_come_free_are_compared_as_they_are():
    for case in everywhere():
        view, text = case.report.view, case.texts["houses"]
        values, _ = freed_printed(view)
        assert sum(values[:3]) == pytest.approx(values[3]), view.key
        share = values[3] / values[4]
        key = (
            "Es werden mehr frei"
            if share > 1.05
            else "etwa so viele"
            if share > 0.95
            else "dessen, was neue Familien"
        )
        assert key in text


def test_the_figure_that_others_published_stands_beside_ours_for_the_kreis_in_every_report():
    said = {
        re.search(
            r"579 .*?hier sind es (\d[\d.]*) im ganzen", read(result(), key, "affordable").texts["affordable"]
        )[1]
        for key in ("03251", "03251047", UNIT)
    }
    assert len(said) == 1


def test_the_backlog_is_only_from_local_figures():
    assert "zeigt der Zensus nicht" in read(result(), UNIT, "overlap").texts["overlap"]


def test_overlap_is_taken_off_and_shown():
    backlog = [{"kind": "sheltered", "households": 40.0}, {"kind": "concealed", "households": 30.0}]
    none = read(with_local(backlog=backlog), UNIT, "overlap").texts["overlap"]
    some = read(
        with_local(backlog=backlog, backlog_overlap=[{"kind_a": "sheltered", "kind_b": "concealed", "share": 0.25}]),
        UNIT, "overlap",
    ).texts["overlap"]  # fmt: skip
    assert "70 Haushalte; davon sind 0 abgezogen" in none
    assert "davon sind 10 abgezogen" in some
    assert "Es bleiben 60" in some
    high = [number(re.search(r"höchstens (\d[\d.]*) Haushalte", t)[1]) for t in (none, some)]  # type: ignore[index]
    assert high[0] - high[1] == 10


def test_potentials_lower_the_land_and_come_in_order():
    empty = read(result(), UNIT, "potentials").texts["potentials"]
    assert len(empty.splitlines()) == 2
    potentials = [
        {
            "name": n,
            "kind": k,
            "type": "ezfh",
            "dwellings": 4.0,
            "area_ha": np.nan,
            "owner": o,
            "from_year": np.nan,
        }
        for n, k, o in (("a", "gap", "private"), ("b", "vacant", "municipality"), ("c", "conversion", ""))
    ]
    text = read(with_local(potentials=potentials), UNIT, "potentials").texts["potentials"]
    said = re.search(r"von ([\d,]+) auf ([\d,]+) Hektar", text)
    assert said
    before, after = (float(x.replace(",", ".")) for x in said.groups())
    assert before - after == pytest.approx(12 / 15, abs=0.11)
    assert text.index("leere Häuser wieder nutzen") < text.index("Umbau") < text.index("Baulücken")
    assert "liegen 4 der eingetragenen" in text


def test_a_table_of_household_size_and_floor_area_gives_one_value_within_the_bounds():
    rows = [
        {"persons": p, "area": a, "households": 10.0 if (p == "1") == (a == "under_60") else 2.0}
        for p in ("1", "2", "3", "4", "5plus") for a in ("under_60", "60_99", "from_100")
    ]  # fmt: skip
    without = read(result(), UNIT, "floor").texts["floor"]
    text = read(with_local(floor_area=rows), UNIT, "floor").texts["floor"]
    assert "nach der örtlichen Tabelle" not in without
    assert "nach der örtlichen Tabelle" in text
    cells = text.split("Wohnungen unter 60 m²")[-1].splitlines()
    low, high = (number(x.replace("−", "-").replace("+", "")) for x in cells[2].split(" bis "))
    value = number(cells[4].replace("−", "-").replace("+", ""))
    assert low <= value <= high


def test_income_bindings_and_removals_come_from_local_tables():
    income = [{"item": i, "value": v} for i, v in
              {"net_median": 2500.0, "sigma": 0.6, "rent_new": 900.0, "burden": 0.3}.items()]  # fmt: skip
    run = with_local(
        income=income,
        price_bound=[{"end_year": 2030.0, "dwellings": 12.0, "programme": ""}],
        removals=[{"year": 2028.0, "kind": "demolition", "type": "mfh", "dwellings": 3.0}],
    )
    texts = read(run, UNIT, "affordable", "supply", "follows").texts
    # 900 at 30 % needs 3,000; Φ(ln(3000/2500)/0.6 = 0.3039) = 0.6194: 38 % can pay
    assert "können 38\N{NO-BREAK SPACE}% der Haushalte eine neue Mietwohnung bezahlen" in texts["affordable"]
    assert "Bis 2040 endet die Bindung von 12 Wohnungen" in texts["affordable"]
    assert "Abriss 3" in texts["supply"]
    assert "Bindungen verlängern" in texts["follows"]


def test_the_note_on_recipients_says_whose_figures_they_are():
    rows = [{"kind": k, "households": n}
            for k, n in (("sgb2", 100.0), ("basic_old_age", 20.0), ("housing_benefit", 30.0))]  # fmt: skip
    whole, part, none = (read(run, UNIT, "affordable").texts["affordable"] for run in
                         (with_local(benefits=rows), with_local(benefits=rows[:2]), again()))  # fmt: skip
    kreis, own = "gibt es nur für den Landkreis", "Haushalte nach der örtlichen Tabelle benefits"
    assert kreis in none and own not in none
    assert own in part and "wo sie vorliegt" in part and kreis not in part
    assert own in whole and "wo sie vorliegt" not in whole and kreis not in whole


def test_sections_without_figures_are_one_line_that_names_the_table():
    whole = again()
    figures = replace(
        whole.inputs.segments, floor_area=None, rent_class=None, built=None, kreis_built=None, vacant_months=None,
        with_seniors=None, in_communities=None,
    )  # fmt: skip
    texts = read(replace(whole, inputs=replace(whole.inputs, segments=figures)), UNIT).texts
    for section, table in (("small", "Zensus 2022"), ("floor", "Zensus 2022"), ("older", "Zensus 2022"),
                           ("affordable", "INKAR"), ("supply", "Zensus 2022")):  # fmt: skip
        lines = texts[section].splitlines()
        assert len(lines) == 2, section
        assert table in lines[1]
    assert "Teilmarkt" in texts["segments"]
    assert SEGMENTS
