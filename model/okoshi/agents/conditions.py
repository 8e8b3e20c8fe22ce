"""What everybody meets in a fiscal year: the rules in force, the context, and what the support lines reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.programmes import LastYear, ProgrammeBehaviour, Reach, reach_of
from okoshi.engine.calendar import MONTHS, month_index
from okoshi.policy.cooperator_support import SupportBudgets, of_part_of_the_nation
from okoshi.policy.cooperators import CooperatorRules, allowed_term_months
from okoshi.policy.special_allocation_tax import total_is_fixed
from okoshi.policy.targets import growth_asked
from okoshi.scenario.settings import Settings


@dataclass(frozen=True)
class Circumstances:
    """What of a year's context makes people in the cities look for a post: job openings, telework, a pandemic."""

    openings_per_applicant: float
    telework_index: float
    pandemic_index: float


@dataclass(frozen=True)
class Conditions:
    """One fiscal year as agents find it in April.

    `rules` are what new posts meet (nothing is paid where the scheme is shut); `running_rules` are the last
    rules that were in force: a term that runs when the scheme is shut ends by the rules it began under.
    `rules_before` are the year before's (None in a run's first year): what town halls knew when they voted the budget.
    `term_months` is how long those who are hired now mean to serve, the mean of all.
    `circumstances_before` are those in which who starts in April applied (in a run's first year, that year's own).
    `attention` is the yearly growth in logs that a published target asks, 0 where there is none.
    `nation_share` is the part of the nation's eligible municipalities that the run holds.
    """

    fiscal_year: int
    first_month: int
    scheme_open: bool
    rules: CooperatorRules
    running_rules: CooperatorRules
    rules_before: CooperatorRules | None
    term_months: float
    total_is_fixed: bool
    circumstances: Circumstances
    circumstances_before: Circumstances
    wage_index: float
    price_index: float
    attention: float
    reach: Reach
    budgets: SupportBudgets
    last_year: LastYear
    nation_share: float


def planned_term_months(rules: CooperatorRules, settings: Settings) -> float:
    """Return how long people mean to serve under the rule, months, the mean of all; three years where none is set."""
    if rules.term_months is None:
        return 3.0 * MONTHS
    wanted = np.array(settings.value("behaviour.applicants.wanted_term_weights"), dtype=np.float64)
    return float(np.average(allowed_term_months(rules, MONTHS * wanted[:, 0]), weights=wanted[:, 1]))


def read_conditions(
    settings: Settings,
    fiscal_year: int,
    programmes: ProgrammeBehaviour,
    before: Conditions | None,
    last_year: LastYear,
    nation_share: float,
) -> Conditions:
    """Read the policy and the context of a fiscal year; `before` are the conditions of the year before."""
    rules = CooperatorRules.of(settings, fiscal_year)
    prices = settings.number("context.price_index", fiscal_year)
    budgets = SupportBudgets.of(settings, fiscal_year)
    counted = before.last_year.members if before else 0  # of two years ago: what a budget can know
    publicity = before.reach.publicity if before else 0.0
    circumstances = Circumstances(
        openings_per_applicant=settings.number("context.openings_per_applicant", fiscal_year),
        telework_index=settings.number("context.telework_index", fiscal_year),
        pandemic_index=settings.number("context.pandemic_index", fiscal_year),
    )
    return Conditions(
        fiscal_year=fiscal_year,
        first_month=month_index(fiscal_year),
        scheme_open=rules.is_open,
        rules=rules,
        running_rules=rules if rules.is_open or before is None else before.running_rules,
        rules_before=before.rules if before else None,
        term_months=planned_term_months(rules, settings),
        total_is_fixed=total_is_fixed(settings, fiscal_year),
        circumstances=circumstances,
        circumstances_before=before.circumstances if before else circumstances,
        wage_index=settings.number("context.wage_index", fiscal_year),
        price_index=prices,
        attention=growth_asked(settings, fiscal_year, counted) if rules.is_open else 0.0,
        reach=reach_of(budgets, prices, programmes, last_year, publicity),
        budgets=of_part_of_the_nation(budgets, nation_share),
        last_year=last_year,
        nation_share=nation_share,
    )
