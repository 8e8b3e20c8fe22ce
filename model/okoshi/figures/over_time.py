"""How does it go on? Simulated series with the middle 90% of replicates, and the official points beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from okoshi.figures.about import About, official_beside
from okoshi.figures.lines import wrapped
from okoshi.figures.style import (
    INK,
    Picture,
    abreast,
    canvas,
    count_in_whole,
    legend,
    line_style,
    look,
    marked,
    name_axes,
    name_years,
    picture,
)
from okoshi.figures.words import (
    ColumnsMissingError,
    axis_scale,
    figure_text,
    is_counted,
    need,
    short_prefecture,
    title_of,
    unit_of,
)
from okoshi.language.messages import say
from okoshi.study.intervals import ENDS

if TYPE_CHECKING:
    import pandas as pd

PANELS_ABREAST = 2
MARK_EVERY = 5  # years between the markers of a line; lines that lie on one another show theirs in turn
PANEL_HEIGHT = 2.5
TITLE_PLACES = 38
OFFICIAL_MARKERS = {"input": "x", "fitted": "o", "emergent": "D", "predicted": "*"}


@look()
def series(
    national: pd.DataFrame | Mapping[str, pd.DataFrame],
    observed: pd.DataFrame,
    about: About,
    columns: Sequence[str] = ("members", "settled_share_all"),
    *,
    title: str | None = None,
    name: str = "series",
) -> Picture:
    """Draw columns of the national table, one panel each, with the official figures that there are.

    `national` is one table, or several by the name of their scenario. Columns that no table has are an error.
    Several replicates give a line of means and a band of their middle 90%. A part of the country stands alone.
    """
    runs = dict(national) if isinstance(national, Mapping) else {about.scenario: national}
    if title is None:
        key = "series_title_many" if len(columns) > PANELS_ABREAST else "series_title"
        title = say(
            f"pictures.{key}" if about.whole else f"pictures.{key}_alone",
            columns=" / ".join(title_of(column) for column in columns),
        )
    return _panels(_Asked(runs, official_beside(observed, about), columns, "national"), title, about, name)


@look()
def series_of_prefecture(
    prefectures: pd.DataFrame,
    about: About,
    prefecture: str,
    columns: Sequence[str] = ("members", "settled_stock"),
    *,
    name: str = "series_of_prefecture",
) -> Picture:
    """Draw columns of one prefecture's rows of the table of prefectures, one panel each."""
    place = short_prefecture(prefecture)
    nothing = prefectures.iloc[:0].assign(series="", value=0.0, uncertainty=0.0, label="")
    title = say("pictures.in_place", place=place, text=say("pictures.series_simulated"))
    return _panels(_Asked({place: prefectures}, nothing, columns, "prefectures"), title, about, name)


@dataclass(frozen=True)
class _Asked:
    runs: Mapping[str, pd.DataFrame]
    observed: pd.DataFrame
    columns: Sequence[str]
    table: str


def _panels(asked: _Asked, title: str, about: About, name: str) -> Picture:
    columns = asked.columns
    for table in asked.runs.values():
        need(asked.table, table, ("replicate", "fiscal_year", *columns))
    beside = abreast(min(PANELS_ABREAST, len(columns)))
    rows = -(-len(columns) // beside)
    last = max((int(table["fiscal_year"].max()) for table in asked.runs.values() if len(table)), default=0)
    labels = set(asked.observed.loc[asked.observed["series"].isin(columns), "label"])
    figure, axes = canvas(
        title,
        about,
        about.rests_on(columns, last) if asked.table == "national" else "prior",
        height=0.4 + PANEL_HEIGHT * rows,
        rows=rows,
        columns=beside,
        sharex=True,
        official=say("pictures.foot_official") if labels else "",
    )
    words = {column: about.rests_on([column], last) for column in columns if asked.table == "national"}
    told = words if len(set(words.values())) > 1 else {}  # where all rest on the same, the headline says it
    said = [
        _panel(panel, column, asked, told.get(column)) for panel, column in zip(axes, columns, strict=False)
    ]
    for empty in axes[len(columns) :]:
        empty.set_visible(False)
    for above in axes[: max(0, len(columns) - beside)]:  # the years stand below the last panel of each column
        above.set_xlabel("")
    for lowest in axes[len(columns) - beside : len(columns)]:
        lowest.xaxis.set_tick_params(labelbottom=True)
    _add_legend(figure, axes, labels, several=len(asked.runs) > 1)
    return picture(name, title, " ".join(said), figure)


def by_year(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return mean, low and high (5th and 95th of 100 replicates) of a column, with the fiscal years as index."""
    values = table[column].astype("float64").groupby(table["fiscal_year"])
    found = values.mean().to_frame("mean")
    found["low"], found["high"] = (values.quantile(end) for end in ENDS)
    return found.dropna()


def _panel(axes: Axes, column: str, asked: _Asked, word: str | None) -> str:
    unit, heading = unit_of(column, asked.table), title_of(column, asked.table)
    observed = asked.observed
    drawn = {run: by_year(table, column) for run, table in asked.runs.items()}
    if all(found.empty for found in drawn.values()):
        raise ColumnsMissingError(say("pictures.no_values", column=column))
    largest = max(float(found["high"].max()) for found in drawn.values() if len(found))
    scale, unit_shown = axis_scale(unit, largest)
    for number, (run, found) in enumerate(drawn.items()):
        style = line_style(number)
        axes.plot(
            found.index,
            found["mean"] * scale,
            label=run,
            markevery=(number % MARK_EVERY, MARK_EVERY),
            **style,
        )
        if (found["high"] > found["low"]).any():
            axes.fill_between(
                found.index,
                found["low"] * scale,
                found["high"] * scale,
                color=style["color"],
                alpha=0.18,
                lw=0,
            )
    official = observed[observed["series"] == column]
    for label, group in official.groupby("label"):
        axes.errorbar(
            group["fiscal_year"],
            group["value"] * scale,
            yerr=group["uncertainty"] * scale,
            fmt=OFFICIAL_MARKERS.get(str(label), "o"),
            color="#D55E00",
            markeredgecolor=INK,
            markerfacecolor="none" if label != "input" else INK,
            markersize=6,
            elinewidth=1,
            capsize=2,
            linestyle="none",
            zorder=5,
        )
    axes.set_title(wrapped(heading, TITLE_PLACES) if word is None else marked(heading, word, TITLE_PLACES))
    name_years(axes)
    name_axes(axes, upwards=unit_shown)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    if is_counted(unit):
        count_in_whole(axes.yaxis)
    return _in_words(heading, unit, drawn, official)


def _in_words(heading: str, unit: str, drawn: Mapping[str, pd.DataFrame], official: pd.DataFrame) -> str:
    sentences = []
    for run, found in drawn.items():
        if found.empty:
            continue
        first, last = found.index[0], found.index[-1]
        if not found.to_numpy().any():
            sentences.append(say("pictures.series_nought", run=run, column=heading, first=first, last=last))
            continue
        top = found["mean"].idxmax()
        has_band = found["high"].iloc[-1] > found["low"].iloc[-1]
        sentences.append(
            say(
                "pictures.series_words" if has_band else "pictures.series_words_alone",
                run=run,
                column=heading,
                first=first,
                start=figure_text(found["mean"].iloc[0], unit),
                last=last,
                end=figure_text(found["mean"].iloc[-1], unit),
                low=figure_text(found["low"].iloc[-1], unit),
                high=figure_text(found["high"].iloc[-1], unit),
                top=top,
                peak=figure_text(found["mean"].max(), unit),
            )
        )
    base = next(iter(drawn.values()))
    beside = official[official["fiscal_year"].isin(base.index)].sort_values("fiscal_year")
    if len(beside):
        latest = beside.iloc[-1]
        year = int(latest["fiscal_year"])
        sentences.append(
            say(
                "pictures.series_official_words",
                count=len(beside),
                year=year,
                official=figure_text(float(latest["value"]), unit),
                simulated=figure_text(float(base["mean"][year]), unit),
            )
        )
    return " ".join(sentences)


def _add_legend(figure: Figure, panels: Sequence[Axes], labels: set[str], *, several: bool) -> None:
    handles, names = panels[0].get_legend_handles_labels()
    if not several:
        has_band = any(panel.collections for panel in panels)
        names = [say("pictures.simulated" if has_band else "pictures.simulated_once")] * len(handles)
    for label, marker in OFFICIAL_MARKERS.items():
        if label in labels:
            handles.append(Line2D([], [], ls="none", marker=marker, ms=6, color=INK, mfc="none"))
            names.append(say("pictures.official_label", label=say(f"run.label_{label}")))
    legend(figure, handles, names)
