"""Shopping services (買物サービス確保) in the yearly round.

In April communities, operators and municipalities meet, and services open. In March services are used, paid and
close, stores open and close, and it is seen who can shop. The nation's part is a survey of workable cases: what
it told raises the chance that a service opens and how well it works, from the next April on, and fades.
Services and municipal support existed before the measure and go on without it.
"""

from __future__ import annotations

from math import exp, log2

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Yen
from okoshi.agents.districts import (
    Access,
    Blocks,
    Cars,
    Definition,
    Oldest,
    Residents,
    difficult_access,
    found_districts,
    listed_shops,
)
from okoshi.agents.municipalities import MunicipalityBehaviour
from okoshi.agents.purse import general_revenue
from okoshi.agents.rest_of_nation import part_of_municipalities
from okoshi.agents.shop_behaviour import ShoppingBehaviour
from okoshi.agents.shop_openings import Market, Places, Wills, look_at_places
from okoshi.agents.shop_routes import Routes, visits_by_district
from okoshi.agents.shop_seen import Seen, customers_over_65
from okoshi.agents.shop_spending import Granted, LastStores, grant_subsidy, kept_open, post_year
from okoshi.agents.shop_stores import (
    KINDS,
    bounds,
    change_stores,
    customers,
    expected_shops,
    found_stores,
    small_shops_of_2020,
)
from okoshi.agents.shops import (
    ServiceKind,
    Services,
    Terms,
    count_deficit,
    open_services,
    result_yen,
    running,
    shared_support,
)
from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.measures.year import MeasureYear
from okoshi.policy.shopping import HypotheticalSubsidy
from okoshi.policy.supplement import extra_to_spend
from okoshi.scenario.settings import Settings
from okoshi.world.country import World

BUDGET_OF_REFERENCE = 50_000_000  # yen: the survey of FY2024's supplement
CENSUS = 2020


class Shopping:
    """The measure with its districts, stores and services.

    What others may read after March, by municipality: `leaving_logit` (added to a settler's logit of leaving),
    `last_shop_went` (its last supermarket or its last convenience store closed this year), `stores_closed` (this year),
    `support_paid` (yen of its own funds); `places.need` and `places.acting` from April on, `places.purse` (yen). Of the
    run: `share_of_vans` (mobile shops that are open by those that could be, as found in April) and `part`, its share of
    the nation's money: all municipalities may have services, whoever may host cooperators.
    """

    def __init__(self, world: World, settings: Settings, luck: Luck, nation: World | None = None) -> None:
        self.world, self.luck, self.part = world, luck, part_of_municipalities(world, nation or world)
        self.behaviour = settings.fill(ShoppingBehaviour, "behaviour.shopping")
        self.revenue = general_revenue(
            world, settings.fill(MunicipalityBehaviour, "behaviour.municipalities")
        )
        self.districts = found_districts(world, self.behaviour)
        self.blocks = Blocks.of(self.districts, len(world.key))
        self.routes = Routes.of(world, self.blocks, self.behaviour)
        self.wills = Wills.of(world, self.districts, self.routes, self.behaviour, luck)
        self.services = Services(1024)
        self.definition_2020 = Definition.of_2020(self.districts, self.behaviour)
        self.definition_2015 = Definition.of_2015(self.districts, self.behaviour)
        self.small_of_2020 = small_shops_of_2020(world, self.districts, self.behaviour)
        self.people_of_2020 = np.maximum(world.population_2020.astype(np.float64), 1.0)
        self.oldest = Oldest.of(world)
        self.knowledge = 0.0
        self.told: Floats = np.zeros(len(world.key))  # by a pilot's survey, beside the nation's
        self.cars = Cars()
        self.small_change = self.share_of_vans = 0.0
        self.places: Places | None = None
        self.seen: Seen | None = None
        places = len(world.key)
        self.leaving_logit: Floats = np.zeros(places)
        self.last_shop_went: Flags = np.zeros(places, dtype=np.bool_)
        self.stores_closed: Integers = np.zeros(places, dtype=np.int64)
        self.support_paid: Yen = np.zeros(places, dtype=np.int64)
        self.last_stores_lost: Yen = np.zeros(0, dtype=np.int64)
        self.stores_by_year: dict[int, dict[str, Integers]] = {}
        self._found_stores()

    def _found_stores(self) -> None:
        residents, expected = {}, {}
        for year in (FIRST_FISCAL_YEAR, CENSUS):
            residents[year] = self._residents(
                self.world.population[year - FIRST_FISCAL_YEAR],
                self.world.population_65plus[year - FIRST_FISCAL_YEAR],
                year,
            )
            shops = expected_shops(self.districts, residents[year], self.small_of_2020, self.behaviour)
            access = self._access(residents[year], shops, self.definition_2020)
            difficult = access.under_65 + access.aged_65plus
            expected[year] = (
                self._customers("full", residents[year], difficult),
                self._customers("daily", residents[year], difficult),
            )
        found_stores(
            self.districts,
            self.blocks,
            self.world,
            expected[CENSUS][0],
            expected[FIRST_FISCAL_YEAR],
            self.behaviour,
            self.luck,
        )
        self._note_stores(FIRST_FISCAL_YEAR - 1)
        first = residents[FIRST_FISCAL_YEAR]
        self._small_shops(self.world.population[0])
        self._write_difficult(self._access(first, listed_shops(self.districts), self.definition_2020))

    def _residents(
        self, population: Floats, over_65: Floats, fiscal_year: int, over_75: Floats | None = None
    ) -> Residents:
        if over_75 is None:
            over_75 = over_65 * self.oldest.share(fiscal_year)
        return Residents.of(self.districts, population, over_65, over_75)

    def _access(self, residents: Residents, shops: Floats, definition: Definition) -> Access:
        return difficult_access(self.districts, residents, shops, definition, self.cars, self.behaviour)

    def _customers(self, kind: str, residents: Residents, difficult: Floats) -> Floats:
        leak = getattr(self.behaviour, f"{kind}_leak")
        lost = self.behaviour.demand_lost
        return customers(self.districts, self.blocks, residents.everybody, difficult, leak, lost)

    def _small_shops(self, population: Floats) -> None:
        by_people = (population / self.people_of_2020)[self.blocks.owner]
        self.districts.small = self.small_of_2020 * by_people * exp(self.small_change)

    def _write_difficult(self, access: Access) -> None:
        self.districts.difficult_65plus = access.aged_65plus
        self.districts.difficult = access.aged_65plus + access.under_65

    def _note_stores(self, fiscal_year: int) -> None:
        self.stores_by_year[fiscal_year] = {
            kind: getattr(self.districts, kind).astype(np.int32) for kind in KINDS
        }

    def open_year(
        self,
        year: MeasureYear,
        population_75plus: Floats | None = None,
        own_funds: Yen | None = None,
        digital_capacity: Floats | None = None,
    ) -> None:
        """April: people and cars of the year, who sees a need and acts, which services open.

        By municipality: `population_75plus` people (else by the shares of FY2009 and FY2020), `own_funds` yen
        that a municipality has left for this, `digital_capacity` 0-1. Nothing is paid in April.
        """
        self._move_context(year.settings, year.fiscal_year)
        residents = self._residents(
            year.population, year.population_65plus, year.fiscal_year, population_75plus
        )
        self.residents = residents
        self.subsidy = HypotheticalSubsidy.of(year.settings, year.fiscal_year)
        purse = np.floor(self.behaviour.support_share * self.revenue * year.price_index).astype(np.int64)
        if own_funds is not None:
            purse = np.minimum(purse, np.maximum(own_funds, 0))
        help_there = 1.0 + self.behaviour.link_residents_support_to_opening * np.asarray(
            year.municipalities.capacity_residents_support
        )
        if digital_capacity is not None:
            help_there = help_there * (
                1.0 + self.behaviour.link_digital_to_opening * np.asarray(digital_capacity)
            )
        self.places = look_at_places(
            self.world,
            self.districts,
            self.blocks,
            self.wills,
            residents,
            purse,
            help_there,
            self.behaviour,
        )
        self._open_services(year, self.places)

    def _move_context(self, settings: Settings, fiscal_year: int) -> None:
        """Add up cars and the decline of small shops from FY2009 on: a change from a year on touches none before."""

        def total(name: str, lag: int = 0) -> float:
            years = range(FIRST_FISCAL_YEAR + 1, fiscal_year + 1)
            return sum(_number(settings, f"context.shopping.{name}", year - lag) for year in years)

        older = total("no_car_change", self.behaviour.cohort_lag)
        self.cars = Cars(total("no_car_change"), older)
        self.small_change = total("small_shop_change")

    def _open_services(self, year: MeasureYear, places: Places) -> None:
        market = Market(
            year.fiscal_year,
            self.districts,
            self.routes,
            self.services,
            self.residents,
            self.wills,
            places,
            self.world,
            self.knowledge + self.told,
            self.subsidy,
            int(self.subsidy.budget * self.part),
            self.last_stores_lost,
            year.price_index,
            self.behaviour,
            self.part,
        )
        self.share_of_vans = market.share_of_vans
        purse = places.purse - self._by_place(self.services.support * (self.services.closed == 0))
        for kind in ServiceKind:
            opening, purse = market.opening(kind, purse, self.luck)
            open_services(
                self.services,
                opening,
                places.operator,
                year.fiscal_year,
                (self.knowledge + self.told)[opening.municipality],
                self.behaviour,
                self.luck,
            )
        self._count_community_stores()

    def _by_place(self, yen: Yen) -> Yen:
        sums = np.bincount(self.services.municipality, weights=yen, minlength=len(self.world.key))
        return sums.astype(np.int64)

    def _count_community_stores(self) -> None:
        sites = self.services.site[running(self.services, ServiceKind.COMMUNITY_STORE)]
        self.districts.community = np.bincount(sites, minlength=len(self.districts))

    def close_year(self, year: MeasureYear, ledger: Ledger) -> None:
        """March: services are used and paid, services and stores close and open, and it is seen who can shop."""
        survey = extra_to_spend(year.settings, "shopping", year.fiscal_year)
        self._serve(year.price_index)
        limits, last = self._stores_in_deficit(year.price_index)
        granted = grant_subsidy(
            self.services,
            tuple(store for _, store in last),
            self.subsidy,
            int(self.subsidy.budget * self.part),
            year.fiscal_year,
            self.luck,
        )
        self._pay(granted, year.price_index)
        stores = tuple(store for _, store in last)
        share = int(survey * self.part)
        post_year(ledger, year.fiscal_year, self.services, stores, granted, share)
        self._close_services(year)
        self._change_stores(limits, [row for row, _ in last], stores, granted, year.fiscal_year)
        self.last_stores_lost = np.concatenate(
            [
                store.deficit[getattr(self.districts, kind)[rows] == 1]
                for kind, (rows, store) in zip(KINDS, last, strict=True)
            ]
        )
        self._look(year)
        kept = exp(-1.0 / self.behaviour.survey_years)
        self.knowledge = self.knowledge * kept + log2(1.0 + survey / year.price_index / BUDGET_OF_REFERENCE)
        self.told = self.told * kept + year.piloted("shopping")

    def _serve(self, price_index: float) -> None:
        services, difficult = self.services, self.districts.difficult_65plus
        reach = {
            ServiceKind.MOBILE: self.routes.sums(difficult) * self.routes.driven,
            ServiceKind.DELIVERY: difficult * (self.behaviour.deliveries_per_week > 0),
            ServiceKind.COMMUNITY_STORE: self.residents.everybody,
        }
        for kind, people in reach.items():
            rows, terms = running(services, kind), Terms.of(kind, self.behaviour)
            there = people[services.site[rows]]
            services.customers[rows] = np.minimum(terms.take_up * services.take_up[rows], 1.0) * there
            services.result[rows] = result_yen(
                terms, services.customers[rows], services.share[rows], price_index
            )

    def _stores_in_deficit(
        self, price_index: float
    ) -> tuple[list[tuple[Integers, Integers]], list[tuple[Integers, LastStores]]]:
        table, behaviour = self.districts, self.behaviour
        limits, last = [], []
        for kind in KINDS:
            people, threshold = (
                self._customers(kind, self.residents, table.difficult),
                getattr(table, f"{kind}_threshold"),
            )
            setattr(table, f"{kind}_customers", people)
            limits.append(bounds(people, threshold, behaviour.band))
            rows = np.flatnonzero((getattr(table, kind) == 1) & (limits[-1][1] == 0))
            ratio, cost = people[rows] / threshold[rows], getattr(behaviour, f"{kind}_cost") * price_index
            keys = table.key + np.uint64(KINDS.index(kind) + 1)
            last.append((rows, LastStores.of(rows, keys, table.municipality, ratio, cost, behaviour.band)))
        return limits, last

    def _pay(self, granted: Granted, price_index: float) -> None:
        services = self.services
        is_open = services.closed == 0
        deficit = np.where(is_open, np.maximum(-services.result, 0), 0) - granted.services
        limit = np.floor(self.behaviour.support_limit * price_index * services.share).astype(np.int64)
        now = self._now
        services.subsidy = granted.services
        services.support = shared_support(deficit, services.municipality, limit, now.purse, now.acting)
        borne = self.behaviour.uncovered_share * price_index * self._cost() * services.share
        years = count_deficit(services.deficit_years, deficit - services.support, borne)
        services.deficit_years = np.where(is_open, years, services.deficit_years)
        self.support_paid = self._by_place(services.support)

    def _cost(self) -> Floats:
        costs = np.array([Terms.of(kind, self.behaviour).cost for kind in ServiceKind])
        return np.asarray(costs[self.services.kind])

    @property
    def _now(self) -> Places:
        if self.places is None:
            raise RuntimeError("the year has not been opened: call open_year first")
        return self.places

    def _close_services(self, year: MeasureYear) -> None:
        services = self.services
        ends = (services.closed == 0) & (services.deficit_years >= self.behaviour.years_of_deficit)
        services.closed[ends] = year.fiscal_year
        self._count_community_stores()

    def _change_stores(
        self,
        limits: list[tuple[Integers, Integers]],
        rows: list[Integers],
        stores: tuple[LastStores, ...],
        granted: Granted,
        fiscal_year: int,
    ) -> None:
        table, blocks = self.districts, self.blocks
        closed = np.zeros(len(table), dtype=np.int64)
        self.last_shop_went = np.zeros(len(self.world.key), dtype=np.bool_)
        for position, kind in enumerate(KINDS):
            kept = kept_open(rows[position], stores[position], granted.stores[position], len(table))
            before = getattr(table, kind).copy()
            deficit, surplus = getattr(table, f"{kind}_deficit"), getattr(table, f"{kind}_surplus")
            years = self.behaviour.years_of_deficit
            change = change_stores(before, deficit, surplus, limits[position], years, kept)
            setattr(table, kind, before + change.opened - change.closed)
            setattr(table, f"{kind}_deficit", change.deficit)
            setattr(table, f"{kind}_surplus", change.surplus)
            closed += change.closed
            self.last_shop_went |= (blocks.sums(before) > 0) & (blocks.sums(getattr(table, kind)) == 0)
        self.stores_closed = blocks.sums(closed).astype(np.int64)
        there = (table.full + table.daily) > 0
        table.had_shop = table.had_shop | there
        lost = table.had_shop & ~there & (table.community == 0)
        of_people = blocks.sums(table.share_of_people * lost)
        self.leaving_logit = self.behaviour.link_last_shop_to_leaving * of_people
        self._note_stores(fiscal_year)

    def _look(self, year: MeasureYear) -> None:
        table, services, behaviour = self.districts, self.services, self.behaviour
        self._small_shops(year.population)
        shops = listed_shops(table)
        access = self._access(self.residents, shops, self.definition_2020)
        self._write_difficult(access)
        vans = services.site[running(services, ServiceKind.MOBILE)]
        delivered = np.zeros(len(table), dtype=np.int64)
        delivered[services.site[running(services, ServiceKind.DELIVERY)]] = behaviour.deliveries_per_week
        calls = np.maximum(visits_by_district(self.routes, vans, len(table)), delivered)
        self.seen = Seen(
            residents=self.residents,
            access=access,
            access_2015=self._access(self.residents, shops, self.definition_2015),
            reached=calls >= behaviour.enough_visits,
            customers_65plus=customers_over_65(services, self.residents, len(self.world.key)),
        )


def _number(settings: Settings, name: str, fiscal_year: int) -> float:
    value = settings.value(name, max(fiscal_year, 2000))
    return float(value) if isinstance(value, int | float) else 0.0
