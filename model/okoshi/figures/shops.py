"""Who can shop? Difficult access by both official definitions; who is reached, who uses a service by the own ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes

from okoshi.figures.about import About, official_beside
from okoshi.figures.over_time import by_year
from okoshi.figures.style import (
    INK,
    Picture,
    canvas,
    legend,
    line_style,
    look,
    name_axes,
    name_years,
    picture,
)
from okoshi.figures.words import figure_text, need
from okoshi.language.messages import say

if TYPE_CHECKING:
    import pandas as pd

OFFICIAL = ("access_difficult_share_65plus", "access_difficult_share_65plus_definition_2015")
OWN = ("covered_share_65plus", "using_share_65plus")


@look()
def coverage_of_shops(
    national: pd.DataFrame, observed: pd.DataFrame, about: About, *, name: str = "coverage_of_shops"
) -> Picture:
    """Draw difficult access by both official definitions on the left, coverage by the own definitions on the right.

    The two sides answer different questions and do not add up: a van moves the right side, never the left.
    """
    need("national", national, ("fiscal_year", *OFFICIAL, *OWN))
    title = say("pictures.shops_title")
    observed = official_beside(observed, about)
    official = say("pictures.foot_official") if about.whole else ""
    figure, (left, right) = canvas(title, about, height=3.0, columns=2, official=official)
    words = _lines(left, national, observed, OFFICIAL, 0) + _lines(right, national, observed, OWN, 2)
    left.set_title(say("pictures.shops_official"))
    right.set_title(say("pictures.shops_own"))
    handles, labels = (first + second for first, second in zip(_legend(left), _legend(right), strict=True))
    legend(figure, handles, labels)
    return picture(name, title, " ".join(words), figure)


def _lines(
    axes: Axes, national: pd.DataFrame, observed: pd.DataFrame, columns: tuple[str, ...], first: int
) -> list[str]:
    words = []
    for number, column in enumerate(columns, start=first):
        found, style = by_year(national, column), line_style(number)
        axes.plot(
            found.index,
            found["mean"] * 100,
            markevery=(number, 5),
            label=say(f"pictures.shops_{column}"),
            **style,
        )
        if (found["high"] > found["low"]).any():
            axes.fill_between(
                found.index, found["low"] * 100, found["high"] * 100, color=style["color"], alpha=0.18, lw=0
            )
        points = observed[observed["series"] == column]
        axes.errorbar(
            points["fiscal_year"],
            points["value"] * 100,
            yerr=points["uncertainty"] * 100,
            fmt=style["marker"],
            color=style["color"],
            markerfacecolor="white",
            markeredgecolor=INK,
            markersize=8,
            capsize=2,
            linestyle="none",
            zorder=5,
        )
        words.append(
            say(
                "pictures.shops_words",
                what=say(f"pictures.shops_{column}"),
                first=found.index[0],
                start=figure_text(float(found["mean"].iloc[0]), "share"),
                last=found.index[-1],
                end=figure_text(float(found["mean"].iloc[-1]), "share"),
            )
        )
    axes.set_ylim(bottom=0)
    name_years(axes)
    name_axes(axes, upwards=say("pictures.shops_unit"))
    return words


def _legend(axes: Axes) -> tuple[list[Any], list[Any]]:
    handles, labels = axes.get_legend_handles_labels()
    return list(handles), list(labels)
