"""Section of the report on people with two homes: what is known, which route lacks what, who leaves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wohnlib.model import multilocal as model
from wohnlib.model.need import LINES
from wohnlib.report import charts, page
from wohnlib.report.page import Block
from wohnlib.report.view import View
from wohnlib.steps.incomings import ROUTES, Incomings, incomings_of
from wohnlib.words import Words

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf


@dataclass(frozen=True)
class Found:
    """What is known about one area: the sum of its units, where all of them know it."""

    units: tuple[Incomings, ...]

    def sum(self, name: str) -> float:
        return float(np.sum([getattr(u, name) for u in self.units]))

    def routes(self, name: str) -> np.ndarray:
        return np.sum([getattr(u, name) for u in self.units], axis=0)

    @property
    def rough(self) -> bool:
        return any(u.rough for u in self.units)

    @property
    def example(self) -> bool:
        return any(u.example for u in self.units)

    def having(self, place: int) -> int:
        """Return how many units have the route at a place of `ROUTES`, other than as a rough figure."""
        rough = ROUTES[place] == "commuters"
        return sum(not np.isnan(u.persons[place]) and not (rough and u.rough) for u in self.units)


def page_name(key: str) -> str:
    """Return the name of the page on the survey of a unit's companies, without ending."""
    return f"incomings_{key}"


def found_in(view: View, *, examples: bool = True) -> Found:
    """Return the routes of the view's units; invented data are let in and marked, they never enter need."""
    result = view.result
    areas = result.inputs.areas
    keys = areas.keys if view.index is None else (view.key,)
    return Found(tuple(
        incomings_of(
            result.inputs, result.scenario, key, float(result.stock.unknown[areas[key]]), examples=examples
        )
        for key in keys
    ))  # fmt: skip


def incomings_section(report: "Bedarf") -> Block:
    """Who lives here part of the time, what dwellings they want, who leaves part of the time."""
    view, words = report.view, report.words
    found = found_in(view)
    wanted = found.routes("wanted")
    bound = found.sum("bound")
    names = [words("incomings.bar_bound"), *(route_name(r, found.rough, words) for r in ROUTES)]
    values = [bound, *wanted]
    shown = [(n, float(np.floor(v + 0.5))) for n, v in zip(names, values, strict=True) if not np.isnan(v)]
    picture = charts.bars(
        [n for n, _ in shown], [v for _, v in shown], highlight=[n for n, _ in shown[1:]],
        unit=words("incomings.unit"), lang=words.lang,
    )  # fmt: skip
    listed = ", ".join(words("incomings.alt_item", name=n, n=v) for n, v in shown)
    blocks = [page.callout("caution", words("incomings.example"))] if found.example else []
    return page.section(
        "incomings", words("incomings.title"), *blocks,
        page.figure(
            picture, words("incomings.alt", place=view.place, list=listed), _answer(found, view, words),
            table=None,
        ),
        page.paragraph(" ".join(_text(found, view, words))),
        page.paragraph(_leaving(found, view, words)),
        routes_table(found, view, words), *_more(found, view, words),
    )  # fmt: skip


def _more(found: Found, view: View, words: Words) -> list[Block]:
    """Return the way to the page on the survey, if there is one."""
    if view.index is None or found.units[0].survey is None:
        return []
    link = page.link(words("incomings.survey_link"), f"{page_name(view.key)}.html")
    return [page.paragraph([words("incomings.survey_page"), " ", link, "."])]


def route_name(route: str, rough: bool, words: Words) -> str:
    return words("incomings.route_rough" if route == "commuters" and rough else f"incomings.route_{route}")


def about(value: float) -> float:
    """Return a number to about two digits, as rough figures are printed."""
    step = 100 if value >= 1000 else 10 if value >= 100 else 5 if value >= 20 else 1
    return step * float(np.floor(value / step + 0.5))


def _answer(found: Found, view: View, words: Words) -> str:
    """Return the title of the figure: the range over the routes, or that only a rough figure is there."""
    wanted = found.routes("wanted")
    spread = model.route_range(routes=wanted)
    if spread is None:
        return words("incomings.answer_none", place=view.place)
    if np.isnan(wanted[[0, 2]]).all() and found.rough:
        return words("incomings.answer_rough", place=view.place, n=about(spread.low))
    if (~np.isnan(wanted)).sum() == 1:
        return words("incomings.answer_one", place=view.place, n=about(spread.low))
    return words("incomings.answer_range", place=view.place, low=about(spread.low), high=about(spread.high))


def _text(found: Found, view: View, words: Words) -> list[str]:
    """Return what enters need and what the bound means."""
    line = int(view.lines[:, LINES.index("incomings")].sum())
    texts = [words("incomings.text")]
    users = [u for u in found.units if u.used is not None]
    if not users:
        texts.append(words("incomings.enters_example" if found.example else "incomings.enters_none"))
    elif len(found.units) == 1:
        route = route_name(str(users[0].used), False, words)
        texts.append(words("incomings.enters", route=route, n=words.number(line, "signed"), year=view.year))
    else:
        texts.append(
            words(
                "incomings.enters_some", n=words.number(line, "signed"), year=view.year, units=len(users),
                of=len(found.units),
            )
        )  # fmt: skip
    texts.append(words("incomings.bound", n=found.sum("bound"), place=view.place))
    return texts


def _leaving(found: Found, view: View, words: Words) -> str:
    """Return how many leave part of the time: an upper bound of the dwellings that are under-used."""
    outgoings = found.sum("outgoings")
    if np.isnan(outgoings):
        return words("incomings.outgoings_none")
    own = all(u.outgoings_own for u in found.units)
    share = view.result.inputs.commuting["far_share"]
    return words("incomings.outgoings_own" if own else "incomings.outgoings", n=about(outgoings), share=share)


def routes_table(found: Found, view: View, words: Words) -> Block:
    """Return the routes beside each other, then the groups that have a figure of their own."""
    people, wanted = found.routes("persons"), found.routes("wanted")
    rows: list[list[str | None]] = []
    for place, route in enumerate(ROUTES):
        rough = route == "commuters" and found.rough
        basis = _basis(found, place, rough, words)
        rows.append([
            route_name(route, rough, words), _whole(people[place], rough, words),
            _whole(wanted[place], rough, words), basis,
        ])  # fmt: skip
    spread = model.route_range(routes=wanted)
    if spread is not None and (~np.isnan(wanted)).sum() > 1:
        text = words("incomings.spread", low=spread.low, median=spread.median, high=spread.high)
        rows.append([words("incomings.row_spread"), None, text, words("incomings.basis_spread")])
    students = found.sum("students")
    lacks = "incomings.lacks_students" if np.isnan(students) else "incomings.basis_students"
    rows.append([words("incomings.row_students"), _whole(students, False, words), None, words(lacks)])
    rows += _seasonal_rows(found, words)
    outgoings = found.sum("outgoings")
    text = words("incomings.basis_outgoings" if not np.isnan(outgoings) else "incomings.lacks_outgoings")
    rows.append([words("incomings.row_outgoings"), _whole(outgoings, True, words), None, text])
    columns = [words(f"incomings.col_{c}") for c in ("what", "people", "dwellings", "basis")]
    notes = [words("incomings.table_note")]
    if found.example:
        notes.append(words("incomings.example"))
    return page.table(
        columns, rows, caption=words("incomings.table", place=view.place), notes=notes,
        numeric=[False, True, True, False],
    )  # fmt: skip


def _basis(found: Found, place: int, rough: bool, words: Words) -> str:
    """Return what a route rests on, or which file would switch it on."""
    route, some = ROUTES[place], found.having(place)
    if 0 < some < len(found.units):
        return words("incomings.partly", n=some, of=len(found.units))
    if np.isnan(found.routes("wanted")[place]):
        return words(f"incomings.lacks_{route}")
    return words("incomings.basis_rough" if rough else f"incomings.basis_{route}")


def _seasonal_rows(found: Found, words: Words) -> list[list[str | None]]:
    seasons = [u.seasonal for u in found.units if u.seasonal is not None]
    if len(seasons) != len(found.units):
        return [[words("incomings.row_seasonal"), None, None, words("incomings.lacks_seasonal")]]
    if len(seasons) > 1:  # months of several units are not added up here
        return []
    season = seasons[0]
    people = words("incomings.seasonal_people", peak=season.peak, mean=season.mean)
    text = words(
        "incomings.basis_seasonal",
        month=words(f"incomings.month_{season.peak_month}"),
        beds=season.beds_lacking,
    )
    return [[words("incomings.row_seasonal"), people, words.number(np.ceil(season.dwellings), "int"), text]]


def _whole(value: float, rough: bool, words: Words) -> str | None:
    if np.isnan(value):
        return None
    return words("incomings.about", n=about(value)) if rough else words.number(value, "int")
