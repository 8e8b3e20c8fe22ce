"""Whether a municipality joins: two rival structures, diffusion among the willing and pure budget choice."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Flags, Floats
from okoshi.agents.conditions import Conditions
from okoshi.agents.municipalities import Municipalities, MunicipalityBehaviour, mean_over_neighbours
from okoshi.agents.rest_of_nation import rest_of_nation
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck
from okoshi.policy.cooperators import activity_reimbursement
from okoshi.scenario.draft import Adoption
from okoshi.world.country import World

# Shares of a member's cost that come back: where the level of willingness is measured, and the least that counts.
COVERED_OF_REFERENCE = 0.8
LEAST_COVERED = 0.05


def belief(table: Municipalities, behaviour: MunicipalityBehaviour) -> Floats:
    """Return each body's believed chance that a member settles: mean of a beta with what it has in mind."""
    strength = behaviour.belief_strength
    return (0.5 * strength + table.belief_settled) / (strength + table.belief_settled + table.belief_left)


def willing(table: Municipalities, behaviour: MunicipalityBehaviour, conditions: Conditions) -> Flags:
    """Return who would host: lasting will above a threshold that the covered share of the own cost lowers.

    Covered is what comes back of the pay and activity cost a body would spend by its own scale, overhead with
    it: a cap above all that changes nothing.
    """
    if not conditions.scheme_open:
        return np.zeros(len(table), dtype=np.bool_)
    pay = np.floor(table.pay_scale * conditions.wage_index).astype(np.int64)
    other = np.floor(table.other_cost_scale * conditions.price_index).astype(np.int64)
    cost = pay + other + behaviour.overhead_per_member * conditions.price_index
    covered = np.maximum(activity_reimbursement(conditions.rules, pay, other) / cost, LEAST_COVERED)
    level = behaviour.willingness_level + behaviour.cover_in_willingness * np.log(
        covered / COVERED_OF_REFERENCE
    )
    return np.asarray(table.willingness + level > 0)


def joining_hazard(
    table: Municipalities,
    world: World,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    structure: Adoption,
    net_cost: Floats,
    cheapness: Floats,
) -> Floats:
    """Return the yearly hazard of joining for each municipality that may and would host.

    `net_cost` is what a member costs the body itself, yen a year; `cheapness` how that lowers its interest.
    """
    attention = 1.0 + behaviour.attention_in_adoption * conditions.attention
    own_pace = np.exp(behaviour.adoption_spread * table.willingness) * cheapness
    if structure is Adoption.DIFFUSION:
        hosting = (table.hosting_since > 0).astype(np.float64)
        own, before = share_hosting(table), conditions.fiscal_year - 1
        nation = rest_of_nation().share("share_hosting", before, own, conditions.nation_share, world.copies)
        near = mean_over_neighbours(hosting, world)
        weight = behaviour.neighbour_weight
        contagion = behaviour.adoption_imitation * ((1.0 - weight) * nation + weight * near)
        trust = (belief(table, behaviour) / 0.5) ** behaviour.belief_in_adoption
        return np.asarray((behaviour.adoption_innovation + contagion) * own_pace * trust * attention)
    return np.asarray(
        behaviour.budget_review * own_pace * attention * worth_it(table, behaviour, conditions, net_cost)
    )


def share_hosting(table: Municipalities) -> float:
    """Return the share of those that may host members that do."""
    return float((table.hosting_since[table.eligible] > 0).mean()) if table.eligible.any() else 0.0


def worth_it(
    table: Municipalities, behaviour: MunicipalityBehaviour, conditions: Conditions, net_cost: Floats
) -> Flags:
    """Return where the believed benefit of a settler passes what a member costs the municipality over a term.

    Of the promise a share is trusted without results; the rest as far as results anywhere show it,
    `n / (n + evidence)` of n former members so far.
    """
    ended = conditions.last_year.ended_so_far
    shown = ended / (ended + behaviour.budget_evidence)
    trust = behaviour.budget_first_trust + (1.0 - behaviour.budget_first_trust) * shown
    benefit = behaviour.budget_benefit * conditions.price_index * belief(table, behaviour) * trust
    cost = np.maximum(net_cost, 1.0) * conditions.term_months / MONTHS
    return np.asarray(np.log(benefit / cost) + behaviour.budget_spread * table.willingness > 0)


def join(
    table: Municipalities,
    world: World,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    structure: Adoption,
    can_pay: Flags,
    net_cost: Floats,
    cheapness: Floats,
    luck: Luck,
) -> Flags:
    """Return which municipalities join this April (a proposal: nothing is written); who stopped once, less readily."""
    candidates = table.eligible & table.willing & can_pay & (table.hosting_since == 0)
    hazard = joining_hazard(table, world, behaviour, conditions, structure, net_cost, cheapness)
    hazard = hazard * np.where(table.stopped_in > 0, behaviour.joining_again, 1.0)
    draw = luck("municipalities.adopt").uniform(table.key, conditions.fiscal_year)
    return np.asarray(candidates & (draw < -np.expm1(-hazard)))
