"""University projects (大学等と地域が連携して取り組む地域課題解決プロジェクト): contracts, analysis, platform.

Programmes of universities are held without the measure; the extra of the supplementary budget buys sites
under contract, an analysis of leading cases, and a platform that lowers search.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor

import numpy as np

from okoshi.agents import students as people
from okoshi.agents import university_projects as projects_of
from okoshi.agents.arrays import Flags, Integers, Keys, Rows, Yen
from okoshi.agents.books import Layer, Measure, Payee, Payer, item_number
from okoshi.agents.purse import Purse
from okoshi.agents.students import Cohort, StudentBehaviour, StudentMoves, Students, TiedApplicants
from okoshi.agents.university_projects import (
    Chosen,
    HostHistory,
    Hosts,
    Knowledge,
    Programmes,
    ProjectBehaviour,
    Projects,
    Setting,
)
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import NO_PLACE, Ledger
from okoshi.measures.year import MeasureYear
from okoshi.policy.supplement import BUDGET_YEAR, budget_year_spent_in, extra_to_spend
from okoshi.policy.university import UniversityRules, chosen_sites, contract_payment, placing_in
from okoshi.scenario.settings import Settings
from okoshi.world.country import World

NOTHING_SPENT = {"model_projects": 0, "analysis": 0, "platform": 0}
NO_KEYS: Keys = np.zeros(0, dtype=np.uint64)


@dataclass(frozen=True)
class UniversityMoney:
    """What a fiscal year's extra can pay in this run: rules, sites and yen by line."""

    rules: UniversityRules
    sites: int
    lines: dict[str, int]

    @classmethod
    def of(cls, year: MeasureYear) -> UniversityMoney:
        """Read what is spent this year; a part of the nation gets its part, rounded down.

        A pilot pays one contract a site, by the rules of the supplement, in place of the extra; where these give a
        contract of nothing it has no site either.
        """
        sites = len(year.pilot.rows("university", year.fiscal_year))
        if sites:
            rules = UniversityRules.of(year.settings, BUDGET_YEAR)
            yen = sites * (rules.contract_per_site or 0)
            rules = replace(rules, extra=yen, model_projects=sites, model_projects_budget=yen)
            return cls(rules, sites if yen else 0, NOTHING_SPENT | {"model_projects": yen})
        budget_year = budget_year_spent_in(year.settings, "university", year.fiscal_year)
        rules = UniversityRules.of(year.settings, budget_year)
        extra = extra_to_spend(year.settings, "university", year.fiscal_year)
        most = None if rules.model_projects is None else floor(rules.model_projects * year.nation_share)
        rules = replace(rules, extra=floor(extra * year.nation_share), model_projects=most)
        if not rules.extra:
            return cls(rules, 0, NOTHING_SPENT)
        return cls(rules, rules.sites_paid, rules.lines)


class University:
    """The measure through the years.

    What crosses to others: `applicants_with_ties` (set in March, for the recruitment of the next April),
    `moves` (who moved there this year), `related` (related students by municipality on 31 March),
    `staff_hours`, `cash_advanced` and `own_yen` (officials' hours, and yen that municipalities advance until March and
    bear in the end, this year).
    """

    def __init__(self, world: World, settings: Settings, luck: Luck) -> None:
        self.behaviour = settings.fill(ProjectBehaviour, "behaviour.university")
        self.of_students = settings.fill(StudentBehaviour, "behaviour.university")
        self.projects, self.students = Projects(2_048), Students(32_768)
        self.universities = projects_of.found_universities(world)
        self.luck, self.knowledge = luck, Knowledge()
        self.hosts: Hosts | None = None
        self.history: HostHistory | None = None
        nobody = np.zeros(0, dtype=np.int64)
        self.of_year: Rows = nobody
        self.moves: StudentMoves = people.move_there(self.students, 0, self.of_students, luck)
        self.applicants_with_ties: TiedApplicants = people.apply_there(
            self.students, 0, self.of_students, luck
        )
        self.return_visits = 0
        self.related: Integers = np.zeros(len(world), dtype=np.int64)
        self.staff_hours: Integers = np.zeros(len(world), dtype=np.int64)
        self.cash_advanced: Yen = np.zeros(len(world), dtype=np.int64)
        self.own_yen: Yen = np.zeros(len(world), dtype=np.int64)

    def end_contracts(self) -> None:
        """April, before anybody claims: a site that was under contract alone runs on no longer and takes nothing.

        Where a programme is held of its own, what it took is the best guess of what it will take.
        """
        if self.history is None:
            return
        over = self.history.by_contract_alone
        for claim in (self.staff_hours, self.cash_advanced, self.own_yen):
            claim[over] = 0

    def open_year(self, year: MeasureYear, purse: Purse | None = None) -> None:
        """April: attachment fades, sites are chosen, programmes and students meet, and are held.

        No place holds a programme that its `purse` (what members and the other measures leave; no limit without one)
        cannot carry.
        """
        people.forget(self.students, year.fiscal_year, self.of_students)
        self.money = UniversityMoney.of(year)
        self._learn_from_platform(year)
        programmes = self._choose_programmes(year, purse or Purse())
        paid = np.where(
            programmes.under_contract, contract_payment(self.money.rules, programmes.cost), 0
        ).astype(np.int64)
        self.of_year = projects_of.hold(self.projects, self.universities, programmes, paid, year.fiscal_year)
        self._take_part(year, programmes)
        hours = np.full(len(programmes.place), round(self.behaviour.host_staff_hours))
        self.staff_hours = _by_place(programmes.place, hours, len(year.world))
        self.cash_advanced = _by_place(programmes.place, programmes.cost, len(year.world))
        self.own_yen = _by_place(programmes.place, programmes.cost - paid, len(year.world))

    def close_year(self, year: MeasureYear, ledger: Ledger, hired: Keys = NO_KEYS) -> None:
        """March: pay, then students come back, move there or apply; `hired` are keys of new cooperators."""
        self._pay(year, ledger)
        people.become_members(self.students, hired)
        self.return_visits = people.come_back(self.students, year.fiscal_year, self.of_students, self.luck)
        self.moves = people.move_there(self.students, year.fiscal_year, self.of_students, self.luck)
        self.applicants_with_ties = people.apply_there(
            self.students, year.fiscal_year, self.of_students, self.luck
        )
        self.related = people.related_students(
            self.students, year.fiscal_year, self.of_students, len(year.world)
        )

    def _learn_from_platform(self, year: MeasureYear) -> None:
        # The nation's sums: a run of one prefecture sees the platform of the whole country.
        extra = extra_to_spend(year.settings, "university", year.fiscal_year)
        piloted = len(year.pilot.rows("university", year.fiscal_year)) > 0  # in place of the extra
        lines = replace(self.money.rules, extra=extra).lines if extra and not piloted else NOTHING_SPENT
        self.knowledge = self.knowledge.after(
            lines["platform"] / year.price_index, lines["analysis"] / year.price_index, self.behaviour
        )

    def _choose_programmes(self, year: MeasureYear, purse: Purse) -> Programmes:
        world, luck, behaviour = year.world, self.luck, self.behaviour
        if self.hosts is None or self.history is None:
            self.hosts = projects_of.describe_hosts(world, behaviour, luck, year.nation_share)
            self.history = projects_of.first_history(world, self.hosts, behaviour, luck, year.fiscal_year)
        setting = Setting(
            year.fiscal_year,
            year.price_index,
            self.knowledge,
            year.municipalities.support_capacity,
            self.money.rules.contract_per_site or 0,
        )
        nowhere = np.zeros(len(world), dtype=np.bool_)
        own_cost = projects_of.cost_of(world.key, nowhere, ~nowhere, setting, behaviour, luck)
        carries = projects_of.carried(purse, own_cost, np.zeros_like(own_cost), behaviour)
        uniform = luck("projects.held").uniform(world.key, year.fiscal_year)
        wanted, anyway = projects_of.held_this_year(
            self.hosts, self.history, self.knowledge, behaviour, uniform
        )
        held, anyway = wanted & carries, anyway & carries
        chosen = Chosen.of(held, anyway, self._sites(year, self.hosts, setting, held, purse))
        alone = nowhere.copy()
        alone[chosen.place[chosen.under_contract]] = True
        self.history = HostHistory(held, alone & ~held, anyway)
        return projects_of.describe_programmes(world, chosen, setting, behaviour, luck)

    def _sites(self, year: MeasureYear, hosts: Hosts, setting: Setting, held: Flags, purse: Purse) -> Rows:
        """Return who gets a contract; `held` is where a programme is held this year in any case."""
        if not self.money.sites:
            return np.zeros(0, dtype=np.int64)
        world = year.world
        contract = np.ones(len(world), dtype=np.bool_)
        cost = projects_of.cost_of(world.key, contract, held, setting, self.behaviour, self.luck)
        paid = contract_payment(self.money.rules, cost).astype(np.int64)
        able = projects_of.carried(purse, cost, paid, self.behaviour)
        piloted = year.pilot.rows("university", year.fiscal_year)
        if len(piloted):
            return np.sort(piloted[able[piloted]])
        rows, score = projects_of.applicants_for_contracts(
            world, hosts, able, self.behaviour, self.luck, year.fiscal_year
        )
        copies = world.copy[rows].astype(np.int64) * len(world.prefectures.code)
        prefecture = copies + world.prefecture[rows]
        placing = placing_in(year.settings, year.fiscal_year)
        return rows[chosen_sites(prefecture, score, world.key[rows], self.money.sites, placing)]

    def _take_part(self, year: MeasureYear, programmes: Programmes) -> None:
        world = year.world
        cohort = Cohort(
            fiscal_year=year.fiscal_year,
            project=self.of_year,
            place=programmes.place,
            place_key=world.key[programmes.place],
            place_prefecture=world.prefecture[programmes.place].astype(np.int64),
            university_prefecture=programmes.university_prefecture,
            students=programmes.students,
            students_anyway=programmes.students_anyway,
            days=programmes.days,
            quality=programmes.quality,
        )
        weights = world.prefectures.urban_population
        people.take_part(self.students, cohort, weights, self.of_students, self.luck)

    def _pay(self, year: MeasureYear, ledger: Ledger) -> None:
        """Pay sites under contract (the municipality, then the nation to it), analysis and platform.

        What programmes without a contract cost their hosts, and what students pay, is no payment of the measure:
        it stands in the table of projects.
        """
        rows = self.of_year[self.projects.under_contract[self.of_year]]
        place = self.projects.municipality[rows].astype(np.int64)
        for item, payer, payee, where, yen in (
            ("contract", Payer.MUNICIPALITY, Payee.UNIVERSITIES, place, self.projects.cost[rows]),
            ("contract", Payer.NATIONAL_DIRECT, Payee.MUNICIPALITY, place, self.projects.contract[rows]),
            ("analysis", Payer.NATIONAL_DIRECT, Payee.CONTRACTORS, NO_PLACE, self.money.lines["analysis"]),
            ("platform", Payer.NATIONAL_DIRECT, Payee.CONTRACTORS, NO_PLACE, self.money.lines["platform"]),
        ):
            ledger.post(
                year.fiscal_year,
                Measure.UNIVERSITY,
                Layer.SUPPLEMENT,
                item_number(item),
                payer,
                payee,
                where,
                yen,
            )


def _by_place(place: Rows, values: Integers, places: int) -> Integers:
    return np.bincount(place, weights=values, minlength=places).astype(np.int64)
