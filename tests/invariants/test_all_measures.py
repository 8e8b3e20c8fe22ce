"""The six measures together under random policies: each keeps to its budget, people and yen balance."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from balance import check_faults, check_members, check_numbers, check_people, check_staff_yen, check_yen
from okoshi.agents.dispatch_contracts import Kind, months_in_year
from okoshi.agents.purse import purse_of_year
from okoshi.engine.calendar import month_index
from okoshi.policy.cooperator_support import SupportBudgets, of_part_of_the_nation
from okoshi.policy.dispatch import DispatchRules
from okoshi.policy.local_10000 import Local10000Rules
from okoshi.policy.shopping import HypotheticalSubsidy
from okoshi.policy.supplement import MEASURES, extra_to_spend
from okoshi.policy.university import UniversityRules
from okoshi.simulation import RegionalModel
from okoshi.world.country import load_world
from small_country import lived, scenario_of

FIRST, LAST = 2009, 2028
YEARS = some.integers(2012, LAST)
SWITCHES = some.sampled_from([True, True, False])


def yen(most: int) -> some.SearchStrategy[int]:
    """Nothing, an odd number of yen, or up to `most`."""
    return some.one_of(some.sampled_from([0, 1, 999_999]), some.integers(0, most))


POLICIES = some.fixed_dictionaries(
    {},
    optional={
        "policy.local_10000.budget@2024": some.one_of(some.just("open"), yen(3_000_000_000)),
        "policy.local_10000.national_share_basic@2020": some.sampled_from([0, "1/3", 1]),
        "policy.dispatch.dispatched.during_period_per_person_cap@2022": yen(9_000_000),
        "policy.dispatch.side_job.enabled@2025": some.just(False),
        "policy.university.model_projects": some.integers(0, 150),
        "policy.university.contract_per_site": yen(30_000_000),
        "policy.university.sites_placing": some.just("concentrated"),
        "policy.shopping.hypothetical_subsidy@2025": some.sampled_from(["fixed", "mobile"]),
        "policy.shopping.hypothetical_subsidy_budget": yen(20_000_000_000),
        "policy.digital.accelerators_target": some.integers(0, 5_000),
        "policy.cooperators.activity_remuneration_per_member@2023": yen(6_000_000),
        "policy.cooperators.support.publicity_budget@2021": yen(300_000_000),
        "policy.special_allocation_tax.total@2023": some.just("fixed"),
        "behaviour.municipalities.link_one_purse": some.just(0),
    }
    | {f"policy.{one}.supplement.budget": yen(3_000_000_000) for one in MEASURES}
    | {f"policy.{one}.supplement.spent_in": some.integers(2024, 2026) for one in MEASURES}
    | {f"policy.{one}.supplement.enabled@2025": SWITCHES for one in MEASURES},
)
ENDS = some.dictionaries(some.sampled_from(MEASURES), YEARS, max_size=3)
LOUD = {  # so much happens in a small country that a limit can be passed
    "behaviour.local_10000.awareness": 0.6,
    "behaviour.dispatch.join_innovation": 0.2,
    "behaviour.dispatch.hear_innovation": 0.1,
    "behaviour.university.applies": 0.5,
}


# A failing policy is shown as it was drawn: to shrink it would take minutes.
RUNS = settings(
    max_examples=12, suppress_health_check=[HealthCheck.too_slow], phases=set(Phase) - {Phase.shrink}
)


@RUNS
@given(POLICIES, ENDS, some.sampled_from([("鳥取県",), ("島根県", "東京都")]), some.integers(0, 2**63 - 1))
def test_every_measure_keeps_to_its_budget_in_every_year(policy, ends, prefectures, seed):
    changes = LOUD | policy | {f"policy.{one}.enabled@{year}": False for one, year in ends.items()}
    scenario = scenario_of((FIRST, LAST), prefectures, "baseline").changed(changes)
    model = lived(scenario, seed)
    tables = model.tables()
    check_people(model, tables)
    check_members(tables)
    check_yen(model, tables)
    check_numbers(tables)
    check_staff_yen(tables)
    check_faults(model)
    check_budgets(scenario, model, tables)


class Paid:
    """What was paid, by measure, payer and whatever else is asked of the books."""

    def __init__(self, tables):
        self.books = tables["ledger"]

    def __call__(self, **wanted):
        rows = np.ones(len(self.books["yen"]), dtype=bool)
        for name, value in wanted.items():
            rows &= self.books[name] == value
        return int(self.books["yen"][rows].sum())


def check_budgets(scenario, model, tables):
    """The nation's part of every measure, year and layer, against what the law of the year gave it."""
    values, share, paid = scenario.settings, model.nation_share, Paid(tables)
    for year in range(FIRST, LAST + 1):
        parts = dict.fromkeys(MEASURES, share) | own_parts(model)
        extra = {one: int(extra_to_spend(values, one, year) * parts[one]) for one in MEASURES}

        def nation(measure, layer="supplement", payer="national_direct", year=year, **more):
            return paid(fiscal_year=year, measure=measure, layer=layer, payer=payer, **more)

        lines = of_part_of_the_nation(SupportBudgets.of(values, year), share)
        part = model.measures.local_10000.part_of_nation(year)
        assert nation("cooperators") == sum(lines.supplement.values()) <= extra["cooperators"]
        assert nation("cooperators", "scheme") <= sum(lines.scheme.values())
        assert nation("shopping", item="survey") == extra["shopping"]
        subsidy = HypotheticalSubsidy.of(values, year)
        subsidised = nation("shopping", "scheme", "national_grant")
        assert subsidised <= subsidy.budget * parts["shopping"]
        assert nation("shopping", "scheme") + nation("shopping") == extra["shopping"]
        assert nation("digital") == extra["digital"]
        assert nation("digital", "scheme") == nation("shopping", "scheme", item="survey") == 0
        assert nation("dispatch", item="platform") == extra["dispatch"]
        assert nation("university", item="contract") <= most_for_sites(values, year, share)
        assert nation("university") <= extra["university"]
        rules = Local10000Rules.in_force(values, year)
        granted = [nation("local_10000", layer, "national_grant") for layer in ("scheme", "supplement")]
        whole = (rules.budget_yen, int(extra_to_spend(values, "local_10000", year)))
        for yen, budget in zip(granted, whole, strict=True):
            if budget is not None:  # a part's share, but for the project at its edge, which has its chance
                assert yen <= budget
                assert yen - dearest_grant(tables, year) <= budget * part
        for one in MEASURES:
            if not values.value(f"policy.{one}.enabled", year):
                payers = ("national_grant", "national_direct")
                assert not any(paid(fiscal_year=year, measure=one, payer=payer) for payer in payers)
    check_caps_of_dispatch(values, model, paid)
    for one in ("local_10000", "university", "shopping", "digital"):
        assert paid(measure=one, payer="special_allocation_tax") == 0


def own_parts(model):
    """Return the nation's part of measures that go neither by eligible municipalities nor by founders."""
    nation = load_world("default")
    return {
        "dispatch": model.world.eligible_dispatch.sum() / nation.eligible_dispatch.sum(),
        "shopping": len(model.world) / len(nation),
        "digital": len(np.unique(model.world.prefecture)) / len(np.unique(nation.prefecture)),
    }


def dearest_grant(tables, year):
    """Return the largest national part of a grant in a year, yen (0 without one)."""
    table = tables["enterprises"]
    national = (table["grant"] * table["national_share"])[table["founded"] == year]
    return float(national.max(initial=0.0)) + 1.0


def most_for_sites(values, year, share):
    """Return what a year's contracts may cost the nation in the run's part of it."""
    spent_in = values.value("policy.university.supplement.spent_in")
    rules = UniversityRules.of(values, year - (spent_in - 2024))
    return int((rules.model_projects or 0) * share) * (rules.contract_per_site or 0)


def check_caps_of_dispatch(values, model, paid):
    """What comes back for dispatched employees stays under cap and rate of each; running ones keep the last rules."""
    contracts, running = model.measures.dispatch.contracts, None
    for year in range(2014, LAST + 1):
        rules = DispatchRules.of(values, year).dispatched
        running = rules if rules.enabled or running is None else running
        rows, months = months_in_year(contracts, month_index(year))
        sent = contracts.kind[rows] == Kind.DISPATCHED
        back = paid(fiscal_year=year, item="during", payer="special_allocation_tax")
        cap = (running.during_period_per_person_cap or 0) * float(running.during_period_rate or 0)
        assert back <= cap * months[sent].sum() / 12


def test_the_policies_above_reach_their_limits():
    """The proofs are of something: in the same loud country every measure pays, and budgets bind."""
    tight = {
        "policy.local_10000.budget@2024": 400_000_000,
        "policy.local_10000.supplement.budget": 100_000_000,
    }
    subsidy = {"policy.shopping.hypothetical_subsidy@2025": "mobile"}
    scenario = scenario_of((FIRST, LAST), ("鳥取県", "島根県"), "baseline").changed(LOUD | tight | subsidy)
    model = lived(scenario, 1)
    tables = model.tables()
    check_budgets(scenario, model, tables)
    books = tables["ledger"]
    paid = {
        (m, layer)
        for m, layer, p in zip(books["measure"], books["layer"], books["payer"], strict=True)
        if p[0] == "n"
    }
    assert paid >= {(one, "supplement") for one in MEASURES if one != "local_10000"} | {
        ("local_10000", "scheme")
    }
    assert tables["national"]["local_10000_refused_budget"].sum() > 0
    assert tables["national"]["dispatched_dispatched"].max() > 10
    assert Paid(tables)(item="hypothetical_subsidy") > 0


def test_grants_of_earlier_years_leave_less_for_a_new_one():
    """What a town hall's own parts of grants take of a year never passes its own funds, however many founders come."""
    pressed = LOUD | {
        "policy.cooperators.enabled": False,
        "policy.local_10000.national_share_basic": 0,
        "behaviour.local_10000.founders_a_year": 8_000,
        "behaviour.municipalities.own_funds_share": 0.0002,
    }
    model = RegionalModel(scenario_of((FIRST, 2018), ("鳥取県",), "baseline").changed(pressed))
    heaviest = 0.0
    while model.fiscal_year <= 2018:
        model.run_year()
        own = purse_of_year(model.world, model.behaviour.municipalities, model.now.price_index).own_funds
        heaviest = max(heaviest, float((model.measures.one_off_burden / own).max()))
    assert 0.5 < heaviest <= 1.0


def test_field_programmes_and_support_share_one_purse():
    """What a programme takes is left of the purse, and an hour freed by digital work is given once."""
    pressed = LOUD | {
        "behaviour.university.programmes_a_year": 400,
        "behaviour.municipalities.staff_share": 0.01,
        "behaviour.digital.freed_hours": 0.02,
    }
    model = RegionalModel(scenario_of((FIRST, LAST), ("鳥取県", "島根県"), "baseline").changed(pressed))
    university, programmes, freed, given = model.measures.university, 0, 0.0, 0.0
    hold = model.hold_field_programmes

    def watched():
        nonlocal programmes
        left = model.purse_beside("university")
        hold()
        programmes += len(university.of_year)
        assert (university.staff_hours <= left.staff_hours)[university.staff_hours > 0].all()
        assert (university.own_yen <= left.own_funds)[university.own_yen > 0].all()
        assert (university.cash_advanced <= left.cash)[university.cash_advanced > 0].all()
        after = model.purse_beside("no other").own_funds
        assert (after <= np.maximum(left.own_funds - university.own_yen, 0.0)).all()

    model.hold_field_programmes = watched
    while model.fiscal_year <= LAST:
        model.run_year()
        left = model.purse_left.less(*model.measures.claims(1.0).values()).staff_hours
        assert (model.hours_for_support <= np.maximum(left, 0.0)).all()
        freed += float(np.maximum(model.hours_freed, 0.0).sum())
        given += float(np.maximum(model.hours_for_support, 0.0).sum())
    assert programmes > 0
    assert 0 < given < freed  # some were taken by the measures


def test_sites_of_a_contract_that_is_over_are_no_running_commitment():
    """What FY2025's sites took stands in its tables; in April of FY2026 members and others have it again."""
    many = {"policy.university.model_projects": 150 * 47, "behaviour.university.applies": 0.5}
    many |= {"policy.university.supplement.budget": 100_000_000_000}
    model = RegionalModel(scenario_of((FIRST, 2026), ("鳥取県",), "baseline").changed(many))
    while model.fiscal_year <= 2025:
        model.run_year()
    university = model.measures.university
    alone = university.history.by_contract_alone.copy()
    assert alone.sum() > 2
    assert (university.staff_hours[alone] > 0).all()
    hours = model.seen.tables(["national"], model.records, model.ledger, (FIRST, 2025))["national"]
    assert hours["university_staff_hours"][-1] == university.staff_hours.sum()
    running = university.cash_advanced[~alone].copy()
    model.read_policy()
    model.hire_digital_talent()
    model.decide_hosting()
    claim = model.claims["university"]
    for taken in (claim.staff_hours, claim.cash, claim.own_funds):
        assert not taken[alone].any()
    assert np.array_equal(claim.cash[~alone], running)
