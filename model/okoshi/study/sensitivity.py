"""Sensitivity indices of a sweep, each with a 90% interval and with what noise alone would give.

SALib (Herman and Usher 2017; Iwanaga, Usher and Herman 2022) reckons the indices; it knows no replicates, no
missing runs and no intervals for some methods, and those are dealt with here. It is imported when it is needed:
it brings pandas and matplotlib.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, isnan, nan
from typing import Any

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.delta import delta_indices
from okoshi.study.design import MORRIS_LEVELS, Design, problem_of
from okoshi.study.gathered import Gathered, gather
from okoshi.study.intervals import LEVEL, NORMAL_REACH, all_agree, bootstrap_widths
from okoshi.study.left_over import absent_values, parts_left_still, ranges_cut_short
from okoshi.study.main_effects import change_indices, grid_indices, no_effect_in_a_grid, rank_indices
from okoshi.study.methods import METHODS
from okoshi.study.noise import Noise, noise_of

RESAMPLES = 300
RESAMPLES_OF_PAWN = 50
FEWEST_BLOCKS = 4
LEAST_LEFT = 0.75  # of the fewest samples of a method; of fewer points RBD-FAST tells certainty
DUMMIES = 3
SLICES = 10
WITH_CHANGES = ("grid", "morris")  # tell the change over a factor's range themselves, as `change` or `mu`
SALIB_SEED = 1  # not 0: SALib takes that for none


@dataclass(frozen=True)
class Index:
    """One index: of a factor or group (`other`: the second of a pair), with its interval.

    `floor` is what a factor that only stirs luck would get on average, from noise or from the method itself: about
    half of such factors lie above it. Under common seeds a factor that nobody reads stirs none and gets nothing.
    """

    method: str
    outcome: str
    part: str
    other: str
    index: str
    value: float
    low: float = nan
    high: float = nan
    floor: float = nan

    @property
    def is_unsure(self) -> bool:
        """Whether the interval is wider than the index itself: the design is too small for it."""
        return self.high - self.low > abs(self.value)


@dataclass(frozen=True)
class Analysis:
    """What is known of one outcome. No indices where nothing varies or too few blocks are whole.

    `absent` holds for each factor the values, or the parts of its range, that no point has that is left.
    """

    gathered: Gathered
    noise: Noise
    indices: tuple[Index, ...]
    constant: bool
    too_few: bool
    absent: Mapping[str, list[Any]] = field(default_factory=dict)


def analyse_outcome(design: Design, results: Mapping[str, Array], outcome: str) -> Analysis:
    """Return the indices of one outcome from a sweep's results.

    What a factor does that has one value left, where points without a number are left out, is not a number.
    """
    gathered = gather(design, results, outcome)
    method = METHODS[design.experiment.method]
    fewest = 2 if method.name == "grid" else max(FEWEST_BLOCKS, ceil(LEAST_LEFT * method.fewest_samples))
    too_few = gathered.whole_blocks < fewest
    constant = not too_few and all_agree(gathered.means)
    noise = noise_of(gathered.values, gathered.block)
    if too_few or constant:
        return Analysis(gathered, noise, (), constant, too_few)
    given = Given(design, gathered, noise)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SALib's, of resamples without any spread: their interval says it
        indices = [*BY_METHOD[design.experiment.method](given)]
    if design.experiment.method not in WITH_CHANGES:
        indices += given.named(change_indices(design.experiment.factors, gathered))
    cut_short = ranges_cut_short(design, gathered)
    shown = tuple(_untold(indices, parts_left_still(design, gathered), cut_short))
    return Analysis(gathered, noise, shown, constant, too_few, cut_short | absent_values(design, gathered))


def _untold(indices: Sequence[Index], still: Container[str], cut_short: Container[str]) -> Iterator[Index]:
    """Return indices without a number for what does not vary, and changes without one over what is not all there."""
    for one in indices:
        gone = one.part in still or one.other in still or (one.index == "change" and one.part in cut_short)
        yield replace(one, value=nan, low=nan, high=nan) if gone else one


@dataclass(frozen=True)
class Given:
    """What a method works from."""

    design: Design
    gathered: Gathered
    noise: Noise

    @property
    def problem(self) -> dict[str, Any]:
        """The problem as SALib wants it told, with the plain names x0, x1, ...: it refuses some names."""
        problem = problem_of(self.design.experiment)
        problem["names"] = [f"x{number}" for number in range(problem["num_vars"])]
        return problem

    @property
    def parts(self) -> tuple[str, ...]:
        """The groups or factors, in SALib's order."""
        return self.design.experiment.parts

    def index(
        self, name: str, part: str, value: float, reach: float, floor: float = nan, other: str = ""
    ) -> Index:
        """Return an index with an interval of `reach` to both sides."""
        method, outcome = self.design.experiment.method, self.gathered.outcome
        value, reach = float(value), float(reach)
        return Index(method, outcome, part, other, name, value, value - reach, value + reach, floor)

    def named(self, found: list[tuple[str, str, float, float, float]]) -> list[Index]:
        """Return (index, part, value, low, high) as indices."""
        method, outcome = self.design.experiment.method, self.gathered.outcome
        return [Index(method, outcome, part, "", name, *numbers) for name, part, *numbers in found]


def _sobol(given: Given) -> list[Index]:
    """First-order, total and (asked for) second-order indices (Saltelli 2010; Jansen 1999 for the total)."""
    from SALib.analyze import sobol

    pairs = given.design.experiment.second_order
    found = sobol.analyze(
        given.problem,
        given.gathered.means,
        calc_second_order=pairs,
        num_resamples=RESAMPLES,
        conf_level=LEVEL,
        seed=SALIB_SEED,
    )
    indices = []
    floor = given.noise.of_means.value
    for number, part in enumerate(given.parts):
        indices.append(given.index("first", part, found["S1"][number], found["S1_conf"][number], 0.0))
        # Each total index is a mean of squared differences: noise in both runs adds its variance to every one.
        indices.append(given.index("total", part, found["ST"][number], found["ST_conf"][number], floor))
    for one in range(len(given.parts)) if pairs else ():
        for two in range(one + 1, len(given.parts)):
            value, reach = found["S2"][one, two], found["S2_conf"][one, two]
            indices.append(given.index("second", given.parts[one], value, reach, 0.0, given.parts[two]))
    return indices


def _morris(given: Given) -> list[Index]:
    """Elementary effects over the whole range of a factor (Morris 1991; mu* Campolongo 2007), in the outcome's unit.

    `mu` keeps the sign: it is what the outcome gains from the low end to the high end, everything else held. For a
    list of values: from one value to a later one. Intervals by bootstrap over trajectories, as wide as Student's t
    makes them for so few.
    """
    problem, gathered = given.problem, given.gathered
    delta = MORRIS_LEVELS / (2.0 * (MORRIS_LEVELS - 1))
    scales = [_scale(given.design, part, delta) for part in given.parts]
    means = gathered.means.reshape(-1, gathered.block)
    unit = gathered.unit.reshape(-1, gathered.block, gathered.unit.shape[1])

    def effects(chosen: Array) -> dict[str, Array]:
        return _elementary(problem, unit[chosen], means[chosen], np.array(scales))

    found = effects(np.arange(len(means)))
    rng = np.random.default_rng(SALIB_SEED)
    drawn = [effects(rng.integers(len(means), size=len(means))) for _ in range(RESAMPLES)]
    indices = []
    blocks = len(means)
    widths = bootstrap_widths(blocks)
    noise = given.noise.spread * 2**0.5 / delta
    floors = {"mu": nan, "mu_star": noise * (2 / np.pi) ** 0.5, "sigma": noise}
    for name, floor in floors.items():
        if name not in found:
            continue
        reach = widths * np.std([one[name] for one in drawn], axis=0, ddof=1)
        for number, part in enumerate(given.parts):
            one = given.index(name, part, found[name][number], reach[number], floor * scales[number])
            if name != "mu":  # the others are sizes
                one = replace(one, low=max(one.low, 0.0))
            indices.append(one)
    return indices


def _scale(design: Design, part: str, delta: float) -> float:
    """Return by what an effect is multiplied: SALib divides by the step, but a list has no step to extend."""
    mine = [factor for factor in design.experiment.factors if factor.part == part]
    return delta if all(factor.range is None for factor in mine) else 1.0


def _elementary(problem: dict[str, Any], unit: Array, means: Array, scales: Array) -> dict[str, Array]:
    from SALib.analyze import morris

    found = morris.analyze(
        dict(problem),
        unit.reshape(-1, unit.shape[-1]),
        means.ravel(),
        num_resamples=2,
        num_levels=MORRIS_LEVELS,
        seed=SALIB_SEED,
    )
    # Effects of a group's factors cancel out in their mean, so that only mu* tells of a group.
    names = ("mu_star",) if "groups" in problem else ("mu", "mu_star", "sigma")
    return {name: np.asarray(found[name], dtype=np.float64) * scales for name in names}


def _pawn(given: Given) -> list[Index]:
    """Kolmogorov-Smirnov distance of the outcome with a factor held in a slice (Pianosi and Wagener 2018).

    The median over slices. The floor is what columns of random numbers get.
    """
    from SALib.analyze import pawn

    def median(problem: dict[str, Any], unit: Array, means: Array) -> Array:
        found = pawn.analyze(problem, unit, means, S=SLICES)
        return np.asarray(found["median"], dtype=np.float64)

    unit, means = given.gathered.unit, given.gathered.means
    found = median(_with_dummies(given.problem), _dummy_columns(unit), means)
    rng = np.random.default_rng(SALIB_SEED)
    draws = rng.integers(len(means), size=(RESAMPLES_OF_PAWN, len(means)))
    drawn = [median(given.problem, unit[chosen], means[chosen]) for chosen in draws]
    reach = NORMAL_REACH * np.std(drawn, axis=0, ddof=1)
    floor = float(found[len(given.parts) :].mean())
    return [
        given.index("pawn_median", part, found[number], reach[number], floor)
        for number, part in enumerate(given.parts)
    ]


def _delta(given: Given) -> list[Index]:
    """Borgonovo's moment-independent delta, see `delta_indices`; the floor is what columns of random numbers get."""
    columns = _dummy_columns(given.gathered.unit)
    found = delta_indices(columns, given.gathered.means, np.random.default_rng(SALIB_SEED))
    floor = float(np.mean([value for value, _ in found[len(given.parts) :]]))
    pairs = zip(given.parts, found, strict=False)  # the dummies stand behind
    return [given.index("delta", part, value, reach, floor) for part, (value, reach) in pairs]


def _rbd_fast(given: Given) -> list[Index]:
    """First-order indices by the random balance design (Tarantola 2006; bias corrected as Tissot and Prieur 2012).

    SALib resamples half of the runs at a time, whose indices spread by the root of two more than those of all.
    """
    from SALib.analyze import rbd_fast

    found = rbd_fast.analyze(
        given.problem,
        given.gathered.unit,
        given.gathered.means,
        num_resamples=RESAMPLES,
        conf_level=LEVEL,
        seed=SALIB_SEED,
    )
    return [
        given.index("first", part, found["S1"][number], found["S1_conf"][number] / 2**0.5, 0.0)
        for number, part in enumerate(given.parts)
    ]


def _with_dummies(problem: dict[str, Any]) -> dict[str, Any]:
    names = [f"dummy{number}" for number in range(DUMMIES)]
    wider = {
        "num_vars": problem["num_vars"] + DUMMIES,
        "names": [*problem["names"], *names],
        "bounds": [*problem["bounds"], *[[0.0, 1.0]] * DUMMIES],
    }
    if "groups" in problem:
        wider["groups"] = [*problem["groups"], *names]
    return wider


def _dummy_columns(unit: Array) -> Array:
    """Return the points with columns of random numbers beside them, of which no outcome can know."""
    rng = np.random.default_rng(SALIB_SEED)
    return np.hstack([unit, rng.random((len(unit), DUMMIES))])


def _grid(given: Given) -> list[Index]:
    found = given.named(grid_indices(given.design, given.gathered))
    floors = no_effect_in_a_grid(given.design, given.gathered, given.noise.of_means.value)
    return [replace(one, floor=floors[one.part]) if one.index == "first" else one for one in found]


def _latin_hypercube(given: Given) -> list[Index]:
    return given.named(rank_indices(given.design.experiment.factors, given.gathered))


BY_METHOD: dict[str, Callable[[Given], list[Index]]] = {
    "sobol": _sobol,
    "morris": _morris,
    "pawn": _pawn,
    "delta": _delta,
    "rbd_fast": _rbd_fast,
    "grid": _grid,
    "latin_hypercube": _latin_hypercube,
}


def largest_first(value: float | None) -> tuple[bool, float]:
    """Return by what a list of indices is sorted, the largest first and what is no number last."""
    unknown = value is None or isnan(value)
    return unknown, 0.0 if value is None or unknown else -abs(value)


def unsure_indices(analysis: Analysis) -> list[Index]:
    """Return the indices whose interval is wider than themselves, the largest first."""
    found = [index for index in analysis.indices if index.is_unsure]
    return sorted(found, key=lambda index: -abs(index.value))
