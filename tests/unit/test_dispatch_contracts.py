"""Terms, renewal, months, and what each contract would have been without survey and platform."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_country import behaviour_of, luck_of, settings_of
from okoshi.agents.companies import Companies, Motive
from okoshi.agents.dispatch_compared import slot_code, tell_earlier, tell_origins
from okoshi.agents.dispatch_contracts import (
    Contracts,
    Kind,
    Origin,
    months_in_year,
    renew,
    side_job_time,
    stay_months,
    still_in_touch,
)
from okoshi.agents.dispatch_hosts import (
    SIDE_JOB_SLOT,
    SLOTS,
    DispatchHosts,
    Purse,
    carried_by,
    decide_posts,
    joining,
    most_for_side_job,
    posts_of,
    slots_of,
    willing,
    would_do,
)
from okoshi.engine.calendar import MONTHS, month_index
from okoshi.policy.dispatch import DispatchRules
from small_country import keys_of, world_of

APRIL = month_index(2026)


def rules_of(fiscal_year, **values):
    return DispatchRules.of(settings_of(values), fiscal_year)


def contracts_of(rows):
    """Return contracts from (municipality, slot, company, kind, start month, end month)."""
    table = Contracts(max(len(rows), 1))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 6).T
    names = ("municipality", "slot", "company", "kind", "start_month", "end_month")
    table.append(
        len(rows),
        key=keys_of(len(rows), 8),
        presence=0.5,
        hours_per_month=20.0,
        days_present=1,
        **dict(zip(names, columns, strict=True)),
    )
    return table


def large_companies(count=10):
    table = Companies(count)
    table.append(count, key=keys_of(count, 5), capital=np.full(count, 1e9))
    return table


COMPANIES = large_companies()


def latest_of(table):
    latest = np.full(10 * SLOTS, -1)
    latest[slot_code(table, np.arange(len(table)))] = np.arange(len(table))
    return latest


def test_months_of_a_year_are_those_inside_it():
    table = contracts_of(
        [
            (0, 0, 0, 0, APRIL - 6, APRIL + 1),
            (0, 1, 0, 0, APRIL + 9, APRIL + 40),
            (0, 2, 0, 0, APRIL - 9, APRIL),
            (0, 3, 0, 0, APRIL - 1, APRIL + 13),
        ]
    )
    rows, months = months_in_year(table, APRIL)
    assert rows.tolist() == [0, 1, 3]
    assert months.tolist() == [1, 3, 12]


@pytest.mark.parametrize(("fiscal_year", "shortest"), [(2019, 12), (2020, 6)])
def test_a_stay_lies_within_the_term_of_its_year(fiscal_year, shortest):
    companies = Companies(2)
    companies.append(2, key=keys_of(2), motive_kind=np.array([Motive.CONTRIBUTION, Motive.TRAINING]))
    behaviour = behaviour_of({"stay_months": 20, "stay_spread": 1.0, "training_stay": 0.5})
    rules = rules_of(fiscal_year)
    draws = np.array([0.0, 0.0, -9.0, 9.0])
    found = stay_months(companies, np.array([0, 1, 0, 1]), behaviour, rules, draws)
    assert found.tolist() == [20, max(10, shortest), shortest, 36]


def test_renewal_stops_at_the_longest_term_and_with_the_kind():
    def table():
        return contracts_of(
            [
                (0, 0, 0, Kind.DISPATCHED, APRIL - 10, APRIL + 2),
                (0, 1, 0, Kind.DISPATCHED, APRIL - 30, APRIL + 2),
                (0, 2, 0, Kind.SIDE_JOB, APRIL - 10, APRIL + 2),
                (0, 3, 0, Kind.DISPATCHED, APRIL - 10, APRIL + 12),
                (0, 4, 0, Kind.DISPATCHED, APRIL - 12, APRIL),
            ]
        )

    always, every = behaviour_of({"renewal": 1.0}), np.arange(5)
    both, one = table(), table()
    renew(both, every, COMPANIES, always, rules_of(2026), APRIL, 1.0, 1.0, luck_of())
    assert (both.end_month - APRIL).tolist() == [14, 6, 14, 12, 12]
    assert both.renewed.tolist() == [1, 1, 1, 0, 1]
    renew(both, every, COMPANIES, always, rules_of(2027), APRIL + 12, 1.0, 1.0, luck_of())
    assert (both.end_month - APRIL).tolist() == [26, 6, 26, 24, 24]  # each end is asked about, and once
    shut = rules_of(2026, **{"policy.dispatch.side_job.enabled@2026": False})
    renew(one, every, COMPANIES, always, shut, APRIL, 1.0, 1.0, luck_of())
    assert (one.end_month - APRIL).tolist() == [14, 6, 2, 12, 12]
    abolished = table()
    gone = rules_of(2026, **{"policy.dispatch.enabled@2026": False})
    renew(abolished, every, COMPANIES, always, gone, APRIL, 1.0, 1.0, luck_of())
    assert (abolished.end_month - APRIL).tolist() == [2, 2, 2, 12, 0]


def test_a_kind_for_which_nothing_comes_back_is_not_renewed():
    """Nobody is asked for then either: one rule for those who are there and those to come."""
    running = contracts_of(
        [
            (0, 0, 0, Kind.DISPATCHED, APRIL - 10, APRIL + 2),
            (0, 1, 0, Kind.SIDE_JOB, APRIL - 10, APRIL + 2),
        ]
    )
    nought = rules_of(2026, **{"policy.dispatch.dispatched.during_period_rate@2026": 0.0})
    always = behaviour_of({"renewal": 1.0})
    renew(running, np.arange(2), COMPANIES, always, nought, APRIL, 1.0, 1.0, luck_of())
    assert (running.end_month - APRIL).tolist() == [2, 14]


@pytest.mark.parametrize(
    ("rule", "least", "goes_on"),
    [
        ("dispatched.minimum_company_capital", 10**12, [2, 14]),
        ("dispatched.minimum_presence", 0.9, [2, 14]),
        ("side_job.minimum_hours_per_month", 100, [14, 2]),
        ("side_job.minimum_days_present_per_month", 10, [14, 2]),
        ("side_job.minimum_days_per_month", 10, [14, 14]),
    ],
)
def test_what_the_rules_no_longer_allow_is_not_renewed(rule, least, goes_on):
    """As none is signed: the company too small by now, too little there, too few hours."""
    running = contracts_of(
        [
            (0, 0, 0, Kind.DISPATCHED, APRIL - 10, APRIL + 2),
            (0, 1, 0, Kind.SIDE_JOB, APRIL - 10, APRIL + 2),
        ]
    )
    rules = rules_of(2026, **{f"policy.dispatch.{rule}@2026": least})
    renew(running, np.arange(2), COMPANIES, behaviour_of({"renewal": 1.0}), rules, APRIL, 1.0, 1.0, luck_of())
    assert (running.end_month - APRIL).tolist() == goes_on


def test_a_side_job_is_as_long_as_the_law_asks_at_least():
    behaviour = behaviour_of({"side_job_hours": 10.0, "side_job_days_present": 1.0})
    side = replace(rules_of(2024).side_job, minimum_days_present_per_month=3)
    hours, days = side_job_time(behaviour, side, np.array([0.0, 9.0]), np.array([0.2, 0.9]))
    assert hours.tolist() == [20.0, pytest.approx(10 * np.exp(2.7))]
    assert days.tolist() == [3, 3]


def test_side_jobs_are_there_for_whole_days_that_average_what_is_assumed():
    """So a sweep of the days has no steps: of 1.5 days half the side jobs have one and half two."""
    behaviour, law = behaviour_of({"side_job_days_present": 1.5}), rules_of(2024).side_job
    uniform = (np.arange(1_000) + 0.5) / 1_000
    _, days = side_job_time(behaviour, law, np.zeros(1_000), uniform)
    assert (days.min(), days.max(), days.mean()) == (1, 2, 1.5)


def test_contracts_are_told_apart_by_the_course_without():
    start, end = APRIL, APRIL + 12
    without = contracts_of(
        [
            (1, 0, 11, 0, start, end),  # the same
            (2, 0, 12, 0, start, end),  # another company there
            (3, 0, 13, 0, start, end),  # the other kind there
            (4, 0, 14, 0, start, end),  # its employee is elsewhere
            (6, 0, 16, 0, start - 20, start),  # over before: the post is empty
        ]
    )
    table = contracts_of(
        [
            (1, 0, 11, 0, start, end),
            (2, 0, 99, 0, start, end),
            (3, 0, 13, 1, start, end),
            (5, 0, 14, 0, start, end),
            (5, 1, 14, 0, start, end),  # a second one of the same company: only one was elsewhere
            (6, 0, 16, 0, start, end),
        ]
    )
    signed = np.arange(6)
    tell_origins(table, signed, without, latest_of(without), APRIL)
    origins = [Origin(value) for value in table.origin]
    assert origins[:3] == [Origin.SAME, Origin.MOVED_COMPANY, Origin.MOVED_TYPE]
    assert sorted(origins[3:5]) == [Origin.NEW, Origin.MOVED_PLACE]
    assert origins[5] is Origin.NEW


def test_a_new_contract_is_merely_earlier_once_the_same_pair_comes_together_without():
    table = contracts_of([(1, 0, 11, 0, APRIL, APRIL + 30), (2, 0, 12, 0, APRIL, APRIL + 30)])
    table.origin = Origin.NEW
    later = APRIL + MONTHS
    without = contracts_of([(1, 3, 11, 0, later, later + 12), (2, 0, 99, 0, later, later + 12)])
    tell_earlier(table, np.zeros(0, dtype=np.int64), without, np.arange(2), later)
    assert table.origin.tolist() == [Origin.EARLIER, Origin.NEW]


def hosts_of(count, **columns):
    table = DispatchHosts(count)
    table.append(count, **({"key": keys_of(count), "eligible": np.ones(count, dtype=bool)} | columns))
    return table


def decide(hosts, behaviour, rules, fiscal_year, purse, wages=1.0, prices=1.0):
    carried = carried_by(purse, len(hosts), behaviour, rules, prices, wages)
    decide_posts(hosts, behaviour, rules, fiscal_year, carried, prices, wages, luck_of())


def test_a_higher_cap_makes_more_municipalities_willing_and_prices_fewer():
    behaviour = behaviour_of({"willing_level": 0.0, "cap_in_willingness": 1.0})
    hosts = hosts_of(3, willingness=np.array([0.1, -0.4, -0.5]))
    assert willing(hosts, behaviour, rules_of(2019), 1.0, 1.0).tolist() == [True, False, False]
    assert willing(hosts, behaviour, rules_of(2020), 1.0, 1.0).tolist() == [
        True,
        True,
        False,
    ]  # ln 1.6 = 0.47
    assert willing(hosts, behaviour, rules_of(2020), 1.6, 1.0).tolist() == [True, False, False]
    nothing = rules_of(2020, **{"policy.dispatch.dispatched.during_period_per_person_cap": 0})
    assert not willing(hosts, behaviour, nothing, 1.0, 1.0).any()
    assert not willing(hosts, behaviour, rules_of(2013), 1.0, 1.0).any()


@pytest.mark.parametrize(("rate", "who"), [(1, [True, True]), ("5/8", [True, False]), (0, [False, False])])
def test_municipalities_go_by_what_comes_back_cap_times_rate(rate, who):
    """Five eighths of a cap of 5.6 million are the 3.5 of FY2014; where nothing comes back nobody is willing."""
    behaviour = behaviour_of({"willing_level": 0.0, "cap_in_willingness": 1.0})
    hosts = hosts_of(2, willingness=np.array([0.1, -0.4]))
    rules = rules_of(2024, **{"policy.dispatch.dispatched.during_period_rate": rate})
    assert willing(hosts, behaviour, rules, 1.0, 1.0).tolist() == who


@pytest.mark.parametrize(
    ("name", "value"),
    [("remuneration_per_person_cap", 0), ("remuneration_rate", 0), ("travel_per_person_cap", 0)],
)
def test_side_jobs_asked_for_go_by_what_comes_back(name, value):
    """Of two million yen one is left: at an elasticity of 2 a quarter of the side jobs is asked for."""
    behaviour = behaviour_of({"side_job_posts": 4.0, "side_job_cap_in_posts": 2.0})
    count = 4_000
    draws = (np.arange(count) + 0.5) / count
    hosts = hosts_of(count, willing=True, joined=2024, posts_trait=0.0, side_job_draw=draws)
    decide(hosts, behaviour, rules_of(2024), 2024, Purse())
    before = hosts.wanted_side_job.mean()
    rules = rules_of(2024, **{f"policy.dispatch.side_job.{name}": value})
    decide(hosts, behaviour, rules, 2024, Purse())
    assert before == pytest.approx(4.0, rel=0.02)
    assert hosts.wanted_side_job.mean() == pytest.approx(1.0, rel=0.02)


def test_a_side_job_cap_fixed_in_yen_loses_value_with_prices():
    """At prices four times those of FY2024 half as many are asked for (elasticity 0.5), beside or instead."""
    behaviour = behaviour_of({"side_job_posts": 4.0, "side_job_instead": 0.3, "side_job_cap_in_posts": 0.5})
    count = 4_000
    draws = (np.arange(count) + 0.5) / count
    hosts = hosts_of(count, willing=True, joined=2024, asks_dispatched=True, side_job_draw=draws)
    asked, instead = [], []
    for prices in (1.0, 4.0):
        decide(hosts, behaviour, rules_of(2024), 2024, Purse(), 4.0, prices)  # wages keep pace
        asked.append(hosts.wanted_side_job.mean())
        instead.append(would_do(behaviour, rules_of(2024), hosts.key, prices, 4.0, luck_of()).mean())
    assert asked == pytest.approx([4.0, 2.0], rel=0.02)
    assert instead == pytest.approx([0.3, 0.15], abs=4 * np.sqrt(0.3 * 0.7 / count))


def test_side_job_caps_count_no_further_than_a_dear_one_costs():
    """Nobody asks for more posts at caps of a hundred million than at caps that pay for a dear side job from afar."""
    behaviour = behaviour_of({"side_job_posts": 4.0, "side_job_cap_in_posts": 1.0})
    names = ("remuneration_per_person_cap", "travel_per_person_cap", "remuneration_and_travel_per_person_cap")
    hours = behaviour.side_job_hours * exp(2 * behaviour.side_job_hours_spread)
    pay = int(hours * 12 * behaviour.side_job_hourly_yen)
    travel = int(1.5 * 12 * (behaviour.trip_fixed_yen + 2 * 1_000 * behaviour.trip_yen_per_km))
    for caps in ((pay, travel, pay + travel), (10**8,) * 3):
        rules = rules_of(
            2024, **{f"policy.dispatch.side_job.{name}": cap for name, cap in zip(names, caps, strict=True)}
        )
        most = most_for_side_job(behaviour, rules, 1.0, 1.0)
        assert (most.cost, most.back) == (pay + travel, pay + travel)


def test_the_least_hours_of_the_law_count_in_what_a_side_job_may_cost():
    behaviour = behaviour_of({"side_job_hours_spread": 0.0})
    rules = rules_of(
        2024,
        **{
            "policy.dispatch.side_job.remuneration_per_person_cap": 10**8,
            "policy.dispatch.side_job.travel_per_person_cap": 0,
            "policy.dispatch.side_job.remuneration_and_travel_per_person_cap": 10**8,
            "policy.dispatch.side_job.minimum_hours_per_month": 100,
        },
    )
    most = most_for_side_job(behaviour, rules, 1.0, 1.0)
    assert most.cost == 100 * 12 * behaviour.side_job_hourly_yen


CAP, RATE = (f"policy.dispatch.dispatched.during_period_{name}" for name in ("per_person_cap", "rate"))


@pytest.mark.parametrize(
    "shut", [{CAP: 0}, {RATE: 0}, {"policy.dispatch.dispatched.enabled": False}], ids=["cap", "rate", "off"]
)
@pytest.mark.parametrize("purse", [Purse(), Purse(cash=np.full(4_000, 2e6), own_funds=np.full(4_000, 3e5))])
def test_a_side_job_stands_on_what_comes_back_for_it_alone(shut, purse):
    """Where a dispatch returns nothing, however that is said, hosts are as willing as the side job makes them."""
    behaviour = behaviour_of({"willing_level": 1.0, "side_job_posts": 1.0, "side_job_instead": 0.0})
    hosts = hosts_of(4_000, joined=2024, willingness=np.linspace(-1, 1, 4_000), side_job_draw=0.5)
    rules = rules_of(2025, **shut)
    hosts.willing = willing(hosts, behaviour, rules, 1.0, 1.0)
    assert 0 < hosts.willing.sum() < willing(hosts, behaviour, rules_of(2025), 1.0, 1.0).sum()
    decide(hosts, behaviour, rules, 2025, purse)
    assert not hosts.asks_dispatched.any()
    assert (hosts.wanted_side_job[hosts.willing] == 1).all()


def test_who_hosts_for_the_sake_of_side_jobs_asks_for_no_dispatch():
    behaviour = behaviour_of({"willing_level": 0.0, "cap_in_willingness": 1.0, "side_job_posts": 1.0})
    hosts = hosts_of(2, joined=2024, willingness=np.array([0.6, 1.5]), side_job_draw=0.5)
    rules = rules_of(2025, **{CAP: 1_000_000})  # ln(2 / 3.5) = -0.56, ln(1 / 3.5) = -1.25
    hosts.willing = willing(hosts, behaviour, rules, 1.0, 1.0)
    decide(hosts, behaviour, rules, 2025, Purse())
    assert hosts.willing.tolist() == [True, True]
    assert hosts.asks_dispatched.tolist() == [False, True]
    assert hosts.wanted_side_job.tolist() == [1, 1]


@pytest.mark.parametrize("purse", [99.0, 4.0, 1.0, 0.0])
def test_posts_for_which_a_side_job_would_do_stay_where_dispatch_is_shut(purse):
    """Of five posts for a dispatch the same ones are left for a side job alone; no more in all than are carried."""
    behaviour = behaviour_of(
        {"side_job_instead": 0.3, "side_job_posts": 2.0, "posts_median": 5.0, "posts_spread": 0.0}
    )
    count = 2_000
    draws = (np.arange(count) + 0.5) / count
    hosts = hosts_of(count, willing=True, joined=2025, posts_trait=0.0, side_job_draw=draws)
    carried, found = np.full(count, purse), {}
    for open_ in (True, False):
        rules = rules_of(2025, **{"policy.dispatch.dispatched.enabled": open_})
        decide_posts(hosts, behaviour, rules, 2025, carried, 1.0, 1.0, luck_of())
        place, slot = slots_of(hosts)
        nothing = np.zeros(len(place), dtype=np.int64)
        found[open_] = posts_of(
            hosts, behaviour, rules, place, slot, nothing, nothing - 1, 1.0, 1.0, luck_of()
        )
    both, one = found[True], found[False]
    assert not one.dispatched.any()
    assert one.side_job.all()
    would = one.slot < SIDE_JOB_SLOT
    assert one.key[would].tolist() == both.key[both.dispatched & both.side_job].tolist()
    assert bool(would.any()) == (purse > 0)
    assert np.bincount(one.municipality, minlength=count).max() <= purse
    if purse == 99:  # nobody is kept from a side job by posts that are asked for no more
        assert (~would).sum() == (both.slot >= SIDE_JOB_SLOT).sum()


@given(
    caps=st.tuples(*[st.integers(0, 30_000_000)] * 2).map(sorted),
    wages=st.floats(0.8, 1.5),
    cash=st.floats(0, 1e8),
)
def test_a_higher_cap_never_turns_a_host_away_and_counts_to_what_an_employee_costs(caps, wages, cash):
    behaviour = behaviour_of({})
    hosts = hosts_of(
        200, willingness=np.linspace(-3, 3, 200), joined=2024, posts_trait=np.linspace(-3, 3, 200)
    )
    low, high = (willing(hosts, behaviour, rules_of(2025, **{CAP: cap}), 1.0, wages) for cap in caps)
    assert (low <= high).all()
    dear = behaviour.employee_cost * exp(2 * behaviour.employee_cost_spread) * wages
    if caps[0] >= dear:
        asked = []
        for cap in caps:
            hosts.willing = low
            decide(
                hosts, behaviour, rules_of(2025, **{CAP: cap}), 2025, Purse(cash=np.full(200, cash)), wages
            )
            asked.append(hosts.wanted.tolist())
        assert (low == high).all()
        assert asked[0] == asked[1]


@pytest.mark.parametrize(("together", "share"), [(2_000_000, 0.3), (500_000, 0.15), (0, 0.0)])
def test_fewer_posts_would_do_with_a_side_job_that_returns_less(together, share):
    behaviour = behaviour_of({"side_job_instead": 0.3, "side_job_cap_in_posts": 0.5})
    count = 20_000
    hosts = hosts_of(count, asks_dispatched=True)
    rules = rules_of(2025, **{"policy.dispatch.side_job.remuneration_and_travel_per_person_cap": together})
    place, nothing = np.arange(count), np.zeros(count, dtype=np.int64)
    posts = posts_of(hosts, behaviour, rules, place, nothing, nothing, nothing - 1, 1.0, 1.0, luck_of())
    assert posts.dispatched.all()
    assert posts.side_job.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / count))


ONE_EACH = np.ones(4)


def test_joining_follows_push_and_neighbours():
    world = world_of(4, neighbours=[[1], [0], [3], [2]])
    behaviour = behaviour_of({"join_innovation": 0.0, "join_imitation": 10.0, "neighbour_weight": 1.0})
    hosts = hosts_of(4, willing=np.ones(4, dtype=bool), joined=np.array([2015, 0, 0, 0]))
    assert joining(hosts, world, behaviour, 2020, ONE_EACH, luck_of()).tolist() == [False, True, False, False]
    pushed = replace(behaviour, join_imitation=0.0, join_innovation=1.0, push=60.0)
    assert joining(hosts, world, pushed, 2021, ONE_EACH, luck_of()).tolist() == [False, True, True, True]
    assert not joining(hosts, world, replace(pushed, push=0.0), 2021, ONE_EACH, luck_of()).any()
    # Nobody has joined in a part of the nation: it sees the rest.
    none = hosts_of(4, willing=np.ones(4, dtype=bool))
    keen = replace(behaviour, join_imitation=1e6, neighbour_weight=0.0)
    assert not joining(none, world, keen, 2024, ONE_EACH, luck_of()).any()
    assert joining(none, world, keen, 2024, ONE_EACH, luck_of(), part=0.5).all()
    poor = np.array([1.0, 1.0, 0.0, 1.0])  # a purse that carries nobody
    assert joining(hosts, world, pushed, 2021, poor, luck_of()).tolist() == [False, True, False, True]


def test_posts_are_at_least_one_and_within_the_purse():
    behaviour = behaviour_of(
        {"posts_median": 3.0, "posts_spread": 1.0, "posts_learning": 0.0, "staff_hours_per_person": 100.0}
    )
    hosts = hosts_of(
        3,
        willing=np.ones(3, dtype=bool),
        joined=np.array([2024, 2024, 0]),
        posts_trait=np.array([-9.0, 0.5, 0.5]),
        side_job_draw=np.array([0.999, 0.0, 0.999]),
    )
    decide(hosts, behaviour, rules_of(2024), 2024, Purse())
    assert hosts.wanted.tolist() == [1, 4, 0]
    assert hosts.wanted_side_job[0] > 0
    assert hosts.wanted_side_job[2] == 0
    place, slot = slots_of(hosts)
    assert place.tolist()[:5] == [0, 1, 1, 1, 1]
    assert slot.tolist()[:5] == [0, 0, 1, 2, 3]
    assert (slot[5:] >= SIDE_JOB_SLOT).all()
    decide(hosts, behaviour, rules_of(2024), 2024, Purse(staff_hours=np.array([50.0, 250.0, 900.0])))
    assert hosts.wanted.tolist() == [0, 2, 0]
    decide(hosts, behaviour, rules_of(2024), 2024, Purse(cash=np.full(3, 5.6e6 * 3)))
    assert hosts.wanted.tolist() == [1, 3, 0]
    own = Purse(own_funds=np.full(3, 5.6e6 * 0.5))
    decide(hosts, replace(behaviour, own_funds_share=0.25), rules_of(2024), 2024, own)
    assert hosts.wanted.tolist() == [1, 2, 0]
    half = rules_of(2024, **{"policy.dispatch.dispatched.during_period_rate": "1/2"})
    own = Purse(
        own_funds=np.full(3, 5.6e6 * 1.5)
    )  # a quarter of the cap, and the half that does not come back
    decide(hosts, replace(behaviour, own_funds_share=0.25), half, 2024, own)
    assert hosts.wanted.tolist() == [1, 2, 0]


def test_ties_of_former_employees_fade_and_never_come_back():
    """Of 4,000 a quarter a year is lost: after two years 9/16 are in touch, within four standard errors."""
    count = 4_000
    table = Contracts(count)
    table.append(count, key=keys_of(count), end_month=np.full(count, APRIL), keeps_tie=np.ones(count, bool))
    now, later, much_later = (
        still_in_touch(table, APRIL + years * MONTHS, 0.25, luck_of()) for years in (0, 2, 5)
    )
    assert len(now) == count
    assert len(later) / count == pytest.approx(9 / 16, abs=4 * np.sqrt(9 / 16 * 7 / 16 / count))
    assert set(much_later.tolist()) < set(later.tolist())
    assert len(still_in_touch(table, APRIL - 1, 0.25, luck_of())) == 0
