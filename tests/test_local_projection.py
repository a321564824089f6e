"""An own projection stands beside ours or takes its place; homes that a municipality names do so by themselves."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wohnlib.assess import assess
from wohnlib.errors import InputError
from wohnlib.local import KINDS, Local, LocalFile
from wohnlib.model.homes import home_rates, residents
from wohnlib.model.households import household_count, with_one_person_trend
from wohnlib.model.own_projection import fill_region, living_alone_change, own_ratio
from wohnlib.reassess import reassess
from wohnlib.report.bedarf import bedarf_of
from wohnlib.report.sections_projection import compare
from wohnlib.report.view import View
from wohnlib.scenario_tools import with_values
from wohnlib.words import Words

UNIT, OTHER, REGION = "03251012", "03251407", "03251"
NAN = float("nan")
ELAPSED = np.array([0.0, 0.5, 1.5, 2.5, 3.5])


def local(kind: str, *rows: tuple, folder: str = UNIT) -> Local:
    """Return figures of a municipality as if a sound file had been read."""
    table = pd.DataFrame(rows, columns=list(KINDS[kind].columns)).assign(
        _example=False, _folder=folder, _file=f"{kind}.csv", _row=range(5, 5 + len(rows)), _at=None
    )
    return Local(
        {kind: table}, (LocalFile(kind, f"{kind}.csv", folder, "2026-03-01", "Bauamt", False, len(rows)),)
    )


@pytest.fixture(scope="module")
def base(assessments):
    return assessments["base"]


def run(base, given: Local, choice: str = "replace", **values):
    scenario = with_values(base.scenario, {"population.own_projection": choice, **values})
    return assess(replace(base.inputs, local=given), scenario)


# -- by hand -------------------------------------------------------------------------------------------------


def test_the_ratio_is_1_at_the_base_then_a_line_then_constant():
    own = np.array([NAN, NAN, 110.0, NAN, NAN])
    assert own_ratio(own, np.full(5, 100.0), ELAPSED) == pytest.approx([1, 1 + 0.1 / 3, 1.1, 1.1, 1.1])
    assert own_ratio(np.full(5, NAN), np.full(5, 100.0), ELAPSED).tolist() == [1] * 5


def test_growth_alone_leaves_the_level_of_the_first_year():
    own = np.array([NAN, NAN, 120.0, NAN, 132.0])  # 20 % above ours, then 10 % more
    found = own_ratio(own, np.full(5, 100.0), ELAPSED, growth_only=True)
    assert found == pytest.approx([1, 1, 1, 1.05, 1.1])


def test_a_region_is_shared_out_over_the_areas_without_their_own():
    ours = np.array([[100.0, 100], [200, 220], [300, 300]])
    own = np.array([[100.0, 150], [0, 0], [0, 0]])
    found = fill_region(np.array([600.0, 670]), own, ours, np.array([True, False, False]))
    assert found.tolist() == [[100, 150], [200, 220], [300, 300]]  # 670 − 150 = 520 = 220 + 300
    found = fill_region(np.array([600.0, 930]), own, ours, np.array([True, False, False]))
    assert found[:, 1] == pytest.approx([150, 330, 450])  # 780 for 520: times 1.5


def test_more_households_of_the_same_people_mean_more_of_them_alone():
    people, rates = np.array([100.0]), np.array([[0.2, 0.8]])  # 20 alone, 80 in pairs: 60 households
    size = np.array([1.0, 2.0])
    change = living_alone_change(people, rates, size, np.array(65.0))  # 30 alone, 70 in pairs: +50 %
    assert change == pytest.approx(0.5)
    moved = with_one_person_trend(rates, change[None])[0]
    assert household_count(people, moved, size).sum() == pytest.approx(65) and moved.sum() == pytest.approx(1)
    assert living_alone_change(people, rates, size, np.array(50.0)) == pytest.approx(-1)
    assert np.isnan(living_alone_change(people, rates, size, np.array([49.0, 101.0]))).all()


def test_places_times_occupied_are_the_people_in_homes():
    pop, profile = np.zeros((2, 101)), np.zeros(101)
    pop[0, 70], pop[0, 90], pop[1, 70], pop[1, 90] = 800, 200, 700, 300
    profile[65:85], profile[85:] = 0.01, 0.25
    people = residents(np.array([100.0, 150]), 0.9)
    rates = home_rates(pop, profile, 0.002, people)
    assert people.tolist() == [90, 135] and rates[:, 30].tolist() == [0.002, 0.002]
    assert (pop * rates)[:, 65:].sum(1) == pytest.approx([90, 135])
    assert rates[0, 90] == pytest.approx(0.25 * 90 / 58) and rates[1, 70] == pytest.approx(0.01 * 135 / 82)


def test_the_document_shows_these_numbers():
    text = (Path(__file__).resolve().parent.parent / "docs" / "eigene-zahlen.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
        exec(compile(block, "eigene-zahlen.md", "exec"), names)
    assert names["in_homes"].tolist() == [90, 135]
    assert (names["pop"] * names["rates"])[:, 65:].sum(1) == pytest.approx([90, 135])


# -- in the chain --------------------------------------------------------------------------------------------


def test_beside_is_the_need_to_the_last_digit_and_replacing_is_followed_by_everything(base):
    given = local("projection", (UNIT, 2030, 18500.0, NAN), (UNIT, 2040, 20000.0, NAN))
    beside, own = run(base, given, "beside"), run(base, given)
    assert beside.need.lines.tobytes() == base.need.lines.tobytes()
    place, time = base.inputs.areas[UNIT], base.time
    people = own.population.pop_count[0].sum((2, 3))
    assert people[place, time.position(2030)] == pytest.approx(18500)
    assert people[place, -1] == pytest.approx(20000)
    ours = base.population.pop_count[0].sum((2, 3))
    middle = time.position(2035)
    first, last = 18500 / ours[place, time.position(2030)], 20000 / ours[place, -1]
    assert people[place, middle] == pytest.approx(ours[place, middle] * (first + last) / 2)
    flows = own.population
    change = flows.births - flows.deaths + flows.net_migration
    assert np.diff(people, axis=1) == pytest.approx(change[0][:, 1:])
    rest = np.arange(len(people)) != place
    for name in ("lines", "required"):
        assert getattr(own.need, name)[:, rest].tobytes() == getattr(base.need, name)[:, rest].tobytes()
    more = own.households.total[0, place, -1] / base.households.total[0, place, -1]
    assert more == pytest.approx(last, rel=1e-9)  # the same ages, the same ways of living together
    assert own.need.signed[0, place, -1].sum() > base.need.signed[0, place, -1].sum() + 300
    assert own.printed.pop[place, -1].sum() == 20000
    region = own.printed.signed[:, -1].sum()
    assert region == own.printed.signed[place, -1].sum() + base.printed.signed[rest, -1].sum()


def test_draws_lie_around_the_own_path_with_our_widths(base):
    given = local("projection", (UNIT, 2040, 20000.0, NAN))
    small = {"uncertainty.draws": 200}
    own, ours = run(base, given, **small), run(base, given, "beside", **small)
    place = base.inputs.areas[UNIT]
    for result in (own, ours):
        people = result.draws.people[:, place, -1].sum(-1)
        assert people.mean() == pytest.approx(result.population.pop_count[0, place, -1].sum(), rel=2e-3)
    wide = [np.log(r.draws.people[:, place, -1].sum(-1)).std() for r in (own, ours)]
    assert wide[0] == pytest.approx(wide[1], rel=0.12)


def test_growth_of_an_own_projection_does_not_bring_its_level(base):
    """A register that counts 5 % more than the census makes no need by that alone."""
    place = base.inputs.areas[UNIT]
    ours = base.population.pop_count[0, place].sum((1, 2)) * 1.05
    years = [y for y in base.time.years if y >= 2025]
    rows = [(UNIT, y, ours[base.time.position(y)], NAN) for y in years]
    level = run(base, local("projection", *rows))
    growth = run(base, local("projection", *rows), "replace_growth")
    assert growth.need.signed[0, place, -1] == pytest.approx(base.need.signed[0, place, -1], abs=1e-6)
    assert level.need.signed[0, place, -1].sum() > base.need.signed[0, place, -1].sum() + 300


def test_own_households_change_how_people_live_together_not_how_many_they_are(base):
    given = local("projection", (UNIT, 2040, NAN, 8600.0))
    own, place = run(base, given), base.inputs.areas[UNIT]
    assert own.population.pop_count.tobytes() == base.population.pop_count.tobytes()
    assert own.households.total[0, place, -1] == pytest.approx(8600)
    assert own.households.member_rate[place].sum(-1) == pytest.approx(
        np.ones_like(own.households.member_rate[place, ..., 0])
    )
    assert own.households.people[0].tobytes() == base.households.people[0].tobytes()
    effects, before = own.households.effects[0, place, -1], base.households.effects[0, place, -1]
    assert effects.sum() == pytest.approx(8600 - own.households.total[0, place, 0])
    assert effects[2] == pytest.approx(8600 - base.households.total[0, place, -1], rel=0.05)
    assert effects[:2] == pytest.approx(before[:2], abs=15)
    again = reassess(run(base, given, "beside"), own.scenario)
    assert again.need.lines.tobytes() == own.need.lines.tobytes()


def test_the_regions_own_projection_is_shared_out_and_its_units_keep_their_own(base):
    total = float(base.population.pop_count[0, :, -1].sum())
    alone = run(base, local("projection", (REGION, 2040, total * 1.1, NAN), folder=REGION))
    grown = alone.population.pop_count[0, :, -1].sum((1, 2)) / base.population.pop_count[0, :, -1].sum((1, 2))
    assert grown == pytest.approx(np.full(len(grown), 1.1))
    both = run(
        base, local("projection", (REGION, 2040, total * 1.1, NAN), (UNIT, 2040, 20000.0, NAN), folder=REGION)
    )
    people = both.population.pop_count[0, :, -1].sum((1, 2))
    assert people.sum() == pytest.approx(total * 1.1) and people[base.inputs.areas[UNIT]] == pytest.approx(
        20000
    )


def test_what_cannot_be_is_refused_with_its_cell(base):
    total = float(base.population.pop_count[0, :, -1].sum())
    rows = ((REGION, 2040, total / 4, NAN), (UNIT, 2040, 20000.0, NAN))
    with pytest.raises(InputError, match=r"Zeile 5, Feld „Einwohner“.*passt nicht zu denen seiner Gemeinden"):
        run(base, local("projection", *rows, folder=REGION))
    with pytest.raises(
        InputError, match=r"Zeile 5, Feld „Haushalte“.*Diepholz: so viele Haushalte ergeben sich"
    ):
        run(base, local("projection", (UNIT, 2040, NAN, 17000.0)))


# -- homes ---------------------------------------------------------------------------------------------------


def test_named_homes_take_the_place_of_the_regions_share_from_their_year_on(base):
    rows = (
        (UNIT, "Haus am Park", "nursing", 100.0, NAN, NAN), (UNIT, "Neues Haus", "nursing", 60.0, 2030.0, NAN),
        (UNIT, "Altes Haus", "nursing", 20.0, NAN, 2026.0), (UNIT, "Lohnehof", "assisted", 24.0, 2028.0, NAN),
    )  # fmt: skip
    given = local("senior_homes", *rows)
    own = assess(replace(base.inputs, local=given), base.scenario)
    place, time, old = base.inputs.areas[UNIT], base.time, slice(65, None)
    people = own.population.pop_count[0, place].sum(1)
    in_homes = (people * own.households.in_homes[place])[:, old].sum(1)
    # 120 places × 0.9, without the old home from the end of 2026 on, with the new one from the end of 2030 on
    for year, expected in ((2022, 108), (2025, 108), (2026, 90), (2029, 90), (2030, 144), (2040, 144)):
        assert in_homes[time.position(year)] == pytest.approx(expected), year
    assert in_homes[0] == pytest.approx(108)
    rest = np.arange(len(own.need.lines[0])) != place
    assert own.need.lines[:, rest].tobytes() == base.need.lines[:, rest].tobytes()
    assert own.households.total[0, place, 0] == pytest.approx(base.households.total[0, place, 0])
    more = run(base, local("senior_homes", (UNIT, "Haus am Park", "nursing", 100.0, NAN, NAN)), "beside")
    at = time.position(2035)
    assert more.households.total[0, place, at] > own.households.total[0, place, at]
    left_out = run(base, given, "beside", **{"households.own_homes": "beside"})
    assert left_out.need.lines.tobytes() == base.need.lines.tobytes()


def test_other_ways_of_living_in_old_age_are_households_and_change_nothing(base):
    given = local("senior_homes", (UNIT, "Lohnehof", "assisted", 24.0, 2028.0, NAN))
    assert (
        assess(replace(base.inputs, local=given), base.scenario).need.lines.tobytes()
        == base.need.lines.tobytes()
    )


# -- in the report -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", ["beside", "replace", "replace_growth"])
@pytest.mark.parametrize("key", [UNIT, REGION])
def test_the_difference_is_explained_in_numbers_that_sum(base, choice, key):
    given = local("projection", (UNIT, 2025, 18600.0, 8600.0), (UNIT, 2040, 20000.0, 9300.0))
    result = run(base, given, choice)
    view = View(result, key, Words("de"))
    found = compare(view)
    assert (found.own - found.ours)[1:].tolist() == (found.by_people + found.by_size).tolist()
    assert found.by_people[0] and found.by_size[0] and found.replaced is (choice != "beside")
    shown = found.own if choice != "beside" else found.ours
    assert shown[2] == view.of(result.printed.signed)[-1].sum()
    text = bedarf_of(result, (), key, "de").local().html
    assert "Woher der Unterschied kommt" in text
    assert ("In diesem Szenario" in text) is (choice != "beside")


def test_an_invented_projection_stands_there_and_changes_nothing(base):
    given = local("projection", (UNIT, 2040, 20000.0, NAN))
    given.tables["projection"]["_example"] = True
    own = run(base, Local(given.tables, (replace(given.files[0], example=True),)))
    assert own.need.lines.tobytes() == base.need.lines.tobytes()
    text = bedarf_of(own, (), UNIT, "de").local().html
    assert "Beispiel:" in text and "Woher der Unterschied kommt" not in text


def test_the_report_says_whose_homes_count(base):
    given = local("senior_homes", (UNIT, "Haus am Park", "nursing", 100.0, NAN, NAN))
    result = assess(replace(base.inputs, local=given), base.scenario)
    assert "ersetzen den Anteil des Landkreises" in bedarf_of(result, (), UNIT, "de").local().html
    assert "(1 von 15)" in bedarf_of(result, (), REGION, "de").local().html
    beside = assess(result.inputs, with_values(base.scenario, {"households.own_homes": "beside"}))
    assert "Gerechnet wird mit den Anteilen des Landkreises" in bedarf_of(beside, (), UNIT, "de").local().html
