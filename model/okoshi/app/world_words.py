"""The figures of `okoshi world describe` as people say them."""

from __future__ import annotations

import re

from okoshi.language.messages import knows, say

SUFFIXES = ("muni_mean", "muni_sd", "mean", "sd", "median", "resid")


def group_words(group: str) -> str:
    """Return the name of a group of figures."""
    return _word(group) or group


def figure_words(group: str, fact: str) -> str:
    """Return the name of a figure: `lt_5k.share65_mean` is "under 5,000: share 65 and over, mean"."""
    if group == "quantiles":
        name, _, quantile = fact.partition("@")
        return say("figures.quantile", name=_word(name) or name, q=quantile)
    if group == "correlation":
        return _pair(fact)
    band = re.fullmatch(r"from_([0-9.]+)\.([a-z_]+)", fact)
    if band:
        return f"{say('figures.from', value=band.group(1))}: {_word(band.group(2)) or band.group(2)}"
    return ": ".join(_word(part) or part for part in fact.split("."))


def _pair(fact: str) -> str:
    for position, sign in enumerate(fact):
        first, second = _word(fact[:position]), _word(fact[position + 1 :])
        if sign == "_" and first and second:
            return say("figures.between", first=first, second=second)
    return fact


def _word(part: str) -> str | None:
    if part and knows(f"figures.{part}"):
        return say(f"figures.{part}")
    for suffix in SUFFIXES:
        base = part.removesuffix(f"_{suffix}")
        if base != part and (known := _word(base)):
            return say(f"figures.suffix_{suffix}", name=known)
    return None
