"""The sliders of the workshop: an object that shows itself, with or without a front end for widgets.

Drawing is done with a few SVG shapes, since the answer has to stand while the slider still moves.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
from markupsafe import escape

from wohnlib import paths
from wohnlib.errors import InputError
from wohnlib.report import figure as f
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.spread import rounded
from wohnlib.report.view import View
from wohnlib.scenario_tools import short_name, value_text
from wohnlib.scenario_write import save
from wohnlib.words import Words
from wohnlib.workshop import SLIDERS, Answer, Room, positions, split_answer

_WIDTH, _ROW, _LEFT = 640.0, 46.0, 90.0
_LABEL = {"description_width": "18em"}
_WIDE, _MIDDLE = {"width": "46em"}, {"width": "34em"}


class Workshop:
    """Sliders for one unit; `values` are the assumptions that differ from the base."""

    def __init__(self, room: Room, words: Words) -> None:
        self.room, self.words = room, words
        self.base = room.answer({})
        self.values: dict[str, Any] = {}
        self.sliders = {name: self._slider(name) for name in SLIDERS}
        areas = room.base.inputs.areas
        options = list(zip(areas.short_names, areas.keys, strict=True))
        self.unit = widgets.Dropdown(
            options=options, value=room.key, description=words("room.unit"), style=_LABEL, layout=_MIDDLE
        )
        self.output = widgets.HTML()
        self.message = widgets.HTML()
        self.name = widgets.Text(
            placeholder=words("room.name_example"),
            description=words("room.name"),
            style=_LABEL,
            layout=_MIDDLE,
        )
        self.buttons = {
            name: widgets.Button(description=words(f"room.{name}"), layout={"width": "16em"})
            for name in ("reset", "split", "save")
        }
        for slider in self.sliders.values():
            slider.observe(self._moved, names="value")
        self.unit.observe(self._other_unit, names="value")
        self.buttons["reset"].on_click(lambda _: self.reset())
        self.buttons["split"].on_click(lambda _: self.split())
        self.buttons["save"].on_click(lambda _: self.save())
        self._answer()

    def _slider(self, name: str) -> widgets.SelectionSlider:
        item = dict(self.room.base.scenario.assumptions())[name]
        options = [(readout(v, item.unit, self.words), v) for v in positions(self.room.base.scenario, name)]
        return widgets.SelectionSlider(
            options=options, value=item.value, description=short_name(name, item.note, self.words),
            tooltip=self.words("room.tooltip", note=item.note, unit=item.unit), style=_LABEL, layout=_WIDE,
        )  # fmt: skip

    # -- what happens --------------------------------------------------------------------------------------

    def _moved(self, _change: object = None) -> None:
        own = dict(self.room.base.scenario.assumptions())
        self.values = {n: s.value for n, s in self.sliders.items() if s.value != own[n].value}
        self._answer()

    def _answer(self) -> None:
        now = self.room.answer(self.values)
        self.output.value = answer_html(self.room, self.base, now, self.words)
        self.message.value = ""

    def _other_unit(self, change: Mapping[str, Any]) -> None:
        self.room = self.room.other(change["new"])
        self.base = self.room.answer({})
        self._answer()

    def reset(self) -> None:
        """Put every slider back to the base."""
        own = dict(self.room.base.scenario.assumptions())
        for name, slider in self.sliders.items():
            slider.value = own[name].value

    def split(self) -> None:
        """Say what each changed assumption adds."""
        items = dict(self.room.base.scenario.assumptions())
        if not self.values:
            self.message.value = str(escape(self.words("room.nothing")))
            return
        parts = split_answer(self.room, self.values)
        rows: list[list[str | Block | None]] = [
            [short_name(n, items[n].note, self.words), self.words.number(v, "signed")]
            for n, v in parts.items()
        ]
        rows.append([self.words("room.all"), self.words.number(sum(parts.values()), "signed")])
        table = page.table(
            [self.words("room.assumption"), self.words("room.change")], rows, caption=self.words("room.split_table"),
            total=True, numeric=[False, True],
        )  # fmt: skip
        self.message.value = table.html

    def save(self) -> None:
        """Write the changed values as a scenario of their own; say what came of it."""
        words, name = self.words, self.name.value.strip()
        if not self.values:
            self.message.value = str(escape(words("room.nothing")))
            return
        areas = self.room.base.inputs.areas
        today = dt.datetime.now().astimezone().date().isoformat()
        base = self.room.base.scenario
        try:
            path = save(
                name, self.plain, self.values,
                title=name.replace("_", " ").capitalize(), source=words("room.source"), date=today,
                description=words("room.description", base=base.title, unit=areas.short_name(self.room.key)),
            )  # fmt: skip
        except InputError as error:
            self.message.value = str(escape(error.text()))
            return
        self.message.value = str(escape(words("room.saved", file=paths.shown(path), name=name)))

    @property
    def plain(self) -> Any:
        """Return the scenario that the room began with, as its file says it."""
        from wohnlib.scenario import load

        return load(self.room.base.scenario.name)

    # -- how it shows itself ---------------------------------------------------------------------------------

    @property
    def box(self) -> widgets.VBox:
        buttons = widgets.HBox([self.buttons["reset"], self.buttons["split"]])
        saving = widgets.HBox([self.name, self.buttons["save"]])
        return widgets.VBox([self.unit, self.output, *self.sliders.values(), buttons, saving, self.message])

    def still(self) -> str:
        """Return what stands where there are no widgets: the base, and how to get the sliders."""
        text = page.callout("note", self.words("room.no_widgets"))
        return answer_html(self.room, self.base, self.base, self.words) + text.html

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = dict(self.box._repr_mimebundle_(**options) or {})
        return {**bundle, "text/html": self.still(), "text/plain": self.words("room.plain")}


# -- the answer as a figure and a table -----------------------------------------------------------------------


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
    return f"<h3>{escape(title)}</h3>{_figure(first, last, words)}{table.html}"


def readout(value: Any, unit: str, words: Words) -> str:
    """Return a value as it stands beside its slider: short, without the unit of a count."""
    if unit.startswith("Anteil"):
        return value_text(value, "Anteil", words)
    return value_text(value, unit, words).split(" ", 1)[0]


def _figure(base: Shown, now: Shown, words: Words) -> str:
    """Return two bars made of both types, with the 80 % intervals as lines."""
    most = max(base.span[1], now.span[1], base.total, now.total, 1)
    scale = (_WIDTH - _LEFT - 70) / most
    shapes = []
    for k, (name, answer) in enumerate((("base", base), ("now", now))):
        y, x = 6 + k * _ROW, _LEFT
        shapes.append(_text(0, y + 15, words(f"room.{name}")))
        for value, fill in zip(answer.types, (f.EZFH, f.MFH), strict=True):
            wide = value * scale
            shapes.append(f'<rect x="{x:.1f}" y="{y:.0f}" width="{wide:.1f}" height="20" fill="{fill}"/>')
            x += wide
        low, high = (_LEFT + v * scale for v in answer.span)
        shapes.append(f'<path d="M{low:.1f} {y + 28:.0f}H{high:.1f}M{low:.1f} {y + 24:.0f}v8M{high:.1f} {y + 24:.0f}v8" '
                      f'stroke="{f.INK}" stroke-width="1.5" fill="none"/>')  # fmt: skip
        shapes.append(_text(x + 6, y + 15, words.number(answer.total, "int")))
    key = _LEFT
    for name, fill in (("ezfh", f.EZFH), ("mfh", f.MFH)):
        shapes.append(f'<rect x="{key:.0f}" y="{2 * _ROW + 8:.0f}" width="12" height="12" fill="{fill}"/>')
        shapes.append(_text(key + 18, 2 * _ROW + 19, words(f"common.type_{name}")))
        key += 250
    text = words("room.alt", base=base.total, now=now.total)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {2 * _ROW + 28:.0f}" width="{_WIDTH:.0f}" '
        f'role="img" aria-label="{escape(text)}" font-family="{escape(f.FONTS)}" font-size="13">{"".join(shapes)}</svg>'
    )


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="currentColor">{escape(text)}</text>'
