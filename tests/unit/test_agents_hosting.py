"""What hosts offer: pay, limits, wanted stock, posts, and why a place has no members, reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp, sqrt

import numpy as np
import pytest

from okoshi.agents import hosting
from okoshi.agents.municipalities import Reason
from okoshi.scenario.draft import Adoption
from small_country import (
    behaviour_of,
    conditions_of,
    lived,
    luck_of,
    municipalities_of,
    scenario_of,
    world_of,
)

CAPS_2024 = 3_200_000


@pytest.fixture(scope="module")
def behaviour():
    return replace(behaviour_of().municipalities, flypaper=0.5, top_up=0.25)


@pytest.fixture(scope="module")
def now():
    return conditions_of(2024, wage_index=1.0, price_index=1.0, attention=0.0)


def pay_under(cap, table, behaviour, now):
    rules = replace(
        now.rules, activity_remuneration_per_member=cap, activity_remuneration_flexible_per_member=0
    )
    return hosting.offered_pay(table, behaviour, replace(now, rules=rules, running_rules=rules))


def test_a_body_meets_its_first_cap_at_once(behaviour, now):
    table = municipalities_of(2, pay_scale=[2_000_000.0, 5_200_000.0])
    pay, limit = pay_under(CAPS_2024, table, behaviour, now)
    assert limit.tolist() == [CAPS_2024, CAPS_2024]
    # Its own scale under the cap; over it, a quarter of what its scale asks beyond.
    assert pay.tolist() == [2_000_000, CAPS_2024 + 500_000]


def test_a_cap_above_the_own_scale_changes_nothing(behaviour, now):
    table = municipalities_of(
        1, pay_scale=[2_000_000.0], pay_limit=[CAPS_2024], cap_last_year=[float(CAPS_2024)]
    )
    for cap in (2_000_000, 3_200_000, 3_300_000, 9_000_000):
        assert pay_under(cap, table, behaviour, now)[0].tolist() == [2_000_000]


def test_a_bound_body_follows_a_rise_with_the_flypaper_elasticity(behaviour, now):
    table = municipalities_of(
        1, pay_scale=[9_000_000.0], pay_limit=[2_000_000.0], cap_last_year=[2_000_000.0]
    )
    bound = replace(behaviour, top_up=0.0)
    pay, limit = pay_under(4_000_000, table, bound, now)
    assert limit[0] == pytest.approx(2_000_000 * sqrt(2))
    assert pay[0] == int(2_000_000 * sqrt(2))
    assert pay_under(4_000_000, table, replace(bound, flypaper=0.0), now)[0].tolist() == [2_000_000]
    assert pay_under(4_000_000, table, replace(bound, flypaper=1.0), now)[0].tolist() == [4_000_000]


def test_a_cut_is_followed_at_once(behaviour, now):
    table = municipalities_of(
        1, pay_scale=[9_000_000.0], pay_limit=[3_000_000.0], cap_last_year=[4_000_000.0]
    )
    bound = replace(behaviour, top_up=0.0, flypaper=0.0)
    pay, limit = pay_under(2_000_000, table, bound, now)
    # Half of what it allowed itself (it stood at three quarters of the old cap).
    assert (pay[0], limit[0]) == (1_500_000, 1_500_000)


def test_nothing_is_offered_without_a_rule(behaviour, now):
    table = municipalities_of(1, pay_scale=[2e6], other_cost_scale=[1e6], pay_limit=[7.0])
    rules = replace(now.rules, activity_remuneration_per_member=None, activity_other_per_member=None)
    shut = replace(now, rules=rules, running_rules=rules)
    pay, limit = hosting.offered_pay(table, behaviour, shut)
    assert (pay[0], limit[0], hosting.offered_other(table, shut)[0]) == (0, 7.0, 0)


def test_other_activity_stays_under_its_cap(now):
    table = municipalities_of(2, other_cost_scale=[1_500_000.4, 2_500_000.0])
    assert hosting.offered_other(table, now).tolist() == [1_500_000, 2_000_000]
    dearer = replace(now, price_index=1.2)
    assert hosting.offered_other(table, dearer).tolist() == [1_800_000, 2_000_000]


def test_limits_by_staff_cash_and_own_funds(behaviour, now):
    given = replace(
        behaviour,
        staff_share=0.01,
        staff_hours_per_member=190,
        revenue_scale=1e6,
        revenue_exponent=0.5,
        overhead_per_member=1_000_000,
        cash_share=0.6,
        own_funds_share=0.02,
    )
    world = world_of(2, general_staff=np.array([30.0, 300.0]), population_2020=np.array([10_000, 1_000_000]))
    table = municipalities_of(2)
    pay, other = np.array([2_000_000, 4_000_000]), np.array([1_000_000, 1_000_000])
    found = hosting.limits(table, world, given, now, pay, other)
    assert found.staff.tolist() == pytest.approx([3.0, 30.0])
    # Revenue 100 and 1,000 million. First: cash 60m / 4m = 15, own funds 2m / 1m = 2.
    # Second: 5m spent, 4.2m come back (cap 3.2m on pay): cash 600m / 6m = 100, own funds 20m / 1.8m.
    assert found.funds.tolist() == pytest.approx([2.0, 20 / 1.8])
    assert found.least.tolist() == pytest.approx([2.0, 20 / 1.8])


def test_wanted_stock_and_its_limit(behaviour, now):
    given = replace(
        behaviour,
        wanted_median=3.0,
        wanted_spread=0.5,
        belief_strength=4.0,
        belief_in_posts=1.0,
        support_in_posts=2.0,
        support_start=0.2,
        attention_in_posts=0.5,
    )
    table = municipalities_of(
        2, wanted_trait=[1.0, 1.0], support_capacity=[0.3, 0.3], belief_settled=[4.0, 4.0]
    )
    wanted = hosting.wanted_stock(table, given, replace(now, attention=0.4), np.array([99.0, 2.0]))
    assert wanted.tolist() == pytest.approx([3.0 * exp(0.5) * 1.5 * exp(0.2) * exp(0.2), 2.0])


def test_the_stock_moves_a_part_of_the_way_each_year(behaviour, now):
    given = replace(behaviour, wanted_median=6.0, wanted_spread=0.0, posts_adjustment=0.25, first_posts=2.5)
    table = municipalities_of(
        4,
        support_capacity=given.support_start,
        wanted=[2.0, 0.0, 8.0, 5.0],
        hosting_since=[2010, 0, 2010, 0],
    )
    joined = np.array([False, True, False, False])
    wanted = hosting.next_wanted(table, given, now, joined, np.array([99.0, 2.0, 3.0, 99.0]))
    assert wanted.tolist() == pytest.approx([3.0, 2.0, 3.0, 0.0])
    assert not hosting.next_wanted(table, given, replace(now, scheme_open=False), joined, wanted).any()


def test_posts_are_the_stock_less_who_stays():
    table = municipalities_of(4, serving=[0, 3, 5, 3])
    posts = hosting.advertised_posts(np.array([4.0, 4.0, 2.0, 4.0]), table, np.array([0, 2, 1, 0]), luck_of())
    assert posts.tolist() == [4, 3, 0, 1]


def test_fractions_of_a_post_are_advertised_as_often_as_they_are_large():
    count = 20_000
    table = municipalities_of(count)
    posts = hosting.advertised_posts(np.full(count, 2.3), table, np.zeros(count, dtype=int), luck_of())
    assert set(posts.tolist()) == {2, 3}
    assert abs(posts.mean() - 2.3) < 4.4 * sqrt(0.21 / count)  # one false alarm in 100,000


def test_why_a_place_has_no_members():
    table = municipalities_of(
        7,
        eligible=[False, True, True, True, True, True, True],
        willing=[True, False, True, True, True, True, True],
        posts=[0, 0, 0, 0, 0, 2, 0],
        serving=[0, 0, 0, 0, 0, 0, 1],
    )
    bounds = hosting.Limits(
        staff=np.array([9, 9, 0.9, 9, 9, 9, 0.1]), funds=np.array([9, 9, 9, 0.9, 9, 9, 9.0])
    )
    reasons = hosting.reasons_not_joined(table, bounds, True)
    assert reasons.tolist() == [
        Reason.NOT_ELIGIBLE,
        Reason.UNWILLING,
        Reason.STAFF,
        Reason.FUNDS,
        Reason.NOT_YET,
        Reason.NONE,
        Reason.NONE,
    ]
    table.reason = reasons
    hosting.fill_posts(table, np.zeros(0, dtype=int))
    assert table.reason[5:].tolist() == [Reason.NO_APPLICANTS, Reason.NONE]
    closed = hosting.reasons_not_joined(table, bounds, False)
    assert closed.tolist() == [Reason.NOT_ELIGIBLE, *[Reason.SCHEME_CLOSED] * 4, Reason.NONE, Reason.NONE]


def test_programmes_are_offered_only_where_a_rule_pays_them(behaviour):
    count = 400
    world = replace(
        world_of(1, [[]], general_staff=np.full(1, 300.0)),
        neighbour_start=np.zeros(count + 1, dtype=int),
        general_staff=np.full(count, 300.0),
        population_2020=np.full(count, 20_000),
    )
    for year, trial, intern in ((2018, False, False), (2019, True, False), (2021, True, True)):
        table = municipalities_of(
            count, hosting_since=2010, wanted=2.0, support_capacity=0.2, pay_scale=2e6, other_cost_scale=1e6
        )
        now = conditions_of(year)
        hosting.decide(
            table, world, behaviour, now, Adoption.DIFFUSION, np.zeros(count, dtype=int), luck_of()
        )
        assert (table.runs_trial.any(), table.runs_internship.any()) == (trial, intern)
        assert table.posts.sum() > 0


def test_running_members_are_paid_when_the_scheme_shuts():
    """Nobody new is hired, but who serves goes on under the rules of the last open year."""
    shut = scenario_of((2009, 2015), **{"policy.cooperators.enabled@2015": False})
    ledger = lived(shut).tables(["ledger"])["ledger"]

    def spent(item, year):
        rows = (
            (ledger["fiscal_year"] == year) & (ledger["item"] == item) & (ledger["payer"] == "municipality")
        )
        return int(ledger["yen"][rows].sum())

    # Overhead measures member-months: activity for each of them stays where it was.
    before, after = (spent("activity", year) / spent("overhead", year) for year in (2014, 2015))
    assert after == pytest.approx(before, rel=0.15)
