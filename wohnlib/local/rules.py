"""What must hold between the columns of a row, between rows, and between the tables of a municipality."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wohnlib.errors import Fault, fault
from wohnlib.local.kinds import ALL, SIZE_LIMITS, TYPES, Kind
from wohnlib.local.sheets import Sheet
from wohnlib.words import Words

_ROW, _FILE = "_row", "_file"
# kind -> (columns whose sum may be at most, the columns whose sum it may be)
AT_MOST: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "survey": (
        (("multilocal",), ("employees",)), (("want_small",), ("multilocal",)), (("live_here",), ("multilocal",)),
        (("want_under_25", "want_25_39", "want_40_59"), ("want_small",)),
    ),
    "frame": (
        (("asked_companies",), ("companies",)), (("asked_employees",), ("employees",)),
        (("companies",), ("employees",)),
    ),
    "projects": ((("small",), TYPES), (("price_bound",), TYPES), (("step_free",), TYPES)),
    "senior_homes": ((("from_year",), ("until_year",)),),
}  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What a rule needs to name a cell: the table's description, its file, where its columns stand."""

    kind: Kind
    sheet: Sheet
    places: dict[str, int]
    words: Words

    def label(self, *names: str) -> str:
        return " + ".join(self.kind.label(self.kind.field(n), self.words) for n in names)

    def cell(self, row: dict[str, Any], *names: str) -> dict[str, Any]:
        """Return the place of the first of some columns that the file has."""
        column = self.places.get(next((n for n in names if n in self.places), names[0]), 0)
        return self.sheet.place(row[_ROW], column, self.label(*names))


def check_rows(table: pd.DataFrame, at: Context) -> Iterator[Fault]:
    """Yield what contradicts itself within a row."""
    for row in table.to_dict("records"):
        for small, large in AT_MOST.get(at.kind.name, ()):
            parts, whole = _sum(row, small), _sum(row, large)
            if parts is not None and whole is not None and parts > whole:
                yield fault("local_at_most", **at.cell(row, *small), found=f"{parts:g}", limit=f"{whole:g}",
                            other=at.label(*large))  # fmt: skip
        yield from _OWN.get(at.kind.name, _nothing)(row, at)


def _sum(row: dict[str, Any], names: tuple[str, ...]) -> float | None:
    """Return the sum of the columns of a row that are filled, nothing if none is."""
    values = [float(row[n]) for n in names if isinstance(row[n], (int, float)) and not np.isnan(row[n])]
    return sum(values) if values else None


def _nothing(*_: Any) -> Iterable[Fault]:
    return ()


def _survey(row: dict[str, Any], at: Context) -> Iterable[Fault]:
    low, high = SIZE_LIMITS.get(row["size_class"], (0, None))
    if row["employees"] < low or (high is not None and row["employees"] > high):
        size = at.words(f"localchoice.{row['size_class']}")
        yield fault("local_size_class", **at.cell(row, "employees"), found=f"{row['employees']:g}", size=size)


def _frame(row: dict[str, Any], at: Context) -> Iterable[Fault]:
    limits = SIZE_LIMITS.get(row["size_class"])
    if limits and not np.isnan(row["employees"] + row["companies"]):
        low = limits[0] * row["companies"]
        high = np.inf if limits[1] is None else limits[1] * row["companies"]
        if not low <= row["employees"] <= high:
            size = at.words(f"localchoice.{row['size_class']}")
            most = at.words("localtext.no_limit") if np.isinf(high) else f"{high:g}"
            yield fault("local_frame_size", **at.cell(row, "employees"), found=f"{row['employees']:g}",
                        low=f"{low:g}", high=most, companies=f"{row['companies']:g}", size=size)  # fmt: skip


def _projection(row: dict[str, Any], at: Context) -> Iterable[Fault]:
    if _sum(row, ("population", "households")) is None:
        yield fault("local_projection_empty", file=at.sheet.file, row=row[_ROW])


def _projects(row: dict[str, Any], at: Context) -> Iterable[Fault]:
    if _sum(row, TYPES) == 0:
        yield fault("local_project_empty", file=at.sheet.file, row=row[_ROW], found=row["project"])


def _overlap(row: dict[str, Any], at: Context) -> Iterable[Fault]:
    if row["kind_a"] and row["kind_a"] == row["kind_b"]:
        shown = at.words(f"localchoice.{row['kind_b']}")
        yield fault("local_overlap_same", **at.cell(row, "kind_b"), found=shown)


_OWN: dict[str, Any] = {
    "survey": _survey, "frame": _frame, "projection": _projection, "projects": _projects,
    "backlog_overlap": _overlap,
}  # fmt: skip


def check_table(table: pd.DataFrame, kind: Kind, sheet: Sheet) -> Iterator[Fault]:
    """Yield what contradicts itself between the rows of one file, all cells of which are sound."""
    if kind.name == "registers":
        values = table.set_index(["ags", "item"])["value"]
        for key in sorted(set(table["ags"])):
            known = values[key]
            if known.get("at_parents", 0) > known.get("secondary_residences", np.inf):
                found = f"{known['at_parents']:g}"
                limit = f"{known['secondary_residences']:g}"
                yield fault("local_at_parents", file=sheet.file, found=found, limit=limit, key=key)
    if kind.name == "floor_area":
        cells = len(kind.field("persons").choices) * len(kind.field("area").choices)
        for key, rows in table.groupby("ags"):
            if len(rows) != cells:
                yield fault(
                    "local_incomplete", file=sheet.file, found=f"{len(rows)}", expected=cells, key=key
                )
    if kind.name == "seasonal":
        for key, rows in table.groupby("ags"):
            if len(rows) != 12:
                yield fault("local_incomplete", file=sheet.file, found=f"{len(rows)}", expected=12, key=key)
    if kind.name == "frame":
        for (key, size), rows in table.groupby(["ags", "size_class"]):
            if ALL in set(rows["sector"]) and len(rows) > 1:
                label = Words("de")(f"localchoice.{size}")
                yield fault(
                    "local_frame_sector", file=sheet.file, row=int(rows[_ROW].iloc[0]), found=label, key=key
                )


def check_together(tables: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Yield what the answers of a survey and its list of companies say against each other."""
    survey, frame = tables.get("survey"), tables.get("frame")
    if survey is None or survey.empty:
        return
    words = Words("de")
    for key, answers in survey.groupby("ags"):
        known = frame[frame["ags"] == key] if frame is not None else None
        if known is None or known.empty:
            yield fault("local_no_frame", file=answers[_FILE].iloc[0], key=key)
            continue
        if len(answers) == 1 and known["companies"].sum() > 1:
            yield fault("local_one_answer", file=answers[_FILE].iloc[0], key=key)
        for stratum, rows in strata(answers, known):
            size = words(f"localchoice.{rows['size_class'].iloc[0]}")
            if stratum is None:
                first = rows.iloc[0]
                found = f"{size}, {words(f'localchoice.{first.sector}')}"
                yield fault("local_no_stratum", file=first[_FILE], row=int(first[_ROW]), found=found)
                continue
            for column, count in (("companies", len(rows)), ("employees", rows["employees"].sum())):
                asked = stratum[f"asked_{column}"]
                limit = stratum[column] if np.isnan(asked) else asked
                if count > limit:
                    yield fault("local_more_answers", file=stratum[_FILE], row=int(stratum[_ROW]),
                                column=words(f"localfield.{column}"), found=f"{limit:g}", answers=f"{count:g}",
                                size=size)  # fmt: skip


def strata(
    answers: pd.DataFrame, frame: pd.DataFrame
) -> Iterator[tuple["pd.Series[Any] | None", pd.DataFrame]]:
    """Yield each row of the list of companies that has answers, with them; None with those that fit no row."""
    left = answers
    for _, stratum in frame.iterrows():
        fits = left["size_class"] == stratum["size_class"]
        if stratum["sector"] != ALL:
            fits &= left["sector"] == stratum["sector"]
        if fits.any():
            yield stratum, left[fits]
        left = left[~fits]
    for _, rows in left.groupby(["size_class", "sector"]):
        yield None, rows
