"""What a year leaves behind in a municipality: beliefs, support capacity and capacity by field (March)."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Flags, Floats
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import NEVER, Members, Settled, WhyEnded
from okoshi.agents.field_capacity import FieldCapacity
from okoshi.agents.municipalities import (
    Field,
    Municipalities,
    MunicipalityBehaviour,
    mean_over_neighbours,
)
from okoshi.agents.programmes import ProgrammeBehaviour
from okoshi.agents.spending import Service
from okoshi.engine.calendar import MONTHS
from okoshi.world.country import World

DAILY_SUPPORT_OF_REFERENCE = 2_000_000.0  # yen a year: the unit that `support_by_daily_support` is given in


def learn_from_year(
    table: Municipalities,
    members: Members,
    service: Service,
    world: World,
    behaviour: MunicipalityBehaviour,
    programmes: ProgrammeBehaviour,
    conditions: Conditions,
    capacity: FieldCapacity,
    piloted: Flags | None = None,
) -> None:
    """Write what the year has taught, in the order: results, difficulty, support, capacity, who is there now."""
    places = len(table)
    until = conditions.first_month + MONTHS
    ended = (members.end_month <= until) & (members.end_month > conditions.first_month)
    stayed = ended & ((members.stayed_at_end == Settled.SAME) | (members.stayed_at_end == Settled.NEARBY))
    left = ended & ~stayed & (members.settled != Settled.DEAD)
    learn(table, world, behaviour, _count(members, stayed, places), _count(members, left, places))
    work = (
        np.bincount(
            members.municipality[service.rows] * len(Field) + members.field[service.rows],
            weights=service.months,
            minlength=places * len(Field),
        ).reshape(places, len(Field))
        / MONTHS
    )
    member_years = work.sum(axis=1)
    early = (members.why_ended == WhyEnded.QUIT) | (members.why_ended == WhyEnded.NOT_RENEWED)
    quits = _count(members, ended & early, places)
    table.in_difficulty = (quits > behaviour.difficulty_from * member_years) | (
        (table.posts > 0) & (table.hired == 0)
    )
    advised = advised_bodies(table, member_years, conditions.budgets.advisers_to_all)
    table.support_capacity = next_support(
        table, behaviour, programmes, conditions, member_years, advised, piloted
    )
    capacity.live_year(behaviour, work)
    table.serving = _count(members, members.end_month == NEVER, places)
    settled = (members.settled == Settled.SAME) | (members.settled == Settled.NEARBY)
    table.settled_stock = np.bincount(members.settled_municipality[settled], minlength=places)


def _count(members: Members, who: Flags, places: int) -> Floats:
    return np.bincount(members.municipality[who], minlength=places).astype(np.float64)


def learn(
    table: Municipalities,
    world: World,
    behaviour: MunicipalityBehaviour,
    settled_now: Floats,
    left_now: Floats,
) -> None:
    """Update beliefs: own results of the year and, with less weight, the neighbours', over a fading memory."""
    memory, near = behaviour.belief_memory, behaviour.belief_of_neighbours
    table.belief_settled = (
        memory * table.belief_settled + settled_now + near * mean_over_neighbours(settled_now, world)
    )
    table.belief_left = memory * table.belief_left + left_now + near * mean_over_neighbours(left_now, world)


def next_support(
    table: Municipalities,
    behaviour: MunicipalityBehaviour,
    programmes: ProgrammeBehaviour,
    conditions: Conditions,
    member_years: Floats,
    advised: Flags,
    piloted: Flags | None = None,
) -> Floats:
    """Return next year's support capacity.

    `s' = s + (1 - s)(k experience + staff training + advisers + daily support + networks) - d s`:
    experience saturates with
    the members looked after, officials rotate, advisers help the bodies they are sent to,
    networks bring what others have learned. In a pilot they visit every host among the `piloted`.
    """
    experience = 1.0 - np.exp(-member_years / behaviour.experience_scale)
    hosting = member_years > 0
    visited = conditions.reach.advisers * advised
    if piloted is not None:
        visited = np.maximum(visited, piloted & hosting)
    gain = (
        behaviour.support_learning * experience
        + programmes.staff_training_effect * conditions.reach.staff_training * hosting
        + programmes.adviser_effect * visited
        + behaviour.support_by_daily_support
        * table.daily_support_spent
        / DAILY_SUPPORT_OF_REFERENCE
        / conditions.price_index
        * hosting
        + behaviour.networks_in_support * conditions.reach.networks * hosting
    )
    now = table.support_capacity
    return np.asarray(np.clip(now + gain * (1.0 - now) - behaviour.support_forgetting * now, 0.0, 1.0))


def support_from_hours(
    table: Municipalities, behaviour: MunicipalityBehaviour, hours_freed: Floats
) -> Floats:
    """Return support capacity with what hours of officials that digital work frees add to it at hosts.

    `s' = s + (1 - s) link h`, h the hours freed over those that members there take, from 0 to 1.
    """
    taken = behaviour.staff_hours_per_member * np.maximum(table.serving, 1)
    hours = np.where(table.serving > 0, np.clip(hours_freed / taken, 0.0, 1.0), 0.0)
    now = table.support_capacity
    return np.asarray(now + (1.0 - now) * behaviour.link_hours_to_support * hours)


def advised_bodies(table: Municipalities, member_years: Floats, to_all: bool) -> Flags:
    """Return whom advisers visit: hosting bodies in difficulty or, where a scenario says so, all that host."""
    hosting = member_years > 0
    return hosting if to_all else hosting & table.in_difficulty
