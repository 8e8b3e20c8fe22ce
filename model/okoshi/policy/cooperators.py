"""Local revitalisation cooperators (地域おこし協力隊): what special allocation tax pays (特別交付税措置).

Every function takes the rules of one fiscal year and costs in yen, an int or an int64 array of many cases,
and returns what is paid in the March after the spending. A rule that does not exist (None), or a measure that
is switched off, pays nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
import numpy.typing as npt

from okoshi.policy.amounts import (
    Values,
    Yen,
    at_least_zero,
    lesser,
    nothing,
    part_of_year,
    read_rules,
    reimbursed,
    share_of,
)

PREFIX = "policy.cooperators"
TOKYO = "13"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class CooperatorRules:
    """The law of one fiscal year; a field is the parameter of that name, None where it is not in force."""

    enabled: bool | None
    term_years: tuple[int, int] | None
    activity_per_member: int | None
    activity_remuneration_per_member: int | None
    activity_remuneration_flexible_per_member: int | None
    activity_other_per_member: int | None
    activity_rate: Fraction | None
    recruitment_per_municipality: int | None
    recruitment_rate: Fraction | None
    trial_per_municipality: int | None
    trial_rate: Fraction | None
    internship_per_municipality: int | None
    internship_per_person_and_day: int | None
    internship_rate: Fraction | None
    daily_support_per_municipality: int | None
    daily_support_rate: Fraction | None
    startup_per_member: int | None
    startup_rate: Fraction | None
    startup_from_year_of_term: int | None
    startup_last_years_of_term: int | None
    startup_years_after_end: int | None
    vacant_house_renovation_rate: Fraction | None
    foreign_resident_recruitment_per_body: int | None
    foreign_resident_recruitment_rate: Fraction | None
    foreign_member_support_per_body: int | None
    foreign_member_support_rate: Fraction | None

    @classmethod
    def of(cls, values: Values, fiscal_year: int) -> Self:
        """Read the rules in force in a fiscal year."""
        return read_rules(cls, values, PREFIX, fiscal_year)

    @property
    def term_months(self) -> tuple[int, int] | None:
        """Shortest and longest term (活動期間) in months; None where nobody may be appointed."""
        if not self.enabled or self.term_years is None:
            return None
        return self.term_years[0] * MONTHS, self.term_years[1] * MONTHS

    @property
    def is_open(self) -> bool:
        """Whether somebody may be appointed and activity is paid for."""
        return self.term_months is not None and self.activity_per_member is not None


def activity_reimbursement(
    rules: CooperatorRules, remuneration: Yen, other_activity: Yen, months: Yen | int = MONTHS
) -> Yen:
    """Return what is paid for members' activity (隊員の活動に要する経費).

    Costs are one member's of the months served in the fiscal year; the yearly caps are prorated by these
    months (assumed). Remuneration (報償費等) may pass its cap by as much as the other cost stays under its
    own (弾力運用), and both together stay under the sum cap.
    """
    if not rules.enabled or rules.activity_rate is None:
        return nothing(remuneration)
    together = part_of_year(rules.activity_per_member or 0, months)
    pay = part_of_year(rules.activity_remuneration_per_member or 0, months)
    other = part_of_year(rules.activity_other_per_member or 0, months)
    flexible = part_of_year(rules.activity_remuneration_flexible_per_member or 0, months)
    other_counted = lesser(other_activity, other)
    pay_cap = pay + lesser(other - other_counted, flexible)
    counted = lesser(remuneration, pay_cap) + other_counted
    return share_of(lesser(counted, together), rules.activity_rate)


def other_activity_left(rules: CooperatorRules, remuneration: Yen) -> Yen:
    """Return the most other activity cost a member and year, yen, that counts in full beside a remuneration.

    Remuneration that passes its cap (弾力運用) takes as much from the cap of the other cost, and all that counts of it
    from the sum cap. At a rate of nought nothing counts.
    """
    if not rules.enabled or not rules.activity_rate:
        return nothing(remuneration)
    cap = rules.activity_remuneration_per_member or 0
    passes = lesser(at_least_zero(remuneration - cap), rules.activity_remuneration_flexible_per_member or 0)
    counted = lesser(remuneration, cap) + passes
    of_its_own = (rules.activity_other_per_member or 0) - passes
    return at_least_zero(lesser(of_its_own, (rules.activity_per_member or 0) - counted))


def _paid(rules: CooperatorRules, cost: Yen, cap: Yen | int | None, rate: Fraction | None) -> Yen:
    return reimbursed(cost, cap if rules.enabled else None, rate)


def recruitment_reimbursement(rules: CooperatorRules, cost: Yen) -> Yen:
    """Return what is paid to a body for recruiting (隊員の募集等に要する経費); cost of the fiscal year."""
    return _paid(rules, cost, rules.recruitment_per_municipality, rules.recruitment_rate)


def trial_reimbursement(rules: CooperatorRules, cost: Yen) -> Yen:
    """Return what is paid to a body for trial stays (おためし地域おこし協力隊)."""
    return _paid(rules, cost, rules.trial_per_municipality, rules.trial_rate)


def internship_reimbursement(rules: CooperatorRules, cost: Yen) -> Yen:
    """Return what is paid to a body for making an internship programme (地域おこし協力隊インターン)."""
    return _paid(rules, cost, rules.internship_per_municipality, rules.internship_rate)


def internship_activity_reimbursement(rules: CooperatorRules, cost: Yen, person_days: Yen) -> Yen:
    """Return what is paid to a body for its interns' activity, capped a person and day."""
    if rules.internship_per_person_and_day is None:
        return nothing(cost)
    cap = person_days * rules.internship_per_person_and_day
    return _paid(rules, cost, cap, rules.internship_rate)


def daily_support_reimbursement(rules: CooperatorRules, cost: Yen) -> Yen:
    """Return what is paid to a body for its members' daily support (日々のサポート)."""
    return _paid(rules, cost, rules.daily_support_per_municipality, rules.daily_support_rate)


def startup_reimbursement(rules: CooperatorRules, cost: Yen) -> Yen:
    """Return what is paid for one person's startup (起業に要する経費), once; see `startup_window_open`."""
    return _paid(rules, cost, rules.startup_per_member, rules.startup_rate)


def renovation_reimbursement(rules: CooperatorRules, cost: Yen) -> Yen:
    """Return what is paid for renovating a vacant house for a former member (空き家の改修): no cap."""
    return _paid(rules, cost, cost, rules.vacant_house_renovation_rate)


def foreign_recruitment_reimbursement(rules: CooperatorRules, cost: Yen) -> Yen:
    """Return what is paid to a prefecture (道府県) for winning foreign residents as members."""
    cap = rules.foreign_resident_recruitment_per_body
    return _paid(rules, cost, cap, rules.foreign_resident_recruitment_rate)


def foreign_support_reimbursement(rules: CooperatorRules, cost: Yen) -> Yen:
    """Return what is paid to a prefecture (道府県) for supporting foreign members."""
    return _paid(rules, cost, rules.foreign_member_support_per_body, rules.foreign_member_support_rate)


def may_claim_foreign_items(prefecture_code: str) -> bool:
    """Return whether a prefecture gets the two items for foreign members: 道府県, so all but Tokyo (都)."""
    return prefecture_code != TOKYO


def startup_window_open(
    rules: CooperatorRules, months_served: npt.ArrayLike, months_until_end: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Return whether a startup now counts, for each person.

    `months_until_end` is 1 in the last month of the term, 0 in the first month after it and negative later;
    `months_served` stops at the end. From FY2020 (assumed) the window opens with a year of the term, before
    that with the term's last year, and it stays open a year after the end (任期終了翌年).
    """
    served, until_end = np.asarray(months_served), np.asarray(months_until_end)
    opened = np.zeros(np.broadcast(served, until_end).shape, dtype=np.bool_)
    if not rules.enabled or rules.startup_per_member is None:
        return opened
    if rules.startup_from_year_of_term is not None:
        opened = opened | (served >= MONTHS * (rules.startup_from_year_of_term - 1))
    if rules.startup_last_years_of_term is not None:
        opened = opened | (until_end <= MONTHS * rules.startup_last_years_of_term)
    still_open = until_end > -MONTHS * (rules.startup_years_after_end or 0)
    return np.asarray(opened & still_open)


def allowed_term_months(rules: CooperatorRules, wanted: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return planned terms in months, brought inside the shortest and longest allowed; 0 where none is."""
    months = np.asarray(wanted, dtype=np.int64)
    if rules.term_months is None:
        return np.zeros_like(months)
    return np.clip(months, *rules.term_months)
