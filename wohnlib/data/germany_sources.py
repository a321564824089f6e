"""The delivered tables of all of Germany that are read: file, columns that are used, what stands in them.

The Kreise that have no key in a delivery, and those that were merged, stand here once for all.
"""

from dataclasses import dataclass

NUTS_KEYS = {"DEB1C": "07135", "DEB1D": "07140"}  # Kreise without a key in the tables of Eurostat
MERGED = {"16056": "16063"}  # Eisenach joined the Wartburgkreis in 2021
FORMER = {**MERGED, "03152": "03159", "03156": "03159"}  # Osterode joined Göttingen in 2016
LEVELS = {
    "bund": 2, "land": 2, "rb": 3, "kreis": 5, "verband": 8, "gemeinde": 8,
    "Bund": 2, "Land": 2, "Regierungsbezirk": 3, "Stadtkreis/kreisfreie Stadt/Landkreis": 5, "Gemeindeverband": 9,
    "Gemeinde": 12,
}  # fmt: skip
LEVELS_NUTS = {"bund": 0, "land": 0, "nuts2": 0, "kreis": 5}  # where larger areas have a NUTS key only


@dataclass(frozen=True)
class Source:
    """A delivered table: its file, the columns that must be there, and which of them hold numbers."""

    file: str
    numbers: tuple[str, ...]
    texts: tuple[str, ...] = ()
    may_be_empty: tuple[str, ...] = ()  # numbers that are not known everywhere
    below_zero: tuple[str, ...] = ()  # numbers that may be negative
    key: str = ""  # column with the Amtlicher Gemeindeschlüssel or Regionalschlüssel
    digits: int = 8  # of the key where no column says the level
    level: str = ""  # column that says what kind of area a row is
    levels: dict[str, int] | None = None  # digits of the key by level
    nuts: str = ""  # column that names areas without a key
    once: tuple[str, ...] = ()  # columns that together name a row
    separator: str = ","
    signs: bool = False  # cells as the office prints them: (12) uncertain; – . and / for no number


AGES = ("0_2", "3_5", "6_9", "10_15", "16_18", "19_24", "25_39", "40_59", "60_66", "67_74", "75_plus")
CENSUS_AGES = tuple(f"age_{group}" for group in AGES)
SIZES = ("size_1", "size_2", "size_3", "size_4", "size_5", "size_6plus")
OFFICE_AGES = tuple(f"Alter_infr__{i:02d}" for i in range(1, 12))
OFFICE_MARITAL = tuple(f"FAMSTND_KURZ__{i}" for i in range(1, 6))
OFFICE_ORIGIN = ("Staatsange_kurz__2", *(f"Einwanderungserf_ausf__{i}" for i in (21, 22, 3)))

SOURCES = {
    "directory": Source(
        "germany/population_total_gemeinden_1990_2021.csv.gz",
        ("year", "area_km2", "pop_total", "pop_male"), ("ars", "name"), ("area_km2", "pop_total", "pop_male"),
        key="ags",
    ),
    "inkar": Source(
        "germany/gerda_inkar_county_covariates_1995_2022.csv", ("year", "share_65plus"), (), ("share_65plus",),
        key="county_code", digits=5, once=("county_code", "year"),
    ),
    "births_deaths": Source(
        "germany/wpp2024_germany_misc1dt.csv", ("year", "births", "deaths"), once=("year",)
    ),
    "migration": Source(
        "germany/wpp2024_germany_mig1dt.csv", ("year", "mig"), below_zero=("mig",), once=("year",)
    ),
    "census": Source(
        "germany/zensus2022_population_age_all_levels.csv",
        ("pop_total", "pop_male", "pop_female", "pop_foreign", *CENSUS_AGES), ("ars", "name", "level"),
        CENSUS_AGES, key="ags", level="level", levels=LEVELS, once=("level", "ags"),
    ),
    "households": Source(
        "germany/zensus2022_households_all_levels.csv",
        ("households_total", *SIZES, "senior_only", "senior_and_younger"), ("level",),
        key="ags", level="level", levels=LEVELS, once=("level", "ags"),
    ),
    "buildings": Source(
        "germany/zensus2022_buildings_all_levels.csv",
        ("with_dwellings_1", "with_dwellings_2"), ("level",), ("with_dwellings_1", "with_dwellings_2"),
        key="ags", level="level", levels=LEVELS, once=("level", "ags"),
    ),
    "dwellings": Source(
        "germany/zensus2022_dwellings_vacancy_tenure_rent_gemeinden.csv",
        ("total_dwellings_census22", "vacancy_rate_census22", "share_owner_occupied_census22"), (),
        ("vacancy_rate_census22", "share_owner_occupied_census22"), key="ags", once=("ags",),
    ),
    "jobs": Source(
        "germany/bbsr_reference_population_svb_workplace_gemeinden_2020_2022.csv",
        ("year", "employed_at_workplace_svb"), (), ("employed_at_workplace_svb",), key="ags", once=("year", "ags"),
    ),
    "demography": Source(
        "official/zensus2022_Regionaltabelle_Demografie.csv",
        ("0_Insgesamt_", "GESCHLECHT__1", *OFFICE_AGES, *OFFICE_MARITAL, *OFFICE_ORIGIN), ("Regionalebene",),
        (*OFFICE_AGES, *OFFICE_MARITAL, *OFFICE_ORIGIN), key="_RS", level="Regionalebene", levels=LEVELS,
        once=("Regionalebene", "_RS"), separator=";", signs=True,
    ),
    "sizes_2011": Source(
        "germany/demandregio_households_by_size_kreise_zensus2011.csv", ("year", "value"), ("size",),
        key="ags", digits=5, once=("ags", "year", "size"),
    ),
    "stock_by_age": Source(
        "germany/eurostat_population_age5_sex_kreise_2014_2022.csv.gz", ("year", "age_from", "value"),
        ("nuts", "level", "sex", "age"), key="ags", level="level", levels=LEVELS_NUTS, nuts="nuts",
        once=("ags", "year", "sex", "age"),
    ),
    "single_ages": Source(
        "germany/eurostat_population_singleyear_sex_kreise_20190101.csv.gz", ("year", "age_from", "value"),
        ("nuts", "sex", "age"), key="ags", digits=5, nuts="nuts", once=("ags", "year", "sex", "age"),
    ),
    "life": Source(
        "germany/lifetable_germany_qx_2011-13_to_2022-24.csv", ("age", "qx"), ("period", "sex"),
        once=("period", "sex", "age"),
    ),
    "fertility": Source(
        "germany/wpp2024_germany_percentASFR5dt.csv", ("year", "pasfr"), ("age",), once=("year", "age")
    ),
}  # fmt: skip
