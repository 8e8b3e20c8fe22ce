"""Which values of a factor are left where points without a number are left out, and of which nothing can be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.design import Design
from okoshi.study.gathered import Gathered


def levels_in(design: Design, number: int) -> Array | None:
    """Return which value of a list, or level of a grid, each point has, (points,); None for a range that is sampled."""
    factor, places = design.experiment.factors[number], design.unit[:, number]
    if factor.range is None:
        count = len(factor.values)
        return np.asarray(np.floor(places * count + 1e-9).clip(0, count - 1))
    if design.experiment.method == "grid":
        return np.asarray(np.unique(places, return_inverse=True)[1])
    return None


def absent_values(design: Design, gathered: Gathered) -> Mapping[str, list[Any]]:
    """Return for each factor the values with which no point gave a number; nothing for factors of which all did."""
    found: dict[str, list[Any]] = {}
    for number, factor in enumerate(design.experiment.factors):
        level = levels_in(design, number)
        if level is None:
            continue
        gone = np.setdiff1d(level, level[gathered.rows])
        firsts = [int(np.flatnonzero(level == one)[0]) for one in gone]
        if firsts:
            found[factor.parameter] = [design.point(row)[factor.parameter] for row in firsts]
    return found


def parts_left_still(design: Design, gathered: Gathered) -> frozenset[str]:
    """Return the factors and groups that do not vary among the points left: what they do cannot be seen there."""
    moves: set[str] = set()
    for number, factor in enumerate(design.experiment.factors):
        level = levels_in(design, number)
        column = gathered.unit[:, number] if level is None else level[gathered.rows]
        if len(np.unique(column)) > 1:
            moves |= {factor.part, factor.parameter}
    factors = design.experiment.factors
    return frozenset({*(one.part for one in factors), *(one.parameter for one in factors)} - moves)
