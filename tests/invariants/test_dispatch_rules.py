"""Company dispatch keeps to its rules whatever the policy: caps, budgets, terms, staff, posts, and who is new."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from dispatch_country import lived
from okoshi.agents.books import ITEMS, LABELS, Layer, Payer
from okoshi.agents.dispatch_compared import slot_code
from okoshi.agents.dispatch_contracts import Kind, Origin, months_in_year
from okoshi.engine.calendar import month_index
from okoshi.observe.dispatch import national_row
from okoshi.world.country import World, load_world

YEARS = (2018, 2028)
CHANGE = 2023  # from here on the policy drawn is in force
DISPATCHED, SIDE = "policy.dispatch.dispatched", "policy.dispatch.side_job"
YEN = some.integers(0, 12_000_000)
RATE = some.sampled_from([0.0, 0.3, 0.5, 1.0])
POLICIES = some.fixed_dictionaries(
    {
        f"{DISPATCHED}.during_period_per_person_cap": YEN,
        f"{DISPATCHED}.during_period_rate": RATE,
        f"{DISPATCHED}.before_period_per_municipality_cap": YEN,
        f"{DISPATCHED}.proposed_project_per_person_cap": YEN,
        f"{DISPATCHED}.minimum_presence": some.sampled_from([0.1, 0.5, 0.8, 1.0]),
        f"{DISPATCHED}.enabled": some.booleans(),
        f"{SIDE}.enabled": some.booleans(),
        f"{SIDE}.remuneration_per_person_cap": some.integers(0, 3_000_000),
        f"{SIDE}.travel_per_person_cap": some.integers(0, 3_000_000),
        f"{SIDE}.remuneration_and_travel_per_person_cap": some.integers(0, 6_000_000),
        "policy.dispatch.supplement.budget": some.integers(0, 950_000_000),
        "policy.dispatch.enabled": some.sampled_from([True, True, True, False]),
    }
)
BEHAVIOUR = some.fixed_dictionaries(
    {
        "behaviour.dispatch.companies": some.sampled_from([0, 1, 300, 6_000]),
        "behaviour.dispatch.top_up": some.sampled_from([0.0, 0.5, 1.0]),
        "behaviour.dispatch.staff_limit": some.sampled_from([0.0, 0.3, 5.0]),
        "behaviour.dispatch.platform_seen": some.integers(0, 6),
        "behaviour.dispatch.survey_reach": some.sampled_from([0.0, 1.0]),
    }
)


@cache
def country() -> World:
    return load_world("default", ("島根県", "高知県"))


def lived_under(policy, behaviour, seed, each=None):
    values = {
        "behaviour.dispatch.hear_innovation": 0.2,
        "behaviour.dispatch.join_innovation": 0.2,
        "behaviour.dispatch.without_employee": 1.0,
        **behaviour,
        **{f"{name}@{CHANGE}": value for name, value in policy.items()},
    }
    return lived(values, YEARS, country(), seed, each)


@settings(max_examples=25, deadline=None)
@given(POLICIES, BEHAVIOUR, some.integers(0, 1_000))
def test_every_yen_stays_under_cap_rate_and_budget(policy, behaviour, seed):
    measure, ledger = lived_under(policy, behaviour, seed)
    assert ledger.faults() == []
    books = ledger.table()
    table = measure.contracts
    extra = books["layer"] == Layer.SUPPLEMENT
    assert set(books["payer"][extra].tolist()) <= {Payer.NATIONAL_DIRECT}
    share = int(country().eligible_dispatch.sum()) / 1_432
    for year in range(*YEARS):
        of_year = books["fiscal_year"] == year

        def back(item, of_year=of_year):
            rows = of_year & (books["payer"] == Payer.SPECIAL_ALLOCATION_TAX)
            return int(books["yen"][rows & (books["item"] == ITEMS.index(item))].sum())

        platform = of_year & extra & (books["item"] == ITEMS.index("platform"))
        assert books["yen"][platform].sum() <= policy["policy.dispatch.supplement.budget"] * share + 1
        if year < CHANGE:
            continue
        before = of_year & (books["item"] == ITEMS.index("before"))
        before &= books["payer"] == Payer.SPECIAL_ALLOCATION_TAX
        most = policy[f"{DISPATCHED}.before_period_per_municipality_cap"] + 1_000_000  # of both kinds
        assert books["yen"][before].max(initial=0) <= most // 2
        rows, months = months_in_year(table, month_index(year))
        sent = table.kind[rows] == Kind.DISPATCHED
        if policy[f"{DISPATCHED}.enabled"] and policy["policy.dispatch.enabled"]:
            cap = policy[f"{DISPATCHED}.during_period_per_person_cap"]
            rate = policy[f"{DISPATCHED}.during_period_rate"]
            assert back("during") <= rate * cap * int(months[sent].sum()) / 12
        if policy[f"{SIDE}.enabled"] and policy["policy.dispatch.enabled"]:
            together = policy[f"{SIDE}.remuneration_and_travel_per_person_cap"]
            assert back("remuneration") + back("travel") <= together * int(months[~sent].sum()) / 12


@settings(max_examples=25, deadline=None)
@given(POLICIES, BEHAVIOUR, some.integers(0, 1_000))
def test_posts_terms_staff_and_columns_hold(policy, behaviour, seed):
    measure, _ = lived_under(policy, behaviour, seed)
    table = measure.contracts
    for columns in (table, measure.companies, measure.hosts):
        assert columns.faults() == []
    length = table.end_month - table.start_month
    assert ((length >= 1) & (length <= 36)).all()
    order = np.lexsort((table.start_month, slot_code(table, np.arange(len(table)))))
    code, start, end = (
        values[order]
        for values in (slot_code(table, np.arange(len(table))), table.start_month, table.end_month)
    )
    follows = code[1:] == code[:-1]
    assert (start[1:][follows] >= end[:-1][follows]).all(), "two employees in one post"
    late = table.start_month >= month_index(CHANGE)
    sent = late & (table.kind == Kind.DISPATCHED)
    assert (table.presence[sent] >= policy[f"{DISPATCHED}.minimum_presence"]).all()
    if not (policy[f"{DISPATCHED}.enabled"] and policy["policy.dispatch.enabled"]):
        assert not sent.any()
    if not (policy[f"{SIDE}.enabled"] and policy["policy.dispatch.enabled"]):
        assert not (late & (table.kind == Kind.SIDE_JOB)).any()
    assert (measure.companies.contracts == np.bincount(table.company, minlength=len(measure.companies))).all()
    assert (country().eligible_dispatch[table.municipality]).all()
    assert ((measure.capacity >= 0) & (measure.capacity <= 1)).all()


@settings(max_examples=15, deadline=None)
@given(BEHAVIOUR, some.integers(0, 1_000))
def test_new_moved_and_earlier_add_up_to_everybody(behaviour, seed):
    rows = {}
    measure, ledger = lived_under({}, behaviour, seed, lambda m, y: rows.update({y: national_row(m, y)}))
    for year, row in rows.items():
        everybody = row["dispatched_dispatched"] + row["dispatched_side_job"]
        moved = sum(row[f"dispatch_moved_{what}"] for what in ("company", "place", "type"))
        assert row["dispatch_gross"] == row["dispatch_new"] + moved + row["dispatch_earlier"]
        assert 0 <= row["dispatch_gross"] <= everybody
        assert row["dispatch_net"] == everybody - row["dispatch_without_extra"]
        assert row["dispatch_posts"] == row["dispatch_posts_filled"] + row["dispatch_posts_unfilled"]
        assert row["dispatch_posts_filled"] <= row["dispatch_posts"]
        if year < 2025 or behaviour["behaviour.dispatch.companies"] == 0:
            assert row["dispatch_gross"] == row["dispatch_net"] == 0
    before = measure.contracts.start_month < month_index(2025)
    assert set(measure.contracts.origin[before].tolist()) <= {Origin.SAME}
    national = ledger.total(("payer",))
    assert {LABELS.payer[payer] for payer in national["payer"].tolist()} <= {
        "national_direct",
        "special_allocation_tax",
        "municipality",
    }
