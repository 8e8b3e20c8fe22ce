"""Students (学生) who take part in field programmes: attachment to the place visited, and what comes of it.

A cohort a project-year. Student k of a place and year exists when k is less than the number that take part:
a larger programme adds students and renames none. What those would do who never came is told from the same
draws, with the chance that their interest alone gives them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from math import ceil, inf, log

import numpy as np

from okoshi.agents.applicants import (
    Applicants,
    FormerWork,
    Origin,
    Sex,
    Steps,
    drawn_step,
    people_looking,
)
from okoshi.agents.arrays import Codes, Flags, Floats, Integers, Keys, Rows
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck, combine_keys

STREAMS_STUDENTS = frozenset(
    {
        "students.sex",
        "students.study_year",
        "students.home",
        "students.home_prefecture",
        "students.eagerness",
        "students.visit",
        "students.move",
        "students.apply",
    }
)

STUDENT = 11  # part of the key, beside the origins of applicants
FIRST_AGE = 18
LAST_STUDY_YEAR = 4
REMEMBERED_YEARS = 20  # at least; after that time, or a longer one where ties last, students are left alone
LEFT_OF_THRESHOLD = 0.02  # to which the fullest attachment has faded by then
NEVER_YEAR = 9_999


class Status(IntEnum):
    """Where a student's story stands."""

    ELSEWHERE = 0
    MOVED = 1
    MEMBER = 2


@dataclass(frozen=True)
class StudentBehaviour:
    """What visits do to students: `behaviour.university` (see its parameter file for units and sources)."""

    attachment_gain: float
    attachment_fading: float
    gain_of_locals: float
    return_visit: float
    return_gain: float
    move: float
    additional: float
    interest: float
    apply: float
    apply_years: float
    home_return: float
    women: float
    study_years: Steps
    from_university_prefecture: float
    related_threshold: float
    link_students_to_applicants: float


class Students(Table):
    """One row a participation in a programme, in the order of years."""

    municipality = Column(np.int32, unit="row", meaning="place visited", low=0)
    project = Column(np.int32, unit="row", meaning="programme taken part in", low=0)
    fiscal_year = Column(np.int16, unit="fiscal year", meaning="year of the programme", low=2009)
    home_prefecture = Column(np.int16, unit="row", meaning="prefecture the student grew up in", low=0)
    university_prefecture = Column(np.int16, unit="row", meaning="prefecture of the university", low=0)
    sex = Column(np.int8, unit="code", meaning="sex", labels=tuple(s.name.lower() for s in Sex))
    study_year = Column(np.int8, unit="year", meaning="year of study at the programme", low=1, high=4)
    took_part_anyway = Column(np.bool_, unit="flag", meaning="would have taken part without the measure")
    attachment = Column(np.float64, unit="share", meaning="attachment to the place", low=0, high=1)
    interest = Column(
        np.float64, unit="share", meaning="what interest alone would make of it now", low=0, high=1
    )
    eagerness = Column(np.float64, unit="ratio", meaning="lasting readiness to go there, mean 1", low=0)
    return_visits = Column(np.int16, unit="visits", meaning="visits after the programme", low=0)
    status = Column(
        np.int8, unit="code", meaning="where the story stands", labels=tuple(s.name.lower() for s in Status)
    )
    moved_year = Column(np.int16, unit="fiscal year", meaning="year of moving there", fill=NEVER_YEAR)
    would_have_moved_anyway = Column(
        np.bool_, unit="flag", meaning="moved, and would have in that year without a visit"
    )
    applied_year = Column(
        np.int16, unit="fiscal year", meaning="year of applying as a cooperator", fill=NEVER_YEAR
    )


@dataclass(frozen=True)
class Cohort:
    """A year's programmes as students meet them: one entry a programme."""

    fiscal_year: int
    project: Rows
    place: Rows
    place_key: Keys
    place_prefecture: Integers
    university_prefecture: Integers
    students: Integers
    students_anyway: Integers
    days: Integers
    quality: Floats


@dataclass(frozen=True)
class StudentMoves:
    """Who moved to the place visited in a year, for the cells of people: one entry a person."""

    key: Keys
    home_prefecture: Integers
    university_prefecture: Integers
    municipality: Rows
    sex: Codes
    age: Integers
    would_have_moved_anyway: Flags

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.key)


@dataclass(frozen=True)
class TiedApplicants:
    """Students who apply as cooperators where they have ties, for the pool of the next April."""

    key: Keys
    home_prefecture: Integers
    place: Rows
    attachment: Floats
    age: Integers
    sex: Codes
    still_studying: Flags

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.key)


def take_part(
    students: Students,
    cohort: Cohort,
    prefecture_weights: Floats,
    behaviour: StudentBehaviour,
    luck: Luck,
) -> Rows:
    """Add a year's participants, programme by programme; return their rows.

    Attachment after the visit: `A = 1 - exp(-k quality days / 10)`, with a smaller k for students from that
    prefecture.
    """
    counts = cohort.students
    project = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    key = combine_keys(STUDENT, cohort.place_key[project], cohort.fiscal_year, number)
    university = cohort.university_prefecture[project]
    home = _home(university, prefecture_weights, behaviour, key, luck)
    local = home == cohort.place_prefecture[project]
    gain = behaviour.attachment_gain * np.where(local, behaviour.gain_of_locals, 1.0)
    eager = np.exp(luck("students.eagerness").normal(key) - 0.5)
    return students.append(
        len(key),
        key=key,
        municipality=cohort.place[project],
        project=cohort.project[project],
        fiscal_year=cohort.fiscal_year,
        home_prefecture=home,
        university_prefecture=university,
        sex=luck("students.sex").uniform(key) < behaviour.women,
        study_year=drawn_step(behaviour.study_years, luck("students.study_year").uniform(key)),
        took_part_anyway=number < cohort.students_anyway[project],
        attachment=-np.expm1(-gain * cohort.quality[project] * cohort.days[project] / 10.0),
        interest=behaviour.interest,
        eagerness=eager * np.where(local, behaviour.home_return, 1.0),
    )


def _home(
    university: Integers, weights: Floats, behaviour: StudentBehaviour, key: Keys, luck: Luck
) -> Integers:
    """Return home prefectures: that of the university, or any by people."""
    at_home = luck("students.home").uniform(key) < behaviour.from_university_prefecture
    cumulative = np.cumsum(weights)
    draw = luck("students.home_prefecture").uniform(key) * cumulative[-1]
    elsewhere = np.minimum(np.searchsorted(cumulative, draw, side="right"), len(weights) - 1)
    return np.where(at_home, university, elsewhere)


def remembered_years(behaviour: StudentBehaviour) -> float:
    """Return for how many years after the visit students matter: until attachment is far below the threshold.

    At no less than `REMEMBERED_YEARS`; for ever (infinity) where nothing fades or any attachment counts.
    """
    kept, low = 1.0 - behaviour.attachment_fading, behaviour.related_threshold * LEFT_OF_THRESHOLD
    if kept <= 0.0:
        return REMEMBERED_YEARS
    if kept >= 1.0 or low <= 0.0:
        return inf
    return max(REMEMBERED_YEARS, ceil(log(low) / log(kept)))


def remembered(students: Students, fiscal_year: int, years: float) -> slice:
    """Return the rows whose visit is not longer ago than so many years (too long ago, it does not matter)."""
    oldest = np.int16(fiscal_year - int(min(years, fiscal_year)))  # of the column's type: no copy
    return slice(int(np.searchsorted(students.fiscal_year, oldest)), len(students))


def forget(students: Students, fiscal_year: int, behaviour: StudentBehaviour) -> None:
    """Let attachment and interest fade by a year (April, before the year's programmes)."""
    rows = remembered(students, fiscal_year, remembered_years(behaviour))
    kept = 1.0 - behaviour.attachment_fading
    students.attachment[rows] *= kept
    students.interest[rows] *= kept


def come_back(students: Students, fiscal_year: int, behaviour: StudentBehaviour, luck: Luck) -> int:
    """Let those of earlier years visit again and grow more attached; return the visits of the year."""
    rows = remembered(students, fiscal_year, remembered_years(behaviour))
    key, attachment = students.key[rows], students.attachment[rows]
    found, uniform = luck("students.visit").below(key, fiscal_year, behaviour.return_visit)
    chance = behaviour.return_visit * attachment[found]
    free = (students.status[rows][found] == Status.ELSEWHERE) & (
        students.fiscal_year[rows][found] < fiscal_year
    )
    back = found[free & (uniform < chance)]
    attachment[back] += behaviour.return_gain * (1.0 - attachment[back])
    students.return_visits[rows][back] += 1
    return len(back)


def move_there(students: Students, fiscal_year: int, behaviour: StudentBehaviour, luck: Luck) -> StudentMoves:
    """Let students move to the place visited; tell who would have moved in this year without the visit.

    Chance of the year `h e ((1 - a) I + a A)`: with eagerness e, interest I, attachment A and additional share
    a. Without the visit it is `h e (1 - a) I`; the same number is drawn against both.
    """
    rows = remembered(students, fiscal_year, remembered_years(behaviour))
    eager, interest = students.eagerness[rows], students.interest[rows]
    without = behaviour.move * eager * (1.0 - behaviour.additional) * interest
    chance = without + behaviour.move * eager * behaviour.additional * students.attachment[rows]
    found, uniform = luck("students.move").below(
        students.key[rows], fiscal_year, float(chance.max(initial=0.0))
    )
    goes = (uniform < chance[found]) & (students.status[rows][found] == Status.ELSEWHERE)
    movers, uniform = found[goes] + rows.start, uniform[goes]
    students.status[movers] = Status.MOVED
    students.moved_year[movers] = fiscal_year
    students.would_have_moved_anyway[movers] = uniform < without[movers - rows.start]
    return StudentMoves(
        key=students.key[movers],
        home_prefecture=students.home_prefecture[movers].astype(np.int64),
        university_prefecture=students.university_prefecture[movers].astype(np.int64),
        municipality=students.municipality[movers].astype(np.int64),
        sex=students.sex[movers],
        age=age_in(students, movers, fiscal_year),
        would_have_moved_anyway=students.would_have_moved_anyway[movers],
    )


def apply_there(
    students: Students, fiscal_year: int, behaviour: StudentBehaviour, luck: Luck
) -> TiedApplicants:
    """Let students apply, once in life, as cooperators where they have ties: they are in next April's pool.

    Chance of the year `c e A` for some years after the visit; the link of the same name switches it off.
    """
    rows = remembered(students, fiscal_year, behaviour.apply_years)
    chance = (
        behaviour.link_students_to_applicants
        * behaviour.apply
        * students.eagerness[rows]
        * students.attachment[rows]
    )
    found, uniform = luck("students.apply").below(
        students.key[rows], fiscal_year, float(chance.max(initial=0.0))
    )
    found = found[uniform < chance[found]] + rows.start
    since = fiscal_year - students.fiscal_year[found].astype(np.int64)
    free = (students.status[found] == Status.ELSEWHERE) & (students.applied_year[found] == NEVER_YEAR)
    applying = found[free & (since < behaviour.apply_years)]
    students.applied_year[applying] = fiscal_year
    age = age_in(students, applying, fiscal_year)
    studied = students.study_year[applying] + since[free & (since < behaviour.apply_years)]
    return TiedApplicants(
        key=students.key[applying],
        home_prefecture=students.home_prefecture[applying].astype(np.int64),
        place=students.municipality[applying].astype(np.int64),
        attachment=students.attachment[applying],
        age=age,
        sex=students.sex[applying],
        still_studying=studied < LAST_STUDY_YEAR,
    )


def as_applicants(tied: TiedApplicants, copy: Integers, luck: Luck) -> Applicants:
    """Return them as people of the recruitment pool who know their place; `copy` is one value a municipality.

    Traits beyond those of the student are drawn as everybody's are, from the key.
    """
    looking = people_looking(tied.key, tied.home_prefecture, tied.place, Origin.TRIAL_GUEST, luck)
    work = np.where(tied.still_studying, FormerWork.STUDENT, FormerWork.EMPLOYEE)
    return replace(
        looking,
        copy=copy[tied.place].astype(np.int64),
        known_age=tied.age,
        known_sex=tied.sex,
        known_work=work.astype(np.int8),
    )


def become_members(students: Students, hired: Keys) -> Rows:
    """Mark students who were hired as cooperators (their key goes with them); return their rows."""
    applied = np.flatnonzero(students.applied_year != NEVER_YEAR)
    free = applied[students.status[applied] == Status.ELSEWHERE]
    keys, known = students.key[free], np.sort(hired)
    at = np.searchsorted(known, keys)
    rows: Rows = free[at < np.searchsorted(known, keys, side="right")]
    students.status[rows] = Status.MEMBER
    return rows


def age_in(students: Students, rows: Rows, fiscal_year: int) -> Integers:
    """Return the age reached in a fiscal year (19 in the first year of study)."""
    since = fiscal_year - students.fiscal_year[rows].astype(np.int64)
    return np.asarray(FIRST_AGE + students.study_year[rows] + since)


def related_people(
    place: Integers, attachment: Floats, elsewhere: Flags, threshold: float, places: int
) -> Integers:
    """Return related people (関係人口) by municipality: living elsewhere, attachment above the threshold.

    One entry of the three arrays a person: students, interns, guests of trial stays, former members,
    side-job employees, each with the place they are attached to.
    """
    there = place[elsewhere & (attachment > threshold)]
    counts: Integers = np.bincount(there, minlength=places)
    return counts


def related_students(
    students: Students, fiscal_year: int, behaviour: StudentBehaviour, places: int
) -> Integers:
    """Return students who are related people, by municipality."""
    rows = remembered(students, fiscal_year, remembered_years(behaviour))
    return related_people(
        students.municipality[rows].astype(np.int64),
        students.attachment[rows],
        students.status[rows] == Status.ELSEWHERE,
        behaviour.related_threshold,
        places,
    )
