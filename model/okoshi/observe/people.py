"""What the statistics see of people: totals, broad ages, births and deaths, size classes as the projection has them."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Floats, Integers
from okoshi.agents.people_rates import by_class
from okoshi.engine.columns import Array
from okoshi.measures.people import ClosedYear, People
from okoshi.observe.people_columns import (
    CALENDAR_YEAR,
    CLASSES,
    COUNTS,
    DECLARATIONS,
    DECLARATIONS_MUNICIPALITIES,
    DECLARATIONS_NATIONAL,
)
from okoshi.observe.quotients import quotient
from okoshi.policy.amounts import split_exactly

__all__ = [
    "CLASSES",
    "DECLARATIONS",
    "DECLARATIONS_MUNICIPALITIES",
    "DECLARATIONS_NATIONAL",
    "closed_year",
    "municipal_columns",
    "national_row",
    "people_table",
]

Row = dict[str, float | int | str]


def national_row(people: People, fiscal_year: int) -> Row:
    """Return the columns of a closed year: call after `People.close_year`. A class nobody lives in is nan."""
    year = closed_year(people, fiscal_year)
    row: Row = {column: round(float(getattr(year, name).sum())) for name, (column, _, _) in COUNTS.items()}
    population, old, census = (
        by_class(values, people.rows.size_class[: len(values)])
        for values in (year.population, year.from_65, people.world.population_2020.astype(np.float64))
    )
    row["population"], row["population_65plus"] = round(float(population.sum())), round(float(old.sum()))
    for name in CALENDAR_YEAR:
        row[f"{name}_of_calendar_year"] = _of_calendar_year(people, fiscal_year, name)
    row["share_65plus"] = quotient(old.sum(), population.sum())
    for name, now, over, then in zip(CLASSES, population, old, census, strict=True):
        row[f"population_ratio_{name}"] = quotient(now, then)
        row[f"share_65plus_{name}"] = quotient(over, now)
    return row


def municipal_columns(people: People, fiscal_year: int) -> dict[str, Array]:
    """Return one array (municipalities) a column of a closed year."""
    year = closed_year(people, fiscal_year)
    return {
        column: np.rint(getattr(year, name)).astype(np.int64)
        for name, column in (
            ("population", "population"),
            ("from_65", "population_65plus"),
            ("under_15", "population_under_15"),
            ("from_75", "population_75plus"),
            ("births", "births"),
            ("deaths", "deaths"),
            ("moved_in", "moved_in"),
            ("moved_out", "moved_out"),
        )
    }


def people_table(people: People, years: tuple[int, int]) -> dict[str, Array]:
    """Return people by fiscal year, sex and group of five years, whole persons that add up to the year's people."""
    closed = [year for year in people.closed if years[0] <= year.fiscal_year <= years[1]]
    groups = 21
    return {
        "fiscal_year": np.repeat(np.array([year.fiscal_year for year in closed], dtype=np.int64), 2 * groups),
        "sex": np.tile(np.repeat(np.array(["men", "women"]), groups), len(closed)),
        "age_from": np.tile(np.arange(0, 5 * groups, 5), 2 * len(closed)),
        "people": np.concatenate([_whole_persons(year.ages.reshape(-1)) for year in closed] or [_NOBODY]),
    }


def closed_year(people: People, fiscal_year: int) -> ClosedYear:
    """Return a year that is over. Raises KeyError for another."""
    for year in reversed(people.closed):
        if year.fiscal_year == fiscal_year:
            return year
    raise KeyError(fiscal_year)


def _of_calendar_year(people: People, fiscal_year: int, name: str) -> int:
    """Return a flow from January to December: three quarters of the year before, from its 1 October on, one of this."""
    first = max(fiscal_year - 1, people.closed[0].fiscal_year)
    before, now = (float(getattr(closed_year(people, year), name).sum()) for year in (first, fiscal_year))
    return round(0.75 * before + 0.25 * now)


_NOBODY: Integers = np.zeros(0, dtype=np.int64)


def _whole_persons(ages: Floats) -> Integers:
    """Return whole persons of each cell that add up to everybody (largest remainder)."""
    everybody = round(float(ages.sum()))
    return split_exactly(everybody, ages) if everybody else np.zeros(len(ages), dtype=np.int64)
