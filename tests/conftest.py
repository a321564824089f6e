"""What all tests share: the marker `shared` and the rule that nothing is skipped unseen.

Tests marked `shared` are skipped where the folder of delivered official files is absent. With
`WOHNLIB_NO_SKIP=1`, as on the checking machine, every other skip is a failure.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from wohnlib import paths

if TYPE_CHECKING:
    from wohnlib.assess import Assessment
    from wohnlib.forecast.kreise_data import Delivered

NO_SKIP = os.environ.get("WOHNLIB_NO_SKIP", "") not in ("", "0")
SHARED_ABSENT = "the folder of delivered official files is absent"

_shared_skips = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_shared_skips] = []


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
    if _may_skip(item):
        item.config.stash[_shared_skips].append(item.nodeid)
    elif NO_SKIP:
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = config.stash[_shared_skips]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped: {SHARED_ABSENT}")


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
