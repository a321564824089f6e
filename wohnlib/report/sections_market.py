"""Section of the dossier on types of market: what can be said of each unit, with the interval and the rules."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wohnlib.alliance.markets import VERDICTS, Market, markets
from wohnlib.alliance.settings import MARKET_CHANGE, MARKET_LIKELY, MARKET_SURE
from wohnlib.regions import MARKETS
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.words import Words

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis


def market_section(report: "Buendnis") -> Block:
    """Units by what can be said of their market, its interval, the draws behind it and the rules."""
    words, found = report.words, markets(report.kreis.view.result)
    order = sorted(range(len(found)), key=lambda g: (VERDICTS.index(found[g].verdict), report.names[g]))
    rows = [
        [report.names[g], verdict(found[g], words), words(f"market.{found[g].kind}"),
         change_text(found[g].change, words), percent_range(found[g].interval, words)]
        for g in order
    ]  # fmt: skip
    columns = [words("index.col_unit"), *(words(f"market.col_{c}") for c in ("kind", "mean", "change"))]
    table = page.table(
        [*columns, words("sure.col_range")], rows, caption=words("market.table", year=report.year),
        numeric=[False, False, False, True, True],
    )  # fmt: skip
    return page.section(
        "marktarten", words("market.title"), page.paragraph(counted(found, report)), table,
        page.paragraph(words("market.sure", sure=MARKET_SURE.value, likely=MARKET_LIKELY.value)),
        page.folded(words("market.rules"), _rules(words), _draws(report, found, order), _courses(report, found, order)),
    )  # fmt: skip


def verdict(market: Market, words: Words) -> str:
    """Return what may be said of a market: wachsend, eher wachsend, …, offen."""
    how, _, kind = market.verdict.partition("_")
    if how == "open":
        return words("market.open")
    return (
        words(f"market.{kind}") if how == "sure" else words("market.likely", kind=words(f"market.as_{kind}"))
    )


def counted(found: Sequence[Market], report: "Buendnis") -> str:
    """Return which units have which type of market; those that cannot be told apart are counted."""
    words, items = report.words, []
    for name in VERDICTS[:-1]:
        at = [g for g, m in enumerate(found) if m.verdict == name]
        if at:
            names = report.list(sorted(report.names[g] for g in at))
            items.append(words("market.item", kind=verdict(found[at[0]], words), names=names))
    open_ones = sum(m.verdict == "open" for m in found)
    if not items:
        return words("market.all_open")
    text = words("market.counted", text="; ".join(items))
    return f"{text} {words.count('market.open_n', open_ones)}" if open_ones else text


def change_text(change: float, words: Words) -> str:
    """Return a change in per cent, with a second decimal where the first leaves open on which side of the limit."""
    at_limit = words.number(abs(change), "pct1") == words.number(MARKET_CHANGE.value, "pct1")
    return words.number(change, "pct2" if at_limit else "pct1")


def percent_range(bounds: tuple[float, float], words: Words) -> str:
    """Return an interval of shares as per cent with one decimal, rounded outwards."""
    low, high = math.floor(round(bounds[0] * 1000, 6)) / 1000, math.ceil(round(bounds[1] * 1000, 6)) / 1000
    return words("market.between", low=low, high=high)


def _rules(words: Words) -> Block:
    return page.bullets(
        words(f"market.rule_{k}", share=MARKET_CHANGE.value)
        for k in ("trend_change", "growing", "shrinking", "stable")
    )


def _draws(report: "Buendnis", found: Sequence[Market], order: Sequence[int]) -> Block:
    """Return in how many of 100 draws each type holds."""
    words = report.words
    rows = [
        [report.names[g], *(words.number(100 * found[g].shares[k], "int") for k in MARKETS)] for g in order
    ]
    columns = [words("index.col_unit"), *(words(f"market.{k}") for k in MARKETS)]
    return page.table(
        columns, rows, caption=words("market.draws_table"), numeric=[False, *[True] * len(MARKETS)],
        notes=[words("market.draws_note")],
    )  # fmt: skip


def _courses(report: "Buendnis", found: Sequence[Market], order: Sequence[int]) -> Block:
    """Return the number of households at the base date, at its highest and at the horizon."""
    words, result = report.words, report.kreis.view.result
    households = result.printed.households.sum(-1)
    years = [result.time.base_date.year, *result.time.years]
    rows = [
        [report.names[g], words.number(int(households[g, 0]), "int"), words.number(int(households[g].max()), "int"),
         str(years[found[g].peak]), words.number(int(households[g, -1]), "int")]
        for g in order
    ]  # fmt: skip
    columns = [
        words("index.col_unit"),
        *(words(f"market.col_{c}", year=report.year) for c in ("first", "peak", "year", "last")),
    ]
    return page.table(
        columns, rows, caption=words("market.course_table", year=report.year), numeric=[False, *[True] * 4]
    )
