"""In the room: quick answers equal the full calculation, sliders answer, saved scenarios load, no front end no harm."""

import json
import re
import shutil

import numpy as np
import pytest

from wohnlib import paths, scenario
from wohnlib.errors import InputError
from wohnlib.notebook import open_workshop
from wohnlib.reassess import reassess
from wohnlib.report.view import View
from wohnlib.scenario_tools import differences, with_values
from wohnlib.words import Words
from wohnlib.workshop import SLIDERS, Room, positions, split_answer
from wohnlib.workshop_answer import answer_html, shown
from wohnlib.workshop_view import Workshop, file_name

WORDS = Words("de")
UNITS = ("03251407", "03251047", "03251401")  # shrinking, growing, at the lake


@pytest.fixture(scope="module")
def room(assessments):
    light = with_values(assessments["base"].scenario, {"uncertainty.draws": 60})
    return Room(reassess(assessments["base"], light), "03251047")


def ends(room, name):
    return dict(room.base.scenario.assumptions())[name].range


def compared(room, values):
    """Return the quick answer and the same numbers of the full assessment."""
    answer, exact, g = room.answer(values), room.exact(values), room.index
    drawn = exact.draws.to_build(exact.deducted)[:, g, -1].sum(-1)
    mean = np.maximum(exact.draws.newbuild[:, g, -1].mean(0) - exact.deducted[g], 0)
    return answer, mean, np.quantile(drawn, [0.1, 0.9]), exact


@pytest.mark.parametrize("name", [n for n in SLIDERS if n.startswith("dwellings.")])
def test_answers_on_dwellings_equal_the_full_calculation(room, name):
    answer, mean, span, _ = compared(room, {name: ends(room, name)[1]})
    assert answer.to_build == pytest.approx(mean, abs=1e-6)
    assert answer.interval == pytest.approx(tuple(span), abs=1e-6)


@pytest.mark.parametrize("name", [n for n in SLIDERS if not n.startswith("dwellings.")])
@pytest.mark.parametrize("end", [0, 1])
def test_answers_on_people_and_households_lie_beside_the_full_calculation(room, name, end):
    answer, mean, span, exact = compared(room, {name: ends(room, name)[end]})
    g = room.index
    assert answer.people == pytest.approx(exact.population.pop_count[0, g, -1].sum(), rel=1e-9)
    assert answer.households == pytest.approx(exact.households.household_count[0, g, -1].sum(), rel=1e-9)
    assert answer.total == pytest.approx(mean.sum(), rel=0.01, abs=3)
    assert answer.interval == pytest.approx(tuple(span), rel=0.02, abs=8)


@pytest.mark.parametrize("key", UNITS)
def test_several_changes_at_once_lie_beside_the_full_calculation_for_every_kind_of_unit(room, key):
    values = {
        "migration.national_target": 150000.0, "mortality.improvement_per_year": 0.004, "fertility.total_scale": 1.1,
        "dwellings.reserve.mfh": 0.04, "households.one_person_trend_share": 0.1,
    }  # fmt: skip
    answer, mean, span, _ = compared(room.other(key), values)
    assert answer.total == pytest.approx(mean.sum(), rel=0.01, abs=3)
    assert answer.interval == pytest.approx(tuple(span), rel=0.02, abs=8)


def test_without_a_change_the_answer_is_the_base(room):
    answer, mean, span, exact = compared(room, {})
    assert answer.to_build == pytest.approx(mean)
    assert answer.interval == pytest.approx(tuple(span))
    assert answer.course[-1] == pytest.approx(answer.total)
    assert answer.surplus.sum() == pytest.approx(exact.draws.surplus[:, room.index, -1].mean(0).sum())


def test_sliders_offer_the_whole_range_and_the_own_value(room):
    for name in SLIDERS:
        offered = positions(room.base.scenario, name)
        item = dict(room.base.scenario.assumptions())[name]
        assert (offered[0], offered[-1]) == item.range
        assert item.value in offered and offered == sorted(set(offered))
        assert {type(v) for v in offered} == {type(item.value)}


def test_the_split_sums_to_the_change(room):
    values = {
        "migration.national_target": 150000.0,
        "dwellings.reserve.mfh": 0.04,
        "fertility.total_scale": 0.9,
    }
    parts = split_answer(room, values)
    assert set(parts) == set(values)
    change = room.answer(values).total - room.answer({}).total
    assert abs(sum(parts.values()) - change) <= 0.5
    assert split_answer(room, {}) == {}


# -- sliders -----------------------------------------------------------------------------------------------


@pytest.fixture
def workshop(room):
    return Workshop(room, WORDS)


def test_moving_a_slider_changes_figure_and_table(workshop):
    before = workshop.output.value
    assert "mehr als in der Basis" not in before
    workshop.sliders["dwellings.reserve.mfh"].value = 0.04
    after = workshop.output.value
    assert workshop.values == {"dwellings.reserve.mfh": 0.04}
    first, last = (
        shown(workshop.room, workshop.base, workshop.room.answer(v)).total for v in ({}, workshop.values)
    )
    assert first == int(View(workshop.room.base, workshop.room.key, WORDS).to_build[-1].sum()) < last
    assert f"Weyhe: {WORDS.number(last, 'int')} Wohnungen noch zu bauen bis Ende 2040" in after
    assert f"{last - first} mehr als in der Basis" in after
    assert after.count("<svg") == 1 and "<table>" in after
    workshop.reset()
    assert workshop.output.value == before
    assert workshop.values == {}


def test_the_table_has_base_and_change_in_every_row(workshop):
    workshop.sliders["migration.national_target"].value = 150000.0
    rows = re.findall(r'<th scope="row">.*?</tr>', workshop.output.value)
    cells = [[re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]

    def number(text):
        return int(text.replace(".", "").replace("\N{MINUS SIGN}", "-"))

    assert [len(c) for c in cells] == [4] * 7
    for name, base, now, change in cells:
        if name != WORDS("sure.col_range"):
            assert number(now) - number(base) == number(change), name


@pytest.mark.parametrize("key", UNITS)
def test_the_base_in_the_room_is_what_the_report_prints(room, key):
    other = room.other(key)
    base = other.answer({})
    found, view = shown(other, base, base), View(room.base, key, WORDS)
    assert found.types == tuple(view.to_build[-1])
    assert found.span == view.spread("build").interval()
    assert (found.surplus, found.people) == (view.surplus[-1].sum(), view.pop[-1])
    assert found.households == view.households[-1].sum()


def test_another_unit_answers_with_the_same_assumptions(workshop):
    workshop.sliders["dwellings.reserve.mfh"].value = 0.04
    workshop.unit.value = "03251407"
    assert "Siedenburg:" in workshop.output.value
    assert workshop.values == {"dwellings.reserve.mfh": 0.04}
    assert workshop.base.total == pytest.approx(workshop.room.answer({}).total)


def test_the_split_is_shown_on_request(workshop):
    workshop.split()
    assert workshop.message.value == "Es ist noch keine Annahme geändert."
    workshop.sliders["dwellings.reserve.mfh"].value = 0.04
    workshop.buttons["split"].click()
    assert "Reserve, Häuser ab 3 Wohnungen" in workshop.message.value
    workshop.sliders["dwellings.reserve.mfh"].value = 0.03
    assert workshop.message.value == ""


def test_save_writes_a_scenario_that_loads_and_gives_the_values(workshop, tmp_path, monkeypatch):
    shutil.copytree(paths.scenarios(), tmp_path / "scenarios")
    monkeypatch.setenv("WOHNLIB_HOME", str(tmp_path))
    workshop.save()
    assert workshop.message.value == "Es ist noch keine Annahme geändert."
    workshop.sliders["dwellings.reserve.mfh"].value = 0.04
    workshop.sliders["migration.national_target"].value = 150000.0
    workshop.name.value = "2. Sitzung"
    workshop.buttons["save"].click()
    assert "kleinen Buchstaben" in workshop.message.value
    workshop.name.value = "Sitzung Mai"
    workshop.buttons["save"].click()
    assert workshop.message.value == (
        "Gespeichert: scenarios/sitzung_mai.yaml. Bericht dazu: wohnlib run --scenario sitzung_mai"
    )
    found = differences(scenario.load("base"), scenario.load("sitzung_mai"))
    assert {d.name: d.after.value for d in found} == workshop.values
    assert scenario.load("sitzung_mai").title == "Sitzung Mai"
    workshop.save()
    assert "gibt es schon" in workshop.message.value


@pytest.mark.parametrize(
    ("title", "name"),
    [("Sitzung im März", "sitzung_im_maerz"), ("mehr_zuzug", "mehr_zuzug"), ("  Größe & Co. ", "groesse_co"), ("", "")],
)  # fmt: skip
def test_a_title_gives_the_name_of_the_file(title, name):
    assert file_name(title) == name


def test_sliders_say_shares_and_factors_in_per_cent(workshop):
    for name, slider in workshop.sliders.items():
        texts = [text for text, _ in slider.options]
        assert len(set(texts)) == len(texts), name
        unit = dict(workshop.room.base.scenario.assumptions())[name].unit
        assert all(text.endswith("%") for text in texts) == unit.startswith(("Anteil", "Faktor")), name


def test_without_a_front_end_the_base_is_shown_and_how_to_get_the_sliders(workshop):
    bundle = workshop._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "jupyter lab notebooks/werkstatt.ipynb" in bundle["text/html"]
    assert answer_html(workshop.room, workshop.base, workshop.base, WORDS) in bundle["text/html"]
    assert "0x" not in bundle["text/plain"]


def test_the_notebook_opens_with_its_own_parameters_and_refuses_others():
    cells = json.loads((paths.notebooks() / "werkstatt.ipynb").read_text(encoding="utf-8"))["cells"]
    assert "open_workshop(ags, scenario, horizon_year, lang, given=globals())" in "".join(cells[1]["source"])
    with pytest.raises(InputError, match="führende Null"):
        open_workshop(3251047, "base", 2040, "de")
    with pytest.raises(InputError, match="diesen Parameter gibt es"):
        open_workshop("03251047", "base", 2040, "de", {"jahr": 2040})
