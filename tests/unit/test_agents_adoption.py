"""Who joins: willingness, both structures of adoption, and beliefs, against numbers reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import exp, log

import numpy as np
import pytest

from okoshi.agents.adoption import belief, join, joining_hazard, willing, worth_it
from okoshi.agents.conditions import LastYear
from okoshi.agents.rest_of_nation import rest_of_nation
from okoshi.parameters.catalogue import catalogue
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
        cover_in_willingness=0.5,
        overhead_per_member=500_000.0,
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
    # A member of the third costs the body itself more than elsewhere: interest 0.8 of what it would be.
    net, cheapness = np.full(4, 500_000.0), np.array([1.0, 1.0, 0.8, 1.0])
    hazard = joining_hazard(table, world, behaviour, now, Adoption.DIFFUSION, net, cheapness)
    attention = 1 + 2.0 * 0.25
    nation = 1 / 3
    first = (0.01 + 0.8 * (0.25 * nation + 0.75 * 1.0)) * attention
    third = (0.01 + 0.8 * (0.25 * nation + 0.75 * 0.5)) * exp(0.5) * 0.8 * (0.75 / 0.5) ** 0.5 * attention
    fourth = (0.01 + 0.8 * 0.25 * nation) * attention
    assert hazard[[0, 2, 3]].tolist() == pytest.approx([first, third, fourth])


def test_in_a_part_of_the_nation_contagion_comes_from_the_rest_too(behaviour):
    table = municipalities_of(2, hosting_since=[0, 0], eligible=True, willingness=0.0)
    alone = replace(behaviour, neighbour_weight=0.0)
    net, cheapness = np.full(2, 500_000.0), np.ones(2)
    whole, part, two_copies = (
        joining_hazard(
            table,
            world_of(2, copy=np.array([0, copies - 1])),
            alone,
            conditions_of(2016, attention=0.0, nation_share=share),
            Adoption.DIFFUSION,
            net,
            cheapness,
        )
        for share, copies in ((1.0, 1), (0.25, 1), (0.5, 2))
    )
    rest = rest_of_nation().share_hosting[2015]
    assert whole.tolist() == [0.01] * 2
    assert part.tolist() == two_copies.tolist() == pytest.approx([0.01 + 0.8 * 0.75 * rest] * 2)
    assert 0.2 < rest < 0.9


def test_budget_hazard_asks_what_a_member_is_worth(behaviour):
    given = replace(
        behaviour,
        budget_benefit=2_000_000,
        budget_evidence=100.0,
        budget_first_trust=0.2,
        budget_spread=1.0,
        budget_review=0.25,
    )
    # After 100 former members half is shown, so 0.2 + 0.8 x 0.5 = 0.6 of the promise is believed:
    # 2 million x 0.5 (belief) x 0.6 = 600,000 yen a settler, what three years at 200,000 cost. So will decides.
    table = municipalities_of(2, willingness=[0.1, -0.1])
    now = conditions_of(2012, attention=0.5, price_index=1.0, last_year=LastYear(ended_so_far=100))
    # Of up to three years 5, 9, and 86% want one, two, and three: 0.05 + 0.18 + 2.58 years.
    assert now.term_months == pytest.approx(12 * 2.81)
    now = replace(now, term_months=36)
    net, cheapness = np.full(2, 200_000.0), np.array([0.9, 0.9])
    assert worth_it(table, given, now, net).tolist() == [True, False]
    hazard = joining_hazard(table, world_of(2), given, now, Adoption.BUDGET, net, cheapness)
    # Attention 1 + 2 x 0.5, pace exp(0.5 x 0.1) x 0.9; neighbours and the nation count for nothing.
    assert hazard.tolist() == pytest.approx([0.25 * exp(0.05) * 0.9 * 2, 0.0])
    # A tenth less or more than the will makes up for (exp 0.1 = 1.105) turns each of the two.
    assert worth_it(table, given, now, net / 1.11).tolist() == [True, True]
    assert worth_it(table, given, now, net * 1.11).tolist() == [False, False]
    # Dearer prices raise what a settler is worth; a longer term costs more; no results leave a fifth of trust.
    assert worth_it(table, given, replace(now, price_index=1.11), net).all()
    assert not worth_it(table, given, replace(now, term_months=48), net).any()
    nobody_yet = replace(now, last_year=LastYear())
    assert worth_it(table, given, nobody_yet, net / 3.0).tolist() == [True, False]


@pytest.mark.parametrize("structure", list(Adoption))
def test_the_weakest_belief_and_the_least_evidence_that_a_scenario_may_set_are_numbers(behaviour, structure):
    """Before the first result belief is a half and no promise is shown: nothing is divided by nothing."""
    least = {
        name: catalogue()[f"behaviour.municipalities.{name}"].bounds[0]
        for name in ("belief_strength", "budget_evidence")
    }
    weak = replace(behaviour, **least)
    table, now = municipalities_of(2), conditions_of(2012, last_year=LastYear())
    hazard = joining_hazard(table, world_of(2), weak, now, structure, np.full(2, 1_000.0), np.ones(2))
    assert belief(table, weak).tolist() == [0.5, 0.5]
    assert (hazard > 0).all()
    assert np.isfinite(hazard).all()


def rules_of_2013(now, **caps):
    return replace(now, rules=replace(now.rules, **caps))


def test_the_threshold_of_willingness_moves_with_what_comes_back_of_the_cost(behaviour):
    # By its own scale a body would spend 2 + 1.5 million, and half a million of overhead: four million.
    table = municipalities_of(
        4, willingness=[-0.85, -0.84, -0.46, -0.45], pay_scale=2_000_000.0, other_cost_scale=1_500_000.0
    )
    now = conditions_of(2013, price_index=1.0, wage_index=1.0)
    assert now.rules.activity_remuneration_per_member == 2_000_000
    assert now.rules.activity_other_per_member == 2_000_000
    # 3.5 of 4 million come back: 0.8 + 0.5 ln(0.875 / 0.8) = 0.845.
    assert willing(table, behaviour, now).tolist() == [False, True, True, True]
    # Caps of 0.8 + 0.8 million bring back 1.6 of 4: 0.8 + 0.5 ln(0.4 / 0.8) = 0.453.
    cut = rules_of_2013(now, activity_remuneration_per_member=800_000, activity_other_per_member=800_000)
    assert willing(table, behaviour, cut).tolist() == [False, False, False, True]
    # Wages and prices 2.5 times as high leave 4 of 10 million: a cap in yen loses value just as much.
    dear = replace(now, price_index=2.5, wage_index=2.5)
    assert willing(table, behaviour, dear).tolist() == [False, False, False, True]


def test_a_cap_above_all_that_is_spent_makes_nobody_willing(behaviour):
    table = municipalities_of(400, pay_scale=2_000_000.0, other_cost_scale=1_500_000.0)
    table.willingness = np.linspace(-2, 2, 400)
    now = conditions_of(2013, price_index=1.0, wage_index=1.0)
    higher = rules_of_2013(
        now,
        activity_per_member=20_000_000,
        activity_remuneration_per_member=9_000_000,
        activity_other_per_member=9_000_000,
    )
    assert np.array_equal(willing(table, behaviour, higher), willing(table, behaviour, now))


def test_nothing_covered_counts_as_a_twentieth_and_a_shut_scheme_finds_nobody_willing(behaviour):
    now = conditions_of(2013)
    none = rules_of_2013(now, activity_rate=Fraction(0))
    level = 0.8 + 0.5 * log(0.05 / 0.8)  # -0.586
    table = municipalities_of(2, willingness=[-level - 0.001, -level + 0.001], pay_scale=2e6)
    assert willing(table, behaviour, none).tolist() == [False, True]
    shut = scenario_of(policy__cooperators__enabled=False)
    assert not willing(table, behaviour, conditions_of(2013, shut)).any()


def test_joining_happens_as_often_as_the_hazard_says(behaviour):
    count = 20_000
    table = municipalities_of(count)
    flat = replace(behaviour, adoption_innovation=0.2, adoption_imitation=0.0)
    nobody_near = world_of(1, [[]])
    world = replace(nobody_near, neighbour_start=np.zeros(count + 1, dtype=int))
    now = conditions_of(2010, attention=0.0)
    everybody, net, cheapness = np.ones(count, dtype=bool), np.full(count, 1.0), np.full(count, 1.5)
    joins = join(table, world, flat, now, Adoption.DIFFUSION, everybody, net, cheapness, luck_of())
    chance = 1 - exp(-0.2 * 1.5)
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
    sure = replace(behaviour, adoption_innovation=60.0, adoption_spread=0.0)
    now = conditions_of(2010, attention=log(2))
    net, cheapness = np.ones(2), np.ones(2)
    joins = join(table, world_of(2), sure, now, Adoption.DIFFUSION, can_pay, net, cheapness, luck_of())
    assert joins.tolist() == [False, True]
