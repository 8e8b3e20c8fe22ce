"""The faults of all files of one import, gathered so that they are told at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say

MOST_FAULTS = 12


@dataclass
class Faults:
    """The faults of all files of one import, a dozen at most."""

    found: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        file: Path,
        text: str,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        allowed: str | None = None,
        nearest: str | None = None,
    ) -> None:
        """Note one fault; `text` is a key of the messages of worlds or a sentence."""
        self.count += 1
        if len(self.found) >= MOST_FAULTS:
            return
        shown = None if value is None else str(value)[:60]
        self.found.append(Fault(text, str(file), row, column, shown, allowed, nearest))

    def raise_all(self) -> None:
        """Raise InputError where anything was noted."""
        if not self.found:
            return
        if self.count > len(self.found):
            self.found.append(Fault(say("world.more_faults", count=self.count)))
        raise InputError(self.found)
