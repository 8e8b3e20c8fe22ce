"""Shopping as the statistics would see it on 31 March: difficult access by two definitions, coverage, services.

The official share counts people 500 m or more from a shop and without a car: vans and delivery cannot move it.
Coverage counts who has a store in reach (near, or by car) or a service that calls often enough; who uses one is
another, much smaller number.
"""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Flags, Floats
from okoshi.agents.shop_seen import Seen
from okoshi.agents.shops import OPEN, ServiceKind
from okoshi.engine.columns import Array
from okoshi.measures.shopping import Shopping
from okoshi.observe.declarations import ColumnDeclaration
from okoshi.observe.national import Row

_OFFICIAL = "農林水産政策研究所 アクセス困難人口"


def _share(name: str, meaning: str, ja: str, over: str, under: str, official: str = "") -> ColumnDeclaration:
    return ColumnDeclaration(name, "float64", "share", meaning, ja, over, under, official)


def _count(name: str, unit: str, meaning: str, ja: str, official: str = "") -> ColumnDeclaration:
    return ColumnDeclaration(name, "int64", unit, meaning, ja, official=official)


_FAR = "of these, 500 m or more from a shop and without a car"
_REACHED = "of these, with a store within 500 m or a car, or where a service calls often enough"
_STORES = (
    _count("supermarkets", "stores", "Supermarkets", "スーパー"),
    _count("convenience_stores", "stores", "Convenience stores", "コンビニエンスストア"),
    _count("stores_closed", "stores", "Supermarkets and convenience stores closed in the year", "閉店数"),
    _count(
        "mobile_vans",
        "vans",
        "Sales vans on 31 March; a van shared across a border counts in parts, rounded",
        "移動販売車（3月31日）",
        "one chain's own count",
    ),
    _count("delivery_services", "services", "Deliveries to homes from a community warehouse", "宅配の拠点"),
    _count("community_stores", "stores", "Stores that a community opened with an operator", "共同店"),
)
_PEOPLE = (
    _count(
        "access_difficult_65plus",
        "persons",
        "People over 65 with difficult access, definition of 2020",
        "アクセス困難人口（65歳以上、2020年定義）",
        _OFFICIAL,
    ),
    _share(
        "covered_share",
        "Reached: a store within reach or a service calling often enough",
        "買物環境が確保された人口の割合（到達）",
        _REACHED,
        "people",
    ),
    _share(
        "covered_share_65plus",
        "Reached, of people over 65",
        "買物環境が確保された65歳以上の割合（到達）",
        _REACHED,
        "people over 65",
    ),
    _share(
        "using_share_65plus",
        "Using: customers of vans, deliveries and community stores over 65",
        "サービスを利用する65歳以上の割合（利用）",
        "customers over 65",
        "people over 65",
    ),
)
DECLARATIONS_NATIONAL = (
    _share(
        "access_difficult_share_65plus",
        "Difficult access to shops over 65, definition of 2020 (drug stores are shops)",
        "アクセス困難人口の割合（65歳以上、2020年定義）",
        _FAR,
        "people over 65",
        _OFFICIAL + " 2020",
    ),
    _share(
        "access_difficult_share_75plus",
        "Difficult access to shops over 75, definition of 2020",
        "アクセス困難人口の割合（75歳以上、2020年定義）",
        _FAR,
        "people over 75",
        _OFFICIAL + " 2020",
    ),
    _share(
        "access_difficult_share_65plus_definition_2015",
        "Difficult access to shops over 65, definition of 2015; it does not connect with that of 2020",
        "アクセス困難人口の割合（65歳以上、2015年定義）",
        _FAR,
        "people over 65",
        _OFFICIAL + " 2015",
    ),
    _share(
        "access_difficult_share_75plus_definition_2015",
        "Difficult access to shops over 75, definition of 2015",
        "アクセス困難人口の割合（75歳以上、2015年定義）",
        _FAR,
        "people over 75",
        _OFFICIAL + " 2015",
    ),
    *_PEOPLE,
    *_STORES,
    _count(
        "municipalities_without_supermarket",
        "municipalities",
        "Municipalities without a supermarket",
        "スーパーのない市町村",
    ),
    _count(
        "municipalities_last_shop_went",
        "municipalities",
        "Municipalities whose last supermarket or convenience store closed in the year",
        "最後のスーパーまたはコンビニが閉店した市町村",
    ),
    _count(
        "districts_without_store",
        "districts",
        "Districts without a supermarket or convenience store",
        "スーパーもコンビニもない学区",
    ),
    _share(
        "shopping_need_share",
        "Municipalities that see a need of measures for shopping",
        "買物対策が必要と考える市町村の割合",
        "see a need",
        "municipalities",
        "農林水産省 食料品アクセス問題に関する全国市町村アンケート",
    ),
    _share(
        "shopping_acting_share",
        "Municipalities that act, of those that see a need",
        "買物対策を実施する市町村の割合",
        "act",
        "municipalities that see a need",
        "same survey",
    ),
    _share(
        "shopping_operator_share",
        "Municipalities where an operator would serve, of those that see a need",
        "民間事業者が参入する市町村の割合",
        "an operator would serve",
        "municipalities that see a need",
        "same survey: private operators have entered",
    ),
    _count(
        "services_opened",
        "services",
        "Vans, deliveries, community stores opened in the year",
        "サービス開始数",
    ),
    _count("services_closed", "services", "Of these kinds, closed in the year", "サービス終了数"),
)
DECLARATIONS_MUNICIPALITIES = (
    _share(
        "access_difficult_share_65plus",
        "Difficult access to shops over 65, definition of 2020",
        "アクセス困難人口の割合（65歳以上、2020年定義）",
        _FAR,
        "people over 65",
        _OFFICIAL + " 2020",
    ),
    *_PEOPLE,
    *_STORES,
    ColumnDeclaration(
        "last_shop_went",
        "bool",
        "flag",
        "Its last supermarket or convenience store closed in the year",
        "最後の店が閉店",
    ),
    ColumnDeclaration("shopping_acting", "bool", "flag", "It sees a need and acts", "買物対策を実施"),
)
DECLARATIONS = (
    ColumnDeclaration("replicate", "int64", "number from 0", "Replicate of the run", "反復番号"),
    ColumnDeclaration(
        "service", "text", "key", "Lasting key of the shop or service", "店・サービスの識別キー"
    ),
    ColumnDeclaration(
        "kind", "text", "kind", "full, daily (stores), mobile, delivery, community_store", "種類"
    ),
    ColumnDeclaration("municipality", "text", "code", "Where", "市町村"),
    _count("district", "rank", "District inside it (a van's first), by people", "学区（人口順位）"),
    ColumnDeclaration("organiser", "text", "who", "Who in the community, empty for stores", "地域の担い手"),
    ColumnDeclaration("operator", "text", "who", "Whose supermarket sells, empty for stores", "事業者"),
    _count("opened", "fiscal year", "Year it opened in, FY2008 for what was there before", "開始年度"),
    _count("closed", "fiscal year", "Year it closed in, 0 while it is open", "終了年度"),
    ColumnDeclaration("customers", "float64", "persons", "Customers in its latest year", "利用者数"),
    _count("cost", "yen of FY2024 a year", "Yearly cost", "年間費用"),
    _count(
        "support", "yen (nominal)", "The municipality's support in its latest year", "市町村の支援（直近年）"
    ),
    _count("deficit_years", "years", "Years of uncovered deficit in a row", "赤字の連続年数"),
)


def _ratio(over: float, under: float) -> float:
    return float(over) / float(under) if under > 0 else 0.0


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
    services = measure.services
    row: Row = {
        "access_difficult_share_65plus": _ratio(new.aged_65plus.sum(), old),
        "access_difficult_share_75plus": _ratio(new.aged_75plus.sum(), oldest),
        "access_difficult_share_65plus_definition_2015": _ratio(former.aged_65plus.sum(), old),
        "access_difficult_share_75plus_definition_2015": _ratio(former.aged_75plus.sum(), oldest),
        "access_difficult_65plus": round(float(new.aged_65plus.sum())),
        "covered_share": 1.0
        - _ratio(
            float((new.aged_65plus + new.under_65)[~seen.reached].sum()), seen.residents.everybody.sum()
        ),
        "covered_share_65plus": 1.0 - _ratio(float(new.aged_65plus[~seen.reached].sum()), old),
        "using_share_65plus": _ratio(seen.customers_65plus.sum(), old),
        "mobile_vans": round(float(_vans(measure).sum())),
        "municipalities_without_supermarket": int((measure.blocks.sums(table.full) == 0).sum()),
        "supermarkets": int(table.full.sum()),
        "convenience_stores": int(table.daily.sum()),
        "stores_closed": int(measure.stores_closed.sum()),
        "municipalities_last_shop_went": int(measure.last_shop_went.sum()),
        "districts_without_store": int(((table.full + table.daily) == 0).sum()),
        "shopping_need_share": _ratio(int(need.sum()), len(need)),
        "shopping_acting_share": _ratio(int(acting.sum()), int(need.sum())),
        "shopping_operator_share": _ratio(int((served & need).sum()), int(need.sum())),
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

    def part(values: Floats, whole: Floats) -> Floats:
        return np.divide(values, whole, out=np.zeros(len(whole)), where=whole > 0)

    def count(kind: ServiceKind) -> Array:
        rows = (services.closed == OPEN) & (services.kind == kind)
        return np.bincount(services.municipality[rows], minlength=len(people))

    return {
        "access_difficult_share_65plus": part(blocks.sums(difficult_old), old),
        "access_difficult_65plus": np.rint(blocks.sums(difficult_old)).astype(np.int64),
        "covered_share": 1.0 - part(unreached, people),
        "covered_share_65plus": 1.0 - part(unreached_old, old),
        "using_share_65plus": part(seen.customers_65plus, old),
        "supermarkets": blocks.sums(table.full).astype(np.int64),
        "convenience_stores": blocks.sums(table.daily).astype(np.int64),
        "stores_closed": measure.stores_closed.copy(),
        "mobile_vans": np.rint(_vans(measure)).astype(np.int64),
        "delivery_services": count(ServiceKind.DELIVERY),
        "community_stores": count(ServiceKind.COMMUNITY_STORE),
        "last_shop_went": measure.last_shop_went.copy(),
        "shopping_acting": _municipal_survey(measure)[1].copy(),
    }
