"""Every figure of the source document that is a rule stands in the catalogue, with its value of FY2024."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from okoshi.observe.observed import observed_figures
from okoshi.parameters.catalogue import catalogue

# Where a figure of the source document's list of facts stands -> parameter, value of FY2024.
FACTS: dict[str, tuple[str, object]] = {
    "budget.local_10000": ("policy.local_10000.supplement.budget", 2_110_000_000),
    "budget.local_10000_fy2024_initial": ("policy.local_10000.budget", 600_000_000),
    "budget.cooperators": ("policy.cooperators.supplement.budget", 145_000_000),
    "budget.dispatch_matching": ("policy.dispatch.supplement.budget", 95_000_000),
    "budget.university_projects": ("policy.university.supplement.budget", 280_000_000),
    "budget.shopping_survey": ("policy.shopping.supplement.budget", 50_000_000),
    "budget.digital_talent": ("policy.digital.supplement.budget", 200_000_000),
    "local_10000.loan_to_grant_minimum": ("policy.local_10000.loan_to_grant_minimum", 1.0),
    "local_10000.grant_cap_by_loan_ratio": (
        "policy.local_10000.grant_cap_by_loan_ratio",
        [[1.0, 25_000_000], [1.5, 35_000_000], [2.0, 50_000_000]],
    ),
    "local_10000.national_share_basic": ("policy.local_10000.national_share_basic", 0.5),
    "local_10000.national_share_raised": ("policy.local_10000.national_share_raised", ["2/3", "3/4"]),
    "local_10000.national_share_digital": ("policy.local_10000.national_share_digital", 0.75),
    "local_10000.national_share_decarbonising": ("policy.local_10000.national_share_decarbonising", 0.75),
    "local_10000.national_share_women_youth": ("policy.local_10000.national_share_women_youth", 0.75),
    "cooperator.outcome.target_members": ("context.announced_targets@2026", 10_000),
    "cooperator.outcome.term_years": ("policy.cooperators.term_years", [1, 3]),
    "dispatch.term_months": ("policy.dispatch.term_months", [6, 36]),
    "university.model_projects": ("policy.university.model_projects", 15),
    "university.contract_per_site": ("policy.university.contract_per_site", 10_000_000),
    "university.model_projects_budget": ("policy.university.model_projects_budget", 150_000_000),
    "university.analysis_budget": ("policy.university.analysis_budget", 30_000_000),
    "university.platform_budget": ("policy.university.platform_budget", 100_000_000),
    "digital.accelerators_target": ("policy.digital.accelerators_target", 500),
    "digital.prefectures": ("policy.digital.prefectures", 47),
}
FACTS |= {
    f"cooperator.special_allocation_tax.{key}": (f"policy.cooperators.{key}", value)
    for key, value in {
        "recruitment_per_municipality": 3_000_000,
        "trial_per_municipality": 1_000_000,
        "internship_per_municipality": 1_000_000,
        "activity_per_member": 5_200_000,
        "activity_remuneration_per_member": 3_200_000,
        "activity_other_per_member": 2_000_000,
        "daily_support_per_municipality": 2_000_000,
        "startup_per_member": 1_000_000,
        "vacant_house_renovation_rate": 0.5,
        "foreign_resident_recruitment_per_body": 2_000_000,
        "foreign_member_support_per_body": 1_000_000,
    }.items()
}
FACTS |= {
    f"dispatch.{key}": (f"policy.dispatch.{key}", value)
    for key, value in {
        "since_fiscal_year.dispatched": 2014,
        "since_fiscal_year.side_job": 2024,
        "dispatched.before_period_per_municipality_cap": 1_000_000,
        "dispatched.before_period_rate": 0.5,
        "dispatched.during_period_per_person_cap": 5_600_000,
        "dispatched.proposed_project_per_person_cap": 1_000_000,
        "dispatched.proposed_project_rate": 0.5,
        "side_job.minimum_days_per_month": 4,
        "side_job.minimum_hours_per_month": 20,
        "side_job.minimum_days_present_per_month": 1,
        "side_job.before_period_per_municipality_cap": 1_000_000,
        "side_job.before_period_rate": 0.5,
        "side_job.remuneration_per_person_cap": 1_000_000,
        "side_job.travel_per_person_cap": 1_000_000,
        "side_job.proposed_project_per_person_cap": 1_000_000,
        "side_job.proposed_project_rate": 0.5,
    }.items()
}

# Figures that are no rule: series, outcomes, and sums of other figures.
NO_RULE = (
    "budget.total_in_oku_yen",
    "cooperator.series.",
    "cooperator.outcome.settled_share_all",
    "cooperator.outcome.settled_share_last_5_years",
    "cooperator.outcome.female_share",
    "cooperator.outcome.aged_20s_30s_share",
    "dispatch.companies_surveyed",
    "dispatch.companies_replied",
    "dispatch.companies_interested",
    "dispatch.municipalities_eligible",
)

SOURCE = Path(__file__).parents[3] / "shared" / "source" / "facts.toml"


@pytest.mark.parametrize("fact", FACTS)
def test_a_figure_of_the_source_is_the_value_of_fy2024(fact: str) -> None:
    place, expected = FACTS[fact]
    name, _, year = place.partition("@")
    parameter = catalogue()[name]
    assert parameter.in_year(int(year or 2024)) == parameter.check(expected)


@pytest.mark.parametrize("fact", sorted(set(FACTS) - {"budget.local_10000_fy2024_initial"}))
def test_what_the_source_states_is_not_assumed_in_its_year(fact: str) -> None:
    name, _, year = FACTS[fact][0].partition("@")
    entry = catalogue()[name].entry_in_year(int(year or 2024))
    assert entry is not None
    assert not entry.assumed
    assert "令和6年度補正予算（案）" in entry.source


@pytest.mark.parametrize("theme", ["digital", "decarbonising"])
def test_what_is_assumed_of_a_theme_is_that_it_was_not_there_before(theme: str) -> None:
    entry = catalogue()[f"policy.local_10000.national_share_{theme}"].entry_in_year(2023)
    assert entry is not None
    assert (entry.value, entry.assumed) == (None, True)


def test_no_source_is_named_for_what_it_does_not_say() -> None:
    parameters = catalogue()
    begun = parameters["policy.local_10000.enabled"].entry_in_year(2012)
    assert begun is not None
    assert "令和6年度" not in begun.source  # the slides do not say when Local 10,000 began
    openings = parameters["context.openings_per_applicant"]
    assert [openings.in_year(year) for year in (2023, 2024, 2034)] == [1.29] * 3
    assert [openings.entry_in_year(year).assumed for year in (2023, 2024, 2034)] == [False, True, True]


def test_a_source_counts_bodies_as_the_official_series_does() -> None:
    bodies = {
        one.fiscal_year: one.value
        for one in observed_figures()
        if one.series == "municipalities_with_members"
    }
    said = catalogue()["behaviour.applicants.interns"].values[0].source
    assert f"{bodies[2022]:,.0f} bodies" in said


def figures(table: dict[str, object], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= figures(value, f"{prefix}{key}.")
        elif isinstance(value, int | float) or (isinstance(value, list) and not isinstance(value[0], dict)):
            found[f"{prefix}{key}"] = value
    return found


@pytest.mark.skipif(not SOURCE.exists(), reason="the list of facts is not beside the repository")
def test_no_figure_of_the_source_was_left_out() -> None:
    stated = figures(tomllib.loads(SOURCE.read_text(encoding="utf-8")))
    for name, value in stated.items():
        texts = isinstance(value, list) and isinstance(value[0], str) and name not in FACTS
        if texts or name.startswith(NO_RULE):
            continue
        assert FACTS[name][1] == value, name


def test_rates_are_exact() -> None:
    assert catalogue()["policy.local_10000.national_share_raised"].in_year(2024) == (
        Fraction(2, 3),
        Fraction(3, 4),
    )
