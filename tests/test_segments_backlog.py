"""Backlog from local figures enters need once per household; invented figures and none leave it as it is."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from wohnlib.assess import Assessment, assess
from wohnlib.explain import explain_need
from wohnlib.local import Local
from wohnlib.model import segments as segment_model
from wohnlib.model.need import LINES
from wohnlib.report import charts
from wohnlib.report.bedarf import bedarf_of
from wohnlib.segments import parts_of
from wohnlib.steps.backlog import backlog_of

UNIT, OTHER, REGION = "03251012", "03251407", "03251"
BACKLOG = LINES.index("backlog")
COUNTS = {"homeless": 6.0, "sheltered": 25.0, "overcrowded": 60.0}
OVERLAP = {"kind_a": "sheltered", "kind_b": "overcrowded", "share": 0.4}
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="10pt" viewBox="0 0 10 10"></svg>'


@pytest.fixture(autouse=True)
def no_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("bars", "grouped_bars", "waterfall"):
        monkeypatch.setattr(charts, name, lambda *_, **__: DOT)


def brought(counts: dict[str, float], *overlap: dict[str, object], example: bool = False) -> Local:
    tables = {
        "backlog": [{"ags": UNIT, "kind": k, "households": n} for k, n in counts.items()],
        "backlog_overlap": [{"ags": UNIT, **row} for row in overlap],
    }
    return Local({
        kind: pd.DataFrame(rows).assign(_example=example, _file=f"{kind}.csv") for kind, rows in tables.items() if rows
    })  # fmt: skip


def run(base: Assessment, local: Local, **dwellings: float) -> Assessment:
    assumed = base.scenario.dwellings
    changed = {k: getattr(assumed, k).model_copy(update={"value": v}) for k, v in dwellings.items()}
    scenario = base.scenario.model_copy(update={"dwellings": assumed.model_copy(update=changed)})
    return assess(replace(base.inputs, local=local), scenario)


@pytest.fixture(scope="module")
def base(assessments) -> Assessment:
    return run(assessments["base"], Local())


@pytest.fixture(scope="module")
def filled(base) -> Assessment:
    return run(base, brought(COUNTS, OVERLAP))


def text_of(source: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", source))


def test_examples_never_enter_need(base):
    shown = run(base, brought(COUNTS, OVERLAP, example=True))
    for name in ("lines", "required", "backlog"):
        assert getattr(shown.need, name).tobytes() == getattr(base.need, name).tobytes(), name
    assert not base.need.lines[..., BACKLOG].any()


def test_a_household_in_two_groups_is_needed_once(base, filled):
    """6 + 25 + 60 less 0.4 · 25 = 81 households, 60 % of them in larger buildings, cleared within ten years."""
    place = base.inputs.areas[UNIT]
    line = filled.need.lines[0, :, :, :, BACKLOG]
    assert not np.delete(line, place, axis=0).any()
    assert line[place, -1] == pytest.approx([81 * 0.4, 81 * 0.6])
    first = base.time.first_interval
    assert line[place, [0, 1]].sum(-1) == pytest.approx([0, 81 * first / 10])


def test_need_rises_by_the_backlog_and_its_reserve_in_every_draw(base, filled):
    place, reserve = base.inputs.areas[UNIT], base.scenario.dwellings.reserve
    more = np.array([81 * 0.4 / (1 - reserve.ezfh.value), 81 * 0.6 / (1 - reserve.mfh.value)])
    change = filled.need.signed[0, :, -1] - base.need.signed[0, :, -1]
    assert change[place] == pytest.approx(more)
    assert np.delete(change, place, axis=0) == pytest.approx(0)
    drawn = filled.draws.signed[:, place, -1] - base.draws.signed[:, place, -1]
    assert drawn == pytest.approx(np.broadcast_to(more, drawn.shape))
    assert change.sum() == pytest.approx(more.sum())  # the Kreis is the sum of its units


def test_segments_hold_the_backlog_and_still_sum(filled):
    found, place = parts_of(filled).segments, filled.inputs.areas[UNIT]
    assert segment_model.to_types(found.lines, axis=-2) == pytest.approx(filled.need.lines, abs=1e-6)
    assert (segment_model.to_types(found.printed_lines, axis=-2) == filled.printed.lines).all()
    rented = found.lines[0, place, -1, [1, 3], BACKLOG].sum()
    assert rented == pytest.approx(81 * filled.scenario.segments.backlog_rent_share.value)


def test_a_local_count_takes_the_place_of_the_scenarios_share(base):
    place = base.inputs.areas[UNIT]
    households = base.households.total[0, :, 0]
    changed = run(base, brought({"concealed": 40.0}), backlog_share=0.005)
    at_end = changed.need.lines[0, :, -1, :, BACKLOG].sum(-1)
    assert at_end[place] == pytest.approx(40)
    assert np.delete(at_end, place) == pytest.approx(0.005 * np.delete(households, place))


def test_of_the_overcrowded_only_those_who_need_one_more_dwelling_enter():
    # 6 + 25 + 60 − 10 = 81 households; of the 50 overcrowded who are in no other group half leave a dwelling
    found = backlog_of(brought(COUNTS, OVERLAP), UNIT, 0.5)
    assert found is not None and found.households == 81
    assert found.dwellings == pytest.approx(6 + 25 + 0.5 * 50)
    assert found.bounds == (60, 91)


def test_without_a_word_on_overlap_no_household_can_count_twice():
    found = backlog_of(brought(COUNTS), UNIT, 1.0)
    assert found is not None and not found.stated
    assert (found.households, found.dwellings) == (60, 60)
    none = backlog_of(brought(COUNTS, {**OVERLAP, "share": 0.0}), UNIT, 1.0)
    assert none is not None and none.households == 91
    assert backlog_of(brought(COUNTS), OTHER, 1.0) is None


def test_the_report_says_what_was_brought_deducted_and_entered(filled, base):
    report = bedarf_of(filled, (), UNIT, "de")
    for section in (report.need(), report.overlap()):
        text = text_of(section.html)
        assert "91 Haushalte; 10 davon abgezogen" in text and "Es bleiben 81 Haushalte" in text
        assert "stecken davon 81 Wohnungen (Posten „Nachholbedarf“" in text
    assert "Nur der Nachholbedarf kommt zum Bedarf" in text_of(report.overlap().html)
    region = text_of(bedarf_of(filled, (), REGION, "de").need().html)
    assert "81 Wohnungen" in region and "aus 1 von 15 Planungseinheiten" in region
    bare = bedarf_of(base, (), UNIT, "de")
    assert "Posten „Nachholbedarf“" not in text_of(bare.need().html)
    assert "zeigt der Zensus nicht" in text_of(bare.overlap().html)


def test_without_overlap_the_report_prints_both_bounds(base):
    text = text_of(bedarf_of(run(base, brought(COUNTS)), (), UNIT, "de").overlap().html)
    assert "mindestens 60 Haushalte, wenn sich die Gruppen ganz überschneiden, höchstens 91" in text


def test_the_calculation_line_by_line_shows_the_local_count(filled):
    text = explain_need(filled, UNIT)
    row = next(x for x in text.splitlines() if "N: Nachholbedarf insgesamt" in x)
    assert "81,000000" in row and "örtliche Zahl 91,0 − doppelt 10,0 − Umzug im Bestand 0,0" in row
