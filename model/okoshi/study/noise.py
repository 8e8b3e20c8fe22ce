"""How much of what varies is only noise between replicates.

Run r of point p is taken as y_pr = f(x_p) + s_r + e_pr: what the point does, what the seed does to every point
alike (common random numbers: it drops out of differences), and what is left. With P points and R replicates the
two-way analysis of variance without repetition gives

    noise of a run's e:   MS_e = sum (y_pr - y_p. - y_.r + y_..)^2 / ((P - 1)(R - 1))
    points:               MS_p = R sum (y_p. - y_..)^2 / (P - 1)

so that MS_e / MS_p is the part of the variance of the points' means that is noise (Searle, Casella and McCulloch,
Variance Components, 1992, ch. 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.intervals import ENDS, Interval

RESAMPLES = 200


@dataclass(frozen=True)
class Noise:
    """The noise of one outcome: not a number where there is one replicate, or nothing varies.

    `of_means`: part of the variance of the points' means (what indices are made of) that is noise.
    `of_a_run`: the same for single runs, the seed's common effect counted as noise.
    `spread`: standard deviation of the noise in a point's mean, in the outcome's unit.
    """

    of_means: Interval
    of_a_run: Interval
    spread: float


def noise_of(values: Array, block: int = 1) -> Noise:
    """Return the noise of (points, replicates) values; intervals by bootstrap over whole blocks of points."""
    if values.shape[1] < 2 or len(values) < 3:
        unknown = Interval(nan, nan, nan)
        return Noise(unknown, unknown, nan)
    of_means, of_a_run, spread = _shares(values)
    blocks = values.reshape(-1, block, values.shape[1])
    rng = np.random.default_rng(1)
    drawn = [
        _shares(blocks[rng.integers(len(blocks), size=len(blocks))].reshape(-1, values.shape[1]))
        for _ in range(RESAMPLES if len(blocks) > 2 else 0)
    ]
    return Noise(
        _interval(of_means, [one[0] for one in drawn]),
        _interval(of_a_run, [one[1] for one in drawn]),
        spread,
    )


def _interval(value: float, drawn: list[float]) -> Interval:
    known = [one for one in drawn if np.isfinite(one)]
    if not known or not np.isfinite(value):
        return Interval(value, nan, nan)
    low, high = np.quantile(known, ENDS)
    return Interval(value, float(low), float(high))


def _shares(values: Array) -> tuple[float, float, float]:
    points, replicates = values.shape
    mean = values.mean()
    by_point, by_seed = values.mean(axis=1) - mean, values.mean(axis=0) - mean
    rest = values - mean - by_point[:, None] - by_seed[None, :]
    of_points = replicates * float((by_point**2).sum()) / (points - 1)
    of_seeds = points * float((by_seed**2).sum()) / (replicates - 1)
    of_rest = float((rest**2).sum()) / ((points - 1) * (replicates - 1))
    if of_points == 0:
        return nan, nan, (of_rest / replicates) ** 0.5
    variance_of_points = max(of_points - of_rest, 0.0) / replicates
    noise = of_rest + max(of_seeds - of_rest, 0.0) / points
    total = variance_of_points + noise
    return min(of_rest / of_points, 1.0), noise / total if total else nan, (of_rest / replicates) ** 0.5
