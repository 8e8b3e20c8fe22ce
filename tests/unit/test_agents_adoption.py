"""Who joins: willingness, both structures of adoption, and beliefs, against numbers reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from okoshi.agents.adoption import belief, join, joining_hazard, willing, worth_it
from okoshi.agents.conditions import LastYear
from okoshi.scenario.draft import Adoption
from small_country import (
    behaviour_of,
    conditions_of,
    luck_of,
    municipalities_of,
    scenario_of,
    world_of,
)


@pytest.fixture(scope="module")
def behaviour():
    return replace(
        behaviour_of().municipalities,
        adoption_innovation=0.01,
        adoption_imitation=0.8,
        adoption_spread=0.5,
        neighbour_weight=0.75,
        attention_in_adoption=2.0,
        belief_in_adoption=0.5,
        belief_strength=4.0,
        willingness_level=0.8,
        cap_in_willingness=0.5,
    )


def test_belief_is_the_mean_of_a_beta(behaviour):
    table = municipalities_of(3, belief_settled=[0.0, 4.0, 0.0], belief_left=[0.0, 0.0, 12.0])
    assert belief(table, behaviour).tolist() == [0.5, 6 / 8, 2 / 16]


def test_diffusion_hazard_by_hand(behaviour):
    # Four places in a row; the second hosts. The fourth may not host and counts for no share of the nation.
    table = municipalities_of(
        4,
        hosting_since=[0, 2010, 0, 0],
        eligible=[True, True, True, False],
        willingness=[0.0, 0.0, 1.0, 0.0],
        belief_settled=[0.0, 0.0, 4.0, 0.0],
    )
    world = world_of(4, [[1], [0, 2], [1, 3], [2]])
    now = conditions_of(2012, attention=0.25)
    hazard = joining_hazard(table, world, behaviour, now, Adoption.DIFFUSION)
    attention = 1 + 2.0 * 0.25
    nation = 1 / 3
    first = (0.01 + 0.8 * (0.25 * nation + 0.75 * 1.0)) * attention
    third = (0.01 + 0.8 * (0.25 * nation + 0.75 * 0.5)) * exp(0.5) * (0.75 / 0.5) ** 0.5 * attention
    fourth = (0.01 + 0.8 * 0.25 * nation) * attention
    assert hazard[[0, 2, 3]].tolist() == pytest.approx([first, third, fourth])


def test_budget_hazard_asks_what_a_member_is_worth(behaviour):
    given = replace(
        behaviour,
        budget_benefit=2_000_000,
        overhead_per_member=500_000,
        budget_evidence=99.0,
        budget_spread=1.0,
        budget_review=0.25,
    )
    # After 99 former members benefits are half shown: 2 million x 0.5 x 0.5 = overhead, so will decides.
    table = municipalities_of(2, willingness=[0.1, -0.1])
    now = conditions_of(2012, attention=0.0, last_year=LastYear(ended_so_far=98))
    assert worth_it(table, given, now).tolist() == [True, False]
    hazard = joining_hazard(table, world_of(2), given, now, Adoption.BUDGET)
    assert hazard.tolist() == pytest.approx([0.25 * exp(0.05), 0.0])


def test_the_threshold_of_willingness_moves_with_the_real_cap(behaviour):
    table = municipalities_of(3, willingness=[-0.9, -0.79, 0.0])
    at_reference = conditions_of(2013, price_index=1.0)
    assert at_reference.rules.activity_per_member == 4_000_000
    assert willing(table, behaviour, at_reference).tolist() == [False, True, True]
    # A third more of the cap lowers the threshold by 0.5 ln(4/3) = 0.144: the first passes.
    raised = scenario_of(policy__cooperators__activity_per_member=5_333_333)
    assert willing(table, behaviour, conditions_of(2013, raised, price_index=1.0)).all()
    # Prices a third higher take that back.
    assert willing(table, behaviour, conditions_of(2013, raised, price_index=4 / 3)).tolist() == [
        False,
        True,
        True,
    ]
    shut = scenario_of(policy__cooperators__enabled=False)
    assert not willing(table, behaviour, conditions_of(2013, shut)).any()


def test_joining_happens_as_often_as_the_hazard_says(behaviour):
    count = 20_000
    table = municipalities_of(count)
    flat = replace(behaviour, adoption_innovation=0.2, adoption_imitation=0.0)
    nobody_near = world_of(1, [[]])
    world = replace(nobody_near, neighbour_start=np.zeros(count + 1, dtype=int))
    now = conditions_of(2010, attention=0.0)
    joins = join(table, world, flat, now, Adoption.DIFFUSION, np.ones(count, dtype=bool), luck_of())
    chance = 1 - exp(-0.2)
    error = (chance * (1 - chance) / count) ** 0.5
    assert abs(joins.mean() - chance) < 4.4 * error  # one false alarm in 100,000


@pytest.mark.parametrize("barrier", ["eligible", "willing", "can_pay", "hosting"])
def test_each_barrier_alone_keeps_a_place_out(behaviour, barrier):
    table = municipalities_of(2)
    can_pay = np.ones(2, dtype=bool)
    if barrier == "can_pay":
        can_pay[0] = False
    elif barrier == "hosting":
        table.hosting_since[0] = 2009
    else:
        getattr(table, barrier)[0] = False
    sure = replace(behaviour, adoption_innovation=1.0, adoption_imitation=100.0, adoption_spread=0.0)
    table.hosting_since[1] = 0
    sure = replace(sure, adoption_innovation=60.0)
    now = conditions_of(2010, attention=log(2))
    assert join(table, world_of(2), sure, now, Adoption.DIFFUSION, can_pay, luck_of()).tolist() == [
        False,
        True,
    ]
