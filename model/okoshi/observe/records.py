"""What is written down each year while a model runs: rows of the nation and columns of the municipalities."""

from __future__ import annotations

from dataclasses import dataclass, field

from okoshi.engine.columns import Array
from okoshi.observe.national import Row


@dataclass
class Records:
    """Observed years in order: one national row and one set of municipal columns a year."""

    fiscal_years: list[int] = field(default_factory=list)
    national: list[Row] = field(default_factory=list)
    municipal: list[dict[str, Array]] = field(default_factory=list)

    def add(self, fiscal_year: int, national: Row, municipal: dict[str, Array]) -> None:
        """Write a year down."""
        self.fiscal_years.append(fiscal_year)
        self.national.append(national)
        self.municipal.append(municipal)
