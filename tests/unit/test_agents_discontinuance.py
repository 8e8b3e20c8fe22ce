"""Who stops hosting: both structures, and who found nobody, against numbers reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from okoshi.agents.adoption import join
from okoshi.agents.conditions import LastYear
from okoshi.agents.discontinuance import stop_hosting, stopping_hazard, without_members
from okoshi.scenario.draft import Adoption
from small_country import (
    behaviour_of,
    conditions_of,
    lived,
    luck_of,
    municipalities_of,
    scenario_of,
    world_of,
)


@pytest.fixture(scope="module")
def behaviour():
    return replace(
        behaviour_of().municipalities,
        stopping=0.04,
        stopping_without_members=0.3,
        joining_again=0.25,
        belief_in_adoption=0.5,
        belief_strength=4.0,
    )


def test_without_members_is_a_host_that_found_nobody_or_would_host_no_more_and_has_no_one_serving():
    table = municipalities_of(
        7,
        hosting_since=[2010, 2010, 2010, 2010, 0, 2010, 2010],
        posts=[2, 2, 2, 0, 2, 0, 0],
        hired=[0, 1, 0, 0, 0, 0, 0],
        serving=[0, 0, 3, 0, 0, 0, 1],
        willing=[True, True, True, True, True, False, False],
    )
    assert without_members(table).tolist() == [True, False, False, False, False, True, False]


def test_hosts_of_a_scheme_that_is_gone_are_no_example_to_others():
    """They had counted as adopters for ever, and all had members again in the year in which the money came back."""
    changes = {"policy.cooperators.enabled@2017": False, "policy.cooperators.enabled@2027": True}
    shut = lived(scenario_of(years=(2009, 2026), **changes)).municipalities
    open_ = lived(scenario_of(years=(2009, 2026))).municipalities
    # The last terms end in FY2019; of those without members 34% stop each year, in six years 92% (seed and all).
    assert (shut.hosting_since > 0).sum() < 0.25 * (open_.hosting_since > 0).sum()


def test_under_diffusion_disappointment_and_empty_posts_drive_it(behaviour):
    # Beliefs of 2/4, 6/8 and 2/16; the third found nobody at all.
    table = municipalities_of(
        3,
        hosting_since=2010,
        belief_settled=[0.0, 4.0, 0.0],
        belief_left=[0.0, 0.0, 12.0],
        posts=[1, 1, 1],
        serving=[2, 2, 0],
        willing=True,
    )
    hazard = stopping_hazard(table, behaviour, conditions_of(2015), Adoption.DIFFUSION, np.ones(3))
    assert hazard.tolist() == pytest.approx([0.04, 0.04 * (4 / 6) ** 0.5, 0.04 * 4**0.5 + 0.3])


def test_under_budget_choice_a_member_no_longer_worth_it_does(behaviour):
    given = replace(
        behaviour, budget_benefit=3_000_000.0, budget_spread=0.0, budget_review=0.25, budget_first_trust=1.0
    )
    table = municipalities_of(2, hosting_since=2010, serving=[1, 1])
    now = conditions_of(2012, price_index=1.0, last_year=LastYear())
    # Half of 3 million believed in, against 0.4 and 0.6 million a year over three years.
    hazard = stopping_hazard(table, given, now, Adoption.BUDGET, np.array([400_000.0, 600_000.0]))
    assert hazard.tolist() == [0.0, 0.25]


def test_it_happens_as_often_as_the_hazard_says_and_to_hosts_alone(behaviour):
    count = 40_000
    table = municipalities_of(count, serving=1)
    table.hosting_since[: count // 2] = 2012
    stops = stop_hosting(table, behaviour, conditions_of(2016), Adoption.DIFFUSION, np.ones(count), luck_of())
    assert not stops[count // 2 :].any()
    chance = 1 - exp(-0.04)
    error = (chance * (1 - chance) / (count // 2)) ** 0.5
    assert abs(stops[: count // 2].mean() - chance) < 4.4 * error  # one false alarm in 100,000


@pytest.mark.parametrize(("again", "joins"), [(0.0, [True, False]), (1.0, [True, True])])
def test_who_stopped_once_joins_less_readily(behaviour, again, joins):
    table = municipalities_of(2, stopped_in=[0, 2012])
    sure = replace(behaviour, adoption_innovation=60.0, adoption_spread=0.0, joining_again=again)
    able, net, cheapness = np.ones(2, dtype=bool), np.ones(2), np.ones(2)
    now = conditions_of(2014, attention=0.0)
    found = join(table, world_of(2), sure, now, Adoption.DIFFUSION, able, net, cheapness, luck_of())
    assert found.tolist() == joins


def test_nobody_stops_where_nothing_drives_it(behaviour):
    count = 500
    table = municipalities_of(count, hosting_since=2012, posts=1, hired=0)
    never = replace(behaviour, stopping=0.0, stopping_without_members=0.0)
    assert not stop_hosting(
        table, never, conditions_of(2016), Adoption.DIFFUSION, np.ones(count), luck_of()
    ).any()
