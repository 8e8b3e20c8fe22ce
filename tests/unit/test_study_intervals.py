"""Intervals over replicates: by hand, in coverage, and where there is nothing to say."""

from __future__ import annotations

from math import isnan, nan, sqrt

import numpy as np
import pytest

from okoshi.study.intervals import Interval, Sampling, mean_interval, middle, ratio_interval


def test_students_interval_by_hand():
    found = mean_interval(np.array([1.0, 2.0, 3.0]))
    # t with two degrees of freedom at 95%: 2.919986; standard error 1/sqrt(3).
    assert (found.value, found.high) == (2.0, pytest.approx(2.0 + 2.919986 / sqrt(3), abs=1e-5))
    assert found.low == pytest.approx(4.0 - found.high)


@pytest.mark.parametrize("agreeing", [[5.0], [5.0, 5.0], [5.0, 6.0], [5.0] * 30, [0.1, 0.3 - 0.2, 0.1]])
def test_too_few_replicates_and_replicates_that_all_agree_give_no_interval(agreeing):
    found = mean_interval(np.array(agreeing))
    assert found.value == pytest.approx(np.mean(agreeing))
    assert isnan(found.low)
    assert isnan(found.high)
    assert found.holds_zero
    as_draws = Sampling(len(agreeing), 1).mean(np.array(agreeing))
    assert isnan(as_draws.low)


def test_replicates_without_a_number_are_left_out():
    assert isnan(mean_interval(np.array([np.nan])).value)
    with_hole = mean_interval(np.array([1.0, np.nan, 2.0, 3.0]))
    assert with_hole == mean_interval(np.array([1.0, 2.0, 3.0]))


def test_the_interval_covers_the_truth_nine_times_in_ten():
    random = np.random.default_rng(1)
    held = [
        found.low <= 3.0 <= found.high
        for found in (mean_interval(random.normal(3.0, 2.0, 6)) for _ in range(2_000))
    ]
    # One false alarm in 100,000.
    assert abs(np.mean(held) - 0.90) < 4.4 * sqrt(0.09 / 2_000)


def test_whether_the_sign_is_open():
    assert Interval(1.0, -0.5, 2.5).holds_zero
    assert not Interval(1.0, 0.5, 2.5).holds_zero
    assert not Interval(-1.0, -2.5, -0.5).holds_zero
    assert Interval(1.0, float("nan"), float("nan")).holds_zero


def test_ratio_of_means_and_its_interval():
    random = np.random.default_rng(2)
    settlers = random.normal(100.0, 5.0, 20)
    yen = 7.0 * settlers + random.normal(0.0, 1.0, 20)
    found = ratio_interval(yen, settlers)
    assert found.value == pytest.approx(yen.mean() / settlers.mean())
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.05
    # Of pairs in a fixed proportion the ratio is certain.
    assert ratio_interval(7.0 * settlers, settlers).high == pytest.approx(7.0)


def test_the_interval_of_a_ratio_covers_the_truth_nine_times_in_ten_even_with_few_replicates():
    random = np.random.default_rng(3)
    held = []
    for _ in range(2_000):
        settlers = random.normal(10.0, 2.0, 5)
        found = ratio_interval(3.0 * settlers + random.normal(0.0, 6.0, 5), settlers)
        held.append(found.low <= 3.0 <= found.high)
    assert abs(np.mean(held) - 0.90) < 4.4 * sqrt(0.09 / 2_000)


def test_no_price_for_what_may_be_nothing():
    found = ratio_interval(np.array([1e9, 1.1e9, 0.9e9]), np.array([-1.0, 0.5, 1.0]))
    assert isnan(found.value)
    assert isnan(ratio_interval(np.array([1.0, 2.0]), np.array([0.0, 0.0])).value)


@pytest.mark.parametrize("draws", [3, 5, 18, 19, 30, 100])
def test_the_interval_over_draws_holds_nine_in_ten_further_draws(draws):
    """Quantiles of the draws themselves held 46% of further ones for 3 draws, 62% for 5, 85% for 30."""
    random = np.random.default_rng(4)
    values = random.normal(0.0, 1.0, (draws, 4_000))
    _, low, high = Sampling(draws, 1).intervals(values)
    further = random.normal(0.0, 1.0, 4_000)
    held = float(((low <= further) & (further <= high)).mean())
    assert abs(held - 0.90) < 4.4 * sqrt(0.09 / 4_000)


def test_draws_in_which_nothing_is_bought_are_dearer_than_all_others():
    settlers = np.linspace(1.0, 10.0, 100)
    yen = np.full(100, 100.0)
    most = Sampling(100, 1).ratio(yen, settlers).high
    settlers[:3] = [-0.1, 0.0, -5.0]  # were among the cheapest, or left the interval open
    found = Sampling(100, 1).ratio(yen, settlers)
    assert found.value == pytest.approx(yen.mean() / settlers.mean())
    assert found.high == pytest.approx(most)
    few = np.concatenate([[-0.1], np.linspace(1.0, 10.0, 24)])
    assert not Sampling(25, 1).mean(few).holds_zero
    assert isnan(Sampling(25, 1).ratio(yen[:25], few).high)


def test_draws_without_a_number_are_left_out_one_by_one() -> None:
    """A share of nobody in one of six draws is no reason to say nothing of the other five."""
    values = np.array([[1.0, 2.0], [nan, nan], [3.0, 4.0], [5.0, 5.0], [2.0, nan], [4.0, 4.0]])
    whole = np.array([1.5, 3.5, 5.0, 2.0, 4.0])
    mean, low, high = Sampling(6, 2).intervals(values.reshape(-1, 1))
    assert mean[0] == pytest.approx(whole.mean())
    assert (low[0], high[0]) == tuple(float(end[0]) for end in middle(whole[:, None]))
    few = np.array([1.0, 2.0, nan, nan])[:, None]
    mean, low, high = Sampling(4, 1).intervals(few)
    assert (mean[0], isnan(low[0]), isnan(high[0])) == (1.5, True, True)
    nothing = Sampling(3, 1).intervals(np.full((3, 1), nan))
    assert all(isnan(end[0]) for end in nothing)
