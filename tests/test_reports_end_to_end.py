"""From the command to the files: the same bytes however they are made, pages that add up, failures named."""

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from wohnlib import paths, session
from wohnlib.notebook import RANGE
from wohnlib.report.bedarf import bedarf_of
from wohnlib.report.index import index_page
from wohnlib.words import Words

KEYS = ("03251407", "03251041")
STEMS = ("03251041_syke", "03251407_siedenburg")
SECONDS = 240
MINUS = "\N{MINUS SIGN}"
PLAIN: dict[str, str] = {}
OTHER = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "5", "OMP_NUM_THREADS": "3"}


def workbook(folder: Path) -> Path:
    session.ready()
    for name in ("data", "scenarios", "notebooks"):
        shutil.copytree(paths.home() / name, folder / name)
    return folder


def python(
    arguments: list[str], home: Path, environment: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "WOHNLIB_HOME": str(home), "PYTHONUTF8": "1", **environment}
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=home, env=env, capture_output=True, text=True,
        encoding="utf-8", timeout=SECONDS, check=False,
    )  # fmt: skip


class Made:
    """What the commands of this file made; `at_once` processes at a time."""

    def __init__(self, folder: Path, at_once: int) -> None:
        self.home = workbook(folder / "buch")
        self.first, self.second = folder / "a", folder / "ü b" / "tief"
        self.third, self.executed = folder / "c", folder / "fertig.ipynb"
        self.failing = workbook(folder / "kaputt")
        _break(self.failing / "notebooks" / "bedarf.ipynb", "03251041")
        one = [x for key in KEYS for x in ("--area", key)]
        other = [x for key in KEYS[::-1] for x in ("--area", key)]
        commands = {
            "one": (["wohnlib", "run", *one, "--workers", "1", "--out", str(self.first)], self.home, PLAIN),
            "two": (["wohnlib", "run", *other, "--workers", "2", "--out", str(self.second)], self.home, OTHER),
            "upper": (
                ["wohnlib", "run", "--area", KEYS[0], "--scenario", "upper", "--horizon", "2035",
                 "--out", str(self.third)], self.home, PLAIN),
            "papermill": (
                ["papermill", "notebooks/bedarf.ipynb", str(self.executed), "-r", "ags", KEYS[1]],
                self.home, PLAIN),
            "failing": (["wohnlib", "run", *one, "--workers", "1"], self.failing, PLAIN),
        }  # fmt: skip
        with ThreadPoolExecutor(at_once) as pool:
            self.done = dict(zip(commands, pool.map(lambda c: python(*c), commands.values()), strict=True))


def _break(notebook: Path, key: str) -> None:
    """Let a copy of the notebook fail for one key."""
    described = json.loads(notebook.read_text(encoding="utf-8"))
    cell = described["cells"][1]
    cell["source"] = [f'if ags == "{key}":\n', '    raise RuntimeError("absichtlich")\n', *cell["source"]]
    notebook.write_text(json.dumps(described), encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, at_once: int) -> Made:
    return Made(tmp_path_factory.mktemp("berichte"), at_once)


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


class Page(HTMLParser):
    """Tables as rows of text, links, the first heading and the lead of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._cell = self._caption = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given.get("href")))
        elif tag == "table":
            self.tables.append([])
            self.captions.append("")
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._cell = True
        elif tag == "caption":
            self._caption = True

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")
        self._caption = self._caption and tag != "caption"

    def handle_data(self, data: str) -> None:
        if self._caption:
            self.captions[-1] += data
        elif self._cell:
            self.tables[-1][-1][-1] += data

    def table(self, caption: str) -> list[list[str]]:
        found = [t for t, c in zip(self.tables, self.captions, strict=True) if caption in c]
        assert len(found) == 1, (caption, self.captions)
        return found[0]


def number(text: str) -> float | None:
    plain = text.strip().replace(".", "").replace(",", ".").replace(MINUS, "-").replace("+", "")
    return float(plain) if re.fullmatch(r"-?\d+(\.\d+)?", plain) else None


def page_of(made: Made, stem: str) -> Page:
    return Page((made.first / f"{stem}.html").read_text(encoding="utf-8"))


def test_every_command_succeeds_and_says_where_the_reports_are(made: Made) -> None:
    for name in ("one", "two", "upper", "papermill"):
        assert made.done[name].returncode == 0, made.done[name].stderr[-1500:]
    for name, n in (("one", 2), ("two", 2)):
        assert made.done[name].stdout.startswith(f"Fertig: {n} in ")
        assert len(made.done[name].stderr.strip().splitlines()) == n, made.done[name].stderr


def test_only_files_that_are_there_are_named(made: Made) -> None:
    for name, folder in (("one", made.first), ("upper", made.third / "upper")):
        said = made.done[name].stdout
        assert "index.html" in said and (folder / "index.html").exists(), said


def test_the_entry_page_of_some_units_links_only_to_reports_that_are_there(made: Made) -> None:
    text = (made.third / "upper" / "index.html").read_text(encoding="utf-8")
    linked = {x for x in re.findall(r'href="([^"#]+)', text) if x}
    assert linked == {"03251407_siedenburg.html"}


def test_there_are_a_page_and_a_notebook_per_unit_and_nothing_else(made: Made) -> None:
    expected = ["index.html", "manifest.json", *(f"{s}.{e}" for s in STEMS for e in ("html", "ipynb"))]
    assert sorted(files(made.first)) == sorted(expected)
    assert not (made.home / "reports").exists()


def test_the_bytes_depend_on_nothing_but_the_input(made: Made) -> None:
    assert files(made.second) == files(made.first)


def test_another_scenario_goes_into_a_folder_of_its_name(made: Made) -> None:
    names = [f"upper/03251407_siedenburg.{e}" for e in ("html", "ipynb")]
    assert sorted(files(made.third)) == [*names, "upper/index.html", "upper/manifest.json"]
    text = (made.third / "upper" / "03251407_siedenburg.html").read_text(encoding="utf-8")
    assert "bis 2035" in text and "Obere Annahmen" in text


def test_a_failing_area_is_named_and_the_others_are_made(made: Made) -> None:
    done = made.done["failing"]
    assert done.returncode == 1
    assert "1 von 2 Berichten" in done.stderr
    assert re.search(r"^03251041: .*RuntimeError: absichtlich$", done.stderr, re.MULTILINE)
    assert "Traceback" not in done.stderr
    made_files = sorted(files(made.failing / "reports"))
    assert made_files == [
        "03251407_siedenburg.html", "03251407_siedenburg.ipynb", "index.html", "manifest.json",
    ]  # fmt: skip


def test_no_page_tells_where_or_when_it_was_made_or_asks_the_network(made: Made) -> None:
    for name, content in {**files(made.first), **files(made.third)}.items():
        text = content.decode("utf-8")
        for word in (str(made.home), str(made.first), str(Path.home()), str(paths.home()), "/tmp", "file://"):
            assert len(word) < 4 or word not in text, (name, word)
        assert not re.search(r"\b\d{2}:\d{2}:\d{2}\b", text), name
        assert not re.search(r"at 0x[0-9a-f]+", text), name
        if name.endswith(".html"):
            body = re.sub(r"data:image/svg\+xml;base64,[A-Za-z0-9+/=]+", "", text)
            assert not re.search(r"(src|href|action|url\()\s*=?\s*[\"'(]?\s*(https?:)?//", body), name
            assert "<script" not in body and "default-src 'none'" in body
        else:
            assert '"start_time"' not in text and '"duration"' not in text


def test_the_notebook_of_a_report_holds_its_parameters_and_figures(made: Made) -> None:
    for stem in STEMS:
        nb = nbformat.read(made.first / f"{stem}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(nb)
        injected = [c for c in nb.cells if "injected-parameters" in c.metadata.get("tags", [])]
        assert f'ags = "{stem[:8]}"' in injected[0].source
        page = (made.first / f"{stem}.html").read_text(encoding="utf-8")
        assert page.count("<figure") >= 6 and page.count("<table") >= 6
        for alt in re.findall(r"<img[^>]*>", page):
            assert re.search(r'alt="[^"]{20,}"', alt), alt[-200:]


def test_links_inside_a_page_lead_somewhere(made: Made) -> None:
    for stem in STEMS:
        page = page_of(made, stem)
        assert {x[1:] for x in page.links if x.startswith("#")} <= set(page.ids)
        outside = {x.split("#")[0] for x in page.links if not x.startswith("#")}
        assert "index.html" in outside
        assert all(re.fullmatch(r"[a-z0-9_-]+\.html", x) for x in outside), outside
        assert len(page.ids) == len(set(page.ids))


def test_tables_add_up_as_printed(made: Made) -> None:
    checked = 0
    for stem in STEMS:
        page = page_of(made, stem)
        for rows, caption in zip(page.tables, page.captions, strict=True):
            if rows[-1][0] not in ("zusammen", "Bedarf insgesamt"):
                continue
            for column in range(1, len(rows[0])):
                cells = [number(row[column]) for row in rows[1:]]
                if None not in cells:
                    assert sum(cells[:-1]) == cells[-1], (stem, caption, rows[0][column])  # type: ignore[arg-type]
                    checked += 1
            if rows[0][-1] == "zusammen":
                for row in rows[1:]:
                    whole = [number(c) for c in row[1:]]
                    assert sum(whole[:-1]) == whole[-1], (stem, caption, row)  # type: ignore[arg-type]
            if rows[0][-1] == "Veränderung" and len(rows[0]) == 4:
                for row in rows[1:]:
                    before, after, change = (number(c) for c in row[1:])
                    assert after - before == change, (stem, caption, row)  # type: ignore[operator]
    assert checked >= 2 * 15


def test_the_table_of_people_balances_row_by_row(made: Made) -> None:
    for stem in STEMS:
        rows = page_of(made, stem).table("Einwohner und ihre Veränderung")[1:]
        people = [number(row[1]) for row in rows]
        for before, row, after in zip(people, rows[1:], people[1:], strict=False):
            births, deaths, net = (number(c) for c in row[2:])
            assert before + births - deaths + net == after, (stem, row)  # type: ignore[operator]


def test_the_number_of_the_headline_is_the_number_of_the_table(made: Made) -> None:
    for stem in STEMS:
        text = (made.first / f"{stem}.html").read_text(encoding="utf-8")
        lead = re.search(r'<p class="lead">(.*?)</p>', text, re.DOTALL)
        assert lead
        told = re.search(r"noch (?:rund )?([\d.]+) Wohnung", lead[1])
        rows = {row[0]: [number(c) for c in row[1:]] for row in Page(text).table("Was bleibt")}
        rest = next(v for k, v in rows.items() if k.startswith("noch zu bauen"))
        need = next(v for k, v in rows.items() if k.startswith("Bedarf an neuen Wohnungen"))
        built = next(v for k, v in rows.items() if k.startswith("fertiggestellt"))
        assert told and number(told[1]) == rest[-1] == rest[0] + rest[1]  # type: ignore[operator]
        for b in (0, 1):
            assert rest[b] == max(0, need[b] - built[b]), stem  # type: ignore[operator]
        figure = re.search(r'<dd class="wert">([\d.]+)</dd>', text)
        assert figure and number(figure[1]) == rest[-1]
        by_period = Page(text).table("Bedarf an neuen Wohnungen und Überhang nach Zeitabschnitt")[-1]
        assert [number(c) for c in by_period[1:3]] == need[:2]


def test_papermill_runs_the_notebook_by_itself(made: Made) -> None:
    nb = nbformat.read(made.executed, as_version=4)  # type: ignore[no-untyped-call]
    html = "".join(
        "".join(o.get("data", {}).get("text/html", "")) for c in nb.cells for o in c.get("outputs", [])
    )
    own = (made.first / "03251041_syke.html").read_text(encoding="utf-8")
    lead = re.search(r'<p class="lead">(.*?)</p>', own, re.DOTALL)
    assert lead and lead[0] in html
    assert not any(o.output_type == "error" for c in nb.cells for o in c.get("outputs", []))


def test_run_all_works_on_the_notebook_as_it_is(made: Made) -> None:
    nb = nbformat.read(paths.notebooks() / "bedarf.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(nb, timeout=SECONDS, kernel_name="python3",
                            resources={"metadata": {"path": str(made.home / "notebooks")}})  # fmt: skip
    client.execute()
    outputs = [o for c in nb.cells if c.cell_type == "code" for o in c.outputs]
    assert not any(o.output_type in ("error", "stream") for o in outputs)
    sections = [c for c in nb.cells if "report." in c.source]
    assert sum("text/html" in o.get("data", {}) for o in outputs) == len(sections) >= 9


@pytest.fixture(scope="module")
def entry() -> Page:
    result = session.open_assessment()
    span = tuple(session.open_assessment(scenario=n) for n in RANGE)
    return Page(index_page(result, span, "de"))


def test_the_entry_page_leads_to_all_fifteen_reports(entry: Page) -> None:
    areas = session.inputs("03251").areas
    targets = [x for x in entry.links if re.match(r"\d{8}_", x)]
    assert sorted(set(targets)) == [f"{areas.stem(k)}.html" for k in areas.keys]
    assert [row[0] for row in entry.table("Kennzahlen")[1:-1]] == [areas.short_name(k) for k in areas.keys]


def test_the_last_row_of_the_entry_page_is_the_sum_of_the_rows_above(entry: Page) -> None:
    rows = entry.table("Kennzahlen")
    summed = 0
    for column, name in enumerate(rows[0][1:], start=1):
        if name == "80-%-Bereich":
            continue  # intervals do not add up: test_buendnis
        cells = [number(row[column]) for row in rows[1:]]
        assert None not in cells, name
        if "je 1.000" not in name:
            assert sum(cells[:-1]) == cells[-1], name  # type: ignore[arg-type]
            summed += 1
    assert summed >= 7
    header = rows[0]
    both = [
        next(i for i, h in enumerate(header) if w in h) for w in ("noch zu bauen", "davon 1–2", "davon ab 3")
    ]
    for row in rows[1:]:
        total, ezfh, mfh = (number(row[i]) for i in both)
        assert total == ezfh + mfh, row  # type: ignore[operator]


def test_the_sum_row_says_what_it_is_where_a_column_is_no_sum(entry: Page) -> None:
    """„Jede Zahl der letzten Zeile ist die Summe“ must not be said above a column of rates."""
    rows = entry.table("Kennzahlen")
    rates = [i for i, h in enumerate(rows[0]) if "je 1.000" in h]
    said = Words("de")("index.how_sum")
    assert not rates or not said.startswith(
        "Jede Zahl der letzten Zeile ist die Summe der Zeilen darüber."
    ), said


def test_the_answers_of_the_fifteen_units_differ() -> None:
    result = session.open_assessment()
    span = tuple(session.open_assessment(scenario=n) for n in RANGE)
    keys = result.inputs.areas.keys
    answers = {bedarf_of(result, span, k, "de").answer() for k in keys}
    places = {bedarf_of(result, span, k, "de").view.place for k in keys}
    assert len(answers) == len(places) == 15
