"""Reading the delivered tables of all of Germany: one door, with the same kinds of message as for the region's tables.

Each table is named with the columns that are used; keys stay text, numbers are checked cell by cell.
"""

from dataclasses import dataclass

import pandas as pd

from wohnlib import paths
from wohnlib.errors import Fault, InputError, fault

KEY_LENGTHS = (2, 3, 5, 8)  # Land, Regierungsbezirk, Kreis, Gemeinde
_SHOWN = 5  # faults of one column


@dataclass(frozen=True)
class Source:
    """A delivered table: its file, the columns that must be there, and which of them hold numbers."""

    file: str
    numbers: tuple[str, ...]
    texts: tuple[str, ...] = ()
    may_be_empty: tuple[str, ...] = ()
    key: str = ""  # column with the Amtlicher Gemeindeschlüssel
    lengths: tuple[int, ...] = KEY_LENGTHS


CENSUS_AGES = tuple(
    f"age_{group}"
    for group in (
        "0_2", "3_5", "6_9", "10_15", "16_18", "19_24", "25_39", "40_59", "60_66", "67_74", "75_plus",
    )
)  # fmt: skip
SOURCES = {
    "directory": Source(
        "germany/population_total_gemeinden_1990_2021.csv.gz",
        ("year", "area_km2", "pop_total", "pop_male"), ("ars", "name"), ("area_km2", "pop_total", "pop_male", "name"),
        "ags", (8,),
    ),
    "inkar": Source(
        "germany/gerda_inkar_county_covariates_1995_2022.csv", ("year", "share_65plus"), (), ("share_65plus",),
        "county_code", (5,),
    ),
    "births_deaths": Source("germany/wpp2024_germany_misc1dt.csv", ("year", "births", "deaths")),
    "migration": Source("germany/wpp2024_germany_mig1dt.csv", ("year", "mig")),
    "census": Source(
        "germany/zensus2022_population_age_all_levels.csv",
        ("pop_total", "pop_male", "pop_female", *CENSUS_AGES), ("ars", "name", "level"),
        ("pop_male", "pop_female", *CENSUS_AGES), "ags",
    ),
    "stock_by_age": Source(  # three Kreise stand without a key: what reads the table checks keys after naming them
        "germany/eurostat_population_age5_sex_kreise_2014_2022.csv.gz", ("year", "age_from", "value"),
        ("nuts", "ags", "level", "sex", "age"), ("age_from", "value"),
    ),
    "single_ages": Source(
        "germany/eurostat_population_singleyear_sex_kreise_20190101.csv.gz", ("year", "age_from", "value"),
        ("sex", "age"), ("age_from", "value"),
    ),
    "life": Source("germany/lifetable_germany_qx_2011-13_to_2022-24.csv", ("age", "qx"), ("period", "sex")),
    "fertility": Source("germany/wpp2024_germany_percentASFR5dt.csv", ("year", "pasfr"), ("age",)),
}  # fmt: skip


def read_tables(*names: str) -> dict[str, pd.DataFrame]:
    """Return delivered tables by name; raise InputError with all faults of all of them."""
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name in names:
        source = SOURCES[name]
        table, found = _read(source)
        faults += found
        if not found:
            tables[name] = table
    if faults:
        raise InputError(faults)
    return tables


def _read(source: Source) -> tuple[pd.DataFrame, list[Fault]]:
    path = paths.shared() / source.file
    if not path.exists():
        return pd.DataFrame(), [fault("delivery_missing", file=source.file)]
    try:
        table = pd.read_csv(
            path, dtype=dict.fromkeys((source.key, *source.texts), str), encoding="utf-8-sig",
            usecols=lambda c: c in _columns(source), keep_default_na=False,
            na_values={c: [""] for c in source.numbers}, low_memory=False,
        )  # fmt: skip
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, EOFError, OSError):
        return pd.DataFrame(), [fault("germany_unreadable", file=source.file)]
    missing = [c for c in _columns(source) if c not in table]
    if missing:
        return table, [fault("germany_column", file=source.file, column=c) for c in missing]
    if table.empty:
        return table, [fault("germany_empty", file=source.file)]
    faults = _key_faults(table, source)
    for column in source.numbers:
        faults += _number_faults(table[column], source.file, column, column in source.may_be_empty)
    return table, faults


def _columns(source: Source) -> tuple[str, ...]:
    return tuple(c for c in (source.key, *source.texts, *source.numbers) if c)


def _number_faults(cells: "pd.Series[float]", file: str, column: str, may_be_empty: bool) -> list[Fault]:
    """Return cells that are no number, with the line an editor shows."""
    if pd.api.types.is_numeric_dtype(cells) and (may_be_empty or cells.notna().all()):
        return []
    wrong = pd.to_numeric(cells, errors="coerce").isna()
    if may_be_empty:
        wrong &= cells.notna()
    return [
        fault("germany_number", file=file, row=int(i) + 2, column=column, found=cells.fillna("")[i])
        for i in cells.index[wrong][:_SHOWN]
    ]


def _key_faults(table: pd.DataFrame, source: Source) -> list[Fault]:
    """Return keys that are no digits or have lost their leading zero."""
    if not source.key:
        return []
    cells = table[source.key]
    good = cells.str.fullmatch(r"\d+") & cells.str.len().isin(source.lengths)
    return [
        fault("germany_key", file=source.file, row=int(i) + 2, column=source.key, found=cells[i])
        for i in cells.index[~good][:_SHOWN]
    ]
