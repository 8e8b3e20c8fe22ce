"""A member's firm with a grant of Local 10,000 is one firm: it closes once, here and there in the same year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from local_10000_runs import candidates_of
from okoshi.agents import enterprises, settlers, startups
from okoshi.agents.cooperators import NEVER, Path, Settled
from okoshi.agents.enterprises import STILL_OPEN, EnterpriseBehaviour, Enterprises, YearOfEnterprises
from okoshi.agents.founders import PREFIX, Founder, project_keys
from okoshi.agents.member_projects import firms_with_grants, led_without_a_firm, still_waits
from okoshi.engine.calendar import month_index
from okoshi.scenario.scenario import load_scenario
from okoshi.simulation import RegionalModel
from small_country import behaviour_of, luck_of, members_of, scenario_of
from start_values import START_VALUES

LINKS = {
    "behaviour.local_10000.link_startups": 0.5,
    "behaviour.local_10000.link_settlers": 0.05,
    "behaviour.local_10000.novelty_missing": 0.0,
}
NOBODY = np.zeros(0, dtype=np.int64)


def year_of(closing):
    return YearOfEnterprises(NOBODY, NOBODY, NOBODY, NOBODY, np.array(closing), np.array([5] * len(closing)))


def test_who_got_the_grant_for_a_firm_is_found_by_its_project():
    members = members_of(
        4, startup_month=np.array([100, NEVER, 90, 95]), closed_month=[NEVER, NEVER, NEVER, 99]
    )
    funded = project_keys(members.key[[2, 3, 1, 0]], 2020)
    rows, which = firms_with_grants(members, 2020, funded)
    assert rows.tolist() == [0, 2]  # the second has no firm, the fourth closed it
    assert which.tolist() == [3, 0]
    assert firms_with_grants(members, 2021, funded)[0].tolist() == [0, 2]  # projects that waited a year
    assert [len(part) for part in firms_with_grants(members, 2022, funded)] == [0, 0]
    assert [len(part) for part in firms_with_grants(members, 2020, funded[:0])] == [0, 0]


def test_who_has_no_firm_starts_none_without_the_grant():
    members = members_of(3, startup_month=np.array([100, NEVER, 90]), closed_month=[NEVER, NEVER, 99])
    projects = np.append(project_keys(members.key, 2020), np.uint64(9))  # the last is no member's
    assert led_without_a_firm(members, 2020, projects).tolist() == [False, True, False, False]
    assert not led_without_a_firm(members, 2023, projects).any()


def test_a_settler_without_a_firm_is_never_one_who_would_have_started_anyway():
    """They were told as deadweight, and stood in no run without the measure."""
    country = load_scenario("baseline", set=START_VALUES | LINKS, years=(2009, 2019))
    model = RegionalModel(country, rng=5)
    model.run()
    table, members = model.measures.local_10000.enterprises, model.members
    led = np.flatnonzero(members.enterprise >= 0)
    firms = members.enterprise[led]
    # Opened by the grant, or there before it: the April of the grant is the first month of the year.
    by_grant = members.startup_month[led] >= np.array([month_index(year) for year in table.founded[firms]])
    assert by_grant.sum() >= 5
    assert (~by_grant).sum() >= 5
    assert not table.would_have_started_anyway[firms[by_grant]].any()
    assert table.would_have_started_anyway[firms[~by_grant]].any()


def test_who_waits_comes_again_while_the_firm_is_there_and_has_no_grant():
    members = members_of(
        5,
        settled=[Settled.SAME, Settled.ELSEWHERE, Settled.SAME, Settled.SERVING, Settled.SAME],
        closed_month=[NEVER, NEVER, 130, NEVER, NEVER],
        enterprise=np.array([-1, -1, -1, 4, -1]),
    )
    keys = np.append(project_keys(members.key, 2020), np.uint64(9))
    kinds = np.array([Founder.SETTLER] * 5 + [Founder.RESIDENT], dtype=np.int8)
    waiting = candidates_of(6, key=keys, kind=kinds)
    newer = project_keys(members.key[4:], 2021)
    assert still_waits(waiting, members, 2021, newer).tolist() == [True, False, False, False, False, True]


def test_the_enterprise_decides_and_takes_the_members_firm_with_it():
    members = members_of(
        3, settled=Settled.SAME, path=Path.STARTUP, startup_month=60, enterprise=np.array([7, 8, -1])
    )
    sure = replace(behaviour_of().settlers, close_rate=1e9)
    assert settlers.who_closes(members, sure, 131, luck_of()).tolist() == [2]
    firms = startups.firms_among(members, np.array([8, 9]))
    settlers.close(members, firms, 131)
    assert members.closed_month.tolist() == [NEVER, 131, NEVER]
    assert members.path.tolist() == [Path.STARTUP, Path.EMPLOYED, Path.STARTUP]


def test_a_firm_given_up_closes_its_enterprise_once_and_the_bank_bears_what_is_left():
    members = members_of(3, startup_month=60, closed_month=[131, NEVER, 120], enterprise=np.array([2, 1, 0]))
    assert startups.give_up(members).tolist() == [2, 0]
    assert members.enterprise.tolist() == [-1, 1, -1]
    assert len(startups.give_up(members)) == 0
    behaviour = replace(scenario_of().settings.fill(EnterpriseBehaviour, PREFIX), loan_years=10)
    table = Enterprises(4)
    table.append(
        3, key=np.arange(3), founded=2015, loan=10_000_000, jobs=4, closed=[2019, STILL_OPEN, STILL_OPEN]
    )
    year = enterprises.give_up(table, behaviour, year_of([0]), np.array([2, 0]), 2020)
    assert table.closed.tolist() == [2019, STILL_OPEN, 2020]
    assert table.jobs.tolist() == [4, 4, 0]
    # Six of ten years are over when it closes in the sixth: four tenths are not paid back.
    assert (year.closing.tolist(), year.lost.tolist()) == ([0, 2], [5, 4_000_000])


@pytest.fixture(scope="module")
def lived_with_links():
    """Return a run in which members' firms get grants, and what was seen each March of firms with an enterprise."""
    scenario = scenario_of((2009, 2024), ("北海道", "島根県", "高知県"), "baseline").changed(LINKS)
    model, seen = RegionalModel(scenario), {}
    while model.fiscal_year <= scenario.years[1]:
        model.run_year()
        members = model.members
        rows = np.flatnonzero(members.enterprise >= 0)
        seen |= dict(zip(rows.tolist(), members.enterprise[rows].tolist(), strict=True))
        table = model.measures.local_10000.enterprises
        assert (members.closed_month[rows] == NEVER).all()
        assert (table.closed[members.enterprise[rows]] == STILL_OPEN).all()
        assert len(np.unique(members.enterprise[rows])) == len(rows)
    return model, seen


def test_in_a_run_both_close_in_the_same_year(lived_with_links):
    model, seen = lived_with_links
    table, members = model.measures.local_10000.enterprises, model.members
    closed = {member: row for member, row in seen.items() if members.enterprise[member] < 0}
    assert len(seen) > len(closed) > 0
    for member, row in closed.items():
        year = (
            2009 + (members.closed_month[member] - 1) // 12
        )  # a term may end after the month that closes it
        assert table.founded[row] <= year
        carried_on = table.closed[row] == STILL_OPEN or table.closed[row] > year
        assert table.closed[row] == year or carried_on, (member, row)
    same = sum(
        table.closed[row] == 2009 + (members.closed_month[member] - 1) // 12 for member, row in closed.items()
    )
    assert same >= 0.8 * len(closed)  # the others went on under a successor


def test_without_the_measure_no_firm_is_an_enterprise():
    scenario = scenario_of((2009, 2016), base="baseline").changed(
        LINKS | {"policy.local_10000.enabled": False}
    )
    model = RegionalModel(scenario)
    model.run()
    assert (model.members.startup_month != NEVER).any()
    assert (model.members.enterprise == -1).all()
