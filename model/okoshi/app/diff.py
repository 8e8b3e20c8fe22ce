"""`okoshi diff`: what differs between two scenarios, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from okoshi.app.options import Command, format_option, read_years, years_option
from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.parameters.kinds import Value
    from okoshi.scenario.scenario import Scenario


@click.command("diff", cls=Command)
@click.argument("one", metavar="SCENARIO")
@click.argument("other", metavar="SCENARIO")
@years_option
@format_option()
def command(one: str, other: str, years: str | None, form: str) -> None:
    """Show what differs between two scenarios."""
    from okoshi.scenario.scenario import load_scenario

    span = read_years(years)
    first, second = (load_scenario(name).changed(years=span) for name in (one, other))
    show_differences(first, second, form, span)


def show_differences(one: Scenario, other: Scenario, form: str, years: tuple[int, int] | None = None) -> None:
    """Print the differences of two scenarios, or that there are none."""
    from okoshi.app.showing import Heading, show
    from okoshi.scenario.differences import diff

    found = diff(one, other, years)
    if not found and form == "table":
        click.echo(say("check.no_difference"))
        return
    names = (one.name, other.name) if one.name != other.name else (f"{one.name} (1)", f"{other.name} (2)")
    if form == "table":
        headings = [Heading("key", say("shown.key")), Heading("years", say("shown.fiscal_years"))]
        headings += [Heading("one", names[0], True), Heading("other", names[1], True)]
        rows: list[dict[str, object]] = [
            {
                "key": item.key,
                "years": span_text(item.first, item.last),
                "one": value_in_words(item.key, item.one),
                "other": value_in_words(item.key, item.other),
            }
            for item in found
        ]
    else:
        headings = [Heading(key, key) for key in ("key", "first_year", "last_year", "one", "other")]
        rows = [
            {
                "key": item.key,
                "first_year": item.first,
                "last_year": item.last,
                "one": item.one,
                "other": item.other,
            }
            for item in found
        ]
    show(headings, rows, form)


def value_in_words(key: str, value: Value | None) -> str:
    """Return the value of a key as people read it."""
    from okoshi.app.showing import value_text

    if key == "world.prefectures" and value == ():
        return say("shown.whole_country")
    return value_text(value)


def span_text(first: int | None, last: int | None) -> str:
    """Return a span of fiscal years in words."""
    if first is None:
        return say("shown.all_years")
    return str(first) if first == last else f"{first}–{last}"
