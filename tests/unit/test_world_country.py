"""The invented country of the package: 1,741 municipalities, and every part of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.language.errors import InputError
from okoshi.language.messages import set_language
from okoshi.world.country import MunicipalityKind, World, find_prefecture, load_world
from okoshi.world.facts import prefecture_facts, prefecture_names
from okoshi.world.geography import distance_km

prefecture_sets = st.sets(st.sampled_from(prefecture_names()), min_size=1, max_size=3)
MUNICIPAL = (
    "code",
    "name",
    "population_2020",
    "share_65plus",
    "people",
    "eligible_dispatch",
    "general_staff",
    "key",
)


def neighbour_names(world: World, row: int) -> list[str]:
    return world.name[world.neighbour[world.neighbour_start[row] : world.neighbour_start[row + 1]]].tolist()


def test_the_whole_country_has_the_counts_of_the_facts() -> None:
    world = load_world()
    assert len(world) == 1741
    assert world.invented
    assert world.depopulated.sum() == 885
    assert world.eligible_cooperators.sum() == 1461
    assert world.eligible_dispatch.sum() == 1432
    assert (world.large_stores == 0).sum() == 491
    assert world.prefectures.metropolitan.sum() == 11
    for index, facts in enumerate(prefecture_facts()):
        own = world.prefecture == index
        assert world.population_2020[own].sum() == facts["pop2020"]
        assert world.population_2020[own].max() == facts["largest"]
        assert world.population_2020[own].min() == facts["smallest"]
        for kind in MunicipalityKind:
            assert (world.kind[own] == kind).sum() == facts[kind.name.lower()]
        for name in ("depopulated_all", "depopulated_part", "depopulated_deemed"):
            expected = facts[name]
            number = ("depopulated_all", "depopulated_part", "depopulated_deemed").index(name) + 1
            assert (world.depopulation[own] == number).sum() == expected


def test_eligibility_follows_the_rule() -> None:
    world = load_world()
    inside = world.prefectures.metropolitan[world.prefecture]
    for flags in (world.eligible_cooperators, world.eligible_dispatch):
        assert flags[~inside].all()
        assert flags[inside & world.depopulated].all()
        others = inside & ~world.depopulated
        assert world.ratio_2050[others & flags].max() <= world.ratio_2050[others & ~flags].min()


def test_shares_lie_within_bounds_and_nothing_is_missing() -> None:
    world = load_world()
    for name in ("share_under_15", "share_65plus", "share_75plus"):
        values = getattr(world, name)
        assert ((values > 0) & (values < 1)).all(), name
    assert (world.share_75plus < world.share_65plus).all()
    assert (world.share_under_15 + world.share_65plus < 1).all()
    for name in ("longitude", "latitude", "area_km2", "habitable_km2", "fiscal_strength", "ratio_2050"):
        assert np.isfinite(getattr(world, name)).all(), name
    assert (world.habitable_km2 <= world.area_km2).all()
    assert len(np.unique(world.key)) == len(world)


def test_nobody_can_write_into_a_world_that_others_read() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load_world().people[0, 0, 0] = 1.0


@settings(max_examples=8, deadline=None)
@given(prefecture_sets)
def test_a_part_of_the_country_is_the_same_as_in_the_whole(names: set[str]) -> None:
    whole, part = load_world(), load_world(prefectures=tuple(names))
    rows = np.flatnonzero(np.isin(whole.prefecture, [find_prefecture(name) for name in names]))
    for name in MUNICIPAL:
        assert np.array_equal(getattr(part, name), getattr(whole, name)[rows]), name
    assert np.array_equal(part.population, whole.population[:, rows])
    assert np.allclose(part.people_2009, whole.people_2009[rows], rtol=1e-12)
    assert len(part.prefectures.name) == 47
    kept = set(part.name.tolist())
    for row in (0, len(part) - 1):
        expected = [name for name in neighbour_names(whole, int(rows[row])) if name in kept]
        assert neighbour_names(part, row) == expected


@settings(max_examples=5, deadline=None)
@given(st.integers(2, 5), st.sampled_from(prefecture_names()))
def test_copies_stand_side_by_side_and_do_not_touch(scale: int, name: str) -> None:
    one, many = load_world(prefectures=(name,)), load_world(prefectures=(name,), scale=scale)
    count = len(one)
    assert len(many) == scale * count
    assert np.array_equal(many.key[:count], one.key)
    assert len(np.unique(many.key)) == len(many)
    assert many.population[:, count : 2 * count].sum() == one.population.sum()
    for start, items in ((many.neighbour_start, many.neighbour), (many.nearby_start, many.nearby)):
        owner = np.repeat(np.arange(len(many)), np.diff(start))
        assert (many.copy[owner] == many.copy[items]).all()
    last = neighbour_names(many, len(many) - 1)
    assert last == neighbour_names(one, count - 1)


def test_neighbours_are_mutual_and_nearby_means_thirty_kilometres() -> None:
    world = load_world()
    owner = np.repeat(np.arange(len(world)), np.diff(world.neighbour_start))
    pairs = set(zip(owner.tolist(), world.neighbour.tolist(), strict=True))
    assert all((two, one) in pairs and one != two for one, two in pairs)
    owner = np.repeat(np.arange(len(world)), np.diff(world.nearby_start))
    other = world.nearby
    km = distance_km(
        world.longitude[owner], world.latitude[owner], world.longitude[other], world.latitude[other]
    )
    assert km.max() <= 30.01
    same = owner[1:] == owner[:-1]
    assert (np.diff(km)[same] >= -0.01).all()  # the nearest first


def test_distance_is_that_of_the_globe() -> None:
    assert distance_km(139.767, 35.681, 135.495, 34.702) == pytest.approx(
        403.0, abs=2
    )  # Tokyo, Osaka stations


@pytest.mark.parametrize(
    ("given_name", "index"),
    [("北海道", 0), ("島根県", 31), ("島根", 31), ("Shimane", 31), ("shimane", 31), ("32", 31), ("京都", 25)],
)
def test_a_prefecture_goes_by_many_names(given_name: str, index: int) -> None:
    assert find_prefecture(given_name) == index


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("Shimame", "島根県"),
        ("島根件", "島根県"),
        ("島名県", "島根県"),
        ("Tokio", "東京都"),
    ],
)
def test_an_unknown_prefecture_is_refused_with_the_nearest_name(wrong: str, nearest: str) -> None:
    with pytest.raises(InputError) as caught:
        load_world(prefectures=(wrong,))
    fault = caught.value.faults[0]
    assert fault.value == wrong
    assert fault.nearest == nearest


@pytest.mark.parametrize("scale", [0, -1, 101, True, 1.5])
def test_a_scale_that_cannot_be_is_refused(scale: int) -> None:
    with pytest.raises(InputError, match="copies"):
        load_world(scale=scale)


def test_a_folder_that_is_no_world_is_refused_in_both_languages(tmp_path: object) -> None:
    with pytest.raises(InputError, match="no world here"):
        load_world(str(tmp_path))
    set_language("ja")
    try:
        with pytest.raises(InputError, match="国土データ"):
            load_world(str(tmp_path))
    finally:
        set_language(None)


def test_names_and_codes_are_invented_and_told_apart() -> None:
    world = load_world()
    assert len(set(world.name.tolist())) == len(world)
    assert len(set(world.code.tolist())) == len(world)
    suffix = {MunicipalityKind.CITY: "市", MunicipalityKind.TOWN: "町", MunicipalityKind.VILLAGE: "村"}
    for name, code, kind, prefecture in zip(
        world.name, world.code, world.kind, world.prefecture, strict=True
    ):
        assert name[-1] == suffix.get(MunicipalityKind(kind), "区")
        assert code[:2] == f"{prefecture + 1:02d}"
        assert int(code[2:]) >= 701  # official codes of municipalities end below
