"""Pictures of sensitivity indices: which factor matters, how surely, and in which direction."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from okoshi.figures.panels import BLUE, GREY, ORANGE, panel
from okoshi.language.messages import say
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.sensitivity import Index

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = (BLUE, ORANGE, GREY)
MOST_BARS = 30


def short_name(part: str) -> str:
    """Return a factor's name without the room it is from, to fit beside a bar."""
    return part.partition(".")[2] if part.startswith(("policy.", "behaviour.")) else part


def draw_bars(outcome: OutcomeChoice, indices: Sequence[Index], names: Sequence[str]) -> Figure:
    """Draw indices that share a scale (first and total, PAWN, delta) side by side, with intervals.

    A dotted line marks what a factor without any effect would get.
    """
    chosen = [index for index in indices if index.index in names]
    parts = _by_size(chosen, names[-1])
    figure, axes = _panel(outcome, len(parts) * len(names))
    height = 0.8 / len(names)
    for number, name in enumerate(names):
        mine = {index.part: index for index in chosen if index.index == name}
        there = [(place, mine[part]) for place, part in enumerate(parts) if part in mine]
        places = [place - 0.4 + (number + 0.5) * height for place, _ in there]
        found = [index for _, index in there]
        _barh(axes, places, found, height, COLOURS[number % len(COLOURS)], say(f"analyse.{name}"))
        floor = max((index.floor for index in found if not isnan(index.floor)), default=0.0)
        if floor > 0:
            axes.axvline(floor, color=COLOURS[number % len(COLOURS)], linestyle=":", linewidth=1)
    _name_rows(axes, parts)
    axes.set_xlabel(" / ".join(say(f"analyse.{name}") for name in names))
    if len(names) > 1:
        axes.legend(frameon=False, loc="lower right")
    return figure


def draw_tornado(outcome: OutcomeChoice, indices: Sequence[Index]) -> Figure:
    """Draw what the outcome gains from the low end of each factor to its high end, largest on top."""
    chosen = [index for index in indices if index.index == "change" and not isnan(index.value)]
    parts = _by_size(chosen, "change")
    by_part = {index.part: index for index in chosen}
    figure, axes = _panel(outcome, len(parts))
    _barh(axes, range(len(parts)), [by_part[part] for part in parts], 0.7, BLUE, "")
    axes.axvline(0, color="black", linewidth=0.8)
    _name_rows(axes, parts)
    axes.set_xlabel(say("analyse.tornado_axis"))
    return figure


def draw_morris(outcome: OutcomeChoice, indices: Sequence[Index]) -> Figure:
    """Draw mu* against sigma: to the right what matters, above the line what acts unevenly or with others."""
    figure, axes = panel(7, 5.5)
    axes.set_title(_title(outcome), fontsize=10, loc="left")
    strength = {index.part: index for index in indices if index.index == "mu_star"}
    spread = {index.part: index for index in indices if index.index == "sigma"}
    for part in strength:
        x, y = strength[part], spread[part]
        axes.errorbar(x.value, y.value, xerr=_reach(x), yerr=_reach(y), fmt="o", color=BLUE, elinewidth=0.8)
        axes.annotate(
            short_name(part), (x.value, y.value), xytext=(5, 4), textcoords="offset points", fontsize=7
        )
    largest = max((index.value for index in strength.values()), default=1.0)
    axes.plot([0, largest], [0, largest], color=GREY, linewidth=0.8, linestyle="--")
    floor = max((index.floor for index in strength.values() if not isnan(index.floor)), default=0.0)
    if floor > 0:
        axes.axvline(floor, color=ORANGE, linestyle=":", linewidth=1, label=say("analyse.no_effect"))
        axes.legend(frameon=False)
    axes.set_xlabel(say("analyse.mu_star"))
    axes.set_ylabel(say("analyse.sigma"))
    return figure


def _title(outcome: OutcomeChoice) -> str:
    return f"{outcome.meaning} ({outcome.label})"


def _panel(outcome: OutcomeChoice, rows: int) -> tuple[Figure, Axes]:
    figure, axes = panel(8, 1.4 + 0.3 * min(rows, 2 * MOST_BARS))
    axes.set_title(_title(outcome), fontsize=10, loc="left")
    return figure, axes


def _by_size(indices: Sequence[Index], name: str) -> list[str]:
    """Return the factors by the size of an index, smallest first (the first bar is the lowest)."""
    mine = [index for index in indices if index.index == name]
    ordered = sorted(mine, key=lambda index: abs(index.value) if not isnan(index.value) else -1.0)
    return [index.part for index in ordered][-MOST_BARS:]


def _reach(index: Index) -> list[list[float]]:
    if isnan(index.low):
        return [[0.0], [0.0]]
    return [[max(index.value - index.low, 0.0)], [max(index.high - index.value, 0.0)]]


def _barh(
    axes: Axes, places: Sequence[float], indices: Sequence[Index], height: float, colour: str, label: str
) -> None:
    reach = np.array([_reach(index) for index in indices]).reshape(-1, 2).T
    values = [index.value for index in indices]
    style = {"elinewidth": 0.8, "capsize": 2}
    axes.barh(places, values, height, xerr=reach, color=colour, label=label, error_kw=style)


def _name_rows(axes: Axes, parts: Sequence[str]) -> None:
    axes.set_yticks(range(len(parts)), [short_name(part) for part in parts], fontsize=8)
