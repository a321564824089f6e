"""Notebooks are thin: a cell of parameters, then cells that call one function and show what it returns."""

import ast
import io
import json
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.If, ast.Try, ast.With,
)  # fmt: skip
READERS = ("open", "read_", "eval", "exec", "glob", "loads", "load_", "Path")


def source(cell: dict) -> str:
    return "".join(cell["source"])


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def bare_faults(notebook: dict) -> list[str]:
    """Return what a run left in the notebook."""
    faults = []
    if notebook["metadata"].get("kernelspec", {}).get("name") != "python3":
        faults.append("kernelspec is not python3")
    faults += [f"metadata {key}" for key in ("language_info", "papermill") if key in notebook["metadata"]]
    for i, cell in enumerate(notebook["cells"]):
        if cell.get("outputs"):
            faults.append(f"cell {i}: outputs")
        if cell.get("execution_count") is not None:
            faults.append(f"cell {i}: execution_count")
        faults += [
            f"cell {i}: metadata {key}" for key in ("papermill", "execution") if key in cell["metadata"]
        ]
    return faults


def parameter_faults(text: str) -> list[str]:
    """Return the lines of a parameters cell that are no annotated assignment with a comment."""
    commented = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and token.string.strip("# ")
    }
    faults = []
    for node in ast.parse(text).body:
        if not isinstance(node, ast.AnnAssign) or node.value is None:
            faults.append(f"line {node.lineno}: no annotated assignment")
        elif not commented & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            faults.append(f"line {node.lineno}: no comment")
    return faults


def code_faults(text: str) -> list[str]:
    """Return what a cell does that belongs into the package."""
    if text.lstrip().startswith(("%", "!")):
        return ["magic"]
    faults = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, FORBIDDEN):
            faults.append(type(node).__name__)
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in READERS or name.startswith(READERS[1]):
                faults.append(f"call of {name}")
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, (int, float))
            and not isinstance(node.value, bool)
        ):
            faults.append(f"number {node.value}")
    return faults


def notebook_faults(notebook: dict) -> list[str]:
    faults = bare_faults(notebook)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    parameters = [cell for cell in code if "parameters" in tags(cell)]
    if len(parameters) != 1:
        faults.append(f"{len(parameters)} parameters cells")
    for cell in parameters:
        faults += [f"parameters: {fault}" for fault in parameter_faults(source(cell))]
    for i, cell in enumerate(code):
        if "parameters" not in tags(cell):
            faults += [f"code cell {i}: {fault}" for fault in code_faults(source(cell))]
    return faults


def test_there_is_a_notebook():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_the_notebook_is_thin(path):
    assert notebook_faults(json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("def f(): return x", "FunctionDef"),
        ("class A: pass", "ClassDef"),
        ("f = lambda: x", "Lambda"),
        ("for x in y: x", "For"),
        ("while x: y", "While"),
        ("[x for x in y]", "ListComp"),
        ("show(x for x in y)", "GeneratorExp"),
        ("open(name)", "call of open"),
        ("pd.read_csv(name)", "call of read_csv"),
        ("figure(-2.5)", "number 2.5"),
        ("%time f()", "magic"),
    ],
)
def test_thick_cells_are_found(text, fault):
    assert fault in code_faults(text)


def test_a_thin_cell_has_no_fault():
    assert code_faults("from wohnlib.report import tables\ntables.need(report, folded=True)") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('ags = "03251407"  # Schlüssel', "line 1: no annotated assignment"),
        ('ags: str = "03251407"', "line 1: no comment"),
        ('ags: str = "03251407"  #', "line 1: no comment"),
        ("horizon_year: int  # Zieljahr", "line 1: no annotated assignment"),
    ],
)
def test_poor_parameters_are_found(text, fault):
    assert parameter_faults(text) == [fault]


def test_leftovers_of_a_run_are_found():
    cell = {
        "cell_type": "code",
        "source": ["x"],
        "execution_count": 3,
        "outputs": [{}],
        "metadata": {"papermill": {}},
    }
    found = bare_faults({"metadata": {"language_info": {}, "kernelspec": {"name": "py"}}, "cells": [cell]})
    assert found == [
        "kernelspec is not python3", "metadata language_info", "cell 0: outputs", "cell 0: execution_count",
        "cell 0: metadata papermill",
    ]  # fmt: skip
