"""Runs of the model at draws of a fit, and what they say to its targets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.engine.columns import Array
from okoshi.parameters.posterior import Posterior
from okoshi.study.pool import Pool
from okoshi.study.runs import Task
from okoshi.study.targets import Target
from okoshi.study.validating import Seen

type Do = Callable[[Sequence[Task]], Iterable[Seen]]  # runs tasks and yields what was seen, in their order


def run_at_draws(
    pool: Pool,
    targets: Sequence[Target],
    posterior: Posterior,
    seed: int,
    pairs: Sequence[tuple[int, int]],
    do: Do,
) -> list[Seen]:
    """Return what was seen of runs at draws.

    `pairs` are the number of a draw and that of its replicate under `seed`; each lives to the last year of a target.
    """
    last = max(target.figure.fiscal_year for target in targets)
    scenario = pool.experiment.scenario.changed(seed=seed, years=(FIRST_FISCAL_YEAR, last))
    tasks = [
        Task(replace(scenario, settings=scenario.settings.with_draw(posterior.values(draw))), replicate, ())
        for draw, replicate in pairs
    ]
    return list(do(tasks))


def said_to(targets: Sequence[Target], runs: Sequence[Seen]) -> Array:
    """Return what runs say to the targets, (runs, targets), in the scale of comparison."""
    return np.array([[_value_of(run, target) for target in targets] for run in runs])


def _value_of(run: Seen, target: Target) -> float:
    value = run.value(target.figure.series, target.figure.fiscal_year)
    return float(target.scaled(np.array([value]))[0])
