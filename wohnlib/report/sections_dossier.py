"""Sections of the dossier that compare units: the Landkreis on one page, maps, types of market, the most alike."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wohnlib.alliance.settings import MARKET_CHANGE
from wohnlib.regions import MARKETS, market_types, peers
from wohnlib.report import page
from wohnlib.report.map import Unit, district_map, extremes
from wohnlib.report.page import Block
from wohnlib.report.view import View

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

Whole = NDArray[np.int64]
MAPS = ("need", "surplus", "small", "old", "bound")
OLD = 75


def per(part: float, whole: float, base: int) -> int:
    """Return how many come on `base` of a whole, as a whole number; 0 where there is no whole."""
    return int(np.floor(base * part / whole + 0.5)) if whole else 0


# -- the Landkreis on one page -----------------------------------------------------------------------------


def overview_section(report: "Buendnis") -> Block:
    """All units in one table: type of market, people, households, the old, dwellings to build, surplus."""
    words, year = report.words, report.year
    kinds = market_types(report.kreis.view.result)
    people = report.each(lambda v: v.pop[[0, -1]])
    households = report.each(lambda v: v.households.sum(-1)[[0, -1]])
    old = report.each(lambda v: np.array([v.pop_groups(0)[-1], v.pop_groups(-1)[-1]]))
    build = report.each(lambda v: v.to_build[-1].sum())
    numbers = np.column_stack([np.diff(people)[:, 0], np.diff(households)[:, 0], np.diff(old)[:, 0], build])
    columns = [words(f"dossier.col_{c}") for c in ("people", "households", "old", "build")]
    spans = [
        words("sure.cell", low=low, high=high)
        for low, high in (v.spread("build").interval() for v in report.views)
    ]
    low, high = report.kreis.view.spread("build").interval()
    texts: dict[str, tuple[Sequence[str], str | None]] = {
        words("sure.col_range"): (spans, words("sure.cell", low=low, high=high)),
    }
    table = report.table(
        columns, numbers, ["signed", "signed", "signed", "int"],
        words("dossier.overview_table", year=year), report.order(build), texts=texts, need=True,
    )  # fmt: skip
    return page.section(
        "ueberblick", words("dossier.overview_title"), page.bullets(overview_sentences(report, kinds)), table
    )


def overview_sentences(report: "Buendnis", kinds: list[str]) -> list[str]:
    """Return what the table says, in sentences that hold for any figures."""
    words, result = report.words, report.kreis.view.result
    found = [words("market.counted", text=counted_markets(report, kinds))]
    spare = [
        n for n, signed in zip(report.names, result.printed.signed[:, -1].sum(-1), strict=True) if signed < 0
    ]
    if spare:
        key = "spare_one" if len(spare) == 1 else "spare_some"
        found.append(words(f"dossier.{key}", names=report.list(spare), year=report.year))
    unclear = [
        n for n, v in zip(report.names, report.views, strict=True) if v.reportable and v.spread("build").interval()[0] == 0
    ]  # fmt: skip
    if unclear:
        key = (
            "unclear_all"
            if len(unclear) == len(report.views)
            else "unclear_one"
            if len(unclear) == 1
            else "unclear_some"
        )
        found.append(words(f"dossier.{key}", names=report.list(unclear), n=len(unclear)))
    return found


# -- maps --------------------------------------------------------------------------------------------------


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


def maps_section(report: "Buendnis") -> Block:
    """Five maps: need, surplus, one-person households to small dwellings, the old, upper bound of Incomings."""
    words = report.words
    blocks = [page.paragraph(words("dossier.maps_text"))]
    for name in MAPS:
        blocks += [page.heading(words(f"dossier.head_{name}"), 3), _map(report, name)]
    return page.section("karten", words("dossier.maps_title"), *blocks)


def _map(report: "Buendnis", name: str) -> Block:
    words, areas = report.words, report.kreis.view.result.inputs.areas
    views = [v for v in report.views if v.reportable or name in ("small", "old")]
    spec = "signed" if name == "old" else "int"
    units = []
    for view in views:
        value = map_values(view, name)
        text = words(
            "dossier.map_link",
            name=view.name,
            value=words.number(value, spec),
            what=words(f"dossier.map_{name}_short"),
        )
        units.append(Unit(view.key, areas.short_name(view.key), f"{areas.stem(view.key)}.html", value, text))
    ends = extremes(units, words)
    shown = {k: words.number(v, spec) if isinstance(v, int) else str(v) for k, v in ends.items()}
    key = "map_same" if ends["low"] == ends["high"] else "map_ends"
    title = words(f"dossier.{key}", what=words(f"dossier.map_{name}", year=report.year), **shown)
    return district_map(
        units, words, title=title, legend=words(f"dossier.map_{name}", year=report.year),
        source=words("dossier.map_source"), mark=f"karte-{name}",
        description=words("dossier.map_text", n=len(units), title=title),
    )  # fmt: skip


# -- types of market ---------------------------------------------------------------------------------------


def counted_markets(report: "Buendnis", kinds: list[str]) -> str:
    """Return how many units have each type of market; types that no unit has are not named."""
    counts = {kind: kinds.count(kind) for kind in MARKETS if kind in kinds}
    items = [
        report.words("market.count", n=n, kind=report.words(f"market.as_{k}")) for k, n in counts.items()
    ]
    return report.list(items)


def market_section(report: "Buendnis") -> Block:
    """Units by type of market, with the course of their households and the rule."""
    words, result = report.words, report.kreis.view.result
    kinds = market_types(result)
    households = result.printed.households.sum(-1)
    years = [result.time.base_date.year, *result.time.years]
    rows: list[list[str | Block | None]] = []
    for kind in MARKETS:
        at = [g for g, k in enumerate(kinds) if k == kind]
        at.sort(key=lambda g: (-households[g, -1] / households[g, 0], report.names[g]))
        for g in at:
            peak = int(households[g].argmax())
            rows.append([
                report.names[g], words(f"market.{kind}"), words.number(int(households[g, 0]), "int"),
                words.number(int(households[g].max()), "int"), str(years[peak]),
                words.number(int(households[g, -1]), "int"),
                words.number(float(households[g, -1] / households[g, 0] - 1), "pct2"),
            ])  # fmt: skip
    columns = [
        words("index.col_unit"),
        *(words(f"market.col_{c}") for c in ("kind", "first", "peak", "year", "last", "change")),
    ]
    table = page.table(
        columns, rows, caption=words("market.table", year=report.year), numeric=[False, False, *[True] * 5]
    )
    rules = page.bullets(
        words(f"market.rule_{k}", share=MARKET_CHANGE.value)
        for k in ("trend_change", "growing", "shrinking", "stable")
    )
    return page.section(
        "marktarten", words("market.title"),
        page.paragraph(words("market.counted", text=counted_markets(report, kinds))), table,
        page.folded(words("market.rules"), rules),
    )  # fmt: skip


# -- the most alike ----------------------------------------------------------------------------------------


def peer_section(report: "Buendnis") -> Block:
    """Every unit beside the units most like it: dwellings still to be built per 1,000."""
    words, result = report.words, report.kreis.view.result
    close = peers(result)
    rates = [map_values(v, "need") for v in report.views]
    rows: list[list[str | Block | None]] = []
    for g in sorted(range(len(close)), key=lambda g: report.names[g]):
        if not report.views[g].reportable:
            continue
        beside = [k for k in close[g] if report.views[k].reportable]
        build = sum(int(report.views[k].to_build[-1].sum()) for k in beside)
        mean = per(build, sum(report.views[k].dwellings for k in beside), 1000)
        rows.append([
            report.names[g], words.number(rates[g], "int"),
            report.list([words("peers.item", name=report.names[k], value=rates[k]) for k in beside]),
            words.number(mean, "int"), words.number(rates[g] - mean, "signed"),
        ])  # fmt: skip
    columns = [
        words("index.col_unit"),
        *(words(f"peers.col_{c}") for c in ("own", "names", "mean", "difference")),
    ]
    table = page.table(
        columns, rows, caption=words("peers.table", year=report.year), numeric=[False, True, False, True, True],
        notes=[words("peers.note")],
    )  # fmt: skip
    return page.section("aehnliche", words("peers.title"), page.paragraph(words("peers.text")), table)
