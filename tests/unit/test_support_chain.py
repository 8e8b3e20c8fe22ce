"""From yen to attachment: a support line's budget followed by hand, step by step, and the caps that bind nobody."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import exp

import numpy as np
import pytest

from okoshi.agents.cooperators import Serving, live_month, prepare_year
from okoshi.agents.hosting import offered_pay
from okoshi.agents.programmes import LastYear, reach_of
from okoshi.app.caps import budget_in_words, show_caps, sums_out_of_reach
from okoshi.observe.support import at_cap, national_row
from okoshi.policy.cooperator_support import SupportBudgets, SupportLine, divide_extra
from okoshi.scenario.scenario import load_scenario
from small_country import (
    behaviour_of,
    conditions_of,
    lived,
    luck_of,
    members_of,
    municipalities_of,
    scenario_of,
)

GAIN, LOSS, BEFORE = 0.08, 0.03, 0.5
KNOWN = LastYear(members=4_000, hosts=1_000)


def reach_with(**yen):
    """Return whom budgets reach at prices of 1: training costs 30,000 yen a head, the desk 15,000."""
    lines = dict.fromkeys(SupportLine, 0) | {SupportLine(name): one for name, one in yen.items()}
    costs = {"member_training_cost": 30_000, "field_training_cost": 30_000, "support_desk_cost": 15_000}
    effects = {"member_training_effect": 0.05, "field_training_effect": 0.2, "support_desk_effect": 0.1}
    programmes = replace(behaviour_of().programmes, **costs, **effects)
    none = dict.fromkeys(SupportLine, 0)
    return programmes, reach_of(SupportBudgets(lines, none, False), 1.0, programmes, KNOWN, 0.0)


def a_month_of_one_member(level, **yen):
    """Return attachment after a month, and quit odds, of one member alone at a place with contact `level`."""
    programmes, reach = reach_with(**yen)
    behaviour = replace(
        behaviour_of().cooperators,
        attachment_gain=GAIN,
        attachment_loss=LOSS,
        contact_level=level,
        contact_by_support=0.0,
        contact_by_peers=0.2,
        quit_level=-5.0,
    )
    members = members_of(1, municipality=0, start_month=100, attachment=BEFORE)
    serving = Serving.of(members)
    table = municipalities_of(1, offered_other=0)
    prepare_year(
        members, serving, table, behaviour, programmes, conditions_of(2019, reach=reach), np.zeros(len(table))
    )
    relief = 1.0 - programmes.field_training_effect * reach.field_training
    live_month(members, serving, 1, 120, relief, behaviour, luck_of())
    return float(members.attachment[0]), float(members.quit_odds[0]), reach


@pytest.mark.parametrize("level", [0.5, 1.5])  # a poor place, and one where contact is rich already
def test_twice_the_training_adds_what_the_equation_says(level):
    once, _, first = a_month_of_one_member(level, member_training=12_000_000)
    twice, _, second = a_month_of_one_member(level, member_training=24_000_000)
    # 12 million over 30,000 yen a head and 4,000 heads is 0.1 of a head: 9.5% reached, then 18.1%.
    assert (first.member_training, second.member_training) == pytest.approx((1 - exp(-0.1), 1 - exp(-0.2)))
    contact = level - 0.2 + 0.05 * (1 - exp(-0.1))
    assert once == pytest.approx(BEFORE + GAIN * contact * (1 - BEFORE) - LOSS * BEFORE)
    assert twice - once == pytest.approx(GAIN * 0.05 * (exp(-0.1) - exp(-0.2)) * (1 - BEFORE))


def test_training_by_field_takes_from_isolation_in_contact_too():
    without, _, _ = a_month_of_one_member(0.5)
    with_it, _, reach = a_month_of_one_member(0.5, field_training=12_000_000)
    assert reach.field_training == pytest.approx(1 - exp(-0.1))
    assert with_it - without == pytest.approx(GAIN * 0.2 * 0.2 * (1 - exp(-0.1)) * (1 - BEFORE))


def test_twice_the_desk_lowers_the_odds_of_quitting_by_what_the_equation_says():
    _, once, _ = a_month_of_one_member(0.5, support_desk=15_000_000)
    _, twice, _ = a_month_of_one_member(0.5, support_desk=30_000_000)
    assert twice / once == pytest.approx(exp(-0.1 * (exp(-0.25) - exp(-0.5))))


def test_a_run_shows_the_chain_and_more_money_moves_each_link():
    more = {
        "policy.cooperators.support.support_desk_budget@2011": 80_000_000,
        "policy.cooperators.support.member_training_budget@2011": 80_000_000,
    }
    scenario = scenario_of((2009, 2012))
    national, changed = (lived(one).records.national[-1] for one in (scenario, scenario.changed(more)))
    for name in ("support_lines_yen", "member_training_reach", "support_desk_reach", "contact_of_members"):
        assert changed[name] > national[name], name
    assert national["field_training_reach"] == changed["field_training_reach"] > 0


def test_a_line_that_stops_is_money_saved_and_one_that_grows_takes_from_the_others():
    shares = [0.15, 0.15, 0.08, 0.12, 0.12, 0.25, 0.08, 0.05]
    as_it_is = divide_extra(145_000_000, shares)
    assert sum(as_it_is.values()) == 145_000_000
    stopped = divide_extra(145_000_000, [0.15, 0.0, *shares[2:]])
    assert stopped == as_it_is | {SupportLine.MEMBER_TRAINING: 0}
    more = divide_extra(145_000_000, [0.15, 0.40, *shares[2:]])
    assert sum(more.values()) == 145_000_000
    assert more[SupportLine.MEMBER_TRAINING] == 145_000_000 * 0.40 / 1.25
    assert not any(divide_extra(145_000_000, [0.0] * 8).values())


def test_a_cap_on_a_sum_that_its_parts_cannot_reach_is_said():
    whole = "policy.cooperators.activity_per_member"
    assert sums_out_of_reach(load_scenario("baseline")) == []
    higher = load_scenario("baseline", {f"{whole}@2026": 6_000_000})
    (line,) = sums_out_of_reach(higher)
    assert line.startswith(f"{whole} is 6,000,000 yen in FY2034")
    assert "allow 5,200,000 together" in line
    parts = {
        f"policy.cooperators.activity_{part}_per_member@2026": 3_200_000 for part in ("other", "remuneration")
    }
    assert sums_out_of_reach(load_scenario("baseline", {f"{whole}@2026": 6_000_000} | parts)) == []
    pay = "policy.cooperators.activity_remuneration_per_member"
    (line,) = sums_out_of_reach(load_scenario("baseline", {f"{pay}@2026": 100_000_000}))
    assert line.startswith(f"{pay} is 100,000,000 yen in FY2034, and {whole}")
    assert "is 5,200,000: what it says over that changes nothing" in line


def test_an_assumed_budget_that_turns_projects_away_is_said():
    national = {
        "fiscal_year": np.array([2024, 2026, 2027, 2028]),
        "local_10000_refused_budget": np.array([70, 80, 0, 91]),
    }
    said = budget_in_words(load_scenario("baseline"), national)
    assert "in 2 years from FY2026 to FY2028, in which it turned 86 projects away a year" in said
    assert budget_in_words(load_scenario("baseline"), national | {"fiscal_year": np.arange(2012, 2016)}) == ""
    own = load_scenario("baseline", {"policy.local_10000.budget@2025": 700_000_000})
    assert budget_in_words(own, national) == ""  # whoever sets it knows


def test_who_is_at_a_cap(capsys):
    spent = np.array([0, 600_000, 999_999, 1_000_000, 1_000_001])
    assert at_cap(spent, 1_000_000, Fraction(1)) == 2
    assert at_cap(spent, 1_000_000, Fraction(3, 5)) == 4
    assert at_cap(spent, None, None) == 4  # without a rule whoever spends is over it
    national = {
        "fiscal_year": np.array([2025, 2026]),
        "hosts_with_trial": np.array([0, 300]),
        "hosts_at_trial_cap": np.array([7, 0]),
        "hosts_with_internship": np.array([9, 0]),
        "hosts_at_internship_cap": np.array([9, 0]),
        "municipalities_with_members": np.array([1_000, 1_100]),
        "hosts_held_by_pay_limit": np.array([0, 16]),
    }
    show_caps(national)
    idle, binds = capsys.readouterr().out.splitlines()
    assert "trial stays binds none of 300 bodies in FY2026" in idle
    assert "remuneration binds 16 of 1100 bodies in FY2026" in binds


def test_as_many_bodies_are_held_by_their_limit_as_pay_more_under_a_higher_cap():
    now = conditions_of(2030, wage_index=1.0)
    cap = now.rules.activity_remuneration_per_member
    # Under its limit; over its limit, far under today's cap; at the cap; over it; over its limit, without members.
    scale, limit = (
        [2_000_000, 2_500_000, cap, cap + 500_000, 2_500_000],
        [2_400_000, 2_400_000, cap, cap, 2_400_000],
    )
    table = municipalities_of(5, pay_scale=scale, pay_limit=limit, highest_cap=cap, hosting_since=2015)
    table.offered_pay = offered_pay(table, behaviour_of().municipalities, now)[0]
    members = members_of(4, municipality=[0, 1, 2, 3], start_month=now.first_month)
    row = national_row(members, table, now, now.first_month + 12)
    assert (row["hosts_held_by_pay_limit"], row["hosts_at_pay_cap"]) == (2, 2)
    rules = replace(
        now.rules,
        activity_remuneration_per_member=cap + 300_000,
        activity_per_member=now.rules.activity_per_member + 300_000,
    )
    more = offered_pay(table, behaviour_of().municipalities, replace(now, rules=rules, running_rules=rules))[
        0
    ]
    assert (more[:4] > table.offered_pay[:4]).tolist() == [False, True, False, True]
