"""The market of company dispatch (マッチング): posts look at a few companies each, and take the best that would.

A post sees its former partner (with some chance), companies by name (those that have done it before), companies
that have heard, those that the survey found interested, and on the platform some that have registered there.
More companies to be seen add choices and rename none, so two runs differ only where one more was seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Keys
from okoshi.agents.companies import Companies, Roll, cost_of_absence, logistic, race
from okoshi.agents.dispatch_behaviour import DispatchBehaviour
from okoshi.agents.dispatch_contracts import WORKING_DAYS, Agreed, Kind, Through
from okoshi.agents.dispatch_hosts import Posts
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck, combine_keys
from okoshi.policy.dispatch import DispatchRules, dispatch_allowed, most_travel, side_job_allowed
from okoshi.world.country import World

NOBODY = -1
FULL_PRESENCE = 1.0
PRESENCE_OF_REFERENCE = 0.5  # what full presence is worth is measured against it
REFUSED = -np.inf
MILLION = 1e6


@dataclass(frozen=True)
class Search:
    """Where posts may look: rolls of companies, and what the platform does this year.

    `saving` is the part of the search cost that falls away with a registered company, `platform_looks` the
    chance of each look on the platform, `registered` marks companies.
    """

    heard: Roll
    by_name: Roll
    interested: Roll
    registered_roll: Roll
    registered: Flags
    saving: float
    platform_looks: float


@dataclass(frozen=True)
class Year:
    """What both sides meet this April; each copy here holds `part` of the nation's bodies that may take employees."""

    fiscal_year: int
    first_month: int
    rules: DispatchRules
    wage_index: float
    price_index: float
    pandemic: float
    digital_capacity: Floats | None = None
    piloted: Flags | None = None  # places that a pilot brings in
    part: float = 1.0


@dataclass(frozen=True)
class Outcome:
    """What came of it: contracts agreed, and companies that would have gone and were not taken."""

    agreed: Agreed
    left_over: int


@dataclass(frozen=True)
class Looks:
    """Pairs of a post and a company seen, in columns; one row a look."""

    post: Integers
    company: Integers
    through: Integers


def meet(
    posts: Posts,
    search: Search,
    companies: Companies,
    experience: Integers,
    free: Integers,
    distance: Floats,
    world: World,
    behaviour: DispatchBehaviour,
    year: Year,
    luck: Luck,
) -> Outcome:
    """Bring posts and companies together. Nothing is written; nobody goes beyond the employees free.

    `experience` are contracts so far and `free` the employees that can still go, by company; `distance` is in
    kilometres from prefectures (rows) to municipalities.
    """
    looks = look(posts, search, world, behaviour, year.fiscal_year, luck)
    if len(looks.post) == 0:
        none = np.zeros(0, dtype=np.int64)
        return Outcome(Agreed(none, none, none, np.zeros(0), none), 0)
    key = combine_keys(posts.key[looks.post], companies.key[looks.company])
    base = value_pair(looks, posts, companies, experience, search, distance, behaviour, year)
    taste = logistic(luck("dispatch.taste").uniform(key))
    sent, presence = value_dispatch(looks, posts, companies, behaviour, year, taste)
    side = value_side_job(looks, posts, companies, distance, behaviour, year, key, luck)
    kind = np.where(side > sent, Kind.SIDE_JOB, Kind.DISPATCHED)
    utility = base + np.maximum(sent, side)
    would = utility > 0
    preferred = utility + 1e3 * (looks.through == Through.PARTNER)
    chosen = _choose(looks, np.where(would, preferred, REFUSED), key, free, len(posts))
    left_over = np.zeros(len(companies), dtype=np.bool_)
    left_over[looks.company[would]] = True
    left_over[looks.company[chosen]] = False
    left_over &= free > 0  # who has sent all its employees could not have gone
    agreed = Agreed(
        looks.post[chosen], looks.company[chosen], kind[chosen], presence[chosen], looks.through[chosen]
    )
    return Outcome(agreed, int(left_over.sum()))


def look(
    posts: Posts,
    search: Search,
    world: World,
    behaviour: DispatchBehaviour,
    fiscal_year: int,
    luck: Luck,
) -> Looks:
    """Return which companies each post sees, the former partner first."""
    stream, seen = luck("dispatch.look"), range(behaviour.companies_seen)
    words = [stream.bits(posts.key, fiscal_year, number) for number in seen]
    through = ways_of_looking(posts, search, world, behaviour, fiscal_year, luck)
    if search.platform_looks > 0:
        platform, numbers = luck("dispatch.platform_look"), range(behaviour.platform_seen)
        shown = platform.uniform_matrix(posts.key, behaviour.platform_seen, fiscal_year)
        words += [platform.bits(posts.key, fiscal_year, 1_000 + number) for number in numbers]
        through = np.hstack([through, np.where(shown < search.platform_looks, Through.PLATFORM, NOBODY)])
    asks = luck("dispatch.again").uniform(posts.key, fiscal_year) < behaviour.again
    partner = np.where(asks, posts.previous, NOBODY)[:, None]
    if words:
        found = _race_of_looks(np.stack(words, axis=1), through, search, world.copy[posts.municipality])
        partner = np.hstack([partner, found])
    post, number = np.nonzero(partner >= 0)
    ways = np.hstack([np.full((len(posts), 1), int(Through.PARTNER)), through])
    return Looks(post, partner[post, number], ways[post, number])


def ways_of_looking(
    posts: Posts,
    search: Search,
    world: World,
    behaviour: DispatchBehaviour,
    fiscal_year: int,
    luck: Luck,
) -> Integers:
    """Return `Through` of each look of each post: by name, or among all who have heard or come forward."""
    seen = behaviour.companies_seen
    lists = luck("dispatch.look_list").uniform_matrix(posts.key, 2 * seen, fiscal_year)
    copy = world.copy[posts.municipality]
    heard, asked = search.heard.length[copy][:, None], search.interested.length[copy][:, None]
    from_survey = lists[:, 1::2] * (heard + asked) < asked
    known = search.by_name.length[copy][:, None] > 0  # else everybody looks among those who have heard
    by_name = (lists[:, ::2] < behaviour.by_name) & known
    return np.where(by_name, Through.BY_NAME, np.where(from_survey, Through.SURVEY, Through.HEARD))


def _race_of_looks(words: Keys, through: Integers, search: Search, copy: Integers) -> Integers:
    """Return the company that each look falls on, -1 where there is none, in one race for all of them."""
    rolls = {
        Through.HEARD: search.heard,
        Through.BY_NAME: search.by_name,
        Through.SURVEY: search.interested,
        Through.PLATFORM: search.registered_roll,
    }
    copies = len(search.heard.length)
    length = np.zeros((len(Through), copies), dtype=np.int64)
    start, before = np.zeros_like(length), 0
    for through_roll, roll in rolls.items():
        length[through_roll], start[through_roll] = roll.length, before + roll.start[:-1]
        before += len(roll.rows)
    rows = np.concatenate([roll.rows for roll in rolls.values()] + [np.array([NOBODY])])
    way, country = through.ravel(), np.repeat(copy, through.shape[1])
    among = np.where(way >= 0, length[way, country], 0)
    winner = race(words.ravel(), among)
    at = np.where(winner >= 0, start[way, country] + winner, -1)
    return rows[at].reshape(through.shape)


def value_pair(
    looks: Looks,
    posts: Posts,
    companies: Companies,
    experience: Integers,
    search: Search,
    distance: Floats,
    behaviour: DispatchBehaviour,
    year: Year,
) -> Floats:
    """Return what both kinds share: motive, fit of fields, experience, distance, cost of search, the year.

    The search cost falls away for a former partner, partly for a registered company and where the town hall is
    digitally able. Who has come forward in the survey has not been found yet.
    """
    company, post = looks.company, looks.post
    place = posts.municipality[post]
    fits = companies.field[company] == posts.field[post]
    far = np.log1p(distance[companies.prefecture[company], place] / 100.0)
    cost = behaviour.search * (1.0 - search.saving * search.registered[company])
    if year.digital_capacity is not None:
        cost = cost * (1.0 - behaviour.link_digital_in_search * year.digital_capacity[place].clip(0.0, 1.0))
    cost = np.where(looks.through == Through.PARTNER, 0.0, cost)
    return np.asarray(
        behaviour.motive * companies.motive[company]
        + behaviour.fit * fits
        + behaviour.experience * np.log1p(experience[company])
        - behaviour.distance * far
        - cost
        + year.pandemic
    )


def value_dispatch(
    looks: Looks,
    posts: Posts,
    companies: Companies,
    behaviour: DispatchBehaviour,
    year: Year,
    taste: Floats,
) -> tuple[Floats, Floats]:
    """Return what a dispatch is worth to each company seen, and the presence that the pair would agree on.

    The pair chooses between the least presence allowed, a day a month where the rules name none, and the whole of the
    working days: the company loses the employee's time and what the cap and the municipality's own top-up leave
    unpaid, the municipality gains by every day more.
    """
    rules, company = year.rules.dispatched, looks.company
    least = min(max(float(rules.minimum_presence or 0), 1.0 / WORKING_DAYS), FULL_PRESENCE)
    more_there = (FULL_PRESENCE - least) / (FULL_PRESENCE - PRESENCE_OF_REFERENCE)
    absence = cost_of_absence(companies, company, behaviour)
    cost = companies.employee_cost[company] * year.wage_index
    cap = float(rules.during_period_per_person_cap or 0)
    values = [
        -absence * share
        - behaviour.pay
        * (1.0 - behaviour.top_up)
        * np.maximum(cost * share - cap, 0.0)
        / (MILLION * year.price_index)
        for share in (least, FULL_PRESENCE)
    ]
    whole = values[1] + posts.presence_wish[looks.post] * more_there > values[0]
    presence = np.where(whole, FULL_PRESENCE, least)
    allowed = dispatch_allowed(rules, presence, companies.capital[company]) & posts.dispatched[looks.post]
    return np.where(allowed, np.where(whole, values[1], values[0]) + taste, REFUSED), presence


def value_side_job(
    looks: Looks,
    posts: Posts,
    companies: Companies,
    distance: Floats,
    behaviour: DispatchBehaviour,
    year: Year,
    key: Keys,
    luck: Luck,
) -> Floats:
    """Return what a side job is worth to an employee of each company seen: pay counts little, hours weigh.

    What the caps and the municipality's own top-up leave unpaid, of pay and of travel, the employee goes without.
    """
    rules = year.rules.side_job
    utility = np.full(len(looks.post), REFUSED)
    rows = np.flatnonzero(posts.side_job[looks.post])
    hours = max(behaviour.side_job_hours, float(rules.minimum_hours_per_month or 0))
    days = float(rules.minimum_days_per_month or 0)
    there = max(behaviour.side_job_days_present, float(rules.minimum_days_present_per_month or 0))
    if len(rows) == 0 or not side_job_allowed(rules, days, hours, there):
        return utility
    asked = hours * MONTHS * behaviour.side_job_hourly_yen * year.wage_index
    place = posts.municipality[looks.post[rows]]
    far = distance[companies.prefecture[looks.company[rows]], place]
    travel = there * MONTHS * behaviour.trip_cost(far) * year.price_index
    over = max(asked - rules.most_remuneration, 0.0) + np.maximum(
        travel - most_travel(rules, int(asked)), 0.0
    )
    unpaid = over * (1.0 - behaviour.top_up) / (MILLION * year.price_index)
    # Twenty hours, four days and one there a month weigh nothing: `side_job_level` is measured at them.
    of_days = behaviour.side_job_burden_of_days
    burden = np.log(hours / 20.0) + of_days * np.log(max(there, 1.0)) + of_days * np.log(max(days, 4.0) / 4.0)
    utility[rows] = (
        behaviour.side_job_level
        - behaviour.side_job_pay * unpaid
        - behaviour.side_job_burden * burden
        + logistic(luck("dispatch.side_job_taste").uniform(key[rows]))
    )
    return utility


def _choose(looks: Looks, value: Floats, key: Keys, free: Integers, posts: int) -> Integers:
    """Return the rows of `looks` that become contracts.

    Every post asks its best company first, companies take the posts that they like best while employees are
    free, and who is turned down asks the next. Ties go by the key of the pair.
    """
    rows = np.flatnonzero(value > REFUSED)
    rows = rows[np.lexsort((key[rows], -value[rows], looks.post[rows]))]
    left, filled = free.astype(np.int64), np.zeros(posts, dtype=np.bool_)
    chosen: list[Integers] = []
    while len(rows):
        rows = rows[~filled[looks.post[rows]] & (left[looks.company[rows]] > 0)]
        post = looks.post[rows]
        asking = rows[np.flatnonzero(np.diff(post, prepend=NOBODY))]
        asking = asking[np.lexsort((key[asking], -value[asking], looks.company[asking]))]
        company = looks.company[asking]
        rank = np.arange(len(asking)) - np.searchsorted(company, company)
        taken = asking[rank < left[company]]
        chosen.append(taken)
        filled[looks.post[taken]] = True
        np.subtract.at(left, looks.company[taken], 1)
        if len(taken) == len(asking):
            break
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=np.int64)
