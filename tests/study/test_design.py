"""Designs: deterministic, extendable, and one mapping out of the unit cube."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_functions import experiment_of

from okoshi.scenario.scenario import load_scenario
from okoshi.study.design import design_of, natural, scenario_in_runs, scenario_of
from okoshi.study.experiment import load_experiment
from okoshi.study.factors import Factor

METHODS = {"grid": 3, "latin_hypercube": 9, "morris": 5, "sobol": 8, "pawn": 40, "delta": 100, "rbd_fast": 64}


@pytest.mark.parametrize("method", METHODS)
def test_the_same_file_gives_the_same_points_and_as_many_as_it_says(method: str) -> None:
    experiment = experiment_of(method, METHODS[method], 3)
    one, other = design_of(experiment), design_of(experiment)
    assert one.unit.tobytes() == other.unit.tobytes()
    assert len(one) == experiment.points
    assert one.unit.min() >= 0
    assert one.unit.max() <= 1
    if method != "grid":
        assert not np.array_equal(design_of(replace(experiment, seed=2)).unit, one.unit)


@pytest.mark.parametrize("method", ["sobol", "morris"])
@pytest.mark.parametrize("second_order", [False, True])
def test_a_longer_design_begins_with_the_shorter(method: str, second_order: bool) -> None:
    short = experiment_of(method, 16, 4, second_order=second_order and method == "sobol")
    long = design_of(replace(short, samples=32)).unit
    assert np.array_equal(long[: short.points], design_of(short).unit)


def test_groups_move_together_and_shrink_the_design() -> None:
    experiment = experiment_of("sobol", 8, 3, groups=("a", None, "a"))
    assert (experiment.block, experiment.points) == (4, 32)
    first, with_a, with_own, last = design_of(experiment).unit.reshape(8, 4, 3).transpose(1, 0, 2)
    assert np.array_equal(with_a[:, [0, 2]], last[:, [0, 2]])
    assert np.array_equal(with_a[:, 1], first[:, 1])
    assert np.array_equal(with_own[:, 1], last[:, 1])


@given(st.floats(0, 1), st.integers(0, 10**9), st.integers(1, 10**9))
def test_yen_are_whole_and_inside_their_range(place: float, low: int, more: int) -> None:
    value = natural(Factor("policy.x", "yen", range=(float(low), float(low + more))), place)
    assert type(value) is int
    assert low <= value <= low + more


def test_counts_and_lists_have_equal_parts_of_the_unit_interval() -> None:
    places = (np.arange(6000) + 0.5) / 6000
    count = [natural(Factor("x", "count", range=(1.0, 3.0)), place) for place in places]
    names = [natural(Factor("x", "text", values=("a", "b", "c")), place) for place in places]
    assert np.unique(count, return_counts=True)[1].tolist() == [2000, 2000, 2000]
    assert np.unique(names, return_counts=True)[1].tolist() == [2000, 2000, 2000]
    share = Factor("x", "share", range=(0.1, 0.7))
    assert (natural(share, 0.0), natural(share, 1.0)) == (0.1, 0.7)


EXPERIMENT = """title = "x"
scenario = "baseline"
method = "grid"
samples = 3
seed = 5
[[factors]]
parameter = "policy.cooperators.startup_per_member@2025"
range = [0, 3_000_000]
[[factors]]
parameter = "world.scale"
range = [1, 2]
[[factors]]
parameter = "policy.cooperators.term_years@2026"
values = [[1, 3], [1, 5]]
[[factors]]
parameter = "structure.settlement"
values = ["choice", "threshold"]
[[outcomes]]
column = "national.members"
year = 2029
"""


def test_a_point_becomes_a_scenario_that_changes_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(EXPERIMENT, encoding="utf-8")
    design = design_of(load_experiment(path))
    assert len(design) == 3 * 2 * 2 * 2
    money = design.columns["policy.cooperators.startup_per_member@2025"]
    assert money.dtype == np.int64
    assert sorted(set(money.tolist())) == [0, 1_500_000, 3_000_000]
    assert set(design.columns["policy.cooperators.term_years@2026"]) == {"[1, 3]", "[1, 5]"}
    last = scenario_of(design, len(design) - 1)
    by_hand = load_scenario(
        "baseline",
        {
            "policy.cooperators.startup_per_member@2025": 3_000_000,
            "world.scale": 2,
            "policy.cooperators.term_years@2026": [1, 5],
            "structure.settlement": "threshold",
        },
        seed=5,
        years=(2009, 2029),
    )
    assert last.hash == by_hand.hash
    assert scenario_in_runs(design.experiment).years == (2009, 2029)
