"""What is seen of the support of members: yen, reach, capacity, contact and attachment, and where caps bind."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Yen
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import Members
from okoshi.agents.hosting import remuneration_cap
from okoshi.agents.municipalities import Municipalities
from okoshi.observe import operators as read
from okoshi.observe.support_columns import REACHED
from okoshi.policy.cooperator_support import SupportLine


def national_row(
    members: Members, table: Municipalities, now: Conditions, until: int
) -> dict[str, float | int | str]:
    """Return the columns of a year that has ended, before municipalities have learned from it.

    A mean of nobody is nan.
    """
    serving = np.flatnonzero(read.serving_on_31_march(members, until))
    hosts = read.members_by_place(members, until, len(table)) > 0
    rules, cap = now.rules, remuneration_cap(now.running_rules)
    limit = np.minimum(table.pay_limit, cap or 0)
    held = hosts & (table.pay_scale * now.wage_index > limit)
    return {
        "support_lines_yen": sum(now.budgets.total(line) for line in SupportLine),
        **{f"{line}_reach": float(getattr(now.reach, line)) for line in REACHED},
        "publicity_in_force": float(now.reach.publicity),
        "support_capacity_of_hosts": _mean(table.support_capacity[hosts]),
        "contact_of_members": _mean(members.contact[serving]),
        "attachment_of_members": _mean(members.attachment[serving]),
        "hosts_with_trial": int((table.trial_spent > 0).sum()),
        "hosts_at_trial_cap": at_cap(table.trial_spent, rules.trial_per_municipality, rules.trial_rate),
        "hosts_with_internship": int((table.internship_spent > 0).sum()),
        "hosts_at_internship_cap": at_cap(
            table.internship_spent, rules.internship_per_municipality, rules.internship_rate
        ),
        "hosts_at_pay_cap": 0 if cap is None else int((hosts & (table.offered_pay >= cap)).sum()),
        "hosts_held_by_pay_limit": 0 if cap is None else int(held.sum()),
    }


def at_cap(spent: Yen, cap: int | None, rate: Fraction | None) -> int:
    """Return how many bodies spend all that a cap and a rate ever bring back, yen: more wanted would not be spent."""
    most = floor((rate or 0) * (cap or 0))
    binds: Flags = spent >= most
    return int((binds & (spent > 0)).sum())


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")
