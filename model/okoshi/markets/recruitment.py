"""Recruitment (募集): where applicants and posts meet, once a year, in two rival forms.

Frictional search: each applicant sees few posts and applies to the best one; places hire the best of those who
applied; who is turned down tries the next post seen, a few times. Deferred acceptance (Gale and Shapley 1962):
each applicant ranks many posts, places hold the best so far until nobody is turned down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.applicants import Applicants
from okoshi.agents.arrays import Flags, Floats, Integers, Keys
from okoshi.agents.conditions import Conditions
from okoshi.agents.municipalities import Municipalities
from okoshi.engine.draws import Luck, combine_keys
from okoshi.scenario.draft import Matching
from okoshi.world.country import World

# 56 on 512 pages of the nation: whoever finds little still comes across one place in nine. Most find enough soon;
# the few who look on do so many times at once. How they are grouped changes nothing but the time it takes.
LOOKS_AT_ONCE = (2, 2, 4, 8, 16, 24)
NOBODY = -1
KEPT = 0.9  # of a side: what is left of it where the market is held again with fewer
FEW_TRIES = 4  # of so few the best are found one by one sooner than by sorting all


@dataclass(frozen=True)
class RecruitmentBehaviour:
    """How posts are seen, valued and filled: `behaviour.recruitment`."""

    posts_seen: float
    posts_ranked: float
    posts_seen_by_publicity: float
    visibility_exponent: float
    posts_fully_visible: float
    visibility_by_spending: float
    spending_of_reference: float
    search_rounds: float
    outside_option: float
    pay: float
    support: float
    amenity: float
    distance: float
    migrants: float
    fit: float
    tie: float
    guest_outside_option: float
    field_match: float
    score_by_fit: float


@dataclass(frozen=True)
class Offers:
    """What each applicant sees: matrices (people, most posts seen); a post is a municipality's row or -1."""

    post: Integers
    utility: Floats
    fit: Floats
    outside: Floats


@dataclass(frozen=True)
class Matches:
    """Who is hired where: rows of the pool, rows of the municipalities, and how well they fit.

    `applied` counts people who found a post better than staying; `refused` those of them left without one. `by_people`
    and `by_posts` are the elasticities of hires to either side (the matching function of Pissarides 2000): near 1
    for the side that was short, near 0 for the other; not a number where nobody was hired, or too few to leave out.
    """

    person: Integers
    municipality: Integers
    fit: Floats
    applied: int
    refused: int
    by_people: float
    by_posts: float

    @classmethod
    def none(cls) -> Matches:
        """Return a market in which nobody was hired."""
        nobody = np.zeros(0, dtype=np.int64)
        return cls(nobody, nobody, np.zeros(0), 0, 0, np.nan, np.nan)


def recruit(
    pool: Applicants,
    table: Municipalities,
    world: World,
    behaviour: RecruitmentBehaviour,
    conditions: Conditions,
    structure: Matching,
    publicity: float,
    luck: Luck,
) -> Matches:
    """Bring applicants and posts together. Nothing is written; no post is filled twice.

    `publicity` (1 = reference) raises how many posts people see.
    """
    if len(pool) == 0 or table.posts.sum() == 0:
        return Matches.none()
    most = behaviour.posts_seen if structure is Matching.SEARCH else behaviour.posts_ranked
    most = 1.0 + (most - 1.0) * publicity**behaviour.posts_seen_by_publicity
    visible = visibility(table, behaviour, conditions.price_index)
    seen = posts_seen(pool, table, visible, most, world.copy, conditions.fiscal_year, luck)
    offers = value_posts(pool, seen, table, world, behaviour, conditions, luck)
    tries = seen.shape[1]
    if structure is Matching.SEARCH:  # nobody tries more posts than there are rounds
        tries = min(max(round(behaviour.search_rounds), 1), tries)
    order, utility = best_first(offers.utility, tries)
    order += np.arange(len(pool))[:, None] * seen.shape[1]
    ranked = np.where(utility > offers.outside[:, None], offers.post.take(order), NOBODY)
    fit = offers.fit.take(order)
    score = scores(pool, ranked, fit, table, behaviour, luck)

    def meet(ranked: Integers, posts: Integers) -> Integers:
        if structure is Matching.SEARCH:
            return _first_come(pool.key, ranked, score, posts, round(behaviour.search_rounds))
        return _deferred_acceptance(pool.key, ranked, score, posts)

    chosen = meet(ranked, table.posts)
    people = luck("applicants.left_out").uniform(pool.key) < KEPT
    places = luck("applicants.posts_left_out").uniform(table.key, conditions.fiscal_year)
    posts = np.floor(table.posts * KEPT + places).astype(np.int64)
    few_people = meet(np.where(people[:, None], ranked, NOBODY), table.posts)
    few_posts = meet(ranked, posts)
    person = np.flatnonzero(chosen >= 0)
    column = chosen[person]
    applied = int((ranked[:, 0] >= 0).sum())
    return Matches(
        person,
        ranked[person, column],
        fit[person, column],
        applied,
        applied - len(person),
        by_people=_elasticity(chosen, few_people, len(pool), int(people.sum())),
        by_posts=_elasticity(chosen, few_posts, int(table.posts.sum()), int(posts.sum())),
    )


def _elasticity(chosen: Integers, with_fewer: Integers, all_of_side: int, kept: int) -> float:
    """Return by how many percent hires fall for each percent less of one side, in logs."""
    hired, hired_with_fewer = int((chosen >= 0).sum()), int((with_fewer >= 0).sum())
    if not hired_with_fewer or not 0 < kept < all_of_side:
        return float("nan")
    return round(float(np.log(hired / hired_with_fewer) / np.log(all_of_side / kept)), 9)


def visibility(table: Municipalities, behaviour: RecruitmentBehaviour, price_index: float) -> Floats:
    """Return the chance that somebody who comes across a place notices its posts.

    It rises with the posts (concave: ten posts make one page, not ten), with what the place spends on recruiting
    a post, and with what members' work has built in its digital face.
    """
    by_posts = np.minimum(table.posts / behaviour.posts_fully_visible, 1.0) ** behaviour.visibility_exponent
    a_post = table.recruitment_spent / np.maximum(table.posts, 1) / price_index
    spent = (a_post / behaviour.spending_of_reference + 0.1) ** behaviour.visibility_by_spending
    return np.asarray(np.minimum(by_posts * spent * (1.0 + table.capacity_digital), 1.0))


def posts_seen(
    pool: Applicants,
    table: Municipalities,
    visible: Floats,
    mean: float,
    copy: Integers,
    fiscal_year: int,
    luck: Luck,
) -> Integers:
    """Return the posts each person sees: a matrix padded with -1, the place of a past stay first.

    Everybody looks at one page after the other, comes across the places on it and notices each with its chance
    `visible` (municipalities), until as many are seen as the person looks for (see `_come_across`). What somebody
    sees of a place hangs on the two of them: another place, or more posts elsewhere, at most fill the list earlier.
    """
    wanted = 1 + np.floor(-np.log(luck("applicants.posts_seen").uniform(pool.key)) * (mean - 1.0) + 0.5)
    wanted = np.minimum(wanted, 4 * mean).astype(np.int64)
    shown = np.flatnonzero(table.eligible & (visible > 0))
    shown = shown[np.argsort(table.key[shown], kind="stable")]  # whatever the order of the rows
    copies = int(copy.max(initial=0)) + 1
    pages = 1 << max((len(table) // copies).bit_length() - 2, 0)  # two to four municipalities a page
    seen = np.full((len(pool), int(wanted.max()) + 1), NOBODY, dtype=np.int64)
    filled = np.zeros(len(pool), dtype=np.int64)
    guest = np.flatnonzero(pool.guest_of >= 0)
    guest = guest[table.posts[pool.guest_of[guest]] > 0]
    seen[guest, 0] = pool.guest_of[guest]
    filled[guest] = 1
    looking = np.arange(len(pool))
    people, places = luck("applicants.places"), luck("applicants.pages")
    first = 0
    for looks in LOOKS_AT_ONCE:
        at = people.uniform_matrix(pool.key[looking], looks, first=first) * pages
        stand = places.uniform_matrix(table.key[shown], looks, fiscal_year, first) * pages
        first += looks
        who, place = _come_across(at, stand, pool.copy[looking], copy[shown], pages, visible[shown])
        number, already, most = np.bincount(who, minlength=len(looking)), filled[looking], wanted[looking]
        position = (already - np.cumsum(number) + number).take(who)
        position += np.arange(len(who))
        fits = np.flatnonzero(position < most.take(who))
        seen[looking.take(who.take(fits)), position.take(fits)] = shown.take(place.take(fits))
        filled[looking] = already + number
        looking = looking[already + number < most]
        if len(looking) == 0:
            break
    return _once(seen)


def _once(seen: Integers) -> Integers:
    """Take off what a person sees a second time: seen twice is seen once."""
    ordered = np.sort(seen.astype(np.int32), axis=1)  # of half the width, in half the time
    twice = np.flatnonzero(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1))
    some = seen[twice]
    for column in range(1, seen.shape[1]):
        again = (some[:, :column] == some[:, column, None]).any(axis=1)
        some[again, column] = NOBODY
    seen[twice] = some
    return seen


def _come_across(
    at: Floats, stand: Floats, own: Integers, copy: Integers, pages: int, visible: Floats
) -> tuple[Integers, Integers]:
    """Return who notices which place in some looks: indices of people and of places, in the order of looking.

    `at` (people, looks) and `stand` (places, looks) are positions from 0 to `pages`. Whoever looks at the page on
    which a place stands comes across it; where both stand within the page, added up, is the draw that is held
    against `visible`. Pages are of one's own country only (`own` of people, `copy` of places).
    """
    looks, sheets = at.shape[1], pages * (int(max(own.max(initial=0), copy.max(initial=0))) + 1)
    standing_at = (stand + copy[:, None] * pages).T
    looking_at = at + own[:, None] * pages
    sheet, turned = standing_at.astype(np.int64), looking_at.astype(np.int64)
    look = np.arange(looks) * sheets
    fine = standing_at * max((1 << 16) // sheets, 1)
    # Sixteen bits are sorted ten times as fast.
    order = np.argsort(fine.astype(np.uint16 if sheets <= 1 << 16 else np.uint64), axis=1, kind="stable")
    number = np.bincount((sheet + look[:, None]).ravel(), minlength=looks * sheets)
    firsts = np.cumsum(number) - number
    code = (turned + look).ravel()
    met = number[code]
    last = np.cumsum(met)
    # One entry a person, look and place met; places of a look in the order of where they stand.
    entry = np.repeat(np.arange(len(code)), met)
    nth = (firsts[code] - (last - met)).take(entry)
    nth += np.arange(len(nth))
    order += np.arange(looks)[:, None] * len(copy)
    place = order.ravel()
    draw = (looking_at - turned).ravel().take(entry)
    draw += (standing_at - sheet).ravel().take(place).take(nth)
    draw -= draw >= 1.0
    place %= max(len(copy), 1)
    noticed = np.flatnonzero(draw < visible.take(place).take(nth))
    return entry.take(noticed) // looks, place.take(nth.take(noticed))


def value_posts(
    pool: Applicants,
    seen: Integers,
    table: Municipalities,
    world: World,
    behaviour: RecruitmentBehaviour,
    conditions: Conditions,
    luck: Luck,
) -> Offers:
    """Return the utility and the fit of each post seen, and the utility of staying where one is.

    Pay in logs against wages, support capacity, amenity, log distance, members already there, fit, a tie from a
    past stay, and a taste of each person for each place that is the same in every scenario.
    """
    entry = np.flatnonzero(seen >= 0)
    person, place = entry // seen.shape[1], seen.take(entry)
    pair = combine_keys(pool.key[person], table.key[place])
    fit = luck("applicants.fit").normal(pair)
    fit = fit + behaviour.field_match * (pool.field[person] == _main_field(table)[place])
    distance = world.km_from_prefectures.take(pool.origin_prefecture[person] * len(world) + place)
    pay = table.offered_pay[place] / (2_400_000.0 * conditions.wage_index)
    utility = (
        behaviour.pay * np.log(np.maximum(pay, 0.01))
        + behaviour.support * (table.support_capacity[place] - 0.2)
        + behaviour.amenity * (table.amenity[place] + table.capacity_tourism[place])
        - behaviour.distance * np.log((distance + 50.0) / 350.0)
        + behaviour.migrants * np.log1p(table.serving[place] + table.settled_stock[place])
        + behaviour.fit * fit
        + behaviour.tie * (pool.guest_of[person] == place)
        + luck("applicants.taste").gumbel(pair)
    )
    outside = np.where(pool.guest_of >= 0, behaviour.guest_outside_option, behaviour.outside_option)
    return Offers(
        post=seen,
        utility=_spread_out(seen.shape, entry, utility, -np.inf),
        fit=_spread_out(seen.shape, entry, fit, 0.0),
        outside=outside + luck("applicants.outside").gumbel(pool.key),
    )


def best_first(utility: Floats, tries: int) -> tuple[Integers, Floats]:
    """Return the columns of each person's best posts and their utility, the best first; of equals the first column."""
    if tries > FEW_TRIES:
        order = np.argsort(-utility, axis=1, kind="stable")[:, :tries]
        return order, np.take_along_axis(utility, order, axis=1)
    left, people = utility.copy(), np.arange(len(utility))
    order, best = np.empty((len(left), tries), dtype=np.int64), np.empty((len(left), tries))
    for column in range(tries):
        order[:, column] = left.argmax(axis=1)
        best[:, column] = left[people, order[:, column]]
        left[people, order[:, column]] = -np.inf
    return order, best


def scores(
    pool: Applicants,
    ranked: Integers,
    fit: Floats,
    table: Municipalities,
    behaviour: RecruitmentBehaviour,
    luck: Luck,
) -> Floats:
    """Return how places score those who may apply: a matrix like `ranked`, -inf where it names no post."""
    entry = np.flatnonzero(ranked >= 0)
    pair = combine_keys(pool.key[entry // ranked.shape[1]], table.key[ranked.take(entry)])
    score = behaviour.score_by_fit * fit.take(entry) + luck("applicants.score").normal(pair)
    return _spread_out(ranked.shape, entry, score, -np.inf)


def _main_field(table: Municipalities) -> Integers:
    """Return the field each place's posts are in: a lasting trait of the place (part of its key)."""
    return (table.key % np.uint64(6)).astype(np.int64)


def _spread_out(shape: tuple[int, ...], entry: Integers, values: Floats, empty: float) -> Floats:
    matrix = np.full(shape, empty)
    matrix.reshape(-1)[entry] = values
    return matrix


def _best_within(posts: Integers, place: Integers, score: Floats, key: Keys) -> Flags:
    """Return who is among the best `posts[place]` by score at their place; ties break by key."""
    enough = np.bincount(place, minlength=len(posts)) <= posts
    kept = enough[place]
    some = np.flatnonzero(~kept)  # who is not alone to want a post
    order = some[np.lexsort((key[some], -score[some], place[some]))]
    sorted_place = place[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_place, sorted_place, side="left")
    kept[order] = rank < posts[sorted_place]
    return kept


def _first_come(key: Keys, ranked: Integers, score: Floats, posts: Integers, rounds: int) -> Integers:
    """Fill posts round by round; a post once filled stays filled. Return the chosen column or -1."""
    chosen = np.full(len(key), NOBODY, dtype=np.int64)
    left = posts.copy()
    for column in range(min(rounds, ranked.shape[1])):
        trying = np.flatnonzero((chosen < 0) & (ranked[:, column] >= 0))
        place = ranked[trying, column]
        hired = trying[_best_within(left, place, score[trying, column], key[trying])]
        chosen[hired] = column
        left -= np.bincount(ranked[hired, column], minlength=len(left))
    return chosen


def _deferred_acceptance(key: Keys, ranked: Integers, score: Floats, posts: Integers) -> Integers:
    """Return the applicant-optimal stable matching: the chosen column of each person, or -1."""
    column = np.zeros(len(key), dtype=np.int64)
    people = np.arange(len(key))
    width = ranked.shape[1]
    while True:
        inside = column < width
        place = np.where(inside, ranked[people, np.minimum(column, width - 1)], NOBODY)
        proposing = np.flatnonzero(place >= 0)
        own = score[proposing, column[proposing]]
        held = _best_within(posts, place[proposing], own, key[proposing])
        if held.all():
            break
        column[proposing[~held]] += 1
    result = np.full(len(key), NOBODY, dtype=np.int64)
    result[proposing] = column[proposing]
    return result
