"""People of the nation and of each size class beside the census and the official projection."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import numpy as np
import pytest

from okoshi.agents.people_rates import by_class
from okoshi.engine.draws import Luck
from okoshi.measures.people import STREAMS_PEOPLE, People
from okoshi.observe.declarations import TABLES
from okoshi.observe.people import CLASSES, DECLARATIONS_NATIONAL, national_row
from okoshi.scenario.scenario import load_scenario
from okoshi.scenario.settings import Settings
from okoshi.simulation import RegionalModel
from okoshi.world.country import load_world
from okoshi.world.facts import read_facts

ROWS = np.array(read_facts("projection")["size_class"]["rows"], dtype=np.float64)


@cache
def background() -> People:
    """Return people of the whole nation to FY2050 without agents."""
    people = People(load_world(), Settings(), Luck(1, STREAMS_PEOPLE))
    for year in range(2009, 2051):
        people.close_year(year)
    return people


@cache
def with_members() -> People:
    """Return people of a run to FY2050 under the policies in force, members and settlers listed apart."""
    model = RegionalModel(load_scenario("cooperators_only", years=(2009, 2050)))
    people = People(model.world, model.scenario.settings, Luck(model.seed_of_run, STREAMS_PEOPLE))
    for year in range(2009, 2051):
        model.run_year()
        people.follow_members(model.members, model.month)
        people.close_year(year)
    return people


@pytest.mark.parametrize("make", [background, with_members])
def test_size_classes_of_the_projection_within_3_and_5_percent(make: object) -> None:
    people = make()  # type: ignore[operator]
    for year, column, tolerance in ((2025, 3, 0.03), (2050, 4, 0.05)):
        row = national_row(people, year)
        ratio = np.array([row[f"population_ratio_{name}"] for name in CLASSES])
        assert ratio == pytest.approx(ROWS[:, column], rel=tolerance), year


def test_the_nation_of_the_projection() -> None:
    for year, people, tolerance in (
        (2010, 128_057_352, 0.002),
        (2015, 127_094_745, 0.006),
        (2020, 126_146_099, 1e-9),
        (2025, 123_262_000, 0.005),
        (2050, 104_690_000, 0.015),
    ):
        total = float(background().closed[year - 2009].population.sum())
        assert total == pytest.approx(people, rel=tolerance), year


def test_without_arrivals_from_abroad_2050_is_far_below_the_projection() -> None:
    scenario = load_scenario("cooperators_only", {"country.people.net_from_abroad@2020": 0})
    people = People(load_world(), scenario.settings, Luck(1, STREAMS_PEOPLE))
    for year in range(2009, 2050):
        people.close_year(year)
    assert people.population.sum() == pytest.approx(98.8e6, rel=0.015)


def test_the_old_births_and_deaths() -> None:
    row = {year: national_row(background(), year) for year in (2010, 2021, 2023, 2030, 2050)}
    assert row[2010]["share_65plus"] == pytest.approx(0.230, abs=0.003)
    assert row[2050]["share_65plus"] == pytest.approx(0.371, abs=0.01)
    for year, births, deaths in ((2021, 811_611, 1_438_982), (2023, 727_269, 1_575_084)):  # of Japanese
        assert row[year]["births_of_calendar_year"] == pytest.approx(1.025 * births, rel=0.02)
        assert row[year]["deaths_of_calendar_year"] == pytest.approx(1.006 * deaths, rel=0.02)
    assert row[2030]["births"] == pytest.approx(785_000, rel=0.03)
    old = np.array([row[2050][f"share_65plus_{name}"] for name in CLASSES])
    assert old[1:] == pytest.approx(
        ROWS[1:, 5], abs=0.025
    )  # the few people of the first class miss by 10 points


@pytest.mark.parametrize(
    ("year", "tolerance"),
    [
        (2015, 0.003),
        (2020, 0.005),
        (2025, 0.005),
    ],
)
def test_members_and_settlers_are_counted_once_in_every_size_class(year: int, tolerance: float) -> None:
    people, without = with_members(), background()
    size_class = people.rows.size_class
    ratio = [by_class(run.closed[year - 2009].population, size_class) for run in (people, without)]
    assert ratio[0] == pytest.approx(ratio[1], rel=tolerance)


def test_members_and_settlers_are_counted_once() -> None:
    people, without = with_members(), background()
    agents = people.closed[2025 - 2009].agents.sum()
    assert agents > 10_000
    assert people.closed[2025 - 2009].population.sum() == pytest.approx(
        without.closed[2025 - 2009].population.sum(), abs=0.05 * agents
    )


def test_members_and_settlers_are_counted_once_to_2050() -> None:
    people, without = with_members(), background()
    size_class = people.rows.size_class
    ratio = [by_class(run.closed[2050 - 2009].population, size_class) for run in (people, without)]
    assert ratio[0] == pytest.approx(ratio[1], rel=0.015)


def test_no_measure_leaves_small_places_with_fewer_people() -> None:
    people = People(load_world(), Settings(), Luck(1, STREAMS_PEOPLE))
    model = RegionalModel(load_scenario("no_measure", years=(2009, 2010)))
    for year in range(2009, 2031):
        people.follow_members(model.members, 0)  # nobody
        people.close_year(year)
    size_class = people.rows.size_class
    ratio = by_class(people.closed[-1].population, size_class) / by_class(
        with_members().closed[2030 - 2009].population, size_class
    )
    assert (ratio[:5] < 1).all()
    assert (np.diff(ratio[:6]) > 0).all()  # the smaller, the more the members count
    assert ratio[0] > 0.95


def test_official_figures_name_columns_that_exist() -> None:
    text = resources.files("okoshi.observe").joinpath("observed_people.toml").read_text(encoding="utf-8")
    columns = {column.name for column in DECLARATIONS_NATIONAL} | {
        column.name for column in TABLES["national"]
    }
    entries = tomllib.loads(text)["series"]
    assert {entry["name"] for entry in entries} <= columns
    for entry in entries:
        assert entry["label"] in ("input", "fitted", "emergent", "predicted")
        assert entry["use"] in ("fit", "validate")
    ratios = {
        (entry["name"], year): value
        for entry in entries
        for year, value in entry["values"].items()
        if entry["name"].startswith("population_ratio")
    }
    for name, row in zip(CLASSES, ROWS, strict=True):
        assert ratios[f"population_ratio_{name}", "2025"] == row[3]
        assert ratios[f"population_ratio_{name}", "2050"] == row[4]
