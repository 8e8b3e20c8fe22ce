"""Every parameter of company dispatch does something: one that changes nothing would be a lie."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from dispatch_country import lived, settings_of
from okoshi.agents.dispatch_behaviour import DispatchBehaviour
from okoshi.observe.dispatch import national_row
from okoshi.parameters.catalogue import catalogue
from okoshi.world.country import World, load_world

SMALL = {
    "behaviour.dispatch.companies": 4_000,
    "behaviour.dispatch.hear_innovation": 0.05,
    "behaviour.dispatch.without_employee": 2.5,
    "behaviour.dispatch.pandemic": 1.5,
    "behaviour.dispatch.join_imitation": 0.6,
}
YEARS = (2014, 2028)
# Where twice the value is not another world, or must lie within a range.
OTHER = {
    "search_saving": 1.0,
    "motive_contribution": 0.1,
    "pandemic_first": 2022,
    "pandemic_last": 2021,
    "push_since": 2020,
    "survey_fiscal_year": 2025,
    "survey_reach": 0.5,
    "willing_level": 0.5,
    "platform_keeps": 0.2,
    "side_job_pay": 9.0,
}
# The first two act on what others give (tests of the measure and of posts), the rest where caps are not FY2024's.
IN_THEIR_PLACE = (
    "link_digital_in_search",
    "own_funds_share",
    "side_job_cap_in_posts",
    "dear_cost",
    "dear_trip_km",
)
POLICY = {
    "policy.dispatch.term_months@2016": [14, 24],
    "policy.dispatch.since_fiscal_year.dispatched": 2016,
    "policy.dispatch.since_fiscal_year.side_job": 2026,
    "policy.dispatch.supplement.spent_in": 2026,
    "policy.dispatch.side_job.minimum_days_per_month@2024": 9,
    "policy.dispatch.side_job.minimum_hours_per_month@2024": 50,
    "policy.dispatch.side_job.minimum_days_present_per_month@2024": 5,
    "policy.dispatch.dispatched.minimum_company_capital@2016": 900_000_000,
    "policy.dispatch.side_job.remuneration_and_travel_per_person_cap@2024": 900_000,
}


@cache
def small() -> World:
    return load_world("default", ("北海道",))


def all_of(values) -> bytes:
    measure, ledger = lived(SMALL | values, YEARS, small())
    parts = [column.tobytes() for column in ledger.table().values()]
    parts += [
        measure.contracts.store[name][: len(measure.contracts)].tobytes() for name in ("key", "company")
    ]
    parts += [measure.capacity.tobytes(), measure.staff_hours_freed.tobytes(), measure.staff_hours.tobytes()]
    return b"".join(parts) + repr(national_row(measure, YEARS[1])).encode()


@pytest.fixture(scope="module")
def usual() -> bytes:
    return all_of({})


def changed_value(name: str) -> object:
    if name in OTHER:
        return OTHER[name]
    parameter = catalogue()[f"behaviour.dispatch.{name}"]
    value = settings_of(SMALL).value(parameter.name)
    if parameter.type == "share":
        return value / 2 if value else 0.5
    return type(value)(2 * value) if value else 1


@pytest.mark.parametrize(
    "name", [item.name for item in fields(DispatchBehaviour) if item.name not in IN_THEIR_PLACE]
)
def test_every_behaviour_parameter_does_something(name, usual):
    assert all_of({f"behaviour.dispatch.{name}": changed_value(name)}) != usual


def test_lower_caps_on_side_jobs_make_fewer_posts_by_their_elasticity():
    low = {"policy.dispatch.side_job.remuneration_and_travel_per_person_cap@2024": 500_000}
    elastic = low | {"behaviour.dispatch.side_job_cap_in_posts": 1.0}
    asked = [
        lived(SMALL | values, YEARS, small())[0].hosts.wanted_side_job.sum()
        for values in (low | {"behaviour.dispatch.side_job_cap_in_posts": 0.0}, low, elastic)
    ]
    assert asked[0] > asked[1] > asked[2]


def policy_changes() -> dict[str, object]:
    changes = dict(POLICY)
    done = {name.split("@")[0] for name in POLICY}
    for name, parameter in catalogue().items():
        if not name.startswith("policy.dispatch.") or name in done:
            continue
        value = parameter.in_year(2024) if parameter.dated else parameter.in_year()
        other: object = not value if isinstance(value, bool) else None
        if isinstance(value, Fraction):
            other = float(value) * 0.8 if name.endswith("_rate") else 0.9
        elif isinstance(value, int) and not isinstance(value, bool):
            other = value // 5
        changes[f"{name}@2024" if parameter.dated else name] = other
    return changes


@pytest.mark.parametrize(("name", "value"), policy_changes().items())
def test_every_policy_parameter_does_something(name, value, usual):
    assert all_of({name: value}) != usual


def test_the_behaviour_is_what_the_file_holds():
    named = {name for name in catalogue() if name.startswith("behaviour.dispatch.")}
    assert named == {f"behaviour.dispatch.{item.name}" for item in fields(DispatchBehaviour)}
    for name in named:
        parameter = catalogue()[name]
        low, high = parameter.range
        value = parameter.in_year()
        assert low <= value <= high, name
        assert not np.isnan(float(value))
