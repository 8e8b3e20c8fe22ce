"""Where? A map of Japan in tiles, one a prefecture, and a map of municipalities as points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, floor, radians
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from okoshi.figures.about import About
from okoshi.figures.comparing import WANTED, outcomes_by_group, weakest
from okoshi.figures.lines import wrapped
from okoshi.figures.style import FAINT, INK, Picture, canvas, is_narrow, legend, look, picture, places
from okoshi.figures.words import (
    ColumnsMissingError,
    axis_scale,
    figure_text,
    is_counted,
    listed,
    need,
    short_prefecture,
    title_of,
    unit_of,
    unit_text,
)
from okoshi.language.messages import say
from okoshi.world.facts import prefecture_facts, read_facts

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.world.country import World

LIGHT_TO_DARK, LOSS_TO_GAIN = "cividis_r", "PuOr_r"
DARK = 0.55  # of lightness: below it letters are white
TILE, OPEN_HATCH = 0.94, "////"
NAME_SIZE, NUMBER_SIZE, LETTERS_OF_TILE = 6.2, 7.0, 7.0  # of a name in full size
PEOPLE = 100_000
MIDDLE_LATITUDE = 36.0
LARGEST_POINT, LARGEST_POINT_OF_NATION, NAMED = 90.0, 36.0, 5
MAP_HEIGHT, NARROW_MAP_HEIGHT = 5.4, 4.6
LEGEND_PART = 0.25  # of the largest value: the smaller point of the legend
BAR_PLACES = 52  # letters of a line below it: right of it stands the north of the country
COLOUR_BAR = (0.04, 0.93, 0.47, 0.03)  # of the tiles; where the upper left of the map is empty
TILES_HEIGHT, HALVES_HEIGHT = 6.1, 7.6


@dataclass(frozen=True)
class _Part:
    """A part of the map of tiles: the columns whose prefectures are drawn, and the columns and rows in sight."""

    own: tuple[int, int]
    columns: tuple[int, int]
    rows: tuple[int, int]


WHOLE = (_Part((1, 15), (1, 15), (0, 12)),)
HALVES = (_Part((9, 15), (7, 15), (0, 9)), _Part((1, 9), (1, 9), (6, 12)))


@look()
def map_of_prefectures(
    prefectures: pd.DataFrame,
    about: About,
    column: str = "members",
    year: int | None = None,
    *,
    per_people: bool = False,
    name: str = "map_of_prefectures",
) -> Picture:
    """Draw a column of the table of prefectures in one year (the last), also for each 100,000 people.

    Means over replicates; prefectures that the table lacks stay empty.
    """
    wanted = ("prefecture", "fiscal_year", column, *(("population",) if per_people else ()))
    need("prefectures", prefectures, wanted)
    year = int(prefectures["fiscal_year"].max()) if year is None else year
    rows = prefectures[prefectures["fiscal_year"] == year].groupby("prefecture")
    values = rows[column].mean()
    what, unit = title_of(column, "prefectures"), unit_of(column, "prefectures")
    if per_people:
        values, unit = values / rows["population"].mean() * PEOPLE, "per 100,000 people"
        what = say("pictures.per_people", what=what)
    title = say("pictures.map_title", what=what, year=year)
    shown = {str(place): float(value) for place, value in values.items()}
    return _tiles(shown, {}, title, unit, about, "prior", name)


@look()
def map_of_differences(
    differences: pd.DataFrame,
    about: About,
    scenario: str | None = None,
    outcome: str | None = None,
    year: int | None = None,
    *,
    name: str = "map_of_differences",
) -> Picture:
    """Draw where a scenario gains and loses (`compare --by prefecture`); hatched where the sign is open.

    Without `outcome`: the first of `outcomes_by_group`.
    """
    need("differences", differences, WANTED)
    year = int(differences["fiscal_year"].max()) if year is None else year
    scenario = str(differences["scenario"].iloc[0]) if scenario is None else scenario
    rows = differences[
        (differences["fiscal_year"] == year)
        & (differences["scenario"] == scenario)
        & differences["group"].isin([row["name"] for row in prefecture_facts()])
    ]
    if outcome is None and not rows.empty:
        outcome = outcomes_by_group(rows)[0]
    rows = rows[rows["outcome"] == outcome].set_index("group")
    if outcome is None or rows.empty:
        raise ColumnsMissingError(say("pictures.no_rows", table="differences"))
    is_open = (rows["low_90"].isna()) | ((rows["low_90"] <= 0) & (rows["high_90"] >= 0))
    title = say(
        "pictures.map_difference_title",
        what=title_of(outcome, "prefectures"),
        scenario=about.called(scenario),
        base=about.called(about.base),
        year=year,
    )
    unit = unit_of(outcome, "prefectures")
    shown = {str(place): float(value) for place, value in rows["difference"].items()}
    opened = {str(place): bool(value) for place, value in is_open.items()}
    return _tiles(shown, opened, title, unit, about, weakest(rows), name)


def _tiles(
    values: Mapping[str, float],
    is_open: Mapping[str, bool],
    title: str,
    unit: str,
    about: About,
    rests_on: str,
    name: str,
) -> Picture:
    signed = bool(is_open)
    largest = max((abs(value) for value in values.values()), default=0.0)
    scale, unit_shown = (
        axis_scale(unit, largest) if unit != "per 100,000 people" else (1.0, say("pictures.unit_per_people"))
    )
    bound = (largest or 1.0) * scale
    colours = ScalarMappable(
        Normalize(-bound if signed else 0.0, bound), mpl.colormaps[LOSS_TO_GAIN if signed else LIGHT_TO_DARK]
    )
    parts = HALVES if is_narrow() else WHOLE
    figure, panels = canvas(
        title,
        about,
        rests_on,
        height=HALVES_HEIGHT if is_narrow() else TILES_HEIGHT,
        rows=len(parts),
        height_ratios=[part.rows[1] - part.rows[0] for part in parts],
    )
    for axes, part in zip(panels, parts, strict=True):
        _part_of_country(
            axes, part, {name: value * scale for name, value in values.items()}, is_open, colours
        )
    axes = panels[0]
    bar = figure.colorbar(colours, cax=axes.inset_axes(COLOUR_BAR), orientation="horizontal")
    label = unit_shown if not signed else say("pictures.map_open", unit=unit_shown)
    bar.set_label(wrapped(label, places(BAR_PLACES)))
    bar.ax.xaxis.set_major_formatter("{x:,.10g}")
    return picture(name, title, _places_in_words(values, unit, is_open), figure)


def _part_of_country(
    axes: Axes,
    part: _Part,
    values: Mapping[str, float],
    is_open: Mapping[str, bool],
    colours: ScalarMappable,
) -> None:
    """Draw the prefectures that stand in a part of the country, as axes show it."""
    grid = read_facts("prefectures")["tile_grid"]["place"]
    for row in prefecture_facts():
        across, down = grid[row["code"]]
        if not part.own[0] <= across < part.own[1]:
            continue
        value = values.get(row["name"], float("nan"))
        hatch = OPEN_HATCH if is_open.get(row["name"]) else ""
        spot, label = (across, down), short_prefecture(row["name"])
        _tile(axes, spot, label, value, colours, hatch=hatch, signed=bool(is_open))
    axes.set_xlim(part.columns[0] - 0.1, part.columns[1])
    axes.set_ylim(part.rows[1], part.rows[0] - 0.1)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _tile(
    axes: Axes,
    place: tuple[int, int],
    label: str,
    value: float,
    colours: ScalarMappable,
    *,
    hatch: str,
    signed: bool,
) -> None:
    known = value == value
    colour = colours.to_rgba(np.array([value]))[0] if known else np.ones(4)
    lightness = float(np.dot(colour[:3], (0.299, 0.587, 0.114)))
    ink = "white" if lightness < DARK else "black"
    across, down = place
    axes.add_patch(Rectangle(place, TILE, TILE, facecolor=colour, edgecolor=FAINT, lw=0.5))
    if hatch:
        axes.add_patch(Rectangle(place, TILE, TILE, fill=False, hatch=hatch, ec=FAINT, lw=0))
    middle, size = across + TILE / 2, NAME_SIZE * min(1.0, LETTERS_OF_TILE / max(len(label), 1))
    clear = {"fc": colour, "ec": "none", "pad": 0.3} if hatch else None  # letters are read between the lines
    text = _short(value, signed=signed) if known else "–"
    where: dict[str, Any] = {"ha": "center", "va": "center", "color": ink, "zorder": 4, "bbox": clear}
    axes.text(middle, down + 0.3, label, fontsize=size, **where)
    axes.text(middle, down + 0.66, text, fontsize=NUMBER_SIZE, **where)


def _short(value: float, *, signed: bool) -> str:
    sign = "+" if signed and value else ""
    return f"{value:{sign},.0f}" if abs(value) >= 100 or value == round(value) else f"{value:{sign},.1f}"


def _places_in_words(values: Mapping[str, float], unit: str, is_open: Mapping[str, bool]) -> str:
    order = sorted((name for name in values if values[name] == values[name]), key=lambda name: -values[name])
    if not order:
        return say("pictures.map_nothing")
    if not any(values[name] for name in order):
        return say("pictures.map_all_nought", count=len(order))
    plain = "" if unit == "per 100,000 people" else unit
    parts = [
        listed(
            [
                f"{short_prefecture(place)} {figure_text(values[place], plain, signed=bool(is_open))}"
                for place in some
            ]
        )
        for some in (order[:3], order[::-1][:3])
    ]
    text = say(
        "pictures.map_difference_words" if is_open else "pictures.map_words", most=parts[0], least=parts[1]
    )
    if is_open:
        text += " " + say("pictures.map_open_words", count=sum(is_open.values()), whole=len(values))
    return text


def places_of(world: World) -> pd.DataFrame:
    """Return code, longitude and latitude (degrees) of the municipalities of a country."""
    import pandas as pd

    first = world.copy == 0
    return pd.DataFrame(
        {
            "municipality": world.code[first],
            "longitude": world.longitude[first],
            "latitude": world.latitude[first],
        }
    )


@look()
def map_of_municipalities(
    municipalities: pd.DataFrame,
    places: pd.DataFrame,
    about: About,
    column: str = "members",
    year: int | None = None,
    prefecture: str | None = None,
    *,
    name: str = "map_of_municipalities",
) -> Picture:
    """Draw a column of the table of municipalities as points, the larger the more; small crosses have none.

    `places` has the coordinates by code (`places_of`). With a prefecture: only its municipalities, the first few by
    name. Means over replicates (a table without that column is of one), in one fiscal year (the last).
    """
    wanted = ("municipality", "name", "prefecture", "fiscal_year", column)
    need("municipalities", municipalities, wanted)
    year = int(municipalities["fiscal_year"].max()) if year is None else year
    rows = municipalities[municipalities["fiscal_year"] == year]
    if prefecture is not None:
        rows = rows[rows["prefecture"] == prefecture]
    table = rows.groupby(["municipality", "name"])[column].mean().reset_index()
    table = table.merge(places, on="municipality").sort_values(column, ascending=False, kind="stable")
    if table.empty:
        raise ColumnsMissingError(say("pictures.no_rows", table="municipalities"))
    what, unit = title_of(column, "municipalities"), unit_of(column, "municipalities")
    title = say("pictures.map_title", what=what, year=year)
    if prefecture is not None:
        title = say("pictures.in_place", place=short_prefecture(prefecture), text=title)
    height = MAP_HEIGHT if prefecture is not None or not is_narrow() else NARROW_MAP_HEIGHT
    figure, (axes,) = canvas(title, about, height=height)
    if "replicate" not in rows:
        rows = rows.assign(replicate=0)
    without = rows["municipality"].isin(table["municipality"]) & (rows[column] == 0)
    replicates = rows["replicate"].nunique()
    none = say("pictures.points_none" if replicates == 1 else "pictures.points_none_ever")
    biggest = LARGEST_POINT_OF_NATION if prefecture is None else LARGEST_POINT
    _points(axes, table.rename(columns={column: "value"}), unit, biggest, none)
    if prefecture is not None:
        for _, row in table.head(NAMED).iterrows():
            spot = (row["longitude"], row["latitude"])
            axes.annotate(row["name"], spot, xytext=(5, 4), textcoords="offset points", fontsize=7.5)
    legend(figure, *axes.get_legend_handles_labels())
    words = say(
        "pictures.points_words" if replicates == 1 else "pictures.points_words_many",
        count=figure_text(len(table)),
        none=figure_text(int(without.sum()) / replicates),
        most=listed(
            [f"{row['name']} {figure_text(row[column], unit)}" for _, row in table.head(3).iterrows()]
        ),
    )
    if not table[column].any():
        words = say("pictures.points_all_nought", count=figure_text(len(table)))
    return picture(name, title, words, figure)


def _points(axes: Axes, table: pd.DataFrame, unit: str, biggest: float, without: str) -> None:
    """Draw the `value` of each place as a point, and what has none as a cross, `without` in the legend."""
    values = table["value"].to_numpy(dtype=float)
    none = values == 0
    axes.scatter(
        table["longitude"][none],
        table["latitude"][none],
        marker="x",
        s=7,
        color="#9a9a9a",
        lw=0.6,
        label=without if none.any() else None,
    )
    largest, some = float(np.abs(values).max()), ~none
    axes.scatter(
        table["longitude"][some],
        table["latitude"][some],
        s=np.abs(values[some]) / (largest or 1.0) * biggest + 2,
        facecolor=np.where(values[some] > 0, "#0072B2", "#D55E00"),
        alpha=0.55,
        edgecolor=INK,
        lw=0.4,
    )
    for shown in _sizes(largest, unit):
        size = shown / largest * biggest + 2
        label = say("pictures.number_unit", number=figure_text(shown, unit), unit=unit_text(unit))
        label = figure_text(shown, unit) if unit == "share" or unit.startswith("yen") else label
        axes.scatter([], [], s=size, facecolor="#0072B2", alpha=0.55, edgecolor=INK, lw=0.4, label=label)
    axes.set_aspect(1 / cos(radians(MIDDLE_LATITUDE)))
    axes.grid(visible=True, axis="both")
    axes.set_xlabel(say("pictures.longitude"))
    axes.set_ylabel(say("pictures.latitude"))
    axes.xaxis.set_major_formatter("{x:g}°")
    axes.yaxis.set_major_formatter("{x:g}°")


def _sizes(largest: float, unit: str) -> list[float]:
    """Return for which values the legend shows the size of a point: whole ones where things are counted."""
    if not largest:
        return []
    if not is_counted(unit):
        return [largest * LEGEND_PART, largest]
    whole = {max(1.0, float(floor(largest))), max(1.0, float(round(largest * LEGEND_PART)))}
    return sorted(whole)
