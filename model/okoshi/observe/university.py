"""What is seen of university projects: columns of the nation and of municipalities, and the table of projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from okoshi.agents.students import NEVER_YEAR, Status, related_people
from okoshi.engine.columns import Array
from okoshi.measures.university import University
from okoshi.observe.declarations import ColumnDeclaration
from okoshi.observe.tables import Columns, key_texts, place_codes
from okoshi.world.country import World


def _count(name: str, unit: str, meaning: str, meaning_ja: str, official: str = "") -> ColumnDeclaration:
    return ColumnDeclaration(name, "int64", unit, meaning, meaning_ja, official=official)


_PARTICIPANTS = _count(
    "student_participants",
    "students",
    "Students who took part in field programmes in the year, with or without a contract",
    "地域プログラムに参加した学生（年度中、制度の有無を問わない）",
)
_MOVERS = _count(
    "student_movers",
    "persons",
    "Students and former students who moved in the year to the place they had visited",
    "訪問した地域に移住した学生・元学生（年度中）",
)
_RELATED = _count(
    "related_people",
    "persons",
    "Related people (関係人口): living elsewhere, attachment above a threshold on 31 March",
    "関係人口（3月31日に他地域に住み、愛着が基準を超える人）",
)
_STAFF = _count(
    "university_staff_hours",
    "hours",
    "Officials' hours for field programmes: a cost beside the cash",
    "地域プログラムに係る職員の従事時間",
)
DECLARATIONS_NATIONAL = (
    _count("university_sites", "sites", "Sites under contract", "モデル事業の件数", "モデル事業: 15 planned"),
    _count(
        "university_programmes",
        "programmes",
        "Field programmes held, sites under contract included",
        "地域プログラム数（モデル事業を含む）",
    ),
    _count(
        "university_programmes_anyway",
        "programmes",
        "Of these, held without the measure, too",
        "うち制度がなくても実施されたプログラム",
    ),
    _PARTICIPANTS,
    _count(
        "student_participants_at_sites",
        "students",
        "Of these, at sites under contract",
        "うちモデル事業の参加学生",
    ),
    _count(
        "student_participants_anyway",
        "students",
        "Of these, would have taken part without the measure",
        "うち制度がなくても参加した学生",
    ),
    _count("student_return_visits", "visits", "Visits of earlier participants", "過去の参加学生の再訪"),
    _MOVERS,
    _count(
        "student_movers_anyway",
        "persons",
        "Of these, would have moved in that year without any visit",
        "うち訪問がなくても移住した人",
    ),
    _count(
        "student_applicants",
        "persons",
        "Former participants who apply as cooperators there next April",
        "翌年度の協力隊に応募する元参加学生",
    ),
    _RELATED,
    _STAFF,
)
DECLARATIONS_MUNICIPALITIES = (
    _PARTICIPANTS,
    _MOVERS,
    _RELATED,
    _STAFF,
)
DECLARATIONS = (
    ColumnDeclaration("replicate", "int64", "number from 0", "Replicate of the run", "反復番号"),
    ColumnDeclaration("fiscal_year", "int64", "fiscal year", "Fiscal year in which it is held", "実施年度"),
    ColumnDeclaration("project", "text", "key", "Lasting key of place and year", "プログラムの識別キー"),
    ColumnDeclaration("municipality", "text", "code", "Host", "受入自治体"),
    ColumnDeclaration(
        "university_prefecture", "text", "name", "Prefecture of the university", "大学の所在都道府県"
    ),
    ColumnDeclaration("under_contract", "bool", "flag", "A site of the measure", "モデル事業"),
    ColumnDeclaration(
        "held_anyway", "bool", "flag", "Would be held without the measure", "制度がなくても実施"
    ),
    _count("students", "students", "Students who take part", "参加学生"),
    _count("students_anyway", "students", "Who would without the measure", "制度がなくても参加した学生"),
    _count("days", "days", "Length of the stay", "滞在日数"),
    ColumnDeclaration("quality", "float64", "ratio", "Quality, 1 = middle", "プログラムの質"),
    _count("cost", "yen (nominal)", "What it costs the host, before any contract", "受入側の事業費"),
    _count("contract", "yen (nominal)", "Paid by the nation under contract", "国の委託費"),
    _count("students_cost", "yen (nominal)", "What its students pay themselves", "学生の自己負担"),
    _count("return_visits", "visits", "Visits of its students afterwards, so far", "その後の再訪（累計）"),
    _count("movers", "persons", "Of its students, moved there so far", "うち移住した人（累計）"),
    _count(
        "movers_anyway",
        "persons",
        "Of these, would have moved without any visit",
        "うち訪問がなくても移住した人",
    ),
    _count("applicants", "persons", "Applied as cooperators so far", "協力隊に応募した人（累計）"),
    _count(
        "related_people",
        "persons",
        "Of its students, related people at the end of the run",
        "うち関係人口（終了時点）",
    ),
)


def national_row(measure: University, fiscal_year: int) -> dict[str, int]:
    """Return the national columns of the year that ended, students being the only related people counted."""
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
        "related_people": int(measure.related.sum()),
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
        "related_people": measure.related.copy(),
        "university_staff_hours": measure.staff_hours.copy(),
    }


def projects_table(measure: University, world: World, years: Sequence[int]) -> Columns:
    """Return one row a programme held in the years from the first to the last given, by year and code."""
    projects, students = measure.projects, measure.students
    held = (projects.fiscal_year >= years[0]) & (projects.fiscal_year <= years[-1])
    rows = np.flatnonzero(held)
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
        "municipality": place_codes(world)[projects.municipality[rows]],
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
