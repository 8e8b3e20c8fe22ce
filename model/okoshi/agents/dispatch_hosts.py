"""Municipalities in company dispatch: which join, how many employees they ask for, and what stays with them."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Self

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Keys
from okoshi.agents.companies import draw_field, logistic
from okoshi.agents.dispatch_behaviour import DispatchBehaviour
from okoshi.agents.municipalities import mean_over_neighbours
from okoshi.agents.purse import Purse
from okoshi.agents.rest_of_nation import rest_of_nation
from okoshi.engine.calendar import MONTHS
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck, combine_keys, poisson_from_uniform
from okoshi.policy.dispatch import (
    DispatchRules,
    during_period_reimbursement,
    most_travel,
    side_job_reimbursement,
)
from okoshi.world.country import World

CAP_OF_REFERENCE = 3_500_000  # yen a person a year: where the willingness level is measured (FY2014)
PAY_OF_REFERENCE = 2_000_000  # yen of FY2024 a person a year: the side job's caps together in FY2024
SIDE_JOB_SLOT = 100  # posts for a side job alone are numbered from here
SLOTS = 256


class DispatchHosts(Table):
    """One row a municipality, in the order of the world."""

    eligible = Column(np.bool_, unit="flag", meaning="may take employees under special allocation tax")
    willingness = Column(np.float64, unit="standard deviations", meaning="lasting will to take employees")
    posts_trait = Column(np.float64, unit="standard deviations", meaning="lasting demand for employees")
    rounding = Column(np.float64, unit="share", meaning="lasting draw that rounds its posts", low=0, high=1)
    side_job_draw = Column(np.float64, unit="share", meaning="lasting draw of its side jobs", low=0, high=1)
    willing = Column(np.bool_, unit="flag", meaning="would take employees at this year's cap")
    joined = Column(np.int16, unit="fiscal year", meaning="year it joined, 0 if it is not in", low=0)
    asks_dispatched = Column(np.bool_, unit="flag", meaning="asks for dispatched employees this year")
    wanted = Column(
        np.int64, unit="persons", meaning="employees whom a dispatch suits, there or asked for", low=0
    )
    wanted_side_job = Column(np.int64, unit="persons", meaning="side-job employees beside these", low=0)
    asked = Column(np.int64, unit="posts", meaning="posts it looked for somebody for this year", low=0)
    filled = Column(np.int64, unit="posts", meaning="of these, filled", low=0)


def found_hosts(world: World, luck: Luck) -> DispatchHosts:
    """Return the municipalities before any of them has joined."""
    table = DispatchHosts(len(world.key))
    table.append(
        len(world.key),
        key=world.key,
        eligible=world.eligible_dispatch,
        willingness=luck("dispatch.willingness").normal(world.key),
        posts_trait=luck("dispatch.posts").normal(world.key),
        rounding=luck("dispatch.round_posts").uniform(world.key),
        side_job_draw=luck("dispatch.side_job_posts").uniform(world.key),
    )
    return table


@dataclass(frozen=True)
class MostForOne:
    """Yen that one employee of a year may cost a municipality at most within the caps, and what of it comes back.

    Nothing where the kind is shut or nothing of it comes back. A cap counts no further than a dear employee costs: what
    nobody costs is neither advanced nor won.
    """

    cost: float
    back: float

    @classmethod
    def of(cls, cost: int, back: int) -> Self:
        """Return cost and what comes back, nothing of either where nothing comes back."""
        return cls(float(cost), float(back)) if back else cls(0.0, 0.0)


def most_for_dispatched(behaviour: DispatchBehaviour, rules: DispatchRules, wages: float) -> MostForOne:
    """Return what a dispatched employee may cost at most: one dear by `dear_cost` standard deviations."""
    law = rules.dispatched
    dear = behaviour.employee_cost * exp(behaviour.employee_cost_spread * behaviour.dear_cost)
    most = min(law.during_period_per_person_cap or 0, int(dear * wages))
    return MostForOne.of(most, int(during_period_reimbursement(law, most)))


def most_for_side_job(
    behaviour: DispatchBehaviour, rules: DispatchRules, prices: float, wages: float
) -> MostForOne:
    """Return what a side job may cost at most: one of many hours from afar (`dear_side_job`), within the caps."""
    law = rules.side_job
    pay, travel = dear_side_job(behaviour, rules, prices, wages)
    pay = min(pay, law.most_remuneration)
    travel = min(travel, int(most_travel(law, pay)))
    return MostForOne.of(pay + travel, int(sum(side_job_reimbursement(law, pay, travel))))


def dear_side_job(
    behaviour: DispatchBehaviour, rules: DispatchRules, prices: float, wages: float
) -> tuple[int, int]:
    """Return pay and travel, yen a year, of a side job of many hours (`dear_cost`) from afar (`dear_trip_km`)."""
    law = rules.side_job
    hours = behaviour.side_job_hours * exp(behaviour.side_job_hours_spread * behaviour.dear_cost)
    hours = max(hours, float(law.minimum_hours_per_month or 0))
    days = max(behaviour.side_job_days_present, float(law.minimum_days_present_per_month or 0))
    pay = hours * MONTHS * behaviour.side_job_hourly_yen * wages
    return int(pay), int(days * MONTHS * behaviour.trip_cost(behaviour.dear_trip_km) * prices)


def willing(
    table: DispatchHosts, behaviour: DispatchBehaviour, rules: DispatchRules, prices: float, wages: float
) -> Flags:
    """Return who would take employees: lasting will above a threshold that is lower where more comes back.

    What counts is the most that comes back for one employee, of the kind that returns more.
    """
    of_kinds = (
        most_for_dispatched(behaviour, rules, wages),
        most_for_side_job(behaviour, rules, prices, wages),
    )
    back = max(kind.back for kind in of_kinds)
    return willing_at(table, behaviour, back, prices)


def willing_at(table: DispatchHosts, behaviour: DispatchBehaviour, back: float, prices: float) -> Flags:
    """Return who would take employees where at most `back` yen a year come back for one: nobody for nothing."""
    level = behaviour.willing_level + behaviour.cap_in_willingness * np.log(
        max(back, 1) / prices / CAP_OF_REFERENCE
    )
    return np.asarray(table.eligible & (back > 0) & (table.willingness + level > 0))


def joining(
    table: DispatchHosts,
    world: World,
    behaviour: DispatchBehaviour,
    fiscal_year: int,
    carried: Floats,
    luck: Luck,
    part: float = 1.0,
) -> Flags:
    """Return which of the willing join this April, of those whose purse carries one employee at least (`carried`).

    Hazard `p push(year) + q [(1 - w) F + w F_near]` (Bass 1969). The push from FY2021 on (new name, publicity,
    staff to spare in the pandemic) is an input: nothing in the model brings that step about. `part` is how many of the
    nation's bodies that may take employees a copy of the country holds.
    """
    joined = (table.joined > 0).astype(np.float64)
    own = share_joined(table)
    nation = rest_of_nation().share("share_dispatch", fiscal_year - 1, own, part)
    weight = behaviour.neighbour_weight
    seen = (1.0 - weight) * nation + weight * mean_over_neighbours(joined, world)
    push = behaviour.push if fiscal_year >= behaviour.push_since else 1.0
    hazard = behaviour.join_innovation * push + behaviour.join_imitation * seen
    draw = luck("dispatch.join").uniform(table.key, fiscal_year)
    able = table.willing & (carried >= 1.0)
    return np.asarray(able & (table.joined == 0) & (draw < -np.expm1(-hazard)))


def share_joined(table: DispatchHosts) -> float:
    """Return the share of those that may take employees that have joined."""
    return float((table.joined[table.eligible] > 0).mean()) if table.eligible.any() else 0.0


def giving_up(
    table: DispatchHosts, behaviour: DispatchBehaviour, employees: Integers, fiscal_year: int, luck: Luck
) -> Flags:
    """Return which hosts stop asking: they looked last year, found nobody and have nobody (`employees`)."""
    in_vain = (table.joined > 0) & (table.asked > 0) & (table.filled == 0) & (employees == 0)
    return np.asarray(
        in_vain & (luck("dispatch.give_up").uniform(table.key, fiscal_year) < behaviour.gives_up)
    )


def decide_posts(
    table: DispatchHosts,
    behaviour: DispatchBehaviour,
    rules: DispatchRules,
    fiscal_year: int,
    carried: Floats,
    prices: float,
    wages: float,
    luck: Luck,
) -> None:
    """Write how many employees of each kind every host works with: at least one, more with experience.

    No more than its purse carries (`carried`). Where the side job returns more than a dispatch, who hosts for its sake
    alone asks for no other: of its posts for a dispatch those are left for which a side job would do as well.
    """
    hosting = table.willing & (table.joined > 0)
    years = np.minimum(fiscal_year - table.joined, behaviour.learning_years)
    stock = behaviour.posts_median * np.exp(
        behaviour.posts_spread * table.posts_trait
        + behaviour.posts_learning * years / behaviour.learning_years
    )
    wanted = np.maximum(np.floor(np.minimum(stock, SIDE_JOB_SLOT - 1) + table.rounding), 1.0)
    of_dispatched = most_for_dispatched(behaviour, rules, wages)
    of_side_job = most_for_side_job(behaviour, rules, prices, wages)
    open_ = hosting & (of_dispatched.back > 0)
    if of_dispatched.back < of_side_job.back:
        open_ &= willing_at(table, behaviour, of_dispatched.back, prices)
    table.asks_dispatched = open_
    table.wanted = np.where(hosting, np.minimum(wanted, carried), 0)
    table.wanted_side_job = 0
    if of_side_job.back > 0:
        place, slot = slots_of(table)
        instead = would_do(behaviour, rules, slot_keys(table, place, slot), prices, wages, luck)
        asked = np.where(open_, table.wanted, np.bincount(place[instead], minlength=len(table)))
        mean = behaviour.side_job_posts * _by_caps(behaviour, rules, prices, wages)
        number = poisson_from_uniform(table.side_job_draw, np.where(hosting, mean, 0.0))
        table.wanted_side_job = np.minimum(number, np.maximum(carried - asked, 0))


def _by_caps(behaviour: DispatchBehaviour, rules: DispatchRules, prices: float, wages: float) -> float:
    """Return how what comes back for a side job changes how many are asked for: 1 at its caps of FY2024.

    And 1 where a dear one costs less than these and all of it comes back: what is cheap is not asked for less.
    """
    back = most_for_side_job(behaviour, rules, prices, wages).back
    whole = min(PAY_OF_REFERENCE * prices, float(sum(dear_side_job(behaviour, rules, prices, wages))))
    return float((back / whole) ** behaviour.side_job_cap_in_posts) if back > 0 else 0.0


def carried_by(
    purse: Purse, places: int, behaviour: DispatchBehaviour, rules: DispatchRules, prices: float, wages: float
) -> Floats:
    """Return how many employees the purse of each of so many `places` carries.

    A town hall votes its budget before it knows whom it gets: cash bears the most that one costs until March, own funds
    a share of it and what of it does not come back, staff their hours for each; of the kind that asks for more.
    """
    kinds = most_for_dispatched(behaviour, rules, wages), most_for_side_job(behaviour, rules, prices, wages)
    most = np.full(places, float(SIDE_JOB_SLOT - 1))
    for given, each in (
        (purse.cash, max(one.cost for one in kinds)),
        (purse.own_funds, max(behaviour.own_funds_share * one.cost + one.cost - one.back for one in kinds)),
        (purse.staff_hours, behaviour.staff_hours_per_person),
    ):
        if given is not None and each > 0:
            most = np.minimum(most, np.floor(np.maximum(given, 0.0) / each))
    return most


@dataclass(frozen=True)
class Posts:
    """Posts to fill this April, in columns: each is a numbered slot of a municipality.

    `free_from` is the month of the fiscal year (0 = April) from which the slot is free; `previous` the company
    that had it last, -1 without one; `presence_wish` what full presence is worth to the municipality.
    """

    key: Keys
    municipality: Integers
    slot: Integers
    field: Integers
    free_from: Integers
    previous: Integers
    presence_wish: Floats
    dispatched: Flags
    side_job: Flags

    def __len__(self) -> int:
        """Return the number of posts."""
        return len(self.key)


def slot_keys(table: DispatchHosts, place: Integers, slot: Integers) -> Keys:
    """Return the lasting keys of slots."""
    return combine_keys(table.key[place], slot) if len(place) else table.key[:0]


def would_do(
    behaviour: DispatchBehaviour, rules: DispatchRules, key: Keys, prices: float, wages: float, luck: Luck
) -> Flags:
    """Return for which posts (`key`) a side job would do as well as a dispatch: more where more comes back for it."""
    share = behaviour.side_job_instead * _by_caps(behaviour, rules, prices, wages)
    return np.asarray(luck("dispatch.side_job_instead").uniform(key) < share)


def slots_of(table: DispatchHosts) -> tuple[Integers, Integers]:
    """Return municipality and number of every slot that a host works with."""
    places, slots = [], []
    for counts, first in ((table.wanted, 0), (table.wanted_side_job, SIDE_JOB_SLOT)):
        place = np.repeat(np.arange(len(table)), counts)
        before = np.cumsum(counts) - counts
        places.append(place)
        slots.append(np.arange(len(place)) - before[place] + first)
    return np.concatenate(places), np.concatenate(slots)


def posts_of(
    table: DispatchHosts,
    behaviour: DispatchBehaviour,
    rules: DispatchRules,
    place: Integers,
    slot: Integers,
    free_from: Integers,
    previous: Integers,
    prices: float,
    wages: float,
    luck: Luck,
) -> Posts:
    """Return slots that are free within the year as posts, with what lasts of each.

    `free_from` is the month of the year from which a slot is free, `previous` the company there last (or -1). A slot
    that neither kind is asked for is no post.
    """
    key = slot_keys(table, place, slot)
    dispatched = (slot < SIDE_JOB_SLOT) & table.asks_dispatched[place]
    side_job = (slot >= SIDE_JOB_SLOT) | would_do(behaviour, rules, key, prices, wages, luck)
    side_job &= bool(rules.side_job.enabled)
    asked = dispatched | side_job
    key = key[asked]
    return Posts(
        key=key,
        municipality=place[asked],
        slot=slot[asked],
        field=draw_field(behaviour, luck("dispatch.post_field").uniform(key)),
        free_from=free_from[asked],
        previous=previous[asked],
        presence_wish=behaviour.presence_wish
        + behaviour.presence_wish_spread * logistic(luck("dispatch.presence_wish").uniform(key)),
        dispatched=dispatched[asked],
        side_job=side_job[asked],
    )
