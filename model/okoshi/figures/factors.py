"""Factors of an experiment in words: what a parameter is, whose it is, and from which year on."""

from __future__ import annotations

from okoshi.language.messages import knows, language, say
from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.draft import STRUCTURE


def factor_in_words(factor: str) -> str:
    """Return a factor, as `behaviour.settlement.support` or `policy.x.y@2025`, in words of the language in use.

    What has no words of its own, such as the name of a group, comes back as it is.
    """
    name, _, year = factor.partition("@")
    words = _form(name) or _parameter(name) or name
    return say("factors.from_year", factor=words, year=year) if year.isdecimal() else words


def _form(name: str) -> str | None:
    above, _, decision = name.partition(".")
    if above != "structure" or decision not in STRUCTURE:
        return None
    return say("factors.form", decision=say(f"validate.form_{decision}"))


def _parameter(name: str) -> str | None:
    parameter = catalogue().get(name)
    if parameter is None:
        return None
    words = parameter.description_ja if language() == "ja" else parameter.description
    room = name.split(".")[1]
    if not knows(f"factors.of_{room}"):
        return words
    return say("factors.parameter", whose=say(f"factors.of_{room}"), what=words)
