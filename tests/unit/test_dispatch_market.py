"""How posts and companies meet: who is seen, who is taken, at what presence, and by which kind."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from dispatch_country import behaviour_of, luck_of, settings_of
from okoshi.agents.companies import Companies, Roll, race
from okoshi.agents.dispatch_contracts import Kind, Through
from okoshi.agents.dispatch_hosts import Posts
from okoshi.markets.dispatch import Looks, Search, Year, meet, value_dispatch, value_side_job
from okoshi.policy.dispatch import DispatchRules
from small_country import keys_of, world_of

NOBODY = np.zeros(0, dtype=np.int64)


def companies_of(count, **columns):
    table = Companies(max(count, 1))
    columns = {
        "relative_size": np.ones(count),
        "capital": np.full(count, 1e9),
        "employee_cost": np.full(count, 6e6),
    } | columns
    table.append(count, key=keys_of(count, 5), **columns)
    return table


def posts_of(count, **columns):
    found = {
        "key": keys_of(count, 6),
        "municipality": np.arange(count) % 2,
        "slot": np.arange(count),
        "field": np.zeros(count, dtype=np.int64),
        "free_from": np.zeros(count, dtype=np.int64),
        "previous": np.full(count, -1),
        "presence_wish": np.zeros(count),
        "dispatched": np.ones(count, dtype=bool),
        "side_job": np.zeros(count, dtype=bool),
    }
    return Posts(**(found | columns))


def year_of(fiscal_year=2024, **changed):
    rules = DispatchRules.of(settings_of(), fiscal_year)
    return replace(Year(fiscal_year, 0, rules, 1.0, 1.0, 0.0), **changed)


def search_of(companies, rows=None, **changed):
    everybody = np.arange(len(companies)) if rows is None else rows
    nobody = Roll.of(companies, NOBODY, 1)
    found = Search(
        heard=Roll.of(companies, everybody, 1),
        by_name=nobody,
        interested=nobody,
        registered_roll=nobody,
        registered=np.zeros(len(companies), dtype=bool),
        saving=0.0,
        platform_looks=0.0,
    )
    return replace(found, **changed)


def met(posts, companies, behaviour, free=None, search=None, year=None, experience=None):
    return meet(
        posts,
        search or search_of(companies),
        companies,
        np.zeros(len(companies), dtype=np.int64) if experience is None else experience,
        np.ones(len(companies), dtype=np.int64) if free is None else free,
        np.full((47, 2), 300.0),
        world_of(2),
        behaviour,
        year or year_of(),
        luck_of(),
    )


EAGER = {"without_employee": 0.0, "search": 0.0, "motive": 1.0}


def test_a_race_is_even_and_one_more_company_renames_no_choice():
    keys = luck_of()("dispatch.look").bits(keys_of(20_000))
    seven, eight = (race(keys, np.full(len(keys), n)) for n in (7, 8))
    changed = seven != eight
    assert set(eight[changed].tolist()) == {7}
    share = np.bincount(eight) / len(keys)
    # Eight equal shares; five standard errors of each.
    assert np.abs(share - 1 / 8).max() < 5 * np.sqrt(1 / 8 * 7 / 8 / len(keys))
    assert (race(keys[:3], np.array([0, 1, 0])) == [-1, 0, -1]).all()


def test_nobody_sends_more_than_are_free_and_no_post_is_filled_twice():
    companies, posts = companies_of(5, motive=np.full(5, 50.0)), posts_of(40)
    free = np.array([3, 0, 1, 2, 9])
    agreed = met(posts, companies, behaviour_of(EAGER | {"companies_seen": 8}), free).agreed
    sent = np.bincount(agreed.company, minlength=5)
    assert (sent <= free).all()
    assert len(np.unique(agreed.post)) == len(agreed.post)
    # Everybody would go, and each of the 40 posts sees eight of the five: all who are free are taken.
    assert sent.tolist() == free.tolist()


def test_unwilling_companies_leave_posts_empty_and_willing_ones_are_left_over():
    behaviour = behaviour_of(EAGER)
    none = met(posts_of(6), companies_of(9, motive=np.full(9, -60.0)), behaviour)
    assert len(none.agreed) == 0
    assert none.left_over == 0
    many = met(posts_of(1), companies_of(50, motive=np.full(50, 60.0)), behaviour)
    assert len(many.agreed) == 1
    assert many.left_over >= 1


def test_a_company_without_an_employee_to_send_is_not_left_over():
    """Three of nine would go and can; one of them does."""
    companies, free = companies_of(9, motive=np.full(9, 60.0)), np.array([0, 1, -1, 0, 2, 0, 0, 1, 0])
    found = met(posts_of(1), companies, behaviour_of(EAGER | {"companies_seen": 99}), free)
    assert len(found.agreed) == 1
    assert found.left_over == 2


def test_the_former_partner_comes_first_and_costs_no_search():
    companies = companies_of(6, motive=np.array([9.0, 9.0, 9.0, 9.0, 9.0, 3.0]))
    behaviour = behaviour_of({"again": 1.0, "search": 2.0, "without_employee": 0.0})
    posts = posts_of(1, previous=np.array([5]))
    agreed = met(posts, companies, behaviour).agreed
    assert agreed.company.tolist() == [5]
    assert agreed.through.tolist() == [Through.PARTNER]
    others = met(posts, companies, replace(behaviour, again=0.0)).agreed
    assert others.company[0] != 5


def test_small_companies_could_not_send_anybody_before_2020():
    companies = companies_of(3, motive=np.full(3, 60.0), capital=np.array([9e7, 1e8, 9e7]))
    behaviour = behaviour_of(EAGER)
    before = met(posts_of(8), companies, behaviour, np.full(3, 9), year=year_of(2019)).agreed
    assert set(before.company.tolist()) == {1}
    after = met(posts_of(8), companies, behaviour, np.full(3, 9), year=year_of(2020)).agreed
    assert set(after.company.tolist()) == {0, 1, 2}


@pytest.mark.parametrize(
    ("wish", "cap", "presence"), [(0.9, 6_000_000, 0.5), (1.1, 6_000_000, 1.0), (1.1, 3_500_000, 0.5)]
)
def test_the_pair_weighs_presence_against_what_it_costs(wish, cap, presence):
    # Whole presence costs the company 2 x (1 - 0.5) = 1, and 0.3 a million that stays unpaid.
    behaviour = behaviour_of({"without_employee": 2.0, "senior_relief": 0.0, "pay": 0.3, "top_up": 0.0})
    year = year_of()
    dispatched = replace(year.rules.dispatched, during_period_per_person_cap=cap)
    year = replace(year, rules=replace(year.rules, dispatched=dispatched))
    looks = Looks(np.array([0]), np.array([0]), np.array([Through.HEARD]))
    posts = posts_of(1, presence_wish=np.array([wish]))
    _, found = value_dispatch(looks, posts, companies_of(1), behaviour, year, np.zeros(1))
    assert found.tolist() == [presence]


@pytest.mark.parametrize(
    ("least", "wish", "presence"), [(0.2, 0.9, 0.2), (0.2, 1.1, 1.0), (0.0, 0.9, 1 / 21)]
)
def test_the_wish_for_presence_grows_with_the_days_it_is_about(least, wish, presence):
    """A lower least presence widens what both give and gain alike, and nobody agrees on never coming."""
    behaviour = behaviour_of({"without_employee": 2.0, "senior_relief": 0.0})
    year = year_of()
    dispatched = replace(
        year.rules.dispatched, during_period_per_person_cap=10**8, minimum_presence=Fraction(str(least))
    )
    year = replace(year, rules=replace(year.rules, dispatched=dispatched))
    looks = Looks(np.array([0]), np.array([0]), np.array([Through.HEARD]))
    posts = posts_of(1, presence_wish=np.array([wish]))
    _, found = value_dispatch(looks, posts, companies_of(1), behaviour, year, np.zeros(1))
    assert found.tolist() == [presence]


def test_pay_over_the_cap_lowers_the_company_s_will_by_its_price():
    behaviour = behaviour_of({"pay": 0.4, "top_up": 0.25, "senior_relief": 0.0})
    looks = Looks(np.array([0]), np.array([0]), np.array([Through.HEARD]))
    posts, companies = posts_of(1, presence_wish=np.array([99.0])), companies_of(1)
    values = []
    for cap in (6_000_000, 4_000_000):
        year = year_of()
        dispatched = replace(year.rules.dispatched, during_period_per_person_cap=cap)
        year = replace(year, rules=replace(year.rules, dispatched=dispatched))
        values.append(value_dispatch(looks, posts, companies, behaviour, year, np.zeros(1))[0][0])
    assert values[0] - values[1] == pytest.approx(0.4 * 0.75 * 2.0)


def test_a_post_that_takes_both_kinds_takes_the_better():
    companies, posts = companies_of(30), posts_of(60, side_job=np.ones(60, dtype=bool))
    free = np.full(30, 60)
    much = behaviour_of({"side_job_level": 30.0})
    assert set(met(posts, companies, much, free).agreed.kind.tolist()) == {Kind.SIDE_JOB}
    little = behaviour_of({"side_job_level": -30.0, "without_employee": 0.0, "search": 0.0})
    assert set(met(posts, companies, little, free).agreed.kind.tolist()) == {Kind.DISPATCHED}
    before = met(posts, companies, much, free, year=year_of(2023)).agreed
    assert set(before.kind.tolist()) <= {Kind.DISPATCHED}


def side_job_value(behaviour, year, kilometres=0.0):
    """Return what a side job is worth to an employee of one company, so far from the place of the one post."""
    looks = Looks(np.array([0]), np.array([0]), np.array([Through.HEARD]))
    posts, distance = posts_of(1, side_job=np.array([True])), np.full((47, 1), kilometres)
    return value_side_job(looks, posts, companies_of(1), distance, behaviour, year, keys_of(1), luck_of())[0]


def test_more_hours_asked_by_law_weigh_on_side_jobs():
    behaviour = behaviour_of({"side_job_hours": 20.0, "side_job_burden": 1.0, "side_job_pay": 0.0})
    year = year_of()
    longer = replace(year.rules.side_job, minimum_hours_per_month=40)
    values = [
        side_job_value(behaviour, one)
        for one in (year, replace(year, rules=replace(year.rules, side_job=longer)))
    ]
    assert values[0] - values[1] == pytest.approx(np.log(2.0))


def test_of_travel_over_the_caps_an_employee_goes_without_what_the_town_hall_does_not_pay():
    """30 days there a month from 1,000 km away: 72,000 yen a day, 25.92 million a year, a million of which returns."""
    given = {"trip_fixed_yen": 12_000, "trip_yen_per_km": 30, "side_job_pay": 0.4, "top_up": 0.25}
    behaviour, year = behaviour_of({**given, "side_job_days_present": 30.0}), year_of()
    near, far = (side_job_value(behaviour, year, kilometres) for kilometres in (0.0, 1_000.0))
    # At the door a trip is 12,000 yen: 4.32 million a year.
    assert near - far == pytest.approx(0.4 * 0.75 * (25.92 - 4.32))


def test_the_platform_shows_more_companies_and_lowers_the_cost_of_search():
    companies = companies_of(40, motive=np.full(40, 0.0))
    behaviour = behaviour_of({"search": 6.0, "without_employee": 0.0, "companies_seen": 1})
    posts, free = posts_of(200), np.full(40, 99)
    without = met(posts, companies, behaviour, free)
    everybody = np.ones(40, dtype=bool)
    cheap = search_of(companies, registered=everybody, saving=0.5)
    cheaper = met(posts, companies, behaviour, free, cheap)
    more = replace(cheap, registered_roll=Roll.of(companies, np.arange(40), 1), platform_looks=1.0)
    seen = met(posts, companies, behaviour, free, more)
    assert len(without.agreed) < len(cheaper.agreed) < len(seen.agreed)
    # Who was found without either is still found: the same draws.
    assert set(without.agreed.post.tolist()) <= set(cheaper.agreed.post.tolist())


def test_no_post_or_no_company_is_no_contract():
    behaviour = behaviour_of()
    assert len(met(posts_of(0), companies_of(3), behaviour).agreed) == 0
    assert len(met(posts_of(3), companies_of(0), behaviour).agreed) == 0
