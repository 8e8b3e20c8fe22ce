"""One course of events in company dispatch: what the market of each April changes.

There is one course with survey and platform, and beside it one without them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from okoshi.agents.arrays import Floats, Integers
from okoshi.agents.companies import Companies
from okoshi.agents.dispatch_behaviour import DispatchBehaviour
from okoshi.agents.dispatch_compared import slot_code
from okoshi.agents.dispatch_contracts import Agreed, Contracts, distances, renew, sign
from okoshi.agents.dispatch_hosts import (
    SLOTS,
    DispatchHosts,
    Posts,
    carried_by,
    decide_posts,
    found_hosts,
    giving_up,
    joining,
    posts_of,
    slots_of,
    willing,
)
from okoshi.agents.dispatch_spending import Asked
from okoshi.agents.purse import Purse
from okoshi.agents.rest_of_nation import rest_of_nation
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck
from okoshi.markets.dispatch import Search, Year, meet
from okoshi.world.country import World


@dataclass(frozen=True)
class Country:
    """What every course shares: places, companies, behaviour, luck.

    `distance` is in kilometres from prefectures to municipalities, `staff_limit` the employees that each
    company lets go at once: by its size, at least one.
    """

    world: World
    companies: Companies
    behaviour: DispatchBehaviour
    luck: Luck
    distance: Floats
    staff_limit: Integers

    @classmethod
    def of(cls, world: World, companies: Companies, behaviour: DispatchBehaviour, luck: Luck) -> Self:
        """Put together what every course shares."""
        limit = np.maximum(np.floor(behaviour.staff_limit * companies.relative_size), 1.0)
        return cls(world, companies, behaviour, luck, distances(world), limit.astype(np.int64))


@dataclass
class Course:
    """All that the market changes.

    `latest` is the row of the latest contract of each numbered post (-1 without one), `intensity` how much has
    been heard of the measure in each country side by side, `experienced` the companies in the order of their
    first contract, `signed` the rows of this April's contracts, `left_over` the companies that would have gone.
    """

    hosts: DispatchHosts
    contracts: Contracts
    experience: Integers
    intensity: Floats
    latest: Integers
    experienced: Integers
    signed: Integers
    asked: Asked
    left_over: int = 0

    @classmethod
    def start(cls, country: Country) -> Self:
        """Return the course before anything has happened."""
        places = len(country.world.key)
        nowhere = np.zeros(places, dtype=np.int64)
        nobody = np.zeros(0, dtype=np.int64)
        return cls(
            hosts=found_hosts(country.world, country.luck),
            contracts=Contracts(64),
            experience=np.zeros(len(country.companies), dtype=np.int64),
            intensity=np.zeros(country.world.copies),
            latest=np.full(places * SLOTS, -1, dtype=np.int64),
            experienced=nobody,
            signed=nobody,
            asked=Asked(nowhere, nowhere),
        )

    def decide(self, country: Country, year: Year, purse: Purse) -> None:
        """Renew contracts, let hosts give up or join and say how many they want, and let companies hear."""
        hosts, behaviour, luck, rules = self.hosts, country.behaviour, country.luck, year.rules
        prices, wages = year.price_index, year.wage_index
        self._renew(country, year, np.arange(len(self.contracts)))
        hosts.willing = willing(hosts, behaviour, rules, prices, wages)
        if year.piloted is not None and (rules.dispatched.enabled or rules.side_job.enabled):
            hosts.willing |= year.piloted & hosts.eligible
        running = self.contracts.municipality[self.contracts.end_month > year.first_month]
        employees = np.bincount(running, minlength=len(hosts))
        gave_up = giving_up(hosts, behaviour, employees, year.fiscal_year, luck)
        hosts.joined[gave_up] = 0
        carried = carried_by(purse, len(hosts), behaviour, rules, prices, wages)
        joins = joining(hosts, country.world, behaviour, year.fiscal_year, carried, luck, year.part)
        hosts.joined[joins & ~gave_up] = year.fiscal_year  # who gives up this April may come back in another
        if year.piloted is not None:
            hosts.joined[year.piloted & hosts.willing & (hosts.joined == 0)] = year.fiscal_year
        decide_posts(hosts, behaviour, rules, year.fiscal_year, carried, prices, wages, luck)
        if rules.enabled:
            self.intensity += self.hearing(country, year)

    def hearing(self, country: Country, year: Year) -> Floats:
        """Return how much is heard of the measure this year in each country side by side."""
        copy, eligible, copies = country.world.copy, self.hosts.eligible, len(self.intensity)
        could = np.bincount(copy[eligible], minlength=copies)
        do = np.bincount(copy[eligible & (self.hosts.joined > 0)], minlength=copies)
        own = do / np.maximum(could, 1)
        hosting = rest_of_nation().share("share_dispatch", year.fiscal_year, own, year.part)
        return np.asarray(country.behaviour.hear_innovation + country.behaviour.hear_imitation * hosting)

    def contract(self, country: Country, year: Year, search: Search) -> None:
        """Bring free posts and companies together and write the contracts."""
        posts = self.free_posts(country, year)
        outcome = meet(
            posts,
            search,
            country.companies,
            self.experience,
            self.free_employees(country, year),
            country.distance,
            country.world,
            country.behaviour,
            year,
            country.luck,
        )
        self.signed = sign(
            self.contracts,
            posts,
            outcome.agreed,
            self.back_from(country, posts, outcome.agreed, year.first_month),
            country.companies,
            country.distance,
            country.behaviour,
            year.rules,
            year.fiscal_year,
            year.first_month,
            year.wage_index,
            year.price_index,
            country.luck,
        )
        self._renew(country, year, self.signed)
        self.left_over = outcome.left_over
        self.remember(country, posts)

    def _renew(self, country: Country, year: Year, rows: Integers) -> None:
        renew(
            self.contracts,
            rows,
            country.companies,
            country.behaviour,
            year.rules,
            year.first_month,
            year.price_index,
            year.wage_index,
            country.luck,
        )

    def free_posts(self, country: Country, year: Year) -> Posts:
        """Return the posts that are free within the year."""
        place, slot = slots_of(self.hosts)
        row, contracts = self.latest[place * SLOTS + slot], self.contracts
        known = row >= 0
        end, company = np.zeros(len(row), dtype=np.int64), np.full(len(row), -1)
        end[known], company[known] = contracts.end_month[row[known]], contracts.company[row[known]]
        free_from = np.maximum(end - year.first_month, 0)
        open_ = free_from < MONTHS
        return posts_of(
            self.hosts,
            country.behaviour,
            year.rules,
            place[open_],
            slot[open_],
            free_from[open_],
            company[open_],
            year.price_index,
            year.wage_index,
            country.luck,
        )

    def free_employees(self, country: Country, year: Year) -> Integers:
        """Return how many employees each company could still send, beside those who stay over next March."""
        left = country.staff_limit.copy()
        staying = self.contracts.company[self.contracts.end_month >= year.first_month + MONTHS]
        np.subtract.at(left, staying, 1)
        return left

    def back_from(self, country: Country, posts: Posts, agreed: Agreed, first_month: int) -> Integers:
        """Return from which month on the company of each agreed contract has an employee to send.

        A company sends those who are there, by the posts' keys, and then whoever comes back next.
        """
        company, key = agreed.company, posts.key[agreed.post]
        order = np.lexsort((key, company))
        nth = np.empty(len(company), dtype=np.int64)
        nth[order] = np.arange(len(company)) - np.searchsorted(company[order], company[order], side="left")
        away = np.flatnonzero(self.contracts.end_month > first_month)
        away = away[np.lexsort((self.contracts.end_month[away], self.contracts.company[away]))]
        whose = self.contracts.company[away]
        before = np.searchsorted(whose, company, side="left")
        there = country.staff_limit[company] - (np.searchsorted(whose, company, side="right") - before)
        waits = nth - there
        late = np.flatnonzero(waits >= 0)
        month = np.full(len(company), first_month)
        month[late] = self.contracts.end_month[away[before[late] + waits[late]]]
        return month

    def remember(self, country: Country, posts: Posts) -> None:
        """Write what this April's market leaves: posts asked for and filled, experience, who did it first."""
        places, contracts, signed = len(self.hosts), self.contracts, self.signed
        self.latest[slot_code(contracts, signed)] = signed
        self.hosts.asked = np.bincount(posts.municipality, minlength=places)
        self.hosts.filled = np.bincount(contracts.municipality[signed], minlength=places)
        self.asked = Asked(
            np.bincount(posts.municipality[posts.dispatched], minlength=places),
            np.bincount(posts.municipality[~posts.dispatched], minlength=places),
        )
        company = np.unique(contracts.company[signed]).astype(np.int64)
        first = company[self.experience[company] == 0]
        first = first[np.argsort(country.companies.key[first], kind="stable")]
        self.experienced = np.concatenate([self.experienced, first])
        np.add.at(self.experience, contracts.company[signed], 1)
