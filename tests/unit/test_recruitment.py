"""Where applicants and posts meet: who sees what, what a post is worth, and both ways of matching."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.agents import applicants
from okoshi.agents.applicants import Origin, nobody
from okoshi.engine.draws import combine_keys
from okoshi.markets import recruitment
from okoshi.markets.recruitment import NOBODY, recruit
from okoshi.scenario.draft import Matching
from okoshi.world.country import distance_km, load_world
from small_country import (
    behaviour_of,
    conditions_of,
    keys_of,
    luck_of,
    market_of,
    municipalities_of,
    world_of,
)

PLACES = 60


def pool_of(count, guest_of=None, salt=7):
    return applicants._describe(
        behaviour_of().applicants,
        keys_of(count, salt),
        np.full(count, 12),
        np.full(count, -1) if guest_of is None else np.asarray(guest_of),
        Origin.CITY,
        luck_of(),
    )


def country(posts):
    world = load_world("default", ("長野県",))
    table = municipalities_of(len(world), key=world.key, offered_pay=2_400_000, support_capacity=0.2)
    table.posts = np.resize(posts, len(world))
    return table, world


def no_copies(table):
    return np.zeros(len(table), dtype=np.int16)


def seen_by(pool, table, mean=4.0, seed=1, **values):
    behaviour = replace(market_of(), **values)
    return recruitment.posts_seen(pool, table, behaviour, mean, no_copies(table), luck_of(seed))


# who sees what


def test_posts_are_seen_as_often_as_they_are_visible():
    table, _ = country([0])
    table.posts[:3] = [5, 20, 40]
    seen = seen_by(pool_of(20_000), table, mean=1.0, visibility_exponent=0.5)
    assert seen.shape[1] >= 1
    first = np.bincount(seen[:, 0][seen[:, 0] >= 0], minlength=3)
    assert set(seen[seen >= 0].tolist()) == {0, 1, 2}
    # Chances 0.5, 1 and 1: a page of five posts is half as visible as one of twenty, one of forty no more.
    expected = np.array([0.5, 1.0, 1.0]) / 2.5
    error = (expected * (1 - expected) / first.sum()) ** 0.5
    assert (np.abs(first[:3] / first.sum() - expected) < 4.8 * error).all()


def test_people_see_as_many_posts_as_they_look_for():
    table, _ = country([20])
    seen = seen_by(pool_of(20_000), table, mean=4.0)
    number = (seen >= 0).sum(axis=1)
    assert (number.min(), number.max() <= 16) == (1, True)
    # Each looks 1 + round(exponential of mean 3) times, cut at 16, and sees a place once however often met.
    places = len(table)
    looks = np.exp(-(np.arange(1, 17) - 0.5) / 3)
    chances = -np.diff(np.concatenate([[1.0], looks[:15], [0.0]]))
    expected = sum(
        chance * places * (1 - (1 - 1 / places) ** count) for count, chance in enumerate(chances, start=1)
    )
    assert number.mean() == pytest.approx(expected, abs=4.4 * 3 / 20_000**0.5)


def test_a_place_visited_stands_first_while_it_has_posts():
    table, _ = country([1])
    table.posts[5] = 0
    seen = seen_by(pool_of(3, guest_of=[4, 5, -1]), table)
    assert seen[0, 0] == 4
    assert 5 not in seen


def test_more_posts_in_one_place_leave_what_others_see():
    table, _ = country([1, 3, 0])
    pool = pool_of(3_000)
    before = seen_by(pool, table)
    table.posts[10] += 6
    after = seen_by(pool, table)

    def others(row):
        return [place for place in row.tolist() if place not in (10, NOBODY)]

    sees = (after == 10).any(axis=1)
    assert 0.02 < sees.mean() < 0.6
    for row in np.flatnonzero(~sees):
        assert others(before[row]) == others(after[row])
    for row in np.flatnonzero(sees):  # who sees the place looks at fewer others, in the same order
        assert others(before[row])[: len(others(after[row]))] == others(after[row])


def test_places_that_may_not_host_are_not_seen():
    table, _ = country([3])
    table.eligible[7] = False
    assert 7 not in seen_by(pool_of(2_000), table)


def test_what_one_sees_hangs_on_nobody_else():
    table, _ = country([2])
    pool = pool_of(50)
    alone = seen_by(pool.take(np.array([30])), table)
    among = seen_by(pool, table)[30]
    assert alone[0, alone[0] >= 0].tolist() == among[among >= 0].tolist()


# what a post is worth


def test_utility_of_a_post_by_hand():
    behaviour, luck = market_of(), luck_of()
    world = world_of(2)
    table = municipalities_of(
        2,
        key=world.key,
        offered_pay=[2_400_000, 3_000_000],
        support_capacity=[0.2, 0.5],
        amenity=[0.0, 1.0],
        capacity_tourism=[0.0, 0.3],
        serving=[0, 3],
        settled_stock=[0, 4],
    )
    pool = pool_of(1, guest_of=[1])
    now = conditions_of(2024, wage_index=1.0)
    offers = recruitment.value_posts(pool, np.array([[0, 1, NOBODY]]), table, world, behaviour, now, luck)
    b = behaviour
    for place in (0, 1):
        pair = combine_keys(pool.key, table.key[place : place + 1])
        fit = luck("applicants.fit").normal(pair)[0]
        fit += b.field_match * (int(pool.field[0]) == int(table.key[place]) % 6)
        distance = distance_km(
            world.prefectures.longitude[12],
            world.prefectures.latitude[12],
            world.longitude[place],
            world.latitude[place],
        )
        expected = (
            b.fit * fit
            + luck("applicants.taste").gumbel(pair)[0]
            - b.distance * log((float(distance) + 50) / 350)
        )
        if place == 1:
            expected += b.pay * log(1.25) + b.support * 0.3 + b.amenity * 1.3 + b.migrants * log(8) + b.tie
        assert offers.utility[0, place] == pytest.approx(expected)
        assert offers.fit[0, place] == pytest.approx(fit)
        score = b.score_by_fit * fit + luck("applicants.score").normal(pair)[0]
        assert offers.score[0, place] == pytest.approx(score)
    assert offers.utility[0, 2] == -np.inf
    outside = b.guest_outside_option + luck("applicants.outside").gumbel(pool.key)[0]
    assert offers.outside.tolist() == pytest.approx([outside])


def test_wages_elsewhere_make_the_same_pay_worth_less():
    behaviour, world = market_of(), world_of(1)
    table = municipalities_of(1, key=world.key, offered_pay=2_400_000)
    seen, pool = np.array([[0]]), pool_of(1)
    low, high = (
        recruitment.value_posts(
            pool, seen, table, world, behaviour, conditions_of(2024, wage_index=index), luck_of()
        ).utility[0, 0]
        for index in (1.0, 1.5)
    )
    assert low - high == pytest.approx(behaviour.pay * log(1.5))


# matching


@st.composite
def markets(draw, most_people=5, most_places=4, distinct=False):
    people = draw(st.integers(1, most_people))
    places = draw(st.integers(1, most_places))
    posts = np.array(draw(st.lists(st.integers(0, 3), min_size=places, max_size=places)))
    width = draw(st.integers(1, places))
    ranked = np.full((people, width), NOBODY)
    for person in range(people):
        wishes = draw(st.permutations(range(places)))[:width]
        length = draw(st.integers(0, width))
        ranked[person, :length] = wishes[:length]
    count = people * places
    values = (
        st.permutations(range(count))
        if distinct
        else st.lists(st.integers(0, 2), min_size=count, max_size=count)
    )
    of_pair = np.array(draw(values), dtype=np.float64).reshape(people, places)
    score = np.where(ranked >= 0, np.take_along_axis(of_pair, np.maximum(ranked, 0), axis=1), -np.inf)
    key = np.array(draw(st.permutations(range(1, people + 1))), dtype=np.uint64)
    return key, ranked, score, posts


def places_of(chosen, ranked):
    return [int(ranked[row, column]) if column >= 0 else NOBODY for row, column in enumerate(chosen)]


def blocking_pairs(columns, key, ranked, score, posts):
    """Return who and where would rather have each other, by score and then by key."""
    held = places_of(columns, ranked)
    found = []
    for person, column in enumerate(columns):
        for better in range(column if column >= 0 else ranked.shape[1]):
            place = ranked[person, better]
            if place < 0:
                continue
            rank = (-score[person, better], key[person])
            there = [
                (-score[other, columns[other]], key[other]) for other, at in enumerate(held) if at == place
            ]
            if len(there) < posts[place] or any(rank < other for other in there):
                found.append((person, int(place)))
    return found


@given(markets())
def test_deferred_acceptance_is_stable_and_fills_no_post_twice(market):
    key, ranked, score, posts = market
    chosen = recruitment._deferred_acceptance(key, ranked, score, posts)
    held = [place for place in places_of(chosen, ranked) if place >= 0]
    assert (np.bincount(held, minlength=len(posts)) <= posts).all()
    assert blocking_pairs(chosen.tolist(), key, ranked, score, posts) == []


@settings(max_examples=60)
@given(markets(most_people=4, most_places=3, distinct=True))
def test_deferred_acceptance_is_the_best_stable_matching_for_everybody(market):
    key, ranked, score, posts = market
    options = [[NOBODY, *np.flatnonzero(ranked[person] >= 0).tolist()] for person in range(len(key))]
    stable = [
        columns
        for columns in product(*options)
        if (
            np.bincount([p for p in places_of(columns, ranked) if p >= 0], minlength=len(posts)) <= posts
        ).all()
        and not blocking_pairs(columns, key, ranked, score, posts)
    ]
    chosen = recruitment._deferred_acceptance(key, ranked, score, posts).tolist()
    worst = ranked.shape[1]
    for person, column in enumerate(chosen):
        best = min(worst if c[person] < 0 else c[person] for c in stable)
        assert (worst if column < 0 else column) == best


def slow_search(key, ranked, score, posts, rounds):
    left, chosen = posts.tolist(), [NOBODY] * len(key)
    for column in range(min(rounds, ranked.shape[1])):
        for place in range(len(posts)):
            trying = [
                person for person in range(len(key)) if chosen[person] < 0 and ranked[person, column] == place
            ]
            trying.sort(key=lambda person: (-score[person, column], key[person]))
            for person in trying[: left[place]]:
                chosen[person] = column
            left[place] -= len(trying[: left[place]])
    return chosen


@given(markets(most_people=8), st.integers(1, 4))
def test_search_is_the_slow_loop(market, rounds):
    chosen = recruitment._first_come(*market, rounds)
    assert chosen.tolist() == slow_search(*market, rounds)


@given(markets(most_people=6), st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(market, random):
    key, ranked, score, posts = market
    order = list(range(len(key)))
    random.shuffle(order)
    for match in (
        recruitment._deferred_acceptance,
        lambda *m: recruitment._first_come(*m, 3),
    ):
        assert match(key[order], ranked[order], score[order], posts).tolist() == (
            match(key, ranked, score, posts)[order].tolist()
        )


def test_equal_scores_go_by_key():
    ranked, score = np.zeros((3, 1), dtype=int), np.ones((3, 1))
    key = np.array([9, 2, 5], dtype=np.uint64)
    for chosen in (
        recruitment._deferred_acceptance(key, ranked, score, np.array([2])),
        recruitment._first_come(key, ranked, score, np.array([2]), 1),
    ):
        assert chosen.tolist() == [NOBODY, 0, 0]


@pytest.mark.parametrize("structure", list(Matching))
@pytest.mark.parametrize("posts", [[0, 1, 5], [40]])
def test_a_whole_market(structure, posts):
    table, world = country(posts)
    pool = pool_of(600, guest_of=np.where(np.arange(600) < 60, np.arange(600) % PLACES, -1))
    now, luck = conditions_of(2024), luck_of()
    found = recruit(pool, table, world, market_of(), now, structure, luck)
    assert len(found.person) == len(np.unique(found.person)) > 20
    assert (np.bincount(found.municipality, minlength=len(table)) <= table.posts).all()
    assert found.applied == len(found.person) + found.refused <= 600
    # Everybody hired prefers the post to staying, wherever it was seen.
    place = found.municipality[:, None]
    offers = recruitment.value_posts(pool.take(found.person), place, table, world, market_of(), now, luck)
    assert (offers.utility[:, 0] > offers.outside).all()
    assert offers.fit[:, 0] == pytest.approx(found.fit)


def test_nobody_or_nothing_gives_nothing():
    table, world = country([1])
    empty = recruit(nobody(), table, world, market_of(), conditions_of(2024), Matching.SEARCH, luck_of())
    table.posts[:] = 0
    none = recruit(pool_of(5), table, world, market_of(), conditions_of(2024), Matching.SEARCH, luck_of())
    for found in (empty, none):
        assert (len(found.person), found.applied, found.refused) == (0, 0, 0)


@pytest.mark.parametrize("structure", list(Matching))
def test_applied_is_as_often_as_the_logit_of_one_post(structure):
    """With one post seen that is worth v, people apply with chance exp(v) / (exp(v) + exp(outside))."""
    table, world = country([0])
    table.posts[0] = 10_000
    flat = replace(
        market_of(),
        posts_seen=1.0,
        posts_ranked=1.0,
        fit=0.0,
        amenity=0.0,
        support=0.0,
        migrants=0.0,
        distance=0.0,
        pay=0.0,
        outside_option=0.5,
    )
    found = recruit(pool_of(20_000), table, world, flat, conditions_of(2024), structure, luck_of())
    seen = recruitment.posts_seen(pool_of(20_000), table, flat, 1.0, no_copies(table), luck_of())
    looked = int((seen[:, 0] >= 0).sum())
    chance = 1 / (1 + exp(0.5))
    assert abs(found.applied / looked - chance) < 4.4 * (chance * (1 - chance) / looked) ** 0.5
    assert found.refused == 0
