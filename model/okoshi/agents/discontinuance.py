"""Whether a host stops: what brought a body in can fail, and a body without members gives up.

Adopters of a policy abandon it when it disappoints them (disenchantment discontinuance: Rogers 2003, chapter 5;
governments abandon the policies that fail, and the fewer the worse they think of it: Volden 2016, State Politics &
Policy Quarterly 16). Who stops lets its members serve their terms, and may join again, less readily than a newcomer.
"""

from __future__ import annotations

import numpy as np

from okoshi.agents.adoption import belief, worth_it
from okoshi.agents.arrays import Flags, Floats
from okoshi.agents.conditions import Conditions
from okoshi.agents.municipalities import Municipalities, MunicipalityBehaviour
from okoshi.engine.draws import Luck
from okoshi.scenario.draft import Adoption


def without_members(table: Municipalities) -> Flags:
    """Return the hosts with nobody serving that found nobody last year, or would not host any more."""
    found_nobody = (table.posts > 0) & (table.hired == 0)
    return np.asarray((table.hosting_since > 0) & (table.serving == 0) & (found_nobody | ~table.willing))


def stopping_hazard(
    table: Municipalities,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    structure: Adoption,
    net_cost: Floats,
) -> Floats:
    """Return the yearly hazard of stopping for each municipality, were it a host.

    Under diffusion `stopping (0.5 / belief)^e`, with the exponent e by which belief speeds joining; under pure budget
    choice a body that finds a member no longer worth it stops at its next review. Having nobody, since nobody was found
    or since it would host no more, adds to both.
    """
    if structure is Adoption.DIFFUSION:
        disappointed = (0.5 / belief(table, behaviour)) ** behaviour.belief_in_adoption
        hazard = np.asarray(behaviour.stopping * disappointed)
    else:
        hazard = np.asarray(behaviour.budget_review * ~worth_it(table, behaviour, conditions, net_cost))
    return np.asarray(hazard + behaviour.stopping_without_members * without_members(table))


def stop_hosting(
    table: Municipalities,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    structure: Adoption,
    net_cost: Floats,
    luck: Luck,
) -> Flags:
    """Return which hosts stop this April (a proposal: nothing is written)."""
    hazard = stopping_hazard(table, behaviour, conditions, structure, net_cost)
    draw = luck("municipalities.stop_hosting").uniform(table.key, conditions.fiscal_year)
    return np.asarray((table.hosting_since > 0) & (draw < -np.expm1(-hazard)))
