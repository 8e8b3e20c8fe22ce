"""Members' firms: what one costs, what speaks for it, and who opens one inside and outside the grant's window."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from okoshi.agents import startups
from okoshi.agents.cooperators import NEVER, Path, Settled
from okoshi.agents.programmes import Reach
from okoshi.agents.spending import startups_of_year
from okoshi.engine.calendar import month_index
from small_country import behaviour_of, conditions_of, luck_of, members_of, municipalities_of

COUNT = 60_000
MARCH = month_index(2020, 11)
NO_REACH = Reach(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


@pytest.fixture(autouse=True)
def reference(monkeypatch):
    """By hand a firm of two million yen is the one that entry is measured at."""
    monkeypatch.setattr(startups, "COST_OF_REFERENCE", 2_000_000)


@pytest.fixture(scope="module")
def now():
    return conditions_of(2020, price_index=1.0, reach=NO_REACH)


def firms_with(**values):
    """Return firms that all cost their median, 2 million yen, and that no plan tells apart."""
    given = {"cost_median": 2_000_000.0, "cost_spread": 0.0, "by_plan": 0.0, **values}
    return replace(behaviour_of().startups, **given)


def who_opens(members, now, **values):
    return startups.who_opens(
        members, municipalities_of(2), firms_with(**values), behaviour_of().programmes, now, luck_of()
    )


def near(share, chance, count=COUNT):
    return abs(share - chance) < 4.4 * (chance * (1 - chance) / count) ** 0.5  # one false alarm in 100,000


def test_a_firm_costs_its_own_lognormal_in_yen_of_the_year():
    members, count = members_of(20_000), 20_000
    draw = startups.startup_draw(members.key, luck_of())
    cost = startups.startup_cost(draw, firms_with(cost_spread=0.8), 1.25)
    logs = np.log(cost)
    assert logs.mean() == pytest.approx(log(2.5e6), abs=4.4 * 0.8 / count**0.5)
    assert logs.std() == pytest.approx(0.8, abs=4.4 * 0.8 / (2 * count) ** 0.5)


def test_what_speaks_for_a_firm_by_hand(now):
    members = members_of(2, municipality=[0, 1], startup_plan=[0.0, 2.0])
    table = municipalities_of(2, settled_stock=[0, 4], capacity_products=[0.0, 0.5])
    given = firms_with(by_plan=0.7, by_outlay=0.6, by_alumni=0.1, by_products=0.3)
    programmes = replace(behaviour_of().programmes, startup_training_effect=0.4)
    year = replace(now, price_index=1.25, reach=replace(NO_REACH, startup_training=0.5))
    outlay = np.array([2_500_000, 1_250_000])
    found = startups.startup_utility(members, np.arange(2), table, given, programmes, year, outlay)
    # In yen of FY2024 the first lays out the median, the second a million less.
    second = 0.7 * 2 + 0.6 * 1.0 + 0.1 * log(5) + 0.3 * 0.5 + 0.2
    assert found.tolist() == pytest.approx([0.2, second])


def test_dearer_firms_are_fewer(now):
    """What a firm costs is held against the same sum, whatever the median is."""
    members = members_of(4_000, municipality=0, start_month=MARCH - 14, end_month=NEVER, startup_plan=0.0)
    members.term_end_month = members.start_month + 36
    opened = [
        len(who_opens(members, now, cost_median=median, cost_spread=0.5, by_outlay=0.5, entry=-1.0)[0])
        for median in (1e6, 2e6, 4e6)
    ]
    assert opened[0] > 1.2 * opened[1] > 1.44 * opened[2] > 0


def test_the_grant_counts_only_inside_the_window(now):
    """With a level that nobody passes without the grant and everybody with it, who opens had the grant."""
    decisive = {"entry": -80.0, "by_outlay": 160.0, "entry_years_after_end": 5}
    assert now.rules.startup_from_year_of_term == 2  # from the second year to the year after the end
    members = members_of(
        8,
        municipality=0,
        start_month=MARCH - np.array([5, 11, 12, 12, 40, 40, 40, 40]),
        end_month=[NEVER, NEVER, NEVER, NEVER, MARCH - 11, MARCH - 12, MARCH - 4, MARCH - 4],
        settled=[0, 0, 0, 0, Settled.SAME, Settled.SAME, Settled.NEARBY, Settled.ELSEWHERE],
        startup_month=[NEVER, NEVER, NEVER, MARCH - 1, NEVER, NEVER, NEVER, NEVER],
    )
    members.term_end_month = members.start_month + 36
    opens, anyway, cost = who_opens(members, now, **decisive)
    assert opens.tolist() == [2, 4]
    assert (anyway.tolist(), cost.tolist()) == ([False, False], [2_000_000, 2_000_000])
    sooner = replace(now, running_rules=replace(now.rules, startup_from_year_of_term=1))
    assert who_opens(members, sooner, **decisive)[0].tolist() == [0, 1, 2, 4]  # from the first year on
    before, march = conditions_of(2019, price_index=1.0, reach=NO_REACH), month_index(2019, 11)
    started = march - np.array([25, 20, 8, 8])
    members = members_of(4, municipality=0, start_month=started, end_month=NEVER)
    members.term_end_month = started + np.array([36, 36, 12, 36])  # the rule then: the last year of the term
    assert who_opens(members, before, **decisive)[0].tolist() == [0, 2]
    assert len(who_opens(members, conditions_of(2013, price_index=1.0), **decisive)[0]) == 0


def test_in_the_first_year_of_a_term_the_grant_alone_brings_a_firm_about(now):
    """So where nothing is paid, from which year it would be changes nothing."""
    members = members_of(3, municipality=0, start_month=MARCH - np.array([5, 11, 12]), end_month=NEVER)
    members.term_end_month = members.start_month + 36
    eager = {"entry": 80.0}  # everybody would open without it, too
    from_first = replace(now, running_rules=replace(now.rules, startup_from_year_of_term=1))
    nothing = replace(from_first, running_rules=replace(from_first.running_rules, startup_per_member=0))
    for conditions in (now, from_first, nothing):
        opens, anyway, _ = who_opens(members, conditions, **eager)
        assert (opens.tolist(), anyway.tolist()) == ([2], [True])


def test_service_stops_at_the_end_of_a_term_and_who_quits_ends_it_now(now):
    cost = np.array([700_000, 2_000_000])
    # Both started fourteen months ago; the first left after eight, so never reached the second year.
    members = members_of(2, start_month=MARCH - 14, end_month=[MARCH - 6, NEVER], term_end_month=MARCH + 22)
    two = np.arange(2)
    assert startups.grant_if_opened(members, two, cost, MARCH, False, now).tolist() == [0, 1_000_000]
    # By the rule before, the last year of the term counts: for who quits this month, that is this one.
    before, march = conditions_of(2019), month_index(2019, 11)
    members = members_of(2, start_month=march - 14, term_end_month=march + 22)
    assert startups.grant_if_opened(members, two, cost, march, False, before).tolist() == [0, 0]
    assert startups.grant_if_opened(members, two, cost, march, True, before).tolist() == [700_000, 1_000_000]


def test_a_term_of_twelve_months_is_a_year_whether_the_firm_opens_at_its_end_or_later(now):
    cost = np.array([2_000_000, 2_000_000])
    ends = members_of(
        2, start_month=MARCH - np.array([11, 10]), end_month=MARCH + 1, term_end_month=MARCH + 25
    )
    two = np.arange(2)
    assert startups.grant_if_opened(ends, two, cost, MARCH, True, now).tolist() == [1_000_000, 0]
    assert startups.grant_if_opened(ends, two, cost, MARCH + 1, False, now).tolist() == [1_000_000, 0]
    ends.startup_month[:] = MARCH  # and so it is paid
    assert startups_of_year(ends, now)[1].tolist() == [True, False]


def test_who_is_asked_serves_a_year_or_settled_there_lately(now):
    members = members_of(
        7,
        municipality=0,
        start_month=MARCH - np.array([11, 12, 60, 60, 60, 60, 60]),
        end_month=[NEVER, NEVER, MARCH, MARCH - 23, MARCH - 24, MARCH + 1, MARCH - 5],
        settled=[0, 0, *[Settled.SAME] * 4, Settled.NEARBY],
    )
    opens, _, _ = who_opens(members, now, entry=80.0, entry_years_after_end=2)
    # Whose term ends with this very March has just chosen.
    assert opens.tolist() == [1, 2, 3]


def test_firms_open_as_often_as_the_logit_says_and_the_grant_adds_its_part(now):
    members = members_of(COUNT, municipality=0, start_month=MARCH - 20, term_end_month=MARCH + 16)
    opens, anyway, _ = who_opens(members, now, entry=-2.0, by_outlay=0.5)
    assert now.rules.startup_per_member == 1_000_000
    assert near(len(opens) / COUNT, 1 / (1 + exp(2.0 - 0.5)))
    assert near(anyway.sum() / COUNT, 1 / (1 + exp(2.0)))


def test_a_cap_above_the_cost_of_a_firm_changes_nothing(now):
    members = members_of(5_000, municipality=0, start_month=MARCH - 20, term_end_month=MARCH + 16)
    found = []
    for cap in (2_000_000, 9_000_000):
        rules = replace(now.running_rules, startup_per_member=cap)
        found.append(who_opens(members, replace(now, running_rules=rules), entry=-2.0)[0])
    assert np.array_equal(*found)
    assert len(found[0]) > len(who_opens(members, now, entry=-2.0)[0])


def test_what_is_written_of_a_firm(now):
    members = members_of(
        400,
        municipality=0,
        start_month=MARCH - 40,
        term_end_month=MARCH + 16,
        end_month=np.where(np.arange(400) % 2 == 0, NEVER, MARCH - 4),
        settled=np.where(np.arange(400) % 2 == 0, Settled.SERVING, Settled.SAME),
        path=np.where(np.arange(400) % 2 == 0, Path.NONE, Path.EMPLOYED),
    )
    arguments = (members, municipalities_of(1), firms_with(entry=0.0), behaviour_of().programmes, now)
    opens, anyway, cost = startups.who_opens(*arguments, luck_of())
    startups.open_firms(*arguments, luck_of())
    opened = np.flatnonzero(members.startup_month == MARCH)
    assert np.array_equal(opened, opens)
    assert np.array_equal(members.startup_cost[opened], cost)
    assert np.array_equal(members.would_have_started_anyway[opened], anyway)
    assert not members.startup_cost[members.startup_month == NEVER].any()
    # A settler lives on the firm from now on; who serves chooses a path at the end of the term.
    there = members.settled[opened] == Settled.SAME
    assert set(members.path[opened[there]].tolist()) == {Path.STARTUP}
    assert set(members.path[opened[~there]].tolist()) == {Path.NONE}
    assert 0 < there.sum() < len(opened) < 400
