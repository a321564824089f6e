"""Click in German: help, options and what is wrong with a command line."""

from typing import Any

import click

from wohnlib.errors import InputError, fault
from wohnlib.words import Words

WORDS = Words("de")


class Formatter(click.HelpFormatter):
    """Click's help with German headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, WORDS("cli.usage") + " ")

    def write_heading(self, heading: str) -> None:
        key = f"cli.heading_{heading.lower()}"
        super().write_heading(WORDS(key) if key in WORDS else heading)


class Context(click.Context):
    """The context of a command: its help is written by `Formatter`."""

    formatter_class = Formatter


class Command(click.Command):
    """A command whose help is German."""

    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = WORDS("cli.help")
        return found

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        return [WORDS("cli.options") if p == "[OPTIONS]" else p for p in pieces]


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command


class Option(click.Option):
    """An option whose help says in German that it must be given."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        required, self.required = self.required, False  # click would add its own English word
        found = super().get_help_record(ctx)
        self.required = required
        if found is None or not required:
            return found
        return found[0], f"{found[1]} {WORDS('cli.required')}"


def option(*names: str, word: str, metavar: str | None = None, **options: Any) -> Any:
    """Return an option with the help and the placeholder that the catalogue has for it."""
    metavar = None if metavar is None else WORDS(f"cli.metavar_{metavar}")
    return click.option(*names, cls=Option, help=WORDS(f"cli.{word}"), metavar=metavar, **options)


def argument(name: str, **options: Any) -> Any:
    """Return an argument with the placeholder that the catalogue has for it."""
    return click.argument(name, metavar=WORDS(f"cli.metavar_{name}"), **options)


def usage_fault(error: click.UsageError) -> InputError:
    """Return what is wrong with the command line as an input error in German."""
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ()) or WORDS("cli.see_help")
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
