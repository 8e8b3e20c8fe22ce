"""Official and simulated series side by side; the simulated alone where the run is of a part of the country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from okoshi.app.showing import MISSING, Heading, as_table, show
from okoshi.figures.lines import text_places
from okoshi.figures.words import without_sign_of_nought
from okoshi.language.messages import knows, say
from okoshi.observe.declarations import TABLES, part_of
from okoshi.study.intervals import ENDS
from okoshi.study.whole_country import words_of_part
from okoshi.study.words import meaning_of, runs_in_words

if TYPE_CHECKING:
    from okoshi.scenario.scenario import Scenario

LONG_SERIES = 5
SERIES_WIDTH = 54
LEAST_SPREAD = 1e-4  # of the mean: replicates that differ by less are not told apart
SERIES_ABREAST = 3


@dataclass(frozen=True)
class Compared:
    """One official series beside the run.

    `official` holds (fiscal year, value, label), `simulated` by fiscal year the mean over replicates and
    the limits of the middle 90% of them, `beside` by fiscal year how much of a value the model does not contain.
    """

    name: str
    official: tuple[tuple[int, float, str], ...]
    simulated: Mapping[int, tuple[float, float, float]]
    beside: Mapping[int, float]

    @property
    def title(self) -> str:
        """The series in words, in the language in use."""
        return series_title(self.name)

    @property
    def official_by_year(self) -> dict[int, float]:
        """The official value of each fiscal year."""
        return {year: value for year, value, _ in self.official}


def series_title(name: str) -> str:
    """Return the name of a column as people say it."""
    return say(f"series.{name}") if knows(f"series.{name}") else meaning_of(name)


def compare_with_official(arrays: Mapping[str, Mapping[str, Any]]) -> list[Compared]:
    """Return every official series that a column of `national` answers to, in the order of the columns."""
    observed, national = arrays["observed"], arrays["national"]
    there = set(observed["series"].tolist())
    names = [column.name for column in TABLES["national"] if column.name in there and column.name in national]
    found = []
    for name in names:
        of_series = observed["series"] == name
        columns = [observed[column][of_series].tolist() for column in ("fiscal_year", "value", "label")]
        official = tuple(sorted(zip(*columns, strict=True)))
        years, more = (observed[column][of_series].tolist() for column in ("fiscal_year", "counted_beside"))
        beside = {year: value for year, value in zip(years, more, strict=True) if value}
        found.append(Compared(name, official, by_year(national, name), beside))
    return found


def by_year(national: Mapping[str, Any], name: str) -> dict[int, tuple[float, float, float]]:
    """Return a national column by fiscal year: mean over replicates, and the limits of the middle 90%."""
    values = np.asarray(national[name], dtype=np.float64)
    found: dict[int, tuple[float, float, float]] = {}
    for year in np.unique(national["fiscal_year"]).tolist():
        of_year = values[national["fiscal_year"] == year]
        of_year = of_year[~np.isnan(of_year)]
        if len(of_year):
            low, high = np.quantile(of_year, ENDS)
            found[int(year)] = float(of_year.mean()), float(low), float(high)
    return found


def show_side_by_side(
    scenario: Scenario, arrays: Mapping[str, Mapping[str, Any]], form: str, *, invented: bool, draws: int = 0
) -> None:
    """Print the series: years in rows where a series is long, one line a figure where it is not.

    Official figures are of the whole country: beside a part of it, or several copies, none is shown.
    """
    found = compare_with_official(arrays)
    world = scenario.world
    words = words_of_part(world.source, world.prefectures, world.scale)
    if form != "table":
        _show_long(found, form, whole=not words)
        return
    click.echo(say("run.title", title=scenario.shown_title, name=scenario.name, seed=scenario.seed))
    if invented:
        click.echo(say("run.invented"))
    if words:
        click.echo(words)
    runs = len(np.unique(arrays["national"]["replicate"]))
    if runs > 1:
        click.echo(say("run.brackets", runs=runs_in_words(draws, runs // max(draws, 1))))
    long = [one for one in found if len(one.official) >= LONG_SERIES]
    years = sorted({year for one in found for year in one.simulated})
    for start in range(0, len(long), SERIES_ABREAST):
        click.echo()
        click.echo(_block(long[start : start + SERIES_ABREAST], years, whole=not words))
    for one in [] if words else found:
        _say_beside(one, years)
    short = [] if words else [one for one in found if len(one.official) < LONG_SERIES]
    for part in dict.fromkeys(part_of(one.name) for one in short):
        click.echo()
        click.echo(_figures(part, [one for one in short if part_of(one.name) == part]))


def _say_beside(one: Compared, years: list[int]) -> None:
    """Say how much of a series' official figures in the years shown the model does not contain, if anything."""
    seen = {year: value for year, value in one.beside.items() if year in years}
    if seen:
        low, high = shown(min(seen.values())), shown(max(seen.values()))
        click.echo(say("run.beside", series=one.title, low=low, high=high, first=min(seen), last=max(seen)))


def _block(series: list[Compared], years: list[int], *, whole: bool) -> str:
    headings = [Heading("year", say("shown.fiscal_year"))]
    for one in series:
        if whole:
            headings.append(Heading(f"{one.name}.official", f"{one.title}: {say('run.official')}", True))
        title = say("run.simulated") if whole else f"{one.title}: {say('run.simulated')}"
        headings.append(Heading(f"{one.name}.simulated", title, True))
    rows = []
    for year in years:
        row = {"year": str(year)}
        for one in series:
            row[f"{one.name}.official"] = shown(one.official_by_year.get(year))
            row[f"{one.name}.simulated"] = shown_with_range(one.simulated.get(year))
        rows.append(row)
    return as_table(headings, rows)


def _figures(part: str, series: list[Compared]) -> str:
    headings = [
        Heading("series", say(f"run.part_{part}"), widest=SERIES_WIDTH),
        Heading("year", say("shown.fiscal_year")),
        Heading("official", say("run.official"), True),
        Heading("simulated", say("run.simulated"), True),
        Heading("off_by", say("run.off_by"), True),
        Heading("label", say("run.label")),
    ]
    rows = [
        {
            "series": one.title + " " * (SERIES_WIDTH - text_places(one.title)),
            "year": str(year),
            "official": shown(official),
            "simulated": shown_with_range(one.simulated.get(year)),
            "off_by": off_by(official - one.beside.get(year, 0.0), one.simulated.get(year)),
            "label": say(f"run.label_{label}"),
        }
        for one in series
        for year, official, label in one.official
    ]
    return as_table(headings, rows)


def _show_long(found: list[Compared], form: str, *, whole: bool) -> None:
    names = ("series", "fiscal_year", "official", "simulated", "low_90", "high_90", "label", "counted_beside")
    rows = []
    for one in found:
        official = {year: (value, label) for year, value, label in one.official if whole}
        for year in sorted({*official, *one.simulated}):
            mean, low, high = one.simulated.get(year, (None, None, None))
            value, label = official.get(year, (None, None))
            beside = None if value is None else one.beside.get(year, 0.0)
            rows.append(
                dict(zip(names, (one.name, year, value, mean, low, high, label, beside), strict=True))
            )
    show([Heading(name, name) for name in names], rows, form)


def off_by(official: float, simulated: tuple[float, float, float] | None) -> str:
    """Return how far the mean lies from the official figure, in percent of it."""
    if simulated is None or not official or np.isnan(simulated[0]):
        return MISSING
    return without_sign_of_nought(f"{100 * (simulated[0] / official - 1):+.0f}%")


def shown(value: float | None) -> str:
    """Return a figure as people read it: whole numbers with thousands apart, shares with three places."""
    if value is None or np.isnan(value):
        return MISSING
    if abs(value) <= 1.5 and value != int(value):
        return f"{value:.3f}"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"


def shown_with_range(value: tuple[float, float, float] | None) -> str:
    """Return a simulated figure, with the middle 90% of the replicates where they differ."""
    if value is None:
        return MISSING
    mean, low, high = value
    if shown(low) == shown(high) or abs(high - low) < LEAST_SPREAD * abs(mean):
        return shown(mean)
    return f"{shown(mean)} ({shown(low)}–{shown(high)})"
