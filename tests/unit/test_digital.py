"""Digital talent: hiring, pools, lending, capacity and pay against numbers reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from measure_years import live, nation, settings_of, year_of
from okoshi.agents import digital_talent as talent
from okoshi.agents.books import LABELS
from okoshi.agents.digital_talent import (
    NEVER_YEAR,
    STREAMS_DIGITAL,
    DigitalBehaviour,
    DigitalBodies,
    MeasureStrength,
    PoolPeople,
    Pools,
    Push,
)
from okoshi.agents.rest_of_nation import rest_of_nation
from okoshi.engine.draws import Luck
from okoshi.measures.digital import Digital
from okoshi.observe.digital import (
    DECLARATIONS_MUNICIPALITIES,
    DECLARATIONS_NATIONAL,
    municipal_columns,
    national_row,
)
from okoshi.world.country import load_world
from small_country import keys_of

LUCK = Luck(1, STREAMS_DIGITAL)
NO_PUSH = Push(MeasureStrength())
FULL = MeasureStrength(1.0, 1.0)


@pytest.fixture(scope="module")
def behaviour() -> DigitalBehaviour:
    return settings_of().fill(DigitalBehaviour, "behaviour.digital")


def bodies_of(count, **columns):
    table = DigitalBodies(count)
    table.append(count, key=keys_of(count), **columns)
    return table


def pools_of(count, **columns):
    table = Pools(count)
    columns.setdefault("municipalities", np.full(count, 10))
    columns.setdefault("order", np.arange(count))
    table.append(count, key=keys_of(count, 5), prefecture=np.arange(count), **columns)
    return table


def people_of(counts, hired_year=2024):
    table = PoolPeople()
    pool = np.repeat(np.arange(len(counts)), counts)
    table.append(len(pool), key=keys_of(len(pool), 7), pool=pool, hired_year=hired_year)
    return table


# Municipalities' own talent


def test_own_hiring_has_a_constant_chance_on_average_slower_in_small_places(behaviour):
    count = 200_000
    given = replace(
        behaviour, own_hazard=0.12, own_small_places=0.5, small_places_share=0.7, own_persons=1.75
    )
    population = np.where(np.arange(count) < 0.7 * count, 49_999.0, 50_000.0)
    bodies = bodies_of(count)
    rows = talent.hire_own(bodies, population, given, 2021, LUCK)
    error = 4.4 * (0.12 * 0.88 / count) ** 0.5
    assert len(rows) / count == pytest.approx(0.12, abs=error)
    small = np.count_nonzero(rows < 0.7 * count) / (0.7 * count)
    large = np.count_nonzero(rows >= 0.7 * count) / (0.3 * count)
    assert small / large == pytest.approx(0.5, abs=0.02)
    assert bodies.persons[rows].mean() == pytest.approx(1.75, abs=4.4 * (0.75 / len(rows)) ** 0.5)
    assert bodies.persons[rows].min() == 1
    again = talent.hire_own(bodies, population, given, 2022, LUCK)
    assert not set(rows.tolist()) & set(again.tolist())
    assert bodies.persons.sum() == bodies.persons[rows].sum() + bodies.persons[again].sum()


def test_nobody_hires_before_the_first_year_and_imitation_adds(behaviour):
    bodies = bodies_of(20_000)
    population = np.full(20_000, 60_000.0)
    assert len(talent.hire_own(bodies, population, behaviour, 2019, LUCK)) == 0
    bodies.since[:10_000] = 2020
    copy = replace(behaviour, own_imitation=0.2, own_small_places=1.0, own_hazard=0.1)
    hired = talent.hire_own(bodies, population, copy, 2022, LUCK)
    assert len(hired) / 10_000 == pytest.approx(0.1 + 0.2 * 0.5, abs=4.4 * 0.004)
    # In a part of the nation without anybody, the rest has some.
    part = talent.hire_own(bodies_of(20_000), population, copy, 2022, LUCK, part=0.25)
    rest = rest_of_nation().share_digital[2021]
    assert len(part) / 20_000 == pytest.approx(0.1 + 0.2 * 0.75 * rest, abs=4.4 * 0.003)
    assert rest > 0.05


# Pools


def test_strength_is_one_at_the_reference_and_fades(behaviour):
    given = replace(behaviour, reference_budget=2e8, measure_fading=0.4)
    full = MeasureStrength().after(2e8, given)
    assert (full.hiring, full.training) == pytest.approx((1.0, 1.0))
    faded = full.after(0.0, given)
    assert (faded.hiring, faded.training) == pytest.approx((0.6, 0.6))
    double = MeasureStrength().after(4e8, given)
    assert double.hiring == pytest.approx((1 - exp(-2)) / (1 - exp(-1)))
    assert MeasureStrength().after(0.0, given) == MeasureStrength(0.0, 0.0)
    no_training = replace(given, hiring_line=0.6, talent_list_line=0.4)
    assert MeasureStrength().after(2e8, no_training).training == 0.0


def test_a_second_extra_for_some_takes_nothing_from_the_others(behaviour):
    """Where it is not paid again, what the first one taught fades as if there were no second."""
    given = replace(behaviour, reference_budget=2e8, measure_fading=0.4)
    first = MeasureStrength(np.zeros(3), np.zeros(3)).after(np.full(3, 2e8), given)
    second = first.after(np.array([2e8, 0.0, 0.0]), given)
    assert second.training.tolist() == pytest.approx([1.0, 0.6, 0.6])


def test_pools_are_founded_in_the_order_and_number_counted(behaviour):
    pools, people = pools_of(47), PoolPeople()
    numbers = []
    for fiscal_year in range(2019, 2026):
        talent.hire_into_pools(people, pools, behaviour, NO_PUSH, fiscal_year, LUCK)
        numbers.append(int((pools.founded != NEVER_YEAR).sum()))
    assert numbers == [0, 25, 36, 37, 37, 37, 37]
    assert pools.founded.tolist() == [2020] * 25 + [2021] * 11 + [2022] + [NEVER_YEAR] * 10
    every = replace(behaviour, founding_by_measure=1.0)
    pushed = Push(FULL, prefectures=45)
    talent.hire_into_pools(people, pools, every, pushed, 2026, LUCK)
    assert pools.founded[37:].tolist() == [2026] * 8 + [NEVER_YEAR] * 2
    assert pools.persons.sum() == len(people)


def test_hires_by_hand_and_the_same_people_with_more_of_them(behaviour):
    count = 20_000
    given = replace(
        behaviour, pool_hires=43.0, pools_fy2022=37.0, hires_by_measure=2.0, hands_on_by_measure=0.0
    )
    pools, more = (pools_of(count, founded=2020) for _ in range(2))
    few, many = PoolPeople(), PoolPeople()
    talent.hire_into_pools(few, pools, given, NO_PUSH, 2025, LUCK)
    talent.hire_into_pools(many, more, given, Push(FULL), 2025, LUCK)
    mean = 43 / 37
    assert pools.hired.mean() == pytest.approx(mean, abs=4.4 * (mean / count) ** 0.5)
    assert more.hired.mean() == pytest.approx(2 * mean, abs=4.4 * (2 * mean / count) ** 0.5)
    assert set(few.key.tolist()) < set(many.key.tolist())
    assert few.faults() == many.faults() == []
    pulled = pools_of(count, founded=2020)
    target = Push(FULL, target_gap=4.0)
    pulls = replace(given, target_pull=0.5, hires_by_measure=1.0)
    talent.hire_into_pools(PoolPeople(), pulled, pulls, target, 2025, LUCK)
    assert pulled.hired.mean() == pytest.approx(2 * mean, abs=4.4 * (2 * mean / count) ** 0.5)


@pytest.mark.parametrize(("yen", "times"), [(0, 1.0), (1, 1.0), (200_000_000, 2.0), (2_000_000_000, 2.0)])
def test_a_target_pulls_as_far_as_the_measure_is_paid_for(yen, times, behaviour):
    """A yen does not announce 500 people at full force, and ten times the money not ten times the target."""
    given = replace(
        behaviour, target_pull=0.5, hires_by_measure=1.0, hands_on_by_measure=0.0, reference_budget=2e8
    )
    pools = pools_of(20_000, founded=2020)
    push = Push(MeasureStrength().after(yen, given), target_gap=4.0)
    talent.hire_into_pools(PoolPeople(), pools, given, push, 2025, LUCK)
    mean = times * given.pool_hires / given.pools_fy2022
    assert pools.hired.mean() == pytest.approx(mean, abs=4.4 * (mean / 20_000) ** 0.5)


def test_prefectures_that_the_measure_is_not_for_hire_and_lose_as_without_it(behaviour):
    given = replace(behaviour, hires_by_measure=5.0, leaving_by_measure=0.1, target_pull=0.5)

    def hired_and_left(push):
        pools, people = pools_of(47, founded=2020, persons=[50] * 47), people_of([50] * 47)
        left = talent.leave_pools(people, pools, given, push, 2025, LUCK)
        talent.hire_into_pools(people, pools, given, push, 2025, LUCK)
        return pools.hired, np.bincount(people.pool[left], minlength=47)

    without = hired_and_left(NO_PUSH)
    first = (np.arange(47) < 20).astype(float)
    everywhere = hired_and_left(Push(FULL, hands_on_bodies=47, prefectures=47, target_gap=4.0))
    in_some = MeasureStrength(first, first)
    some = hired_and_left(Push(in_some, hands_on_bodies=47, prefectures=20, target_gap=4.0))
    for number in range(2):
        assert some[number].tolist() == [*everywhere[number][:20], *without[number][20:]]
    assert everywhere[0][:20].sum() > 2 * without[0][:20].sum()
    assert everywhere[1][:20].sum() < without[1][:20].sum() / 2


def test_a_founding_team_is_what_a_pool_would_hold(behaviour):
    """Of all hires of a year each pool has its part, in whichever year there are most of them."""
    given = replace(behaviour, pools_fy2020=0, pools_fy2021=20_000, pool_leaving=0.3, pool_hires=20_000.0)
    pools = pools_of(20_000)
    people = PoolPeople()
    talent.hire_into_pools(people, pools, given, NO_PUSH, 2021, LUCK)
    team = given.pool_hires / 20_000 / 0.3
    assert len(people) / 20_000 == pytest.approx(team, abs=4.4 * (team / 20_000) ** 0.5)


def test_support_on_the_spot_goes_where_people_are_fewest():
    pools = pools_of(4, persons=[4, 0, 3, 9], municipalities=[8, 5, 30, 9])
    everywhere = np.ones(4, dtype=bool)
    assert talent.needy_pools(pools, 2, everywhere).tolist() == [False, True, True, False]
    assert not talent.needy_pools(pools, 0, everywhere).any()
    assert talent.needy_pools(pools, 9, everywhere).all()
    but_the_neediest = np.array([True, False, True, True])  # no place is lost on one that cannot be helped
    assert talent.needy_pools(pools, 2, but_the_neediest).tolist() == [True, False, True, False]
    assert talent.needy_pools(pools, 9, but_the_neediest).tolist() == but_the_neediest.tolist()


def test_support_on_the_spot_passes_over_new_pools_and_those_it_is_not_for(behaviour):
    """Six have a pool, four found one this April; the extra is for eight, the two neediest are the other two."""
    given = replace(
        behaviour, pools_fy2020=10, pools_fy2021=10, pools_fy2022=10, hires_by_measure=1.0, pool_hires=100.0
    )
    founded, order = [2020] * 6 + [NEVER_YEAR] * 4, [0, 1, 2, 3, 8, 9, 4, 5, 6, 7]

    def hired(hands_on, bodies):
        columns = {"founded": founded, "order": order, "persons": [50, 40, 30, 20, 1, 1, 0, 0, 0, 0]}
        pools = pools_of(10, **columns)
        push = Push(FULL, hands_on_bodies=bodies, prefectures=8)
        talent.hire_into_pools(
            PoolPeople(), pools, replace(given, hands_on_by_measure=hands_on), push, 2025, LUCK
        )
        return pools.hired

    plain, helped = hired(0.0, 3), hired(5.0, 3)
    assert (helped > 20 * plain).tolist() == [False, True, True, True] + [False] * 6
    assert helped[[0, *range(4, 10)]].tolist() == plain[[0, *range(4, 10)]].tolist()


def test_people_leave_with_the_chance_and_follow_up_keeps_some(behaviour):
    given = replace(behaviour, pool_leaving=0.3, leaving_by_measure=0.8)
    people, kept = people_of([10_000, 10_000]), people_of([10_000, 10_000])
    pools = pools_of(2, persons=[10_000, 10_000])
    left = talent.leave_pools(people, pools, given, NO_PUSH, 2025, LUCK)
    error = 4.4 * (0.3 * 0.7 / 20_000) ** 0.5
    assert len(left) / 20_000 == pytest.approx(0.3, abs=error)
    assert pools.persons.tolist() == [
        int(((people.left_year == NEVER_YEAR) & (people.pool == pool)).sum()) for pool in (0, 1)
    ]
    fewer = talent.leave_pools(kept, pools_of(2, persons=[10_000, 10_000]), given, Push(FULL), 2025, LUCK)
    assert set(fewer.tolist()) < set(left.tolist())
    assert len(fewer) / 20_000 == pytest.approx(0.24, abs=error)
    assert not set(talent.leave_pools(people, pools, given, NO_PUSH, 2026, LUCK)) & set(left)


def test_people_are_lent_to_those_in_need_first(behaviour):
    given = replace(behaviour, lent_days=240.0, municipalities_a_person=3.0)
    pool = np.array([0, 0, 0, 0, 1, 1, 2])
    bodies = bodies_of(7, since=[2020] + [NEVER_YEAR] * 6, capacity=[0.0, 0.1, 0.1, 0.3, 0.0, 0.0, 0.0])
    pools = pools_of(3, persons=[1, 1, 0], municipalities=[4, 2, 1])
    population = np.array([1_000.0, 9_000, 8_000, 500, 1, 2, 3])
    # One person serves three of the first four: not the one with talent of its own. Two share the other's days.
    days = talent.lend(bodies, pools, pool, population, given)
    assert days.tolist() == [0, 80, 80, 80, 120, 120, 0]
    fewer = talent.lend(bodies, pools, pool, population, replace(given, municipalities_a_person=2.0))
    assert fewer.tolist() == [0, 120, 120, 0, 120, 120, 0]
    one = talent.lend(bodies, pools, pool, population, replace(given, municipalities_a_person=0.5))
    assert one.tolist() == [0, 0, 240, 0, 240, 0, 0]
    nobody = pools_of(3)
    assert not talent.lend(bodies, nobody, pool, population, given).any()


def test_capacity_by_hand(behaviour):
    given = replace(
        behaviour, capacity_by_days=0.2, own_days=50.0, capacity_fading=0.2, usefulness_by_measure=1.1
    )
    for strength, useful in ((MeasureStrength(), 1.0), (FULL, 1.1)):
        bodies = bodies_of(3, lent_days=[80.0, 0.0, 0.0], persons=[0, 2, 0], capacity=[0.5, 0.0, 0.5])
        talent.build_capacity(bodies, given, strength.training)
        first = 0.5 + 0.5 * (1 - exp(-0.2 * useful * 0.8)) - 0.1
        assert bodies.capacity.tolist() == pytest.approx([first, 1 - exp(-0.2 * useful), 0.4])
    assert bodies.faults() == []


def test_training_makes_days_more_useful_only_in_the_prefectures_it_is_for():
    """Before the extra is spent all live alike; after it those it is not for live on as without any."""

    def capacity(prefectures, budget=200_000_000):
        settings = settings_of(
            policy__digital__prefectures=prefectures,
            policy__digital__supplement__budget=budget,
            behaviour__digital__usefulness_by_measure=1.4,
            behaviour__digital__hires_by_measure=1.0,  # what training does in other ways is off
            behaviour__digital__leaving_by_measure=1.0,
            behaviour__digital__target_pull=0.0,
            behaviour__digital__hands_on_by_measure=0.0,
            behaviour__digital__founding_by_measure=0.0,
        )
        measure, _ = live(Digital, settings, range(2020, 2027))
        return measure.bodies.capacity, measure.pools.order[measure.pool]

    without, order = capacity(47, budget=0)
    assert capacity(0)[0].tolist() == without.tolist()
    some, everywhere = capacity(20)[0], capacity(47)[0]
    assert some.tolist() == np.where(order < 20, everywhere, without).tolist()
    assert everywhere[order < 20].mean() > 1.05 * without[order < 20].mean()


# The measure


def test_pay_goes_to_staff_and_the_extra_to_three_lines():
    settings = settings_of(behaviour__digital__own_pay=2_000_000, behaviour__digital__pool_pay=11_000_000)
    measure, ledger = live(Digital, settings, range(2020, 2026), wage_index=1.1)
    books = ledger.total(("fiscal_year", "layer", "item", "payer", "payee"))
    words = {
        tuple(LABELS.of(book)[books[book][row]] for book in ("layer", "item", "payer", "payee")): int(
            books["yen"][row]
        )
        for row in np.flatnonzero(books["fiscal_year"] == 2025).tolist()
    }
    persons = int(measure.bodies.persons.sum())
    assert words == {
        ("scheme", "own_talent", "municipality", "staff"): persons * 2_200_000,
        ("scheme", "pool_pay", "prefecture", "staff"): measure.appointed * 12_100_000,
        ("supplement", "hiring_know_how", "national_direct", "contractors"): 80_000_000,
        ("supplement", "talent_list", "national_direct", "contractors"): 60_000_000,
        ("supplement", "training", "national_direct", "contractors"): 60_000_000,
    }
    table = ledger.table()
    pools = (table["fiscal_year"] == 2025) & (table["item"] == LABELS.item.index("pool_pay"))
    assert np.array_equal(
        table["place"][pools] - len(nation()), measure.pools.prefecture[measure.pools.persons > 0]
    )


@pytest.mark.parametrize("copies", [1, 2])
def test_the_extra_of_a_part_is_that_of_its_prefectures(copies):
    """神奈川県 has one of 47 pools, and 7 of the 1,461 municipalities that may host cooperators."""
    kanagawa = load_world("default", ("神奈川県",), copies)
    _, ledger = live(Digital, settings_of(), range(2020, 2026), world=kanagawa)
    books = ledger.total(("fiscal_year", "layer"))
    extra = books["yen"][books["layer"] == LABELS.layer.index("supplement")]
    assert extra.tolist() == [copies * 200_000_000 // 47]


def test_hours_freed_and_the_link_by_hand():
    settings = settings_of(
        behaviour__digital__freed_hours=0.01,
        behaviour__digital__hours_a_year=2_000,
        behaviour__digital__link_freed_hours=0.1,
        behaviour__digital__link_capacity=0.5,
        behaviour__digital__staff_hours_beside=100,
    )
    capacity = {}

    def note(measure, year):
        capacity[year.fiscal_year] = measure.bodies.capacity.copy()

    measure, _ = live(Digital, settings, range(2020, 2025), after=note)
    before = capacity[2023]
    freed = 0.01 * before * nation().general_staff * 2_000
    assert measure.hours_freed == pytest.approx(freed)
    served = measure.bodies.lent_days > 0
    assert measure.hours_beside == pytest.approx(100 * served)
    assert measure.hours_for_measures == pytest.approx(0.1 * (freed - 100 * served))
    assert measure.capacity_help == pytest.approx(0.5 * before)
    off = settings_of(behaviour__digital__link_freed_hours=0, behaviour__digital__link_capacity=0)
    unlinked, _ = live(Digital, off, range(2020, 2025))
    assert not unlinked.hours_for_measures.any()
    assert not unlinked.capacity_help.any()


@pytest.mark.parametrize("spent_in", [2024, 2025, 2026])
def test_the_target_is_in_force_in_the_year_of_its_money(spent_in):
    settings = settings_of(policy__digital__supplement__spent_in=spent_in)
    measure, _ = live(Digital, settings, range(2020, spent_in + 1))
    assert national_row(measure, spent_in)["digital_target"] == 500


@pytest.mark.parametrize("copies", [1, 2])
def test_a_part_of_the_country_shows_its_part_of_the_target_and_goes_by_the_nation_unrounded(copies):
    """Scaled up to the nation, the luck of a prefecture was a target pull of its own."""
    part, settings = load_world("default", ("島根県", "徳島県"), copies), settings_of()
    row = {}

    def note(measure, year):
        row[year.fiscal_year] = national_row(measure, year.fiscal_year)
        if year.fiscal_year == 2025:
            measure.pools.persons[:] = [1, 0] * copies
            row["gap"] = measure._push(year).target_gap

    live(Digital, settings, range(2020, 2026), world=part, after=note)
    assert row[2025]["digital_target"] == round(copies * 500 * 2 / 47)
    assert row["gap"] == pytest.approx(500 / (1 + 45 / 47 * rest_of_nation().digital_appointed[2024]))
    assert 1.5 < row["gap"] < 5.0
    assert row[2024]["digital_target"] == 0


@pytest.mark.parametrize("copies", [1, 2])
def test_the_nations_gap_is_its_own_and_a_parts_weight_is_that_of_its_municipalities(copies, monkeypatch):
    measure = Digital(load_world("default", (), copies), settings_of(), LUCK, nation())
    measure.pools.persons[:] = 1
    year = year_of(2025, nation(), settings_of(), Luck(1))
    assert measure._push(year).target_gap == 500 * copies / (47 * copies)
    osaka, weights = load_world("default", ("大阪府",), copies), []
    monkeypatch.setattr(talent, "hire_own", lambda *given: weights.append(given[-1]))
    Digital(osaka, settings_of(), LUCK, nation()).open_year(year_of(2025, osaka, settings_of(), Luck(1)))
    assert weights == [pytest.approx(43 / len(nation()))]


def test_columns_are_those_declared():
    measure, _ = live(Digital, settings_of(), range(2020, 2026))
    row, places = national_row(measure, 2025), municipal_columns(measure)
    assert list(row) == [declared.name for declared in DECLARATIONS_NATIONAL]
    assert list(places) == [declared.name for declared in DECLARATIONS_MUNICIPALITIES]
    for declared in DECLARATIONS_MUNICIPALITIES:
        assert str(places[declared.name].dtype) == declared.dtype
    assert row["digital_target"] == 500
    there = measure.people.left_year == NEVER_YEAR
    assert row["digital_appointed"] == int(there.sum())
    assert row["digital_appointed"] == int(measure.pools.persons.sum())
    assert row["digital_days_lent"] == pytest.approx(240 * row["digital_appointed"], rel=1e-9)


def test_a_prefecture_founds_its_pool_when_it_would_in_the_whole_country():
    part = talent.found_pools(load_world("default", ("島根県", "徳島県")), LUCK)
    whole = talent.found_pools(nation(), LUCK)
    assert sorted(whole.order.tolist()) == list(range(47))
    assert part.order.tolist() == whole.order[part.prefecture].tolist()
    assert part.key.tolist() == whole.key[part.prefecture].tolist()
    twice = talent.found_pools(load_world("default", (), 2), LUCK)
    assert len(twice) == 94
    assert twice.order[:47].tolist() == whole.order.tolist() != twice.order[47:].tolist()
