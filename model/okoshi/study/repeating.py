"""Whether a stored pool is this version's too: some of its runs are done again and must give the same numbers.

Who mends a comment or a text has another version of the model and the same runs; a pool of hours need not be lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from okoshi.study.jobs import Job, run_job
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.pool import Pool, Runs
from okoshi.study.runs import Task

REPEATED = 8


def tasks_for(pool: Pool, runs: Runs) -> tuple[list[int], list[Task]]:
    """Return rows of the pool's first wave, evenly spaced, and the tasks that repeat them."""
    plan = pool.plan(0)
    first = np.flatnonzero(runs.point < pool.experiment.samples)
    rows = first[np.unique(np.linspace(0, len(first) - 1, min(REPEATED, len(first))).astype(np.int64))]
    points = runs.point[rows].tolist()
    lucky = [replace(plan.scenario_of(point), seed=plan.seeds_at(point)[0]) for point in points]
    return rows.tolist(), [Task(scenario, 0, ()) for scenario in lucky]


def same_numbers(
    pool: Pool,
    runs: Runs,
    do: Callable[[Sequence[Task], Callable[[Task], dict[str, float]]], Iterator[dict[str, float]]],
) -> bool:
    """Return whether this version gives the pool's numbers, to the last bit, where it is asked again."""
    rows, tasks = tasks_for(pool, runs)
    return all(
        _equal(float(column[row]), seen.get(label, math.nan))
        for row, seen in zip(rows, do(tasks, partial(outcomes_of, outcomes=pool.outcomes)), strict=True)
        for label, column in runs.outcomes.items()
    )


def outcomes_of(task: Task, outcomes: tuple[OutcomeChoice, ...]) -> dict[str, float]:
    """Run a task and return the pool's outcomes, as the pool's own runs did."""
    return run_job(Job("", "", task.scenario, task.seed, outcomes))


def _equal(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
