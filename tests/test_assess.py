"""The assessment of the real tables: what is kept, what adds up, what each scenario does.

Arrays: draw, area, year, sex, age, type, line. Position 0 of the year axis is the census, position k the
31 December of the k-th year. "Kreis" is the sum of the units.
"""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from wohnlib import scenario as scenarios
from wohnlib.assess import Assessment, assess
from wohnlib.model import need
from wohnlib.model.base import group_matrix
from wohnlib.model.households import household_count
from wohnlib.model.population import project_step
from wohnlib.model.rates import centred, migration_at_level
from wohnlib.steps.checks import not_reportable
from wohnlib.steps.population import base_population, kreis_seed
from wohnlib.steps.time import Time

NAMES = ("lower", "base", "upper", "status_quo")
KREIS_CLASSES = (57_079, 18_913, 20_777, 7_237, 2_093)  # Zensus 2022, dwellings by size of the building
HOUSEHOLDS, INCOMINGS, SECOND_HOMES, BACKLOG, REPLACEMENT, RESERVE = range(6)


@pytest.fixture(scope="module")
def base(assessments: dict[str, Assessment]) -> Assessment:
    return assessments["base"]


@pytest.fixture(params=NAMES)
def each(request: pytest.FixtureRequest, assessments: dict[str, Assessment]) -> Assessment:
    return assessments[request.param]


def changed(result: Assessment, **values: object) -> Assessment:
    """Return the assessment again with other values of the scenario, by dotted name with `__` for the dot."""
    chosen = result.scenario
    for name, value in values.items():
        part, _, item = name.partition("__")
        if not item:
            chosen = chosen.model_copy(update={part: value})
            continue
        section = getattr(chosen, part)
        assumption = getattr(section, item).model_copy(update={"value": value})
        chosen = chosen.model_copy(update={part: section.model_copy(update={item: assumption})})
    return assess(result.inputs, chosen)


def half_up(values: np.ndarray) -> np.ndarray:
    """Round halves away from zero, sums cleaned to six decimals as `round_keep_total` does."""
    clean = np.round(values, 6)
    return np.sign(clean) * np.floor(np.abs(clean) + 0.5)


def arrays_of(value: object, path: str = "") -> list[tuple[str, np.ndarray]]:
    """Return every float array of nested dataclasses and named tuples with its name."""
    if isinstance(value, np.ndarray):
        return [(path, value)] if value.dtype.kind == "f" else []
    if is_dataclass(value):
        return [a for f in fields(value) for a in arrays_of(getattr(value, f.name), f"{path}.{f.name}")]
    if hasattr(value, "_asdict"):
        return [a for n, v in value._asdict().items() for a in arrays_of(v, f"{path}.{n}")]
    return []


# -- the base date ---------------------------------------------------------------------------------------


def test_every_published_total_of_population_is_kept(each):
    pop = each.population.pop_count[0, :, 0].sum((1, 2))
    assert pop == pytest.approx(each.inputs.pop_total, abs=1e-9 * 33_000)
    assert each.printed.pop[:, 0].sum((1, 2)).tolist() == each.inputs.pop_total.astype(int).tolist()
    assert each.printed.pop[:, 0].sum() == 218_256


def test_sexes_and_age_groups_of_every_unit_are_those_of_the_census(base):
    inputs, pop = base.inputs, base.population.pop_count[0, :, 0]
    groups = group_matrix(inputs.group_from, pop.shape[-1])
    by_group = inputs.pop_group * (inputs.pop_total / inputs.pop_group.sum(1))[:, None]
    by_sex = inputs.pop_sex * (inputs.pop_total / inputs.pop_sex.sum(1))[:, None]
    assert pop.sum(1) @ groups == pytest.approx(by_group, rel=1e-9)
    assert pop.sum(2) == pytest.approx(by_sex, rel=1e-9)
    # the perturbed parts add up to other numbers than the published total
    assert (inputs.pop_sex.sum(), inputs.pop_group.sum(), inputs.pop_total.sum()) == (
        218_268,
        218_246,
        218_256,
    )


def test_the_region_as_sum_of_units_has_the_pattern_of_the_published_kreis(base):
    seed = kreis_seed(base.inputs, base.scenario)
    assert seed.sum() == pytest.approx(base.inputs.kreis_pop_total, rel=1e-12)
    total = base_population(base.inputs, base.scenario).sum(0)
    assert np.abs(total - seed).max() < 5  # persons of one age and sex; the units' cells are perturbed


def test_households_by_size_are_those_of_the_census(each):
    inputs = each.inputs
    scaled = inputs.households * (inputs.household_total / inputs.households.sum(1))[:, None]
    counts = each.households.household_count[0, :, 0]
    assert counts[:, :4] == pytest.approx(scaled[:, :4], rel=1e-9)
    assert counts[:, 4] == pytest.approx(scaled[:, 4:].sum(1), rel=1e-9)
    assert each.printed.households[:, 0].sum(1).tolist() == inputs.household_total.astype(int).tolist()
    assert each.printed.households[:, 0].sum() == 99_148


def test_households_of_seniors_only_are_those_of_the_census(base):
    links, households = base.inputs.senior_links, base.households
    persons = households.people[0, :, 0, :, None] * households.member_rate[:, 0]
    alone, pairs = persons[:, 65:, 0].sum(1), persons[:, 65:, 1].sum(1)
    found = (alone + pairs * links["partner_senior_share"] / 2) * (1 + links["other_senior_households"])
    assert found == pytest.approx(base.inputs.senior_only, rel=1e-7)


def test_member_rates_sum_to_one_at_every_age_and_year(each):
    sums = each.households.member_rate.sum(-1)
    assert sums == pytest.approx(np.ones_like(sums), abs=1e-9)
    assert (each.households.member_rate >= 0).all()


def test_dwellings_vacancy_and_holiday_homes_are_kept_or_raked(each):
    stock = each.stock
    assert stock.by_use.sum((1, 2)) == pytest.approx(each.inputs.dwellings, rel=1e-12)
    assert stock.by_use.sum() == pytest.approx(106_093, rel=1e-12)
    assert stock.by_use[:, :, 1].sum() == pytest.approx(4_038, rel=1e-9)
    assert stock.by_use[:, :, 2].sum() == pytest.approx(934, rel=1e-9)
    assert stock.stock.vacant.sum(1) == pytest.approx(
        4_038 * each.inputs.vacancy_rate * each.inputs.dwellings
        / (each.inputs.vacancy_rate @ each.inputs.dwellings), rel=1e-9,
    )  # fmt: skip
    assert each.printed.stock.sum((1, 2)).tolist() == each.inputs.dwellings.astype(int).tolist()


def test_dwellings_by_building_class_are_raked_to_the_kreis_and_scaled_by_six(base):
    # the five classes sum to 106,099, the units to 106,093: each class counts 0.006 % less
    assert sum(KREIS_CLASSES) - 106_093 == 6
    assert base.inputs.kreis_class.tolist() == list(KREIS_CLASSES)
    expected = np.array(KREIS_CLASSES) * 106_093 / 106_099
    assert base.stock.by_class.sum(0) == pytest.approx(expected, rel=1e-9)
    assert np.abs(base.stock.by_class.sum(0) - KREIS_CLASSES).max() < 3.3
    assert base.stock.by_class.sum(1) == pytest.approx(base.inputs.dwellings, rel=1e-9)
    assert base.stock.stock.total.sum(0) == pytest.approx([expected[:2].sum(), expected[2:].sum()], rel=1e-9)


def test_demand_equals_what_is_occupied_at_the_base_date(each):
    demand = each.need.resident[0, :, 0] + each.stock.stock.incomings
    occupied = each.stock.by_use[:, :, 0]
    assert demand == pytest.approx(occupied, rel=1e-9)
    total = demand.sum() + each.stock.stock.holiday.sum()
    assert total == pytest.approx(106_093 - 4_038, rel=1e-9)  # D_0 = S_0 − V_0


def test_unknown_use_is_an_upper_bound_and_no_need(base):
    occupied = base.stock.by_use[:, :, 0].sum(1)
    assert base.stock.unknown == pytest.approx(occupied - base.inputs.household_total)
    assert base.stock.unknown.sum() == pytest.approx(1_973)
    assert (base.need.lines[..., INCOMINGS] == 0).all()


def test_more_households_than_occupied_dwellings_are_a_fault_of_the_data(base):
    total = base.inputs.household_total.copy()
    total[3] *= 1.1
    found = not_reportable(replace(base.inputs, household_total=total))
    assert list(found) == ["03251040"] and "Sulingen" in found["03251040"].text()
    assert not_reportable(base.inputs) == {}


def test_a_unit_that_is_not_reportable_does_not_stop_the_others(base):
    dwellings = base.inputs.dwellings.copy()
    dwellings[3] -= 500  # Sulingen: fewer occupied dwellings than households
    result = assess(replace(base.inputs, dwellings=dwellings), base.scenario)
    assert (result.need.lines[:, 3] == 0).all() and result.need.completed[3].sum() == 0
    assert (result.need.lines[:, 4] != 0).any()
    assert np.isfinite(result.need.lines).all()


# -- years -----------------------------------------------------------------------------------------------


def test_years_run_from_the_census_to_the_horizon_in_order(each):
    time = each.time
    assert [str(d) for d in time.dates[:3]] == ["2022-05-15", "2022-12-31", "2023-12-31"]
    assert str(time.dates[-1]) == "2040-12-31" and len(time.dates) == 20
    assert each.population.pop_count.shape == (1, 15, 20, 2, 101)
    assert each.households.household_count.shape == (1, 15, 20, 5)
    assert each.need.lines.shape == (1, 15, 20, 2, 6)
    assert time.elapsed[:3] == pytest.approx([0, 230 / 365, 1 + 230 / 365])
    assert time.position(2040) == 19


def test_periods_close_before_the_start_year_every_fifth_year_and_at_the_horizon(base):
    assert base.time.period_ends(2027) == [2026, 2030, 2035, 2040]
    assert Time(base.time.base_date, 2043).period_ends(2027) == [2026, 2030, 2035, 2040, 2043]


def test_nothing_is_missing_or_negative_anywhere(each):
    found = arrays_of(each)
    assert len(found) > 30
    assert [name for name, values in found if not np.isfinite(values).all()] == []
    for values in (each.population.pop_count, each.households.household_count, each.need.required):
        assert (values >= 0).all()


def test_units_sum_to_the_path_of_the_kreis_by_sex_and_age(each):
    # the Kreis is projected again here on its own, from the sum of the units
    rates, pop = each.population.rates, each.population.pop_count[0]
    region = pop[:, 0].sum(0)
    for k, _ in enumerate(each.time.years):
        migration = migration_at_level(rates.profile, rates.level[k], rates.shape)
        region = project_step(
            region, rates.survival[k], rates.fertility[k], migration, negative="zero",
            interval=each.time.first_interval if k == 0 else 1.0,
            sex_ratio_birth=each.scenario.fertility.sex_ratio_birth.value,
        ).pop_count  # fmt: skip
        assert pop[:, k + 1].sum(0) == pytest.approx(region, rel=1e-9)


def test_births_less_deaths_plus_net_migration_is_the_change(each):
    path = each.population
    change = np.diff(path.pop_count.sum((3, 4)), axis=2)
    flows = (path.births - path.deaths + path.net_migration)[:, :, 1:]
    assert flows == pytest.approx(change, rel=1e-9, abs=1e-9 * 33_000)
    assert (path.births[:, :, 0] == 0).all() and (path.deaths[:, :, 0] == 0).all()


def test_net_migration_of_the_kreis_is_its_share_of_the_national_path(base):
    rates, net = base.population.rates, base.population.net_migration[0].sum(0)
    assert rates.level == pytest.approx(rates.nation_level * rates.nation_share)
    # migrants die and give birth within their year, cells that are empty stay empty: half a per cent
    assert net[2:] == pytest.approx(rates.level[1:], rel=0.005)
    assert net[1] == pytest.approx(rates.level[0] * 230 / 365, rel=0.005)


def test_another_horizon_does_not_change_earlier_years(base):
    long = assess(base.inputs, base.scenario.at_horizon(2060))
    assert len(long.time.dates) == 40 and np.isfinite(long.need.lines).all()
    assert long.population.pop_count[:, :, :20] == pytest.approx(base.population.pop_count, rel=1e-12)
    assert long.need.lines[:, :, :20] == pytest.approx(base.need.lines, rel=1e-9, abs=1e-9)
    assert (long.printed.lines[:, :20] == base.printed.lines).all()


def test_shortest_horizon_is_the_start_year(base):
    short = assess(base.inputs, base.scenario.at_horizon(2027))
    assert short.need.lines == pytest.approx(base.need.lines[:, :, :7], rel=1e-9, abs=1e-9)


# -- need ------------------------------------------------------------------------------------------------


def test_lines_sum_to_required_stock_less_usable_stock_plus_losses(each):
    stock, elapsed = each.stock.stock, each.time.elapsed
    usable = stock.total - stock.unusable
    direct = (
        each.need.required - usable[None, :, None] + elapsed[:, None] * each.need.loss_per_year[:, None, :]
    )
    assert each.need.signed == pytest.approx(direct, abs=1e-9 * 30_000)


def test_household_effects_sum_to_the_change_of_households(each):
    change = each.households.total - each.households.total[..., :1]
    assert each.households.effects.sum(-1) == pytest.approx(change, abs=1e-9 * 14_000)


def test_households_line_is_kappa_times_change_of_households(each):
    change = each.households.total - each.households.total[..., :1]
    line = each.need.lines[..., HOUSEHOLDS].sum(-1)
    assert line == pytest.approx(each.stock.kappa[:, None] * change, abs=1e-9 * 14_000)


def test_need_never_falls_and_need_less_surplus_is_the_signed_need(each):
    path = each.need
    assert (path.newbuild >= 0).all() and (path.surplus >= 0).all()
    assert (np.diff(path.newbuild, axis=2) >= 0).all()
    assert path.newbuild - path.surplus == pytest.approx(path.signed, abs=1e-9)


def test_completions_sum_to_those_of_the_kreis_and_missing_years_are_named(each):
    assert each.need.completed.sum() == pytest.approx(744, rel=1e-12)
    assert each.printed.completed.sum() == 744
    assert each.need.known_years == (2023,)
    assert each.need.unknown_years == (2022, 2024, 2025, 2026)
    mfh = each.scenario.building.completions_mfh_share.value
    assert each.need.completed.sum(0) == pytest.approx([744 * (1 - mfh), 744 * mfh])


# -- printed whole numbers -------------------------------------------------------------------------------


def test_printed_ages_sum_to_printed_totals_in_every_unit_and_year(each):
    total = half_up(each.population.pop_count[0].sum((2, 3)))
    assert (each.printed.pop.sum((2, 3)) == total).all()
    assert np.abs(each.printed.pop - each.population.pop_count[0]).max() < 1 + 1e-6


def test_printed_lines_and_types_sum_to_printed_need_in_every_unit_and_year(each):
    printed = each.printed
    assert (printed.signed == printed.lines.sum(3)).all()
    assert (printed.signed.sum(2) == half_up(each.need.lines[0].sum((2, 3)))).all()
    assert (printed.lines.sum((2, 3)) == printed.signed.sum(2)).all()
    assert np.abs(printed.lines - each.need.lines[0]).max() < 1 + 1e-6


def test_printed_units_sum_to_the_kreis_of_the_reports_in_every_year(each):
    from wohnlib.report.view import View
    from wohnlib.words import Words

    words, areas = Words(), each.inputs.areas
    kreis, units = View(each, areas.region, words), [View(each, key, words) for key in areas.keys]
    for name in ("pop", "households", "alone", "lines", "newbuild", "surplus", "completed", "to_build"):
        total = sum(getattr(unit, name) for unit in units)
        assert (getattr(kreis, name) == total).all(), name


def test_printed_need_less_surplus_is_printed_signed_need(each):
    printed = each.printed
    assert (printed.newbuild - printed.surplus == printed.signed).all()
    assert (printed.newbuild >= 0).all() and (printed.surplus >= 0).all()
    assert (np.diff(printed.newbuild, axis=1) >= 0).all()


def test_printed_periods_sum_to_the_whole(each):
    ends = [each.time.position(y) for y in each.time.period_ends(each.scenario.start_year)]
    for values in (each.printed.newbuild, each.printed.signed, each.printed.lines, each.printed.surplus):
        parts = need.periods(values, ends, axis=1)
        assert (parts.sum(1) == values[:, -1]).all()


def test_printed_completions_are_those_of_the_kreis_and_leave_nothing_negative_to_build(each):
    printed = each.printed
    assert printed.completed.sum() == 744
    assert (printed.to_build >= 0).all() and (printed.to_build <= printed.newbuild).all()


def test_printed_households_and_people_living_alone(each):
    printed, path = each.printed, each.households
    assert (printed.households.sum(2) == half_up(path.total[0])).all()
    assert (printed.alone[..., 0] == printed.households[..., 0]).all()
    assert (np.diff(printed.alone, axis=-1) <= 0).all()
    assert path.living_alone[..., 0] == pytest.approx(path.household_count[..., 0], rel=1e-12)


# -- scenarios -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["signed", "newbuild"])
def test_lower_base_upper_are_in_order_in_every_year_and_unit(assessments, name):
    lower, base, upper = (getattr(assessments[n].need, name)[0].sum(2) for n in ("lower", "base", "upper"))
    assert (lower <= base).all() and (base <= upper).all()
    assert (lower.sum(0) < base.sum(0)).all() or name == "newbuild"
    assert (base.sum(0) < upper.sum(0)).all()


def test_scenarios_differ_from_base_by_their_overrides_only(assessments):
    value = {n: {name: a.value for name, a in assessments[n].scenario.assumptions()} for n in NAMES}

    def overrides(name: str) -> dict[str, object]:
        return {k: v for k, v in value[name].items() if v != value["base"][k]}

    assert overrides("status_quo") == {
        "mortality.improvement_per_year": 0.0,
        "fertility.constant_from_year": 2024,
        "migration.national_target": 463_000.0,
        "migration.national_target_year": 2024,
    }
    assert {k.split(".")[0] for k in overrides("lower")} == {"migration", "dwellings"}
    assert {k.split(".")[0] for k in overrides("upper")} == {"migration", "dwellings", "households"}


def test_status_quo_stands_still_where_it_says_so(assessments):
    base, quo = assessments["base"].population.rates, assessments["status_quo"].population.rates
    assert np.abs(np.diff(quo.life_expectancy, axis=0)).max() == 0
    assert (np.diff(base.life_expectancy[1:], axis=0) > 0).all()
    assert np.abs(quo.fertility[2:] - quo.fertility[2]).max() == 0
    assert quo.fertility[:3] == pytest.approx(base.fertility[:3])
    assert quo.nation_level[:2] == pytest.approx(base.nation_level[:2])
    assert (quo.nation_level[2:] == 463_000).all()


def test_migration_scenarios_share_the_record_and_part_afterwards(assessments):
    paths = [assessments[n].population.rates.nation_level for n in ("lower", "base", "upper")]
    for path, target in zip(paths, (150_000, 250_000, 350_000), strict=True):
        assert path[:2].tolist() == [981_552, 609_553]
        assert path[11] == target and path[-1] == target  # 2033
        assert path[6] == pytest.approx(609_553 + (target - 609_553) * 5 / 10)  # 2028, half way


def test_one_person_trend_of_upper_is_the_formation_effect(assessments):
    assert assessments["base"].households.effects[..., 2] == pytest.approx(0, abs=1e-9)
    assert (assessments["upper"].households.effects[..., 1:, 2] > 0).all()
    base, upper = assessments["base"].households, assessments["upper"].households
    share = [h.member_rate[..., 0] for h in (base, upper)]
    grown = share[1][:, -1, 40] / share[0][:, -1, 40] - 1
    inputs = assessments["base"].inputs
    yearly = 0.25 * (inputs.one_person_share_2022 / inputs.one_person_share_2011 - 1) / 11
    assert grown == pytest.approx(yearly * (2035 - (2022 + 134 / 365)) / 2, rel=1e-9)


def test_backlog_of_upper_is_half_a_per_cent_of_households_with_its_reserve(assessments):
    upper = assessments["upper"]
    line = upper.need.lines[0, ..., BACKLOG].sum(-1)
    assert line[:, -1] == pytest.approx(0.005 * upper.inputs.household_total, rel=1e-9)
    assert line[:, 3] == pytest.approx(line[:, -1] * upper.time.elapsed[3] / 10, rel=1e-9)
    without = changed(upper, dwellings__backlog_share=0.0)
    more = (upper.need.signed - without.need.signed)[0, :, -1]
    mfh, households = upper.scenario.dwellings.backlog_mfh_share.value, upper.inputs.household_total
    rho = np.array([0.02, 0.04])
    expected = 0.005 * households[:, None] * np.array([1 - mfh, mfh]) / (1 - rho)
    assert more == pytest.approx(expected, rel=1e-9)


def test_incomings_change_need_only_by_what_is_added_with_its_reserve(base):
    more = changed(base, dwellings__incomings_change_per_year=0.001)
    added = 0.001 * base.inputs.dwellings[:, None] * base.time.elapsed
    assert more.need.lines[0, ..., 1, INCOMINGS] == pytest.approx(added, rel=1e-9)
    assert (more.need.lines[..., 0, INCOMINGS] == 0).all()
    extra = (more.need.signed - base.need.signed)[0].sum(-1)
    assert extra == pytest.approx(added / (1 - 0.03), rel=1e-9, abs=1e-9)


def test_incomings_at_the_base_date_are_capped_by_the_upper_bound_and_add_no_need_then(base):
    some = changed(base, dwellings__incomings_base=0.05)
    assert some.stock.stock.incomings.sum(1) == pytest.approx(
        np.minimum(0.05 * base.inputs.dwellings, base.stock.unknown), rel=1e-9
    )
    assert (some.need.lines[..., INCOMINGS] == 0).all()
    assert some.need.signed[0, :, 0] == pytest.approx(base.need.signed[0, :, 0], abs=1e-6)
    assert (some.stock.kappa <= base.stock.kappa).all()


def test_other_second_homes_count_one_to_one(base):
    more = changed(base, dwellings__second_homes_change_per_year=0.001)
    added = 0.001 * base.inputs.dwellings[:, None] * base.time.elapsed
    assert more.need.lines[0, ..., SECOND_HOMES].sum(-1) == pytest.approx(added, rel=1e-9, abs=1e-9)
    extra = (more.need.signed - base.need.signed)[0].sum(-1)
    assert extra == pytest.approx(added, rel=1e-9, abs=1e-9)


def test_fewer_second_homes_never_go_below_none(base):
    fewer = changed(base, dwellings__second_homes_change_per_year=-0.002)
    holiday = base.stock.stock.holiday
    by_type = holiday / holiday.sum(1, keepdims=True)
    less = 0.002 * base.inputs.dwellings[:, None] * by_type * base.time.elapsed[-1]
    assert fewer.need.second_homes.min() == 0
    assert fewer.need.second_homes[:, -1] == pytest.approx(np.maximum(holiday - less, 0), abs=1e-9)
    assert (fewer.need.lines[0, :, -1, :, SECOND_HOMES] >= -holiday - 1e-9).all()


def test_losses_grow_in_a_straight_line_on_the_base_stock(base):
    line, stock = base.need.lines[0, ..., REPLACEMENT], base.stock.stock
    yearly = (1 - 0.3) * np.array([0.001, 0.003]) * (stock.total - 0.51 * stock.vacant)
    assert line == pytest.approx(yearly[:, None, :] * base.time.elapsed[:, None], rel=1e-9, abs=1e-12)


def test_all_parameters_zero_and_a_standing_population_leave_minus_the_usable_vacancy(base):
    values = base.scenario.dwellings
    none = {"ezfh": 0.0, "mfh": 0.0}

    def types(current: object) -> object:
        return current.model_copy(
            update={n: getattr(current, n).model_copy(update={"value": v}) for n, v in none.items()}
        )

    plain = base.scenario.model_copy(
        update={
            "dwellings": values.model_copy(
                update={"reserve": types(values.reserve), "loss_rate": types(values.loss_rate)}
            )
        }
    )
    result = assess(base.inputs, plain)
    stock = result.stock.stock
    still = result.need.signed[0] - result.need.lines[0, ..., HOUSEHOLDS]
    expected = -(stock.vacant - stock.unusable)
    assert still == pytest.approx(np.broadcast_to(expected[:, None], still.shape), abs=1e-8)
    assert result.need.signed[0, :, 0] == pytest.approx(expected, abs=1e-8)


def test_permits_are_no_figure_and_take_off_nothing(base):
    assert (base.need.permitted == 0).all()
    one = changed(base, building__permits_weight=0.6)
    assert (one.printed.to_build == base.printed.to_build).all()


def test_start_year_moves_the_years_that_are_named_not_the_need(base):
    later = changed(base, start_year=2030)
    assert later.need.unknown_years == (2022, 2024, 2025, 2026, 2027, 2028, 2029)
    assert (later.need.lines == base.need.lines).all()


def test_two_runs_give_the_same_numbers(base):
    again = assess(base.inputs, scenarios.load("base"))
    assert (again.need.lines == base.need.lines).all()
    assert (again.population.pop_count == base.population.pop_count).all()


def test_households_follow_from_people_and_member_rates(each):
    path = each.households
    counts = household_count(path.people, path.member_rate, path.mean_size[:, None, :])
    assert path.household_count == pytest.approx(counts, rel=1e-12)
    homes = (each.population.pop_count[0, :, 0].sum(1) * path.institutional_rate).sum()
    care = each.inputs.care_share * each.inputs.care_in_homes * each.inputs.pop_total.sum()
    young = 0.002 * each.population.pop_count[0, :, 0].sum(1)[:, :65].sum()
    assert homes == pytest.approx(care + young, rel=1e-9)


def test_expected_growth_of_the_back_tested_method_leads_the_units(base: Assessment) -> None:
    result = base
    assert result.inputs.local_growth is not None
    people = result.population.pop_count[0, :, 0].sum((1, 2))
    intensity = result.population.rates.intensity
    assert (intensity * people).sum() == pytest.approx(0, abs=1e-6)
    last = int(np.searchsorted(result.time.elapsed, 8.0, side="right")) - 1
    after = result.population.pop_count[0, :, last].sum((1, 2))
    grown = np.log(after / people) / result.time.elapsed[last]
    difference = centred(grown, people) - centred(result.inputs.local_growth, people)
    assert np.abs(difference).max() < 0.0002  # a year; 0.001 with natural change and equal shares alone
    weight = result.scenario.migration.local_growth_weight.model_copy(update={"value": 0.0})
    migration = result.scenario.migration.model_copy(update={"local_growth_weight": weight})
    none = assess(result.inputs, result.scenario.model_copy(update={"migration": migration}))
    np.testing.assert_allclose(none.population.rates.intensity, 0, atol=1e-15)


def test_a_region_without_estimated_growth_uses_its_own_past_growth(base: Assessment) -> None:
    result = base
    own = assess(replace(result.inputs, local_growth=None), result.scenario)
    assert (own.population.rates.intensity != result.population.rates.intensity).any()
    persistence = result.scenario.migration.local_persistence.model_copy(update={"value": 0.0})
    migration = result.scenario.migration.model_copy(update={"local_persistence": persistence})
    plain = assess(
        replace(result.inputs, local_growth=None), result.scenario.model_copy(update={"migration": migration})
    )
    np.testing.assert_allclose(plain.population.rates.intensity, 0, atol=1e-15)
