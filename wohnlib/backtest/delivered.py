"""Read the delivered files a back-test of totals needs: directory of Gemeinden, INKAR, UN WPP, map."""

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from wohnlib import paths
from wohnlib.data.germany_sources import SOURCES
from wohnlib.data.germany_tables import read_tables, rows_of
from wohnlib.errors import InputError, fault

TOTALS, OLD = SOURCES["directory"].file, SOURCES["inkar"].file
BIRTHS, MIGRATION = SOURCES["births_deaths"].file, SOURCES["migration"].file
MAP = "geo/VG250_GEM_simplified.zip"
FILES = (TOTALS, OLD, BIRTHS, MIGRATION, MAP)
_NO_MAP = (
    zipfile.BadZipFile, zlib.error, KeyError, IndexError, struct.error, UnicodeDecodeError, OSError,
)  # fmt: skip
_FREE = re.compile("gemfr|gemeindefr|gdefr", re.IGNORECASE)
_TITLES = r"\b(?:stadt|flecken|markt|bad|st|gkst|hansestadt)\b\.?"


@dataclass(frozen=True)
class Delivered:
    """Everything delivered; nothing of it may reach a forecast except through `asof.known`.

    totals: year -> table by key (pop_total, pop_male persons; area_km2; plain name); old: share 65+ in % by
    (year, Kreis); nation: births, deaths, net migration in 1,000 by year; places: x, y in km by key.
    """

    totals: dict[int, pd.DataFrame]
    old: pd.Series
    nation: pd.DataFrame
    places: pd.DataFrame

    def only(self, lands: tuple[str, ...]) -> "Delivered":
        """Return the same with the Gemeinden of some Länder only (a sample)."""
        few = {y: t[t.index.str[:2].isin(lands)] for y, t in self.totals.items()}
        return replace(self, totals=few)


def read() -> Delivered:
    """Return the delivered files; raise InputError with every file that is not there."""
    folder = paths.shared()
    missing = [fault("delivery_missing", file=name) for name in FILES if not (folder / name).exists()]
    if missing:
        raise InputError(missing)
    tables = read_tables("directory", "inkar", "births_deaths", "migration")
    old = tables["inkar"].set_index(["year", "county_code"])["share_65plus"]
    nation = tables["births_deaths"].set_index("year")[["births", "deaths"]]
    nation["migration"] = rows_of("migration", tables["migration"].set_index("year"), nation.index)["mig"]
    return Delivered(_totals(tables["directory"]), old, nation, _places(folder / MAP))


def _totals(table: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """Return the directory by year without areas that belong to no Gemeinde; names reduced to their letters."""
    free = table["name"].str.contains(_FREE, na=False)
    table = table[~free & (table["pop_total"] > 0)].drop_duplicates(["year", "ags"])
    table = table.assign(plain=plain_names(table["name"]))
    table = table[["year", "ags", "name", "area_km2", "pop_total", "pop_male", "plain"]]
    return {int(year): part.set_index("ags").drop(columns="year") for year, part in table.groupby("year")}


def plain_names(names: "pd.Series[str]") -> "pd.Series[str]":
    """Return names reduced to their letters, without titles and what follows a comma."""
    name = names.str.lower().str.replace(r"[,(].*", "", regex=True)
    return name.str.replace(_TITLES, "", regex=True).str.replace(r"[^a-zäöüß]", "", regex=True)


def _places(path: Path) -> pd.DataFrame:
    """Return the middle of the bounding box of the largest polygon of each key (x, y in km, EPSG:25832)."""
    try:
        with zipfile.ZipFile(path) as archive:
            keys = _map_keys(archive.read("VG250_GEM.dbf"))
            boxes = _map_boxes(archive.read("VG250_GEM.shp"))
    except _NO_MAP as error:
        raise InputError([fault("germany_map", file=MAP)]) from error
    west, south, east, north = boxes.T
    table = pd.DataFrame(
        {"ags": keys, "x": (west + east) / 2000, "y": (south + north) / 2000,
         "size": (east - west) * (north - south)}
    )  # fmt: skip
    table = table.sort_values("size").drop_duplicates("ags", keep="last")
    return table.set_index("ags")[["x", "y"]]


def _map_keys(dbf: bytes) -> list[str]:
    """Return the 8-digit keys of a dBASE table with the 12-digit column ARS (head: 32 bytes a field)."""
    count, head, record = struct.unpack("<IHH", dbf[4:12])
    offset, at = 1, 32
    while dbf[at : at + 11].split(b"\0")[0] != b"ARS":
        offset += dbf[at + 16]
        at += 32
    first = [head + i * record + offset for i in range(count)]
    ars = [dbf[f : f + dbf[at + 16]].decode("ascii").strip() for f in first]
    return [a[:5] + a[9:] for a in ars]


def _map_boxes(shp: bytes) -> np.ndarray:
    """Return the bounding boxes (record, 4) of a shapefile of polygons in metres; empty shapes are NaN."""
    boxes, at = [], 100
    while at < len(shp):
        length = struct.unpack(">i", shp[at + 4 : at + 8])[0] * 2
        (kind,) = struct.unpack("<i", shp[at + 8 : at + 12])
        boxes.append(struct.unpack("<4d", shp[at + 12 : at + 44]) if kind else (np.nan,) * 4)
        at += 8 + length
    return np.array(boxes)
