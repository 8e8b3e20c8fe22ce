"""How far can it be trusted? What evaluations of a pilot find, and official figures beside calibrated runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from okoshi.figures.about import About
from okoshi.figures.lines import wrapped
from okoshi.figures.style import (
    INK,
    Picture,
    canvas,
    fill_style,
    legend,
    line_style,
    look,
    name_axes,
    picture,
)
from okoshi.figures.words import listed, need, title_of
from okoshi.language.messages import say

if TYPE_CHECKING:
    import pandas as pd

ENOUGH_POWER = 80  # per cent, as evaluations are planned
OUTCOME_PLACES = 34
METHOD_HEIGHT = 0.4  # inches: two lines of a name fit in
PANEL_HEIGHT = 0.75  # inches: title and axis
MOST_OFF = 100.0  # per cent, where the axis ends
LABELS = ("input", "fitted", "emergent", "predicted")
SPREAD = 0.3  # of a row, so that points do not lie on one another


@look()
def power_of_methods(pilot: pd.DataFrame, about: About, *, name: str = "power_of_methods") -> Picture:
    """Draw how often each method finds the effect of a pilot on each outcome, and how often one that is not there."""
    wanted = ("outcome", "method", "power", "false_alarms", "sites", "years", "truth_low_90", "truth_high_90")
    need("pilot", pilot, wanted)
    outcomes, methods = (list(dict.fromkeys(pilot[key])) for key in ("outcome", "method"))
    title = say("judging.power_title", sites=int(pilot["sites"].iloc[0]), years=int(pilot["years"].iloc[0]))
    rows = -(-len(outcomes) // 2)
    height = 0.5 + rows * (METHOD_HEIGHT * len(methods) + PANEL_HEIGHT)
    figure, panels = canvas(title, about, height=height, rows=rows, columns=2, sharey=True)
    words = []
    for axes, outcome in zip(panels, outcomes, strict=False):
        mine = pilot[pilot["outcome"] == outcome].set_index("method").loc[methods]
        power, alarms = mine["power"] * 100, mine["false_alarms"] * 100
        axes.barh(range(len(methods)), power, height=0.7, label=say("judging.power"), **fill_style(0))
        axes.plot(alarms, range(len(methods)), "X", color=INK, label=say("judging.false_alarms"))
        axes.axvline(ENOUGH_POWER, color=INK, linestyle=":", linewidth=1)
        axes.set_xlim(0, 100)
        axes.set_title(wrapped(title_of(outcome, "municipalities"), OUTCOME_PLACES))
        axes.grid(axis="y", visible=False)
        name_axes(axes, say("judging.of_pilots"))
        words.append(_found_in_words(title_of(outcome, "municipalities"), mine))
    for empty in panels[len(outcomes) :]:
        empty.set_visible(False)
    panels[0].set_yticks(range(len(methods)), [wrapped(say(f"pilot.{method}"), 20) for method in methods])
    panels[0].invert_yaxis()
    legend(figure, *panels[0].get_legend_handles_labels())
    return picture(name, title, " ".join(words), figure)


def _found_in_words(outcome: str, rows: pd.DataFrame) -> str:
    """Return what the method with the most power makes of an outcome, or that there is no effect to be found."""
    truth = rows.iloc[0]
    if not (truth["truth_low_90"] > 0 or truth["truth_high_90"] < 0):  # nor where there is no interval
        return say("judging.nothing_words", outcome=outcome, alarms=f"{rows['false_alarms'].max():.0%}")
    best = rows.loc[str(rows["power"].idxmax())]
    return say(
        "judging.power_words",
        outcome=outcome,
        method=say(f"pilot.{best.name}"),
        power=f"{best['power']:.0%}",
        alarms=f"{best['false_alarms']:.0%}",
    )


@look()
def misses_by_label(validation: pd.DataFrame, about: About, *, name: str = "misses_by_label") -> Picture:
    """Draw by how much the simulated median of each official figure is off, by what agreement would prove."""
    wanted = ("part", "label", "fiscal_year", "official", "median", "hit")
    need("validation", validation, wanted)
    rows = validation[
        (validation["part"] == "figures") & (validation["fiscal_year"] > 0) & (validation["official"] != 0)
    ]
    need("validation", rows, wanted)
    title = say("judging.misses_title")
    there = [label for label in LABELS if (rows["label"] == label).any()]
    figure, (axes,) = canvas(title, about, "data", height=0.9 + 0.55 * len(there))
    words = []
    for place, label in enumerate(there):
        mine = rows[rows["label"] == label]
        off = (mine["median"] / mine["official"] - 1.0) * 100
        beside = place + (np.linspace(-SPREAD, SPREAD, len(mine)) if len(mine) > 1 else np.zeros(1))
        style = line_style(place) | {"linestyle": "none", "markerfacecolor": "none", "markersize": 4}
        axes.plot(off.clip(-MOST_OFF, MOST_OFF), beside, **style)
        words.append(
            say(
                "judging.misses_words",
                label=say(f"run.label_{label}"),
                count=len(mine),
                hits=int(mine["hit"].sum()),
                middle=f"{off.abs().median():.1f}%",
            )
        )
    axes.axvline(0, color=INK, linewidth=0.9)
    axes.set_yticks(range(len(there)), [say(f"run.label_{label}") for label in there])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    name_axes(axes, say("judging.off"))
    return picture(name, title, listed(words), figure)
