"""One draw to stand for an ensemble where a run has room for one only: the one nearest the median.

The median is that of the fitted figures over the ensemble: parameters hang together, and the middle of each is no
point of it. Of the draws that the stand-in puts nearest, the one is taken whose own runs are: each runs once, the best
of them under several seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.engine.columns import Array
from okoshi.parameters.posterior import Posterior
from okoshi.study.calibrating import Calibration
from okoshi.study.pool import Pool
from okoshi.study.runs import Task
from okoshi.study.targets import Target, error_covariance
from okoshi.study.validating import Seen

CANDIDATES = 96
FINALISTS = 10
SEEDS = 4  # of a finalist
FIRST_SEED = 1_000_003  # not among those of the pool, of validations or of results


def middle(found: Calibration) -> Array:
    """Return the ensemble's median of each target, in the scale of comparison, by the stand-in."""
    return np.asarray(np.median(found.found.problem.emulator(found.found.unit), axis=0))


def candidates(found: Calibration) -> list[int]:
    """Return the numbers of the draws that the stand-in puts nearest the median, the nearest first."""
    problem = found.found.problem
    off = (problem.emulator(found.found.unit) - middle(found)) / problem.spread
    return [int(number) for number in np.argsort((off**2).sum(axis=1), kind="stable")[:CANDIDATES]]


def search(pool: Pool, found: Calibration, do: Callable[[Sequence[Task]], Iterable[Seen]]) -> int:
    """Return the number of the draw nearest the median; `do` runs tasks and yields what was seen, in their order."""
    numbers = candidates(found)
    for seeds, kept in ((1, FINALISTS), (SEEDS, 1)):
        away = distances(found, do(tasks_for(pool, found, numbers, seeds)), seeds)
        numbers = [numbers[place] for place in np.argsort(away, kind="stable")[:kept].tolist()]
    return numbers[0]


def tasks_for(pool: Pool, found: Calibration, numbers: Sequence[int], seeds: int) -> list[Task]:
    """Return the runs of these draws, each under the same seeds, to the last year that the fit read."""
    last = max(target.figure.fiscal_year for target in found.targets)
    scenario = pool.experiment.scenario.changed(seed=FIRST_SEED, years=(FIRST_FISCAL_YEAR, last))
    return [
        Task(
            replace(scenario, settings=scenario.settings.with_draw(found.posterior.values(number))), seed, ()
        )
        for number in numbers
        for seed in range(seeds)
    ]


def distances(found: Calibration, seen: Iterable[Seen], seeds: int) -> Array:
    """Return each draw's squared distance from the median, in errors of observing and of the model itself.

    `seen` holds the runs of `tasks_for`, in its order. A figure that no run of a draw could tell counts as ten
    standard deviations.
    """
    targets = found.targets
    read = np.array([[values_of(run, target) for target in targets] for run in seen])
    mean: Array = read.reshape(-1, seeds, len(targets)).mean(axis=1)
    spread = np.sqrt(np.diag(error_covariance(targets)))
    off = np.nan_to_num((mean - middle(found)) / spread, nan=10.0)
    return np.asarray((off**2).sum(axis=1))


def values_of(run: Seen, target: Target) -> float:
    """Return what a run says to a target, in the scale of comparison."""
    value = run.value(target.figure.operator, target.figure.fiscal_year)
    return float(target.scaled(np.array([value]))[0])


def represented(posterior: Posterior, number: int) -> Posterior:
    """Return the ensemble with the draw that stands for it."""
    return replace(posterior, about={**posterior.about, "representative": number})
