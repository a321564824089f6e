"""What each table of `data/raw` holds; `intake` writes this, with the words of the catalogue, as descriptor.

Everything later (types, checks, loading) reads the descriptor, not this module.
"""

from dataclasses import dataclass, field
from typing import Any

CENSUS_DAY = "2022-05-15"
KEY: dict[str, Any] = {"type": "string", "pattern": r"\d{2}|\d{5}|\d{8}", "required": True}
YEAR: dict[str, Any] = {"type": "integer", "minimum": 1950, "maximum": 2100, "required": True}
COUNT: dict[str, Any] = {"type": "integer", "required": True}
NUMBER: dict[str, Any] = {"type": "number", "required": True}
TEXT: dict[str, Any] = {"type": "string", "required": True}
FIELDS: dict[str, dict[str, Any]] = {
    "ags": KEY,
    "ars": {"type": "string", "pattern": r"\d{2}|\d{5}|\d{9}|\d{12}", "required": True},
    "name": TEXT,
    "short_name": TEXT,
    "kind": {
        **TEXT,
        "enum": [
            "Einheitsgemeinde",
            "Samtgemeinde",
            "Gemeindeverband",
            "Gemeinde",
            "Landkreis",
            "Land",
            "Bund",
        ],
    },
    "level": {**TEXT, "enum": ["unit", "gemeinde", "kreis", "land", "bund"]},
    "unit": TEXT,
    "region": {"type": "string", "pattern": r"\d{5}"},
    "date": {"type": "date", "required": True},
    "published": {"type": "date", "required": True},
    "year": YEAR,
    "period_from": YEAR,
    "period_to": YEAR,
    "sex": {**TEXT, "enum": ["T", "F", "M"]},
    "age": {**COUNT, "unit": "years", "maximum": 120},
    "age_from": {**COUNT, "unit": "years", "maximum": 120},
    "age_to": {"type": "integer", "unit": "years", "maximum": 120},
    "item": TEXT,
    "basis": TEXT,
    "size": {**TEXT, "enum": ["total", "1", "2", "3", "4", "5", "6plus"]},
    "note": {"type": "string"},
    "value": COUNT,
    "qx": {**NUMBER, "unit": "probability"},
    "ex": {**NUMBER, "unit": "years"},
    "share": {**NUMBER, "unit": "share"},
    "kind_of_value": {**TEXT, "enum": ["recorded", "projected"]},
    "tfr": {**NUMBER, "unit": "children per woman"},
    "tfr_80l": {"type": "number", "unit": "children per woman"},
    "tfr_80u": {"type": "number", "unit": "children per woman"},
}
_AREA_REFERENCE = [{"fields": "ags", "reference": {"resource": "areas", "fields": "ags"}}]
_ALL_KREISE = {"type": "string", "pattern": r"\d{5}", "required": True}


@dataclass(frozen=True)
class Spec:
    """One table: columns, key, unit of its values, who publishes it, where it stands, when it counts."""

    name: str
    columns: str
    key: str
    office: str
    table: str
    reference: str
    published: str | None
    files: tuple[str, ...]
    unit: str = ""
    gebietsstand: str = CENSUS_DAY
    terms: str = "dl_de"
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    references_areas: bool = True

    def fields(self) -> list[dict[str, Any]]:
        """Return the columns as (name, type, unit, constraints …), without words."""
        found = []
        for name in self.columns.split():
            entry = dict(self.overrides.get(name) or FIELDS[name])
            if name == "value" and self.unit:
                entry["unit"] = self.unit
            out: dict[str, Any] = {"name": name, "type": entry.pop("type")}
            for extra in ("unit", "unitField", "signed", "signedItems"):
                if extra in entry:
                    out[extra] = entry.pop(extra)
            found.append({**out, "constraints": entry} if entry else out)
        return found

    def foreign_keys(self) -> list[dict[str, Any]]:
        return _AREA_REFERENCE if self.references_areas else []


_CENSUS: dict[str, Any] = {"office": "census", "reference": CENSUS_DAY, "published": "2024-06-25"}
_BY_UNIT = {**NUMBER, "unitField": "unit"}
_KREIS = "dwellings_zensus2022_kreis_full89.csv"
_EUROSTAT: dict[str, Any] = {
    "office": "eurostat",
    "terms": "eurostat",
    "published": None,
    "gebietsstand": "2021-12-31",
}
_WPP: dict[str, Any] = {"office": "un", "terms": "un", "published": None, "gebietsstand": "2022-12-31"}
SPECS = (
    Spec(
        "areas", "ags ars name short_name kind level unit region", "ags", **_CENSUS,
        table="Zensus 2022, Regionaltabelle Demografie", files=("germany/zensus2022_population_age_all_levels.csv",),
        overrides={"unit": {"type": "string", "pattern": r"\d{8}"}}, references_areas=False,
    ),
    Spec(
        "census_population", "ags date sex age_from age_to value", "ags date sex age_from age_to", **_CENSUS,
        table="Zensus 2022, Regionaltabelle Demografie", unit="persons",
        files=("germany/zensus2022_population_age_all_levels.csv",),
    ),
    Spec(
        "census_households", "ags date item value", "ags date item", **_CENSUS,
        table="Zensus 2022, Regionaltabelle Haushalte", unit="households",
        files=("germany/zensus2022_households_all_levels.csv",),
    ),
    Spec(
        "census_dwellings", "ags date item unit value", "ags date item", **_CENSUS,
        table="Zensus 2022, Regionaltabelle Gebäude und Wohnungen", overrides={"value": _BY_UNIT},
        files=(
            "diepholz/dwellings_zensus2022_gemeinden.csv", "diepholz/dwellings_zensus2022_units15.csv",
            f"diepholz/{_KREIS}",
        ),
    ),
    Spec(
        "census_buildings", "ags date item value", "ags date item", **_CENSUS,
        table="Zensus 2022, Regionaltabelle Gebäude und Wohnungen", unit="buildings",
        files=("germany/zensus2022_buildings_all_levels.csv",),
    ),
    Spec(
        "population_age5", "ags date sex age_from age_to value published", "ags date sex age_from", **_EUROSTAT,
        table="demo_r_pjangrp3", reference="2014-01-01/2022-01-01", unit="persons",
        files=("germany/eurostat_population_age5_sex_kreise_2014_2022.csv.gz",),
    ),
    Spec(
        "population_age1", "ags date sex age_from age_to value published", "ags date sex age_from", **_EUROSTAT,
        table="proj_19rp3", reference="2019-01-01", unit="persons",
        files=("germany/eurostat_population_singleyear_sex_kreise_20190101.csv.gz",),
    ),
    Spec(
        "population_series", "ags date sex basis value published", "ags date sex", office="gvisys",
        terms="gvisys", table="GV-ISys, Auszug_GV; Zensus 2022", reference="1990-12-31/2022-05-15",
        published=None, unit="persons", files=("diepholz/population_total_sex_units15_1990_2022.csv",),
    ),
    Spec(
        "deaths_age5", "ags year item sex age_from age_to value published", "ags year item sex age_from",
        **_EUROSTAT, table="demo_r_magec3", reference="2013/2021", unit="deaths",
        files=("germany/eurostat_deaths_age5_sex_kreise_2013_2021.csv.gz",),
        overrides={"item": {**TEXT, "enum": ["total", "age"]}},
    ),
    Spec(
        "births_deaths_migration", "ags year item value published", "ags year item", **_EUROSTAT,
        table="demo_r_gind3", reference="2000/2023", unit="persons",
        files=("diepholz/births_deaths_netmigration_kreis_2000_2022.csv",),
        overrides={
            "item": {**TEXT, "enum": ["births", "deaths", "net_migration", "population_1jan"]},
            "value": {**COUNT, "signedItems": ["net_migration"]},
        },
    ),
    Spec(
        "lifetable", "ags period_from period_to sex age qx published", "ags period_from sex age",
        office="destatis", table="12621-0001", reference="2011/2024", published=None, gebietsstand="2024-12-31",
        files=("germany/lifetable_germany_qx_2011-13_to_2022-24.csv",),
        overrides={"sex": {**TEXT, "enum": ["F", "M"]}},
    ),
    Spec(
        "life_expectancy", "ags period_from period_to sex age ex published", "ags period_from sex age",
        office="destatis", table="12621-0004", reference="2011/2020", published=None, gebietsstand="2020-12-31",
        files=("germany/life_expectancy_bundeslaender_2011-13_to_2018-20.csv",),
        overrides={"sex": {**TEXT, "enum": ["F", "M"]}},
    ),
    Spec(
        "fertility_age", "ags period_from period_to age_from age_to share published", "ags period_from age_from",
        **_WPP, table="World Population Prospects 2024, percentASFR", reference="2010/2060",
        files=("germany/wpp2024_germany_percentASFR5dt.csv",),
    ),
    Spec(
        "fertility_total", "ags year kind tfr tfr_80l tfr_80u published", "ags year", **_WPP,
        table="World Population Prospects 2024, tfr und tfrproj", reference="2000/2060",
        files=("germany/wpp2024_germany_tfr1dt.csv", "germany/wpp2024_germany_tfrproj1dt.csv"),
        overrides={"kind": FIELDS["kind_of_value"]},
    ),
    Spec(
        "net_migration", "ags year value published", "ags year", **_WPP, unit="persons",
        table="World Population Prospects 2024, mig", reference="2000/2023",
        files=("germany/wpp2024_germany_mig1dt.csv",), overrides={"value": {**COUNT, "signed": True}},
    ),
    Spec(
        "care", "ags year item unit value", "ags year item", office="bbsr", table="INKAR, Strukturdaten 2017",
        reference="2017", published="2019-12-31", gebietsstand="2017-12-31", references_areas=False,
        files=("germany/inkar_strukturdaten_kreise_2017.csv",),
        overrides={"ags": _ALL_KREISE, "value": _BY_UNIT},
    ),
    Spec(
        "social_benefits", "ags year item unit value published", "ags year item", office="bbsr",
        table="INKAR 2024", reference="2019/2022", published=None, gebietsstand="2022-12-31",
        files=("diepholz/inkar2024_selected_diepholz.csv.gz",), overrides={"value": _BY_UNIT},
    ),
    Spec(
        "completions", "ags year item value published", "ags year item", office="regional", table="31121-01-02-4",
        reference="2023", published=None, gebietsstand="2023-12-31",
        files=("diepholz/kreis_misc_indicators.csv",),
        overrides={"item": {**TEXT, "enum": ["dwellings", "buildings"]}},
    ),
    Spec(
        "work", "ags year item unit value published", "ags year item", office="bbsr",
        table="Gemeindereferenz; INKAR, Strukturdaten 2017; BA, Pendleratlas 2017", reference="2017/2021",
        published=None, gebietsstand="2021-12-31",
        files=(
            "diepholz/svb_workplace_gemeinden.csv", "diepholz/commuters_kreis_2017.csv",
            "germany/inkar_strukturdaten_kreise_2017.csv",
        ),
        overrides={"item": {**TEXT, "enum": ["jobs", "employees", "far_share"]}, "value": _BY_UNIT},
    ),
    Spec(
        "commuters", "ags year direction partner partner_name value published", "ags year direction partner",
        office="ba", terms="facts", table="Pendleratlas 2017", reference="2017", published=None,
        gebietsstand="2017-12-31", unit="persons", files=("diepholz/commuters_kreis_2017.csv",),
        overrides={
            "direction": {**TEXT, "enum": ["in", "out"]},
            "partner": {"type": "string", "pattern": r"total|\d{5}", "required": True},
            "partner_name": TEXT,
        },
    ),
    Spec(
        "household_sizes_2011", "ags year size value", "ags year size", office="census",
        table="Zensus 2011, Haushalte nach Größe", reference="2011-05-09", published="2014-12-31",
        gebietsstand="2011-05-09", unit="households",
        files=("germany/demandregio_households_by_size_kreise_zensus2011.csv",),
    ),
    Spec(
        "published_figures", "ags date item unit value note published", "ags date item", office="regional",
        table="31231, 12411, 61511; Eurostat proj_19rp3", reference="2019-01-01/2050-01-01", published=None,
        gebietsstand="2022-12-31", files=("diepholz/kreis_misc_indicators.csv",),
        overrides={"value": _BY_UNIT},
    ),
    Spec(
        "boundaries", "ags part ring point lon lat", "ags part ring point", office="bkg", table="VG250",
        reference="2022-12-31", published="2023-12-31", gebietsstand="2022-12-31",
        files=("geo/diepholz_units_15_2022.geojson",),
        overrides={
            "part": COUNT, "ring": COUNT, "point": COUNT,
            "lon": {**NUMBER, "minimum": 5.8, "maximum": 15.1, "unit": "degree"},
            "lat": {**NUMBER, "minimum": 47.2, "maximum": 55.1, "unit": "degree"},
        },
    ),
    Spec(
        "corrections", "file where field delivered corrected reason source", "file where field delivered",
        office="own", terms="own", table="–", reference="–", published="2026-11-22", gebietsstand="–", files=(),
        overrides={
            "file": TEXT, "where": {"type": "string"}, "field": TEXT, "delivered": {"type": "string"},
            "corrected": TEXT, "reason": TEXT, "source": TEXT,
        },
        references_areas=False,
    ),
)  # fmt: skip
