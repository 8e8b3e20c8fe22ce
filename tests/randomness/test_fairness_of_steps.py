"""Each step of the year writes its own columns and no others."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from okoshi.agents.municipalities import CAPACITY_COLUMNS
from okoshi.simulation import RegionalModel
from small_country import scenario_of

END_OF_TERM = {
    "settled",
    "stayed_at_end",
    "settled_municipality",
    "path",
    "startup_month",
    "startup_cost",
    "would_have_started_anyway",
    "closed_month",
    "renovation_cost",
}
# step -> columns of members it writes, columns of municipalities it writes
WRITES: dict[str, tuple[set[str], set[str]]] = {
    "read_policy": (set(), set()),
    "decide_hosting": (
        set(),
        {
            "willing",
            "wanted",
            "hosting_since",
            "stopped_in",
            "offered_pay",
            "offered_other",
            "pay_limit",
            "highest_cap",
            "posts",
            "reason",
            "recruitment_spent",
            "trial_spent",
            "internship_spent",
        },
    ),
    "recruit": (set(), {"hired", "reason"}),
    "invite_guests": (set(), set()),
    "prepare_months": ({"contact", "quit_odds"}, set()),
    "live_month": ({"attachment", "end_month", "why_ended"}, set()),
    "end_terms": (END_OF_TERM, set()),
    "live_after_the_term": (
        {
            "startup_month",
            "startup_cost",
            "would_have_started_anyway",
            "closed_month",
            "path",
            "settled",
            "gone_again_month",
            "died_month",
            "end_month",
            "why_ended",
            "stayed_at_end",
        },
        set(),
    ),
    "pay": (
        set(),
        {
            "daily_support_spent",
            "staff_hours",
            "staff_yen",
            "body_cost_last_year",
            "body_net_cost_last_year",
        },
    ),
    "observe": (set(), set()),
    "learn": (
        set(),
        {
            "belief_settled",
            "belief_left",
            "in_difficulty",
            "support_capacity",
            "serving",
            "settled_stock",
            *CAPACITY_COLUMNS,
        },
    ),
}


def copies(table):
    return {name: values[: table.size].copy() for name, values in table.store.items()}


def changed(before, table):
    """Return the columns whose rows of before are not what they were (new rows are somebody's own)."""
    return {
        name
        for name, values in before.items()
        if not np.array_equal(values, table.store[name][: len(values)], equal_nan=values.dtype.kind == "f")
    }


@pytest.fixture(scope="module")
def written():
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    grown: dict[str, int] = defaultdict(int)

    def watched(model, name):
        step = getattr(model, name)

        def watch():
            members, places = copies(model.members), copies(model.municipalities)
            step()
            found[name][0].update(changed(members, model.members))
            found[name][1].update(changed(places, model.municipalities))
            grown[name] += model.members.size - len(members["key"])

        return watch

    # Several prefectures, so that whatever can happen does (to die while serving is rare).
    prefectures = ("北海道", "長野県", "島根県", "鹿児島県")
    model = RegionalModel(scenario_of((2009, 2024), prefectures))
    for name in WRITES:
        setattr(model, name, watched(model, name))
    model.run()
    return found, grown


@pytest.mark.parametrize("step", list(WRITES))
def test_a_step_writes_just_its_own_columns(written, step):
    found, _ = written
    assert found[step][0] == WRITES[step][0]
    assert found[step][1] == WRITES[step][1]


def test_only_recruiting_makes_members(written):
    _, grown = written
    assert grown["recruit"] > 300
    assert not any(count for name, count in grown.items() if name != "recruit")


def test_deciding_changes_nothing_yet():
    """What is decided is a proposal: asked twice, it answers twice the same."""
    from okoshi.agents import settlers

    model = RegionalModel(scenario_of((2009, 2016)))
    while model.fiscal_year < 2016:
        model.run_year()
    before = copies(model.members)
    march = model.month - 1
    arguments = (
        model.members,
        model.behaviour.settlers,
        model.now,
        np.zeros(len(model.world)),
        march,
        model.luck,
    )
    once, again = settlers.who_goes(*arguments), settlers.who_goes(*arguments)
    assert np.array_equal(once, again)
    assert changed(before, model.members) == set()
