"""Every column of every table: unit, meaning, and for a share its numerator and denominator (`okoshi outcomes`)."""

from __future__ import annotations

from okoshi.agents.books import Measure
from okoshi.observe import (
    cooperator_columns,
    digital_columns,
    dispatch_columns,
    local_10000_columns,
    observed_columns,
    people_columns,
    shopping_columns,
    support_columns,
    university_columns,
)
from okoshi.observe.column_declaration import ColumnDeclaration, count

_PARTS = {
    "people": people_columns,
    "local_10000": local_10000_columns,
    "dispatch": dispatch_columns,
    "university": university_columns,
    "shopping": shopping_columns,
    "digital": digital_columns,
}
_MEASURES = tuple(_PARTS.values())
_BESIDE = {"population": "people", "population_65plus": "people"}  # declared with the columns of all
_RELATED = (
    count(
        "related_people",
        "persons",
        "Related people (関係人口) on 31 March: students, former members elsewhere, guests; side-job employees, "
        "former employees in touch",
        "関係人口（3月31日、学生・転出した元隊員・体験者・副業人材・縁の続く元派遣社員の合計）",
    ),
    count(
        "related_former_members",
        "persons",
        "Of these, former members living elsewhere whose attachment is above the threshold",
        "うち他地域に住む元隊員",
    ),
    count(
        "related_guests", "persons", "Of these, trial guests and interns of the year", "うち体験・インターン"
    ),
)
_SPENT_SO_FAR = (
    count(
        "public_so_far_yen",
        "yen (nominal)",
        "Spent from public money since FY2009, by nation, prefectures and municipalities",
        "2009年度からの公費支出累計（国・都道府県・市町村）",
    ),
    *(
        count(
            f"supplement_{measure.name.lower()}_so_far_yen",
            "yen (nominal)",
            f"Of the extra of the supplementary budget, spent so far by the nation: {name}",
            f"補正予算のうち国の支出累計：{name_ja}",
        )
        for measure, name, name_ja in (
            (Measure.LOCAL_10000, "Local 10,000", "ローカル10,000プロジェクト"),
            (Measure.COOPERATORS, "cooperators", "地域おこし協力隊"),
            (
                Measure.DISPATCH,
                "company dispatch, the survey of companies under the FY2023 supplement included "
                "(booked in FY2024, 30 million yen unless set otherwise; the extra of FY2024 is 95 million)",
                "地域活性化起業人（令和5年度補正による企業調査（2024年度に計上、既定値3,000万円）を含む。"
                "令和6年度補正は9,500万円）",
            ),
            (Measure.UNIVERSITY, "university projects", "大学連携"),
            (Measure.SHOPPING, "shopping services", "買物サービス確保"),
            (Measure.DIGITAL, "digital talent", "デジタル人材確保"),
        )
    ),
)
# Shares of a prefecture are those of its people: by the column that they are weighed with (none: a plain mean).
WEIGHED_BY = {
    "support_capacity": None,
    "digital_capacity": None,
    "access_difficult_share_65plus": "population_65plus",
    "covered_share": "population",
    "covered_share_65plus": "population_65plus",
    "using_share_65plus": "population_65plus",
}


def part_of(column: str) -> str:
    """Return which part of the model a column of `national` tells of: `cooperators` (and money), or another."""
    for part, columns in _PARTS.items():
        if any(declared.name == column for declared in columns.DECLARATIONS_NATIONAL):
            return part
    return _BESIDE.get(column, "cooperators")


def _measures_national() -> tuple[ColumnDeclaration, ...]:
    return tuple(column for part in _MEASURES for column in part.DECLARATIONS_NATIONAL)


def _measures_municipal() -> tuple[ColumnDeclaration, ...]:
    return tuple(column for part in _MEASURES for column in part.DECLARATIONS_MUNICIPALITIES)


def _measures_prefectural() -> tuple[ColumnDeclaration, ...]:
    return tuple(
        column for column in _measures_municipal() if column.dtype == "int64" or column.name in WEIGHED_BY
    )


def _with_replicate(columns: tuple[ColumnDeclaration, ...]) -> tuple[ColumnDeclaration, ...]:
    rest = tuple(column for column in columns if column.name != "replicate")
    return (cooperator_columns.KEY_REPLICATE, *rest)


TABLES: dict[str, tuple[ColumnDeclaration, ...]] = {
    "national": (
        *cooperator_columns.NATIONAL,
        *support_columns.DECLARATIONS_NATIONAL,
        *_measures_national(),
        *_RELATED,
        *_SPENT_SO_FAR,
    ),
    "prefectures": (*cooperator_columns.PREFECTURES, *_measures_prefectural(), *_RELATED),
    "municipalities": (*cooperator_columns.MUNICIPALITIES, *_measures_municipal(), *_RELATED),
    "members": cooperator_columns.MEMBERS,
    "enterprises": _with_replicate(local_10000_columns.DECLARATIONS),
    "dispatches": _with_replicate(dispatch_columns.DECLARATIONS),
    "projects": _with_replicate(university_columns.DECLARATIONS),
    "services": _with_replicate(shopping_columns.DECLARATIONS),
    "people": _with_replicate(people_columns.DECLARATIONS),
    "ledger": cooperator_columns.LEDGER,
    "observed": observed_columns.OBSERVED,
}
KEY_COLUMNS: dict[str, tuple[str, ...]] = {
    "national": ("replicate", "fiscal_year"),
    "prefectures": ("replicate", "fiscal_year", "prefecture"),
    "municipalities": ("replicate", "fiscal_year", "municipality"),
    "members": ("replicate", "member"),
    "enterprises": ("replicate", "enterprise"),
    "dispatches": ("replicate", "contract"),
    "projects": ("replicate", "fiscal_year", "municipality"),
    "services": ("replicate", "service"),
    "people": ("replicate", "fiscal_year", "sex", "age_from"),
    "ledger": tuple(declared.name for declared in cooperator_columns.LEDGER if declared.name != "yen"),
    "observed": ("fiscal_year", "series"),
}

__all__ = ["KEY_COLUMNS", "TABLES", "WEIGHED_BY", "ColumnDeclaration", "part_of"]
