"""From applicants to settlers: how many come to each door, and where they go from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from okoshi.figures.about import About
from okoshi.figures.style import FAINT, INK, Picture, canvas, fill_style, is_narrow, look, name_axes, picture
from okoshi.figures.words import figure_text, need
from okoshi.language.messages import say

if TYPE_CHECKING:
    import pandas as pd

NODE_WIDTH, GAP = 0.14, 0.035  # of the distance between stages; of the height of the first stage
LABEL_HEIGHT = 0.085  # of that height: labels keep so far apart
GOES_ON, ENDS_HERE = "#4477AA", "#BBBBBB"
APRIL = 4
ROOM_FOR_NUMBERS = 1.7  # behind the longest bar, of its length


@dataclass(frozen=True)
class Flow:
    """People who go from one group to another, which stands one stage further; `goes_on` paints it dark."""

    start: str
    end: str
    people: float
    goes_on: bool


@look()
def flows(
    national: pd.DataFrame, members: pd.DataFrame, about: About, *, name: str = "applicants_to_settlers"
) -> Picture:
    """Draw how many of those who looked at posts applied, were hired, ended their term and live there now.

    All years written, mean over replicates. Members are those who started in these years.
    """
    need("national", national, ("fiscal_year", "applicants", "applied", "hired"))
    need("members", members, ("start_month", "end_month", "stayed_at_end", "settled"))
    found = count_flows(national, members)
    first, last = int(national["fiscal_year"].min()), int(national["fiscal_year"].max())
    title = say("pictures.flows_title", first=first, last=last)
    figure, (axes,) = canvas(title, about, height=4.4 if is_narrow() else 3.9)
    (draw_groups if is_narrow() else draw_flows)(axes, found, _stages())
    totals = {flow.end: flow.people for flow in found} | {"looked": found[0].people + found[1].people}
    totals["ended"] = sum(flow.people for flow in found if flow.start == "ended")
    words = say(
        "pictures.flows_words", first=first, last=last, **{k: figure_text(v) for k, v in totals.items()}
    )
    return picture(name, title, words, figure)


def count_flows(national: pd.DataFrame, members: pd.DataFrame) -> list[Flow]:
    """Return the flows of all years written, a replicate: they add up at every group.

    Where somebody lives is empty while serving and after death: only the end of the term tells these apart.
    """
    replicates = max(1, national["replicate"].nunique())
    looked, applied, hired = (
        float(national[column].sum()) / replicates for column in ("applicants", "applied", "hired")
    )
    months = members["start_month"].str
    started = months[:4].astype(int) - (months[5:].astype(int) < APRIL)
    mine = members[started >= national["fiscal_year"].min()]
    has_ended = mine["end_month"] != ""
    here = {where: float((mine["settled"] == where).sum()) / replicates for where in ("same", "nearby")}
    left = float((mine["stayed_at_end"] == "elsewhere").sum()) / replicates
    ended = float(has_ended.sum()) / replicates
    died = float((has_ended & (mine["settled"] == "")).sum()) / replicates
    return [
        Flow("looked", "applied", applied, True),
        Flow("looked", "not_applied", looked - applied, False),
        Flow("applied", "hired", hired, True),
        Flow("applied", "refused", applied - hired, False),
        Flow("hired", "ended", ended, True),
        Flow("hired", "serving", float((~has_ended).sum()) / replicates, True),
        Flow("ended", "same", here["same"], True),
        Flow("ended", "nearby", here["nearby"], True),
        Flow("ended", "gone_again", ended - sum(here.values()) - left - died, False),
        Flow("ended", "left", left, False),
        Flow("ended", "died", died, False),
    ]


def _stages() -> tuple[tuple[str, ...], ...]:
    return (
        ("looked",),
        ("applied", "not_applied"),
        ("hired", "refused"),
        ("ended", "serving"),
        ("same", "nearby", "gone_again", "left", "died"),
    )


def draw_flows(axes: Axes, found: Sequence[Flow], stages: Sequence[Sequence[str]]) -> None:
    """Draw groups as bars, stage by stage, and flows as bands between them."""
    size = {flow.end: flow.people for flow in found}
    size[stages[0][0]] = sum(flow.people for flow in found if flow.start == stages[0][0])
    whole = max(size[stages[0][0]], 1.0)
    stage_of = {group: number for number, groups in enumerate(stages) for group in groups}
    top: dict[str, float] = {}
    for groups in stages:
        level = whole
        for group in groups:
            top[group] = level
            level -= size[group] + GAP * whole
    used = dict.fromkeys(top, 0.0)
    for flow in found:
        left, right = stage_of[flow.start] + NODE_WIDTH, stage_of[flow.end]
        starts, ends = top[flow.start] - used[flow.start], top[flow.end]
        used[flow.start] += flow.people
        axes.add_patch(_band(left, right, starts, ends, flow))
    bottom = {group: top[group] - size[group] for group in top}
    reach = [min(bottom[group] for group in groups) for groups in (*stages[1:], stages[-1])]
    for number, groups in enumerate(stages):
        ceiling = float("inf")
        for group in groups:
            bar = Rectangle((number, bottom[group]), NODE_WIDTH, size[group], fc=INK, ec=INK, lw=0.5)
            axes.add_patch(bar)
            ends_above_bands = number < len(stages) - 1 and not used[group] and reach[number] < top[group]
            ceiling = min(bottom[group] - 0.01 * whole if ends_above_bands else top[group], ceiling)
            axes.text(
                number + (NODE_WIDTH / 2 if ends_above_bands else NODE_WIDTH + 0.04),
                ceiling,
                f"{say(f'pictures.flow_{group}')}\n{figure_text(size[group])} ({size[group] / whole:.0%})",
                va="top",
                ha="center" if ends_above_bands else "left",
                fontsize=8,
                bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 0.8},
            )
            ceiling -= LABEL_HEIGHT * whole
    lowest = min(bottom.values()) - LABEL_HEIGHT * whole
    axes.set_xlim(-0.05, len(stages) - 0.05)
    axes.set_ylim(min(lowest, 0.0) - 0.02 * whole, whole * 1.03)
    axes.set_axis_off()
    corner = axes.transAxes
    text = say("pictures.flows_unit")
    axes.text(1, 0, text, fontsize=8, color=FAINT, va="bottom", ha="right", transform=corner)


def draw_groups(axes: Axes, found: Sequence[Flow], stages: Sequence[Sequence[str]]) -> None:
    """Draw groups as bars one below the other, for a narrow screen; hatched are those who go no further."""
    size = {flow.end: flow.people for flow in found}
    size[stages[0][0]] = sum(flow.people for flow in found if flow.start == stages[0][0])
    lost = {flow.end for flow in found if not flow.goes_on}
    groups, whole = [group for stage in stages for group in stage], max(size[stages[0][0]], 1.0)
    for place, group in enumerate(groups):
        axes.barh(place, size[group], height=0.7, **fill_style(1 if group in lost else 0))
        text = f" {figure_text(size[group])} ({size[group] / whole:.0%})"
        axes.text(size[group], place, text, va="center", fontsize=8)
    axes.set_yticks(range(len(groups)), [say(f"pictures.flow_{group}") for group in groups])
    axes.invert_yaxis()
    axes.set_xlim(right=whole * ROOM_FOR_NUMBERS)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3))
    axes.xaxis.set_major_formatter("{x:,.10g}")
    name_axes(axes, say("pictures.flows_people"))


def _band(left: float, right: float, starts: float, ends: float, flow: Flow) -> PathPatch:
    middle, low_start, low_end = (left + right) / 2, starts - flow.people, ends - flow.people
    points = [
        (left, starts),
        (middle, starts),
        (middle, ends),
        (right, ends),
        (right, low_end),
        (middle, low_end),
        (middle, low_start),
        (left, low_start),
        (left, starts),
    ]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    colour = GOES_ON if flow.goes_on else ENDS_HERE
    return PathPatch(
        Path(points, codes),
        facecolor=colour,
        alpha=0.55,
        edgecolor=INK,
        lw=0.4,
        hatch="" if flow.goes_on else "///",
    )
