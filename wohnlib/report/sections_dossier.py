"""Sections of the dossier that compare units: the Landkreis on one page, the most alike."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wohnlib.alliance.agenda import first_upper
from wohnlib.alliance.markets import Market, markets
from wohnlib.model.draws import interval
from wohnlib.regions import peers
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.sections_maps import map_values, per
from wohnlib.report.sections_market import counted, verdict

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

Whole = NDArray[np.int64]


# -- the Landkreis on one page -----------------------------------------------------------------------------


def overview_section(report: "Buendnis") -> Block:
    """All units in two tables: type of market, dwellings to build, surplus; people, households, the old."""
    words, year = report.words, report.year
    found = markets(report.kreis.view.result)
    people = report.each(lambda v: v.pop[[0, -1]])
    households = report.each(lambda v: v.households.sum(-1)[[0, -1]])
    old = report.each(lambda v: np.array([v.pop_groups(0)[-1], v.pop_groups(-1)[-1]]))
    build, surplus = report.each(lambda v: v.to_build[-1].sum()), report.each(lambda v: v.surplus[-1].sum())
    views, order = (*report.views, report.kreis.view), report.order(build)

    def range_of(name: str) -> tuple[list[str], str]:
        cells = [words("sure.cell", low=a, high=b) for a, b in (v.spread(name).interval() for v in views)]
        return cells[:-1], cells[-1]

    texts: dict[str, tuple[Sequence[str], str | None]] = {
        words("dossier.col_build_range"): range_of("build"),
        words("dossier.col_surplus_range"): range_of("surplus"),
        words("market.col_kind"): ([verdict(m, words) for m in found], None),
        **report.base_texts(lambda v: int(v.to_build[-1].sum())),
    }
    need = report.table(
        [words("dossier.col_build"), words("dossier.col_surplus")], np.column_stack([build, surplus]),
        ["int", "int"], words("dossier.overview_need", year=year), order, texts=texts, need=True,
        arrange=[0, *range(5, 2 + len(texts)), 2, 4, 1, 3],  # the base, if any, beside the number of the scenario
    )  # fmt: skip
    moved = np.column_stack([np.diff(people)[:, 0], np.diff(households)[:, 0], np.diff(old)[:, 0]])
    columns = [words(f"dossier.col_{c}") for c in ("people", "households", "old")]
    change = report.table(
        columns, moved, ["signed"] * 3, words("dossier.overview_people", year=year), report.order(moved[:, 1]),
        texts={words("dossier.col_households_range"): _change_range(report)}, arrange=[1, 3, 0, 2],
    )  # fmt: skip
    return page.section(
        "ueberblick",
        words("dossier.overview_title"),
        page.bullets(overview_sentences(report, found)),
        need,
        change,
    )


def _change_range(report: "Buendnis") -> tuple[list[str], str]:
    """Return the 80 % interval of the change of households of every unit and of the Kreis, as in the draws."""
    cells = []
    for view in (*report.views, report.kreis.view):
        low, high = view.change_interval("households")
        cells.append(report.words("dossier.signed_range", low=low, high=high))
    return cells[:-1], cells[-1]


def overview_sentences(report: "Buendnis", found: Sequence[Market]) -> list[str]:
    """Return what the table says, in sentences that hold for any figures."""
    words = report.words
    texts = [counted(found, report)]
    spare = [
        g for g, v in enumerate(report.views) if v.reportable and v.surplus[-1].sum() > v.to_build[-1].sum()
    ]
    if spare:
        texts.append(words("dossier.spare", places=first_upper(report.where(spare)), year=report.year))
    unclear = [
        g for g, v in enumerate(report.views) if v.reportable and v.spread("build").interval()[0] == 0
    ]  # fmt: skip
    if unclear:
        key = (
            "unclear_all"
            if len(unclear) == len(report.views)
            else "unclear_one"
            if len(unclear) == 1
            else "unclear_some"
        )
        texts.append(
            words(
                f"dossier.{key}",
                names=report.list([report.names[g] for g in unclear]),
                places=first_upper(report.where(unclear)),
                n=len(unclear),
            )
        )
    return texts


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
            _apart(report, g, beside, rates[g] - mean),
        ])  # fmt: skip
    columns = [
        words("index.col_unit"),
        *(words(f"peers.col_{c}") for c in ("own", "names", "mean", "difference")),
        words("sure.col_range"),
    ]
    table = page.table(
        columns, rows, caption=words("peers.table", year=report.year), numeric=[False, True, False, True, True, True],
        notes=[words("peers.note")],
    )  # fmt: skip
    return page.section("aehnliche", words("peers.title"), page.paragraph(words("peers.text")), table)


def _apart(report: "Buendnis", unit: int, beside: Sequence[int], shown: int) -> str:
    """Return the 80 % interval of a unit's rate less that of its peers together, from their joint draws."""
    drawn = {k: report.views[k].spread("build").draws[:, -1] for k in (unit, *beside)}
    dwellings = {k: report.views[k].dwellings for k in drawn}
    pooled = sum(drawn[k] for k in beside) / sum(dwellings[k] for k in beside)
    low, high = (float(v) for v in interval(1000 * (drawn[unit] / dwellings[unit] - pooled)))
    bounds = min(int(np.floor(round(low, 6))), shown), max(int(np.ceil(round(high, 6))), shown)
    return report.words("dossier.signed_range", low=bounds[0], high=bounds[1])
