"""One draw to stand for an ensemble where a run has room for one only.

The middle of every parameter is no good point: parameters hang together. Of the draws that the stand-in likes best,
the one is taken whose own runs, over several seeds, come nearest the official figures that the fit read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.engine.columns import Array
from okoshi.parameters.posterior import Posterior
from okoshi.study.calibrating import Calibration
from okoshi.study.pool import Pool
from okoshi.study.runs import Task
from okoshi.study.targets import Target, error_covariance, official_values
from okoshi.study.validating import Seen

CANDIDATES = 24
SEEDS = 3
FIRST_SEED = 1_000_003  # not among those of the pool, of validations or of results


def candidates(found: Calibration) -> list[int]:
    """Return the numbers of the draws that the stand-in likes best, the best first."""
    density = found.found.problem.log_kernel()(found.found.unit)
    return [int(number) for number in np.argsort(-density, kind="stable")[:CANDIDATES]]


def tasks_for(pool: Pool, found: Calibration, numbers: Sequence[int]) -> list[Task]:
    """Return the runs of these draws, each under the same seeds, to the last year that the fit read."""
    last = max(target.figure.fiscal_year for target in found.targets)
    scenario = pool.experiment.scenario.changed(seed=FIRST_SEED, years=(FIRST_FISCAL_YEAR, last))
    return [
        Task(replace(scenario, settings=scenario.settings.with_draw(found.posterior.values(number))), seed, ())
        for number in numbers
        for seed in range(SEEDS)
    ]


def nearest(numbers: Sequence[int], targets: Sequence[Target], seen: Iterable[Seen]) -> int:
    """Return the draw whose runs' mean is nearest: the squared distance counts observing and the model's own error.

    `seen` holds the runs of `tasks_for`, in its order. A figure that no run of a draw could tell counts as ten
    standard deviations.
    """
    read = np.array([[values_of(run, target) for target in targets] for run in seen])
    mean: Array = read.reshape(len(numbers), SEEDS, len(targets)).mean(axis=1)
    spread = np.sqrt(np.diag(error_covariance(targets)))
    off = np.nan_to_num((mean - official_values(targets)) / spread, nan=10.0)
    return numbers[int((off**2).sum(axis=1).argmin())]


def values_of(run: Seen, target: Target) -> float:
    """Return what a run says to a target, in the scale of comparison."""
    value = run.value(target.figure.operator, target.figure.fiscal_year)
    return float(target.scaled(np.array([value]))[0])


def represented(posterior: Posterior, number: int) -> Posterior:
    """Return the ensemble with the draw that stands for it."""
    return replace(posterior, about={**posterior.about, "representative": number})
