"""Data flows one way: raw, processed, model, assessment, report; imports run the same way."""

import ast
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import wohnlib

PACKAGE = Path(wohnlib.__file__).resolve().parent
# A wing may import itself and what is named here; see the order in which the method is read.
ALLOWED = {
    "wohnlib.model": (),
    "wohnlib.data": ("areas", "errors", "files", "words", "paths", "scenario", "model"),
    "wohnlib.words": ("errors",),
    "wohnlib.errors": ("words",),
    "wohnlib.files": (),
    "wohnlib.paths": (),
}
NOT_FROM_BELOW = {
    "wohnlib.report": (
        "wohnlib.model",
        "wohnlib.data",
        "wohnlib.assess",
        "wohnlib.scenario",
        "wohnlib.areas",
    ),
    "wohnlib.run": ("wohnlib.model", "wohnlib.data", "wohnlib.assess", "wohnlib.report"),
    "wohnlib.cli": ("wohnlib",),
}
HEAVY = ("pandas", "matplotlib", "papermill", "pandera", "statsmodels", "nbconvert", "scipy")


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> set[str]:
    """Return the full names of all modules that a file imports, also inside functions."""
    names = set()
    package = module_name(path).split(".") if path.stem == "__init__" else module_name(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names.add(stem)
            names |= {f"{stem}.{alias.name}" for alias in node.names}
    return names


def below(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


IMPORTS = {module_name(path): imported(path) for path in sorted(PACKAGE.rglob("*.py"))}


def test_the_reader_of_imports_sees_every_form(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path / "wohnlib")
    path = tmp_path / "wohnlib" / "model" / "need.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "import a.b\nfrom c import d\nfrom . import e\nfrom ..data import f\ndef g():\n    import h\n"
    )
    assert imported(path) >= {"a.b", "c", "c.d", "wohnlib.model.e", "wohnlib.data", "wohnlib.data.f", "h"}


@pytest.mark.parametrize("module", [m for m in IMPORTS if any(below(m, wing) for wing in ALLOWED)])
def test_a_wing_knows_only_the_wings_above_it(module):
    wing = next(w for w in ALLOWED if below(module, w))
    allowed = (wing, *(f"wohnlib.{name}" for name in ALLOWED[wing]))
    own = {name for name in IMPORTS[module] if below(name, "wohnlib") and name != "wohnlib"}
    assert {name for name in own if not any(below(name, good) for good in allowed)} == set()


@pytest.mark.parametrize("target", NOT_FROM_BELOW)
def test_nothing_below_imports(target):
    users = {
        module
        for module, names in IMPORTS.items()
        if any(below(module, wing) for wing in NOT_FROM_BELOW[target])
        and not below(module, target)
        and module != "wohnlib.__main__"
        and any(below(name, target) for name in names)
    }
    assert users == set()


@pytest.mark.parametrize("module", [m for m in IMPORTS if below(m, "wohnlib.model")])
def test_the_model_works_on_arrays_only(module):
    tables = {"pandas", "statsmodels", "pandera", "matplotlib", "yaml", "pathlib", "os", "io", "json", "csv"}
    assert {name.split(".")[0] for name in IMPORTS[module]} & tables == set()


def test_every_package_that_is_imported_is_declared():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    homes = packages_distributions()
    tops = {name.split(".")[0] for names in IMPORTS.values() for name in names}
    foreign = {top for top in tops - sys.stdlib_module_names - {"wohnlib"} if top}
    assert {
        top for top in foreign if not declared & {canonicalize_name(d) for d in homes.get(top, [top])}
    } == set()


def test_the_command_line_starts_without_heavy_packages():
    code = f"import sys, wohnlib.cli; print(*[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
