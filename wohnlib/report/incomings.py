"""The result of a survey of companies as a page: each method returns one section."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wohnlib.assess import Assessment
from wohnlib.local import Local
from wohnlib.model import multilocal as model
from wohnlib.model.rounding import round_keep_total
from wohnlib.report import charts, figure, page, panels
from wohnlib.report.page import Block
from wohnlib.report.sections_incomings import Found, route_name, routes_table
from wohnlib.report.view import View
from wohnlib.steps.company_survey import RENTS, SIZES, Survey
from wohnlib.steps.incomings import ROUTES, Incomings, incomings_of, small_wanted
from wohnlib.words import Words

LEVEL = 0.95  # probability of the intervals on this page
NOTHING = Block("")
SHOWN = ("survey", "frame", "registers", "seasonal", "commuters")  # the files this page rests on
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)  # of the companies, for the plan of a survey


@dataclass(frozen=True)
class IncomingsPage:
    """The survey of one unit, beside the other routes; `local` holds its files."""

    view: View
    found: Incomings
    local: Local
    words: Words

    @property
    def survey(self) -> Survey | None:
        return self.found.survey

    @property
    def factor(self) -> float:
        """Dwellings for each person who wants one."""
        return (
            float(self.found.wanted[0] / self.survey.wanted.total)
            if self.survey and self.survey.wanted.total
            else 0.0
        )

    # -- sections, in the order of the page --------------------------------------------------------------

    def headline(self) -> Block:
        """How many small dwellings are wanted, how sure that is, how many answered."""
        words, survey = self.words, self.survey
        title = page.heading(page_title(self.view, self.found.example), 1)
        if survey is None:
            return page.join(
                title, page.lead(words("survey.none", place=self.view.place)),
                page.bullets(words(f"survey.step_{k}") for k in ("form", "list", "letter", "return", "enter")),
            )  # fmt: skip
        low, high = interval_of(survey, "wanted")
        values = {
            "place": self.view.place, "answers": survey.answers, "companies": survey.companies,
            "people": survey.wanted.total, "dwellings": self.found.wanted[0],
        }  # fmt: skip
        text = words("survey.answer", **values)
        if alike(survey):
            text = f"{text} {words('survey.alike')}"
        elif survey.answers >= survey.companies:
            text = f"{text} {words('survey.complete')}"
        else:
            range_ = {"low": low, "high": high, "d_low": low * self.factor, "d_high": high * self.factor}
            text = f"{text} {words('survey.answer_range', **range_)}"
        blocks = [page.callout("caution", words("incomings.example"))] if self.found.example else []
        return page.join(
            title, *blocks, page.lead(text), self._keyfigures(),
            page.paragraph(self._new()),
        )  # fmt: skip

    def _keyfigures(self) -> Block:
        words, survey = self.words, self.survey
        assert survey is not None
        low, high = interval_of(survey, "staff")
        first, last = (v * self.factor for v in interval_of(survey, "wanted"))
        notes = [words("survey.key_range", low=a, high=b) for a, b in ((low, high), (first, last))]
        if alike(survey):
            notes = [words("survey.key_no_range")] * 2
        share = survey.employees_answered / survey.employees
        return page.keyfigures([
            (words.number(survey.staff.total, "int"), words("survey.key_people"), notes[0]),
            (words.number(self.found.wanted[0], "int"), words("survey.key_dwellings"), notes[1]),
            (words.number(survey.answers, "int"), words("survey.key_answers"),
             words("survey.key_answers_note", companies=survey.companies, share=share)),
        ])  # fmt: skip

    def _new(self) -> str:
        """Return how many of the dwellings wanted are used already, stand free, and are lacking."""
        words, found = self.words, self.found
        base = 0.0 if np.isnan(found.base) else found.base
        lacking = max(found.wanted[0] - base - found.free, 0.0)
        key = "survey.new_unknown" if np.isnan(found.base) else "survey.new"
        return words(key, base=base, free=found.free, lacking=lacking, bound=found.bound)

    def routes(self) -> Block:
        """The three routes beside each other."""
        if self.survey is None:
            return NOTHING
        words, wanted = self.words, self.found.wanted
        names = [route_name(r, self.found.rough, words) for r in ROUTES]
        shown = [(n, float(np.floor(v + 0.5))) for n, v in zip(names, wanted, strict=True) if not np.isnan(v)]
        picture = charts.bars(
            [n for n, _ in shown], [v for _, v in shown], unit=words("incomings.unit"), lang=words.lang
        )
        items = ", ".join(words("incomings.alt_item", name=n, n=v) for n, v in shown)
        spread = self.found.range
        assert spread is not None
        title = words("survey.routes_figure", low=spread.low, high=spread.high)
        return page.section(
            "wege", words("survey.routes_title"),
            page.figure(picture, words("incomings.alt", place=self.view.place, list=items), title),
            page.paragraph(words("survey.routes_text")),
            routes_table(Found((self.found,)), self.view, words),
        )  # fmt: skip

    def wishes(self) -> Block:
        """Small dwellings wanted by size and price."""
        if self.survey is None:
            return NOTHING
        words = self.words
        wanted = small_wanted(self.survey, self.view.result.scenario.incomings)
        cells = round_keep_total(wanted, axis=(0, 1))  # the table sums to the number of the headline
        sizes = [words(f"survey.size_{k}") for k in range(len(SIZES) + 1)]
        rents = [
            words("survey.rent_first", limit=RENTS[0]),
            *(words("survey.rent", low=a, high=b) for a, b in pairwise(RENTS)),
            words("survey.rent_last", limit=RENTS[-1]), words("survey.rent_none"),
        ]  # fmt: skip
        kept = [k for k in range(len(sizes)) if cells[k].sum() > 0]
        columns = [k for k in range(len(rents)) if cells[:, k].sum() > 0]
        if not kept:
            return page.section(
                "wuensche", words("survey.wishes_title"), page.paragraph(words("survey.wishes_none"))
            )
        picture = charts.stacked_bars(
            [rents[k] for k in columns], {sizes[k]: cells[k, columns].astype(float).tolist() for k in kept},
            unit=words("incomings.unit"), lang=words.lang,
        )  # fmt: skip
        rows = [
            [sizes[k], *(words.number(int(v), "int") for v in (*cells[k, columns], cells[k].sum()))]
            for k in kept
        ]
        totals = [*cells[:, columns].sum(0), cells.sum()]
        rows.append([words("common.total"), *(words.number(int(v), "int") for v in totals)])
        largest = int(np.argmax(cells.sum(1)))
        heads = [words("survey.col_size"), *(rents[k] for k in columns), words("common.total")]
        table = page.table(heads, rows, caption=words("survey.wishes_table"), total=True)
        title = words(
            "survey.wishes_figure", n=int(cells[largest].sum()), of=int(cells.sum()), size=sizes[largest]
        )
        alt = "; ".join(words("incomings.alt_item", name=rents[k], n=int(cells[:, k].sum())) for k in columns)
        return page.section(
            "wuensche", words("survey.wishes_title"),
            page.figure(picture, words("survey.wishes_alt", list=alt), title),
            page.paragraph(self._wishes_text()), table,
        )  # fmt: skip

    def _wishes_text(self) -> str:
        words, survey = self.words, self.survey
        assert survey is not None
        texts = [words("survey.wishes_text")]
        if not np.isnan(survey.nights):
            texts.append(words("survey.nights", nights=survey.nights))
        if not np.isnan(survey.months):
            texts.append(words("survey.months", months=survey.months))
        return " ".join(texts)

    def sure(self) -> Block:
        """How far the result moves: chance of the sample, companies that did not answer, assumptions."""
        if self.survey is None:
            return NOTHING
        words = self.words
        rows = sorted(self.sensitivity(), key=lambda row: row[1] - row[2])
        names = [n for n, _, _ in rows]
        low, high = [a for _, a, _ in rows], [b for _, _, b in rows]
        picture = panels.dots(
            names, {words("survey.low"): low, words("survey.high"): high},
            colours=(figure.SURPLUS, figure.NEED), spec="int", unit=words("incomings.unit"), lang=words.lang,
        )  # fmt: skip
        title = words("survey.sure_figure", name=names[0], low=low[0], high=high[0])
        cells = [[n, words.number(a, "int"), words.number(b, "int")] for n, a, b in rows]
        table = page.table(
            [words("survey.col_what"), words("survey.low"), words("survey.high")], cells,
            caption=words("survey.sure_table", n=self.found.wanted[0]),
        )  # fmt: skip
        items = "; ".join(words("survey.sure_item", name=n, low=a, high=b) for n, a, b in rows)
        return page.section(
            "sicherheit", words("survey.sure_title"),
            page.figure(picture, words("survey.sure_alt", list=items), title), page.paragraph(words("survey.sure_text")),
            table, self._strata(),
        )  # fmt: skip

    def sensitivity(self) -> list[tuple[str, float, float]]:
        """Return (what, lowest, highest) dwellings wanted, one thing changed at a time over its stated range."""
        survey, assumed, words = self.survey, self.view.result.scenario.incomings, self.words
        assert survey is not None
        middle, low_high = self.found.wanted[0], interval_of(survey, "wanted")
        out = []
        if not alike(survey):
            out.append((words("survey.by_sample"), low_high[0] * self.factor, low_high[1] * self.factor))
        spread = survey.wanted_range
        out.append((words("survey.by_nonresponse"), spread.low * self.factor, spread.high * self.factor))
        now = (
            (1 - assumed.already_counted.value) * assumed.rotation.value / assumed.persons_per_dwelling.value
        )
        for name in ("already_counted", "rotation", "persons_per_dwelling"):
            item = getattr(assumed, name)
            values = []
            for value in item.range or (item.value, item.value):
                given = {
                    n: getattr(assumed, n).value
                    for n in ("already_counted", "rotation", "persons_per_dwelling")
                }
                given[name] = value
                then = (1 - given["already_counted"]) * given["rotation"] / given["persons_per_dwelling"]
                values.append(middle * then / now if now else 0.0)
            out.append((words(f"survey.by_{name}"), min(values), max(values)))
        return out

    def _strata(self) -> Block:
        words, survey = self.words, self.survey
        assert survey is not None
        rows, notes = [], [words("survey.strata_note")]
        for (sizes, answers, companies, total), variance in zip(
            survey.strata, survey.staff.stratum_variance, strict=True
        ):
            name = " + ".join(words(f"localchoice.{s}") for s in sizes)
            cells = (answers, companies, total, np.sqrt(variance))
            if not variance and answers < companies and len(notes) == 1:
                notes.append(words("survey.strata_alike"))
            rows.append([name, *(words.number(v, "int") for v in cells)])
        totals = (survey.answers, survey.companies, survey.staff.total, survey.staff.standard_error)
        rows.append([words("common.total"), *(words.number(v, "int") for v in totals)])
        columns = [words(f"survey.col_{c}") for c in ("class", "answers", "companies", "people", "error")]
        return page.folded(
            words("survey.strata"),
            page.table(columns, rows, caption=words("survey.strata_table"), notes=notes, total=True),
        )  # fmt: skip

    def plan(self) -> Block:
        """How many answers suffice: the width of the interval against the number of answers."""
        words = self.words
        frame = self.local.table("frame", self.view.key, examples=True)
        frame = frame[frame["companies"] > 0]
        if frame.empty:
            return page.section("plan", words("survey.plan_title"), page.paragraph(words("survey.plan_none")))
        companies, employees = frame["companies"].to_numpy(float), frame["employees"].to_numpy(float)
        assumed = self.view.result.scenario.incomings
        share = assumed.propensity.value
        if self.survey is not None and self.survey.employees:
            share = self.survey.staff.total / self.survey.employees
        sd = model.residual_sd(
            mean_employees=employees / companies, share=share, clustering=assumed.survey_clustering.value
        )
        rows = []
        expected = float(employees.sum()) * share
        for part in SHARES:
            answers = np.minimum(np.maximum(np.ceil(part * companies), 1), companies)
            half = model.planned_half_width(answers=answers, companies=companies, residual_sd=sd, level=LEVEL)
            width = float(np.sqrt((half**2).sum()))
            rows.append([
                words.number(part, "pct0"), words.number(answers.sum(), "int"), words.number(expected, "int"),
                words("survey.plus_minus", n=width),
            ])  # fmt: skip
        columns = [words(f"survey.col_{c}") for c in ("share", "answers", "expected", "width")]
        return page.section(
            "plan", words("survey.plan_title"), page.paragraph(words("survey.plan_text", share=share)),
            page.table(columns, rows, caption=words("survey.plan_table"), numeric=[False, True, True, True]),
        )  # fmt: skip

    def method(self) -> Block:
        """How it is calculated, with every assumption, and whose figures they are."""
        from wohnlib.report.sections_basis import assumption_rows

        words = self.words
        rows = assumption_rows(self, "incomings.")
        columns = [words(f"assumptions.col_{c}") for c in ("name", "value", "range", "source", "rating")]
        files = self.local.files_of(self.view.key, SHOWN)
        listed = [
            words(
                "survey.file", title=words(f"localkind.{f.kind}"), date=words.dates(f.date), office=f.office
            )
            for f in files
        ]
        formulas = (
            words(f"survey.formula_{k}") for k in ("estimate", "variance", "nonresponse", "dwellings")
        )
        blocks = [page.paragraph(words("survey.method")), page.bullets(formulas)]
        if listed:
            blocks += [page.heading(words("survey.files"), 3), page.bullets(listed)]
        table = page.table(columns, rows, caption=words("survey.assumptions"), numeric=[False] * 5)
        return page.section("verfahren", words("survey.method_title"), *blocks, table)


def interval_of(survey: Survey, name: str) -> tuple[float, float]:
    """Return the interval of people (`staff`) or of those who want a dwelling (`wanted`).

    It never begins below what the answers name: those people are there.
    """
    low, high = getattr(survey, name).interval(level=LEVEL)
    return max(low, getattr(survey, f"{name}_range").counted), high


def alike(survey: Survey) -> bool:
    """Return whether the answers do not differ although not all companies answered: no range follows then."""
    return survey.wanted.variance == 0 and survey.answers < survey.companies


def page_title(view: View, example: bool) -> str:
    return view.words("survey.title_example" if example else "survey.title", place=view.place)


def incomings_page_of(result: Assessment, key: str, lang: str, local: Local | None = None) -> IncomingsPage:
    """Return the page of one unit; `local` takes the place of the figures in `data/local`. Examples are marked."""
    words = Words(lang)
    areas = result.inputs.areas
    key = areas.check(key)
    local = result.inputs.local if local is None else local
    found = incomings_of(
        result.inputs,
        result.scenario,
        key,
        float(result.stock.unknown[areas[key]]),
        local=local,
        examples=True,
    )
    return IncomingsPage(View(result, key, words), found, local, words)
