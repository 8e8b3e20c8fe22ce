"""A comparison in plain lines, for people."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.language.messages import say
from okoshi.study.doubt_words import cost_lines, doubt_lines, ranking_lines, sign_lines
from okoshi.study.intervals import FEWEST, Interval
from okoshi.study.paired import PAYERS
from okoshi.study.tax_total import total_of_tax
from okoshi.study.words import digits_of, meaning_of, runs_in_words, shown

if TYPE_CHECKING:
    from okoshi.scenario.scenario import Scenario
    from okoshi.study.comparing import Comparison

OF_COOPERATORS = 8  # of the headlines, always shown; the others, and payers of the year, where they differ


def summarise(comparison: Comparison, *, operators: bool = False) -> list[str]:
    """Return headline differences of the last year, additional settlers and costs for each variant, then doubt."""
    table = comparison.differences
    last = int(table["fiscal_year"].max())
    lines: list[str] = []
    for name in dict.fromkeys(table["scenario"].tolist()):
        sampling = comparison.sampling
        lines.append(
            say(
                "comparison.headline_draws" if sampling.draws > 1 else "comparison.headline",
                variant=name,
                base=comparison.scenarios[0].name,
                year=last,
                runs=runs_in_words(sampling.draws, sampling.replicates),
            )
        )
        mine = (table["scenario"] == name) & (table["group"] == "nation")
        if not np.nan_to_num(table["difference"][mine]).any():
            lines.append(say("comparison.same"))
            continue
        numbers = _headlines(comparison, name, mine & (table["fiscal_year"] == last))
        numbers += _settlers(comparison.additional[name], last)
        numbers += _costs(comparison, name)
        numbers += cost_lines(comparison, name)
        lines += [*_untold(comparison, numbers), *numbers]
        lines += sign_lines(comparison, name)
        lines += doubt_lines(comparison, name)
    return lines + (ranking_lines(comparison) if operators else [])


def _untold(comparison: Comparison, numbers: list[str]) -> list[str]:
    """Return why numbers stand without an interval: for all of them, or for those whose replicates agree."""
    if not any(say("comparison.no_interval") in line for line in numbers):
        return []
    sampling = comparison.sampling
    count = sampling.draws if sampling.draws > 1 else sampling.replicates
    if count < FEWEST:
        return [say("comparison.too_few", runs=runs_in_words(sampling.draws, sampling.replicates))]
    return [say("comparison.all_agree_draws" if sampling.draws > 1 else "comparison.all_agree")]


def _headlines(
    comparison: Comparison, name: str, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> list[str]:
    from okoshi.study.comparing import HEADLINES

    table = comparison.differences
    lines = []
    for number, outcome in enumerate((*HEADLINES, *PAYERS)):  # who pays may be all that differs
        row = np.flatnonzero(rows & (table["outcome"] == outcome))[0]
        if number >= OF_COOPERATORS and not np.nan_to_num(table["difference"][row]):
            continue
        interval = Interval(*(float(table[column][row]) for column in ("difference", "low_90", "high_90")))
        if not np.isfinite(table["difference"][row]):
            lines.append(say("comparison.no_value", outcome=meaning_of(outcome)))
            continue
        value = shown(interval, digits_of(outcome)) + _pairs_told(comparison, name, outcome)
        word = say(f"calibrate.word_{table['rests_on'][row]}")
        lines.append(f"{say('comparison.difference', outcome=meaning_of(outcome), value=value)}  {word}")
    return lines


def _pairs_told(comparison: Comparison, name: str, outcome: str) -> str:
    """Return of how many pairs a difference is, where it is not of all."""
    pairs = comparison.sampling.draws * comparison.sampling.replicates
    told = comparison.pairs_told.get(name, {}).get(outcome, pairs)
    return say("comparison.pairs_told", told=told, all=pairs) if told < pairs else ""


def _settlers(additional: dict[str, Interval], year: int) -> list[str]:
    keys = (
        ("gross", "here_only"),
        ("from_elsewhere", "from_elsewhere"),
        ("lost", "lost"),
        ("net", "net"),
        ("anyway", "anyway"),
    )
    return [
        say("comparison.additional", year=year),
        *(say(f"comparison.{message}", value=shown(additional[key], 1)) for message, key in keys),
    ]


def _costs(comparison: Comparison, name: str) -> list[str]:
    costs = comparison.cost[name]
    if isnan(costs["yen_total"].value):
        return [say("comparison.cost_unknown")]
    base = comparison.scenarios[0]
    total = total_of_tax(base, _variant(comparison, name))
    lines = [say(f"comparison.cost_{total}_total", first=FIRST_FISCAL_YEAR, last=base.years[1])]
    for payer in (*PAYERS, "yen_total"):
        if costs[payer].value != 0:
            lines.append(say("comparison.cost_of", payer=_payer(payer), value=shown(costs[payer], 0)))
    return lines


def _variant(comparison: Comparison, name: str) -> Scenario:
    """Return the scenario that the tables of a comparison call so."""
    from okoshi.study.comparing import unique_names

    return comparison.scenarios[unique_names(comparison.scenarios).index(name)]


def _payer(column: str) -> str:
    """Return a payer, given as its column of yen, in the language in use."""
    name = column.removeprefix("yen_")
    return say("comparison.all_payers" if name == "total" else f"pictures.payer_{name}")
