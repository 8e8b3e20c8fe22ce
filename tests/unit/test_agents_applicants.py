"""Who may apply: how many, with what traits, and that one person more renames nobody."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.agents import applicants
from okoshi.agents.applicants import FormerWork, Household, Origin, Sex
from okoshi.agents.conditions import Circumstances, LastYear
from okoshi.agents.programmes import Reach
from okoshi.world.country import load_world
from small_country import behaviour_of, conditions_of, keys_of, luck_of, municipalities_of, world_of

STEPS = ((Fraction(20), 250), (Fraction(30), 500), (Fraction(40), 250))


@pytest.fixture(scope="module")
def behaviour():
    return behaviour_of().applicants


def people_of(count, salt=0):
    places = np.zeros(count, dtype=np.int64), np.full(count, -1)
    return applicants.people_looking(keys_of(count, salt), *places, Origin.CITY, luck_of())


def traits_of(count, behaviour):
    return applicants.traits_of(people_of(count), behaviour, luck_of())


def same_people(one, other):
    return [
        field.name
        for field in fields(one)
        if not np.array_equal(getattr(one, field.name), getattr(other, field.name))
    ]


def test_step_draws_follow_the_weights():
    draws = np.array([0.0, 0.2499, 0.25, 0.7499, 0.75, 1 - 2**-53])
    assert applicants.drawn_step(STEPS, draws).tolist() == [20, 20, 30, 30, 40, 40]


def test_shares_at_an_age_are_those_of_the_step_below():
    ages = np.array([18, 20, 29, 30, 99])
    assert applicants.share_at(STEPS, ages).tolist() == [0.25, 0.25, 0.25, 0.5, 0.25]


@given(
    weights=st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any),
    uniform=st.floats(0, 1, exclude_max=True),
)
def test_a_step_without_weight_is_never_drawn(weights, uniform):
    steps = tuple((Fraction(10 * number), weight) for number, weight in enumerate(weights))
    drawn = int(applicants.drawn_step(steps, np.array([uniform]))[0])
    assert weights[drawn // 10] > 0


def test_expected_numbers_by_hand(behaviour):
    given = replace(
        behaviour,
        number_a_year=1_000,
        publicity_of_others=1.0,
        labour_market=0.5,
        word_of_mouth=0.2,
        telework=0.25,
        pandemic=-0.4,
        foreign_a_year=80,
        foreign_recruitment=0.5,
        foreign_recruitment_cost=2_000_000,
    )
    programmes = replace(behaviour_of().programmes, publicity_elasticity=0.5)
    now = conditions_of(
        2024,
        reach=Reach(0, 0, 0, 0, 0, 0, 0, publicity=7.0),
        circumstances=Circumstances(4.4, telework_index=0.8, pandemic_index=0.25),
        circumstances_before=Circumstances(1.1, telework_index=0.0, pandemic_index=1.0),
        price_index=1.25,
        last_year=LastYear(members=5_000),
        nation_share=0.5,
    )
    people, foreign = applicants.expected_numbers(given, programmes, now, 0.0)
    # Heard of (1 + 7) / 2 = 4 times as widely, under an elasticity of a half.
    assert people == pytest.approx(1_000 * 2 * 0.5 * (1 + 0.2 * log(2)) * 1.1 * 0.5)
    # FY2024 pays a prefecture up to 2 million yen to win foreign members, which want 2.5 million at these prices.
    assert foreign == pytest.approx(80 * 0.5 * (1 + 0.5 * 0.8) * 0.5)
    # A quarter would start in April: they looked when openings were a quarter of that, and a pandemic kept 2 in 5.
    a_quarter_before, _ = applicants.expected_numbers(given, programmes, now, 0.25)
    assert a_quarter_before == pytest.approx(
        1_000 * 2 * (1 + 0.2 * log(2)) * 0.5 * (0.25 * 0.6 + 0.75 * 0.55)
    )
    # FY2023 paid nothing for it, nor does a scheme that is shut.
    before = replace(now, rules=conditions_of(2023).rules)
    for year in (before, replace(now, scheme_open=False)):
        assert applicants.expected_numbers(given, programmes, year, 0.0)[1] == pytest.approx(80 * 0.5 * 0.5)


def test_without_the_ministrys_publicity_posts_are_still_heard_of(behaviour):
    silent = conditions_of(2024, reach=Reach(0, 0, 0, 0, 0, 0, 0, publicity=0.0))
    assert applicants.heard_of(replace(behaviour, publicity_of_others=3.0), silent) == 0.75
    loud = conditions_of(2024, reach=Reach(0, 0, 0, 0, 0, 0, 0, publicity=2.0))
    assert applicants.heard_of(replace(behaviour, publicity_of_others=3.0), loud) == 1.25


def test_the_number_of_people_is_poisson_around_what_is_expected(behaviour):
    world, now = load_world("default"), conditions_of(2015)
    counts = [len(applicants.people_from_cities(world, now, 500.0, 0.0, luck_of(seed))) for seed in range(40)]
    # The mean of 40 Poisson counts: one false alarm in 100,000.
    assert abs(np.mean(counts) - 500) < 4.4 * (500 / 40) ** 0.5
    assert 200 < np.var(counts, ddof=1) < 1_100


def test_one_person_more_renames_nobody(behaviour):
    world, now = load_world("default"), conditions_of(2015)
    few = applicants.people_from_cities(world, now, 500.0, 20.0, luck_of())
    more = applicants.people_from_cities(world, now, 540.0, 22.0, luck_of())
    assert len(more) > len(few)
    rows = {key: row for row, key in enumerate(more.key.tolist())}
    there = np.array([rows[key] for key in few.key.tolist()])  # KeyError would be a person lost
    assert same_people(few, more.take(there)) == []
    few_traits, more_traits = (applicants.traits_of(who, behaviour, luck_of()) for who in (few, more))
    assert all(
        np.array_equal(ours, theirs[there])
        for ours, theirs in zip(vars(few_traits).values(), vars(more_traits).values(), strict=True)
    )
    assert len(np.unique(more.key)) == len(more)


def test_applicants_come_from_where_people_live(behaviour):
    world, now = load_world("default"), conditions_of(2015)
    people = applicants.people_from_cities(world, now, 20_000.0, 0.0, luck_of())
    expected = world.prefectures.urban_population / world.prefectures.urban_population.sum()
    count = np.bincount(people.origin_prefecture, minlength=47)
    chi_square = ((count - 20_000 * expected) ** 2 / (20_000 * expected)).sum()
    assert chi_square < 47 + 5.2 * (2 * 47) ** 0.5  # about one false alarm in 100,000
    assert not people.foreign.any()


def test_traits_follow_their_shares(behaviour):
    count = 40_000
    people = traits_of(count, behaviour)

    def near(flags, share):
        return abs(flags.mean() - share) < 4.4 * (share * (1 - share) / len(flags)) ** 0.5

    assert near(people.sex == Sex.WOMAN, behaviour.women)
    weights = {int(step[0]): step[1] / 1000 for step in behaviour.age_weights}
    for decade, share in weights.items():
        assert near((people.age >= decade) & (people.age < decade + 10), share)
    assert near(people.age % 10 == 7, 0.1)
    women_in_their_40s = people.household[(people.sex == Sex.WOMAN) & (people.age // 10 == 4)]
    along = applicants.share_at(behaviour.family_along_women, np.array([45]))[0]
    behind = applicants.share_at(behaviour.family_behind_women, np.array([45]))[0]
    assert near(women_in_their_40s == Household.FAMILY_ALONG, along)
    assert near(women_in_their_40s == Household.FAMILY_BEHIND, behind)
    assert people.age[people.former_work == FormerWork.STUDENT].max() < 30
    assert abs(people.trait.mean()) < 4.4 / count**0.5
    self_employed = people.former_work == FormerWork.SELF_EMPLOYED
    shift = people.startup_plan[self_employed].mean() - people.startup_plan[~self_employed].mean()
    assert shift == pytest.approx(behaviour.plan_by_former_work, abs=4.4 / self_employed.sum() ** 0.5)


def test_who_moves_anyway_does_so_in_one_of_three_years(behaviour):
    flat = replace(behaviour, moves_anyway=0.1, moves_anyway_by_trait=0.0)
    people, share = traits_of(40_000, flat), 1 - 0.9**3
    assert abs(people.moves_anyway.mean() - share) < 4.4 * (share * (1 - share) / 40_000) ** 0.5
    rising = traits_of(40_000, replace(flat, moves_anyway_by_trait=1.0))
    assert rising.moves_anyway[rising.trait > 1].mean() > 2 * rising.moves_anyway[rising.trait < -1].mean()
    assert not traits_of(5_000, replace(flat, moves_anyway=0.0)).moves_anyway.any()
    assert traits_of(5_000, replace(flat, moves_anyway=1.0)).moves_anyway.all()


def test_guests_come_where_a_programme_runs(behaviour):
    world, costs = world_of(3), (600_000.0, 700_000.0)
    table = municipalities_of(3, trial_spent=[600_000, 0, 0], internship_spent=[0, 0, 700_000])
    sure = replace(behaviour, trial_guests=6.0, interns=4.0)

    def guests_in(year):
        return applicants.guests_of_the_year(sure, costs, world, table, year, 0.0, luck_of())

    guests = guests_in(2022)
    assert set(guests.guest_of[~guests.intern].tolist()) == {0}
    assert set(guests.guest_of[guests.intern].tolist()) == {2}
    assert not set(guests.key.tolist()) & set(guests_in(2023).key.tolist())
    nowhere = municipalities_of(3)
    assert len(applicants.guests_of_the_year(sure, costs, world, nowhere, 2022, 0.0, luck_of())) == 0


@pytest.mark.parametrize(
    ("effect", "index", "come"), [(-0.25, 0.0, 1.0), (-0.25, 0.8, 0.8), (-1.0, 1.0, 0.0)]
)
def test_a_pandemic_keeps_guests_away_as_it_does_others(behaviour, effect, index, come):
    count = 3_000
    world = replace(world_of(1), copy=np.zeros(count, dtype=np.int16))
    given = replace(behaviour, trial_guests=3.0, interns=2.0, pandemic=effect)
    table = municipalities_of(count, trial_spent=600_000, internship_spent=600_000)
    costs = (600_000.0, 600_000.0)
    guests = applicants.guests_of_the_year(given, costs, world, table, 2022, index, luck_of())
    mean = 5.0 * come
    assert abs(len(guests) / count - mean) <= 4.4 * (mean / count) ** 0.5  # one false alarm in 100,000


def test_half_the_money_brings_half_the_guests_and_more_than_a_programme_no_more(behaviour):
    count = 3_000
    world = replace(world_of(1), copy=np.zeros(count, dtype=np.int16))
    given = replace(behaviour, trial_guests=3.0, interns=2.0)
    for spent, share in ((600_000, 1.0), (300_000, 0.5), (1_200_000, 1.0)):
        table = municipalities_of(count, trial_spent=spent, internship_spent=spent)
        costs = (600_000.0, 1_200_000.0)
        guests = applicants.guests_of_the_year(given, costs, world, table, 2022, 0.0, luck_of())
        interns = int(guests.intern.sum())
        for found, mean in ((len(guests) - interns, 3.0 * share), (interns, 2.0 * spent / 1_200_000)):
            assert abs(found / count - mean) < 4.4 * (mean / count) ** 0.5  # one false alarm in 100,000
