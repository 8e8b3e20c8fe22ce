"""`okoshi report`: one page of pictures and tables; or, in one file, everything that it takes to run it again."""

from __future__ import annotations

from pathlib import Path

import click

from okoshi.app.options import Command, option
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say

PAGE = "report.html"
# How the files begin that a command writes, and may put in the place of older ones.
BEGINNINGS = {"--out": b"<!doctype html", "--archive": b"pk\x03\x04"}


@click.command("report", cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(readable=False))
@option("--prefecture", metavar="NAME", help="report_prefecture")
@option("--out", type=click.Path(readable=False), metavar="FILE.html", help="report_out")
@option("--archive", type=click.Path(readable=False), metavar="FILE", help="archive")
def command(folder: str, prefecture: str | None, out: str | None, archive: str | None) -> None:
    """Write the report of a results folder, or its archive."""
    from okoshi.app.report_folder import read_folder

    path = Path(folder)
    if archive is not None:
        from okoshi.app.archive import write_archive

        if prefecture is not None or out is not None:
            raise InputError(Fault(say("report.archive_alone"), key="--archive", value=archive))
        refuse_target("--archive", Path(archive))
        count = write_archive(read_folder(path), Path(archive))
        click.echo(say("report.archived", file=archive, count=count), err=True)
        return
    from okoshi.app.report_page import render
    from okoshi.app.report_sections import page_of

    found = read_folder(path)
    target = Path(out) if out is not None else path / PAGE
    refuse_target("--out", target)
    text = render(page_of(found, prefecture))
    write_file(target, text.encode("utf-8"))
    size = f"{target.stat().st_size / 1e6:.1f}"
    click.echo(say("report.wrote", file=target, size=size), err=True)


def refuse_target(option: str, path: Path) -> None:
    """Raise InputError where a file cannot be written, or would take the place of a run's own."""
    from okoshi.app.writing import own_files, refuse_unwritable

    refuse_unwritable(path.parent)
    if path.is_dir():
        raise InputError(Fault(say("report.file_wanted"), key=option, value=str(path)))
    if not path.parent.is_dir() or path in own_files(path.parent):
        raise InputError(Fault(say("report.no_place"), key=option, value=str(path)))
    if path.exists() and not (path.is_file() and _is_ours(path, BEGINNINGS[option])):
        raise InputError(Fault(say("report.other_file"), key=option, value=str(path)))


def _is_ours(path: Path, beginning: bytes) -> bool:
    """Return whether a file begins as what would take its place, or is empty."""
    with path.open("rb") as file:
        return file.read(len(beginning)).lower() in (b"", beginning)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises RunError when the disk does not take it."""
    from okoshi.app.writing import disk_errors
    from okoshi.study.files import write_whole

    with disk_errors("report.cannot_write", file=path):
        write_whole(path, lambda part: part.write_bytes(content))
