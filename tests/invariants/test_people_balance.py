"""Nobody is lost: balances of people, agents among them, in worlds of every shape."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from okoshi import RegionalModel, load_scenario
from okoshi.agents.cooperators import NEVER, Settled
from okoshi.agents.people_agents import expect_mean_agents
from okoshi.engine.draws import Luck
from okoshi.measures.people import STREAMS_PEOPLE, Followed, People, Whereabouts, home_of_members
from okoshi.observe.people import municipal_columns, national_row, people_table
from okoshi.scenario.settings import Change, Settings
from okoshi.world.country import World, load_world
from okoshi.world.people import fit_ages, national_table, people_from
from small_country import rows_of

SETTINGS = Settings()
TOTTORI = ("鳥取県",)


def people_in(world: World, settings: Settings = SETTINGS, nation: World | None = None) -> People:
    return People(world, settings, Luck(1, STREAMS_PEOPLE), nation)


def lived(people: People, until: int) -> People:
    for year in range(2009, until):
        people.close_year(year)
    return people


def with_settings(**values: Any) -> Settings:
    changes = {name.replace("__", "."): change for name, change in values.items()}
    return SETTINGS.changed(changes)


def test_each_year_balances_and_moves_lose_nobody() -> None:
    people = people_in(load_world("default", TOTTORI))
    for year in range(2009, 2031):
        before, everybody = people.population, people.state.everybody().sum()
        people.close_year(year)
        flows = people.closed[-1]
        after = (
            before
            + flows.births
            - flows.deaths
            + flows.moved_in
            - flows.moved_out
            + flows.from_abroad
            + flows.beside_rates
        )
        assert people.population == pytest.approx(after, rel=1e-12)
        assert people.state.cells.min() >= 0
        if year >= 2020:
            assert (flows.beside_rates == 0).all()
        assert abs(people.state.everybody().sum() / everybody - 1) < 0.01


def test_fy2020_is_the_census_cell_by_cell_and_the_pool_is_closed() -> None:
    people = lived(people_in(load_world("default", TOTTORI)), 2020)
    world = people.world
    assert people.by_age == pytest.approx(world.people, abs=1e-9)
    assert np.rint(people.population).astype(int).tolist() == world.population_2020.tolist()
    nation = load_world()
    assert people.state.cells.sum() == pytest.approx(nation.population_2020.sum())
    whole = lived(people_in(nation), 2021)
    assert whole.closed[-1].moved_in.sum() == pytest.approx(whole.closed[-1].moved_out.sum(), rel=1e-12)


def test_the_census_holds_without_agents_under_any_later_law_and_only_earlier_paths_move_it() -> None:
    world = load_world("default", TOTTORI)
    later = with_settings(country__people__net_from_abroad=Change(dated=((2027, 0.0),)))
    one, two = (people_in(world, settings) for settings in (SETTINGS, later))
    for year in range(2009, 2030):
        assert one.by_age.tobytes() == two.by_age.tobytes() or year > 2027
        one.close_year(year)
        two.close_year(year)
    assert two.population.sum() < one.population.sum()
    earlier = with_settings(country__people__children_per_woman=Change(dated=((2012, 2.0),)))
    assert lived(people_in(world, earlier), 2020).population.sum() > world.population_2020.sum()


def test_a_part_of_the_country_lives_as_it_does_in_the_whole() -> None:
    nation = load_world()
    part = load_world("default", TOTTORI)
    there = np.flatnonzero(np.isin(nation.code, part.code))
    whole, alone = lived(people_in(nation), 2036), lived(people_in(part), 2036)
    assert alone.population == pytest.approx(whole.population[there], rel=0.02)
    assert alone.population.sum() == pytest.approx(whole.population[there].sum(), rel=0.005)


def test_copies_live_as_the_one_does() -> None:
    one = lived(people_in(load_world("default", TOTTORI)), 2026)
    three = lived(people_in(load_world("default", TOTTORI, 3)), 2026)
    count = len(one.world)
    for copy in range(3):
        rows = slice(copy * count, (copy + 1) * count)
        assert three.population[rows] == pytest.approx(one.population, rel=1e-9)
    home = int(one.world.prefecture[0])
    before = three.population
    row = np.array([count + 2])
    three.take_out_of_prefectures(np.array([home]), np.array([0]), np.array([30]), row)
    change = three.population - before
    assert change[:count] == pytest.approx(0, abs=1e-9)  # who comes to a copy comes from that copy
    assert change[count : 2 * count].sum() == pytest.approx(0, abs=1e-9)


def test_order_of_rows_decides_nothing() -> None:
    world = load_world("default", TOTTORI)
    turned = rows_of(world, np.arange(len(world))[::-1])
    one, two = lived(people_in(world), 2026), lived(people_in(turned), 2026)
    assert two.population[::-1] == pytest.approx(one.population, rel=1e-11)
    for people in (one, two):
        home = int(people.world.prefecture[0])
        to = np.flatnonzero(people.world.code == world.code[5])
        people.take_out_of_prefectures(np.array([home]), np.array([1]), np.array([30]), to)
    assert two.population[::-1] == pytest.approx(one.population, rel=1e-11)


@how(max_examples=25)
@given(st.data())
def test_taking_out_moving_and_putting_back_lose_nobody(data: st.DataObject) -> None:
    world = load_world("default", TOTTORI)
    people = people_in(world)
    total = people.state.everybody().sum(axis=(0, 2))
    listed: list[tuple[int, int, int]] = []
    place = st.integers(0, len(world) - 1)
    for _ in range(data.draw(st.integers(1, 12))):
        action = data.draw(st.sampled_from(["out", "prefecture", "move", "back", "home", "year"]))
        sex, age, where, to = (
            data.draw(strategy) for strategy in (st.integers(0, 1), st.integers(15, 110), place, place)
        )
        count = data.draw(st.integers(1, 5))
        who = [np.full(count, value) for value in (sex, age)]
        if action == "out":
            people.take_out(np.full(count, where), *who, to=np.full(count, to))
            listed += [(to, sex, min(age, 100))] * count
        elif action == "prefecture":
            origin = data.draw(st.integers(0, 46))
            people.take_out_of_prefectures(np.full(count, origin), *who, to=np.full(count, to))
            listed += [(to, sex, min(age, 100))] * count
        elif listed and action in ("move", "back", "home"):
            index = data.draw(st.integers(0, len(listed) - 1))
            row, sex, age = listed.pop(index)
            one = [np.array([value]) for value in (row, sex, age)]
            if action == "move":
                people.move(*one, to=np.array([to]))
                listed.append((to, sex, age))
            elif action == "back":
                people.put_back(*one, to=np.array([to]))
            else:
                people.put_back_in_prefectures(*one, np.array([data.draw(st.integers(0, 46))]))
        assert people.state.everybody().sum(axis=(0, 2)) == pytest.approx(total, abs=1e-6)
        assert people.state.listed.sum() == len(listed)
        assert people.state.cells.min() > -1e-9
        assert people.state.cells_left.sum() == pytest.approx(people.state.agents_came.sum(), abs=1e-6)


def test_people_asked_of_an_empty_town_come_from_the_others() -> None:
    world = load_world("default", TOTTORI)
    people = people_in(world)
    people.state.cells[3] = 0.0
    total = people.state.everybody().sum()
    who = np.full(2, 30)
    people.take_out(np.full(2, 3), np.zeros(2, dtype=np.int64), who, to=np.full(2, 4))
    assert people.state.everybody().sum() == pytest.approx(total)
    assert people.state.cells[3].sum() == 0
    people.close_year(2009)
    assert (
        people.state.cells[3].sum() < 10
    )  # nobody lives there: nothing pulls but what comes back to the census
    assert people.state.from_outside == 0


def empty_town() -> World:
    """Return the towns of a prefecture, the first without a single resident."""
    world = load_world("default", TOTTORI)
    lived_in = np.ones(len(world))
    lived_in[0] = 0
    coefficients = world.age_coefficients.copy()
    coefficients[0] = 0
    coefficients[0, :, 0] = -2000.0
    return replace(
        world,
        population_2020=world.population_2020 * lived_in.astype(np.int64),
        people=world.people * lived_in[:, None, None],
        population=world.population * lived_in,
        population_65plus=world.population_65plus * lived_in,
        age_coefficients=coefficients,
    )


def old_town() -> World:
    """Return one town where everybody is over 65."""
    world = rows_of(load_world("default", TOTTORI), np.array([2]))
    total = float(world.population_2020[0])
    table = national_table(2020)
    bands = np.array([[0.0, 0.0, total / 4, total / 4]])
    coefficients = np.stack([fit_ages(bands, table[sex]) for sex in range(2)], axis=1)
    return replace(world, age_coefficients=coefficients, people=people_from(coefficients, table))


def no_town() -> World:
    """Return one town alone, without a resident."""
    return rows_of(empty_town(), np.array([0]))


@pytest.mark.parametrize("make", [empty_town, old_town, no_town])
@pytest.mark.parametrize("alone", [True, False])
def test_strange_countries_live_to_2050(make: Any, alone: bool) -> None:
    world = make()
    people = people_in(world, nation=world if alone else None)
    homes, alive = np.zeros(4, dtype=np.int64), np.zeros(4, dtype=np.bool_)
    who = Whereabouts(homes, np.array([0, 12, 30, 30]), np.array([0, 1, 0, 1]), np.full(4, 30), alive)
    for year in range(2009, 2051):
        if year == 2021:
            people.follow("cooperators", who)
        people.close_year(year)
        assert np.isfinite(people.state.cells).all()
        assert people.state.cells.min() >= 0
        assert np.isfinite(people.population_65plus).all()
        if year < 2020:
            assert people.closed[-1].agents.sum() == 0
    census = people.closed[11]
    assert census.population == pytest.approx(world.population_2020, abs=1e-6)
    if make is old_town and alone:
        assert census.births[0] < 1e-3 * census.population[0]
    if make is no_town and alone:
        assert people.population.sum() < 8  # only those who were hired there, and their children


def a_world_of_chance(random: np.random.Generator) -> World:
    """Return a prefecture's places with people of chance: towns nobody lives in, ages nobody has, a new mix by 2020."""
    world = load_world("default", TOTTORI)
    count = len(world)
    size = random.choice([0.0, 0.01, 0.3, 1.0, 4.0], count)
    ages = random.choice([0.0, 0.2, 1.0, 3.0], (count, 2, 21)).repeat(5, axis=2)[:, :, :101]
    ages *= random.choice([0.0, 1.0], (1, 1, 101), p=[0.2, 0.8])
    people = world.people * size[:, None, None] * ages
    factors = world.age_factors_2009 * random.choice([0.0, 0.5, 1.0, 2.0], world.age_factors_2009.shape)
    return replace(world, people=people, population_2020=people.sum(axis=(1, 2)), age_factors_2009=factors)


@how(max_examples=15)
@given(seed=st.integers(0, 2**32), times=st.sampled_from([1.0, 30.0, 1_000.0]))
def test_nobody_is_ever_negative_and_the_people_table_adds_up(seed: int, times: float) -> None:
    """Whatever people a world has, and however many agents its fixed table expects among them."""
    random = np.random.default_rng(seed)
    people = people_in(a_world_of_chance(random), nation=load_world())
    table = people.mean_agents
    people.mean_agents = replace(table, came={year: times * row for year, row in table.came.items()})
    people.followed = {"nobody": Followed()}
    for year in range(2009, 2024):
        everybody = people.state.everybody().sum() - people.state.from_outside
        expect_mean_agents(people.state, people.mean_agents, year)
        people.state.keep_expected()
        assert people.state.everybody().sum() - people.state.from_outside == pytest.approx(everybody)
        people.mean_agents = replace(people.mean_agents, came={}, left={})
        people.close_year(year)
        people.mean_agents = replace(table, came={when: times * row for when, row in table.came.items()})
        assert (people.state.expected <= people.state.held() + 1e-9).all()
        assert people.state.everybody()[: len(people.world)].min() >= -1e-9
        for name, column in municipal_columns(people, year).items():
            assert column.min() >= 0, (name, year)
    shown = people_table(people, (2009, 2023))["people"].reshape(15, -1)
    assert shown.min() >= 0
    totals = [national_row(people, year)["population"] for year in range(2009, 2024)]
    assert shown.sum(axis=1).tolist() == totals


def test_the_dead_of_the_people_are_the_dead_of_the_members() -> None:
    """Who is buried has stopped serving or being settled, and who has settled lives on the list."""
    model = RegionalModel(load_scenario("cooperators_only", years=(2009, 2030)), rng=3)
    members = model.members
    while model.fiscal_year <= 2030:
        model.run_year()
        dead = members.died_month < NEVER
        assert not (dead & (members.end_month == NEVER)).any()
        assert (members.settled[dead] == Settled.DEAD).all()
        assert not (members.settled[~dead] == Settled.DEAD).any()
        followed = model.people.followed["cooperators"]
        assert (followed.dead == (dead & ~members.moves_anyway)).all()
        there = home_of_members(members, model.month) >= 0
        assert (there == (followed.home >= 0)).all()
        assert model.people.agents.sum() == there.sum()
    assert (members.died_month < NEVER).sum() > 100
