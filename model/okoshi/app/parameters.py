"""`okoshi parameters`: every number there is, with unit, source and range."""

from __future__ import annotations

from dataclasses import asdict, fields

import click

from okoshi.app.options import Command, format_option, option
from okoshi.language.messages import say

DEFAULT_YEAR = 2024


@click.command("parameters", cls=Command)
@click.argument("word", metavar="[WORD]", required=False, default=None)
@option("--year", type=int, default=DEFAULT_YEAR, show_default=True, help="year")
@format_option()
def command(word: str | None, year: int, form: str) -> None:
    """List the parameters that contain a word."""
    from okoshi.app.showing import Heading, show
    from okoshi.parameters.listing import ParameterRow, parameters_table

    found = parameters_table(word, year)
    if form != "table":
        names = [item.name for item in fields(ParameterRow)]
        show([Heading(name, name) for name in names], [asdict(row) for row in found], form)
        return
    rows = [
        asdict(row)
        | {
            "value": _with_thousands(row.value or say("shown.no_rule")) + ("*" if row.assumed else ""),
            "range": "" if row.low is None else f"{_short(row.low)} – {_short(row.high or 0.0)}",
        }
        for row in found
    ]
    headings = [
        Heading("name", say("shown.key")),
        Heading("value", say("shown.value_in", year=year), True, 30),
        Heading("unit", say("shown.unit"), widest=24),
        Heading("range", say("shown.range"), True),
        Heading("description", say("shown.meaning"), widest=60),
        Heading("source", say("shown.source"), widest=40),
    ]
    show(headings, rows)
    click.echo(say("shown.star_is_assumed"))


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def _with_thousands(value: str) -> str:
    return f"{int(value):,}" if value.isdecimal() and len(value) > 4 else value
