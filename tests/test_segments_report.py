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
from wohnlib.report import charts
from wohnlib.report.bedarf import Bedarf, bedarf_of
from wohnlib.report.buendnis import buendnis_of
from wohnlib.report.sections_next import next_section
from wohnlib.report.sections_segments_older import freed_printed
from wohnlib.report.sections_stand import small_share
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
    "one that are": r"fehlen 1 Wohnung\b|^1 Wohnung [^,;:]*\bfehlen\b",
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
    for name in ("bars", "grouped_bars", "stacked_bars"):
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


def test_demand_less_supply_is_signed_need_in_every_row():
    for case in everywhere():
        text = case.texts["segments"].replace("\N{MINUS SIGN}", "-")
        for name in (
            "Eigentum, 1–2 Wohnungen",
            "Miete, 1–2 Wohnungen",
            "Eigentum, ab 3 Wohnungen",
            "Miete, ab 3 Wohnungen",
            "zusammen",
        ):
            cells = text.split(f"\n{name}\n")[1].splitlines()[:4]
            _, demand, supply, signed = (number(c.replace("+", "")) for c in cells)
            assert demand - supply == signed, (case.report.view.key, name)


def test_the_variant_of_the_report_is_printed_as_its_need():
    for case in everywhere():
        view, text = case.report.view, case.texts["segments"].replace("\N{MINUS SIGN}", "-")
        cells = text.split("(so gerechnet)\n")[1].splitlines()[:3]
        houses, flats = (int(n) for n in view.lines.sum(1))
        assert [number(c.replace("+", "")) for c in cells] == [houses, flats, houses + flats], view.key


def test_where_households_decline_the_share_of_new_building_changes_nothing():
    declining = 0
    for case in everywhere():
        view, text = case.report.view, case.texts["segments"].replace("\N{MINUS SIGN}", "-")
        if view.index is None or view.result.need.lines[0, view.index, -1, :, 0].sum() >= 0:
            continue
        declining += 1
        cells = text.split("Zuwachs wie im Neubau Niedersachsens\n")[1].splitlines()[:3]
        houses, flats = (int(n) for n in view.lines.sum(1))
        assert [number(c.replace("+", "")) for c in cells] == [houses, flats, houses + flats], view.key
    assert declining


def test_the_numbers_of_the_title_on_small_dwellings_are_in_its_figure():
    for case in everywhere():
        view, text = case.report.view, case.texts["small"]
        said = re.search(r"Auf (\d[\d.]*|einen?) .*?kommen .*? (\d[\d.]*|eine) Wohnung", text)
        assert said and f"Wohnungen unter 60 m² 2022: {said[2]}." in text, view.key
        assert number(said[1]) == view.alone[0, 0], view.key


def test_dwellings_by_year_built_give_the_dwellings_of_the_area():
    for case in everywhere():
        rows = case.texts["supply"].split("\n2010 und später\n")[1].splitlines()
        assert rows[2] == "zusammen" and number(rows[3]) == case.report.view.dwellings, case.report.view.key


def test_levers_stand_only_where_their_reason_holds():
    for case in everywhere():
        view, text = case.report.view, case.texts["follows"]
        gaps = parts_of(view.result).gaps(view.index)
        houses, flats = gaps.own_ezfh + gaps.rent_ezfh, gaps.own_mfh + gaps.rent_mfh
        passing = gaps.surplus_mfh >= 10 and 2 * gaps.surplus_mfh >= flats
        assert ("Mietwohnungen bauen lassen" in text) == (gaps.rent_mfh >= 10 and not passing)
        assert ("Mietwohnungen in Schritten bauen" in text) == (gaps.rent_mfh >= 10 and passing)
        no_new = gaps.surplus_ezfh >= 10 and gaps.surplus_ezfh >= houses
        assert ("Keine neuen Gebiete für Häuser" in text) == no_new
        if gaps.surplus_ezfh >= 10 and 2 * gaps.surplus_ezfh >= houses:
            assert "Flächen sichern" not in text, view.key


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
    pair = {"kind_a": "sheltered", "kind_b": "concealed"}
    none = read(with_local(backlog=backlog, backlog_overlap=[{**pair, "share": 0.0}]), UNIT, "overlap").texts[
        "overlap"
    ]
    some = read(
        with_local(backlog=backlog, backlog_overlap=[{**pair, "share": 0.25}]), UNIT, "overlap",
    ).texts["overlap"]  # fmt: skip
    assert "70 Haushalte; 0 davon abgezogen" in none
    assert "70 Haushalte; 10 davon abgezogen" in some
    assert "Es bleiben 60 Haushalte" in some
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


def test_land_is_shown_before_and_after_potentials_everywhere_it_is_named():
    """50 houses and 6 flats are still to build: 10 vacant houses, 5 in gaps, 2 conversions, 30 on land that is there."""
    rows = [("a", "vacant", "ezfh", 10.0), ("b", "gap", "ezfh", 5.0), ("c", "conversion", "mfh", 2.0),
            ("d", "land", "ezfh", 30.0)]  # fmt: skip
    run = with_local(potentials=[
        {"name": n, "kind": k, "type": t, "dwellings": d, "area_ha": np.nan, "owner": "municipality", "from_year": np.nan}
        for n, k, t, d in rows
    ])  # fmt: skip
    view = bedarf_of(run, (run, run), UNIT, "de").view
    houses, flats = (int(n) for n in view.to_build[-1])
    found, place = parts_of(run), view.index
    after = [round(10 * (houses - 15) / 15), round(10 * (flats - 2) / 40)]
    assert found.land_left_tenths[place].tolist() == after
    assert (np.delete(found.land_left_tenths, place, 0) == np.delete(found.land_tenths, place, 0)).all()
    assert found.gaps(place).hectares == pytest.approx(sum(after) / 10)
    texts = read(run, UNIT, "land", "potentials", "follows").texts
    shown = f"{sum(after) / 10:.1f}".replace(".", ",")
    assert (
        f"lassen sich 17 Wohnungen in leeren Häusern, durch Umbau und in Baulücken schaffen; dann sind es noch {shown} Hektar"
        in texts["land"]
    )
    assert texts["land"].splitlines()[-6:] == [
        "zusammen", str(houses + flats), "–", f"{found.land_tenths[place].sum() / 10:.1f}".replace(".", ","), "17", shown,
    ]  # fmt: skip
    assert f"auf {shown} Hektar" in texts["potentials"]
    left = (houses - 15 - 30) / 15 + (flats - 2) / 40
    assert f"Für den Rest ist Bauland für {left:.1f}".replace(".", ",") in texts["potentials"]
    assert "keine Angaben zu Baulücken" not in texts["follows"] and "Möglichkeiten im Ort" in texts["follows"]
    bare = read(result(), UNIT, "land").texts["land"]
    assert "Hektar danach" not in bare
    sure = read(run, UNIT, "sure").texts["sure"]
    assert "ohne die Möglichkeiten im Ort" in sure and "wenn die Möglichkeiten im Ort genutzt sind" in sure
    low, high = (int(x) for x in re.search(rf"genutzt sind\n{shown}\n(\d+) bis (\d+)\n", sure).groups())  # type: ignore[union-attr]
    assert low <= sum(after) / 10 <= high <= view.land_interval()[1]
    first = text_of(next_section(bedarf_of(run, (run, run), UNIT, "de")).html)
    assert "Keine neuen Gebiete" in first or f"für noch {left:.1f}".replace(".", ",") in first
    assert "Möglichkeiten im Ort" not in read(result(), UNIT, "sure").texts["sure"]
    region = read(run, "03251", "land", "potentials").texts
    assert "aus 1 von 15 Planungseinheiten" in region["potentials"] and "Hektar danach" in region["land"]


def test_potentials_beyond_what_is_needed_leave_no_land():
    rows = [{"name": t, "kind": "gap", "type": t, "dwellings": 999.0, "area_ha": np.nan, "owner": "private",
             "from_year": np.nan} for t in ("ezfh", "mfh")]  # fmt: skip
    run = with_local(potentials=rows)
    texts = read(run, UNIT, "land", "potentials", "follows", "headline").texts
    assert parts_of(run).land_left_interval(run.inputs.areas[UNIT]) == (0, 0)
    assert "noch 0,0 Hektar" in texts["land"] and "Weiteres Bauland ist nicht nötig" in texts["potentials"]
    assert "Flächen sichern" not in texts["follows"] and "in kleinen Schritten" not in texts["follows"]
    assert "Bauland für" not in texts["headline"]


def test_the_page_of_all_units_shows_land_before_and_after_potentials():
    run = with_local(potentials=[{"name": "a", "kind": "gap", "type": "ezfh", "dwellings": 15.0, "area_ha": np.nan,
                                  "owner": "private", "from_year": np.nan}])  # fmt: skip
    before, after = (text_of(buendnis_of(r, (r, r), "de").land().html) for r in (result(), run))
    assert "Möglichkeiten im Ort" not in before
    cells = after.split("\nSiedenburg\n")[-1].splitlines()[:5]
    total, left = (float(cells[k].replace(",", ".")) for k in (2, 4))
    assert total - left == pytest.approx(1.0) and " bis " in cells[3], "15 houses at 15 a hectare"
    assert "aus 1 von 15 Planungseinheiten" in after
    region = float(parts_of(run).land_left_tenths.sum() / 10)
    assert f"sind es noch {region:.1f} Hektar".replace(".", ",") in after


def test_without_potentials_land_after_them_has_the_interval_of_land():
    for case in everywhere():
        view = case.report.view
        assert parts_of(view.result).land_left_interval(view.index) == view.land_interval()


def test_draws_of_what_is_left_by_segment_sum_to_those_of_the_types():
    parts = parts_of(result())
    by_type = parts.to_build_drawn.reshape(*parts.to_build_drawn.shape[:2], 2, 2).sum(-1)
    for k, name in enumerate(("build_ezfh", "build_mfh")):
        spread = read(result(), "03251", "follows").report.view.spread(name)
        assert np.allclose(by_type[..., k].sum(1), spread.draws[:, -1])
    assert (parts.to_build_drawn >= 0).all()
    for case in everywhere():
        said = re.search(r"Zur Miete .*? fehlen (\d[\d.]*) \(80-%-Bereich (\d[\d.]*) bis (\d[\d.]*)\)",
                         case.texts["follows"].replace("\N{NO-BREAK SPACE}", " "))  # fmt: skip
        if parts_of(case.report.view.result).gaps(case.report.view.index).rent_mfh >= 10:
            assert said and number(said[2]) <= number(said[1]) <= number(said[3]), case.report.view.key


def test_price_binding_is_asked_for_only_where_a_gap_is_printed():
    for case in everywhere():
        view = case.report.view
        gap = parts_of(view.result).gaps(view.index).affordable
        assert ("sollte eine Preisbindung haben" in case.texts["affordable"]) == (gap > 0), view.key
        wanted = gap >= 10 and parts_of(view.result).gaps(view.index).rent_mfh >= 10
        assert ("braucht eine Preisbindung" in case.texts["follows"]) == wanted, view.key


def test_what_the_rules_look_at_is_what_is_printed():
    for case in everywhere():
        view = case.report.view
        gaps = parts_of(view.result).gaps(view.index)
        assert (gaps.surplus_ezfh, gaps.surplus_mfh) == tuple(view.surplus[-1])
        assert gaps.hectares == pytest.approx(view.land_tenths.sum() / 10)
        said = re.search(
            r"zwölf Monate oder länger dauert: geschätzt (\d[\d.]*)", text_of(next_section(case.report).html)
        )
        assert said and number(said[1]) == gaps.long_vacant
        if view.index is not None:
            share = case.report.words.number(small_share(view), "pct1")
            assert f"{share} der Wohnungen" in case.texts["small"]


def test_below_ten_rented_flats_nobody_is_told_to_build_them():
    seen = 0
    for case in everywhere():
        gaps = parts_of(case.report.view.result).gaps(case.report.view.index)
        text = case.texts["follows"]
        if gaps.rent_mfh >= 10:
            assert (
                f"Zur Miete in Häusern ab 3 Wohnungen: Bis {case.report.view.year} fehlen {gaps.rent_mfh:,}".replace(
                    ",", "."
                )
                in text
            )
            continue
        seen += 1
        assert "für sie eignen" not in text and "Mietwohnungen bauen" not in text
        if "Welche Wohnungen planen?" in text:
            assert ("fehlen weniger als 10" if gaps.rent_mfh else "fehlen keine; neue sollten") in text
    assert seen


def test_nobody_is_told_two_things_about_new_areas():
    for case in everywhere():
        text = text_of(next_section(case.report).html)
        gaps = parts_of(case.report.view.result).gaps(case.report.view.index)
        houses = gaps.own_ezfh + gaps.rent_ezfh
        said = [
            t for t in ("Keine neuen Gebiete", "nur in kleinen Schritten", "Bauland für bis zu") if t in text
        ]
        assert len(said) <= 1
        assert (said == ["Keine neuen Gebiete"]) == (
            gaps.surplus_ezfh >= max(10, houses) and houses + gaps.own_mfh + gaps.rent_mfh >= 10
        ), case.report.view.key
        assert not ("Keine neuen Gebiete" in text and "Vor neuen Gebieten" in text)


def test_a_surplus_below_ten_dwellings_is_no_warning_against_building():
    seen = set()
    for case in everywhere():
        text = text_of(next_section(case.report).html)
        view = case.report.view
        left, over = int(view.to_build[-1][1]), int(view.surplus[-1][1])
        warned = "Vor neuen Häusern ab 3 Wohnungen" in text
        assert warned == (left > 0 and over >= max(10, 0.1 * left)), view.key
        seen.add((warned, 0 < over < 10))
    assert {(True, False), (False, True)} <= seen


def test_overlap_is_one_line_where_at_most_one_need_stands():
    lines = set()
    for case in everywhere():
        found, view = parts_of(case.report.view.result), case.report.view
        assert found.step_free is not None and found.affordable is not None
        needs = [
            int(view.of(np.floor(x.gap[:, -1] + 0.5)).sum()) for x in (found.step_free, found.affordable)
        ]
        one_line = len(case.texts["overlap"].splitlines()) == 2
        assert one_line == (min(needs) == 0), view.key
        lines.add(one_line)
    assert lines == {True, False}


def test_intervals_of_overlays_hold_the_printed_gap_and_narrow_the_extremes():
    for case in everywhere():
        view, found = case.report.view, parts_of(case.report.view.result)
        for part in (found.step_free, found.affordable):
            assert part is not None
            drawn = part.drawn.sum(1) if view.index is None else part.drawn[:, view.index]
            low, high = np.quantile(drawn, [0.1, 0.9])
            # households vary, too: the extremes of the assumptions alone do not bound single draws
            assert low >= 0.7 * float(view.of(part.gap_low[:, -1]).sum())
            assert high <= 1.3 * float(view.of(part.gap_high[:, -1]).sum()) + 5


def test_planned_places_for_older_people_are_set_against_the_gap():
    homes = [
        {"name": "a", "kind": "assisted", "places": 24.0, "from_year": 2028.0, "until_year": np.nan},
        {"name": "b", "kind": "shared", "places": 8.0, "from_year": np.nan, "until_year": np.nan},
        {"name": "c", "kind": "nursing", "places": 30.0, "from_year": 2031.0, "until_year": np.nan},
    ]
    text = read(with_local(senior_homes=homes), UNIT, "older").texts["older"]
    gap = parts_of(result()).gaps(result().inputs.areas[UNIT]).step_free
    assert "kommen 24 Plätze in betreutem Wohnen und Wohngemeinschaften hinzu (bis Ende 2040)" in text
    assert f"deckt das {100 * 24 / gap:.1f}".replace(".", ",") in text
    assert "In Pflegeheimen kommen 30 Plätze hinzu" in text
    assert "Pflegeheim" not in read(result(), UNIT, "older").texts["older"]


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
    assert "davon nur, wer zur Miete wohnt (90" in whole and "zur Miete wohnt: 90" in part
    assert whole.split("\nmit Bürgergeld\n")[1].splitlines()[0] == "90", "100 of the table, 90 % rent"


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


def test_without_figures_on_tenure_every_section_is_one_line():
    whole = again()
    texts = read(
        replace(whole, inputs=replace(whole.inputs, segments=None)), UNIT, *SECTIONS, "headline", "land"
    ).texts
    for section in SECTIONS:
        lines = texts[section].splitlines()
        assert len(lines) == 2 and "vermieteten Wohnungen" in lines[1], section
    assert "Hektar" in texts["land"] and "Am meisten fehlen" not in texts["headline"]
