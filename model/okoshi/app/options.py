"""Commands and options whose help is in the language in use, and the options that several commands share."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from typing import Any

import click

from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import say
from okoshi.study.limits import MOST_REPLICATES, MOST_WORKERS

FORMATS = ("table", "csv", "json")


class Checked(click.Parameter):
    """What stands on the command line, refused in the words in which everything else is refused."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value as its type takes it. Raises InputError for a blank one, or one of the wrong kind."""
        if isinstance(value, str) and not value.strip() and isinstance(self, Option):
            raise InputError(Fault(say("faults.no_value"), key=shown_name(self), value=value or '""'))
        try:
            return super().type_cast_value(ctx, value)
        except click.BadParameter as error:
            raise InputError(self._fault(self._wrong_one(ctx, value))) from error

    def _wrong_one(self, ctx: click.Context, value: Any) -> str:
        """Return what was typed, and of an option that may be given several times the one that is wrong."""
        for one in value if self.multiple else ():
            try:
                self.type(one, self, ctx)
            except click.BadParameter:
                return str(one)
        return str(value)

    def _fault(self, value: str) -> Fault:
        what, near, kind = "faults.wrong_type", None, self.type
        if isinstance(kind, click.Choice):
            what, near = "faults.unknown_choice", nearest_name(value, kind.choices)
        elif isinstance(kind, click.IntRange | click.FloatRange) and is_of(kind, value):
            what = "faults.out_of_range"
        return Fault(say(what), key=shown_name(self), value=value, allowed=allowed_by(kind), nearest=near)


def shown_name(parameter: click.Parameter) -> str:
    """Return a parameter as it is typed: `--seed`, or as its usage line calls it."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.human_readable_name


def is_of(kind: click.IntRange | click.FloatRange, value: str) -> bool:
    """Return whether a text is a number of the kind at all, in its range or not."""
    try:
        float(value) if isinstance(kind, click.FloatRange) else int(value)
    except ValueError:
        return False
    return True


def allowed_by(kind: click.ParamType[Any]) -> str | None:
    """Return in words what a type takes."""
    match kind:
        case click.Choice():
            return ", ".join(kind.choices)
        case click.FloatRange():
            return say("usage.allowed_over", low=kind.min)
        case click.IntRange() if kind.max is None:
            return say("usage.allowed_from", low=kind.min)
        case click.IntRange():
            return say("allowed.whole", low=kind.min, high=kind.max)
        case _:
            return say("usage.allowed_whole") if kind is click.INT else None


class Argument(Checked, click.Argument):
    """What stands without an option's name."""


class Option(Checked, click.Option):
    """An option whose help is a text under `options.`."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language in use."""
        key, self.help = self.help, say(f"options.{self.help}")
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = key


def shared_options(*, with_version: bool = False) -> list[click.Parameter]:
    """Return the options that the command line takes anywhere; here they are only shown and completed."""
    from okoshi.language.messages import LANGUAGES

    shown: list[click.Parameter] = [
        Option(["--language"], type=click.Choice(LANGUAGES), help="language", expose_value=False),
        Option(["--debug"], is_flag=True, help="debug", expose_value=False),
    ]
    if with_version:
        shown.append(Option(["--version"], is_flag=True, help="version", expose_value=False))
    return shown


class Command(click.Command):
    """A command whose help is a text under `commands.`, with an example that runs."""

    allow_extra_args = True  # to refuse them in our own words

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared_options()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line. Raises UsageError, with the command, for what the command does not take."""
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if rest and not ctx.resilient_parsing:
            raise click.UsageError(say("usage.too_many", what=" ".join(rest)), ctx)
        return rest

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the one line that lists show."""
        return say(f"commands.{self._key}")

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write usage, what the command does, its options and an example."""
        headed(formatter, "usage.usage", [" ".join((ctx.command_path, *self.collect_usage_pieces(ctx)))])
        formatter.write_paragraph()
        formatter.write_text(say(f"commands.{self._key}_help"))
        with formatter.section(say("usage.options")):
            formatter.write_dl(option_rows(self, ctx))
        headed(formatter, "usage.example", say(f"commands.{self._key}_example").splitlines())

    @property
    def _key(self) -> str:
        return (self.name or "").replace("-", "_")


class Group(click.Group):
    """Commands below one name; `about` and `example` are the keys of what its help says first and last."""

    def __init__(self, *args: Any, about: str, example: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.example = about, example

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which is the nearest."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise no_command(args[0], known, ctx.command_path)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what there is: the commands and the options."""
        headed(formatter, "usage.usage", [f"{ctx.command_path} {say('usage.command_line')}"])
        formatter.write_paragraph()
        formatter.write_text(say(self.about))
        with formatter.section(say("usage.commands")):
            formatter.write_dl([(name, say(f"commands.{name}")) for name in self.list_commands(ctx)])
        with formatter.section(say("usage.options")):
            formatter.write_dl(option_rows(self, ctx))
        headed(formatter, "usage.example", say(self.example).splitlines())


def option_rows(command: click.Command, ctx: click.Context) -> list[tuple[str, str]]:
    """Return each option of a command with its help."""
    rows = [
        record
        for item in command.get_params(ctx)
        if isinstance(item, Option) and (record := item.get_help_record(ctx))
    ]
    return [*rows, ("--help", say("options.help"))]


def no_command(name: str, known: Sequence[str], above: str) -> click.UsageError:
    """Return that there is no command of this name, with the nearest that there is."""
    near = nearest_name(name, known)
    hint = say("faults.shown_nearest", nearest=f"{above} {near}") if near else ", ".join(known)
    return click.UsageError(say("usage.no_command", name=name, hint=hint))


def headed(formatter: click.HelpFormatter, heading: str, lines: Sequence[str]) -> None:
    """Write lines as they are below a heading."""
    with formatter.section(say(heading)):
        for line in lines:
            formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def option(*names: str, help: str, **settings: Any) -> Callable[[Any], Any]:
    """Declare an option; `help` is a key under `options.`."""
    return click.option(*names, cls=Option, help=help, **settings)


def format_option(*formats: str, help: str = "format") -> Callable[[Any], Any]:
    """Declare `--format`, of all formats where none are named."""
    choices = click.Choice(formats or FORMATS)
    return option("--format", "form", type=choices, default="table", help=help, show_default=True)


set_option = option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="set")
seed_option = option("--seed", type=int, help="seed")
years_option = option("--years", metavar="A:B", help="years")
workers_option = option(
    "--workers", type=click.IntRange(1, MOST_WORKERS), default=1, help="workers", show_default=True
)
draws_option = option("--draws", type=click.IntRange(0), default=0, metavar="N", help="draws")
out_option = option("--out", type=click.Path(readable=False), metavar="DIR", help="out")
no_figures_option = option("--no-figures", is_flag=True, help="no_figures")
overwrite_option = option("--overwrite", is_flag=True, help="overwrite")


def replicates_option(default: int) -> Callable[[Any], Any]:
    """Declare `--replicates` with this default."""
    return option(
        "--replicates",
        type=click.IntRange(1, MOST_REPLICATES),
        default=default,
        help="replicates",
        show_default=True,
    )


def read_assignments(assignments: Sequence[str]) -> dict[str, object]:
    """Return KEY=VALUE texts as a mapping; values are TOML, a bare word being text.

    Raises InputError for what has no `=` or the same key twice.
    """
    return {key: read_value(value) for key, value in read_pairs(assignments).items()}


def read_pairs(assignments: Sequence[str]) -> dict[str, str]:
    """Return KEY=VALUE texts as a mapping of texts.

    Raises InputError for what has no `=` or the same key twice.
    """
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        key = key.strip()
        if not equals or not key or not value.strip():
            faults.append(Fault(say("faults.no_assignment"), key=assignment, allowed="KEY=VALUE"))
        elif key in found:
            faults.append(Fault(say("faults.set_twice"), key=key))
        else:
            found[key] = value.strip()
    if faults:
        raise InputError(faults)
    return found


def read_value(text: str) -> object:
    """Return a TOML value; a text that is none stays text."""
    text = text.strip()
    if "\n" in text:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # no TOML; a number of thousands of digits; brackets without end
        return text


def read_years(text: str | None) -> tuple[int, int] | None:
    """Return `A:B` as two fiscal years. Raises InputError for anything else."""
    if text is None:
        return None
    first, colon, last = text.partition(":")
    try:
        years = int(first), int(last)
    except ValueError:
        colon = ""
        years = 0, 0
    if not colon:
        raise InputError(Fault(say("faults.wrong_type"), key="--years", value=text, allowed="2009:2034"))
    return years
