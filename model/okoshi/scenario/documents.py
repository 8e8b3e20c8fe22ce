"""Reading one TOML file, and collecting everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import language, say, texts
from okoshi.scenario.lines import line_of

type KeyPath = tuple[str, ...]


@dataclass
class Document:
    """A file (or the command line, where `path` is None) with its content and the faults found in it."""

    path: Path | None
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def blame(
        self,
        path: KeyPath,
        what: str,
        *,
        value: object = None,
        allowed: str | None = None,
        nearest: str | None = None,
    ) -> None:
        """Note a fault of the key at `path`."""
        self.faults.append(
            Fault(
                what,
                file=None if self.path is None else str(self.path),
                line=line_of(self.text, path),
                key=_short(".".join(path).replace(".#", "#")) or '""',  # "#2": the second table of a list
                value=None if value is None else written(value),
                allowed=allowed,
                nearest=nearest,
            )
        )


def read_document(path: Path, kind: str = "scenario") -> Document:
    """Return a TOML file's content; in place of an empty one, `okoshi new` writes one of this kind.

    Raises InputError with one fault when it is missing, a folder, unreadable, no text, empty or no TOML.
    """
    text = _read_text(path)
    if not text.strip():
        raise InputError(Fault(say("faults.empty_file", kind=kind), file=str(path)))
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_syntax_fault(path, text, str(error))) from error
    except ValueError as error:  # a number of thousands of digits
        raise InputError(Fault(say("faults.number_too_long"), file=str(path))) from error
    except RecursionError as error:
        raise InputError(Fault(say("faults.too_deep"), file=str(path))) from error
    return Document(path, text, data)


def _read_text(path: Path) -> str:
    if path.is_dir():
        raise InputError(Fault(say("faults.is_folder"), file=str(path)))
    if path.exists() and not path.is_file():
        raise InputError(Fault(say("faults.no_plain_file"), file=str(path)))
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        what = say("faults.link_to_nothing" if path.is_symlink() else "faults.no_file")
        near = nearest_file(path, but=path)
        nearest = near and str(path.with_name(near))
        raise InputError(Fault(what, file=str(path), nearest=nearest)) from error
    except OSError as error:
        raise InputError(
            Fault(say("faults.unreadable_file", reason=error.strerror or error), file=str(path))
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Fault(say("faults.binary_file"), file=str(path))) from error
    if "\0" in text:
        raise InputError(Fault(say("faults.binary_file"), file=str(path)))
    return text


def nearest_file(path: Path, but: Path | None = None) -> str | None:
    """Return the name in its folder that looks most like that of a file which is not there."""
    files = (file for file in path.parent.glob("*.toml") if but is None or file.name != but.name)
    others = {file.stem: file.name for file in sorted(files)}  # the ending is alike in all
    near = nearest_name(path.stem, others)
    return near and others[near]


def _syntax_fault(path: Path, text: str, message: str) -> Fault:
    place = re.search(r"\(at line (\d+), column \d+\)|\(at end of document\)", message)
    reason = _in_words(message if place is None else message[: place.start()].strip())
    lines = text.split("\n")  # TOML knows no other end of a line
    last = text.rstrip().count("\n") + 1
    line = int(place.group(1)) if place is not None and place.group(1) else last
    shown = lines[line - 1].strip() if line <= len(lines) else None
    return Fault(say("faults.bad_toml", reason=reason), file=str(path), line=line, value=shown)


def _in_words(reason: str) -> str:
    """Return a reason of the TOML reader in the language in use; as it is where nobody has put it in words."""
    if language() == "en":
        return reason
    known = (key for key, text in texts("syntax").items() if reason.startswith(text["en"]))
    key = next(known, None)
    return reason if key is None else say(f"syntax.{key}")


def whole_number(
    document: Document, path: KeyPath, value: object, low: int, high: int, allowed: str | None = None
) -> int | None:
    """Return a whole number between two ends, or None after blaming it; `allowed` says the ends in other words."""
    allowed = allowed or say("allowed.whole", low=written(low), high=written(high))
    if type(value) is not int:
        document.blame(path, say("faults.wrong_type"), value=value, allowed=allowed)
        return None
    if not low <= value <= high:
        document.blame(path, say("faults.out_of_range"), value=value, allowed=allowed)
        return None
    return value


def as_written(value: object) -> object:
    """Return what a notebook has computed (`numpy.arange(0, 3)[1]`) as a file would say it; all else as it is."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value


def written(value: object) -> str:
    """Return a value the way a user would write it in TOML, cut short where it is long."""
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = f'"{value}"'
        case int():
            text = f"{value:_}" if abs(value) >= 10_000 else str(value)
        case Mapping():
            inner = ", ".join(f"{key} = {written(item)}" for key, item in value.items())
            text = "{ " + inner + " }"
        case list() | tuple():
            text = "[" + ", ".join(written(item) for item in value) + "]"
        case _:
            text = str(value)
    return _short(text)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
