"""Vans, deliveries and community stores: timetable, results, support, subsidy and closing, by hand."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.agents.books import LABELS
from okoshi.agents.districts import Blocks, Districts, found_districts
from okoshi.agents.shop_behaviour import ShoppingBehaviour
from okoshi.agents.shop_openings import Market
from okoshi.agents.shop_routes import Routes, visits_by_district
from okoshi.agents.shop_spending import Granted, LastStores, grant_subsidy, kept_open, post_year
from okoshi.agents.shops import (
    STREAMS_SHOPPING,
    Candidates,
    ServiceKind,
    Services,
    Terms,
    count_deficit,
    open_services,
    opening_hazard,
    opens,
    result_yen,
    shared_support,
    supported,
    within_purse,
)
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.policy.shopping import HypotheticalSubsidy, granted_in_order
from okoshi.world.country import load_world
from small_country import keys_of, world_of
from small_shopping import Years, settings_of

TERMS = Terms(cost=5_600_000.0, break_even=99.0, take_up=0.1)


@pytest.fixture(scope="module")
def behaviour():
    return settings_of().fill(ShoppingBehaviour, "behaviour.shopping")


def routes_of(counts, neighbours, behaviour):
    world = world_of(len(counts), neighbours)
    table = Districts(1)
    owner = np.repeat(np.arange(len(counts)), counts)
    table.append(len(owner), key=keys_of(len(owner)), municipality=owner)
    return Routes.of(world, Blocks.of(table, len(counts)), behaviour)


def test_routes_hold_three_districts_and_a_rest_is_shared_across_a_border(behaviour):
    given = replace(behaviour, districts_per_van=3, visits_per_week=2)
    routes = routes_of([4, 2, 2], [[1], [0], []], given)
    assert routes.municipality.tolist() == [0, 0, 1, 2]
    assert routes.stops.tolist() == [[0, 1, 2], [3, -1, -1], [4, 5, -1], [6, 7, -1]]
    assert routes.share_of_van.tolist() == pytest.approx([1, 1 / 3, 2 / 3, 1])
    # The last one has no neighbour to share with: a whole van, which then calls three times a week.
    assert routes.visits.tolist() == [[2, 2, 2], [2, 0, 0], [2, 2, 0], [3, 3, 0]]
    assert routes.sums(np.arange(8.0)).tolist() == [3, 3, 9, 13]
    calls = visits_by_district(routes, np.array([1, 2]), 8)
    assert calls.tolist() == [0, 0, 0, 2, 2, 2, 0, 0]


def test_a_van_twice_a_week_covers_and_one_that_never_comes_does_not():
    def covered(visits):
        settings = settings_of(
            behaviour__shopping__visits_per_week=visits, behaviour__shopping__enough_visits=2,
            behaviour__shopping__mobile_innovation=10.0, behaviour__shopping__mobile_take_up=0.2,
            behaviour__shopping__delivery_opening=0.0, behaviour__shopping__community_store_opening=0.0,
            behaviour__shopping__mobile_break_even=80.0, behaviour__shopping__operator_share=0.75,
            behaviour__shopping__community_share=1.0, behaviour__shopping__years_of_deficit=50,
        )  # fmt: skip
        run = Years(world_of(19), settings).live(2014)
        seen = run.measure.seen
        assert (run.national[2014]["mobile_vans"] > 0) == (visits > 0)  # what never comes does not open
        return seen.reached.any(), run.national[2014]["using_share_65plus"], run.national[2014]

    assert covered(2)[0]
    assert covered(2)[1] > 0
    reached, using, row = covered(1)  # used, but no cover
    assert not reached
    assert using > 0
    assert row["covered_share_65plus"] == pytest.approx(1 - row["access_difficult_share_65plus"])
    reached, using, _ = covered(0)
    assert not reached
    assert using == 0


def test_vans_and_deliveries_do_not_move_the_official_share():
    many, none = (
        Years(
            world_of(19),
            settings_of(
                behaviour__shopping__mobile_innovation=rate,
                behaviour__shopping__delivery_opening=rate,
                behaviour__shopping__community_store_opening=0.0,
            ),
        ).live(2015)
        for rate in (5.0, 0.0)
    )
    assert many.national[2015]["services_opened"] >= 0
    assert len(many.measure.services) > 0 == len(none.measure.services)
    for year in range(2009, 2016):
        one, other = many.national[year], none.national[year]
        assert one["access_difficult_share_65plus"] == other["access_difficult_share_65plus"]
        assert one["covered_share_65plus"] >= other["covered_share_65plus"]


def test_the_result_is_nought_at_break_even_also_for_a_part_of_a_van():
    results = result_yen(TERMS, np.array([99.0, 33.0, 0.0, 198.0]), np.array([1, 1 / 3, 1, 1]), 1.0)
    assert results.tolist() == [0, 0, -5_600_000, 5_600_000]
    assert result_yen(TERMS, np.array([49.5]), np.ones(1), 1.1).tolist() == [-3_080_000]


def candidates(loss, municipality, share=1.0):
    count = len(loss)
    return Candidates(
        ServiceKind.MOBILE,
        keys_of(count),
        np.arange(count),
        np.array(municipality),
        np.full(count, share),
        np.ones(count),
        np.array(loss),
    )


def test_a_loss_needs_a_municipality_that_acts_and_a_limit_that_suffices():
    found = supported(candidates([0, 5, 5, 11], [0, 0, 1, 1]), np.array([False, True]), 10.0)
    assert found.tolist() == [True, False, True, False]
    shared = supported(candidates([4, 6], [0, 0], share=0.5), np.array([True]), 10.0)
    assert shared.tolist() == [True, False]


def test_openings_stay_within_each_municipality_s_purse():
    found = within_purse(candidates([6, 6, 0, 3, 3], [0, 0, 0, 2, 2]), np.array([11, 0, 6]))
    assert found.tolist() == [True, False, True, True, True]
    assert within_purse(candidates([], []), np.array([1])).tolist() == []


def test_knowledge_raises_the_hazard_by_its_share(behaviour):
    given = replace(behaviour, survey_in_opening=0.1)
    hazard = opening_hazard(0.01, np.array([0.0, 0.03]), 1.0, np.array([1.0, 1.5]), given)
    assert hazard == pytest.approx([0.011, 0.066])
    draws = (np.arange(20_000) + 0.5) / 20_000
    assert opens(np.full(20_000, 0.3), draws).mean() == pytest.approx(1 - exp(-0.3), abs=1e-3)


def test_support_is_shared_out_when_the_purse_is_too_small():
    paid = shared_support(
        np.array([100, 50, 80, 0]), np.array([0, 0, 1, 1]), np.full(4, 90), np.array([70, 500]),
        np.array([True, True]),
    )  # fmt: skip
    assert paid.tolist() == [45, 25, 80, 0]  # 90 and 50 asked, 70 there
    nobody = shared_support(np.array([5]), np.array([0]), np.array([9]), np.array([9]), np.array([False]))
    assert nobody.tolist() == [0]


def test_years_of_deficit_count_in_a_row_above_what_an_operator_bears():
    years = count_deficit(np.array([2, 2, 2]), np.array([11, 10, 0]), np.full(3, 10.0))
    assert years.tolist() == [3, 0, 0]


def test_a_service_in_lasting_deficit_closes_in_its_third_year():
    settings = settings_of(
        behaviour__shopping__mobile_innovation=10.0, behaviour__shopping__mobile_since=2010,
        behaviour__shopping__years_of_deficit=3, behaviour__shopping__community_share=1.0,
    )  # fmt: skip
    run = Years(world_of(19), settings).live(2010)
    services = run.measure.services
    vans = np.flatnonzero(services.kind == ServiceKind.MOBILE)
    assert len(vans)
    services.take_up[vans] = 0.0  # nobody comes
    run.measure.behaviour = replace(run.measure.behaviour, support_share=0.0, mobile_innovation=0.0)
    services.deficit_years[:] = 0
    run.live(2012)
    assert (services.closed[vans] == 0).all()
    run.live(2013)
    assert (services.closed[vans] == 2013).all()
    assert not services.support[vans].any()


def rules(kind="mobile", rate=Fraction(1, 2), cap=3_000_000, budget=10_000_000, enabled=True):
    return HypotheticalSubsidy(enabled, kind, rate, cap, budget)


def test_the_hypothetical_subsidy_is_a_part_of_the_deficit_up_to_its_cap():
    deficits, whole = np.array([1_000_001, 9_000_000, 0]), np.ones(3)
    assert rules().entitled(deficits, whole).tolist() == [500_000, 1_500_000, 0]
    assert rules(kind="off").entitled(deficits, whole).tolist() == [0, 0, 0]
    assert rules(cap=None).entitled(deficits, whole).tolist() == [0, 0, 0]
    assert (rules(enabled=False).kind, rules(enabled=None).budget) == ("off", 0)


@pytest.mark.parametrize("budget", [0, None])
def test_a_subsidy_without_money_is_none(budget):
    """Else services open in April in the hope of it."""
    deficits = np.array([1_000_001, 9_000_000])
    assert rules(budget=budget).kind == "off"
    assert not rules(budget=budget).entitled(deficits, np.ones(2)).any()


@given(st.integers(0, 20_000_000), st.integers(1, 12), st.integers(0, 12))
def test_a_shared_van_has_one_cap(cap, size, days):
    """Of a van shared two thirds to one, each municipality had counted the whole cap: two for one van."""
    days = min(days, size)
    shares = np.array([days / size, (size - days) / size])
    paid = rules(rate=Fraction(1), cap=cap).entitled(np.array([10**9, 10**9]), shares)
    assert paid.tolist() == [cap * days // size, cap * (size - days) // size]


def test_a_row_of_a_shared_van_is_paid_up_to_its_share_of_the_cap():
    """A cap of 3 million at one half: 1,000,000 for two thirds of a van, and a last store has the whole cap."""
    lost = [-9_000_000, -9_000_000, -9_000_000]
    services, luck = Services(3), Luck(1, STREAMS_SHOPPING)
    services.append(
        3, key=[1, 2, 3], kind=0, municipality=0, share=[2 / 3, 1 / 3, 1.0], result=lost, closed=0
    )
    store = LastStores(keys_of(1), np.zeros(1, dtype=int), np.array([9_000_000]), np.array([0]))
    vans = grant_subsidy(services, (store,), rules(), 10_000_000, 2026, luck)
    assert (vans.services.tolist(), vans.stores[0].tolist()) == ([1_000_000, 500_000, 1_500_000], [0])
    fixed = grant_subsidy(services, (store,), rules(kind="fixed"), 10_000_000, 2026, luck)
    assert (fixed.services.tolist(), fixed.stores[0].tolist()) == ([0, 0, 0], [1_500_000])


def test_a_new_part_of_a_van_counts_on_its_part_of_the_cap():
    """Vans that are open ask for 1.5 million, 1.5 of a cap: of a budget of 1.2 million four fifths can be paid."""
    services = Services(2)
    lost = [-9_000_000, -9_000_000]
    services.append(2, key=[1, 2], kind=0, municipality=0, share=[2 / 3, 1 / 3], result=lost, closed=0)
    market = Market(
        **dict.fromkeys(field.name for field in fields(Market))
        | {"services": services, "subsidy": rules(), "subsidy_budget": 1_200_000}
    )
    expected = market._subsidy_expected(ServiceKind.MOBILE, np.array([9_000_000] * 2), np.array([1.0, 1 / 3]))
    assert expected.tolist() == [1_200_000, 400_000]


@pytest.mark.parametrize(
    ("never", "kind"),
    [("visits_per_week", ServiceKind.MOBILE), ("deliveries_per_week", ServiceKind.DELIVERY)],
)
def test_what_never_comes_does_not_open_and_is_not_paid(never, kind):
    """Vans without a single visit had opened without customers and lived on what municipalities pay."""
    world = load_world("default", ("島根県", "鳥取県"))
    quick = {f"behaviour__shopping__{name}": 0.3 for name in ("mobile_innovation", "delivery_opening")}
    comes = Years(world, settings_of(**quick)).live(2026)
    stays = Years(world, settings_of(**{f"behaviour__shopping__{never}": 0} | quick)).live(2026)
    assert (comes.measure.services.kind == kind).sum() > 0
    assert (stays.measure.services.kind == kind).sum() == 0
    assert (stays.measure.services.kind != kind).sum() > 0


def test_the_budget_runs_out_in_order_of_application():
    assert granted_in_order(np.array([4, 0, 4, 4, 1]), 10).tolist() == [4, 0, 4, 2, 0]
    assert granted_in_order(np.array([4, 4]), 0).tolist() == [0, 0]


def test_the_subsidy_reaches_vans_or_fixed_shops_alone():
    services = Services(3)
    services.append(
        3,
        key=[1, 2, 3],
        kind=[0, 1, 2],
        municipality=0,
        result=[-100, -100, -100],
        closed=[0, 0, 0],
        share=1.0,
    )
    stores = LastStores.of(
        np.array([1]), keys_of(2), np.zeros(2, dtype=int), np.array([0.5]), 200.0, band=0.2
    )
    assert (stores.deficit.tolist(), stores.to_keep.tolist()) == ([100], [60])
    luck = Luck(1, STREAMS_SHOPPING)
    mobile, fixed = (
        grant_subsidy(services, (stores,), rules(kind=kind), 1_000, 2026, luck)
        for kind in ("mobile", "fixed")
    )
    assert (mobile.services.tolist(), mobile.stores[0].tolist()) == ([50, 0, 0], [0])
    assert (fixed.services.tolist(), fixed.stores[0].tolist()) == ([0, 0, 50], [50])
    short = grant_subsidy(services, (stores,), rules(kind="fixed"), 70, 2026, luck)
    assert short.services.sum() + short.stores[0].sum() == 70
    assert kept_open(np.array([1]), stores, np.array([60]), 2).tolist() == [False, True]
    assert kept_open(np.array([1]), stores, np.array([59]), 2).tolist() == [False, False]


@pytest.mark.parametrize(("kind", "expected"), [("fixed", 40), ("mobile", 100)])
def test_a_new_service_counts_on_what_last_stores_that_ask_too_leave_of_the_budget(kind, expected):
    """Of a budget of 200 one community store asks for 100 and two last stores for 400: 40% can be paid."""
    services = Services(2)
    services.append(2, key=[1, 2], kind=[2, 0], municipality=0, result=[-100, -100], closed=[0, 0], share=1.0)
    market = Market(
        **dict.fromkeys(field.name for field in fields(Market))
        | {
            "services": services,
            "subsidy": rules(kind=kind, rate=Fraction(1), cap=1_000),
            "subsidy_budget": 200,
            "last_stores_lost": np.array([300, 100]),
        }
    )
    service = ServiceKind.COMMUNITY_STORE if kind == "fixed" else ServiceKind.MOBILE
    assert market._subsidy_expected(service, np.array([100]), np.ones(1)).tolist() == [expected]


def test_last_stores_that_ask_are_those_of_march_that_are_still_open():
    subsidy, world = "policy__shopping__hypothetical_subsidy", load_world("default", ("島根県",))
    ample = {"": "fixed", "_rate": 1, "_cap": 10**9, "_budget": 10**11}
    run = Years(world, settings_of(**{f"{subsidy}{key}_at_2024": value for key, value in ample.items()}))
    measure = run.live(2030).measure
    assert measure.last_stores_lost.sum() > 10**7
    asked = measure.last_stores_lost.sum() + measure.services.subsidy.sum()
    assert asked == run.yen("hypothetical_subsidy")[2030]  # all are paid, and none closes
    without, closed = Years(world), []
    for year in range(2024, 2031):
        table = without.live(year).measure.districts
        there = sum(
            ((table.full == 1) & (table.full_deficit > 0), (table.daily == 1) & (table.daily_deficit > 0))
        )
        assert len(without.measure.last_stores_lost) == there.sum()
        closed.append(without.national[year]["stores_closed"])
    assert sum(closed) > 0


def test_what_is_written_in_the_ledger():
    services = Services(2)
    services.append(2, key=[1, 2], municipality=[0, 3], support=[70, 0])
    stores = LastStores(keys_of(1), np.array([2]), np.array([9]), np.array([9]))
    ledger = Ledger(LABELS)
    post_year(ledger, 2025, services, (stores,), Granted(np.array([0, 40]), (np.array([5]),)), 50_000_000)
    books = ledger.table()
    rows = [
        (
            *(LABELS.of(book)[books[book][i]] for book in ("layer", "item", "payer", "payee")),
            int(books["place"][i]),
            int(books["yen"][i]),
        )
        for i in range(len(books["yen"]))
    ]
    assert sorted(rows) == [
        ("scheme", "hypothetical_subsidy", "national_grant", "operators", 2, 5),
        ("scheme", "hypothetical_subsidy", "national_grant", "operators", 3, 40),
        ("scheme", "municipal_support", "municipality", "operators", 0, 70),
        ("supplement", "survey", "national_direct", "contractors", -1, 50_000_000),
    ]


def test_found_districts_serve_as_stops(behaviour):
    world = world_of(3)
    table = found_districts(world, behaviour)
    routes = Routes.of(world, Blocks.of(table, 3), behaviour)
    stops = routes.stops[routes.stopping]
    assert sorted(stops.tolist()) == list(range(len(table)))  # each district on one route
    assert len(np.unique(routes.key)) == len(routes)


def test_a_service_is_the_same_whenever_it_opens(behaviour):
    luck = Luck(1, STREAMS_SHOPPING)
    operator = np.zeros(2, dtype=np.int64)
    early, late = Services(2), Services(2)
    both = candidates([0, 0], [0, 1])
    open_services(early, both, operator, 2012, 0.0, behaviour, luck)
    open_services(late, both.choose(np.array([False, True])), operator, 2019, 0.0, behaviour, luck)
    assert early.key[1] == late.key[0]
    assert early.take_up[1] == late.take_up[0]
    late.closed[0] = 2021
    open_services(late, both, operator, 2022, 0.0, behaviour, luck)
    assert late.key[1] == early.key[0]
    assert late.key[2] not in early.key  # the second at its site is another
    assert late.faults() == []


def test_services_opened_after_the_survey_are_used_more(behaviour):
    luck, operator = Luck(1, STREAMS_SHOPPING), np.zeros(1, dtype=np.int64)
    plain, told = Services(1), Services(1)
    given = replace(behaviour, survey_in_quality=0.05)
    open_services(plain, candidates([0], [0]), operator, 2026, 0.0, given, luck)
    open_services(told, candidates([0], [0]), operator, 2026, 1.0, given, luck)
    assert told.take_up[0] / plain.take_up[0] == pytest.approx(1.05)
    assert (plain.after_survey[0], told.after_survey[0]) == (False, True)
