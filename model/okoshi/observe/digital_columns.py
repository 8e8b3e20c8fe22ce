"""The columns of digital talent (デジタル人材) in every table: unit and meaning."""

from __future__ import annotations

from okoshi.observe.column_declaration import ColumnDeclaration, count

_SURVEY = "survey of digital talent (外部デジタル人材), as of April: the start of the fiscal year"
_FREED = count(
    "digital_hours_freed", "hours", "Staff hours freed by digital capacity", "デジタル力で節減された職員時間"
)
_BESIDE = count(
    "digital_hours_beside", "hours", "Officials' own time beside lent people", "派遣人材に伴う職員の従事時間"
)
DECLARATIONS_NATIONAL = (
    count(
        "municipalities_with_digital_talent",
        "municipalities",
        "Municipalities with outside digital talent of their own on 1 April of the fiscal year",
        "外部デジタル人材を活用する市区町村数（4月1日）",
        _SURVEY,
    ),
    count(
        "municipal_digital_persons",
        "persons",
        "Outside digital talent of municipalities on 1 April",
        "市区町村の外部デジタル人材（4月1日）",
        _SURVEY,
    ),
    count(
        "prefectures_with_digital_pool",
        "prefectures",
        "Prefectures that have founded a pool of outside digital talent, on 1 April",
        "外部デジタル人材のプールを設けた都道府県数（4月1日）",
        f"{_SURVEY}; a pool counts though all its people have left",
    ),
    count(
        "digital_appointed",
        "persons",
        "People in prefectural pools on 31 March",
        "都道府県の人材プールの人数（3月31日）",
        "the survey counts on 1 April: its figure of a fiscal year is that of the 31 March before",
    ),
    count("digital_hired", "persons", "Hired into the pools in the year", "プールへの採用（年度中）"),
    count(
        "digital_target",
        "persons",
        "Target in force, 0 for none; in a part of the country its part by prefectures",
        "任命の目標（なければ0、一部地域の計算では都道府県数で按分）",
    ),
    count("municipalities_lent_to", "municipalities", "That pools lend people to", "派遣を受ける市町村数"),
    count("digital_days_lent", "days", "Days lent by the pools", "派遣日数"),
    _FREED,
    _BESIDE,
)
DECLARATIONS_MUNICIPALITIES = (
    ColumnDeclaration("digital_capacity", "float64", "share", "Digital capacity on 31 March", "デジタル力"),
    count(
        "digital_persons",
        "persons",
        "Outside digital talent of its own on 31 March",
        "外部デジタル人材（3月31日）",
    ),
    count("digital_days_lent", "days", "Days lent by the prefecture's pool", "派遣された日数"),
    _FREED,
    _BESIDE,
)
DECLARATIONS: tuple[ColumnDeclaration, ...] = ()  # no table of its own
