"""Engines: ways to have many jobs done, here or in several processes. Each yields records as they come.

An engine takes jobs one by one, never holds more than a few, and yields exactly one record for each: a run that
fails, dies or lasts too long is a failed record and stops nobody else. Order and engine change no record's values.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from okoshi.study.jobs import FAILED, Job, Record, Work, attempt
from okoshi.study.maker import this_maker

if TYPE_CHECKING:
    from pebble import ProcessPool

type Records = Generator[Record, None, None]
type Engine = Callable[[Iterable[Job], Work], Records]

TRIES = 2  # a process may die of what is none of its run's doing
IN_FLIGHT_PER_WORKER = 2
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Here:
    """Do the jobs in this process, one after the other, each within `limit` seconds."""

    limit: float | None = None

    def __call__(self, jobs: Iterable[Job], work: Work) -> Records:
        """Yield a record for each job."""
        for job in jobs:
            yield attempt(job, work, seconds_limit(self.limit))


@dataclass(frozen=True)
class Processes:
    """Do the jobs in several processes; a process that dies loses only the job it was at."""

    workers: int
    limit: float | None = None

    def __call__(self, jobs: Iterable[Job], work: Work) -> Records:
        """Yield a record for each job, in the order in which they end."""
        pool = start_pool(self.workers)
        rest = iter(jobs)
        waiting: dict[Future[Record], tuple[Job, int]] = {}
        try:
            while True:
                for job in islice(rest, IN_FLIGHT_PER_WORKER * self.workers - len(waiting)):
                    waiting[self._schedule(pool, job, work)] = (job, 1)
                if not waiting:
                    return
                ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ended:
                    job, tries = waiting.pop(future)
                    record = record_of(future, job, tries, self.limit)
                    if record is None:
                        waiting[self._schedule(pool, job, work)] = (job, tries + 1)
                    else:
                        yield record
        finally:
            stop_pool(pool)

    def _schedule(self, pool: ProcessPool, job: Job, work: Work) -> Future[Record]:
        future: Future[Record] = pool.schedule(attempt, args=(job, work), timeout=self.limit)
        return future


def start_pool(workers: int) -> ProcessPool:
    """Return processes that wait for work; each reckons in one thread, so that workers are all there is to count."""
    from pebble import ProcessPool

    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")
    return ProcessPool(max_workers=workers, context=multiprocessing.get_context("spawn"))


def stop_pool(pool: ProcessPool) -> None:
    """End the processes of a pool, whatever they are at."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def record_of(future: Future[Record], job: Job, tries: int, limit: float | None) -> Record | None:
    """Return the record of a job that ended; None where its process died and it should be tried again."""
    from pebble import ProcessExpired

    try:
        return replace(future.result(), tries=tries)
    except TimeoutError:
        return failed(job, f"TimeoutError: {over_time(limit)}", tries)
    except ProcessExpired as error:
        return None if tries < TRIES else failed(job, f"ProcessExpired: {why_died(error)}", tries)


def failed(job: Job, error: str, tries: int = 1) -> Record:
    """Return the record of a job that could not say itself why it failed."""
    return Record(job.key, FAILED, error=error, tries=tries, maker=this_maker().id)


def why_died(error: Any) -> str:
    """Return how a process ended: by which signal, or with which exit code."""
    code = error.exitcode
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"the process was ended by {signal.Signals(-code).name}"
    return f"the process ended with exit code {code}"


def over_time(limit: float | None) -> str:
    """Return in words that a run was stopped."""
    return f"the run took longer than {limit:g} s"


@contextlib.contextmanager
def seconds_limit(seconds: float | None) -> Iterator[None]:
    """Raise TimeoutError in a `with` block that lasts longer.

    It needs the alarm of the main thread; elsewhere, and without a limit, the block lasts as long as it likes.
    """
    possible = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds is None or not possible:
        yield
        return

    def ring(*_: object) -> None:
        raise TimeoutError(over_time(seconds))

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
