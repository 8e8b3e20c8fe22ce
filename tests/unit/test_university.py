"""University projects: sites, programmes and students against numbers reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measure_years import live, nation, settings_of, year_of
from okoshi.agents import students as people
from okoshi.agents import university_projects as projects
from okoshi.agents.applicants import FormerWork, Household, traits_of
from okoshi.agents.books import LABELS, Payee, Payer, item_number
from okoshi.agents.purse import Purse
from okoshi.agents.streams import STREAMS
from okoshi.agents.students import Cohort, Status, StudentBehaviour, Students
from okoshi.agents.university_projects import HostHistory, Hosts, Knowledge, ProjectBehaviour
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.measures.university import University
from okoshi.observe.university import (
    DECLARATIONS,
    DECLARATIONS_MUNICIPALITIES,
    DECLARATIONS_NATIONAL,
    municipal_columns,
    national_row,
    projects_table,
)
from okoshi.policy.university import Placing, chosen_sites
from small_country import behaviour_of, keys_of, world_of

LUCK = Luck(1, STREAMS | people.STREAMS_STUDENTS | projects.STREAMS_UNIVERSITY)


@pytest.fixture(scope="module")
def of_students() -> StudentBehaviour:
    return settings_of().fill(StudentBehaviour, "behaviour.university")


@pytest.fixture(scope="module")
def of_projects() -> ProjectBehaviour:
    return settings_of().fill(ProjectBehaviour, "behaviour.university")


def cohort_of(counts, *, anyway=0, days=8, quality=1.0, year=2025, salt=0):
    count = len(counts)
    ones = np.ones(count, dtype=np.int64)
    return Cohort(
        fiscal_year=year,
        project=np.arange(count),
        place=np.arange(count),
        place_key=keys_of(count, salt),
        place_prefecture=31 * ones,
        university_prefecture=12 * ones,
        students=np.array(counts),
        students_anyway=anyway * ones,
        days=days * ones,
        quality=np.full(count, quality),
    )


def students_of(behaviour, counts, **given):
    table = Students()
    weights = np.ones(47)
    people.take_part(table, cohort_of(counts, **given), weights, behaviour, LUCK)
    return table


# Sites


def test_sites_spread_take_the_best_of_each_prefecture_in_turn():
    prefecture = np.array([1, 1, 1, 2, 2, 3])
    score = np.array([0.9, 0.8, 0.1, 0.7, 0.6, 0.95])
    assert chosen_sites(prefecture, score, keys_of(6), 4, Placing.SPREAD).tolist() == [5, 0, 3, 1]
    assert chosen_sites(prefecture, score, keys_of(6), 4, Placing.CONCENTRATED).tolist() == [5, 0, 1, 2]
    assert chosen_sites(prefecture, score, keys_of(6), 99, Placing.SPREAD).tolist() == [5, 0, 3, 1, 4, 2]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=30),
    st.integers(0, 12),
    st.sampled_from(Placing),
    st.randoms(use_true_random=False),
)
def test_the_order_of_applicants_decides_nothing_not_even_among_equals(applicants, sites, placing, random):
    prefecture = np.array([one[0] for one in applicants], dtype=np.int64)
    score = np.array([float(one[1]) for one in applicants])
    key = keys_of(len(applicants))
    chosen = key[chosen_sites(prefecture, score, key, sites, placing)].tolist()
    order = np.array(random.sample(range(len(applicants)), len(applicants)), dtype=np.int64)
    again = chosen_sites(prefecture[order], score[order], key[order], sites, placing)
    assert key[order][again].tolist() == chosen
    assert len(chosen) == len(set(chosen)) == min(sites, len(applicants))
    held = np.bincount(prefecture[np.isin(key, chosen)], minlength=5)
    there = np.bincount(prefecture, minlength=5)
    if placing is Placing.SPREAD:  # nobody has two more than one who still waits
        assert all(held[a] <= held[b] + 1 for a in range(5) for b in range(5) if held[b] < there[b])
    else:
        assert ((held > 0) & (held < there)).sum() <= 1


# Programmes


def test_knowledge_reaches_63_percent_at_its_scale_and_fades(of_projects):
    given = replace(of_projects, platform_scale=1e8, know_how_scale=3e7, knowledge_fading=0.3)
    first = Knowledge().after(1e8, 3e7, given)
    assert first.platform == pytest.approx(1 - exp(-1))
    assert first.know_how == pytest.approx(1 - exp(-1))
    assert first.after(0, 0, given).platform == pytest.approx(0.7 * (1 - exp(-1)))
    assert Knowledge().after(0, 0, given) == Knowledge(0.0, 0.0)


def test_who_holds_a_programme_by_hand(of_projects):
    given = replace(of_projects, continues=0.5, continues_after_contract=0.3, platform_effect=log(2))
    five = np.ones(5, dtype=np.bool_)
    hosts = Hosts(five & (np.arange(5) < 4), np.full(5, 0.1))
    history = HostHistory(
        held=np.array([False, True, True, False, True]),
        by_contract_alone=np.array([False, False, False, True, False]),
        held_anyway=np.array([False, False, True, False, True]),
    )
    known = Knowledge(platform=1.0)  # new ones come twice as often: 0.2

    def held(uniform):
        return projects.held_this_year(hosts, history, known, given, np.full(5, uniform))

    # 0.2; 1 - 0.8 x 0.5 = 0.6; 0.6; 1 - 0.8 x 0.7 = 0.44. Without the measure 0.1, 0.1, 0.55, 0.1.
    expected = [
        (0.09, [1, 1, 1, 1, 0], [1, 1, 1, 1, 0]),
        (0.19, [1, 1, 1, 1, 0], [0, 0, 1, 0, 0]),
        (0.43, [0, 1, 1, 1, 0], [0, 0, 1, 0, 0]),
        (0.56, [0, 1, 1, 0, 0], [0, 0, 0, 0, 0]),
        (0.61, [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
    ]
    for uniform, now, without in expected:
        assert [flags.astype(int).tolist() for flags in held(uniform)] == [now, without]


def test_a_purse_carries_a_programme_by_hand(of_projects):
    """The cost is advanced, what the contract leaves is borne, 300 hours are given: all three, to the yen and hour."""
    given = replace(of_projects, host_staff_hours=300.0)
    cost, contract = np.full(5, 12_000_000), np.full(5, 10_000_000)
    purse = Purse(
        cash=np.array([12e6, 11_999_999, 12e6, 12e6, 12e6]),
        own_funds=np.array([2e6, 2e6, 1_999_999, 2e6, 2e6]),
        staff_hours=np.array([300, 300, 300, 299.9, 300]),
    )
    assert projects.carried(purse, cost, contract, given).tolist() == [True, False, False, False, True]
    assert projects.carried(Purse(), cost, contract, given).all()


def test_where_a_purse_carries_none_no_programme_is_held_and_none_goes_on():
    world, settings = nation(), settings_of(behaviour__university__programmes_a_year=200)
    measure, free = University(world, settings, LUCK), University(world, settings, LUCK)
    half = np.arange(len(world)) % 2 == 0
    purse = Purse(staff_hours=np.where(half, 1e6, 0.0))
    for fiscal_year in range(2022, 2027):
        year = year_of(fiscal_year, world, settings, LUCK)
        measure.open_year(year, purse)
        free.open_year(year)
        assert not measure.staff_hours[~half].any()
        paid = (measure.cash_advanced - measure.own_yen).sum()
        assert (paid > 0) == (fiscal_year == 2025)
    held, all_held = measure.projects, free.projects
    assert held.under_contract.sum() == 15
    own, all_own = ~held.under_contract, ~all_held.under_contract & half[all_held.municipality]
    # Where there are hours nothing changes: but for sites, which now are all there.
    before = (held.fiscal_year < 2025) & own, (all_held.fiscal_year < 2025) & all_own
    assert held.key[before[0]].tolist() == all_held.key[before[1]].tolist()
    assert not held.held_anyway[~half[held.municipality]].any()


def test_a_contract_makes_the_same_programme_larger_longer_better(of_projects):
    world = nation()
    places = np.flatnonzero(world.eligible_cooperators)[::50]
    setting = projects.Setting(2025, 1.01, Knowledge(), np.full(len(world), 0.5), 10_000_000)
    anyway = np.ones(len(places), dtype=bool)

    def described(contract, **changed):
        chosen = projects.Chosen(places, np.full(len(places), contract), anyway, anyway)
        given = replace(of_projects, **changed)
        return projects.describe_programmes(world, chosen, setting, given, LUCK)

    own = described(False)
    site = described(True, shared_know_how=0.0, crowding=0.0, cost_elasticity=0.0)
    assert (own.key == site.key).all()
    assert (own.university_prefecture == site.university_prefecture).all()
    assert site.quality / own.quality == pytest.approx(
        np.full(len(places), exp(of_projects.contract_quality))
    )
    assert (site.days >= own.days).all()
    assert (site.students >= own.students).all()
    assert (site.students_anyway <= site.students).all()
    cost = site.cost / own.cost
    assert cost == pytest.approx(
        np.full(len(places), of_projects.site_cost / of_projects.own_programme_cost), rel=1e-5
    )
    assert (described(True, crowding=0.4).students <= described(True, crowding=0.0).students).all()
    dear = described(False, cost_elasticity=0.8, student_cost_reference=1_000.0)
    assert (dear.students <= own.students).all()


def sites_of(contract_yen, given, prices=1.01, of_its_own=False):
    """Return sites under contract at every hundredth municipality; nobody would hold one without the measure."""
    world = nation()
    places = np.flatnonzero(world.eligible_cooperators)[::100]
    all_, none = np.ones(len(places), dtype=bool), np.zeros(len(places), dtype=bool)
    setting = projects.Setting(2025, prices, Knowledge(), np.full(len(world), 0.5), contract_yen)
    chosen = projects.Chosen(places, all_, all_ & of_its_own, none)
    return projects.describe_programmes(world, chosen, setting, given, LUCK)


def test_what_a_contract_buys_by_hand(of_projects):
    alike = {"students_spread": 0.0, "cost_spread": 0.0, "cost_elasticity": 0.0, "crowding": 0.0}
    given = replace(of_projects, students_a_site=100.0, contract_in_students=0.5, site_cost=9e6, **alike)
    given = replace(given, own_students=15.0, own_programme_cost=1e6)
    expected = [
        (10_000_000, 1.01, False, 100, 9_090_000),
        (2_500_000, 1.01, False, 50, 2_272_500),  # a quarter of the money, half of the students
        (40_000_000, 1.01, False, 200, 36_360_000),
        (10_000_000, 4.04, False, 50, 9_090_000),  # the same sum at four times the prices
        (10_000, 1.01, False, 3, 9_090),  # 3.16 students
        (10_000, 1.01, True, 15, 1_010_000),  # who holds one of its own does no less for a contract
        (40_000_000, 1.01, True, 200, 36_360_000),
    ]
    for contract, prices, of_its_own, students, cost in expected:
        found = sites_of(contract, given, prices, of_its_own)
        assert set(found.students.tolist()) == {students}
        assert found.cost == pytest.approx(np.full(len(found.cost), cost), abs=1)


@given(
    contracts=st.tuples(*[st.integers(1, 100_000_000)] * 2).map(sorted),
    elasticity=st.floats(0, 1),
    prices=st.floats(0.5, 3),
    of_its_own=st.booleans(),
)
def test_a_larger_contract_never_hosts_fewer(of_projects, contracts, elasticity, prices, of_its_own):
    given = replace(of_projects, contract_in_students=elasticity)
    less, more = (sites_of(yen, given, prices, of_its_own) for yen in contracts)
    assert (less.students <= more.students).all()
    assert (less.cost <= more.cost).all()
    times = contracts[1] / contracts[0]
    assert more.students.sum() <= times * (less.students.sum() + len(less.students))  # heads are rounded
    assert np.array_equal(less.days, more.days)
    assert np.array_equal(less.quality, more.quality)


def test_the_first_contracts_buy_exactly_what_sites_are_measured_at():
    first = settings_of()
    year = first.value("policy.university.supplement.spent_in")
    contract = first.value("policy.university.contract_per_site", 2024)
    prices = first.value("context.price_index", year)
    assert projects.Setting(year, prices, Knowledge(), np.zeros(1), contract).contract_in_real_terms == 1.0


# Students


def test_attachment_grows_with_days_and_quality_and_less_for_locals(of_students):
    given = replace(of_students, attachment_gain=0.5, gain_of_locals=0.5)
    table = students_of(given, [4_000], days=8, quality=1.25)
    local = table.home_prefecture == 31
    assert table.attachment[~local] == pytest.approx(np.full((~local).sum(), 1 - exp(-0.5)))
    assert table.attachment[local] == pytest.approx(np.full(local.sum(), 1 - exp(-0.25)))
    assert local.sum() > 10
    assert (table.home_prefecture == 12).mean() == pytest.approx(
        given.from_university_prefecture + (1 - given.from_university_prefecture) / 47, abs=0.035
    )
    assert table.eagerness[~local].mean() == pytest.approx(1.0, abs=4.4 * 1.31 / 4_000**0.5)
    assert table.faults() == []


def test_attachment_fades_by_a_quarter_a_year(of_students):
    table = students_of(replace(of_students, attachment_fading=0.25), [10])
    before = table.attachment.copy()
    people.forget(table, 2026, replace(of_students, attachment_fading=0.25))
    assert table.attachment == pytest.approx(0.75 * before)
    assert table.interest == pytest.approx(np.full(10, 0.75 * of_students.interest))


@pytest.mark.parametrize(
    ("fading", "threshold", "years"),
    [
        (0.25, 0.2, 20),
        (0.5, 0.4, 20),
        (0.1, 0.05, 66),
        (0.1, 0.4, 46),
        (1.0, 0.2, 20),
        (0.0, 0.2, inf),
        (0.1, 0.0, inf),
    ],
)
def test_students_matter_until_their_attachment_is_far_below_the_threshold(
    of_students, fading, threshold, years
):
    """ln(0.02 x threshold) / ln(1 - fading), 20 years at least: at 0.1 and 0.05 full attachment counts for 28 years."""
    given = replace(of_students, attachment_fading=fading, related_threshold=threshold)
    assert people.remembered_years(given) == years


def test_who_is_attached_for_longer_than_twenty_years_counts_for_as_long(of_students):
    """Twenty years after the visit all had been dropped, whatever attachment they had left."""
    slow = replace(of_students, attachment_fading=0.1, related_threshold=0.05, return_visit=0.0)
    table, related = students_of(slow, [40]), []
    table.attachment = 1.0
    for year in range(2026, 2060):
        people.forget(table, year, slow)
        related.append(int(people.related_students(table, year, slow, 1).sum()))
    assert related == [40] * 28 + [0] * 6  # 0.9^28 = 0.0523, 0.9^29 = 0.0471


def test_one_student_more_renames_nobody(of_students):
    few, more = students_of(of_students, [20, 10]), students_of(of_students, [25, 10])
    rows = {key: row for row, key in enumerate(more.key.tolist())}
    there = np.array([rows[key] for key in few.key.tolist()])
    for name in Students.columns:
        assert np.array_equal(getattr(few, name), getattr(more, name)[there]), name


def test_only_those_of_earlier_years_come_back_and_grow_more_attached(of_students):
    sure = replace(of_students, return_visit=1.0, return_gain=0.5)
    table = students_of(sure, [50])
    table.attachment = 1.0 - 1e-12
    assert people.come_back(table, 2025, sure, LUCK) == 0
    table.attachment[25:] = 0.0
    table.status[:5] = Status.MOVED
    assert people.come_back(table, 2026, sure, LUCK) == 20
    assert table.return_visits.tolist() == [0] * 5 + [1] * 20 + [0] * 25
    assert table.attachment[5:25].min() > 1.0 - 1e-12
    assert table.attachment[25:].max() == 0.0


def test_without_an_effect_who_moves_would_have_moved_anyway(of_students):
    none = replace(of_students, move=0.5, additional=0.0)
    visited, indifferent = students_of(none, [2_000]), students_of(none, [2_000])
    indifferent.attachment = 0.0
    moves = people.move_there(visited, 2026, none, LUCK)
    assert len(moves) > 100
    assert moves.would_have_moved_anyway.all()
    assert np.array_equal(moves.key, people.move_there(indifferent, 2026, none, LUCK).key)
    assert (visited.status[visited.moved_year == 2026] == Status.MOVED).all()


def test_more_attachment_adds_movers_and_takes_none_away(of_students):
    given = replace(of_students, move=0.5, additional=0.6, interest=0.3)
    little, much, none = (students_of(given, [3_000]) for _ in range(3))
    little.attachment, much.attachment, none.attachment = 0.1, 0.9, 0.0
    few, many, without = (
        set(people.move_there(table, 2026, given, LUCK).key.tolist()) for table in (little, much, none)
    )
    assert without < few < many
    anyway = much.key[much.would_have_moved_anyway]
    assert set(anyway.tolist()) == without  # told by the same draws as the run without visits
    mean = np.minimum(0.5 * much.eagerness * (0.4 * 0.3 + 0.6 * 0.9), 1.0)
    assert abs(len(many) - mean.sum()) < 4.4 * (mean * (1 - mean)).sum() ** 0.5


def test_nobody_moves_twice_and_ages_go_on(of_students):
    given = replace(of_students, move=1.0, additional=0.0, interest=1.0)
    table = students_of(given, [300])
    first = people.move_there(table, 2025, given, LUCK)
    second = people.move_there(table, 2028, given, LUCK)
    assert not set(first.key.tolist()) & set(second.key.tolist())
    rows = np.flatnonzero(table.moved_year == 2028)
    assert second.age.tolist() == (18 + table.study_year[rows] + 3).tolist()
    assert first.age.min() >= 19


def test_students_apply_once_while_the_tie_is_fresh_and_the_link_is_on(of_students):
    sure = replace(of_students, apply=1.0, apply_years=2.0)
    table = students_of(sure, [200])
    table.attachment, table.eagerness, table.study_year = 1.0, 1.0, 4
    off = replace(sure, link_students_to_applicants=0.0)
    assert len(people.apply_there(table, 2025, off, LUCK)) == 0
    late = students_of(sure, [200])
    assert len(people.apply_there(late, 2027, sure, LUCK)) == 0
    applicants = people.apply_there(table, 2026, sure, LUCK)
    assert len(applicants) == 200
    assert not applicants.still_studying.any()
    assert applicants.age.tolist() == [23] * 200
    assert np.array_equal(applicants.home_prefecture, table.home_prefecture)
    assert len(people.apply_there(table, 2026, sure, LUCK)) == 0
    pool = people.as_applicants(applicants, np.zeros(1, dtype=np.int64), LUCK)
    for mine, theirs in (("key", "key"), ("guest_of", "place")):
        assert np.array_equal(getattr(pool, mine), getattr(applicants, theirs))
    assert not pool.foreign.any()
    traits = traits_of(pool, behaviour_of().applicants, LUCK)
    assert np.array_equal(traits.age, applicants.age)
    assert np.array_equal(traits.sex, applicants.sex)
    assert (traits.former_work == FormerWork.EMPLOYEE).all()
    assert (traits.household == Household.ALONE).all()
    assert len(pool.take(np.arange(3)).followed_by(pool)) == 203
    hired = people.become_members(table, applicants.key[:30])
    assert hired.tolist() == list(range(30))
    assert len(people.become_members(table, table.key)) == 170
    assert (table.status == Status.MEMBER).all()


def test_related_people_by_hand():
    place = np.array([0, 0, 0, 2, 2])
    attachment = np.array([0.3, 0.2, 0.9, 0.5, 0.21])
    elsewhere = np.array([True, True, False, True, True])
    assert people.related_people(place, attachment, elsewhere, 0.2, 4).tolist() == [1, 0, 2, 0]


# The measure


def test_the_nation_pays_the_flat_sum_and_the_municipality_the_rest():
    measure, ledger = live(University, settings_of(), range(2025, 2026))
    books = ledger.table()
    table = measure.projects
    sites = np.flatnonzero(table.under_contract)
    assert len(sites) == 15
    assert np.array_equal(table.contract[sites], np.minimum(table.cost[sites], 10_000_000))
    assert (table.contract[~table.under_contract] == 0).all()
    contract = books["item"] == item_number("contract")
    for payer, payee, yen in (
        (Payer.MUNICIPALITY, Payee.UNIVERSITIES, table.cost[sites]),
        (Payer.NATIONAL_DIRECT, Payee.MUNICIPALITY, table.contract[sites]),
    ):
        rows = contract & (books["payer"] == payer) & (books["payee"] == payee)
        assert np.array_equal(books["place"][rows], table.municipality[sites])
        assert np.array_equal(books["yen"][rows], yen)
    for item, yen in (("analysis", 30_000_000), ("platform", 100_000_000)):
        assert books["yen"][books["item"] == item_number(item)].tolist() == [yen]
    own = table.cost - table.contract
    assert measure.own_yen.sum() == own.sum()
    assert measure.staff_hours.sum() == 300 * len(table)
    assert ledger.faults() == []


def test_a_contract_that_is_over_takes_nothing_of_the_next_purse():
    """15 sites of one year had been running commitments in the next April: cash, own funds and hours of nobody."""
    seen = {}

    def note(measure, year):
        seen[year.fiscal_year] = [
            column.copy() for column in (measure.staff_hours, measure.cash_advanced, measure.own_yen)
        ]
        if year.fiscal_year != 2025:
            return
        alone = measure.history.by_contract_alone
        here = measure.projects.fiscal_year == 2025
        sites = measure.projects.municipality[here & measure.projects.under_contract]
        cost = dict(zip(measure.projects.municipality[here], measure.projects.cost[here], strict=True))
        assert alone.sum() > 5
        assert set(np.flatnonzero(alone)) <= set(sites.tolist())
        hours, cash, _ = seen[2025]
        assert hours[alone].tolist() == [round(measure.behaviour.host_staff_hours)] * int(alone.sum())
        # What the year took stays written until it is over.
        assert cash[alone].tolist() == [cost[place] for place in np.flatnonzero(alone)]
        assert min(cost[place] for place in np.flatnonzero(alone)) > 5_000_000
        measure.end_contracts()
        after = (measure.staff_hours, measure.cash_advanced, measure.own_yen)
        for claim, before in zip(after, seen[2025], strict=True):
            assert not claim[alone].any()
            assert np.array_equal(claim[~alone], before[~alone])
        assert measure.cash_advanced.any()

    live(University, settings_of(), range(2020, 2026), after=note)
    none, _ = live(University, settings_of(), range(2020, 2024))
    before = none.cash_advanced.copy()
    none.end_contracts()
    assert np.array_equal(none.cash_advanced, before)  # without a contract all runs on


def test_of_another_contract_as_many_sites_host_another_number_and_without_one_nobody():
    def lived(contract):
        paid_for = settings_of(
            policy__university__contract_per_site=contract,
            policy__university__model_projects_budget=15 * contract,
            policy__university__supplement__budget=15 * contract + 130_000_000,
        )
        table = live(University, paid_for, range(2025, 2026))[0].projects
        rows = np.flatnonzero(table.under_contract)
        return rows, table.key[rows], table.students[rows], table.cost[rows], table.contract[rows]

    by_contract = {yen: lived(yen) for yen in (0, 3_000_000, 10_000_000, 30_000_000)}
    assert len(by_contract.pop(0)[0]) == 0
    sites = {tuple(keys.tolist()) for _, keys, *_ in by_contract.values()}
    assert len(sites) == 1
    students = [int(heads.sum()) for _, _, heads, *_ in by_contract.values()]
    assert students[0] < 0.6 * students[1]
    assert 1.8 * students[1] < students[2] < 2.1 * students[1]  # 3^0.6 = 1.93
    for yen, (_, _, _, cost, paid) in by_contract.items():
        assert np.array_equal(paid, np.minimum(cost, yen))


def test_columns_are_those_declared():
    measure, _ = live(University, settings_of(), range(2024, 2028))
    row, places = national_row(measure, 2027), municipal_columns(measure)
    assert list(row) == [declared.name for declared in DECLARATIONS_NATIONAL]
    for declared in DECLARATIONS_MUNICIPALITIES:
        assert str(places[declared.name].dtype) == declared.dtype
        assert int(places[declared.name].sum()) == row[declared.name]
    table = projects_table(measure, nation(), (2025, 2027))
    assert ["replicate", *table] == [declared.name for declared in DECLARATIONS]
    last = table["fiscal_year"] == 2027
    assert int(table["students"][last].sum()) == row["student_participants"]
    assert int(table["related_people"].sum()) <= row["related_students"]
    whole = projects_table(measure, nation(), (2009, 2050))
    moved = int((measure.students.status == Status.MOVED).sum())
    assert int(whole["movers"].sum()) == moved
    assert int(whole["students"].sum()) == len(measure.students)


def test_no_place_and_nobody_eligible():
    world = world_of(3, eligible_cooperators=np.zeros(3, dtype=bool))
    measure, ledger = live(University, settings_of(), range(2023, 2028), world)
    assert len(measure.projects) == len(measure.students) == 0
    assert len(ledger.table()["yen"]) == 0
    empty = year_of(2025, world, settings_of(), LUCK, nation_share=1.0)
    alone = University(world, settings_of(), LUCK)
    books = Ledger(LABELS)
    alone.open_year(empty)
    alone.close_year(empty, books)  # the nation's platform is paid even if no place may have a site
    assert sorted(books.table()["yen"].tolist()) == [30_000_000, 100_000_000]
