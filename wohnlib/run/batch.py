"""Many reports at once: one function per area, as many processes as there are cores, nothing half-written."""

import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

from wohnlib import files
from wohnlib.errors import InputError, fault
from wohnlib.run.jobs import Job, Outcome, check_jobs
from wohnlib.words import Words

EXIT_INTERRUPTED = 130
_WATCH_SECONDS = 1.0
Progress = Callable[[Outcome, int, int], None]


@dataclass(frozen=True)
class Places:
    """The folders of a batch: finished files, files in the making, kernels' connection files."""

    out: Path
    folder: Path
    runtime: Path


def build_report(job: Job, places: Places, parent: int | None = None) -> Outcome:
    """Execute one notebook, export it and move both files into place; a failure becomes an outcome.

    `parent` is the process id of the batch if this runs in a worker, which then ends with its parent.
    """
    from wohnlib.run.execute import NotebookFailed, as_text, execute

    if parent is not None:
        _guard(parent)
    words = Words("de")
    try:
        nb = execute(job.notebook, job.parameters, runtime=places.runtime)
        from wohnlib.report.exporter import export

        page = export(
            nb, title=job.title, description=job.description, footer=job.footer, lang=job.lang,
            back_link=job.back_link, kicker=job.kicker,
        )  # fmt: skip
        texts = {f"{job.stem}.ipynb": as_text(nb), f"{job.stem}.html": page}
        files.put(places.out, texts, places.folder)
    except InputError as error:
        return Outcome(job.key, False, error.text(), bad_input=True)
    except NotebookFailed as error:
        return Outcome(job.key, False, error.cause, error.bad_input)
    except OSError as error:
        return Outcome(job.key, False, words("run.write", reason=error.strerror or type(error).__name__))
    except Exception as error:
        lines = str(error).splitlines() or [""]
        return Outcome(job.key, False, words("run.unknown", kind=type(error).__name__, reason=lines[0][:300]))
    return Outcome(job.key, True, files=tuple(texts))


def run_batch(
    jobs: Sequence[Job], out: Path, workers: int | None = None, progress: Progress | None = None
) -> list[Outcome]:
    """Make all reports and return their outcomes in the order of the jobs.

    Parameters
    ----------
    jobs : one per area; their file names must differ
    out : folder of the finished files; made if it is not there
    workers : processes at a time, at most the number of cores; default: as many as cores or jobs
    progress : called after each area with (outcome, done, total); default: a line on standard error

    Raises
    ------
    InputError
        If a file name or the number of workers cannot be used; nothing is written then.
    SystemExit
        With code 130 after Ctrl-C or SIGTERM; finished reports stay, everything half-done is removed.
    """
    check_jobs(jobs)
    count = worker_count(workers, len(jobs))
    if not jobs:
        return []
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.gettempdir())
    for place in (out, temporary):
        files.clean_up(place)
    places = Places(out.resolve(), files.new_folder(out.resolve()), files.new_folder(temporary))
    outcomes: dict[str, Outcome] = {}
    try:
        with _interruptible(), _shown(len(jobs), progress) as report:
            for outcome in _outcomes(jobs, places, count):
                outcomes[outcome.key] = outcome
                report(outcome, len(outcomes), len(jobs))
    except KeyboardInterrupt:
        _end_children()
        print(Words("de")("run.interrupted"), file=sys.stderr)
        raise SystemExit(EXIT_INTERRUPTED) from None
    finally:
        files.remove(places.folder)
        files.remove(places.runtime)
        if made:
            with contextlib.suppress(OSError):
                out.rmdir()  # only if empty: nothing came of it
    lost = Words("de")("run.worker")
    return [outcomes.get(job.key, Outcome(job.key, False, lost)) for job in jobs]


def worker_count(workers: int | None, jobs: int) -> int:
    cores = os.cpu_count() or 1
    if workers is None:
        workers = cores
    elif isinstance(workers, bool) or workers < 1:
        raise InputError([fault("workers", found=workers)])
    return max(1, min(workers, cores, jobs))


def _outcomes(jobs: Sequence[Job], places: Places, workers: int) -> Iterator[Outcome]:
    """Yield outcomes as they come; a worker that dies costs the areas it had in hand, not the others."""
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    left = {job.key: job for job in jobs}
    parent = os.getpid() if workers > 1 else None
    tasks = (delayed(build_report)(job, places, parent) for job in jobs)
    pool = Parallel(n_jobs=workers, backend="loky", batch_size=1, return_as="generator_unordered")
    try:
        for outcome in pool(tasks):
            left.pop(outcome.key)
            yield outcome
    except TerminatedWorkerError:
        for job in left.values():  # one at a time now, so that only the culprit is lost
            yield _alone(job, places)


def _alone(job: Job, places: Places) -> Outcome:
    from joblib.externals.loky import get_reusable_executor
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    try:
        pool = get_reusable_executor(max_workers=1)
        return pool.submit(build_report, job, places, os.getpid()).result()
    except TerminatedWorkerError:
        return Outcome(job.key, False, Words("de")("run.worker"))


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM stop a run as Ctrl-C does, and put the old handler back."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    old = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _end_children() -> None:
    """End the workers and kernels that this process started."""
    children = psutil.Process().children(recursive=True)
    for child in children:
        with contextlib.suppress(psutil.Error):
            child.kill()
    psutil.wait_procs(children, timeout=5)


_guards: list[threading.Thread] = []


def _guard(parent: int) -> None:
    """In a worker: leave Ctrl-C to the parent, and end with the parent (the kernel then ends by itself)."""
    if _guards or os.getpid() == parent:
        return
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while psutil.pid_exists(parent) and (os.name == "nt" or os.getppid() == parent):
            time.sleep(_WATCH_SECONDS)
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
        os._exit(1)

    _guards.append(threading.Thread(target=watch, daemon=True))
    _guards[0].start()


@contextlib.contextmanager
def _shown(total: int, progress: Progress | None) -> Iterator[Progress]:
    """Give the function that reports progress: the caller's, a live bar, or one line per area."""
    if progress is not None:
        yield progress
    elif sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=total, unit=f" {Words('de')('run.unit')}", file=sys.stderr, leave=True) as bar:

            def live(outcome: Outcome, done: int, total: int) -> None:
                if not outcome.ok:
                    bar.write(progress_line(outcome, done, total), file=sys.stderr)
                bar.set_postfix_str(outcome.key, refresh=False)
                bar.update()

            yield live
    else:
        yield lambda *seen: print(progress_line(*seen), file=sys.stderr, flush=True)


def progress_line(outcome: Outcome, done: int, total: int) -> str:
    """Return one printable line about a finished area."""
    key = "done" if outcome.ok else "failed"
    line = Words("de")(f"run.{key}", done=done, total=total, key=outcome.key, cause=outcome.cause)
    return "".join(c if c.isprintable() else " " for c in line)


def describe(outcomes: Sequence[Outcome]) -> list[str]:
    """Return a line for every area that failed, with its cause."""
    return [f"{o.key}: {o.cause}" for o in outcomes if not o.ok]


__all__: list[str] = [
    "EXIT_INTERRUPTED", "Job", "Outcome", "Progress", "build_report", "describe", "progress_line", "run_batch",
]  # fmt: skip
