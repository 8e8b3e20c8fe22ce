"""Shops and services of the whole country beside the figures.

One run of the default country under its own seed: tolerances are those of the figures (`observed_shopping.toml`).
"""

from __future__ import annotations

import time
from functools import cache
from importlib import resources
from tomllib import loads

import numpy as np
import pytest

from okoshi.parameters.catalogue import catalogue
from okoshi.world.country import load_world
from small_shopping import Years, settings_of


@cache
def nation() -> Years:
    return Years(load_world()).live(2034)


def observed():
    text = resources.files("okoshi.observe").joinpath("observed_shopping.toml").read_text(encoding="utf-8")
    for entry in loads(text)["series"]:
        for year, value in entry["values"].items():
            error = entry.get("uncertainty", entry.get("relative_uncertainty", 0.0) * value)
            yield pytest.param(entry["name"], int(year), value, error, id=f"{entry['name']}-{year}")


@pytest.mark.parametrize(("name", "year", "value", "error"), list(observed()))
def test_within_two_errors_of_the_figure(name, year, value, error):
    assert abs(nation().national[year][name] - value) <= 2 * error


SEEDS = (101, 102, 103, 104)
INNOVATION, IMITATION = "mobile_innovation", "mobile_imitation"


def vans_of(innovation: float, imitation: float) -> np.ndarray:
    """Return the vans of the years that were counted, the mean of four seeds."""
    changed = {
        f"behaviour__shopping__{INNOVATION}": innovation,
        f"behaviour__shopping__{IMITATION}": imitation,
    }
    runs = [Years(nation().world, settings_of(**changed), seed).live(2022).national for seed in SEEDS]
    return np.mean([[run[year]["mobile_vans"] for year in COUNTED] for run in runs], axis=0)


# The chain's vans at the 31 March nearest to the count: 2016, April 2018, spring 2020, May 2022, 2023.
COUNTED = {2015: 124, 2017: 303, 2019: 500, 2021: 1000, 2022: 1148}


def misfit(vans: np.ndarray) -> float:
    return float(np.sum(np.log(vans / list(COUNTED.values())) ** 2))


def test_vans_are_set_to_all_five_counts_and_bent_to_none():
    innovation, imitation = (
        catalogue()[f"behaviour.shopping.{name}"].in_year() for name in (INNOVATION, IMITATION)
    )
    best = vans_of(innovation, imitation)
    assert best / list(COUNTED.values()) == pytest.approx(
        np.ones(5), abs=0.15
    )  # the figure's own uncertainty
    for step in ((1e-4, 0), (-1e-4, 0), (0, 0.01), (0, -0.01)):
        assert misfit(best) < misfit(vans_of(innovation + step[0], imitation + step[1]))


def test_districts_are_the_primary_schools():
    assert len(nation().measure.districts) == pytest.approx(19_594, rel=0.01)


def test_the_two_definitions_differ_in_age_as_the_institute_says():
    seen = nation().national
    former, new = "access_difficult_share_75plus_definition_2015", "access_difficult_share_75plus"
    assert seen[2015][former] - seen[2020][new] == pytest.approx(0.022, abs=0.01)  # the older fell
    assert (
        seen[2020]["access_difficult_share_65plus"]
        > seen[2015]["access_difficult_share_65plus_definition_2015"]
    )


def test_metropolitan_and_local_shares_are_near_each_other():
    run = nation()
    world, columns = run.world, run.municipal[2015]
    metropolitan = world.prefectures.metropolitan[world.prefecture]
    old = world.population_65plus[6]
    share = columns["access_difficult_share_65plus"]
    gap = np.average(share[~metropolitan], weights=old[~metropolitan]) - np.average(
        share[metropolitan], weights=old[metropolitan]
    )
    assert 0.0 < gap < 0.07  # 23 and 26% in 2015


def test_stores_are_as_many_as_counted():
    row = nation().national[2020]
    assert row["supermarkets"] == pytest.approx(18_407, rel=0.04)
    assert row["convenience_stores"] == pytest.approx(56_000, rel=0.12)  # recalled
    small = nation().measure.small_of_2020.sum()
    assert small + row["supermarkets"] + row["convenience_stores"] == pytest.approx(130_000, rel=0.15)


def test_hysteresis_cuts_what_the_cross_section_says_and_small_places_lose_most():
    run = nation()
    small = run.world.population_2020 < 10_000
    before, after = (run.municipal[year]["supermarkets"] for year in (2020, 2034))
    nation_fell = 1 - after.sum() / before.sum()
    small_fell = 1 - after[small].sum() / before[small].sum()
    assert 0.01 < nation_fell < 0.08
    assert small_fell > 2 * nation_fell


def test_the_same_vans_are_half_a_point_or_many():
    row = nation().national[2023]
    reached = row["covered_share_65plus"] - (1 - row["access_difficult_share_65plus"])
    assert 0.003 < row["using_share_65plus"] < 0.012
    assert reached > 5 * row["using_share_65plus"]
    services = nation().measure.services
    vans = (services.kind == 0) & (services.opened <= 2023)
    a_van = services.customers[vans].sum() / services.share[vans].sum()
    assert a_van == pytest.approx(150, rel=0.2)  # emergent: take-up, three districts and who can open


def test_last_shops_go_in_a_few_municipalities_a_year():
    went = [nation().national[year]["municipalities_last_shop_went"] for year in range(2012, 2035)]
    assert 1 < np.mean(went) < 8


def test_what_the_survey_can_do_is_small():
    without = Years(load_world(), settings_of(policy__shopping__enabled=False)).live(2030).national[2030]
    more = nation().national[2030]["mobile_vans"] - without["mobile_vans"]
    assert 0 <= more < 310  # +2 to +309 vans for ceilings of 1,600 to 20,000
    official = "access_difficult_share_65plus"
    assert nation().national[2030][official] == pytest.approx(without[official], abs=5e-4)


def test_a_year_is_quick():
    run, best = Years(load_world()), np.inf
    for last in range(2009, 2035, 5):
        start = time.process_time()
        run.live(last + 4)
        best = min(best, (time.process_time() - start) / 5)
    assert best < 0.02
