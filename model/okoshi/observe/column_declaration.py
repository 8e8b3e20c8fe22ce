"""What is said about one column of a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ColumnDeclaration:
    """One column. `official` says how the official statistic reads the same thing, where there is one."""

    name: str
    dtype: str
    unit: str
    meaning: str
    meaning_ja: str
    numerator: str = ""
    denominator: str = ""
    official: str = ""


def count(name: str, unit: str, meaning: str, meaning_ja: str, official: str = "") -> ColumnDeclaration:
    """Declare a column of whole numbers."""
    return ColumnDeclaration(name, "int64", unit, meaning, meaning_ja, official=official)


def share(
    name: str, meaning: str, meaning_ja: str, numerator: str, denominator: str, official: str = ""
) -> ColumnDeclaration:
    """Declare a column of shares, 0 to 1."""
    return ColumnDeclaration(name, "float64", "share", meaning, meaning_ja, numerator, denominator, official)
