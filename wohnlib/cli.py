"""Command line: `wohnlib prepare | check | run | explain | backtest | forecast`. Heavy imports happen inside the commands."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from wohnlib import __version__
from wohnlib.command import WORDS, Group, argument, option, usage_fault
from wohnlib.errors import EXIT_INPUT, InputError

EXIT_FAILED = 1


_region = option("--region", word="region", metavar="key", default="03251")
_scenario = option("--scenario", word="scenario", metavar="name", default="base")
_horizon = option("--horizon", word="horizon", metavar="year", type=int, default=None)
_lang = option("--lang", word="lang", metavar="lang", default="de")


@click.group(
    cls=Group,
    subcommand_metavar=WORDS("cli.subcommand"),
    help=WORDS("cli.about"),
    context_settings={"max_content_width": 110},
)
@click.version_option(
    __version__, prog_name="wohnlib", message="%(prog)s %(version)s", help=WORDS("cli.version")
)
def cli() -> None:
    pass


@cli.command(help=WORDS("cli.prepare"), short_help=WORDS("cli.prepare"))
@option("--force", word="force", is_flag=True)
def prepare(force: bool) -> None:
    from wohnlib import paths
    from wohnlib.data.prepare import prepare as run_prepare

    folder = run_prepare(force=force)
    click.echo(WORDS("cli.prepared", folder=paths.shown(folder)))


@cli.command(help=WORDS("cli.check"), short_help=WORDS("cli.check"))
@_region
@_scenario
@_horizon
def check(region: str, scenario: str, horizon: int | None) -> None:
    from wohnlib.check import check_own, check_page
    from wohnlib.session import open_assessment

    check_own(region, scenario)
    click.echo(check_page(open_assessment(region, scenario, horizon)))


@cli.command(help=WORDS("cli.run"), short_help=WORDS("cli.run"))
@_region
@option("--area", "areas", word="area", metavar="key", multiple=True)
@_scenario
@_horizon
@_lang
@option("--out", word="out", metavar="folder", type=click.Path(path_type=Path), default=None)
@option("--workers", word="workers", metavar="number", type=int, default=None)
def run(
    region: str, areas: Sequence[str], scenario: str, horizon: int | None, lang: str, out: Path | None,
    workers: int | None,
) -> int:  # fmt: skip
    from wohnlib.run.assessments import run_assessments

    return run_assessments(region, areas, scenario, horizon, lang, out, workers)


@cli.command(help=WORDS("cli.explain"), short_help=WORDS("cli.explain"))
@click.argument("ags")
@_region
@_scenario
@_horizon
@_lang
def explain(ags: str, region: str, scenario: str, horizon: int | None, lang: str) -> None:
    from wohnlib.explain import explain_need
    from wohnlib.session import check_keys, open_assessment

    check_keys(region, [ags])
    click.echo(explain_need(open_assessment(region, scenario, horizon, lang), ags))


@cli.group(
    cls=Group, help=WORDS("cli.scenarios"), short_help=WORDS("cli.scenarios"),
    subcommand_metavar=WORDS("cli.subcommand"),
)  # fmt: skip
def scenario() -> None:
    pass


@scenario.command("new", help=WORDS("cli.scenario_new"), short_help=WORDS("cli.scenario_new"))
@click.argument("name")
@option("--based-on", word="scenario_based_on", metavar="name", default="base")
@option("--title", word="scenario_title", metavar="title", default=None)
def scenario_new(name: str, based_on: str, title: str | None) -> None:
    import datetime as dt

    from wohnlib import paths
    from wohnlib.scenario_write import new

    path = new(name, based_on, title=title, date=dt.datetime.now().astimezone().date().isoformat())
    click.echo(WORDS("scenario.created", file=paths.shown(path), name=name))


@scenario.command("diff", help=WORDS("cli.scenario_diff"), short_help=WORDS("cli.scenario_diff"))
@argument("first")
@argument("second")
@_region
@option("--area", word="scenario_area", metavar="key", default=None)
@option("--plain", word="scenario_plain", is_flag=True)
def scenario_diff(first: str, second: str, region: str, area: str | None, plain: bool) -> None:
    from wohnlib.scenario import load
    from wohnlib.scenario_tools import diff_text

    click.echo(diff_text(load(first), load(second)))
    if plain:
        return
    from wohnlib.sensitivity import split_text
    from wohnlib.session import check_keys, open_assessment

    check_keys(region, [area] if area else [])
    text = split_text(open_assessment(region, first), open_assessment(region, second), area)
    if text:
        click.echo(f"\n{text}")


@scenario.command("check", help=WORDS("cli.scenario_check"), short_help=WORDS("cli.scenario_check"))
@argument("file")
def scenario_check(file: str) -> None:
    from wohnlib.scenario_check import check_text

    click.echo(check_text(file))


@cli.command(help=WORDS("cli.template"), short_help=WORDS("cli.template"))
@_region
@option("--area", word="template_area", metavar="key", default=None)
@option("--kind", "kinds", word="template_kind", metavar="name", multiple=True)
@option("--out", word="template_out", metavar="folder", type=click.Path(path_type=Path), default=None)
def template(region: str, area: str | None, kinds: Sequence[str], out: Path | None) -> None:
    from wohnlib import paths
    from wohnlib.local.templates import write_templates
    from wohnlib.run.assessments import make_folder
    from wohnlib.session import check_keys

    check_keys(region, [area] if area is not None and area != region else [])
    if out is not None:
        make_folder(out)
    files = write_templates(kinds, area or region, out)
    click.echo(WORDS("localform.written", n=len(files), folder=paths.shown(files[0].parent)))


@cli.command(help=WORDS("cli.compare"), short_help=WORDS("cli.compare"))
@argument("old", type=click.Path(path_type=Path))
@argument("new", type=click.Path(path_type=Path))
@option("--data", word="compare_data", metavar="folder", type=click.Path(path_type=Path), default=None)
def compare(old: Path, new: Path, data: Path | None) -> None:
    from wohnlib import manifest
    from wohnlib.compare import compare as compare_runs
    from wohnlib.compare_text import compare_text
    from wohnlib.session import inputs

    first, last = manifest.read_all([old, new])
    areas = inputs(last["region"]).areas
    click.echo(
        compare_text(compare_runs(first, last, data), dict(zip(areas.keys, areas.short_names, strict=True)))
    )


@cli.command(help=WORDS("cli.backtest"), short_help=WORDS("cli.backtest"))
def backtest() -> None:
    from wohnlib import paths
    from wohnlib.backtest.delivered import read
    from wohnlib.backtest.kreise_write import write_kreise
    from wohnlib.backtest.run import run as run_backtest
    from wohnlib.backtest.write import unit_keys, write
    from wohnlib.forecast.learned import learned_tables, past_forecasts, write_learned

    delivered, units = read(), unit_keys(paths.raw())
    made = past_forecasts(delivered)
    learned, diagnostics = learned_tables(delivered, units, made)
    names = write_learned(learned, diagnostics, paths.raw())
    names += write(run_backtest(delivered, units, learned["forecast_errors_asof"], made=made), paths.raw())
    names += write_kreise(paths.raw(), sorted({key[:5] for key in units}))
    click.echo(WORDS("cli.backtest_done", names=", ".join(names)))


@cli.command(help=WORDS("cli.forecast"), short_help=WORDS("cli.forecast"))
@option("--as-of", "as_of", word="as_of", metavar="date", required=True)
@option("--dates", word="dates", metavar="dates", required=True)
@option("--out", word="out_file", metavar="file", type=click.Path(path_type=Path), required=True)
@option("--level", word="level", metavar="level", default=None)
@option("--region", word="forecast_region", metavar="key", default=None)
def forecast(as_of: str, dates: str, out: Path, level: str | None, region: str | None) -> None:
    from wohnlib.forecast.cli import run_forecast

    rows = run_forecast(as_of, dates, out, level, region)
    click.echo(WORDS("cli.forecast_done", n=rows, file=out.name))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; bad input ends with one message and exit code 2."""
    try:
        code = cli.main(
            args=None if arguments is None else list(arguments), prog_name="wohnlib", standalone_mode=False
        )
    except InputError as error:
        click.echo(error.text(), err=True)
        sys.exit(EXIT_INPUT)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(EXIT_INPUT)
    except click.UsageError as error:
        click.echo(usage_fault(error).text(), err=True)
        sys.exit(EXIT_INPUT)
    except (click.Abort, KeyboardInterrupt):
        click.echo(WORDS("run.interrupted"), err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(EXIT_FAILED)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
