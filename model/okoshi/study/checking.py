"""The stand-in held against runs at the very draws that it gave, and moved by what it is off there.

Draws lie where the stand-in says that the figures are met, and so where its errors flatter it: of two points that are
as far off, the one is taken whose error helps (the winner's curse). Runs at the draws, under luck that no run of the
pool had, tell by how much; the stand-in is moved by their mean, target by target, and the fit is done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.engine.columns import Array
from okoshi.study.calibrating import Calibration, calibrate
from okoshi.study.pool import Pool, Runs
from okoshi.study.representing import values_of
from okoshi.study.runs import Task
from okoshi.study.validating import Seen

CHECKED = 120  # draws: the mean is then known to a tenth of what one run differs by
CHECK_SEED = (
    20_09  # of luck apart from that of the pool, of the representative draw and of a scenario's own seed
)


def tasks_for(pool: Pool, found: Calibration) -> list[Task]:
    """Return a run at each of the first draws, which stand in random order, each under a seed of its own."""
    last = max(target.figure.fiscal_year for target in found.targets)
    scenario = pool.experiment.scenario.changed(seed=CHECK_SEED, years=(FIRST_FISCAL_YEAR, last))
    return [
        Task(
            replace(scenario, settings=scenario.settings.with_draw(found.posterior.values(number))),
            number,
            (),
        )
        for number in range(min(CHECKED, len(found.posterior)))
    ]


def off_at_draws(found: Calibration, seen: Iterable[Seen]) -> Array:
    """Return by how much runs at the draws differ from the stand-in in the mean, (targets,), in its scale."""
    read = np.array([[values_of(run, target) for target in found.targets] for run in seen])
    off = read - found.found.problem.emulator(found.found.unit[: len(read)])
    known = np.isfinite(off)
    return np.asarray(np.where(known, off, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def checked(
    pool: Pool,
    runs: Runs,
    horizon: int,
    made_by: Mapping[str, Any],
    found: Calibration,
    do: Callable[[Sequence[Task]], Iterable[Seen]],
) -> Calibration:
    """Return the fit done again with the stand-in moved by what it was off; `do` runs tasks, in their order."""
    off = off_at_draws(found, do(tasks_for(pool, found)))
    again = calibrate(pool, runs, horizon, made_by, found.found.problem.moved(off))
    labels = [target.label for target in found.targets]
    shown = {label: round(float(by), 4) for label, by in zip(labels, off, strict=True)}
    about = {**again.posterior.about, "stand_in_was_off_by": shown}
    return replace(again, posterior=replace(again.posterior, about=about))
