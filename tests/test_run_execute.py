"""One notebook: parameters are checked, failures are short German sentences, bytes never vary."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from wohnlib import files
from wohnlib.errors import InputError
from wohnlib.report.exporter import export
from wohnlib.run.execute import NotebookFailed, as_text, execute, normalise

Maker = Callable[..., Path]
PARAMETERS = 'ags: str = "03251407"  # Schlüssel\nhorizon_year: int = 2040  # Zieljahr\nscenario = "base"'


@pytest.fixture
def make(tmp_path: Path) -> Maker:
    """Write a notebook with a parameters cell and the given cells of code."""

    def write(*cells: str, parameters: str | None = PARAMETERS) -> Path:
        v4 = nbformat.v4
        nb = v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        if parameters is not None:
            nb.cells.append(v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
        nb.cells += [v4.new_code_cell(c) for c in cells]
        path = tmp_path / "probe.ipynb"
        nbformat.write(nb, path)
        return path

    return write


def test_an_unknown_parameter_is_refused_with_the_nearest_name(make: Maker) -> None:
    with pytest.raises(InputError) as caught:
        execute(make("1"), {"horizon_yaer": 2035, "ags": "03251407", "zzz": 1})
    text = str(caught.value)
    assert "probe.ipynb: gefunden „horizon_yaer“, diesen Parameter hat das Notizbuch nicht" in text
    assert "erwartet einer von ags, horizon_year, scenario. Gemeint war vielleicht horizon_year." in text
    assert "„zzz“" in text
    assert "Bitte die Schreibweise prüfen." in text


def test_a_key_that_became_a_number_is_refused(make: Maker) -> None:
    with pytest.raises(InputError, match="gefunden „3251407“, erwartet wird ein Wert der Art Text") as caught:
        execute(make("1"), {"ags": 3251407, "scenario": True})
    assert len(caught.value.faults) == 2


def test_a_notebook_without_parameters_cell_is_refused(make: Maker) -> None:
    with pytest.raises(InputError, match="keine Zelle mit der Kennzeichnung „parameters“"):
        execute(make("1", parameters=None), {"ags": "03251407"})


def test_a_missing_or_broken_notebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"weg\.ipynb: .*diese Datei gibt es nicht"):
        execute(tmp_path / "weg.ipynb", {})
    for number, content in enumerate((b"{", b"{}", b"\xff\xfe", b'{"cells": 3, "nbformat": 4}')):
        path = tmp_path / f"kaputt{number}.ipynb"
        path.write_bytes(content)
        with pytest.raises(InputError, match="kein lesbares Jupyter-Notizbuch"):
            execute(path, {})


def test_strings_arrive_as_they_were_given(make: Maker) -> None:
    hostile = "02\"'\\\n{ags}</script>\u202e$HOME"
    nb = execute(make("print([ags, horizon_year], end='')"), {"ags": hostile, "horizon_year": 2035})
    assert nb.cells[-1].outputs[0].text == str([hostile, 2035])


def test_a_path_with_braces_is_no_template(make: Maker, tmp_path: Path) -> None:
    folder = tmp_path / "{ags}"
    folder.mkdir()
    moved = make("print(1)").rename(folder / "{x}.ipynb")
    assert execute(moved, {"ags": "a"}).cells[-1].outputs[0].text == "1\n"


def test_a_failing_cell_is_named_with_its_last_line(make: Maker) -> None:
    path = make("x = 1", "def deep():\n    raise KeyError('01234567')\ndeep()")
    with pytest.raises(NotebookFailed) as caught:
        execute(path, {"ags": "03251407"})
    assert caught.value.cause == "Zelle 3: KeyError: '01234567'"
    assert not caught.value.bad_input


def test_bad_input_found_in_a_cell_keeps_its_words(make: Maker) -> None:
    code = "from wohnlib.errors import InputError, fault\nraise InputError([fault('notebook_missing', file='a.csv')])"
    with pytest.raises(NotebookFailed) as caught:
        execute(make(code), {})
    assert caught.value.bad_input
    assert caught.value.cause == "a.csv: diese Datei gibt es nicht. Bitte den Pfad des Notizbuchs prüfen."


def test_a_kernel_that_dies_and_one_that_hangs_are_reported(make: Maker) -> None:
    with pytest.raises(NotebookFailed, match="Rechenkern wurde unerwartet beendet"):
        execute(make("import os; os._exit(1)"), {})
    with pytest.raises(NotebookFailed, match="länger als 1 Sekunden"):
        execute(make("import time; time.sleep(60)"), {}, cell_seconds=1)


def test_two_runs_give_the_same_text_whatever_the_surrounding(
    make: Maker, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code = (
        "import sys, time, locale, os\n"
        "print('warm', file=sys.stderr)\n"
        "print(time.localtime(0).tm_hour, sorted({'a', 'b', 'c'}, key=hash), os.environ.get('OMP_NUM_THREADS'))\n"
        "object()"
    )
    path = make(code)
    before = path.read_bytes()
    first = as_text(execute(path, {"ags": "03251407"}))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONHASHSEED", "77")
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    assert as_text(execute(path, {"ags": "03251407"})) == first
    assert "0x" not in first
    assert "papermill" not in first
    assert "warm" not in json.dumps(json.loads(first)["cells"][-1]["outputs"])
    assert path.read_bytes() == before
    assert capfd.readouterr() == ("", "")


def test_the_users_ipython_settings_do_not_count(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("ags_of_the_user = 1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    assert execute(make("print('ags_of_the_user' in globals())"), {}).cells[-1].outputs[0].text == "False\n"


def test_nothing_is_left_behind(make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.tempfile, "tempdir", str(tmp_path))
    path = make("1")
    seen = sorted(p.name for p in tmp_path.iterdir())
    execute(path, {})
    with pytest.raises(NotebookFailed):
        execute(make("1/0"), {})
    assert sorted(p.name for p in tmp_path.iterdir()) == seen


def test_ids_go_by_position_and_times_are_dropped() -> None:
    v4 = nbformat.v4
    nb = v4.new_notebook(
        metadata={"papermill": {"duration": 1}, "language_info": {"name": "python", "version": "3"}}
    )
    nb.cells = [
        v4.new_markdown_cell("a"),
        v4.new_code_cell("b", metadata={"execution": {"t": "1"}, "papermill": {}}),
    ]
    done = normalise(nb)
    assert [c.id for c in done.cells] == ["cell-001", "cell-002"]
    assert done.metadata == {}
    assert done.cells[1].metadata == {}
    nbformat.validate(done)


def test_a_page_shows_blocks_as_they_are_and_everything_else_as_text(make: Maker) -> None:
    hostile = "</style><script>alert(1)</script>\u202e"
    path = make(
        "from wohnlib.report.page import paragraph\nparagraph(ags)",
        "from IPython.display import HTML, display\ndisplay(HTML('<script>alert(2)</script>'))",
        "import pandas as pd\npd.DataFrame({'<b>a': [ags]})",
    )
    page = export(execute(path, {"ags": hostile}), title=hostile, description=hostile, footer=[hostile])
    assert "<script" not in page
    assert "<b>" not in page
    assert "\u202e" not in page
    assert page.count("</style>") == 1
    assert page.count("&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert "&lt;b&gt;a" in page
    assert "horizon_year" not in page
