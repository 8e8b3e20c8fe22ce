"""Numbers with their intervals, and columns of the national table, in words."""

from __future__ import annotations

from math import isnan

from okoshi.language.messages import language, say
from okoshi.observe.declarations import TABLES
from okoshi.study.intervals import Interval


def shown(interval: Interval, digits: int) -> str:
    """Return a number with its interval in words; what rounds to nought has no minus."""
    value, low, high = (f"{one:+z,.{digits}f}" for one in (interval.value, interval.low, interval.high))
    return f"{value} ({say('comparison.no_interval')})" if isnan(interval.low) else f"{value} [{low}, {high}]"


def meaning_of(outcome: str) -> str:
    """Return the meaning of a column of the national table in the language in use."""
    for declared in TABLES["national"]:
        if declared.name == outcome:
            return declared.meaning_ja if language() == "ja" else declared.meaning
    return outcome


def in_yen(outcome: str) -> bool:
    """Return whether a column of the national table is an amount of yen."""
    return any(
        declared.name == outcome and declared.unit.startswith("yen") for declared in TABLES["national"]
    )
