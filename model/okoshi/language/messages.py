"""Texts in English and Japanese: `say("faults.unknown_key", key="...")`.

The first part of a key is a file of this folder, the rest a table in it with `en` and `ja`. The language is
what `set_language` chose, else `OKOSHI_LANGUAGE`, else English.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib import resources

LANGUAGES = ("en", "ja")
ENVIRONMENT = "OKOSHI_LANGUAGE"

_chosen: list[str] = []


def set_language(language: str | None) -> None:
    """Choose the language of everything shown from now on; None goes back to the environment's choice.

    Raises ValueError for a language that is not there.
    """
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"language is one of {', '.join(LANGUAGES)}, not {language!r}")
    _chosen[:] = [] if language is None else [language]


def language() -> str:
    """Return the language in use: `en` or `ja`."""
    if _chosen:
        return _chosen[0]
    wanted = os.environ.get(ENVIRONMENT, "").strip().lower().replace("-", "_").split("_")[0]
    return wanted if wanted in LANGUAGES else "en"


def in_language(english: str, japanese: str) -> str:
    """Return the one of two texts that is in the language in use; the English one where there is no other."""
    return (language() == "ja" and japanese) or english


@cache
def texts(file: str) -> dict[str, dict[str, str]]:
    """Return all texts of one file of this folder: name -> language -> text."""
    source = resources.files(__package__).joinpath(f"{file}.toml")
    found: dict[str, dict[str, str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return found


def say(key: str, **values: object) -> str:
    """Return a text in the language in use, its placeholders filled in.

    Raises KeyError where there is no such text or a placeholder has no value.
    """
    return say_in(language(), key, **values)


def say_in(language: str, key: str, **values: object) -> str:
    """Return a text in one language, whichever is in use."""
    file, _, name = key.partition(".")
    return texts(file)[name][language].format(**values)


def knows(key: str) -> bool:
    """Return whether there is a text under this key."""
    file, _, name = key.partition(".")
    return name in texts(file)
