"""Outside digital talent (外部デジタル人材): of municipalities themselves, and in prefectures' pools.

Municipalities hire with a constant chance; there was no S-shape. Prefectures hire into a pool, lend its people
to municipalities by need, and lose some each year. Days of such people build digital capacity, which fades and
frees staff hours. Nothing here needs the measure: it raises hires, keeps people and makes days more useful.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Rows
from okoshi.agents.rest_of_nation import rest_of_nation
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck, combine_keys
from okoshi.world.country import World

STREAMS_DIGITAL = frozenset(
    {
        "digital.own_hiring",
        "digital.own_persons",
        "digital.pool_order",
        "digital.pool_founding",
        "digital.pool_team",
        "digital.pool_hires",
        "digital.pool_leaving",
    }
)

POOL, PERSON = 14, 15  # parts of keys, beside the origins of applicants
FIRST_HIRING_YEAR = 2020
SMALL_PLACE = 50_000
NEVER_YEAR = 9_999


@dataclass(frozen=True)
class DigitalBehaviour:
    """What is assumed: `behaviour.digital` (see its parameter file for units and sources)."""

    own_hazard: float
    own_first_year: float
    own_imitation: float
    own_small_places: float
    small_places_share: float
    own_persons: float
    own_days: float
    own_pay: float
    pools_fy2020: float
    pools_fy2021: float
    pools_fy2022: float
    pool_hires: float
    pool_leaving: float
    pool_pay: float
    hires_by_measure: float
    leaving_by_measure: float
    usefulness_by_measure: float
    founding_by_measure: float
    hands_on_by_measure: float
    target_pull: float
    hiring_line: float
    talent_list_line: float
    reference_budget: float
    measure_fading: float
    lent_days: float
    municipalities_a_person: float
    staff_hours_beside: float
    capacity_by_days: float
    capacity_fading: float
    freed_hours: float
    hours_a_year: float
    link_freed_hours: float
    link_capacity: float

    @property
    def training_line(self) -> float:
        """Part of the extra that is left for training and follow-up."""
        left = 1.0 - self.hiring_line - self.talent_list_line
        return round(max(0.0, left), 12)  # else parts of 0.7 and 0.3 leave some


class DigitalBodies(Table):
    """The municipalities as digital bodies: one row each, in the order of the country."""

    since = Column(
        np.int16, unit="fiscal year", meaning="year it first hired outside talent", fill=NEVER_YEAR
    )
    persons = Column(np.int32, unit="persons", meaning="own outside talent", low=0)
    lent_days = Column(np.float64, unit="days", meaning="of people of the pool, this year", low=0)
    capacity = Column(np.float64, unit="share", meaning="digital capacity", low=0, high=1)


class Pools(Table):
    """The prefectures' pools (人材プール): one row a prefecture and copy of the country that is in the run."""

    prefecture = Column(np.int16, unit="row", meaning="prefecture", low=0)
    copy = Column(np.int16, unit="number", meaning="copy of the country", low=0)
    municipalities = Column(np.int32, unit="municipalities", meaning="that it may serve", low=1)
    order = Column(np.int16, unit="rank", meaning="in which prefectures founded pools", low=0)
    founded = Column(np.int16, unit="fiscal year", meaning="first year of the pool", fill=NEVER_YEAR)
    hired = Column(np.int32, unit="persons", meaning="hired this year", low=0)
    persons = Column(np.int32, unit="persons", meaning="in the pool", low=0)


class PoolPeople(Table):
    """People of the pools, one row each, in the order of hiring."""

    pool = Column(np.int32, unit="row", meaning="pool", low=0)
    hired_year = Column(np.int16, unit="fiscal year", meaning="year of hiring", low=2009)
    left_year = Column(np.int16, unit="fiscal year", meaning="year of leaving", fill=NEVER_YEAR)


@dataclass(frozen=True)
class MeasureStrength:
    """How strong the measure is now in each pool, 1 = what the extra of FY2024 buys; fades when no longer paid.

    `hiring` is that of know-how and talent list, `training` that of training and follow-up.
    """

    hiring: Floats | float = 0.0
    training: Floats | float = 0.0

    def after(self, yen: Floats | float, behaviour: DigitalBehaviour) -> MeasureStrength:
        """Return the strength in a year with an extra: the larger of new and what is left.

        `yen` of FY2024 are the whole extra in the pools that it is for, nothing in the others.
        """
        kept, reference = 1.0 - behaviour.measure_fading, behaviour.reference_budget
        training = behaviour.training_line
        return MeasureStrength(
            np.maximum(kept * self.hiring, _strength(yen, 1.0 - training, reference)),
            np.maximum(kept * self.training, _strength(yen, training, reference)),
        )


def _strength(yen: Floats | float, part: float, reference: float) -> Floats | float:
    """Return `(1 - e^-x) / (1 - e^-1)`, x the extra over its reference; 0 for a line that gets nothing."""
    return np.expm1(-yen / reference) / np.expm1(-1.0) if part > 0 else 0.0


@dataclass(frozen=True)
class Push:
    """What moves pools in a year beyond their own doing: strength, bodies with support on the spot, target.

    `target_gap` is the target over last year's stock where it is in force and not met, 1 else; `prefectures` are how
    many the measure is for this year: these may found a pool and have support on the spot. Where the strength is
    nothing, prefectures hire and lose people as they would without the measure.
    """

    strength: MeasureStrength
    hands_on_bodies: int = 0
    prefectures: int = 0
    target_gap: float = 1.0


def found_bodies(world: World) -> DigitalBodies:
    """Return the municipalities before anybody hired."""
    table = DigitalBodies(max(len(world), 1))
    table.append(len(world), key=world.key)
    return table


def found_pools(world: World, luck: Luck) -> Pools:
    """Return the prefectures that have municipalities in the run, without a pool yet.

    Their order is that among all prefectures, so that a part of the country sees what the whole does.
    """
    count = len(world.prefectures.code)
    place = world.copy.astype(np.int64) * count + world.prefecture
    present, municipalities = np.unique(place, return_counts=True)
    copy, prefecture = present // count, present % count
    order = np.empty((int(copy.max(initial=0)) + 1, count), dtype=np.int64)
    for number in range(len(order)):
        drawn = luck("digital.pool_order").uniform(combine_keys(POOL, number, np.arange(count)))
        order[number, np.argsort(drawn)] = np.arange(count)
    table = Pools(max(len(present), 1))
    table.append(
        len(present),
        key=combine_keys(POOL, copy, prefecture),
        prefecture=prefecture,
        copy=copy,
        municipalities=municipalities,
        order=order[copy, prefecture],
    )
    return table


def share_with_talent(bodies: DigitalBodies) -> float:
    """Return the share of municipalities that have outside talent of their own."""
    return float((bodies.since != NEVER_YEAR).mean()) if len(bodies) else 0.0


def hire_own(
    bodies: DigitalBodies,
    population: Floats,
    behaviour: DigitalBehaviour,
    fiscal_year: int,
    luck: Luck,
    part: float = 1.0,
) -> Rows:
    """Let municipalities without outside talent hire some; return which did.

    Chance `p + q F`, slower in places below 50,000 people, such that the average over all is as given. `part` is how
    many of the nation's municipalities a copy of the country holds.
    """
    if fiscal_year < FIRST_HIRING_YEAR:
        return np.zeros(0, dtype=np.int64)
    has = bodies.since != NEVER_YEAR
    first = fiscal_year == FIRST_HIRING_YEAR
    level = behaviour.own_first_year if first else behaviour.own_hazard
    known = rest_of_nation().share("share_digital", fiscal_year - 1, share_with_talent(bodies), part)
    level += behaviour.own_imitation * known if len(has) else 0.0
    small, share = behaviour.own_small_places, behaviour.small_places_share
    average = share * small + 1.0 - share
    chance = level * np.where(population < SMALL_PLACE, small, 1.0) / average
    uniform = luck("digital.own_hiring").uniform(bodies.key, fiscal_year)
    rows = np.flatnonzero(~has & (uniform < chance))
    bodies.since[rows] = fiscal_year
    more = luck("digital.own_persons").poisson(bodies.key[rows], behaviour.own_persons - 1.0)
    bodies.persons[rows] = 1 + more
    return rows


def leave_pools(
    people: PoolPeople, pools: Pools, behaviour: DigitalBehaviour, push: Push, fiscal_year: int, luck: Luck
) -> Rows:
    """Let people of the pools leave (April, before hiring); return who did. Follow-up keeps some where it is given."""
    there = np.flatnonzero(people.left_year == NEVER_YEAR)
    training = np.broadcast_to(push.strength.training, len(pools))
    chance = behaviour.pool_leaving * (behaviour.leaving_by_measure**training)[people.pool[there]]
    uniform = luck("digital.pool_leaving").uniform(people.key[there], fiscal_year)
    left = there[uniform < chance]
    people.left_year[left] = fiscal_year
    pools.persons -= np.bincount(people.pool[left], minlength=len(pools))
    return left


def pools_to_found(
    pools: Pools, behaviour: DigitalBehaviour, push: Push, fiscal_year: int, luck: Luck
) -> Flags:
    """Return which prefectures found a pool: 25, 36, 37 as counted, and some of the rest with the measure."""
    numbers = (behaviour.pools_fy2020, behaviour.pools_fy2021, behaviour.pools_fy2022)
    year = fiscal_year - FIRST_HIRING_YEAR
    counted = 0.0 if year < 0 else max(numbers[: year + 1])
    strength = np.minimum(push.strength.hiring, 1.0)
    willing = luck("digital.pool_founding").uniform(pools.key) < behaviour.founding_by_measure * strength
    wanted = (pools.order < counted) | (willing & (pools.order < push.prefectures))
    return np.asarray((pools.founded == NEVER_YEAR) & wanted)


def hire_into_pools(
    people: PoolPeople,
    pools: Pools,
    behaviour: DigitalBehaviour,
    push: Push,
    fiscal_year: int,
    luck: Luck,
) -> Rows:
    """Let prefectures found pools and hire; return the new people's rows.

    A pool hires a Poisson number around `H / P`; in its first year a whole team, as many as it would hold.
    In the prefectures that it is for, the measure multiplies by up to `l`, support on the spot in the pools with
    fewest people for their municipalities, and a target not yet met pulls, by the strength of the measure up to one:
    what nobody pays for moves nobody. Person k of a pool and year exists when k is less than the number hired.
    """
    new = pools_to_found(pools, behaviour, push, fiscal_year, luck)
    pools.founded[new] = fiscal_year
    each = behaviour.pool_hires / max(
        behaviour.pools_fy2020, behaviour.pools_fy2021, behaviour.pools_fy2022, 1.0
    )
    strength = np.broadcast_to(push.strength.hiring, len(pools))
    factor = behaviour.hires_by_measure**strength
    factor = factor * push.target_gap ** (behaviour.target_pull * np.minimum(strength, 1.0))
    # A pool founded this April draws its team without help, and where the measure is not there is none.
    may_be_helped = (pools.founded < fiscal_year) & (pools.order < push.prefectures)
    helped = needy_pools(pools, push.hands_on_bodies, may_be_helped)
    by_help = np.where(helped, np.exp(behaviour.hands_on_by_measure * strength), 1.0)
    hires = np.zeros(len(pools), dtype=np.int64)
    first, later = np.flatnonzero(new), np.flatnonzero(pools.founded < fiscal_year)
    team = each / max(behaviour.pool_leaving, 1e-9)
    hires[first] = luck("digital.pool_team").poisson(pools.key[first], team)
    hires[later] = luck("digital.pool_hires").poisson(
        pools.key[later], (each * factor * by_help)[later], fiscal_year
    )
    pools.hired = hires
    pools.persons += hires
    pool = np.repeat(np.arange(len(pools)), hires)
    number = np.arange(int(hires.sum())) - np.repeat(np.cumsum(hires) - hires, hires)
    key = combine_keys(PERSON, pools.key[pool], fiscal_year, number)
    return people.append(len(key), key=key, pool=pool, hired_year=fiscal_year)


def needy_pools(pools: Pools, number: int, may_be_helped: Flags) -> Flags:
    """Return those with fewest people for their municipalities among the pools that may be helped (ties by key).

    They are so many, or all of them where they are fewer.
    """
    rows = np.flatnonzero(may_be_helped)
    need = pools.persons[rows] / np.maximum(pools.municipalities[rows], 1)
    needy = np.zeros(len(pools), dtype=np.bool_)
    needy[rows[np.lexsort((pools.key[rows], need))][: max(number, 0)]] = True
    return needy


def pool_of_place(world: World, pools: Pools) -> Integers:
    """Return the row of its prefecture's pool for each municipality."""
    count = len(world.prefectures.code)
    keys = pools.copy.astype(np.int64) * count + pools.prefecture
    return np.searchsorted(keys, world.copy.astype(np.int64) * count + world.prefecture)


def lend(
    bodies: DigitalBodies, pools: Pools, pool: Integers, population: Floats, behaviour: DigitalBehaviour
) -> Floats:
    """Return days lent to each municipality: to those in need first, `d N` days among `c N` of them.

    First those without talent of their own, then the least capable, then the smallest; ties by key.
    """
    days = np.zeros(len(bodies))
    if not pools.persons.any():
        return days
    order = np.lexsort((bodies.key, population, bodies.capacity, bodies.since != NEVER_YEAR, pool))
    counts = np.bincount(pool, minlength=len(pools))
    rank = np.empty(len(bodies), dtype=np.int64)
    rank[order] = np.arange(len(bodies)) - np.repeat(np.cumsum(counts) - counts, counts)
    reach = np.ceil(behaviour.municipalities_a_person * pools.persons)
    served = np.minimum(reach, counts)
    each = behaviour.lent_days * pools.persons / np.maximum(served, 1.0)
    return np.where(rank < served[pool], each[pool], 0.0)


def build_capacity(bodies: DigitalBodies, behaviour: DigitalBehaviour, training: Floats | float) -> None:
    """Let days of the year build digital capacity (March): `C' = C + k days (1 - C) - f C`, k days at most 1.

    `training`, the strength of that line by municipality, makes days more useful, those of its own people too.
    """
    useful = behaviour.usefulness_by_measure**training
    days = bodies.lent_days + behaviour.own_days * bodies.persons
    gain = -np.expm1(-behaviour.capacity_by_days * useful * days / 100.0)
    now = bodies.capacity
    bodies.capacity = now + gain * (1.0 - now) - behaviour.capacity_fading * now
