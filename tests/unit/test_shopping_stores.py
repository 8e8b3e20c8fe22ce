"""Stores: their customers, the band in which nothing happens, and the start inside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.agents import shop_stores as s
from okoshi.agents.districts import Blocks, Districts
from okoshi.agents.shop_behaviour import ShoppingBehaviour
from okoshi.world.country import load_world
from small_country import rows_of, world_of
from small_shopping import Years, settings_of


@pytest.fixture(scope="module")
def behaviour():
    return settings_of().fill(ShoppingBehaviour, "behaviour.shopping")


def two_districts():
    table = Districts(2)
    table.append(2, key=[1, 2], municipality=0, share_of_centre=[1.0, 0.0])
    return table, Blocks.of(table, 1)


def test_customers_leak_to_the_centre_but_for_those_without_access():
    table, blocks = two_districts()
    people, difficult = np.array([1_000.0, 500.0]), np.array([0.0, 100.0])
    found = s.customers(table, blocks, people, difficult, leak=0.5, lost=0.2)
    # Of the second district 400 can get about: half go to the centre, 20 of the others' demand is lost.
    assert found.tolist() == [1_000 - 500 + 500 + 200, 500 - 200 - 20]
    kept = s.customers(table, blocks, people, difficult, leak=0.3, lost=0.0)
    assert kept.sum() == pytest.approx(1_500)


def test_more_cars_move_demand_to_the_centre():
    table, blocks = two_districts()
    people = np.array([1_000.0, 500.0])
    few, many = (s.customers(table, blocks, people, np.array([0.0, x]), 0.5, 0.2) for x in (200.0, 20.0))
    assert many[0] > few[0]
    assert many.sum() > few.sum()


def test_the_band_by_hand():
    least, most = s.bounds(np.array([800.0, 1_000.0, 1_300.0, 2_500.0]), np.full(4, 1_000.0), 0.2)
    assert least.tolist() == [0, 0, 1, 2]  # opens where 1,200 a store are there
    assert most.tolist() == [1, 1, 1, 3]  # closes where 800 are not


@given(st.floats(0, 0.9), st.floats(0, 50), st.floats(0, 1, exclude_max=True), st.floats(0, 5))
def test_a_start_lies_inside_its_band_and_grows_with_people(band, ratio, draw, more):
    draws = np.array([draw])
    low, high = (s.bounds(np.array([x]), np.ones(1), band) for x in (ratio, ratio + more))
    start = s.inside_band(*low, draws)[0]
    assert low[0][0] <= start <= low[1][0]
    assert s.inside_band(*high, draws)[0] >= start


def test_stores_close_only_after_lasting_deficit_and_open_after_lasting_room():
    stores, none = np.array([3, 0, 1]), np.zeros(3, dtype=np.int64)
    limits = (np.array([0, 2, 1]), np.array([1, 3, 1]))
    deficit, surplus, seen = none, none, []
    for _ in range(4):
        change = s.change_stores(stores, deficit, surplus, limits, years=3)
        stores = stores + change.opened - change.closed
        deficit, surplus = change.deficit, change.surplus
        seen.append(stores.tolist())
    assert seen == [[3, 0, 1], [3, 0, 1], [1, 2, 1], [1, 2, 1]]


def test_a_year_without_deficit_starts_the_count_again_and_a_kept_store_does_not_count():
    stores, none = np.array([1]), np.zeros(1, dtype=np.int64)
    too_many = (none, none)
    change = s.change_stores(stores, np.array([2]), none, (none, np.array([1])), 3)
    assert (change.deficit[0], change.closed[0]) == (0, 0)
    assert s.change_stores(stores, np.array([2]), none, too_many, 3).closed.tolist() == [1]
    kept = s.change_stores(stores, np.array([2]), none, too_many, 3, kept=np.array([True]))
    assert (kept.closed[0], kept.deficit[0]) == (0, 0)


def test_supermarkets_are_those_of_the_table_where_people_are_as_many_as_in_2020(behaviour):
    world = rows_of(load_world("default", ("鳥取県",)), np.arange(12))
    world = replace(
        world,
        large_stores=np.arange(12),
        population=np.repeat(world.population_2020[None].astype(float) + 500, 42, axis=0),
        population_65plus=np.repeat(world.population_2020[None] * 0.3, 42, axis=0),
    )
    measure = Years(world).measure
    assert measure.blocks.sums(measure.districts.full).tolist() == list(range(12))


def test_an_own_threshold_is_drawn_where_the_table_leaves_room(behaviour):
    blocks = Blocks(np.array([0, 1]), np.array([0, 1]))
    given_ = replace(behaviour, band=0.0, threshold_spread=0.4)

    def own(stores, luck):
        found = s.own_threshold(
            np.array([3.5, 3.5]), np.full(2, 0.5), blocks, np.array(stores), given_, np.full(2, luck)
        )
        return np.exp(found)

    low, high = own([3, 0], 1e-9), own([3, 0], 1 - 1e-9)
    assert low == pytest.approx([3.5 / 4, 3.5], rel=1e-4)  # just not the fourth; just not the first
    assert high[0] == pytest.approx(3.5 / 3, rel=1e-4)
    assert high[1] > 3.5


def test_small_shops_come_from_the_official_table_where_there_is_one(behaviour):
    world = world_of(2, retail_shops=np.array([400.0, np.nan]))
    measure = Years(world).measure
    small = measure.blocks.sums(measure.small_of_2020)
    assert small[0] == pytest.approx(behaviour.small_shops_share * 400)
    people, area = float(world.population_2020[1]), world.habitable_km2[1]
    fitted = np.exp(
        behaviour.retail_level
        + behaviour.retail_by_people * np.log(people)
        + behaviour.retail_by_density * np.log(people / area)
        + behaviour.retail_by_age * world.share_65plus[1]
    )
    assert small[1] == pytest.approx(behaviour.small_shops_share * fitted)
