"""`okoshi outcomes`: what every column of every table means."""

from __future__ import annotations

from collections.abc import Mapping

import click

from okoshi.app.options import Command, format_option
from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import language, say

FIELDS = ("table", "column", "unit", "meaning", "meaning_ja", "numerator", "denominator", "official")


@click.command("outcomes", cls=Command)
@click.argument("word", metavar="[WORD]", required=False, default="")
@format_option()
def command(word: str, form: str) -> None:
    """List the columns that contain a word."""
    from okoshi.app.showing import Heading, show
    from okoshi.language.declared import reading_in_words, unit_in_words
    from okoshi.observe.declarations import TABLES

    rows = [
        {"table": table, "column": column.name} | {key: getattr(column, key) or "" for key in FIELDS[2:]}
        for table, columns in TABLES.items()
        for column in columns
    ]
    wanted = word.casefold()
    found = [row for row in rows if wanted in _text_of(row)]
    if not found:
        names = sorted({row["column"] for row in rows} | {_full_name(row) for row in rows})
        near = nearest_name(word, names)
        raise InputError(Fault(say("faults.no_such_column"), value=word, nearest=near))
    if form != "table":
        show([Heading(name, name) for name in FIELDS], found, form)
        return
    meaning = "meaning_ja" if language() == "ja" else "meaning"
    for row in found:
        click.echo(f"{_full_name(row)}  [{unit_in_words(str(row['unit']))}]")
        click.echo(f"    {row[meaning]}")
        if row["numerator"]:
            parts = {part: reading_in_words(row[part]) for part in ("numerator", "denominator")}
            between = say("shown.share_of", **parts)
            click.echo(f"    {between}")
        if row["official"]:
            click.echo(f"    {say('shown.official_reads', official=reading_in_words(row['official']))}")


def _full_name(row: Mapping[str, object]) -> str:
    """Return the name by which an experiment asks for a column: `national.members`."""
    return f"{row['table']}.{row['column']}"


def _text_of(row: Mapping[str, object]) -> str:
    return " ".join((_full_name(row), *map(str, row.values()))).casefold()
