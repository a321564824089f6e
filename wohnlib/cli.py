"""Command line: `wohnlib prepare | check | run | explain | backtest | forecast`. Heavy imports happen inside the commands."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from wohnlib import __version__
from wohnlib.errors import EXIT_INPUT, InputError, fault
from wohnlib.words import Words

EXIT_FAILED = 1
_WORDS = Words("de")


class _Formatter(click.HelpFormatter):
    """Click's help with German headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, _WORDS("cli.usage") + " ")

    def write_heading(self, heading: str) -> None:
        key = f"cli.heading_{heading.lower()}"
        super().write_heading(_WORDS(key) if key in _WORDS else heading)


class _Context(click.Context):
    formatter_class = _Formatter


class _Command(click.Command):
    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _WORDS("cli.help")
        return option

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        return [_WORDS("cli.options") if p == "[OPTIONS]" else p for p in pieces]


class _Group(_Command, click.Group):
    command_class = _Command


def _option(*names: str, word: str, metavar: str | None = None, **options: Any) -> Any:
    metavar = None if metavar is None else _WORDS(f"cli.metavar_{metavar}")
    return click.option(*names, help=_WORDS(f"cli.{word}"), metavar=metavar, **options)


_region = _option("--region", word="region", metavar="key", default="03251")
_scenario = _option("--scenario", word="scenario", metavar="name", default="base")
_horizon = _option("--horizon", word="horizon", metavar="year", type=int, default=None)
_lang = _option("--lang", word="lang", metavar="lang", default="de")


@click.group(
    cls=_Group,
    subcommand_metavar=_WORDS("cli.subcommand"),
    help=_WORDS("cli.about"),
    context_settings={"max_content_width": 110},
)
@click.version_option(
    __version__, prog_name="wohnlib", message="%(prog)s %(version)s", help=_WORDS("cli.version")
)
def cli() -> None:
    pass


@cli.command(help=_WORDS("cli.prepare"), short_help=_WORDS("cli.prepare"))
@_option("--force", word="force", is_flag=True)
def prepare(force: bool) -> None:
    from wohnlib import paths
    from wohnlib.data.prepare import prepare as run_prepare

    folder = run_prepare(force=force)
    click.echo(_WORDS("cli.prepared", folder=paths.shown(folder)))


@cli.command(help=_WORDS("cli.check"), short_help=_WORDS("cli.check"))
@_region
@_scenario
@_horizon
def check(region: str, scenario: str, horizon: int | None) -> None:
    from wohnlib.check import check_page
    from wohnlib.session import open_assessment

    click.echo(check_page(open_assessment(region, scenario, horizon)))


@cli.command(help=_WORDS("cli.run"), short_help=_WORDS("cli.run"))
@_region
@_option("--area", "areas", word="area", metavar="key", multiple=True)
@_scenario
@_horizon
@_lang
@_option("--out", word="out", metavar="folder", type=click.Path(path_type=Path), default=None)
@_option("--workers", word="workers", metavar="number", type=int, default=None)
def run(
    region: str, areas: Sequence[str], scenario: str, horizon: int | None, lang: str, out: Path | None,
    workers: int | None,
) -> int:  # fmt: skip
    from wohnlib.run.assessments import run_assessments

    return run_assessments(region, areas, scenario, horizon, lang, out, workers)


@cli.command(help=_WORDS("cli.explain"), short_help=_WORDS("cli.explain"))
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
    cls=_Group, help=_WORDS("cli.scenarios"), short_help=_WORDS("cli.scenarios"),
    subcommand_metavar=_WORDS("cli.subcommand"),
)  # fmt: skip
def scenario() -> None:
    pass


@scenario.command("new", help=_WORDS("cli.scenario_new"), short_help=_WORDS("cli.scenario_new"))
@click.argument("name")
@_option("--based-on", word="scenario_based_on", metavar="name", default="base")
@_option("--title", word="scenario_title", metavar="title", default=None)
def scenario_new(name: str, based_on: str, title: str | None) -> None:
    import datetime as dt

    from wohnlib import paths
    from wohnlib.scenario_write import new

    path = new(name, based_on, title=title, date=dt.datetime.now().astimezone().date().isoformat())
    click.echo(_WORDS("scenario.created", file=paths.shown(path), name=name))


@scenario.command("diff", help=_WORDS("cli.scenario_diff"), short_help=_WORDS("cli.scenario_diff"))
@click.argument("first")
@click.argument("second")
@_region
@_option("--area", word="scenario_area", metavar="key", default=None)
@_option("--plain", word="scenario_plain", is_flag=True)
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


@scenario.command("check", help=_WORDS("cli.scenario_check"), short_help=_WORDS("cli.scenario_check"))
@click.argument("file")
def scenario_check(file: str) -> None:
    from wohnlib.scenario_tools import check_text

    click.echo(check_text(file))


@cli.command(help=_WORDS("cli.template"), short_help=_WORDS("cli.template"))
@_region
@_option("--area", word="template_area", metavar="key", default=None)
@_option("--kind", "kinds", word="template_kind", metavar="name", multiple=True)
@_option("--out", word="template_out", metavar="folder", type=click.Path(path_type=Path), default=None)
def template(region: str, area: str | None, kinds: Sequence[str], out: Path | None) -> None:
    from wohnlib import paths
    from wohnlib.local.templates import write_templates
    from wohnlib.run.assessments import make_folder
    from wohnlib.session import check_keys

    check_keys(region, [area] if area is not None and area != region else [])
    if out is not None:
        make_folder(out)
    files = write_templates(kinds, area or region, out)
    click.echo(_WORDS("localform.written", n=len(files), folder=paths.shown(files[0].parent)))


@cli.command(help=_WORDS("cli.compare"), short_help=_WORDS("cli.compare"))
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@_option("--data", word="compare_data", metavar="folder", type=click.Path(path_type=Path), default=None)
def compare(old: Path, new: Path, data: Path | None) -> None:
    from wohnlib import manifest
    from wohnlib.compare import compare as compare_runs
    from wohnlib.compare import compare_text
    from wohnlib.session import inputs

    first, last = manifest.read(old), manifest.read(new)
    areas = inputs(last["region"]).areas
    click.echo(
        compare_text(compare_runs(first, last, data), dict(zip(areas.keys, areas.short_names, strict=True)))
    )


@cli.command(help=_WORDS("cli.backtest"), short_help=_WORDS("cli.backtest"))
def backtest() -> None:
    from wohnlib import paths
    from wohnlib.backtest.delivered import read
    from wohnlib.backtest.kreise_write import write_kreise
    from wohnlib.backtest.run import run as run_backtest
    from wohnlib.backtest.totals import Forecast
    from wohnlib.backtest.write import unit_keys, write
    from wohnlib.forecast.learned import learned_tables, write_learned

    delivered, units = read(), unit_keys(paths.raw())
    made: dict[int, Forecast] = {}
    names = write(run_backtest(delivered, units, made=made), paths.raw())
    names += write_learned(*learned_tables(delivered, units, made), paths.raw())
    names += write_kreise(paths.raw(), sorted({key[:5] for key in units}))
    click.echo(_WORDS("cli.backtest_done", names=", ".join(names)))


@cli.command(help=_WORDS("cli.forecast"), short_help=_WORDS("cli.forecast"))
@_option("--as-of", "as_of", word="as_of", metavar="date", required=True)
@_option("--dates", word="dates", metavar="dates", required=True)
@_option("--out", word="out_file", metavar="file", type=click.Path(path_type=Path), required=True)
@_option("--level", word="level", metavar="level", default=None)
@_option("--region", word="forecast_region", metavar="key", default=None)
def forecast(as_of: str, dates: str, out: Path, level: str | None, region: str | None) -> None:
    from wohnlib.forecast.cli import run_forecast

    rows = run_forecast(as_of, dates, out, level, region)
    click.echo(_WORDS("cli.forecast_done", n=rows, file=out.name))


def _usage(error: click.UsageError) -> InputError:
    """Return what is wrong with the command line as an input error in German."""
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ()) or _WORDS("cli.see_help")
        return InputError([fault("cli_option", found=error.option_name, near=near)])
    if isinstance(error, click.MissingParameter):
        name = error.param.human_readable_name if error.param else ""
        return InputError([fault("cli_missing", name=name)])
    if isinstance(error, click.BadParameter):
        name = error.param.opts[-1] if error.param else ""
        return InputError(
            [fault("cli_value", column=name, found=next(iter(error.message.split("'")[1::2]), None))]
        )
    if error.ctx is not None and isinstance(error.ctx.command, click.Group):
        typed = next(iter(error.message.split("'")[1::2]), None)
        return InputError([fault("cli_command", found=typed, known=", ".join(error.ctx.command.commands))])
    return InputError([fault("cli_usage")])


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
        click.echo(_usage(error).text(), err=True)
        sys.exit(EXIT_INPUT)
    except (click.Abort, KeyboardInterrupt):
        click.echo(_WORDS("run.interrupted"), err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(EXIT_FAILED)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
