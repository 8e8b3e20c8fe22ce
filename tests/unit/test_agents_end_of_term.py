"""The end of a term: chances of place and path against the formulas, and what is written for whom."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.agents import end_of_term, startups
from okoshi.agents.applicants import Household
from okoshi.agents.conditions import Circumstances
from okoshi.agents.cooperators import NEVER, Path, Settled, WhyEnded
from okoshi.agents.end_of_term import PATHS, Tastes, choose_after_term
from okoshi.agents.municipalities import Field
from okoshi.agents.programmes import Reach
from okoshi.agents.surroundings import Surroundings
from okoshi.scenario.draft import Settlement
from small_country import behaviour_of, conditions_of, luck_of, members_of, municipalities_of, world_of

COUNT = 60_000
NO_REACH = Reach(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


@pytest.fixture(autouse=True)
def reference(monkeypatch):
    """By hand a firm of two million yen is the one that entry is measured at."""
    monkeypatch.setattr(startups, "COST_OF_REFERENCE", 2_000_000)


@pytest.fixture(scope="module")
def behaviour():
    found = behaviour_of().end_of_term
    settlement = replace(
        found.settlement, path_dissimilarity=0.5, job_by_size=0.0, nearby=-0.4, nearby_carries=0.5
    )
    firms = replace(found.startups, cost_median=2_000_000.0, cost_spread=0.0)
    return replace(found, settlement=settlement, startups=firms)


def settling(behaviour, **values):
    return replace(behaviour, settlement=replace(behaviour.settlement, **values))


@pytest.fixture(scope="module")
def now():
    return conditions_of(2024, price_index=1.0, circumstances=Circumstances(1.1, 0.0, 0.0), reach=NO_REACH)


def alike(count=COUNT, **columns):
    given = {"municipality": 0, "attachment": 0.6, "trait": 0.5, "age_at_start": 30, "start_month": 150}
    return members_of(count, **{**given, **columns})


def chosen(members, behaviour, now, structure=Settlement.CHOICE, neighbours=([1], [0]), seed=1):
    """Return what members choose whose terms end after the sixth month of the year."""
    table = municipalities_of(2, support_capacity=0.2, vacant_houses=0.5)
    members.end_month[:] = now.first_month + 6
    return choose_after_term(
        members,
        np.arange(len(members)),
        table,
        world_of(2, list(neighbours)),
        now.first_month + 5,
        behaviour,
        now,
        Surroundings.none(2),
        structure,
        Tastes.of(members.key, luck_of(seed)),
    )


def near(flags, chance):
    """Whether a frequency lies where the chance says: one false alarm in 100,000."""
    return abs(flags.mean() - chance) < 4.4 * (chance * (1 - chance) / len(flags)) ** 0.5 + 1e-12


def utilities_by_hand(behaviour, grant_millions=1.0):
    # A firm costs its median, so only the grant tells its outlay from that of the median firm paid by oneself.
    b = behaviour.settlement
    startup = b.startup + behaviour.startups.by_outlay * grant_millions
    return [startup, b.employed, b.public_job, b.farming_forestry, b.succession, b.other]


def inclusive(utilities, dissimilarity):
    return dissimilarity * log(sum(exp(one / dissimilarity) for one in utilities))


def base_by_hand(behaviour):
    # Attachment 0.6, trait 0.5, everything else at the point that counts nothing but the renovation aid.
    b = behaviour.settlement
    return b.attachment * 0.1 + b.trait * 0.5 + b.renovation * 0.5 * 0.5


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
    given = settling(
        behaviour, threshold=0.3, threshold_spread=0.5, reservation=0.2, nearby=-0.4, nearby_margin=0.5
    )
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
    found = end_of_term.place_utility(members, np.arange(3), table, behaviour.settlement, now)
    b, aid = behaviour.settlement, 0.5
    place = b.support * 0.5 + b.housing * 0.25 + b.renovation * aid * 0.75 + b.services * 0.4
    assert found.tolist() == pytest.approx(
        [
            b.renovation * aid * 0.5,
            b.attachment * 0.5 + b.trait + b.family_along + place,
            b.family_behind + place,
        ]
    )


def test_utilities_of_paths_by_hand(behaviour, now):
    b = settling(
        behaviour,
        job_by_size=0.2,
        job_by_labour_market=0.5,
        farm_by_field=0.7,
        link_new_jobs=0.3,
        link_closing_enterprises=0.4,
    ).settlement
    people = np.array([round(exp(9.5)), round(exp(10.5))])
    world = world_of(2, population_2020=people)
    table = municipalities_of(2, capacity_farm_forest=[0.0, 0.5])
    members = members_of(
        2,
        municipality=[0, 1],
        age_at_start=[56, 57],
        start_month=now.first_month - 30,
        end_month=now.first_month + 6,  # three years on, the last half of one in this year: 59 and 60
        field=[Field.DIGITAL, Field.FARM_FOREST],
    )
    year = replace(now, circumstances=Circumstances(2.2, 0.0, 0.0))
    around = replace(Surroundings.none(2), new_jobs=np.array([0, 9]), closing=np.array([3, 0]))
    found = end_of_term.path_utilities(members, np.arange(2), table, world, b, year, around)
    assert found[:, 0].tolist() == [b.startup, b.startup]
    job = b.employed + 0.5 * log(2)
    assert found[:, 1].tolist() == pytest.approx([job, job + 0.2 + b.job_after_60 + 0.3 * log(10)], abs=1e-4)
    assert found[:, 2].tolist() == pytest.approx([b.public_job, b.public_job + b.job_after_60])
    farm = b.farming_forestry
    assert found[:, 3].tolist() == pytest.approx([farm, farm + 0.7 + b.farm_by_capacity * 0.5])
    assert found[:, 4].tolist() == pytest.approx([b.succession + 0.4 * log(4), b.succession])
    assert found[:, 5].tolist() == [b.other] * 2


def test_who_runs_a_firm_already_has_nothing_to_lay_out_and_much_to_lose(behaviour, now):
    given = settling(behaviour, startup_running=1.5)
    dear = replace(given, startups=replace(given.startups, cost_median=9_000_000.0))
    rules = replace(now.running_rules, startup_per_member=None)
    running = alike(startup_month=now.first_month - 20)
    for firm, year in ((given, now), (dear, now), (dear, replace(now, running_rules=rules))):
        found = chosen(running, firm, year)
        # The outlay is 0 against the reference, whatever a firm costs and whatever the grant would have been.
        weights = [exp(one / 0.5) for one in utilities_by_hand(firm, 2.0)]
        weights[0] *= exp(1.5 / 0.5)
        starts = found.path[found.settled == Settled.SAME] == Path.STARTUP
        assert near(starts, weights[0] / sum(weights))
        assert np.array_equal(found.would_have_started_anyway, found.startup_cost > 0)


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


@pytest.mark.parametrize(("rate", "share"), [(None, 0.0), ("1/2", 0.2), ("1", 1 - 0.8**2)])
def test_who_renovates_rises_with_what_the_aid_carries(behaviour, now, rate, share):
    given = settling(behaviour, renovation_share=0.2, renovation_cost=2_000_000.0)
    rules = replace(now.running_rules, vacant_house_renovation_rate=rate and Fraction(rate))
    found = chosen(alike(), given, replace(now, running_rules=rules, price_index=1.25))
    same = found.settled == Settled.SAME
    assert near(found.renovation_cost[same] > 0, share)
    assert not found.renovation_cost[~same].any()
    assert set(found.renovation_cost.tolist()) <= {0, 2_500_000}


@pytest.mark.parametrize("structure", list(Settlement))
def test_nobody_lives_on_a_firm_that_has_closed(behaviour, now, structure):
    given = settling(behaviour, startup=5.0, startup_running=5.0)
    april = now.first_month
    firms = {"startup_month": april - 20, "startup_plan": 2.0}
    closed = chosen(alike(2_000, closed_month=april - 1, **firms), given, now, structure)
    assert (closed.path != Path.STARTUP).all()
    assert not closed.startup_cost.any()
    assert not closed.would_have_started_anyway.any()
    running = chosen(alike(2_000, **firms), given, now, structure)
    assert (running.path[running.settled == Settled.SAME] == Path.STARTUP).mean() > 0.9


def test_what_is_written_at_the_end():
    members = members_of(
        5, startup_month=[NEVER, 90, 90, 90, NEVER], startup_cost=[0, 7, 7, 7, 0], municipality=0
    )
    end = end_of_term.EndOfTerm(
        rows=np.array([0, 1, 2, 3]),
        settled=np.array([Settled.SAME, Settled.SAME, Settled.ELSEWHERE, Settled.SAME]),
        path=np.array([Path.STARTUP, Path.STARTUP, Path.NONE, Path.EMPLOYED]),
        place=np.array([0, 0, -1, 0]),
        startup_cost=np.array([500, 900, 0, 0]),
        would_have_started_anyway=np.array([True, True, False, False]),
        renovation_cost=np.array([0, 11, 0, 0]),
    )
    why = np.array([WhyEnded.END_OF_TERM, WhyEnded.END_OF_TERM, WhyEnded.QUIT, WhyEnded.END_OF_TERM])
    end_of_term.end_service(members, end.rows, why.astype(np.int8), 99)
    end_of_term.apply_end_of_term(members, end)
    assert members.end_month.tolist() == [100, 100, 100, 100, NEVER]
    assert members.why_ended.tolist() == [1, 1, 2, 1, 0]
    # A new firm opens in the last month of the term; one that runs keeps its month and cost; who leaves it for
    # another place or another path closes it.
    assert members.startup_month.tolist() == [99, 90, 90, 90, NEVER]
    assert members.startup_cost.tolist() == [500, 7, 7, 7, 0]
    assert members.would_have_started_anyway.tolist() == [True, False, False, False, False]
    assert members.closed_month.tolist() == [NEVER, NEVER, 100, 100, NEVER]
    assert members.settled_municipality.tolist() == [0, 0, -1, 0, -1]
    assert members.renovation_cost.tolist() == [0, 11, 0, 0, 0]
    assert members.stayed_at_end.tolist() == members.settled.tolist()


@settings(max_examples=20)
@given(
    attachment=st.floats(0, 1),
    more=st.floats(0, 1),
    structure=st.sampled_from(list(Settlement)),
    seed=st.integers(0, 1000),
)
def test_who_is_more_attached_never_leaves_for_it(attachment, more, structure, seed):
    behaviour = behaviour_of().end_of_term
    now = conditions_of(2024)
    low, high = sorted((attachment, more))
    fewer = chosen(alike(300, attachment=low), behaviour, now, structure, seed=seed)
    better = chosen(alike(300, attachment=high), behaviour, now, structure, seed=seed)
    assert (better.settled <= fewer.settled).all()
