"""Tables over time and of rates: population, births, deaths, mortality, fertility, migration, care, completions."""

from typing import Any

import pandas as pd

from wohnlib.data import published
from wohnlib.data.delivery import Delivery, plain

AGE5 = ["ags", "year", "sex", "age_from", "age_to", "value"]
FIRST_YEAR, LAST_YEAR = 2000, 2060
FIRST_PERIOD = 2010


def _age5(d: Delivery, name: str) -> pd.DataFrame:
    rows = d.read(f"germany/eurostat_{name}.csv.gz")
    rows = rows[rows["ags"].isin([d.region, "00"])]
    return rows[rows["age"] != "Y_GE85"]  # overlaps 85-89 and 90+


def population_age5(d: Delivery) -> pd.DataFrame:
    """Population of 1 January by age of five years and sex."""
    rows = _age5(d, "population_age5_sex_kreise_2014_2022")
    rows = rows.loc[rows["age"] != "TOTAL", AGE5].rename(columns={"year": "date"})
    rows["published"] = rows["date"].map(lambda year: published.eurostat_stock(int(year)))
    rows["date"] += "-01-01"
    return rows


def population_age1(d: Delivery) -> pd.DataFrame:
    """Population of 1 January 2019 by single year of age and sex."""
    rows = d.read("germany/eurostat_population_singleyear_sex_kreise_20190101.csv.gz")
    rows = rows[(rows["ags"] == d.region) & (rows["age"] != "TOTAL")]
    rows = rows[AGE5].rename(columns={"year": "date"})
    rows["published"] = rows["date"].map(lambda year: published.eurostat_stock(int(year)))
    rows["date"] += "-01-01"
    return rows


def population_series(d: Delivery) -> pd.DataFrame:
    """Population of the planning units at all delivered dates, by sex."""
    rows = d.read_local("population_total_sex_units15_1990_2022.csv").rename(columns={"unit": "ags"})
    rows["published"] = rows["date"].map(published.gvisys)
    return rows[["ags", "date", "sex", "basis", "value", "published"]]


def deaths_age5(d: Delivery) -> pd.DataFrame:
    """Deaths by age of five years and sex; suppressed ages are missing, totals have item 'total'."""
    rows = _age5(d, "deaths_age5_sex_kreise_2013_2021").copy()
    rows["item"] = rows["age"].map(lambda age: "total" if age == "TOTAL" else "age")
    rows["published"] = rows["year"].map(lambda year: published.eurostat_flow(int(year)))
    return rows[["ags", "year", "item", "sex", "age_from", "age_to", "value", "published"]]


def births_deaths_migration(d: Delivery) -> pd.DataFrame:
    """Births, deaths, net migration (with corrections of the stock) and population of 1 January."""
    rows = d.read_local("births_deaths_netmigration_kreis_2000_2022.csv")
    rows = rows.rename(columns={"net_migration_incl_adj": "net_migration"})
    items = ["births", "deaths", "net_migration", "population_1jan"]
    long = rows.melt(id_vars=["ags", "year"], value_vars=items, var_name="item", value_name="value")
    long = long[long["value"] != ""]
    long["value"] = long["value"].map(plain)
    stock = long["item"] == "population_1jan"
    year = long["year"].astype(int)
    long["published"] = year.map(published.eurostat_flow).where(~stock, year.map(published.eurostat_stock))
    return long


def lifetable(d: Delivery) -> pd.DataFrame:
    """Death probabilities of Germany by single year of age, with 8 significant digits."""
    rows = d.read("germany/lifetable_germany_qx_2011-13_to_2022-24.csv")
    rows[["period_from", "period_to"]] = rows["period"].str.split("-", expand=True)
    rows["ags"] = "00"
    rows["qx"] = rows["qx"].map(lambda qx: f"{float(qx):.8g}")
    rows["published"] = rows["period_to"].map(lambda year: published.life_table(int(year)))
    return rows[["ags", "period_from", "period_to", "sex", "age", "qx", "published"]]


def life_expectancy(d: Delivery) -> pd.DataFrame:
    """Remaining life expectancy of Germany and of the Land at ages 0, 1, 20, 40, 60, 65 and 80."""
    names = d.read("germany/zensus2022_population_age_all_levels.csv").set_index("ags")["name"]
    rows = d.read("germany/life_expectancy_bundeslaender_2011-13_to_2018-20.csv")
    rows["ags"] = rows["region"].map({names["00"]: "00", names[d.land]: d.land})
    rows = rows[rows["ags"].notna()]
    rows[["period_from", "period_to"]] = rows["period"].str.split("-", expand=True)
    ages = [c for c in rows if c[0] == "e" and c[1:].isdigit()]
    keys = ["ags", "period_from", "period_to", "sex"]
    long = rows.melt(id_vars=keys, value_vars=ages, var_name="age", value_name="ex")
    long["age"] = long["age"].str[1:]
    long["ex"] = long["ex"].map(plain)
    long["published"] = long["period_to"].map(lambda year: published.life_table(int(year)))
    return long


def fertility_age(d: Delivery) -> pd.DataFrame:
    """Share of the total fertility rate by age of five years; normalised to the sum 1 in each period."""
    rows = d.read("germany/wpp2024_germany_percentASFR5dt.csv")
    rows[["period_from", "period_to"]] = rows["period"].str.split("-", expand=True)
    rows[["age_from", "age_to"]] = rows["age"].str.split("-", expand=True)
    last = rows["period_to"].astype(int)
    rows = rows[(rows["period_from"].astype(int) >= FIRST_PERIOD) & (last <= LAST_YEAR)].copy()
    percent = rows["pasfr"].astype(float)
    rows["share"] = (percent / percent.groupby(rows["period"]).transform("sum")).map("{:.10f}".format)
    rows["published"] = rows["period_to"].map(lambda year: published.wpp_recorded(int(year)))
    rows["ags"] = "00"
    return rows[["ags", "period_from", "period_to", "age_from", "age_to", "share", "published"]]


def fertility_total(d: Delivery) -> pd.DataFrame:
    """Total fertility rate: recorded values and the median projection with its 80 % band."""
    past = d.read("germany/wpp2024_germany_tfr1dt.csv")
    past = past.assign(kind="recorded", tfr_80l="", tfr_80u="")
    past["published"] = past["year"].map(lambda year: published.wpp_recorded(int(year)))
    path = d.read("germany/wpp2024_germany_tfrproj1dt.csv").assign(
        kind="projected", published=published.WPP_2024
    )
    rows = pd.concat([past, path], ignore_index=True).assign(ags="00")
    rows = rows[rows["year"].astype(int).between(FIRST_YEAR, LAST_YEAR)]
    return rows[["ags", "year", "kind", "tfr", "tfr_80l", "tfr_80u", "published"]]


def net_migration(d: Delivery) -> pd.DataFrame:
    """Recorded net migration of Germany in persons (delivered in thousands)."""
    rows = d.read("germany/wpp2024_germany_mig1dt.csv").assign(ags="00")
    rows = rows[rows["year"].astype(int) >= FIRST_YEAR].copy()
    rows["value"] = rows["mig"].map(lambda thousand: str(round(float(thousand) * 1000)))
    rows["published"] = rows["year"].map(lambda year: published.wpp_recorded(int(year)))
    return rows[["ags", "year", "value", "published"]]


def care(d: Delivery) -> pd.DataFrame:
    """People in need of care as a share of the inhabitants, and in homes as a share of these, all Kreise.

    Delivered per 10,000 inhabitants and in percent; written as shares.
    """
    rows = d.read("germany/inkar_strukturdaten_kreise_2017.csv")
    items = {
        "in_need_of_care_share": ("pflegebedürftige_2017", 10_000),
        "in_homes_share": ("stationäre_pflege_2017", 100),
    }
    found = []
    for item, (column, base) in items.items():
        values = rows[column].map(lambda text, base=base: f"{float(text) / base:.6g}")
        found.append(
            pd.DataFrame({"ags": rows["krs"], "year": "2017", "item": item, "unit": "share", "value": values})
        )
    return pd.concat(found, ignore_index=True)


def completions(d: Delivery) -> pd.DataFrame:
    """New dwellings and buildings completed in new residential buildings."""
    names = {
        "fertiggestellte_wohnungen_in_neuen_wohngebaeuden": "dwellings",
        "fertiggestellte_neue_wohngebaeude": "buildings",
    }
    rows = d.read_local("kreis_misc_indicators.csv")
    rows["item"] = rows["indicator"].map(names)
    rows = rows[rows["item"].notna()]
    rows["value"] = rows["value"].map(plain)
    rows["published"] = rows["year"].map(lambda year: published.next_october(int(year)))
    return rows[["ags", "year", "item", "value", "published"]]


def household_sizes_2011(d: Delivery) -> pd.DataFrame:
    """Households by size on 9 May 2011: the Kreis, and the Bund as the sum of all Kreise."""
    rows = d.read("germany/demandregio_households_by_size_kreise_zensus2011.csv")
    rows["value"] = rows["value"].map(lambda value: int(plain(value)))
    total = rows.groupby(["year", "size"], as_index=False)["value"].sum().assign(ags="00")
    rows = pd.concat([rows[rows["ags"] == d.region], total], ignore_index=True)
    return rows[["ags", "year", "size", "value"]].astype(str)


def published_figures(d: Delivery) -> pd.DataFrame:
    """Figures that only stand beside results; nothing is calculated from them."""
    items: dict[str, tuple[str, str, str, str | None]] = {
        "einwohner": ("population", "persons", "12-31", "2024-10-31"),
        "wohnungen": ("dwellings", "dwellings", "12-31", "2024-10-31"),
        "europop2019_bevoelkerung": ("europop2019_population", "persons", "01-01", "2021-12-31"),
        "bauland_kaufwert": ("land_price", "EUR/m²", "12-31", None),
    }
    found: list[dict[str, Any]] = []
    for row in d.read_local("kreis_misc_indicators.csv").itertuples():
        if row.indicator in items:
            item, unit, day, out = items[row.indicator]
            date = f"{row.year}-{day}"
            entry = {"ags": row.ags, "date": date, "item": item, "unit": unit, "value": plain(row.value)}
            found.append(
                {**entry, "note": row.note, "published": out or published.next_october(int(row.year))}
            )
    return pd.DataFrame(found)
