"""What must hold between the columns of a row, between rows, and between the tables of a municipality."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wohnlib.errors import Fault, fault
from wohnlib.local.kinds import ALL, KINDS, SIZE_LIMITS, TYPES, Kind
from wohnlib.local.sheets import Cells, Sheet
from wohnlib.words import Words

_ROW, _FILE, _AT = "_row", "_file", "_at"
COMPLETED_AT_MOST = 0.10  # completions of a year as a share of the stock; more is a slip of the pen
PLACES_AT_MOST = 0.10  # places of one home as a share of all people; more is a slip of the pen
PROJECTED = 3.0  # an own projection lies between a third and three times the people of the census
# items of `registers` of which there cannot be more than dwellings, or people, in the census
OF_DWELLINGS = ("second_home_tax", "holiday_dwellings", "occupied_by_incomings", "free_small")
OF_PEOPLE = ("secondary_residences", "employees_residence")
# item of `income` -> largest value; all must be above 0
INCOME_AT_MOST = {
    "net_median": np.inf,
    "sigma": 2.0,
    "rent_new": np.inf,
    "rent_subsidised": np.inf,
    "burden": 1.0,
}
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


def place_of(row: Any, kind: str, *names: str, words: Words | None = None) -> dict[str, Any]:
    """Return file, row, heading and cell of a field (of the first of several that the file has) of a kept row."""
    described, words = KINDS[kind], words or Words("de")
    label = " + ".join(described.label(described.field(n), words) for n in names)
    at = row.get(_AT)
    if not isinstance(at, Cells):
        return {"file": row[_FILE], "row": int(row[_ROW]), "column": label}
    return at.place(int(row[_ROW]), label, *names)


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
    yield from _BETWEEN.get(at.kind.name, _nothing)(table, at)


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
        yield fault("local_projection_empty", **at.cell(row, "population", "households"))
    people, households = (_sum(row, (n,)) for n in ("population", "households"))
    if people is not None and households is not None and households > people:
        yield fault("local_at_most", **at.cell(row, "households"), found=f"{households:g}", limit=f"{people:g}",
                    other=at.label("population"))  # fmt: skip


def _projects(row: dict[str, Any], at: Context) -> Iterable[Fault]:
    if _sum(row, TYPES) == 0:
        yield fault("local_project_empty", **at.cell(row, *TYPES), found=row["project"])


def _overlap(row: dict[str, Any], at: Context) -> Iterable[Fault]:
    if row["kind_a"] and row["kind_a"] == row["kind_b"]:
        shown = at.words(f"localchoice.{row['kind_b']}")
        yield fault("local_overlap_same", **at.cell(row, "kind_b"), found=shown)


def _income(row: dict[str, Any], at: Context) -> Iterable[Fault]:
    value, high = _sum(row, ("value",)), INCOME_AT_MOST.get(row["item"], np.inf)
    if row["item"] and value is not None and not 0 < value <= high:
        limit = at.words("localtext.above_0" if np.isinf(high) else "localtext.above_0_to", limit=f"{high:g}")
        item = at.words(f"localchoice.{row['item']}")
        yield fault("local_income", **at.cell(row, "value"), found=f"{value:g}", limit=limit, item=item)


def _overlaps(table: pd.DataFrame, at: Context) -> Iterator[Fault]:
    """Yield pairs of groups that are given both ways: they may say different things."""
    first: dict[tuple[str, str, str], int] = {}
    for row in table.to_dict("records"):
        key, a, b = row["ags"], row["kind_a"], row["kind_b"]
        if key and a and b and a != b and (key, b, a) in first:
            found = ", ".join(at.words(f"localchoice.{k}") for k in (a, b))
            yield fault("local_overlap_twice", **at.cell(row, "kind_a"), found=found, first=first[key, b, a])
        first.setdefault((key, a, b), row[_ROW])


def _incomes(table: pd.DataFrame, at: Context) -> Iterator[Fault]:
    """Yield units that lack an item and subsidised dwellings that cost more than new ones."""
    if (table["item"] == "").any():
        return  # named already
    for key, rows in table[table["ags"] != ""].groupby("ags"):
        by_item = {r["item"]: r for r in rows.to_dict("records")}
        lacking = [at.words(f"localchoice.{i}") for i in INCOME_AT_MOST if i not in by_item]
        if lacking:
            last = rows.to_dict("records")[-1]
            yield fault("local_income_missing", **at.cell(last, "item"), key=key, items="; ".join(lacking))
            continue
        subsidised, new = by_item["rent_subsidised"], by_item["rent_new"]
        if subsidised["value"] > new["value"]:
            yield fault("local_at_most", **at.cell(subsidised, "value"), found=f"{subsidised['value']:g}",
                        limit=f"{new['value']:g}", other=at.words("localchoice.rent_new"))  # fmt: skip


_OWN: dict[str, Any] = {
    "survey": _survey, "frame": _frame, "projection": _projection, "projects": _projects,
    "backlog_overlap": _overlap, "income": _income,
}  # fmt: skip
_BETWEEN: dict[str, Any] = {"backlog_overlap": _overlaps, "income": _incomes}


def check_table(table: pd.DataFrame, at: Context) -> Iterator[Fault]:
    """Yield what contradicts itself between the rows of one file, all cells of which are sound."""
    kind = at.kind
    if kind.name == "registers":
        for key, rows in table.groupby("ags"):
            known = {r["item"]: r for r in rows.to_dict("records")}
            parts, whole = known.get("at_parents"), known.get("secondary_residences")
            if parts and whole and parts["value"] > whole["value"]:
                found, limit = f"{parts['value']:g}", f"{whole['value']:g}"
                yield fault("local_at_parents", **at.cell(parts, "value"), found=found, limit=limit, key=key)
    expected = {"floor_area": 15, "seasonal": 12}.get(kind.name)
    for key, rows in table.groupby("ags") if expected else ():
        if len(rows) != expected:
            last = rows.to_dict("records")[-1]
            value = "households" if kind.name == "floor_area" else "staff"
            yield fault(
                "local_incomplete", **at.cell(last, value), found=f"{len(rows)}", expected=expected, key=key
            )
    if kind.name == "frame":
        for (key, size), rows in table.groupby(["ags", "size_class"]):
            if ALL in set(rows["sector"]) and len(rows) > 1:
                label = at.words(f"localchoice.{size}")
                first = rows.to_dict("records")[0]
                yield fault("local_frame_sector", **at.cell(first, "sector"), found=label, key=key)


def check_finished(table: pd.DataFrame, at: Context, day: str) -> Iterator[Fault]:
    """Yield what is said to be finished in a year after the day (ISO) to which the figures refer."""
    if not day or at.kind.name not in ("completions", "projects"):
        return
    for row in table.to_dict("records"):
        finished = at.kind.name == "completions" or row["status"] == "done"
        if finished and row["year"] > int(day[:4]):
            date = at.words.dates(day)
            yield fault("local_not_yet", **at.cell(row, "year"), found=f"{row['year']:.0f}", date=date)


def check_census(
    tables: dict[str, pd.DataFrame], stock: Mapping[str, float], people: Mapping[str, float]
) -> Iterator[Fault]:
    """Yield figures that the dwellings and people of the census (by key) rule out."""
    words = Words("de")

    def named(code: str, row: Any, kind: str, field: str, found: float, **values: Any) -> Fault:
        return fault(code, **place_of(row, kind, field, words=words), found=f"{found:g}", **values)

    for row in _rows(tables, "completions", stock):
        built, limit = _sum(row, ("completed_ezfh", "completed_mfh")), stock[row["ags"]] * COMPLETED_AT_MOST
        if built is not None and built > limit:
            yield named("local_built_many", row, "completions", "completed_ezfh", built, limit=f"{limit:.0f}",
                        stock=f"{stock[row['ags']]:.0f}")  # fmt: skip
    for kind in ("price_bound", "step_free", "removals"):
        total: dict[str, float] = {}
        for row in _rows(tables, kind, stock):
            if row["kind" if kind == "removals" else "ags"] == "to_housing":
                continue  # dwellings that are added
            before, limit = total.get(row["ags"], 0.0), stock[row["ags"]]
            total[row["ags"]] = before + row["dwellings"]
            if before <= limit < total[row["ags"]]:
                yield named(
                    "local_above_stock", row, kind, "dwellings", total[row["ags"]], limit=f"{limit:.0f}"
                )
    for row in _rows(tables, "projection", people):
        given, now = _sum(row, ("population",)), people[row["ags"]]
        if given is not None and not now / PROJECTED <= given <= now * PROJECTED:
            yield named("local_projection_far", row, "projection", "population", given,
                        low=f"{now / PROJECTED:.0f}", high=f"{now * PROJECTED:.0f}", now=f"{now:.0f}")  # fmt: skip
    for row in _rows(tables, "projection", stock):
        given, now = _sum(row, ("households",)), stock[row["ags"]]
        if given is not None and not now / PROJECTED <= given <= now * PROJECTED:
            yield named("local_projection_households_far", row, "projection", "households", given,
                        low=f"{now / PROJECTED:.0f}", high=f"{now * PROJECTED:.0f}", now=f"{now:.0f}")  # fmt: skip
    for counted, most in ((OF_DWELLINGS, stock), (OF_PEOPLE, people)):
        for row in _rows(tables, "registers", most):
            given, limit = _sum(row, ("value",)), most[row["ags"]]
            if row["item"] in counted and given is not None and given > limit:
                code = "local_register_dwellings" if most is stock else "local_register_people"
                item = words(f"localchoice.{row['item']}")
                yield named(code, row, "registers", "value", given, limit=f"{limit:.0f}", item=item)
    for row in _rows(tables, "senior_homes", people):
        given, limit = _sum(row, ("places",)), people[row["ags"]] * PLACES_AT_MOST
        if given is not None and given > limit:
            yield named("local_places_many", row, "senior_homes", "places", given, limit=f"{limit:.0f}",
                        now=f"{people[row['ags']]:.0f}")  # fmt: skip


def _rows(tables: dict[str, pd.DataFrame], kind: str, known: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table whose unit or region is known."""
    if kind in tables:
        yield from (r for r in tables[kind].to_dict("records") if r["ags"] in known)


def check_together(tables: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Yield what the answers of a survey and its list of companies say against each other."""
    survey, frame = tables.get("survey"), tables.get("frame")
    if survey is None or survey.empty:
        return
    words = Words("de")
    for key, answers in survey.groupby("ags"):
        known = frame[frame["ags"] == key] if frame is not None else None
        if known is None or known.empty:
            yield fault("local_no_frame", **place_of(answers.iloc[0], "survey", "company"), key=key)
            continue
        if len(answers) == 1 and known["companies"].sum() > 1:
            yield fault("local_one_answer", **place_of(answers.iloc[0], "survey", "company"), key=key)
        for stratum, rows in strata(answers, known):
            size = words(f"localchoice.{rows['size_class'].iloc[0]}")
            if stratum is None:
                first = rows.iloc[0]
                found = f"{size}, {words(f'localchoice.{first.sector}')}"
                yield fault("local_no_stratum", **place_of(first, "survey", "size_class"), found=found)
                continue
            for column, count in (("companies", len(rows)), ("employees", rows["employees"].sum())):
                asked = stratum[f"asked_{column}"]
                limit = stratum[column] if np.isnan(asked) else asked
                if count > limit:
                    field = column if np.isnan(asked) else f"asked_{column}"
                    yield fault("local_more_answers", **place_of(stratum, "frame", field),
                                found=f"{limit:g}", answers=f"{count:g}", size=size)  # fmt: skip


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
