"""A run of `okoshi run` under way: what a replicate gives goes to the disk, the nation's table to the summary."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from okoshi.app.growing import GrowingTables, interrupted_later
from okoshi.app.writing import ResultsFolder, describe_run, finished_in_words
from okoshi.language.errors import OkoshiError
from okoshi.study.runs import OFFICIAL, Columns, Progress, Task, run_tasks, stack

if TYPE_CHECKING:
    from okoshi.app.run import Request
    from okoshi.scenario.scenario import Scenario
    from okoshi.world.country import World

OF_THE_NATION = ("national", OFFICIAL)  # what the summary reads


class Running:
    """A run under way: its tables grow on the disk, and what the summary reads of the nation stays in memory.

    Of draws with several replicates each a whole draw is written at a time: what is kept of a run that ends early holds
    no part of one.
    """

    def __init__(
        self,
        scenario: Scenario,
        request: Request,
        names: Sequence[str],
        folder: ResultsFolder,
        tables: GrowingTables,
        world: World,
    ) -> None:
        self.scenario, self.request, self.folder = scenario, request, folder
        self.tables, self.world = tables, world
        self.seeds: list[int] = []
        self._names = tuple(names)
        self._started = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        self._began = time.perf_counter()
        self._nation: dict[str, list[Columns]] = {name: [] for name in OF_THE_NATION}
        self._waiting: list[tuple[int, dict[str, Columns]]] = []
        self._whole = True

    def run(self, tasks: Sequence[Task], progress: Progress) -> None:
        """Run all, one replicate (or draw, of several) in memory; what is finished is kept where it ends early."""
        try:
            for number, made in enumerate(run_tasks(tasks, self.request.workers)):
                self.take(tasks[number].seed, made)
                del made  # before the next one is there
                progress(number + 1, len(tasks))
        except (KeyboardInterrupt, OkoshiError):
            self.keep()
            raise

    def take(self, seed: int, made: dict[str, Columns]) -> None:
        """Take the tables of one more replicate. Raises RunError where the disk does not."""
        self._waiting.append((seed, made))
        if len(self._waiting) < (self.request.replicates if self.request.draws else 1):
            return
        with interrupted_later():
            self._whole = False  # as long as some tables have rows that others have not
            for seed, made in self._waiting:
                self._write(made)
                self.seeds.append(seed)
            self._waiting.clear()
            self._whole = True

    def _write(self, made: dict[str, Columns]) -> None:
        first = len(self.seeds)
        for name in list(made):
            part = made.pop(name)  # each table is let go once it is written
            if name in self._nation:
                self._nation[name].append(part)
            if name in self._names and not (name == OFFICIAL and first):
                self.tables.add(name, stack([part], name, first))

    @property
    def nation(self) -> dict[str, Columns]:
        """The nation's table and the official figures."""
        return {name: stack(parts, name) for name, parts in self._nation.items()}

    @property
    def seconds(self) -> float:
        """How long it took so far."""
        return time.perf_counter() - self._began

    def finish(self, amount: Mapping[str, object]) -> dict[str, Any]:
        """Bring the files of so many replicates to their end, under their names; return what `run.json` says."""
        self.tables.close()
        record = describe_run(
            self.scenario,
            invented=self.world.invented,
            **amount,
            seeds=self.seeds,
            workers=self.request.workers,
            started=self._started,
            seconds=round(self.seconds, 3),
            tables=list(self._names),
        )
        with interrupted_later():  # some files under their names and others not would be no run
            self.folder.put(self.tables.parts, record, self.scenario)
        return record

    def keep(self) -> None:
        """Keep what is finished of a run that ends early, if there is any."""
        count = len(self.seeds)
        if count and self._whole:
            finished = finished_in_words(count, self.request.amount)
            self.folder.keep(count, finished, lambda: self.finish(self.request.finished(count)))

    def draw(self, record: Mapping[str, Any]) -> None:
        """Write the pictures of a run into `figures/`."""
        from pandas import DataFrame

        from okoshi.app.report_folder import ReportedFolder
        from okoshi.figures import About, places_of
        from okoshi.figures.gallery import pictures_of_run

        written = ReportedFolder(self.folder.path, record).tables_of_run()
        frames = written | {name: DataFrame(arrays) for name, arrays in self.nation.items()}
        self.folder.draw(pictures_of_run(frames, About.of_record(record), places_of(self.world)))
