"""`wohnlib run`: one report per planning unit, an entry page, one line per failure."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wohnlib import __version__, paths
from wohnlib.errors import EXIT_INPUT, InputError, fault
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
    from wohnlib import files, manifest
    from wohnlib.check import check_own
    from wohnlib.notebook import RANGE
    from wohnlib.run.batch import describe, run_batch, worker_count
    from wohnlib.session import check_keys, open_assessment

    # everything is checked before anything is written
    words = Words(lang)
    check_keys(region, keys)
    check_own(region, scenario)
    result = open_assessment(region, scenario, horizon, lang)
    span = tuple(open_assessment(region, name, result.scenario.horizon_year, lang) for name in RANGE)
    chosen = [k for k in result.inputs.areas.keys if not keys or k in keys]
    jobs = [report_job(key, result, words) for key in chosen]
    worker_count(workers, len(jobs))
    folder = make_folder(out_folder(out, scenario))
    said = manifest.as_text(manifest.manifest_of(result))
    jobs += [
        incomings_job(k, result, words) for k in chosen if result.inputs.local.has("survey", k, examples=True)
    ]
    if not keys:
        jobs += [alliance_job(result, words, _keep_earlier(folder, said)), guete_job(result, words)]
    outcomes = run_batch(jobs, folder, workers)
    failed = [o for o in outcomes if not o.ok]
    _write_index(result, span, folder, lang)
    files.put(folder, {manifest.NAME: said})
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


def make_folder(folder: Path) -> Path:
    """Return the folder, made if need be; one that cannot be written to is an `InputError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError([fault("out_folder", found=paths.shown(folder), reason=reason)]) from None
    return folder


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


def _keep_earlier(folder: Path, said: str) -> str:
    """Keep what the run before said, beside the new run's, and return its file as seen from the workbook."""
    from wohnlib import files, manifest

    text = manifest.earlier_text(folder, said)
    if text is None:
        return ""
    files.put(folder, {manifest.EARLIER: text})
    try:
        return Path(os.path.relpath(folder / manifest.EARLIER, paths.home())).as_posix()
    except ValueError:  # on another drive
        return ""


def alliance_job(result: "Assessment", words: Words, earlier: str = "") -> Job:
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
            "earlier": earlier,
        },
        title=words("all.title", kreis=view.name, year=view.year),
        description=words("all.description", kreis=view.name, year=view.year),
        footer=footer_lines(view, __version__),
        lang=words.lang,
        kicker=words("frame.kicker", kreis=view.name),
    )


def incomings_job(key: str, result: "Assessment", words: Words) -> Job:
    """Return the job that makes the page on the survey of a unit's companies."""
    from wohnlib.report.frame import footer_lines
    from wohnlib.report.incomings import page_title
    from wohnlib.report.sections_incomings import page_name
    from wohnlib.report.view import View

    view = View(result, key, words)
    kreis = View(result, result.inputs.areas.region, words)
    return Job(
        key=page_name(key),
        slug="",
        notebook=paths.notebooks() / "incomings.ipynb",
        parameters={"ags": key, "scenario": result.scenario.name, "lang": words.lang},
        title=page_title(view, result.inputs.local.is_example("survey", key)),
        description=words("survey.description", place=view.place),
        footer=footer_lines(view, __version__),
        lang=words.lang,
        kicker=words("frame.kicker", kreis=kreis.name),
    )


def guete_job(result: "Assessment", words: Words) -> Job:
    """Return the job that makes the page on how accurate forecasts were."""
    from wohnlib.report.frame import footer_lines
    from wohnlib.report.index import QUALITY
    from wohnlib.report.view import View

    view = View(result, result.inputs.areas.region, words)
    return Job(
        key=QUALITY,
        slug="",
        notebook=paths.notebooks() / f"{QUALITY}.ipynb",
        parameters={"region": result.inputs.areas.region, "lang": words.lang},
        title=words("guete.title"),
        description=words("guete.description"),
        footer=footer_lines(view, __version__),
        lang=words.lang,
        kicker=words("frame.kicker", kreis=view.name),
    )


def _write_index(result: "Assessment", span: "tuple[Assessment, ...]", folder: Path, lang: str) -> None:
    from wohnlib import files
    from wohnlib.report.index import index_page

    made = {path.stem for path in folder.glob("*.html")}
    files.put(folder, {"index.html": index_page(result, span, lang, made)})


def _report_done(outcomes: Sequence[Outcome], folder: Path, words: Words) -> None:
    index = folder / "index.html"
    click.echo(words("cli.done", n=len(outcomes), folder=paths.shown(folder), index=paths.shown(index)))
