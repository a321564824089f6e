"""Reading the delivered tables of all of Germany: one door, with the same kinds of message as for the region's tables.

Keys stay text; columns, keys, levels, doubled rows and numbers are checked before anything is handed out.
"""

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib import paths
from wohnlib.data.germany_sources import NUTS_KEYS, SOURCES, Source
from wohnlib.errors import Fault, InputError, fault

_SHOWN = 5  # faults of one column
_UNREADABLE = (
    UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, EOFError, OSError, zlib.error,
)  # fmt: skip
_UNKNOWN = -1  # digits of a key at a level nobody knows
_SIGNS = ["–", ".", "/"]  # of the office, instead of a number: nothing there; kept secret; too uncertain
Coded = tuple[NDArray[np.int64], NDArray[Any]]  # a number for every cell, and the text it stands for


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


def rows_of(name: str, table: pd.DataFrame, keys: Any) -> pd.DataFrame:
    """Return the rows of a delivered table, already indexed, in the order of `keys`; raise InputError if one lacks."""
    wanted = pd.Index(keys)
    lacking = wanted[~wanted.isin(table.index)]
    if len(lacking):
        shown = [", ".join(map(str, k)) if isinstance(k, tuple) else str(k) for k in lacking[:_SHOWN]]
        raise InputError([fault("germany_row", file=SOURCES[name].file, key=key) for key in shown])
    return table.loc[wanted]


def _read(source: Source) -> tuple[pd.DataFrame, list[Fault]]:
    path = paths.shared() / source.file
    if not path.exists():
        return pd.DataFrame(), [fault("delivery_missing", file=source.file)]
    texts = dict.fromkeys([c for c in (source.key, *source.texts) if c], "str")
    empty = dict.fromkeys(source.numbers, _SIGNS if source.signs else [""])
    try:
        table = pd.read_csv(
            path, sep=source.separator, dtype=texts, encoding="utf-8",  # a mark of the byte order is passed over
            usecols=lambda c: c in _columns(source), keep_default_na=False,
            na_values=empty, low_memory=False,
        )  # fmt: skip
    except _UNREADABLE:
        return pd.DataFrame(), [_unreadable(source)]
    if not table.index.equals(pd.RangeIndex(len(table))):  # rows hold more cells than the head has columns
        return table, [_unreadable(source)]
    missing = [c for c in _columns(source) if c not in table]
    if missing:
        return table, [fault("germany_column", file=source.file, column=c) for c in missing]
    if table.empty:
        return table, [fault("germany_empty", file=source.file)]
    if source.nuts:
        table[source.key] = _with_keys(table[source.key], table[source.nuts])
    faults = _row_faults(table, source)
    for column in source.numbers:
        if source.signs:
            table[column] = _without_brackets(table[column])
        faults += _number_faults(table, source, column)
    return table, faults


def _unreadable(source: Source) -> Fault:
    return fault("germany_unreadable", file=source.file, separator=source.separator)


def _columns(source: Source) -> tuple[str, ...]:
    return tuple(c for c in (source.key, *source.texts, *source.numbers) if c)


def _with_keys(keys: "pd.Series[Any]", nuts: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return keys, with those of the Kreise that are delivered without one."""
    lacking = keys.index[keys.to_numpy(object) == ""]
    keys[lacking] = nuts[lacking].map(NUTS_KEYS).fillna("")
    return keys


def _cell_faults(
    code: str, source: Source, column: str, wrong: NDArray[np.bool_], table: pd.DataFrame, **values: Any
) -> list[Fault]:
    """Return faults of the first wrong cells of a column, with the line an editor shows."""
    if not wrong.any():
        return []
    return [
        fault(code, file=source.file, row=int(i) + 2, column=column, found=cell, **values)
        for i, cell in table.loc[wrong, column].iloc[:_SHOWN].astype("str").fillna("").items()
    ]


def _without_brackets(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return cells as numbers where only brackets, which mean uncertain, stand in the way."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells
    values = pd.to_numeric(cells.str.strip("() "), errors="coerce")
    return cells if (values.isna() & cells.notna()).any() else values


def _number_faults(table: pd.DataFrame, source: Source, column: str) -> list[Fault]:
    """Return cells that are no finite number, and those below zero where there can be none."""
    cells = table[column]
    values = pd.to_numeric(cells, errors="coerce").to_numpy(float)
    wrong = ~np.isfinite(values) | pd.api.types.is_bool_dtype(cells)
    if column in source.may_be_empty:
        wrong &= cells.notna().to_numpy()
    faults = _cell_faults("germany_number", source, column, wrong, table)
    if column not in source.below_zero:
        faults += _cell_faults("germany_negative", source, column, values < 0, table)
    return faults


def _row_faults(table: pd.DataFrame, source: Source) -> list[Fault]:
    """Return keys that have lost a digit, levels that are unknown, and rows that stand there again."""
    columns = {source.key, source.level, *source.once} - {""}
    coded: dict[str, Coded] = {c: pd.factorize(table[c].to_numpy()) for c in columns}
    faults: list[Fault] = []
    named = np.ones(len(table), dtype=bool)  # rows with a right key, where the table has keys
    if source.key:
        digits = _each(coded[source.key], lambda key: len(key) if key.isascii() and key.isdigit() else 0)
        right, faults = _digits(table, source, coded)
        named = right > 0
        for number in np.unique(right[named]):
            wrong = (right == number) & (digits != number)
            faults += _cell_faults("germany_key", source, source.key, wrong, table, digits=int(number))
        named &= digits == right
    if source.once:
        again = named & _again([coded[c] for c in source.once])
        faults += _cell_faults("germany_twice", source, source.key or source.once[0], again, table)
    return faults


def _digits(
    table: pd.DataFrame, source: Source, coded: dict[str, Coded]
) -> tuple[NDArray[np.int64], list[Fault]]:
    """Return how many digits the key of each row should have, 0 where none is needed, and unknown levels."""
    if source.levels is None:
        return np.full(len(table), source.digits), []
    levels = source.levels
    right = _each(coded[source.level], lambda level: levels.get(level, _UNKNOWN))
    return right, _cell_faults("germany_level", source, source.level, right == _UNKNOWN, table)


def _each(coded: Coded, number: Callable[[str], int]) -> NDArray[np.int64]:
    """Return a number for every cell, worked out once for every text; cells that are not there count as empty."""
    codes, texts = coded
    return np.array([*map(number, texts), number("")])[codes]


def _again(coded: list[Coded]) -> NDArray[np.bool_]:
    """Return which rows hold in all these columns what a row above them holds."""
    together = np.zeros(len(coded[0][0]), dtype=np.int64)
    for codes, texts in coded:
        together = together * (len(texts) + 1) + codes + 1
    return pd.Series(together).duplicated().to_numpy()
