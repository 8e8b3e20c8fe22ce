"""The report of a sweep, a validation and what else leaves tables and pictures in a folder: shows what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from okoshi.app.report_folder import ReportedFolder
from okoshi.app.report_numbers import measured_text, number_text, share_text
from okoshi.app.report_page import Column, Section, TableView
from okoshi.app.report_sweep import found_by_sweep
from okoshi.figures.factors import factor_in_words
from okoshi.figures.words import figure_text, listed, title_of, unit_of
from okoshi.language.messages import knows, say

if TYPE_CHECKING:
    import pandas as pd

RESULTS, INDICES, STATUS, DONE = "results", "indices", "status", "done"
INDEX_COLUMNS = ("outcome", "factor", "index", "value", "low_90", "high_90")
KEYS = ("point", "replicate", "seed", STATUS)
MOST_ROWS, MOST_COLUMNS = 60, 12
LOW, HIGH = 0.05, 0.95
NOT_TOLD, NOISE = "–", "noise_share"
SIZES = ("mu_star", "sigma")  # never below nought
IN_UNIT = ("change", "mu", *SIZES)  # measured in the unit of the outcome


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
        parts.append(_indices(table, _groups(found)) if is_known else _table(name, table))
    return parts


def _groups(found: ReportedFolder) -> dict[str, list[str]]:
    """Return the factors of each group of the experiment, as the record holds it."""
    experiment = found.record.get("experiment")
    factors = experiment.get("factors") if isinstance(experiment, dict) else None
    groups: dict[str, list[str]] = {}
    for factor in factors or ():
        if factor.get("group"):
            groups.setdefault(str(factor["group"]), []).append(str(factor.get("parameter", "")))
    return groups


def _indices(table: pd.DataFrame, groups: Mapping[str, Sequence[str]]) -> Section:
    """Return sensitivity indices, a table an outcome: factor, index, value with its interval, and what noise gives."""
    section = Section("indices", say("report.table_indices"), paragraphs=[say("report.indices_words")])
    section.items = [
        say(f"report.explain_{index}")
        for index in dict.fromkeys(table["index"])
        if knows(f"report.explain_{index}")
    ]
    section.items += [
        say("report.group", name=name, factors=listed([factor_in_words(part) for part in parts]))
        for name, parts in groups.items()
    ]
    heads = ("factor", "index", "value_90", "no_effect")
    columns = [Column(say(f"report.{head}"), head in heads[2:]) for head in heads]
    records: Any = table.to_dict("records")
    for outcome in dict.fromkeys(table["outcome"]):
        rows = [_index_row(row, str(outcome)) for row in records if row["outcome"] == outcome]
        kept = len(heads) - all(row[-1] == NOT_TOLD for row in rows)  # no method told what chance alone gives
        shown = [row[:kept] for row in rows]
        section.tables.append(TableView(_outcome_title(str(outcome)), columns[:kept], shown))
    return section


def _index_row(row: Mapping[str, Any], outcome: str) -> list[str]:
    """Return one index in words: what is measured in the outcome's unit is told in it, all else to two places."""
    index = str(row["index"])
    key = f"report.{index}" if index.startswith(NOISE) else f"analyse.{index}"
    name = say(key) if knows(key) else index.replace("_", " ")
    parts = (row["factor"], row.get("other_factor", ""))
    factor = " × ".join(factor_in_words(part) for part in parts if part)
    mark = say("report.unsure") if row.get("interval_wider_than_index") else ""
    values = [float(row[column]) for column in ("value", "low_90", "high_90")]
    floor = row.get("no_effect")
    floor = float("nan") if floor is None else float(floor)
    if index not in IN_UNIT:
        return [factor or say("report.noise"), name, share_text(values, mark), share_text([floor])]
    unit = _unit_of_outcome(outcome)
    value = measured_text(values, unit, "" if index in SIZES else "+", mark)
    return [factor, name, value, number_text(floor, unit)]


def _unit_of_outcome(outcome: str) -> str:
    table, _, rest = outcome.partition(".")
    return unit_of(rest.partition("@")[0], table)


def _outcome_title(outcome: str) -> str:
    """Return `national.settled@2034` in words."""
    table, _, rest = outcome.partition(".")
    column, _, year = rest.partition("@")
    if not column:
        return outcome
    words = title_of(column, table)
    return say("analyse.picture_outcome", outcome=words, year=year) if year else words


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
        unit = unit if is_outcome else _unit_of_factor(name)
        rows.append([words, kind, *(figure_text(float(value), unit) for value in shown)])
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
        return NOT_TOLD
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)
