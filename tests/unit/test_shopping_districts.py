"""Districts, their people, and who has difficult access to shops, by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from okoshi.agents import districts as d
from okoshi.agents.shop_behaviour import ShoppingBehaviour
from small_country import world_of
from small_shopping import settings_of


@pytest.fixture(scope="module")
def behaviour():
    return settings_of().fill(ShoppingBehaviour, "behaviour.shopping")


def test_districts_are_as_many_as_schools_and_two_at_least(behaviour):
    world = world_of(
        3, population_2020=np.array([0, 40_000, 400_000]), habitable_km2=np.array([1.04, 50.0, 100.0])
    )
    counts = d.count_districts(world, behaviour).tolist()
    level, people, area = (
        behaviour.districts_level, behaviour.districts_by_people, behaviour.districts_by_area,
    )  # fmt: skip
    schools = exp(level + people * log(40_000) + area * log(50))
    assert counts == [2, round(schools), max(27, round(exp(level + people * log(4e5) + area * log(100))))]
    crowded = replace(behaviour, people_of_a_district=1_000)
    assert d.count_districts(world, crowded).tolist() == [2, 40, 400]


def test_people_and_area_of_a_municipality_are_shared_out(behaviour):
    world = world_of(4)
    table = d.found_districts(world, behaviour)
    blocks = d.Blocks.of(table, len(world))
    assert table.faults() == []
    assert np.allclose(blocks.sums(table.share_of_people), 1.0)
    assert np.allclose(blocks.sums(table.area_km2), world.habitable_km2)
    assert np.allclose(blocks.sums(table.share_of_centre), 1.0)
    first = table.municipality == 0
    shares = table.share_of_people[first]
    assert shares[1] / shares[0] == pytest.approx(2**behaviour.people_by_rank)
    areas = table.area_km2[first]
    assert areas[1] / areas[0] == pytest.approx(2**behaviour.area_by_rank)


def test_a_district_keeps_its_key_in_a_part_of_the_country(behaviour):
    few, more = (d.found_districts(world_of(count), behaviour) for count in (2, 5))
    assert few.key.tolist() == more.key[: len(few)].tolist()


def test_ages_never_pass_the_people_there_are(behaviour):
    table = d.found_districts(world_of(2), behaviour)
    people = d.Residents.of(table, np.array([100.0, 0.0]), np.array([120.0, 0.0]), np.array([130.0, 0.0]))
    assert (people.under_65.sum(), people.aged_65_74.sum()) == (0.0, 0.0)
    assert people.aged_75plus.sum() == pytest.approx(100.0)
    people = d.Residents.of(table, np.array([100.0, 60.0]), np.array([40.0, 9.0]), np.array([10.0, 9.0]))
    assert people.everybody.sum() == pytest.approx(160.0)
    assert people.aged_65_74.sum() == pytest.approx(30.0)


def test_far_is_the_formula_of_clustered_shops(behaviour):
    given = replace(behaviour, near_level=log(0.5), near_by_density=0.5)
    far = d.far_share(np.array([0.0, 8.0, 8.0]), np.array([1.0, 2.0, 8.0]), given)
    assert far == pytest.approx([1.0, exp(-0.785 * 0.5 * 2), exp(-0.785 * 0.5)])


@pytest.mark.parametrize("year", [2015, 2020])
def test_difficult_access_is_far_and_no_car(behaviour, year):
    given = replace(
        behaviour, near_level=log(0.5), near_by_density=0.5, no_car_by_density=0.5,
        no_car_level_2015=-1.0, no_car_75plus_2015=1.5, no_car_level_2020=-0.5, no_car_75plus_2020=1.0,
        no_car_under_65=-2.0, drug_stores_per_person=0.01,
    )  # fmt: skip
    table = d.Districts(1)
    table.append(1, key=[1], area_km2=[2.0], density=[2_000 * exp(2)])
    people = d.Residents(np.array([600.0]), np.array([200.0]), np.array([200.0]))
    definition = d.Definition.of_2015(table, given) if year == 2015 else d.Definition.of_2020(table, given)
    access = d.difficult_access(table, people, np.array([8.0]), definition, d.Cars(-0.3, -0.1), given)
    level, older = (-1.0, 1.5) if year == 2015 else (-0.5, 1.0)
    shops = 8.0 if year == 2015 else 8.0 + 0.01 * 1_000  # drug stores count in 2020 alone
    far = exp(-0.785 * 0.5 * (shops / 2) ** 0.5)

    def no_car(logit):
        return 1 / (1 + exp(-logit))

    assert access.aged_65_74[0] == pytest.approx(200 * far * no_car(level + 1.0 - 0.3))
    assert access.aged_75plus[0] == pytest.approx(200 * far * no_car(level + 1.0 + older - 0.1))
    assert access.under_65[0] == pytest.approx(600 * far * no_car(level + 1.0 - 2.0))


def test_the_oldest_move_on_a_line_and_then_stay():
    oldest = d.Oldest(np.array([0.4]), np.array([0.51]))
    assert [round(float(oldest.share(year)[0]), 6) for year in (2005, 2009, 2010, 2020, 2040)] == [
        *(0.4, 0.4, 0.41, 0.51, 0.51)
    ]
