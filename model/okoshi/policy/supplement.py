"""The extra of a supplementary budget (補正予算): how much there is, and in which fiscal year it is spent.

The budget that a measure gets in a fiscal year is mostly carried over: the extra of FY2024 is spent in the
fiscal year `supplement.spent_in`, and an extra of another year as many years after its own. It exists once,
unless a scenario dates it on.
"""

from __future__ import annotations

from okoshi.policy.amounts import Values

BUDGET_YEAR = 2024
MEASURES = ("local_10000", "cooperators", "dispatch", "university", "shopping", "digital")


def extra_of_budget(values: Values, measure: str, budget_year: int) -> int:
    """Return the extra in yen in a fiscal year's supplementary budget, 0 where there is none."""
    prefix = f"policy.{measure}"
    if not values.value(f"{prefix}.enabled", budget_year):
        return 0
    if not values.value(f"{prefix}.supplement.enabled", budget_year):
        return 0
    budget = values.value(f"{prefix}.supplement.budget", budget_year)
    return budget if isinstance(budget, int) else 0


def year_spent(values: Values, measure: str) -> int:
    """Return the fiscal year in which the extra of FY2024 is spent."""
    spent_in = values.value(f"policy.{measure}.supplement.spent_in")
    return spent_in if isinstance(spent_in, int) else BUDGET_YEAR


def budget_year_spent_in(values: Values, measure: str, fiscal_year: int) -> int:
    """Return the fiscal year whose extra is spent in `fiscal_year`."""
    return fiscal_year - (year_spent(values, measure) - BUDGET_YEAR)


def extra_to_spend(values: Values, measure: str, fiscal_year: int) -> int:
    """Return the extra in yen that is spent in a fiscal year.

    Both the measure and its extra must be switched on in the year of the budget and in the year of spending,
    so that a measure abolished in between spends nothing more.
    """
    prefix = f"policy.{measure}"
    if not values.value(f"{prefix}.enabled", fiscal_year):
        return 0
    if not values.value(f"{prefix}.supplement.enabled", fiscal_year):
        return 0
    return extra_of_budget(values, measure, budget_year_spent_in(values, measure, fiscal_year))
