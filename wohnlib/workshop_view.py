"""The sliders of the workshop: an object that shows itself, with or without a front end for widgets."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets
from markupsafe import escape

from wohnlib import paths
from wohnlib.errors import InputError
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.scenario_tools import short_name, value_text
from wohnlib.scenario_write import save
from wohnlib.words import Words
from wohnlib.workshop import SLIDERS, Room, positions, split_answer
from wohnlib.workshop_answer import answer_html, framed

_LABEL = {"description_width": "19em"}
_WIDE, _MIDDLE, _BUTTON = {"width": "33.5em"}, {"width": "33.5em"}, {"width": "16em"}
_SIDE_BY_SIDE = {"flex_flow": "row wrap", "align_items": "flex-start"}
_LEFT_SIDE = {"width": "30em", "margin": "0 1em 0 0"}


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
        self.output = widgets.HTML(layout=_LEFT_SIDE)
        self.message = widgets.HTML()
        self.name = widgets.Text(
            placeholder=words("room.name_example"),
            description=words("room.name"),
            style=_LABEL,
            layout=_MIDDLE,
        )
        self.buttons = {
            name: widgets.Button(description=words(f"room.{name}"), layout=_BUTTON)
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
        self.message.value = framed(table.html)

    def save(self) -> None:
        """Write the changed values as a scenario of their own; say what came of it."""
        words, title = self.words, self.name.value.strip()
        name = file_name(title)
        if not self.values:
            self.message.value = str(escape(words("room.nothing")))
            return
        areas = self.room.base.inputs.areas
        today = dt.datetime.now().astimezone().date().isoformat()
        base = self.room.base.scenario
        try:
            path = save(
                name, self.plain, self.values,
                title=title if title != name else name.replace("_", " ").capitalize(), source=words("room.source"), date=today,
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
        controls = [
            self.unit, *self.sliders.values(), buttons, self.name, self.buttons["save"], self.message
        ]  # fmt: skip
        return widgets.Box([self.output, widgets.VBox(controls)], layout=_SIDE_BY_SIDE)

    def still(self) -> str:
        """Return what stands where there are no widgets: the base, and how to get the sliders."""
        text = page.callout("note", self.words("room.no_widgets"))
        return answer_html(self.room, self.base, self.base, self.words) + text.html

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = dict(self.box._repr_mimebundle_(**options) or {})
        return {**bundle, "text/html": self.still(), "text/plain": self.words("room.plain")}


def readout(value: Any, unit: str, words: Words) -> str:
    """Return a value as it stands beside its slider: short, without the unit of a count."""
    if unit.startswith(("Anteil", "Faktor")):
        return value_text(value, "Anteil", words)
    return value_text(value, unit, words).split(" ", 1)[0]


def file_name(title: str) -> str:
    """Return the name of a scenario's file from a title that people write: "Sitzung im März" gives sitzung_im_maerz."""
    plain = title.lower()
    for letter, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(letter, spelled)
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
