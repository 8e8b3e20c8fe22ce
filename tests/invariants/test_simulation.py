"""What holds in every year of every run, whatever the policy and the structure: people, yen, tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from balance import check_members, check_numbers, check_people, check_yen
from okoshi.agents.cooperators import NEVER, Settled
from okoshi.policy.cooperators import CooperatorRules
from small_country import lived, scenario_of

LAST = 2026
PREFIX = "policy.cooperators."
YEARS = st.integers(2010, LAST)
YEN = {
    "activity_per_member": 8_000_000,
    "activity_remuneration_per_member": 6_000_000,
    "activity_other_per_member": 4_000_000,
    "recruitment_per_municipality": 5_000_000,
    "trial_per_municipality": 3_000_000,
    "internship_per_municipality": 3_000_000,
    "internship_per_person_and_day": 30_000,
    "daily_support_per_municipality": 4_000_000,
    "startup_per_member": 5_000_000,
    "foreign_resident_recruitment_per_body": 4_000_000,
    "support.publicity_budget": 300_000_000,
    "support.advisers_budget": 100_000_000,
    "supplement.budget": 500_000_000,
}
OTHERS = {
    "enabled": st.just(False),
    "term_years": st.sampled_from([[1, 1], [1, 5], [2, 3]]),
    "activity_rate": st.sampled_from(["1/2", "2/3", 0]),
    "startup_rate": st.sampled_from(["1/3", 0.999]),
    "vacant_house_renovation_rate": st.sampled_from([1, "3/4", 0]),
    "support.advisers_target": st.just("all"),
    "startup_years_after_end": st.integers(0, 3),
}
STRUCTURES = st.fixed_dictionaries(
    {
        "structure.matching": st.sampled_from(["search", "deferred_acceptance"]),
        "structure.adoption": st.sampled_from(["diffusion", "budget"]),
        "structure.settlement": st.sampled_from(["choice", "threshold"]),
    }
)


@st.composite
def policies(draw):
    changes = {}
    for name in draw(st.lists(st.sampled_from(sorted(YEN)), max_size=4, unique=True)):
        # Sometimes nothing, sometimes an odd number of yen: rounding must hold for all.
        changes[f"{PREFIX}{name}@{draw(YEARS)}"] = draw(st.sampled_from([0, 1, 999_999])) or draw(
            st.integers(0, YEN[name])
        )
    for name in draw(st.lists(st.sampled_from(sorted(OTHERS)), max_size=2, unique=True)):
        changes[f"{PREFIX}{name}@{draw(YEARS)}"] = draw(OTHERS[name])
    if draw(st.booleans()):
        changes[f"policy.special_allocation_tax.total@{draw(YEARS)}"] = "fixed"
    if draw(st.booleans()):
        changes["behaviour.municipalities.adoption_innovation"] = 0.2
    return {**changes, **draw(STRUCTURES)}


RUNS = settings(  # a failing policy is shown as it was drawn: to shrink it would take minutes
    max_examples=20, suppress_health_check=[HealthCheck.too_slow], phases=set(Phase) - {Phase.shrink}
)


def run_of(changes, seed, prefectures=("島根県",)):
    scenario = scenario_of((2009, LAST), prefectures).changed(changes)
    model = lived(scenario, seed)
    return scenario, model, model.tables()


@RUNS
@given(policies(), st.integers(0, 2**63 - 1))
def test_people_and_yen_balance_whatever_the_policy(changes, seed):
    scenario, model, tables = run_of(changes, seed)
    assert model.members.faults() == []
    assert model.municipalities.faults() == []
    check_people(model, tables)
    check_members(tables)
    check_yen(model, tables)
    check_reimbursements(scenario, model, tables)
    check_numbers(tables)


def test_people_and_yen_balance_in_more_than_one_prefecture():
    """All that can happen does: the same proofs over a run with firms, foreign members and guests."""
    changes = {
        "policy.special_allocation_tax.total@2024": "fixed",
        "behaviour.applicants.foreign_a_year": 600,
    }
    scenario, model, tables = run_of(changes, 3, ("長野県", "島根県", "東京都"))
    assert len(model.members) > 500
    assert set(tables["ledger"]["item"].tolist()) >= {
        "activity",
        "recruitment",
        "trial",
        "internship",
        "internship_activity",
        "daily_support",
        "startup",
        "renovation",
        "foreign_recruitment",
        "foreign_support",
        "overhead",
        "pool",
    }
    check_people(model, tables)
    check_members(tables)
    check_yen(model, tables)
    check_reimbursements(scenario, model, tables)
    check_numbers(tables)


def rules_in_force(scenario):
    """Return the rules that members meet each year: those of the last year in which the scheme was open."""
    found, running = {}, None
    for year in range(2009, LAST + 1):
        rules = CooperatorRules.of(scenario.settings, year)
        opened = bool(rules.enabled) and rules.activity_per_member is not None
        running = rules if opened or running is None else running
        found[year] = running
    return found


def check_reimbursements(scenario, model, tables):
    """No cap, rate or cost is passed, reckoned anew from people and rules; no rule, no yen."""
    ledger, members = tables["ledger"], model.members
    codes = model.world.code.tolist()
    spent, back = {}, {}
    for row in range(len(ledger["yen"])):
        key = (ledger["fiscal_year"][row], ledger["item"][row], ledger["municipality"][row])
        # A founder's cost is what the body gives and what the founder pays.
        if ledger["payer"][row] in ("municipality", "private") and ledger["item"][row] != "pool":
            spent[key] = spent.get(key, 0) + int(ledger["yen"][row])
        elif ledger["payer"][row] == "special_allocation_tax":
            back[key] = back.get(key, 0) + int(ledger["yen"][row])
    for year, rules in rules_in_force(scenario).items():
        first = 12 * (year - 2009)
        months = np.minimum(members.end_month, first + 12) - np.maximum(members.start_month, first)
        months = np.maximum(months, 0)
        opened = (members.startup_month >= first) & (members.startup_month < first + 12)
        for row, code in enumerate(codes):
            here = members.municipality == row
            served = months[here].tolist()
            cap = {
                "activity": sum((rules.activity_per_member or 0) * one / 12 for one in served),
                "recruitment": rules.recruitment_per_municipality or 0,
                "trial": rules.trial_per_municipality or 0,
                "daily_support": rules.daily_support_per_municipality or 0,
                "startup": int((opened & here).sum()) * (rules.startup_per_member or 0),
                "renovation": float("inf"),
                "overhead": 0,
            }
            rate = {
                "activity": rules.activity_rate,
                "recruitment": rules.recruitment_rate,
                "trial": rules.trial_rate,
                "daily_support": rules.daily_support_rate,
                "startup": rules.startup_rate,
                "renovation": rules.vacant_house_renovation_rate,
                "overhead": None,
            }
            for item, most in cap.items():
                paid, cost = back.get((year, item, code), 0), spent.get((year, item, code), 0)
                allowed = float(rate[item] or 0) * min(cost, most) if rules.enabled else 0
                assert paid <= allowed + 1e-6, (year, code, item)
                exact = item in ("recruitment", "trial", "daily_support")
                assert not exact or paid > allowed - 1 - 1e-6, (year, code, item)
            for item, exists in (
                ("internship", rules.internship_per_municipality),
                ("internship_activity", rules.internship_per_person_and_day),
            ):
                paid, cost = (side.get((year, item, code), 0) for side in (back, spent))
                assert paid <= cost
                assert paid == 0 or exists
            paid = back.get((year, "internship", code), 0)
            assert paid <= (rules.internship_per_municipality or 0)
        most = {
            "foreign_recruitment": rules.foreign_resident_recruitment_per_body or 0,
            "foreign_support": rules.foreign_member_support_per_body or 0,
        }
        for item, cap in most.items():
            to_prefectures = [
                yen
                for (paid_in, what, where), yen in back.items()
                if (paid_in, what) == (year, item) and where
            ]
            assert all(0 < yen <= cap for yen in to_prefectures), (year, item)


@pytest.mark.parametrize("month", [1, 6, 14, 40, 100])
def test_in_any_month_everybody_is_somewhere(month):
    model = lived(scenario_of((2009, 2009)))
    while model.month < month:
        model.step()
    members = model.members
    serving = members.end_month == NEVER
    assert (members.settled[serving] == Settled.SERVING).all()
    assert (members.settled[~serving] != Settled.SERVING).all()
    housed = (members.settled == Settled.SAME) | (members.settled == Settled.NEARBY)
    assert (members.settled_municipality[housed] >= 0).all()
    assert members.faults() == []
