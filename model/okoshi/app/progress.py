"""How far long work is: a bar with the time left on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

import click

from okoshi.language.messages import say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Call it with what is done and what there is to do; use it in a `with` block.

    Everything goes to standard error; `log` is told of each step.
    """

    def __init__(self, label: str, log: Callable[[str], None] | None = None) -> None:
        self.label, self.log = label, log
        self.started = time.monotonic()
        self._last_line = self.started
        self._bar: Bar | None = None

    def __enter__(self) -> Progress:
        """Show the bar where there is a terminal."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._bar.add_task(self.label, total=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Say that `done` of `total` pieces are done."""
        if self.log is not None:
            self.log(f"{self.label} {done}/{total}")
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total)
            return
        now = time.monotonic()
        if now - self._last_line >= SECONDS_BETWEEN_LINES and done < total:
            self._last_line = now
            left = (now - self.started) / max(done, 1) * (total - done)
            click.echo(
                say("run.progress", label=self.label, done=done, total=total, left=f"{left:,.0f}"), err=True
            )
