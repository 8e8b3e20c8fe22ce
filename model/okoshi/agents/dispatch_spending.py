"""What company dispatch costs in a fiscal year and who pays it, written into the ledger in March.

The municipality pays the company or the employee and advances all of it; special allocation tax comes back by
the rules; what is over the caps stays with the municipality. Platform, seminars and survey are the nation's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Yen
from okoshi.agents.books import Layer, Measure, Payee, Payer, item_number
from okoshi.agents.dispatch_behaviour import DispatchBehaviour
from okoshi.agents.dispatch_contracts import Contracts, Kind, months_in_year
from okoshi.agents.own_share import within_own_share
from okoshi.engine.calendar import MONTHS
from okoshi.engine.ledger import NO_PLACE, Ledger
from okoshi.policy import dispatch as law
from okoshi.policy.amounts import part_of_year
from okoshi.policy.dispatch import DispatchedRules, SideJobRules


@dataclass(frozen=True)
class Cost:
    """One item of one kind: who is paid, where, yen spent and yen that come back, case by case."""

    item: str
    payee: Payee
    place: Integers
    spent: Yen
    back: Yen


def municipal_part(cost: Yen, cap: Yen | int, top_up: float) -> Yen:
    """Return what a municipality pays of a cost: all under the cap, and a part of what lies over it."""
    over = np.maximum(cost - cap, 0)
    return np.asarray(np.minimum(cost, cap) + np.floor(top_up * over).astype(np.int64))


def proposed_cost(
    table: Contracts,
    rows: Integers,
    months: Integers,
    rules: DispatchedRules | SideJobRules,
    behaviour: DispatchBehaviour,
) -> Cost:
    """Return what municipalities spend on the projects that employees propose (`rows`, months in the year)."""
    cap = rules.proposed_project_per_person_cap if rules.enabled else None
    wanted = table.proposed[rows] * months // MONTHS
    spent = within_own_share(wanted, cap, rules.proposed_project_rate, behaviour.own_share)
    back = law.proposed_project_reimbursement(rules, spent)
    return Cost("proposed", Payee.CONTRACTORS, table.municipality[rows].astype(np.int64), spent, back)


def dispatched_costs(
    table: Contracts,
    rows: Integers,
    months: Integers,
    rules: DispatchedRules,
    behaviour: DispatchBehaviour,
) -> list[Cost]:
    """Return the stay and the proposed projects of dispatched employees (`rows`, months in the year)."""
    place = table.municipality[rows].astype(np.int64)
    cap = part_of_year(rules.during_period_per_person_cap or 0, months)
    stay = municipal_part(table.pay[rows] * months // MONTHS, cap, behaviour.top_up)
    return [
        Cost("during", Payee.COMPANIES, place, stay, law.during_period_reimbursement(rules, stay, months)),
        proposed_cost(table, rows, months, rules, behaviour),
    ]


def side_job_costs(
    table: Contracts,
    rows: Integers,
    months: Integers,
    rules: SideJobRules,
    behaviour: DispatchBehaviour,
) -> list[Cost]:
    """Return remuneration, travel and proposed projects of side jobs (`rows`, months in the year)."""
    place = table.municipality[rows].astype(np.int64)
    cap = part_of_year(rules.most_remuneration, months)
    pay = municipal_part(table.pay[rows] * months // MONTHS, cap, behaviour.top_up)
    travel_cap = law.most_travel(rules, pay, months)
    travel = municipal_part(table.travel[rows] * months // MONTHS, travel_cap, behaviour.top_up)
    pay_back, travel_back = law.side_job_reimbursement(rules, pay, travel, months)
    return [
        Cost("remuneration", Payee.EMPLOYEES, place, pay, pay_back),
        Cost("travel", Payee.EMPLOYEES, place, travel, travel_back),
        proposed_cost(table, rows, months, rules, behaviour),
    ]


def before_cost(
    asked: Integers, rules: DispatchedRules | SideJobRules, behaviour: DispatchBehaviour, prices: float
) -> Cost:
    """Return the cost of looking for employees (`asked` posts by municipality): visits, meetings, publicity."""
    place = np.flatnonzero(asked > 0)
    each = behaviour.before_cost_fixed + behaviour.before_cost_per_post * asked[place]
    cap = rules.before_period_per_municipality_cap if rules.enabled else None
    wanted = np.floor(each * prices).astype(np.int64)
    spent = within_own_share(wanted, cap, rules.before_period_rate, behaviour.own_share)
    return Cost("before", Payee.CONTRACTORS, place, spent, law.before_period_reimbursement(rules, spent))


@dataclass(frozen=True)
class Asked:
    """Posts that each municipality looked for somebody for this year, by kind."""

    dispatched: Integers
    side_job: Integers


def costs_of_year(
    table: Contracts,
    first_month: int,
    running: tuple[DispatchedRules, SideJobRules],
    asked: Asked,
    behaviour: DispatchBehaviour,
    prices: float,
) -> list[Cost]:
    """Return every cost of municipalities in the fiscal year; `running` are the rules contracts end under."""
    rows, months = months_in_year(table, first_month)
    sent: Flags = table.kind[rows] == Kind.DISPATCHED
    dispatched, side_job = running
    return [
        before_cost(asked.dispatched, dispatched, behaviour, prices),
        before_cost(asked.side_job, side_job, behaviour, prices),
        *dispatched_costs(table, rows[sent], months[sent], dispatched, behaviour),
        *side_job_costs(table, rows[~sent], months[~sent], side_job, behaviour),
    ]


def post_costs(ledger: Ledger, fiscal_year: int, costs: list[Cost]) -> None:
    """Write costs of municipalities and what special allocation tax pays back."""
    for cost in costs:
        item = item_number(cost.item)
        book = (fiscal_year, Measure.DISPATCH, Layer.SCHEME, item)
        ledger.post(*book, Payer.MUNICIPALITY, cost.payee, cost.place, cost.spent)
        ledger.post(*book, Payer.SPECIAL_ALLOCATION_TAX, Payee.MUNICIPALITY, cost.place, cost.back)


def post_national(ledger: Ledger, fiscal_year: int, spent: Mapping[str, int]) -> None:
    """Write what the nation spends itself on platform, seminars and survey, in yen by item."""
    for item, yen in spent.items():
        ledger.post(
            fiscal_year,
            Measure.DISPATCH,
            Layer.SUPPLEMENT,
            item_number(item),
            Payer.NATIONAL_DIRECT,
            Payee.CONTRACTORS,
            NO_PLACE,
            yen,
        )


def net_by_place(costs: list[Cost], places: int) -> tuple[Floats, Floats]:
    """Return yen advanced and yen that stay with each municipality."""
    spent, kept = np.zeros(places), np.zeros(places)
    for cost in costs:
        spent += np.bincount(cost.place, weights=cost.spent, minlength=places)
        kept += np.bincount(cost.place, weights=cost.spent - cost.back, minlength=places)
    return spent, kept
