"""Section of the report on the base year: people, households, dwellings, each beside the Kreis."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wohnlib.inputs import AREA_CLASSES_SMALL
from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.page import Block
from wohnlib.report.view import View

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

Array = NDArray[np.float64]
WORKING = slice(20, 65)  # ages set against people of 65 and more
SENIOR = 65
FLOOR_AREA_GROUPS = (0, 2, 4, 6)  # first class of: below 60, 60 to 99, 100 to 139, 140 and more square metres


def stand_section(report: "Bedarf") -> Block:
    """Where the unit stands at the base date."""
    words = report.words
    return page.section(
        "stand",
        words("stand.title"),
        _pyramid(report),
        _shares_figure(report, "households", *_households(report)),
        _shares_figure(report, "floor", *_floor_area(report)),
        _facts(report),
    )


def _kreis(report: "Bedarf") -> View:
    return View(report.view.result, report.view.result.inputs.areas.region, report.words)


def _title(report: "Bedarf", name: str, own: float, kreis: float) -> str:
    """Return the title of a figure; the Kreis itself is not compared with itself."""
    key = f"stand.{name}" if report.view.index is not None else f"stand.{name}_kreis"
    return report.words(key, place=report.view.place, own=own, kreis=kreis)


def _old_per_100(view: View) -> float:
    by_age = view.of(view.result.printed.pop)[0].sum(0)
    return float(100 * by_age[SENIOR:].sum() / by_age[WORKING].sum())


def _pyramid(report: "Bedarf") -> Block:
    view, words, kreis = report.view, report.words, _kreis(report)
    own = view.of(view.result.printed.pop)[0].astype(float)
    alike = kreis.of(view.result.printed.pop)[0] * (own.sum() / kreis.pop[0])
    compared = view.index is not None
    picture = charts.pyramid(
        own[0].tolist(), own[1].tolist(), labels=(words("stand.women"), words("stand.men")),
        age_label=words("stand.age"), unit=words("stand.pyramid_unit"),
        outline=(alike[0].tolist(), alike[1].tolist()) if compared else None,
        outline_label=words("stand.pyramid_outline") if compared else "",
        fill_label=view.name if compared else "",
        lang=words.lang,
    )  # fmt: skip
    title = _title(report, "pyramid", _old_per_100(view), _old_per_100(kreis))
    edges = list(range(0, 95, 5))
    rows = []
    for age in edges:
        last = age == edges[-1]
        part = own[:, age:].sum(1) if last else own[:, age : age + 5].sum(1)
        name = (
            words("people.age_open", first=age)
            if last
            else words("people.age_group", first=age, last=age + 4)
        )
        rows.append([name, *(words.number(v, "int") for v in (*part, part.sum()))])
    rows.append([words("common.total"), *(words.number(v, "int") for v in (*own.sum(1), own.sum()))])
    columns = [words("people.col_age"), words("stand.women"), words("stand.men"), words("common.total")]
    table = page.table(
        columns, rows, caption=words("stand.pyramid_table"), notes=[words("stand.pyramid_note")], total=True
    )
    alt = words(
        "stand.pyramid_alt", place=view.place, women=int(own[0].sum()), men=int(own[1].sum()),
        young=int(own[:, :18].sum()), old=int(own[:, SENIOR:].sum()), own=_old_per_100(view), kreis=_old_per_100(kreis),
    )  # fmt: skip
    return page.figure(picture, alt, title, table=table)


def _households(report: "Bedarf") -> tuple[list[str], Array, Array, int]:
    names = [report.words(f"households.size_{n}") for n in range(1, 6)]
    return names, report.view.households[0].astype(float), _kreis(report).households[0].astype(float), 0


def _floor_area(report: "Bedarf") -> tuple[list[str], Array, Array, int]:
    view, words = report.view, report.words
    names = [words(f"stand.floor_{n}") for n in range(len(FLOOR_AREA_GROUPS))]
    own = np.add.reduceat(view.of(view.result.inputs.floor_area), FLOOR_AREA_GROUPS)
    kreis = np.add.reduceat(view.result.inputs.floor_area.sum(0), FLOOR_AREA_GROUPS)
    return names, own, kreis, len(names) - 1


def _shares_figure(
    report: "Bedarf", kind: str, names: list[str], own: Array, kreis: Array, subject: int
) -> Block:
    """Return shares of the unit beside those of the Kreis; `subject` is the class the title speaks of."""
    view, words = report.view, report.words
    shares = {view.name: own / own.sum()}
    if view.index is not None:
        shares[words("stand.kreis")] = kreis / kreis.sum()
    colours = [f.NEED, f.BASE][: len(shares)]
    picture = charts.grouped_bars(
        names, {n: (100 * s).tolist() for n, s in shares.items()}, colours=colours,
        unit=words(f"stand.{kind}_unit"), lang=words.lang,
    )  # fmt: skip
    own_share, kreis_share = float(own[subject] / own.sum()), float(kreis[subject] / kreis.sum())
    title = _title(report, kind, own_share, kreis_share)
    key = "share_item_both" if view.index is not None else "share_item"
    items = ", ".join(
        words(f"stand.{key}", name=n, share=s, kreis=k)
        for n, s, k in zip(names, own / own.sum(), kreis / kreis.sum(), strict=True)
    )
    rows = [
        [
            n,
            words.number(a, "int"),
            words.number(a / own.sum(), "pct1"),
            words.number(k / kreis.sum(), "pct1"),
        ]
        for n, a, k in zip(names, own, kreis, strict=True)
    ]
    rows.append([words("common.total"), words.number(own.sum(), "int"), *[words.number(1, "pct1")] * 2])
    columns = [words(f"stand.{kind}_col"), words("stand.number"), words("common.share"), words("stand.kreis")]
    table = page.table(
        columns,
        rows,
        caption=words(f"stand.{kind}_table"),
        total=True,
        notes=_off(report, kind, int(own.sum())),
    )
    alt = words(f"stand.{kind}_alt", place=view.place, list=items)
    return page.figure(picture, alt, title, table=table)


def _off(report: "Bedarf", kind: str, found: int) -> list[str]:
    """Return a note if the classes sum to another number than the published total."""
    view, words = report.view, report.words
    total = view.dwellings if kind == "floor" else int(view.households[0].sum())
    return [] if found == total else [words("stand.off", found=found, total=total)]


def _facts(report: "Bedarf") -> Block:
    """Return the table of facts on dwellings beside the Kreis."""
    words, view, kreis = report.words, report.view, _kreis(report)
    inputs = view.result.inputs

    def share(v: View, name: str, array: Array) -> float:
        if name == "small":  # of the dwellings by floor area, as in the figure above
            return small_share(v)
        return float(v.of(array) / v.of(inputs.dwellings))

    vacant = view.result.stock.by_use[:, :, 1].sum(1)
    ezfh = view.result.stock.by_use[:, 0].sum(1)
    small = inputs.floor_area[:, :AREA_CLASSES_SMALL].sum(1)
    holiday = view.result.stock.by_use[:, :, 2].sum(1)
    rows = [
        [words("stand.fact_dwellings"), *(words.number(v.dwellings, "int") for v in (view, kreis))],
        *(
            [words(f"stand.fact_{name}"), *(words.number(share(v, name, array), "pct1") for v in (view, kreis))]
            for name, array in (
                ("ezfh", ezfh), ("small", small), ("rented", inputs.rented), ("vacant", vacant), ("holiday", holiday)
            )
        ),
        [words("stand.fact_rent"), *(words("stand.euro", value=_rent(v)) for v in (view, kreis))],
    ]  # fmt: skip
    columns = [words("stand.fact"), view.name, words("stand.kreis")]
    if view.index is None:
        rows, columns = [row[:2] for row in rows], columns[:2]
    return page.table(
        columns, rows, caption=words("stand.facts_table"), notes=[words("stand.facts_note")],
        numeric=[False] + [True] * (len(columns) - 1),
    )  # fmt: skip


def small_share(view: View) -> float:
    """Return the share of dwellings below 60 square metres among the dwellings by floor area."""
    by_area = view.of(view.result.inputs.floor_area)
    return float(by_area[:AREA_CLASSES_SMALL].sum() / by_area.sum())


def _rent(view: View) -> float:
    inputs = view.result.inputs
    return float(inputs.kreis_rent if view.index is None else inputs.rent[view.index])
