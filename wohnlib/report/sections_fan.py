"""How a quantity may run: a fan of 50, 80 and 95 % with the scenarios beside, and its numbers."""

from typing import TYPE_CHECKING

from wohnlib.report import page
from wohnlib.report.fan import Band, fan
from wohnlib.report.page import Block
from wohnlib.report.spread import LEVELS, Spread

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

MANY_YEARS = 5  # tables show the base date, every fifth year and the horizon


def fan_figure(report: "Bedarf", name: str, title: str, *tables: Block, from_zero: bool = False) -> Block:
    """Return the fan of a quantity of `View.spread` over the years; further tables follow its own."""
    view, words, time = report.view, report.words, report.view.result.time
    spread = view.spread(name)
    # the line starts at the base date, drawn at the end of the year before, then at the end of every year
    years = [view.years[0] - 1, *view.years]
    bands: list[Band] = []
    for level in LEVELS:
        under, over = spread.band(level)
        bands.append((words("fan.band", level=round(100 * level)), under.tolist(), over.tolist()))
    beside = {page.name(v.result.scenario.title): v.spread(name).shown for v in report.others}
    picture = fan(
        years, (page.name(view.result.scenario.title), spread.shown.tolist()), bands,
        beside={n: shown.tolist() for n, shown in beside.items()}, unit=words(f"fan.{name}_unit"),
        from_zero=from_zero, ticks=_ticks(years), lang=words.lang,
    )  # fmt: skip
    numbers = {"first": int(spread.shown[0]), "last": int(spread.shown[-1]), "year": view.year}
    for level, key in ((0.8, ""), (0.95, "95")):
        low, high = spread.interval(level=level)
        numbers |= {f"low{key}": low, f"high{key}": high}
    others = [words("fan.alt_beside", title=n, n=int(shown[-1])) for n, shown in beside.items()]
    alt = words(f"fan.{name}_alt", place=view.place, **numbers)
    note = words("fan.note_zero" if from_zero else "fan.note", base=time.base_date)
    table = _table(report, name, spread)
    return page.figure(picture, " ".join([alt, *others]), title, note, table=page.join(table, *tables))


def _ticks(years: list[int]) -> list[int]:
    inner = [y for y in years[1:-1] if y % 5 == 0 and years[-1] - y > 2 and y - years[0] > 2]
    return [years[1], *inner, years[-1]]


def shown_positions(years: range) -> list[int]:
    """Return positions of the year axis for tables: base date, every fifth year, the horizon."""
    every = [k + 1 for k, y in enumerate(years) if y % MANY_YEARS == 0]
    return sorted({0, *every, len(years)})


def _table(report: "Bedarf", name: str, spread: Spread) -> Block:
    """Return bounds and mean at the base date, every fifth year and the horizon."""
    words, time = report.words, report.view.result.time
    rows: list[list[str | None]] = []
    for k in shown_positions(time.years):
        middle = words.number(int(spread.shown[k]), "int")
        if k == 0:
            rows.append([words("common.base"), *[None] * 3, middle, *[None] * 3])
            continue
        bounds = [words.number(b, "int") for b in spread.bounds(k)]
        rows.append([f"31.12.{time.years[k - 1]}", *bounds[:3], middle, *bounds[3:]])
    columns = [
        words("people.col_date"),
        *(words("fan.col_from", level=level) for level in LEVELS),
        words("fan.col_mean"),
        *(words("fan.col_to", level=level) for level in reversed(LEVELS)),
    ]
    return page.table(
        columns, rows, caption=words(f"fan.{name}_table"), notes=[words("fan.table_note")],
        numeric=[False] + [True] * 7,
    )  # fmt: skip
