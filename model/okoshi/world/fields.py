"""Luck that neighbours share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from okoshi.engine.draws import Keys, Luck
from okoshi.world.arrays import Floats
from okoshi.world.geography import Lists


def neighbour_mean(values: Floats, lists: Lists) -> Floats:
    """Return the mean of each place's neighbours; its own value where it has none."""
    number = np.diff(lists.start)
    owner = np.repeat(np.arange(len(values)), number)
    sums = np.bincount(owner, weights=values[lists.items], minlength=len(values))
    return np.asarray(np.where(number > 0, sums / np.maximum(number, 1), values))


def neighbour_correlation(values: Floats, lists: Lists) -> float:
    """Return the correlation of neighbours over all pairs, both orders; places that are nan are left out."""
    owner = np.repeat(np.arange(len(values)), np.diff(lists.start))
    return correlation(values[owner], values[lists.items])


def correlation(first: Floats, second: Floats) -> float:
    """Return Pearson's correlation where both are known, nan where there are too few or they do not vary."""
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < 3 or min(first[both].std(), second[both].std()) < 1e-12:
        return float("nan")
    return float(np.corrcoef(first[both], second[both])[0, 1])


def shared_luck(luck: Luck, name: str, who: Keys, lists: Lists, weight: float, rounds: int = 2) -> Floats:
    """Return standard normal luck of which a share `weight` (0 to 1) is common to a neighbourhood."""
    own = luck(name).normal(who)
    common = luck(name).normal(who, sub=1)
    for _ in range(rounds):
        common = 0.4 * common + 0.6 * neighbour_mean(common, lists)
    mixed = np.sqrt(weight) * (common - common.mean()) / common.std() + np.sqrt(1 - weight) * own
    return np.asarray((mixed - mixed.mean()) / mixed.std())


def tune(outcome: Callable[[float], float], wanted: float, steps: int = 12) -> float:
    """Return the weight between 0 and 1 at which a rising outcome is nearest to what is wanted (bisection)."""
    low, high = 0.0, 1.0
    for _ in range(steps):
        middle = (low + high) / 2
        if outcome(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def to_quantiles(values: Floats, at: Floats, wanted: Floats) -> Floats:
    """Return values in the same order with the wanted quantiles (straight between them, moved along beyond them)."""
    own = np.quantile(values, at)
    return np.asarray(values + np.interp(values, own, wanted - own))
