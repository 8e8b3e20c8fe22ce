"""Numbers with their intervals, and declared columns, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import ceil, isfinite, isnan, log10

from okoshi.language.messages import in_language, say
from okoshi.observe.declarations import TABLES, ColumnDeclaration
from okoshi.study.intervals import Interval

LEAST_TOLD = 1e-9  # what is smaller is rounding


def shown(interval: Interval, digits: int) -> str:
    """Return a number with its interval in words; what rounds to nought has no minus.

    An interval beyond zero must not look as if it reached it: where rounding would say so, there are more digits.
    """
    digits = max(digits, digits_beyond_zero((interval.value, interval.low, interval.high)))
    value, low, high = (f"{one:+z,.{digits}f}" for one in (interval.value, interval.low, interval.high))
    return f"{value} ({say('comparison.no_interval')})" if isnan(interval.low) else f"{value} [{low}, {high}]"


def digits_beyond_zero(numbers: Sequence[float]) -> int:
    """Return how many digits keep the nearest of some numbers on one side of zero from nought; none of others."""
    known = [number for number in numbers if isfinite(number)]
    nearest = min(map(abs, known), default=0.0)
    if not min(known, default=0.0) * max(known, default=0.0) > 0 or nearest < LEAST_TOLD or nearest >= 1.0:
        return 0
    return ceil(-log10(2.0 * nearest))  # from half of the last digit on it rounds up


def runs_in_words(draws: int, replicates: int) -> str:
    """Return how many runs there are: so many replicates, of each of so many draws of parameters where there are two.

    One draw, or none, tells nothing of parameters: there replicates are all that is told.
    """
    once = "_once" if replicates == 1 else ""
    key = f"run.draws{once}" if draws > 1 else f"run.replicates{once}"
    return say(key, draws=draws, count=replicates)


@cache
def declared_columns(table: str) -> Mapping[str, ColumnDeclaration]:
    """Return the columns of a table by name; none of a table that is not declared."""
    return {column.name: column for column in TABLES.get(table, ())}


def meaning_of(column: str, table: str = "national") -> str:
    """Return the meaning of a column in the language in use; its name where it is not declared."""
    found = declared_columns(table).get(column)
    if found is None:
        return column
    return in_language(found.meaning, found.meaning_ja)


def digits_of(outcome: str) -> int:
    """Return to how many digits a difference of a column is told: four of a share, none of yen, else one."""
    return 4 if "share" in outcome else 0 if in_yen(outcome) or outcome.startswith("yen") else 1


def in_yen(outcome: str) -> bool:
    """Return whether a column of the national table is an amount of yen."""
    found = declared_columns("national").get(outcome)
    return found is not None and found.unit.startswith("yen")
