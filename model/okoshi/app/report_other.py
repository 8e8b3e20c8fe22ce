"""The report of a sweep, a validation and what else leaves tables and pictures in a folder: shows what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okoshi.app.report_folder import ReportedFolder
from okoshi.app.report_page import Column, Section, Shot, TableView
from okoshi.figures.words import figure_text, unit_of
from okoshi.language.messages import knows, say

if TYPE_CHECKING:
    import pandas as pd

RESULTS, STATUS, DONE = "results", "status", "done"
KEYS = ("point", "replicate", "seed", STATUS)
MOST_ROWS, MOST_COLUMNS = 60, 12
LOW, HIGH = 0.05, 0.95


def sections(found: ReportedFolder) -> list[Section]:
    """Return what the runs of a sweep gave, its pictures, and every table that is short enough to read."""
    parts: list[Section] = []
    if RESULTS in found.table_names:
        parts.append(_results(found.table(RESULTS)))
    pictures = Section("pictures", say("report.pictures"))
    pictures.pictures = [Shot.of_file(path) for path in found.picture_files]
    parts.append(pictures)
    for name in found.table_names:
        if name != RESULTS:
            parts.append(_table(name, found.table(name)))
    return parts


def _results(table: pd.DataFrame) -> Section:
    """Say how many runs there are, and where factors and outcomes lie; failed runs are counted, never averaged."""
    section = Section("results", say("report.results"))
    done = table[table[STATUS] == DONE] if STATUS in table else table
    points = table["point"].nunique() if "point" in table else len(table)
    section.paragraphs.append(
        say("report.results_words", runs=len(table), points=points, failed=len(table) - len(done))
    )
    numbers = [name for name in map(str, done.select_dtypes("number")) if name not in KEYS]
    rows = []
    for name in numbers:
        values = done[name].dropna()
        if values.empty:
            continue
        unit = unit_of(name.partition(".")[2].partition("@")[0]) if "." in name else ""
        shown = (values.mean(), values.quantile(LOW), values.quantile(HIGH), values.min(), values.max())
        is_outcome = name.startswith(("national.", "prefectures.", "municipalities."))
        kind = say("report.outcome" if is_outcome else "report.factor")
        rows.append([name, kind, *(figure_text(float(value), unit if is_outcome else "") for value in shown)])
    heads = ("mean", "low", "high", "least", "most")
    columns = [Column(say("report.column_figure")), Column(say("report.kind"))]
    columns += [Column(say(f"report.{head}"), True) for head in heads]
    section.tables.append(TableView(say("report.results_caption"), columns, rows))
    return section


def _table(name: str, table: pd.DataFrame) -> Section:
    heading = say(f"report.table_{name}") if knows(f"report.table_{name}") else name
    section = Section(f"table-{name}", heading)
    shown = table.iloc[:MOST_ROWS, :MOST_COLUMNS]
    if shown.empty:
        section.paragraphs.append(say("report.empty"))
        return section
    if len(table) > len(shown):
        section.paragraphs.append(say("report.shortened", shown=len(shown), whole=len(table)))
    numeric = {column: shown[column].dtype.kind in "iuf" for column in shown}
    columns = [Column(str(column), numeric[column]) for column in shown]
    rows = [[_cell(value) for value in values] for values in shown.itertuples(index=False, name=None)]
    section.tables.append(TableView(heading, columns, rows))
    return section


def _cell(value: object) -> str:
    if value is None or value != value:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)
