"""The agenda of the next meeting, derived by written rules from need, projects, targets and what was agreed.

Each rule looks at the same state and gives a point with its text, or nothing. The rules stand in the order of
the agenda; docs/buendnis.md says them in words, tests/test_alliance_agenda.py has cases for each.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from wohnlib.alliance.coverage import Coverage
from wohnlib.alliance.forms import Alliance
from wohnlib.alliance.segment_need import SegmentNeed
from wohnlib.alliance.settings import LARGE_GAP, MOST_NAMED, NOTICEABLE
from wohnlib.alliance.targets import Progress
from wohnlib.assess import Assessment
from wohnlib.regions import Meeting
from wohnlib.scenario import Assumption
from wohnlib.words import Words

TYPES = ("ezfh", "mfh")


@dataclass(frozen=True)
class Point:
    """One point of the agenda: its rule, its heading and what stands behind it."""

    rule: str
    title: str
    text: str


@dataclass(frozen=True)
class State:
    """What the rules look at."""

    result: Assessment
    alliance: Alliance | None
    projects: pd.DataFrame
    weights: Mapping[str, Assumption[float]]  # share of the dwellings in each status that is counted
    coverage: Coverage
    progress: Sequence[Progress]
    meetings: Sequence[Meeting]  # where a surplus meets a neighbour's need
    completions_known: bool  # completions by unit have been brought
    words: Words
    segments: Mapping[str, SegmentNeed] = field(default_factory=dict)  # what lacks of small, price-bound, …

    @property
    def year(self) -> int:
        return self.result.time.horizon_year

    @property
    def names(self) -> tuple[str, ...]:
        return self.result.inputs.areas.short_names

    def where(self, at: Sequence[int], notes: Sequence[str] | None = None) -> str:
        """Return units, given by position, with their prepositions: in Weyhe, im Alten Amt Lemförde."""
        return self.result.inputs.areas.where(at, self.words, notes)

    @property
    def example(self) -> bool:
        """Return whether the alliance's file is invented, so that invented tables may stand beside it."""
        return self.alliance is not None and self.alliance.example

    @cached_property
    def gaps(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """Dwellings that nothing covers yet (area,)."""
        return self.coverage.gap.sum(1)


def listed(names: Sequence[str], words: Words) -> str:
    """Return names as a German enumeration."""
    return ", ".join(names[:-1]) + words("headline.and") + names[-1] if len(names) > 1 else "".join(names)


def first_upper(text: str) -> str:
    """Return a text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def agenda(state: State) -> list[Point]:
    """Return the points that the rules give, in their order; at least one."""
    return [Point(rule, state.words(f"agenda.{rule}_title"), text) for rule, text in _points(state)]


def _points(state: State) -> Iterator[tuple[str, str]]:
    for rule, find in RULES.items():
        text = find(state)
        if text:
            yield rule, text


# -- the rules ---------------------------------------------------------------------------------------------


def _found(state: State) -> str | None:
    """No file of the alliance yet: who belongs to it, and what it wants."""
    if state.alliance is not None:
        return None
    build = state.result.printed.to_build[:, -1].sum(1)
    key = "found" if build.any() else "found_none"
    units = state.words.count("agenda.units", int((build > 0).sum()))
    return state.words(f"agenda.{key}", n=int(build.sum()), year=state.year, units=units)


def _absent(state: State) -> str | None:
    """Units that are no member although the alliance names municipalities as members."""
    if state.alliance is None:
        return None
    there = {m.ags for m in state.alliance.members if m.kind == "municipality"}
    if not there:
        return None
    keys = state.result.inputs.areas.keys
    names = [n for k, n in zip(keys, state.names, strict=True) if k not in there]
    if not names:
        return None
    key = "absent_one" if len(names) == 1 else "absent_many"
    return state.words(f"agenda.{key}", names=listed(names, state.words))


def _decisions(state: State) -> str | None:
    """What was agreed and is not done."""
    if state.alliance is None:
        return None
    found = state.alliance.open_decisions()
    if not found:
        return None
    late = [d for _, d in found if d.until is not None and d.until < state.alliance.date]
    parts = [_decision(state, d.text, d.who, d.until) for _, d in found]
    first = state.words(f"agenda.decisions_{'one' if len(found) == 1 else 'many'}", n=len(found))
    overdue = state.words(f"agenda.late_{'one' if len(late) == 1 else 'many'}", n=len(late)) if late else ""
    return " ".join(part for part in (first, "; ".join(parts) + ".", overdue) if part)


def _decision(state: State, text: str, who: str, until: str | None) -> str:
    more = [who] if who else []
    if until:
        more.append(state.words("agenda.until", date=until))
    return f"{text.rstrip('.')} ({', '.join(more)})" if more else text.rstrip(".")


def _no_targets(state: State) -> str | None:
    """The alliance has agreed on no number yet."""
    if state.alliance is None or state.alliance.targets:
        return None
    build = state.result.printed.to_build[:, -1].sum(0)
    if not build.sum():
        return None
    return state.words(
        "agenda.no_targets", year=state.year, n=int(build.sum()), ezfh=int(build[0]), mfh=int(build[1])
    )


def _behind(state: State) -> str | None:
    """Targets for whose number the projects do not suffice."""
    found = [p for p in state.progress if p.state == "behind"]
    if not found:
        return None
    return " ".join(
        state.words("agenda.behind", name=p.target.name, n=p.target.dwellings, year=p.target.year,
                    expected=p.expected, missing=p.missing)
        for p in found
    )  # fmt: skip


def _below_need(state: State) -> str | None:
    """Targets that stay below the dwellings needed in the same place by the same year."""
    least = NOTICEABLE.value
    found = [p for p in state.progress if p.need is not None and p.need - p.target.dwellings >= least]
    return " ".join(
        state.words("agenda.below_need_later" if p.target.year > state.year else "agenda.below_need",
                    name=p.target.name, n=p.target.dwellings, year=p.target.year, need=p.need, horizon=state.year,
                    place=_place(state, p.target.ags))
        for p in found
    ) or None  # fmt: skip


def _place(state: State, key: str | None) -> str:
    areas = state.result.inputs.areas
    whole = key is None or key == areas.region
    return state.words("agenda.in_region") if whole else state.where([areas[str(key)]])


def _nobody(state: State) -> str | None:
    """Targets for which nobody is named."""
    names = [p.target.name for p in state.progress if not p.target.who]
    return (
        state.words("agenda.nobody", names=listed([f"„{n}“" for n in names], state.words)) if names else None
    )


def _without_projects(state: State) -> str | None:
    """Units with noticeable need and no project that ends by the horizon."""
    counts = state.coverage.dwellings.sum((1, 2))
    open_need = state.coverage.open.sum(1)
    at = np.flatnonzero((counts == 0) & (open_need >= NOTICEABLE.value))
    if not len(at):
        return None
    if state.projects.empty:
        return state.words("agenda.no_projects_all", n=int(open_need.sum()), year=state.year)
    key = "no_projects_one" if len(at) == 1 else "no_projects_some"
    places = first_upper(state.where([int(g) for g in at]))
    return state.words(f"agenda.{key}", places=places, n=int(open_need[at].sum()), year=state.year)


def _gaps(state: State) -> str | None:
    """Units whose projects cover less than half of what is open; the largest gaps by name."""
    counts = state.coverage.dwellings.sum((1, 2))
    at = [
        g for g in range(len(state.names))
        if counts[g] and state.gaps[g] >= NOTICEABLE.value and state.coverage.share(g) < LARGE_GAP.value
    ]  # fmt: skip
    if not at:
        return None
    at.sort(key=lambda g: (-state.gaps[g], state.names[g]))
    shown = at[: MOST_NAMED.value]
    items = state.where(shown, [state.words.number(int(state.gaps[g]), "int") for g in shown])
    key = "gaps_more" if len(at) > len(shown) else "gaps"
    return state.words(f"agenda.{key}", items=items, n=len(at), share=LARGE_GAP.value)


def _wrong_type(state: State) -> str | None:
    """Units that plan more of one type than needed while the other type lacks."""
    least = NOTICEABLE.value
    texts = []
    for g in range(len(state.names)):
        for b in (0, 1):
            beyond, gap = int(state.coverage.beyond[g, b]), int(state.coverage.gap[g, 1 - b])
            if beyond >= least and gap >= least:
                texts.append(
                    state.words("agenda.wrong_type", place=first_upper(state.where([g])), beyond=beyond, gap=gap,
                                much=state.words(f"agenda.in_{TYPES[b]}"), little=state.words(f"agenda.in_{TYPES[1 - b]}"))
                )  # fmt: skip
    return " ".join(texts) or None


def _segments(state: State) -> str | None:
    """Price-bound and step-free dwellings of which projects bring less than half of what lacks."""
    texts = []
    for name in ("price_bound", "step_free"):
        found = state.segments.get(name)
        need = int(found.need.sum()) if found else 0
        if found is None or need < NOTICEABLE.value:
            continue
        way = int(np.minimum(found.projects, found.need).sum())
        if way >= LARGE_GAP.value * need:
            continue
        order = sorted(range(len(state.names)), key=lambda g: (-found.left[g], state.names[g]))
        at = [g for g in order[: MOST_NAMED.value] if found.left[g]]
        items = state.where(at, [state.words.number(int(found.left[g]), "int") for g in at])
        texts.append(state.words(
            f"agenda.segments_{name}", n=need, low=found.together[0], high=found.together[1], way=way, items=items,
            year=state.year,
        ))  # fmt: skip
    return " ".join(texts) or None


def _stalled(state: State) -> str | None:
    """Projects whose year has passed on the day of the alliance's file and that are not finished."""
    if state.alliance is None:
        return None
    now = int(state.alliance.date[:4])
    rows = state.projects[(state.projects["status"] != "done") & (state.projects["year"] < now)]
    rows = rows.sort_values(["year", "ags", "project"])
    items = [
        state.words("agenda.stalled_item", project=str(r.project), year=int(r.year),
                    place=_place(state, str(r.ags)), status=state.words(f"agenda.status_{r.status}"))
        for r in rows.itertuples()
    ]  # fmt: skip
    return state.words("agenda.stalled", items="; ".join(items)) if items else None


def _spare(state: State) -> str | None:
    """Where one unit's surplus meets a neighbour's need of the same type."""
    found: dict[tuple[int, int], list[Meeting]] = {}
    for m in state.meetings:
        found.setdefault((m.spare, m.type), []).append(m)
    texts = []
    for (spare, b), many in found.items():
        items = listed(
            [
                state.words("agenda.gap_item", name=state.names[m.wanting], n=m.need)
                for m in many[: MOST_NAMED.value]
            ],
            state.words,
        )
        texts.append(
            state.words("agenda.spare", place=first_upper(state.where([spare])), n=many[0].surplus, year=state.year,
                        new=int(state.result.printed.newbuild[spare, -1, b]), kind=state.words(f"agenda.in_{TYPES[b]}"), items=items)
        )  # fmt: skip
    return " ".join([*texts, state.words("agenda.spare_end")]) if texts else None


def _figures(state: State) -> str | None:
    """Completions by unit that nobody has brought."""
    if state.completions_known:
        return None
    years = state.result.need.unknown_years
    key = "figures" if years else "figures_spread"
    return state.words(f"agenda.{key}", years=listed([str(y) for y in years], state.words))


def _steady(state: State) -> str | None:
    """Nothing of the above: the figures are up to date and covered."""
    others = (find for rule, find in RULES.items() if rule != "steady")
    return None if any(find(state) for find in others) else _settled(state)


def _settled(state: State) -> str:
    return state.words("agenda.steady", year=state.year, share=LARGE_GAP.value)


RULES: dict[str, Callable[[State], str | None]] = {
    "found": _found,
    "absent": _absent,
    "decisions": _decisions,
    "no_targets": _no_targets,
    "behind": _behind,
    "below_need": _below_need,
    "nobody": _nobody,
    "no_projects": _without_projects,
    "gaps": _gaps,
    "wrong_type": _wrong_type,
    "segments": _segments,
    "stalled": _stalled,
    "spare": _spare,
    "figures": _figures,
    "steady": _steady,
}
