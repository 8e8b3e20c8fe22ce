"""`okoshi quote`: the rules as a calculator."""

from __future__ import annotations

import json

import click

from okoshi.app.options import Command, format_option, option, read_pairs


@click.command("quote", cls=Command)
@click.argument("measure", metavar="MEASURE")
@click.argument("arguments", metavar="[KEY=VALUE]...", nargs=-1)
@option("--year", type=int, required=True, help="year")
@format_option("table", "json")
def command(measure: str, arguments: tuple[str, ...], year: int, form: str) -> None:
    """Say who pays what for one case."""
    from okoshi.policy.quote import quote, quote_text

    answer = quote(measure, year, read_pairs(arguments))
    if form == "json":
        click.echo(json.dumps(answer.to_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(quote_text(answer))
