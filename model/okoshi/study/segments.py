"""What a process has done, in a file of its own: lines of JSON, then Parquet.

One process appends to one file and nobody else does, so there is no lock, on a laptop and on a network file system
alike. Whatever dies leaves at most a broken last line, which readers pass over. A long file becomes Parquet, and so do
all that are left when a study is whole, in one step; killed in between, a run stands there twice, and readers take each
key once.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import Any

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.study.files import process_name, readable, write_whole
from okoshi.study.jobs import Record

ROWS = 2_000  # of a file of lines before it becomes Parquet
FEWEST_ROWS = 500  # below this a file of lines waits until all of a study is gathered
BATCH = 200  # rows read at a time
LINES, TABLE = ".jsonl", ".parquet"
FIELDS = {item.name for item in fields(Record)}


class Segment:
    """The file that this process writes its records to; use it in a `with` block."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, process_name()
        self._numbers = itertools.count(1)
        self._file = -1
        self._path = folder
        self._rows = 0

    def __enter__(self) -> Segment:
        """Make the folder; the file comes with the first record. Raises OSError when the disk is full."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; what failed in the block stays the error."""
        if error is None:
            self.close()
        else:
            with contextlib.suppress(OSError):
                self.close()

    def append(self, record: Record) -> None:
        """Write a record down, whole or not at all. Raises OSError when the disk does not take it."""
        if self._file < 0:
            self._path = self.folder / f"{self.name}-{next(self._numbers)}{LINES}"
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666)
            self._rows = 0
        size = os.fstat(self._file).st_size
        line = (json.dumps(_plain(record), ensure_ascii=False) + "\n").encode()
        if os.write(self._file, line) < len(line):
            os.ftruncate(self._file, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._rows += 1
        if self._rows >= ROWS:
            self.close()

    def close(self) -> None:
        """Bring the file to the disk; a long one becomes Parquet."""
        if self._file < 0:
            return
        file, self._file = self._file, -1
        try:
            os.fsync(file)
        finally:
            os.close(file)
        if self._rows >= FEWEST_ROWS:
            into_table([self._path], self._path.with_suffix(TABLE))


def gather(folder: Path) -> None:
    """Turn all files of lines of a folder into one of Parquet; nobody may be writing there. Raises OSError."""
    paths = sorted(folder.glob(f"*{LINES}"))
    if paths:
        into_table(paths, folder / f"{process_name()}-gathered{TABLE}")


def into_table(paths: Sequence[Path], table: Path) -> None:
    """Turn files of lines, which nobody writes any more, into a file of Parquet, a part at a time."""
    from pyarrow import RecordBatch, parquet

    def write(part: Path) -> None:
        with parquet.ParquetWriter(part, _schema(), compression="zstd") as file:
            records = (record for path in paths for record in read_lines(path))
            for some in itertools.batched(records, ROWS):
                rows = [
                    {**_plain(record, whole=True), "values": json.dumps(record.values)} for record in some
                ]
                file.write_batch(RecordBatch.from_pylist(rows, schema=_schema()))

    write_whole(table, write)
    for path in paths:
        path.unlink()


def _schema() -> Any:
    import pyarrow

    kinds = {"seconds": pyarrow.float64(), "tries": pyarrow.int64()}
    return pyarrow.schema([(item.name, kinds.get(item.name, pyarrow.string())) for item in fields(Record)])


def read_segments(folder: Path) -> Iterator[Record]:
    """Yield all records of a folder, a key more than once where it was run more than once.

    A file that its process turns into Parquet meanwhile is read as such. Raises InputError where the folder or a file
    may not be read: its runs are not missing.
    """
    with readable(folder):
        os.listdir(folder)  # glob finds nothing in a folder that may not be read
    seen: set[str] = set()
    while True:
        names = {path.stem: path for path in sorted(folder.glob(f"*{LINES}"))}
        names |= {path.stem: path for path in sorted(folder.glob(f"*{TABLE}"))}
        new = [path for stem, path in names.items() if stem not in seen and not stem.startswith(".")]
        if not new:
            return
        for path in new:
            # One that became Parquet this moment is seen in the next round.
            with contextlib.suppress(FileNotFoundError), readable(path):
                yield from read_table(path) if path.suffix == TABLE else read_lines(path)
                seen.add(path.stem)


def read_lines(path: Path) -> Iterator[Record]:
    """Yield the records of a file of lines; a line that is none was cut off by whatever ended its process."""
    with path.open("rb") as file:
        for line in file:
            with contextlib.suppress(ValueError, TypeError):
                yield _record(json.loads(line))


def read_table(path: Path) -> Iterator[Record]:
    """Yield the records of a Parquet file."""
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH):
                for row in batch.to_pylist():
                    yield _record({**row, "values": json.loads(row["values"])})
    except (pyarrow.ArrowException, KeyError, ValueError) as error:
        what, allowed = say("sweep.broken_part"), say("sweep.allowed_part")
        raise InputError(Fault(what, file=str(path), allowed=allowed)) from error


def _plain(record: Record, *, whole: bool = False) -> dict[str, Any]:
    """Return a record as JSON writes it: without what is empty, unless `whole`."""
    content = asdict(record)
    return content if whole else {name: value for name, value in content.items() if value not in ("", {})}


def _record(content: dict[str, Any]) -> Record:
    known = {name: value for name, value in content.items() if name in FIELDS and value is not None}
    return Record(**known)
