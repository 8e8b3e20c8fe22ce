"""Who reads standard output may stop before its end (`okoshi run baseline | head`): the work goes on all the same."""

from __future__ import annotations

import io
import os
import sys

from okoshi.language.errors import RunError
from okoshi.language.messages import say


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
        """Send everything from here on nowhere, so that what is left in the buffer raises nothing at the end."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise RunError(say("usage.no_output", reason=error.strerror or error)) from error


def heed_reader() -> None:
    """Put it in the place of the process's standard output, where there is one."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        encoding, buffering = sys.stdout.encoding, sys.stdout.line_buffering
        sys.stdout = Reader(
            sys.stdout.detach(), encoding=encoding, errors="replace", line_buffering=buffering
        )
