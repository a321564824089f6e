"""The command line as its users meet it: bad input ends with one German message, code 2, nothing written."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from wohnlib import paths, session
from wohnlib.cli import main

Edit = Callable[[Path], None]
SECONDS = 240
ENGLISH = re.compile(
    r"\b(Usage|Options|Commands|Error|Show this|and exit|Traceback|default|Try|TEXT|INTEGER)\b"
)


def workbook(folder: Path) -> Path:
    """Copy data, scenarios and notebooks, with the processed tables made, into a folder of its own."""
    session.ready()
    for name in ("data", "scenarios", "notebooks"):
        shutil.copytree(paths.home() / name, folder / name)
    return folder


def snapshot(folder: Path) -> dict[str, tuple[int, str]]:
    """Return time of change and checksum of everything below a folder."""
    return {
        p.relative_to(folder).as_posix(): (
            p.stat().st_mtime_ns,
            hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "",
        )
        for p in sorted(folder.rglob("*"))
    }


def python(arguments: list[str], home: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "WOHNLIB_HOME": str(home), "PYTHONUTF8": "1", "COLUMNS": "100", **environment}
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=home, env=env, capture_output=True, text=True,
        encoding="utf-8", timeout=SECONDS, check=False,
    )  # fmt: skip


def swap(file: str, old: str, new: str) -> Edit:
    """Change a file of the workbook; a raw table keeps a checksum that fits."""

    def edit(home: Path) -> None:
        path = home / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        register = home / "data" / "raw" / "datapackage.json"
        if path.parent == register.parent:
            described = json.loads(register.read_text(encoding="utf-8"))
            for resource in described["resources"]:
                if resource["path"] == path.name:
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    kind = "hash" if "hash" in resource else "sha256"
                    resource[kind] = (
                        resource[kind].split(":")[0] + f":{digest}" if ":" in resource[kind] else digest
                    )
            register.write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")

    return edit


def appended(file: str) -> Edit:
    return lambda home: (home / file).write_text((home / file).read_text("utf-8") + "\n", "utf-8") and None


def scenario_with(text: str) -> Edit:
    head = "name: eigen\nbased_on: base\ntitle: x\ndescription: x\n"
    return lambda home: (home / "scenarios" / "eigen.yaml").write_text(head + text, encoding="utf-8") and None


def remove(file: str) -> Edit:
    return lambda home: (home / file).unlink()


@dataclass(frozen=True)
class Case:
    """A command that must be refused, and words of the one message it gives."""

    arguments: str
    words: tuple[str, ...]
    edit: Edit | None = None
    result: dict[str, object] = field(default_factory=dict, compare=False)


RAW = "data/raw"
TEENS = "03251,2022-05-15,T,16,18,6339"
CASES: dict[str, Case] = {
    "unknown key": Case("run --area 03251408", ("„03251408“", "am nächsten liegen", "03251407 Siedenburg")),
    "unknown key, explain": Case("explain Siedenbrug", ("am nächsten liegen: 03251407 Siedenburg",)),
    "lost zero": Case("run --area 3251407", ("führende Null verloren", "„03251407“")),
    "lost zero, explain": Case("explain 3251407", ("führende Null verloren", "„03251407“")),
    "two wrong keys": Case("run --area 3251407 --area 99999999", ("- Gefunden „3251407“", "- Gefunden „99999999“")),
    "member": Case("run --area 03251002", ("Mitgliedsgemeinde von", "Bruchhausen-Vilsen", "„03251403“")),
    "region": Case("run --region 03252", ("„03252“", "keine Tabellen vor; vorhanden: 03251")),
    "unknown parameter": Case("run --horizn 2040", ("„--horizn“", "diese Option gibt es nicht", "--horizon")),
    "unknown command": Case("rechne", ("Befehl gibt es nicht", "prepare, check, run, explain")),
    "missing argument": Case("explain", ("„AGS“ fehlt", "--help")),
    "missing scenario": Case("scenario diff base", ("„ANDERES“ fehlt", "--help")),
    "missing run": Case("compare reports", ("„NEU“ fehlt", "--help")),
    "surplus argument": Case("explain 03251407 03251007", ("passen nicht zusammen",)),
    "horizon before base": Case("run --horizon 2021", ("„2021“", "Zieljahr nach dem Basisjahr 2022")),
    "horizon before start": Case("explain 03251407 --horizon 2025", ("„2025“", "von 2027 bis 2060")),
    "horizon too late": Case("check --horizon 2100", ("„2100“", "von 2027 bis 2060")),
    "horizon no number": Case("run --horizon bald", ("„--horizon“", "„bald“", "nicht die erwartete Form")),
    "unknown scenario": Case("run --scenario uper", ("„uper“", "Vorhanden: upper")),
    "language": Case("run --lang en", ("„en“", "erwartet eine der Sprachen: de")),
    "language, explain": Case("explain 03251407 --lang fr", ("„fr“", "erwartet eine der Sprachen: de")),
    "workers": Case("run --area 03251407 --workers 0", ("„0“", "ganze Zahl ab 1")),
    "out is a file": Case("run --area 03251407 --out scenarios/base.yaml", ("base.yaml",)),
    "misspelled scenario field": Case(
        "run --scenario eigen", ("eigen.yaml, Zeile 6", "„migration.national_traget“", "national_target"),
        scenario_with("migration:\n  national_traget:\n    value: 1.0\n"),
    ),
    "rate above one": Case(
        "run --scenario eigen", ("eigen.yaml, Zeile 7", "„51“", "höchstens 1"),
        scenario_with("dwellings:\n  unusable_vacancy:\n    value: 51\n"),
    ),
    "broken range scenario": Case(
        "run --area 03251407", ("lower.yaml, Zeile", "„viel“", "erwartet eine Zahl"),
        swap("scenarios/lower.yaml", "150000.0", "viel"),
    ),
    "missing raw file": Case("run", ("data/raw/care.csv: erwartet die Datei, sie fehlt",), remove(f"{RAW}/care.csv")),
    "missing register": Case("check", ("datapackage.json",), remove(f"{RAW}/datapackage.json")),
    "changed checksum": Case(
        "explain 03251407", ("data/raw/completions.csv: die Prüfsumme weicht",), appended(f"{RAW}/completions.csv")
    ),
    "missing column": Case(
        "prepare", ("data/raw/care.csv", "Feld „value“", "sie fehlt; vorhanden sind"),
        swap(f"{RAW}/care.csv", "unit,value", "unit,wert"),
    ),
    "decimal comma": Case(
        "run", ("data/raw/census_population.csv, Zeile", "„6339,5“", "Dezimalkomma"),
        swap(f"{RAW}/census_population.csv", TEENS, TEENS.replace("6339", '"6339,5"')),
    ),
    "duplicate key": Case(
        "check", ("data/raw/census_population.csv, Zeile", "steht schon in Zeile"),
        swap(f"{RAW}/census_population.csv", TEENS, f"{TEENS}\n{TEENS}"),
    ),
    "negative count": Case(
        "run", ("data/raw/census_population.csv, Zeile", "„-6339“", "mindestens 0"),
        swap(f"{RAW}/census_population.csv", TEENS, TEENS.replace("6339", "-6339")),
    ),
    "key in a table lost its zero": Case(
        "run", ("data/raw/census_population.csv, Zeile", "„3251“", "führende Null"),
        swap(f"{RAW}/census_population.csv", TEENS, TEENS.removeprefix("0")),
    ),
}  # fmt: skip


IN_A_PROCESS = ("unknown key", "lost zero", "horizon before base", "unknown parameter", "language")


def inside(arguments: list[str], home: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command in this process, which saves loading everything anew."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("WOHNLIB_HOME", str(home))
        patch.setenv("COLUMNS", "100")
        patch.chdir(home)
        try:
            main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception as error:  # noqa: BLE001 - what a user would see as a traceback
            code = 1
            print(repr(error), file=err)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory, at_once: int) -> dict[str, Case]:
    """All refused commands, each in a workbook of its own; changed workbooks in processes of their own."""
    model = workbook(tmp_path_factory.mktemp("workbook"))

    def go(item: tuple[str, Case]) -> None:
        name, case = item
        home = tmp_path_factory.mktemp("case") / "buch"
        shutil.copytree(model, home)
        if case.edit:
            case.edit(home)
        before = snapshot(home)
        arguments = case.arguments.split()
        own = case.edit is not None or name in IN_A_PROCESS
        done = python(["wohnlib", *arguments], home) if own else inside(arguments, home)
        case.result.update(done=done, before=before, after=snapshot(home), home=home)

    alone = {n: c for n, c in CASES.items() if c.edit is None and n not in IN_A_PROCESS}
    for item in alone.items():
        go(item)
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(go, [item for item in CASES.items() if item[0] not in alone]))
    return CASES


@pytest.mark.parametrize("name", sorted(CASES))
def test_bad_input_ends_with_one_german_message_and_nothing_written(
    name: str, refused: dict[str, Case]
) -> None:
    case = refused[name]
    done, home = case.result["done"], case.result["home"]
    assert isinstance(done, subprocess.CompletedProcess)
    text = done.stderr
    assert done.returncode == 2, text[-600:]
    assert done.stdout == ""
    for part in case.words:
        assert part in text, text
    assert not ENGLISH.search(text), text
    assert str(home) not in text
    lines = text.strip().splitlines()
    assert len(lines) == 1 or all(line.startswith("- ") for line in lines), text
    assert len(lines) == len(set(lines)) <= 2, text
    assert case.result["after"] == case.result["before"]


def test_all_faults_of_all_raw_files_come_at_once(tmp_path: Path) -> None:
    home = workbook(tmp_path / "buch")
    swap(f"{RAW}/census_population.csv", TEENS, TEENS.replace("6339", "-6339"))(home)
    swap(f"{RAW}/completions.csv", "03251,2023,dwellings,744", '03251,2023,dwellings,"744,5"')(home)
    remove(f"{RAW}/net_migration.csv")(home)
    before = snapshot(home)
    done = python(["wohnlib", "run"], home)
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 3 and all(line.startswith("- data/raw/") for line in lines), done.stderr
    assert snapshot(home) == before


def test_a_wrong_key_writes_nothing_even_in_a_fresh_checkout(tmp_path: Path) -> None:
    home = workbook(tmp_path / "buch")
    for table in (home / "data" / "processed").iterdir():
        if table.name != "README.md":
            table.unlink()
    before = snapshot(home)
    done = python(["wohnlib", "run", "--scenario", "uper"], home)
    assert done.returncode == 2
    assert snapshot(home) == before


@pytest.mark.parametrize("command", ["", "prepare", "check", "run", "explain"])
def test_help_is_german(command: str, tmp_path: Path) -> None:
    done = inside([*command.split(), "--help"], tmp_path)
    assert done.returncode == 0 and done.stderr == ""
    assert not ENGLISH.search(done.stdout), done.stdout
    assert "..." not in done.stdout, "a help text is cut off"
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_without_a_command_the_help_is_shown(tmp_path: Path) -> None:
    done = python(["wohnlib"], tmp_path)
    assert "explain" in done.stdout and "Wohnungsbedarf" in done.stdout
    assert done.stderr == ""


def test_version_is_one_line(tmp_path: Path) -> None:
    from wohnlib import __version__

    assert python(["wohnlib", "--version"], tmp_path).stdout == f"wohnlib {__version__}\n"


def test_prepare_says_where_the_tables_are_and_gives_the_same_bytes_again(tmp_path: Path) -> None:
    home = workbook(tmp_path / "buch")
    before = {k: v[1] for k, v in snapshot(home / "data" / "processed").items()}
    done = python(["wohnlib", "prepare", "--force"], home)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Tabellen geprüft und geschrieben: data/processed\n"
    assert {k: v[1] for k, v in snapshot(home / "data" / "processed").items()} == before


def test_commands_that_only_read_change_nothing_and_do_not_depend_on_the_surroundings(
    tmp_path: Path, at_once: int
) -> None:
    home = workbook(tmp_path / "buch")
    before = snapshot(home)
    other = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "COLUMNS": "40"}
    runs = [(c, more) for c in ("check", "explain 03251047 --horizon 2035") for more in ({}, other)]
    with ThreadPoolExecutor(at_once) as pool:
        done = list(pool.map(lambda run: python(["wohnlib", *run[0].split()], home, **run[1]), runs))
    for plain, changed in (done[:2], done[2:]):
        assert (plain.returncode, plain.stderr) == (0, "")
        assert plain.stdout == changed.stdout != ""
        assert str(home) not in plain.stdout
    assert snapshot(home) == before


PAPERMILL: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "unknown parameter": (
        ["-r", "ags", "03251407", "-p", "horizont", "2035"],
        ("„horizont“", "diesen Parameter gibt es im Notebook nicht", "ags, scenario, horizon_year, lang"),
    ),
    "key as a number": (["-p", "ags", "03251407"], ("führende Null verloren", "„-r ags 03251407“")),
    "horizon as text": (["-r", "horizon_year", "2035"], ("„2035“", "ganze Zahl")),
}


@pytest.fixture(scope="module")
def papermilled(
    tmp_path_factory: pytest.TempPathFactory, at_once: int
) -> dict[str, "subprocess.CompletedProcess[str]"]:
    home = workbook(tmp_path_factory.mktemp("papermill") / "buch")

    def go(item: tuple[str, list[str]]) -> tuple[str, "subprocess.CompletedProcess[str]"]:
        out = tmp_path_factory.mktemp("out") / "fertig.ipynb"
        return item[0], python(["papermill", "notebooks/bedarf.ipynb", str(out), *item[1]], home)

    with ThreadPoolExecutor(at_once) as pool:
        return dict(pool.map(go, [(name, arguments) for name, (arguments, _) in PAPERMILL.items()]))


@pytest.mark.parametrize("name", sorted(PAPERMILL))
def test_papermill_shows_the_german_message(
    name: str, papermilled: dict[str, "subprocess.CompletedProcess[str]"]
) -> None:
    done = papermilled[name]
    assert done.returncode != 0
    last = done.stderr.strip().rsplit("InputError: ", 1)[-1]
    for part in PAPERMILL[name][1]:
        assert part in last, done.stderr[-1500:]
