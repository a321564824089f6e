"""`wohnlib run`: one report per planning unit, an entry page, one line per failure."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wohnlib import __version__, paths
from wohnlib.errors import EXIT_INPUT, Fault, InputError
from wohnlib.run.jobs import Job, Outcome
from wohnlib.words import Words

if TYPE_CHECKING:
    from wohnlib.assess import Assessment

EXIT_FAILED = 1


def run_assessments(
    region: str, keys: Sequence[str], scenario: str, horizon: int | None, lang: str, out: Path | None,
    workers: int | None,
) -> int:  # fmt: skip
    """Make the reports and return the exit code: 0, 1 (an area failed) or 2 (an area's input was bad)."""
    from wohnlib.run.batch import describe, run_batch
    from wohnlib.session import open_assessment

    words = Words(lang)
    result = open_assessment(
        region, scenario, horizon, lang
    )  # everything is checked before anything is written
    areas = result.inputs.areas
    faults: list[Fault] = [f for key in keys for f in areas.faults_of(key)]
    if faults:
        raise InputError(faults)
    chosen = [k for k in areas.keys if not keys or k in keys]
    folder = out_folder(out, scenario)
    jobs = [report_job(key, result, words) for key in chosen]
    if not keys:
        jobs.append(alliance_job(result, words))
    outcomes = run_batch(jobs, folder, workers)
    failed = [o for o in outcomes if not o.ok]
    if not keys and not failed:
        _write_index(result, folder, lang)
    if failed:
        click.echo(words("cli.some_failed", failed=len(failed), n=len(outcomes)), err=True)
        for line in describe(outcomes):
            click.echo(line, err=True)
        return EXIT_INPUT if all(o.bad_input for o in failed) else EXIT_FAILED
    _report_done(outcomes, folder, words)
    return 0


def out_folder(out: Path | None, scenario: str) -> Path:
    """Return where reports go: `reports/`, another scenario than base in a folder of its name."""
    folder = out if out is not None else paths.home() / "reports"
    return folder if scenario == "base" else folder / scenario


def report_job(key: str, result: "Assessment", words: Words) -> Job:
    """Return the job that makes the report of one unit."""
    from wohnlib.report.frame import footer_lines, frame_texts
    from wohnlib.report.view import View

    areas = result.inputs.areas
    view = View(result, key, words)
    title, description, kicker = frame_texts(view)
    return Job(
        key=key,
        slug=areas.stem(key).removeprefix(f"{key}_"),
        notebook=paths.notebooks() / "bedarf.ipynb",
        parameters={
            "ags": key,
            "scenario": result.scenario.name,
            "horizon_year": result.scenario.horizon_year,
            "lang": words.lang,
        },
        title=title,
        description=description,
        footer=footer_lines(view, __version__),
        lang=words.lang,
        kicker=kicker,
    )


def alliance_job(result: "Assessment", words: Words) -> Job:
    """Return the job that makes the report on all units of the region."""
    from wohnlib.report.frame import footer_lines
    from wohnlib.report.index import ALLIANCE
    from wohnlib.report.view import View

    region = result.inputs.areas.region
    view = View(result, region, words)
    return Job(
        key=ALLIANCE,
        slug="",
        notebook=paths.notebooks() / f"{ALLIANCE}.ipynb",
        parameters={
            "region": region,
            "scenario": result.scenario.name,
            "horizon_year": result.scenario.horizon_year,
            "lang": words.lang,
        },
        title=words("all.title", kreis=view.name, year=view.year),
        description=words("all.description", kreis=view.name, year=view.year),
        footer=footer_lines(view, __version__),
        lang=words.lang,
        kicker=words("frame.kicker", kreis=view.name),
    )


def _write_index(result: "Assessment", folder: Path, lang: str) -> None:
    from wohnlib.notebook import RANGE
    from wohnlib.report.index import index_page
    from wohnlib.run import files
    from wohnlib.session import open_assessment

    scenario = result.scenario
    span = tuple(open_assessment(scenario.region, name, scenario.horizon_year, lang) for name in RANGE)
    files.put(folder, {"index.html": index_page(result, span, lang)})


def _report_done(outcomes: Sequence[Outcome], folder: Path, words: Words) -> None:
    index = folder / "index.html"
    click.echo(words("cli.done", n=len(outcomes), folder=paths.shown(folder), index=paths.shown(index)))
