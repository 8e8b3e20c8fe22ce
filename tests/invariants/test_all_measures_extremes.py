"""All six measures in countries at the edge: they run, stay whole, and nothing comes of what is not there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import okoshi.simulation
from balance import check_faults, check_members, check_numbers, check_people, check_yen
from okoshi.parameters.catalogue import catalogue
from okoshi.study.whole_country import words_of_part
from okoshi.world.building import build_world
from okoshi.world.country import World, load_world
from okoshi.world.storage import write_world
from small_country import lived, rows_of, scenario_of

YEARS = (2009, 2028)
PLACE = ("鳥取県",)


def whole(model, tables=None):
    """Return the tables of a run in which people and yen balance and no number is impossible."""
    tables = tables or model.tables()
    check_people(model, tables)
    check_members(tables)
    check_yen(model, tables)
    check_numbers(tables)
    check_faults(model)
    return tables


def lived_in(monkeypatch: pytest.MonkeyPatch, world: World, **values: object):
    """Return a model that lived in a world of its own, part of the nation as it is."""
    nation = load_world("default")
    monkeypatch.setattr(okoshi.simulation, "load_world", lambda source, p=(), s=1: world if p else nation)
    names = {name.replace("__", "."): value for name, value in values.items()}
    return lived(scenario_of(YEARS, PLACE, "baseline").changed(names))


def small() -> World:
    return load_world("default", PLACE)


@pytest.mark.parametrize(("prefectures", "scale"), [(("島根県", "東京都"), 1), (PLACE, 2)])
def test_a_part_of_the_country_and_two_side_by_side(prefectures, scale):
    model = lived(scenario_of(YEARS, prefectures, "baseline", world__scale=scale))
    tables = whole(model)
    assert tables["national"]["population"][-1] > 0
    assert model.nation_share == pytest.approx(
        scale * load_world("default", prefectures).eligible_cooperators.sum() / 1461
    )


def test_a_world_built_of_one_prefecture_is_that_part_of_the_nation(tmp_path):
    """No world of some prefectures gets all applicants, budgets and people of Japan, and it says which part it is."""
    folder = tmp_path / "part"
    write_world(build_world(prefectures=PLACE), folder)
    built = lived(scenario_of(YEARS, (), "baseline", world__source=str(folder)))
    chosen = lived(scenario_of(YEARS, PLACE, "baseline"))
    assert built.nation_share == chosen.nation_share < 0.05
    for table in ("national", "ledger", "members"):
        found, wanted = built.tables()[table], chosen.tables()[table]
        for name, values in wanted.items():
            assert np.array_equal(found[name], values, equal_nan=values.dtype.kind == "f"), name
    words = words_of_part(str(folder), (), 1)
    assert words == words_of_part("default", PLACE, 1) != ""
    assert f"{chosen.nation_share:.1%}" in words
    assert words_of_part("default", (), 1) == ""
    assert "2 copies" in words_of_part("default", PLACE, 2)


@pytest.mark.parametrize("row", [0, 7])
def test_one_municipality_alone(monkeypatch, row):
    model = lived_in(monkeypatch, rows_of(small(), np.array([row])))
    tables = whole(model)
    assert len(tables["municipalities"]["municipality"]) == YEARS[1] - YEARS[0] + 1
    assert set(tables["members"]["settled"].tolist()) <= {"", "same", "elsewhere"}


def test_no_company():
    tables = whole(lived(scenario_of(YEARS, PLACE, "baseline", behaviour__dispatch__companies=0)))
    assert len(tables["dispatches"]["contract"]) == 0
    assert tables["national"]["dispatch_posts_unfilled"].sum() > 0
    assert not tables["national"]["dispatch_hours_freed"].any()


def test_no_student():
    nobody = {"behaviour.university.programmes_a_year": 0, "policy.university.model_projects": 0}
    tables = whole(lived(scenario_of(YEARS, PLACE, "baseline").changed(nobody)))
    assert len(tables["projects"]["project"]) == 0
    for name in ("student_participants", "student_movers", "related_students"):
        assert not tables["national"][name].any(), name


def test_no_bank_lends():
    tables = whole(lived(scenario_of(YEARS, PLACE, "baseline", behaviour__local_10000__default_tolerance=0)))
    assert not tables["enterprises"]["grant"].any()
    assert "bank" not in tables["ledger"]["payer"].tolist()
    assert tables["national"]["local_10000_refused_bank"].sum() > 0


def test_no_shop_at_all(monkeypatch):
    none = np.zeros(len(small()))
    model = lived_in(
        monkeypatch,
        replace(small(), large_stores=none.astype(np.int64), retail_shops=none),
        behaviour__shopping__daily_threshold=1_000_000,
        behaviour__shopping__full_threshold=1_000_000,
    )
    national = whole(model)["national"]
    assert not national["supermarkets"].any()
    assert not national["convenience_stores"].any()
    with_shops = lived(scenario_of(YEARS, PLACE, "baseline")).tables()["national"]
    for name in ("access_difficult_share_65plus", "access_difficult_share_65plus_definition_2015"):
        assert (national[name] > with_shops[name] + 0.03).all(), name
    assert (national["covered_share_65plus"] < with_shops["covered_share_65plus"] - 0.03).all()


def test_everyone_over_65(monkeypatch):
    world = small()
    people, factors = world.people.copy(), world.age_factors_2009.copy()
    people[:, :, :65] = factors[:, :65] = 0.0
    people *= (world.population_2020 / people.sum(axis=(1, 2)))[:, None, None]
    ones = np.ones(len(world))
    old = replace(
        world,
        people=people,
        age_factors_2009=factors,
        population_65plus=world.population,
        share_65plus=ones,
        share_under_15=0 * ones,
    )
    model = lived_in(monkeypatch, old)
    tables = model.tables()
    # The census of this world knows nobody under 65, the fixed table of expected members does.
    assert tables["people"]["people"].min() == 0
    by_year = tables["people"]["people"].reshape(YEARS[1] - YEARS[0] + 1, -1).sum(axis=1)
    national = whole(model, tables)["national"]
    assert by_year.tolist() == national["population"].tolist()
    assert (national["population_65plus"][0] / national["population"][0]) > 0.999
    assert national["deaths"].sum() > national["births"].sum()
    assert national["hired"].sum() > 0  # the young come from outside


def test_a_town_without_a_single_resident(monkeypatch):
    world = small()
    row = int(np.flatnonzero(world.eligible_cooperators)[0])
    arrays = {}
    for name in ("people", "population_2020", "general_staff", "large_stores", "retail_shops"):
        arrays[name] = getattr(world, name).copy()
        arrays[name][row] = 0
    for name in ("population", "population_65plus"):
        arrays[name] = getattr(world, name).copy()
        arrays[name][:, row] = 0
    model = lived_in(monkeypatch, replace(world, **arrays))
    tables = whole(model)
    places = tables["municipalities"]
    there = places["municipality"] == world.code[row]
    assert there.sum() == YEARS[1] - YEARS[0] + 1
    for name in ("members", "enterprises_alive", "access_difficult_65plus"):
        assert not places[name][there].any(), name


def test_a_fixed_total_takes_nothing_where_nobody_may_host_members(monkeypatch):
    """Of such a part nobody can say how much of the nation it is; dispatched employees bring it the tax."""
    hostless = replace(small(), eligible_cooperators=np.zeros(len(small()), dtype=np.bool_))
    model = lived_in(monkeypatch, hostless, policy__special_allocation_tax__total="fixed")
    ledger = whole(model)["ledger"]
    assert "special_allocation_tax" in ledger["payer"].tolist()
    assert "pool" not in ledger["item"].tolist()


def test_where_nobody_lacks_anything_a_fixed_total_takes_from_bodies_of_the_run_alone():
    rich = {
        "policy.special_allocation_tax.total": "fixed",
        "behaviour.municipalities.tax_until_strength": 0.01,
    }
    tables = whole(lived(scenario_of(YEARS, PLACE, "baseline").changed(rich)))
    ledger, prefecture = tables["ledger"], tables["prefectures"]["yen_special_allocation_tax"]
    assert "pool" in ledger["item"].tolist()
    assert prefecture.tolist() == tables["national"]["yen_special_allocation_tax"].tolist()


def test_digital_talent_at_the_ends_of_what_a_scenario_may_set():
    """Pools that hardly anybody leaves hold a number of people; help in full makes no capacity of more than all."""
    of = "behaviour.digital."
    ends = {
        f"{of}pools_fy2020": 47,
        f"{of}pool_leaving": catalogue()[f"{of}pool_leaving"].bounds[0],
        f"{of}link_capacity": catalogue()[f"{of}link_capacity"].bounds[1],
    }
    tables = whole(lived(scenario_of(YEARS, PLACE, "baseline").changed(ends)))
    assert 0 < tables["national"]["digital_appointed"].max() < 10_000
    assert tables["municipalities"]["capacity_digital"].max() > 0.3
