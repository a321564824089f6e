"""Sections of the report on what the figures rest on: estimates, breaks, sources, every assumption."""

from typing import TYPE_CHECKING, Any

import numpy as np

from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.scenario import Assumption

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf


def basis_section(report: "Bedarf") -> Block:
    """What is counted, what is estimated, what does not add up, where it comes from."""
    view, words = report.view, report.words
    result, inputs = view.result, view.result.inputs
    migration = result.scenario.migration
    completions = sum(inputs.completions[y] for y in result.need.known_years)
    estimates = [
        words("basis.est_age"),
        words("basis.est_households"),
        words("basis.est_types"),
        words("basis.est_built", kreis=completions, known=report.known_years()),
        words(
            "basis.est_migration", share=result.population.rates.nation_share,
            first=migration.share_first_year.value, last=migration.share_last_year.value,
        ),
    ]  # fmt: skip
    differences = words(
        "basis.sum", n=len(inputs.areas),
        households=inputs.household_total.sum() - inputs.kreis_household_total,
        dwellings=inputs.dwellings.sum() - inputs.kreis_dwellings,
    )  # fmt: skip
    blocks = [
        page.paragraph(words("basis.census")),
        page.heading(words("basis.estimated_title"), 3),
        page.bullets(estimates),
        page.paragraph(words("basis.breaks")),
        page.paragraph(differences),
    ]
    recorded = recorded_population(report)
    if recorded is not None:
        own = int(result.printed.pop[:, 1].sum())
        blocks.append(page.paragraph(words("basis.recorded", recorded=recorded, own=own)))
    blocks.append(page.paragraph(words("basis.range_text")))
    blocks.append(_sources(report))
    return page.section("grundlagen", words("basis.title"), *blocks)


def recorded_population(report: "Bedarf") -> float | None:
    """Return the recorded population of the Kreis at the end of the base year; it only stands beside ours."""
    table = report.view.result.inputs.published_figures
    base = report.view.result.time.base_date
    rows = table[
        (table["item"] == "population")
        & (table["date"] == f"{base.year}-12-31")
        & (table["ags"] == report.view.result.inputs.areas.region)
    ]
    return float(rows["value"].iloc[0]) if len(rows) else None


def _sources(report: "Bedarf") -> Block:
    from wohnlib.data.tables import register

    words = report.words
    items = sorted(
        {
            words("basis.source", office=r.office, title=r.title, date=str(r.reference_date))
            for r in register()
            if r.name != "published_figures"
        }
    )
    return page.folded(words("basis.sources_title"), page.bullets(items))


def assumptions_section(report: "Bedarf") -> Block:
    """Every assumption of the scenario with value, range, source and rating."""
    words, scenario = report.words, report.view.result.scenario
    rows = [
        [item.note, _value(report, item), _range(report, item), _source(item), page.rating(item.rating)]
        for _, item in scenario.assumptions()
    ]
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


def _source(item: Assumption[Any]) -> str:
    return f"{item.source} ({item.date[8:]}.{item.date[5:7]}.{item.date[:4]})"


def _value(report: "Bedarf", item: Assumption[Any]) -> str:
    return (
        f"{shown(report, item.value, item.unit)} {item.unit}"
        if _has_unit(item)
        else shown(report, item.value, item.unit)
    )


def _has_unit(item: Assumption[Any]) -> bool:
    return not item.unit.startswith(("Anteil", "Datum", "Zeitraum", "Jahr", "Faktor", "Verhältnis"))


def _range(report: "Bedarf", item: Assumption[Any]) -> str | None:
    if item.range is None:
        return None
    low, high = (shown(report, v, item.unit) for v in item.range)
    return report.words("assumptions.range", low=low, high=high)


def shown(report: "Bedarf", value: Any, unit: str) -> str:
    """Return a value as people write it: shares in per cent, years without a dot, dates as dates."""
    words = report.words
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
