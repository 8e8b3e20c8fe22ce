"""A comparison in plain lines, for people."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from okoshi.agents.books import Payer
from okoshi.language.messages import language, say
from okoshi.observe.declarations import TABLES
from okoshi.study.intervals import Interval

if TYPE_CHECKING:
    from okoshi.study.comparing import Comparison

HEADLINES = (
    "members",
    "municipalities_with_members",
    "hired",
    "ended_so_far",
    "settled",
    "settled_share_all",
    "settled_share_last_5_years",
    "startups_by_members",
)


def summarise(comparison: Comparison) -> list[str]:
    """Return headline differences of the last year, additional settlers and their cost for each variant."""
    table = comparison.differences
    last = int(table["fiscal_year"].max())
    lines: list[str] = []
    for name in dict.fromkeys(table["scenario"].tolist()):
        lines.append(
            say(
                "comparison.headline",
                variant=name,
                base=comparison.scenarios[0].name,
                year=last,
                replicates=len(comparison.seeds),
            )
        )
        mine = (table["scenario"] == name) & (table["group"] == "nation")
        if not np.nan_to_num(table["difference"][mine]).any():
            lines.append(say("comparison.same"))
            continue
        lines += _headlines(comparison, mine & (table["fiscal_year"] == last))
        lines += _settlers(comparison.additional[name], last)
        lines += _costs(comparison, name)
    return lines


def _headlines(comparison: Comparison, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[str]:
    table = comparison.differences
    lines = []
    for outcome in HEADLINES:
        row = np.flatnonzero(rows & (table["outcome"] == outcome))[0]
        digits = 4 if outcome.endswith(("share", "share_all", "share_last_5_years")) else 1
        value, low, high = (
            f"{table[column][row]:+,.{digits}f}" for column in ("difference", "low_90", "high_90")
        )
        line = say("comparison.difference", outcome=meaning_of(outcome), value=value, low=low, high=high)
        lines.append(f"{line}  {say('calibrate.word_' + str(table['rests_on'][row]))}")
    return lines


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
    scenario = comparison.scenarios[0]
    first, last = scenario.years
    fixed = scenario.settings.value("policy.special_allocation_tax.total", last) == "fixed"
    lines = [
        say(
            "comparison.cost",
            first=first,
            last=last,
            total=say("comparison.total_fixed" if fixed else "comparison.total_open"),
        )
    ]
    for payer in (*(f"yen_{payer.name.lower()}" for payer in Payer), "yen_total"):
        if costs[payer].value != 0:
            lines.append(say("comparison.cost_of", payer=payer, value=shown(costs[payer], 0)))
    return lines


def shown(interval: Interval, digits: int) -> str:
    """Return a number with its interval in words."""
    if isnan(interval.low):
        return f"{interval.value:+,.{digits}f} ({say('comparison.no_interval')})"
    return f"{interval.value:+,.{digits}f} [{interval.low:+,.{digits}f}, {interval.high:+,.{digits}f}]"


def meaning_of(outcome: str) -> str:
    """Return the meaning of a column of the national table in the language in use."""
    for declared in TABLES["national"]:
        if declared.name == outcome:
            return declared.meaning_ja if language() == "ja" else declared.meaning
    return outcome
