"""Contracts of company dispatch: who is where, from when to when, how long there each month, at what cost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from okoshi.agents.arrays import Floats, Integers, Rows
from okoshi.agents.companies import Companies, Motive
from okoshi.agents.dispatch_behaviour import DispatchBehaviour
from okoshi.agents.dispatch_hosts import Posts, most_for_dispatched, most_for_side_job
from okoshi.agents.municipalities import Field
from okoshi.engine.calendar import MONTHS
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck, combine_keys
from okoshi.policy.dispatch import (
    DispatchRules,
    SideJobRules,
    allowed_term_months,
    dispatch_allowed,
    side_job_allowed,
)
from okoshi.world.country import World, distance_km

WORKING_DAYS = 21.0  # a month: what days there of a side job are a share of


class Kind(IntEnum):
    """The two kinds: 企業派遣型 and 副業型."""

    DISPATCHED = 0
    SIDE_JOB = 1


class Through(IntEnum):
    """How the municipality came upon the company."""

    PARTNER = 0
    HEARD = 1
    BY_NAME = 2
    SURVEY = 3
    PLATFORM = 4


class Origin(IntEnum):
    """What the same draws give without survey and platform.

    SAME the same contract; NEW an empty post; MOVED_COMPANY another company there; MOVED_PLACE an empty post,
    the company's employee being elsewhere; MOVED_TYPE the other kind there; EARLIER an empty post that the
    same company fills later.
    """

    SAME = 0
    NEW = 1
    MOVED_COMPANY = 2
    MOVED_PLACE = 3
    MOVED_TYPE = 4
    EARLIER = 5


class Contracts(Table):
    """One row a contract of one employee, renewed ones included; months run from April FY2009."""

    municipality = Column(np.int32, unit="row", meaning="where", low=0)
    slot = Column(np.int32, unit="number", meaning="which of the municipality's posts", low=0)
    company = Column(np.int32, unit="row", meaning="whose employee", low=0)
    kind = Column(np.int8, unit="code", meaning="kind", labels=tuple(k.name.lower() for k in Kind))
    field = Column(np.int8, unit="code", meaning="field of work", labels=tuple(f.name.lower() for f in Field))
    through = Column(
        np.int8, unit="code", meaning="how it was found", labels=tuple(t.name.lower() for t in Through)
    )
    origin = Column(
        np.int8,
        unit="code",
        meaning="what the same draws give without survey and platform",
        labels=tuple(o.name.lower() for o in Origin),
    )
    start_month = Column(np.int32, unit="month", meaning="first month", low=0)
    end_month = Column(np.int32, unit="month", meaning="first month after it, as agreed so far", low=0)
    renewed = Column(np.int16, unit="times", meaning="how often it was renewed", low=0)
    presence = Column(
        np.float64, unit="share of working days", meaning="time in the municipality", low=0, high=1
    )
    hours_per_month = Column(np.float64, unit="hours a month", meaning="hours of a side job", low=0)
    days_present = Column(np.int64, unit="days a month", meaning="days there of a side job", low=0)
    pay = Column(
        np.int64, unit="yen a year", meaning="the company's cost of that time, or the remuneration", low=0
    )
    travel = Column(np.int64, unit="yen a year", meaning="travel of a side job", low=0)
    proposed = Column(np.int64, unit="yen a year", meaning="cost of projects the employee proposes", low=0)
    keeps_tie = Column(np.bool_, unit="flag", meaning="stays in touch with the place afterwards")


@dataclass(frozen=True)
class Agreed:
    """What the market brought about: rows of posts and companies, kind, presence and how they met."""

    post: Integers
    company: Integers
    kind: Integers
    presence: Floats
    through: Integers

    def __len__(self) -> int:
        """Return the number of contracts agreed."""
        return len(self.post)


def sign(
    table: Contracts,
    posts: Posts,
    agreed: Agreed,
    back_from: Integers,
    companies: Companies,
    distance: Floats,
    behaviour: DispatchBehaviour,
    rules: DispatchRules,
    fiscal_year: int,
    first_month: int,
    wage_index: float,
    price_index: float,
    luck: Luck,
) -> Integers:
    """Write what was agreed as contracts and return their rows.

    A share of them starts in April, the others at any time of the year; a post that is taken at first starts when
    it is free, and when its company has an employee back (`back_from`, months).
    """
    if len(agreed) == 0:
        return np.zeros(0, dtype=np.int64)
    place, slot = posts.municipality[agreed.post], posts.slot[agreed.post]
    key = combine_keys(posts.key[agreed.post], fiscal_year)
    at_once = behaviour.starts_in_april
    late = np.maximum((luck("dispatch.start").uniform(key) - at_once) / (1.0 - at_once), 0.0)
    start = first_month + np.maximum((late * MONTHS).astype(np.int64), posts.free_from[agreed.post])
    start = np.maximum(start, back_from)
    side = agreed.kind == Kind.SIDE_JOB
    stay = stay_months(companies, agreed.company, behaviour, rules, luck("dispatch.stay").normal(key))
    draws = luck("dispatch.hours").normal(key), luck("dispatch.days").uniform(key)
    hours, days = side_job_time(behaviour, rules.side_job, *draws)
    dispatched_pay = companies.employee_cost[agreed.company] * agreed.presence
    hourly = hours * MONTHS * behaviour.side_job_hourly_yen
    pay = np.where(side, hourly, dispatched_pay) * wage_index
    far = distance[companies.prefecture[agreed.company], place]
    trip = behaviour.trip_cost(far) * price_index
    proposes = luck("dispatch.proposed").uniform(key) < behaviour.proposed_share
    proposed = behaviour.proposed_median * np.exp(
        behaviour.proposed_spread * luck("dispatch.proposed_cost").normal(key)
    )
    return table.append(
        len(agreed),
        key=key,
        municipality=place,
        slot=slot,
        company=agreed.company,
        kind=agreed.kind,
        field=posts.field[agreed.post],
        through=agreed.through,
        start_month=start,
        end_month=start + stay,
        presence=np.where(side, days / WORKING_DAYS, agreed.presence).clip(0.0, 1.0),
        hours_per_month=np.where(side, hours, 0.0),
        days_present=np.where(side, days, 0),
        pay=np.floor(pay).astype(np.int64),
        travel=np.floor(np.where(side, days * MONTHS * trip, 0.0)).astype(np.int64),
        proposed=np.floor(np.where(proposes, proposed * price_index, 0.0)).astype(np.int64),
        keeps_tie=luck("dispatch.keeps_tie").uniform(key) < behaviour.keeps_tie,
    )


def still_in_touch(table: Contracts, month: int, fading: float, luck: Luck) -> Rows:
    """Return the contracts that ended by `month` and whose employees are in touch with the place still.

    Of those who stayed in touch a share `fading` loses it every year, as former students do (assumed), each at a
    time of its own.
    """
    rows = np.flatnonzero((table.end_month <= month) & table.keeps_tie)
    years = (month - table.end_month[rows]) / MONTHS
    lasts = luck("dispatch.keeps_tie").uniform(table.key[rows], sub=1)
    return rows[lasts < (1.0 - fading) ** years]


def stay_months(
    companies: Companies, company: Integers, behaviour: DispatchBehaviour, rules: DispatchRules, draw: Floats
) -> Integers:
    """Return the months first agreed, within the term allowed; shorter where training is the motive."""
    training = companies.motive_kind[company] == Motive.TRAINING
    median = behaviour.stay_months * np.where(training, behaviour.training_stay, 1.0)
    return allowed_term_months(rules, np.rint(median * np.exp(behaviour.stay_spread * draw)))


def side_job_time(
    behaviour: DispatchBehaviour, rules: SideJobRules, normal: Floats, uniform: Floats
) -> tuple[Floats, Integers]:
    """Return hours a month and whole days there a month of side jobs, at least the least allowed.

    Of 1.5 days every other side job has one and the others two.
    """
    wanted = behaviour.side_job_hours * np.exp(behaviour.side_job_hours_spread * normal)
    hours = np.maximum(wanted, float(rules.minimum_hours_per_month or 0))
    days = np.floor(behaviour.side_job_days_present + uniform).astype(np.int64)
    return hours, np.maximum(days, rules.minimum_days_present_per_month or 0)


def distances(world: World) -> Floats:
    """Return kilometres from the middle of each metropolitan prefecture (rows; 0 elsewhere) to municipalities."""
    centre = world.prefectures
    found = np.zeros((len(centre.code), len(world.key)))
    seats = np.flatnonzero(centre.metropolitan)
    found[seats] = distance_km(
        centre.longitude[seats, None], centre.latitude[seats, None], world.longitude, world.latitude
    )
    return found


def renew(
    table: Contracts,
    rows: Rows,
    companies: Companies,
    behaviour: DispatchBehaviour,
    rules: DispatchRules,
    first_month: int,
    prices: float,
    wages: float,
    luck: Luck,
) -> None:
    """Let those of `rows` that ended with March or end within the year go on by a year, up to the longest term.

    None of a kind that is shut or for which nothing comes back, and none that the rules do not allow any more (capital,
    presence, hours), as none is signed then. Each end is asked about once: in the last April before it or the one it
    falls on, and that of a contract which ends in the year that it was signed in as soon as that is signed.
    """
    if not rules.enabled or rules.term_months is None:
        return
    longest = rules.term_months[1]
    end, start = table.end_month[rows], table.start_month[rows]
    pays_back = (
        most_for_dispatched(behaviour, rules, wages).back > 0,
        most_for_side_job(behaviour, rules, prices, wages).back > 0,
    )
    open_ = np.array(pays_back)[table.kind[rows]]
    capital = companies.capital[table.company[rows]]
    dispatched = dispatch_allowed(rules.dispatched, table.presence[rows], capital)
    days = rules.side_job.minimum_days_per_month or 0  # that it works in a month, wherever, is as asked
    side_job = side_job_allowed(rules.side_job, days, table.hours_per_month[rows], table.days_present[rows])
    open_ &= np.where(table.kind[rows] == Kind.DISPATCHED, dispatched, side_job)
    rows = rows[(end >= first_month) & (end < first_month + MONTHS) & open_ & (end - start < longest)]
    tick = first_month // MONTHS
    rows = rows[luck("dispatch.renewal").uniform(table.key[rows], tick) < behaviour.renewal]
    table.end_month[rows] = np.minimum(table.end_month[rows] + MONTHS, table.start_month[rows] + longest)
    table.renewed[rows] += 1


def months_in_year(table: Contracts, first_month: int) -> tuple[Integers, Integers]:
    """Return the contracts that run in the fiscal year (rows) and their months in it (1 to 12)."""
    months = np.minimum(table.end_month, first_month + MONTHS) - np.maximum(table.start_month, first_month)
    rows = np.flatnonzero(months > 0)
    return rows, months[rows].astype(np.int64)
