"""Forms of textbooks beyond the projection step: relational mortality, rules for ax, stable populations, sums."""

import numpy as np
import pytest

from wohnlib.model.fertility import rates_from_total, scale_to_total
from wohnlib.model.mortality import (
    brass_logit,
    improve,
    lee_carter,
    life_table,
    scale_to_life_expectancy,
    survival_ratios,
)
from wohnlib.model.population import (
    cohort_change_ratios,
    leslie_matrix,
    plus_minus,
    project,
    project_leslie,
    project_step,
    residual_migration,
    stable_population,
)

# Brass's general standard, United Nations (1983), Manual X: logits and survivors at 1, 2, 3, 4, 5, 10, 15, 20
BRASS_Y = np.array([-0.8670, -0.7152, -0.6552, -0.6219, -0.6015, -0.5498, -0.5131, -0.4551])
BRASS_L = [0.8499, 0.8070, 0.7876, 0.7762, 0.7691, 0.7502, 0.7362, 0.7130]


def test_brass_general_standard_of_manual_x_from_its_logits():
    # half of the radix alive: its logit is 0, so that alpha is the logit that comes out
    made = [float(brass_logit([0.5], y, radix=1.0)[0]) for y in BRASS_Y]
    assert np.round(made, 4).tolist() == BRASS_L


def test_brass_logit_with_two_parameters_by_hand_and_back():
    standard = np.array([1.0, *1 / (1 + np.exp(2 * BRASS_Y))])
    moved = brass_logit(standard * 100_000, 0.2, 1.1)
    np.testing.assert_allclose(moved[1:], 100_000 / (1 + np.exp(2 * (0.2 + 1.1 * BRASS_Y))), rtol=1e-12)
    assert moved[0] == 100_000
    np.testing.assert_allclose(brass_logit(moved, -0.2 / 1.1, 1 / 1.1), standard * 100_000, rtol=1e-12)
    assert brass_logit(standard, [0.0, 0.1]).shape == (2, 9)
    assert brass_logit([1.0, 0.5, 0.0], 0.3)[2] == 0


def test_brass_logit_names_survivors_above_the_radix():
    with pytest.raises(ValueError, match=r"lx: found 1.2 survivors, expected at most the radix 1"):
        brass_logit([1.0, 1.2], 0.1)


def test_lee_carter_path_by_hand_gives_life_tables_by_year():
    m = np.array([[0.01, 0.001, 0.2], [0.012, 0.002, 0.25]])
    path = lee_carter(np.log(m), [0.5, 0.3, 0.2], [0.0, -1.0, -2.0])
    np.testing.assert_allclose(path[0], m, rtol=1e-14)
    np.testing.assert_allclose(path[2], m * np.exp([-1.0, -0.6, -0.4]), rtol=1e-14)
    assert (np.diff(life_table(mx=path).ex[:, :, 0], axis=0) > 0).all()


def test_a_constant_force_of_mortality_is_an_exponential():
    m, n = np.array([0.02, 0.05, 0.3]), 5
    table = life_table(mx=m, width=n, ax="constant_force")
    np.testing.assert_allclose(table.qx[:2], 1 - np.exp(-n * m[:2]), rtol=1e-12)
    same = life_table(mx=[0.05, 0.05, 0.05], width=n, ax="constant_force")
    np.testing.assert_allclose(same.ex, 20, rtol=1e-12)  # e = 1/m at every age
    again = life_table(table.qx, width=n, ax="constant_force", open_end="given", e_open=1 / 0.3)
    np.testing.assert_allclose(again.Lx, table.Lx, rtol=1e-12)


def test_reed_and_merrell_1939_by_hand():
    m = np.array([0.01, 0.004, 0.02, 0.1])
    table = life_table(mx=m, width=[5, 5, 5, np.inf], ax="reed_merrell")
    np.testing.assert_allclose(table.qx[:3], 1 - np.exp(-5 * m[:3] - 0.008 * 125 * m[:3] ** 2), rtol=1e-12)
    np.testing.assert_allclose(table.Lx[:3], table.dx[:3] / m[:3], rtol=1e-12)


def test_greville_from_age_15_on_as_the_united_nations_write_it():
    m = np.array([0.05, 0.004, 0.001, 0.0008, 0.0012, 0.002, 0.003, 0.004, 0.2])
    table = life_table(
        mx=m, width=[1, 4, 5, 5, 5, 5, 5, 5, np.inf], ax="greville", a0="coale_demeny", sex="F"
    )
    assert table.ax[2:4].tolist() == [2.5, 2.5]
    for i in (4, 5, 6, 7):  # the open group is the neighbour of the last closed one
        k = 0.1 * np.log(m[i + 1] / m[i - 1])
        assert table.ax[i] == pytest.approx(2.5 - 25 / 12 * (m[i] - k), rel=1e-12)
    with pytest.raises(ValueError, match=r"ax: found 'greville' with qx, expected mx"):
        life_table([0.1, 0.2], ax="greville")


def test_leslie_matrix_of_a_textbook_with_the_stable_structure_24_4_1():
    # daughters 0, 9, 12 and survival 1/3, 1/2: λ³ = 3λ + 2, so λ = 2
    matrix = leslie_matrix([1 / 3, 1 / 2], first_row=[0, 9, 12])
    assert matrix.tolist() == [[0, 9, 12], [1 / 3, 0, 0], [0, 1 / 2, 0]]
    stable = stable_population(matrix)
    assert stable.growth == pytest.approx(2, rel=1e-12)
    np.testing.assert_allclose(stable.share, np.array([24, 4, 1]) / 29, rtol=1e-10)
    np.testing.assert_allclose(stable.reproductive_value, [1, 6, 6], rtol=1e-10)
    np.testing.assert_allclose(project_leslie([24.0, 4, 1], matrix, steps=1)[1], [48, 8, 2], rtol=1e-12)


def test_bernardelli_1941_population_waves_return_after_three_steps():
    matrix = leslie_matrix([1 / 2, 1 / 3], first_row=[0, 0, 6])
    path = project_leslie([100.0, 40, 10], matrix, steps=3)
    np.testing.assert_allclose(path[3], path[0], rtol=1e-12)
    assert not np.allclose(path[1], path[0])


def test_a_stable_population_grows_by_its_factor_in_the_step_itself():
    surv, fert = [0.98, 0.97, 0.9, 0.5], [0, 0.1, 0.02]
    matrix = leslie_matrix(surv, fert, age_width=15)
    stable = stable_population(np.stack([matrix, matrix]))
    step = project_step(stable.share[0][None] * 1000, [surv], fert, age_width=15)
    np.testing.assert_allclose(step.pop_count[0], stable.share[0] * 1000 * stable.growth[0], rtol=1e-10)
    with pytest.raises(ValueError, match="a square matrix"):
        stable_population(np.ones((2, 3)))


def test_plus_minus_by_hand():
    # gains 30 + 10, losses -20: sum 20, sizes 60; wanted 26, so gains by 1.1 and losses by 0.9
    assert plus_minus([30, 10, -20], 26).tolist() == pytest.approx([33, 11, -18])
    assert plus_minus([[30, 10, -20]] * 2, [20, 26]).sum(axis=-1).tolist() == pytest.approx([20, 26])
    with pytest.raises(ValueError, match="total: found 100 away from the sum"):
        plus_minus([30, 10, -20], 120)


def test_rates_scaled_to_a_path_of_the_total_rate_keep_their_pattern():
    rate = np.array([0.0120, 0.0908, 0.1499, 0.1125, 0.0441, 0.0074, 0.0003])
    path = scale_to_total(rate, [2.1, 1.5], width=5)
    np.testing.assert_allclose(path.sum(axis=-1) * 5, [2.1, 1.5], rtol=1e-14)
    np.testing.assert_allclose(path[0] / path[1], 1.4, rtol=1e-14)
    printed = [0.03, 0.21, 0.36, 0.27, 0.106, 0.018, 0.005]  # shares that sum to 0.999
    np.testing.assert_allclose(scale_to_total(printed, 2.0).sum(), 2, rtol=1e-14)
    np.testing.assert_allclose(
        scale_to_total([0.2, 0.5, 0.3], 1.4, width=5), rates_from_total(1.4, [0.2, 0.5, 0.3], width=5)
    )
    with pytest.raises(ValueError, match="a pattern by age"):
        scale_to_total([0.0, 0], 1.4)


def test_an_abridged_table_with_given_ax_meets_its_life_expectancy():
    # Preston, Heuveline, Guillot (2001), box 3.1: the first ages of Austrian males 1992, closed at 10
    width, a = [1, 4, 5, np.inf], [0.068, 1.626, 2.5, 60.0]
    q = np.array([0.008672, 0.001479, 0.000766, 0.08])
    scaled = scale_to_life_expectancy(q, 72.0, width=width, ax=a, e_open=63.0)
    table = life_table(scaled.qx, width=width, ax=a, open_end="given", e_open=scaled.e_open)
    assert table.ex[0] == pytest.approx(72.0, abs=1e-9)


def test_single_years_projected_in_five_year_steps_are_five_yearly_steps():
    age = np.arange(20)
    pop, surv = np.full((2, 20), 100.0), np.tile(np.linspace(0.999, 0.6, 21), (2, 1))
    fert, net = np.where((age > 5) & (age < 12), 0.05, 0.0), np.full((2, 20), 2.0)
    yearly = project(pop, surv, fert, net, steps=5)
    once = project_step(pop, surv, fert, net, interval=5)
    of_five_years = project_step(pop, surv, fert, net * 5, interval=5, mig_span=5)
    np.testing.assert_allclose(once.pop_count, yearly.pop_count[5], rtol=1e-12)
    np.testing.assert_allclose(of_five_years.pop_count, once.pop_count, rtol=1e-12)
    np.testing.assert_allclose(once.births, yearly.births.sum(axis=0), rtol=1e-12)


def test_the_open_group_may_begin_below_that_of_the_table():
    # 85 and over in the table, 70 and over in the population: the person-years above are taken together
    years = np.array([497487.0, 497138, 496901, 402775, 350358, 271512, 291707])
    lower = survival_ratios(Lx=years, width=5, ages=5)
    above = years[4:].sum()
    assert lower.shape == (6,)
    assert lower[4] == lower[5] == pytest.approx(above / (above + years[3]), rel=1e-14)


def test_person_years_of_another_radix_are_not_taken_for_those_of_100_000_births():
    years = np.array([4.97487, 4.97138, 4.96901, 20.0])
    for wrong in (years, years * 10**6):
        with pytest.raises(ValueError, match="radix: found none, with Lx that do not fit 100,000 births"):
            survival_ratios(Lx=wrong, width=5)
    by_radix, by_lx = (
        survival_ratios(Lx=years, width=5, radix=1),
        survival_ratios(Lx=years, width=5, lx=[1] * 4),
    )
    assert by_radix[0] == by_lx[0] == pytest.approx(4.97487 / 5)


def test_improvement_rates_that_differ_by_year_multiply():
    by_year = np.array([[0.02, 0.01], [0.01, 0.01]])  # (year, age)
    left = 1 - np.cumprod(1 - by_year, axis=0)  # as one decline up to each year
    path = improve([0.1, 0.2], left, 1)
    np.testing.assert_allclose(path, [[0.098, 0.198], [0.09702, 0.19602]], rtol=1e-12)


def test_canadian_women_1965_to_age_50_as_in_elementary_linear_algebra():
    # Anton and Rorres, Elementary Linear Algebra, applications: 5-year groups, λ = 1.07622, stable structure as printed
    row = [0, 0.00024, 0.05861, 0.28608, 0.44791, 0.36399, 0.22259, 0.10457, 0.02826, 0.0024]
    below = [0.99651, 0.9982, 0.99802, 0.99729, 0.99694, 0.99621, 0.9946, 0.99184, 0.987]
    stable = stable_population(leslie_matrix(below, first_row=row))
    assert round(float(stable.growth), 5) == 1.07622
    printed = [1, 0.92594, 0.85881, 0.79641, 0.738, 0.68364, 0.63281, 0.58482, 0.53897, 0.49429]
    np.testing.assert_allclose(stable.share / stable.share[0], printed, atol=6e-6)


def test_matrices_by_stage_have_the_growth_printed():
    # killer whales (Caswell 2001) and loggerhead turtles (Crouse, Crowder, Caswell 1987)
    whales = [[0, 0.0043, 0.1132, 0], [0.9775, 0.9111, 0, 0], [0, 0.0736, 0.9534, 0], [0, 0, 0.0452, 0.9804]]
    stable = stable_population(whales)
    assert round(float(stable.growth), 4) == 1.0254
    assert stable.share.round(3).tolist() == [0.037, 0.316, 0.323, 0.324]
    assert not np.signbit(stable.reproductive_value).any()
    turtles = np.diag([0, 0.737, 0.661, 0.6907, 0, 0, 0.8089])
    turtles += np.diag([0.6747, 0.0486, 0.0147, 0.0518, 0.8091, 0.8091], -1)
    turtles[0, 4:] = [127, 4, 80]
    assert round(float(stable_population(turtles).growth), 3) == 0.945


def test_california_1970_of_chiang_from_fractions_of_the_last_year_of_life():
    people, deaths = np.array([340483, 1302198, 1918117, 1963681]), np.array([6234, 1049, 723, 735])
    width = np.array([1.0, 4, 5, 5, np.inf])
    a = np.array([0.09, 0.41, 0.44, 0.54, 1]) * [1, 4, 5, 5, 10]
    table = life_table(mx=np.append(deaths / people, 0.1), width=width, ax=a)
    assert table.qx[:4].round(5).tolist() == [0.01801, 0.00322, 0.00188, 0.00187]


def test_probabilities_as_printed_end_with_1_and_the_open_group_lives_its_ax():
    # Preston, Heuveline, Guillot (2001), box 3.1: the last columns of Austrian males 1992
    q, a = [0.304111, 0.435548, 1.0], [2.518, 2.423, 5.247]
    table = life_table(q, width=[5, 5, np.inf], ax=a)
    assert table.ex[-1] == 5.247
    scaled = scale_to_life_expectancy(q, 10.0, width=[5, 5, np.inf], ax=a)
    again = life_table(scaled.qx, width=5, ax=a, open_end="given", e_open=scaled.e_open)
    assert again.ex[0] == pytest.approx(10.0, abs=1e-9)
    assert life_table([0.1, 0.2, 1.0]).ex.tolist() == pytest.approx(
        [2.12, 1.3, 0.5]
    )  # single years: half of one
    with pytest.raises(ValueError, match=r"e_open: found none, with q = 1 in the open group"):
        survival_ratios(q, width=[5, 5, np.inf])


def test_person_years_printed_with_their_sums_leave_the_open_group_as_it_is():
    # T of the open group = its L: what part of it is one group wide is not known, nobody dies out
    years = np.array([497_487.0, 402_775, 350_358, 271_512])
    sums = years[::-1].cumsum()[::-1]
    pooled = survival_ratios(Lx=years, Tx=sums, width=5)
    np.testing.assert_array_equal(pooled, survival_ratios(Lx=years, width=5))
    with pytest.raises(
        ValueError, match="open_group: found 'separate' with the last Lx covering the open group"
    ):
        survival_ratios(Lx=years, Tx=sums, width=5, open_group="separate")


def test_an_abridged_table_knows_its_widths():
    width = [1, 4, 5, 5, np.inf]
    table = life_table(mx=[0.0087, 0.0004, 0.0002, 0.0005, 0.02], width=width, ax=[0.07, 1.6, 2.5, 2.5, 50])
    by_hand = [table.Lx[:2].sum() / 500_000, table.Lx[2] / table.Lx[:2].sum(), table.Lx[3] / table.Lx[2]]
    np.testing.assert_allclose(survival_ratios(table)[:3], by_hand, rtol=1e-12)
    both = life_table(mx=np.stack([table.mx, table.mx * 1.2]), width=width)
    assert survival_ratios(both).shape == (2, 5)
    np.testing.assert_array_equal(survival_ratios(both), survival_ratios(both, width=width))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"width": 1, "lx": [100_000, 99_500, 99_300]}, "Lx: found a survival ratio of 4.975"),
        ({"width": [5, 10, 5]}, r"width: found \[5.0, 10.0, 5.0\], expected groups of one width"),
    ],
)
def test_person_years_of_other_widths_are_named(columns, words):
    with pytest.raises(ValueError, match=words):
        survival_ratios(Lx=[497_487, 497_138, 900_000], **columns)


def test_net_migration_between_two_censuses_ten_years_apart_by_hand():
    start, end = np.array([[100.0, 200, 300, 150]]), np.array([[90.0, 95, 110, 330]])
    surv, births = (
        np.array([[0.99, 0.98, 0.95, 0.9, 0.5]]),
        np.array([[110.0, 100]]),
    )  # the latest 5 years first
    old = 200 * 0.95 * 0.9 + 300 * 0.9 * 0.5 + 150 * 0.5 * 0.5
    by_hand = [90 - 110 * 0.99, 95 - 100 * 0.99 * 0.98, 110 - 100 * 0.98 * 0.95, 330 - old]
    forward = residual_migration(start, end, surv, births, lag=2)
    np.testing.assert_allclose(forward[0], by_hand, rtol=1e-12)
    decade = np.array([[0.99, 0.9702, 0.931, 0.855, 0.45, 0.25]])
    np.testing.assert_allclose(residual_migration(start, end, decade, births, lag=2), forward, rtol=1e-12)
    reverse = residual_migration(start, end, surv, births, lag=2, timing="start")
    assert reverse[0, 2] == pytest.approx(by_hand[2] / 0.931)


def test_census_survival_ratios_of_the_nation_give_net_migration_that_sums_to_zero():
    # ratios of the census above 1 are usual; regions that add up to the nation have no net migration together
    early = np.array([[[100.0, 120, 150, 90]], [[200.0, 180, 140, 160]]])  # (area, sex, age)
    late = np.array([[[110.0, 105, 118, 225]], [[190.0, 205, 190, 255]]])
    ratio = cohort_change_ratios(early.sum(axis=0), late.sum(axis=0))
    born = np.ones((1, 1))
    surv = np.concatenate([born, ratio, ratio[:, -1:]], axis=-1)
    assert (ratio > 1).any()
    moved = residual_migration(early, late, surv, late[..., 0])
    np.testing.assert_allclose(moved.sum(axis=0), 0, atol=1e-10)
    assert moved[0, 0, 1] == pytest.approx(105 - 100 * 310 / 300)


def test_rates_per_1000_are_named_in_one_step_and_in_a_projection_of_many_areas():
    pop, surv, fert = np.full((40, 1, 3), 100.0), np.full((1, 4), 0.9), np.array([0, 112.5, 0])
    words = (
        "fert_rate: found 112.5 at .*, expected values of at most 50 births per woman and year, not per 1,000"
    )
    for call in (
        lambda: project_step(pop, surv, fert),
        lambda: project(pop, surv, fert, steps=2, block_bytes=100),
        lambda: leslie_matrix(surv[0], fert),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    with pytest.raises(ValueError, match=r"mx: found 150 .* deaths per person-year, not per 1,000"):
        life_table(mx=[8.7, 0.4, 150.0], width=5)
