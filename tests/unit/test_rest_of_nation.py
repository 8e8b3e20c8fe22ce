"""What a run of some prefectures knows of the nation: its own, and for the rest the mean of baseline runs."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace

import numpy as np
import pytest

from okoshi.agents.programmes import LastYear
from okoshi.agents.rest_of_nation import RestOfNation, rest_of_nation, table_text
from okoshi.agents.shop_openings import Market
from okoshi.agents.shops import ServiceKind
from okoshi.policy.targets import growth_asked
from okoshi.simulation import RegionalModel
from okoshi.world.country import load_world
from small_country import scenario_of
from small_shopping import Years

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
        assert TABLE.number("members", 2010, 3 * own, 3.0, 3) == own
        assert TABLE.share("share_of_vans", 2010, own / 7, 1.0) == own / 7
        assert TABLE.share("share_of_vans", 2010, own / 7, 3.0, 3) == own / 7
        assert TABLE.rest("members", 2010, 1.0) == TABLE.rest("members", 2010, 3.0, 3) == 0.0


def test_copies_of_a_part_have_a_rest_each() -> None:
    """77 copies of 鳥取県 are as many municipalities as the nation has, and were taken for it."""
    assert TABLE.number("members", 2010, 100 * 7, 100 * 0.01, 100) == 7 + 396
    assert TABLE.share("share_of_vans", 2010, 0.5, 100 * 0.01, 100) == pytest.approx(0.005 + 396)
    one, two = (RegionalModel(scenario_of((2009, 2020), ("鳥取県",), world__scale=scale)) for scale in (1, 2))
    known = [model.cooperators.last_year(model.nation_share, 2016, NOBODY) for model in (one, two)]
    assert known[0] == known[1] != LastYear()


def test_a_table_is_read_as_it_is_written() -> None:
    means = {name: {2009: 1.25, 2010: 0.0042} for name in NAMES}
    read = RestOfNation.read(tomllib.loads(table_text(means, 3)))
    assert read.share_of_vans == {2009: 1.25, 2010: 0.0042}
    assert read.members == {2009: 1.2, 2010: 0.0}


def test_the_table_of_the_package_is_of_all_years_and_no_number_is_impossible() -> None:
    table = rest_of_nation()
    for name in NAMES:
        years = getattr(table, name)
        assert sorted(years) == list(range(2009, 2051))
        assert min(years.values()) >= 0
    assert all(max(getattr(table, name).values()) <= 1 for name in NAMES if name.startswith("share_"))
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


def test_operators_of_a_part_hear_of_vans_in_the_rest_of_the_nation() -> None:
    """A part in which none opened yet by luck stood at nought, whatever the nation did."""
    years = Years(load_world("default", ("沖縄県",))).live(2011)
    measure = years.measure
    measure.services.closed[:] = 2011  # none is open
    year = years.year(2024)
    measure.open_year(replace(year, fiscal_year=2010))  # before operators know of vans
    assert measure.places is not None
    market = Market(
        2024, measure.districts, measure.routes, measure.services, measure.residents, measure.wills, measure.places,
        measure.world, measure.knowledge + measure.told, measure.subsidy, 0, measure.last_stores_lost, 1.0,
        measure.behaviour, 1.0,
    )  # fmt: skip
    assert market.share_of_vans == 0.0
    purse = np.full(len(measure.world), 10**9)
    alone = market.opening(ServiceKind.MOBILE, purse, years.luck)[0].key
    part = replace(market, nation_share=0.03).opening(ServiceKind.MOBILE, purse, years.luck)[0].key
    copies = replace(measure.world, copy=np.minimum(np.arange(len(measure.world)), 32))
    among = replace(market, nation_share=0.99, world=copies).opening(ServiceKind.MOBILE, purse, years.luck)
    assert among[0].key.tolist() == part.tolist()  # each of 33 copies is as small a part
    assert np.isin(alone, part).all()
    assert len(part) > 2 * len(alone)
