"""Local 10,000 projects (ローカル10,000プロジェクト): a public grant beside a regional bank's loan.

The public grant (公費による交付額) is capped by a ladder over the ratio of loan to grant; the nation pays a
share of it by place and theme and the municipality the rest; the enterprise's own funds pay what remains of
the investment. The national share never changes what the enterprise gets. Yen are ints or int64 arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction
from functools import reduce
from typing import Self, cast

import numpy as np
import numpy.typing as npt

from okoshi.parameters.kinds import OPEN
from okoshi.policy.amounts import Values, Yen, YenArray, at_least_zero, lesser, nothing, read_rules, share_of
from okoshi.policy.supplement import BUDGET_YEAR, year_spent

PREFIX = "policy.local_10000"


class Place(IntEnum):
    """A municipality as the nation's share sees it: weak 2/3, weakest 3/4 (条件不利かつ財政力が弱い)."""

    BASIC = 0
    WEAK = 1
    WEAKEST = 2


class Theme(IntEnum):
    """What a project is filed under (重点支援)."""

    NONE = 0
    DIGITAL = 1
    DECARBONISING = 2
    WOMEN_YOUTH = 3


class Limit(IntEnum):
    """What keeps a grant from being larger."""

    LADDER = 0
    LOAN = 1
    INVESTMENT = 2


@dataclass(frozen=True, slots=True)
class Local10000Rules:
    """The rules of one fiscal year; a field is the parameter of that name, None where it is not in force."""

    enabled: bool | None
    loan_to_grant_minimum: float | None
    grant_cap_by_loan_ratio: tuple[tuple[Fraction, int], ...] | None
    national_share_basic: Fraction | None
    national_share_raised: tuple[Fraction, ...] | None
    national_share_digital: Fraction | None
    national_share_decarbonising: Fraction | None
    national_share_women_youth: Fraction | None
    weak_below_fiscal_strength: float | None
    weakest_below_fiscal_strength: float | None
    budget: int | str | None

    @classmethod
    def of(cls, values: Values, fiscal_year: int) -> Self:
        """Read a fiscal year's rules, as the calculator quotes them: what a supplement brings under its own year."""
        return read_rules(cls, values, PREFIX, fiscal_year)

    @classmethod
    def in_force(cls, values: Values, fiscal_year: int) -> Self:
        """Read the rules that a run meets in a fiscal year.

        The share for women and young founders is a rule of the scheme that came with the supplement of FY2024
        (女性・若者活躍【新規】): it is in force from the fiscal year in which that supplement is spent, and what
        was before it until then.
        """
        rules = cls.of(values, fiscal_year)
        if not BUDGET_YEAR <= fiscal_year < year_spent(values, "local_10000"):
            return rules
        before = cls.of(values, BUDGET_YEAR - 1).national_share_women_youth
        return replace(rules, national_share_women_youth=before)

    @property
    def pays(self) -> bool:
        """Return whether there is a measure and a ladder at all."""
        return bool(self.enabled and self.grant_cap_by_loan_ratio and self.national_share_basic is not None)

    @property
    def budget_yen(self) -> int | None:
        """Return the national budget of the year in yen, None where it is open (there is no limit)."""
        if not self.pays or self.budget is None:
            return 0
        return None if self.budget == OPEN else int(self.budget)


def grant_for_loan(rules: Local10000Rules, loan: Yen) -> Yen:
    """Return the largest grant that the ladder allows for a loan (or stake, 出資): a kinked, rising function.

    On a step of the ladder the grant is at most its cap and at most loan / ratio; the best step counts:
    G(l) = max over steps of min(cap, l / ratio), and l / G at least the smallest ratio allowed.
    """
    if not rules.pays or rules.grant_cap_by_loan_ratio is None:
        return nothing(loan)
    steps = [lesser(share_of(loan, 1 / ratio), cap) for ratio, cap in rules.grant_cap_by_loan_ratio]
    best = reduce(_greater, steps)
    if rules.loan_to_grant_minimum:
        best = lesser(best, share_of(loan, 1 / Fraction(str(rules.loan_to_grant_minimum))))
    return best


def _greater(one: Yen, other: Yen) -> Yen:
    if isinstance(one, np.ndarray):
        return cast(Yen, np.maximum(one, other))
    return max(one, other)


def largest_grant(rules: Local10000Rules, investment: Yen, loan: Yen) -> Yen:
    """Return the largest public grant for an investment and a loan, both in yen.

    The grant fills at most what the loan leaves of the investment; own funds (自己資金等) bear the rest.
    """
    return lesser(grant_for_loan(rules, loan), at_least_zero(investment - loan))


def what_limits(rules: Local10000Rules, investment: YenArray, loan: YenArray) -> npt.NDArray[np.int8]:
    """Return for each project what keeps its largest grant from being larger, as a `Limit`.

    The investment when the loan leaves less of it; the ladder when the grant stands at one of its caps and
    not at its highest share of the loan; else the loan.
    """
    investment, loan = np.asarray(investment, dtype=np.int64), np.asarray(loan, dtype=np.int64)
    allowed = grant_for_loan(rules, loan)
    caps = [cap for _, cap in rules.grant_cap_by_loan_ratio or ()]
    limit = np.where(np.isin(allowed, caps), Limit.LADDER, Limit.LOAN)
    return np.where(investment - loan < allowed, Limit.INVESTMENT, limit).astype(np.int8)


def place_of(
    rules: Local10000Rules, disadvantaged: npt.NDArray[np.bool_], fiscal_strength: npt.NDArray[np.float64]
) -> npt.NDArray[np.int8]:
    """Return each municipality's `Place`: disadvantaged and below a fiscal strength (財政力指数)."""
    place = np.zeros(len(fiscal_strength), dtype=np.int8)
    if rules.weak_below_fiscal_strength is not None:
        place[disadvantaged & (fiscal_strength < rules.weak_below_fiscal_strength)] = Place.WEAK
    if rules.weakest_below_fiscal_strength is not None:
        place[disadvantaged & (fiscal_strength < rules.weakest_below_fiscal_strength)] = Place.WEAKEST
    return place


def national_share(rules: Local10000Rules, place: Place, theme: Theme) -> Fraction:
    """Return the nation's share of the grant: the higher of place and theme holds, they do not add up."""
    if not rules.pays or rules.national_share_basic is None:
        return Fraction(0)
    shares = [rules.national_share_basic]
    raised = rules.national_share_raised or ()
    if place and raised:
        shares.append(raised[min(place, len(raised)) - 1])
    by_theme = share_of_theme(rules, theme)
    if by_theme is not None:
        shares.append(by_theme)
    return max(shares)


def share_of_theme(rules: Local10000Rules, theme: Theme) -> Fraction | None:
    """Return the nation's share for a theme of its own (重点支援), None where the year has none."""
    return {
        Theme.DIGITAL: rules.national_share_digital,
        Theme.DECARBONISING: rules.national_share_decarbonising,
        Theme.WOMEN_YOUTH: rules.national_share_women_youth,
    }.get(theme)


def national_part(rules: Local10000Rules, grant: Yen, place: Place, theme: Theme) -> Yen:
    """Return the nation's part (国費) of grants in one kind of place under one theme, rounded down."""
    return share_of(grant, national_share(rules, place, theme))


def national_parts(
    rules: Local10000Rules, grant: YenArray, place: npt.NDArray[np.int8], theme: npt.NDArray[np.int8]
) -> YenArray:
    """Return the nation's part of each grant; the municipality (地方費) pays what is left of the grant."""
    parts = np.zeros_like(grant)
    for one_place in Place:
        for one_theme in Theme:
            here = (place == one_place) & (theme == one_theme)
            parts[here] = national_part(rules, grant[here], one_place, one_theme)
    return parts


def served_within_budget(national: YenArray, budget_yen: int | None) -> npt.NDArray[np.bool_]:
    """Return which applications are served, given in order of application, None being an open budget.

    The first that no longer fits ends the year, as when a budget runs out in August; one without national
    money is still served.
    """
    if budget_yen is None:
        return np.ones(len(national), dtype=np.bool_)
    return np.asarray((np.cumsum(national) <= budget_yen) | (national == 0))
