"""Evaluations on synthetic panels with a known effect: bias, false alarms, power."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest

from okoshi.study.evaluation import (
    METHODS,
    Panel,
    Treated,
    before_after,
    difference_in_differences,
    evaluate,
    matching,
    sites_needed,
)
from okoshi.study.piloting import evaluate_outcome

FIRST, START, YEARS, PLACES = 2020, 2025, 8, 300


def panel_of(rng: np.random.Generator, trend: float = 0.0) -> Panel:
    """Places of lasting level, one trend for all, noise of a place and year (sd 1)."""
    level = rng.normal(10.0, 3.0, (PLACES, 1))
    years = np.arange(YEARS)
    values = level + trend * years + rng.standard_normal((PLACES, YEARS))
    return Panel(values, FIRST, np.column_stack([level[:, 0], rng.standard_normal(PLACES)]))


def treated_of(rng: np.random.Generator, sites: int, staggered: bool = False) -> Treated:
    rows = rng.permutation(PLACES)
    since = START + (np.arange(sites) * 3 // sites if staggered else np.zeros(sites, dtype=int))
    return Treated(rows[:sites], since, rows[sites:])


def with_effect(panel: Panel, treated: Treated, effect: float) -> Panel:
    values = panel.values.copy()
    for row, start in zip(treated.rows, treated.since, strict=True):
        values[row, start - FIRST :] += effect
    return Panel(values, FIRST, panel.traits)


def test_by_hand() -> None:
    # Two sites rise by 5 and 3, two others by 1 and 2: means 4 and 1.5.
    values = np.array([[1.0, 1, 1, 6], [2, 2, 2, 5], [1, 1, 1, 2], [3, 3, 3, 5]])
    panel = Panel(values, 2022, np.array([[1.0], [2.0], [1.0], [3.0]]))
    treated = Treated(np.array([0, 1]), np.array([2025, 2025]), np.array([2, 3]))
    assert before_after(panel, treated).estimate == pytest.approx(4.0)
    found = difference_in_differences(panel, treated)
    assert found.estimate == pytest.approx(2.5)
    assert found.error == pytest.approx(sqrt(2.0 / 2 + 0.5 / 2))
    # Fewer than three others: all are neighbours; after levels 6 and 5 against 3.5.
    assert matching(panel, treated).estimate == pytest.approx(2.0)


def test_differences_in_differences_are_least_squares_with_effects_of_places_and_years() -> None:
    rng = np.random.default_rng(4)
    panel, treated = panel_of(rng, trend=0.7), treated_of(rng, 20)
    values = panel.values[:, 2:]  # three years before, three after
    places, years = np.divmod(np.arange(values.size), values.shape[1])
    on = np.isin(places, treated.rows) & (years >= 3)
    dummies = [on.astype(float)]
    dummies += [(places == place).astype(float) for place in range(PLACES)]
    dummies += [(years == year).astype(float) for year in range(1, values.shape[1])]
    coefficients, *_ = np.linalg.lstsq(np.array(dummies).T, values.ravel(), rcond=None)
    assert difference_in_differences(panel, treated).estimate == pytest.approx(coefficients[0])


@pytest.mark.parametrize("staggered", [False, True])
def test_bias_false_alarms_and_coverage_where_places_are_drawn(staggered: bool) -> None:
    """400 panels, 30 sites, effect 0.5. Bounds are four standard errors: a false alarm in 16,000 per assertion."""
    rng = np.random.default_rng(7)
    count, effect = 400, 0.5
    missed = np.empty((count, len(METHODS)))
    held, alarms = np.empty_like(missed), np.empty_like(missed)
    for number in range(count):
        panel, treated = panel_of(rng), treated_of(rng, 30, staggered)
        nothing = evaluate(panel, treated)
        found = evaluate(with_effect(panel, treated, effect), treated)
        for method, name in enumerate(METHODS):
            one = found[name]
            missed[number, method] = one.estimate - effect
            held[number, method] = (
                abs(one.estimate - effect) <= 2.045 * one.error
            )  # t with 29 degrees of freedom
            alarms[number, method] = nothing[name].is_found
    errors = missed.std(axis=0, ddof=1) / sqrt(count)
    assert (np.abs(missed.mean(axis=0)) < 4 * errors).all()
    reach = 4 * sqrt(0.05 * 0.95 / count)
    for method, name in enumerate(METHODS):
        # Matched neighbours are used by several sites: matching may cry out somewhat more often.
        slack = 0.05 if name == "matching" else 0.0
        assert abs(alarms[:, method].mean() - 0.05) < reach + slack, name
        assert abs(held[:, method].mean() - 0.95) < reach + slack, name


def test_a_common_trend_fools_before_after_and_not_the_others() -> None:
    rng = np.random.default_rng(8)
    found = [evaluate(panel_of(rng, trend=0.5), treated_of(rng, 30)) for _ in range(60)]
    alarms = {name: np.mean([one[name].is_found for one in found]) for name in METHODS}
    # Three years on from the middle of the window before: 1.5 points, found every time. Chance of 14 of 60: 1e-6.
    assert alarms["before_after"] == 1.0
    assert max(alarms["matching"], alarms["difference_in_differences"]) < 14 / 60


def test_staggered_starts_do_not_mix_when_effects_grow() -> None:
    """An effect that grows by 1 a year: means while treated are 2, 1.5 and 1 for starts one year apart."""
    rng = np.random.default_rng(9)
    panel, treated = panel_of(rng), treated_of(rng, 30, staggered=True)
    quiet = Panel(panel.values * 1e-9, FIRST, panel.traits)
    values = quiet.values.copy()
    for row, start in zip(treated.rows, treated.since, strict=True):
        values[row, start - FIRST :] += 1.0 + np.arange(YEARS - (start - FIRST))
    found = difference_in_differences(Panel(values, FIRST, panel.traits), treated)
    assert found.estimate == pytest.approx(1.5, abs=1e-6)


def test_power_rises_with_sites_as_the_formula_says() -> None:
    """Difference in differences, sd of a site's change sqrt(2/3), 40 sites of 300 and an effect found in 80%."""
    sd = sqrt(2 / 3 / 40 + 2 / 3 / 260)
    effect = 2.802 * sd
    assert sites_needed(effect, sd, 40, 0.8) == 40
    assert sites_needed(effect / 2, sd, 40, 0.29) == pytest.approx(4 * 40, rel=0.02)
    assert sites_needed(0.0, sd, 40, 0.0) == inf
    # Found in half of the runs where the spread promised nearly all: z(0.5) is 0, (2.802 / 1.960)^2 times the sites.
    assert sites_needed(10 * effect, sd, 40, 0.5) == np.ceil(40 * (2.802 / 1.960) ** 2)
    assert sites_needed(10 * effect, sd, 40, 0.02) == inf
    rng = np.random.default_rng(10)
    hits = []
    for _ in range(500):
        panel, treated = panel_of(rng), treated_of(rng, 40)
        hits.append(difference_in_differences(with_effect(panel, treated, effect), treated).is_found)
    assert abs(np.mean(hits) - 0.8) < 4 * sqrt(0.16 / 500) + 0.02  # t in place of z costs a point


def test_one_outcome_of_a_pilot_by_known_truth() -> None:
    rng = np.random.default_rng(11)
    without = panel_of(rng)
    treated = treated_of(rng, 20)
    with_it = with_effect(without, treated, 3.0)
    rows = np.arange(PLACES)
    choices = [rng.permutation(PLACES)[:20] for _ in range(50)]
    found = evaluate_outcome(without, with_it, treated.rows, treated.since, rows, choices)
    assert found.truth == pytest.approx(3.0)
    assert found.elsewhere == 0.0
    assert found.hits[:, 2].all()
    assert found.alarms[:, 2].mean() < 0.25  # chance of 13 of 50: 1e-6
    # What is laid over has the same effect: an estimate misses as it does where nothing works.
    nothing = [
        difference_in_differences(without, Treated(c, treated.since, np.setdiff1d(rows, c))) for c in choices
    ]
    assert found.misses[:, 2] == pytest.approx([one.estimate for one in nothing])
