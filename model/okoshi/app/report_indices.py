"""Sensitivity indices as a report tells them: a table an outcome, a row a factor, the weightiest on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from okoshi.app.analysis_words import ORDER
from okoshi.app.report_folder import records_of
from okoshi.app.report_numbers import measured_text, number_text, share_text
from okoshi.app.report_page import Column, Section, TableView
from okoshi.figures.factors import factor_in_words
from okoshi.figures.words import listed, outcome_in_words, unit_of_outcome, unit_text
from okoshi.language.messages import knows, say
from okoshi.study.sensitivity import largest_first

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("outcome", "factor", "index", "value", "low_90", "high_90")
NOT_TOLD, NOISE = "–", "noise_share"
SIZES = ("mu_star", "sigma")  # never below nought
SIGNED = ("change", "mu", "rank_correlation")  # whose sign says which way a factor moves the outcome
IN_UNIT = ("change", "mu", *SIZES)  # measured in the unit of the outcome

type Row = Mapping[str, Any]


def indices_section(table: pd.DataFrame, groups: Mapping[str, Sequence[str]]) -> Section:
    """Return the section of indices: what they mean, what noise makes of each outcome, and a table an outcome."""
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
    records = records_of(table)
    for outcome in dict.fromkeys(table["outcome"]):
        mine = [row for row in records if row["outcome"] == outcome]
        noise = {row["index"]: row for row in mine if str(row["index"]).startswith(NOISE)}
        section.items += _noise_in_words(str(outcome), noise)
        section.items += _left_out_in_words(str(outcome), mine)
        alone = [row for row in mine if row["index"] not in noise and not row.get("other_factor")]
        pairs = [row for row in mine if row["index"] not in noise and row.get("other_factor")]
        if alone:
            section.tables.append(_by_factor(str(outcome), alone))
        if pairs:
            section.tables.append(_pairs(str(outcome), pairs))
    return section


def _left_out_in_words(outcome: str, rows: Sequence[Row]) -> list[str]:
    """Say how many points an outcome's indices are not of, and which values of a factor these had alone."""
    left_out = int(rows[0].get("blocks_left_out") or 0)
    if not left_out:
        return []
    name, whole = outcome_in_words(outcome), left_out + int(rows[0].get("blocks") or 0)
    gone = {str(row["factor"]): str(row["values_left_out"]) for row in rows if row.get("values_left_out")}
    return [
        say("report.blocks_left_out", outcome=name, left_out=left_out, all=whole),
        *(
            say("analyse.absent", factor=factor_in_words(factor), values=values)
            for factor, values in gone.items()
        ),
    ]


def _noise_in_words(outcome: str, noise: Mapping[str, Row]) -> list[str]:
    """Say which part of an outcome's variance is noise between replicates: of their means, and of a single run."""
    shares = {
        part: share_text([float(row[column]) for column in ("value", "low_90", "high_90")])
        for part, row in ((part, noise.get(f"{NOISE}_{part}")) for part in ("of_means", "of_a_run"))
        if row is not None
    }
    if not shares or NOT_TOLD in shares.values():
        return []
    told = [say(f"report.noise_{part}", share=share) for part, share in shares.items()]
    return [say("report.noise_of", outcome=outcome_in_words(outcome), shares=listed(told))]


def _by_factor(outcome: str, rows: Sequence[Row]) -> TableView:
    """Return a row a factor and a column an index; below what a factor without any effect would get."""
    names = list(dict.fromkeys(str(row["index"]) for row in rows))
    leading = next((name for name in ORDER if name in names), names[0])
    by_place = {(str(row["factor"]), str(row["index"])): row for row in rows}
    sizes = {factor: abs(float(row["value"])) for (factor, name), row in by_place.items() if name == leading}
    factors = sorted(
        dict.fromkeys(factor for factor, _ in by_place), key=lambda name: largest_first(sizes.get(name))
    )
    lines = [
        [factor_in_words(factor), *(_cell(by_place.get((factor, name)), outcome) for name in names)]
        for factor in factors
    ]
    floors = [_floor(rows, name, outcome) for name in names]
    if any(floor != NOT_TOLD for floor in floors):
        lines.append([say("report.no_effect"), *floors])
    columns = [Column(say("report.factor")), *(Column(_headed(name, outcome), True) for name in names)]
    return TableView(outcome_in_words(outcome), columns, lines)


def _pairs(outcome: str, rows: Sequence[Row]) -> TableView:
    ordered = sorted(rows, key=lambda row: largest_first(float(row["value"])))
    lines = [
        [
            " × ".join(factor_in_words(str(row[part])) for part in ("factor", "other_factor")),
            _cell(row, outcome),
        ]
        for row in ordered
    ]
    columns = [Column(say("report.factor")), Column(_name(str(rows[0]["index"])), True)]
    return TableView(say("report.pairs_of", outcome=outcome_in_words(outcome)), columns, lines)


def _headed(index: str, outcome: str) -> str:
    """Return the name of an index, with the unit where its numbers do not say it."""
    unit = unit_of_outcome(outcome) if index in IN_UNIT else ""
    if unit in ("", "share") or unit.startswith("yen"):
        return _name(index)
    return say("split.with_unit", outcome=_name(index), unit=unit_text(unit))


def _name(index: str) -> str:
    return say(f"analyse.{index}") if knows(f"analyse.{index}") else index.replace("_", " ")


def _cell(row: Row | None, outcome: str) -> str:
    """Return one index: what is measured in the outcome's unit is told in it, all else to two places."""
    if row is None:
        return NOT_TOLD
    index = str(row["index"])
    values = [float(row[column]) for column in ("value", "low_90", "high_90")]
    mark = say("report.unsure") if row.get("interval_wider_than_index") else ""
    if index in SIGNED and values[1] <= 0 <= values[2] and values[1] < values[2]:
        mark = say("report.open")
    if index not in IN_UNIT:
        return share_text(values, mark)
    return measured_text(values, unit_of_outcome(outcome), "" if index in SIZES else "+", mark)


def _floor(rows: Sequence[Row], index: str, outcome: str) -> str:
    floors = [
        float(row["no_effect"]) for row in rows if row["index"] == index and row.get("no_effect") is not None
    ]
    largest = max((floor for floor in floors if not isnan(floor)), default=float("nan"))
    return number_text(largest, unit_of_outcome(outcome)) if index in IN_UNIT else share_text([largest])
