"""Units side by side: sums, types of market, likeness, borders and keys, all recomputed independently."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from wohnlib import regions
from wohnlib.alliance.markets import markets
from wohnlib.alliance.settings import CENTRAL_PLACES, CENTRAL_WEIGHT, KEYS, MARKET_CHANGE
from wohnlib.regions import (
    distribute,
    features,
    market_type,
    neighbours,
    overlap,
    part_of,
    parts_of,
    peers,
    surplus_meets_need,
)  # fmt: skip

T = MARKET_CHANGE.value
NORTH = ("03251037", "03251047")


@pytest.fixture(scope="module")
def base(assessments):
    return assessments["base"]


# -- sub-regions -------------------------------------------------------------------------------------------


def test_groups_that_do_not_overlap_sum_to_the_landkreis(base):
    parts = parts_of(base, {"Nord": NORTH, "Süd": ("03251012", "03251401")}, "übrige")
    assert [p.name for p in parts] == ["Nord", "Süd", "übrige"]
    assert sorted(g for p in parts for g in p.units) == list(range(15))
    printed = base.printed
    assert np.array_equal(sum(p.to_build for p in parts), printed.to_build[:, -1].sum(0))
    assert np.array_equal(sum(p.surplus for p in parts), printed.surplus[:, -1].sum(0))
    for at in (0, 1):
        assert sum(p.people[at] for p in parts) == printed.pop[:, -at].sum()
        assert sum(p.households[at] for p in parts) == printed.households[:, -at].sum()


def test_a_group_of_all_units_leaves_no_rest(base):
    (part,) = parts_of(base, {"alle": base.inputs.areas.keys}, "übrige")
    drawn = np.maximum(base.draws.newbuild - base.deducted[:, None, :], 0)[:, :, -1].sum((1, 2))
    assert part.interval == outwards(np.quantile(drawn, [0.1, 0.9]), part.to_build.sum())
    assert parts_of(base, {}, "übrige") == []


def test_the_interval_of_a_sum_is_that_of_the_summed_draws(base):
    at = [base.inputs.areas[k] for k in NORTH]
    drawn = np.maximum(base.draws.newbuild[:, at, -1] - base.deducted[at], 0)
    summed = tuple(np.quantile(drawn.sum((1, 2)), [0.1, 0.9]))
    added = np.quantile(drawn.sum(2), [0.1, 0.9], axis=0).sum(1)
    part = part_of(base, "Nord", at)
    assert part.interval == outwards(summed, part.to_build.sum())
    assert summed[0] > added[0] and summed[1] < added[1], "ends of intervals do not add up"


@pytest.mark.parametrize("scenario", ["base", "lower", "upper"])
def test_every_sub_region_is_recomputed_from_signed_need_draw_by_draw(assessments, scenario):
    """Independent of the code: need, surplus, sums and quantiles from the signed need of each draw."""
    result = assessments[scenario]
    areas = result.inputs.areas
    groups = {"Nord": NORTH, "Süden": ("03251012", "03251401", "03251405"), "eine": ("03251407",)}
    for part in parts_of(result, groups, "übrige"):
        units = [areas[k] for k in groups.get(part.name, ())] or list(part.units)
        build = surplus = 0.0
        for g in units:
            for b in (0, 1):
                signed = result.draws.signed[:, g, :, b]
                peak = np.maximum(signed.max(axis=1), 0)
                build = build + np.maximum(peak - result.deducted[g, b], 0)
                surplus = surplus + peak - signed[:, -1]
        whole = sum(int(result.printed.to_build[g, -1, b]) for g in units for b in (0, 1))
        assert part.to_build.sum() == whole
        assert part.interval == outwards(np.quantile(build, [0.1, 0.9]), whole)
        spare = sum(int(result.printed.surplus[g, -1, b]) for g in units for b in (0, 1))
        assert part.surplus_spread.interval() == outwards(np.quantile(surplus, [0.1, 0.9]), spare)


def outwards(bounds, shown):
    """Bounds as they are printed: to the next 10, 50 or 100 away from each other, around the printed number."""
    low, high = (round(float(v), 6) for v in (min(bounds[0], shown), max(bounds[1], shown)))

    def step(value):
        return 10 if abs(value) < 1000 else 50 if abs(value) < 10_000 else 100

    if low == high:
        return round(low), round(high)
    return int(low // step(low)) * step(low), int(-(-high // step(high))) * step(high)


def test_units_in_two_groups_are_named():
    assert overlap({"a": ("1", "2"), "b": ("2", "3"), "c": ("2", "1")}) == ["1", "2"]
    assert overlap({"a": ("1",), "b": ("2",)}) == []


# -- types of market ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course", "kind"),
    [
        ([20000, 20300], "growing"),
        ([20000, 20299], "stable"),
        ([100, 100 * (1 + T)], "growing"),
        ([100, 100 * (1 + T) - 0.01], "stable"),
        ([100, 100, 100], "stable"),
        ([100, 100 * (1 - T)], "shrinking"),
        ([100, 100 * (1 - T) + 0.01], "stable"),
        ([100, 110, 105], "trend_change"),
        ([100, 110, 90], "trend_change"),
        ([100, 110, 109.5], "growing"),
        ([100, 101, 97], "shrinking"),
        ([100, 90, 110], "growing"),
        ([100, 101.5, 100.9], "stable"),
    ],
)
def test_a_course_of_households_has_one_type_of_market(course, kind):
    assert market_type(course) == kind


def test_every_unit_has_a_type_that_its_households_bear_out(base):
    households = base.printed.households.sum(-1).astype(float)
    found = [m.kind for m in markets(base)]
    assert len(found) == 15
    for row, kind in zip(households, found, strict=True):
        change, risen, fallen = (
            row[-1] / row[0] - 1,
            row.max() / row[0] - 1 >= T,
            1 - row[-1] / row.max() >= T,
        )
        truths = {
            "trend_change": risen and fallen, "growing": change >= T, "shrinking": change <= -T,
            "stable": abs(change) < T,
        }  # fmt: skip
        assert truths[kind]
        assert kind == "trend_change" or not (risen and fallen)


# -- the most alike ----------------------------------------------------------------------------------------


def test_the_most_alike_are_the_nearest_on_one_scale(base):
    values = features(base)
    scaled = (values - values.mean(0)) / values.std(0)
    for g, found in enumerate(peers(base)):
        away = [(float(np.linalg.norm(scaled[g] - scaled[k])), k) for k in range(15) if k != g]
        assert found == [k for _, k in sorted(away)[:3]]


def test_a_feature_that_all_share_does_not_matter(base, monkeypatch):
    values = features(base)
    before = peers(base)
    monkeypatch.setattr(regions, "features", lambda _: np.column_stack([values, np.full(15, 7.0)]))
    assert peers(base) == before


# -- neighbours --------------------------------------------------------------------------------------------


def test_neighbours_share_a_border_both_ways(base):
    areas = base.inputs.areas
    found = neighbours(areas.keys)
    names = {areas.short_name(k): {areas.short_name(n) for n in many} for k, many in found.items()}
    assert names["Weyhe"] == {"Stuhr", "Syke"}
    assert names["Diepholz"] == {"Altes Amt Lemförde", "Barnstorf", "Rehden"}
    assert all(k in found[n] for k, many in found.items() for n in many)
    assert all(k not in many and many for k, many in found.items())


def test_a_surplus_meets_need_only_next_door_in_the_same_type_and_noticeably(base):
    beside = neighbours(base.inputs.areas.keys)
    keys, printed = base.inputs.areas.keys, base.printed
    found = surplus_meets_need(base, least=1)
    signed, build = printed.signed[:, -1], printed.to_build[:, -1]
    expected = {
        (g, k, b)
        for g in range(15) for k in range(15) for b in (0, 1)
        if keys[k] in beside[keys[g]] and signed[g, b] <= -1 and build[k, b] >= 1 and signed[k, b] > 0
    }  # fmt: skip
    assert {(m.spare, m.wanting, m.type) for m in found} == expected
    assert expected
    for m in found:
        assert m.surplus == printed.surplus[m.spare, -1, m.type] > printed.newbuild[m.spare, -1, m.type]
        assert m.need == build[m.wanting, m.type]
    assert surplus_meets_need(base, least=100_000) == []


# -- sharing out -------------------------------------------------------------------------------------------


def potentials(**dwellings):
    rows = [(k, f"F{n}", n) for k, n in dwellings.items()]
    return pd.DataFrame(rows, columns=["ags", "name", "dwellings"])


def test_the_sum_of_each_type_is_kept(base):
    for table in (None, potentials(**{"03251041": 100, "03251407": 50})):
        found = distribute(base, KEYS, table)
        assert np.array_equal(found.agreed.sum(0), base.printed.to_build[:, -1].sum(0))
        assert (found.agreed >= 0).all()
        assert sum(found.weights.values()) == pytest.approx(1)


def test_own_need_alone_leaves_everything_as_it_is(base):
    only = {k: a.model_copy(update={"value": 1.0 if k == "own_need" else 0.0}) for k, a in KEYS.items()}
    found = distribute(base, only)
    assert np.array_equal(found.agreed, found.own)
    assert (found.unused, list(found.weights)) == ((), ["own_need"])


def test_a_key_without_figures_gives_its_weight_to_the_others(base):
    found = distribute(base, KEYS, None)
    assert found.unused == ("capacity",)
    assert found.weights == pytest.approx({"own_need": 0.75, "central_places": 0.25})


def test_the_share_of_a_unit_is_the_weighted_mean_of_its_keys(base):
    table = potentials(**{"03251041": 30, "03251047": 70})
    found = distribute(base, KEYS, table)
    own, areas = base.printed.to_build[:, -1], base.inputs.areas
    households = base.printed.households[:, 0].sum(1).astype(float)
    factor = [CENTRAL_WEIGHT.value if k in CENTRAL_PLACES["03251"].value else 1.0 for k in areas.keys]
    central = households * factor / (households * factor).sum()
    capacity = np.array([{"03251041": 0.3, "03251047": 0.7}.get(k, 0.0) for k in areas.keys])
    for b in (0, 1):
        total = own[:, b].sum()
        exact = 0.6 * own[:, b] + total * (0.2 * central + 0.2 * capacity)
        assert np.abs(found.agreed[:, b] - exact).max() < 1


def test_where_nothing_is_to_be_built_nothing_is_shared_out(base):
    printed = dataclasses.replace(base.printed, completed=base.printed.completed + 100_000)
    empty = dataclasses.replace(base)
    vars(empty)["printed"] = printed
    found = distribute(empty, KEYS)
    assert not found.own.any() and not found.agreed.any()
