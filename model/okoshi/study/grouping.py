"""Outcomes by group of places or people, for `compare --by`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from okoshi.agents.books import Measure
from okoshi.agents.cooperators import Settled, gone_month
from okoshi.engine.calendar import FIRST_FISCAL_YEAR, MONTHS
from okoshi.engine.columns import Array
from okoshi.observe.declarations import TABLES, WEIGHED_BY
from okoshi.observe.national import NOT_PUBLIC
from okoshi.observe.tables import labels_of

if TYPE_CHECKING:
    from okoshi.agents.cooperators import Members
    from okoshi.agents.enterprises import Enterprises
    from okoshi.agents.students import Students
    from okoshi.simulation import RegionalModel

GROUPS = ("prefecture", "size_class", "fiscal_strength", "sex_age", "pillar")
SIZE_EDGES = (5_000, 10_000, 30_000, 50_000, 100_000, 300_000)
STRENGTH_EDGES = (0.25, 0.5, 0.8, 1.0)
AGE_EDGES = (30, 40, 50, 60)
PILLARS = {
    Measure.LOCAL_10000: "value_added",
    Measure.COOPERATORS: "people_to_the_regions",
    Measure.DISPATCH: "people_to_the_regions",
    Measure.UNIVERSITY: "people_to_the_regions",
    Measure.SHOPPING: "life_in_the_regions",
    Measure.DIGITAL: "digital_government",
}
PILLAR_OUTCOMES = {
    "value_added": (
        "local_10000_projects",
        "enterprises_alive",
        "enterprise_jobs",
        "sales_taken_from_others_yen",
        "startups_by_members",
    ),
    "people_to_the_regions": (
        "members",
        "settled",
        "dispatched_dispatched",
        "dispatched_side_job",
        "student_participants",
        "student_movers",
        "related_people",
    ),
    "life_in_the_regions": (
        "covered_share",
        "covered_share_65plus",
        "using_share_65plus",
        "access_difficult_share_65plus",
        "mobile_vans",
        "community_stores",
    ),
    "digital_government": (
        "municipalities_with_digital_talent",
        "digital_appointed",
        "digital_days_lent",
        "digital_hours_freed",
    ),
}
FIRST_AGE = 18  # in the first year of study, next to none over 30
NO_OUTCOMES = ("replicate", "fiscal_year", "offered_pay")  # keys, and what adds up to nothing

Grouped = dict[tuple[str, str], Array]


def grouped_outcomes(model: RegionalModel, by: str) -> Grouped:
    """Return (outcome, group) -> one number a year written; nothing where no grouping is asked for."""
    if by in ("prefecture", "size_class", "fiscal_strength"):
        return _by_place(model, by)
    if by == "sex_age":
        return _by_sex_and_age(model)
    if by == "pillar":
        return _by_pillar(model)
    return {}


def class_names(edges: tuple[float, ...], unit: str) -> list[str]:
    """Return words for the classes between edges, the last one open."""
    froms = (0, *edges)
    names = [f"{low:g}-{high:g}{unit}" for low, high in zip(froms, edges, strict=False)]
    return [*names, f"{edges[-1]:g}{unit} and over"]


def _group_of_places(model: RegionalModel, by: str) -> tuple[Array, list[str]]:
    world = model.world
    if by == "prefecture":
        return world.prefecture.astype(np.int64), [str(name) for name in world.prefectures.name]
    if by == "size_class":
        return np.digitize(world.population_2020, SIZE_EDGES), class_names(SIZE_EDGES, " people")
    return np.digitize(world.fiscal_strength, STRENGTH_EDGES), class_names(STRENGTH_EDGES, "")


def _by_place(model: RegionalModel, by: str) -> Grouped:
    """Return every number of the municipalities by class of place: sums, and shares weighed by their people."""
    table = model.tables(["municipalities"])["municipalities"]
    group, names = _group_of_places(model, by)
    years = len(np.unique(table["fiscal_year"]))
    members = np.unique(group).tolist()
    grouped: Grouped = {}
    for declared in TABLES["municipalities"]:
        name = declared.name
        if name in WEIGHED_BY:
            weighed_by, values = WEIGHED_BY[name], table[name].reshape(years, -1)
            weight = table[weighed_by].reshape(years, -1) if weighed_by else np.ones(values.shape)
            for number in members:
                mine = group == number
                under = weight[:, mine].sum(axis=1)
                over = (values[:, mine] * weight[:, mine]).sum(axis=1)
                grouped[name, names[number]] = over / np.maximum(under, 1)
        elif declared.dtype == "int64" and name not in NO_OUTCOMES:
            values = table[name].reshape(years, -1)
            for number in members:
                grouped[name, names[number]] = values[:, group == number].sum(axis=1)
    return grouped | _of_prefectures(model) if by == "prefecture" else grouped


def _of_prefectures(model: RegionalModel) -> Grouped:
    """Return the numbers of the table of prefectures: with what a prefecture itself pays and gets back."""
    table = model.tables(["prefectures"])["prefectures"]
    name = table["prefecture"]
    return {
        (declared.name, str(prefecture)): table[declared.name][name == prefecture]
        for declared in TABLES["prefectures"]
        if declared.dtype == "int64" and declared.name not in NO_OUTCOMES
        for prefecture in np.unique(name)
    }


def _by_sex_and_age(model: RegionalModel) -> Grouped:
    """Return what is known of men and women of some ages: members, settlers, founders, students, residents.

    Members and settlers by age at the start of the term, founders at founding, residents now. Employees of companies,
    digital talent and customers have no sex and age in the model.
    """
    years = np.arange(model.scenario.years[0], model.scenario.years[1] + 1)
    members, firms = model.members, model.measures.local_10000.enterprises
    students = model.measures.university.students
    residents = {closed.fiscal_year: closed.ages for closed in model.people.closed}
    grouped: Grouped = {}
    for sex, sex_name in enumerate(labels_of(type(members), "sex")):
        for age, age_name in enumerate(_age_names()):
            group = f"{sex_name}, {age_name}"

            def of_class(sexes: Array, ages: Array, sex: int = sex, age: int = age) -> Array:
                return np.flatnonzero((sexes == sex) & (np.digitize(ages, AGE_EDGES) == age))

            found = _of_members(members, of_class(members.sex, members.age_at_start), years)
            found |= _of_firms(firms, of_class(firms.founder_sex, firms.founder_age), years)
            found |= _of_students(students, of_class(students.sex, FIRST_AGE + students.study_year), years)
            found["population"] = np.array([_residents(residents[year], sex, age) for year in years.tolist()])
            grouped |= {(outcome, group): values for outcome, values in found.items()}
    return grouped


def _age_names() -> list[str]:
    """Return words for the classes of age: of years lived a class has a last one, so that nobody is of two."""
    between = [f"{low}-{high - 1} years" for low, high in pairwise(AGE_EDGES)]
    return [f"under {AGE_EDGES[0]} years", *between, f"{AGE_EDGES[-1]} years and over"]


def _of_members(members: Members, rows: Array, years: Array) -> dict[str, Array]:
    stayed = (members.stayed_at_end == Settled.SAME) | (members.stayed_at_end == Settled.NEARBY)
    start, end, kept = members.start_month[rows], members.end_month[rows], stayed[rows]
    gone, opened = gone_month(members)[rows], members.startup_month[rows]
    return {
        "members": _count(years, lambda m: (start < m) & (end > m - MONTHS)),
        "hired": _count(years, lambda m: (start < m) & (start >= m - MONTHS)),
        "ended": _count(years, lambda m: (end <= m) & (end > m - MONTHS)),
        "settled": _count(years, lambda m: kept & (end <= m) & (gone >= m)),
        "startups_by_members": _count(years, lambda m: (opened < m) & (opened >= m - MONTHS)),
    }


def _of_firms(firms: Enterprises, rows: Array, years: Array) -> dict[str, Array]:
    """Count enterprises of some founders; one that a successor took over next April counts as open throughout."""
    founded, closed, funded = firms.founded[rows], firms.closed[rows], firms.grant[rows] > 0
    return {
        "enterprises_founded": np.array([int((founded == year).sum()) for year in years]),
        "local_10000_projects": np.array([int((funded & (founded == year)).sum()) for year in years]),
        "enterprises_alive": np.array([int(((founded <= year) & (closed > year)).sum()) for year in years]),
    }


def _of_students(students: Students, rows: Array, years: Array) -> dict[str, Array]:
    took_part, moved = students.fiscal_year[rows], students.moved_year[rows]
    return {
        "student_participants": np.array([int((took_part == year).sum()) for year in years]),
        "student_movers": np.array([int((moved == year).sum()) for year in years]),
    }


def _residents(ages: Array, sex: int, age: int) -> float:
    """Return residents of an age class from groups of five years."""
    lowest = np.arange(ages.shape[1]) * 5
    return float(ages[sex, np.digitize(lowest, AGE_EDGES) == age].sum())


def _count(years: Array, who: Callable[[int], Array]) -> Array:
    """Count by year those of whom something holds before 1 April of the next."""
    return np.array([int(who((year - FIRST_FISCAL_YEAR + 1) * MONTHS).sum()) for year in years.tolist()])


def _by_pillar(model: RegionalModel) -> Grouped:
    """Return each pillar's spending and what it is judged by."""
    spent = model.ledger.net(("fiscal_year", "measure"))
    years = np.arange(model.scenario.years[0], model.scenario.years[1] + 1)
    national = model.tables(["national"])["national"]
    grouped: Grouped = {}
    for pillar in dict.fromkeys(PILLARS.values()):
        measures = [measure for measure, name in PILLARS.items() if name == pillar]
        mine = np.isin(spent["measure"], measures)
        public = mine & ~np.isin(spent["payer"], NOT_PUBLIC)
        for name, rows in (("yen", mine), ("yen_public", public)):
            grouped[name, pillar] = np.array(
                [int(spent["yen"][rows & (spent["fiscal_year"] == year)].sum()) for year in years]
            )
        grouped |= {(outcome, pillar): national[outcome] for outcome in PILLAR_OUTCOMES[pillar]}
    return grouped
