"""Many reports: the same bytes however they are made, one failure costs one area, nothing half-done stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
import psutil
import pytest

from wohnlib import files
from wohnlib.errors import InputError
from wohnlib.run import batch
from wohnlib.run.batch import describe, progress_line, run_batch
from wohnlib.run.jobs import Job, Outcome

CODE = """
from wohnlib.report import charts, page
picture = charts.bars(["Eins", "Zwei"], [1234, float(ags[-1])], unit="Wohnungen")
numbers = page.table(["a", "b"], [["x", "1.234"]], caption="Zahlen")
page.section("eins", "Eins", page.paragraph(ags), page.figure(picture, "Balken", "Ein Satz.", table=numbers))
"""


def notebook(folder: Path, *cells: str) -> Path:
    v4 = nbformat.v4
    nb = v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    nb.cells = [v4.new_code_cell('ags = "03251407"', metadata={"tags": ["parameters"]})]
    nb.cells += [v4.new_code_cell(c) for c in cells]
    path = folder / "probe.ipynb"
    nbformat.write(nb, path)
    return path


def jobs_of(path: Path, keys: Sequence[str]) -> list[Job]:
    return [Job(k, "ort", path, {"ags": k}, f"Ort {k}", footer=["wohnlib"]) for k in keys]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def silent(outcome: Outcome, done: int, total: int) -> None:
    return None


def test_bytes_do_not_depend_on_workers_order_folder_or_surrounding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = jobs_of(notebook(tmp_path, CODE), ["03251003", "03251005"])
    assert all(o.ok for o in run_batch(jobs, tmp_path / "a", 1, silent))
    for name, value in {
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "5",
        "OMP_NUM_THREADS": "3",
    }.items():
        monkeypatch.setenv(name, value)
    assert all(o.ok for o in run_batch(jobs[::-1], tmp_path / "b" / "ü c", 2, silent))
    first = contents(tmp_path / "a")
    assert sorted(first) == [f"{k}_ort.{e}" for k in ("03251003", "03251005") for e in ("html", "ipynb")]
    assert contents(tmp_path / "b" / "ü c") == first
    assert str(tmp_path).encode() not in b"".join(first.values())


def test_failing_areas_are_named_with_their_cause_and_the_others_complete(tmp_path: Path) -> None:
    code = "import os\nif ags == '03251002': 1 / 0\nif ags == '03251003': os.kill(os.getppid(), 9)\nags"
    keys = ["03251001", "03251002", "03251003", "03251004"]
    seen: list[tuple[str, int, int]] = []
    jobs = jobs_of(notebook(tmp_path, code), keys)
    jobs.append(Job("03251005", "ort", jobs[0].notebook, {"agss": "1"}, "x"))
    out = tmp_path / "out"
    outcomes = run_batch(jobs, out, 2, lambda o, done, total: seen.append((o.key, done, total)))
    assert [o.key for o in outcomes] == [*keys, "03251005"]
    assert [o.ok for o in outcomes] == [True, False, False, True, False]
    assert [o.bad_input for o in outcomes] == [False, False, False, False, True]
    assert describe(outcomes)[0] == "03251002: Zelle 2: ZeroDivisionError: division by zero"
    assert "der Prozess, der den Bericht erstellte, wurde unerwartet beendet" in outcomes[2].cause
    assert "„agss“" in outcomes[4].cause
    assert sorted(s[0] for s in seen) == [*keys, "03251005"]
    assert [s[1:] for s in seen] == [(n, 5) for n in range(1, 6)]
    assert sorted(contents(out)) == [
        f"{k}_ort.{e}" for k in ("03251001", "03251004") for e in ("html", "ipynb")
    ]


def test_a_failing_area_keeps_its_old_report(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "03251001_ort.html").write_text("alt")
    outcomes = run_batch(jobs_of(notebook(tmp_path, "1/0"), ["03251001"]), out)
    assert not outcomes[0].ok
    assert contents(out) == {"03251001_ort.html": b"alt"}
    shown = capfd.readouterr().err
    assert shown == "1 von 1: 03251001 fehlgeschlagen – Zelle 2: ZeroDivisionError: division by zero\n"


def test_a_folder_made_for_nothing_is_removed(tmp_path: Path) -> None:
    run_batch(jobs_of(notebook(tmp_path, "1/0"), ["03251001"]), tmp_path / "neu", 1, silent)
    assert not (tmp_path / "neu").exists()


@pytest.mark.parametrize(
    "slug", ["../weg", "a/b", "a\\b", "ORT", "o\u202et", "x" * 10_000, "a\n", "", ".", "ö"]
)
def test_only_plain_names_become_files(tmp_path: Path, slug: str) -> None:
    key = "" if slug == "" else "03251001"
    with pytest.raises(InputError, match="als Dateiname nicht erlaubt"):
        run_batch([Job(key, slug, tmp_path / "n.ipynb", {}, "x")], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_same_name_twice_and_no_workers_are_refused(tmp_path: Path) -> None:
    jobs = jobs_of(tmp_path / "n.ipynb", ["03251001", "03251001"])
    with pytest.raises(InputError, match="zwei Berichte hätten denselben Dateinamen"):
        run_batch(jobs, tmp_path / "out")
    for wrong in (0, -1, True):
        with pytest.raises(InputError, match="ganze Zahl ab 1"):
            run_batch(jobs[:1], tmp_path / "out", wrong)
    assert not (tmp_path / "out").exists()


def test_workers_are_never_more_than_cores_or_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch.os, "cpu_count", lambda: 4)
    assert [batch.worker_count(w, 15) for w in (None, 1, 3, 99)] == [4, 1, 3, 4]
    assert batch.worker_count(None, 2) == 2


def test_only_our_dead_folders_are_cleaned_up(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    host = files._host()
    dead = tmp_path / f".wohnlib-tmp-{host}-{process.pid}-abcdefgh"
    kept = [
        tmp_path / f".wohnlib-tmp-{host}-{os.getpid()}-abcdefgh",  # alive
        tmp_path / f".wohnlib-tmp-00000000-{process.pid}-abcdefgh",  # another host
        tmp_path / ".wohnlib-tmp-mine",
        tmp_path / "reports",
    ]
    for folder in [dead, *kept]:
        folder.mkdir()
        (folder / "a.html").write_text("x")
    files.clean_up(tmp_path)
    assert not dead.exists()
    assert all((k / "a.html").exists() for k in kept)


def test_a_file_appears_complete_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.put(tmp_path, {"a.html": "ä\n"})
    assert contents(tmp_path) == {"a.html": "ä\n".encode()}

    def fail(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(files.os, "replace", fail)
    with pytest.raises(OSError, match="full"):
        files.put(tmp_path, {"a.html": "neu"})
    assert contents(tmp_path) == {"a.html": "ä\n".encode()}


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX systems")
def test_a_writer_that_is_killed_leaves_the_old_files_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    code = (
        "import os, sys, wohnlib.files as f\nfrom pathlib import Path\n"
        "f.os.replace = lambda *_: os.kill(os.getpid(), 9)\nf.put(Path(sys.argv[1]), {'a.csv': b'neu'})"
    )
    files.put(tmp_path, {"a.csv": b"alt"})
    root = str(Path(files.__file__).resolve().parents[1])
    env = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=env, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "a.csv").read_bytes() == b"alt"
    assert len(list(tmp_path.iterdir())) == 2
    files.put(tmp_path, {"b.csv": b"x"})
    assert contents(tmp_path) == {"a.csv": b"alt", "b.csv": b"x"}


def test_progress_without_a_terminal_is_one_printable_line() -> None:
    line = progress_line(Outcome("03251001", False, "a\nb\x1b[31m"), 3, 15)
    assert line == "3 von 15: 03251001 fehlgeschlagen – a b [31m"


SCRIPT = """
import sys
from pathlib import Path
from wohnlib.run.batch import run_batch
from wohnlib.run.jobs import Job
if __name__ == "__main__":
    jobs = [Job(f"0325100{i}", "ort", Path(sys.argv[1]), {"ags": f"0325100{i}"}, "x") for i in range(3)]
    run_batch(jobs, Path(sys.argv[2]), int(sys.argv[3]))
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX systems")
@pytest.mark.parametrize(
    ("number", "workers"),
    [(signal.SIGTERM, 2), (signal.SIGINT, 2), (signal.SIGTERM, 1), (signal.SIGKILL, 2), (signal.SIGKILL, 1)],
)
def test_a_stopped_run_leaves_no_process_and_no_half_report(
    tmp_path: Path, number: int, workers: int
) -> None:
    started = tmp_path / "started"
    started.mkdir()
    code = f"import time, pathlib\npathlib.Path({str(started)!r}, ags).touch()\ntime.sleep(300)"
    path, out, script = notebook(tmp_path, code), tmp_path / "out", tmp_path / "script.py"
    out.mkdir()
    (out / "03251000_ort.html").write_text("alt")
    script.write_text(SCRIPT)
    temporary = tmp_path / "t"
    temporary.mkdir()
    root = str(Path(batch.__file__).resolve().parents[2])
    env = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": root}
    run = subprocess.Popen(
        [sys.executable, str(script), str(path), str(out), str(workers)], env=env, stderr=subprocess.PIPE
    )
    _until(lambda: len(list(started.iterdir())) >= min(workers, os.cpu_count() or 1), 60)
    children = psutil.Process(run.pid).children(recursive=True)
    assert children
    run.send_signal(number)
    shown = run.communicate(timeout=30)[1].decode()
    _until(lambda: not any(map(_runs, children)), 20)
    if number == signal.SIGKILL:
        assert run.returncode == -signal.SIGKILL
        files.clean_up(out)
        files.clean_up(temporary)
    else:
        assert run.returncode == batch.EXIT_INTERRUPTED
        assert "Abgebrochen." in shown
        assert "Traceback" not in shown
    assert contents(out) == {"03251000_ort.html": b"alt"}
    assert [p.name for p in temporary.iterdir() if p.name.startswith(".wohnlib")] == []


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _until(holds: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.05)
