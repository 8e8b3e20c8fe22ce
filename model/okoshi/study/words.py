"""Numbers with their intervals, and columns of the national table, in words."""

from __future__ import annotations

from math import isnan

from okoshi.language.messages import language, say
from okoshi.observe.declarations import TABLES
from okoshi.study.intervals import Interval


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
