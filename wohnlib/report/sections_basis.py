"""Sections of the report on what the figures rest on: estimates, breaks, sources, every assumption."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from wohnlib.assess import Assessment, assess
from wohnlib.check import differences, missing
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.sections_local import files_of_region
from wohnlib.report.sections_segments_money import published_row
from wohnlib.scenario import Assumption
from wohnlib.words import NBSP, Words

TERMS = (
    "bedarf", "build", "unit", "household", "type", "loss", "reserve", "vacancy", "backlog", "surplus", "incomings",
    "range", "scenario",
)  # fmt: skip

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf


def basis_section(report: "Bedarf") -> Block:
    """What is counted, what is estimated, what does not add up, where it comes from."""
    view, words = report.view, report.words
    result = view.result
    migration = result.scenario.migration
    estimates = [
        words("basis.est_age"),
        words("basis.est_households"),
        words("basis.est_types"),
        _built(report),
        words(
            "basis.est_migration", share=result.population.rates.nation_share,
            first=migration.share_first_year.value, last=migration.share_last_year.value,
        ),
    ]  # fmt: skip
    blocks = [
        page.paragraph(words("basis.census")),
        page.heading(words("basis.estimated_title"), 3),
        page.bullets(estimates),
        page.paragraph(words("basis.breaks")),
        page.heading(words("basis.checked_title"), 3),
        page.bullets(words(f"basis.checked_{c}") for c in ("sums", "base", "tables")),
        page.heading(words("basis.missing_title"), 3),
        page.bullets([*missing(result, words, view.index), *_scope(report)]),
        page.heading(words("basis.differences_title"), 3),
        page.bullets(differences(result, words)),
    ]
    blocks.append(page.paragraph(words("basis.range_text", draws=result.draws.count)))
    if view.index is None:
        blocks += files_of_region(report)
    blocks.append(_sources(report))
    return page.section("grundlagen", words("basis.title"), *blocks)


def _scope(report: "Bedarf") -> list[str]:
    """Return that member municipalities are not told apart, where there are some."""
    view = report.view
    single = view.index is not None and view.result.inputs.areas.kinds[view.index] != "Samtgemeinde"
    return [] if single else [report.words("basis.missing_scope")]


def _built(report: "Bedarf") -> str:
    """Return where the completions come from: the unit's own figures, the Kreis's, or both."""
    view, words = report.view, report.words
    need, completions, own = view.result.need, view.result.inputs.completions, view.own_years
    rest = [y for y in need.known_years if y not in own]
    kreis = sum(completions[y] for y in rest if y in completions)
    given = {"own": ", ".join(map(str, own)), "known": ", ".join(map(str, rest)), "kreis": kreis}
    if own:
        return words("basis.est_built_part" if rest else "basis.est_built_own", **given)
    units = sum(bool(years) for years in need.own_years)
    if units and rest:
        return words("basis.est_built_mixed", **given, n=units, units=len(need.own_years))
    return words("basis.est_built", kreis=kreis, known=report.known_years())


def published_section(report: "Bedarf") -> Block:
    """Figures that others published for the Kreis, beside ours; they never enter the calculation."""
    words, result = report.words, report.view.result
    base = result.time.base_date
    population = result.printed.pop.sum((0, 2, 3))
    stock = float(result.inputs.dwellings.sum())
    rows: list[list[str]] = []
    blocks: list[Block] = []
    for row in result.inputs.published_figures.itertuples():
        day, value = dt.date.fromisoformat(str(row.date)), float(row.value)
        if row.ags != result.inputs.areas.region or day <= base:
            continue
        if row.item == "population":
            rows.append(
                _compared(words, "population", day, value, float(population[result.time.position(day.year)]))
            )
        elif row.item == "dwellings":
            at_census = _compared(words, "dwellings", day, value, stock)
            at_census[2] = words("published.own_census", own=stock)
            rows.append(at_census)
        elif row.item == "europop2019_population":
            # 1 January of a year is 31 December of the year before; the projection runs on to that year
            later = _continued(result, day.year - 1)
            own = float(later.printed.pop[:, -1].sum())
            rows.append(_compared(words, "europop", day, value, own, title=result.scenario.title))
            more = words("published.more" if own >= value else "published.less")
            share = abs(own - value) / value
            blocks.append(page.paragraph(words(
                "published.europop_text", date=day, value=value, own=own, share=share, more=more,
                year=report.view.year,
            )))  # fmt: skip
    rows += published_row(report)
    columns = [words(f"published.col_{c}") for c in ("what", "published", "own", "why")]
    return page.section(
        "vergleich", words("published.title"),
        page.paragraph(words("published.text")), *blocks,
        page.table(columns, rows, caption=words("published.table"), numeric=[False, True, True, False]),
    )  # fmt: skip


def _compared(words: Words, kind: str, day: dt.date, value: float, own: float, **names: str) -> list[str]:
    return [
        words(f"published.{kind}", date=day), words.number(value, "int"), words.number(own, "int"),
        words(f"published.{kind}_why", **names),
    ]  # fmt: skip


def _continued(result: Assessment, year: int) -> Assessment:
    """Return the region's population at the end of a year beyond (or before) the horizon, alone in time."""
    if year == result.time.horizon_year:
        return result
    return assess(result.inputs, result.scenario.at_horizon(year))


def _sources(report: "Bedarf") -> Block:
    from wohnlib.data.tables import register

    words = report.words
    items = sorted(
        {
            words("basis.source", office=r.office, title=r.title, date=words.dates(str(r.reference_date)))
            for r in register()
            if r.name not in ("published_figures", "corrections")
        }
    )
    return page.folded(words("basis.sources_title"), page.bullets(items))


def assumptions_section(report: "Bedarf") -> Block:
    """Every assumption of the scenario with value, range, source and rating."""
    words, scenario = report.words, report.view.result.scenario
    rows = assumption_rows(report)
    columns = [words(f"assumptions.col_{c}") for c in ("name", "value", "range", "source", "rating")]
    table = page.table(
        columns, rows, caption=words("assumptions.table", title=scenario.title),
        numeric=[False, False, False, False, False],
    )  # fmt: skip
    return page.section(
        "annahmen", words("assumptions.title"),
        page.paragraph(words("common.scenario_line", title=scenario.title, description=scenario.description)),
        page.paragraph(words("assumptions.text")),
        table,
    )  # fmt: skip


def assumption_rows(report: Any, prefix: str = "") -> list[list[page.Inline | None]]:
    """Return the rows of the table of assumptions, of those whose name begins with `prefix`."""
    return [
        [
            item.note,
            page.breakable(_value(report, item)),
            _range(report, item),
            _source(item),
            page.rating(item.rating),
        ]
        for name, item in report.view.result.scenario.assumptions()
        if name.startswith(prefix)
    ]


def glossary_section(report: "Bedarf") -> Block:
    """The words of the report, explained."""
    words = report.words
    return page.section(
        "begriffe",
        words("glossary.title"),
        page.definition_list((words(f"glossary.{t}_term"), words(f"glossary.{t}")) for t in TERMS),
    )


def _source(item: Assumption[Any]) -> str:
    source = item.source.replace(" %", f"{NBSP}%")
    return f"{source} ({item.date[8:]}.{item.date[5:7]}.{item.date[:4]})"


def _value(report: "Bedarf", item: Assumption[Any]) -> str:
    return (
        f"{shown(report, item.value, item.unit)} {item.unit}"
        if _has_unit(item)
        else shown(report, item.value, item.unit)
    )


def _has_unit(item: Assumption[Any]) -> bool:
    return item.unit != "Jahr" and not item.unit.startswith(
        ("Anteil", "Datum", "Zeitraum", "Faktor", "Verhältnis", "Tabelle", "Wahl", "Weg")
    )


def _range(report: "Bedarf", item: Assumption[Any]) -> str | None:
    if item.range is None:
        return None
    low, high = (shown(report, v, item.unit) for v in item.range)
    return report.words("assumptions.range", low=low, high=high)


def shown(report: "Bedarf", value: Any, unit: str) -> str:
    """Return a value as people write it: shares in per cent, years without a dot, dates as dates."""
    words = report.words
    if unit == "Tabelle":
        return str(value)
    if unit == "Wahl":
        return words(f"choice.{value}")
    if unit == "Weg":
        return words(f"incomings.route_{value}")
    if isinstance(value, str):
        parts = value.split("-")
        return f"{parts[2]}.{parts[1]}.{parts[0]}" if len(parts) == 3 else f"{parts[0]}/{parts[1][2:]}"
    if unit == "Jahr":
        return str(value)
    if unit.startswith("Anteil"):
        percent = round(value * 100, 6)
        digits = next((d for d in range(4) if np.isclose(percent, round(percent, d))), 4)
        text = words.number(value, f"pct{digits}")
        return f"{text} je Jahr" if unit.endswith("je Jahr") else text
    digits = next((d for d in range(4) if np.isclose(value, round(value, d))), 4)
    return words.number(value, f"dec{digits}" if digits else "int")
