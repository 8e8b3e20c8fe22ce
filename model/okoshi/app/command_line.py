"""The command line `okoshi`: finds the command, and turns every way of ending into an exit status.

Commands are imported when they are called: `okoshi --help` loads no model.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

import click

from okoshi.app.options import Group, shared_options, shown_name
from okoshi.app.reader import heed_reader
from okoshi.language.errors import Fault, InputError, RunError, printable
from okoshi.language.messages import LANGUAGES, say, set_language
from okoshi.study.limits import ONE_THREAD

# How the system refuses the mere look at a path that was typed; what fails in writing is caught where it is written.
REFUSED = (errno.EACCES, errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR)

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130

COMMANDS = (
    "run",
    "check",
    "diff",
    "compare",
    "sweep",
    "status",
    "analyse",
    "pilot",
    "calibrate",
    "validate",
    "parameters",
    "outcomes",
    "quote",
    "explain",
    "report",
    "dashboard",
    "world",
    "new",
)


class Root(Group):
    """The group of all commands, each in the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"okoshi.app.{cmd_name}").command
        return found


@click.group(
    cls=Root,
    invoke_without_command=True,
    params=shared_options(with_version=True),
    about="usage.about",
    example="usage.first_examples",
)
@click.pass_context
def root(context: click.Context, /, **_: object) -> None:
    """Okoshi."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status.

    Its process counts on one thread (said before numpy is loaded): the same file gives the same bytes anywhere.
    """
    os.environ.update(ONE_THREAD)
    heed_reader()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a queue's end of time is an interruption
    sys.exit(run_command_line(list(sys.argv[1:] if arguments is None else arguments)))


def run_command_line(arguments: list[str]) -> int:
    """Run one command line and return its exit status: 0 done, 1 failed, 2 wrong input, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    debug = _take(arguments, "--debug")
    try:
        set_language(_take_language(arguments))
        _refuse_no_text(arguments)
        if _take(arguments, "--version"):
            click.echo(f"okoshi {version('okoshi')}")
            return DONE
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            status = root.main(arguments, prog_name="okoshi", standalone_mode=False)
        return status if isinstance(status, int) else DONE
    except (click.Abort, KeyboardInterrupt):
        _complain(say("usage.interrupted"))
        return INTERRUPTED
    except click.UsageError as error:
        _complain(_usage_text(error))
        return WRONG_INPUT
    except (InputError, RunError) as error:
        if debug:
            traceback.print_exc()
        _complain(str(error))
        return WRONG_INPUT if isinstance(error, InputError) else FAILED
    except Exception as error:  # the last door: a user sees one line, not a traceback
        if debug:
            raise
        return _own_fault(error)


def _own_fault(error: Exception) -> int:
    """Say what nobody expected, and return the exit status: a path that the system refuses is the input's fault."""
    if isinstance(error, OSError) and error.filename is not None and error.errno in REFUSED:
        what = say("faults.refused_path", reason=error.strerror)
        _complain(str(InputError(Fault(what, file=str(error.filename)))))
        return WRONG_INPUT
    _complain(say("usage.own_fault", kind=type(error).__name__, what=error))
    return FAILED


def _refuse_no_text(arguments: Sequence[str]) -> None:
    """Raise InputError for an argument with bytes that are no text: `run.json`, which is UTF-8, could not name it."""
    faults = [
        Fault(say("faults.argument_no_text"), value=shown)
        for argument in arguments
        if (shown := argument.encode("utf-8", "replace").decode()) != argument
    ]
    if faults:
        raise InputError(faults)


def _take(arguments: list[str], flag: str) -> bool:
    """Remove a flag that may stand anywhere before `--`; return whether it was there."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    found = flag in arguments[:end]
    arguments[:end] = [argument for argument in arguments[:end] if argument != flag]
    return found


def _take_language(arguments: list[str]) -> str | None:
    """Remove `--language X`, which may stand before or after the command, and return X.

    Raises UsageError for a language that is not there.
    """
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if argument == "--":
            break
        if name != "--language":
            continue
        if not equals:
            value = arguments[position + 1] if position + 1 < len(arguments) else ""
        del arguments[position : position + (1 if equals else 2)]
        if value not in LANGUAGES:
            raise click.UsageError(say("usage.no_language", value=value, names=", ".join(LANGUAGES)))
        return value
    return None


def _usage_text(error: click.UsageError) -> str:
    """Return what is wrong with the command line, and where help is."""
    path = error.ctx.command_path if error.ctx else "okoshi"
    match error:
        case click.NoSuchOption():
            text = say("usage.no_option", name=error.option_name)
            if error.possibilities:
                text += say("faults.shown_between")
                text += say("faults.shown_nearest", nearest=", ".join(error.possibilities))
        case click.MissingParameter():
            text = say("usage.missing", name=shown_name(error.param) if error.param else "")
        case click.BadOptionUsage():
            flags = [
                name for item in _parameters(error) if getattr(item, "is_flag", False) for name in item.opts
            ]
            taken = "usage.takes_no_value" if error.option_name in flags else "usage.needs_value"
            text = say(taken, name=error.option_name)
        case _:
            text = error.format_message()
    return f"{printable(text)}\n    {say('usage.help_is_there', command=path)}"


def _parameters(error: click.UsageError) -> list[click.Parameter]:
    return error.ctx.command.params if error.ctx else []


def _complain(text: str) -> None:
    click.echo(f"okoshi: {text}", err=True)


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    click.echo(f"okoshi: {say('usage.warning')}: {message}", err=True)
