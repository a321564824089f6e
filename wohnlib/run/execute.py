"""Run one notebook with its parameters through papermill and give it back in a form that never varies."""

import difflib
import json
import logging
import re
import sys
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wohnlib import files
from wohnlib.errors import Fault, InputError, fault
from wohnlib.paths import shown
from wohnlib.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

CELL_SECONDS = 600  # after this time a cell counts as hanging
START_SECONDS = 120  # a first start on a cold disk may take a minute
_CAUSE_AT_MOST = 1000
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_DROPPED = ("papermill", "execution", "language_info", "widgets")
_KINDS = {"str": str, "int": int, "float": (int, float), "bool": bool}


class NotebookFailed(Exception):
    """A notebook that stopped; `cause` is one short German text, `bad_input` tells whose fault it is."""

    def __init__(self, cause: str, bad_input: bool = False) -> None:
        super().__init__(cause)
        self.cause = cause
        self.bad_input = bad_input

    def __reduce__(self) -> tuple[Any, ...]:
        return NotebookFailed, (self.cause, self.bad_input)


@contextmanager
def _without_slow_import() -> "Iterator[None]":
    """Keep jsonschema from loading a grammar of web addresses, which takes a second and is not used."""
    name = "rfc3987_syntax"
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


def load_papermill() -> Any:
    """Return papermill, loaded on first use."""
    with _without_slow_import():
        import papermill
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    return papermill


def read(notebook: Path) -> "NotebookNode":
    """Return a notebook read from a file as format 4.5; a missing or broken file is an `InputError`."""
    load_papermill()
    import nbformat

    try:
        text = notebook.read_text(encoding="utf-8")
    except OSError:
        raise InputError([fault("notebook_missing", file=shown(notebook))]) from None
    except UnicodeDecodeError:
        raise InputError([fault("notebook_broken", file=shown(notebook))]) from None
    try:
        nb = nbformat.v4.upgrade(nbformat.reads(text, as_version=4))
        nbformat.validate(nb)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, KeyError, AttributeError, TypeError):
        raise InputError([fault("notebook_broken", file=shown(notebook))]) from None
    nb.metadata.kernelspec = dict(_KERNEL)  # whichever kernel the notebook was last opened with
    return nb


def parameter_faults(nb: "NotebookNode", parameters: Mapping[str, Any], file: str) -> list[Fault]:
    """Return what is wrong with the parameters: unknown names, values of another kind than the default."""
    if not any("parameters" in cell.metadata.get("tags", []) for cell in nb.cells):
        return [fault("parameters_cell", file=file)]
    known = load_papermill().inspect_notebook(nb)
    words = Words("de")
    found = []
    for name, value in parameters.items():
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=3, cutoff=0.5)
            names = words("hint.nearest", names=", ".join(near)) if near else words("hint.none")
            found.append(fault("parameter", file=file, found=name, allowed=", ".join(known), hint=names))
        elif (kind := _kind(known[name])) and not _is(value, kind):
            found.append(fault("parameter_type", file=file, column=name, found=value,
                               expected=words(f"kind.{kind}")))  # fmt: skip
    return found


def _kind(parameter: Mapping[str, str]) -> str:
    """Return the kind of a parameter's default, "" if it cannot be told."""
    hint = str(parameter["inferred_type_name"])
    if hint in _KINDS:
        return hint
    default = str(parameter["default"]).strip()
    if default[:1] in "\"'":
        return "str"
    if default in ("True", "False"):
        return "bool"
    return "int" if re.fullmatch(r"-?\d+", default) else ""


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "bool":
        return False
    return isinstance(value, _KINDS[kind])  # type: ignore[arg-type]


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    cwd: Path | None = None,
    runtime: Path | None = None,
    cell_seconds: int = CELL_SECONDS,
) -> "NotebookNode":
    """Run a notebook in a kernel of its own and return it normalised.

    Parameters
    ----------
    notebook : path of the notebook; it is not changed
    parameters : values for names that stand in its cell tagged "parameters"; strings stay strings
    cwd : folder the kernel runs in, by default the notebook's
    runtime : folder for the kernel's connection files, by default a temporary one
    cell_seconds : time after which a cell counts as hanging

    Raises
    ------
    InputError
        If the file is unusable or a parameter is unknown or of another kind than its default.
    NotebookFailed
        If a cell fails; the cause is its last line, or the text of an `InputError` as it is.
    """
    nb = read(notebook)
    faults = parameter_faults(nb, parameters, shown(notebook))
    if faults:
        raise InputError(faults)
    own = Path(tempfile.mkdtemp(dir=runtime)) if runtime else files.new_folder(Path(tempfile.gettempdir()))
    try:
        done = _run(nb, dict(parameters), own, cwd or notebook.resolve().parent, cell_seconds)
    finally:
        files.remove(own)
    return normalise(done)


def _run(
    nb: "NotebookNode", parameters: dict[str, Any], runtime: Path, cwd: Path, cell_seconds: int
) -> "NotebookNode":
    papermill = load_papermill()
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from traitlets.config import Config

    from wohnlib.run.kernel import ReportKernelManager

    words = Words("de")
    config = Config({"ReportKernelManager": {"runtime": str(runtime), "cwd": str(cwd)}})
    try:
        return papermill.execute_notebook(
            nb, None, parameters, kernel_name="python3", language="python", progress_bar=False,
            log_output=False, start_timeout=START_SECONDS, execution_timeout=cell_seconds,
            autosave_cell_every=0, kernel_manager_class=ReportKernelManager, config=config,
            shutdown_kernel="immediate", iopub_timeout=60, raise_on_iopub_timeout=True,
        )  # fmt: skip
    except papermill.PapermillExecutionError as error:
        raise _failed(error) from None
    except CellTimeoutError:
        raise NotebookFailed(words("run.timeout", seconds=cell_seconds)) from None
    except DeadKernelError:
        raise NotebookFailed(words("run.dead_kernel")) from None
    except RuntimeError:
        raise NotebookFailed(words("run.no_kernel")) from None


def _failed(error: Any) -> NotebookFailed:
    """Return a short cause from papermill's error: an InputError's text as it is, else the last line.

    Cells are counted from 1 as the reader of the notebook does, without the cell papermill puts in.
    """
    text = _ANSI.sub("", str(error.evalue)).strip()
    if error.ename == "InputError":
        return NotebookFailed(text, bad_input=True)
    lines = text.splitlines()
    last = f"{error.ename}: {lines[-1]}" if lines else str(error.ename)
    last = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in last)[:_CAUSE_AT_MOST]
    return NotebookFailed(Words("de")("run.cell", cell=error.cell_index, cause=last))


def normalise(nb: "NotebookNode") -> "NotebookNode":
    """Return the notebook without anything that differs from run to run.

    Cell ids go by position; times, durations and the interpreter's version are dropped, and so is what
    cells wrote to standard error, since libraries report there what they set up on a first start.
    """
    for key in _DROPPED:
        nb.metadata.pop(key, None)
    nb.nbformat, nb.nbformat_minor = 4, 5
    count = 0
    for place, cell in enumerate(nb.cells, start=1):
        cell.id = f"cell-{place:03d}"
        for key in _DROPPED:
            cell.metadata.pop(key, None)
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        kept = [o for o in cell.outputs if not (o.output_type == "stream" and o.name == "stderr")]
        for output in kept:
            if "execution_count" in output:
                output.execution_count = count
            for mime, data in output.get("data", {}).items():
                if mime == "text/plain" and isinstance(data, str):
                    output.data[mime] = _ADDRESS.sub("", data)
        cell.outputs = kept
    return nb


def as_text(nb: "NotebookNode") -> str:
    """Return a notebook as the text of its file: sorted keys, one kind of line end."""
    import nbformat

    plain = json.loads(nbformat.writes(nb, version=4))
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
