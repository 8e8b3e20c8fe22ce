"""Enterprises and founders: hazards, sales, jobs and who has a project, reckoned by hand or with a stated error."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from local_10000_runs import settings_of
from okoshi.agents import enterprises, founders
from okoshi.agents.cooperators import Settled
from okoshi.agents.enterprises import EnterpriseBehaviour, Enterprises
from okoshi.agents.founders import PREFIX, STREAMS_LOCAL_10000, Founder, FounderBehaviour
from okoshi.engine.calendar import month_index
from okoshi.engine.draws import Luck, combine_keys
from okoshi.policy.local_10000 import Theme
from okoshi.world.country import load_nation, load_world
from small_country import members_of, world_of

LUCK = Luck(1, STREAMS_LOCAL_10000)
COUNT = 40_000


@pytest.fixture
def behaviour() -> EnterpriseBehaviour:
    return settings_of().fill(EnterpriseBehaviour, PREFIX)


@pytest.fixture
def founding() -> FounderBehaviour:
    return settings_of().fill(FounderBehaviour, PREFIX)


def table_of(count: int, **columns: object) -> Enterprises:
    table = Enterprises(count)
    plain = {
        "key": combine_keys(np.arange(count), 8),
        "founded": 2020,
        "investment": 9_850_000,
        "planned_sales": 10_000_000,
        "price_at_start": 1.0,
    }
    table.append(count, **{**plain, **columns})
    return table


def test_closing_follows_the_register(behaviour: EnterpriseBehaviour) -> None:
    """Weibull with rate 0.0335 and shape 0.9 gives the register's 95.3, 91.5, 88.1, 84.8 and 81.7%."""
    alive = np.exp(-np.cumsum(enterprises.register_hazard(behaviour, np.arange(5))))
    assert np.allclose(alive, [0.953, 0.915, 0.881, 0.848, 0.817], atol=0.003)


@pytest.mark.parametrize(
    ("columns", "factor"),
    [
        ({}, 0.8),
        ({"loan": 100_000_000}, 2.0),  # sales of 10 million cannot carry it
        ({"loan": 100_000_000, "stake": True}, 0.8),  # a stake asks for nothing back
        ({"loan": 100_000_000, "founded": 2005}, 0.8),  # paid back after ten years
        ({"grant": 5_000_000}, 0.8 * 0.5),
    ],
)
def test_closing_rises_where_sales_do_not_carry_the_debt(
    behaviour: EnterpriseBehaviour, columns: dict[str, object], factor: float
) -> None:
    plain = replace(
        behaviour, closing_when_missed=2.0, closing_otherwise=0.8, closing_funded=0.5, crowding=0.0,
        closing_rate=0.2, closing_shape=1.0, loan_years=10,
    )  # fmt: skip
    table = table_of(COUNT, **columns)
    year = enterprises.live_year(table, plain, 2020, 1.0, np.array([1e9]), LUCK)
    chance = 1 - exp(-0.2 * factor)
    assert abs(len(year.closing) / COUNT - chance) < 4.4 * (chance * (1 - chance) / COUNT) ** 0.5


def test_sales_are_optimistic_plans_come_true_in_part(behaviour: EnterpriseBehaviour) -> None:
    sure = replace(behaviour, sales_spread=0.0, optimism=0.5, growth=0.1)
    table = table_of(3, founded=[2023, 2020, 2010])
    year = enterprises.live_year(table, sure, 2023, 1.2, np.array([1e9]), LUCK)
    expected = [1e7 * exp(-0.5 + growth) * 1.2 for growth in (0.0, 0.3, 0.5)]
    assert year.sales.tolist() == pytest.approx(expected, abs=1)


def test_survivors_have_twice_the_jobs_after_five_years(behaviour: EnterpriseBehaviour) -> None:
    table = table_of(2, founded=[2023, 2018])
    year = enterprises.live_year(table, behaviour, 2023, 1.0, np.array([1e9]), LUCK)
    assert year.jobs.tolist() == [4, 7]  # 3.5 rounded, and 7.0


def test_a_crowded_place_takes_more_from_those_there(behaviour: EnterpriseBehaviour) -> None:
    plain = replace(
        behaviour, sales_spread=0.0, optimism=0.0, taken_share=0.5, demand_per_person=1e4, growth=0.0
    )
    table = table_of(2, municipality=[0, 1], sector=2)  # services: 85% sold to people of the place
    year = enterprises.live_year(table, plain, 2020, 1.0, np.array([1e12, 850.0]), LUCK)
    assert year.taken[0] == pytest.approx(8.5e6 * 0.5, rel=1e-4)
    assert year.taken[1] == pytest.approx(8.5e6 * (1 - 0.5 * exp(-1)), rel=1e-6)


def test_a_closed_enterprise_leaves_what_it_had_not_paid_back(behaviour: EnterpriseBehaviour) -> None:
    doomed = replace(behaviour, closing_rate=1e6, loan_years=10)
    table = table_of(3, loan=10_000_000, founded=[2020, 2017, 2008])
    year = enterprises.live_year(table, doomed, 2020, 1.0, np.array([1e9]), LUCK)
    assert year.lost.tolist() == [9_000_000, 6_000_000, 0]
    enterprises.apply_year(table, year, 2020)
    assert enterprises.is_open(table).sum() == 0
    assert enterprises.alive_after(table, 2020, 1) == (1, 0)


def test_more_publicity_adds_founders_who_know_and_renames_none(founding: FounderBehaviour) -> None:
    world, nobody = world_of(9), members_of(0)
    quiet = replace(founding, founders_a_year=500, publicity=1.0)
    loud = replace(quiet, publicity=3.0)
    few, many = (
        founders.candidates_of_year(one, world, nobody, 2024, 1.0, 1.0, 1.0, LUCK) for one in (quiet, loud)
    )
    assert (few.key == many.key).all()
    assert not (few.aware & ~many.aware).any()
    assert many.aware.sum() > 2 * few.aware.sum() > 0
    more = founders.candidates_of_year(
        replace(quiet, founders_a_year=900), world, nobody, 2024, 1.0, 1.0, 1.0, LUCK
    )
    rows = np.isin(more.key, few.key)
    assert rows.sum() == len(few)
    assert np.array_equal(np.sort(more.first_best[rows]), np.sort(few.first_best))


def test_founders_of_parts_of_the_country_run_apart_are_the_nations(founding: FounderBehaviour) -> None:
    """Town halls that may host no members have founders, too, and a part's go by its people: 神奈川県 as 北海道."""
    nation, nobody = load_nation(), members_of(0)
    codes = nation.prefectures.code.tolist()

    def found(world, year):
        part = founders.part_of_founders(founding, world, nation, year)
        return founders.candidates_of_year(founding, world, nobody, year, part, 1.0, 1.0, LUCK), part

    for year in (2012, 2023, 2060):
        whole, part = found(nation, year)
        assert part == 1.0
        halves = [found(load_world("default", tuple(chosen)), year) for chosen in (codes[:14], codes[14:])]
        assert sum(part for _, part in halves) == pytest.approx(1.0, abs=1e-12)
        apart = np.concatenate([candidates.key for candidates, _ in halves])
        assert np.array_equal(np.sort(apart), np.sort(whole.key))


def test_all_prefectures_by_name_are_the_whole_nation_and_copies_as_many(founding: FounderBehaviour) -> None:
    nation = load_nation()
    named = load_world("default", tuple(nation.prefectures.code.tolist()))
    twice = load_world("default", ("鳥取県",), 2)
    one = founders.part_of_founders(founding, load_world("default", ("鳥取県",)), nation, 2020)
    assert founders.part_of_founders(founding, named, nation, 2020) == 1.0
    assert founders.part_of_founders(founding, load_world("default", (), 3), nation, 2020) == 3.0
    assert founders.part_of_founders(founding, twice, nation, 2020) == 2 * one > 0


def test_capacity_in_products_lets_more_founders_hear(founding: FounderBehaviour) -> None:
    loud = replace(founding, founders_a_year=2_000, link_capacity=1.0)
    world, nobody = world_of(2), members_of(0)
    plain, helped = (
        founders.candidates_of_year(loud, world, nobody, 2020, 1.0, 1.0, 1.0, LUCK, np.array(capacity))
        for capacity in ([0.0, 0.0], [1.0, 0.0])
    )
    there = plain.municipality == 0
    assert (plain.aware[~there] == helped.aware[~there]).all()
    assert not (plain.aware[there] & ~helped.aware[there]).any()
    assert helped.aware[there].mean() == pytest.approx(2 * founding.awareness, abs=0.05)


def test_only_young_firms_of_members_come_with_projects(founding: FounderBehaviour) -> None:
    april = month_index(2024)
    members = members_of(
        5,
        settled=[Settled.SERVING, Settled.SAME, Settled.ELSEWHERE, Settled.SAME, Settled.SAME],
        startup_month=[april - 5, april - 30, april - 5, april - 40, april + 1],
        municipality=np.array([0, 1, 2, 3, 4]),
        settled_municipality=np.array([-1, 5, -1, 6, 7]),
        start_month=april - 24,
        sex=[1, 0, 1, 0, 1],
    )
    none, sure = (
        founders.candidates_of_year(
            replace(founding, founders_a_year=0.0, link_startups=link, link_settlers=0.0),
            world_of(9), members, 2024, 1.0, 1.0, 1.0, LUCK,
        )
        for link in (0.0, 1.0)
    )  # fmt: skip
    assert len(none) == 0
    assert sure.municipality.tolist() == [0, 5]
    assert sure.kind.tolist() == [Founder.COOPERATOR, Founder.SETTLER]
    assert sure.age.tolist() == [32, 32]
    assert sure.sex.tolist() == [1, 0]


def test_a_place_without_people_has_no_founders(founding: FounderBehaviour) -> None:
    world = world_of(3)
    people = np.array(world.population)
    people[:, 1] = 0.0
    found = founders.candidates_of_year(
        founding, replace(world, population=people), members_of(0), 2020, 1.0, 1.0, 1.0, LUCK
    )
    assert set(found.municipality.tolist()) == {0, 2}
    empty = replace(world, population=np.zeros_like(people))
    assert len(founders.candidates_of_year(founding, empty, members_of(0), 2020, 1.0, 1.0, 1.0, LUCK)) == 0


def test_themes_of_women_and_young_people_need_one(founding: FounderBehaviour) -> None:
    found = founders.candidates_of_year(
        replace(founding, founders_a_year=3_000, other_theme_fits=1.0),
        world_of(9), members_of(0), 2024, 1.0, 1.0, 1.0, LUCK,
    )  # fmt: skip
    leads = (found.sex == 1) | (found.age < founding.young_until)
    assert (found.fits[:, Theme.WOMEN_YOUTH] == leads).all()
    assert found.fits[np.arange(len(found)), found.own_theme].all()
    assert set(np.unique(found.own_theme).tolist()) == {0, 1, 2, 3}
