"""Checks of raw tables with pandera, built from the register: one description, no second list.

pandera is imported when a table is checked, never when wohnlib is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from wohnlib.data.cells import Found, cell_fault, range_fault
from wohnlib.data.reading import RawTable
from wohnlib.data.register import Field, Resource
from wohnlib.errors import Fault, fault

_BY_ROW = "by_row"
_UNIQUE = "unique"


def _range_by_row(table: pd.DataFrame, field: Field) -> Iterator[Found | None]:
    """Yield for each row the fault of a value whose range hangs on the row's unit or item."""
    units = table[field.unit_field] if field.unit_field else pd.Series(field.unit, index=table.index)
    items = table["item"] if field.signed_items else pd.Series("", index=table.index)
    numbers = pd.to_numeric(table[field.name], errors="coerce")
    for value, unit, item in zip(numbers, units, items, strict=True):
        signed = field.signed or item in field.signed_items
        yield None if pd.isna(value) else range_fault(value, field, unit, signed)


def _fields_by_row(resource: Resource) -> list[Field]:
    return [f for f in resource.fields if f.numeric and (f.unit_field or f.signed_items)]


def build_schema(resource: Resource, known: Mapping[str, str] | None) -> Any:
    """Return the pandera schema of a table of text; `known` maps the keys of areas to their names."""
    import pandera.pandas as pa

    def column(field: Field) -> Any:
        keys = known if field.name == resource.area_reference else None

        def good(series: pd.Series) -> pd.Series:
            verdict = {
                t: cell_fault(t, field, resource.missing_values, keys) is None for t in series.unique()
            }
            return series.map(verdict).astype(bool)

        return pa.Column(object, pa.Check(good, name=field.name, error=field.name), required=True)

    def by_row(field: Field) -> Any:
        def good(table: pd.DataFrame) -> pd.Series:
            if not {field.name, field.unit_field or field.name} <= set(table):
                return pd.Series(True, index=table.index)
            return pd.Series([f is None for f in _range_by_row(table, field)], index=table.index)

        return pa.Check(good, name=f"{_BY_ROW}:{field.name}", error=f"{_BY_ROW}:{field.name}")

    def unique(table: pd.DataFrame) -> pd.Series:
        if not set(resource.primary_key) <= set(table) or not resource.primary_key:
            return pd.Series(True, index=table.index)
        return ~table.duplicated(list(resource.primary_key), keep="first")

    checks = [by_row(f) for f in _fields_by_row(resource)] + [pa.Check(unique, name=_UNIQUE, error=_UNIQUE)]
    return pa.DataFrameSchema({f.name: column(f) for f in resource.fields}, checks=checks, strict=True)


def check_table(raw: RawTable, resource: Resource, known: Mapping[str, str] | None) -> list[Fault]:
    """Return all faults of a table, in the order of its rows."""
    import pandera.errors

    if raw.table.empty:
        return list(raw.faults)
    try:
        build_schema(resource, known).validate(raw.table, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        found = _translate(errors.failure_cases, raw, resource, known)
        return sorted([*raw.faults, *found], key=lambda f: (f.row or 0, f.column or ""))
    return list(raw.faults)


def _translate(
    cases: pd.DataFrame, raw: RawTable, resource: Resource, known: Mapping[str, str] | None
) -> list[Fault]:
    """Return pandera's failure cases as faults, one for each cell or row."""
    faults: list[Fault] = []
    seen: set[tuple[str, Any]] = set()
    for case in cases.itertuples():
        check = str(case.check)
        at = case.failure_case if case.check in ("column_in_dataframe", "column_in_schema") else case.index
        if (check, at) in seen:
            continue
        seen.add((check, at))
        if check == "column_in_dataframe":
            present = ", ".join(map(str, raw.table.columns))
            faults.append(fault("raw_column_missing", file=resource.file, row=1, column=at, present=present))
        elif check == "column_in_schema":
            columns = ", ".join(resource.columns)
            faults.append(fault("raw_column_extra", file=resource.file, row=1, column=at, known=columns))
        elif check == _UNIQUE:
            faults.append(_duplicate(int(at), raw, resource))
        else:
            faults.append(_cell(check, int(at), raw, resource, known))
    return faults


def _duplicate(at: int, raw: RawTable, resource: Resource) -> Fault:
    key = raw.table[list(resource.primary_key)]
    first = int((key == key.loc[at]).all(axis=1).to_numpy().argmax())
    text = ", ".join(f"{name} {value}" for name, value in key.loc[at].items() if value != "")
    return fault("raw_duplicate", file=resource.file, row=raw.rows[at], key=text, first=raw.rows[first])


def _cell(check: str, at: int, raw: RawTable, resource: Resource, known: Mapping[str, str] | None) -> Fault:
    by_row = check.startswith(_BY_ROW)
    field = resource.field(check.removeprefix(f"{_BY_ROW}:"))
    text = raw.table.loc[at, field.name]
    if by_row:
        found = next(_range_by_row(raw.table.loc[[at]], field))
    else:
        keys = known if field.name == resource.area_reference else None
        found = cell_fault(text, field, resource.missing_values, keys)
    if found is None:
        raise AssertionError(f"check {check} failed on a good cell")
    code, values = found
    return fault(code, file=resource.file, row=raw.rows[at], column=field.name, found=text or None, **values)
