"""Life after the term: firms open, go on or close, and settlers stay or go, a year at a time (March)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Rows
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import NEVER, Members, Path, Serving, Settled
from okoshi.agents.end_of_term import SettlementBehaviour, startup_cost
from okoshi.agents.programmes import ProgrammeBehaviour
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck
from okoshi.policy.cooperators import startup_window_open


@dataclass(frozen=True)
class SettlerBehaviour:
    """Staying or going later, and the life of a firm: `behaviour.settlers`."""

    go_level: float
    go_by_attachment: float
    go_by_trait: float
    go_when_closed: float
    go_by_years: float
    go_by_networks: float
    close_rate: float
    close_shape: float


def who_opens_early(
    members: Members,
    serving: Serving,
    behaviour: SettlementBehaviour,
    programmes: ProgrammeBehaviour,
    conditions: Conditions,
    luck: Luck,
) -> tuple[Rows, Rows]:
    """Return who opens a firm during the term this year, and whose of them the grant alone decided it.

    Only where the rule's window lies inside the term: from its first year of the term on.
    """
    month = conditions.first_month + MONTHS - 1
    rows = np.arange(len(members))[serving.rows]
    served = month - members.start_month[rows]
    until_end = members.term_end_month[rows] - month
    window = startup_window_open(conditions.running_rules, served, until_end)
    rows = rows[
        window
        & (members.start_month[rows] <= month)
        & (members.end_month[rows] == NEVER)
        & (members.startup_month[rows] == NEVER)
    ]
    grant = np.minimum(
        startup_cost(members, rows, behaviour, luck),
        float(conditions.running_rules.startup_per_member or 0),
    )
    without = (
        behaviour.startup_early
        + behaviour.startup_by_plan * members.startup_plan[rows]
        + programmes.startup_training_effect * conditions.reach.startup_training
    )
    utility = without + behaviour.startup_by_grant * grant / 1e6 / conditions.price_index
    draw = luck("cooperators.startup_early").uniform(members.key[rows], conditions.fiscal_year)
    logit = np.log(draw / (1.0 - draw))
    return rows[logit < utility], rows[(logit < utility) & (logit >= without)]


def open_during_term(
    members: Members,
    serving: Serving,
    behaviour: SettlementBehaviour,
    programmes: ProgrammeBehaviour,
    conditions: Conditions,
    luck: Luck,
) -> None:
    """Write the firms that open during the term this March."""
    opens, by_grant = who_opens_early(members, serving, behaviour, programmes, conditions, luck)
    members.startup_month[opens] = conditions.first_month + MONTHS - 1
    members.startup_cost[opens] = startup_cost(members, opens, behaviour, luck)
    members.would_have_started_anyway[opens] = True
    members.would_have_started_anyway[by_grant] = False


def who_closes(members: Members, behaviour: SettlerBehaviour, month: int, luck: Luck) -> Rows:
    """Return whose firm closes this year: Weibull survival in the age of the firm, in years."""
    rows = np.flatnonzero((members.startup_month < month) & (members.closed_month == NEVER))
    age = (month - members.startup_month[rows]) / MONTHS
    shape = behaviour.close_shape
    hazard = behaviour.close_rate * ((age + 1.0) ** shape - age**shape)
    draw = luck("settlers.close").uniform(members.key[rows], month)
    return rows[draw < -np.expm1(-hazard)]


def who_goes(
    members: Members, behaviour: SettlerBehaviour, conditions: Conditions, month: int, luck: Luck
) -> Rows:
    """Return which settlers leave this year; one who settled this very year is asked next year."""
    settled = (members.settled == Settled.SAME) | (members.settled == Settled.NEARBY)
    rows = np.flatnonzero(settled & (members.end_month <= month - MONTHS + 1))
    closed = members.closed_month[rows] > month - MONTHS
    closed &= members.closed_month[rows] <= month
    logit = (
        behaviour.go_level
        - behaviour.go_by_attachment * (members.attachment[rows] - 0.5)
        - behaviour.go_by_trait * members.trait[rows]
        - behaviour.go_by_years * np.log((month + 1 - members.end_month[rows]) / MONTHS)
        + behaviour.go_when_closed * closed
        - behaviour.go_by_networks * conditions.reach.networks
    )
    draw = luck("settlers.go").uniform(members.key[rows], month)
    return rows[np.log(draw / (1.0 - draw)) < logit]


def live_on(
    members: Members, behaviour: SettlerBehaviour, conditions: Conditions, month: int, luck: Luck
) -> None:
    """Live a year after the term: first firms close, then people go (a closed firm makes going likelier)."""
    closing = who_closes(members, behaviour, month, luck)
    members.closed_month[closing] = month
    turned = closing[members.path[closing] == Path.STARTUP]
    members.path[turned] = Path.EMPLOYED
    going = who_goes(members, behaviour, conditions, month, luck)
    members.settled[going] = Settled.ELSEWHERE
    members.gone_again_month[going] = month
    still_open = going[(members.startup_month[going] <= month) & (members.closed_month[going] == NEVER)]
    members.closed_month[still_open] = month
