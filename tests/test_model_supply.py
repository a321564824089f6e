"""Supply and levers: losses by year built, potentials before land, rules by hand."""

import numpy as np
import pytest

from wohnlib.model import levers as rules
from wohnlib.model import supply as m


def test_losses_by_age_by_hand():
    # risk 2·100, 1·200, 0.5·200 = 200, 200, 100 of 500; 10 losses
    by_age = m.losses_by_age(np.array([10.0]), np.array([[100.0, 200, 200]]), np.array([2.0, 1, 0.5]))
    assert by_age[0] == pytest.approx([4, 4, 2])


def test_losses_by_age_sum_to_the_losses():
    rng = np.random.default_rng(4)
    losses, stock = rng.uniform(0, 9, 5), rng.uniform(0, 99, (5, 4))
    assert m.losses_by_age(losses, stock, np.array([2.0, 1, 1, 0.3])).sum(-1) == pytest.approx(losses)


def test_dwellings_by_age_keep_the_units_and_the_kreis():
    buildings = np.array([[10.0, 20], [30, 5]])
    found = m.dwellings_by_age(buildings, np.array([40.0, 60]), np.array([55.0, 45]))
    assert found.sum(1) == pytest.approx([40, 60])
    assert found.sum(0) == pytest.approx([55, 45])


def test_land_after_potentials_by_hand():
    # 100 houses: 20 vacant, 0 conversions, 30 gaps: 50 left, at 10 a hectare 5 ha; 40 flats: 50 in gaps: 0 ha
    left = m.land_after_potentials(
        np.array([100.0, 40]), {"leerstand": np.array([20.0, 0]), "bauluecke": np.array([30.0, 50])},
        np.array([10.0, 40]), np.zeros(2),
    )  # fmt: skip
    assert left.used["leerstand"].tolist() == [20, 0]
    assert left.used["bauluecke"].tolist() == [30, 40]
    assert left.left_to_build.tolist() == [50, 0]
    assert left.hectares.tolist() == [5, 0]


def test_land_with_potentials_by_hand_against_the_tables_of_a_small_town():
    # 118 houses, 10 flats; 2 ha saved by 30 houses at 15 a hectare, 8 of 10 flats in a former post office
    left = m.land_after_potentials(
        np.array([118.0, 10]), {"leerstand": np.array([18.0, 0]), "umbau": np.array([0.0, 8]),
                                "bauluecke": np.array([12.0, 0])}, np.array([15.0, 40]), np.zeros(2),
    )  # fmt: skip
    assert left.left_to_build.tolist() == [88, 2]
    assert left.hectares == pytest.approx([88 / 15, 0.05])


@pytest.mark.parametrize(
    ("to_build", "given", "density", "infill"),
    [
        ([-1.0, 0], 0.0, 15.0, 0.0),
        ([1.0, 0], -1.0, 15.0, 0.0),
        ([1.0, 0], 0.0, 0.0, 0.0),
        ([1.0, 0], 0.0, 15.0, 1.2),
    ],
)
def test_numbers_that_cannot_be_are_refused(to_build, given, density, infill):
    with pytest.raises(ValueError, match=r"must"):
        m.land_after_potentials(
            np.array(to_build), {"umbau": np.full(2, given)}, np.full(2, density), np.full(2, infill)
        )


def test_reuse_comes_before_green_fields():
    full = m.land_after_potentials(
        np.array([10.0, 0]), {k: np.array([8.0, 0]) for k in m.KINDS}, np.array([10.0, 40]), np.zeros(2)
    )
    assert [full.used[k][0] for k in m.KINDS] == [8, 2, 0]


def test_without_potentials_only_land_and_infill():
    none = m.land_after_potentials(np.array([30.0, 80]), {}, np.array([15.0, 40]), np.array([0.5, 0.0]))
    assert none.hectares.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        (rules.Gaps(), ()),
        (rules.Gaps(rent_mfh=9), ()),
        (rules.Gaps(rent_mfh=10), ("rent_flats",)),
        (rules.Gaps(own_mfh=12), ("own_flats",)),
        # flats that are left over again: half of 24 and more, and at least ten dwellings
        (rules.Gaps(rent_mfh=20, own_mfh=4, surplus_mfh=11), ("rent_flats",)),
        (rules.Gaps(rent_mfh=20, own_mfh=4, surplus_mfh=12), ("flats_in_steps",)),
        (rules.Gaps(rent_mfh=12, surplus_mfh=9), ("rent_flats",)),
        (rules.Gaps(rent_mfh=9, surplus_mfh=30), ()),
        (rules.Gaps(own_ezfh=50, hectares=3.2), ("building_land", "potentials_table")),
        (rules.Gaps(own_ezfh=50, hectares=3.2, potentials=4), ("building_land", "use_potentials")),
        # fewer than ten dwellings are no reason for land or potentials
        (rules.Gaps(own_ezfh=5, rent_mfh=4, hectares=0.4), ()),
        (rules.Gaps(own_ezfh=5, rent_mfh=4, hectares=0.4, potentials=6), ()),
        (rules.Gaps(own_ezfh=6, rent_mfh=4, hectares=0.4), ("building_land", "potentials_table")),
        (rules.Gaps(own_ezfh=50, potentials=60), ("use_potentials",)),  # they leave no land to find
        (rules.Gaps(surplus_ezfh=40), ("no_new_areas",)),
        (rules.Gaps(surplus_ezfh=40, own_ezfh=40, hectares=2.7), ("no_new_areas", "potentials_table")),
        # nearly as much left over as lacks: no plain call for land
        (rules.Gaps(surplus_ezfh=40, own_ezfh=41, hectares=2.7), ("land_in_steps", "potentials_table")),
        (rules.Gaps(surplus_ezfh=40, own_ezfh=80, hectares=5.3), ("land_in_steps", "potentials_table")),
        (rules.Gaps(surplus_ezfh=40, own_ezfh=81, hectares=5.4), ("building_land", "potentials_table")),
        (
            rules.Gaps(surplus_ezfh=9, own_ezfh=9, rent_mfh=5, hectares=0.7),
            ("building_land", "potentials_table"),
        ),
        (rules.Gaps(surplus_ezfh=40, own_ezfh=30, hectares=2.0), ("no_new_areas", "potentials_table")),
        (rules.Gaps(surplus_ezfh=40, old_stock_share=0.3), ("no_new_areas", "renew_old")),
        (rules.Gaps(long_vacant=25), ("reuse_vacant",)),
        (rules.Gaps(step_free=80), ("step_free",)),
        (rules.Gaps(step_free=80, freed_per_year=6.5), ("step_free", "older_move")),
        (rules.Gaps(affordable=30, bound_ending=5), ("price_bound", "extend_binding")),
    ],
)
def test_levers_follow_from_gaps(gaps, expected):
    assert rules.levers(gaps) == expected


def test_a_negative_gap_is_refused():
    with pytest.raises(ValueError, match="rent_mfh"):
        rules.levers(rules.Gaps(rent_mfh=-1))


def test_the_largest_gaps_come_first_and_nothing_below_one():
    assert rules.largest({"a": 5, "b": 0, "c": 9, "d": 5, "e": 1}) == [("c", 9), ("a", 5), ("d", 5)]
    assert rules.largest({"a": 0, "b": -3}) == []
