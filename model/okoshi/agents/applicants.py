"""The people who may apply in a year: who they are, what they carry with them, how many there are.

An applicant's key is made of where and when the person comes from and a number among those of that origin and
year. Person k exists when k is at most the year's number: more publicity adds people and renames none, and the
same person has the same traits and tastes in every scenario.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction

import numpy as np

from okoshi.agents.arrays import Aligned, Codes, Flags, Floats, Integers, Keys
from okoshi.agents.conditions import Circumstances, Conditions
from okoshi.agents.municipalities import Field, Municipalities
from okoshi.agents.programmes import ProgrammeBehaviour
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck, combine_keys, poisson_from_uniform
from okoshi.policy.cooperators import foreign_recruitment_reimbursement
from okoshi.world.country import World


class Sex(IntEnum):
    """As in the official statistics."""

    MAN = 0
    WOMAN = 1


class Household(IntEnum):
    """Who comes along to the place."""

    ALONE = 0
    FAMILY_ALONG = 1
    FAMILY_BEHIND = 2


class FormerWork(IntEnum):
    """What an applicant did before."""

    EMPLOYEE = 0
    STUDENT = 1
    SELF_EMPLOYED = 2
    PUBLIC_OR_CARE = 3
    OTHER = 4


class Origin(IntEnum):
    """Which of the year's lists a person stands on (part of the key)."""

    CITY = 1
    FOREIGN_RESIDENT = 2
    TRIAL_GUEST = 3
    INTERN = 4


Steps = tuple[tuple[Fraction, int], ...]  # (age or code from, per thousand)

NO_STUDENT_FROM = 30  # years of age: who is drawn as a student above it has been employed
YEARS_TO_MOVE = 3  # a term: other lengths are much the same as another yearly chance `moves_anyway`


@dataclass(frozen=True)
class ApplicantBehaviour:
    """How many there are and how they differ: `behaviour.applicants`."""

    number_a_year: float
    publicity_of_others: float
    labour_market: float
    word_of_mouth: float
    telework: float
    pandemic: float
    women: float
    age_weights: Steps
    former_work_weights: Steps
    family_along_women: Steps
    family_along_men: Steps
    family_behind_women: Steps
    family_behind_men: Steps
    foreign_a_year: float
    foreign_recruitment: float
    foreign_recruitment_cost: float
    foreign_support_cost: float
    trial_guests: float
    interns: float
    intern_days: float
    intern_day_cost: float
    wanted_term_weights: Steps
    moves_anyway: float
    moves_anyway_by_trait: float
    plan_by_former_work: float


@dataclass(frozen=True)
class Applicants(Aligned):
    """The year's pool, one entry a person. `guest_of` is the row of the place visited last year, or -1.

    `known_*` are -1 but for students, who live alone; what else somebody is shows when hired (`traits_of`).
    """

    key: Keys
    origin_prefecture: Integers
    copy: Integers
    guest_of: Integers
    foreign: Flags
    intern: Flags
    field: Codes
    known_sex: Codes
    known_age: Integers
    known_work: Codes

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.key)


def nobody() -> Applicants:
    """Return an empty list of people."""
    whole, code, flag = np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.bool_)
    return Applicants(np.zeros(0, np.uint64), whole, whole, whole, flag, flag, code, code, whole, code)


@dataclass(frozen=True)
class Traits:
    """What somebody is: lasting, one entry a person."""

    sex: Codes
    age: Integers
    former_work: Codes
    household: Codes
    trait: Floats
    startup_plan: Floats
    moves_anyway: Flags
    wanted_term_months: Integers


def share_at(steps: Steps, at: Integers) -> Floats:
    """Return the share that holds at each `at`: that of the last step at or below it (the first below all)."""
    froms = np.array([float(step[0]) for step in steps])
    shares = np.array([step[1] for step in steps]) / 1_000.0
    return np.asarray(shares[np.clip(np.searchsorted(froms, at, side="right") - 1, 0, None)])


def drawn_step(steps: Steps, uniform: Floats) -> Integers:
    """Return the first entry of one step for each uniform number, drawn by the weights of the steps."""
    weights = np.cumsum([step[1] for step in steps])
    index = np.searchsorted(weights, uniform * weights[-1], side="right")
    return np.asarray(np.array([int(step[0]) for step in steps])[np.minimum(index, len(steps) - 1)])


def heard_of(behaviour: ApplicantBehaviour, conditions: Conditions) -> float:
    """Return how widely posts are heard of, 1 at the reference: the ministry's publicity beside all others'."""
    others = behaviour.publicity_of_others
    return (others + conditions.reach.publicity) / (others + 1.0)


def labour_factor(behaviour: ApplicantBehaviour, circumstances: Circumstances) -> float:
    """Return how job openings change how many look at posts: `(openings / 1.1)^-e`, 1 at 1.1 an applicant."""
    return float((circumstances.openings_per_applicant / 1.1) ** -behaviour.labour_market)


def elsewhere_factor(behaviour: ApplicantBehaviour, circumstances: Circumstances) -> float:
    """Return how telework and a pandemic change it: `1 + t telework + p pandemic`, nobody at the least."""
    elsewhere = 1.0 + behaviour.telework * circumstances.telework_index
    return max(elsewhere + behaviour.pandemic * circumstances.pandemic_index, 0.0)


def expected_numbers(
    behaviour: ApplicantBehaviour, programmes: ProgrammeBehaviour, conditions: Conditions, before_april: float
) -> tuple[float, float]:
    """Return how many people in the cities, and how many foreign residents, are expected to look at posts.

    `N0 publicity^phi (openings / 1.1)^-e (1 + w ln(1 + members / 5000)) (1 + t telework + p pandemic)`, times
    the part of the nation's eligible municipalities that this run holds. The share `before_april` of them, who would
    start in April, looks in the circumstances of the year before. Foreign residents are won by what prefectures can
    spend of what they want to, in prices of the year: a cap in yen loses value.
    """
    publicity = heard_of(behaviour, conditions) ** programmes.publicity_elasticity
    heard = 1.0 + behaviour.word_of_mouth * np.log1p(conditions.last_year.members / 5_000.0)
    looking = labour = 0.0
    for share, year in (
        (before_april, conditions.circumstances_before),
        (1.0 - before_april, conditions.circumstances),
    ):
        of_year = share * labour_factor(behaviour, year)
        labour += of_year
        looking += of_year * elsewhere_factor(behaviour, year)
    people = float(behaviour.number_a_year * publicity * heard * looking * conditions.nation_share)
    wanted = round(behaviour.foreign_recruitment_cost * conditions.price_index)
    spent = foreign_recruitment_reimbursement(conditions.rules, wanted) if conditions.scheme_open else 0
    won = 1.0 + behaviour.foreign_recruitment * spent / max(wanted, 1)
    return people, float(behaviour.foreign_a_year * labour * won * conditions.nation_share)


def people_from_cities(
    world: World,
    conditions: Conditions,
    expected: float,
    expected_foreign: float,
    luck: Luck,
) -> Applicants:
    """Return this year's people from the cities of each prefecture, foreign residents after them."""
    lists = []
    copies = world.copies
    weights = world.prefectures.urban_population / world.prefectures.urban_population.sum() / copies
    prefecture = np.tile(np.arange(len(weights)), copies)
    copy = np.repeat(np.arange(copies), len(weights))
    for origin, stream, total in (
        (Origin.CITY, "applicants.number", expected),
        (Origin.FOREIGN_RESIDENT, "applicants.foreign_number", expected_foreign),
    ):
        list_keys = combine_keys(origin, copy, prefecture)
        uniform = luck(stream).uniform(list_keys, conditions.fiscal_year)
        counts = poisson_from_uniform(uniform, total * np.tile(weights, copies))
        people = people_looking(
            _numbered(list_keys, counts, conditions.fiscal_year),
            np.repeat(prefecture, counts),
            np.full(counts.sum(), -1, dtype=np.int64),
            origin,
            luck,
        )
        lists.append(replace(people, copy=np.repeat(copy, counts)))
    return lists[0].followed_by(lists[1])


def guests_of_the_year(
    behaviour: ApplicantBehaviour,
    costs: tuple[float, float],
    world: World,
    table: Municipalities,
    fiscal_year: int,
    pandemic_index: float,
    luck: Luck,
) -> Applicants:
    """Return who comes on a trial stay or as an intern this year: they are in the pool of the next.

    `costs` are what a whole programme costs (trial, internship), yen of the year: half the money, half the guests.
    A pandemic keeps as many of them away as of those who come upon the measure otherwise (assumed alike).
    """
    come = max(1.0 + behaviour.pandemic * pandemic_index, 0.0)
    lists = []
    for origin, stream, spent, cost, guests in (
        (Origin.TRIAL_GUEST, "guests.trial_number", table.trial_spent, costs[0], behaviour.trial_guests),
        (Origin.INTERN, "guests.intern_number", table.internship_spent, costs[1], behaviour.interns),
    ):
        places = np.flatnonzero(spent)
        mean = come * guests * np.minimum(spent[places] / max(cost, 1.0), 1.0)
        keys = combine_keys(origin, table.key[places])
        counts = poisson_from_uniform(luck(stream).uniform(keys, fiscal_year), mean)
        people = _numbered(keys, counts, fiscal_year)
        weights = np.cumsum(world.prefectures.urban_population)
        home = np.searchsorted(weights, luck("guests.stay").uniform(people) * weights[-1])
        where = np.repeat(places, counts)
        looking = people_looking(people, home, where, origin, luck)
        lists.append(replace(looking, copy=world.copy[where].astype(np.int64)))
    return lists[0].followed_by(lists[1])


def _numbered(list_keys: Keys, counts: Integers, fiscal_year: int) -> Keys:
    owners = np.repeat(list_keys, counts)
    firsts = np.repeat(np.cumsum(counts) - counts, counts)
    number = np.arange(counts.sum()) - firsts
    return combine_keys(owners, fiscal_year, number)


def people_looking(
    key: Keys, origin_prefecture: Integers, guest_of: Integers, origin: Origin, luck: Luck
) -> Applicants:
    """Return people of an origin who look for a post; their field is drawn from their keys alone."""
    count = len(key)
    return Applicants(
        key=key,
        origin_prefecture=np.asarray(origin_prefecture, dtype=np.int64),
        copy=np.zeros(count, dtype=np.int64),
        guest_of=np.asarray(guest_of, dtype=np.int64),
        foreign=np.full(count, origin is Origin.FOREIGN_RESIDENT),
        intern=np.full(count, origin is Origin.INTERN),
        field=np.floor(len(Field) * luck("applicants.field").uniform(key)).astype(np.int8),
        known_sex=np.full(count, -1, dtype=np.int8),
        known_age=np.full(count, -1, dtype=np.int64),
        known_work=np.full(count, -1, dtype=np.int8),
    )


def traits_of(people: Applicants, behaviour: ApplicantBehaviour, luck: Luck) -> Traits:
    """Return people's lasting traits: what is not known is drawn from their keys alone."""
    key = people.key
    sex = (luck("applicants.sex").uniform(key) < behaviour.women).astype(np.int8)
    decade = drawn_step(behaviour.age_weights, luck("applicants.age").uniform(key))
    age = decade + np.floor(10.0 * luck("applicants.age").uniform(key, sub=1)).astype(np.int64)
    drawn_work = drawn_step(behaviour.former_work_weights, luck("applicants.former_work").uniform(key)) - 1
    too_old = (drawn_work == FormerWork.STUDENT) & (age >= NO_STUDENT_FROM)
    work = np.where(too_old, FormerWork.EMPLOYEE, drawn_work).astype(np.int8)
    trait = luck("applicants.trait").normal(key)
    plan = luck("applicants.startup_plan").normal(key)
    plan = plan + behaviour.plan_by_former_work * (work == FormerWork.SELF_EMPLOYED)
    yearly = np.clip(behaviour.moves_anyway * np.exp(behaviour.moves_anyway_by_trait * trait), 0.0, 1.0)
    anyway = luck("applicants.moves_anyway").uniform(key) < 1.0 - (1.0 - yearly) ** YEARS_TO_MOVE
    known = people.known_age >= 0
    return Traits(
        sex=np.where(known, people.known_sex, sex),
        age=np.where(known, people.known_age, age),
        former_work=np.where(known, people.known_work, work),
        household=np.where(known, np.int8(Household.ALONE), _households(behaviour, key, sex, age, luck)),
        trait=trait,
        startup_plan=plan,
        moves_anyway=anyway,
        wanted_term_months=MONTHS
        * drawn_step(behaviour.wanted_term_weights, luck("applicants.term").uniform(key)),
    )


def _households(behaviour: ApplicantBehaviour, key: Keys, sex: Codes, age: Integers, luck: Luck) -> Codes:
    woman = sex == Sex.WOMAN
    along = np.where(
        woman,
        share_at(behaviour.family_along_women, age),
        share_at(behaviour.family_along_men, age),
    )
    behind = np.where(
        woman,
        share_at(behaviour.family_behind_women, age),
        share_at(behaviour.family_behind_men, age),
    )
    draw = luck("applicants.household").uniform(key)
    return np.where(
        draw < along,
        Household.FAMILY_ALONG,
        np.where(draw < along + behind, Household.FAMILY_BEHIND, Household.ALONE),
    ).astype(np.int8)
