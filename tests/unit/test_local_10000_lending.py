"""What a founder chooses under the ladder: by hand, and against brute force over every size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_10000_runs import candidates_of, settings_of
from okoshi.agents.banks import BankBehaviour, Banks, found_banks, unsecured_limits, with_stakes
from okoshi.agents.founders import PREFIX, STREAMS_LOCAL_10000
from okoshi.engine.draws import Luck
from okoshi.markets.lending import (
    Plan,
    ProjectFinance,
    kinks_of,
    pieces_of,
    plan_with_grant,
    plan_without_grant,
    yearly,
)
from okoshi.policy.local_10000 import Local10000Rules, grant_for_loan, largest_grant
from okoshi.world.country import load_world

FINANCE = ProjectFinance(returns=0.5, capital_cost=0.16, own_share=0.2)
MILLION = 1_000_000


def rules_of(year: int) -> Local10000Rules:
    return Local10000Rules.of(settings_of(), year)


def bank(count: int = 1, limit: float = 1e12) -> np.ndarray:
    return np.full(count, limit)


def in_millions(plan: Plan) -> tuple[float, float, float]:
    return tuple(float(column[0]) / MILLION for column in (plan.investment, plan.loan, plan.grant))


def test_the_ladder_bends_where_the_slides_say() -> None:
    assert [kink / MILLION for kink in kinks_of(rules_of(2024))] == [0, 25, 35, 37.5, 50, 52.5, 70, 75, 100]
    assert [kink / MILLION for kink in kinks_of(rules_of(2014))] == [0, 50]


@pytest.mark.parametrize("year", [2014, 2018, 2024])
def test_pieces_are_the_rule(year: int) -> None:
    rules = rules_of(year)
    for piece in pieces_of(rules):
        for loan in np.linspace(piece.low, min(piece.high, piece.low + 60e6), 7):
            expected = grant_for_loan(rules, int(loan))
            assert piece.grant + piece.slope * (loan - piece.low) == pytest.approx(expected, abs=2)


@pytest.mark.parametrize("indivisible", [False, True])
def test_dearer_capital_makes_a_project_worth_less_and_smaller(indivisible: bool) -> None:
    """Without a grant the best size is where `theta a I^(a-1) = rho`: at twice the rho and a = 1/2 a quarter."""
    cheap, usual, dear = (
        plan_without_grant(
            candidates_of(1, first_best=8e6, wealth=1e9, hurdle=0.0, indivisible=indivisible),
            bank(),
            replace(FINANCE, capital_cost=rho),
        )
        for rho in (0.08, 0.16, 0.32)
    )
    assert cheap.value[0] > usual.value[0] > dear.value[0]
    sizes = [plan.investment[0] / MILLION for plan in (cheap, usual, dear)]
    assert sizes == pytest.approx([8, 8, 8] if indivisible else [32, 8, 2])


def test_a_small_project_takes_a_yen_of_loan_for_a_yen_of_grant() -> None:
    """At ratio 1 half of what own money leaves is paid: capital costs 0.16 x (1 - 0.4), so the size is 1 / 0.36."""
    plan = plan_with_grant(candidates_of(1, first_best=9e6), bank(), FINANCE, rules_of(2024))
    assert in_millions(plan) == (25.0, 10.0, 10.0)
    own = plan.investment - plan.loan - plan.grant
    assert own[0] == 0.2 * plan.investment[0]


@pytest.mark.parametrize(
    ("first_best", "limit", "expected"),
    [
        (40e6, 1e12, (62.5, 25.0, 25.0)),  # wants more while it is subsidised, less where it is not: the kink
        (65e6, 36e6, (65.0, 27.0, 25.0)),  # no loan for the next slope: its best size on the flat stretch
        (105e6, 60e6, (109.375, 52.5, 35.0)),
        (105e6, 1e12, (187.5, 100.0, 50.0)),
    ],
)
def test_kinks_hold_those_whose_best_size_is_near(
    first_best: float, limit: float, expected: tuple[float, ...]
) -> None:
    project = candidates_of(1, first_best=first_best)
    assert in_millions(plan_with_grant(project, bank(limit=limit), FINANCE, rules_of(2024))) == expected


def test_where_the_bank_stops_own_money_goes_on() -> None:
    project = candidates_of(1, first_best=60e6, wealth=35e6)
    plan = plan_with_grant(project, bank(limit=12e6), FINANCE, rules_of(2024))
    assert in_millions(plan) == (59.0, 12.0, 12.0)
    nothing_left = plan_with_grant(replace(project, wealth=np.array([0.0])), bank(), FINANCE, rules_of(2024))
    assert not nothing_left.worthwhile[0]


def test_an_indivisible_project_is_taken_whole_or_left() -> None:
    project = candidates_of(2, first_best=50e6, indivisible=True, wealth=np.array([10e6, 9e6]))
    plan = plan_with_grant(project, bank(2), FINANCE, rules_of(2024))
    assert plan.worthwhile.tolist() == [True, False]
    assert in_millions(plan) == (50.0, 20.0, 20.0)
    alone = plan_without_grant(replace(project, wealth=np.array([30e6, 29e6])), bank(2, 20e6), FINANCE)
    assert alone.worthwhile.tolist() == [True, False]
    assert alone.investment[0] == 50e6


def test_without_a_grant_means_bound_the_size() -> None:
    project = candidates_of(3, first_best=60e6, wealth=np.array([100e6, 20e6, 4e6]))
    plan = plan_without_grant(project, bank(3, 30e6), FINANCE)
    assert plan.investment.tolist() == [60e6, 50e6, 20e6]
    assert plan.loan.tolist() == [30e6, 30e6, 16e6]
    earned = yearly(project.first_best, plan.investment.astype(float), FINANCE) - 0.16 * plan.investment
    assert np.allclose(plan.value, earned)


@settings(max_examples=60)
@given(
    st.floats(2e6, 3e8), st.floats(0, 2e8), st.floats(0, 2e8), st.floats(0.3, 0.7), st.floats(0, 0.4),
    st.sampled_from([2014, 2018, 2024]),
)  # fmt: skip
def test_no_size_is_better_than_the_chosen_one(
    first_best: float, wealth: float, limit: float, returns: float, own_share: float, year: int
) -> None:
    """Brute force over 20,000 sizes finds nothing above the plan, and the plan keeps every limit."""
    finance, rules = ProjectFinance(returns, 0.16, own_share), rules_of(year)
    limit = float(int(limit / 1000) * 1000)
    project = candidates_of(1, first_best=first_best, wealth=wealth)
    plan = plan_with_grant(project, bank(limit=limit), finance, rules)
    size = np.linspace(1e4, 4 * first_best, 20_000)
    loans = np.linspace(0, limit, 2_001)
    covered = loans + grant_for_loan(rules, loans.astype(np.int64))
    loan = np.interp((1 - own_share) * size, covered, loans, right=limit)
    grant = np.minimum(np.interp(loan, loans, covered - loans), size - loan)
    value = yearly(np.full_like(size, first_best), size, finance) - 0.16 * (size - grant)
    possible = (size - loan - grant <= wealth) & (grant > 0)
    brute = value[possible].max(initial=-np.inf)
    chosen = plan.value[0] if plan.grant[0] > 0 else -np.inf
    assert chosen >= brute - 2_000 - 1e-4 * abs(brute) if np.isfinite(brute) else True
    if plan.grant[0] > 0:
        assert plan.loan[0] <= limit
        assert plan.grant[0] == largest_grant(rules, int(plan.investment[0]), int(plan.loan[0]))
        assert plan.investment[0] - plan.loan[0] - plan.grant[0] <= wealth + 2_000


def behaviour_of_banks(**changed: float) -> BankBehaviour:
    return replace(settings_of().fill(BankBehaviour, PREFIX), **changed)


def limits(behaviour: BankBehaviour, **columns: object) -> np.ndarray:
    banks = Banks(1)
    banks.append(1, key=np.array([1], dtype=np.uint64), standard=0.0)
    project = candidates_of(1, **columns)
    return unsecured_limits(behaviour, project, np.zeros(1, dtype=int), banks, Luck(1, STREAMS_LOCAL_10000))


def test_a_bank_lends_what_bad_sales_still_carry() -> None:
    """Tolerance 15.87% is one standard deviation: 60M x 0.16 / 0.5 x exp(-0.8) / 0.16."""
    behaviour = behaviour_of_banks(
        default_tolerance=0.158655, sales_spread=0.8, bank_opinion=0.0, bank_sees_optimism=0.0,
        debt_service=0.16, returns=0.5,
    )  # fmt: skip
    assert limits(behaviour, first_best=60e6)[0] == pytest.approx(60e6 * 2 * np.exp(-0.8), abs=1_001)
    seeing = replace(behaviour, bank_sees_optimism=1.0, optimism=0.5)
    assert limits(seeing, first_best=60e6)[0] == pytest.approx(60e6 * 2 * np.exp(-1.3), abs=1_001)
    assert limits(replace(behaviour, default_tolerance=0.0))[0] == 0.0


def test_stakes_count_from_their_year_on_and_bear_more() -> None:
    behaviour = behaviour_of_banks(stake_share=1.0, stake_since=2018, stake_factor=1.5)
    luck, project = Luck(1, STREAMS_LOCAL_10000), candidates_of(2)
    before, none = with_stakes(behaviour, project, bank(2, 10e6), 2017, luck)
    after, stake = with_stakes(behaviour, project, bank(2, 10e6), 2018, luck)
    assert before.tolist() == [10e6, 10e6]
    assert not none.any()
    assert after.tolist() == [15e6, 15e6]
    assert stake.all()


def test_one_bank_a_prefecture() -> None:
    banks = found_banks(load_world(), behaviour_of_banks(), Luck(1, STREAMS_LOCAL_10000))
    assert len(banks) == 47
    assert banks.faults() == []
    assert 0.1 < banks.standard.std() < 0.4
