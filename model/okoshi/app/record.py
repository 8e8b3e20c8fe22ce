"""The `run.json` of a results folder, read again: people edit it, copy it in halves, or put another's in its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from okoshi.app.writing import RUN_FILE, SCHEMA
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.scenario.documents import written
from okoshi.study.files import why_forbidden


def _is_name(value: object) -> bool:
    """Return whether a value can name a scenario and its file in an archive."""
    return isinstance(value, str) and bool(value.strip()) and Path(value).name == value and "\\" not in value


def _whole(value: object) -> bool:
    return type(value) is int and value >= 0


def _tables(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(content, dict) for content in value.values())


# key -> what it must be where it is there at all, and the word for that
KEYS: dict[str, tuple[Callable[[object], bool], str]] = {
    "scenario": (_is_name, "record_name"),
    "scenario_hash": (lambda value: isinstance(value, str), "text"),
    "version": (lambda value: isinstance(value, str), "text"),
    "invented": (lambda value: isinstance(value, bool), "switch"),
    "credit": (lambda value: isinstance(value, list), "record_list"),
    "seeds": (lambda value: isinstance(value, list) and all(map(_whole, value)), "record_seeds"),
    "replicates": (_whole, "record_whole"),
    "draws": (_whole, "record_whole"),
    "structure": (lambda value: isinstance(value, dict), "record_table"),
    "platform": (
        lambda value: isinstance(value, dict) and isinstance(value.get("libraries", {}), dict),
        "record_table",
    ),
    "command": (lambda value: isinstance(value, list), "record_list"),
    "scenario_in_full": (lambda value: isinstance(value, dict), "record_table"),
    "scenarios_in_full": (lambda value: _tables(value) and all(map(_is_name, value)), "record_table"),  # type: ignore[call-overload]
    "scenarios": (lambda value: isinstance(value, dict) and all(map(_is_name, value)), "record_table"),
    "experiment": (lambda value: isinstance(value, dict), "record_table"),
    "pilot": (lambda value: isinstance(value, dict), "record_table"),
}


def why_unread(error: Exception, otherwise: str) -> str:
    """Return why a file could not be read: one that may not be read is not broken; else the text `otherwise`."""
    if isinstance(error, PermissionError):
        return why_forbidden(error)
    return say(otherwise)


def read_record(folder: Path) -> Mapping[str, Any]:
    """Return the record of a results folder. Raises InputError, with all faults, where it is none."""
    path = folder / RUN_FILE
    if not path.exists():
        raise InputError(Fault(say("report.no_results"), file=str(folder), allowed="okoshi run --out DIR"))
    try:
        if not path.is_file():  # a pipe would keep its reader waiting for ever
            raise ValueError
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(Fault(why_unread(error, "report.bad_record"), file=str(path))) from error
    if not isinstance(record, dict):
        raise InputError(Fault(say("report.bad_record"), file=str(path)))
    schema = record.get("schema")
    if type(schema) is not int or schema != SCHEMA:
        what, shown = say("report.other_schema"), "-" if schema is None else written(schema)
        raise InputError(Fault(what, file=str(path), key="schema", value=shown, allowed=str(SCHEMA)))
    faults = [
        Fault(
            say("faults.wrong_type"),
            file=str(path),
            key=key,
            value=written(record[key]),
            allowed=say(f"allowed.{word}"),
        )
        for key, (is_good, word) in KEYS.items()
        if record.get(key) is not None and not is_good(record[key])
    ]
    if faults:
        raise InputError(faults)
    return record
