"""What hosting municipalities offer in April: how many posts, at what pay, within cash, funds and staff."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.adoption import belief, join, willing
from okoshi.agents.arrays import Flags, Floats, Integers, Yen
from okoshi.agents.conditions import Conditions
from okoshi.agents.municipalities import Municipalities, MunicipalityBehaviour, Reason
from okoshi.engine.draws import Luck
from okoshi.policy.cooperators import CooperatorRules, activity_reimbursement
from okoshi.scenario.draft import Adoption
from okoshi.world.country import World

WORKING_HOURS_A_YEAR = 1_900  # paid hours of a full-time official


@dataclass(frozen=True)
class Limits:
    """How many members each municipality can look after (staff) and pay for (funds: cash and own money)."""

    staff: Floats
    funds: Floats

    @property
    def least(self) -> Floats:
        """The tighter of the two."""
        return np.minimum(self.staff, self.funds)


def general_revenue(world: World, behaviour: MunicipalityBehaviour) -> Floats:
    """Return general revenue, yen a year of FY2024, by a power of population (small places spend more a head)."""
    people = np.maximum(world.population_2020, 1).astype(np.float64)
    return np.asarray(behaviour.revenue_scale * people**behaviour.revenue_exponent)


def remuneration_cap(rules: CooperatorRules) -> int | None:
    """Return the most remuneration that may be reimbursed a year, flexible part included; None without a rule."""
    if not rules.enabled or rules.activity_remuneration_per_member is None:
        return None
    return rules.activity_remuneration_per_member + (rules.activity_remuneration_flexible_per_member or 0)


def offered_pay(
    table: Municipalities, behaviour: MunicipalityBehaviour, conditions: Conditions
) -> tuple[Yen, Floats]:
    """Return the remuneration offered, yen a year, and the limit each body keeps to.

    A body whose own scale lies under the cap pays its own scale, and a higher cap changes nothing for it.
    One at its limit follows a rise of the cap with the flypaper elasticity, and a cut at once; over the cap
    it pays only the share `top_up` of what its scale asks.
    """
    cap = remuneration_cap(conditions.running_rules)
    scale = table.pay_scale * conditions.wage_index
    if cap is None:
        return np.zeros(len(table), dtype=np.int64), table.pay_limit.copy()
    known = table.pay_limit > 0
    rise = np.divide(cap, table.cap_last_year, out=np.ones(len(table)), where=table.cap_last_year > 0)
    follows = np.where(rise > 1.0, rise**behaviour.flypaper, rise)
    limit = np.where(known, np.minimum(table.pay_limit * follows, cap), cap)
    pay = np.minimum(scale, limit) + behaviour.top_up * np.maximum(scale - cap, 0.0)
    return np.floor(pay).astype(np.int64), limit


def offered_other(table: Municipalities, conditions: Conditions) -> Yen:
    """Return the other activity cost a member may spend, yen a year: own scale, at most what is reimbursed."""
    cap = conditions.running_rules.activity_other_per_member
    if not conditions.running_rules.enabled:
        cap = None
    if cap is None:
        return np.zeros(len(table), dtype=np.int64)
    return np.floor(np.minimum(table.other_cost_scale * conditions.price_index, cap)).astype(np.int64)


def limits(
    table: Municipalities,
    world: World,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    pay: Yen,
    other: Yen,
) -> Limits:
    """Return how many members staff hours, cash until March and own funds allow.

    The whole cost is advanced until March; what is over the caps and the overhead never come back.
    """
    revenue = general_revenue(world, behaviour) * conditions.price_index
    cost = pay + other
    back = activity_reimbursement(conditions.running_rules, pay, other)
    overhead = behaviour.overhead_per_member * conditions.price_index
    cash = behaviour.cash_share * revenue / np.maximum(cost + overhead, 1.0)
    own = behaviour.own_funds_share * revenue / np.maximum(cost - back + overhead, 1.0)
    hours = behaviour.staff_share * WORKING_HOURS_A_YEAR * world.general_staff
    return Limits(staff=hours / behaviour.staff_hours_per_member, funds=np.minimum(cash, own))


def wanted_stock(
    table: Municipalities, behaviour: MunicipalityBehaviour, conditions: Conditions, limit: Floats
) -> Floats:
    """Return the stock of members each host would have if it could change it at once."""
    trust = (belief(table, behaviour) / 0.5) ** behaviour.belief_in_posts
    support = np.exp(behaviour.support_in_posts * (table.support_capacity - behaviour.support_start))
    attention = np.exp(behaviour.attention_in_posts * conditions.attention)
    spread = np.exp(behaviour.wanted_spread * table.wanted_trait)
    return np.asarray(np.minimum(behaviour.wanted_median * spread * trust * support * attention, limit))


def next_wanted(
    table: Municipalities,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    joined: Flags,
    limit: Floats,
) -> Floats:
    """Return the stock each host works towards this year: it moves a part of the way each year."""
    goal = wanted_stock(table, behaviour, conditions, limit)
    moved = table.wanted + behaviour.posts_adjustment * (goal - table.wanted)
    wanted = np.where(joined, np.minimum(behaviour.first_posts, limit), moved)
    hosting = (table.hosting_since > 0) | joined
    return np.where(hosting & table.willing & conditions.scheme_open, np.minimum(wanted, limit), 0.0)


def advertised_posts(wanted: Floats, table: Municipalities, ending: Integers, luck: Luck) -> Integers:
    """Return the posts advertised: wanted stock (rounded by a lasting draw) less who stays over the year."""
    rounding = luck("municipalities.round_posts").uniform(table.key)
    stock = np.floor(wanted + rounding).astype(np.int64)
    return np.asarray(np.maximum(stock - table.serving + ending, 0))


def reasons_not_joined(
    table: Municipalities, bounds: Limits, scheme_open: bool
) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """Return why a municipality has no members in April (NONE where it has or will have some)."""
    reason = np.full(len(table), Reason.NOT_YET, dtype=np.int8)
    reason[bounds.funds < 1.0] = Reason.FUNDS
    reason[bounds.staff < 1.0] = Reason.STAFF
    reason[~table.willing] = Reason.UNWILLING
    if not scheme_open:
        reason[:] = Reason.SCHEME_CLOSED
    reason[~table.eligible] = Reason.NOT_ELIGIBLE
    reason[(table.serving > 0) | (table.posts > 0)] = Reason.NONE
    return reason


def decide(
    table: Municipalities,
    world: World,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    structure: Adoption,
    ending: Integers,
    luck: Luck,
) -> None:
    """Write April's decisions: pay, who joins, posts, programmes, and why the others have no members.

    `ending` are the members of each place whose longest term ends this year.
    """
    pay, limit = offered_pay(table, behaviour, conditions)
    other = offered_other(table, conditions)
    bounds = limits(table, world, behaviour, conditions, pay, other)
    table.willing = willing(table, behaviour, conditions)
    joined = join(table, world, behaviour, conditions, structure, bounds.least >= 1.0, luck)
    table.wanted = next_wanted(table, behaviour, conditions, joined, bounds.least)
    table.hosting_since[joined] = conditions.fiscal_year
    table.offered_pay, table.offered_other, table.pay_limit = pay, other, limit
    table.cap_last_year = float(remuneration_cap(conditions.running_rules) or 0)
    table.posts = advertised_posts(table.wanted, table, ending, luck)
    table.reason = reasons_not_joined(table, bounds, conditions.scheme_open)
    active = (table.wanted > 0) & conditions.scheme_open
    table.runs_trial = active & _offers(
        "trial", conditions.rules.trial_per_municipality, behaviour.trial_programme_share, table, luck
    )
    table.runs_internship = active & _offers(
        "internship",
        conditions.rules.internship_per_municipality,
        behaviour.internship_programme_share,
        table,
        luck,
    )


def _offers(kind: str, cap: int | None, share: float, table: Municipalities, luck: Luck) -> Flags:
    if not cap:
        return np.zeros(len(table), dtype=np.bool_)
    return luck(f"municipalities.{kind}_programme").uniform(table.key) < share


def fill_posts(table: Municipalities, hired_at: Integers) -> None:
    """Write how many posts were filled at each place, and who found nobody at all."""
    table.hired = np.bincount(hired_at, minlength=len(table))
    without = (table.posts > 0) & (table.hired == 0) & (table.serving == 0)
    table.reason[without] = Reason.NO_APPLICANTS
