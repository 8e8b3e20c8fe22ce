"""A sweep: a design's points, each run under the same seeds, kept in a store, read as one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import InputError, RunError
from okoshi.language.messages import say
from okoshi.scenario.scenario import Scenario
from okoshi.study.jobs import (
    DONE,
    FAILED,
    MISSING,
    Job,
    Record,
    Wanted,
    Work,
    content_key,
    key_of,
    run_job,
)
from okoshi.study.maker import Maker
from okoshi.study.runner import Engine
from okoshi.study.runs import Columns, Progress, seed_of
from okoshi.study.store import Found, Owner, Store, sorted_keys
from okoshi.study.words import declared_columns

if TYPE_CHECKING:
    from okoshi.study.experiment import Experiment

ALL = (1, 1)


@dataclass(frozen=True)
class Plan:
    """The runs of a sweep: points times replicates, each replicate under one seed for all points.

    Differences between points are then free of chance. With `own_luck` each point has seeds of its own instead: means
    over points are free of it, since no seed is in all of them.
    `factors` holds a column a factor, one row a point; `study` stands for everything but the number of points
    and replicates, so that a longer design goes on where a shorter one ended.
    """

    study: str
    factors: Mapping[str, Array]
    points: int
    replicates: int
    seed: int
    outcomes: tuple[Wanted, ...]
    scenario_of: Callable[[int], Scenario]
    own_luck: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the outcomes."""
        return tuple(outcome.label for outcome in self.outcomes)

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each replicate, for all points alike."""
        return tuple(seed_of(self.seed, replicate) for replicate in range(self.replicates))

    def seeds_at(self, point: int) -> tuple[int, ...]:
        """Return the seed of each replicate of a point."""
        if not self.own_luck:
            return self.seeds
        first = 1 + point * self.replicates
        return tuple(seed_of(self.seed, number) for number in range(first, first + self.replicates))

    def __len__(self) -> int:
        """Return how many runs there are, those that are equal counted each."""
        return self.points * self.replicates

    def name(self, number: int) -> str:
        """Return what people call run `number`: its point and its replicate, as `12.3`."""
        return ".".join(str(part) for part in divmod(number, self.replicates))

    def number(self, name: str) -> int:
        """Return the number of the run of this name; a point alone means its replicate 0.

        Raises KeyError where there is no such run.
        """
        point, _, replicate = name.partition(".")
        parts = (point, replicate or "0")
        if all(part.isdecimal() and len(part) <= len(str(len(self))) for part in parts):
            place = int(parts[0]), int(parts[1])
            if place[0] < self.points and place[1] < self.replicates:
                return place[0] * self.replicates + place[1]
        raise KeyError(name)

    def values_at(self, number: int) -> dict[str, object]:
        """Return the factors of a run."""
        point = number // self.replicates
        return {
            factor: column[point].item() if hasattr(column[point], "item") else column[point]
            for factor, column in self.factors.items()
        }


def plan_of(experiment: Experiment) -> Plan:
    """Return the runs of an experiment. Raises InputError for a method that lays out no design."""
    from okoshi.study.design import design_of, scenario_of

    design = design_of(experiment)
    study = {
        "scenario": experiment.scenario.hash,
        "method": experiment.method,
        "seed": experiment.seed,
        "second_order": experiment.second_order,
        "factors": [repr(factor) for factor in experiment.factors],
        "outcomes": [outcome.label for outcome in experiment.outcomes],
    }
    return Plan(
        study=content_key(study),
        factors=design.columns,
        points=len(design),
        replicates=experiment.replicates,
        seed=experiment.seed,
        outcomes=experiment.outcomes,
        scenario_of=lambda point: scenario_of(design, point),
    )


@dataclass(frozen=True)
class Sweep:
    """A plan's runs by key, in a store that is theirs."""

    plan: Plan
    maker: Maker
    store: Store
    refused: dict[int, str] = field(default_factory=dict)  # points whose scenario nobody can run, and why

    @property
    def owner(self) -> Owner:
        """Whose runs the store must hold."""
        return Owner(self.plan.study, self.maker)

    @cached_property
    def keys(self) -> Array:
        """The key of each run, in the order of points and replicates."""
        keys = np.empty(len(self.plan), dtype="S32")
        for point in range(self.plan.points):
            first = point * self.plan.replicates
            keys[first : first + self.plan.replicates] = self._keys_of(point)
        return keys

    def key(self, number: int) -> str:
        """Return the key of a run."""
        key: bytes = self.keys[number]
        return key.decode()

    def _keys_of(self, point: int) -> list[str]:
        plan = self.plan
        try:
            scenario = plan.scenario_of(point)
        except InputError as error:
            self.refused[point] = str(error)
            values = {name: str(value) for name, value in plan.values_at(point * plan.replicates).items()}
            return [content_key([self.maker.id, seed, plan.study, values]) for seed in plan.seeds_at(point)]
        return [key_of(self.maker, scenario, seed, plan.outcomes) for seed in plan.seeds_at(point)]

    @cached_property
    def distinct(self) -> Array:
        """Each key once, in the order of keys: points that are alike share their runs."""
        return sorted_keys(self.keys)

    def found(self) -> Found:
        """Return what the store holds of this sweep."""
        return self.store.found(self.distinct, self.plan.labels)

    def to_do(self, found: Found, shard: tuple[int, int] = ALL, *, retry: bool = False) -> Array:
        """Return the numbers of the runs that this process is to do: part I of N, what is missing of it.

        What failed stays failed unless `retry`. Runs that are alike are done once.
        """
        _, firsts, rows = np.unique(self.keys, return_index=True, return_inverse=True)
        open_ = found.status == MISSING
        if retry:
            open_ |= found.status == FAILED
        numbers = np.arange(len(self.keys))
        chosen = open_[rows] & (firsts[rows] == numbers) & (numbers % shard[1] == shard[0] - 1)
        return np.flatnonzero(chosen)

    def jobs(self, numbers: Array) -> Iterator[Job]:
        """Yield the jobs of these runs, one at a time; a point's scenario is made once."""
        last, scenario = -1, None
        for number in numbers.tolist():
            point, replicate = divmod(number, self.plan.replicates)
            if point in self.refused:
                continue
            if scenario is None or point != last:
                last, scenario = point, self.plan.scenario_of(point)
            seed, name = self.plan.seeds_at(point)[replicate], self.plan.name(number)
            yield Job(name, self.key(number), scenario, seed, self.plan.outcomes)

    def run(
        self,
        engine: Engine,
        numbers: Array,
        work: Work = run_job,
        progress: Progress | None = None,
        failed: Callable[[Record], None] | None = None,
    ) -> None:
        """Do these runs and keep each as soon as it ends; `failed` is told of those that failed.

        Raises OSError when the disk does not take a record, RunError when another maker did a run.
        """
        jobs, done = self.jobs(numbers), 0
        with self.store.writer() as writer, closing(engine(jobs, work)) as records:
            for record in chain(self._refusals(numbers), records):
                if record.maker != self.maker.id:
                    raise RunError(say("sweep.mixed_makers"))
                writer.append(record)
                done += 1
                if failed is not None and record.status == FAILED:
                    failed(record)
                if progress is not None:
                    progress(done, len(numbers))

    def _refusals(self, numbers: Array) -> Iterator[Record]:
        """Yield the records of those runs whose scenario nobody can run."""
        for number in numbers.tolist():
            error = self.refused.get(number // self.plan.replicates)
            if error is not None:
                yield Record(self.key(number), FAILED, error=error, maker=self.maker.id)

    def results(self, found: Found) -> Columns:
        """Return the table of results: a row a point and replicate; what is not there has no value.

        `status` is done, failed or missing. Whole numbers that are not there are masked.
        """
        plan = self.plan
        rows = np.searchsorted(found.keys, self.keys)
        points, replicates = np.divmod(np.arange(len(plan)), plan.replicates)
        table: Columns = {
            "point": points,
            "replicate": replicates,
            "seed": np.array([plan.seeds_at(point) for point in range(plan.points)], dtype=np.int64).reshape(
                -1
            ),
        }
        table |= {name: np.asarray(column)[points] for name, column in plan.factors.items()}
        status = found.status[rows]
        for outcome in plan.outcomes:
            values = found.values[outcome.label][rows]
            if dtype_of(outcome) == "int64":
                there = status == DONE
                values = np.ma.masked_array(np.where(there, values, 0).astype(np.int64), ~there)
            table[outcome.label] = values
        table["status"] = status
        return table


def count_by_status(results: Columns) -> dict[str, int]:
    """Return how many runs are done, failed and missing in a table of results."""
    return {status: int((results["status"] == status).sum()) for status in (DONE, FAILED, MISSING)}


def dtype_of(outcome: Wanted) -> str:
    """Return how an outcome's column is declared."""
    return declared_columns(outcome.table)[outcome.column].dtype
