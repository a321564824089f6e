"""The forecasts of totals: nothing later than the base enters, and the published errors come out again."""

import gzip
from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest

from wohnlib import paths
from wohnlib.backtest import features
from wohnlib.backtest.asof import known, link
from wohnlib.backtest.delivered import Delivered, read
from wohnlib.backtest.measures import evaluated
from wohnlib.backtest.run import run
from wohnlib.backtest.settings import CROSSED, LEARNED_FROM, STARTS, WINDOWS, number
from wohnlib.backtest.totals import crossed, forecast, level
from wohnlib.backtest.write import as_text, unit_keys
from wohnlib.data.germany_tables import read_tables
from wohnlib.forecast.errors import learn_widths
from wohnlib.forecast.learned import UNTIL, shape_table, verbaende

LANDS = ("03", "14")  # Sachsen changed the keys of its Gemeinden in 2008
DERIVED = paths.raw() / "derived"


@pytest.fixture(scope="module")
def delivered():
    return read()


def shaken(everything: Delivered, base: int) -> Delivered:
    """Return the delivered files with every figure changed that a forecast from the base must not know."""
    noise = np.random.default_rng(base)

    def changed(table: pd.DataFrame) -> pd.DataFrame:
        many = {
            c: table[c] * noise.uniform(0.5, 2, len(table)) for c in ("pop_total", "pop_male", "area_km2")
        }
        return table.assign(**many, plain=table["plain"].to_numpy()[::-1])

    totals = {y: t if y <= base else changed(t) for y, t in everything.totals.items()}
    old, nation = everything.old.copy(), everything.nation.copy()
    later = old.index.get_level_values(0) > base - 2
    old[later] = noise.uniform(5, 40, later.sum())
    nation.loc[nation.index > base - 2] *= noise.uniform(2, 3)
    assert later.any() and (nation.index > base - 2).any() and max(totals) > base
    return replace(everything, totals=totals, old=old, nation=nation)


@pytest.mark.shared
@pytest.mark.parametrize("base", sorted(STARTS))
def test_figures_after_the_base_do_not_change_the_forecast(delivered, base):
    sample = delivered.only(LANDS)
    one, other = forecast(known(sample, base)), forecast(known(shaken(sample, base), base))
    for years in (4, 8):
        assert np.array_equal(one.persons(years), other.persons(years))
        assert np.array_equal(one.persons(years, 1e7), other.persons(years, 1e7))
    assert one.national == other.national
    assert one.base.keys.equals(other.base.keys) and len(one.base.keys) > 1000


def widths_of(everything: Delivered, until: int, base: int) -> pd.DataFrame:
    """Return the widths learned again for a base, with all forecasts they need."""
    bases = {b for b, target in LEARNED_FROM if target <= until and b not in CROSSED}
    made = crossed(known(everything, 2005)) | {b: forecast(known(everything, b)) for b in bases}
    verband = verbaende(read_tables("directory")["directory"], until)
    return shape_table(learn_widths(everything, made, verband, until, base).shapes, until)


@pytest.mark.shared
@pytest.mark.parametrize(("until", "base"), [(2005, 2005), (2009, 2013), (2017, 2017), (2018, 2018)])
def test_figures_after_the_base_do_not_change_the_intervals_learned_again(delivered, until, base):
    assert UNTIL[until] == base
    sample = delivered.only(LANDS[:1])
    one, other = (widths_of(s, until, base) for s in (sample, shaken(sample, base)))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert set(one["part"]) == {"nation", "kreis", "own", "own_sum"} and (one["half_width_80"] > 0).all()


def test_a_gemeindeverband_is_that_of_the_newest_directory_known_and_0000_is_none():
    directory = pd.DataFrame({
        "year": [2005, 2005, 2017, 2018, 2021, 2021],
        "ags": ["03000001", "03000002", "03000001", "03000001", "03000001", "03000003"],
        "ars": ["030000000001", "", "030005401001", "030005402001", "030005403001", "030005403003"],
    })  # fmt: skip
    assert verbaende(directory, 2005) == {"03000001": ""}
    assert verbaende(directory, 2018) == verbaende(directory[directory["year"] < 2021], 2018)
    assert verbaende(directory, 2018) == {"03000001": "030005402"}
    assert verbaende(directory, 2021) == {"03000001": "030005403", "03000003": "030005403"}


@pytest.mark.shared
def test_figures_before_the_base_do_change_the_intervals(delivered):
    """The test above could not fail if the widths read nothing at all."""
    sample = delivered.only(LANDS[:1])
    moved = {
        y: t.assign(pop_total=t["pop_total"].to_numpy()[::-1]) if y == 2002 else t
        for y, t in sample.totals.items()
    }
    one, other = (widths_of(s, 2005, 2005) for s in (sample, replace(sample, totals=moved)))
    assert not np.allclose(one["half_width_80"], other["half_width_80"])


@pytest.mark.shared
def test_figures_up_to_the_base_do_change_it(delivered):
    """The test above could not fail if a forecast read nothing at all."""
    sample = delivered.only(("03",))
    totals = {
        y: t.assign(pop_total=t["pop_total"] * (1.1 if y == 2002 else 1)) for y, t in sample.totals.items()
    }
    first = known(sample, 2005)
    assert known(replace(sample, totals=totals), 2005).total(2002) == pytest.approx(1.1 * first.total(2002))
    other = {y: t for y, t in sample.totals.items() if y != 2002}
    other[2002] = sample.totals[2002].assign(pop_total=sample.totals[2002]["pop_total"].to_numpy()[::-1])
    one, two = forecast(first), forecast(known(replace(sample, totals=other), 2005))
    assert not np.array_equal(one.growth, two.growth)


@pytest.mark.shared
@pytest.mark.parametrize("base", sorted(STARTS))
def test_the_reader_hands_out_only_what_was_published(delivered, base):
    there = known(delivered, base)
    assert max(there.totals) == base
    assert there.old.index.get_level_values(0).max() == base - 2
    assert there.nation.index.max() == base - 2


@pytest.fixture(scope="module")
def first_window(delivered):
    """Return the tables of 2005 to 2009 made again, and the forecasts they rest on."""
    widths, kept = pd.read_csv(DERIVED / "forecast_errors_asof.csv"), {}
    return run(delivered, unit_keys(paths.raw()), widths, [WINDOWS[0]], kept), kept


@pytest.mark.shared
def test_the_published_errors_come_out_again(first_window):
    """2005 to 2009 in full; the other bases take longer and are made by `wohnlib backtest`."""
    window = WINDOWS[0]
    for name, table in first_window[0].items():
        packed = DERIVED / f"{name}.csv.gz"
        content = (
            gzip.decompress(packed.read_bytes()) if packed.exists() else packed.with_suffix("").read_bytes()
        )
        published = content.decode("utf-8").splitlines()
        start = window.name if "window" in table else str(window.base)
        kept = [published[0], *(line for line in published[1:] if line.startswith(f"{start},"))]
        fresh = pd.read_csv(StringIO(as_text(table, name)), dtype={"ags": str})
        stored = pd.read_csv(StringIO("\n".join(kept)), dtype={"ags": str})
        assert len(stored) >= 4
        last_digit = 0.11 if packed.exists() else 2e-3
        pd.testing.assert_frame_equal(fresh, stored, rtol=1e-4, atol=last_digit, check_dtype=False)


@pytest.mark.shared
@pytest.mark.parametrize(("share", "bias"), [(0.0, (2.00, 0.99)), (0.5, (1.89, 1.09)), (1.0, (1.78, 1.18))])
def test_bias_with_another_share_of_the_drift_is_as_the_documentation_says(
    delivered, first_window, share, bias
):
    window, made = WINDOWS[0], first_window[1][WINDOWS[0].base]
    target = delivered.totals[window.target]["pop_total"]
    drift = made.base.growth(STARTS[window.base].last)["C"].to_numpy()
    growth = made.growth + (share - number("class_drift")) * drift
    persons = level(made.base.size, growth, window.target - window.base, float(target.sum()))
    error = 100 * (persons / target.reindex(made.base.keys).to_numpy(float) - 1)
    judged = evaluated(delivered.totals, made.base.keys, window.dates)
    found = [error[judged & (features.size_class(made.base.size) == place)].mean() for place in (0, 1)]
    assert found == pytest.approx(bias, abs=0.006)


def test_a_place_keeps_its_past_under_an_earlier_key_of_the_same_name_and_area():
    now = pd.DataFrame(
        {"area_km2": [10.0, 20.0, 30.0], "plain": ["aue", "berg", "celle"]},
        index=["14521001", "14521002", "14521003"],
    )
    before = pd.DataFrame(
        {"area_km2": [10.05, 25.0, 30.0], "plain": ["aue", "berg", "dorf"]},
        index=["14166010", "14521002", "14521003"],
    )
    chain = link({2005: before, 2009: now}, 2009)
    assert chain.loc["14521001", 2005] == "14166010"  # key changed, name and area did not
    assert pd.isna(chain.loc["14521002", 2005])  # same key and name, another area
    assert chain.loc["14521003", 2005] == "14521003"  # renamed


def test_surroundings_sought_some_areas_at_a_time_are_those_of_all_pairs(monkeypatch):
    random = np.random.default_rng(4)
    places, weight = random.uniform(0, 60, (40, 2)), random.uniform(100, 9_000, 40)
    monkeypatch.setattr(features, "_AREAS_AT_ONCE", 7)
    found = features.surroundings(places, 8.0, weight).toarray()
    apart = np.hypot(*(places[:, None] - places[None]).T)
    near = (apart <= features.number("reach_cut") * 8.0) & ~np.eye(40, dtype=bool)
    assert 0 < near.sum() < 40 * 39
    np.testing.assert_allclose(found, np.where(near, np.exp(-apart / 8.0) * weight, 0), rtol=1e-12)
