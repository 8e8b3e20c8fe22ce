"""Fitting a pool to official figures: history matching, then ABC with an error kernel in what is not ruled out.

The distance of a point counts every error there is: of observing, of the model (discrepancy), of the stand-in and of
chance. A point is ruled out where its second-largest distance is over the cut (Craig et al. 1997). Within, the kernel
of ABC is the density of those errors, which makes it exact for a model with errors (Wilkinson 2013). Points are moved
by elliptical slices (Murray et al. 2010) from the prior to the posterior in steps, so nothing is tuned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.emulator import FEWEST_RUNS, Emulator, fit_emulator
from okoshi.study.pool import Runs
from okoshi.study.targets import Target, error_covariance, official_values

CUT = 3.0  # standard deviations: Pukelsheim's rule
CHAINS = 400
MOVES = 40  # of every chain after each step: with 12, 90% intervals of invented data sets held 82%
LAST_MOVES = 240
HALF = 0.5  # of the chains' weight is left after a step
NEAR_SHARE, NEAR_PER_PARAMETER = 0.5, 3  # runs on which a stand-in is judged


@dataclass(frozen=True)
class Problem:
    """What is to be fitted: official figures in the scale of comparison, and all errors of a single run."""

    targets: tuple[Target, ...]
    official: Array
    emulator: Emulator
    covariance: Array

    @property
    def spread(self) -> Array:
        """The standard deviation of each target's distance."""
        return np.sqrt(np.diag(self.covariance))

    def distances(self, unit: Array) -> Array:
        """Return how many standard deviations each target is off, (points, targets), with its sign."""
        found: Array = (self.emulator(unit) - self.official) / self.spread
        return found

    def implausibility(self, unit: Array) -> Array:
        """Return the second-largest distance of each point (the largest of a single target)."""
        distances = np.sort(np.abs(self.distances(unit)), axis=1)
        return distances[:, -min(2, distances.shape[1])]

    def moved(self, by: Array) -> Problem:
        """Return the problem with the stand-in of each target moved by so much, (targets,)."""
        emulator = replace(self.emulator, intercept=self.emulator.intercept + by)
        return replace(self, emulator=emulator)

    def log_kernel(self) -> Callable[[Array], Array]:
        """Return the log density of the errors at points of the unit cube, but for a constant."""
        root = np.linalg.inv(np.linalg.cholesky(self.covariance))

        def density(unit: Array) -> Array:
            off = (self.emulator(unit) - self.official) @ root.T
            return np.asarray(-0.5 * (off**2).sum(axis=1))

        return density


@dataclass(frozen=True)
class Fit:
    """A fitted ensemble in the unit cube, the cut that held, and the share of the prior that is not ruled out."""

    problem: Problem
    unit: Array
    cut: float
    share_left: float


def pose(runs: Runs, targets: Sequence[Target]) -> Problem:
    """Return the problem of fitting these targets, with the stand-in that errs least near the official figures.

    A stand-in of all runs stands against one of the near ones, both judged on runs that are near and that they have
    not seen. Nearness is told by the parameters alone: choosing runs by their outcomes would bend the stand-in.
    """
    values = np.column_stack([target.scaled(runs.outcomes[target.label]) for target in targets])
    first = fit_emulator(runs.unit, runs.point, values)
    problem = _with_errors(targets, first)
    distance = (problem.distances(runs.unit) ** 2).mean(axis=1)
    wanted = max(NEAR_SHARE * len(runs), NEAR_PER_PARAMETER * runs.unit.shape[1], 2 * FEWEST_RUNS)
    if wanted >= len(runs):
        return problem
    near = (distance <= np.sort(distance)[int(wanted)]).astype(np.float64)
    rivals = [fit_emulator(runs.unit, runs.point, values, weight, near) for weight in (None, near)]
    best = min(rivals, key=lambda one: float(np.log(np.diag(one.errors)).sum()))
    return _with_errors(targets, best)


def _with_errors(targets: Sequence[Target], emulator: Emulator) -> Problem:
    covariance = emulator.errors + error_covariance(targets)
    return Problem(tuple(targets), official_values(targets), emulator, covariance)


def fit(problem: Problem, parameters: int, method: str, draws: int, seed: int) -> Fit:
    """Return draws of the parameters: spread evenly over what is not ruled out, or weighed by the kernel (abc).

    Where nothing lies under the cut, the cut is the least that leaves the better half of the draws, and is said.
    """
    luck = np.random.default_rng(seed)
    density = problem.log_kernel() if method == "abc" else _outside(problem)
    share = float((problem.implausibility(luck.random((20_000, parameters))) <= CUT).mean())
    unit = sample(density, parameters, max(CHAINS, draws), luck)
    implausibility = problem.implausibility(unit)
    cut = max(CUT, float(np.median(implausibility)))
    inside = unit[implausibility <= cut]
    chosen = luck.permutation(len(inside))[:draws]
    twice = luck.integers(0, len(inside), draws - len(chosen))  # where too few are inside
    chosen = np.concatenate([chosen, twice])
    return Fit(problem, inside[chosen], cut, share)


def _outside(problem: Problem) -> Callable[[Array], Array]:
    """Return a log density that is flat under the cut and falls steeply over it."""

    def density(unit: Array) -> Array:
        return np.asarray(-20.0 * np.maximum(problem.implausibility(unit) - 0.95 * CUT, 0.0) ** 2)

    return density


def sample(
    density: Callable[[Array], Array],
    parameters: int,
    chains: int,
    luck: np.random.Generator,
    last_moves: int = LAST_MOVES,
) -> Array:
    """Return points of the unit cube drawn from the uniform prior times exp(density): a row a chain.

    Chains start from the prior; the density is raised in steps, each keeping half of the weight, with resampling
    and moves in between.
    """
    from scipy.special import ndtr

    normal = luck.standard_normal((chains, parameters))
    value = density(ndtr(normal))
    power = 0.0
    while power < 1.0:
        step = _step(value, 1.0 - power)
        power = min(power + step, 1.0)
        weight = np.exp(step * (value - value.max()))
        chosen = luck.choice(chains, chains, p=weight / weight.sum())
        normal, value = normal[chosen], value[chosen]
        for _ in range(MOVES if power < 1.0 else last_moves):
            normal, value = _move(density, normal, value, power, luck)
    return np.asarray(ndtr(normal))


def _step(value: Array, most: float) -> float:
    """Return the largest rise of the power that leaves half of the chains' weight."""

    def left(step: float) -> float:
        weight = np.exp(step * (value - value.max()))
        return float(weight.sum() ** 2 / (weight**2).sum() / len(value))

    if left(most) >= HALF:
        return most
    low, high = 0.0, most
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if left(middle) >= HALF else (low, middle)
    return max(low, 1e-9)


def _move(
    density: Callable[[Array], Array], normal: Array, value: Array, power: float, luck: np.random.Generator
) -> tuple[Array, Array]:
    """Move every chain along an ellipse through a fresh draw of the prior, shrinking until it is above its slice."""
    from scipy.special import ndtr

    chains = len(normal)
    other = luck.standard_normal(normal.shape)
    threshold = power * value + np.log(luck.random(chains))
    angle = luck.uniform(0.0, 2.0 * np.pi, chains)
    low, high = angle - 2.0 * np.pi, angle.copy()
    moved, found = normal.copy(), value.copy()
    open_ = np.arange(chains)
    while len(open_):
        turn = angle[open_, None]
        tried = normal[open_] * np.cos(turn) + other[open_] * np.sin(turn)
        there = density(ndtr(tried))
        good = power * there > threshold[open_]
        moved[open_[good]], found[open_[good]] = tried[good], there[good]
        open_ = open_[~good]
        back = angle[open_] < 0
        low[open_] = np.where(back, angle[open_], low[open_])
        high[open_] = np.where(back, high[open_], angle[open_])
        angle[open_] = luck.uniform(low[open_], high[open_])
    return moved, found
