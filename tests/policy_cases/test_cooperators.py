"""地域おこし協力隊: what special allocation tax pays, before and after each change of law."""

from __future__ import annotations

import numpy as np
import pytest
from cases import Case, read_table

from okoshi.parameters.catalogue import catalogue
from okoshi.policy.cooperators import (
    CooperatorRules,
    activity_reimbursement,
    allowed_term_months,
    internship_activity_reimbursement,
    may_claim_foreign_items,
    other_activity_left,
    startup_window_open,
)
from okoshi.policy.quote import quote

COUNTS = frozenset({"members", "startups", "internship_person_days"})


@pytest.mark.parametrize("case", read_table("cooperators", COUNTS), ids=str)
def test_case(case: Case) -> None:
    answer = quote("cooperators", case.fiscal_year, case.arguments)
    paid = {item.item: item.paid for item in answer.items}
    assert paid == {item: amount or 0 for item, amount in case.amounts.items()}
    said = {note.values.get("item") for note in answer.notes if note.key == "no_rule"}
    if case.fiscal_year >= 2009:  # before, one note for the whole measure
        assert said == {item for item, amount in case.amounts.items() if amount is None}


# When a startup counts: (fiscal year, months served, months until the end of the term) -> yes or no.
WINDOW = [
    (2013, 30, 6, False, "no startup aid yet"),
    (2014, 30, 6, True, "in the last year of the term"),
    (2014, 23, 13, False, "not yet in its last year"),
    (2014, 36, 0, True, "just after the end"),
    (2014, 36, -11, True, "in the year after the end"),
    (2014, 36, -12, False, "a year after the end"),
    (2019, 13, 23, False, "second year: not before FY2020"),
    (2020, 12, 24, True, "from the second year on (year of the change assumed)"),
    (2020, 11, 25, False, "still in the first year"),
    (2020, 11, 1, False, "a short term that is ending: the first year never counts"),
    (2024, 12, 24, True, "from the second year on"),
    (2024, 36, -11, True, "in the year after the end"),
    (2024, 36, -12, False, "a year after the end"),
    (2024, 5, -3, False, "left in the first year"),
]


@pytest.mark.parametrize(("fiscal_year", "served", "until_end", "counts", "shows"), WINDOW)
def test_when_a_startup_counts(
    fiscal_year: int, served: int, until_end: int, counts: bool, shows: str
) -> None:
    rules = CooperatorRules.of(catalogue(), fiscal_year)
    assert bool(startup_window_open(rules, served, until_end)) is counts, shows
    many = startup_window_open(rules, np.array([served, served]), np.array([until_end, 99]))
    assert bool(many[0]) is counts


def test_caps_are_prorated_by_month_of_service() -> None:
    rules = CooperatorRules.of(catalogue(), 2024)
    assert activity_reimbursement(rules, 1_900_000, 1_500_000, months=6) == 1_600_000 + 1_000_000
    assert activity_reimbursement(rules, 250_000, 100_000, months=1) == 250_000 + 100_000
    assert activity_reimbursement(rules, 300_000, 0, months=0) == 0


@pytest.mark.parametrize(
    ("fiscal_year", "pay", "left", "shows"),
    [
        (2014, 2_000_000, 2_000_000, "2.0 and 2.0 of 4.0 million"),
        (2016, 2_000_000, 2_000_000, "2.0 of 4.0 million are left"),
        (2016, 2_200_000, 1_800_000, "the sum cap leaves 1.8"),
        (2016, 2_500_000, 1_500_000, "2.5 and 1.5 of 4.0 million"),
        (2016, 2_900_000, 1_500_000, "pay over its cap of 2.5 does not count"),
        (2020, 2_400_000, 2_000_000, "2.4 and 2.0 of 4.4 million"),
        (2020, 2_600_000, 1_800_000, "pay passes its cap by what the other cost gives up"),
        (2020, 3_300_000, 1_500_000, "by half a million at most"),
        (2024, 2_000_000, 2_000_000, "the cap of its own"),
        (2024, 3_700_000, 2_000_000, "3.2 and 2.0 of 5.2 million"),
        (2008, 2_000_000, 0, "no measure yet"),
    ],
)
def test_how_much_other_activity_cost_counts_beside_a_pay(
    fiscal_year: int, pay: int, left: int, shows: str
) -> None:
    assert other_activity_left(CooperatorRules.of(catalogue(), fiscal_year), pay) == left, shows


def test_terms_lie_between_one_and_three_years() -> None:
    rules = CooperatorRules.of(catalogue(), 2024)
    assert list(allowed_term_months(rules, [6, 12, 24, 36, 60])) == [12, 12, 24, 36, 36]
    assert list(allowed_term_months(CooperatorRules.of(catalogue(), 2008), [24])) == [0]


def test_the_items_for_foreign_members_go_to_all_prefectures_but_tokyo() -> None:
    assert [may_claim_foreign_items(code) for code in ("01", "13", "27")] == [True, False, True]


def test_interns_are_paid_for_by_person_and_day() -> None:
    rules = CooperatorRules.of(catalogue(), 2024)
    assert internship_activity_reimbursement(rules, 100_000, 5) == 60_000
