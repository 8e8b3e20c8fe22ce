"""Company employees in regions (地域活性化起業人): dispatched (企業派遣型) or as a side job (副業型).

Special allocation tax pays the municipality within caps a body and a person; the yearly caps of the stay are
prorated by month (assumed), those of one body or one proposed project are not. Yen are ints or int64 arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
import numpy.typing as npt

from okoshi.policy.amounts import Values, Yen, lesser, nothing, part_of_year, read_rules, reimbursed

PREFIX = "policy.dispatch"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class DispatchedRules:
    """The dispatched kind (企業派遣型) in one fiscal year, under an agreement of municipality and company."""

    enabled: bool | None
    minimum_presence: Fraction | None
    minimum_company_capital: int | None
    before_period_per_municipality_cap: int | None
    before_period_rate: Fraction | None
    during_period_per_person_cap: int | None
    during_period_rate: Fraction | None
    proposed_project_per_person_cap: int | None
    proposed_project_rate: Fraction | None


@dataclass(frozen=True, slots=True)
class SideJobRules:
    """The side-job kind (副業型) in one fiscal year, under an agreement of municipality and employee."""

    enabled: bool | None
    minimum_days_per_month: int | None
    minimum_hours_per_month: int | None
    minimum_days_present_per_month: int | None
    before_period_per_municipality_cap: int | None
    before_period_rate: Fraction | None
    remuneration_per_person_cap: int | None
    remuneration_rate: Fraction | None
    travel_per_person_cap: int | None
    travel_rate: Fraction | None
    remuneration_and_travel_per_person_cap: int | None
    proposed_project_per_person_cap: int | None
    proposed_project_rate: Fraction | None

    @property
    def most_remuneration(self) -> int:
        """The most remuneration of a person and year that may come back, yen: within its cap and that on the sum."""
        return min(self.remuneration_per_person_cap or 0, self.remuneration_and_travel_per_person_cap or 0)


@dataclass(frozen=True, slots=True)
class DispatchRules:
    """The measure in one fiscal year: both kinds, each `enabled` only where it exists by then."""

    enabled: bool | None
    term_months: tuple[int, int] | None
    dispatched: DispatchedRules
    side_job: SideJobRules

    @classmethod
    def of(cls, values: Values, fiscal_year: int) -> Self:
        """Read the rules in force in a fiscal year."""

        def in_force(kind: str) -> bool:
            since = values.value(f"{PREFIX}.since_fiscal_year.{kind}")
            begun = isinstance(since, int) and fiscal_year >= since
            some_term = values.value(f"{PREFIX}.term_months", fiscal_year) is not None
            switches = (f"{PREFIX}.enabled", f"{PREFIX}.{kind}.enabled")
            return begun and some_term and all(values.value(name, fiscal_year) for name in switches)

        dispatched = read_rules(
            DispatchedRules, values, f"{PREFIX}.dispatched", fiscal_year, enabled=in_force("dispatched")
        )
        side_job = read_rules(
            SideJobRules, values, f"{PREFIX}.side_job", fiscal_year, enabled=in_force("side_job")
        )
        return read_rules(cls, values, PREFIX, fiscal_year, dispatched=dispatched, side_job=side_job)


def before_period_reimbursement(rules: DispatchedRules | SideJobRules, cost: Yen) -> Yen:
    """Return what is paid to a body for the time before the stay (受入れの期間前に要する経費)."""
    cap = rules.before_period_per_municipality_cap if rules.enabled else None
    return reimbursed(cost, cap, rules.before_period_rate)


def proposed_project_reimbursement(rules: DispatchedRules | SideJobRules, cost: Yen) -> Yen:
    """Return what is paid for one person's proposed projects (発案・提案した事業に要する経費)."""
    cap = rules.proposed_project_per_person_cap if rules.enabled else None
    return reimbursed(cost, cap, rules.proposed_project_rate)


def during_period_reimbursement(rules: DispatchedRules, cost: Yen, months: Yen | int = MONTHS) -> Yen:
    """Return what is paid for one dispatched person's stay (受入れの期間中に要する経費).

    `cost` is that of the months in the fiscal year, and the yearly cap is prorated by these months.
    """
    if not rules.enabled or rules.during_period_per_person_cap is None:
        return nothing(cost)
    cap = part_of_year(rules.during_period_per_person_cap, months)
    return reimbursed(cost, cap, rules.during_period_rate)


def most_travel(rules: SideJobRules, remuneration: Yen, months: Yen | int = MONTHS) -> Yen:
    """Return the most travel of one side-job person that may come back beside so much pay, yen.

    It stays under its own cap, and the cap on both together cuts the travel first.
    """
    if not rules.enabled:
        return nothing(remuneration)
    travel_cap = part_of_year(rules.travel_per_person_cap or 0, months)
    together = part_of_year(rules.remuneration_and_travel_per_person_cap or 0, months)
    return lesser(together - _pay_within_caps(rules, remuneration, months), travel_cap)


def _pay_within_caps(rules: SideJobRules, remuneration: Yen, months: Yen | int) -> Yen:
    return lesser(remuneration, part_of_year(rules.most_remuneration, months))


def side_job_reimbursement(
    rules: SideJobRules, remuneration: Yen, travel: Yen, months: Yen | int = MONTHS
) -> tuple[Yen, Yen]:
    """Return what is paid for one side-job person: (remuneration 報償費等, travel 旅費).

    Both stay under their own caps and together under the sum cap (`most_travel`).
    """
    if not rules.enabled:
        return nothing(remuneration), nothing(travel)
    pay = _pay_within_caps(rules, remuneration, months)
    trips = lesser(travel, most_travel(rules, remuneration, months))
    return reimbursed(pay, pay, rules.remuneration_rate), reimbursed(trips, trips, rules.travel_rate)


def dispatch_allowed(
    rules: DispatchedRules, presence: npt.ArrayLike, company_capital: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Return which stays count as dispatched: enough working days there, a company large enough.

    `presence` is the share of the month's working days in the municipality, `company_capital` in yen.
    """
    present, capital = np.asarray(presence, dtype=np.float64), np.asarray(company_capital)
    enough = present >= float(rules.minimum_presence or 0)
    return np.asarray(enough & (capital >= (rules.minimum_company_capital or 0)) & bool(rules.enabled))


def side_job_allowed(
    rules: SideJobRules, days: npt.ArrayLike, hours: npt.ArrayLike, days_present: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Return which side jobs count: enough days and hours a month, and enough days there."""
    return np.asarray(
        (np.asarray(days) >= (rules.minimum_days_per_month or 0))
        & (np.asarray(hours) >= (rules.minimum_hours_per_month or 0))
        & (np.asarray(days_present) >= (rules.minimum_days_present_per_month or 0))
        & bool(rules.enabled)
    )


def allowed_term_months(rules: DispatchRules, wanted: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return planned stays in months, brought inside the shortest and longest allowed; 0 where none is."""
    months = np.asarray(wanted, dtype=np.int64)
    if not rules.enabled or rules.term_months is None:
        return np.zeros_like(months)
    return np.clip(months, *rules.term_months)
