"""How should the supplement be divided? The division in force, and the best by each reading with its interval."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

from okoshi.figures.about import About
from okoshi.figures.factors import factor_in_words, value_of_factor
from okoshi.figures.style import Picture, canvas, legend, line_style, look, name_axes, picture
from okoshi.figures.words import figure_text, listed, outcome_in_words
from okoshi.language.messages import say
from okoshi.policy.supplement import MEASURES
from okoshi.study.split_design import IN_FORCE
from okoshi.study.splitting import Split

MILLION, MOST_READINGS = 1e6, 7


@look()
def best_divisions(found: Split, about: About) -> Picture:
    """Draw yen a line: now, and at the best of each reading (the first few)."""
    title = say("split.figure_title")
    best = found.best[:MOST_READINGS]
    figure, (axes,) = canvas(title, about, height=1.0 + 0.12 * len(MEASURES) * (len(best) + 2))
    now = found.design.points[IN_FORCE] / MILLION
    places = range(len(MEASURES))
    handles = [axes.scatter(now, places, marker="|", s=260, color="black", zorder=3)]
    labels, words = (
        [say("split.now")],
        [say("split.figure_words", reading=say("split.now"), yen=_lines_in_words(now))],
    )
    for number, one in enumerate(best):
        style = line_style(number + 1)
        reading = reading_in_words(one.world, one.weights)
        shifted = [place + 0.7 * ((number + 1) / (len(best) + 1) - 0.5) for place in places]
        values = [yen.value / MILLION for yen in one.yen]
        for place, yen in zip(shifted, one.yen, strict=True):
            if not isnan(yen.low):
                axes.plot(
                    [yen.low / MILLION, yen.high / MILLION], [place, place], color=style["color"], linewidth=1
                )
        handles.append(
            axes.scatter(values, shifted, marker=style["marker"], color=style["color"], s=26, zorder=3)
        )
        labels.append(reading)
        words.append(say("split.figure_words", reading=reading, yen=_lines_in_words(values)))
    axes.set_yticks(list(places), [say(f"attribution.{measure}") for measure in MEASURES])
    axes.invert_yaxis()
    axes.grid(axis="x", visible=True)
    axes.xaxis.set_major_formatter("{x:,.10g}")
    name_axes(axes, across=say("split.million_yen"))
    legend(figure, handles, labels)
    return picture("best_divisions", title, " ".join(words), figure)


def world_in_words(world: str) -> str:
    """Return `structure.settlement=threshold, world.scale=2` in words."""
    parts = (part.partition("=") for part in world.split(", ") if part)
    return listed(
        [
            say("report.is_set", factor=factor_in_words(name), value=value_of_factor(name, value))
            for name, _, value in parts
        ]
    )


def reading_in_words(world: str, weights: str) -> str:
    """Return in which world and by whose weights a division is judged."""
    return listed([part for part in (world_in_words(world), outcome_in_words(weights)) if part])


def _lines_in_words(millions: Iterable[float]) -> str:
    """Return each measure with its yen, for those who cannot see the picture."""
    return listed(
        [
            f"{say(f'attribution.{measure}')} {figure_text(value * MILLION, 'yen')}"
            for measure, value in zip(MEASURES, millions, strict=True)
        ]
    )
