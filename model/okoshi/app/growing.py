"""Tables that grow on the disk, by a replicate at a time: what is written need not be in memory."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from okoshi.app.table_files import Arrays, as_arrow, csv_writer, parquet_writer
from okoshi.app.writing import disk_errors
from okoshi.study.files import process_name

INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM)


class GrowingTables:
    """Files of tables under temporary names: `parts` by the name that each gets once the run is whole.

    Used in a `with` block, at whose end what has not been renamed is removed.
    """

    def __init__(self, folder: Path, run: Mapping[str, Any], *, with_csv: bool) -> None:
        self.parts: dict[str, Path] = {}
        self._folder, self._run = folder, run
        self._writers_of = {"parquet": parquet_writer} | ({"csv": csv_writer} if with_csv else {})
        self._open = contextlib.ExitStack()
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Return these tables, empty."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what has no name of its own yet."""
        with contextlib.suppress(OSError):
            self._open.close()
        for part in self.parts.values():
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def add(self, name: str, arrays: Arrays) -> None:
        """Write a table below what is there of it. Raises RunError when the disk does not take it."""
        table = as_arrow(name, arrays, self._run)
        with disk_errors("run.cannot_write", folder=self._folder):
            for ending, open_writer in self._writers_of.items():
                file = f"{name}.{ending}"
                if file not in self._writers:
                    self.parts[file] = self._folder / f".{file}.{process_name()}.part"
                    opened = open_writer(self.parts[file], table.schema)
                    self._writers[file] = self._open.enter_context(opened)
                self._writers[file].write_table(table)

    def close(self) -> None:
        """Bring the files to their end. Raises RunError when the disk does not take it."""
        with disk_errors("run.cannot_write", folder=self._folder):
            self._open.close()


@contextlib.contextmanager
def interrupted_later() -> Iterator[None]:
    """Let an interruption wait for the end of a `with` block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    heeded = [one for one in INTERRUPTIONS if signal.getsignal(one) not in (signal.SIG_IGN, None)]
    before = [signal.signal(number, lambda found, _: came.append(found)) for number in heeded]
    try:
        yield
    finally:
        for number, handler in zip(heeded, before, strict=True):
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt
