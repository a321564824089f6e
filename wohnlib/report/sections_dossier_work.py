"""Sections of the dossier on the alliance's work: agenda, who does what, targets, completions."""

from typing import TYPE_CHECKING

from wohnlib.alliance.agenda import agenda
from wohnlib.alliance.targets import Progress
from wohnlib.report import page
from wohnlib.report.page import Block

if TYPE_CHECKING:
    from wohnlib.report.buendnis import Buendnis

# -- agenda and members ------------------------------------------------------------------------------------


def agenda_section(report: "Buendnis") -> Block:
    """The next meeting: when, what about, in points that follow from the figures by written rules."""
    words, state = report.words, report.work
    points = agenda(state)
    items: list[page.Inline] = [
        [page.strong(p.title if p.title.endswith("?") else f"{p.title}:"), f" {p.text}"] for p in points
    ]
    meeting = state.alliance.next_meeting() if state.alliance else None
    if meeting is None:
        first = words("dossier.agenda_first" if state.alliance is None else "dossier.agenda_open")
    else:
        key = "agenda_date_topic" if meeting.topic else "agenda_date"
        first = words(f"dossier.{key}", date=meeting.date, topic=meeting.topic)
    example = [page.callout("caution", words("dossier.example"))] if state.example else []
    return page.section(
        "tagesordnung", words("dossier.agenda_title"), *example, page.paragraph(first), page.bullets(items),
        page.paragraph(words("dossier.agenda_text")),
    )  # fmt: skip


def members_section(report: "Buendnis") -> Block:
    """Who belongs to the alliance, with role and task; guiding statements; meetings and what they agreed."""
    words, alliance = report.words, report.work.alliance
    if alliance is None:
        text = words("dossier.no_alliance", region=report.kreis.view.result.inputs.areas.region)
        return page.section("buendnis", words("dossier.members_title"), page.paragraph(text))
    blocks: list[Block] = []
    if alliance.guiding:
        blocks += [page.heading(words("dossier.guiding_title"), 3), page.bullets(alliance.guiding)]
    if alliance.members:
        rows: list[list[str | Block | None]] = [
            [m.name, words(f"dossier.kind_{m.kind}"), m.role or None, m.task or None]
            for m in alliance.members
        ]
        columns = [words(f"dossier.col_{c}") for c in ("member", "kind", "role", "task")]
        blocks.append(page.table(columns, rows, caption=words("dossier.members_table", date=alliance.date),
                                 numeric=[False] * 4))  # fmt: skip
    held = sorted(
        (m for m in alliance.meetings if m.date <= alliance.date), key=lambda m: m.date, reverse=True
    )
    for meeting in held:
        key = "meeting_topic" if meeting.topic else "meeting"
        blocks.append(page.heading(words(f"dossier.{key}", date=meeting.date, topic=meeting.topic), 3))
        if meeting.decisions:
            blocks.append(
                page.bullets(
                    _decision(report, d.text, d.who, d.until, done=d.done) for d in meeting.decisions
                )
            )
    if not blocks:
        blocks = [page.paragraph(words("dossier.members_none"))]
    return page.section("buendnis", words("dossier.members_title"), *blocks)


def _decision(report: "Buendnis", text: str, who: str, until: str | None, *, done: bool) -> str:
    words = report.words
    more = [who] if who else []
    if until:
        more.append(words("agenda.until", date=until))
    more.append(words("dossier.done" if done else "dossier.open"))
    return f"{text.rstrip('.')} ({', '.join(more)})"


# -- targets and completions -------------------------------------------------------------------------------


def targets_section(report: "Buendnis") -> Block:
    """Targets against need and against progress."""
    words, state = report.words, report.work
    if not state.progress:
        return page.section("ziele", words("targets.title"), page.paragraph(words("targets.none")))
    rows = [_target_row(report, p) for p in state.progress]
    known = [p for p in state.progress if p.need is not None or p.gap is not None]
    notes = [words("targets.note")]
    if any(p.gap is not None for p in known):
        notes.append(words("targets.gap_note", year=report.year))
    if any(p.target.year > report.year for p in known):
        notes.append(words("targets.later_note", year=report.year))
    columns = [
        words(f"targets.col_{c}") for c in ("name", "number", "year", "need", "done", "way", "missing")
    ]
    table = page.table(
        columns,
        rows,
        caption=words("targets.table"),
        numeric=[False, *[True] * 6],
        notes=notes,
    )
    counts = {s: sum(p.state == s for p in state.progress) for s in ("reached", "on_course", "behind")}
    items = [words(f"targets.n_{s}_{'one' if n == 1 else 'many'}", n=n) for s, n in counts.items() if n]
    return page.section(
        "ziele", words("targets.title"),
        page.paragraph(words("targets.text", n=words.count("targets.of", len(rows)), items=report.list(items))), table,
    )  # fmt: skip


def _target_row(report: "Buendnis", p: Progress) -> list[str | Block | None]:
    words, areas, target = report.words, report.kreis.view.result.inputs.areas, p.target
    whole = target.ags is None or target.ags == areas.region
    where = words("targets.all") if whole else areas.short_name(str(target.ags))
    what = words("targets.what", segment=words(f"targets.segment_{target.segment}"), where=where)
    who = words("targets.who", names=", ".join(target.who)) if target.who else ""
    later = target.year > report.year
    known = p.gap if p.need is None else p.need
    need = None if known is None else words("targets.later", n=known) if later else words.number(known, "int")
    return [
        words("targets.row", name=target.name, what=what, who=who),
        words.number(target.dwellings, "int"), str(target.year), need, words.number(p.done, "int"),
        words.number(p.under_way, "int"), words.number(p.missing, "int"),
    ]  # fmt: skip


def completions_section(report: "Buendnis") -> Block:
    """Dwellings completed per year beside the dwellings needed per year."""
    words, result = report.words, report.kreis.view.result
    elapsed = float(result.time.elapsed[-1])
    need = result.printed.newbuild[:, -1].sum(1)
    table = result.inputs.local.table("completions", examples=report.work.example)
    blocks = [page.paragraph(words("pace.text", need=float(need.sum() / elapsed), year=report.year))]
    known = {
        y: result.inputs.completions[y]
        for y in sorted(result.inputs.completions)
        if y >= result.time.base_date.year
    }
    if known:
        rows: list[list[str | Block | None]] = [
            [str(y), words.number(n, "int"), words.number(float(need.sum() / elapsed), "dec0"),
             words.number(n - float(need.sum()) / elapsed, "signed0")]
            for y, n in known.items()
        ]  # fmt: skip
        columns = [words(f"pace.col_{c}") for c in ("year", "built", "need", "difference")]
        blocks.append(
            page.table(columns, rows, caption=words("pace.kreis_table"), numeric=[False, True, True, True])
        )
    if table.empty:
        return page.section("tempo", words("pace.title"), *blocks, page.paragraph(words("pace.none")))
    years = sorted({int(y) for y in table["year"]})
    built = table.assign(n=table[["completed_ezfh", "completed_mfh"]].fillna(0).sum(axis=1))
    wide = built.pivot_table(index="ags", columns="year", values="n", aggfunc="sum")
    rows = []
    for g, view in enumerate(report.views):
        if view.key not in wide.index:
            continue
        cells = [
            None
            if pd_missing(wide.loc[view.key].get(y))
            else words.number(float(wide.loc[view.key, y]), "int")
            for y in years
        ]
        rows.append([report.names[g], words.number(float(need[g] / elapsed), "dec1"), *cells])
    columns = [words("index.col_unit"), words("pace.col_need"), *(str(y) for y in years)]
    blocks.append(
        page.table(
            columns, rows, caption=words("pace.units_table"), numeric=[False, *[True] * (len(years) + 1)]
        )
    )
    return page.section("tempo", words("pace.title"), *blocks)


def pd_missing(value: object) -> bool:
    """Return whether a cell holds no number."""
    return value is None or value != value  # noqa: PLR0124 - NaN alone differs from itself
