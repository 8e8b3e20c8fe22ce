"""The columns of people (人口) in every table: unit and meaning."""

from __future__ import annotations

from okoshi.observe.column_declaration import ColumnDeclaration

CLASSES = (
    "below_1k",
    "1k_3k",
    "3k_5k",
    "5k_10k",
    "10k_30k",
    "30k_50k",
    "50k_100k",
    "100k_300k",
    "from_300k",
)
_CLASSES_JA = (
    "千人未満",
    "千～3千人",
    "3千～5千人",
    "5千～1万人",
    "1万～3万人",
    "3万～5万人",
    "5万～10万人",
    "10万～30万人",
    "30万人以上",
)
_CLASSES_EN = (
    "below 1,000",
    "1,000-3,000",
    "3,000-5,000",
    "5,000-10,000",
    "10,000-30,000",
    "30,000-50,000",
    "50,000-100,000",
    "100,000-300,000",
    "300,000 and more",
)
COUNTS = {
    "under_15": ("population_under_15", "People under 15 on 1 October", "15歳未満人口（10月1日）"),
    "from_75": ("population_75plus", "People of 75 and over on 1 October", "75歳以上人口（10月1日）"),
    "births": (
        "births",
        "Births from 1 October to the next, of all residents",
        "出生数（10月～翌9月、外国人を含む）",
    ),
    "deaths": ("deaths", "Deaths from 1 October to the next, agents apart", "死亡数（10月～翌9月）"),
    "moved_in": ("moves", "Moves into municipalities, 1 October to the next", "転入者数（10月～翌9月）"),
    "from_abroad": ("net_from_abroad", "Arrivals from abroad less departures", "国際純移動"),
    "beside_rates": (
        "people_beside_rates",
        "Added so that FY2020 is the census (nought after FY2019)",
        "国勢調査との残差",
    ),
    "agents": (
        "people_listed_as_agents",
        "People listed apart as agents",
        "個票で扱う人数（協力隊員・定住者等）",
    ),
}

CALENDAR_YEAR = {
    "births": (
        "Births of the calendar year, of all residents (official: of Japanese)",
        "出生数（暦年、外国人を含む。公表値は日本人）",
    ),
    "deaths": (
        "Deaths of the calendar year, of all residents, agents apart (official: of Japanese)",
        "死亡数（暦年、外国人を含む。公表値は日本人）",
    ),
}


def _class_columns() -> tuple[ColumnDeclaration, ...]:
    columns = []
    for name, english, japanese in zip(CLASSES, _CLASSES_EN, _CLASSES_JA, strict=True):
        columns += [
            ColumnDeclaration(
                f"population_ratio_{name}",
                "float64",
                "ratio",
                f"People over those of FY2020, municipalities of {english} in 2020",
                f"人口の2020年度比（2020年に{japanese}の市区町村）",
                "people on 1 October",
                "people of the same municipalities in the census of 2020",
                "国立社会保障・人口問題研究所 令和5年推計",
            ),
            ColumnDeclaration(
                f"share_65plus_{name}",
                "float64",
                "share",
                f"Share of 65 and over, municipalities of {english} in 2020",
                f"65歳以上人口割合（2020年に{japanese}の市区町村）",
                "people of 65 and over",
                "people",
                "国立社会保障・人口問題研究所 令和5年推計",
            ),
        ]
    return tuple(columns)


DECLARATIONS_NATIONAL = (
    *(
        ColumnDeclaration(column, "int64", "persons", meaning, japanese)
        for column, meaning, japanese in COUNTS.values()
    ),
    *(
        ColumnDeclaration(f"{name}_of_calendar_year", "int64", "persons", meaning, japanese)
        for name, (meaning, japanese) in CALENDAR_YEAR.items()
    ),
    ColumnDeclaration(
        "share_65plus",
        "float64",
        "share",
        "Share of 65 and over",
        "65歳以上人口割合",
        "people of 65 and over",
        "people",
        "国勢調査",
    ),
    *_class_columns(),
)
DECLARATIONS_MUNICIPALITIES = (
    ColumnDeclaration("population_under_15", "int64", "persons", "Of these, under 15", "15歳未満人口"),
    ColumnDeclaration("population_75plus", "int64", "persons", "Of these, 75 and over", "75歳以上人口"),
    ColumnDeclaration(
        "births", "int64", "persons", "Births from 1 October to the next", "出生数（10月～翌9月）"
    ),
    ColumnDeclaration(
        "deaths", "int64", "persons", "Deaths from 1 October to the next", "死亡数（10月～翌9月）"
    ),
    ColumnDeclaration(
        "moved_in",
        "int64",
        "persons",
        "Moved in, agents apart; of a prefecture also from within it",
        "転入者数（都道府県は県内移動を含む）",
    ),
    ColumnDeclaration(
        "moved_out",
        "int64",
        "persons",
        "Moved out, agents apart; of a prefecture also within it",
        "転出者数（都道府県は県内移動を含む）",
    ),
)
DECLARATIONS = (
    ColumnDeclaration("fiscal_year", "int64", "fiscal year", "Fiscal year: people on its 1 October", "年度"),
    ColumnDeclaration("sex", "text", "men, women", "Sex", "性別"),
    ColumnDeclaration("age_from", "int64", "years", "First of five years (100: and over)", "年齢5歳階級"),
    ColumnDeclaration("people", "int64", "persons", "People", "人口"),
)
