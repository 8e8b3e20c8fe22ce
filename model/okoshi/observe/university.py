"""What is seen of university projects: columns of the nation and of municipalities, and the table of projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from okoshi.agents.students import NEVER_YEAR, Status, related_people
from okoshi.engine.columns import Array
from okoshi.measures.university import University
from okoshi.observe.tables import Columns, key_texts, place_codes
from okoshi.observe.university_columns import (
    DECLARATIONS,
    DECLARATIONS_MUNICIPALITIES,
    DECLARATIONS_NATIONAL,
)
from okoshi.world.country import World

__all__ = [
    "DECLARATIONS",
    "DECLARATIONS_MUNICIPALITIES",
    "DECLARATIONS_NATIONAL",
    "municipal_columns",
    "national_row",
    "projects_table",
]


def national_row(measure: University, fiscal_year: int) -> dict[str, int]:
    """Return the national columns of the year that ended."""
    projects, rows = measure.projects, measure.of_year
    contract = projects.under_contract[rows]
    students = projects.students[rows]
    return {
        "university_sites": int(contract.sum()),
        "university_programmes": len(rows),
        "university_programmes_anyway": int(projects.held_anyway[rows].sum()),
        "student_participants": int(students.sum()),
        "student_participants_at_sites": int(students[contract].sum()),
        "student_participants_anyway": int(projects.students_anyway[rows].sum()),
        "student_return_visits": measure.return_visits,
        "student_movers": len(measure.moves),
        "student_movers_anyway": int(measure.moves.would_have_moved_anyway.sum()),
        "student_applicants": len(measure.applicants_with_ties),
        "related_students": int(measure.related.sum()),
        "university_staff_hours": int(measure.staff_hours.sum()),
    }


def municipal_columns(measure: University) -> dict[str, Array]:
    """Return the municipal columns of the year that ended."""
    places, projects, rows = len(measure.related), measure.projects, measure.of_year
    taking_part = np.zeros(places, dtype=np.int64)
    taking_part[projects.municipality[rows]] = projects.students[rows]
    return {
        "student_participants": taking_part,
        "student_movers": np.bincount(measure.moves.municipality, minlength=places),
        "related_students": measure.related.copy(),
        "university_staff_hours": measure.staff_hours.copy(),
    }


def projects_table(measure: University, world: World, years: Sequence[int]) -> Columns:
    """Return one row a programme held in the years from the first to the last given, by year and code."""
    projects, students = measure.projects, measure.students
    held = (projects.fiscal_year >= years[0]) & (projects.fiscal_year <= years[-1])
    rows = np.flatnonzero(held)
    codes = place_codes(world)
    rows = rows[np.lexsort((codes[projects.municipality[rows]], projects.fiscal_year[rows]))]
    count = len(projects)

    def of_students(who: Any, weights: Any = None) -> Array:
        mine = students.project[who]
        sums = np.bincount(mine, None if weights is None else weights[who], minlength=count)
        return sums[rows].astype(np.int64)

    moved = students.status == Status.MOVED
    related = related_people(
        students.project.astype(np.int64),
        students.attachment,
        students.status == Status.ELSEWHERE,
        measure.of_students.related_threshold,
        count,
    )
    everybody = np.ones(len(students), dtype=np.bool_)
    return {
        "fiscal_year": projects.fiscal_year[rows].astype(np.int64),
        "project": key_texts(projects.key[rows]),
        "municipality": codes[projects.municipality[rows]],
        "university_prefecture": world.prefectures.name[projects.university_prefecture[rows]],
        "under_contract": projects.under_contract[rows].copy(),
        "held_anyway": projects.held_anyway[rows].copy(),
        "students": projects.students[rows].astype(np.int64),
        "students_anyway": projects.students_anyway[rows].astype(np.int64),
        "days": projects.days[rows].astype(np.int64),
        "quality": projects.quality[rows].copy(),
        "cost": projects.cost[rows].copy(),
        "contract": projects.contract[rows].copy(),
        "students_cost": projects.students_cost[rows].copy(),
        "return_visits": of_students(everybody, students.return_visits),
        "movers": of_students(moved),
        "movers_anyway": of_students(moved & students.would_have_moved_anyway),
        "applicants": of_students(students.applied_year != NEVER_YEAR),
        "related_people": related[rows],
    }
