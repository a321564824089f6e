"""From an executed notebook, or from blocks, to one HTML page that needs nothing from outside.

The page has two inline styles (the sheet of all pages; its title as running foot on paper) and no script;
its policy allows these two by hash and pictures inside the page, nothing else. It holds no clock, no path and no random id: the same notebook gives the same bytes.
"""

import base64
import hashlib
import html
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from wohnlib.report.page import LABEL_AT_MOST, MARK, TEXT_AT_MOST, Block, clean, join, link
from wohnlib.words import Words

if TYPE_CHECKING:
    from nbformat import NotebookNode

_TEMPLATES = Path(__file__).resolve().parent / "template"
_NAME = "wohnlib"
_POLICY = "default-src 'none'; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
_FOOT_AT_MOST = 80  # characters of the title that stand at the foot of a sheet
_H1 = re.compile(r"<h1[\s>]")
_H2 = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_ID = re.compile(r'\sid="([^"]+)"')
_TAG = re.compile(r"<[^>]+>")


@cache
def style() -> str:
    """Return the style sheet of every page, shortened of comments and indents."""
    text = (_TEMPLATES / _NAME / "style.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def running_title(title: str) -> str:
    """Return the style that prints a title at the foot of each sheet; all but letters and digits is escaped."""
    text = clean(title, _FOOT_AT_MOST)
    safe = "".join(c if c.isalnum() or c == " " else f"\\{ord(c):06x}" for c in text)
    font = "font:8pt Verdana,sans-serif;color:#55616b"
    return f'@page{{@bottom-left{{content:"{safe}";{font}}}}}'


def page_style(title: str) -> str:
    """Return the one style of a page: the common sheet, then its running title."""
    return f"{style()}\n{running_title(title)}"


def policy(title: str) -> str:
    """Return the Content-Security-Policy that allows exactly the style of the page."""
    digest = base64.b64encode(hashlib.sha256(page_style(title).encode("utf-8")).digest()).decode("ascii")
    return _POLICY.format(style=f"'sha256-{digest}'")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES / _NAME), autoescape=True, undefined=StrictUndefined
    )


def render_part(template: str, **values: Any) -> Block:
    """Return a part of a page written by a template of its own; everything that is no `Block` is escaped."""
    return Block(_environment().get_template(template).render(**values))


def render_page(
    title: str,
    blocks: Sequence[Block],
    *,
    description: str = "",
    footer: Sequence[str | Block] = (),
    lang: str = "de",
    back_link: str | None = None,
    kicker: str = "",
    contents: bool = True,
) -> str:
    """Return a page made of blocks, such as the entry page.

    The title becomes the heading of level 1 unless a block brings one; headings of level 2 with an id
    make the list of contents.

    Raises
    ------
    ValueError
        If there are two headings of level 1, two equal ids or an address a page may not link to.
    """
    return _page(
        title, join(*blocks).html, description=description, footer=footer, lang=lang,
        back_link=back_link, kicker=kicker, contents=contents,
    )  # fmt: skip


def export(
    nb: "NotebookNode",
    *,
    title: str,
    description: str = "",
    footer: Sequence[str | Block] = (),
    lang: str = "de",
    back_link: str | None = "index.html",
    kicker: str = "",
) -> str:
    """Return an executed notebook as a page: its text cells and what its code cells show, no code."""
    body = _exporter().from_notebook_node(nb)[0]
    return _page(
        title, body, description=description, footer=footer, lang=lang, back_link=back_link,
        kicker=kicker, contents=True,
    )  # fmt: skip


def _page(
    title: str,
    body: str,
    *,
    description: str,
    footer: Sequence[str | Block],
    lang: str,
    back_link: str | None,
    kicker: str,
    contents: bool,
) -> str:
    headings = len(_H1.findall(body))
    if headings > 1:
        raise ValueError("a page has one heading of level 1")
    ids = _ID.findall(body)
    twice = sorted({i for i in ids if ids.count(i) > 1} | ({"inhalt", "verzeichnis"} & set(ids)))
    if twice:
        raise ValueError(f"ids that stand twice on the page: {', '.join(twice)}")
    if back_link is not None:
        link("", back_link)
    lines = [Markup(x.html) if isinstance(x, Block) else clean(x, TEXT_AT_MOST) for x in footer]
    found = [(i, html.unescape(_TAG.sub("", text))) for i, text in _H2.findall(body)] if contents else []
    return _environment().get_template("page.html.j2").render(
        lang=lang,
        policy=Markup(policy(title)),
        style=Markup(page_style(title)),
        title=clean(title),
        description=clean(description, LABEL_AT_MOST),
        kicker=clean(kicker),
        back_link=back_link,
        contents=found if len(found) > 1 else [],
        has_heading=headings == 1,
        body=Markup(body.strip("\n")),
        footer=lines,
        words=Words(lang),
    ) + "\n"  # fmt: skip


@cache
def _exporter() -> Any:
    """Return the exporter of notebooks; imported late, since nbconvert takes most of a second."""
    from wohnlib.report.notebook_body import BodyExporter

    return BodyExporter(template_name=_NAME, extra_template_basedirs=[str(_TEMPLATES)], mark=MARK)
