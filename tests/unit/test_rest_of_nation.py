"""What a run of some prefectures knows of the nation: its own, and for the rest the mean of baseline runs."""

from __future__ import annotations

import tomllib
from dataclasses import fields

import pytest

from okoshi.agents.programmes import LastYear
from okoshi.agents.rest_of_nation import RestOfNation, rest_of_nation, table_text
from okoshi.policy.targets import growth_asked
from okoshi.simulation import RegionalModel
from small_country import scenario_of

NAMES = [field.name for field in fields(RestOfNation)]
TABLE = RestOfNation.read({name: {"2010": 400.0, "2011": 1000.0} for name in NAMES})
NOBODY = {"members": 0, "municipalities_with_members": 0, "ended_so_far": 0, "settled": 0}


def test_what_is_known_is_a_parts_own_and_what_the_rest_has() -> None:
    assert TABLE.number("members", 2010, 7, 0.1) == 7 + 360
    assert TABLE.share("members", 2011, 0.5, 0.25) == 0.125 + 750.0
    assert TABLE.number("members", 2030, 0, 0.5) == 500  # after the last year as in it
    assert TABLE.number("members", 2009, 3, 0.5) == 3  # before the first there was nobody


def test_the_whole_nation_and_copies_of_it_know_of_nobody_else() -> None:
    for own in (0, 7, 4_321):
        assert TABLE.number("members", 2010, own, 1.0) == own
        assert TABLE.number("members", 2010, 3 * own, 3.0) == own
        assert TABLE.share("share_of_vans", 2010, own / 7, 1.0) == own / 7
        assert TABLE.share("share_of_vans", 2010, own / 7, 3.0) == own / 7


def test_a_table_is_read_as_it_is_written() -> None:
    means = {name: {2009: 1.25, 2010: 0.0042} for name in NAMES}
    read = RestOfNation.read(tomllib.loads(table_text(means, 3)))
    assert read.share_of_vans == {2009: 1.25, 2010: 0.0042}
    assert read.members == {2009: 1.2, 2010: 0.0}


def test_the_table_of_the_package_is_of_all_years_and_no_number_is_impossible() -> None:
    table = rest_of_nation()
    for name in NAMES:
        years = getattr(table, name)
        assert sorted(years) == list(range(2009, 2035))
        assert min(years.values()) >= 0
    assert max(table.share_of_vans.values()) <= 1
    assert all(
        table.hosts_in_difficulty[year] <= table.hosts[year] <= table.members[year] for year in table.hosts
    )


def test_a_part_with_nobody_yet_is_not_pushed_by_a_target() -> None:
    """Scaled up, one member by chance fewer was a hundred missing in the nation, and nobody asked for no growth."""
    scenario = scenario_of((2009, 2020), ("鳥取県",))
    model = RegionalModel(scenario)
    nation = rest_of_nation().members
    for year in (2012, 2016, 2021):
        known = model.cooperators.last_year(model.nation_share, year, NOBODY)
        assert known.members == pytest.approx(nation[year], rel=0.02)
        asked = growth_asked(scenario.settings, year + 2, known.members)
        assert asked == pytest.approx(
            growth_asked(scenario.settings, year + 2, round(nation[year])), abs=0.02
        )
    assert model.cooperators.last_year(1.0, 2016, NOBODY) == LastYear()
