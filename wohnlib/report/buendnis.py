"""All units of the Landkreis compared: each method returns one section of the page.

The Landkreis is the sum of its units; every table closes with a row that adds up. Maps, market types,
targets and projects join as further sections, each a function of this object.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wohnlib.alliance.agenda import State
from wohnlib.alliance.state import state_of
from wohnlib.assess import Assessment
from wohnlib.report import page
from wohnlib.report.bedarf import Bedarf, bedarf_of
from wohnlib.report.headline import SAME, base_text
from wohnlib.report.page import Block
from wohnlib.report.sections_basis import assumptions_section, basis_section
from wohnlib.report.view import View
from wohnlib.words import Words

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Buendnis:
    """The report on all units: their views in the order of the keys, and the report of the Kreis."""

    views: tuple[View, ...]
    kreis: Bedarf
    words: Words
    earlier: str = ""  # manifest of a run to compare with, as a path from the workbook

    # -- sections, in the order of the report ------------------------------------------------------------

    def headline(self) -> Block:
        """The answer for the Kreis in three sentences and three key figures."""
        title = self.words("all.title", kreis=self.kreis.view.name, year=self.year)
        unknown = [n for n, v in zip(self.names, self.views, strict=True) if not v.reportable]
        faults = [page.callout("caution", self._not_reportable(unknown))] if unknown else []
        base = base_text(self.kreis)
        beside = [page.paragraph(base)] if base else []
        return page.join(
            page.heading(title, 1), page.lead(self.kreis.answer()), *beside, *faults, self._keyfigures(),
            page.paragraph(self.words("sure.what")),
            page.callout("caution", self.kreis.built_text()),
        )  # fmt: skip

    def _not_reportable(self, names: Sequence[str]) -> str:
        """Return the sentence that names the units without figures on dwellings and need."""
        key = "all.not_reportable_one" if len(names) == 1 else "all.not_reportable_some"
        return self.words(key, names=self.list(names), n=len(self.views) - len(names))

    def ranking(self) -> Block:
        from wohnlib.report.sections_ranking import ranking_section

        return ranking_section(self)

    def when(self) -> Block:
        from wohnlib.report.sections_buendnis import when_section

        return when_section(self)

    def people(self) -> Block:
        from wohnlib.report.sections_buendnis import people_section

        return people_section(self)

    def households(self) -> Block:
        from wohnlib.report.sections_buendnis import households_section

        return households_section(self)

    def old(self) -> Block:
        from wohnlib.report.sections_buendnis import old_section

        return old_section(self)

    def small(self) -> Block:
        from wohnlib.report.sections_buendnis import small_section

        return small_section(self)

    def land(self) -> Block:
        from wohnlib.report.sections_buendnis import land_section

        return land_section(self)

    def record(self) -> Block:
        from wohnlib.report.sections_record import record_section

        return record_section(self.kreis)

    def agenda(self) -> Block:
        from wohnlib.report.sections_dossier_work import agenda_section

        return agenda_section(self)

    def overview(self) -> Block:
        from wohnlib.report.sections_dossier import overview_section

        return overview_section(self)

    def maps(self) -> Block:
        from wohnlib.report.sections_maps import maps_section

        return maps_section(self)

    def markets(self) -> Block:
        from wohnlib.report.sections_market import market_section

        return market_section(self)

    def alike(self) -> Block:
        from wohnlib.report.sections_dossier import peer_section

        return peer_section(self)

    def subregions(self) -> Block:
        from wohnlib.report.sections_dossier_space import subregion_section

        return subregion_section(self)

    def beside(self) -> Block:
        from wohnlib.report.sections_dossier_space import beside_section

        return beside_section(self)

    def sharing(self) -> Block:
        from wohnlib.report.sections_dossier_space import distribution_section

        return distribution_section(self)

    def commuters(self) -> Block:
        from wohnlib.report.sections_commuters import commuter_section

        return commuter_section(self)

    def members(self) -> Block:
        from wohnlib.report.sections_dossier_work import members_section

        return members_section(self)

    def projects(self) -> Block:
        from wohnlib.report.sections_projects import projects_section

        return projects_section(self)

    def targets(self) -> Block:
        from wohnlib.report.sections_dossier_work import targets_section

        return targets_section(self)

    def pace(self) -> Block:
        from wohnlib.report.sections_dossier_work import completions_section

        return completions_section(self)

    def effects(self) -> Block:
        from wohnlib.report.sections_dossier_change import sensitivity_section

        return sensitivity_section(self)

    def scenario(self) -> Block:
        from wohnlib.report.sections_dossier_change import scenario_section

        return scenario_section(self)

    def changes(self) -> Block:
        from wohnlib.report.sections_dossier_change import changes_section

        return changes_section(self)

    def basis(self) -> Block:
        return basis_section(self.kreis)

    def assumptions(self) -> Block:
        return assumptions_section(self.kreis)

    @cached_property
    def work(self) -> State:
        """Return what is known of the alliance's work: agreements, projects, targets."""
        return state_of(self.kreis.view.result, self.words)

    # -- what the sections share -------------------------------------------------------------------------

    def base_texts(self, value: Callable[[View], int]) -> dict[str, tuple[list[str], str]]:
        """Return a column of the base for `table`: its number in every unit and in the Kreis."""
        base = self.kreis.base_view
        if base is None:
            return {}
        views = [*(View(base.result, v.key, self.words) for v in self.views), base]
        cells = [self.words.number(value(v), "int") for v in views]
        return {self.words("baseline.base"): (cells[:-1], cells[-1])}

    @property
    def year(self) -> int:
        return self.kreis.view.year

    @cached_property
    def names(self) -> list[str]:
        areas = self.kreis.view.result.inputs.areas
        return [areas.short_name(view.key) for view in self.views]

    def each(self, value: Callable[[View], NDArray[np.int64] | int]) -> NDArray[np.int64]:
        """Return a value of every unit, stacked (area, …)."""
        return np.array([value(view) for view in self.views])

    def order(self, values: NDArray) -> list[int]:  # type: ignore[type-arg]
        """Return positions of units from the largest to the smallest value, equal ones by name."""
        return sorted(range(len(self.views)), key=lambda g: (-values[g], self.names[g]))

    def table(
        self, columns: Sequence[str], numbers: NDArray, specs: Sequence[str], caption: str, order: Sequence[int],  # type: ignore[type-arg]
        notes: Sequence[str] = (), rates: dict[str, tuple[NDArray, float, str]] | None = None,  # type: ignore[type-arg]
        texts: Mapping[str, tuple[Sequence[str], str | None]] | None = None, need: bool = False,
        arrange: Sequence[int] | None = None,
    ) -> Block:  # fmt: skip
        """Return a table of all units closed by their sum; `rates` are columns that do not add up.

        numbers (area, column) whole or with fixed decimals; rates: name -> (values, value of the Kreis, spec);
        texts: name -> (text of every unit, of the Kreis). A table on `need` says "nicht ausweisbar" in the row
        of a unit whose need cannot be reported. Numbers, rates and texts stand in this order unless `arrange`
        gives another of their positions.
        """
        words, areas, more, told = self.words, self.kreis.view.result.inputs.areas, rates or {}, texts or {}

        def row(
            first: str | Block,
            cells: NDArray,  # type: ignore[type-arg]
            ratios: Sequence[tuple[float, str]],
            said: Sequence[str | None],
        ) -> list[str | Block | None]:
            shown = [words.number(v, s) for v, s in zip(cells, specs, strict=True)]
            return [first, *shown, *(words.number(v, s) for v, s in ratios), *said]

        rows = [
            row(page.link(self.names[g], f"{areas.stem(self.views[g].key)}.html"), numbers[g],
                [(values[g], spec) for values, _, spec in more.values()], [t[g] for t, _ in told.values()])
            for g in order
        ]  # fmt: skip
        for place, g in enumerate(order):
            if need and not self.views[g].reportable:
                rows[place] = [self.names[g], *[words("index.not_reportable")] * (len(rows[place]) - 1)]
        rows.append(
            row(words("all.sum"), numbers.sum(0), [(whole, spec) for _, whole, spec in more.values()],
                [whole for _, whole in told.values()])
        )  # fmt: skip
        heads: list[str] = [words("index.col_unit"), *columns, *more, *told]
        if arrange is not None:
            places = [0, *(k + 1 for k in arrange)]
            heads, rows = [heads[k] for k in places], [[cells[k] for k in places] for cells in rows]
        return page.table(
            heads, rows, caption=caption, notes=notes, total=True, numeric=[False] + [True] * (len(heads) - 1)
        )

    def list(self, names: Sequence[str]) -> str:
        """Return names as a German enumeration."""
        return ", ".join(names[:-1]) + self.words("headline.and") + names[-1] if len(names) > 1 else names[0]

    def where(self, at: Iterable[int], notes: Sequence[str] | None = None) -> str:
        """Return units with their prepositions: in Weyhe, im Alten Amt Lemförde."""
        return self.kreis.view.result.inputs.areas.where((int(g) for g in at), self.words, notes)

    def extremes(self, values: NDArray) -> dict[str, object]:  # type: ignore[type-arg]
        """Return the largest and smallest value with names and places of all units that have it."""
        high, low = values.max(), values.min()

        def named(value: float) -> str:
            return self.list([n for n, v in zip(self.names, values, strict=True) if v == value])

        ends = {"high": high, "highest": named(high), "low": low, "lowest": named(low)}
        places = {
            name: self.where(np.flatnonzero(values == v)) for name, v in (("highest", high), ("lowest", low))
        }
        return ends | {f"{name}_place": text for name, text in places.items()}

    def directions(self, first: NDArray, last: NDArray) -> tuple[int, int, int]:  # type: ignore[type-arg]
        """Return how many units grow, shrink and stay (change below half a per cent)."""
        share = np.asarray(last) / np.asarray(first) - 1
        same = np.abs(share) < SAME
        return int((~same & (share > 0)).sum()), int((~same & (share < 0)).sum()), int(same.sum())

    def counted(self, what: str, counts: Sequence[int]) -> str:
        """Return a sentence on how many units grow, shrink and stay; only what there is is named."""
        words = self.words
        parts: list[str] = []
        for kind, n in zip(("up", "down", "same"), counts, strict=True):
            if n:
                where = "all" if n == len(self.views) else "one" if n == 1 else "some"
                later = "_later" if parts else ""
                verb = words(f"all.{kind}_later") if parts else words(f"all.{what}_{kind}")
                parts.append(words(f"all.count_{where}{later}", n=n, verb=verb))
        return ", ".join(parts)

    def land_tenths(self) -> Whole:
        """Return building land in tenths of a hectare (area, type); whole, so that sums add up."""
        return self.each(lambda v: v.land_tenths)

    def _keyfigures(self) -> Block:
        words, view = self.words, self.kreis.view
        total = int(view.to_build[-1].sum())
        households = self.each(lambda v: v.households.sum(-1))
        grown = int((households[:, -1] > households[:, 0]).sum())
        old = view.pop_groups(0)[-1], view.pop_groups(-1)[-1]
        return page.keyfigures([
            (words.number(total, "int"), words("headline.key_build"),
             self.kreis.range_text("build", "first")
             + words("all.key_types", ezfh=int(view.to_build[-1][0]), mfh=int(view.to_build[-1][1]))),
            (words("all.key_of", n=grown, of=len(self.views)), words("all.key_growing"),
             words("all.key_growing_note", year=self.year)),
            (words.number(int(old[1] - old[0]), "signed"), words("all.key_old"),
             words("all.key_old_note", first=int(old[0]), last=int(old[1]), year=self.year,
                   sure=self.kreis.range_text("old", "after"))),
        ])  # fmt: skip


def buendnis_of(
    result: Assessment, range_results: tuple[Assessment, ...], lang: str, base: Assessment | None = None
) -> Buendnis:
    """Return the report on all units of the region of a result."""
    words, areas = Words(lang), result.inputs.areas
    kreis = bedarf_of(result, range_results, areas.region, lang, base)
    return Buendnis(tuple(View(result, key, words) for key in areas.keys), kreis, words)
