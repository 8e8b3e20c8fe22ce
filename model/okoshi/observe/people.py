"""What the statistics see of people: totals, broad ages, births and deaths, size classes as the projection has them."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Floats
from okoshi.agents.people_rates import by_class
from okoshi.engine.columns import Array
from okoshi.measures.people import ClosedYear, People
from okoshi.observe.declarations import ColumnDeclaration

Row = dict[str, float | int | str]

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
_COUNTS = {
    "under_15": ("population_under_15", "People under 15 on 1 October", "15歳未満人口（10月1日）"),
    "from_75": ("population_75plus", "People of 75 and over on 1 October", "75歳以上人口（10月1日）"),
    "births": ("births", "Births from 1 October to the next", "出生数（10月～翌9月）"),
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


def national_row(people: People, fiscal_year: int) -> Row:
    """Return the columns of a closed year: call after `People.close_year`. A class nobody lives in is nan."""
    year = closed_year(people, fiscal_year)
    row: Row = {column: round(float(getattr(year, name).sum())) for name, (column, _, _) in _COUNTS.items()}
    population, old, census = (
        by_class(values, people.rows.size_class[: len(values)])
        for values in (year.population, year.from_65, people.world.population_2020.astype(np.float64))
    )
    row["share_65plus"] = _ratio(old.sum(), population.sum())
    for name, now, over, then in zip(CLASSES, population, old, census, strict=True):
        row[f"population_ratio_{name}"] = _ratio(now, then)
        row[f"share_65plus_{name}"] = _ratio(over, now)
    return row


def municipal_columns(people: People, fiscal_year: int) -> dict[str, Array]:
    """Return one array (municipalities) a column of a closed year."""
    year = closed_year(people, fiscal_year)
    return {
        column: np.rint(getattr(year, name)).astype(np.int64)
        for name, column in (
            ("under_15", "population_under_15"),
            ("from_75", "population_75plus"),
            ("births", "births"),
            ("deaths", "deaths"),
            ("moved_in", "moved_in"),
            ("moved_out", "moved_out"),
        )
    }


def people_table(people: People, years: tuple[int, int]) -> dict[str, Array]:
    """Return people by fiscal year, sex and group of five years."""
    closed = [year for year in people.closed if years[0] <= year.fiscal_year <= years[1]]
    groups = 21
    return {
        "fiscal_year": np.repeat(np.array([year.fiscal_year for year in closed], dtype=np.int64), 2 * groups),
        "sex": np.tile(np.repeat(np.array(["men", "women"]), groups), len(closed)),
        "age_from": np.tile(np.arange(0, 5 * groups, 5), 2 * len(closed)),
        "people": np.rint(np.concatenate([year.ages.reshape(-1) for year in closed] or [_NONE])).astype(
            np.int64
        ),
    }


def closed_year(people: People, fiscal_year: int) -> ClosedYear:
    """Return a year that is over. Raises KeyError for another."""
    for year in reversed(people.closed):
        if year.fiscal_year == fiscal_year:
            return year
    raise KeyError(fiscal_year)


_NONE: Floats = np.zeros(0)


def _ratio(numerator: float, denominator: float) -> float:
    return float(numerator) / float(denominator) if denominator > 0 else float("nan")


def _class_columns() -> tuple[ColumnDeclaration, ...]:
    columns = []
    for name, english, japanese in zip(CLASSES, _CLASSES_EN, _CLASSES_JA, strict=True):
        columns += [
            ColumnDeclaration(
                f"population_ratio_{name}",
                "float64",
                "share",
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
        for column, meaning, japanese in _COUNTS.values()
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
    ColumnDeclaration("moved_in", "int64", "persons", "Moved in, agents apart", "転入者数"),
    ColumnDeclaration("moved_out", "int64", "persons", "Moved out, agents apart", "転出者数"),
)
DECLARATIONS = (
    ColumnDeclaration("fiscal_year", "int64", "fiscal year", "Fiscal year: people on its 1 October", "年度"),
    ColumnDeclaration("sex", "text", "men, women", "Sex", "性別"),
    ColumnDeclaration("age_from", "int64", "years", "First of five years (100: and over)", "年齢5歳階級"),
    ColumnDeclaration("people", "int64", "persons", "People", "人口"),
)
