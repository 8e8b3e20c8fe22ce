"""What the other tables of a comparison say: costs now and years after, rival structures, doubt, rankings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import isnan
from typing import TYPE_CHECKING

from okoshi.app.report_folder import ReportedFolder, records_of
from okoshi.app.report_numbers import interval_text
from okoshi.app.report_page import Column, Section, TableView
from okoshi.figures.words import title_of, unit_of
from okoshi.language.messages import say
from okoshi.study.comparison_tables import COSTS, DOUBT, RANKINGS, STRUCTURES
from okoshi.study.costs import PUBLIC
from okoshi.study.doubt_words import when_counted
from okoshi.study.units import COVERED, READINGS, STARTUP

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.figures.about import About

SHARES = ("structure", "parameters", "together", "chance")


def sections(found: ReportedFolder, names: Sequence[str]) -> list[Section]:
    """Return a section for each of these tables that lies in the folder."""
    made: dict[str, Callable[[pd.DataFrame, Sequence[str], About], Section]] = {
        COSTS: _costs,
        STRUCTURES: _structures,
        DOUBT: partial(_doubt, varied=_varied(found)),
        RANKINGS: _rankings,
    }
    about = found.about
    return [make(found.table(name), names, about) for name, make in made.items() if name in found.table_names]


def headed(
    names: Sequence[str], about: About, first: str = "report.column_figure", *, numbers: bool = False
) -> list[Column]:
    """Return the headings of a table with a column a scenario, each under its title."""
    return [Column(say(first)), *(Column(about.called(name), numbers) for name in names)]


def _costs(table: pd.DataFrame, names: Sequence[str], about: About) -> Section:
    """Return additional units and public yen for each; people with a shop are counted once, so without incumbents."""
    section = Section("costs", say("report.costs"), paragraphs=[say("report.costs_words")])
    section.items = [say("report.costs_alternatives")]
    public = table[(table["payer"] == PUBLIC) & (table["additional"] != 0)]
    public = public[(public["unit"] != COVERED) | (public["reading"] != READINGS[-1])]
    rows: dict[tuple[str, int, str], dict[str, str]] = {}
    for row in records_of(public):
        more = interval_text([row[f"additional{end}"] for end in ("", "_low_90", "_high_90")], "persons")
        yen = [row[f"yen_each{end}"] for end in ("", "_low_90", "_high_90")]
        each = say("comparison.not_told") if isnan(yen[0]) else interval_text(yen, "yen")
        key = row["unit"], int(row["years_after"]), row["reading"]
        rows.setdefault(key, {})[row["scenario"]] = say("report.cost_cell", more=more, yen=each)
    if any(unit == STARTUP for unit, *_ in rows):
        section.items.append(say("report.costs_firms"))
    shown = []
    for (unit, years, reading), cells in rows.items():
        label = say(
            "report.cost_row",
            unit=say(f"comparison.unit_{unit}"),
            when=when_counted(unit, years),
            reading=say(f"comparison.reading_{reading}"),
        )
        shown.append([label, *(cells.get(name, "–") for name in names)])
    if shown:
        section.tables.append(TableView(say("report.costs_caption"), headed(names, about), shown))
    return section


def _structures(table: pd.DataFrame, names: Sequence[str], about: About) -> Section:
    """Return in how many combinations each difference has the sign of the scenario's own, which stands first."""
    section = Section("structures", say("report.structures"), paragraphs=[say("report.structures_words")])
    rows: dict[str, dict[str, str]] = {}
    for (scenario, outcome), mine in table.groupby(["scenario", "outcome"], sort=False):
        own, *_ = found = records_of(mine)
        if not own["difference"] or isnan(own["difference"]):
            continue
        sign = own["difference"] > 0
        same = [row for row in found if row["difference"] and (row["difference"] > 0) == sign]
        sure = [row for row in same if not (isnan(row["low_90"]) or row["low_90"] <= 0 <= row["high_90"])]
        is_robust = len(same) == len(found) and own in sure
        key = "sign_untold" if isnan(own["low_90"]) else "sign_robust" if is_robust else "sign_open"
        rows.setdefault(str(outcome), {})[str(scenario)] = say(
            f"report.{key}",
            same=len(same),
            sure=len(sure),
            all=len(found),
        )
    shown = [
        [title_of(outcome), *(cells.get(name, "–") for name in names)] for outcome, cells in rows.items()
    ]
    section.tables.append(TableView(say("report.structures_caption"), headed(names, about), shown))
    return section


def _varied(found: ReportedFolder) -> tuple[str, ...]:
    """Return of what a comparison can tell a share of the doubt: of what it varied."""
    draws, structures = found.about.on_draws, STRUCTURES in found.table_names
    if draws and structures:
        return SHARES
    return (*(("structure",) if structures else ()), *(("parameters",) if draws else ()), "chance")


def _doubt(table: pd.DataFrame, names: Sequence[str], about: About, varied: Sequence[str]) -> Section:
    """Return the shares of what was varied: a share of what was not would read as if it did not matter."""
    section = Section("variance", say("report.variance"), paragraphs=[say("report.variance_words")])
    columns = [
        Column(say("report.column_figure")),
        *(Column(say(f"report.share_{name}"), True) for name in varied),
    ]
    for name in names:
        mine = [row for row in records_of(table[table["scenario"] == name]) if not isnan(row["chance"])]
        shown = [[title_of(row["outcome"]), *(f"{row[share]:z.0%}" for share in varied)] for row in mine]
        if shown:
            section.tables.append(TableView(about.called(name), columns, shown))
    return section


def _rankings(table: pd.DataFrame, _: Sequence[str], about: About) -> Section:
    section = Section("rankings", say("report.rankings"), paragraphs=[say("report.rankings_words")])
    shown = []
    for definition, mine in table.groupby("definition", sort=False):
        order = ""
        unit = unit_of(str(definition))
        for row in records_of(mine.sort_values("rank")):
            value = f"{row['mean'] * 100:.1f}%" if unit == "share" else f"{row['mean']:,.0f}"
            order += say("report.ranked", name=about.called(row["scenario"]), value=value)
            if row["rank"] < len(mine):
                order += say(
                    "comparison.before"
                    if row["before_the_next_beyond_chance"]
                    else "comparison.perhaps_before"
                )
        shown.append([title_of(str(definition)), order])
    columns = [Column(say("report.definition")), Column(say("report.order"))]
    section.tables.append(TableView(say("report.rankings_caption"), columns, shown))
    return section
