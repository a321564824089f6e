"""What all tests share: the marker `shared`, the rule that nothing is skipped unseen, two workers at a time.

Tests marked `shared` are skipped where the folder of delivered official files is absent. With
`WOHNLIB_NO_SKIP=1`, as on the checking machine, every other skip is a failure.

`make test` runs in two workers (pytest-xdist). All tests of a file go to one worker, so that what they share is
built once; so do all files that start kernels and commands, so that there are never more of these than cores.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from wohnlib import paths
from wohnlib.errors import InputError

if TYPE_CHECKING:
    from wohnlib.assess import Assessment
    from wohnlib.forecast.kreise_data import Delivered

NO_SKIP = os.environ.get("WOHNLIB_NO_SKIP", "") not in ("", "0")
SHARED_ABSENT = "the folder of delivered official files is absent"

KERNELS = ("test_cli", "test_reports_end_to_end", "test_run_batch", "test_run_execute")
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
if WORKERS > 1:  # before numpy is loaded: the other cores are busy with other tests
    for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(_name, "1")

# The same examples on every machine, and no clock: another worker may take the time.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Prepare the tables before there are workers, which would all do so; bad tables are a matter of the tests."""
    if session.config.getoption("numprocesses", None):
        from wohnlib.session import ready

        with contextlib.suppress(InputError):
            ready()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each worker one group of tests at a time: a file, or all files that start kernels and commands."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "kernels" if Path(file).stem in KERNELS else file

    return ByFile(config, log)


def _may_skip(item: pytest.Item) -> bool:
    return item.get_closest_marker("shared") is not None and not paths.shared().is_dir()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if _may_skip(item):
        pytest.skip(SHARED_ABSENT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if not report.skipped or hasattr(report, "wasxfail"):
        return report
    if NO_SKIP and not _may_skip(item):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped under WOHNLIB_NO_SKIP=1: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Treat a whole file that skips itself (`importorskip`) in the same way."""
    report = yield
    if NO_SKIP and report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} skipped under WOHNLIB_NO_SKIP=1: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if SHARED_ABSENT in str(r.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped: {SHARED_ABSENT}")


@pytest.fixture(scope="session")
def at_once() -> int:
    """Return how many processes a test may keep busy at a time: two, or one beside another worker."""
    return 1 if WORKERS > 1 else 2


@pytest.fixture(scope="session")
def assessments() -> "dict[str, Assessment]":
    """The assessments of the four scenarios on the real tables, up to the horizon of each; do not change."""
    from wohnlib.session import open_assessment

    return {name: open_assessment(scenario=name) for name in ("lower", "base", "upper", "status_quo")}


@pytest.fixture(scope="session")
def everything() -> "Delivered":
    """Return the delivered tables of all Kreise by age and sex; nobody changes them in place."""
    from wohnlib.forecast import kreise_data

    if not (paths.shared() / kreise_data.FILES[0]).exists():
        pytest.skip("the delivered files are not here")
    return kreise_data.read()
