"""Field programmes of universities (大学の地域プログラム): where they are held, by whom, and what they are like.

Some are held without the measure; a contract (モデル事業) makes a larger, longer and better one. Which would be
held without the measure is told beside, from the same draws: a second history that knows no contract and no
platform.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Keys, Rows, Yen
from okoshi.agents.purse import Purse
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck, combine_keys
from okoshi.scenario.settings import Settings
from okoshi.world.country import World, distance_km

STREAMS_UNIVERSITY = frozenset(
    {
        "projects.hosting",
        "projects.held",
        "projects.applies",
        "projects.score",
        "projects.university",
        "projects.students",
        "projects.days",
        "projects.quality",
        "projects.cost",
    }
)

UNIVERSITY, PROJECT = 12, 13  # parts of keys, beside the origins of applicants
NEAREST_KM = 10.0
CONTRACT_OF_REFERENCE = 10_000_000  # yen a site: the first contracts, at which sites have their average size
YEAR_OF_REFERENCE = 2025  # in which the first contracts are spent


@dataclass(frozen=True)
class ProjectBehaviour:
    """What is assumed of programmes: `behaviour.university` (see its parameter file for units and sources)."""

    programmes_a_year: float
    hosting_spread: float
    continues: float
    continues_after_contract: float
    applies: float
    students_a_site: float
    own_students: float
    students_spread: float
    contract_in_students: float
    days_a_site: float
    own_days: float
    days_spread: float
    quality_spread: float
    quality_by_support: float
    contract_quality: float
    know_how_quality: float
    shared_know_how: float
    crowding: float
    site_cost: float
    own_programme_cost: float
    cost_spread: float
    host_staff_hours: float
    student_cost_a_day: float
    student_cost_a_km: float
    student_cost_reference: float
    cost_elasticity: float
    distance_elasticity: float
    platform_effect: float
    platform_scale: float
    know_how_scale: float
    knowledge_fading: float


class Universities(Table):
    """The universities of a prefecture, one row each: they offer field programmes."""

    prefecture = Column(np.int16, unit="row", meaning="prefecture", low=0)
    programmes = Column(np.int32, unit="programmes", meaning="held this year", low=0)
    students_sent = Column(np.int32, unit="students", meaning="taking part this year", low=0)


class Projects(Table):
    """One row a programme: a place and a fiscal year."""

    municipality = Column(np.int32, unit="row", meaning="host", low=0)
    fiscal_year = Column(np.int16, unit="fiscal year", meaning="year it is held", low=2009)
    university_prefecture = Column(np.int16, unit="row", meaning="prefecture of the university", low=0)
    under_contract = Column(np.bool_, unit="flag", meaning="a site of the measure (モデル事業)")
    held_anyway = Column(np.bool_, unit="flag", meaning="would be held without the measure")
    students = Column(np.int32, unit="students", meaning="taking part", low=0)
    students_anyway = Column(np.int32, unit="students", meaning="who would without the measure", low=0)
    days = Column(np.int16, unit="days", meaning="length", low=1)
    quality = Column(np.float64, unit="ratio", meaning="quality, 1 = middle", low=0)
    cost = Column(np.int64, unit="yen", meaning="cost to the host, before any contract", low=0)
    contract = Column(np.int64, unit="yen", meaning="paid by the nation under contract", low=0)
    students_cost = Column(np.int64, unit="yen", meaning="what its students pay themselves", low=0)


@dataclass(frozen=True)
class Knowledge:
    """What platform and analysis have taught, as shares of those meant: both fade."""

    platform: float = 0.0
    know_how: float = 0.0

    def after(self, platform_yen: float, analysis_yen: float, behaviour: ProjectBehaviour) -> Knowledge:
        """Return what is known in a year with these sums spent (FY2024 prices), with diminishing returns."""
        kept = 1.0 - behaviour.knowledge_fading

        def grown(now: float, yen: float, scale: float) -> float:
            return kept * now + (1.0 - kept * now) * -float(np.expm1(-yen / scale))

        return Knowledge(
            grown(self.platform, platform_yen, behaviour.platform_scale),
            grown(self.know_how, analysis_yen, behaviour.know_how_scale),
        )


@dataclass(frozen=True)
class Hosts:
    """What lasts about places as hosts: one value a municipality.

    `chance_new` is the yearly chance that a programme comes which was not there the year before.
    """

    eligible: Flags
    chance_new: Floats


@dataclass
class HostHistory:
    """Where a programme was held the year before: as it is, under contract alone, and without the measure."""

    held: Flags
    by_contract_alone: Flags
    held_anyway: Flags


def found_universities(world: World) -> Universities:
    """Return the universities of each prefecture."""
    table = Universities(len(world.prefectures.code))
    numbers = np.arange(len(world.prefectures.code))
    table.append(len(numbers), key=combine_keys(UNIVERSITY, numbers), prefecture=numbers)
    return table


def describe_hosts(world: World, behaviour: ProjectBehaviour, luck: Luck, nation_share: float) -> Hosts:
    """Return what lasts. As many new programmes come a year as keep the assumed number going."""
    eligible = world.eligible_cooperators
    spread = behaviour.hosting_spread
    differs = np.exp(spread * luck("projects.hosting").normal(world.key) - spread**2 / 2.0)
    new = behaviour.programmes_a_year * nation_share * (1.0 - behaviour.continues)
    chance = eligible * differs * new / max(int(eligible.sum()), 1)
    return Hosts(eligible, np.minimum(chance, 1.0))


def first_history(
    world: World, hosts: Hosts, behaviour: ProjectBehaviour, luck: Luck, fiscal_year: int
) -> HostHistory:
    """Return where programmes were held before the first year: as many as there are a year, drawn once."""
    chance = hosts.chance_new / max(1.0 - behaviour.continues, 1e-9)
    held = luck("projects.held").uniform(world.key, fiscal_year - 1) < chance
    return HostHistory(held, np.zeros(len(held), dtype=np.bool_), held.copy())


def held_this_year(
    hosts: Hosts,
    history: HostHistory,
    knowledge: Knowledge,
    behaviour: ProjectBehaviour,
    uniform: Floats,
) -> tuple[Flags, Flags]:
    """Return where a programme is held without a contract, and where one would be without the measure.

    One number a place is drawn against both chances, `1 - (1 - new e^(b platform)) (1 - goes on)`.
    """
    new = np.minimum(hosts.chance_new * np.exp(behaviour.platform_effect * knowledge.platform), 1.0)
    goes_on = np.where(
        history.by_contract_alone,
        behaviour.continues_after_contract,
        behaviour.continues * history.held,
    )
    held = uniform < 1.0 - (1.0 - new) * (1.0 - goes_on)
    without = 1.0 - (1.0 - hosts.chance_new) * (1.0 - behaviour.continues * history.held_anyway)
    return hosts.eligible & held, hosts.eligible & (uniform < without)


def applicants_for_contracts(
    world: World, hosts: Hosts, able: Flags, behaviour: ProjectBehaviour, luck: Luck, fiscal_year: int
) -> tuple[Rows, Floats]:
    """Return the municipalities that apply for a contract, of those `able` to carry a site, and their scores."""
    applies = luck("projects.applies").uniform(world.key, fiscal_year) < behaviour.applies
    rows = np.flatnonzero(hosts.eligible & able & applies)
    return rows, luck("projects.score").uniform(world.key[rows], fiscal_year)


@dataclass(frozen=True)
class Chosen:
    """Where the year's programmes are held, in the order of places, and on whose account.

    `of_its_own` is where one is held this year with or without a contract, `held_anyway` where one would be without
    the whole measure.
    """

    place: Rows
    under_contract: Flags
    of_its_own: Flags
    held_anyway: Flags

    @staticmethod
    def of(held: Flags, held_anyway: Flags, sites: Rows) -> Chosen:
        """Put programmes without contract and the sites under contract together."""
        contract = np.zeros(len(held), dtype=np.bool_)
        contract[sites] = True
        place = np.flatnonzero(held | contract)
        return Chosen(place, contract[place], held[place], held_anyway[place])


@dataclass(frozen=True)
class Setting:
    """What holds for all programmes of a year; `support_capacity` is one value a municipality.

    `contract_yen` is the flat sum a site, at the year's prices (FY2024 = 1).
    """

    fiscal_year: int
    prices: float
    knowledge: Knowledge
    support_capacity: Floats
    contract_yen: int

    @property
    def contract_in_real_terms(self) -> float:
        """What a contract buys this year, of what 10 million yen bought in FY2025: exactly 1 under the first rules.

        That year's prices are those of the parameter files: a scenario with others has sites of another size.
        """
        prices = Settings().number("context.price_index", YEAR_OF_REFERENCE)
        return self.contract_yen / CONTRACT_OF_REFERENCE * (prices / self.prices)


@dataclass(frozen=True)
class Programmes:
    """A year's programmes before they are held: one entry each, in the order of places."""

    key: Keys
    place: Rows
    university_prefecture: Integers
    under_contract: Flags
    held_anyway: Flags
    students: Integers
    students_anyway: Integers
    days: Integers
    quality: Floats
    cost: Yen
    students_cost: Yen


def describe_programmes(
    world: World, chosen: Chosen, setting: Setting, behaviour: ProjectBehaviour, luck: Luck
) -> Programmes:
    """Return what the year's programmes are like: all drawn from place and year, whoever pays.

    Sites in one prefecture learn from one another and compete for students. Students stay away where their
    own cost (days and the way there) is higher: the contract does not pay for it. What it pays is room for them: a site
    plans to spend in proportion to the contract, and that takes in students with an elasticity under 1. A host that
    holds a programme of its own this year does no less for a contract.
    """
    place, contract, year = chosen.place, chosen.under_contract, setting.fiscal_year
    who = world.key[place]
    draw = luck("projects.university").uniform(who, year)
    university, distance = _university(world, place, draw, behaviour.distance_elasticity)
    stretch = np.exp(behaviour.days_spread * luck("projects.days").normal(who, year))
    days = _days(np.where(contract, behaviour.days_a_site, behaviour.own_days) * stretch)
    own_days = _days(behaviour.own_days * stretch)
    way = behaviour.student_cost_a_km * distance
    others = _other_sites(world.prefecture[place], world.copy[place], contract)
    buys = setting.contract_in_real_terms
    room = behaviour.students_a_site * buys**behaviour.contract_in_students
    site_students = room * (1.0 + others) ** -behaviour.crowding
    many = luck("projects.students").normal(who, year)
    students = _heads(np.where(contract, site_students, behaviour.own_students), many, way, days, behaviour)
    own_students = _heads(np.full(len(place), behaviour.own_students), many, way, own_days, behaviour)
    students = np.where(chosen.of_its_own, np.maximum(students, own_students), students)
    quality = np.exp(
        behaviour.quality_spread * luck("projects.quality").normal(who, year)
        + behaviour.quality_by_support * (setting.support_capacity[place] - 0.5)
        + behaviour.know_how_quality * setting.knowledge.know_how
        + contract * (behaviour.contract_quality + behaviour.shared_know_how * np.log1p(others))
    )
    each = (way + behaviour.student_cost_a_day * days) * setting.prices
    return Programmes(
        key=combine_keys(PROJECT, who, year),
        place=place,
        university_prefecture=university,
        under_contract=contract,
        held_anyway=chosen.held_anyway,
        students=students,
        students_anyway=np.where(chosen.held_anyway, own_students, 0),
        days=days,
        quality=quality,
        cost=cost_of(who, contract, chosen.of_its_own, setting, behaviour, luck),
        students_cost=np.floor(each).astype(np.int64) * students,
    )


def cost_of(
    who: Keys, contract: Flags, of_its_own: Flags, setting: Setting, behaviour: ProjectBehaviour, luck: Luck
) -> Yen:
    """Return what a programme costs its host before any contract, `who` the keys of places: drawn from place and year.

    A host that holds one of its own this year spends no less under a contract.
    """
    site = behaviour.site_cost * setting.contract_in_real_terms
    level = np.where(contract, site, behaviour.own_programme_cost)
    level = np.where(of_its_own, np.maximum(level, behaviour.own_programme_cost), level)
    differs = np.exp(behaviour.cost_spread * luck("projects.cost").normal(who, setting.fiscal_year))
    return np.floor(level * differs * setting.prices).astype(np.int64)


def carried(purse: Purse, cost: Yen, contract: Yen, behaviour: ProjectBehaviour) -> Flags:
    """Return which places' purses carry a programme of this cost, of which a contract pays a part in March.

    The host advances the cost, bears what the contract leaves, and gives officials' hours.
    """
    hours = round(behaviour.host_staff_hours)
    needs = ((purse.cash, cost), (purse.own_funds, cost - contract), (purse.staff_hours, hours))
    carries = [np.asarray(left >= takes) for left, takes in needs if left is not None]
    return np.asarray(np.logical_and.reduce([np.ones(len(cost), dtype=np.bool_), *carries]))


def hold(
    projects: Projects,
    universities: Universities,
    programmes: Programmes,
    contract_yen: Yen,
    fiscal_year: int,
) -> Rows:
    """Write the year's programmes down, with what the nation pays for each; return their rows."""
    count = len(universities)
    universities.programmes = np.bincount(programmes.university_prefecture, minlength=count)
    universities.students_sent = np.bincount(
        programmes.university_prefecture, weights=programmes.students, minlength=count
    )
    return projects.append(
        len(programmes.place),
        key=programmes.key,
        municipality=programmes.place,
        fiscal_year=fiscal_year,
        university_prefecture=programmes.university_prefecture,
        under_contract=programmes.under_contract,
        held_anyway=programmes.held_anyway,
        students=programmes.students,
        students_anyway=programmes.students_anyway,
        days=programmes.days,
        quality=programmes.quality,
        cost=programmes.cost,
        contract=contract_yen,
        students_cost=programmes.students_cost,
    )


def _university(world: World, place: Rows, uniform: Floats, elasticity: float) -> tuple[Integers, Floats]:
    """Return the prefecture whose university comes, by its people and the distance, and how far it is in km."""
    home = world.prefectures
    there = (world.longitude[place, None], world.latitude[place, None])
    distance = distance_km(*there, home.longitude, home.latitude)
    weights = home.urban_population / np.maximum(distance, NEAREST_KM) ** elasticity
    cumulative = np.cumsum(weights, axis=1)
    reached = (cumulative < (uniform * cumulative[:, -1])[:, None]).sum(axis=1)
    university = np.minimum(reached, weights.shape[1] - 1)
    return university, distance[np.arange(len(place)), university]


def _days(length: Floats) -> Integers:
    return np.maximum(np.rint(length), 1.0).astype(np.int64)


def _heads(
    mean: Floats, standard_normal: Floats, way_yen: Floats, days: Integers, behaviour: ProjectBehaviour
) -> Integers:
    spread = behaviour.students_spread
    relative = (way_yen + behaviour.student_cost_a_day * days) / behaviour.student_cost_reference
    heads = mean * np.exp(spread * standard_normal - spread**2 / 2.0) * relative**-behaviour.cost_elasticity
    return np.maximum(np.rint(heads), 1.0).astype(np.int64)


def _other_sites(prefecture: Integers, copy: Integers, contract: Flags) -> Floats:
    """Return how many other sites under contract a site's prefecture has (0 where it is no site)."""
    group = copy.astype(np.int64) * (int(prefecture.max(initial=0)) + 1) + prefecture
    sites = np.bincount(group, weights=contract)
    return np.asarray(np.where(contract, sites[group] - 1.0, 0.0)) if len(group) else np.zeros(0)
