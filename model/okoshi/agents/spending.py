"""What a year costs and who pays it: every payment of the cooperators' measure, written into the ledger in March.

The municipality advances the whole cost; special allocation tax comes back in March within cap and rate, as a
row of its own. Costs that are never reimbursed (over the caps, overhead) stay with the municipality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from okoshi.agents.applicants import ApplicantBehaviour, Applicants
from okoshi.agents.arrays import Flags, Floats, Integers, Yen
from okoshi.agents.behaviour import Behaviour
from okoshi.agents.books import Layer, Measure, Payee, Payer, item_number
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import Members
from okoshi.agents.municipalities import Municipalities, MunicipalityBehaviour
from okoshi.agents.own_share import worth_spending
from okoshi.agents.rest_of_nation import part_of_one_nation
from okoshi.engine.calendar import MONTHS
from okoshi.engine.ledger import Ledger
from okoshi.policy import cooperators as law
from okoshi.policy.cooperator_support import SupportLine
from okoshi.policy.special_allocation_tax import net_of_fixed_total
from okoshi.world.country import World

FOREIGN_SUPPORT_OF_REFERENCE = (
    1_000_000  # yen a prefecture a year: the cap of FY2024, under which support counts as 1
)
CAPPED_A_BODY = ("recruitment", "trial", "internship", "internship_activity", "daily_support")


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
    table: Municipalities, conditions: Conditions, guests: Applicants, behaviour: ApplicantBehaviour
) -> list[Cost]:
    """Return the costs capped a body: recruitment, trial stays, internships and daily support."""
    rules = conditions.running_rules
    recruited, trial, programme = table.recruitment_spent, table.trial_spent, table.internship_spent
    interns = np.bincount(guests.guest_of[guests.intern], minlength=len(table))
    days = (interns * round(behaviour.intern_days)).astype(np.int64)
    activity = days * round(behaviour.intern_day_cost * conditions.price_index)
    by_days = law.internship_activity_reimbursement(rules, activity, days)
    daily = table.daily_support_spent
    return [
        Cost("recruitment", recruited, law.recruitment_reimbursement(rules, recruited)),
        Cost("trial", trial, law.trial_reimbursement(rules, trial)),
        Cost("internship", programme, law.internship_reimbursement(rules, programme)),
        Cost("internship_activity", activity, by_days),
        Cost("daily_support", daily, law.daily_support_reimbursement(rules, daily)),
    ]


def startups_of_year(members: Members, conditions: Conditions) -> tuple[Integers, Flags]:
    """Return the members whose firm opened this fiscal year, and which of them inside the grant's window."""
    first = conditions.first_month
    opened = np.flatnonzero((members.startup_month >= first) & (members.startup_month < first + MONTHS))
    end = np.minimum(members.end_month[opened], members.term_end_month[opened])
    month = members.startup_month[opened]
    served = np.where(
        month + 1 == members.end_month[opened], end, np.minimum(month, end)
    )  # a firm at the end
    served = served - members.start_month[opened]
    window = law.startup_window_open(conditions.running_rules, served, end - month)
    return opened, window


def person_costs(
    members: Members, conditions: Conditions, places: int
) -> tuple[list[Cost], tuple[Integers, Yen]]:
    """Return startup and renovation costs, and beside them what founders pay themselves (places, yen).

    The body gives a founder as much as would come back of the cost (assumed: all within the cap at a rate of 1, less
    at a lower one, of which the rate comes back); who opens outside the window pays all. The body renovates the house
    as a whole.
    """
    rules = conditions.running_rules
    started, in_window = startups_of_year(members, conditions)
    place = members.municipality[started].astype(np.int64)
    cost = members.startup_cost[started]
    grant = np.where(in_window, law.startup_reimbursement(rules, cost), 0)
    back = law.startup_reimbursement(rules, grant)
    startup = Cost("startup", sum_by_place(place, grant, places), sum_by_place(place, back, places))
    first = conditions.first_month
    ended = (members.end_month > first) & (members.end_month <= first + MONTHS)  # chosen by this year's rule
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
    behaviour: MunicipalityBehaviour,
    conditions: Conditions,
    members_there: Floats,
) -> Yen:
    """Return what each body spends on daily support: what comes back, and of the rest a share of its own."""
    rules = conditions.running_rules
    wanted = members_there * behaviour.daily_support_cost * conditions.price_index
    cap = rules.daily_support_per_municipality if rules.enabled else None
    return worth_spending(wanted, cap, rules.daily_support_rate, behaviour.daily_support_own_share)


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
            if not lines[line]:
                continue
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
    ledger: Ledger, world: World, behaviour: ApplicantBehaviour, conditions: Conditions, foreign: Floats
) -> None:
    """Write the two items for foreign members, which go to prefectures (道府県, not Tokyo).

    `foreign` are years of foreign members by prefecture. A prefecture with municipalities in the run spends on winning
    members, one with foreign members on supporting them: as much of what it wants as would come back (assumed: all
    within the cap at a rate of 1, less at a lower one, of which the rate comes back), so that what is spent is what
    helps. Its place in the ledger is its row after all municipalities. With several countries side by side each of its
    copies spends.
    """
    rules, prices, places = conditions.running_rules, conditions.price_index, len(world.code)
    copies = world.copies
    claims = np.array([law.may_claim_foreign_items(str(code)) for code in world.prefectures.code])
    present = claims & (np.bincount(world.prefecture, minlength=len(claims)) > 0)
    winning = np.where(present & conditions.scheme_open, behaviour.foreign_recruitment_cost * prices, 0.0)
    helping = np.where(claims, foreign / copies * behaviour.foreign_support_cost * prices, 0.0)
    for item, wanted, reimburse in (
        ("foreign_recruitment", winning, law.foreign_recruitment_reimbursement),
        ("foreign_support", helping, law.foreign_support_reimbursement),
    ):
        spent = reimburse(rules, _yen(wanted))
        back = reimburse(rules, spent) * copies
        spent = spent * copies
        rows, year = np.flatnonzero(spent), conditions.fiscal_year
        _post(ledger, year, item, Payer.PREFECTURE, Payee.CONTRACTORS, rows + places, spent[rows])
        _post(ledger, year, item, Payer.SPECIAL_ALLOCATION_TAX, Payee.PREFECTURE, rows + places, back[rows])


def support_of_foreign(
    world: World, behaviour: ApplicantBehaviour, conditions: Conditions, foreign: Floats
) -> Floats:
    """Return what prefectures spend on their foreign members, of what they would under the rule of FY2024 (cap, rate).

    One value a prefecture, from its years of `foreign` members: 1 under that rule, more where a higher cap lets it
    spend more. A prefecture that may not claim spends nothing on them.
    """
    wanted = _yen(foreign / world.copies * behaviour.foreign_support_cost * conditions.price_index)
    spent = law.foreign_support_reimbursement(conditions.running_rules, wanted)
    usual = np.minimum(wanted, FOREIGN_SUPPORT_OF_REFERENCE)
    claims = np.array([law.may_claim_foreign_items(str(code)) for code in world.prefectures.code])
    return np.divide(spent, usual, out=np.zeros(len(foreign)), where=claims & (usual > 0))


def settle_fixed_total(
    ledger: Ledger, world: World, behaviour: MunicipalityBehaviour, conditions: Conditions
) -> None:
    """Take from everybody what a fixed total cannot give twice, measure by measure, after all have been paid."""
    books = ledger.table(conditions.fiscal_year)
    places = len(world.code) + len(world.prefectures.code)
    paid = books["payer"] == Payer.SPECIAL_ALLOCATION_TAX
    for measure in np.unique(books["measure"][paid]).tolist():
        mine = paid & (books["measure"] == measure)
        received = sum_by_place(books["place"][mine], books["yen"][mine], places)
        post_fixed_total(ledger, world, behaviour, Measure(measure), received, conditions)


def post_fixed_total(
    ledger: Ledger,
    world: World,
    behaviour: MunicipalityBehaviour,
    measure: Measure,
    received: Yen,
    conditions: Conditions,
) -> None:
    """Take from everybody what a measure's tax took from a fixed total: winners and losers are net of it.

    `received` is yen of the tax by place of the ledger: municipalities, then prefectures.

    Bodies are municipalities, prefectures and, in a run of a part of the nation, the rest of it, which is paid as
    this part is (what it is paid takes from this part too). What each gets of the tax otherwise goes as people
    times what its fiscal strength lacks (assumed; alike where nobody lacks anything); a prefecture as a multiple of
    all its municipalities together. A run without a municipality that may host members is no part of the nation
    that one could measure: the rest bears all.
    """
    if not conditions.nation_share:
        return
    lacking = np.maximum(behaviour.tax_until_strength - world.fiscal_strength, 0.0)
    weight, prefectures = world.population_2020.astype(np.float64) * lacking, behaviour.tax_of_prefectures
    if not weight.any():  # else prefectures outside the run would pay as much as those in it
        weight = np.ones(len(world.code))
    by_prefecture = np.bincount(world.prefecture, weights=weight, minlength=len(world.prefectures.code))
    by_prefecture = by_prefecture * prefectures
    beyond = 1.0 / part_of_one_nation(conditions.nation_share, world.copies) - 1.0
    rest = (1.0 + prefectures) * weight.sum() * beyond
    bodies = np.append(received, 0)
    weights = np.concatenate([weight, by_prefecture, [rest]])
    taken = bodies - net_of_fixed_total(bodies, weights)
    paid_beyond = float(received.sum()) * beyond / max(weights.sum(), 1.0)
    taken += np.floor(weights * paid_beyond).astype(np.int64)
    places = len(world.code)
    for payer, rows in (
        (Payer.MUNICIPALITY, np.arange(places)),
        (Payer.PREFECTURE, np.arange(places, len(received))),
    ):
        rows = rows[taken[rows] > 0]
        ledger.post(
            conditions.fiscal_year,
            measure,
            Layer.SCHEME,
            item_number("pool"),
            payer,
            Payee.SPECIAL_ALLOCATION_TAX,
            rows,
            taken[rows],
        )


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
    table.daily_support_spent = daily_support(behaviour.municipalities, conditions, member_years)
    table.staff_hours = np.rint(member_years * behaviour.municipalities.staff_hours_per_member)
    table.staff_yen = np.rint(
        table.staff_hours * behaviour.municipalities.staff_yen_per_hour * conditions.wage_index
    )
    by_person, founders_own = person_costs(members, conditions, places)
    costs = [
        activity_cost(table, members, service, conditions),
        *body_costs(table, conditions, guests, behaviour.applicants),
        *by_person,
        overhead_cost(table, members, service, behaviour.municipalities, conditions.price_index),
    ]
    post_costs(ledger, costs, year)
    post_founders_own(ledger, founders_own, year)
    post_support_lines(ledger, conditions)
    foreign = service.rows[members.foreign[service.rows]]
    home = world.prefecture[members.municipality[foreign]]
    months = service.months[members.foreign[service.rows]]
    served = np.bincount(home, weights=months, minlength=len(world.prefectures.code)) / MONTHS
    post_foreign_items(ledger, world, behaviour.applicants, conditions, served)
    once = [cost for cost in costs if cost.item in CAPPED_A_BODY]
    table.body_cost_last_year = np.sum([cost.spent for cost in once], axis=0)
    table.body_net_cost_last_year = np.sum([cost.spent - cost.back for cost in once], axis=0)
