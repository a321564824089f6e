"""Part of the report: the municipality's own projection beside ours, and what the need is with each of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment
from wohnlib.local import Local
from wohnlib.model.rounding import round_keep_total
from wohnlib.reassess import reassess
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.view import View
from wohnlib.scenario_tools import with_values

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

Whole = NDArray[np.int64]
SWITCH = "population.own_projection"
CHOICES = ("replace", "replace_growth")
ITEMS = ("population", "households")


@dataclass(frozen=True)
class Compared:
    """People, households and signed need of one area with our projection and with its own, whole numbers."""

    ours: Whole  # (3,) at the horizon
    own: Whole
    by_people: Whole  # (2,) households and need that the other number of people adds
    by_size: Whole  # (2,) what the other number of people per household adds
    choice: str
    replaced: bool  # the scenario calculates with the own projection


def speaks(view: View) -> bool:
    """Return whether an own projection that is no example says something about this area."""
    local, areas = view.result.inputs.local, view.result.inputs.areas
    keys = (*areas.keys, areas.region) if view.index is None else (view.key, areas.region)
    return any(local.has("projection", key) for key in keys)


def replaced(view: View) -> bool:
    """Return whether the numbers of this area are those of an own projection."""
    return view.result.scenario.population.own_projection.value != "beside" and speaks(view)


def compare(view: View) -> Compared:
    """Return both results of an area, and the difference by its two causes: whole numbers that sum.

    Causes in order: the number of people first, then how many live in one household.
    """
    chosen = view.result.scenario.population.own_projection.value
    choice = chosen if chosen in CHOICES else CHOICES[0]
    ours = _with(view.result, "beside")
    own = view.result if chosen == choice else _with(view.result, choice)
    people_only = _with(view.result, choice, _without_households(view.result.inputs.local))
    levels = [_levels(view, r) for r in (ours, people_only, own)]
    steps = np.diff(np.stack(levels)[:, 1:], axis=0)  # (cause, households and need)
    return Compared(levels[0], levels[2], steps[0], steps[1], choice, chosen == choice)


def _with(result: Assessment, choice: str, local: Local | None = None) -> Assessment:
    from dataclasses import replace

    scenario = with_values(result.scenario, {SWITCH: choice})
    if local is None:
        return reassess(result, scenario)
    from wohnlib.assess import assess

    return assess(replace(result.inputs, local=local), scenario)


def _without_households(local: Local) -> Local:
    from dataclasses import replace

    table = local.tables["projection"].assign(households=float("nan"))
    return replace(local, tables={**local.tables, "projection": table})


def _levels(view: View, result: Assessment) -> Whole:
    """Return people, households and signed need at the horizon; each unit rounded, the region their sum."""
    lines = result.need.lines.mean(0)[:, -1]
    values = (
        result.population.pop_count.mean(0)[:, -1].sum((1, 2)),
        result.households.total.mean(0)[:, -1],
        round_keep_total(lines, axis=(1, 2)).sum((1, 2)),
    )
    return np.array([int(view.of(np.floor(np.asarray(v, dtype=float) + 0.5))) for v in values])


def projection_block(report: "Bedarf") -> list[Block]:
    """Return the own projection beside ours: level, growth, and what the need is with each."""
    view, words = report.view, report.words
    local = view.result.inputs.local
    own = local.table("projection", view.key, examples=True).sort_values("year")
    real = speaks(view)
    if own.empty and not real:
        return []
    blocks = [page.heading(words("localsection.projection"), 3)]
    if local.is_example("projection", view.key):
        blocks.append(page.callout("caution", words("localsection.example")))
    if not own.empty:
        blocks += _side_by_side(
            report, own["year"].to_numpy(float), {i: own[i].to_numpy(float) for i in ITEMS}
        )
    return [*blocks, *(_need(report, compare(view)) if real else [])]


def _side_by_side(report: "Bedarf", years: np.ndarray, given: dict[str, np.ndarray]) -> list[Block]:
    view, words = report.view, report.words
    texts, rows = [], []
    for item in ITEMS:
        common, theirs, ours = _common(view, years, given[item], item)
        if not common:
            continue
        texts.append(explained(report, item, common, theirs, ours))
        rows += [
            [
                words(f"localsection.{item}_in", year=y), words.number(o, "int"), words.number(t, "int"),
                words.number(t - o, "signed"),
            ]
            for y, t, o in zip(common, theirs, ours, strict=True)
        ]  # fmt: skip
    outside = [int(y) for y in years if not _inside(view, int(y))]
    notes = [words("localsection.outside", years=", ".join(map(str, outside)))] if outside else []
    if not rows:
        return [page.paragraph(notes[0])]
    columns = [words(f"localsection.col_{c}") for c in ("year", "ours", "theirs", "difference")]
    caption = words("localsection.projection_table", place=view.place)
    return [page.paragraph(" ".join(texts)), page.table(columns, rows, caption=caption, notes=notes)]


def _inside(view: View, year: int) -> bool:
    return year in view.result.time.years


def _common(
    view: View, years: np.ndarray, values: np.ndarray, item: str
) -> tuple[list[int], list[float], list[float]]:
    """Return the years of both, and the figures of the municipality and ours at the end of each."""
    if replaced(view):  # the printed numbers are the municipality's own
        result = _with(view.result, "beside")
        path = (
            result.population.pop_count.mean(0).sum((2, 3))
            if item == "population"
            else result.households.total.mean(0)
        )
        path = view.of(np.floor(path + 0.5))
    else:
        path = view.pop if item == "population" else view.households.sum(-1)
    at = [
        (int(y), float(v))
        for y, v in zip(years, values, strict=True)
        if not np.isnan(v) and _inside(view, int(y))
    ]
    ours = [float(path[view.result.time.position(y)]) for y, _ in at]
    return [y for y, _ in at], [v for _, v in at], ours


def explained(report: "Bedarf", item: str, years: list[int], theirs: list[float], ours: list[float]) -> str:
    """Return why two projections differ: the level in their first common year, the growth from then on.

    p_T − o_T = (p_1 − o_1) + [(p_T − p_1) − (o_T − o_1)], p theirs, o ours: what differs at the start,
    and what the years after it add.
    """
    words = report.words
    what = words(f"localsection.{item}")
    difference = theirs[-1] - ours[-1]
    last = words(
        "localsection.differs" if difference else "localsection.agrees",
        what=what, year=years[-1], theirs=theirs[-1], ours=ours[-1], diff=difference,
    )  # fmt: skip
    if len(years) == 1 or not difference:
        return f"{last} {words('localsection.one_year')}" if difference else last
    start = theirs[0] - ours[0]
    growth = (theirs[-1] - theirs[0]) - (ours[-1] - ours[0])
    parts = words(
        "localsection.parts", first=years[0], start=start, growth=growth,
        up_theirs=theirs[-1] - theirs[0], up_ours=ours[-1] - ours[0],
    )  # fmt: skip
    by_start = abs(start) >= abs(growth)
    main = words("localsection.mainly_start" if by_start else f"localsection.mainly_growth_{item}")
    return f"{last} {parts} {main}"


def _need(report: "Bedarf", found: Compared) -> list[Block]:
    """Return which projection counts, and a table: people, households, need with each; the difference by cause."""
    view, words = report.view, report.words
    year = view.year
    which = found.choice if found.replaced else "beside"
    text = words(f"localsection.counts_{which}", year=year, ours=int(found.ours[2]), own=int(found.own[2]))
    rows = [
        [words(f"localsection.need_{name}", year=year), *(words.number(int(v), spec) for v in (a, b)),
         words.number(int(b - a), "signed")]
        for name, a, b, spec in zip(("people", "households", "need"), found.ours, found.own, ("int", "int", "signed"), strict=True)
    ]  # fmt: skip
    columns = [words(f"localsection.col_{c}") for c in ("figure", "with_ours", "with_own", "plus")]
    reported = view.reportable
    table = page.table(
        columns, rows if reported else rows[:2], caption=words("localsection.need_table", place=view.place)
    )
    people, size = found.by_people, found.by_size
    causes = [
        [
            words(f"localsection.cause_{n}"),
            words.number(int(v[0]), "signed"),
            words.number(int(v[1]), "signed"),
        ]
        for n, v in (("people", people), ("size", size))
    ]
    total = people + size
    causes.append([words("common.total"), *(words.number(int(v), "signed") for v in total)])
    heads = [words(f"localsection.col_{c}") for c in ("cause", "more_households", "more_need")]
    parts = page.table(
        heads, causes, caption=words("localsection.cause_table", place=view.place), total=True,
        notes=[words(f"localsection.cause_note_{found.choice}")],
    )  # fmt: skip
    return [page.paragraph(text), table, *([parts] if reported else [])]
