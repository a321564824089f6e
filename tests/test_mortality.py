"""Life tables come out as printed, survival follows from them, and mortality meets its targets."""

import csv

import numpy as np
import pandas as pd
import pytest

from wohnlib.model.fertility import rates_from_total, rogers_castro, single_year_shares
from wohnlib.model.mortality import improve, life_table, scale_to_life_expectancy, survival_ratios
from wohnlib.paths import shared

# fmt: off
# Preston, Heuveline, Guillot (2001), Demography, box 3.1 (p. 49): Austria, males, 1992, ages 0, 1-4, … 85+
WIDTH = [1, 4, *[5] * 16, np.inf]
COUNT = np.array([47925, 189127, 234793, 238790, 254996, 326831, 355086, 324222, 269963, 261971, 238011, 261612,
                  181385, 187962, 153832, 105169, 73694, 57512, 32248])
DEATHS = np.array([419, 70, 36, 46, 249, 420, 403, 441, 508, 769, 1154, 1866, 2043, 3496, 4366, 4337, 5279, 6460,
                   6146])
AX = [0.068, 1.626, 2.5, 3.143, 2.724, 2.520, 2.481, 2.601, 2.701, 2.663, 2.698, 2.676, 2.645, 2.624, 2.619, 2.593,
      2.518, 2.423, 5.247]
AUSTRIA_LX = [100000, 99133, 98986, 98910, 98815, 98334, 97704, 97151, 96492, 95588, 94195, 91937, 88711, 83845,
              76377, 66225, 53803, 37441, 21134]
AUSTRIA_DX = [867, 147, 76, 95, 481, 630, 553, 659, 904, 1393, 2258, 3225, 4867, 7467, 10152, 12422, 16362, 16307,
              21134]
AUSTRIA_YEARS = [99192, 396183, 494741, 494375, 492980, 490106, 487127, 484175, 480384, 474686, 465777, 452188,
                 432096, 401480, 357713, 301224, 228404, 145182, 110889]
AUSTRIA_EX = [72.889, 72.526, 68.631, 63.682, 58.740, 54.014, 49.346, 44.613, 39.900, 35.252, 30.734, 26.422,
              22.286, 18.426, 14.971, 11.864, 9.005, 6.839, 5.247]
# fmt: on


def test_preston_heuveline_guillot_box_3_1_austrian_males_1992():
    table = life_table(mx=DEATHS / COUNT, width=WIDTH, ax=AX)
    assert table.lx.round().tolist() == AUSTRIA_LX
    assert table.dx.round().tolist() == AUSTRIA_DX
    assert table.Lx.round().tolist() == AUSTRIA_YEARS
    assert table.ex.round(3).tolist() == AUSTRIA_EX
    assert table.qx[:3].round(6).tolist() == [0.008672, 0.001479, 0.000766]
    assert table.ax[-1] == pytest.approx(5.247, abs=5e-4)


def test_the_same_table_from_qx_and_the_length_of_life_at_85():
    table = life_table(mx=DEATHS / COUNT, width=WIDTH, ax=AX)
    again = life_table(table.qx, width=WIDTH, ax=AX, open_end="given", e_open=table.ex[-1])
    for name in ("lx", "Lx", "Tx", "ex", "mx"):
        np.testing.assert_allclose(getattr(again, name), getattr(table, name), rtol=1e-13)


def test_coale_demeny_first_ages_as_in_preston_heuveline_guillot_table_3_3():
    m = np.array([[0.02, 0.002, 0.01], [0.02, 0.002, 0.01], [0.2, 0.01, 0.01], [0.2, 0.01, 0.01]])
    sexes = ("F", "M", "F", "M")
    table = life_table(mx=m, width=[1, 4, 5], a0="coale_demeny", sex=sexes)
    expected = [
        [0.053 + 2.8 * 0.02, 1.522 - 1.518 * 0.02],
        [0.045 + 2.684 * 0.02, 1.651 - 2.816 * 0.02],
        [0.350, 1.361],
        [0.330, 1.352],
    ]
    np.testing.assert_allclose(table.ax[:, :2], expected, rtol=1e-13)


def test_coale_demeny_for_both_sexes_together_is_the_mean():
    table = life_table(mx=[0.02, 0.002, 0.01], width=[1, 4, 5], a0="coale_demeny", sex="B")
    np.testing.assert_allclose(table.ax[:2], [0.049 + 2.742 * 0.02, 1.5865 - 2.167 * 0.02], rtol=1e-13)


def test_andreev_kingkade_from_qx_and_from_mx_agree():
    m = np.array([[0.003, 0.001, 0.1], [0.05, 0.001, 0.1]])
    table = life_table(mx=m, a0="andreev_kingkade", sex=("F", "M"))
    assert table.ax[0, 0] == pytest.approx(0.14903 - 2.05527 * 0.003, rel=1e-12)
    assert table.ax[1, 0] == pytest.approx(0.02832 + 3.26021 * 0.05, rel=1e-12)
    again = life_table(
        table.qx, a0="andreev_kingkade", sex=("F", "M"), open_end="given", e_open=table.ex[:, -1]
    )
    np.testing.assert_allclose(again.ax, table.ax, rtol=1e-9)


def test_dying_out_and_the_cubic_rule():
    table = life_table([0.1, 0.2, 0.3, 0.4, 0.5, 1.0], ax="cubic", open_end="die_out", radix=1.0)
    assert table.Lx[-1] == pytest.approx(table.lx[-1] / 2)
    expected = 0.5 + (table.dx[3] - table.dx[1]) / 24 / table.dx[2]
    assert table.ax[2] == pytest.approx(expected, rel=1e-12)


def _official(period):
    path = shared() / "official" / f"destatis_12621-0001_sterbetafel_{period}.csv"
    with path.open(encoding="utf-8-sig") as file:
        rows = [r for r in csv.reader(file, delimiter=";") if r and r[0].split(" ")[0].isdigit()]
    for first in (1, 15):
        yield [np.array([float(r[first + 2 * k].replace(",", ".")) for r in rows]) for k in range(7)]


@pytest.mark.shared
@pytest.mark.parametrize(("period", "a0"), [("2020-2022", (0.13, 0.13)), ("2022-2024", (0.1216, 0.1345))])
def test_destatis_12621_0001_all_printed_columns(period, a0):
    for (q, p, l, d, years, t, e), first in zip(_official(period), a0, strict=True):
        table = life_table(q, a0=first, open_end="year", e_open=t[-1] / l[-1])
        assert table.px.round(8).tolist() == p.tolist()
        assert table.lx.round().tolist() == l.tolist()
        assert table.dx.round().tolist() == d.tolist()
        assert table.Lx.round().tolist() == years.tolist()
        assert table.ex.round(2).tolist() == e.tolist()


@pytest.mark.shared
def test_destatis_life_expectancy_at_full_precision_follows_from_qx_a0_and_e100():
    tables = pd.read_csv(shared() / "germany" / "lifetable_germany_qx_2011-13_to_2022-24.csv")
    seen = 0
    for _, rows in tables.groupby(["period", "sex"]):
        q, e = (rows.sort_values("age")[c].to_numpy() for c in ("qx", "ex"))
        if np.array_equal(e, e.round(2)):
            continue  # later periods are delivered rounded
        a0 = (e[0] - (1 - q[0]) * (1 + e[1])) / q[0]
        assert 0.13 < a0 < 0.151
        np.testing.assert_allclose(life_table(q, a0=a0, open_end="year", e_open=e[-1]).ex, e, rtol=1e-12)
        seen += 1
    assert seen >= 10


def test_survival_ratios_of_five_year_groups_are_those_of_the_single_years():
    q = np.minimum(0.0005 * np.exp(0.09 * np.arange(101)), 1.0)
    table = life_table(q, a0=0.1, open_end="year", e_open=2.0)
    five = survival_ratios(Lx=table.Lx, Tx=table.Tx, lx=table.lx, group=5, ages=18)
    years = table.Lx[:100].reshape(20, 5).sum(axis=1)
    assert five.shape == (19,)
    np.testing.assert_allclose(five[1:17], years[1:17] / years[:16], rtol=1e-14)
    assert five[0] == pytest.approx(years[0] / 500_000)
    assert five[17] == five[18] == pytest.approx(table.Tx[85] / table.Tx[80], rel=1e-14)


def test_survival_ratios_pool_the_open_group_or_keep_it_apart():
    q = np.array([0.01, 0.02, 0.1, 0.4])
    table = life_table(q, a0=0.1, open_end="year", e_open=2.0)
    apart = survival_ratios(q, a0=0.1, e_open=2.0, open_group="separate")
    pooled = survival_ratios(q, a0=0.1, e_open=2.0)
    assert apart[3] == pytest.approx(table.Lx[3] / table.Lx[2])
    assert apart[4] == pytest.approx((table.Tx[3] - table.Lx[3]) / table.Tx[3])
    assert pooled[3] == pooled[4] == pytest.approx(table.Tx[3] / table.Tx[2])
    exact = survival_ratios(q, a0=0.1, e_open=2.0, kind="exact")
    np.testing.assert_allclose(exact[1:4], 1 - q[:3], rtol=1e-14)


def test_abridged_table_joins_infants_and_children():
    table = life_table(mx=DEATHS / COUNT, width=WIDTH, ax=AX)
    ratio = survival_ratios(Lx=table.Lx, lx=table.lx, width=WIDTH)
    assert ratio.shape == (19,)
    assert ratio[0] == pytest.approx((table.Lx[0] + table.Lx[1]) / 500_000)
    assert ratio[1] == pytest.approx(table.Lx[2] / (table.Lx[0] + table.Lx[1]))


@pytest.mark.parametrize("method", ["hazard", "odds", "brass"])
def test_life_expectancy_is_met_to_1e_9_years_for_all_at_once(method):
    age = np.arange(101)
    q = np.stack(
        [
            np.minimum(0.003 * (age == 0) + 0.00005 * np.exp(0.09 * age), 0.5),
            np.minimum(0.004 * (age == 0) + 0.0001 * np.exp(0.09 * age), 0.5),
        ]
    )
    target = np.array([[70.0, 65], [83.5, 78.6], [90, 88]])
    scaled = scale_to_life_expectancy(q, target, method=method, a0=0.13, e_open=[2.0, 1.8])
    assert scaled.qx.shape == (3, 2, 101)
    table = life_table(scaled.qx, a0=0.13, open_end="given", e_open=scaled.e_open)
    np.testing.assert_allclose(table.ex[..., 0], target, atol=1e-9)
    assert (
        (scaled.factor > 1) == (target < life_table(q, a0=0.13, open_end="given", e_open=[2.0, 1.8]).ex[:, 0])
    ).all()


def test_a_target_already_met_leaves_mortality_alone():
    q = np.array([0.01, 0.02, 0.1, 0.4])
    e0 = life_table(q, open_end="given", e_open=2.0).ex[0]
    scaled = scale_to_life_expectancy(q, e0, e_open=2.0)
    np.testing.assert_allclose(scaled.qx, q, rtol=1e-8)


def test_a_target_out_of_reach_is_named():
    with pytest.raises(ValueError, match=r"e0_target: found a life expectancy out of reach"):
        scale_to_life_expectancy([0.01, 0.5], 0.1)


def test_improvement_is_a_yearly_decline():
    path = improve([[0.1, 0.5]], [[0.01, 0.0]], [0, 1, 10])
    assert path.shape == (3, 1, 2)
    np.testing.assert_allclose(path[:, 0], [[0.1, 0.5], [0.099, 0.5], [0.1 * 0.99**10, 0.5]], rtol=1e-14)
    assert improve([0.1], 0.01, 2).tolist() == [0.1 * 0.99**2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"qx": [0.1, 1.2]}, r"qx: found 1.2 at \[1\], expected values of at most 1"),
        ({"qx": [0.1, float("nan")]}, r"qx: found nan at \[1\]"),
        ({"mx": [-0.1, 0.2]}, r"mx: found -0.1 at \[0\], expected values of at least 0"),
        ({}, "exactly one of them"),
        ({"qx": [0.1, 0.2], "e_open": 2.0}, "e_open: found 2.0"),
        ({"qx": [0.1, 0.0]}, "qx: found 0 in the open group"),
        ({"qx": [0.1, 0.2], "ax": "middle"}, "ax: found 'middle', expected one of"),
        ({"qx": [[0.1, 0.2]], "a0": "coale_demeny"}, r"sex: found \('F', 'M'\)"),
    ],
)
def test_wrong_tables_are_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        life_table(**arguments)


def test_fertility_rates_sum_to_the_total():
    rates = rates_from_total([1.4, 2.1], [0.2, 0.5, 0.3], width=5)
    assert rates.shape == (2, 3)
    np.testing.assert_allclose(rates.sum(axis=-1) * 5, [1.4, 2.1], rtol=1e-14)
    with pytest.raises(ValueError, match=r"share: found a sum of 0\.9"):
        rates_from_total(1.4, [0.4, 0.5])


def test_single_years_keep_the_groups_are_smooth_and_not_negative():
    share = np.array([[0.015, 0.10, 0.28, 0.37, 0.195, 0.038, 0.002], [0.5, 0.0, 0.5, 0, 0, 0, 0]])
    single = single_year_shares(share, ages=101)
    assert single.shape == (2, 101)
    assert (single >= 0).all()
    np.testing.assert_allclose(single[:, 15:50].reshape(2, 7, 5).sum(axis=-1), share, rtol=1e-12, atol=1e-15)
    assert single[:, :15].sum() == single[:, 50:].sum() == 0
    assert np.abs(np.diff(single[0], n=2)).max() < 0.012
    assert 29 <= single[0].argmax() <= 32


def test_rogers_castro_peaks_where_it_should_and_adds_its_parts():
    age = np.arange(101)
    seven = rogers_castro(age, 0.02, 0.1, 0.06, 0.1, 20, 0.4, 0.003)
    assert seven[0] == pytest.approx(0.023, abs=1e-6)
    assert 22 <= seven[10:60].argmax() + 10 <= 25
    eleven = rogers_castro(
        age, 0.02, 0.1, 0.06, 0.1, 20, 0.4, 0.003, a3=0.01, alpha3=0.4, mu3=65, lambda3=0.2
    )
    bump = eleven - seven
    np.testing.assert_allclose(bump, rogers_castro(age, 0, 0, 0.01, 0.4, 65, 0.2), atol=1e-15)
