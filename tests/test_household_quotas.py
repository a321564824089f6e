"""Household member rates estimated from all of Germany: what the tables in `data/raw/derived` must hold."""

import json
from hashlib import sha256

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from wohnlib import paths
from wohnlib.model import quotas

RAW = paths.home() / "data" / "raw"
DERIVED = (
    "household_member_rates",
    "household_member_rates_by_place_size",
    "household_type_preference",
    "senior_household_links",
)
# Zensus 2022, Regionaltabelle Haushalte, Deutschland: households of 1, 2, 3, 4, 5, 6 and more persons
GERMANY = np.array([17_446_115, 12_283_335, 5_004_349, 3_668_957, 1_198_799, 634_454])
# Zensus 2022, Regionaltabelle Haushalte, Deutschland: households of persons of 65 or more only
GERMANY_SENIOR_ONLY = 9_884_040
SENIOR = quotas.FIRST_SENIOR


def table(name: str, folder: str = "derived") -> pd.DataFrame:
    texts = dict.fromkeys(("size", "kind", "type", "place_size", "item", "unit", "note"), str)
    return pd.read_csv(RAW / folder / f"{name}.csv", dtype=texts)


def matrix(frame: pd.DataFrame) -> np.ndarray:
    wide = frame.pivot_table("share", "age_from", "size")
    return wide.loc[list(quotas.AGE_FROM), list(quotas.SIZES)].to_numpy()


def all_rates() -> list[tuple[str, np.ndarray]]:
    classes = table("household_member_rates_by_place_size").groupby("place_size")
    return [("deutschland", matrix(table("household_member_rates"))), *((k, matrix(v)) for k, v in classes)]


RATES = all_rates()
each = pytest.mark.parametrize("rates", [m for _, m in RATES], ids=[k for k, _ in RATES])


@each
def test_shares_of_each_age_sum_to_one_and_lie_between_zero_and_one(rates):
    assert rates.shape == (19, 5)
    assert np.abs(rates.sum(axis=1) - 1).max() < 1e-9
    assert rates.min() >= 0
    assert rates.max() <= 1


@each
def test_children_under_15_do_not_live_alone(rates):
    assert (rates[: quotas.FIRST_ALONE, 0] == 0).all()


@each
def test_living_alone_becomes_more_frequent_with_every_age_group_from_65(rates):
    alone = rates[SENIOR:, 0]
    assert (np.diff(alone) > 0).all()
    assert alone[-1] > 2 * alone[0]


def test_living_alone_by_age_is_as_the_mikrozensus_knows_it():
    rates = dict(RATES)["deutschland"]
    near = {20: 0.25, 25: 0.28, 30: 0.28, 35: 0.19, 40: 0.19, 45: 0.19, 50: 0.19, 55: 0.24, 60: 0.24}
    near |= {65: 0.30, 70: 0.30, 75: 0.38, 80: 0.38, 85: 0.55, 90: 0.55}
    for age, share in near.items():
        assert abs(rates[quotas.AGE_FROM.index(age), 0] - share) < 0.07, age


def test_small_places_have_fewer_people_living_alone_at_every_age_than_cities():
    rates = dict(RATES)
    assert (rates["unter_50000"][4:, 0] < rates["ab_50000"][4:, 0]).all()


def test_large_households_are_those_of_children_and_their_parents():
    rates = dict(RATES)["deutschland"]
    assert rates[:3, 3:].sum(axis=1).min() > 0.6
    assert rates[SENIOR:, 3:].sum(axis=1).max() < 0.06
    assert rates[8, 3] > rates[5, 3]  # parents of 40 to 44 against 25 to 29
    assert rates[8, 3] > rates[11, 3]


def test_larger_households_live_more_often_in_small_buildings():
    wide = table("household_type_preference").pivot_table("share", "size", "type").loc[list(quotas.SIZES)]
    assert np.abs(wide.sum(axis=1) - 1).max() < 1e-9
    assert wide["ezfh"].between(0, 1).all()
    assert wide["ezfh"]["1"] < wide["ezfh"]["2"] < wide["ezfh"]["3"]
    assert wide["ezfh"][["3", "4", "5plus"]].min() > wide["ezfh"]["2"]
    sizes = np.append(GERMANY[:4], GERMANY[4:].sum())
    assert sizes @ wide["ezfh"] / sizes.sum() == pytest.approx(0.444, abs=0.002)  # of dwellings, Zensus 2022


def test_links_hold_what_the_household_step_reads():
    links = table("senior_household_links").set_index("item")["value"]
    assert links.index.is_unique
    assert 0.7 < links["partner_senior_share"] < 0.9
    assert 0 < links["other_senior_households"] < 0.02
    assert links["partner_senior_share_age_65"] < links["partner_senior_share_age_75"]


def test_institutional_profile_is_the_assumed_one():
    profile = table("institutional_profile", "assumptions")
    assert dict(zip(profile.age_from, profile.share, strict=True)) == {
        0: 0.002, 65: 0.007, 75: 0.019, 80: 0.046, 85: 0.11, 90: 0.25,
    }  # fmt: skip
    assert (profile.age_from.to_numpy()[1:] == profile.age_to.to_numpy()[:-1] + 1).all()


@pytest.mark.parametrize(
    ("folder", "name"),
    [("derived", n) for n in DERIVED]
    + [("assumptions", n) for n in ("institutional_profile", "household_shape_prior")],
)
def test_descriptors_name_every_column_and_the_bytes_of_their_table(folder, name):
    path = RAW / folder / f"{name}.csv"
    descriptor = json.loads(path.with_name(f"{name}.descriptor.json").read_text(encoding="utf-8"))
    assert descriptor["sha256"] == sha256(path.read_bytes()).hexdigest()
    assert [f["name"] for f in descriptor["schema"]["fields"]] == list(pd.read_csv(path, nrows=1).columns)
    assert all(f["description"] for f in descriptor["schema"]["fields"])
    assert not table(name, folder).duplicated(descriptor["schema"]["primaryKey"]).any()
    assert descriptor["rating"] == ("red" if folder == "assumptions" else "amber")


@pytest.fixture(scope="module")
def counts():
    from wohnlib.data import germany

    return germany.read()


@pytest.mark.shared
def test_households_of_germany_by_size_come_back_within_a_fifth_of_a_percent(counts):
    size = np.array([1, 2, 3, 4, counts.mean_5plus()])
    found = quotas.households(counts.private.sum(axis=0), dict(RATES)["deutschland"], size)
    assert np.abs(found / np.append(GERMANY[:4], GERMANY[4:].sum()) - 1).max() < 0.002


@pytest.mark.shared
def test_senior_only_households_of_germany_come_back_within_half_a_percent(counts):
    links = table("senior_household_links").set_index("item")["value"]
    people = counts.private.sum(axis=0)[SENIOR:]
    one, two = (people @ dict(RATES)["deutschland"][SENIOR:, n] for n in (0, 1))
    found = (one + two * links["partner_senior_share"] / 2) * (1 + links["other_senior_households"])
    assert found == pytest.approx(GERMANY_SENIOR_ONLY, rel=0.005)


@pytest.mark.shared
def test_the_command_writes_the_same_bytes_again(tmp_path):
    from wohnlib.data.estimate_households import main

    assert main(["--out", str(tmp_path)]) == 0
    written = sorted(p.name for p in (tmp_path / "derived").iterdir())
    assert written == sorted(f"{n}{end}" for n in DERIVED for end in (".csv", ".descriptor.json"))
    for name in written:
        assert (tmp_path / "derived" / name).read_bytes() == (RAW / "derived" / name).read_bytes(), name


def test_without_delivered_files_the_command_says_so(tmp_path, monkeypatch, capsys):
    from wohnlib.data.estimate_households import main

    monkeypatch.setenv("WOHNLIB_SHARED", str(tmp_path / "leer"))
    assert main(["--out", str(tmp_path)]) == 2
    assert "leer: erwartet den Ordner mit den gelieferten amtlichen Dateien." in capsys.readouterr().err
    assert not (tmp_path / "derived").exists()


def made_up(seed: int, areas: int = 3000) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return age shares, counts per person, F and the rates they were made with."""
    rng = np.random.default_rng(seed)
    f = quotas.equations(1.4)
    rates = rng.dirichlet(np.full(6, 2.0), size=19) * quotas.possible()
    rates /= rates.sum(axis=1, keepdims=True)
    x = rng.dirichlet(np.full(19, 3.0), size=areas)
    return x, np.einsum("ga,kac,ac->gk", x, f, rates), f, rates


def test_the_fit_finds_the_rates_behind_exact_counts():
    x, y, f, rates = made_up(1)
    share, weight = x.mean(axis=0), np.ones(len(x))
    xx, xy = quotas.moments(x, y, weight)
    prior = quotas.possible() / quotas.possible().sum(axis=1, keepdims=True)
    found = quotas.fit_rates(
        xx, xy, f, share, np.einsum("a,kac,ac->k", share, f, rates), prior, smooth=1e-9, pull=1e-9
    )
    assert np.abs(quotas.by_size(found) - quotas.by_size(rates)).max() < 1e-3


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_tilting_meets_the_balances_and_keeps_the_zeros(seed):
    x, _, f, rates = made_up(seed, areas=2)
    share = x[0]
    other = made_up(seed + 1, areas=2)[3]
    target = np.einsum("a,kac,ac->k", share, f, 0.8 * rates + 0.2 * other)
    found = quotas.tilt(rates, share, f, target)
    assert np.abs(np.einsum("a,kac,ac->k", share, f, found) - target).max() < 1e-9
    assert np.abs(found.sum(axis=1) - 1).max() < 1e-12
    assert (found[~quotas.possible()] == 0).all()


def test_tilting_refuses_balances_that_cannot_be_met():
    x, _, f, rates = made_up(3, areas=2)
    with pytest.raises(ValueError, match="cannot be met"):
        quotas.tilt(rates, x[0], f[:5], np.array([1.0, 0.0, 0.0, 0.0, 0.0]))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_splitting_census_age_groups_keeps_their_persons(seed):
    rng = np.random.default_rng(seed)
    five, older = rng.uniform(1, 9, (4, 19)), rng.uniform(1, 9, (4, 101))
    single = quotas.single_years(five, older, 3)
    assert single[:, 60:65].sum(axis=1) == pytest.approx(five[:, 12])
    assert single[:, 90:].sum(axis=1) == pytest.approx(five[:, 18])
    counts = rng.uniform(0, 50, (4, 3))
    split = quotas.to_five_years(counts, (0, 25, 67), single)
    assert split[:, :5].sum(axis=1) == pytest.approx(counts[:, 0])
    assert split.sum(axis=1) == pytest.approx(counts.sum(axis=1))


def test_composition_of_households_by_building_gives_back_the_shares_it_was_made_with():
    rng = np.random.default_rng(4)
    small, large = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5))
    e = rng.uniform(0, 1, 500)
    h = np.outer(e, small) + np.outer(1 - e, large)
    slope = quotas.composition_slope(h - h.mean(axis=0), e - e.mean(), np.ones(500))
    assert quotas.share_by_size(slope, h.mean(axis=0), e.mean()) == pytest.approx(
        e.mean() * small / h.mean(axis=0)
    )


def test_slopes_by_building_are_those_of_weighted_regression_with_kreise_and_controls_in_it():
    rng = np.random.default_rng(6)
    kreis, weight = rng.integers(0, 12, 400), rng.uniform(0.2, 2.0, 400)
    controls, shares = rng.normal(size=(400, 3)), rng.dirichlet(np.ones(5), 400)
    one_two = rng.uniform(0, 1, 400) + 0.2 * controls[:, 0] + 0.05 * kreis
    shares[:, 0] += 0.3 * one_two + 0.02 * kreis
    left = quotas.within(np.column_stack([shares, one_two]), kreis, weight, controls)
    found = quotas.composition_slope(left[:, :5], left[:, 5], weight)
    design = np.column_stack([one_two, controls, np.eye(12)[kreis]])
    for k in range(5):
        assert found[k] == pytest.approx(sm.WLS(shares[:, k], design, weights=weight).fit().params[0])


def test_rates_are_those_of_constrained_least_squares_where_no_bound_binds():
    """statsmodels knows equations between coefficients but no bounds: GLM (Gauss) with the balances as equations."""
    x, y, f, rates = made_up(8, areas=400)
    rates = 0.5 * rates + 0.5 * quotas.possible() / quotas.possible().sum(axis=1, keepdims=True)
    noise = np.random.default_rng(9).normal(0, 0.01, y.shape)
    y = np.einsum("ga,kac,ac->gk", x, f, rates) + noise
    share, weight = x.mean(axis=0), np.ones(len(x))
    target = np.einsum("a,kac,ac->k", share, f, rates)
    prior = quotas.possible() / quotas.possible().sum(axis=1, keepdims=True)
    smooth, pull = 3.0, 2.0
    found = quotas.fit_rates(*quotas.moments(x, y, weight), f, share, target, prior, smooth=smooth, pull=pull)
    free = np.flatnonzero(quotas.possible().ravel())
    assert found.ravel()[free].min() > 0.01, "a bound binds: the two estimators would differ"

    ages, kinds = prior.shape
    counts = np.einsum("ga,kac->gkac", x, f).reshape(-1, ages * kinds)
    soft = np.vstack(
        [np.sqrt(smooth) * quotas._bends(ages, kinds), np.sqrt(pull) * quotas._levels(ages, kinds)]
    )
    rows = np.vstack([counts, soft])[:, free]
    goal = np.concatenate([y.ravel(), soft @ prior.ravel()])
    balances = np.einsum("a,kac->kac", share, f).reshape(len(target), -1)
    equations = np.vstack([balances, np.kron(np.eye(ages), np.ones(kinds))])[:, free]
    values = np.concatenate([target, np.ones(ages)])
    keep = independent(equations)
    fitted = sm.GLM(goal, rows).fit_constrained((equations[keep], values[keep]))
    assert np.abs(fitted.params - found.ravel()[free]).max() < 1e-4


def independent(rows: np.ndarray) -> list[int]:
    """Return rows of which none follows from those before it."""
    kept: list[int] = []
    for i in range(len(rows)):
        if np.linalg.matrix_rank(rows[[*kept, i]]) > len(kept):
            kept.append(i)
    return kept


def test_rounded_rates_sum_to_one():
    rates = np.random.default_rng(5).dirichlet(np.ones(5), size=19)
    found = quotas.rounded(rates)
    assert np.abs(found.sum(axis=1) - 1).max() < 1e-12
    assert np.abs(found - rates).max() < 5 * 10.0**-quotas.DIGITS
