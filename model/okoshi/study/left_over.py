"""Which values of a factor are left where points without a number are left out, and of which nothing can be said."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.design import Design, natural, value_numbers
from okoshi.study.gathered import Gathered

END = 0.2  # of a range: without any point of it nothing is said of what happens from end to end


def levels_in(design: Design, number: int) -> Array | None:
    """Return which value of a list, or level of a grid, each point has, (points,); None for a range that is sampled."""
    factor, places = design.experiment.factors[number], design.unit[:, number]
    if factor.range is None:
        return value_numbers(factor, places)
    if design.experiment.method == "grid":
        return np.asarray(np.unique(places, return_inverse=True)[1])
    return None


def absent_values(design: Design, gathered: Gathered) -> dict[str, list[Any]]:
    """Return the values of lists, and levels of grids, that no point has that is left; of factors that lost any."""
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


def ranges_cut_short(design: Design, gathered: Gathered) -> dict[str, list[Any]]:
    """Return the sampled ranges of which the lowest or the highest fifth of the points is gone, and what is gone."""
    found: dict[str, list[Any]] = {}
    for number, factor in enumerate(design.experiment.factors):
        if levels_in(design, number) is not None or not len(gathered.unit):
            continue
        low, high = np.quantile(design.unit[:, number], (END, 1.0 - END))
        least, most = float(gathered.unit[:, number].min()), float(gathered.unit[:, number].max())
        gone = [(0.0, least)] if least > low else []
        gone += [(most, 1.0)] if most < high else []
        if gone:
            ends = ([natural(factor, place) for place in one] for one in gone)
            found[factor.parameter] = [f"{first:,g} … {last:,g}" for first, last in ends]
    return found


def is_full_grid(unit: Array) -> bool:
    """Return whether points are all combinations of the levels that they have."""
    return len(unit) == prod(len(np.unique(column)) for column in unit.T)


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
