"""Segments of the workbook's Kreis: they sum to need, draws agree with the run, local figures change the result."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from wohnlib import inputs_segments
from wohnlib.assess import Assessment
from wohnlib.local import Local
from wohnlib.model import need as need_model
from wohnlib.model import segments as model
from wohnlib.segments import Parts, largest_gaps, parts_of
from wohnlib.session import open_assessment
from wohnlib.steps.affordable import affordable
from wohnlib.steps.older import step_free

UNIT = "03251407"


@cache
def result() -> Assessment:
    return open_assessment(horizon_year=2040)


def parts() -> Parts:
    return parts_of(result())


def local(**tables: pd.DataFrame) -> Parts:
    """Return the parts of the same run with local tables (not marked as examples)."""
    found = {k: t.assign(_example=False, _file=f"{k}.csv") for k, t in tables.items()}
    inputs = replace(result().inputs, local=Local(found))
    return Parts(replace(result(), inputs=inputs))


def position() -> int:
    return result().inputs.areas[UNIT]


def test_lines_of_segments_sum_to_the_lines_of_types():
    assert model.to_types(parts().segments.lines, axis=-2) == pytest.approx(result().need.lines, abs=1e-6)


def test_printed_segments_sum_to_the_printed_need():
    printed = parts().segments.printed_lines
    assert (model.to_types(printed, axis=-2) == result().printed.lines).all()


def test_demand_at_the_base_date_is_what_is_occupied():
    found = parts().segments
    demand = model.segment_demand(result().households.people, found.weights)[0, :, 0]
    occupied = found.stock.total - found.stock.vacant - found.stock.holiday - found.stock.incomings
    assert demand == pytest.approx(occupied)
    plain = model.segment_demand(result().households.people, found.plain)[0, :, 0]
    assert plain == pytest.approx(occupied)
    assert found.lines[0, :, 0, :, 0] == pytest.approx(np.zeros_like(occupied), abs=1e-6)


def test_rented_dwellings_are_those_of_the_census():
    found = parts()
    occupied = found.segments.stock.total - found.segments.stock.vacant - found.segments.stock.holiday
    assert occupied[:, 1::2].sum() == pytest.approx(found.figures.kreis_rented, rel=1e-6)


def test_no_variant_adds_need_at_the_base_date_or_changes_the_households():
    variants = parts().segments.variants
    base = variants["size"][:, 0]
    for name, signed in variants.items():
        assert signed[:, 0] == pytest.approx(base, abs=1e-6), name
    reserve = result().scenario.dwellings.reserve
    keeps = 1 - np.array([reserve.ezfh.value, reserve.mfh.value])
    demand = {n: (s * keeps).sum(-1) for n, s in variants.items()}
    assert demand["stay"] == pytest.approx(demand["size"], abs=1e-6)
    assert demand["newbuild"] == pytest.approx(demand["size"], abs=1e-6)


def test_older_people_who_stay_keep_houses_occupied():
    variants = parts().segments.variants
    assert variants["stay"][:, -1, 0].sum() > variants["size"][:, -1, 0].sum()


def test_draws_agree_with_the_run_and_sum_to_the_types():
    found = parts().segments
    assert found.drawn.mean(0) == pytest.approx(found.signed[0], abs=1e-6)
    assert model.to_types(found.drawn) == pytest.approx(result().draws.signed, abs=1e-6)
    assert len(found.drawn) == result().draws.count


def test_new_build_need_is_never_negative_and_never_netted():
    found = parts().segments
    signed = found.printed_lines.sum(-1)
    assert (found.newbuild >= need_model.newbuild_need(signed)).all()
    assert found.newbuild.min() >= 0
    assert found.surplus.min() >= 0
    assert (found.newbuild - found.surplus == signed).all()
    assert (np.diff(found.newbuild, axis=1) >= 0).all()


def test_the_interval_of_the_kreis_comes_from_sums_of_draws():
    found = parts().segments
    low, high = found.interval(None)
    units = [found.interval(g) for g in range(len(result().inputs.areas))]
    assert (low >= sum(u[0] for u in units) - 1e-6).all()
    assert (high <= sum(u[1] for u in units) + 1e-6).all()


def test_what_is_left_to_build_by_segment_sums_to_the_headline():
    found = parts()
    assert (model.to_types(found.to_build) == result().printed.to_build[:, -1]).all()
    assert found.to_build.min() >= 0
    need = found.segments.newbuild[:, -1]
    assert (found.to_build[need == 0] <= 0).all()


def test_the_largest_gaps_come_from_the_cells():
    gaps, over = largest_gaps(result(), position())
    cells = dict(zip(model.SEGMENTS, parts().to_build[position()].tolist(), strict=True))
    assert [g.dwellings for g in gaps] == sorted((n for n in cells.values() if n), reverse=True)[:3]
    assert all(cells[g.segment] == g.dwellings for g in gaps)
    assert over is None or over.dwellings == parts().surplus[position()].max()


def test_losses_by_year_built_sum_to_the_replacement():
    assert parts().losses_by_age is not None
    total = result().need.lines[0, :, -1, :, need_model.LINES.index("replacement")].sum(-1)
    assert parts().losses_by_age.sum(1) == pytest.approx(total)


def test_vacancy_by_duration_keeps_the_kreis():
    months = parts().vacant_months
    assert months is not None
    assert months.sum(0) == pytest.approx(parts().figures.vacant_months)


def test_houses_come_free_for_three_reasons_and_draws_lie_around_them():
    found = parts().houses
    mean = found.drawn.mean(0)
    assert found.per_year.min() > 0
    assert mean == pytest.approx(found.per_year.sum(1), rel=0.1)
    held = found.held.sum()
    assert 0.05 < found.per_year.sum() / held < 0.15  # one house in ten a year


def test_local_dwellings_without_steps_take_the_place_of_the_national_share():
    suitable = np.full(len(result().inputs.areas), np.nan)
    suitable[position()] = 500.0
    before, after = (step_free(result(), parts().figures, s) for s in (None, suitable))
    assert before is not None
    assert after is not None
    expected = max(
        0.0, before.impaired[position(), -1] - 500 * result().scenario.older.step_free_reached.value
    )
    assert after.gap[position(), -1] == pytest.approx(expected)
    others = np.arange(len(suitable)) != position()
    assert after.gap[others] == pytest.approx(before.gap[others])


def test_bindings_that_end_widen_the_gap():
    figures = parts().figures
    ends: list[dict[int, int] | None] = [None] * len(result().inputs.areas)
    ends[position()] = {2030: 1000}
    kept: list[dict[int, int] | None] = [*ends]
    kept[position()] = {2050: 1000}
    gone, there = affordable(result(), figures, ends), affordable(result(), figures, kept)
    assert gone is not None
    assert there is not None
    assert gone.bound[position(), [0, -1]].tolist() == [1000, 0]
    assert there.bound[position(), [0, -1]].tolist() == [1000, 1000]
    assert (gone.gap >= there.gap).all()


def test_price_bound_dwellings_of_a_units_own_list_are_not_spread_again():
    ends: list[dict[int, int] | None] = [None] * len(result().inputs.areas)
    ends[position()] = {2050: 40}
    stock = result().scenario.affordable.bound_stock.value
    found, bare = (affordable(result(), parts().figures, e) for e in (ends, ()))
    assert found is not None and bare is not None
    assert bare.bound[:, 0].sum() == pytest.approx(stock) == pytest.approx(found.bound[:, 0].sum())
    assert found.bound[position(), 0] == 40
    others = np.delete(found.bound[:, 0] / bare.bound[:, 0], position())
    assert others == pytest.approx(np.full(len(others), others[0]))
    full: list[dict[int, int] | None] = [{2050: 10}] * len(ends)
    everywhere = affordable(result(), parts().figures, full)
    assert everywhere is not None and everywhere.bound[:, 0].sum() == 10 * len(ends)


def test_recipients_and_occupied_dwellings_of_the_unit_count_before_estimates():
    found = local(
        step_free=pd.DataFrame([{"ags": UNIT, "kind": "step_free", "dwellings": 40.0, "occupied_share": 0.5},
                                {"ags": UNIT, "kind": "wheelchair", "dwellings": 10.0, "occupied_share": 1.0}]),
        benefits=pd.DataFrame([{"ags": UNIT, "kind": "sgb2", "households": 200.0}]),
    )  # fmt: skip
    g, before = position(), parts()
    assert found.step_free is not None
    assert found.affordable is not None
    assert before.affordable is not None
    assert found.step_free.reached[g] == pytest.approx(30)
    assert found.affordable.recipients[g, 0] == pytest.approx(180)  # 90 % of them rent
    assert found.affordable.recipients[g, 1:] == pytest.approx(before.affordable.recipients[g, 1:])


def test_regions_without_figures_get_none():
    figures = replace(parts().figures, in_communities=None, with_seniors=None, built=None)
    assert affordable(result(), figures) is None
    assert step_free(result(), figures) is None


def test_local_tables_are_read_by_unit():
    key = {"ags": UNIT}
    found = local(
        price_bound=pd.DataFrame([{**key, "end_year": 2030.0, "dwellings": 12.0, "programme": ""},
                                  {**key, "end_year": 2045.0, "dwellings": 8.0, "programme": "A"}]),
        potentials=pd.DataFrame([
            {**key, "name": "a", "kind": "vacant", "type": "ezfh", "dwellings": 5.0, "area_ha": np.nan,
             "owner": "municipality", "from_year": np.nan},
            {**key, "name": "b", "kind": "gap", "type": "mfh", "dwellings": 7.0, "area_ha": np.nan, "owner": "private",
             "from_year": 2055.0}]),
        removals=pd.DataFrame([{**key, "year": 2028.0, "kind": "demolition", "type": "mfh", "dwellings": 3.0},
                               {**key, "year": 2050.0, "kind": "demolition", "type": "mfh", "dwellings": 9.0}]),
        floor_area=pd.DataFrame([{**key, "persons": p, "area": a, "households": 10.0}
                                 for p in ("1", "2", "3", "4", "5plus") for a in ("under_60", "60_99", "from_100")]),
        backlog=pd.DataFrame([{**key, "kind": "sheltered", "households": 40.0},
                              {**key, "kind": "concealed", "households": 30.0}]),
        backlog_overlap=pd.DataFrame([{**key, "kind_a": "sheltered", "kind_b": "concealed", "share": 0.25}]),
        income=pd.DataFrame([{**key, "item": i, "value": v} for i, v in
                             {"net_median": 2500, "sigma": 0.6, "rent_new": 900, "burden": 0.3}.items()]),
    ).local  # fmt: skip
    g = position()
    assert found.bound_ends[g] == {2030: 12, 2045: 8}
    assert found.bound_ends[g - 1] is None
    potential = found.potentials[g]
    assert potential is not None
    assert potential.dwellings["leerstand"].tolist() == [5, 0]
    assert potential.dwellings["bauluecke"].tolist() == [0, 0]  # only after the horizon
    assert potential.municipal == 5
    assert found.removals[g] == {"demolition": 3}
    assert found.floor[g] is not None
    assert found.floor[g].shape == (5, 3)
    backlog = found.backlog[g]
    assert backlog is not None and backlog.counts.tolist() == [0, 40, 30, 0] and backlog.households == 60
    assert found.overlap[g] == {("sheltered", "concealed"): 0.25}
    assert found.income[g] is not None
    assert np.isnan(found.suitable[g])


def test_a_pair_of_groups_given_the_other_way_round_takes_off_as_much():
    key = {"ags": UNIT}
    backlog = pd.DataFrame([{**key, "kind": "sheltered", "households": 40.0},
                            {**key, "kind": "concealed", "households": 30.0}])  # fmt: skip

    def given(a: str, b: str, share: float) -> dict[tuple[str, str], float]:
        rows = pd.DataFrame([{**key, "kind_a": a, "kind_b": b, "share": share}])
        return local(backlog=backlog, backlog_overlap=rows).local.overlap[position()]

    # half of 30 are 15 households, 0.375 of 40
    assert given("concealed", "sheltered", 0.5) == {("sheltered", "concealed"): pytest.approx(0.375)}
    assert given("sheltered", "concealed", 0.375) == {("sheltered", "concealed"): 0.375}


def test_a_region_without_floor_areas_reads_as_none():
    whole = inputs_segments.load

    def without(name: str) -> pd.DataFrame:
        table = whole(name)
        return table[~table["item"].str.startswith("area_")] if name == "census_dwellings" else table

    figures = inputs_segments.read(result().inputs.areas, "tenure_preference", "tenure_by_type", load=without)
    assert figures.floor_area is None
    assert figures.rent_class is not None
