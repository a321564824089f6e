"""What a newcomer installs and what a check may skip.

pyproject.toml, environment.yml and requirements.lock agree; under WOHNLIB_NO_SKIP=1 a skip fails, except where
the delivered files are absent.
"""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import wohnlib

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
# Packages that conda-forge calls by another name than the Python index.
CONDA_NAMES: dict[str, str] = {}
# Tools of conda itself, which pyproject cannot name.
CONDA_ONLY = {"python", "pip"}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

DIRECT = [Requirement(text) for text in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]]
PINS = {
    canonicalize_name(name): (version, marker or "")
    for name, version, marker in re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)(?: ; ([^\\\n]+))?", LOCK)
}


def bounds(requirement: Requirement) -> set[str]:
    return {str(part) for part in requirement.specifier}


def test_conda_names_the_same_packages_and_bounds():
    conda = {canonicalize_name(r.name): bounds(r) for r in map(Requirement, CONDA["dependencies"])}
    python = {canonicalize_name(CONDA_NAMES.get(r.name, r.name)): bounds(r) for r in DIRECT}
    assert {name: conda[name] for name in conda if name not in CONDA_ONLY} == python


def test_conda_takes_the_same_pythons():
    python = next(r for r in map(Requirement, CONDA["dependencies"]) if r.name == "python")
    assert bounds(python) == set(PROJECT["requires-python"].split(","))


@pytest.mark.parametrize("requirement", DIRECT, ids=lambda r: r.name)
def test_every_package_has_a_lower_and_an_upper_bound(requirement):
    assert {part.operator for part in requirement.specifier} == {">=", "<"}


@pytest.mark.parametrize("requirement", DIRECT, ids=lambda r: r.name)
def test_the_lock_pins_each_package_within_its_bounds(requirement):
    version, marker = PINS[canonicalize_name(requirement.name)]
    assert Version(version) in requirement.specifier
    assert marker == ""


def test_every_pin_of_the_lock_has_hashes():
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", LOCK)[1:]
    assert len(blocks) >= len(PINS) > len(DIRECT)
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(
    "name", ["requirements.lock", "pyproject.toml", "environment.yml", ".ci/pages/package-lock.json"]
)
def test_no_address_and_no_path_of_a_machine(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert (
        re.findall(
            r"(?i)(?:https?|file)://\S+|--(?:index-url|extra-index-url|find-links)\S*|(?<![\w.*])/(?:home|root|opt|tmp|usr)/\S*",
            text,
        )
        == []
    )


def test_the_version_stands_in_one_place():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == wohnlib.__version__
    assert PROJECT["dynamic"] == ["version"]


def test_the_wheel_carries_the_catalogue_and_the_templates(tmp_path):
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    kept = [
        path.relative_to(ROOT).as_posix()
        for folder in ("catalogue", "report/template")
        for path in (ROOT / "wohnlib" / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert kept
    assert set(kept) <= inside


# What pytest runs in a folder of its own, under our conftest.
SUITE = """
import pytest

def test_runs(): pass

def test_skips(): pytest.skip("no browser here")

@pytest.mark.skipif(True, reason="by decorator")
def test_skips_by_decorator(): pass

@pytest.mark.shared
def test_needs_delivery(): pass

@pytest.mark.xfail(reason="known", strict=True)
def test_known_fault(): assert False
"""


def run_suite(
    folder: Path, *, no_skip: bool, shared: Path, text: str = SUITE, options: tuple[str, ...] = ()
) -> tuple[int, str]:
    (folder / "conftest.py").write_text(
        (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = shared: x\naddopts = --strict-markers\n")
    (folder / "test_inner.py").write_text(text, encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    environment |= {"WOHNLIB_NO_SKIP": "1" if no_skip else "", "WOHNLIB_SHARED": str(shared)}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-ra",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        *options,
        str(folder),
    ]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_skips_pass_by_default(tmp_path):
    code, output = run_suite(tmp_path, no_skip=False, shared=tmp_path)
    assert code == 0, output
    assert "2 passed, 2 skipped, 1 xfailed" in output


def test_every_skip_fails_where_skips_are_forbidden(tmp_path):
    code, output = run_suite(tmp_path, no_skip=True, shared=tmp_path)
    assert code == 1, output
    assert "1 failed, 2 passed, 1 xfailed, 1 error" in output
    assert "skipped under WOHNLIB_NO_SKIP=1: Skipped: no browser here" in output


@pytest.mark.parametrize("no_skip", [True, False])
def test_absent_delivery_is_the_one_reason_to_skip(tmp_path, no_skip):
    code, output = run_suite(tmp_path, no_skip=no_skip, shared=tmp_path / "absent")
    assert code == int(no_skip), output
    assert "1 skipped: the folder of delivered official files is absent" in output
    counts = (
        "1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error" if no_skip else "1 passed, 3 skipped, 1 xfailed"
    )
    assert counts in output


@pytest.mark.parametrize("no_skip", [True, False])
def test_two_workers_keep_a_file_together_and_the_rules_of_skipping(tmp_path, no_skip):
    options = ("-p", "xdist", "-n", "2", "-v")
    code, output = run_suite(tmp_path, no_skip=no_skip, shared=tmp_path / "absent", options=options)
    assert code == int(no_skip), output
    assert "2 workers" in output
    assert len(set(re.findall(r"\[(gw\d)\].*test_inner", output))) == 1
    assert output.count("1 skipped: the folder of delivered official files is absent") == 1
    assert ("skipped under WOHNLIB_NO_SKIP=1: Skipped: no browser here" in output) == no_skip


def test_files_that_start_kernels_are_there():
    text = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    line = re.search(r"^KERNELS = \((.*)\)$", text, re.MULTILINE)
    names = re.findall(r'"(\w+)"', line[1])
    assert len(names) == 4 and all((ROOT / "tests" / f"{name}.py").exists() for name in names)


def test_a_file_that_skips_itself_fails_where_skips_are_forbidden(tmp_path):
    text = "import pytest\npytest.importorskip('no_such_package')\ndef test_runs(): pass\n"
    code, output = run_suite(tmp_path, no_skip=True, shared=tmp_path, text=text)
    assert code != 0, output
    assert "skipped under WOHNLIB_NO_SKIP=1" in output
