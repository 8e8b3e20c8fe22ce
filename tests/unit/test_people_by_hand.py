"""People by hand: who dies, is born, moves and comes, and whose agents are whose."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace

import numpy as np
import pytest

from okoshi.agents import people_moves, people_rates
from okoshi.agents.cooperators import NEVER, Settled
from okoshi.agents.people_agents import AgentTable, expect_mean_agents, table_text
from okoshi.agents.people_fertility import birth_rates, births, mothers_among
from okoshi.agents.people_mortality import chance_to_live
from okoshi.agents.people_rates import National, PeopleBehaviour, by_class, class_facts
from okoshi.agents.people_year import Beside, Rates, live_on
from okoshi.engine.calendar import month_index
from okoshi.engine.draws import Luck, combine_keys
from okoshi.measures.people import STREAMS_PEOPLE, People, Whereabouts, found, home_of_members, national_of
from okoshi.observe import people as observe
from okoshi.scenario.settings import Change, Settings
from okoshi.world.country import load_world
from okoshi.world.people import hazards
from small_country import members_of

SETTINGS = Settings()
BEHAVIOUR = SETTINGS.fill(PeopleBehaviour, "behaviour.people")
MEN, WOMEN = 0, 1


def people_of(prefecture: str = "鳥取県", settings: Settings = SETTINGS) -> People:
    return People(load_world("default", (prefecture,)), settings, Luck(1, STREAMS_PEOPLE))


def year_of(fiscal_year: int, over_schedule: float = 1.0) -> National:
    return National(fiscal_year, 1.3, 0.0, over_schedule)


def integers(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_the_chance_to_live_is_the_schedule_times_the_size_class() -> None:
    live = chance_to_live(year_of(2030), BEHAVIOUR)
    assert live.shape == (9, 2, 101)
    hazard = hazards(2031.0)[WOMEN, 80]
    kept = 1.12**BEHAVIOUR.local_mortality  # so much of the class's difference is its own
    assert live[3, WOMEN, 80] == pytest.approx(np.exp(-BEHAVIOUR.mortality * kept * hazard))
    level = chance_to_live(year_of(2030), replace(BEHAVIOUR, local_mortality=0.0))
    assert (level[0] == level[8]).all()
    assert (chance_to_live(year_of(2040), BEHAVIOUR) > live).all()  # people live longer from year to year
    more = chance_to_live(year_of(2030, 1.07), BEHAVIOUR)
    assert np.log(more) == pytest.approx(1.07 * np.log(live))


def test_births_by_hand() -> None:
    rates = birth_rates(BEHAVIOUR, found(load_world(), BEHAVIOUR).rows.nation)
    ratio = np.array(class_facts()["children_ratio"])
    assert rates.sum(axis=1) / rates.sum(axis=1)[3] == pytest.approx(ratio / ratio[3])
    assert (rates[:, :14] == 0).all()
    assert (rates[:, 50:] == 0).all()
    women = np.zeros((1, 101))
    women[0, 30] = 1_000.0
    boys, girls = births(mothers_among(women, integers(4), rates), 1.3)[0]
    assert boys / girls == pytest.approx(1.055)
    assert boys + girls == pytest.approx(1.3 * 1_000 * rates[4, 30])
    nation = found(load_world(), BEHAVIOUR).rows.nation[:, WOMEN]
    level = (nation * rates).sum() / (nation.sum(axis=0) * rates[3] / rates[3].sum()).sum()
    assert level == pytest.approx(0.955)  # all women bear so many of what Japanese women would


def test_rates_of_moving_give_the_measured_moves_of_each_size_class() -> None:
    rows = found(load_world(), BEHAVIOUR).rows
    classes = replace(
        rows,
        municipalities=9,
        size_class=np.arange(9),
        own_net=np.zeros(9),
        people=rows.nation,
        people_2009=rows.nation_2009,
    )
    total = rows.nation.sum(axis=(1, 2))
    came, left = people_moves.exchange(rows.nation.copy(), people_moves.move_rates(classes, BEHAVIOUR), total)
    facts = class_facts()
    assert left / total * 1000 == pytest.approx(facts["out_moves_per_1000"])
    level = left.sum() / (np.array(facts["in_moves_per_1000"]) * total / 1000).sum()
    assert came / total * 1000 == pytest.approx(np.array(facts["in_moves_per_1000"]) * level, rel=1e-3)
    assert level == pytest.approx(1.0, abs=0.01)


def test_youth_leave_small_places_and_pupils_stay() -> None:
    curve = people_moves.moves_by_age()
    assert curve[18] > curve[17] * 5
    assert 18 <= curve.argmax() <= 25
    net = net_moves_by_age(BEHAVIOUR)
    assert (net[:7, 18:22].mean(axis=1) < 0).all()
    assert net[8, 18:22].mean() > 0
    assert np.abs(net[2:, 15:18]).max() < 6
    nobody_back = net_moves_by_age(replace(BEHAVIOUR, lean_back=BEHAVIOUR.lean_leaving))
    assert (net[:7, 22:24] > nobody_back[:7, 22:24] + 1).all()  # at 22-23 some come back


def net_moves_by_age(behaviour: PeopleBehaviour) -> np.ndarray:
    rows = found(load_world(), BEHAVIOUR).rows
    after = rows.people.copy()
    people_moves.exchange(after, people_moves.move_rates(rows, behaviour), rows.people.sum(axis=(1, 2)))
    net = by_class(after - rows.people, rows.size_class).sum(axis=1)
    return np.asarray(net / rows.nation.sum(axis=1) * 1000)


def test_nobody_moves_where_nothing_pulls() -> None:
    rates = people_moves.MoveRates(leave=np.full((2, 101), 0.1), pull=np.zeros((2, 101)))
    people = np.ones((2, 2, 101))
    came, left = people_moves.exchange(people, rates, np.array([202.0, 202.0]))
    assert (people == 1).all()
    assert came.sum() == left.sum() == 0


def test_people_from_abroad_go_where_foreign_residents_live() -> None:
    to_row, by_age = people_moves.arrivals_from_abroad(1_000.0, integers(0, 8), np.array([100.0, 100.0]))
    assert to_row.sum() == pytest.approx(1_000.0)
    assert to_row[1] / to_row[0] == pytest.approx(22.1 / 10.6)
    assert by_age.sum() == pytest.approx(1.0)
    assert by_age.argmax() == 24
    assert people_moves.arrivals_from_abroad(1_000.0, integers(0), np.zeros(1))[0].sum() == 0


def test_who_leaves_for_abroad_must_be_there() -> None:
    people = people_of()
    everybody = people.by_age.sum()
    cells = people.state.cells
    flows = live_on(cells, Beside.nobody(cells), people.rates, National(2030, 0.0, -2e9))
    assert cells.min() >= 0
    assert (
        flows.from_abroad.sum() < -0.05 * everybody
    )  # only ages that migrate, and not more than all of them


def test_a_year_of_one_cell() -> None:
    rows = found(load_world(), BEHAVIOUR).rows
    nobody = np.zeros((1, 2, 101))
    cells = nobody.copy()
    cells[0, MEN, 40] = 1_000.0
    one = replace(
        rows, municipalities=1, size_class=integers(4), own_net=np.zeros(1), people=cells, people_2009=cells
    )
    rates, later = Rates.of(one, BEHAVIOUR), cells.copy()
    flows = live_on(later, Beside.nobody(nobody), rates, National(2030, 1.3, 0.0))
    alive = 1_000 * chance_to_live(year_of(2030), BEHAVIOUR)[4, MEN, 40]
    assert later[0, MEN, 41] == pytest.approx(alive)  # one place alone: who moves comes back
    assert later.sum() == pytest.approx(alive)
    assert flows.births.sum() == 0
    assert flows.deaths[0] == pytest.approx(1_000 - alive)


def test_listed_women_bear_children_too() -> None:
    people = people_of()
    state, national = people.state, national_of(SETTINGS, 2025)
    without = live_on(state.cells.copy(), Beside.nobody(state.cells), people.rates, national).births
    state.listed[3, WOMEN, 30] = 1_000.0
    beside = state.beside(people.rates.birth)
    assert beside.people[3] == 1_000.0
    added = live_on(state.cells.copy(), beside, people.rates, national).births - without
    of_one = people.rates.birth[people.rows.size_class[3], 30]
    assert added[3] == pytest.approx(1_000 * national.children * of_one)
    assert np.delete(added, 3).max() == pytest.approx(0, abs=1e-9)


def test_an_agent_is_one_person_of_a_cell() -> None:
    people = people_of()
    before, place = people.by_age, 4
    people.take_out(integers(place), integers(WOMEN), integers(30), to=integers(7))
    moved = people.by_age - before
    assert moved[place, WOMEN, 30] == pytest.approx(-1)
    assert moved[7, WOMEN, 30] == pytest.approx(1)
    assert people.agents[7] == 1
    people.move(integers(7), integers(WOMEN), integers(30), to=integers(2))
    people.put_back(integers(2), integers(WOMEN), integers(30), to=integers(2))
    moved = people.by_age - before
    assert moved[2, WOMEN, 30] == pytest.approx(1)
    assert people.agents.sum() == 0
    with pytest.raises(ValueError, match="nobody of sex 1 and age 30 is listed in row 2"):
        people.put_back(integers(2), integers(WOMEN), integers(30), to=integers(2))


def test_who_comes_from_a_prefecture_outside_the_run_comes_from_the_rest_of_the_nation() -> None:
    people = people_of()
    home, tokyo = int(people.world.prefecture[0]), 12
    rest = people.state.cells[len(people.world) :].sum()
    here = people.population.sum()
    people.take_out_of_prefectures(integers(tokyo, home), integers(0, 0), integers(25, 25), integers(3, 3))
    assert people.state.cells[len(people.world) :].sum() == pytest.approx(rest - 1)
    assert people.population.sum() == pytest.approx(here + 1)
    people.put_back_in_prefectures(integers(3), integers(0), integers(25), integers(tokyo))
    assert people.state.cells[len(people.world) :].sum() == pytest.approx(rest)


def test_members_are_followed_from_home_to_post_to_settling_and_away() -> None:
    months = {"start_month": [0, 0, 30], "end_month": [12, 12, NEVER], "gone_again_month": [NEVER, 24, NEVER]}
    members = members_of(
        3,
        municipality=[1, 1, 1],
        settled=[Settled.NEARBY, Settled.ELSEWHERE, Settled.SERVING],
        settled_municipality=[2, -1, -1],
        **months,
    )
    assert home_of_members(members, 0).tolist() == [-1, -1, -1]
    assert home_of_members(members, 6).tolist() == [1, 1, -1]
    assert home_of_members(members, 36).tolist() == [2, -1, 1]
    people = people_of()
    total = people.state.everybody().sum()
    for month in (6, 36):
        people.follow_members(members, month)
    assert people.agents[[1, 2]].tolist() == [1, 1]
    assert people.state.everybody().sum() == pytest.approx(total, abs=1e-6)
    assert people.state.listed.sum() == 2


def test_followed_people_age_and_die_by_the_same_table() -> None:
    people = people_of()
    count = 4_000
    keys = combine_keys(np.arange(count), 5)
    women, place = np.ones(count, dtype=np.int64), np.full(count, 3)
    old = Whereabouts(
        place, np.zeros(count, dtype=np.int64), women, np.full(count, 90), np.zeros(count, dtype=bool)
    )
    people.follow("old", old)
    people.close_year(2010)
    assert people.state.listed[3, WOMEN, 91] == count
    old = replace(old, dead=people.who_dies(place, women, np.full(count, 91), keys, 2011))
    people.follow("old", old)
    chance = chance_to_live(year_of(2011), BEHAVIOUR)[people.rows.size_class[3], WOMEN, 91]
    alive = people.agents[3]
    assert abs(alive - count * chance) < 4 * np.sqrt(count * chance * (1 - chance))
    assert people.state.buried.sum() == count - alive
    people.follow("old", replace(old, dead=np.zeros(count, dtype=bool)))
    assert people.agents[3] == alive  # the dead do not come back


def test_a_member_dies_by_the_table_of_who_was_a_year_younger() -> None:
    """Who dies by March is missing from the 1 October before on: the cells took theirs at the age of that year."""
    people, count, march = people_of(), 20_000, month_index(2020, 11)
    members = members_of(
        count,
        municipality=3,
        settled=Settled.SERVING,
        start_month=march - 23,
        end_month=NEVER,
        sex=WOMEN,
        age_at_start=90,
    )
    dead = people.members_who_die(members, march + 1, 2020)
    chance = 1 - chance_to_live(year_of(2019), BEHAVIOUR)[people.rows.size_class[3], WOMEN, 90]
    assert abs(len(dead) - count * chance) < 4.4 * np.sqrt(count * chance * (1 - chance))


def test_the_table_of_mean_agents_is_written_and_read() -> None:
    came = {2020: np.array([5.0, 0, 0, 0, 0, 0, 0, 0, 0]), 2021: np.zeros(9)}
    left = {2020: np.array([0.0, 0, 0, 0, 0, 0, 0, 0, 5]), 2021: np.zeros(9)}
    text = table_text(came, left, np.arange(9.0) + 1, runs=3)
    table = AgentTable.read(tomllib.loads(text))
    assert table.came[2020].tolist() == [5, 0, 0, 0, 0, 0, 0, 0, 0]
    assert table.left[2020].tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 5]
    assert table.ages.sum() == pytest.approx(1)
    assert table.ages[:, :18].sum() == table.ages[:, 70:].sum() == 0
    assert table.people.tolist() == list(range(1, 10))
    shipped = AgentTable.read()
    assert sorted(shipped.came) == sorted(shipped.left) == list(range(2009, 2051))
    for year, came in shipped.came.items():
        assert came.sum() == pytest.approx(shipped.left[year].sum(), abs=0.1)  # but for rounding


def test_mean_agents_are_taken_off_where_they_come_to_and_given_back_where_they_come_from() -> None:
    people = People(load_world(), SETTINGS, Luck(1, STREAMS_PEOPLE))
    size_class = people.rows.size_class
    before = people.by_age
    came, left = np.zeros(9), np.zeros(9)
    came[0], left[8] = 10.0, 10.0
    table = AgentTable({2020: came}, {2020: left}, np.zeros(9), people.mean_agents.ages)
    expect_mean_agents(people.state, table, 2020)
    change = by_class(people.by_age - before, size_class).sum(axis=(1, 2))
    assert change == pytest.approx(left - came, abs=1e-6)
    assert people.state.expected.sum() == pytest.approx(10.0)
    expect_mean_agents(people.state, table, 2021)
    assert people.state.expected.sum() == pytest.approx(10.0)
    listed = people.state.listed[0].copy()
    people.close_year(2020)
    live = chance_to_live(year_of(2020), BEHAVIOUR)
    assert people.state.expected.sum() < 10.0  # they die by the same table
    assert people.state.expected.sum() > 10.0 * live[:, :, 18:70].min()
    assert (people.state.listed[0] == listed).all()


def test_a_part_of_the_nation_expects_its_part_and_the_rest_bears_the_balance() -> None:
    people = people_of()
    everybody = people.state.everybody().sum(axis=0)
    came, left = np.full(9, 90.0), np.append(np.zeros(8), 810.0)
    table = AgentTable({2020: came}, {2020: left}, np.zeros(9), people.mean_agents.ages)
    expect_mean_agents(people.state, table.part_of(people.rows), 2020)
    count = len(people.world)
    here = by_class(people.rows.people[:count].sum(axis=(1, 2)), people.rows.size_class[:count])
    share = here / people.rows.nation.sum(axis=(1, 2))
    assert people.state.expected.sum() == pytest.approx((came * share).sum())
    assert people.state.everybody().sum(axis=0) == pytest.approx(everybody, abs=1e-6)


def test_who_would_have_moved_there_anyway_is_not_listed() -> None:
    members = members_of(
        2, municipality=[1, 1], start_month=[0, 0], moves_anyway=[False, True], settled=[0, 0]
    )
    assert home_of_members(members, 6).tolist() == [1, -1]


def test_only_runs_that_list_agents_expect_the_mean_agents() -> None:
    one, two = people_of(), people_of()
    none = integers()
    two.follow("cooperators", Whereabouts(none, none, none, none, np.zeros(0, dtype=bool)))
    for people in (one, two):
        for year in range(2009, 2016):
            people.close_year(year)
    assert one.state.expected.sum() == 0
    assert two.population.sum() < one.population.sum()
    assert two.population.sum() == pytest.approx(one.population.sum(), rel=0.005)


def test_whoever_is_not_listed_is_not_taken_off_either() -> None:
    """Else a place loses the mean agents from its people and gets no agents for them."""
    none = integers()
    nobody = Whereabouts(none, none, none, none, np.zeros(0, dtype=bool))

    def lived(share: float, follows: bool = True) -> People:
        change = Change(everywhere=share, plain=True)
        people = people_of(settings=SETTINGS.changed({"behaviour.people.link_settlers_to_people": change}))
        if follows:
            people.follow("cooperators", nobody)
        for year in range(2009, 2018):
            people.close_year(year)
        return people

    all_listed, half_listed, none_listed = (lived(share) for share in (1.0, 0.5, 0.0))
    expected = all_listed.state.expected.sum()
    assert expected > 10
    assert half_listed.state.expected.sum() == pytest.approx(expected / 2, rel=1e-9)
    assert none_listed.state.expected.sum() == 0
    assert none_listed.population.tolist() == lived(1.0, follows=False).population.tolist()


# Without agents a link of agents to people has nothing to move: `tests/invariants` switches it in a whole run.
@pytest.mark.parametrize(
    "name", [item.name for item in fields(PeopleBehaviour) if not item.name.startswith("link_")]
)
def test_every_parameter_changes_people(name: str) -> None:
    value = getattr(BEHAVIOUR, name)
    settings = SETTINGS.changed(
        {f"behaviour.people.{name}": Change(everywhere=value * 1.05 + 0.02, plain=True)}
    )
    one, other = people_of(), people_of(settings=settings)
    for people in (one, other):
        for year in range(2009, 2022):
            people.close_year(year)
    assert (one.population != other.population).any()


def test_the_columns_are_those_declared() -> None:
    people = people_of()
    people.close_year(2009)
    people.close_year(2010)
    row = observe.national_row(people, 2010)
    totals = {"population", "population_65plus"}  # declared with the cooperators' own columns
    assert [name for name in row if name not in totals] == [c.name for c in observe.DECLARATIONS_NATIONAL]
    places = observe.municipal_columns(people, 2010)
    assert [name for name in places if name not in totals] == [
        column.name for column in observe.DECLARATIONS_MUNICIPALITIES
    ]
    table = observe.people_table(people, (2010, 2010))
    assert list(table) == [column.name for column in observe.DECLARATIONS]
    assert table["people"].sum() == pytest.approx(people.closed[1].population.sum(), abs=42)
    assert row["births"] == pytest.approx(places["births"].sum(), abs=20)
    before = people.closed[0].deaths.sum(), people.closed[1].deaths.sum()
    assert row["deaths_of_calendar_year"] == round(0.75 * before[0] + 0.25 * before[1])
    assert np.isnan(row["population_ratio_from_300k"])  # no such place in the prefecture
    with pytest.raises(KeyError):
        observe.closed_year(people, 2011)
    assert len(observe.people_table(people, (2040, 2041))["people"]) == 0


def test_population_of_a_year_is_that_of_its_october() -> None:
    people = people_of()
    then = people.population.copy()
    people.close_year(2009)
    assert (people.population_of(2009)[0] == then).all()
    assert (people.population_of(2010)[0] == people.population).all()
    assert (people.population_of(2010)[1] == people.population_65plus).all()


def test_own_net_moves_tell_places_apart_and_leave_their_class_alone() -> None:
    nation = load_world()
    own = people_rates.own_net_moves(nation, nation, BEHAVIOUR)
    size_class = people_rates.size_class_of(nation)
    sums = by_class(own * nation.population_2020, size_class)
    assert sums == pytest.approx(np.zeros(9), abs=1e-6)
    none = people_rates.own_net_moves(nation, nation, replace(BEHAVIOUR, class_weight_people=1e12))
    assert np.abs(none).max() < 1e-6
    assert np.abs(own).max() > 0.003


@pytest.mark.parametrize(("prefecture", "copies"), [("東京都", 1), ("鳥取県", 2)])
def test_the_rest_of_the_nation_bears_what_a_part_s_own_net_moves_leave(prefecture: str, copies: int) -> None:
    """Else the moves of a part's size classes add up to another sum than the nation's."""
    nation, part = load_world(), load_world("default", (prefecture,), copies)
    rows = people_rates.rows_of(part, nation, BEHAVIOUR)
    people = rows.people.sum(axis=(1, 2))
    assert by_class(rows.own_net * people, rows.size_class) == pytest.approx(np.zeros(9), abs=1e-3)
    mine = slice(0, len(part))
    own = by_class((rows.own_net * people)[mine], rows.size_class[mine])
    assert np.abs(own).max() > 100
    whole = people_rates.rows_of(nation, nation, BEHAVIOUR)
    there = np.flatnonzero(np.isin(nation.code, part.code))
    assert np.tile(whole.own_net[there], copies).tolist() == rows.own_net[mine].tolist()
