"""A whole page made of all building blocks: what holds for every page of the product."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from wohnlib.report import charts, figure, page
from wohnlib.report.exporter import page_style, policy, render_page, running_title, style
from wohnlib.report.fan import fan
from wohnlib.report.picture import Picture

TITLE = "Wohnungsbedarf Samtgemeinde Siedenburg bis 2040"
UNITS = ["Stuhr", "Weyhe", "Syke", "Diepholz", "Altes Amt Lemförde", "Bruchhausen-Vilsen", "Siedenburg"]
PERIODS = ["2022–2025", "2026–2030", "2031–2035", "2036–2040"]
YEARS = list(range(2022, 2041))


def sample_figures() -> dict[str, Picture]:
    """Every kind of figure, with made-up numbers."""
    ages = np.arange(101)
    women = (120 * np.exp(-(((ages - 58) / 30) ** 2)) + 30 * np.sin(ages / 9) ** 2) * np.exp(
        -((ages / 92) ** 12)
    )
    steps = [("Mehr Haushalte", 412), ("Incomings", 0), ("Nachholbedarf", 55), ("Ersatz", 130),
             ("Abbau nutzbaren Leerstands", -88)]  # fmt: skip
    path = [10_000 + 30 * i for i in range(19)]
    return {
        "bars": charts.bars(UNITS, [1500, 1234, 900, 640, 300, 120, -60], highlight=["Siedenburg"],
                            unit="Wohnungen bis 2040"),
        "fan": fan(YEARS, ("Basis", path), [("80-%-Bereich", [p * 0.98 for p in path], [p * 1.02 for p in path])],
                   beside={"ohne Zuzug": [10_000 - 20 * i for i in range(19)]},
                   unit="Einwohnerinnen und Einwohner"),
        "stacked": charts.stacked_bars(PERIODS, {"Ein- und Zweifamilienhäuser": [120, 80, 50, 20],
                                                 "Mehrfamilienhäuser": [60, 90, 70, 30]},
                                       colours=[figure.EZFH, figure.MFH], unit="Wohnungen"),
        "grouped": charts.grouped_bars(PERIODS, {"Bedarf": [120, 80, 50, 20], "Überhang": [-60, -9, 70, 30]},
                                       colours=[figure.NEED, figure.SURPLUS], unit="Wohnungen"),
        "waterfall": charts.waterfall(steps, "Wohnungsbedarf", unit="Wohnungen"),
        "pyramid": charts.pyramid(women, women * 0.95, labels=("Frauen", "Männer"), age_label="Alter",
                                  unit="Personen je Altersjahr", outline=(women * 1.1, women * 1.05),
                                  outline_label="2040", fill_label="2022"),
    }  # fmt: skip


def sample_page() -> str:
    """A page with every block; the numbers are made up."""
    pictures = sample_figures()
    numbers = page.table(
        ["Zeitraum", "Ein- und Zweifamilienhäuser", "Mehrfamilienhäuser", "zusammen"],
        [["2022–2025", "120", "60", "180"], ["2026–2030", "80", "90", "170"], ["2031–2035", "−50", "70", "20"],
         ["zusammen", "150", "220", "370"]],
        caption="Neubaubedarf nach Zeitraum und Gebäudeart (Wohnungen)", total=True,
        notes=["Gerundet wird nur die einzelne Zelle; Summen entstehen aus gerundeten Zellen."],
    )  # fmt: skip
    assumptions = page.table(
        ["Annahme", "Wert", "Einheit", "Quelle", "Güte"],
        [["Zusammengefasste Geburtenziffer 2040", "1,45", "Kinder je Frau", "Destatis, 15. Vorausberechnung",
          page.rating("green")],
         ["Fluktuationsreserve Mehrfamilienhäuser", "3,0\u00a0%", "des Bestands", "eigene Setzung", page.rating("red")],
         ["Wohnungsabgang", "0,20\u00a0%", "je Jahr", "GEWOS; Bezirksregierung Düsseldorf", page.rating("amber")]],
        caption="Annahmen mit Quelle und Güte",
    )  # fmt: skip
    blocks = [
        page.lead("Bis 2040 fehlen in Siedenburg rechnerisch 370 Wohnungen, davon knapp die Hälfte in Häusern "
                  "mit drei und mehr Wohnungen."),
        page.keyfigures([("370", "Wohnungen bis 2040", "80-%-Bereich 290 bis 450"),
                         ("10.540", "Menschen im Jahr 2040", "+5,4\u00a0% gegenüber 2022"),
                         ("4.812", "private Haushalte im Jahr 2040", "+8,1\u00a0% gegenüber 2022")]),
        page.section("bedarf", "Wie viele Wohnungen fehlen, und welche?",
                     page.paragraph(["Der Bedarf entsteht vor allem ", page.strong("in den ersten acht Jahren"),
                                     ". Danach werden Einfamilienhäuser älterer Haushalte frei, und ein Teil des "
                                     "Bedarfs erledigt sich im Bestand."]),
                     page.figure(pictures["stacked"], "Gestapelte Balken je Zeitraum", "Zwei Drittel des Bedarfs "
                                 "fallen vor 2031 an.", "Ohne Überhänge; diese stehen im nächsten Abschnitt.", numbers),
                     page.callout("caution", "Zahlen nach Gebäudeart sind geschätzt.")),
        page.section("warum", "Woraus entsteht der Bedarf?",
                     page.figure(pictures["waterfall"], "Wasserfall", "Mehr Haushalte erklären vier Fünftel."),
                     page.figure(pictures["grouped"], "Balken", "Bedarf und Überhang stehen nebeneinander.")),
        page.section("menschen", "Wie viele Menschen leben hier?",
                     page.figure(pictures["fan"], "Linien", "Die Zahl der Menschen wächst bis 2040 um 5 Prozent."),
                     page.figure(pictures["pyramid"], "Pyramide", "Die starken Jahrgänge werden über 75.")),
        page.section("vergleich", "Wie steht die Gemeinde im Landkreis?",
                     page.figure(pictures["bars"], "Balken", "Siedenburg hat als einzige weniger Bedarf.")),
        page.section("annahmen", "Worauf beruht das?", assumptions,
                     page.callout("note", "Jede Annahme lässt sich ändern."),
                     page.folded("Begriffe", page.definition_list(
                         [("Neubedarf", "Wohnungen für zusätzliche Haushalte."),
                          ("Ersatzbedarf", "Wohnungen für wegfallenden Bestand.")])),
                     page.bullets(["Zensus 2022", page.link("Methode", "methode.html#neubedarf")])),
    ]  # fmt: skip
    return render_page(
        TITLE, blocks,
        description="Wie viele Wohnungen bis 2040 fehlen.", kicker="Landkreis Diepholz · Allianz für Wohnraum",
        footer=["wohnlib 0.1 · Stand der Daten: Zensus 15.05.2022, Fortschreibung 31.12.2023"],
        back_link="index.html",
    )  # fmt: skip


@pytest.fixture(scope="module")
def text() -> str:
    return sample_page()


class _Reader(HTMLParser):
    """Collect tags with their attributes and check that they close in order."""

    VOID = ("meta", "img", "source", "br", "hr", "link")

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@pytest.fixture(scope="module")
def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = _Reader()
    reader.feed(text)
    assert reader.faults == []
    assert reader.open == []
    return reader.tags


def test_the_policy_allows_exactly_the_style_on_the_page(text: str) -> None:
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert styles == [page_style(TITLE)] and page_style(TITLE).startswith(style())
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in styles]
    wanted = (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert policy(TITLE) == wanted
    assert f'<meta http-equiv="Content-Security-Policy" content="{wanted}">' in text


def test_the_foot_of_a_sheet_holds_the_title_and_nothing_that_ends_the_style() -> None:
    assert f'@bottom-left{{content:"{TITLE}";' in running_title(TITLE)
    bad = '</style><h1>"; } a\\b\n\u202e' + "x" * 500
    found = running_title(bad)
    inside = found.split('"')[1]
    assert found.count('"') == 2
    assert not set("<>;}{/\n\u202e") & set(inside)
    assert len(inside) < 200
    page_text = render_page(bad, [page.paragraph("x")])
    assert page_text.count("</style>") == 1


def test_the_list_of_contents_stands_once_for_wide_and_once_folded_for_narrow_screens(text: str) -> None:
    wide, narrow = re.findall(r'<nav class="verzeichnis.*?</nav>', text, re.DOTALL)
    assert "<details" not in wide and "<summary" not in wide
    assert "<details>" in narrow and "<summary>" in narrow
    assert re.findall(r'href="#[^"]+"', wide) == re.findall(r'href="#[^"]+"', narrow)
    sheet = style()
    assert ".schmal { display: none; }" in sheet
    before, after = sheet.split("@media (max-width: 60rem) {", 1)
    assert ".breit { display: none; }" in after and ".breit { display: none; }" not in before
    assert "pointer-events" not in sheet
    assert sheet.count("::details-content") == 2  # the question whether it is known, and its one rule
    assert "@supports selector(::details-content) {\ndetails::details-content" in sheet


def test_figures_are_no_stops_for_the_tabulator(text: str) -> None:
    assert set(re.findall(r'<div class="bild"[^>]*>', text)) == {'<div class="bild">'}
    assert '<nav aria-label="Zurück"><a href="index.html">' in text


def test_the_page_needs_nothing_from_outside(
    text: str, tags: list[tuple[str, dict[str, str | None]]]
) -> None:
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in tags}
    assert all(
        (a.get("src") or "data:").startswith("data:image/svg+xml;base64,") for t, a in tags if t == "img"
    )
    assert "url(" not in style()
    assert "@import" not in style()
    assert not [a for _, a in tags if "style" in a or any(k.startswith("on") for k in a)]


def test_the_page_has_one_heading_of_level_one_and_landmarks(
    tags: list[tuple[str, dict[str, str | None]]],
) -> None:
    names = [tag for tag, _ in tags]
    assert names.count("h1") == 1
    assert names.count("main") == 1
    assert {"header", "nav", "footer"} <= set(names)
    assert dict(tags)["html"] == {"lang": "de"}


def test_ids_are_unique_and_every_inner_link_leads_somewhere(
    tags: list[tuple[str, dict[str, str | None]]],
) -> None:
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    inner = [str(a["href"])[1:] for t, a in tags if t == "a" and str(a.get("href")).startswith("#")]
    assert len(inner) >= 6
    assert set(inner) <= set(ids)
    named = [a["aria-labelledby"] for _, a in tags if "aria-labelledby" in a]
    assert set(named) <= set(ids)


def test_regions_have_names_that_differ(tags: list[tuple[str, dict[str, str | None]]]) -> None:
    names = [a.get("aria-label") for _, a in tags if a.get("role") == "region"]
    assert len(names) >= 2
    assert all(names)
    assert len(names) == len(set(names))


def test_every_picture_has_a_text_and_a_size(tags: list[tuple[str, dict[str, str | None]]]) -> None:
    pictures = [a for t, a in tags if t == "img"]
    assert len(pictures) == 6
    assert all(a["alt"] and a["width"] and a["height"] for a in pictures)
    sources = [a for t, a in tags if t == "source"]
    assert len(sources) == len(pictures)
    assert all(str(a["srcset"]).startswith("data:image/svg+xml;base64,") for a in sources)


def test_two_headings_of_level_one_are_refused() -> None:
    with pytest.raises(ValueError, match="one heading of level 1"):
        render_page("x", [page.heading("a", 1), page.heading("b", 1)])


def test_an_id_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice on the page: a"):
        render_page("x", [page.section("a", "Eins"), page.section("a", "Zwei")])


def test_the_page_says_nothing_of_time_or_place(text: str) -> None:
    assert str(page.__file__).rsplit("/", 1)[0] not in text
    assert sample_page() == text
