"""Who reads standard output may stop before its end (`okoshi run baseline | head`): the work goes on all the same.

So it does where nobody hears standard error (`2>&-`): progress that cannot be told is no reason to stop.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from okoshi.language.errors import RunError
from okoshi.language.messages import say


def send_nowhere(stream: io.TextIOWrapper) -> None:
    """Send everything from here on nowhere, so that what is left in the buffer raises nothing at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class Reader(io.TextIOWrapper):
    """Standard output that nobody need read to its end."""

    def write(self, text: str) -> int:
        """Write a text. Raises RunError where the system does not take it."""
        try:
            return super().write(text)
        except OSError as error:
            self._give_up(error)
        return len(text)

    def flush(self) -> None:
        """Send what was written. Raises RunError where the system does not take it."""
        try:
            super().flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        send_nowhere(self)
        if not isinstance(error, BrokenPipeError):
            raise RunError(say("usage.no_output", reason=error.strerror or error)) from error


class Listener(io.TextIOWrapper):
    """Standard error that nobody need hear: what cannot be told is lost, and the exit status says how it ended."""

    def write(self, text: str) -> int:
        """Write a text, or lose it."""
        try:
            return super().write(text)
        except OSError:
            send_nowhere(self)
        return len(text)

    def flush(self) -> None:
        """Send what was written, or lose it."""
        try:
            super().flush()
        except OSError:
            send_nowhere(self)


def heed_reader() -> None:
    """Put them in the place of the process's standard output and error, where there are such."""
    if sys.stderr is None:  # closed before the program began
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # open to the end
    elif isinstance(sys.stderr, io.TextIOWrapper):
        encoding = sys.stderr.encoding
        sys.stderr = Listener(
            sys.stderr.detach(), encoding=encoding, errors="backslashreplace", line_buffering=True
        )
    if isinstance(sys.stdout, io.TextIOWrapper):
        encoding, buffering = sys.stdout.encoding, sys.stdout.line_buffering
        sys.stdout = Reader(
            sys.stdout.detach(), encoding=encoding, errors="replace", line_buffering=buffering
        )
