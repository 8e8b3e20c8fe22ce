"""Company dispatch (地域活性化起業人) in the yearly round.

In April companies hear, municipalities join and ask for employees, both meet and contract. In March costs are
paid, special allocation tax comes back, and what employees did stays with the place. Once a survey or a
platform can have changed anything, the same market is run a second time without them, under the same draws,
and carried along: only so can new contracts be told from moved ones.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property
from math import exp

import numpy as np

from okoshi.agents.arrays import Floats, Integers
from okoshi.agents.companies import (
    Companies,
    Roll,
    Stage,
    found_companies,
    heard,
    hearing_order,
    raise_stage,
    registering,
    survey,
)
from okoshi.agents.dispatch_behaviour import DispatchBehaviour
from okoshi.agents.dispatch_compared import tell_earlier, tell_origins
from okoshi.agents.dispatch_contracts import Contracts, Kind, months_in_year, still_in_touch
from okoshi.agents.dispatch_hosts import DispatchHosts
from okoshi.agents.dispatch_spending import costs_of_year, net_by_place, post_costs, post_national
from okoshi.agents.municipalities import Field
from okoshi.agents.purse import Purse
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.markets.dispatch import PRESENCE_OF_REFERENCE, Search, Year
from okoshi.measures.dispatch_course import Country, Course
from okoshi.measures.year import MeasureYear
from okoshi.policy.dispatch import DispatchRules
from okoshi.policy.supplement import BUDGET_YEAR, extra_to_spend
from okoshi.scenario.settings import Settings
from okoshi.world.country import World

EXTRA_OF_REFERENCE = 95_000_000  # yen of FY2024: the supplement that built the platform
HOURS_OF_REFERENCE = 20.0  # a month: the least of a side job in FY2024


class Dispatch:
    """The measure with its companies, hosts and contracts.

    What others may read after March, by municipality: `capacity` (places, fields) built by employees' work,
    `staff_hours_freed` by digital work, `staff_hours` that officials spent, `cash_advanced`, `own_funds_used`
    (yen) and `related_people`. `without` is the course without survey and platform, None while it is the same.
    """

    def __init__(self, world: World, settings: Settings, luck: Luck, nation: World) -> None:
        self.world, self.luck = world, luck
        self.behaviour = settings.fill(DispatchBehaviour, "behaviour.dispatch")
        self.companies: Companies = found_companies(world, self.behaviour, luck)
        self.country = Country.of(world, self.companies, self.behaviour, luck)
        self.course = Course.start(self.country)
        self.without: Course | None = None
        self.copies = len(self.course.intensity)
        self.part = part_of_companies(world, nation)
        self.rules: DispatchRules | None = None
        self.running_rules: DispatchRules | None = None
        self.surveyed = False
        self.platform_stock = 0.0
        self.spent_on_platform = 0
        self.registered = np.zeros(len(self.companies), dtype=np.bool_)
        self.first_month = 0
        self._order: Roll | None = None  # companies that may and that look to this part of the nation
        self._least_capital = 0
        self._waits: Floats | None = None
        self._registered = np.zeros(0, dtype=np.int64)  # in the order in which they have
        places = len(world.key)
        self.capacity = np.zeros((places, len(Field)))
        self.staff_hours_freed = np.zeros(places)
        self.staff_hours = np.zeros(places, dtype=np.int64)
        self.cash_advanced = np.zeros(places)
        self.own_funds_used = np.zeros(places)
        self.related_people = np.zeros(places, dtype=np.int64)

    @property
    def hosts(self) -> DispatchHosts:
        """The municipalities as they take employees."""
        return self.course.hosts

    @property
    def contracts(self) -> Contracts:
        """All contracts so far."""
        return self.course.contracts

    def open_year(
        self,
        year: MeasureYear,
        purse: Purse | None = None,
        digital_capacity: Floats | None = None,
    ) -> None:
        """April: hear, join, ask, meet, contract; the same without the extra where it can matter.

        `purse` is what municipalities can give to this measure, `digital_capacity` (0 to 1 by municipality)
        lowers the cost of search through its link.
        """
        self.first_month = year.first_month
        self.read_rules(year)
        self.build_platform(year)
        rules = self.rules
        if rules is None or not (rules.enabled or len(self.contracts) or self.hosts.joined.any()):
            return
        if self.without is None and self.extra_acts:
            self.without = deepcopy(self.course)
        found = Year(
            fiscal_year=year.fiscal_year,
            first_month=year.first_month,
            rules=rules,
            wage_index=year.wage_index,
            price_index=year.price_index,
            pandemic=self.pandemic(year.fiscal_year),
            digital_capacity=digital_capacity,
            piloted=year.piloted("dispatch"),
            part=self.part,
        )
        self.course.decide(self.country, found, purse or Purse())
        if self.extra_acts:
            self.register()
        search = self.search_with_extra() if self.extra_acts else self.search_of(self.course)
        self.course.contract(self.country, found, search)
        if self.without is not None:
            self.without.decide(self.country, found, purse or Purse())
            self.without.contract(self.country, found, self.search_of(self.without))
            self.compare(self.without)
        self.write_companies()

    def read_rules(self, year: MeasureYear) -> None:
        """Read the rules in force; contracts of a kind that is shut end by the last rules it had."""
        rules = DispatchRules.of(year.settings, year.fiscal_year)
        before = self.running_rules or rules
        self.rules = rules
        self.running_rules = DispatchRules(
            enabled=rules.enabled,
            term_months=rules.term_months,
            dispatched=rules.dispatched if rules.dispatched.enabled else before.dispatched,
            side_job=rules.side_job if rules.side_job.enabled else before.side_job,
        )
        by_side_job = rules.side_job.enabled and rules.side_job.most_remuneration > 0
        least = 0 if by_side_job else rules.dispatched.minimum_company_capital or 0
        if rules.enabled and (self._order is None or least != self._least_capital):
            looks_here = self.luck("companies.looks_here").uniform(self.companies.key) < self.part
            self._looks_here = looks_here & (self.companies.capital >= least)
            self._least_capital = least
            rows = self._hearing_order[self._looks_here[self._hearing_order]]
            self._order = Roll.of(self.companies, rows, self.copies)
            self._hears_at = self.companies.hears_at[self._order.rows]

    @cached_property
    def _hearing_order(self) -> Integers:
        return hearing_order(self.companies)

    def build_platform(self, year: MeasureYear) -> None:
        """Spend the year's extra on platform and seminars (マッチング支援); what was built fades."""
        extra = extra_to_spend(year.settings, "dispatch", year.fiscal_year)
        self.spent_on_platform = int(extra * self.part * self.copies)
        self.platform_stock = self.platform_stock * self.behaviour.platform_keeps + extra / year.price_index

    def register(self) -> None:
        """Let companies register on the platform, each by what it is this April; nobody is taken off again."""
        companies = self.companies
        if self.platform_stock <= 0:
            return
        if self._waits is None:
            self._waits = -np.log(self.luck("companies.register").uniform(companies.key))
        known = np.flatnonzero(companies.interested | (companies.contracts > 0))
        newcomers = registering(self.behaviour, self._waits, known, self.platform_reach)
        self._registered = np.concatenate([self._registered, newcomers])
        self.registered[newcomers] = True

    @property
    def platform_reach(self) -> float:
        """How much of what a platform could do it does, 0 to 1, with diminishing returns to what was spent."""
        return 1.0 - exp(-self.platform_stock / EXTRA_OF_REFERENCE)

    @property
    def extra_acts(self) -> bool:
        """Whether survey or platform can change this year's contracts."""
        open_ = self.rules is not None and bool(self.rules.enabled)
        return open_ and (self.surveyed or self.platform_stock > 0)

    def search_with_extra(self) -> Search:
        """Return where posts may look with survey and platform."""
        search = self.search_of(self.course)
        companies, here = self.companies, self._looks_here
        interested = np.flatnonzero(companies.interested & here)
        interested = interested[np.argsort(companies.key[interested], kind="stable")]
        registered = self._registered if self.platform_stock > 0 else self._registered[:0]
        return Search(
            heard=search.heard,
            by_name=search.by_name,
            interested=Roll.of(companies, interested, self.copies),
            registered_roll=Roll.of(companies, registered[here[registered]], self.copies),
            registered=self.registered,
            saving=self.behaviour.search_saving * self.platform_reach,
            platform_looks=self.platform_reach,
        )

    def search_of(self, course: Course) -> Search:
        """Return where posts may look without survey and platform."""
        if self._order is None:
            raise RuntimeError("the first year has not begun")
        nobody = Roll.of(self.companies, np.zeros(0, dtype=np.int64), self.copies)
        return Search(
            heard=heard(self._order, self._hears_at, course.intensity),
            by_name=Roll.of(self.companies, course.experienced, self.copies),
            interested=nobody,
            registered_roll=nobody,
            registered=self.registered,
            saving=0.0,
            platform_looks=0.0,
        )

    def pandemic(self, fiscal_year: int) -> float:
        """Return how much more companies had staff to spare (an input)."""
        behaviour = self.behaviour
        return (
            behaviour.pandemic if behaviour.pandemic_first <= fiscal_year <= behaviour.pandemic_last else 0.0
        )

    def compare(self, without: Course) -> None:
        """Tell what each contract of this April would have been without survey and platform."""
        course = self.course
        tell_origins(course.contracts, course.signed, without.contracts, without.latest, self.first_month)
        tell_earlier(course.contracts, course.signed, without.contracts, without.signed, self.first_month)

    def write_companies(self) -> None:
        """Write how far companies have come, how many contracts they had and who is away."""
        companies, course = self.companies, self.course
        companies.contracts = course.experience
        rows, _ = months_in_year(course.contracts, self.first_month)
        companies.away = np.bincount(course.contracts.company[rows], minlength=len(companies))
        if self._order is not None:
            everyone = companies.hears_at < course.intensity[companies.copy]
            raise_stage(companies, np.flatnonzero(everyone), Stage.HEARD)
        raise_stage(companies, np.flatnonzero(self.registered), Stage.REGISTERED)
        raise_stage(companies, course.experienced, Stage.CONTRACTED)

    def close_year(self, year: MeasureYear, ledger: Ledger) -> None:
        """March: pay by the rules, ask the companies in the year of the survey, and see what stays."""
        national = {"platform": self.spent_on_platform}
        if self.survey_now(year):
            survey(self.companies, self.behaviour, self.luck)
            self.surveyed = True
            of_nation = self.behaviour.survey_cost * self.behaviour.survey_reach
            national["survey"] = int(of_nation * self.part * self.copies)
        post_national(ledger, year.fiscal_year, national)
        self.cash_advanced, self.own_funds_used = np.zeros(len(self.hosts)), np.zeros(len(self.hosts))
        running = self.running_rules
        if running is None or len(self.contracts) + int(self.hosts.asked.sum()) == 0:
            return
        costs = costs_of_year(
            self.contracts,
            self.first_month,
            (running.dispatched, running.side_job),
            self.course.asked,
            self.behaviour,
            year.price_index,
        )
        post_costs(ledger, year.fiscal_year, costs)
        self.cash_advanced, self.own_funds_used = net_by_place(costs, len(self.hosts))
        self.leave_traces()

    def survey_now(self, year: MeasureYear) -> bool:
        """Return whether the companies are surveyed this year (FY2023 supplement; in FY2024, assumed).

        The survey is booked in the extra: where that is switched off there is none. Before FY2024 its switch is that
        of the first extra.
        """
        behaviour = self.behaviour
        enabled = self.rules is not None and bool(self.rules.enabled)
        dated = max(year.fiscal_year, BUDGET_YEAR)
        extra = bool(year.settings.value("policy.dispatch.supplement.enabled", dated))
        asked = behaviour.survey_reach > 0 and year.fiscal_year == behaviour.survey_fiscal_year
        return enabled and extra and asked

    def leave_traces(self) -> None:
        """Reckon what the year's work leaves: capacity by field, staff hours freed and used, people with ties.

        A part of last year's capacity is left; a side job counts a part of a dispatch at half presence, by
        its hours.
        """
        table, behaviour, places = self.contracts, self.behaviour, len(self.hosts)
        rows, months = months_in_year(table, self.first_month)
        place, years = table.municipality[rows], months / MONTHS
        side = table.kind[rows] == Kind.SIDE_JOB
        weight = np.where(
            side,
            behaviour.link_side_job_capacity * table.hours_per_month[rows] / HOURS_OF_REFERENCE,
            table.presence[rows] / PRESENCE_OF_REFERENCE,
        )
        code = place.astype(np.int64) * len(Field) + table.field[rows]
        gain = np.bincount(code, weights=weight * years, minlength=places * len(Field))
        built = behaviour.link_capacity * gain.reshape(places, len(Field))
        self.capacity = np.minimum(self.capacity * behaviour.capacity_left + built, 1.0)
        digital = table.field[rows] == Field.DIGITAL
        freed = np.bincount(place[digital], weights=(weight * years)[digital], minlength=places)
        self.staff_hours_freed = behaviour.link_hours_freed * freed
        used = behaviour.staff_hours_per_person * np.bincount(place, weights=years, minlength=places)
        self.staff_hours = np.rint(used).astype(np.int64)
        tied = still_in_touch(table, self.first_month + MONTHS, behaviour.ties_fading, self.luck)
        tied = tied[~np.isin(tied, rows[side])]  # a side job of the year counts already
        self.related_people = np.bincount(place[side], minlength=places)
        self.related_people += np.bincount(table.municipality[tied], minlength=places)


def part_of_companies(world: World, nation: World) -> float:
    """Return how many of the nation's companies look to a country: by who may take employees, 1 of the whole nation."""
    one = int(world.eligible_dispatch[world.copy == 0].sum())
    return one / max(int(nation.eligible_dispatch.sum()), 1)
