"""Founders (起業・新規事業の担い手): who has a project in a year, and what they carry with them.

A candidate's key is made of the place the project belongs to, the year and a number among those of that place
and year (a member's own key for firms of cooperators and settlers). Candidates exist whether or not there is a
grant: policy decides only who hears of it and what pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from okoshi.agents.applicants import Steps, drawn_step
from okoshi.agents.arrays import Aligned, Codes, Flags, Floats, Integers, Keys
from okoshi.agents.cooperators import NEVER, Members, Settled
from okoshi.engine.calendar import FIRST_FISCAL_YEAR, MONTHS
from okoshi.engine.draws import Luck, combine_keys, poisson_from_uniform
from okoshi.policy.local_10000 import Theme
from okoshi.world.country import World

PREFIX = "behaviour.local_10000"
CAPITAL_COST_OF_REFERENCE = 0.16  # a year: where the best size of a project is measured

STREAMS_LOCAL_10000 = frozenset(
    {
        "founders.number",
        "founders.kind",
        "founders.startup_link",
        "founders.settler_link",
        "founders.sex",
        "founders.age",
        "founders.sector",
        "founders.aware",
        "founders.size",
        "founders.wealth",
        "founders.hurdle",
        "founders.application_cost",
        "founders.indivisible",
        "founders.novel",
        "founders.own_theme",
        "founders.fits_theme",
        "founders.month",
        "founders.again",
        "founders.edge",
        "banks.standard",
        "banks.opinion",
        "banks.stake",
        "town_halls.local_10000",
        "enterprises.sales",
        "enterprises.close",
        "enterprises.succession",
    }
)


class Founder(IntEnum):
    """Who has the project."""

    RESIDENT = 0
    COOPERATOR = 1
    SETTLER = 2
    COMPANY = 3
    OUTSIDE_COMPANY = 4


class Sector(IntEnum):
    """What the project does."""

    FOOD_PRODUCTS = 0
    TOURISM = 1
    SERVICES = 2
    FARM_FOREST = 3
    ENERGY = 4
    CARE = 5


@dataclass(frozen=True)
class FounderBehaviour:
    """Who has projects, how large, and at what price (see the parameter file for units and sources)."""

    founders_a_year: float
    place_elasticity: float
    awareness: float
    campaign: float
    campaign_until: int
    publicity: float
    publicity_since: int
    company_share: float
    outside_share: float
    women: float
    age_weights: Steps
    sector_weights: Steps
    young_until: int
    indivisible: float
    novelty_missing: float
    digital_share: float
    decarbonising_share: float
    women_youth_share: float
    other_theme_fits: float
    link_startups: float
    link_startups_years: int
    link_settlers: float
    link_capacity: float
    link_grants_to_startups: float
    investment_median: float
    investment_spread: float
    company_investment_median: float
    company_investment_spread: float
    returns: float
    wealth_median: float
    company_wealth_median: float
    wealth_spread: float
    wealth_by_talent: float
    own_share: float
    application_cost: float
    application_cost_spread: float
    wage: float
    own_work: float
    distaste_spread: float
    company_hurdle: float
    company_hurdle_spread: float
    apply_again: float


@dataclass(frozen=True)
class Candidates(Aligned):
    """Projects of a year as columns of one length; a draw is the same in every scenario.

    `first_best` is the investment in yen that would be best with money of its own, `hurdle` what the project
    must earn a year before anyone starts, `fits` (candidates, 4) which themes it fits beside its own.
    """

    key: Keys
    municipality: Integers
    kind: Codes
    sex: Codes
    age: Integers
    sector: Codes
    aware: Flags
    first_best: Floats
    wealth: Floats
    hurdle: Floats
    application_cost: Floats
    indivisible: Flags
    novel: Flags
    own_theme: Codes
    fits: Flags
    month: Floats
    applied_before: Flags

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.key)

    @property
    def company(self) -> Flags:
        """Return which projects are new business of a company that exists."""
        return np.asarray(self.kind >= Founder.COMPANY)


@dataclass(frozen=True)
class People(Aligned):
    """Who stands behind candidates: key, place, kind, sex and age, of one length."""

    key: Keys
    municipality: Integers
    kind: Codes
    sex: Codes
    age: Integers


def candidates_of_year(
    behaviour: FounderBehaviour,
    world: World,
    members: Members,
    fiscal_year: int,
    part: float,
    price_index: float,
    wage_index: float,
    luck: Luck,
    capacity: Floats | None = None,
) -> Candidates:
    """Return everybody who has a project this year, the places' own first, members' firms and settlers last.

    `part` is the run's part of the nation's founders (`part_of_founders`),
    `capacity` is each municipality's in local products: helpers there know of founders and of the grant.
    """
    people = _people_of_places(behaviour, world, fiscal_year, part, luck)
    people = people.followed_by(_members_with_projects(behaviour, members, fiscal_year, luck))
    heard = np.full(len(people.key), aware_share(behaviour, fiscal_year))
    if capacity is not None:
        heard *= 1.0 + behaviour.link_capacity * capacity[people.municipality]
    return _describe(behaviour, people, heard, price_index, wage_index, luck)


def aware_share(behaviour: FounderBehaviour, fiscal_year: int) -> float:
    """Return the share of candidates who hear of the grant: more in the first campaign and since publicity
    is addressed to founders themselves (起業家への周知)."""
    reach = behaviour.awareness
    if fiscal_year <= behaviour.campaign_until:
        reach *= behaviour.campaign
    if fiscal_year >= behaviour.publicity_since:
        reach *= behaviour.publicity
    return min(reach, 1.0)


def part_of_founders(behaviour: FounderBehaviour, world: World, nation: World, fiscal_year: int) -> float:
    """Return the run's part of the nation's founders, and so of the money they ask for: exactly 1 of the whole nation.

    Founders are everywhere, towns that may host no members among them, and go by people: so does a run's part. Copies
    of a country have as many times the part of one.
    """
    of_nation = float(_weights(behaviour, nation, fiscal_year).sum())
    one = _weights(behaviour, world, fiscal_year)[world.copy == 0]
    copies = world.copies
    return copies * (float(one.sum()) / of_nation) if of_nation > 0 else 0.0


def _weights(behaviour: FounderBehaviour, world: World, fiscal_year: int) -> Floats:
    people = world.population[min(fiscal_year - FIRST_FISCAL_YEAR, len(world.population) - 1)]
    return np.where(people >= 1.0, np.maximum(people, 1.0) ** behaviour.place_elasticity, 0.0)


def _people_of_places(
    behaviour: FounderBehaviour, world: World, fiscal_year: int, part: float, luck: Luck
) -> People:
    """Draw residents and companies by place, a number that grows with people less than in proportion."""
    weight = _weights(behaviour, world, fiscal_year)
    total = float(weight.sum())
    expected = behaviour.founders_a_year * part * weight / total if total > 0 else weight
    counts = poisson_from_uniform(luck("founders.number").uniform(world.key, fiscal_year), expected)
    place = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = combine_keys(world.key[place], fiscal_year, number)
    draw = luck("founders.kind").uniform(key)
    outside = behaviour.company_share * behaviour.outside_share
    kind = np.where(draw < behaviour.company_share, Founder.COMPANY, Founder.RESIDENT)
    kind = np.where(draw < outside, Founder.OUTSIDE_COMPANY, kind)
    sex = luck("founders.sex").uniform(key) < behaviour.women
    decade = drawn_step(behaviour.age_weights, luck("founders.age").uniform(key))
    age = decade + np.floor(10.0 * luck("founders.age").uniform(key, sub=1)).astype(np.int64)
    return People(key, place, kind.astype(np.int8), sex.astype(np.int8), age)


def _members_with_projects(
    behaviour: FounderBehaviour, members: Members, fiscal_year: int, luck: Luck
) -> People:
    """Draw, with two small chances, young firms of members and settlers without a firm who come with a project."""
    april = (fiscal_year - FIRST_FISCAL_YEAR) * MONTHS
    stream = luck("founders.startup_link")
    rows, _ = stream.below(members.key, fiscal_year, behaviour.link_startups)
    opened = members.startup_month[rows]
    young = (opened < april) & (opened >= april - behaviour.link_startups_years * MONTHS)
    firm = young & (members.closed_month[rows] == NEVER)
    firm &= members.enterprise[rows] < 0  # a firm gets one grant
    with_firm = rows[firm & (members.settled[rows] < Settled.ELSEWHERE)]
    rows, _ = luck("founders.settler_link").below(members.key, fiscal_year, behaviour.link_settlers)
    there = (members.settled[rows] == Settled.SAME) | (members.settled[rows] == Settled.NEARBY)
    settlers = rows[there & (members.startup_month[rows] == NEVER)]
    chosen = np.concatenate([with_firm, settlers])
    serving = members.settled[chosen] == Settled.SERVING
    place = np.where(serving, members.municipality[chosen], members.settled_municipality[chosen])
    years = np.maximum(april - members.start_month[chosen], 0) // MONTHS
    return People(
        key=project_keys(members.key[chosen], fiscal_year),
        municipality=place.astype(np.int64),
        kind=np.where(serving, Founder.COOPERATOR, Founder.SETTLER).astype(np.int8),
        sex=members.sex[chosen].astype(np.int8),
        age=members.age_at_start[chosen].astype(np.int64) + years,
    )


def project_keys(members: Keys, fiscal_year: int) -> Keys:
    """Return the keys of the projects with which members come in a year."""
    return combine_keys(members, fiscal_year, 10_000)


def _describe(
    behaviour: FounderBehaviour,
    people: People,
    heard: Floats,
    price_index: float,
    wage_index: float,
    luck: Luck,
) -> Candidates:
    """Give projects their size, wealth, hurdle and theme: all drawn from their keys alone."""
    key, company = people.key, people.kind >= Founder.COMPANY
    talent = luck("founders.size").normal(key)
    median = np.where(company, behaviour.company_investment_median, behaviour.investment_median)
    spread = np.where(company, behaviour.company_investment_spread, behaviour.investment_spread)
    first_best = median * price_index * np.exp(spread * talent)
    cost = luck("founders.application_cost").normal(key)
    own_theme, fits = _themes(behaviour, people, luck)
    known_there = np.isin(people.kind, (Founder.COOPERATOR, Founder.SETTLER))
    return Candidates(
        **vars(people),
        sector=drawn_step(behaviour.sector_weights, luck("founders.sector").uniform(key)).astype(np.int8) - 1,
        aware=known_there | (luck("founders.aware").uniform(key) < heard),
        first_best=first_best,
        wealth=_wealth(behaviour, key, company, talent, luck) * price_index,
        hurdle=_hurdle(behaviour, key, company, first_best, wage_index, luck),
        application_cost=behaviour.application_cost
        * price_index
        * np.exp(behaviour.application_cost_spread * cost),
        indivisible=luck("founders.indivisible").uniform(key) < behaviour.indivisible,
        novel=luck("founders.novel").uniform(key) >= behaviour.novelty_missing,
        own_theme=own_theme,
        fits=fits,
        month=luck("founders.month").uniform(key) * MONTHS,
        applied_before=np.zeros(len(key), dtype=np.bool_),
    )


def _wealth(behaviour: FounderBehaviour, key: Keys, company: Flags, talent: Floats, luck: Luck) -> Floats:
    tie = behaviour.wealth_by_talent
    own = luck("founders.wealth").normal(key)
    median = np.where(company, behaviour.company_wealth_median, behaviour.wealth_median)
    return np.asarray(median * np.exp(behaviour.wealth_spread * (tie * talent + np.sqrt(1.0 - tie**2) * own)))


def _hurdle(
    behaviour: FounderBehaviour,
    key: Keys,
    company: Flags,
    first_best: Floats,
    wage_index: float,
    luck: Luck,
) -> Floats:
    """Return what a project must earn over the cost of capital, in yen a year.

    A person gives up a wage, less what its own hands earn in any firm, and has a distaste for (or joy in) being
    its own master; a company asks for a share of the profit at first best, since its people and managers are
    busy elsewhere.
    """
    draw = luck("founders.hurdle").normal(key)
    person = (behaviour.wage - behaviour.own_work + behaviour.distaste_spread * draw) * wage_index
    best_profit = (1.0 - behaviour.returns) / behaviour.returns * CAPITAL_COST_OF_REFERENCE * first_best
    asked = behaviour.company_hurdle * np.exp(behaviour.company_hurdle_spread * draw) * best_profit
    return np.where(company, asked, person)


def _themes(behaviour: FounderBehaviour, people: People, luck: Luck) -> tuple[Codes, Flags]:
    """Return each project's own theme and which themes it fits besides (none always, women or young by who leads)."""
    leads = (people.sex == 1) | (people.age < behaviour.young_until)
    draw = luck("founders.own_theme").uniform(people.key)
    digital, green = behaviour.digital_share, behaviour.decarbonising_share
    # Of its own a project is digital, or decarbonises, or else is about women and youth where they lead.
    about_people = leads & (draw >= 1.0 - behaviour.women_youth_share * max(1.0 - digital - green, 0.0))
    own = np.where(about_people, Theme.WOMEN_YOUTH, Theme.NONE)
    own = np.where(draw < digital + green, Theme.DECARBONISING, own)
    own = np.where(draw < digital, Theme.DIGITAL, own).astype(np.int8)
    also = luck("founders.fits_theme").uniform_matrix(people.key, len(Theme)) < behaviour.other_theme_fits
    also[:, Theme.WOMEN_YOUTH] &= leads
    also[:, Theme.NONE] = True
    also[np.arange(len(own)), own] = True
    return own, also
