"""Files that are there whole or not at all, whatever dies while they are written."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say

if TYPE_CHECKING:
    import pyarrow


def process_name() -> str:
    """Return a name that no other process on any machine has: host, process, time."""
    host = "".join(sign if sign.isalnum() else "-" for sign in socket.gethostname())
    return f"{host}-{os.getpid()}-{time.time_ns()}"


def why_forbidden(error: PermissionError) -> str:
    """Return in words that the system does not let a file be read."""
    return say("faults.unreadable_file", reason=os.strerror(error.errno or errno.EACCES))


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Read in a `with` block. Raises InputError where the system forbids it: such a file is not broken, nor empty."""
    try:
        yield
    except PermissionError as error:
        raise InputError(Fault(why_forbidden(error), file=str(path))) from error


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole or not at all: under a name of this process, to the disk, then renamed.

    Raises OSError when the disk does not take it; what was there before is then left as it was.
    """
    part = path.with_name(f".{path.name}.{process_name()}.part")
    try:
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_parquet(path: Path, table: pyarrow.Table) -> None:
    """Write a table whole or not at all. Raises OSError when the disk does not take it."""
    from pyarrow import parquet

    write_whole(path, lambda part: parquet.write_table(table, part, compression="zstd"))


def write_once(path: Path, text: str) -> None:
    """Write a file unless there is one already; of several who try, one does. Raises OSError."""
    own = path.with_name(f"{path.name}.{os.getpid()}.{time.time_ns()}")
    write_whole(own, lambda part: part.write_text(text, encoding="utf-8"))
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links: there the last one decides
        if not path.exists():
            own.replace(path)
    finally:
        own.unlink(missing_ok=True)


def write_text_whole(path: Path, text: str) -> None:
    """Write a text whole or not at all; a file that says so already is left alone. Raises OSError."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if path.read_text(encoding="utf-8") == text:
            return
    write_whole(path, lambda part: part.write_text(text, encoding="utf-8"))


def remove_left_over(folder: Path) -> None:
    """Remove what processes of this machine that are gone have left half written."""
    host = process_name().split("-")[:-2]
    for part in folder.glob(".*.part"):
        *there, process, _ = ["", "", *part.name.removesuffix(".part").rpartition(".")[2].split("-")]
        if there[2:] == host and process.isdecimal() and not is_running(int(process)):
            with contextlib.suppress(OSError):
                part.unlink()


def is_running(process: int) -> bool:
    """Return whether there is a process of this number on this machine."""
    if os.name == "nt":  # there, asking would end the process
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
