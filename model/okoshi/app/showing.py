"""Results on standard output: a table for people, CSV or JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isinf
from typing import Any

import click

from okoshi.figures.lines import text_places
from okoshi.language.messages import say

MISSING, LEAST_SHOWN = "–", 0.0005


@dataclass(frozen=True)
class Heading:
    """A column of what is shown: its key (in CSV and JSON), the text above it, which side it keeps to."""

    key: str
    text: str
    right: bool = False
    widest: int | None = None


def show(headings: Sequence[Heading], rows: Sequence[Mapping[str, Any]], form: str = "table") -> None:
    """Print rows as a table, as CSV or as JSON; only a table is shortened or translated."""
    if form == "json":
        plain_rows = [_in_json(_plain_row(headings, row)) for row in rows]
        click.echo(json.dumps(plain_rows, ensure_ascii=False, indent=1, allow_nan=False))
    elif form == "csv":
        click.echo(as_csv(headings, rows), nl=False)
    else:
        click.echo(as_table(headings, rows))


def show_columns(columns: Mapping[str, Iterable[Any]], form: str) -> None:
    """Print columns under their own names, as CSV or as JSON."""
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    show([Heading(name, name) for name in columns], rows, form)


def as_csv(headings: Sequence[Heading], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV with the keys as header; what is missing is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([heading.key for heading in headings])
    for row in rows:
        values = _plain_row(headings, row).values()
        writer.writerow(["" if value is None else _cell(value) for value in values])
    return text.getvalue()


def as_table(headings: Sequence[Heading], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as aligned text; Japanese characters count as two places."""
    cells = [
        [shortened(_shown(row.get(heading.key)), heading.widest) for heading in headings] for row in rows
    ]
    widths = [
        max([text_places(heading.text), *(text_places(line[position]) for line in cells)])
        for position, heading in enumerate(headings)
    ]
    lines = [[heading.text for heading in headings], *cells]
    shown = [
        "  ".join(
            _padded(cell, width, heading.right)
            for cell, width, heading in zip(line, widths, headings, strict=True)
        ).rstrip()
        for line in lines
    ]
    return "\n".join([shown[0], "─" * min(max(map(text_places, shown)), 118), *shown[1:]])


def shortened(text: str, widest: int | None) -> str:
    """Return a text cut to a width, with … where something is left out."""
    if widest is None or text_places(text) <= widest:
        return text
    while text_places(text) > widest - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def number(value: float | int | None, unit: str = "") -> str:
    """Return a number as people read it: thousands apart, shares with three places."""
    if value is None or value != value:
        return MISSING
    if isinstance(value, int) or (abs(value) >= 1000 and unit != "share"):
        return f"{value:,.0f}"
    if value and abs(value) < LEAST_SHOWN:
        return f"{value:.2g}"  # not -0.000
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def value_text(value: object) -> str:
    """Return a parameter's value as people read it; a rule that does not exist is said in words."""
    if value is None:
        return say("shown.no_rule")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"
    if isinstance(value, tuple):
        return "[" + ", ".join(value_text(item) for item in value) + "]" if value else MISSING
    return str(plain(value))


def plain(value: Any) -> Any:
    """Return a value as JSON and CSV hold it."""
    if isinstance(value, Fraction):
        exact = float(value)
        if value.denominator == 1:
            return int(value)
        return exact if Fraction(repr(exact)) == value else str(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and value != value else value


def _plain_row(headings: Sequence[Heading], row: Mapping[str, Any]) -> dict[str, Any]:
    return {heading.key: plain(row.get(heading.key)) for heading in headings}


def _in_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without what JSON has no word for: no number of sites is enough is nothing there."""
    endless = (name for name, value in row.items() if isinstance(value, float) and isinf(value))
    return {**row, **dict.fromkeys(endless)}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _shown(value: Any) -> str:
    if value is None:
        return MISSING
    return value if isinstance(value, str) else value_text(value)


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - text_places(text))
    return space + text if right else text + space
