"""Budgets, abolition, earlier years, odd places: what shops and services keep to under any policy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okoshi.agents.rest_of_nation import part_of_municipalities
from okoshi.observe.shop_services import services_table
from okoshi.world.country import load_world
from small_country import rows_of, world_of
from small_shopping import Years, settings_of

KIND = "policy__shopping__hypothetical_subsidy"


@given(
    kind=st.sampled_from(["off", "fixed", "mobile"]),
    budget=st.integers(0, 400_000_000),
    rate=st.sampled_from([0, "1/3", 0.5, 1]),
    cap=st.integers(0, 20_000_000),
    survey=st.integers(0, 200_000_000),
    enabled=st.booleans(),
    end=st.sampled_from([2025, 2027, 2040]),
    support=st.floats(0.0001, 0.003),
)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
def test_no_payment_passes_its_budget(kind, budget, rate, cap, survey, enabled, end, support):
    changed = settings_of(
        **{
            f"{KIND}_at_2024": kind,
            f"{KIND}_budget_at_2024": budget,
            f"{KIND}_rate_at_2024": rate,
            f"{KIND}_cap_at_2024": cap,
            "policy__shopping__supplement__budget": survey,
            "policy__shopping__enabled": enabled,
            f"policy__shopping__enabled_at_{end}": False,
            "behaviour__shopping__support_share": support,
            "behaviour__shopping__mobile_innovation": 0.3,
            "behaviour__shopping__community_store_opening": 0.2,
        }
    )
    run = Years(world_of(19), changed).live(2029)
    assert run.ledger.faults() == []
    paid = run.yen("hypothetical_subsidy")
    on = enabled and kind != "off"
    assert all(on and 2024 <= year < end and yen <= budget for year, yen in paid.items())
    assert run.yen("survey") == ({2025: survey} if enabled and survey and end > 2025 else {})
    purse = np.floor(support * run.measure.revenue * 1.2)
    assert (run.measure.support_paid <= purse).all()
    assert run.measure.districts.faults() == []
    assert run.measure.services.faults() == []


@pytest.mark.parametrize("kind", ["fixed", "mobile"])
def test_a_subsidy_of_one_yen_opens_what_none_does(kind):
    """Services count on what the budget can pay, not on what the rate would."""

    def opened(budget):
        changed = settings_of(
            **{f"{KIND}_at_2024": kind, f"{KIND}_budget_at_2024": budget, f"{KIND}_rate_at_2024": 1}
        )
        services = Years(load_world("default", ("島根県",)), changed).live(2032).measure.services
        return len(services), int((services.closed > 0).sum())

    assert opened(1) == opened(0) != opened(400_000_000)


def test_a_subsidy_that_is_on_is_paid_and_its_end_ends_it():
    world = load_world("default", ("島根県",))
    for kind in ("fixed", "mobile"):
        run = Years(
            world,
            settings_of(
                **{
                    f"{KIND}_at_2026": kind,
                    f"{KIND}_at_2029": "off",
                    "behaviour__shopping__mobile_innovation": 0.3,
                    "behaviour__shopping__take_up_spread": 0.6,
                }
            ),
        ).live(2031)
        paid = run.yen("hypothetical_subsidy")
        assert set(paid) <= {2026, 2027, 2028}
        assert sum(paid.values()) > 0, kind


@pytest.mark.parametrize("copies", [1, 2])
def test_a_part_has_its_municipalities_part_of_the_money_whoever_may_host_members(copies):
    """神奈川県: 33 of 1,741 municipalities, of which 7 of 1,461 may host cooperators: it got a quarter of its part."""
    nation, kanagawa = load_world("default"), load_world("default", ("神奈川県",), copies)
    run = Years(kanagawa, settings_of(**{f"{KIND}_at_2026": "mobile"}), nation=nation).live(2028)
    assert run.measure.part == copies * 33 / 1741
    assert run.yen("survey") == {2025: int(50_000_000 * copies * 33 / 1741)}
    most = int(1_000_000_000 * copies * 33 / 1741)
    assert 0.8 * most < run.yen("hypothetical_subsidy")[2028] <= most
    whole = load_world("default", (), copies)
    assert part_of_municipalities(whole, nation) == copies  # to the last bit


def same(one: Years, other: Years, until: int) -> bool:
    return all(one.national[year] == other.national[year] for year in range(2009, until))


@pytest.mark.parametrize(
    "change",
    [
        {f"{KIND}_at_2026": "mobile", f"{KIND}_rate_at_2026": 1},
        {f"{KIND}_at_2026": "fixed", f"{KIND}_rate_at_2026": 1, f"{KIND}_cap_at_2026": 10**9},
        {"context__shopping__no_car_change_at_2026": -0.3},
        {"context__shopping__small_shop_change_at_2026": -0.3},
    ],
)
def test_a_change_from_a_year_on_touches_no_year_before(change):
    world = load_world("default", ("島根県", "鳥取県"))
    base, changed = Years(world).live(2034), Years(world, settings_of(**change)).live(2034)
    assert same(base, changed, 2026)
    assert not same(base, changed, 2035)


def test_the_survey_acts_through_what_it_told_alone():
    world = load_world("default", ("島根県", "高知県"))
    off = Years(world, settings_of(policy__shopping__enabled=False)).live(2034)
    mute = settings_of(behaviour__shopping__survey_in_opening=0.0, behaviour__shopping__survey_in_quality=0.0)
    assert Years(world, mute).live(2034).national == off.national
    heard = settings_of(
        behaviour__shopping__survey_in_opening=5.0, behaviour__shopping__survey_in_quality=0.2
    )
    told = Years(world, heard).live(2034)
    assert same(told, off, 2026)
    assert len(told.measure.services) > len(off.measure.services)
    assert told.yen("survey") == {2025: 50_000_000}
    assert off.yen("survey") == {}


def test_a_survey_is_worth_less_at_higher_prices():
    world = load_world("default", ("鳥取県",))
    for prices in (1.0, 1.5):
        run = Years(world, settings_of(context__price_index_at_2025=prices)).live(2025)
        assert run.measure.knowledge == pytest.approx(np.log2(1.0 + 1.0 / prices))


def test_the_order_of_municipalities_decides_nothing():
    world = load_world("default", ("鳥取県",))
    order = np.argsort(world.key)
    turned = Years(rows_of(world, order)).live(2030)
    straight = Years(world).live(2030)
    assert sorted(turned.measure.services.key) == sorted(straight.measure.services.key)
    for name, column in straight.municipal[2030].items():
        assert np.allclose(turned.municipal[2030][name], column[order]), name


@pytest.mark.parametrize("kind", ["one", "empty", "old", "no shop", "crowded"])
def test_odd_places_run(kind):
    world = world_of(1 if kind == "one" else 6)
    if kind == "empty":
        nobody = world.population.copy()
        nobody[:, 2] = 0.0
        people = world.population_2020.copy()
        people[2] = 0
        world = replace(
            world, population=nobody, population_2020=people, population_65plus=world.population_65plus * (nobody > 0)
        )  # fmt: skip
    if kind == "old":
        world = replace(world, population_65plus=world.population)
    if kind == "no shop":
        world = replace(
            world, large_stores=np.zeros(6, dtype=np.int64), retail_shops=np.zeros(6), share_65plus=np.full(6, 0.4)
        )  # fmt: skip
    if kind == "crowded":
        world = replace(world, large_stores=np.full(6, 400))
    run = Years(world).live(2034)
    row = run.national[2034]
    assert all(np.isfinite(value) for value in row.values())
    for name in ("covered_share", "covered_share_65plus", "using_share_65plus"):
        assert 0 <= row[name] <= 1
    assert row["covered_share_65plus"] >= 1 - row["access_difficult_share_65plus"] - 1e-12
    assert run.measure.districts.faults() == []
    services_table(run.measure, world, (2009, 2034))
    if kind == "empty":
        assert run.municipal[2034]["supermarkets"][2] == 0
        assert run.municipal[2034]["covered_share"][2] == 1.0


def test_the_same_seed_gives_the_same_and_another_seed_another():
    world = load_world("default", ("鳥取県",))
    one, again, other = (Years(world, seed=seed).live(2020) for seed in (1, 1, 2))
    assert one.national == again.national != other.national
    assert one.measure.services.key.tobytes() == again.measure.services.key.tobytes()
