"""Services that bring shopping to people: mobile sales, delivery to homes, community stores.

A service opens where a community would organise it, an operator would serve, and it breaks even or the
municipality bears the loss (買物サービス). It closes after lasting deficit that nobody covers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Keys, Yen
from okoshi.agents.shop_behaviour import ShoppingBehaviour
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck, combine_keys

STREAMS_SHOPPING = frozenset(
    {
        "shopping.full_start",
        "shopping.daily_start",
        "shopping.full_threshold",
        "shopping.daily_threshold",
        "shopping.need",
        "shopping.act",
        "shopping.operator",
        "shopping.mobile_community",
        "shopping.delivery_community",
        "shopping.store_community",
        "shopping.mobile_open",
        "shopping.delivery_open",
        "shopping.store_open",
        "shopping.take_up",
        "shopping.subsidy_order",
    }
)
OPEN = 0


class ServiceKind(IntEnum):
    """移動販売, 宅配, 店舗設置."""

    MOBILE = 0
    DELIVERY = 1
    COMMUNITY_STORE = 2


class Operator(IntEnum):
    """On whose behalf a community serves: the supermarket of its own municipality, or of a neighbour."""

    LOCAL = 0
    NEIGHBOURING = 1


ORGANISERS = {
    ServiceKind.MOBILE: "association_of_residents",
    ServiceKind.DELIVERY: "community_warehouse",
    ServiceKind.COMMUNITY_STORE: "community_council",
}


class Services(Table):
    """One row a service, from opening on; one that closes and opens again is another."""

    kind = Column(
        np.int8, unit="code", meaning="what it is", labels=tuple(k.name.lower() for k in ServiceKind)
    )
    operator = Column(
        np.int8, unit="code", meaning="who sells", labels=tuple(o.name.lower() for o in Operator)
    )
    municipality = Column(np.int64, unit="row", meaning="municipality of its community", low=0)
    site = Column(np.int64, unit="row", meaning="route of a van, district of the others", low=0)
    opened = Column(np.int64, unit="fiscal year", meaning="year it opened in", low=0)
    closed = Column(np.int64, unit="fiscal year", meaning="year it closed in, 0 while it is open", low=0)
    share = Column(np.float64, unit="share", meaning="of a whole service: of a shared van its days", low=0)
    take_up = Column(
        np.float64, unit="factor", meaning="real take-up against the expected one, lasting", low=0
    )
    customers = Column(np.float64, unit="persons", meaning="customers of the latest year", low=0)
    result = Column(np.int64, unit="yen", meaning="result of the latest year before any support")
    support = Column(np.int64, unit="yen", meaning="the municipality's support of the latest year", low=0)
    subsidy = Column(np.int64, unit="yen", meaning="hypothetical subsidy of the latest year", low=0)
    deficit_years = Column(
        np.int64, unit="years", meaning="years of deficit that nobody covered, in a row", low=0
    )
    after_survey = Column(np.bool_, unit="flag", meaning="opened when the survey's knowledge was about")


@dataclass(frozen=True)
class Terms:
    """What a kind of service costs and draws: yen of FY2024 a year, customers to break even, take-up."""

    cost: float
    break_even: float
    take_up: float

    @classmethod
    def of(cls, kind: ServiceKind, behaviour: ShoppingBehaviour) -> Terms:
        """Return the terms of a kind."""
        name = kind.name.lower()
        return cls(*(getattr(behaviour, f"{name}_{item}") for item in ("cost", "break_even", "take_up")))


def result_yen(terms: Terms, customers: Floats, share: Floats, price_index: float) -> Yen:
    """Return a year's result in yen: `cost (customers / break even - 1)`, for a share of a service."""
    needed = np.maximum(terms.break_even * share, 1e-9)
    cost = terms.cost * share * price_index
    return np.asarray(np.rint(cost * (customers / needed - 1.0)), dtype=np.int64)


@dataclass(frozen=True)
class Candidates:
    """Services of one kind that could open this April, in the order of municipalities.

    `loss` is the expected yearly loss in yen that the municipality would have to bear.
    """

    kind: ServiceKind
    key: Keys
    site: Integers
    municipality: Integers
    share: Floats
    customers: Floats
    loss: Yen

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.key)

    def choose(self, who: Flags) -> Candidates:
        """Return those marked."""
        rows = np.flatnonzero(who)  # read by all columns faster than flags are
        return Candidates(
            self.kind,
            self.key[rows],
            self.site[rows],
            self.municipality[rows],
            self.share[rows],
            self.customers[rows],
            self.loss[rows],
        )


def supported(candidates: Candidates, acting: Flags, limit: float) -> Flags:
    """Return which could go on: no loss, or a municipality that acts and a loss within its limit a service."""
    carried = acting[candidates.municipality] & (candidates.loss <= limit * candidates.share)
    return np.asarray((candidates.loss <= 0) | carried)


def within_purse(candidates: Candidates, purse: Yen) -> Flags:
    """Return which of the candidates, in their order, a municipality's yen suffice for."""
    if len(candidates) == 0:
        return np.zeros(0, dtype=np.bool_)
    loss = np.maximum(candidates.loss, 0)
    total = np.cumsum(loss)
    first = np.flatnonzero(np.diff(candidates.municipality, prepend=-1))
    before = np.repeat(total[first] - loss[first], np.diff(np.append(first, len(loss))))
    return np.asarray((loss == 0) | (total - before <= purse[candidates.municipality]))


def opening_hazard(
    base: float,
    imitation: Floats,
    knowledge: float | Floats,
    help_there: Floats,
    behaviour: ShoppingBehaviour,
) -> Floats:
    """Return the yearly hazard by municipality: `(base + imitation) (1 + effect x knowledge) help`."""
    known = 1.0 + behaviour.survey_in_opening * knowledge
    return np.asarray((base + imitation) * known * help_there)


def opens(hazard: Floats, draw: Floats) -> Flags:
    """Return who opens at a hazard a year."""
    return np.asarray(draw < -np.expm1(-hazard))


def open_services(
    services: Services,
    candidates: Candidates,
    operator: Integers,
    fiscal_year: int,
    knowledge: float | Floats,
    behaviour: ShoppingBehaviour,
    luck: Luck,
) -> Integers:
    """Write the services down that open; return their rows. `knowledge` is that of each candidate's place.

    A service's key is its site, kind and the how manieth there it is, never the year: whatever moves an opening
    in time leaves the service, and what luck makes of it, the same.
    """
    if len(candidates) == 0:
        return np.zeros(0, dtype=np.int64)
    before = np.bincount(
        services.site[services.kind == candidates.kind], minlength=int(candidates.site.max()) + 1
    )
    key = combine_keys(candidates.key, int(candidates.kind), before[candidates.site])
    spread = behaviour.take_up_spread
    taste = luck("shopping.take_up").normal(key)
    return services.append(
        len(candidates),
        key=key,
        kind=candidates.kind,
        operator=operator[candidates.municipality],
        municipality=candidates.municipality,
        site=candidates.site,
        opened=fiscal_year,
        share=candidates.share,
        take_up=np.exp(spread * taste - spread**2 / 2) * (1.0 + behaviour.survey_in_quality * knowledge),
        customers=0.0,
        after_survey=np.asarray(knowledge) > 0,
    )


def is_open(services: Services) -> Flags:
    """Return which services are open."""
    return np.asarray(services.closed == OPEN)


def running(services: Services, kind: ServiceKind) -> Integers:
    """Return the rows of the services of a kind that are open."""
    return np.flatnonzero((services.closed == OPEN) & (services.kind == kind))


def shared_support(deficit: Yen, municipality: Integers, limit: Yen, purse: Yen, acting: Flags) -> Yen:
    """Return what municipalities pay of the deficits: within the limit a service and their purse.

    Where the purse is too small it is shared out in proportion, rounded down to the yen.
    """
    asked = np.where(acting[municipality], np.minimum(deficit, limit), 0)
    total = np.bincount(municipality, weights=asked, minlength=len(purse))
    part = np.minimum(1.0, np.maximum(purse, 0) / np.maximum(total, 1.0))[municipality]
    return np.where(part >= 1.0, asked, np.floor(asked * part)).astype(np.int64)


def count_deficit(years: Integers, uncovered: Yen, borne: Floats) -> Integers:
    """Return the years of uncovered deficit in a row; what an operator bears by itself does not count."""
    return np.where(uncovered > borne, years + 1, 0)
