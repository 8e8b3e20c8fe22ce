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
    conditions_of,
    keys_of,
    luck_of,
    market_of,
    municipalities_of,
    world_of,
)

PLACES = 60


def pool_of(count, guest_of=None, salt=7):
    return applicants.people_looking(
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


def seen_by(pool, table, mean=4.0, seed=1, visible=None, copy=None, year=2024):
    shown = recruitment.visibility(table, market_of(), 1.0) if visible is None else np.asarray(visible)
    copies = no_copies(table) if copy is None else copy
    return recruitment.posts_seen(pool, table, shown, mean, copies, year, luck_of(seed))


# who sees what


def test_how_visible_a_place_is_by_hand():
    behaviour = replace(
        market_of(), visibility_exponent=0.5, visibility_by_spending=0.5, spending_of_reference=400_000
    )
    table = municipalities_of(
        5,
        posts=[5, 5, 5, 0, 80],
        recruitment_spent=[2_250_000, 0, 2_250_000, 0, 36_000_000],
        capacity_digital=[0.0, 0.0, 0.25, 0.5, 0.5],
    )
    found = recruitment.visibility(table, behaviour, 1.25)
    # A quarter of twenty posts: a half. 360,000 yen of FY2024 a post count 0.9 + 0.1; nothing spent, 0.1.
    assert found.tolist() == pytest.approx([0.5, 0.5 * 0.1**0.5, 0.5 * 1.25, 0.0, 1.0])


def test_posts_are_seen_as_often_as_they_are_visible():
    table, _ = country([0])
    table.posts[:3] = 1
    visible = np.zeros(len(table))
    visible[:3] = [0.5, 1.0, 1.0]
    seen = seen_by(pool_of(20_000), table, mean=1.0, visible=visible)
    first = np.bincount(seen[:, 0][seen[:, 0] >= 0], minlength=3)
    assert set(seen[seen >= 0].tolist()) == {0, 1, 2}
    expected = np.array([0.5, 1.0, 1.0]) / 2.5
    error = (expected * (1 - expected) / first.sum()) ** 0.5
    assert (np.abs(first[:3] / first.sum() - expected) < 4.8 * error).all()


def test_people_see_as_many_posts_as_they_look_for():
    world = load_world("default")
    table = municipalities_of(len(world), key=world.key, posts=1)
    seen = seen_by(pool_of(20_000), table, mean=4.0, visible=np.ones(len(world)))
    number = (seen >= 0).sum(axis=1)
    assert (number.min(), number.max() <= 16) == (1, True)
    # Each looks for 1 + round(exponential of mean 3), cut at 16, and sees a place once however often met:
    # among 1,741 places that takes at most 16 x 15 / 2 / 1,741 = 0.07 from anybody, 0.01 from the mean.
    looks = np.exp(-(np.arange(1, 17) - 0.5) / 3)
    chances = -np.diff(np.concatenate([[1.0], looks[:15], [0.0]]))
    expected = sum(chance * count for count, chance in enumerate(chances, start=1))
    assert number.mean() == pytest.approx(expected - 0.005, abs=0.005 + 4.4 * 3 / 20_000**0.5)


def test_who_finds_little_gives_up():
    """Each of 56 looks turns one page of 512: a lone place of the nation is met by 1 - (511/512)^56 of the people."""
    world = load_world("default")
    table = municipalities_of(len(world), key=world.key)
    table.posts[700] = 1
    seen = seen_by(pool_of(20_000), table, visible=np.where(np.arange(len(world)) == 700, 1.0, 0.0))
    share = 1 - (511 / 512) ** 56
    assert abs((seen == 700).any(axis=1).mean() - share) < 4.4 * (share * (1 - share) / 20_000) ** 0.5


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.integers(0, 6), st.integers(0, 8), st.integers(1, 3))
def test_coming_across_is_the_slow_loop(seed, people, places, copies):
    random, pages, looks = np.random.default_rng(seed), 2, 3
    at, stand = random.uniform(0, pages, (people, looks)), random.uniform(0, pages, (places, looks))
    own, copy = random.integers(0, copies, people), random.integers(0, copies, places)
    visible = random.uniform(0, 1, places)
    expected = []
    for who in range(people):
        for look in range(looks):
            for place in np.argsort(stand[:, look]).tolist():
                same_page = int(at[who, look]) == int(stand[place, look]) and own[who] == copy[place]
                if same_page and (at[who, look] + stand[place, look]) % 1 < visible[place]:
                    expected.append((who, place))
    found = recruitment._come_across(at, stand, own, copy, pages, visible)
    assert list(zip(*(one.tolist() for one in found), strict=True)) == expected


def test_everybody_sees_the_own_country_alone():
    table, _ = country([3])
    copy = np.arange(len(table), dtype=np.int16) % 2
    pool = replace(pool_of(2_000), copy=np.arange(2_000) % 2)
    seen = seen_by(pool, table, copy=copy)
    for country_of in (0, 1):
        rows = seen[country_of::2]
        assert set(copy[rows[rows >= 0]].tolist()) == {country_of}


def test_a_place_visited_stands_first_while_it_has_posts():
    table, _ = country([1])
    table.posts[5] = 0
    seen = seen_by(pool_of(3, guest_of=[4, 5, -1]), table)
    assert seen[0, 0] == 4
    assert 5 not in seen


def but(place, row):
    return [one for one in row.tolist() if one not in (place, NOBODY)]


def only_fills_the_list(place, before, after):
    """Whether what people see of all other places stayed as it was, in its order, but for the end of full lists."""
    sees = (after == place).any(axis=1)
    assert 0.02 < sees.mean() < 0.6
    return all(
        but(place, before[row])[: len(but(place, after[row]))] == but(place, after[row])
        if sees[row]
        else but(place, before[row]) == but(place, after[row])
        for row in range(len(before))
    )


def test_more_posts_in_one_place_leave_what_others_see():
    table, _ = country([1, 3, 0])
    pool = pool_of(3_000)
    before = seen_by(pool, table)
    table.posts[10] += 6
    assert only_fills_the_list(10, before, seen_by(pool, table))


def test_one_more_eligible_place_leaves_what_people_see_of_the_others():
    table, _ = country([1, 3, 2])
    pool = pool_of(3_000)
    table.eligible[10] = False
    before = seen_by(pool, table)
    assert 10 not in before
    table.eligible[10] = True
    assert only_fills_the_list(10, before, seen_by(pool, table))


def test_one_more_municipality_leaves_what_people_see_of_the_others():
    table, _ = country([1, 3, 2])
    pool = pool_of(3_000)
    there = np.arange(len(table)) != 10
    fewer = municipalities_of(len(table) - 1, key=table.key[there], posts=table.posts[there])
    before = seen_by(pool, fewer)
    before = np.where(before >= 0, np.flatnonzero(there)[before], NOBODY)  # in the rows of the larger country
    assert only_fills_the_list(10, before, seen_by(pool, table))


def test_the_order_of_places_does_not_matter_to_who_sees_them():
    table, _ = country([1, 3, 2])
    pool, order = pool_of(500), np.random.default_rng(1).permutation(len(table))
    other = municipalities_of(len(table), key=table.key[order], posts=table.posts[order])
    found = seen_by(pool, other)
    assert np.array_equal(np.where(found >= 0, order[found], NOBODY), seen_by(pool, table))


def test_places_stand_elsewhere_the_next_year():
    table, _ = country([2])
    pool = pool_of(500)
    assert not np.array_equal(seen_by(pool, table), seen_by(pool, table, year=2025))


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
        ranked = np.array([[place, NOBODY]])
        found = recruitment.scores(pool, ranked, np.array([[fit, 0.0]]), table, behaviour, luck)
        assert found[0].tolist() == pytest.approx([score, -np.inf])
    assert offers.utility[0, 2] == -np.inf
    outside = b.guest_outside_option + luck("applicants.outside").gumbel(pool.key)[0]
    assert offers.outside.tolist() == pytest.approx([outside])


@pytest.mark.parametrize("tries", [1, 3, 5, 6])
def test_the_best_posts_come_first_and_of_equals_the_first_column(tries):
    utility = np.array([[0.0, 2.0, -np.inf, 2.0, 1.0, -1.0], [-np.inf, 3.0, *[-np.inf] * 4]])
    order, best = recruitment.best_first(utility, tries)
    assert best.tolist() == (-np.sort(-utility, axis=1))[:, :tries].tolist()
    assert order[0].tolist() == [1, 3, 4, 0, 5, 2][:tries]
    assert order[1, 0] == 1


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
    found = recruit(pool, table, world, market_of(), now, structure, 1.0, luck)
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
    year, luck = conditions_of(2024), luck_of()
    empty = recruit(nobody(), table, world, market_of(), year, Matching.SEARCH, 1.0, luck)
    table.posts[:] = 0
    none = recruit(pool_of(5), table, world, market_of(), year, Matching.SEARCH, 1.0, luck)
    for found in (empty, none):
        assert (len(found.person), found.applied, found.refused) == (0, 0, 0)
        assert np.isnan([found.by_people, found.by_posts]).all()


@pytest.mark.parametrize("structure", list(Matching))
def test_hires_follow_the_short_side(structure):
    """A tenth less of the side that is short is a tenth fewer hires, a tenth less of the other side is none."""
    year, luck = conditions_of(2024), luck_of()
    table, world = country([1, 1])
    crowd = recruit(pool_of(6000), table, world, market_of(), year, structure, 1.0, luck)
    assert len(crowd.person) == table.posts.sum()
    assert (crowd.by_people, crowd.by_posts) == (0.0, pytest.approx(1.0))
    table, world = country([5_000])
    plenty = recruit(pool_of(600), table, world, market_of(), year, structure, 1.0, luck)
    assert plenty.refused == 0
    assert plenty.by_posts == 0.0
    assert plenty.by_people == pytest.approx(1.0, abs=0.15)  # of whom is left out some would not have applied


def test_publicity_raises_how_many_posts_people_see():
    """Four times the publicity under an elasticity of a half: three posts beyond the first become six."""
    table, world = country([2])
    pool, year, luck = pool_of(600), conditions_of(2024), luck_of()
    given = replace(market_of(), posts_seen=4.0, posts_seen_by_publicity=0.5)
    loud = recruit(pool, table, world, given, year, Matching.SEARCH, 4.0, luck)
    wider = recruit(pool, table, world, replace(given, posts_seen=7.0), year, Matching.SEARCH, 1.0, luck)
    quiet = recruit(pool, table, world, given, year, Matching.SEARCH, 1.0, luck)
    assert np.array_equal(loud.person, wider.person)
    assert np.array_equal(loud.municipality, wider.municipality)
    assert loud.applied > quiet.applied


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
    found = recruit(pool_of(20_000), table, world, flat, conditions_of(2024), structure, 1.0, luck_of())
    seen = seen_by(pool_of(20_000), table, mean=1.0)
    looked = int((seen[:, 0] >= 0).sum())
    chance = 1 / (1 + exp(0.5))
    assert abs(found.applied / looked - chance) < 4.4 * (chance * (1 - chance) / looked) ** 0.5
    assert found.refused == 0
