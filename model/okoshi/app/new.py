"""`okoshi new`: a commented file to start from."""

from __future__ import annotations

import json
import shlex
from importlib import resources
from pathlib import Path

import click

from okoshi.app.options import Argument, Command
from okoshi.language.errors import Fault, InputError, RunError
from okoshi.language.messages import language, say

KINDS = ("scenario", "experiment")


@click.command("new", cls=Command)
@click.argument("kind", metavar="scenario|experiment", cls=Argument, type=click.Choice(KINDS))
@click.argument("name", metavar="NAME")
def command(kind: str, name: str) -> None:
    """Write a commented file to start from."""
    from okoshi.app.writing import disk_errors

    bare = name.removesuffix(".toml")
    path = Path(f"{bare}.toml")
    if not bare.rpartition("/")[2].strip(" ."):
        raise InputError(Fault(say("faults.no_name"), key="NAME", value=name))
    template = resources.files("okoshi.app").joinpath("templates", f"{kind}.{language()}.toml")
    text = template.read_text(encoding="utf-8").replace("TITLE", _in_quotes(path.stem), 1)
    try:
        with path.open("x", encoding="utf-8"):
            pass
    except FileExistsError as error:
        raise InputError(Fault(say("faults.file_exists"), file=str(path))) from error
    except OSError as error:
        raise InputError(Fault(say("faults.unwritable", reason=error.strerror), file=str(path))) from error
    try:
        with disk_errors("report.cannot_write", file=path):
            path.write_text(text, encoding="utf-8")
    except RunError:
        path.unlink(missing_ok=True)
        raise
    shown = f"./{path}" if not path.is_absolute() else str(path)
    click.echo(say(f"check.wrote_{kind}", path=path, shown=shlex.quote(shown)))


def _in_quotes(name: str) -> str:
    """Return a file's name as words that may stand between a TOML file's quotation marks."""
    return json.dumps(name.replace("_", " "), ensure_ascii=False)[1:-1]
