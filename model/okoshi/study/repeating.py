"""Whether a stored pool is this version's too: some of its runs are done again and must give the same numbers.

Who mends a comment, or an outcome that no fit reads, has another version of the model and runs that a fit reads alike;
a pool of hours need not be lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from okoshi.study.calibrating import HEADLINES
from okoshi.study.jobs import Job, run_job
from okoshi.study.outcomes import TABLE, OutcomeChoice
from okoshi.study.pool import Pool, Runs
from okoshi.study.runs import Task
from okoshi.study.targets import targets_of

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
    """Return whether this version gives what a fit reads of the pool, to the last bit, where it is asked again."""
    rows, tasks = tasks_for(pool, runs)
    read = read_by_fits(pool)
    return all(
        _equal(float(column[row]), seen.get(label, math.nan))
        for row, seen in zip(rows, do(tasks, partial(outcomes_of, outcomes=pool.outcomes)), strict=True)
        for label, column in runs.outcomes.items()
        if label in read
    )


def read_by_fits(pool: Pool) -> frozenset[str]:
    """Return the outcomes that fits read: targets of the last horizon that the pool can have, and headlines."""
    targets = targets_of(pool.last_year, pool.experiment.targets, pool.last_year)
    headlines = (OutcomeChoice(TABLE, name, pool.last_year).label for name in HEADLINES)
    return frozenset([*(target.label for target in targets), *headlines])


def outcomes_of(task: Task, outcomes: tuple[OutcomeChoice, ...]) -> dict[str, float]:
    """Run a task and return the pool's outcomes, as the pool's own runs did."""
    return run_job(Job("", "", task.scenario, task.seed, outcomes))


def _equal(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
