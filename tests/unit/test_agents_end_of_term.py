"""The end of a term: chances of place and path against the formulas, and what is written for whom."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.agents import end_of_term
from okoshi.agents.applicants import Household
from okoshi.agents.cooperators import NEVER, Path, Settled, WhyEnded
from okoshi.agents.end_of_term import PATHS, choose_after_term
from okoshi.agents.programmes import Reach
from okoshi.scenario.draft import Settlement
from small_country import behaviour_of, conditions_of, luck_of, members_of, municipalities_of, world_of

COUNT = 60_000
NO_REACH = Reach(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


@pytest.fixture(scope="module")
def behaviour():
    return replace(
        behaviour_of().settlement,
        startup_cost_median=2_000_000.0,
        startup_cost_spread=0.0,
        path_dissimilarity=0.5,
        job_by_size=0.0,
        nearby=-0.4,
        nearby_carries=0.5,
    )


@pytest.fixture(scope="module")
def now():
    return conditions_of(2024, price_index=1.0, openings_per_applicant=1.1, reach=NO_REACH)


def alike(count=COUNT, **columns):
    given = {"municipality": 0, "attachment": 0.6, "trait": 0.5, "age_at_start": 30, "start_month": 150}
    return members_of(count, **{**given, **columns})


def chosen(members, behaviour, now, structure=Settlement.CHOICE, neighbours=([1], [0]), seed=1):
    table = municipalities_of(2, support_capacity=0.2, vacant_houses=0.5)
    return choose_after_term(
        members,
        np.arange(len(members)),
        table,
        world_of(2, list(neighbours)),
        behaviour,
        behaviour_of().programmes,
        now,
        structure,
        luck_of(seed),
    )


def near(flags, chance):
    """Whether a frequency lies where the chance says: one false alarm in 100,000."""
    return abs(flags.mean() - chance) < 4.4 * (chance * (1 - chance) / len(flags)) ** 0.5 + 1e-12


def utilities_by_hand(behaviour, grant_millions=1.0):
    startup = behaviour.startup + behaviour.startup_by_grant * grant_millions
    return [
        startup,
        behaviour.employed,
        behaviour.public_job,
        behaviour.farming_forestry,
        behaviour.succession,
        behaviour.other,
    ]


def inclusive(utilities, dissimilarity):
    return dissimilarity * log(sum(exp(one / dissimilarity) for one in utilities))


def base_by_hand(behaviour):
    # Attachment 0.6, trait 0.5, everything else at the point that counts nothing but the renovation aid.
    return behaviour.attachment * 0.1 + behaviour.trait * 0.5 + behaviour.renovation * 0.5 * 0.5


def test_choice_of_place_is_a_nested_logit(behaviour, now):
    found = chosen(alike(field=0), behaviour, now)
    utilities = utilities_by_hand(behaviour)
    base = base_by_hand(behaviour)
    same = exp(base + inclusive(utilities, 0.5))
    nearby = exp(-0.4 + 0.5 * base + inclusive(utilities[1:4], 0.5))
    whole = same + nearby + 1.0
    assert near(found.settled == Settled.SAME, same / whole)
    assert near(found.settled == Settled.NEARBY, nearby / whole)
    assert near(found.settled == Settled.ELSEWHERE, 1 / whole)


def test_paths_of_those_in_the_same_place_are_a_logit(behaviour, now):
    found = chosen(alike(field=0), behaviour, now)
    weights = [exp(one / 0.5) for one in utilities_by_hand(behaviour)]
    paths = found.path[found.settled == Settled.SAME]
    for path, weight in zip(PATHS, weights, strict=True):
        assert near(paths == path, weight / sum(weights)), path.name


def test_thresholds_pass_as_often_as_the_formulas_say(behaviour, now):
    given = replace(behaviour, threshold=0.3, threshold_spread=0.5, reservation=0.2, nearby=-0.4)
    found = chosen(alike(field=0), given, now, Settlement.THRESHOLD)
    utilities, base = utilities_by_hand(given), base_by_hand(given)

    def passes(value, at):
        return 1 / (1 + exp(-(value - at) / 0.5))

    attached, nearly = passes(base, 0.3), passes(base + 0.5, 0.3)
    living = passes(inclusive(utilities, 0.5), 0.2)
    near_living = passes(-0.4 + inclusive(utilities[1:4], 0.5), 0.2)
    same = attached * living
    # Both thresholds are nested: who passes the higher passes the lower.
    nearby = nearly * near_living - attached * min(living, near_living)
    assert near(found.settled == Settled.SAME, same)
    assert near(found.settled == Settled.NEARBY, nearby)


def test_utility_of_the_place_by_hand(behaviour, now):
    members = members_of(
        3,
        municipality=[0, 1, 1],
        attachment=[0.5, 1.0, 0.5],
        trait=[0.0, 1.0, 0.0],
        household=[Household.ALONE, Household.FAMILY_ALONG, Household.FAMILY_BEHIND],
    )
    table = municipalities_of(
        2,
        support_capacity=[0.2, 0.7],
        vacant_houses=[0.5, 0.25],
        capacity_moving_in=[0.0, 0.5],
        capacity_residents_support=[0.0, 0.4],
    )
    found = end_of_term.place_utility(members, np.arange(3), table, behaviour, now)
    b, aid = behaviour, 0.5
    place = b.support * 0.5 + b.housing * 0.25 + b.renovation * aid * 0.75 + b.services * 0.4
    assert found.tolist() == pytest.approx(
        [
            b.renovation * aid * 0.5,
            b.attachment * 0.5 + b.trait + b.family_along + place,
            b.family_behind + place,
        ]
    )


def test_utilities_of_paths_by_hand(behaviour, now):
    given = replace(behaviour, job_by_size=0.2, job_by_labour_market=0.5, farm_by_field=0.7)
    people = np.array([round(exp(9.5)), round(exp(10.5))])
    world = world_of(2, population_2020=people)
    table = municipalities_of(2, settled_stock=[0, 4])
    members = members_of(
        2,
        municipality=[0, 1],
        age_at_start=[56, 57],
        startup_plan=[0.0, 2.0],
        field=[0, 4],
        startup_month=[NEVER, 100],
    )
    programmes = replace(behaviour_of().programmes, startup_training_effect=0.3)
    year = replace(
        now, openings_per_applicant=2.2, price_index=1.25, reach=replace(NO_REACH, startup_training=0.5)
    )
    found = end_of_term.path_utilities(
        members, np.arange(2), table, world, given, programmes, year, np.array([500_000, 9_000_000]), 1e6
    )
    b = given
    assert found[:, 0].tolist() == pytest.approx(
        [
            b.startup + b.startup_by_grant * 0.4 + 0.15,
            b.startup
            + 2 * b.startup_by_plan
            + b.startup_by_grant * 0.8
            + b.startup_by_alumni * log(5)
            + 0.15
            + b.startup_running,
        ]
    )
    job = b.employed + 0.5 * log(2)
    assert found[:, 1].tolist() == pytest.approx([job, job + 0.2 + b.job_after_60], abs=1e-4)
    assert found[:, 2].tolist() == pytest.approx([b.public_job, b.public_job + b.job_after_60])
    assert found[:, 3].tolist() == pytest.approx([b.farming_forestry, b.farming_forestry + 0.7])
    assert found[:, 4:].tolist() == [[b.succession, b.other]] * 2


@pytest.mark.parametrize("structure", list(Settlement))
def test_the_grant_moves_only_those_it_needs(behaviour, now, structure):
    members = alike(20_000)
    found = chosen(members, behaviour, now, structure)
    without = replace(now, running_rules=replace(now.running_rules, startup_per_member=None))
    other = chosen(members, behaviour, without, structure)
    starts = (found.path == Path.STARTUP) & (found.settled == Settled.SAME)
    starts_without = (other.path == Path.STARTUP) & (other.settled == Settled.SAME)
    # Nobody who starts without the grant is kept from it, and the flag is just that other life.
    assert not (starts_without & ~starts).any()
    assert (starts & ~starts_without).any()
    assert np.array_equal(found.would_have_started_anyway, starts & starts_without)
    assert np.array_equal(found.startup_cost > 0, starts)


def test_without_places_nearby_nobody_settles_nearby(behaviour, now):
    members = alike(5_000)
    found = chosen(members, behaviour, now, neighbours=([], []))
    assert set(found.settled.tolist()) == {Settled.SAME, Settled.ELSEWHERE}
    there = chosen(members, behaviour, now)
    assert (there.place[there.settled == Settled.NEARBY] == 1).all()
    assert (there.place[there.settled == Settled.SAME] == 0).all()
    assert (there.place[there.settled == Settled.ELSEWHERE] == -1).all()
    assert (there.path[there.settled == Settled.ELSEWHERE] == Path.NONE).all()
    assert (there.path[there.settled != Settled.ELSEWHERE] != Path.NONE).all()


def test_a_firm_costs_its_own_lognormal(behaviour):
    members = alike(20_000)
    spread = replace(behaviour, startup_cost_median=2e6, startup_cost_spread=0.8)
    cost = end_of_term.startup_cost(members, np.arange(20_000), spread, luck_of())
    logs = np.log(cost)
    assert logs.mean() == pytest.approx(log(2e6), abs=4.4 * 0.8 / 20_000**0.5)
    assert logs.std() == pytest.approx(0.8, abs=4.4 * 0.8 / (2 * 20_000) ** 0.5)


def test_what_is_written_at_the_end():
    members = members_of(4, startup_month=[NEVER, 90, 90, NEVER], startup_cost=[0, 7, 7, 0], municipality=0)
    rows = np.array([0, 1, 2])
    end = end_of_term.EndOfTerm(
        rows=rows,
        settled=np.array([Settled.SAME, Settled.SAME, Settled.ELSEWHERE]),
        path=np.array([Path.STARTUP, Path.STARTUP, Path.NONE]),
        place=np.array([0, 0, -1]),
        startup_cost=np.array([500, 900, 0]),
        would_have_started_anyway=np.array([True, True, False]),
        renovation_cost=np.array([0, 11, 0]),
    )
    why = np.array([WhyEnded.END_OF_TERM, WhyEnded.END_OF_TERM, WhyEnded.QUIT], dtype=np.int8)
    end_of_term.apply_end_of_term(members, end, why, 99)
    assert members.end_month.tolist() == [100, 100, 100, NEVER]
    assert members.why_ended.tolist() == [1, 1, 2, 0]
    # A firm that already runs keeps its month and cost; who leaves closes it.
    assert members.startup_month.tolist() == [100, 90, 90, NEVER]
    assert members.startup_cost.tolist() == [500, 7, 7, 0]
    assert members.closed_month.tolist() == [NEVER, NEVER, 100, NEVER]
    assert members.settled_municipality.tolist() == [0, 0, -1, -1]
    assert members.renovation_cost.tolist() == [0, 11, 0, 0]
    assert members.stayed_at_end.tolist() == members.settled.tolist()


@settings(max_examples=20)
@given(
    attachment=st.floats(0, 1),
    more=st.floats(0, 1),
    structure=st.sampled_from(list(Settlement)),
    seed=st.integers(0, 1000),
)
def test_who_is_more_attached_never_leaves_for_it(attachment, more, structure, seed):
    behaviour = behaviour_of().settlement
    now = conditions_of(2024)
    low, high = sorted((attachment, more))
    fewer = chosen(alike(300, attachment=low), behaviour, now, structure, seed=seed)
    better = chosen(alike(300, attachment=high), behaviour, now, structure, seed=seed)
    assert (better.settled <= fewer.settled).all()
