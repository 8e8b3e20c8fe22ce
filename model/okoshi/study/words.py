"""Numbers with their intervals, and columns of the national table, in words."""

from __future__ import annotations

from math import ceil, isfinite, isnan, log10

from okoshi.language.messages import language, say
from okoshi.observe.declarations import TABLES
from okoshi.study.intervals import Interval

LEAST_TOLD = 1e-9  # what is smaller is rounding


def shown(interval: Interval, digits: int) -> str:
    """Return a number with its interval in words; what rounds to nought has no minus.

    An interval beyond zero must not look as if it reached it, nor a difference as if there were none: where rounding
    would say so, there are more digits.
    """
    digits = max(digits, _digits_needed(interval))
    value, low, high = (f"{one:+z,.{digits}f}" for one in (interval.value, interval.low, interval.high))
    return f"{value} ({say('comparison.no_interval')})" if isnan(interval.low) else f"{value} [{low}, {high}]"


def _digits_needed(interval: Interval) -> int:
    """Return how many digits keep the largest number from nought, and the nearer end of an interval beyond zero."""
    numbers = [abs(one) for one in (interval.value, interval.low, interval.high) if isfinite(one)]
    kept = max(numbers, default=0.0) if interval.holds_zero else min(numbers)
    if kept < LEAST_TOLD or kept >= 1.0:
        return 0
    return ceil(-log10(2.0 * kept))  # from half of the last digit on it rounds up


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
