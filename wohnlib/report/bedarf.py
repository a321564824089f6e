"""The needs assessment of one planning unit as a report: each method returns one section of the page."""

from dataclasses import dataclass
from typing import Any

from wohnlib.assess import Assessment
from wohnlib.model.need import LINES
from wohnlib.report import page
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
from wohnlib.report.sections_next import next_section, sure_section
from wohnlib.report.sections_people import households_section, people_section
from wohnlib.report.sections_record import record_section
from wohnlib.report.sections_rest import land_section, rest_section
from wohnlib.report.sections_segments import (
    floor_section,
    gap_text,
    segments_section,
    small_section,
)
from wohnlib.report.sections_segments_money import affordable_section, overlap_section
from wohnlib.report.sections_segments_older import houses_section, older_section
from wohnlib.report.sections_segments_supply import follows_section, potentials_section, supply_section
from wohnlib.report.sections_stand import stand_section
from wohnlib.report.view import View
from wohnlib.words import Words

SAME = 0.005  # a change of less than half a per cent is called "bleibt fast gleich"


@dataclass(frozen=True)
class Bedarf:
    """A report: the chosen scenario's view of one unit, beside the views of the range's scenarios."""

    view: View
    range_views: tuple[View, ...]  # lower and upper assumptions
    words: Words

    # -- sections, in the order of the report ------------------------------------------------------------

    def headline(self) -> Block:
        """How many dwellings are still to come, of which type, why, how sure."""
        surplus = self.surplus_text()
        gaps = gap_text(self)
        more = [page.paragraph(gaps)] if gaps else []
        more += [page.paragraph(f"{surplus} {self.words('headline.peak')}")] if surplus else []
        return page.join(
            page.heading(self.words("headline.title", place=self.view.place, year=self.view.year), 1),
            page.lead(self.answer()),
            *more,
            page.callout("caution", self.built_text()),
            self._keyfigures(),
            page.paragraph(self.words("sure.what")),
            next_section(self),
        )

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
        """Return the answer in sentences that hold for growing and shrinking units alike."""
        view, words = self.view, self.words
        ezfh, mfh = (int(n) for n in view.to_build[-1])
        total = ezfh + mfh
        only = "one" if total == 1 else "only"
        kind = "none" if total == 0 else "both" if ezfh and mfh else f"{only}_ezfh" if ezfh else f"{only}_mfh"
        first = words(
            f"headline.{kind}", place=view.place, year=view.year, total=total, ezfh=ezfh, mfh=mfh,
            sure=self.range_text(),
        )  # fmt: skip
        return f"{first} {self._why()}"

    def _why(self) -> str:
        view = self.view
        before, after = int(view.households[0].sum()), int(view.households[-1].sum())
        share = (after - before) / before
        key = "why_same" if abs(share) < SAME else "why_up" if share > 0 else "why_down"
        replacement = int(view.lines[:, LINES.index("replacement")].sum())
        return self.words(
            f"headline.{key}", change=abs(after - before), signed=after - before, share=abs(share),
            replacement=replacement,
        )  # fmt: skip

    def surplus_text(self) -> str:
        """Return the surplus at the horizon by type, or nothing if there is none."""
        ezfh, mfh = (int(n) for n in self.view.surplus[-1])
        if not ezfh and not mfh:
            return ""
        kind = "both" if ezfh and mfh else "ezfh" if ezfh else "mfh"
        if kind == "both":
            shown = [self.words.number(n, "int") for n in (ezfh, mfh)]
        else:
            shown = [self.words.count("common.dwellings", n) for n in (ezfh, mfh)]
        return self.words(
            f"headline.surplus_{kind}", year=self.view.year, ezfh=shown[0], mfh=shown[1],
            sure=self.range_text("surplus"),
        )  # fmt: skip

    @property
    def others(self) -> tuple[View, ...]:
        """Return the views of the range's scenarios that are not the chosen one."""
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

    def built_text(self) -> str:
        """Return what is subtracted already, for which years no figure is there, and what that means."""
        view, words = self.view, self.words
        if not view.known_years:
            return words("headline.built_none", base=self.words("common.base"), unknown=self.unknown_years())
        unit = view.index is not None
        first = self._subtracted()
        if not view.unknown_years:
            return first
        more, left = view.left_if_continued()
        total = int(view.to_build[-1].sum())
        key = "built_zero" if total == 0 else "built_covered" if left == 0 else "built_left"
        return " ".join((
            first,
            words("headline.no_figures", unknown=self.unknown_years()),
            words(
                f"headline.{key}", known=self.known_years(), year=view.year,
                more=words.number(about(more), "int"), left=words.number(about(left), "int"),
            ),
            words("headline.exact_unit" if unit else "headline.exact_kreis"),
        ))  # fmt: skip

    def _subtracted(self) -> str:
        """Return what is subtracted: completed (whose figures), and the part of what is permitted."""
        view, words = self.view, self.words
        built = words.count("common.dwellings", int(view.built.sum()))
        unit = view.index is not None
        mixed = not unit and any(view.result.need.own_years)
        key = "own" if view.own_years else "unit" if unit else "kreis_mixed" if mixed else "kreis"
        text = words(f"headline.{key}", built=built, known=self.known_years())
        permitted = int(view.completed.sum() - view.built.sum())
        if permitted:
            share = view.result.scenario.building.permits_weight.value
            more = words.count("common.dwellings", permitted)
            text = f"{text} {words('headline.permitted', more=more, share=share)}"
        return text

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

    def _keyfigures(self) -> Block:
        view, words = self.view, self.words
        total = int(view.to_build[-1].sum())
        left = view.left_if_continued()[1]
        if not view.known_years:
            key = "key_build_note_plain"
        elif not view.unknown_years or total == 0:
            key = "key_build_note"
        else:
            key = "key_build_note_left" if left else "key_build_note_zero"
        note = words(
            f"headline.{key}", year=view.year, known=self.known_years(), left=words.number(about(left), "int")
        )
        households = view.households.sum(-1)
        people = view.pop
        return page.keyfigures([
            (words.number(total, "int"), words("headline.key_build"), self.range_text("build", "first") + note),
            (words.number(int(households[-1] - households[0]), "signed"), words("headline.key_households"),
             words("headline.key_households_note", first=int(households[0]), last=int(households[-1]),
                   year=view.year, sure=self.range_text("households", "after"))),
            (words.number(int(people[-1] - people[0]), "signed"), words("headline.key_people"),
             words("headline.key_people_note", first=int(people[0]), last=int(people[-1]), year=view.year,
                   sure=self.range_text("people", "after"))),
        ])  # fmt: skip


def about(value: int) -> int:
    """Return a number to about two digits, for sentences that say "rund"."""
    step = 100 if abs(value) >= 1000 else 10 if abs(value) >= 100 else 1
    return step * int(value / step + 0.5)


def bedarf_of(result: Assessment, range_results: tuple[Assessment, ...], key: str, lang: str) -> Bedarf:
    """Return the report of one unit, or of the region if `key` is the region's."""
    words = Words(lang)
    if key != result.inputs.areas.region:
        key = result.inputs.areas.check(key)
    return Bedarf(View(result, key, words), tuple(View(r, key, words) for r in range_results), words)
