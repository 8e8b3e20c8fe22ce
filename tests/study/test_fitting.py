"""The machinery of a fit against answers that are known: stand-in, sampler, recovery, naive forecasts, words."""

from __future__ import annotations

import numpy as np
import pytest

from okoshi.app.validate_verdict import verdict
from okoshi.observe.observed import observed_figures
from okoshi.study.emulator import fit_emulator
from okoshi.study.fitting import Problem, fit, sample
from okoshi.study.information import UNPUBLISHED, Unpublished, _removed, information
from okoshi.study.naive import Forecast, naive_forecasts, official_series
from okoshi.study.patterns import PATTERNS
from okoshi.study.recovery import DRAWS, Recovery, recover
from okoshi.study.rests_on import DATA, PRIOR, RULE, word_of_draws
from okoshi.study.targets import Target, bounds_of, targets_of
from okoshi.study.validating import (
    Seen,
    chance_of,
    error_of_draws,
    forecast_of,
    model_error,
    official_after,
    score_figures,
    widened,
)

RANDOM = np.random.default_rng(20)


def made(unit: np.ndarray) -> np.ndarray:
    line = 2 * unit - 1
    return np.column_stack([3 + 2 * line[:, 0] + line[:, 1] ** 2, line[:, 0] - line[:, 2] * line[:, 3]])


@pytest.fixture(scope="module")
def emulator():
    luck = np.random.default_rng(20)
    unit = luck.random((200, 6))
    noise = luck.multivariate_normal([0, 0], [[0.04, 0.02], [0.02, 0.04]], 200)
    values = made(unit) + noise
    values[3, 1] = np.nan
    return fit_emulator(unit, np.arange(200), values)


def test_the_stand_in_finds_a_quadratic_and_the_errors_around_it(emulator):
    unit = RANDOM.random((500, 6))
    assert np.sqrt(((emulator(unit) - made(unit)) ** 2).mean(axis=0)).max() < 0.12
    assert np.sqrt(np.diag(emulator.errors)) == pytest.approx([0.2, 0.2], rel=0.25)
    assert 0.2 < emulator.errors[0, 1] / emulator.errors[0, 0] < 0.75
    assert emulator.explained.min() > 0.85


def test_too_few_runs_are_refused():
    with pytest.raises(ValueError, match="only 10 runs"):
        fit_emulator(RANDOM.random((10, 2)), np.arange(10), RANDOM.random((10, 1)))


def test_the_sampler_gives_the_posterior_that_is_known():
    def density(unit: np.ndarray) -> np.ndarray:
        return -0.5 * ((unit[:, 0] - 0.3) / 0.02) ** 2

    found = sample(density, 12, 500, np.random.default_rng(3))
    assert found[:, 0].mean() == pytest.approx(0.3, abs=0.004)
    assert found[:, 0].std() == pytest.approx(0.02, rel=0.15)
    assert found[:, 1:].mean(axis=0) == pytest.approx(np.full(11, 0.5), abs=0.06)
    assert found[:, 1:].var(axis=0) * 12 == pytest.approx(np.ones(11), abs=0.2)


def posed(emulator, official) -> Problem:
    targets = targets_of(2018, ["settled_share_all"])[:2]
    return Problem(targets, np.array(official), emulator, emulator.errors + 0.0001 * np.eye(2))


def test_history_matching_keeps_what_is_not_ruled_out_and_abc_weighs_it(emulator):
    problem = posed(emulator, [4.0, 0.6])
    even = fit(problem, 6, "history_matching", 100, seed=1)
    weighed = fit(problem, 6, "abc", 100, seed=1)
    assert problem.implausibility(even.unit).max() <= even.cut == 3.0
    assert weighed.unit[:, 0].std() < even.unit[:, 0].std() < 0.29
    assert 0 < even.share_left < 1


def test_nothing_left_is_said_by_a_wider_cut(emulator):
    found = fit(posed(emulator, [9.0, -9.0]), 6, "abc", 50, seed=1)
    assert found.cut > 3.0
    assert found.share_left == 0.0


def test_recovery_is_even_and_says_what_cannot_be_found(emulator):
    names = tuple("abcdef")
    # The histograms raise one false alarm in twenty: seed 5 was one (p = 0.002 for one of six), 6, 7 and 8 are even.
    found = recover(posed(emulator, [3.0, 0.0]), names, 40, seed=6, last_moves=15)
    assert found.coverage(0.5) == pytest.approx(0.5, abs=0.12)
    assert found.coverage(0.9) == pytest.approx(0.9, abs=0.08)
    assert not found.uneven()
    assert {"e", "f"} <= set(found.unfound()) <= {"b", "c", "d", "e", "f"}


def test_uneven_ranks_are_noticed():
    biased = np.column_stack([np.full(60, 3), RANDOM.integers(0, DRAWS + 1, 60)])
    found = Recovery(("biased", "even"), biased, np.array([[0.2, 1.0]]))
    assert found.uneven() == ["biased"]
    assert found.unfound() == ["even"]


def test_naive_forecasts_are_the_ones_they_say():
    official = official_series("members")
    after = np.array([official[year] for year in range(2019, 2024)])
    same, increase, flow = naive_forecasts("members", 2018, 2023)
    assert same.middle.tolist() == [5359.0] * 5
    assert same.score(after)["error"] == pytest.approx(0.1095, abs=0.0005)  # 0.2, 1.9, 10.2, 16.9, 25.6%
    assert increase.middle.tolist() == [5359 + 529 * step for step in range(1, 6)]
    share = 4848 / sum(value for year, value in official.items() if year <= 2018)
    assert flow.middle[0] == pytest.approx(5359 * (1 - share) + 5359 - 4830 * (1 - share))


def test_the_interval_score_punishes_what_lies_outside():
    years = np.array([2019, 2020])
    forecast = Forecast(
        "x", 2018, years, np.array([100.0, 100.0]), np.array([90.0, 90.0]), np.array([110.0, 110.0])
    )
    scored = forecast.score(np.array([100.0, 120.0]))
    assert scored["covered"] == 1
    assert scored["error"] == pytest.approx((0 + 20 / 120) / 2)
    assert scored["interval_score"] == pytest.approx((20 / 100 + (20 + 20 * 10) / 120) / 2)


def test_a_forecast_of_the_model_holds_the_error_that_its_fit_assumes():
    national = {"fiscal_year": np.arange(2019, 2024), "members": np.full(5, 1000.0)}
    found = forecast_of([Seen(national, {})] * 3, 2018)
    assert model_error("members") == pytest.approx(0.04)
    assert found.middle.tolist() == [1000.0] * 5
    assert found.high == pytest.approx(
        np.full(5, 1000 * (1 + 1.644854 * 0.04))
    )  # runs that agree: that error alone
    wide = {**national, "members": np.array([900.0, 900, 900, 900, 900])}
    spread = forecast_of([Seen(national, {}), Seen(wide, {})] * 50, 2018)
    assert spread.low == pytest.approx(950 - np.hypot(50, 1.644854 * 0.04 * 950) * np.ones(5))


def test_an_interval_ends_where_figures_can_lie_and_no_verdict_changes():
    """A share of 0.34 with a wide error ends at nought and not below, one of 0.97 at one; counts are not negative."""
    for figure in observed_figures():
        low, high = bounds_of(figure.series)
        assert low <= figure.value <= high  # so that a figure is in the interval as often as before
    columns = {f.series for f in observed_figures()}
    assert {bounds_of(name) for name in columns} == {(0.0, 1.0), (0.0, np.inf)}
    wide = np.array(2.0)
    share = widened(np.array(0.2), np.array(0.34), np.array(0.5), wide, "local_10000_ratio_1_share")
    assert [float(end) for end in share] == [0.0, 1.0]
    count = widened(np.array(1.0), np.array(4.0), np.array(9.0), np.array(20.0), "dispatched_dispatched")
    assert float(count[0]) == 0.0
    assert float(count[1]) == pytest.approx(4 + np.hypot(5, 20))
    narrow = widened(np.array(0.2), np.array(0.34), np.array(0.5), np.array(0.1), "local_10000_ratio_1_share")
    assert [float(end) for end in narrow] == pytest.approx(
        [0.34 - np.hypot(0.14, 0.1), 0.34 + np.hypot(0.16, 0.1)]
    )
    columns_of_2017 = {f.series: np.array([0.3]) for f in observed_figures() if f.fiscal_year == 2017}
    runs = [
        Seen({"fiscal_year": np.array([2017]), **columns_of_2017}, {p.name: np.nan for p in PATTERNS})
    ] * 3
    rows = {row["figure"]: row for row in score_figures(runs, 2018)}
    row = rows["local_10000_ratio_1_share"]
    assert row["low_90"] == 0.0 < row["median"] < row["high_90"] <= 1.0


def _forecasts(model: float, naive: float) -> dict[int, list[Forecast]]:
    """Return forecasts of FY2019 to FY2023 that are off by a share each year."""
    official, ends = official_after(2018), (np.zeros(5), np.full(5, 1e5))
    years = np.arange(2019, 2024)
    pairs = (("model", model), ("same_as_last_year", 0.5), ("same_increase", naive))
    return {2018: [Forecast(name, 2018, years, official * (1 + off), *ends) for name, off in pairs]}


def test_the_first_line_says_how_near_a_win_is():
    near = verdict(_forecasts(0.075, 0.078))
    assert near.startswith("No naive forecast")
    assert "By a hair" in near
    assert "off by 7.5%, same increase as last year by 7.8% (0.3 points apart, mean of 5 year(s))" in near
    assert "hair" not in verdict(_forecasts(0.075, 0.095))
    assert "By a hair" in verdict(_forecasts(0.075, 0.095), {2018: 0.02})  # other draws might turn it
    assert "(0.3 points apart)" in verdict(_forecasts(0.078, 0.075))


def test_a_forecast_says_how_far_it_hangs_on_the_draws():
    """The standard error of a median of n draws of a normal is 1.253 of its spread over the root of n."""
    years = np.arange(2009, 2024)
    runs = [
        Seen({"fiscal_year": years, "members": np.full(len(years), members)}, {})
        for members in 5359.0 * (1 + 0.05 * np.random.default_rng(3).standard_normal(900))
    ]
    error, level = error_of_draws(runs, 2018)
    assert level == pytest.approx(1.253 * 0.05 / 30, rel=0.25)
    assert 0 < error < 1.5 * level
    assert error_of_draws(runs[:1] * 9, 2018) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_a_stand_in_is_moved_by_what_runs_at_its_draws_differ_from_it():
    emulator = fit_emulator(RANDOM.random((200, 2)), np.arange(200), RANDOM.normal(5.0, 0.1, (200, 1)))
    moved = Problem((), np.zeros(1), emulator, np.eye(1)).moved(np.array([0.3]))
    unit = RANDOM.random((50, 2))
    assert moved.emulator(unit) == pytest.approx(emulator(unit) + 0.3)
    assert moved.distances(unit) == pytest.approx(emulator(unit) + 0.3)


def test_words_say_what_the_data_removed():
    wide, narrow = RANDOM.normal(100, 10, 200), RANDOM.normal(100, 3, 200)
    assert word_of_draws("members", wide, narrow) == DATA
    assert word_of_draws("members", wide, wide) == PRIOR
    assert word_of_draws("yen_bank", narrow, narrow) == RULE
    assert word_of_draws("members", narrow, narrow) == PRIOR
    nought = np.zeros(200)  # nothing paid is no arithmetic of the law
    assert word_of_draws("yen_bank", nought, nought) == PRIOR
    assert word_of_draws("yen_bank", nought, narrow) == PRIOR
    assert word_of_draws("yen_bank", np.full(200, 5.0), np.full(200, 5.0)) == RULE
    assert word_of_draws("members", wide[:5], narrow[:5]) == PRIOR
    # Two draws of ten replicates are two draws: taken for twenty, they said data in a third of cases without any.
    assert word_of_draws("members", wide[:20].reshape(2, 10), narrow[:20].reshape(2, 10)) == PRIOR
    assert word_of_draws("members", wide.reshape(20, 10), narrow.reshape(20, 10)) == DATA


def test_how_likely_a_target_is_holds_the_error_that_a_forecast_holds():
    """Of runs that agree the chance of missing by 4% of them, one standard deviation of the model's own error."""
    runs = np.full(30, 10_000.0)
    assert chance_of(10_000, runs)[0] == pytest.approx(0.5)
    chance, low, high = chance_of(10_400, runs)
    assert chance == pytest.approx(0.1587, abs=1e-4)
    assert (low, high) == pytest.approx((10_000 - 658, 10_000 + 658), abs=1)


def test_information_is_the_share_of_variance_a_figure_takes_away():
    known = RANDOM.normal(0, 1, 4000)
    assert _removed(known, known + RANDOM.normal(0, 1, 4000))[0] == pytest.approx(0.5, abs=0.05)
    assert _removed(known, RANDOM.normal(0, 1, 4000))[0] < 0.01
    national = {
        "fiscal_year": np.array([2018, 2019, 2020]),
        "applied": np.array([9, 20, 30]),
        "vacancies": np.array([1, 10, 10]),
    }
    assert Unpublished("x", "applied", "vacancies").value(national, 2019, 2020) == 2.5


def test_figures_that_tell_nothing_are_not_named():
    """Of 12 figures without any bearing, over 30 runs, the best was said to take off 10% (a tenth of times 20%)."""
    random, columns = (
        np.random.default_rng(8),
        {f.column for f in UNPUBLISHED} | {f.over for f in UNPUBLISHED},
    )

    def of_a_run():
        return {
            "fiscal_year": np.array([2020]),
            **{one: random.uniform(1, 2, 1) for one in sorted(columns - {""})},
        }

    named = [
        information(random.normal(size=30), [of_a_run() for _ in range(30)], 2020, 2020) for _ in range(60)
    ]
    assert sum(bool(one) for one in named) <= 9  # 5% of 60 are 3: one false alarm in 1,000
    runs = [of_a_run() for _ in range(30)]
    headline = np.array([float(run["staff_hours"][0]) for run in runs]) + random.normal(0, 0.1, 30)
    assert information(headline, runs, 2020, 2020)[0][0] == "staff_hours"
    with pytest.raises(ValueError, match="10 runs are too few"):
        information(headline[:10], runs[:10], 2020, 2020)


def test_targets_are_compared_on_their_own_scale():
    count, share = targets_of(2018, ["members"])[0], targets_of(2018, ["settled_share_all"])[0]
    assert isinstance(count, Target)
    assert count.in_units(count.scaled(np.array([89.0])))[0] == pytest.approx(89)
    assert share.scaled(np.array([0.6]))[0] == 0.6
