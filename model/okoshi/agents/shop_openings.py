"""April: which services could open, and which do (community, operator and municipal support must meet)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Keys, Yen
from okoshi.agents.districts import Blocks, Districts, Residents
from okoshi.agents.municipalities import mean_over_neighbours
from okoshi.agents.rest_of_nation import rest_of_nation
from okoshi.agents.shop_behaviour import ShoppingBehaviour
from okoshi.agents.shop_routes import Routes, any_neighbour
from okoshi.agents.shops import (
    Candidates,
    Operator,
    ServiceKind,
    Services,
    Terms,
    opening_hazard,
    opens,
    result_yen,
    running,
    supported,
    within_purse,
)
from okoshi.engine.draws import Luck
from okoshi.policy.shopping import FIXED, MOBILE, HypotheticalSubsidy
from okoshi.world.country import World

OPENS = {
    ServiceKind.MOBILE: "shopping.mobile_open",
    ServiceKind.DELIVERY: "shopping.delivery_open",
    ServiceKind.COMMUNITY_STORE: "shopping.store_open",
}
SUBSIDISED = {FIXED: (ServiceKind.COMMUNITY_STORE,), MOBILE: (ServiceKind.MOBILE,)}


@dataclass(frozen=True)
class Wills:
    """What communities, operators and municipalities lastingly would do; nothing a policy changes is in it.

    `organises_*` by route or district; `would_serve` (operators), `would_act` and `need` (standard deviations) by
    municipality.
    """

    organises_route: Flags
    organises_delivery: Flags
    organises_store: Flags
    would_serve: Flags
    would_act: Flags
    need: Floats

    @classmethod
    def of(
        cls, world: World, districts: Districts, routes: Routes, behaviour: ShoppingBehaviour, luck: Luck
    ) -> Self:
        """Draw them all."""

        def below(stream: str, key: Keys, share: float) -> Flags:
            return np.asarray(luck(stream).uniform(key) < share)

        share = behaviour.community_share
        return cls(
            organises_route=below("shopping.mobile_community", routes.key, share),
            organises_delivery=below("shopping.delivery_community", districts.key, share),
            organises_store=below("shopping.store_community", districts.key, share),
            would_serve=below("shopping.operator", world.key, behaviour.operator_share),
            would_act=below("shopping.act", world.key, behaviour.acting_share),
            need=luck("shopping.need").normal(world.key),
        )


@dataclass(frozen=True)
class Places:
    """One April by municipality: who sees a need, acts and could pay how many yen; where operators serve.

    `operator` is whose supermarket it would be; `help_there` raises the hazard of opening (links to others).
    """

    need: Flags
    acting: Flags
    purse: Yen
    served_by_operator: Flags
    operator: Integers
    help_there: Floats


def look_at_places(
    world: World,
    districts: Districts,
    blocks: Blocks,
    wills: Wills,
    residents: Residents,
    purse: Yen,
    help_there: Floats,
    behaviour: ShoppingBehaviour,
) -> Places:
    """Return what communities find in their municipality.

    A need is seen where many residents are 65 and over and have difficult access: `ln share + spread z > level`.
    """
    people = np.maximum(blocks.sums(residents.everybody), 1e-9)
    difficult = np.maximum(blocks.sums(districts.difficult_65plus) / people, 1e-9)
    need = np.log(difficult) + behaviour.need_spread * wills.need > behaviour.need_level
    here = blocks.sums(districts.full) > 0
    near = any_neighbour(world, here)
    return Places(
        need=np.asarray(need),
        acting=np.asarray(need & wills.would_act),
        purse=purse,
        served_by_operator=wills.would_serve & (here | near),
        operator=np.where(here, Operator.LOCAL, Operator.NEIGHBOURING),
        help_there=help_there,
    )


@dataclass(frozen=True)
class Market:
    """All that decides which services open in a fiscal year.

    `last_stores_lost` are the deficits of last March of last stores that are still open: they ask for a subsidy, too.
    `nation_share` is the run's part of the nation's municipalities.
    """

    fiscal_year: int
    districts: Districts
    routes: Routes
    services: Services
    residents: Residents
    wills: Wills
    places: Places
    world: World
    knowledge: Floats
    subsidy: HypotheticalSubsidy
    subsidy_budget: int
    last_stores_lost: Yen
    price_index: float
    behaviour: ShoppingBehaviour
    nation_share: float

    def possible(self, kind: ServiceKind) -> Candidates:
        """Return every site of a kind where a community would organise and an operator serve, open or not."""
        sites, places = self._sites(kind)
        customers, key, share = self._expected(kind, sites)
        return self._with_loss(kind, key, sites, places, share, customers)

    def _sites(self, kind: ServiceKind) -> tuple[Integers, Integers]:
        wills, table = self.wills, self.districts
        if kind is ServiceKind.MOBILE:
            organised, places = wills.organises_route, self.routes.municipality
        elif kind is ServiceKind.DELIVERY:
            organised, places = wills.organises_delivery, table.municipality
        else:
            empty = (table.full + table.daily) == 0
            organised, places = wills.organises_store & empty, table.municipality
        sites = np.flatnonzero(organised & self.places.served_by_operator[places])
        return sites, places[sites]

    def _expected(self, kind: ServiceKind, sites: Integers) -> tuple[Floats, Keys, Floats]:
        places = self.routes.municipality if kind is ServiceKind.MOBILE else self.districts.municipality
        known = 1.0 + self.behaviour.survey_in_quality * self.knowledge[places[sites]]
        take_up = Terms.of(kind, self.behaviour).take_up * known
        if kind is ServiceKind.MOBILE:
            people = self.routes.sums(self.districts.difficult_65plus) * self.routes.driven
            return take_up * people[sites], self.routes.key[sites], self.routes.share_of_van[sites]
        reached = self.districts.difficult_65plus * (self.behaviour.deliveries_per_week > 0)
        if kind is ServiceKind.COMMUNITY_STORE:
            reached = self.residents.everybody
        return take_up * reached[sites], self.districts.key[sites], np.ones(len(sites))

    def _with_loss(
        self,
        kind: ServiceKind,
        key: Keys,
        sites: Integers,
        places: Integers,
        share: Floats,
        customers: Floats,
    ) -> Candidates:
        result = result_yen(Terms.of(kind, self.behaviour), customers, share, self.price_index)
        loss = np.maximum(-result, 0)
        if kind in SUBSIDISED.get(self.subsidy.kind, ()):
            loss = loss - self._subsidy_expected(kind, loss, share)
        return Candidates(kind, key, sites, places, share, customers, loss)

    def _subsidy_expected(self, kind: ServiceKind, loss: Yen, share: Floats) -> Yen:
        """Return the yen of subsidy that a new service counts on: its part of a budget that others ask for, too."""
        rows = running(self.services, kind)
        lost, part = np.maximum(-self.services.result[rows], 0), self.services.share[rows]
        if self.subsidy.kind == FIXED:
            lost = np.concatenate([lost, self.last_stores_lost])
            part = np.concatenate([part, np.ones(len(self.last_stores_lost))])
        asked = int(self.subsidy.entitled(lost, part).sum())
        entitled, budget = self.subsidy.entitled(loss, share), self.subsidy_budget
        if asked > budget:
            entitled = np.floor(entitled * (budget / asked)).astype(np.int64)
        return np.minimum(entitled, budget)

    def opening(self, kind: ServiceKind, purse: Yen, luck: Luck) -> tuple[Candidates, Yen]:
        """Return the services of a kind that open (a proposal), and what is left of municipalities' purses."""
        found, is_open = self._could_open(kind)
        hazard = self._hazard(kind, found, is_open)[found.municipality]
        draw = luck(OPENS[kind]).uniform(found.key, self.fiscal_year)
        chosen = found.choose(opens(hazard, draw) & ~is_open)
        chosen = chosen.choose(within_purse(chosen, purse))
        spent = np.bincount(chosen.municipality, weights=chosen.loss, minlength=len(purse))
        return chosen, purse - spent.astype(np.int64)

    def _could_open(self, kind: ServiceKind) -> tuple[Candidates, Flags]:
        """Return the sites whose service somebody would bear, and which of them have one."""
        found = self.possible(kind)
        limit = self.behaviour.support_limit * self.price_index
        found = found.choose(supported(found, self.places.acting, limit) & (found.customers > 0))
        served = np.zeros(len(self.districts), dtype=np.bool_)  # by site: of routes there are fewer
        served[self.services.site[running(self.services, kind)]] = True
        return found, served[found.site]

    @property
    def share_of_vans(self) -> float:
        """Mobile shops that are open by those that could be, here."""
        could, does = self._vans(*self._could_open(ServiceKind.MOBILE))
        return _share(does, could)

    def _vans(self, found: Candidates, is_open: Flags) -> tuple[Floats, Floats]:
        places = len(self.places.purse)
        could = np.bincount(found.municipality, weights=found.share, minlength=places)
        does = np.bincount(found.municipality, weights=found.share * is_open, minlength=places)
        return could, does

    def _hazard(self, kind: ServiceKind, found: Candidates, is_open: Flags) -> Floats:
        behaviour, places = self.behaviour, len(self.places.purse)
        imitation, base = np.zeros(places), behaviour.delivery_opening
        if kind is ServiceKind.COMMUNITY_STORE:
            base = behaviour.community_store_opening
        if kind is ServiceKind.MOBILE:
            if self.fiscal_year < behaviour.mobile_since:
                return imitation
            base = behaviour.mobile_innovation
            imitation = behaviour.mobile_imitation * self._known_share(found, is_open)
        return opening_hazard(base, imitation, self.knowledge, self.places.help_there, behaviour)

    def _known_share(self, found: Candidates, is_open: Flags) -> Floats:
        # Bass (1969): what is open of what could be, in the nation (its rest as in the baseline) and among neighbours.
        could, does = self._vans(found, is_open)
        own, year = _share(does, could), self.fiscal_year
        nation = rest_of_nation().share("share_of_vans", year, own, self.nation_share, self.world.copies)
        near = mean_over_neighbours(does, self.world) / np.maximum(
            mean_over_neighbours(could, self.world), 1e-9
        )
        weight = self.behaviour.neighbour_weight
        return np.asarray((1.0 - weight) * nation + weight * near)


def _share(does: Floats, could: Floats) -> float:
    return float(does.sum() / max(could.sum(), 1e-9))
