"""The needs assessment of one planning unit as a report: each method returns one section of the page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wohnlib.assess import Assessment
from wohnlib.report import headline
from wohnlib.report.headline import SAME
from wohnlib.report.page import Block
from wohnlib.report.sections_basis import (
    assumptions_section,
    basis_section,
    glossary_section,
    published_section,
)
from wohnlib.report.sections_incomings import incomings_section
from wohnlib.report.sections_local import local_section
from wohnlib.report.sections_need import need_section, types_section
from wohnlib.report.sections_next import sure_section
from wohnlib.report.sections_people import households_section, people_section
from wohnlib.report.sections_record import record_section
from wohnlib.report.sections_rest import land_section, rest_section
from wohnlib.report.sections_segments import floor_section, segments_section, small_section
from wohnlib.report.sections_segments_follows import follows_section
from wohnlib.report.sections_segments_money import affordable_section
from wohnlib.report.sections_segments_older import houses_section, older_section
from wohnlib.report.sections_segments_overlap import overlap_section
from wohnlib.report.sections_segments_supply import potentials_section, supply_section
from wohnlib.report.sections_stand import stand_section
from wohnlib.report.view import View
from wohnlib.words import Words

Cell = str | Block | Sequence[str | Block] | None


@dataclass(frozen=True)
class Bedarf:
    """A report: the chosen scenario's view of one unit, beside the views of the base and of the range."""

    view: View
    range_views: tuple[View, ...]  # lower and upper assumptions
    words: Words
    base_view: View | None = None  # None: the chosen scenario is the base itself

    # -- sections, in the order of the report ------------------------------------------------------------

    def headline(self) -> Block:
        return headline.headline_section(self)

    def beside(self) -> Block:
        """The base beside the scenario, split by assumption; nothing in a report of the base itself."""
        from wohnlib.report.sections_dossier_change import beside_base

        return beside_base(self.view, base=self.base_view) if self.base_view else Block("")

    def sure(self) -> Block:
        return sure_section(self)

    def record(self) -> Block:
        return record_section(self)

    def stand(self) -> Block:
        return stand_section(self)

    def people(self) -> Block:
        return people_section(self)

    def households(self) -> Block:
        return households_section(self)

    def need(self) -> Block:
        return need_section(self)

    def types(self) -> Block:
        return types_section(self)

    def segments(self) -> Block:
        return segments_section(self)

    def small(self) -> Block:
        return small_section(self)

    def floor(self) -> Block:
        return floor_section(self)

    def older(self) -> Block:
        return older_section(self)

    def houses(self) -> Block:
        return houses_section(self)

    def affordable(self) -> Block:
        return affordable_section(self)

    def overlap(self) -> Block:
        return overlap_section(self)

    def supply(self) -> Block:
        return supply_section(self)

    def potentials(self) -> Block:
        return potentials_section(self)

    def follows(self) -> Block:
        return follows_section(self)

    def incomings(self) -> Block:
        return incomings_section(self)

    def local(self) -> Block:
        return local_section(self)

    def rest(self) -> Block:
        return rest_section(self)

    def land(self) -> Block:
        return land_section(self)

    def published(self) -> Block:
        return published_section(self)

    def basis(self) -> Block:
        return basis_section(self)

    def assumptions(self) -> Block:
        return assumptions_section(self)

    def glossary(self) -> Block:
        return glossary_section(self)

    # -- sentences ---------------------------------------------------------------------------------------

    def answer(self) -> str:
        return headline.answer(self)

    def surplus_text(self) -> str:
        return headline.surplus_text(self)

    def built_text(self) -> str:
        return headline.built_text(self)

    @property
    def others(self) -> tuple[View, ...]:
        """Return the views that lines beside the chosen one show: the base, or in its report the range."""
        if self.base_view is not None:
            return (self.base_view,)
        own = self.view.result.scenario.name
        return tuple(v for v in self.range_views if v.result.scenario.name != own)

    def has_range(self, name: str = "build") -> bool:
        return not self.view.spread(name).certain

    def range_text(self, name: str = "build", form: str = "brackets") -> str:
        """Return the 80 % interval as an end of a sentence: in `brackets`, `after` a semicolon, or `first` in it.

        Nothing if all draws agree.
        """
        spread = self.view.spread(name)
        if spread.certain:
            return ""
        low, high = spread.interval()
        text = self.words(f"sure.{form}", low=low, high=high)
        return f"{text} " if form == "first" else f" {text}" if form == "brackets" else text

    def range_cell(self, name: str) -> str:
        """Return the 80 % interval for the cell of a table."""
        low, high = self.view.spread(name).interval()
        return self.words("sure.cell", low=low, high=high)

    def sure_text(self, name: str, shown: int) -> str:
        """Return a sentence with the printed number at the horizon and its 80 % interval."""
        low, high = self.view.spread(name).interval()
        return self.words(f"sure.text_{name}", year=self.view.year, n=shown, low=low, high=high)

    def known_years(self) -> str:
        return self._list(str(y) for y in self.view.known_years)

    def unknown_years(self) -> str:
        """Return the years without completions; the base year counts from the census date on."""
        base = self.view.result.time.base_date
        names = []
        for year in self.view.unknown_years:
            if year == base.year:
                day = self.words("headline.day", day=base)
                names.append(self.words("headline.rest_of_year", year=year, day=day))
            else:
                names.append(str(year))
        return self._list(names)

    def _list(self, items: Any) -> str:
        names = list(items)
        if len(names) < 2:
            return "".join(names)
        return ", ".join(names[:-1]) + self.words("headline.and") + names[-1]

    def trend(self, first: int, last: int) -> str:
        """Return a change in words: steigt um, sinkt um, bleibt fast gleich."""
        share = (last - first) / first
        if abs(share) < SAME:
            return self.words("change.same", year=self.view.year)
        return self.words("change.up" if share > 0 else "change.down", share=abs(share), year=self.view.year)

    # -- the base beside the scenario, in tables -----------------------------------------------------------

    def base_column(self, what: str = "") -> list[str]:
        """Return the heading of a column of the base; nothing in a report of the base itself."""
        if self.base_view is None:
            return []
        return [self.words("baseline.column", what=what) if what else self.words("baseline.base")]

    def with_base(
        self, rows: Sequence[Sequence[Cell]], values: Callable[[View], Iterable[Any]], spec: str = "int"
    ) -> list[list[Cell]]:
        """Return rows with the base's cell at the end of each; as they are in a report of the base itself."""
        if self.base_view is None:
            return [list(row) for row in rows]
        cells = [self.words.number(v, spec) for v in values(self.base_view)]
        return [[*row, cell] for row, cell in zip(rows, cells, strict=True)]


def bedarf_of(
    result: Assessment, range_results: tuple[Assessment, ...], key: str, lang: str, base: Assessment | None = None
) -> Bedarf:  # fmt: skip
    """Return the report of one unit, or of the region if `key` is the region's.

    `base` stands beside the result everywhere; None if the result is the base itself.
    """
    words = Words(lang)
    if key != result.inputs.areas.region:
        key = result.inputs.areas.check(key)
    beside = None if base is None else View(base, key, words)
    return Bedarf(View(result, key, words), tuple(View(r, key, words) for r in range_results), words, beside)
