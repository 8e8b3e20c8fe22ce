"""Where founders, their bank and the public grant meet: how large a project is, and how it is paid.

A founder maximises `theta I^a - rho (I - g) - kappa [g > 0]` against its hurdle (Evans and Jovanovic 1989 with a
grant g beside the loan l). The largest grant for a loan, G(l), is piecewise linear, so within a piece the best
investment is known exactly, and the kinks are the ends of the pieces: no grid of sizes could miss them.

Own money costs a founder what a loan does, so where the bank gives more, own money pays its least share and no more:
a loan beyond what the grant needs is no mistake (an award of 2017 borrowed 95 million for 40). Ratios of exactly a step
come from loans on a slope of G; those on its flats lie between the steps, and one whom the bank gives less than a kink
needs stays on the slope below.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from okoshi.agents.arrays import Aligned, Flags, Floats, Yen
from okoshi.agents.banks import LOAN_UNIT
from okoshi.agents.founders import CAPITAL_COST_OF_REFERENCE, Candidates
from okoshi.policy.local_10000 import Local10000Rules, grant_for_loan, largest_grant

_NEVER = -np.inf
_NO_SHARE = 1e-9


class Piece(NamedTuple):
    """A stretch of loans from `low` to `high` on which the largest grant is `grant + slope (l - low)`."""

    low: float
    high: float
    grant: float
    slope: float


@dataclass(frozen=True)
class ProjectFinance:
    """What a project costs and earns: returns to scale, capital cost, least own share of the investment."""

    returns: float
    capital_cost: float
    own_share: float


@dataclass(frozen=True)
class Plan(Aligned):
    """The best a candidate can do: yen a year over its hurdle (minus infinity where nothing is possible)."""

    value: Floats
    investment: Yen
    loan: Yen
    grant: Yen

    @property
    def worthwhile(self) -> Flags:
        """Return who would start."""
        return np.asarray(self.value > 0.0)


@lru_cache(maxsize=64)
def kinks_of(rules: Local10000Rules) -> tuple[float, ...]:
    """Return the loans at which the largest grant may bend, from 0 on, in yen."""
    ladder = rules.grant_cap_by_loan_ratio or ()
    ratios = {float(ratio) for ratio, _ in ladder} | {rules.loan_to_grant_minimum or 0.0}
    return tuple(sorted({0.0} | {cap * ratio for _, cap in ladder for ratio in ratios}))


@lru_cache(maxsize=64)
def pieces_of(rules: Local10000Rules) -> tuple[Piece, ...]:
    """Return the pieces of the largest grant as a function of the loan; the last goes on without end."""
    loans = kinks_of(rules)
    grants = [float(grant_for_loan(rules, round(loan))) for loan in loans]
    inner = [
        Piece(low, high, grant, (next_grant - grant) / (high - low))
        for (low, grant), (high, next_grant) in pairwise(zip(loans, grants, strict=True))
    ]
    return (*inner, Piece(loans[-1], np.inf, grants[-1], 0.0))


def plan_without_grant(candidates: Candidates, limit: Floats, finance: ProjectFinance) -> Plan:
    """Return what each candidate would do without the grant: the same project, loan and own money alone."""
    most = np.minimum(limit + candidates.wealth, _per_own_share(candidates.wealth, finance))
    investment = np.minimum(_wanted(candidates, finance), most)
    possible = ~candidates.indivisible | (candidates.first_best <= most)
    value = _earned(candidates, investment, finance) - finance.capital_cost * investment - candidates.hurdle
    value = np.where(possible & (investment >= LOAN_UNIT), value, _NEVER)
    loan = np.minimum(limit, (1.0 - finance.own_share) * investment)
    return Plan(value, in_units(investment), in_units(loan), np.zeros(len(candidates), dtype=np.int64))


def plan_with_grant(
    candidates: Candidates, limit: Floats, finance: ProjectFinance, rules: Local10000Rules
) -> Plan:
    """Return what each candidate would do with the grant, at its largest for the loan.

    With loans within the bank's limit L the loan solves `l + G(l) = (1 - e) I`, own money paying the share e;
    where the bank gives no more, `l = L` and own money pays the rest, as far as there is any.
    """
    best = _Best.nothing(len(candidates))
    _compare_divisible(best, candidates, limit, finance, rules)
    _compare_indivisible(best, candidates, limit, finance, rules)
    loan, investment = in_units(best.loan), in_units(best.investment)
    grant = largest_grant(rules, investment, loan)
    value = best.value - candidates.hurdle - candidates.application_cost
    return Plan(np.where(grant > 0, value, _NEVER), investment, loan, grant)


def in_units(yen: Floats) -> Yen:
    """Return yen in whole thousands."""
    return (np.rint(yen / LOAN_UNIT) * LOAN_UNIT).astype(np.int64)


@dataclass(frozen=True)
class _Best:
    """The best found so far; written by each comparison."""

    value: Floats
    investment: Floats
    loan: Floats

    @classmethod
    def nothing(cls, count: int) -> _Best:
        return cls(np.full(count, _NEVER), np.zeros(count), np.zeros(count))

    def improve(self, possible: Flags, value: Floats, investment: Floats, loan: Floats) -> None:
        better = possible & (value > self.value)
        self.value[better] = value[better]
        self.investment[better] = investment[better]
        self.loan[better] = loan[better]


def _compare_divisible(
    best: _Best, candidates: Candidates, limit: Floats, finance: ProjectFinance, rules: Local10000Rules
) -> None:
    """Try the best investment on each piece, then the one with the bank at its limit and more own money."""
    outside = 1.0 - finance.own_share
    free, wanted = ~candidates.indivisible, _wanted(candidates, finance)
    own_bound = _per_own_share(candidates.wealth, finance)
    at_limit = np.zeros(len(candidates))
    for piece in pieces_of(rules):
        rate = finance.capital_cost * (1.0 - piece.slope * outside / (1.0 + piece.slope))
        factor = (finance.capital_cost / rate) ** (1.0 / (1.0 - finance.returns)) if rate > 0 else np.inf
        low = (piece.low + piece.grant) / outside
        loan_end = np.minimum(limit, piece.high)
        covered = loan_end + piece.grant + piece.slope * (loan_end - piece.low)
        high = np.minimum(covered / outside, own_bound)
        investment = np.minimum(np.maximum(wanted * factor, low), high)
        loan = piece.low + (outside * investment - piece.low - piece.grant) / (1.0 + piece.slope)
        grant = piece.grant + piece.slope * (loan - piece.low)
        value = _earned(candidates, investment, finance) - finance.capital_cost * (investment - grant)
        best.improve(free & (limit >= piece.low) & (high >= low), value, investment, loan)
        inside = (limit >= piece.low) & (limit < piece.high)
        at_limit[inside] = (piece.grant + piece.slope * (limit - piece.low))[inside]
    least, most = (limit + at_limit) / outside, limit + at_limit + candidates.wealth
    investment = np.minimum(np.maximum(wanted, least), most)
    value = _earned(candidates, investment, finance) - finance.capital_cost * (investment - at_limit)
    best.improve(free & (most >= least), value, investment, limit)


def _compare_indivisible(
    best: _Best, candidates: Candidates, limit: Floats, finance: ProjectFinance, rules: Local10000Rules
) -> None:
    """Take a project that has one size, or leave it (設備一式)."""
    rows = np.flatnonzero(candidates.indivisible)
    if not len(rows):
        return
    kinks = np.array([piece.low for piece in pieces_of(rules)])
    grants = np.array([piece.grant for piece in pieces_of(rules)])
    size, bank = candidates.first_best[rows], limit[rows]
    wanted = (1.0 - finance.own_share) * size
    beyond = np.maximum(wanted - kinks[-1] - grants[-1], 0.0)
    loan = np.minimum(np.interp(wanted, kinks + grants, kinks) + beyond, bank)
    grant = np.interp(loan, kinks, grants)
    possible = size - loan - grant <= candidates.wealth[rows] + LOAN_UNIT
    value = yearly(size, size, finance) - finance.capital_cost * (size - grant)
    best.value[rows] = np.where(possible, value, _NEVER)
    best.investment[rows] = size
    best.loan[rows] = loan


def _per_own_share(wealth: Floats, finance: ProjectFinance) -> Floats:
    """Return the largest investment of which the wealth is the least own share."""
    return wealth / finance.own_share if finance.own_share > _NO_SHARE else np.full(len(wealth), np.inf)


def _earned(candidates: Candidates, investment: Floats, finance: ProjectFinance) -> Floats:
    return yearly(candidates.first_best, np.maximum(investment, 0.0), finance)


def yearly(first_best: Floats, investment: Floats, finance: ProjectFinance) -> Floats:
    """Return `theta I^a` in yen a year, theta given by the best size at the reference: `theta = rho_0 I*^(1-a) / a`.

    A project earns the same whatever capital costs: dearer capital makes it worth less, and less of it.
    """
    a = finance.returns
    return np.asarray(CAPITAL_COST_OF_REFERENCE / a * first_best * (investment / first_best) ** a)


def _wanted(candidates: Candidates, finance: ProjectFinance) -> Floats:
    """Return the size that is best at the cost of capital without a grant: `I* (rho_0 / rho)^(1 / (1 - a))`."""
    factor = (CAPITAL_COST_OF_REFERENCE / finance.capital_cost) ** (1.0 / (1.0 - finance.returns))
    return np.where(candidates.indivisible, candidates.first_best, candidates.first_best * factor)
