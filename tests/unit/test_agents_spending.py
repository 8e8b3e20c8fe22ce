"""What a year costs and who pays, against the calculator of the law and numbers reckoned by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.agents import spending
from okoshi.agents.applicants import nobody
from okoshi.agents.books import ITEMS, LABELS, Layer, Measure, Payee, Payer
from okoshi.agents.cooperators import NEVER
from okoshi.agents.spending import Service
from okoshi.engine.calendar import month_index
from okoshi.engine.ledger import Ledger
from okoshi.policy.quote import quote
from small_country import behaviour_of, conditions_of, members_of, municipalities_of, scenario_of, world_of

APRIL = month_index(2024)


@pytest.fixture(scope="module")
def now():
    return conditions_of(2024, price_index=1.0)


@pytest.fixture(scope="module")
def behaviour():
    return behaviour_of().municipalities


def paid(measure_year, **question):
    """Return cost and national part of each item by the calculator."""
    return {item.item: (item.cost, item.paid) for item in quote("cooperators", measure_year, question).items}


def in_service(members, first=APRIL):
    return Service.of(members, first, slice(0, len(members)))


def test_months_served_in_a_year():
    members = members_of(
        5,
        start_month=[APRIL - 5, APRIL + 3, APRIL - 30, APRIL + 12, APRIL - 9],
        end_month=[NEVER, APRIL + 4, APRIL, NEVER, APRIL + 12],
    )
    service = in_service(members)
    assert (service.rows.tolist(), service.months.tolist()) == ([0, 1, 4], [12, 1, 12])


@pytest.mark.parametrize(
    ("year", "pay", "other"),
    [(2024, 3_500_000, 2_100_000), (2023, 3_000_001, 1_700_000), (2012, 1_900_000, 1_600_000)],
)
def test_activity_of_a_full_year_is_the_calculators(year, pay, other):
    table = municipalities_of(2, offered_pay=[pay, 0], offered_other=[other, 0])
    members = members_of(2, municipality=0, start_month=month_index(year), end_month=NEVER)
    cost = spending.activity_cost(table, members, in_service(members, month_index(year)), conditions_of(year))
    expected = paid(year, members=2, remuneration=pay, other_activity=other)["activity"]
    assert (cost.spent.tolist(), cost.back.tolist()) == ([expected[0], 0], [expected[1], 0])


def test_activity_caps_are_prorated_by_months(now):
    table = municipalities_of(1, offered_pay=[3_600_000], offered_other=[1_200_000])
    members = members_of(1, municipality=0, start_month=APRIL + 7, end_month=NEVER)
    cost = spending.activity_cost(table, members, in_service(members), now)
    # Five months: 1.5m pay against a cap of 3.2m x 5/12, 0.5m other under its own.
    assert (cost.spent[0], cost.back[0]) == (2_000_000, 3_200_000 * 5 // 12 + 500_000)


def test_costs_of_bodies_are_the_calculators(behaviour, now):
    given_behaviour = replace(
        behaviour,
        recruitment_cost_fixed=500_000,
        recruitment_cost_per_post=900_000,
        trial_cost=1_200_000,
        internship_cost=700_000,
    )
    table = municipalities_of(
        3,
        posts=[3, 0, 1],
        runs_trial=[True, False, False],
        runs_internship=[True, False, False],
        daily_support_spent=[2_500_000, 0, 400_000],
    )
    guests = nobody()
    guests = replace(guests, guest_of=np.array([0, 0, 0]), intern=np.array([True, True, False]))
    costs = {c.item: c for c in spending.body_costs(table, given_behaviour, now, guests, 20)}
    # Two interns of twenty days each, 12,000 yen a day.
    expected = paid(
        2024,
        recruitment=3_200_000,
        trial=1_200_000,
        internship=700_000,
        internship_activity=480_000,
        internship_person_days=40,
        daily_support=2_500_000,
    )
    expected["internship"] = tuple(
        np.add(expected["internship"], expected.pop("internship_activity")).tolist()
    )
    for item, (cost, back) in expected.items():
        assert (costs[item].spent[0], costs[item].back[0]) == (cost, back), item
    assert costs["recruitment"].spent.tolist() == [3_200_000, 0, 1_400_000]
    assert costs["recruitment"].back.tolist() == [3_000_000, 0, 1_400_000]


def test_rules_that_do_not_exist_yet_pay_nothing(behaviour):
    year = conditions_of(2014)
    table = municipalities_of(1, runs_trial=True, runs_internship=True, daily_support_spent=[300_000])
    costs = {c.item: c for c in spending.body_costs(table, behaviour, year, nobody(), 20)}
    for item in ("trial", "internship", "daily_support"):
        assert costs[item].spent[0] > 0
        assert costs[item].back[0] == 0


def test_daily_support_up_to_the_cap_or_an_own_share(behaviour, now):
    given_behaviour = replace(behaviour, daily_support_cost=500_000, daily_support_own_share=0.2)
    there = np.array([0.0, 1.5, 9.0])
    table = municipalities_of(3)
    with_rule = spending.daily_support(table, given_behaviour, now, there)
    assert with_rule.tolist() == [0, 750_000, 2_000_000]
    before = conditions_of(2021, price_index=1.0)
    assert spending.daily_support(table, given_behaviour, before, there).tolist() == [0, 150_000, 900_000]


def test_startups_are_paid_once_and_inside_the_window(now):
    # Opened: in the second year; in the first year; the month after the term; 12 and 13 months after; last year; next.
    opened = [APRIL + 2, APRIL + 2, APRIL, APRIL + 3, APRIL + 3, APRIL - 1, APRIL + 12]
    start = [APRIL - 12, APRIL - 2, APRIL - 36, APRIL - 44, APRIL - 46, APRIL - 20, APRIL - 20]
    end = [NEVER, NEVER, APRIL, APRIL - 8, APRIL - 9, NEVER, NEVER]
    members = members_of(
        7,
        municipality=[0, 0, 0, 1, 1, 1, 1],
        start_month=start,
        end_month=end,
        startup_month=opened,
        startup_cost=[2_500_000, 9, 400_000, 1_000_000, 9, 9, 9],
    )
    members.term_end_month = members.start_month + 36
    assert spending.startups_of_year(members, now).tolist() == [0, 2, 3]
    (startup, _), (places, own) = spending.person_costs(members, now, 2)
    assert startup.spent.tolist() == [1_400_000, 1_000_000]
    assert startup.back.tolist() == [1_400_000, 1_000_000]
    assert dict(zip(own.tolist(), places.tolist(), strict=True)) == {1_500_000: 0, 0: 1}
    one = paid(2024, startups=1, startup=2_500_000)["startup"]
    assert one[1] == 1_000_000


def test_renovation_is_paid_in_the_year_after_settling_and_halved(now):
    members = members_of(
        3,
        municipality=0,
        end_month=[APRIL, APRIL + 12, APRIL + 11],
        renovation_cost=[3_000_001, 5_000_000, 0],
    )
    (_, renovation), _ = spending.person_costs(members, now, 1)
    assert (renovation.spent[0], renovation.back[0]) == paid(2024, renovation=3_000_001)["renovation"]


def test_overhead_never_comes_back(behaviour):
    members = members_of(2, municipality=[0, 1], start_month=[APRIL, APRIL + 6], end_month=NEVER)
    given_behaviour = replace(behaviour, overhead_per_member=600_000)
    cost = spending.overhead_cost(municipalities_of(2), members, in_service(members), given_behaviour, 1.1)
    assert (cost.spent.tolist(), cost.back.tolist()) == ([660_000, 330_000], [0, 0])


def books(ledger):
    table = ledger.table()
    rows = zip(*(table[name].tolist() for name in ("item", "payer", "payee", "place", "yen")), strict=True)
    return {(ITEMS[item], payer, payee, place): yen for item, payer, payee, place, yen in rows}


def test_prefectures_items_for_foreign_members(now):
    ledger, world = Ledger(LABELS), world_of(2)
    served = np.zeros(47, dtype=int)
    home = int(world.prefecture[0])
    tokyo = int(np.flatnonzero(world.prefectures.code == "13")[0])
    served[[home, tokyo]] = 1
    spending.post_foreign_items(ledger, world, now, served, 2)
    expected = {}
    for item, yen in (("foreign_recruitment", 2_000_000), ("foreign_support", 1_000_000)):
        expected[item, Payer.PREFECTURE, Payee.CONTRACTORS, home + 2] = yen
        expected[item, Payer.SPECIAL_ALLOCATION_TAX, Payee.PREFECTURE, home + 2] = yen
    assert books(ledger) == expected  # Tokyo (都) claims neither, others have no municipality in the run
    nothing = Ledger(LABELS)
    spending.post_foreign_items(nothing, world, conditions_of(2023), served, 2)
    assert books(nothing) == {}


def test_support_lines_are_paid_by_the_ministry_in_two_layers():
    ledger = Ledger(LABELS)
    now = conditions_of(2025)
    spending.post_support_lines(ledger, now)
    total = ledger.total(("layer", "payer", "measure"))
    assert total["yen"].tolist() == [sum(now.budgets.scheme.values()), 145_000_000]
    assert set(total["payer"].tolist()) == {Payer.NATIONAL_DIRECT}
    assert total["layer"].tolist() == [Layer.SCHEME, Layer.SUPPLEMENT]
    assert set(total["measure"].tolist()) == {Measure.COOPERATORS}


@given(
    st.lists(st.tuples(st.integers(0, 10**10), st.floats(0, 1e6)), min_size=2, max_size=20).filter(
        lambda rows: sum(weight > 0 for _, weight in rows) > 1
    )
)
def test_a_fixed_total_gives_nothing_to_all_together(rows):
    back = np.array([yen for yen, _ in rows])
    weights = np.array([weight for _, weight in rows])
    ledger = Ledger(LABELS)
    net = spending.post_fixed_total(
        ledger, [spending.Cost("activity", back, back), spending.Cost("trial", back, back)], weights, 2024
    )
    assert net.sum() == 0
    pool = {place: yen for (item, _, _, place), yen in books(ledger).items() if item == "pool"}
    assert sum(pool.values()) == 2 * back.sum()
    assert [2 * int(one) - pool.get(place, 0) for place, one in enumerate(back)] == net.tolist()


def test_a_switched_off_scheme_pays_nothing():
    shut = scenario_of(policy__cooperators__enabled=False)
    year = conditions_of(2024, shut)
    table = municipalities_of(1, offered_pay=[10**6], posts=[1], runs_trial=True, daily_support_spent=[5])
    members = members_of(1, municipality=0, start_month=APRIL, startup_month=APRIL + 5, startup_cost=10**6)
    costs = [
        spending.activity_cost(table, members, in_service(members), year),
        *spending.body_costs(table, behaviour_of().municipalities, year, nobody(), 20),
        *spending.person_costs(members, year, 1)[0],
    ]
    assert [cost.item for cost in costs if cost.back.any()] == []
