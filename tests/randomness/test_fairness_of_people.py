"""A person's luck hangs on the person: not on the row it stands in, nor on how many others there are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.agents import end_of_term, hosting, settlers, startups
from okoshi.agents.cooperators import NEVER, Serving, Settled, live_month, prepare_year
from okoshi.agents.municipalities import found_municipalities
from okoshi.agents.purse import purse_of_year
from okoshi.agents.surroundings import Surroundings
from okoshi.engine.calendar import month_index
from okoshi.scenario.draft import Adoption, Settlement
from okoshi.world.country import load_world
from small_country import (
    behaviour_of,
    conditions_of,
    keys_of,
    luck_of,
    members_of,
    municipalities_of,
    rows_of,
    world_of,
)

COUNT, PLACES = 400, 6
MARCH = month_index(2020, 11)
TRAITS = (
    "municipality",
    "sex",
    "age_at_start",
    "household",
    "trait",
    "startup_plan",
    "mismatch",
    "attachment",
)


def columns_of(status, count=COUNT):
    """Return columns of people who serve or have settled, drawn once."""
    random = np.random.default_rng(3)
    columns = {
        "key": keys_of(count, 5),
        "municipality": random.integers(0, PLACES, count),
        "sex": random.integers(0, 2, count),
        "age_at_start": random.integers(20, 69, count),
        "household": random.integers(0, 3, count),
        "trait": random.normal(size=count),
        "startup_plan": random.normal(size=count),
        "mismatch": random.normal(size=count),
        "attachment": random.uniform(size=count),
        "start_month": MARCH - random.integers(12, 36, count),
    }
    if status == "settled":
        columns |= {
            "settled": np.full(count, Settled.SAME),
            "end_month": MARCH - random.integers(12, 60, count),
            "startup_month": np.where(random.uniform(size=count) < 0.5, MARCH - 70, NEVER),
        }
    else:
        columns["term_end_month"] = columns["start_month"] + 36
    return columns


def taken(columns, rows):
    return members_of(len(rows), **{name: values[rows] for name, values in columns.items()})


def month_of(members):
    behaviour = replace(
        behaviour_of().cooperators, quit_level=-1.5, quit_by_isolation=0.0, contact_by_peers=0.0
    )
    now, table = conditions_of(2020), municipalities_of(PLACES, support_capacity=0.3)
    serving = Serving.of(members)
    prepare_year(members, serving, table, behaviour, behaviour_of().programmes, now, np.ones(len(table)))
    quits, ends = live_month(members, serving, PLACES, MARCH, 1.0, behaviour, luck_of())
    return {
        "quits": set(members.key[quits].tolist()),
        "ends": set(members.key[ends].tolist()),
        "attachment": dict(zip(members.key.tolist(), members.attachment.tolist(), strict=True)),
    }


def choice_of(members, structure):
    world = world_of(PLACES, [[(place + 1) % PLACES, (place + 2) % PLACES] for place in range(PLACES)])
    table = municipalities_of(PLACES, support_capacity=0.3, vacant_houses=0.5)
    found = end_of_term.choose_after_term(
        members,
        np.arange(len(members)),
        table,
        world,
        month_index(2022, 11),
        behaviour_of().end_of_term,
        conditions_of(2022),
        Surroundings.none(PLACES),
        structure,
        end_of_term.Tastes.of(members.key, luck_of()),
    )
    columns = (found.settled, found.path, found.place, found.startup_cost, found.renovation_cost)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return dict(zip(members.key.tolist(), rows, strict=True))


def year_after(members):
    behaviour = behaviour_of()
    now = conditions_of(2020)
    return {
        "closes": set(
            members.key[settlers.who_closes(members, behaviour.settlers, MARCH, luck_of())].tolist()
        ),
        "goes": set(
            members.key[
                settlers.who_goes(members, behaviour.settlers, now, np.zeros(PLACES), MARCH, luck_of())
            ].tolist()
        ),
    }


def firms_of(members):
    behaviour = behaviour_of()
    often = replace(behaviour.startups, entry=-1.0)
    table, now = municipalities_of(PLACES), conditions_of(2020)
    opens, anyway, cost = startups.who_opens(members, table, often, behaviour.programmes, now, luck_of())
    keys = members.key[opens].tolist()
    return {
        "cost": dict(zip(keys, cost.tolist(), strict=True)),
        "anyway": dict(zip(keys, anyway.tolist(), strict=True)),
    }


DECISIONS = {
    "a month": ("serving", month_of),
    "the choice": ("serving", lambda members: choice_of(members, Settlement.CHOICE)),
    "the thresholds": ("serving", lambda members: choice_of(members, Settlement.THRESHOLD)),
    "a year after": ("settled", year_after),
    "firms": ("serving", firms_of),
    "firms after the term": ("settled", firms_of),
}


def only(found, keys):
    """Return what was found of some people."""
    if not isinstance(next(iter(found.values())), set | dict):
        return {key: value for key, value in found.items() if key in keys}
    return {
        name: {key: one[key] for key in one if key in keys} if isinstance(one, dict) else one & keys
        for name, one in found.items()
    }


@pytest.mark.parametrize("decision", list(DECISIONS))
@settings(max_examples=5)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_people_does_not_matter(decision, seed):
    status, decide = DECISIONS[decision]
    columns = columns_of(status)
    order = np.random.default_rng(seed).permutation(COUNT)
    assert decide(taken(columns, order)) == decide(taken(columns, np.arange(COUNT)))


@pytest.mark.parametrize("decision", list(DECISIONS))
@settings(max_examples=5)
@given(seed=st.integers(0, 2**32), count=st.integers(1, COUNT - 1))
def test_other_people_do_not_change_ones_luck(decision, seed, count):
    status, decide = DECISIONS[decision]
    columns = columns_of(status)
    rows = np.sort(np.random.default_rng(seed).permutation(COUNT)[:count])
    some = set(columns["key"][rows].tolist())
    found = decide(taken(columns, np.arange(COUNT)))
    assert only(found, some) == decide(taken(columns, rows))
    sizes = [len(one) if isinstance(one, set | dict) else 1 for one in found.values()]
    assert sum(sizes) > 5  # something was decided


APRIL_WRITES = (
    "willing",
    "wanted",
    "hosting_since",
    "offered_pay",
    "offered_other",
    "pay_limit",
    "posts",
    "recruitment_spent",
    "trial_spent",
    "internship_spent",
    "reason",
)


@pytest.mark.parametrize("structure", list(Adoption))
def test_the_order_of_municipalities_does_not_matter_to_their_posts(structure):
    """April as a whole, neighbours included: each place decides the same in whatever row it stands."""
    world = load_world("default", ("長野県", "山梨県"))
    behaviour = replace(behaviour_of().municipalities, adoption_innovation=0.3, budget_review=5.0)
    now = conditions_of(2022)
    order = np.random.default_rng(1).permutation(len(world))

    def decided(rows):
        there = rows_of(world, rows)
        table = found_municipalities(there, behaviour, luck_of())
        table.hosting_since = np.where(there.key % np.uint64(3) == 0, 2015, 0)
        table.wanted = np.where(table.hosting_since > 0, 3.0, 0.0)
        table.belief_settled = (there.key % np.uint64(7)).astype(float)
        serving = (there.key % np.uint64(2)).astype(np.int64)
        table.serving = np.where(table.hosting_since > 0, serving, 0)
        purse = purse_of_year(there, behaviour, now.price_index)
        hosting.decide(table, there, behaviour, now, structure, purse, table.serving // 2, luck_of())
        return {name: getattr(table, name) for name in APRIL_WRITES}

    found, other = decided(np.arange(len(world))), decided(order)
    assert (found["hosting_since"] == 2022).sum() > 10
    assert found["posts"].sum() > 50
    for name in APRIL_WRITES:
        assert np.array_equal(found[name][order], other[name]), name
