"""What did a fit find? Where in the range that was assumed before each parameter lies after it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from okoshi.figures.about import About
from okoshi.figures.factors import factor_in_words
from okoshi.figures.sensitivity import height_of_rows, name_rows
from okoshi.figures.style import FAINT, INK, Picture, canvas, fill_style, legend, look, name_axes, picture
from okoshi.figures.words import listed
from okoshi.language.messages import say
from okoshi.parameters.posterior import Posterior
from okoshi.study.intervals import LOW_MIDDLE_HIGH

MOST_NAMED = 3


@look()
def places_in_ranges(
    posterior: Posterior, parameters: Sequence[str], about: About, *, name: str = "places_in_ranges"
) -> Picture:
    """Draw the median and 90% interval of parameters as places in their ranges, the first on top."""
    rows = list(parameters)[::-1]
    numbers = [posterior.names.index(parameter) for parameter in rows]
    ranges = np.array([posterior.about["ranges"][parameter] for parameter in rows], dtype=np.float64)
    draws = np.quantile(posterior.draws[:, numbers], LOW_MIDDLE_HIGH, axis=0)
    low, middle, high = 100 * (draws - ranges[:, 0]) / (ranges[:, 1] - ranges[:, 0])
    title = say("fits.places_title", year=posterior.about["horizon"])
    figure, (axes,) = canvas(title, about, "data", height=height_of_rows(len(rows)))
    places = np.arange(len(rows))
    axes.barh(places, 100, 0.5, color="white", edgecolor=FAINT, linewidth=0.8, label=say("fits.before"))
    axes.barh(places, high - low, 0.5, left=low, label=say("fits.after"), **fill_style(0))
    axes.plot(middle, places, "|", color=INK, markersize=9, markeredgewidth=2, label=say("fits.median"))
    axes.set_xlim(0, 100)
    name_rows(axes, rows)
    name_axes(axes, say("fits.place"))
    legend(figure, *axes.get_legend_handles_labels())
    named = [
        say("fits.place_of", parameter=factor_in_words(rows[row]), **_whole(low[row], middle[row], high[row]))
        for row in places[::-1][:MOST_NAMED]
    ]
    return picture(name, title, say("fits.places_words", count=len(rows), named=listed(named)), figure)


def _whole(low: float, middle: float, high: float) -> dict[str, str]:
    return {"low": f"{low:.0f}", "middle": f"{middle:.0f}", "high": f"{high:.0f}"}
