"""The entry page: all planning units in one table that adds up, with links to their reports."""

from wohnlib import __version__
from wohnlib.assess import Assessment
from wohnlib.report import page
from wohnlib.report.bedarf import bedarf_of
from wohnlib.report.exporter import render_page
from wohnlib.report.frame import footer_lines
from wohnlib.report.page import Block
from wohnlib.report.view import View
from wohnlib.words import Words


def index_page(result: Assessment, span: tuple[Assessment, ...], lang: str) -> str:
    """Return `index.html`: the answer for the Kreis, the table of all units, how to read it."""
    words, areas = Words(lang), result.inputs.areas
    kreis = bedarf_of(result, span, areas.region, lang)
    view = kreis.view
    year = view.year
    title = words("index.title", kreis=view.name, year=year)
    how = [words(f"index.{key}", year=year) for key in ("how_build", "how_range", "how_sum", "assumptions")]
    blocks = [
        page.heading(title, 1),
        page.lead(kreis.answer()),
        page.callout("caution", kreis.built_text()),
        page.section("einheiten", words("index.table_title"), _table(result, words)),
        page.section("lesen", words("index.how_title"), page.bullets(how)),
    ]
    description = words("frame.description", place=view.place, year=year)
    return render_page(
        title, blocks, description=description, footer=footer_lines(view, __version__), lang=lang,
        kicker=words("frame.kicker", kreis=view.name),
    )  # fmt: skip


def _table(result: Assessment, words: Words) -> Block:
    areas, year = result.inputs.areas, result.time.horizon_year
    rows = []
    for key in (*areas.keys, areas.region):
        view = View(result, key, words)
        build, households, pop = view.to_build[-1], view.households.sum(-1), view.pop
        total = key == areas.region
        name = words("index.sum") if total else page.link(areas.short_name(key), f"{areas.stem(key)}.html")
        rows.append([
            name,
            words.number(int(pop[0]), "int"),
            words.number(int(pop[-1] - pop[0]), "signed"),
            words.number(int(households[-1] - households[0]), "signed"),
            words.number(int(build.sum()), "int"),
            words.number(int(build[0]), "int"),
            words.number(int(build[1]), "int"),
            words.number(1000 * float(build.sum()) / view.dwellings, "dec1"),
            words.number(int(view.surplus[-1].sum()), "int"),
        ])  # fmt: skip
    columns = [
        words(f"index.col_{c}", year=year)
        for c in (
            "unit",
            "people",
            "people_change",
            "households_change",
            "need",
            "ezfh",
            "mfh",
            "rate",
            "surplus",
        )
    ]
    caption = words("index.table", n=len(areas))
    return page.table(columns, rows, caption=caption, total=True, numeric=[False] + [True] * 8)
