"""Which caps change nothing: those that bound nobody in a run, and those that another cap keeps out of reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.scenario.scenario import Scenario

CAPS = {
    "trial": ("hosts_with_trial", "hosts_at_trial_cap"),
    "internship": ("hosts_with_internship", "hosts_at_internship_cap"),
    "remuneration": ("municipalities_with_members", "hosts_held_by_pay_limit"),
}

BUDGET = "policy.local_10000.budget"
# A cap on a sum -> the caps on its parts.
SUMS = {
    "policy.cooperators.activity_per_member": (
        "policy.cooperators.activity_remuneration_per_member",
        "policy.cooperators.activity_other_per_member",
    ),
    "policy.dispatch.side_job.remuneration_and_travel_per_person_cap": (
        "policy.dispatch.side_job.remuneration_per_person_cap",
        "policy.dispatch.side_job.travel_per_person_cap",
    ),
}


def sums_out_of_reach(scenario: Scenario) -> list[str]:
    """Return a line for each cap that another keeps out of reach, in the last year in which one does.

    A cap on a sum above what the caps on its parts allow together, and one on a part above the cap on the sum.
    """
    lines = []
    for whole, parts in SUMS.items():
        for year in range(scenario.years[1], scenario.years[0] - 1, -1):
            cap, *limits = (_yen(scenario, name, year) for name in (whole, *parts))
            found = []
            if cap > sum(limits) > 0:
                words = {"parts": ", ".join(parts), "cap": f"{cap:,}", "reach": f"{sum(limits):,}"}
                found.append(say("run.sum_out_of_reach", name=whole, year=year, **words))
            found += [
                say(
                    "run.part_out_of_reach",
                    name=part,
                    whole=whole,
                    year=year,
                    cap=f"{limit:,}",
                    reach=f"{cap:,}",
                )
                for part, limit in zip(parts, limits, strict=True)
                if limit > cap > 0
            ]
            if found:
                lines += found
                break
    return lines


def _yen(scenario: Scenario, name: str, year: int) -> int:
    value = scenario.settings.value(name, year)
    return value if isinstance(value, int) else 0


def show_caps(national: Mapping[str, Any]) -> None:
    """Print, for the last year of a run, how many bodies were at each cap on what a body spends."""
    years = np.asarray(national["fiscal_year"])
    if not len(years):
        return
    last = years == years.max()
    for name, (all_hosts, at_cap) in CAPS.items():
        hosts, bound = (float(np.mean(np.asarray(national[column])[last])) for column in (all_hosts, at_cap))
        if hosts <= 0:
            continue
        words = {"cap": say(f"run.cap_{name}"), "year": int(years.max()), "hosts": round(hosts)}
        click.echo(
            say("run.cap_binds", bound=round(bound), **words) if bound else say("run.cap_idle", **words)
        )


def budget_in_words(scenario: Scenario, national: Mapping[str, Any]) -> str:
    """Return in which years an assumed budget of Local 10,000 turned projects away; nothing where none did.

    The last appropriation that a source gives is that of one year; that later ones are alike is assumed.
    """
    from okoshi.parameters.catalogue import catalogue

    budget = catalogue()[BUDGET]
    known = max(entry.fiscal_year or 0 for entry in budget.values)
    years = np.asarray(national["fiscal_year"])
    refused = np.asarray(national["local_10000_refused_budget"])
    as_assumed = [
        year
        for year in np.unique(years[(years > known) & (refused > 0)]).tolist()
        if scenario.settings.value(BUDGET, year) == budget.in_year(year)
    ]
    if not as_assumed:
        return ""
    each = round(float(refused[np.isin(years, as_assumed)].mean()))
    first, last = as_assumed[0], as_assumed[-1]
    return say("run.budget_ran_out", count=len(as_assumed), first=first, last=last, each=each)
