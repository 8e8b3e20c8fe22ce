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
