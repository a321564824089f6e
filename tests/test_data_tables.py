"""The raw tables hold what the offices published, and prepare keeps it."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from wohnlib import paths
from wohnlib.data import intake, manifest, tables
from wohnlib.data.prepare import prepare
from wohnlib.data.register import Register, load_register

KREIS = "03251"
needs_shared = pytest.mark.skipif(not paths.shared().exists(), reason="the delivered files are not here")


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register()


@pytest.fixture(scope="module", autouse=True)
def prepared() -> None:
    prepare()


def units() -> list[str]:
    areas = tables.load("areas")
    return list(areas.loc[areas["level"] == "unit", "ags"])


def value(table: str, ags: str = KREIS, **where: object) -> float:
    """Return the one value of a table that fits."""
    rows = tables.load(table)
    rows = rows[rows["ags"] == ags]
    for column, wanted in where.items():
        rows = rows[rows[column].isna() if wanted is None else rows[column] == wanted]
    assert len(rows) == 1
    return float(rows["value"].iloc[0])


def test_the_region_has_15_units_8_single_and_7_of_37_members() -> None:
    areas = tables.load("areas")
    of_units = areas[areas["level"] == "unit"]
    assert of_units["kind"].value_counts().to_dict() == {"Einheitsgemeinde": 8, "Samtgemeinde": 7}
    members = areas[areas["level"] == "gemeinde"]
    assert len(members) == 37
    groups = set(of_units.loc[of_units["kind"] == "Samtgemeinde", "ags"])
    assert set(members["unit"]) == groups
    assert (of_units["unit"] == of_units["ags"]).all()
    siedenburg = areas.set_index("ags").loc["03251407"]
    assert siedenburg["name"] == "Samtgemeinde Siedenburg"
    assert siedenburg["short_name"] == "Siedenburg"
    assert areas.set_index("ags").loc["03251007", "short_name"] == "Bassum"


def test_published_totals_of_the_kreis_are_kept() -> None:
    """Zensus 2022, Regionaltabellen: Landkreis Diepholz."""
    assert value("census_population", sex="T", age_from=0, age_to=None) == 218_256
    assert value("census_households", item="total") == 99_158
    dwellings = {"total": 106_097, "vacant": 4_038, "holiday": 934, "vacant_months_12plus": 2_057}
    dwellings |= {"in_buildings_1": 57_079, "in_buildings_2": 18_913, "in_buildings_3_6": 20_777}
    dwellings |= {"in_buildings_7_12": 7_237, "in_buildings_13plus": 2_093}
    assert {item: value("census_dwellings", item=item) for item in dwellings} == dwellings
    rows = tables.load("census_dwellings")
    assert (rows["ags"] == KREIS).sum() == 89


def test_dwellings_are_whole_numbers_and_rates_carry_their_unit() -> None:
    rows = tables.load("census_dwellings")
    counts = rows[rows["unit"] == "dwellings"]
    assert (counts["value"] % 1 == 0).all()
    assert set(rows.loc[rows["item"].str.contains("_rate$"), "unit"]) == {"percent"}
    assert set(rows["unit"]) == {"dwellings", "percent", "EUR/m²", "m²"}


def test_other_published_figures_are_kept() -> None:
    assert value("completions", item="dwellings") == 744  # table 31121-01-02-4
    assert value("completions", item="buildings") == 376
    assert value("care", item="in_need_of_care_share") == pytest.approx(0.04622)  # INKAR 2017
    assert value("care", item="in_homes_share") == pytest.approx(0.222)
    assert value("births_deaths_migration", year=2022, item="net_migration") == 5_006  # demo_r_gind3
    one, total = (value("household_sizes_2011", "00", size=size) for size in ("1", "total"))
    assert one / total == pytest.approx(0.372, abs=5e-4)  # Zensus 2011


@pytest.mark.parametrize(
    ("table", "where", "largest"),
    [
        ("census_population", {"sex": "T", "age_from": 0, "age_to": None}, 5),
        ("census_households", {"item": "total"}, 10),
        ("census_dwellings", {"item": "total"}, 10),
        ("census_buildings", {"item": "total"}, 10),
    ],
)
def test_units_sum_to_the_kreis_but_for_the_perturbation(
    table: str, where: dict[str, object], largest: int
) -> None:
    total = sum(value(table, ags, **where) for ags in units())
    assert abs(total - value(table, **where)) <= largest


def test_a_samtgemeinde_is_the_published_row_not_the_sum_of_its_members() -> None:
    """Zensus 2022, Regionaltabelle Demografie: 503 people of 75 and over in ARS 032515407 (members: another sum)."""
    rows = tables.load("census_population")
    rows = rows[(rows["sex"] == "T") & (rows["age_from"] == 75)].set_index("ags")["value"]
    areas = tables.load("areas")
    different = 0
    for unit in areas.loc[areas["kind"] == "Samtgemeinde", "ags"]:
        members = areas.loc[(areas["unit"] == unit) & (areas["level"] == "gemeinde"), "ags"]
        different += int(rows[members].sum() != rows[unit])
    assert rows["03251407"] == 503
    assert different > 0


def test_age_groups_sum_to_the_official_totals() -> None:
    """Eurostat demo_r_pjangrp3 and proj_19rp3: Kreis 216,886 on 1 January 2019."""
    for name in ("population_age5", "population_age1"):
        rows = tables.load(name)
        rows = rows[(rows["ags"] == KREIS) & (rows["date"] == "2019-01-01")]
        sums = rows.groupby("sex")["value"].sum()
        assert sums["T"] == 216_886
        assert sums["F"] + sums["M"] == sums["T"]
    years = tables.load("population_age5").groupby(["ags", "date", "sex"])
    assert (years["age_from"].count() == 19).all()


def test_every_distribution_of_fertility_sums_to_one() -> None:
    sums = tables.load("fertility_age").groupby("period_from")["share"].sum()
    assert list(sums.index) == list(range(2010, 2060, 5))
    assert (sums - 1).abs().max() < 1e-9


def test_a_life_table_has_all_ages_and_both_sexes() -> None:
    counts = tables.load("lifetable").groupby(["period_from", "sex"])["age"].agg(["count", "min", "max"])
    assert (counts == [101, 0, 100]).all().all()
    assert len(counts) == 20


def test_every_table_has_office_terms_and_dates(register: Register) -> None:
    for resource in register:
        for text in (resource.title, resource.office, resource.terms, resource.gebietsstand):
            assert text, resource.name
        assert resource.reference_date, resource.name
        assert resource.table_code or resource.more.get("estimated"), resource.name
        assert resource.published or "published" in resource.columns, resource.name
        assert all(field.description for field in resource.fields), resource.name
        assert resource.primary_key, resource.name


def test_every_number_has_a_unit_in_the_register(register: Register) -> None:
    for resource in register:
        for field in resource.fields:
            if field.type == "number":
                assert field.unit or field.unit_field, f"{resource.name}.{field.name}"


def test_checksums_in_the_register_are_right(register: Register) -> None:
    for resource in register:
        content = (paths.raw() / resource.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == resource.sha256, resource.path
        assert b"\r" not in content, resource.path


def test_primary_keys_are_unique_and_keys_are_text(register: Register) -> None:
    for resource in register:
        table = tables.load(resource.name)
        assert not table.duplicated(list(resource.primary_key)).any(), resource.name
        if "ags" in table:
            assert table["ags"].str.fullmatch(r"\d{2}|\d{5}|\d{8}").all(), resource.name


def test_what_is_published_is_not_before_what_it_describes() -> None:
    for name in ("population_age5", "population_series", "population_age1"):
        table = tables.load(name)
        assert (table["published"] > table["date"]).all()
    table = tables.load("lifetable")
    assert (table["published"].str[:4].astype(int) == table["period_to"] + 1).all()


def test_the_census_may_only_be_known_after_june_2024(register: Register) -> None:
    assert register["census_population"].published == "2024-06-25"
    series = tables.load("population_series")
    assert set(series.loc[series["date"] == "2022-05-15", "published"]) == {"2024-06-25"}


def test_processed_values_equal_raw_values(register: Register) -> None:
    raw = pd.read_csv(paths.raw() / "lifetable.csv", dtype=str)
    processed = tables.load("lifetable").sort_values(["period_from", "sex", "age"])
    assert [float(q) for q in raw["qx"]] == list(processed["qx"])


def test_a_loaded_table_can_be_changed_without_harm() -> None:
    first = tables.load("completions")
    first.loc[:, "value"] = 0
    assert value("completions", item="dwellings") == 744


def test_prepare_writes_the_same_bytes_and_skips_when_nothing_changed(tmp_path: Path) -> None:
    one, two = prepare(processed=tmp_path / "one"), prepare(processed=tmp_path / "two")
    names = sorted(p.name for p in one.iterdir())
    assert names == sorted(p.name for p in two.iterdir())
    assert all((one / n).read_bytes() == (two / n).read_bytes() for n in names)
    (one / "README.md").write_text("bleibt", encoding="utf-8")
    assert manifest.is_current(processed=one)
    stamps = {p.name: p.stat().st_mtime_ns for p in one.iterdir()}
    prepare(processed=one)
    assert stamps == {p.name: p.stat().st_mtime_ns for p in one.iterdir()}
    (one / "areas.csv").unlink()
    (one / "veraltet.csv").write_text("x", encoding="utf-8")
    assert not manifest.is_current(processed=one)
    prepare(processed=one)
    assert sorted(p.name for p in one.iterdir()) == sorted([*names, "README.md"])


def test_a_change_in_raw_makes_processed_out_of_date(tmp_path: Path) -> None:
    processed = prepare(processed=tmp_path / "processed")
    shutil.copytree(paths.raw(), tmp_path / "raw")
    assert manifest.is_current(tmp_path / "raw", processed)
    path = tmp_path / "raw" / "completions.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert not manifest.is_current(tmp_path / "raw", processed)


def test_loading_tables_does_not_import_pandera() -> None:
    code = (
        "import sys; from wohnlib.data import manifest, tables; manifest.is_current(); tables.load('areas'); "
    )
    code += "sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=paths.home(), check=False).returncode == 0


@pytest.mark.shared
@needs_shared
def test_intake_reproduces_every_raw_table_and_the_register_byte_for_byte(tmp_path: Path) -> None:
    shutil.copyfile(paths.raw() / "corrections.csv", tmp_path / "corrections.csv")
    for folder in intake.ATTACHED:
        if (paths.raw() / folder).exists():
            shutil.copytree(paths.raw() / folder, tmp_path / folder)
    intake.intake(out=tmp_path)
    for path in [*sorted(tmp_path.glob("*.csv")), tmp_path / "datapackage.json"]:
        assert path.read_bytes() == (paths.raw() / path.name).read_bytes(), path.name


@pytest.mark.shared
@needs_shared
def test_areas_agree_with_the_delivered_list_of_units() -> None:
    path = paths.shared() / "diepholz" / "_lookup_gemeinden_units.csv"
    delivered = pd.read_csv(path, dtype=str).set_index("ags")
    areas = tables.load("areas")
    gemeinden = areas[areas["kind"].isin(["Gemeinde", "Einheitsgemeinde"])].set_index("ags")
    assert gemeinden["unit"].to_dict() == delivered["unit"].to_dict()
    assert gemeinden["ars"].to_dict() == delivered["ars"].to_dict()


@pytest.mark.shared
@needs_shared
def test_census_tables_agree_with_the_files_as_the_office_delivers_them() -> None:
    path = paths.shared() / "official" / "zensus2022_Regionaltabelle_Haushalte.csv"
    office = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig").set_index("_RS")
    ars = tables.load("areas").set_index("ags")["ars"]
    for ags in [*units(), KREIS, "03", "00"]:
        for size in range(1, 6):
            assert value("census_households", ags, item=f"size_{size}") == int(
                office.loc[ars[ags], f"HH_SIZE_NAT__{size}"].replace("–", "0")
            )


def test_rates_of_units_agree_with_the_counts_of_the_kreis_the_official_rates_do_not() -> None:
    """Zensus 2022: 4,038 vacant and 60,750 owner-occupied of 106,097; LEQ 3.62 and ETQ 60.76 have another base."""
    total = value("census_dwellings", item="total")
    for rate, count, tolerance in (("vacancy_rate", "vacant", 50), ("owner_rate", "owner_occupied", 50)):
        of_units = sum(
            value("census_dwellings", ags, item=rate) / 100 * value("census_dwellings", ags, item="total")
            for ags in units()
        )
        assert abs(of_units - value("census_dwellings", item=count)) < tolerance
        official = value("census_dwellings", item=f"official_{rate}") / 100 * total
        assert abs(official - value("census_dwellings", item=count)) > tolerance


def test_the_break_of_the_2011_census_is_in_the_stock_not_in_net_migration() -> None:
    """Eurostat demo_r_gind3: 213,634 on 1 January 2010, 209,898 a year later, change of 2010 only -76."""
    rows = tables.load("births_deaths_migration").pivot_table(index="year", columns="item", values="value")
    change = rows["population_1jan"].diff().shift(-1)
    rest = change - rows["births"] + rows["deaths"] - rows["net_migration"]
    assert rest.dropna()[rest.abs() > 0.5].to_dict() == {2010: -3_660}
