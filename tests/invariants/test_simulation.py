"""What holds in every year of every run, whatever the policy and the structure: people, yen, tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okoshi.agents.books import Payer
from okoshi.agents.cooperators import NEVER, Settled
from okoshi.observe.declarations import TABLES
from okoshi.policy.cooperators import CooperatorRules
from small_country import lived, scenario_of

LAST = 2026
# Differences between two courses, a correction, a balance; yen_PAYER is net of what came back (`check_yen`).
SIGNED = {"dispatch_net", "people_beside_rates", "net_from_abroad"}
SIGNED |= {"local_10000_additional_investment_yen", "local_10000_additional_loan_yen"}
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


RUNS = settings(
    max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
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


def check_people(model, tables):
    """Hired = serving + ended, and the stock of a year is the stock before, plus hired, less ended."""
    national, members = tables["national"], model.members
    hired, ended = national["hired"].cumsum(), national["ended"].cumsum()
    until = 12 * np.arange(1, len(hired) + 1)
    serving = np.array(
        [int(((members.start_month < month) & (members.end_month > month)).sum()) for month in until]
    )
    assert hired.tolist() == (serving + ended).tolist()
    assert ended.tolist() == national["ended_so_far"].tolist()
    stock_before = np.concatenate([[0], serving[:-1]])
    assert national["members"].tolist() == (stock_before + national["hired"]).tolist()
    # Who ends on 31 March is a member on that day and has ended.
    last_day = np.array([int((members.end_month == month).sum()) for month in until])
    assert national["members_on_31_march"].tolist() == (serving + last_day).tolist()
    assert (national["settled"] == national["settled_same"] + national["settled_nearby"]).all()
    assert (national["settled"] <= national["ended_so_far"]).all()
    assert (national["hired"] + national["vacancies_unfilled"] == national["vacancies"]).all()
    assert (national["hired"] + national["applicants_refused"] == national["applied"]).all()
    assert (national["applied"] <= national["applicants"]).all()
    places = tables["municipalities"]
    for name in ("members", "hired", "ended", "members_on_31_march"):
        by_year = places[name].reshape(len(until), -1)
        assert by_year.sum(axis=1).tolist() == national[name].tolist(), name
    assert (places["hired"] <= places["posts"]).all()
    # Nobody lives at two places: those settled from somewhere are those settled somewhere.
    assert places["settled_from_here"].sum() == places["settled_stock"].sum()
    years = np.repeat(np.arange(2009, LAST + 1), len(places["hired"]) // len(until))
    joined = (places["members"] > 0) | (places["posts"] > 0)
    assert (places["reason_not_joined"][joined & (places["hired"] > 0)] == "none").all()
    assert (places["reason_not_joined"][~joined] != "none").all()
    assert len(years) == len(places["hired"])


def check_members(tables):
    """The table of people tells the same story as the nation's row of the last year."""
    members, national = tables["members"], tables["national"]
    last = {name: values[-1] for name, values in national.items()}
    ended = members["end_month"] != ""
    assert len(members["member"]) == int(national["hired"].sum())
    assert int(ended.sum()) == last["ended_so_far"]
    settled = members["settled"]
    assert int((settled == "same").sum()) == last["settled_same"]
    assert int((settled == "nearby").sum()) == last["settled_nearby"]
    assert int((settled == "elsewhere").sum()) == last["ended_so_far"] - last["settled"]
    gone = members["gone_again_month"] != ""
    assert (settled[gone] == "elsewhere").all()
    assert (members["stayed_at_end"][gone] != "elsewhere").all()
    assert ((settled == members["stayed_at_end"]) | gone)[ended].all()
    assert (members["start_month"][ended] <= members["end_month"][ended]).all()
    assert (members["gone_again_month"][gone] > members["end_month"][gone]).all()
    same = settled == "same"
    assert (members["settled_municipality"][same] == members["municipality"][same]).all()
    near = settled == "nearby"
    assert (members["settled_municipality"][near] != members["municipality"][near]).all()
    startups = members["startup"]
    assert (members["startup_month"][startups] >= members["start_month"][startups]).all()
    assert not members["would_have_started_anyway"][~startups].any()
    closed = members["startup_closed_month"] != ""
    assert (members["startup_closed_month"][closed] >= members["startup_month"][closed]).all()


def check_yen(model, tables):
    """Books balance; what the payers bear is what was spent; a place bears what its rows say."""
    assert model.ledger.faults() == []
    ledger, national = tables["ledger"], tables["national"]
    back = np.isin(ledger["payee"], ["municipality", "prefecture", "special_allocation_tax"])
    for row, year in enumerate(national["fiscal_year"].tolist()):
        of_year = ledger["fiscal_year"] == year
        spent = int(ledger["yen"][of_year & ~back].sum())
        borne = sum(int(national[f"yen_{payer.name.lower()}"][row]) for payer in Payer)
        assert borne == spent
        taxed = int(ledger["yen"][of_year & (ledger["payer"] == "special_allocation_tax")].sum())
        pooled = int(ledger["yen"][of_year & (ledger["item"] == "pool")].sum())
        assert int(national["yen_special_allocation_tax"][row]) == taxed - pooled
    assert (ledger["yen"] > 0).all()
    places = tables["municipalities"]
    own = ~back & (ledger["payer"] == "municipality") & (ledger["municipality"] != "")
    received = (ledger["payer"] == "special_allocation_tax") & (ledger["payee"] == "municipality")
    given_up = (ledger["item"] == "pool") & (ledger["payer"] == "municipality")
    borne = ledger["yen"][own].sum() - ledger["yen"][received].sum() + ledger["yen"][given_up].sum()
    assert int(places["yen_municipality"].sum()) == int(borne)


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
            paid, cost = (side.get((year, "internship", code), 0) for side in (back, spent))
            assert paid <= cost
            assert paid == 0 or rules.internship_per_municipality or rules.internship_per_person_and_day
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


def check_numbers(tables):
    """Numbers are numbers: a share is one of 0 to 1 or, over nobody, not a number; counts are not negative."""
    for table, columns in TABLES.items():
        for one in columns:
            if one.name not in tables[table]:
                continue
            values = tables[table][one.name]
            if one.dtype == "float64":
                known = np.isfinite(values)
                assert known.all() or (one.unit == "share" and one.denominator), (table, one.name)
                if one.unit == "share":
                    assert ((values[known] >= 0) & (values[known] <= 1)).all(), (table, one.name)
            elif one.dtype == "int64" and one.name not in SIGNED and not one.name.startswith("yen_"):
                assert (values >= 0).all(), (table, one.name)


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
