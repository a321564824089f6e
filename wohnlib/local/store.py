"""All that the municipalities of a region have brought: read once, checked together, listed with its source."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from wohnlib import paths
from wohnlib.areas import Areas
from wohnlib.errors import Fault, InputError, fault
from wohnlib.local.kinds import KINDS
from wohnlib.local.rules import check_census, check_together, place_of
from wohnlib.local.tables import ROW, LocalFile, key_text, read_table
from wohnlib.words import Words

ENDINGS = (".csv", ".xlsx")
OTHERS = ("alliance.yaml", "alliance.yml", "readme.md", "readme.txt")  # read elsewhere, or for people
EXAMPLE, FOLDER, FILE = (
    "_example",
    "_folder",
    "_file",
)  # beside the columns: is it invented, where does it lie
RETURNED = "survey"  # may also be a folder with one returned form for each company


def folder() -> Path:
    """Return the folder of the municipalities' own data."""
    return paths.home() / "data" / "local"


@dataclass(frozen=True)
class Local:
    """Tables by kind, and the files they come from. Invented (example) data are only given when asked for."""

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    files: tuple[LocalFile, ...] = ()
    skipped: tuple[str, ...] = ()  # folders of other regions, whose own runs read them

    def table(self, kind: str, key: str | None = None, *, examples: bool = False) -> pd.DataFrame:
        """Return a table, of one unit or of all; empty with its columns if nobody brought it.

        Keys and choices are text, numbers float, optional numbers that were left empty NaN. Columns: `KINDS`.
        """
        found = self.tables.get(kind)
        if found is None:
            return _form(kind).copy()
        if not examples:
            found = found[~found[EXAMPLE]]
        if key is not None:
            found = found[found["ags"] == key]
        return found[list(KINDS[kind].columns)].reset_index(drop=True)

    def has(self, kind: str, key: str | None = None, *, examples: bool = False) -> bool:
        return kind in self.tables and not self.table(kind, key, examples=examples).empty

    def is_example(self, kind: str, key: str | None = None) -> bool:
        """Return whether any row of a table (of a unit) is invented."""
        found = self.tables.get(kind)
        if found is None:
            return False
        rows = found if key is None else found[found["ags"] == key]
        return bool(rows[EXAMPLE].any())

    def value(self, kind: str, key: str, item: str, *, examples: bool = False) -> float:
        """Return one value of a table of items (`registers`, `income`), NaN if it is not given."""
        rows = self.table(kind, key, examples=examples)
        hit = rows.loc[rows["item"] == item, "value"]
        return float(hit.iloc[0]) if len(hit) else float("nan")

    def place(self, kind: str, row: "pd.Series[Any]", *fields: str) -> dict[str, Any]:
        """Return file, row, heading and cell of a field of a row of `tables`, for a fault."""
        return place_of(row, kind, *fields)

    def files_of(self, key: str | None = None, kinds: Iterable[str] | None = None) -> tuple[LocalFile, ...]:
        """Return the files that hold rows of a unit (None: all), of some kinds (None: all)."""
        return tuple(
            f for f in self.files
            if (kinds is None or f.kind in kinds)
            and (key is None or f.folder == key or (len(f.folder) == 5 and self._in_file(f, key)))
        )  # fmt: skip

    def _in_file(self, file: LocalFile, key: str) -> bool:
        table = self.tables[file.kind]
        return bool(((table[FOLDER] == file.folder) & (table["ags"] == key)).any())

    def until(self, day: str | None) -> "Local":
        """Return what refers to a day (ISO) or an earlier one; None: everything."""
        kept = tuple(f for f in self.files if day is None or f.date <= day)
        if len(kept) == len(self.files):
            return self
        homes = {(f.kind, f.folder) for f in kept}
        tables = {k: t[[(k, h) in homes for h in t[FOLDER]]] for k, t in self.tables.items()}
        return Local(tables, kept, self.skipped)

    @cached_property
    def with_examples(self) -> bool:
        return any(f.example for f in self.files)


EMPTY = Local()


@cache
def _form(kind: str) -> pd.DataFrame:
    fields = KINDS[kind].fields
    return pd.DataFrame({f.name: pd.Series(dtype=float if f.numeric else object) for f in fields})


def load_local(
    areas: Areas, place: Path | None = None, *, stock: Mapping[str, float] | None = None,
    people: Mapping[str, float] | None = None, today: dt.date | None = None,
) -> Local:  # fmt: skip
    """Return everything in `data/local` that belongs to a region; all faults of all files at once.

    Read are `data/local/<key>/<kind>.csv` and `.xlsx`, with the key of the region or of one of its units.
    A file or folder that is none of these is a fault, so that nothing is overlooked. `stock` and `people` of
    the census by key, if given, are what figures must fit; `today` (else the clock's) is the latest date.
    """
    root = folder() if place is None else place
    if not root.is_dir():
        return EMPTY
    faults: list[Fault] = []
    files: list[LocalFile] = []
    parts: dict[str, list[pd.DataFrame]] = {}
    skipped: list[str] = []
    for home in sorted(p for p in root.iterdir() if not p.name.startswith(".")):
        if home.is_file():
            if home.name.lower() not in OTHERS:
                faults.append(fault("local_file_place", file=paths.shown(home)))
            continue
        if home.name != areas.region and home.name not in areas.keys:
            if _another_region(home.name, areas):
                skipped.append(paths.shown(home))
                continue
            faults.append(_wrong_folder(home, areas))
            continue
        _read_folder(home, areas, today or dt.datetime.now().astimezone().date(), parts, files, faults)
    tables = {kind: pd.concat(found, ignore_index=True) for kind, found in parts.items()}
    faults += _across(tables)
    if not faults:
        faults += [*check_together(tables), *check_census(tables, stock or {}, people or {})]
    if faults:
        raise InputError(faults)
    return Local(tables, tuple(files), tuple(skipped))


def _another_region(name: str, areas: Areas) -> bool:
    """Return whether a folder belongs to a region other than this one: its own run checks it."""
    return len(name) in (5, 8) and name.isdigit() and not name.startswith(areas.region)


def _wrong_folder(home: Path, areas: Areas) -> Fault:
    """Return what is wrong with the name of a folder: a member of a unit, or no key at all."""
    file, found = paths.shown(home), home.name
    unit = areas.members.get(home.name)
    if unit is not None:
        return fault("local_folder_member", file=file, found=found, unit=areas.name(unit), key=unit)
    near = [
        k for k, n in zip(areas.keys, areas.short_names, strict=True) if home.name.casefold() in n.casefold()
    ]
    near = near or get_close_matches(home.name, [areas.region, *areas.keys], n=3, cutoff=0.5)
    return fault("local_folder", file=file, found=found, near=", ".join(near) or areas.region)


def _read_folder(
    home: Path,
    areas: Areas,
    today: dt.date,
    parts: dict[str, list[pd.DataFrame]],
    files: list[LocalFile],
    faults: list[Fault],
) -> None:
    seen: dict[str, str] = {}
    for path in sorted(home.iterdir()):
        if _passed_over(path):
            continue
        kind = KINDS.get(path.stem.lower())
        returned = path.is_dir() and path.name == RETURNED
        if kind is None or not (returned or _readable(path)):
            known = kind is not None and path.is_file()
            faults.append(fault("local_ending", file=paths.shown(path)) if known else _unknown(path))
            continue
        if kind.name in seen:
            faults.append(fault("local_twice", file=paths.shown(path), other=seen[kind.name]))
            continue
        seen[kind.name] = path.name
        forms = sorted(p for p in path.iterdir() if not _passed_over(p)) if returned else [path]
        faults += [fault("local_ending", file=paths.shown(p)) for p in forms if not _readable(p)]
        found = [read_table(p, kind, areas, home.name, today) for p in forms if _readable(p)]
        for table, about, wrong in found:
            faults += wrong
            part = table.assign(**{EXAMPLE: about.example, FOLDER: home.name, FILE: about.file})
            parts.setdefault(kind.name, []).append(part)
        if found:
            files.append(_as_one([about for _, about, _ in found], paths.shown(path)))


def _passed_over(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name.lower() in OTHERS


def _readable(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in ENDINGS


def _unknown(path: Path) -> Fault:
    near = get_close_matches(path.stem.lower(), KINDS, n=3, cutoff=0.5) or list(KINDS)
    return fault("local_file", file=paths.shown(path), near=", ".join(near))


def _as_one(files: list[LocalFile], shown: str) -> LocalFile:
    """Return a folder of returned forms as one entry: its latest date, its office if it is one."""
    if len(files) == 1:
        return files[0]
    offices = sorted({f.office for f in files})
    office = offices[0] if len(offices) == 1 else Words("de")("localtext.returned", n=len(files))
    return LocalFile(
        files[0].kind, shown, files[0].folder, max(f.date for f in files), office,
        any(f.example for f in files), sum(f.rows for f in files),
    )  # fmt: skip


def _across(tables: dict[str, pd.DataFrame]) -> Iterable[Fault]:
    """Yield what stands in two files: the same row, or two parts of one table of one unit.

    A table of a unit lies in one folder, the unit's or the region's, so that nothing is counted twice.
    """
    for kind, table in tables.items():
        key = list(KINDS[kind].key)
        alike = table[key].map(lambda v: v.casefold() if isinstance(v, str) else v)
        twice: set[str] = set()
        for places in alike[alike.duplicated(keep=False)].groupby(key, dropna=False).groups.values():
            rows = table.loc[places]
            if len(set(zip(rows[FOLDER], rows[FILE], strict=True))) > 1:
                first, second = _two(rows)
                twice.add(second["ags"])
                yield fault("local_in_two_files", **place_of(second, kind, key[-1]),
                            found=key_text(second, KINDS[kind], Words("de")), other=first[FILE], first=int(first[ROW]))  # fmt: skip
        for unit, rows in table.groupby("ags"):
            if unit and unit not in twice and len(set(rows[FOLDER])) > 1:
                first, second = _two(rows)
                yield fault("local_two_folders", **place_of(second, kind, *key[-1:]), found=unit,
                            other=first[FILE])  # fmt: skip


def _two(rows: pd.DataFrame) -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    """Return the first row and the first one that stands in another file."""
    first = rows.iloc[0]
    elsewhere = (rows[FOLDER] != first[FOLDER]) | (rows[FILE] != first[FILE])
    return first, rows[elsewhere].iloc[0]
