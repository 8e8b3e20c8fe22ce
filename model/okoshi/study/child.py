"""A process apart that does one job after the other, and may die or be stopped without harm to anybody else.

Each child has a pipe of its own, so there is no lock that a dying one could take along (in a pool that shares its
pipe, a worker killed between taking a task and saying so loses the task for good, and the sweep waits for ever).
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from multiprocessing import connection, resource_tracker
from typing import Any

from okoshi.language.messages import language, set_language
from okoshi.study.jobs import FAILED, Keyed, Record, Values, attempt
from okoshi.study.limits import ONE_THREAD
from okoshi.study.maker import this_maker

TRIES = 2  # a process may die of what is none of its run's doing


class Child:
    """One process; `begin` a job, wait until there is something to hear, then ask for its `record`."""

    def __init__(self, limit: float | None = None) -> None:
        self.limit = limit
        self._task: tuple[Keyed, Callable[[Any], Values]] | None = None
        self._tries = 0
        self._deadline: float | None = None
        self._start()

    def _start(self) -> None:
        os.environ.update(ONE_THREAD)
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, language()), daemon=True)
        with _undisturbed():
            self._process.start()
        theirs.close()

    @property
    def busy(self) -> bool:
        """Whether it is at a job."""
        return self._task is not None

    @property
    def seconds_left(self) -> float | None:
        """How long its job may still take; None where there is no limit or it has not begun."""
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def begin[One: Keyed](self, job: One, work: Callable[[One], Values]) -> None:
        """Give it a job to do."""
        self._task, self._tries = (job, work), 0
        self._send()

    def _send(self) -> None:
        self._tries += 1
        self._deadline = None
        with contextlib.suppress(OSError):  # a process that is gone is noticed when it is listened to
            self.pipe.send(self._task)

    def record(self) -> Record | None:
        """Return the record of its job; None while it goes on, begun anew where the process had died."""
        if self._task is None:
            return None
        if not self.pipe.poll():
            return self._over_time() if self.seconds_left == 0 else None
        try:
            heard: Record | None = self.pipe.recv()
        except (EOFError, OSError):
            return self._died()
        if heard is None:  # it has taken up the job
            self._deadline = None if self.limit is None else time.monotonic() + self.limit
            return None
        return self._ended(replace(heard, tries=self._tries))

    def _ended(self, record: Record) -> Record:
        self._task = self._deadline = None
        return record

    def _died(self) -> Record | None:
        self._process.join()
        code = self._process.exitcode
        self.stop()
        self._start()
        if self._tries < TRIES:
            self._send()
            return None
        return self._failed(f"ProcessDied: {why_died(code)}")

    def _over_time(self) -> Record:
        self.stop()
        self._start()
        return self._failed(f"TooLong: {over_time(self.limit)}")

    def _failed(self, error: str) -> Record:
        assert self._task is not None
        key = self._task[0].key
        return self._ended(Record(key, FAILED, error=error, tries=self._tries, maker=this_maker().id))

    def stop(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def wait_for(children: Sequence[Child]) -> None:
    """Wait until one of the children is to be listened to: it said something, died or is over its time."""
    limits = [left for child in children if (left := child.seconds_left) is not None]
    connection.wait([child.pipe for child in children], min(limits, default=None))


def serve(pipe: connection.Connection, speaks: str) -> None:
    """Do jobs until nobody gives any: the life of a child, which speaks its parent's language."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_language(speaks)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            job, work = pipe.recv()
            gc.freeze()  # what is loaded by now stays: it need not be looked at after each job
            pipe.send(None)
            pipe.send(attempt(job, work))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let a process that starts in a `with` block hear nothing of Ctrl-C: who stops it is its parent."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which would let the signal through again when it starts in between
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def why_died(code: int | None) -> str:
    """Return how a process ended: by which signal, or with which exit code."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"the process was ended by {signal.Signals(-code).name}"
    return f"the process ended with exit code {code}"


def over_time(limit: float | None) -> str:
    """Return in words that a run was stopped."""
    return f"the run took longer than {limit:g} s"
