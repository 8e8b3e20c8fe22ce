"""`okoshi parameters`: every number there is, with unit, source and range."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import click

from okoshi.app.options import Command, format_option, option
from okoshi.language.declared import source_in_words, unit_in_words
from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.parameters.listing import ParameterRow

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
        show([Heading(name, name) for name in names], [in_words(row) for row in found], form)
        return
    click.echo(say("shown.parameters_of", year=year))
    drawn = calibrated_values()
    for row in found:
        lines = block_of(row)
        if row.name in drawn:
            lines.insert(1, f"    {say('shown.calibrated', **drawn[row.name])}")
        click.echo("\n".join(lines))
    click.echo(say("shown.star_is_assumed"))


def in_words(row: ParameterRow) -> dict[str, object]:
    """Return a parameter as a row of a table, its texts in the language in use like its description."""
    return asdict(row) | {"unit": unit_in_words(row.unit), "source": source_in_words(row.source)}


def calibrated_values() -> dict[str, dict[str, str]]:
    """Return what the calibration that ships makes of each parameter: the value of a single run, and 90% of draws."""
    import numpy as np

    from okoshi.parameters.posterior import FITTED, FITTED_APART, POLICY_HORIZON, read_posterior, shipped
    from okoshi.study.intervals import ENDS

    found: dict[str, dict[str, str]] = {}
    for form in (*FITTED_APART, FITTED):  # of what several forms read, the baseline's is shown
        path = shipped(adoption=form)
        if not path.is_file():
            continue
        posterior = read_posterior(path)
        single = posterior.draws[posterior.representative]
        low, high = np.quantile(posterior.draws, ENDS, axis=0)
        for place, name in enumerate(posterior.names):
            found[name] = {
                "horizon": str(POLICY_HORIZON),
                "value": _rounded(single[place]),
                "low": _rounded(low[place]),
                "high": _rounded(high[place]),
            }
    return found


def block_of(row: ParameterRow) -> list[str]:
    """Return a parameter as lines: name and value, range, what it is, where it comes from."""
    value = _with_thousands(row.value) if row.value else say("shown.no_rule")
    lines = [f"{row.name} = {value}{'*' if row.assumed else ''}  [{unit_in_words(row.unit)}]"]
    if row.low is not None and row.high is not None:
        lines[0] += f"  {say('shown.range')}: {_short(row.low)} – {_short(row.high)}"
    lines.append(f"    {row.description}")
    if row.source:
        lines.append(f"    {say('shown.source')}: {source_in_words(row.source)}")
    return lines


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def _with_thousands(value: str) -> str:
    return f"{int(value):,}" if value.isdecimal() and len(value) > 4 else value
