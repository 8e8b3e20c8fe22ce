"""Which amounts behind an answer of the calculator are assumed in its fiscal year, not confirmed by a source."""

from __future__ import annotations

from collections.abc import Iterable

from okoshi.parameters.catalogue import catalogue

_BEFORE = ("before_period_per_municipality_cap", "before_period_rate")
# What decides over the part of an answer that passes a cap: where nothing does, it is no doubt.
_FLEXIBLE = "policy.cooperators.activity_remuneration_flexible_per_member"
_PAY_CAP = "policy.cooperators.activity_remuneration_per_member"
_PROPOSED = ("proposed_project_per_person_cap", "proposed_project_rate")
# Item of an answer -> what sets its amount, below the measure's name (and the kind of dispatch).
BEHIND: dict[str, dict[str, tuple[str, ...]]] = {
    "policy.cooperators": {
        "activity": (
            "activity_per_member",
            "activity_remuneration_per_member",
            "activity_other_per_member",
        ),
        "recruitment": ("recruitment_per_municipality",),
        "trial": ("trial_per_municipality",),
        "internship": ("internship_per_municipality",),
        "internship_activity": ("internship_per_person_and_day",),
        "daily_support": ("daily_support_per_municipality",),
        "startup": ("startup_per_member",),
        "renovation": ("vacant_house_renovation_rate",),
    },
    "policy.dispatch.dispatched": {
        "before": _BEFORE,
        "during": ("during_period_per_person_cap",),
        "proposed": _PROPOSED,
    },
    "policy.dispatch.side_job": {
        "before": _BEFORE,
        "remuneration": ("remuneration_per_person_cap",),
        "travel": ("travel_per_person_cap",),
        "proposed": _PROPOSED,
    },
    "policy.local_10000": {"grant": ("grant_cap_by_loan_ratio", "national_share_basic")},
}


def unconfirmed(prefix: str, items: Iterable[str], fiscal_year: int) -> list[str]:
    """Return the parameters behind the items that exist in the year, where the parameter's value is assumed.

    That no rate is stated where a cost comes back whole is no doubt of one year: it is left out.
    """
    behind, found = BEHIND.get(prefix, {}), []
    for item in items:
        names = [f"{prefix}.{name}" for name in behind.get(item, ())]
        entries = [catalogue()[name].entry_in_year(fiscal_year) for name in names]
        in_force = [entry for entry in entries if entry is not None and entry.value is not None]
        if len(in_force) == len(names):
            found += [name for name, entry in zip(names, in_force, strict=True) if entry.assumed]
    return found


def unconfirmed_over_cap(remuneration: int, fiscal_year: int) -> list[str]:
    """Return the flexible use of remuneration (弾力運用) where it is assumed and a remuneration passes its cap."""
    cap = catalogue()[_PAY_CAP].in_year(fiscal_year)
    flexible = catalogue()[_FLEXIBLE].entry_in_year(fiscal_year)
    passes = isinstance(cap, int) and remuneration > cap
    return [_FLEXIBLE] if passes and flexible is not None and flexible.assumed else []
