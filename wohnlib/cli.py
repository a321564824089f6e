"""Command line: `wohnlib prepare | check | run | explain | backtest`. Heavy imports happen inside the commands."""

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


@cli.command(help=_WORDS("cli.backtest"), short_help=_WORDS("cli.backtest"))
def backtest() -> None:
    from wohnlib import paths
    from wohnlib.backtest.delivered import read
    from wohnlib.backtest.run import run as run_backtest
    from wohnlib.backtest.write import unit_keys, write

    names = write(run_backtest(read(), unit_keys(paths.raw())), paths.raw())
    click.echo(_WORDS("cli.backtest_done", names=", ".join(names)))


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
