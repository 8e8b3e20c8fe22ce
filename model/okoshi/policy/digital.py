"""Digital talent (デジタル人材確保プロジェクト).

The extra helps prefectures to hire for a pool and to lend people to municipalities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from okoshi.policy.amounts import Values, read_rules
from okoshi.policy.supplement import extra_of_budget

PREFIX = "policy.digital"


@dataclass(frozen=True, slots=True)
class DigitalRules:
    """A fiscal year's extra; a field is the parameter of that name, `extra` the budget in yen."""

    enabled: bool | None
    accelerators_target: int | None
    prefectures: int | None
    hands_on_bodies: int | None
    deadline: int | None
    extra: int

    @classmethod
    def of(cls, values: Values, budget_year: int) -> Self:
        """Read the rules of a fiscal year's extra (a run spends it in `supplement.spent_in`)."""
        extra = extra_of_budget(values, "digital", budget_year)
        return read_rules(cls, values, PREFIX, budget_year, extra=extra)


@dataclass(frozen=True, slots=True)
class AnnouncedTarget:
    """How many people the last extra that was spent asks for, and the last fiscal year in which it does."""

    people: int = 0
    until: int = 0

    @classmethod
    def of(cls, rules: DigitalRules, fiscal_year: int) -> Self:
        """Read the target of an extra spent in a fiscal year: money carried over to a later year carries it along."""
        return cls(rules.accelerators_target or 0, max(rules.deadline or 0, fiscal_year))

    def in_force(self, values: Values, fiscal_year: int) -> int:
        """Return how many people are asked for in a year, 0 after the last one and while the measure is shut."""
        asks = fiscal_year <= self.until and values.value(f"{PREFIX}.enabled", fiscal_year)
        return self.people if asks else 0
