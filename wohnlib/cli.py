"""Command line: `wohnlib prepare | check | run | explain`. Heavy imports happen inside the commands."""

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


def _option(*names: str, word: str, **options: Any) -> Any:
    return click.option(*names, help=_WORDS(f"cli.{word}"), **options)


_region = _option("--region", word="region", default="03251", show_default=True)
_scenario = _option("--scenario", word="scenario", default="base", show_default=True)
_horizon = _option("--horizon", word="horizon", type=int, default=None)
_lang = _option("--lang", word="lang", default="de", show_default=True)


@click.group(help=_WORDS("cli.about"))
@click.version_option(
    __version__, prog_name="wohnlib", message="%(prog)s %(version)s", help=_WORDS("cli.version")
)
def cli() -> None:
    pass


@cli.command(help=_WORDS("cli.prepare"))
@_option("--force", word="force", is_flag=True)
def prepare(force: bool) -> None:
    from wohnlib import paths
    from wohnlib.data.prepare import prepare as run_prepare

    folder = run_prepare(force=force)
    click.echo(_WORDS("cli.prepared", folder=paths.shown(folder)))


@cli.command(help=_WORDS("cli.check"))
@_region
@_scenario
@_horizon
def check(region: str, scenario: str, horizon: int | None) -> None:
    from wohnlib.check import check_page
    from wohnlib.session import open_assessment

    click.echo(check_page(open_assessment(region, scenario, horizon)))


@cli.command(help=_WORDS("cli.run"))
@_region
@_option("--area", "areas", word="area", multiple=True)
@_scenario
@_horizon
@_lang
@_option("--out", word="out", type=click.Path(path_type=Path), default=None)
@_option("--workers", word="workers", type=int, default=None)
def run(
    region: str, areas: Sequence[str], scenario: str, horizon: int | None, lang: str, out: Path | None,
    workers: int | None,
) -> int:  # fmt: skip
    from wohnlib.run.assessments import run_assessments

    return run_assessments(region, areas, scenario, horizon, lang, out, workers)


@cli.command(help=_WORDS("cli.explain"))
@click.argument("ags")
@_region
@_scenario
@_horizon
@_lang
def explain(ags: str, region: str, scenario: str, horizon: int | None, lang: str) -> None:
    from wohnlib.explain import explain_need
    from wohnlib.session import open_assessment

    click.echo(explain_need(open_assessment(region, scenario, horizon, lang), ags))


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
        return InputError([fault("cli_command", known=", ".join(error.ctx.command.commands))])
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
