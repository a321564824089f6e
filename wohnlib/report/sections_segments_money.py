"""Section of the report on affordable dwellings, and the published figure beside ours."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wohnlib.inputs_segments import RENT_CLASSES
from wohnlib.model import affordable as model
from wohnlib.model.rounding import round_keep_total
from wohnlib.report import charts, page
from wohnlib.report.page import Block
from wohnlib.report.segment_cells import ints, likely, one, only_line, positions, whole, with_tenure
from wohnlib.segments import Parts, parts_of
from wohnlib.segments import whole as whole_of_all
from wohnlib.steps.affordable import KINDS, Affordable, renting_shares

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

PUBLISHED_REGION = "03251"  # the Kreis for which others published a gap


@with_tenure("bezahlbar", "afford.title")
def affordable_section(report: "Bedarf") -> Block:
    """Households with little money against cheap and price-bound dwellings; an overlay on need."""
    view, words, year = report.view, report.words, report.view.year
    parts = parts_of(view.result)
    found = parts.affordable
    if found is None:
        return only_line("bezahlbar", words("afford.title"), words("afford.missing"))
    recipients = whole(view, found.recipients)
    demand, gap = (whole(view, v[:, [0, -1]]) for v in (found.demand, found.gap))
    bound = view.of(round_keep_total(found.bound[:, [0, -1]], axis=0))
    low, high = (one(view, v[:, -1]) for v in (found.gap_low, found.gap_high))
    reach = view.result.scenario.affordable.cheap_reached.value
    cheap = one(view, found.cheap)
    reached = one(view, found.cheap * reach)
    labels = [words(f"afford.row_{n}") for n in ("demand", "reached", "bound", "gap")]
    values = [float(demand[1]), float(reached), float(bound[1]), float(gap[1])]
    picture = charts.bars(
        labels, values, highlight=[labels[3]], unit=words("afford.unit", year=year), lang=words.lang
    )
    limit = view.result.scenario.affordable.rent_limit.value
    rows: list[list[str | None]] = [
        [words(f"afford.row_{k}"), *ints(report, [n]), None, None]
        for k, n in zip(KINDS, recipients, strict=True)
    ]
    rows += [
        [labels[0], *ints(report, demand), None],
        [words("afford.row_cheap", limit=limit), *ints(report, (cheap, cheap)), None],
        [labels[1], *ints(report, (reached, reached)), None],
        [labels[2], *ints(report, bound), None],
        [labels[3], *ints(report, gap), likely(report, int(gap[1]), found.drawn)],
    ]
    columns = [words("small.col_what"), words("common.base"), f"31.12.{year}", words("older.col_range")]
    local = bool(found.bound_is_local[positions(view)].all())
    table = page.table(columns, rows, caption=words("afford.table"), numeric=[False, True, True, True],
                       notes=[_recipients_note(report, parts), words("older.note_range"),
                              words("afford.bound_local") if local else words(
                                  "afford.bound_kreis", n=view.result.scenario.affordable.bound_stock.value)])  # fmt: skip
    title = _title(report, int(gap[1]), high)
    alt = words("afford.alt", year=year, demand=values[0], reached=values[1], bound=values[2], gap=values[3])
    blocks = [
        page.figure(picture, alt, title, table=table),
        page.paragraph(_text(report, int(gap[1]), low, high)),
    ]
    blocks += [
        page.paragraph(t)
        for t in (_ending(report, parts), *_income(report, parts), _published(report, found))
        if t
    ]
    return page.section("bezahlbar", words("afford.title"), *blocks, _rents(report, parts))


def _text(report: "Bedarf", gap: int, low: int, high: int) -> str:
    """Return how far the gap depends on who lives in cheap dwellings; price binding only where there is a gap."""
    view, words = report.view, report.words
    reach = view.result.scenario.affordable.cheap_reached
    worst, best = reach.range or (reach.value, reach.value)
    key = "afford.text" if high else "afford.text_none"
    text = words(key, reach=reach.value, worst=worst, best=best, low=low, high=high, year=view.year)
    return f"{text} {words('afford.text_bound')}" if gap else text


def _title(report: "Bedarf", gap: int, high: int) -> str:
    view, words = report.view, report.words
    if gap:
        return words(
            "afford.figure", place=view.place, year=view.year, gap=words.count("common.dwellings", gap)
        )
    key = "figure_maybe" if high else "figure_none"
    return words(
        f"afford.{key}", place=view.place, year=view.year, high=words.count("common.dwellings", high)
    )


def _ending(report: "Bedarf", parts: Parts) -> str:
    """Return how many bindings end by the horizon, from local figures only."""
    view, words = report.view, report.words
    ends = [parts.local.bound_ends[g] for g in positions(view)]
    if any(e is None for e in ends):
        return words("afford.ending_missing")
    count = sum(n for e in ends if e for y, n in e.items() if y <= view.year)
    return words(
        "afford.ending" if count else "afford.ending_none",
        year=view.year,
        n=words.count("common.dwellings", count),
    )


def _recipients_note(report: "Bedarf", parts: Parts) -> str:
    """Return where the numbers of recipients come from: the Kreis's, or the units' own table `benefits`."""
    own = ~np.isnan(parts.local.recipients[positions(report.view)])
    key = "note_own" if own.all() else "note_part" if own.any() else "note"
    renting, _, tenants = renting_shares(report.view.result, parts.figures)
    return report.words(f"afford.{key}", year=parts.figures.benefits_year or report.view.year, renting=renting,
                        tenants=tenants)  # fmt: skip


def _income(report: "Bedarf", parts: Parts) -> Sequence[str]:
    """Return the shares of households by what they can pay, from a local income level only."""
    view, words = report.view, report.words
    given = parts.local.income[view.index] if view.index is not None else None
    if given is None:
        return [words("afford.income_missing")]
    costs = [given[k] for k in ("rent_subsidised", "rent_new") if k in given]
    shares = model.tenure_split(np.array(sorted(costs)), given["burden"], given["net_median"], given["sigma"])
    key = "income" if len(costs) > 1 else "income_one"
    return [
        words(f"afford.{key}", first=shares[0], second=shares[1], last=shares[-1], burden=given["burden"])
    ]


def _published(report: "Bedarf", found: Affordable) -> str:
    """Return the figure that others published for the Kreis beside ours for the Kreis, with the reasons."""
    view, words = report.view, report.words
    if view.result.inputs.areas.region != PUBLISHED_REGION:
        return ""
    own, low, high = (int(whole_of_all(v[:, -1])) for v in (found.gap, found.gap_low, found.gap_high))
    n = view.result.scenario.affordable.published_gap.value
    return words("afford.published", n=n, own=own, low=low, high=high, year=view.year)


def published_row(report: "Bedarf") -> list[list[str]]:
    """Return the row of the comparison with published figures: price-bound dwellings missing in the Kreis."""
    result, words = report.view.result, report.words
    if result.inputs.segments is None or result.inputs.areas.region != PUBLISHED_REGION:
        return []
    found = parts_of(result).affordable
    if found is None:
        return []
    n = result.scenario.affordable.published_gap.value
    own = whole_of_all(found.gap[:, -1])
    cells = [words("afford.compared"), words.number(n, "int"),
             words("afford.compared_own", own=own, year=report.view.year), words("afford.compared_why")]  # fmt: skip
    return [cells]


def _rents(report: "Bedarf", parts: Parts) -> Block:
    """The rented dwellings by rent class, folded."""
    view, words = report.view, report.words
    classes = parts.figures.rent_class
    if classes is None:
        return page.join()
    counts = whole(view, classes)
    rows = [
        [words(f"afford.rent_{c}"), *ints(report, [n])] for c, n in zip(RENT_CLASSES, counts, strict=True)
    ]
    rows.append([words("common.total"), *ints(report, [counts.sum()])])
    columns = [words("afford.rent_col"), words("common.dwellings")]
    caption = words("afford.rents")
    return page.folded(
        caption, page.table(columns, rows, caption=caption, notes=[words("afford.rents_note")], total=True)
    )
