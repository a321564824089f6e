"""The agenda: every written rule with the case in which it speaks and one in which it is silent."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from wohnlib.alliance import agenda as module
from wohnlib.alliance.agenda import RULES, State, agenda
from wohnlib.alliance.coverage import Coverage
from wohnlib.alliance.forms import Alliance, Decision, Meeting, Member, Target
from wohnlib.alliance.segment_need import SegmentNeed
from wohnlib.alliance.settings import LARGE_GAP, MOST_NAMED, NOTICEABLE, STATUS, WEIGHTS
from wohnlib.alliance.targets import Progress
from wohnlib.regions import Meeting as Beside
from wohnlib.regions import surplus_meets_need
from wohnlib.words import Words

N = 15
WORDS = Words("de")
LEAST = NOTICEABLE.value


@pytest.fixture(scope="module")
def base(assessments):
    return assessments["base"]


def cover(base, need=None, built=0, under_way=0, dwellings=0):
    """Return a coverage in which every unit has the same numbers unless arrays are given."""
    shape = (N, 2)
    full = np.full(shape, 100) if need is None else np.broadcast_to(need, shape)
    counts = np.zeros((N, 2, len(STATUS)), dtype=np.int64)
    counts[..., 1] = dwellings
    return Coverage(
        np.array(full, dtype=np.int64), np.array(np.broadcast_to(built, shape), dtype=np.int64),
        np.array(np.broadcast_to(under_way, shape), dtype=np.int64), counts, np.zeros((N, 3, len(STATUS)), dtype=np.int64),
        np.zeros((N, 3), dtype=np.int64),
    )  # fmt: skip


def projects(*rows):
    return pd.DataFrame(rows, columns=["ags", "project", "status", "year"]).astype({"year": float})


def everyone(base):
    areas = base.inputs.areas
    return [
        Member(name=n, kind="municipality", ags=k) for k, n in zip(areas.keys, areas.short_names, strict=True)
    ]


def covered(base, **changes):
    """Return a state in which no rule has anything to say, apart from the changes."""
    target = Target(name="Z", segment="all", dwellings=500, year=2035, who=["Syke"])
    alliance = Alliance(name="B", date="2027-03-01", members=everyone(base), targets=[target])
    state = State(
        result=base, alliance=alliance, projects=projects(), weights=WEIGHTS, coverage=cover(base, 100, 0, 100, 100),
        progress=[Progress(target, 0, 500, 500)], meetings=[], completions_known=True, words=WORDS,
    )  # fmt: skip
    return dataclasses.replace(state, **changes)


def points(state):
    return {p.rule: p.text for p in agenda(state)}


def with_alliance(base, **changes):
    state = covered(base)
    return dataclasses.replace(state, alliance=state.alliance.model_copy(update=changes))


def test_where_nothing_is_open_one_point_remains(base):
    found = agenda(covered(base))
    assert [p.rule for p in found] == ["steady"]
    assert found[0].text.startswith(
        "Keine Regel nennt einen offenen Punkt: Wo bis 2040 spürbar Bedarf offen ist, decken Projekte mindestens 50"
    )


def test_the_first_meeting_is_invited_from_official_figures_alone(base):
    empty = cover(
        base, base.printed.newbuild[:, -1], np.minimum(base.printed.completed, base.printed.newbuild[:, -1])
    )
    state = State(base, None, projects(), WEIGHTS, empty, [], surplus_meets_need(base), False, WORDS)
    found = points(state)
    assert list(found) == ["found", "no_projects", *(["spare"] if state.meetings else []), "figures"]
    total = WORDS.number(int(base.printed.to_build[:, -1].sum()), "int")
    assert found["found"].startswith(f"Bis 2040 sind im Landkreis noch {total} Wohnungen zu bauen, in 15")
    assert found["no_projects"].startswith("Projekte sind noch nicht gemeldet.")


def test_without_need_the_founding_says_so(base):
    nothing = SimpleNamespace(
        printed=SimpleNamespace(to_build=np.zeros((N, 3, 2), dtype=int)),
        inputs=base.inputs,
        time=base.time,
        need=base.need,
    )
    state = covered(base, alliance=None, result=nothing)
    assert "keine weiteren Wohnungen zu bauen" in points(state)["found"]


def test_units_that_are_no_member_are_named(base):
    some = [m for m in everyone(base) if m.name not in ("Syke", "Weyhe")]
    assert (
        points(with_alliance(base, members=some))["absent"]
        == "Syke und Weyhe gehören dem Bündnis noch nicht an."
    )
    some = [m for m in everyone(base) if m.name != "Syke"]
    assert points(with_alliance(base, members=some))["absent"] == "Syke gehört dem Bündnis noch nicht an."
    other = [Member(name="Kreiswohnbau", kind="company")]
    assert "absent" not in points(with_alliance(base, members=other))


def test_what_was_agreed_and_is_open_comes_back_with_name_and_day(base):
    agreed = Meeting(date="2027-01-20", decisions=[
        Decision(text="Projekte melden.", who="Syke", until="2027-02-15"), Decision(text="Flächen suchen"),
        Decision(text="Satzung", done=True),
    ])  # fmt: skip
    later = Meeting(date="2027-05-01", decisions=[Decision(text="noch nicht")])
    text = points(with_alliance(base, meetings=[agreed, later]))["decisions"]
    assert text == (
        "2 Vereinbarungen sind noch offen: Projekte melden (Syke, bis 15.02.2027); Flächen suchen. "
        "Bei einer ist die Frist verstrichen."
    )
    one = Meeting(date="2027-01-20", decisions=[Decision(text="A", until="2027-03-01")])
    assert points(with_alliance(base, meetings=[one]))["decisions"] == (
        "Eine Vereinbarung ist noch offen: A (bis 01.03.2027)."
    )
    assert "decisions" not in points(with_alliance(base, meetings=[later]))


def test_an_alliance_without_a_number_is_asked_for_one(base):
    state = dataclasses.replace(with_alliance(base, targets=[]), progress=[])
    build = base.printed.to_build[:, -1].sum(0)
    text = points(state)["no_targets"]
    assert all(WORDS.number(int(n), "int") in text for n in (*build, build.sum()))


def target(**changes):
    return Target(
        **({"name": "Z", "segment": "all", "dwellings": 100, "year": 2030, "who": ["Syke"]} | changes)
    )


@pytest.mark.parametrize(
    ("done", "under_way", "speaks"), [(0, 99, True), (30, 69, True), (30, 70, False), (100, 0, False)]
)
def test_a_target_for_which_projects_do_not_suffice_is_named(base, done, under_way, speaks):
    found = points(covered(base, progress=[Progress(target(), done, under_way, 100)]))
    assert ("behind" in found) is speaks
    if speaks:
        assert found["behind"].endswith(f"sind {done + under_way}, es fehlen 1.")


@pytest.mark.parametrize(
    ("need", "speaks"), [(100 + LEAST, True), (99 + LEAST, False), (50, False), (None, False)]
)
def test_a_target_noticeably_below_need_is_named(base, need, speaks):
    found = points(covered(base, progress=[Progress(target(), 100, 0, need)]))
    assert ("below_need" in found) is speaks


@pytest.mark.parametrize(("ags", "place"), [("03251401", "im Alten Amt Lemförde"), (None, "im Landkreis")])
def test_a_target_beyond_the_horizon_is_compared_with_the_need_up_to_the_horizon(base, ags, place):
    later = Progress(target(year=2045, ags=ags), 100, 0, 300)
    assert points(covered(base, progress=[later]))["below_need"] == (
        f"„Z“ nennt 100 Wohnungen bis 2045; rechnerisch zu bauen sind {place} schon bis 2040 noch 300. "
        "Weiter reicht die Rechnung nicht."
    )
    within = Progress(target(year=2040, ags=ags), 100, 0, 300)
    assert points(covered(base, progress=[within]))["below_need"].endswith(f"{place} bis dahin noch 300.")


def test_projects_after_the_horizon_are_not_said_to_be_missing_altogether(base):
    late = projects(("03251041", "Spät", "plan", 2045))
    found = points(covered(base, projects=late, coverage=cover(base, 100)))["no_projects"]
    assert (
        "kein Projekt gemeldet, das bis Ende 2040 fertig wird" in found and "noch nicht gemeldet" not in found
    )


def test_a_target_without_anyone_responsible_is_named(base):
    many = [Progress(target(name=n, who=w), 100, 0, None) for n, w in (("A", []), ("B", ["Syke"]), ("C", []))]
    assert points(covered(base, progress=many))["nobody"] == "Für „A“ und „C“ ist noch niemand benannt."


def test_units_without_a_project_are_named_if_their_need_is_noticeable(base):
    some = projects(("03251041", "Am Markt", "plan", 2030))
    counts, under_way, need = np.full((N, 2), 100), np.full((N, 2), 100), np.full((N, 2), 100)
    counts[[3, 4, 5]] = under_way[[3, 4, 5]] = 0
    need[5] = (LEAST - 1, 0)
    found = points(covered(base, projects=some, coverage=cover(base, need, 0, under_way, counts)))
    assert found["no_projects"] == (
        "In Sulingen und Syke ist kein Projekt gemeldet, das bis Ende 2040 fertig wird; "
        "offen sind dort bis dahin zusammen 400 Wohnungen."
    )
    counts[3] = under_way[3] = 100
    found = points(covered(base, projects=some, coverage=cover(base, need, 0, under_way, counts)))
    assert found["no_projects"].startswith(
        "In Syke ist kein Projekt gemeldet, das bis Ende 2040 fertig wird; offen sind dort bis dahin 200 W"
    )


def test_the_largest_gaps_are_named_the_others_counted(base):
    under_way = np.full((N, 2), 100)
    under_way[:5] = [[10, 10], [0, 0], [49, 50], [50, 50], [20, 10]]
    found = points(covered(base, coverage=cover(base, 100, 0, under_way, 1)))
    assert MOST_NAMED.value == 3 and LARGE_GAP.value == 0.5
    assert (
        "in 4 Planungseinheiten, am meisten fehlt in Diepholz (200), Bassum (180) und Syke (170)"
        in found["gaps"]
    )
    under_way[4] = 100
    text = points(covered(base, coverage=cover(base, 100, 0, under_way, 1)))["gaps"]
    assert "gedeckt in Diepholz (200), Bassum (180) und Stuhr (101); in Klammern" in text
    under_way[:3] = 60
    assert "gaps" not in points(covered(base, coverage=cover(base, 100, 0, under_way, 1)))


def test_too_much_of_one_type_beside_a_gap_in_the_other_is_named(base):
    under_way = np.full((N, 2), 100)
    under_way[4] = (100 + LEAST, 100 - LEAST)
    found = points(covered(base, coverage=cover(base, 100, 0, under_way, 1)))
    assert found["wrong_type"] == (
        f"In Syke gehen die Projekte, nach Stand gewichtet, in Häusern mit 1 oder 2 Wohnungen um {LEAST} Wohnungen über den Bedarf hinaus, "
        f"in Häusern ab 3 Wohnungen fehlen {LEAST}."
    )
    under_way[4] = (100 + LEAST, 101 - LEAST)
    assert "wrong_type" not in points(covered(base, coverage=cover(base, 100, 0, under_way, 1)))


@pytest.mark.parametrize(("projects_bring", "speaks"), [(0, True), (49, True), (50, False)])
def test_price_bound_and_step_free_dwellings_that_lack_are_named(base, projects_bring, speaks):
    def lacking(name, need, way):
        values = np.zeros(N, dtype=np.int64)
        values[[3, 8]] = need
        projects_of = np.zeros(N, dtype=np.int64)
        projects_of[3] = way
        return SegmentNeed(name, values, values // 2, values * 2, projects_of, (60, 150))

    found = {
        "price_bound": lacking("price_bound", 50, projects_bring),
        "step_free": lacking("step_free", 4, 0),
        "small": lacking("small", 90, 0),
    }
    text = points(covered(base, segments=found)).get("segments", "")
    assert bool(text) is speaks
    if speaks:
        left = f"Sulingen ({50 - projects_bring})"
        assert text.startswith(
            "Ende 2040 fehlen rechnerisch 100 bezahlbare Wohnungen (80-%-Bereich 60 bis 150)"
        )
        assert (
            f"Projekte bringen davon {projects_bring}. Am meisten fehlt im Alten Amt Lemförde (50) und in {left}."
            in text
        )
    assert "stufenlose" not in text, "fewer than are noticeable"
    found["step_free"] = lacking("step_free", 30, 0)
    assert "60 stufenlose Wohnungen" in points(covered(base, segments=found))["segments"]


def test_projects_whose_year_has_passed_are_named(base):
    table = projects(
        ("03251041", "Am Markt", "permit", 2026), ("03251041", "Fertig", "done", 2025), ("03251047", "Neu", "plan", 2027),
        ("03251047", "Alt", "idea", 2024),
    )  # fmt: skip
    assert points(covered(base, projects=table))["stalled"] == (
        "Das Jahr der Fertigstellung ist vorbei, fertig ist noch nicht: Alt in Weyhe (2024, Stand: Idee); "
        "Am Markt in Syke (2026, Stand: Genehmigung)."
    )


def test_a_surplus_beside_a_neighbours_need_is_named_once_per_unit_and_type(base):
    many = [Beside(14, g, 0, 52, 300 - g) for g in (10, 3, 4, 5)]
    text = points(covered(base, meetings=many))["spare"]
    assert text.startswith(
        "In Siedenburg werden bis Ende 2040 rechnerisch 52 Wohnungen in Häusern mit 1 oder 2 Wohnungen wieder überzählig"
    )
    assert f"neu gebraucht werden ({int(base.printed.newbuild[14, -1, 0])}). Nebenan" in text
    assert "Bruchhausen-Vilsen (290), Sulingen (297) und Syke (296). " in text
    assert "Twistringen" not in text


def test_missing_completions_are_asked_for(base):
    text = points(covered(base, completions_known=False))["figures"]
    assert all(str(y) in text for y in base.need.unknown_years)
    known = dataclasses.replace(base, need=dataclasses.replace(base.need, unknown_years=()))
    assert (
        "nach dem Bestand verteilt" in points(covered(base, completions_known=False, result=known))["figures"]
    )


def test_every_rule_has_a_case_here_a_title_and_words_in_the_guide():
    import inspect
    import sys

    text = inspect.getsource(sys.modules[__name__])
    from wohnlib import paths

    guide = (paths.home() / "docs" / "buendnis.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert f'"{rule}"' in text
        assert WORDS(f"agenda.{rule}_title") in guide
    assert module.agenda.__doc__
