"""The engine gives published tables to the last printed digit; each test names its source."""

import numpy as np
import pytest

from wohnlib.model.mortality import life_table, survival_ratios
from wohnlib.model.population import (
    births_by_mother,
    hamilton_perry,
    leslie_matrix,
    project,
    project_leslie,
    project_step,
    residual_migration,
)

# fmt: off
# Preston, Heuveline, Guillot (2001), Demography, boxes 6.1 and 6.2: Sweden, females, 1993, ages 0-4 to 85+
WOMEN = np.array([293395, 248369, 240012, 261346, 285209, 314388, 281290, 286923, 304108, 324946, 247613, 211351,
                  215140, 221764, 223506, 183654, 141990, 112424], dtype=float)
YEARS = np.array([497487, 497138, 496901, 496531, 495902, 495168, 494213, 492760, 490447, 486613, 480665, 471786,
                  457852, 436153, 402775, 350358, 271512, 291707], dtype=float)
FERTILITY = np.array([0, 0, 0, 0.0120, 0.0908, 0.1499, 0.1125, 0.0441, 0.0074, 0.0003] + [0] * 8)
MIGRANTS = np.array([6840, 4150, 3365, 5270, 9240, 8230, 5470, 3155, 1770, 1115, 1075, 845, 645, 530, 465, 300,
                     250, 175], dtype=float)
SURVIVAL = survival_ratios(Lx=YEARS, width=5)
CLOSED_1998 = [293574, 293189, 248251, 239833, 261015, 284787, 313782, 280463]  # ages 0-4 to 35-39
OPEN_1998 = [302392, 298682, 252007, 244150, 268267, 293515, 320624, 284767, 288031, 303166, 322062, 243989, 205841,
             205516, 205270, 194771, 142565, 131966]
OPEN_BIRTHS = [15244, 126688, 229354, 170057, 63203, 10971, 472]  # by age of mother, 15-19 to 45-49
# fmt: on


def test_preston_heuveline_guillot_box_6_1_closed_female_population_of_sweden_1998():
    step = project_step(WOMEN[None], SURVIVAL[None], FERTILITY, age_width=5)
    assert step.pop_count[0, :8].round().tolist() == CLOSED_1998


def test_preston_heuveline_guillot_box_6_1_by_leslie_matrix_is_the_same():
    matrix = leslie_matrix(SURVIVAL, FERTILITY, age_width=5)
    path = project_leslie(WOMEN, matrix, steps=2)
    assert path[1, :8].round().tolist() == CLOSED_1998
    steps = project(WOMEN[None], SURVIVAL[None], FERTILITY, steps=2, age_width=5)
    np.testing.assert_allclose(path, steps.pop_count[:, 0], rtol=1e-13)


def test_preston_heuveline_guillot_box_6_2_open_female_population_of_sweden_1998():
    step = project_step(WOMEN[None], SURVIVAL[None], FERTILITY, MIGRANTS[None], age_width=5, births_mig="all")
    assert step.pop_count[0].round().tolist() == OPEN_1998
    half = MIGRANTS / 2
    births = births_by_mother(WOMEN + half, step.pop_count[0], FERTILITY, interval=5)
    assert births[3:10].round().tolist() == OPEN_BIRTHS
    assert step.births[0] == pytest.approx(births.sum() / 2.05, rel=1e-12)


def test_un_ccmpp_box_6_2_with_both_sexes_gives_its_boys():
    # United Nations, ccmppWPP, test against known values: male survival and migrants as those of females
    two = [np.stack([a, a]) for a in (WOMEN, SURVIVAL, MIGRANTS)]
    step = project_step(
        two[0], two[1], FERTILITY, two[2], age_width=5, births_mig="all", sex_ratio_birth=1.05
    )
    assert step.pop_count[0].round().tolist() == OPEN_1998
    assert step.pop_count[1].round().tolist() == [317340, *OPEN_1998[1:]]


def test_leslie_homework_of_the_university_of_washington_stat_593_one_and_ten_periods():
    # week 2, question 1: matrix, population after 1 period and after 10 as printed there
    matrix = leslie_matrix([1, 0.65, 0.75, 0.15], first_row=[0, 0.675, 0.03])
    assert matrix.tolist() == [[0, 0.675, 0.03], [0.65, 0, 0], [0, 0.75, 0.15]]
    path = project_leslie([18000, 17000, 14000], matrix, steps=10)
    assert path[1].round(6).tolist() == [11895, 11700, 14850]
    assert path[10].round(4).tolist() == [392.2886, 366.7122, 524.3282]
    last = project_leslie([18000, 17000, 14000], matrix, steps=400)[-2:]
    assert np.log(last[1].sum() / last[0].sum()).round(7) == -0.3815704
    assert (last[1] / last[1].sum()).round(7).tolist() == [0.3037604, 0.2891735, 0.4070661]


def test_residual_of_two_counts_schmertmann_popdata10_lecture_of_december_2():
    # ages 30-34 in 2005: 22,819; 35-39 in 2010: 23,016; 5L30 = 491,460; 5L35 = 489,248
    ratio = 489248 / 491460
    start, end = np.array([[0, 22819, 0.0]]), np.array([[0, 0, 23016.0]])
    surv = np.array([[1, 1, ratio, ratio]])
    forward = residual_migration(start, end, surv, [0.0], timing="end")[0, 2]
    reverse = residual_migration(start, end, surv, [0.0], timing="start")[0, 2]
    assert [round(forward), round(reverse)] == [300, 301]
    assert round(ratio, 4) == 0.9955


def test_official_convention_single_years_two_sexes_by_hand():
    # every number written out: survivors + half of the migrants at each end, births from the mean of the women
    pop = np.array([[100.0, 200, 300], [110.0, 190, 250]])
    surv = np.array([[0.99, 0.98, 0.95, 0.5], [0.98, 0.97, 0.94, 0.4]])
    mig = np.array([[2.0, 4, -6], [0.0, -2, 8]])
    step = project_step(pop, surv, [0, 0.1, 0], mig, sex_ratio_birth=1.0)
    women_1 = 101 * 0.98 + 2
    births = 0.1 * (200 + women_1) / 2
    women = [births / 2 * 0.99 + 1, women_1, 202 * 0.95 + 297 * 0.5 - 3]
    men = [births / 2 * 0.98 + 0, 110 * 0.97 - 1, 189 * 0.94 + 254 * 0.4 + 4]
    np.testing.assert_allclose(step.pop_count, [women, men], rtol=1e-14)
    np.testing.assert_allclose(step.births, [births / 2, births / 2], rtol=1e-14)
    np.testing.assert_allclose(step.mig_net_count, [0, 6], atol=1e-12)
    dead = [
        births / 2 * 0.01 + 101 * 0.02 + 202 * 0.05 + 297 * 0.5,
        births / 2 * 0.02 + 110 * 0.03 + 189 * 0.06 + 254 * 0.6,
    ]
    np.testing.assert_allclose(step.deaths, dead, rtol=1e-12)


def test_united_states_form_inmigrants_as_counts_and_outmigrants_as_rates_of_the_launch_population():
    # Smith, Tayman, Swanson (2013), chapter 7: survivors + in-migrants of the cohort - rate x launch cohort
    pop = np.array([[1000.0, 800, 500]])
    surv = np.array([[0.99, 0.995, 0.9, 0.6]])
    step = project_step(
        pop,
        surv,
        [0, 0.08, 0],
        mig_in_count=[[10.0, 30, 20, 5]],
        mig_out_rate=[[0.1, 0.14, 0.2, 0.05]],
        age_width=5,
        mig_age="cohort",
        mig_timing="end",
        births_from="mean",
        sex_ratio_birth=0,
    )
    young = 1000 * (0.995 - 0.14) + 30
    births = 5 * 0.08 * (800 + young) / 2
    expected = [births * (0.99 - 0.1) + 10, young, 800 * (0.9 - 0.2) + 20 + 500 * (0.6 - 0.05) + 5]
    np.testing.assert_allclose(step.pop_count[0], expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("births_from", "women"),
    [("start", 200.0), ("end", 99.0), ("mean", 149.5), ("survived", 98.0), ("cohort", 99.5)],
)
def test_births_follow_the_women_named(births_from, women):
    step = project_step(
        [[100.0, 200, 300]],
        [[1, 0.98, 0.95, 0.5]],
        [0, 0.1, 0],
        [[0.0, 1, 0]],
        mig_timing="end",
        births_from=births_from,
        sex_ratio_birth=0,
    )
    assert step.births[0] == pytest.approx(0.1 * women, rel=1e-12)


def test_hamilton_perry_with_counts_ten_years_apart_by_hand():
    early = np.array([[90.0, 100, 110, 120, 50]])
    late = np.array([[95.0, 98, 99, 90, 120]])
    path = hamilton_perry(early, late, lag=2, women=((2, 4), (2, 4)))
    ratio = np.array([99 / 90, 90 / 100, 120 / (110 + 120 + 50)])
    old = ratio * [95, 98, 99 + 90 + 120]
    women = old[0] + old[1]
    np.testing.assert_allclose(path[1, 0], [95 / 189 * women, 98 / 189 * women, *old], rtol=1e-14)
    assert path[0, 0].tolist() == late[0].tolist()


def test_stationary_population_of_a_life_table_stays_as_it_is():
    table = life_table([0.01, 0.002, 0.05, 0.3, 0.6], radix=1.0, a0=0.1)
    for separate in ("pooled", "separate"):
        lx = life_table(
            [0.01, 0.002, 0.05, 0.3, 0.6], radix=1.0, a0=0.1, open_end="year", e_open=1 / 0.6 - 0.5
        )
        surv = survival_ratios(Lx=lx.Lx, Tx=lx.Tx, lx=lx.lx, open_group=separate)
        pop = np.append(lx.Lx[:-1], lx.Tx[-1])
        fert = np.array([0, 1, 0, 0, 0]) / pop[1]
        step = project_step(pop[None], surv[None], fert, sex_ratio_birth=0)
        np.testing.assert_allclose(step.pop_count[0], pop, rtol=1e-12)
    assert table.Tx[-1] == pytest.approx(lx.Tx[-1], rel=1e-12)


def test_rounding_by_hand_rounds_births_and_population_half_up():
    step = project_step(
        [[10.0, 21]], [[1, 0.75, 0.5]], [0, 0.1], sex_ratio_birth=0, decimals=0, births_from="start"
    )
    assert step.pop_count.tolist() == [[2, 18]]
    assert step.births.tolist() == [2]
