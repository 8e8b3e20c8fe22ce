"""How many companies come to a contract (地域活性化起業人)? The funnel, and what survey and platform changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from okoshi.figures.about import About
from okoshi.figures.style import (
    INK,
    Picture,
    canvas,
    count_in_whole,
    fill_style,
    legend,
    look,
    name_axes,
    name_years,
    picture,
)
from okoshi.figures.words import ColumnsMissingError, figure_text, listed, need, unit_text
from okoshi.language.messages import say

if TYPE_CHECKING:
    import pandas as pd

SURVEY = ("contacted", "replied", "interested")
SO_FAR = ("heard", "registered", "contracted")
HEADROOM = 0.05  # above the highest bar, of the height
ORIGINS = ("new", "moved_company", "moved_place", "moved_type", "earlier")


@look()
def funnel_of_companies(
    national: pd.DataFrame, about: About, year: int | None = None, *, name: str = "funnel_of_companies"
) -> Picture:
    """Draw how many companies the survey reached, how many answered, heard, registered and had a contract by a year.

    All counts are of companies so far, up to the fiscal year (the last); means over replicates.
    """
    steps = (*SURVEY, *SO_FAR)
    columns = [f"companies_{step}" for step in steps]
    need("national", national, ("fiscal_year", *columns))
    year = int(national["fiscal_year"].max()) if year is None else year
    counts = national.loc[national["fiscal_year"] == year, columns].mean().to_numpy()
    if not counts.any():
        raise ColumnsMissingError(say("pictures.no_values", column=columns[0]))
    title = say("pictures.funnel_title", year=year)
    figure, (axes,) = canvas(title, about, height=2.9)
    for number, (step, count) in enumerate(zip(steps, counts, strict=True)):
        way = "survey" if step in SURVEY else "all"
        label = say(f"pictures.funnel_by_{way}") if step in (SURVEY[0], SO_FAR[0]) else None
        axes.barh(number, count, height=0.7, label=label, **fill_style(0 if step in SURVEY else 1))
        axes.text(count, number, f" {figure_text(float(count))}", va="center", fontsize=8.5)
    axes.set_yticks(range(len(steps)), [say(f"pictures.funnel_{step}") for step in steps])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlim(right=float(counts.max()) * 1.12)
    axes.xaxis.set_major_formatter("{x:,.10g}")
    name_axes(axes, unit_text("companies"))
    legend(figure, *axes.get_legend_handles_labels())
    parts = [
        f"{say(f'pictures.funnel_{step}')} {figure_text(float(count))}"
        for step, count in zip(steps, counts, strict=True)
    ]
    return picture(name, title, say("pictures.funnel_words", year=year, parts=listed(parts)), figure)


@look()
def contracts_by_origin(
    national: pd.DataFrame, about: About, *, name: str = "contracts_by_origin"
) -> Picture:
    """Draw which contracts of each year there would not be without survey and platform: new, or moved from elsewhere.

    Means over replicates; the line is the net number of employees more than without.
    """
    columns = [f"dispatch_{origin}" for origin in ORIGINS]
    need("national", national, ("fiscal_year", "dispatch_net", *columns))
    table = national.groupby("fiscal_year")[[*columns, "dispatch_net"]].mean()
    table = table[table.index >= _first_year(table)]
    title = say("pictures.origin_title")
    figure, (axes,) = canvas(title, about, height=3.0)
    bottom = np.zeros(len(table))
    for number, origin in enumerate(ORIGINS):
        values = table[f"dispatch_{origin}"].to_numpy()
        label = say(f"pictures.origin_{origin}")
        axes.bar(table.index, values, bottom=bottom, width=0.75, label=label, **fill_style(number))
        bottom = bottom + values
    axes.plot(table.index, table["dispatch_net"], "o-", color=INK, label=say("pictures.origin_net"))
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.margins(y=HEADROOM)
    name_years(axes)
    name_axes(axes, upwards=unit_text("persons"))
    count_in_whole(axes.yaxis)
    legend(figure, *axes.get_legend_handles_labels())
    last = table.iloc[-1]
    parts = [f"{say(f'pictures.origin_{o}')} {figure_text(float(last[f'dispatch_{o}']))}" for o in ORIGINS]
    net = figure_text(float(last["dispatch_net"]), signed=True)
    words = say("pictures.origin_words", year=table.index[-1], parts=listed(parts), net=net)
    return picture(name, title, words, figure)


def _first_year(table: pd.DataFrame) -> int:
    """Return the year before the extra first changed anything."""
    changed = table.index[(table != 0).any(axis=1)]
    if changed.empty:
        raise ColumnsMissingError(say("pictures.no_values", column="dispatch_net"))
    return int(changed[0]) - 1
