"""Section of the report on what the municipality has brought itself: files with date and office, its projection."""

from typing import TYPE_CHECKING

import numpy as np

from wohnlib.local import KINDS
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.view import View

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

SENIOR = 65


def local_section(report: "Bedarf") -> Block:
    """The municipality's own figures: where from, what they are used for, which would help next."""
    view, words = report.view, report.words
    local = view.result.inputs.local
    key = view.key if view.index is not None else None
    files = sorted(local.files_of(key), key=lambda f: (list(KINDS).index(f.kind), f.folder))
    title = words("localsection.title")
    if not files:
        return page.section(
            "eigene-zahlen",
            title,
            page.paragraph(words("localsection.none", place=view.place)),
            _missing(report, ()),
        )
    rows = [
        [
            words(f"localkind.{f.kind}"), words.dates(f.date), f.office, words.number(f.rows, "int"),
            words("localsection.is_example") if f.example else words(f"localfor.{f.kind}"),
        ]
        for f in files
    ]  # fmt: skip
    columns = [words(f"localsection.col_{c}") for c in ("what", "date", "office", "rows", "use")]
    table = page.table(
        columns, rows, caption=words("localsection.table", place=view.place),
        numeric=[False, False, False, True, False],
    )  # fmt: skip
    blocks = [page.callout("caution", words("localsection.example"))] if any(f.example for f in files) else []
    blocks += [page.paragraph(words("localsection.text", n=len(files))), table]
    blocks += [*_projection(report), *_homes(report)]
    return page.section("eigene-zahlen", title, *blocks, _missing(report, tuple(f.kind for f in files)))


def _missing(report: "Bedarf", there: tuple[str, ...]) -> Block:
    words = report.words
    items = [
        words("localsection.missing_item", name=k, title=words(f"localkind.{k}"), use=words(f"localfor.{k}"))
        for k in KINDS
        if k not in there
    ]
    hint = page.paragraph(words("localsection.how"))
    return page.folded(words("localsection.missing", n=len(items)), page.bullets(items), hint)


# -- own projection beside ours --------------------------------------------------------------------------


def _projection(report: "Bedarf") -> list[Block]:
    """Return the municipality's own projection beside ours: level, growth, and which of them differs."""
    view, words = report.view, report.words
    local = view.result.inputs.local
    own = local.table("projection", view.key, examples=True).sort_values("year")
    if own.empty:
        return []
    example = local.is_example("projection", view.key)
    blocks = [page.heading(words("localsection.projection"), 3)]
    if example:
        blocks.append(page.callout("caution", words("localsection.example")))
    texts, rows = [], []
    for item in ("population", "households"):
        years, theirs, ours = _compared(view, own["year"].to_numpy(float), own[item].to_numpy(float), item)
        if not years:
            continue
        texts.append(explained(report, item, years, theirs, ours))
        rows += [
            [
                words(f"localsection.{item}_in", year=y), words.number(t, "int"), words.number(o, "int"),
                words.number(o - t, "signed"),
            ]
            for y, t, o in zip(years, theirs, ours, strict=True)
        ]  # fmt: skip
    outside = [int(y) for y in own["year"] if not _inside(view, int(y))]
    notes = [words("localsection.outside", years=", ".join(map(str, outside)))] if outside else []
    columns = [words(f"localsection.col_{c}") for c in ("year", "theirs", "ours", "difference")]
    if not rows:
        return [*blocks, page.paragraph(notes[0])]
    caption = words("localsection.projection_table", place=view.place)
    return [*blocks, page.paragraph(" ".join(texts)), page.table(columns, rows, caption=caption, notes=notes)]


def _inside(view: View, year: int) -> bool:
    return year in view.result.time.years


def _compared(
    view: View, years: np.ndarray, values: np.ndarray, item: str
) -> tuple[list[int], list[float], list[float]]:
    """Return the years of both, and the figures of the municipality and ours at the end of each."""
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

    o_T − p_T = (o_1 − p_1) + [(o_T − o_1) − (p_T − p_1)]: what differs at the start, and what the
    years after it add.
    """
    words = report.words
    what = words(f"localsection.{item}")
    last = words(
        "localsection.differs",
        what=what,
        year=years[-1],
        theirs=theirs[-1],
        ours=ours[-1],
        diff=ours[-1] - theirs[-1],
    )
    if len(years) == 1:
        return f"{last} {words('localsection.one_year')}"
    start = ours[0] - theirs[0]
    growth = (ours[-1] - ours[0]) - (theirs[-1] - theirs[0])
    parts = words(
        "localsection.parts", first=years[0], start=start, growth=growth,
        up_theirs=theirs[-1] - theirs[0], up_ours=ours[-1] - ours[0],
    )  # fmt: skip
    main = "start" if abs(start) >= abs(growth) else "growth"
    return f"{last} {parts} {words(f'localsection.mainly_{main}')}"


# -- homes for older people ------------------------------------------------------------------------------


def _homes(report: "Bedarf") -> list[Block]:
    """Return the places in homes beside the people in homes that the calculation assumes."""
    view, words = report.view, report.words
    result = view.result
    key = view.key if view.index is not None else None
    rows = result.inputs.local.table("senior_homes", key, examples=True)
    if rows.empty:
        return []
    nursing = rows[rows["kind"] == "nursing"]
    pop = view.of(result.population.pop_count.mean(0)).sum(1)  # (year, age)
    assumed = (pop * result.households.institutional_rate)[:, SENIOR:].sum(1)
    text = words(
        "localsection.homes", places=float(nursing["places"].sum()), other=float(rows["places"].sum() - nursing["places"].sum()),
        base=assumed[0], later=assumed[-1], year=view.year,
    )  # fmt: skip
    blocks = [page.heading(words("localsection.homes_title"), 3)]
    if result.inputs.local.is_example("senior_homes", key):
        blocks.append(page.callout("caution", words("localsection.example")))
    return [*blocks, page.paragraph(text)]
