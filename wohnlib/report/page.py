"""Building blocks of a report page: small functions that return escaped HTML as a `Block`.

Everything that enters as text is cleaned and escaped; only a `Block` is taken as it is. No block carries a
script or a style attribute, since the page's policy forbids both.
"""

import base64
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from markupsafe import escape

from wohnlib.report.picture import Picture
from wohnlib.words import Words

NAME_AT_MOST = 60  # characters of a name of a place or a series
NOTE_AT_MOST = 500  # characters of a note below a table or a figure
ROW_AT_MOST = 160  # characters of the heading of a row
LABEL_AT_MOST = 300  # characters of a heading, a cell, a label
TEXT_AT_MOST = 4000  # characters of a paragraph
MARK = "wohnlib"  # metadata key by which the exporter knows our outputs

_ID = re.compile(r"[a-z][a-z0-9-]{0,79}\Z")
_HREF = re.compile(r"(https://[A-Za-z0-9][A-Za-z0-9.-]*)?[A-Za-z0-9_./#?=&;,%+~-]*\Z")
_NUMBER = re.compile(r"[+\u2212-]?[\d.,]+(\u00a0%|\u00a0Prozentpunkte|\u00a0ha)?\Z|–\Z")
_CLASS = re.compile(r"[a-z][a-z -]{0,40}\Z")
_KEPT_SPACES = "\u00a0\u202f"
_MANY_COLUMNS = 7  # columns from which a table is set closer
_SHORT_TABLE = 15  # rows up to which a table is kept on one sheet of paper
_PHONE = "screen and (max-width: 34rem)"  # the same width as in the style sheet
_RATINGS = {"red": "▲", "amber": "◆", "green": "●"}
_CALLOUTS = ("note", "caution", "result")


class Block:
    """A piece of a page; shows itself as HTML in a notebook and never as a memory address."""

    __slots__ = ("html",)

    def __init__(self, html: str) -> None:
        self.html = html

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        return {"text/html": self.html, "text/plain": repr(self)}, {MARK: {"block": True}}

    def __html__(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return _words()("page.plain")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Block) and other.html == self.html

    def __hash__(self) -> int:
        return hash(self.html)

    def __add__(self, other: "Block") -> "Block":
        if not isinstance(other, Block):
            return NotImplemented
        return join(self, other)


Inline = str | Block | Sequence[str | Block]


@cache
def _words(lang: str = "de") -> Words:
    return Words(lang)


def clean(text: str, at_most: int = LABEL_AT_MOST) -> str:
    """Return text without control, direction and invisible characters, cut to `at_most` characters."""
    if not isinstance(text, str):
        raise TypeError(f"page text must be str, not {type(text).__name__}; format numbers with Words first")
    kept = []
    for char in text[: 2 * at_most]:
        kind = unicodedata.category(char)
        if char in _KEPT_SPACES:
            kept.append(char)
        elif kind in ("Zs", "Zl", "Zp") or char in "\t\n\r":
            kept.append(" ")
        elif kind[0] == "C":
            kept.append("" if kind == "Cf" else "\N{REPLACEMENT CHARACTER}")
        else:
            kept.append(char)
    line = re.sub(" {2,}", " ", "".join(kept)).strip(" ")
    return line if len(line) <= at_most else line[: at_most - 1].rstrip() + "…"


def name(text: str) -> str:
    """Return a name cleaned and cut so that it fits a heading, a row or a label."""
    return clean(text, NAME_AT_MOST)


def _inline(text: Inline, at_most: int = LABEL_AT_MOST) -> str:
    if isinstance(text, Block):
        return text.html
    if not isinstance(text, (list, tuple)):
        return str(escape(clean(text, at_most)))  # type: ignore[arg-type]
    return "".join(p.html if isinstance(p, Block) else str(escape(_spaced(p, at_most))) for p in text)


def _spaced(part: str, at_most: int) -> str:
    """Clean one part of a running text and keep the single spaces at its ends."""
    before, after = part[:1].isspace(), part[-1:].isspace()
    return (" " if before else "") + clean(part, at_most) + (" " if after else "")


def _attribute(text: str, at_most: int = LABEL_AT_MOST) -> str:
    return str(escape(clean(text, at_most)))


def _identifier(name: str) -> str:
    if not _ID.match(name):
        raise ValueError(f"not an id of a page: {name[:40]!r}")
    return name


def _class(cls: str) -> str:
    if cls and not _CLASS.match(cls):
        raise ValueError(f"not a class of a page: {cls[:40]!r}")
    return f' class="{cls}"' if cls else ""


def join(*blocks: Block) -> Block:
    """Return the blocks one after another as one."""
    return Block("\n".join(b.html for b in blocks))


def heading(text: Inline, level: int = 2, id: str | None = None) -> Block:
    """Return a heading of level 1 to 4; level 2 with an id enters the list of contents."""
    if level not in (1, 2, 3, 4):
        raise ValueError("a heading has level 1 to 4")
    mark = f' id="{_identifier(id)}"' if id else ""
    return Block(f"<h{level}{mark}>{_inline(text)}</h{level}>")


def paragraph(text: Inline, cls: str = "") -> Block:
    """Return a paragraph; `text` may be a sequence of strings and inline blocks."""
    return Block(f"<p{_class(cls)}>{_inline(text, TEXT_AT_MOST)}</p>")


def lead(text: Inline) -> Block:
    """Return the opening paragraph, set larger."""
    return paragraph(text, "lead")


def strong(text: str) -> Block:
    """Return emphasised inline text."""
    return Block(f"<strong>{_inline(text)}</strong>")


def link(text: str, href: str) -> Block:
    """Return an inline link to an https address, a file beside the page or an id on it."""
    if not href or not _HREF.match(href) or href.startswith("/") or ".." in href:
        raise ValueError(f"not an address a page may link to: {href[:60]!r}")
    return Block(f'<a href="{escape(href)}">{_inline(text)}</a>')


def breakable(text: str) -> Block:
    """Return inline text that may break after an underscore, as in the name of a table."""
    return Block(_inline(text).replace("_", "_<wbr>"))


def bullets(items: Iterable[Inline]) -> Block:
    """Return a plain list."""
    return Block("<ul>" + "".join(f"<li>{_inline(i, TEXT_AT_MOST)}</li>" for i in items) + "</ul>")


def keyfigures(figures: Iterable[tuple[str, str, str]]) -> Block:
    """Return the big figures of a page from (value, label, note)."""
    cells = [
        f'<div><dt>{_inline(label)}</dt><dd class="wert">{_inline(value)}</dd>'
        + (f'<dd class="dazu">{_inline(note)}</dd>' if note else "")
        + "</div>"
        for value, label, note in figures
    ]
    return Block(f'<dl class="kennzahlen">{"".join(cells)}</dl>')


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Inline | None]],
    *,
    caption: str,
    notes: Iterable[Inline] = (),
    numeric: Sequence[bool] | None = None,
    row_headers: bool = True,
    total: bool = False,
    lang: str = "de",
) -> Block:
    """Return a table in a container that scrolls on narrow screens, under a caption that stays in view.

    Cells are text (numbers already formatted), a `Block` or None (printed as a dash). Columns whose cells
    all look like numbers are set right unless `numeric` says otherwise; `total` sets the last row apart.
    """
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"table '{clean(caption, 60)}': every row needs {len(columns)} cells")
    right = list(numeric) if numeric is not None else _numeric(rows, len(columns), row_headers)
    dash = _words(lang)("page.missing")
    head = "".join(
        f'<th scope="col"{_right(r)}>{_inline(c)}</th>' for c, r in zip(columns, right, strict=True)
    )
    body = []
    for index, row in enumerate(rows):
        cells = []
        for place, (cell, is_right) in enumerate(zip(row, right, strict=True)):
            heads = place == 0 and row_headers
            text = _inline(dash if cell is None else cell, ROW_AT_MOST if heads else TEXT_AT_MOST)
            if heads:
                cells.append(f'<th scope="row"{_right(is_right)}>{text}</th>')
            else:
                cells.append(f"<td{_right(is_right)}>{text}</td>")
        last = total and index == len(rows) - 1
        body.append(f"<tr{_class('summe' if last else '')}>{''.join(cells)}</tr>")
    kinds = (" kurz" if len(rows) <= _SHORT_TABLE else "") + (
        " viele" if len(columns) >= _MANY_COLUMNS else ""
    )
    foot = "".join(f'<p class="anmerkung">{_inline(n, NOTE_AT_MOST)}</p>' for n in notes)
    return Block(
        f'<div class="tabelle{kinds}"><div class="schieber" role="region" tabindex="0" '
        f'aria-label="{_attribute(caption)}">\n<table><caption><span>{_inline(caption)}</span></caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(body)
        + f"\n</tbody></table></div>{foot}</div>"
    )


def _right(is_right: bool) -> str:
    return ' class="zahl"' if is_right else ""


def _numeric(rows: Sequence[Sequence[Inline | None]], width: int, row_headers: bool) -> list[bool]:
    """Return which columns hold nothing but formatted numbers; the row headers are text."""

    def is_number(cell: Inline | None) -> bool:
        return cell is None or cell == "" or (isinstance(cell, str) and bool(_NUMBER.match(cell)))

    found = []
    for place in range(width):
        cells = [row[place] for row in rows]
        found.append(bool(cells) and all(map(is_number, cells)) and any(cells))
    if row_headers and found:
        found[0] = False
    return found


def folded(summary: Inline, *blocks: Block) -> Block:
    """Return blocks that open on a click (and always in print)."""
    return Block(f"<details><summary>{_inline(summary)}</summary>\n<div>{join(*blocks).html}</div></details>")


def figure(
    picture: bytes,
    alt: str,
    title: Inline,
    note: Inline = "",
    table: Block | None = None,
    *,
    lang: str = "de",
) -> Block:
    """Return a figure: the title as a sentence with the answer, the picture, a note, its numbers folded.

    A `Picture` is shown in its narrow form on phones; print takes the wide one.
    """
    if not clean(alt, TEXT_AT_MOST):
        raise ValueError("a figure needs an alternative text")
    image = f'<img {_source(picture, "src")} alt="{_attribute(alt, TEXT_AT_MOST)}">'
    if isinstance(picture, Picture):
        narrow = f'<source media="{_PHONE}" {_source(picture.narrow, "srcset")}>'
        image = f"<picture>{narrow}{image}</picture>"
    parts = [
        f"<figure><figcaption>{_inline(title, TEXT_AT_MOST)}</figcaption>",
        f'<div class="bild">{image}</div>',
    ]
    if note:
        parts.append(f'<p class="anmerkung">{_inline(note, NOTE_AT_MOST)}</p>')
    if table is not None:
        parts.append(folded(_words(lang)("page.figure_data"), table).html)
    return Block("\n".join(parts) + "</figure>")


def _source(svg: bytes, attribute: str) -> str:
    width, height = _size(svg)
    data = base64.b64encode(svg).decode("ascii")
    return f'{attribute}="data:image/svg+xml;base64,{data}" width="{width}" height="{height}"'


def _size(svg: bytes) -> tuple[int, int]:
    """Return the width and height of a picture in whole units of its viewBox."""
    found = re.search(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if not found:
        raise ValueError("the picture has no viewBox")
    return round(float(found[1])), round(float(found[2]))


def definition_list(items: Iterable[tuple[Inline, Inline]]) -> Block:
    """Return terms with their explanations."""
    cells = [f"<dt>{_inline(t)}</dt><dd>{_inline(d, TEXT_AT_MOST)}</dd>" for t, d in items]
    return Block(f'<dl class="begriffe">{"".join(cells)}</dl>')


def callout(kind: str, text: Inline, *, lang: str = "de") -> Block:
    """Return a box of kind note, caution or result."""
    if kind not in _CALLOUTS:
        raise ValueError(f"a callout is one of {', '.join(_CALLOUTS)}")
    title = _words(lang)(f"page.callout_{kind}")
    return Block(
        f'<div class="kasten {kind}" role="note"><p class="kopf">{_inline(title)}</p>'
        f"<p>{_inline(text, TEXT_AT_MOST)}</p></div>"
    )


def rating(value: str, *, lang: str = "de") -> Block:
    """Return a rating red, amber or green as symbol and word, with its meaning as tooltip."""
    if value not in _RATINGS:
        raise ValueError(f"a rating is one of {', '.join(_RATINGS)}")
    words = _words(lang)
    note = words(
        "page.rating_text", name=words(f"page.rating_{value}"), note=words(f"page.rating_{value}_note")
    )
    return Block(
        f'<span class="guete {value}" title="{_attribute(note)}"><span aria-hidden="true">'
        f"{_RATINGS[value]}</span> {_inline(words(f'page.rating_{value}'))}</span>"
    )


def section(id: str, title: Inline, *blocks: Block) -> Block:
    """Return a section under a heading of level 2 that enters the list of contents."""
    inner = join(heading(title, 2, id), *blocks).html
    return Block(f'<section aria-labelledby="{_identifier(id)}">\n{inner}\n</section>')
