"""What can be wrong with an input, said so that a person can mend it."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one place of an input.

    `what` says what is wrong in a plain sentence; the other fields say where, and how to mend it.
    """

    what: str
    file: str | None = None
    line: int | None = None
    key: str | None = None
    value: str | None = None
    allowed: str | None = None
    nearest: str | None = None


class OkoshiError(Exception):
    """Anything that Okoshi itself reports to the user in plain words."""


class InputError(OkoshiError):
    """The input is wrong; nothing was written (exit status 2). Carries all faults found at once."""

    def __init__(self, faults: Iterable[Fault] | Fault | str) -> None:
        if isinstance(faults, str):
            faults = (Fault(faults),)
        elif isinstance(faults, Fault):
            faults = (faults,)
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("; ".join(fault.what for fault in self.faults))

    def __str__(self) -> str:
        """Return all faults as people read them, so that a notebook shows what the command line shows."""
        return "\n".join(describe_fault(fault) for fault in self.faults)

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        """Travel between processes with all faults."""
        return InputError, (self.faults,)


class RunError(OkoshiError):
    """Something failed while running; finished work is kept (exit status 1)."""


def nearest_name(name: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """Return the known name that looks most like `name`, or None where none is `alike` (a share of the letters)."""
    candidates = {_as_typed(candidate): candidate for candidate in known}
    wanted = _as_typed(name)
    found = _closest(wanted, candidates, alike)
    if found is not None:
        return candidates[found]
    last = {last_part(candidate): shown for candidate, shown in candidates.items()}
    found = _closest(last_part(wanted), last, alike)
    return None if found is None else last[found]


def _closest(wanted: str, candidates: Iterable[str], alike: float) -> str | None:
    """Return the candidate most alike; of equals the one with most signs in their places (島名県: 島根県)."""

    def likeness(name: str) -> tuple[float, int]:
        same = sum(one == other for one, other in zip(name, wanted, strict=False))
        return difflib.SequenceMatcher(None, name, wanted).ratio(), same

    return max(
        difflib.get_close_matches(wanted, list(candidates), n=12, cutoff=alike), key=likeness, default=None
    )


def last_part(name: str) -> str:
    """Return what stands after the last dot of a name."""
    return name.rsplit(".", 1)[-1]


def nearest_by_last(name: str, known: Iterable[str]) -> str | None:
    """Return the known name whose last part looks most like that of `name`: beginnings that are alike say nothing."""
    by_last = {last_part(other): other for other in known}
    near = nearest_name(last_part(name), by_last)
    return near and by_last[near]


def _as_typed(name: str) -> str:
    """Return a name without what fingers and keyboards do to it: capitals, dashes, full-width letters."""
    return unicodedata.normalize("NFKC", name).casefold().replace("-", "_")


def describe_fault(fault: Fault) -> str:
    """Return a fault as one or two lines: where it is, then what is wrong and how to mend it."""
    from okoshi.language.messages import say

    place = fault.file or ""
    if fault.line is not None:
        place += f":{fault.line}"
    thing = " = ".join(part for part in (fault.key, fault.value) if part)
    where = ": ".join(part for part in (place, thing) if part)
    hints = [fault.what]
    if fault.allowed:
        hints.append(say("faults.shown_allowed", allowed=fault.allowed))
    if fault.nearest:
        hints.append(say("faults.shown_nearest", nearest=fault.nearest))
    text = printable(say("faults.shown_between").join(hints))
    return f"{printable(where)}\n    {text}" if where else text


def printable(text: str) -> str:
    """Return a text in one line that does nothing to a terminal: control characters stand as `\\x1b`."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
