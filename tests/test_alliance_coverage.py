"""Coverage of need by projects and targets against progress: every dwelling counts once, sums recomputed."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from wohnlib.alliance.coverage import EXTRA, coverage
from wohnlib.alliance.forms import Alliance, Target
from wohnlib.alliance.segment_need import segment_needs
from wohnlib.alliance.settings import STATUS, WEIGHTS
from wohnlib.alliance.targets import progress
from wohnlib.segments import parts_of

SYKE, WEYHE = "03251041", "03251047"
COLUMNS = [
    "ags",
    "project",
    "owner",
    "status",
    "year",
    "ezfh",
    "mfh",
    "small",
    "price_bound",
    "step_free",
    "note",
]


@pytest.fixture(scope="module")
def base(assessments):
    return assessments["base"]


def projects(*rows):
    """Return a table from (ags, status, year, ezfh, mfh, small, price_bound, step_free)."""
    full = [(a, f"P{k}", "Stadt", s, y, e, m, *more, "") for k, (a, s, y, e, m, *more) in enumerate(rows)]
    table = pd.DataFrame([(*r[:7], *(r[7:-1] or (np.nan,) * 3), "") for r in full], columns=COLUMNS)
    return table.astype({"year": float, "ezfh": float, "mfh": float})


def test_without_projects_everything_open_is_a_gap(base):
    found = coverage(base, projects(), WEIGHTS)
    assert np.array_equal(found.need, base.printed.newbuild[:, -1])
    assert np.array_equal(found.gap, base.printed.to_build[:, -1])
    assert not found.under_way.any() and not found.beyond.any()
    assert found.share() == 0.0


def test_need_splits_into_built_under_way_and_gap_less_what_goes_beyond(base):
    table = projects(
        (SYKE, "plan", 2030, 2000, 10), (WEYHE, "building", 2028, 20, 55), (WEYHE, "idea", 2035, 0, 100)
    )
    found = coverage(base, table, WEIGHTS)
    assert np.array_equal(found.need, found.built + found.under_way + found.gap - found.beyond)
    assert (found.gap >= 0).all() and (found.beyond >= 0).all()
    assert not (found.gap * found.beyond).any()


def test_each_status_counts_with_its_weight(base):
    g = base.inputs.areas[WEYHE]
    for status in STATUS:
        found = coverage(base, projects((WEYHE, status, 2030, 0, 100)), WEIGHTS)
        assert found.under_way[g].tolist() == [0, round(100 * WEIGHTS[status].value)]
        assert found.dwellings[g, 1, STATUS.index(status)] == 100
        assert found.dwellings.sum() == 100


def test_finished_dwellings_of_years_that_the_run_knows_do_not_count_twice(base):
    known, unknown = base.need.known_years[0], base.need.unknown_years[-1]
    g = base.inputs.areas[SYKE]
    assert coverage(base, projects((SYKE, "done", known, 40, 0)), WEIGHTS).under_way[g, 0] == 0
    assert coverage(base, projects((SYKE, "done", unknown, 40, 0)), WEIGHTS).under_way[g, 0] == 40
    assert coverage(base, projects((SYKE, "done", 2019, 40, 0)), WEIGHTS).under_way[g, 0] == 0


def test_finished_dwellings_of_years_that_a_unit_has_counted_itself_do_not_count_twice(base):
    areas, year = base.inputs.areas, base.need.unknown_years[-1]
    own = tuple((year,) if key == SYKE else () for key in areas.keys)
    again = dataclasses.replace(base, need=dataclasses.replace(base.need, own_years=own))
    for key, counted in ((SYKE, 0), (WEYHE, 40)):
        assert (
            coverage(again, projects((key, "done", year, 40, 0)), WEIGHTS).under_way[areas[key], 0] == counted
        )


def test_permitted_dwellings_that_the_run_has_deducted_do_not_count_twice(base):
    g = base.inputs.areas[SYKE]
    permitted = np.zeros_like(base.need.permitted)
    permitted[g, 1] = 50
    again = dataclasses.replace(base, need=dataclasses.replace(base.need, permitted=permitted))
    weights = {**WEIGHTS, "permit": base.scenario.building.permits_weight}
    share = base.scenario.building.permits_weight.value
    for status, number, left in (
        ("permit", 40, 0),
        ("permit", 70, 20 * share),
        ("building", 70, 70 - 50 * share),
        ("plan", 70, 35),
    ):
        found = coverage(again, projects((SYKE, status, 2029, 0, number)), weights)
        assert found.under_way[g, 1] == round(left), status
    assert found.built[g, 1] == min(found.need[g, 1], again.printed.completed[g, 1])


def test_projects_after_the_horizon_do_not_count(base):
    found = coverage(base, projects((SYKE, "plan", base.time.horizon_year + 1, 40, 0)), WEIGHTS)
    assert not found.dwellings.any() and not found.under_way.any()


def test_small_price_bound_and_step_free_dwellings_are_parts_never_added(base):
    table = projects((SYKE, "plan", 2030, 10, 30, 12, 20, 30), (SYKE, "idea", 2031, 5, 0))
    found = coverage(base, table, WEIGHTS)
    g = base.inputs.areas[SYKE]
    assert found.extra[g].sum(-1).tolist() == [12, 20, 30]
    assert found.dwellings[g].sum() == 45


def test_the_share_covered_counts_each_type_up_to_its_need(base):
    g = base.inputs.areas[SYKE]
    open_need = coverage(base, projects(), WEIGHTS).open[g]
    table = projects((SYKE, "building", 2030, int(open_need[0]) + 500, 0))
    found = coverage(base, table, WEIGHTS)
    assert found.share(g) == pytest.approx(open_need[0] / open_need.sum())
    assert 0 < found.share() < found.share(g)


# -- targets -----------------------------------------------------------------------------------------------


def alliance(*targets):
    return Alliance(name="B", date="2027-01-01", targets=[Target(name="Z", **t) for t in targets])


@pytest.mark.parametrize(
    ("number", "state", "missing"),
    [(40, "reached", 0), (41, "on_course", 0), (65, "on_course", 0), (66, "behind", 1)],
)
def test_a_target_is_reached_on_course_or_behind(base, number, state, missing):
    table = projects(
        (SYKE, "done", 2026, 10, 30), (WEYHE, "plan", 2028, 0, 50), (WEYHE, "plan", 2033, 0, 900)
    )
    (found,) = progress(base, alliance({"segment": "all", "dwellings": number, "year": 2030}), table, WEIGHTS)
    assert (found.done, found.under_way) == (40, 25)
    assert (found.state, found.missing) == (state, missing)


def test_a_target_of_one_unit_and_segment_counts_only_its_projects(base):
    table = projects((SYKE, "building", 2028, 10, 30, 5, 8, 9), (WEYHE, "building", 2028, 3, 50, 7, 0, 1))
    for segment, ags, expected in (
        ("all", None, 93), ("all", "03251", 93), ("mfh", SYKE, 30), ("ezfh", WEYHE, 3), ("small", None, 12),
        ("price_bound", WEYHE, 0), ("step_free", SYKE, 9),
    ):  # fmt: skip
        (found,) = progress(
            base, alliance({"segment": segment, "dwellings": 1, "year": 2030, "ags": ags}), table, WEIGHTS
        )
        assert found.expected == expected, segment


def test_the_need_beside_a_target_is_what_is_to_be_built_there_by_its_year(base):
    targets = [
        {"segment": "all", "dwellings": 1, "year": 2030}, {"segment": "mfh", "dwellings": 1, "year": 2035, "ags": SYKE},
        {"segment": "ezfh", "dwellings": 1, "year": 2090}, {"segment": "small", "dwellings": 1, "year": 2030},
        {"segment": "all", "dwellings": 1, "year": 2020},
    ]  # fmt: skip
    found = [p.need for p in progress(base, alliance(*targets), projects(), WEIGHTS)]
    build, at = base.printed.to_build, base.time.position
    g = base.inputs.areas[SYKE]
    assert found == [
        build[:, at(2030)].sum(), build[g, at(2035), 1], build[:, -1, 0].sum(), None, None,
    ]  # fmt: skip


def test_beside_a_target_for_small_price_bound_or_step_free_ones_stands_what_lacks_then(base):
    """Recomputed from the gaps by year; at the horizon it is the number of the segment tables."""
    targets = [
        {"segment": s, "dwellings": 1, "year": y, "ags": a}
        for s in EXTRA for y, a in ((2030, None), (2035, SYKE), (2040, "03251"), (2090, None))
    ]  # fmt: skip
    found = progress(base, alliance(*targets), projects(), WEIGHTS)
    assert all(p.need is None for p in found)  # so that no target is said to be below need
    needs = segment_needs(base, coverage(base, projects(), WEIGHTS))
    parts, g, at = parts_of(base), base.inputs.areas[SYKE], base.time.position
    alone = base.printed.alone[:, :, 0].astype(float)
    gaps = {
        "small": np.maximum(alone - alone[:, :1], 0),
        "price_bound": parts.affordable.gap,
        "step_free": parts.step_free.gap,
    }
    for k, name in enumerate(EXTRA):
        whole = np.floor(gaps[name] + 0.5).astype(int)
        total = int(needs[name].need.sum())
        assert [p.gap for p in found[4 * k : 4 * k + 4]] == [
            whole[:, at(2030)].sum(), whole[g, at(2035)], total, total,
        ]  # fmt: skip
        assert total > 0, name
    (old, kind) = progress(
        base, alliance({"segment": "small", "dwellings": 1, "year": 2020}, {"segment": "all", "dwellings": 1, "year": 2030}),
        projects(), WEIGHTS,
    )  # fmt: skip
    assert (old.gap, kind.gap) == (None, None)
