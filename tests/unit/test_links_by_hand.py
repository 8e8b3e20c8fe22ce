"""Links between the measures, each reckoned by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from okoshi.agents import end_of_term, learning, startups
from okoshi.agents.cooperators import NEVER, Path, Settled
from okoshi.agents.enterprises import STILL_OPEN, EnterpriseBehaviour, Enterprises, taken_over
from okoshi.agents.founders import PREFIX, FounderBehaviour, project_keys
from okoshi.agents.member_projects import settlers_with_grants
from okoshi.agents.surroundings import Surroundings
from okoshi.measures.people import People
from okoshi.scenario.draft import Settlement
from okoshi.world.country import load_world
from small_country import (
    behaviour_of,
    conditions_of,
    keys_of,
    luck_of,
    members_of,
    municipalities_of,
    scenario_of,
    world_of,
)


def test_hours_freed_go_into_support_where_members_are():
    """s + (1 - s) link h: h is the hours over 150 a member, at most 1, nothing without members or below nought."""
    behaviour = replace(
        behaviour_of().municipalities, link_hours_to_support=0.05, staff_hours_per_member=150.0
    )
    table = municipalities_of(4, support_capacity=0.2, serving=np.array([2, 1, 0, 1]))
    hours = np.array([75.0, 10_000.0, 75.0, -40.0])
    found = learning.support_from_hours(table, behaviour, hours)
    assert found == pytest.approx([0.2 + 0.8 * 0.05 * 0.25, 0.2 + 0.8 * 0.05, 0.2, 0.2])
    off = replace(behaviour, link_hours_to_support=0.0)
    assert learning.support_from_hours(table, off, hours).tolist() == [0.2] * 4


def enterprises_of(places: list[int], closed: int = 2019) -> Enterprises:
    table = Enterprises(8)
    table.append(len(places), key=keys_of(len(places), 5), municipality=np.array(places), closed=closed)
    return table


def test_successors_carry_on_as_many_of_the_closed_as_they_are():
    behaviour = replace(scenario_of().settings.fill(EnterpriseBehaviour, PREFIX), link_succession=1.0)
    table = enterprises_of([0, 0, 0, 1, 2])
    closed, keys = np.arange(5), keys_of(3, 2)
    successors = np.array([2, 3, 0])
    found = taken_over(table, closed, successors, behaviour, keys, 2020, luck_of())
    first_two = np.sort(np.argsort(table.key[:3], kind="stable")[:2])
    assert found.tolist() == [*first_two.tolist(), 3]
    none = replace(behaviour, link_succession=0.0)
    assert len(taken_over(table, closed, successors, none, keys, 2020, luck_of())) == 0
    half = replace(behaviour, link_succession=0.5)  # each successor carries on with a chance of one half
    many = [
        len(taken_over(table, closed, np.array([1, 1, 0]), half, keys, year, luck_of()))
        for year in range(400)
    ]
    assert np.mean(many) == pytest.approx(1.0, abs=0.1)
    assert (table.closed != STILL_OPEN).all()  # a proposal: nothing is written


def test_a_settler_whose_project_is_funded_has_a_firm_and_asks_for_no_startup_aid():
    behaviour = scenario_of().settings.fill(FounderBehaviour, PREFIX)
    members = members_of(
        3, settled=Settled.SAME, path=Path.EMPLOYED, startup_month=np.array([NEVER, 30, NEVER])
    )
    funded = project_keys(members.key[:2], 2020)
    rows = settlers_with_grants(behaviour, members, 2020, funded, luck_of())
    assert rows.tolist() == [0]  # the second has a firm already, the third no grant
    assert settlers_with_grants(behaviour, members, 2021, funded, luck_of()).tolist() == [
        0
    ]  # it waited a year
    assert len(settlers_with_grants(behaviour, members, 2022, funded, luck_of())) == 0
    off = replace(behaviour, link_grants_to_startups=0.0)
    assert len(settlers_with_grants(off, members, 2020, funded, luck_of())) == 0
    startups.open_with_grant(members, rows, 132)
    assert members.startup_month.tolist() == [132, 30, NEVER]
    assert members.path.tolist() == [Path.STARTUP, Path.EMPLOYED, Path.EMPLOYED]
    assert members.startup_cost.tolist() == [0, 0, 0]


def test_fewer_stay_where_the_last_shop_went():
    """What is taken from the place itself is the logit: its odds against leaving fall by exp(-logit) with one path."""
    count, behaviour = 4_000, behaviour_of()
    settlement = replace(behaviour.end_of_term.settlement, nearby=-60.0)
    table, world, now = municipalities_of(1), world_of(1), conditions_of(2020)
    members = members_of(count, start_month=np.full(count, 96), term_end_month=np.full(count, 132))

    def odds(logit: float) -> float:
        around = replace(Surroundings.none(1), leaving_logit=np.array([logit]))
        whole = replace(behaviour.end_of_term, settlement=settlement)
        tastes = end_of_term.Tastes.of(members.key, luck_of())
        end = end_of_term.choose_after_term(
            members, np.arange(count), table, world, 131, whole, now, around, Settlement.CHOICE, tastes
        )
        share = (end.settled == Settled.SAME).mean()
        return float(share / (1.0 - share))

    assert odds(1.0) / odds(0.0) == pytest.approx(np.exp(-1.0), rel=0.1)


def test_settlers_count_among_the_people_or_not():
    world = load_world("default", ("鳥取県",))
    members = members_of(200, municipality=np.arange(200) % 5, start_month=0, age_at_start=np.full(200, 30))
    agents = []
    for share in (1.0, 0.0, 0.5):
        settings = scenario_of(behaviour__people__link_settlers_to_people=share).settings
        people = People(world, settings, luck_of())
        people.follow_members(members, 12)
        agents.append(people.agents.sum())
    assert agents[:2] == [200.0, 0.0]
    assert agents[2] == pytest.approx(100.0, abs=25)
