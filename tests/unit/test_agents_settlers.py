"""Life after the term: the hazards of going and closing."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from okoshi.agents import settlers
from okoshi.agents.cooperators import NEVER, Path, Settled, WhyEnded, gone_month, lives_there
from okoshi.agents.programmes import Reach
from okoshi.agents.survival import weibull_hazard
from okoshi.engine.calendar import month_index
from okoshi.scenario.settings import Settings
from small_country import behaviour_of, conditions_of, luck_of, members_of

COUNT = 60_000
MARCH = month_index(2020, 11)
NO_REACH = Reach(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


@pytest.fixture(scope="module")
def behaviour():
    return replace(
        behaviour_of().settlers,
        go_level=-2.0,
        go_by_attachment=1.5,
        go_by_trait=0.4,
        go_when_closed=0.8,
        go_by_years=0.5,
        go_by_networks=0.2,
        close_rate=0.2,
        close_shape=0.8,
    )


@pytest.fixture(scope="module")
def now():
    return conditions_of(2020, price_index=1.0, reach=replace(NO_REACH, networks=0.5))


NO_SHOP_WENT = np.zeros(1)


def settled(count, years_ago, **columns):
    return members_of(
        count,
        settled=Settled.SAME,
        stayed_at_end=Settled.SAME,
        end_month=MARCH + 1 - 12 * years_ago,
        **columns,
    )


def near(share, chance, count=COUNT):
    return abs(share - chance) < 4.4 * (chance * (1 - chance) / count) ** 0.5


@pytest.mark.parametrize(("years_ago", "closed"), [(1, False), (4, False), (4, True)])
def test_settlers_go_as_often_as_the_formula_says(behaviour, now, years_ago, closed):
    members = settled(COUNT, years_ago, attachment=0.7, trait=1.0)
    members.closed_month[:] = MARCH - 3 if closed else MARCH - 15
    going = settlers.who_goes(members, behaviour, now, NO_SHOP_WENT, MARCH, luck_of())
    logit = -2.0 - 1.5 * 0.2 - 0.4 - 0.5 * log(years_ago) - 0.1 + (0.8 if closed else 0.0)
    assert near(len(going) / COUNT, 1 / (1 + exp(-logit)))


def test_settlers_of_a_place_whose_shops_went_go_sooner(behaviour, now):
    members = settled(COUNT, 4, attachment=0.5, settled_municipality=np.arange(COUNT) % 2)
    gone = settlers.who_goes(members, behaviour, now, np.array([0.0, 0.7]), MARCH, luck_of())
    stays, lost = (np.isin(np.arange(place, COUNT, 2), gone).mean() for place in (0, 1))
    level = -2.0 - 0.5 * log(4) - 0.1
    assert near(stays, 1 / (1 + exp(-level)), COUNT // 2)
    assert near(lost, 1 / (1 + exp(-level - 0.7)), COUNT // 2)


def test_who_settled_this_march_or_lives_elsewhere_is_not_asked(behaviour, now):
    members = members_of(
        5,
        settled=[Settled.SAME, Settled.NEARBY, Settled.ELSEWHERE, Settled.SERVING, Settled.SAME],
        end_month=[MARCH - 5, MARCH - 11, MARCH - 40, NEVER, MARCH + 1],
    )
    sure = replace(behaviour, go_level=800.0)
    assert settlers.who_goes(members, sure, now, NO_SHOP_WENT, MARCH, luck_of()).tolist() == [0, 1]


def test_in_which_month_a_term_ends_says_nothing_about_who_has_gone_two_years_later(behaviour, now):
    """Ends in September had no hazard for 18 months: a policy that moves ends within the year moved retention."""
    constant = replace(behaviour, go_level=-1.5, go_by_years=0.0)
    chance = 1 / (1 + exp(1.5 + 0.1))  # a year
    for end in (0, 1, 6, 11):
        members = members_of(COUNT, settled=Settled.SAME, attachment=0.5, end_month=MARCH + 1 - 24 + end)
        there = np.ones(COUNT, dtype=bool)
        for march in (MARCH - 12, MARCH):
            gone = settlers.who_goes(members, constant, now, NO_SHOP_WENT, march, luck_of())
            there[gone] = False
        assert near(there.mean(), (1 - chance) ** ((24 - end) / 12)), end
    partly = members_of(COUNT, settled=Settled.SAME, attachment=0.5, end_month=MARCH + 1 - 18)
    slower = replace(constant, go_by_years=0.5)
    gone = settlers.who_goes(partly, slower, now, NO_SHOP_WENT, MARCH, luck_of())
    assert near(len(gone) / COUNT, 1 / (1 + exp(1.6 + 0.5 * log(1.5))))


@pytest.mark.parametrize("months", [1, 12, 40])
def test_firms_close_by_weibull_survival(behaviour, months):
    members = members_of(COUNT, startup_month=MARCH - months)
    closing = settlers.who_closes(members, behaviour, MARCH, luck_of())
    age = months / 12
    # Over the year that ends, or since the firm opened in it: cumulative hazard (0.2 x age)^0.8.
    chance = 1 - exp((0.2 * max(age - 1, 0)) ** 0.8 - (0.2 * age) ** 0.8)
    assert near(len(closing) / COUNT, chance)


def test_the_years_of_a_firm_add_up_to_its_weibull_survival(behaviour):
    members = members_of(COUNT, startup_month=MARCH - 40)
    for march in (MARCH - 36, MARCH - 24, MARCH - 12, MARCH):
        members.closed_month[settlers.who_closes(members, behaviour, march, luck_of())] = march
    assert near((members.closed_month == NEVER).mean(), exp(-((0.2 * 40 / 12) ** 0.8)))


def test_firms_of_the_start_values_survive_as_the_register_has_it():
    start = Settings().fill(settlers.SettlerBehaviour, "behaviour.settlers")
    ages = np.arange(1.0, 6.0)
    survival = np.exp(-weibull_hazard(start.close_rate, start.close_shape, np.zeros(5), ages))
    np.testing.assert_allclose(100 * survival, [95.3, 91.5, 88.1, 84.8, 81.7], atol=0.3)


def test_who_gave_a_firm_up_for_another_living_has_not_failed(behaviour, now):
    """One who left a firm in the month that the term ended in goes no likelier than one who never had any."""
    gave_up = settled(COUNT, 1)
    gave_up.closed_month[:] = gave_up.end_month
    never = settled(COUNT, 1)
    going = [
        settlers.who_goes(who, behaviour, now, NO_SHOP_WENT, MARCH, luck_of()) for who in (gave_up, never)
    ]
    assert going[0].tolist() == going[1].tolist()


def test_only_open_firms_close(behaviour):
    members = members_of(3, startup_month=[NEVER, MARCH, MARCH - 20], closed_month=[NEVER, NEVER, MARCH - 2])
    sure = replace(behaviour, close_rate=1e9)
    assert settlers.who_closes(members, sure, MARCH, luck_of()).tolist() == []


def test_a_closed_firm_is_written_before_people_are_asked(behaviour, now):
    members = settled(
        3, 3, startup_month=[MARCH - 40, NEVER, MARCH - 40], path=[Path.STARTUP, Path.EMPLOYED, Path.STARTUP]
    )
    members.settled[2] = Settled.ELSEWHERE
    # Everybody's firm closes; only a person whose firm closed this year goes.
    given = replace(behaviour, close_rate=1e9, go_level=-100.0, go_when_closed=300.0)
    settlers.live_on(members, given, now, NO_SHOP_WENT, MARCH, luck_of())
    assert members.settled.tolist() == [Settled.ELSEWHERE, Settled.SAME, Settled.ELSEWHERE]
    assert members.gone_again_month.tolist() == [MARCH, NEVER, NEVER]
    assert members.closed_month.tolist() == [MARCH, NEVER, MARCH]
    assert members.path[0] == Path.EMPLOYED


def test_who_goes_closes_the_firm(behaviour, now):
    members = settled(1, 3, startup_month=MARCH - 40, path=Path.STARTUP)
    given = replace(behaviour, close_rate=0.0, go_level=80.0)
    settlers.live_on(members, given, now, NO_SHOP_WENT, MARCH, luck_of())
    assert (members.closed_month[0], members.gone_again_month[0]) == (MARCH, MARCH)


def test_who_dies_serves_no_more_has_settled_nowhere_and_has_no_firm():
    members = members_of(
        4,
        settled=[Settled.SERVING, Settled.SAME, Settled.NEARBY, Settled.SAME],
        stayed_at_end=[Settled.SERVING, Settled.SAME, Settled.NEARBY, Settled.SAME],
        end_month=[NEVER, MARCH - 20, MARCH - 20, MARCH - 20],
        why_ended=[WhyEnded.SERVING, WhyEnded.END_OF_TERM, WhyEnded.QUIT, WhyEnded.END_OF_TERM],
        startup_month=[MARCH - 5, MARCH - 30, NEVER, MARCH - 30],
        closed_month=[NEVER, MARCH - 9, NEVER, NEVER],
    )
    settlers.die(members, np.array([0, 1, 2]), MARCH)
    assert members.died_month.tolist() == [MARCH, MARCH, MARCH, NEVER]
    assert members.settled.tolist() == [Settled.DEAD, Settled.DEAD, Settled.DEAD, Settled.SAME]
    assert members.stayed_at_end.tolist() == [Settled.DEAD, Settled.SAME, Settled.NEARBY, Settled.SAME]
    assert members.end_month.tolist() == [MARCH + 1, *[MARCH - 20] * 3]
    assert members.why_ended[0] == WhyEnded.DIED
    assert members.why_ended[2] == WhyEnded.QUIT
    assert members.closed_month.tolist() == [MARCH, MARCH - 9, NEVER, NEVER]
    assert gone_month(members).tolist() == [MARCH, MARCH, MARCH, NEVER]
    assert lives_there(members).tolist() == [False, False, False, True]
