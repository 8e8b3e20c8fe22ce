"""What declarations say in English (units, what a share is of, how a statistic reads it), in the language in use."""

from __future__ import annotations

import re
from functools import cache

from okoshi.language.messages import knows, language, say

LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


@cache
def key_of(text: str) -> str:
    """Return letters and digits of a text, joined by underscores: the last part of the key of its translation."""
    return "_".join("".join(sign if sign in LETTERS_AND_DIGITS else " " for sign in text.lower()).split())


def unit_in_words(unit: str) -> str:
    """Return a unit as it is declared, in the language in use; in English where there are no words for it."""
    if language() == "en":
        return unit
    of_counts, own = f"pictures.unit_{key_of(unit)}", f"units.is_{key_of(unit)}"
    return say(own) if knows(own) else say(of_counts) if knows(of_counts) else unit


def reading_in_words(text: str) -> str:
    """Return what a column is a share of, or how the official statistic reads it, in the language in use."""
    key = f"readings.is_{key_of(text)}"
    return say(key) if language() == "ja" and knows(key) else text


def source_in_words(text: str) -> str:
    """Return where an official figure or the value of a parameter comes from, in the language in use."""
    if language() == "en":
        return text
    name = "_".join(re.findall(r"\w+", text.lower()))
    of_figure, of_parameter = f"sources.is_{name}", f"parameter_sources.is_{name}"
    return say(of_figure) if knows(of_figure) else say(of_parameter) if knows(of_parameter) else text
