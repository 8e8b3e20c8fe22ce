"""The shipped scenarios: each loads, and differs from its base in what its title says and in nothing else."""

import pytest

from okoshi.language.messages import set_language
from okoshi.scenario.differences import diff
from okoshi.scenario.scenario import Scenario, load_scenario
from okoshi.scenario.shipped import shipped_names

COOPERATORS = "policy.cooperators."
OTHER_FIVE = ("local_10000", "dispatch", "university", "shopping", "digital")
TRAINING = ("member_training", "field_training", "startup_training", "staff_training")
LATER = range(2025, 2035)

# name -> what differs from its base (below policy.cooperators. where no measure is named) -> value in FY2030
WHAT_DIFFERS: dict[str, dict[str, object]] = {
    "no_measure": {f"policy.{name}.enabled": False for name in ("cooperators", *OTHER_FIVE)},
    "cooperators_only": {f"policy.{name}.enabled": False for name in OTHER_FIVE},
    "startup_aid_0": {"startup_per_member": 0},
    "startup_aid_2_million": {"startup_per_member": 2_000_000},
    "activity_cap_up": {"activity_per_member": 6_200_000, "activity_remuneration_per_member": 4_200_000},
    "activity_cap_down": {"activity_per_member": 4_200_000, "activity_remuneration_per_member": 2_200_000},
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
}
HISTORIC = {"no_measure", "cooperators_only"}


def in_full(name: str) -> str:
    return name if name.startswith("policy.") else COOPERATORS + name


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
        assert min(one.first or 0 for one in differences) >= 2024
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
