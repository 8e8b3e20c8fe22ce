"""The rival structure of adoption, pure budget choice: it lives, and money moves it."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from small_country import lived, scenario_of

YEARS = (2009, 2020)
BUDGET = {"structure__adoption": "budget"}
# In FY2015 a member costs a municipality more, or it has less to spend from the start.
DEARER = {
    "cap": {"policy.cooperators.activity_per_member@2015": 1_500_000},
    "cap of pay": {"policy.cooperators.activity_remuneration_per_member@2015": 500_000},
    "rate": {"policy.cooperators.activity_rate@2015": 0.5},
    "own funds": {"behaviour.municipalities.own_funds_share": 0.0002},
    "cash": {"behaviour.municipalities.cash_share": 0.002},
}
CHEAPER = {
    "cap of pay": {"policy.cooperators.activity_remuneration_per_member@2015": 4_000_000}
    | {"policy.cooperators.activity_per_member@2015": 6_000_000},
    "overhead": {"behaviour.municipalities.overhead_per_member": 300_000},
}


@cache
def hosts_of(structure: str, changes: tuple[tuple[str, object], ...] = ()) -> list[int]:
    """Return the municipalities with members in each year of a run of the whole nation."""
    scenario = scenario_of(YEARS, (), structure__adoption=structure).changed(dict(changes))
    return [int(row["municipalities_with_members"]) for row in lived(scenario).records.national]


def hosts_when(changes: dict[str, object]) -> list[int]:
    return hosts_of("budget", tuple(changes.items()))


def test_budget_choice_spreads_as_diffusion_does_within_a_factor_of_three():
    budget, diffusion = hosts_of("budget"), hosts_of("diffusion")
    assert budget != diffusion
    assert all(later > sooner for sooner, later in itertools.pairwise(budget))
    for year, (one, other) in enumerate(zip(budget, diffusion, strict=True), start=YEARS[0]):
        assert other / 3 < one < 3 * other, year
    # Results convince: most join after the first former members have settled, not in the first years.
    assert budget[-1] > 8 * budget[0]


@pytest.mark.parametrize("what", list(DEARER))
def test_what_makes_a_member_dearer_or_money_shorter_keeps_places_out(what):
    base, dearer = hosts_of("budget"), hosts_when(DEARER[what])
    assert dearer[-1] < 0.92 * base[-1]
    if all("@2015" in name for name in DEARER[what]):
        assert dearer[: 2015 - YEARS[0]] == base[: 2015 - YEARS[0]]


# The cap of pay helps only those who would pay more than it: nobody offers other cost beyond the whole cap.
@pytest.mark.parametrize(("what", "more"), [("cap of pay", 1.01), ("overhead", 1.05)])
def test_what_makes_a_member_cheaper_brings_places_in(what, more):
    base, cheaper = hosts_of("budget"), hosts_when(CHEAPER[what])
    assert all(one <= other for one, other in zip(base, cheaper, strict=True))
    assert cheaper[-1] > more * base[-1]
