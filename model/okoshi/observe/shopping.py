"""Shopping as the statistics would see it on 31 March: difficult access by two definitions, coverage, services.

The official share counts people 500 m or more from a shop and without a car: vans and delivery cannot move it.
Coverage counts who has a store in reach (near, or by car) or a service that calls often enough; who uses one is
another, much smaller number.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from okoshi.agents.arrays import Flags, Floats
from okoshi.agents.shop_seen import Seen
from okoshi.agents.shops import OPEN, ServiceKind
from okoshi.engine.columns import Array
from okoshi.measures.shopping import Shopping
from okoshi.observe.national import Row
from okoshi.observe.quotients import quotient
from okoshi.observe.shopping_columns import DECLARATIONS, DECLARATIONS_MUNICIPALITIES, DECLARATIONS_NATIONAL
from okoshi.observe.tables import DIGITS, rounded_ratio

__all__ = [
    "DECLARATIONS",
    "DECLARATIONS_MUNICIPALITIES",
    "DECLARATIONS_NATIONAL",
    "municipal_columns",
    "national_row",
]


def _seen(measure: Shopping) -> Seen:
    if measure.seen is None:
        raise RuntimeError("no year has been closed: call close_year first")
    return measure.seen


def national_row(measure: Shopping, fiscal_year: int) -> Row:
    """Return the national columns of the year that has just been closed."""
    seen, table = _seen(measure), measure.districts
    old = float(seen.residents.aged_65plus.sum())
    oldest = float(seen.residents.aged_75plus.sum())
    new, former = seen.access, seen.access_2015
    need, acting, served = _municipal_survey(measure)
    services, share = measure.services, partial(quotient, of_nobody=0.0)
    row: Row = {
        "access_difficult_share_65plus": share(new.aged_65plus.sum(), old),
        "access_difficult_share_75plus": share(new.aged_75plus.sum(), oldest),
        "access_difficult_share_65plus_definition_2015": share(former.aged_65plus.sum(), old),
        "access_difficult_share_75plus_definition_2015": share(former.aged_75plus.sum(), oldest),
        "access_difficult_65plus": round(float(new.aged_65plus.sum())),
        "covered_share": 1.0
        - share((new.aged_65plus + new.under_65)[~seen.reached].sum(), seen.residents.everybody.sum()),
        "covered_share_65plus": 1.0 - share(new.aged_65plus[~seen.reached].sum(), old),
        "using_share_65plus": share(seen.customers_65plus.sum(), old),
        "mobile_vans": round(float(_vans(measure).sum())),
        "municipalities_without_supermarket": int((measure.blocks.sums(table.full) == 0).sum()),
        "supermarkets": int(table.full.sum()),
        "convenience_stores": int(table.daily.sum()),
        "stores_closed": int(measure.stores_closed.sum()),
        "municipalities_last_shop_went": int(measure.last_shop_went.sum()),
        "districts_without_store": int(((table.full + table.daily) == 0).sum()),
        "shopping_need_share": share(need.sum(), len(need)),
        "shopping_acting_share": share(acting.sum(), need.sum()),
        "shopping_operator_share": share((served & need).sum(), need.sum()),
        "services_opened": int((services.opened == fiscal_year).sum()),
        "services_closed": int((services.closed == fiscal_year).sum()),
    }
    is_open = services.closed == OPEN
    row["delivery_services"] = int((is_open & (services.kind == ServiceKind.DELIVERY)).sum())
    row["community_stores"] = int((is_open & (services.kind == ServiceKind.COMMUNITY_STORE)).sum())
    return row


def _municipal_survey(measure: Shopping) -> tuple[Flags, Flags, Flags]:
    places = measure.places
    if places is None:
        raise RuntimeError("no year has been opened: call open_year first")
    return places.need, places.acting, places.served_by_operator


def _vans(measure: Shopping) -> Floats:
    services = measure.services
    vans = (services.closed == OPEN) & (services.kind == ServiceKind.MOBILE)
    return np.bincount(
        services.municipality[vans], weights=services.share[vans], minlength=len(measure.world.key)
    )


def municipal_columns(measure: Shopping) -> dict[str, Array]:
    """Return one array (municipalities) a column, for the year that has just been closed."""
    seen, blocks, table, services = _seen(measure), measure.blocks, measure.districts, measure.services
    people, old = blocks.sums(seen.residents.everybody), blocks.sums(seen.residents.aged_65plus)
    difficult_old = seen.access.aged_65plus
    difficult = difficult_old + seen.access.under_65
    unreached, unreached_old = (blocks.sums(who * ~seen.reached) for who in (difficult, difficult_old))
    by_place = blocks.sums(difficult_old)

    def count(kind: ServiceKind) -> Array:
        rows = (services.closed == OPEN) & (services.kind == kind)
        return np.bincount(services.municipality[rows], minlength=len(people))

    return {
        "access_difficult_share_65plus": rounded_ratio(by_place, old),
        "access_difficult_65plus": np.rint(by_place).astype(np.int64),
        "covered_share": (1.0 - rounded_ratio(unreached, people)).round(DIGITS),
        "covered_share_65plus": (1.0 - rounded_ratio(unreached_old, old)).round(DIGITS),
        "using_share_65plus": rounded_ratio(seen.customers_65plus, old),
        "supermarkets": blocks.sums(table.full).astype(np.int64),
        "convenience_stores": blocks.sums(table.daily).astype(np.int64),
        "stores_closed": measure.stores_closed.copy(),
        "mobile_vans": np.rint(_vans(measure)).astype(np.int64),
        "delivery_services": count(ServiceKind.DELIVERY),
        "community_stores": count(ServiceKind.COMMUNITY_STORE),
        "last_shop_went": measure.last_shop_went.copy(),
        "shopping_acting": _municipal_survey(measure)[1].copy(),
    }
