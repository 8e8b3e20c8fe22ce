"""What hosting municipalities offer in April: how many posts, at what pay, within cash, funds and staff."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from okoshi.agents.adoption import belief, join, willing
from okoshi.agents.arrays import Codes, Flags, Floats, Integers, Yen
from okoshi.agents.conditions import Conditions
from okoshi.agents.discontinuance import stop_hosting
from okoshi.agents.municipalities import Municipalities, MunicipalityBehaviour, Reason
from okoshi.agents.own_share import worth_spending
from okoshi.agents.purse import Purse
from okoshi.engine.draws import Luck
from okoshi.policy.cooperators import CooperatorRules, activity_reimbursement, other_activity_left
from okoshi.scenario.draft import Adoption
from okoshi.world.country import World

NET_COST_OF_REFERENCE = 500_000  # yen of FY2024 a member and year: at which interest and stock are measured
SUPPORT_OF_REFERENCE = 0.2  # support capacity at which the wanted stock is measured


@dataclass(frozen=True)
class Offer:
    """What a member's post costs each municipality this year, yen a year (floats but for whole-yen pay).

    `limit` is the highest pay a body allows itself, were the cap no lower; `net` is what never comes back: over caps
    and rate, overhead.
    """

    pay: Yen
    other: Yen
    limit: Floats
    gross: Floats
    net: Floats


@dataclass(frozen=True)
class Limits:
    """How many members each municipality can look after (staff), advance (cash) and pay for (own funds)."""

    staff: Floats
    cash: Floats
    funds: Floats

    @property
    def least(self) -> Floats:
        """The tightest of the three."""
        return np.minimum(np.minimum(self.staff, self.cash), self.funds)


def remuneration_cap(rules: CooperatorRules) -> int | None:
    """Return the most remuneration that may be reimbursed a year; None where no activity is paid for.

    The flexible part is in it as far as the other cost's cap can give it up, and the cap on both together bounds it.
    At a rate of nought nothing is reimbursed, as at a cap of nought.
    """
    together = rules.activity_per_member
    if not rules.enabled or together is None:
        return None
    if not rules.activity_rate:
        return 0
    flexible = min(rules.activity_remuneration_flexible_per_member or 0, rules.activity_other_per_member or 0)
    return min((rules.activity_remuneration_per_member or 0) + flexible, together)


def offered_pay(
    table: Municipalities, behaviour: MunicipalityBehaviour, conditions: Conditions
) -> tuple[Yen, Floats]:
    """Return the remuneration offered, yen a year, and the limit each body keeps to.

    A body starts with the cap of the year it joins. One whose own scale lies under its limit pays its scale, and
    another cap changes nothing for it. A cap over the highest that it has met lifts its limit with the flypaper
    elasticity; a cap under the limit cuts the pay at once, as long as it is there: a cap that comes back is no rise.
    Of what its own scale asks over the limit it pays a share `top_up`, out of its own funds where that is over the
    cap, too: a higher cap never lowers what is offered.
    """
    cap = remuneration_cap(conditions.running_rules)
    if cap is None:
        return np.zeros(len(table), dtype=np.int64), table.pay_limit
    scale = table.pay_scale * conditions.wage_index
    rise = np.divide(cap, table.highest_cap, out=np.ones(len(table)), where=table.highest_cap > 0)
    follows = np.maximum(rise, 1.0) ** behaviour.flypaper
    limit = np.where(_keeps_a_limit(table), table.pay_limit * follows, cap)
    within = np.minimum(limit, cap)
    pay = np.minimum(scale, within) + behaviour.top_up * np.maximum(scale - within, 0.0)
    return np.floor(pay).astype(np.int64), limit


def _keeps_a_limit(table: Municipalities) -> Flags:
    """Return who has a limit of its own: hosts, and who stopped and still pays the members it has."""
    hosts = (table.hosting_since > 0) | (table.serving > 0)
    return np.asarray(hosts & (table.pay_limit > 0))


def offered_other(table: Municipalities, conditions: Conditions, pay: Yen) -> Yen:
    """Return the other activity cost a member may spend, yen a year: own scale, at most what counts beside the pay."""
    wanted = np.floor(table.other_cost_scale * conditions.price_index).astype(np.int64)
    return np.minimum(wanted, other_activity_left(conditions.running_rules, pay))


def offer_of_year(table: Municipalities, behaviour: MunicipalityBehaviour, conditions: Conditions) -> Offer:
    """Return this year's offer and its cost: the whole cost is advanced, `net` stays with the municipality."""
    pay, limit = offered_pay(table, behaviour, conditions)
    other = offered_other(table, conditions, pay)
    overhead = behaviour.overhead_per_member * conditions.price_index
    gross = np.asarray(pay + other + overhead, dtype=np.float64)
    return Offer(
        pay=pay,
        other=other,
        limit=limit,
        gross=gross,
        net=np.asarray(
            gross - activity_reimbursement(conditions.running_rules, pay, other), dtype=np.float64
        ),
    )


def cost_factor(offer: Offer, behaviour: MunicipalityBehaviour, conditions: Conditions) -> Floats:
    """Return how a member's net cost lowers demand: `(net / reference)^-elasticity`, 1 at half a million yen."""
    reference = NET_COST_OF_REFERENCE * conditions.price_index
    return np.asarray(np.maximum(offer.net / reference, 0.1) ** -behaviour.net_cost_elasticity)


def limits(table: Municipalities, behaviour: MunicipalityBehaviour, purse: Purse, offer: Offer) -> Limits:
    """Return how many members staff hours, cash until March and own funds of the purse allow.

    What the body itself cost last year (recruiting, programmes, daily support) goes off first: all of it from
    the cash, what did not come back from its own funds.
    """
    left = purse.less(Purse(cash=table.body_cost_last_year, own_funds=table.body_net_cost_last_year))
    unbound = np.full(len(table), np.inf)
    return Limits(
        staff=unbound if left.staff_hours is None else left.staff_hours / behaviour.staff_hours_per_member,
        cash=unbound if left.cash is None else left.cash / np.maximum(offer.gross, 1.0),
        funds=unbound if left.own_funds is None else left.own_funds / np.maximum(offer.net, 1.0),
    )


def claim_on_purse(table: Municipalities, behaviour: MunicipalityBehaviour, offer: Offer) -> Purse:
    """Return what members will take of each municipality's purse this year: those it works towards, or has already."""
    members = np.maximum(table.wanted, table.serving)
    return Purse(
        cash=members * offer.gross + table.body_cost_last_year,
        own_funds=members * offer.net + table.body_net_cost_last_year,
        staff_hours=members * behaviour.staff_hours_per_member,
    )


def wanted_stock(
    table: Municipalities,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    cheapness: Floats,
    limit: Floats,
) -> Floats:
    """Return the stock of members each host would have if it could change it at once.

    `cheapness` is `cost_factor`: what a member costs the municipality itself lowers how many it wants.
    """
    trust = (belief(table, behaviour) / 0.5) ** behaviour.belief_in_posts
    support = np.exp(behaviour.support_in_posts * (table.support_capacity - SUPPORT_OF_REFERENCE))
    attention = np.exp(behaviour.attention_in_posts * conditions.attention)
    spread = np.exp(behaviour.wanted_spread * table.wanted_trait)
    wanted = behaviour.wanted_median * spread * trust * support * attention * cheapness
    return np.asarray(np.minimum(wanted, limit))


def next_wanted(
    table: Municipalities,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    joined: Flags,
    cheapness: Floats,
    limit: Floats,
) -> Floats:
    """Return the stock each host works towards this year: it moves a part of the way each year."""
    goal = wanted_stock(table, behaviour, conditions, cheapness, limit)
    moved = table.wanted + behaviour.posts_adjustment * (goal - table.wanted)
    wanted = np.where(joined, np.minimum(behaviour.first_posts, limit), moved)
    hosting = (table.hosting_since > 0) | joined
    return np.where(hosting & table.willing & conditions.scheme_open, np.minimum(wanted, limit), 0.0)


def advertised_posts(
    wanted: Floats, table: Municipalities, limit: Floats, ending: Integers, luck: Luck
) -> Integers:
    """Return the posts advertised: wanted stock (rounded by a lasting draw) less who stays over the year."""
    rounding = luck("municipalities.round_posts").uniform(table.key)
    stock = np.minimum(np.floor(wanted + rounding), np.floor(limit)).astype(np.int64)
    return np.asarray(np.maximum(stock - table.serving + ending, 0))


def reasons_not_joined(table: Municipalities, bounds: Limits, scheme_open: bool) -> Codes:
    """Return why a municipality has no members in April (NONE where it has or will have some)."""
    reason = np.full(len(table), Reason.NOT_YET, dtype=np.int8)
    reason[table.hosting_since > 0] = Reason.WANTS_NONE
    reason[(table.hosting_since == 0) & (table.stopped_in > 0)] = Reason.STOPPED
    reason[bounds.funds < 1.0] = Reason.FUNDS
    reason[bounds.cash < 1.0] = Reason.CASH
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
    purse: Purse,
    ending: Integers,
    luck: Luck,
) -> Purse:
    """Write April's decisions: pay, who joins, posts, spending on them, and why the others have no members.

    `ending` are the members of each place whose longest term ends this year. Returns what they take of the purse.
    """
    offer = offer_of_year(table, behaviour, conditions)
    bounds = limits(table, behaviour, purse, offer)
    cheapness = cost_factor(offer, behaviour, conditions)
    table.willing = willing(table, behaviour, conditions)
    joined = join(
        table, world, behaviour, conditions, structure, bounds.least >= 1.0, offer.net, cheapness, luck
    )
    stopped = stop_hosting(table, behaviour, conditions, structure, offer.net, luck)
    highest = np.where(_keeps_a_limit(table), table.highest_cap, 0.0)
    table.highest_cap = np.maximum(highest, remuneration_cap(conditions.running_rules) or 0)
    table.hosting_since[stopped] = 0
    table.stopped_in[stopped] = conditions.fiscal_year
    table.wanted = next_wanted(table, behaviour, conditions, joined, cheapness, bounds.least)
    table.hosting_since[joined] = conditions.fiscal_year
    table.offered_pay, table.offered_other, table.pay_limit = offer.pay, offer.other, offer.limit
    table.posts = advertised_posts(table.wanted, table, bounds.least, ending, luck)
    table.reason = reasons_not_joined(table, bounds, conditions.scheme_open)
    decide_spending(table, behaviour, conditions, luck)
    return claim_on_purse(table, behaviour, offer)


def decide_spending(
    table: Municipalities, behaviour: MunicipalityBehaviour, conditions: Conditions, luck: Luck
) -> None:
    """Write what each host spends on recruiting, trial stays and internships (daily support follows the members)."""
    rules, prices = conditions.rules, conditions.price_index
    hosting = (table.wanted > 0) & conditions.scheme_open
    recruiting = behaviour.recruitment_cost_fixed + behaviour.recruitment_cost_per_post * table.posts
    table.recruitment_spent = worth_spending(
        np.where(table.posts > 0, recruiting * prices, 0.0),
        rules.recruitment_per_municipality if rules.enabled else None,
        rules.recruitment_rate,
        behaviour.recruitment_own_share,
    )
    for kind, cost, share in (
        ("trial", behaviour.trial_cost, behaviour.trial_programme_share),
        ("internship", behaviour.internship_cost, behaviour.internship_programme_share),
    ):
        cap, rate = _programme_rule(rules, kind)
        inclined = luck(f"municipalities.{kind}_programme").uniform(table.key) < share
        if is_new_programme(conditions, kind):
            early = luck(f"municipalities.{kind}_programme").uniform(table.key, sub=1)
            inclined &= early < behaviour.programme_first_year
        wanted = np.where(hosting & inclined, cost * prices, 0.0)
        spent = worth_spending(wanted, cap if rules.enabled else None, rate, 0.0)
        setattr(table, f"{kind}_spent", spent)


def is_new_programme(conditions: Conditions, kind: str) -> bool:
    """Return whether a kind of programme was not reimbursed the year before: the budget was voted without it.

    A town hall votes its budget in March and reads the ministry's notice of a new item in April: only who votes a
    supplementary budget begins in that year. In a run's first year nothing is new.
    """
    before = conditions.rules_before
    return before is not None and not (before.is_open and all(_programme_rule(before, kind)))


def _programme_rule(rules: CooperatorRules, kind: str) -> tuple[int | None, Fraction | None]:
    """Return the cap a body and the rate at which a kind of programme is reimbursed."""
    if kind == "trial":
        return rules.trial_per_municipality, rules.trial_rate
    return rules.internship_per_municipality, rules.internship_rate


def fill_posts(table: Municipalities, hired_at: Integers) -> None:
    """Write how many posts were filled at each place, and who found nobody at all."""
    table.hired = np.bincount(hired_at, minlength=len(table))
    without = (table.posts > 0) & (table.hired == 0) & (table.serving == 0)
    table.reason[without] = Reason.NO_APPLICANTS
