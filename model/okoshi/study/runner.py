"""Engines: ways to have many jobs done, here or in several processes. Each yields records as they come.

One engine serves sweeps, replicates, comparisons, pilots and calibrations. It takes jobs one by one, never holds more
than a few, and yields exactly one record for each: a run that fails, dies or lasts too long is a failed record and
stops nobody else. Order and engine change no record's values.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

from okoshi.study.child import Child, over_time, wait_for
from okoshi.study.jobs import Job, Keyed, Record, TooLong, Values, Work, attempt

type Records = Generator[Record, None, None]
type Engine = Callable[[Iterable[Job], Work], Records]


@dataclass(frozen=True)
class Here:
    """Do the jobs in this process, one after the other, each within `limit` seconds."""

    limit: float | None = None

    def __call__[One: Keyed](self, jobs: Iterable[One], work: Callable[[One], Values]) -> Records:
        """Yield a record for each job."""
        for job in jobs:
            yield attempt(job, work, seconds_limit(self.limit))


@dataclass(frozen=True)
class Processes:
    """Do the jobs in several processes; a process that dies loses only the job it was at."""

    workers: int
    limit: float | None = None

    def __call__[One: Keyed](self, jobs: Iterable[One], work: Callable[[One], Values]) -> Records:
        """Yield a record for each job, in the order in which they end."""
        rest = iter(jobs)
        children: list[Child] = []
        try:
            while True:
                self._hand_out(rest, children, work)
                busy = [child for child in children if child.busy]
                if not busy:
                    return
                wait_for(busy)
                for child in busy:
                    record = child.record()
                    if record is not None:
                        yield record
        finally:
            for child in children:
                child.stop()

    def _hand_out[One: Keyed](
        self, rest: Iterator[One], children: list[Child], work: Callable[[One], Values]
    ) -> None:
        """Give each child that waits a job, and make another child while there are too few."""
        while True:
            child = next((child for child in children if not child.busy), None)
            if child is None and len(children) == self.workers:
                return
            job = next(rest, None)
            if job is None:
                return
            if child is None:
                child = Child(self.limit)
                children.append(child)
            child.begin(job, work)


@contextlib.contextmanager
def seconds_limit(seconds: float | None) -> Iterator[None]:
    """Raise TooLong in a `with` block that lasts longer.

    It needs the alarm of the main thread; elsewhere, and without a limit, the block lasts as long as it likes.
    """
    possible = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds is None or not possible:
        yield
        return

    def ring(*_: object) -> None:
        raise TooLong(over_time(seconds))

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
