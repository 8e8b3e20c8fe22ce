"""Regional banks (地域金融機関), one a prefecture: how much they lend without security, and what they lose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Rows, Yen
from okoshi.agents.founders import CAPITAL_COST_OF_REFERENCE, Candidates
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck, combine_keys
from okoshi.world.country import World

LOAN_UNIT = 1_000  # 千円: applications are written in thousands of yen
_LARGEST_LOAN = 10_000_000_000.0  # over every project: debt service may be near nought
_MOST_TOLERANT = 0.95  # the normal quantile has no end at 1


@dataclass(frozen=True)
class BankBehaviour:
    """How a bank judges a project: `behaviour.local_10000`."""

    default_tolerance: float
    sales_spread: float
    optimism: float
    bank_sees_optimism: float
    bank_spread: float
    bank_opinion: float
    debt_service: float
    returns: float
    stake_share: float
    stake_since: int
    stake_factor: float


class Banks(Table):
    """One row a prefecture."""

    prefecture = Column(np.int16, unit="row", meaning="prefecture of the bank")
    standard = Column(np.float64, unit="ln", meaning="how far its tolerance lies over the common one")
    lent = Column(np.int64, unit="yen", meaning="lent this year beside public grants", low=0)
    lost = Column(np.int64, unit="yen", meaning="not paid back by enterprises closed this year", low=0)


def found_banks(world: World, behaviour: BankBehaviour, luck: Luck) -> Banks:
    """Return one regional bank a prefecture, each with its lasting standard."""
    count = len(world.prefectures.code)
    key = combine_keys(np.arange(count), 10_047)
    table = Banks(count)
    table.append(
        count,
        key=key,
        prefecture=np.arange(count),
        standard=behaviour.bank_spread * luck("banks.standard").normal(key),
    )
    return table


def unsecured_limits(
    behaviour: BankBehaviour, candidates: Candidates, bank: Integers, banks: Banks, luck: Luck
) -> Floats:
    """Return the largest loan in yen that each candidate's bank gives without security or guarantor (無担保).

    The bank lends as long as debt service is missed with at most its tolerance:
    `limit = R exp(sigma Phi^-1(tolerance)) / debt service`, R being what the bank believes the project earns
    at its best size. Whole thousands of yen.
    """
    from scipy.special import ndtri

    tolerance = np.clip(behaviour.default_tolerance * np.exp(banks.standard[bank]), 0.0, _MOST_TOLERANT)
    believed = yearly_return(behaviour.returns, candidates.first_best)
    opinion = behaviour.bank_opinion * luck("banks.opinion").normal(candidates.key)
    seen = -behaviour.optimism * behaviour.bank_sees_optimism
    safe = np.exp(behaviour.sales_spread * ndtri(tolerance) + opinion + seen)
    limit = np.minimum(believed * safe / behaviour.debt_service, _LARGEST_LOAN)
    return np.asarray(np.floor(limit / LOAN_UNIT) * LOAN_UNIT)


def with_stakes(
    behaviour: BankBehaviour, candidates: Candidates, limits: Floats, fiscal_year: int, luck: Luck
) -> tuple[Floats, Flags]:
    """Return limits and which candidates have a fund's stake (出資) in place of a loan: it bears more risk."""
    if fiscal_year < behaviour.stake_since:
        return limits, np.zeros(len(limits), dtype=np.bool_)
    stake = luck("banks.stake").uniform(candidates.key) < behaviour.stake_share
    raised = np.floor(limits * behaviour.stake_factor / LOAN_UNIT) * LOAN_UNIT
    return np.where(stake, raised, limits), stake


def yearly_return(returns: float, first_best: Floats) -> Floats:
    """Return `theta I*^a`, where `theta = rho_0 I*^(1-a) / a`: yen a year before capital cost."""
    return first_best * (CAPITAL_COST_OF_REFERENCE / returns)


def note_year(banks: Banks, lent_at: Rows, lent: Yen, lost_at: Rows, lost: Yen) -> None:
    """Write what each bank lent and lost this year."""
    banks.lent[:] = 0
    banks.lost[:] = 0
    np.add.at(banks.lent, lent_at, lent)
    np.add.at(banks.lost, lost_at, lost)
