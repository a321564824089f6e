"""Published life tables, projections, matrices and residuals of migration, each named after its source.

Figures are those printed; what a source leaves open (rounding of its inputs) is the tolerance of the test.
"""

from itertools import pairwise

import numpy as np
import pytest

from wohnlib.model.fertility import relational_gompertz, rogers_castro
from wohnlib.model.mortality import brass_logit, improve, life_table, survival_ratios
from wohnlib.model.population import (
    births_by_mother,
    fit_margins,
    hamilton_perry,
    leslie_matrix,
    plus_minus,
    project,
    project_leslie,
    project_step,
    reproduction,
    residual_migration,
    stable_population,
)


def widths(groups: int) -> list[float]:
    """Return the years of so many groups 0, 1-4, 5-9, …, the last open."""
    return [1, 4, *[5] * (groups - 3), np.inf]


# -- life tables -----------------------------------------------------------------------------------------


def test_united_nations_1982_model_life_tables_page_34_males():
    m = [0.23669, 0.04672, 0.00982, 0.00511, 0.00697, 0.01036, 0.01169, 0.01332, 0.01528, 0.01757]
    m += [0.02092, 0.02517, 0.03225, 0.04241, 0.06056, 0.08574, 0.11840, 0.16226, 0.23745]
    e = [35.000, 42.901, 47.190, 44.438, 40.523, 36.868, 33.691, 30.567, 27.500, 24.485]
    e += [21.504, 18.599, 15.758, 13.080, 10.584, 8.466, 6.729, 5.312, 4.211]
    table = life_table(mx=m, width=widths(19), ax="greville", a0="coale_demeny", sex="M")
    np.testing.assert_allclose(table.ex, e, atol=0.0035)  # m to five places


def test_united_nations_1988_mortpak_page_82_females():
    m = [0.12846, 0.02477, 0.00603, 0.0034, 0.00417, 0.00513, 0.00581, 0.00645, 0.00725]
    m += [0.00813, 0.00913, 0.01199, 0.01647, 0.0256, 0.04047, 0.06624, 0.10638, 0.19611]
    e = [49.997, 55.675, 57.245, 53.921, 49.803, 45.799, 41.922, 38.084, 34.249]
    e += [30.420, 26.578, 22.701, 18.945, 15.349, 12.095, 9.240, 6.903, 5.099]
    table = life_table(mx=m, width=widths(18), ax="greville", a0="coale_demeny", sex="F")
    np.testing.assert_allclose(table.ex, e, atol=0.0045)


def test_census_bureau_ltpopdth_infant_mortality_given_family_north():
    people = [100958, 466275, 624134, 559559, 446736, 370653, 301862, 249409, 247473, 223014, 172260]
    people += [149338, 127242, 105715, 79614, 53660, 31021, 16805, 8000, 4000, 2000, 1000]
    deaths = [8674, 1592, 618, 411, 755, 1098, 1100, 1357, 1335, 3257, 2200]
    deaths += [4023, 2167, 4578, 2956, 4212, 2887, 2351, 1500, 900, 500, 300]
    e = [56.31, 61.53, 58.35, 53.63, 48.81, 44.21, 39.83, 35.52, 31.43, 27.22, 24.09]
    e += [20.52, 18.12, 14.51, 12.42, 9.45, 7.85, 6.09, 4.95, 4.28, 3.85, 3.33]
    m = np.divide(deaths, people)
    table = life_table(mx=m, width=widths(22), a0="coale_demeny_north", q0=0.1, sex="M")
    np.testing.assert_allclose(table.ex, e, atol=0.0055)
    assert table.qx[0] == 0.1 and table.mx[0] == pytest.approx(0.1 / table.Lx[0] * 100_000)
    alone = life_table(mx=m, width=widths(22), a0="coale_demeny_north", sex="M")
    assert alone.ex[0] > 57.4  # rates alone say less of the newborn


def test_human_mortality_database_finland_males_2024():
    q = [0.00191, 0.00033, 0.00052, 0.00046, 0.00209, 0.00337, 0.00415, 0.00441, 0.00492, 0.00865, 0.01216]
    q += [0.01646, 0.02692, 0.04456, 0.07413, 0.11400, 0.17552, 0.28735, 0.46747, 0.67963, 0.84285, 0.93538]
    q += [0.97347, 1.0]
    a = [0.15, 1.97, 1.66, 2.47, 3.00, 2.66, 2.56, 2.54, 2.53, 2.63, 2.68, 2.69, 2.56, 2.70, 2.62, 2.64]
    a += [2.65, 2.59, 2.49, 2.28, 1.97, 1.65, 1.38, 1.29]
    e = [79.69, 78.85, 74.87, 69.91, 64.94, 60.07, 55.26, 50.48, 45.70, 40.91, 36.24, 31.66, 27.14, 22.82]
    e += [18.76, 15.05, 11.65, 8.57, 5.97, 4.03, 2.76, 1.96, 1.51, 1.29]
    years = [99837, 399170, 498707, 498503, 497974, 496565, 494673, 492551, 490249, 487022, 482061, 475255]
    years += [464832, 448931, 422481, 383652, 329586, 255162, 161514, 70822, 17642, 2111, 108, 2]
    table = life_table(q, width=widths(24), ax=a)
    np.testing.assert_allclose(table.ex, e, atol=0.0055)
    np.testing.assert_allclose(table.Lx, years, atol=25)  # q to five places: 0.5 of 100,000 a group
    ratios = survival_ratios(table)  # 0 and 1-4 joined, 110 and over pooled with 105-109
    assert ratios.shape == (24,)
    assert ratios[1] == pytest.approx(498707 / (99837 + 399170), abs=2e-5)


def test_keyfitz_and_flieger_french_males_1985():
    people = [379985, 1559722, 1896295, 2160190, 2179837, 2159556, 2106750, 2147845, 2165387, 1516952]
    people += [1498630, 1552746, 1476770, 1350479, 722430, 842589, 636848, 372059, 175169]
    deaths = [3741, 770, 532, 673, 2138, 3432, 3291, 3657, 4956, 5269]
    deaths += [8654, 14490, 20831, 26805, 20233, 38315, 46903, 44443, 37759]
    a = [0.087, 1.5, 2.5, 2.966, 2.769, 2.574, 2.512, 2.586, 2.657, 2.697]
    a += [2.695, 2.663, 2.625, 2.601, 2.615, 2.598, 2.538, 2.466, 4.639]
    table = life_table(mx=np.divide(deaths, people), width=widths(19), ax=a)
    l = [100000, 99024, 98829, 98690, 98537, 98055, 97278, 96522, 95703, 94614, 92984, 90334, 86209, 80326]
    d = [976, 195, 139, 154, 482, 776, 757, 818, 1089, 1630, 2649, 4125]
    np.testing.assert_allclose(table.lx[:14], l, atol=0.51)
    np.testing.assert_allclose(table.dx[:12], d, atol=0.51)
    assert table.ex[-1] == pytest.approx(4.639, abs=5e-4)
    by_rule = life_table(mx=np.divide(deaths, people), width=widths(19), a0="keyfitz")
    assert by_rule.ax[:2].round(3).tolist() == [0.087, 1.5]


def test_preston_heuveline_guillot_box_3_1_from_the_survivors_printed():
    l = [100000, 99133, 98986, 98910, 98815, 98334, 97704, 97151, 96492, 95588]
    l += [94195, 91937, 88711, 83845, 76377, 66225, 53803, 37441, 21134]
    a = [0.068, 1.626, 2.5, 3.143, 2.724, 2.520, 2.481, 2.601, 2.701, 2.663]
    a += [2.698, 2.676, 2.645, 2.624, 2.619, 2.593, 2.518, 2.423, 5.247]
    e = [72.889, 72.526, 68.631, 63.682, 58.740, 54.014, 49.346, 44.613, 39.900, 35.252]
    e += [30.734, 26.422, 22.286, 18.426, 14.971, 11.864, 9.005, 6.839, 5.247]
    table = life_table(lx=l, width=widths(19), ax=a)
    np.testing.assert_allclose(table.ex, e, atol=0.0015)
    np.testing.assert_allclose(table.lx, l, rtol=1e-12)
    assert table.dx[:5].round().tolist() == [867, 147, 76, 95, 481]
    scaled = life_table(lx=np.stack([l, np.divide(l, 1e5)]), width=widths(19), ax=a)  # a radix per row
    np.testing.assert_allclose(scaled.ex[1], table.ex, rtol=1e-12)
    moved = life_table(lx=brass_logit(l, [0.1, -0.1]), width=widths(19), ax=a)
    assert moved.ex[0, 0] < table.ex[0] < moved.ex[1, 0]
    for wrong, words in (({"lx": [1, 1.1]}, "lx: found more survivors"), ({"lx": l, "qx": l}, "exactly one")):
        with pytest.raises(ValueError, match=words):
            life_table(**wrong)


def test_preston_heuveline_guillot_figure_3_1_a_cohort_of_ten():
    alive = np.array([10.0, 9, 8, 8, 7, 6, 6, 6, 5, 1])  # at 0, 1, 5, 10, 20, … 70; nobody at 80
    years = np.array([9.07, 32.22, 40, 76.41, 62.12, 60, 60, 59.6, 36.96, 9.48])
    width = np.array([1.0, 4, 5, 10, 10, 10, 10, 10, 10, 10])
    died = alive - np.append(alive[1:], 0)
    a = np.divide(years - width * (alive - died), died, out=width / 2, where=died > 0)
    table = life_table(died / alive, width=width, ax=a, radix=10)
    np.testing.assert_allclose(table.Lx, years, rtol=1e-12)
    np.testing.assert_allclose(table.Tx[[0, 1, 2, 8]], [445.86, 436.79, 404.57, 46.44], rtol=1e-12)
    assert table.ex[:2].round(2).tolist() == [44.59, 48.53] and table.mx[0].round(2) == 0.11


def test_probabilities_printed_with_1_and_over_need_the_years_lived_there():
    # Kannisto, Lauritsen, Thatcher, Vaupel: thirteen countries 1970-80, men from 80 to 94, e at 94 as printed
    q = [0.1113, 0.1205, 0.1312, 0.1422, 0.1543, 0.1668, 0.1803, 0.1947, 0.2088, 0.2239, 0.2417, 0.2592]
    q += [0.2770, 0.2954, 1.0]
    e = [5.7487, 5.4063, 5.0783, 4.7695, 4.4775, 4.2033, 3.9447, 3.7021, 3.4764, 3.2618, 3.0588, 2.8744]
    e += [2.7051, 2.5500, 2.4093]
    table = life_table(q, radix=1, open_end="given", e_open=2.4093)
    np.testing.assert_allclose(table.ex, e, atol=0.0009)
    assert table.lx[10] == pytest.approx(0.1664, abs=2e-4)
    np.testing.assert_allclose(life_table(q, ax=[0.5] * 14 + [2.4093]).ex, table.ex, rtol=1e-14)
    with pytest.raises(ValueError, match="e_open: found none, with q = 1 in an endless last group"):
        life_table(q, width=[1] * 14 + [np.inf])


def test_rules_for_the_first_ages_of_all_families_and_of_the_united_nations():
    def first(rule: str, sex: str = "F") -> list[float]:
        return life_table(mx=[0.2, 0.02, 0.1], width=[1, 4, np.inf], a0=rule, sex=sex).ax[:2].tolist()

    assert [first(f"coale_demeny{family}") for family in ("", "_north", "_east", "_south")] == [
        [0.35, 1.361],
        [0.35, 1.57],
        [0.31, 1.324],
        [0.35, 1.239],
    ]
    assert first("coale_demeny_east", "M") == [0.29, 1.313]
    assert first("andreev_kingkade", "M")[1] == 1.352  # 4a1 as Coale and Demeny's West
    low = life_table(mx=[0.02, 0.002, 0.1], width=[1, 4, np.inf], a0="coale_demeny_south", sex="M")
    q = low.qx[0]  # Manual X, table 164: lines in q0
    assert low.ax[0] == pytest.approx(0.0425 + 2.875 * q, rel=1e-12)
    assert low.ax[1] == pytest.approx(1.541 - 3.013 * q, rel=1e-12)
    both = life_table([0.02, 0.01, 0.5], width=[1, 4, np.inf], a0="coale_demeny_south", sex="B").ax
    assert both[0] == pytest.approx((0.0425 + 2.875 * 0.02 + 0.05 + 3 * 0.02) / 2)


def test_infant_deaths_per_birth_belong_beside_rates():
    m = np.array([[0.009, 0.0004, 0.1], [0.011, 0.0005, 0.12]])
    table = life_table(mx=m, width=[1, 4, np.inf], a0=0.3, q0=[0.008, 0.01])  # separation factor 0.3 : 0.7
    np.testing.assert_allclose(table.Lx[:, 0], 0.3 * 100_000 + 0.7 * table.lx[:, 1], rtol=1e-12)
    assert table.qx[:, 0].tolist() == [0.008, 0.01]
    with pytest.raises(ValueError, match="q0: found q0 with qx, expected it among qx, or mx"):
        life_table([0.01, 0.02], q0=0.009)


def test_brass_logit_seychelles_males_1971_to_75():
    # fitted α and β on Brass's general standard at ages 1 to 5
    survivors = brass_logit([0.8499, 0.8070, 0.7876, 0.7762, 0.7691], -0.6851507, 1.193756, radix=1)
    np.testing.assert_allclose(survivors, [0.9689398, 0.9559698, 0.9495305, 0.9455815, 0.9430202], atol=2e-5)


def test_improvement_rates_that_converge_to_a_long_term_rate():
    # as national projections set them: from the present rates, by age, in equal steps to 1.2 per cent
    now, target = np.array([0.03, 0.02, 0.0]), 0.012
    by_year = now + (target - now) * (np.arange(4)[:, None] / 3)  # (year, age)
    path = improve([0.001, 0.01, 0.2], by_year)
    assert path.shape == (4, 3)
    np.testing.assert_allclose(path[0], np.array([0.001, 0.01, 0.2]) * (1 - now), rtol=1e-14)
    assert path[3, 0] == pytest.approx(0.001 * 0.97 * 0.976 * 0.982 * 0.988)
    same = improve([[0.001, 0.01]], [0.01, 0.01, 0.01])  # (year,) for all ages and both axes
    np.testing.assert_allclose(same, improve([[0.001, 0.01]], 0.01, [1, 2, 3]), rtol=1e-14)
    with pytest.raises(ValueError, match="a first axis year, or `years`"):
        improve([0.1], 0.01)


# -- projections and matrices ----------------------------------------------------------------------------

SWEDEN_WOMEN = [293395, 248369, 240012, 261346, 285209, 314388, 281290, 286923, 304108]
SWEDEN_WOMEN += [324946, 247613, 211351, 215140, 221764, 223506, 183654, 141990, 112424]
SWEDEN_YEARS = [497487, 497138, 496901, 496531, 495902, 495168, 494213, 492760, 490447]
SWEDEN_YEARS += [486613, 480665, 471786, 457852, 436153, 402775, 350358, 271512, 291707]
SWEDEN_RATES = [0, 0, 0, 0.0120, 0.0908, 0.1499, 0.1125, 0.0441, 0.0074, 0.0003, *[0] * 8]


def test_preston_heuveline_guillot_box_6_1_sweden_2003_and_the_stable_equivalent():
    ratios = survival_ratios(Lx=SWEDEN_YEARS, width=5)
    later = [280121, 293368, 293049, 248066, 239529, 260629, 284238, 312859, 279147]
    later += [283344, 298043, 315045, 235861, 195388, 189260, 178141, 150666, 141960]
    path = project([SWEDEN_WOMEN], [ratios], SWEDEN_RATES, steps=2, age_width=5)
    assert path.pop_count[2, 0].round().tolist() == later
    assert path.pop_count.sum(axis=(1, 2))[1:].round(3).tolist() == [4449569.727, 4478712.273]
    stable = stable_population(leslie_matrix(ratios, SWEDEN_RATES, age_width=5))
    assert round(float(stable.growth), 8) == 1.00111253
    share = [0.0619116748, 0.0617994881, 0.0617013816, 0.0615869203, 0.061440548, 0.0612814302]
    share += [0.0610952699, 0.0608479527, 0.0604950315, 0.0599554177, 0.0591567528, 0.0579994637]
    share += [0.056223923, 0.0534997799, 0.0493506342, 0.0428804537, 0.0331935317, 0.035580346]
    np.testing.assert_allclose(stable.share, share, atol=1e-9)
    measures = reproduction(SWEDEN_RATES, SWEDEN_YEARS, width=5)
    assert measures.growth == pytest.approx(np.log(1.00111253) / 5, abs=2e-6)  # Lotka beside Leslie


US_1991_YEARS = [4.95804, 4.95002, 4.94603, 4.93804, 4.92552, 4.91138, 4.89356, 4.86941, 4.83577]
US_1991_YEARS += [4.78475, 4.70374, 4.57712, 4.38502, 4.10756, 3.71990, 3.19192, 2.49203, 2.73044]


def test_preston_heuveline_guillot_box_7_2_united_states_females_1991():
    maternity = [0, 0, 0.0007, 0.0303, 0.0566, 0.0578, 0.0388, 0.0157, 0.0027, 0.0001, *[0] * 8]
    ratios = survival_ratios(Lx=US_1991_YEARS, width=5, radix=1)
    stable = stable_population(leslie_matrix(ratios, maternity, age_width=5, sex_ratio_birth=0))
    assert round(float(stable.growth), 8) == 0.99916795
    assert stable.share[[0, 9, 17]].round(7).tolist() == [0.0624188, 0.0606902, 0.0348964]
    measures = reproduction(maternity, US_1991_YEARS, width=5, sex_ratio_birth=0, radix=1)
    assert round(float(measures.net), 9) == 0.995601948
    assert round(float(measures.growth), 10) == -0.0001664824
    assert round(float(measures.mean_age_stable), 5) == 26.47888


def test_preston_heuveline_guillot_box_7_1_egypt_1997():
    years = [4.66740, 4.63097, 4.58518, 4.53206, 4.46912, 4.39135, 4.28969]
    maternity = [0.00567, 0.06627, 0.11204, 0.07889, 0.05075, 0.01590, 0.00610]
    measures = reproduction(maternity, years, width=5, first_age=15, sex_ratio_birth=0, radix=1)
    assert round(float(measures.net), 6) == 1.527414
    assert round(float(measures.growth), 8) == 0.01424406
    assert round(float(measures.mean_age_stable), 5) == 29.47248
    assert measures.generation == pytest.approx(np.log(1.527414) / 0.01424406, rel=1e-5)


def test_preston_heuveline_guillot_box_7_3_momentum_of_western_asia():
    women = [12013, 11027, 9856, 8614, 7694, 6893, 6135, 5318, 4376, 3510]  # to age 50, of 87,176
    years = np.array([4.834, 4.803, 4.789, 4.773, 4.748, 4.716, 4.678, 4.631, 4.570, 4.483])
    maternity = np.array([0, 0, 0, 0.043, 0.112, 0.112, 0.058, 0.029, 0.007, 0])
    net = reproduction(maternity, years, width=5, sex_ratio_birth=0, radix=1).net
    assert round(float(net), 5) == 1.70282
    replacement = reproduction(maternity / net, years, width=5, sex_ratio_birth=0, radix=1)
    assert round(float(replacement.mean_age), 8) == 26.60042753
    assert abs(replacement.growth) < 1e-12 and replacement.generation == replacement.mean_age
    ratios = np.array([years[0] / 5, *years[1:] / years[:-1], 0])  # nobody is counted beyond 50
    path = project([women], [ratios], maternity / net, steps=60, age_width=5, sex_ratio_birth=0)
    births = path.births[-1, 0] / 5  # a year, in the stationary end
    assert births * 70.3 / 87176 == pytest.approx(1.609443, abs=2e-6)


def test_newell_exercise_9e_1_hong_kong_1973():
    women = np.array([234.0, 185.7, 112.5, 86.7, 107.0, 122.0, 112.6]) * 1000
    births = [3986, 23798, 27433, 12065, 7642, 2771, 354]
    alive = np.array([0.97518, 0.97258, 0.96916, 0.96524, 0.96006, 0.95209, 0.94091, 0.92435])
    years = 5 * (alive[:-1] + alive[1:]) / 2
    measures = reproduction(births / women, years, width=5, first_age=15, radix=1)
    girls = births / women / 2.05
    assert measures.gross == pytest.approx(5 * girls.sum(), rel=1e-12)
    assert measures.net == pytest.approx(1.472, abs=5e-4)
    assert measures.gross.round(1) == measures.net.round(1) == 1.5  # about 1.5 daughters


def test_reproduction_of_many_areas_and_what_it_refuses():
    rates = np.array([[0.1, 0.2], [0.05, 0.1]])
    both = reproduction(rates, [480_000.0, 470_000.0], width=5, first_age=20)
    assert both.net.shape == both.generation.shape == (2,)
    assert both.net[0] == pytest.approx(2 * both.net[1])
    cases = [
        ((rates * 0, [480_000.0, 470_000.0]), {}, "fert_rate: found no births"),
        ((rates, [480_000.0, 470_000.0]), {"radix": 1}, "radix: found 1, with Lx above"),
        ((rates, [4.8, 4.7]), {"width": 0}, "width: found 0, expected positive years"),
    ]
    for arguments, options, words in cases:
        with pytest.raises(ValueError, match=words):
            reproduction(*arguments, **{"width": 5, **options})


def test_homework_of_the_university_of_washington_stat_593_growth_structure_and_reproductive_value():
    stable = stable_population(leslie_matrix([1, 0.65, 0.75, 0.15], first_row=[0, 0.675, 0.03]))
    assert round(float(-np.log(stable.growth)), 7) == 0.3815704  # decline per step
    assert stable.share.round(7).tolist() == [0.3037604, 0.2891735, 0.4070661]
    assert stable.reproductive_value.round(8).tolist() == [1, 1.05044361, 0.05630754]


def test_united_states_females_1966_in_keyfitz_and_caswell():
    row = [0, 0.00102, 0.08515, 0.30574, 0.40002, 0.28061, 0.15260, 0.06420, 0.01483, 0.00089]
    below = [0.99670, 0.99837, 0.99780, 0.99672, 0.99607, 0.99472, 0.99240, 0.98867, 0.98274]
    assert round(float(stable_population(leslie_matrix(below, first_row=row)).growth), 4) == 1.0498


# Slovenia and the rest of Yugoslavia, females 1961 (Willekens and Rogers 1978, RR-78-18, table 1.3): rates of death,
# birth (of daughters) and of moving to the other region, ages 0-4 to 85 and over
DEATH = [[0.006150, 0.022468], [0.000432, 0.000669], [0.000297, 0.000478], [0.000516, 0.000865]]
DEATH += [[0.000747, 0.001220], [0.000677, 0.001585], [0.000999, 0.001753], [0.001224, 0.002073]]
DEATH += [[0.001924, 0.002872], [0.003570, 0.003889], [0.005224, 0.006382], [0.008004, 0.009615]]
DEATH += [[0.012955, 0.016857], [0.025864, 0.027784], [0.047742, 0.048067], [0.075556, 0.072084]]
DEATH += [[0.146620, 0.111814], [0.203611, 0.143486]]
BIRTH = [[0, 0], [0, 0], [0.000071, 0.000067], [0.015857, 0.026458], [0.070652, 0.087978]]
BIRTH += [[0.063218, 0.074260], [0.041103, 0.044290], [0.022862, 0.023532], [0.007797, 0.012051]]
BIRTH += [[0.000710, 0.002151], [0.000292, 0.000714], *[[0, 0]] * 7]
MOVE = [[0.002832, 0.000272], [0.002294, 0.000166], [0.001485, 0.000157], [0.005158, 0.000679]]
MOVE += [[0.007170, 0.000937], [0.005534, 0.000506], [0.003756, 0.000350], [0.001765, 0.000226]]
MOVE += [[0.001013, 0.000183], [0.000543, 0.000094], [0.000663, 0.000130], [0.000629, 0.000205]]
MOVE += [[0.000884, 0.000203], [0.000949, 0.000156], [0.000876, 0.000078], [0.001111, 0.000099]]
MOVE += [[0.000704, 0.000196], [0.001111, 0.000076]]
IN_1961 = [[67800, 847900], [74100, 905200], [70700, 808100], [60100, 617400], [62900, 725500]]
IN_1961 += [[66500, 774000], [67100, 728400], [62900, 633300], [39500, 392400], [47900, 437100]]
IN_1961 += [[51300, 453800], [46100, 389300], [39600, 325800], [29500, 230600], [21700, 180000]]
IN_1961 += [[14400, 120900], [7100, 61200], [3600, 39300]]


def test_willekens_and_rogers_1978_two_regions_of_yugoslavia_1961_to_2001():
    out, swap = np.array(MOVE), np.array([[0, 1], [1, 0]])
    rates = np.array([np.diag(d + m) - swap * m for d, m in zip(np.array(DEATH), out, strict=True)])
    one = np.eye(2)
    move = np.linalg.solve(one + 2.5 * rates, one - 2.5 * rates)  # from region (column) to region (row)
    alive = [one]
    for step in move[:-1]:
        alive.append(step @ alive[-1])
    years = [2.5 * (a + b) for a, b in pairwise(alive)]
    years.append(np.linalg.inv(rates[-1]) @ alive[-1])
    survive = [b @ np.linalg.inv(a) for a, b in pairwise(years)]
    assert survive[0].round(6)[1, 0] == 0.012622 and survive[0].round(4)[0, 0] == 0.9709  # table 2.9
    matrix = np.zeros((36, 36))  # ages by regions
    for x, s in enumerate(survive):
        matrix[2 * x + 2 : 2 * x + 4, 2 * x : 2 * x + 2] = s
        born = np.diag(BIRTH[x]) + np.diag(BIRTH[x + 1]) @ s
        matrix[:2, 2 * x : 2 * x + 2] = 5 / 4 * (move[0] + one) @ born
    path = project_leslie(np.array(IN_1961).ravel(), matrix, steps=8).reshape(9, 18, 2)
    in_1966 = [69924, 66731, 73995, 71060, 60535, 63284, 66331, 66848, 62615]  # Slovenia, 0-4 to 40-44
    np.testing.assert_allclose(path[1, :9, 0], in_1966, atol=2)  # rates to six places
    in_2001 = [[81001, 1130953], [77972, 1027894], [76680, 993837], [76582, 968412], [77190, 945021]]
    in_2001 += [[75638, 898909], [72104, 838496], [70384, 812666], [67731, 758104], [74725, 844134]]
    in_2001 += [[69342, 736956], [56291, 543472], [56672, 600813], [54501, 578276], [45935, 455970]]
    in_2001 += [[31869, 298515], [11951, 119997], [9124, 136532]]  # table 3.2
    np.testing.assert_allclose(path[8], in_2001, rtol=2e-4)


def test_movement_accounts_of_rees_and_wilson_with_rates_on_the_mean_of_start_and_end():
    # deaths and emigrants are rates times (start + end)/2: end = start·(1 - k)/(1 + k) + immigrants/(1 + k)
    pop, came = (
        np.array([[1000.0, 900, 400]]),
        np.array([30.0, 20, 5, 1]),
    )  # of births, then by age at the start
    death, left = np.array([0.004, 0.001, 0.01, 0.2]), np.array([0.01, 0.02, 0.01, 0.0])
    k = (death + left) / 2
    step = project_step(
        pop, [(1 - k) / (1 + k)], [0, 0.05, 0], mig_in_count=[came / (1 + k)], sex_ratio_birth=0,
        mig_age="cohort", mig_timing="end",
    )  # fmt: skip
    began = np.array([step.births[0], *pop[0]])
    ended = np.array([*step.pop_count[0, :2], np.nan, np.nan])
    for i in (0, 1):  # the open group holds two cohorts
        mean = (began[i] + ended[i]) / 2
        assert ended[i] == pytest.approx(began[i] - (death[i] + left[i]) * mean + came[i], rel=1e-13)
    assert step.births[0] == pytest.approx(0.05 * (900 + ended[1]) / 2)


IN_1 = [12, 11, 34, 54, 68, 51, 23, -12, -25, -26]
IN_2 = [0, 4, 3, 24, 31, 54, 0, 64, 12, 35]
IN_3 = [0, 0, 6, 54, 12, 32, 35, 0, 2, -2]


@pytest.mark.parametrize(
    ("migrants", "total", "growth"),
    [(None, 875.8826106880001, 1.333728647970054), ((IN_1, IN_2, IN_3), 3264.85815961600, 1.30176322373759)],
)
def test_gatto_and_casagrandi_2003_three_ages_with_and_without_immigrants_by_year(migrants, total, growth):
    net = None if migrants is None else np.transpose(migrants)[:, None]  # (year, sex, age)
    path = project(
        [[40.0, 0, 20]], [[1, 0.8, 0.7, 0]], [0, 1.6, 1.2], net, steps=10,
        sex_ratio_birth=0, births_from="start", mig_timing="end",
    )  # fmt: skip
    people = path.pop_count.sum(axis=(1, 2))
    assert people[10] == pytest.approx(total, rel=1e-13)
    assert people[10] / people[9] == pytest.approx(growth, rel=1e-13)


def test_feeney_component_projection_tutorial_china_1990_first_survivors():
    ratios = survival_ratios(Lx=[477_191, 472_185, 470_000], lx=[100_000, 95_000, 94_000], width=5)
    step = project_step([[55_389.0, 0, 0]], [ratios], [0, 0, 0], age_width=5)
    assert step.pop_count[0, 1].round() == 54_808


def test_wheldon_popreconstruct_matrix_on_start_and_half_of_the_migrants():
    # P(t+5) = A·(P + M/2) + M/2, A with births of the survivors, M annual shares of P
    share, women = np.array([0.004, 0.002, -0.003, 0.006]), np.array([300.0, 280, 250, 400])
    ratios, rate = np.array([0.95, 0.98, 0.97, 0.9, 0.6]), np.array([0, 0.12, 0.1, 0])
    half = share * 5 * women / 2
    expected = leslie_matrix(ratios, rate, age_width=5) @ (women + half) + half
    step = project_step(
        [women], [ratios], rate, [share], age_width=5, mig_kind="rate", mig_span=1, births_mig="split"
    )
    np.testing.assert_allclose(step.pop_count[0], expected, rtol=1e-13)


def test_births_given_as_a_count_are_met_by_rates_in_proportion():
    pop, ratios, rate = [[300.0, 280, 250, 400]], [[0.95, 0.98, 0.97, 0.9, 0.6]], np.array([0, 0.12, 0.1, 0])
    first = project_step(pop, ratios, rate, [[10.0, 20, 5, 0]], age_width=5)
    known = project_step(pop, ratios, rate * 100 / first.births.sum(), [[10.0, 20, 5, 0]], age_width=5)
    assert known.births.sum() == pytest.approx(100, rel=1e-14)


def test_rogers_emigration_as_part_of_survival_immigrants_half_and_half():
    # P(t+5) = L·(P + I/2) + I/2 with s - e below the diagonal: survival less emigration is a survival ratio
    women, came = np.array([300.0, 280, 250, 400]), np.array([10.0, 30, 8, 2])
    ratios, left = np.array([0.95, 0.98, 0.97, 0.9, 0.6]), np.array([0, 0.03, 0.05, 0.01, 0.0])
    rate, stay = np.array([0, 0.12, 0.1, 0]), ratios - left
    row = 5 * 0.95 / 2.05 * (rate + np.append(rate[1:], 0) * stay[1:]) / 2
    matrix = np.diag(stay[1:4], -1)
    matrix[0], matrix[3, 3] = row, stay[4]
    expected = matrix @ (women + came / 2) + came / 2
    step = project_step([women], [stay], rate, mig_in_count=[came], age_width=5, births_mig="split")
    np.testing.assert_allclose(step.pop_count[0], expected, rtol=1e-13)


def test_immigrants_and_emigrants_that_move_at_different_times_by_hand():
    pop, surv = np.array([[100.0, 200, 50]]), np.array([[1.0, 0.9, 0.8, 0.5]])
    came, left = np.array([[4.0, 6, 2]]), np.array([[0.1, 0.05, 0.0]])
    step = project_step(
        pop, surv, np.zeros(3), mig_in_count=came, mig_out_rate=left, mig_timing=("end", "start")
    )
    np.testing.assert_allclose(step.pop_count[0], [4, 90 * 0.9 + 6, 190 * 0.8 + 50 * 0.5 + 2], rtol=1e-14)
    assert step.mig_net_count[0] == 12 - 20
    assert step.deaths[0] == pytest.approx(90 * 0.1 + 190 * 0.2 + 50 * 0.5)
    options = {"mig_in_count": came, "mig_out_rate": left}
    same = project_step(pop, surv, np.zeros(3), mig_timing=("start", "start"), **options)
    one = project_step(pop, surv, np.zeros(3), mig_timing="start", **options)
    np.testing.assert_array_equal(same.pop_count, one.pop_count)
    path = project(pop, surv, np.zeros(3), steps=2, mig_timing=("end", "start"), **options)
    np.testing.assert_array_equal(path.pop_count[1], step.pop_count)
    for timing, words in (
        (("end", "late"), "mig_timing: found 'late'"),
        (("end",) * 3, "one timing, or two"),
    ):
        with pytest.raises(ValueError, match=words):
            project_step(pop, surv, np.zeros(3), mig_timing=timing, **options)
    with pytest.raises(ValueError, match="'mid'"):
        project_step(pop, surv, np.zeros(3), mig_timing=("mid", "end"), **options)


def test_hamilton_perry_with_printed_ratios_san_diego_county_females_2010():
    # ratios 2005-10 and children per woman as printed, the first groups of the course's table
    women = [114592.0, 112324, 100728, 110732, 112593, 106802, 110686, 114547, 112475, 118695]
    ratios = [1.0077, 1.0308, 1.0371, 1.0318, 1.0268, 1.0227, 1.0152, 1.0031, 1.0072]
    path = hamilton_perry(None, [women], change_ratio=[ratios], child_woman_ratio=[[0.17159]])
    assert path[1, 0, 1].round() == round(114592 * 1.0077)
    assert path[1, 0, 0] == pytest.approx(0.17159 * path[1, 0, 3:9].sum())
    assert 114592 / sum(women[3:9]) == pytest.approx(0.17159, abs=6e-6)  # the ratio printed is that of 2010


# -- migration -------------------------------------------------------------------------------------------


def test_united_nations_manual_vi_table_24_bombay_1941_to_1951():
    early = [77135, 85434, 79185, 82603, 126247, 155344, 138843, 109356, 81626, 47062, 36908, 15134, 25094]
    ratio = [0.9087, 0.9573, 0.9471, 0.9308, 0.9223, 0.9161, 0.9047, 0.885, 0.8548, 0.8122, 0.7535, 0.6726]
    late = [132870, 170227, 263971, 253964, 195373, 151259, 118383, 76421, 65897, 32265, 22248, 9655, 10100]
    net = [62777, 88441, 188975, 177077, 78935, 8948, -7228, -20359, -3877, -5959, -5562, -524, 399]
    # 60 and over becomes 70 and over; children below 10 are not part of the table
    moved = residual_migration([early], [[0, 0, *late]], [[*ratio, 0.3866]], lag=2)
    np.testing.assert_allclose(moved[0, 2:], net, atol=0.5)
    assert np.isnan(moved[0, :2]).all() and np.nansum(moved) == pytest.approx(562_043, abs=1)
    reverse = residual_migration([early], [[0, 0, *late]], [[*ratio, 0.3866]], lag=2, timing="start")
    assert reverse[0, 2] == pytest.approx(132870 / 0.9087 - 77135)


def test_united_nations_1992_table_6_manila_females_1960_to_1970_by_census_survival_ratios():
    city = [80275, 70875, 63250, 85618, 75793, 60037, 34813, 31927, 24297, 20207, 13714, 9366, 7921, 11114]
    after = [79489, 101410, 90410, 56055, 44648, 36963, 28873, 23678, 19063, 14484, 10205, 6405, 3746, 4779]
    ratio = [1.11722489, 0.991546373, 0.972851893, 0.889259325, 0.841306949, 0.95707411, 0.951292085]
    ratio += [0.904155634, 0.929513107, 0.796608568, 0.876984438, 0.83518443, 0.711583081, 0.562446761]
    net = [
        -10196,
        31134,
        28877,
        -20082,
        -19117,
        -20497,
        -4244,
        -5189,
        -3521,
        -1613,
        -1822,
        -1417,
        -1890,
        -1472,
    ]
    moved = residual_migration([city], [[85870, 83054, *after]], [ratio], lag=2)
    np.testing.assert_allclose(moved[0, 2:], net, atol=0.5)


def test_residual_of_stocks_1950_to_55_as_in_the_united_nations_spreadsheet_of_demotools():
    men = [835, 671, 570.999, 544, 552, 550, 513, 487.998, 432.002, 378.001, 338.001, 295.999, 263.001]
    men += [220.999, 156, 92.001, 42.204, 18.001, 4.331, 0.639, 0.07]
    later = [989.592, 880.029, 697.435, 575.575, 561.146, 595.087, 582.08, 544.567, 507.247, 440.909, 373.935]
    later += [316.617, 265.548, 235.035, 182.951, 110.75, 57.555, 18.737, 5.459, 0.807, 0.065]
    surv = [0.95557549, 0.9921273, 0.99594764, 0.99510483, 0.99178483, 0.99134461, 0.99100899, 0.98929784]
    surv += [0.98473229, 0.97588706, 0.96048519, 0.93812765, 0.90615821, 0.8622277, 0.8047363, 0.71333856]
    surv += [0.596832, 0.44396816, 0.30330032, 0.18642771, *[0.0911662462413327] * 2]
    rate = np.array([50.369, 202.131, 206.141, 149.211, 87.253, 31.052, 2.843]) / 1000  # women 15-19 to 45-49
    start = [534, 557.999, 564, 521.001, 478.001, 410.999, 352.999]
    end = [562.978, 556.695, 589.153, 595.677, 545.622, 488.336, 410.687]
    born = births_by_mother(start, end, rate, interval=5).sum() * 1.058 / 2.058
    net = [1.78993, 51.6027, 29.15413, 7.37114, 21.61505, 47.86478, 37.02506, 37.05721, 26.69961, 19.32384]
    net += [10.87064, -0.47108, -2.67392, 8.26825, 5.10508, -0.53082, 2.64586, -0.00023, -0.00071, -0.00042]
    moved = residual_migration([men], [later], [surv], [born])
    np.testing.assert_allclose(moved[0], [*net, 0.00036], atol=6e-6)


def test_australian_bureau_of_statistics_3228_plus_minus_from_10_to_15():
    adjusted = plus_minus([30, -50, 30], 15)
    assert (adjusted / [30, -50, 30]).round(3).tolist() == [1.045, 0.955, 1.045]
    assert adjusted.sum() == pytest.approx(15)


def test_iterative_proportional_fitting_of_the_usual_four_by_four_example():
    seed = [[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]]
    fitted = fit_margins(seed, (0, [150, 300, 400, 150]), (1, [200, 300, 400, 100]))
    printed = [
        [64.61, 46.28, 35.42, 3.83],
        [49.95, 68.15, 156.49, 25.37],
    ]  # the encyclopedia's, after its steps
    printed += [[56.70, 144.40, 145.06, 53.76], [28.74, 41.18, 63.03, 17.03]]
    np.testing.assert_allclose(fitted, printed, atol=0.25)


def test_relational_gompertz_with_the_standard_of_booth_1984():
    # gompits at 20, 25, … 45 and shares of the total rate as printed: F = 1/e moved by α has the gompit α
    gompit = [-0.69130, 0.02564, 0.70000, 1.47872, 2.62602, 4.80970]
    printed = [0.1358, 0.3773, 0.6086, 0.7962, 0.9302, 0.9919]
    assert relational_gompertz([np.exp(-1)], gompit)[:, 0].round(4).tolist() == printed
    standard = np.array([0, *np.exp(-np.exp(-np.array(gompit))), 1.0])
    np.testing.assert_allclose(relational_gompertz(standard, 0.0), standard, rtol=1e-14)
    moved = relational_gompertz(standard, [0.3, -0.3], 1.2)
    np.testing.assert_allclose(moved[0, 1:-1], np.exp(-np.exp(-0.3 - 1.2 * np.array(gompit))), rtol=1e-12)
    assert (moved[0, 1:-1] > moved[1, 1:-1]).all() and moved[:, [0, -1]].tolist() == [[0, 1], [0, 1]]
    rates = np.diff(moved) * 1.5 / 5
    np.testing.assert_allclose(rates.sum(axis=-1) * 5, 1.5, rtol=1e-14)
    with pytest.raises(ValueError, match="cumulated: found shares that fall with age"):
        relational_gompertz([0.5, 0.4], 0.1)


def test_rogers_castro_schedules_of_united_nations_1992_for_both_sexes_at_once():
    # Western standard: men, women; gross migraproduction near 1, a peak in the early twenties
    age = np.arange(100)
    men = (0.0215, 0.105, 0.0694, 0.112, 20.04, 0.391, 0.0028)
    women = (0.0233, 0.107, 0.0766, 0.1436, 20.632, 0.4003, 0.0036)
    both = rogers_castro(age, *np.transpose([men, women]))
    assert both.shape == (2, 100)
    np.testing.assert_array_equal(both[0], rogers_castro(age, *men))
    assert both.argmax(axis=1).tolist() == [23, 23] and np.allclose(both.sum(axis=1), 1, atol=0.07)
    assert rogers_castro(20, *men).shape == ()


def test_rogers_castro_with_11_and_13_parameters_as_rcbayes_writes_them():
    age = np.arange(76)
    work = {"a1": 0.09, "alpha1": 0.1, "a2": 0.2, "alpha2": 0.1, "mu2": 21, "lambda2": 0.39, "c": 0.01}
    eleven = rogers_castro(age, **work, a3=0.001, alpha3=1, mu3=67, lambda3=0.6)
    peak = 0.001 * np.exp(-(age - 67) - np.exp(-0.6 * (age - 67.0)))
    np.testing.assert_allclose(eleven, rogers_castro(age, **work) + peak, rtol=1e-13)
    thirteen = rogers_castro(
        age, **work, a3=[0.001, 0.0], alpha3=1, mu3=67, lambda3=0.6, a4=0.0002, lambda4=0.04
    )
    np.testing.assert_allclose(thirteen[0], eleven + 0.0002 * np.exp(0.04 * age), rtol=1e-13)
