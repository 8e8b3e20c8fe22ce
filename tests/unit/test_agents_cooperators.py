"""A member's months: against a slow loop written from the equations, and quits against their formula."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.agents.applicants import Household, nobody, traits_of
from okoshi.agents.cooperators import NEVER, Members, Serving, hire, live_month, prepare_year
from okoshi.agents.programmes import Reach
from small_country import behaviour_of, conditions_of, luck_of, members_of, municipalities_of

FULL_REACH = Reach(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)


def behaviour_with(**values):
    return replace(behaviour_of().cooperators, **values)


def prepared(members, table, behaviour, now, support_of_foreign=0.0):
    serving = Serving.of(members)
    support = np.full(len(table), support_of_foreign)
    prepare_year(members, serving, table, behaviour, behaviour_of().programmes, now, support)
    return serving


def slow_month(members, table, behaviour, programmes, now, month, relief, luck, support):
    """Live a month one member after the other, from the equations of the description."""
    places = {row: int(members.municipality[row]) for row in range(len(members))}
    here = [row for row in range(len(members)) if members.start_month[row] <= month < members.end_month[row]]
    attachment = members.attachment.copy()
    quits, ends = [], []
    for row in here:
        place = places[row]
        peers = sum(places[other] == place for other in here) - 1
        alone = relief * exp(-peers / behaviour.peers_scale)
        alumni = 1 - exp(-table.settled_stock[place] / behaviour.alumni_scale)
        contact = (
            behaviour.contact_level
            + behaviour.contact_by_support * table.support_capacity[place]
            + behaviour.contact_by_alumni * alumni * (1 + programmes.networks_effect * now.reach.networks)
            + behaviour.contact_by_family * (members.household[row] == Household.FAMILY_ALONG)
            + programmes.member_training_effect * now.reach.member_training
            + behaviour.contact_by_activity
            * min(table.offered_other[place] / now.price_index / behaviour.activity_of_reference, 2.0)
            + behaviour.support_for_foreign * members.foreign[row] * support
            - behaviour.contact_by_peers * alone
        )
        contact = max(contact, 0.0)
        before = attachment[row]
        attachment[row] += (
            behaviour.attachment_gain * contact * (1 - before) - behaviour.attachment_loss * before
        )
        if members.term_end_month[row] == month + 1:
            ends.append(row)
            continue
        tenure = month - members.start_month[row]
        logit = (
            behaviour.quit_level
            + behaviour.quit_by_mismatch * members.mismatch[row]
            - behaviour.quit_by_trait * members.trait[row]
            + behaviour.quit_by_family_behind * (members.household[row] == Household.FAMILY_BEHIND)
            - programmes.support_desk_effect * now.reach.support_desk
            + behaviour.quit_first_months * exp(-tenure / 6)
            - behaviour.quit_by_attachment * attachment[row]
            + behaviour.quit_by_isolation * alone
        )
        if month % 12 == 11 and tenure >= behaviour.renewal_after_months:
            logit += behaviour.quit_at_renewal
        draw = luck("cooperators.quit").uniform(members.key[row : row + 1], month)[0]
        if draw < 1 / (1 + exp(-logit)):
            quits.append(row)
    return attachment, quits, ends


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 40),
    level=st.sampled_from([-6.0, -2.0, 1.0]),
    first=st.sampled_from([-0.5, 0.0, 1.0]),
    month=st.sampled_from([120, 124, 131]),
    support=st.sampled_from([0.0, 0.5, 1.0]),  # of foreign members by prefectures
)
def test_a_month_is_the_slow_loop(seed, count, level, first, month, support):
    random = np.random.default_rng(seed)
    behaviour = behaviour_with(quit_level=level, quit_first_months=first)
    programmes = behaviour_of().programmes
    table = municipalities_of(
        5,
        support_capacity=random.uniform(0, 1, 5),
        settled_stock=random.integers(0, 9, 5),
        offered_other=random.integers(0, 4_000_000, 5),
    )
    start = random.integers(90, 132, count)
    members = members_of(
        count,
        municipality=random.integers(0, 5, count),
        household=random.integers(0, 3, count),
        foreign=random.uniform(size=count) < 0.2,
        trait=random.normal(size=count),
        mismatch=random.normal(size=count),
        attachment=random.uniform(size=count),
        start_month=start,
        term_end_month=np.maximum(start + 36, month + 1),
        end_month=np.where(random.uniform(size=count) < 0.2, 118, NEVER),
    )
    now = conditions_of(2019, reach=FULL_REACH)
    serving = prepared(members, table, behaviour, now, support)
    outside = members.attachment[: serving.rows.start].copy()
    given_all = (members, table, behaviour, programmes, now, month, 0.8, luck_of(seed), support)
    expected, quits, ends = slow_month(*given_all)
    found = live_month(members, serving, 5, month, 0.8, behaviour, luck_of(seed))
    assert members.attachment == pytest.approx(expected, abs=1e-12)
    assert (found[0].tolist(), found[1].tolist()) == (quits, ends)
    assert np.array_equal(members.attachment[: serving.rows.start], outside)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0, 1.75])
def test_support_of_foreign_members_helps_as_far_as_it_is_paid(share):
    behaviour = behaviour_with(support_for_foreign=0.125)
    members = members_of(2, municipality=0, foreign=[True, False])
    prepared(members, municipalities_of(1), behaviour, conditions_of(2024), share)
    assert members.contact[0] - members.contact[1] == pytest.approx(0.125 * share)


@pytest.mark.parametrize("march", [False, True])
def test_quits_come_as_often_as_the_formula_says(march):
    count, month = 40_000, 131 if march else 125
    behaviour = behaviour_with(
        quit_level=-3.0,
        quit_by_mismatch=0.5,
        quit_by_trait=0.25,
        quit_by_attachment=2.0,
        quit_by_isolation=0.0,
        quit_at_renewal=1.5,
        quit_first_months=2.0,
        attachment_gain=0.0,
        attachment_loss=0.0,
    )
    members = members_of(
        count,
        municipality=0,
        trait=1.0,
        mismatch=2.0,
        attachment=0.25,
        start_month=month - 6,
        term_end_month=month + 30,
    )
    now = conditions_of(2019, reach=replace(FULL_REACH, support_desk=0.0))
    serving = prepared(members, municipalities_of(1), behaviour, now)
    quits, _ = live_month(members, serving, 1, month, 1.0, behaviour, luck_of())
    logit = -3.0 + 1.0 - 0.25 - 0.5 + 2.0 * exp(-6 / 6) + (1.5 if march else 0.0)
    chance = 1 / (1 + exp(-logit))
    assert abs(len(quits) / count - chance) < 4.4 * (chance * (1 - chance) / count) ** 0.5


def test_a_term_ends_by_itself_whatever_the_hazard():
    members = members_of(2, municipality=0, start_month=[88, 89], term_end_month=[124, 125])
    behaviour = behaviour_with(quit_level=50.0)
    serving = prepared(members, municipalities_of(1), behaviour, conditions_of(2019))
    quits, ends = live_month(members, serving, 1, 123, 1.0, behaviour, luck_of())
    assert (quits.tolist(), ends.tolist()) == ([1], [0])


def test_who_has_not_come_yet_or_has_gone_does_not_live():
    members = members_of(
        3, municipality=0, start_month=[100, 125, 100], end_month=[NEVER, NEVER, 124], attachment=0.5
    )
    behaviour = behaviour_with(quit_level=-50.0)
    serving = prepared(members, municipalities_of(1), behaviour, conditions_of(2019))
    live_month(members, serving, 1, 124, 1.0, behaviour, luck_of())
    assert (members.attachment == 0.5).tolist() == [False, True, True]


@given(gain=st.floats(0, 1), loss=st.floats(0, 1), contact=st.floats(0, 3), start=st.floats(0, 1))
def test_attachment_stays_a_share(gain, loss, contact, start):
    behaviour = behaviour_with(
        attachment_gain=gain, attachment_loss=loss, contact_level=contact, quit_level=-50.0
    )
    members = members_of(1, municipality=0, start_month=100, attachment=start)
    serving = prepared(members, municipalities_of(1), behaviour, conditions_of(2019))
    for month in range(120, 132):
        live_month(members, serving, 1, month, 1.0, behaviour, luck_of())
    assert members.faults() == []


def test_the_slice_of_who_serves_holds_everybody_who_does():
    members = members_of(5, end_month=[10, NEVER, 12, NEVER, 14])
    assert Serving.of(members).rows == slice(1, 5)
    assert Serving.of(members_of(2, end_month=[10, 12])).rows == slice(2, 2)
    assert Serving.of(Members()).rows == slice(0, 0)


def test_the_hired_come_over_the_year_in_the_order_of_keys():
    from test_agents_applicants import people_of

    count = 20_000
    pool = people_of(count)
    traits = traits_of(pool, behaviour_of().applicants, luck_of())
    pool = replace(pool, guest_of=np.where(np.arange(count) % 2 == 0, 3, -1))
    members, now = Members(), conditions_of(2015)
    place = np.where(np.arange(count) % 4 == 0, 3, 1)
    behaviour = behaviour_with(starts_in_april=0.45, attachment_start=0.1, attachment_of_guest=0.4)
    rows = hire(members, pool, traits, place, np.full(count, 0.5), behaviour, now, luck_of())
    assert rows.tolist() == list(range(count))
    assert (np.diff(members.key.astype(object)) > 0).all()
    at = {key: row for row, key in enumerate(members.key.tolist())}
    by_pool = np.array([at[key] for key in pool.key.tolist()])
    # Only who is hired where it stayed before counts as a guest.
    assert np.array_equal(members.guest[by_pool], np.arange(count) % 4 == 0)
    assert set(members.attachment[members.guest].tolist()) == {0.4}
    assert set(members.mismatch.tolist()) == {-0.5}
    month = members.start_month - now.first_month
    assert (month.min(), month.max()) == (0, 11)
    assert abs((month == 0).mean() - 0.45) < 4.4 * (0.45 * 0.55 / count) ** 0.5
    assert abs((month == 5).mean() - 0.05) < 4.4 * (0.05 * 0.95 / count) ** 0.5
    # Terms as wanted, between the one and the three years that the rule allows.
    wanted = traits.wanted_term_months
    assert set(wanted.tolist()) == {12, 24, 36, 48, 60}
    term = (members.term_end_month - members.start_month)[by_pool]
    assert np.array_equal(term, np.minimum(wanted, 36))
    assert members.faults() == []


def test_nobody_hired_is_nobody():
    none = np.zeros(0, dtype=np.int64)
    members = Members()
    behaviour = behaviour_with()
    traits = traits_of(nobody(), behaviour_of().applicants, luck_of())
    hire(members, nobody(), traits, none, np.zeros(0), behaviour, conditions_of(2015), luck_of())
    assert len(members) == 0
