"""The support lines beside the scheme: desk, training, advisers, networks and publicity.

Each line has a budget (yen a year), a reach (the share of those meant whom the money gets to) and effects.
What a line does to people stands with the people; here is only how far the money goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from okoshi.policy.cooperator_support import SupportBudgets, SupportLine


@dataclass(frozen=True)
class ProgrammeBehaviour:
    """What it costs to reach somebody, and what that does: `behaviour.programmes`."""

    support_desk_cost: float
    member_training_cost: float
    field_training_cost: float
    staff_training_cost: float
    startup_training_cost: float
    adviser_cost: float
    networks_cost: float
    support_desk_effect: float
    member_training_effect: float
    field_training_effect: float
    staff_training_effect: float
    startup_training_effect: float
    adviser_effect: float
    networks_effect: float
    publicity_reference: float
    publicity_carry_over: float
    publicity_elasticity: float


@dataclass(frozen=True)
class LastYear:
    """What is known in April of the year before, for the nation (of a part of it: `rest_of_nation`)."""

    members: int = 0
    hosts: int = 0
    hosts_in_difficulty: int = 0
    ended_so_far: int = 0
    settled: int = 0


@dataclass(frozen=True)
class Reach:
    """Share of those meant whom each line reaches this year, and the publicity in force (1 = reference)."""

    support_desk: float
    member_training: float
    field_training: float
    staff_training: float
    startup_training: float
    advisers: float
    networks: float
    publicity: float


def reach_of(
    budgets: SupportBudgets,
    price_index: float,
    behaviour: ProgrammeBehaviour,
    last_year: LastYear,
    publicity_last_year: float,
) -> Reach:
    """Return how far the year's budgets go: `1 - exp(-budget / (cost a head x heads))`, each head once.

    Heads are last year's, prices those of the year; advisers go to bodies in difficulty, or to all that host.
    Diminishing: the first yen reaches
    people nobody reached, the last one people reached already. Publicity carries over from year to year.
    """

    def spent(line: SupportLine) -> float:
        return budgets.total(line) / price_index

    def share(line: SupportLine, cost: float, heads: int) -> float:
        return 1.0 - exp(-spent(line) / (cost * max(heads, 1)))

    advised = last_year.hosts if budgets.advisers_to_all else last_year.hosts_in_difficulty
    networked = last_year.members + last_year.settled
    carry = behaviour.publicity_carry_over
    publicity = spent(SupportLine.PUBLICITY) / behaviour.publicity_reference
    return Reach(
        support_desk=share(SupportLine.SUPPORT_DESK, behaviour.support_desk_cost, last_year.members),
        member_training=share(SupportLine.MEMBER_TRAINING, behaviour.member_training_cost, last_year.members),
        field_training=share(SupportLine.FIELD_TRAINING, behaviour.field_training_cost, last_year.members),
        staff_training=share(SupportLine.STAFF_TRAINING, behaviour.staff_training_cost, last_year.hosts),
        startup_training=share(
            SupportLine.STARTUP_TRAINING, behaviour.startup_training_cost, last_year.members
        ),
        advisers=share(SupportLine.ADVISERS, behaviour.adviser_cost, advised),
        networks=share(SupportLine.NETWORKS, behaviour.networks_cost, networked),
        publicity=carry * publicity_last_year + (1.0 - carry) * publicity,
    )
