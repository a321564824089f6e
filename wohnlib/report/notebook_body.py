"""The part of an executed notebook that is printed: nbconvert with our template, without its HTML clean-up.

nbconvert's own HTML exporter parses the finished page once more with BeautifulSoup, which costs time and
changes the case of SVG attributes; this class stands beside it on `TemplateExporter`.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import mistune
from markupsafe import escape
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets import Unicode
from traitlets.config import Config

from wohnlib.report.page import TEXT_AT_MOST


class _Renderer(mistune.HTMLRenderer):
    """Text cells: raw HTML is shown as text, harmful addresses are dropped, headings get readable ids."""

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        name = slug(text)
        mark = f' id="{name}"' if level == 2 and name else ""
        return f"<h{level}{mark}>{text}</h{level}>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return str(escape(text))  # pictures come from figures, never from an address


def slug(text: str) -> str:
    """Return an id made of a heading's letters and digits."""
    plain = re.sub(r"<[^>]+>|&[a-z#0-9]+;", "", text).lower()
    for mark, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(mark, letters)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return name if name[:1].isalpha() else f"abschnitt-{name}" if name else ""


_markdown = mistune.create_markdown(escape=True, renderer=_Renderer(escape=True))


def foreign_output(output: NotebookNode) -> str:
    """Return an output that no block of ours made as plain text, so that it neither runs nor vanishes."""
    text = "".join(output.get("data", {}).get("text/plain", ""))
    text = "".join(c if c == "\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f'<pre tabindex="0">{escape(text[:TEXT_AT_MOST])}</pre>\n' if text else ""


class BodyExporter(TemplateExporter):
    """Turn a notebook into the inside of a page's main part."""

    mark = Unicode("wohnlib", help="metadata key of outputs that may be taken as they are")
    output_mimetype = "text/html"
    file_extension = ".html"

    @property
    def default_config(self) -> Config:
        return Config({"NbConvertBase": {"display_data_priority": ["text/html", "text/plain"]}})

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from super().default_filters()
        yield "page_markdown", lambda source: str(_markdown(source))
        yield "foreign_output", foreign_output

    def _init_resources(self, resources: Any) -> Any:
        resources = super()._init_resources(resources)
        resources["wohnlib_mark"] = self.mark
        return resources
