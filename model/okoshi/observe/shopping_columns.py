"""The columns of shopping (買物サービス) in every table: unit and meaning."""

from __future__ import annotations

from okoshi.observe.column_declaration import ColumnDeclaration, count, share

_OFFICIAL = "農林水産政策研究所 アクセス困難人口"
_FAR = "of these, 500 m or more from a shop and without a car"
_REACHED = "of these, with a store within 500 m or a car, or where a service calls often enough"
_STORES = (
    count("supermarkets", "stores", "Supermarkets", "スーパー"),
    count("convenience_stores", "stores", "Convenience stores", "コンビニエンスストア"),
    count("stores_closed", "stores", "Supermarkets and convenience stores closed in the year", "閉店数"),
    count(
        "mobile_vans",
        "vans",
        "Sales vans on 31 March; a van shared across a border counts in parts, rounded",
        "移動販売車（3月31日）",
        "one chain's own count",
    ),
    count("delivery_services", "services", "Deliveries to homes from a community warehouse", "宅配の拠点"),
    count("community_stores", "stores", "Stores that a community opened with an operator", "共同店"),
)
_PEOPLE = (
    count(
        "access_difficult_65plus",
        "persons",
        "People of 65 and over with difficult access, definition of 2020: the share of all people of that age",
        "アクセス困難人口（65歳以上、2020年定義。年齢不詳を含む人口への割合から）",
        _OFFICIAL + ": of people of known age; persons here read some 2% higher at the same share",
    ),
    share(
        "covered_share",
        "Reached: a store within reach or a service calling often enough",
        "買物環境が確保された人口の割合（到達）",
        _REACHED,
        "people",
    ),
    share(
        "covered_share_65plus",
        "Reached, of people of 65 and over",
        "買物環境が確保された65歳以上の割合（到達）",
        _REACHED,
        "people of 65 and over",
    ),
    share(
        "using_share_65plus",
        "Using: customers of 65 and over of vans, deliveries and community stores, added over services",
        "サービスを利用する65歳以上の割合（利用、サービスごとの延べ）",
        "customers of 65 and over",
        "people of 65 and over",
    ),
)
DECLARATIONS_NATIONAL = (
    share(
        "access_difficult_share_65plus",
        "Difficult access to shops, 65 and over, definition of 2020 (drug stores are shops)",
        "アクセス困難人口の割合（65歳以上、2020年定義）",
        _FAR,
        "people of 65 and over",
        _OFFICIAL + " 2020",
    ),
    share(
        "access_difficult_share_75plus",
        "Difficult access to shops, 75 and over, definition of 2020",
        "アクセス困難人口の割合（75歳以上、2020年定義）",
        _FAR,
        "people of 75 and over",
        _OFFICIAL + " 2020",
    ),
    share(
        "access_difficult_share_65plus_definition_2015",
        "Difficult access to shops, 65 and over, definition of 2015; it does not connect with that of 2020",
        "アクセス困難人口の割合（65歳以上、2015年定義）",
        _FAR,
        "people of 65 and over",
        _OFFICIAL + " 2015",
    ),
    share(
        "access_difficult_share_75plus_definition_2015",
        "Difficult access to shops, 75 and over, definition of 2015",
        "アクセス困難人口の割合（75歳以上、2015年定義）",
        _FAR,
        "people of 75 and over",
        _OFFICIAL + " 2015",
    ),
    *_PEOPLE,
    *_STORES,
    count(
        "municipalities_without_supermarket",
        "municipalities",
        "Municipalities without a supermarket",
        "スーパーのない市町村",
    ),
    count(
        "municipalities_last_shop_went",
        "municipalities",
        "Municipalities whose last supermarket or whose last convenience store closed in the year",
        "最後のスーパー、または最後のコンビニが閉店した市町村",
    ),
    count(
        "districts_without_store",
        "districts",
        "Districts without a supermarket or convenience store",
        "スーパーもコンビニもない学区",
    ),
    share(
        "shopping_need_share",
        "Municipalities that see a need of measures for shopping",
        "買物対策が必要と考える市町村の割合",
        "see a need",
        "municipalities",
        "農林水産省 食料品アクセス問題に関する全国市町村アンケート",
    ),
    share(
        "shopping_acting_share",
        "Municipalities that act, of those that see a need",
        "買物対策を実施する市町村の割合",
        "act",
        "municipalities that see a need",
        "same survey",
    ),
    share(
        "shopping_operator_share",
        "Municipalities where an operator would serve, of those that see a need",
        "民間事業者が参入する市町村の割合",
        "an operator would serve",
        "municipalities that see a need",
        "same survey: private operators have entered",
    ),
    count(
        "services_opened",
        "services",
        "Vans, deliveries, community stores opened in the year",
        "サービス開始数",
    ),
    count("services_closed", "services", "Of these kinds, closed in the year", "サービス終了数"),
)
DECLARATIONS_MUNICIPALITIES = (
    share(
        "access_difficult_share_65plus",
        "Difficult access to shops, 65 and over, definition of 2020",
        "アクセス困難人口の割合（65歳以上、2020年定義）",
        _FAR,
        "people of 65 and over",
        _OFFICIAL + " 2020",
    ),
    *_PEOPLE,
    *_STORES,
    ColumnDeclaration(
        "last_shop_went",
        "bool",
        "flag",
        "Its last supermarket or its last convenience store closed in the year",
        "最後のスーパー、または最後のコンビニが閉店",
    ),
    ColumnDeclaration("shopping_acting", "bool", "flag", "It sees a need and acts", "買物対策を実施"),
)
DECLARATIONS = (
    ColumnDeclaration("replicate", "int64", "number from 0", "Replicate of the run", "反復番号"),
    ColumnDeclaration(
        "service",
        "text",
        "key",
        "Lasting key of the shop or service; a van that municipalities share has a row in each of them",
        "店・サービスの識別キー（市町村が共有する移動販売車は市町村ごとに1行）",
    ),
    ColumnDeclaration(
        "kind", "text", "kind", "full, daily (stores), mobile, delivery, community_store", "種類"
    ),
    ColumnDeclaration("municipality", "text", "code", "Where", "市町村"),
    count("district", "rank", "District inside it (a van's first), by people", "学区（人口順位）"),
    ColumnDeclaration("organiser", "text", "who", "Who in the community, empty for stores", "地域の担い手"),
    ColumnDeclaration("operator", "text", "who", "Whose supermarket sells, empty for stores", "事業者"),
    count("opened", "fiscal year", "Year it opened in, FY2008 for what was there before", "開始年度"),
    count("closed", "fiscal year", "Year it closed in, 0 while it is open", "終了年度"),
    ColumnDeclaration(
        "customers",
        "float64",
        "persons",
        "Customers in the latest year of the run, 0 where closed before it; of a store, its district's customers a "
        "store there now, 0 once closed",
        "利用者数（直近年度。それより前に終了したサービスは0。店舗は地区の現在の1店当たりで、閉店後は0）",
    ),
    count("cost", "yen of FY2024 a year", "Yearly cost", "年間費用"),
    count(
        "support",
        "yen (nominal)",
        "The municipality's support in the latest year of the run, at the end of which a service may have closed; "
        "0 where closed before it",
        "市町村の支援（直近年度。その年度末に終了したものを含み、それより前に終了したものは0）",
    ),
    count("deficit_years", "years", "Years of uncovered deficit in a row", "赤字の連続年数"),
)
