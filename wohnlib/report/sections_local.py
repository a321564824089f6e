"""Section of the report on what the municipality has brought itself: files with date and office, its projection."""

from typing import TYPE_CHECKING

from wohnlib.local import KINDS
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.sections_projection import projection_block
from wohnlib.steps.own_figures import own_homes, places_by_year

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
    real = sum(not f.example for f in files)
    text = "text" if real > 1 else "text_one" if real else "text_none"
    blocks += [page.paragraph(words(f"localsection.{text}", n=real)), table]
    blocks += [*projection_block(report), *_homes(report)]
    return page.section("eigene-zahlen", title, *blocks, _missing(report, tuple(f.kind for f in files)))


def files_of_region(report: "Bedarf") -> list[Block]:
    """Return whose own figures a report on all units rests on: unit, table, date and office."""
    words, result = report.words, report.view.result
    areas, local = result.inputs.areas, result.inputs.local
    files = sorted(local.files, key=lambda f: (f.folder, list(KINDS).index(f.kind)))
    if not files:
        return []
    rows = [
        [
            areas.region_name if f.folder == areas.region else areas.short_name(f.folder),
            words(f"localkind.{f.kind}"), words.dates(f.date), f.office,
            words("localsection.is_example") if f.example else words(f"localfor.{f.kind}"),
        ]
        for f in files
    ]  # fmt: skip
    columns = [words(f"localsection.col_{c}") for c in ("whose", "what", "date", "office", "use")]
    table = page.table(columns, rows, caption=words("localsection.region_table"), numeric=[False] * 5)
    blocks = [page.callout("caution", words("localsection.example"))] if local.with_examples else []
    return [page.heading(words("localsection.region_title"), 3), *blocks, table]


def _missing(report: "Bedarf", there: tuple[str, ...]) -> Block:
    words = report.words
    items = [
        words("localsection.missing_item", name=k, title=words(f"localkind.{k}"), use=words(f"localfor.{k}"))
        for k in KINDS
        if k not in there
    ]
    hint = page.paragraph(words("localsection.how"))
    if not items:
        return hint
    return page.folded(words("localsection.missing", n=len(items)), page.bullets(items), hint)


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
    there = places_by_year(nursing, result.time)
    other = places_by_year(rows[rows["kind"] != "nursing"], result.time)
    pop = result.population.pop_count.mean(0).sum(2)  # (area, year, age)
    in_homes = view.of((pop * result.households.in_homes)[..., SENIOR:].sum(-1))
    as_region = view.of((pop * result.households.institutional_rate)[..., SENIOR:].sum(-1))
    given = {"year": view.year, "share": result.scenario.households.own_homes_occupied.value}
    given |= {"n": rows["ags"].nunique(), "units": len(result.inputs.areas)}
    texts = [
        words(
            "localsection.homes" if key else "localsection.homes_kreis",
            places=there[0],
            places_t=there[-1],
            other=other[0],
            other_t=other[-1],
            **given,
        )
    ]
    own = own_homes(result.inputs, result.scenario)
    if view.index is None:
        counts = "region" if own else "beside"
    else:
        counts = "own" if view.index in own else "beside"
    texts.append(words(f"localsection.homes_{counts}", base=in_homes[0], later=in_homes[-1],
                       region=as_region[0], region_t=as_region[-1], **given))  # fmt: skip
    blocks = [page.heading(words("localsection.homes_title"), 3)]
    if result.inputs.local.is_example("senior_homes", key):
        blocks.append(page.callout("caution", words("localsection.example")))
    return [*blocks, page.paragraph(" ".join(texts))]
