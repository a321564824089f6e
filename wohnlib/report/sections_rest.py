"""Sections of the report on what remains to be built, and on the land it takes."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.report import charts, page
from wohnlib.report import figure as f
from wohnlib.report.page import Block
from wohnlib.report.sections_fan import fan_figure
from wohnlib.report.sections_need import TYPES
from wohnlib.report.segment_cells import positions
from wohnlib.segments import parts_of

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf


def rest_section(report: "Bedarf") -> Block:
    """What has been built since the base date and what remains, by type and time."""
    view, words, year = report.view, report.words, report.view.year
    rest, time = view.to_build, view.result.time
    total = int(rest[-1].sum())
    place = view.place[:1].upper() + view.place[1:]
    title = words(
        "rest.figure" if total else "rest.figure_none", place=view.place, place_cap=place, year=year,
        total=words.count("common.dwellings", total),
    )  # fmt: skip
    ends = time.period_ends(view.result.scenario.start_year)
    at = rest[[time.position(y) for y in ends]]
    picture = charts.grouped_bars(
        [words("rest.until", year=y) for y in ends],
        {words(f"common.type_{b}"): at[:, i].tolist() for i, b in enumerate(TYPES)},
        colours=[f.EZFH, f.MFH], unit=words("rest.unit"), lang=words.lang,
    )  # fmt: skip
    items = ", ".join(
        words("rest.alt_item", year=y, n=int(row.sum())) for y, row in zip(ends, at, strict=True)
    )
    by_type = words("rest.figure_types", year=year, ezfh=int(at[-1, 0]), mfh=int(at[-1, 1]))
    columns = [words("rest.col_year"), *(words(f"common.type_{b}") for b in TYPES), words("common.total")]
    rows = [
        [str(y), *(words.number(int(v), "int") for v in (*row, row.sum()))]
        for y, row in zip(ends, at, strict=True)
    ]
    table = page.table(columns, rows, caption=words("rest.by_year"), numeric=[False, True, True, True])
    return page.section(
        "bleibt", words("rest.title"),
        fan_figure(report, "build", title, from_zero=True),
        *([page.paragraph(report.sure_text("build", total))] if report.has_range("build") else []),
        page.figure(picture, words("rest.alt", list=items), by_type, table=table),
        _rest_table(report),
    )  # fmt: skip


def _rest_table(report: "Bedarf") -> Block:
    view, words, year = report.view, report.words, report.view.year
    scenario = view.result.scenario
    need, built, rest = view.newbuild[-1], view.built, view.to_build[-1]
    permitted, base = view.completed - built, report.base_view
    span = year - scenario.start_year + 1

    def whole(values: np.ndarray, spec: str = "int") -> list[str]:
        return [words.number(v, spec) for v in (*values, values.sum())]

    def ranges(name: str) -> list[str]:
        return [
            words("sure.col_range"),
            *(report.range_cell(n) for n in (f"{name}_ezfh", f"{name}_mfh", name)),
        ]

    given = words("rest.not_given")
    rows = [
        [words("rest.row_need", year=year), *whole(need)],
        ranges("newbuild"),
        [words("rest.row_built", known=report.known_years() or given), *whole(built)],
        [words("rest.row_permitted"), *(whole(permitted) if permitted.any() else (given,) * 3)],
        [words("rest.row_rest"), *whole(rest)],
        ranges("build"),
        *([[words("baseline.row"), *whole(base.to_build[-1])]] if base else []),
        [
            words("rest.row_rate", start=scenario.start_year),
            *whole(np.floor(10 * rest / span + 0.5) / 10, "dec1"),
        ],
    ]
    columns = [words("rest.col_what"), *(words(f"common.type_{b}") for b in TYPES), words("common.total")]
    return page.table(
        columns, rows, caption=words("rest.table"), notes=[words("rest.signed_note"), words("rest.range_note")],
        numeric=[False, True, True, True],
    )  # fmt: skip


def land_section(report: "Bedarf") -> Block:
    """The building land for what is still to be built."""
    view, words = report.view, report.words
    tenths, assumed = view.land_tenths, view.result.scenario.land
    infill = assumed.infill_share.ezfh.value + assumed.infill_share.mfh.value
    key = "land_none" if tenths.sum() == 0 else "land_text_infill" if infill > 0 else "land_text"
    text = words(
        f"rest.{key}", ha=tenths.sum() / 10, ezfh=assumed.density.ezfh.value, mfh=assumed.density.mfh.value
    )
    density = (assumed.density.ezfh.value, assumed.density.mfh.value)
    rows: list[list[str | None]] = [
        [words(f"common.type_{b}"), words.number(int(view.to_build[-1, i]), "int"),
         words.number(density[i], "int"), words.number(tenths[i] / 10, "dec1")]
        for i, b in enumerate(TYPES)
    ]  # fmt: skip
    total = int(view.to_build[-1].sum())
    rows.append(
        [words("common.total"), words.number(total, "int"), None, words.number(tenths.sum() / 10, "dec1")]
    )
    columns = [
        words("common.dwellings"), words("rest.row_rest"), words("land.col_density"), words("land.col_land")
    ]  # fmt: skip
    low, high = view.land_interval()
    if high:
        text = f"{text} {words('land.range', low=low, high=high)}"
    if report.base_view is not None:
        text = f"{text} {words('baseline.land', ha=report.base_view.land_tenths.sum() / 10)}"
    columns, rows, more = _after_potentials(report, columns, rows)
    text = f"{text} {more}" if more else text
    return page.section(
        "bauland", words("land.title"), page.paragraph(text),
        page.table(columns, rows, caption=words("land.table"), total=True,
                   numeric=[False] + [True] * (len(columns) - 1)),
    )  # fmt: skip


def _after_potentials(
    report: "Bedarf", columns: list[str], rows: list[list[str | None]]
) -> tuple[list[str], list[list[str | None]], str]:
    """Return the table with what potentials meet and the land left, and a sentence; as they are without any."""
    view, words = report.view, report.words
    if view.result.inputs.segments is None:
        return columns, rows, ""
    parts = parts_of(view.result)
    used = [u for g in positions(view) if (u := parts.used[g]) is not None]
    if not used:
        return columns, rows, ""
    met = sum(np.stack(list(u.used.values())).sum(0) for u in used)
    left = view.of(parts.land_left_tenths)
    met, left = np.append(met, np.sum(met)), np.append(left, left.sum())
    more = [
        [*row, words.number(float(met[i]), "int"), words.number(left[i] / 10, "dec1")]
        for i, row in enumerate(rows)
    ]
    text = words("supply.land_left", n=words.count("common.dwellings", int(met[-1])), ha=left[-1] / 10)
    return [*columns, words("supply.land_col_met"), words("supply.land_col_left")], more, text
