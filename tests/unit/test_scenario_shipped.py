"""The shipped scenarios: each loads, and differs from its base in what its title says and in nothing else."""

from fractions import Fraction

import pytest

from okoshi.app.command_line import run_command_line
from okoshi.language.messages import set_language
from okoshi.policy.cooperator_support import SupportBudgets, SupportLine
from okoshi.policy.supplement import extra_to_spend
from okoshi.policy.university import UniversityRules
from okoshi.scenario.differences import diff
from okoshi.scenario.scenario import Scenario, load_scenario
from okoshi.scenario.shipped import shipped_names
from okoshi.simulation import RegionalModel

COOPERATORS = "policy.cooperators."
OTHER_FIVE = ("local_10000", "dispatch", "university", "shopping", "digital")
TRAINING = ("member_training", "field_training", "startup_training", "staff_training")
LATER = range(2025, 2035)
LOCAL = "policy.local_10000."
THEMES = ("digital", "decarbonising", "women_youth")
THREE_QUARTERS = Fraction(3, 4)
SHARE_FOR_ALL: dict[str, object] = {
    f"{LOCAL}national_share_basic": THREE_QUARTERS,
    f"{LOCAL}national_share_raised": (THREE_QUARTERS, THREE_QUARTERS),
}

# name -> what differs from its base (below policy.cooperators. where no measure is named) -> value in FY2030
WHAT_DIFFERS: dict[str, dict[str, object]] = {
    "no_measure": {f"policy.{name}.enabled": False for name in ("cooperators", *OTHER_FIVE)},
    "cooperators_only": {f"policy.{name}.enabled": False for name in OTHER_FIVE},
    "startup_aid_0": {"startup_per_member": 0},
    "startup_aid_2_million": {"startup_per_member": 2_000_000},
    "activity_cap_up": {"activity_per_member": 6_200_000, "activity_remuneration_per_member": 4_200_000},
    "activity_cap_down": {"activity_per_member": 4_200_000, "activity_remuneration_per_member": 2_200_000},
    "flexible_remuneration": {"activity_remuneration_flexible_per_member": 500_000},
    "activity_cap_real": {
        "activity_per_member": 5_522_000,
        "activity_remuneration_per_member": 3_398_000,
        "activity_other_per_member": 2_124_000,
    },
    "training_off": {f"support.{name}_budget": 0 for name in TRAINING}
    | {f"supplement.{name}_share": 0.0 for name in TRAINING},
    "training_on": {
        "support.member_training_budget": 80_000_000,
        "support.field_training_budget": 30_000_000,
        "support.startup_training_budget": 40_000_000,
        "support.staff_training_budget": 40_000_000,
    },
    "advisers_off": {"support.advisers_budget": 0, "supplement.advisers_share": 0.0},
    "advisers_to_weak": {"support.advisers_budget": 15_000_000},
    "advisers_to_all": {"support.advisers_target": "all"},
    "terms_up_to_five_years": {"term_years": (1, 5)},
    "scheme_ends_2027": {"enabled": False},
    "supplement_none": {"supplement.enabled": False},
    "supplement_every_year": {"supplement.budget": 145_000_000},
    "special_allocation_tax_fixed": {"policy.special_allocation_tax.total": "fixed"},
    "target_10000": {
        "activity_per_member": 10_400_000,
        "activity_remuneration_per_member": 6_400_000,
        "activity_other_per_member": 4_000_000,
        "recruitment_per_municipality": 6_000_000,
        "trial_per_municipality": 2_000_000,
        "internship_per_municipality": 2_000_000,
        "daily_support_per_municipality": 4_000_000,
        "support.publicity_budget": 100_000_000,
        "support.support_desk_budget": 80_000_000,
    },
    "schemes_only": {f"policy.{name}.supplement.enabled": False for name in ("cooperators", *OTHER_FIVE)},
    "supplement_only": {f"policy.{name}.supplement.enabled": True for name in ("cooperators", *OTHER_FIVE)},
    "flat_cap_50_million": {f"{LOCAL}grant_cap_by_loan_ratio": ((1, 50_000_000),)},
    "flat_cap_25_million": {f"{LOCAL}grant_cap_by_loan_ratio": ((1, 25_000_000),)},
    "local_10000_budget_open": {f"{LOCAL}budget": "open"},
    "national_share_weak_fixed": {f"{LOCAL}national_share_raised": (THREE_QUARTERS, THREE_QUARTERS)},
    "national_share_weak_open": {f"{LOCAL}national_share_raised": (THREE_QUARTERS, THREE_QUARTERS)},
    "national_share_all_fixed": SHARE_FOR_ALL,
    "national_share_all_open": SHARE_FOR_ALL,
    "themes_off": {f"{LOCAL}national_share_{theme}": None for theme in THEMES},
    "dispatch_platform_off": {"policy.dispatch.supplement.enabled": False},
    "dispatch_survey_and_platform_off": {"policy.dispatch.supplement.enabled": False},
    "dispatch_platform_every_year": {"policy.dispatch.supplement.budget": 95_000_000},
    "university_platform_off": {
        "policy.university.platform_budget": 0,
        "policy.university.supplement.budget": None,  # once, smaller: see below
    },
    "side_job_only": {"policy.dispatch.dispatched.enabled": False},
    "hypothetical_subsidy_fixed": {"policy.shopping.hypothetical_subsidy": "fixed"},
    "hypothetical_subsidy_mobile": {"policy.shopping.hypothetical_subsidy": "mobile"},
    "sites_concentrated": {"policy.university.sites_placing": "concentrated"},
    "recruit_more": {"support.publicity_budget": 110_000_000},
    "keep_more": {"support.support_desk_budget": 70_000_000, "support.member_training_budget": 70_000_000},
}
for measure in ("cooperators", *OTHER_FIVE):
    rest = [name for name in ("cooperators", *OTHER_FIVE) if name != measure]
    WHAT_DIFFERS[f"without_{measure}"] = {f"policy.{measure}.enabled": False}
    WHAT_DIFFERS[f"supplement_only_{measure}"] = {f"policy.{measure}.supplement.enabled": True}
    if measure != "cooperators":
        WHAT_DIFFERS[f"only_{measure}"] = {f"policy.{name}.enabled": False for name in rest}
HISTORIC = {"no_measure", "cooperators_only"}
HISTORIC |= {name for name in WHAT_DIFFERS if name.startswith(("without_", "only_"))}


def in_full(name: str) -> str:
    return name if name.startswith(("policy.", "behaviour.")) else COOPERATORS + name


def test_there_is_a_file_for_each_question_and_baseline_stands_first() -> None:
    assert shipped_names() == ["baseline", *sorted(WHAT_DIFFERS)]


@pytest.mark.parametrize("name", sorted(WHAT_DIFFERS))
def test_a_scenario_differs_from_its_base_in_what_it_is_about_alone(name: str) -> None:
    scenario = load_scenario(name)
    base = load_scenario(scenario.base or "")
    differences = diff(base, scenario)
    expected = {in_full(key): value for key, value in WHAT_DIFFERS[name].items()}
    assert {one.key for one in differences} == set(expected)
    assert {key: scenario.settings.value(key, 2030) for key in expected} == expected
    if name not in HISTORIC:  # what is asked is asked of the future: the past stays what it was
        assert min(one.first or 2024 for one in differences) >= 2024
    assert scenario.hash != base.hash


@pytest.mark.parametrize("name", ["baseline", *sorted(WHAT_DIFFERS)])
def test_a_scenario_says_in_both_languages_what_it_asks_and_why(name: str) -> None:
    scenario = load_scenario(name)
    assert all((scenario.title, scenario.why, scenario.title_ja, scenario.why_ja))
    try:
        set_language("ja")
        assert scenario.shown_title == scenario.title_ja
        set_language("en")
        assert scenario.shown_title == scenario.title
    finally:
        set_language(None)


def test_caps_frozen_in_real_terms_follow_the_price_index_of_the_baseline() -> None:
    scenario = load_scenario("activity_cap_real")
    for cap in ("activity_per_member", "activity_remuneration_per_member", "activity_other_per_member"):
        for year in LATER:
            price = scenario.settings.value("context.price_index", year)
            of_2024 = scenario.settings.value(COOPERATORS + cap, 2024)
            assert isinstance(price, float)
            assert isinstance(of_2024, int)
            assert scenario.settings.value(COOPERATORS + cap, year) == round(of_2024 * price / 1000) * 1000


def changes_in(scenario: Scenario, key: str) -> set[object]:
    return {scenario.settings.value(key, year) for year in LATER}


def test_both_adviser_scenarios_pay_for_the_same_number_of_advisers() -> None:
    budgets = {
        frozenset(changes_in(load_scenario(name), COOPERATORS + "support.advisers_budget"))
        for name in ("advisers_to_weak", "advisers_to_all")
    }
    assert budgets == {frozenset({15_000_000})}


def test_the_target_doubles_each_amount_of_fy2024() -> None:
    scenario = load_scenario("target_10000")
    for key in WHAT_DIFFERS["target_10000"]:
        before, after = (scenario.settings.value(COOPERATORS + key, year) for year in (2024, 2026))
        assert isinstance(before, int)
        assert after == 2 * before


def test_a_subsidy_that_does_not_exist_says_so_in_its_title() -> None:
    for name in shipped_names():
        scenario = load_scenario(name)
        kinds = {scenario.settings.value("policy.shopping.hypothetical_subsidy", year) for year in LATER}
        imagined = kinds != {"off"}
        assert imagined == ("Hypothetical" in scenario.title) == ("仮想" in (scenario.title_ja or "")), name


def test_recruiting_and_keeping_more_cost_the_ministry_the_same_to_the_yen() -> None:
    def paid(name: str, year: int) -> int:
        budgets = SupportBudgets.of(load_scenario(name).settings, year)
        return sum(budgets.total(line) for line in SupportLine)

    for year in LATER:
        assert paid("recruit_more", year) == paid("keep_more", year) == paid("baseline", year) + 60_000_000


def test_without_its_platform_the_university_extra_pays_sites_and_analysis_as_before() -> None:
    with_it, without = (
        UniversityRules.of(load_scenario(name).settings, 2024)
        for name in ("baseline", "university_platform_off")
    )
    assert without.lines == {**with_it.lines, "platform": 0}
    assert with_it.lines["platform"] == 100_000_000
    assert without.sites_paid == with_it.sites_paid == 15


def test_schemes_with_the_whole_supplement_are_the_baseline_and_each_line_is_paid_by_one_file_alone() -> None:
    measures = ("cooperators", *OTHER_FIVE)

    def extras(name: str) -> dict[str, int]:
        settings = load_scenario(name).settings
        return {one: sum(extra_to_spend(settings, one, year) for year in LATER) for one in measures}

    assert diff(load_scenario("baseline"), load_scenario("supplement_only")) == []
    whole = extras("baseline")
    assert sum(whole.values()) == 2_880_000_000
    assert extras("supplement_only") == whole
    assert extras("schemes_only") == dict.fromkeys(measures, 0)
    # The survey of companies in FY2024 is paid by the budget before: it is no part of what is compared.
    assert load_scenario("schemes_only").settings.value("policy.dispatch.supplement.enabled", 2024) is True
    for one in measures:
        assert extras(f"supplement_only_{one}") == {**dict.fromkeys(measures, 0), one: whole[one]}


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_runs_and_is_checked_by_the_command(name: str) -> None:
    assert run_command_line(["check", name]) == 0
    model = RegionalModel(load_scenario(name).changed({"world.prefectures": ["鳥取県"]}, years=(2009, 2026)))
    model.run()
    assert model.ledger.faults() == []
    national = model.tables(("national",))["national"]
    assert national["fiscal_year"][-1] == 2026
    assert (national["population"] > 0).all()
