"""Whether a municipality joins: two rival structures, diffusion among the willing and pure budget choice."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Flags, Floats
from okoshi.agents.conditions import Conditions
from okoshi.agents.municipalities import Municipalities, MunicipalityBehaviour, mean_over_neighbours
from okoshi.engine.draws import Luck
from okoshi.scenario.draft import Adoption
from okoshi.world.country import World

CAP_OF_REFERENCE = 4_000_000  # yen a member a year: where the willingness level is measured (FY2013-FY2019)


def belief(table: Municipalities, behaviour: MunicipalityBehaviour) -> Floats:
    """Return each body's believed chance that a member settles: mean of a beta with what it has in mind."""
    strength = behaviour.belief_strength
    return (0.5 * strength + table.belief_settled) / (strength + table.belief_settled + table.belief_left)


def willing(table: Municipalities, behaviour: MunicipalityBehaviour, conditions: Conditions) -> Flags:
    """Return who would host: lasting will above a threshold that a higher activity cap lowers."""
    cap = conditions.rules.activity_per_member
    if not conditions.scheme_open or cap is None:
        return np.zeros(len(table), dtype=np.bool_)
    level = behaviour.willingness_level + behaviour.cap_in_willingness * np.log(
        max(cap, 1) / conditions.price_index / CAP_OF_REFERENCE
    )
    return np.asarray(table.willingness + level > 0)


def joining_hazard(
    table: Municipalities,
    world: World,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    structure: Adoption,
) -> Floats:
    """Return the yearly hazard of joining for each municipality that may and would host."""
    attention = 1.0 + behaviour.attention_in_adoption * conditions.attention
    own_pace = np.exp(behaviour.adoption_spread * table.willingness)
    if structure is Adoption.DIFFUSION:
        hosting = (table.hosting_since > 0).astype(np.float64)
        nation = hosting[table.eligible].mean() if table.eligible.any() else 0.0
        near = mean_over_neighbours(hosting, world)
        weight = behaviour.neighbour_weight
        contagion = behaviour.adoption_imitation * ((1.0 - weight) * nation + weight * near)
        trust = (belief(table, behaviour) / 0.5) ** behaviour.belief_in_adoption
        return np.asarray((behaviour.adoption_innovation + contagion) * own_pace * trust * attention)
    return np.asarray(behaviour.budget_review * own_pace * attention * worth_it(table, behaviour, conditions))


def worth_it(table: Municipalities, behaviour: MunicipalityBehaviour, conditions: Conditions) -> Flags:
    """Return where the believed benefit of first members passes their cost to the municipality.

    The benefit counts only as far as results anywhere show it: `n / (n + evidence)` of n former members so far.
    """
    ended = conditions.last_year.ended_so_far
    shown = (ended + 1.0) / (ended + 1.0 + behaviour.budget_evidence)
    benefit = behaviour.budget_benefit * belief(table, behaviour) * shown
    return np.asarray(
        np.log(benefit / behaviour.overhead_per_member) + behaviour.budget_spread * table.willingness > 0
    )


def join(
    table: Municipalities,
    world: World,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    structure: Adoption,
    can_pay: Flags,
    luck: Luck,
) -> Flags:
    """Return which municipalities join this April (a proposal: nothing is written)."""
    candidates = table.eligible & table.willing & can_pay & (table.hosting_since == 0)
    hazard = joining_hazard(table, world, behaviour, conditions, structure)
    draw = luck("municipalities.adopt").uniform(table.key, conditions.fiscal_year)
    return np.asarray(candidates & (draw < -np.expm1(-hazard)))
