"""The entry page: the answer for the Kreis beside the map, then all planning units in one table that adds up."""

from collections.abc import Collection, Sequence

from wohnlib import __version__
from wohnlib.assess import Assessment
from wohnlib.report import page
from wohnlib.report.bedarf import Bedarf, bedarf_of
from wohnlib.report.exporter import render_page, render_part
from wohnlib.report.frame import footer_lines
from wohnlib.report.headline import base_text
from wohnlib.report.map import Unit, district_map, extremes
from wohnlib.report.page import Block
from wohnlib.report.view import View
from wohnlib.session import open_assessment
from wohnlib.words import Words

Made = Collection[str] | None
ALLIANCE = "buendnis"  # stem of the report on all units
QUALITY = "guete"  # stem of the page on how accurate forecasts were
_COLUMNS = (
    "unit",
    "people",
    "people_change",
    "households_change",
    "need",
    "range",
    "ezfh",
    "mfh",
    "rate",
    "surplus",
)


def index_page(result: Assessment, span: tuple[Assessment, ...], lang: str, made: Made = None) -> str:
    """Return `index.html`: the answer and the map on the first screen, the table, how to read it.

    `made` holds the stems of the reports that are there; others are named without a link. None: all are.
    """
    words, areas = Words(lang), result.inputs.areas
    base = None if result.scenario.name == "base" else open_assessment(
        areas.region, "base", result.scenario.horizon_year
    )  # fmt: skip
    kreis = bedarf_of(result, span, areas.region, lang, base)
    told = base_text(kreis)
    view, year = kreis.view, kreis.view.year
    units = [View(result, key, words) for key in areas.keys]
    title = words("index.title", kreis=view.name, year=year)
    blocks = [
        render_part(
            "opening.html.j2",
            left=page.join(
                page.heading(title, 1),
                page.lead(kreis.answer()),
                *([page.paragraph(told)] if told else []),
                _ways(words, made),
                page.callout("caution", kreis.built_text()),
            ),
            right=_map(units, words, made),
        ),
        page.section("einheiten", words("index.table_title"), _table([*units, view], words, made, base)),
        page.section("lesen", words("index.how_title"), *_how(kreis)),
        page.section("daten", words("index.data_title"), *_data(kreis, made)),
    ]
    description = words("frame.description", place=view.place, year=year)
    return render_page(
        title, blocks, description=description, footer=footer_lines(view, __version__), lang=lang,
        kicker=words("frame.kicker", kreis=view.name), contents=False,
    )  # fmt: skip


def rate(view: View) -> int:
    """Return the dwellings still to come per 1,000 dwellings of the census, as a whole number."""
    return int(1000 * int(view.to_build[-1].sum()) / view.dwellings + 0.5)


def short_name(view: View) -> str:
    areas = view.result.inputs.areas
    return areas.short_name(view.key) if view.index is not None else view.words("index.sum")


def _href(stem: str, made: Made, anchor: str = "") -> str | None:
    return f"{stem}.html{anchor}" if made is None or stem in made else None


def _link(text: str, href: str | None) -> str | Block:
    """Return a link, or the text alone if there is nothing to link to."""
    return page.link(text, href) if href else text


def _ways(words: Words, made: Made) -> Block:
    alliance, assumptions = _href(ALLIANCE, made), _href(ALLIANCE, made, "#annahmen")
    ways = {
        "alliance": alliance, "table": "#einheiten", "assumptions": assumptions, "quality": _href(QUALITY, made),
    }  # fmt: skip
    return page.bullets(
        [page.link(words(f"index.to_{name}"), href), words(f"index.to_{name}_note")]
        for name, href in ways.items()
        if href
    )


def _map(views: Sequence[View], words: Words, made: Made) -> Block:
    units = []
    for view in views:
        areas, per = view.result.inputs.areas, rate(view)
        text = words("map.link", name=view.name, rate=per, total=int(view.to_build[-1].sum()))
        units.append(
            Unit(
                view.key,
                short_name(view),
                _href(areas.stem(view.key), made),
                per,
                text,
                areas.where([areas[view.key]], words),
            )
        )
    ends = extremes(units, words)
    title = words("map.title_same" if ends["low"] == ends["high"] else "map.title_both", **ends)
    return district_map(
        units, words, title=title, legend=words("map.legend", year=views[0].year), source=words("map.source")
    )


def _table(views: Sequence[View], words: Words, made: Made, base: Assessment | None = None) -> Block:
    """Return the key figures of all units; the last view is the Kreis, the sum of the others."""
    year = views[0].year
    rows: list[list[str | Block]] = []
    for view in views:
        build, households, pop = view.to_build[-1], view.households.sum(-1), view.pop
        low, high = view.spread("build").interval()
        stem = view.result.inputs.areas.stem(view.key) if view.index is not None else ALLIANCE
        rows.append([
            _link(short_name(view), _href(stem, made)),
            words.number(int(pop[0]), "int"),
            words.number(int(pop[-1] - pop[0]), "signed"),
            words.number(int(households[-1] - households[0]), "signed"),
            words.number(int(build.sum()), "int"),
            words("sure.cell", low=low, high=high),
            words.number(int(build[0]), "int"),
            words.number(int(build[1]), "int"),
            words.number(rate(view), "int"),
            words.number(int(view.surplus[-1].sum()), "int"),
        ])  # fmt: skip
        if base is not None:
            other = View(base, view.key, words).to_build[-1].sum()
            rows[-1].insert(_COLUMNS.index("need"), words.number(int(other), "int"))
        if not view.reportable:  # a fault of its data: see `wohnlib run`
            rows[-1][4:] = [words("index.not_reportable")] * len(rows[-1][4:])
    columns = [words(f"index.col_{c}", year=year) for c in _COLUMNS]
    if base is not None:
        columns.insert(_COLUMNS.index("need"), words("baseline.column", what=words("index.col_need")))
    caption = words("index.table", n=len(views) - 1)
    notes = [words("index.how_sum"), words("index.how_rate")]
    return page.table(columns, rows, caption=caption, notes=notes, total=True,
                      numeric=[False] + [True] * (len(columns) - 1))  # fmt: skip


def _how(kreis: Bedarf) -> list[Block]:
    words, year = kreis.words, kreis.view.year
    return [
        page.bullets(
            [
                words("index.how_build", year=year),
                words("sure.what"),
                words("index.how_range"),
                words("index.how_surplus", year=year),
            ]
        )
    ]


def _data(kreis: Bedarf, made: Made) -> list[Block]:
    """Return scenario and data status, with the way to the assumptions."""
    words, scenario = kreis.words, kreis.view.result.scenario
    where = _link(words("index.assumptions_link"), _href(ALLIANCE, made, "#annahmen"))
    return [
        page.bullets([
            words("index.data_scenario", title=scenario.title, description=scenario.description),
            words("index.data_base"),
            [words("index.assumptions"), where, "."],
        ])
    ]  # fmt: skip
