"""What one layer (a file, or `--set`) says, checked key by key against what a scenario may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from okoshi.engine.calendar import FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR
from okoshi.language.errors import last_part, nearest_by_last, nearest_name
from okoshi.language.messages import say
from okoshi.parameters.catalogue import catalogue
from okoshi.parameters.posterior import (
    CALIBRATED,
    PRIOR,
    file_of,
    read_posterior,
    split_label,
    values_of,
)
from okoshi.scenario.changes import ROOTS, read_change
from okoshi.scenario.documents import Document, KeyPath, whole_number
from okoshi.scenario.prefectures import PREFECTURES, find_prefecture, in_order
from okoshi.scenario.settings import Change
from okoshi.scenario.shipped import from_home

SCHEMA = 1
HIGHEST_SEED = 2**63 - 1
LARGEST_SCALE = 100
TABLES = ("world", "structure", *ROOTS)
WORLD_DESCRIPTION = "world.toml"  # what makes a folder a world
VERY_ALIKE = 0.8  # hundreds of parameters: of a word that is no parameter some look a little like it
# What describes a file, not a run: `--set` cannot say it.
FILE_ONLY = frozenset({"schema", "in_full", "extends", "title", "title_ja", "why", "why_ja"})


class Matching(StrEnum):
    """How applicants and posts find one another."""

    SEARCH = "search"
    DEFERRED_ACCEPTANCE = "deferred_acceptance"


class Adoption(StrEnum):
    """How municipalities come to join a measure."""

    DIFFUSION = "diffusion"
    BUDGET = "budget"


class Settlement(StrEnum):
    """How a member chooses where to live at the end of the term."""

    CHOICE = "choice"
    THRESHOLD = "threshold"


STRUCTURE: dict[str, type[StrEnum]] = {
    "matching": Matching,
    "adoption": Adoption,
    "settlement": Settlement,
}


@dataclass
class Draft:
    """What one layer says; None and absent keys say nothing."""

    top: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)

    def says_already(self, name: str, change: Change) -> bool:
        """Return whether this layer speaks already of a year of which the change speaks."""
        before = self.changes.get(name)
        if before is None:
            return False
        return (before.plain and change.plain) or bool(dict(before.dated).keys() & dict(change.dated).keys())

    def change(self, name: str, change: Change) -> None:
        """Add a change of a parameter to what this layer already says of it."""
        self.changes[name] = self.changes[name].merged_with(change) if name in self.changes else change


def read_draft(document: Document) -> Draft:
    """Return what a file says; its faults stand in the document afterwards."""
    draft = Draft()
    whole = document.data.get("in_full") is True
    for path, value in _entries(document.data):
        read_entry(document, draft, path, value, whole=whole)
    return draft


def read_entry(
    document: Document, draft: Draft, path: KeyPath, value: object, *, whole: bool = False
) -> None:
    """Read one key of any kind into the draft, or blame it."""
    name = ".".join(path)
    reader = READERS.get(name)
    if document.path is None and name in FILE_ONLY:
        document.blame(path, say("faults.file_only"), value=value)
    elif name.partition("@")[0] in READERS and reader is None:
        document.blame(path, say("faults.not_dated"), value=value)
    elif reader is not None:
        found = reader(document, path, value)
        if found is not None:
            draft.top[name] = found
    elif path[0] in ROOTS:
        change = read_change(document, path, value, whole=whole)
        if change is not None:
            if draft.says_already(*change):
                document.blame(path, say("faults.set_twice"), value=value)
            draft.change(*change)
    else:
        _blame_unknown(document, path)


def _entries(data: Mapping[str, Any], above: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Yield each key to be read as one thing: parameters with their dated tables, settings, strays."""
    known = catalogue()
    for key, value in data.items():
        path = (*above, key)
        name = ".".join(path)
        opens = isinstance(value, Mapping) and name not in known and name not in READERS
        if opens and (name in TABLES or path[0] in ROOTS):
            if value and not _looks_dated(value):
                yield from _entries(value, path)
            elif value or not _is_group(name):
                yield path, value
        else:
            yield path, value


def _is_group(name: str) -> bool:
    return name in ROOTS or any(known.startswith(f"{name}.") for known in (*catalogue(), *READERS))


def _looks_dated(value: Mapping[str, Any]) -> bool:
    return all(str(key).isdigit() for key in value)


def _blame_unknown(document: Document, path: KeyPath) -> None:
    name = ".".join(path)
    inside = [known for known in READERS if known.startswith(f"{name}.")]
    if inside:
        document.blame(path, say("faults.is_a_group"), nearest=inside[0])
        return
    if "." in path[0]:
        document.blame(path, say("faults.quoted_key"), nearest=nearest_name(name, catalogue()))
        return
    homes = [known for known in (*catalogue(), *READERS) if last_part(known) == path[-1]]
    if homes:
        document.blame(path, say("faults.misplaced_key"), nearest=homes[0])
        return
    siblings = [known for known in READERS if known.startswith(f"{path[0]}.")]
    if siblings:
        near = nearest_by_last(name, siblings)
        document.blame(path, say("faults.unknown_key"), allowed=", ".join(siblings), nearest=near)
        return
    top = [*(known for known in READERS if "." not in known), *TABLES]
    near = nearest_name(name, [*top, *READERS]) or nearest_name(name, catalogue(), VERY_ALIKE)
    document.blame(path, say("faults.unknown_key"), allowed=", ".join(top), nearest=near)


def _text(document: Document, path: KeyPath, value: object, allowed: str = "allowed.text") -> str | None:
    if isinstance(value, str) and value.strip():
        return value.strip()
    document.blame(path, say("faults.wrong_type"), value=value, allowed=say(allowed))
    return None


def _extends(document: Document, path: KeyPath, value: object) -> str | None:
    return _text(document, path, value, "allowed.extends")


def _years(document: Document, path: KeyPath, value: object) -> tuple[int, int] | None:
    allowed = say("allowed.years", first=FIRST_FISCAL_YEAR, last=LAST_FISCAL_YEAR)
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(type(year) is int for year in value):
        document.blame(path, say("faults.wrong_type"), value=value, allowed=allowed)
        return None
    first, last = int(value[0]), int(value[1])
    if not FIRST_FISCAL_YEAR <= first <= last <= LAST_FISCAL_YEAR:
        document.blame(path, say("faults.impossible_years"), value=value, allowed=allowed)
        return None
    return first, last


def _seed(document: Document, path: KeyPath, value: object) -> int | None:
    return whole_number(document, path, value, 0, HIGHEST_SEED, say("allowed.seed"))


def _scale(document: Document, path: KeyPath, value: object) -> int | None:
    return whole_number(document, path, value, 1, LARGEST_SCALE, say("allowed.scale", largest=LARGEST_SCALE))


def _schema(document: Document, path: KeyPath, value: object) -> int | None:
    return whole_number(document, path, value, 1, SCHEMA, say("allowed.schema", schema=SCHEMA))


def _switch(document: Document, path: KeyPath, value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    document.blame(path, say("faults.wrong_type"), value=value, allowed=say("allowed.switch"))
    return None


def _place(document: Document, text: str) -> Path | None:
    """Return a path of a file as an absolute one; None for what can be no path."""
    start = Path.cwd() if document.path is None else document.path.parent
    try:
        return (start / from_home(text)).resolve()
    except (OSError, ValueError):  # a circle of links; a NUL
        return None


def _source(document: Document, path: KeyPath, value: object) -> str | None:
    """Return `default` or the absolute folder; a relative one starts from the folder of the file."""
    text = _text(document, path, value, "allowed.world_source")
    if text is None or text == "default":
        return text
    folder = _place(document, text)
    if folder is None or not (folder / WORLD_DESCRIPTION).is_file():
        document.blame(path, say("faults.no_world"), value=text, allowed=say("allowed.world_source"))
        return None
    return str(folder)


def _prefectures(document: Document, path: KeyPath, value: object) -> tuple[str, ...] | None:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        document.blame(path, say("faults.wrong_type"), value=value, allowed=say("allowed.prefectures"))
        return None
    found = {name: find_prefecture(name) for name in names}
    for name, prefecture in found.items():
        if prefecture is None:
            near = nearest_name(name, PREFECTURES) or nearest_name(name.title(), PREFECTURES.values())
            document.blame(
                path,
                say("faults.unknown_prefecture"),
                value=name,
                allowed=say("allowed.prefectures"),
                nearest=near,
            )
    return in_order({name for name in found.values() if name is not None})


def _choice(document: Document, path: KeyPath, value: object) -> str | None:
    choices = [str(choice) for choice in STRUCTURE[path[-1]]]
    if value in choices:
        return str(value)
    allowed = " / ".join(f'"{choice}"' for choice in choices)
    near = nearest_name(value, choices) if isinstance(value, str) else None
    document.blame(path, say("faults.unknown_choice"), value=value, allowed=allowed, nearest=near)
    return None


def _behaviour_parameters(document: Document, path: KeyPath, value: object) -> str | None:
    """Return the name of a draw, a relative file as an absolute one; a file that says all in full needs no draw."""
    if value == PRIOR or (isinstance(value, str) and document.data.get("in_full") is True):
        return str(value)
    allowed = say("allowed.behaviour_parameters")
    name, number = split_label(value) if isinstance(value, str) else ("", None)
    if name != CALIBRATED and not name.endswith(".parquet"):
        near = nearest_name(name, (PRIOR, CALIBRATED))
        document.blame(path, say("faults.unknown_choice"), value=value, allowed=allowed, nearest=near)
        return None
    place = Path(name) if name == CALIBRATED else _place(document, name)
    if place is None:
        document.blame(path, say("faults.no_file"), value=value, allowed=allowed)
        return None
    label = str(place)
    label = label if number is None else f"{label}:{number}"
    try:
        values_of(label)
    except FileNotFoundError:
        missing = "faults.no_calibration" if name == CALIBRATED else "faults.no_file"
        document.blame(path, say(missing), value=value, allowed=allowed)
    except IndexError:
        last = len(read_posterior(file_of(split_label(label)[0]))) - 1
        document.blame(path, say("faults.no_draw", last=last), value=value, allowed=allowed)
    except (OSError, ValueError) as error:
        document.blame(
            path,
            say("faults.no_draws", reason=getattr(error, "strerror", None) or error),
            value=value,
            allowed=allowed,
        )
    else:
        return label
    return None


READERS: dict[str, Callable[[Document, KeyPath, object], Any]] = {
    "schema": _schema,
    "in_full": _switch,
    "title": _text,
    "title_ja": _text,
    "why": _text,
    "why_ja": _text,
    "extends": _extends,
    "years": _years,
    "seed": _seed,
    "world.source": _source,
    "world.prefectures": _prefectures,
    "world.scale": _scale,
    "behaviour.parameters": _behaviour_parameters,
    **{f"structure.{key}": _choice for key in STRUCTURE},
}
