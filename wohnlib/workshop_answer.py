"""The answer of the workshop as a heading, a figure and a table, in whole numbers that agree with the report.

Drawing is done with a few SVG shapes, since the answer has to stand while the slider still moves.
"""

from dataclasses import dataclass

from markupsafe import escape

from wohnlib.report import figure as f
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.spread import rounded
from wohnlib.report.view import View
from wohnlib.words import Words
from wohnlib.workshop import Answer, Room

_WIDTH, _ROW, _LEFT = 380.0, 42.0, 50.0
# the notebook's own styles reach no table inside a widget
_STYLE = """<style>
.wohnlib-raum { line-height: 1.35; padding-right: 1.5em; }
.wohnlib-raum h3 { margin: .2em 0 .6em; font-size: 1.15em; }
.wohnlib-raum svg { display: block; max-width: 100%; height: auto; }
.wohnlib-raum table { border-collapse: collapse; margin: .3em 0; }
.wohnlib-raum caption { text-align: left; font-weight: bold; padding: .2em 0; }
.wohnlib-raum :is(th, td) { padding: .15em .7em .15em 0; text-align: left; font-weight: normal; vertical-align: top; }
.wohnlib-raum :is(th, td).zahl { text-align: right; white-space: nowrap; }
.wohnlib-raum thead th { font-weight: bold; border-bottom: 1px solid currentColor; }
.wohnlib-raum .summe > * { font-weight: bold; border-top: 1px solid currentColor; }
.wohnlib-raum .anmerkung { font-size: .9em; }
</style>"""


@dataclass(frozen=True)
class Shown:
    """An answer in whole numbers that agree with the unit's report."""

    types: tuple[int, int]
    span: tuple[int, int]  # 80 % of the dwellings still to be built
    surplus: int
    households: int
    people: int

    @property
    def total(self) -> int:
        return sum(self.types)


def shown(room: Room, base: Answer, now: Answer) -> Shown:
    """Return an answer as it is printed: the report's numbers for the base, changed by what the answer changes."""
    view = View(room.base, room.key, Words("de"))
    ezfh, mfh = (
        max(int(n) + round(float(b - a)), 0)
        for n, a, b in zip(view.to_build[-1], base.to_build, now.to_build, strict=True)
    )
    return Shown(
        types=(ezfh, mfh), span=rounded(*now.interval, ezfh + mfh),
        surplus=int(view.surplus[-1].sum()) + round(float(now.surplus.sum() - base.surplus.sum())),
        households=int(view.households[-1].sum()) + round(now.households - base.households),
        people=int(view.pop[-1]) + round(now.people - base.people),
    )  # fmt: skip


def answer_html(room: Room, base: Answer, now: Answer, words: Words) -> str:
    """Return the answer beside the base as a heading, a figure and a table."""
    areas, year = room.base.inputs.areas, room.base.time.horizon_year
    first, last = shown(room, base, base), shown(room, base, now)
    change = last.total - first.total
    key = "same" if not change else "more" if change > 0 else "less"
    unit = areas.short_name(room.key)
    title = words(f"room.title_{key}", unit=unit, year=year, n=last.total, change=abs(change))
    pairs = {
        "build": (first.total, last.total), "ezfh": (first.types[0], last.types[0]),
        "mfh": (first.types[1], last.types[1]), "surplus": (first.surplus, last.surplus),
        "households": (first.households, last.households), "people": (first.people, last.people),
    }  # fmt: skip
    rows: list[list[str | Block | None]] = [
        [
            words(f"room.row_{name}"),
            words.number(a, "int"),
            words.number(b, "int"),
            words.number(b - a, "signed"),
        ]
        for name, (a, b) in pairs.items()
    ]
    spans = [words("sure.cell", low=s.span[0], high=s.span[1]) for s in (first, last)]
    rows.insert(1, [words("sure.col_range"), *spans, None])
    table = page.table(
        [words("room.assumption_none"), words("room.base"), words("room.now"), words("room.difference")], rows,
        caption=words("room.table", year=year), numeric=[False, True, True, True],
    )  # fmt: skip
    return framed(f"<h3>{escape(title)}</h3>{_figure(first, last, words)}{table.html}")


def framed(html: str) -> str:
    return f'{_STYLE}<div class="wohnlib-raum">{html}</div>'


def _figure(base: Shown, now: Shown, words: Words) -> str:
    """Return two bars made of both types, with the 80 % intervals as lines."""
    most = max(base.span[1], now.span[1], base.total, now.total, 1)
    scale = (_WIDTH - _LEFT - 70) / most
    shapes = []
    for k, (name, answer) in enumerate((("base", base), ("now", now))):
        y, x = 2 + k * _ROW, _LEFT
        shapes.append(_text(0, y + 15, words(f"room.{name}")))
        for value, fill in zip(answer.types, (f.EZFH, f.MFH), strict=True):
            wide = value * scale
            shapes.append(f'<rect x="{x:.1f}" y="{y:.0f}" width="{wide:.1f}" height="20" fill="{fill}"/>')
            x += wide
        low, high = (_LEFT + v * scale for v in answer.span)
        shapes.append(f'<path d="M{low:.1f} {y + 28:.0f}H{high:.1f}M{low:.1f} {y + 24:.0f}v8M{high:.1f} {y + 24:.0f}v8" '
                      f'stroke="currentColor" stroke-width="1.5" fill="none"/>')  # fmt: skip
        shapes.append(_text(x + 6, y + 15, words.number(answer.total, "int")))
    for k, (name, fill) in enumerate((("ezfh", f.EZFH), ("mfh", f.MFH))):
        y = 2 * _ROW + 8 + 20 * k
        shapes.append(f'<rect x="{_LEFT:.0f}" y="{y:.0f}" width="12" height="12" fill="{fill}"/>')
        shapes.append(_text(_LEFT + 18, y + 11, words(f"common.type_{name}")))
    bottom = 2 * _ROW + 48
    shapes.append(
        f'<path d="M{_LEFT:.0f} {bottom + 6:.0f}h12m0 -4v8m-12 -8v8" stroke="currentColor" stroke-width="1.5"/>'
    )
    shapes.append(_text(_LEFT + 18, bottom + 11, words("sure.col_range")))
    text = words("room.alt", base=base.total, now=now.total)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {2 * _ROW + 70:.0f}" width="{_WIDTH:.0f}" '
        f'role="img" aria-label="{escape(text)}" font-family="{escape(f.FONTS)}" font-size="13">{"".join(shapes)}</svg>'
    )


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="currentColor">{escape(text)}</text>'
