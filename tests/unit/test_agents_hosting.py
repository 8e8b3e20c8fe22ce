"""What hosts offer: pay, limits, wanted stock, posts, and why a place has no members, reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.agents import hosting
from okoshi.agents.municipalities import Reason
from okoshi.agents.purse import Purse, purse_of_year, spread_over_years
from okoshi.policy.cooperators import activity_reimbursement
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
    quiet = {"stopping": 0.0, "stopping_without_members": 0.0}
    return replace(behaviour_of().municipalities, flypaper=0.5, top_up=0.25, **quiet)


@pytest.fixture(scope="module")
def now():
    return conditions_of(2024, wage_index=1.0, price_index=1.0, attention=0.0)


def pay_under(cap, table, behaviour, now):
    rules = replace(
        now.rules,
        activity_per_member=cap + 2_000_000,
        activity_remuneration_per_member=cap,
        activity_remuneration_flexible_per_member=0,
    )
    return hosting.offered_pay(table, behaviour, replace(now, rules=rules, running_rules=rules))


def test_a_body_meets_its_first_cap_at_once(behaviour, now):
    table = municipalities_of(2, pay_scale=[2_000_000.0, 5_200_000.0])
    pay, limit = pay_under(CAPS_2024, table, behaviour, now)
    assert limit.tolist() == [CAPS_2024, CAPS_2024]
    # Its own scale under the cap; over it, a quarter of what its scale asks beyond.
    assert pay.tolist() == [2_000_000, CAPS_2024 + 500_000]


def test_no_more_pay_is_offered_than_the_cap_on_pay_and_other_cost_together_gives_back(behaviour, now):
    table = municipalities_of(1, pay_scale=6_000_000.0, other_cost_scale=1_000_000.0)
    bare = replace(behaviour, top_up=0.0, overhead_per_member=0.0)
    high = {"activity_remuneration_per_member": 6_400_000, "activity_other_per_member": 4_000_000}
    for together, pay, other in ((10_400_000, 6_000_000, 1_000_000), (5_200_000, 5_200_000, 0)):
        rules = replace(now.rules, activity_per_member=together, **high)
        offer = hosting.offer_of_year(table, bare, replace(now, rules=rules, running_rules=rules))
        assert (offer.pay[0], offer.other[0], offer.net[0]) == (pay, other, 0.0)


def test_a_cap_above_the_own_scale_changes_nothing(behaviour, now):
    table = municipalities_of(
        2, hosting_since=[0, 2013], pay_scale=2_000_000.0, pay_limit=CAPS_2024, highest_cap=float(CAPS_2024)
    )
    for cap in (2_000_000, 3_200_000, 3_300_000, 9_000_000):
        assert pay_under(cap, table, behaviour, now)[0].tolist() == [2_000_000, 2_000_000]


def test_a_bound_body_follows_a_rise_with_the_flypaper_elasticity(behaviour, now):
    table = municipalities_of(
        1, hosting_since=2013, pay_scale=[9_000_000.0], pay_limit=[2_000_000.0], highest_cap=[2_000_000.0]
    )
    bound = replace(behaviour, top_up=0.0)
    pay, limit = pay_under(4_000_000, table, bound, now)
    assert limit[0] == pytest.approx(2_000_000 * sqrt(2))
    assert pay[0] == int(2_000_000 * sqrt(2))
    assert pay_under(4_000_000, table, replace(bound, flypaper=0.0), now)[0].tolist() == [2_000_000]
    assert pay_under(4_000_000, table, replace(bound, flypaper=1.0), now)[0].tolist() == [4_000_000]
    # A quarter of what its scale asks over its limit comes on top, whether the cap binds or not.
    held = 2e6 * sqrt(2)
    added = pay_under(4_000_000, table, replace(bound, top_up=0.25), now)[0].tolist()
    assert added == [int(held + 0.25 * (9e6 - held))]
    adds = replace(bound, flypaper=1.0, top_up=0.25)
    assert pay_under(4_000_000, table, adds, now)[0].tolist() == [4_000_000 + 1_250_000]


@given(
    cap=st.integers(1_000_000, 6_000_000),
    more=st.integers(1, 1_000_000),
    flypaper=st.floats(0, 1),
    top_up=st.floats(0, 1),
    scale=st.floats(1e6, 9e6),
    limit=st.integers(500_000, 4_000_000),
)
def test_a_higher_cap_never_lowers_what_is_offered(cap, more, flypaper, top_up, scale, limit):
    """A body that adds of its own had dropped that at the first yen by which the cap rose."""
    given_ = replace(behaviour_of().municipalities, flypaper=flypaper, top_up=top_up)
    table = municipalities_of(
        1, hosting_since=2013, pay_scale=[scale], pay_limit=[float(limit)], highest_cap=[4_000_000.0]
    )
    now = conditions_of(2024, wage_index=1.0, price_index=1.0, attention=0.0)
    low, high = (pay_under(one, table, given_, now)[0][0] for one in (cap, cap + more))
    assert high >= low


def test_a_cut_is_followed_at_once(behaviour, now):
    table = municipalities_of(
        2,
        hosting_since=2013,
        pay_scale=[9_000_000.0, 9_000_000.0],
        pay_limit=[3_000_000.0, 1_500_000.0],
        highest_cap=[4_000_000.0, 4_000_000.0],
    )
    bound = replace(behaviour, top_up=0.0, flypaper=1.0)
    pay, limit = pay_under(2_000_000, table, bound, now)
    # The first allowed itself more than the new cap; the second less, and no cut reaches it.
    assert pay.tolist() == [2_000_000, 1_500_000]
    # The first keeps its limit for better times: a cap that comes back, to what was met before, lifts nobody.
    assert limit.tolist() == [3_000_000, 1_500_000]
    table.pay_limit = limit
    for cap in (4_000_000, 3_500_000):
        assert pay_under(cap, table, bound, now)[0].tolist() == [3_000_000, 1_500_000]
    assert pay_under(8_000_000, table, bound, now)[0].tolist() == [6_000_000, 3_000_000]  # twice the highest


def test_a_body_that_never_hosted_starts_with_the_cap_of_the_year_it_joins(behaviour, now):
    table = municipalities_of(
        2, hosting_since=[0, 2013], pay_scale=9_000_000.0, pay_limit=2_000_000.0, highest_cap=2_000_000.0
    )
    held = replace(behaviour, top_up=0.0, flypaper=0.0)
    assert pay_under(3_000_000, table, held, now)[0].tolist() == [3_000_000, 2_000_000]


def test_a_body_that_stops_pays_those_who_serve_on_as_before(behaviour, now):
    table = municipalities_of(
        3,
        hosting_since=[2013, 0, 0],
        serving=[2, 2, 0],
        pay_scale=9_000_000.0,
        pay_limit=2_000_000.0,
        highest_cap=3_000_000.0,
    )
    held = replace(behaviour, top_up=0.0, flypaper=0.5)
    assert pay_under(3_000_000, table, held, now)[0].tolist() == [2_000_000, 2_000_000, 3_000_000]


@pytest.mark.parametrize("for_a_year", [100_000, 0])
def test_a_cap_cut_for_a_year_leaves_pay_as_it_was(for_a_year):
    """A cut that bound nobody had raised pay for good, a deep one had kept it down, and none at all freed it."""
    cap = "policy.cooperators.activity_remuneration_per_member"
    years, caps = (2009, 2028), {f"{cap}@2027": for_a_year, f"{cap}@2028": 3_200_000}
    cut, kept = (lived(scenario_of(years=years, **changes)).municipalities for changes in (caps, {}))
    both = (cut.hosting_since == kept.hosting_since) & (kept.hosting_since > 0) & (kept.hosting_since < 2027)
    assert both.any()
    assert cut.offered_pay[both].tolist() == kept.offered_pay[both].tolist()
    assert cut.pay_limit[both].tolist() == kept.pay_limit[both].tolist()


def test_nothing_is_offered_without_a_rule(behaviour, now):
    table = municipalities_of(1, hosting_since=2013, pay_scale=[2e6], other_cost_scale=[1e6], pay_limit=[1e6])
    for off in ({"enabled": False}, {"activity_per_member": None}):
        rules = replace(now.rules, **off)
        shut = replace(now, rules=rules, running_rules=rules)
        pay, limit = hosting.offered_pay(table, behaviour, shut)
        assert (pay[0], hosting.offered_other(table, shut, pay)[0], limit[0]) == (0, 0, 1e6)


def test_a_cap_on_pay_that_is_abolished_pays_what_a_cap_of_nought_pays(behaviour, now):
    """The law pays the same for both; members worked for nothing under the one and for their own scale's share else."""
    table = municipalities_of(1, pay_scale=[2e6])
    none, nought = (
        replace(
            now.rules, activity_remuneration_per_member=cap, activity_remuneration_flexible_per_member=None
        )
        for cap in (None, 0)
    )
    offers = [
        hosting.offered_pay(table, behaviour, replace(now, rules=rules, running_rules=rules))[0].tolist()
        for rules in (none, nought)
    ]
    assert offers == [[int(behaviour.top_up * 2e6)]] * 2


def test_at_a_rate_of_nought_bodies_offer_what_they_do_at_caps_of_nought(behaviour, now):
    """A cap on what is not reimbursed bounds nobody: three times as high it changes nothing."""
    table = municipalities_of(2, pay_scale=[2e6, 5e6])
    caps = ("activity_per_member", "activity_remuneration_per_member", "activity_other_per_member")
    times = [replace(now.rules, activity_rate=Fraction(0), **dict.fromkeys(caps, 10**6 * n)) for n in (2, 6)]
    nought = replace(now.rules, **dict.fromkeys(caps, 0), activity_remuneration_flexible_per_member=0)
    offers = [
        hosting.offer_of_year(table, behaviour, replace(now, rules=rules, running_rules=rules))
        for rules in (*times, nought)
    ]
    assert [one.pay.tolist() for one in offers] == [offers[2].pay.tolist()] * 3
    assert [one.other.tolist() for one in offers] == [[0, 0]] * 3
    assert [one.net.tolist() for one in offers] == [offers[2].net.tolist()] * 3


def test_the_flexible_part_is_what_the_other_cost_gives_up(now):
    rules = replace(
        now.rules, activity_remuneration_flexible_per_member=1_000_000, activity_per_member=9_000_000
    )
    own = rules.activity_remuneration_per_member
    for other, flexible in ((2_000_000, 1_000_000), (400_000, 400_000), (0, 0), (None, 0)):
        cap = hosting.remuneration_cap(replace(rules, activity_other_per_member=other))
        assert cap == own + flexible
        # No more ever comes back, however much is spent.
        most = activity_reimbursement(replace(rules, activity_other_per_member=other), 90_000_000, 0)
        assert most == cap


def test_other_activity_stays_under_its_cap(now):
    table = municipalities_of(2, other_cost_scale=[1_500_000.4, 2_500_000.0])
    pay = np.full(2, 3_200_000)
    assert hosting.offered_other(table, now, pay).tolist() == [1_500_000, 2_000_000]
    dearer = replace(now, price_index=1.2)
    assert hosting.offered_other(table, dearer, pay).tolist() == [1_800_000, 2_000_000]


def test_other_activity_stays_within_what_the_whole_cap_leaves_beside_the_pay():
    wants = municipalities_of(5, other_cost_scale=[2_500_000.0, 2_500_000.0, 1_000_000.0, 1_700_000.0, 1.7e6])
    pay = np.array([2_000_000, 2_200_000, 2_500_000, 2_500_000, 2_800_000])
    # FY2016: 4.0 million in all, of it at most 2.5 pay and 2.0 other; pay over 2.5 million does not count.
    then = conditions_of(2016, price_index=1.0)
    assert hosting.offered_other(wants, then, pay).tolist() == [
        *(2_000_000, 1_800_000, 1_000_000, 1_500_000, 1_500_000)
    ]
    # FY2020: 4.4 million in all; pay passes 2.4 million by half a million at most, and takes it from the other cost.
    later = conditions_of(2020, price_index=1.0)
    assert hosting.offered_other(wants, later, pay).tolist() == [
        *(2_000_000, 2_000_000, 1_000_000, 1_700_000, 1_600_000)
    ]


@pytest.mark.parametrize("fiscal_year", range(2009, 2035))
def test_nothing_that_a_body_offers_as_other_cost_is_unpaid(fiscal_year, behaviour):
    then = conditions_of(fiscal_year)
    table = municipalities_of(
        40, pay_scale=np.linspace(1e6, 6e6, 40), other_cost_scale=np.tile([8e5, 1.6e6, 2.4e6, 9e6], 10)
    )
    offer = hosting.offer_of_year(table, replace(behaviour, top_up=0.25, overhead_per_member=0.0), then)
    over = np.maximum(offer.pay - hosting.remuneration_cap(then.running_rules), 0)
    assert np.array_equal(offer.net, over)


def offer_by(pay, other, gross, net):
    columns = (np.asarray(column) for column in (pay, other, pay, gross, net))
    return hosting.Offer(*columns)


def test_the_offer_of_a_year_by_hand(behaviour, now):
    given = replace(behaviour, overhead_per_member=500_000, top_up=0.25)
    table = municipalities_of(2, pay_scale=[2_000_000.0, 5_200_000.0], other_cost_scale=[1e6, 2.5e6])
    rules = replace(
        now.rules,
        activity_per_member=5_200_000,
        activity_remuneration_per_member=3_200_000,
        activity_remuneration_flexible_per_member=0,
        activity_other_per_member=2_000_000,
    )
    offer = hosting.offer_of_year(
        table, given, replace(now, rules=rules, running_rules=rules, price_index=1.2)
    )
    # Overhead 0.6 million at these prices. First: 2.0 + 1.2 million come back whole.
    # Second: 3.2 + a quarter of 2.0 beyond, 2.0 other; 3.2 + 2.0 come back.
    assert offer.pay.tolist() == [2_000_000, 3_700_000]
    assert offer.other.tolist() == [1_200_000, 2_000_000]
    assert offer.limit.tolist() == [3_200_000, 3_200_000]
    assert offer.gross.tolist() == [3_800_000, 6_300_000]
    assert offer.net.tolist() == [600_000, 1_100_000]


def test_a_member_who_costs_the_body_more_is_wanted_less(behaviour, now):
    given = replace(behaviour, overhead_per_member=500_000, net_cost_elasticity=0.5)
    net = np.array([600_000.0, 2_400_000.0, 0.0])
    offer = offer_by(np.zeros(3), np.zeros(3), net, net)
    found = hosting.cost_factor(offer, given, replace(now, price_index=1.2))
    # Half a million of FY2024 counts 1, four times as much a half; nothing at all as a tenth of it.
    assert found.tolist() == pytest.approx([1.0, 0.5, sqrt(10)])
    dearer = replace(given, overhead_per_member=1_500_000)  # it is in the net cost, and no measure of it
    assert hosting.cost_factor(offer, dearer, replace(now, price_index=1.2)).tolist() == found.tolist()


def test_limits_by_staff_cash_and_own_funds(behaviour, now):
    given = replace(
        behaviour,
        staff_share=0.01,
        staff_hours_per_member=190,
        revenue_scale=1e6,
        revenue_exponent=0.5,
        cash_share=0.6,
        own_funds_share=0.02,
    )
    world = world_of(
        3,
        general_staff=np.array([30.0, 300.0, 300.0]),
        population_2020=np.array([10_000, 1_000_000, 1_000_000]),
    )
    table = municipalities_of(
        3,
        body_cost_last_year=[10_000_000, 50_000_000, 10**12],
        body_net_cost_last_year=[500_000, 2_000_000, 10**12],
    )
    offer = offer_by(
        [2_000_000, 4_000_000, 4_000_000],
        [1_000_000] * 3,
        [4_000_000.0, 6_000_000.0, 6_000_000.0],
        [1_000_000.0, 1_800_000.0, 1_800_000.0],
    )
    found = hosting.limits(table, given, purse_of_year(world, given, now.price_index), offer)
    assert found.staff.tolist() == pytest.approx([3.0, 30.0, 30.0])
    # Revenue 100 and 1,000 million; what the body itself cost last year goes off first, never below nothing.
    # Cash 60 - 10 and 600 - 50 million over gross, own funds 2 - 0.5 and 20 - 2 million over net.
    assert found.cash.tolist() == pytest.approx([50 / 4, 550 / 6, 0.0])
    assert found.funds.tolist() == pytest.approx([1.5, 10.0, 0.0])
    assert found.least.tolist() == pytest.approx([1.5, 10.0, 0.0])
    # Revenue goes with prices.
    dearer = hosting.limits(table, given, purse_of_year(world, given, 1.1), offer)
    assert dearer.cash.tolist() == pytest.approx([56 / 4, 610 / 6, 0.0])
    assert dearer.funds.tolist() == pytest.approx([1.7, 20 / 1.8, 0.0])
    # Hours that digital work frees are hours for members: 380 of them host two more.
    freed = purse_of_year(world, given, 1.1, np.array([380.0, 0.0, -1e9]))
    assert hosting.limits(table, given, freed, offer).staff.tolist() == pytest.approx([5.0, 30.0, 0.0])
    # What other measures take of the purse is not there for members.
    taken = Purse(cash=np.full(3, 20e6), own_funds=np.full(3, 1e6), staff_hours=np.full(3, 190.0))
    left = hosting.limits(table, given, purse_of_year(world, given, now.price_index).less(taken), offer)
    assert left.staff.tolist() == pytest.approx([2.0, 29.0, 29.0])
    assert left.cash.tolist() == pytest.approx([30 / 4, 530 / 6, 0.0])
    assert left.funds.tolist() == pytest.approx([0.5, 17 / 1.8, 0.0])
    assert hosting.limits(table, given, Purse(), offer).least.tolist() == [np.inf] * 3


def test_hosts_claim_of_the_purse_what_their_members_cost(behaviour):
    table = municipalities_of(
        2, wanted=[2.0, 0.0], body_cost_last_year=[10, 30], body_net_cost_last_year=[3, 7]
    )
    offer = offer_by([0, 0], [0, 0], [100.0, 100.0], [40.0, 40.0])
    hours = replace(behaviour, staff_hours_per_member=150)
    claim = hosting.claim_on_purse(table, hours, offer)
    assert (claim.cash.tolist(), claim.own_funds.tolist()) == ([210.0, 30.0], [83.0, 7.0])
    assert claim.staff_hours.tolist() == [300.0, 0.0]
    # Who wants nobody any more still looks after those who serve on.
    table.serving = [1, 3]
    claim = hosting.claim_on_purse(table, hours, offer)
    assert (claim.cash.tolist(), claim.own_funds.tolist()) == ([210.0, 330.0], [83.0, 127.0])
    assert claim.staff_hours.tolist() == [300.0, 450.0]


def test_a_payment_made_once_is_borne_over_years():
    burden, borne = np.zeros(1), 0.0
    for paid in (1_000, *[0] * 60):
        burden = spread_over_years(burden, np.array([paid]), 5.0)
        borne += burden[0]
    assert borne == pytest.approx(1_000, rel=1e-4)
    assert spread_over_years(np.zeros(1), np.array([1_000]), 5.0)[0] == 200


@pytest.mark.parametrize("tightest", ["staff", "cash", "funds"])
def test_the_tightest_of_three_limits_holds(tightest):
    values = {name: np.array([5.0]) for name in ("staff", "cash", "funds")}
    assert hosting.Limits(**{**values, tightest: np.array([2.0])}).least.tolist() == [2.0]


def test_wanted_stock_and_its_limit(behaviour, now):
    given = replace(
        behaviour,
        wanted_median=3.0,
        wanted_spread=0.5,
        belief_strength=4.0,
        belief_in_posts=1.0,
        support_in_posts=2.0,
        attention_in_posts=0.5,
    )
    table = municipalities_of(
        2, wanted_trait=[1.0, 1.0], support_capacity=[0.3, 0.3], belief_settled=[4.0, 4.0]
    )
    cheapness, limit = np.array([0.8, 0.8]), np.array([99.0, 2.0])
    wanted = hosting.wanted_stock(table, given, replace(now, attention=0.4), cheapness, limit)
    # Belief (2 + 4) / (4 + 4) = 1.5 x 0.5; support 0.1 over 0.2, where the stock is measured.
    assert wanted.tolist() == pytest.approx([3.0 * exp(0.5) * 1.5 * exp(0.2) * exp(0.2) * 0.8, 2.0])


def test_the_stock_moves_a_part_of_the_way_each_year(behaviour, now):
    given = replace(behaviour, wanted_median=6.0, wanted_spread=0.0, posts_adjustment=0.25, first_posts=2.5)
    table = municipalities_of(
        5,
        support_capacity=0.2,
        wanted=[2.0, 0.0, 8.0, 5.0, 2.0],
        hosting_since=[2010, 0, 2010, 0, 2010],
        willing=[True, True, True, True, False],
    )
    joined = np.array([False, True, False, False, False])
    cheapness, limit = np.array([1.0, 1.0, 1.0, 1.0, 1.0]), np.array([99.0, 2.0, 3.0, 99.0, 99.0])
    wanted = hosting.next_wanted(table, given, now, joined, cheapness, limit)
    # A quarter of the way from 2 to 6; the first posts within the limit; the limit; no host; unwilling by now.
    assert wanted.tolist() == pytest.approx([3.0, 2.0, 3.0, 0.0, 0.0])
    # Half the interest, half the goal: a quarter of the way from 2 to 3; who joins starts as everybody.
    dear = hosting.next_wanted(table, given, now, joined, cheapness / 2, limit)
    assert dear.tolist() == pytest.approx([2.25, 2.0, 3.0, 0.0, 0.0])
    shut = replace(now, scheme_open=False)
    assert not hosting.next_wanted(table, given, shut, joined, cheapness, limit).any()


def test_posts_are_the_stock_less_who_stays():
    table = municipalities_of(5, serving=[0, 3, 5, 3, 1])
    wanted, ending = np.array([4.0, 4.0, 2.0, 4.0, 4.0]), np.array([0, 2, 1, 0, 0])
    limit = np.array([99.0, 99.0, 99.0, 99.0, 3.9])
    posts = hosting.advertised_posts(wanted, table, limit, ending, luck_of())
    # The last one can look after three members and no fraction of a fourth.
    assert posts.tolist() == [4, 3, 0, 1, 2]


def test_fractions_of_a_post_are_advertised_as_often_as_they_are_large():
    count = 20_000
    table, nobody = municipalities_of(count), np.zeros(count, dtype=int)
    posts = hosting.advertised_posts(np.full(count, 2.3), table, np.full(count, 9.0), nobody, luck_of())
    assert set(posts.tolist()) == {2, 3}
    assert abs(posts.mean() - 2.3) < 4.4 * sqrt(0.21 / count)  # one false alarm in 100,000
    # A body that can carry 2.3 and no more never has three, whatever the rounding says.
    bound = hosting.advertised_posts(np.full(count, 2.3), table, np.full(count, 2.3), nobody, luck_of())
    assert set(bound.tolist()) == {2}


def test_why_a_place_has_no_members():
    table = municipalities_of(
        9,
        eligible=[False, *[True] * 8],
        willing=[True, False, *[True] * 7],
        hosting_since=[0, 0, 0, 0, 0, 0, 2012, 2012, 2012],
        posts=[0, 0, 0, 0, 0, 0, 0, 2, 0],
        serving=[0, 0, 0, 0, 0, 0, 0, 0, 1],
    )
    bounds = hosting.Limits(
        staff=np.array([9, 0.9, 0.9, 9, 9, 9, 9, 9, 0.1]),
        cash=np.array([9, 0.9, 0.9, 0.9, 9, 9, 9, 9, 9.0]),
        funds=np.array([9, 0.9, 0.9, 0.9, 0.9, 9, 9, 9, 9.0]),
    )
    reasons = hosting.reasons_not_joined(table, bounds, True)
    # Of several reasons the one that would have to go first: will, then staff, cash, own funds.
    assert reasons.tolist() == [
        Reason.NOT_ELIGIBLE,
        Reason.UNWILLING,
        Reason.STAFF,
        Reason.CASH,
        Reason.FUNDS,
        Reason.NOT_YET,
        Reason.WANTS_NONE,
        Reason.NONE,
        Reason.NONE,
    ]
    table.stopped_in[5] = 2014
    assert hosting.reasons_not_joined(table, bounds, True)[5] == Reason.STOPPED
    table.reason = reasons
    hosting.fill_posts(table, np.zeros(0, dtype=int))
    assert table.reason[7:].tolist() == [Reason.NO_APPLICANTS, Reason.NONE]
    closed = hosting.reasons_not_joined(table, bounds, False)
    assert closed.tolist() == [Reason.NOT_ELIGIBLE, *[Reason.SCHEME_CLOSED] * 6, Reason.NONE, Reason.NONE]


def decided(behaviour, now, wanted=2.0, count=400):
    """Return so many hosts of one size, which want a stock, after April's decisions."""
    world = replace(
        world_of(1, [[]]),
        neighbour_start=np.zeros(count + 1, dtype=int),
        general_staff=np.full(count, 300.0),
        population_2020=np.full(count, 20_000),
    )
    table = municipalities_of(
        count, hosting_since=2010, wanted=wanted, support_capacity=0.2, pay_scale=2e6, other_cost_scale=1e6
    )
    table.willingness = 3.0
    nobody = np.zeros(count, dtype=int)
    purse = purse_of_year(world, behaviour, now.price_index)
    hosting.decide(table, world, behaviour, now, Adoption.DIFFUSION, purse, nobody, luck_of())
    return table


def test_programmes_are_offered_only_where_a_rule_pays_them(behaviour):
    for year, trial, intern in ((2018, False, False), (2019, True, False), (2021, True, True)):
        table = decided(behaviour, conditions_of(year))
        assert (table.trial_spent.any(), table.internship_spent.any()) == (trial, intern)
        assert table.posts.sum() > 0


def test_in_the_first_year_of_an_item_only_who_votes_a_supplementary_budget_offers_it(behaviour):
    given = replace(
        behaviour, internship_programme_share=0.5, trial_programme_share=0.5, programme_first_year=0.25
    )
    known = decided(given, conditions_of(2022, rules_before=conditions_of(2021).rules))
    first = decided(given, conditions_of(2021, rules_before=conditions_of(2020).rules))
    assert ((first.trial_spent > 0) == (known.trial_spent > 0)).all()  # paid since FY2019
    begins, offers = first.internship_spent > 0, known.internship_spent > 0
    assert not (begins & ~offers).any()  # who began goes on
    for share, hosts in ((begins.mean(), 0.125), (offers.mean(), 0.5)):
        assert abs(share - hosts) < 4.4 * (hosts * (1.0 - hosts) / 400) ** 0.5


def test_spending_on_recruiting_and_programmes_by_hand(behaviour):
    given = replace(
        behaviour,
        posts_adjustment=0.0,
        recruitment_cost_fixed=500_000,
        recruitment_cost_per_post=1_000_000,
        recruitment_own_share=0.25,
        trial_cost=700_000,
        trial_programme_share=0.5,
        internship_cost=1_200_000,
        internship_programme_share=1.0,
    )
    now = conditions_of(2024, price_index=1.2)
    assert (now.rules.recruitment_per_municipality, now.rules.trial_per_municipality) == (
        3_000_000,
        1_000_000,
    )
    table = decided(given, now, wanted=np.resize([0.0, 1.0, 2.0, 3.0, 4.0], 400))
    # Wanted at these prices: 0.6 + 1.2 million a post; over the cap of 3 million a quarter of the rest.
    assert table.posts[:5].tolist() == [0, 1, 2, 3, 4]
    assert table.recruitment_spent[:5].tolist() == [0, 1_800_000, 3_000_000, 3_300_000, 3_600_000]
    # Half the hosts would run trial stays (0.84 million), all an internship, up to its cap of one million.
    hosts = table.posts > 0
    assert set(table.trial_spent[hosts].tolist()) == {0, 840_000}
    assert abs((table.trial_spent[hosts] > 0).mean() - 0.5) < 4.4 * 0.5 / 320**0.5
    assert set(table.internship_spent[hosts].tolist()) == {1_000_000}
    assert not (table.trial_spent | table.internship_spent)[~hosts].any()


def test_who_lacks_the_cash_or_the_funds_has_no_posts_and_says_so(behaviour):
    """April's decision as a whole: a limit under one member closes the place, by its own name."""
    now = conditions_of(2024)
    enough = replace(behaviour, cash_share=0.5, own_funds_share=0.5)
    for name, reason in (("cash_share", Reason.CASH), ("own_funds_share", Reason.FUNDS)):
        table = decided(replace(enough, **{name: 1e-6}), now)
        assert not table.posts.any()
        assert set(table.reason.tolist()) == {reason}
    rich = decided(enough, now)
    assert (rich.posts > 0).all()
    assert set(rich.reason.tolist()) == {Reason.NONE}


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
