"""Building blocks: text that enters stays text, whatever it holds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wohnlib.report import page
from wohnlib.report.page import Block

HOSTILE = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "</style></table><h1>x",
    "a\x00b\x1b[31mc\x7f",
    "\u202eabc\u2066\u200f\u200b\ufeff",
    "&lt;b&gt; &#60;script&#62;",
    "{{ 7 * 7 }} {% raw %} {x}",
    "\ud800 half a character",
    "x" * 10_000,
]
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5"/>'
FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def every_block(text: str) -> Block:
    """Every building block with the text at every place that takes text."""
    return page.join(
        page.heading(text, 3),
        page.paragraph([text, page.strong(text), page.link(text, "a.html")]),
        page.lead(text),
        page.bullets([text]),
        page.keyfigures([(text, text, text)]),
        page.table([text], [[text]], caption=text, notes=[text]),
        page.folded(text, page.paragraph(text)),
        page.figure(PICTURE, text + "x", text, text, page.table([text], [[text]], caption=text)),
        page.definition_list([(text, text)]),
        page.callout("note", text),
        page.section("abschnitt", text, page.paragraph(text)),
    )


def tags_of(html: str) -> list[str]:
    """Names and attribute names of all tags, without the values of attributes."""
    return [re.sub(r'="[^"]*"', "", t) for t in re.findall(r"<[^>]*>", html)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_markup(text: str) -> None:
    html = every_block(text).html
    assert tags_of(html) == tags_of(every_block("harmlos").html)
    assert not FORBIDDEN.search(html)
    html.encode("utf-8")


@given(st.text(max_size=60))
def test_no_text_adds_markup(text: str) -> None:
    html = every_block(text + "x").html
    assert tags_of(html.replace('<dd class="dazu"></dd>', "")) == tags_of(every_block("harmlos").html)
    assert not FORBIDDEN.search(html)


def test_long_text_is_cut() -> None:
    assert len(page.clean("x" * 10_000)) == page.LABEL_AT_MOST
    assert page.clean("x" * 10_000).endswith("x…")
    assert len(page.paragraph("ab " * 10_000).html) < page.TEXT_AT_MOST + 20


def test_names_rows_and_notes_are_cut_to_their_measure() -> None:
    long = "x" * 2000
    assert len(page.name(long)) == page.NAME_AT_MOST == 60
    html = page.table(["a", "b"], [[long, "1"]], caption="Orte", notes=[long]).html
    found = {
        tag: len(text) for tag, text in re.findall(r'<(th scope="row"|p class="anmerkung")>(x+…)<', html)
    }
    assert found == {'th scope="row"': page.ROW_AT_MOST, 'p class="anmerkung"': page.NOTE_AT_MOST}
    assert len(page.figure(PICTURE, "Bild", "Titel", long).html) < page.NOTE_AT_MOST + 400


def test_spaces_that_hold_numbers_together_stay() -> None:
    assert page.clean("12,3\u00a0%\n und\t1\u202f000") == "12,3\u00a0% und 1\u202f000"


def test_numbers_must_be_formatted_before_they_enter() -> None:
    with pytest.raises(TypeError, match="format numbers with Words"):
        page.paragraph(1234)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "//x.de", "/etc", "../a", "http://x.de", "a b", 'a"b', "data:x", "", "a\n"],
)
def test_only_plain_addresses_are_linked(href: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        page.link("x", href)


@pytest.mark.parametrize(
    "href", ["index.html", "a/03251407_x.html#bedarf", "#a", "https://www.destatis.de/x?a=1&b=2"]
)
def test_plain_addresses_are_linked(href: str) -> None:
    assert f'href="{href.replace("&", "&amp;")}"' in page.link("x", href).html


def test_ids_and_classes_are_plain_names() -> None:
    for wrong in ('a"b', "A", "1a", "a b", ""):
        with pytest.raises(ValueError, match="not an id"):
            page.section(wrong, "x")
    with pytest.raises(ValueError, match="not a class"):
        page.paragraph("x", 'a"')


def test_a_table_has_scopes_a_region_and_numbers_on_the_right() -> None:
    rows = [["Stuhr", "1.234", "12,3\u00a0%", "viel"], ["Summe", "−5", None, "wenig"]]
    html = page.table(["Ort", "Zahl", "Anteil", "Wort"], rows, caption="Orte", total=True).html
    assert 'role="region" tabindex="0" aria-label="Orte"' in html
    assert "<caption><span>Orte</span></caption>" in html
    assert '<th scope="col">Ort</th><th scope="col" class="zahl">Zahl</th>' in html
    assert (
        '<th scope="row">Stuhr</th><td class="zahl">1.234</td><td class="zahl">12,3\u00a0%</td><td>viel</td>'
        in html
    )
    assert (
        '<tr class="summe"><th scope="row">Summe</th><td class="zahl">−5</td><td class="zahl">–</td>' in html
    )


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="'Orte': every row needs 2 cells"):
        page.table(["a", "b"], [["1"]], caption="Orte")


def test_a_figure_needs_an_alternative_text() -> None:
    with pytest.raises(ValueError, match="alternative text"):
        page.figure(PICTURE, " \u200b", "Titel")


def test_a_rating_is_a_word_and_a_symbol() -> None:
    shown = [page.rating(r).html for r in ("red", "amber", "green")]
    for html, word, symbol in zip(shown, ("rot", "gelb", "grün"), "▲◆●", strict=True):
        assert html.endswith(f"{symbol}</span> {word}</span>")
    with pytest.raises(ValueError, match="red, amber, green"):
        page.rating("blue")


def test_a_block_shows_itself_without_an_address() -> None:
    block = page.paragraph("a") + page.paragraph("b")
    data, metadata = block._repr_mimebundle_()
    assert data == {"text/html": "<p>a</p>\n<p>b</p>", "text/plain": repr(block)}
    assert metadata == {"wohnlib": {"block": True}}
    assert "0x" not in repr(block)
    assert block == page.join(page.paragraph("a"), page.paragraph("b"))
