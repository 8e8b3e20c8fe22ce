"""Runs that take no time and do what a test wants of them, in place of the model's."""

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from okoshi.scenario.scenario import Scenario
from okoshi.study.jobs import Job, Record, Values
from okoshi.study.maker import this_maker
from okoshi.study.store import Store
from okoshi.study.sweep import Plan, Sweep

FACTOR = "behaviour.stand_in"


@dataclass(frozen=True)
class Number:
    column: str
    table: str = "national"
    year: int = 2013

    @property
    def label(self) -> str:
        return f"{self.table}.{self.column}@{self.year}"


COUNT, SHARE = Number("members"), Number("settled_share_all")


def scenario_at(point: int) -> Scenario:
    """Return a scenario that is another at each point and that nobody runs."""
    return Scenario(name="stand_in", years=(2009, 2009 + point), seed=point)


def plan(points: int, replicates: int = 2) -> Plan:
    """Return so many points of a design that stands for none."""
    return Plan(
        study="stand-in",
        factors={FACTOR: np.arange(points) * 0.5},
        points=points,
        replicates=replicates,
        seed=1,
        outcomes=(COUNT, SHARE),
        scenario_of=lambda point: scenario_at(point),
    )


def sweep_in(folder: Path, points: int, replicates: int = 2) -> Sweep:
    return Sweep(plan(points, replicates), this_maker(), Store(folder / "store"))


def jobs(count: int) -> list[Job]:
    return [Job(f"{number}.0", f"{number:032d}", scenario_at(number), number) for number in range(count)]


def by_name(records: Iterable[Record]) -> dict[int, Record]:
    """Return records under the number of their job."""
    found = {}
    for record in records:
        assert int(record.key) not in found, "one record for each job"
        found[int(record.key)] = record
    return found


def instant(job: Job) -> Values:
    """Return numbers that depend on the job alone."""
    return {COUNT.label: job.seed % 1000, SHARE.label: (job.scenario.years[1] + job.seed % 7) / 3}


def short(job: Job) -> Values:
    """Take ten milliseconds, and leave a trace of having been run."""
    with Path(os.environ["STAND_IN_TRACE"]).open("a") as file:
        file.write(f"{job.key}\n")
    time.sleep(0.01)
    return instant(job)


def failing(job: Job) -> Values:
    """Fail at every third job."""
    if job.seed % 3 == 1:
        raise ValueError(f"no luck with {job.name}")
    return instant(job)


def deadly(job: Job) -> Values:
    """Kill the process at job 1, and at job 2 the first time."""
    mark = Path(os.environ["STAND_IN_TRACE"])
    if job.seed == 1 or (job.seed == 2 and not mark.exists()):
        if job.seed == 2:
            mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return instant(job)


def endless(job: Job) -> Values:
    """Never end at job 1."""
    while job.seed == 1:
        time.sleep(0.01)
    return instant(job)
