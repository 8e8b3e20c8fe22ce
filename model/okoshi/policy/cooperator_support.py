"""What the ministry pays for directly around the cooperators: eight lines (サポートデスク, 研修, 広報).

Each line has an assumed budget of its own that goes on every year (the scheme) and a share of the extra of a
supplementary budget (the supplement); the two are kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from okoshi.policy.amounts import Values, split_exactly
from okoshi.policy.cooperators import PREFIX
from okoshi.policy.supplement import budget_year_spent_in, extra_to_spend

_WHOLE = 1e-9  # shares that miss one by less are the whole


class SupportLine(StrEnum):
    """The eight things that the money pays for."""

    SUPPORT_DESK = "support_desk"
    MEMBER_TRAINING = "member_training"
    FIELD_TRAINING = "field_training"
    STAFF_TRAINING = "staff_training"
    STARTUP_TRAINING = "startup_training"
    PUBLICITY = "publicity"
    ADVISERS = "advisers"
    NETWORKS = "networks"


@dataclass(frozen=True, slots=True)
class SupportBudgets:
    """Yen of one fiscal year by line: what goes on (scheme) and what the extra adds (supplement)."""

    scheme: Mapping[SupportLine, int]
    supplement: Mapping[SupportLine, int]
    advisers_to_all: bool

    @classmethod
    def of(cls, values: Values, fiscal_year: int) -> SupportBudgets:
        """Read the budgets spent in a fiscal year; nothing where the measure is switched off."""
        enabled = values.value(f"{PREFIX}.enabled", fiscal_year)
        scheme = {
            line: _yen(values.value(f"{PREFIX}.support.{line}_budget", fiscal_year)) if enabled else 0
            for line in SupportLine
        }
        extra = extra_to_spend(values, "cooperators", fiscal_year)
        budget_year = budget_year_spent_in(values, "cooperators", fiscal_year)
        shares = [values.value(f"{PREFIX}.supplement.{line}_share", budget_year) for line in SupportLine]
        supplement = divide_extra(extra, [share if isinstance(share, float) else 0.0 for share in shares])
        to_all = values.value(f"{PREFIX}.support.advisers_target", fiscal_year) == "all"
        return cls(scheme, supplement, to_all)

    def total(self, line: SupportLine) -> int:
        """Return the yen of a line, both layers together."""
        return self.scheme[line] + self.supplement[line]


def _yen(value: object) -> int:
    return value if isinstance(value, int) else 0


def divide_extra(extra: int, shares: list[float]) -> dict[SupportLine, int]:
    """Divide the extra among the lines by their shares of it, to the yen.

    Shares that add up to more than the whole share it in proportion: a scenario that raises one takes from the
    others. Where they add up to less the rest is not spent: a line that stops is money saved, not more of another.
    """
    unspent = max(1.0 - sum(shares), 0.0)
    parts = split_exactly(extra, [*shares, unspent if unspent > _WHOLE else 0.0])
    return {line: int(part) for line, part in zip(SupportLine, parts[:-1], strict=True)}


def of_part_of_the_nation(budgets: SupportBudgets, share: float) -> SupportBudgets:
    """Return the budgets of a run that holds a part of the nation (or several): rounded down to the yen."""
    if share == 1.0:
        return budgets
    return SupportBudgets(
        {line: int(yen * share) for line, yen in budgets.scheme.items()},
        {line: int(yen * share) for line, yen in budgets.supplement.items()},
        budgets.advisers_to_all,
    )
