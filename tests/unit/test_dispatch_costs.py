"""What an employee costs and who pays it, reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dispatch_country import behaviour_of, lived, settings_of
from okoshi.agents.books import ITEMS, LABELS, Payer
from okoshi.agents.dispatch_contracts import Contracts, Kind
from okoshi.agents.dispatch_spending import (
    Asked,
    before_cost,
    costs_of_year,
    dispatched_costs,
    municipal_part,
    net_by_place,
    post_costs,
    side_job_costs,
)
from okoshi.engine.calendar import month_index
from okoshi.engine.ledger import Ledger
from okoshi.policy.dispatch import DispatchRules

APRIL_2024 = month_index(2024)
EXTRA = "policy.dispatch.supplement.enabled"


@pytest.fixture(scope="module")
def rules() -> DispatchRules:
    return DispatchRules.of(settings_of(), 2024)


def one(**columns: Any) -> Contracts:
    table = Contracts(1)
    columns = {"start_month": APRIL_2024, "end_month": APRIL_2024 + 12, "municipality": 3} | columns
    table.append(1, key=np.array([7], dtype=np.uint64), **columns)
    return table


def figures(costs):
    return {cost.item: (int(cost.spent.sum()), int(cost.back.sum())) for cost in costs}


def test_over_the_cap_the_municipality_pays_its_part_alone(rules):
    behaviour = behaviour_of({"top_up": 0.5})
    table = one(pay=7_000_000, proposed=3_000_000)
    costs = dispatched_costs(table, np.array([0]), np.array([12]), rules.dispatched, behaviour)
    # 5.6 million under the cap and half of 1.4 million. Of projects of 3 million the body bears half itself; half of
    # the capped million comes back.
    assert figures(costs) == {"during": (6_300_000, 5_600_000), "proposed": (2_000_000, 500_000)}


def test_the_cap_is_prorated_by_month_and_the_cost_too(rules):
    behaviour = behaviour_of({"top_up": 0.0})
    table = one(pay=12_000_000)
    costs = dispatched_costs(table, np.array([0]), np.array([3]), rules.dispatched, behaviour)
    assert figures(costs)["during"] == (1_400_000, 1_400_000)
    cheap = one(pay=2_400_000)
    costs = dispatched_costs(cheap, np.array([0]), np.array([3]), rules.dispatched, behaviour)
    assert figures(costs)["during"] == (600_000, 600_000)


def test_a_side_job_has_two_caps(rules):
    behaviour = behaviour_of({"top_up": 1.0})
    table = one(kind=Kind.SIDE_JOB, pay=1_200_000, travel=700_000, proposed=1_000_000)
    costs = side_job_costs(table, np.array([0]), np.array([12]), rules.side_job, behaviour)
    assert figures(costs) == {
        "remuneration": (1_200_000, 1_000_000),
        "travel": (700_000, 700_000),
        "proposed": (1_000_000, 500_000),
    }


def test_a_cap_on_pay_over_that_on_the_sum_changes_nothing(rules):
    """What can never come back is over the cap, too: the body pays its part of it and no more."""
    behaviour = behaviour_of({"top_up": 0.25})
    table = one(kind=Kind.SIDE_JOB, pay=1_200_000, travel=0)
    found = []
    for cap in (800_000, 3_000_000):
        law = replace(
            rules.side_job, remuneration_per_person_cap=cap, remuneration_and_travel_per_person_cap=800_000
        )
        costs = side_job_costs(table, np.array([0]), np.array([12]), law, behaviour)
        found.append(figures(costs)["remuneration"])
    assert found == [(900_000, 800_000)] * 2


def test_of_travel_over_the_caps_the_body_pays_its_part(rules):
    """Of 1.8 million: half a million beside the pay of one under 1.5 on both, then 0.4 under its own cap, then none."""
    behaviour = behaviour_of({"top_up": 0.25})
    table = one(kind=Kind.SIDE_JOB, pay=1_400_000, travel=1_800_000)
    found = []
    for cap, both in ((1_000_000, 1_500_000), (400_000, 2_000_000), (None, 2_000_000)):
        law = replace(rules.side_job, travel_per_person_cap=cap, remuneration_and_travel_per_person_cap=both)
        costs = side_job_costs(table, np.array([0]), np.array([12]), law, behaviour)
        found.append(figures(costs)["travel"])
    assert found == [(825_000, 500_000), (750_000, 400_000), (450_000, 0)]


def test_looking_for_employees_is_capped_a_body(rules):
    behaviour = behaviour_of({"before_cost_fixed": 500_000, "before_cost_per_post": 400_000})
    cost = before_cost(np.array([0, 1, 3]), rules.dispatched, behaviour, 1.0)
    assert cost.place.tolist() == [1, 2]
    # 0.9 million wholly; of 1.7 million half by the body itself and half of the capped million.
    assert cost.spent.tolist() == [900_000, 1_350_000]
    assert cost.back.tolist() == [450_000, 500_000]
    first = DispatchRules.of(settings_of(), 2014).dispatched
    early = before_cost(np.array([3]), first, behaviour, 1.0)
    assert early.back.tolist() == [0], "the cap on what comes before exists from FY2015 on"
    assert early.spent.tolist() == [850_000]


@pytest.mark.parametrize(("cost", "paid"), [(900, 900), (1_000, 1_000), (1_400, 1_100)])
def test_municipal_part(cost, paid):
    assert municipal_part(np.array([cost]), np.array([1_000]), 0.25).tolist() == [paid]


def test_the_books_hold_the_whole_cost_and_what_comes_back(rules):
    behaviour = behaviour_of({"top_up": 0.5})
    asked = Asked(np.array([0, 0, 0, 2]), np.array([0, 0, 0, 0]))
    table = one(pay=7_000_000)
    running = (rules.dispatched, rules.side_job)
    costs = costs_of_year(table, APRIL_2024, running, asked, behaviour, 1.0)
    ledger = Ledger(LABELS)
    post_costs(ledger, 2024, costs)
    books = ledger.net(("fiscal_year",))
    yen = {LABELS.payer[payer]: int(value) for payer, value in zip(books["payer"], books["yen"], strict=True)}
    before = 300_000 + 2 * 200_000
    assert yen == {
        "municipality": 700_000 + before // 2,
        "special_allocation_tax": 5_600_000 + before // 2,
    }
    spent, kept = net_by_place(costs, 4)
    assert spent.tolist() == [0, 0, 0, 6_300_000 + before]
    assert kept.tolist() == [0, 0, 0, 700_000 + before // 2]


def extra_of(values: dict[str, object]) -> dict[tuple[int, str, str], int]:
    _, ledger = lived(values, years=(2014, 2026))
    books = ledger.table()
    extra = books["layer"] == 1
    assert Payer.NATIONAL_GRANT not in books["payer"]
    return {
        (int(year), ITEMS[item], LABELS.payer[payer]): int(yen)
        for year, item, payer, yen in zip(
            *(books[name][extra] for name in ("fiscal_year", "item", "payer", "yen")), strict=True
        )
    }


def test_the_nation_pays_platform_and_survey_as_an_extra():
    survey = {(2024, "survey", "national_direct"): 30_000_000}
    assert extra_of({}) == survey | {(2025, "platform", "national_direct"): 95_000_000}
    assert extra_of({f"{EXTRA}@2025": False}) == survey
    assert extra_of({EXTRA: False}) == {}
