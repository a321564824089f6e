"""Sections of the report on what follows: the levers of the municipality, and which dwellings to plan."""

from typing import TYPE_CHECKING

from wohnlib.model import levers as lever_model
from wohnlib.model.draws import interval
from wohnlib.model.segments import SEGMENTS
from wohnlib.report import charts, page
from wohnlib.report.page import Block
from wohnlib.report.sections_segments_older import freed_printed, freed_text
from wohnlib.report.segment_cells import drawn, only_line, whole, with_tenure
from wohnlib.report.spread import rounded
from wohnlib.segments import parts_of

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

OLD = 2  # position of people aged 75 and more among those living alone
PASSING = ("flats_in_steps", "land_in_steps", "no_new_areas")  # levers whose reason names what is left over


@with_tenure("folgerungen", "follows.title")
def follows_section(report: "Bedarf") -> Block:
    """From gaps to levers, by rules that stand in the code and are tested."""
    view, words, year = report.view, report.words, report.view.year
    parts = parts_of(view.result)
    gaps = parts.gaps(view.index)
    left = view.of(parts.to_build)
    labels = [words(f"seg.name_{s}") for s in SEGMENTS]
    picture = charts.bars(
        labels, left.astype(float).tolist(), unit=words("follows.unit", year=year), lang=words.lang
    )
    found = lever_model.levers(gaps)
    if not found:
        return only_line("folgerungen", words("follows.title"), words("follows.none"))
    rows: list[list[page.Inline | None]] = [
        [
            [page.strong(words(f"follows.name_{k}")), ": ", _why(report, k, gaps)],
            words(f"follows.do_{k}", ha=gaps.hectares),
        ]
        for k in found
    ]
    columns = [words("follows.col_lever"), words("follows.col_do")]
    passing = any(k in found for k in PASSING)
    notes = [words("follows.note"), *([words("follows.note_passing")] if passing else [])]
    table = page.table(columns, rows, caption=words("follows.table"), numeric=[False] * 2, notes=notes)
    alt = words(
        "follows.alt",
        list="; ".join(words("supply.item", name=a, value=b) for a, b in zip(labels, left, strict=True)),
    )
    title = words(
        "follows.figure", place=view.place, year=year, n=words.count("common.dwellings", int(left.sum()))
    )
    return page.section(
        "folgerungen", words("follows.title"), page.figure(picture, alt, title),
        page.heading(words("follows.builders"), 3), page.bullets(_for_builders(report, gaps)),
        page.paragraph(words("follows.text")), table,
    )  # fmt: skip


def _why(report: "Bedarf", lever: str, gaps: lever_model.Gaps) -> str:
    """Return the reason of a lever with its numbers."""
    words, count = report.words, report.words.count
    houses = gaps.own_ezfh + gaps.rent_ezfh
    flats = gaps.own_mfh + gaps.rent_mfh
    number = {
        "rent_flats": gaps.rent_mfh, "own_flats": gaps.own_mfh, "flats_in_steps": flats, "land_in_steps": houses,
        "no_new_areas": houses, "reuse_vacant": gaps.long_vacant, "use_potentials": gaps.potentials,
        "step_free": gaps.step_free, "price_bound": gaps.affordable, "extend_binding": gaps.bound_ending,
    }  # fmt: skip
    texts = {
        "building_land": words.number(gaps.hectares, "dec1"), "potentials_table": words.number(gaps.hectares, "dec1"),
        "older_move": freed_text(report), "renew_old": words.number(gaps.old_stock_share, "pct0"),
    }  # fmt: skip
    n = texts.get(lever) or count("common.dwellings", number[lever])
    over = gaps.surplus_mfh if lever == "flats_in_steps" else gaps.surplus_ezfh
    key = lever
    if lever == "building_land" and gaps.potentials:
        key = "building_land_left"
    if lever == "no_new_areas" and not houses:
        key = "no_new_areas_only"
    return words(f"follows.why_{key}", n=n, year=report.view.year, over=words.number(over, "int"),
                 over_n=count("common.dwellings", over), ha=gaps.hectares)  # fmt: skip


def _for_builders(report: "Bedarf", gaps: lever_model.Gaps) -> list[str]:
    """Return which dwellings a housing company should plan, in sentences that stand only where they hold."""
    view, words, year = report.view, report.words, report.view.year
    found, worth, start = lever_model.levers(gaps), lever_model.WORTH, report.view.result.scenario.start_year
    enough = gaps.rent_mfh >= worth
    if enough:
        low, high = rent_interval(report)
        lines = [words("follows.rent", year=year, n=gaps.rent_mfh, per_year=gaps.rent_mfh / (year - start + 1),
                       start=start, low=low, high=high)]  # fmt: skip
        sizes = view.households[-1] - view.households[0]
        lines.append(
            words("follows.sizes", year=year, one=int(sizes[0]), two=int(sizes[1]), more=int(sizes[2:].sum()))
        )
    else:
        lines = [words("follows.rent_few" if gaps.rent_mfh else "follows.rent_none", year=year, worth=worth)]
    older = int(view.alone[-1, OLD] - view.alone[0, OLD])
    if enough and older >= worth:
        lines.append(words("follows.small", n=older, year=year))
    if gaps.step_free >= worth:
        lines.append(_step_free(report, gaps))
    if enough and gaps.affordable >= worth:
        lines.append(words("follows.bound", n=words.count("follows.households", gaps.affordable)))
    if "flats_in_steps" in found:
        lines.append(words("follows.passing", n=gaps.surplus_mfh, year=year))
    houses = gaps.own_ezfh + gaps.rent_ezfh
    if houses >= worth:
        values, spec = freed_printed(view)
        freed, families = (words.number(values[k], spec) for k in (3, 4))
        key = "houses_passing" if {"land_in_steps", "no_new_areas"} & set(found) else "houses"
        lines.append(words(f"follows.{key}", n=houses, over=gaps.surplus_ezfh, year=year, freed=freed,
                           families=families))  # fmt: skip
    if view.unknown_years and view.to_build[-1].sum() > 0:
        lines.append(words("follows.unknown", unknown=report.unknown_years()))
    return lines


def rent_interval(report: "Bedarf") -> tuple[int, int]:
    """Return the 80 % interval of rented flats still to build, rounded as everywhere; it holds the printed number."""
    view, parts = report.view, parts_of(report.view.result)
    at = SEGMENTS.index("mfh_rent")
    shown = int(view.of(parts.to_build)[at])
    low, high = interval(drawn(view, parts.to_build_drawn[..., at]))
    return rounded(float(low), float(high), shown)


def _step_free(report: "Bedarf", gaps: lever_model.Gaps) -> str:
    """Return how many dwellings without steps lack, and whether that is more than all new rented flats."""
    words, found = report.words, parts_of(report.view.result).step_free
    converted = 0 if found is None else int(whole(report.view, found.conversion[:, -1]))
    built, left = gaps.step_free - converted, int(report.view.to_build[-1].sum())
    if built > left:
        return words("follows.steps_convert", n=gaps.step_free, left=left, year=report.view.year)
    text = words("follows.steps", n=gaps.step_free, built=built, converted=converted, year=report.view.year)
    every = built >= gaps.rent_mfh >= lever_model.WORTH
    return f"{text} {words('follows.steps_all')}" if every else text
