"""Filing, putting forward and serving, case by case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from local_10000_runs import candidates_of, settings_of
from okoshi.agents.books import Layer
from okoshi.agents.founders import PREFIX, STREAMS_LOCAL_10000
from okoshi.engine.draws import Luck
from okoshi.markets.grants import (
    Budgets,
    Filing,
    TownHallBehaviour,
    file_projects,
    put_forward,
    serve,
)
from okoshi.markets.lending import Plan
from okoshi.policy.local_10000 import Local10000Rules, Place, Theme

LUCK = Luck(1, STREAMS_LOCAL_10000)


def rules_of(year: int) -> Local10000Rules:
    return Local10000Rules.of(settings_of(), year)


def plan_of(grants: list[int]) -> Plan:
    grant = np.array(grants, dtype=np.int64)
    return Plan(np.ones(len(grant)), 2 * grant + 10, grant, grant)


def filing_of(count: int, share: float = 0.5, place: Place = Place.BASIC) -> Filing:
    codes = np.zeros(count, dtype=np.int8)
    return Filing(
        np.full(count, place, dtype=np.int8), codes, codes, np.full(count, share), np.full(count, share)
    )


def fits(*themes: Theme) -> np.ndarray:
    return np.isin(np.arange(4), [Theme.NONE, *themes])[None, :]


@pytest.mark.parametrize(
    ("year", "place", "own", "also", "theme", "share", "share_alternative"),
    [
        (2024, Place.BASIC, Theme.NONE, (Theme.DIGITAL,), Theme.DIGITAL, 3 / 4, 1 / 2),
        (2024, Place.WEAK, Theme.NONE, (Theme.WOMEN_YOUTH,), Theme.WOMEN_YOUTH, 3 / 4, 2 / 3),
        (2024, Place.WEAKEST, Theme.NONE, (Theme.DIGITAL,), Theme.NONE, 3 / 4, 3 / 4),  # nothing to gain
        (2024, Place.BASIC, Theme.DIGITAL, (Theme.WOMEN_YOUTH,), Theme.DIGITAL, 3 / 4, 3 / 4),
        (2018, Place.WEAK, Theme.DIGITAL, (), Theme.NONE, 2 / 3, 2 / 3),  # no themes before FY2024
        (2014, Place.BASIC, Theme.NONE, (Theme.DIGITAL,), Theme.NONE, 1.0, 1.0),
    ],
)
def test_a_project_is_filed_under_the_dearest_theme_that_pays_more(
    year: int,
    place: Place,
    own: Theme,
    also: tuple[Theme, ...],
    theme: Theme,
    share: float,
    share_alternative: float,
) -> None:
    project = candidates_of(1, own_theme=np.array([own], dtype=np.int8), fits=fits(own, *also))
    filing = file_projects(rules_of(year), project, np.array([place], dtype=np.int8))
    assert filing.theme.tolist() == [theme]
    assert filing.share[0] == pytest.approx(share)
    assert filing.share_alternative[0] == pytest.approx(share_alternative)


def test_a_town_hall_weighs_its_own_part() -> None:
    """beta 0.2 x 50 million = 10 million against (1 - s) x 20 million x (1 + 1 x (0.8 - f)) + 1 million."""
    behaviour = replace(
        settings_of().fill(TownHallBehaviour, PREFIX),
        town_hall_benefit=0.2, town_hall_spread=0.0, town_hall_cost=1e6, town_hall_weakness=1.0,
        town_hall_strong_from=0.8,
    )  # fmt: skip
    plan = Plan(np.ones(4), np.full(4, 50_000_000), np.full(4, 20_000_000), np.full(4, 20_000_000))
    share = np.array([1.0, 0.75, 0.5, 0.6])
    filing = replace(filing_of(4), share=share)
    strength = np.array([0.1, 0.1, 0.8, 0.3])
    # 1 M, 9.5 M, 11 M and 13 M against 10 M
    forward = put_forward(behaviour, candidates_of(4), plan, filing, strength, 1.0, LUCK)
    assert forward.tolist() == [True, True, False, False]


def test_money_is_served_by_month_and_the_supplement_goes_on_where_it_ran_out() -> None:
    """Half of each grant is national: 10, 20, 15 and 5 million in the order of application."""
    months = np.array([5.5, 0.2, 3.1, 9.0])
    plan = plan_of([30_000_000, 20_000_000, 40_000_000, 10_000_000])
    people, filing = candidates_of(4, month=months), filing_of(4)
    rules = rules_of(2024)
    got = serve(rules, people, plan, filing, Budgets(30_000_000, 0), 2024, LUCK)
    assert got.served.tolist() == [
        False,
        True,
        True,
        False,
    ]  # the third ends the year, small ones after it too
    assert got.ran_out_month == 5
    assert got.national.tolist() == [15_000_000, 10_000_000, 20_000_000, 5_000_000]
    more = serve(rules, people, plan, filing, Budgets(30_000_000, 15_000_000), 2024, LUCK)
    assert more.served.tolist() == [True, True, True, False]
    assert more.layer.tolist() == [Layer.SUPPLEMENT, Layer.SCHEME, Layer.SCHEME, Layer.SCHEME]
    assert more.ran_out_month == 9
    assert serve(rules, people, plan, filing, Budgets(None, 0), 2024, LUCK).ran_out_month is None


def test_a_part_of_the_nation_spends_its_share_in_the_mean_and_never_more_than_the_nation_has() -> None:
    """A share of 5 million had paid for no project of 20 million in any year, for a whole prefecture."""
    count, rules = 4_000, rules_of(2024)
    keys = np.arange(count, dtype=np.uint64)
    nation = Budgets(30_000_000, 12_000_000)
    share = Budgets(5_000_000, 2_000_000, nation)
    plan, filing = plan_of([40_000_000]), filing_of(1)
    got = [
        serve(rules, candidates_of(1, key=keys[[one]]), plan, filing, share, 2026, LUCK)
        for one in range(count)
    ]
    by_scheme = sum(bool(one.served[0]) for one in got)
    # A quarter of 4,000 (standard error 27), one in a million runs outside; 20 million is over the nation's extra.
    assert abs(by_scheme - 1_000) < 5 * 27.4
    assert all(one.layer[0] == Layer.SCHEME for one in got)
    assert not any(
        serve(
            rules, candidates_of(1, key=keys[[one]]), plan, filing, Budgets(5_000_000, 0), 2026, LUCK
        ).served[0]
        for one in range(50)
    )
    # 18 million are spent by the first, and the second would pass what the whole nation has.
    two, both = plan_of([36_000_000, 40_000_000]), candidates_of(2, month=np.array([1.0, 2.0]))
    most = Budgets(29_000_000, 0, nation)
    assert serve(rules, both, two, filing_of(2), most, 2026, LUCK).served.tolist() == [True, False]


def test_the_order_of_rows_decides_nothing() -> None:
    count = 60
    months = np.round(np.linspace(0, 11, count) * 7 % 12)  # many in the same month: keys break ties
    plan = plan_of(list(range(10_000_000, 10_000_000 + count)))
    people, filing = candidates_of(count, month=months), filing_of(count)
    turned = np.arange(count)[::-1]
    money = Budgets(100_000_000, 40_000_000)
    one = serve(rules_of(2024), people, plan, filing, money, 2024, LUCK)
    other = serve(
        rules_of(2024),
        people.take(turned),
        Plan(*(c[turned] for c in vars(plan).values())),
        filing,
        money,
        2024,
        LUCK,
    )
    assert (one.served == other.served[::-1]).all()
    assert (one.layer == other.layer[::-1]).all()
    assert 0 < one.served.sum() < count
