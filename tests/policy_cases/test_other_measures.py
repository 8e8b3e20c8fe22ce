"""The other five measures: who pays what, before and after each change of law."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from cases import Case, read_table

from okoshi.parameters.catalogue import catalogue
from okoshi.policy.amounts import Values
from okoshi.policy.dispatch import DispatchRules, allowed_term_months, dispatch_allowed, side_job_allowed
from okoshi.policy.local_10000 import (
    Limit,
    Local10000Rules,
    Place,
    Theme,
    grant_for_loan,
    largest_grant,
    national_part,
    place_of,
    served_within_budget,
    what_limits,
)
from okoshi.policy.quote import quote
from okoshi.policy.supplement import MEASURES, extra_of_budget, extra_to_spend
from okoshi.scenario.scenario import load_scenario

WORDS = frozenset({"place", "theme", "kind", "persons", "sites"})


@pytest.mark.parametrize("case", read_table("local_10000", WORDS), ids=str)
def test_local_10000(case: Case) -> None:
    answer = quote("local_10000", case.fiscal_year, case.arguments)
    split = answer.to_json()
    assert {name: split[name] for name in case.amounts} == case.amounts
    assert any(note.key == "switched_off" for note in answer.notes) == (case.fiscal_year < 2012)


@pytest.mark.parametrize(
    ("investment", "loan", "limit"),
    [
        (12000, 6000, Limit.LADDER),
        (12000, 4500, Limit.LOAN),
        (3000, 2500, Limit.INVESTMENT),
        (5000, 2500, Limit.LADDER),
        (3000, 0, Limit.LOAN),
        (3000, 3000, Limit.INVESTMENT),
    ],
)
def test_what_limits_a_grant(investment: int, loan: int, limit: Limit) -> None:
    rules = Local10000Rules.of(catalogue(), 2024)
    yen = np.array([investment]) * 10_000, np.array([loan]) * 10_000
    assert what_limits(rules, *yen)[0] == limit


def test_weak_places_are_disadvantaged_and_of_low_fiscal_strength() -> None:
    strength = np.array([0.2, 0.2, 0.25, 0.49, 0.5])
    disadvantaged = np.array([True, False, True, True, True])
    places = place_of(Local10000Rules.of(catalogue(), 2024), disadvantaged, strength)
    assert list(places) == [Place.WEAKEST, Place.BASIC, Place.WEAK, Place.WEAK, Place.BASIC]
    assert not place_of(Local10000Rules.of(catalogue(), 2015), disadvantaged, strength).any()


def test_the_budget_is_served_in_order_until_it_runs_out() -> None:
    national = np.array([300, 200, 200, 100, 0])
    assert list(served_within_budget(national, 600)) == [True, True, False, False, True]
    assert served_within_budget(national, None).all()
    assert Local10000Rules.of(catalogue(), 2023).budget_yen is None
    assert Local10000Rules.of(catalogue(), 2024).budget_yen == 600_000_000
    assert Local10000Rules.of(catalogue(), 2011).budget_yen == 0


def share_in_force(changes: dict[str, object], year: int) -> object:
    settings = (
        load_scenario("baseline").changed({f"policy.local_10000.{k}": v for k, v in changes.items()}).settings
    )
    return Local10000Rules.in_force(settings, year).national_share_women_youth


def test_the_share_of_women_and_young_founders_is_in_force_when_its_supplement_is_spent() -> None:
    three_quarters = Fraction(3, 4)
    assert [share_in_force({}, year) for year in (2023, 2024, 2025, 2034)] == [
        None,
        None,
        *[three_quarters] * 2,
    ]
    later: dict[str, object] = {"supplement.spent_in": 2026}
    assert [share_in_force(later, year) for year in (2025, 2026)] == [None, three_quarters]
    # A rule of the scheme: it does not hang on the extra's money, and an earlier date that a scenario gives holds.
    assert share_in_force({"supplement.enabled": False}, 2025) == three_quarters
    assert share_in_force({"national_share_women_youth@2020": "2/3"}, 2024) == Fraction(2, 3)


def test_a_grant_to_women_in_fy2024_is_shared_by_halves_and_from_fy2025_three_to_one() -> None:
    for year, part in ((2024, 17_500_000), (2025, 26_250_000)):
        rules = Local10000Rules.in_force(load_scenario("baseline").settings, year)
        assert largest_grant(rules, 120_000_000, 60_000_000) == 35_000_000
        assert national_part(rules, 35_000_000, Place.BASIC, Theme.WOMEN_YOUTH) == part


def test_a_loan_buys_the_best_step_of_the_ladder() -> None:
    rules = Local10000Rules.of(catalogue(), 2024)
    loans = np.array([0, 1000, 2500, 3000, 3750, 5250, 6000, 7000, 10_000, 50_000]) * 10_000
    grants = [0, 1000, 2500, 2500, 2500, 3500, 3500, 3500, 5000, 5000]
    assert list(grant_for_loan(rules, loans) // 10_000) == grants


@pytest.mark.parametrize("case", read_table("dispatch", WORDS), ids=str)
def test_dispatch(case: Case) -> None:
    answer = quote("dispatch", case.fiscal_year, case.arguments)
    assert {item.item: item.paid for item in answer.items} == {
        item: amount or 0 for item, amount in case.amounts.items()
    }
    refused = [note for note in answer.notes if note.key in ("no_rule", "switched_off")]
    assert bool(refused) == (None in case.amounts.values())


def test_who_may_be_dispatched() -> None:
    old, new = (DispatchRules.of(catalogue(), year) for year in (2014, 2024))
    presence, capital = [0.5, 0.49, 0.5], [100_000_000, 100_000_000, 3_000_000]
    assert list(dispatch_allowed(old.dispatched, presence, capital)) == [True, False, False]
    assert list(dispatch_allowed(new.dispatched, presence, capital)) == [True, False, True]
    enough = [4, 4, 3, 4], [20, 19, 20, 20], [1, 1, 1, 0]
    assert list(side_job_allowed(new.side_job, *enough)) == [True, False, False, False]
    assert not side_job_allowed(old.side_job, *enough).any()
    assert list(allowed_term_months(old, [6, 24, 48])) == [12, 24, 36]
    assert list(allowed_term_months(new, [6, 24, 48])) == [6, 24, 36]


@pytest.mark.parametrize("case", read_table("university", WORDS), ids=str)
def test_university(case: Case) -> None:
    answer = quote("university", case.fiscal_year, case.arguments)
    assert [item.paid for item in answer.items] == [case.amounts["contract"]]
    assert answer.total.paid + answer.total.municipal == answer.total.cost
    told = "15 model" in case.shows or "than the cost" in case.shows
    assert bool(answer.notes) == (case.fiscal_year != 2024 or told)


@pytest.mark.parametrize(("measure", "budget"), [("shopping", 50_000_000), ("digital", 200_000_000)])
def test_shopping_and_digital_pay_no_municipality(measure: str, budget: int) -> None:
    answer = quote(measure, 2024, {}).to_json()
    assert answer["budget"] == budget
    assert answer["total"] == {"cost": 0, "national_direct": 0, "municipal": 0}
    assert quote(measure, 2025, {}).to_json()["budget"] == 0


def test_the_extra_of_fy2024_is_spent_in_fy2025_once() -> None:
    values: Values = catalogue()
    for measure in MEASURES:
        extra = extra_of_budget(values, measure, 2024)
        assert extra > 0
        spent = [extra_to_spend(values, measure, year) for year in (2023, 2024, 2025, 2026)]
        assert spent == [0, 0, extra, 0]
    assert sum(extra_of_budget(values, measure, 2024) for measure in MEASURES) == 2_880_000_000
