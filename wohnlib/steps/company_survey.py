"""The survey of companies of one unit: from the answers to people, wishes by size and rent, and their range."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.local.kinds import SIZE_CLASSES
from wohnlib.local.rules import strata
from wohnlib.model import multilocal as model

Array = NDArray[np.float64]
SIZES = ("want_under_25", "want_25_39", "want_40_59")
RENTS = (300.0, 400.0, 500.0, 600.0)  # upper limits of the classes of rent (euro a month, heating included)
_NONE = float("nan")


@dataclass(frozen=True)
class Survey:
    """What the companies of one unit answered, expanded to all of them."""

    answers: int
    companies: float
    employees_answered: float
    employees: float
    strata: tuple[tuple[tuple[str, ...], float, float, float], ...]  # size classes, answers, companies, total
    staff: model.RatioEstimate  # people with two homes
    wanted: model.RatioEstimate  # of these wanting a small dwelling of their own
    staff_range: model.NonResponse
    wanted_range: model.NonResponse
    live_here: float  # people with two homes who live here already, NaN if nobody said
    nights: float  # a week, mean over people with two homes, NaN if nobody said
    months: float
    by_size_rent: Array  # (size and not stated, rent class and not stated) people wanting a dwelling
    example: bool


def survey_of(answers: pd.DataFrame, frame: pd.DataFrame, ratio_high: float, *, example: bool) -> Survey:
    """Return the estimate from the answers of companies and the list of all companies of one unit.

    Strata are the rows of the list, in order of size; one with fewer than two answers joins its neighbour.
    `ratio_high`: people per employee where nobody answered, compared with where someone did (upper case).
    """
    order = {c: str(i) for i, c in enumerate(SIZE_CLASSES)}
    frame = frame[frame["companies"] > 0]
    frame = frame.sort_values(
        ["size_class", "sector"], key=lambda column: column.map(lambda v: order.get(v, v))
    )
    groups = _groups(answers, frame)
    counts = np.bincount(groups, minlength=len(frame))
    merged = model.merged_strata(answers=counts, companies_total=frame["companies"].to_numpy(float))
    stratum = merged[groups]
    companies, employees, asked = (_sums(frame[c], merged) for c in ("companies", "employees", "_asked"))
    of_answers = answers["employees"].to_numpy(float)
    answered = np.bincount(stratum, of_answers, len(companies))
    given = {"employees": of_answers, "stratum": stratum, "employees_total": employees}
    columns = {c: answers[c].to_numpy(float) for c in ("multilocal", "want_small")}
    estimates = {
        c: model.ratio_estimate(multilocal=v, companies_total=companies, **given) for c, v in columns.items()
    }
    spreads = {
        c: model.nonresponse(
            multilocal=v, employees_asked=np.clip(asked, answered, employees), ratio_high=ratio_high, **given
        )
        for c, v in columns.items()
    }
    weight = (employees / answered)[stratum]
    people = weight * columns["multilocal"]
    staff = estimates["multilocal"]
    names = [tuple(frame["size_class"].to_numpy()[merged == k]) for k in range(len(companies))]
    return Survey(
        answers=len(answers),
        companies=float(companies.sum()),
        employees_answered=float(of_answers.sum()),
        employees=float(employees.sum()),
        strata=tuple(
            (tuple(dict.fromkeys(n)), float(a), float(c), float(t))
            for n, a, c, t in zip(names, staff.answers, companies, staff.stratum_total, strict=True)
        ),
        staff=staff,
        wanted=estimates["want_small"],
        staff_range=spreads["multilocal"],
        wanted_range=spreads["want_small"],
        live_here=_expanded(answers["live_here"], weight),
        nights=_mean(answers["nights"], people),
        months=_mean(answers["months"], people),
        by_size_rent=_by_size_rent(answers, weight),
        example=example,
    )


def _groups(answers: pd.DataFrame, frame: pd.DataFrame) -> NDArray[np.intp]:
    """Return for each answer the position of its row in the list of companies; adds the employees asked."""
    share = (frame["asked_companies"] / frame["companies"]).fillna(1.0)
    frame["_asked"] = frame["asked_employees"].fillna(frame["employees"] * share)
    place = np.zeros(len(answers), dtype=np.intp)
    rows = list(frame.index)
    for stratum, found in strata(answers, frame):
        if stratum is not None:  # what fits no row was refused when the files were read
            place[answers.index.get_indexer(found.index)] = rows.index(stratum.name)
    return place


def _sums(values: "pd.Series[float]", merged: NDArray[np.intp]) -> Array:
    return np.bincount(merged, values.to_numpy(float)).astype(np.float64)


def _expanded(values: "pd.Series[float]", weight: Array) -> float:
    """Return the expanded sum of a column that may be empty; NaN if it is empty everywhere."""
    given = values.to_numpy(float)
    return float(np.nansum(given * weight)) if (~np.isnan(given)).any() else _NONE


def _mean(values: "pd.Series[float]", people: Array) -> float:
    given = values.to_numpy(float)
    known = ~np.isnan(given) & (people > 0)
    return float(np.average(given[known], weights=people[known])) if known.any() else _NONE


def _by_size_rent(answers: pd.DataFrame, weight: Array) -> Array:
    """Return people wanting a dwelling by size (three, not stated) and highest rent (classes, not stated)."""
    sizes = answers[list(SIZES)].fillna(0).to_numpy(float)
    rest = answers["want_small"].to_numpy(float) - sizes.sum(1)
    people = np.column_stack([sizes, np.maximum(rest, 0)]) * weight[:, None]
    rent = answers["rent_max"].to_numpy(float)
    known = ~np.isnan(rent)
    column = np.full(len(rent), len(RENTS) + 1)
    column[known] = np.searchsorted(RENTS, rent[known], side="left")
    out = np.zeros((len(SIZES) + 1, len(RENTS) + 2))
    for row, place in zip(people, column, strict=True):
        out[:, place] += row
    return out
