"""How need answers to assumptions: each over its range, and a difference of two scenarios split by assumption.

All quantities are dwellings still to be built at the horizon, by unit, from the printed whole numbers, so that
the parts of a unit sum to its difference and units sum to the Landkreis.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment
from wohnlib.errors import InputError
from wohnlib.model.rounding import round_keep_total
from wohnlib.reassess import reassess
from wohnlib.report.view import View
from wohnlib.scenario_tools import GENERAL, differences, short_name, with_assumptions, with_values
from wohnlib.steps.own_figures import own_homes
from wohnlib.words import Words

Whole = NDArray[np.int64]
Array = NDArray[np.float64]
LIGHT = 100  # draws with which differences between two scenarios are computed
# parts of a scenario that reach need
MOVING = (
    "mortality",
    "fertility",
    "migration",
    "population",
    "households",
    "dwellings",
    "segments",
    "building",
)
HOMES = "households.own_homes_occupied"
ALL = "*"  # name of the one part where assumptions cannot be changed one by one
OTHER = ""  # name of the part that stems from horizon and start year
Quantity = Callable[[Assessment], Whole]


def to_build(result: Assessment) -> Whole:
    """Return dwellings still to be built at the horizon (area,), both types."""
    return result.printed.to_build[:, -1].sum(-1)


def signed_need(result: Assessment) -> Whole:
    """Return signed need at the horizon (area,), both types: the quantity that adds up."""
    return result.printed.signed[:, -1].sum(-1)


# -- each assumption over its range ------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """What need becomes when one assumption takes the lower and the upper end of its stated range."""

    name: str
    base: Whole  # (area,) with the scenario's own value
    low: Whole | None  # (area,) with the lower end of the range; None: cannot be computed
    high: Whole | None  # (area,) with the upper end

    def ends(self, area: int | None = None) -> tuple[int | None, int | None]:
        """Return the results at both ends of the range: of one unit, or of the sum of all."""
        low, high = (None if v is None else _of(v, area) for v in (self.low, self.high))
        return low, high

    def width(self, area: int | None = None) -> int:
        """Return how far apart the results at the ends and with the scenario's own value lie."""
        found = [_of(self.base, area), *(v for v in self.ends(area) if v is not None)]
        return max(found) - min(found)


def _of(values: Whole, area: int | None) -> int:
    return int(values.sum() if area is None else values[area])


def tornado(result: Assessment, quantity: Quantity = to_build) -> list[Bar]:
    """Return one bar for each assumption with a range that can move need, in the order of the scenario file.

    Differences from the scenario's own result are computed with the first `LIGHT` draws, which are the same
    in every run (common random numbers). An end of a range that contradicts the figures is None.
    """
    base, light = quantity(result), light_of(result)
    middle = quantity(light)
    idle = () if own_homes(result.inputs, result.scenario) else (HOMES,)  # no home named, nothing to occupy

    def at(name: str, value: object, own: object) -> Whole | None:
        if value == own or name in idle:
            return base
        try:
            return base + quantity(reassess(light, with_values(light.scenario, {name: value}))) - middle
        except InputError:
            return None

    return [
        Bar(name, base, *(at(name, end, item.value) for end in item.range))
        for name, item in result.scenario.assumptions()
        if item.range is not None and name.split(".")[0] in MOVING
    ]


def light_of(result: Assessment) -> Assessment:
    """Return the result with at most `LIGHT` draws: the first ones of its own."""
    count = min(LIGHT, result.scenario.uncertainty.draws.value)
    return reassess(result, with_values(result.scenario, {"uncertainty.draws": count}))


def widest(bars: Sequence[Bar], area: int | None, number: int) -> list[Bar]:
    """Return the bars that move a unit (or the sum of all) most, the widest first; none that move nothing."""
    moving = [b for b in bars if b.width(area)]
    return sorted(moving, key=lambda b: -b.width(area))[:number]


# -- a difference split by assumption ----------------------------------------------------------------------


@dataclass(frozen=True)
class Split:
    """The difference between two results, by assumption: before + sum of parts = after, for every unit."""

    before: Whole  # (area,)
    after: Whole  # (area,)
    parts: Mapping[str, Whole]  # dotted name of the assumption -> (area,)


def split(before: Assessment, after: Assessment, quantity: Quantity = to_build) -> Split:
    """Return the difference of two results over the same figures, split by the assumptions that differ.

    Steps between the two results are computed with the first `LIGHT` draws. Each assumption's part is the mean of two orders of change, from the first to the last and from the last
    to the first; where no more than two assumptions act on each other this is the Shapley value (L. S.
    Shapley, 1953). Parts are whole numbers (largest remainder) and sum exactly, by unit and over all units.
    Assumptions that only go together (both ends of a window; those that rest on figures a day of knowledge does
    not have) cannot be changed one by one: then there is one part, `ALL`.
    """
    first, last = quantity(before), quantity(after)
    changed = {d.name: d.after for d in differences(before.scenario, after.scenario)}
    general = {n: getattr(after.scenario, n) for n in GENERAL if n != "region"}
    names = list(changed)
    if any(getattr(before.scenario, n) != v for n, v in general.items()):
        names.append(OTHER)
    if not names:
        return Split(first, last, {})

    if before.scenario.as_of != after.scenario.as_of:
        return Split(first, last, {ALL: last - first})
    try:
        parts = _parts(before, after, quantity, names, changed, general)
    except InputError:
        parts = {ALL: last - first}
    return Split(first, last, parts)


def _parts(
    before: Assessment, after: Assessment, quantity: Quantity, names: list[str],
    changed: Mapping[str, Any], general: Mapping[str, Any],
) -> dict[str, Whole]:  # fmt: skip
    """Return what each name adds, see `split`; raise InputError where a step between cannot be computed."""
    first, last = quantity(before), quantity(after)
    light = light_of(before)
    ends = [quantity(light), quantity(light_of(after))]
    shift = first - ends[0], last - ends[1]  # from few draws to all of them

    @cache
    def at(chosen: frozenset[str]) -> Array:
        part = len(chosen) / len(names)
        if part in (0, 1):
            found = ends[int(part)]
        else:
            mixed = with_assumptions(light.scenario, {n: a for n, a in changed.items() if n in chosen})
            mixed = mixed.model_copy(update=general) if OTHER in chosen else mixed
            found = quantity(reassess(light, mixed))
        return found + (1 - part) * shift[0] + part * shift[1]

    parts = np.zeros((len(names), len(first)))
    for order in (names, names[::-1]):
        for k, name in enumerate(order):
            step = at(frozenset(order[: k + 1])) - at(frozenset(order[:k]))
            parts[names.index(name)] += step / 2
    whole = round_keep_total(parts, axis=0)
    return {n: whole[k] for k, n in enumerate(names)}


def split_name(name: str, note: str, words: Words) -> str:
    """Return how a part of a difference is called; note: that of its assumption."""
    general = {OTHER: "split.other", ALL: "split.all"}
    return words(general[name]) if name in general else short_name(name, note, words)


def split_text(before: Assessment, after: Assessment, area: str | None = None) -> str:
    """Return as text what each changed assumption adds to the dwellings still to be built."""
    words = Words("de")
    found = split(before, after)
    if not found.parts:
        return ""
    index = None if area is None else before.inputs.areas[area]
    view = View(before, area or before.inputs.areas.region, words)
    notes = {name: item.note for name, item in before.scenario.assumptions()}
    first, last = before.time.horizon_year, after.time.horizon_year
    years = words("split.year" if first == last else "split.years", first=first, last=last)
    rows = [(before.scenario.title, words.number(_of(found.before, index), "int"))]
    rows += [
        (
            split_name(name, notes.get(name, ""), words),
            words.number(_of(part, index), "signed"),
        )
        for name, part in found.parts.items()
    ]
    rows.append((after.scenario.title, words.number(_of(found.after, index), "int")))
    width = max(len(name) for name, _ in rows)
    title = words("split.title", place=view.place, year=years)
    lines = [title, *(f"  {n:<{width}}  {v:>8}" for n, v in rows)]
    return "\n".join(lines if ALL in found.parts else [*lines, words("split.note")])
