"""From the forms of a municipality to the page on its survey: numbers by hand, marks of examples, absent routes."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wohnlib import paths
from wohnlib.check import missing
from wohnlib.errors import InputError
from wohnlib.local import Local, load_local
from wohnlib.model import multilocal as model
from wohnlib.notebook import open_incomings
from wohnlib.report.bedarf import bedarf_of
from wohnlib.report.incomings import incomings_page_of, interval_of
from wohnlib.report.sections_projection import explained
from wohnlib.steps.completions import built_since
from wohnlib.steps.incomings import ROUTES, added_incomings, base_incomings, incomings_of, small_wanted
from wohnlib.words import Words

UNIT, OTHER = "03251012", "03251407"
ROOT = Path(__file__).resolve().parent
EXAMPLES = ROOT / "local_examples"
MARK = "erfunden"


@pytest.fixture(scope="module")
def base(assessments):
    return assessments["base"]


@pytest.fixture(scope="module")
def examples(base):
    return load_local(base.inputs.areas, EXAMPLES)


@pytest.fixture(scope="module")
def real(examples):
    """The examples as if they were real: what a municipality's own figures do."""
    tables = {k: t.assign(_example=False) for k, t in examples.tables.items()}
    return Local(tables, tuple(replace(f, example=False) for f in examples.files))


def found(base, local, *, key=UNIT, examples=False, **assumed):
    scenario = base.scenario
    if assumed:
        given = {
            n: getattr(scenario.incomings, n).model_copy(update={"value": v}) for n, v in assumed.items()
        }
        scenario = scenario.model_copy(update={"incomings": scenario.incomings.model_copy(update=given)})
    bound = float(base.stock.unknown[base.inputs.areas[key]])
    return incomings_of(base.inputs, scenario, key, bound, local=local, examples=examples)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_survey_of_the_example_by_hand(base, real):
    survey = found(base, real).survey
    # sums of the answers by size class, from survey.csv; all companies, from frame.csv
    people, employees = np.array([3, 8, 17, 40]), np.array([44, 169, 477, 1510])
    companies, every = np.array([420, 110, 22, 4]), np.array([1710, 2280, 2210, 1960])
    assert survey.answers == 23 and survey.companies == companies.sum()
    assert survey.staff.ratio == pytest.approx(people / employees)
    assert survey.staff.total == pytest.approx((every * people / employees).sum())
    # of the small companies 60 with 250 employees, of the next 50 with 1,050 were asked; of the others all
    asked = np.array([250, 1050, 2210, 1960])
    assert survey.staff_range.low == pytest.approx((every * people / asked).sum())
    assert survey.wanted.total == pytest.approx(
        1710 * 2 / 44 + 2280 * 5 / 169 + 2210 * 10 / 477 + 1960 * 20 / 1510
    )
    assert survey.by_size_rent.sum() == pytest.approx(survey.wanted.total)


def test_the_three_routes_of_the_example_by_hand(base, real):
    seen = found(base, real)
    weights = [model.commuter_weight(distance=d) for d in (25, 68, 92, 170, 165, 340, 330, 570)]
    counts = [900, 420, 95, 60, 45, 38, 21, 14]
    assert seen.persons[1] == pytest.approx(np.dot(weights, counts)) and not seen.rough
    assert seen.persons[2] == 310 - 120
    assert seen.wanted[0] == pytest.approx(
        seen.survey.wanted.total / 1.1
    )  # asked directly, 1.1 people a dwelling
    assert seen.wanted[1:] == pytest.approx(seen.persons[1:] * 0.39 / 1.1)
    assert seen.range == pytest.approx(tuple(sorted(seen.wanted)))
    assert seen.students == pytest.approx(400 * 0.5 * 0.8)
    assert seen.seasonal.peak == 120 and seen.seasonal.beds_lacking == 80 and seen.seasonal.dwellings == 0
    assert seen.base == pytest.approx(min(seen.survey.live_here / 1.1, seen.bound)) and seen.free == 6


def test_assumptions_do_what_they_say(base, real):
    first = found(base, real)
    shared = found(base, real, persons_per_dwelling=1.2, already_counted=0.1, rotation=4 / 7)
    assert shared.wanted == pytest.approx(first.wanted * 1.1 * 0.9 * (4 / 7) / 1.2)
    assert found(base, real, own_unit_share=0.25).wanted[1] == pytest.approx(first.wanted[1] * 0.25 / 0.39)
    assert found(base, real, own_unit_share=0.25).wanted[0] == first.wanted[0]  # the survey asks for it
    assert found(base, real, route="registers").used == "registers"
    assert found(base, real, route="none").used is None


def test_without_local_figures_only_the_rough_route_is_there_and_it_never_enters_need(base):
    seen = found(base, Local(), key=OTHER)
    jobs = base.inputs.jobs[base.inputs.areas[OTHER]]
    assert seen.persons[1] == pytest.approx(jobs * 0.0102) and seen.rough
    assert np.isnan(seen.persons[[0, 2]]).all() and seen.used is None
    assert found(base, Local(), key=OTHER, route="commuters").used is None


def test_outgoings_are_bounded_by_those_who_work_far_away(base, real):
    units = [found(base, Local(), key=k).outgoings for k in base.inputs.areas.keys]
    assert sum(units) == pytest.approx(84_000 * 0.038)  # BA 2017, INKAR 2017
    register = real.tables["registers"]
    row = register.iloc[[0]].assign(item="employees_residence", value=7000.0)
    tables = {**real.tables, "registers": pd.concat([register, row])}
    own = found(base, Local(tables, real.files))
    assert own.outgoings == pytest.approx(7000 * 0.038) and own.outgoings_own


def test_examples_are_shown_when_asked_for_and_never_used(base, examples):
    seen = found(base, examples, examples=True)
    assert seen.survey is not None and seen.survey.example and seen.example and seen.used is None
    assert found(base, examples).survey is None


def test_nothing_changes_need_without_local_figures(base, examples):
    for local in (Local(), examples):
        inputs = replace(base.inputs, local=local)
        m0 = base_incomings(inputs, base.scenario, base.stock.unknown)
        assert (m0 == base.stock.stock.incomings.sum(1)).all()
        assert not added_incomings(inputs, base.scenario, base.time, m0, base.stock.unknown).any()
        built = built_since(inputs, base.scenario, base.time, base.stock.stock.total)
        assert (built.completed == base.need.completed).all() and not built.permitted.any()
        assert (built.known, built.unknown) == (base.need.known_years, base.need.unknown_years)


def test_the_increase_alone_enters_need(base, real):
    inputs = replace(base.inputs, local=real)
    place = inputs.areas[UNIT]
    m0 = base_incomings(inputs, base.scenario, base.stock.unknown)
    added = added_incomings(inputs, base.scenario, base.time, m0, base.stock.unknown)
    seen = found(base, real)
    assert m0[place] == pytest.approx(seen.base) and not np.delete(m0, place).any()
    assert added[place, 0] == 0 and not np.delete(added, place, axis=0).any()
    assert added[place, -1] == pytest.approx(seen.wanted[ROUTES.index("survey")] - seen.base - 6)


def test_completions_of_a_unit_take_the_place_of_its_share(base, real):
    inputs = replace(base.inputs, local=real)
    stock = base.stock.stock.total
    built = built_since(inputs, base.scenario, base.time, stock)
    place, rest = inputs.areas[UNIT], base.time.first_interval
    assert built.completed[place] == pytest.approx([31 * rest + 26 + 17 + 15, 24 * rest + 18 + 22 + 14])
    assert built.permitted[place].tolist() == [14, 22]  # counted at the end of 2025
    assert built.own_years[place] == (2022, 2023, 2024, 2025)
    others = np.delete(built.completed, place, axis=0).sum(0)
    by_type = np.array([0.49, 0.51]) * inputs.completions[2023]
    assert others == pytest.approx(by_type - [26, 18])  # the Kreis's total of 2023 is kept
    assert (np.delete(built.permitted, place, axis=0) == 0).all()


def test_the_reasons_of_two_projections_sum_to_the_difference(base, examples):
    inputs = replace(base.inputs, local=examples)
    report = bedarf_of(replace(base, inputs=inputs), (), UNIT, "de")
    text = explained(report, "population", [2025, 2040], [17_600, 17_800], [17_000, 17_500])
    assert "Ende 2040 auf 17.500 Einwohner, die der Gemeinde auf 17.800 (+300)" in text
    assert (
        "Ende 2025 ist der Unterschied +600; danach ändert er sich um −300 (Gemeinde +200, dieser Bericht +500)"
        in text
    )
    assert "Den Ausschlag gibt also der Ausgangsbestand" in text
    other = explained(report, "households", [2025, 2040], [100, 120], [101, 150])
    assert "Ende 2040 auf 150 Haushalte, die der Gemeinde auf 120 (−30)" in other
    assert "die Annahmen über Einwohnerzahl, Alter und Zusammenleben" in other
    assert "einzelnes Jahr" in explained(report, "population", [2030], [100], [90])


def test_the_sections_of_a_report_open_when_the_files_are_there(base, examples):
    bare = bedarf_of(base, (), UNIT, "de")
    filled = bedarf_of(replace(base, inputs=replace(base.inputs, local=examples)), (), UNIT, "de")
    empty, full = plain(bare.incomings().html), plain(filled.incomings().html)
    assert "die Dateien survey und frame schalten ihn frei" in empty and MARK not in empty
    assert "die Datei registers schaltet ihn frei" in empty
    assert (
        "Arbeitsplätze (grob)" in empty
        and "rund 85" in empty
        and "In den Bedarf geht davon nichts ein" in empty
    )
    assert "schalten ihn frei" not in full and full.count(MARK) >= 2  # a box above, a note below the table
    assert "120 in der Spitze, 27 im Mittel" in full and "67 – 68 – 198" in full
    assert "incomings_03251012.html" in filled.incomings().html
    assert "incomings_03251012.html" not in bare.incomings().html
    local = plain(filled.local().html)
    assert "Die Vorausberechnung der Gemeinde" in local and "Heime" in local and "86 Plätze" in local
    assert "30.09.2026" in local and "Bauamt (erfunden)" in local and MARK in local
    none = plain(bare.local().html)
    assert "Eigene Zahlen liegen in der Stadt Diepholz noch nicht vor" in none and "Formular survey" in none


def test_the_report_of_the_region_shows_the_sums(base, examples):
    bare = bedarf_of(base, (), "03251", "de")
    assert "rund 260" in plain(bare.incomings().html)
    filled = bedarf_of(replace(base, inputs=replace(base.inputs, local=examples)), (), "03251", "de")
    text = plain(filled.incomings().html)
    assert "örtliche Zahlen nur für 1 von 15 Planungseinheiten" in text
    assert "In den Bedarf geht davon nichts ein, weil es Beispielzahlen sind" in text
    assert "incomings_" not in filled.incomings().html
    assert MARK in text and "Die Vorausberechnung" not in plain(filled.local().html)


def test_wishes_by_size_and_price_sum_to_the_dwellings_wanted(base, examples):
    page = incomings_page_of(base, UNIT, "de", examples)
    cells = small_wanted(page.survey, base.scenario.incomings)
    assert cells.sum() == pytest.approx(page.found.wanted[0])
    assert cells[0, 0] == pytest.approx(page.survey.by_size_rent[0, 0] / 1.1)
    text = plain(page.wishes().html)
    assert "zusammen 35 81 57 19 6 198" in text


def test_the_table_of_wishes_sums_to_the_headline_whatever_its_rows_round_to(base, examples):
    page = incomings_page_of(base, UNIT, "de", examples)
    cells = np.zeros_like(page.survey.by_size_rent)
    cells[:2, 0] = 7.3  # two rows of 6.64 dwellings each: 13.27 in all, not 7 + 7
    page = replace(page, found=replace(page.found, survey=replace(page.survey, by_size_rent=cells)))
    assert small_wanted(page.survey, base.scenario.incomings).sum() == pytest.approx(13.27, abs=0.01)
    assert "7 der 13 gesuchten Wohnungen" in plain(page.wishes().html)


def test_an_interval_does_not_begin_below_what_the_answers_name(base, examples):
    survey = incomings_page_of(base, UNIT, "de", examples).survey
    wide = replace(survey, staff=survey.staff._replace(variance=1e8))
    assert wide.staff.interval()[0] == 0
    low, high = interval_of(wide, "staff")
    assert low == survey.staff_range.counted > 0 and high == wide.staff.interval()[1]


def test_a_class_whose_answers_are_alike_is_not_passed_off_as_certain(base, examples):
    page, said = incomings_page_of(base, UNIT, "de", examples), "Ein Standardfehler von 0 heißt"
    assert said not in plain(page.sure().html)
    variance = page.survey.staff.stratum_variance * [0, 1, 1, 1]
    staff = page.survey.staff._replace(stratum_variance=variance)
    page = replace(page, found=replace(page.found, survey=replace(page.survey, staff=staff)))
    assert plain(page.sure().html).count(said) == 1


def test_what_one_unit_brought_is_still_lacking_elsewhere(base, real):
    result = replace(base, inputs=replace(base.inputs, local=real))
    places = [base.inputs.areas[key] for key in (UNIT, OTHER)]
    own, other = ("\n".join(missing(result, Words("de"), place)) for place in places)
    for text in ("Amtliche Vorausberechnung für die Gemeinden: keine", "Gemeldete Zweitwohnungen"):
        assert text not in own and text in other
        assert f"{text}" in "\n".join(missing(result, Words("de")))
    assert "eigene Zahlen aus 1 von 15 Gemeinden" in "\n".join(missing(result, Words("de")))


def test_a_report_on_all_units_names_whose_figures_it_rests_on(base, examples):
    report = bedarf_of(replace(base, inputs=replace(base.inputs, local=examples)), (), "03251", "de")
    text = plain(report.basis().html)
    assert "Eigene Zahlen der Gemeinden" in text and MARK in text
    assert text.count("Bauamt (erfunden)") == sum(f.office == "Bauamt (erfunden)" for f in examples.files) > 0
    assert "Eigene Zahlen der Gemeinden" not in plain(bedarf_of(base, (), "03251", "de").basis().html)


def test_what_moves_the_result_is_computed_one_by_one(base, examples):
    page = incomings_page_of(base, UNIT, "de", examples)
    rows = {name: (low, high) for name, low, high in page.sensitivity()}
    wanted = page.found.wanted[0]
    assert rows["Menschen je Wohnung"] == pytest.approx((wanted * 1.1 / 1.2, wanted * 1.1))
    assert rows["schon als Haushalt gezählt"] == pytest.approx((wanted * 0.7, wanted))
    assert rows["Betriebe ohne Antwort"][0] == pytest.approx(page.survey.wanted_range.low / 1.1)


def test_the_notebook_takes_the_forms_to_the_result():
    from wohnlib.report.exporter import export
    from wohnlib.run.execute import execute

    nb = execute(
        paths.notebooks() / "incomings.ipynb",
        {"ags": UNIT, "folder": EXAMPLES.relative_to(paths.home()).as_posix()},
    )
    page = export(nb, title="Umfrage")
    text = plain(page)
    assert (
        "Beispiel mit erfundenen Zahlen: Kleine Wohnungen für Menschen mit zwei Wohnorten in der Stadt Diepholz"
        in text
    )
    assert "Nach den Antworten von 23 der 556 Betriebe" in text and "95-%-Bereich" in text
    for title in (
        "Was sagen andere Wege?",
        "Wie groß und wie teuer?",
        "Wie sicher ist das?",
        "Wie viele Antworten reichen?",
    ):
        assert title in text
    assert "In den Bedarf gehen sie nicht ein" in text


META = "#Stand;2026-09-30\n#Stelle;x\n"
HEADS = (
    "ags;company;size_class;sector;employees;multilocal;want_small\n", "ags;size_class;sector;companies;employees\n",
)  # fmt: skip


def page_of(base, folder, answers, frame):
    """The page of a survey given as rows (size class, sector, employees, people, wanting) and of all companies."""
    (folder / UNIT).mkdir()
    rows = "".join(f"{UNIT};{n};{row}\n" for n, row in enumerate(answers))
    every = "".join(f"{UNIT};{row}\n" for row in frame)
    for name, head, text in (("survey", HEADS[0], rows), ("frame", HEADS[1], every)):
        (folder / UNIT / f"{name}.csv").write_text(META + head + text, encoding="utf-8")
    return incomings_page_of(base, UNIT, "de", load_local(base.inputs.areas, folder))


def test_answers_that_do_not_differ_give_no_range(base, tmp_path):
    page = page_of(base, tmp_path, ["1_9;trade;5;0;0", "1_9;trade;4;0;0"], ["1_9;all;100;400"])
    text = plain(page.headline().html)
    assert "Unsicherheitsbereich lässt sich nicht berechnen" in text and "0 bis 0" not in text
    assert "Zufall der Stichprobe" not in plain(page.sure().html)
    assert "nennt Beschäftigte, die eine kleine Wohnung suchen" in plain(page.wishes().html)
    assert all(getattr(page, m)().html for m in ("routes", "plan", "method"))


def test_answers_of_all_companies_leave_no_chance(base, tmp_path):
    page = page_of(base, tmp_path, ["1_9;trade;5;2;1", "1_9;health;4;0;0"], ["1_9;all;2;9"])
    assert "Alle Betriebe haben geantwortet" in plain(page.headline().html)
    assert page.survey.staff.total == 2 and page.survey.staff_range == (2, 2, 2, 2)


def test_size_classes_without_answers_join_their_neighbour(base, tmp_path):
    frame = ["1_9;all;100;400", "10_49;all;10;200", "50_249;all;4;300", "250plus;all;1;300"]
    answers = ["1_9;trade;5;1;1", "1_9;health;4;0;0", "50_249;public;60;3;2", "250plus;public;300;6;3"]
    page = page_of(base, tmp_path, answers, frame)
    assert [s[0] for s in page.survey.strata] == [("1_9", "10_49", "50_249"), ("250plus",)]
    assert page.survey.staff.total == pytest.approx(900 * 4 / 69 + 6)
    assert "1 bis 9 Beschäftigte + 10 bis 49 Beschäftigte + 50 bis 249" in plain(page.sure().html)


def test_one_answer_is_refused(base, tmp_path):
    with pytest.raises(InputError, match="nur eine Antwort"):
        page_of(base, tmp_path, ["1_9;trade;5;1;1"], ["1_9;all;100;400"])


def test_without_a_survey_the_page_says_how_to_get_one():
    page = open_incomings(OTHER, "base", "de")
    text = plain(page.headline().html)
    assert "liegt noch nicht vor" in text and "wohnlib template --kind survey --kind frame" in text
    assert page.routes().html == page.wishes().html == page.sure().html == ""
    assert "sobald die Liste aller Betriebe" in plain(page.plan().html)


def test_the_table_of_the_guide_is_what_the_function_gives():
    text = (ROOT.parent / "docs" / "umfrage.md").read_text(encoding="utf-8")
    rows = [
        [c.strip() for c in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    companies, employees = np.array([400, 100, 22, 4.0]), np.array([1600, 2200, 2200, 2000.0])
    sd = model.residual_sd(mean_employees=employees / companies, share=0.02, clustering=3)
    assert len(rows) == 7
    for row in rows:
        answers = np.array([float(c) for c in row[:4]])
        half = model.planned_half_width(answers=answers, companies=companies, residual_sd=sd)
        width = np.sqrt((half**2).sum())
        assert int(row[4]) == answers.sum()
        assert row[5] == f"± {width:.0f}" and row[6] == f"{width / 160:.0%}".replace("%", " %")
    assert employees.sum() * 0.02 == 160 and companies.sum() == 526
