"""How statistics read the country: twelve people by hand, every share counted on paper."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pytest

from okoshi.agents.applicants import Sex
from okoshi.agents.cooperators import NEVER, Members, Path, Settled
from okoshi.observe import operators as read
from okoshi.observe.national import Recruitment, national_row
from small_country import members_of

# Months: 0 is April 2009. The survey is on 31 March 2022, the month before 156 (April 2022).
UNTIL = 156
S, N, E, X = Settled.SAME, Settled.NEARBY, Settled.ELSEWHERE, Settled.SERVING

# start, end, now, at end of term, path, gone again, place, sex, age, anyway, firm opened, not without grant
PEOPLE = [
    # ended long ago
    (0, 36, S, S, Path.STARTUP, NEVER, 0, Sex.MAN, 25, True, 30, True),  # FY2011
    (0, 5, E, E, Path.NONE, NEVER, 0, Sex.WOMAN, 40, False, NEVER, False),  # FY2009, after five months
    (24, 36, E, S, Path.EMPLOYED, 83, 0, Sex.MAN, 35, False, NEVER, False),  # served 12 months, gone again
    (60, 84, N, N, Path.EMPLOYED, NEVER, 1, Sex.WOMAN, 45, False, NEVER, False),  # FY2015
    # ended in FY2016, five years before FY2021
    (60, 96, S, S, Path.FARMING_FORESTRY, NEVER, 1, Sex.MAN, 65, False, NEVER, False),
    (84, 90, E, E, Path.NONE, NEVER, 1, Sex.MAN, 22, False, NEVER, False),  # served six months
    # ended in FY2018 (settled, gone again) and FY2017 (settled, there)
    (84, 120, E, S, Path.STARTUP, 150, 2, Sex.WOMAN, 30, False, 121, True),
    (72, 108, S, S, Path.EMPLOYED, NEVER, 2, Sex.WOMAN, 42, True, NEVER, False),
    # ended in FY2021: one on its last day
    (120, 156, S, S, Path.STARTUP, NEVER, 2, Sex.WOMAN, 39, False, 145, False),
    (140, 147, E, E, Path.NONE, NEVER, 2, Sex.MAN, 20, False, NEVER, False),  # started FY2020, seven months
    # serving
    (141, NEVER, X, X, Path.NONE, NEVER, 2, Sex.WOMAN, 28, False, NEVER, False),  # started FY2020
    (150, NEVER, X, X, Path.NONE, NEVER, 3, Sex.MAN, 50, True, NEVER, False),
]
ALL_ENDED, ENDED_LAST_FIVE = 10, 5


@pytest.fixture(scope="module")
def members():
    names = (
        "start_month",
        "end_month",
        "settled",
        "stayed_at_end",
        "path",
        "gone_again_month",
        "municipality",
        "sex",
        "age_at_start",
        "moves_anyway",
        "startup_month",
        "would_have_started_anyway",
    )
    columns = {name: list(values) for name, values in zip(names, zip(*PEOPLE, strict=True), strict=True)}
    return members_of(len(PEOPLE), startup_cost=np.array(columns["startup_month"]) < NEVER, **columns)


def test_who_was_a_member_when(members):
    assert np.flatnonzero(read.active_in_year(members, UNTIL)).tolist() == [8, 9, 10, 11]
    # Who ends on 31 March is a member on that day, and has ended by it.
    assert np.flatnonzero(read.serving_on_31_march(members, UNTIL)).tolist() == [8, 10, 11]
    assert read.ended_by(members, UNTIL).sum() == ALL_ENDED
    assert np.flatnonzero(read.ended_in_last_years(members, UNTIL, 1)).tolist() == [8, 9]
    assert read.ended_in_last_years(members, UNTIL, 5).sum() == ENDED_LAST_FIVE - 1
    # A year earlier nobody of FY2021 had come to an end.
    assert np.flatnonzero(read.active_in_year(members, UNTIL - 12)).tolist() == [8, 9, 10]


def test_the_survey_and_its_denominators(members):
    # Living there: 0, 3, 4, 7, 8. Served a year or more: all who ended but 1, 5, 9.
    assert read.settled_share_all(members, UNTIL) == 5 / 10
    assert read.settled_share_served_1_year(members, UNTIL) == 5 / 7
    # Ended in FY2017-FY2021: 6, 7, 8, 9, of whom 7 and 8 live there.
    assert read.settled_share_last_5_years(members, UNTIL) == 2 / 4


def test_staying_at_the_end_is_another_thing(members):
    assert read.stayed_at_end_share(members, UNTIL) == 1 / 2
    assert read.stayed_at_end_share(members, 120) == 1.0  # FY2018: member 6, gone again since
    assert isnan(read.stayed_at_end_share(members, 72))  # nobody ended in FY2014


def test_there_after_five_and_ten_years(members):
    # FY2016: 4 is there, 5 left. FY2011: 0 is there, 2 settled and went.
    assert read.present_after_share(members, UNTIL, 5) == 1 / 2
    assert read.present_after_share(members, UNTIL, 10) == 1 / 2
    assert isnan(read.present_after_share(members, UNTIL, 8))


def test_settlers_gone_again(members):
    # Settled at a term that ended in FY2017 or FY2018: 6 (gone) and 7.
    assert read.gone_after_3_to_4_years_share(members, UNTIL) == 1 / 2


def test_early_exits_of_former_members_and_of_a_cohort(members):
    # Months served: 36 5 12 24 36 6 36 36 36 7.
    assert read.exited_within_share(members, UNTIL, 5) == 1 / 10
    assert read.exited_within_share(members, UNTIL, 6) == 2 / 10
    assert read.exited_within_share(members, UNTIL, 12) == 4 / 10
    # Started in FY2020: 9 (left after seven months) and 10 (serves on).
    assert read.cohort_exited_within_share(members, UNTIL, 12) == 1 / 2
    assert read.cohort_exited_within_share(members, UNTIL, 6) == 0


def test_paths_and_people(members):
    # In the same municipality: 0 and 8 (firms), 4 (land), 7 (a job).
    assert read.path_share(members, Path.STARTUP) == 2 / 4
    assert read.path_share(members, Path.FARMING_FORESTRY) == 1 / 4
    assert read.path_share(members, Path.EMPLOYED) == 1 / 4
    # Of the four members of the year: 8 and 10 are women, 8 (39), 9 (20) and 10 (28) under forty.
    assert read.female_share(members, UNTIL) == 2 / 4
    assert read.aged_20s_30s_share(members, UNTIL) == 3 / 4
    assert read.members_by_place(members, UNTIL, 5).tolist() == [0, 0, 3, 1, 0]


def test_a_share_of_nobody_is_not_a_number():
    empty = Members()
    for operator in (
        read.settled_share_all,
        read.settled_share_served_1_year,
        read.settled_share_last_5_years,
        read.stayed_at_end_share,
        read.female_share,
    ):
        assert isnan(operator(empty, UNTIL))


def test_the_national_row_holds_what_the_operators_say(members):
    market = Recruitment(
        applicants=50,
        vacancies=9,
        applied=20,
        refused=13,
        hired=7,
        by_people=0.4,
        by_posts=0.5,
        trial_guests=4,
        interns=2,
    )
    row = national_row(members, UNTIL, 4, market)
    expected = {
        "members": 4,
        "members_on_31_march": 3,
        "municipalities_with_members": 2,
        "applicants": 50,
        "vacancies_unfilled": 2,
        "applicants_refused": 13,
        "short_side": "posts",
        "hires_by_applicants": 0.4,
        "hires_by_posts": 0.5,
        "ended": 2,
        "ended_so_far": 10,
        "settled": 5,
        "settled_same": 4,
        "settled_nearby": 1,
        "settled_same_share": 0.4,
        "settled_nearby_share": 0.1,
        "settled_share_all": 0.5,
        "would_have_moved_anyway": 2,
        "startups_by_members": 1,
        "startups_that_needed_the_grant": 1,
        "largest_in_a_municipality": 3,
        "tenth_largest_in_a_municipality": 0,
        "startup_share": 0.5,
        "other_share": 0.0,
    }
    assert {name: row[name] for name in expected} == expected
    enterprises = members_of(1, startup_month=UNTIL - 1, startup_cost=0)  # with a grant of Local 10,000
    row = national_row(enterprises, UNTIL, 4, market)
    assert (row["startups_by_members"], row["startups_that_needed_the_grant"]) == (1, 0)


@pytest.mark.parametrize(
    ("vacancies", "hired", "refused", "side"),
    [(10, 4, 2, "applicants"), (10, 9, 2, "posts"), (10, 8, 2, "neither"), (0, 0, 0, "neither")],
)
def test_which_side_was_short(vacancies, hired, refused, side):
    market = Recruitment(99, vacancies, hired + refused, refused, hired, 0.0, 0.0, 0, 0)
    assert market.short_side == side


def test_share_itself():
    part, whole = np.array([True, True, False]), np.array([False, True, True])
    assert read.share(part, whole) == 0.5
    assert read.share(whole, np.zeros(3, dtype=bool)) == pytest.approx(nan, nan_ok=True)
