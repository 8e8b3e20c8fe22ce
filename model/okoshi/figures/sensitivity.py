"""Which factor matters, how surely, and in which direction? Pictures of a sweep's sensitivity indices."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

from okoshi.figures.about import About
from okoshi.figures.factors import factor_in_words
from okoshi.figures.lines import wrapped
from okoshi.figures.style import (
    FAINT,
    INK,
    Picture,
    axis_lines,
    canvas,
    fill_style,
    is_narrow,
    legend,
    look,
    name_axes,
    picture,
)
from okoshi.figures.words import (
    axis_scale,
    figure_text,
    listed,
    title_of,
    unit_of,
    without_sign_of_nought,
)
from okoshi.language.messages import say
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.sensitivity import Index

MOST_ROWS, MOST_NAMED = 30, 3
NARROW_TICKS = 5  # of a horizontal axis with long numbers
ROW_HEIGHT, NARROW_ROW_HEIGHT, LEAST_HEIGHT, SQUARE = 0.3, 0.54, 1.2, 4.6  # inches
NAME_PLACES, NAME_LINES = 44, 2
AXIS_LINE = 0.16  # inches of each line of an axis's name beyond the first
NARROW_PLACES, NARROW_LINES = 24, 4  # on a narrow screen, where rows are higher for it
NUMBERED, CLOSE = 9, 0.06  # points that are named in a picture of many; what is nearer has its number below


@look()
def sizes_of_indices(
    outcome: OutcomeChoice, indices: Sequence[Index], names: Sequence[str], about: About, *, name: str
) -> Picture:
    """Draw indices that share a scale (first and total, PAWN, delta, mu*) side by side, with intervals.

    A dotted line marks what a factor without any effect would get on average. The last of `names` sets the order.
    """
    chosen = [index for index in indices if index.index in names and not isnan(index.value)]
    parts = _by_size(chosen, names[-1])
    kinds = listed([say(f"analyse.{kind}") for kind in names])
    title = say("analyse.picture_indices", outcome=_title(outcome), kinds=kinds)
    figure, (axes,) = canvas(title, about, height=height_of_rows(len(parts) * (0.5 + len(names) / 2)))
    thickness = 0.8 / len(names)
    for number, kind in enumerate(names):
        mine = {index.part: index for index in chosen if index.index == kind}
        there = [(place, mine[part]) for place, part in enumerate(parts) if part in mine]
        places = [place + 0.4 - (number + 0.5) * thickness for place, _ in there]
        _bars(axes, places, [index for _, index in there], thickness, number, say(f"analyse.{kind}"))
    floor = _floor(chosen)
    if floor > 0:
        axes.axvline(floor, color=INK, linestyle=":", linewidth=1.2, label=say("analyse.no_effect_line"))
    name_rows(axes, parts)
    name_axes(axes, kinds)
    if len(names) > 1 or floor > 0:
        legend(figure, *axes.get_legend_handles_labels())
    return picture(name, title, _words(chosen, parts, names[-1]), figure)


@look()
def changes_by_factor(
    outcome: OutcomeChoice, indices: Sequence[Index], about: About, *, name: str
) -> Picture:
    """Draw what the outcome gains from the low end of each factor to its high end, largest on top (a tornado).

    That is Morris's mu, and `change` of the other methods.
    """
    kind = "mu" if any(index.index == "mu" for index in indices) else "change"
    chosen = [index for index in indices if index.index == kind and not isnan(index.value)]
    parts = _by_size(chosen, kind)
    by_part = {index.part: index for index in chosen}
    unit = unit_of(outcome.column)
    largest = max((abs(index.value) for index in chosen), default=1.0)
    scale, unit_name = _effect_scale(unit, largest)
    named = say(f"analyse.{kind}_axis", unit=unit_name)
    title = say("analyse.picture_change", outcome=_title(outcome))
    figure, (axes,) = canvas(title, about, height=height_of_rows(len(parts), named))
    _bars(axes, range(len(parts)), [by_part[part] for part in parts], 0.7, 0, "", scale)
    axes.axvline(0, color=INK, linewidth=0.8)
    name_rows(axes, parts)
    name_axes(axes, named)
    thousands_apart(axes.xaxis)
    return picture(name, title, _words(chosen, parts, kind, unit), figure)


@look()
def size_and_spread(outcome: OutcomeChoice, indices: Sequence[Index], about: About, *, name: str) -> Picture:
    """Draw Morris's mu* against sigma: to the right what matters, above the line what acts unevenly or with others."""
    size = {index.part: index for index in indices if index.index == "mu_star"}
    spread = {index.part: index for index in indices if index.index == "sigma"}
    parts = _by_size(list(size.values()), "mu_star")
    unit = unit_of(outcome.column)
    scale, unit_name = _effect_scale(unit, max((index.value for index in size.values()), default=1.0))
    title = say("analyse.picture_morris", outcome=_title(outcome))
    figure, (axes,) = canvas(title, about, height=SQUARE)
    for part in parts:
        x, y = size[part], spread[part]
        axes.errorbar(
            x.value * scale,
            y.value * scale,
            xerr=_reach([x]) * scale,
            yerr=_reach([y]) * scale,
            fmt="o",
            color=fill_style(0)["facecolor"],
            elinewidth=0.8,
            markeredgecolor=INK,
        )
    _number_points(axes, [(size[part], spread[part]) for part in parts[::-1]], scale)
    largest = max((index.value for index in size.values()), default=1.0) * scale
    axes.plot([0, largest], [0, largest], color=FAINT, linewidth=0.8, linestyle="--", label="σ = μ*")
    floor = _floor(list(size.values())) * scale
    if floor > 0:
        axes.axvline(floor, color=INK, linestyle=":", linewidth=1.2, label=say("analyse.no_effect_line"))
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    name_axes(axes, f"{say('analyse.mu_star')}, {unit_name}", say("analyse.sigma"))
    thousands_apart(axes.xaxis)
    legend(figure, *axes.get_legend_handles_labels())
    return picture(name, title, _words(list(size.values()), parts, "mu_star", unit), figure)


def _title(outcome: OutcomeChoice) -> str:
    return say("analyse.picture_outcome", outcome=title_of(outcome.column, outcome.table), year=outcome.year)


def height_of_rows(rows: float, named: str = "") -> float:
    """Return inches for so many rows, and for the lines of the axis's name below them."""
    lines = axis_lines(named)
    return (
        max(LEAST_HEIGHT, 0.5 + (NARROW_ROW_HEIGHT if is_narrow() else ROW_HEIGHT) * rows) + AXIS_LINE * lines
    )


def _effect_scale(unit: str, largest: float) -> tuple[float, str]:
    """Return by what effects are multiplied, and their unit: an effect on a share is one in percentage points."""
    scale, name = axis_scale(unit, largest)
    return scale, say("pictures.unit_points") if unit == "share" else name


def _floor(indices: Sequence[Index]) -> float:
    return max((index.floor for index in indices if not isnan(index.floor)), default=0.0)


def _by_size(indices: Sequence[Index], kind: str) -> list[str]:
    """Return the factors by the size of an index, smallest first: the first bar is the lowest."""
    ordered = sorted((i for i in indices if i.index == kind), key=lambda index: abs(index.value))
    return [index.part for index in ordered][-MOST_ROWS:]


def _words(indices: Sequence[Index], parts: Sequence[str], kind: str, unit: str = "") -> str:
    """Return the largest in words, for those who cannot see the picture."""
    by_part = {index.part: index for index in indices if index.index == kind}
    named = [
        f"{factor_in_words(part)} {_effect_text(by_part[part], unit)}" for part in parts[::-1][:MOST_NAMED]
    ]
    return say("analyse.picture_words", kind=say(f"analyse.{kind}"), count=len(parts), largest=listed(named))


def _effect_text(index: Index, unit: str) -> str:
    """Return an index with its interval; an effect on a share in percentage points."""
    values = (index.value, index.low, index.high)
    if unit == "share":
        value, low, high = (without_sign_of_nought(f"{value * 100:.2f}") for value in values)
        value = say("pictures.points", value=value)
    else:
        value, low, high = (figure_text(value, unit) for value in values)
    return value if isnan(index.low) else f"{value} [{low}, {high}]"


def _reach(indices: Sequence[Index]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return how far intervals reach to both sides: (2, indices); nought where there is none."""
    low = [0.0 if isnan(index.low) else max(index.value - index.low, 0.0) for index in indices]
    high = [0.0 if isnan(index.high) else max(index.high - index.value, 0.0) for index in indices]
    return np.array([low, high])


def _bars(
    axes: Axes,
    places: Sequence[float],
    indices: Sequence[Index],
    thickness: float,
    number: int,
    label: str,
    scale: float = 1.0,
) -> None:
    values = [index.value * scale for index in indices]
    ends = {"elinewidth": 0.9, "capsize": 2, "ecolor": INK}
    axes.barh(
        places,
        values,
        thickness,
        xerr=_reach(indices) * scale,
        label=label,
        error_kw=ends,
        **fill_style(number),
    )


def name_rows(axes: Axes, parts: Sequence[str]) -> None:
    """Name the rows of a picture by its factors, the first lowest."""
    axes.set_yticks(range(len(parts)), [_row_name(part) for part in parts], fontsize=8)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")


def _row_name(part: str) -> str:
    """Return a factor in words, in as many lines as a row bears."""
    room, most = (NARROW_PLACES, NARROW_LINES) if is_narrow() else (NAME_PLACES, NAME_LINES)
    lines = wrapped(factor_in_words(part), room).split("\n")
    return "\n".join(lines[:most]) + ("…" if len(lines) > most else "")


def _number_points(axes: Axes, points: Sequence[tuple[Index, Index]], scale: float) -> None:
    """Write numbers beside the largest points, in their order; the legend says which factor each is."""
    width = max((x.value for x, _ in points), default=0.0) or 1.0
    height = max((y.value for _, y in points), default=0.0) or 1.0
    taken: list[tuple[float, float]] = []
    for number, (x, y) in enumerate(points[:NUMBERED], start=1):
        place = x.value / width, y.value / height
        near = any(abs(place[0] - other[0]) < CLOSE and abs(place[1] - other[1]) < CLOSE for other in taken)
        taken.append(place)
        axes.annotate(
            str(number),
            (x.value * scale, y.value * scale),
            xytext=(5, -12 if near else 4),
            textcoords="offset points",
            fontsize=9,
        )
        axes.plot([], [], linestyle="", label=f"{number}. {factor_in_words(x.part)}")


def thousands_apart(axis: Axis) -> None:
    """Write the numbers of an axis with thousands apart, few enough on a narrow screen not to touch."""
    axis.set_major_formatter("{x:,.10g}")
    if is_narrow():
        axis.set_major_locator(MaxNLocator(nbins=NARROW_TICKS, steps=[1, 2, 2.5, 5, 10]))
