"""Shopping services (買物サービス確保).

The nation surveys workable cases and spreads them; there is no subsidy to shops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from okoshi.policy.amounts import Values
from okoshi.policy.supplement import extra_of_budget


@dataclass(frozen=True, slots=True)
class ShoppingRules:
    """The survey (調査研究事業) of one fiscal year's extra, in yen."""

    survey_budget: int

    @classmethod
    def of(cls, values: Values, budget_year: int) -> Self:
        """Read a fiscal year's extra (a run spends it in `supplement.spent_in`)."""
        return cls(extra_of_budget(values, "shopping", budget_year))
