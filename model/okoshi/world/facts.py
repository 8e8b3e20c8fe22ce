"""The tables of facts about the country, read once from `parameters/country/tables`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from okoshi.world.arrays import Booleans, Floats

Facts = dict[str, Any]


@cache
def read_facts(name: str) -> Facts:
    """Return one table of facts: `municipalities`, `prefectures`, `projection` or `ages`. Do not write into it."""
    path = files("okoshi.parameters") / "country" / "tables" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def prefecture_facts() -> tuple[Facts, ...]:
    """Return the facts of the 47 prefectures in the order of their codes."""
    return tuple(read_facts("prefectures")["prefecture"])


def prefecture_column(name: str) -> Floats:
    """Return one fact of all 47 prefectures as numbers."""
    return np.array([row[name] for row in prefecture_facts()], dtype=np.float64)


def is_metropolitan() -> Booleans:
    """Return which of the 47 prefectures are among the eleven of the three metropolitan areas (三大都市圏)."""
    eleven = set(read_facts("prefectures")["metropolitan"])
    return np.array([row["code"] in eleven for row in prefecture_facts()])


def prefecture_names() -> tuple[str, ...]:
    """Return the Japanese names of the 47 prefectures in the order of their codes."""
    return tuple(row["name"] for row in prefecture_facts())


def builder_settings(section: str) -> dict[str, float]:
    """Return how the builder draws one thing: a section of `builder.toml`."""
    settings: dict[str, float] = read_facts("builder")[section]
    return settings
