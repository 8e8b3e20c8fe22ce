"""What changes against the base? Paired differences with intervals, in one year, over the years, and by group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from okoshi.figures.about import About
from okoshi.figures.lines import wrapped
from okoshi.figures.style import (
    INK,
    Picture,
    canvas,
    count_in_whole,
    fill_style,
    legend,
    line_style,
    look,
    name_axes,
    name_years,
    picture,
    places,
)
from okoshi.figures.words import (
    ColumnsMissingError,
    axis_scale,
    figure_text,
    is_counted,
    need,
    need_each,
    short_prefecture,
    title_of,
    unit_of,
)
from okoshi.language.messages import knows, language, say
from okoshi.scenario.prefectures import PREFECTURES
from okoshi.study import rests_on

if TYPE_CHECKING:
    import pandas as pd

NATION = "nation"
WANTED = ("scenario", "fiscal_year", "outcome", "group", "difference", "low_90", "high_90", "rests_on")
HEADLINES = (
    "members",
    "settled",
    "settled_share_last_5_years",
    "startups_by_members",
    "yen_special_allocation_tax",
)
GROUP_OUTCOMES = ("members", "settled_stock", "settled")  # places have the second, ages the third
OTHER_GROUP_OUTCOMES = (
    "yen_special_allocation_tax",
    "yen_municipality",
    "startups_by_members",
    "covered_share_65plus",
    "dispatched",
    "local_10000_projects",
    "student_participants",
    "digital_hours_freed",
)
MOST_BY_GROUP, PANELS_BY_GROUP = 5, 2
ROW_HEIGHT, BAR_WIDTH = 0.62, 0.8
PANEL_PLACES, NAME_PLACES, GROUP_PLACES = 84, 40, 22


@look()
def paired_differences(
    differences: pd.DataFrame,
    about: About,
    outcomes: Sequence[str] = HEADLINES,
    year: int | None = None,
    *,
    name: str = "paired_differences",
) -> Picture:
    """Draw the nation's differences from the base in one year (the last), each outcome on an axis of its own."""
    nation, year = _of_year(differences, NATION, year)
    there = [outcome for outcome in outcomes if (nation["outcome"] == outcome).any()]
    need_each("differences", there, outcomes[:1])
    scenarios = list(dict.fromkeys(nation["scenario"]))
    title = say(
        "pictures.differences_title", base=about.called(about.base), year=year, intervals=_intervals_of(about)
    )
    height = 0.3 + len(there) * (ROW_HEIGHT + 0.16 * len(scenarios))
    figure, axes = canvas(title, about, weakest(nation, there), height=height, rows=len(there))
    words = []
    for panel, outcome in zip(axes, there, strict=True):
        rows = nation[nation["outcome"] == outcome].set_index("scenario").loc[scenarios]
        _intervals(panel, outcome, rows.rename(index=about.called))
        words += [
            difference_words(outcome, about.called(str(scenario)), row) for scenario, row in rows.iterrows()
        ]
    legend(figure, *axes[0].get_legend_handles_labels())
    return picture(name, title, f"{say('pictures.differences_words')} {' '.join(words)}", figure)


def _intervals_of(about: About) -> str:
    return say(f"pictures.intervals_of_{'draws' if about.on_draws else 'replicates'}")


def _intervals(axes: Axes, outcome: str, rows: pd.DataFrame) -> None:
    values = rows[["difference", "low_90", "high_90"]].to_numpy(dtype=float)
    scale, unit = axis_scale(unit_of(outcome), float(np.nanmax(np.abs(values), initial=0.0)))
    for number, (scenario, (middle, low, high)) in enumerate(zip(rows.index, values * scale, strict=True)):
        style = line_style(number + 1)
        reach = np.nan_to_num([[middle - low], [high - middle]])
        axes.errorbar(
            [middle],
            [-number],
            xerr=reach,
            fmt=style["marker"],
            color=style["color"],
            capsize=3,
            label=scenario,
        )
    axes.axvline(0, color=INK, linewidth=0.9)
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.15)
    _steps(axes, unit_of(outcome), 7)
    axes.xaxis.set_major_formatter(_signed)
    points = say("pictures.unit_points") if unit_of(outcome) == "share" else unit
    heading = say("pictures.with_unit", name=title_of(outcome), unit=points)
    axes.set_title(wrapped(heading, places(PANEL_PLACES)))


def _steps(axes: Axes, unit: str, ticks: int) -> None:
    if is_counted(unit):
        count_in_whole(axes.xaxis, ticks)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=ticks))


@look()
def differences_by_year(
    differences: pd.DataFrame,
    about: About,
    outcomes: Sequence[str] = ("members", "settled"),
    *,
    name: str = "differences_by_year",
) -> Picture:
    """Draw the nation's differences from the base year by year, with their 90% intervals."""
    _check(differences)
    nation = differences[differences["group"] == NATION]
    there = [outcome for outcome in outcomes if (nation["outcome"] == outcome).any()]
    need_each("differences", there, outcomes[:1])
    base = about.called(about.base)
    title = say("pictures.differences_by_year_title", base=base, intervals=_intervals_of(about))
    figure, axes = canvas(title, about, weakest(nation, there), height=2.9, columns=len(there))
    words = []
    for panel, outcome in zip(axes, there, strict=True):
        of_outcome = nation[nation["outcome"] == outcome]
        scale, unit = axis_scale(unit_of(outcome), float(of_outcome["difference"].abs().max()))
        for number, (scenario, rows) in enumerate(of_outcome.groupby("scenario", sort=False)):
            rows, style = rows.sort_values("fiscal_year"), line_style(number + 1)
            years = rows["fiscal_year"]
            label = about.called(str(scenario))
            panel.plot(years, rows["difference"] * scale, label=label, markevery=(number % 5, 5), **style)
            low, high = rows["low_90"] * scale, rows["high_90"] * scale
            panel.fill_between(years, low, high, color=style["color"], alpha=0.18, lw=0)
            words.append(difference_words(outcome, label, rows.iloc[-1], int(years.iloc[-1])))
        panel.axhline(0, color=INK, linewidth=0.9)
        panel.set_title(wrapped(title_of(outcome), NAME_PLACES))
        points = say("pictures.unit_points") if unit_of(outcome) == "share" else unit
        name_years(panel)
        name_axes(panel, upwards=points)
        if is_counted(unit_of(outcome)):
            count_in_whole(panel.yaxis)
    legend(figure, *axes[0].get_legend_handles_labels())
    return picture(name, title, " ".join(words), figure)


@look()
def gains_and_losses(
    differences: pd.DataFrame,
    about: About,
    outcomes: Sequence[str] | None = None,
    year: int | None = None,
    *,
    name: str = "gains_and_losses",
) -> Picture:
    """Draw who gains and who loses: differences by group (`compare --by`) in one year, the last.

    Without `outcomes`: the first of `outcomes_by_group`.
    """
    _check(differences)
    grouped, year = _of_year(differences[differences["group"] != NATION], None, year)
    grouped = grouped.assign(scenario=grouped["scenario"].map(lambda scenario: about.called(str(scenario))))
    groups = list(dict.fromkeys(grouped["group"]))
    chosen = outcomes_by_group(grouped)[:PANELS_BY_GROUP] if outcomes is None else outcomes
    everywhere = _in_all_groups(grouped)
    there = [outcome for outcome in chosen if outcome in everywhere] or everywhere[:PANELS_BY_GROUP]
    scenarios = list(dict.fromkeys(grouped["scenario"]))
    title = say("pictures.gains_title", base=about.called(about.base), year=year)
    height = 0.8 + len(groups) * (0.16 + 0.13 * len(scenarios))
    figure, axes = canvas(
        title, about, weakest(grouped, there), height=height, columns=len(there), sharey=True
    )
    words = []
    for panel, outcome in zip(axes, there, strict=True):
        of_outcome = grouped[grouped["outcome"] == outcome]
        _bars_by_group(panel, outcome, of_outcome, scenarios, groups)
        words += _groups_in_words(outcome, of_outcome)
    axes[0].set_yticks(range(len(groups)), [wrapped(group_in_words(group), GROUP_PLACES) for group in groups])
    axes[0].invert_yaxis()
    legend(figure, *axes[0].get_legend_handles_labels())
    return picture(name, title, " ".join(words), figure)


def outcomes_by_group(grouped: pd.DataFrame) -> list[str]:
    """Return what to show by group, of one year: what differs beyond chance in half of the groups or more.

    Then members and settlers, where they differ at all: a fixed total of the tax or a subsidy to shops moves neither,
    and who gains and loses by it must show.
    """
    there = _in_all_groups(grouped)
    beyond = ((grouped["low_90"] > 0) | (grouped["high_90"] < 0)).groupby(
        [grouped["outcome"], grouped["scenario"]]
    )
    mostly = beyond.mean().groupby("outcome").max() >= 0.5
    differs = grouped["difference"].fillna(0).ne(0).groupby(grouped["outcome"]).any()
    known = [one for one in (*GROUP_OUTCOMES, *OTHER_GROUP_OUTCOMES) if one in there]
    found = [one for one in known if mostly[one]]
    found += [one for one in GROUP_OUTCOMES if one in there and differs[one] and one not in found]
    usual = [one for one in GROUP_OUTCOMES if one in there] or there[:PANELS_BY_GROUP]
    return found[:MOST_BY_GROUP] or usual


def _in_all_groups(grouped: pd.DataFrame) -> list[str]:
    """Return the outcomes that every group has: a pillar has its own."""
    known = grouped.groupby("outcome", sort=False)["group"].nunique()
    return [str(outcome) for outcome in known.index[known == grouped["group"].nunique()]]


def _signed(value: float, _: float) -> str:
    return f"{value:+,.10g}".replace("-", "−") if value else "0"


def _bars_by_group(
    axes: Axes, outcome: str, rows: pd.DataFrame, scenarios: Sequence[str], groups: Sequence[str]
) -> None:
    width = BAR_WIDTH / len(scenarios)
    scale, unit = axis_scale(_unit_by_group(outcome), float(rows["difference"].abs().max()))
    for number, scenario in enumerate(scenarios):
        mine = rows[rows["scenario"] == scenario].set_index("group").loc[list(groups)]
        middle = mine["difference"].to_numpy(dtype=float) * scale
        low, high = (mine[limit].to_numpy(dtype=float) * scale for limit in ("low_90", "high_90"))
        where = np.arange(len(groups)) + (number - (len(scenarios) - 1) / 2) * width
        axes.barh(where, middle, height=width * 0.9, label=scenario, **fill_style(number))
        reach = np.nan_to_num(np.vstack([middle - low, high - middle]))
        axes.errorbar(middle, where, xerr=reach, fmt="none", ecolor=INK, elinewidth=1, capsize=2)
    axes.axvline(0, color=INK, linewidth=0.9)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    _steps(axes, _unit_by_group(outcome), 5)
    axes.xaxis.set_major_formatter(_signed)
    axes.set_title(wrapped(title_of(outcome, "municipalities"), NAME_PLACES))
    name_axes(axes, say("pictures.difference_in", unit=unit))


def _unit_by_group(outcome: str) -> str:
    """Return the unit of an outcome by group: a column of municipalities, or for groups of people of the nation."""
    return unit_of(outcome, "municipalities") or unit_of(outcome)


def _groups_in_words(outcome: str, rows: pd.DataFrame) -> list[str]:
    unit, words = _unit_by_group(outcome), []
    for scenario, mine in rows.groupby("scenario", sort=False):
        order = mine.sort_values("difference")
        least, most = order.iloc[0], order.iloc[-1]
        words.append(
            say(
                "pictures.gains_words",
                scenario=scenario,
                outcome=title_of(outcome, "municipalities"),
                most=group_in_words(str(most["group"])),
                gain=figure_text(float(most["difference"]), unit, signed=True),
                least=group_in_words(str(least["group"])),
                loss=figure_text(float(least["difference"]), unit, signed=True),
                open=int(((mine["low_90"] <= 0) & (mine["high_90"] >= 0) | mine["low_90"].isna()).sum()),
                count=len(mine),
            )
        )
    return words


def weakest(rows: pd.DataFrame, outcomes: Sequence[str] | None = None) -> str:
    """Return on what a headline over these rows rests: the weakest of what they rest on, those of `outcomes` alone.

    Where nothing differs in any run there is no number to rest on anything: such rows are left out.
    """
    rows = rows if outcomes is None else rows[rows["outcome"].isin(outcomes)]
    nought = (rows["difference"] == 0) & ~((rows["low_90"] < 0) | (rows["high_90"] > 0))
    return rests_on.weakest(rows["rests_on"][~nought])


def difference_words(outcome: str, scenario: str, row: pd.Series, year: int | None = None) -> str:
    """Return one difference with its interval in words."""
    unit = unit_of(outcome)
    key = "difference_words" if np.isfinite(row["low_90"]) else "difference_words_alone"
    key = key if np.isfinite(row["difference"]) else "difference_words_unknown"
    text = say(
        f"pictures.{key}",
        scenario=scenario,
        outcome=title_of(outcome),
        value=_points(float(row["difference"]), unit),
        low=_points(float(row["low_90"]), unit),
        high=_points(float(row["high_90"]), unit),
    )
    return text if year is None else say("pictures.in_year", year=year, text=text)


def _points(value: float, unit: str) -> str:
    if unit == "share":
        return say("pictures.points", value=f"{value * 100:+.2f}")
    return figure_text(value, unit, signed=True)


def kinds_of_groups(differences: pd.DataFrame) -> set[str]:
    """Return by what the rows are grouped: `prefecture`, or `other` for classes of places and people."""
    return {
        "prefecture" if group in PREFECTURES else "other" for group in set(differences["group"]) - {NATION}
    }


def is_by_age(grouped: pd.DataFrame) -> bool:
    """Return whether the groups are of sex and age."""
    return bool(grouped["group"].str.match(r"(man|woman), ").any())


def group_in_words(group: str) -> str:
    """Return a group of `compare --by` in the language in use: a prefecture, a size class, sex and age, a pillar."""
    if knows(f"pictures.group_{group}"):
        return say(f"pictures.group_{group}")
    if re.fullmatch(r"[\d.]+(-[\d.]+| and over)", group):  # bare numbers do not say what they are of
        return say("pictures.group_fiscal_strength", numbers=_numbers_in_words(group))
    return _numbers_in_words(group)


def _numbers_in_words(group: str) -> str:
    if language() == "en":
        number = re.sub(r"\d{4,}", lambda found: f"{int(found.group()):,}", group)
        return short_prefecture(number)
    text = re.sub(r"^(man|woman), ", lambda found: say(f"pictures.group_{found.group(1)}") + "・", group)
    text = re.sub(r"\d{4,}", lambda found: f"{int(found.group()):,}", text)
    for pattern, japanese in _JAPANESE_GROUPS:
        text = re.sub(pattern, japanese, text)
    return text


_JAPANESE_GROUPS = (
    (r"under ([\d,.]+) years", r"\1歳未満"),
    (r"([\d,.]+)-([\d,.]+) people", r"\1～\2人"),
    (r"([\d,.]+)-([\d,.]+) years", r"\1～\2歳"),
    (r"([\d,.]+) people and over", r"\1人以上"),
    (r"([\d,.]+) years and over", r"\1歳以上"),
    (r"^([\d,.]+)-([\d,.]+)$", r"\1～\2"),
    (r"^([\d,.]+) and over$", r"\1以上"),
)


def _check(differences: pd.DataFrame) -> None:
    need("differences", differences, WANTED)


def _of_year(differences: pd.DataFrame, group: str | None, year: int | None) -> tuple[pd.DataFrame, int]:
    _check(differences)
    last = int(differences["fiscal_year"].max()) if year is None else year
    rows = differences[differences["fiscal_year"] == last]
    if group is not None:
        rows = rows[rows["group"] == group]
    if rows.empty:
        raise ColumnsMissingError(say("pictures.no_rows", table="differences"))
    return rows, last
