"""Sentences that are written by rule: true and good German for every unit, scenario and horizon."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from wohnlib.assess import Assessment
from wohnlib.model.need import LINES
from wohnlib.notebook import RANGE
from wohnlib.report import charts, page, sections_fan
from wohnlib.report.bedarf import Bedarf, bedarf_of
from wohnlib.report.headline import about
from wohnlib.report.index import index_page
from wohnlib.session import open_assessment

SCENARIOS = ("base", "lower", "upper", "status_quo")
RUNS = (
    ("base", 2030), ("base", 2040), ("base", 2060), ("lower", 2040), ("lower", 2060), ("upper", 2030),
    ("upper", 2040), ("status_quo", 2040), ("status_quo", 2060),
    ("lower", 2027),  # ends in its start year, where many numbers are 0 or 1
)  # fmt: skip
SECTIONS = (
    "headline",
    "people",
    "households",
    "need",
    "types",
    "small",
    "rest",
    "sure",
    "basis",
    "assumptions",
)
MINUS = "\N{MINUS SIGN}"
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="10pt" viewBox="0 0 10 10"></svg>'
COUNT = r"(\d[\d.]*)"
PER_CENT = "([\\d,]+)\u00a0%"
AROUND = rf"; 80-%-Bereich der Veränderung [+{MINUS}]?[\d.]+ bis [+{MINUS}]?[\d.]+"
UGLY = {
    "nan": r"\bnan\b|NaN|∞|\binf\b",
    "None": r"\bNone\b",
    "a field that was not filled": r"[{}]",
    "two spaces": r"  ",
    "minus zero": rf"{MINUS}0(?![,\d.])",
    "plus zero": r"\+0(?![,\d.])",
    "a hyphen for a minus sign": r"(?<![\w–])-\d",
    "a decimal point": r"(?<![\d.])\d+\.\d{1,2}(?![\d.])(?!\d)",
    "a space before a full stop": r" [.,;:](?!\d)",
    "two full stops": r"(?<!\.)\.\.(?!\.)",
    "a plain space before the per cent sign": r"\d %",
    "a date of a computer": r"\b\d{4}-\d{2}-\d{2}\b",
    "one of many: 1 with a plural": (
        r"(?<![\d.,–+\u2212/] )(?<![\d.,–+\u2212/])\b1 "
        r"(?:Wohnungen|Haushalte|Menschen|Kinder|Einwohner|Einpersonenhaushalte|weitere|bewohnte)\b(?! oder)"
    ),
    "sind 1": r"\bsind (?:noch (?:rund )?)?1 (?!oder)|zwischen 1 und 1\b|werden (?:bis \d{4} )?1 (?!oder)",
    "twice the same bound": r"zwischen (\d[\d.]*) und \1(?![\d.])",
}


def number(text: str) -> float:
    return float(text.replace(".", "").replace(",", ".").replace(MINUS, "-").replace("+", ""))


def text_of(source: str) -> str:
    """Return the text of HTML, one block a line, pictures' descriptions included."""
    source = re.sub(r'<img[^>]*alt="([^"]*)"[^>]*>', r"\n\1\n", source)
    source = re.sub(r"</?(?:b|strong|em|a|span|abbr)\b[^>]*>", "", source)
    lines = re.sub(r"<[^>]+>", "\n", source).splitlines()
    return "\n".join(html.unescape(x).strip() for x in lines if x.strip())


@dataclass(frozen=True)
class Case:
    """A report and its text by section."""

    name: str
    report: Bedarf
    texts: dict[str, str]

    def all(self) -> str:
        return "\n".join(self.texts.values())


@cache
def assessed(scenario: str, horizon: int) -> Assessment:
    return open_assessment(scenario=scenario, horizon_year=horizon)


def report_cases() -> Iterator[Case]:
    for scenario, horizon in RUNS:
        result = assessed(scenario, horizon)
        span = tuple(assessed(n, horizon) for n in RANGE)
        for key in (*result.inputs.areas.keys, result.inputs.areas.region):
            report = bedarf_of(result, span, key, "de")
            texts = {name: text_of(getattr(report, name)().html) for name in SECTIONS}
            yield Case(f"{key} {scenario} {horizon}", report, texts)


@pytest.fixture(scope="module")
def cases() -> Iterator[list[Case]]:
    """All reports; drawings are left out, since only words are read here."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("bars", "grouped_bars", "stacked_bars", "waterfall"):
            patch.setattr(charts, name, lambda *_, **__: DOT.encode())
        patch.setattr(sections_fan, "fan", lambda *_, **__: DOT.encode())
        yield list(report_cases())


def falsehoods(cases: list[Case], rule: object) -> list[str]:
    assert callable(rule)
    return [f"{c.name}: {wrong}" for c in cases if (wrong := rule(c))]


def test_all_units_scenarios_and_horizons_are_read(cases: list[Case]) -> None:
    assert len(cases) == 16 * len(RUNS) and {s for s, _ in RUNS} == set(SCENARIOS)
    assert len({c.all() for c in cases}) == len(cases), "two reports say exactly the same"


@pytest.fixture(scope="module")
def lines(cases: list[Case]) -> dict[str, str]:
    """Every line that stands in some report, with the first report that holds it."""
    found: dict[str, str] = {}
    for case in cases:
        for section, text in case.texts.items():
            if section != "assumptions":  # sources there are the scenario author's own words
                for line in text.splitlines():
                    found.setdefault(line, f"{case.name} {section}")
    return found


@pytest.mark.parametrize("name", sorted(UGLY))
def test_no_text_holds(name: str, lines: dict[str, str]) -> None:
    pattern = re.compile(UGLY[name])
    found: dict[str, str] = {}
    for line, where in lines.items():
        if match := pattern.search(line):
            near = line[max(match.start() - 45, 0) : match.end() + 45]
            found.setdefault(re.sub(r"[0-9.]+", "#", near)[:30], f"{where}: …{near}…")
    assert list(found.values()) == []


def test_the_answer_names_the_numbers_that_the_tables_hold(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        ezfh, mfh = (int(v) for v in case.report.view.to_build[-1])
        first = case.report.answer().split(". ")[0] + "."
        numbers = [int(number(n)) for n in re.findall(rf"(?<![\d–]){COUNT}(?= Wohnung| in Häusern)", first)]
        if ezfh + mfh == 0:
            return "" if "keine weiteren Wohnungen" in first else first
        expected = [ezfh + mfh, ezfh, mfh] if ezfh and mfh else [ezfh + mfh]
        if ezfh + mfh == 1:
            return ""
        told = "einer oder zwei" in first, "ab drei" in first
        return "" if numbers == expected and told == (ezfh > 0, mfh > 0) else first

    assert falsehoods(cases, rule) == []


def test_the_reason_says_up_or_down_as_the_households_go(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        before, after = (int(case.report.view.households[k].sum()) for k in (0, -1))
        change, share = after - before, abs(after - before) / before
        text = re.search(r"Die Zahl der Haushalte .+?\.(?= |$)", case.report.answer())
        if not text:
            return "no sentence on households"
        said = text[0]
        if share < 0.005:
            right = (
                "ändert sich bis dahin im Mittel kaum" in said
                and "steigt" not in said
                and "sinkt" not in said
            )
            signed = re.search(rf"kaum \(([+{MINUS}]?[\d.]+){AROUND}\)", said)
            return "" if right and signed and number(signed[1]) == change else said
        match = re.search(rf"(steigt|sinkt) bis dahin im Mittel um {COUNT} \({PER_CENT}{AROUND}\)", said)
        if not match or (match[1] == "steigt") != (change > 0) or number(match[2]) != abs(change):
            return said
        return "" if abs(number(match[3]) - 100 * share) < 0.0501 else said

    assert falsehoods(cases, rule) == []


def test_change_of_households_and_signed_need_stand_with_intervals_they_lie_within(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        view, words = case.report.view, case.report.words
        households = view.households.sum(-1)
        low, high = view.change_interval("households")
        told = words("sure.change", low=low, high=high)
        if not (told in case.report.answer() and low <= households[-1] - households[0] <= high):
            return case.report.answer()
        low, high = view.spread("signed").interval()
        told, total = words("sure.signed", low=low, high=high), int(view.lines.sum())
        shown = text_of(case.report.need().html)
        return "" if told in shown and low <= total <= high else shown

    assert falsehoods(cases, rule) == []


def test_replacement_is_the_replacement_line(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        expected = int(case.report.view.lines[:, LINES.index("replacement")].sum())
        after = rf"fallen {COUNT} Wohnungen|{COUNT} Wohnungen fallen"
        match = re.search(after, case.report.answer())
        shown = next((g for g in match.groups() if g), "") if match else ""
        return "" if expected <= 1 or (shown and number(shown) == expected) else case.report.answer()

    assert falsehoods(cases, rule) == []


def test_the_interval_holds_the_number_of_the_answer_and_eight_of_ten_draws(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        first = case.report.answer().split(". ")[0]
        match = re.search(rf"\(80-%-Bereich {COUNT} bis {COUNT}\)", first)
        own = int(case.report.view.to_build[-1].sum())
        draws = case.report.view.spread("build").draws[:, -1]
        if not match:
            return "" if draws.min() == draws.max() else first
        low, high = number(match[1]), number(match[2])
        inside = float(((low <= draws) & (draws <= high)).mean())
        return "" if low <= own <= high and low < high and inside >= 0.8 else f"{first} ({inside})"

    assert falsehoods(cases, rule) == []


def test_the_span_of_the_scenarios_is_no_longer_said_to_be_how_sure_it_is(cases: list[Case]) -> None:
    assert falsehoods(cases, lambda c: "Spannweite" if "Spannweite" in c.all() else "") == []


def test_every_key_figure_has_its_interval(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        lines = case.texts["headline"].splitlines()
        for name in ("Wohnungen noch zu bauen", "Haushalte", "Einwohner"):
            note = lines[lines.index(name) + 2]
            match = re.search(rf"80-%-Bereich {COUNT} bis {COUNT}", note)
            last = re.search(rf" auf {COUNT} ", note)
            if not match or (last and not number(match[1]) <= number(last[1]) <= number(match[2])):
                return note
        return ""

    assert falsehoods(cases, rule) == []


def test_the_scenarios_stand_in_rising_order_each_with_its_interval(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        lines = case.texts["sure"].splitlines()
        at = max(k for k, line in enumerate(lines) if line == "noch zu bauen zusammen")
        cells = []
        for line in lines[at + 1 :]:
            match = re.fullmatch(rf"{COUNT} \({COUNT}–{COUNT}\)", line)
            if not match:
                break
            cells.append([number(g) for g in match.groups()])
        named = len({v.result.scenario.name for v in (case.report.view, *case.report.range_views)})
        if len(cells) != named or any(not low <= mean <= high for mean, low, high in cells):
            return str(cells)
        ends = [cells[0], cells[-1]]
        return "" if all(a <= b for a, b in zip(*ends, strict=True)) else str(cells)

    assert falsehoods(cases, rule) == []


def test_surplus_is_told_exactly_where_there_is_one(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        ezfh, mfh = (int(v) for v in case.report.view.surplus[-1])
        text = case.report.surplus_text()
        told = "einer oder zwei" in text, "ab drei" in text
        numbers = {int(number(n)) for n in re.findall(rf"(?<!\d){COUNT}(?= Wohnung| in Häusern)", text)}
        if told != (ezfh > 0, mfh > 0) or not {n for n in (ezfh, mfh) if n > 1} <= numbers:
            return text or f"not told: {ezfh}, {mfh}"
        return ""

    assert falsehoods(cases, rule) == []


def trend_is(said: str, first: float, last: float) -> bool:
    share = (last - first) / first
    if re.search(r"bleibt bis \d{4} fast gleich", said):
        return abs(share) < 0.005
    match = re.search(rf"(steigt|sinkt) bis \d{{4}} um {PER_CENT}", said)
    if not match or (match[1] == "steigt") != (share > 0):
        return False
    return abs(number(match[2]) - 100 * abs(share)) < 0.0501 and abs(share) >= 0.005


def test_the_sentence_above_the_people_is_true(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        pop = [int(v) for v in case.report.view.pop]
        said = next(x for x in case.texts["people"].splitlines() if x.startswith("Die Einwohnerzahl"))
        turn = re.search(
            rf"steigt bis (\d{{4}}) und liegt Ende \d{{4}} (?:um {PER_CENT} (über|unter)|etwa auf)", said
        )
        if not turn:
            return "" if trend_is(said, pop[0], pop[-1]) else said
        peak, share = int(turn[1]), (pop[-1] - pop[0]) / pop[0]
        if pop[peak - 2022 + 1] != max(pop) or peak == case.report.view.year:
            return said
        if turn[2] is None:
            return "" if abs(share) < 0.005 else said
        right = (turn[3] == "über") == (share > 0) and abs(number(turn[2]) - 100 * abs(share)) < 0.0501
        return "" if right else said

    assert falsehoods(cases, rule) == []


def test_the_numbers_of_the_people_paragraph_balance(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        pop = [int(v) for v in case.report.view.pop]
        said = next(x for x in case.texts["people"].splitlines() if x.startswith("Von 2022 bis"))
        flows = re.search(rf"kommen {COUNT} Kinder zur Welt, {COUNT} Menschen sterben", said)
        if not flows:
            return said
        net = pop[-1] - pop[0] - number(flows[1]) + number(flows[2])
        moves = re.search(rf"ziehen {COUNT} Menschen (mehr) (zu als fort|fort als zu)", said)
        if moves is None:
            return "" if "etwa gleich viele" in said and abs(net) < 0.005 * pop[0] else said
        signed = number(moves[1]) * (1 if moves[3] == "zu als fort" else -1)
        return "" if signed == net else said

    assert falsehoods(cases, rule) == []


def test_the_sentence_on_old_people_is_true(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        view = case.report.view
        first, last = int(view.pop_groups(0)[-1]), int(view.pop_groups(-1)[-1])
        said = next(x for x in case.texts["people"].splitlines() if "Menschen ab 75" in x)
        match = re.search(
            rf"{COUNT} Menschen ab 75 Jahren, (?:{COUNT} (mehr|weniger) als|ebenso viele)", said
        )
        if not match or number(match[1]) != last:
            return said
        if match[2] is None:
            return "" if first == last else said
        right = (match[3] == "mehr") == (last > first) and number(match[2]) == abs(last - first)
        return "" if right else said

    assert falsehoods(cases, rule) == []


def test_the_sentences_on_households_are_true(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        view = case.report.view
        lines = case.texts["households"].splitlines()
        said = next(x for x in lines if x.startswith("Haushalte ") and "mit einer oder zwei" in x)
        change = view.households[-1] - view.households[0]
        shown = [number(x) for x in re.findall(r"[+−]?[\d.]+(?= mit )", said)]
        if shown != [int(change[:2].sum()), int(change[2:].sum())]:
            return said
        effects = view.of(view.result.households.effects[0])[-1]
        why = next((x for x in lines if "Zahl der Haushalte" in x and x is not said), "")
        for word, k, up in (
            ("Mehr Menschen in", 0, True), ("Weniger Menschen in", 0, False),
            ("Altern erhöh", 1, True), ("das Altern erhöht", 1, True),
            ("Altersaufbau senkt", 1, False), ("der Altersaufbau senken", 1, False),
        ):  # fmt: skip
            if word in why and (effects[k] > 0.5) != up and abs(effects[k]) > 0.5:
                return f"{why} ({effects})"
        if "kaum" in why and abs(effects[:2]).max() > 0.0021 * view.households[0].sum():
            return why
        text = case.texts["households"]
        same = re.search(r"leben im Mittel ([\d,]+)() Menschen in einem Haushalt", text)
        mean = re.search(r"2022 leben im Mittel ([\d,]+) Menschen .* sind es ([\d,]+)\.", text) or same
        people = view.of(view.result.households.people[0].sum(-1))
        size = people / view.of(view.result.households.total[0])
        right = mean and all(
            abs(number(mean[1 + i] or mean[1]) - size[k]) < 0.00501 for i, k in ((0, 0), (1, -1))
        )
        return "" if right else "mean size"

    assert falsehoods(cases, rule) == []


def test_one_effect_that_is_called_large_is_not_next_to_nothing(cases: list[Case]) -> None:
    """A cause that adds less than a tenth of a per cent is not named as if it moved the number."""

    def rule(case: Case) -> str:
        view = case.report.view
        effects = view.of(view.result.households.effects[0])[-1]
        why = [x for x in case.texts["households"].splitlines() if re.match("(Mehr|Weniger) Menschen in", x)]
        return why[0] + f" ({effects[0]:.1f})" if why and abs(effects[0]) < 0.5 else ""

    assert falsehoods(cases, rule) == []


def test_the_largest_line_of_the_need_is_the_largest(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        view = case.report.view
        by_line = [int(v) for v in view.lines.sum(0)]
        said = next(x for x in case.texts["need"].splitlines() if "größter Posten" in x or "nahezu null" in x)
        total = sum(by_line)
        if "nahezu null" in said:
            return "" if abs(total) < 0.0015 * view.dwellings else f"{said} ({total} of {view.dwellings})"
        keys = {"Veränderung der Haushalte": 0, "Nachholbedarf": 3, "Ersatz": 4, "Reserve": 5}
        at = next((k for w, k in keys.items() if f"Posten: {w}" in said), None)
        most = max(by_line) if total >= 0 else min(by_line)
        numbers = [number(x) for x in re.findall(r"[+−]?[\d.]+(?=;|\))", said)]
        return (
            "" if at is not None and by_line[at] == most and numbers == [total, most] else f"{said} {by_line}"
        )

    assert falsehoods(cases, rule) == []


def test_lines_called_unchanged_are_zero(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        unchanged = "ändern sich in diesem Szenario nicht" in case.texts["need"]
        zero = not case.report.view.lines.sum(0)[1:4].any()
        return "" if unchanged == zero else "zero lines"

    assert falsehoods(cases, rule) == []


def test_the_sentences_on_what_remains_are_true(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        view = case.report.view
        total, text = int(view.to_build[-1].sum()), case.texts["rest"]
        said = next(
            (x for x in text.splitlines() if re.search(r"(bleibt|Noch zu bauen .*) bis \d{4}", x)), ""
        )
        match = re.search(rf"\d{{4}}: {COUNT} Wohnung", said)
        if (match is None) != (total == 0) or (match and number(match[1]) != total):
            return said or "no sentence"
        if ("kein neues Bauland" in text) and total > 2:
            return "land"
        built = re.match(rf"Abgezogen: {COUNT} Wohnung", case.report.built_text())
        return "" if built and number(built[1]) == int(view.built.sum()) else "completed"

    assert falsehoods(cases, rule) == []


def test_what_was_built_since_is_subtracted_and_said_where_it_helps_one_type_only(cases: list[Case]) -> None:
    """„rund X weitere … fehlen noch rund Y“: Y is the rest, or more with the reason given, or nothing is left."""

    def rule(case: Case) -> str:
        text, total = case.report.built_text(), int(case.report.view.to_build[-1].sum())
        more, left = re.search(rf"sind rund {COUNT} weitere", text), re.search(rf"noch rund {COUNT}", text)
        if not more:
            return "" if total == 0 or "rund" not in text else text
        if not left:
            return "" if "wäre damit gedeckt" in text and number(more[1]) >= 0.9 * total else text
        rest, told = total - number(more[1]), number(left[1])
        rounding = 0.05 * number(more[1]) + 0.05 * told + 2
        if "denn die eine" in text or "denn manche" in text:  # said only where the numbers show it
            return "" if told > about(rest) else text
        if "deshalb fehlen mehr als" in text:
            return "" if told > rest - rounding else text
        return "" if abs(told - rest) <= rounding else text

    assert any("deshalb fehlen mehr als" in case.report.built_text() for case in cases)
    assert falsehoods(cases, rule) == []


def test_the_first_screen_names_a_surplus_once_and_only_if_there_is_one(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        text, surplus = case.texts["headline"], int(case.report.view.surplus[-1].sum())
        times = len(re.findall(r"größte Überhang|überzählig", text.split("Was jetzt zu tun ist")[0]))
        told = times == 1 if surplus else times <= 1
        return "" if told and (times == 0) == ("nicht gegengerechnet" not in text) else f"{times} {surplus}"

    assert falsehoods(cases, rule) == []


def test_member_municipalities_are_missing_only_where_there_are_some(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        areas, view = case.report.view.result.inputs.areas, case.report.view
        some = view.index is None or areas.kinds[view.index] == "Samtgemeinde"
        return "" if ("Mitgliedsgemeinden einer Samtgemeinde" in case.texts["basis"]) == some else view.name

    assert falsehoods(cases, rule) == []


def test_nothing_is_said_to_be_covered_where_nothing_is_needed(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        none = int(case.report.view.to_build[-1].sum()) == 0
        text = case.report.built_text()
        return text if none and ("wäre damit" in text or "noch abzuziehen" in text) else ""

    assert falsehoods(cases, rule) == []


def test_key_figures_are_the_changes_that_the_notes_name(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        view, text = case.report.view, case.texts["headline"]
        pairs = ((view.households.sum(-1), "Haushalte"), (view.pop, "Einwohner"))
        for series, name in pairs:
            match = re.search(
                rf"^{name}\n([+{MINUS}]?[\d.]+)\nvon {COUNT} .* auf {COUNT} ", text, re.MULTILINE
            )
            told = [number(g) for g in match.groups()] if match else []
            first, last = int(series[0]), int(series[-1])
            if told != [last - first, first, last]:
                return name
        return ""

    assert falsehoods(cases, rule) == []


def test_sentences_end_with_one_mark_and_start_with_a_capital(cases: list[Case]) -> None:
    def rule(case: Case) -> str:
        for sentence in (case.report.answer(), case.report.built_text(), case.report.surplus_text()):
            if sentence and not (sentence[0].isupper() and sentence.endswith((".", "!"))):
                return sentence
        return ""

    assert falsehoods(cases, rule) == []


def test_text_that_people_read_is_never_cut(cases: list[Case]) -> None:
    assert falsehoods(cases, lambda c: next((x for x in c.all().splitlines() if x.endswith("…")), "")) == []
    assert 2 * max(len(x) for c in cases for x in c.all().splitlines()) <= page.TEXT_AT_MOST


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_entry_page_tells_the_same_as_the_report_of_the_kreis(scenario: str) -> None:
    result, span = assessed(scenario, 2040), tuple(assessed(n, 2040) for n in RANGE)
    text = text_of(index_page(result, span, "de").split("<main", 1)[1].split(">", 1)[1].split("</main>")[0])
    assert bedarf_of(result, span, "03251", "de").answer().split(". ")[0] in text
    for name, pattern in UGLY.items():
        assert not re.search(pattern, text), name
