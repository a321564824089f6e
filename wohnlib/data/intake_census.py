"""Tables of the Zensus 2022 and of the areas, from the delivered files."""

import pandas as pd

from wohnlib.data.delivery import Delivery, plain

DATE = "2022-05-15"
AGES: dict[str, tuple[int, int | str]] = {
    "0_2": (0, 2), "3_5": (3, 5), "6_9": (6, 9), "10_15": (10, 15), "16_18": (16, 18), "19_24": (19, 24),
    "25_39": (25, 39), "40_59": (40, 59), "60_66": (60, 66), "67_74": (67, 74), "75_plus": (75, ""),
}  # fmt: skip
SEXES = {"pop_total": "T", "pop_female": "F", "pop_male": "M"}
_NAMED = {
    "GEBAEUDEART_SYS_1": "total",
    "GEBAEUDEART_SYS_11": "in_residential_buildings",
    "GEBAEUDEART_SYS_111": "in_residential_buildings_without_dormitories",
    "GEBAEUDEART_SYS_112": "in_dormitories",
    "GEBAEUDEART_SYS_12": "in_other_buildings",
    "NUTZUNG__01": "owner_occupied",
    "NUTZUNG__02": "rented",
    "NUTZUNG__03": "holiday",
    "NUTZUNG__04": "vacant",
    "QMMIETE": "rent_net_cold",
    "LEQ": "official_vacancy_rate",
    "ETQ": "official_owner_rate",
    "FLAECHE": "mean_floor_area",
    "LEERSTAND_INSGESAMT": "vacant_total",
}
_CLASSES = {
    "ZAHLWOHNGN_HHG__": ("in_buildings_", "1 2 3_6 7_12 13plus"),
    "BAUJAHR_10JA__": (
        "built_",
        "before_1919 1919_1949 1950_1959 1960_1969 1970_1979 1980_1989 1990_1999 2000_2009 2010_2015 2016_and_later",
    ),
    "EIGENTUM__": (
        "owner_is_",
        "owners_community private_persons cooperative municipal private_company other_private federal_or_land non_profit",
    ),
    "HEIZTYP__": ("heating_", "district storey block central single_stoves none"),
    "ENERGIETRAEGER__": ("energy_", "gas oil wood biomass solar_or_heat_pump electricity coal district none"),
    "MIETE_EURM2_2__": ("rentclass_", "under_4 4_6 6_8 8_10 10_12 12_14 14_16 16_18 18_20 20_plus"),
    "WOHNFLAECHE_20S__": (
        "area_",
        "under_40 40_59 60_79 80_99 100_119 120_139 140_159 160_179 180_199 200_plus",
    ),
    "RAUMANZAHL__": ("rooms_", "1 2 3 4 5 6 7plus"),
    "LEERSTAND_DAUER__": ("vacant_months_", "under_3 3_5 6_11 12plus"),
    "LEERSTAND_GRUND__": (
        "vacant_reason_",
        "available_in_3_months construction demolition sale own_use other",
    ),
}
_UNITS = {
    "rent_net_cold": "EUR/m²",
    "mean_floor_area": "m²",
    "vacancy_rate": "percent",
    "owner_rate": "percent",
    "official_vacancy_rate": "percent",
    "official_owner_rate": "percent",
}
_RENAMED = {
    "dwellings_total": "total",
    "dwellings_rented": "rented",
    "rent_net_cold_eur_m2": "rent_net_cold",
    "mean_floor_area_m2": "mean_floor_area",
    "vacancy_rate_pct": "vacancy_rate",
    "owner_occupied_share_pct": "owner_rate",
    "vacancy_rate_census22": "vacancy_rate",
    "share_owner_occupied_census22": "owner_rate",
    "DERIVED_holiday_dwellings_residual": "holiday_derived",
}


def _keyed(d: Delivery, table: str) -> pd.DataFrame:
    """Return the rows of Bund, Land, Kreis, planning units and Gemeinden, with `ags` as we write it."""
    rows = d.read(f"germany/zensus2022_{table}_all_levels.csv")
    own = rows["ars"].str.startswith(d.region)
    above = rows["level"].isin(["bund", "land"]) & rows["ars"].isin(["00", d.land])
    rows = rows[own | above].copy()
    group = rows["level"] == "verband"
    rows.loc[group, "ags"] = d.region + rows.loc[group, "ars"].str[6:9]
    return rows


def areas(d: Delivery) -> pd.DataFrame:
    """Areas of the region: the Gemeindeverband is the planning unit of its members, any other Gemeinde its own."""
    rows = _keyed(d, "population_age")
    units = dict(rows.loc[rows["level"] == "verband", ["ars", "ags"]].itertuples(index=False))
    found = []
    for row in rows.itertuples():
        short = row.name.split(",")[0]
        out = {
            "ags": row.ags,
            "ars": row.ars,
            "name": row.name,
            "short_name": short,
            "unit": "",
            "region": "",
        }
        if row.level in ("bund", "land"):
            out |= {"kind": row.level.title(), "level": row.level}
        elif row.level == "kreis":
            out |= {
                "kind": "Landkreis",
                "level": "kreis",
                "name": f"Landkreis {row.name}",
                "region": d.region,
            }
        elif row.level == "verband":
            kind = "Samtgemeinde" if d.land == "03" else "Gemeindeverband"
            out |= {"kind": kind, "level": "unit", "name": f"{kind} {row.name}", "unit": row.ags}
            out["region"] = d.region
        else:
            unit = units.get(row.ars[:9], row.ags)
            single = unit == row.ags
            out |= {
                "kind": "Einheitsgemeinde" if single else "Gemeinde",
                "level": "unit" if single else "gemeinde",
            }
            out |= {"unit": unit, "region": d.region}
        found.append(out)
    return pd.DataFrame(found)


def census_population(d: Delivery) -> pd.DataFrame:
    """Population on the census day: totals by sex and 11 age groups of both sexes."""
    found: list[tuple[object, ...]] = []
    for row in _keyed(d, "population_age").to_dict("records"):
        for column, sex in SEXES.items():
            found.append((row["ags"], DATE, sex, 0, "", row[column]))
        for column, (first, last) in AGES.items():
            found.append((row["ags"], DATE, "T", first, last, row[f"age_{column}"]))
    return pd.DataFrame(found, columns=["ags", "date", "sex", "age_from", "age_to", "value"]).astype(str)


def _long(rows: pd.DataFrame, rename: dict[str, str]) -> pd.DataFrame:
    """Return the wide rows of one census table as (ags, date, item, value)."""
    rows = rows.drop(columns=[c for c in ("ars", "name", "level") if c in rows]).rename(columns=rename)
    long = rows.melt(id_vars="ags", var_name="item", value_name="value")
    long.insert(1, "date", DATE)
    return long[long["value"] != ""]


def census_households(d: Delivery) -> pd.DataFrame:
    """Private households by size, family type and senior status."""
    return _long(_keyed(d, "households"), {"households_total": "total"})


def census_buildings(d: Delivery) -> pd.DataFrame:
    """Buildings with dwellings by year built, dwellings per building and type."""
    return _long(_keyed(d, "buildings"), {"buildings_total": "total"})


def field_name(code: str) -> str:
    """Return our name of a field of the dwellings sheet: 'NUTZUNG__03' is 'holiday'."""
    if code in _NAMED:
        return _NAMED[code]
    head, _, number = code.rpartition("__")
    prefix, names = _CLASSES[head + "__"]
    return prefix + names.split()[int(number) - 1]


def census_dwellings(d: Delivery) -> pd.DataFrame:
    """Dwellings: Bund and Gemeinden as delivered, planning units, and all 89 fields of the Kreis."""
    members = d.read_local("dwellings_zensus2022_gemeinden.csv")
    units = d.read_local("dwellings_zensus2022_units15.csv")
    members = members[~members["ags"].isin([*units["ags"], d.region])]
    members = members.drop(columns=["avg_household_size_census22", "total_dwellings_census22"])
    units = units.drop(columns=["unit_name", "note"])
    kreis = d.read_local("dwellings_zensus2022_kreis_full89.csv")
    kreis = pd.DataFrame(
        {"ags": kreis["ags"], "date": DATE, "item": kreis["code"].map(field_name), "value": kreis["value"]}
    )
    long = pd.concat([_long(members, _RENAMED), _long(units, _RENAMED), kreis], ignore_index=True)
    long["value"] = long["value"].map(plain)
    long.insert(3, "unit", long["item"].map(_UNITS).fillna("dwellings"))
    return long
