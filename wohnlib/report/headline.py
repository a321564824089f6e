"""The first screen of a report: how many dwellings, why, how sure, what is built already, what the base says."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from wohnlib.model.need import LINES
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.sections_next import next_section
from wohnlib.report.sections_segments import gap_text
from wohnlib.report.view import View
from wohnlib.segments import largest_gaps

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

OVER = 10  # dwellings built beyond need from which on a sentence says so; fewer are within what is rounded
SAME = 0.005  # a change of less than half a per cent is called "bleibt fast gleich"


def headline_section(report: "Bedarf") -> Block:
    """How many dwellings are still to come, of which type, why, how sure."""
    words, view = report.words, report.view
    texts = [base_text(report), gap_text(report), _surplus(report)]
    return page.join(
        page.heading(words("headline.title", place=view.place, year=view.year), 1),
        page.lead(answer(report)),
        *(page.paragraph(text) for text in texts if text),
        page.callout("caution", built_text(report)),
        _keyfigures(report),
        page.paragraph(words("sure.what")),
        next_section(report),
    )


def _surplus(report: "Bedarf") -> str:
    """Return how surplus is counted, and how much there is by type if no segment was named before."""
    text = surplus_text(report)
    if largest_gaps(report.view.result, report.view.index)[1] is not None:
        return report.words("headline.peak")
    return f"{text} {report.words('headline.peak')}" if text else ""


def answer(report: "Bedarf") -> str:
    """Return the answer in sentences that hold for growing and shrinking units alike."""
    view, words = report.view, report.words
    ezfh, mfh = (int(n) for n in view.to_build[-1])
    total = ezfh + mfh
    only = "one" if total == 1 else "only"
    kind = "none" if total == 0 else "both" if ezfh and mfh else f"{only}_ezfh" if ezfh else f"{only}_mfh"
    first = words(
        f"headline.{kind}", place=view.place, year=view.year, total=total, ezfh=ezfh, mfh=mfh,
        sure=report.range_text(),
    )  # fmt: skip
    return f"{first} {_why(report)}"


def _why(report: "Bedarf") -> str:
    view = report.view
    before, after = int(view.households[0].sum()), int(view.households[-1].sum())
    share = (after - before) / before
    key = "why_same" if abs(share) < SAME else "why_up" if share > 0 else "why_down"
    replacement = int(view.lines[:, LINES.index("replacement")].sum())
    return report.words(
        f"headline.{key}", change=abs(after - before), signed=after - before, share=abs(share),
        replacement=replacement, sure=_change_range(report),
    )  # fmt: skip


def _change_range(report: "Bedarf") -> str:
    """Return the 80 % interval of the change of households, to stand in brackets; nothing if all draws agree."""
    if report.view.spread("households").certain:
        return ""
    low, high = report.view.change_interval("households")
    return report.words("sure.change", low=low, high=high)


def base_text(report: "Bedarf") -> str:
    """Return what the base says in place of the answer; nothing in a report of the base itself."""
    base, words = report.base_view, report.words
    if base is None:
        return ""
    own, other = (int(v.to_build[-1].sum()) for v in (report.view, base))
    title, change = page.name(report.view.result.scenario.title), own - other
    said = words.count("common.dwellings", other)
    low, high = base.spread("build").interval()
    key = "same" if not change else "more" if change > 0 else "less"
    return words(f"baseline.{key}", title=title, said=said, change=abs(change), low=low, high=high)


def surplus_text(report: "Bedarf") -> str:
    """Return the surplus at the horizon by type, or nothing if there is none."""
    words = report.words
    ezfh, mfh = (int(n) for n in report.view.surplus[-1])
    if not ezfh and not mfh:
        return ""
    kind = "both" if ezfh and mfh else "ezfh" if ezfh else "mfh"
    if kind == "both":
        shown = [words.number(n, "int") for n in (ezfh, mfh)]
    else:
        shown = [words.count("common.dwellings", n) for n in (ezfh, mfh)]
    return words(
        f"headline.surplus_{kind}", year=report.view.year, ezfh=shown[0], mfh=shown[1],
        sure=report.range_text("surplus"),
    )  # fmt: skip


def built_text(report: "Bedarf") -> str:
    """Return what is subtracted already, for which years no figure is there, and what that means."""
    view, words = report.view, report.words
    if not view.known_years:
        return words("headline.built_none", base=words("common.base"), unknown=report.unknown_years())
    first = _subtracted(report)
    if not view.unknown_years:
        return first
    more, left = view.left_if_continued()
    total = int(view.to_build[-1].sum())
    # One type (or unit) has more than it needs, which helps no other; said only where the printed numbers show it.
    apart = left > total - more + 1 and about(left) > about(total - about(more))
    told = _apart(report, total, more, left)  # with numbers, where they are large enough to be missed
    some = (
        "built_left" if told or not apart else "built_left_kreis" if view.index is None else "built_left_type"
    )
    key = "built_zero" if total == 0 else "built_covered" if left == 0 else some
    if total and about(more) == 0 and view.completed.sum() > view.built.sum():
        key = "built_within"  # what was finished since is part of what is permitted
    return " ".join((
        first,
        words("headline.no_figures", unknown=report.unknown_years()),
        words(
            f"headline.{key}", known=report.known_years(), year=view.year,
            more=words.number(about(more), "int"), left=words.number(about(left), "int"),
        ),
        *told,
        words("headline.exact_kreis" if view.index is None else "headline.exact_unit"),
    ))  # fmt: skip


def _apart(report: "Bedarf", total: int, more: int, left: int) -> list[str]:
    """Return why less is covered than is built, if that shows: each unit and type counts up to its need."""
    over = left - (total - more)
    if left == 0 or about(over) < OVER:
        return []
    words, key = report.words, "kreis" if report.view.index is None else "unit"
    values = {"over": about(over), "total": total, "more": about(more)}
    shown = {k: words.number(v, "int") for k, v in values.items()}
    return [words(f"headline.built_apart_{key}", **shown)]


def _subtracted(report: "Bedarf") -> str:
    """Return what is subtracted: completed (whose figures), and the part of what is permitted."""
    view, words = report.view, report.words
    built = words.count("common.dwellings", int(view.built.sum()))
    unit = view.index is not None
    mixed = not unit and any(view.result.need.own_years)
    key = "own" if view.own_years else "unit" if unit else "kreis_mixed" if mixed else "kreis"
    text = words(f"headline.{key}", built=built, known=report.known_years())
    permitted = int(view.completed.sum() - view.built.sum())
    if permitted:
        share = view.result.scenario.building.permits_weight.value
        more = words.count("common.dwellings", permitted)
        text = f"{text} {words('headline.permitted', more=more, share=share)}"
    return text


def _keyfigures(report: "Bedarf") -> Block:
    view, words, base = report.view, report.words, report.base_view
    total = int(view.to_build[-1].sum())
    left = view.left_if_continued()[1]
    if not view.known_years:
        key = "key_build_note_plain"
    elif not view.unknown_years or total == 0 or about(view.left_if_continued()[0]) == 0:
        key = "key_build_note"
    else:
        key = "key_build_note_left" if left else "key_build_note_zero"
    note = words(
        f"headline.{key}", year=view.year, known=report.known_years(), left=words.number(about(left), "int")
    )
    households, people = view.households.sum(-1), view.pop

    def beside(place: str, value: Callable[[View], int]) -> str:
        told = "" if base is None else words(f"baseline.{place}", value=value(base))
        return f"{told} " if told and place == "first" else told

    return page.keyfigures([
        (words.number(total, "int"), words("headline.key_build"),
         report.range_text("build", "first") + beside("first", lambda v: int(v.to_build[-1].sum())) + note),
        (words.number(int(households[-1] - households[0]), "signed"), words("headline.key_households"),
         words("headline.key_households_note", first=int(households[0]), last=int(households[-1]),
               year=view.year, sure=report.range_text("households", "after"))
         + beside("after", lambda v: int(v.households[-1].sum()))),
        (words.number(int(people[-1] - people[0]), "signed"), words("headline.key_people"),
         words("headline.key_people_note", first=int(people[0]), last=int(people[-1]), year=view.year,
               sure=report.range_text("people", "after")) + beside("after", lambda v: int(v.pop[-1]))),
    ])  # fmt: skip


def about(value: int) -> int:
    """Return a number to about two digits, for sentences that say "rund"."""
    step = 100 if abs(value) >= 1000 else 10 if abs(value) >= 100 else 1
    return step * int(value / step + 0.5)
