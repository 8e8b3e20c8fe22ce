"""What a year costs and who pays it: every payment of the cooperators' measure, written into the ledger in March.

The municipality advances the whole cost; special allocation tax comes back in March within cap and rate, as a
row of its own. Costs that are never reimbursed (over the caps, overhead) stay with the municipality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from okoshi.agents.applicants import Applicants
from okoshi.agents.arrays import Floats, Integers, Yen
from okoshi.agents.behaviour import Behaviour
from okoshi.agents.books import Layer, Measure, Payee, Payer, item_number
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import Members
from okoshi.agents.municipalities import Municipalities, MunicipalityBehaviour
from okoshi.engine.calendar import MONTHS
from okoshi.engine.ledger import Ledger
from okoshi.policy import cooperators as law
from okoshi.policy.cooperator_support import SupportLine
from okoshi.policy.special_allocation_tax import net_of_fixed_total
from okoshi.world.country import World


@dataclass(frozen=True)
class Cost:
    """One item of the year: yen spent by each municipality and yen that come back to it."""

    item: str
    spent: Yen
    back: Yen


@dataclass(frozen=True)
class Service:
    """Months served in the year by each member who served: rows of the table and months (1 to 12)."""

    rows: Integers
    months: Integers

    @staticmethod
    def of(members: Members, first_month: int, serving: slice) -> Service:
        """Return who served how many months of the fiscal year that starts in `first_month`."""
        start, end = members.start_month[serving], members.end_month[serving]
        months = np.minimum(end, first_month + MONTHS) - np.maximum(start, first_month)
        rows = np.flatnonzero(months > 0)
        return Service(rows + serving.start, months[rows].astype(np.int64))


def sum_by_place(place: Integers, yen: Yen, places: int) -> Yen:
    """Return yen summed by place; exact, since whole yen below 2^53 add up exactly as floats."""
    return np.bincount(place, weights=yen, minlength=places).astype(np.int64)


def activity_cost(table: Municipalities, members: Members, service: Service, conditions: Conditions) -> Cost:
    """Return members' remuneration and other activity cost (活動に要する経費), by months served."""
    place = members.municipality[service.rows].astype(np.int64)
    pay = table.offered_pay[place] * service.months // MONTHS
    other = table.offered_other[place] * service.months // MONTHS
    back = law.activity_reimbursement(conditions.running_rules, pay, other, service.months)
    places = len(table)
    return Cost("activity", sum_by_place(place, pay + other, places), sum_by_place(place, back, places))


def body_costs(
    table: Municipalities,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    guests: Applicants,
    intern_days: int,
) -> list[Cost]:
    """Return the costs capped a body: recruitment, trial stays, internships and daily support."""
    rules, prices = conditions.running_rules, conditions.price_index
    recruiting = (
        behaviour.recruitment_cost_fixed + behaviour.recruitment_cost_per_post * table.posts
    ) * prices
    recruited = _yen(np.where(table.posts > 0, recruiting, 0.0))
    trial = _yen(table.runs_trial * behaviour.trial_cost * prices)
    programme = _yen(table.runs_internship * behaviour.internship_cost * prices)
    interns = np.bincount(guests.guest_of[guests.intern], minlength=len(table))
    days = (interns * intern_days).astype(np.int64)
    activity = days * (rules.internship_per_person_and_day or 0)
    back = law.internship_reimbursement(rules, programme)
    back = back + law.internship_activity_reimbursement(rules, activity, days)
    daily = table.daily_support_spent
    return [
        Cost("recruitment", recruited, law.recruitment_reimbursement(rules, recruited)),
        Cost("trial", trial, law.trial_reimbursement(rules, trial)),
        Cost("internship", programme + activity, back),
        Cost("daily_support", daily, law.daily_support_reimbursement(rules, daily)),
    ]


def startups_of_year(members: Members, conditions: Conditions) -> Integers:
    """Return the members whose firm opened this fiscal year inside the grant's window."""
    first = conditions.first_month
    opened = np.flatnonzero((members.startup_month >= first) & (members.startup_month < first + MONTHS))
    end = np.minimum(members.end_month[opened], members.term_end_month[opened])
    month = members.startup_month[opened]
    window = law.startup_window_open(
        conditions.running_rules, np.minimum(month, end) - members.start_month[opened], end - month
    )
    return opened[window]


def person_costs(
    members: Members, conditions: Conditions, places: int
) -> tuple[list[Cost], tuple[Integers, Yen]]:
    """Return startup and renovation costs, and beside them what founders pay themselves (places, yen).

    The body gives a founder at most what comes back to it; it renovates the house as a whole.
    """
    rules = conditions.running_rules
    started = startups_of_year(members, conditions)
    place = members.municipality[started].astype(np.int64)
    cost = members.startup_cost[started]
    grant = np.minimum(cost, int(rules.startup_per_member or 0))
    back = law.startup_reimbursement(rules, grant)
    startup = Cost("startup", sum_by_place(place, grant, places), sum_by_place(place, back, places))
    first = conditions.first_month
    ended = (members.end_month >= first) & (members.end_month < first + MONTHS)
    renovated = np.flatnonzero(ended & (members.renovation_cost > 0))
    house = members.municipality[renovated].astype(np.int64)
    work = members.renovation_cost[renovated]
    aid = law.renovation_reimbursement(rules, work)
    renovation = Cost("renovation", sum_by_place(house, work, places), sum_by_place(house, aid, places))
    return [startup, renovation], (place, cost - grant)


def overhead_cost(
    table: Municipalities,
    members: Members,
    service: Service,
    behaviour: MunicipalityBehaviour,
    prices: float,
) -> Cost:
    """Return the overhead of looking after members: never reimbursed."""
    months = np.bincount(members.municipality[service.rows], weights=service.months, minlength=len(table))
    spent = _yen(months * behaviour.overhead_per_member * prices / MONTHS)
    return Cost("overhead", spent, np.zeros_like(spent))


def daily_support(
    table: Municipalities,
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    members_there: Floats,
) -> Yen:
    """Return what each body spends on daily support: up to the cap where it comes back, a part of it else."""
    wanted = members_there * behaviour.daily_support_cost * conditions.price_index
    cap = conditions.running_rules.daily_support_per_municipality
    if cap is None or not conditions.running_rules.enabled:
        return _yen(wanted * behaviour.daily_support_own_share)
    return _yen(np.minimum(wanted, cap))


def post_costs(ledger: Ledger, costs: list[Cost], fiscal_year: int) -> None:
    """Write the costs and what comes back for them into the ledger."""
    for cost in costs:
        places = np.flatnonzero(cost.spent)
        payee = Payee.MEMBERS if cost.item in ("activity", "startup") else Payee.CONTRACTORS
        _post(ledger, fiscal_year, cost.item, Payer.MUNICIPALITY, payee, places, cost.spent[places])
        back = np.flatnonzero(cost.back)
        _post(
            ledger,
            fiscal_year,
            cost.item,
            Payer.SPECIAL_ALLOCATION_TAX,
            Payee.MUNICIPALITY,
            back,
            cost.back[back],
        )


def post_founders_own(ledger: Ledger, own: tuple[Integers, Yen], fiscal_year: int) -> None:
    """Write what founders pay for their firms beyond the grant."""
    _post(ledger, fiscal_year, "startup", Payer.PRIVATE, Payee.CONTRACTORS, own[0], own[1])


def post_support_lines(ledger: Ledger, conditions: Conditions) -> None:
    """Write what the ministry pays directly: support desk, training, publicity and the rest, in two layers."""
    budgets = conditions.budgets
    for layer, lines in ((Layer.SCHEME, budgets.scheme), (Layer.SUPPLEMENT, budgets.supplement)):
        for line in SupportLine:
            ledger.post(
                conditions.fiscal_year,
                Measure.COOPERATORS,
                layer,
                item_number(line),
                Payer.NATIONAL_DIRECT,
                Payee.CONTRACTORS,
                -1,
                lines[line],
            )


def post_foreign_items(
    ledger: Ledger, world: World, conditions: Conditions, foreign_by_prefecture: Integers, places: int
) -> None:
    """Write the two items for foreign members, which go to prefectures (道府県, not Tokyo).

    Every prefecture with municipalities in the run spends the cap on winning members; support is spent where
    a foreign member serves. A prefecture's place is its row after all municipalities.
    """
    rules = conditions.running_rules
    claims = np.array([law.may_claim_foreign_items(str(code)) for code in world.prefectures.code])
    present = np.bincount(world.prefecture, minlength=len(claims)) > 0
    recruiting = np.where(
        present & claims & conditions.scheme_open, rules.foreign_resident_recruitment_per_body or 0, 0
    )
    support = np.where(claims & (foreign_by_prefecture > 0), rules.foreign_member_support_per_body or 0, 0)
    for item, cost, back in (
        ("foreign_recruitment", recruiting, law.foreign_recruitment_reimbursement(rules, recruiting)),
        ("foreign_support", support, law.foreign_support_reimbursement(rules, support)),
    ):
        spent = np.flatnonzero(cost)
        year = conditions.fiscal_year
        _post(ledger, year, item, Payer.PREFECTURE, Payee.CONTRACTORS, spent + places, cost[spent])
        _post(ledger, year, item, Payer.SPECIAL_ALLOCATION_TAX, Payee.PREFECTURE, spent + places, back[spent])


def post_fixed_total(
    ledger: Ledger, costs: list[Cost], weights: npt.NDArray[np.floating[Any]], fiscal_year: int
) -> Yen:
    """Take from everybody what a fixed total cannot give twice; return each body's net gain (sum 0)."""
    paid = np.sum([cost.back for cost in costs], axis=0).astype(np.int64)
    net = net_of_fixed_total(paid, weights)
    taken = paid - net
    places = np.flatnonzero(taken)
    _post(
        ledger,
        fiscal_year,
        "pool",
        Payer.MUNICIPALITY,
        Payee.SPECIAL_ALLOCATION_TAX,
        places,
        taken[places],
    )
    return net


def _post(
    ledger: Ledger, fiscal_year: int, item: str, payer: Payer, payee: Payee, places: Integers, yen: Yen
) -> None:
    ledger.post(fiscal_year, Measure.COOPERATORS, Layer.SCHEME, item_number(item), payer, payee, places, yen)


def _yen(amount: npt.NDArray[np.floating[Any]]) -> Yen:
    return np.floor(amount).astype(np.int64)


def pay_year(
    ledger: Ledger,
    table: Municipalities,
    members: Members,
    service: Service,
    world: World,
    behaviour: Behaviour,
    conditions: Conditions,
    guests: Applicants,
) -> None:
    """Pay everything of the year: costs by item, what comes back, support lines and prefectures' items."""
    places, year = len(table), conditions.fiscal_year
    place = members.municipality[service.rows]
    member_years = np.bincount(place, weights=service.months, minlength=places) / MONTHS
    table.daily_support_spent = daily_support(table, behaviour.municipalities, conditions, member_years)
    table.staff_hours = np.rint(member_years * behaviour.municipalities.staff_hours_per_member)
    table.staff_yen = np.rint(
        table.staff_hours * behaviour.municipalities.staff_yen_per_hour * conditions.wage_index
    )
    by_person, founders_own = person_costs(members, conditions, places)
    costs = [
        activity_cost(table, members, service, conditions),
        *body_costs(
            table, behaviour.municipalities, conditions, guests, round(behaviour.applicants.intern_days)
        ),
        *by_person,
        overhead_cost(table, members, service, behaviour.municipalities, conditions.price_index),
    ]
    post_costs(ledger, costs, year)
    post_founders_own(ledger, founders_own, year)
    post_support_lines(ledger, conditions)
    foreign = service.rows[members.foreign[service.rows]]
    home = world.prefecture[members.municipality[foreign]]
    served = np.bincount(home, minlength=len(world.prefectures.code))
    post_foreign_items(ledger, world, conditions, served, places)
    if conditions.total_is_fixed:
        weights = world.population_2020.astype(np.float64) * np.maximum(1.2 - world.fiscal_strength, 0.0)
        post_fixed_total(ledger, costs, weights, year)
