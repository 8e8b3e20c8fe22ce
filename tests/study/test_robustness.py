"""Scenario discovery finds a box that was put there; regret is what it is by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from known_functions import LABEL, NAMES, experiment_of, swept

from okoshi.engine.columns import Array
from okoshi.study.design import Design
from okoshi.study.discovery import bad_points, discover
from okoshi.study.experiment import Experiment
from okoshi.study.factors import Factor
from okoshi.study.gathered import Gathered, gather
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.regret import regrets

OUTCOME = OutcomeChoice("national", "members", 2020)
YEN = Factor("policy.cooperators.startup_per_member@2025", "yen", range=(0.0, 3_000_000.0))
STRUCTURE = Factor("structure.settlement", "text", values=("choice", "threshold"))


def bad_in_a_corner(unit: Array) -> Array:
    """Low where the first factor is over 0.6 and the last (a list of two) is at its second value."""
    rng = np.random.default_rng(3)
    corner = (unit[:, 0] > 0.6) & (unit[:, 3] >= 0.5)
    return np.where(corner, 10.0, 100.0) + rng.random(len(unit))


def corner(samples: int = 400) -> tuple[Design, Gathered]:
    base = experiment_of("latin_hypercube", samples, 3)
    experiment = replace(base, factors=(base.factors[0], YEN, base.factors[2], STRUCTURE))
    design, results = swept(experiment, bad_in_a_corner)
    return design, gather(design, results, LABEL)


def test_discovery_finds_the_corner_and_nothing_else() -> None:
    pytest.importorskip("ema_workbench")
    design, gathered = corner()
    box = discover(design, gathered, replace(OUTCOME, target=50.0))
    assert box is not None
    assert {limit.factor for limit in box.limits} == {NAMES[0], "structure.settlement"}
    by_factor = {limit.factor: limit for limit in box.limits}
    assert by_factor["structure.settlement"].values == ("threshold",)
    low, high = by_factor[NAMES[0]].low, by_factor[NAMES[0]].high
    assert low == pytest.approx(0.6, abs=0.02)
    assert high is None
    assert box.density > 0.95
    assert box.coverage > 0.95
    assert box.share == pytest.approx(0.2, abs=0.03)


def test_a_box_is_counted_by_the_limits_that_are_told() -> None:
    """Peeling also cuts where chance would do; those cuts are not told, and its shares are not those of the rest."""
    pytest.importorskip("ema_workbench")
    design, gathered = corner(120)
    values = gathered.values + 40.0 * np.random.default_rng(11).standard_normal(gathered.values.shape)
    box = discover(design, replace(gathered, values=values), replace(OUTCOME, target=50.0))
    assert box is not None
    inside = np.ones(len(gathered.rows), dtype=bool)
    for limit in box.limits:
        column = design.columns[limit.factor][gathered.rows]
        if limit.values:
            inside &= np.isin(column.astype(str), limit.values)
        else:
            inside &= (column >= (limit.low or -np.inf)) & (column <= (limit.high or np.inf))
    bad = values.mean(axis=1) < 50.0
    counted = (bad[inside].mean(), bad[inside].sum() / bad.sum(), inside.mean())
    assert (box.density, box.coverage, box.mass) == pytest.approx(counted)
    assert box.mass > 0.05


def test_discovery_says_when_there_is_nothing_to_find() -> None:
    pytest.importorskip("ema_workbench")
    design, gathered = corner()
    assert discover(design, gathered, replace(OUTCOME, target=0.0)) is None
    assert discover(*corner(30), OUTCOME) is None
    empty = replace(gathered, values=gathered.values[:0], unit=gathered.unit[:0], rows=gathered.rows[:0])
    assert discover(design, empty, OUTCOME) is None
    assert regrets(design, empty, OUTCOME) == []
    noise = replace(gathered, values=np.random.default_rng(5).random(gathered.values.shape))
    box = discover(design, noise, OUTCOME)
    assert box is None or box.density < 0.6


def test_half_that_are_all_the_worst_are_bad() -> None:
    """A measure on or off: no point is worse than the many at the edge, and what sets them apart is told."""
    pytest.importorskip("ema_workbench")
    design, gathered = corner()
    off = gathered.unit[:, 3] >= 0.5
    box = discover(design, replace(gathered, values=np.where(off, 0.0, 12.0)[:, None]), OUTCOME)
    assert box is not None
    assert (box.bad, [limit.factor for limit in box.limits]) == ("<= 0", ["structure.settlement"])
    assert (box.density, box.coverage) == (1.0, 1.0)


def test_bad_is_what_misses_the_target_or_the_worst_quarter() -> None:
    means = np.arange(1.0, 9.0)
    assert bad_points(means, OUTCOME)[0].tolist() == [True] * 2 + [False] * 6
    assert bad_points(means, replace(OUTCOME, better="less"))[0].tolist() == [False] * 6 + [True] * 2
    assert bad_points(means, replace(OUTCOME, target=4.0))[0].sum() == 3
    assert bad_points(means, replace(OUTCOME, better="less", target=4.0))[0].sum() == 4
    tied = np.array([1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0])
    assert bad_points(tied, OUTCOME)[0].tolist() == [True] + [False] * 7


def policies_by_states(table: Array, noise: float = 0.0, replicates: int = 1) -> tuple[Design, Gathered]:
    """Return a grid of three sizes of an aid and two structures with this outcome for each pair."""
    aid = Factor("policy.cooperators.startup_per_member@2025", "yen", values=(0, 1, 2))
    base: Experiment = experiment_of("grid", 1, 0, replicates=replicates)
    experiment = replace(base, factors=(aid, STRUCTURE))

    def outcome(unit: Array) -> Array:
        return np.asarray(table[(unit[:, 0] * 3).astype(int), (unit[:, 1] * 2).astype(int)])

    design, results = swept(experiment, outcome, noise)
    return design, gather(design, results, LABEL)


def test_regret_is_what_it_is_by_hand() -> None:
    """In the first state the best gives 10, in the second 8: regrets (0, 6), (3, 1), (9, 0)."""
    table = np.array([[10.0, 2.0], [7.0, 7.0], [1.0, 8.0]])
    found = regrets(*policies_by_states(table), OUTCOME)
    assert [one.policy["policy.cooperators.startup_per_member@2025"] for one in found] == ["1", "0", "2"]
    assert [one.largest for one in found] == [3.0, 6.0, 9.0]
    assert [one.mean for one in found] == [2.0, 3.0, 4.5]
    assert [one.state["structure.settlement"] for one in found] == ["choice", "threshold", "choice"]
    assert all(
        np.isnan([one.low, one.high, one.chosen]).all() for one in found
    )  # one replicate, no certainty
    # Where less is better (yen), the order turns: best are 1 and 2, regrets (9, 0), (6, 5), (0, 6).
    costs = regrets(*policies_by_states(table), replace(OUTCOME, better="less"))
    assert sorted(one.largest for one in costs) == [6.0, 6.0, 9.0]


def test_regret_knows_how_sure_it_is() -> None:
    table = np.array([[10.0, 2.0], [7.0, 7.0], [1.0, 8.0]])
    found = regrets(*policies_by_states(table, noise=3.0, replicates=8), OUTCOME)
    assert all(one.low < one.largest < one.high for one in found)
    even = regrets(*policies_by_states(np.ones((3, 2)), noise=3.0, replicates=8), OUTCOME)
    assert max(one.chosen for one in even) < 1.0


def test_regret_needs_policies_that_meet_states() -> None:
    assert regrets(*corner(), OUTCOME) == []
