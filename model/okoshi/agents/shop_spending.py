"""March: who pays the deficits of services, and the ledger of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Keys, Yen
from okoshi.agents.books import Layer, Measure, Payee, Payer, item_number
from okoshi.agents.shop_openings import SUBSIDISED
from okoshi.agents.shops import OPEN, Services
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import NO_PLACE, Ledger
from okoshi.policy.shopping import FIXED, HypotheticalSubsidy, granted_in_order


@dataclass(frozen=True)
class LastStores:
    """Districts' last stores in deficit: what they lose in a year, yen, and what keeping them open takes."""

    key: Keys
    municipality: Integers
    deficit: Yen
    to_keep: Yen

    @classmethod
    def of(
        cls,
        rows: Integers,
        key: Keys,
        municipality: Integers,
        ratio: Floats,
        cost: float,
        band: float,
    ) -> LastStores:
        """Return them from customers over threshold (`ratio`): deficit `cost (1 - ratio)`."""
        missing = np.maximum(1.0 - ratio, 0.0)
        return cls(
            key[rows],
            municipality[rows],
            np.rint(cost * missing).astype(np.int64),
            np.ceil(cost * np.maximum(missing - band, 0.0)).astype(np.int64),
        )


@dataclass(frozen=True)
class Granted:
    """The hypothetical subsidy of a year in yen: to services (all rows) and to each list of last stores."""

    services: Yen
    stores: tuple[Yen, ...]


def grant_subsidy(
    services: Services,
    stores: tuple[LastStores, ...],
    rules: HypotheticalSubsidy,
    budget: int,
    fiscal_year: int,
    luck: Luck,
) -> Granted:
    """Return who gets how much, in an order of application that is drawn each year; nothing is written."""
    entitled = np.isin(services.kind, SUBSIDISED.get(rules.kind, ())) & (services.closed == OPEN)
    deficits = np.where(entitled, np.maximum(-services.result, 0), 0)
    fixed = [store.deficit if rules.kind == FIXED else np.zeros_like(store.deficit) for store in stores]
    keys = np.concatenate([services.key, *(store.key for store in stores)])
    shares = np.concatenate([services.share, *(np.ones(len(store.key)) for store in stores)])
    asked = rules.entitled(np.concatenate([deficits, *fixed]), shares)
    paid = np.zeros_like(asked)
    if asked.any():
        order = np.argsort(luck("shopping.subsidy_order").uniform(keys, fiscal_year), kind="stable")
        paid[order] = granted_in_order(asked[order], budget)
    parts = np.split(paid, np.cumsum([len(services), *(len(store.key) for store in stores)])[:-1])
    return Granted(parts[0], tuple(parts[1:]))


def kept_open(rows: Integers, stores: LastStores, paid: Yen, districts: int) -> Flags:
    """Return the districts whose last store is paid enough to stay."""
    kept = np.zeros(districts, dtype=np.bool_)
    kept[rows[(paid > 0) & (paid >= stores.to_keep)]] = True
    return kept


def post_year(
    ledger: Ledger,
    fiscal_year: int,
    services: Services,
    stores: tuple[LastStores, ...],
    granted: Granted,
    survey: int,
) -> None:
    """Write a year's payments down: the survey, municipal support, the hypothetical subsidy."""
    measure = Measure.SHOPPING
    scheme = (fiscal_year, measure, Layer.SCHEME)
    ledger.post(
        fiscal_year,
        measure,
        Layer.SUPPLEMENT,
        item_number("survey"),
        Payer.NATIONAL_DIRECT,
        Payee.CONTRACTORS,
        NO_PLACE,
        survey,
    )
    ledger.post(
        *scheme,
        item_number("municipal_support"),
        Payer.MUNICIPALITY,
        Payee.OPERATORS,
        services.municipality,
        services.support,
    )
    places = [services.municipality, *(store.municipality for store in stores)]
    paid = [granted.services, *granted.stores]
    for place, yen in zip(places, paid, strict=True):
        ledger.post(
            *scheme,
            item_number("hypothetical_subsidy"),
            Payer.NATIONAL_GRANT,
            Payee.OPERATORS,
            place,
            yen,
        )
