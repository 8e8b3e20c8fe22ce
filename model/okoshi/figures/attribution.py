"""Who adds what? Shapley values of an outcome and of what is spent, side by side, with their 90% intervals."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from matplotlib.axes import Axes

from okoshi.figures.about import About
from okoshi.figures.style import INK, Picture, canvas, fill_style, look, name_axes, picture
from okoshi.figures.words import axis_scale, figure_text, title_of, unit_of, without_sign_of_nought
from okoshi.language.messages import say
from okoshi.study.attribution import Attributed, Attribution
from okoshi.study.intervals import Interval

BAR_HEIGHT, MILLION = 0.42, 1e6


@look()
def shapley_bars(found: Attribution, about: About) -> Picture:
    """Draw what each measure adds to an outcome, and to the yen spent; raises ValueError where nothing is known."""
    if found.together is None:
        raise ValueError("no seed of this attribution is whole")
    outcome = found.outcome
    unit = unit_of(outcome.column, outcome.table)
    what = title_of(outcome.column, outcome.table)
    title = say("attribution.figure_title", outcome=what, year=outcome.year)
    height = 0.7 + BAR_HEIGHT * len(found.parts)
    figure, axes = canvas(title, about, height=height, columns=2, sharey=True)
    names = [say(f"attribution.{one.player}") for one in found.parts]
    scale, unit_shown = axis_scale(unit, max((abs(one.value.value) for one in found.parts), default=0.0))
    _bars(axes[0], names, [one.value for one in found.parts], 1 / scale, 0)
    _bars(axes[1], names, [one.yen for one in found.parts], MILLION, 1)
    points = say("pictures.unit_points") if unit == "share" else unit_shown
    name_axes(axes[0], across=say("pictures.with_unit", name=say("attribution.adds"), unit=points))
    name_axes(axes[1], across=say("attribution.spends_million"))
    words = [_words(one, unit) for one in found.parts]
    stem = outcome.label.replace(".", "_").replace("@", "_")
    return picture(f"{stem}_shapley", title, " ".join(words), figure)


def _bars(axes: Axes, names: Sequence[str], values: Sequence[Interval], unit: float, style: int) -> None:
    places = range(len(names))
    axes.barh(places, [one.value / unit for one in values], height=0.66, **fill_style(style))
    for place, one in enumerate(values):
        if not isnan(one.low):
            axes.plot([one.low / unit, one.high / unit], [place, place], color=INK, linewidth=1.2)
    axes.axvline(0, color=INK, linewidth=0.9)
    axes.set_yticks(list(places), names)
    if style == 0:  # both panels share their rows
        axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.xaxis.set_major_formatter("{x:,.10g}")


def _words(one: Attributed, unit: str) -> str:
    name, adds = say(f"attribution.{one.player}"), one.value.value
    if unit == "share":
        value = say("pictures.points", value=without_sign_of_nought(f"{adds * 100:+.2f}"))
    else:
        value = figure_text(adds, unit, signed=True)
    return say("attribution.figure_words", name=name, value=value, yen=figure_text(one.yen.value, "yen"))
