"""The forecast as a file: what may be known at a date, sums, intervals, messages, and nothing later than the date."""

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import numpy as np
import pandas as pd
import pytest

from wohnlib import paths
from wohnlib import scenario as scenarios
from wohnlib.backtest.settings import CENSUS_2022, number
from wohnlib.data import germany_tables
from wohnlib.errors import InputError
from wohnlib.forecast import asof, errors, learned, table
from wohnlib.forecast.asof import CENSUS_DAY, available
from wohnlib.forecast.cli import asked
from wohnlib.forecast.gemeinden import totals
from wohnlib.forecast.kreise import fit_kreise, known_kreise, project_kreise
from wohnlib.forecast.nation import Nation, moment, nation_path, reach
from wohnlib.report.sections_record import record
from wohnlib.words import Words

TODAY = date(2026, 11, 22)
DAYS = (CENSUS_DAY, date(2023, 12, 31), date(2024, 12, 31))
REGION = "03251"
LAND = ("03",)
DERIVED = paths.raw() / "derived"


def widths() -> pd.DataFrame:
    return pd.read_csv(DERIVED / "forecast_errors_asof.csv")


# -- what may be known at a date ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "year", "published"),
    [
        ("directory", 2019, "2020-10-31"),
        ("inkar", 2019, "2021-12-31"),
        ("eurostat", 2020, "2021-06-30"),
        ("life_table", 2020, "2021-09-30"),
        ("wpp", 2020, "2021-12-31"),
        ("wpp", 2021, "2024-07-31"),  # later than two years before the base: not before WPP 2024 itself
        ("learned", 2018, "2019-10-31"),
    ],
)
def test_a_figure_counts_from_the_day_it_was_published(source, year, published):
    day = date.fromisoformat(published)
    assert getattr(asof.Allowed(day, CENSUS_DAY), source)(year)
    assert not getattr(asof.Allowed(day - timedelta(days=1), CENSUS_DAY), source)(year)


def test_figures_of_the_base_date_itself_may_be_the_base():
    allowed = available(date(2021, 12, 31))
    assert allowed.base == date(2021, 12, 31) and allowed.directory(2021) and allowed.eurostat(2022)
    census = available(date(2022, 5, 15))
    assert census.base == CENSUS_DAY and not census.directory(2021) and not census.eurostat(2022)


def test_an_assumption_counts_from_the_day_it_was_set():
    assert available(TODAY).assumption("2026-11-22")
    assert not available(date(2022, 5, 15)).assumption("2026-11-22")


def test_the_base_is_the_latest_date_that_can_serve():
    found = {
        day: available(date.fromisoformat(day)).base.isoformat()
        for day in (
            "2013-12-31",
            "2017-12-30",
            "2018-06-01",
            "2019-01-01",
            "2022-05-14",
            "2022-05-15",
            "2026-11-22",
        )
    }
    assert list(found.values()) == [
        "2013-12-31", "2013-12-31", "2017-12-31", "2018-12-31", "2021-12-31", "2022-05-15", "2022-05-15",
    ]  # fmt: skip
    with pytest.raises(InputError, match=r"ersten möglichen Basistag 31\.12\.2013"):
        available(date(2013, 12, 30))


@pytest.mark.shared
@pytest.mark.parametrize("day", [date(2013, 12, 31), date(2018, 12, 31), date(2022, 5, 15), TODAY])
def test_the_reader_hands_out_only_what_may_be_known(delivered, day):
    allowed = available(day)
    there = asof.known(delivered, allowed)
    assert all(y == CENSUS_2022 or allowed.directory(y) for y in there.totals)
    assert set(there.totals) >= {y for y in delivered.totals if y < CENSUS_2022 and allowed.directory(y)}
    assert all(allowed.inkar(int(y)) for y in there.old.index.get_level_values(0))
    assert all(allowed.wpp(int(y)) for y in there.nation.index) and len(there.nation) > 20
    if day == date(2022, 5, 15):
        assert max(y for y in there.totals if y != CENSUS_2022) == 2018 and there.nation.index.max() == 2020


@pytest.mark.shared
@pytest.mark.parametrize("day", [date(2017, 12, 31), date(2022, 5, 15), TODAY])
def test_the_tables_by_age_follow_the_same_rules(kreise, day):
    from wohnlib.forecast.kreise import known_kreise

    allowed = available(day)
    there = known_kreise(allowed.as_of, allowed.base, kreise)
    assert all(allowed.eurostat(y) for y in there.stock)
    assert all(allowed.life_table(int(period[-4:])) for period in there.qx)
    assert all(allowed.wpp(int(y)) for y in (*there.nation.index, *there.mothers.index))
    assert all(allowed.directory(y) for y in there.totals.totals)
    assert all(allowed.inkar(int(y)) for y in there.totals.old.index.get_level_values(0))
    assert (there.census is not None) == allowed.census


# -- the path of the nation, the widths --------------------------------------------------------------------


def test_dates_count_in_years():
    assert moment(date(2021, 12, 31)) == 2021 and moment(date(2022, 12, 31)) == 2022
    assert moment(CENSUS_DAY) == pytest.approx(2021 + 135 / 365)


@pytest.mark.shared
def test_recorded_change_of_the_nation_is_followed_as_soon_as_it_is_known(delivered):
    allowed = available(TODAY)
    known = asof.known(delivered, allowed)
    path = nation_path(known, allowed, scenarios.load())
    flows = (known.nation["births"] - known.nation["deaths"] + known.nation["migration"]) * 1000
    part = 2022 - moment(CENSUS_DAY)
    assert path.at(2023.0) == pytest.approx(path.persons + part * flows[2022] + flows[2023])
    assert path.unknown(2023.0) == 0 and path.unknown(2025.0) == 2
    goal = scenarios.load().migration.national_target.value
    natural = flows - known.nation["migration"] * 1000
    assert path.at(2034.0) - path.at(2033.0) == pytest.approx(goal + natural.loc[2021:2023].mean())
    early = available(date(2022, 5, 15))
    before = nation_path(asof.known(delivered, early), early, scenarios.load())
    assert before.recorded == 2020 and before.unknown(2023.0) == pytest.approx(2023 - moment(CENSUS_DAY))


def test_growth_goes_on_for_eight_years_and_is_damped_behind():
    assert reach(np.array([0.0, 4.0, 8.0])).tolist() == [0, 4, 8]
    assert reach(np.array([9.0, 10.0])) == pytest.approx([8.9, 8.9 + 0.81])


def test_the_nation_grows_for_eight_years_and_hardly_beyond():
    path = Nation(2021.0, 83e6, pd.Series(dtype=float), 2021, 2021, 0.16)
    assert path.at(2029.0) == pytest.approx(83e6 * np.exp(0.0016 * 8))
    assert path.at(2060.0) < 83e6 * np.exp(0.0016 * 17) < path.at(2060.0) * 1.01
    assert path.at(2060.0) > path.at(2059.0)


def test_widths_are_the_quantiles_of_past_errors_and_grow_with_the_power_they_show():
    noise = np.random.default_rng(1)
    rows = [
        pd.DataFrame({"window": f"{b}-{b + y}", "base": b, "years": y, "size": noise.uniform(500, 50000, 4000),
                      "e": noise.normal(0, 0.02 * y**0.7, 4000)})
        for b, y in ((2000, 1), (2001, 2), (2002, 4), (2003, 8))
    ]  # fmt: skip
    shape = errors.learn(pd.concat(rows), "e", "own")
    assert shape.power == pytest.approx(0.7, abs=0.03)
    assert errors.at_size(shape, np.array([7000.0]), 4.0)[0] == pytest.approx(
        1.2816 * 0.02 * 4**0.7, rel=0.08
    )
    assert errors.at_size(shape, np.array([7000.0]), 0.0)[0] == 0
    assert errors.stretch(16, 0.7) == pytest.approx(8**0.7 * 2 ** number("width_power"))


def test_an_earlier_forecast_takes_only_widths_that_could_be_learned_then():
    every = widths()
    shapes = errors.shapes_of(every, available(date(2022, 5, 15)))
    stored = every[(every["until"] == 2018) & (every["part"] == "own")].sort_values("persons")
    assert shapes["own"].half[:, 1] == pytest.approx(stored["half_width_80"].to_numpy())
    assert errors.shapes_of(every, available(TODAY))["own"].power == pytest.approx(
        every[(every["until"] == 2021) & (every["part"] == "own")]["power"].iloc[0]
    )


def test_the_shipped_intervals_cover_about_four_in_five_past_totals():
    from wohnlib.data.tables import register

    diagnostics = (DERIVED / "forecast_errors.descriptor.json").read_text(encoding="utf-8")
    held = pd.read_json(StringIO(diagnostics), typ="series")["diagnostics"]["coverage_80_in_sample"]
    assert 77 <= np.mean([v["all"] for v in held.values()]) <= 83
    for size in ("0", "1", "2", "3", "4"):
        assert 74 <= np.mean([v[size] for v in held.values()]) <= 86
    assert {"forecast_errors", "forecast_errors_asof", "local_growth"} <= set(register().names)


@pytest.mark.shared
def test_the_published_widths_of_the_nation_come_out_again(delivered):
    """The other parts rest on forecasts from four bases, which take longer and are made by `wohnlib backtest`."""
    for until in learned.UNTIL:
        known_flows = until - int(number("path_delay"))
        shape = errors.national_shape(errors.national_errors(delivered, known_flows))
        stored = widths()[lambda t, y=until: (t["until"] == y) & (t["part"] == "nation")].iloc[0]
        assert shape.half[0, 1] == pytest.approx(stored["half_width_80"], abs=1e-5)
        assert shape.power == pytest.approx(stored["power"], abs=1e-5)


@pytest.mark.shared
@pytest.mark.parametrize("until", learned.UNTIL)
def test_widths_of_the_nation_know_no_flows_of_the_last_two_years_before_a_base(delivered, until):
    later = delivered.nation.copy()
    later.loc[until - 1 :] *= 3
    known_flows = until - int(number("path_delay"))
    one, other = (
        errors.national_errors(d, known_flows) for d in (delivered, replace(delivered, nation=later))
    )
    pd.testing.assert_frame_equal(one, other)


def test_units_grow_as_the_shipped_table_says_and_the_kreis_is_its_own_measure():
    growth = pd.read_csv(DERIVED / "local_growth.csv", dtype={"ags": str}).set_index("ags")
    assert growth.loc[REGION, ["growth_vs_kreis", "past_vs_kreis", "near", "far"]].tolist() == [0, 0, 0, 0]
    units = growth.drop(REGION)
    assert len(units) == 15 and len(set(units["kreis_vs_nation"])) == 1
    assert units["growth_vs_kreis"].min() < 0 < units["growth_vs_kreis"].max()
    assert units["growth_vs_kreis"].abs().max() < units["past_vs_kreis"].abs().max()  # shrunk, not copied


# -- the table ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def delivered():
    return asof.read_all()


@pytest.fixture(scope="module")
def kreise(everything):
    return everything


@pytest.fixture(scope="module")
def made(delivered, kreise):
    """The forecast as of the census day, on the Gemeinden of one Land (a sample)."""
    return as_made(delivered, kreise)


def as_made(delivered, kreise, learned_widths=None, scenario=None, days=DAYS):

    allowed = available(date(2022, 5, 15))
    return table.make(
        delivered.only(LAND), known_kreise(allowed.as_of, allowed.base, kreise), allowed,
        table.Request(days), widths() if learned_widths is None else learned_widths, scenario or scenarios.load(),
    )  # fmt: skip


@pytest.mark.shared
def test_totals_and_ages_stand_as_the_format_says(made):
    assert list(made.columns) == table.COLUMNS
    total = made[made["sex"] == "T"]
    assert (total["age_from"] == 0).all() and (total["age_to"] == "").all()
    assert not made.duplicated(["key", "date", "sex", "age_from"]).any()
    cells = made[(made["key"] == REGION) & (made["sex"] != "T")]
    assert len(cells) == len(DAYS) * 2 * 19
    assert cells[cells["age_from"] == 90]["age_to"].eq("").all()
    assert cells[cells["age_from"] == 85]["age_to"].eq("89").all()
    levels = total["key"].str.len().value_counts()
    assert levels[5] == 45 * len(DAYS) and levels[8] > 900 * len(DAYS)
    assert total[total["key"] == "03251407"]["name"].iloc[0] == "Samtgemeinde Siedenburg"


@pytest.mark.shared
def test_the_base_date_equals_the_census_and_has_no_interval(made, delivered):
    base = made[(made["date"] == "2022-05-15") & (made["sex"] == "T")].set_index("key")
    census = delivered.totals[CENSUS_2022]["pop_total"]
    gemeinden = base[base.index.isin(census.index)]
    assert len(gemeinden) > 900
    assert (gemeinden["median"] == census.reindex(gemeinden.index)).all()
    assert (base["q10"] == base["median"]).all() and (base["q90"] == base["median"]).all()
    assert base.loc[REGION, "median"] == census[census.index.str[:5] == REGION].sum()


@pytest.mark.shared
def test_a_base_at_the_end_of_a_year_may_be_asked_for_and_is_its_table(kreise):
    known = known_kreise(date(2017, 12, 31), date(2017, 12, 31), kreise)
    fit = fit_kreise(known)
    asked = project_kreise(fit, [date(2017, 12, 31), date(2019, 12, 31)])
    np.testing.assert_array_equal(asked[:, 0], fit.base_count)
    np.testing.assert_array_equal(asked[:, 0], kreise.stock[2018])


@pytest.mark.shared
def test_the_interval_of_a_date_does_not_depend_on_other_dates(made, delivered, kreise):
    day = max(set(made["date"]))
    alone = as_made(delivered, kreise, days=(date.fromisoformat(day),))
    among = made[made["date"] == day].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.reset_index(drop=True), among, rtol=0, atol=1e-9)


@pytest.mark.shared
def test_gemeinden_sum_to_their_kreis_and_ages_to_its_total(made):
    total = made[made["sex"] == "T"]
    gemeinden = total[(total["key"].str.len() == 8) & (total["key"].str[5] != "4")]
    sums = gemeinden.groupby([gemeinden["key"].str[:5], "date"])["median"].sum()
    kreise = total[total["key"].str.len() == 5].set_index(["key", "date"])["median"]
    of = kreise.loc[[REGION]]
    mine = total[total["key"].str.startswith(REGION) & (total["key"].str.len() == 8)]
    mine = mine[~mine["key"].str[5].eq("4")]  # without Samtgemeinden, which stand beside their Gemeinden
    assert mine.groupby("date")["median"].sum().to_numpy() == pytest.approx(of.to_numpy(), abs=0.5)
    assert sums.loc[[REGION]].to_numpy() == pytest.approx(of.to_numpy(), abs=0.5)
    cells = made[made["sex"] != "T"].groupby(["key", "date"])["median"].sum()
    assert cells.to_numpy() == pytest.approx(kreise.reindex(cells.index).to_numpy(), abs=0.5)


@pytest.mark.shared
def test_intervals_hold_the_median_and_widen_with_time_and_smallness(made):
    assert (made["q10"] <= made["median"]).all() and (made["median"] <= made["q90"]).all()
    total = made[made["sex"] == "T"].assign(width=lambda t: np.log(t["q90"] / t["median"]))
    later = total[total["date"] == "2024-12-31"].set_index("key")["width"]
    sooner = total[total["date"] == "2023-12-31"].set_index("key")["width"]
    assert (later > sooner.reindex(later.index)).all()
    assert later["03251034"] > later["03251407"] > later[REGION]  # Flecken, its Samtgemeinde, the Kreis


@pytest.mark.shared
def test_a_region_and_a_level_are_parts_of_the_whole(made, delivered):
    named = table.places(delivered, available(date(2022, 5, 15)))
    part = table._within(made, "03251407", named)
    assert set(part["key"]) == {"03251407", "03251008", "03251024", "03251027", "03251034", "03251035"}
    assert named.known(REGION) and named.known("03") and named.known("03251007")
    assert not named.known("3251") and not named.known("99")
    for level in (None, *table.LEVELS):  # what is refused at once is what would have been empty
        for region in ("03", "09", REGION, "03252", "03251407", "03251034", "03251007"):
            some = made if level is None else made[made["key"].isin(
                {"kreis": named.kreise, "unit": named.units, "gemeinde": named.gemeinden}[level]
            )]  # fmt: skip
            if region.startswith(LAND[0]):
                assert named.there(level, region) == (not table._within(some, region, named).empty)
    assert not named.there("unit", "09") and named.there("gemeinde", "09")


@pytest.mark.shared
def test_figures_published_after_the_date_change_no_byte(made, delivered, kreise):
    """All sources at once: directories, INKAR, WPP, tables by age, life tables, widths and assumptions of later days."""
    from wohnlib.forecast.kreise import known_kreise
    from wohnlib.forecast.kreise_data import changed_after

    allowed = available(date(2022, 5, 15))
    noise = np.random.default_rng(7)

    def changed(part):
        many = {c: part[c] * noise.uniform(0.5, 2, len(part)) for c in ("pop_total", "pop_male", "area_km2")}
        return part.assign(**many, plain=part["plain"].to_numpy()[::-1])

    later = {y: t for y, t in delivered.totals.items() if y != CENSUS_2022 and not allowed.directory(y)}
    shaken = {**delivered.totals, **{y: changed(t) for y, t in later.items()}}
    old, nation = delivered.old.copy(), delivered.nation.copy()
    new = np.array([not allowed.inkar(int(y)) for y in old.index.get_level_values(0)])
    old[new] = noise.uniform(5, 40, new.sum())
    unknown = [y for y in nation.index if not allowed.wpp(int(y))]
    nation.loc[unknown] *= 3
    assert later and new.any() and unknown
    scale = np.where([allowed.learned(int(y)) for y in widths()["until"]], 1.0, 5.0)
    assert (scale > 1).any()
    other_widths = widths().assign(half_width_80=lambda t: t["half_width_80"] * scale)
    base = scenarios.load()
    target = base.migration.national_target.model_copy(update={"value": 1.0})
    assumed = base.model_copy(
        update={"migration": base.migration.model_copy(update={"national_target": target})}
    )
    other_kreise = changed_after(kreise, known_kreise(allowed.as_of, allowed.base, kreise), 1.7)
    other = as_made(
        replace(delivered, totals=shaken, old=old, nation=nation), other_kreise, other_widths, assumed
    )
    assert other.to_csv(index=False) == made.to_csv(index=False)


@pytest.mark.shared
def test_figures_published_before_the_date_do_change_it(delivered):
    """The test above could not fail if a forecast read nothing at all."""
    allowed = available(date(2022, 5, 15))
    sample = delivered.only(LAND)
    moved = {
        **sample.totals,
        2018: sample.totals[2018].assign(pop_total=lambda t: t["pop_total"].to_numpy()[::-1]),
    }
    one, other = (
        totals(asof.known(s, allowed), allowed, DAYS, widths())
        for s in (sample, replace(sample, totals=moved))
    )
    assert not np.array_equal(one.gemeinde, other.gemeinde)


# -- messages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "dates", "level", "words"),
    [
        ("15.05.2022", "2023-12-31", None, "Feld „--as-of“: gefunden „15.05.2022“, erwartet wird ein Tag"),
        ("2022-05-15", "2023-02-30", None, "erwartet wird ein Tag als Jahr-Monat-Tag"),
        ("2022-05-15", "2021-12-31", None, "liegt vor dem Basistag 15.05.2022"),
        ("2022-05-15", "2061-12-31", None, "höchstens bis zum Jahr 2060"),
        ("2022-05-15", "", None, "erwartet wird ein Tag"),
        ("2022-05-15", "2023-12-31", "land", "möglich sind: kreis, unit, gemeinde"),
        ("2010-01-01", "2023-12-31", None, "ersten möglichen Basistag"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_in_german(tmp_path, as_of, dates, level, words):
    with pytest.raises(InputError) as error:
        asked(as_of, dates, level, tmp_path / "out.csv")
    assert words in error.value.text()
    assert not list(tmp_path.iterdir())


def test_all_faults_of_a_request_come_at_once(tmp_path):
    with pytest.raises(InputError) as error:
        asked("2022-05-15", "2021-12-31,x", "land", tmp_path / "nowhere" / "out.csv")
    assert len(error.value.faults) == 4
    assert "der Ordner für die Datei ist nicht da" in error.value.text()


def test_dates_are_sorted_and_stand_once(tmp_path):
    allowed, days = asked("2022-05-15", "2024-12-31, 2022-05-15,2024-12-31", None, tmp_path / "out.csv")
    assert allowed.base == CENSUS_DAY and days == (CENSUS_DAY, date(2024, 12, 31))


def test_a_file_is_written_as_a_whole_or_not_at_all(tmp_path):
    frame = pd.DataFrame({"key": ["03251"], "name": ["Müller, Stadt"]})
    table.write(frame, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == 'key,name\n03251,"Müller, Stadt"\n'
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="kann nicht geschrieben werden"):
        table.write(frame, tmp_path / "folder")
    with pytest.raises(InputError, match="kann nicht geschrieben werden"):
        table.write(frame, tmp_path / "nowhere" / "a.csv")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "folder"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("country_code,year\n276,2000\n", "Feld „mig“: diese Spalte fehlt"),
        (
            "country_code,year,mig\n276,2000,viele\n",
            "Zeile 2, Feld „mig“: gefunden „viele“, erwartet wird eine Zahl",
        ),
        ("country_code,year,mig\n", "mindestens einer Zeile"),
    ],
)
def test_a_delivered_table_that_cannot_be_used_is_named(tmp_path, monkeypatch, text, words):
    monkeypatch.setenv("WOHNLIB_SHARED", str(tmp_path))
    (tmp_path / "germany").mkdir()
    (tmp_path / "germany" / "wpp2024_germany_mig1dt.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        germany_tables.read_tables("migration")
    assert words in error.value.text()


def test_a_key_without_its_zero_and_a_missing_file_are_named_together(tmp_path, monkeypatch):
    monkeypatch.setenv("WOHNLIB_SHARED", str(tmp_path))
    (tmp_path / "germany").mkdir()
    file = tmp_path / "germany" / "gerda_inkar_county_covariates_1995_2022.csv"
    file.write_text("county_code,year,share_65plus\n3251,2000,20.5\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        germany_tables.read_tables("inkar", "migration")
    assert [f.code for f in error.value.faults] == ["germany_key", "delivery_missing"]
    assert "führende Null" in error.value.text()


# -- the own record in the reports -------------------------------------------------------------------------


def test_the_own_record_says_how_far_off_and_whether_the_simple_rule_was_nearer():
    from wohnlib.data.tables import load

    words, units = Words("de"), load("backtest_totals_units")
    html = record(units, "03251407", "in der Samtgemeinde Siedenburg", words).html
    mine = units[(units["ags"] == "03251407") & (units["mode"] == "B")]
    size = {m: mine[mine["method"] == m]["error"].abs().mean() for m in ("own", "damped")}
    assert f"im Mittel um {words.number(size['own'], 'dec1')} %" in html.replace("\u00a0", " ")
    assert words("record.better") in html and size["own"] < size["damped"]
    worse = units.assign(error=np.where(units["method"] == "own", units["error"] * 5, units["error"]))
    assert words("record.worse") in record(worse, "03251407", "in Siedenburg", words).html
    assert words("record.none") in record(units, "09999", "im Landkreis", words).html
