"""Factors of an experiment and their values in words: what a parameter is, whose it is, from which year on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from okoshi.figures.words import figure_text
from okoshi.language.declared import unit_in_words
from okoshi.language.messages import knows, say
from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.draft import STRUCTURE


def factor_in_words(factor: str) -> str:
    """Return a factor, as `behaviour.settlement.support` or `policy.x.y@2025`, in words of the language in use.

    What has no words of its own, such as the name of a group, comes back as it is.
    """
    name, _, year = factor.partition("@")
    words = _form(name) or _parameter(name) or name
    return say("factors.from_year", factor=words, year=year) if year.isdecimal() else words


def value_of_factor(factor: str, value: object) -> str:
    """Return a value of a factor in words, in its unit: a form by its name, yen and shares as people read them.

    A text that holds a number, as a table of conditions has it, is read as the number.
    """
    name = factor.partition("@")[0]
    if isinstance(value, str):
        value = _read(value)
    if isinstance(value, bool):
        return say("report.applies" if value else "report.applies_not")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "–".join(value_of_factor("", part) for part in value)
    if not isinstance(value, int | float):
        return say(f"validate.form_{value}") if knows(f"validate.form_{value}") else str(value)
    parameter = catalogue().get(name)
    unit = "" if parameter is None else parameter.unit
    if unit == "fiscal year":
        return str(value)
    if unit == "share" or unit.startswith("yen"):
        return figure_text(value, "share" if unit == "share" else "yen")
    number = figure_text(value) if abs(value) >= 1 else f"{value:.3g}"
    return say("factors.amount", number=number, unit=unit_in_words(unit)) if unit else number


def unit_behind(name: str) -> str:
    """Return the unit as it stands behind a number: two numbers between which a factor goes have it once."""
    parameter = catalogue().get(name.partition("@")[0])
    return "" if parameter is None else say("factors.amount", number="", unit=unit_in_words(parameter.unit))


def span_of_factor(factor: Mapping[str, object]) -> str:
    """Return over what a factor of an experiment goes, as the file has it: from one end to the other, or a list."""
    name, ends = str(factor.get("parameter", "")), factor.get("range")
    if isinstance(ends, Sequence) and len(ends) == 2:
        low, high = (value_of_factor(name, end) for end in ends)
        unit = unit_behind(name)
        return say("factors.between", low=low.removesuffix(unit), high=high)
    values = factor.get("values")
    return (
        " / ".join(value_of_factor(name, value) for value in values) if isinstance(values, Sequence) else ""
    )


def _read(text: str) -> object:
    if text in ("True", "False"):
        return text == "True"
    try:
        return float(text)
    except ValueError:
        return text


def _form(name: str) -> str | None:
    above, _, decision = name.partition(".")
    if above != "structure" or decision not in STRUCTURE:
        return None
    return say("factors.form", decision=say(f"validate.form_{decision}"))


def _parameter(name: str) -> str | None:
    parameter = catalogue().get(name)
    if parameter is None:
        return None
    words = parameter.shown_description
    room = name.split(".")[1]
    if not knows(f"factors.of_{room}"):
        return words
    return say("factors.parameter", whose=say(f"factors.of_{room}"), what=words)
