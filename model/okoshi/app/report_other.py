"""The report of a sweep, a validation and what else leaves tables and pictures in a folder: shows what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from okoshi.app.report_folder import ReportedFolder
from okoshi.app.report_page import Column, Section, TableView
from okoshi.app.report_sweep import found_by_sweep
from okoshi.figures.factors import factor_in_words
from okoshi.figures.words import figure_text, title_of, unit_of
from okoshi.language.messages import knows, say

if TYPE_CHECKING:
    import pandas as pd

RESULTS, INDICES, STATUS, DONE = "results", "indices", "status", "done"
INDEX_COLUMNS = ("outcome", "factor", "index", "value", "low_90", "high_90")
KEYS = ("point", "replicate", "seed", STATUS)
MOST_ROWS, MOST_COLUMNS = 60, 12
LOW, HIGH = 0.05, 0.95


def sections(found: ReportedFolder) -> list[Section]:
    """Return what the runs of a sweep gave, its pictures, and every table that is short enough to read."""
    parts: list[Section] = []
    if RESULTS in found.table_names:
        parts.append(_results(found.table(RESULTS)))
    pictures = Section("pictures", say("report.pictures"))
    pictures.pictures, in_words = found_by_sweep(found)
    parts.append(pictures)
    for name in found.table_names:
        if name == RESULTS:
            continue
        if name in in_words:
            parts.append(in_words[name])
            continue
        table = found.table(name)
        is_known = name == INDICES and set(INDEX_COLUMNS) <= set(table)
        parts.append(_indices(table) if is_known else _table(name, table))
    return parts


def _indices(table: pd.DataFrame) -> Section:
    """Return sensitivity indices, a table an outcome: factor, index, value with its interval, and what noise gives."""
    section = Section("indices", say("report.table_indices"), paragraphs=[say("report.indices_words")])
    heads = ("factor", "index", "value_90", "no_effect")
    columns = [Column(say(f"report.{head}"), head in heads[2:]) for head in heads]
    records: Any = table.to_dict("records")
    for outcome in dict.fromkeys(table["outcome"]):
        rows = []
        for row in (one for one in records if one["outcome"] == outcome):
            known = knows(f"analyse.{row['index']}")
            name = say(f"analyse.{row['index']}") if known else row["index"].replace("_", " ")
            parts = (row["factor"], row.get("other_factor", ""))
            factor = " × ".join(factor_in_words(part) for part in parts if part)
            mark = f" {say('report.unsure')}" if row.get("interval_wider_than_index") else ""
            limits = (_cell(float(row[limit])) for limit in ("low_90", "high_90"))
            value = (
                f"{_cell(float(row['value']))} {say('report.between', low=next(limits), high=next(limits))}"
            )
            rows.append([factor or say("report.noise"), name, value + mark, _cell(row.get("no_effect"))])
        section.tables.append(TableView(_outcome_title(str(outcome)), columns, rows))
    return section


def _outcome_title(outcome: str) -> str:
    """Return `national.settled@2034` in words, with its name behind."""
    table, _, rest = outcome.partition(".")
    column, _, _ = rest.partition("@")
    return say("pictures.with_unit", name=title_of(column, table), unit=outcome) if column else outcome


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
        words = _outcome_title(name) if is_outcome else factor_in_words(name)
        named = words if is_outcome or words == name else say("pictures.with_unit", name=words, unit=name)
        unit = unit if is_outcome else _unit_of_factor(name)
        rows.append([named, kind, *(figure_text(float(value), unit) for value in shown)])
    heads = ("mean", "low", "high", "least", "most")
    columns = [Column(say("report.column_figure")), Column(say("report.kind"))]
    columns += [Column(say(f"report.{head}"), True) for head in heads]
    section.tables.append(TableView(say("report.results_caption"), columns, rows))
    return section


def _unit_of_factor(name: str) -> str:
    """Return `yen` for a factor in yen, nothing for others: their units stand in their names."""
    from okoshi.parameters.catalogue import catalogue

    known = catalogue().get(name.partition("@")[0])
    return "yen" if known is not None and known.unit.startswith("yen") else ""


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
