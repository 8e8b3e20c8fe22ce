"""The store of a study: every run that was done, by the content of what was run.

`store/study.json` says whose runs these are, `store/runs/` holds them (see `segments.py`), `store/lock` is held
while somebody works there.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.study.files import process_name, readable, write_once
from okoshi.study.jobs import DONE, FAILED, MISSING, Record
from okoshi.study.maker import Maker
from okoshi.study.segments import Segment, gather, read_segments

try:
    import fcntl
except ImportError:  # a system without it has no lock: two sweeps at once then do some runs twice, no more
    fcntl = None  # type: ignore[assignment]

SECONDS_FOR_LOCK = 1.0
SCHEMA = 1


@dataclass(frozen=True)
class Owner:
    """Whose runs a store holds: `study` stands for what is studied, and runs of another maker do not mix in."""

    study: str
    maker: Maker


@dataclass(frozen=True)
class Store:
    """A folder of runs."""

    folder: Path

    @property
    def file(self) -> Path:
        """The file that says whose runs these are."""
        return self.folder / "study.json"

    @property
    def runs(self) -> Path:
        """The folder with the records."""
        return self.folder / "runs"

    def owner(self) -> Owner | None:
        """Return whose runs these are; None for a new store. Raises InputError for a broken or forbidden file."""
        try:
            if (
                self.file.exists() and not self.file.is_file()
            ):  # a pipe would keep its reader waiting for ever
                raise ValueError
            with readable(self.file):
                content = json.loads(self.file.read_text(encoding="utf-8"))
            maker = content["maker"]
            return Owner(
                content["study"], Maker(maker["model"], maker["processor"], tuple(maker["libraries"]))
            )
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(Fault(say("sweep.broken_store"), file=str(self.file))) from error

    def claim(self, owner: Owner, *, overwrite: bool = False) -> None:
        """Say whose runs the store is to hold; the first of several who come at once decides.

        Raises InputError where they are another study's, or of another version of the model or kind of CPU.
        Those stay there when `overwrite` is given, and are never taken for this one's.
        """
        there = self.owner()
        if there is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"schema": SCHEMA, **asdict(owner)}, ensure_ascii=False, indent=1) + "\n"
            write_once(self.file, text)
            there = self.owner()
        if there == owner:
            return
        if overwrite:
            self.file.unlink(missing_ok=True)
            self.claim(owner)
            return
        raise InputError(self._refusal(there, owner))

    def _refusal(self, there: Owner | None, owner: Owner) -> Fault:
        allowed = "--overwrite / --out DIR"
        if there is None or there.study != owner.study:
            return Fault(say("sweep.other_study"), file=str(self.folder.parent), allowed=allowed)
        what = say("sweep.other_maker", there=there.maker.shown(), here=owner.maker.shown())
        return Fault(what, file=str(self.folder.parent), allowed=allowed)

    @contextlib.contextmanager
    def locked(self, *, shared: bool = False, patience: float = SECONDS_FOR_LOCK) -> Iterator[None]:
        """Hold the store for a `with` block: alone, or among those who share it (array jobs).

        The system lets go of the lock when its process ends, however that happens. Raises InputError when
        somebody else is at work there.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "lock"
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not _take(file, shared, patience):
                holder = path.read_text(encoding="utf-8", errors="replace").strip()
                raise InputError(Fault(say("sweep.at_work", holder=holder), file=str(self.folder.parent)))
            if not shared:
                now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
                os.truncate(file, 0)
                os.pwrite(file, f"{socket.gethostname()} {os.getpid()} {now}\n".encode(), 0)
            yield
        finally:
            os.close(file)

    def at_work(self) -> bool:
        """Return whether somebody on this machine is at work in the store."""
        try:
            file = os.open(self.folder / "lock", os.O_RDONLY)
        except OSError:
            return False
        try:
            return not _take(file, shared=False, patience=0.0)
        finally:
            os.close(file)

    def writer(self) -> Segment:
        """Return what this process writes its records to."""
        return Segment(self.runs)

    def look_anew(self) -> None:
        """See what others have kept: a network file system may show a folder as it was, until one changes it."""
        self.runs.mkdir(parents=True, exist_ok=True)
        mark = self.runs / f".{process_name()}.look"
        mark.touch()
        mark.unlink()

    def gather(self) -> None:
        """Compact what is there, however little; not while others are at work. Raises OSError when the disk is full."""
        with contextlib.suppress(InputError), self.locked(patience=0.0):
            gather(self.runs)

    def records(self) -> Iterator[Record]:
        """Yield every record, of whatever study and maker."""
        if self.runs.is_dir():
            yield from read_segments(self.runs)

    def found(self, keys: Array, labels: Sequence[str] = ()) -> Found:
        """Return what became of the runs with these keys (each once, in order, as `sorted_keys` gives them)."""
        found = Found.nothing(keys, labels)
        for record in self.records():
            found.take(record)
        return found


@dataclass(frozen=True)
class Found:
    """What became of runs, one row a key: `status`, values under their labels (nan where none), failures by key."""

    keys: Array
    status: Array
    values: dict[str, Array]
    failures: dict[str, Record]

    @classmethod
    def nothing(cls, keys: Array, labels: Sequence[str]) -> Found:
        """Return that nothing is there yet."""
        status = np.full(len(keys), MISSING, dtype="U7")
        return cls(keys, status, {label: np.full(len(keys), np.nan) for label in labels}, {})

    def take(self, record: Record) -> None:
        """Take up a record: a run that was done is done, whatever failed before or after."""
        key = record.key.encode()
        row = int(np.searchsorted(self.keys, key))
        if row == len(self.keys) or self.keys[row] != key or self.status[row] == DONE:
            return
        self.status[row] = record.status
        if record.status == FAILED:
            self.failures[record.key] = replace(record, trace="")
            return
        self.failures.pop(record.key, None)
        for label, column in self.values.items():
            column[row] = record.values.get(label, np.nan)


def sorted_keys(keys: Iterable[str] | Array) -> Array:
    """Return each key once, in order, as bytes: a quarter of the room that text takes."""
    return np.unique(np.array(keys if isinstance(keys, np.ndarray) else list(keys), dtype="S32"))


def _take(file: int, shared: bool, patience: float) -> bool:
    """Take the lock, or say that somebody else has it; a file system that knows no locks lets everybody in."""
    if fcntl is None:
        return True
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        except OSError:
            return True
        else:
            return True
