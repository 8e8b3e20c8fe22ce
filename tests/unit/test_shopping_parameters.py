"""A parameter that does nothing is a lie: each one of shopping changes something."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from okoshi.observe.shop_services import services_table
from okoshi.parameters.catalogue import catalogue
from okoshi.world.country import load_world
from small_shopping import Years, settings_of

IN_LARGE_CITIES_ALONE = "behaviour.shopping.people_of_a_district"  # tested with the districts
NAMES = [
    name
    for name in catalogue()
    if name.startswith(("behaviour.shopping.", "context.shopping.")) and name != IN_LARGE_CITIES_ALONE
]
# What has something to work on: a subsidy to fixed shops, capacities of others.
STAGE = {
    "policy__shopping__hypothetical_subsidy_at_2024": "fixed",
    "behaviour__shopping__link_digital_to_opening": 0.3,
    "behaviour__shopping__mobile_innovation": 0.05,
    "behaviour__shopping__community_store_opening": 0.05,
    "context__shopping__no_car_change_at_2015": -0.01,  # a change of pace: else generations do not differ
}


def lived(**changed: object) -> bytes:
    world = load_world("default", ("島根県", "鳥取県"))
    run = Years(world, settings_of(**(STAGE | changed)))
    run.municipalities.capacity_residents_support[:] = 0.5
    run.live(2034, digital_capacity=np.full(len(world), 0.5))
    table = services_table(run.measure, world, (2009, 2034))
    tables = [*table.values(), *(column for year in run.municipal.values() for column in year.values())]
    rows = repr(run.national).encode()
    books = run.ledger.table()["yen"].tobytes()
    return b"".join([rows, books, run.measure.leaving_logit.tobytes(), *(c.tobytes() for c in tables)])


@cache
def base() -> bytes:
    return lived()


@pytest.mark.parametrize("name", NAMES)
def test_each_parameter_changes_something(name):
    parameter = catalogue()[name]
    assert any(lived(**{name.replace(".", "__"): end}) != base() for end in parameter.range)
