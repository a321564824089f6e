"""The base beside another scenario: in every section that has a result, with a difference split by assumption."""

import re

import numpy as np
import pytest

from wohnlib.notebook import RANGE, base_of
from wohnlib.report import charts, sections_fan, sections_ranking
from wohnlib.report.bedarf import bedarf_of
from wohnlib.report.buendnis import buendnis_of
from wohnlib.report.headline import base_text
from wohnlib.report.index import index_page
from wohnlib.report.view import View
from wohnlib.words import Words

WORDS = Words("de")
KEYS = ("03251407", "03251047", "03251401")  # shrinking, growing, at the lake
TABLES = {
    "people": ("Einwohner und ihre Veränderung", "Einwohner nach Alter"), "households": ("Haushalte nach Größe",),
    "need": ("Bedarf nach Posten und Gebäudeart",), "types": ("Bedarf an neuen Wohnungen und Überhang",),
    "segments": ("Teilmärkte",), "sure": ("Ergebnisse Ende 2040 mit",),
}  # fmt: skip


def text_of(html):
    return re.sub(r"<[^>]+>", "", html)


def table_of(html, caption):
    """Return the rows of the table whose caption begins so, as lists of text."""
    found = next(t for t in re.findall(r"<table>.*?</table>", html, re.DOTALL) if f"<span>{caption}" in t)
    rows = re.findall(r"<tr.*?</tr>", found, re.DOTALL)
    return [[text_of(c) for c in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def number(text):
    return float(text.replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-"))


def report_of(assessments, name, key):
    span = tuple(assessments[n] for n in RANGE)
    return bedarf_of(assessments[name], span, key, "de", None if name == "base" else assessments["base"])


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Leave out the drawings: only words and tables are read here."""
    dot = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"></svg>'
    for module, names in ((charts, ("bars", "grouped_bars", "waterfall")), (sections_fan, ("fan",)),
                          (sections_ranking, ("ranges",))):  # fmt: skip
        for name in names:
            monkeypatch.setattr(module, name, lambda *_, **__: dot)


@pytest.mark.parametrize(("name", "key"), [("upper", KEYS[0]), ("upper", KEYS[1]), ("lower", KEYS[2])])
def test_tables_end_with_a_column_of_the_base(assessments, name, key):
    report, base = report_of(assessments, name, key), View(assessments["base"], key, WORDS)
    own = report_of(assessments, "base", key)
    for section, captions in TABLES.items():
        for caption in captions:
            rows = table_of(getattr(report, section)().html, caption)
            plain = table_of(getattr(own, section)().html, caption)
            assert rows[0][-1].startswith("Basis") and not any("Basis" in c for c in plain[0])
            assert len({len(row) for row in rows}) == 1
            assert len(rows[0]) - len(plain[0]) == (2 if section == "types" else 1)
    need = table_of(report.need().html, "Bedarf nach Posten")
    assert number(need[-1][-1]) == base.lines.sum()
    assert sum(number(r[-1]) for r in need[1:-1]) == base.lines.sum()
    assert number(table_of(report.sure().html, "Ergebnisse Ende 2040 mit")[1][-1]) == base.to_build[-1].sum()
    assert number(table_of(report.people().html, "Einwohner nach Alter")[-1][-1]) == base.pop[-1]
    rest = table_of(report.rest().html, "Was bleibt")
    beside = next(r for r in rest if r[0] == "noch zu bauen in der Basis")
    assert [number(c) for c in beside[1:]] == [*base.to_build[-1], base.to_build[-1].sum()]


@pytest.mark.parametrize("key", [*KEYS, "03251"])
@pytest.mark.parametrize("name", ["upper", "lower", "status_quo"])
def test_the_first_screen_says_what_the_base_says(assessments, name, key):
    report, base = report_of(assessments, name, key), View(assessments["base"], key, WORDS)
    own, other = (int(v.to_build[-1].sum()) for v in (report.view, base))
    text = base_text(report)
    found = re.search(r"kommt (?:ebenfalls )?auf ([\d.]+) Wohnung", text)
    assert found and number(found[1]) == other, text
    change = re.search(r"hier sind es ([\d.]+) (mehr|weniger)", text)
    signed = 0 if change is None else number(change[1]) * (1 if change[2] == "mehr" else -1)
    assert signed == own - other, text
    assert ("ebenfalls" in text) == (own == other)
    assert base_text(report_of(assessments, "base", key)) == ""


@pytest.mark.parametrize("key", KEYS)
def test_the_split_by_assumption_sums_to_the_difference(assessments, key):
    report = report_of(assessments, "upper", key)
    html = report.beside().html
    rows = table_of(html, "Noch zu bauende Wohnungen bis Ende 2040: von der Basis")
    values = [number(r[-1]) for r in rows[1:]]
    assert values[0] == View(assessments["base"], key, WORDS).to_build[-1].sum()
    assert values[-1] == report.view.to_build[-1].sum() == sum(values[:-1])
    assert "ergibt" in text_of(html) and "als die Basis" in text_of(html)
    assert report_of(assessments, "base", key).beside().html == ""


def test_the_dossier_and_the_entry_page_have_the_base_for_every_unit(assessments):
    span = tuple(assessments[n] for n in RANGE)
    base = base_of(assessments["upper"])
    assert base is not None and base_of(assessments["base"]) is None
    report = buendnis_of(assessments["upper"], span, "de", base)
    expected = np.array([View(base, v.key, WORDS).to_build[-1].sum() for v in report.views])
    for html, caption in (
        (report.ranking().html, "Noch zu bauende Wohnungen bis Ende 2040<"),
        (report.overview().html, "Alle Planungseinheiten"),
    ):
        rows = table_of(html, caption)
        at = rows[0].index("Basis")
        assert sorted(number(r[at]) for r in rows[1:-1]) == sorted(expected)
        assert number(rows[-1][at]) == expected.sum()
    assert base_text(report.kreis) in text_of(report.headline().html)
    page = index_page(assessments["upper"], span, "de")
    rows = table_of(page, "Kennzahlen der 15 Planungseinheiten")
    at = rows[0].index("Basis: noch zu bauen")
    assert [number(r[at]) for r in rows[1:]] == [*expected, expected.sum()]
    assert base_text(report.kreis) in text_of(page)
