"""`okoshi new`: a commented file to start from."""

from __future__ import annotations

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

    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if not Path(name).stem.strip(" ."):
        raise InputError(Fault(say("faults.no_name"), key="NAME", value=name))
    template = resources.files("okoshi.app").joinpath("templates", f"{kind}.{language()}.toml")
    text = template.read_text(encoding="utf-8").replace("TITLE", path.stem.replace("_", " "), 1)
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
    click.echo(say(f"check.wrote_{kind}", path=path, shown=shown))
