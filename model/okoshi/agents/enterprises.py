"""Enterprises (事業者): new firms and new business of old ones, with or without a public grant.

Plans are optimistic; sales grow while young; an enterprise closes by the register's hazard in its age, more often
when its sales do not carry its debt and where the place's demand is shared by many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from okoshi.agents.applicants import Sex, Steps
from okoshi.agents.arrays import Codes, Flags, Floats, Integers, Keys, Rows, Yen
from okoshi.agents.founders import Founder, Sector
from okoshi.agents.survival import weibull_hazard
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck
from okoshi.policy.local_10000 import Theme

STILL_OPEN = 9_999  # a fiscal year after every run
_MOST_CROWDED = 3.0  # local sales over demand, counted at most: a hamlet's only firm would close at once
_REGISTER_START_COST = 9_850_000.0  # mean cost of a new firm, to which jobs at the start refer


@dataclass(frozen=True)
class EnterpriseBehaviour:
    """The life of an enterprise: `behaviour.local_10000`."""

    returns: float
    optimism: float
    sales_spread: float
    value_added_share: float
    debt_service: float
    loan_years: int
    jobs_at_start: float
    jobs_by_size: float
    growth: float
    growing_years: int
    closing_rate: float
    closing_shape: float
    closing_funded: float
    closing_when_missed: float
    closing_otherwise: float
    crowding: float
    demand_per_person: float
    local_sales: Steps
    taken_share: float
    link_succession: float


class Enterprises(Table):
    """One row an enterprise, in the order of founding; a row stays when it has closed."""

    municipality = Column(np.int64, unit="row", meaning="row of the municipality")
    founder = Column(
        np.int8, unit="code", meaning="who founded it", labels=tuple(f.name.lower() for f in Founder)
    )
    founder_sex = Column(
        np.int8, unit="code", meaning="sex of who leads", labels=tuple(s.name.lower() for s in Sex)
    )
    founder_age = Column(np.int16, unit="years", meaning="age of who leads, when founded", low=0, high=130)
    sector = Column(
        np.int8, unit="code", meaning="what it does", labels=tuple(s.name.lower() for s in Sector)
    )
    theme = Column(
        np.int8, unit="code", meaning="theme it is filed under", labels=tuple(t.name.lower() for t in Theme)
    )
    theme_alternative = Column(
        np.int8,
        unit="code",
        meaning="theme without relabelling",
        labels=tuple(t.name.lower() for t in Theme),
    )
    indivisible = Column(np.bool_, unit="flag", meaning="the project has one size only")
    founded = Column(np.int16, unit="fiscal year", meaning="year it was founded")
    application_month = Column(
        np.int8, unit="month of the year", meaning="month of application, 0 = April", low=-1, high=11, fill=-1
    )
    investment = Column(np.int64, unit="yen", meaning="initial investment", low=0)
    loan = Column(np.int64, unit="yen", meaning="loan of the bank, or stake of a fund", low=0)
    stake = Column(np.bool_, unit="flag", meaning="a stake in place of a loan")
    grant = Column(np.int64, unit="yen", meaning="public grant, of nation and municipality", low=0)
    national_part = Column(np.int64, unit="yen", meaning="the nation's part of the grant", low=0)
    layer = Column(np.int8, unit="code", meaning="layer that paid the nation's part", low=0, high=1)
    national_share = Column(
        np.float64, unit="share", meaning="the nation's share of the grant", low=0, high=1
    )
    national_share_alternative = Column(
        np.float64, unit="share", meaning="that share without relabelling", low=0, high=1
    )
    would_have_started_anyway = Column(np.bool_, unit="flag", meaning="would have started without the grant")
    investment_without_grant = Column(
        np.int64, unit="yen", meaning="investment without the grant, 0 if none", low=0
    )
    loan_without_grant = Column(np.int64, unit="yen", meaning="loan without the grant, 0 if none", low=0)
    refused_because = Column(np.int8, unit="code", meaning="which door was closed to the grant", low=0)
    planned_sales = Column(np.int64, unit="yen a year", meaning="sales of the plan", low=0)
    sales = Column(np.int64, unit="yen", meaning="sales of the year, the last for a closed one", low=0)
    sales_taken = Column(np.int64, unit="yen", meaning="of these, taken from those already there", low=0)
    jobs = Column(np.int64, unit="persons", meaning="people at work, the founder included", low=0)
    price_at_start = Column(np.float64, unit="FY2024 = 1", meaning="prices when it was founded", low=0)
    closed = Column(np.int16, unit="fiscal year", meaning="year it closed", fill=STILL_OPEN)


def is_open(table: Enterprises) -> Flags:
    """Return which enterprises are open."""
    return np.asarray(table.closed == STILL_OPEN)


@dataclass(frozen=True)
class YearOfEnterprises:
    """What a year brought to open enterprises: their rows, sales, jobs; who closes and what is not paid back."""

    rows: Rows
    sales: Yen
    taken: Yen
    jobs: Integers
    closing: Rows
    lost: Yen


def planned_sales(behaviour: EnterpriseBehaviour, yearly_return: Floats) -> Yen:
    """Return the sales of the plan in whole yen: the return before capital cost over its share in sales."""
    return np.rint(yearly_return / behaviour.value_added_share).astype(np.int64)


def live_year(
    table: Enterprises,
    behaviour: EnterpriseBehaviour,
    fiscal_year: int,
    price_index: float,
    population: Floats,
    luck: Luck,
) -> YearOfEnterprises:
    """Return what the year brings: a proposal, nothing is written.

    `sales = plan exp(-b + sigma z)`, growing over the first `growing_years`; z is the enterprise's own for life.
    """
    rows = np.flatnonzero(is_open(table))
    age = fiscal_year - table.founded[rows].astype(np.int64)
    growth = behaviour.growth * np.minimum(age, behaviour.growing_years)
    sales = real_sales(table, rows, behaviour, growth, price_index, luck)
    place = table.municipality[rows]
    demand = np.maximum(population, 1.0) * behaviour.demand_per_person * price_index
    local = np.rint(sales * _local_share(behaviour, table.sector[rows])).astype(np.int64)
    crowd = np.bincount(place, weights=local, minlength=len(population)) / demand
    crowd = np.minimum(crowd, _MOST_CROWDED)[place]
    taken = np.rint(local * (1.0 - (1.0 - behaviour.taken_share) * np.exp(-crowd))).astype(np.int64)
    closing = _who_closes(table, rows, behaviour, fiscal_year, age, sales, crowd, luck)
    return YearOfEnterprises(
        rows=rows,
        sales=sales,
        taken=taken,
        jobs=_jobs(table, rows, behaviour, growth),
        closing=closing,
        lost=not_paid_back(table, closing, behaviour, fiscal_year),
    )


def not_paid_back(table: Enterprises, closing: Rows, behaviour: EnterpriseBehaviour, fiscal_year: int) -> Yen:
    """Return what the bank loses where these enterprises close, yen: the years of the loan that are left."""
    left = np.maximum(behaviour.loan_years - (fiscal_year - table.founded[closing].astype(np.int64)) - 1, 0)
    owed = np.where(table.stake[closing], 0, table.loan[closing])
    return np.asarray(owed * left // max(behaviour.loan_years, 1))


def give_up(
    table: Enterprises,
    behaviour: EnterpriseBehaviour,
    lived: YearOfEnterprises,
    rows: Rows,
    fiscal_year: int,
) -> YearOfEnterprises:
    """Close the enterprises at `rows` whose founder went away or gave them up; return the year with these closings."""
    rows = np.unique(rows[is_open(table)[rows]])
    lost = not_paid_back(table, rows, behaviour, fiscal_year)
    table.jobs[rows] = 0
    table.closed[rows] = fiscal_year
    return replace(
        lived, closing=np.concatenate([lived.closing, rows]), lost=np.concatenate([lived.lost, lost])
    )


def apply_year(table: Enterprises, year: YearOfEnterprises, fiscal_year: int) -> None:
    """Write what the year brought; a closed enterprise keeps its last sales and has no jobs."""
    table.sales[year.rows] = year.sales
    table.sales_taken[year.rows] = year.taken
    table.jobs[year.rows] = year.jobs
    table.jobs[year.closing] = 0
    table.closed[year.closing] = fiscal_year


def taken_over(
    table: Enterprises,
    closed: Rows,
    successors: Integers,
    behaviour: EnterpriseBehaviour,
    keys: Keys,
    fiscal_year: int,
    luck: Luck,
) -> Rows:
    """Return which of the enterprises `closed` last March go on under a successor (承継).

    `successors` are this year's at each municipality (`keys`); the link's share of them carry on one each, in the
    order of the enterprises' keys.
    """
    draw = luck("enterprises.succession").uniform(keys, fiscal_year)
    most = np.floor(behaviour.link_succession * successors + draw).astype(np.int64)
    most = np.minimum(most, successors)
    place = table.municipality[closed]
    order = np.lexsort((table.key[closed], place))
    place = place[order]
    number = np.arange(len(place)) - np.searchsorted(place, place)
    return np.sort(closed[order][number < most[place]])


def real_sales(
    table: Enterprises,
    rows: Rows,
    behaviour: EnterpriseBehaviour,
    growth: Floats,
    price_index: float,
    luck: Luck,
) -> Yen:
    """Return the sales of enterprises in whole yen at this year's prices."""
    draw = luck("enterprises.sales").normal(table.key[rows])
    real = np.exp(-behaviour.optimism + behaviour.sales_spread * draw + growth)
    return np.rint(table.planned_sales[rows] * real * price_index / table.price_at_start[rows]).astype(
        np.int64
    )


def register_hazard(behaviour: EnterpriseBehaviour, age: Floats | Integers) -> Floats:
    """Return the register's cumulated hazard over the year after age `age`."""
    start = np.asarray(age, dtype=np.float64)
    return weibull_hazard(behaviour.closing_rate, behaviour.closing_shape, start, start + 1.0)


def _who_closes(
    table: Enterprises,
    rows: Rows,
    behaviour: EnterpriseBehaviour,
    fiscal_year: int,
    age: Integers,
    sales: Yen,
    crowd: Floats,
    luck: Luck,
) -> Rows:
    debt_runs = (age < behaviour.loan_years) & ~table.stake[rows]
    service = np.where(debt_runs, behaviour.debt_service * table.loan[rows], 0.0)
    missed = behaviour.value_added_share * sales < service
    hazard = register_hazard(behaviour, age) * np.exp(behaviour.crowding * crowd)
    hazard *= np.where(missed, behaviour.closing_when_missed, behaviour.closing_otherwise)
    hazard *= np.where(table.grant[rows] > 0, behaviour.closing_funded, 1.0)
    draw = luck("enterprises.close").uniform(table.key[rows], fiscal_year)
    return rows[draw < -np.expm1(-hazard)]


def _jobs(table: Enterprises, rows: Rows, behaviour: EnterpriseBehaviour, growth: Floats) -> Integers:
    size = table.investment[rows] / table.price_at_start[rows] / _REGISTER_START_COST
    jobs = behaviour.jobs_at_start * size**behaviour.jobs_by_size * np.exp(growth)
    return np.maximum(np.rint(jobs), 1.0).astype(np.int64)


def _local_share(behaviour: EnterpriseBehaviour, sector: Codes) -> Floats:
    shares = np.zeros(len(Sector))
    for code, per_thousand in behaviour.local_sales:
        shares[int(code) - 1] = per_thousand / 1_000.0
    return shares[sector]


def alive_after(table: Enterprises, fiscal_year: int, years: int) -> tuple[int, int]:
    """Return how many were founded `years` - 1 years before, and how many of them are open at the year's end."""
    cohort = table.founded == fiscal_year - years + 1
    return int(cohort.sum()), int((cohort & (table.closed > fiscal_year)).sum())
