"""The invented country beside the facts it was made from.

Tolerances: exact where the builder counts; 10-15% where it draws. A figure that rests on few municipalities gets the
error of its sample on top: a class of 11 cities cannot have its spread to a tenth.
"""

from __future__ import annotations

from functools import cache
from math import sqrt

import numpy as np
import pytest

from okoshi.world.building import DEFAULT_SEED, build_world
from okoshi.world.country import World, load_world, world_from
from okoshi.world.describing import Row, describe
from okoshi.world.facts import read_facts
from okoshi.world.measuring import between_share
from okoshi.world.storage import DEFAULT_FOLDER, StoredWorld, read_world

EXACT = (
    "n", "n_city", "n_town", "n_village", "n_ward", "pop2020", "share_65", "share_u15",
    "depopulated", "depopulated_all", "depopulated_part", "depopulated_deemed", "n_ge_100k",
)  # fmt: skip


@cache
def rows() -> dict[str, Row]:
    return {f"{row.group}.{row.fact}": row for row in describe(load_world(), prefectures=True)}


def figures(group: str, *endings: str) -> list[Row]:
    found = [row for row in rows().values() if row.group == group and row.expected]
    return [row for row in found if not endings or row.fact.endswith(endings)]


def worst(found: list[Row]) -> str:
    far = sorted(found, key=lambda row: -abs((row.ratio or 0) - 1))[:5]
    return ", ".join(f"{row.fact}: {row.expected:g} is {row.found:.4g}" for row in far)


def within(found: list[Row], tolerance: float) -> bool:
    return bool(found) and all(abs((row.ratio or 0) - 1) <= tolerance for row in found)


@cache
def rebuilt() -> StoredWorld:
    return build_world()


def test_the_shipped_world_is_what_the_builder_makes() -> None:
    """On a CPU whose `exp` differs in the last bit an exchange may fall out otherwise: then build the world anew."""
    shipped, built = read_world(DEFAULT_FOLDER), rebuilt()
    assert shipped.about["seed"] == DEFAULT_SEED
    for name, column in shipped.columns.items():
        if column.dtype.kind in "Uib":
            assert np.array_equal(built.columns[name], column), name
        else:
            assert np.allclose(built.columns[name], column, rtol=1e-9, equal_nan=True), name
    assert np.array_equal(built.neighbours.items, shipped.neighbours.items)
    assert np.allclose(built.national["ageing_shift"], shipped.national["ageing_shift"], atol=1e-9)


@pytest.mark.parametrize("name", EXACT)
def test_counts_of_the_nation_are_exact(name: str) -> None:
    row = rows()[f"national.{name}"]
    assert row.found == pytest.approx(row.expected, abs=0.0002 if "share" in name else 0)


@pytest.mark.parametrize("name", ["n", "pop2020", "largest", "smallest", "n_ge_100k", "depopulated"])
def test_counts_of_each_prefecture_are_exact(name: str) -> None:
    found = [row for row in rows().values() if row.group == "prefecture" and row.fact.endswith(f".{name}")]
    assert len(found) == 47
    assert all(row.found == row.expected for row in found)


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("logpop_mean", 0.02),
        ("logpop_sd", 0.1),
        ("share_65", 0.01),
        ("share_u15", 0.01),
        ("share_65_muni_mean", 0.02),
        ("share_65_muni_sd", 0.15),
        ("fiscal_strength_mean", 0.02),
        ("fiscal_strength_sd", 0.1),
        ("ipss_ratio_2050", 0.02),
    ],
)
def test_each_prefecture_has_its_own_sizes_ages_and_prospects(name: str, tolerance: float) -> None:
    found = [row for row in rows().values() if row.group == "prefecture" and row.fact.endswith(f".{name}")]
    assert len(found) == 47
    assert within(found, tolerance), worst(found)


@pytest.mark.parametrize("name", ["km100k_mean", "km_nearest_office_mean", "spread_km"])
def test_distances_of_the_prefectures_are_about_right(name: str) -> None:
    """Prefectures are round here: half of them to a tenth or so, all to a factor of 1.7."""
    found = [row for row in rows().values() if row.group == "prefecture" and row.fact.endswith(f".{name}")]
    off = np.array([abs(np.log(row.ratio or 1e-9)) for row in found])
    assert np.median(off) < 0.12
    assert off.max() < np.log(1.7), worst(found)


def test_size_classes_have_their_number_and_people() -> None:
    found = figures("size_class", ".n", ".pop2020")
    assert len(found) == 16
    assert within(found, 0.02), worst(found)


def test_size_classes_have_their_means() -> None:
    endings = (
        ".share65_mean",
        ".share75_mean",
        ".fiscal_strength_mean",
        ".ipss_ratio2050_mean",
        ".staff_per_1000",
    )
    found = figures("size_class", *endings)
    assert len(found) == 40
    assert within(found, 0.12), worst(found)
    far = figures("size_class", ".km100k_mean")
    assert len(far) == 5
    assert within(far, 0.15), worst(far)


def test_size_classes_lose_and_gain_people_as_they_should() -> None:
    """Means near nought (100,000 and more) are held to half a person in a thousand."""
    found = figures("size_class", ".netmig_mean")
    assert len(found) == 8
    for row in found:
        assert abs(row.found - (row.expected or 0)) < max(0.15 * abs(row.expected or 0), 0.6), row


def test_size_classes_spread_as_they_should() -> None:
    numbers = {row["name"]: row["n"] for row in read_facts("municipalities")["size_class"]}
    for row in figures("size_class", ".share65_sd", ".fiscal_strength_sd", ".ipss_ratio2050_sd"):
        number = numbers[row.fact.split(".")[0]]
        if number > 50:
            assert abs((row.ratio or 0) - 1) < 0.15 + 2 / sqrt(2 * number), row


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("pop2020", 0.12),
        ("share_65", 0.12),
        ("fiscal_strength", 0.15),
        ("ipss_ratio_2050", 0.15),
        ("km_to_city_100k", 0.16),
        ("area_km2", 0.15),
    ],
)
def test_quantiles_are_those_of_the_facts(name: str, tolerance: float) -> None:
    found = [row for row in figures("quantiles") if row.fact.startswith(f"{name}@")]
    assert len(found) >= 6
    assert within(found, tolerance), worst(found)


def test_quantiles_of_the_longer_distances_are_near() -> None:
    found = [row for row in figures("quantiles") if row.fact.startswith(("km_to_city_300k", "km_to_nearest"))]
    middle = [row for row in found if row.fact.split("@")[1] in {"0.25", "0.5", "0.75", "0.9"}]
    assert len(middle) == 8
    assert within(middle, 0.15), worst(middle)


def test_size_age_money_and_prospects_hang_together() -> None:
    found = figures("correlation")
    assert len(found) == 8
    assert within(found, 0.15), worst(found)


def test_the_fits_can_be_found_again() -> None:
    found = [
        row
        for row in figures("fits")
        if not row.fact.startswith("net_migration")
        and row.fact != "ratio2050.logpop"  # ten in a million a log
    ]
    assert len(found) == 16
    slopes = [row for row in found if not row.fact.endswith(("log1p_km100k", ".r2", ".const"))]
    assert within(slopes, 0.15), worst(slopes)
    assert within(found, 0.3), worst(found)


def test_neighbours_are_alike_as_they_should() -> None:
    found = figures("spatial", "neighbour_r")
    assert len(found) == 7
    assert within(found, 0.2), worst(found)
    main = [row for row in found if row.fact.split(".")[0] in {"logpop", "share65", "log_fiscal_strength"}]
    assert within(main, 0.1), worst(main)
    between = [row for row in figures("spatial", "between_pref_share") if "net_migration" not in row.fact]
    assert within(between, 0.3), worst(between)


def test_places_have_about_five_neighbours_and_some_across_the_border() -> None:
    assert rows()["adjacency.mean_degree"].ratio == pytest.approx(1, abs=0.01)
    assert rows()["adjacency.cross_prefecture_pairs"].ratio == pytest.approx(1, abs=0.2)


def test_the_old_and_small_are_depopulated() -> None:
    found = figures("depopulated_by_share65", "share_any")
    for row in found:
        assert abs(row.found - (row.expected or 0)) < 0.08, row
    small, large = rows()["size_class.lt_5k.depopulated_all"], rows()["size_class.50k_100k.depopulated_all"]
    assert small.found > 0.85 * 257
    assert large.found < 30


def other_country() -> tuple[StoredWorld, World]:
    stored = build_world(7)
    return stored, world_from(stored, "seed 7")


def test_another_seed_gives_another_country_of_the_same_shape() -> None:
    stored, world = other_country()
    shipped = load_world()
    assert stored.about["seed"] == 7
    assert (world.population_2020 != shipped.population_2020).mean() > 0.8
    assert (world.name != shipped.name).mean() > 0.9
    assert world.depopulated.sum() == 885
    for row in describe(world):
        if row.group == "correlation":
            assert row.ratio == pytest.approx(1, abs=0.2), row
        if row.group == "size_class" and row.fact.endswith((".n", ".pop2020")):
            assert row.ratio == pytest.approx(1, abs=0.03), row


def test_a_part_is_built_as_in_the_whole() -> None:
    part = build_world(prefectures=("Shimane",))
    assert len(part.columns["code"]) == 19
    whole = rebuilt().columns
    rows_of = np.flatnonzero(whole["prefecture"] == 31)
    assert np.array_equal(part.columns["name"], whole["name"][rows_of])
    assert np.array_equal(part.columns["population_2009"], whole["population_2009"][rows_of])


def test_variance_between_groups_is_that_of_the_textbook() -> None:
    """Two groups of two, means 1 and 5, variance 2 within: F = 8, estimate (16 - 2) / 2 over that plus 2."""
    share = between_share(np.array([0.0, 2.0, 4.0, 6.0, np.nan]), np.array([0, 0, 1, 1, 1]))
    assert share == pytest.approx(7 / 9)


def test_size_classes_shrink_as_the_projection_says() -> None:
    """Population of 2025 within 3% and of 2050 within 5% of the class's; those of under 1,000 are 33 towns."""
    world = load_world()
    people = world.population_2020
    for low, high, _, near, far, old in read_facts("projection")["size_class"]["rows"]:
        rows_of = (people >= max(low, 1)) & (people < high)
        then = world.population[:, rows_of].sum(axis=1)
        assert then[16] / then[11] == pytest.approx(near, rel=0.03), low
        assert then[41] / then[11] == pytest.approx(far, rel=0.05), low
        if low >= 1000:
            assert world.population_65plus[41, rows_of].sum() / then[41] == pytest.approx(old, abs=0.03), low
