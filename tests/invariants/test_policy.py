"""What holds for every cost, cap, rate and year: never over, never negative, and nothing gets lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.parameters.catalogue import catalogue
from okoshi.policy import cooperators as law
from okoshi.policy import dispatch, local_10000
from okoshi.policy.amounts import Values, reimbursed, share_of, split_exactly
from okoshi.policy.cooperator_support import SupportBudgets, SupportLine, divide_extra
from okoshi.policy.cooperators import CooperatorRules
from okoshi.policy.local_10000 import Local10000Rules, Place, Theme
from okoshi.policy.questions import ARGUMENTS
from okoshi.policy.quote import quote
from okoshi.policy.special_allocation_tax import net_of_fixed_total, total_is_fixed
from okoshi.policy.supplement import MEASURES, extra_to_spend
from okoshi.policy.targets import announced_targets, growth_asked
from okoshi.scenario.scenario import load_scenario

yen = st.integers(0, 10**11)
caps = st.integers(0, 10**10)
rates = st.one_of(
    st.fractions(0, 1, max_denominator=100),
    st.floats(0, 1).map(lambda rate: Fraction(str(rate))),  # many digits, as in a sweep
    st.just(Fraction(1, 10**30)),
)
years = st.integers(2009, 2050)
months = st.integers(0, 12)

LAW = {year: CooperatorRules.of(catalogue(), year) for year in range(2000, 2051)}
GRANTS = {year: Local10000Rules.of(catalogue(), year) for year in range(2000, 2051)}
DISPATCH = {year: dispatch.DispatchRules.of(catalogue(), year) for year in range(2000, 2051)}


@given(yen, caps, caps, rates)
def test_a_reimbursement_stays_under_cost_cap_and_rate(
    cost: int, cap: int, more: int, rate: Fraction
) -> None:
    paid = reimbursed(cost, cap, rate)
    assert 0 <= paid <= min(cost, cap)
    assert 0 <= rate * min(cost, cap) - paid < 1  # rounded down to the yen, no further
    assert reimbursed(cost, cap + more, rate) >= paid
    assert reimbursed(cost, None, rate) == reimbursed(cost, cap, None) == 0


@given(st.lists(yen, min_size=1, max_size=20), rates)
def test_arrays_agree_with_ints(costs: list[int], rate: Fraction) -> None:
    many = share_of(np.array(costs, dtype=np.int64), rate)
    assert many.dtype == np.int64
    assert list(many) == [share_of(cost, rate) for cost in costs]


@given(years, yen, yen, months, caps)
def test_activity_stays_under_all_its_caps(year: int, pay: int, other: int, served: int, more: int) -> None:
    rules = LAW[year]
    paid = law.activity_reimbursement(rules, pay, other, served)
    assert 0 <= paid <= pay + other
    assert paid <= (rules.activity_per_member or 0) * served // 12
    flexible = rules.activity_remuneration_flexible_per_member or 0
    alone = law.activity_reimbursement(rules, pay, 0, served)
    assert alone <= (rules.activity_remuneration_per_member or 0) + flexible
    for cap in ("activity_per_member", "activity_remuneration_per_member", "activity_other_per_member"):
        higher: dict[str, Any] = {cap: (getattr(rules, cap) or 0) + more}
        raised = replace(rules, **higher)
        assert law.activity_reimbursement(raised, pay, other, served) >= paid
    assert law.activity_reimbursement(rules, pay + more, other, served) >= paid


some = st.one_of(st.none(), st.integers(0, 6_000_000))


@given(
    pay=st.integers(0, 9_000_000), caps_=st.tuples(some, some, some, some), part=st.floats(0, 1), more=caps
)
def test_all_the_other_cost_that_is_left_counts_and_no_yen_beyond(
    pay: int, caps_: tuple[int | None, ...], part: float, more: int
) -> None:
    """Under any caps: what is left beside a pay comes back yen by yen, and whatever is over brings nothing."""
    names = ("per_member", "remuneration_per_member", "remuneration_flexible_per_member", "other_per_member")
    given_caps: dict[str, Any] = {f"activity_{name}": cap for name, cap in zip(names, caps_, strict=True)}
    rules = replace(LAW[2024], activity_rate=Fraction(1), **given_caps)
    left = law.other_activity_left(rules, pay)
    assert 0 <= left <= (rules.activity_other_per_member or 0)
    pay_back = law.activity_reimbursement(rules, pay, 0)
    within = int(left * part)
    assert law.activity_reimbursement(rules, pay, within) == pay_back + within
    assert law.activity_reimbursement(rules, pay, left) == pay_back + left
    assert law.activity_reimbursement(rules, pay, left + more) <= pay_back + left
    assert law.other_activity_left(replace(rules, enabled=False), pay) == 0


@given(years, st.lists(st.tuples(yen, yen, months), min_size=1, max_size=8))
def test_rules_agree_on_arrays_and_ints(year: int, cases: list[tuple[int, int, int]]) -> None:
    one, two, served = (np.array(column, dtype=np.int64) for column in zip(*cases, strict=True))
    rules, side_job, grants = LAW[year], DISPATCH[year].side_job, GRANTS[year]
    pairs = [
        (
            law.activity_reimbursement(rules, one, two, served),
            [law.activity_reimbursement(rules, *case) for case in cases],
        ),
        (
            law.other_activity_left(rules, one),
            [law.other_activity_left(rules, a) for a, _, _ in cases],
        ),
        (
            law.renovation_reimbursement(rules, one),
            [law.renovation_reimbursement(rules, a) for a, _, _ in cases],
        ),
        (
            dispatch.side_job_reimbursement(side_job, one, two, served)[1],
            [dispatch.side_job_reimbursement(side_job, *case)[1] for case in cases],
        ),
        (
            local_10000.largest_grant(grants, one, two),
            [local_10000.largest_grant(grants, a, b) for a, b, _ in cases],
        ),
    ]
    for many, single in pairs:
        assert list(many) == single


BY_BODY: list[Callable[[CooperatorRules, int], int]] = [
    law.recruitment_reimbursement,
    law.trial_reimbursement,
    law.internship_reimbursement,
    law.daily_support_reimbursement,
    law.startup_reimbursement,
    law.renovation_reimbursement,
    law.foreign_recruitment_reimbursement,
    law.foreign_support_reimbursement,
]


@pytest.mark.parametrize("reimbursement", BY_BODY)
@given(year=st.integers(2000, 2050), cost=yen)
def test_a_measure_switched_off_pays_nothing(
    reimbursement: Callable[[CooperatorRules, int], int], year: int, cost: int
) -> None:
    off = replace(LAW[year], enabled=False)
    assert reimbursement(off, cost) == 0
    assert law.activity_reimbursement(off, cost, cost) == 0
    assert 0 <= reimbursement(LAW[year], cost) <= cost


@pytest.mark.parametrize("measure", MEASURES)
def test_off_in_a_scenario_pays_nothing_anywhere(measure: str) -> None:
    settings = load_scenario("baseline", set={f"policy.{measure}.enabled": False}).settings
    question: dict[str, str | int] = {
        name: 10 if argument.counts else 5_000_000
        for name, argument in ARGUMENTS[measure].items()
        if not argument.choices and argument.kind in (None, "dispatched")
    }
    if measure == "dispatch":
        question["kind"] = "dispatched"
    elif measure == "local_10000":
        question["investment"] = 20_000_000
    for year in (2014, 2024, 2025):
        answer = quote(measure, year, question, settings)
        assert answer.total.paid == 0
        assert not answer.budget
        assert (answer.split or {}).get("grant", 0) == 0
        assert answer.notes
        assert extra_to_spend(settings, measure, year) == 0
    if measure == "cooperators":
        assert not any(SupportBudgets.of(settings, 2025).scheme.values())


@given(years, yen, yen)
def test_more_loan_never_buys_a_smaller_grant(year: int, loan: int, more: int) -> None:
    rules = GRANTS[year]
    grant = local_10000.grant_for_loan(rules, loan)
    assert 0 <= grant <= loan
    assert local_10000.grant_for_loan(rules, loan + more) >= grant
    ladder = rules.grant_cap_by_loan_ratio or ()
    assert grant <= max((cap for _, cap in ladder), default=0)
    # The law's own words: the cap that goes with the ratio of loan to grant is kept.
    reached = [cap for ratio, cap in ladder if loan >= ratio * grant]
    assert grant == 0 or grant <= max(reached)
    # ... and one yen more would break it: it is the largest.
    reached = [cap for ratio, cap in ladder if loan >= ratio * (grant + 1)]
    assert grant + 1 > max(reached, default=0)


@given(years, yen, yen, st.sampled_from(Place), st.sampled_from(Theme))
def test_a_project_adds_up_and_its_founder_never_sees_the_share(
    year: int, investment: int, loan: int, place: Place, theme: Theme
) -> None:
    rules = GRANTS[year]
    grant = local_10000.largest_grant(rules, investment, loan)
    national = local_10000.national_part(rules, grant, place, theme)
    assert 0 <= national <= grant <= max(investment - loan, 0)
    assert national >= local_10000.national_part(rules, grant, Place.BASIC, Theme.NONE)
    arrays = (np.array([value]) for value in (grant, place, theme))
    assert list(local_10000.national_parts(rules, *arrays)) == [national]


@given(st.lists(st.integers(0, 10**9), max_size=30), st.integers(0, 10**10), st.integers(0, 10**9))
def test_served_applications_never_cost_more_than_the_budget(
    national: list[int], budget: int, more: int
) -> None:
    parts = np.array(national, dtype=np.int64)
    served = local_10000.served_within_budget(parts, budget)
    assert parts[served].sum() <= budget
    assert (local_10000.served_within_budget(parts, budget + more) >= served).all()


@given(years, yen, yen, months)
def test_a_side_job_stays_under_its_caps(year: int, pay: int, travel: int, served: int) -> None:
    rules = DISPATCH[year].side_job
    paid, trips = dispatch.side_job_reimbursement(rules, pay, travel, served)
    assert 0 <= paid <= min(pay, rules.remuneration_per_person_cap or 0)
    assert 0 <= trips <= min(travel, rules.travel_per_person_cap or 0)
    assert paid + trips <= (rules.remuneration_and_travel_per_person_cap or 0) * served // 12


@given(st.integers(0, 10**13), st.lists(st.floats(0, 1e9), min_size=1, max_size=30))
def test_a_total_is_divided_to_the_yen(total: int, weights: list[float]) -> None:
    parts = split_exactly(total, weights)
    assert int(parts.sum()) == total
    assert (parts >= 0).all()


@given(st.integers(0, 10**10), st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_the_lines_of_the_extra_add_up_to_it_or_to_their_shares_of_it(
    extra: int, shares: list[float]
) -> None:
    lines = divide_extra(extra, shares)
    assert set(lines) == set(SupportLine)
    spent, whole = sum(lines.values()), min(sum(shares), 1.0)
    assert spent == (extra if whole == 1.0 else pytest.approx(extra * whole, rel=1e-9, abs=1))
    for share, yen in zip(shares, lines.values(), strict=True):
        assert yen <= extra * share / max(sum(shares), 1.0) + 1


# A body weighs as people times what their fiscal strength lacks: nothing, or no less than a thousandth of a person.
weight = st.just(0.0) | st.floats(1e-3, 1e9)
paid_by_body = st.lists(st.tuples(st.integers(0, 10**10), weight), max_size=30)


@given(paid_by_body)
def test_a_fixed_total_is_paid_by_the_others_to_the_yen(bodies: list[tuple[int, float]]) -> None:
    paid = np.array([body[0] for body in bodies], dtype=np.int64)
    weights: npt.NDArray[np.float64] = np.array([body[1] for body in bodies])
    net = net_of_fixed_total(paid, weights)
    assert int(net.sum()) == 0
    assert (net <= paid).all()


def test_each_yen_lowers_what_the_others_receive_in_proportion() -> None:
    assert list(net_of_fixed_total(np.array([600, 0, 0]), [5, 1, 2])) == [600, -200, -400]
    assert list(net_of_fixed_total(np.array([600]), [5])) == [0]
    with pytest.raises(ValueError, match="one weight a body"):
        net_of_fixed_total(np.array([600, 0]), [1])


def test_a_target_set_ahead_is_known_as_long_before_as_the_last_one_was() -> None:
    """The form of the interface, `{ 2030 = 15_000 }`: nobody acts upon it before FY2026, four years ahead."""

    def known(year: int, **context: object) -> dict[int, int]:
        changes = {f"context.{name}": value for name, value in context.items()}
        return announced_targets(load_scenario("baseline", set=changes).settings, year)

    official = {2016: 3_000, 2020: 4_000, 2024: 8_000, 2026: 10_000}
    set_ahead = {"announced_targets": {2030: 15_000}}
    assert known(2025, **set_ahead) == official
    assert known(2026, **set_ahead) == {**official, 2030: 15_000}
    sooner = {**set_ahead, "announced_years_ahead": {2030: 5}}
    assert (known(2024, **sooner), known(2025, **sooner)[2030]) == (official, 15_000)
    # Another number for a year that has a target takes its place; what was announced before stays.
    assert known(2022, announced_targets={2026: 12_000}) == {**official, 2026: 12_000}
    # Put off: the target of FY2026 as it was before the last announcement, the same number four years later.
    put_off = {"announced_targets": {2026: 8_000, 2030: 10_000}}
    assert known(2025, **put_off) == {2016: 3_000, 2020: 4_000, 2024: 8_000}
    assert known(2026, **put_off)[2030] == 10_000
    # One before any that was announced is known as long before as the first of these was.
    early = {"announced_targets": {2012: 2_000}}
    assert (known(2009, **early), known(2010, **early)) == ({}, {2012: 2_000})
    # What is not announced stays so, where the notice is abolished.
    assert 2026 not in known(2030, announced_years_ahead={2026: "abolished"})
    # Another notice alone makes no new target.
    assert known(2034, announced_years_ahead={2028: 2}) == official


def test_the_total_is_open_unless_a_scenario_fixes_it() -> None:
    fixed = load_scenario("baseline", set={"policy.special_allocation_tax.total@2027": "fixed"}).settings
    assert [total_is_fixed(fixed, year) for year in (2009, 2026, 2027)] == [False, False, True]


def test_the_extra_repeated_is_spent_every_year_after() -> None:
    again = load_scenario("baseline", set={"policy.cooperators.supplement.budget@2024": 145_000_000}).settings
    assert [extra_to_spend(again, "cooperators", year) for year in (2024, 2025, 2026, 2034)] == [
        *(0, 145_000_000, 145_000_000, 145_000_000)
    ]
    later = load_scenario("baseline", set={"policy.cooperators.supplement.spent_in": 2026}).settings
    assert [extra_to_spend(later, "cooperators", year) for year in (2025, 2026, 2027)] == [0, 145_000_000, 0]
    twice = load_scenario("baseline", set={"policy.cooperators.supplement.budget": 290_000_000}).settings
    assert [extra_to_spend(twice, "cooperators", year) for year in (2025, 2026)] == [290_000_000, 0]


def test_only_announced_targets_are_known() -> None:
    known = [announced_targets(catalogue(), year) for year in (2013, 2014, 2018)]
    assert known == [{}, {2016: 3_000, 2020: 4_000}, {2016: 3_000, 2020: 4_000, 2024: 8_000}]


def test_the_growth_a_target_asks_by_hand() -> None:
    """April rests on the budget of the winter before: targets announced by then, members of two years ago."""

    def asked(year: int, members: int, values: Values | None = None) -> float:
        return growth_asked(values or catalogue(), year, members)

    assert asked(2014, 617) == 0.0  # announced in June of FY2014, after April
    assert asked(2015, 978) == pytest.approx(log(3_000 / 978) / 3)  # 3,000 by FY2016 presses more than 4,000
    assert asked(2016, 1_629) == pytest.approx(log(3_000 / 1_629) / 2)
    assert asked(2017, 2_799) == pytest.approx(log(4_000 / 2_799) / 5)  # that of FY2016 is over
    assert asked(2018, 4_090) == 0.0  # met; 8,000 is announced in June
    assert asked(2019, 4_976) == pytest.approx(log(8_000 / 4_976) / 7)
    assert asked(2027, 1_000) == 0.0  # none is left
    assert asked(2015, 0) == 0.5  # ln(3,000 / 1) / 3 = 2.67: seven times what was ever asked
    later = load_scenario("baseline", set={"context.announced_years_ahead@2024": 4}).settings
    assert asked(2019, 4_976, later) == 0.0


@given(year=st.integers(2009, 2040), members=st.integers(0, 20_000), more=st.integers(0, 20_000))
def test_more_members_are_never_asked_for_more_growth(year: int, members: int, more: int) -> None:
    assert 0.0 <= growth_asked(catalogue(), year, members + more) <= growth_asked(catalogue(), year, members)
