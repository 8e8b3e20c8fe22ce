"""Borgonovo's moment-independent delta, corrected for its bias (Plischke, Borgonovo and Smith 2013, eq. 30).

SALib's own `analyze` takes one resample for the whole sample and its interval for that of the resamples: what is used
of it is the estimator alone, with three things beside. Where few points differ from the rest, a resample may lack all
of them: nothing of it depends on anything, so that its delta is nought. A class in which the outcome is one value,
which SALib passes over, is as far from all as the share of them that have another. Of a bunched outcome it is delta of
the ranks, on which it does not depend.
"""

from __future__ import annotations

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.intervals import NORMAL_REACH, ROUNDING, all_agree

RESAMPLES = 20  # a hundred of a large design does not finish
PLACES = 100  # at which densities are read


def delta_indices(unit: Array, means: Array, luck: np.random.Generator) -> list[tuple[float, float]]:
    """Return delta of each column of `unit`, (points, factors), and how far its 90% interval reaches to both sides."""
    count = len(means)
    exponent = 2.0 / (7.0 + np.tanh((1500.0 - count) / 500.0))  # classes of equal size, as SALib has them
    classes = np.linspace(0, count, round(min(np.ceil(count**exponent), 48)) + 1)
    if any(_is_bunched(means, column, classes) for column in unit.T):
        means = _ranked(means)
    places = np.linspace(means.min(), means.max(), PLACES)
    draws = luck.integers(count, size=(RESAMPLES, count))
    found = []
    for column in unit.T:
        drawn = [_delta_of(means[chosen], places, column[chosen], classes) for chosen in draws]
        value = 2 * _delta_of(means, places, column, classes) - float(np.mean(drawn))
        found.append((value, NORMAL_REACH * float(np.std(drawn, ddof=1))))
    return found


def _delta_of(means: Array, places: Array, column: Array, classes: Array) -> float:
    from SALib.analyze.delta import calc_delta

    if all_agree(means):
        return 0.0
    return float(calc_delta(means, places, column, classes)) + _of_classes_of_one_value(
        means, column, classes
    )


def _ranked(means: Array) -> Array:
    """Return the ranks of an outcome, the mean rank for those that are the same, rounding apart."""
    from scipy.stats import rankdata

    order = np.sort(means)
    apart = np.diff(order) > ROUNDING * float(np.abs(means).max())
    groups = np.concatenate([[0], np.cumsum(apart)])
    return np.asarray(rankdata(groups[np.searchsorted(order, means)]))


def _classes_of(means: Array, column: Array, classes: Array) -> list[Array]:
    """Return the outcomes of SALib's classes, by rank of the factor."""
    rank = np.empty(len(column), dtype=np.int64)
    rank[np.argsort(column, kind="stable")] = np.arange(1, len(column) + 1)
    of_class = np.searchsorted(classes, rank, side="left")
    return [means[of_class == one] for one in np.unique(of_class)]


def _is_bunched(means: Array, column: Array, classes: Array) -> bool:
    """Return whether a class is so narrow that its kernels fall between the places at which SALib reads densities.

    They would hold more than everybody there, and delta would pass one. The width is Silverman's, as SALib's.
    """
    step = float(np.ptp(means)) / (PLACES - 1)
    inside = (one for one in _classes_of(means, column, classes) if len(one) > 1 and np.ptp(one) > 0.0)
    return any(float(one.std(ddof=1)) * (0.75 * len(one)) ** -0.2 < step for one in inside)


def _of_classes_of_one_value(means: Array, column: Array, classes: Array) -> float:
    """Return what classes add to delta in which the outcome is one value."""
    return sum(
        len(inside) / len(means) * float((means != inside[0]).mean())
        for inside in _classes_of(means, column, classes)
        if np.ptp(inside) == 0.0
    )
