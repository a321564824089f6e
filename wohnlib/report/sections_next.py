"""Sections of the report on what to do next and on how far the result moves with its assumptions."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.view import View

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

OLD = 2  # position of people aged 75 and more among those living alone


def next_section(report: "Bedarf") -> Block:
    """What to do next, by rule: each line stands only where its condition holds."""
    view, words = report.view, report.words
    items = []
    if view.result.need.unknown_years:
        items.append(words("next.completions", unknown=report.unknown_years()))
    if view.land_tenths.sum() > 0:
        items.append(words("next.land", ha=view.land_tenths.sum() / 10))
    for name, n, left in zip(("ezfh", "mfh"), view.surplus[-1], view.to_build[-1], strict=True):
        if n > 0 and left > 0:
            count = words.count("common.dwellings", int(n))
            items.append(words(f"next.surplus_{name}", n=count, year=view.year))
    first, last = int(view.alone[0, OLD]), int(view.alone[-1, OLD])
    if last > first:
        items.append(words("next.old", first=first, last=last, year=view.year))
    unusable = int(np.floor(view.of(view.result.stock.stock.unusable).sum() + 0.5))
    if unusable > 0:
        items.append(words("next.vacancy", n=words.count("common.dwellings", unusable)))
    return page.section("naechste-schritte", words("next.title"), page.bullets(items))


def sure_section(report: "Bedarf") -> Block:
    """The main results under the lower, the chosen and the upper assumptions, side by side."""
    words = report.words
    lower, upper = report.range_views
    views = (lower, report.view, upper)

    def each(name: str, spec: str) -> list[str]:
        return [words(f"sure.{name}"), *(words.number(_value(v, name), spec) for v in views)]

    rows = [each(n, "int") for n in ("people", "households", "build_ezfh", "build_mfh", "build", "surplus")]
    rows.append(each("land", "dec1"))
    columns = [words("sure.col_what"), *(v.result.scenario.title for v in views)]
    table = page.table(
        columns, rows, caption=words("sure.table", year=report.view.year), numeric=[False, True, True, True]
    )
    return page.section("sicherheit", words("sure.title"), page.paragraph(words("sure.text")), table)


def _value(view: View, name: str) -> float:
    """Return one result of the table at the horizon."""
    build = view.to_build[-1]
    return float({
        "people": view.pop[-1], "households": view.households[-1].sum(), "build_ezfh": build[0],
        "build_mfh": build[1], "build": build.sum(), "surplus": view.surplus[-1].sum(),
        "land": view.land_tenths.sum() / 10,
    }[name])  # fmt: skip
