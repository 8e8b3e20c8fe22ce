"""The report of a sweep, a validation and what else leaves tables and pictures in a folder: shows what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from okoshi.app.report_folder import ReportedFolder
from okoshi.app.report_indices import COLUMNS, indices_section
from okoshi.app.report_page import Column, Section, TableView
from okoshi.app.report_robust import BOXES, REGRET, boxes_section, regret_section
from okoshi.app.report_sweep import found_by_sweep
from okoshi.figures.factors import factor_in_words, span_of_factor
from okoshi.figures.words import figure_text, outcome_in_words, unit_of_outcome
from okoshi.language.messages import knows, say
from okoshi.study.intervals import ENDS

if TYPE_CHECKING:
    import pandas as pd

RESULTS, INDICES, STATUS, DONE = "results", "indices", "status", "done"
OUTCOMES = ("national.", "prefectures.", "municipalities.")
MOST_ROWS, MOST_COLUMNS = 60, 12
NOT_TOLD = "–"


def sections(found: ReportedFolder) -> list[Section]:
    """Return what the runs of a sweep gave, its pictures, and every table that is short enough to read."""
    parts: list[Section] = []
    if RESULTS in found.table_names:
        parts.append(_results(found.table(RESULTS), _factors(found)))
    pictures = Section("pictures", say("report.pictures"))
    pictures.pictures, in_words = found_by_sweep(found)
    parts.append(pictures)
    for name in found.table_names:
        if name == RESULTS:
            continue
        if name in in_words:
            parts.append(in_words[name])
            continue
        parts.append(_section(name, found))
    return parts


def _section(name: str, found: ReportedFolder) -> Section:
    """Return a table as it is read best: what an analysis wrote in words, all else as it stands."""
    table = found.table(name)
    if name == INDICES and set(COLUMNS) <= set(table):
        return indices_section(table, _groups(found))
    if name == BOXES:
        return boxes_section(table, _outcomes(found))
    return regret_section(table) if name == REGRET else _table(name, table)


def _listed(found: ReportedFolder, key: str) -> list[Mapping[str, Any]]:
    """Return the factors or outcomes of the experiment, as the record holds them."""
    experiment = found.record.get("experiment")
    entries = experiment.get(key) if isinstance(experiment, dict) else None
    return [entry for entry in entries or () if isinstance(entry, dict)]


def _factors(found: ReportedFolder) -> list[Mapping[str, Any]]:
    return _listed(found, "factors")


def _outcomes(found: ReportedFolder) -> list[str]:
    return [f"{entry.get('column')}@{entry.get('year')}" for entry in _listed(found, "outcomes")]


def _groups(found: ReportedFolder) -> dict[str, list[str]]:
    """Return the factors of each group of the experiment."""
    groups: dict[str, list[str]] = {}
    for factor in _factors(found):
        if factor.get("group"):
            groups.setdefault(str(factor["group"]), []).append(str(factor.get("parameter", "")))
    return groups


def _results(table: pd.DataFrame, factors: Sequence[Mapping[str, object]]) -> Section:
    """Say how many runs there are, what they gave, and what was varied; failed runs are counted, never averaged."""
    section = Section("results", say("report.results"))
    done = table[table[STATUS] == DONE] if STATUS in table else table
    points = table["point"].nunique() if "point" in table else len(table)
    section.paragraphs.append(
        say("report.results_words", runs=len(table), points=points, failed=len(table) - len(done))
    )
    rows = []
    for name in (name for name in map(str, done.select_dtypes("number")) if name.startswith(OUTCOMES)):
        values = done[name].dropna()
        unit = unit_of_outcome(name)
        shown = (values.mean(), *values.quantile(list(ENDS)), values.min(), values.max())
        texts = (
            [figure_text(float(value), unit) for value in shown] if len(values) else [NOT_TOLD] * len(shown)
        )
        rows.append([outcome_in_words(name), *texts, f"{len(values):,}"])
    heads = ("mean", "low", "high", "least", "most", "runs_with_number")
    columns = [Column(say("report.column_figure")), *(Column(say(f"report.{head}"), True) for head in heads)]
    if rows:
        section.tables.append(TableView(say("report.results_caption"), columns, rows))
    varied = [
        [factor_in_words(str(factor.get("parameter", ""))), span_of_factor(factor)] for factor in factors
    ]
    if varied:
        columns = [Column(say("report.factor")), Column(say("report.varied"))]
        section.tables.append(TableView(say("report.factors_caption"), columns, varied))
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
        return NOT_TOLD
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)
