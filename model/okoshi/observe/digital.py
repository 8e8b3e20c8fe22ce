"""What is seen of digital talent: columns of the nation and of municipalities."""

from __future__ import annotations

from okoshi.agents.digital_talent import NEVER_YEAR
from okoshi.engine.columns import Array
from okoshi.measures.digital import Digital
from okoshi.observe.declarations import ColumnDeclaration

_SURVEY = "survey of digital talent (外部デジタル人材), as of April: the start of the fiscal year"


def _count(name: str, unit: str, meaning: str, meaning_ja: str, official: str = "") -> ColumnDeclaration:
    return ColumnDeclaration(name, "int64", unit, meaning, meaning_ja, official=official)


_FREED = _count(
    "digital_hours_freed", "hours", "Staff hours freed by digital capacity", "デジタル力で節減された職員時間"
)
_BESIDE = _count(
    "digital_hours_beside", "hours", "Officials' own time beside lent people", "派遣人材に伴う職員の従事時間"
)
DECLARATIONS_NATIONAL = (
    _count(
        "municipalities_with_digital_talent",
        "municipalities",
        "Municipalities with outside digital talent of their own on 1 April of the fiscal year",
        "外部デジタル人材を活用する市区町村数（4月1日）",
        _SURVEY,
    ),
    _count(
        "municipal_digital_persons",
        "persons",
        "Outside digital talent of municipalities on 1 April",
        "市区町村の外部デジタル人材（4月1日）",
        _SURVEY,
    ),
    _count(
        "prefectures_with_digital_pool",
        "prefectures",
        "Prefectures with people of their own on 1 April",
        "外部デジタル人材を持つ都道府県数（4月1日）",
        _SURVEY,
    ),
    _count(
        "digital_appointed",
        "persons",
        "People in prefectural pools on 31 March",
        "都道府県の人材プールの人数（3月31日）",
        "the survey counts on 1 April: its figure of a fiscal year is that of the 31 March before",
    ),
    _count("digital_hired", "persons", "Hired into the pools in the year", "プールへの採用（年度中）"),
    _count("digital_target", "persons", "Target in force, 0 for none", "任用目標（なければ0）"),
    _count("municipalities_lent_to", "municipalities", "That pools lend people to", "派遣を受ける市町村数"),
    _count("digital_days_lent", "days", "Days lent by the pools", "派遣日数"),
    _FREED,
    _BESIDE,
)
DECLARATIONS_MUNICIPALITIES = (
    ColumnDeclaration("digital_capacity", "float64", "share", "Digital capacity on 31 March", "デジタル力"),
    _count("digital_persons", "persons", "Outside digital talent of its own", "外部デジタル人材"),
    _count("digital_days_lent", "days", "Days lent by the prefecture's pool", "派遣された日数"),
    _FREED,
    _BESIDE,
)
DECLARATIONS: tuple[ColumnDeclaration, ...] = ()  # no table of its own


def national_row(measure: Digital, fiscal_year: int) -> dict[str, int]:
    """Return the national columns of the year that ended."""
    bodies, pools = measure.bodies, measure.pools
    return {
        "municipalities_with_digital_talent": measure.with_talent_on_1_april,
        "municipal_digital_persons": measure.persons_on_1_april,
        "prefectures_with_digital_pool": measure.pools_on_1_april,
        "digital_appointed": measure.appointed,
        "digital_hired": int(pools.hired.sum()),
        "digital_target": measure.target,
        "municipalities_lent_to": int((bodies.lent_days > 0).sum()),
        "digital_days_lent": round(float(bodies.lent_days.sum())),
        "digital_hours_freed": round(float(measure.hours_freed.sum())),
        "digital_hours_beside": round(float(measure.hours_beside.sum())),
    }


def municipal_columns(measure: Digital) -> dict[str, Array]:
    """Return the municipal columns of the year that ended."""
    bodies = measure.bodies
    return {
        "digital_capacity": bodies.capacity.copy(),
        "digital_persons": (bodies.since != NEVER_YEAR) * bodies.persons.astype("int64"),
        "digital_days_lent": bodies.lent_days.round().astype("int64"),
        "digital_hours_freed": measure.hours_freed.round().astype("int64"),
        "digital_hours_beside": measure.hours_beside.round().astype("int64"),
    }
