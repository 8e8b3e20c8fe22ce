"""What is written down of shops and services, and the links that others read."""

from __future__ import annotations

import numpy as np
import pytest

from okoshi.observe import shop_services as table_of
from okoshi.observe import shopping as o
from okoshi.observe.observed import observed_figures
from okoshi.parameters.catalogue import catalogue
from okoshi.world.country import load_world
from small_country import world_of
from small_shopping import Years, settings_of


@pytest.fixture(scope="module")
def run():
    return Years(load_world("default", ("島根県", "鳥取県"))).live(2034)


def test_columns_are_those_declared(run):
    for declared, row in (
        (o.DECLARATIONS_NATIONAL, run.national[2020]),
        (o.DECLARATIONS_MUNICIPALITIES, run.municipal[2020]),
    ):
        assert {declaration.name for declaration in declared} == set(row)
    places = len(run.world)
    assert all(column.shape == (places,) for column in run.municipal[2020].values())


def test_municipalities_add_up_to_the_nation(run):
    for year in (2009, 2034):
        row, columns = run.national[year], run.municipal[year]
        for name in ("supermarkets", "convenience_stores", "stores_closed", "community_stores"):
            assert columns[name].sum() == row[name]
        old = run.world.population_65plus[year - 2009]
        mean = (columns["covered_share_65plus"] * old).sum() / old.sum()
        assert mean == pytest.approx(row["covered_share_65plus"])
        assert (columns["supermarkets"] == 0).sum() == row["municipalities_without_supermarket"]


def test_the_table_has_each_shop_once_and_agrees_with_the_counts(run):
    table = table_of.services_table(run.measure, run.world, (2009, 2034))
    assert list(table) == [d.name for d in o.DECLARATIONS if d.name != "replicate"]
    assert len(np.unique(table["service"])) == len(table["service"])
    names = {
        "full": "supermarkets", "daily": "convenience_stores", "community_store": "community_stores",
        "delivery": "delivery_services",
    }  # fmt: skip
    for year in (2009, 2020, 2034):
        there = (table["opened"] <= year) & ((table["closed"] == 0) | (table["closed"] > year))
        for kind, name in names.items():
            assert (there & (table["kind"] == kind)).sum() == run.national[year][name], (year, kind)
    ended = table["closed"] > 0
    assert (table["closed"][ended] >= table["opened"][ended]).all()
    assert ended.sum() == sum(row["stores_closed"] + row["services_closed"] for row in run.national.values())
    later = table_of.services_table(run.measure, run.world, (2030, 2034))
    assert (later["closed"][later["closed"] > 0] >= 2030).all()


def test_customers_and_support_of_the_table_are_those_of_the_latest_year():
    """Sums over the column are those of the year: of what closed before it customers had stayed in the table."""
    pressed = {"mobile_innovation": 0.3, "take_up_spread": 0.8, "support_limit": 1_000_000}
    run = Years(
        load_world("default", ("島根県", "鳥取県")),
        settings_of(**{f"behaviour__shopping__{name}": value for name, value in pressed.items()}),
    )
    closed_in_march, supported = 0, 0
    for year in range(2020, 2031):
        measure = run.live(year).measure
        table = table_of.services_table(measure, run.world, (2009, year))
        service, opened = table["organiser"] != "", table["closed"] == 0
        before = ~opened & (table["closed"] < year)
        assert before.any()
        assert not table["customers"][before].any()
        assert table["support"].sum() == run.yen("municipal_support").get(year, 0)
        here = service & ~before
        assert here.sum() == (~np.isin(measure.services.closed, range(1, year))).sum()
        closing = here & ~opened
        assert (table["customers"][closing] > 0).all()  # they served all year
        closed_in_march += closing.sum()
        supported += (table["support"][closing] > 0).sum()
        for kind in ("full", "daily"):
            stores = measure.districts.full if kind == "full" else measure.districts.daily
            people = getattr(measure.districts, f"{kind}_customers")[stores > 0].sum()
            assert table["customers"][table["kind"] == kind].sum() == pytest.approx(people)
    assert closed_in_march > 5
    assert supported > 0


def test_stores_of_a_district_are_told_apart_by_their_number():
    by_year = {
        2008: {"full": np.array([2, 0])},
        2009: {"full": np.array([1, 1])},
        2010: {"full": np.array([2, 1])},
        2011: {"full": np.array([0, 1])},
    }
    opened, closed, rows, number, nth = table_of._spells(by_year, "full")
    columns = (rows, number, nth, opened, closed)
    spells = sorted(zip(*(column.tolist() for column in columns), strict=True))
    assert spells == [
        *((0, 0, 0, 2008, 2011), (0, 1, 0, 2008, 2009), (0, 1, 1, 2010, 2011), (1, 0, 0, 2009, 0))
    ]


def test_a_district_of_very_many_stores_takes_none_of_the_next():
    """Where a threshold asks for hardly any customer, numbers of stores run past any round number."""
    by_year = {2008: {"daily": np.array([4_098, 3])}, 2009: {"daily": np.array([4_096, 2])}}
    opened, closed, rows, number, _ = table_of._spells(by_year, "daily")
    assert len(opened) == 4_101
    gone = closed > 0
    told = sorted(zip(rows[gone].tolist(), number[gone].tolist(), strict=True))
    assert told == [(0, 4_096), (0, 4_097), (1, 2)]


def test_settlers_of_districts_whose_last_store_went_are_told(run):
    measure, table = run.measure, run.measure.districts
    lost = table.had_shop & (table.full + table.daily + table.community == 0)
    assert lost.any()
    link = measure.behaviour.link_last_shop_to_leaving
    expected = np.bincount(table.municipality, weights=table.share_of_people * lost)
    assert measure.leaving_logit == pytest.approx(link * expected)
    assert measure.leaving_logit.max() <= link
    off = Years(run.world, settings_of(behaviour__shopping__link_last_shop_to_leaving=0.0)).live(2034)
    assert not off.measure.leaving_logit.any()
    assert off.national == run.national  # the link changes nothing here


def test_what_others_hand_over_counts():
    world = world_of(19)

    def vans(**given):
        return Years(world).live(2020, **given).measure

    places = len(world)
    plain = vans()
    none_left = vans(own_funds=np.zeros(places, dtype=np.int64))
    assert plain.support_paid.any()
    assert not none_left.support_paid.any()
    older = vans(population_75plus=world.population_65plus[11])
    assert older.seen.access.aged_65_74.sum() == 0
    helped = Years(world, settings_of(behaviour__shopping__link_digital_to_opening=10.0))
    helped.live(2020, digital_capacity=np.ones(places))
    assert len(helped.measure.services) > len(plain.services)


def test_observed_figures_are_national_columns():
    names = {d.name for d in o.DECLARATIONS_NATIONAL}
    from importlib import resources
    from tomllib import loads

    text = resources.files("okoshi.observe").joinpath("observed_shopping.toml").read_text(encoding="utf-8")
    series = loads(text)["series"]
    assert {entry["name"] for entry in series} <= names
    labels = {figure.label for figure in observed_figures()} | {"predicted"}
    assert {entry["label"] for entry in series} <= labels


def test_the_context_and_the_subsidy_are_in_the_catalogue():
    values = catalogue()
    assert values.value("policy.shopping.hypothetical_subsidy", 2030) == "off"
    assert values.value("policy.shopping.hypothetical_subsidy", 2020) is None
    assert values.value("context.shopping.no_car_change", 2020) == -0.03
    assert values.value("context.shopping.small_shop_change", 2020) == -0.03
