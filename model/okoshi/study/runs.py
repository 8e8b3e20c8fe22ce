"""Replicates of one scenario, in this process or in several: the same numbers either way."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from okoshi.engine.columns import Array
from okoshi.engine.draws import replicate_seed
from okoshi.language.errors import Fault, InputError, OkoshiError, RunError
from okoshi.language.messages import say
from okoshi.observe.declarations import TABLES
from okoshi.scenario.scenario import Scenario
from okoshi.study.limits import MOST_REPLICATES, MOST_WORKERS, refuse_count, refuse_unknown_tables

if TYPE_CHECKING:
    import pandas

    from okoshi.study.jobs import Record

OFFICIAL = "observed"  # the table that no run changes
Columns = dict[str, Array]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Task:
    """One run: a scenario, the number of its replicate, and the tables that are wanted of it."""

    scenario: Scenario
    replicate: int
    tables: tuple[str, ...]

    @property
    def seed(self) -> int:
        """The seed of this replicate: replicate 0 runs on the scenario's own seed."""
        return seed_of(self.scenario.seed, self.replicate)


@dataclass(frozen=True)
class Result:
    """What the replicates of a scenario gave: `result.national` is a pandas data frame, `arrays` its columns.

    With `draws` of parameters as many replicates stand in a row for each of them.
    """

    scenario: Scenario
    seeds: tuple[int, ...]
    arrays: dict[str, Columns]
    seconds: float
    workers: int = 1
    draws: int = 0
    frames: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def frame(self, table: str) -> pandas.DataFrame:
        """Return a table as a data frame. Raises KeyError for a table that was not asked for."""
        if table not in self.frames:
            import pandas

            self.frames[table] = pandas.DataFrame(self.arrays[table])
        frame: pandas.DataFrame = self.frames[table]
        return frame

    def __getattr__(self, name: str) -> pandas.DataFrame:
        """Return the table of that name as a data frame: `result.members`."""
        if name in TABLES and name in self.arrays:
            return self.frame(name)
        raise AttributeError(f"no table {name!r} in this result; it holds {sorted(self.arrays)}")


def seed_of(seed: int, replicate: int) -> int:
    """Return the seed of a replicate: the scenario's own for the first, keyed by its number for the others."""
    return seed if replicate == 0 else replicate_seed(seed, replicate)


def run(
    scenario: Scenario,
    replicates: int = 1,
    workers: int = 1,
    tables: Sequence[str] | None = None,
    progress: Progress | None = None,
    draws: int = 0,
) -> Result:
    """Run replicates of a scenario and return their tables, replicate by replicate.

    With `draws`, each draw of the calibrated parameters runs `replicates` times, and all count as replicates: their
    spread holds parameters and chance together. `progress(done, total)` is called after each run. `tables` chooses
    some, by name: all of them take some 300 MB a replicate of the whole country (`okoshi run` writes each as it comes).
    Raises InputError for a number of replicates, workers or draws that cannot be, an unknown table, or draws that are
    not there, RunError when a run fails.
    """
    began = time.perf_counter()
    tasks = tasks_of(scenario, replicates, workers, tables, draws)
    parts: list[dict[str, Columns]] = []
    for outcome in run_tasks(tasks, workers):
        parts.append(outcome)
        if progress is not None:
            progress(len(parts), len(tasks))
    return Result(
        scenario=scenario,
        seeds=tuple(task.seed for task in tasks),
        # Each table is let go where it has been put below the others: all of them twice do not fit in memory.
        arrays={name: stack([part.pop(name) for part in parts], name) for name in tasks[0].tables},
        seconds=time.perf_counter() - began,
        workers=workers,
        draws=draws,
    )


def refuse_other_than_scenarios(found: Sequence[object]) -> None:
    """Raise InputError where a name or a path is given for a scenario that has been read."""
    for one in found:
        if not isinstance(one, Scenario):
            allowed = (
                f"okoshi.load_scenario({one!r})" if isinstance(one, str) else "okoshi.load_scenario(...)"
            )
            raise InputError(
                Fault(say("faults.no_read_scenario"), key="scenario", value=str(one), allowed=allowed)
            )


def tasks_of(
    scenario: Scenario, replicates: int, workers: int, tables: Sequence[str] | None, draws: int
) -> list[Task]:
    """Return the runs of a scenario: its replicates, of each draw where draws are wanted; all tables where none is.

    Raises InputError as `run` does.
    """
    refuse_other_than_scenarios([scenario])
    refuse_count("replicates", replicates, MOST_REPLICATES)
    refuse_count("workers", workers, MOST_WORKERS)
    refuse_count("draws", draws, MOST_REPLICATES, least=0)
    named = (tables,) if isinstance(tables, str) else tables
    wanted = tuple(dict.fromkeys(TABLES if named is None else named))
    refuse_unknown_tables("tables", wanted, tuple(TABLES))
    if not draws:
        return [Task(scenario, number, wanted) for number in range(replicates)]
    from okoshi.study.drawn import ensemble_of

    drawn = ensemble_of(scenario).on_draws(scenario, draws)
    return [
        Task(one, number * replicates + replicate, wanted)
        for number, one in enumerate(drawn)
        for replicate in range(replicates)
    ]


def run_task(task: Task) -> dict[str, Columns]:
    """Run one replicate and return its tables."""
    from okoshi.simulation import RegionalModel

    model = RegionalModel(task.scenario, rng=task.seed)
    model.run()
    return model.tables(task.tables)


@dataclass(frozen=True)
class Numbered[Made: Task]:
    """A task as engines take it: known by its place among all."""

    key: str
    task: Made
    work: Callable[[Made], Any]


def run_tasks[Made: Task](
    tasks: Sequence[Made], workers: int, work: Callable[[Made], Any] = run_task
) -> Iterator[Any]:
    """Yield what `work` makes of each task, in the order of the tasks.

    More workers are processes of their own, of the engine that sweeps have. Raises what is wrong with the input of a
    task, and RunError with the task that failed.
    """
    if workers == 1 or len(tasks) == 1:
        for task in tasks:
            made = [work(task)]
            gc.collect()  # a model refers to itself in circles: its memory is given back at once
            yield made.pop()  # and what it made is the asker's alone
        return
    from okoshi.study.runner import Processes

    numbered = (Numbered(str(number), task, work) for number, task in enumerate(tasks))
    early: dict[int, Record] = {}
    following = 0
    with closing(Processes(min(workers, len(tasks)))(numbered, do_task)) as records:
        for record in records:
            early[int(record.key)] = record
            while following in early:
                yield _made_of(tasks[following], early.pop(following))
                following += 1


def do_task(numbered: Numbered[Any]) -> dict[str, Any]:
    """Do a task; what is said in plain words stays what it is."""
    try:
        return {"made": numbered.work(numbered.task)}
    except OkoshiError as error:
        return {"error": error}


def _made_of(task: Task, record: Record) -> Any:
    if "error" in record.values:
        raise record.values["error"]
    if "made" in record.values:
        return record.values["made"]
    what = say("run.replicate_failed", replicate=task.replicate, seed=task.seed, error=record.error)
    raise RunError(what) from (RunError(record.trace) if record.trace else None)


def stack(parts: Sequence[Columns], table: str, first: int = 0) -> Columns:
    """Return the tables of the replicates from `first` on below one another, with its number as first column.

    The official figures are the same in every replicate: they are given once, without one.
    """
    if table == OFFICIAL:
        return parts[0]
    counts = [len(next(iter(part.values()))) for part in parts]
    columns: Columns = {"replicate": np.repeat(np.arange(first, first + len(parts), dtype=np.int64), counts)}
    for name in parts[0]:
        columns[name] = np.concatenate([part[name] for part in parts])
    return columns
