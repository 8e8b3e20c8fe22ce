"""What `okoshi analyse --robust` found in a report: where an outcome is bad, which policy regrets least."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from okoshi.app.report_folder import records_of
from okoshi.app.report_numbers import measured_text, number_text
from okoshi.app.report_page import Column, Section, TableView
from okoshi.figures.factors import factor_in_words, value_of_factor
from okoshi.figures.words import figure_text, listed, outcome_in_words, outcome_with_unit, unit_of_outcome
from okoshi.language.messages import say

if TYPE_CHECKING:
    import pandas as pd

BOXES, REGRET = "boxes", "regret"
NEXT_FACTOR = re.compile(r", (?=[\w.]+(?:@\d+)? = )")

type Row = Mapping[str, Any]


def bad_in_words(outcome: str, bad: str) -> str:
    """Return what counts as bad (`< 50`) in words, in the unit of the outcome (`national.members@2034`)."""
    sign, _, number = bad.partition(" ")
    words = {"<": "below", ">": "above", "<=": "at_most", ">=": "at_least"}[sign]
    return say(f"robust.{words}", value=figure_text(float(number), unit_of_outcome(outcome)))


def boxes_section(table: pd.DataFrame, outcomes: Sequence[str]) -> Section:
    """Return under which conditions each outcome is bad; `outcomes` are all of the sweep, some without a box."""
    section = Section(f"table-{BOXES}", say("report.table_boxes"), paragraphs=[say("report.boxes_words")])
    rows = records_of(table)
    for outcome in dict.fromkeys([*outcomes, *table["outcome"]]):
        mine = [row for row in rows if row["outcome"] == outcome]
        words = outcome_in_words(str(outcome))
        if not mine:
            section.items.append(say("report.no_box", outcome=words))
            continue
        first = mine[0]
        shares = {name: f"{first[name]:.0%}" for name in ("density", "coverage", "mass", "bad_share")}
        bad = bad_in_words(str(outcome), str(first["bad"]))
        section.items.append(say("report.box", outcome=words, bad=bad, **shares))
        columns = [
            Column(say("report.factor")),
            Column(say("robust.condition")),
            Column(say("robust.chance"), True),
        ]
        lines = [
            [factor_in_words(str(row["factor"])), _condition(row), _chance(row["chance"])] for row in mine
        ]
        section.tables.append(TableView(say("report.box_caption", outcome=words, bad=bad), columns, lines))
    return section


def _chance(chance: float) -> str:
    return say("report.chance_below") if chance < 0.001 else f"{chance:.1%}"


def _condition(row: Row) -> str:
    factor = str(row["factor"])
    if row["values"]:
        values = [value_of_factor(factor, value) for value in row["values"].split(" / ")]
        return say("report.one_of", values=" / ".join(values)) if len(values) > 1 else values[0]
    ends = (("at_least", row["low"]), ("at_most", row["high"]))
    return listed(
        [say(f"robust.{sign}", value=value_of_factor(factor, end)) for sign, end in ends if end == end]
    )


def regret_section(table: pd.DataFrame) -> Section:
    """Return the regret of each policy, a table an outcome, the least on top."""
    section = Section(
        f"table-{REGRET}",
        say("report.table_regret"),
        paragraphs=[say("report.regret_words"), say("robust.chance_in_regret")],
    )
    columns = [Column(say("robust.policy"))]
    columns += [Column(say(f"robust.{name}"), True) for name in ("largest", "mean", "chosen")]
    columns.append(Column(say("robust.state")))
    rows = records_of(table)
    for outcome in dict.fromkeys(table["outcome"]):
        mine = [row for row in rows if row["outcome"] == outcome]
        section.tables.append(
            TableView(outcome_with_unit(str(outcome)), columns, [_regret(row) for row in mine])
        )
    return section


def _regret(row: Row) -> list[str]:
    unit = unit_of_outcome(str(row["outcome"]))
    largest = measured_text([row["largest_regret"], row["low_90"], row["high_90"]], unit)
    mean = number_text(row["mean_regret"], unit)
    chosen = "–" if row["least_share"] != row["least_share"] else f"{row['least_share']:.0%}"
    return [_named(row["policy"]), largest, mean, chosen, _named(row["state"])]


def _named(text: str) -> str:
    """Return `policy.x.y@2025 = 3, structure.settlement = choice` in words."""
    pairs = (part.partition(" = ") for part in NEXT_FACTOR.split(text))
    return listed(
        [
            say("report.is_set", factor=factor_in_words(name), value=value_of_factor(name, value))
            for name, _, value in pairs
        ]
    )
