"""Shopping services (買物サービス確保).

The nation surveys workable cases and spreads them; there is no subsidy to shops. A subsidy that does not exist
(`hypothetical_subsidy`) may be switched on by a scenario that says so: for fixed shops or for mobile sales, a
part of each one's deficit within a cap, in order of application until the year's budget runs out.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
import numpy.typing as npt

from okoshi.policy.amounts import Values, YenArray, read_rules, reimbursed
from okoshi.policy.supplement import extra_of_budget

PREFIX = "policy.shopping"
OFF, FIXED, MOBILE = "off", "fixed", "mobile"
DIGITS_OF_YEN = 6

type Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShoppingRules:
    """The survey (調査研究事業) of one fiscal year's extra, in yen."""

    survey_budget: int

    @classmethod
    def of(cls, values: Values, budget_year: int) -> Self:
        """Read a fiscal year's extra (a run spends it in `supplement.spent_in`)."""
        return cls(extra_of_budget(values, "shopping", budget_year))


@dataclass(frozen=True, slots=True)
class HypotheticalSubsidy:
    """A national subsidy to shops as a scenario imagines it; fields are parameters of these names."""

    enabled: bool | None
    hypothetical_subsidy: str | None
    hypothetical_subsidy_rate: Fraction | None
    hypothetical_subsidy_cap: int | None
    hypothetical_subsidy_budget: int | None

    @classmethod
    def of(cls, values: Values, fiscal_year: int) -> Self:
        """Read a fiscal year's rules."""
        return read_rules(cls, values, PREFIX, fiscal_year)

    @property
    def kind(self) -> str:
        """Return `fixed` or `mobile`, or `off` where there is no subsidy: no measure at all, or no money for it."""
        paid_for = self.enabled and self.hypothetical_subsidy_budget
        return self.hypothetical_subsidy or OFF if paid_for else OFF

    @property
    def budget(self) -> int:
        """Return the nation's budget of the year in yen, 0 where there is no subsidy."""
        return 0 if self.kind == OFF else self.hypothetical_subsidy_budget or 0

    def entitled(self, deficit: YenArray, share: Floats) -> YenArray:
        """Return the yen that each deficit entitles to before the budget is looked at.

        The cap is that of a whole service: of a shared van each municipality has its `share` of it, rounded down.
        """
        cap = self.hypothetical_subsidy_cap
        if self.kind == OFF or cap is None:
            return np.zeros_like(deficit)
        # Two thirds of 3 are 2, though the float next to two thirds lies below them.
        of_share = np.floor(np.round(cap * share, DIGITS_OF_YEN)).astype(np.int64)
        return reimbursed(deficit, of_share, self.hypothetical_subsidy_rate)


def granted_in_order(asked: YenArray, budget: int) -> YenArray:
    """Return what each application gets, in order: all of it, what is left at the end, then nothing."""
    before = np.cumsum(asked) - asked
    return np.asarray(np.minimum(np.maximum(budget - before, 0), asked))
