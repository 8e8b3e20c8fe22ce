"""How is it spread? One column of one kind of agent, of one or two scenarios, as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from okoshi.figures.about import About
from okoshi.figures.lines import wrapped
from okoshi.figures.style import Picture, canvas, count_in_whole, fill_style, legend, look, name_axes, picture
from okoshi.figures.words import (
    ColumnsMissingError,
    axis_scale,
    figure_text,
    is_counted,
    listed,
    unit_text,
)
from okoshi.language.messages import say
from okoshi.study.intervals import LOW_MIDDLE_HIGH

Values = npt.NDArray[Any]
BINS, FEW = 30, 16
ROOM = 0.8  # of a bin that its bars fill


@look()
def distribution(
    runs: Mapping[str, Values],
    about: About,
    title: str,
    unit: str = "",
    labels: Sequence[str] = (),
    *,
    name: str = "distribution",
) -> Picture:
    """Draw how many agents have which value; `runs` are the values of each scenario, `labels` the words of codes.

    Raises ColumnsMissingError where no scenario has a single value.
    """
    there = {run: np.asarray(values) for run, values in runs.items()}
    if not any(len(values) for values in there.values()):
        raise ColumnsMissingError(say("pictures.no_agents"))
    everything = np.concatenate(list(there.values())).astype(np.float64)
    figure, (axes,) = canvas(title, about, height=3.4)
    if labels or _are_few(everything):
        codes = np.arange(len(labels)) if labels else np.unique(everything)
        words = list(labels) if labels else [f"{code:g}" for code in codes]
        counts = {run: np.array([(values == code).sum() for code in codes]) for run, values in there.items()}
        _bars(axes, np.arange(len(codes), dtype=float), 1.0, counts)
        axes.set_xticks(range(len(codes)), [wrapped(word.replace("_", " "), 12) for word in words])
        axes.tick_params(axis="x", labelsize=7.5, rotation=90 if len(codes) > FEW // 2 else 0)
        name_axes(axes, unit_text(unit) if not labels else None, say("pictures.agents"))
        said = [_codes_in_words(run, words, counted) for run, counted in counts.items()]
    else:
        scale, shown = axis_scale(unit, float(np.abs(everything).max()))
        edges = np.histogram_bin_edges(everything * scale, BINS)
        counts = {run: np.histogram(values * scale, edges)[0] for run, values in there.items()}
        _bars(axes, (edges[:-1] + edges[1:]) / 2, float(edges[1] - edges[0]), counts)
        name_axes(axes, shown or unit, say("pictures.agents"))
        if is_counted(unit):
            count_in_whole(axes.xaxis)
        said = [_spread_in_words(run, values.astype(np.float64), unit) for run, values in there.items()]
    count_in_whole(axes.yaxis)
    if len(there) > 1:
        legend(figure, *axes.get_legend_handles_labels())
    return picture(name, title, " ".join(said), figure)


def _are_few(values: Values) -> bool:
    found = np.unique(values)
    return len(found) <= FEW and bool((found == np.round(found)).all())


def _bars(axes: Axes, middles: Values, width: float, counts: Mapping[str, Values]) -> None:
    each = width * ROOM / len(counts)
    for number, (run, counted) in enumerate(counts.items()):
        at = middles + (number - (len(counts) - 1) / 2) * each
        axes.bar(at, counted, each, label=run, **fill_style(number))


def _codes_in_words(run: str, words: Sequence[str], counted: Values) -> str:
    parts = [f"{word.replace('_', ' ')} {count:,}" for word, count in zip(words, counted, strict=True)]
    return say("pictures.codes_words", run=run, count=f"{int(counted.sum()):,}", parts=listed(parts))


def _spread_in_words(run: str, values: Values, unit: str) -> str:
    if not len(values):
        return say("pictures.codes_words", run=run, count="0", parts="–")
    low, middle, high = (float(value) for value in np.quantile(values, LOW_MIDDLE_HIGH))
    return say(
        "pictures.spread_words",
        run=run,
        count=f"{len(values):,}",
        mean=figure_text(float(values.mean()), unit),
        median=figure_text(middle, unit),
        low=figure_text(low, unit),
        high=figure_text(high, unit),
    )
