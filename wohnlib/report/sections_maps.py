"""Section of the dossier with maps: need, surplus, small dwellings, ageing, Incomings, each with its intervals."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wohnlib.model.draws import interval
from wohnlib.report import page
from wohnlib.report.map import Unit, class_bounds, class_of, district_map, extremes
from wohnlib.report.page import Block
from wohnlib.report.view import View

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

Array = NDArray[np.float64]
MAPS = ("need", "surplus", "small", "old", "bound")
FORECAST = ("need", "surplus", "old")  # the others are counts of the census day


def per(part: float, whole: float, base: int) -> int:
    """Return how many come on `base` of a whole, as a whole number; 0 where there is no whole."""
    return int(np.floor(base * part / whole + 0.5)) if whole else 0


def map_values(view: View, name: str) -> int:
    """Return the whole number that a map shows for a unit."""
    dwellings = view.dwellings
    if name == "need":
        return per(int(view.to_build[-1].sum()), dwellings, 1000)
    if name == "surplus":
        return per(int(view.surplus[-1].sum()), dwellings, 1000)
    if name == "small":
        return per(int(view.alone[0, 0]), view.small_dwellings, 100)
    if name == "old":
        first, last = (int(view.pop_groups(k)[-1]) for k in (0, -1))
        return per(last - first, first, 100)
    return per(float(view.of(view.result.stock.unknown)), dwellings, 1000)


def map_interval(view: View, name: str) -> tuple[int, int]:
    """Return the 80 % interval of the number on a map of a forecast, as whole numbers rounded outwards."""
    if name == "old":
        draws = view.spread("old").draws
        values = 100 * (draws[:, -1] / draws[:, 0] - 1)
    else:
        values = 1000 * view.spread("build" if name == "need" else "surplus").draws[:, -1] / view.dwellings
    low, high = (float(v) for v in interval(values))
    shown = map_values(view, name)
    return min(int(np.floor(round(low, 6))), shown), max(int(np.ceil(round(high, 6))), shown)


def maps_section(report: "Buendnis") -> Block:
    """Five maps: need, surplus, one-person households to small dwellings, the old, upper bound of Incomings."""
    words = report.words
    blocks = [page.paragraph(words("dossier.maps_text"))]
    for name in MAPS:
        blocks += [page.heading(words(f"dossier.head_{name}"), 3), *_map(report, name)]
    return page.section("karten", words("dossier.maps_title"), *blocks)


def _map(report: "Buendnis", name: str) -> list[Block]:
    words, areas = report.words, report.kreis.view.result.inputs.areas
    views = [v for v in report.views if v.reportable or name in ("small", "old")]
    spec = "signed" if name == "old" else "int"
    units = []
    for view in views:
        value, key = map_values(view, name), view.key
        text = words(
            "dossier.map_link", name=view.name, value=words.number(value, spec), what=words(f"dossier.map_{name}_short")
        )  # fmt: skip
        place = areas.where([areas[key]], words)
        units.append(Unit(key, areas.short_name(key), f"{areas.stem(key)}.html", value, text, place))
    ends = extremes(units, words)
    shown = {k: words.number(v, spec) if isinstance(v, int) else str(v) for k, v in ends.items()}
    same = ends["low"] == ends["high"]
    key = "map_same" if same else "map_ends_mean" if name in FORECAST else "map_ends"
    what = words(f"dossier.map_{name}", year=report.year)
    title = words(f"dossier.{key}", what=what, **shown)
    drawn = district_map(
        units, words, title=title, legend=what, source=words("dossier.map_source"), mark=f"karte-{name}",
        description=words("dossier.map_text", n=len(units), title=title),
    )  # fmt: skip
    if name not in FORECAST:
        return [drawn, page.paragraph(words("dossier.map_counted"))]
    bounds = [map_interval(v, name) for v in views]
    sure = in_class([u.value for u in units], bounds)
    return [drawn, page.paragraph(_sure(report, views, sure)), _table(report, name, units, bounds, sure)]


def in_class(values: list[int], bounds: list[tuple[int, int]]) -> list[bool]:
    """Return for which values the whole interval lies within the class of the map that the value has."""
    classes = class_bounds(values)
    return [
        classes[(k := class_of(v, classes))] <= a and b < classes[k + 1]
        for v, (a, b) in zip(values, bounds, strict=True)
    ]


def _sure(report: "Buendnis", views: list[View], sure: list[bool]) -> str:
    """Return of which units the colour is sure."""
    areas = report.kreis.view.result.inputs.areas
    at = [areas[v.key] for v, good in zip(views, sure, strict=True) if good]
    if len(at) == len(views):
        return report.words("dossier.map_sure_all")
    return (
        report.words("dossier.map_sure_some", places=report.where(at))
        if at
        else report.words("dossier.map_sure_none")
    )


def _table(
    report: "Buendnis", name: str, units: list[Unit], bounds: list[tuple[int, int]], sure: list[bool]
) -> Block:
    """Return the values of a map with their intervals, the largest first, equal ones by name."""
    words, spec = report.words, "signed" if name == "old" else "int"
    cell = "dossier.signed_range" if name == "old" else "sure.cell"
    order = sorted(range(len(units)), key=lambda k: (-units[k].value, units[k].name))
    rows = [
        [units[k].name, words.number(units[k].value, spec), words(cell, low=bounds[k][0], high=bounds[k][1]),
         words("dossier.map_class_sure" if sure[k] else "dossier.map_class_open")]
        for k in order
    ]  # fmt: skip
    columns = [
        words("index.col_unit"),
        words("fan.col_mean"),
        words("sure.col_range"),
        words("dossier.map_col_class"),
    ]
    caption = words("dossier.map_table", what=words(f"dossier.map_{name}", year=report.year))
    table = page.table(columns, rows, caption=caption, numeric=[False, True, True, False])
    return page.folded(words("dossier.map_data"), table)
