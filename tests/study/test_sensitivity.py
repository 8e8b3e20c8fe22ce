"""Indices against functions whose indices are known, through the results of a sweep, noise included.

A value may be three standard errors from the truth (the interval is 1.645 of them to each side): of the 40 or so
comparisons here one in 370 would be further off by chance; designs and noise are drawn from fixed seeds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from known_functions import (
    ISHIGAMI_FIRST,
    ISHIGAMI_TOTAL,
    ISHIGAMI_VARIANCE,
    LABEL,
    NAMES,
    additive,
    experiment_of,
    g_function,
    g_indices,
    ishigami,
    swept,
)

from okoshi.engine.columns import Array
from okoshi.language.errors import InputError
from okoshi.study.design import Design
from okoshi.study.experiment import Experiment
from okoshi.study.factors import Factor
from okoshi.study.gathered import completeness, gather
from okoshi.study.main_effects import grid_indices
from okoshi.study.sensitivity import Analysis, analyse_outcome


def values_of(analysis: Analysis, name: str) -> Array:
    return np.array([index.value for index in analysis.indices if index.index == name])


def assert_near(analysis: Analysis, name: str, truth: object, slack: float = 0.0) -> None:
    """Assert that each index is within three standard errors (and a slack) of the truth."""
    found = [index for index in analysis.indices if index.index == name]
    for index, true in zip(found, np.asarray(truth, dtype=float), strict=True):
        error = (index.high - index.low) / 2 / 1.645
        assert abs(index.value - true) <= 3 * error + slack, (index, true)


def test_sobol_finds_ishigami_with_pairs() -> None:
    experiment = experiment_of("sobol", 1024, 3, second_order=True)
    found = analyse_outcome(*swept(experiment, ishigami), LABEL)
    assert_near(found, "first", ISHIGAMI_FIRST)
    assert_near(found, "total", ISHIGAMI_TOTAL)
    assert_near(found, "second", (0.0, 0.2437, 0.0))  # 1x2, 1x3, 2x3
    assert np.isnan(found.noise.of_means.value)


def test_sobol_finds_g_with_and_without_groups() -> None:
    first, total = g_indices()
    found = analyse_outcome(*swept(experiment_of("sobol", 1024, 6), g_function), LABEL)
    assert_near(found, "first", first)
    assert_near(found, "total", total)
    # Grouped: variance of a product of independent parts, v_group = prod(1 + V_i) - 1.
    alone = first * (np.prod(1 + 1 / (3 * (1 + np.array([0, 1, 4.5, 9, 99, 99])) ** 2)) - 1)
    whole = np.prod(1 + alone) - 1
    of_groups = np.array([np.prod(1 + alone[[0, 2]]) - 1, np.prod(1 + alone[[1, 3, 4, 5]]) - 1])
    groups = ("a", "b", "a", "b", "b", "b")
    found = analyse_outcome(*swept(experiment_of("sobol", 1024, 6, groups=groups), g_function), LABEL)
    assert [index.part for index in found.indices if index.index == "total"] == ["a", "b"]
    assert_near(found, "first", of_groups / whole)


def test_noise_between_replicates_is_recovered_and_shown_apart() -> None:
    """4, 2 and 1 times a uniform: variance 21/12; noise of variance 9 a run, 9/8 in means of 8."""
    experiment = experiment_of("sobol", 256, 3, replicates=8)
    found = analyse_outcome(*swept(experiment, additive, noise=3.0, common=2.0), LABEL)
    truth = (9 / 8) / (9 / 8 + 21 / 12)
    assert found.noise.of_means.value == pytest.approx(truth, abs=0.04)  # 1.645 errors are 0.026
    assert found.noise.of_means.low < truth < found.noise.of_means.high
    assert found.noise.spread == pytest.approx((9 / 8) ** 0.5, rel=0.05)
    totals = [index for index in found.indices if index.index == "total"]
    # The weakest explains 1/21 of the true variance; its total index is nearly all noise, and the floor says so.
    assert totals[2].value > 0.3
    assert totals[2].floor == pytest.approx(found.noise.of_means.value)
    assert totals[2].low < totals[2].floor + 1 / 21
    assert_near(found, "first", np.array([16, 4, 1]) / 21 * (1 - truth))


def test_a_common_shift_of_each_seed_is_no_noise_of_means() -> None:
    found = analyse_outcome(*swept(experiment_of("sobol", 64, 3, replicates=6), additive, common=5.0), LABEL)
    assert found.noise.of_means.value == pytest.approx(0.0, abs=1e-9)
    assert found.noise.of_a_run.value > 0.5


def test_morris_finds_effects_spread_and_what_noise_gives() -> None:
    found = analyse_outcome(*swept(experiment_of("morris", 60, 3, replicates=4), additive, noise=0.4), LABEL)
    assert_near(found, "mu", (4, 2, 1))
    # The mean size of an effect that noise of 0.2 gives alone: sqrt(2) 0.2 / (2/3) sqrt(2/pi).
    floor = next(index.floor for index in found.indices if index.index == "mu_star")
    assert floor == pytest.approx(0.2 * 2**0.5 * 1.5 * (2 / np.pi) ** 0.5, rel=0.1)
    assert_near(found, "sigma", [0.2 * 2**0.5 * 1.5] * 3)
    # Ishigami on four levels, by hand: sin x is 0, -s, s, 0 and x to the fourth is 97.4, 1.2, 1.2, 97.4.
    bent = analyse_outcome(*swept(experiment_of("morris", 60, 3), ishigami), LABEL)
    s, fourth = np.sin(np.pi / 3), np.array([np.pi**4, (np.pi / 3) ** 4])
    assert_near(bent, "mu", (1.5 * s * (1 + 0.1 * fourth.mean()), 0.0, 0.0))
    assert_near(
        bent,
        "mu_star",
        (1.5 * s * (1 + 0.1 * fourth.mean()), 1.5 * 7 * s**2, 0.075 * s * -np.diff(fourth)[0]),
    )
    assert values_of(bent, "sigma")[1] > 3
    exact = analyse_outcome(*swept(experiment_of("morris", 6, 3), additive), LABEL)
    assert values_of(exact, "mu") == pytest.approx([4, 2, 1])
    assert values_of(exact, "mu_star") == pytest.approx([4, 2, 1])
    assert values_of(exact, "sigma") == pytest.approx([0, 0, 0], abs=1e-9)
    grouped = experiment_of("morris", 60, 3, groups=("a", "b", "a"))
    names = {index.index for index in analyse_outcome(*swept(grouped, ishigami), LABEL).indices}
    assert names == {"mu_star"}  # means of a group's effects cancel out


def test_rbd_fast_finds_first_order_indices() -> None:
    found = analyse_outcome(*swept(experiment_of("rbd_fast", 1000, 3), ishigami), LABEL)
    assert_near(found, "first", ISHIGAMI_FIRST)


@pytest.mark.parametrize(("method", "name"), [("pawn", "pawn_median"), ("delta", "delta")])
def test_moment_free_methods_rank_and_know_what_no_effect_gives(method: str, name: str) -> None:
    found = analyse_outcome(*swept(experiment_of(method, 300, 3), additive), LABEL)
    first, second, third = (index for index in found.indices if index.index == name)
    assert first.low > second.high
    assert second.low > third.floor
    assert third.low < third.floor + 0.1


def test_pawn_groups_are_the_mean_of_their_factors() -> None:
    alone = analyse_outcome(*swept(experiment_of("pawn", 200, 3), additive), LABEL)
    grouped = experiment_of("pawn", 200, 3, groups=("a", "b", "a"))
    found = values_of(analyse_outcome(*swept(grouped, additive), LABEL), "pawn_median")
    one, two, three = values_of(alone, "pawn_median")
    assert found == pytest.approx([(one + three) / 2, two])


def test_grid_and_latin_hypercube_give_main_effects() -> None:
    grid = analyse_outcome(*swept(experiment_of("grid", 3, 3, replicates=6), additive, noise=0.3), LABEL)
    assert_near(grid, "change", (4, 2, 1))
    assert_near(grid, "first", np.array([16, 4, 1]) / 21, slack=0.01)
    latin = analyse_outcome(*swept(experiment_of("latin_hypercube", 200, 3), additive), LABEL)
    assert_near(latin, "rank_correlation", np.sqrt(np.array([16, 4, 1]) / 21), slack=0.05)
    assert values_of(latin, "change") == pytest.approx([4, 2, 1])


def test_a_grid_of_noise_alone_says_what_no_effect_gets_and_how_unsure_a_part_is() -> None:
    """The only factor of a grid has all of the variance, noise or not; resamples of few replicates are too alike."""
    alone = analyse_outcome(
        *swept(experiment_of("grid", 3, 1, replicates=4), lambda unit: 0 * unit[:, 0], noise=1.0), LABEL
    )
    (first,) = (index for index in alone.indices if index.index == "first")
    assert first.value == 1.0
    assert first.floor == alone.noise.of_means.value > 0.2
    design, _ = swept(experiment_of("grid", 3, 3, replicates=3), additive)
    rng, found = np.random.default_rng(9), []
    for _ in range(100):
        values = additive(design.unit)[:, None] + rng.standard_normal((len(design), 3))
        found.append(
            grid_indices(design, replace(gather(*swept(design.experiment, additive), LABEL), values=values))
        )
    parts = np.array([[one[2:] for one in each if one[0] == "first"] for each in found])
    held = (parts[:, :, 1] <= parts[:, :, 0].mean(axis=0)) & (parts[:, :, 2] >= parts[:, :, 0].mean(axis=0))
    assert held.mean() > 0.84  # with the spread of the resamples alone 0.70
    two = analyse_outcome(*swept(experiment_of("grid", 3, 3, replicates=2), additive, noise=1.0), LABEL)
    assert all(np.isnan(index.low) for index in two.indices if index.index == "first")


def test_the_interval_of_rbd_fast_is_that_of_all_runs() -> None:
    """Errors of designs spread by 0.03; an interval of half of the runs' spread told 0.05."""
    found = []
    for seed in range(1, 11):
        experiment = replace(experiment_of("rbd_fast", 400, 3), seed=seed)
        found.append(
            [
                (one.value, (one.high - one.low) / 2 / 1.645)
                for one in analyse_outcome(*swept(experiment, ishigami), LABEL).indices
                if one.index == "first"
            ]
        )
    spread, told = np.array(found)[:, :, 0].std(axis=0, ddof=1).mean(), np.array(found)[:, :, 1].mean()
    assert spread < told < 1.6 * spread


@pytest.mark.parametrize(
    ("method", "samples"), [("sobol", 4), ("pawn", 40), ("delta", 64), ("latin_hypercube", 12)]
)
def test_the_change_over_a_factor_is_not_that_of_another_even_in_a_small_design(
    method: str, samples: int
) -> None:
    found = analyse_outcome(*swept(experiment_of(method, samples, 3), additive), LABEL)
    assert values_of(found, "change") == pytest.approx([4, 2, 1])


def test_a_small_design_warns_of_its_own_indices() -> None:
    found = analyse_outcome(*swept(experiment_of("sobol", 8, 3), ishigami), LABEL)
    unsure = [index for index in found.indices if index.is_unsure]
    assert all(index.high - index.low > abs(index.value) for index in unsure)
    assert {index.index for index in unsure} >= {"first"}


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_a_broken_block_is_left_out_whole(method: str) -> None:
    """Failed, missing, infinite: each spoils one block; the indices are those of the design without these."""
    design, results = swept(experiment_of(method, 32, 3, replicates=2), additive, noise=0.1)
    rows = design.block * 2
    results["status"][0] = "failed"  # block 0
    results[LABEL][3 * rows + 1] = np.inf  # block 3
    gone = 5 * rows + 2  # block 5
    results = {name: np.delete(column, gone) for name, column in results.items()}
    counted = completeness(design, results)
    assert (counted.failed, counted.missing) == (1, 1)
    gathered = gather(design, results, LABEL)
    assert (gathered.blocks, gathered.dropped, gathered.not_finite) == (32, 3, 1)
    kept = np.delete(np.arange(32), [0, 3, 5])
    assert np.array_equal(gathered.rows.reshape(-1, design.block)[:, 0] // design.block, kept)
    found = analyse_outcome(design, results, LABEL)
    assert np.isfinite([index.value for index in found.indices]).all()


def test_nothing_finite_or_nothing_varying_gives_no_index() -> None:
    design, results = swept(experiment_of("sobol", 16, 3), additive)
    results[LABEL][:] = np.nan
    nothing = analyse_outcome(design, results, LABEL)
    assert (nothing.too_few, nothing.indices) == (True, ())
    results[LABEL][:] = 7.0
    flat = analyse_outcome(design, results, LABEL)
    assert (flat.constant, flat.indices) == (True, ())


@pytest.mark.parametrize(
    ("method", "samples"),
    [
        ("sobol", 8),
        ("morris", 6),
        ("pawn", 64),
        ("delta", 64),
        ("rbd_fast", 65),
        ("latin_hypercube", 40),
        ("grid", 4),
    ],
)
@pytest.mark.parametrize("size", [1.0, 1e-9, 1e15])
@pytest.mark.filterwarnings("error")
def test_an_outcome_in_which_one_point_alone_differs_has_indices(
    method: str, samples: int, size: float
) -> None:
    """Most resamples lack the point, and then nothing varies: a small place's share is often so."""

    def one_differs(unit: Array) -> Array:
        return size * (0.6 + 0.15 * (np.arange(len(unit)) == len(unit) // 3))

    found = analyse_outcome(*swept(experiment_of(method, samples, 3), one_differs), LABEL)
    assert not found.constant
    parts = [index.value for index in found.indices if index.index in ("first", "total", "delta")]
    assert np.isfinite([index.value for index in found.indices]).all()
    assert all(-0.5 < part < 1.5 for part in parts), parts


def test_delta_sees_a_factor_that_alone_decides_a_count() -> None:
    """Half of all have either value: within a class each is certain, and its distance from all of them is a half.

    Of the five classes one or more hold two values: what they miss is no more than their part.
    """

    def on_or_off(unit: Array) -> Array:
        return np.where(unit[:, 0] < 0.5, 0.0, 12.0)

    def in_four(unit: Array) -> Array:
        return np.floor(4 * unit[:, 0])

    for function, truth in ((on_or_off, 0.5), (in_four, 0.75)):
        found = analyse_outcome(*swept(experiment_of("delta", 512, 3), function), LABEL)
        deciding, *others = values_of(found, "delta")
        assert 0.7 * truth < deciding < 1.05 * truth
        assert max(others) < 0.1


@pytest.mark.parametrize(("samples", "share"), [(128, 0.5), (128, 0.9)])
def test_delta_of_a_bunched_outcome_is_a_part_of_one(samples: int, share: float) -> None:
    """Nought or one for so many, up to a thousand for the rest: kernels at hundred places made 1.4 and 3.4 of it."""

    def bunched(unit: Array) -> Array:
        low = np.where(unit[:, 1] < 0.5, 0.0, 1.0 + 1e-13 * unit[:, 2])
        return np.where(unit[:, 0] < share, low, np.round(1000 * unit[:, 0]))

    deciding, *_ = values_of(
        analyse_outcome(*swept(experiment_of("delta", samples, 3), bunched), LABEL), "delta"
    )
    assert 0.03 < deciding < 0.8


LISTED = Factor("structure.settlement", "name", values=("a", "b", "c"))


def listed(method: str, samples: int) -> Experiment:
    """Return an experiment with a list of three as its first factor, two shares beside."""
    found = experiment_of(method, samples, 3)
    return replace(found, factors=(LISTED, *found.factors[1:]))


def additive_of_listed(unit: Array) -> Array:
    return 4.0 * np.floor(3 * unit[:, 0] + 1e-9).clip(0, 2) + 2.0 * unit[:, 1] + unit[:, 2]


def without(results: dict[str, Array], design: Design, *gone: str) -> dict[str, Array]:
    """Return results in which nobody is in the denominator where the list has one of these values."""
    is_gone = np.isin(design.columns[LISTED.parameter][results["point"]].astype(str), gone)
    return {**results, LABEL: np.where(is_gone, np.nan, results[LABEL])}


@pytest.mark.parametrize(
    ("method", "samples"),
    [("pawn", 120), ("delta", 150), ("rbd_fast", 150), ("latin_hypercube", 60), ("grid", 4)],
)
def test_nothing_is_said_of_values_that_gave_no_number(method: str, samples: int) -> None:
    """A share is no number where nobody ended: least squares would make a gain of what is left, even of its sign."""

    def falling(unit: Array) -> Array:
        return 5.0 - np.floor(3 * unit[:, 0] + 1e-9).clip(0, 2) + 2.0 * unit[:, 1]

    design, results = swept(listed(method, samples), falling)
    whole, cut, one_left = (
        analyse_outcome(design, without(results, design, *gone), LABEL) for gone in ((), ("a",), ("a", "b"))
    )
    assert values_of(whole, "change")[:2] == pytest.approx([-2.0, 2.0])
    assert not whole.absent
    assert cut.absent == {LISTED.parameter: ["a"]}
    assert np.isnan(values_of(cut, "change")[0])
    assert values_of(cut, "change")[1] == pytest.approx(2.0)
    of_list = [index for index in cut.indices if index.part == LISTED.parameter and index.index != "change"]
    assert np.isfinite([index.value for index in of_list]).all()
    if not one_left.too_few:
        of_list = [index for index in one_left.indices if index.part == LISTED.parameter]
        assert np.isnan([end for one in of_list for end in (one.value, one.low, one.high)]).all()
        assert values_of(one_left, "change")[1] == pytest.approx(2.0)


def test_no_change_is_told_over_a_range_of_which_half_is_gone() -> None:
    """Where the low half has no number, a line through the rest would tell twice of what anybody saw."""

    def bent(unit: Array) -> Array:
        return np.where(unit[:, 0] < 0.5, np.nan, 20.0 * (unit[:, 0] - 0.5) ** 2) + unit[:, 1]

    found = analyse_outcome(*swept(experiment_of("latin_hypercube", 100, 3), bent), LABEL)
    first, *others = values_of(found, "change")
    assert np.isnan(first)
    assert np.isfinite(others).all()
    assert [*found.absent] == [NAMES[0]]
    assert found.absent[NAMES[0]][0].startswith("0 … 0.5")


def test_a_pair_with_a_factor_that_does_not_vary_has_no_index() -> None:
    experiment = replace(listed("sobol", 64), second_order=True)
    design, results = swept(experiment, additive_of_listed)
    found = analyse_outcome(design, without(results, design, "a", "b"), LABEL)
    pairs = [
        index for index in found.indices if LISTED.parameter in (index.part, index.other) and index.other
    ]
    assert len(pairs) == 2
    assert np.isnan([index.value for index in pairs]).all()


def test_few_points_at_an_end_of_a_list_tell_no_interval() -> None:
    """Of resamples a third lack the only point there, and the others fit it exactly."""
    design, results = swept(listed("latin_hypercube", 40), additive_of_listed)
    first = np.flatnonzero(design.columns[LISTED.parameter].astype(str) == "a")
    results[LABEL][np.isin(results["point"], first[2:])] = np.nan
    change = next(
        index
        for index in analyse_outcome(design, results, LABEL).indices
        if (index.index, index.part) == ("change", LISTED.parameter)
    )
    assert np.isfinite(change.value)
    assert np.isnan([change.low, change.high]).all()


@pytest.mark.parametrize(("method", "samples"), [("rbd_fast", 64), ("delta", 64), ("pawn", 40)])
def test_too_few_points_left_of_a_sweep_tell_nothing(method: str, samples: int) -> None:
    """Of fifteen points RBD-FAST makes all variance the first factor's, and of the others too."""
    design, results = swept(experiment_of(method, samples, 3), additive)
    results[LABEL][15:] = np.nan
    found = analyse_outcome(design, results, LABEL)
    assert (found.too_few, found.indices) == (True, ())


def test_a_change_that_is_rounding_has_no_ends_either() -> None:
    def steps(unit: Array) -> Array:
        return 1e6 * np.round(unit[:, 0])

    found = analyse_outcome(*swept(experiment_of("latin_hypercube", 60, 3), steps), LABEL)
    flat = [index for index in found.indices if index.index == "change" and index.value == 0.0]
    assert all((index.low, index.high) == (0.0, 0.0) for index in flat)


def test_what_summing_leaves_is_no_variation() -> None:
    def rounded(unit: Array) -> Array:
        return 0.6 + 1e-16 * np.round(3 * unit[:, 0])

    found = analyse_outcome(*swept(experiment_of("grid", 4, 3), rounded), LABEL)
    assert (found.constant, found.indices) == (True, ())


def test_results_of_another_design_are_refused() -> None:
    design, results = swept(experiment_of("sobol", 16, 3), additive)
    other = {**results, NAMES[0]: results[NAMES[0]][::-1]}
    with pytest.raises(InputError, match="another design"):
        gather(design, other, LABEL)
    twice = {name: np.concatenate([column, column[:1]]) for name, column in results.items()}
    with pytest.raises(InputError, match="twice"):
        gather(design, twice, LABEL)
    with pytest.raises(InputError, match="no such column"):
        gather(design, results, "national.members@2019")


def test_ishigami_itself_is_what_it_is_said_to_be() -> None:
    places = np.random.default_rng(1).random((200_000, 3))
    assert ishigami(places).var() == pytest.approx(ISHIGAMI_VARIANCE, rel=0.01)
