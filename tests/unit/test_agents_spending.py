"""What a year costs and who pays, against the calculator of the law and numbers reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

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
from small_country import (
    behaviour_of,
    conditions_of,
    lived,
    members_of,
    municipalities_of,
    scenario_of,
    world_of,
)

APRIL = month_index(2024)
INTERNS = replace(behaviour_of().applicants, intern_days=20, intern_day_cost=12_000)


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


def test_costs_of_bodies_are_the_calculators(now):
    table = municipalities_of(
        3,
        recruitment_spent=[3_200_000, 0, 1_400_000],
        trial_spent=[1_200_000, 0, 0],
        internship_spent=[700_000, 0, 0],
        daily_support_spent=[2_500_000, 0, 400_000],
    )
    guests = nobody()
    guests = replace(guests, guest_of=np.array([0, 0, 0]), intern=np.array([True, True, False]))
    costs = {c.item: c for c in spending.body_costs(table, now, guests, INTERNS)}
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
    for item, (cost, back) in expected.items():
        assert (costs[item].spent[0], costs[item].back[0]) == (cost, back), item
    assert costs["recruitment"].spent.tolist() == [3_200_000, 0, 1_400_000]
    assert costs["recruitment"].back.tolist() == [3_000_000, 0, 1_400_000]


def test_what_a_day_of_an_intern_costs_is_not_what_the_cap_pays(now):
    guests = replace(nobody(), guest_of=np.array([0]), intern=np.array([True]))
    table = municipalities_of(1)
    for cost, back in ((9_000, 9_000), (15_000, 12_000)):
        days = replace(INTERNS, intern_day_cost=cost)
        item = {c.item: c for c in spending.body_costs(table, now, guests, days)}["internship_activity"]
        assert (item.spent[0], item.back[0]) == (20 * cost, 20 * back)


def test_rules_that_do_not_exist_yet_pay_nothing():
    table = municipalities_of(
        1, trial_spent=[400_000], internship_spent=[500_000], daily_support_spent=[300_000]
    )
    costs = {c.item: c for c in spending.body_costs(table, conditions_of(2014), nobody(), INTERNS)}
    for item, spent in (("trial", 400_000), ("internship", 500_000), ("daily_support", 300_000)):
        assert (costs[item].spent[0], costs[item].back[0]) == (spent, 0)


def test_daily_support_up_to_the_cap_or_an_own_share(behaviour, now):
    given_behaviour = replace(behaviour, daily_support_cost=500_000, daily_support_own_share=0.2)
    there = np.array([0.0, 1.5, 9.0])
    with_rule = spending.daily_support(given_behaviour, now, there)
    # All that comes back, 2 of 4.5 million for the last one, and a fifth of the rest.
    assert with_rule.tolist() == [0, 750_000, 2_000_000 + 500_000]
    before = conditions_of(2021, price_index=1.0)
    assert spending.daily_support(given_behaviour, before, there).tolist() == [0, 150_000, 900_000]


def test_what_the_body_cost_is_known_the_year_after():
    behaviour = behaviour_of()
    given_behaviour = replace(
        behaviour,
        municipalities=replace(
            behaviour.municipalities,
            daily_support_cost=1_000_000,
            daily_support_own_share=0.5,
            staff_hours_per_member=150,
            staff_yen_per_hour=4_000,
        ),
    )
    table = municipalities_of(
        2, recruitment_spent=[3_500_000, 0], trial_spent=[900_000, 0], offered_pay=10**6
    )
    members = members_of(4, municipality=0, start_month=[APRIL, APRIL, APRIL, APRIL + 6], end_month=NEVER)
    year = conditions_of(2024, price_index=1.0, wage_index=1.1)
    spending.pay_year(
        Ledger(LABELS), table, members, in_service(members), world_of(2), given_behaviour, year, nobody()
    )
    # 3.5 member-years want 3.5 million of daily support: 2.0 come back, half of the rest is the body's own.
    assert table.daily_support_spent.tolist() == [2_750_000, 0]
    assert table.body_cost_last_year.tolist() == [3_500_000 + 900_000 + 2_750_000, 0]
    assert table.body_net_cost_last_year.tolist() == [500_000 + 750_000, 0]
    assert table.staff_hours.tolist() == [525, 0]
    assert table.staff_yen.tolist() == [525 * 4_400, 0]


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
    opened_now, in_window = spending.startups_of_year(members, now)
    assert opened_now.tolist() == [0, 1, 2, 3, 4]
    assert opened_now[in_window].tolist() == [0, 2, 3]
    (startup, _), (places, own) = spending.person_costs(members, now, 2)
    assert startup.spent.tolist() == [1_400_000, 1_000_000]
    assert startup.back.tolist() == [1_400_000, 1_000_000]
    # Who opens too early or too late pays all: the firm is there, and so is what it cost.
    assert list(zip(places.tolist(), own.tolist(), strict=True)) == [
        (0, 1_500_000),
        (0, 9),
        (0, 0),
        (1, 0),
        (1, 9),
    ]
    one = paid(2024, startups=1, startup=2_500_000)["startup"]
    assert one[1] == 1_000_000
    half = replace(now, rules=replace(now.rules, startup_rate=Fraction(1, 2)))
    half = replace(half, running_rules=half.rules)
    (startup, _), _ = spending.person_costs(members, half, 2)
    assert startup.spent.tolist() == [700_000, 500_000]
    assert startup.back.tolist() == [
        350_000,
        250_000,
    ]  # by the rate of what the body gives, as the law has it


def test_renovation_is_paid_in_the_year_it_is_chosen_in_and_halved(now):
    members = members_of(
        4,  # a term that ends in March has April as the month after
        municipality=0,
        end_month=[APRIL, APRIL + 12, APRIL + 11, APRIL + 13],
        renovation_cost=[5_000_000, 3_000_001, 0, 5_000_000],
    )
    (_, renovation), _ = spending.person_costs(members, now, 1)
    assert (renovation.spent[0], renovation.back[0]) == paid(2024, renovation=3_000_001)["renovation"]


def test_overhead_never_comes_back(behaviour):
    members = members_of(2, municipality=[0, 1], start_month=[APRIL, APRIL + 6], end_month=NEVER)
    given_behaviour = replace(behaviour, overhead_per_member=600_000)
    cost = spending.overhead_cost(municipalities_of(2), members, in_service(members), given_behaviour, 1.1)
    assert (cost.spent.tolist(), cost.back.tolist()) == ([660_000, 330_000], [0, 0])


def books(ledger):
    table = ledger.total(("item", "payer", "payee", "place"))
    rows = zip(*(table[name].tolist() for name in ("item", "payer", "payee", "place", "yen")), strict=True)
    return {(ITEMS[item], payer, payee, place): yen for item, payer, payee, place, yen in rows}


@pytest.fixture(scope="module")
def foreigners():
    return replace(
        behaviour_of().applicants, foreign_recruitment_cost=2_500_000, foreign_support_cost=600_000
    )


def foreign_books(foreigners, now, served, world=None):
    ledger = Ledger(LABELS)
    spending.post_foreign_items(ledger, world or world_of(2), foreigners, now, served)
    return books(ledger)


def both_ways(place, **items):
    """Return what a prefecture spends on contractors and gets back in full."""
    return {
        (item, payer, payee, place): yen
        for item, yen in items.items()
        for payer, payee in (
            (Payer.PREFECTURE, Payee.CONTRACTORS),
            (Payer.SPECIAL_ALLOCATION_TAX, Payee.PREFECTURE),
        )
    }


def test_prefectures_items_for_foreign_members(foreigners, now):
    world = world_of(2)
    home = int(world.prefecture[0])
    tokyo = int(np.flatnonzero(world.prefectures.code == "13")[0])
    served = np.zeros(47, dtype=int)
    served[[home, tokyo]] = 1
    # Tokyo (都) claims neither, others have no municipality in the run; the caps are 2 and 1 million.
    expected = both_ways(home + 2, foreign_recruitment=2_000_000, foreign_support=600_000)
    assert foreign_books(foreigners, now, served) == expected
    twice = both_ways(home + 2, foreign_recruitment=2_000_000, foreign_support=1_000_000)
    assert foreign_books(foreigners, now, 2 * served) == twice
    # When the scheme is shut nobody new is won, and who serves is helped on.
    shut = replace(now, scheme_open=False)
    assert foreign_books(foreigners, shut, served) == both_ways(home + 2, foreign_support=600_000)
    assert foreign_books(foreigners, conditions_of(2023), served) == {}


@pytest.mark.parametrize(("rate", "spends"), [("1/2", 0.5), ("1/4", 0.25), ("0", 0.0)])
def test_prefectures_spend_as_far_as_it_comes_back_and_get_the_rate_of_that(foreigners, now, rate, spends):
    """As bodies do with their programmes: money that wins and helps nobody is not spent."""
    lower = replace(
        now.running_rules,
        foreign_resident_recruitment_rate=Fraction(rate),
        foreign_member_support_rate=Fraction(rate),
    )
    served = np.bincount(world_of(2).prefecture[:1], minlength=47)
    found = foreign_books(foreigners, replace(now, running_rules=lower), served)
    told = {(item, payer): yen for (item, payer, _, _), yen in found.items()}
    for item, wanted in (("foreign_recruitment", 2_000_000), ("foreign_support", 600_000)):
        assert told.get((item, Payer.PREFECTURE), 0) == spends * wanted
        assert told.get((item, Payer.SPECIAL_ALLOCATION_TAX), 0) == spends**2 * wanted


def support_of(foreigners, now, served, **rules):
    changed = replace(now.running_rules, **rules)
    world = world_of(2)
    found = spending.support_of_foreign(world, foreigners, replace(now, running_rules=changed), served)
    return float(found[world.prefecture[0]])


@given(
    members=st.integers(1, 20),
    caps=st.tuples(*[st.integers(0, 4_000_000)] * 2).map(sorted),
    rate=st.floats(0, 1),
)
def test_support_of_foreign_members_follows_cap_and_rate(members, caps, rate):
    """One under the rule of FY2024, nothing where nothing comes back, never less under a higher cap or rate."""
    now, costs = conditions_of(2024), replace(behaviour_of().applicants, foreign_support_cost=200_000)
    served = np.full(47, members)
    low, high = (support_of(costs, now, served, foreign_member_support_per_body=cap) for cap in caps)
    assert support_of(costs, now, served) == 1.0
    assert low <= high
    assert high == pytest.approx(min(caps[1], 200_000 * members) / min(1_000_000, 200_000 * members))
    lower = support_of(costs, now, served, foreign_member_support_rate=Fraction(rate))
    assert lower == pytest.approx(rate, abs=2e-5)


def test_support_of_foreign_members_is_there_as_long_as_it_is_paid(foreigners, now):
    """Who serves when the scheme shuts goes on under the rules of before: paid for, so it also helps."""
    served = np.full(47, 3)
    shut = replace(now, scheme_open=False, rules=replace(now.rules, enabled=False))
    assert support_of(foreigners, shut, served) == 1.0
    assert support_of(foreigners, conditions_of(2023), served) == 0.0


def test_support_of_foreign_members_counts_the_part_of_the_year_that_they_serve(monkeypatch):
    """Heads, with those who had left and those yet to come, were half as many again as the years that are paid for."""
    seen: dict[int, float] = {}
    real = spending.support_of_foreign

    def watched(world, behaviour, conditions, foreign):
        seen[conditions.fiscal_year] = float(np.sum(foreign))
        return real(world, behaviour, conditions, foreign)

    monkeypatch.setattr(spending, "support_of_foreign", watched)
    model = lived(scenario_of((2009, 2022), ("北海道",)))
    members, served = model.members, {}
    for year in range(2018, 2023):
        first = month_index(year)
        months = np.minimum(members.end_month, first + 12) - np.maximum(members.start_month, first)
        served[year] = float(np.maximum(months, 0)[members.foreign].sum()) / 12
    assert sum(served.values()) > 10
    assert all(served[year] <= seen[year] + 1e-9 for year in served)  # who quits leaves sooner than planned
    assert sum(seen[year] for year in served) < 1.2 * sum(served.values())


def test_each_copy_of_a_prefecture_has_caps_of_its_own(foreigners, now):
    world = replace(world_of(2), copy=np.array([0, 1], dtype=np.int16))
    home = int(world.prefecture[0])
    served = np.bincount([home] * 4, minlength=47)
    # Two members a copy: 1.2 million each, of which a million comes back, twice.
    expected = both_ways(home + 2, foreign_recruitment=4_000_000, foreign_support=2_000_000)
    assert foreign_books(foreigners, now, served, world) == expected


def test_support_lines_are_paid_by_the_ministry_in_two_layers():
    ledger = Ledger(LABELS)
    now = conditions_of(2025)
    spending.post_support_lines(ledger, now)
    total = ledger.total(("layer", "payer", "measure"))
    assert total["yen"].tolist() == [sum(now.budgets.scheme.values()), 145_000_000]
    assert set(total["payer"].tolist()) == {Payer.NATIONAL_DIRECT}
    assert total["layer"].tolist() == [Layer.SCHEME, Layer.SUPPLEMENT]
    assert set(total["measure"].tolist()) == {Measure.COOPERATORS}


def poor_and_rich():
    """Return two municipalities of weights 100 and 50; their prefecture weighs as both together."""
    return world_of(2, population_2020=np.array([100, 100]), fiscal_strength=np.array([0.2, 0.7]))


def taken_from(world, back, to_prefecture, now, **changed):
    behaviour = replace(behaviour_of().municipalities, **changed)
    home = int(world.prefecture[0])
    ledger, places = Ledger(LABELS), np.arange(len(world))
    item, tax = LABELS.item.index("activity"), Payer.SPECIAL_ALLOCATION_TAX
    for measure in (Measure.COOPERATORS, Measure.DISPATCH):  # the tax of each measure is settled
        account = (now.fiscal_year, measure, Layer.SCHEME, item, tax, Payee.MUNICIPALITY)
        ledger.post(*account, places, back)
    account = (now.fiscal_year, Measure.COOPERATORS, Layer.SCHEME, item, tax, Payee.PREFECTURE)
    ledger.post(*account, len(world) + home, to_prefecture)
    spending.settle_fixed_total(ledger, world, behaviour, now)
    found = {key: yen for key, yen in books(ledger).items() if key[0] == "pool"}
    payers = {Payer.MUNICIPALITY: range(len(world)), Payer.PREFECTURE: [len(world) + home]}
    assert {payee for _, _, payee, _ in found} <= {Payee.SPECIAL_ALLOCATION_TAX}
    assert {item for item, _, _, _ in found} <= {"pool"}
    assert all(place in payers[payer] for _, payer, _, place in found)
    return [
        found.get(("pool", payer, Payee.SPECIAL_ALLOCATION_TAX, place), 0)
        for payer, places in payers.items()
        for place in places
    ]


def test_a_fixed_total_is_paid_by_the_others_by_their_weight(now):
    # The first gets 600: 50 / 200 of it from the second, 150 / 200 from the prefecture. The second gets 500:
    # 100 / 250 from the first, the rest from the prefecture. The prefecture gets 300: two thirds and one third.
    taken = taken_from(poor_and_rich(), np.array([300, 250]), 300, now)
    assert taken == [200 + 200, 150 + 100, 450 + 300]
    # In half a nation the rest weighs as the bodies of the run together, 300, and bears its part: 400, 200 and 600 are
    # left. It is paid as much as they are, 3,000, and of that they bear 100, 50 and 150 of 600, measure by measure down
    # to the yen (162.5 and 87.5 are 249).
    taken = taken_from(poor_and_rich(), np.array([500, 550]), 900, replace(now, nation_share=0.5))
    assert taken == [400 + 500, 200 + 249, 600 + 749]
    # Two such halves side by side, each of a nation of its own, are as many bodies as a nation and bear no more.
    halves = replace(poor_and_rich(), copy=np.array([0, 1], dtype=poor_and_rich().copy.dtype))
    assert taken_from(halves, np.array([500, 550]), 900, replace(now, nation_share=1.0)) == taken
    # A prefecture at half the weight, 75: the first's 600 cost the second 50 / 125. No weight, no part in it.
    first = np.array([300, 0])
    assert taken_from(poor_and_rich(), first, 0, now, tax_of_prefectures=0.5) == [0, 240, 360]
    assert taken_from(poor_and_rich(), first, 0, now, tax_until_strength=0.7) == [0, 0, 600]


@given(
    back=st.lists(st.integers(0, 10**9), min_size=10, max_size=10),
    to_prefecture=st.integers(0, 10**9),
    share=st.sampled_from([1.0, 0.5, 2.0]),
)
def test_a_fixed_total_gives_nothing_to_all_together(back, to_prefecture, share):
    now = replace(conditions_of(2024), nation_share=share)
    taken = taken_from(world_of(10), np.array(back), to_prefecture, now)
    paid = 2 * sum(back) + to_prefecture
    assert sum(taken) == paid if share >= 1 else sum(taken) <= paid


def test_a_switched_off_scheme_pays_nothing():
    shut = scenario_of(policy__cooperators__enabled=False)
    year = conditions_of(2024, shut)
    spent = dict.fromkeys(("recruitment_spent", "trial_spent", "internship_spent", "daily_support_spent"), 5)
    table = municipalities_of(1, offered_pay=[10**6], **spent)
    members = members_of(1, municipality=0, start_month=APRIL, startup_month=APRIL + 5, startup_cost=10**6)
    costs = [
        spending.activity_cost(table, members, in_service(members), year),
        *spending.body_costs(table, year, nobody(), INTERNS),
        *spending.person_costs(members, year, 1)[0],
    ]
    assert [cost.item for cost in costs if cost.spent.any()] == [
        "activity",
        "recruitment",
        "trial",
        "internship",
        "daily_support",
    ]
    assert [cost.item for cost in costs if cost.back.any()] == []
